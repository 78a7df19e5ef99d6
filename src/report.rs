//! The finished answer: its rows, and what stands below them.
//!
//! Knows what a report is made of. Must not know columns, formats, or where
//! records come from; every presenter is handed exactly this.

mod diagnosis;
mod group;
mod pivot;

use crate::aggregate::exposure::Exposure;
use crate::compliance::baseline_conflict::BaselineConflict;
use crate::compliance::verdict;
use crate::compliance::verdict::{Judgement, Verdict, VerdictOptions, judge};
use crate::record::{
    Cause, DiscoveryReport, Moment, Node, NodeState, Outcome, Patch, Scope, Subject, Unread,
};

pub use self::diagnosis::{Diagnosis, DoctorCounts, MissingActions};
pub use self::group::{CounterSum, GroupKey, NodeGroup};
pub use self::pivot::{PatchAggregateRow, PivotTotals};

/// One node that was asked for, in the answer of `states`; or a region, an
/// account or a profile that could not be read at all.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    pub subject: Subject,
    pub outcome: Outcome<NodeState>,
    pub judgement: Judgement,
    /// Was it scanned with another baseline than the rest of its patch group?
    /// Known only once all nodes are, and `None` where nobody asked.
    pub baseline_differs: Option<bool>,
    /// The release of the oldest patch it lacks; `None` where nobody asked, too.
    pub oldest_missing: Moment,
}

impl StateRow {
    /// Judges the outcome for one node.
    #[must_use]
    pub fn new(node: Node, outcome: Outcome<NodeState>, options: &VerdictOptions) -> Self {
        Self::from_subject(Subject::Node(node), outcome, options)
    }

    /// The row of a place whose nodes are not known.
    #[must_use]
    pub fn for_unread_scope(scope: Scope, cause: Cause, options: &VerdictOptions) -> Self {
        Self::from_subject(Subject::Scope(scope), Outcome::Unread(cause), options)
    }

    fn from_subject(
        subject: Subject,
        outcome: Outcome<NodeState>,
        options: &VerdictOptions,
    ) -> Self {
        Self {
            subject,
            judgement: judge(&outcome, options),
            outcome,
            baseline_differs: None,
            oldest_missing: None,
        }
    }

    /// How the node counts: unread also where only its baseline was, and no
    /// data where its record is nothing to judge by.
    #[must_use]
    pub fn effective_outcome(&self) -> Outcome<()> {
        match self.judgement.verdict {
            Verdict::Compliant | Verdict::NonCompliant | Verdict::Stale => Outcome::Answered(()),
            Verdict::NoData => Outcome::NoData,
            Verdict::Unread => verdict::unread_cause(&self.outcome, &self.judgement)
                .map_or(Outcome::NoData, |cause| Outcome::Unread(cause.clone())),
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
            Self::Patch(patch) => Some(&patch.node.location.region),
            Self::Note { subject, .. } => subject.region(),
        }
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Patch(patch) => patch.node.location.account.as_deref(),
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
    pub calls_made: u64,
    /// How long the calls take at the rate reckoned with.
    pub seconds: u64,
}

/// The counts below an answer. `asked` is always `answered + no_data + unread`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
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
    pub verdicts: Option<VerdictCounts>,
}

/// How many nodes are compliant, how many are not, and of how many that is old news.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    pub compliant: u64,
    pub non_compliant: u64,
    /// Compliant when last scanned, which is too long ago.
    pub stale: u64,
}

impl VerdictCounts {
    /// One more node.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Compliant => self.compliant += 1,
            Verdict::NonCompliant => self.non_compliant += 1,
            Verdict::Stale => self.stale += 1,
            Verdict::NoData | Verdict::Unread => {}
        }
    }
}

/// What stands below the rows: the nodes without rows, and the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// How nodes were found; empty where all were named.
    pub discovery: Vec<DiscoveryReport>,
    pub no_data: Vec<Node>,
    pub unread: Vec<Unread>,
    pub totals: Totals,
    /// Patch groups whose nodes were scanned with different baselines.
    pub conflicts: Vec<BaselineConflict>,
    /// What is known of each CVE that was asked for.
    pub exposures: Vec<Exposure>,
    /// What patches were counted by, where the rows are counts.
    pub pivot_totals: Option<PivotTotals>,
    /// What stands there instead, where the answer is not about nodes.
    pub diagnosis: Option<Diagnosis>,
    /// All groups as one, where the rows are groups.
    pub total_group: Option<Box<NodeGroup>>,
}

impl Footer {
    /// Were CVEs asked for, or counted?
    #[must_use]
    pub fn is_about_cves(&self) -> bool {
        let by = self.pivot_totals.map(|pivot| pivot.grouping);
        !self.exposures.is_empty() || by == Some(crate::aggregate::pivot::PatchGrouping::Cve)
    }
}
