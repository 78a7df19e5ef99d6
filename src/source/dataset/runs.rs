//! The runs of a dataset, and which of them are read at a moment: for each account and
//! region the newest one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail, ensure};
use futures_util::stream::{self, Stream, StreamExt as _};
use jiff::Timestamp;

use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    Manifest, ManifestFile, ManifestLocation, ManifestScope, ManifestUnread,
};
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::newer_runs::{KnownLocations, NewerRuns};
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;

/// Manifests that are read at once.
const CONCURRENT_READS: usize = 16;

/// The runs of a dataset, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    pub manifests: Vec<Arc<Manifest>>,
    /// Runs whose manifest cannot be used, and why.
    pub(super) damaged: Vec<(String, String)>,
}

/// A location as one run has it.
#[derive(Debug, Clone)]
pub(crate) struct RunLocation {
    pub run: Arc<Manifest>,
    /// Its index in the manifest.
    pub index: usize,
    /// The indices of its files.
    files: Vec<usize>,
}

/// What is read at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    pub locations: Vec<RunLocation>,
    pub unread: Vec<ManifestUnread>,
    /// The runs that it consists of, oldest first.
    pub runs: Vec<Arc<Manifest>>,
    /// Newer runs of some nodes of a location, before which an older one of all nodes goes.
    pub newer: Vec<RunLocation>,
}

impl RunLocation {
    #[must_use]
    pub(crate) fn location(&self) -> &ManifestLocation {
        &self.run.locations[self.index]
    }

    /// Its files of this table, in their order.
    #[must_use]
    pub(crate) fn files(&self, table: Table) -> Vec<&ManifestFile> {
        let files = self.files.iter().map(|at| &self.run.files[*at]);
        let mut files: Vec<&ManifestFile> =
            files.filter(|file| file.table == table.as_str()).collect();
        files.sort_by_key(|file| (file.path.len(), &file.path));
        files
    }
}

impl Snapshot {
    /// Adds a location of a run of some nodes that is newer than what is read of it.
    fn add_if_newer(&mut self, run: &Arc<Manifest>, index: usize) {
        let own = &run.locations[index];
        let is_older = |of: &RunLocation| {
            let location = of.location();
            (&location.account_id, &location.region) == (&own.account_id, &own.region)
                && of.run.started_at < run.started_at
        };
        if !run.selection.is_complete && self.locations.iter().any(is_older) {
            self.newer.push(RunLocation {
                run: run.clone(),
                index,
                files: Vec::new(),
            });
        }
    }
}

