//! Runs jobs concurrently and returns what they send in the order of the jobs.
//! Memory is bounded: what jobs send ahead of their turn goes through a
//! [`SpillBuffer`], while the current job is never blocked, so there is no
//! deadlock. What the current job sends is not bounded: on the single thread of
//! the runtime, its receiver takes each item before it can continue.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::record::Node;
use crate::source::ordered::codec::Spillable;
use crate::source::ordered::spill_buffer::{Buffered, Slot, SpillBuffer};

/// Limits on concurrency and memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JobLimits {
    /// Concurrent jobs.
    pub concurrent_jobs: usize,
    /// Rows buffered of jobs whose turn has not come.
    pub buffered_rows: usize,
}

/// Jobs that were started and whose turn has not ended. More of them would only
/// take memory, a little for each.
pub(crate) const MAX_STARTED_JOBS: usize = 2_048;

/// The sending end of one job.
pub(crate) struct JobSender<T> {
    sender: mpsc::UnboundedSender<Buffered<T>>,
    buffer: Arc<SpillBuffer>,
    /// The nodes of the last item that was buffered.
    last_nodes: Option<Arc<[Node]>>,
    became_current: Arc<Notify>,
    is_current: bool,
}

impl<T: Spillable> JobSender<T> {
    /// Sends an item of so many rows; waits while there is no room for them,
    /// unless this job is the current one.
    pub(crate) async fn send(&mut self, item: T, rows: usize) {
        let slot = if self.is_current {
            Slot::Memory(None)
        } else {
            tokio::select! {
                biased;
                () = self.became_current.notified() => {
                    self.is_current = true;
                    Slot::Memory(None)
                }
                slot = self.buffer.reserve(rows) => slot,
            }
        };
        let buffered = self.buffer.store(item, slot, &mut self.last_nodes);
        // The receiver is dropped if the run is aborted.
        let _ = self.sender.send(buffered);
    }
}

struct StartedJob<T> {
    receiver: mpsc::UnboundedReceiver<Buffered<T>>,
    became_current: Arc<Notify>,
    handle: JoinHandle<()>,
}

/// Jobs that are not started yet.
pub(crate) struct PendingJobs<T>(Box<dyn FnMut() -> Option<StartJob<T>> + Send>);

impl<T> PendingJobs<T> {
    /// The jobs, and the function that runs each.
    pub(crate) fn new<J, F, Fut>(jobs: impl Iterator<Item = J> + Send + 'static, run: F) -> Self
    where
        J: Send + 'static,
        F: Fn(J, JobSender<T>) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let mut jobs = jobs.fuse();
        Self(Box::new(move || {
            let job = jobs.next()?;
            let run = run.clone();
            Some(Box::new(move |sender| Box::pin(run(job, sender)) as BoxedJob) as StartJob<T>)
        }))
    }

    /// The same jobs, and an item without rows after all that they send.
    pub(crate) fn followed_by(self, item: T) -> Self
    where
        T: Spillable + Send + 'static,
    {
        let (mut jobs, mut item) = (self.0, Some(item));
        Self(Box::new(move || {
            jobs().or_else(|| {
                let item = item.take()?;
                let send = |mut sender: JobSender<T>| -> BoxedJob {
                    Box::pin(async move { sender.send(item, 0).await })
                };
                Some(Box::new(send) as StartJob<T>)
            })
        }))
    }

    /// No jobs.
    pub(crate) fn empty() -> Self {
        Self(Box::new(|| None))
    }
}

/// What comes before the jobs are known: some items, and then the jobs.
type Preparation<T> = Pin<Box<dyn Future<Output = (Vec<T>, PendingJobs<T>)> + Send>>;

/// The receiver: everything the jobs send, in the order of the jobs.
pub(crate) struct OrderedJobs<T> {
    preparation: Option<Preparation<T>>,
    /// The items of the preparation, until they are returned.
    prepared_items: VecDeque<T>,
    pending: PendingJobs<T>,
    is_exhausted: bool,
    started: VecDeque<StartedJob<T>>,
    max_started: usize,
    permits: Arc<Semaphore>,
    buffer: Arc<SpillBuffer>,
    /// Is it the turn of these jobs, in a merge?
    is_current: bool,
}

