//! Evaluates one node against each rule, with waivers and without. Pure. If
//! data is missing, the outcome is never the better one.

use crate::compliance::verdict;
use crate::compliance::verdict::{AvailableUpdates, Verdict, VerdictOptions, available_updates};
use crate::gate::outcome::{CandidatePatch, CountRange, RuleOutcome, WaiverMode};
use crate::gate::patch_age::patch_age;
use crate::gate::{CountThreshold, PatchCriteria, PatchKind, Rule, RuleSet, UnknownAge};
use crate::plan::filter::state_counter;
use crate::record::{NodeInfo, NodeState, PatchState};
use crate::report::StateRow;

/// A node with all data about it.
pub(super) struct NodeEvaluation<'a> {
    pub row: &'a StateRow,
    pub patches: Vec<CandidatePatch<'a>>,
    /// Were its patches read to the end, or not needed?
    pub is_complete: bool,
    /// Are there earlier runs that cannot be used, and may have seen its patches earlier?
    pub lacks_earlier_runs: bool,
    /// Are there waivers that cover single patches?
    pub has_patch_waivers: bool,
    pub rule_set: &'a RuleSet,
    pub options: VerdictOptions,
}

/// The four kinds that make a node non-compliant whatever its baseline
/// specifies.
const NON_COMPLIANT_KINDS: [PatchKind; 4] = [
    PatchKind::Missing,
    PatchKind::Failed,
    PatchKind::Rejected,
    PatchKind::PendingReboot,
];

/// Why a node's patches are less complete than its counters.
pub(super) const PATCHES_NOT_READ: &str = "its patches could not be read to the end";

