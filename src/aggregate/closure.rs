//! What the runs of a dataset say of each line of a sample: since when, until when, and what
//! confirms it. Pure.
//!
//! A run that could not read a node closes nothing: what was open before it is unknown.

mod builder;
mod node_runs;

use std::sync::Arc;

use crate::aggregate::history::{ExposureStatus, PatchHistory, RunTime};
use crate::aggregate::sample::SampleItem;
use crate::compliance::verdict::Verdict;
use crate::record::{AccountRegion, Due, Node};

pub use self::builder::ClosureBuilder;

/// How a line of a sample, or a patch that it names on a node, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleStatus {
    Exposure(ExposureStatus),
    /// The node lacked it when it was last read, and a later run could not read the node.
    Unknown,
    /// Runs list the patch, and none saw a node lack it.
    NeverMissing,
    /// No run has it.
    NotFound,
    /// Of a node alone: its verdict in the last run.
    Verdict(Verdict),
}

impl SampleStatus {
    /// The word printed in every format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exposure(status) => status.as_str(),
            Self::Unknown => "Unknown",
            Self::NeverMissing => "NeverMissing",
            Self::NotFound => "NotFound",
            Self::Verdict(verdict) => verdict.as_str(),
        }
    }
}

/// A row for a line of a sample: one for each patch of a node that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleRow {
    pub item: SampleItem,
    pub node: Option<Node>,
    pub status: SampleStatus,
    pub history: Option<PatchHistory>,
    /// The end of the time limit.
    pub due: Option<Due>,
    /// Was it fixed within the time limit? `None` without a limit, where that is still to be
    /// seen, and where it is not known.
    pub is_within: Option<bool>,
    pub exposed_seconds: Option<u64>,
    /// What there is to say: causes, and counts of a node alone.
    pub note: String,
}

/// What one run says of a node that a line names alone.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeSnapshot {
    pub node: Node,
    pub run: RunTime,
    /// `None` where the run does not list it.
    pub verdict: Option<Verdict>,
    /// The reasons for the verdict, or why there is none.
    pub note: String,
}

/// The evidence for a sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClosureEvidence {
    /// In the order of the sample.
    pub rows: Vec<SampleRow>,
    /// By node in the order of the sample, the oldest run first.
    pub snapshots: Vec<NodeSnapshot>,
}

impl SampleRow {
    fn new(item: &SampleItem, note: String) -> Self {
        Self {
            item: item.clone(),
            node: item.node.as_deref().map(nowhere),
            status: SampleStatus::NotFound,
            history: None,
            due: None,
            is_within: None,
            exposed_seconds: None,
            note,
        }
    }
}

/// A node that no run has.
fn nowhere(id: &str) -> Node {
    let location = AccountRegion {
        region: "".into(),
        account: None,
        account_name: None,
    };
    Node::requested(id, &Arc::new(location))
}

#[cfg(test)]
mod tests;
