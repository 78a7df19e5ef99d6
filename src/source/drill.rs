//! What is asked of the nodes of one place: their states, their patches page by
//! page, and their counters ahead of the patches.
//!
//! Knows when an answer can be trusted. Must not know how nodes were found, nor
//! other places.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::SetOnce;

use super::asker::Asker;
use super::aws::{self, BATCH};
use super::baselines;
use super::fanout::Lane;
use super::pages::Start;
use super::roll::Pick;
use super::{Counts, Drilling, Event, PatchEvent};
use crate::filter::{Filter, Sifted};
use crate::record::{Node, NodeState, Outcome, Patch, PatchState, Ruling};

/// What is known of a node before its patches are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing yet.
    Nothing,
    /// The service has a record of it.
    HasRecord,
    /// Its counters say that there are rows of a state asked for.
    MustMatch,
    /// Its counters say that no row can pass the filter.
    CannotMatch,
    /// The service has no record of it.
    NoRecord,
}

impl Known {
    /// What its counters tell of a node.
    fn of(wanted: &Wanted, state: &NodeState) -> Self {
        let filter = &wanted.filter;
        if !wanted.worth.is_none_or(|worth| worth(state)) {
            Self::CannotMatch
        } else if filter.must_match(state) {
            Self::MustMatch
        } else if filter.may_match(state) {
            Self::HasRecord
        } else {
            Self::CannotMatch
        }
    }

    /// A state that could not be read tells nothing, and costs nothing but its call.
    fn by(wanted: &Wanted, outcome: &Outcome<NodeState>) -> Self {
        match outcome {
            Outcome::Answered(state) => Self::of(wanted, state),
            Outcome::NoData => Self::NoRecord,
            Outcome::Unread(_) => Self::Nothing,
        }
    }
}

/// The states of some nodes, in their order, with what their baselines rule.
/// Those that finding the nodes told are not asked for again.
pub async fn states(asker: &Asker, batch: Vec<Pick>) -> Vec<(Node, Outcome<NodeState>)> {
    let mut rest = Vec::with_capacity(batch.len());
    let told: Vec<Option<(Node, Outcome<NodeState>)>> = batch
        .into_iter()
        .map(|pick| {
            if let Some(state) = pick.state {
                return Some((pick.node, Outcome::Answered(*state)));
            }
            rest.push(pick.node);
            None
        })
        .collect();
    let outcomes = if rest.is_empty() {
        Vec::new()
    } else {
        asker.states(&rest).await
    };
    let mut others = rest.into_iter().zip(outcomes);
    let mut rows: Vec<(Node, Outcome<NodeState>)> = told
        .into_iter()
        .filter_map(|told| told.or_else(|| others.next()))
        .collect();
    rule(asker, rows.iter_mut().map(|(_, outcome)| outcome)).await;
    rows
}

/// Finds out what baselines rule of the nodes whose verdict may hang on it.
async fn rule(asker: &Asker, outcomes: impl Iterator<Item = &mut Outcome<NodeState>>) {
    for outcome in outcomes {
        if let Outcome::Answered(state) = outcome
            && state.available_security_update.is_some_and(|n| n > 0)
            && let Some(id) = &state.baseline_id
        {
            state.ruling = Some(match asker.baseline(id).await {
                Ok(baseline) => baseline.ruling.clone(),
                Err(why) if baselines::is_gone(&why) => Ruling::Gone,
                Err(why) => Ruling::Unreadable(why),
            });
        }
    }
}

/// What is wanted of each node, settled once.
pub struct Wanted {
    filter: Arc<Filter>,
    filters: aws::Filters,
    prefetch: bool,
    states: bool,
    release_dates: bool,
    worth: Option<fn(&NodeState) -> bool>,
}

