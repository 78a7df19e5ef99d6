//! The rules on single patches of a node: their severity, and the time since
//! their release. Pure. If data is missing, the outcome is never the better
//! one.

use crate::duration::format_long;
use crate::gate::node_evaluation::{NodeEvaluation, PATCHES_NOT_READ};
use crate::gate::outcome::{CandidatePatch, RuleOutcome, WaiverMode};
use crate::gate::patch_age::patch_age;
use crate::gate::rule::severity_or_worse;
use crate::gate::{PatchCriteria, PatchKind, Rule, UnknownAge};

impl NodeEvaluation<'_> {
    pub(super) fn evaluate_patches(
        &self,
        of: PatchKind,
        criteria: PatchCriteria,
        with: WaiverMode,
    ) -> RuleOutcome {
        let rule = Rule::Patch(of, criteria);
        let now = self.options.now;
        let rows = self
            .patches
            .iter()
            .filter(|row| self.rule_matches_patch(rule, row) && self.is_counted(row, with));
        let (bad, undated): (Vec<_>, Vec<_>) = rows
            .partition(|row| criteria.older_than.is_none() || patch_age(row.patch, now).is_some());
        let unknown_age = describe_undated(of, &undated);
        let count = CandidatePatch::count_distinct(bad.iter().copied());
        if count > 0 {
            let rated = criteria.min_severity.map(severity_or_worse);
            let rated = rated.map_or(String::new(), |least| format!(" rated {least}"));
            let released = criteria.older_than.map_or(String::new(), |seconds| {
                let ages = bad.iter().filter_map(|row| patch_age(row.patch, now));
                format!(
                    " released more than {} ago, the oldest {} ago",
                    format_long(seconds),
                    format_long(ages.max().unwrap_or(0))
                )
            });
            let before = if unknown_age.is_empty() { "" } else { "; " };
            let count = of.describe_count(count);
            let detail = format!("{count}{rated}{released}{before}{unknown_age}");
            return RuleOutcome::Fail(detail);
        }
        if !unknown_age.is_empty() && self.rule_set.unknown_age == UnknownAge::Fail {
            return RuleOutcome::Fail(unknown_age);
        }
        if self.state().is_none() {
            return self.missing_state_outcome();
        }
        let tally = self.count_range(of, with);
        if !unknown_age.is_empty() {
            RuleOutcome::Unknown(unknown_age)
        } else if tally.unlisted > 0 {
            let count = of.describe_count(tally.unlisted);
            let what = if criteria.min_severity.is_some() {
                "severity"
            } else {
                "age"
            };
            let cause = if self.is_complete {
                "which the service counts and does not list"
            } else {
                PATCHES_NOT_READ
            };
            RuleOutcome::Unknown(format!("{count} of unknown {what}: {cause}"))
        } else if tally.max.is_none() {
            // Without a counter, the list may be incomplete.
            RuleOutcome::Unknown(self.describe_missing_counter(of))
        } else if !self.is_complete {
            RuleOutcome::Unknown(PATCHES_NOT_READ.to_owned())
        } else {
            RuleOutcome::Pass
        }
    }
}

/// Why the age of these is unknown; empty if there are none.
fn describe_undated(of: PatchKind, undated: &[&CandidatePatch<'_>]) -> String {
    let (ahead, unreported): (Vec<_>, Vec<_>) = undated
        .iter()
        .copied()
        .partition(|row: &&CandidatePatch<'_>| row.patch.release_date.is_some());
    let causes = [
        (
            unreported,
            "AWS reports release dates of Windows updates only",
        ),
        (ahead, "the release date is in the future"),
    ];
    let causes = causes.into_iter().filter(|(rows, _)| !rows.is_empty());
    let causes = causes.map(|(rows, cause)| {
        let count = of.describe_count(CandidatePatch::count_distinct(rows.into_iter()));
        format!("{count} of unknown age: {cause}")
    });
    causes.collect::<Vec<_>>().join("; ")
}
