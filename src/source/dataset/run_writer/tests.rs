//! Runs that are killed, continued, changed or deleted by another process.

use parquet::file::reader::{FileReader as _, SerializedFileReader};

use crate::record::NodeInfo;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{Manifest, ManifestPlan, ManifestSelection};
use crate::source::dataset::retention::{DeletedRuns, delete_old_runs};
use crate::source::dataset::run_writer::*;
use crate::source::dataset::schema::Table;
use crate::source::test_runtime::block_on;

const HOUR: i64 = 3_600;

/// A time of the tests, so many hours from their start.
fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_764_000_000 + hours * HOUR).unwrap()
}

fn request() -> CollectRequest {
    CollectRequest {
        accounts: Vec::new(),
        selection: ManifestSelection {
            is_complete: true,
            ..ManifestSelection::default()
        },
        plan: ManifestPlan {
            node_info: Some("Tags".to_owned()),
            patches: true,
            ..ManifestPlan::default()
        },
        node_ids: Vec::new(),
        sha256: "of the request".to_owned(),
        is_demo: false,
    }
}

fn location(region: &str) -> Arc<AccountRegion> {
    Arc::new(AccountRegion {
        region: region.into(),
        account: Some("111122223333".into()),
        account_name: None,
    })
}

fn writer(storage: &Storage, hours: i64) -> RunWriter {
    RunWriter::new(storage.clone(), Interrupt::default(), move || at(hours))
}

async fn start(storage: &Storage, hours: i64, request: &CollectRequest) -> RunWriter {
    let mut run = writer(storage, hours);
    run.start(request).await.unwrap();
    run
}

async fn observe(run: &mut RunWriter, event: Event<()>) {
    run.observe(&event, BTreeMap::new).await.unwrap();
}

/// Reads one node of a region, up to the end of the region.
async fn read_region(run: &mut RunWriter, region: &str) {
    let place = location(region);
    let event = Event::Location {
        location: place.clone(),
        has_uncertain_ids: false,
    };
    observe(run, event).await;
    let mut info = NodeInfo::of([]);
    info.has_all_tags = true;
    let node = Node {
        info: Some(Arc::new(info)),
        ..Node::requested("i-1", &place)
    };
    let state = Outcome::NoData;
    let end = run.end_node(&node, &state, Some(&Outcome::NoData), NodeCount::NoData);
    end.await.unwrap();
    observe(run, Event::LocationEnd(place)).await;
}

async fn commit(run: RunWriter) -> Result<Committed> {
    run.commit(&[], BTreeMap::new()).await
}

/// A run of these regions.
async fn collect(
    storage: &Storage,
    hours: i64,
    request: &CollectRequest,
    regions: &[&str],
) -> Manifest {
    let mut run = start(storage, hours, request).await;
    for region in regions {
        read_region(&mut run, region).await;
    }
    committed(commit(run).await)
}

fn committed(run: Result<Committed>) -> Manifest {
    match run {
        Ok(Committed::Yes(manifest)) => *manifest,
        Ok(Committed::ByAnother(_)) => panic!("by another process"),
        Err(error) => panic!("{error:#}"),
    }
}

async fn keep(storage: &Storage, age_hours: i64, now_hours: i64) -> DeletedRuns {
    let age = jiff::SignedDuration::from_hours(age_hours);
    let deleted = delete_old_runs(storage, age, at(now_hours), "").await;
    assert!(deleted.failure.is_none(), "{deleted:?}");
    deleted
}

async fn paths(storage: &Storage, folder: &str) -> Vec<String> {
    let files = storage.list(folder).await.unwrap().into_iter();
    files.map(|file| file.path).collect()
}

fn refusal(run: Result<Committed>) -> String {
    format!("{:#}", run.err().expect("it is refused"))
}

#[test]
fn keep_leaves_the_files_of_a_run_that_another_process_still_writes() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut run = start(&storage, 0, &request()).await;
        read_region(&mut run, "eu-west-1").await;
        assert_eq!(keep(&storage, 0, 47).await.run_ids, [""; 0]);
        let manifest = committed(commit(run).await);
        for file in &manifest.files {
            let range = storage.read_range(&file.path, 0..file.bytes).await;
            assert!(range.is_ok(), "{}", file.path);
        }
    });
}