type StartJob<T> = Box<dyn FnOnce(JobSender<T>) -> BoxedJob + Send>;
type BoxedJob = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<T: Spillable> OrderedJobs<T> {
    /// Starts `pending`, as many jobs at once as `bounds` allow.
    pub(crate) fn new(pending: PendingJobs<T>, bounds: JobLimits) -> Self {
        Self {
            preparation: None,
            prepared_items: VecDeque::new(),
            pending,
            is_exhausted: false,
            started: VecDeque::new(),
            max_started: MAX_STARTED_JOBS,
            permits: Arc::new(Semaphore::new(bounds.concurrent_jobs.max(1))),
            buffer: Arc::new(SpillBuffer::in_memory(bounds.buffered_rows)),
            is_current: true,
        }
    }

    /// The same, with jobs that must first be determined. The items of the
    /// preparation come before those of the jobs.
    pub(crate) fn with_preparation(
        bounds: JobLimits,
        prelude: impl Future<Output = (Vec<T>, PendingJobs<T>)> + Send + 'static,
    ) -> Self {
        let mut ordered_jobs = Self::new(PendingJobs::empty(), bounds);
        ordered_jobs.preparation = Some(Box::pin(prelude));
        ordered_jobs
    }

    /// The same from a list of jobs, for tests.
    #[cfg(test)]
    pub(crate) fn from_jobs<J, F, Fut>(
        jobs: impl Iterator<Item = J> + Send + 'static,
        bounds: JobLimits,
        run: F,
    ) -> Self
    where
        J: Send + 'static,
        F: Fn(J, JobSender<T>) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::new(PendingJobs::new(jobs, run), bounds)
    }

    /// Makes this one part of a merge, not read before its turn; must be called
    /// before anything is started. What it sends ahead goes through the shared
    /// buffer.
    pub(crate) fn share_buffer(&mut self, buffer: Arc<SpillBuffer>, most_lanes: usize) {
        self.buffer = buffer;
        self.max_started = most_lanes;
        self.is_current = false;
    }

    /// Marks its turn.
    pub(crate) fn make_current(&mut self) {
        self.is_current = true;
        if let Some(first) = self.started.front() {
            first.became_current.notify_one();
        }
    }

    /// The next item, or `None` once every job has ended. Cancel-safe: may be
    /// dropped while it waits, and called again.
    ///
    /// # Panics
    /// If a job panicked: its node would otherwise be missing silently.
    pub(crate) async fn next(&mut self) -> Option<T> {
        loop {
            let buffered = self.next_buffered().await?;
            if let Some(item) = self.buffer.take(buffered) {
                return Some(item);
            }
        }
    }

    /// The same, still buffered.
    pub(crate) async fn next_buffered(&mut self) -> Option<Buffered<T>> {
        if let Some(prelude) = &mut self.preparation {
            // Stays in place until it has ended, as this future may be dropped
            // while it waits.
            let (told, jobs) = prelude.as_mut().await;
            self.preparation = None;
            self.prepared_items = told.into();
            self.pending = jobs;
        }
        if let Some(item) = self.prepared_items.pop_front() {
            return Some(Buffered::InMemory(item, None));
        }
        loop {
            let may_start = !self.is_exhausted && self.started.len() < self.max_started;
            let Some(first) = self.started.front_mut() else {
                if !may_start {
                    return None;
                }
                let slot = self.permits.clone().acquire_owned().await.ok()?;
                self.start_job(slot);
                continue;
            };
            tokio::select! {
                biased;
                sent = first.receiver.recv() => match sent {
                    Some(buffered) => return Some(buffered),
                    None => self.finish_first_job().await,
                },
                slot = self.permits.clone().acquire_owned(), if may_start => self.start_job(slot.ok()?),
            }
        }
    }

    fn start_job(&mut self, slot: OwnedSemaphorePermit) {
        let Some(starter) = (self.pending.0)() else {
            self.is_exhausted = true;
            return;
        };
        let (sender, receiver) = mpsc::unbounded_channel();
        let turn = Arc::new(Notify::new());
        let lane = JobSender {
            sender,
            buffer: self.buffer.clone(),
            last_nodes: None,
            became_current: turn.clone(),
            is_current: false,
        };
        if self.is_current && self.started.is_empty() {
            turn.notify_one();
        }
        let work = starter(lane);
        let job = tokio::spawn(async move {
            work.await;
            drop(slot);
        });
        self.started.push_back(StartedJob {
            receiver,
            became_current: turn,
            handle: job,
        });
    }

    async fn finish_first_job(&mut self) {
        let Some(first) = self.started.front_mut() else {
            return;
        };
        // Stays in place until it has ended, as this future may be dropped
        // while it waits.
        let ended = (&mut first.handle).await;
        self.started.pop_front();
        if let Err(failed) = ended
            && failed.is_panic()
        {
            std::panic::resume_unwind(failed.into_panic());
        }
        if self.is_current {
            self.make_current();
        }
    }
}

