//! Output that is longer than the screen goes to the pager, as in git. A pager that is
//! missing, or ends before it has read everything, changes nothing else.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// Does a pager own the screen? Ctrl-C is then meant for it, and a person reads at leisure.
static OWNS_SCREEN: AtomicBool = AtomicBool::new(false);

/// Whether a pager shows the output now.
pub(crate) fn owns_screen() -> bool {
    OWNS_SCREEN.load(Ordering::SeqCst)
}

/// Characters for which a command needs a shell.
const SHELL_CHARACTERS: &str = "|&;<>()$`\\\"'*?[#~=%!{}";

/// Holds output until it is longer than the screen, then hands it to a pager. A flush
/// after the last line waits until the pager ends.
pub(crate) struct Pager {
    command: String,
    screen: Box<dyn Write>,
    size: (usize, usize),
    held: Vec<u8>,
    state: PagerState,
}

enum PagerState {
    Holding,
    Paging(Child),
    /// Without a pager.
    Direct,
}

impl Pager {
    /// `size` is that of the screen: columns and rows.
    pub(crate) fn new(command: String, size: (usize, usize), screen: Box<dyn Write>) -> Self {
        Self {
            command,
            screen,
            size,
            held: Vec::new(),
            state: PagerState::Holding,
        }
    }

    fn exceeds_screen(&self) -> bool {
        let (columns, rows) = self.size;
        let lines = self.held.split(|byte| *byte == b'\n');
        // What has escape sequences was made to fit.
        let height = |line: &[u8]| {
            if line.contains(&0x1b) {
                1
            } else {
                line.len().div_ceil(columns.max(1)).max(1)
            }
        };
        lines.map(height).sum::<usize>() > rows
    }

    fn start(&mut self) -> io::Result<()> {
        let mut command = self.command();
        self.screen.flush()?;
        let held = std::mem::take(&mut self.held);
        let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else {
            self.state = PagerState::Direct;
            return self.screen.write_all(&held);
        };
        OWNS_SCREEN.store(true, Ordering::SeqCst);
        write_to(&mut child, &held);
        self.state = PagerState::Paging(child);
        Ok(())
    }

    fn command(&self) -> Command {
        if self.command.contains(|c| SHELL_CHARACTERS.contains(c)) {
            let mut shell = Command::new("sh");
            shell.args(["-c", &self.command]);
            return shell;
        }
        let mut words = self.command.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }
}

/// A reader who has seen enough is no error.
fn write_to(child: &mut Child, bytes: &[u8]) {
    let is_gone = child
        .stdin
        .as_mut()
        .is_some_and(|stdin| stdin.write_all(bytes).is_err());
    if is_gone {
        child.stdin = None;
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            PagerState::Direct => return self.screen.write(bytes),
            PagerState::Paging(child) => write_to(child, bytes),
            PagerState::Holding => {
                self.held.extend_from_slice(bytes);
                if self.exceeds_screen() {
                    self.start()?;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.state {
            // Before the first line.
            PagerState::Holding if self.held.is_empty() => {}
            PagerState::Holding => {
                self.screen.write_all(&self.held)?;
                self.held.clear();
                self.state = PagerState::Direct;
            }
            PagerState::Paging(child) => {
                child.stdin = None;
                let _ = child.wait();
                OWNS_SCREEN.store(false, Ordering::SeqCst);
                self.state = PagerState::Direct;
            }
            PagerState::Direct => {}
        }
        self.screen.flush()
    }
}
