//! Runs jobs side by side and hands out what they send in the order of the jobs.
//!
//! Knows tokio and nothing of AWS. Memory is bounded: what jobs send ahead of
//! their turn goes through a `Hold`, while the job being read is never held
//! back, so nothing can wait for itself. What that one sends is not bounded
//! here: on the one thread there is, its reader takes it before it can go on.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::record::Node;
use crate::source::ordered::codec::Spill;
use crate::source::ordered::spill_buffer::{Hold, Parcel, Room};

/// How much may go on at once.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Jobs at work.
    pub jobs: usize,
    /// Rows held of jobs whose turn has not come.
    pub rows: usize,
}

/// Jobs that were started and whose turn has not ended. More of them would
/// only cost memory, each a little.
pub const MOST_LANES: usize = 2_048;

/// The sending end of one job.
pub struct Lane<T> {
    sender: mpsc::UnboundedSender<Parcel<T>>,
    hold: Arc<Hold>,
    /// The nodes of what was put into the hold last.
    nodes: Option<Arc<[Node]>>,
    turn: Arc<Notify>,
    is_read: bool,
}

impl<T: Spill> Lane<T> {
    /// Sends something that holds so many rows; waits while there is no room
    /// for them, unless this job is the one being read.
    pub async fn send(&mut self, item: T, rows: usize) {
        let room = if self.is_read {
            Room::Memory(None)
        } else {
            tokio::select! {
                biased;
                () = self.turn.notified() => {
                    self.is_read = true;
                    Room::Memory(None)
                }
                room = self.hold.room(rows) => room,
            }
        };
        let parcel = self.hold.put(item, room, &mut self.nodes);
        // The reader is gone when the run is being given up.
        let _ = self.sender.send(parcel);
    }
}

struct Started<T> {
    receiver: mpsc::UnboundedReceiver<Parcel<T>>,
    turn: Arc<Notify>,
    job: JoinHandle<()>,
}

/// Jobs that are not started yet.
pub struct Jobs<T>(Box<dyn FnMut() -> Option<Starter<T>> + Send>);

impl<T> Jobs<T> {
    /// Each job, and what is run for it.
    pub fn new<J, F, Fut>(jobs: impl Iterator<Item = J> + Send + 'static, run: F) -> Self
    where
        J: Send + 'static,
        F: Fn(J, Lane<T>) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let mut jobs = jobs.fuse();
        Self(Box::new(move || {
            let job = jobs.next()?;
            let run = run.clone();
            Some(Box::new(move |lane| Box::pin(run(job, lane)) as Boxed) as Starter<T>)
        }))
    }

    /// None at all.
    pub fn none() -> Self {
        Self(Box::new(|| None))
    }
}

/// What comes before the jobs are known: some items, and then the jobs.
type Prelude<T> = Pin<Box<dyn Future<Output = (Vec<T>, Jobs<T>)> + Send>>;

/// The receiving end: everything the jobs send, in the order of the jobs.
pub struct Fanout<T> {
    prelude: Option<Prelude<T>>,
    /// What the prelude told, until it is handed out.
    told: VecDeque<T>,
    jobs: Jobs<T>,
    exhausted: bool,
    lanes: VecDeque<Started<T>>,
    most_lanes: usize,
    slots: Arc<Semaphore>,
    hold: Arc<Hold>,
    /// Is it the turn of these jobs, as far as others go?
    is_read: bool,
}

type Starter<T> = Box<dyn FnOnce(Lane<T>) -> Boxed + Send>;
type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

impl<T: Spill> Fanout<T> {
    /// Starts `jobs`, as many at once as `bounds` allow.
    pub fn new(jobs: Jobs<T>, bounds: Bounds) -> Self {
        Self {
            prelude: None,
            told: VecDeque::new(),
            jobs,
            exhausted: false,
            lanes: VecDeque::new(),
            most_lanes: MOST_LANES,
            slots: Arc::new(Semaphore::new(bounds.jobs.max(1))),
            hold: Arc::new(Hold::in_memory(bounds.rows)),
            is_read: true,
        }
    }

