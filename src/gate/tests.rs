//! Laws of the fold, and the cases they were found by.

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::age::MaxAge;
use crate::conflict::Baselines;
use crate::record::{
    Cves, Node, NodeState, Outcome, Patch, PatchState, Place, Ruling, Scope, Subject, Why,
};
use crate::report::StateRow;
use crate::severity::Severity;
use crate::verdict::Yardstick;
use crate::waiver::Waivers;

fn yardstick() -> Yardstick {
    Yardstick {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        max_age: MaxAge::default(),
    }
}

fn node(id: &str) -> Node {
    let place = Place {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
    };
    Node::asked(id, &Arc::new(place))
}

fn why() -> Why {
    Why {
        code: "AccessDeniedException".into(),
        text: "denied".into(),
    }
}

/// A record with nothing amiss.
fn clean() -> NodeState {
    NodeState {
        patch_group: Some("web".into()),
        baseline_id: Some("pb-1".into()),
        missing: Some(0),
        failed: Some(0),
        installed_rejected: Some(0),
        installed_pending_reboot: Some(0),
        available_security_update: Some(0),
        operation_end: "2026-11-20T06:00:00Z".parse().ok(),
        ..NodeState::default()
    }
}

/// What a node is fed with.
#[derive(Debug, Clone)]
struct Fed {
    id: String,
    outcome: Outcome<NodeState>,
    patches: Vec<Patch>,
    end: Outcome<()>,
}

impl Fed {
    fn new(id: &str, state: NodeState, patches: Vec<Patch>) -> Self {
        Self {
            id: id.to_owned(),
            outcome: Outcome::Answered(state),
            patches: patches
                .into_iter()
                .map(|patch| Patch {
                    node: node(id),
                    ..patch
                })
                .collect(),
            end: Outcome::Answered(()),
        }
    }

    fn row(&self) -> StateRow {
        StateRow::new(node(&self.id), self.outcome.clone(), &yardstick())
    }
}

fn patch(state: PatchState, kb: &str, severity: &str) -> Patch {
    Patch {
        node: node("i-0"),
        title: None,
        kb_id: Some(kb.into()),
        classification: None,
        severity: Some(severity.into()),
        state,
        installed_time: None,
        cves: Cves::default(),
        released: None,
    }
}

fn missing(kb: &str, severity: &str) -> Patch {
    patch(PatchState::Missing, kb, severity)
}

fn question(rules: &[&str], least: Option<Severity>) -> Question {
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    Question::new(&rules, least)
}

fn waivers(text: &str) -> Waivers {
    Waivers::parse("w.toml", text).unwrap()
}

/// A waiver of what these lines name.
fn waiver(named: &str) -> String {
    format!("[[waiver]]\n{named}\nexpires = 2026-12-31\nreason = \"known\"\n")
}

fn checked(question: Question, waivers: Waivers, nodes: &[Fed]) -> Report {
    let mut gate = Gate::new(question, waivers, yardstick());
    let mut baselines = Baselines::default();
    for fed in nodes {
        let row = fed.row();
        if let Some(state) = row.state() {
            baselines.count(&node(&fed.id), state);
        }
        gate.take(&row, &fed.patches, &fed.end);
    }
    gate.conflicts(&baselines.conflicts(|_, _| Some("WINDOWS".into())));
    gate.end()
}

fn check(rules: &[&str], text: &str, nodes: &[Fed]) -> Report {
    checked(question(rules, None), waivers(text), nodes)
}

/// The details of a rule's findings.
fn details<'r>(report: &'r Report, rule: &str) -> Vec<&'r str> {
    let of = report.rules.iter().find(|ruled| ruled.rule == rule);
    let findings = of.map(|ruled| &ruled.findings[..]).unwrap_or_default();
    findings.iter().map(|finding| &*finding.detail).collect()
}

#[test]
fn a_gate_over_clean_nodes_is_held_and_says_so_for_each_rule() {
    let rules = Rule::DEFAULT.map(|rule| rule.to_string());
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let report = check(&rules, "", &[Fed::new("i-1", clean(), Vec::new())]);
    assert_eq!(report.held, Held::Held);
    assert_eq!(report.rules.len(), 4);
    assert_eq!(report.nodes.answered, 1);
}

