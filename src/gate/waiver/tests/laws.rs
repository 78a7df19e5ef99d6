//! What holds of every file of waivers and all patches.

use proptest::prelude::*;

use crate::gate::waiver::tests::{
    LAPSED, LASTS, missing, node, now, tagged, waiver_subject, waivers,
};
use crate::gate::waiver::*;
use crate::record::Cves;

const CVES: [&str; 3] = ["CVE-2024-1111", "CVE-2024-2222", "CVE-2025-3333"];

fn patch() -> impl Strategy<Value = Patch> {
    (
        prop_oneof![
            Just(node("i-1")),
            Just(node("i-2")),
            Just(tagged("i-2", &[("Env", "dev"), ("PatchGroup", "web")])),
        ],
        proptest::sample::select(vec!["KB11", "KB12", "bind-libs.x86_64"]),
        proptest::sample::subsequence(CVES.to_vec(), 0..=3),
    )
        .prop_map(|(node, kb, cves)| Patch {
            node,
            ..missing("", kb, &cves.join(","))
        })
}

/// What a waiver says, and its end.
fn waiver() -> impl Strategy<Value = (String, &'static str)> {
    let kind = |lines: &'static [&'static str]| proptest::sample::select(lines);
    (
        kind(&["", "", "kb = \"KB1?\"", "kb = [\"kb-11\", \"bind*\"]"]),
        kind(&[
            "",
            "cve = \"CVE-2024-*\"",
            "cve = \"CVE-2025-3333\"",
            "cve = \"CVE-2024-1111\"",
        ]),
        kind(&["", "", "node = \"i-1\"", "node = \"i-?\""]),
        kind(&["", "", "", "tag = \"Env=d*\"", "patch-group = \"web\""]),
        proptest::sample::select(vec![LASTS, LASTS, LAPSED]),
    )
        .prop_map(|(kb, cve, node, tag, end)| {
            let mut body = format!("{kb}\n{cve}\n{node}\n{tag}");
            if body.trim().is_empty() {
                body = "account = \"111122223333\"".to_owned();
            }
            (body, end)
        })
}

/// Which of the findings are waived: each node, then each patch.
fn waived(said: &[(String, &str)], patches: &[Patch]) -> Vec<bool> {
    let said: Vec<(&str, &str)> = said.iter().map(|(body, end)| (&**body, *end)).collect();
    let mut waivers = waivers(&said);
    patches
        .iter()
        .flat_map(|patch| {
            let who = waiver_subject(&patch.node);
            [
                waivers.waive_node(&who, now()).is_some(),
                waivers.waive_patch(&who, patch, now()).is_some(),
            ]
        })
        .collect()
}

proptest! {
    #[test]
    fn adding_a_waiver_unwaives_nothing(
        said in proptest::collection::vec(waiver(), 0..5), more in waiver(), at in 0usize..5,
        patches in proptest::collection::vec(patch(), 0..8),
    ) {
        let before = waived(&said, &patches);
        let mut with = said.clone();
        with.insert(at.min(said.len()), more);
        for (before, after) in before.iter().zip(waived(&with, &patches)) {
            prop_assert!(after || !before, "{with:?}");
        }
    }

    #[test]
    fn the_order_of_waivers_changes_nothing_that_is_waived(
        said in proptest::collection::vec(waiver(), 0..6), seed in any::<proptest::sample::Index>(),
        patches in proptest::collection::vec(patch(), 0..8),
    ) {
        let mut other = said.clone();
        other.reverse();
        if !other.is_empty() {
            other.rotate_left(seed.index(said.len()));
        }
        prop_assert_eq!(waived(&said, &patches), waived(&other, &patches));
    }

    #[test]
    fn an_expired_waiver_waives_as_little_as_none(
        said in proptest::collection::vec(waiver(), 0..6),
        patches in proptest::collection::vec(patch(), 0..8),
    ) {
        let lasting: Vec<_> = said.iter().filter(|(_, end)| *end == LASTS).cloned().collect();
        prop_assert_eq!(waived(&said, &patches), waived(&lasting, &patches));
    }

    #[test]
    fn each_waiver_either_waived_something_or_is_remarked_upon(
        said in proptest::collection::vec(waiver(), 0..6),
        patches in proptest::collection::vec(patch(), 0..8),
    ) {
        let said: Vec<(&str, &str)> = said.iter().map(|(body, end)| (&**body, *end)).collect();
        let mut all = waivers(&said);
        let mut named = Vec::new();
        for patch in &patches {
            let who = waiver_subject(&patch.node);
            named.extend(all.waive_node(&who, now()));
            named.extend(all.waive_patch(&who, patch, now()));
        }
        let remarks = all.remarks(now());
        for waiver in &named {
            prop_assert!(!waiver.expires.is_expired(now()));
            prop_assert!(!remarks.iter().any(|remark| remark.waiver == *waiver));
        }
        for entry in &all.entries {
            let is_told = remarks.iter().any(|remark| remark.waiver == entry.waiver);
            prop_assert_eq!(is_told, entry.is_expired(now()) || entry.match_counts.waived == 0);
        }
    }

    #[test]
    fn a_patch_is_waived_by_name_or_by_all_of_its_cves_or_not_at_all(
        said in proptest::collection::vec(waiver(), 0..6), patch in patch(),
    ) {
        // Each waiver by itself, on the patch as if it fixed one CVE alone.
        let alone = |cve: &str| {
            let patch = Patch { cves: Cves::new(Some(cve)), ..patch.clone() };
            said.iter().any(|one| waived(std::slice::from_ref(one), std::slice::from_ref(&patch))[1])
        };
        let by_name = alone("");
        let by_cves = !patch.cves.is_empty() && patch.cves.iter().all(alone);
        prop_assert_eq!(waived(&said, std::slice::from_ref(&patch))[1], by_name || by_cves);
    }
}
