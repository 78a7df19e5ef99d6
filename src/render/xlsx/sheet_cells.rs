//! What stands in the cells and at the head of a sheet, without the crate that writes it.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::columns::{Cell, Column, ColumnKind, Percent, PlainCell};
use crate::render::tone::Tone;

/// A column of a sheet.
#[derive(Debug)]
pub(in crate::render) struct SheetColumn {
    pub heading: Cow<'static, str>,
    pub format: ColumnFormat,
}

/// How the numbers of a column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum ColumnFormat {
    General,
    /// Long texts, in as many lines as they take.
    Wrapped,
    /// A date and a time of day, in UTC.
    Time,
    Percent,
}

impl SheetColumn {
    /// A column of texts and plain numbers.
    pub(in crate::render) const fn general(heading: &'static str) -> Self {
        Self {
            heading: Cow::Borrowed(heading),
            format: ColumnFormat::General,
        }
    }

    /// A column of long texts.
    pub(in crate::render) const fn wrapped(heading: &'static str) -> Self {
        Self {
            heading: Cow::Borrowed(heading),
            format: ColumnFormat::Wrapped,
        }
    }
}

impl<R> From<&Column<R>> for SheetColumn {
    fn from(column: &Column<R>) -> Self {
        let general = Self::general(column.name);
        match column.kind {
            ColumnKind::Time => Self {
                heading: format!("{} (UTC)", column.name).into(),
                format: ColumnFormat::Time,
            },
            ColumnKind::Percent => Self {
                format: ColumnFormat::Percent,
                ..general
            },
            // Not titles: a spreadsheet would measure each of a million patches.
            ColumnKind::Prose if !column.is_aws_field => Self {
                format: ColumnFormat::Wrapped,
                ..general
            },
            ColumnKind::Word
            | ColumnKind::Id
            | ColumnKind::Text
            | ColumnKind::Prose
            | ColumnKind::Count
            | ColumnKind::ViolationCount
            | ColumnKind::Verdict
            | ColumnKind::State
            | ColumnKind::Call
            | ColumnKind::Check
            | ColumnKind::CveList
            | ColumnKind::Age
            | ColumnKind::Flag
            | ColumnKind::Severity
            | ColumnKind::Names => general,
        }
    }
}

/// A cell, and what it means.
#[derive(Debug)]
pub(in crate::render) struct SheetCell<'a> {
    pub value: SheetValue<'a>,
    pub tone: Tone,
}

/// The value of a cell.
#[derive(Debug)]
pub(in crate::render) enum SheetValue<'a> {
    /// An empty cell: unknown or not reported.
    Unknown,
    /// Text from outside, which may hold anything.
    Text(Cow<'a, str>),
    Count(u64),
    Time(Timestamp),
    Percent(Percent),
    Flag(bool),
}

impl<'a> SheetCell<'a> {
    pub(in crate::render) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        SheetValue::Text(text.into()).into()
    }

    /// The text, or an empty cell.
    pub(in crate::render) fn optional_text(text: Option<&'a str>) -> Self {
        text.map_or(SheetValue::Unknown.into(), Self::text)
    }

    /// A cell of a column of this kind.
    pub(in crate::render) fn new(cell: Cell<'a>, kind: ColumnKind) -> Self {
        let tone = Tone::of_cell(&cell, kind);
        let value = match cell {
            Cell::Flag(flag) => SheetValue::Flag(flag),
            cell => match cell.plain() {
                PlainCell::Unknown => SheetValue::Unknown,
                PlainCell::Text(text) => SheetValue::Text(text),
                PlainCell::Word(word) => SheetValue::Text(Cow::Borrowed(word)),
                PlainCell::Count(n) => SheetValue::Count(n),
                PlainCell::Time(moment) => SheetValue::Time(moment),
                PlainCell::Percent(percent) => SheetValue::Percent(percent),
            },
        };
        Self { value, tone }
    }
}

impl<'a> From<SheetValue<'a>> for SheetCell<'a> {
    fn from(value: SheetValue<'a>) -> Self {
        Self {
            value,
            tone: Tone::Plain,
        }
    }
}
