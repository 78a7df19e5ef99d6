//! Contradictory responses: rows listed twice or too few of them, two records
//! of one node, unreadable values. Runs the binary against scripted responses.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use serde_json::{Value, json};

use crate::support::{
    RecordedRequest, RunOutput, ScriptedService, clean_state, error_reply, live, run, states_reply,
};

const NODE: &str = "i-00000001";
const OTHER: &str = "i-00000002";

const STATES: &str = "DescribeInstancePatchStates";
const PATCHES: &str = "DescribeInstancePatches";

fn missing(kb: &str) -> Value {
    json!({"Title": format!("title of {kb}"), "KBId": kb, "Classification": "SecurityUpdates",
           "Severity": "Critical", "State": "Missing", "CVEIds": "CVE-2026-0001"})
}

fn with(id: &str, fields: &[(&str, Value)]) -> Value {
    let mut record = clean_state(id);
    for (field, value) in fields {
        record[field] = value.clone();
    }
    record
}

fn page(rows: &[Value], next: Option<&str>) -> (u16, String) {
    // AWS's last page has an empty token.
    let next = next.unwrap_or_default();
    (200, json!({"Patches": rows, "NextToken": next}).to_string())
}

/// One node whose record has this missing count and whose list has these rows,
/// each on its own page; and a clean node.
fn listing(count: u64, rows: Vec<Value>) -> ScriptedService {
    ScriptedService::start(move |request| match &*request.operation {
        STATES => {
            let record = |id: &String| match &**id {
                NODE => with(
                    NODE,
                    &[("MissingCount", json!(count)), ("InstalledCount", json!(0))],
                ),
                id => with(id, &[("InstalledCount", json!(0))]),
            };
            states_reply(&request.ids().iter().map(record).collect::<Vec<_>>())
        }
        PATCHES if request.body["InstanceId"] == NODE => {
            let at = request.token().map_or(0, |token| token.parse().unwrap());
            let next = (at + 1 < rows.len()).then(|| (at + 1).to_string());
            let row = rows.get(at).cloned();
            page(&row.into_iter().collect::<Vec<_>>(), next.as_deref())
        }
        "DescribeInstanceInformation" => {
            let linux =
                |id| json!({"InstanceId": id, "PlatformType": "Linux", "PlatformName": "SLES"});
            let nodes = [linux(NODE), linux(OTHER)];
            (200, json!({"InstanceInformationList": nodes}).to_string())
        }
        _ => page(&[], None),
    })
}

fn waiver(named: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    let text = format!("[[waiver]]\n{named}\nexpires = 2099-12-31\nreason = \"known\"\n");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn run_against(service: &ScriptedService, args: &[&str]) -> RunOutput {
    run(live(&service.url, args).env("AWS_MAX_ATTEMPTS", "1"))
}

#[test]
fn an_incomplete_list_is_reported_by_every_command_in_every_format() {
    for (count, rows, expected) in [
        (
            2,
            vec![missing("KB1"), missing("KB1")],
            "its counters say 2 missing, the service lists 1 missing",
        ),
        (
            3,
            vec![missing("KB1")],
            "its counters say 3 missing, the service lists 1 missing",
        ),
        (
            3,
            vec![],
            "its counters say 3 missing, the service lists 0 missing",
        ),
        // The dangerous direction: a clean record, and a list that is not.
        (
            0,
            vec![missing("KB1")],
            "its counters say 0 missing, the service lists 1 missing",
        ),
    ] {
        let listed = u64::from(!rows.is_empty());
        let service = listing(count, rows);
        for format in ["table", "wide", "json", "ndjson", "csv"] {
            let ran = run_against(&service, &["patches", NODE, OTHER, "-o", format]);
            assert_eq!(ran.code, 3, "{format}: {}", ran.err);
            let all = format!("{}{}", ran.out, ran.err);
            let words = all.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(expected), "{format}: {all}");
        }
        for more in [
            &[][..],
            &["--no-prefetch"],
            &["--severity", "critical"],
            &["--non-compliant", "--no-prefetch"],
            &["--cve", "CVE-2026-0001"],
            &["--cve", "CVE-2026-0001", "--no-prefetch"],
        ] {
            let ran = run_against(
                &service,
                &[&["patches", NODE, OTHER, "-o", "json"], more].concat(),
            );
            // A list is not read if no counter requires it.
            if count == 0 && more == ["--cve", "CVE-2026-0001"] {
                continue;
            }
            assert_eq!(ran.code, 3, "{more:?}: {}", ran.err);
            let document = ran.json();
            assert_eq!(
                document["Patches"].as_array().unwrap().len() as u64,
                listed,
                "{more:?}"
            );
            assert_eq!(document["Unread"][0]["InstanceId"], NODE);
            assert_eq!(document["Unread"][0]["Code"], "Contradiction");
            assert!(
                document["Unread"][0]["Cause"]
                    .as_str()
                    .unwrap()
                    .starts_with(expected)
            );
            if more.contains(&"--cve") {
                let doubts = &document["Exposure"][0]["NotJudged"];
                assert!(
                    listed == 1 || doubts.to_string().contains(NODE),
                    "{document}"
                );
            }
        }
        for by in ["kb", "node", "cve", "severity"] {
            let ran = run_against(
                &service,
                &[
                    "patches",
                    NODE,
                    OTHER,
                    "--by",
                    by,
                    "--state",
                    "Missing",
                    "--no-prefetch",
                    "-o",
                    "json",
                ],
            );
            assert_eq!(ran.code, 3, "{by}: {}", ran.err);
            let document = ran.json();
            assert_eq!(document["Summary"]["Patches"], listed, "{by}: {document}");
            assert_eq!(document["Unread"][0]["Code"], "Contradiction");
        }
        // One node alone: its counters are read concurrently with its list.
        let ran = run_against(&service, &["patches", NODE, "-o", "json"]);
        assert_eq!(ran.code, if listed == 1 { 3 } else { 2 }, "{}", ran.err);
        assert_eq!(ran.json()["Unread"][0]["Code"], "Contradiction");
    }
}

