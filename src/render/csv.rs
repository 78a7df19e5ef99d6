//! CSV: AWS's field names as header, RFC 4180, safe to open in a spreadsheet.
//!
//! The only user of the csv writer. Streams: holds one row at a time.

use std::io::Write;

use anyhow::Result;
use csv::{Terminator, Writer, WriterBuilder};

use super::{Look, Render, percent};
use crate::age::days;
use crate::columns::{Cell, Column, Row};
use crate::report::Tail;
use crate::untrusted::{no_formula, visible};

/// What tells spreadsheets that would otherwise guess that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

pub struct Csv<'a, R: 'static> {
    columns: Vec<&'static Column<R>>,
    headers: bool,
    /// Does this go to a terminal, which would act on control characters?
    to_terminal: bool,
    writer: Writer<&'a mut dyn Write>,
    /// Where numbers and times are written before they are a field.
    scratch: Vec<u8>,
}

impl<'a, R: Row> Csv<'a, R> {
    /// Writes the byte order mark, where one is wanted, before anything else.
    pub fn new(look: Look<R>, out: &'a mut dyn Write) -> Result<Self> {
        if look.bom {
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        Ok(Self {
            headers: look.headers,
            to_terminal: look.width.is_some(),
            columns: look.columns,
            writer: WriterBuilder::new()
                .terminator(Terminator::CRLF)
                .buffer_capacity(1 << 14)
                .from_writer(out),
            scratch: Vec::new(),
        })
    }

    fn text(&mut self, text: &str) -> csv::Result<()> {
        let safe = no_formula(text);
        if self.to_terminal {
            self.writer.write_field(visible(&safe).as_bytes())
        } else {
            self.writer.write_field(safe.as_bytes())
        }
    }

    fn shown(&mut self, value: impl std::fmt::Display) -> Result<()> {
        self.scratch.clear();
        write!(self.scratch, "{value}")?;
        self.writer.write_field(&self.scratch)?;
        Ok(())
    }
}

impl<R: Row> Render<R> for Csv<'_, R> {
    fn begin(&mut self) -> Result<()> {
        if self.headers {
            self.writer
                .write_record(self.columns.iter().map(|column| column.name))?;
        }
        Ok(())
    }

    fn row(&mut self, row: &R) -> Result<()> {
        for at in 0..self.columns.len() {
            match self.columns[at].cell(row) {
                Cell::Unknown => self.writer.write_field("")?,
                Cell::Text(text) => self.text(&text)?,
                Cell::Count(n) | Cell::Of(n, _) => self.shown(n)?,
                Cell::Time(moment) => self.shown(moment)?,
                Cell::Verdict(verdict) => self.writer.write_field(verdict.as_str())?,
                Cell::Check(check) => self.writer.write_field(check.as_str())?,
                Cell::State(state) => self.text(state.as_str())?,
                Cell::Age(seconds) => self.shown(days(seconds))?,
                Cell::Percent(tenths) => self.shown(percent(tenths))?,
                Cell::Flag(flag) => self.shown(flag)?,
                Cell::Severity(severity) => self.writer.write_field(severity.as_str())?,
                Cell::Names(names) => self.text(&names.join(","))?,
                Cell::List(list) => {
                    let mut joined = String::new();
                    for id in list.iter() {
                        if !joined.is_empty() {
                            joined.push(',');
                        }
                        joined.push_str(id);
                    }
                    self.text(&joined)?;
                }
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn end(&mut self, _tail: &Tail) -> Result<()> {
        self.writer.flush()?;
        Ok(())
    }
}
