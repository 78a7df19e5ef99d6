//! The nodes of a location that a selection has, and where their rows are.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::plan::selection::NodeProperty;
use crate::record::{Cause, Node, NodeState, Outcome};
use crate::source::dataset::decode::Rows;

/// The row of a node: its file, row group and row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeRow {
    pub file: usize,
    pub group: usize,
    pub row: usize,
}

/// A listed node, in its order.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    Row(NodeRow),
    /// It has no row here.
    Absent(Box<(Node, Outcome<NodeState>)>),
}

impl Entry {
    pub(super) fn row(&self) -> Option<NodeRow> {
        match self {
            Self::Row(at) => Some(*at),
            Self::Absent(_) => None,
        }
    }
}

/// The order in which nodes are read.
#[derive(Debug)]
pub(super) enum Order {
    /// That of the files: the rows of each row group of each file.
    Files(Vec<Vec<Rows>>),
    /// That of the ids that were given.
    Listed(Vec<Entry>),
}

/// The nodes of one location that are selected.
#[derive(Debug)]
pub(super) struct Selected {
    pub order: Order,
    /// Listed nodes that are here.
    pub listed: HashMap<Arc<str>, NodeRow>,
    /// Listed ids that have a row here, whatever it says.
    pub known: HashSet<Arc<str>>,
    /// Listed ids of which the run does not know whether they are here.
    pub uncertain: Vec<(Arc<str>, Cause)>,
    /// Why no record of any node could be read, if none could: a node without a row may have
    /// one.
    pub unanswered: Option<Cause>,
    /// Running instances that are not managed; only where they were listed.
    pub unmanaged: Option<Vec<Node>>,
    /// Nodes that only exclusions leave out.
    pub excluded: u64,
    /// Nodes that may be selected, by what of them is unknown.
    pub undecided: BTreeMap<NodeProperty, Vec<Arc<str>>>,
}
