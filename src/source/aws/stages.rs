//! The stages of a run: what could not be reached, then each place, then the
//! nodes that no place knows.
//!
//! Knows what a place does in turn. Must not know which calls find nodes or
//! read them, nor how places wait for one another.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use tokio::sync::Semaphore;

use crate::record::{Node, Scope, Subject, Unread, Why};
use crate::source::aws::api::client::Asker;
use crate::source::aws::discovery::resolve::{Pick, Roll};
use crate::source::ordered::codec::Spill;
use crate::source::ordered::ordered_jobs::{Bounds, Fanout, Jobs};
use crate::source::ordered::ordered_merge::{Places, Together};
use crate::source::{Counts, Event, Selection, Source, States};

/// Rows that nodes read ahead of their turn may hold together: some 20 MB.
const ROWS_AHEAD: usize = 40_000;

/// How many places are asked side by side, and what they may hold in memory.
const TOGETHER: Together = Together {
    places: 64,
    rows: ROWS_AHEAD,
};

/// What is done with the nodes of one place.
pub type Read<T> = Arc<dyn Fn(Arc<Asker>, Vec<Pick>, Arc<Counts>) -> Jobs<Event<T>> + Send + Sync>;

impl Source {
    /// Asks every place side by side, and hands out what they tell in their
    /// order. `nowhere` makes items of the nodes that no place knows.
    pub(crate) fn stages<T, I>(
        &self,
        selection: Selection,
        read: &Read<T>,
        nowhere: fn(States) -> I,
    ) -> Places<Event<T>>
    where
        T: Spill,
        I: IntoIterator<Item = T> + Send + 'static,
        I::IntoIter: Send,
    {
        let roll = Arc::new(self.roll(selection));
        let (told, width) = (Arc::new(Told::default()), self.width);
        let mut stages = Vec::with_capacity(self.askers.len() + 2);
        if !self.unread.is_empty() {
            let unread = self.unread.clone();
            stages.push(Fanout::after(bounds(width), async move {
                (
                    unread.into_iter().map(Event::Unread).collect(),
                    Jobs::none(),
                )
            }));
        }
        for (asker, counts) in self.askers.iter().zip(&self.counts) {
            let (asker, counts) = (asker.clone(), counts.clone());
            let (roll, read, told) = (roll.clone(), read.clone(), told.clone());
            stages.push(Fanout::after(bounds(width), async move {
                let ready = place(asker, &roll, &read, counts).await;
                told.one();
                ready
            }));
        }
        // One place, and everything asked of it: there is nothing after it.
        if roll.may_miss() {
            let (unread, places) = (self.unread.clone(), self.askers.len());
            stages.push(Fanout::after(bounds(width), async move {
                told.all(places).await;
                (after(&roll, unread, nowhere), Jobs::none())
            }));
        }
        Places::new(stages, TOGETHER)
    }

    /// The roll of what is asked for, for every place.
    pub(crate) fn roll(&self, selection: Selection) -> Roll {
        let several = self.askers.len() > 1 || !self.unread.is_empty();
        Roll::new(
            &selection.listed,
            selection.selector,
            selection.needs,
            several,
            self.width,
        )
    }
}

/// One place: which nodes it has, and what is then asked of them.
async fn place<T: Spill>(
    asker: Arc<Asker>,
    roll: &Roll,
    read: &Read<T>,
    counts: Arc<Counts>,
) -> (Vec<Event<T>>, Jobs<Event<T>>) {
    let here = match roll.here(&asker).await {
        Ok(here) => here,
        Err(fault) => {
            let unread = fault.of(Scope::of(&asker.place));
            return (vec![Event::Unread(unread)], Jobs::none());
        }
    };
    counts.nodes.store(here.picks.len() as u64, Relaxed);
    let found = here
        .finding
        .map(|finding| Event::Found(asker.place.clone(), finding));
    let failed = here.failed.map(|why| {
        Event::Unread(Unread {
            subject: Subject::Scope(Scope::of(&asker.place)),
            why,
        })
    });
    let lacks = here.lacks.into_iter().map(Event::Lack);
    let events = found.into_iter().chain(failed).chain(lacks).collect();
    (events, read(asker, here.picks, counts))
}

/// The nodes that no place answers for.
fn after<T, I>(roll: &Roll, unread: Vec<Unread>, nowhere: fn(States) -> I) -> Vec<Event<T>>
where
    I: IntoIterator<Item = T>,
{
    let elsewhere: Vec<(Scope, Why)> = unread
        .into_iter()
        .filter_map(|unread| match unread.subject {
            Subject::Scope(scope) => Some((scope, unread.why)),
            Subject::Node(_) => None,
        })
        .collect();
    let rest = roll.nowhere(&elsewhere);
    let mut events: Vec<Event<T>> = nowhere(rest.nodes).into_iter().map(Event::Item).collect();
    if !rest.left_out.is_empty() {
        events.push(Event::LeftOut(rest.left_out));
    }
    events
}

/// Waits for every place to have told which nodes it has.
struct Told(Semaphore);

impl Default for Told {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Told {
    fn one(&self) {
        self.0.add_permits(1);
    }

    async fn all(&self, places: usize) {
        // Fails only when closed, which it never is.
        let _ = self
            .0
            .acquire_many(u32::try_from(places).unwrap_or(u32::MAX))
            .await;
    }
}

/// Only items wait: what else a place tells, it tells before its jobs start.
impl<T: Spill> Spill for Event<T> {
    fn pack(&self, nodes: &mut Vec<Node>, bytes: &mut Vec<u8>) {
        if let Self::Item(item) = self {
            item.pack(nodes, bytes);
        }
    }

    fn unpack(nodes: &[Node], bytes: &[u8]) -> Option<Self> {
        T::unpack(nodes, bytes).map(Self::Item)
    }

    fn closes(&self) -> bool {
        matches!(self, Self::Item(item) if item.closes())
    }

    fn lost(nodes: &[Node], closed: bool, why: &Why) -> Option<Self> {
        T::lost(nodes, closed, why).map(Self::Item)
    }

    fn spoil(&mut self, why: &Why) {
        if let Self::Item(item) = self {
            item.spoil(why);
        }
    }
}

fn bounds(width: usize) -> Bounds {
    Bounds {
        jobs: width,
        rows: ROWS_AHEAD,
    }
}
