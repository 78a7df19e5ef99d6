//! What several runs of one dataset tell together, and which manifests are refused.

mod mutations;
mod push_down;
mod superseding;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::interrupt::Interrupt;
use crate::source::aws::connect_options::{Accounts, ConnectOptions};
use crate::source::dataset::checksum::sha256_of;
use crate::source::dataset::layout;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::manifest::Manifest;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::options::DatasetOptions;
use crate::source::dataset::runs::Runs;
use crate::source::dataset::schema::Table;
use crate::source::dataset::source::DatasetSource;
use crate::source::dataset::storage::Storage;

const ACCOUNT: &str = "111122223333";
const OTHER_ACCOUNT: &str = "444455556666";

/// The manifest of a run of these accounts and regions, each with a file of one node.
fn manifest(run_id: &str, places: &[(&str, &str)]) -> Manifest {
    let time = Moment::parse(layout::snapshot_of(run_id)).unwrap();
    let time = time.limit(Timestamp::UNIX_EPOCH).unwrap();
    let locations = places.iter().map(|(account, region)| {
        json!({
            "AccountId": account, "IsAccountKnown": true, "AccountName": null, "Region": region,
            "FinishedAt": time, "Nodes": 1, "Patches": 0, "Discovery": null,
            "MissingColumns": [], "ReleaseDatesMissing": null, "Baselines": {},
        })
    });
    let files = places
        .iter()
        .enumerate()
        .map(|(number, (account, region))| {
            let number = u32::try_from(number).unwrap();
            json!({
                "Path": layout::table_file(Table::Nodes, run_id, account, region, number),
                "Table": "nodes", "AccountId": account, "Region": region, "Rows": 1,
                "Bytes": 100, "Sha256": sha256_of(b""), "FooterBytes": 50,
                "FooterSha256": sha256_of(b""),
            })
        });
    let manifest = json!({
        "SchemaVersion": 1, "RunId": run_id, "Tool": "patchctl", "StartedAt": time,
        "FinishedAt": time, "Clock": "system", "Callers": [],
        "Selection": { "IsComplete": true, "NodeIds": 0, "Criteria": [] },
        "Plan": {
            "NodeInfo": "Tags", "Patches": true, "Baselines": true, "ReleaseDates": true,
            "Associations": false, "Unmanaged": false,
        },
        "Calls": {},
        "Totals": { "Asked": 0, "Answered": 0, "NoData": 0, "Unread": 0, "Patches": 0 },
        "Locations": locations.collect::<Vec<Value>>(), "Unread": [], "Skipped": [],
        "ExcludedIds": [], "NothingSelected": null, "Files": files.collect::<Vec<Value>>(),
        "Checksum": "",
    });
    serde_json::from_value(manifest).unwrap()
}

fn add_unread(manifest: &mut Manifest, account: Option<&str>, region: Option<&str>) {
    let unread = json!({
        "Scope": { "Region": region, "Account": account, "AccountName": null, "Profile": null },
        "Cause": { "Code": "AccessDenied", "Text": "denied" },
    });
    manifest
        .unread
        .push(serde_json::from_value(unread).unwrap());
}

async fn write(storage: &Storage, manifest: &Manifest) {
    let path = layout::manifest_file(&manifest.run_id);
    let bytes = manifest.to_bytes().unwrap();
    storage.create(&path, &bytes).await.unwrap();
}

async fn open(
    storage: &Storage,
    connect: &ConnectOptions,
    clock: fn() -> Timestamp,
) -> DatasetSource {
    let dataset = DatasetOptions {
        location: DatasetLocation::parse("dataset").unwrap(),
        at: Moment::Latest,
        uses_clock: false,
        needs_patches: false,
        criteria: Vec::new(),
    };
    let interrupt = Interrupt::default();
    let source = DatasetSource::open(storage.clone(), &dataset, connect, clock, &interrupt).await;
    source.unwrap()
}

/// In 2027.
fn clock() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

const NOVEMBER: &str = "20261101T000000Z-0a1b2c3d";
const DECEMBER: &str = "20261201T000000Z-0a1b2c3d";

