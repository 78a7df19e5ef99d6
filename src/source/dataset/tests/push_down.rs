//! Reading only the row groups and columns that may matter gives what reading all of them
//! and filtering then gives.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::compliance::severity::Severity;
use crate::glob::Glob;
use crate::plan::fetch_plan::PatchField;
use crate::plan::filter::{Filter, Filtered};
use crate::record::{AccountRegion, Cves, Node, Outcome, Patch, PatchState};
use crate::source::dataset::checksum::sha256_of;
use crate::source::dataset::event_channel;
use crate::source::dataset::event_channel::Message;
use crate::source::dataset::manifest::ManifestFile;
use crate::source::dataset::patch_filter::PatchFilter;
use crate::source::dataset::patch_job::{JobNode, PatchJob};
use crate::source::dataset::patch_rows::PatchParts;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_file::TableFile;
use crate::source::dataset::table_writer::{FilePlace, TableWriter};
use crate::source::event::{Event, NodeEnd, PatchEvent};

const STATES: [&str; 6] = [
    "Missing",
    "Installed",
    "NotApplicable",
    "Failed",
    "AvailableSecurityUpdate",
    "Unheard",
];
const SEVERITIES: [Option<&str>; 7] = [
    None,
    Some(""),
    Some("Critical"),
    Some("important"),
    Some("Important"),
    Some("Low"),
    Some("unspecified"),
];
const CLASSES: [Option<&str>; 4] = [None, Some(""), Some("SecurityUpdates"), Some("Bugfix")];
const KB_IDS: [Option<&str>; 7] = [
    None,
    Some(""),
    Some("KB500"),
    Some("KB5034441"),
    Some("KB900"),
    Some("openssl.x86_64"),
    Some("linux-image.amd64"),
];
const CVES: [Option<&str>; 3] = [None, Some("CVE-2026-1"), Some("CVE-2026-1,CVE-2026-20")];

fn node() -> Node {
    let location = AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    };
    Node::requested("i-0123456789abcdef0", &Arc::new(location))
}

prop_compose! {
    fn patch()(
        state in select(&STATES[..]), severity in select(&SEVERITIES[..]), class in select(&CLASSES[..]),
        kb_id in select(&KB_IDS[..]), cves in select(&CVES[..]), title in "[a-c]{0,2}", hour in 0i64..9,
    ) -> Patch {
        Patch {
            node: node(),
            title: Some(title.into()),
            kb_id: kb_id.map(Into::into),
            classification: class.map(Into::into),
            severity: severity.map(Into::into),
            state: PatchState::parse(state),
            installed_time: Timestamp::from_second(hour * 3_600).ok().filter(|_| hour > 0),
            cves: Cves::new(cves),
            release_date: None,
        }
    }
}

fn patch_in(state: PatchState, kb_id: &str) -> Patch {
    Patch {
        node: node(),
        title: None,
        kb_id: Some(kb_id.into()),
        classification: None,
        severity: None,
        state,
        installed_time: None,
        cves: Cves::default(),
        release_date: None,
    }
}

fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let some = subsequence(words, 0..=words.len().min(3));
    let some = some.prop_map(|words| words.into_iter().map(ToOwned::to_owned).collect());
    prop_oneof![2 => Just(Vec::new()), 1 => some]
}

prop_compose! {
    fn filter()(
        states in subsequence(&STATES[..5], 0..=3),
        severities in some_of(&["critical", "LOW", "none"]),
        min_severity in proptest::option::weighted(0.3, select(vec![Severity::Critical, Severity::Important, Severity::Low])),
        classifications in some_of(&["security-updates", "bugfix"]),
        kb_ids in some_of(&["KB500", "kb5034441", "900", "openssl.x86_64"]),
        glob in proptest::option::weighted(0.2, select(&["KB5*", "*ssl*"][..])),
        cves in some_of(&["cve-2026-1"]),
    ) -> Filter {
        Filter {
            states: states.into_iter().map(PatchState::parse).collect(),
            severities,
            min_severity,
            classifications,
            kb_ids,
            kb_globs: glob.into_iter().map(Glob::of_kb_ids).collect(),
            cves,
        }
    }
}

