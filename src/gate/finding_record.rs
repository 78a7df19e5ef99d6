//! What the gate keeps of findings for `check --since`.

use crate::gate::baseline::{FindingBaseline, FindingPatches, Standing};
use crate::gate::node_evaluation::NodeEvaluation;
use crate::gate::outcome::CandidatePatch;
use crate::gate::{Finding, GateEvaluator, GateStatus, KnownFinding, Rule, ShareThreshold};

impl GateEvaluator {
    /// Findings that stood at an earlier moment do not break the gate.
    #[must_use]
    pub fn with_baseline(mut self, baseline: Option<FindingBaseline>) -> Self {
        self.baseline = baseline;
        self
    }

    /// Finishes the report, as what a later one is compared with.
    #[must_use]
    pub fn into_baseline(mut self, name: String) -> FindingBaseline {
        let patches = std::mem::take(&mut self.finding_patches);
        FindingBaseline::new(name, self.finish(), patches)
    }

    /// Records the patches for which a node breaks a rule, if the rule counts patches and
    /// they are compared.
    pub(super) fn record_patches(
        &mut self,
        (at, rule): (usize, Rule),
        evaluation: &NodeEvaluation<'_>,
        rows: &[&CandidatePatch<'_>],
    ) {
        let counts_patches = matches!(
            rule,
            Rule::NonCompliant
                | Rule::Count(..)
                | Rule::Patch(..)
                | Rule::Overdue(_)
                | Rule::DueWithin(_)
        );
        if self.rule_set.compares_patches && counts_patches {
            let is_listed = evaluation.is_complete && evaluation.lists_all_violating_kinds(rule);
            let subject = &evaluation.row.subject;
            self.finding_patches.add(at, subject, rows, is_listed);
        }
    }
}

/// The findings of a rule that are new, or of which that is not known; the others go to
/// `known`.
pub(super) fn new_findings(
    baseline: &FindingBaseline,
    (at, rule): (usize, Rule),
    findings: Vec<Finding>,
    patches: &FindingPatches,
    known: &mut Vec<KnownFinding>,
) -> Vec<Finding> {
    let is_new = |mut finding: Finding| match baseline.standing((at, rule), &finding, patches) {
        Standing::New => Some(finding),
        Standing::Known => {
            let rule = rule.to_string();
            known.push(KnownFinding { rule, finding });
            None
        }
        Standing::Unknown(why) => {
            finding.status = GateStatus::Unknown;
            finding.detail = format!("{}; {why}", finding.detail);
            Some(finding)
        }
    };
    findings.into_iter().filter_map(is_new).collect()
}

/// The finding about the share of compliant nodes, unless the share was as low before.
pub(super) fn new_share_finding(
    baseline: Option<&FindingBaseline>,
    finding: Option<Finding>,
    least: ShareThreshold,
    (share, all): ((u64, u64), u64),
    known: &mut Vec<KnownFinding>,
) -> Option<Finding> {
    let finding = finding?;
    let is_known = |baseline: &FindingBaseline| baseline.has_share(least, share, all);
    if finding.status == GateStatus::Fail && baseline.is_some_and(is_known) {
        let rule = Rule::CompliantShare(least).to_string();
        known.push(KnownFinding { rule, finding });
        return None;
    }
    Some(finding)
}
