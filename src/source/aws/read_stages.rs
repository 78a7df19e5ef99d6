//! The stages of a run: the locations that could not be reached, then each
//! account and region, then the nodes that no location has.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::Semaphore;

use crate::record::{Cause, Node, Outcome, Scope, Subject, Unread};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::caller_reader::CallerReader;
use crate::source::aws::discovery::resolve::{Resolver, Target};
use crate::source::aws::progress::ProgressCounters;
use crate::source::event::{Event, NodeStates};
use crate::source::ordered::codec::Spillable;
use crate::source::ordered::ordered_jobs::{JobLimits, OrderedJobs, PendingJobs};
use crate::source::ordered::ordered_merge::{MergeLimits, OrderedMerge};

/// Rows that may be buffered ahead of their turn: about 20 MB.
const MAX_BUFFERED_ROWS: usize = 40_000;

/// How many locations are read concurrently, and what they may buffer.
const MERGE_LIMITS: MergeLimits = MergeLimits {
    concurrent_parts: 64,
    buffered_rows: MAX_BUFFERED_ROWS,
};

/// Reads the nodes of one location.
pub(super) type ReadNodes<T> = Arc<
    dyn Fn(Arc<RegionClient>, Vec<Target>, Arc<ProgressCounters>) -> PendingJobs<Event<T>>
        + Send
        + Sync,
>;

/// The locations to read, with their limits.
pub(super) struct Locations<'a> {
    /// Reads who asks, if the plan asks for it.
    pub callers: Option<CallerReader>,
    pub clients: &'a [Arc<RegionClient>],
    /// One for each client.
    pub counters: &'a [Arc<ProgressCounters>],
    /// What could not be reached at all.
    pub unread: &'a [Unread],
    /// What is left out on purpose.
    pub skipped: &'a [Scope],
    /// Concurrent calls in each location.
    pub concurrency: usize,
}

/// Reads all locations concurrently and returns their events in order.
/// `nowhere` makes items of nodes without data: those that no location has, and
/// those that are not managed.
pub(super) fn build_stages<T, I>(
    locations: Locations<'_>,
    resolver: Resolver,
    read: &ReadNodes<T>,
    nowhere: fn(NodeStates) -> I,
) -> OrderedMerge<Event<T>>
where
    T: Spillable,
    I: IntoIterator<Item = T> + Send + 'static,
    I::IntoIter: Send,
{
    let resolver = Arc::new(resolver);
    let (latch, width) = (Arc::new(CompletionLatch::default()), locations.concurrency);
    let mut stages = Vec::with_capacity(locations.clients.len() + 3);
    if let Some(callers) = locations.callers {
        stages.push(OrderedJobs::with_preparation(
            job_limits(width),
            async move {
                (
                    vec![Event::Callers(callers.read().await)],
                    PendingJobs::empty(),
                )
            },
        ));
    }
    if !(locations.unread.is_empty() && locations.skipped.is_empty()) {
        let skipped = locations.skipped.to_vec();
        let skipped = (!skipped.is_empty()).then_some(Event::Skipped(skipped));
        let unread = locations.unread.to_vec();
        stages.push(OrderedJobs::with_preparation(
            job_limits(width),
            async move {
                (
                    skipped
                        .into_iter()
                        .chain(unread.into_iter().map(Event::Unread))
                        .collect(),
                    PendingJobs::empty(),
                )
            },
        ));
    }
    for (client, counts) in locations.clients.iter().zip(locations.counters) {
        let (client, counts) = (client.clone(), counts.clone());
        let (resolver, read, latch) = (resolver.clone(), read.clone(), latch.clone());
        stages.push(OrderedJobs::with_preparation(
            job_limits(width),
            async move {
                let ready = start_location(client, &resolver, &read, nowhere, counts).await;
                latch.complete_one();
                ready
            },
        ));
    }
    // With only one location, nothing comes after it.
    if resolver.may_have_unresolved() {
        let (unread, clients) = (locations.unread.to_vec(), locations.clients.to_vec());
        stages.push(OrderedJobs::with_preparation(
            job_limits(width),
            async move {
                latch.wait_for(clients.len()).await;
                let is_all_read = unread.is_empty();
                let (mut events, has_rows) = unresolved_events(&resolver, unread, nowhere);
                if is_all_read && !has_rows {
                    let cause = resolver.explain_empty(&clients).await;
                    events.extend(cause.map(|cause| Event::NothingSelected(cause.into())));
                }
                (events, PendingJobs::empty())
            },
        ));
    }
    OrderedMerge::new(stages, MERGE_LIMITS)
}

