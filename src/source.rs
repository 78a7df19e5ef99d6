//! Where records come from: an ordered stream of events about nodes.
//!
//! A source of another kind is a folder beside `aws` and an arm of [`Source`].

pub(crate) mod aws;
mod data_sync;
pub(crate) mod dataset;
pub(crate) mod event;
mod ordered;
#[cfg(test)]
mod replay;
#[cfg(test)]
pub(crate) mod test_runtime;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::AccountRegion;
use crate::source::aws::source::{AwsSource, CompleteLocations};
use crate::source::aws::stream::AwsStream;
use crate::source::data_sync::SyncTree;
use crate::source::data_sync::import::import;
use crate::source::dataset::node_fold::FoldStream as DatasetFoldStream;
use crate::source::dataset::stream::DatasetStream;
use crate::source::event::Judged;
use crate::source::ordered::codec::Spillable;

pub(crate) use self::aws::connect_options::{Accounts, ConnectOptions, EndpointOverride};
pub(crate) use self::aws::discovery::merge_reports;
pub(crate) use self::aws::limits::call_stats::CallCounts;
pub(crate) use self::aws::progress::{LocationProgress, ProgressMonitor};
pub(crate) use self::aws::session::profile::configured_region;
pub(crate) use self::aws::source::LocationSpans;
pub(crate) use self::dataset::collect_request::CollectRequest;
pub(crate) use self::dataset::earlier_runs::EarlierRuns;
pub(crate) use self::dataset::location::DatasetLocation;
pub(crate) use self::dataset::manifest::{Manifest, ManifestFile};
pub(crate) use self::dataset::moment::Moment as DatasetMoment;
pub(crate) use self::dataset::options::DatasetOptions;
pub(crate) use self::dataset::retention::delete_old_runs;
pub(crate) use self::dataset::run_writer::{Committed, NodeCount, RunWriter};
pub(crate) use self::dataset::runs::runs_at;
pub(crate) use self::dataset::source::DatasetSource;
pub(crate) use self::dataset::storage::Storage;
pub(crate) use self::dataset::streams::LocationKey;
pub(crate) use self::dataset::timeline::{SnapshotRange, SnapshotSource, Timeline};
pub(crate) use self::dataset::verify::verify;
pub(crate) use self::event::{
    DAMAGED, Event, MissingColumns, NodeEnd, NodeFold, NodeStates, PatchEvent,
};

/// A source, connected.
pub(crate) enum Source {
    Aws(Box<AwsSource>),
    Dataset(Box<DatasetSource>),
    #[cfg(test)]
    Replay(replay::Replay),
}

/// The events of a source, in a fixed order.
pub(crate) enum Stream<T> {
    Aws(Box<AwsStream<T>>),
    Dataset(Box<DatasetStream<T>>),
    #[cfg(test)]
    Replay(replay::ReplayStream<T>),
}

impl<T: Spillable + Judged + Clone> Stream<T> {
    /// The next event, or `None` at the end. Cancel-safe: may be dropped while
    /// it waits, and called again.
    ///
    /// # Panics
    /// When a task that reads nodes panicked.
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        match self {
            Self::Aws(stream) => stream.next().await,
            Self::Dataset(stream) => stream.next().await,
            #[cfg(test)]
            Self::Replay(stream) => stream.next().await,
        }
    }
}

/// The events of a source with parts of an answer in the place of nodes.
pub(crate) enum FoldStream<F: NodeFold> {
    /// Nodes that are folded as they come.
    Nodes(Stream<NodeStates>, Arc<F>),
    Dataset(Box<DatasetFoldStream<F>>),
}

impl<F: NodeFold> FoldStream<F> {
    /// The next event, or `None` at the end. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<Event<F::Part>> {
        match self {
            Self::Nodes(stream, fold) => {
                let event = stream.next().await?;
                Some(event.map_item(|nodes| {
                    let mut part = fold.start();
                    for (node, outcome) in nodes {
                        fold.add_node(&mut part, node, outcome);
                    }
                    part
                }))
            }
            Self::Dataset(stream) => stream.next().await,
        }
    }
}

