//! The moments of a dataset, oldest first, each as a source of what `--at` reads then. No
//! manifest is read twice, and those that are still needed are kept.

use std::collections::VecDeque;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::dataset::layout;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::options::DatasetOptions;
use crate::source::dataset::runs::{Runs, run_ids};
use crate::source::dataset::source::DatasetSource;
use crate::source::dataset::storage::Storage;

/// Which snapshots of a dataset are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SnapshotRange {
    /// The first one; `None`: the oldest.
    pub since: Option<Moment>,
    /// The last one.
    pub until: Moment,
    /// Only the newest one in each span of so many seconds, counted from 1970 in UTC.
    pub every: Option<u64>,
}

/// The snapshots of a dataset that are still to be read.
#[derive(Debug)]
pub(crate) struct Timeline {
    storage: Storage,
    location: DatasetLocation,
    /// The ids of the runs whose manifests are not read yet, oldest first.
    run_ids: VecDeque<String>,
    snapshots: VecDeque<Timestamp>,
    runs: Runs,
    /// The runs that the last moment was read from.
    last_read: Vec<String>,
    pub manifests_read: u64,
    /// Snapshots at which nothing of what is asked for was read anew.
    pub unchanged: u64,
}

/// A dataset at a snapshot.
#[derive(Debug)]
pub(crate) struct SnapshotSource {
    /// When its newest run started, in whole seconds.
    pub snapshot: Timestamp,
    /// Its name, as `--at` takes it.
    pub name: String,
    /// The runs that are combined.
    pub runs: u64,
    pub source: DatasetSource,
}

impl SnapshotRange {
    /// Those of these snapshots that are read, in their order.
    fn select(&self, mut all: Vec<Timestamp>, now: Timestamp) -> Result<Vec<Timestamp>> {
        let since = match &self.since {
            Some(Moment::Latest) => all.last().copied(),
            Some(Moment::Run(id)) => layout::snapshot_time(layout::snapshot_of(id)),
            Some(moment) => Some(moment.limit(now).context("--since: too long ago")?),
            None => None,
        };
        let until = match &self.until {
            Moment::Run(id) => layout::snapshot_time(layout::snapshot_of(id)),
            moment => moment.limit(now),
        };
        let ends = all.first().copied().zip(all.last().copied());
        // Times have fractions, and the names of snapshots have none.
        let since = since.map(Timestamp::as_second);
        all.retain(|snapshot| {
            since.is_none_or(|since| snapshot.as_second() >= since)
                && until.is_none_or(|until| *snapshot <= until)
        });
        if let Some(span) = self.every.and_then(|span| i64::try_from(span).ok()) {
            let of_span = |snapshot: &Timestamp| snapshot.as_second().div_euclid(span);
            let newest = all.chunk_by(|one, next| of_span(one) == of_span(next));
            all = newest.filter_map(|chunk| chunk.last().copied()).collect();
        }
        match ends {
            None => bail!("there is no run; `patchctl collect --all --to DIR` makes one"),
            Some((oldest, newest)) if all.is_empty() => bail!(
                "no snapshot is between --since and --until; the oldest is of {oldest}, the \
                 newest of {newest}"
            ),
            Some(_) => Ok(all),
        }
    }
}

impl Timeline {
    /// Lists the runs of a dataset. Reads no manifest.
    ///
    /// # Errors
    /// When they cannot be listed, or there is none to read.
    pub(crate) async fn open(
        storage: Storage,
        location: &DatasetLocation,
        range: &SnapshotRange,
        now: Timestamp,
    ) -> Result<Self> {
        let address = || location.to_string();
        let run_ids = run_ids(&storage).await.with_context(address)?;
        let names = run_ids.iter().map(|id| layout::snapshot_of(id));
        let mut snapshots: Vec<Timestamp> = names.filter_map(layout::snapshot_time).collect();
        snapshots.dedup();
        let snapshots = range.select(snapshots, now).with_context(address)?;
        Ok(Self {
            storage,
            location: location.clone(),
            run_ids: run_ids.into(),
            snapshots: snapshots.into(),
            runs: Runs::default(),
            last_read: Vec::new(),
            manifests_read: 0,
            unchanged: 0,
        })
    }

    /// How many snapshots are still to be read.
    #[must_use]
    pub(crate) fn left(&self) -> usize {
        self.snapshots.len()
    }

    /// The dataset at the next snapshot at which something was read that is asked for.
    ///
    /// # Errors
    /// When a manifest that may have to be read is damaged.
    pub(crate) async fn next(
        &mut self,
        criteria: &[String],
        connect: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Result<Option<SnapshotSource>> {
        while let Some(snapshot) = self.snapshots.pop_front() {
            let name = layout::snapshot_name(snapshot);
            self.read_manifests(&name).await;
            let at = Moment::At(snapshot);
            let combined = self.runs.at(&at, snapshot);
            let combined = combined.with_context(|| self.location.to_string())?;
            let dataset = DatasetOptions {
                needs_patches: false,
                ..DatasetOptions::at_moment(self.location.clone(), at, criteria.to_vec())
            };
            let storage = self.storage.clone();
            let source =
                DatasetSource::of_snapshot(storage, combined, &dataset, connect, clock, interrupt);
            if source.run_ids() == self.last_read {
                self.unchanged += 1;
                continue;
            }
            self.last_read = source.run_ids().to_vec();
            return Ok(Some(SnapshotSource {
                snapshot,
                name,
                runs: self.last_read.len() as u64,
                source,
            }));
        }
        Ok(None)
    }

    /// Reads the manifests of the runs up to this snapshot.
    async fn read_manifests(&mut self, snapshot: &str) {
        let later = self
            .run_ids
            .partition_point(|id| layout::snapshot_of(id) <= snapshot);
        let ids: Vec<String> = self.run_ids.drain(..later).rev().collect();
        let (runs, count) = Runs::read_newest_first(&self.storage, &ids).await;
        self.manifests_read += count;
        self.runs = std::mem::take(&mut self.runs).with_newer(runs);
    }
}
