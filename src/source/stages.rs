//! Every place side by side, handed out in their order.
//!
//! Knows the stages of a run and what a place does in turn. Must not know which
//! calls find nodes or read them.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::aws::Asker;
use super::fanout::{Bounds, Fanout, Lane};
use super::roll::{Pick, Roll};
use super::{Counts, Event, PatchEvent, ROWS_AHEAD, Selection, Source, States, Stream};
use crate::record::{Scope, Subject, Why};

/// Places that are asked side by side.
const PLACES_AT_ONCE: usize = 64;

impl Source {
    /// Asks every place side by side, and hands out what they tell in their
    /// order. `nowhere` makes items of the nodes that no place knows.
    pub(super) fn places<T, I>(
        &self,
        selection: Selection,
        read: Read<T>,
        nowhere: fn(States) -> I,
    ) -> Stream<Event<T>>
    where
        T: Weigh + Send + 'static,
        I: IntoIterator<Item = T> + Send + 'static,
        I::IntoIter: Send,
    {
        let several = self.askers.len() > 1 || !self.unread.is_empty();
        let roll = Arc::new(Roll::new(
            &selection.listed,
            selection.selector,
            selection.needs,
            several,
            self.width,
        ));
        let places = self
            .askers
            .clone()
            .into_iter()
            .enumerate()
            .map(Stage::Place);
        let stages = std::iter::once(Stage::Before)
            .chain(places)
            .chain(std::iter::once(Stage::After));
        let bounds = Bounds {
            jobs: PLACES_AT_ONCE,
            rows: ROWS_AHEAD,
        };
        let (unread, counts) = (self.unread.clone(), self.counts.clone());
        let ended = Arc::new(Ended::new(self.askers.len()));
        Fanout::new(stages, bounds, move |stage, mut lane: Lane<Event<T>>| {
            let (roll, read) = (roll.clone(), read.clone());
            let (unread, counts, ended) = (unread.clone(), counts.clone(), ended.clone());
            async move {
                match stage {
                    Stage::Before => {
                        for unread in unread {
                            lane.send(Event::Unread(unread), 1).await;
                        }
                    }
                    Stage::Place((at, asker)) => {
                        place(asker, &roll, &read, &counts[at], &mut lane).await;
                        ended.one();
                    }
                    Stage::After => {
                        ended.all().await;
                        let elsewhere: Vec<(Scope, Why)> = unread
                            .into_iter()
                            .filter_map(|unread| match unread.subject {
                                Subject::Scope(scope) => Some((scope, unread.why)),
                                Subject::Node(_) => None,
                            })
                            .collect();
                        let rest = roll.nowhere(&elsewhere);
                        for item in nowhere(rest.nodes) {
                            lane.send(Event::Item(item), 1).await;
                        }
                        if !rest.left_out.is_empty() {
                            lane.send(Event::LeftOut(rest.left_out), 1).await;
                        }
                    }
                }
            }
        })
    }
}

/// What is done with the nodes of one place.
pub type Read<T> = Arc<dyn Fn(Arc<Asker>, Vec<Pick>) -> Fanout<T> + Send + Sync>;

/// The stages of a run, in the order of the answer.
enum Stage {
    /// What could not be reached at all.
    Before,
    Place((usize, Arc<Asker>)),
    /// The nodes that no place answers for.
    After,
}

/// Waits for every place to have told which nodes it has.
struct Ended(tokio::sync::Semaphore, u32);

impl Ended {
    fn new(places: usize) -> Self {
        Self(
            tokio::sync::Semaphore::new(0),
            u32::try_from(places).unwrap_or(u32::MAX),
        )
    }

    fn one(&self) {
        self.0.add_permits(1);
    }

    async fn all(&self) {
        // Fails only when closed, which it never is.
        let _ = self.0.acquire_many(self.1).await;
    }
}

/// One place: which nodes it has, then what is asked of them.
async fn place<T: Weigh + Send + 'static>(
    asker: Arc<Asker>,
    roll: &Roll,
    read: &Read<T>,
    counts: &Counts,
    lane: &mut Lane<Event<T>>,
) {
    let here = match roll.here(&asker).await {
        Ok(here) => here,
        Err(fault) => {
            let unread = fault.of(Scope::of(&asker.place));
            lane.send(Event::Unread(unread), 1).await;
            return;
        }
    };
    counts.nodes.store(here.picks.len() as u64, Relaxed);
    if let Some(finding) = here.finding {
        lane.send(Event::Found(asker.place.clone(), finding), 1)
            .await;
    }
    for lack in here.lacks {
        lane.send(Event::Lack(lack), 1).await;
    }
    let mut stream = read(asker, here.picks);
    while let Some(item) = stream.next().await {
        let Weight { rows, nodes } = item.weigh();
        counts.done.fetch_add(nodes as u64, Relaxed);
        counts.rows.fetch_add(rows as u64, Relaxed);
        lane.send(Event::Item(item), rows.max(nodes)).await;
    }
}

/// What an item of a stream holds.
pub struct Weight {
    rows: usize,
    /// Nodes that end with it.
    nodes: usize,
}

pub trait Weigh {
    fn weigh(&self) -> Weight;
}

impl Weigh for States {
    fn weigh(&self) -> Weight {
        Weight {
            rows: self.len(),
            nodes: self.len(),
        }
    }
}

impl Weigh for PatchEvent {
    fn weigh(&self) -> Weight {
        match self {
            Self::Rows(sifted) => Weight {
                rows: sifted.kept.len(),
                nodes: 0,
            },
            Self::End(..) => Weight { rows: 0, nodes: 1 },
        }
    }
}