    /// The same, with jobs that have to be found out first. What is told on the
    /// way comes before what they send.
    pub fn after(
        bounds: Bounds,
        prelude: impl Future<Output = (Vec<T>, Jobs<T>)> + Send + 'static,
    ) -> Self {
        let mut fanout = Self::new(Jobs::none(), bounds);
        fanout.prelude = Some(Box::pin(prelude));
        fanout
    }

    /// Jobs and what is run for each, for tests.
    #[cfg(test)]
    pub fn of<J, F, Fut>(
        jobs: impl Iterator<Item = J> + Send + 'static,
        bounds: Bounds,
        run: F,
    ) -> Self
    where
        J: Send + 'static,
        F: Fn(J, Lane<T>) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::new(Jobs::new(jobs, run), bounds)
    }

    /// Makes it one of several, not read before its turn; to be said before
    /// anything is started. What it sends ahead goes through the `hold` of all.
    pub fn wait_in(&mut self, hold: Arc<Hold>, most_lanes: usize) {
        self.hold = hold;
        self.most_lanes = most_lanes;
        self.is_read = false;
    }

    /// Its turn has come.
    pub fn take_turn(&mut self) {
        self.is_read = true;
        if let Some(first) = self.lanes.front() {
            first.turn.notify_one();
        }
    }

    /// The next item, or `None` when every job has ended. May be given up while
    /// it waits, and called again.
    ///
    /// # Panics
    /// When a job panicked: its node would otherwise be missing in silence.
    pub async fn next(&mut self) -> Option<T> {
        loop {
            let parcel = self.next_parcel().await?;
            if let Some(item) = self.hold.open(parcel) {
                return Some(item);
            }
        }
    }

    /// The same, as it waits.
    pub async fn next_parcel(&mut self) -> Option<Parcel<T>> {
        if let Some(prelude) = &mut self.prelude {
            // It stays in its place until it has ended: this may be given up while it waits.
            let (told, jobs) = prelude.as_mut().await;
            self.prelude = None;
            self.told = told.into();
            self.jobs = jobs;
        }
        if let Some(item) = self.told.pop_front() {
            return Some(Parcel::Item(item, None));
        }
        loop {
            let may_start = !self.exhausted && self.lanes.len() < self.most_lanes;
            let Some(first) = self.lanes.front_mut() else {
                if !may_start {
                    return None;
                }
                let slot = self.slots.clone().acquire_owned().await.ok()?;
                self.launch(slot);
                continue;
            };
            tokio::select! {
                biased;
                sent = first.receiver.recv() => match sent {
                    Some(parcel) => return Some(parcel),
                    None => self.finish_first().await,
                },
                slot = self.slots.clone().acquire_owned(), if may_start => self.launch(slot.ok()?),
            }
        }
    }

    fn launch(&mut self, slot: OwnedSemaphorePermit) {
        let Some(starter) = (self.jobs.0)() else {
            self.exhausted = true;
            return;
        };
        let (sender, receiver) = mpsc::unbounded_channel();
        let turn = Arc::new(Notify::new());
        let lane = Lane {
            sender,
            hold: self.hold.clone(),
            nodes: None,
            turn: turn.clone(),
            is_read: false,
        };
        if self.is_read && self.lanes.is_empty() {
            turn.notify_one();
        }
        let work = starter(lane);
        let job = tokio::spawn(async move {
            work.await;
            drop(slot);
        });
        self.lanes.push_back(Started {
            receiver,
            turn,
            job,
        });
    }

    async fn finish_first(&mut self) {
        let Some(first) = self.lanes.front_mut() else {
            return;
        };
        // It stays in its place until it has ended: this may be given up while it waits.
        let ended = (&mut first.job).await;
        self.lanes.pop_front();
        if let Err(failed) = ended
            && failed.is_panic()
        {
            std::panic::resume_unwind(failed.into_panic());
        }
        if self.is_read {
            self.take_turn();
        }
    }
}

