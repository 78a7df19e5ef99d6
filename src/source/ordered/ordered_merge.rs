//! Many places at once, each with its own jobs, handed out place by place.
//!
//! Knows whose turn it is. A place whose turn has not come goes on all the
//! same, and what it sends waits in the one `Hold` they all share. Must not
//! know what is asked, nor how it waits.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinHandle, coop};

use crate::source::ordered::codec::Spill;
use crate::source::ordered::ordered_jobs::{Fanout, MOST_LANES};
use crate::source::ordered::spill_buffer::{Hold, Packed, Parcel};

/// How much of them may go on at once.
#[derive(Debug, Clone, Copy)]
pub struct Together {
    /// Places at work.
    pub places: usize,
    /// Rows held in memory ahead of their turn, in all places together. More
    /// go to a temporary file, so this is the sum: beside it there are only
    /// the pages that are being read (one for each job), one block of bytes,
    /// and some forty bytes for each page that waits in the file.
    pub rows: usize,
}

/// A place may always start so many jobs ahead of its slowest.
const LEAST_LANES: usize = 64;

/// Everything that all places send: place by place, in each in the order of its jobs.
pub struct Places<T> {
    hold: Arc<Hold>,
    reading: Option<Going<T>>,
    waiting: VecDeque<Waiting<T>>,
}

/// A place at work, and the right to be.
struct Going<T> {
    fanout: Fanout<T>,
    _slot: Option<OwnedSemaphorePermit>,
}

struct Waiting<T> {
    backlog: Arc<Backlog<T>>,
    /// Told when everything sent so far has been read.
    turn: Arc<Notify>,
    driver: Driver<T>,
}

enum Driver<T> {
    Driving(JoinHandle<Option<Going<T>>>),
    /// With what is left to go on, where it had not ended.
    Done(Option<Going<T>>),
}

/// What one place has sent ahead.
type Backlog<T> = Mutex<VecDeque<Kept<T>>>;

/// A parcel, small where it is one of the many that are in the file.
enum Kept<T> {
    Item(Box<Parcel<T>>),
    Packed(Packed),
}

impl<T: Spill> Places<T> {
    /// Starts all but the first place, as many as may be at work together; the
    /// first starts when it is read. To be called on a runtime. One place alone
    /// is left as it is, with its own bound and no file.
    pub fn new(places: Vec<Fanout<T>>, together: Together) -> Self {
        let hold = Arc::new(Hold::with_file(together.rows));
        Self::within(places, together.places, hold)
    }

    fn within(mut places: Vec<Fanout<T>>, at_once: usize, hold: Arc<Hold>) -> Self {
        if places.len() > 1 {
            let most_lanes = MOST_LANES / at_once.clamp(1, places.len());
            for fanout in &mut places {
                fanout.wait_in(hold.clone(), most_lanes.max(LEAST_LANES));
            }
        }
        let slots = Arc::new(Semaphore::new(at_once.max(1)));
        let mut places = places.into_iter();
        let reading = places.next().map(|mut fanout| {
            fanout.take_turn();
            Going {
                fanout,
                _slot: slots.clone().try_acquire_owned().ok(),
            }
        });
        let waiting = places.map(|fanout| Waiting::new(fanout, slots.clone()));
        Self {
            hold,
            reading,
            waiting: waiting.collect(),
        }
    }

