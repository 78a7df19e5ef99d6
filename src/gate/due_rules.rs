//! The rules on due dates of a node's patches. Pure. If data is missing, the outcome is
//! never the better one.

use jiff::SignedDuration;

use crate::compliance::due_date::DueDate;
use crate::duration::format_long;
use crate::gate::node_evaluation::{NodeEvaluation, PATCHES_NOT_READ};
use crate::gate::outcome::{CandidatePatch, RuleOutcome, WaiverMode};
use crate::gate::patch_age::patch_age;
use crate::gate::{CountThreshold, PatchKind, Rule, UnknownAge};
use crate::record::Due;
use crate::text::count;

/// The kinds of patches that a node lacks.
const LACKING_KINDS: [PatchKind; 4] = [
    PatchKind::Missing,
    PatchKind::Failed,
    PatchKind::PendingReboot,
    PatchKind::Unapproved,
];

impl NodeEvaluation<'_> {
    /// When a patch is due.
    fn due_date(&self, row: &CandidatePatch<'_>) -> DueDate {
        let first_seen = row.first_seen;
        let sla = &self.rule_set.sla;
        sla.due_date_since(row.patch, first_seen, self.options.now)
    }

    /// Does a patch break the rule, or may it, if its release date is not known?
    pub(super) fn due_rule_matches(&self, rule: Rule, row: &CandidatePatch<'_>) -> bool {
        match (rule, self.due_date(row)) {
            (Rule::Overdue(_), DueDate::Known(due)) => due.is_overdue,
            (Rule::DueWithin(seconds), DueDate::Known(due)) => {
                let span = i64::try_from(seconds).map(SignedDuration::from_secs);
                let end = span.map(|span| self.options.now.saturating_add(span));
                // Beyond the calendar, everything comes due.
                !matches!(end, Ok(Ok(end)) if due.date > end)
            }
            (_, DueDate::Unknown) => self.rule_set.unknown_age != UnknownAge::Ignore,
            (_, DueDate::None | DueDate::Known(_)) => false,
        }
    }

    /// Is known of this patch what a rule on ages asks for?
    pub(super) fn is_age_known(&self, rule: Rule, row: &CandidatePatch<'_>) -> bool {
        if rule.is_about_due_dates() {
            !self.is_due_date_unknown(row)
        } else {
            patch_age(row.patch, self.options.now).is_some()
        }
    }

    /// Has it a due date that cannot be told?
    pub(super) fn is_due_date_unknown(&self, row: &CandidatePatch<'_>) -> bool {
        self.due_date(row) == DueDate::Unknown
    }

    /// The kinds of the patches that break the rule.
    pub(super) fn due_kinds(&self, rule: Rule) -> Vec<PatchKind> {
        let breaks = |of: &PatchKind| {
            self.patches.iter().any(|row| {
                row.patch.state == of.state()
                    && self.is_counted(row, WaiverMode::Apply)
                    && self.due_rule_matches(rule, row)
            })
        };
        LACKING_KINDS.into_iter().filter(breaks).collect()
    }

    /// The outcome of a rule on due dates that this number of patches breaks.
    pub(super) fn evaluate_due(
        &self,
        rule: Rule,
        threshold: CountThreshold,
        with: WaiverMode,
    ) -> RuleOutcome {
        let rows = self.patches.iter();
        let rows =
            rows.filter(|row| self.rule_matches_patch(rule, row) && self.is_counted(row, with));
        let (undated, bad): (Vec<_>, Vec<_>) = rows.partition(|row| self.is_due_date_unknown(row));
        let known = CandidatePatch::count_distinct(bad.iter().copied());
        if threshold.is_violated(known) {
            return RuleOutcome::Fail(self.describe_due(rule, known, &bad));
        }
        let unknown = CandidatePatch::count_distinct(undated.iter().copied());
        let doubt = match unknown {
            0 => None,
            n => Some(format!("{} of unknown release date", count(n, "patch"))),
        };
        if let Some(doubt) = &doubt
            && self.rule_set.unknown_age == UnknownAge::Fail
            && threshold.is_violated(known + unknown)
        {
            return RuleOutcome::Fail(doubt.clone());
        }
        if self.state().is_none() {
            return self.missing_state_outcome();
        }
        let mut most = known + unknown;
        let mut doubts: Vec<String> = doubt.into_iter().collect();
        for of in LACKING_KINDS {
            let tally = self.count_range(of, with);
            if tally.max.is_none() {
                // Without a counter, the list may be incomplete.
                return RuleOutcome::Unknown(self.describe_missing_counter(of));
            }
            if tally.unlisted > 0 {
                most += tally.unlisted;
                let unlisted = of.describe_count(tally.unlisted);
                doubts.push(format!(
                    "{unlisted}, which the service counts and does not list"
                ));
            }
        }
        let from_first_seen = self.patches.iter().filter(|row| {
            let due = self.due_date(row);
            let counts = matches!(due, DueDate::Known(due) if due.is_from_first_seen);
            self.lacks_earlier_runs
                && counts
                && !self.due_rule_matches(rule, row)
                && self.is_counted(row, with)
        });
        let from_first_seen = CandidatePatch::count_distinct(from_first_seen);
        if from_first_seen > 0 {
            let patches = count(from_first_seen, "patch");
            most += from_first_seen;
            doubts.push(format!(
                "{patches} may have been missing for longer, as earlier runs cannot be used"
            ));
        }
        if threshold.is_violated(most) {
            RuleOutcome::Unknown(doubts.join("; "))
        } else if !self.is_complete {
            RuleOutcome::Unknown(PATCHES_NOT_READ.to_owned())
        } else {
            RuleOutcome::Pass
        }
    }

    /// "2 patches overdue, the longest by 9 days"
    fn describe_due(&self, rule: Rule, n: u64, bad: &[&CandidatePatch<'_>]) -> String {
        let patches = count(n, "patch");
        let dates = bad.iter().filter_map(|row| match self.due_date(row) {
            DueDate::Known(Due {
                date,
                is_from_first_seen,
                ..
            }) => Some((date, is_from_first_seen, *row)),
            DueDate::None | DueDate::Unknown => None,
        });
        let first = dates.min_by_key(|(date, is_from_first_seen, _)| (*date, *is_from_first_seen));
        let from = match first {
            Some((_, true, row)) => row.first_seen.map(|seen| ("first seen", seen)),
            Some((_, false, row)) => row
                .patch
                .release_date
                .map(|released| ("released", released)),
            None => None,
        };
        let from = from.map_or(String::new(), |(what, at)| {
            format!(" ({what} {})", at.strftime("%Y-%m-%d"))
        });
        let first = first.map_or(self.options.now, |(date, ..)| date);
        let seconds = first.duration_since(self.options.now).as_secs();
        let span = format_long(seconds.unsigned_abs());
        let first = if seconds < 0 {
            format!("overdue by {span}")
        } else {
            format!("due in {span}")
        };
        match rule {
            Rule::DueWithin(within) => {
                let within = format_long(within);
                format!("{patches} overdue or due within {within}, the first {first}{from}")
            }
            _ => format!("{patches} overdue, the first {first}{from}"),
        }
    }
}
