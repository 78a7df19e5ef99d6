//! `-o xlsx`: where it goes, and what becomes of it where it cannot. What is in the cells
//! is the matter of `.ci/workbook.py`, which reads them with other programs.

#![cfg(unix)]

use std::fs;
use std::process::{Output, Stdio};

use crate::support::{DemoServer, demo, in_shell, interrupted, live, program, terminal};

/// The record at the end of a whole ZIP file without a comment. Source: APPNOTE.TXT 4.3.16.
const END_RECORD: &[u8] = b"PK\x05\x06";
const END_RECORD_BYTES: usize = 22;

fn is_whole(workbook: &[u8]) -> bool {
    let end = workbook.len().checked_sub(END_RECORD_BYTES);
    end.is_some_and(|end| {
        workbook.starts_with(b"PK\x03\x04") && workbook[end..].starts_with(END_RECORD)
    })
}

/// A command of each kind of row, and its exit code.
const COMMANDS: [(&[&str], i32); 11] = [
    (&["states", "--all"], 0),
    (&["states", "i-123", "i-bogus"], 3),
    (&["states", "--all", "--estimate"], 0),
    (&["patches", "i-123"], 0),
    (&["patches", "i-123", "i-456", "--by", "kb"], 0),
    (&["summary"], 0),
    (&["check", "--all"], 1),
    (&["check", "i-456"], 0),
    (&["doctor"], 0),
    (&["report"], 0),
    (
        &[
            "report",
            "--fail-on",
            "non-compliant",
            "--sla",
            "critical=7d",
        ],
        1,
    ),
];

fn workbook(args: &[&str]) -> Output {
    demo(&[args, &["-o", "xlsx"]].concat()).output().unwrap()
}

fn in_one_line(ran: &Output, part: &str) {
    let err = String::from_utf8(ran.stderr.clone()).unwrap();
    assert!(err.contains(part) && err.lines().count() == 1, "{err}");
}

#[test]
fn the_same_answer_is_the_same_workbook_in_five_runs_of_each_command() {
    for (args, code) in COMMANDS {
        let first = workbook(args);
        assert_eq!(first.status.code(), Some(code), "{args:?}");
        assert!(is_whole(&first.stdout), "{args:?}");
        for _ in 0..4 {
            assert!(workbook(args).stdout == first.stdout, "{args:?}");
        }
    }
}

#[test]
fn a_workbook_is_refused_on_a_terminal_before_any_call() {
    let served = DemoServer::start(&[]);
    let mut command = program();
    command
        .envs(crate::support::live_env(&served.url))
        .args(["states", "--all", "-o", "xlsx"]);
    let screen = terminal::run(&mut command, 120);
    let line =
        "patchctl: -o xlsx is not for a terminal: add --output-file FILE.xlsx, or use a pipe\n";
    assert_eq!((screen.code, &*screen.out, &*screen.err), (2, "", line));
    assert_eq!(served.call_count("DescribeInstancePatchStates"), 0);
    assert_eq!(served.call_count("DescribeInstanceInformation"), 0);
}

#[test]
fn a_workbook_goes_to_a_file_also_with_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.xlsx");
    let mut command = program();
    command
        .args(["--demo", "states", "i-123", "-o", "xlsx", "--output-file"])
        .arg(&path);
    let screen = terminal::run(&mut command, 120);
    assert_eq!((screen.code, &*screen.out, &*screen.err), (0, "", ""));
    assert_eq!(
        fs::read(&path).unwrap(),
        workbook(&["states", "i-123"]).stdout
    );
}

#[test]
fn flags_of_csv_are_refused_and_the_headings_stay() {
    for flag in ["--delimiter=;", "--time-format=spreadsheet"] {
        let ran = workbook(&["states", "i-123", flag]);
        assert_eq!(ran.status.code(), Some(2));
        in_one_line(&ran, "is for CSV; add -o csv");
    }
    let plain = workbook(&["states", "i-123"]).stdout;
    assert!(workbook(&["states", "i-123", "--no-headers", "--bom"]).stdout == plain);
}

#[test]
fn a_reader_that_leaves_changes_neither_the_exit_code_nor_what_stderr_says() {
    for (args, code) in COMMANDS {
        let mut child = program()
            .arg("--demo")
            .args(args)
            .args(["-o", "xlsx"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let gone = child.wait_with_output().unwrap();
        assert_eq!(gone.status.code(), Some(code), "{args:?}");
        assert!(gone.stderr == workbook(args).stderr, "{args:?}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_told_in_one_line_and_never_a_success() {
    for (to, told) in [
        (
            "> /dev/full",
            "cannot write to standard output: No space left on device",
        ),
        (
            ">&-",
            "cannot write to standard output: it was closed before the start",
        ),
    ] {
        let ran = in_shell(&format!("exec \"$@\" {to}"))
            .args(["--demo", "states", "i-123", "-o", "xlsx"])
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{to}");
        in_one_line(&ran, told);
    }
}

#[test]
fn a_full_disk_under_the_temporary_files_is_told_in_one_line_and_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patches.xlsx");
    fs::write(&path, "old").unwrap();
    // Files of 16 blocks at most: writes beyond fail as on a full disk.
    let ran = in_shell("ulimit -f 16; exec \"$@\"")
        .args(["--demo", "patches", "--all", "-o", "xlsx", "--output-file"])
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
    in_one_line(&ran, "cannot write a temporary file in ");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    let ran = in_shell("TMPDIR=/nonexistent; export TMPDIR; exec \"$@\"")
        .args(["--demo", "states", "i-123", "-o", "xlsx"])
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
    in_one_line(&ran, "cannot write a temporary file in /nonexistent: ");
}

#[test]
fn an_interrupted_run_leaves_a_whole_workbook_of_what_was_read() {
    let (_served, child) = interrupted(&["patches", "--all", "--no-prefetch", "-o", "xlsx"], 20);
    let ran = child.wait_with_output().unwrap();
    assert_eq!(ran.status.code(), Some(3));
    assert!(is_whole(&ran.stdout));
}

#[test]
fn a_run_that_read_nothing_keeps_the_old_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.xlsx");
    fs::write(&path, "old").unwrap();
    let mut command = live("http://127.0.0.1:1", &["states", "i-123", "-o", "xlsx"]);
    let ran = command.arg("--output-file").arg(&path).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert_eq!(fs::read(&path).unwrap(), b"old");
}
