//! The answer of `report`: the fleet as one document, section by section. Every renderer
//! gets exactly this; `fleet/builder.rs` makes it.

mod ages;
mod builder;
mod definitions;
mod due_dates;
mod evidence;
mod history;

use crate::aggregate::closure::{NodeSnapshot, SampleRow};
use crate::aggregate::trend::TrendRow;
use crate::compliance::baseline_conflict::BaselineConflict;
use crate::compliance::verdict::Verdict;
use crate::exit::Exit;
use crate::gate::waiver::{RemarkKind, WaiverRemark};
use crate::gate::{GateReport, GateStatus, WaivedFinding};
use crate::record::NodeState;
use crate::report::{
    Coverage, Footer, NodeGroup, Note, NoteKind, NoteLevel, PatchAggregateRow, PatchRow, StateRow,
    notes,
};

pub use self::ages::{AGE_CLASSES, SeverityAges};
pub use self::builder::{FleetOptions, FleetReportBuilder};
pub use self::definitions::Definition;
use self::definitions::{DEFINITIONS, HISTORY_DEFINITIONS};
pub use self::due_dates::{DueCounts, DueDates};
pub use self::evidence::{AccountEvidence, Clock, Evidence};
pub use self::history::FleetHistory;

/// The whole document. Figures are of all selected nodes; nothing filters them.
#[derive(Debug, Clone)]
pub struct FleetReport {
    pub evidence: Evidence,
    /// Which nodes it covers, and what kept it from more.
    pub coverage: Coverage,
    /// All nodes as one group: the fleet's share of compliant nodes, and its counts.
    pub total: NodeGroup,
    /// One for each `--by`.
    pub groupings: Vec<Grouping>,
    /// Every severity, from the most severe down.
    pub severities: Vec<SeverityAges>,
    /// Nodes whose patches are not known: no figure of patches counts them.
    pub unlisted_nodes: u64,
    /// `None` where no severity has a time limit.
    pub due_dates: Option<DueDates>,
    /// With a dataset that has runs.
    pub history: Option<FleetHistory>,
    /// The patches that most nodes lack, and the CVEs that they fix.
    pub missing_patches: TopRows,
    pub cves: TopRows,
    /// Patch groups whose nodes were scanned with different baselines.
    pub conflicts: Vec<BaselineConflict>,
    /// `None` where no rules were given.
    pub gate: Option<GateReport>,
    /// Accepted findings, each with the waiver that covers it.
    pub waived: Vec<WaivedFinding>,
    /// Waivers that have expired, match nothing, or cover a finding in part.
    pub waiver_remarks: Vec<WaiverRemark>,
    /// Every node, and every region and account that could not be read: what to act on
    /// first.
    pub nodes: Vec<StateRow>,
    /// Every patch that a node lacks or should not have, the worst first.
    pub patches: Vec<PatchRow>,
    /// Sections of the worst show as many rows.
    pub top: usize,
}

/// The nodes by what they have in common, the worst group first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// As `--by` is typed: `platform`, `tag:Team`.
    pub by: String,
    pub groups: Vec<NodeGroup>,
}

/// The first rows of a longer list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TopRows {
    pub rows: Vec<PatchAggregateRow>,
    /// How many there are in all.
    pub total: u64,
}

impl FleetReport {
    /// The nodes with one of these verdicts, in the order of all nodes.
    pub fn nodes_with(&self, verdict: Verdict) -> impl Iterator<Item = &StateRow> {
        let nodes = self.nodes.iter();
        nodes.filter(move |row| row.subject.node().is_some() && row.judgement.verdict == verdict)
    }

    /// The first of the non-compliant nodes.
    pub fn worst_nodes(&self) -> impl Iterator<Item = &StateRow> {
        self.nodes_with(Verdict::NonCompliant).take(self.top)
    }

