//! `--from` on a Resource Data Sync: what it tells is told as of the service, and what it
//! does not tell is unknown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::support::{RunOutput, demo, patchctl, run};

const NODE: &str = "i-0123456789abcdef0";
const SCAN: &str = "11111111-2222-3333-4444-555555555555";

/// A folder of its own for a test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("data-sync")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes the object of a node, as a sync does.
fn write(root: &Path, kind: &str, node: &str, content: &str) {
    let folder = format!(
        "AWS:{kind}/accountid=111122223333/region=eu-west-1/resourcetype=ManagedInstanceInventory"
    );
    let folder = root.join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{node}.json")), content).unwrap();
}

fn from(root: &Path, args: &[&str]) -> RunOutput {
    let mut command = patchctl();
    command.args(args).arg("--from").arg(root);
    run(&mut command)
}

/// The rows of states by node, whatever their age.
fn states(root: &Path) -> BTreeMap<String, Value> {
    let answer = from(
        root,
        &["states", "--all", "--max-age", "none", "-o", "json"],
    );
    by_node(&answer)
}

fn by_node(answer: &RunOutput) -> BTreeMap<String, Value> {
    let answer = answer.json();
    let rows = answer["InstancePatchStates"].as_array().unwrap();
    let id = |row: &Value| row["InstanceId"].as_str().unwrap().to_owned();
    rows.iter().map(|row| (id(row), row.clone())).collect()
}

/// A patch summary of a Linux node that misses so many patches.
fn summary(missing: u32) -> Map<String, Value> {
    let mut line = Map::new();
    for name in [
        "InstalledCount",
        "InstalledOtherCount",
        "InstalledRejectedCount",
        "InstalledPendingRebootCount",
        "FailedCount",
        "CriticalNonCompliantCount",
        "SecurityNonCompliantCount",
        "OtherNonCompliantCount",
    ] {
        line.insert(name.to_owned(), json!("0"));
    }
    for (name, value) in [
        ("MissingCount", &*missing.to_string()),
        ("SnapshotId", SCAN),
        ("OperationType", "Scan"),
        ("OperationStartTime", "2026-11-02T04:15:51Z"),
        ("OperationEndTime", "2026-11-02T04:17:28Z"),
        ("resourceId", NODE),
        ("captureTime", "2026-11-02T04:17:28Z"),
        ("schemaVersion", "1.0"),
    ] {
        line.insert(name.to_owned(), json!(value));
    }
    line
}

fn item(id: &str, state: &str, scan: &str) -> Value {
    json!({"ComplianceType": "Patch", "ExecutionId": scan, "Id": id, "Title": id, "PatchState": state,
        "PatchSeverity": "Critical", "Classification": "Security", "InstalledTime": "", "CVEIds": "CVE-2026-10001,CVE-2026-10002",
        "resourceId": NODE, "captureTime": "2026-11-02T04:17:28Z", "schemaVersion": "1.0"})
}

fn platform(kind: &str) -> String {
    json!({"PlatformType": kind, "PlatformName": kind, "InstanceStatus": "Active", "resourceId": NODE}).to_string()
}

fn line(of: &Map<String, Value>) -> String {
    Value::Object(of.clone()).to_string() + "\n"
}

