//! Properties of every fleet, set of rules and file of waivers.

use proptest::prelude::*;

use crate::gate::tests::*;
use crate::gate::waiver::WaiverSubject;

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
            release_date: days
                .map(|days| verdict_options().now - SignedDuration::from_hours(24 * days)),
            ..patch(state, kb, severity)
        })
}

/// Counters that mostly match the rows, and sometimes do not.
pub(super) fn answered() -> impl Strategy<Value = (NodeState, Vec<Patch>)> {
    (
        proptest::collection::vec(row(), 0..5),
        [count(), count(), count(), count(), count()],
        proptest::bool::weighted(0.7),
        proptest::sample::select(vec![0i64, 3, 20]),
        proptest::sample::select(vec!["", "web"]),
        proptest::sample::select(vec!["pb-1", "pb-2"]),
        proptest::sample::select(vec![
            None,
            Some(BaselineComplianceStatus::Compliant),
            Some(BaselineComplianceStatus::NonCompliant),
            Some(BaselineComplianceStatus::Unspecified),
            Some(BaselineComplianceStatus::Deleted),
            Some(BaselineComplianceStatus::Unreadable(cause())),
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
                baseline_status: ruling,
                operation_end: Some(verdict_options().now - SignedDuration::from_hours(24 * days)),
                ..NodeState::default()
            };
            (state, rows)
        })
}

fn fed(at: usize) -> impl Strategy<Value = NodeInput> {
    let id = format!("i-{at}");
    (answered(), 0u8..10).prop_map(move |((state, rows), kind)| {
        let mut fed = NodeInput::new(&id, state, rows);
        match kind {
            0 => fed.outcome = Outcome::NoData,
            1 => fed.outcome = Outcome::Unread(cause()),
            2 => fed.end = Outcome::Unread(cause()),
            _ => {}
        }
        if kind < 1 {
            fed.patches.clear();
        }
        fed
    })
}

fn fleet() -> impl Strategy<Value = Vec<NodeInput>> {
    (0usize..6).prop_flat_map(|n| (0..n).map(fed).collect::<Vec<_>>())
}

pub(super) fn rules() -> impl Strategy<Value = Vec<Rule>> {
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
        "overdue>0",
        "due-within 7d",
    ];
    let all: Vec<Rule> = all.iter().map(|rule| rule.parse().unwrap()).collect();
    let most = all.len();
    proptest::sample::subsequence(all, 1..=most)
}

pub(super) fn least() -> impl Strategy<Value = Option<Severity>> {
    proptest::option::weighted(0.3, proptest::sample::select(Severity::ALL[..4].to_vec()))
}