impl Wanted {
    pub fn new(drilling: &Drilling) -> Self {
        Self {
            filters: aws::filters(&drilling.filter.push_down()),
            filter: drilling.filter.clone(),
            prefetch: drilling.prefetch,
            states: drilling.states,
            release_dates: drilling.release_dates,
            worth: drilling.worth,
        }
    }
}

/// A node, and what is known of it before its patches are asked for.
pub struct Foreknown {
    pub node: Node,
    pub known: Known,
    /// Its state, where that is wanted too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

/// The counters of nodes, read some batches ahead of the nodes they belong to.
pub struct Ahead {
    asker: Arc<Asker>,
    wanted: Arc<Wanted>,
    picks: Vec<Pick>,
    batches: Vec<Batch>,
    /// How many batches ahead.
    width: usize,
}

#[derive(Default)]
struct Batch {
    started: AtomicBool,
    /// What they tell, and not the counters: those would pile up.
    known: SetOnce<Vec<Known>>,
    /// Where the counters are wanted too, each until its node takes it.
    states: Mutex<Vec<Option<Box<Outcome<NodeState>>>>>,
}

impl Ahead {
    /// Without prefetch, nothing is known of a node but what finding it told.
    pub fn new(asker: Arc<Asker>, wanted: Arc<Wanted>, picks: Vec<Pick>, width: usize) -> Self {
        // Reading one node's state first would only add a call.
        let reads = wanted.states || (wanted.prefetch && picks.len() > 1);
        let batches = if reads {
            picks.len().div_ceil(BATCH)
        } else {
            0
        };
        Self {
            asker,
            wanted,
            picks,
            batches: (0..batches).map(|_| Batch::default()).collect(),
            width,
        }
    }

    pub fn len(&self) -> usize {
        self.picks.len()
    }

    /// The node at this place in the list, and what is known of it.
    pub async fn known(self: &Arc<Self>, at: usize) -> Foreknown {
        let Pick { node, state } = &self.picks[at];
        let node = node.clone();
        if let Some(state) = state
            && !self.wanted.states
        {
            return Foreknown {
                node,
                known: Known::of(&self.wanted, state),
                state: None,
            };
        }
        let of = at / BATCH;
        for batch in of..(of + self.width).min(self.batches.len()) {
            self.start(batch);
        }
        let Some(batch) = self.batches.get(of) else {
            return Foreknown {
                node,
                known: Known::Nothing,
                state: None,
            };
        };
        let mut known = batch.known.wait().await[at % BATCH];
        let mut states = batch.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.get_mut(at % BATCH).and_then(Option::take);
        // Without prefetch, every node is drilled into.
        if !self.wanted.prefetch {
            known = match known {
                Known::CannotMatch => Known::HasRecord,
                Known::NoRecord => Known::Nothing,
                other => other,
            };
        }
        Foreknown { node, known, state }
    }

    fn start(self: &Arc<Self>, of: usize) {
        if self.batches[of].started.swap(true, Ordering::Relaxed) {
            return;
        }
        let ahead = self.clone();
        tokio::spawn(async move {
            let picks = &ahead.picks[of * BATCH..ahead.picks.len().min((of + 1) * BATCH)];
            let wanted = &ahead.wanted;
            let batch = &ahead.batches[of];
            let known: Vec<Known> = if ahead.wanted.states {
                let told = states(&ahead.asker, picks.to_vec()).await;
                let known = told.iter().map(|(_, state)| Known::by(wanted, state));
                let known = known.collect();
                let kept = told.into_iter().map(|(_, state)| Some(Box::new(state)));
                *batch.states.lock().unwrap_or_else(PoisonError::into_inner) = kept.collect();
                known
            } else {
                // A node whose state is known already is not asked about again.
                let nodes: Vec<Node> = picks
                    .iter()
                    .filter(|pick| pick.state.is_none())
                    .map(|pick| pick.node.clone())
                    .collect();
                let mut asked = ahead.asker.states(&nodes).await.into_iter();
                let known = picks.iter().map(|pick| match &pick.state {
                    Some(state) => Known::of(wanted, state),
                    None => asked
                        .next()
                        .map_or(Known::Nothing, |outcome| Known::by(wanted, &outcome)),
                });
                known.collect()
            };
            // Set once only, by whoever started it.
            let _ = batch.known.set(known);
        });
    }
}

/// Reads nodes' patches to the last page.
pub struct Drill<'a> {
    pub asker: &'a Asker,
    pub wanted: &'a Wanted,
    pub counts: &'a Counts,
    pub lane: &'a mut Lane<Event<PatchEvent>>,
}

