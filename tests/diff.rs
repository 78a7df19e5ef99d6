//! `diff`: what changed between two datasets, two moments of one, or a dataset and what is
//! live.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::datasets::collect_two_days;
use crate::support::{RunOutput, demo, patchctl, run};

/// A folder with a dataset of the demo fleet, whose scans are of the 20th of November.
fn dataset() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(demo(&["collect", "--all", "--to", "fleet"]).current_dir(&folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    folder
}

fn diff(folder: &Path, args: &[&str]) -> RunOutput {
    run(patchctl()
        .args([&["diff"], args].concat())
        .current_dir(folder))
}

#[test]
fn a_dataset_does_not_differ_from_itself_nor_from_what_it_was_collected_of() {
    let folder = dataset();
    let ran = diff(folder.path(), &["fleet", "fleet@latest", "--exit-code"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("no changes"), "{}", ran.out);
    let ran = run(demo(&["diff", "fleet", "live", "-o", "json"]).current_dir(&folder));
    let json = ran.json();
    assert_eq!(json["Summary"]["Changes"], 0, "{}", ran.out);
    assert_eq!(json["After"]["Name"], "live");
    assert_eq!(json["Before"]["Totals"], json["After"]["Totals"]);
}

#[test]
fn what_columns_leave_unread_changes_no_row() {
    let folder = tempfile::tempdir().unwrap();
    collect_two_days(folder.path());
    let rows = |flags: &[&str]| {
        let args = ["monday", "tuesday", "-o", "ndjson", "--max-age", "none"];
        diff(folder.path(), &[&args, flags].concat()).json_rows()
    };
    let names = ["InstanceId", "KBId", "Title", "Change"];
    let shown = |row: &Value| names.map(|name| row[name].clone());
    let narrow = |flags: &[&str]| -> Vec<_> {
        let rows = rows(&[flags, &["--columns", "InstanceId,KBId,Title,Change"]].concat());
        rows.iter().map(shown).collect()
    };
    let all = rows(&[]);
    assert_eq!(narrow(&[]), all.iter().map(shown).collect::<Vec<_>>());
    let class = all
        .iter()
        .find_map(|row| row["Classification"].as_str())
        .unwrap();
    let is_of_class = |row: &&Value| {
        let word = row["Classification"].as_str();
        word.is_some_and(|word| word.eq_ignore_ascii_case(class))
    };
    let of_class = all.iter().filter(is_of_class);
    let found = narrow(&["--classification", class]);
    assert_eq!(found, of_class.map(shown).collect::<Vec<_>>());
    let patches = [
        "patches", "--from", "tuesday", "--all", "--state", "Missing", "-o", "ndjson",
    ];
    let patches = run(patchctl().args(patches).current_dir(&folder)).json_rows();
    let cve = patches
        .iter()
        .find_map(|row| row["CVEIds"][0].as_str())
        .unwrap();
    let found = narrow(&["--cve", cve]);
    assert!(!found.is_empty() && found.len() < all.len(), "{found:?}");
    assert_eq!(
        found,
        rows(&["--cve", cve]).iter().map(shown).collect::<Vec<_>>()
    );
}

#[test]
fn two_fleets_differ_in_nodes_patches_and_verdicts_and_back_again() {
    let folder = tempfile::tempdir().unwrap();
    collect_two_days(folder.path());
    let args = ["monday", "tuesday", "-o", "ndjson", "--max-age", "none"];
    let there = diff(folder.path(), &args).json_rows();
    let back = ["tuesday", "monday", "-o", "ndjson", "--max-age", "none"];
    let back = diff(folder.path(), &back).json_rows();
    assert!(!there.is_empty());
    assert_eq!(there.len(), back.len());
    let count =
        |rows: &[Value], key: &str, word: &str| rows.iter().filter(|row| row[key] == word).count();
    let changes = |rows: &[Value]| count(rows, "Change", "VerdictChanged");
    assert_eq!(changes(&there), changes(&back));
    assert!(count(&there, "Direction", "Worse") > 0, "{there:?}");
    let worse = diff(
        folder.path(),
        &[
            "monday",
            "tuesday",
            "--only",
            "worse",
            "--exit-code",
            "--max-age",
            "none",
        ],
    );
    assert_eq!(worse.code, 1, "{}", worse.err);
    assert!(!worse.out.contains("Better "), "{}", worse.out);
}

#[test]
fn a_node_that_was_not_collected_is_unknown_and_not_new() {
    let folder = dataset();
    let ran = run(demo(&["collect", "i-123", "--to", "one"]).current_dir(&folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    let ran = diff(folder.path(), &["one", "fleet", "-o", "ndjson"]);
    let rows = ran.json_rows();
    assert!(!rows.is_empty() && ran.code == 3, "{}", ran.err);
    for row in &rows {
        assert_eq!(row["Change"], "Unknown", "{row}");
    }
}

#[test]
fn sides_that_cannot_be_compared_are_refused_on_one_line() {
    let folder = dataset();
    for (args, expected) in [
        (&["live", "live"][..], "both sides are live"),
        (&["nowhere", "fleet"], "nowhere"),
        (&["fleet@yesterday", "fleet"], "is no moment"),
        (&["--from", "fleet", "soon", "latest"], "is no moment"),
        (&["fleet"], "AFTER"),
        (
            &["fleet", "fleet", "--only", "worst"],
            "did you mean worse?",
        ),
        (&["fleet", "fleet", "--estimate"], "--estimate"),
    ] {
        let ran = diff(folder.path(), args);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
    }
}