/// What is left of the patches that AWS would send.
fn filtered_in_memory(patches: &[Patch], filter: &Filter) -> Filtered {
    let pushed = filter.push_down();
    let is_sent = |patch: &&Patch| {
        let kb_id = patch.kb_id.as_deref().unwrap_or_default();
        let has = |words: &[String], word: &str| {
            words.is_empty() || words.iter().any(|pushed| pushed == word)
        };
        has(&pushed.states, patch.state.as_str()) && has(&pushed.kb_ids, kb_id)
    };
    filter.apply(patches.iter().filter(is_sent).cloned().collect())
}

async fn write(storage: &Storage, patches: &[Patch], rows_per_group: u64) -> ManifestFile {
    let place = FilePlace {
        run_id: "20261101T000000Z-0a1b2c3d".to_owned(),
        account_id: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        first_number: 0,
    };
    let writer = TableWriter::new(storage.clone(), Table::Patches, place);
    let mut writer = writer.with_rows_per_group(rows_per_group);
    for patch in patches {
        writer.push_patch(patch);
        writer.flush_if_full().await.unwrap();
    }
    writer.finish().await.unwrap().remove(0)
}

/// What the source sends of them.
async fn read(file: TableFile, filter: &Filter, unused: &[PatchField]) -> Filtered {
    let rows = (0..file.groups()).map(|group| {
        let rows = file.group_rows(group).unwrap();
        ((0, group), 0..rows)
    });
    let job = PatchJob {
        nodes: vec![JobNode {
            end: NodeEnd::new(node(), Outcome::Answered(())),
            rows: rows.collect(),
            is_end: true,
        }],
        files: Arc::new(vec![file]),
        filter: Arc::new(PatchFilter::new(Arc::new(filter.clone()))),
        parts: Arc::new(PatchParts {
            has_release_dates: false,
            unused: unused.to_vec(),
        }),
    };
    let (sender, mut receiver) = event_channel::channel();
    job.start(sender.start_job().await.unwrap());
    drop(sender);
    let mut all = Filtered::default();
    while let Some(message) = receiver.next().await {
        let Message::Events(events) = message else {
            panic!("rows were lost");
        };
        for event in events {
            match event {
                Event::Item(PatchEvent::Rows(some)) => {
                    all.kept.extend(some.kept);
                    all.hidden += some.hidden;
                    all.unrated += some.unrated;
                    all.seen_words.merge(some.seen_words);
                }
                Event::Item(PatchEvent::End(end)) => {
                    assert_eq!(end.outcome, Outcome::Answered(()));
                }
                _ => {}
            }
        }
    }
    all
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.build().unwrap()
}

