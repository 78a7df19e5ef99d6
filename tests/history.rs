//! `history`: since when nodes lack patches, over all runs of a dataset.

use std::path::Path;

use serde_json::Value;

use crate::support::datasets::collect_served;
use crate::support::{RunOutput, demo, patchctl, run};

fn history(folder: &Path, args: &[&str]) -> RunOutput {
    run(patchctl()
        .args([&["history", "--from", "fleet"], args].concat())
        .current_dir(folder))
}

#[test]
fn what_is_missing_in_the_only_run_is_open_since_then() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(demo(&["collect", "--all", "--to", "fleet"]).current_dir(&folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    let ran = history(folder.path(), &["i-123", "-o", "ndjson"]);
    let open = ran.json_rows();
    assert!(!open.is_empty(), "{}", ran.err);
    for row in &open {
        assert_eq!(row["InstanceId"], "i-123");
        assert_eq!(
            (&row["Status"], &row["Reopened"]),
            (&"Open".into(), &0.into())
        );
        assert_eq!(row["FirstSeen"], row["LastSeen"]);
        assert_eq!(row["Closed"], Value::Null);
    }
    let of_kb = history(folder.path(), &["KB5088215", "-o", "ndjson"]).json_rows();
    assert!(of_kb.iter().all(|row| row["KBId"] == "KB5088215") && !of_kb.is_empty());
    let named = open.iter().find_map(|row| row["CVEIds"][0].as_str());
    if let Some(cve) = named {
        let of_cve = history(folder.path(), &[cve, "-o", "ndjson"]).json_rows();
        assert!(!of_cve.is_empty(), "{cve}");
    }
}

#[test]
fn a_patch_that_a_later_run_no_longer_sees_missing_is_closed_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = ["--nodes", "20", "--patches", "40", "--missing-one-in"];
    collect_served(folder.path(), &[&fleet[..], &["1"]].concat(), "fleet");
    collect_served(folder.path(), &[&fleet[..], &["4"]].concat(), "fleet");
    let ran = history(folder.path(), &["-o", "json", "--sla", "critical=7d"]);
    let json = ran.json();
    let summary = &json["Summary"];
    assert_eq!(summary["Runs"], 2);
    let closed = summary["Fixed"].as_u64().unwrap() + summary["NoLongerListed"].as_u64().unwrap();
    assert!(closed > 0, "{}", ran.out);
    let all = json["History"].as_array().unwrap();
    let is_closed = |row: &&Value| row["Status"] != "Open";
    assert_eq!(all.iter().filter(is_closed).count() as u64, closed);
    for row in all.iter().filter(is_closed) {
        assert!(
            row["Closed"].is_string() && row["ConfirmedBy"].is_string(),
            "{row}"
        );
    }
    assert!(!json["TimeToPatch"].as_array().unwrap().is_empty());
    let table = history(folder.path(), &[]);
    assert!(table.out.contains("time to patch"), "{}", table.out);
}

#[test]
fn what_no_run_tells_of_is_not_taken_for_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(demo(&["collect", "--all", "--to", "fleet"]).current_dir(&folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    for (subject, code, said) in [
        (
            "i-0dead00000000beef",
            3,
            "no run read the node i-0dead00000000beef",
        ),
        ("KB0000001", 0, "no node that was read lists KB0000001"),
        ("CVE-2020-0001", 0, "this is no proof"),
    ] {
        for format in ["table", "json", "csv"] {
            let ran = history(folder.path(), &[subject, "-o", format]);
            assert_eq!(ran.code, code, "{subject}: {}", ran.err);
            assert!(ran.err.contains(said), "{subject} {format}: {}", ran.err);
        }
    }
    let known = history(folder.path(), &["KB5088215"]);
    assert!(!known.err.contains("lists"), "{}", known.err);
    for empty in ["", " "] {
        let ran = history(folder.path(), &[empty]);
        assert_eq!((ran.code, &*ran.out), (2, ""));
        assert!(ran.err.contains("is empty; leave it out"), "{}", ran.err);
    }
}

#[test]
fn a_dataset_without_runs_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = history(folder.path(), &[]);
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}
