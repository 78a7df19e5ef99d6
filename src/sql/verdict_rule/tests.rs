//! The rule as SQL is the rule of `judge`, evaluated as an engine does.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::compliance::verdict::{Verdict, VerdictOptions, judge};
use crate::duration::MaxAge;
use crate::record::{
    BaselineComplianceStatus, Cause, NoDataCause, NodeState, Outcome, UnreadableField,
};
use crate::source::dataset::schema::Table;
use crate::source::dataset::vocabulary;
use crate::sql::expression::{Comparison, Expression};
use crate::sql::verdict_rule::{
    JUDGED_AT, LAST_SCAN, MAX_AGE, SECONDS_SINCE_SCAN, VERDICT_AT_SCAN, is_stale, last_scan,
    scan_age, seconds_since_scan, verdict, verdict_at_scan,
};

/// A value of SQL; `None` is NULL.
type Value = Option<Known>;

#[derive(Debug, Clone, PartialEq)]
enum Known {
    Number(i64),
    Text(String),
    Truth(bool),
    Moment(Timestamp),
    Map(Vec<String>),
}

type Row = BTreeMap<&'static str, Value>;

fn truth(value: &Value) -> Option<bool> {
    match value {
        None => None,
        Some(Known::Truth(truth)) => Some(*truth),
        Some(other) => panic!("{other:?} is no condition"),
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        None => None,
        Some(Known::Number(number)) => Some(*number),
        Some(other) => panic!("{other:?} is no number"),
    }
}

/// SQL's logic of three values: `decisive` is FALSE for AND, TRUE for OR.
fn combine(parts: &[Expression], row: &Row, decisive: bool) -> Value {
    let parts: Vec<Option<bool>> = parts
        .iter()
        .map(|part| truth(&evaluate(part, row)))
        .collect();
    if parts.contains(&Some(decisive)) {
        return Some(Known::Truth(decisive));
    }
    (!parts.contains(&None)).then_some(Known::Truth(!decisive))
}

fn evaluate(expression: &Expression, row: &Row) -> Value {
    let keys = |map: &str| match &row[map] {
        Some(Known::Map(keys)) => keys.clone(),
        other => panic!("{other:?} is no map"),
    };
    match expression {
        Expression::Column(name) => row[name].clone(),
        Expression::Number(number) => Some(Known::Number(*number)),
        Expression::Text(text) => Some(Known::Text((*text).to_owned())),
        Expression::Null => None,
        Expression::IsNull(of) => Some(Known::Truth(evaluate(of, row).is_none())),
        Expression::All(parts) => combine(parts, row, false),
        Expression::Any(parts) => combine(parts, row, true),
        Expression::Compare(left, comparison, right) => {
            let order = match (evaluate(left, row)?, evaluate(right, row)?) {
                (Known::Number(left), Known::Number(right)) => left.cmp(&right),
                (Known::Text(left), Known::Text(right)) => left.cmp(&right),
                other => panic!("{other:?} cannot be compared"),
            };
            Some(Known::Truth(match comparison {
                Comparison::Equal => order == Ordering::Equal,
                Comparison::NotEqual => order != Ordering::Equal,
                Comparison::Less => order == Ordering::Less,
                Comparison::Greater => order == Ordering::Greater,
            }))
        }
        Expression::EntryCount(map) => Some(Known::Number(keys(map).len().try_into().unwrap())),
        Expression::HasKey(map, key) => Some(Known::Truth(keys(map).iter().any(|one| one == key))),
        Expression::Coalesce(first, second) => {
            evaluate(first, row).or_else(|| evaluate(second, row))
        }
        Expression::EpochSeconds(of) => match evaluate(of, row)? {
            Known::Moment(moment) => Some(Known::Number(moment.as_second())),
            other => panic!("{other:?} is no moment"),
        },
        Expression::Minus(left, right) => {
            let (left, right) = (
                number(&evaluate(left, row))?,
                number(&evaluate(right, row))?,
            );
            Some(Known::Number(left - right))
        }
        Expression::Case(arms, last) => {
            let mut arms = arms.iter();
            let met = arms.find(|(condition, _)| truth(&evaluate(condition, row)) == Some(true));
            evaluate(met.map_or(last, |(_, value)| value), row)
        }
        Expression::Not(of) => Some(Known::Truth(!truth(&evaluate(of, row))?)),
    }
}