#[test]
fn a_gate_over_nothing_cannot_say() {
    for rules in [&["non-compliant"][..], &["no-data", "compliant<95%"]] {
        let report = check(rules, "", &[]);
        assert_eq!(report.held, Held::CannotSay);
        assert!(
            details(&report, "no-data")[0].starts_with("no managed node was found"),
            "{report:?}"
        );
    }
}

#[test]
fn a_region_that_is_unread_keeps_the_gate_from_saying_anything_better_than_broken() {
    let scope = Scope {
        region: Some("us-east-1".into()),
        ..Scope::default()
    };
    for (missing, held) in [(0, Held::CannotSay), (1, Held::Broken)] {
        let waivers = waivers(&waiver("account = \"999999999999\""));
        let mut gate = Gate::new(question(&["missing>0"], None), waivers, yardstick());
        let row = StateRow::unread(scope.clone(), why(), &yardstick());
        gate.take(&row, &[], &Outcome::Unread(why()));
        let state = NodeState {
            missing: Some(missing),
            ..clean()
        };
        let fed = Fed::new("i-1", state, Vec::new());
        gate.take(&fed.row(), &[], &fed.end);
        let report = gate.end();
        assert_eq!(report.held, held);
        assert_eq!(details(&report, "unread"), ["unread: denied"]);
        assert_eq!(report.nodes.unread_scopes, 1);
    }
}

#[test]
fn a_node_without_data_breaks_its_rule_or_keeps_others_from_being_answered() {
    let nodes = [Fed {
        outcome: Outcome::NoData,
        end: Outcome::NoData,
        ..Fed::new("i-1", clean(), Vec::new())
    }];
    for (rules, held) in [
        (&["no-data", "missing>0"][..], Held::Broken),
        (&["missing>0"], Held::CannotSay),
        (&["non-compliant"], Held::CannotSay),
        (&["stale"], Held::CannotSay),
        (&["missing>=critical"], Held::CannotSay),
        (&["patch-older-than 30d"], Held::CannotSay),
        (&["unread"], Held::Held),
        (&["baseline-differs"], Held::Held),
        (&["compliant<50%"], Held::Broken),
    ] {
        assert_eq!(check(rules, "", &nodes).held, held, "{rules:?}");
    }
    let waived = check(&["missing>0"], &waiver("node = \"i-1\""), &nodes);
    assert_eq!(waived.held, Held::Held);
    assert_eq!(waived.waived[0].rule, "no-data");
}

#[test]
fn counters_that_were_not_reported_answer_only_the_rules_on_others() {
    let state = NodeState {
        failed: None,
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, Vec::new())];
    assert_eq!(check(&["missing>0"], "", &nodes).held, Held::Held);
    assert_eq!(check(&["failed>0"], "", &nodes).held, Held::CannotSay);
    let state = NodeState {
        missing: Some(1),
        failed: None,
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, Vec::new())];
    let report = check(&["failed>0"], "", &nodes);
    assert_eq!(details(&report, "failed>0"), ["failed not reported"]);
    // What is not reported may be worse than what is.
    let report = check(&["no-data"], "", &nodes);
    assert_eq!(details(&report, "no-data"), ["failed not reported"]);
}

#[test]
fn only_windows_counts_security_updates_and_others_have_none() {
    let state = NodeState {
        available_security_update: None,
        ..clean()
    };
    let gate = |platform: Option<&str>| {
        let mut row = Fed::new("i-1", state.clone(), Vec::new()).row();
        let Subject::Node(node) = &mut row.subject else {
            unreachable!()
        };
        node.facts = Some(Arc::new(crate::record::Facts {
            platform_type: platform.map(Into::into),
            ..crate::record::Facts::default()
        }));
        let mut gate = Gate::new(
            question(&["unapproved>0"], None),
            Waivers::default(),
            yardstick(),
        );
        gate.take(&row, &[], &Outcome::Answered(()));
        gate.end().held
    };
    assert_eq!(gate(Some("Linux")), Held::Held);
    assert_eq!(gate(Some("MacOS")), Held::Held);
    assert_eq!(gate(Some("Windows")), Held::CannotSay);
    assert_eq!(gate(None), Held::CannotSay);
}