/// One location: resolves its nodes, and makes the jobs that read them.
async fn start_location<T: Spillable, I: IntoIterator<Item = T>>(
    client: Arc<RegionClient>,
    resolver: &Resolver,
    read: &ReadNodes<T>,
    without_data: fn(NodeStates) -> I,
    counts: Arc<ProgressCounters>,
) -> (Vec<Event<T>>, PendingJobs<Event<T>>) {
    let resolution = Box::pin(resolver.resolve(&client)).await;
    let start = Event::Location {
        location: client.location.clone(),
        has_uncertain_ids: resolver.has_uncertain_ids(&client.location),
    };
    let resolution = match resolution {
        Ok(resolution) => resolution,
        Err(error) => {
            let unread = error.into_unread(Scope::of(&client.location));
            return (vec![start, Event::Unread(unread)], PendingJobs::empty());
        }
    };
    counts.nodes.store(resolution.targets.len() as u64, Relaxed);
    let found = resolution
        .discovery
        .map(|finding| Event::Discovery(client.location.clone(), finding));
    let failed = resolution.failure.map(|why| {
        Event::Unread(Unread {
            subject: Subject::Scope(Scope::of(&client.location)),
            cause: why,
        })
    });
    let missing_columns = resolution
        .missing_columns
        .into_iter()
        .map(Event::MissingColumns);
    let unmanaged = resolution.unmanaged.into_iter();
    let unmanaged = unmanaged.map(|node| (node, Outcome::NoData)).collect();
    let events = [start]
        .into_iter()
        .chain(found)
        .chain(failed)
        .chain(missing_columns)
        .chain(without_data(unmanaged).into_iter().map(Event::Item))
        .collect();
    let end = Event::LocationEnd(client.location.clone());
    let jobs = read(client, resolution.targets, counts);
    (events, jobs.followed_by(end))
}

/// The nodes that no location has; is there one with a row?
fn unresolved_events<T, I>(
    resolver: &Resolver,
    unread: Vec<Unread>,
    nowhere: fn(NodeStates) -> I,
) -> (Vec<Event<T>>, bool)
where
    I: IntoIterator<Item = T>,
{
    let elsewhere: Vec<(Scope, Cause)> = unread
        .into_iter()
        .filter_map(|unread| match unread.subject {
            Subject::Scope(scope) => Some((scope, unread.cause)),
            Subject::Node(_) => None,
        })
        .collect();
    let rest = resolver.unresolved(&elsewhere);
    let has_rows = !rest.nodes.is_empty();
    let mut events: Vec<Event<T>> = nowhere(rest.nodes).into_iter().map(Event::Item).collect();
    if !rest.excluded.is_empty() {
        events.push(Event::Excluded(rest.excluded));
    }
    (events, has_rows)
}

/// Waits until every location has resolved its nodes.
struct CompletionLatch(Semaphore);

impl Default for CompletionLatch {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl CompletionLatch {
    fn complete_one(&self) {
        self.0.add_permits(1);
    }

    async fn wait_for(&self, locations: usize) {
        // Fails only if closed, which never happens.
        let _ = self
            .0
            .acquire_many(u32::try_from(locations).unwrap_or(u32::MAX))
            .await;
    }
}

/// Only items are buffered: other events have no rows, and so stay in memory.
impl<T: Spillable> Spillable for Event<T> {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        if let Self::Item(item) = self {
            item.pack(nodes, bytes);
        }
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        T::unpack(nodes, bytes).map(Self::Item)
    }

    fn is_final(&self) -> bool {
        matches!(self, Self::Item(item) if item.is_final())
    }

    fn placeholder_for_lost(nodes: &[Node], closed: bool, cause: &Cause) -> Option<Self> {
        T::placeholder_for_lost(nodes, closed, cause).map(Self::Item)
    }

    fn mark_incomplete(&mut self, cause: &Cause) {
        if let Self::Item(item) = self {
            item.mark_incomplete(cause);
        }
    }
}

fn job_limits(width: usize) -> JobLimits {
    JobLimits {
        concurrent_jobs: width,
        buffered_rows: MAX_BUFFERED_ROWS,
    }
}