pub(super) fn waived() -> impl Strategy<Value = String> {
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

/// Each finding: its rule, its subject, its status.
fn found(report: &GateReport) -> Vec<(String, String, GateStatus)> {
    let of = |rule_report: &RuleReport| {
        let rule = rule_report.rule.clone();
        let findings = rule_report.findings.iter();
        findings
            .map(|finding| {
                let name = finding.subject.as_ref().map(ToString::to_string);
                (rule.clone(), name.unwrap_or_default(), finding.status)
            })
            .collect::<Vec<_>>()
    };
    report.rules.iter().flat_map(of).collect()
}

/// Every finding of `less` is one of `more`, and none is worse in `less`.
fn is_within(less: &GateReport, more: &GateReport) -> Result<(), TestCaseError> {
    let more_found = found(more);
    for (rule, name, held) in found(less) {
        // A finding about the whole fleet replaces those about nodes.
        let known = more_found
            .iter()
            .filter(|(of, about, _)| *of == rule && (*about == name || name.is_empty()))
            .max_by_key(|(.., of)| *of);
        prop_assert!(
            known.is_some(),
            "{rule} {name} only where less was to be found"
        );
        prop_assert!(known.is_some_and(|(.., of)| held <= *of), "{rule} {name}");
    }
    prop_assert!(less.status <= more.status);
    Ok(())
}

proptest! {
    #[test]
    fn the_order_of_input_changes_nothing(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), seed in any::<u64>(),
    ) {
        let ask = || RuleSet::new(&rules, least);
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
    fn nodes_that_are_checked_in_parts_give_one_report(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), at in any::<prop::sample::Index>(),
    ) {
        let ask = || RuleSet::new(&rules, least);
        let whole = checked(ask(), waivers(&text), &fleet);
        let (one, other) = fleet.split_at(at.index(fleet.len() + 1));
        prop_assert_eq!(checked_in_parts(ask(), waivers(&text), [one, other]), whole);
    }

    #[test]
    fn a_waiver_never_adds_a_finding_and_never_waives_an_unread_node(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), more in waived(),
    ) {
        let ask = |text: &str| checked(RuleSet::new(&rules, least), waivers(text), &fleet);
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
        let ask = |least| checked(RuleSet::new(&rules, least), waivers(&text), &fleet);
        let (some, all) = (ask(least), ask(None));
        prop_assert!(some.status <= all.status);
        // A node with an unreported counter may be under `no-data` instead.
        let all = found(&all);
        for (rule, name, held) in found(&some) {
            let stands = |(_, about, of): &(String, String, GateStatus)| (*about == name || name.is_empty()) && held <= *of;
            prop_assert!(all.iter().any(stands), "{rule} {name}");
        }
    }

    #[test]
    fn one_more_bad_patch_never_makes_a_failed_gate_pass(
        fleet in fleet(), rules in rules(), least in least(), text in waived(), at in any::<prop::sample::Index>(),
        bad in row(), more in fed(99),
    ) {
        let ask = |fleet: &[NodeInput]| checked(RuleSet::new(&rules, least), waivers(&text), fleet);
        let before = ask(&fleet).status;
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
        prop_assert!(before != GateStatus::Fail || ask(&worse).status != GateStatus::Pass);
        let mut larger = fleet;
        larger.push(more);
        let is_share = |rule: &Rule| matches!(rule, Rule::CompliantShare(_));
        // One more compliant node may raise the share, and settle a group.
        let settles = |rule: &Rule| is_share(rule) || *rule == Rule::BaselineDiffers;
        if !rules.iter().any(settles) && larger.len() > 1 {
            prop_assert!(ask(&larger).status >= before);
        }
    }

    #[test]
    fn nodes_add_up_and_a_gate_with_an_unread_node_never_passes(
        fleet in fleet(), rules in rules(), least in least(), text in waived(),
    ) {
        let report = checked(RuleSet::new(&rules, least), waivers(&text), &fleet);
        let nodes = report.nodes;
        prop_assert_eq!(nodes.asked, nodes.answered + nodes.no_data + nodes.unread);
        prop_assert_eq!(nodes.asked, fleet.len() as u64);
        prop_assert_eq!(details(&report, "unread").len() as u64, nodes.unread);
        let is_unread = |fed: &&NodeInput| {
            fed.row().judgement.verdict == crate::compliance::verdict::Verdict::Unread || fed.end == Outcome::Unread(cause())
        };
        prop_assert_eq!(fleet.iter().filter(is_unread).count() as u64, nodes.unread);
        prop_assert!(nodes.unread == 0 || report.status != GateStatus::Pass);
        prop_assert!(nodes.asked > 0 || report.status == GateStatus::Unknown);
        for rule_report in &report.rules {
            let worst = rule_report.findings.iter().map(|finding| finding.status).max();
            prop_assert_eq!(worst.unwrap_or(GateStatus::Pass), rule_report.status);
        }
        for finding in report.rules.iter().flat_map(|rule_report| &rule_report.findings) {
            prop_assert!(finding.status != GateStatus::Pass && !finding.detail.is_empty() && !finding.remedy.is_empty());
            prop_assert!(!finding.remedy_line().contains('\n'));
        }
    }

    #[test]
    fn a_node_is_waived_by_its_patches_only_if_all_of_them_are(fed in fed(7), text in waived()) {
        let rule = [Rule::NonCompliant];
        let of_patches: String = text.split_inclusive("reason = \"r\"\n")
            .filter(|one| one.contains("kb") || one.contains("cve")).collect();
        let ask = |text: &str| {
            let report = checked(RuleSet::new(&rule, None), waivers(text), std::slice::from_ref(&fed));
            details(&report, "non-compliant").len()
        };
        if ask("") == 1 && ask(&of_patches) == 0 && fed.end == Outcome::Answered(()) {
            let Outcome::Answered(state) = &fed.outcome else { panic!("waived unread") };
            let mut every = waivers(&of_patches);
            let about = node(&fed.id);
            let subject = WaiverSubject { node: &about, patch_group: state.patch_group.as_deref() };
            for of in PatchState::NON_COMPLIANT {
                let rows: Vec<&Patch> = fed.patches.iter().filter(|row| row.state == of).collect();
                let counter = crate::plan::filter::state_counter(state, &of);
                prop_assert!(counter.is_some_and(|n| n <= rows.len() as u64), "{of}");
                for row in rows {
                    prop_assert!(every.waive_patch(&subject, row, verdict_options().now).is_some(), "{row:?}");
                }
            }
        }
    }
}
