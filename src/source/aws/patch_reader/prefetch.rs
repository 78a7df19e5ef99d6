//! Prefetches the counters of nodes in batches, some ahead of the nodes they
//! belong to, so that nodes without matching patches need no further call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::SetOnce;

use crate::plan::fetch_plan::FetchPlan;
use crate::plan::filter::Filter;
use crate::record::{Cause, Node, NodeState, Outcome};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls;
use crate::source::aws::api::region_client::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::discovery::resolve::Target;
use crate::source::aws::patch_reader::listing::{ComparedCounters, ExpectedCounts};
use crate::source::aws::patch_reader::states::read_states;

/// What is known of a node before its patches are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HintKind {
    /// Nothing yet.
    Unknown,
    /// The service has a record of it.
    HasRecord,
    /// Its counters show that no row can pass the filter.
    CannotMatch,
    /// The service has no record of it.
    NoRecord,
}

/// What a node's state says about its patches: kept for every node, and smaller
/// than its counters.
#[derive(Debug, Clone)]
pub(crate) struct CounterHint {
    pub kind: HintKind,
    pub expected: ExpectedCounts,
    /// Why its counters could not be read.
    pub cause: Option<Box<Cause>>,
}

impl CounterHint {
    const UNKNOWN: Self = Self {
        kind: HintKind::Unknown,
        expected: ExpectedCounts::ALL_UNKNOWN,
        cause: None,
    };

    /// The hint in a node's counters.
    fn from_state(wanted: &PreparedPlan, node: &Node, state: &NodeState) -> Self {
        let is_worth = wanted.is_relevant.is_none_or(|worth| worth(state));
        Self {
            kind: if is_worth && wanted.filter.may_match(state, node.info.as_deref()) {
                HintKind::HasRecord
            } else {
                HintKind::CannotMatch
            },
            expected: ExpectedCounts::of(wanted.compared_counters, state),
            cause: None,
        }
    }

    /// An unread state gives only the cause.
    fn from_outcome(wanted: &PreparedPlan, node: &Node, outcome: &Outcome<NodeState>) -> Self {
        match outcome {
            Outcome::Answered(state) => Self::from_state(wanted, node, state),
            Outcome::NoData => Self {
                kind: HintKind::NoRecord,
                ..Self::UNKNOWN
            },
            Outcome::Unread(why) => Self {
                cause: Some(Box::new(why.clone())),
                ..Self::UNKNOWN
            },
        }
    }
}

/// What is read of each node, prepared once.
pub(crate) struct PreparedPlan {
    pub(crate) filter: Arc<Filter>,
    pub(crate) pushed_filters: patch_calls::ApiFilters,
    /// The counters that lists are compared with.
    pub(crate) compared_counters: ComparedCounters,
    uses_prefetch: bool,
    pub(crate) wants_states: bool,
    pub(crate) wants_release_dates: bool,
    is_relevant: Option<fn(&NodeState) -> bool>,
}

impl PreparedPlan {
    /// If the plan has no part for patches, all of them are read.
    pub(crate) fn new(plan: &FetchPlan) -> Self {
        let patches = plan.patches.clone().unwrap_or_default();
        Self {
            pushed_filters: patch_calls::to_api_filters(&patches.filter.push_down()),
            compared_counters: ComparedCounters::of(&patches.filter),
            filter: patches.filter,
            uses_prefetch: patches.uses_prefetch,
            wants_states: plan.has_verdicts(),
            wants_release_dates: plan.release_dates,
            is_relevant: patches.is_relevant,
        }
    }
}

