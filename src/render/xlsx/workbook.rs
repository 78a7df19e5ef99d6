//! Writes a workbook, sheet after sheet and row after row. The only file that names the
//! crate. Rows go to a temporary file, so that memory does not grow with them.
//!
//! Text is written as text only: `Worksheet::write` would make links and formulas of it.

use std::io::{self, BufWriter, Write};
use std::panic::resume_unwind;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::panics;
use crate::render::xlsx::sheet::{CUT_MARK, FILTER_WIDTH, MAX_TEXT, Sheet, Styles};
use crate::render::xlsx::sheet_cells::{SheetCell, SheetColumn};
use crate::text::count;

/// The most rows of a sheet, the headings included. Source: support.microsoft.com, "Excel
/// specifications and limits".
const MAX_ROWS: u32 = 1 << 20;

/// The level of compression: the time of a large sheet is that of its compression, and
/// higher levels take longer for little.
const COMPRESSION_LEVEL: u8 = 1;

/// Pieces of the finished file that wait to be written.
const QUEUED_PIECES: usize = 4;
const PIECE_BYTES: usize = 1 << 16;

pub(in crate::render) struct WorkbookWriter {
    book: Workbook,
    styles: Styles,
    sheet: Option<Sheet>,
    sheet_count: usize,
    max_rows: u32,
    cut_texts: u64,
    /// Sheets that had no room for all their rows.
    continued: Vec<String>,
}

impl WorkbookWriter {
    /// An empty workbook of this moment. The bytes of a file hang on nothing else.
    pub(in crate::render) fn new(now: Timestamp) -> Self {
        let mut book = Workbook::new();
        let created = ExcelDateTime::from_timestamp(now.as_second()).unwrap_or_default();
        let application = concat!("patchctl ", env!("CARGO_PKG_VERSION"));
        let properties = DocProperties::new()
            .set_author(application)
            .set_creation_datetime(&created);
        book.set_properties(&properties);
        book.set_zip_compression_level(COMPRESSION_LEVEL);
        Self {
            book,
            styles: Styles::new(),
            sheet: None,
            sheet_count: 0,
            max_rows: MAX_ROWS,
            cut_texts: 0,
            continued: Vec::new(),
        }
    }

    /// Ends the sheet before it, and starts one with these columns.
    ///
    /// # Errors
    /// When no temporary file can be written.
    pub(in crate::render) fn start_sheet(
        &mut self,
        title: &str,
        columns: impl IntoIterator<Item = SheetColumn>,
    ) -> Result<()> {
        self.end_sheet()?;
        self.open_sheet(title.to_owned(), columns.into_iter().collect(), 1)
    }

    fn open_sheet(&mut self, title: String, columns: Vec<SheetColumn>, part: u32) -> Result<()> {
        let name = match part {
            1 => title.clone(),
            part => format!("{title} {part}"),
        };
        let styles = &self.styles;
        let worksheet = self.book.add_worksheet_with_constant_memory();
        let worksheet = worksheet.map_err(describe_error)?;
        let write = || -> Result<(), XlsxError> {
            worksheet.set_name(name)?;
            for (at, column) in (0_u16..).zip(&columns) {
                // By column, as a look-up for each cell would take most of the time.
                worksheet.set_column_format(at, styles.of_column(column.format))?;
                worksheet.write_string_with_format(0, at, &*column.heading, &styles.heading)?;
            }
            Ok(())
        };
        catch_failure(write)?;
        let heading_width = |column: &SheetColumn| column.heading.len() + FILTER_WIDTH;
        self.sheet = Some(Sheet {
            title,
            row: 1,
            part,
            widths: columns.iter().map(heading_width).collect(),
            colored: vec![Vec::new(); columns.len()],
            violations: vec![false; columns.len()],
            columns,
            lines: 0,
            tall_rows: 0,
        });
        self.sheet_count += 1;
        Ok(())
    }

    /// One more row: a cell for each column, or fewer. Goes on in a further sheet where this
    /// one is full.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(in crate::render) fn write_row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = SheetCell<'c>>,
    ) -> Result<()> {
        if self
            .sheet
            .as_ref()
            .is_some_and(|sheet| sheet.row == self.max_rows)
        {
            self.end_sheet()?;
            let full = self.sheet.take().ok_or_else(no_sheet)?;
            if full.part == 1 {
                self.continued.push(full.title.clone());
            }
            self.open_sheet(full.title, full.columns, full.part + 1)?;
        }
        let sheet = self.sheet.as_mut().ok_or_else(no_sheet)?;
        let worksheet = self.book.worksheet_from_index(self.sheet_count - 1);
        let worksheet = worksheet.map_err(describe_error)?;
        let (styles, cut_texts) = (&self.styles, &mut self.cut_texts);
        catch_failure(|| {
            for (at, cell) in (0_u16..).zip(cells) {
                *cut_texts += u64::from(sheet.write_cell(worksheet, at, cell, styles)?);
            }
            sheet.end_row(worksheet)
        })
    }

    /// Sets what hangs on all rows of the sheet: filters, widths and colours.
    fn end_sheet(&mut self) -> Result<()> {
        let Some(sheet) = &self.sheet else {
            return Ok(());
        };
        let worksheet = self.book.worksheet_from_index(self.sheet_count - 1);
        let worksheet = worksheet.map_err(describe_error)?;
        catch_failure(|| sheet.set_layout(worksheet))
    }

    /// What the workbook could not hold as it was.
    pub(in crate::render) fn limitations(&self) -> Vec<String> {
        let cut = (self.cut_texts > 0).then(|| {
            let texts = count(self.cut_texts, "text");
            format!("{texts} longer than {MAX_TEXT} characters, the most of a cell; cut, with {CUT_MARK} at the end")
        });
        let continued = self.continued.iter().map(|title| {
            let rows = self.max_rows - 1;
            format!("more than {rows} rows: {title} goes on in the sheet {title} 2")
        });
        cut.into_iter().chain(continued).collect()
    }

    /// Ends the last sheet and writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::render) fn finish(mut self, out: &mut dyn Write) -> Result<()> {
        self.end_sheet()?;
        let mut book = self.book;
        // The crate writes to what can be sent to a thread, which `out` cannot.
        let (sender, pieces) = sync_channel(QUEUED_PIECES);
        thread::scope(|scope| {
            let saving = scope.spawn(move || {
                let file = BufWriter::with_capacity(PIECE_BYTES, PieceSender(sender));
                catch_failure(|| book.save_to_writer(file))
            });
            // Ends with the sender; after an error, the sender fails.
            let written = pieces
                .into_iter()
                .try_for_each(|piece| out.write_all(&piece));
            let saved = saving.join().unwrap_or_else(|panic| resume_unwind(panic));
            written?;
            saved?;
            out.flush()?;
            Ok(())
        })
    }
}

