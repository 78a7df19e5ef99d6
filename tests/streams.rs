//! What becomes of a run whose output is not read, cannot be written, or was
//! closed: its exit code is that of the answer, and never 0 for a lost one.

#![cfg(unix)]

use std::fs::File;
use std::process::Stdio;

use crate::support::{RunOutput, demo, in_shell, program, run, wait_for_output};

const FORMATS: [&str; 7] = ["table", "json", "yaml", "ndjson", "csv", "markdown", "html"];
const OF_GATES: [&str; 9] = [
    "table",
    "json",
    "yaml",
    "ndjson",
    "junit",
    "sarif",
    "github",
    "openmetrics",
    "asff",
];

/// Every command that prints, some with more than a pipe can hold.
fn commands(formats: &[&'static str], of_gates: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["--help"],
        vec!["states", "--help"],
        vec!["--version"],
        vec!["states", "--columns", "help"],
        vec!["iam-policy"],
        vec!["demo", "nodes"],
        vec!["config", "show"],
        vec!["config", "init", "-"],
        vec!["version"],
        vec!["config", "show", "-o", "json"],
        vec!["completions", "bash"],
        vec!["man", "states"],
        vec!["schema", "states"],
        vec!["patches", "--all", "-o", "csv"],
        vec!["patches", "--all", "-o", "aws-csv"],
        vec!["summary", "-o", "openmetrics"],
    ];
    for &format in formats {
        commands.push(vec!["states", "--all", "-o", format]);
        commands.push(vec!["states", "--all", "--estimate", "-o", format]);
        commands.push(vec!["states", "i-123", "i-bogus", "-o", format]);
        commands.push(vec!["states", "i-bogus", "-o", format]);
        commands.push(vec!["patches", "i-123", "i-bogus", "-o", format]);
        commands.push(vec![
            "patches", "i-123", "i-456", "--by", "kb", "-o", format,
        ]);
        commands.push(vec!["summary", "--all", "-o", format]);
        commands.push(vec!["doctor", "-o", format]);
    }
    for &format in of_gates {
        // FAIL, PASS, and an unread node.
        commands.push(vec!["check", "--all", "-o", format]);
        commands.push(vec!["check", "i-456", "-o", format]);
        commands.push(vec![
            "check",
            "i-456",
            "i-bogus",
            "--fail-on",
            "missing>9",
            "-o",
            format,
        ]);
    }
    commands
}

/// Runs it with a standard output that nothing reads.
fn unread(args: &[&str]) -> RunOutput {
    let mut child = program()
        .arg("--demo")
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    wait_for_output(child)
}

/// Runs it as a shell does, with this redirection.
fn redirected(args: &[&str], to: &str) -> RunOutput {
    let mut shell = in_shell(&format!("exec \"$@\" {to}"));
    shell
        .arg("--demo")
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    wait_for_output(shell.spawn().unwrap())
}

#[test]
fn a_reader_that_leaves_changes_neither_the_exit_code_nor_what_stderr_says() {
    let mut codes = std::collections::BTreeSet::new();
    for args in commands(&FORMATS, &OF_GATES) {
        let whole = run(&mut demo(&args));
        let gone = unread(&args);
        assert_eq!((gone.code, &gone.err), (whole.code, &whole.err), "{args:?}");
        codes.insert(gone.code);
    }
    assert!(codes.iter().eq(&[0, 1, 2, 3]), "{codes:?}");
}

#[test]
fn a_reader_that_leaves_after_the_first_line_changes_nothing_either() {
    for args in [
        ["check", "--all", "-o", "json"],
        ["states", "i-456", "i-bogus", "-ojson"],
    ] {
        let whole = run(&mut demo(&args));
        let output = in_shell("{ \"$@\"; echo $? >&2; } | head -1 >/dev/null")
            .arg("--demo")
            .args(args)
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(err, format!("{}{}\n", whole.err, whole.code), "{args:?}");
    }
}

#[test]
fn a_standard_output_that_is_closed_from_the_start_is_told_and_never_a_success() {
    for args in commands(&["csv"], &["json"]) {
        let whole = run(&mut demo(&args));
        let closed = redirected(&args, ">&-");
        let wanted = match whole.code {
            // The gate failed, or is unknown, with or without a report of it.
            code @ (1 | 3) if args[0] == "check" => code,
            _ => 2,
        };
        assert_eq!(closed.code, wanted, "{args:?}: {}", closed.err);
        let told = "patchctl: cannot write to standard output: it was closed before the start";
        assert!(closed.err.contains(told), "{args:?}: {}", closed.err);
    }
    let also = redirected(&["demo", "nodes"], "<&- >&-");
    assert_eq!(also.code, 2, "{}", also.err);
}

#[test]
fn a_standard_output_that_cannot_be_written_is_told_and_never_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in");
    std::fs::write(&file, "").unwrap();
    let read_only = format!("1< {}", file.display());
    for to in ["> /dev/full", &read_only] {
        for args in commands(&["csv"], &["json"]) {
            let whole = run(&mut demo(&args));
            assert!(!whole.out.is_empty(), "{args:?}");
            let failed = redirected(&args, to);
            let wanted = match whole.code {
                code @ (1 | 3) if args[0] == "check" => code,
                _ => 2,
            };
            assert_eq!(failed.code, wanted, "{args:?} {to}: {}", failed.err);
            let told = "patchctl: cannot write to standard output: ";
            assert_eq!(
                failed.err.matches(told).count(),
                1,
                "{args:?} {to}: {}",
                failed.err
            );
        }
    }
}

#[test]
fn output_that_is_discarded_on_purpose_is_no_error_however_it_is_opened() {
    let both_ways = || {
        let mut options = File::options();
        options.read(true).write(true).open("/dev/null").unwrap()
    };
    // As Python's subprocess.DEVNULL does.
    let status = program()
        .args(["--demo", "check", "i-456", "-q"])
        .stdout(both_ways())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
    for to in [
        "> /dev/null",
        "1<> /dev/null",
        "< /dev/null > /dev/null 2>&1",
    ] {
        assert_eq!(redirected(&["check", "i-456"], to).code, 0, "{to}");
    }
}

#[test]
fn a_closed_standard_output_is_no_matter_where_the_answer_goes_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.csv");
    let file = path.to_str().unwrap();
    let args = ["states", "i-456", "-o", "csv", "--output-file", file];
    let ran = redirected(&args, ">&-");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(std::fs::read_to_string(&path).unwrap().contains("i-456"));
}

#[test]
fn a_report_that_cannot_be_written_leaves_a_broken_gate_broken_and_a_held_one_unproven() {
    for (node, code) in [("i-123", 1), ("i-456", 2)] {
        let ran = run(&mut demo(&["check", node, "--output-file", "/dev/full"]));
        assert_eq!(ran.code, code, "{}", ran.err);
        let told = "cannot write /dev/full: No space left on device";
        assert_eq!(ran.err.matches(told).count(), 1, "{}", ran.err);
    }
}

#[test]
fn a_panic_in_a_library_is_one_line_with_its_place_and_without_what_it_choked_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.csv");
    std::fs::write(&path, "old").unwrap();
    let mut command = assert_cmd::Command::from_std(program());
    command
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "AKIA\u{1}EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
        .args(["states", "i-456", "-o", "csv", "--output-file"])
        .arg(&path);
    let ran = run(&mut command);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.starts_with("patchctl: ") && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
    assert!(
        !ran.err.contains("EXAMPLE") && !ran.err.contains("secret-of"),
        "{}",
        ran.err
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
