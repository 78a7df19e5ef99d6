//! `--output-file`: pipes, links, owners, and what signals leave behind.

#![cfg(unix)]

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::{
    DemoServer, demo, in_shell, live_env, program, run, send_signal, wait_for_output,
};

/// More than a pipe can hold.
const LONG: [&str; 5] = ["--demo", "patches", "--all", "-o", "csv"];

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn fifo(folder: &Path) -> PathBuf {
    let path = folder.join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    path
}

fn start(args: &[&str], path: &Path) -> Child {
    program()
        .args(args)
        .arg("--output-file")
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The signals that a process catches, as bits. Source: proc_pid_status(5).
fn caught(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap())
}

const HANG_UP: u64 = 1;
const CTRL_C: u64 = 1 << 1;
const FILE_SIZE: u64 = 1 << 24;

/// Waits until Ctrl-C, and all the others with it, are caught.
fn wait_until_it_listens(child: &Child) {
    while caught(child) & (CTRL_C | FILE_SIZE) != CTRL_C | FILE_SIZE {
        std::thread::yield_now();
    }
}

#[test]
fn a_named_pipe_without_a_reader_is_given_up_at_the_first_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    let child = start(&LONG, &path);
    wait_until_it_listens(&child);
    send_signal(&child, "-INT");
    let ran = wait_for_output(child);
    assert_eq!(ran.code, 2, "{}", ran.err);
    // It may not have come to the pipe yet.
    let told = [
        "interrupted before it had a reader",
        "interrupted before any node was read",
    ];
    assert!(
        told.iter().any(|told| ran.err.contains(told)),
        "{}",
        ran.err
    );
}

#[test]
fn a_named_pipe_whose_reader_takes_nothing_is_given_up_at_the_first_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    // Open for both, it waits for no writer.
    let reader = File::options().read(true).write(true).open(&path).unwrap();
    let child = start(&LONG, &path);
    while rustix::io::ioctl_fionread(&reader).unwrap() < 60_000 {
        std::thread::yield_now();
    }
    send_signal(&child, "-INT");
    let ran = wait_for_output(child);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err
            .contains("interrupted, and its reader takes nothing"),
        "{}",
        ran.err
    );
}

#[test]
fn a_named_pipe_is_written_whole_and_a_reader_that_leaves_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    let whole = run(&mut demo(&LONG[1..]));
    let child = start(&LONG, &path);
    let mut read = String::new();
    File::open(&path)
        .unwrap()
        .read_to_string(&mut read)
        .unwrap();
    assert_eq!(wait_for_output(child).code, whole.code);
    assert_eq!(read, whole.out);

    let child = start(&LONG, &path);
    let mut reader = File::open(&path).unwrap();
    reader.read_exact(&mut [0]).unwrap();
    drop(reader);
    let ran = wait_for_output(child);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("Broken pipe"), "{}", ran.err);
}

#[test]
fn a_link_is_written_through_also_where_it_leads_to_nothing_yet() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let real = elsewhere.path().join("real.csv");
    let (link, second) = (folder.path().join("link"), folder.path().join("second"));
    symlink(&real, &link).unwrap();
    // A relative one starts where it is.
    symlink("link", &second).unwrap();
    for _ in 0..2 {
        let ran = run(demo(&["states", "i-456", "-o", "csv", "--output-file"]).arg(&second));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::symlink_metadata(&second).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().contains("i-456"));
        assert_eq!(names(elsewhere.path()), ["real.csv"]);
        assert_eq!(names(folder.path()), ["link", "second"]);
    }
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    let ran = run(demo(&["states", "i-456", "--output-file"]).arg(&circle));
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn the_mode_of_a_replaced_file_is_kept_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.csv");
    for mode in [0o666, 0o640, 0o400] {
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let status = in_shell("umask 077; exec \"$@\"")
            .args(["--demo", "states", "i-456", "-q", "--output-file"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(status.success());
        assert_ne!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
        fs::remove_file(&path).unwrap();
    }
}

/// A user id that has no account.
const OTHER: u32 = 23_456;

/// Only root can make files of other users; elsewhere the tests that do are skipped.
fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

#[test]
fn root_leaves_a_replaced_file_to_its_owner() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("states.csv");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    chown(&path, Some(OTHER), Some(OTHER + 1)).unwrap();
    let ran = run(demo(&["states", "i-456", "--output-file"]).arg(&path));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let meta = fs::metadata(&path).unwrap();
    assert_eq!((meta.uid(), meta.gid()), (OTHER, OTHER + 1));
    assert_eq!(meta.mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&path).unwrap().contains("i-456"));
}

