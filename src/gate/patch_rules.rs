//! The rules on single patches of a node: their severity, and the time since
//! their release. Pure. If data is missing, the outcome is never the better
//! one.

use crate::compliance::severity::Severity;
use crate::duration::format_long;
use crate::gate::node_evaluation::{NodeEvaluation, PATCHES_NOT_READ};
use crate::gate::outcome::{CandidatePatch, RuleOutcome, WaiverMode};
use crate::gate::patch_age::patch_age;
use crate::gate::rule::severity_or_worse;
use crate::gate::{PatchCriteria, PatchKind, Rule, UnknownAge};
use crate::record::PatchState;

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

    /// The number of its patches that a rule ignores because their age is unknown.
    pub(super) fn count_undated(&self) -> u64 {
        if self.rule_set.unknown_age != UnknownAge::Ignore {
            return 0;
        }
        let is_undated = |row: &&CandidatePatch<'_>| {
            let matches = |rule: &Rule| match *rule {
                Rule::Patch(of, criteria) if criteria.older_than.is_some() => {
                    let older_than = None;
                    self.rule_matches_patch(
                        Rule::Patch(
                            of,
                            PatchCriteria {
                                older_than,
                                ..criteria
                            },
                        ),
                        row,
                    )
                }
                Rule::Overdue(_) | Rule::DueWithin(_) => {
                    !self.is_below_min_severity(row) && self.is_due_date_unknown(row)
                }
                _ => false,
            };
            patch_age(row.patch, self.options.now).is_none()
                && self.rule_set.rules().iter().any(matches)
        };
        CandidatePatch::count_distinct(self.patches.iter().filter(is_undated))
    }

    /// The number of its patches that a rule ignores because they are unrated.
    pub(super) fn count_unrated(&self) -> u64 {
        let rules = self.rule_set.rules();
        let by_least = |row: &CandidatePatch<'_>| {
            let counts = |rule: &Rule| match rule {
                Rule::NonCompliant | Rule::CompliantShare(_) => true,
                Rule::Count(of, _) => of.state() == row.patch.state,
                Rule::Patch(of, criteria) => {
                    criteria.min_severity.is_none() && of.state() == row.patch.state
                }
                _ => false,
            };
            self.rule_set.min_severity.is_some() && rules.iter().any(counts)
        };
        let by_rule = |row: &CandidatePatch<'_>| {
            rules.iter().any(|rule| match rule {
                Rule::Patch(of, criteria) => {
                    criteria.min_severity.is_some() && of.state() == row.patch.state
                }
                Rule::Overdue(_) | Rule::DueWithin(_) => {
                    self.rule_set.sla.limit(Severity::Unrated).is_none()
                        && PatchState::LACKING.contains(&row.patch.state)
                }
                _ => false,
            })
        };
        let unrated = self
            .patches
            .iter()
            .filter(|row| row.severity == Severity::Unrated && (by_least(row) || by_rule(row)));
        unrated.count() as u64
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
