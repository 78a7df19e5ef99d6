//! Manifests that newer ones supersede: which are not read, and that the answer is the same.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::interrupt::Interrupt;
use crate::record::{DatasetFinding, FindingKind};
use crate::source::dataset::layout;
use crate::source::dataset::manifest::Manifest;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::runs::{Runs, Snapshot};
use crate::source::dataset::storage::Storage;
use crate::source::dataset::superseding::superseded_by;
use crate::source::dataset::tests::{ACCOUNT, OTHER_ACCOUNT, add_unread, clock, manifest, write};
use crate::source::dataset::verify::verify;
use crate::source::test_runtime::block_on;

/// Writes a run as `collect` does.
async fn commit(storage: &Storage, mut run: Manifest) {
    run.supersedes = superseded_by(storage, &run).await.unwrap();
    write(storage, &run).await;
}

/// The start of the run of this hour.
fn time_of(hour: u32) -> Timestamp {
    Timestamp::from_second(1_600_000_000 + 3_600 * i64::from(hour)).unwrap()
}

/// The id of a run of this hour and this collector.
fn run_id(hour: u32, collector: u32) -> String {
    let snapshot = layout::snapshot_name(time_of(hour));
    layout::new_run_id(&snapshot, &format!("{collector:03x}"))
}

/// What is read now, and how many manifests that took.
async fn latest(storage: &Storage) -> (Snapshot, usize) {
    let Storage::Local(local) = storage else {
        unreachable!("it is a folder");
    };
    local.reads.store(0, Ordering::Relaxed);
    let runs = Runs::read_at(storage, &Moment::Latest, clock()).await;
    let snapshot = runs.unwrap().at(&Moment::Latest, clock()).unwrap();
    (snapshot, local.reads.load(Ordering::Relaxed))
}

/// The ids of the runs that are read.
fn ids(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.runs.iter().map(|run| &*run.run_id).collect()
}

#[tokio::test]
async fn of_hundreds_of_runs_only_the_manifests_that_matter_are_read() {
    let storage = Storage::temporary().unwrap();
    let places = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
    let mut newest = String::new();
    for hour in 0..900 {
        newest = run_id(hour, 0);
        commit(&storage, manifest(&newest, &places)).await;
    }
    let (snapshot, reads) = latest(&storage).await;
    assert_eq!(ids(&snapshot), [newest]);
    // The newest one, and each that goes on with the list of the one before it.
    assert!(reads <= 6, "{reads} manifests read");
}

#[tokio::test]
async fn each_of_many_collectors_costs_about_one_manifest() {
    let storage = Storage::temporary().unwrap();
    let accounts: Vec<String> = (0..20).map(|number| format!("{number:012}")).collect();
    for hour in 0..12 {
        for (collector, account) in (0..).zip(&accounts) {
            let run = manifest(&run_id(hour, collector), &[(account, "eu-west-1")]);
            commit(&storage, run).await;
        }
    }
    let (snapshot, reads) = latest(&storage).await;
    assert_eq!(snapshot.runs.len(), accounts.len());
    // Some of those that one superseded that was read beside them.
    assert!(reads <= accounts.len() + 16, "{reads} manifests read");
}

/// A run: complete or not, of some of the places, some of them unread, and whether its program
/// says what it supersedes.
type SomeRun = (u32, bool, Vec<(u8, u8)>, Option<(u8, Option<u8>)>, bool);

fn some_run() -> impl Strategy<Value = SomeRun> {
    let place = (0..2u8, 0..3u8);
    (
        0..4u32,
        prop::bool::weighted(0.7),
        prop::collection::vec(place, 1..5),
        prop::option::weighted(0.2, (0..2u8, prop::option::of(0..3u8))),
        prop::bool::weighted(0.8),
    )
}

