//! Rows to bytes: the interface of a format, and the renderer of each. A format has a
//! file of its own.

mod column_widths;
pub mod config;
mod csv;
mod doctor_header;
mod format;
pub mod gate;
mod json;
mod ndjson;
pub mod schema;
mod summary_header;
mod table;

use std::io::Write;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::columns::{Column, Row};
use crate::report::Footer;

pub use self::format::{Format, NotePlacement};

/// The version of the JSON documents. A field that goes or changes its meaning
/// raises it; a new field does not.
pub const SCHEMA_VERSION: u32 = 1;

/// The columns of an answer, in their order.
pub struct Columns<R: 'static> {
    pub list: Vec<&'static Column<R>>,
    /// The names of those that the user asked for: the table drops them last, and
    /// prints a line where it must.
    pub requested: Vec<&'static str>,
}

/// How an answer looks, decided before the first row.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, as typed"
)]
pub struct RenderOptions {
    pub headers: bool,
    /// A byte order mark before CSV, for spreadsheets that need one.
    pub bom: bool,
    pub color: bool,
    /// Columns of the terminal; `None` when the answer does not go to one.
    pub width: Option<usize>,
    /// The moment relative times are counted from.
    pub now: Timestamp,
    /// Print no counts and no notes below the rows.
    pub quiet: bool,
    /// `check`: list the findings that waivers cover, in the formats that only count them
    /// otherwise. JSON, JUnit and SARIF have a place for them and always list them.
    pub show_waived: bool,
}

/// A presenter: handed the head, each row in order, and the tail.
pub trait Renderer<R> {
    /// Writes what stands before the first row.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_header(&mut self) -> Result<()> {
        Ok(())
    }

    /// Writes, or keeps, one row.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_row(&mut self, row: &R) -> Result<()>;

    /// Writes what stands below the rows.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    fn write_footer(&mut self, footer: &Footer) -> Result<()>;
}

/// The presenter for a format, writing to `out`.
///
/// # Errors
/// When the bytes before everything else cannot be written.
pub fn renderer<'a, R: Row>(
    format: Format,
    columns: Columns<R>,
    options: RenderOptions,
    out: &'a mut dyn Write,
) -> Result<Box<dyn Renderer<R> + 'a>> {
    Ok(match format {
        Format::Table | Format::Wide => Box::new(table::TableRenderer::new(columns, options, out)),
        Format::Json => Box::new(json::JsonRenderer::new(&columns, options, out)),
        Format::Ndjson => Box::new(ndjson::NdjsonRenderer::new(&columns, options, out)),
        Format::Csv => Box::new(csv::CsvRenderer::new(columns, options, out)?),
        Format::Junit | Format::Sarif | Format::Github => {
            bail!("-o {format} is a format of check only")
        }
    })
}