impl Runs {
    /// Reads the manifests of a dataset.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn read(storage: &Storage) -> Result<Self> {
        let ids = run_ids(storage).await?;
        Ok(Self::of_ids(storage, &ids, |_| true).await)
    }

    /// Reads the manifests that matter at a moment, newest first. Those that a newer one
    /// supersedes are not read where that one says so, else not kept.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn read_at(
        storage: &Storage,
        moment: &Moment,
        now: Timestamp,
    ) -> Result<Self> {
        let ids = run_ids(storage).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let limit = moment.limit(now);
        let wanted = ids.iter().rev().filter(|id| is_wanted(id, moment, limit));
        let mut wanted: Vec<&str> = wanted.copied().collect();
        if wanted.is_empty() {
            // The error names the oldest and the newest.
            wanted.extend(ids.last());
            wanted.extend(ids.first());
        }
        let (runs, _) = Self::read_newest_first(storage, &wanted).await;
        Ok(runs)
    }

    /// Reads the manifests of these runs, the newest of which comes first, unless one that
    /// was read says that it supersedes it; and how many. Returns those that are needed,
    /// oldest first.
    pub(super) async fn read_newest_first<T: AsRef<str>>(
        storage: &Storage,
        ids: &[T],
    ) -> (Self, u64) {
        let mut newer = NewerRuns::default();
        let mut runs = Self::default();
        let mut superseded = HashSet::new();
        let mut wanted = ids.iter().map(AsRef::as_ref);
        let mut batch_size = 1;
        let mut count = 0;
        loop {
            let left = wanted.by_ref().filter(|id| !superseded.contains(*id));
            let batch: Vec<&str> = left.take(batch_size).collect();
            if batch.is_empty() {
                break;
            }
            count += batch.len() as u64;
            let mut is_wasted = false;
            let mut read = read_runs(storage, &batch);
            while let Some((id, manifest)) = read.next().await {
                if superseded.contains(id) {
                    is_wasted = true;
                    continue;
                }
                match manifest {
                    Ok(Some(manifest)) => {
                        superseded.extend(manifest.trusted_supersedes().iter().cloned());
                        let manifest = Arc::new(manifest);
                        if newer.leave_something_to(&manifest) {
                            runs.manifests.push(manifest);
                        }
                    }
                    Ok(None) => {}
                    Err(error) => runs.damaged.push((id.to_owned(), format!("{error:#}"))),
                }
            }
            // As many at once as do not supersede one another.
            batch_size = if is_wasted {
                1
            } else {
                CONCURRENT_READS.min(batch_size * 2)
            };
        }
        runs.manifests.reverse();
        (runs, count)
    }

    /// Reads the manifests of these runs. One that was deleted since it was listed is none.
    pub(super) async fn of_ids<T: AsRef<str>>(
        storage: &Storage,
        ids: &[T],
        mut keeps: impl FnMut(&Arc<Manifest>) -> bool,
    ) -> Self {
        let mut read = read_runs(storage, ids);
        let mut runs = Self::default();
        while let Some((id, manifest)) = read.next().await {
            match manifest {
                Ok(Some(manifest)) => {
                    let manifest = Arc::new(manifest);
                    if keeps(&manifest) {
                        runs.manifests.push(manifest);
                    }
                }
                Ok(None) => {}
                Err(error) => runs.damaged.push((id.to_owned(), format!("{error:#}"))),
            }
        }
        runs
    }

    /// These runs and newer ones, without those that tell of nothing of which a newer one
    /// does not tell.
    #[must_use]
    pub(super) fn with_newer(mut self, runs: Self) -> Self {
        self.damaged.extend(runs.damaged);
        self.manifests.extend(runs.manifests);
        let mut newer = NewerRuns::default();
        self.manifests.reverse();
        self.manifests.retain(|run| newer.leave_something_to(run));
        self.manifests.reverse();
        self
    }

    /// What is read at a moment.
    ///
    /// # Errors
    /// When there is no run at that moment, or one that may have to be read is damaged.
    pub(crate) fn at(&self, moment: &Moment, now: Timestamp) -> Result<Snapshot> {
        let limit = moment.limit(now);
        let mut damaged = self.damaged.iter();
        if let Some((_, cause)) = damaged.find(|(id, _)| is_wanted(id, moment, limit)) {
            bail!("{cause}; restore it, or read another moment by --at");
        }
        let is_early_enough = |run: &Manifest| {
            limit.is_none_or(|limit| whole_second(run.started_at) <= limit)
                && is_wanted(&run.run_id, moment, None)
        };
        let mut runs: Vec<&Arc<Manifest>> = self
            .manifests
            .iter()
            .filter(|run| is_early_enough(run))
            .collect();
        if runs.is_empty() {
            return Err(self.no_run(moment));
        }
        // Narrower runs only where none listed everything; the newest first.
        runs.sort_by_key(|run| {
            (
                !run.selection.is_complete,
                std::cmp::Reverse((run.started_at, run.run_id.clone())),
            )
        });
        let mut snapshot = Snapshot::default();
        let mut known = KnownLocations::default();
        // Accounts that could not be read, while newer runs have some of their regions: said
        // where an older run has others.
        let mut hidden: BTreeMap<String, ManifestUnread> = BTreeMap::new();
        for run in runs {
            let mut is_used = false;
            let mut nowhere = None;
            let mut files = files_by_location(run);
            for (index, location) in run.locations.iter().enumerate() {
                let (account, region) = (&*location.account_id, &*location.region);
                if !region.is_empty() && known.contains(account, Some(region)) {
                    if !known.has_location(account, region) {
                        snapshot.unread.extend(hidden.remove(account));
                    }
                    snapshot.add_if_newer(run, index);
                    continue;
                }
                let location = RunLocation {
                    run: run.clone(),
                    index,
                    files: files.remove(&(account, region)).unwrap_or_default(),
                };
                if region.is_empty() {
                    nowhere = Some(location);
                    continue;
                }
                snapshot.locations.push(location);
                is_used = true;
            }
            for unread in &run.unread {
                let ManifestScope {
                    account,
                    region,
                    profile,
                    ..
                } = &unread.scope;
                let account_id = account.as_deref().unwrap_or_default();
                let is_known = match profile {
                    Some(profile) if region.is_none() => known.profiles.contains(profile),
                    _ => known.contains(account_id, region.as_deref()),
                };
                if is_known {
                    if region.is_none() && profile.is_none() {
                        hidden
                            .entry(account_id.to_owned())
                            .or_insert_with(|| unread.clone());
                    }
                } else {
                    snapshot.unread.push(unread.clone());
                    is_used = true;
                }
            }
            known.add(run);
            if is_used {
                // It tells of the nodes that are in none of the run's locations.
                snapshot.locations.extend(nowhere);
                snapshot.runs.push(run.clone());
            }
        }
        snapshot
            .runs
            .sort_by_key(|run| (run.started_at, run.run_id.clone()));
        if snapshot.runs.len() > 1 {
            // One run has its own order.
            snapshot.locations.sort_by(|one, other| {
                let key = |of: &RunLocation| {
                    let location = of.location();
                    (location.account_id.clone(), location.region.clone())
                };
                key(one).cmp(&key(other))
            });
        }
        Ok(snapshot)
    }

    fn no_run(&self, moment: &Moment) -> anyhow::Error {
        match (self.manifests.first(), self.manifests.last(), moment) {
            (Some(first), Some(last), Moment::Run(id)) => anyhow!(
                "no run {id} in the dataset; the oldest is {}, the newest {}",
                first.run_id,
                last.run_id
            ),
            (Some(first), _, _) => anyhow!(
                "no run at or before {moment}; the oldest is of {}",
                first.started_at
            ),
            _ => anyhow!("there is no run; `patchctl collect --all --to DIR` makes one"),
        }
    }
}

