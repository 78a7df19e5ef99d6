//! `collect --keep`: deletes whole runs that are older than an age. A manifest is deleted
//! before its files, so that no run is visible without them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::source::dataset::layout;
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;

/// Deletes the runs that ended before `now - age`, and what is left of those that started
/// before and never ended; returns the ids of the former. A file that is not named as
/// those of runs are is never deleted, nor is a run whose manifest cannot be read.
///
/// # Errors
/// When the dataset cannot be listed, or a file cannot be deleted.
pub(crate) async fn delete_old_runs(
    storage: &Storage,
    age: SignedDuration,
    now: Timestamp,
    newest_run_id: &str,
) -> Result<Vec<String>> {
    let Ok(oldest) = now.checked_sub(age) else {
        return Ok(Vec::new());
    };
    let (mut deleted, mut kept) = (Vec::new(), BTreeSet::new());
    for file in storage.list(layout::RUNS).await? {
        let run_id = layout::run_of_manifest(&file.path).map(str::to_owned);
        let manifest = match read_manifest(storage, &file.path).await {
            Ok(Some(manifest)) => manifest,
            Ok(None) => continue,
            Err(_) => {
                kept.extend(run_id);
                continue;
            }
        };
        if manifest.finished_at >= oldest || manifest.run_id == newest_run_id {
            kept.insert(manifest.run_id);
            continue;
        }
        storage.delete(&file.path).await?;
        for file in &manifest.files {
            storage.delete(&file.path).await?;
        }
        deleted.push(manifest.run_id);
    }
    delete_abandoned(storage, oldest, &kept).await?;
    Ok(deleted)
}

/// Deletes the files of runs that have no manifest, by the time in their ids.
async fn delete_abandoned(
    storage: &Storage,
    oldest: Timestamp,
    kept: &BTreeSet<String>,
) -> Result<()> {
    let mut abandoned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let oldest = layout::snapshot_name(oldest);
    let mut add = |run_id: Option<&str>, path: String| {
        let is_old = |id: &&str| layout::snapshot_of(id) < &*oldest && !kept.contains(*id);
        if let Some(run_id) = run_id.filter(is_old) {
            abandoned.entry(run_id.to_owned()).or_default().push(path);
        }
    };
    for file in storage.list(layout::UNFINISHED).await? {
        add(layout::run_of_unfinished(&file.path), file.path.clone());
    }
    for table in Table::ALL {
        for file in storage.list(table.as_str()).await? {
            add(layout::run_of_table_file(&file.path), file.path.clone());
        }
    }
    for path in abandoned.into_values().flatten() {
        storage.delete(&path).await?;
    }
    Ok(())
}
