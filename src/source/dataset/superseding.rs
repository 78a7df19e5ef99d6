//! Which older runs a new one supersedes, as it tells of each account and region that they
//! tell of, and goes before them.

use std::collections::HashSet;

use anyhow::Result;
use futures_util::stream::{self, StreamExt as _};

use crate::source::dataset::layout;
use crate::source::dataset::manifest::Manifest;
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::newer_runs::{Coverage, is_named_by_start};
use crate::source::dataset::runs::run_ids;
use crate::source::dataset::storage::Storage;

/// A manifest names so many runs that it supersedes. Older ones are named by one of these,
/// which is read then: a run an hour makes 22 manifests a year that are read, of 11 kB each.
const MAX_SUPERSEDED: usize = 400;

/// So many manifests of runs of the same request, and of any, are compared with a new one.
const RUNS_OF_LINEAGE: usize = 4;
const RUNS_OF_ANY: usize = 16;

/// Manifests that are read at once.
const CONCURRENT_READS: usize = 16;

/// The runs that this one supersedes, newest first, as far as a look at a bounded number of
/// manifests shows. Nothing is lost by one that is not found: readers then compare it.
///
/// # Errors
/// When the runs cannot be listed.
pub(super) async fn superseded_by(storage: &Storage, run: &Manifest) -> Result<Vec<String>> {
    let ids = run_ids(storage).await?;
    if !is_named_by_start(run) {
        return Ok(Vec::new());
    }
    let is_older = |id: &&str| layout::snapshot_of(id) < layout::snapshot_of(&run.run_id);
    let ids = ids.iter().rev().map(String::as_str).filter(is_older);
    let ids: Vec<&str> = ids.collect();
    let lineage = layout::lineage_of(&run.run_id);
    let is_of_lineage = |id: &&str| layout::lineage_of(id) == lineage;
    let (same, any): (Vec<&str>, Vec<&str>) = ids.iter().partition(|id| is_of_lineage(id));
    let mut superseded = HashSet::new();
    for id in same.into_iter().take(RUNS_OF_LINEAGE) {
        if !superseded.contains(id) {
            add_superseded(storage, run, &[id], &mut superseded).await;
        }
    }
    // Those that are too old to be named are named by another one.
    let mut named = ids.iter().filter(|id| superseded.contains(**id));
    let oldest = named.nth(MAX_SUPERSEDED - 1).copied().unwrap_or_default();
    let is_open = |id: &&str| *id > oldest && !superseded.contains(*id);
    let any: Vec<&str> = any.into_iter().filter(is_open).take(RUNS_OF_ANY).collect();
    add_superseded(storage, run, &any, &mut superseded).await;
    let superseded = ids.into_iter().filter(|id| superseded.contains(*id));
    let superseded = superseded.take(MAX_SUPERSEDED).map(ToOwned::to_owned);
    Ok(superseded.collect())
}

/// Reads these manifests, and adds those that the run supersedes, with those that they do.
async fn add_superseded(
    storage: &Storage,
    run: &Manifest,
    ids: &[&str],
    superseded: &mut HashSet<String>,
) {
    let coverage = Coverage::of(run);
    let read = stream::iter(ids).map(async |id| {
        let read = read_manifest(storage, &layout::manifest_file(id)).await;
        read.ok().flatten()
    });
    let mut read = std::pin::pin!(read.buffered(CONCURRENT_READS));
    while let Some(other) = read.next().await {
        // One that cannot be read is none: `--from` tells of it.
        let Some(other) = other else { continue };
        if coverage.gap(&Coverage::of(&other)).is_none() {
            superseded.extend(other.trusted_supersedes().iter().cloned());
            superseded.insert(other.run_id);
        }
    }
}