#[test]
fn a_row_that_is_counted_and_not_listed_is_never_waived_by_luck() {
    let state = NodeState {
        missing: Some(2),
        ..clean()
    };
    let by_kb = waiver("kb = \"KB1\"");
    let both = vec![missing("KB1", "Critical"), missing("kb-1", "Low")];
    let report = check(
        &["non-compliant", "missing>0"],
        &by_kb,
        &[Fed::new("i-1", state.clone(), both)],
    );
    assert_eq!(report.held, Held::Held);
    let rules: Vec<&str> = report.waived.iter().map(|waived| &*waived.rule).collect();
    assert_eq!(rules, ["non-compliant", "missing>0"]);
    assert_eq!(report.waived[0].detail, "2 missing");
    assert_eq!(report.waived[0].waiver, "w.toml:1");

    let one = vec![missing("KB1", "Critical")];
    let nodes = [Fed::new("i-1", state, one)];
    let report = check(&["non-compliant", "missing>0", "missing>1"], &by_kb, &nodes);
    assert_eq!(report.held, Held::Broken);
    let told = ["1 missing (beside 1 waived)"];
    assert_eq!(details(&report, "non-compliant"), told);
    assert_eq!(details(&report, "missing>0"), told);
    assert_eq!(details(&report, "missing>1"), [""; 0]);
}

#[test]
fn what_could_not_be_read_is_not_waived_and_not_taken_for_broken_either() {
    let state = NodeState {
        missing: Some(2),
        ..clean()
    };
    let fed = Fed {
        end: Outcome::Unread(why()),
        ..Fed::new("i-1", state, vec![missing("KB1", "Critical")])
    };
    let rules = &["non-compliant", "missing>=critical"];
    let by_kb = waiver("kb = \"KB1\"");
    let report = check(rules, &by_kb, std::slice::from_ref(&fed));
    assert_eq!(report.held, Held::CannotSay);
    assert_eq!(
        details(&report, "unread"),
        ["its patches are unread: denied"]
    );
    assert_eq!(report.nodes.unread, 1);
    // Nor is it by a waiver of the whole node.
    let report = check(rules, &waiver("node = \"i-1\""), std::slice::from_ref(&fed));
    assert_eq!(report.held, Held::CannotSay);
    // Without waivers of patches, the counters decide.
    let report = check(rules, "", &[fed]);
    assert_eq!(report.held, Held::Broken);
    assert_eq!(details(&report, "non-compliant"), ["2 missing"]);
    assert_eq!(
        details(&report, "missing>=critical"),
        ["1 missing rated Critical"]
    );
}

#[test]
fn the_words_of_the_counters_alone_are_not_waived_by_patches() {
    let state = NodeState {
        security_non_compliant: Some(4),
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, Vec::new())];
    let report = check(&["non-compliant"], &waiver("kb = \"KB*\""), &nodes);
    assert_eq!(
        details(&report, "non-compliant"),
        ["4 security non-compliant by AWS's count"]
    );
}

#[test]
fn an_update_whose_baseline_is_not_readable_is_not_waived_away_with_the_rest() {
    let state = NodeState {
        missing: Some(1),
        available_security_update: Some(1),
        ruling: Some(Ruling::Unreadable(why())),
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, vec![missing("KB1", "Low")])];
    let report = check(&["non-compliant"], &waiver("kb = \"KB1\""), &nodes);
    assert_eq!(report.held, Held::CannotSay);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 security update available, unknown: baseline not readable: denied"]
    );
}

#[test]
fn a_least_severity_leaves_out_the_lesser_and_tells_of_those_nobody_rated() {
    let state = NodeState {
        missing: Some(3),
        ..clean()
    };
    let patches = vec![
        missing("KB1", "Low"),
        missing("KB2", "Important"),
        missing("bind9.amd64", "important"),
    ];
    let nodes = [Fed::new("i-1", state, patches)];
    let rules = &["non-compliant", "missing>1", "missing>=critical"];
    let least = Some(Severity::Important);
    let report = checked(question(rules, least), Waivers::default(), &nodes);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 missing (beside 2 less severe)"]
    );
    assert_eq!(details(&report, "missing>1"), [""; 0]);
    let finding = &report.rules[0].findings[0];
    assert_eq!(finding.patches.len(), 1);
    assert_eq!(finding.patches[0].severity, Severity::Important);
    assert_eq!(
        report.remarks,
        ["left out: 1 patch on 1 node that nobody rated, of which a least severity says nothing"]
    );
}

