//! CSV: AWS's field names as header, RFC 4180, safe to open in a spreadsheet. Streams.
//! By hand, as the csv crate cannot quote what other separators than the comma split.

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::columns::{Column, Percent, PlainCell, Row};
use crate::render::{Columns, CsvOptions, Delimiter, RenderOptions, Renderer, TimeFormat};
use crate::report::Note;
use crate::sanitize::{CsvDestination, csv_cell};

/// What tells spreadsheets that would otherwise guess that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Rows are handed on in pieces of about this many bytes.
const CHUNK_BYTES: usize = 1 << 14;

pub(super) struct CsvRenderer<R: 'static> {
    columns: Vec<&'static Column<R>>,
    headers: bool,
    options: CsvOptions,
    destination: CsvDestination,
    /// Rows that are not handed on yet.
    buffer: Vec<u8>,
    /// Is the next field the first of its row?
    is_first: bool,
    /// How many rows there are, where each begins with its number.
    index: Option<u64>,
}

impl<R: Row> CsvRenderer<R> {
    pub(super) fn new(columns: Columns<R>, options: RenderOptions) -> Self {
        Self {
            options: options.csv,
            headers: options.headers,
            destination: match options.width {
                Some(_) => CsvDestination::Terminal,
                None => CsvDestination::Pipe,
            },
            columns: columns.list,
            buffer: Vec::with_capacity(CHUNK_BYTES + (CHUNK_BYTES >> 2)),
            is_first: true,
            index: None,
        }
    }

    /// The same with a first column `Index`: the number of the row.
    #[must_use]
    pub(super) fn with_index(mut self) -> Self {
        self.index = Some(0);
        self
    }

    fn write_text(&mut self, text: &str) {
        let cell = csv_cell(text, self.destination);
        self.write_separator();
        if cell.needs_quotes {
            self.write_quoted(&cell.text);
        } else {
            self.buffer.extend_from_slice(cell.text.as_bytes());
        }
    }

    fn write_quoted(&mut self, text: &str) {
        self.buffer.push(b'"');
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                self.buffer.extend_from_slice(b"\"\"");
            }
            self.buffer.extend_from_slice(part.as_bytes());
        }
        self.buffer.push(b'"');
    }

    /// A word of our own.
    fn write_word(&mut self, word: &str) {
        self.write_separator();
        self.buffer.extend_from_slice(word.as_bytes());
    }

    fn write_time(&mut self, moment: Timestamp) -> Result<()> {
        match self.options.time_format {
            TimeFormat::Rfc3339 => self.write_display(moment),
            // Spreadsheets of most languages read no fraction of a second.
            TimeFormat::Spreadsheet => self.write_display(moment.strftime("%Y-%m-%d %H:%M:%S")),
        }
    }

    fn write_percent(&mut self, percent: Percent) -> Result<()> {
        match self.options.delimiter {
            Delimiter::Semicolon => self.write_display(format_args!(
                "{},{}",
                percent.tenths / 10,
                percent.tenths % 10
            )),
            _ => self.write_display(percent),
        }
    }

    /// A number or a time.
    fn write_display(&mut self, value: impl std::fmt::Display) -> Result<()> {
        self.write_separator();
        write!(self.buffer, "{value}")?;
        Ok(())
    }

    fn write_separator(&mut self) {
        if !self.is_first {
            self.buffer.push(self.options.delimiter.byte());
        }
        self.is_first = false;
    }

    fn end_row(&mut self, out: &mut dyn Write) -> Result<()> {
        // The only field, and empty: a line of nothing would be no row.
        if self.columns.len() == 1 && (self.buffer.is_empty() || self.buffer.ends_with(b"\n")) {
            self.buffer.extend_from_slice(b"\"\"");
        }
        self.buffer.extend_from_slice(b"\r\n");
        self.is_first = true;
        if self.buffer.len() >= CHUNK_BYTES {
            self.flush_buffer(out)?;
        }
        Ok(())
    }

    fn flush_buffer(&mut self, out: &mut dyn Write) -> Result<()> {
        out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl<R: Row> Renderer<R> for CsvRenderer<R> {
    fn write_header(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.options.bom {
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        if self.headers {
            if self.index.is_some() {
                self.write_word("Index");
            }
            for at in 0..self.columns.len() {
                self.write_text(self.columns[at].name);
            }
            self.end_row(out)?;
        }
        Ok(())
    }

    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        if let Some(index) = &mut self.index {
            *index += 1;
            let index = *index;
            self.write_display(index)?;
        }
        for at in 0..self.columns.len() {
            match self.columns[at].cell(row).plain() {
                PlainCell::Unknown => self.write_separator(),
                PlainCell::Text(text) => self.write_text(&text),
                PlainCell::Word(word) => self.write_word(word),
                PlainCell::Count(n) => self.write_display(n)?,
                PlainCell::Time(moment) => self.write_time(moment)?,
                PlainCell::Percent(percent) => self.write_percent(percent)?,
            }
        }
        self.end_row(out)
    }

    fn write_footer(&mut self, _: &R::Footer, _: &[Note], out: &mut dyn Write) -> Result<()> {
        self.flush_buffer(out)?;
        out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(rows: &[Vec<String>], delimiter: Delimiter) -> Vec<u8> {
        let mut out = Vec::new();
        let columns = Columns {
            list: vec![&crate::report::StateRow::columns()[0]; rows[0].len()],
            requested: Vec::new(),
            changes: None,
            wide_only: Vec::new(),
        };
        let options = RenderOptions {
            headers: false,
            csv: CsvOptions {
                bom: false,
                delimiter,
                time_format: TimeFormat::Rfc3339,
            },
            color: false,
            width: None,
            charset: crate::render::Charset::Unicode,
            links: false,
            now: Timestamp::UNIX_EPOCH,
            quiet: false,
            show_waived: false,
        };
        let mut csv = CsvRenderer::new(columns, options);
        for row in rows {
            for field in row {
                csv.write_text(field);
            }
            csv.end_row(&mut out).unwrap();
        }
        csv.flush_buffer(&mut out).unwrap();
        out
    }

    #[test]
    fn what_other_separators_would_split_is_quoted_and_a_lone_empty_field_is_a_row() {
        let row = ["a b", "a;b", "a|b", "a\tb", "say \"hi\"", "a,b", "", "KB1"];
        let row = row.map(ToOwned::to_owned).to_vec();
        assert_eq!(
            String::from_utf8(written(&[row], Delimiter::Comma)).unwrap(),
            "a b,\"a;b\",\"a|b\",\"a\\tb\",\"say \"\"hi\"\"\",\"a,b\",,KB1\r\n"
        );
        assert_eq!(
            written(&[vec![String::new()], vec!["x".into()]], Delimiter::Comma),
            b"\"\"\r\nx\r\n"
        );
    }

    proptest! {
        #[test]
        fn a_reader_of_rfc_4180_gets_the_same_cells(
            rows in (1usize..4).prop_flat_map(|width| {
                let row = prop::collection::vec("[a-c,;|\"'=\\- \t\r\n\u{85}é]{0,6}", width);
                prop::collection::vec(row, 1..40)
            }),
            delimiter in prop::sample::select(&[Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe]),
        ) {
            let bytes = written(&rows, delimiter);
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(delimiter.byte())
                .has_headers(false)
                .from_reader(bytes.as_slice());
            let read: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect())
                .collect();
            let meant: Vec<Vec<String>> = rows
                .iter()
                .map(|row| row.iter().map(|text| csv_cell(text, CsvDestination::Pipe).text.into_owned()).collect())
                .collect();
            prop_assert_eq!(read, meant);
        }
    }
}
