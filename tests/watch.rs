//! `--watch`: asks again, marks what changed, and ends with the last answer.

use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use crate::support::terminal::{self, Session};
use crate::support::{
    ScriptedService, clean_state, demo, live_env, patchctl, program, run, states_reply,
};

/// The last thing drawn.
fn last_screen(drawn: &str) -> &str {
    drawn.rsplit("\x1b[H\x1b[J").next().unwrap()
}

#[test]
fn a_watched_node_that_changes_is_marked_and_the_last_answer_stays() {
    let answers = AtomicUsize::new(0);
    let service = ScriptedService::start(move |asked| {
        let ids = asked.ids();
        let mut states: Vec<_> = ids.iter().map(|id| clean_state(id)).collect();
        if answers.fetch_add(1, SeqCst) > 0 {
            states[1]["MissingCount"] = 2.into();
        }
        states_reply(&states)
    });
    // Standard input can be read once, and is asked about twice.
    let ids = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(ids.path(), "i-00000001 i-00000002 i-00000003\n").unwrap();
    let mut command = program();
    command
        .args(["states", "-", "--watch", "5s"])
        .envs(live_env(&service.url))
        .stdin(Stdio::from(std::fs::File::open(ids.path()).unwrap()));
    let mut session = Session::start(&mut command, 118);
    session.read_until("every 5s; asked at ");
    session.read_until("since ");
    session.read_until("\x1b[?7h");
    session.send_signal("-INT");
    let screen = session.finish();
    assert_eq!(screen.code, 0, "{}", screen.err);
    assert_eq!(service.requests().len(), 2);
    let last = last_screen(&screen.out);
    let row = |id: &str| last.lines().find(|line| line.contains(id)).unwrap();
    assert!(row("i-00000002 ").contains("NON_COMPLIANT*"), "{last}");
    assert!(row("i-00000002 ").contains(" 2*"), "{last}");
    assert!(!row("i-00000001").contains('*') && !row("i-00000003").contains('*'));
    let end = " UTC: 1 row changed (*), 0 new, 0 gone\n";
    assert!(last.ends_with(end), "{last}");
}

#[test]
fn the_end_of_a_watch_is_the_answer_as_it_is_without_one() {
    for args in [&["states", "i-123", "i-456"][..], &["summary"]] {
        let plain = terminal::run(program().arg("--demo").args(args), 100);
        let mut command = program();
        let mut session = Session::start(command.arg("--demo").args(args).arg("--watch"), 100);
        session.read_until("every 30s; asked at ");
        session.read_until(" UTC; Ctrl-C ends");
        session.read_until("\x1b[?7h");
        session.send_signal("-INT");
        let watched = session.finish();
        assert_eq!(watched.code, plain.code, "{}", watched.err);
        assert_eq!(last_screen(&watched.out), plain.out);
    }
}

#[test]
fn a_watch_is_refused_where_it_cannot_be_drawn_or_would_ask_too_often() {
    for (args, cause) in [
        (
            &["--watch"][..],
            "--watch needs a terminal: standard output is a pipe or a file",
        ),
        (
            &["--watch", "1s"],
            "faster than Systems Manager can be asked; write 5s or more",
        ),
        (
            &["--watch", "i-456"],
            "\"i-456\" is not a pace; write 30s or 5m, and node ids before --watch",
        ),
        (
            &["--watch", "-o", "csv"],
            "--watch redraws a table; it cannot be combined with -o csv",
        ),
        (
            &["--watch", "--output-file", "x"],
            "--watch redraws a table; it cannot be combined with --output-file",
        ),
        (&["--watch", "--estimate"], "cannot be used with"),
    ] {
        let ran = run(demo(&["states", "i-123"]).args(args));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert!(ran.err.contains(cause), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    let ran = run(patchctl().args(["patches", "i-123", "--watch"]));
    assert!(ran.err.contains("unexpected argument"), "{}", ran.err);
}
