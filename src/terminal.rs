//! The streams of the process and what they are connected to. Made once in `main` and
//! passed down, so that a test can pass its own.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Read, Write};
use std::rc::Rc;

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::duration::TimeLimit;
use crate::exit::Exit;
use crate::render::Format;
use crate::sanitize::{sanitize, sanitize_truncated};
use crate::secrets;
use crate::stdout;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or the terminal is dumb.
    #[default]
    Auto,
    Always,
    Never,
}

/// stdin, stdout and stderr, with what they are connected to.
pub struct Terminal {
    pub stdin: Box<dyn Read>,
    /// The data, and nothing else.
    pub out: Box<dyn Write>,
    pub messages: Messages,
    /// Columns of the terminal behind stdout; `None` when it is none.
    pub width: Option<usize>,
    /// Is a person watching stderr? Progress is drawn only then.
    pub err_is_terminal: bool,
    /// May colour be used with `--color auto`?
    pub color_allowed: bool,
}

/// Lines on stderr.
pub struct Messages {
    err: Box<dyn Write>,
    /// Print errors and warnings only.
    pub quiet: bool,
}

/// Reports an interruption. Not written through the `Terminal`, which belongs to a thread
/// that may be blocked.
pub fn report_interrupted() {
    let _ = writeln!(
        io::stderr(),
        "patchctl: interrupted: showing what was read; Ctrl-C again ends at once"
    );
}

/// Reports the end of the time limit, in the same way.
pub fn report_time_limit(limit: TimeLimit) {
    let _ = writeln!(
        io::stderr(),
        "patchctl: the time limit of {limit} (--timeout) ended: showing what was read"
    );
}

/// Reports that the time for printing has ended, too.
pub fn report_incomplete_output() {
    let _ = writeln!(
        io::stderr(),
        "patchctl: the time limit (--timeout) ended, and showing what was read took too long: \
         the output is not whole"
    );
}

/// Reports a panic and its place. Not written through the `Terminal`, which may be what
/// panicked.
pub fn report_panic(place: &str) {
    let _ = writeln!(
        io::stderr(),
        "patchctl: this is a bug, please report it: panic at {} (patchctl {})",
        sanitize(place),
        env!("CARGO_PKG_VERSION")
    );
}

/// Asks a question on stderr and reads the line that answers it; `None` where no
/// person is: in a pipe, and in CI.
///
/// # Errors
/// When the answer cannot be read.
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    if is_ci || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let mut err = io::stderr();
    write!(err, "{}", sanitize(question))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(Some(answer))
}

/// The most characters of a line on stderr: names and words from AWS can stand in
/// it. Twenty ids with their cause are some 1,000.
const MAX_LINE_CHARS: usize = 8_000;

/// The width of a terminal that does not report one.
const FALLBACK_WIDTH: usize = 80;

/// Columns and lines of the terminal behind stdout, if it is one and reports them.
pub(crate) fn screen_size() -> Option<(usize, usize)> {
    let (width, height) = terminal_size::terminal_size_of(io::stdout())?;
    Some((usize::from(width.0), usize::from(height.0)))
}

/// What was written to a captured terminal.
#[derive(Default)]
pub(crate) struct CapturedOutput {
    pub out: CapturedStream,
    pub err: CapturedStream,
}

#[derive(Clone, Default)]
pub(crate) struct CapturedStream(Rc<RefCell<Vec<u8>>>);

impl CapturedStream {
    #[must_use]
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl Write for CapturedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    /// A terminal like this one, of this width, whose output is kept; progress is drawn on
    /// the real one.
    #[must_use]
    pub(crate) fn capture(
        &self,
        stdin: &[u8],
        width: usize,
        shows_progress: bool,
    ) -> (Self, CapturedOutput) {
        let output = CapturedOutput::default();
        let terminal = Self {
            stdin: Box::new(io::Cursor::new(stdin.to_vec())),
            out: Box::new(output.out.clone()),
            messages: Messages {
                err: Box::new(output.err.clone()),
                quiet: self.messages.quiet,
            },
            width: Some(width),
            err_is_terminal: self.err_is_terminal && shows_progress,
            ..*self
        };
        (terminal, output)
    }

