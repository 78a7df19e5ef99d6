//! Missing data never lets a rule pass.

use crate::gate::tests::*;

#[test]
fn a_gate_without_nodes_is_unknown() {
    for rules in [&["non-compliant"][..], &["no-data", "compliant<95%"]] {
        let report = check(rules, "", &[]);
        assert_eq!(report.status, GateStatus::Unknown);
        assert!(
            details(&report, "no-data")[0].starts_with("no managed node was found"),
            "{report:?}"
        );
    }
}

#[test]
fn with_an_unread_region_the_gate_is_unknown_or_fails() {
    let scope = Scope {
        region: Some("us-east-1".into()),
        ..Scope::default()
    };
    for (missing, status) in [(0, GateStatus::Unknown), (1, GateStatus::Fail)] {
        let waivers = waivers(&waiver("account = \"999999999999\""));
        let mut gate =
            GateEvaluator::new(rule_set(&["missing>0"], None), waivers, verdict_options());
        let row = StateRow::for_unread_scope(scope.clone(), cause(), &verdict_options());
        gate.add_row(&row, &[], &Outcome::Unread(cause()));
        let state = NodeState {
            missing: Some(missing),
            ..clean()
        };
        let fed = NodeInput::new("i-1", state, Vec::new());
        gate.add_row(&fed.row(), &[], &fed.end);
        let report = gate.finish();
        assert_eq!(report.status, status);
        assert_eq!(details(&report, "unread"), ["unread: denied"]);
        assert_eq!(report.nodes.unread_scopes, 1);
    }
}

#[test]
fn a_node_without_data_violates_its_rule_or_makes_others_unknown() {
    let nodes = [NodeInput {
        outcome: Outcome::NoData,
        end: Outcome::NoData,
        ..NodeInput::new("i-1", clean(), Vec::new())
    }];
    for (rules, status) in [
        (&["no-data", "missing>0"][..], GateStatus::Fail),
        (&["missing>0"], GateStatus::Unknown),
        (&["non-compliant"], GateStatus::Unknown),
        (&["stale"], GateStatus::Unknown),
        (&["missing>=critical"], GateStatus::Unknown),
        (&["patch-older-than 30d"], GateStatus::Unknown),
        (&["unread"], GateStatus::Pass),
        // Its record, if it had been sent, might name another baseline.
        (&["baseline-differs"], GateStatus::Unknown),
        (&["compliant<50%"], GateStatus::Fail),
    ] {
        assert_eq!(check(rules, "", &nodes).status, status, "{rules:?}");
    }
    let waived = check(&["missing>0"], &waiver("node = \"i-1\""), &nodes);
    assert_eq!(waived.status, GateStatus::Pass);
    assert_eq!(waived.waived[0].rule, "no-data");
}

#[test]
fn unreported_counters_make_only_their_own_rules_unknown() {
    let state = NodeState {
        failed: None,
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, Vec::new())];
    assert_eq!(check(&["missing>0"], "", &nodes).status, GateStatus::Pass);
    assert_eq!(check(&["failed>0"], "", &nodes).status, GateStatus::Unknown);
    let state = NodeState {
        missing: Some(1),
        failed: None,
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, Vec::new())];
    let report = check(&["failed>0"], "", &nodes);
    assert_eq!(details(&report, "failed>0"), ["failed not reported"]);
    // A counter that is not reported may be worse than the others.
    let report = check(&["no-data"], "", &nodes);
    assert_eq!(details(&report, "no-data"), ["failed not reported"]);
}

#[test]
fn only_windows_counts_available_security_updates() {
    let state = NodeState {
        available_security_update: None,
        ..clean()
    };
    let gate = |platform: Option<&str>| {
        let mut row = NodeInput::new("i-1", state.clone(), Vec::new()).row();
        let Subject::Node(node) = &mut row.subject else {
            unreachable!()
        };
        node.info = Some(Arc::new(crate::record::NodeInfo::of([(
            crate::record::InfoField::PlatformType,
            platform,
        )])));
        let mut gate = GateEvaluator::new(
            rule_set(&["unapproved>0"], None),
            Waivers::default(),
            verdict_options(),
        );
        gate.add_row(&row, &[], &Outcome::Answered(()));
        gate.finish().status
    };
    assert_eq!(gate(Some("Linux")), GateStatus::Pass);
    assert_eq!(gate(Some("MacOS")), GateStatus::Pass);
    assert_eq!(gate(Some("Windows")), GateStatus::Unknown);
    assert_eq!(gate(None), GateStatus::Unknown);
}

