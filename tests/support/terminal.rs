//! Runs a command whose standard output is a terminal.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// What a command left on the terminal and on stderr, and its exit code.
pub(crate) struct Screen {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs it to its end on a terminal of this width. stderr is none: progress lines come and go with time.
pub(crate) fn run(command: &mut Command, width: u16) -> Screen {
    let (ours, theirs) = open(width);
    let mut err = tempfile::tempfile().unwrap();
    let mut child = command
        .stdout(Stdio::from(theirs))
        .stderr(Stdio::from(err.try_clone().unwrap()))
        .spawn()
        .unwrap();
    // The other end of the terminal stays open for as long as the command that it was given to is there.
    command.stdout(Stdio::null());
    let mut out = Vec::new();
    // Linux says EIO where other systems say that the stream ended.
    let _ = File::from(ours).read_to_end(&mut out);
    let code = child.wait().unwrap().code().unwrap_or(-1);
    let mut said = String::new();
    err.rewind().unwrap();
    err.read_to_string(&mut said).unwrap();
    Screen {
        code,
        out: String::from_utf8(out).unwrap().replace("\r\n", "\n"),
        err: said,
    }
}

/// Both ends of a new terminal: ours, and that of the program.
fn open(width: u16) -> (OwnedFd, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
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
