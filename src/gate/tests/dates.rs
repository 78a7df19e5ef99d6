//! How long ago patches were released, and invalid dates.

use crate::gate::tests::*;

#[test]
fn old_patches_fail_the_gate_and_those_of_unknown_age_make_it_unknown() {
    let now = verdict_options().now;
    let released = |days: i64, kb| Patch {
        release_date: Some(now - SignedDuration::from_hours(24 * days)),
        ..missing(kb, "Low")
    };
    let state = |n| NodeState {
        missing: Some(n),
        ..clean()
    };
    let rule = "patch-older-than 30d";
    for (patches, counted, status, detail) in [
        (vec![released(30, "KB1")], 1, GateStatus::Pass, ""),
        (
            vec![released(-2, "KB1")],
            1,
            GateStatus::Unknown,
            "1 missing of unknown age: the release date is in the future",
        ),
        (
            vec![
                released(31, "KB1"),
                released(-2, "KB2"),
                missing("KB3", "Low"),
            ],
            3,
            GateStatus::Fail,
            "1 missing released more than 30 days ago, the oldest 31 days ago; 1 missing of unknown \
             age: AWS reports release dates of Windows updates only; 1 missing of unknown age: the \
             release date is in the future",
        ),
        (
            vec![
                released(31, "KB1"),
                released(94, "KB2"),
                missing("KB3", "Low"),
            ],
            3,
            GateStatus::Fail,
            "2 missing released more than 30 days ago, the oldest 94 days ago; 1 missing of unknown \
             age: AWS reports release dates of Windows updates only",
        ),
        (
            vec![missing("bind.x86_64", "Low")],
            1,
            GateStatus::Unknown,
            "1 missing of unknown age: AWS reports release dates of Windows updates only",
        ),
        (
            vec![released(3, "KB1")],
            4,
            GateStatus::Unknown,
            "3 missing of unknown age: which the service counts and does not list",
        ),
    ] {
        let report = check(
            &[rule],
            "",
            &[NodeInput::new("i-1", state(counted), patches)],
        );
        assert_eq!(report.status, status, "{detail}");
        assert_eq!(details(&report, rule).join(""), detail);
    }
}

#[test]
fn a_rule_on_severity_and_age_counts_patches_that_meet_both() {
    let now = verdict_options().now;
    let released = |days: i64, kb, severity| Patch {
        release_date: Some(now - SignedDuration::from_hours(24 * days)),
        ..missing(kb, severity)
    };
    let rule = "missing>=critical older-than 30d";
    for (patches, status, detail) in [
        (
            vec![released(9, "KB1", "Critical"), released(99, "KB2", "Low")],
            GateStatus::Pass,
            "",
        ),
        // One without a date that is less severe is no doubt.
        (
            vec![released(9, "KB1", "Critical"), missing("KB2", "Low")],
            GateStatus::Pass,
            "",
        ),
        (
            vec![released(99, "KB1", "Critical"), missing("KB2", "Critical")],
            GateStatus::Fail,
            "1 missing rated Critical released more than 30 days ago, the oldest 99 days ago; \
             1 missing of unknown age: AWS reports release dates of Windows updates only",
        ),
        (
            vec![missing("KB1", "Critical"), released(99, "KB2", "Low")],
            GateStatus::Unknown,
            "1 missing of unknown age: AWS reports release dates of Windows updates only",
        ),
    ] {
        let state = NodeState {
            missing: Some(patches.len() as u64),
            ..clean()
        };
        let report = check(&[rule], "", &[NodeInput::new("i-1", state, patches)]);
        assert_eq!(report.status, status, "{detail}");
        assert_eq!(details(&report, rule).join(""), detail);
    }
}

#[test]
fn what_an_unknown_age_means_is_a_choice() {
    let node = |patches: Vec<Patch>| {
        let state = NodeState {
            missing: Some(patches.len() as u64),
            ..clean()
        };
        NodeInput::new("i-1", state, patches)
    };
    let undated = node(vec![
        missing("bind.x86_64", "Critical"),
        missing("curl.x86_64", "Low"),
    ]);
    for rule in ["patch-older-than 30d", "missing>=critical older-than 30d"] {
        let report = |meaning, nodes: &[NodeInput]| {
            let mut rules = rule_set(&[rule], None);
            rules.unknown_age = meaning;
            checked(rules, Waivers::default(), nodes)
        };
        let nodes = std::slice::from_ref(&undated);
        let of = if rule.starts_with("patch") { 2 } else { 1 };
        let detail = format!(
            "{of} missing of unknown age: AWS reports release dates of Windows updates only"
        );
        let failed = report(UnknownAge::Fail, nodes);
        assert_eq!(failed.status, GateStatus::Fail);
        assert_eq!(details(&failed, rule), [&*detail]);
        assert_eq!(failed.rules[0].findings[0].patches.len(), of);
        let unknown = report(UnknownAge::Unknown, nodes);
        assert_eq!(unknown.status, GateStatus::Unknown);
        assert_eq!(details(&unknown, rule), [&*detail]);
        let ignored = report(UnknownAge::Ignore, nodes);
        assert_eq!(ignored.status, GateStatus::Pass);
        let patches = if of == 2 { "2 patches" } else { "1 patch" };
        assert_eq!(
            ignored.remarks,
            [format!(
                "ignored: {patches} of unknown age on 1 node (--unknown-age ignore)"
            )]
        );
        // What is counted and not listed stays unknown, whatever its age means.
        let unlisted = [NodeInput::new(
            "i-1",
            NodeState {
                missing: Some(3),
                ..clean()
            },
            Vec::new(),
        )];
        for meaning in [UnknownAge::Fail, UnknownAge::Ignore] {
            assert_eq!(report(meaning, &unlisted).status, GateStatus::Unknown);
        }
    }
}
