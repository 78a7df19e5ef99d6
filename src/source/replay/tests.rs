//! Every command on recorded events.

use crate::record::{Outcome, PatchState};
use crate::source::event::PatchEvent;
use crate::source::replay::*;
use crate::source::tests::run_command;

/// Output, messages and exit status of a run on the installed source.
fn run(mode: Mode, args: &[&str]) -> (String, String, crate::exit::Exit) {
    INSTALLED.set(Some(mode));
    let answer = run_command(&[&["--demo"], args].concat(), || {
        panic!("the demo has a clock of its own")
    });
    INSTALLED.set(None);
    answer
}

const ORGANIZATION: [&str; 5] = [
    "--all",
    "--all-regions",
    "--organization",
    "--role-name",
    "reader",
];

#[test]
fn every_command_prints_the_same_from_recorded_events() {
    let states = "i-123,i-456,i-0dead00000000beef,mi-0d8b1f5c3a7e96240,i-bogus";
    let columns = "+Name,+OldestMissing,+BaselineDiffers,+tag:Env";
    let commands: [&[&str]; 13] = [
        &["states", states],
        &["states", "--all", "--columns", columns, "-o", "csv"],
        &["states", "--all", "--tag", "Env=prod", "-o", "json"],
        &["patches", states],
        &["patches", "--all", "--state", "Missing", "-o", "ndjson"],
        &["patches", "--all", "--cve", "CVE-2026-57026"],
        &["patches", "--all", "--by", "kb"],
        &[
            "patches",
            "--all",
            "--columns",
            "+ReleaseDate",
            "-o",
            "json",
        ],
        &["summary"],
        &["summary", "--by", "tag:Env", "-o", "json"],
        &["check", "--all"],
        &[
            "report",
            "--all",
            "--sla",
            "critical=7d",
            "--by",
            "platform",
            "-o",
            "json",
        ],
        &[
            "check",
            "--all",
            "--fail-on",
            "baseline-differs,missing>=critical",
        ],
    ];
    for command in commands {
        for more in [&[][..], &ORGANIZATION] {
            let is_of_fleet = command.contains(&"--all") || command[0] == "summary";
            if !more.is_empty() && !is_of_fleet {
                continue;
            }
            let args: Vec<&str> = command
                .iter()
                .chain(more.iter().filter(|word| !command.contains(word)))
                .copied()
                .collect();
            let recording = Rc::new(Recording::default());
            let live = run(Mode::Record(recording.clone()), &args);
            let replayed = run(Mode::Replay(recording), &args);
            assert!(!live.0.is_empty(), "{args:?}: {}", live.1);
            assert_eq!(live, replayed, "{args:?}");
        }
    }
}

#[test]
fn aws_only_commands_are_refused_on_one_line() {
    let recording = Rc::new(Recording::default());
    run(Mode::Record(recording.clone()), &["states", "i-123"]);
    for args in [&["doctor"][..], &["states", "--all", "--estimate"]] {
        let (out, err, exit) = run(Mode::Replay(recording.clone()), args);
        assert_eq!(out, "");
        assert_eq!(err, "patchctl: this source makes no AWS calls\n");
        assert_eq!(exit, crate::exit::Exit::Error);
    }
}

/// What the demo's fleet looks like, as `diff` reads it.
fn recorded_fleet() -> Rc<Recording> {
    let recording = Rc::new(Recording::default());
    let modes = [Mode::Record(recording.clone()), Mode::Record(Rc::default())];
    let modes = Mode::Each(Rc::new(RefCell::new(modes.into())));
    let (out, err, exit) = run(modes, &["diff", "demo", "live"]);
    assert!(out.contains("no changes"), "{out}{err}");
    assert_eq!(exit, crate::exit::Exit::Success, "{err}");
    recording
}

fn diff_of(before: &Rc<Recording>, after: &Rc<Recording>, args: &[&str]) -> (String, i32) {
    // The live side is connected last.
    let modes = [Mode::Replay(before.clone()), Mode::Replay(after.clone())];
    let modes = Mode::Each(Rc::new(RefCell::new(modes.into())));
    let args = [&["diff", "monday", "live"], args].concat();
    let (out, err, exit) = run(modes, &args);
    assert!(!out.is_empty(), "{err}");
    (out, exit as i32)
}