#[test]
fn the_samples_are_read_and_every_node_of_any_folder_has_a_row() {
    let root = folder("samples");
    write(
        &root,
        "PatchSummary",
        NODE,
        include_str!("data_sync/patch_summary.json"),
    );
    write(
        &root,
        "ComplianceItem",
        NODE,
        include_str!("data_sync/compliance_items.ndjson"),
    );
    write(&root, "Tag", NODE, include_str!("data_sync/tags.ndjson"));
    for line in include_str!("data_sync/instance_information.ndjson").lines() {
        let id: Value = serde_json::from_str(line).unwrap();
        write(
            &root,
            "InstanceInformation",
            id["InstanceId"].as_str().unwrap(),
            line,
        );
    }
    let rows = states(&root);
    assert_eq!(rows.len(), 5);
    assert!(
        rows.values().all(|row| row["Verdict"] == "NO_DATA"),
        "{rows:?}"
    );
    let row = &rows[NODE];
    assert_eq!(row["AccountId"], "111122223333");
    assert_eq!(row["InstalledCount"], 198);
    assert_eq!(row["OperationEndTime"], "2021-11-02T04:17:28Z");
    assert_eq!(row["Operation"], "Install");
    assert_eq!(row["AvailableSecurityUpdateCount"], Value::Null);
    let tagged = from(&root, &["states", "--tag", "Patch Group=web", "-o", "json"]);
    assert_eq!(by_node(&tagged).into_keys().collect::<Vec<_>>(), [NODE]);
    let stopped = from(
        &root,
        &[
            "states",
            "--all",
            "-o",
            "csv",
            "--columns",
            "InstanceId,PlatformName,PingStatus",
        ],
    );
    assert!(
        stopped.out.contains("i-0123456789abcde03,Ubuntu,Stopped"),
        "{}",
        stopped.out
    );
    // The lists of the samples are of other nodes than their counters.
    let patches = from(&root, &["patches", "--all", "-o", "json"]);
    assert_eq!(patches.code, 3);
    let patches = patches.json();
    assert_eq!(patches["Patches"].as_array().unwrap().len(), 7);
    let unread = patches["Unread"].to_string();
    assert!(
        unread.contains("lists 1 of the 198 patches in Installed"),
        "{unread}"
    );
}

#[test]
fn a_prefix_and_encoded_names_are_recognised_and_a_moment_of_the_past_is_refused() {
    let root = folder("prefix");
    let path = "AWSLogs/inventory/AWS%3APatchSummary/accountid%3D111122223333/region%3Deu-west-1/resourcetype%3DManagedInstanceInventory";
    std::fs::create_dir_all(root.join(path)).unwrap();
    std::fs::write(
        root.join(path).join(format!("{NODE}.json")),
        line(&summary(2)),
    )
    .unwrap();
    let rows = states(&root);
    assert_eq!(rows[NODE]["Verdict"], "NON_COMPLIANT");
    assert_eq!(rows[NODE]["Region"], "eu-west-1");
    let other = from(&root, &["states", "--all", "--region", "us-east-1"]);
    assert_eq!(
        (other.code, other.out.contains(NODE)),
        (2, false),
        "{}",
        other.err
    );
    let past = from(&root, &["states", "--all", "--at", "7d"]);
    assert_eq!(past.code, 2);
    assert!(
        past.err
            .contains("keeps only the newest state: leave out --at"),
        "{}",
        past.err
    );
    assert_eq!(past.err.lines().count(), 1);
}

#[test]
fn without_the_counter_of_available_updates_no_windows_node_is_compliant() {
    let root = folder("windows");
    write(&root, "PatchSummary", NODE, &line(&summary(0)));
    for (platform_line, verdict) in [
        (platform("Linux"), "COMPLIANT"),
        (platform("MacOS"), "COMPLIANT"),
        (platform("Windows"), "NO_DATA"),
        (platform(""), "NO_DATA"),
        (String::new(), "NO_DATA"),
        ("{not json".to_owned(), "NO_DATA"),
    ] {
        write(&root, "InstanceInformation", NODE, &platform_line);
        let row = &states(&root)[NODE];
        assert_eq!(row["Verdict"], verdict, "{platform_line}: {row}");
        let says = row["Reasons"].as_str().unwrap_or_default();
        let expected =
            "AvailableSecurityUpdateCount cannot be read: a Resource Data Sync does not contain it";
        assert_eq!(says.contains(expected), verdict == "NO_DATA", "{says}");
    }
    write(&root, "InstanceInformation", NODE, &platform("Windows"));
    write(&root, "PatchSummary", NODE, &line(&summary(1)));
    assert_eq!(states(&root)[NODE]["Verdict"], "NON_COMPLIANT");
}

