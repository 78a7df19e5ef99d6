//! AWS's compliance rule: from a node's counters to a verdict with reasons.
//! Never guesses: a counter that was not reported is not a zero, and a scan of
//! unknown age is not a recent one.

use std::fmt;
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::duration::MaxAge;
use crate::record::{
    BaselineComplianceStatus, Cause, Count, NoDataCause, NodeState, Outcome, PatchState,
};
use crate::text;

/// Is this node compliant?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Compliant,
    NonCompliant,
    /// It was compliant at its last scan, which is too long ago.
    Stale,
    /// No record of the node, or one without a counter that the rule needs.
    NoData,
    /// The node, or data its verdict depends on, could not be read, so there is
    /// no verdict.
    Unread,
}

impl Verdict {
    pub const ALL: [Self; 5] = [
        Self::Compliant,
        Self::NonCompliant,
        Self::Stale,
        Self::NoData,
        Self::Unread,
    ];

    /// The word printed in every format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::Stale => "STALE",
            Self::NoData => "NO_DATA",
            Self::Unread => "UNREAD",
        }
    }

    /// The word as flags have it; they accept the printed one as well.
    #[must_use]
    pub const fn as_typed(self) -> &'static str {
        match self {
            Self::Compliant => "compliant",
            Self::NonCompliant => "non-compliant",
            Self::Stale => "stale",
            Self::NoData => "no-data",
            Self::Unread => "unread",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The current time, and the maximum age of scans.
#[derive(Debug, Clone, Copy)]
pub struct VerdictOptions {
    pub now: Timestamp,
    pub max_age: MaxAge,
    /// Are reasons needed? Commands that only count nodes do without.
    pub wants_reasons: bool,
}

/// A verdict and why: "2 missing, 1 pending reboot".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Empty for a compliant node, and if no reasons are needed.
    pub reasons: String,
    /// Seconds since the last scan, if known.
    pub scan_age: Option<u64>,
    /// Is the last scan too old, whatever the verdict?
    pub is_stale: bool,
}

