//! Standard output: a run goes on without output when its reader leaves, so that its exit
//! code stays that of the answer, and reports every other fault.

use std::io::{self, BufWriter, Write};
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

/// The process's standard output, buffered.
///
/// Rust's own handle ignores `EBADF`, so that a run with a closed or read-only
/// standard output would write its answer nowhere and report success.
#[must_use]
pub(crate) fn open() -> Box<dyn Write> {
    buffered(process_stdout())
}

/// What is written to `out`, until its reader leaves.
pub(crate) fn buffered(out: Box<dyn Write>) -> Box<dyn Write> {
    Box::new(BufWriter::with_capacity(1 << 16, BrokenPipeGuard::new(out)))
}

/// Passes bytes on until the reader has gone away; from then on it takes them
/// and drops them, so that the run still ends with the exit code of its answer.
pub(crate) struct BrokenPipeGuard {
    out: Box<dyn Write>,
    is_closed: bool,
}

impl BrokenPipeGuard {
    pub(crate) fn new(out: Box<dyn Write>) -> Self {
        Self {
            out,
            is_closed: false,
        }
    }

    fn forward<T>(
        &mut self,
        dropped: T,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_closed {
            return Ok(dropped);
        }
        match write(&mut *self.out) {
            Err(error) if is_reader_gone(&error) => {
                self.is_closed = true;
                Ok(dropped)
            }
            // The standard library tries an interrupted call again by its kind.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(io::Error::new(
                error.kind(),
                format!("cannot write to standard output: {error}"),
            )),
            done => done,
        }
    }
}

/// Did the reader close its end? A socket may say so by a reset.
fn is_reader_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset
    )
}

impl Write for BrokenPipeGuard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.forward(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.forward((), |out| out.flush())
    }
}

#[cfg(unix)]
fn process_stdout() -> Box<dyn Write> {
    use std::os::fd::AsFd as _;

    let stdout = io::stdout();
    if WAS_CLOSED.load(Ordering::Relaxed) {
        return Box::new(ClosedStdout);
    }
    match stdout.as_fd().try_clone_to_owned() {
        Ok(own) => Box::new(std::fs::File::from(own)),
        Err(_) => Box::new(stdout),
    }
}

#[cfg(not(unix))]
fn process_stdout() -> Box<dyn Write> {
    Box::new(io::stdout())
}

/// In place of a standard output that was closed before the start.
#[cfg(unix)]
struct ClosedStdout;

#[cfg(unix)]
impl Write for ClosedStdout {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::Error::other(
            "it was closed before the start; > /dev/null discards the output",
        ))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.write(&[]).map(drop)
    }
}

/// Was standard output closed when the process was started?
#[cfg(unix)]
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

// Before `main`, Rust opens /dev/null in place of a closed standard stream, for
// reading and writing. Python's subprocess.DEVNULL looks the same from then on, so
// this must look before. It calls nothing of the standard library but an atomic.
#[cfg(unix)]
ctor_lite::ctor! {
    unsafe fn look_before_main() {
        let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        WAS_CLOSED.store(is_closed, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Fails from the second write on, and counts how often it was asked.
    struct Failing(io::ErrorKind, Arc<Mutex<usize>>);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut asked = self.1.lock().unwrap();
            *asked += 1;
            if *asked > 1 {
                return Err(self.0.into());
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn after_the_reader_has_left_everything_is_taken_and_nothing_is_written() {
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset] {
            let asked = Arc::new(Mutex::new(0));
            let mut out = BrokenPipeGuard::new(Box::new(Failing(kind, asked.clone())));
            for _ in 0..5 {
                out.write_all(b"row").unwrap();
            }
            out.flush().unwrap();
            assert_eq!(*asked.lock().unwrap(), 2);
        }
    }

    #[test]
    fn every_other_fault_is_reported_with_the_name_of_the_stream() {
        let full = Failing(io::ErrorKind::StorageFull, Arc::default());
        let mut out = BrokenPipeGuard::new(Box::new(full));
        out.write_all(b"row").unwrap();
        let error = out.write_all(b"row").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(
            error.to_string(),
            "cannot write to standard output: no storage space"
        );
    }
}