#[test]
fn what_cannot_be_read_of_a_summary_is_never_compliant_and_said() {
    let root = folder("unreadable");
    write(&root, "InstanceInformation", NODE, &platform("Linux"));
    let with = |name: &str, value: Value| {
        let mut changed = summary(0);
        changed.insert(name.to_owned(), value);
        line(&changed)
    };
    let whole = line(&summary(0));
    for (content, verdict, says) in [
        (String::new(), "NO_DATA", "no scan recorded"),
        ("\n \n".to_owned(), "NO_DATA", "no scan recorded"),
        (
            whole[..whole.len() / 2].to_owned(),
            "UNREAD",
            "its AWS:PatchSummary cannot be read",
        ),
        (
            "[]".to_owned(),
            "UNREAD",
            "its AWS:PatchSummary cannot be read",
        ),
        (
            with("MissingCount", json!("many")),
            "NO_DATA",
            "MissingCount cannot be read: many",
        ),
        (
            with("MissingCount", json!([1])),
            "NO_DATA",
            "MissingCount cannot be read",
        ),
        (
            with("FailedCount", json!("-1")),
            "NO_DATA",
            "failed not reported",
        ),
        (
            with("FailedCount", json!("")),
            "NO_DATA",
            "failed not reported",
        ),
        (with("MissingCount", json!(4)), "NON_COMPLIANT", "4 missing"),
        (
            with("OperationEndTime", json!("soon")),
            "NO_DATA",
            "OperationEndTime cannot be read: soon",
        ),
        (
            with("resourceId", json!("i-other")),
            "UNREAD",
            "it is about another node, i-other",
        ),
        (
            with("Unknown", json!({"a": [1, {"b": null}]})),
            "COMPLIANT",
            "",
        ),
        (format!("{whole}{whole}"), "COMPLIANT", ""),
        (
            format!("{whole}{}", line(&summary(3))),
            "UNREAD",
            "contradict each other",
        ),
        ("x".repeat(2 << 20), "UNREAD", "is larger than"),
    ] {
        write(&root, "PatchSummary", NODE, &content);
        let row = &states(&root)[NODE];
        let start: String = content.chars().take(80).collect();
        assert_eq!(row["Verdict"], verdict, "{start}: {row}");
        let reasons = row["Reasons"].as_str().unwrap_or_default();
        assert!(reasons.contains(says), "{start}: {reasons}");
    }
    // Of two lines of different times, the newer one counts.
    let mut newer = summary(5);
    newer.insert("captureTime".to_owned(), json!("2026-11-03T00:00:00Z"));
    write(
        &root,
        "PatchSummary",
        NODE,
        &format!("{}{whole}", line(&newer)),
    );
    assert_eq!(states(&root)[NODE]["MissingCount"], 5);
}