    /// The next item, or `None` when every place has ended. May be given up
    /// while it waits, and called again.
    ///
    /// # Panics
    /// When a job panicked, at its turn.
    pub async fn next(&mut self) -> Option<T> {
        loop {
            if let Some(place) = &mut self.reading {
                // From here on there is nothing in between.
                if let Some(item) = place.fanout.next().await {
                    return Some(item);
                }
                self.reading = None;
            }
            let first = self.waiting.front_mut()?;
            // Reading back never waits, and the others want to go on meanwhile.
            coop::consume_budget().await;
            if let Some(parcel) = first.pop() {
                match self.hold.open(parcel) {
                    Some(item) => return Some(item),
                    None => continue,
                }
            }
            if let Driver::Driving(driver) = &mut first.driver {
                first.turn.notify_one();
                let left = match driver.await {
                    Ok(left) => left,
                    Err(failed) if failed.is_panic() => {
                        std::panic::resume_unwind(failed.into_panic())
                    }
                    // Only a runtime that is going down ends it otherwise.
                    Err(_) => None,
                };
                // It may have sent more before it heard.
                first.driver = Driver::Done(left);
                continue;
            }
            if let Some(Waiting {
                driver: Driver::Done(left),
                ..
            }) = self.waiting.pop_front()
            {
                self.reading = left.map(|mut place| {
                    place.fanout.take_turn();
                    place
                });
            }
        }
    }
}

impl<T: Spill> Waiting<T> {
    fn new(mut fanout: Fanout<T>, slots: Arc<Semaphore>) -> Self {
        let backlog = Arc::new(Backlog::default());
        let turn = Arc::new(Notify::new());
        let (sent, told) = (backlog.clone(), turn.clone());
        let driver = tokio::spawn(async move {
            // Given in the order of asking, which is that of the places.
            let slot = slots.acquire_owned().await.ok();
            loop {
                let parcel = tokio::select! {
                    biased;
                    () = told.notified() => break,
                    parcel = fanout.next_parcel() => parcel?,
                };
                let kept = match parcel {
                    Parcel::Packed(packed) => Kept::Packed(packed),
                    item @ Parcel::Item(..) => Kept::Item(Box::new(item)),
                };
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                sent.push_back(kept);
            }
            Some(Going {
                fanout,
                _slot: slot,
            })
        });
        Self {
            backlog,
            turn,
            driver: Driver::Driving(driver),
        }
    }

    fn pop(&self) -> Option<Parcel<T>> {
        let mut backlog = self.backlog.lock().unwrap_or_else(PoisonError::into_inner);
        backlog.pop_front().map(|kept| match kept {
            Kept::Item(parcel) => *parcel,
            Kept::Packed(packed) => Parcel::Packed(packed),
        })
    }
}

