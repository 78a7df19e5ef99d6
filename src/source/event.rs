//! Events of a source: what it says of nodes, wherever the records come from.

use std::sync::Arc;

use crate::plan::filter::Filtered;
use crate::record::{AccountRegion, Cause, DiscoveryReport, Node, NodeState, Outcome, Unread};

/// Some nodes, and what came back for each.
pub type NodeStates = Vec<(Node, Outcome<NodeState>)>;

/// What a stream tells beside its items.
#[derive(Debug, Clone)]
pub enum Event<T> {
    Item(T),
    /// How the nodes of a place were found. Sent once for each place that looks for nodes.
    Discovery(Arc<AccountRegion>, DiscoveryReport),
    /// A place, account or profile of which nothing can be read.
    Unread(Unread),
    /// A helper call failed, and some columns stay empty.
    MissingColumns(MissingColumns),
    /// Nodes that were listed, and are not what the selector asks for.
    Excluded(Vec<Arc<str>>),
    /// The operating system of a baseline, in AWS's word. Sent after all nodes,
    /// for the baselines of patch groups that have several.
    BaselineSystem {
        location: Arc<AccountRegion>,
        baseline_id: Box<str>,
        operating_system: Box<str>,
    },
    /// Why some release dates of a location are missing. Sent after all nodes.
    ReleaseDatesMissing(Arc<AccountRegion>, Cause),
}

/// A helper call that failed: some columns stay empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumns {
    pub columns: Box<str>,
    pub reason: String,
}

/// What comes of one node's patches.
#[derive(Debug, Clone)]
pub enum PatchEvent {
    /// Some of its rows, filtered.
    Rows(Filtered),
    /// There are no more, and this is how it ended. Sent once for every node.
    End(NodeEnd),
}

/// How the reading of one node's patches ended.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeEnd {
    pub node: Node,
    pub outcome: Outcome<()>,
    /// Its state, where that was wanted too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

impl NodeEnd {
    /// The end of a node whose state nobody wants.
    #[must_use]
    pub fn new(node: Node, outcome: Outcome<()>) -> Self {
        Self {
            node,
            outcome,
            state: None,
        }
    }
}

/// Items that may hold the states of nodes.
pub trait Judged {
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