/// The ids of the runs of a dataset, oldest first.
///
/// # Errors
/// When they cannot be listed.
pub(super) async fn run_ids(storage: &Storage) -> Result<Vec<String>> {
    let listed = storage.list(layout::RUNS).await?;
    let paths = listed.iter();
    let ids = paths.filter_map(|file| layout::run_of_manifest(&file.path));
    Ok(ids.map(ToOwned::to_owned).collect())
}

/// The ids of the runs that are read at a moment.
///
/// # Errors
/// When there is no run at that moment, or a manifest cannot be used.
pub(crate) async fn runs_at(
    storage: &Storage,
    moment: &Moment,
    clock: fn() -> Timestamp,
) -> Result<BTreeSet<String>> {
    let now = if moment.is_relative() {
        clock()
    } else {
        Timestamp::UNIX_EPOCH
    };
    let snapshot = Runs::read_at(storage, moment, now).await?.at(moment, now)?;
    let ids = snapshot.runs.iter().map(|run| run.run_id.clone());
    Ok(ids.collect())
}

/// May the run of this id be read at the moment? The name of a snapshot sorts as its time
/// does.
fn is_wanted(id: &str, moment: &Moment, limit: Option<Timestamp>) -> bool {
    match moment {
        Moment::Run(asked) => id == asked,
        _ => limit.is_none_or(|limit| layout::snapshot_of(id) <= &*layout::snapshot_name(limit)),
    }
}

fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// The indices of the files of each location, by account and region.
fn files_by_location(run: &Manifest) -> HashMap<(&str, &str), Vec<usize>> {
    let mut files: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (at, file) in run.files.iter().enumerate() {
        let of = (&*file.account_id, &*file.region);
        files.entry(of).or_default().push(at);
    }
    files
}

/// The manifests of these runs, some at once, in their order.
fn read_runs<'a, T: AsRef<str>>(
    storage: &'a Storage,
    ids: &'a [T],
) -> impl Stream<Item = (&'a str, Result<Option<Manifest>>)> + Unpin {
    let read = stream::iter(ids).map(move |id| {
        Box::pin(async move {
            let id = id.as_ref();
            (id, read_run(storage, id).await)
        })
    });
    read.buffered(CONCURRENT_READS)
}

async fn read_run(storage: &Storage, id: &str) -> Result<Option<Manifest>> {
    let path = layout::manifest_file(id);
    let Some(manifest) = read_manifest(storage, &path).await? else {
        return Ok(None);
    };
    let mut locations = BTreeSet::new();
    for location in &manifest.locations {
        let key = (&location.account_id, &location.region);
        ensure!(
            locations.insert(key),
            "{path} has the location {} {} twice",
            location.account_id,
            location.region
        );
    }
    Ok(Some(manifest))
}
