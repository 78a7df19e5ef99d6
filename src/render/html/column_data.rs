//! The values of one column of a table, as the script of a page reads them: distinct texts,
//! each with its meaning and its order.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::columns::{Cell, Column, ColumnKind, Row};
use crate::duration;
use crate::render::tone::Tone;

/// A column as the script reads it.
#[derive(Serialize)]
pub(in crate::render) struct ColumnObject<'a> {
    name: &'a str,
    heading: &'a str,
    kind: &'a str,
    /// The class of its cells.
    class: &'static str,
    /// Is a list of its values a useful filter?
    filter: bool,
    /// Does a first click on the heading sort the greatest first?
    descends: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<&'a str>>,
    /// A letter for each value.
    #[serde(skip_serializing_if = "Option::is_none")]
    tones: Option<String>,
    /// The order of the values, where it is not that of text.
    #[serde(skip_serializing_if = "Option::is_none")]
    ranks: Option<&'a [i64]>,
}

/// A value as the page holds it.
pub(in crate::render) enum Value<'a> {
    Unknown,
    Count(u64),
    Time(Timestamp),
    Text(Cow<'a, str>),
    /// A text with an order of its own.
    Ranked(Cow<'a, str>, i64),
}

impl<'a> Value<'a> {
    pub(in crate::render) fn new(cell: Cell<'a>) -> Self {
        let rank = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        match cell {
            Cell::Unknown => Self::Unknown,
            Cell::Count(n) => Self::Count(n),
            Cell::Time(moment) => Self::Time(moment),
            Cell::Text(text) => Self::Text(text),
            Cell::State(state) => Self::Text(state.as_str().into()),
            Cell::Check(status) => Self::Text(status.as_str().into()),
            Cell::Flag(flag) => Self::Text(if flag { "yes" } else { "no" }.into()),
            Cell::Names(names) => Self::Text(names.join(", ").into()),
            Cell::CveList(cves) => Self::Text(cves.iter().collect::<Vec<_>>().join(", ").into()),
            Cell::Verdict(verdict) => Self::Ranked(verdict.as_str().into(), verdict as i64),
            Cell::Severity(severity) => Self::Ranked(severity.as_str().into(), severity as i64),
            Cell::Rating(word, severity) => Self::Ranked(word.into(), severity as i64),
            Cell::Age(seconds) => {
                Self::Ranked(duration::format_short(seconds).into(), rank(seconds))
            }
            Cell::Percent(percent) => {
                Self::Ranked(format!("{percent}%").into(), rank(percent.tenths.into()))
            }
            Cell::Ratio(part, whole) => {
                Self::Ranked(format!("{part} of {whole}").into(), rank(part))
            }
        }
    }
}

/// A column, with the values that its rows have so far.
pub(in crate::render) struct DataColumn<R: 'static> {
    pub column: &'static Column<R>,
    /// The place of each distinct value, by the letter of its tone and its text.
    places: HashMap<Arc<str>, usize>,
    values: Vec<Arc<str>>,
    ranks: Vec<i64>,
}

impl<R: Row> DataColumn<R> {
    pub(in crate::render) fn new(column: &'static Column<R>) -> Self {
        Self {
            column,
            places: HashMap::new(),
            values: Vec::new(),
            ranks: Vec::new(),
        }
    }

    /// The place of a value, and how many bytes the page grows by it.
    pub(in crate::render) fn place(
        &mut self,
        text: &str,
        rank: Option<i64>,
        tone: Tone,
    ) -> (usize, usize) {
        let mut key = String::with_capacity(text.len() + 1);
        key.push(tone_letter(tone));
        key.push_str(text);
        if let Some(place) = self.places.get(key.as_str()) {
            return (*place, 0);
        }
        let (key, place): (Arc<str>, _) = (key.into(), self.values.len());
        self.places.insert(Arc::clone(&key), place);
        self.values.push(key);
        self.ranks.extend(rank);
        (place, text.len() + 16)
    }

    pub(in crate::render) fn to_object(&self) -> ColumnObject<'_> {
        let kind = self.column.kind;
        let is_text = !matches!(
            kind,
            ColumnKind::Count | ColumnKind::ViolationCount | ColumnKind::Time
        );
        // A column of counts may have ratios.
        let has_values = is_text || !self.values.is_empty();
        ColumnObject {
            name: self.column.name,
            heading: self.column.heading,
            kind: match kind {
                ColumnKind::Time => "time",
                ColumnKind::ViolationCount => "violations",
                ColumnKind::Count => "count",
                _ => "text",
            },
            class: cell_class(kind),
            filter: is_filter(kind, self.column.name),
            descends: matches!(
                kind,
                ColumnKind::Count
                    | ColumnKind::ViolationCount
                    | ColumnKind::Severity
                    | ColumnKind::Age
                    | ColumnKind::Time
            ),
            values: has_values.then(|| self.values.iter().map(|value| &value[1..]).collect()),
            tones: has_values.then(|| self.values.iter().map(|value| &value[..1]).collect()),
            ranks: (has_values && !self.ranks.is_empty()).then_some(&self.ranks),
        }
    }
}

/// Is a list of its values a useful filter?
fn is_filter(kind: ColumnKind, name: &str) -> bool {
    match kind {
        ColumnKind::Verdict
        | ColumnKind::State
        | ColumnKind::Check
        | ColumnKind::Flag
        | ColumnKind::Severity => true,
        // What names one node is searched.
        ColumnKind::Word | ColumnKind::Text => {
            !["InstanceId", "Name", "ComputerName", "IPAddress"].contains(&name)
        }
        ColumnKind::Id
        | ColumnKind::Prose
        | ColumnKind::Count
        | ColumnKind::ViolationCount
        | ColumnKind::Time
        | ColumnKind::Call
        | ColumnKind::CveList
        | ColumnKind::Age
        | ColumnKind::Percent
        | ColumnKind::Names => false,
    }
}

/// How cells of this kind are set, as the style names it.
pub(in crate::render) const fn cell_class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Count | ColumnKind::ViolationCount | ColumnKind::Age | ColumnKind::Percent => {
            "number"
        }
        ColumnKind::Word
        | ColumnKind::Verdict
        | ColumnKind::State
        | ColumnKind::Time
        | ColumnKind::Check
        | ColumnKind::Flag
        | ColumnKind::Severity => "word",
        ColumnKind::Prose => "prose",
        ColumnKind::CveList | ColumnKind::Names => "list",
        ColumnKind::Id | ColumnKind::Text | ColumnKind::Call => "",
    }
}

const fn tone_letter(tone: Tone) -> char {
    match tone {
        Tone::Plain => 'p',
        Tone::Strong => 's',
        Tone::Dim => 'd',
        Tone::Good => 'g',
        Tone::Bad => 'b',
        Tone::Warning => 'w',
    }
}

/// The class of a tone, as the style names it.
#[must_use]
pub(in crate::render) const fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Strong => "strong",
        Tone::Dim => "dim",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Warning => "warning",
    }
}
