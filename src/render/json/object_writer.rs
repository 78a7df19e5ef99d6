//! Rows as JSON objects.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Cell, Column, PlainCell, Row};
use crate::render::json::encode::write_value;
use crate::render::{Columns, RenderOptions};

/// Writes rows as JSON objects, the keys in the order of the columns.
pub(in crate::render) struct ObjectWriter<R: 'static> {
    /// `{"Name":` or `,"Name":` before each value, made once.
    columns: Vec<(String, &'static Column<R>)>,
    /// Does this go to a terminal, which would act on some characters?
    pub to_terminal: bool,
}

impl<R: Row> ObjectWriter<R> {
    pub(in crate::render) fn new(columns: &Columns<R>, options: RenderOptions) -> Self {
        Self::with_columns(&columns.list, options.width.is_some())
    }

    pub(in crate::render) fn with_columns(
        columns: &[&'static Column<R>],
        to_terminal: bool,
    ) -> Self {
        let columns = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let before = if at == 0 { '{' } else { ',' };
                (format!("{before}\"{}\":", column.name), *column)
            })
            .collect();
        Self {
            columns,
            to_terminal,
        }
    }

    pub(in crate::render) fn write_string(
        &self,
        out: &mut (impl Write + ?Sized),
        text: &str,
    ) -> Result<()> {
        write_value(out, text, self.to_terminal)
    }

    fn write_strings<'t>(
        &self,
        out: &mut (impl Write + ?Sized),
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<()> {
        out.write_all(b"[")?;
        for (at, text) in texts.enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            self.write_string(out, text)?;
        }
        out.write_all(b"]")?;
        Ok(())
    }

    /// Writes a member that is a list of objects, one a line, after others.
    pub(in crate::render) fn write_list(
        &self,
        out: &mut dyn Write,
        name: &str,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<()> {
        write!(out, ",\n\"{name}\":[")?;
        let mut is_empty = true;
        for row in rows {
            out.write_all(if is_empty { b"\n" } else { b",\n" })?;
            is_empty = false;
            self.write(out, &row)?;
        }
        out.write_all(if is_empty { b"]" } else { b"\n]" })?;
        Ok(())
    }

    /// Writes one object, on one line, without a line end. It is written in many pieces,
    /// which a buffer takes sooner than a `dyn Write` does.
    pub(in crate::render) fn write(&self, out: &mut (impl Write + ?Sized), row: &R) -> Result<()> {
        for (key, column) in &self.columns {
            out.write_all(key.as_bytes())?;
            match column.cell(row) {
                Cell::Flag(flag) => write!(out, "{flag}")?,
                Cell::Names(names) => {
                    self.write_strings(out, names.iter().map(|name| &**name))?;
                }
                Cell::CveList(cves) => self.write_strings(out, cves.iter())?,
                cell => match cell.plain() {
                    PlainCell::Unknown => out.write_all(b"null")?,
                    PlainCell::Text(text) => self.write_string(out, &text)?,
                    PlainCell::Word(word) => {
                        out.write_all(b"\"")?;
                        out.write_all(word.as_bytes())?;
                        out.write_all(b"\"")?;
                    }
                    PlainCell::Count(n) => write!(out, "{n}")?,
                    PlainCell::Time(moment) => write!(out, "\"{moment}\"")?,
                    PlainCell::Percent(percent) => write!(out, "{percent}")?,
                },
            }
        }
        out.write_all(b"}")?;
        Ok(())
    }
}