#[test]
fn old_patches_break_the_gate_and_those_of_unknown_age_keep_it_from_saying() {
    let now = yardstick().now;
    let released = |days: i64, kb| Patch {
        released: Some(now - SignedDuration::from_hours(24 * days)),
        ..missing(kb, "Low")
    };
    let state = |n| NodeState {
        missing: Some(n),
        ..clean()
    };
    let rule = "patch-older-than 30d";
    for (patches, counted, held, detail) in [
        (vec![released(30, "KB1")], 1, Held::Held, ""),
        (vec![released(-2, "KB1")], 1, Held::Held, ""),
        (
            vec![
                released(31, "KB1"),
                released(94, "KB2"),
                missing("KB3", "Low"),
            ],
            3,
            Held::Broken,
            "2 missing released more than 30 days ago, the oldest 94 days ago; 1 missing of unknown \
             age: AWS tells release dates of Windows updates only",
        ),
        (
            vec![missing("bind.x86_64", "Low")],
            1,
            Held::CannotSay,
            "1 missing of unknown age: AWS tells release dates of Windows updates only",
        ),
        (
            vec![released(3, "KB1")],
            4,
            Held::CannotSay,
            "3 missing of unknown age: the service counts them and does not list them",
        ),
    ] {
        let report = check(&[rule], "", &[Fed::new("i-1", state(counted), patches)]);
        assert_eq!(report.held, held, "{detail}");
        assert_eq!(details(&report, rule).join(""), detail);
    }
}

#[test]
fn a_share_is_broken_only_if_it_would_be_were_all_unread_nodes_compliant() {
    let bad = || NodeState {
        missing: Some(1),
        ..clean()
    };
    let fleet = |good: usize, broken: usize, unread: usize| -> Vec<Fed> {
        let mut nodes = Vec::new();
        for at in 0..good + broken + unread {
            let state = if at < good { clean() } else { bad() };
            let mut fed = Fed::new(&format!("i-{at}"), state, Vec::new());
            if at >= good + broken {
                fed.outcome = Outcome::Unread(why());
            }
            nodes.push(fed);
        }
        nodes
    };
    let rule = "compliant<95%";
    for (good, broken, unread, of_rule) in [
        (95, 5, 0, Held::Held),
        (94, 6, 0, Held::Broken),
        (94, 5, 1, Held::CannotSay),
        (93, 6, 1, Held::Broken),
        (95, 0, 5, Held::Held),
    ] {
        let report = check(&[rule], "", &fleet(good, broken, unread));
        assert_eq!(report.rules[0].held, of_rule, "{good} {broken} {unread}");
        assert_eq!(
            report.held == Held::Held,
            of_rule == Held::Held && unread == 0
        );
    }
    let report = check(&[rule], "", &fleet(1998, 2, 0));
    assert_eq!(report.held, Held::Held);
    let report = check(&["compliant<100%"], "", &fleet(1999, 1, 0));
    assert_eq!(
        details(&report, "compliant<100%"),
        ["99.9% are compliant: 1999 of 2000 nodes"]
    );
    // A waived node counts as compliant.
    let report = check(
        &["compliant<100%"],
        &waiver("node = \"i-9\""),
        &fleet(9, 1, 0),
    );
    assert_eq!((report.held, report.waived.len()), (Held::Held, 1));
}

#[test]
fn a_stale_node_that_is_non_compliant_breaks_both_rules() {
    let state = NodeState {
        missing: Some(1),
        operation_end: "2026-11-01T00:00:00Z".parse().ok(),
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, Vec::new())];
    let report = check(&["non-compliant", "stale"], "", &nodes);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 missing, stale: last scanned 2026-11-01 00:00 UTC"]
    );
    assert_eq!(
        details(&report, "stale"),
        ["last scanned 2026-11-01 00:00 UTC"]
    );
    // A waiver of its patches leaves it stale.
    let nodes = [Fed {
        patches: vec![missing("KB1", "Low")],
        ..nodes[0].clone()
    }];
    let report = check(&["non-compliant", "stale"], &waiver("kb = \"KB1\""), &nodes);
    assert_eq!(details(&report, "non-compliant"), [""; 0]);
    assert_eq!(details(&report, "stale").len(), 1);
}

