//! Signals: which of them interrupt a run, which end it at once, and what is
//! cleaned up before.

use std::time::Duration;

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::command::runtime::runtime;
use crate::exit;
use crate::interrupt::Interrupt;
use crate::pager;
use crate::panics::PanicMonitor;
use crate::sink;
use crate::terminal;

/// How long a run that could not ask anything yet may take to end: it may be held
/// up by a pipe that is read and that has no writer.
const GRACE_PERIOD: Duration = Duration::from_secs(1);

/// Listens for signals on a thread of its own: the other one may be held up by
/// a reader that takes nothing.
///
/// They are caught from its return on. Where that is not possible they keep
/// their usual effect.
pub(super) fn listen(interrupt: Interrupt) {
    let watch = PanicMonitor::current();
    let Ok((runtime, mut signals)) = caught() else {
        return;
    };
    std::thread::spawn(move || match watch {
        // Without this thread no signal would be heard any more.
        Some(watch) => {
            exit_now(watch.guard(|| handle_signals(&runtime, &mut signals, &interrupt)) as i32)
        }
        None => handle_signals(&runtime, &mut signals, &interrupt),
    });
}

/// The first signal interrupts the run, the second one ends it. So does the first
/// one alone where the run has read nothing that could be shown.
fn handle_signals(runtime: &Runtime, signals: &mut Signals, interrupt: &Interrupt) -> ! {
    if let SignalAction::ExitNow(code) = runtime.block_on(signals.next()) {
        exit_now(code);
    }
    if !pager::owns_screen() {
        terminal::report_interrupted();
    }
    interrupt.raise();
    let second = runtime.block_on(async {
        if !interrupt.has_started() {
            let second = tokio::time::timeout(GRACE_PERIOD, signals.next()).await;
            if second.is_ok() || !interrupt.has_started() {
                return second.unwrap_or(SignalAction::Interrupt);
            }
        }
        loop {
            let action = signals.next().await;
            // It is meant for the pager, which would be left without its terminal.
            if !(pager::owns_screen() && matches!(action, SignalAction::Interrupt)) {
                break action;
            }
        }
    });
    exit_now(match second {
        SignalAction::ExitNow(code) => code,
        SignalAction::Interrupt => exit::INTERRUPTED_STATUS,
    })
}

/// Ends the process, with no half-written file left behind.
#[expect(
    clippy::disallowed_methods,
    reason = "the other thread may never come back to return an Exit"
)]
fn exit_now(code: i32) -> ! {
    sink::remove_temporary_file();
    std::process::exit(code)
}

/// The signals, and what hears them.
fn caught() -> Result<(Runtime, Signals)> {
    let runtime = runtime()?;
    let signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    Ok((runtime, signals))
}

/// What a signal asks for.
enum SignalAction {
    /// To show what was read, and end.
    Interrupt,
    /// To end at once, with this exit code.
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "only signals of Unix ask for it")
    )]
    ExitNow(i32),
}

#[cfg(unix)]
use crate::command::signals::unix::Signals;

#[cfg(unix)]
mod unix {
    use std::future::poll_fn;
    use std::io;
    use std::task::Poll;

    use rustix::process::Signal as Number;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::SignalAction;

    /// Ctrl-C, requests to terminate, and the end of the CPU time that is allowed.
    const INTERRUPT_SIGNALS: [Number; 3] = [Number::INT, Number::TERM, Number::XCPU];

    /// What would otherwise end the process, and leave a temporary file behind.
    const EXIT_SIGNALS: [Number; 4] = [Number::QUIT, Number::ALARM, Number::USR1, Number::USR2];

    pub(super) struct Signals {
        interrupting: Vec<Signal>,
        ending: Vec<(Signal, i32)>,
        /// Never read: as long as it is caught, a write past the limit on the size
        /// of files is an error like others, and not the end.
        _file_size: Signal,
    }

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            let mut interrupting = INTERRUPT_SIGNALS.to_vec();
            // Ignored, as nohup does, it means that the run is to outlast its terminal.
            if is_ignored(Number::HUP) == Some(false) {
                interrupting.push(Number::HUP);
            }
            let ending = EXIT_SIGNALS.map(|of| Ok((caught(of)?, 128 + of.as_raw())));
            Ok(Self {
                interrupting: interrupting
                    .into_iter()
                    .map(caught)
                    .collect::<io::Result<_>>()?,
                ending: ending.into_iter().collect::<io::Result<_>>()?,
                _file_size: caught(Number::XFSZ)?,
            })
        }

        pub(super) async fn next(&mut self) -> SignalAction {
            poll_fn(|context| {
                for (signal, code) in &mut self.ending {
                    if let Poll::Ready(Some(())) = signal.poll_recv(context) {
                        return Poll::Ready(SignalAction::ExitNow(*code));
                    }
                }
                for signal in &mut self.interrupting {
                    if let Poll::Ready(Some(())) = signal.poll_recv(context) {
                        return Poll::Ready(SignalAction::Interrupt);
                    }
                }
                Poll::Pending
            })
            .await
        }
    }

    fn caught(number: Number) -> io::Result<Signal> {
        signal(SignalKind::from_raw(number.as_raw()))
    }

    /// Was this signal ignored when the program was started? `None` where the
    /// system does not tell. Source: proc_pid_status(5), `SigIgn`.
    fn is_ignored(number: Number) -> Option<bool> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let mut lines = status.lines();
        let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"))?;
        let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
        Some(mask >> (number.as_raw() - 1) & 1 == 1)
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> SignalAction {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        SignalAction::Interrupt
    }
}
