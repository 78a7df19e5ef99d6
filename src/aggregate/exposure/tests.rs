//! What may be said of a node and a CVE, case by case and as a law.
//! Knows the fold from outside only.

use crate::report::{Note, notes};
use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::aggregate::exposure::*;
use crate::duration::MaxAge;
use crate::record::{AccountRegion, Cves, InfoField, NoDataCause, NodeInfo};

fn verdict_options() -> VerdictOptions {
    VerdictOptions {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        max_age: MaxAge::default(),
        wants_reasons: true,
    }
}

fn node(id: &str, platform: Option<(&str, &str)>) -> Node {
    let location = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    });
    let facts = platform.map(|(of, name)| {
        Arc::new(NodeInfo::of([
            (InfoField::PlatformType, Some(of)),
            (InfoField::PlatformName, Some(name)),
        ]))
    });
    Node {
        info: facts,
        ..Node::requested(id, &location)
    }
}

const WINDOWS: Option<(&str, &str)> = Some(("Windows", "Microsoft Windows Server 2022"));

fn scanned(at: &str) -> NodeState {
    NodeState {
        operation_end: at.parse().ok(),
        missing: Some(0),
        failed: Some(0),
        installed_pending_reboot: Some(0),
        available_security_update: Some(0),
        ..NodeState::default()
    }
}

fn fresh() -> NodeState {
    scanned("2026-11-20T06:00:00Z")
}

fn patch(node: &Node, state: PatchState, cves: &str) -> Patch {
    Patch {
        node: node.clone(),
        title: None,
        kb_id: Some("KB1".into()),
        classification: None,
        severity: None,
        state,
        installed_time: None,
        cves: Cves::new(Some(cves)),
        release_date: None,
    }
}

fn cause() -> Cause {
    Cause {
        code: "Timeout".into(),
        text: "no answer".into(),
    }
}

/// What becomes of one node with these rows.
fn judged(node: &Node, rows: &[(PatchState, &str)], state: &Outcome<NodeState>) -> Exposure {
    let mut exposures = ExposureAggregator::new(&["CVE-2026-1000".to_owned()], verdict_options());
    for (state, cves) in rows {
        exposures.add_patch(&patch(node, state.clone(), cves));
    }
    exposures.finish_node(node, &Outcome::Answered(()), Some(state));
    exposures.finish().remove(0)
}

fn doubt(node: &Node, rows: &[(PatchState, &str)], state: NodeState) -> Option<NotJudgedReason> {
    let judged = judged(node, rows, &Outcome::Answered(state));
    judged
        .not_judged()
        .next()
        .map(|doubted| doubted.reason.clone())
}

#[test]
fn a_missing_or_failed_patch_that_names_a_cve_leaves_it_open_whatever_else_is_in_doubt() {
    let stale = Outcome::Answered(scanned("2026-01-01T00:00:00Z"));
    for state in STATES_WITH_CVE_IDS {
        let rows = [
            (state, "CVE-2026-1, cve-2026-1000"),
            (PatchState::Missing, ""),
        ];
        let judged = judged(&node("i-1", None), &rows, &stale);
        assert_eq!(judged.open_nodes.len(), 1);
        assert_eq!((judged.not_judged().count(), judged.not_seen), (0, 0));
    }
    // It is installed, and only waits for a restart or an answer.
    let rows = [(PatchState::Installed, "CVE-2026-1000")];
    let judged = judged(&node("i-1", WINDOWS), &rows, &Outcome::Answered(fresh()));
    assert_eq!((judged.open_nodes.len(), judged.not_seen), (0, 1));
}

#[test]
fn systems_that_tell_no_cves_are_known_by_their_names() {
    for (of, name, expected) in [
        ("Linux", "Ubuntu", Some("NoCveData")),
        ("Linux", "Debian GNU/Linux", Some("NoCveData")),
        ("MacOS", "macOS", Some("NoCveData")),
        ("MacOS", "", Some("NoCveData")),
        ("Linux", "", Some("UnknownPlatform")),
        ("Windows", "", None),
        ("Linux", "Amazon Linux", None),
        ("Linux", "SLES", None),
    ] {
        let node = node("i-1", Some((of, name)));
        let code = doubt(&node, &[], fresh()).map(|doubt| doubt.code());
        assert_eq!(code, expected, "{of} {name}");
    }
    let unknown = doubt(&node("i-1", None), &[], fresh());
    assert_eq!(unknown, Some(NotJudgedReason::UnknownPlatform));
}

