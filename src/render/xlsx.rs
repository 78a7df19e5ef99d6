//! XLSX: a workbook with a sheet of the rows, and sheets of what could not be read, the
//! notes and the definitions of the columns. Rows wait in a temporary file, not in memory.

mod sheet;
mod sheet_cells;
mod workbook;

use std::io::Write;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::columns::{Column, Row};
use crate::record::Unread;
use crate::render::{Charset, Columns, RenderFooter, RenderOptions, Renderer};
use crate::report::{Note, NoteLevel};

pub(super) use self::sheet_cells::{SheetCell, SheetColumn, SheetValue};
pub(super) use self::workbook::WorkbookWriter;

pub(super) struct XlsxRenderer<R: 'static> {
    columns: Vec<&'static Column<R>>,
    options: RenderOptions,
    /// Made with the header, as it has a temporary file.
    workbook: Option<WorkbookWriter>,
    row_count: u64,
}

impl<R: Row> XlsxRenderer<R> {
    pub(super) fn new(columns: Columns<R>, options: RenderOptions) -> Self {
        Self {
            columns: columns.list,
            options,
            workbook: None,
            row_count: 0,
        }
    }
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for XlsxRenderer<R> {
    // Without headings, a sheet could not be filtered: --no-headers changes nothing.
    fn write_header(&mut self, _out: &mut dyn Write) -> Result<()> {
        let mut workbook = WorkbookWriter::new(self.options.now);
        workbook.start_sheet(
            &sheet_name::<R>(),
            self.columns.iter().map(|column| (*column).into()),
        )?;
        self.workbook = Some(workbook);
        Ok(())
    }

    fn write_row(&mut self, row: &R, _out: &mut dyn Write) -> Result<()> {
        self.row_count += 1;
        let workbook = self.workbook.as_mut().context("no header was written")?;
        let columns = self.columns.iter();
        workbook.write_row(columns.map(|column| SheetCell::new(column.cell(row), column.kind)))
    }

    fn write_footer(
        &mut self,
        footer: &R::Footer,
        notes: &[Note],
        out: &mut dyn Write,
    ) -> Result<()> {
        let counts = summary_counts(footer, self.row_count)?;
        let mut workbook = self.workbook.take().context("no header was written")?;
        if let Some(coverage) = footer.coverage() {
            write_unread(&mut workbook, &coverage.unread)?;
        }
        workbook.start_sheet(
            "notes",
            [
                SheetColumn::general("Kind"),
                SheetColumn::wrapped("Text"),
                SheetColumn::general("Value"),
            ],
        )?;
        for pieces in footer.head(None, Charset::default()) {
            let line: String = pieces.into_iter().map(|(text, _)| text).collect();
            if !line.is_empty() {
                workbook.write_row([SheetCell::text("note"), SheetCell::text(line)])?;
            }
        }
        for note in notes {
            let level = match note.level {
                NoteLevel::Warning => "warning",
                NoteLevel::Info | NoteLevel::Verbose => "note",
            };
            let line = SheetCell::text(note.to_full_line());
            workbook.write_row([SheetCell::text(level), line])?;
        }
        for line in workbook.limitations() {
            workbook.write_row([SheetCell::text("warning"), SheetCell::text(line)])?;
        }
        for (name, value) in counts {
            let value = value
                .as_u64()
                .map_or(SheetValue::Unknown, SheetValue::Count);
            workbook.write_row([
                SheetCell::text("count"),
                SheetCell::text(name),
                value.into(),
            ])?;
        }
        start_definitions(&mut workbook)?;
        let help = self.columns.iter().map(|column| (column.name, column.help));
        write_definitions(&mut workbook, &sheet_name::<R>(), help)?;
        if footer.coverage().is_some() {
            write_definitions(&mut workbook, UNREAD_SHEET, UNREAD_COLUMNS)?;
        }
        workbook.finish(out)
    }
}

/// Writes a sheet of rows.
pub(super) fn write_rows<'r, R: Row>(
    workbook: &mut WorkbookWriter,
    title: &str,
    columns: &[&'static Column<R>],
    rows: impl IntoIterator<Item = &'r R>,
) -> Result<()> {
    workbook.start_sheet(title, columns.iter().map(|column| (*column).into()))?;
    for row in rows {
        let cells = columns.iter();
        workbook.write_row(cells.map(|column| SheetCell::new(column.cell(row), column.kind)))?;
    }
    Ok(())
}

/// What the sheet of rows is called.
fn sheet_name<R: Row>() -> String {
    R::TITLE.to_lowercase()
}

const UNREAD_SHEET: &str = "unread";

/// The columns of what could not be read, and their meaning.
const UNREAD_COLUMNS: [(&str, &str); 6] = [
    (
        "InstanceId",
        "the node; empty where all of a region, account or profile is unread",
    ),
    ("Region", "the region"),
    ("AccountId", "the account, where it is known"),
    ("Profile", "the profile that could not be read"),
    ("Code", "AWS's error code, or a word of patchctl"),
    ("Cause", "what went wrong and what to do"),
];

/// Writes the sheet of what could not be read, which has its headings also where all was.
pub(super) fn write_unread(workbook: &mut WorkbookWriter, unread: &[Unread]) -> Result<()> {
    let columns = UNREAD_COLUMNS.map(|(name, _)| match name {
        "Cause" => SheetColumn::wrapped(name),
        _ => SheetColumn::general(name),
    });
    workbook.start_sheet(UNREAD_SHEET, columns)?;
    for Unread { subject, cause } in unread {
        let place = [
            subject.id(),
            subject.region(),
            subject.account(),
            subject.profile(),
        ];
        let place = place.map(SheetCell::optional_text);
        let cause = [&*cause.code, &*cause.text].map(SheetCell::text);
        workbook.write_row(place.into_iter().chain(cause))?;
    }
    Ok(())
}

/// Starts the sheet with the meaning of each column.
pub(super) fn start_definitions(workbook: &mut WorkbookWriter) -> Result<()> {
    workbook.start_sheet(
        "definitions",
        [
            SheetColumn::general("Sheet"),
            SheetColumn::general("Column"),
            SheetColumn::wrapped("Meaning"),
        ],
    )
}

/// Writes the meaning of the columns of one sheet.
pub(super) fn write_definitions(
    workbook: &mut WorkbookWriter,
    sheet: &str,
    columns: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Result<()> {
    for (name, help) in columns {
        workbook.write_row([sheet, name, help].map(SheetCell::text))?;
    }
    Ok(())
}

/// The counts of the JSON document's `Summary`, by name.
fn summary_counts(footer: &impl RenderFooter, rows: u64) -> Result<Map<String, Value>> {
    /// The other members are not kept.
    #[derive(Deserialize)]
    struct Members {
        #[serde(default, rename = "Summary")]
        summary: Map<String, Value>,
    }
    let mut members = b"{\"Rows\":[]".to_vec();
    footer.write_json(rows, false, &mut members)?;
    members.push(b'}');
    let members: Members = serde_json::from_slice(&members)?;
    Ok(members.summary)
}