/// The counters that make a node non-compliant when above zero, with their
/// words. Source: AWS Systems Manager user guide, "Patch compliance state
/// values": Missing, Failed, InstalledRejected, InstalledPendingReboot; in the
/// order of `PatchState::NON_COMPLIANT`.
fn non_compliant_counters(state: &NodeState) -> [(Count, &'static str); 4] {
    [
        (state.missing, "missing"),
        (state.failed, "failed"),
        (state.installed_rejected, "rejected"),
        (state.installed_pending_reboot, "pending reboot"),
    ]
}

/// AWS's own counts of non-compliant patches. A patch may be counted in
/// several, so they are never added up.
fn counters_against_compliance(state: &NodeState) -> [(Count, &'static str); 3] {
    [
        (state.critical_non_compliant, "critical"),
        (state.security_non_compliant, "security"),
        (state.other_non_compliant, "other"),
    ]
}

/// Those above zero.
fn above_zero<const N: usize>(
    counts: [(Count, &'static str); N],
) -> impl Iterator<Item = (u64, &'static str)> {
    let known = counts.into_iter();
    known.filter_map(|(count, word)| count.filter(|n| *n > 0).map(|n| (n, word)))
}

/// Reasons as one text: a fleet has many of them, and most are short.
#[derive(Default)]
struct ReasonText {
    text: String,
    has_any: bool,
    is_enabled: bool,
}

impl ReasonText {
    fn push(&mut self, reason: fmt::Arguments<'_>) {
        use fmt::Write as _;
        self.has_any = true;
        if !self.is_enabled {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(", ");
        }
        self.text
            .write_fmt(reason)
            .expect("writing to a string cannot fail");
    }
}

/// The effect of a node's available security updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AvailableUpdates {
    /// There are none, or the baseline says that they are compliant.
    Ignored,
    /// They count like missing patches: "2 security updates available".
    NonCompliant(String),
    /// Their effect is unknown: the cause, and the verdict if nothing else
    /// decides.
    Unknown(String, Verdict),
}

/// Available security updates count as the node's baseline specifies. Source:
/// AWS Systems Manager API, GetPatchBaseline,
/// AvailableSecurityUpdatesComplianceStatus.
#[must_use]
pub fn available_updates(state: &NodeState) -> AvailableUpdates {
    if let Some(unreadable) = state.unreadable_counter(&PatchState::AvailableSecurityUpdate) {
        return AvailableUpdates::Unknown(unreadable.to_string(), Verdict::NoData);
    }
    let Some(n) = state.available_security_update.filter(|n| *n > 0) else {
        return AvailableUpdates::Ignored;
    };
    let updates = format!("{} available", text::count(n, "security update"));
    let unknown =
        |cause: &str, verdict| AvailableUpdates::Unknown(format!("{updates}, {cause}"), verdict);
    match (&state.baseline_status, &state.baseline_id) {
        (Some(BaselineComplianceStatus::Compliant), _) => AvailableUpdates::Ignored,
        (Some(BaselineComplianceStatus::NonCompliant), _) => {
            AvailableUpdates::NonCompliant(updates)
        }
        (Some(BaselineComplianceStatus::Unreadable(cause)), _) => unknown(
            &format!("unknown: baseline not readable: {}", cause.text),
            Verdict::Unread,
        ),
        (_, None) => unknown("unknown: the record names no baseline", Verdict::NoData),
        (Some(BaselineComplianceStatus::Unrecognized(value)), _) => unknown(
            &format!(
                "unknown: its baseline's AvailableSecurityUpdatesComplianceStatus cannot be read: {value}"
            ),
            Verdict::NoData,
        ),
        (Some(BaselineComplianceStatus::Unspecified), _) => unknown(
            "unknown: its baseline does not rule on them",
            Verdict::NoData,
        ),
        (Some(BaselineComplianceStatus::Deleted), _) => unknown(
            "unknown: baseline not readable: it no longer exists; scan the node again",
            Verdict::NoData,
        ),
        (None, Some(_)) => unknown("unknown: its baseline was not read", Verdict::NoData),
    }
}

/// `2026-11-11 06:00 UTC`: absolute, so that a reason does not depend on when
/// it is read.
struct UtcMinute(Timestamp);

impl fmt::Display for UtcMinute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Offset::UTC.to_datetime(self.0);
        let (year, month, day) = (at.year(), at.month(), at.day());
        let (hour, minute) = (at.hour(), at.minute());
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
    }
}

/// Clocks differ; the time of a scan further in the future than this is
/// invalid.
pub(crate) const MAX_CLOCK_SKEW_SECONDS: i64 = 24 * 60 * 60;

/// Why a scan is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaleReason {
    /// The time of the scan is unknown.
    UnknownScanTime,
    /// Its time is in the future.
    InFuture(Timestamp),
    /// It was too long ago.
    TooOld(Timestamp),
}

impl fmt::Display for StaleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownScanTime => f.write_str("when it was last scanned is not known"),
            Self::InFuture(last) => write!(f, "its last scan is dated in the future, {last}"),
            Self::TooOld(last) => write!(f, "last scanned {}", UtcMinute(*last)),
        }
    }
}

/// The age of a scan in seconds; `None` if its time is in the future.
#[must_use]
pub fn age_of_scan(last: Timestamp, now: Timestamp) -> Option<u64> {
    let seconds = now.as_second() - last.as_second();
    (seconds >= -MAX_CLOCK_SKEW_SECONDS).then(|| u64::try_from(seconds).unwrap_or(0))
}

/// The age of the last scan in seconds, and why it is stale.
#[must_use]
pub fn scan_age(state: &NodeState, options: &VerdictOptions) -> (Option<u64>, Option<StaleReason>) {
    let is_on = options.max_age.0.is_some();
    let Some(last) = state.last_scan_time() else {
        return (None, is_on.then_some(StaleReason::UnknownScanTime));
    };
    let Some(age) = age_of_scan(last, options.now) else {
        return (None, is_on.then_some(StaleReason::InFuture(last)));
    };
    let is_old = options.max_age.is_exceeded_by(age);
    (Some(age), is_old.then_some(StaleReason::TooOld(last)))
}