#[test]
fn of_several_reasons_the_strongest_is_told() {
    let nameless = [(PatchState::Missing, ""), (PatchState::Failed, "CVE-1-1")];
    let weak = NodeState {
        available_security_update: Some(2),
        installed_pending_reboot: Some(3),
        ..fresh()
    };
    let ubuntu = node("i-1", Some(("Linux", "Ubuntu")));
    let windows = node("i-1", WINDOWS);
    let old = NodeState {
        operation_end: "2026-11-01T12:00:00Z".parse().ok(),
        ..weak.clone()
    };
    assert_eq!(
        doubt(&ubuntu, &nameless, old),
        Some(NotJudgedReason::Stale(Some(19 * 86_400)))
    );
    assert_eq!(
        doubt(&ubuntu, &nameless, weak.clone()),
        Some(NotJudgedReason::NoCveData("Ubuntu".into()))
    );
    assert_eq!(
        doubt(&windows, &nameless, weak.clone()),
        Some(NotJudgedReason::PatchesWithoutCves(1))
    );
    assert_eq!(
        doubt(&windows, &[], weak.clone()),
        Some(NotJudgedReason::UnapprovedUpdates(2))
    );
    let waiting = NodeState {
        available_security_update: Some(0),
        ..weak
    };
    assert_eq!(
        doubt(&windows, &[], waiting),
        Some(NotJudgedReason::PendingReboot(3))
    );
    assert_eq!(
        doubt(&windows, &[], NodeState::default()),
        Some(NotJudgedReason::Stale(None))
    );
    assert_eq!(doubt(&windows, &[], fresh()), None);
}

#[test]
fn a_counter_that_the_record_lacks_is_no_zero() {
    type Counter = fn(&mut NodeState) -> &mut crate::record::Count;
    let windows = node("i-1", WINDOWS);
    let linux = node("i-1", Some(("Linux", "Amazon Linux")));
    let counters: [(&str, Counter); 4] = [
        ("MissingCount", |state| &mut state.missing),
        ("FailedCount", |state| &mut state.failed),
        ("InstalledPendingRebootCount", |state| {
            &mut state.installed_pending_reboot
        }),
        ("AvailableSecurityUpdateCount", |state| {
            &mut state.available_security_update
        }),
    ];
    for (name, counter) in counters {
        let mut state = fresh();
        *counter(&mut state) = None;
        let told = Some(NotJudgedReason::MissingCounter(name));
        assert_eq!(doubt(&windows, &[], state.clone()), told);
        // Only Windows knows of updates that are available and not approved.
        let of_linux = told.filter(|_| name != "AvailableSecurityUpdateCount");
        assert_eq!(doubt(&linux, &[], state), of_linux, "{name}");
    }
}

#[test]
fn patches_that_are_counted_and_were_not_listed_leave_their_node_in_doubt() {
    let windows = node("i-1", WINDOWS);
    let counted = |missing, failed| NodeState {
        missing: Some(missing),
        failed: Some(failed),
        ..fresh()
    };
    let rows = [
        (PatchState::Missing, "CVE-1-1"),
        (PatchState::Missing, "CVE-1-2"),
    ];
    for (missing, failed, unlisted) in [(5, 0, 3), (2, 1, 1), (3, 2, 3)] {
        let told = doubt(&windows, &rows, counted(missing, failed));
        assert_eq!(told, Some(NotJudgedReason::UnlistedPatches(unlisted)));
    }
    // More rows than the counter says: a scan came in between, or one patch twice.
    for missing in [0, 2] {
        assert_eq!(doubt(&windows, &rows, counted(missing, 0)), None);
    }
}

#[test]
fn patches_whose_counters_were_not_read_prove_nothing() {
    let windows = node("i-1", WINDOWS);
    let judged = judged(&windows, &[], &Outcome::Unread(cause()));
    let doubts: Vec<&NotJudgedReason> =
        judged.not_judged().map(|doubted| &doubted.reason).collect();
    assert_eq!(doubts, [&NotJudgedReason::UnknownScanAge]);
}

