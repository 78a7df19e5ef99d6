//! A table of a page: its first rows as markup, for readers without scripts and before the
//! script runs, and all rows as JSON, which the script searches, sorts and shows in pages.
//!
//! A row of the JSON holds numbers: counts and moments as they are, all else as the place
//! of a text among the distinct values of its column. So a title stands once in the page.

use std::io::Write;

use anyhow::Result;
use askama::Template;

use crate::columns::{Column, Row};
use crate::render::html::column_data::{DataColumn, Value};
use crate::render::html::page::write_template;
use crate::render::html::static_table::{Heading, StaticCell, TableRow};
use crate::render::tone::Tone;
use crate::report::{Note, NoteKind, NoteLevel};
use crate::sanitize::sanitize;
use crate::text::count;

/// Rows that stand in the markup, too.
const STATIC_ROWS: u64 = 200;

/// Columns that A4 takes in landscape.
const MAX_PAPER_COLUMNS: usize = 11;

/// What mail servers usually take is 25 MiB; the rest is for the frame and the notes.
const MAX_DATA_BYTES: usize = 24 << 20;

/// One table, written as its rows come.
pub(in crate::render) struct DataTable<R: 'static> {
    id: &'static str,
    title: &'static str,
    columns: Vec<DataColumn<R>>,
    /// The JSON of rows that stand in the markup.
    pending: Vec<u8>,
    rows: u64,
    /// Rows that would make the page too large.
    omitted: u64,
    /// The rows so far, with the distinct values of the columns.
    bytes: usize,
    row: Vec<u8>,
}

#[derive(Template)]
#[template(path = "table_head.html")]
struct TableHead<'a> {
    id: &'a str,
    title: &'a str,
    headings: Vec<Heading>,
    /// Has it more columns than paper takes without broken words?
    is_wide: bool,
}

#[derive(Template)]
#[template(path = "table_rest.html")]
struct TableRest<'a> {
    id: &'a str,
    rows: u64,
    static_rows: u64,
    omitted: u64,
}

impl<R: Row> DataTable<R> {
    /// `id` names the table in the page and in links to its views.
    pub(in crate::render) fn new(
        id: &'static str,
        title: &'static str,
        columns: Vec<&'static Column<R>>,
    ) -> Self {
        let columns = columns.into_iter().map(DataColumn::new);
        Self {
            id,
            title,
            columns: columns.collect(),
            pending: Vec::new(),
            rows: 0,
            omitted: 0,
            bytes: 0,
            row: Vec::new(),
        }
    }

    /// Writes the heading and the head of the table.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write_head(&self, out: &mut dyn Write) -> Result<()> {
        let headings = self.columns.iter();
        let head = TableHead {
            id: self.id,
            title: self.title,
            headings: headings.map(|column| Heading::new(column.column)).collect(),
            is_wide: self.columns.len() > MAX_PAPER_COLUMNS,
        };
        write_template(&head, out)
    }

    /// Writes one row, or counts it where the page would become too large.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        if self.bytes > MAX_DATA_BYTES {
            self.omitted += 1;
            return Ok(());
        }
        self.row.clear();
        self.row
            .extend_from_slice(if self.rows == 0 { b"\n[" } else { b",\n[" });
        let is_static = self.rows < STATIC_ROWS;
        let mut cells = Vec::new();
        for (at, column) in self.columns.iter_mut().enumerate() {
            if at > 0 {
                self.row.push(b',');
            }
            let (cell, kind) = (column.column.cell(row), column.column.kind);
            let tone = Tone::of_cell(&cell, kind);
            let value = Value::new(cell);
            match &value {
                Value::Unknown => self.row.extend_from_slice(b"null"),
                Value::Count(n) => write!(self.row, "{n}")?,
                Value::Time(moment) => write!(self.row, "{}", moment.as_second())?,
                Value::Text(text) | Value::Ranked(text, _) => {
                    let rank = match &value {
                        Value::Ranked(_, rank) => Some(*rank),
                        _ => None,
                    };
                    let (place, growth) = column.place(&sanitize(text), rank, tone);
                    write!(self.row, "{place}")?;
                    self.bytes += growth;
                }
            }
            if is_static {
                cells.push(StaticCell::new(value, kind, tone));
            }
        }
        self.row.push(b']');
        self.bytes += self.row.len();
        self.rows += 1;
        if is_static {
            let markup = TableRow { cells: &cells }.render()?;
            writeln!(out, "{markup}")?;
            self.bytes += markup.len();
            self.pending.extend_from_slice(&self.row);
        } else {
            self.begin_data(out)?;
            out.write_all(&self.row)?;
        }
        Ok(())
    }

    /// Ends the markup of the rows, once.
    fn begin_data(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.rows == STATIC_ROWS + 1 || self.rows <= STATIC_ROWS {
            write!(
                out,
                "</tbody>\n</table>\n</div>\n<script type=\"application/json\" data-table=\"{}\">{{\"rows\":[",
                self.id
            )?;
            out.write_all(&self.pending)?;
            self.pending = Vec::new();
        }
        Ok(())
    }

    /// How many rows the page does not hold, if any: for stderr, as a page may be read by
    /// others only.
    pub(in crate::render) fn omission(&self) -> Option<Note> {
        let omitted = Some(self.omitted).filter(|omitted| *omitted > 0)?;
        let text = format!(
            "{} of {:?} not in the page, which would be larger than 25 MiB: -o csv prints all rows; filters select \
             fewer",
            count(omitted, "row"),
            self.title
        );
        Some(Note::new(NoteKind::Run, NoteLevel::Warning, text))
    }

    /// Writes the distinct values, and what is to be said about rows that are not shown.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(in crate::render) fn write_foot(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.rows <= STATIC_ROWS {
            self.begin_data(out)?;
        }
        out.write_all(b"],\n\"columns\":[")?;
        for (at, column) in self.columns.iter().enumerate() {
            let object = serde_json::to_string(&column.to_object())?;
            // No end tag and no comment may stand in the element. Source: HTML, 4.12.1.3.
            let object = object.replace('<', "\\u003c");
            write!(out, "{}{object}", if at > 0 { ",\n" } else { "\n" })?;
        }
        writeln!(out, "],\n\"omitted\":{}}}</script>", self.omitted)?;
        let rest = TableRest {
            id: self.id,
            rows: self.rows,
            static_rows: STATIC_ROWS,
            omitted: self.omitted,
        };
        write_template(&rest, out)
    }
}