/// The fleet on another day: one node is gone, one unread, and each patch that is missing on
/// the first node that lacks some is installed, but one that has failed.
fn later(before: &Recording) -> Rc<Recording> {
    let mut later = Recording::default();
    later.head.clone_from(&before.head);
    let mut events = Vec::new();
    let (mut mended, mut gone, mut unread): (Option<Arc<str>>, _, _) = (None, None, None);
    for event in before.patches.borrow().iter() {
        let mut event = event.clone();
        match &mut event {
            Event::Item(PatchEvent::Rows(rows)) => {
                let mut is_first = true;
                for patch in &mut rows.kept {
                    let id = &patch.node.id;
                    if patch.state == PatchState::Missing
                        && *mended.get_or_insert(id.clone()) == *id
                    {
                        patch.state = if is_first {
                            PatchState::Failed
                        } else {
                            PatchState::Installed
                        };
                        is_first = false;
                    }
                }
            }
            Event::Item(PatchEvent::End(end)) => {
                let has_data = matches!(end.outcome, Outcome::Answered(()));
                let is_mended = mended.as_ref() == Some(&end.node.id);
                if has_data && !is_mended && gone.is_none() {
                    gone = Some(end.node.id.clone());
                    while matches!(events.last(), Some(Event::Item(PatchEvent::Rows(_)))) {
                        events.pop();
                    }
                    continue;
                }
                if has_data && !is_mended && unread.is_none() {
                    unread = Some(end.node.id.clone());
                    let cause = crate::record::Cause {
                        code: "Timeout".into(),
                        text: "no answer".into(),
                    };
                    end.outcome = Outcome::Unread(cause.clone());
                    end.state = Some(Box::new(Outcome::Unread(cause)));
                }
            }
            _ => {}
        }
        events.push(event);
    }
    *later.patches.borrow_mut() = events;
    Rc::new(later)
}

#[test]
fn two_days_of_a_fleet_are_compared_in_every_format() {
    let monday = recorded_fleet();
    let tuesday = later(&monday);
    let (table, code) = diff_of(&monday, &tuesday, &[]);
    assert_eq!(code, 3, "something is unread: {table}");
    let (json, _) = diff_of(&monday, &tuesday, &["-o", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let counts = &json["Summary"]["ByChange"];
    assert_eq!(counts["NodeVanished"], 1, "{table}");
    assert_eq!(counts["Unknown"], 1);
    assert!(counts["NewlyFailed"].as_u64() > Some(0) && counts["Fixed"].as_u64() > Some(0));
    let rows = json["Changes"].as_array().unwrap();
    assert_eq!(json["Summary"]["Rows"], rows.len());
    for word in [
        "NodeVanished",
        "NewlyFailed",
        "Fixed",
        "Unknown",
        "no answer",
        "worse",
    ] {
        assert!(table.contains(word), "{word}: {table}");
    }
    for format in ["wide", "csv", "ndjson", "markdown", "html", "yaml"] {
        let (out, _) = diff_of(&monday, &tuesday, &["-o", format]);
        for word in ["NodeVanished", "NewlyFailed", "Fixed", "Unknown"] {
            assert!(out.contains(word), "{format}: {word}");
        }
    }
}

#[test]
fn what_got_worse_decides_the_exit_code_and_what_is_unknown_stays() {
    let monday = recorded_fleet();
    let tuesday = later(&monday);
    let rows = |before, after, args: &[&str]| {
        let (out, code) = diff_of(before, after, &[&["-o", "ndjson"], args].concat());
        let rows = out
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        (
            rows.map(|row| row["Direction"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
            code,
        )
    };
    let (worse, code) = rows(&monday, &tuesday, &["--only", "worse", "--exit-code"]);
    assert_eq!(code, 1);
    assert!(
        worse
            .iter()
            .all(|word| matches!(&**word, "Worse" | "Unknown"))
    );
    assert!(worse.contains(&"Unknown".to_owned()));
    let (better, code) = rows(&tuesday, &tuesday, &["--exit-code", "--only", "better"]);
    assert_eq!((better, code), (vec!["Unknown".to_owned()], 3));
    // A filter of patches: what is unread may hold such a patch.
    let (none, code) = rows(&monday, &tuesday, &["--kb", "KB0000001"]);
    assert_eq!((none, code), (vec!["Unknown".to_owned()], 3));
}