#[test]
fn a_node_scanned_with_another_baseline_is_found_once_all_nodes_are_known() {
    let with = |baseline: &str| NodeState {
        baseline_id: Some(baseline.into()),
        ..clean()
    };
    let nodes = [
        Fed::new("i-1", with("pb-b"), Vec::new()),
        Fed::new("i-2", with("pb-a"), Vec::new()),
        Fed::new("i-3", with("pb-a"), Vec::new()),
    ];
    let report = check(&["baseline-differs"], "", &nodes);
    let findings = &report.rules[0].findings;
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].subject.as_ref().unwrap().id(), Some("i-1"));
    assert_eq!(
        findings[0].detail,
        "scanned with pb-b, others of patch group web with pb-a"
    );
    let waived = check(&["baseline-differs"], &waiver("node = \"i-1\""), &nodes);
    assert_eq!((waived.held, waived.waived.len()), (Held::Held, 1));
}

#[test]
fn an_expired_waiver_waives_nothing_and_one_without_a_finding_is_told() {
    let text = "[[waiver]]\nnode = \"i-1\"\nexpires = 2026-11-19\nreason = \"old\"\n\
                [[waiver]]\nkb = \"KB9\"\nexpires = 2026-12-31\nreason = \"none\"\n";
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [Fed::new("i-1", state, vec![missing("KB1", "Low")])];
    let report = check(&["non-compliant"], text, &nodes);
    assert_eq!(report.held, Held::Broken);
    assert_eq!(report.remarks.len(), 2);
    assert!(report.remarks[0].contains("w.toml:1: expired (2026-11-19)"));
    assert_eq!(report.remarks[1], "w.toml:5: matches no finding");
}

#[test]
fn many_patches_are_counted_and_the_worst_are_named() {
    let state = NodeState {
        missing: Some(25),
        ..clean()
    };
    let patches: Vec<Patch> = (0..25)
        .map(|at| {
            missing(
                &format!("KB{at}"),
                if at == 24 { "Critical" } else { "Low" },
            )
        })
        .collect();
    let report = check(&["missing>0"], "", &[Fed::new("i-1", state, patches)]);
    let finding = &report.rules[0].findings[0];
    assert_eq!(finding.detail, "25 missing; 20 of 25 patches named");
    assert_eq!(finding.patches.len(), 20);
    assert_eq!(finding.patches[0].kb_id.as_deref(), Some("KB24"));
}

#[test]
fn a_remedy_can_be_pasted_into_a_shell_whatever_the_node_is_called() {
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [
        Fed::new("i-0123456789abcdef0", state.clone(), Vec::new()),
        Fed::new("i-1;reboot\n$(id)", state, Vec::new()),
    ];
    let report = check(&["missing>0"], "", &nodes);
    let remedies: Vec<&str> = report.rules[0]
        .findings
        .iter()
        .map(|finding| &*finding.remedy)
        .collect();
    let of = |id: &str| {
        format!(
            "install: aws ssm send-command --document-name AWS-RunPatchBaseline --targets \
             Key=InstanceIds,Values={id} --parameters Operation=Install"
        )
    };
    assert_eq!(remedies, [of("i-0123456789abcdef0"), of("i-...")]);
}

#[test]
fn patches_are_read_only_where_something_hangs_on_them() {
    let read = |rules: &[&str], least, text: &str| {
        let question = question(rules, least);
        let reading = question.reading(&waivers(text));
        reading.map(|reading| reading.filter.states.len())
    };
    let by_node = waiver("node = \"i-1\"");
    let by_kb = waiver("kb = \"KB1\"");
    let usual = &["non-compliant", "stale", "no-data", "unread"][..];
    assert_eq!(read(usual, None, &by_node), None);
    assert_eq!(read(usual, None, &by_kb), Some(5));
    assert_eq!(read(usual, Some(Severity::Low), ""), Some(5));
    assert_eq!(
        read(&["stale", "no-data"], Some(Severity::Low), &by_kb),
        None
    );
    assert_eq!(read(&["missing>3", "compliant<9%"], None, ""), None);
    assert_eq!(read(&["missing>3"], None, &by_kb), Some(1));
    assert_eq!(
        read(&["missing>=critical", "failed>=low"], None, ""),
        Some(2)
    );
    assert_eq!(read(&["patch-older-than 30d"], None, ""), Some(1));
}

