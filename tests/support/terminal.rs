//! Runs a command whose standard output is a terminal.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::support::send_signal;

/// What a command left on the terminal and on stderr, and its exit code.
pub(crate) struct Screen {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs it to its end on a terminal of this width.
pub(crate) fn run(command: &mut Command, width: u16) -> Screen {
    Session::start(command, width).finish()
}

/// A command at work on a terminal. stderr is none: progress lines come and go with time.
pub(crate) struct Session {
    child: Child,
    terminal: File,
    err: File,
    /// What has been read of the terminal.
    out: Vec<u8>,
}

impl Session {
    pub(crate) fn start(command: &mut Command, width: u16) -> Self {
        let (ours, theirs) = open(width);
        let err = tempfile::tempfile().unwrap();
        // Unless the test is about them.
        for (name, value) in [("LC_ALL", "C.UTF-8"), ("PAGER", "cat")] {
            if !command.get_envs().any(|(set, _)| set == name) {
                command.env(name, value);
            }
        }
        let child = command
            .stdout(Stdio::from(theirs))
            .stderr(Stdio::from(err.try_clone().unwrap()))
            .spawn()
            .unwrap();
        // The other end of the terminal stays open for as long as the command that it was given to is there.
        command.stdout(Stdio::null());
        Self {
            child,
            terminal: File::from(ours),
            err,
            out: Vec::new(),
        }
    }

    /// Reads until the text comes that was not read yet.
    pub(crate) fn read_until(&mut self, text: &str) {
        let mut read = Vec::new();
        while !read.ends_with(text.as_bytes()) {
            let mut byte = [0];
            let count = self.terminal.read(&mut byte).unwrap_or(0);
            assert!(
                count == 1,
                "{text:?} is not in {}",
                String::from_utf8_lossy(&read)
            );
            read.push(byte[0]);
        }
        self.out.extend(read);
    }

    pub(crate) fn send_signal(&self, name: &str) {
        send_signal(&self.child, name);
    }

    pub(crate) fn finish(mut self) -> Screen {
        // Linux says EIO where other systems say that the stream ended.
        let _ = self.terminal.read_to_end(&mut self.out);
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let mut err = String::new();
        self.err.rewind().unwrap();
        self.err.read_to_string(&mut err).unwrap();
        Screen {
            code,
            out: String::from_utf8(self.out).unwrap().replace("\r\n", "\n"),
            err,
        }
    }
}

/// Runs it to its end with a person at stdin and stderr, who types this.
pub(crate) fn run_and_type(command: &mut Command, typed: &str) -> Screen {
    let (ours, theirs) = open(120);
    let mut out = tempfile::tempfile().unwrap();
    let mut child = command
        .stdin(Stdio::from(theirs.try_clone().unwrap()))
        .stdout(Stdio::from(out.try_clone().unwrap()))
        .stderr(Stdio::from(theirs))
        .spawn()
        .unwrap();
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let mut screen = File::from(ours);
    screen.write_all(typed.as_bytes()).unwrap();
    let mut err = Vec::new();
    let _ = screen.read_to_end(&mut err);
    let code = child.wait().unwrap().code().unwrap_or(-1);
    let mut said = String::new();
    out.rewind().unwrap();
    out.read_to_string(&mut said).unwrap();
    Screen {
        code,
        out: said,
        err: String::from_utf8(err).unwrap(),
    }
}

/// Both ends of a new terminal: ours, and that of the program.
fn open(width: u16) -> (OwnedFd, OwnedFd) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    // Where openpt knows no such flag, as on macOS, it is set afterwards.
    #[cfg(not(target_vendor = "apple"))]
    let flags = flags | OpenptFlags::CLOEXEC;
    let ours = openpt(flags).unwrap();
    fcntl_setfd(&ours, FdFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let size = Winsize {
        ws_row: 50,
        ws_col: width,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).unwrap();
    (ours, theirs.into())
}