proptest! {
    #[test]
    fn what_is_read_by_a_filter_is_what_the_filter_lets_pass(
        mut patches in proptest::collection::vec(patch(), 1..40), filter in filter(),
        rows_per_group in 1u64..9, is_sorted: bool, by_kb: bool,
        unused in subsequence(PatchField::ALL.to_vec(), 0..=4),
    ) {
        if is_sorted {
            // Row groups of few words, which statistics leave out.
            let key = |patch: &Patch| if by_kb { patch.kb_id.clone() } else { Some(patch.state.as_str().into()) };
            patches.sort_by_key(key);
        }
        let expected = filtered_in_memory(&patches, &filter);
        let read = runtime().block_on(async {
            let storage = Storage::temporary().unwrap();
            let file = write(&storage, &patches, rows_per_group).await;
            let file = TableFile::open(&storage, &file).await.unwrap();
            read(file, &filter, &unused).await
        });
        let mut kept = expected.kept;
        for patch in &mut kept {
            for field in &unused {
                match field {
                    PatchField::Title => patch.title = None,
                    PatchField::InstalledTime => patch.installed_time = None,
                    PatchField::Classification if filter.classifications.is_empty() => patch.classification = None,
                    PatchField::CveIds if filter.cves.is_empty() => patch.cves = Cves::default(),
                    PatchField::Classification | PatchField::CveIds => {}
                }
            }
        }
        prop_assert_eq!(read.kept, kept);
        prop_assert_eq!(read.hidden, expected.hidden);
        prop_assert_eq!(read.unrated, expected.unrated);
        prop_assert_eq!(read.seen_words, expected.seen_words);
    }

    #[test]
    fn a_row_group_that_is_not_read_has_no_row_that_aws_would_send(
        mut patches in proptest::collection::vec(patch(), 1..40), filter in filter(), rows_per_group in 1usize..9,
        at: Index,
    ) {
        patches.sort_by_key(|patch| patch.state.as_str().to_owned());
        let groups = patches.chunks(rows_per_group);
        let group = at.index(groups.len());
        let some = &patches[group * rows_per_group..patches.len().min((group + 1) * rows_per_group)];
        let is_read = runtime().block_on(async {
            let storage = Storage::temporary().unwrap();
            let file = write(&storage, &patches, rows_per_group as u64).await;
            let file = TableFile::open(&storage, &file).await.unwrap();
            PatchFilter::new(Arc::new(filter.clone())).may_serve(&file, group)
        });
        let sent = filtered_in_memory(some, &filter);
        prop_assert!(is_read || sent.kept.is_empty() && sent.hidden == 0);
    }
}

#[tokio::test]
async fn row_groups_without_the_words_of_a_filter_are_not_read() {
    let patches = [
        patch_in(PatchState::Installed, "KB1"),
        patch_in(PatchState::Missing, "KB2"),
        patch_in(PatchState::Missing, "KB3"),
    ];
    let storage = Storage::temporary().unwrap();
    let file = write(&storage, &patches, 1).await;
    let file = TableFile::open(&storage, &file).await.unwrap();
    let read = |filter: Filter| {
        let filter = PatchFilter::new(Arc::new(filter));
        let groups = 0..file.groups();
        groups
            .filter(|group| filter.may_serve(&file, *group))
            .collect::<Vec<_>>()
    };
    let missing = Filter {
        states: vec![PatchState::Missing],
        ..Filter::default()
    };
    assert_eq!(read(missing.clone()), [1, 2]);
    let one = Filter {
        kb_ids: vec!["kb3".to_owned()],
        ..missing
    };
    assert_eq!(read(one), [2]);
    assert_eq!(read(Filter::default()), [0, 1, 2]);
}

#[tokio::test]
async fn the_statistics_of_other_writers_leave_no_row_group_out() {
    let patches = [patch_in(PatchState::Installed, "KB1")];
    let storage = Storage::temporary().unwrap();
    let own = write(&storage, &patches, 1).await;
    let file = storage
        .read(&own.path, u64::MAX - 1)
        .await
        .unwrap()
        .unwrap();
    let mut bytes = file.to_vec();
    let at = bytes
        .windows(9)
        .position(|some| some == b"patchctl ")
        .unwrap();
    bytes[at..at + 9].copy_from_slice(b"otherctl ");
    let footer = bytes.len() - usize::try_from(own.footer_bytes).unwrap();
    let other = ManifestFile {
        path: own.path.replace("-0.parquet", "-1.parquet"),
        footer_sha256: sha256_of(&bytes[footer..]),
        ..own.clone()
    };
    storage.create(&other.path, &bytes).await.unwrap();
    let missing = PatchFilter::new(Arc::new(Filter {
        states: vec![PatchState::Missing],
        ..Filter::default()
    }));
    for (file, is_read) in [(own, false), (other, true)] {
        let file = TableFile::open(&storage, &file).await.unwrap();
        assert_eq!(missing.may_serve(&file, 0), is_read);
    }
}
