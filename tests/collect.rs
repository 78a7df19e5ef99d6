//! `collect`: what stands in a dataset after a run, after one that was killed, and beside
//! others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{DemoServer, demo, live, live_env, program, run, start_live};

/// An empty folder for a dataset.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("collect")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.insert(path);
        }
    }
    found
}

/// The manifests of a dataset.
fn manifests(dataset: &Path) -> Vec<Value> {
    let files = files_below(&dataset.join("runs"));
    let read = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    files.iter().map(read).collect()
}

/// The calls that a server has answered, by account and region.
fn calls_by_region(served: &DemoServer) -> BTreeMap<String, u64> {
    let stats: Value = serde_json::from_str(&served.get("/stats")).unwrap();
    let regions = stats["by_region"].as_object().unwrap();
    let counts = regions.iter();
    counts
        .map(|(place, counts)| (place.clone(), counts["calls"].as_u64().unwrap()))
        .collect()
}

fn all_calls(served: &DemoServer) -> u64 {
    calls_by_region(served).values().sum()
}

#[test]
fn a_run_is_its_manifest_and_the_files_that_it_names() {
    let to = folder("whole");
    let args = [
        "collect",
        "--all",
        "--to",
        to.to_str().unwrap(),
        "-o",
        "json",
    ];
    let ran = run(&mut demo(&args));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let manifests = manifests(&to);
    let [manifest] = &manifests[..] else {
        panic!("{manifests:?}");
    };
    let document = ran.json();
    assert_eq!(document["Run"]["RunId"], manifest["RunId"]);
    assert_eq!(document["Run"]["End"], "Written");
    assert_eq!(manifest["Selection"]["IsComplete"], true);
    let named: BTreeSet<PathBuf> = manifest["Files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let path = to.join(file["Path"].as_str().unwrap());
            assert_eq!(fs::metadata(&path).unwrap().len(), file["Bytes"]);
            path
        })
        .collect();
    let manifest_file = to.join(format!("runs/{}.json", manifest["RunId"].as_str().unwrap()));
    let there = files_below(&to);
    let others: Vec<&PathBuf> = there.difference(&named).collect();
    assert_eq!(others, [&manifest_file]);
}
