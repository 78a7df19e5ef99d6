//! From rows to bytes: the formats, and what every one of them is told.
//!
//! Knows which formats there are. Must not know where rows come from; each
//! format lives in a file of its own.

mod column_widths;
pub mod config;
mod csv;
mod doctor_header;
pub mod gate;
mod json;
mod ndjson;
pub mod schema;
mod summary_header;
mod table;

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::columns::{Column, Row};
use crate::report::Footer;

/// The version of the JSON documents. A field that goes or changes its meaning
/// raises it; a new field does not.
pub const SCHEMA_VERSION: u32 = 1;

/// A format of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Table,
    Json,
    Ndjson,
    Csv,
}

/// How an answer is to look, settled before the first row.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, as typed"
)]
pub struct RenderOptions<R: 'static> {
    pub columns: Vec<&'static Column<R>>,
    /// The names of those that the user asked for: the table gives them up last,
    /// and says so.
    pub requested_columns: Vec<&'static str>,
    pub headers: bool,
    /// A byte order mark before CSV, for spreadsheets that need one.
    pub bom: bool,
    pub color: bool,
    /// Columns of the terminal; `None` when the answer does not go to one.
    pub width: Option<usize>,
    /// The moment relative times are counted from.
    pub now: Timestamp,
    /// Leave out the line below the table.
    pub quiet: bool,
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

/// A share for machines: `97.5`, with one decimal and no sign.
fn format_percent(tenths: u32) -> impl std::fmt::Display {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The presenter for a format, writing to `out`.
///
/// # Errors
/// When the bytes before everything else cannot be written.
pub fn renderer<'a, R: Row>(
    format: Format,
    options: RenderOptions<R>,
    out: &'a mut dyn Write,
) -> Result<Box<dyn Renderer<R> + 'a>> {
    Ok(match format {
        Format::Table => Box::new(table::TableRenderer::new(options, out)),
        Format::Json => Box::new(json::JsonRenderer::new(&options, out)),
        Format::Ndjson => Box::new(ndjson::NdjsonRenderer::new(&options, out)),
        Format::Csv => Box::new(csv::CsvRenderer::new(options, out)?),
    })
}