    /// The process's own streams.
    #[must_use]
    pub fn from_process() -> Self {
        let width = io::stdout()
            .is_terminal()
            .then(|| screen_size().map_or(FALLBACK_WIDTH, |(width, _)| width));
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            stdin: Box::new(io::stdin()),
            out: stdout::open(),
            messages: Messages {
                err: Box::new(io::stderr()),
                quiet: false,
            },
            width,
            err_is_terminal: io::stderr().is_terminal(),
            color_allowed: width.is_some() && !set("NO_COLOR") && !dumb,
        }
    }

    /// Streams of a test: bytes in, bytes out, with the width it wants.
    #[must_use]
    pub fn for_test(
        stdin: &[u8],
        out: Box<dyn Write>,
        err: Box<dyn Write>,
        width: Option<usize>,
    ) -> Self {
        Self {
            stdin: Box::new(io::Cursor::new(stdin.to_vec())),
            out: stdout::buffered(out),
            messages: Messages { err, quiet: false },
            width,
            err_is_terminal: false,
            color_allowed: width.is_some(),
        }
    }

    /// Is colour used?
    #[must_use]
    pub fn color(&self, choice: ColorChoice) -> bool {
        match choice {
            ColorChoice::Auto => self.color_allowed,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        }
    }

    /// One line on stderr, also with `--quiet`.
    pub fn warn(&mut self, line: &str) {
        self.messages.warn(line);
    }

    /// One line on stderr, unless `--quiet`.
    pub fn note(&mut self, line: &str) {
        self.messages.note(line);
    }
}

impl Messages {
    /// One line on stderr, also with `--quiet`: errors, unread nodes.
    pub fn warn(&mut self, line: &str) {
        let line = secrets::redact(line);
        // There is no other stream to report it on.
        let _ = writeln!(
            self.err,
            "patchctl: {}",
            sanitize_truncated(&line, MAX_LINE_CHARS)
        );
    }

    /// One line on stderr, unless `--quiet`.
    pub fn note(&mut self, line: &str) {
        if !self.quiet {
            self.warn(line);
        }
    }
}

impl Terminal {
    /// Prints a text, such as help.
    ///
    /// # Errors
    /// When stdout cannot be written.
    pub fn print(&mut self, text: &str) -> Result<Exit> {
        self.out.write_all(text.as_bytes())?;
        self.out.flush()?;
        Ok(Exit::Success)
    }

    /// May progress be drawn? Only where a person watches stderr and no rows
    /// scroll by on the same screen.
    #[must_use]
    pub fn is_progress_enabled(&self, format: Format, to_file: bool) -> bool {
        let rows_scroll_by = self.width.is_some() && !to_file && !format.is_table();
        self.err_is_terminal && !self.messages.quiet && !rows_scroll_by
    }
}

/// Lines on stderr that are redrawn, one for each account and region.
pub struct ProgressLines {
    multi: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl Default for ProgressLines {
    fn default() -> Self {
        Self {
            multi: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()),
            bars: Vec::new(),
        }
    }
}

impl ProgressLines {
    /// Draws these texts, one below the other.
    pub fn draw(&mut self, texts: &[String]) {
        while self.bars.len() < texts.len() {
            let bar = ProgressBar::no_length().with_style(
                ProgressStyle::with_template("{wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            self.bars.push(self.multi.add(bar));
        }
        for (bar, text) in self.bars.iter().zip(texts) {
            bar.set_message(sanitize(text).into_owned());
        }
    }

    /// Removes the lines.
    pub fn clear(&mut self) {
        for bar in self.bars.drain(..) {
            bar.finish_and_clear();
        }
        let _ = self.multi.clear();
    }
}