impl Source {
    /// Finds regions and credentials, and assumes roles. Reads no node. The clock is
    /// that of the process; a source may have a time of its own.
    ///
    /// # Errors
    /// When no account and region can be read, with the remedy.
    pub(crate) async fn connect(
        options: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        #[cfg(test)]
        if let Some(replay) = replay::installed(options, clock, interrupt).await {
            return Ok(Self::Replay(replay?));
        }
        if let Some(dataset) = &options.from {
            let source = open_dataset(dataset, options, clock, interrupt).await?;
            return Ok(Self::Dataset(Box::new(source)));
        }
        let source = AwsSource::connect(options, clock, interrupt).await?;
        Ok(Self::Aws(Box::new(source)))
    }

    /// The files of a dataset as they are, without any run to read.
    #[must_use]
    pub(crate) fn of_files(
        storage: Storage,
        location: &DatasetLocation,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Self {
        let source = DatasetSource::without_runs(storage, location, clock, interrupt);
        Self::Dataset(Box::new(source))
    }

    /// The AWS source, for commands that only AWS supports: trying calls, and
    /// estimating them.
    ///
    /// # Errors
    /// When the source makes no AWS calls.
    pub(crate) fn aws(&self) -> Result<&AwsSource> {
        match self {
            Self::Aws(source) => Ok(source),
            Self::Dataset(_) => bail!("a dataset makes no AWS calls"),
            #[cfg(test)]
            Self::Replay(_) => bail!("this source makes no AWS calls"),
        }
    }

    /// Leaves out locations that are complete, where a run is continued.
    pub(crate) fn leave_out(&mut self, complete: CompleteLocations) {
        if let Self::Aws(source) = self {
            source.leave_out(complete);
        }
    }

    /// The storage of a dataset, as the caller of this source reaches it: a user who has
    /// signed in for the one is not asked again for the other.
    ///
    /// # Errors
    /// When there are no credentials for a bucket, or its settings cannot be used.
    pub(crate) async fn open_storage(
        &self,
        location: &DatasetLocation,
        options: &ConnectOptions,
    ) -> Result<Storage> {
        let callers = self.aws().map_or(&[][..], |source| &source.callers);
        // The demo inside the process has no account.
        let caller = callers.iter().find(|caller| !caller.is_in_process);
        match caller {
            Some(caller) => Storage::with_session(location, caller.clone()),
            None => Storage::open(location, options).await,
        }
    }

    /// The time that ages are computed from.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Aws(source) => source.now(),
            Self::Dataset(source) => source.now(),
            #[cfg(test)]
            Self::Replay(source) => source.now(),
        }
    }

    /// Is that time the demo's?
    #[must_use]
    pub(crate) fn is_demo(&self) -> bool {
        match self {
            Self::Aws(source) => source.is_demo,
            Self::Dataset(source) => source.is_demo(),
            #[cfg(test)]
            Self::Replay(_) => true,
        }
    }

    /// Notes for the user about how the source was reached.
    #[must_use]
    pub(crate) fn notes(&self) -> &[String] {
        match self {
            Self::Aws(source) => &source.notes,
            Self::Dataset(source) => &source.notes,
            #[cfg(test)]
            Self::Replay(source) => source.notes(),
        }
    }

    /// The calls made so far, by operation.
    #[must_use]
    pub(crate) fn call_counts(&self) -> BTreeMap<String, CallCounts> {
        match self {
            Self::Aws(source) => source.call_counts(),
            Self::Dataset(source) => source.storage().call_counts(),
            #[cfg(test)]
            Self::Replay(_) => BTreeMap::new(),
        }
    }

    /// The progress of each location, independent of the stream.
    #[must_use]
    pub(crate) fn progress_monitor(&self) -> ProgressMonitor {
        match self {
            Self::Aws(source) => source.progress_monitor(),
            Self::Dataset(_) => ProgressMonitor::default(),
            #[cfg(test)]
            Self::Replay(_) => ProgressMonitor::default(),
        }
    }

    /// The accounts and regions that are read, in their order.
    #[must_use]
    pub(crate) fn account_regions(&self) -> Vec<Arc<AccountRegion>> {
        match self {
            Self::Aws(source) => source.account_regions(),
            Self::Dataset(source) => source.account_regions(),
            #[cfg(test)]
            Self::Replay(source) => source.account_regions(),
        }
    }

    /// When each location was read, if not now.
    #[must_use]
    pub(crate) fn read_times(&self) -> BTreeMap<Arc<AccountRegion>, Timestamp> {
        match self {
            Self::Dataset(source) => source.read_times(),
            Self::Aws(_) => BTreeMap::new(),
            #[cfg(test)]
            Self::Replay(_) => BTreeMap::new(),
        }
    }

    /// Do the nodes of each location come in the order of their ids, where none is typed?
    #[must_use]
    pub(crate) fn is_sorted(&self) -> bool {
        match self {
            Self::Aws(_) => true,
            Self::Dataset(source) => source.is_sorted(),
            #[cfg(test)]
            Self::Replay(_) => true,
        }
    }

    /// Are nodes of more than one region read, and of more than one account?
    /// Rows then need these columns.
    #[must_use]
    pub(crate) fn location_spans(&self) -> LocationSpans {
        match self {
            Self::Aws(source) => source.location_spans(),
            Self::Dataset(source) => source.location_spans(),
            #[cfg(test)]
            Self::Replay(source) => source.location_spans(),
        }
    }

    /// The states of the nodes that the plan selects, in batches.
    #[must_use]
    pub(crate) fn stream_states(&self, plan: &FetchPlan) -> Stream<NodeStates> {
        match self {
            Self::Aws(source) => Stream::Aws(Box::new(source.stream_states(plan))),
            Self::Dataset(source) => Stream::Dataset(Box::new(source.stream_states(plan))),
            #[cfg(test)]
            Self::Replay(source) => Stream::Replay(source.stream_states(plan)),
        }
    }

    /// The same nodes, folded: those of a dataset on the threads that read them.
    #[must_use]
    pub(crate) fn fold_states<F: NodeFold>(&self, plan: &FetchPlan, fold: Arc<F>) -> FoldStream<F> {
        if let Self::Dataset(source) = self {
            FoldStream::Dataset(Box::new(source.fold_states(plan, fold)))
        } else {
            FoldStream::Nodes(self.stream_states(plan), fold)
        }
    }

    /// The patches of the nodes that the plan selects, page by page; a
    /// [`PatchEvent::End`] ends each node.
    #[must_use]
    pub(crate) fn stream_patches(&self, plan: &FetchPlan) -> Stream<PatchEvent> {
        match self {
            Self::Aws(source) => Stream::Aws(Box::new(source.stream_patches(plan))),
            Self::Dataset(source) => Stream::Dataset(Box::new(source.stream_patches(plan))),
            #[cfg(test)]
            Self::Replay(source) => Stream::Replay(source.stream_patches(plan)),
        }
    }
}

