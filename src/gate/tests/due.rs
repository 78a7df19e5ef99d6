//! Rules on due dates: patches past their time limit, and those that come due.

use crate::gate::tests::*;

fn released(days: i64, severity: &str, state: PatchState) -> Patch {
    let kb = format!("KB{days}{severity}");
    Patch {
        release_date: Some(verdict_options().now - SignedDuration::from_hours(24 * days)),
        ..patch(state, &kb, severity)
    }
}

fn missing_since(days: i64, severity: &str) -> Patch {
    released(days, severity, PatchState::Missing)
}

/// A node whose counters agree with these patches.
fn node_with(patches: Vec<Patch>) -> NodeInput {
    let of = |state: PatchState| {
        let rows = patches.iter().filter(|patch| patch.state == state);
        Some(rows.count() as u64)
    };
    let state = NodeState {
        missing: of(PatchState::Missing),
        failed: of(PatchState::Failed),
        installed_pending_reboot: of(PatchState::InstalledPendingReboot),
        available_security_update: of(PatchState::AvailableSecurityUpdate),
        ..clean()
    };
    NodeInput::new("i-1", state, patches)
}

#[test]
fn a_patch_breaks_the_rule_a_moment_after_its_limit() {
    for (patches, rule, status, detail) in [
        (
            vec![missing_since(7, "Critical")],
            "overdue>0",
            GateStatus::Pass,
            "",
        ),
        (
            vec![missing_since(8, "Critical"), missing_since(99, "Low")],
            "overdue>0",
            GateStatus::Fail,
            "1 patch overdue, the first overdue by 24 hours (released 2026-11-12)",
        ),
        (
            vec![
                missing_since(16, "Critical"),
                missing_since(33, "Important"),
            ],
            "overdue>1",
            GateStatus::Fail,
            "2 patches overdue, the first overdue by 9 days (released 2026-11-04)",
        ),
        (
            vec![missing_since(16, "Critical")],
            "overdue>1",
            GateStatus::Pass,
            "",
        ),
        // Without a limit there is no due date, known or not.
        (
            vec![missing("KB1", "Low")],
            "overdue>0",
            GateStatus::Pass,
            "",
        ),
        (
            vec![missing_since(27, "Important")],
            "due-within 7d",
            GateStatus::Fail,
            "1 patch overdue or due within 7 days, the first due in 3 days (released 2026-10-24)",
        ),
        (
            vec![missing_since(22, "Important")],
            "due-within 7d",
            GateStatus::Pass,
            "",
        ),
        (
            vec![missing_since(99, "Critical")],
            "due-within 7d",
            GateStatus::Fail,
            "1 patch overdue or due within 7 days, the first overdue by 92 days (released 2026-08-13)",
        ),
        (
            vec![missing("KB1", "Critical")],
            "overdue>0",
            GateStatus::Unknown,
            "1 patch of unknown release date",
        ),
        // One of unknown date cannot make two.
        (
            vec![missing("KB1", "Critical")],
            "overdue>1",
            GateStatus::Pass,
            "",
        ),
        (
            vec![missing("KB1", "Critical"), missing_since(99, "Critical")],
            "overdue>0",
            GateStatus::Fail,
            "1 patch overdue, the first overdue by 92 days (released 2026-08-13)",
        ),
    ] {
        let report = check(&[rule], "", &[node_with(patches)]);
        assert_eq!(report.status, status, "{rule} {detail}");
        assert_eq!(details(&report, rule).join(""), detail);
    }
}

#[test]
fn every_state_in_which_a_node_lacks_a_patch_counts_and_no_other() {
    for state in PatchState::DOCUMENTED {
        let is_lacking = PatchState::LACKING.contains(&state);
        let node = node_with(vec![released(99, "Critical", state.clone())]);
        let report = check(&["overdue>0"], "", &[node]);
        let expected = if is_lacking {
            GateStatus::Fail
        } else {
            GateStatus::Pass
        };
        assert_eq!(report.status, expected, "{state}");
    }
}

#[test]
fn what_an_unknown_release_date_means_is_a_choice() {
    let node = node_with(vec![missing("bind.x86_64", "Critical")]);
    for (meaning, status) in [
        (UnknownAge::Fail, GateStatus::Fail),
        (UnknownAge::Ignore, GateStatus::Pass),
        (UnknownAge::Unknown, GateStatus::Unknown),
    ] {
        for rule in ["overdue>0", "due-within 7d"] {
            let mut rules = rule_set(&[rule], None);
            rules.unknown_age = meaning;
            let report = checked(rules, Waivers::default(), std::slice::from_ref(&node));
            assert_eq!(report.status, status, "{rule} {meaning:?}");
            let is_ignored = meaning == UnknownAge::Ignore;
            assert_eq!(report.remarks.len(), usize::from(is_ignored));
        }
    }
}

