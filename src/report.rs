//! The finished answer: its rows, and what stands below them.
//!
//! Knows what a report is made of. Must not know columns, formats, or where
//! records come from; every presenter is handed exactly this.

use crate::record::{Finding, Node, NodeState, Outcome, Patch, Scope, Subject, Unread, Why};
use crate::verdict::{Judgement, judge};

/// One node that was asked for, in the answer of `states`; or a region, an
/// account or a profile that could not be read at all.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    pub subject: Subject,
    pub outcome: Outcome<NodeState>,
    pub judgement: Judgement,
}

impl StateRow {
    /// Judges the outcome for one node.
    #[must_use]
    pub fn new(node: Node, outcome: Outcome<NodeState>) -> Self {
        Self {
            subject: Subject::Node(node),
            judgement: judge(&outcome),
            outcome,
        }
    }

    /// The row of a place whose nodes are not known.
    #[must_use]
    pub fn unread(scope: Scope, why: Why) -> Self {
        let outcome = Outcome::Unread(why);
        Self {
            subject: Subject::Scope(scope),
            judgement: judge(&outcome),
            outcome,
        }
    }

    /// The node's id, where the row is about one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.subject.id()
    }

    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.subject.region()
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.subject.account()
    }

    /// The record, where there is one.
    #[must_use]
    pub fn state(&self) -> Option<&NodeState> {
        match &self.outcome {
            Outcome::Answered(state) => Some(state),
            Outcome::NoData | Outcome::Unread(_) => None,
        }
    }
}

/// One row in the answer of `patches`.
#[derive(Debug, Clone, PartialEq)]
pub enum PatchRow {
    Patch(Patch),
    /// A node that has no rows because nothing is known of it or it could not
    /// be read. Without this row, a spreadsheet would take it for a clean one.
    Note {
        subject: Subject,
        note: String,
    },
}

impl PatchRow {
    /// The node, where the row is about one.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Patch(patch) => Some(&patch.node),
            Self::Note { subject, .. } => subject.node(),
        }
    }

    /// The node's id, where the row is about one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.node().map(|node| &*node.id)
    }

    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Patch(patch) => Some(&patch.node.place.region),
            Self::Note { subject, .. } => subject.region(),
        }
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Patch(patch) => patch.node.place.account.as_deref(),
            Self::Note { subject, .. } => subject.account(),
        }
    }

    #[must_use]
    pub fn patch(&self) -> Option<&Patch> {
        match self {
            Self::Patch(patch) => Some(patch),
            Self::Note { .. } => None,
        }
    }
}

/// What one operation takes in one place, in the answer of `--estimate`.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRow {
    pub region: String,
    pub account: Option<String>,
    pub operation: String,
    /// Calls that the whole answer takes.
    pub calls: u64,
    /// Calls that were made to find that out.
    pub made: u64,
    /// How long the calls take at the rate reckoned with.
    pub seconds: u64,
}

/// The counts below an answer. `asked` is always `answered + no_data + unread`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Nodes asked for, each once.
    pub asked: u64,
    /// Nodes with data that could be judged, or whose patches were read to the end.
    pub answered: u64,
    /// Nodes of which the service has no data to judge by.
    pub no_data: u64,
    /// Nodes that could not be read, in whole or in part.
    pub unread: u64,
    /// Regions, accounts and profiles whose nodes are not even known. They are
    /// no nodes and stand apart from the sum above.
    pub unread_scopes: u64,
    /// Rows printed: nodes for `states`, patches for `patches`.
    pub rows: u64,
    /// Rows that were read and did not pass the filter. Rows that the service
    /// was never asked for are not among them.
    pub hidden: u64,
    /// Nodes by verdict, where verdicts were asked for.
    pub verdicts: Option<Verdicts>,
}

/// How many nodes are compliant, and how many are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdicts {
    pub compliant: u64,
    pub non_compliant: u64,
}

/// What stands below the rows: the nodes without rows, and the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    /// How nodes were found; empty where all were named.
    pub found: Vec<Finding>,
    pub no_data: Vec<Node>,
    pub unread: Vec<Unread>,
    pub summary: Summary,
}