#[test]
fn a_repeated_row_never_lets_a_waiver_pass_the_gate() {
    let (_folder, path) = waiver("kb = \"KB1\"");
    let path = path.to_str().unwrap();
    for (rows, code) in [
        (vec![missing("KB1"), missing("KB1")], 3),
        (vec![missing("KB1")], 3),
        (vec![missing("KB1"), missing("KB2")], 1),
        // The same patch with two different rows.
        (
            vec![missing("KB1"), {
                let mut other = missing("KB1");
                other["Severity"] = json!("Low");
                other
            }],
            3,
        ),
    ] {
        let service = listing(2, rows.clone());
        for rules in [
            "non-compliant",
            "missing>0",
            "missing>=low",
            "compliant<100%",
        ] {
            let args = [
                "check",
                NODE,
                OTHER,
                "--fail-on",
                rules,
                "--waivers",
                path,
                "-o",
                "json",
            ];
            let ran = run_against(&service, &args);
            assert_eq!(ran.code, code, "{rules} {rows:?}: {}{}", ran.out, ran.err);
        }
    }
    let service = listing(1, vec![missing("KB1"), missing("KB1")]);
    let ran = run_against(
        &service,
        &[
            "check",
            NODE,
            "--fail-on",
            "non-compliant",
            "--waivers",
            path,
        ],
    );
    assert_eq!(
        ran.code, 0,
        "a patch listed twice and counted once is one: {}",
        ran.err
    );
}

#[test]
fn a_scan_that_ends_between_two_calls_is_no_contradiction() {
    let reads = AtomicU32::new(0);
    let service = ScriptedService::start(move |request| match &*request.operation {
        STATES => {
            let before = reads.fetch_add(1, Relaxed) == 0;
            let count = if before { 3 } else { 1 };
            let record = |id: &String| {
                with(
                    id,
                    &[("MissingCount", json!(count)), ("InstalledCount", json!(0))],
                )
            };
            states_reply(&request.ids().iter().map(record).collect::<Vec<_>>())
        }
        _ => page(&[missing("KB1")], None),
    });
    let ran = run_against(
        &service,
        &[
            "check",
            NODE,
            "--fail-on",
            "missing>=critical,missing>1",
            "-o",
            "json",
        ],
    );
    // The newer record counts: one missing patch.
    assert_eq!(ran.code, 1, "{}", ran.err);
    let rules = ran.json()["Rules"].clone();
    assert_eq!(
        (&rules[0]["Status"], &rules[1]["Status"]),
        (&json!("FAIL"), &json!("PASS"))
    );
    let requests = service.requests();
    let of = |operation: &str| requests.iter().filter(|a| a.operation == operation).count();
    assert_eq!((of(STATES), of(PATCHES)), (2, 1));
}

