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
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatFormula, DocProperties,
    ExcelDateTime, Format, FormatAlign, IgnoreError, Workbook, Worksheet, XlsxError,
};

use crate::columns::Percent;
use crate::panics;
use crate::render::tone::Tone;
use crate::render::xlsx::sheet_cells::{ColumnFormat, SheetCell, SheetColumn, SheetValue};
use crate::sanitize::{sanitize, starts_formula};
use crate::text::count;

/// The most rows of a sheet, the headings included, and the most UTF-16 units of a cell.
/// Source: support.microsoft.com, "Excel specifications and limits".
const MAX_ROWS: u32 = 1 << 20;
const MAX_TEXT: usize = 32_767;

/// The end of a text that was cut.
const CUT_MARK: &str = "… (cut)";

/// The widths of columns, in characters.
const MIN_WIDTH: usize = 8;
const MAX_WIDTH: usize = 60;
/// The arrow of the filter, beside a heading.
const FILTER_WIDTH: usize = 3;
/// `2026-11-20 12:00:00`, with a margin.
const TIME_WIDTH: usize = 20;

/// The most characters side by side that can be read on a sheet of A4.
const MAX_PAGE_WIDTH: u32 = 220;
/// Source: ECMA-376, 18.3.1.63, paperSize.
const PAPER_A4: u8 = 9;

/// More different words in a column get no colour.
const MAX_COLORED_WORDS: usize = 12;

/// Counts above this are no exact numbers in a spreadsheet.
const MAX_EXACT: u64 = 1 << 53;

/// What moments a sheet has as dates, in seconds since 1970: from March 1900, as Excel
/// takes 1900 for a leap year, to the end of 9999.
const DATES: std::ops::Range<i64> = -2_203_891_200..253_402_300_800;
/// The number of the day 1970-01-01.
const UNIX_EPOCH_DAY: f64 = 25_569.0;

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

/// The sheet that is being written.
struct Sheet {
    title: String,
    columns: Vec<SheetColumn>,
    /// Where the next row goes.
    row: u32,
    /// The sheet's number among those of its title.
    part: u32,
    widths: Vec<usize>,
    /// The words of each column that have a colour.
    colored: Vec<Vec<(String, Tone)>>,
    /// Columns in which numbers above zero are bad.
    violations: Vec<bool>,
}

struct Styles {
    heading: Format,
    general: Format,
    wrapped: Format,
    time: Format,
    percent: Format,
    /// Text that a person who edits the cell would turn into a formula.
    quoted: Format,
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
            Ok(())
        })?;
        sheet.row += 1;
        Ok(())
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

impl Sheet {
    /// Writes one cell of the current row; returns whether its text was cut.
    fn write_cell(
        &mut self,
        worksheet: &mut Worksheet,
        at: u16,
        cell: SheetCell<'_>,
        styles: &Styles,
    ) -> Result<bool, XlsxError> {
        let (row, column) = (self.row, usize::from(at));
        let width = &mut self.widths[column];
        match cell.value {
            SheetValue::Unknown => {}
            SheetValue::Text(text) => {
                let (text, is_cut) = clip(&text);
                *width = (*width).max(text.len());
                self.note_tone(column, &text, cell.tone);
                if text.starts_with(starts_formula) {
                    worksheet.write_string_with_format(row, at, text, &styles.quoted)?;
                } else {
                    worksheet.write_string(row, at, text)?;
                }
                return Ok(is_cut);
            }
            SheetValue::Count(n) if n > MAX_EXACT => {
                worksheet.write_string(row, at, n.to_string())?;
            }
            SheetValue::Count(n) => {
                self.violations[column] |= cell.tone == Tone::Bad;
                #[expect(clippy::cast_precision_loss, reason = "not above MAX_EXACT")]
                worksheet.write_number(row, at, n as f64)?;
            }
            SheetValue::Time(moment) => {
                *width = (*width).max(TIME_WIDTH);
                match day_number(moment) {
                    Some(day) => worksheet.write_number(row, at, day)?,
                    None => worksheet.write_string(row, at, moment.to_string())?,
                };
            }
            SheetValue::Percent(Percent { tenths }) => {
                worksheet.write_number(row, at, f64::from(tenths) / 1_000.0)?;
            }
            SheetValue::Flag(flag) => {
                worksheet.write_boolean(row, at, flag)?;
            }
        }
        Ok(false)
    }

