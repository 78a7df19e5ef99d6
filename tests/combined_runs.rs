//! Several runs in one dataset: a node that none of them tells of is unread, never left out.

use std::fs;
use std::path::Path;

use crate::support::{DEMO_NOW, DemoServer, RunOutput, demo, live, patchctl, run};

/// An empty folder for a dataset.
fn folder(name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("combined")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder.to_str().unwrap().to_owned()
}

fn collect(words: &str, to: &str) {
    let args: Vec<&str> = words.split(' ').collect();
    let collected = run(demo(&["collect", "--to", to]).args(args));
    assert!(matches!(collected.code, 0 | 3), "{}", collected.err);
}

fn from(words: &str, to: &str) -> RunOutput {
    let args: Vec<&str> = words.split(' ').collect();
    run(patchctl().args(args).args(["--from", to]))
}

/// An id that the demo does not have.
const ABSENT: &str = "i-0dead00000000beef";

#[test]
fn an_id_that_no_run_asked_for_does_not_pass_the_gate_beside_criteria() {
    let to = folder("asked");
    collect("i-123", &to);
    for criteria in ["--platform linux,windows", "--exclude-tag Env=nonesuch"] {
        let gate = from(&format!("check i-123 i-456 {criteria} -o json"), &to);
        assert!(
            matches!(gate.code, 1 | 3),
            "{criteria}: {}{}",
            gate.out,
            gate.err
        );
        let states = from(&format!("states i-123 i-456 {criteria} -o csv"), &to);
        assert_eq!(states.code, 3, "{criteria}: {}", states.err);
        let row = states.out.lines().find(|line| line.contains("i-456"));
        let row = row.unwrap_or_else(|| panic!("{criteria}: {}{}", states.out, states.err));
        assert!(row.contains("UNREAD"), "{row}");
        // What the run has is answered.
        assert!(states.out.contains("i-123,"), "{}", states.out);
    }
    // A run that listed everything knows of it, and of ids that are none.
    let complete = folder("asked-complete");
    collect("--all", &complete);
    for line in [
        format!("states i-123 i-456 {ABSENT} --platform linux,windows -o csv"),
        format!("states i-123 i-456 {ABSENT} --exclude-platform windows -o csv"),
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        let live = run(&mut demo(&args));
        let dataset = from(&line, &complete);
        assert_eq!(
            (live.code, live.out),
            (dataset.code, dataset.out),
            "{}",
            dataset.err
        );
    }
    // So does one for the same criteria.
    let same = folder("asked-same");
    collect("--platform windows", &same);
    let states = from(
        &format!("states i-123 {ABSENT} --platform windows -o csv"),
        &same,
    );
    assert!(
        !states.out.contains("UNREAD"),
        "{}{}",
        states.out,
        states.err
    );
}

#[test]
fn nodes_whose_tags_a_run_did_not_collect_are_not_left_out_in_silence() {
    let to = folder("tags");
    collect("--all --region eu-west-1", &to);
    collect("--all --region us-east-1 --without tags", &to);
    let told = from("states --tag Env=prod -o csv", &to);
    let unknown = "whether these are of the selected tag, which is unknown: i-";
    assert!(told.err.contains(unknown), "{}{}", told.out, told.err);
    let excluded = from("states --all --exclude-tag Env=prod -o csv", &to);
    assert!(
        excluded.err.contains("which is unknown"),
        "{}",
        excluded.err
    );
    // Where both have them, all are there.
    let whole = folder("tags-whole");
    collect("--all --region eu-west-1", &whole);
    collect("--all --region us-east-1", &whole);
    let whole = from("states --tag Env=prod -o csv", &whole);
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert!(whole.out.lines().count() > told.out.lines().count());
}

#[test]
fn an_id_may_be_where_the_nodes_could_not_be_listed() {
    let flags = [
        "--nodes",
        "9",
        "--patches",
        "3",
        "--regions",
        "eu-west-1,us-east-1",
    ];
    let fault = ["--fault-region", "us-east-1"];
    let served = DemoServer::start(&[&DEMO_NOW[..], &flags, &fault].concat());
    let to = folder("unlisted");
    let args = ["collect", "--all", "--all-regions", "--to", &to];
    let collected = run(&mut live(&served.url, &args));
    assert_eq!(collected.code, 3, "{}", collected.err);
    for place in ["", " --region us-east-1"] {
        let states = from(&format!("states {ABSENT} -o csv{place}"), &to);
        assert!(
            states.out.contains("UNREAD"),
            "{}{}",
            states.out,
            states.err
        );
        assert!(!states.out.contains("NO_DATA"), "{}", states.out);
        let gate = from(&format!("check {ABSENT}{place}"), &to);
        assert!(matches!(gate.code, 2 | 3), "{}{}", gate.out, gate.err);
    }
    let elsewhere = from(&format!("states {ABSENT} -o csv --region eu-west-1"), &to);
    assert!(
        elsewhere.out.contains("NO_DATA"),
        "{}{}",
        elsewhere.out,
        elsewhere.err
    );
}

#[test]
fn a_node_that_an_old_run_found_nowhere_may_be_where_it_did_not_look() {
    let to = folder("nowhere");
    collect(
        &format!("{ABSENT} --region eu-west-1 --region us-east-1"),
        &to,
    );
    let states = from(&format!("states {ABSENT} -o csv"), &to);
    assert!(
        states.out.contains("NO_DATA"),
        "{}{}",
        states.out,
        states.err
    );
    collect("i-123 --region eu-north-1", &to);
    let states = from(&format!("states {ABSENT} -o csv"), &to);
    assert!(
        states.out.contains("UNREAD"),
        "{}{}",
        states.out,
        states.err
    );
    let asked = format!("states {ABSENT} -o csv --region eu-west-1 --region us-east-1");
    let states = from(&asked, &to);
    assert!(
        states.out.contains("NO_DATA"),
        "{}{}",
        states.out,
        states.err
    );
}