/// The moments at which the judgement of a record is the same but for the age of its scan, in
/// seconds since 1970: those around the current time at which it is stale as now, or is not.
#[must_use]
pub fn same_judgement_span(state: &NodeState, options: &VerdictOptions) -> Range<i64> {
    let (Some(most), Some(last)) = (options.max_age.0, state.last_scan_time()) else {
        return i64::MIN..i64::MAX;
    };
    let (last, now) = (last.as_second(), options.now.as_second());
    let end = last.saturating_add_unsigned(most).saturating_add(1);
    let fresh = last - MAX_CLOCK_SKEW_SECONDS..end;
    if now < fresh.start {
        i64::MIN..fresh.start
    } else if now < fresh.end {
        fresh
    } else {
        fresh.end..i64::MAX
    }
}

/// The verdict of one node by AWS's rule, and by the age of its last scan: a
/// node that is no longer scanned would otherwise stay compliant.
#[must_use]
pub fn judge(
    outcome: &Outcome<NodeState>,
    no_data: NoDataCause,
    options: &VerdictOptions,
) -> Judgement {
    let absent = |verdict| Judgement {
        verdict,
        reasons: if options.wants_reasons {
            outcome.describe_absence(no_data).unwrap_or_default()
        } else {
            String::new()
        },
        scan_age: None,
        is_stale: false,
    };
    let state = match outcome {
        Outcome::Answered(state) => state,
        Outcome::NoData => return absent(Verdict::NoData),
        Outcome::Unread(_) => return absent(Verdict::Unread),
    };
    let mut reasons = ReasonText {
        is_enabled: options.wants_reasons,
        ..ReasonText::default()
    };
    for (n, word) in above_zero(non_compliant_counters(state)) {
        reasons.push(format_args!("{n} {word}"));
    }
    let mut doubt = None;
    match available_updates(state) {
        AvailableUpdates::Ignored => {}
        AvailableUpdates::NonCompliant(reason) => reasons.push(format_args!("{reason}")),
        AvailableUpdates::Unknown(reason, verdict) => doubt = Some((reason, verdict)),
    }
    if !reasons.has_any {
        // The record contradicts itself; the worse half is used.
        for (n, word) in above_zero(counters_against_compliance(state)) {
            reasons.push(format_args!("{n} {word} non-compliant by AWS's count"));
        }
    }
    let is_broken = reasons.has_any;
    let mut is_lacking = false;
    for ((count, word), of) in non_compliant_counters(state)
        .iter()
        .zip(PatchState::NON_COMPLIANT)
    {
        if count.is_none() && state.unreadable_counter(&of).is_none() {
            is_lacking = true;
            reasons.push(format_args!("{word} not reported"));
        }
    }
    for unreadable in &state.unreadable_fields {
        is_lacking = true;
        // The reason about available updates includes its own.
        if Some(&*unreadable.field) != PatchState::AvailableSecurityUpdate.counter_name() {
            reasons.push(format_args!("{unreadable}"));
        }
    }
    let doubt = doubt.map(|(reason, verdict)| {
        reasons.push(format_args!("{reason}"));
        verdict
    });
    let (age, old) = scan_age(state, options);
    let is_stale = old.is_some();
    let verdict = if is_broken {
        Verdict::NonCompliant
    } else if doubt == Some(Verdict::Unread) {
        Verdict::Unread
    } else if is_lacking || doubt.is_some() {
        Verdict::NoData
    } else if is_stale {
        Verdict::Stale
    } else {
        Verdict::Compliant
    };
    match old {
        None => {}
        Some(cause) if verdict == Verdict::Stale => reasons.push(format_args!("{cause}")),
        Some(cause) => reasons.push(format_args!("stale: {cause}")),
    }
    Judgement {
        verdict,
        reasons: reasons.text,
        scan_age: age,
        is_stale,
    }
}