#[test]
fn whoever_cannot_give_a_file_away_writes_over_it_or_is_told() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    chown(folder.path(), Some(OTHER), Some(OTHER)).unwrap();
    let path = folder.path().join("states.csv");
    let as_other = |args: &[&str]| {
        let mut program = program();
        let program = program.uid(OTHER).gid(OTHER).args(args).arg(&path);
        let output = program.output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), err)
    };
    let states = ["--demo", "states", "i-456", "-q", "--output-file"];

    let old = "old and longer than what comes in its place\n".repeat(999);
    fs::write(&path, &old).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, err) = as_other(&states);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("Permission denied"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    assert_eq!(names(folder.path()), ["states.csv"]);

    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    // A run that read nothing leaves it as it was.
    let (code, err) = as_other(&["--demo", "states", "i-bogus", "-q", "--output-file"]);
    assert_eq!(code, 2, "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
    let (code, err) = as_other(&states);
    assert_eq!(code, 0, "{err}");
    let meta = fs::metadata(&path).unwrap();
    assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o777), (0, 0, 0o666));
    let whole = run(&mut demo(&["states", "i-456", "-q"])).out;
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    assert_eq!(names(folder.path()), ["states.csv"]);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patches.csv");
    fs::write(&path, "old").unwrap();
    let output = in_shell("ulimit -f 8; exec \"$@\"")
        .args(LONG)
        .arg("--output-file")
        .arg(&path)
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("File too large"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(folder.path()), ["patches.csv"]);
}

/// The program at work for long on a server, its answer in a file.
fn at_work(served: &DemoServer, path: &Path, wrapper: &str) -> Child {
    let child = in_shell(&format!("{wrapper}exec \"$@\""))
        .args(["states", "--all", "-o", "csv", "--output-file"])
        .arg(path)
        .envs(live_env(&served.url))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while served.call_count("DescribeInstancePatchStates") < 2 {
        std::thread::yield_now();
    }
    child
}

const SLOW: [&str; 6] = ["--nodes", "2000", "--rate", "1", "--burst", "60"];

#[test]
fn a_hang_up_keeps_what_was_read_unless_it_was_ignored_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.csv");
    let served = DemoServer::start(&SLOW);
    let child = at_work(&served, &path, "trap '' HUP; ");
    assert_eq!(caught(&child) & HANG_UP, 0, "as nohup wants it");
    send_signal(&child, "-HUP");
    send_signal(&child, "-INT");
    assert_eq!(wait_for_output(child).code, 3);
    fs::remove_file(&path).unwrap();

    let served = DemoServer::start(&SLOW);
    let child = at_work(&served, &path, "");
    if caught(&child) & HANG_UP == 0 {
        // The tests themselves were started to outlast a hang-up.
        send_signal(&child, "-INT");
    } else {
        send_signal(&child, "-HUP");
    }
    let ran = wait_for_output(child);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(
        ran.err.contains("interrupted: showing what was read"),
        "{}",
        ran.err
    );
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2001);
    assert_eq!(names(folder.path()), ["fleet.csv"]);
}

#[test]
fn signals_that_end_a_process_leave_the_old_file_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.csv");
    fs::write(&path, "old").unwrap();
    for (name, code) in [("-QUIT", 131), ("-USR1", 138), ("-ALRM", 142)] {
        let served = DemoServer::start(&SLOW);
        let child = at_work(&served, &path, "");
        assert_eq!(names(folder.path()).len(), 2);
        send_signal(&child, name);
        assert_eq!(wait_for_output(child).code, code, "{name}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["fleet.csv"]);
    }
}
