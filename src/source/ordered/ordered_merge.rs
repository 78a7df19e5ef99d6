//! Runs the ordered jobs of several locations concurrently and returns their
//! items location by location. A location whose turn has not come continues,
//! and what it sends waits in one [`SpillBuffer`] that all share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, coop};

use crate::source::ordered::codec::Spillable;
use crate::source::ordered::ordered_jobs::{MAX_STARTED_JOBS, OrderedJobs};
use crate::source::ordered::spill_buffer::{Buffered, SpillBuffer, SpilledItem};

/// Limits of the merge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MergeLimits {
    /// Concurrent locations.
    pub concurrent_parts: usize,
    /// Rows buffered in memory ahead of their turn, in all locations together.
    /// More go to a temporary file, so this is the total: besides it there are
    /// only the pages that are being read (one for each job), one block of
    /// bytes, and some forty bytes for each page in the file.
    pub buffered_rows: usize,
}

/// A location may always start so many jobs ahead of its slowest.
const MIN_STARTED_JOBS: usize = 64;

/// Everything that all locations send: location by location, in each in the
/// order of its jobs.
pub(crate) struct OrderedMerge<T> {
    buffer: Arc<SpillBuffer>,
    current: Option<ActivePart<T>>,
    waiting: VecDeque<WaitingPart<T>>,
}

/// A running location, with its permit.
struct ActivePart<T> {
    jobs: OrderedJobs<T>,
    _permit: Option<OwnedSemaphorePermit>,
}

struct WaitingPart<T> {
    backlog: Arc<Backlog<T>>,
    /// Notified when everything sent so far has been read.
    became_current: Arc<Notify>,
    state: DriverState<T>,
}

enum DriverState<T> {
    Running(JoinHandle<Option<ActivePart<T>>>),
    /// With the rest, if it had not ended.
    Done(Option<ActivePart<T>>),
}

/// What one location has sent ahead.
type Backlog<T> = Mutex<VecDeque<BacklogItem<T>>>;

/// A buffered item, small if it is one of the many in the file.
enum BacklogItem<T> {
    InMemory(Box<Buffered<T>>),
    Spilled(SpilledItem),
}

impl<T: Spillable> OrderedMerge<T> {
    /// Starts all but the first location, as many as may run concurrently; the
    /// first starts when it is read. Must be called on a runtime. A single
    /// location is left as it is, with its own limit and no file.
    pub(crate) fn new(locations: Vec<OrderedJobs<T>>, together: MergeLimits) -> Self {
        let buffer = Arc::new(SpillBuffer::with_file(together.buffered_rows));
        Self::with_buffer(locations, together.concurrent_parts, buffer)
    }

    fn with_buffer(
        mut locations: Vec<OrderedJobs<T>>,
        at_once: usize,
        buffer: Arc<SpillBuffer>,
    ) -> Self {
        if locations.len() > 1 {
            let most_lanes = MAX_STARTED_JOBS / at_once.clamp(1, locations.len());
            for ordered_jobs in &mut locations {
                ordered_jobs.share_buffer(buffer.clone(), most_lanes.max(MIN_STARTED_JOBS));
            }
        }
        let slots = Arc::new(Semaphore::new(at_once.max(1)));
        let mut locations = locations.into_iter();
        let current = locations.next().map(|mut ordered_jobs| {
            ordered_jobs.make_current();
            ActivePart {
                jobs: ordered_jobs,
                _permit: slots.clone().try_acquire_owned().ok(),
            }
        });
        let waiting = locations.map(|ordered_jobs| WaitingPart::new(ordered_jobs, slots.clone()));
        Self {
            buffer,
            current,
            waiting: waiting.collect(),
        }
    }

    /// The next item, or `None` once every location has ended. Cancel-safe: may
    /// be dropped while it waits, and called again.
    ///
    /// # Panics
    /// If a job panicked, at its turn.
    pub(crate) async fn next(&mut self) -> Option<T> {
        loop {
            if let Some(location) = &mut self.current {
                // From here on items are not buffered.
                if let Some(item) = location.jobs.next().await {
                    return Some(item);
                }
                self.current = None;
            }
            let first = self.waiting.front_mut()?;
            // Reading back never waits, and the other locations must make
            // progress meanwhile.
            coop::consume_budget().await;
            if let Some(buffered) = first.pop() {
                match self.buffer.take(buffered) {
                    Some(item) => return Some(item),
                    None => continue,
                }
            }
            if let DriverState::Running(driver) = &mut first.state {
                first.became_current.notify_one();
                let left = match driver.await {
                    Ok(left) => left,
                    Err(failed) if failed.is_panic() => {
                        std::panic::resume_unwind(failed.into_panic())
                    }
                    // Otherwise it ends only if the runtime shuts down.
                    Err(_) => None,
                };
                // It may have sent more before it was notified.
                first.state = DriverState::Done(left);
                continue;
            }
            if let Some(WaitingPart {
                state: DriverState::Done(left),
                ..
            }) = self.waiting.pop_front()
            {
                self.current = left.map(|mut location| {
                    location.jobs.make_current();
                    location
                });
            }
        }
    }
}

