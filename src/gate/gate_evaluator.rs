//! Evaluates the gate: a fold over all nodes, in any order, into a report.
//! Pure.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::aggregate::first_seen::FirstSeen;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::{Verdict, VerdictOptions};
use crate::gate::baseline::{FindingBaseline, FindingPatches};
use crate::gate::node_case::{NodeCase, ScannedNode};
use crate::gate::node_evaluation::NodeEvaluation;
use crate::gate::ordering::{describe_patches, patch_refs};
use crate::gate::outcome::{CandidatePatch, RuleOutcome, WaiverMode};
use crate::gate::remedy;
use crate::gate::waiver::{Waiver, WaiverSubject, Waivers};
use crate::gate::{
    Finding, GateCounts, GateStatus, PatchRef, Rule, RuleSet, UnknownAge, WaivedFinding,
};
use crate::record::{Outcome, Patch, Scope, Subject};
use crate::report::StateRow;

/// The gate, fed with every node and every location that could not be read.
///
/// - A node that is unread, or whose patches are unread while a rule depends on
///   them, is reported under `unread`, whether that rule is given or not, and
///   nothing waives it: it may violate any rule, so the gate is unknown, unless
///   it fails.
/// - A node without data is reported under `no-data`. If that rule is not given
///   and others depend on data, the gate is unknown too.
/// - A stale node that is non-compliant violates both rules.
pub struct GateEvaluator {
    pub(super) rule_set: Arc<RuleSet>,
    pub(super) waivers: Waivers,
    pub(super) options: VerdictOptions,
    pub(super) counts: GateCounts,
    /// For each rule, in their order.
    pub(super) findings_by_rule: Vec<Vec<Finding>>,
    pub(super) unread_findings: Vec<Finding>,
    pub(super) no_data_findings: Vec<Finding>,
    /// With the index of the rule.
    pub(super) waived: Vec<(usize, WaivedFinding)>,
    /// For each rule, the nodes that count as compliant by a share, and those
    /// whose compliance is unknown.
    pub(super) share_counts: Vec<(u64, u64)>,
    /// Nodes that were scanned with a baseline, to report those that differ.
    pub(super) scanned_nodes: Vec<ScannedNode>,
    pub(super) unrated_counts: (u64, u64),
    pub(super) undated_counts: (u64, u64),
    pub(super) remarks: Vec<String>,
    pub(super) interruption: Option<String>,
    pub(super) baseline: Option<FindingBaseline>,
    /// Since when nodes lack patches, where rules count from then.
    first_seen: FirstSeen,
    /// The patches of findings, where they are compared.
    pub(super) finding_patches: FindingPatches,
}

impl GateEvaluator {
    #[must_use]
    pub fn new(rule_set: RuleSet, waivers: Waivers, options: VerdictOptions) -> Self {
        let rules = rule_set.rules().len();
        Self {
            rule_set: Arc::new(rule_set),
            waivers,
            options,
            counts: GateCounts::default(),
            findings_by_rule: vec![Vec::new(); rules],
            unread_findings: Vec::new(),
            no_data_findings: Vec::new(),
            waived: Vec::new(),
            share_counts: vec![(0, 0); rules],
            scanned_nodes: Vec::new(),
            unrated_counts: (0, 0),
            undated_counts: (0, 0),
            remarks: Vec::new(),
            interruption: None,
            baseline: None,
            first_seen: FirstSeen::default(),
            finding_patches: FindingPatches::default(),
        }
    }

    /// Does a rule count by time limits?
    #[must_use]
    pub fn has_due_rules(&self) -> bool {
        self.rule_set.has_due_rules()
    }

    /// Due dates of unknown release dates count from when a dataset first saw the patches.
    #[must_use]
    pub fn with_first_seen(mut self, first_seen: FirstSeen) -> Self {
        self.remarks.extend(first_seen.remarks());
        self.first_seen = first_seen;
        self
    }