#[tokio::test]
async fn ages_are_as_of_the_newest_run_of_the_locations_that_are_read() {
    let storage = Storage::temporary().unwrap();
    write(&storage, &manifest(NOVEMBER, &[(ACCOUNT, "eu-west-1")])).await;
    write(
        &storage,
        &manifest(DECEMBER, &[(OTHER_ACCOUNT, "eu-north-1")]),
    )
    .await;
    let all = open(&storage, &ConnectOptions::default(), clock).await;
    assert_eq!(all.now().to_string(), "2026-12-01T00:00:00Z");
    assert_eq!(all.notes.len(), 1, "{:?}", all.notes);
    let some = [
        ConnectOptions {
            accounts: Accounts::Listed(vec![ACCOUNT.to_owned()]),
            ..ConnectOptions::default()
        },
        ConnectOptions {
            regions: vec!["eu-west-1".to_owned()],
            ..ConnectOptions::default()
        },
    ];
    for connect in some {
        let source = open(&storage, &connect, clock).await;
        assert_eq!(source.now().to_string(), "2026-11-01T00:00:00Z");
        assert!(source.notes.is_empty(), "{:?}", source.notes);
    }
}

#[tokio::test]
async fn a_newer_run_of_some_nodes_that_is_not_read_is_said() {
    let storage = Storage::temporary().unwrap();
    write(&storage, &manifest(NOVEMBER, &[(ACCOUNT, "eu-west-1")])).await;
    let mut some = manifest(DECEMBER, &[(ACCOUNT, "eu-west-1")]);
    some.selection.is_complete = false;
    write(&storage, &some).await;
    let source = open(&storage, &ConnectOptions::default(), clock).await;
    assert_eq!(source.now().to_string(), "2026-11-01T00:00:00Z");
    let [note] = &source.notes[..] else {
        panic!("{:?}", source.notes);
    };
    assert!(
        note.starts_with("a newer run of some nodes is not read") && note.contains(DECEMBER),
        "{note}"
    );
    let elsewhere = ConnectOptions {
        regions: vec!["eu-north-1".to_owned()],
        ..ConnectOptions::default()
    };
    assert!(open(&storage, &elsewhere, clock).await.notes.is_empty());
}

#[tokio::test]
async fn a_run_of_a_clock_that_was_ahead_is_said() {
    let storage = Storage::temporary().unwrap();
    write(&storage, &manifest(NOVEMBER, &[(ACCOUNT, "eu-west-1")])).await;
    let now = open(&storage, &ConnectOptions::default(), clock).await;
    assert!(now.notes.is_empty(), "{:?}", now.notes);
    // The same as seen from 1970.
    let before = open(&storage, &ConnectOptions::default(), || {
        Timestamp::UNIX_EPOCH
    })
    .await;
    let [note] = &before.notes[..] else {
        panic!("{:?}", before.notes);
    };
    assert!(
        note.contains(NOVEMBER) && note.contains("in the future"),
        "{note}"
    );
}

#[tokio::test]
async fn a_manifest_that_vanishes_after_it_was_listed_is_as_if_never_listed() {
    let storage = Storage::temporary().unwrap();
    write(&storage, &manifest(NOVEMBER, &[(ACCOUNT, "eu-west-1")])).await;
    let runs = Runs::of_ids(&storage, &[DECEMBER, NOVEMBER], |_| true).await;
    let snapshot = runs.at(&Moment::Latest, clock()).unwrap();
    assert_eq!(snapshot.runs.len(), 1);
    // One that is there and cannot be read is not.
    let path = layout::manifest_file(DECEMBER);
    storage.create(&path, b"{}").await.unwrap();
    let runs = Runs::of_ids(&storage, &[DECEMBER, NOVEMBER], |_| true).await;
    runs.at(&Moment::Latest, clock()).unwrap_err();
}

