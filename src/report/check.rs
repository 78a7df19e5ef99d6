//! The rows and the footer of `check`.

use std::sync::Arc;

use jiff::Timestamp;

use crate::compliance::verdict::Verdict;
use crate::exit::Exit;
use crate::gate::waiver::Waiver;
use crate::gate::{ConfiguredKey, GateEvaluator, GateReport, GateStatus, PatchRef, WaivedFinding};
use crate::record::{Node, NodeState, Subject};
use crate::report::{Coverage, Footer, NodeGroup, Note, NoteKind, NoteLevel, StateFooter, notes};

/// One finding. A rule that passes has one row, too, so that each rule has a row.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    pub rule: String,
    /// `None` of a finding that a waiver covers, or that is known.
    pub status: Option<GateStatus>,
    /// `None` where it is about all nodes.
    pub subject: Option<Subject>,
    pub detail: Option<String>,
    pub patches: Vec<PatchRef>,
    pub remedy: Option<String>,
    pub waiver: Option<Arc<Waiver>>,
    /// The earlier moment of `--since`, of a finding that stood then, too.
    pub known_since: Option<Arc<str>>,
}

impl FindingRow {
    /// The rows of a report, in its order; at the end those that waivers cover, if they
    /// are to be shown, and those that are known.
    #[must_use]
    pub fn from_report(report: &GateReport, show_waived: bool) -> Vec<Self> {
        let mut rows = Vec::new();
        for rule in &report.rules {
            let row = Self {
                rule: rule.rule.clone(),
                status: Some(rule.status),
                subject: None,
                detail: None,
                patches: Vec::new(),
                remedy: None,
                waiver: None,
                known_since: None,
            };
            if rule.findings.is_empty() {
                rows.push(row);
                continue;
            }
            rows.extend(rule.findings.iter().map(|finding| Self {
                status: Some(finding.status),
                subject: finding.subject.clone(),
                detail: Some(finding.detail.clone()),
                patches: finding.patches.clone(),
                remedy: Some(finding.remedy_line()).filter(|line| !line.is_empty()),
                ..row.clone()
            }));
        }
        let waived = report.waived.iter().filter(|_| show_waived);
        rows.extend(waived.map(Self::from_waived));
        let since = report.since.as_deref().map(Arc::<str>::from);
        rows.extend(report.known.iter().map(|known| Self {
            rule: known.rule.clone(),
            status: None,
            subject: known.finding.subject.clone(),
            detail: Some(known.finding.detail.clone()),
            patches: known.finding.patches.clone(),
            remedy: None,
            waiver: None,
            known_since: since.clone(),
        }));
        rows
    }

    fn from_waived(waived: &WaivedFinding) -> Self {
        Self {
            rule: waived.rule.clone(),
            status: None,
            subject: waived.subject.clone(),
            detail: Some(waived.detail.clone()),
            patches: waived.patches.clone(),
            remedy: None,
            waiver: Some(waived.waiver.clone()),
            known_since: None,
        }
    }
}

/// A node that was read, for findings that are imported elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadNode {
    pub node: Node,
    pub account: Arc<str>,
    pub partition: &'static str,
    pub verdict: Verdict,
    pub reasons: String,
    pub state: Option<NodeState>,
    /// When it was read.
    pub read_at: Timestamp,
}

/// What nodes were judged by, where each has a finding of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeRules {
    /// Rules and their limits: `RuleSet::describe_node_rules`.
    pub text: String,
    /// Does a rule compare nodes with others that were not all read? That a node has no
    /// finding then means nothing.
    pub lacks_others: bool,
}

/// The footer of `check`.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckFooter {
    pub coverage: Coverage,
    pub report: GateReport,
    /// Remarks of the report that repeat notes about the coverage.
    pub coverage_remarks: Vec<String>,
    /// Was a node without data read? Its patches may be unread.
    pub has_nodes_without_data: bool,
    /// All nodes as one group, for metrics.
    pub total: NodeGroup,
    /// Missing patches in the order of `Severity::ALL`, where rules read them.
    pub missing_by_severity: Option<[u64; 5]>,
    /// The nodes that were read, where each has a finding of its own.
    pub nodes: Vec<ReadNode>,
    pub node_rules: NodeRules,
}

impl CheckFooter {
    /// Finishes the gate over nodes that were read so far as `states` says.
    #[must_use]
    pub fn new(
        mut gate: GateEvaluator,
        states: StateFooter,
        configured: Vec<ConfiguredKey>,
        has_nodes_without_data: bool,
    ) -> Self {
        gate.add_conflicts(&states.conflicts);
        let coverage = states.coverage;
        for (scope, cause) in coverage.incomplete_scopes() {
            gate.add_partly_unread_scope(scope, cause);
        }
        let limitations = coverage.discovery_notes().into_iter();
        let limitations = limitations.filter(|note| note.level == NoteLevel::Warning);
        let dates = &coverage.missing_release_dates;
        gate.add_unmanaged(&coverage.discovery, coverage.unmanaged());
        let coverage_remarks: Vec<String> = limitations
            .chain(notes::unmatched(&coverage.unmatched_ids))
            .chain(notes::missing_release_dates(dates))
            .map(|note| note.to_line())
            .collect();
        for remark in &coverage_remarks {
            gate.add_remark(remark.clone());
        }
        Self {
            report: GateReport {
                configured,
                ..gate.finish()
            },
            coverage,
            coverage_remarks,
            has_nodes_without_data,
            total: NodeGroup::default(),
            missing_by_severity: None,
            nodes: Vec::new(),
            node_rules: NodeRules::default(),
        }
    }
}

impl Footer for CheckFooter {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty()
    }

    fn is_nothing_read(&self) -> bool {
        // Nodes whose patches are unread have counters all the same, and a failed rule has
        // read what fails it.
        let verdicts = self.report.nodes.verdicts;
        let is_judged = verdicts.compliant + verdicts.non_compliant + verdicts.stale > 0
            || self.has_nodes_without_data
            || self.report.status == GateStatus::Fail;
        !is_judged && self.coverage.is_nothing_read()
    }

    fn notes(&self) -> Vec<Note> {
        let report = &self.report;
        let outcome = format!("{}: {}", report.status.as_str(), report.describe_outcome());
        let mut all = vec![Note::counts(outcome)];
        let remarks = report.remarks.iter();
        let own = remarks.filter(|remark| !self.coverage_remarks.contains(remark));
        all.extend(own.map(Note::warning));
        all.extend(report.describe_passed().map(Note::counts));
        all.extend(report.describe_configured().map(Note::warning));
        all.push(Note::counts(report.nodes.describe()));
        // No format of the gate lists how nodes were found.
        let discovery = self.coverage.discovery_notes().into_iter();
        all.extend(discovery.map(|note| note.of_kind(NoteKind::Run)));
        all.extend(self.coverage.run_notes());
        let status = report.describe_status();
        all.push(Note::new(NoteKind::Run, NoteLevel::Info, status));
        all
    }

    fn is_gate(&self) -> bool {
        true
    }

    fn exit_code(&self, is_interrupted: bool) -> Exit {
        if !is_interrupted && !self.is_complete() && self.is_nothing_read() {
            Exit::Error
        } else {
            self.report.status.exit()
        }
    }
}
