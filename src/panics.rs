//! Panics: each is a bug, caught where the process ends, and told in one line
//! that holds no data.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Once, OnceLock};

use tokio::sync::SetOnce;

use crate::exit::Exit;
use crate::terminal;

/// What was seen of panics: the place of the first. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct PanicMonitor(Arc<SetOnce<String>>);

thread_local! {
    /// The watch of the run that this thread works for.
    static THREAD_MONITOR: RefCell<Option<PanicMonitor>> = const { RefCell::new(None) };
}

/// The watch of threads that have none of their own, such as those on which the
/// runtime resolves names.
static PROCESS_MONITOR: OnceLock<PanicMonitor> = OnceLock::new();

/// Runs the whole program. A panic in it, or in any thread of the process, is
/// told on stderr, and the run ends as one that could not start.
pub fn guard_process(run: impl FnOnce() -> Exit) -> Exit {
    let watch = PROCESS_MONITOR.get_or_init(PanicMonitor::default).clone();
    watch.guard(run)
}

impl PanicMonitor {
    /// Runs something on this thread under this watch: a panic of it, and of each
    /// task that it leaves to the runtime, is told on stderr.
    pub fn guard(&self, run: impl FnOnce() -> Exit) -> Exit {
        install_hook();
        let before = THREAD_MONITOR.replace(Some(self.clone()));
        // What the panic left half done is dropped, not read.
        let ended = catch_unwind(AssertUnwindSafe(run));
        THREAD_MONITOR.set(before);
        match (ended, self.0.get()) {
            (Ok(exit), None) => exit,
            (_, place) => {
                terminal::report_panic(place.map_or("an unknown place", String::as_str));
                Exit::Error
            }
        }
    }

    /// The watch that this thread is under.
    #[must_use]
    pub fn current() -> Option<Self> {
        THREAD_MONITOR
            .with_borrow(Clone::clone)
            .or_else(|| PROCESS_MONITOR.get().cloned())
    }

    /// Has anything panicked?
    #[must_use]
    pub fn has_panicked(&self) -> bool {
        self.0.get().is_some()
    }

    /// Waits for the first panic.
    pub async fn wait_for_panic(&self) {
        self.0.wait().await;
    }
}

/// Has anything panicked that this thread's run consists of? What it would put
/// in place may then lack something.
#[must_use]
pub fn has_panicked() -> bool {
    PanicMonitor::current().is_some_and(|watch| watch.has_panicked())
}

/// Keeps the place of a panic for the run that watches for it; other panics are told
/// as before.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
            match PanicMonitor::current() {
                // Never the message: it may quote what was read, or a credential.
                Some(watch) => drop(watch.0.set(format_location(panic.location()))),
                None => before(panic),
            }
        }));
    });
}

/// `src/lib.rs:12:3`, or `http-1.0.0/src/header.rs:9:1`: without the folders of
/// the machine it was built on.
fn format_location(location: Option<&Location<'_>>) -> String {
    location.map_or_else(
        || "an unknown place".to_owned(),
        |at| {
            let (file, line, column) = (shorten_path(at.file()), at.line(), at.column());
            format!("{file}:{line}:{column}")
        },
    )
}

fn shorten_path(file: &str) -> &str {
    // The registry has a folder for each index; the standard library one for each commit.
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
    fn a_panic_ends_the_run_as_one_that_could_not_start_and_its_place_is_kept() {
        let watch = PanicMonitor::default();
        let exit = watch.guard(|| panic!("a secret"));
        assert_eq!(exit, Exit::Error);
        let place = watch.0.get().unwrap();
        assert!(place.starts_with("src/panics.rs:"), "{place}");
        assert!(!place.contains("secret"));
        assert_eq!(
            PanicMonitor::default().guard(|| Exit::Partial),
            Exit::Partial
        );
    }

    #[test]
    fn a_panic_that_was_lost_on_the_way_is_found_out_at_the_end() {
        let watch = PanicMonitor::default();
        let exit = watch.guard(|| {
            let _ = catch_unwind(|| panic!("caught by a runtime"));
            assert!(has_panicked());
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
    }

    #[test]
    fn other_threads_are_watched_only_where_they_say_so() {
        let watch = PanicMonitor::default();
        let (theirs, ours) = (watch.clone(), watch.clone());
        let exit = watch.guard(|| {
            let other = std::thread::spawn(move || theirs.guard(|| panic!("in a thread")));
            assert_eq!(other.join().unwrap(), Exit::Error);
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
        assert!(ours.has_panicked() && !has_panicked());
    }

    #[test]
    fn a_place_is_told_without_the_folders_of_the_builder() {
        let registry =
            "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/http-1.3.1/src/a.rs";
        assert_eq!(shorten_path(registry), "http-1.3.1/src/a.rs");
        let std = "/rustc/59807616e1/library/core/src/str/mod.rs";
        assert_eq!(shorten_path(std), "library/core/src/str/mod.rs");
        assert_eq!(shorten_path("src/lib.rs"), "src/lib.rs");
    }
}
