//! What cannot be told is never taken for held.

use crate::gate::tests::*;

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
        // Its record, had it been sent, might name another baseline.
        (&["baseline-differs"], Held::CannotSay),
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
fn a_node_without_data_whose_patches_are_unread_is_unread_and_not_waived() {
    let state = NodeState {
        failed: None,
        ..clean()
    };
    let nodes = [Fed {
        end: Outcome::Unread(why()),
        ..Fed::new("i-1", state, Vec::new())
    }];
    let text = waiver("node = \"i-1\"");
    for rules in [
        &["missing>=critical"][..],
        &["missing>=critical", "no-data"],
    ] {
        let report = check(rules, &text, &nodes);
        assert_eq!(report.held, Held::CannotSay);
        assert_eq!(
            details(&report, "unread"),
            ["its patches are unread: denied"]
        );
        let nodes = report.nodes;
        assert_eq!((nodes.asked, nodes.unread, nodes.no_data), (1, 1, 0));
    }
}

#[test]
fn a_rule_that_what_is_unread_may_break_is_not_held() {
    let unread = |id: &str| Fed {
        outcome: Outcome::Unread(why()),
        end: Outcome::Unread(why()),
        ..Fed::new(id, clean(), Vec::new())
    };
    let rules = [
        "non-compliant",
        "stale",
        "no-data",
        "baseline-differs",
        "missing>0",
        "missing>=critical",
        "patch-older-than 30d",
    ];
    for (nodes, detail) in [
        (
            vec![
                unread("i-1"),
                unread("i-2"),
                Fed::new("i-3", clean(), Vec::new()),
            ],
            "2 nodes are unread, any of which may break it",
        ),
        (vec![unread("i-1")], "1 node is unread and may break it"),
        (Vec::new(), "no managed node was found"),
    ] {
        let report = check(&rules, "", &nodes);
        assert_eq!(report.held, Held::CannotSay);
        for ruled in report.rules.iter().filter(|ruled| ruled.rule != "unread") {
            assert_eq!(ruled.held, Held::CannotSay, "{}", ruled.rule);
            if !(nodes.is_empty() && ruled.rule == "no-data") {
                assert_eq!(details(&report, &ruled.rule), [detail]);
                assert_eq!(ruled.findings[0].subject, None);
            }
        }
    }
    // What the record answers is answered also where patches are unread.
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [Fed {
        end: Outcome::Unread(why()),
        ..Fed::new("i-1", state, Vec::new())
    }];
    let report = check(&["missing>=critical", "stale", "unread"], "", &nodes);
    let ends: Vec<Held> = report.rules.iter().map(|ruled| ruled.held).collect();
    assert_eq!(ends, [Held::CannotSay, Held::Held, Held::CannotSay]);
}

#[test]
fn what_was_not_seen_may_break_any_rule_and_lift_any_share() {
    let nodes = [
        Fed::new("i-1", clean(), Vec::new()),
        Fed::new(
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
    let gate = |unsee: &dyn Fn(&mut Gate)| {
        let mut gate = Gate::new(question(rules, None), Waivers::default(), yardstick());
        for fed in &nodes {
            gate.take(&fed.row(), &[], &fed.end);
        }
        unsee(&mut gate);
        gate.end()
    };
    let ends = |report: &Report| -> Vec<Held> {
        let rules = report.rules.iter().take(rules.len());
        rules.map(|ruled| ruled.held).collect()
    };
    let (broken, doubt) = (Held::Broken, Held::CannotSay);
    let whole = gate(&|_| ());
    assert_eq!(ends(&whole), [broken, broken, Held::Held, Held::Held]);
    let place = gate(&|gate| gate.unseen(scope.clone(), "no node without tags".to_owned()));
    let unread = gate(&|gate| {
        let row = StateRow::unread(scope.clone(), why(), &yardstick());
        gate.take(&row, &[], &Outcome::Unread(why()));
    });
    let cut = gate(&|gate| gate.cut_short("interrupted before the end".to_owned()));
    for report in [&place, &unread, &cut] {
        // Not one compliant node more makes all of them compliant.
        assert_eq!(ends(report), [doubt, broken, doubt, doubt]);
        assert_eq!(
            details(report, "compliant<95%"),
            ["50.0% are compliant: 1 of 2 nodes; not all nodes were seen"]
        );
    }
    assert_eq!(details(&place, "unread"), ["no node without tags"]);
    assert_eq!(place.nodes.unread_scopes, 1);
    for report in [&place, &unread] {
        assert_eq!(
            details(report, "stale"),
            ["1 place is unread and may break it"]
        );
    }
    assert_eq!(
        details(&cut, "stale"),
        ["interrupted before the end: what was not seen may break it"]
    );
}

#[test]
fn a_rule_on_old_scans_that_can_never_break_says_so() {
    let ages = |max_age| {
        let yardstick = Yardstick {
            max_age,
            ..yardstick()
        };
        let gate = Gate::new(question(&["stale"], None), Waivers::default(), yardstick);
        gate.end().remarks
    };
    assert_eq!(ages(MaxAge(None)), ["stale cannot break: max-age is none"]);
    assert_eq!(ages(MaxAge::default()), [""; 0]);
}
