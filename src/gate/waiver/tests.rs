//! What waivers cover, and the remarks on them: cases from people's files.

mod laws;

use crate::gate::waiver::*;
use crate::record::{AccountRegion, Cves, Node, NodeInfo, PATCH_GROUP_TAGS, PatchState};

const LASTS: &str = "expires = 2026-12-31\nreason = \"r\"\n";
const LAPSED: &str = "expires = 2026-10-31\nreason = \"r\"\n";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A node in the account 111122223333, of which nothing else is known.
fn node(id: &str) -> Node {
    let location = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
        account_name: None,
    });
    Node::requested(id, &location)
}

fn tagged(id: &str, tags: &[(&str, &str)]) -> Node {
    let info = NodeInfo::default().with_all_tags(tags.iter().copied());
    Node {
        info: Some(Arc::new(info)),
        ..node(id)
    }
}

fn waiver_subject(node: &Node) -> WaiverSubject<'_> {
    WaiverSubject {
        node,
        patch_group: None,
    }
}

/// A patch that is missing on a node.
pub(super) fn missing(id: &str, kb: &str, cves: &str) -> Patch {
    Patch {
        node: node(id),
        title: None,
        kb_id: Some(kb.into()),
        classification: None,
        severity: None,
        state: PatchState::Missing,
        installed_time: None,
        cves: Cves::new(Some(cves)),
        release_date: None,
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

fn waives_node(body: &str, who: &WaiverSubject<'_>) -> bool {
    one(body).waive_node(who, now()).is_some()
}

fn waives_patch(bodies: &[&str], patch: &Patch) -> bool {
    let bodies: Vec<(&str, &str)> = bodies.iter().map(|body| (*body, LASTS)).collect();
    waivers(&bodies)
        .waive_patch(&waiver_subject(&patch.node), patch, now())
        .is_some()
}

fn remark_lines(waivers: &Waivers) -> Vec<String> {
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
        assert_eq!(waives_node(body, &waiver_subject(&web)), waived, "{body}");
    }
}

#[test]
fn what_is_not_known_of_a_node_is_not_matched() {
    let mut nowhere = tagged("i-1", &[]);
    nowhere.location = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    });
    assert!(!waives_node(
        "account = \"111122223333\"",
        &waiver_subject(&nowhere)
    ));
    assert!(waives_node("node = \"i-1\"", &waiver_subject(&nowhere)));
    assert!(!waives_node(
        "tag = \"Env=*\"",
        &waiver_subject(&node("i-1"))
    ));
    assert!(!waives_node(
        "node = \"i-1\"\npatch-group = \"*\"",
        &waiver_subject(&node("i-1"))
    ));
    let nameless = Patch {
        kb_id: None,
        ..missing("i-1", "", "")
    };
    assert!(!waives_patch(&["kb = \"*\"\nnode = \"i-1\""], &nameless));
}

#[test]
fn a_patch_group_is_that_of_the_last_scan_or_else_of_a_tag() {
    for key in PATCH_GROUP_TAGS {
        let tagged = tagged("i-1", &[(key, "legacy")]);
        let scanned = |group| WaiverSubject {
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
        assert!(!waives_node(body, &waiver_subject(&patch.node)), "{body}");
        assert!(waives_patch(&[body], &patch), "{body}");
        assert!(one(body).has_patch_waivers());
    }
    assert!(!one("node = \"i-1\"").has_patch_waivers());
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
    assert_eq!(
        halves.waive_patch(&waiver_subject(&both.node), &both, now()),
        None
    );
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
        waivers
            .waive_node(&waiver_subject(&node("i-1")), now)
            .is_none()
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
        let waiver = waivers(&bodies).waive_patch(&waiver_subject(&patch.node), &patch, now());
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
        waivers.waive_patch(&waiver_subject(&patch.node), &patch, now());
    }
    for id in ["i-1", "i-2", "i-3"] {
        waivers.waive_node(&waiver_subject(&node(id)), now());
    }
    assert_eq!(
        remark_lines(&waivers),
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
    assert_eq!(
        remark_lines(&one("kb = \"KB1\"")),
        ["w.toml:1: matches no finding"]
    );
    assert!(remark_lines(&Waivers::default()).is_empty());
}
