//! What waivers cover, and what they come to: cases from people's files, and
//! laws over many.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::gate::waiver::*;
use crate::record::{Cves, Facts, PatchState, Place};

const LASTS: &str = "expires = 2026-12-31\nreason = \"r\"\n";
const LAPSED: &str = "expires = 2026-10-31\nreason = \"r\"\n";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A node in the account 111122223333, of which nothing else is known.
fn node(id: &str) -> Node {
    let place = Arc::new(Place {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
    });
    Node::asked(id, &place)
}

fn tagged(id: &str, tags: &[(&str, &str)]) -> Node {
    let tags: BTreeMap<Box<str>, Box<str>> = tags
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()))
        .collect();
    Node {
        facts: Some(Arc::new(Facts {
            tags,
            ..Facts::default()
        })),
        ..node(id)
    }
}

fn who(node: &Node) -> Who<'_> {
    Who {
        node,
        patch_group: None,
    }
}

/// A patch that is missing on a node.
pub fn missing(id: &str, kb: &str, cves: &str) -> Patch {
    Patch {
        node: node(id),
        title: None,
        kb_id: Some(kb.into()),
        classification: None,
        severity: None,
        state: PatchState::Missing,
        installed_time: None,
        cves: Cves::new(Some(cves)),
        released: None,
    }
}

/// Waivers that say this, each with an end and a reason.
fn waivers(bodies: &[(&str, &str)]) -> Waivers {
    let text: String = bodies
        .iter()
        .flat_map(|(body, end)| ["[[waiver]]\n", body, "\n", end])
        .collect();
    Waivers::parse("w.toml", &text).unwrap_or_else(|error| panic!("{error:#}\n{text}"))
}

fn one(body: &str) -> Waivers {
    waivers(&[(body, LASTS)])
}

fn waives_node(body: &str, who: &Who<'_>) -> bool {
    one(body).node(who, now()).is_some()
}

fn waives_patch(bodies: &[&str], patch: &Patch) -> bool {
    let bodies: Vec<(&str, &str)> = bodies.iter().map(|body| (*body, LASTS)).collect();
    waivers(&bodies)
        .patch(&who(&patch.node), patch, now())
        .is_some()
}

