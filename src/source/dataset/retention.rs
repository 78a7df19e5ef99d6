//! `collect --keep`: deletes whole runs that are older than an age. A manifest is deleted
//! before its files, so that no run is visible without them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::source::dataset::layout;
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;

/// A run that started this long ago and has no manifest has been given up. A shorter time
/// would take the files of one that is still written, by another process with another clock.
const ABANDONED_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// What was deleted.
#[derive(Debug, Default)]
pub(crate) struct DeletedRuns {
    pub run_ids: Vec<String>,
    /// The first cause why something that is old enough still stands.
    pub failure: Option<anyhow::Error>,
}

/// A run that may be old enough.
struct OldRun {
    run_id: String,
    manifest: String,
}

/// Deletes the runs that ended before `now - age`, and what is left of those that never
/// ended. A run stays if it is the newest complete one of an account and region, or, where
/// there is no complete one, the newest: it is what is known of their nodes. A file that
/// is not named as those of runs are is never deleted, nor is a run whose manifest cannot
/// be read.
pub(crate) async fn delete_old_runs(
    storage: &Storage,
    age: SignedDuration,
    now: Timestamp,
    newest_run_id: &str,
) -> DeletedRuns {
    let mut deleted = DeletedRuns::default();
    if let Ok(oldest) = now.checked_sub(age) {
        let done = delete_runs(storage, oldest, newest_run_id, &mut deleted).await;
        deleted.note(done);
    }
    if let Ok(oldest) = now.checked_sub(age.max(ABANDONED_AFTER)) {
        let done = delete_abandoned(storage, oldest, &mut deleted).await;
        deleted.note(done);
    }
    deleted
}

impl DeletedRuns {
    /// Keeps the first failure; the rest is tried in any case.
    fn note(&mut self, done: Result<()>) -> bool {
        let is_done = done.is_ok();
        if let Err(error) = done {
            self.failure.get_or_insert(error);
        }
        is_done
    }
}

async fn delete_runs(
    storage: &Storage,
    oldest: Timestamp,
    newest_run_id: &str,
    deleted: &mut DeletedRuns,
) -> Result<()> {
    let mut old = Vec::new();
    let mut newest: BTreeMap<(String, String), (bool, Timestamp, String)> = BTreeMap::new();
    for file in storage.list(layout::RUNS).await? {
        let Ok(Some(manifest)) = read_manifest(storage, &file.path).await else {
            continue;
        };
        let is_complete = manifest.selection.is_complete;
        let run_id = manifest.run_id;
        for location in manifest.locations {
            let rank = (is_complete, manifest.started_at, run_id.clone());
            let newest = newest.entry((location.account_id, location.region));
            let newest = newest.or_insert_with(|| rank.clone());
            *newest = rank.max(newest.clone());
        }
        if manifest.finished_at < oldest && run_id != newest_run_id {
            old.push(OldRun {
                run_id,
                manifest: file.path,
            });
        }
    }
    let needed: BTreeSet<String> = newest.into_values().map(|(_, _, run_id)| run_id).collect();
    for run in old.into_iter().filter(|run| !needed.contains(&run.run_id)) {
        let done = delete_run(storage, &run.manifest).await;
        if deleted.note(done) {
            deleted.run_ids.push(run.run_id);
        }
    }
    Ok(())
}

async fn delete_run(storage: &Storage, path: &str) -> Result<()> {
    let manifest = read_manifest(storage, path).await?;
    storage.delete(path).await?;
    for file in manifest.into_iter().flat_map(|manifest| manifest.files) {
        storage.delete(&file.path).await?;
    }
    Ok(())
}

/// Deletes the files of runs that have no manifest, by the time in their ids.
async fn delete_abandoned(
    storage: &Storage,
    oldest: Timestamp,
    deleted: &mut DeletedRuns,
) -> Result<()> {
    let mut abandoned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let oldest = layout::snapshot_name(oldest);
    let is_old = |run_id: &&str| layout::snapshot_of(run_id) < &*oldest;
    let mut add = |run_id: Option<&str>, path: &str| {
        let is_named_so = layout::is_safe_path(path);
        if let Some(run_id) = run_id.filter(is_old).filter(|_| is_named_so) {
            let paths = abandoned.entry(run_id.to_owned()).or_default();
            paths.push(path.to_owned());
        }
    };
    // What is kept of a run goes before its files: whoever still writes it finds out.
    for file in storage.list(layout::UNFINISHED).await? {
        add(layout::run_of_unfinished(&file.path), &file.path);
    }
    for table in Table::ALL {
        for file in storage.list(table.as_str()).await? {
            add(layout::run_of_table_file(&file.path), &file.path);
        }
    }
    // Listed last: a run may have ended meanwhile.
    for file in storage.list(layout::RUNS).await? {
        if let Some(run_id) = layout::run_of_manifest(&file.path) {
            abandoned.remove(run_id);
        }
    }
    for path in abandoned.into_values().flatten() {
        let done = storage.delete(&path).await;
        deleted.note(done);
    }
    for file in storage.list_temporary().await? {
        let run_id = [
            layout::run_of_unfinished(&file.target),
            layout::run_of_table_file(&file.target),
            layout::run_of_manifest(&file.target),
        ];
        if run_id.into_iter().flatten().any(|id| is_old(&id)) && layout::is_safe_path(&file.path) {
            let done = storage.delete(&file.path).await;
            deleted.note(done);
        }
    }
    Ok(())
}