    /// The nodes on which patches wait for a reboot.
    pub fn pending_reboots(&self) -> impl Iterator<Item = &StateRow> {
        let is_pending =
            |row: &&StateRow| row.state().and_then(NodeState::is_reboot_pending) == Some(true);
        self.nodes.iter().filter(is_pending)
    }

    /// Waivers that have expired.
    pub fn expired_waivers(&self) -> impl Iterator<Item = &WaiverRemark> {
        let is_expired = |remark: &&WaiverRemark| matches!(remark.kind, RemarkKind::Expired { .. });
        self.waiver_remarks.iter().filter(is_expired)
    }

    /// The first of the overdue patches, the longest overdue first.
    #[must_use]
    pub fn most_overdue(&self) -> Vec<&PatchRow> {
        let mut rows: Vec<&PatchRow> = self.patches.iter().filter(|row| row.is_overdue()).collect();
        // Stable: of one date, the worst stays first.
        rows.sort_by_key(|row| row.due().map(|due| due.date));
        rows.truncate(self.top);
        rows
    }

    /// Nodes that the selection leaves out: those that its exclusions name, and listed ones
    /// that its criteria do not match.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        let excluded = self.coverage.discovery.iter();
        let excluded: u64 = excluded.filter_map(|report| report.excluded_nodes).sum();
        excluded + self.coverage.unmatched_ids.len() as u64
    }

    /// The evidence for a sample; nothing without one.
    #[must_use]
    pub fn sample(&self) -> (&[SampleRow], &[NodeSnapshot]) {
        let evidence = self.history.as_ref().and_then(|of| of.sample.as_ref());
        evidence.map_or((&[], &[]), |of| (&of.rows, &of.snapshots))
    }

    /// How the nodes stood at each snapshot of a dataset.
    pub fn trend(&self) -> impl Iterator<Item = TrendRow> {
        self.history
            .iter()
            .flat_map(|history| history.trend.totals())
    }

    /// What its figures mean.
    pub fn definitions(&self) -> impl Iterator<Item = &'static Definition> {
        let of_history = self.history.iter().flat_map(|_| HISTORY_DEFINITIONS);
        DEFINITIONS.iter().chain(of_history)
    }

    /// What there is to say beside the sections.
    #[must_use]
    pub fn remarks(&self) -> Vec<Note> {
        let mut all: Vec<Note> = Vec::new();
        if let Some(cause) = &self.evidence.interruption {
            all.push(Note::warning(format!("not everything was read: {cause}")));
        }
        all.extend(self.coverage.discovery_notes());
        all.extend(notes::unknown_callers(&self.coverage.callers));
        all.extend(notes::missing_release_dates(
            &self.coverage.missing_release_dates,
        ));
        all.extend(notes::unmatched(&self.coverage.unmatched_ids));
        all.extend(self.history.iter().flat_map(FleetHistory::remarks));
        all.retain(|note| note.level != NoteLevel::Verbose);
        all
    }
}

impl Footer for FleetReport {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty()
    }

    fn is_nothing_read(&self) -> bool {
        let is_judged = self.total.compliant + self.total.non_compliant + self.total.stale > 0;
        !is_judged && self.coverage.is_nothing_read()
    }

    // The document says the rest.
    fn notes(&self) -> Vec<Note> {
        let mut all = self.coverage.run_notes();
        if let Some(gate) = &self.gate {
            let status = gate.describe_status();
            all.push(Note::new(NoteKind::Run, NoteLevel::Info, status));
        }
        all
    }

    fn is_gate(&self) -> bool {
        self.gate.is_some()
    }

    fn exit_code(&self, is_interrupted: bool) -> Exit {
        let status = self.gate.as_ref().map(|gate| gate.status);
        if !is_interrupted && !self.is_complete() && self.is_nothing_read() {
            Exit::Error
        } else if status == Some(GateStatus::Fail) {
            Exit::GateFailed
        } else if is_interrupted || !self.is_complete() || status == Some(GateStatus::Unknown) {
            Exit::Partial
        } else {
            Exit::Success
        }
    }
}