fn manifest_of((collector, is_complete, places, unread, _): &SomeRun, hour: u32) -> Manifest {
    let account = |of: u8| [ACCOUNT, OTHER_ACCOUNT][usize::from(of)];
    let region = |of: u8| format!("region-{of}");
    let places = places.iter().map(|of| (account(of.0), region(of.1)));
    let places: BTreeSet<(&str, String)> = places.collect();
    let places: Vec<(&str, &str)> = places.iter().map(|of| (of.0, &*of.1)).collect();
    let mut run = manifest(&run_id(hour, *collector), &places);
    run.selection.is_complete = *is_complete;
    if let Some((of, in_region)) = unread {
        add_unread(
            &mut run,
            Some(account(*of)),
            in_region.map(region).as_deref(),
        );
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn what_is_read_does_not_depend_on_what_manifests_say_of_older_ones(
        runs in prop::collection::vec(some_run(), 1..25),
        at in 0..25u32,
    ) {
        let (said, unsaid) = (Storage::temporary().unwrap(), Storage::temporary().unwrap());
        block_on(async {
            for (hour, some_run) in (0..).zip(&runs) {
                let run = manifest_of(some_run, hour);
                write(&unsaid, &run).await;
                if some_run.4 {
                    commit(&said, run).await;
                } else {
                    write(&said, &run).await;
                }
            }
        });
        for moment in [Moment::Latest, Moment::At(time_of(at))] {
            let read = |storage: &Storage| {
                let runs = block_on(Runs::read_at(storage, &moment, clock())).unwrap();
                runs.at(&moment, clock()).map(|snapshot| {
                    let places = snapshot.locations.iter().map(|of| (of.run.run_id.clone(), of.index));
                    let unread = snapshot.unread.iter().map(|unread| format!("{:?}", unread.scope));
                    (places.collect::<Vec<_>>(), unread.collect::<Vec<_>>(), ids(&snapshot).join(" "))
                }).ok()
            };
            prop_assert_eq!(read(&said), read(&unsaid));
        }
    }
}

/// What `verify` says of manifests that supersede others.
fn verify_findings(storage: &Storage) -> Vec<DatasetFinding> {
    let mut found = Vec::new();
    let take = |finding: DatasetFinding| {
        found.push(finding);
        Ok(())
    };
    block_on(verify(storage, None, &Interrupt::default(), take)).unwrap();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn verify_names_each_manifest_that_supersedes_what_it_does_not_cover(
        runs in prop::collection::vec(some_run(), 2..12),
        forged in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let storage = Storage::temporary().unwrap();
        let mut written: Vec<Manifest> = Vec::new();
        let mut expected = Vec::new();
        let forged = forged.map(|(newer, older)| {
            let newer = 1 + newer.index(runs.len() - 1);
            (newer, older.index(newer))
        });
        for (at, some_run) in runs.iter().enumerate() {
            let mut run = manifest_of(some_run, u32::try_from(at).unwrap());
            run.supersedes = block_on(superseded_by(&storage, &run)).unwrap();
            if let Some((_, older)) = forged.filter(|(newer, _)| *newer == at) {
                let older = &written[older];
                if !run.supersedes.contains(&older.run_id) {
                    run.supersedes.push(older.run_id.clone());
                    let is_read = written_alone(older, &run);
                    if is_read {
                        expected.push(layout::manifest_file(&run.run_id));
                    }
                }
            }
            block_on(write(&storage, &run));
            written.push(run);
        }
        let found = verify_findings(&storage);
        let found: Vec<String> = found.into_iter().filter(|of| of.detail.contains("supersedes")).map(|of| of.path).collect();
        prop_assert!(expected.iter().all(|path| found.contains(path)), "{expected:?} in {found:?}");
        // Runs after a forged one believe it.
        let first = forged.map_or(written.len(), |(newer, _)| newer);
        let later: Vec<String> = written[first..].iter().map(|run| layout::manifest_file(&run.run_id)).collect();
        prop_assert!(found.iter().all(|path| later.contains(path)), "{found:?}, forged: {forged:?}");
    }
}

/// Is something of the older of two runs read, if they are all there are?
fn written_alone(older: &Manifest, newer: &Manifest) -> bool {
    let storage = Storage::temporary().unwrap();
    let mut newer = newer.clone();
    newer.supersedes.clear();
    block_on(async {
        write(&storage, older).await;
        write(&storage, &newer).await;
        let snapshot = latest(&storage).await.0;
        let ids = ids(&snapshot);
        ids.contains(&&*older.run_id) || !ids.contains(&&*newer.run_id)
    })
}

#[tokio::test]
async fn a_manifest_of_another_program_hides_no_run() {
    for (tool, hidden) in [
        ("patchctl 0.1.0", true),
        ("dump-patches 1.0", false),
        ("patchctl-like 2", false),
    ] {
        let storage = Storage::temporary().unwrap();
        let places = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
        let older = manifest(&run_id(0, 0), &places);
        write(&storage, &older).await;
        let mut run = manifest(&run_id(1, 0), &places[..1]);
        run.tool = tool.to_owned();
        run.supersedes = vec![older.run_id];
        write(&storage, &run).await;
        let (snapshot, _) = latest(&storage).await;
        assert_eq!(
            snapshot.locations.len(),
            if hidden { 1 } else { 2 },
            "{tool}"
        );
    }
}

#[test]
fn verify_says_why_a_manifest_does_not_supersede_another() {
    let places = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
    let older = manifest(&run_id(0, 0), &places);
    let mut narrow = manifest(&run_id(1, 0), &places);
    narrow.selection.is_complete = false;
    let cases = [
        (
            manifest(&run_id(1, 0), &places[..1]),
            "does not tell of eu-north-1",
        ),
        (narrow, "listed every node"),
    ];
    for (mut run, why) in cases {
        let storage = Storage::temporary().unwrap();
        block_on(write(&storage, &older));
        run.supersedes = vec![older.run_id.clone()];
        block_on(write(&storage, &run));
        let found = verify_findings(&storage);
        let found: Vec<&DatasetFinding> = found
            .iter()
            .filter(|of| of.detail.contains("supersedes"))
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, layout::manifest_file(&run.run_id));
        assert_eq!(found[0].kind, FindingKind::Changed);
        assert!(found[0].detail.contains(why), "{found:?}");
    }
}

#[test]
fn a_manifest_that_supersedes_a_newer_run_is_refused() {
    let mut run = manifest(&run_id(5, 0), &[(ACCOUNT, "eu-west-1")]);
    for id in [run_id(6, 0), run_id(5, 1), "../x".to_owned()] {
        run.supersedes = vec![id];
        let parsed = Manifest::parse(
            &layout::manifest_file(&run.run_id),
            &run.to_bytes().unwrap(),
        );
        let error = format!("{:#}", parsed.unwrap_err());
        assert!(error.contains("no older run"), "{error}");
    }
}