#[test]
fn unread_patches_are_not_waived_and_violate_nothing() {
    let state = NodeState {
        missing: Some(2),
        ..clean()
    };
    let fed = NodeInput {
        end: Outcome::Unread(cause()),
        ..NodeInput::new("i-1", state, vec![missing("KB1", "Critical")])
    };
    let rules = &["non-compliant", "missing>=critical"];
    let by_kb = waiver("kb = \"KB1\"");
    let report = check(rules, &by_kb, std::slice::from_ref(&fed));
    assert_eq!(report.status, GateStatus::Unknown);
    assert_eq!(
        details(&report, "unread"),
        ["its patches are unread: denied"]
    );
    assert_eq!(report.nodes.unread, 1);
    // A waiver of the whole node does not waive it either.
    let report = check(rules, &waiver("node = \"i-1\""), std::slice::from_ref(&fed));
    assert_eq!(report.status, GateStatus::Unknown);
    // Without waivers of patches, the counters decide.
    let report = check(rules, "", &[fed]);
    assert_eq!(report.status, GateStatus::Fail);
    assert_eq!(details(&report, "non-compliant"), ["2 missing"]);
    assert_eq!(
        details(&report, "missing>=critical"),
        ["1 missing rated Critical"]
    );
}

#[test]
fn an_update_with_an_unreadable_baseline_is_not_waived_with_the_rest() {
    let state = NodeState {
        missing: Some(1),
        available_security_update: Some(1),
        baseline_status: Some(BaselineComplianceStatus::Unreadable(cause())),
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, vec![missing("KB1", "Low")])];
    let report = check(&["non-compliant"], &waiver("kb = \"KB1\""), &nodes);
    assert_eq!(report.status, GateStatus::Unknown);
    assert_eq!(
        details(&report, "non-compliant"),
        ["1 security update available, unknown: baseline not readable: denied"]
    );
}

#[test]
fn a_share_fails_only_if_it_would_fail_with_all_unread_nodes_compliant() {
    let bad = || NodeState {
        missing: Some(1),
        ..clean()
    };
    let fleet = |good: usize, broken: usize, unread: usize| -> Vec<NodeInput> {
        let mut nodes = Vec::new();
        for at in 0..good + broken + unread {
            let state = if at < good { clean() } else { bad() };
            let mut fed = NodeInput::new(&format!("i-{at}"), state, Vec::new());
            if at >= good + broken {
                fed.outcome = Outcome::Unread(cause());
            }
            nodes.push(fed);
        }
        nodes
    };
    let rule = "compliant<95%";
    for (good, broken, unread, of_rule) in [
        (95, 5, 0, GateStatus::Pass),
        (94, 6, 0, GateStatus::Fail),
        (94, 5, 1, GateStatus::Unknown),
        (93, 6, 1, GateStatus::Fail),
        (95, 0, 5, GateStatus::Pass),
    ] {
        let report = check(&[rule], "", &fleet(good, broken, unread));
        assert_eq!(report.rules[0].status, of_rule, "{good} {broken} {unread}");
        assert_eq!(
            report.status == GateStatus::Pass,
            of_rule == GateStatus::Pass && unread == 0
        );
    }
    let report = check(&[rule], "", &fleet(1998, 2, 0));
    assert_eq!(report.status, GateStatus::Pass);
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
    assert_eq!((report.status, report.waived.len()), (GateStatus::Pass, 1));
}

#[test]
fn a_node_without_data_whose_patches_are_unread_is_unread_and_not_waived() {
    let state = NodeState {
        failed: None,
        ..clean()
    };
    let nodes = [NodeInput {
        end: Outcome::Unread(cause()),
        ..NodeInput::new("i-1", state, Vec::new())
    }];
    let text = waiver("node = \"i-1\"");
    for rules in [
        &["missing>=critical"][..],
        &["missing>=critical", "no-data"],
    ] {
        let report = check(rules, &text, &nodes);
        assert_eq!(report.status, GateStatus::Unknown);
        assert_eq!(
            details(&report, "unread"),
            ["its patches are unread: denied"]
        );
        let nodes = report.nodes;
        assert_eq!((nodes.asked, nodes.unread, nodes.no_data), (1, 1, 0));
    }
}

