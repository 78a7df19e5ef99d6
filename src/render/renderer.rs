//! The interface of a format: what it gets, and what it has to do.

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::columns::{Column, Row};
use crate::render::changes::ChangeTracker;
use crate::render::tone::TonedText;
use crate::report::{Coverage, Footer, Note};

/// The version of the JSON documents. A field that goes or changes its meaning
/// raises it; a new field does not.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// The columns of an answer, in their order.
pub(crate) struct Columns<R: 'static> {
    pub list: Vec<&'static Column<R>>,
    /// The names of those that the user asked for: the table drops them last, and
    /// prints a line where it must.
    pub requested: Vec<&'static str>,
    /// The first answer of `--watch`, from which a table marks what differs.
    pub changes: Option<ChangeTracker>,
    /// The names of those that only the wide table has: it never drops another for them.
    pub wide_only: Vec<&'static str>,
}

/// The characters of bars, and of what is shortened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Charset {
    #[default]
    Unicode,
    Ascii,
}

impl Charset {
    /// What stands for the rest of a text that was shortened.
    #[must_use]
    pub(super) const fn ellipsis(self) -> char {
        match self {
            Self::Unicode => '…',
            Self::Ascii => '~',
        }
    }
}

/// How an answer looks, decided before the first row.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, as typed"
)]
pub(crate) struct RenderOptions {
    pub headers: bool,
    pub csv: CsvOptions,
    pub color: bool,
    /// Columns of the terminal; `None` when the answer does not go to one.
    pub width: Option<usize>,
    /// The characters that the terminal can draw.
    pub charset: Charset,
    /// May ids be links? Only on a terminal that knows them.
    pub links: bool,
    /// The moment relative times are counted from.
    pub now: Timestamp,
    /// Print no counts and no notes below the rows.
    pub quiet: bool,
    /// `check`: list the findings that waivers cover, in the formats that only count them
    /// otherwise. JSON, JUnit and SARIF have a place for them and always list them.
    pub show_waived: bool,
}

/// How CSV looks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CsvOptions {
    /// A byte order mark first, for spreadsheets that need one.
    pub bom: bool,
    pub delimiter: Delimiter,
    pub time_format: TimeFormat,
}

/// What separates the cells of CSV: a character at which every cell is protected
/// against formulas, and that no word, number or time of this program contains.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Delimiter {
    #[default]
    Comma,
    /// That of spreadsheets in languages with a decimal comma: percentages have one, too.
    Semicolon,
    Tab,
    Pipe,
}

impl Delimiter {
    #[must_use]
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// How CSV writes times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum TimeFormat {
    #[default]
    Rfc3339,
    /// `2026-11-20 12:00:00` in UTC, which spreadsheets read as a date.
    Spreadsheet,
}

/// A renderer gets the header, each row in order, and the footer. What it writes goes to
/// `out`, the same in each call.
pub(crate) trait Renderer<R: Row> {
    /// Writes what stands before the first row.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_header(&mut self, _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    /// Writes, or keeps, one row.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()>;

    /// Has a person seen this text in a row, in whole?
    fn has_shown(&self, _text: &str) -> bool {
        false
    }

    /// What the output cannot hold, to be said beside it too.
    fn limits(&self) -> Vec<Note> {
        Vec::new()
    }

    /// Writes what stands below the rows. `notes` are those of the footer that the
    /// format has a place for.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()>;
}

/// A footer that can be printed.
pub(crate) trait RenderFooter: Footer {
    /// Lines above the rows of a table.
    fn head(&self, _width: Option<usize>, _charset: Charset) -> Vec<Vec<TonedText>> {
        Vec::new()
    }

    /// Which nodes it covers, and what could not be read, where it is about nodes.
    fn coverage(&self) -> Option<&Coverage> {
        None
    }

    /// Writes the members after the rows, each with a comma before it. `rows` is the
    /// number of rows in the document.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_json(&self, rows: u64, to_terminal: bool, out: &mut dyn Write) -> Result<()>;
}
