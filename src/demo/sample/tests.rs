//! Tests of the sample fleet.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::demo::sample::{Quirk, SampleNode};
use crate::demo::wire::{
    BaselineKind, InstancePatchState, PatchComplianceData, StateCounts, is_security, state,
};
use crate::demo::{ACCOUNT, NOW_SECONDS, REGION};

fn nodes() -> Vec<SampleNode> {
    crate::demo::sample::nodes(ACCOUNT, REGION)
}

fn node(id: &str) -> SampleNode {
    nodes().into_iter().find(|node| node.id() == id).unwrap()
}

fn node_with_quirk(odd: Quirk) -> SampleNode {
    nodes()
        .into_iter()
        .find(|node| node.quirk() == Some(odd))
        .unwrap()
}

fn due(record: &InstancePatchState) -> i64 {
    [
        record.missing_count,
        record.failed_count,
        record.installed_rejected_count,
        record.installed_pending_reboot_count,
    ]
    .into_iter()
    .flatten()
    .sum()
}

fn records() -> Vec<InstancePatchState> {
    nodes().iter().filter_map(SampleNode::record).collect()
}

#[test]
fn the_sample_has_about_fifty_nodes_of_every_family_and_form_of_id() {
    let nodes = nodes();
    assert!((44..=50).contains(&nodes.len()), "{}", nodes.len());
    let systems: BTreeSet<_> = nodes.iter().map(|node| node.line.os.tag()).collect();
    assert_eq!(systems.len(), 17);
    for (prefix, length) in [("i-", 19), ("i-", 10), ("mi-", 20)] {
        assert!(
            nodes
                .iter()
                .any(|node| node.id().starts_with(prefix) && node.id().len() == length)
        );
    }
}

#[test]
fn every_line_gets_all_its_rows() {
    for node in nodes().iter().filter(|node| node.is_scanned()) {
        let line = &node.line;
        let windows_only = if line.os.is_windows() {
            line.not_applicable
        } else {
            0
        };
        let asked = line.installed
            + line.other
            + line.pending
            + line.rejected
            + line.missing
            + line.failed
            + line.available
            + windows_only;
        let extra = match line.odd {
            Some(Quirk::UnknownState | Quirk::NoStateKey) => 1,
            Some(Quirk::UntrustedTitles) => 8,
            _ => 0,
        };
        assert_eq!(node.rows().len(), asked + extra, "{}", node.id());
        assert!(node.rows().len() >= 20, "{}", node.id());
    }
}

#[test]
fn counters_agree_with_the_rows_except_on_nodes_with_an_anomaly() {
    for node in nodes() {
        let Some(record) = node.record() else {
            continue;
        };
        if matches!(
            node.quirk(),
            Some(Quirk::OldRecord | Quirk::NoInstalledCount)
        ) {
            continue;
        }
        let rows = || node.rows().iter().map(Cow::Borrowed);
        let baseline = if node.line.baseline.is_empty() {
            BaselineKind::Managed
        } else {
            BaselineKind::Custom
        };
        let counts = StateCounts::of(rows(), baseline);
        let id = node.id();
        assert_eq!(record.installed_count, Some(counts.installed), "{id}");
        assert_eq!(record.installed_other_count, Some(counts.other), "{id}");
        assert_eq!(record.missing_count, Some(counts.missing), "{id}");
        assert_eq!(record.failed_count, Some(counts.failed), "{id}");
        assert_eq!(
            record.security_non_compliant_count,
            Some(counts.security),
            "{id}"
        );
        if node.line.os.is_windows() {
            assert_eq!(
                record.not_applicable_count,
                Some(counts.not_applicable),
                "{id}"
            );
            assert_eq!(
                record.available_security_update_count,
                Some(counts.available),
                "{id}"
            );
        } else {
            assert_eq!(record.available_security_update_count, None, "{id}");
        }
        if baseline == BaselineKind::Managed {
            assert_eq!(record.critical_non_compliant_count, Some(0), "{id}");
        }
    }
}

