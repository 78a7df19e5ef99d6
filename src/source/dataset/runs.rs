//! The runs of a dataset, and which of them are read at a moment: for each account and
//! region the newest one.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;

use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    Manifest, ManifestFile, ManifestLocation, ManifestScope, ManifestUnread,
};
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;

/// Manifests that are read at once.
const CONCURRENT_READS: usize = 16;

/// The runs of a dataset, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    pub manifests: Vec<Arc<Manifest>>,
    /// Runs whose manifest cannot be used, and why.
    damaged: Vec<(String, String)>,
}

/// A location as one run has it.
#[derive(Debug, Clone)]
pub(crate) struct RunLocation {
    pub run: Arc<Manifest>,
    /// Its index in the manifest.
    pub index: usize,
}

/// What is read at a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Snapshot {
    pub locations: Vec<RunLocation>,
    pub unread: Vec<ManifestUnread>,
    /// The runs that it consists of, oldest first.
    pub runs: Vec<Arc<Manifest>>,
}

impl RunLocation {
    #[must_use]
    pub(crate) fn location(&self) -> &ManifestLocation {
        &self.run.locations[self.index]
    }

    /// Its files of this table, in their order.
    #[must_use]
    pub(crate) fn files(&self, table: Table) -> Vec<&ManifestFile> {
        let location = self.location();
        let files = self.run.files.iter().filter(|file| {
            file.table == table.as_str()
                && file.account_id == location.account_id
                && file.region == location.region
        });
        let mut files: Vec<&ManifestFile> = files.collect();
        files.sort_by_key(|file| (file.path.len(), &file.path));
        files
    }
}

impl Runs {
    /// Reads the manifests of a dataset.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn read(storage: &Storage) -> Result<Self> {
        let listed = storage.list(layout::RUNS).await?;
        let ids = listed.into_iter().filter_map(|file| {
            let name = file.path.strip_prefix(layout::RUNS)?.strip_prefix('/')?;
            let id = name.strip_suffix(".json")?;
            layout::is_run_id(id).then(|| id.to_owned())
        });
        let read = stream::iter(ids).map(|id| async move {
            let manifest = read_run(storage, &id).await;
            (id, manifest)
        });
        let mut read = read.buffered(CONCURRENT_READS);
        let mut runs = Self::default();
        while let Some((id, manifest)) = read.next().await {
            match manifest {
                Ok(manifest) => runs.manifests.push(Arc::new(manifest)),
                Err(error) => runs.damaged.push((id, format!("{error:#}"))),
            }
        }
        Ok(runs)
    }

    /// What is read at a moment.
    ///
    /// # Errors
    /// When there is no run at that moment, or one that may have to be read is damaged.
    pub(crate) fn at(&self, moment: &Moment, now: Timestamp) -> Result<Snapshot> {
        let limit = moment.limit(now);
        let is_wanted = |id: &str, started: Option<Timestamp>| match (moment, limit) {
            (Moment::Run(asked), _) => id == asked,
            (_, None) => true,
            (_, Some(limit)) => match started {
                Some(started) => whole_second(started) <= limit,
                // The name of a snapshot sorts as its time does.
                None => id.split('-').next().unwrap_or_default() <= &*layout::snapshot_name(limit),
            },
        };
        if let Some((_, cause)) = self.damaged.iter().find(|(id, _)| is_wanted(id, None)) {
            bail!("{cause}; restore it, or read another moment by --at");
        }
        let mut runs: Vec<&Arc<Manifest>> = self
            .manifests
            .iter()
            .filter(|run| is_wanted(&run.run_id, Some(run.started_at)))
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
        for run in runs {
            let mut found = KnownLocations::default();
            let mut is_used = false;
            for (index, location) in run.locations.iter().enumerate() {
                let (account, region) = (&*location.account_id, &*location.region);
                found
                    .locations
                    .insert((account.to_owned(), region.to_owned()));
                if !known.contains(account, Some(region)) {
                    snapshot.locations.push(RunLocation {
                        run: run.clone(),
                        index,
                    });
                    is_used = true;
                }
            }
            for unread in &run.unread {
                let ManifestScope {
                    account,
                    region,
                    profile,
                    ..
                } = &unread.scope;
                let account_id = account.as_deref().unwrap_or_default();
                match (region, profile) {
                    (Some(region), _) => {
                        found
                            .locations
                            .insert((account_id.to_owned(), region.clone()));
                    }
                    (None, None) => {
                        found.accounts.insert(account_id.to_owned());
                    }
                    (None, Some(profile)) => {
                        found.profiles.insert(profile.clone());
                    }
                }
                let is_known = match profile {
                    Some(profile) if region.is_none() => known.profiles.contains(profile),
                    _ => known.contains(account_id, region.as_deref()),
                };
                if !is_known {
                    snapshot.unread.push(unread.clone());
                    is_used = true;
                }
            }
            known.extend(found);
            if is_used {
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

/// The locations that newer runs have.
#[derive(Default)]
struct KnownLocations {
    locations: BTreeSet<(String, String)>,
    /// Those that could not be read in any region.
    accounts: BTreeSet<String>,
    profiles: BTreeSet<String>,
}

impl KnownLocations {
    /// Does a newer run say something of it? Of an account as a whole, any of its regions
    /// does.
    fn contains(&self, account: &str, region: Option<&str>) -> bool {
        self.accounts.contains(account)
            || match region {
                Some(region) => self
                    .locations
                    .contains(&(account.to_owned(), region.to_owned())),
                None => self.locations.iter().any(|(known, _)| known == account),
            }
    }

    fn extend(&mut self, other: Self) {
        self.locations.extend(other.locations);
        self.accounts.extend(other.accounts);
        self.profiles.extend(other.profiles);
    }
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
    let snapshot = Runs::read(storage).await?.at(moment, now)?;
    let ids = snapshot.runs.iter().map(|run| run.run_id.clone());
    Ok(ids.collect())
}

fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

async fn read_run(storage: &Storage, id: &str) -> Result<Manifest> {
    let path = layout::manifest_file(id);
    let manifest = read_manifest(storage, &path).await?;
    let manifest = manifest.with_context(|| format!("{path} does not exist"))?;
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
    Ok(manifest)
}