/// The columns of the table of nodes that the rule reads.
fn row(outcome: &Outcome<NodeState>, options: &VerdictOptions) -> Row {
    let absent = NodeState::default();
    let (word, state) = match outcome {
        Outcome::Answered(state) => (vocabulary::ANSWERED, state),
        Outcome::NoData => (vocabulary::NO_DATA, &absent),
        Outcome::Unread(_) => (vocabulary::UNREAD, &absent),
    };
    let count = |count: Option<u64>| count.map(|n| Known::Number(n.try_into().unwrap()));
    let moment = |moment: Option<Timestamp>| moment.map(Known::Moment);
    let status = state.baseline_status.as_ref().map(|status| match status {
        BaselineComplianceStatus::Compliant => vocabulary::COMPLIANT,
        BaselineComplianceStatus::NonCompliant => vocabulary::NON_COMPLIANT,
        BaselineComplianceStatus::Unspecified => vocabulary::UNSPECIFIED,
        BaselineComplianceStatus::Unrecognized(_) => vocabulary::UNRECOGNIZED,
        BaselineComplianceStatus::Deleted => vocabulary::DELETED,
        BaselineComplianceStatus::Unreadable(_) => vocabulary::UNREADABLE,
    });
    let unreadable = state.unreadable_fields.iter();
    let mut row = Row::from([
        ("StateOutcome", Some(Known::Text(word.to_owned()))),
        ("MissingCount", count(state.missing)),
        ("FailedCount", count(state.failed)),
        ("InstalledRejectedCount", count(state.installed_rejected)),
        (
            "InstalledPendingRebootCount",
            count(state.installed_pending_reboot),
        ),
        (
            "AvailableSecurityUpdateCount",
            count(state.available_security_update),
        ),
        (
            "CriticalNonCompliantCount",
            count(state.critical_non_compliant),
        ),
        (
            "SecurityNonCompliantCount",
            count(state.security_non_compliant),
        ),
        ("OtherNonCompliantCount", count(state.other_non_compliant)),
        ("OperationStartTime", moment(state.operation_start)),
        ("OperationEndTime", moment(state.operation_end)),
        (
            "BaselineStatus",
            status.map(|word| Known::Text(word.to_owned())),
        ),
        (
            "UnreadableFields",
            Some(Known::Map(
                unreadable.map(|odd| odd.field.to_string()).collect(),
            )),
        ),
    ]);
    let columns = Table::Nodes.columns();
    for name in row.keys() {
        assert!(columns.iter().any(|column| column.name == *name), "{name}");
    }
    row.insert(LAST_SCAN, evaluate(&last_scan(), &row));
    row.insert(VERDICT_AT_SCAN, evaluate(&verdict_at_scan(), &row));
    row.insert(JUDGED_AT, Some(Known::Moment(options.now)));
    row.insert(MAX_AGE, count(options.max_age.0));
    row.insert(SECONDS_SINCE_SCAN, evaluate(&seconds_since_scan(), &row));
    row
}

fn count() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![1 => Just(None), 5 => Just(Some(0)), 1 => (1u64..5000).prop_map(Some)]
}

fn status() -> impl Strategy<Value = Option<BaselineComplianceStatus>> {
    let cause = Cause {
        code: "Denied".into(),
        text: "denied".into(),
    };
    proptest::option::of(prop_oneof![
        Just(BaselineComplianceStatus::Compliant),
        Just(BaselineComplianceStatus::NonCompliant),
        Just(BaselineComplianceStatus::Unspecified),
        Just(BaselineComplianceStatus::Unrecognized("x".into())),
        Just(BaselineComplianceStatus::Deleted),
        Just(BaselineComplianceStatus::Unreadable(cause)),
    ])
}

const NOW: i64 = 1_795_000_000;

/// Around now and around the limits, to the millisecond.
fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    let edges = prop_oneof![Just(0i64), Just(3 * 86_400), Just(-86_400)];
    proptest::option::of((edges, -2_500i64..2_500).prop_map(|(edge, milliseconds)| {
        let now = Timestamp::from_second(NOW).unwrap();
        now - SignedDuration::from_secs(edge) - SignedDuration::from_millis(milliseconds)
    }))
}

fn unreadable_fields() -> impl Strategy<Value = Box<[UnreadableField]>> {
    let fields = [
        "MissingCount",
        "AvailableSecurityUpdateCount",
        "OperationEndTime",
    ];
    let some = proptest::sample::subsequence(fields.to_vec(), 0..=2).prop_map(|fields| {
        let odd = fields.into_iter().map(|field| UnreadableField {
            field: field.into(),
            value: "true".into(),
        });
        odd.collect()
    });
    prop_oneof![3 => Just(Box::default()), 1 => some]
}

prop_compose! {
    fn state()(
        four in [count(), count(), count(), count()],
        available_security_update in count(),
        three in [count(), count(), count()],
        baseline_status in status(),
        baseline_id in proptest::option::of(Just("pb-1".into())),
        operation_start in moment(),
        operation_end in moment(),
        unreadable_fields in unreadable_fields(),
    ) -> NodeState {
        NodeState {
            missing: four[0], failed: four[1], installed_rejected: four[2], installed_pending_reboot: four[3],
            critical_non_compliant: three[0], security_non_compliant: three[1], other_non_compliant: three[2],
            available_security_update, baseline_status, baseline_id, operation_start, operation_end, unreadable_fields,
            ..NodeState::default()
        }
    }
}

fn outcome() -> impl Strategy<Value = Outcome<NodeState>> {
    let cause = Cause {
        code: "Timeout".into(),
        text: "no answer".into(),
    };
    prop_oneof![
        8 => state().prop_map(Outcome::Answered),
        1 => Just(Outcome::NoData),
        1 => Just(Outcome::Unread(cause)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn an_engine_judges_as_this_program_does(
        outcome in outcome(),
        max_age in prop_oneof![Just(None), Just(Some(3 * 86_400)), Just(Some(1))],
    ) {
        let options = VerdictOptions {
            now: Timestamp::from_second(NOW).unwrap(),
            max_age: MaxAge(max_age),
            wants_reasons: false,
        };
        let wanted = judge(&outcome, NoDataCause::Unknown, &options);
        let row = row(&outcome, &options);
        let word = |verdict: Verdict| Some(Known::Text(verdict.as_str().to_owned()));
        prop_assert_eq!(evaluate(&verdict(), &row), word(wanted.verdict));
        prop_assert_eq!(evaluate(&is_stale(), &row), Some(Known::Truth(wanted.is_stale)));
        let age = wanted.scan_age.map(|age| Known::Number(age.try_into().unwrap()));
        prop_assert_eq!(evaluate(&scan_age(), &row), age);
    }
}
