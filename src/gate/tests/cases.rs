//! Findings, waivers, named patches and remedies.

use crate::gate::tests::*;
use crate::plan::selection::Selector;

#[test]
fn a_gate_over_clean_nodes_passes_every_rule() {
    let rules = Rule::DEFAULT.map(|rule| rule.to_string());
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let report = check(&rules, "", &[NodeInput::new("i-1", clean(), Vec::new())]);
    assert_eq!(report.status, GateStatus::Pass);
    assert_eq!(report.rules.len(), 4);
    assert_eq!(report.nodes.answered, 1);
}

#[test]
fn a_counted_patch_that_is_not_listed_is_never_waived() {
    let state = NodeState {
        missing: Some(2),
        ..clean()
    };
    let by_kb = waiver("kb = \"KB1\"");
    let both = vec![missing("KB1", "Critical"), missing("kb-1", "Low")];
    let report = check(
        &["non-compliant", "missing>0"],
        &by_kb,
        &[NodeInput::new("i-1", state.clone(), both)],
    );
    assert_eq!(report.status, GateStatus::Pass);
    let rules: Vec<&str> = report.waived.iter().map(|waived| &*waived.rule).collect();
    assert_eq!(rules, ["non-compliant", "missing>0"]);
    assert_eq!(report.waived[0].detail, "2 missing");
    assert_eq!(report.waived[0].waiver.label, "w.toml:1");

    let one = vec![missing("KB1", "Critical")];
    let nodes = [NodeInput::new("i-1", state, one)];
    let report = check(&["non-compliant", "missing>0", "missing>1"], &by_kb, &nodes);
    assert_eq!(report.status, GateStatus::Fail);
    let expected = ["1 missing (beside 1 waived)"];
    assert_eq!(details(&report, "non-compliant"), expected);
    assert_eq!(details(&report, "missing>0"), expected);
    assert_eq!(details(&report, "missing>1"), [""; 0]);
}

#[test]
fn counters_without_listed_patches_are_not_waived_by_patches() {
    let state = NodeState {
        security_non_compliant: Some(4),
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, Vec::new())];
    let report = check(&["non-compliant"], &waiver("kb = \"KB*\""), &nodes);
    assert_eq!(
        details(&report, "non-compliant"),
        ["4 security non-compliant by AWS's count"]
    );
}

#[test]
fn a_least_severity_ignores_less_severe_patches_and_reports_unrated_ones() {
    let state = NodeState {
        missing: Some(3),
        ..clean()
    };
    let patches = vec![
        missing("KB1", "Low"),
        missing("KB2", "Important"),
        missing("bind9.amd64", "important"),
    ];
    let nodes = [NodeInput::new("i-1", state, patches)];
    let rules = &["non-compliant", "missing>1", "missing>=critical"];
    let least = Some(Severity::Important);
    let report = checked(rule_set(rules, least), Waivers::default(), &nodes);
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
        ["ignored: 1 unrated patch on 1 node (--min-severity)"]
    );
}

#[test]
fn a_stale_node_that_is_non_compliant_violates_both_rules() {
    let state = NodeState {
        missing: Some(1),
        operation_end: "2026-11-01T00:00:00Z".parse().ok(),
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, Vec::new())];
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
    let nodes = [NodeInput {
        patches: vec![missing("KB1", "Low")],
        ..nodes[0].clone()
    }];
    let report = check(&["non-compliant", "stale"], &waiver("kb = \"KB1\""), &nodes);
    assert_eq!(details(&report, "non-compliant"), [""; 0]);
    assert_eq!(details(&report, "stale").len(), 1);
}