// Windows deletes no file that is open.
#[test]
#[cfg(unix)]
fn keep_deletes_what_a_run_left_that_was_given_up_two_days_ago() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut run = start(&storage, 0, &request()).await;
        read_region(&mut run, "eu-west-1").await;
        let path = layout::table_file(Table::Nodes, run.run_id(), "", "", 7);
        // A process that is killed has no time to delete it.
        let never_finished = storage.writer(&path).await.unwrap();
        assert_eq!(storage.list_temporary().await.unwrap().len(), 1);
        keep(&storage, 1, 49).await;
        assert_eq!(paths(&storage, "").await, [""; 0]);
        assert_eq!(storage.list_temporary().await.unwrap(), []);
        drop(never_finished);
    });
}

#[test]
fn a_run_whose_files_another_process_deletes_is_not_made_visible() {
    block_on(async {
        for folder in ["nodes", "unfinished"] {
            let storage = Storage::temporary().unwrap();
            let mut run = start(&storage, 0, &request()).await;
            read_region(&mut run, "eu-west-1").await;
            for path in paths(&storage, folder).await {
                storage.delete(&path).await.unwrap();
            }
            let error = refusal(commit(run).await);
            assert!(error.contains("another process deleted"), "{error}");
            assert_eq!(paths(&storage, layout::RUNS).await, [""; 0], "{folder}");
        }
    });
}

#[test]
fn keep_leaves_the_newest_complete_run_of_each_account_and_region() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let narrow = CollectRequest {
            selection: ManifestSelection::default(),
            ..request()
        };
        let oldest = collect(&storage, 0, &request(), &["eu-west-1"]).await;
        let both = collect(&storage, 1, &request(), &["eu-west-1", "us-east-1"]).await;
        let complete = collect(&storage, 2, &request(), &["eu-west-1"]).await;
        let newest = collect(&storage, 900, &narrow, &["eu-west-1", "us-east-1"]).await;
        assert_eq!(keep(&storage, 24, 900).await.run_ids, [oldest.run_id]);
        let kept = [both, complete, newest].map(|run| layout::manifest_file(&run.run_id));
        assert_eq!(paths(&storage, layout::RUNS).await, kept);
    });
}

#[test]
fn files_of_an_attempt_that_was_killed_are_deleted_before_the_run_is_visible() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut killed = start(&storage, 0, &request()).await;
        read_region(&mut killed, "eu-west-1").await;
        let left = layout::table_file(
            Table::Nodes,
            killed.run_id(),
            "111122223333",
            "us-east-1",
            0,
        );
        storage.create(&left, b"of no checkpoint").await.unwrap();
        let mut run = writer(&storage, 1);
        assert!(run.resume(&request()).await.unwrap());
        read_region(&mut run, "us-east-1").await;
        let manifest = committed(commit(run).await);
        assert_eq!(manifest.locations.len(), 2);
        let mut named: Vec<&String> = manifest.files.iter().map(|file| &file.path).collect();
        named.push(&manifest.run_id);
        let manifest_file = layout::manifest_file(&manifest.run_id);
        for path in paths(&storage, "").await {
            assert!(named.contains(&&path) || path == manifest_file, "{path}");
        }
    });
}

#[test]
fn a_process_leaves_its_run_to_the_one_that_goes_on_with_it() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut slow = start(&storage, 0, &request()).await;
        read_region(&mut slow, "eu-west-1").await;
        let mut run = writer(&storage, 1);
        assert!(run.resume(&request()).await.unwrap());
        read_region(&mut slow, "us-east-1").await;
        let error = refusal(commit(slow).await);
        assert!(error.contains("goes on with it"), "{error}");
        read_region(&mut run, "us-east-1").await;
        assert_eq!(committed(commit(run).await).locations.len(), 2);
    });
}

#[test]
fn a_run_that_is_visible_is_not_continued() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut run = start(&storage, 0, &request()).await;
        read_region(&mut run, "eu-west-1").await;
        let mut kept = Vec::new();
        for path in paths(&storage, layout::UNFINISHED).await {
            let content = storage.read(&path, 1 << 20).await.unwrap().unwrap();
            kept.push((path, content));
        }
        assert_eq!(kept.len(), 2);
        committed(commit(run).await);
        // As if the process had been killed before it deleted them.
        for (path, content) in &kept {
            storage.create(path, content).await.unwrap();
        }
        assert!(!writer(&storage, 1).resume(&request()).await.unwrap());
        assert_eq!(paths(&storage, layout::UNFINISHED).await, [""; 0]);
    });
}

