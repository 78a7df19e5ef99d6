//! `--timeout`: ends a run that takes too long, first gently and then at once.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::duration::TimeLimit;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::{pager, sink, terminal};

/// How long printing what was read may take: a reader may take nothing, and a name
/// server may not answer.
const GRACE_PERIOD: Duration = Duration::from_secs(10);

/// How long a message may take: stderr may be a pipe that is full.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(1);

/// Starts the clock, on a thread of its own: the other one may be held up.
#[expect(
    clippy::disallowed_methods,
    reason = "the other thread may never come back to return an Exit"
)]
pub(super) fn start(limit: Option<TimeLimit>, interrupt: &Interrupt) {
    let Some(limit) = limit.and_then(TimeLimit::duration) else {
        return;
    };
    let interrupt = interrupt.clone();
    thread::spawn(move || {
        thread::sleep(limit);
        // Before it is raised, so that it stands before the messages that follow.
        if !interrupt.is_raised() && !pager::owns_screen() {
            run_with_timeout(MESSAGE_TIMEOUT, move || {
                terminal::report_time_limit(TimeLimit::from_duration(limit));
            });
        }
        interrupt.raise_time_limit(TimeLimit::from_duration(limit));
        // A person reads as long as it takes.
        let mut is_read = true;
        while is_read {
            is_read = pager::owns_screen();
            thread::sleep(GRACE_PERIOD.min(limit));
        }
        run_with_timeout(MESSAGE_TIMEOUT, terminal::report_incomplete_output);
        sink::remove_temporary_file();
        let exit = if interrupt.has_started() {
            Exit::Partial
        } else {
            Exit::Error
        };
        std::process::exit(exit as i32);
    });
}

/// Runs it, and waits for its end no longer than this.
fn run_with_timeout(most: Duration, run: impl FnOnce() + Send + 'static) {
    let (ended, wait) = mpsc::channel::<()>();
    thread::spawn(move || {
        run();
        drop(ended);
    });
    let _ = wait.recv_timeout(most);
}
