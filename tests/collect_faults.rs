//! `collect` where something fails: a caller that is not known, files that cannot be
//! deleted.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{DemoServer, demo, live, patchctl, run};

/// An empty folder for a dataset.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("collect-faults")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// The manifests of a dataset, oldest first.
fn manifests(dataset: &Path) -> Vec<Value> {
    let Ok(entries) = fs::read_dir(dataset.join("runs")) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

#[test]
fn a_caller_whose_account_is_not_known_collects_nothing() {
    let served = DemoServer::denying(&["sts:GetCallerIdentity"]);
    let to = folder("unknown-account");
    let args = ["collect", "--all", "--to", to.to_str().unwrap()];
    let ran = run(&mut live(&served.url, &args));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(
        ran.err.contains("allow sts:GetCallerIdentity"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
    assert!(!to.exists(), "nothing is written");
}

#[test]
fn old_runs_that_cannot_be_deleted_are_told_after_the_rows() {
    let to = folder("undeletable");
    let args = [
        "collect",
        "--all",
        "--to",
        to.to_str().unwrap(),
        "-o",
        "json",
    ];
    // The demo is of November 2026; the fleet of the server is of the present.
    for _ in 0..2 {
        assert_eq!(run(&mut demo(&args)).code, 0);
    }
    let old = manifests(&to);
    let first = old[0]["Files"][0]["Path"].as_str().unwrap();
    // A folder is deleted by no program that deletes files.
    fs::remove_file(to.join(first)).unwrap();
    fs::create_dir_all(to.join(first).join("folder")).unwrap();
    let served = DemoServer::start(&["--nodes", "2"]);
    let keep = [&args[..], &["--keep", "1m"]].concat();
    let ran = run(&mut live(&served.url, &keep));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let document = ran.json();
    assert_eq!(document["Run"]["End"], "Written");
    let rows = document["Locations"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{}", ran.out);
    assert!(
        ran.err.contains("not every older run could be deleted") && ran.err.contains(first),
        "{}",
        ran.err
    );
    // The other one is gone.
    assert_eq!(
        document["Run"]["DeletedRuns"],
        serde_json::json!([old[1]["RunId"]])
    );
    let there = manifests(&to);
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["RunId"], document["Run"]["RunId"]);
}

#[test]
fn a_narrower_run_takes_the_place_of_no_complete_one() {
    let to = folder("narrower");
    let location = to.to_str().unwrap();
    let ran = run(&mut demo(&["collect", "--all", "--to", location]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let states = ["states", "--all", "--from", location, "-o", "csv"];
    let before = run(patchctl().args(states));
    assert!(before.out.lines().count() > 1, "{}", before.err);
    let served = DemoServer::denying(&[]);
    let narrow = ["collect", "i-123", "--to", location, "--keep", "1m"];
    let ran = run(&mut live(&served.url, &narrow));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(manifests(&to).len(), 2);
    let after = run(patchctl().args(states));
    assert_eq!((after.code, after.out), (before.code, before.out));
}

#[test]
fn a_run_has_files_of_every_table_for_engines() {
    let to = folder("every-table");
    let args = [
        "collect",
        "i-123",
        "--without",
        "patches",
        "--to",
        to.to_str().unwrap(),
    ];
    let ran = run(&mut demo(&args));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let manifests = manifests(&to);
    let files = manifests[0]["Files"].as_array().unwrap();
    let mut tables: Vec<&str> = files
        .iter()
        .map(|file| file["Table"].as_str().unwrap())
        .collect();
    tables.sort_unstable();
    tables.dedup();
    assert_eq!(tables, ["nodes", "patches", "unread"]);
}
