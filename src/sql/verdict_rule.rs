//! The rule of `compliance::verdict` as SQL. A property test compares it with `judge`.

use crate::compliance::verdict::{MAX_CLOCK_SKEW_SECONDS, Verdict};
use crate::record::{NodeState, PatchState};
use crate::source::dataset::vocabulary;
use crate::sql::expression::{
    Comparison::{Equal, Greater, Less},
    Expression, column, is_null, text,
};

/// AWS's own counts of non-compliant patches.
const COUNTERS_AGAINST_COMPLIANCE: [&str; 3] = [
    "CriticalNonCompliantCount",
    "SecurityNonCompliantCount",
    "OtherNonCompliantCount",
];

const AVAILABLE: &str = "AvailableSecurityUpdateCount";

const UNREADABLE_FIELDS: &str = "UnreadableFields";

/// The columns that the rule on ages adds to a node.
pub(super) const LAST_SCAN: &str = "LastScan";
pub(super) const VERDICT_AT_SCAN: &str = "VerdictAtScan";
pub(super) const JUDGED_AT: &str = "JudgedAt";
pub(super) const SECONDS_SINCE_SCAN: &str = "SecondsSinceScan";
pub(super) const MAX_AGE: &str = "MaxAgeSeconds";

fn decisive_counters() -> impl Iterator<Item = Expression> {
    let names = PatchState::NON_COMPLIANT.into_iter();
    names.filter_map(|state| state.counter_name().map(column))
}

fn is_answered() -> Expression {
    column("StateOutcome").equals(vocabulary::ANSWERED)
}

fn above_zero(counter: Expression) -> Expression {
    counter.compare(Greater, Expression::Number(0))
}

/// What its baseline says of available security updates.
fn baseline_says(word: &'static str) -> Expression {
    column("BaselineStatus").or_else(text("")).equals(word)
}

/// When the last scan ended; when it started, where no end was told. An end that cannot
/// be read is not taken for one that was not told.
#[must_use]
pub(super) fn last_scan() -> Expression {
    let end = NodeState::OPERATION_END_FIELD;
    let known = column(end).or_else(column("OperationStartTime"));
    Expression::Case(
        vec![(Expression::HasKey(UNREADABLE_FIELDS, end), Expression::Null)],
        Box::new(known),
    )
}

/// The verdict of a node without the age of its scan. `COMPLIANT` is proven, and what no
/// condition meets is `NO_DATA` or `UNREAD`.
#[must_use]
pub(super) fn verdict_at_scan() -> Expression {
    let updates_are_readable = Expression::HasKey(UNREADABLE_FIELDS, AVAILABLE).not();
    let has_updates = Expression::All(vec![updates_are_readable, above_zero(column(AVAILABLE))]);
    let is_broken = decisive_counters()
        .chain(COUNTERS_AGAINST_COMPLIANCE.map(column))
        .map(above_zero)
        .chain([Expression::All(vec![
            has_updates.clone(),
            baseline_says(vocabulary::NON_COMPLIANT),
        ])]);
    let is_unread = Expression::All(vec![has_updates, baseline_says(vocabulary::UNREADABLE)]);
    let updates_are_ignored = Expression::Any(vec![
        column(AVAILABLE)
            .or_else(Expression::Number(0))
            .compare(Equal, Expression::Number(0)),
        baseline_says(vocabulary::COMPLIANT),
    ]);
    let is_complete = decisive_counters()
        .map(|counter| counter.compare(Equal, Expression::Number(0)))
        .chain([
            Expression::EntryCount(UNREADABLE_FIELDS).compare(Equal, Expression::Number(0)),
            updates_are_ignored,
        ]);
    let verdict = |verdict: Verdict| text(verdict.as_str());
    Expression::Case(
        vec![
            (
                column("StateOutcome").equals(vocabulary::NO_DATA),
                verdict(Verdict::NoData),
            ),
            (
                column("StateOutcome").differs_from(vocabulary::ANSWERED),
                verdict(Verdict::Unread),
            ),
            (
                Expression::Any(is_broken.collect()),
                verdict(Verdict::NonCompliant),
            ),
            (is_unread, verdict(Verdict::Unread)),
            (
                Expression::All(is_complete.collect()),
                verdict(Verdict::Compliant),
            ),
        ],
        Box::new(verdict(Verdict::NoData)),
    )
}

/// Whole seconds from the last scan to the moment at which it is judged; below zero for one
/// in the future.
#[must_use]
pub(super) fn seconds_since_scan() -> Expression {
    column(JUDGED_AT)
        .epoch_seconds()
        .minus(column(LAST_SCAN).epoch_seconds())
}

/// Is the scan dated further in the future than clocks differ?
fn is_in_future() -> Expression {
    column(SECONDS_SINCE_SCAN).compare(Less, Expression::Number(-MAX_CLOCK_SKEW_SECONDS))
}

/// The age of the last scan in seconds; NULL where it is not known.
#[must_use]
pub(super) fn scan_age() -> Expression {
    let is_unknown = Expression::Any(vec![
        column("StateOutcome").differs_from(vocabulary::ANSWERED),
        is_null(column(LAST_SCAN)),
        is_in_future(),
    ]);
    let is_negative = column(SECONDS_SINCE_SCAN).compare(Less, Expression::Number(0));
    Expression::Case(
        vec![
            (is_unknown, Expression::Null),
            (is_negative, Expression::Number(0)),
        ],
        Box::new(column(SECONDS_SINCE_SCAN)),
    )
}

/// Is the last scan too old, of unknown age or in the future, whatever the verdict?
#[must_use]
pub(super) fn is_stale() -> Expression {
    Expression::All(vec![
        is_answered(),
        is_null(column(MAX_AGE)).not(),
        Expression::Any(vec![
            is_null(column(LAST_SCAN)),
            is_in_future(),
            column(SECONDS_SINCE_SCAN).compare(Greater, column(MAX_AGE)),
        ]),
    ])
}

/// The verdict.
#[must_use]
pub(super) fn verdict() -> Expression {
    let is_compliant = column(VERDICT_AT_SCAN).equals(Verdict::Compliant.as_str());
    Expression::Case(
        vec![(
            Expression::All(vec![is_compliant, is_stale()]),
            text(Verdict::Stale.as_str()),
        )],
        Box::new(column(VERDICT_AT_SCAN)),
    )
}

#[cfg(test)]
mod tests;