impl<T> Drop for OrderedJobs<T> {
    fn drop(&mut self) {
        for sender in &self.started {
            sender.handle.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Cause;
    use crate::source::test_runtime::block_on;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    impl Spillable for (usize, usize) {
        fn pack(&self, _nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
            bytes.extend(self.0.to_le_bytes());
            bytes.extend(self.1.to_le_bytes());
        }

        fn unpack(_nodes: &[Node], bytes: &[u8]) -> Option<Self> {
            let (first, second) = bytes.split_first_chunk()?;
            let second = second.try_into().ok()?;
            Some((usize::from_le_bytes(*first), usize::from_le_bytes(second)))
        }

        fn is_final(&self) -> bool {
            true
        }

        fn placeholder_for_lost(_nodes: &[Node], _closed: bool, _why: &Cause) -> Option<Self> {
            None
        }

        fn mark_incomplete(&mut self, _why: &Cause) {}
    }

    /// Runs jobs that each send items of a weight, yielding so often before
    /// each, and returns what arrives and the largest number of concurrent
    /// jobs.
    fn run(jobs: Vec<Vec<(u64, usize)>>, bounds: JobLimits) -> (Vec<(usize, usize)>, usize) {
        block_on(async move {
            let at_work = Arc::new(AtomicUsize::new(0));
            let most = Arc::new(AtomicUsize::new(0));
            let counters = (at_work, most.clone());
            let mut ordered_jobs = OrderedJobs::from_jobs(
                jobs.into_iter().enumerate(),
                bounds,
                move |(job, items), mut sender: JobSender<(usize, usize)>| {
                    let (at_work, most) = counters.clone();
                    async move {
                        most.fetch_max(
                            at_work.fetch_add(1, Ordering::SeqCst) + 1,
                            Ordering::SeqCst,
                        );
                        for (item, (pause, weight)) in items.into_iter().enumerate() {
                            for _ in 0..pause {
                                tokio::task::yield_now().await;
                            }
                            sender.send((job, item), weight).await;
                        }
                        at_work.fetch_sub(1, Ordering::SeqCst);
                    }
                },
            );
            let mut arrived = Vec::new();
            while let Some(item) = ordered_jobs.next().await {
                arrived.push(item);
            }
            (arrived, most.load(Ordering::SeqCst))
        })
    }

    proptest! {
        #[test]
        fn every_item_arrives_once_in_the_order_of_the_jobs_with_any_limits(
            jobs in proptest::collection::vec(proptest::collection::vec((0u64..50, 0usize..9), 0..6), 0..12),
            width in 1usize..6, rows in 1usize..12,
        ) {
            let expected: Vec<(usize, usize)> = jobs
                .iter()
                .enumerate()
                .flat_map(|(job, items)| (0..items.len()).map(move |item| (job, item)))
                .collect();
            let (arrived, most) = run(jobs, JobLimits { concurrent_jobs: width, buffered_rows: rows });
            prop_assert_eq!(arrived, expected);
            prop_assert!(most <= width);
        }
    }

    #[test]
    fn jobs_behind_a_slow_one_continue_up_to_the_row_limit() {
        let sent = Arc::new(AtomicUsize::new(0));
        let when_first_sent = Arc::new(AtomicUsize::new(0));
        let counters = (sent.clone(), when_first_sent.clone());
        let arrived = block_on(async move {
            let bounds = JobLimits {
                concurrent_jobs: 4,
                buffered_rows: 12,
            };
            let mut ordered_jobs = OrderedJobs::from_jobs(
                0..9,
                bounds,
                move |job: usize, mut sender: JobSender<(usize, usize)>| {
                    let (sent, when_first_sent) = counters.clone();
                    async move {
                        if job == 0 {
                            // All others get far more turns than they need.
                            for _ in 0..1_000 {
                                tokio::task::yield_now().await;
                            }
                            when_first_sent.store(sent.load(Ordering::SeqCst), Ordering::SeqCst);
                            sender.send((job, 0), 100).await;
                            return;
                        }
                        for _ in 0..10 {
                            sender.send((job, 0), 1).await;
                            sent.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                },
            );
            let mut arrived = Vec::new();
            while let Some(item) = ordered_jobs.next().await {
                arrived.push(item);
            }
            arrived
        });
        assert_eq!(
            when_first_sent.load(Ordering::SeqCst),
            12,
            "rows held ahead of their turn"
        );
        assert_eq!(sent.load(Ordering::SeqCst), 80);
        assert!(arrived.is_sorted() && arrived.len() == 81);
    }

    #[test]
    #[should_panic(expected = "boom")]
    fn a_job_that_panics_does_not_count_as_ended() {
        block_on(async {
            let mut ordered_jobs = OrderedJobs::from_jobs(
                std::iter::once(()),
                JobLimits {
                    concurrent_jobs: 1,
                    buffered_rows: 1,
                },
                |(), _lane: JobSender<(usize, usize)>| async {
                    panic!("boom");
                },
            );
            while ordered_jobs.next().await.is_some() {}
        });
    }

    #[test]
    #[should_panic(expected = "boom")]
    fn a_panic_reaches_a_receiver_that_was_cancelled_and_called_again() {
        block_on(async {
            let mut ordered_jobs = OrderedJobs::from_jobs(
                std::iter::once(()),
                JobLimits {
                    concurrent_jobs: 1,
                    buffered_rows: 1,
                },
                |(), sender: JobSender<(usize, usize)>| async {
                    drop(sender);
                    for _ in 0..9 {
                        tokio::task::yield_now().await;
                    }
                    panic!("boom");
                },
            );
            loop {
                tokio::select! {
                    biased;
                    next = ordered_jobs.next() => if next.is_none() { break },
                    () = tokio::task::yield_now() => {}
                }
            }
        });
    }
}
