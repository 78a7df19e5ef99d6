//! What the gate makes of one node: whether a finding about it is open, and how severe it is.

use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::gate::{Finding, GateStatus, WaivedFinding};
use crate::report::ReadNode;

/// What the gate found of a node.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub findings: Vec<(&'a str, &'a Finding)>,
    pub waived: Vec<&'a WaivedFinding>,
}

/// What the gate makes of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Failed,
    /// Data that a rule needs is missing.
    Unknown,
    /// There is no patch data at all.
    NoData,
    /// All that was found is accepted.
    Waived,
    Passed,
}

impl Outcome {
    pub(super) fn of(read: &ReadNode, found: &Found<'_>) -> Self {
        let has = |status| {
            let mut findings = found.findings.iter();
            findings.any(|(_, finding)| finding.status == status)
        };
        if has(GateStatus::Fail) {
            Self::Failed
        } else if has(GateStatus::Unknown) && read.verdict == Verdict::NoData {
            Self::NoData
        } else if has(GateStatus::Unknown) {
            Self::Unknown
        } else if !found.waived.is_empty() {
            Self::Waived
        } else if read.verdict == Verdict::NoData {
            Self::NoData
        } else {
            Self::Passed
        }
    }

    pub(super) fn compliance(self) -> &'static str {
        match self {
            Self::Failed | Self::Waived => "FAILED",
            Self::Unknown => "WARNING",
            Self::NoData => "NOT_AVAILABLE",
            Self::Passed => "PASSED",
        }
    }

    pub(super) fn workflow(self) -> &'static str {
        match self {
            Self::Failed | Self::Unknown | Self::NoData => "NEW",
            Self::Waived => "SUPPRESSED",
            Self::Passed => "RESOLVED",
        }
    }

    /// The worst patch that was found. Without patches, what AWS counts as critical is, and
    /// the rest is in the middle: not rated is not harmless.
    pub(super) fn severity(self, read: &ReadNode, found: &Found<'_>) -> &'static str {
        let findings = found.findings.iter();
        let patches = findings.flat_map(|(_, finding)| &finding.patches);
        let patches = patches.chain(found.waived.iter().flat_map(|waived| &waived.patches));
        let worst = patches.map(|patch| patch.severity).max();
        let state = read.state.as_ref();
        let critical = state.and_then(|state| state.critical_non_compliant);
        match (self, worst) {
            (Self::Passed, _) => "INFORMATIONAL",
            (_, Some(Severity::Critical)) => "CRITICAL",
            (_, Some(Severity::Important)) => "HIGH",
            (_, Some(Severity::Medium)) => "MEDIUM",
            (_, Some(Severity::Low)) => "LOW",
            _ if critical.is_some_and(|n| n > 0) => "CRITICAL",
            _ => "MEDIUM",
        }
    }

    pub(super) fn title(self, id: &str, rules: &str, judged_by: &str) -> String {
        match self {
            Self::Failed => format!("{id} fails the patch gate: {rules}"),
            Self::Unknown => format!("{id}: data for the patch gate is missing: {rules}"),
            Self::NoData => format!("{id} has no patch data"),
            Self::Waived => format!("{id} has waived findings of the patch gate: {rules}"),
            Self::Passed => format!("{id} passes the patch gate: {judged_by}"),
        }
    }
}

/// "non-compliant, stale"
pub(super) fn rules_of(found: &Found<'_>) -> String {
    let rules = found.findings.iter().map(|(rule, _)| *rule);
    let mut rules: Vec<&str> = rules
        .chain(found.waived.iter().map(|waived| &*waived.rule))
        .collect();
    rules.dedup();
    rules.join(", ")
}
