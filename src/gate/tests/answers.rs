//! A gate that fails or is unknown never passes because a response is lost,
//! empty, short or garbled.

use proptest::prelude::*;

use crate::gate::tests::laws::{answered, least, rules, waived};
use crate::gate::tests::*;
use crate::gate::waiver::WaiverSubject;
use crate::plan::filter::state_counter;
use crate::record::UnreadableField;

/// A node whose list and counters are consistent, as from a correct service;
/// some counters are not reported.
fn truthful(at: usize) -> impl Strategy<Value = NodeInput> {
    let reported = proptest::collection::vec(proptest::bool::weighted(0.9), 5);
    (answered(), reported, 0u8..12).prop_map(move |((mut state, mut rows), reported, kind)| {
        rows.sort_by(|one, other| (&one.state, &one.kb_id).cmp(&(&other.state, &other.kb_id)));
        rows.dedup_by(|one, other| (&one.state, &one.kb_id) == (&other.state, &other.kb_id));
        let count = |of: PatchState, at: usize| {
            let listed = rows.iter().filter(|row| row.state == of).count() as u64;
            reported[at].then_some(listed)
        };
        state.missing = count(PatchState::Missing, 0);
        state.failed = count(PatchState::Failed, 1);
        state.installed_rejected = count(PatchState::InstalledRejected, 2);
        state.installed_pending_reboot = count(PatchState::InstalledPendingReboot, 3);
        state.available_security_update = count(PatchState::AvailableSecurityUpdate, 4);
        let mut fed = NodeInput::new(&format!("i-{at}"), state, rows);
        match kind {
            0 => lose_record(&mut fed),
            1 => fed.outcome = Outcome::Unread(cause()),
            _ => {}
        }
        fed
    })
}

/// The service has no record of it, so its patches are not read.
fn lose_record(fed: &mut NodeInput) {
    fed.outcome = Outcome::NoData;
    fed.patches.clear();
    fed.end = Outcome::NoData;
}

/// What happens to one response about a node.
#[derive(Debug, Clone, Copy)]
enum Corruption {
    /// The call for its record fails.
    RecordUnread,
    /// The page that should contain its record is empty.
    RecordEmpty,
    /// One field of its record is garbled.
    RecordGarbled(usize),
    /// The call for its baseline fails, or returns no status.
    Baseline(usize),
    /// The call for its patches fails after so many rows.
    ListBreaksOff(usize),
    ListEmpty,
    /// Its list ends after so many rows.
    ListShort(usize),
    /// One row of its list is replaced by a repetition of another.
    ListRepeats(usize),
    /// The call for release dates fails.
    Undated,
    /// A release date is in the future.
    DatedAhead(usize),
}

fn spoiled() -> impl Strategy<Value = Corruption> {
    (0u8..10, 0usize..8).prop_map(|(kind, at)| match kind {
        0 => Corruption::RecordUnread,
        1 => Corruption::RecordEmpty,
        2 => Corruption::RecordGarbled(at),
        3 => Corruption::Baseline(at),
        4 => Corruption::ListBreaksOff(at),
        5 => Corruption::ListEmpty,
        6 => Corruption::ListShort(at),
        7 => Corruption::ListRepeats(at),
        8 => Corruption::Undated,
        _ => Corruption::DatedAhead(at),
    })
}

fn spoil(fed: &mut NodeInput, how: Corruption) {
    let rows = fed.patches.len();
    match how {
        Corruption::RecordUnread => fed.outcome = Outcome::Unread(cause()),
        Corruption::RecordEmpty => lose_record(fed),
        Corruption::RecordGarbled(at) => garble(fed, at),
        Corruption::Baseline(at) => {
            // One that is unread already has no response.
            if let Outcome::Answered(state) = &mut fed.outcome
                && !matches!(
                    state.baseline_status,
                    None | Some(BaselineComplianceStatus::Unreadable(_))
                )
            {
                let rulings = [
                    BaselineComplianceStatus::Unspecified,
                    BaselineComplianceStatus::Deleted,
                    BaselineComplianceStatus::Unreadable(cause()),
                    BaselineComplianceStatus::Unrecognized("5".into()),
                ];
                state.baseline_status = Some(rulings[at % rulings.len()].clone());
            }
        }
        Corruption::ListBreaksOff(at) => {
            fed.patches.truncate(at);
            fed.end = Outcome::Unread(cause());
        }
        Corruption::ListEmpty => fed.patches.clear(),
        Corruption::ListShort(at) => fed.patches.truncate(at.min(rows)),
        Corruption::ListRepeats(at) if rows > 0 => {
            fed.patches[at % rows] = fed.patches[(at + 1) % rows].clone();
        }
        Corruption::ListRepeats(_) => {}
        Corruption::Undated => fed
            .patches
            .iter_mut()
            .for_each(|row| row.release_date = None),
        Corruption::DatedAhead(at) => {
            if let Some(row) = fed.patches.get_mut(at) {
                row.release_date = Some(verdict_options().now + SignedDuration::from_hours(30));
            }
        }
    }
}