fn told(waivers: &Waivers) -> Vec<String> {
    waivers
        .remarks(now())
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn kinds_are_and_and_values_of_one_kind_are_or() {
    let web = tagged("i-1", &[("Env", "dev"), ("Team", "web-a")]);
    for (body, waived) in [
        ("node = \"i-?\"", true),
        ("node = \"I-1\"", false),
        ("node = [\"i-2\", \"i-1\"]", true),
        ("tag = [\"Env=prod\", \"Team=web-*\"]", true),
        ("tag = \"env=dev\"", false),
        ("tag = \"Env=Dev\"", false),
        ("node = \"i-1\"\ntag = \"Env=prod\"", false),
        ("account = \"111122223333\"\ntag = \"Env=dev\"", true),
        ("account = \"444455556666\"\ntag = \"Env=dev\"", false),
        ("node = \"*\"\ntag = \"Env=*\"", true),
        ("patch-group = \"legacy\"", false),
    ] {
        assert_eq!(waives_node(body, &who(&web)), waived, "{body}");
    }
}

#[test]
fn what_is_not_known_of_a_node_is_not_matched() {
    let mut nowhere = tagged("i-1", &[]);
    nowhere.place = Arc::new(Place {
        region: "eu-west-1".into(),
        account: None,
    });
    assert!(!waives_node("account = \"111122223333\"", &who(&nowhere)));
    assert!(waives_node("node = \"i-1\"", &who(&nowhere)));
    assert!(!waives_node("tag = \"Env=*\"", &who(&node("i-1"))));
    assert!(!waives_node(
        "node = \"i-1\"\npatch-group = \"*\"",
        &who(&node("i-1"))
    ));
    let nameless = Patch {
        kb_id: None,
        ..missing("i-1", "", "")
    };
    assert!(!waives_patch(&["kb = \"*\"\nnode = \"i-1\""], &nameless));
}

#[test]
fn a_patch_group_is_that_of_the_last_scan_or_else_of_a_tag() {
    for key in GROUP_TAGS {
        let tagged = tagged("i-1", &[(key, "legacy")]);
        let scanned = |group| Who {
            node: &tagged,
            patch_group: group,
        };
        assert!(waives_node("patch-group = \"leg*\"", &scanned(None)));
        assert!(waives_node("patch-group = \"leg*\"", &scanned(Some(""))));
        assert!(!waives_node(
            "patch-group = \"leg*\"",
            &scanned(Some("web"))
        ));
        assert!(waives_node("patch-group = \"web\"", &scanned(Some("web"))));
    }
}

#[test]
fn waivers_of_nodes_and_of_patches_are_two_things() {
    let patch = missing("i-1", "KB1", "CVE-2024-1111");
    assert!(!waives_patch(&["node = \"i-1\""], &patch));
    for body in ["kb = \"KB1\"", "cve = \"CVE-2024-*\""] {
        assert!(!waives_node(body, &who(&patch.node)), "{body}");
        assert!(waives_patch(&[body], &patch), "{body}");
        assert!(one(body).of_patches());
    }
    assert!(!one("node = \"i-1\"").of_patches());
    assert!(!one("node = \"i-1\"\nkb = \"KB1\"").needs_tags());
    assert!(one("tag = \"Env=dev\"").needs_tags());
    assert!(one("patch-group = \"legacy\"").needs_tags());
    assert!(Waivers::default().is_empty() && !one("kb = \"KB1\"").is_empty());
}

#[test]
fn a_patch_that_fixes_an_unwaived_cve_too_stays_a_finding() {
    let both = missing("i-1", "KB1", "CVE-2024-1111,CVE-2025-2222");
    let old = "cve = \"CVE-2024-*\"";
    assert!(!waives_patch(&[old], &both));
    assert!(waives_patch(&[old, "cve = \"cve-2025-2222\""], &both));
    assert!(waives_patch(
        &[old, "cve = \"CVE-2025-2222\"\nnode = \"i-1\""],
        &both
    ));
    assert!(!waives_patch(
        &[old, "cve = \"CVE-2025-2222\"\nnode = \"i-2\""],
        &both
    ));
    assert!(!waives_patch(
        &[old, "cve = \"CVE-2025-2222\"\nkb = \"KB2\""],
        &both
    ));
    assert!(waives_patch(
        &[old, "cve = \"CVE-2025-2222\"\nkb = \"KB1\""],
        &both
    ));
    // The one that lapsed no longer covers its half.
    let mut halves = waivers(&[(old, LASTS), ("cve = \"CVE-2025-*\"", LAPSED)]);
    assert_eq!(halves.patch(&who(&both.node), &both, now()), None);
}

#[test]
fn a_patch_without_cve_ids_is_not_waived_by_cve() {
    for cves in ["", " , "] {
        let patch = missing("i-1", "bind-libs.amd64", cves);
        assert!(!waives_patch(&["cve = \"CVE-*\"\nnode = \"i-1\""], &patch));
        assert!(!waives_patch(&["cve = \"CVE-*\"\nkb = \"bind*\""], &patch));
    }
}

#[test]
fn a_date_holds_through_its_day_in_utc_and_a_moment_through_itself() {
    let ends = |end: &str, now: &str| {
        let end = format!("expires = {end}\nreason = \"r\"\n");
        let mut waivers = waivers(&[("node = \"i-1\"", &end)]);
        let now = now.parse().unwrap();
        waivers.node(&who(&node("i-1")), now).is_none()
    };
    assert!(!ends("2026-12-31", "2026-12-31T23:59:59.999999999Z"));
    assert!(ends("2026-12-31", "2027-01-01T00:00:00Z"));
    assert!(!ends("2026-12-31", "2026-12-31T23:30:00-00:15"));
    assert!(ends("2026-12-31", "2026-12-31T23:30:00-01:00"));
    assert!(!ends("2026-12-31T18:00:00+01:00", "2026-12-31T17:00:00Z"));
    assert!(ends(
        "2026-12-31 18:00:00+01:00",
        "2026-12-31T17:00:00.000000001Z"
    ));
    assert!(!ends("9999-12-31", "2026-11-23T00:00:00Z"));
}

#[test]
fn the_waiver_named_is_the_first_that_does_it_alone() {
    let patch = missing("i-1", "KB1", "CVE-2024-1111,CVE-2025-2222");
    let label = |bodies: &[&str]| {
        let bodies: Vec<(&str, &str)> = bodies.iter().map(|body| (*body, LASTS)).collect();
        let waiver = waivers(&bodies).patch(&who(&patch.node), &patch, now());
        waiver.unwrap().label.clone()
    };
    let halves = ["cve = \"CVE-2024-*\"", "cve = \"CVE-2025-*\""];
    assert_eq!(label(&halves), "w.toml:1");
    assert_eq!(label(&[halves[0], "kb = \"KB1\"", halves[1]]), "w.toml:5");
}

#[test]
fn what_waived_nothing_is_told_with_its_cause() {
    let mut waivers = waivers(&[
        ("kb = \"KB1\"", LASTS),
        ("kb = \"KB9\"", LASTS),
        ("kb = \"KB2\"", LAPSED),
        ("kb = \"KB1\"", LAPSED),
        ("cve = \"CVE-2024-*\"", LASTS),
        ("node = \"i-2\"", LAPSED),
        ("node = \"i-3\"", LASTS),
        ("cve = \"CVE-2026-*\"", LAPSED),
    ]);
    for (kb, cves) in [
        ("KB1", ""),
        ("KB2", ""),
        ("KB2", "CVE-2024-1111,CVE-2025-2222"),
        ("KB3", "CVE-2024-1111,CVE-2025-2222"),
        ("KB4", "CVE-2025-2222,CVE-2026-3333"),
    ] {
        let patch = missing("i-1", kb, cves);
        waivers.patch(&who(&patch.node), &patch, now());
    }
    for id in ["i-1", "i-2", "i-3"] {
        waivers.node(&who(&node(id)), now());
    }
    assert_eq!(
        told(&waivers),
        [
            "w.toml:5: matches no finding",
            "w.toml:9: expired (2026-10-31); it would waive 2 findings; renew it or remove it",
            "w.toml:13: expired (2026-10-31), and nothing counts for it; remove it",
            "w.toml:17: waives nothing; 2 findings that it matches fix CVEs too that no active waiver names",
            "w.toml:21: expired (2026-10-31); it would waive 1 finding; renew it or remove it",
            "w.toml:29: expired (2026-10-31), and nothing counts for it; remove it",
        ]
    );
}

#[test]
fn a_waiver_that_was_never_asked_about_matches_nothing() {
    assert_eq!(told(&one("kb = \"KB1\"")), ["w.toml:1: matches no finding"]);
    assert!(told(&Waivers::default()).is_empty());
}

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
            let who = who(&patch.node);
            [
                waivers.node(&who, now()).is_some(),
                waivers.patch(&who, patch, now()).is_some(),
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
            let who = who(&patch.node);
            named.extend(all.node(&who, now()));
            named.extend(all.patch(&who, patch, now()));
        }
        let remarks = all.remarks(now());
        for waiver in &named {
            prop_assert!(!waiver.expires.is_past(now()));
            prop_assert!(!remarks.iter().any(|remark| remark.waiver == *waiver));
        }
        for entry in &all.all {
            let is_told = remarks.iter().any(|remark| remark.waiver == entry.waiver);
            prop_assert_eq!(is_told, entry.is_past(now()) || entry.tally.waived == 0);
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