impl Drill<'_> {
    async fn send(&mut self, event: PatchEvent, weight: usize) {
        self.lane.send(Event::Item(event), weight).await;
    }

    /// One node's patches; how it ended is for the caller to send.
    pub async fn patches(&mut self, node: &Node, known: Known) -> Outcome<()> {
        let mut pages = self.asker.patches_pages();
        let (mut rows, mut kept) = (0, 0);
        // Pages of which nothing is kept are told together, so that they hold no memory.
        let mut hidden = Sifted::default();
        let end = loop {
            let token = match pages.next() {
                Ok(Some(Start(token))) => token,
                Ok(None) => break Ok(()),
                Err(fault) => break Err(fault),
            };
            let page = match self
                .asker
                .patches_page(node, &self.wanted.filters, token.as_deref())
                .await
            {
                Ok(page) => page,
                Err(fault) => break Err(fault),
            };
            pages.then(page.rows.len(), page.next);
            rows += page.rows.len();
            let patches = page.rows.into_iter().map(|row| row.of(node)).collect();
            let mut sifted = self.wanted.filter.sift(patches);
            if self.wanted.release_dates {
                date(self.asker, &mut sifted.kept).await;
            }
            if sifted.kept.is_empty() {
                hidden.hidden += sifted.hidden;
                hidden.unrated += sifted.unrated;
                hidden.seen.merge(sifted.seen);
            } else {
                kept += sifted.kept.len();
                let weight = sifted.kept.len();
                self.counts.rows(weight);
                self.send(PatchEvent::Rows(sifted), weight).await;
            }
        };
        if hidden.hidden > 0 {
            self.send(PatchEvent::Rows(hidden), 1).await;
        }
        if let Err(fault) = end {
            return Outcome::Unread(fault.about(node));
        }
        let must_match = match known {
            Known::MustMatch => true,
            // No rows at all: a clean node, or one that nothing is known of? Its state tells.
            Known::Nothing if rows == 0 => {
                match self.asker.states(std::slice::from_ref(node)).await.pop() {
                    Some(Outcome::Answered(state)) => self.wanted.filter.must_match(&state),
                    Some(Outcome::Unread(why)) => return Outcome::Unread(aws::doubtful(&why)),
                    Some(Outcome::NoData) | None => return Outcome::NoData,
                }
            }
            _ => false,
        };
        if must_match && kept == 0 {
            return Outcome::Unread(self.asker.contradiction().about(node));
        }
        Outcome::Answered(())
    }
}

/// Finds out when patches were released that a node still lacks: nothing hangs
/// on the age of the others.
async fn date(asker: &Asker, patches: &mut [Patch]) {
    let lacks = |patch: &Patch| PatchState::NON_COMPLIANT.contains(&patch.state);
    let mut kb_ids: Vec<&str> = patches
        .iter()
        .filter(|patch| lacks(patch))
        .filter_map(|patch| patch.kb_id.as_deref())
        .collect();
    kb_ids.sort_unstable();
    kb_ids.dedup();
    if kb_ids.is_empty() {
        return;
    }
    let dates = asker.released(&kb_ids).await;
    for patch in patches.iter_mut().filter(|patch| lacks(patch)) {
        patch.released = patch.kb_id.as_deref().and_then(|id| dates.get(id)).copied();
    }
}
