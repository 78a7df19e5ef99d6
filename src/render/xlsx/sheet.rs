//! One sheet that is being written: its cells, and what hangs on all of its rows. With
//! `workbook.rs`, the only files that name the crate.

use jiff::Timestamp;
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatFormula, Format,
    FormatAlign, IgnoreError, Worksheet, XlsxError,
};

use crate::columns::Percent;
use crate::render::column_widths::wrap;
use crate::render::tone::Tone;
use crate::render::xlsx::sheet_cells::{ColumnFormat, SheetCell, SheetColumn, SheetValue};
use crate::sanitize::{sanitize, starts_formula};

/// The most UTF-16 units of a cell. Source: as for the most rows.
pub(super) const MAX_TEXT: usize = 32_767;

/// The end of a text that was cut.
pub(super) const CUT_MARK: &str = "… (cut)";

/// The widths of columns, in characters.
const MIN_WIDTH: usize = 8;
const MAX_WIDTH: usize = 60;
/// The widest column of wrapped texts, and the length of their lines: less, as fonts differ.
const MAX_WRAPPED_WIDTH: usize = 90;
const WRAPPED_WIDTH: usize = 84;
/// More rows of several lines than this show one.
const MAX_TALL_ROWS: u32 = 5_000;
/// In points; a row has 409 at most. Source: as for the most rows.
const LINE_HEIGHT: f64 = 15.0;
const MAX_LINES: u8 = 27;
/// The arrow of the filter, beside a heading.
pub(super) const FILTER_WIDTH: usize = 3;
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

/// The sheet that is being written.
pub(super) struct Sheet {
    pub title: String,
    pub columns: Vec<SheetColumn>,
    /// Where the next row goes.
    pub row: u32,
    /// The sheet's number among those of its title.
    pub part: u32,
    pub widths: Vec<usize>,
    /// The words of each column that have a colour.
    pub colored: Vec<Vec<(String, Tone)>>,
    /// Columns in which numbers above zero are bad.
    pub violations: Vec<bool>,
    /// The lines that the texts of the current row take.
    pub lines: usize,
    /// The rows so far that are of several lines: the crate remembers the height of each.
    pub tall_rows: u32,
}

pub(super) struct Styles {
    pub heading: Format,
    general: Format,
    wrapped: Format,
    time: Format,
    percent: Format,
    /// Text that a person who edits the cell would turn into a formula.
    quoted: Format,
}

impl Sheet {
    /// Writes one cell of the current row; returns whether its text was cut.
    pub(super) fn write_cell(
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
                let tone = match (&*self.columns[column].heading, &*text) {
                    ("Status", "FAIL") => Tone::Bad,
                    ("Status", "UNKNOWN") => Tone::Warning,
                    ("Status", "PASS") => Tone::Good,
                    _ => cell.tone,
                };
                self.note_tone(column, &text, tone);
                let is_long = self.columns[column].format == ColumnFormat::Wrapped
                    && text.len() > WRAPPED_WIDTH;
                if text.starts_with(starts_formula) {
                    worksheet.write_string_with_format(row, at, text, &styles.quoted)?;
                } else if is_long && self.tall_rows >= MAX_TALL_ROWS {
                    worksheet.write_string_with_format(row, at, text, &styles.general)?;
                } else {
                    if is_long {
                        self.lines = self.lines.max(wrap(&text, WRAPPED_WIDTH).len());
                    }
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
                    Some(day) => {
                        self.write_number(worksheet, at, day, ColumnFormat::Time, styles)?;
                    }
                    None => {
                        worksheet.write_string(row, at, moment.to_string())?;
                    }
                }
            }
            SheetValue::Percent(Percent { tenths }) => {
                let share = f64::from(tenths) / 1_000.0;
                self.write_number(worksheet, at, share, ColumnFormat::Percent, styles)?;
            }
            SheetValue::Flag(flag) => {
                worksheet.write_boolean(row, at, flag)?;
            }
        }
        Ok(false)
    }

    /// Ends the current row. Spreadsheets do not all measure wrapped texts themselves.
    pub(super) fn end_row(&mut self, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
        if self.lines > 1 {
            let lines = u8::try_from(self.lines).map_or(MAX_LINES, |lines| lines.min(MAX_LINES));
            worksheet.set_row_height(self.row, LINE_HEIGHT * f64::from(lines))?;
            self.tall_rows += 1;
        }
        self.lines = 0;
        self.row += 1;
        Ok(())
    }

    /// Writes a number that is shown in this format, which the column mostly has.
    fn write_number(
        &self,
        worksheet: &mut Worksheet,
        at: u16,
        number: f64,
        format: ColumnFormat,
        styles: &Styles,
    ) -> Result<(), XlsxError> {
        if self.columns[usize::from(at)].format == format {
            worksheet.write_number(self.row, at, number)?;
        } else {
            let format = styles.of_column(format);
            worksheet.write_number_with_format(self.row, at, number, format)?;
        }
        Ok(())
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

    pub(super) fn set_layout(&self, worksheet: &mut Worksheet) -> Result<(), XlsxError> {
        let last_row = self.row - 1;
        let last_column = u16::try_from(self.columns.len())
            .unwrap_or(u16::MAX)
            .saturating_sub(1);
        // The id of a node stays in sight, too.
        let first = self.columns.first();
        let has_id = first.is_some_and(|column| column.heading == "InstanceId");
        worksheet.set_freeze_panes(1, u16::from(has_id))?;
        worksheet.autofilter(0, 0, last_row, last_column)?;
        let widths = self.widths.iter().zip(&self.columns);
        let widths: Vec<u8> = widths
            .map(|(width, column)| {
                let most = match column.format {
                    ColumnFormat::Wrapped => MAX_WRAPPED_WIDTH,
                    _ => MAX_WIDTH,
                };
                let width = (*width).clamp(MIN_WIDTH, most);
                width.try_into().unwrap_or(u8::MAX)
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
    pub(super) fn new() -> Self {
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

    pub(super) const fn of_column(&self, format: ColumnFormat) -> &Format {
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
