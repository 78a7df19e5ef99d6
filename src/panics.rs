//! Panics: caught where the process ends, and reported in one line without data.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Once, OnceLock};

use tokio::sync::SetOnce;

use crate::exit::Exit;
use crate::terminal;

/// The location of the first panic. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct PanicMonitor(Arc<SetOnce<String>>);

thread_local! {
    /// The monitor of the run that this thread works for.
    static THREAD_MONITOR: RefCell<Option<PanicMonitor>> = const { RefCell::new(None) };
}

/// The monitor of other threads, such as those on which the runtime resolves names.
static PROCESS_MONITOR: OnceLock<PanicMonitor> = OnceLock::new();

/// Runs the program. A panic in it, or in any thread of the process, is reported
/// on stderr, and the run ends with exit code 2.
pub fn guard_process(run: impl FnOnce() -> Exit) -> Exit {
    let monitor = PROCESS_MONITOR.get_or_init(PanicMonitor::default).clone();
    monitor.guard(run)
}

impl PanicMonitor {
    /// Runs `run` on this thread with this monitor: a panic of it, or of a task that
    /// it spawns, is reported on stderr.
    pub fn guard(&self, run: impl FnOnce() -> Exit) -> Exit {
        install_hook();
        let before = THREAD_MONITOR.replace(Some(self.clone()));
        // State that the panic left inconsistent is dropped, not read.
        let ended = catch_unwind(AssertUnwindSafe(run));
        THREAD_MONITOR.set(before);
        match (ended, self.0.get()) {
            (Ok(exit), None) => exit,
            (_, place) => {
                terminal::report_panic(place.map_or("an unknown location", String::as_str));
                Exit::Error
            }
        }
    }

    /// The monitor of this thread.
    #[must_use]
    pub fn current() -> Option<Self> {
        THREAD_MONITOR
            .with_borrow(Clone::clone)
            .or_else(|| PROCESS_MONITOR.get().cloned())
    }

    /// Whether anything panicked.
    #[must_use]
    pub fn has_panicked(&self) -> bool {
        self.0.get().is_some()
    }

    /// Waits for the first panic.
    pub async fn wait_for_panic(&self) {
        self.0.wait().await;
    }
}

/// Whether anything panicked in the run of this thread. Its output may then be
/// incomplete.
#[must_use]
pub fn has_panicked() -> bool {
    PanicMonitor::current().is_some_and(|monitor| monitor.has_panicked())
}

/// Runs code of others that panics where it should return an error: the panic is not one
/// of the run. Returns its message.
///
/// # Errors
/// When it panics. What it worked on must not be used again.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    let before = THREAD_MONITOR.replace(Some(PanicMonitor::default()));
    let ended = catch_unwind(AssertUnwindSafe(work));
    THREAD_MONITOR.set(before);
    ended.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or_default().to_owned()
    })
}

/// Records the location of a panic for the monitor of its thread; other panics are
/// reported as before.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            match PanicMonitor::current() {
                // Without the message: it may quote data or a credential.
                Some(monitor) => drop(monitor.0.set(format_location(panic.location()))),
                None => before(panic),
            }
        }));
    });
}

/// `src/lib.rs:12:3`, or `http-1.0.0/src/header.rs:9:1`: without the folders of
/// the build machine.
fn format_location(location: Option<&Location<'_>>) -> String {
    location.map_or_else(
        || "an unknown location".to_owned(),
        |at| {
            let (file, line, column) = (shorten_path(at.file()), at.line(), at.column());
            format!("{file}:{line}:{column}")
        },
    )
}

fn shorten_path(file: &str) -> &str {
    // The registry has a folder per index, the standard library one per commit.
    for folder in ["/registry/src/", "/rustc/"] {
        if let Some((_, rest)) = file.split_once(folder) {
            return rest.split_once('/').map_or(rest, |(_, rest)| rest);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_the_run_with_exit_code_2_and_its_location_is_recorded() {
        let monitor = PanicMonitor::default();
        let exit = monitor.guard(|| panic!("a secret"));
        assert_eq!(exit, Exit::Error);
        let place = monitor.0.get().unwrap();
        assert!(place.starts_with("src/panics.rs:"), "{place}");
        assert!(!place.contains("secret"));
        assert_eq!(
            PanicMonitor::default().guard(|| Exit::Partial),
            Exit::Partial
        );
    }

    #[test]
    fn a_panic_that_was_caught_elsewhere_is_reported_at_the_end() {
        let monitor = PanicMonitor::default();
        let exit = monitor.guard(|| {
            let _ = catch_unwind(|| panic!("caught by a runtime"));
            assert!(has_panicked());
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
    }

    #[test]
    fn a_panic_of_foreign_code_is_an_error_and_not_one_of_the_run() {
        let monitor = PanicMonitor::default();
        let exit = monitor.guard(|| {
            let failed: Result<(), String> = catch(|| panic!("no {}", "room"));
            assert_eq!(failed, Err("no room".to_owned()));
            assert_eq!(catch(|| 1), Ok(1));
            assert!(!has_panicked());
            Exit::Success
        });
        assert_eq!(exit, Exit::Success);
    }

    #[test]
    fn other_threads_are_monitored_only_if_they_opt_in() {
        let monitor = PanicMonitor::default();
        let (theirs, ours) = (monitor.clone(), monitor.clone());
        let exit = monitor.guard(|| {
            let other = std::thread::spawn(move || theirs.guard(|| panic!("in a thread")));
            assert_eq!(other.join().unwrap(), Exit::Error);
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
        assert!(ours.has_panicked() && !has_panicked());
    }

    #[test]
    fn a_location_is_shown_without_the_folders_of_the_build_machine() {
        let registry =
            "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/http-1.3.1/src/a.rs";
        assert_eq!(shorten_path(registry), "http-1.3.1/src/a.rs");
        let std = "/rustc/59807616e1/library/core/src/str/mod.rs";
        assert_eq!(shorten_path(std), "library/core/src/str/mod.rs");
        assert_eq!(shorten_path("src/lib.rs"), "src/lib.rs");
    }
}