// Laws.

fn count() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![1 => Just(None), 4 => Just(Some(0)), 3 => (1u64..4).prop_map(Some)]
}

fn of_state() -> impl Strategy<Value = PatchState> {
    let mut states = PatchState::NON_COMPLIANT.to_vec();
    states.push(PatchState::AvailableSecurityUpdate);
    proptest::sample::select(states)
}

fn row() -> impl Strategy<Value = Patch> {
    (
        of_state(),
        proptest::sample::select(vec!["KB1", "KB2", "bind9.amd64"]),
        proptest::sample::select(vec!["Critical", "Important", "important", "Low", ""]),
        proptest::sample::select(vec!["", "CVE-2024-1111", "CVE-2024-1111,CVE-2025-2222"]),
        proptest::option::of(0i64..60),
    )
        .prop_map(|(state, kb, severity, cves, days)| Patch {
            cves: Cves::new(Some(cves)),
            released: days.map(|days| yardstick().now - SignedDuration::from_hours(24 * days)),
            ..patch(state, kb, severity)
        })
}

/// Counters that mostly agree with the rows, and sometimes do not.
fn answered() -> impl Strategy<Value = (NodeState, Vec<Patch>)> {
    (
        proptest::collection::vec(row(), 0..5),
        [count(), count(), count(), count(), count()],
        proptest::bool::weighted(0.7),
        proptest::sample::select(vec![0i64, 3, 20]),
        proptest::sample::select(vec!["", "web"]),
        proptest::sample::select(vec!["pb-1", "pb-2"]),
        proptest::sample::select(vec![
            None,
            Some(Ruling::Compliant),
            Some(Ruling::NonCompliant),
            Some(Ruling::Unsaid),
            Some(Ruling::Gone),
            Some(Ruling::Unreadable(why())),
        ]),
    )
        .prop_map(|(rows, counts, agrees, days, group, baseline, ruling)| {
            let of = |state: &PatchState, at: usize| {
                let listed = rows.iter().filter(|row| row.state == *state).count() as u64;
                if agrees { Some(listed) } else { counts[at] }
            };
            let state = NodeState {
                patch_group: Some(group.into()),
                baseline_id: Some(baseline.into()),
                missing: of(&PatchState::Missing, 0),
                failed: of(&PatchState::Failed, 1),
                installed_rejected: of(&PatchState::InstalledRejected, 2),
                installed_pending_reboot: of(&PatchState::InstalledPendingReboot, 3),
                available_security_update: of(&PatchState::AvailableSecurityUpdate, 4),
                ruling,
                operation_end: Some(yardstick().now - SignedDuration::from_hours(24 * days)),
                ..NodeState::default()
            };
            (state, rows)
        })
}

fn fed(at: usize) -> impl Strategy<Value = Fed> {
    let id = format!("i-{at}");
    (answered(), 0u8..10).prop_map(move |((state, rows), kind)| {
        let mut fed = Fed::new(&id, state, rows);
        match kind {
            0 => fed.outcome = Outcome::NoData,
            1 => fed.outcome = Outcome::Unread(why()),
            2 => fed.end = Outcome::Unread(why()),
            _ => {}
        }
        if kind < 1 {
            fed.patches.clear();
        }
        fed
    })
}

fn fleet() -> impl Strategy<Value = Vec<Fed>> {
    (0usize..6).prop_flat_map(|n| (0..n).map(fed).collect::<Vec<_>>())
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let all = [
        "non-compliant",
        "stale",
        "no-data",
        "unread",
        "baseline-differs",
        "missing>0",
        "missing>=2",
        "failed>0",
        "rejected>0",
        "pending-reboot>1",
        "unapproved>0",
        "missing>=critical",
        "failed>=low",
        "unapproved>=important",
        "compliant<50%",
        "compliant<=99.5%",
        "patch-older-than 30d",
    ];
    let all: Vec<Rule> = all.iter().map(|rule| rule.parse().unwrap()).collect();
    let most = all.len();
    proptest::sample::subsequence(all, 1..=most)
}