#[test]
fn a_list_of_items_that_is_not_of_the_last_scan_leaves_the_patches_unread() {
    let root = folder("items");
    write(&root, "InstanceInformation", NODE, &platform("Linux"));
    write(&root, "PatchSummary", NODE, &line(&summary(2)));
    let two = |scan: &str| {
        format!(
            "{}\n{}\n",
            item("a", "Missing", scan),
            item("b", "MISSING", scan)
        )
    };
    for (content, rows, says) in [
        (two(SCAN), 2, None),
        // A line that is there twice is one patch; other types are no patches.
        (
            two(SCAN) + &two(SCAN) + "{\"ComplianceType\":\"Custom:X\",\"Id\":\"c\"}\n",
            2,
            None,
        ),
        (
            two("other-scan"),
            0,
            Some("its AWS:ComplianceItem is of the scan other-scan, and its last scan is 11111111"),
        ),
        (
            item("a", "Missing", SCAN).to_string(),
            1,
            Some("lists 1 of the 2 patches in Missing"),
        ),
        (
            String::new(),
            0,
            Some("lists 0 of the 2 patches in Missing"),
        ),
        (
            two(SCAN) + "{\"ComplianceType\":",
            2,
            Some("1 line, of which the first: not a JSON object"),
        ),
        (
            two(SCAN) + "{\"Id\":\"c\"}\n",
            2,
            Some("an item without a ComplianceType"),
        ),
    ] {
        write(&root, "ComplianceItem", NODE, &content);
        let answer = from(&root, &["patches", "--all", "-o", "json"]);
        let json = answer.json();
        let found = json["Patches"].as_array().unwrap();
        assert_eq!(found.len(), rows, "{content}: {json}");
        assert!(
            found
                .iter()
                .all(|row| row["State"] == "Missing" && row["InstalledTime"] == Value::Null)
        );
        assert_eq!(
            answer.code,
            if says.is_some() { 3 } else { 0 },
            "{content}: {}",
            answer.err
        );
        let unread = json["Unread"].to_string();
        assert!(
            says.is_none_or(|says| unread.contains(says)),
            "{content}: {unread}"
        );
        // The node itself is judged all the same.
        assert_eq!(states(&root)[NODE]["Verdict"], "NON_COMPLIANT");
    }
    write(&root, "ComplianceItem", NODE, &two(SCAN));
    let named = from(
        &root,
        &[
            "patches",
            NODE,
            "i-0ffffffffffffffff",
            "--cve",
            "CVE-2026-10002",
            "-o",
            "json",
        ],
    )
    .json();
    assert_eq!(named["Patches"].as_array().unwrap().len(), 2);
    assert_eq!(named["NoData"], json!([]), "{named}");
    assert!(
        named["Unread"].to_string().contains("i-0ffffffffffffffff"),
        "{named}"
    );
}

#[test]
fn a_node_that_only_an_association_scans_is_no_data_and_a_terminated_one_is_left_out() {
    let root = folder("association");
    let association = json!({"ComplianceType": "Association", "DocumentName": "AWS-RunPatchBaselineAssociation",
        "Status": "COMPLIANT", "PatchBaselineId": "pb-1", "MissingCount": "3", "FailedCount": "0", "resourceId": NODE});
    write(&root, "ComplianceItem", NODE, &association.to_string());
    let gone = json!({"InstanceStatus": "Terminated", "PlatformType": "Linux"}).to_string();
    write(&root, "InstanceInformation", "i-0aaaaaaaaaaaaaaaa", &gone);
    let columns = ["--columns", "+AssociationScan", "--max-age", "none"];
    let answer = from(
        &root,
        &[&["states", "--all", "-o", "json"], &columns[..]].concat(),
    );
    let rows = by_node(&answer);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[NODE]["Verdict"], "NO_DATA");
    let reasons = rows[NODE]["Reasons"].as_str().unwrap();
    assert!(
        reasons.contains("scanned only by an association"),
        "{reasons}"
    );
    assert!(answer.err.contains("1 node left out, which AWS:InstanceInformation says are terminated: i-0aaaaaaaaaaaaaaaa"), "{}", answer.err);
}