#[test]
fn about_a_third_is_not_compliant_and_some_have_only_available_security_updates() {
    let records = records();
    let bad = records.iter().filter(|record| due(record) > 0).count();
    assert!(
        bad * 4 > records.len() && bad * 2 < records.len(),
        "{bad} of {}",
        records.len()
    );
    let waiting = records
        .iter()
        .filter(|record| due(record) == 0 && record.available_security_update_count > Some(0));
    assert!(waiting.count() >= 2);
    assert!(
        records
            .iter()
            .any(|record| record.critical_non_compliant_count > Some(0))
    );
}

#[test]
fn the_first_example_is_not_compliant_and_the_second_is_compliant() {
    let first = node("i-123");
    let severities: BTreeSet<_> = first
        .rows()
        .iter()
        .filter(|row| row.state == Some(state::MISSING))
        .map(|row| row.severity)
        .collect();
    assert!(severities.len() >= 3, "{severities:?}");
    let record = first.record().unwrap();
    assert_eq!(
        (record.missing_count, record.failed_count),
        (Some(6), Some(1))
    );
    assert!(record.installed_pending_reboot_count > Some(0));
    assert!(record.last_no_reboot_install_operation_time.is_some());
    assert_eq!(due(&node("i-456").record().unwrap()), 0);
}

#[test]
fn every_state_occurs_and_so_does_an_unknown_one() {
    let nodes = nodes();
    let states: BTreeSet<_> = nodes
        .iter()
        .flat_map(SampleNode::rows)
        .map(|row| row.state)
        .collect();
    for known in [
        state::INSTALLED,
        state::OTHER,
        state::PENDING,
        state::REJECTED,
        state::MISSING,
        state::FAILED,
        state::NOT_APPLICABLE,
        state::AVAILABLE,
        "InstalledSuperseded",
    ] {
        assert!(states.contains(&Some(known)), "{known}");
    }
    assert_eq!(
        states.len(),
        10,
        "the eight, the unknown one, and a row with none"
    );
    assert_eq!(
        node_with_quirk(Quirk::NoStateKey)
            .rows()
            .iter()
            .filter(|row| row.state.is_none())
            .count(),
        1
    );
}

#[test]
fn rows_have_only_the_fields_that_the_service_gives_for_their_state() {
    for node in nodes() {
        for row in node.rows() {
            let Some(state) = row.state else { continue };
            match state {
                state::MISSING | state::FAILED | state::NOT_APPLICABLE | state::AVAILABLE => {
                    assert!(row.installed_time.abs() < f64::EPSILON, "{row:?}");
                }
                _ => {
                    let scan = f64::from(NOW_SECONDS - node.line.hours_ago.unwrap() * 3_600);
                    assert!(row.installed_time < scan, "{row:?}");
                }
            }
            if matches!(state, state::OTHER | state::NOT_APPLICABLE) {
                assert!(
                    row.title.is_empty()
                        && row.classification.is_empty()
                        && row.severity.is_empty()
                );
            } else {
                assert!(!row.title.is_empty(), "{row:?}");
            }
            assert!(
                row.cve_ids.is_none() || matches!(state, state::MISSING | state::FAILED),
                "{row:?}"
            );
            assert_ne!(row.cve_ids, Some(""));
            if state == state::AVAILABLE || state == state::FAILED {
                assert!(is_security(row.classification), "{row:?}");
            }
        }
    }
}

#[test]
fn some_installed_patches_have_no_known_time_and_some_missing_ones_no_cve() {
    let nodes = nodes();
    let rows = || nodes.iter().flat_map(SampleNode::rows);
    assert!(
        rows()
            .any(|row| row.state == Some(state::INSTALLED)
                && row.installed_time.abs() < f64::EPSILON)
    );
    let missing = |row: &&PatchComplianceData| row.state == Some(state::MISSING);
    assert!(rows().filter(missing).any(|row| row.cve_ids.is_none()));
    assert!(
        rows()
            .filter(missing)
            .any(|row| row.cve_ids.is_some_and(|cves| cves.contains(',')))
    );
}

#[test]
fn no_two_rows_of_a_node_share_both_id_and_title_but_some_share_the_id() {
    let mut shared = 0;
    for node in nodes() {
        let mut titles = BTreeMap::<_, BTreeSet<_>>::new();
        for row in node.rows() {
            assert!(
                titles.entry(&row.kb_id).or_default().insert(&row.title),
                "{}: {row:?}",
                node.id()
            );
        }
        shared += titles.values().filter(|titles| titles.len() > 1).count();
    }
    assert!(shared > 0);
}