fn least() -> impl Strategy<Value = Option<Severity>> {
    proptest::option::weighted(0.3, proptest::sample::select(Severity::ALL[..4].to_vec()))
}

fn waived() -> impl Strategy<Value = String> {
    let named = proptest::sample::select(vec![
        "kb = \"KB1\"",
        "kb = \"KB*\"\nnode = \"i-1\"",
        "cve = \"CVE-2024-*\"",
        "cve = \"CVE-2025-2222\"\npatch-group = \"web\"",
        "node = \"i-0\"",
        "node = [\"i-1\", \"i-2\"]",
        "patch-group = \"web\"",
        "account = \"111122223333\"\nkb = \"bind9*\"",
        "account = \"111122223333\"",
    ]);
    let expires = proptest::sample::select(vec!["2026-12-31", "2026-12-31", "2026-11-19"]);
    proptest::collection::vec((named, expires), 0..4).prop_map(|waivers| {
        let text = waivers.iter().map(|(named, expires)| {
            format!("[[waiver]]\n{named}\nexpires = {expires}\nreason = \"r\"\n")
        });
        text.collect()
    })
}

/// Which rule finds something about whom, and what that comes to.
fn found(report: &Report) -> Vec<(String, String, Held)> {
    let of = |ruled: &Ruled| {
        let rule = ruled.rule.clone();
        let findings = ruled.findings.iter();
        findings
            .map(|finding| {
                let name = finding.subject.as_ref().map(ToString::to_string);
                (rule.clone(), name.unwrap_or_default(), finding.held)
            })
            .collect::<Vec<_>>()
    };
    report.rules.iter().flat_map(of).collect()
}

/// Every finding of `less` is one of `more`, and none is worse there.
fn is_within(less: &Report, more: &Report) -> Result<(), TestCaseError> {
    let more_found = found(more);
    for (rule, name, held) in found(less) {
        let known = more_found
            .iter()
            .find(|(of, about, _)| *of == rule && *about == name);
        prop_assert!(
            known.is_some(),
            "{rule} {name} only where less was to be found"
        );
        prop_assert!(known.is_some_and(|(.., of)| held <= *of), "{rule} {name}");
    }
    prop_assert!(less.held <= more.held);
    Ok(())
}

