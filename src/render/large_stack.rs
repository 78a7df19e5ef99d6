//! A thread with a large stack, for parsers that call themselves for each level of what
//! they read.

use std::io;
use std::panic::resume_unwind;
use std::thread;

/// A level takes up to 20 kB without optimisation, more than a main thread may have for
/// some hundred of them (1 MB on Windows).
const STACK_SIZE: usize = 16 << 20;

/// Runs it in a thread of its own.
///
/// # Errors
/// When there can be no more threads.
pub(super) fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_SIZE);
        let thread = thread.spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}