#[test]
fn times_are_before_now_in_order_and_some_have_a_fraction() {
    let mut fractions = 0;
    for node in nodes() {
        let Some(record) = node.record() else {
            continue;
        };
        let now = f64::from(NOW_SECONDS);
        assert!(record.operation_start_time > 0.0 && record.operation_start_time < now);
        if !matches!(
            node.quirk(),
            Some(Quirk::InterruptedZero | Quirk::InterruptedYearOne)
        ) {
            assert!(
                record.operation_start_time < record.operation_end_time
                    && record.operation_end_time < now
            );
        }
        fractions += usize::from(record.operation_end_time.fract() > 0.0);
    }
    assert!(fractions > 10);
}

#[test]
fn nodes_have_the_anomaly_of_their_line() {
    assert!(node_with_quirk(Quirk::NeverScanned).record().is_none());
    assert!(node_with_quirk(Quirk::NeverScanned).rows().is_empty());
    assert_eq!(
        node_with_quirk(Quirk::UnreportedUnknown)
            .record()
            .unwrap()
            .unreported_not_applicable_count,
        Some(-1)
    );
    let old = node_with_quirk(Quirk::OldRecord).record().unwrap();
    assert_eq!(
        (
            old.installed_pending_reboot_count,
            old.available_security_update_count
        ),
        (None, None)
    );
    assert!(old.installed_count.is_some());
    assert_eq!(
        node_with_quirk(Quirk::NoInstalledCount)
            .record()
            .unwrap()
            .installed_count,
        None
    );
    let json = |node: SampleNode| serde_json::to_string(&node.record().unwrap()).unwrap();
    assert!(json(node_with_quirk(Quirk::InterruptedZero)).contains(r#""OperationEndTime":0.0,"#));
    assert!(
        json(node_with_quirk(Quirk::InterruptedYearOne))
            .contains(r#""OperationEndTime":-62135596800.0,"#)
    );
    assert!(!json(node_with_quirk(Quirk::NoOperation)).contains(r#""Operation":"#));
    assert!(
        json(node_with_quirk(Quirk::OverrideList)).contains(r#""InstallOverrideList":"https://"#)
    );
}

#[test]
fn one_scan_is_seventy_days_old_and_one_node_has_three_thousand_rows_that_do_not_apply() {
    let now = f64::from(NOW_SECONDS);
    assert!(
        records()
            .iter()
            .any(|record| now - record.operation_start_time > 70.0 * 86_400.0)
    );
    assert!(
        records()
            .iter()
            .any(|record| record.not_applicable_count > Some(2_900))
    );
}

#[test]
fn a_node_with_an_old_scan_can_look_compliant() {
    let now = f64::from(NOW_SECONDS);
    let clean = records().into_iter().filter(|record| {
        due(record) == 0
            && record.available_security_update_count == Some(0)
            && record.security_non_compliant_count == Some(0)
    });
    let days = |record: InstancePatchState| (now - record.operation_end_time) / 86_400.0;
    assert!(clean.map(days).any(|days| (40.0..60.0).contains(&days)));
}

#[test]
fn in_one_patch_group_one_node_was_scanned_with_another_baseline_than_the_rest() {
    let mut baselines = BTreeMap::<String, usize>::new();
    for record in records() {
        if record.patch_group == "web" {
            *baselines.entry(record.baseline_id).or_default() += 1;
        }
    }
    let counts: BTreeSet<usize> = baselines.into_values().collect();
    assert_eq!(counts, [1, 3].into());
}

#[test]
fn some_titles_hold_formulas_and_control_characters() {
    let titles: String = node_with_quirk(Quirk::UntrustedTitles)
        .rows()
        .iter()
        .map(|row| row.title.as_ref())
        .collect();
    for trap in [
        "\u{1b}[31m",
        "\u{202e}",
        "=HYPERLINK(",
        "セキュリティ",
        ", ",
        "\"quoted\"",
        "\n",
    ] {
        assert!(titles.contains(trap), "{trap:?}");
    }
}
