//! Interruption of a run, by Ctrl-C or the time limit: signalled to every waiting call, so that what was read is shown.
//!
//! Signals and clocks are read in `command`.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

use crate::duration::TimeLimit;

/// The state of interruption; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<InterruptState>);

#[derive(Debug, Default)]
struct InterruptState {
    raised_by: OnceLock<InterruptCause>,
    waiting: Notify,
    has_started: AtomicBool,
}

/// Why a run was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InterruptCause {
    /// By Ctrl-C or a request to terminate.
    Signal,
    /// By the end of its time limit, `--timeout`.
    TimeLimit(TimeLimit),
}

impl InterruptCause {
    /// The error code of what was not read.
    #[must_use]
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Signal => "Interrupted",
            Self::TimeLimit(_) => "TimeLimit",
        }
    }

    /// Whether this is the code of an interruption.
    #[must_use]
    pub(crate) fn is_code(code: &str) -> bool {
        matches!(code, "Interrupted" | "TimeLimit")
    }
}

/// "interrupted", to be followed by "before ...".
impl fmt::Display for InterruptCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal => f.write_str("interrupted"),
            Self::TimeLimit(limit) => write!(f, "the time limit of {limit} (--timeout) ended"),
        }
    }
}

impl Interrupt {
    /// Interrupts by a signal: waiting calls end.
    pub(crate) fn raise(&self) {
        self.raise_by(InterruptCause::Signal);
    }

    /// Interrupts by the time limit.
    pub(crate) fn raise_time_limit(&self, limit: TimeLimit) {
        self.raise_by(InterruptCause::TimeLimit(limit));
    }

    /// The first cause stays.
    fn raise_by(&self, cause: InterruptCause) {
        let _ = self.0.raised_by.set(cause);
        self.0.waiting.notify_waiters();
    }

    #[must_use]
    pub(crate) fn is_raised(&self) -> bool {
        self.cause().is_some()
    }

    /// The cause, if interrupted.
    #[must_use]
    pub(crate) fn cause(&self) -> Option<InterruptCause> {
        self.0.raised_by.get().copied()
    }

    /// Waits for the interruption; returns at once if it has happened.
    pub(crate) async fn wait_until_raised(&self) -> InterruptCause {
        let waiting = self.0.waiting.notified();
        let mut waiting = std::pin::pin!(waiting);
        // Registers before the check, so that no interruption is missed.
        waiting.as_mut().enable();
        if !self.is_raised() {
            waiting.await;
        }
        self.cause().unwrap_or(InterruptCause::Signal)
    }

    /// Marks that calls can be made.
    pub(crate) fn mark_started(&self) {
        self.0.has_started.store(true, Ordering::SeqCst);
    }

    /// Whether calls could be made.
    #[must_use]
    pub(crate) fn has_started(&self) -> bool {
        self.0.has_started.load(Ordering::SeqCst)
    }
}