impl<T> Drop for Fanout<T> {
    fn drop(&mut self) {
        for lane in &self.lanes {
            lane.job.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Why;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    impl Spill for (usize, usize) {
        fn pack(&self, _nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
            bytes.extend(self.0.to_le_bytes());
            bytes.extend(self.1.to_le_bytes());
        }

        fn unpack(_nodes: &[Node], bytes: &[u8]) -> Option<Self> {
            let (first, second) = bytes.split_first_chunk()?;
            let second = second.try_into().ok()?;
            Some((usize::from_le_bytes(*first), usize::from_le_bytes(second)))
        }

        fn closes(&self) -> bool {
            true
        }

        fn lost(_nodes: &[Node], _closed: bool, _why: &Why) -> Option<Self> {
            None
        }

        fn spoil(&mut self, _why: &Why) {}
    }

    fn on_one_thread<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    /// Runs jobs that each send some items of a weight, with so many turns
    /// given to others before each, and returns what arrives and how many jobs were at work at most.
    fn run(jobs: Vec<Vec<(u64, usize)>>, bounds: Bounds) -> (Vec<(usize, usize)>, usize) {
        on_one_thread(async move {
            let at_work = Arc::new(AtomicUsize::new(0));
            let most = Arc::new(AtomicUsize::new(0));
            let counters = (at_work, most.clone());
            let mut fanout = Fanout::of(
                jobs.into_iter().enumerate(),
                bounds,
                move |(job, items), mut lane: Lane<(usize, usize)>| {
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
                            lane.send((job, item), weight).await;
                        }
                        at_work.fetch_sub(1, Ordering::SeqCst);
                    }
                },
            );
            let mut arrived = Vec::new();
            while let Some(item) = fanout.next().await {
                arrived.push(item);
            }
            (arrived, most.load(Ordering::SeqCst))
        })
    }

    proptest! {
        #[test]
        fn everything_arrives_once_in_the_order_of_the_jobs_whatever_the_bounds(
            jobs in proptest::collection::vec(proptest::collection::vec((0u64..50, 0usize..9), 0..6), 0..12),
            width in 1usize..6, rows in 1usize..12,
        ) {
            let expected: Vec<(usize, usize)> = jobs
                .iter()
                .enumerate()
                .flat_map(|(job, items)| (0..items.len()).map(move |item| (job, item)))
                .collect();
            let (arrived, most) = run(jobs, Bounds { jobs: width, rows });
            prop_assert_eq!(arrived, expected);
            prop_assert!(most <= width);
        }
    }

    #[test]
    fn jobs_behind_a_slow_one_go_on_as_far_as_the_rows_allow_and_no_further() {
        let sent = Arc::new(AtomicUsize::new(0));
        let when_first_sent = Arc::new(AtomicUsize::new(0));
        let counters = (sent.clone(), when_first_sent.clone());
        let arrived = on_one_thread(async move {
            let bounds = Bounds { jobs: 4, rows: 12 };
            let mut fanout = Fanout::of(
                0..9,
                bounds,
                move |job: usize, mut lane: Lane<(usize, usize)>| {
                    let (sent, when_first_sent) = counters.clone();
                    async move {
                        if job == 0 {
                            // Everybody else gets far more turns than they need.
                            for _ in 0..1_000 {
                                tokio::task::yield_now().await;
                            }
                            when_first_sent.store(sent.load(Ordering::SeqCst), Ordering::SeqCst);
                            lane.send((job, 0), 100).await;
                            return;
                        }
                        for _ in 0..10 {
                            lane.send((job, 0), 1).await;
                            sent.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                },
            );
            let mut arrived = Vec::new();
            while let Some(item) = fanout.next().await {
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
    fn a_job_that_panics_is_not_taken_for_one_that_ended() {
        on_one_thread(async {
            let mut fanout = Fanout::of(
                std::iter::once(()),
                Bounds { jobs: 1, rows: 1 },
                |(), _lane: Lane<(usize, usize)>| async {
                    panic!("boom");
                },
            );
            while fanout.next().await.is_some() {}
        });
    }

    #[test]
    #[should_panic(expected = "boom")]
    fn a_panic_is_heard_of_by_a_reader_that_gave_up_waiting_and_came_back() {
        on_one_thread(async {
            let mut fanout = Fanout::of(
                std::iter::once(()),
                Bounds { jobs: 1, rows: 1 },
                |(), lane: Lane<(usize, usize)>| async {
                    drop(lane);
                    for _ in 0..9 {
                        tokio::task::yield_now().await;
                    }
                    panic!("boom");
                },
            );
            loop {
                tokio::select! {
                    biased;
                    next = fanout.next() => if next.is_none() { break },
                    () = tokio::task::yield_now() => {}
                }
            }
        });
    }
}