#[test]
fn a_node_scanned_with_another_baseline_is_found_after_all_nodes() {
    let with = |baseline: &str| NodeState {
        baseline_id: Some(baseline.into()),
        ..clean()
    };
    let nodes = [
        NodeInput::new("i-1", with("pb-b"), Vec::new()),
        NodeInput::new("i-2", with("pb-a"), Vec::new()),
        NodeInput::new("i-3", with("pb-a"), Vec::new()),
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
    assert_eq!((waived.status, waived.waived.len()), (GateStatus::Pass, 1));
}

#[test]
fn a_node_of_a_patch_group_without_a_baseline_may_differ() {
    let with = |baseline: Option<&str>| NodeState {
        baseline_id: baseline.map(Into::into),
        ..clean()
    };
    for none in [None, Some("")] {
        let nodes = [
            NodeInput::new("i-1", with(none), Vec::new()),
            NodeInput::new("i-2", with(Some("pb-a")), Vec::new()),
            NodeInput::new("i-3", with(Some("pb-a")), Vec::new()),
        ];
        let report = check(&["baseline-differs"], "", &nodes);
        assert_eq!(report.status, GateStatus::Unknown, "{none:?}");
        assert_eq!(
            details(&report, "baseline-differs"),
            ["its record has no BaselineId"]
        );
        // Without a patch group there is nothing to differ from.
        let state = NodeState {
            patch_group: Some("".into()),
            ..with(none)
        };
        let alone = [NodeInput::new("i-1", state, Vec::new())];
        let report = check(&["baseline-differs"], "", &alone);
        assert_eq!(report.status, GateStatus::Pass, "{none:?}");
    }
}

#[test]
fn an_expired_waiver_waives_nothing_and_an_unused_one_is_reported() {
    let text = "[[waiver]]\nnode = \"i-1\"\nexpires = 2026-11-19\nreason = \"old\"\n\
                [[waiver]]\nkb = \"KB9\"\nexpires = 2026-12-31\nreason = \"none\"\n";
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [NodeInput::new("i-1", state, vec![missing("KB1", "Low")])];
    let report = check(&["non-compliant"], text, &nodes);
    assert_eq!(report.status, GateStatus::Fail);
    assert_eq!(report.remarks.len(), 2);
    assert!(report.remarks[0].contains("w.toml:1: expired (2026-11-19)"));
    assert_eq!(report.remarks[1], "w.toml:5: matches no finding");
}

#[test]
fn many_patches_are_counted_and_the_most_severe_are_named() {
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
    let report = check(&["missing>0"], "", &[NodeInput::new("i-1", state, patches)]);
    let finding = &report.rules[0].findings[0];
    assert_eq!(finding.detail, "25 missing; 20 of 25 patches named");
    assert_eq!(finding.patches.len(), 20);
    assert_eq!(finding.patches[0].kb_id.as_deref(), Some("KB24"));
}

#[test]
fn patches_of_one_of_several_kinds_are_not_named() {
    let state = NodeState {
        missing: Some(1),
        failed: Some(1),
        ..clean()
    };
    let nodes = [NodeInput::new(
        "i-1",
        state,
        vec![missing("KB1", "Critical")],
    )];
    let report = check(&["non-compliant", "missing>=critical"], "", &nodes);
    let named = |at: usize| report.rules[at].findings[0].patches.len();
    assert_eq!((named(0), named(1)), (0, 1));
}

#[test]
fn a_remedy_is_safe_in_a_shell_whatever_the_node_id() {
    let state = NodeState {
        missing: Some(1),
        ..clean()
    };
    let nodes = [
        NodeInput::new("i-0123456789abcdef0", state.clone(), Vec::new()),
        NodeInput::new("i-1;reboot\n$(id)", state, Vec::new()),
    ];
    let report = check(&["missing>0"], "", &nodes);
    let findings = report.rules[0].findings.iter();
    let remedies: Vec<String> = findings.map(Finding::remedy_line).collect();
    let of = |id: &str| {
        format!(
            "install, which may reboot (RebootOption=NoReboot does not): aws ssm send-command \
             --region eu-west-1 --document-name AWS-RunPatchBaseline --targets \
             Key=InstanceIds,Values={id} --parameters Operation=Install,RebootOption=RebootIfNeeded"
        )
    };
    assert_eq!(remedies, [of("i-0123456789abcdef0"), of("i-...")]);
}

#[test]
fn one_command_names_as_many_nodes_as_the_service_takes() {
    let subjects: Vec<Subject> = (0..120)
        .map(|n| Subject::Node(node(&format!("i-{n:08}"))))
        .collect();
    let subjects: Vec<&Subject> = subjects.iter().collect();
    let lines = remedy::for_rule(Rule::Stale, &[]).to_lines(&subjects);
    let named = lines.iter().map(|line| line.matches("i-").count());
    assert_eq!(named.collect::<Vec<_>>(), [50, 50, 20]);
    let values = "Values=i-00000100,i-00000101,";
    assert!(lines[2].contains(values) && lines[2].ends_with("--parameters Operation=Scan"));
}

#[test]
fn a_baseline_of_unknown_system_names_the_call_that_reports_it() {
    assert_eq!(
        remedy::for_unknown(Rule::BaselineDiffers).advice,
        "allow ssm:DescribePatchBaselines; if a baseline no longer exists, scan its nodes again"
    );
}

#[test]
fn patches_are_read_only_if_a_rule_depends_on_them() {
    let read = |rules: &[&str], least, text: &str| {
        let question = rule_set(rules, least);
        let plan = question.fetch_plan(&waivers(text), Selector::default());
        plan.patches.map(|patches| patches.filter.states.len())
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