proptest! {
    #[test]
    fn the_order_of_input_changes_nothing(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), seed in any::<u64>(),
    ) {
        let ask = || Question::new(&rules, least);
        let straight = checked(ask(), waivers(&text), &fleet);
        let mut shuffled = fleet;
        let mut random = fastrand::Rng::with_seed(seed);
        random.shuffle(&mut shuffled);
        for fed in &mut shuffled {
            random.shuffle(&mut fed.patches);
        }
        prop_assert_eq!(checked(ask(), waivers(&text), &shuffled), straight);
    }

    #[test]
    fn a_waiver_never_adds_a_finding_and_never_waives_what_is_unread(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), more in waived(),
    ) {
        let ask = |text: &str| checked(Question::new(&rules, least), waivers(text), &fleet);
        let (none, some, all) = (ask(""), ask(&text), ask(&format!("{text}{more}")));
        is_within(&some, &none)?;
        is_within(&all, &some)?;
        prop_assert_eq!(details(&all, "unread"), details(&none, "unread"));
        prop_assert!(none.waived.is_empty());
        prop_assert_eq!(all.nodes, none.nodes, "waived nodes stay counted");
    }

    #[test]
    fn a_least_severity_never_makes_a_gate_worse(
        fleet in fleet(), rules in rules(), text in waived(), least in least(),
    ) {
        let ask = |least| checked(Question::new(&rules, least), waivers(&text), &fleet);
        let (some, all) = (ask(least), ask(None));
        prop_assert!(some.held <= all.held);
        // What is not reported may stand under `no-data` instead.
        let all = found(&all);
        for (rule, name, held) in found(&some) {
            prop_assert!(all.iter().any(|(_, about, of)| *about == name && held <= *of), "{rule} {name}");
        }
    }

    #[test]
    fn one_more_bad_patch_never_turns_a_broken_gate_into_a_held_one(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), at in any::<prop::sample::Index>(),
        bad in row(), more in fed(99),
    ) {
        let ask = |fleet: &[Fed]| checked(Question::new(&rules, least), waivers(&text), fleet);
        let before = ask(&fleet).held;
        let mut worse = fleet.clone();
        if !worse.is_empty() {
            let fed = at.get(&worse).id.clone();
            let fed = worse.iter_mut().find(|other| other.id == fed).unwrap();
            if let Outcome::Answered(state) = &mut fed.outcome {
                let counter = match bad.state {
                    PatchState::Missing => &mut state.missing,
                    PatchState::Failed => &mut state.failed,
                    PatchState::InstalledRejected => &mut state.installed_rejected,
                    PatchState::InstalledPendingReboot => &mut state.installed_pending_reboot,
                    _ => &mut state.available_security_update,
                };
                *counter = counter.map(|n| n + 1);
                fed.patches.push(Patch { node: node(&fed.id), ..bad });
            }
        }
        prop_assert!(before != Held::Broken || ask(&worse).held != Held::Held);
        let mut larger = fleet;
        larger.push(more);
        let is_share = |rule: &Rule| matches!(rule, Rule::Compliant(_));
        // One more compliant node may well lift the share, and settle a group.
        let settles = |rule: &Rule| is_share(rule) || *rule == Rule::BaselineDiffers;
        if !rules.iter().any(settles) && larger.len() > 1 {
            prop_assert!(ask(&larger).held >= before);
        }
    }

    #[test]
    fn nodes_add_up_and_an_unread_one_is_never_part_of_a_held_gate(
        fleet in fleet(), rules in rules(), least in least(), text in waived(),
    ) {
        let report = checked(Question::new(&rules, least), waivers(&text), &fleet);
        let nodes = report.nodes;
        prop_assert_eq!(nodes.asked, nodes.answered + nodes.no_data + nodes.unread);
        prop_assert_eq!(nodes.asked, fleet.len() as u64);
        prop_assert_eq!(details(&report, "unread").len() as u64, nodes.unread);
        prop_assert!(nodes.unread == 0 || report.held != Held::Held);
        prop_assert!(nodes.asked > 0 || report.held == Held::CannotSay);
        for ruled in &report.rules {
            let worst = ruled.findings.iter().map(|finding| finding.held).max();
            prop_assert_eq!(worst.unwrap_or(Held::Held), ruled.held);
        }
        for finding in report.rules.iter().flat_map(|ruled| &ruled.findings) {
            prop_assert!(finding.held != Held::Held && !finding.detail.is_empty() && !finding.remedy.is_empty());
            prop_assert!(!finding.remedy.contains('\n'));
        }
    }

    #[test]
    fn a_node_is_waived_by_its_patches_only_if_each_of_them_is(fed in fed(7), text in waived()) {
        let rule = [Rule::NonCompliant];
        let of_patches: String = text.split_inclusive("reason = \"r\"\n")
            .filter(|one| one.contains("kb") || one.contains("cve")).collect();
        let ask = |text: &str| {
            let report = checked(Question::new(&rule, None), waivers(text), std::slice::from_ref(&fed));
            details(&report, "non-compliant").len()
        };
        if ask("") == 1 && ask(&of_patches) == 0 && fed.end == Outcome::Answered(()) {
            let Outcome::Answered(state) = &fed.outcome else { panic!("waived unread") };
            let mut every = waivers(&of_patches);
            let about = node(&fed.id);
            let who = crate::waiver::Who { node: &about, patch_group: state.patch_group.as_deref() };
            for of in PatchState::NON_COMPLIANT {
                let rows: Vec<&Patch> = fed.patches.iter().filter(|row| row.state == of).collect();
                let counter = crate::filter::counter(state, &of);
                prop_assert!(counter.is_some_and(|n| n <= rows.len() as u64), "{of}");
                for row in rows {
                    prop_assert!(every.patch(&who, row, yardstick().now).is_some(), "{row:?}");
                }
            }
        }
    }
}
