//! What the fuzz targets in `fuzz/` call: each reader of foreign bytes, with what has to hold of what it reads.
//! Exists only with `--cfg fuzzing`, which cargo-fuzz sets.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::read_node_ids;
use crate::cli::{ParseOutcome, parse};
use crate::gate::Rule;
use crate::gate::waiver::{WaiverSubject, Waivers};
use crate::plan::selection::Selector;
use crate::record::{AccountRegion, Cves, Node, Patch, PatchState};
use crate::settings::HostEnv;

pub use crate::source::aws::fuzzing::{ssm, xml};

/// Ids are read the same when they are written one a line.
pub fn ids(data: &[u8]) {
    let read = |mut bytes: &[u8]| {
        let asked = ["-".to_owned()];
        read_node_ids(&asked, &[], &Selector::default(), &mut bytes)
    };
    if let Ok(ids) = read(data) {
        assert!(!ids.is_empty());
        assert!(
            ids.iter()
                .all(|id| !id.contains([',', '#', '\n', '\u{feff}']))
        );
        assert_eq!(read(ids.join("\n").as_bytes()).ok(), Some(ids));
    }
}

/// What is refused is refused on one line.
pub fn config(data: &[u8]) {
    let commands = ["states".to_owned(), "check".to_owned()];
    let read = crate::settings::read_file(Path::new("patchctl.toml"), data, &commands);
    if let Err(error) = read {
        assert_one_line(&format!("{error:#}"));
    }
}

/// No waiver without an end and a reason is read.
pub fn waivers(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Waivers::parse("waivers.toml", text) {
        Ok(mut waivers) => {
            let patch = sample_patch();
            let who = WaiverSubject {
                node: &patch.node,
                patch_group: Some("legacy"),
            };
            let now = Timestamp::UNIX_EPOCH;
            for waiver in [
                waivers.waive_node(&who, now),
                waivers.waive_patch(&who, &patch, now),
            ] {
                assert!(waiver.is_none_or(|waiver| !waiver.expires.is_expired(now)));
            }
            for remark in waivers.remarks(Timestamp::MAX) {
                assert!(!remark.waiver.reason.trim().is_empty());
                assert!(!remark.to_string().is_empty());
            }
        }
        Err(error) => assert_one_line(&format!("{error:#}")),
    }
}

/// Something to waive.
fn sample_patch() -> Patch {
    let location = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
        account_name: None,
    });
    Patch {
        node: Node::requested("i-0123456789abcdef0", &location),
        title: Some("2026-11 Security Update (KB5088215)".into()),
        kb_id: Some("KB5088215".into()),
        classification: None,
        severity: None,
        state: PatchState::parse("Missing"),
        installed_time: None,
        cves: Cves::new(Some("CVE-2024-21338,CVE-2026-57026")),
        release_date: None,
    }
}

/// A rule that is read is written so that it is read as the same again.
pub fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match text.parse::<Rule>() {
        Ok(rule) => assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule)),
        Err(line) => assert_one_line(&line),
    }
}

/// Words, one a line, in the places of the flags that take them.
pub fn filters(data: &[u8]) {
    const FLAGS: [&str; 12] = [
        "--state",
        "--severity",
        "--min-severity",
        "--classification",
        "--kb",
        "--cve",
        "--tag",
        "--patch-group",
        "--platform",
        "--columns",
        "--sort-by",
        "--max-age",
    ];
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut args = vec!["patchctl".to_owned(), "patches".to_owned()];
    for line in text.lines().take(8) {
        // Which flag it is for is said by its first byte.
        let mut letters = line.chars();
        let Some(first) = letters.next() else {
            continue;
        };
        let flag = FLAGS[(first as usize) % FLAGS.len()];
        args.push(format!("{flag}={}", letters.as_str()));
    }
    let args = args.into_iter().map(Into::into);
    match parse(args, false, &HostEnv::empty()) {
        ParseOutcome::Run(_) | ParseOutcome::Print(_) => {}
        ParseOutcome::Invalid(line) => assert_one_line(&line),
    }
}

fn assert_one_line(text: &str) {
    assert!(!text.trim().is_empty());
    assert!(!text.contains('\n'), "{text:?}");
}