#[tokio::test]
async fn manifests_that_newer_ones_supersede_are_not_kept() {
    let storage = Storage::temporary().unwrap();
    let both = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
    for day in 1..=9 {
        write(
            &storage,
            &manifest(&format!("2026110{day}T000000Z-0a1b2c3d"), &both),
        )
        .await;
    }
    write(&storage, &manifest(DECEMBER, &both[..1])).await;
    let mut narrow = manifest("20261202T000000Z-0a1b2c3d", &both);
    narrow.selection.is_complete = false;
    write(&storage, &narrow).await;
    let runs = Runs::read_at(&storage, &Moment::Latest, clock())
        .await
        .unwrap();
    let kept: Vec<&str> = runs.manifests.iter().map(|run| &*run.run_id).collect();
    assert_eq!(
        kept,
        ["20261109T000000Z-0a1b2c3d", DECEMBER, &narrow.run_id]
    );
    let snapshot = runs.at(&Moment::Latest, clock()).unwrap();
    let used: Vec<&str> = snapshot.runs.iter().map(|run| &*run.run_id).collect();
    assert_eq!(used, ["20261109T000000Z-0a1b2c3d", DECEMBER]);
    // Of a run, its manifest alone; of a moment, none that is newer.
    let third = "20261103T000000Z-0a1b2c3d";
    for (moment, expected) in [(third, third), ("2026-11-03", third)] {
        let moment = Moment::parse(moment).unwrap();
        let runs = Runs::read_at(&storage, &moment, clock()).await.unwrap();
        let kept: Vec<&str> = runs.manifests.iter().map(|run| &*run.run_id).collect();
        assert_eq!(kept, [expected]);
    }
    let too_early = Moment::parse("2026-10-01").unwrap();
    let runs = Runs::read_at(&storage, &too_early, clock()).await.unwrap();
    let error = runs.at(&too_early, clock()).unwrap_err().to_string();
    assert!(error.contains("the oldest is of 2026-11-01"), "{error}");
}

#[tokio::test]
async fn an_account_that_could_not_be_read_does_not_vanish_behind_one_of_its_regions() {
    let storage = Storage::temporary().unwrap();
    let both = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
    write(&storage, &manifest(NOVEMBER, &both)).await;
    let mut denied = manifest("20261115T000000Z-0a1b2c3d", &[(OTHER_ACCOUNT, "eu-west-1")]);
    add_unread(&mut denied, Some(ACCOUNT), None);
    write(&storage, &denied).await;
    write(&storage, &manifest(DECEMBER, &both[..1])).await;
    let runs = Runs::read_at(&storage, &Moment::Latest, clock())
        .await
        .unwrap();
    let snapshot = runs.at(&Moment::Latest, clock()).unwrap();
    assert_eq!(snapshot.locations.len(), 2);
    assert_eq!(snapshot.unread.len(), 1);
}

#[tokio::test]
async fn thousands_of_locations_and_of_unread_ones_are_found_at_once() {
    let storage = Storage::temporary().unwrap();
    let places: Vec<(String, String)> = (0..16_000)
        .map(|number| {
            (
                format!("{:012}", number / 20),
                format!("region-{}", number % 20),
            )
        })
        .collect();
    let borrowed = places.iter();
    let borrowed: Vec<(&str, &str)> = borrowed
        .map(|(account, region)| (&**account, &**region))
        .collect();
    let mut run = manifest(NOVEMBER, &borrowed);
    for (account, region) in borrowed.iter().step_by(4) {
        add_unread(&mut run, Some(account), Some(region));
    }
    write(&storage, &run).await;
    // Compared one with the other, these take an hour.
    let source = open(&storage, &ConnectOptions::default(), clock).await;
    assert_eq!(source.account_regions().len(), 16_000);
    let files = source.locations().iter().map(|of| &of.run);
    assert!(
        files
            .map(|of| of.files(Table::Nodes))
            .all(|files| files.len() == 1)
    );
}

type Change = fn(&mut Manifest);

