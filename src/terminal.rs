//! The streams of the process and what they are connected to. Made once in `main` and
//! passed down, so that a test can pass its own.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _, Read, Write};
use std::rc::Rc;

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::duration::TimeLimit;
use crate::exit::Exit;
use crate::pager::Pager;
use crate::render::json::indented::IndentedJson;
use crate::render::{Charset, Format};
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
    /// Rows of that terminal.
    height: usize,
    /// The command that shows output longer than the screen.
    pager: Option<String>,
    /// Is a person watching stderr? Progress is drawn only then.
    pub err_is_terminal: bool,
    /// May colour be used with `--color auto`?
    pub color_allowed: bool,
    /// The characters that the terminal can draw.
    pub charset: Charset,
    /// Does the terminal show links (OSC 8)?
    pub has_links: bool,
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

/// The columns and rows of a terminal that does not report any.
const FALLBACK_SIZE: (usize, usize) = (80, 24);

/// The pager of the variable PAGER; an empty one and `cat` are none. `less` shows colours,
/// ends by itself where one screen is enough, and leaves the text there, unless LESS says
/// otherwise: as git has it.
fn pager(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let command = variable("PAGER").unwrap_or_else(|| "less".to_owned());
    match command.trim() {
        "" | "cat" => None,
        "less" if variable("LESS").is_none() => Some("less -FRX".to_owned()),
        _ => Some(command),
    }
}

/// By the locale, whose first variable that is set decides. Source: POSIX, "Environment
/// Variables". Windows has no such variables, and consoles that draw Unicode.
fn charset(variable: impl Fn(&str) -> Option<String>) -> Charset {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let locale = locale.unwrap_or_default().to_lowercase();
    if cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8") {
        Charset::Unicode
    } else {
        Charset::Ascii
    }
}

/// Only terminals that are known to show links: others may print the address. A
/// multiplexer hides which terminal it is in. Source: the list of terminals at
/// github.com/Alhadis/OSC8-Adoption.
fn has_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_among =
        |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&&*value));
    let term = variable("TERM").unwrap_or_default();
    if ["screen", "tmux"]
        .iter()
        .any(|start| term.starts_with(start))
    {
        return false;
    }
    let programs = [
        "iTerm.app",
        "WezTerm",
        "vscode",
        "ghostty",
        "Hyper",
        "Tabby",
    ];
    let terms = [
        "xterm-kitty",
        "alacritty",
        "foot",
        "xterm-ghostty",
        "wezterm",
    ];
    // VTE shows links since 0.50, and says its version as 5000.
    let vte = variable("VTE_VERSION").and_then(|version| version.parse().ok());
    is_among("TERM_PROGRAM", &programs)
        || is_among("TERM", &terms)
        || vte.is_some_and(|version: u32| version >= 5000)
        || variable("WT_SESSION").is_some()
        || variable("KONSOLE_VERSION").is_some()
}

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
            pager: None,
            err_is_terminal: self.err_is_terminal && shows_progress,
            ..*self
        };
        (terminal, output)
    }

    /// The process's own streams.
    #[must_use]
    pub fn from_process() -> Self {
        let variable = |name: &str| {
            let value = std::env::var(name).ok();
            value.filter(|value| !value.is_empty())
        };
        let size = screen_size().unwrap_or(FALLBACK_SIZE);
        let width = io::stdout().is_terminal().then_some(size.0);
        let dumb = variable("TERM").is_some_and(|term| term == "dumb");
        let color_allowed = width.is_some() && variable("NO_COLOR").is_none() && !dumb;
        Self {
            stdin: Box::new(io::stdin()),
            out: stdout::open(),
            messages: Messages {
                err: Box::new(io::stderr()),
                quiet: false,
            },
            width,
            height: size.1,
            pager: pager(|name| std::env::var(name).ok()).filter(|_| width.is_some() && !dumb),
            err_is_terminal: io::stderr().is_terminal(),
            color_allowed,
            charset: charset(variable),
            has_links: color_allowed && has_links(variable),
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
            height: FALLBACK_SIZE.1,
            pager: None,
            err_is_terminal: false,
            color_allowed: width.is_some(),
            charset: Charset::Unicode,
            has_links: false,
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

    /// Prepares stdout for an answer that goes to it: on a terminal, JSON is indented, and
    /// what is longer than the screen goes to the pager.
    pub fn prepare_answer(&mut self, format: Format, color: bool, uses_pager: bool) {
        let Some(width) = self.width else {
            return;
        };
        if let Some(command) = self.pager.clone().filter(|_| uses_pager) {
            let size = (width, self.height);
            let screen = std::mem::replace(&mut self.out, Box::new(io::sink()));
            self.out = Box::new(Pager::new(command, size, screen));
        }
        if format == Format::Json {
            let screen = std::mem::replace(&mut self.out, Box::new(io::sink()));
            self.out = Box::new(IndentedJson::new(screen, color));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    #[cfg(not(windows))]
    fn the_first_locale_variable_that_is_set_decides_about_the_characters() {
        for (set, expected) in [
            (&[("LANG", "de_DE.UTF-8")][..], Charset::Unicode),
            (&[("LANG", "C.utf8")], Charset::Unicode),
            (&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], Charset::Ascii),
            (
                &[("LC_CTYPE", "en_US.ISO-8859-1"), ("LANG", "C.UTF-8")],
                Charset::Ascii,
            ),
        ] {
            assert_eq!(charset(variables(set)), expected, "{set:?}");
        }
    }

    #[test]
    fn an_empty_pager_and_cat_are_none_and_less_ends_where_one_screen_is_enough() {
        for (set, expected) in [
            (&[][..], Some("less -FRX")),
            (&[("PAGER", "less")], Some("less -FRX")),
            (&[("PAGER", "less"), ("LESS", "R")], Some("less")),
            (&[("PAGER", "more -s")], Some("more -s")),
            (&[("PAGER", "")], None),
            (&[("PAGER", "cat")], None),
        ] {
            assert_eq!(pager(variables(set)).as_deref(), expected, "{set:?}");
        }
    }

    #[test]
    fn links_are_for_terminals_that_are_known_to_show_them() {
        assert!(has_links(variables(&[("TERM", "xterm-kitty")])));
        assert!(has_links(variables(&[("VTE_VERSION", "7603")])));
        assert!(!has_links(variables(&[("VTE_VERSION", "4200")])));
        assert!(!has_links(variables(&[("TERM", "xterm-256color")])));
        let inside = &[("TERM", "tmux-256color"), ("VTE_VERSION", "7603")];
        assert!(!has_links(variables(inside)));
    }
}
