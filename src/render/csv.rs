//! CSV: AWS's field names as header, RFC 4180, safe to open in a spreadsheet.
//!
//! Quotes more than the csv crate can be told to: what other separators than the
//! comma would split. Streams: holds one row at a time.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Cell, Column, Row};
use crate::duration::days;
use crate::render::{Look, Render, percent};
use crate::report::Tail;
use crate::sanitize::{Reader, cell};

/// What tells spreadsheets that would otherwise guess that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Rows are handed on in pieces of about this many bytes.
const PIECE: usize = 1 << 14;

pub struct Csv<'a, R: 'static> {
    columns: Vec<&'static Column<R>>,
    headers: bool,
    reader: Reader,
    out: &'a mut dyn Write,
    /// Rows that are not handed on yet.
    rows: Vec<u8>,
    /// Is the next field the first of its row?
    is_first: bool,
}

impl<'a, R: Row> Csv<'a, R> {
    /// Writes the byte order mark, where one is wanted, before anything else.
    pub fn new(look: Look<R>, out: &'a mut dyn Write) -> Result<Self> {
        if look.bom {
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        Ok(Self {
            headers: look.headers,
            reader: match look.width {
                Some(_) => Reader::Terminal,
                None => Reader::Pipe,
            },
            columns: look.columns,
            out,
            rows: Vec::with_capacity(PIECE + (PIECE >> 2)),
            is_first: true,
        })
    }

    fn text(&mut self, text: &str) {
        let cell = cell(text, self.reader);
        self.between();
        if cell.needs_quotes {
            self.quoted(&cell.text);
        } else {
            self.rows.extend_from_slice(cell.text.as_bytes());
        }
    }

    fn quoted(&mut self, text: &str) {
        self.rows.push(b'"');
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                self.rows.extend_from_slice(b"\"\"");
            }
            self.rows.extend_from_slice(part.as_bytes());
        }
        self.rows.push(b'"');
    }

    /// A word of our own.
    fn word(&mut self, word: &str) {
        self.between();
        self.rows.extend_from_slice(word.as_bytes());
    }

    /// A number or a time.
    fn shown(&mut self, value: impl std::fmt::Display) -> Result<()> {
        self.between();
        write!(self.rows, "{value}")?;
        Ok(())
    }

    fn between(&mut self) {
        if !self.is_first {
            self.rows.push(b',');
        }
        self.is_first = false;
    }

    fn end_row(&mut self) -> Result<()> {
        // The only field, and empty: a line of nothing would be no row.
        if self.columns.len() == 1 && (self.rows.is_empty() || self.rows.ends_with(b"\n")) {
            self.rows.extend_from_slice(b"\"\"");
        }
        self.rows.extend_from_slice(b"\r\n");
        self.is_first = true;
        if self.rows.len() >= PIECE {
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<()> {
        self.out.write_all(&self.rows)?;
        self.rows.clear();
        Ok(())
    }
}

impl<R: Row> Render<R> for Csv<'_, R> {
    fn begin(&mut self) -> Result<()> {
        if self.headers {
            for at in 0..self.columns.len() {
                self.text(self.columns[at].name);
            }
            self.end_row()?;
        }
        Ok(())
    }

    fn row(&mut self, row: &R) -> Result<()> {
        for at in 0..self.columns.len() {
            match self.columns[at].cell(row) {
                Cell::Unknown => self.between(),
                Cell::Text(text) => self.text(&text),
                Cell::Count(n) | Cell::Of(n, _) => self.shown(n)?,
                Cell::Time(moment) => self.shown(moment)?,
                Cell::Verdict(verdict) => self.word(verdict.as_str()),
                Cell::Check(check) => self.word(check.as_str()),
                Cell::State(state) => self.text(state.as_str()),
                Cell::Age(seconds) => self.shown(days(seconds))?,
                Cell::Percent(tenths) => self.shown(percent(tenths))?,
                Cell::Flag(flag) => self.shown(flag)?,
                Cell::Severity(severity) => self.word(severity.as_str()),
                Cell::Names(names) => self.text(&names.join(",")),
                Cell::List(list) => {
                    let mut joined = String::new();
                    for id in list.iter() {
                        if !joined.is_empty() {
                            joined.push(',');
                        }
                        joined.push_str(id);
                    }
                    self.text(&joined);
                }
            }
        }
        self.end_row()
    }

    fn end(&mut self, _tail: &Tail) -> Result<()> {
        self.hand_on()?;
        self.out.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(rows: &[Vec<String>]) -> Vec<u8> {
        let mut out = Vec::new();
        let look = Look {
            columns: vec![&crate::report::StateRow::columns()[0]; rows[0].len()],
            wanted: Vec::new(),
            headers: false,
            bom: false,
            color: false,
            width: None,
            now: jiff::Timestamp::UNIX_EPOCH,
            quiet: false,
        };
        let mut csv = Csv::new(look, &mut out).unwrap();
        for row in rows {
            for field in row {
                csv.text(field);
            }
            csv.end_row().unwrap();
        }
        csv.hand_on().unwrap();
        out
    }

    #[test]
    fn what_other_separators_would_split_is_quoted_and_a_lone_empty_field_is_a_row() {
        let row = ["a b", "a;b", "a|b", "a\tb", "say \"hi\"", "a,b", "", "KB1"];
        let row = row.map(ToOwned::to_owned).to_vec();
        assert_eq!(
            String::from_utf8(written(&[row])).unwrap(),
            "a b,\"a;b\",\"a|b\",\"a\\tb\",\"say \"\"hi\"\"\",\"a,b\",,KB1\r\n"
        );
        assert_eq!(
            written(&[vec![String::new()], vec!["x".into()]]),
            b"\"\"\r\nx\r\n"
        );
    }

    proptest! {
        #[test]
        fn a_reader_of_rfc_4180_gets_the_same_cells(
            rows in (1usize..4).prop_flat_map(|width| {
                let row = prop::collection::vec("[a-c,;|\"'=\\- \t\r\n\u{85}é]{0,6}", width);
                prop::collection::vec(row, 1..40)
            })
        ) {
            let bytes = written(&rows);
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(bytes.as_slice());
            let read: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect())
                .collect();
            let meant: Vec<Vec<String>> = rows
                .iter()
                .map(|row| row.iter().map(|text| cell(text, Reader::Pipe).text.into_owned()).collect())
                .collect();
            prop_assert_eq!(read, meant);
        }
    }
}