impl<T: Spillable> WaitingPart<T> {
    fn new(mut ordered_jobs: OrderedJobs<T>, slots: Arc<Semaphore>) -> Self {
        let backlog = Arc::new(Backlog::default());
        let became_current = Arc::new(Notify::new());
        let (sent, told) = (backlog.clone(), became_current.clone());
        let driver = tokio::spawn(async move {
            // Permits are given in the order of the requests, which is that of
            // the locations.
            let slot = slots.acquire_owned().await.ok();
            loop {
                let buffered = tokio::select! {
                    biased;
                    () = told.notified() => break,
                    buffered = ordered_jobs.next_buffered() => buffered?,
                };
                let kept = match buffered {
                    Buffered::Spilled(packed) => BacklogItem::Spilled(packed),
                    item @ Buffered::InMemory(..) => BacklogItem::InMemory(Box::new(item)),
                };
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push_back(kept);
            }
            Some(ActivePart {
                jobs: ordered_jobs,
                _permit: slot,
            })
        });
        Self {
            backlog,
            became_current,
            state: DriverState::Running(driver),
        }
    }

    fn pop(&self) -> Option<Buffered<T>> {
        let mut backlog = self.backlog.lock().unwrap_or_else(PoisonError::into_inner);
        backlog.pop_front().map(|kept| match kept {
            BacklogItem::InMemory(buffered) => *buffered,
            BacklogItem::Spilled(packed) => Buffered::Spilled(packed),
        })
    }
}