#[test]
fn a_rule_that_unread_nodes_may_violate_does_not_pass() {
    let unread = |id: &str| NodeInput {
        outcome: Outcome::Unread(cause()),
        end: Outcome::Unread(cause()),
        ..NodeInput::new(id, clean(), Vec::new())
    };
    let rules = [
        "non-compliant",
        "stale",
        "no-data",
        "baseline-differs",
        "missing>0",
        "missing>=critical",
        "patch-older-than 30d",
        "overdue>0",
        "due-within 7d",
    ];
    for (nodes, detail) in [
        (
            vec![
                unread("i-1"),
                unread("i-2"),
                NodeInput::new("i-3", clean(), Vec::new()),
            ],
            "2 nodes are unread, any of which may violate it",
        ),
        (vec![unread("i-1")], "1 node is unread and may violate it"),
        (Vec::new(), "no managed node was found"),
    ] {
        let report = check(&rules, "", &nodes);
        assert_eq!(report.status, GateStatus::Unknown);
        for rule_report in report
            .rules
            .iter()
            .filter(|rule_report| rule_report.rule != "unread")
        {
            assert_eq!(
                rule_report.status,
                GateStatus::Unknown,
                "{}",
                rule_report.rule
            );
            if !(nodes.is_empty() && rule_report.rule == "no-data") {
                assert_eq!(details(&report, &rule_report.rule), [detail]);
                assert_eq!(rule_report.findings[0].subject, None);
            }
        }
    }
    // Outcomes that the record decides are known even if patches are unread.
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [NodeInput {
        end: Outcome::Unread(cause()),
        ..NodeInput::new("i-1", state, Vec::new())
    }];
    let report = check(&["missing>=critical", "stale", "unread"], "", &nodes);
    let ends: Vec<GateStatus> = report
        .rules
        .iter()
        .map(|rule_report| rule_report.status)
        .collect();
    assert_eq!(
        ends,
        [GateStatus::Unknown, GateStatus::Pass, GateStatus::Unknown]
    );
}

#[test]
fn unread_scopes_may_violate_any_rule_and_raise_any_share() {
    let nodes = [
        NodeInput::new("i-1", clean(), Vec::new()),
        NodeInput::new(
            "i-2",
            NodeState {
                missing: Some(1),
                ..clean()
            },
            Vec::new(),
        ),
    ];
    let scope = Scope {
        region: Some("us-east-1".into()),
        ..Scope::default()
    };
    let rules = &["compliant<95%", "compliant<100%", "compliant<50%", "stale"];
    let gate = |unsee: &dyn Fn(&mut GateEvaluator)| {
        let mut gate =
            GateEvaluator::new(rule_set(rules, None), Waivers::default(), verdict_options());
        for fed in &nodes {
            gate.add_row(&fed.row(), &[], &fed.end);
        }
        unsee(&mut gate);
        gate.finish()
    };
    let ends = |report: &GateReport| -> Vec<GateStatus> {
        let rules = report.rules.iter().take(rules.len());
        rules.map(|rule_report| rule_report.status).collect()
    };
    let (broken, doubt) = (GateStatus::Fail, GateStatus::Unknown);
    let whole = gate(&|_| ());
    assert_eq!(
        ends(&whole),
        [broken, broken, GateStatus::Pass, GateStatus::Pass]
    );
    let location = gate(&|gate| {
        gate.add_partly_unread_scope(scope.clone(), "no node without tags".to_owned());
    });
    let unread = gate(&|gate| {
        let row = StateRow::for_unread_scope(scope.clone(), cause(), &verdict_options());
        gate.add_row(&row, &[], &Outcome::Unread(cause()));
    });
    let cut = gate(&|gate| gate.set_interruption("interrupted before the end".to_owned()));
    for report in [&location, &unread, &cut] {
        // With no number of further compliant nodes are all of them compliant.
        assert_eq!(ends(report), [doubt, broken, doubt, doubt]);
        assert_eq!(
            details(report, "compliant<95%"),
            ["50.0% are compliant: 1 of 2 nodes; not all nodes were read"]
        );
    }
    assert_eq!(details(&location, "unread"), ["no node without tags"]);
    assert_eq!(location.nodes.unread_scopes, 1);
    for report in [&location, &unread] {
        assert_eq!(
            details(report, "stale"),
            ["1 region or account is unread and may violate it"]
        );
    }
    assert_eq!(
        details(&cut, "stale"),
        ["interrupted before the end: what was not read may violate it"]
    );
}

#[test]
fn a_rule_on_old_scans_that_can_never_fail_is_reported() {
    let ages = |max_age| {
        let yardstick = VerdictOptions {
            max_age,
            ..verdict_options()
        };
        let gate = GateEvaluator::new(rule_set(&["stale"], None), Waivers::default(), yardstick);
        gate.finish().remarks
    };
    assert_eq!(ages(MaxAge(None)), ["stale cannot fail: max-age is none"]);
    assert_eq!(ages(MaxAge::default()), [""; 0]);
}
