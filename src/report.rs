//! The finished answer of each command: its rows, its footer and its notes. Every
//! renderer gets exactly this.

mod check;
mod collected;
mod diagnosis;
mod diff;
mod estimate;
pub mod fleet;
mod footer;
mod group;
mod history;
pub mod notes;
mod patch_footer;
mod pivot;
mod trend;
mod verified;
pub mod worst_first;

use std::sync::Arc;

use jiff::Timestamp;

use crate::compliance::baseline_conflict::BaselineConflict;
use crate::compliance::due_date::{DueDate, Sla};
use crate::compliance::verdict;
use crate::compliance::verdict::{Judgement, Verdict, VerdictOptions, judge};
use crate::record::{
    Cause, Due, Moment, NoDataCause, Node, NodeState, Outcome, Patch, PatchState, Scope, Subject,
};

pub use self::check::{CheckFooter, FindingRow, NodeRules, ReadNode};
pub use self::collected::{CollectEnd, CollectFooter, CollectedRow, Resumed};
pub use self::diagnosis::{Diagnosis, DoctorCounts, MissingActions};
pub use self::diff::{DiffCounts, DiffFooter, DiffSide};
pub use self::estimate::{EstimateFooter, EstimateRow};
pub use self::footer::{
    Coverage, Footer, GroupFooter, RowFilterCounts, StateFooter, Totals, UnmetCondition,
    VerdictCounts,
};
pub use self::group::{CounterSum, GroupKey, NodeGroup};
pub(crate) use self::history::describe_runs;
pub use self::history::{HistoryFooter, HistoryGap, HistoryRow};
pub use self::notes::{Note, NoteKind, NoteLevel};
pub use self::patch_footer::{PatchAggregateFooter, PatchFooter, PatchStats};
pub use self::pivot::PatchAggregateRow;
pub use self::trend::TrendFooter;
pub use self::verified::VerifyFooter;

/// A row of `states`: one node, or a region, an account or a profile that could not be read.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    pub subject: Subject,
    pub outcome: Outcome<NodeState>,
    pub judgement: Judgement,
    /// Was it scanned with another baseline than the rest of its patch group? `None` where
    /// the column is not printed: it takes all nodes.
    pub baseline_differs: Option<bool>,
    /// The release of the oldest patch that it lacks.
    pub oldest_missing: Moment,
}

impl StateRow {
    /// Judges the outcome for one node.
    #[must_use]
    pub fn new(node: Node, outcome: Outcome<NodeState>, options: &VerdictOptions) -> Self {
        Self::from_subject(Subject::Node(node), outcome, options)
    }

    /// The row of a region, account or profile whose nodes are not known.
    #[must_use]
    pub fn for_unread_scope(scope: Scope, cause: Cause, options: &VerdictOptions) -> Self {
        Self::from_subject(Subject::Scope(scope), Outcome::Unread(cause), options)
    }

    fn from_subject(
        subject: Subject,
        outcome: Outcome<NodeState>,
        options: &VerdictOptions,
    ) -> Self {
        let no_data = subject.node().map(|node| node.no_data).unwrap_or_default();
        let mut judgement = judge(&outcome, no_data, options);
        let mut subject = subject;
        if let (Subject::Node(node), Verdict::NoData, Outcome::Answered(_)) =
            (&mut subject, judgement.verdict, &outcome)
        {
            node.no_data = NoDataCause::IncompleteRecord;
        }
        let scan = subject.node().and_then(|node| node.association.as_ref());
        if let Some(scan) = scan.filter(|_| options.wants_reasons) {
            judgement.reasons = format!("{}: {scan}", judgement.reasons);
        }
        Self {
            subject,
            judgement,
            outcome,
            baseline_differs: None,
            oldest_missing: None,
        }
    }

    /// How the node counts: unread also where its baseline is, and without data where its
    /// record lacks what a verdict needs.
    #[must_use]
    pub fn effective_outcome(&self) -> Outcome<()> {
        match self.judgement.verdict {
            Verdict::Compliant | Verdict::NonCompliant | Verdict::Stale => Outcome::Answered(()),
            Verdict::NoData => Outcome::NoData,
            Verdict::Unread => verdict::unread_cause(&self.outcome, &self.judgement)
                .map_or(Outcome::NoData, |cause| Outcome::Unread(cause.clone())),
        }
    }