impl<T> Drop for OrderedMerge<T> {
    fn drop(&mut self) {
        for location in &self.waiting {
            if let DriverState::Running(driver) = &location.state {
                driver.abort();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::filter::{Filtered, SeenWords};
    use crate::record::{AccountRegion, Cause, Cves, Node, Outcome, Patch, PatchState};
    use crate::source::event::{NodeEnd, PatchEvent};
    use crate::source::ordered::ordered_jobs::{JobLimits, JobSender};
    use crate::source::ordered::spill_buffer::files;
    use crate::source::test_runtime::block_on;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::fs::File;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    thread_local! {
        /// Rows of all items that are in memory.
        static IN_MEMORY: Cell<usize> = const { Cell::new(0) };
    }

    /// An item that counts while it is in memory: location, job, number, and
    /// rows.
    #[derive(Debug, PartialEq)]
    struct Counted([usize; 4]);

    impl Counted {
        fn new(told: [usize; 4]) -> Self {
            IN_MEMORY.set(IN_MEMORY.get() + told[3]);
            Self(told)
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            IN_MEMORY.set(IN_MEMORY.get() - self.0[3]);
        }
    }

    impl Spillable for Counted {
        fn pack(&self, _nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
            bytes.extend(self.0.iter().flat_map(|number| number.to_le_bytes()));
        }

        fn unpack(_nodes: &[Node], bytes: &[u8]) -> Option<Self> {
            let mut numbers = bytes
                .chunks(size_of::<usize>())
                .map(|number| number.try_into().map(usize::from_le_bytes).ok());
            let mut next = || numbers.next().flatten();
            Some(Self::new([next()?, next()?, next()?, next()?]))
        }

        fn is_final(&self) -> bool {
            true
        }

        fn placeholder_for_lost(_nodes: &[Node], _closed: bool, _why: &Cause) -> Option<Self> {
            None
        }

        fn mark_incomplete(&mut self, _why: &Cause) {}
    }

    async fn yield_times(count: usize) {
        for _ in 0..count {
            tokio::task::yield_now().await;
        }
    }

    /// Items as yields before each and rows; jobs of those; locations of those.
    type Plan = Vec<Vec<Vec<(usize, usize)>>>;

    fn plan() -> impl Strategy<Value = Plan> {
        vec(vec(vec((0usize..20, 0usize..9), 0..5), 0..6), 0..6)
    }

    #[derive(Default)]
    struct JobMonitor {
        at_work: AtomicUsize,
        most_at_work: AtomicUsize,
    }

    fn fanouts(
        plan: Plan,
        bounds: JobLimits,
        watch: &Arc<JobMonitor>,
    ) -> Vec<OrderedJobs<Counted>> {
        plan.into_iter()
            .enumerate()
            .map(|(location, jobs)| {
                let watch = watch.clone();
                let left = Arc::new(AtomicUsize::new(jobs.len()));
                let all = jobs.len();
                let run = move |(job, items): (usize, Vec<_>), mut sender: JobSender<_>| {
                    let (watch, left) = (watch.clone(), left.clone());
                    async move {
                        if job == 0 {
                            let at_work = watch.at_work.fetch_add(1, Ordering::SeqCst) + 1;
                            watch.most_at_work.fetch_max(at_work, Ordering::SeqCst);
                        }
                        for (item, (pause, rows)) in items.into_iter().enumerate() {
                            yield_times(pause).await;
                            sender
                                .send(Counted::new([location, job, item, rows]), rows)
                                .await;
                        }
                        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                            watch.at_work.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                };
                assert!(all < 100);
                OrderedJobs::from_jobs(jobs.into_iter().enumerate(), bounds, run)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_item_arrives_once_in_the_order_of_the_locations_with_any_limits(
            plan in plan(), jobs in 1usize..4, at_once in 1usize..5, rows in 1usize..30, block in 1usize..400,
            file in proptest::sample::select(vec![files::good as fn() -> io::Result<File>, files::none, files::full]),
            slow_reader in 0usize..5, impatient: bool,
        ) {
            let expected: Vec<[usize; 3]> = plan.iter().enumerate().flat_map(|(location, jobs)| {
                jobs.iter().enumerate().flat_map(move |(job, items)| {
                    (0..items.len()).map(move |item| [location, job, item])
                })
            }).collect();
            let watch = Arc::default();
            let arrived = block_on(async {
                let fanouts = fanouts(plan, JobLimits { concurrent_jobs: jobs, buffered_rows: rows }, &watch);
                let buffer = Arc::new(SpillBuffer::with_file_options(rows, file, block));
                let mut locations = OrderedMerge::with_buffer(fanouts, at_once, buffer);
                let mut arrived = Vec::new();
                loop {
                    let next = tokio::select! {
                        biased;
                        next = locations.next() => next,
                        () = yield_times(1), if impatient => continue,
                    };
                    let Some(item) = next else { break };
                    arrived.push([item.0[0], item.0[1], item.0[2]]);
                    yield_times(slow_reader).await;
                }
                arrived
            });
            prop_assert_eq!(arrived, expected);
            prop_assert!(watch.most_at_work.load(Ordering::SeqCst) <= at_once);
            prop_assert_eq!(IN_MEMORY.get(), 0);
        }

        /// The first location responds only when all others have ended,
        /// whatever they send.
        #[test]
        fn a_location_without_a_response_does_not_block_others_and_takes_no_memory(
            plan in plan(), jobs in 1usize..4, rows in 9usize..30, block in 1usize..400,
        ) {
            let all: usize = plan.iter().map(Vec::len).sum();
            let items: usize = plan.iter().flatten().map(Vec::len).sum();
            let ended = Arc::new(AtomicUsize::new(0));
            let all_ended = Arc::new(Notify::new());
            let most = Arc::new(AtomicUsize::new(0));
            let arrived = block_on(async {
                let bounds = JobLimits { concurrent_jobs: jobs, buffered_rows: rows };
                let (told, most) = (all_ended.clone(), most.clone());
                let first = OrderedJobs::from_jobs(std::iter::once(()), bounds, move |(), mut sender: JobSender<_>| {
                    let told = told.clone();
                    async move {
                        if all > 0 {
                            told.notified().await;
                        }
                        sender.send(Counted::new([0; 4]), 1).await;
                    }
                });
                let others = plan.into_iter().map(|jobs_of_place| {
                    let (ended, all_ended, most) = (ended.clone(), all_ended.clone(), most.clone());
                    OrderedJobs::from_jobs(jobs_of_place.into_iter(), bounds, move |items: Vec<_>, mut sender: JobSender<_>| {
                        let (ended, all_ended, most) = (ended.clone(), all_ended.clone(), most.clone());
                        async move {
                            for (pause, rows) in items {
                                yield_times(pause).await;
                                sender.send(Counted::new([1, 0, 0, rows]), rows).await;
                                most.fetch_max(IN_MEMORY.get(), Ordering::SeqCst);
                            }
                            if ended.fetch_add(1, Ordering::SeqCst) + 1 == all {
                                all_ended.notify_one();
                            }
                        }
                    })
                });
                let all_jobs: Vec<_> = std::iter::once(first).chain(others).collect();
                let buffer = Arc::new(SpillBuffer::with_file_options(rows, files::good, block));
                let mut locations = OrderedMerge::with_buffer(all_jobs, 64, buffer);
                let mut arrived = 0;
                while let Some(item) = locations.next().await {
                    assert_eq!(arrived > 0, item.0[0] > 0);
                    arrived += 1;
                }
                arrived
            });
            prop_assert_eq!(arrived, items + 1);
            prop_assert!(most.load(Ordering::SeqCst) <= rows, "{} of {}", most.load(Ordering::SeqCst), rows);
        }

        #[test]
        fn data_lost_in_the_file_is_reported_for_its_node_alone(
            // Locations of nodes, each with some pages of so many rows.
            plan in vec(vec(vec(0usize..4, 0..4), 0..6), 1..5),
            jobs in 1usize..4, rows in 1usize..12, block in 1usize..400,
        ) {
            let (told, ends) = block_on(async {
                let all_jobs = plan.iter().enumerate().map(|(location, nodes)| {
                    let nodes: Vec<_> = nodes.iter().cloned().enumerate().collect();
                    let run = move |(at, pages): (usize, Vec<usize>), mut sender: JobSender<_>| async move {
                        let node = node(location, at);
                        for rows in pages {
                            yield_times(1).await;
                            sender.send(PatchEvent::Rows(page(&node, rows)), rows.max(1)).await;
                        }
                        let end = NodeEnd::new(node, Outcome::Answered(()));
                        sender.send(PatchEvent::End(end), 1).await;
                    };
                    OrderedJobs::from_jobs(nodes.into_iter(), JobLimits { concurrent_jobs: jobs, buffered_rows: rows }, run)
                });
                let buffer = Arc::new(SpillBuffer::with_file_options(rows, files::unreadable, block));
                let mut locations = OrderedMerge::with_buffer(all_jobs.collect(), 64, buffer);
                let (mut told, mut ends) = (Vec::new(), Vec::new());
                let mut since = 0;
                while let Some(event) = locations.next().await {
                    match event {
                        PatchEvent::Rows(filtered) => since += filtered.kept.len() + usize::try_from(filtered.hidden).unwrap(),
                        PatchEvent::End(NodeEnd { node, outcome, .. }) => {
                            told.push(node);
                            ends.push((std::mem::take(&mut since), outcome));
                        }
                    }
                }
                (told, ends)
            });
            let asked = plan.iter().enumerate().flat_map(|(location, nodes)| (0..nodes.len()).map(move |at| node(location, at)));
            prop_assert_eq!(told, asked.collect::<Vec<_>>());
            let sent = plan.iter().flatten().map(|pages| pages.iter().map(|rows| rows + 1).sum::<usize>());
            for ((came, outcome), sent) in ends.into_iter().zip(sent) {
                match outcome {
                    Outcome::Answered(()) => prop_assert_eq!(came, sent),
                    Outcome::Unread(cause) => prop_assert!(came <= sent && cause.text.contains("temporary file")),
                    Outcome::NoData => prop_assert!(false),
                }
            }
        }
    }

    fn node(location: usize, at: usize) -> Node {
        let location = Arc::new(AccountRegion {
            region: location.to_string().into(),
            account: None,
            account_name: None,
        });
        Node::requested(&format!("i-{at}"), &location)
    }

    /// So many rows, and one that was filtered out.
    fn page(node: &Node, rows: usize) -> Filtered {
        let patch = Patch {
            node: node.clone(),
            title: Some(
                "Security Update for Windows Server 2022 for x64-based Systems (KB5023702)".into(),
            ),
            kb_id: Some("KB5023702".into()),
            classification: Some("SecurityUpdates".into()),
            severity: Some("Critical".into()),
            state: PatchState::Missing,
            installed_time: Some(jiff::Timestamp::UNIX_EPOCH),
            cves: Cves::new(Some("CVE-2023-1,CVE-2023-2")),
            release_date: None,
        };
        Filtered {
            kept: vec![patch; rows],
            hidden: 1,
            unrated: 0,
            seen_words: SeenWords::default(),
        }
    }

    /// Counts while it exists.
    struct Guard(Arc<AtomicUsize>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn dropping_the_receiver_stops_every_job_of_every_location() {
        let at_work = Arc::new(AtomicUsize::new(0));
        block_on(async {
            let all_jobs = (0..3).map(|_| {
                let at_work = at_work.clone();
                OrderedJobs::from_jobs(
                    0..4,
                    JobLimits {
                        concurrent_jobs: 4,
                        buffered_rows: 1,
                    },
                    move |job, mut sender: JobSender<_>| {
                        at_work.fetch_add(1, Ordering::SeqCst);
                        let guard = Guard(at_work.clone());
                        async move {
                            sender.send(Counted::new([0, job, 0, 1]), 1).await;
                            std::future::pending::<()>().await;
                            drop(guard);
                        }
                    },
                )
            });
            let buffer = Arc::new(SpillBuffer::with_file_options(1, files::good, 1));
            let mut locations = OrderedMerge::with_buffer(all_jobs.collect(), 64, buffer);
            assert!(locations.next().await.is_some());
            yield_times(100).await;
            assert_eq!(at_work.load(Ordering::SeqCst), 12);
            drop(locations);
            yield_times(100).await;
            assert_eq!(at_work.load(Ordering::SeqCst), 0);
        });
    }

    #[test]
    fn a_panic_surfaces_at_the_turn_of_its_location() {
        let arrived = Arc::new(AtomicUsize::new(0));
        let counter = arrived.clone();
        block_on(async {
            let all_jobs = (0..3).map(|location| {
                let run = move |job: usize, mut sender: JobSender<_>| async move {
                    assert!((location, job) != (1, 1), "boom");
                    yield_times(50 - 20 * location).await;
                    sender.send(Counted::new([location, job, 0, 1]), 1).await;
                };
                OrderedJobs::from_jobs(
                    0..2,
                    JobLimits {
                        concurrent_jobs: 2,
                        buffered_rows: 9,
                    },
                    run,
                )
            });
            let mut locations = OrderedMerge::new(
                all_jobs.collect(),
                MergeLimits {
                    concurrent_parts: 64,
                    buffered_rows: 9,
                },
            );
            let reader = tokio::spawn(async move {
                while locations.next().await.is_some() {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
            });
            assert!(reader.await.is_err_and(|failed| failed.is_panic()));
        });
        assert_eq!(arrived.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn a_single_location_needs_no_file() {
        let arrived = block_on(async {
            let plan = vec![vec![vec![(1, 5); 9]; 9]];
            let fanouts = fanouts(
                plan,
                JobLimits {
                    concurrent_jobs: 3,
                    buffered_rows: 5,
                },
                &Arc::default(),
            );
            let buffer = Arc::new(SpillBuffer::with_file_options(
                1,
                || unreachable!("a file"),
                1,
            ));
            let mut locations = OrderedMerge::with_buffer(fanouts, 64, buffer);
            let mut arrived = 0;
            while locations.next().await.is_some() {
                arrived += 1;
            }
            arrived
        });
        assert_eq!(arrived, 81);
    }

    #[test]
    fn other_locations_continue_while_a_long_one_is_read_back() {
        const AHEAD: usize = 10_000;
        let is_sent = Arc::new(Notify::new());
        let is_read = Arc::new(Notify::new());
        let is_done = Arc::new(AtomicUsize::new(0));
        let (sent, begun, done) = (is_sent.clone(), is_read.clone(), is_done.clone());
        let when_done = block_on(async move {
            let all_jobs = (0..3).map(|location| {
                let (sent, begun, done) = (sent.clone(), begun.clone(), done.clone());
                let run = move |(), mut sender: JobSender<_>| {
                    let (sent, begun, done) = (sent.clone(), begun.clone(), done.clone());
                    async move {
                        match location {
                            0 => {
                                sent.notified().await;
                                // Everything that was sent goes to the buffer,
                                // a little each turn.
                                yield_times(AHEAD).await;
                            }
                            1 => {
                                for _ in 0..AHEAD {
                                    sender.send((location, 0), 1).await;
                                }
                                sent.notify_one();
                            }
                            _ => {
                                begun.notified().await;
                                yield_times(5).await;
                                done.store(1, Ordering::SeqCst);
                            }
                        }
                    }
                };
                OrderedJobs::from_jobs(
                    std::iter::once(()),
                    JobLimits {
                        concurrent_jobs: 1,
                        buffered_rows: 9,
                    },
                    run,
                )
            });
            let mut locations = OrderedMerge::new(
                all_jobs.collect(),
                MergeLimits {
                    concurrent_parts: 9,
                    buffered_rows: 9,
                },
            );
            let mut read = 0;
            while locations.next().await.is_some() {
                read += 1;
                is_read.notify_one();
                if is_done.load(Ordering::SeqCst) > 0 {
                    return read;
                }
            }
            read
        });
        assert!(when_done < AHEAD, "only after {when_done}");
    }
}
