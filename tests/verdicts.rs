//! Verdicts: no node is compliant without data, and every other verdict has a
//! reason. Runs the binary on the demo's nodes.

use serde_json::{Value, json};

use crate::support::{DemoServer, ScriptedService, clean_state, demo, live, run, states_reply};

/// Nodes of the demo whose verdicts depend on their baseline or on the age of
/// their scan.
const WAITING_ALLOWED: &str = "i-0c1d7e4f9a3b58260";
const WAITING_COUNTS: &str = "i-0e5b1f8d2c7a93640";
const WAITING_GONE: &str = "i-0a2f6d8b3e1c97540";
const WAITING_UNSAID: &str = "i-0b4e8c1a5d7f39620";
const CLEAN_AND_OLD: &str = "i-0f7c2a6e4d9b18350";
/// Nodes of Windows, Ubuntu, Debian and RHEL.
const NODES: &str = "i-123 i-01c8f4a6d2e9b7530 i-06b1c9e4d7f8a2350 i-0a7d3e9f1c5b86240";
const BAD_AND_OLD: &str = "mi-07c2e5a8f1d4b6930";

fn rows(document: &Value) -> &Vec<Value> {
    document["InstancePatchStates"].as_array().unwrap()
}

#[test]
fn available_security_updates_count_as_each_nodes_baseline_specifies() {
    let ran = run(&mut demo(&[
        "states",
        WAITING_ALLOWED,
        WAITING_COUNTS,
        WAITING_GONE,
        WAITING_UNSAID,
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let document = ran.json();
    let verdicts: Vec<(&str, &str)> = rows(&document)
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap();
            (text("Verdict"), text("Reasons"))
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("COMPLIANT", ""),
            ("NON_COMPLIANT", "3 security updates available"),
            (
                "NO_DATA",
                "1 security update available, unknown: baseline not readable: it no longer exists; scan the node again"
            ),
            (
                "NO_DATA",
                "2 security updates available, unknown: its baseline does not rule on them"
            ),
        ]
    );
    // Unapproved updates are reported whatever the verdict.
    let waiting = rows(&document).iter().map(|row| &row["Unapproved"]);
    assert_eq!(waiting.collect::<Vec<_>>(), [2, 3, 1, 2]);
}

#[test]
fn without_readable_baselines_no_node_is_compliant() {
    let served = DemoServer::denying(&["ssm:GetPatchBaseline"]);
    let nodes = ["states", WAITING_ALLOWED, "i-456", "i-123", "-o", "json"];
    let ran = run(&mut live(
        &served.url,
        &[&nodes[..], &["--max-age", "none"]].concat(),
    ));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    let row = &rows(&document)[0];
    assert_eq!(row["Verdict"], "UNREAD");
    let reasons = row["Reasons"].as_str().unwrap();
    assert!(
        reasons.starts_with(
            "2 security updates available, unknown: baseline not readable: AccessDenied"
        ),
        "{reasons}"
    );
    assert!(reasons.contains("allow ssm:GetPatchBaseline"), "{reasons}");
    // Its record was read and is shown.
    assert_eq!(row["MissingCount"], 0);
    assert_eq!(document["Unread"][0]["InstanceId"], WAITING_ALLOWED);
    // Verdicts that do not depend on it are unaffected.
    assert_eq!(rows(&document)[1]["Verdict"], "COMPLIANT");
    assert_eq!(rows(&document)[2]["Verdict"], "NON_COMPLIANT");
    let summary = &document["Summary"];
    assert_eq!(
        (&summary["Nodes"], &summary["Answered"], &summary["Unread"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert!(
        ran.err.contains("allow ssm:GetPatchBaseline"),
        "{}",
        ran.err
    );
}

#[test]
fn an_old_scan_is_stale_and_replaces_only_compliant() {
    let verdicts = |age: &[&str]| -> Vec<(String, String)> {
        let nodes = ["states", CLEAN_AND_OLD, BAD_AND_OLD, "i-456", "-o", "json"];
        let ran = run(&mut demo(&[&nodes[..], age].concat()));
        assert_eq!(ran.code, 0);
        rows(&ran.json())
            .iter()
            .map(|row| {
                let text = |name: &str| row[name].as_str().unwrap().to_owned();
                (text("Verdict"), text("Reasons"))
            })
            .collect()
    };
    let pair = |verdict: &str, reasons: &str| (verdict.to_owned(), reasons.to_owned());
    let bad = "5 missing, stale: last scanned 2026-09-11 11:50 UTC";
    assert_eq!(
        verdicts(&[]),
        [
            pair("STALE", "last scanned 2026-10-06 06:12 UTC"),
            pair("NON_COMPLIANT", bad),
            pair("COMPLIANT", ""),
        ]
    );
    assert_eq!(
        verdicts(&["--max-age", "46d"]),
        [
            pair("COMPLIANT", ""),
            pair("NON_COMPLIANT", bad),
            pair("COMPLIANT", "")
        ]
    );
    assert_eq!(
        verdicts(&["--max-age", "none"])[1],
        pair("NON_COMPLIANT", "5 missing")
    );
    assert_eq!(verdicts(&["--max-age", "2h"])[2].0, "STALE");
}

#[test]
fn a_scan_of_unknown_age_is_stale() {
    let mut unknown = clean_state("i-00000001");
    unknown["OperationEndTime"] = json!(0);
    unknown["OperationStartTime"] = json!(-62_135_596_800.0);
    let service = ScriptedService::start(move |_| states_reply(std::slice::from_ref(&unknown)));
    let ran = run(&mut live(
        &service.url,
        &["states", "i-00000001", "-o", "json"],
    ));
    let document = ran.json();
    let row = &rows(&document)[0];
    assert_eq!(row["Verdict"], "STALE");
    assert_eq!(row["Reasons"], "when it was last scanned is not known");
    assert_eq!(
        (&row["Age"], &row["LastScan"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(document["Summary"]["Stale"], 1);
}

#[test]
fn an_invalid_age_is_refused_with_an_example() {
    for wrong in ["7", "soon", "0d", "-1d", "1mo"] {
        let ran = run(&mut demo(&[
            "states",
            "i-123",
            &format!("--max-age={wrong}"),
        ]));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(
            ran.err.lines().count() == 1 && ran.err.contains("write 7d, 36h, 2w or 90m"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn nodes_scanned_with_another_baseline_than_their_group_are_named() {
    let web = [
        WAITING_ALLOWED,
        "i-0d3a9c5e7f1b84620",
        WAITING_COUNTS,
        CLEAN_AND_OLD,
    ];
    let json = run(demo(&["states", "-o", "json"]).args(web)).json();
    assert_eq!(
        json["BaselineConflicts"],
        json!([{
            "Region": "eu-west-1", "AccountId": "111122223333", "PatchGroup": "web",
            "BaselineId": "pb-0c10e657807e31cf2", "Nodes": 1, "InstanceIds": [WAITING_COUNTS],
            "OtherBaselines": [{"BaselineId": "pb-0e7b3d5f91a2c6480", "Nodes": 3}], "SameOperatingSystem": true,
        }])
    );
    let columns = [
        "states",
        "-o",
        "csv",
        "--columns",
        "InstanceId,BaselineDiffers",
    ];
    let csv = run(demo(&columns).args(web));
    let flagged: Vec<&str> = csv
        .out
        .lines()
        .filter(|line| line.ends_with(",true"))
        .collect();
    assert_eq!(flagged, [format!("{WAITING_COUNTS},true")]);
    assert!(
        csv.err
            .contains("baselines differ in patch group web, and results overwrite each other: pb-0c10e657807e31cf2: i-0e5b1f8d2c7a93640; 3 nodes with pb-0e7b3d5f91a2c6480")
    );
    let table = run(demo(&["states"]).args(web));
    assert!(table.out.contains("results overwrite each other"));
}

#[test]
fn the_oldest_missing_patch_has_a_date_if_aws_has_one() {
    let served = DemoServer::start(&[]);
    let columns = [
        "--columns",
        "InstanceId,MissingCount,OldestMissing",
        "-o",
        "csv",
    ];
    let ran = run(live(
        &served.url,
        &["states", "i-123", "i-456", "i-05a1f9d3c7b6e8240"],
    )
    .args(columns));
    // The date for Windows Server 2022: it is two days earlier for another product.
    assert_eq!(
        ran.out,
        "InstanceId,MissingCount,OldestMissing\r\ni-123,6,2026-09-10T17:00:08Z\r\ni-456,0,\r\ni-05a1f9d3c7b6e8240,9,\r\n"
    );
    // The patches of a clean node are not read.
    let calls = served.call_count("DescribeInstancePatches");
    assert_eq!(calls, 2);
    let denied = DemoServer::denying(&["ssm:DescribeAvailablePatches"]);
    let ran = run(live(&denied.url, &["states", "i-123"]).args(columns));
    assert_eq!(ran.code, 0);
    assert!(ran.out.ends_with("i-123,6,\r\n"), "{}", ran.out);
    assert!(
        ran.err.contains("without release dates")
            && ran.err.contains("ssm:DescribeAvailablePatches"),
        "{}",
        ran.err
    );
}

#[test]
fn severities_of_all_vendors_are_on_one_scale_and_unrated_ones_are_reported() {
    let all = run(demo(&["patches", "-", "-o", "json"]).write_stdin(NODES));
    let severe =
        run(demo(&["patches", "-", "-o", "json", "--min-severity", "high"]).write_stdin(NODES));
    let levels = |ran: &crate::support::RunOutput| -> Vec<(String, String)> {
        ran.json()["Patches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let text = |name: &str| row[name].as_str().unwrap_or("").to_owned();
                (text("SeverityLevel"), text("Severity"))
            })
            .collect()
    };
    let wanted: Vec<_> = levels(&all)
        .into_iter()
        .filter(|(level, _)| level == "Critical" || level == "Important")
        .collect();
    assert!(!wanted.is_empty());
    assert_eq!(levels(&severe), wanted);
    // The raw word is kept, and the priority of a Debian package is no
    // severity.
    assert!(levels(&all).contains(&("Unrated".to_owned(), "important".to_owned())));
    assert!(
        severe.err.contains("unrated patches (--min-severity)"),
        "{}",
        severe.err
    );
    let wrong = run(&mut demo(&[
        "patches",
        "i-123",
        "--min-severity",
        "importnat",
    ]));
    assert_eq!(wrong.code, 2);
    assert!(
        wrong
            .err
            .contains("did you mean important? (allowed: critical, important, medium, low)"),
        "{}",
        wrong.err
    );
}

#[test]
fn the_stderr_of_json_contains_no_control_characters() {
    let nodes: Vec<Value> = [("i-00000001", "pb-0a"), ("i-00000002", "pb-0b")]
        .into_iter()
        .map(|(id, baseline)| {
            let mut node = clean_state(id);
            node["PatchGroup"] = json!("web\u{202e}\u{9b}31m");
            node["BaselineId"] = json!(baseline);
            node
        })
        .collect();
    let service = ScriptedService::start(move |_| states_reply(&nodes));
    let ran = run(&mut live(
        &service.url,
        &["states", "i-00000001", "i-00000002", "-o", "json"],
    ));
    let conflicts = ran.json()["BaselineConflicts"].clone();
    assert_eq!(conflicts[0]["PatchGroup"], "web\u{202e}\u{9b}31m");
    // The operating systems of the baselines are unknown.
    assert_eq!(conflicts[0]["SameOperatingSystem"], Value::Null);
    let below = ran.out.split_once("\"BaselineConflicts\"").unwrap().1;
    assert!(below.contains("web\\u202e\\u009b31m"), "{below}");
    assert!(!below.contains(['\u{202e}', '\u{9b}']));
}

#[test]
fn stopped_nodes_that_only_the_inventory_lists_are_reported_if_it_is_denied() {
    let fleet = [
        "--nodes",
        "60",
        "--stopped-one-in",
        "2",
        "--unscanned-one-in",
        "6",
    ];
    let whole = DemoServer::start(&fleet);
    let states = ["states", "--all", "-o", "json"];
    let all = run(&mut live(&whole.url, &states)).json();
    let deny = [
        "--deny",
        "ssm:GetInventory",
        "--deny",
        "ssm:DescribeInstanceProperties",
    ];
    let denied = DemoServer::start(&[&fleet[..], &deny].concat());
    let some = run(&mut live(&denied.url, &states)).json();
    let node_count = |document: &Value| document["Summary"]["Nodes"].as_u64().unwrap();
    let found = &some["Discovery"][0];
    let left = found["StoppedWithoutRecord"].as_u64().unwrap();
    assert!(left > 0 && node_count(&some) + left >= node_count(&all));
    let blind = found["Limitations"][0].as_str().unwrap();
    assert!(
        blind.contains("were never scanned: ssm:GetInventory failed"),
        "{blind}"
    );
}