/// Why a node with a record is unread all the same: its baseline could not be
/// read.
#[must_use]
pub fn unread_cause<'a>(
    outcome: &'a Outcome<NodeState>,
    judgement: &Judgement,
) -> Option<&'a Cause> {
    match outcome {
        Outcome::Unread(cause) => Some(cause),
        Outcome::Answered(NodeState {
            baseline_status: Some(BaselineComplianceStatus::Unreadable(cause)),
            ..
        }) if judgement.verdict == Verdict::Unread => Some(cause),
        Outcome::Answered(_) | Outcome::NoData => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Cause;
    use proptest::prelude::*;

    fn options() -> VerdictOptions {
        VerdictOptions {
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            max_age: MaxAge::default(),
            wants_reasons: true,
        }
    }

    fn judge(outcome: &Outcome<NodeState>) -> Judgement {
        super::judge(outcome, NoDataCause::Unknown, &options())
    }

    fn scanned(state: NodeState, at: &str) -> Outcome<NodeState> {
        Outcome::Answered(NodeState {
            operation_end: at.parse().ok(),
            ..state
        })
    }

    fn clean() -> NodeState {
        NodeState {
            missing: Some(0),
            failed: Some(0),
            installed_rejected: Some(0),
            installed_pending_reboot: Some(0),
            operation_end: "2026-11-20T06:00:00Z".parse().ok(),
            ..NodeState::default()
        }
    }

    #[test]
    fn reasons_are_joined_with_commas() {
        let state = NodeState {
            missing: Some(2),
            installed_pending_reboot: Some(1),
            ..clean()
        };
        let judged = judge(&Outcome::Answered(state));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(judged.reasons, "2 missing, 1 pending reboot");
    }

    #[test]
    fn a_node_without_a_record_has_no_data_and_an_unread_one_no_verdict() {
        assert_eq!(judge(&Outcome::NoData).verdict, Verdict::NoData);
        let cause = Cause {
            code: "Timeout".into(),
            text: "no answer".into(),
        };
        let judged = judge(&Outcome::Unread(cause));
        assert_eq!(judged.verdict, Verdict::Unread);
        assert_eq!(judged.reasons, "unread: no answer");
    }

    #[test]
    fn available_security_updates_count_as_the_baseline_specifies() {
        let cause = Cause {
            code: "AccessDeniedException".into(),
            text: "denied".into(),
        };
        for (ruling, verdict, reasons) in [
            (
                Some(BaselineComplianceStatus::Compliant),
                Verdict::Compliant,
                "",
            ),
            (
                Some(BaselineComplianceStatus::NonCompliant),
                Verdict::NonCompliant,
                "1 security update available",
            ),
            (
                Some(BaselineComplianceStatus::Unreadable(cause)),
                Verdict::Unread,
                "1 security update available, unknown: baseline not readable: denied",
            ),
            (
                Some(BaselineComplianceStatus::Deleted),
                Verdict::NoData,
                "1 security update available, unknown: baseline not readable: it no longer exists; scan the node again",
            ),
            (
                Some(BaselineComplianceStatus::Unspecified),
                Verdict::NoData,
                "1 security update available, unknown: its baseline does not rule on them",
            ),
            (
                None,
                Verdict::NoData,
                "1 security update available, unknown: its baseline was not read",
            ),
        ] {
            let state = NodeState {
                available_security_update: Some(1),
                baseline_id: Some("pb-1".into()),
                baseline_status: ruling,
                ..clean()
            };
            let outcome = Outcome::Answered(state);
            let judged = judge(&outcome);
            assert_eq!((judged.verdict, &*judged.reasons), (verdict, reasons));
            assert_eq!(
                unread_cause(&outcome, &judged).is_some(),
                verdict == Verdict::Unread
            );
        }
    }

    #[test]
    fn an_old_scan_replaces_only_a_compliant_verdict() {
        let old = "2026-11-11T06:00:00Z";
        let judged = judge(&scanned(clean(), old));
        assert_eq!(judged.verdict, Verdict::Stale);
        assert_eq!(judged.reasons, "last scanned 2026-11-11 06:00 UTC");
        let missing = NodeState {
            missing: Some(2),
            ..clean()
        };
        let judged = judge(&scanned(missing, old));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(
            judged.reasons,
            "2 missing, stale: last scanned 2026-11-11 06:00 UTC"
        );
        let lacking = NodeState {
            failed: None,
            ..clean()
        };
        let judged = judge(&scanned(lacking, old));
        assert_eq!(judged.verdict, Verdict::NoData);
        assert!(
            judged.is_stale
                && judged
                    .reasons
                    .ends_with("stale: last scanned 2026-11-11 06:00 UTC")
        );
    }

    #[test]
    fn a_scan_of_unknown_or_impossible_age_is_stale() {
        for (end, reasons) in [
            (None, "when it was last scanned is not known"),
            (
                "2026-12-24T00:00:00Z".parse().ok(),
                "its last scan is dated in the future, 2026-12-24T00:00:00Z",
            ),
        ] {
            let outcome = Outcome::Answered(NodeState {
                operation_end: end,
                ..clean()
            });
            let judged = judge(&outcome);
            assert_eq!(
                (judged.verdict, &*judged.reasons),
                (Verdict::Stale, reasons)
            );
            assert_eq!(judged.scan_age, None);
            let off = VerdictOptions {
                max_age: MaxAge(None),
                ..options()
            };
            assert_eq!(
                super::judge(&outcome, NoDataCause::Unknown, &off).verdict,
                Verdict::Compliant
            );
        }
    }

    #[test]
    fn a_scan_without_an_end_time_has_an_age() {
        let outcome = Outcome::Answered(NodeState {
            operation_start: "2026-11-20T11:00:00Z".parse().ok(),
            operation_end: None,
            ..clean()
        });
        assert_eq!(judge(&outcome).scan_age, Some(3_600));
    }

    #[test]
    fn not_applicable_and_installed_other_have_no_effect() {
        let state = NodeState {
            not_applicable: Some(3000),
            installed_other: Some(40),
            unreported_not_applicable: None,
            ..clean()
        };
        assert_eq!(judge(&Outcome::Answered(state)).verdict, Verdict::Compliant);
    }

    #[test]
    fn an_unreadable_field_is_no_data_and_hides_no_worse_verdict() {
        use crate::record::UnreadableField;
        let unreadable = |field: &str| -> Box<[UnreadableField]> {
            [UnreadableField {
                field: field.into(),
                value: "true".into(),
            }]
            .into()
        };
        let clean = NodeState {
            missing: Some(0),
            failed: Some(0),
            installed_rejected: Some(0),
            installed_pending_reboot: Some(0),
            operation_end: Some(options().now),
            ..NodeState::default()
        };
        let judged = |state: NodeState| judge(&Outcome::Answered(state));
        let state = NodeState {
            unreadable_fields: unreadable("AvailableSecurityUpdateCount"),
            ..clean.clone()
        };
        let judgement = judged(state.clone());
        assert_eq!(judgement.verdict, Verdict::NoData);
        let reason = "AvailableSecurityUpdateCount cannot be read: true";
        assert_eq!(judgement.reasons, reason);
        let judgement = judged(NodeState {
            missing: Some(2),
            ..state
        });
        assert_eq!(judgement.verdict, Verdict::NonCompliant);
        assert_eq!(judgement.reasons, format!("2 missing, {reason}"));
        // An unreadable counter is not also reported as "not reported".
        let judgement = judged(NodeState {
            failed: None,
            unreadable_fields: unreadable("FailedCount"),
            ..clean.clone()
        });
        assert_eq!(judgement.reasons, "FailedCount cannot be read: true");
        // A readable start time does not replace an unreadable end time.
        let judgement = judged(NodeState {
            operation_start: Some(options().now),
            operation_end: None,
            unreadable_fields: unreadable("OperationEndTime"),
            ..clean
        });
        assert_eq!(
            (judgement.verdict, judgement.scan_age),
            (Verdict::NoData, None)
        );
        assert!(judgement.is_stale);
    }

    #[test]
    fn a_record_that_contradicts_itself_is_not_compliant() {
        let state = NodeState {
            security_non_compliant: Some(4),
            ..clean()
        };
        let judged = judge(&Outcome::Answered(state));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(judged.reasons, "4 security non-compliant by AWS's count");
    }

    fn count() -> impl Strategy<Value = Count> {
        prop_oneof![Just(None), Just(Some(0)), (1u64..5000).prop_map(Some)]
    }

    fn ruling() -> impl Strategy<Value = Option<BaselineComplianceStatus>> {
        let cause = Cause {
            code: "Denied".into(),
            text: "denied".into(),
        };
        proptest::option::of(prop_oneof![
            Just(BaselineComplianceStatus::Compliant),
            Just(BaselineComplianceStatus::NonCompliant),
            Just(BaselineComplianceStatus::Unspecified),
            Just(BaselineComplianceStatus::Deleted),
            Just(BaselineComplianceStatus::Unreadable(cause)),
        ])
    }

    proptest! {
        #[test]
        fn a_judgement_is_the_same_within_its_span_and_another_beside_it(
            missing in count(), last in proptest::option::of(-200_000i64..200_000), now in -900_000i64..900_000,
            most in proptest::option::of(prop_oneof![1u64..600_000, Just(u64::MAX)]), other in -900_000i64..900_000,
        ) {
            let second = |second| Timestamp::from_second(second).unwrap();
            let state = NodeState { missing, operation_end: last.map(second), ..clean() };
            let options = |now| VerdictOptions { now: second(now), max_age: MaxAge(most), wants_reasons: true };
            let span = same_judgement_span(&state, &options(now));
            let outcome = Outcome::Answered(state);
            let judged = |now| {
                let judgement = super::judge(&outcome, NoDataCause::Unknown, &options(now));
                (judgement.verdict, judgement.is_stale, judgement.reasons)
            };
            prop_assert!(span.contains(&now));
            if span.contains(&other) {
                prop_assert_eq!(judged(other), judged(now));
            }
            for beside in [span.start.saturating_sub(1), span.end] {
                // Beyond it there is no time.
                if let Ok(time) = Timestamp::from_second(beside) {
                    prop_assert_ne!(judged(time.as_second()), judged(now));
                }
            }
        }

        #[test]
        fn compliant_requires_complete_and_recent_data(
            missing in count(), failed in count(), rejected in count(), reboot in count(), available in count(),
            ruling in ruling(), days in proptest::option::of(0i64..15),
        ) {
            let four = [missing, failed, rejected, reboot];
            let now = options().now;
            let state = NodeState {
                missing, failed, installed_rejected: rejected, installed_pending_reboot: reboot,
                available_security_update: available, baseline_status: ruling.clone(), baseline_id: Some("pb-1".into()),
                operation_end: days.map(|days| now - jiff::SignedDuration::from_hours(24 * days)),
                ..NodeState::default()
            };
            let outcome = Outcome::Answered(state);
            let judged = judge(&outcome);
            let some = |c: &Count| c.is_some_and(|n| n > 0);
            let bad = four.iter().any(some) || (some(&available) && ruling == Some(BaselineComplianceStatus::NonCompliant));
            let doubt = some(&available) && !matches!(ruling, Some(BaselineComplianceStatus::Compliant | BaselineComplianceStatus::NonCompliant));
            let clean = !bad && !doubt && four.iter().all(|c| *c == Some(0));
            let old = days.is_none_or(|days| days > 7);
            prop_assert_eq!(judged.verdict == Verdict::NonCompliant, bad);
            prop_assert_eq!(judged.verdict == Verdict::Compliant, clean && !old);
            prop_assert_eq!(judged.verdict == Verdict::Stale, clean && old);
            prop_assert_eq!(judged.is_stale, old);
            prop_assert_eq!(judged.reasons.is_empty(), judged.verdict == Verdict::Compliant);
            // Without reasons, the verdict is the same.
            let brief = VerdictOptions { wants_reasons: false, ..options() };
            let counted = super::judge(&outcome, NoDataCause::Unknown, &brief);
            prop_assert_eq!((counted.verdict, counted.scan_age, counted.is_stale), (judged.verdict, judged.scan_age, judged.is_stale));
            prop_assert!(counted.reasons.is_empty());
        }
    }
}