#[test]
fn an_unreadable_value_is_no_data_and_shown_in_every_format() {
    let fields = [
        ("AvailableSecurityUpdateCount", json!("5"), "\"5\""),
        ("AvailableSecurityUpdateCount", json!(1.5), "1.5"),
        ("AvailableSecurityUpdateCount", json!(1e300), "1e300"),
        ("AvailableSecurityUpdateCount", json!(true), "true"),
        ("AvailableSecurityUpdateCount", json!(-1), "-1"),
        ("MissingCount", json!("0"), "\"0\""),
        ("FailedCount", json!([0]), "a list"),
        ("InstalledRejectedCount", json!({}), "an object"),
        ("InstalledPendingRebootCount", json!(0.5), "0.5"),
        ("CriticalNonCompliantCount", json!("3"), "\"3\""),
        ("SecurityNonCompliantCount", json!(false), "false"),
        ("OtherNonCompliantCount", json!(-7), "-7"),
        (
            "OperationEndTime",
            json!("2026-11-20T12:00:00Z"),
            "\"2026-11-20T12:00:00Z\"",
        ),
        ("OperationStartTime", json!(1e15), "1000000000000000"),
        ("BaselineId", json!(5), "5"),
        ("PatchGroup", json!(["web"]), "a list"),
        ("PatchGroup", json!({"\u{1b}[2J": 1}), "an object"),
        (
            "MissingCount",
            json!("\u{1b}[2J\u{202e}0"),
            "\"\\u{1b}[2J\\u{202e}0\"",
        ),
    ];
    for (field, value, shown) in fields {
        let record = with(NODE, &[(field, value.clone())]);
        let service = ScriptedService::start(move |request| {
            let records = request.ids().into_iter().map(|id| match &*id {
                NODE => record.clone(),
                id => clean_state(id),
            });
            states_reply(&records.collect::<Vec<_>>())
        });
        let expected = format!("{field} cannot be read: {shown}");
        let ran = run_against(&service, &["states", NODE, OTHER, "-o", "json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let rows = ran.json()["InstancePatchStates"].clone();
        assert_eq!(rows[0]["Verdict"], "NO_DATA", "{field} {value}");
        assert!(
            rows[0]["Reasons"].as_str().unwrap().contains(&expected),
            "{}",
            rows[0]
        );
        assert_eq!(rows[0][field], Value::Null);
        // It affects only its own node.
        assert_eq!(rows[1]["Verdict"], "COMPLIANT");
        // In CSV, what could be split before a sign gets an apostrophe there.
        let csv_expected = expected.replace('"', "\"\"").replace(": -", ": '-");
        let json_expected = serde_json::to_string(&expected).unwrap();
        for (format, expected) in [
            ("csv", &*csv_expected),
            ("ndjson", json_expected.trim_matches('"')),
        ] {
            let ran = run_against(&service, &["states", NODE, OTHER, "-o", format]);
            assert!(ran.out.contains(expected), "{format}: {}", ran.out);
            assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{}", ran.out);
        }
        for (rules, code) in [
            ("non-compliant,no-data", 1),
            ("non-compliant", 3),
            ("compliant<100%", 1),
        ] {
            let ran = run_against(
                &service,
                &["check", NODE, OTHER, "--fail-on", rules, "-o", "json"],
            );
            assert_eq!(ran.code, code, "{field} {value} {rules}: {}", ran.out);
            assert!(
                rules.contains('%') || ran.out.contains(json_expected.trim_matches('"')),
                "{}",
                ran.out
            );
        }
    }
}

#[test]
fn a_non_compliant_node_stays_so_and_reports_what_cannot_be_read() {
    let record = with(
        NODE,
        &[
            ("MissingCount", json!(2)),
            ("AvailableSecurityUpdateCount", json!(true)),
        ],
    );
    let service = ScriptedService::start(move |request| match &*request.operation {
        STATES => states_reply(std::slice::from_ref(&record)),
        _ => page(&[missing("KB1"), missing("KB2")], None),
    });
    let ran = run_against(&service, &["states", NODE, "-o", "json"]);
    let row = ran.json()["InstancePatchStates"][0].clone();
    assert_eq!(row["Verdict"], "NON_COMPLIANT");
    assert_eq!(
        row["Reasons"],
        "2 missing, AvailableSecurityUpdateCount cannot be read: true"
    );
    let ran = run_against(
        &service,
        &["check", NODE, "--fail-on", "no-data", "-o", "json"],
    );
    assert_eq!(ran.code, 1);
    let ran = run_against(
        &service,
        &["check", NODE, "--fail-on", "unapproved>0", "-o", "json"],
    );
    assert_eq!(ran.code, 3);
}

#[test]
fn an_unreadable_counter_does_not_confirm_a_list() {
    let record = with(
        NODE,
        &[("MissingCount", json!("1")), ("InstalledCount", json!(0))],
    );
    let service = ScriptedService::start(move |request| match &*request.operation {
        STATES => states_reply(std::slice::from_ref(&record)),
        _ => page(&[], None),
    });
    for more in [&[][..], &["--no-prefetch"], &["--state", "Missing"]] {
        let ran = run_against(&service, &[&["patches", NODE, "-o", "json"], more].concat());
        assert_eq!(ran.code, 2, "{}", ran.err);
        let unread = ran.json()["Unread"][0].clone();
        let why = unread["Cause"].as_str().unwrap();
        assert!(why.starts_with("its MissingCount cannot be read"), "{why}");
    }
    let ran = run_against(&service, &["check", NODE, "--fail-on", "missing>=critical"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
}

#[test]
fn a_field_of_the_wrong_type_affects_only_its_node_and_is_named() {
    for (field, value) in [
        ("State", json!(5)),
        ("Severity", json!(["Critical"])),
        ("KBId", json!(true)),
        ("CVEIds", json!(["CVE-2026-0001"])),
    ] {
        let mut row = missing("KB1");
        row[field] = value;
        let service = listing(1, vec![row]);
        let ran = run_against(&service, &["patches", NODE, OTHER, "-o", "json"]);
        assert_eq!(ran.code, 3, "{}", ran.err);
        let unread = ran.json()["Unread"].clone();
        assert_eq!(unread.as_array().unwrap().len(), 1);
        assert_eq!(unread[0]["InstanceId"], NODE);
        let why = unread[0]["Cause"].as_str().unwrap();
        assert!(why.contains(&format!("{field} cannot be read: ")), "{why}");
    }
}

#[test]
fn an_unknown_compliance_status_is_no_data_and_shown() {
    for (word, expected) in [
        (json!("MAYBE"), "\"MAYBE\""),
        (json!(1), "1"),
        (json!(["COMPLIANT"]), "a list"),
    ] {
        let service = ScriptedService::start(move |request| {
            match &*request.operation {
            "GetPatchBaseline" => (
                200,
                json!({"BaselineId": "pb-0123456789abcdef0", "AvailableSecurityUpdatesComplianceStatus": word}).to_string(),
            ),
            "DescribePatchBaselines" => (200, json!({"BaselineIdentities": []}).to_string()),
            _ => states_reply(&[with(NODE, &[("AvailableSecurityUpdateCount", json!(2))])]),
        }
        });
        let ran = run_against(&service, &["states", NODE, "-o", "json"]);
        let row = ran.json()["InstancePatchStates"][0].clone();
        assert_eq!(row["Verdict"], "NO_DATA");
        let reasons = row["Reasons"].as_str().unwrap();
        assert!(
            reasons.ends_with(&format!("cannot be read: {expected}")),
            "{reasons}"
        );
    }
}

#[test]
fn if_groups_differ_on_a_node_it_is_read_by_id() {
    let dirty = || {
        with(
            NODE,
            &[("MissingCount", json!(2)), ("PatchGroup", json!("web"))],
        )
    };
    let clean = || with(NODE, &[("PatchGroup", json!("web"))]);
    for records in [[clean(), dirty()], [dirty(), clean()]] {
        let service = ScriptedService::start(move |request| match &*request.operation {
            "DescribeInstancePatchStatesForPatchGroup" => states_reply(&records),
            "DescribeInstanceInformation" => {
                (200, json!({"InstanceInformationList": []}).to_string())
            }
            // Read by its id, it has one record.
            _ => states_reply(&[dirty()]),
        });
        let ran = run_against(&service, &["states", "--patch-group", "web", "-o", "json"]);
        let rows = ran.json()["InstancePatchStates"].clone();
        assert_eq!(rows.as_array().unwrap().len(), 1);
        assert_eq!(rows[0]["Reasons"], "2 missing");
        let by_id = |request: &&RecordedRequest| request.operation == STATES;
        assert_eq!(service.requests().iter().filter(by_id).count(), 1);
    }
}

#[test]
fn a_node_listed_with_two_platforms_has_an_unknown_one() {
    let on = |platform: &str| json!({"InstanceId": NODE, "PlatformType": platform, "PlatformName": "SLES"});
    for order in [
        ["Windows", "Linux"],
        ["Linux", "Windows"],
        ["Linux", "Linux"],
    ] {
        let listed = order.map(on);
        let service = ScriptedService::start(move |request| match &*request.operation {
            "DescribeInstanceInformation" => {
                (200, json!({"InstanceInformationList": listed}).to_string())
            }
            // Without the counter that only Windows reports.
            STATES => states_reply(&[clean_state(NODE)]),
            _ => error_reply(400, "AccessDeniedException", "no"),
        });
        let args = ["check", NODE, "--fail-on", "unapproved>0", "-o", "json"];
        let ran = run_against(&service, &args);
        let is_linux = order[0] == order[1];
        assert_eq!(
            ran.code,
            if is_linux { 0 } else { 3 },
            "{order:?}: {}",
            ran.out
        );
    }
}

#[test]
fn a_release_date_in_the_future_or_unreadable_does_not_pass_patch_older_than() {
    let day = 24 * 60 * 60;
    let now = jiff::Timestamp::now().as_second();
    for (dates, code) in [
        (vec![json!(now - 5 * day)], 0),
        (vec![json!(now - 60 * day)], 1),
        (vec![json!(now + 2 * day)], 3),
        (vec![json!(now * 1_000)], 3),
        (vec![json!("soon")], 3),
        (vec![json!(true)], 3),
        (vec![json!(0)], 3),
        (vec![], 3),
        // The one that cannot be read may be the earliest.
        (vec![json!(now - 5 * day), json!("2020-01-01")], 3),
        (vec![json!(now - 60 * day), json!(now - 5 * day)], 1),
        // A date in the future may be wrong, so the other is not known to be
        // the earliest.
        (vec![json!(now - 2 * day), json!(now + 9 * day)], 3),
        (vec![json!(now + 9 * day), json!(now - 2 * day)], 3),
    ] {
        let rows: Vec<Value> = dates
            .iter()
            .map(|date| json!({"KbNumber": "KB5000001", "Title": "title of KB5000001", "ReleaseDate": date}))
            .collect();
        let answer = json!({"Patches": rows}).to_string();
        let service = ScriptedService::start(move |request| match &*request.operation {
            STATES => states_reply(&[with(NODE, &[("MissingCount", json!(1))])]),
            PATCHES => page(&[missing("KB5000001")], None),
            _ => (200, answer.clone()),
        });
        let ran = run_against(
            &service,
            &[
                "check",
                NODE,
                "--fail-on",
                "patch-older-than 30d",
                "-o",
                "json",
            ],
        );
        assert_eq!(ran.code, code, "{dates:?}: {}", ran.out);
        let is_odd = dates.iter().any(|date| !date.is_i64() && !date.is_u64());
        assert!(
            !is_odd
                || ran
                    .out
                    .contains("the ReleaseDate of KB5000001 cannot be read"),
            "{}",
            ran.out
        );
    }
}

/// A small fleet with consistent data.
fn truth(request: &RecordedRequest) -> (u16, String) {
    let failed = || {
        let mut row = missing("KB3");
        row["State"] = json!("Failed");
        row
    };
    let waiting = || {
        let mut row = missing("KB4");
        row["State"] = json!("AvailableSecurityUpdate");
        row["CVEIds"] = json!("");
        row
    };
    match &*request.operation {
        STATES => {
            let record = |id: &String| match &**id {
                "i-00000001" => with(id, &[("MissingCount", json!(2)), ("InstalledCount", json!(0))]),
                "i-00000002" => with(id, &[
                    ("FailedCount", json!(1)),
                    ("AvailableSecurityUpdateCount", json!(1)),
                    ("InstalledCount", json!(0)),
                ]),
                id => clean_state(id),
            };
            states_reply(&request.ids().iter().map(record).collect::<Vec<_>>())
        }
        PATCHES => {
            let rows = match request.body["InstanceId"].as_str().unwrap() {
                "i-00000001" => vec![missing("KB1"), missing("KB2")],
                "i-00000002" => vec![failed(), waiting()],
                _ => vec![],
            };
            page(&rows, None)
        }
        "GetPatchBaseline" => (
            200,
            json!({"BaselineId": "pb-0123456789abcdef0", "AvailableSecurityUpdatesComplianceStatus": "NON_COMPLIANT"}).to_string(),
        ),
        "DescribeAvailablePatches" => (200, json!({"Patches": []}).to_string()),
        _ => (
            200,
            json!({"BaselineIdentities": [{"BaselineId": "pb-0123456789abcdef0"}]}).to_string(),
        ),
    }
}

/// The ways in which a response is corrupted.
fn spoiled(kind: usize, body: &str) -> (u16, String) {
    let mut body: Value = serde_json::from_str(body).unwrap();
    let list = ["Patches", "InstancePatchStates", "BaselineIdentities"]
        .into_iter()
        .find(|name| body[name].is_array());
    match (kind, list) {
        (0, _) => error_reply(400, "AccessDeniedException", "no"),
        (1, Some(list)) => (200, json!({list: []}).to_string()),
        (2, Some(list)) => {
            body[list].as_array_mut().unwrap().pop();
            (200, body.to_string())
        }
        (3, Some(list)) => {
            let rows = body[list].as_array_mut().unwrap();
            if rows.len() > 1 {
                rows[0] = rows[1].clone();
            }
            (200, body.to_string())
        }
        (4, Some(list)) => {
            for row in body[list].as_array_mut().unwrap() {
                for (_, value) in row.as_object_mut().unwrap().iter_mut() {
                    if value.is_number() {
                        *value = json!("0");
                    }
                }
            }
            (200, body.to_string())
        }
        _ => (200, String::new()),
    }
}

/// The law of the gate, through the whole program: `gate/tests` has the same
/// law for the fold alone.
#[test]
fn no_lost_empty_short_repeated_or_garbled_response_makes_a_failed_gate_pass() {
    let nodes = ["i-00000001", "i-00000002", "i-00000003"];
    let (_folder, path) = waiver("kb = [\"KB1\", \"KB3\"]");
    let path = path.to_str().unwrap();
    let questions = [
        &["--fail-on", "non-compliant", "--waivers", path][..],
        &["--fail-on", "missing>=critical", "--waivers", path],
        &["--fail-on", "unapproved>0,failed>0", "--waivers", path],
        &["--fail-on", "patch-older-than 30d"],
        &["--fail-on", "compliant<100%", "--waivers", path],
    ];
    let places = [
        (STATES, None),
        (PATCHES, Some("i-00000001")),
        (PATCHES, Some("i-00000002")),
        ("GetPatchBaseline", None),
    ];
    for question in questions {
        let args = [&["check", "-o", "json"], &nodes[..], question].concat();
        let before = run_against(&ScriptedService::start(truth), &args);
        assert!(matches!(before.code, 1 | 3), "{question:?}: {}", before.out);
        for (operation, node) in places {
            for kind in 0..6 {
                let service = ScriptedService::start(move |request| {
                    let (status, body) = truth(request);
                    let is_it = request.operation == operation
                        && node.is_none_or(|node| request.body["InstanceId"] == node);
                    if is_it {
                        spoiled(kind, &body)
                    } else {
                        (status, body)
                    }
                });
                let after = run_against(&service, &args);
                assert_ne!(
                    after.code, 0,
                    "{question:?} {operation} {node:?} {kind}: {}",
                    after.out
                );
            }
        }
    }
}

#[test]
fn a_list_without_readable_counters_is_shown_and_not_taken_as_complete() {
    for (code, ended) in [("InternalServerError", 3), ("AccessDeniedException", 0)] {
        let service = ScriptedService::start(move |request| match &*request.operation {
            STATES => error_reply(400, code, "no counters"),
            _ => page(&[missing("KB1")], None),
        });
        let ran = run_against(&service, &["patches", NODE, OTHER, "-o", "json"]);
        assert_eq!(ran.code, ended, "{code}: {}", ran.err);
        assert_eq!(ran.json()["Patches"].as_array().unwrap().len(), 2);
        let expected = "the counters that verify lists";
        assert_eq!(
            ran.err.matches(expected).count(),
            usize::from(ended == 0),
            "{}",
            ran.err
        );
    }
}
