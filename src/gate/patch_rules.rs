//! The rules on single patches of a node: their severity, and the time since
//! their release. Pure. If data is missing, the outcome is never the better
//! one.

use crate::compliance::severity::Severity;
use crate::duration::format_long;
use crate::gate::node_evaluation::{NodeEvaluation, PATCHES_NOT_READ};
use crate::gate::outcome::{CandidatePatch, RuleOutcome, WaiverMode};
use crate::gate::patch_age::patch_age;
use crate::gate::rule::severity_or_worse;
use crate::gate::{PatchKind, Rule};

impl NodeEvaluation<'_> {
    pub(super) fn evaluate_severity(
        &self,
        of: PatchKind,
        least: Severity,
        with: WaiverMode,
    ) -> RuleOutcome {
        let rule = Rule::SeverityAtLeast(of, least);
        let bad = self
            .patches
            .iter()
            .filter(|row| self.rule_matches_patch(rule, row) && self.is_counted(row, with));
        let bad = CandidatePatch::count_distinct(bad);
        if bad > 0 {
            return RuleOutcome::Fail(format!(
                "{} rated {}",
                of.describe_count(bad),
                severity_or_worse(least)
            ));
        }
        if self.state().is_none() {
            return self.missing_state_outcome();
        }
        let tally = self.count_range(of, with);
        if tally.unlisted > 0 {
            let count = of.describe_count(tally.unlisted);
            let cause = if self.is_complete {
                "which the service counts and does not list"
            } else {
                PATCHES_NOT_READ
            };
            return RuleOutcome::Unknown(format!("{count} of unknown severity: {cause}"));
        }
        // Without a counter, the list may be incomplete.
        if tally.max.is_none() {
            return RuleOutcome::Unknown(self.describe_missing_counter(of));
        }
        if !self.is_complete {
            return RuleOutcome::Unknown(PATCHES_NOT_READ.to_owned());
        }
        RuleOutcome::Pass
    }

    pub(super) fn evaluate_patch_age(&self, seconds: u64, with: WaiverMode) -> RuleOutcome {
        let rule = Rule::PatchOlderThan(seconds);
        let now = self.options.now;
        let rows = self
            .patches
            .iter()
            .filter(|row| self.rule_matches_patch(rule, row) && self.is_counted(row, with));
        let (dated, undated): (Vec<_>, Vec<_>) =
            rows.partition(|row| patch_age(row.patch, now).is_some());
        let old = CandidatePatch::count_distinct(dated.iter().copied());
        let ages = dated.iter().filter_map(|row| patch_age(row.patch, now));
        let oldest = ages.max().unwrap_or(0);
        let (ahead, unreported): (Vec<&CandidatePatch<'_>>, Vec<_>) = undated
            .into_iter()
            .partition(|row| row.patch.release_date.is_some());
        let (ahead, unreported) = (
            CandidatePatch::count_distinct(ahead.into_iter()),
            CandidatePatch::count_distinct(unreported.into_iter()),
        );
        let unknown = ahead + unreported;
        let describe = |n| PatchKind::Missing.describe_count(n);
        let mut causes = Vec::new();
        if unreported > 0 {
            causes.push(format!(
                "{} of unknown age: AWS reports release dates of Windows updates only",
                describe(unreported)
            ));
        }
        if ahead > 0 {
            causes.push(format!(
                "{} of unknown age: the release date is in the future",
                describe(ahead)
            ));
        }
        let undated = causes.join("; ");
        if old > 0 {
            let mut detail = format!(
                "{} released more than {} ago, the oldest {} ago",
                describe(old),
                format_long(seconds),
                format_long(oldest)
            );
            if unknown > 0 {
                detail = format!("{detail}; {undated}");
            }
            return RuleOutcome::Fail(detail);
        }
        if self.state().is_none() {
            return self.missing_state_outcome();
        }
        let tally = self.count_range(PatchKind::Missing, with);
        if unknown > 0 {
            RuleOutcome::Unknown(undated)
        } else if tally.max.is_none() {
            RuleOutcome::Unknown(self.describe_missing_counter(PatchKind::Missing))
        } else if !self.is_complete {
            RuleOutcome::Unknown(PATCHES_NOT_READ.to_owned())
        } else if tally.unlisted > 0 {
            RuleOutcome::Unknown(format!(
                "{} of unknown age: the service counts them and does not list them",
                describe(tally.unlisted)
            ))
        } else {
            RuleOutcome::Pass
        }
    }
}