    /// Adds one node, with those of its patches that were read and how reading
    /// them ended; or a location that could not be read. Each once.
    pub fn add_row(&mut self, row: &StateRow, patches: &[Patch], end: &Outcome<()>) {
        let Subject::Node(node) = &row.subject else {
            self.counts.unread_scopes += 1;
            let cause = row.judgement.reasons.clone();
            self.push_unread(Some(row.subject.clone()), cause);
            return;
        };
        let verdict = row.judgement.verdict;
        self.counts.asked += 1;
        self.counts.verdicts.count(verdict);
        let cause = match (verdict, end) {
            (Verdict::Unread, _) => Some(row.judgement.reasons.clone()),
            (_, Outcome::Unread(cause)) => Some(format!("its patches are unread: {}", cause.text)),
            (_, Outcome::Answered(()) | Outcome::NoData) => None,
        };
        match (verdict, &cause) {
            // Also without data: patches that are unread may be anything.
            (_, Some(_)) => self.counts.unread += 1,
            (Verdict::NoData, None) => self.counts.no_data += 1,
            (_, None) => self.counts.answered += 1,
        }
        let is_unread = cause.is_some();
        if let Some(cause) = cause {
            self.push_unread(Some(row.subject.clone()), cause);
        }
        let rule_set = self.rule_set.clone();
        let mut evaluation = NodeEvaluation {
            row,
            patches: patches
                .iter()
                .map(|patch| CandidatePatch {
                    patch,
                    severity: Severity::of_patch(patch),
                    first_seen: self.first_seen.get(patch),
                    waiver: None,
                })
                .collect(),
            is_complete: !matches!(end, Outcome::Unread(_)),
            lacks_earlier_runs: !self.first_seen.damaged.is_empty(),
            has_patch_waivers: self.waivers.has_patch_waivers(),
            rule_set: &rule_set,
            options: self.options,
        };
        let state = row.state();
        let waiver_subject = WaiverSubject {
            node,
            patch_group: state.and_then(|state| state.patch_group.as_deref()),
        };
        // For an unread node it is unknown what a waiver would hide.
        if evaluation.has_patch_waivers && state.is_some() {
            for at in 0..evaluation.patches.len() {
                let counts =
                    |rule: &Rule| evaluation.rule_matches_patch(*rule, &evaluation.patches[at]);
                if rule_set.rules().iter().any(counts) {
                    let patch = evaluation.patches[at].patch;
                    evaluation.patches[at].waiver =
                        self.waivers
                            .waive_patch(&waiver_subject, patch, self.options.now);
                }
            }
        }
        let unrated = evaluation.count_unrated();
        self.unrated_counts.0 += unrated;
        self.unrated_counts.1 += u64::from(unrated > 0);
        let ignored = evaluation.count_undated();
        self.undated_counts.0 += ignored;
        self.undated_counts.1 += u64::from(ignored > 0);
        let node_case = NodeCase {
            evaluation,
            waiver_subject,
            is_unread,
            waiver: OnceCell::new(),
        };
        for (at, rule) in rule_set.rules().iter().enumerate() {
            self.evaluate_rule(at, *rule, &node_case);
        }
        self.evaluate_missing_data(&node_case);
        if rule_set.contains(Rule::BaselineDiffers)
            && let Some(state) = state
            && let (Some(group), Some(id)) = (&state.patch_group, &state.baseline_id)
            && !id.is_empty()
        {
            self.scanned_nodes.push(ScannedNode {
                node: node.clone(),
                patch_group: group.clone(),
                baseline_id: id.clone(),
                waiver: node_case.waiver,
            });
        }
    }

    fn push_unread(&mut self, subject: Option<Subject>, cause: String) {
        self.unread_findings.push(Finding {
            remedy: remedy::for_rule(Rule::Unread, &[]),
            subject,
            status: GateStatus::Unknown,
            detail: cause,
            patches: Vec::new(),
        });
    }

    fn evaluate_rule(&mut self, at: usize, rule: Rule, case: &NodeCase<'_>) {
        let evaluation = &case.evaluation;
        let is_share = matches!(rule, Rule::CompliantShare(_));
        let before = evaluation.evaluate(rule, WaiverMode::Ignore);
        if before == RuleOutcome::Pass {
            self.share_counts[at].0 += u64::from(is_share);
            self.share_counts[at].1 += u64::from(evaluation.may_hide_violation(rule));
            return;
        }
        self.push_waived_patches(at, rule, evaluation);
        let (status, detail) = match (before, evaluation.evaluate(rule, WaiverMode::Apply)) {
            (_, RuleOutcome::Pass) => {
                self.share_counts[at].0 += u64::from(is_share);
                return;
            }
            // It is reported under `unread` or `no-data` already.
            (RuleOutcome::Unknown(_), RuleOutcome::Unknown(_))
                if case.is_already_reported() && !is_share =>
            {
                self.share_counts[at].1 += u64::from(case.is_unread);
                return;
            }
            (_, RuleOutcome::Unknown(detail)) => (GateStatus::Unknown, detail),
            (_, RuleOutcome::Fail(detail)) => (GateStatus::Fail, detail),
        };
        let rows: Vec<&CandidatePatch<'_>> = evaluation
            .patches
            .iter()
            .filter(|row| row.waiver.is_none() && evaluation.rule_matches_patch(rule, row))
            // Patches of unknown age are not the violation.
            .filter(|row| {
                status == GateStatus::Unknown
                    || !rule.is_about_ages()
                    || evaluation.rule_set.unknown_age == UnknownAge::Fail
                    || evaluation.is_age_known(rule, row)
            })
            .collect();
        self.record_patches((at, rule), evaluation, &rows);
        // Patches of only one of several kinds would look like all of them.
        let rows = if evaluation.lists_all_violating_kinds(rule) {
            rows
        } else {
            Vec::new()
        };
        let (patches, more) = patch_refs(&rows);
        let detail = format!("{detail}{more}");
        let waiver = case.waiver(&mut self.waivers, self.options.now);
        if is_share {
            let (compliant, unknown) = &mut self.share_counts[at];
            // A node with unread data is not waived.
            if waiver.is_some() && !case.is_unread {
                *compliant += 1;
            } else if waiver.is_some() || status == GateStatus::Unknown {
                *unknown += 1;
            }
        }
        if let Some(waiver) = waiver {
            self.push_waived(at, rule, evaluation.row, detail, patches, waiver);
        } else if !is_share {
            self.findings_by_rule[at].push(Finding {
                subject: Some(evaluation.row.subject.clone()),
                status,
                detail,
                patches,
                remedy: match (status, rule) {
                    (GateStatus::Fail, Rule::NoData) => {
                        remedy::for_no_data(evaluation.row.state(), evaluation.row.no_data())
                    }
                    (GateStatus::Fail, _) => {
                        remedy::for_rule(rule, &evaluation.violating_kinds(rule))
                    }
                    (GateStatus::Pass | GateStatus::Unknown, _) => remedy::for_unknown(rule),
                },
            });
        }
    }