#[test]
fn a_manifest_is_refused_whose_files_are_not_those_of_its_locations() {
    let parse = |manifest: &Manifest| {
        let path = layout::manifest_file(&manifest.run_id);
        let parsed = Manifest::parse(&path, &manifest.to_bytes().unwrap());
        parsed.map(drop).map_err(|error| format!("{error:#}"))
    };
    let places = [(ACCOUNT, "eu-west-1"), (ACCOUNT, "eu-north-1")];
    let good = manifest(NOVEMBER, &places);
    assert_eq!(parse(&good), Ok(()));
    let cases: [(Change, &str); 7] = [
        (
            |run| run.files[0].account_id = OTHER_ACCOUNT.to_owned(),
            "not that of its table, account and region",
        ),
        (
            |run| {
                run.files[0].account_id = OTHER_ACCOUNT.to_owned();
                run.files[0].path = run.files[0].path.replace(ACCOUNT, OTHER_ACCOUNT);
            },
            "different counts of rows",
        ),
        (
            |run| {
                let mut more = run.files[0].clone();
                more.path = more.path.replace(ACCOUNT, OTHER_ACCOUNT);
                more.account_id = OTHER_ACCOUNT.to_owned();
                run.files.push(more);
            },
            "none of its locations",
        ),
        (
            |run| run.files[0].region = "eu-north-1".to_owned(),
            "not that of its table, account and region",
        ),
        (
            |run| {
                let snapshot = layout::snapshot_of(NOVEMBER);
                let newer = run.files[0].path.replace(NOVEMBER, DECEMBER);
                run.files[0].path = newer.replace(snapshot, layout::snapshot_of(DECEMBER));
            },
            "not that of a file of the run",
        ),
        (|run| run.locations[0].nodes = 2, "different counts of rows"),
        (
            |run| {
                // The sums are the same.
                run.locations[0].nodes = 0;
                run.locations[1].nodes = 2;
            },
            "different counts of rows",
        ),
    ];
    for (change, expected) in cases {
        let mut changed = good.clone();
        change(&mut changed);
        let error = parse(&changed).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

/// Sets a number of a manifest.
type SetNumber = fn(&mut Manifest, u64);

#[test]
fn a_manifest_that_leads_out_of_the_dataset_or_has_absurd_sizes_is_refused() {
    let good = manifest(NOVEMBER, &[(ACCOUNT, "eu-west-1")]);
    let inside = good.files[0].path.clone();
    let error_of = |change: &dyn Fn(&mut Manifest)| {
        let mut changed = good.clone();
        change(&mut changed);
        let path = layout::manifest_file(NOVEMBER);
        // Its checksum is right: who writes a manifest can compute it.
        let parsed = Manifest::parse(&path, &changed.to_bytes().unwrap());
        let error = format!("{:#}", parsed.unwrap_err());
        assert!(error.starts_with(&path), "{error}");
        error
    };
    for path in [
        "../outside.parquet",
        "/etc/passwd",
        "nodes/../../outside.parquet",
        &format!("../{inside}"),
        &format!("/{inside}"),
        &format!("./{inside}"),
        &inside.replace("nodes/", "nodes/../nodes/"),
        &inside.replace('/', "\\"),
        &format!("{inside}\0"),
        "C:\\Windows\\win.ini",
        "s3://other-bucket/file.parquet",
        "file:///etc/passwd",
        "",
    ] {
        let error = error_of(&|run| path.clone_into(&mut run.files[0].path));
        assert!(error.contains("not that of a file of the run"), "{error}");
    }
    let changes: [(SetNumber, &str); 4] = [
        (
            |run, number| run.files[0].bytes = number,
            "sizes are not possible",
        ),
        (
            |run, number| run.files[0].rows = number,
            "sizes are not possible",
        ),
        (
            |run, number| run.files[0].footer_bytes = number,
            "sizes are not possible",
        ),
        (
            |run, number| run.locations[0].patches = number,
            "counts of eu-west-1 are too large",
        ),
    ];
    for (change, expected) in changes {
        for number in [u64::MAX, i64::MAX.unsigned_abs(), 1 << 41] {
            let error = error_of(&|run| change(run, number));
            assert!(error.contains(expected), "{error}");
        }
    }
}

#[test]
fn one_rule_says_what_the_id_of_a_run_is() {
    for (text, is_id) in [
        (NOVEMBER, true),
        ("20261101T000000Z-0A1B2C3D", false),
        ("20261301T000000Z-0a1b2c3d", false),
        ("20261101T000000Z-0a1b2c3", false),
    ] {
        let path = layout::manifest_file(text);
        assert_eq!(layout::run_of_manifest(&path).is_some(), is_id, "{text}");
        let moment = Moment::parse(text);
        assert_eq!(matches!(moment, Ok(Moment::Run(_))), is_id, "{text}");
    }
}