impl<T> Drop for Places<T> {
    fn drop(&mut self) {
        for place in &self.waiting {
            if let Driver::Driving(driver) = &place.driver {
                driver.abort();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::filter::{Seen, Sifted};
    use crate::record::{Cves, Node, Outcome, Patch, PatchState, Place, Why};
    use crate::source::ordered::ordered_jobs::{Bounds, Lane};
    use crate::source::ordered::spill_buffer::files;
    use crate::source::{End, PatchEvent};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::fs::File;
    use std::future::Future;
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering};

    thread_local! {
        /// Rows of items that are in memory, whoever has them.
        static IN_MEMORY: Cell<usize> = const { Cell::new(0) };
    }

    /// An item that counts while it is in memory: place, job and number, and how many rows it holds.
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

    impl Spill for Counted {
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

    async fn turns(count: usize) {
        for _ in 0..count {
            tokio::task::yield_now().await;
        }
    }

    /// Items as turns given to others before each, and its rows; jobs of those; places of those.
    type Plan = Vec<Vec<Vec<(usize, usize)>>>;

    fn plan() -> impl Strategy<Value = Plan> {
        vec(vec(vec((0usize..20, 0usize..9), 0..5), 0..6), 0..6)
    }

    #[derive(Default)]
    struct Watch {
        at_work: AtomicUsize,
        most_at_work: AtomicUsize,
    }

    fn fanouts(plan: Plan, bounds: Bounds, watch: &Arc<Watch>) -> Vec<Fanout<Counted>> {
        plan.into_iter()
            .enumerate()
            .map(|(place, jobs)| {
                let watch = watch.clone();
                let left = Arc::new(AtomicUsize::new(jobs.len()));
                let all = jobs.len();
                let run = move |(job, items): (usize, Vec<_>), mut lane: Lane<_>| {
                    let (watch, left) = (watch.clone(), left.clone());
                    async move {
                        if job == 0 {
                            let at_work = watch.at_work.fetch_add(1, Ordering::SeqCst) + 1;
                            watch.most_at_work.fetch_max(at_work, Ordering::SeqCst);
                        }
                        for (item, (pause, rows)) in items.into_iter().enumerate() {
                            turns(pause).await;
                            lane.send(Counted::new([place, job, item, rows]), rows)
                                .await;
                        }
                        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                            watch.at_work.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                };
                assert!(all < 100);
                Fanout::of(jobs.into_iter().enumerate(), bounds, run)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn everything_arrives_once_in_the_order_of_the_places_whatever_the_bounds(
            plan in plan(), jobs in 1usize..4, at_once in 1usize..5, rows in 1usize..30, block in 1usize..400,
            file in proptest::sample::select(vec![files::good as fn() -> io::Result<File>, files::none, files::full]),
            slow_reader in 0usize..5, impatient: bool,
        ) {
            let expected: Vec<[usize; 3]> = plan.iter().enumerate().flat_map(|(place, jobs)| {
                jobs.iter().enumerate().flat_map(move |(job, items)| {
                    (0..items.len()).map(move |item| [place, job, item])
                })
            }).collect();
            let watch = Arc::default();
            let arrived = on_one_thread(async {
                let fanouts = fanouts(plan, Bounds { jobs, rows }, &watch);
                let hold = Arc::new(Hold::with(rows, file, block));
                let mut places = Places::within(fanouts, at_once, hold);
                let mut arrived = Vec::new();
                loop {
                    let next = tokio::select! {
                        biased;
                        next = places.next() => next,
                        () = turns(1), if impatient => continue,
                    };
                    let Some(item) = next else { break };
                    arrived.push([item.0[0], item.0[1], item.0[2]]);
                    turns(slow_reader).await;
                }
                arrived
            });
            prop_assert_eq!(arrived, expected);
            prop_assert!(watch.most_at_work.load(Ordering::SeqCst) <= at_once);
            prop_assert_eq!(IN_MEMORY.get(), 0);
        }

        /// The first place answers only when all others have ended, whatever they send.
        #[test]
        fn a_place_that_does_not_answer_holds_nobody_back_and_costs_no_memory(
            plan in plan(), jobs in 1usize..4, rows in 9usize..30, block in 1usize..400,
        ) {
            let all: usize = plan.iter().map(Vec::len).sum();
            let items: usize = plan.iter().flatten().map(Vec::len).sum();
            let ended = Arc::new(AtomicUsize::new(0));
            let all_ended = Arc::new(Notify::new());
            let most = Arc::new(AtomicUsize::new(0));
            let arrived = on_one_thread(async {
                let bounds = Bounds { jobs, rows };
                let (told, most) = (all_ended.clone(), most.clone());
                let first = Fanout::of(std::iter::once(()), bounds, move |(), mut lane: Lane<_>| {
                    let told = told.clone();
                    async move {
                        if all > 0 {
                            told.notified().await;
                        }
                        lane.send(Counted::new([0; 4]), 1).await;
                    }
                });
                let others = plan.into_iter().map(|jobs_of_place| {
                    let (ended, all_ended, most) = (ended.clone(), all_ended.clone(), most.clone());
                    Fanout::of(jobs_of_place.into_iter(), bounds, move |items: Vec<_>, mut lane: Lane<_>| {
                        let (ended, all_ended, most) = (ended.clone(), all_ended.clone(), most.clone());
                        async move {
                            for (pause, rows) in items {
                                turns(pause).await;
                                lane.send(Counted::new([1, 0, 0, rows]), rows).await;
                                most.fetch_max(IN_MEMORY.get(), Ordering::SeqCst);
                            }
                            if ended.fetch_add(1, Ordering::SeqCst) + 1 == all {
                                all_ended.notify_one();
                            }
                        }
                    })
                });
                let fanouts: Vec<_> = std::iter::once(first).chain(others).collect();
                let hold = Arc::new(Hold::with(rows, files::good, block));
                let mut places = Places::within(fanouts, 64, hold);
                let mut arrived = 0;
                while let Some(item) = places.next().await {
                    assert_eq!(arrived > 0, item.0[0] > 0);
                    arrived += 1;
                }
                arrived
            });
            prop_assert_eq!(arrived, items + 1);
            prop_assert!(most.load(Ordering::SeqCst) <= rows, "{} of {}", most.load(Ordering::SeqCst), rows);
        }

        #[test]
        fn what_cannot_be_read_back_is_told_of_its_node_and_of_no_other(
            // Places of nodes, each with some pages of so many rows.
            plan in vec(vec(vec(0usize..4, 0..4), 0..6), 1..5),
            jobs in 1usize..4, rows in 1usize..12, block in 1usize..400,
        ) {
            let (told, ends) = on_one_thread(async {
                let fanouts = plan.iter().enumerate().map(|(place, nodes)| {
                    let nodes: Vec<_> = nodes.iter().cloned().enumerate().collect();
                    let run = move |(at, pages): (usize, Vec<usize>), mut lane: Lane<_>| async move {
                        let node = node(place, at);
                        for rows in pages {
                            turns(1).await;
                            lane.send(PatchEvent::Rows(page(&node, rows)), rows.max(1)).await;
                        }
                        let end = End::new(node, Outcome::Answered(()));
                        lane.send(PatchEvent::End(end), 1).await;
                    };
                    Fanout::of(nodes.into_iter(), Bounds { jobs, rows }, run)
                });
                let hold = Arc::new(Hold::with(rows, files::unreadable, block));
                let mut places = Places::within(fanouts.collect(), 64, hold);
                let (mut told, mut ends) = (Vec::new(), Vec::new());
                let mut since = 0;
                while let Some(event) = places.next().await {
                    match event {
                        PatchEvent::Rows(sifted) => since += sifted.kept.len() + usize::try_from(sifted.hidden).unwrap(),
                        PatchEvent::End(End { node, outcome, .. }) => {
                            told.push(node);
                            ends.push((std::mem::take(&mut since), outcome));
                        }
                    }
                }
                (told, ends)
            });
            let asked = plan.iter().enumerate().flat_map(|(place, nodes)| (0..nodes.len()).map(move |at| node(place, at)));
            prop_assert_eq!(told, asked.collect::<Vec<_>>());
            let sent = plan.iter().flatten().map(|pages| pages.iter().map(|rows| rows + 1).sum::<usize>());
            for ((came, outcome), sent) in ends.into_iter().zip(sent) {
                match outcome {
                    Outcome::Answered(()) => prop_assert_eq!(came, sent),
                    Outcome::Unread(why) => prop_assert!(came <= sent && why.text.contains("temporary file")),
                    Outcome::NoData => prop_assert!(false),
                }
            }
        }
    }

    fn node(place: usize, at: usize) -> Node {
        let place = Arc::new(Place {
            region: place.to_string().into(),
            account: None,
        });
        Node::asked(&format!("i-{at}"), &place)
    }

    /// So many rows, and one that was hidden.
    fn page(node: &Node, rows: usize) -> Sifted {
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
            released: None,
        };
        Sifted {
            kept: vec![patch; rows],
            hidden: 1,
            unrated: 0,
            seen: Seen::default(),
        }
    }

    /// Counts while it is there.
    struct Guard(Arc<AtomicUsize>);

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn whoever_stops_reading_stops_every_job_of_every_place() {
        let at_work = Arc::new(AtomicUsize::new(0));
        on_one_thread(async {
            let fanouts = (0..3).map(|_| {
                let at_work = at_work.clone();
                Fanout::of(
                    0..4,
                    Bounds { jobs: 4, rows: 1 },
                    move |job, mut lane: Lane<_>| {
                        at_work.fetch_add(1, Ordering::SeqCst);
                        let guard = Guard(at_work.clone());
                        async move {
                            lane.send(Counted::new([0, job, 0, 1]), 1).await;
                            std::future::pending::<()>().await;
                            drop(guard);
                        }
                    },
                )
            });
            let hold = Arc::new(Hold::with(1, files::good, 1));
            let mut places = Places::within(fanouts.collect(), 64, hold);
            assert!(places.next().await.is_some());
            turns(100).await;
            assert_eq!(at_work.load(Ordering::SeqCst), 12);
            drop(places);
            turns(100).await;
            assert_eq!(at_work.load(Ordering::SeqCst), 0);
        });
    }

    #[test]
    fn a_job_that_panics_is_heard_of_at_the_turn_of_its_place() {
        let arrived = Arc::new(AtomicUsize::new(0));
        let counter = arrived.clone();
        on_one_thread(async {
            let fanouts = (0..3).map(|place| {
                let run = move |job: usize, mut lane: Lane<_>| async move {
                    assert!((place, job) != (1, 1), "boom");
                    turns(50 - 20 * place).await;
                    lane.send(Counted::new([place, job, 0, 1]), 1).await;
                };
                Fanout::of(0..2, Bounds { jobs: 2, rows: 9 }, run)
            });
            let mut places = Places::new(
                fanouts.collect(),
                Together {
                    places: 64,
                    rows: 9,
                },
            );
            let reader = tokio::spawn(async move {
                while places.next().await.is_some() {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
            });
            assert!(reader.await.is_err_and(|failed| failed.is_panic()));
        });
        assert_eq!(arrived.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn one_place_alone_needs_no_file() {
        let arrived = on_one_thread(async {
            let plan = vec![vec![vec![(1, 5); 9]; 9]];
            let fanouts = fanouts(plan, Bounds { jobs: 3, rows: 5 }, &Arc::default());
            let hold = Arc::new(Hold::with(1, || unreachable!("a file"), 1));
            let mut places = Places::within(fanouts, 64, hold);
            let mut arrived = 0;
            while places.next().await.is_some() {
                arrived += 1;
            }
            arrived
        });
        assert_eq!(arrived, 81);
    }

    #[test]
    fn others_go_on_while_a_long_place_is_read_back() {
        const AHEAD: usize = 10_000;
        let is_sent = Arc::new(Notify::new());
        let is_read = Arc::new(Notify::new());
        let is_done = Arc::new(AtomicUsize::new(0));
        let (sent, begun, done) = (is_sent.clone(), is_read.clone(), is_done.clone());
        let when_done = on_one_thread(async move {
            let fanouts = (0..3).map(|place| {
                let (sent, begun, done) = (sent.clone(), begun.clone(), done.clone());
                let run = move |(), mut lane: Lane<_>| {
                    let (sent, begun, done) = (sent.clone(), begun.clone(), done.clone());
                    async move {
                        match place {
                            0 => {
                                sent.notified().await;
                                // All that was sent goes where it waits, a little each turn.
                                turns(AHEAD).await;
                            }
                            1 => {
                                for _ in 0..AHEAD {
                                    lane.send((place, 0), 1).await;
                                }
                                sent.notify_one();
                            }
                            _ => {
                                begun.notified().await;
                                turns(5).await;
                                done.store(1, Ordering::SeqCst);
                            }
                        }
                    }
                };
                Fanout::of(std::iter::once(()), Bounds { jobs: 1, rows: 9 }, run)
            });
            let mut places = Places::new(fanouts.collect(), Together { places: 9, rows: 9 });
            let mut read = 0;
            while places.next().await.is_some() {
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
