//! `collect`: what stands in a dataset after a run, after one that was killed, and beside
//! others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;

use serde_json::Value;

use crate::support::{DemoServer, demo, live, patchctl, run, start_live};

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

/// A fleet in six accounts and regions, whose calls take long enough to be interrupted.
const FLEET: [&str; 10] = [
    "--nodes",
    "6",
    "--patches",
    "60",
    "--regions",
    "3",
    "--accounts",
    "2",
    "--latency",
    "3",
];

const SELECTION: [&str; 8] = [
    "--all",
    "--all-regions",
    "--organization",
    "--role-name",
    "reader",
    "--concurrency",
    "2",
    "--resume",
];

/// The patches that a dataset has, as the live run prints them.
fn patches_of(dataset: &Path) -> String {
    let from = dataset.to_str().unwrap();
    let ran = run(patchctl().args(["patches", "--all", "--from", from, "-o", "csv"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

fn sorted_lines(csv: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = csv.lines().collect();
    lines.sort_unstable();
    lines
}

/// The accounts and regions with a checkpoint in an unfinished run.
fn complete_locations(dataset: &Path) -> BTreeSet<String> {
    let files = files_below(&dataset.join("unfinished")).into_iter();
    let complete = files.filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
        let (account, region) = name.split_once('.')?;
        Some(format!("{account}/{region}"))
    });
    complete.collect()
}

/// Waits until the server was called so often, or the program has ended.
fn wait_for(served: &DemoServer, calls: u64, child: &mut Child) -> bool {
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if all_calls(served) >= calls {
            return true;
        }
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_continued_without_loss_or_repetition() {
    let served = DemoServer::start(&FLEET);
    let whole = folder("undisturbed");
    let collect = |to: &Path| {
        let to = ["--to", to.to_str().unwrap()];
        [&["collect"], &SELECTION[..], &to]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let args = collect(&whole);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = run(&mut live(&served.url, &args));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let calls_of_run = all_calls(&served);
    let expected = patches_of(&whole);
    assert!(expected.lines().count() > 1_000, "{expected}");
    let mut random = fastrand::Rng::with_seed(20);
    let mut killed = 0;
    for moment in 0..20 {
        let to = folder(&format!("killed-{moment}"));
        let args = collect(&to);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let before = all_calls(&served);
        let mut child = start_live(&served, &args);
        let calls = before + random.u64(1..calls_of_run);
        if wait_for(&served, calls, &mut child) {
            child.kill().unwrap();
            killed += 1;
        }
        child.wait().unwrap();
        let complete = complete_locations(&to);
        // One that ended in time stands, and the next one is another.
        let ended = manifests(&to).len();
        // Calls that were on their way are answered, and counted, before the next run.
        let before = calls_by_region(&served);
        let ran = run(&mut live(&served.url, &args));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let after = calls_by_region(&served);
        for place in &complete {
            let region = place.split_once('/').unwrap().1;
            // The caller's own calls for its account and regions come before any node.
            let is_home = place.starts_with("111122223333/") && region == "eu-west-1";
            if !is_home {
                assert_eq!(after.get(place), before.get(place), "{place} was complete");
            }
        }
        let verified = run(patchctl().args(["verify", to.to_str().unwrap(), "-o", "json"]));
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
        let document = verified.json();
        assert_eq!(document["Summary"]["Changed"], 0, "{document}");
        assert_eq!(document["Summary"]["Missing"], 0, "{document}");
        assert_eq!(manifests(&to).len(), ended + 1);
        let patches = patches_of(&to);
        assert_eq!(
            sorted_lines(&patches),
            sorted_lines(&expected),
            "moment {moment}"
        );
        fs::remove_dir_all(&to).unwrap();
    }
    assert!(killed >= 15, "killed only {killed} times");
}

#[test]
fn two_collectors_write_into_one_folder_at_one_time() {
    let served = DemoServer::start(&FLEET);
    let to = folder("two");
    let args = ["collect", "--all", "--to", to.to_str().unwrap()];
    let children = [start_live(&served, &args), start_live(&served, &args)];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    assert_eq!(manifests(&to).len(), 2);
    let verified = run(patchctl().args(["verify", to.to_str().unwrap()]));
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(
        verified.out.contains("every byte is as its manifest says"),
        "{}",
        verified.out
    );
}

#[test]
fn old_runs_are_deleted_whole_once_a_newer_one_stands() {
    let to = folder("keep");
    let args = ["collect", "i-123", "--to", to.to_str().unwrap()];
    // The demo is of November 2026; this fleet is of the present.
    assert_eq!(run(&mut demo(&args)).code, 0);
    let old = files_below(&to);
    fs::write(to.join("notes.txt"), "not of patchctl").unwrap();
    let served = DemoServer::start(&["--nodes", "2"]);
    let new = [
        "collect",
        "--all",
        "--to",
        to.to_str().unwrap(),
        "--keep",
        "400d",
        "-o",
        "json",
    ];
    let ran = run(&mut live(&served.url, &new));
    assert_eq!(ran.json()["Run"]["DeletedRuns"], serde_json::json!([]));
    let new = [
        "collect",
        "--all",
        "--to",
        to.to_str().unwrap(),
        "--keep",
        "1s",
        "-o",
        "json",
    ];
    let ran = run(&mut live(&served.url, &new));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let deleted = ran.json()["Run"]["DeletedRuns"].as_array().unwrap().len();
    assert!(deleted >= 1, "{}", ran.out);
    let there = files_below(&to);
    assert!(old.iter().all(|path| !there.contains(path)));
    assert!(there.contains(&to.join("notes.txt")));
    assert_eq!(
        run(patchctl().args(["verify", to.to_str().unwrap()])).code,
        0
    );
}

#[test]
fn a_run_that_reads_nothing_leaves_nothing() {
    let to = folder("nothing");
    let served = DemoServer::start(&["--nodes", "2", "--deny", "ssm:DescribeInstanceInformation"]);
    let ran = run(&mut live(
        &served.url,
        &["collect", "--all", "--to", to.to_str().unwrap()],
    ));
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert_eq!(files_below(&to), BTreeSet::new());
    let ran = run(patchctl().args(["verify", to.to_str().unwrap()]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("there is no run in"), "{}", ran.err);
}

#[test]
fn verify_names_what_is_changed_missing_and_unnamed() {
    let to = folder("damaged");
    let args = ["collect", "--all", "--to", to.to_str().unwrap()];
    assert_eq!(run(&mut demo(&args)).code, 0);
    let files = files_below(&to);
    let find = |folder: &str| {
        files
            .iter()
            .find(|path| path.starts_with(to.join(folder)))
            .unwrap()
    };
    let (nodes, patches) = (find("nodes"), find("patches"));
    let mut bytes = fs::read(patches).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(patches, &bytes).unwrap();
    fs::rename(nodes, nodes.with_file_name("other.parquet")).unwrap();
    let ran = run(patchctl().args(["verify", to.to_str().unwrap(), "-o", "csv"]));
    assert_eq!(ran.code, 1, "{}", ran.err);
    let words: Vec<&str> = ran
        .out
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(words, ["MISSING", "CHANGED", "UNNAMED"], "{}", ran.out);
    assert!(
        ran.out
            .contains("its bytes were changed: the checksum differs"),
        "{}",
        ran.out
    );
}