/// Hands the bytes of the file to the thread that writes them.
struct PieceSender(SyncSender<Vec<u8>>);

impl Write for PieceSender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.0.send(bytes.to_vec()).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The crate panics where its temporary file cannot be written.
fn catch_failure(work: impl FnOnce() -> Result<(), XlsxError>) -> Result<()> {
    match panics::catch(work) {
        Ok(done) => done.map_err(describe_error),
        Err(message) => Err(anyhow!(describe_panic(&message))).with_context(temporary_file),
    }
}

fn temporary_file() -> String {
    format!(
        "cannot write a temporary file in {}",
        std::env::temp_dir().display()
    )
}

fn describe_error(error: XlsxError) -> anyhow::Error {
    match error {
        XlsxError::IoError(error) => error.into(),
        XlsxError::TempFileError(_, error) => anyhow!(error).context(temporary_file()),
        other => anyhow!("cannot write the workbook: {other}"),
    }
}

/// `No space left on device`, of a panic that quotes the error of a write.
fn describe_panic(message: &str) -> String {
    let quoted = message.split_once("message: \"");
    let cause = quoted.and_then(|(_, rest)| rest.split_once('"'));
    cause
        .map_or("the write failed", |(cause, _)| cause)
        .to_owned()
}

fn no_sheet() -> anyhow::Error {
    anyhow!("a row without a sheet")
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::Worksheet;

    use super::*;
    use crate::render::xlsx::SheetValue;

    #[test]
    fn more_rows_than_a_sheet_holds_go_on_in_a_further_one_and_a_note_says_so() {
        let mut workbook = WorkbookWriter::new(Timestamp::UNIX_EPOCH);
        workbook.max_rows = 4;
        workbook
            .start_sheet("patches", [SheetColumn::general("KBId")])
            .unwrap();
        for n in 0..8 {
            workbook.write_row([SheetValue::Count(n).into()]).unwrap();
        }
        let told = ["more than 3 rows: patches goes on in the sheet patches 2"];
        assert_eq!(workbook.limitations(), told);
        let names: Vec<String> = workbook
            .book
            .worksheets()
            .iter()
            .map(Worksheet::name)
            .collect();
        assert_eq!(names, ["patches", "patches 2", "patches 3"]);
        workbook.finish(&mut Vec::new()).unwrap();
    }

    #[test]
    fn a_full_sheet_is_not_followed_by_an_empty_one() {
        let mut workbook = WorkbookWriter::new(Timestamp::UNIX_EPOCH);
        workbook.max_rows = 3;
        workbook
            .start_sheet("nodes", [SheetColumn::general("Nodes")])
            .unwrap();
        for n in 0..2 {
            workbook.write_row([SheetValue::Count(n).into()]).unwrap();
        }
        assert_eq!(workbook.book.worksheets().len(), 1);
        assert!(workbook.limitations().is_empty());
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_with_a_mark_and_counted() {
        let mut workbook = WorkbookWriter::new(Timestamp::UNIX_EPOCH);
        workbook
            .start_sheet("nodes", [SheetColumn::general("Name")])
            .unwrap();
        for text in [
            "é".repeat(MAX_TEXT),
            "😀".repeat(MAX_TEXT),
            "\0".repeat(MAX_TEXT),
        ] {
            workbook.write_row([SheetCell::text(text)]).unwrap();
        }
        let told = workbook.limitations();
        assert!(
            told[0].starts_with("2 texts longer than 32767 characters"),
            "{told:?}"
        );
        workbook.finish(&mut Vec::new()).unwrap();
    }

    #[test]
    fn a_disk_that_is_full_is_told_by_its_own_words() {
        let message = "Couldn't write to xml file: Os { code: 28, kind: StorageFull, message: \"No space left on device\" }";
        assert_eq!(describe_panic(message), "No space left on device");
        assert_eq!(describe_panic("a title"), "the write failed");
    }
}