impl<'a> NodeEvaluation<'a> {
    pub(super) fn state(&self) -> Option<&'a NodeState> {
        self.row.state()
    }

    /// "no patch data: ..."
    pub(super) fn missing_state_outcome(&self) -> RuleOutcome {
        RuleOutcome::Unknown(self.row.judgement.reasons.clone())
    }

    /// Why its last scan is stale, if it is.
    fn stale_reason(&self) -> Option<String> {
        let (_, old) = verdict::scan_age(self.state()?, &self.options);
        old.map(|old| old.to_string())
    }

    pub(super) fn is_below_min_severity(&self, row: &CandidatePatch<'_>) -> bool {
        let least = self.rule_set.min_severity;
        least.is_some_and(|least| row.severity < least)
    }

    pub(super) fn is_counted(&self, row: &CandidatePatch<'_>, with: WaiverMode) -> bool {
        !self.is_below_min_severity(row) && (with == WaiverMode::Ignore || row.waiver.is_none())
    }

    /// Does the verdict depend on fewer patches than the counters count?
    fn excludes_patches(&self, with: WaiverMode) -> bool {
        self.rule_set.min_severity.is_some()
            || (self.has_patch_waivers && with == WaiverMode::Apply)
    }

    /// The node's counter. Only Windows counts available security updates: for
    /// other systems an absent one is a zero.
    fn counter(&self, of: PatchKind) -> Option<u64> {
        let state = self.state()?;
        let counter = state_counter(state, &of.state());
        let has_no_counter = self
            .row
            .subject
            .info()
            .is_some_and(NodeInfo::is_not_windows);
        match of {
            PatchKind::Unapproved if state.unreadable_counter(&of.state()).is_none() => {
                counter.or(has_no_counter.then_some(0))
            }
            _ => counter,
        }
    }

    pub(super) fn count_range(&self, of: PatchKind, with: WaiverMode) -> CountRange {
        let mut tally = CountRange {
            min: 0,
            max: None,
            unlisted: 0,
            waived: 0,
            below_min_severity: 0,
        };
        let mut listed = 0;
        let state = of.state();
        let rows = self.patches.iter().filter(|row| row.patch.state == state);
        let mut rows: Vec<&CandidatePatch<'_>> = rows.collect();
        rows.sort_by_key(|row| row.identity());
        // A patch that is listed twice is one, as severe as the worse of its
        // rows.
        for same in rows.chunk_by(|one, other| one.identity() == other.identity()) {
            listed += 1;
            if same.iter().any(|row| self.is_counted(row, with)) {
                tally.min += 1;
            } else if same.iter().all(|row| self.is_below_min_severity(row)) {
                tally.below_min_severity += 1;
            } else {
                tally.waived += 1;
            }
        }
        if let Some(counter) = self.counter(of) {
            // A row that was counted and is not listed is never waived.
            tally.unlisted = counter.saturating_sub(listed);
            tally.max = Some(tally.min + tally.unlisted);
            if self.is_complete || !self.excludes_patches(with) {
                tally.min += tally.unlisted;
            }
        }
        tally
    }

    /// Why the number of patches of a kind is unknown.
    pub(super) fn describe_missing_counter(&self, of: PatchKind) -> String {
        let unreadable =
            |state: &NodeState| Some(state.unreadable_counter(&of.state())?.to_string());
        self.state()
            .and_then(unreadable)
            .unwrap_or_else(|| of.describe_not_reported())
    }

    /// The kinds that count against a node by AWS's rule.
    fn non_compliant_kinds(&self) -> Vec<PatchKind> {
        let mut kinds = NON_COMPLIANT_KINDS.to_vec();
        if let Some(state) = self.state()
            && matches!(available_updates(state), AvailableUpdates::NonCompliant(_))
        {
            kinds.push(PatchKind::Unapproved);
        }
        kinds
    }

    /// The kinds of patches for which it violates the rule.
    pub(super) fn violating_kinds(&self, rule: Rule) -> Vec<PatchKind> {
        match rule {
            Rule::NonCompliant | Rule::CompliantShare(_) => {
                let mut kinds = self.non_compliant_kinds();
                kinds.retain(|of| self.count_range(*of, WaiverMode::Apply).min > 0);
                kinds
            }
            Rule::Count(of, _) | Rule::Patch(of, _) => vec![of],
            Rule::Overdue(_) | Rule::DueWithin(_) => self.due_kinds(rule),
            _ => Vec::new(),
        }
    }

    /// Were patches read of every kind for which it violates the rule?
    pub(super) fn lists_all_violating_kinds(&self, rule: Rule) -> bool {
        let is_listed = |of: &PatchKind| {
            let mut rows = self.patches.iter();
            rows.any(|row| row.patch.state == of.state())
        };
        // If the verdict depends on patches, those of every kind are read.
        rule != Rule::NonCompliant
            || self.excludes_patches(WaiverMode::Apply)
            || self.violating_kinds(rule).iter().all(is_listed)
    }

    /// Would the rule count this patch, apart from waivers?
    pub(super) fn rule_matches_patch(&self, rule: Rule, row: &CandidatePatch<'_>) -> bool {
        let state = &row.patch.state;
        !self.is_below_min_severity(row)
            && match rule {
                Rule::NonCompliant | Rule::CompliantShare(_) => self
                    .non_compliant_kinds()
                    .iter()
                    .any(|of| of.state() == *state),
                Rule::Count(of, _) => of.state() == *state,
                Rule::Patch(
                    of,
                    PatchCriteria {
                        min_severity,
                        older_than,
                    },
                ) => {
                    let age = patch_age(row.patch, self.options.now);
                    let counts_undated = self.rule_set.unknown_age != UnknownAge::Ignore;
                    of.state() == *state
                        && min_severity.is_none_or(|least| row.severity >= least)
                        && older_than
                            .is_none_or(|limit| age.map_or(counts_undated, |age| age > limit))
                }
                Rule::Overdue(_) | Rule::DueWithin(_) => self.due_rule_matches(rule, row),
                Rule::Stale
                | Rule::NoData
                | Rule::Unread
                | Rule::BaselineDiffers
                | Rule::Unmanaged => false,
            }
    }

    /// The outcome of the rule for this node alone. For rules on the whole
    /// fleet: does the node count as compliant?
    pub(super) fn evaluate(&self, rule: Rule, with: WaiverMode) -> RuleOutcome {
        match rule {
            Rule::NonCompliant => self.evaluate_non_compliant(with),
            Rule::Stale => match (self.state(), self.stale_reason()) {
                (Some(_), Some(cause)) => RuleOutcome::Fail(cause),
                (None, _) if self.options.max_age.0.is_some() => self.missing_state_outcome(),
                _ => RuleOutcome::Pass,
            },
            Rule::NoData => self.evaluate_no_data(),
            Rule::Count(of, bound) => {
                let tally = self.count_range(of, with);
                if bound.is_violated(tally.min) {
                    RuleOutcome::Fail(tally.describe(of, tally.min))
                } else if self.state().is_none() {
                    self.missing_state_outcome()
                } else if tally.max.is_none() {
                    RuleOutcome::Unknown(self.describe_missing_counter(of))
                } else if tally.max.is_some_and(|most| bound.is_violated(most)) {
                    let count = of.describe_count(tally.max.unwrap_or_default());
                    RuleOutcome::Unknown(format!("{count} at most; {PATCHES_NOT_READ}"))
                } else {
                    RuleOutcome::Pass
                }
            }
            Rule::Patch(of, criteria) => self.evaluate_patches(of, criteria, with),
            Rule::Overdue(threshold) => self.evaluate_due(rule, threshold, with),
            Rule::DueWithin(_) => self.evaluate_due(rule, CountThreshold::Above(0), with),
            Rule::CompliantShare(_) => match self.row.judgement.verdict {
                Verdict::NoData => RuleOutcome::Fail(self.row.judgement.reasons.clone()),
                Verdict::Unread => self.missing_state_outcome(),
                Verdict::Compliant | Verdict::NonCompliant | Verdict::Stale => {
                    match (self.evaluate_non_compliant(with), self.stale_reason()) {
                        (RuleOutcome::Pass, Some(cause)) => RuleOutcome::Fail(cause),
                        (answer, _) => answer,
                    }
                }
            },
            Rule::BaselineDiffers => self.evaluate_baseline(),
            Rule::Unread | Rule::Unmanaged => RuleOutcome::Pass,
        }
    }

    /// Differing baselines are reported once all nodes are known. A node
    /// without a record, or with an unreadable baseline, may be one that
    /// differs.
    fn evaluate_baseline(&self) -> RuleOutcome {
        match self.state() {
            None if self.row.judgement.verdict == Verdict::NoData => self.missing_state_outcome(),
            None => RuleOutcome::Pass,
            Some(state) => {
                let fields = ["PatchGroup", "BaselineId"].into_iter();
                let mut unreadable = fields.filter_map(|field| state.unreadable_field(field));
                if let Some(unreadable) = unreadable.next() {
                    return RuleOutcome::Unknown(unreadable.to_string());
                }
                let has =
                    |field: &Option<Box<str>>| field.as_deref().is_some_and(|s| !s.is_empty());
                if has(&state.patch_group) && !has(&state.baseline_id) {
                    return RuleOutcome::Unknown("its record has no BaselineId".to_owned());
                }
                RuleOutcome::Pass
            }
        }
    }

    /// Is the outcome unknown under a rule that finds nothing about the node?
    /// Its record may be missing, or have another baseline.
    pub(super) fn may_hide_violation(&self, rule: Rule) -> bool {
        matches!(rule, Rule::NoData | Rule::BaselineDiffers)
            && self.row.judgement.verdict == Verdict::Unread
            && self.state().is_none()
    }

    /// A non-compliant node whose record is incomplete violates this rule too:
    /// the missing data may be worse.
    fn evaluate_no_data(&self) -> RuleOutcome {
        let judgement = &self.row.judgement;
        let state = match (judgement.verdict, self.state()) {
            (Verdict::NoData, _) => return RuleOutcome::Fail(judgement.reasons.clone()),
            (Verdict::NonCompliant, Some(state)) => state,
            _ => return RuleOutcome::Pass,
        };
        let of = NON_COMPLIANT_KINDS
            .into_iter()
            .filter(|of| self.counter(*of).is_none());
        let mut lacking: Vec<String> = of.map(|of| self.describe_missing_counter(of)).collect();
        // The response about a baseline that could not be read may have had no data.
        let mut unread = None;
        match available_updates(state) {
            AvailableUpdates::Unknown(cause, Verdict::Unread) => unread = Some(cause),
            AvailableUpdates::Unknown(cause, _) => lacking.push(cause),
            AvailableUpdates::Ignored | AvailableUpdates::NonCompliant(_) => {}
        }
        lacking.extend(unreadable_non_counters(state));
        match unread {
            _ if !lacking.is_empty() => RuleOutcome::Fail(lacking.join(", ")),
            Some(cause) => RuleOutcome::Unknown(cause),
            None => RuleOutcome::Pass,
        }
    }

    fn evaluate_non_compliant(&self, with: WaiverMode) -> RuleOutcome {
        let judgement = &self.row.judgement;
        let (Some(state), reasons) = (self.state(), &judgement.reasons) else {
            return self.missing_state_outcome();
        };
        match judgement.verdict {
            Verdict::Compliant | Verdict::Stale => return self.evaluate_listed_patches(with),
            Verdict::NoData | Verdict::Unread => return self.missing_state_outcome(),
            Verdict::NonCompliant if !self.excludes_patches(with) => {
                return RuleOutcome::Fail(reasons.clone());
            }
            Verdict::NonCompliant => {}
        }
        let tallies: Vec<(PatchKind, CountRange)> = self
            .non_compliant_kinds()
            .into_iter()
            .map(|of| (of, self.count_range(of, with)))
            .collect();
        let bad: Vec<String> = tallies
            .iter()
            .filter(|(_, tally)| tally.min > 0)
            .map(|(of, tally)| tally.describe(*of, tally.min))
            .collect();
        if !bad.is_empty() {
            return RuleOutcome::Fail(bad.join(", "));
        }
        let is_counted = |of: &PatchKind| self.counter(*of).is_some_and(|n| n > 0);
        if self.patches.is_empty() && !tallies.iter().any(|(of, _)| is_counted(of)) {
            // AWS's own counts contradict the others: there is nothing to
            // waive.
            return RuleOutcome::Fail(reasons.clone());
        }
        let mut doubts: Vec<String> = tallies
            .iter()
            .filter_map(|(of, tally)| match tally.max {
                None => Some(self.describe_missing_counter(*of)),
                Some(0) => None,
                Some(most) => Some(format!(
                    "{} at most; {PATCHES_NOT_READ}",
                    of.describe_count(most)
                )),
            })
            .collect();
        if let AvailableUpdates::Unknown(cause, _) = available_updates(state) {
            doubts.push(cause);
        }
        doubts.extend(unreadable_non_counters(state));
        if doubts.is_empty() {
            RuleOutcome::Pass
        } else {
            RuleOutcome::Unknown(doubts.join(", "))
        }
    }

    /// A node that is compliant by its counters and not by its list: the worse
    /// half is used.
    fn evaluate_listed_patches(&self, with: WaiverMode) -> RuleOutcome {
        let tallies = self
            .non_compliant_kinds()
            .into_iter()
            .map(|of| (of, self.count_range(of, with)));
        let bad: Vec<String> = tallies
            .filter(|(_, tally)| tally.min > 0)
            .map(|(of, tally)| tally.describe(of, tally.min))
            .collect();
        if bad.is_empty() {
            return RuleOutcome::Pass;
        }
        let bad = bad.join(", ");
        RuleOutcome::Fail(format!("{bad} by its list, none by its counters"))
    }
}

/// The unreadable fields of a record that are no counters of patches by state:
/// those are reported where they are counted.
fn unreadable_non_counters(state: &NodeState) -> impl Iterator<Item = String> {
    let counters = PatchState::DOCUMENTED.map(|of| of.counter_name());
    let unreadable = state.unreadable_fields.iter();
    unreadable
        .filter(move |unreadable| !counters.contains(&Some(&*unreadable.field)))
        .map(ToString::to_string)
}
