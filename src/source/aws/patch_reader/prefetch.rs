//! What nodes' counters tell before their patches are read, and after: read in
//! batches, some ahead of the nodes they belong to.
//!
//! Does not depend on how patches are read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::SetOnce;

use crate::plan::filter::Filter;
use crate::record::{Node, NodeState, Outcome, Why};
use crate::source::Drilling;
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::patch_calls;
use crate::source::aws::api::patch_calls::BATCH;
use crate::source::aws::discovery::resolve::Pick;
use crate::source::aws::patch_reader::listing::{Expected, Scope};
use crate::source::aws::patch_reader::states;

/// What is known of a node before its patches are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing yet.
    Nothing,
    /// The service has a record of it.
    HasRecord,
    /// Its counters say that no row can pass the filter.
    CannotMatch,
    /// The service has no record of it.
    NoRecord,
}

/// What its state tells of a node's patches: kept for every node, and smaller
/// than its counters.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub known: Known,
    pub expected: Expected,
    /// Why its counters could not be read.
    pub unread: Option<Box<Why>>,
}

impl Told {
    const NOTHING: Self = Self {
        known: Known::Nothing,
        expected: Expected::NOTHING,
        unread: None,
    };

    /// What its counters tell of a node.
    fn of(wanted: &Wanted, state: &NodeState) -> Self {
        let is_worth = wanted.worth.is_none_or(|worth| worth(state));
        Self {
            known: if is_worth && wanted.filter.may_match(state) {
                Known::HasRecord
            } else {
                Known::CannotMatch
            },
            expected: Expected::of(wanted.scope, state),
            unread: None,
        }
    }

    /// A state that could not be read tells only why.
    fn by(wanted: &Wanted, outcome: &Outcome<NodeState>) -> Self {
        match outcome {
            Outcome::Answered(state) => Self::of(wanted, state),
            Outcome::NoData => Self {
                known: Known::NoRecord,
                ..Self::NOTHING
            },
            Outcome::Unread(why) => Self {
                unread: Some(Box::new(why.clone())),
                ..Self::NOTHING
            },
        }
    }
}

/// What is wanted of each node, settled once.
pub struct Wanted {
    pub(crate) filter: Arc<Filter>,
    pub(crate) filters: patch_calls::Filters,
    /// The counters that lists are compared with.
    pub(crate) scope: Scope,
    prefetch: bool,
    pub(crate) states: bool,
    pub(crate) release_dates: bool,
    worth: Option<fn(&NodeState) -> bool>,
}

impl Wanted {
    pub fn new(drilling: &Drilling) -> Self {
        Self {
            filters: patch_calls::filters(&drilling.filter.push_down()),
            scope: Scope::of(&drilling.filter),
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

/// The counters of nodes, read some batches ahead of the nodes they belong to,
/// or beside them where no call hangs on what they tell.
pub struct Ahead {
    asker: Arc<Asker>,
    wanted: Arc<Wanted>,
    picks: Vec<Pick>,
    batches: Vec<Batch>,
    /// How many batches ahead.
    width: usize,
    /// Do nodes wait for what their counters tell?
    is_awaited: bool,
    /// Was it told that counters may not be read here?
    denial_told: AtomicBool,
}

#[derive(Default)]
struct Batch {
    started: AtomicBool,
    /// What they tell, and not the records: those would pile up.
    told: SetOnce<Vec<Told>>,
    /// Where the counters are wanted too, each until its node takes it.
    states: Mutex<Vec<Option<Box<Outcome<NodeState>>>>>,
}

impl Ahead {
    /// Without prefetch, nothing is known of a node before its patches are read
    /// but what finding it told.
    pub fn new(asker: Arc<Asker>, wanted: Arc<Wanted>, picks: Vec<Pick>, width: usize) -> Self {
        // Waiting for one node's state would only take longer.
        let is_awaited = wanted.states || (wanted.prefetch && picks.len() > 1);
        let batches = if is_awaited || !wanted.scope.is_empty() {
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
            is_awaited,
            denial_told: AtomicBool::new(false),
        }
    }

    pub fn len(&self) -> usize {
        self.picks.len()
    }

    /// The node at this place in the list, and what is known of it.
    pub async fn known(self: &Arc<Self>, at: usize) -> Foreknown {
        let node = self.picks[at].node.clone();
        if let Some(told) = self.told_by_finding(at) {
            return Foreknown {
                node,
                known: told.known,
                state: None,
            };
        }
        let of = at / BATCH;
        for batch in of..(of + self.width).min(self.batches.len()) {
            self.start(batch);
        }
        let batch = self.batches.get(of).filter(|_| self.is_awaited);
        let Some(batch) = batch else {
            return Foreknown {
                node,
                known: Known::Nothing,
                state: None,
            };
        };
        let mut known = batch.told.wait().await[at % BATCH].known;
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

    fn told_by_finding(&self, at: usize) -> Option<Told> {
        let state = self.picks[at].state.as_ref();
        let state = state.filter(|_| !self.wanted.states)?;
        Some(Told::of(&self.wanted, state))
    }

    /// What the state of a node tells that was asked about before.
    pub(crate) async fn told(&self, at: usize) -> Told {
        if let Some(told) = self.told_by_finding(at) {
            return told;
        }
        match self.batches.get(at / BATCH) {
            Some(batch) => batch.told.wait().await[at % BATCH].clone(),
            None => Told::NOTHING,
        }
    }

    /// Is this the first node of the place whose counters may not be read?
    pub(crate) fn is_first_denial(&self) -> bool {
        !self.denial_told.swap(true, Ordering::Relaxed)
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
            let told: Vec<Told> = if ahead.wanted.states {
                let read = states(&ahead.asker, picks.to_vec()).await;
                let told = read.iter().map(|(_, state)| Told::by(wanted, state));
                let told = told.collect();
                let kept = read.into_iter().map(|(_, state)| Some(Box::new(state)));
                *batch.states.lock().unwrap_or_else(PoisonError::into_inner) = kept.collect();
                told
            } else {
                // A node whose state is known already is not asked about again.
                let nodes: Vec<Node> = picks
                    .iter()
                    .filter(|pick| pick.state.is_none())
                    .map(|pick| pick.node.clone())
                    .collect();
                let mut asked = ahead.asker.states(&nodes).await.into_iter();
                let told = picks.iter().map(|pick| match &pick.state {
                    Some(state) => Told::of(wanted, state),
                    None => asked
                        .next()
                        .map_or(Told::NOTHING, |outcome| Told::by(wanted, &outcome)),
                });
                told.collect()
            };
            // Set once only, by whoever started it.
            let _ = batch.told.set(told);
        });
    }
}