fn garble(fed: &mut NodeInput, at: usize) {
    let Outcome::Answered(state) = &mut fed.outcome else {
        return;
    };
    let (field, value) = match at {
        0 => (&mut state.missing, "MissingCount"),
        1 => (&mut state.failed, "FailedCount"),
        2 => (&mut state.installed_rejected, "InstalledRejectedCount"),
        3 => (
            &mut state.installed_pending_reboot,
            "InstalledPendingRebootCount",
        ),
        4 => (
            &mut state.available_security_update,
            "AvailableSecurityUpdateCount",
        ),
        5 => {
            state.operation_end = None;
            (&mut None, "OperationEndTime")
        }
        6 => {
            state.baseline_id = None;
            (&mut None, "BaselineId")
        }
        _ => {
            state.patch_group = None;
            (&mut None, "PatchGroup")
        }
    };
    *field = None;
    state.unreadable_fields = [UnreadableField {
        field: value.into(),
        value: "true".into(),
    }]
    .into();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_lost_empty_short_or_garbled_response_makes_a_gate_pass(
        fleet in (1usize..5).prop_flat_map(|n| (0..n).map(truthful).collect::<Vec<_>>()),
        rules in rules(), least in least(), text in waived(),
        faults in proptest::collection::vec((any::<prop::sample::Index>(), spoiled()), 1..4),
    ) {
        let ask = |fleet: &[NodeInput]| checked(RuleSet::new(&rules, least), waivers(&text), fleet);
        let before = ask(&fleet);
        let mut spoilt = fleet.clone();
        for (at, how) in &faults {
            let at = at.index(spoilt.len());
            // A response is corrupted; what had none stays as it is.
            let is_answered = matches!(fleet[at].outcome, Outcome::Answered(_));
            // A waiver of the whole node covers that it has no data.
            let subject = WaiverSubject { node: &node(&fleet[at].id), patch_group: None };
            let may_lack_data = waivers(&text).waive_node(&subject, verdict_options().now).is_some()
                && matches!(how, Corruption::RecordEmpty | Corruption::RecordGarbled(_));
            // A node whose baseline is unread is unread: without its record it is
            // one without data, which is no failure of a call.
            let is_baseline_unread = matches!(
                &fleet[at].outcome,
                Outcome::Answered(state)
                    if matches!(state.baseline_status, Some(BaselineComplianceStatus::Unreadable(_)))
            );
            let is_other_state = is_baseline_unread
                && matches!(how, Corruption::RecordEmpty | Corruption::RecordGarbled(_));
            if is_answered && !may_lack_data && !is_other_state {
                spoil(&mut spoilt[at], *how);
            }
        }
        let after = ask(&spoilt);
        prop_assert!(
            before.status == GateStatus::Pass || after.status != GateStatus::Pass,
            "{:?} became PASS by {faults:?}: {before:?}", before.status
        );
        prop_assert_eq!(after.nodes.asked, before.nodes.asked);
    }

    /// Each row that a rule depends on, removed alone.
    #[test]
    fn no_single_lost_row_makes_a_gate_pass(
        fed in truthful(1), rules in rules(), least in least(), text in waived(),
    ) {
        let ask = |fed: &NodeInput| checked(RuleSet::new(&rules, least), waivers(&text), std::slice::from_ref(fed)).status;
        if ask(&fed) == GateStatus::Pass {
            return Ok(());
        }
        for at in 0..fed.patches.len() {
            let mut less = fed.clone();
            let lost = less.patches.remove(at);
            prop_assert_ne!(ask(&less), GateStatus::Pass, "without {:?}", lost);
            less.patches.extend(fed.patches.iter().skip(at + 1).take(1).cloned());
            prop_assert_ne!(ask(&less), GateStatus::Pass, "another one twice for {:?}", lost);
        }
    }
}

#[test]
fn a_repeated_row_counts_once_and_waives_nothing_more() {
    let state = NodeState {
        missing: Some(2),
        ..clean()
    };
    assert_eq!(state_counter(&state, &PatchState::Missing), Some(2));
    let twice = vec![missing("KB1", "Low"), missing("KB1", "Low")];
    let nodes = [NodeInput::new("i-1", state, twice)];
    let report = check(&["non-compliant"], &waiver("kb = \"KB1\""), &nodes);
    assert_ne!(report.status, GateStatus::Pass);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 missing (beside 1 waived)"]
    );
}

#[test]
fn a_patch_that_is_listed_twice_is_as_severe_as_the_worse_row() {
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let mut rows = vec![missing("KB1", "Low"), missing("KB1", "Critical")];
    for _ in 0..2 {
        rows.reverse();
        let nodes = [NodeInput::new("i-1", state.clone(), rows.clone())];
        let least = Some(Severity::Critical);
        let report = checked(rule_set(&["non-compliant"], least), waivers(""), &nodes);
        assert_eq!(details(&report, "non-compliant"), ["1 missing"]);
        let report = check(&["missing>=critical"], "", &nodes);
        assert_eq!(
            details(&report, "missing>=critical"),
            ["1 missing rated Critical"]
        );
        let report = check(&["missing>1"], "", &nodes);
        assert_eq!(report.status, GateStatus::Pass);
    }
}

#[test]
fn a_list_that_is_worse_than_the_counters_counts() {
    let nodes = [NodeInput::new("i-1", clean(), vec![missing("KB1", "Low")])];
    let report = check(&["non-compliant"], "", &nodes);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 missing by its list, none by its counters"]
    );
    let report = check(&["compliant<100%"], "", &nodes);
    assert_eq!(report.status, GateStatus::Fail);
}
