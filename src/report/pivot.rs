//! The rows of `patches --by`.

use crate::aggregate::pivot::PatchAggregate;
use crate::record::Subject;

/// One row in the answer of `patches --by`.
#[derive(Debug, Clone, PartialEq)]
pub enum PatchAggregateRow {
    Aggregate(Box<PatchAggregate>),
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
}
