//! The rows of `patches --by`.

use crate::aggregate::pivot::PatchAggregate;
use crate::record::{Node, Subject};

/// One row in the answer of `patches --by`.
#[derive(Debug, Clone, PartialEq)]
pub enum PatchAggregateRow {
    Aggregate(PatchAggregate),
    /// A node that no row could count, because nothing is known of it or it
    /// could not be read.
    Note {
        subject: Subject,
        note: String,
    },
}

impl PatchAggregateRow {
    #[must_use]
    pub fn aggregate(&self) -> Option<&PatchAggregate> {
        match self {
            Self::Aggregate(group) => Some(group),
            Self::Note { .. } => None,
        }
    }

    /// The node, where the row is about one.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Aggregate(group) => group.node(),
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
            Self::Aggregate(group) => group.node().map(|node| &*node.location.region),
            Self::Note { subject, .. } => subject.region(),
        }
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Aggregate(group) => group.node()?.location.account.as_deref(),
            Self::Note { subject, .. } => subject.account(),
        }
    }
}