    /// Remembers the colour of a word.
    fn note_tone(&mut self, column: usize, word: &str, tone: Tone) {
        if !matches!(tone, Tone::Good | Tone::Bad | Tone::Warning) {
            return;
        }
        let known = &mut self.colored[column];
        let is_plain = |word: &str| {
            word.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if known.len() < MAX_COLORED_WORDS
            && !known.iter().any(|(known, _)| known == word)
            && is_plain(word)
        {
            known.push((word.to_owned(), tone));
        }
    }

    fn set_layout(&self, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
        let last_row = self.row - 1;
        let last_column = u16::try_from(self.columns.len())
            .unwrap_or(u16::MAX)
            .saturating_sub(1);
        // The id of a node stays in sight, too.
        let first = self.columns.first();
        let has_id = first.is_some_and(|column| column.heading == "InstanceId");
        worksheet.set_freeze_panes(1, u16::from(has_id))?;
        worksheet.autofilter(0, 0, last_row, last_column)?;
        let widths = self.widths.iter();
        let widths: Vec<u8> = widths
            .map(|width| {
                (*width)
                    .clamp(MIN_WIDTH, MAX_WIDTH)
                    .try_into()
                    .unwrap_or(u8::MAX)
            })
            .collect();
        for (at, width) in (0_u16..).zip(&widths) {
            worksheet.set_column_width(at, f64::from(*width) + 1.0)?;
        }
        worksheet
            .set_landscape()
            .set_paper_size(PAPER_A4)
            .set_repeat_rows(0, 0)?;
        // What is beside the last column is the rest of a text in it.
        worksheet.set_print_area(0, 0, last_row, last_column)?;
        if widths.into_iter().map(u32::from).sum::<u32>() <= MAX_PAGE_WIDTH {
            worksheet.set_print_fit_to_pages(1, 0);
        } else if has_id {
            worksheet.set_repeat_columns(0, 0)?;
        }
        if last_row == 0 {
            return Ok(());
        }
        // Account ids are text.
        worksheet.ignore_error_range(
            1,
            0,
            last_row,
            last_column,
            IgnoreError::NumberStoredAsText,
        )?;
        for (at, words) in (0_u16..).zip(&self.colored) {
            for (word, tone) in words {
                let rule = ConditionalFormatCell::new()
                    .set_rule(ConditionalFormatCellRule::EqualTo(word.as_str()))
                    .set_format(tone_format(*tone));
                worksheet.add_conditional_format(1, at, last_row, at, &rule)?;
            }
            if self.violations[usize::from(at)] {
                let rule = ConditionalFormatCell::new()
                    .set_rule(ConditionalFormatCellRule::GreaterThan(0))
                    .set_format(tone_format(Tone::Bad));
                worksheet.add_conditional_format(1, at, last_row, at, &rule)?;
            }
        }
        let band = ConditionalFormatFormula::new()
            .set_rule("=MOD(ROW(),2)=1")
            .set_format(Format::new().set_background_color(0x00F2_F5F9));
        worksheet.add_conditional_format(1, 0, last_row, last_column, &band)?;
        Ok(())
    }
}

impl Styles {
    fn new() -> Self {
        let general = Format::new().set_align(FormatAlign::Top);
        Self {
            heading: general
                .clone()
                .set_bold()
                .set_font_color(0x00FF_FFFF)
                .set_background_color(0x0023_3B5A),
            wrapped: general.clone().set_text_wrap(),
            time: general.clone().set_num_format("yyyy-mm-dd hh:mm:ss"),
            percent: general.clone().set_num_format("0.0%"),
            quoted: general.clone().set_quote_prefix(),
            general,
        }
    }

    const fn of_column(&self, format: ColumnFormat) -> &Format {
        match format {
            ColumnFormat::General => &self.general,
            ColumnFormat::Wrapped => &self.wrapped,
            ColumnFormat::Time => &self.time,
            ColumnFormat::Percent => &self.percent,
        }
    }
}

/// Dark text on a light ground, so that it is read on a printout without colours.
fn tone_format(tone: Tone) -> Format {
    let (text, ground) = match tone {
        Tone::Good => (0x0000_6100, 0x00C6_EFCE),
        Tone::Bad => (0x009C_0006, 0x00FF_C7CE),
        Tone::Warning => (0x0070_4A00, 0x00FF_EB9C),
        Tone::Plain | Tone::Strong | Tone::Dim => return Format::new(),
    };
    Format::new()
        .set_font_color(text)
        .set_background_color(ground)
}

/// The days since the end of 1899, with the time as their fraction; `None` where a
/// spreadsheet has no such date.
fn day_number(moment: Timestamp) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds below 2^53")]
    let days = moment.as_millisecond() as f64 / 86_400_000.0;
    DATES
        .contains(&moment.as_second())
        .then_some(UNIX_EPOCH_DAY + days)
}

/// The text as a cell can hold it, and whether that is less than all.
fn clip(text: &str) -> (String, bool) {
    let shown = sanitize(text);
    // Each character takes one or two units, and a byte or more.
    if shown.len() <= MAX_TEXT || shown.encode_utf16().count() <= MAX_TEXT {
        return (shown.into_owned(), false);
    }
    let mut room = MAX_TEXT - CUT_MARK.encode_utf16().count();
    let fits = |letter: &char| {
        let rest = room.checked_sub(letter.len_utf16());
        room = rest.unwrap_or(0);
        rest.is_some()
    };
    let kept: String = shown.chars().take_while(fits).collect();
    (kept + CUT_MARK, true)
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
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn dates_are_days_since_the_end_of_1899_and_others_are_no_dates() {
        assert_eq!(day_number(at("1970-01-01T00:00:00Z")), Some(25_569.0));
        assert_eq!(day_number(at("2026-11-20T12:00:00Z")), Some(46_346.5));
        assert_eq!(day_number(at("1900-03-01T00:00:00Z")), Some(61.0));
        assert_eq!(day_number(at("1900-02-28T23:59:59Z")), None);
    }

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

    proptest! {
        #[test]
        fn what_is_written_fits_a_cell(text in "[a-z\u{1F600}\u{1b}\u{202e}]{0,9}", times in 1usize..9_000) {
            let (shown, is_cut) = clip(&text.repeat(times));
            prop_assert!(shown.encode_utf16().count() <= MAX_TEXT);
            prop_assert_eq!(is_cut, shown.ends_with(CUT_MARK));
            prop_assert!(!shown.chars().any(char::is_control));
        }
    }
}