#[test]
fn the_lines_for_people_count_all_and_name_the_first() {
    let mut exposures = ExposureAggregator::new(&["CVE-2026-1000".to_owned()], verdict_options());
    let location = Scope {
        region: Some("us-east-1".into()),
        ..Scope::default()
    };
    exposures.add_unread_scope(location, &cause());
    for at in 0..5 {
        let node = node(&format!("i-{at}"), WINDOWS);
        exposures.add_patch(&patch(&node, PatchState::Missing, "CVE-2026-1000"));
        exposures.finish_node(
            &node,
            &Outcome::Answered(()),
            Some(&Outcome::Answered(fresh())),
        );
    }
    exposures.finish_node(&node("i-8", None), &Outcome::NoData, None);
    exposures.finish_node(
        &node("i-9", WINDOWS),
        &Outcome::Answered(()),
        Some(&Outcome::Answered(fresh())),
    );
    assert_eq!(
        notes::exposures(&exposures.finish())
            .iter()
            .map(Note::to_line)
            .collect::<Vec<_>>(),
        [
            "CVE-2026-1000: 5 nodes lack its fix: i-0, i-1, i-2 and 2 more (-o json names all); 1 node and 1 region or account cannot be judged, 1 not seen to lack it",
            "not judged: 1 region or account unread: us-east-1",
            "not judged: 1 without data: i-8",
        ]
    );
}

#[test]
fn a_cve_that_is_asked_for_twice_is_told_once() {
    let cves = ["CVE-2026-1000", "cve_2026_1000"].map(ToOwned::to_owned);
    assert_eq!(
        ExposureAggregator::new(&cves, verdict_options())
            .finish()
            .len(),
        1
    );
}

#[test]
fn every_doubt_has_a_code_in_the_order_of_their_strength() {
    let doubts = [
        NotJudgedReason::Unread("".into()),
        NotJudgedReason::NoData(NoDataCause::Unknown),
        NotJudgedReason::Unreadable("".into()),
        NotJudgedReason::Stale(None),
        NotJudgedReason::UnknownScanAge,
        NotJudgedReason::NoCveData("Ubuntu".into()),
        NotJudgedReason::UnknownPlatform,
        NotJudgedReason::PatchesWithoutCves(1),
        NotJudgedReason::UnlistedPatches(1),
        NotJudgedReason::UnapprovedUpdates(1),
        NotJudgedReason::PendingReboot(1),
        NotJudgedReason::MissingCounter("MissingCount"),
    ];
    assert_eq!(
        doubts.each_ref().map(NotJudgedReason::code),
        NotJudgedReason::CODES
    );
}

proptest! {
    #[test]
    fn every_node_is_told_once_for_each_cve(
        nodes in proptest::collection::vec((0usize..3, 0usize..4, 0usize..3, proptest::collection::vec(0usize..4, 0..4)), 0..12),
    ) {
        let cves = ["CVE-2026-1000", "CVE-2026-2000"].map(ToOwned::to_owned);
        let texts = ["", "CVE-2026-1000", "CVE-2026-2000,CVE-2026-1000", "CVE-1-1"];
        let mut exposures = ExposureAggregator::new(&cves, verdict_options());
        let mut lacking = [BTreeSet::new(), BTreeSet::new()];
        for (at, (outcome, platform, state, rows)) in nodes.iter().enumerate() {
            let id = format!("i-{at}");
            let platform = [WINDOWS, None, Some(("Linux", "Ubuntu")), Some(("Linux", "SLES"))][*platform];
            let node = node(&id, platform);
            for row in rows {
                exposures.add_patch(&patch(&node, PatchState::Missing, texts[*row]));
                for (cve, lacking) in cves.iter().zip(&mut lacking) {
                    if texts[*row].contains(cve) {
                        lacking.insert(id.clone());
                    }
                }
            }
            let outcome = [Outcome::Answered(()), Outcome::NoData, Outcome::Unread(cause())][*outcome].clone();
            let state = [Outcome::Answered(fresh()), Outcome::NoData, Outcome::Answered(scanned(""))][*state].clone();
            exposures.finish_node(&node, &outcome, Some(&state));
        }
        for (exposure, lacking) in exposures.finish().iter().zip(&lacking) {
            let open: BTreeSet<String> = exposure.open_nodes.iter().map(|node| node.id.to_string()).collect();
            prop_assert_eq!(&open, lacking);
            let doubted: BTreeSet<String> = exposure.not_judged().map(|doubted| doubted.subject.to_string()).collect();
            prop_assert!(doubted.is_disjoint(&open));
            prop_assert_eq!(exposure.not_judged().count(), doubted.len());
            prop_assert_eq!((open.len() + doubted.len()) as u64 + exposure.not_seen, nodes.len() as u64);
        }
    }
}
