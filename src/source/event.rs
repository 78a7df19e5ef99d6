//! Events of a source: what it reports about nodes, whatever it reads from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compliance::baseline_conflict::{BaselineConflict, OperatingSystem};
use crate::plan::filter::Filtered;
use crate::record::{
    AccountRegion, CallerReport, Cause, DiscoveryReport, Node, NodeState, Outcome, Scope, Unread,
};

/// The code of the cause of what a file of a dataset does not tell, as it is damaged or could
/// not be read.
pub(crate) const DAMAGED: &str = "Damaged";

/// Nodes, each with the outcome of reading it.
pub(crate) type NodeStates = Vec<(Node, Outcome<NodeState>)>;

/// What nodes are turned into on the threads that read them, where an answer needs no more
/// of them.
pub(crate) trait NodeFold: Send + Sync + 'static {
    /// A part of the answer. Parts come in the order of their nodes.
    type Part: Send + 'static;

    /// A part without nodes.
    fn start(&self) -> Self::Part;

    /// One more node of a part.
    fn add_node(&self, part: &mut Self::Part, node: Node, outcome: Outcome<NodeState>);
}

/// What a stream reports beside its items.
#[derive(Debug, Clone)]
pub(crate) enum Event<T> {
    Item(T),
    /// The events that follow are those of this account and region, up to the next one.
    /// Sent for each that is read, in whole or in part.
    Location {
        location: Arc<AccountRegion>,
        /// Are there listed ids of which it did not tell whether they are there?
        has_uncertain_ids: bool,
    },
    /// Everything of this account and region was sent, whatever of it could be read.
    LocationEnd(Arc<AccountRegion>),
    /// How the nodes of an account and region were found. Sent once for each
    /// location that runs discovery.
    Discovery(Arc<AccountRegion>, DiscoveryReport),
    /// A location, account or profile that could not be read.
    Unread(Unread),
    /// Regions and accounts that are left out on purpose.
    Skipped(Vec<Scope>),
    /// An auxiliary call failed, so some columns stay empty.
    MissingColumns(MissingColumns),
    /// Listed nodes that do not match the selector.
    Excluded(Vec<Arc<str>>),
    /// Every location was read, and no node is selected: why, and what to type instead.
    NothingSelected(Box<str>),
    /// Who asked, one for each profile. Sent first, if the plan asks for it.
    Callers(Vec<CallerReport>),
    /// The operating systems of the baselines of a location that patch groups have several
    /// of, where they are known. Sent after its nodes, if the plan asks for it.
    BaselineSystems(Arc<AccountRegion>, BTreeMap<Box<str>, OperatingSystem>),
    /// Patch groups whose nodes were scanned with different baselines. Sent
    /// after all nodes, if the plan asks for it.
    BaselineConflicts(Vec<BaselineConflict>),
    /// Why some release dates of a location are missing. Sent after its nodes.
    ReleaseDatesMissing(Arc<AccountRegion>, Cause),
}

impl<T> Event<T> {
    /// The same event with what is made of its item.
    pub(crate) fn map_item<U>(self, map: impl FnOnce(T) -> U) -> Event<U> {
        match self {
            Self::Item(item) => Event::Item(map(item)),
            Self::Location {
                location,
                has_uncertain_ids,
            } => Event::Location {
                location,
                has_uncertain_ids,
            },
            Self::LocationEnd(location) => Event::LocationEnd(location),
            Self::Discovery(location, report) => Event::Discovery(location, report),
            Self::Unread(unread) => Event::Unread(unread),
            Self::Skipped(scopes) => Event::Skipped(scopes),
            Self::MissingColumns(missing) => Event::MissingColumns(missing),
            Self::Excluded(ids) => Event::Excluded(ids),
            Self::NothingSelected(cause) => Event::NothingSelected(cause),
            Self::Callers(callers) => Event::Callers(callers),
            Self::BaselineSystems(location, systems) => Event::BaselineSystems(location, systems),
            Self::BaselineConflicts(conflicts) => Event::BaselineConflicts(conflicts),
            Self::ReleaseDatesMissing(location, cause) => {
                Event::ReleaseDatesMissing(location, cause)
            }
        }
    }
}

/// An auxiliary call that failed, and the columns that stay empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MissingColumns {
    pub columns: Box<str>,
    pub reason: String,
}

/// What is read of one node's patches.
#[derive(Debug, Clone)]
pub(crate) enum PatchEvent {
    /// Some of its rows, filtered.
    Rows(Filtered),
    /// The last event of a node, with the outcome. Sent once for every node.
    End(NodeEnd),
}

/// How reading one node's patches ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NodeEnd {
    pub node: Node,
    pub outcome: Outcome<()>,
    /// Its state, if the plan asks for states too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

impl NodeEnd {
    /// The end of a node whose state was not requested.
    #[must_use]
    pub(crate) fn new(node: Node, outcome: Outcome<()>) -> Self {
        Self {
            node,
            outcome,
            state: None,
        }
    }
}

/// Items that may contain the states of nodes.
pub(crate) trait Judged {
    fn each_state(&self, each: impl FnMut(&Node, &NodeState));
}

impl Judged for NodeStates {
    fn each_state(&self, mut each: impl FnMut(&Node, &NodeState)) {
        for (node, outcome) in self {
            if let Outcome::Answered(state) = outcome {
                each(node, state);
            }
        }
    }
}

impl Judged for PatchEvent {
    fn each_state(&self, mut each: impl FnMut(&Node, &NodeState)) {
        if let Self::End(NodeEnd {
            node,
            state: Some(state),
            ..
        }) = self
            && let Outcome::Answered(state) = &**state
        {
            each(node, state);
        }
    }
}
