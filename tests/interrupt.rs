//! Ctrl-C: what was read is shown, the rest is unread, and a second one ends at
//! once.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::support::{
    DemoServer, RunOutput, interrupted, program, send_signal, start_live, wait_for_calls,
    wait_for_output,
};

#[test]
fn what_was_read_is_valid_json_and_every_other_node_is_unread() {
    let args = ["patches", "--all", "--no-prefetch", "-o", "json"];
    let (_served, child) = interrupted(&args, 40);
    let RunOutput { code, out, err } = wait_for_output(child);
    assert_eq!(code, 3, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    let summary = &json["Summary"];
    let (answered, unread) = (
        summary["Answered"].as_u64().unwrap(),
        summary["Unread"].as_u64().unwrap(),
    );
    assert!(answered > 0 && unread > 0, "{summary}");
    assert_eq!(answered + unread, 400);
    assert_eq!(
        summary["Rows"],
        3 * answered,
        "whole nodes only, or their rows beside them"
    );
    for unread in json["Unread"].as_array().unwrap() {
        assert_eq!(unread["Code"], "Interrupted");
    }
    assert!(
        err.starts_with(
            "patchctl: interrupted: showing what was read; Ctrl-C again ends at once\n"
        ),
        "{err}"
    );
}

#[test]
fn csv_is_complete_and_a_request_to_terminate_does_the_same() {
    let served = DemoServer::start(&["--nodes", "2000", "--rate", "10", "--burst", "60"]);
    let child = start_live(&served, &["states", "--all", "-o", "csv"]);
    wait_for_calls(&served, "DescribeInstancePatchStates", 2);
    send_signal(&child, "-TERM");
    let RunOutput { code, out, err } = wait_for_output(child);
    assert_eq!(code, 3, "{err}");
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let verdict = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "Verdict")
        .unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2000);
    let unread = rows.iter().filter(|row| &row[verdict] == "UNREAD").count();
    assert!(unread > 0 && unread < 2000, "{unread}");
}

#[test]
fn an_interruption_during_discovery_makes_the_region_unread() {
    let served = DemoServer::start(&["--nodes", "10", "--latency", "60000"]);
    let child = start_live(&served, &["states", "--all", "-o", "json"]);
    wait_for_calls(&served, "DescribeInstanceInformation", 1);
    send_signal(&child, "-INT");
    let RunOutput { code, out, err } = wait_for_output(child);
    assert_eq!(code, 3, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["Unread"][0]["Code"], "Interrupted");
    assert_eq!(json["Unread"][0]["Region"], "eu-west-1");
}

#[test]
fn a_second_signal_ends_at_once_even_if_the_reader_stalls_and_leaves_no_file() {
    let served = DemoServer::start(&["--nodes", "2000", "--patches", "250"]);
    // Its output is not read, so it blocks in the middle of its answer.
    let mut child = start_live(&served, &["patches", "--all", "-o", "ndjson"]);
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    send_signal(&child, "-INT");
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    assert!(first.contains("Ctrl-C again ends at once"), "{first}");
    send_signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.csv");
    let served = DemoServer::start(&["--nodes", "2000", "--rate", "1", "--burst", "60"]);
    let mut child = start_live(
        &served,
        &[
            "states",
            "--all",
            "-o",
            "csv",
            "--output-file",
            path.to_str().unwrap(),
        ],
    );
    wait_for_calls(&served, "DescribeInstancePatchStates", 2);
    // Both may come before the first is dealt with: then they are one.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    send_signal(&child, "-INT");
    said.read_line(&mut first).unwrap();
    send_signal(&child, "-INT");
    let code = child.wait().unwrap().code();
    if code == Some(130) {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    } else {
        // It was quicker than the second signal.
        assert_eq!(code, Some(3));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_gate_that_is_interrupted_never_passes() {
    let slow = [
        "--nodes",
        "800",
        "--rate",
        "2",
        "--burst",
        "6",
        "--latency",
        "2",
    ];
    let served = DemoServer::start(&slow);
    let args = ["check", "--all", "--fail-on", "missing>99999", "-o", "json"];
    let child = start_live(&served, &args);
    wait_for_calls(&served, "DescribeInstancePatchStates", 1);
    send_signal(&child, "-INT");
    let RunOutput { code, out, err } = wait_for_output(child);
    assert_eq!(code, 3, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["Status"], "UNKNOWN");
    assert!(
        json.to_string().contains("interrupted before the end"),
        "{json}"
    );
}

/// Waits until a request to terminate is caught. Source: proc_pid_status(5).
fn wait_until_it_listens(child: &mut Child) {
    let path = format!("/proc/{}/status", child.id());
    loop {
        assert_eq!(
            child.try_wait().unwrap(),
            None,
            "it ended before it listened"
        );
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let mask = mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
        if mask >> 14 & 1 == 1 {
            return;
        }
        std::thread::yield_now();
    }
}

#[test]
fn one_signal_ends_a_run_that_reads_from_a_pipe_without_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let fifo = fifo.to_str().unwrap();
    for args in [
        &["states", "--ids-file", fifo][..],
        &["states", "-"],
        &[
            "check",
            "i-00000001",
            "--fail-on",
            "missing>0",
            "--waivers",
            fifo,
        ],
    ] {
        let mut command = program();
        // The writer of this stdin stays, and writes nothing.
        command.args(args).arg("--demo").stdin(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        wait_until_it_listens(&mut child);
        send_signal(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(130), "{args:?}");
        drop(stdin);
    }
}
