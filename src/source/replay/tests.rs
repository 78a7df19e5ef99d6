//! Every command on recorded events.

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::settings::HostEnv;
use crate::source::replay::*;
use crate::terminal::Terminal;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Output, messages and exit status of a run on the installed source.
fn run(mode: Mode, args: &[&str]) -> (String, String, crate::exit::Exit) {
    INSTALLED.set(Some(mode));
    let (out, err) = (Shared::default(), Shared::default());
    let mut terminal = Terminal::for_test(b"", Box::new(out.clone()), Box::new(err.clone()), None);
    let args = ["patchctl", "--demo"]
        .iter()
        .chain(args)
        .map(OsString::from);
    let exit = crate::run(args, &HostEnv::empty(), &mut terminal, || {
        panic!("the demo has a clock of its own")
    });
    INSTALLED.set(None);
    let text = |shared: &Shared| String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
    (text(&out), text(&err), exit)
}

const ORGANIZATION: [&str; 5] = [
    "--all",
    "--all-regions",
    "--organization",
    "--role-name",
    "reader",
];

#[test]
fn every_command_prints_the_same_from_recorded_events() {
    let states = "i-123,i-456,i-0dead00000000beef,mi-0d8b1f5c3a7e96240,i-bogus";
    let columns = "+Name,+OldestMissing,+BaselineDiffers,+tag:Env";
    let commands: [&[&str]; 13] = [
        &["states", states],
        &["states", "--all", "--columns", columns, "-o", "csv"],
        &["states", "--all", "--tag", "Env=prod", "-o", "json"],
        &["patches", states],
        &["patches", "--all", "--state", "Missing", "-o", "ndjson"],
        &["patches", "--all", "--cve", "CVE-2026-57026"],
        &["patches", "--all", "--by", "kb"],
        &[
            "patches",
            "--all",
            "--columns",
            "+ReleaseDate",
            "-o",
            "json",
        ],
        &["summary"],
        &["summary", "--by", "tag:Env", "-o", "json"],
        &["check", "--all"],
        &[
            "report",
            "--all",
            "--sla",
            "critical=7d",
            "--by",
            "platform",
            "-o",
            "json",
        ],
        &[
            "check",
            "--all",
            "--fail-on",
            "baseline-differs,missing>=critical",
        ],
    ];
    for command in commands {
        for more in [&[][..], &ORGANIZATION] {
            let is_of_fleet = command.contains(&"--all") || command[0] == "summary";
            if !more.is_empty() && !is_of_fleet {
                continue;
            }
            let args: Vec<&str> = command
                .iter()
                .chain(more.iter().filter(|word| !command.contains(word)))
                .copied()
                .collect();
            let recording = Rc::new(Recording::default());
            let live = run(Mode::Record(recording.clone()), &args);
            let replayed = run(Mode::Replay(recording), &args);
            assert!(!live.0.is_empty(), "{args:?}: {}", live.1);
            assert_eq!(live, replayed, "{args:?}");
        }
    }
}

#[test]
fn aws_only_commands_are_refused_on_one_line() {
    let recording = Rc::new(Recording::default());
    run(Mode::Record(recording.clone()), &["states", "i-123"]);
    for args in [&["doctor"][..], &["states", "--all", "--estimate"]] {
        let (out, err, exit) = run(Mode::Replay(recording.clone()), args);
        assert_eq!(out, "");
        assert_eq!(err, "patchctl: this source makes no AWS calls\n");
        assert_eq!(exit, crate::exit::Exit::Error);
    }
}