    /// Sets the release of the oldest missing one of these patches. It stays unknown where not all were
    /// read, or one has no date or one in the future: the oldest may be that one.
    pub fn set_oldest_missing(&mut self, patches: &[Patch], end: &Outcome<()>, now: Timestamp) {
        let is_dated = |patch: &Patch| patch.release_date.is_some_and(|at| at <= now);
        let is_missing = |patch: &&Patch| patch.state == PatchState::Missing;
        let mut missing = patches.iter().filter(is_missing);
        if !matches!(end, Outcome::Unread(_)) && missing.clone().all(is_dated) {
            self.oldest_missing = missing
                .by_ref()
                .filter_map(|patch| patch.release_date)
                .min();
        }
    }

    /// Sets whether its node differs from the rest of its patch group.
    pub fn set_baseline_differs(&mut self, conflicts: &[BaselineConflict]) {
        if let (Some(node), Some(state)) = (self.subject.node(), self.state()) {
            let differs = |conflict: &BaselineConflict| conflict.contains(node, state);
            self.baseline_differs = Some(conflicts.iter().any(differs));
        }
    }

    /// Why it has no data, if it has none.
    #[must_use]
    pub fn no_data(&self) -> NoDataCause {
        let node = self.subject.node();
        node.map(|node| node.no_data).unwrap_or_default()
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

/// The last scan of a node, in brief.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeScan {
    pub baseline_id: Option<Box<str>>,
    pub time: Moment,
}

impl NodeScan {
    #[must_use]
    pub fn new(state: &NodeState) -> Self {
        Self {
            baseline_id: state.baseline_id.clone(),
            time: state.last_scan_time(),
        }
    }
}

/// Since when a node lacks a patch, as far as the runs of a dataset tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingTime {
    /// The first run that saw it, without an interruption since then.
    pub since: Timestamp,
    /// From then on until now.
    pub seconds: u64,
    /// The first run that ever saw it.
    pub first_seen: Timestamp,
}

/// One row in the answer of `patches`.
#[derive(Debug, Clone, PartialEq)]
pub enum PatchRow {
    Patch {
        patch: Patch,
        /// When it is due, where that was asked for and is known.
        due: Option<Due>,
        /// The last scan of its node, where a report has columns for it.
        scan: Option<Arc<NodeScan>>,
        /// Since when its node lacks it, where a dataset tells.
        missing: Option<Box<MissingTime>>,
    },
    /// A node without patches, because it has no data or could not be read. Without this
    /// row, it would look compliant in a spreadsheet.
    Note { subject: Subject, note: String },
}

impl PatchRow {
    /// The row of a patch, with when it is due by these limits; `first_seen` by a dataset.
    #[must_use]
    pub fn new(patch: Patch, first_seen: Moment, sla: &Sla, now: Timestamp) -> Self {
        let due = match sla.due_date_since(&patch, first_seen, now) {
            DueDate::Known(due) => Some(due),
            DueDate::None | DueDate::Unknown => None,
        };
        Self::Patch {
            patch,
            due,
            scan: None,
            missing: None,
        }
    }

    /// The same, with since when its node lacks it.
    #[must_use]
    pub fn with_missing_time(
        patch: Patch,
        missing_time: Option<MissingTime>,
        sla: &Sla,
        now: Timestamp,
    ) -> Self {
        let first_seen = missing_time.as_ref().map(|missing| missing.first_seen);
        let mut row = Self::new(patch, first_seen, sla, now);
        if let Self::Patch { missing, .. } = &mut row {
            *missing = missing_time.map(Box::new);
        }
        row
    }

    #[must_use]
    pub fn patch(&self) -> Option<&Patch> {
        match self {
            Self::Patch { patch, .. } => Some(patch),
            Self::Note { .. } => None,
        }
    }

    /// Since when its node lacks it, where a dataset tells.
    #[must_use]
    pub fn missing(&self) -> Option<&MissingTime> {
        match self {
            Self::Patch { missing, .. } => missing.as_deref(),
            Self::Note { .. } => None,
        }
    }

    /// When it is due, where that was asked for and is known.
    #[must_use]
    pub fn due(&self) -> Option<Due> {
        match self {
            Self::Patch { due, .. } => *due,
            Self::Note { .. } => None,
        }
    }

    /// Is it known to be overdue?
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.due().is_some_and(|due| due.is_overdue)
    }
}
