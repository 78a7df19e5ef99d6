//! A named pipe as the output: waits for its reader, but no longer than until
//! the run is interrupted.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::interrupt::Interrupt;

/// How often a wait looks whether the run was interrupted.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How long an interrupted run waits for a reader that takes nothing: it may be
/// slow, and what was read is for it.
const READER_TIMEOUT: Duration = Duration::from_secs(1);

/// A named pipe that is open for writing. It never blocks for longer than a
/// `TICK` in the kernel, where no signal handler could end the wait.
pub(crate) struct Fifo {
    file: File,
    interrupt: Interrupt,
}

impl Fifo {
    /// Opens it, and waits until it has a reader.
    ///
    /// # Errors
    /// When it cannot be opened, or the run is interrupted before there is a reader.
    pub(crate) fn open(path: &Path, interrupt: &Interrupt) -> io::Result<Self> {
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
        loop {
            match OpenOptions::new()
                .write(true)
                .custom_flags(flags)
                .open(path)
            {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        interrupt: interrupt.clone(),
                    });
                }
                Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
                    if interrupt.is_raised() {
                        return Err(io::Error::other("interrupted before it had a reader"));
                    }
                    std::thread::sleep(POLL_INTERVAL);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until there is room, or the reader has left.
    fn wait(&self) -> io::Result<()> {
        let tick = Timespec::try_from(POLL_INTERVAL).map_err(io::Error::other)?;
        let mut interrupted: Option<Instant> = None;
        loop {
            let mut room = [PollFd::new(&self.file, PollFlags::OUT)];
            match poll(&mut room, Some(&tick)) {
                Ok(0) => {}
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            if self.interrupt.is_raised() {
                let since = interrupted.get_or_insert_with(Instant::now);
                if since.elapsed() >= READER_TIMEOUT {
                    return Err(io::Error::other(
                        "interrupted, and its reader takes nothing",
                    ));
                }
            }
        }
    }
}

impl Write for Fifo {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
