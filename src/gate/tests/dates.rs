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
            "3 missing of unknown age: the service counts them and does not list them",
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