/// A node, and what is known of it before its patches are read.
pub(crate) struct Hint {
    pub node: Node,
    pub kind: HintKind,
    /// Its state, if the plan asks for states too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

/// The counters of nodes, read some batches ahead of the nodes they belong to,
/// or concurrently with them if no call depends on the counters.
pub(crate) struct Prefetch {
    client: Arc<RegionClient>,
    plan: Arc<PreparedPlan>,
    targets: Vec<Target>,
    batches: Vec<Batch>,
    /// How many batches ahead.
    batches_ahead: usize,
    /// Do nodes wait for their counters?
    is_awaited: bool,
    /// Has it been reported that counters may not be read in this location?
    is_denial_reported: AtomicBool,
}

#[derive(Default)]
struct Batch {
    is_started: AtomicBool,
    /// The hints and not the records, which would use too much memory.
    hints: SetOnce<Vec<CounterHint>>,
    /// The states, if they are wanted too; each is kept until its node takes
    /// it.
    states: Mutex<Vec<Option<Box<Outcome<NodeState>>>>>,
}

impl Prefetch {
    /// Without prefetch, only what discovery found is known of a node before
    /// its patches are read.
    pub(crate) fn new(
        client: Arc<RegionClient>,
        plan: Arc<PreparedPlan>,
        targets: Vec<Target>,
        batches_ahead: usize,
    ) -> Self {
        // Waiting for the state of a single node would only take longer.
        let is_awaited = plan.wants_states || (plan.uses_prefetch && targets.len() > 1);
        let batches = if is_awaited || !plan.compared_counters.is_empty() {
            targets.len().div_ceil(STATES_BATCH_SIZE)
        } else {
            0
        };
        Self {
            client,
            plan,
            targets,
            batches: (0..batches).map(|_| Batch::default()).collect(),
            batches_ahead,
            is_awaited,
            is_denial_reported: AtomicBool::new(false),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.targets.len()
    }

    /// The node at this index, and what is known of it.
    pub(crate) async fn hint(self: &Arc<Self>, at: usize) -> Hint {
        let node = self.targets[at].node.clone();
        if let Some(found) = self.hint_from_discovery(at) {
            return Hint {
                node,
                kind: found.kind,
                state: None,
            };
        }
        let of = at / STATES_BATCH_SIZE;
        for batch in of..(of + self.batches_ahead).min(self.batches.len()) {
            self.start_batch(batch);
        }
        let batch = self.batches.get(of).filter(|_| self.is_awaited);
        let Some(batch) = batch else {
            return Hint {
                node,
                kind: HintKind::Unknown,
                state: None,
            };
        };
        let mut known = batch.hints.wait().await[at % STATES_BATCH_SIZE].kind;
        let mut states = batch.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states
            .get_mut(at % STATES_BATCH_SIZE)
            .and_then(Option::take);
        // Without prefetch, the patches of every node are read.
        if !self.plan.uses_prefetch {
            known = match known {
                HintKind::CannotMatch => HintKind::HasRecord,
                HintKind::NoRecord => HintKind::Unknown,
                other => other,
            };
        }
        Hint {
            node,
            kind: known,
            state,
        }
    }

    fn hint_from_discovery(&self, at: usize) -> Option<CounterHint> {
        let Target { node, state, .. } = &self.targets[at];
        let state = state.as_ref().filter(|_| !self.plan.wants_states)?;
        Some(CounterHint::from_state(&self.plan, node, state))
    }

    /// The hint for a node whose `hint` was called before.
    pub(crate) async fn counter_hint(&self, at: usize) -> CounterHint {
        if let Some(found) = self.hint_from_discovery(at) {
            return found;
        }
        match self.batches.get(at / STATES_BATCH_SIZE) {
            Some(batch) => batch.hints.wait().await[at % STATES_BATCH_SIZE].clone(),
            None => CounterHint::UNKNOWN,
        }
    }

    /// Is this the first node of the location whose counters may not be read?
    pub(crate) fn take_first_denial(&self) -> bool {
        !self.is_denial_reported.swap(true, Ordering::Relaxed)
    }

    fn start_batch(self: &Arc<Self>, of: usize) {
        if self.batches[of].is_started.swap(true, Ordering::Relaxed) {
            return;
        }
        let prefetch = self.clone();
        tokio::spawn(async move {
            let targets = &prefetch.targets
                [of * STATES_BATCH_SIZE..prefetch.targets.len().min((of + 1) * STATES_BATCH_SIZE)];
            let wanted = &prefetch.plan;
            let batch = &prefetch.batches[of];
            let found: Vec<CounterHint> = if prefetch.plan.wants_states {
                let read = read_states(&prefetch.client, targets.to_vec()).await;
                let found = read
                    .iter()
                    .map(|(node, state)| CounterHint::from_outcome(wanted, node, state));
                let found = found.collect();
                let kept = read.into_iter().map(|(_, state)| Some(Box::new(state)));
                *batch.states.lock().unwrap_or_else(PoisonError::into_inner) = kept.collect();
                found
            } else {
                // A node whose state is known is not read again.
                let nodes: Vec<Node> = targets
                    .iter()
                    .filter(|target| target.state.is_none())
                    .map(|target| target.node.clone())
                    .collect();
                let mut asked = prefetch.client.patch_states(&nodes).await.into_iter();
                let found = targets.iter().map(|target| match &target.state {
                    Some(state) => CounterHint::from_state(wanted, &target.node, state),
                    None => asked.next().map_or(CounterHint::UNKNOWN, |outcome| {
                        CounterHint::from_outcome(wanted, &target.node, &outcome)
                    }),
                });
                found.collect()
            };
            // Set only once, by the task that started the batch.
            let _ = batch.hints.set(found);
        });
    }
}