#[test]
fn a_checkpoint_that_was_changed_is_read_again() {
    block_on(async {
        for (from, to) in [
            ("\"Nodes\":1", "\"Nodes\":2"),
            ("nodes/snapshot=", "../victim="),
        ] {
            let storage = Storage::temporary().unwrap();
            let mut killed = start(&storage, 0, &request()).await;
            read_region(&mut killed, "eu-west-1").await;
            let files = paths(&storage, layout::UNFINISHED).await;
            let path = files.iter().find(|path| path.contains("complete")).unwrap();
            let content = storage.read(path, 1 << 20).await.unwrap().unwrap();
            let content = String::from_utf8(content.to_vec()).unwrap();
            assert!(content.contains(from), "{content}");
            storage.delete(path).await.unwrap();
            let changed = content.replace(from, to);
            storage.create(path, changed.as_bytes()).await.unwrap();
            let mut run = writer(&storage, 1);
            assert!(run.resume(&request()).await.unwrap());
            assert!(!run.has_complete_locations());
            read_region(&mut run, "eu-west-1").await;
            let manifest = committed(commit(run).await);
            assert_eq!(manifest.locations[0].nodes, 1);
        }
    });
}

#[test]
fn a_checkpoint_with_a_checksum_names_only_files_of_its_run_that_are_there() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut killed = start(&storage, 0, &request()).await;
        read_region(&mut killed, "eu-west-1").await;
        let done = killed.done.pop().unwrap();
        for path in [
            "../victim.txt".to_owned(),
            "runs/victim.json".to_owned(),
            layout::table_file(
                Table::Nodes,
                killed.run_id(),
                "111122223333",
                "eu-west-1",
                9,
            ),
        ] {
            for kept in paths(&storage, "unfinished").await {
                if kept.contains("complete") {
                    storage.delete(&kept).await.unwrap();
                }
            }
            let mut changed = done.clone();
            changed.files[0].path = path;
            killed.head.save(&storage, changed).await.unwrap();
            let mut run = writer(&storage, 1);
            assert!(run.resume(&request()).await.unwrap());
            assert!(!run.has_complete_locations());
        }
    });
}

#[test]
fn nothing_outside_of_a_dataset_is_written_or_deleted() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        for path in ["../victim.txt", "/etc/victim", "nodes/../../victim"] {
            assert!(storage.delete(path).await.is_err());
            assert!(storage.create(path, b"").await.is_err());
            assert!(storage.writer(path).await.is_err());
        }
    });
}

#[test]
fn an_unfinished_run_of_another_version_is_not_continued() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut other = start(&storage, 0, &request()).await;
        other.head.forget(&storage).await.unwrap();
        other.head.tool = "patchctl 0.0.1".to_owned();
        other.head.create(&storage).await.unwrap();
        assert!(!writer(&storage, 1).resume(&request()).await.unwrap());
    });
}

#[test]
fn all_tags_of_a_node_are_known_only_where_tags_were_collected() {
    block_on(async {
        for (level, expected) in [("Tags", true), ("Names", false)] {
            let storage = Storage::temporary().unwrap();
            let mut request = request();
            request.plan.node_info = Some(level.to_owned());
            let manifest = collect(&storage, 0, &request, &["eu-west-1"]).await;
            let mut files = manifest.files.iter();
            let nodes = files.find(|file| file.table == "nodes").unwrap();
            let bytes = storage.read(&nodes.path, 1 << 20).await.unwrap().unwrap();
            let reader = SerializedFileReader::new(bytes).unwrap();
            let rows = reader.get_row_iter(None).unwrap();
            let rows: Vec<String> = rows.map(|row| row.unwrap().to_string()).collect();
            let told = format!("HasAllTags: {expected}");
            assert!(rows.len() == 1 && rows[0].contains(&told), "{rows:?}");
        }
    });
}

#[test]
fn a_run_has_a_file_of_each_table_even_without_rows() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let manifest = collect(&storage, 0, &request(), &[]).await;
        let tables: Vec<&str> = manifest.files.iter().map(|file| &*file.table).collect();
        assert_eq!(tables, Table::ALL.map(Table::as_str));
        assert_eq!(manifest.files.iter().map(|file| file.rows).sum::<u64>(), 0);
    });
}

#[test]
fn a_location_has_its_checkpoint_as_soon_as_it_has_ended() {
    block_on(async {
        let storage = Storage::temporary().unwrap();
        let mut run = start(&storage, 0, &request()).await;
        read_region(&mut run, "eu-west-1").await;
        let kept = paths(&storage, layout::UNFINISHED).await;
        let name = "complete/111122223333.eu-west-1.json";
        assert!(kept.iter().any(|path| path.ends_with(name)), "{kept:?}");
    });
}