impl From<DatasetSource> for Source {
    fn from(source: DatasetSource) -> Self {
        Self::Dataset(Box::new(source))
    }
}

/// The snapshots of a dataset.
///
/// # Errors
/// When they cannot be listed, there is none to read, or it is a Resource Data Sync.
pub(crate) async fn open_timeline(
    storage: Storage,
    location: &DatasetLocation,
    range: &SnapshotRange,
    now: Timestamp,
) -> Result<Timeline> {
    let address = || location.to_string();
    if SyncTree::find(&storage)
        .await
        .with_context(address)?
        .is_some()
    {
        bail!(
            "{location} is a Resource Data Sync, which keeps only the newest state; \
             `patchctl collect --all --to DIR` makes a dataset, which keeps each"
        );
    }
    Timeline::open(storage, location, range, now).await
}

/// What `collect` wrote, or a Resource Data Sync, which becomes one.
async fn open_dataset(
    dataset: &DatasetOptions,
    options: &ConnectOptions,
    clock: fn() -> Timestamp,
    interrupt: &Interrupt,
) -> Result<DatasetSource> {
    let storage = Storage::open(&dataset.location, options).await?;
    let address = || dataset.location.to_string();
    let Some(tree) = SyncTree::find(&storage).await.with_context(address)? else {
        return DatasetSource::open(storage, dataset, options, clock, interrupt).await;
    };
    let imported = Box::pin(import(&tree, dataset, options, clock, interrupt)).await;
    let (storage, notes) = imported.with_context(address)?;
    let mut source = DatasetSource::open(storage, dataset, options, clock, interrupt).await?;
    source.notes.extend(notes);
    Ok(source)
}