#[test]
fn what_is_counted_and_not_listed_or_not_read_is_a_doubt() {
    let mut unlisted = node_with(Vec::new());
    let Outcome::Answered(state) = &mut unlisted.outcome else {
        panic!("it answered");
    };
    state.failed = Some(2);
    let report = check(&["overdue>0"], "", &[unlisted]);
    assert_eq!(report.status, GateStatus::Unknown);
    assert_eq!(
        details(&report, "overdue>0"),
        ["2 failed, which the service counts and does not list"]
    );
    let broken_off = NodeInput {
        end: Outcome::Unread(cause()),
        ..node_with(Vec::new())
    };
    let report = check(&["overdue>0"], "", &[broken_off]);
    assert_eq!(report.status, GateStatus::Unknown);
}

#[test]
fn a_waived_patch_is_not_overdue_and_stays_in_the_report() {
    let node = node_with(vec![missing_since(99, "Critical")]);
    let text = waiver("kb = \"KB99Critical\"");
    let report = check(&["overdue>0", "due-within 7d"], &text, &[node]);
    assert_eq!(report.status, GateStatus::Pass);
    assert_eq!(report.waived.len(), 2);
}

/// A dataset that first saw these patches so many days ago.
fn first_seen(patches: &[(&Patch, i64)]) -> FirstSeen {
    let mut first_seen = FirstSeen::default();
    let now = verdict_options().now;
    for (patch, days) in patches {
        let run = now - SignedDuration::from_hours(24 * days);
        first_seen.add_node(&node("i-1"), std::slice::from_ref(patch), run);
        // A later run changes nothing.
        first_seen.add_node(&node("i-1"), std::slice::from_ref(patch), now);
    }
    first_seen
}

#[test]
fn without_a_release_date_the_limit_counts_from_when_a_dataset_first_saw_the_patch() {
    let (linux, dated) = (
        missing("bind.x86_64", "Critical"),
        missing_since(8, "Critical"),
    );
    let twin = Patch {
        title: Some("bind 9.11".into()),
        ..linux.clone()
    };
    for (patches, seen, rule, status, detail) in [
        (
            vec![linux.clone()],
            first_seen(&[(&linux, 8)]),
            "overdue>0",
            GateStatus::Fail,
            "1 patch overdue, the first overdue by 24 hours (first seen 2026-11-12)",
        ),
        (
            vec![linux.clone()],
            first_seen(&[(&linux, 6)]),
            "overdue>0",
            GateStatus::Pass,
            "",
        ),
        (
            vec![linux.clone()],
            first_seen(&[(&linux, 6)]),
            "due-within 7d",
            GateStatus::Fail,
            "1 patch overdue or due within 7 days, the first due in 24 hours (first seen 2026-11-14)",
        ),
        // A release date counts, whenever the patch was seen.
        (
            vec![dated.clone()],
            first_seen(&[(&dated, 90)]),
            "overdue>0",
            GateStatus::Fail,
            "1 patch overdue, the first overdue by 24 hours (released 2026-11-12)",
        ),
        // Another title is another patch.
        (
            vec![twin.clone()],
            first_seen(&[(&linux, 90)]),
            "overdue>0",
            GateStatus::Unknown,
            "1 patch of unknown release date",
        ),
    ] {
        let node = node_with(patches);
        let rules = rule_set(&[rule], None);
        let report = checked_since(rules, Waivers::default(), &[node], seen);
        assert_eq!(report.status, status, "{rule} {detail}");
        assert_eq!(details(&report, rule).join(""), detail);
    }
}

#[test]
fn a_run_that_cannot_be_used_may_have_seen_a_patch_earlier() {
    let linux = missing("bind.x86_64", "Critical");
    for (days, rule, status) in [
        (6, "overdue>0", GateStatus::Unknown),
        (8, "overdue>0", GateStatus::Fail),
        (6, "due-within 7d", GateStatus::Fail),
        // One cannot be two.
        (6, "overdue>1", GateStatus::Pass),
    ] {
        let mut seen = first_seen(&[(&linux, days)]);
        seen.damaged
            .push(("the-run".to_owned(), "damaged".to_owned()));
        let node = node_with(vec![linux.clone()]);
        let rules = rule_set(&[rule], None);
        let report = checked_since(rules, Waivers::default(), &[node], seen);
        assert_eq!(report.status, status, "{days} {rule}");
        assert!(
            report.remarks[0].contains("the-run"),
            "{:?}",
            report.remarks
        );
    }
}