/// The demo fleet as a sync would have written it.
fn demo_tree(root: &Path) {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(texts) => texts
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect::<Vec<_>>()
            .join(","),
        other => other.to_string(),
    };
    let states = run(&mut demo(&["states", "--all", "-o", "json"])).json();
    let mut scans = BTreeMap::new();
    for row in states["InstancePatchStates"].as_array().unwrap() {
        let id = row["InstanceId"].as_str().unwrap();
        if row["OperationEndTime"] == Value::Null && row["MissingCount"] == Value::Null {
            continue;
        }
        let mut object = Map::new();
        for (name, value) in row.as_object().unwrap() {
            let name = if name == "Operation" {
                "OperationType"
            } else {
                name
            };
            if name.ends_with("Count") && name != "AvailableSecurityUpdateCount"
                || [
                    "PatchGroup",
                    "BaselineId",
                    "SnapshotId",
                    "OperationType",
                    "RebootOption",
                ]
                .contains(&name)
                || name.ends_with("Time")
            {
                object.insert(name.to_owned(), json!(text(value)));
            }
        }
        object.insert("resourceId".to_owned(), json!(id));
        scans.insert(id.to_owned(), text(&row["SnapshotId"]));
        write(root, "PatchSummary", id, &line(&object));
    }
    let mut items: BTreeMap<String, String> = BTreeMap::new();
    let patches = run(&mut demo(&["patches", "--all", "-o", "json"])).json();
    for row in patches["Patches"].as_array().unwrap() {
        let id = row["InstanceId"].as_str().unwrap();
        let object = json!({"ComplianceType": "Patch", "ExecutionId": scans.get(id).cloned().unwrap_or_default(),
            "Id": text(&row["KBId"]), "Title": text(&row["Title"]), "PatchState": text(&row["State"]),
            "Classification": text(&row["Classification"]), "PatchSeverity": text(&row["Severity"]),
            "InstalledTime": text(&row["InstalledTime"]), "CVEIds": text(&row["CVEIds"]), "resourceId": id});
        *items.entry(id.to_owned()).or_default() += &(object.to_string() + "\n");
    }
    for (id, content) in &items {
        write(root, "ComplianceItem", id, content);
    }
    for row in demo_platforms() {
        let object =
            json!({"PlatformType": row[1], "InstanceStatus": "Active", "resourceId": row[0]});
        write(root, "InstanceInformation", &row[0], &object.to_string());
    }
}

/// Node and platform.
fn demo_platforms() -> Vec<csv::StringRecord> {
    let columns = [
        "states",
        "--all",
        "-o",
        "csv",
        "--columns",
        "InstanceId,PlatformType",
    ];
    let text = run(&mut demo(&columns)).out;
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn the_demo_fleet_as_a_sync_has_the_verdicts_and_patches_of_the_service() {
    let root = folder("demo");
    demo_tree(&root);
    let live = by_node(&run(&mut demo(&[
        "states",
        "--all",
        "--max-age",
        "none",
        "-o",
        "json",
    ])));
    let synced = states(&root);
    assert_eq!(
        live.keys().collect::<Vec<_>>(),
        synced.keys().collect::<Vec<_>>()
    );
    let platforms: BTreeMap<String, String> = demo_platforms()
        .iter()
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect();
    let mut same = BTreeMap::new();
    for (id, row) in &synced {
        let (verdict, expected) = (&row["Verdict"], &live[id]["Verdict"]);
        if platforms[id] == "Windows" {
            assert_ne!(verdict, "COMPLIANT", "{id}");
            // Available updates alone make no node non-compliant here.
            assert!(
                verdict == expected || verdict == "NO_DATA",
                "{id}: {row} {expected}"
            );
        } else {
            assert_eq!(verdict, expected, "{id}: {row}");
            assert_eq!(row["MissingCount"], live[id]["MissingCount"]);
            *same.entry(verdict.to_string()).or_insert(0) += 1;
        }
    }
    assert!(
        same["\"COMPLIANT\""] > 9 && same["\"NON_COMPLIANT\""] > 4,
        "{same:?}"
    );

    let columns = "InstanceId,Title,KBId,Classification,Severity,State,InstalledTime,CVEIds";
    let args = ["patches", "--all", "-o", "csv", "--columns", columns];
    let (live, synced) = (run(&mut demo(&args)), from(&root, &args));
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        lines.sort();
        lines
    };
    let unread: Vec<String> = from(&root, &["patches", "--all", "-o", "json"]).json()["Unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| unread["InstanceId"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(unread.len() < 5, "{unread:?}");
    assert_eq!(sorted(&live.out), sorted(&synced.out));
}