    /// A node without data, if `no-data` is not given and other rules depend on
    /// data.
    fn evaluate_missing_data(&mut self, case: &NodeCase<'_>) {
        let (evaluation, rule_set) = (&case.evaluation, self.rule_set.clone());
        // A node that is also unread is reported under `unread` already.
        let lacks_data = evaluation.row.judgement.verdict == Verdict::NoData && !case.is_unread;
        if !lacks_data || rule_set.contains(Rule::NoData) {
            return;
        }
        let hangs = |rule: &&Rule| {
            let is_share = matches!(rule, Rule::CompliantShare(_));
            !is_share
                && matches!(
                    evaluation.evaluate(**rule, WaiverMode::Ignore),
                    RuleOutcome::Unknown(_)
                )
        };
        let Some(rule) = rule_set.rules().iter().find(hangs) else {
            return;
        };
        let detail = evaluation.row.judgement.reasons.clone();
        if let Some(waiver) = case.waiver(&mut self.waivers, self.options.now) {
            let at = rule_set.rules().len();
            let row = evaluation.row;
            self.push_waived(at, Rule::NoData, row, detail, Vec::new(), waiver);
            return;
        }
        self.no_data_findings.push(Finding {
            subject: Some(evaluation.row.subject.clone()),
            status: GateStatus::Unknown,
            detail: format!("{detail}; it may break {rule}"),
            patches: Vec::new(),
            remedy: remedy::for_no_data(evaluation.row.state(), evaluation.row.no_data()),
        });
    }

    /// Adds one finding that a waiver covers.
    fn push_waived(
        &mut self,
        at: usize,
        rule: Rule,
        row: &StateRow,
        detail: String,
        patches: Vec<PatchRef>,
        waiver: Arc<Waiver>,
    ) {
        let covered = WaivedFinding {
            rule: rule.to_string(),
            subject: Some(row.subject.clone()),
            detail,
            patches,
            waiver,
        };
        self.waived.push((at, covered));
    }

    /// Adds the patches that waivers exclude under this rule.
    fn push_waived_patches(&mut self, at: usize, rule: Rule, evaluation: &NodeEvaluation<'_>) {
        let mut by: Vec<(Arc<Waiver>, Vec<&CandidatePatch<'_>>)> = Vec::new();
        for row in evaluation
            .patches
            .iter()
            .filter(|row| evaluation.rule_matches_patch(rule, row))
        {
            let Some(waiver) = &row.waiver else { continue };
            match by.iter_mut().find(|(known, _)| known == waiver) {
                Some((_, rows)) => rows.push(row),
                None => by.push((waiver.clone(), vec![row])),
            }
        }
        for (waiver, rows) in by {
            let (patches, more) = patch_refs(&rows);
            let detail = format!("{}{more}", describe_patches(&rows));
            self.push_waived(at, rule, evaluation.row, detail, patches, waiver);
        }
    }

    /// Adds a further remark of one line.
    pub fn add_remark(&mut self, line: String) {
        self.remarks.push(line);
    }

    /// The run was interrupted: nodes that were not read may violate any rule.
    pub fn set_interruption(&mut self, cause: String) {
        self.interruption = Some(cause.clone());
        self.push_unread(None, cause);
    }

    /// A location that was read in part: it counts like one that is unread.
    pub fn add_partly_unread_scope(&mut self, scope: Scope, cause: String) {
        self.counts.unread_scopes += 1;
        self.push_unread(Some(Subject::Scope(scope)), cause);
    }
}
