//! The values of conditions: how they are parsed by the kind of their column, and how
//! cells compare with them.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::columns::condition::operator::Operator;
use crate::columns::sort::compare_known;
use crate::columns::{Cell, Column, ColumnKind};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::duration::parse_seconds;
use crate::glob::{Glob, is_glob};
use crate::record::{PatchState, is_same_word, normalize_cve_id};
use crate::suggest::describe_suggestion;

#[derive(Debug, Clone)]
pub(super) enum Value {
    /// Compared as rows are sorted.
    Cell(Cell<'static>),
    /// From the first moment of a day to that of the next.
    Day(Timestamp, Timestamp),
    /// Case does not matter.
    Text(Box<str>),
    /// Case does not matter here either.
    Glob(Glob),
}

pub(super) fn parse_value<R>(
    column: &Column<R>,
    operator: Operator,
    word: &str,
) -> Result<Value, String> {
    if operator.is_glob() {
        return parse_glob(column, operator, word);
    }
    let cell = match column.kind {
        ColumnKind::Count | ColumnKind::ViolationCount => Cell::Count(
            word.parse()
                .map_err(|_| format!("{word:?} is not a whole number"))?,
        ),
        ColumnKind::Percent => return Err("percentages cannot be compared".to_owned()),
        ColumnKind::Age => Cell::Age(parse_seconds(word)?),
        ColumnKind::Time => return parse_time(word),
        ColumnKind::Verdict => Cell::Verdict(parse_verdict(word)?),
        ColumnKind::Severity => Cell::Severity(parse_severity(column, operator, word)?),
        ColumnKind::Flag => match word.to_ascii_lowercase().as_str() {
            "true" => Cell::Flag(true),
            "false" => Cell::Flag(false),
            _ => return Err(format!("{word:?} is not true or false")),
        },
        ColumnKind::State => {
            let state = PatchState::parse_documented(word).ok_or_else(|| {
                let known = PatchState::DOCUMENTED;
                let known: Vec<&str> = known.iter().map(PatchState::as_str).collect();
                format!("unknown patch state {}", describe_suggestion(word, &known))
            })?;
            return Ok(Value::Text(state.as_str().into()));
        }
        ColumnKind::CveList => {
            let id = normalize_cve_id(word);
            let id = id
                .ok_or_else(|| format!("{word:?} is not a CVE id; write it like CVE-2024-21338"))?;
            return Ok(Value::Text(id.into()));
        }
        ColumnKind::Word
        | ColumnKind::Id
        | ColumnKind::Text
        | ColumnKind::Prose
        | ColumnKind::Call
        | ColumnKind::Check
        | ColumnKind::Names => {
            if is_glob(word) {
                let glob = if operator == Operator::Equal {
                    "~"
                } else {
                    "!~"
                };
                return Err(format!(
                    "{} compares whole values; write {}{glob}{word} for a pattern",
                    operator.as_str(),
                    column.name,
                ));
            }
            return Ok(Value::Text(word.into()));
        }
    };
    Ok(Value::Cell(cell))
}

fn parse_glob<R>(column: &Column<R>, operator: Operator, word: &str) -> Result<Value, String> {
    if is_glob(word) {
        return Ok(Value::Glob(Glob::new_case_insensitive(word)));
    }
    let equal = if operator == Operator::Glob {
        "="
    } else {
        "!="
    };
    let (name, glob) = (column.name, operator.as_str());
    Err(format!(
        "{word:?} has no * or ?, and a pattern is matched from start to end; write \
         {name}{glob}*{word}* or {name}{equal}{word}"
    ))
}

/// A moment, or the whole of a day in UTC.
fn parse_time(word: &str) -> Result<Value, String> {
    if let Ok(moment) = word.parse() {
        return Ok(Value::Cell(Cell::Time(moment)));
    }
    // Longer texts have a time of no known time zone.
    let date: Option<Date> = word.parse().ok().filter(|_| word.len() <= 10);
    let midnight = |date: Date| Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    let day = date.and_then(|date| Some((midnight(date)?, midnight(date.tomorrow().ok()?)?)));
    day.map(|(start, end)| Value::Day(start, end))
        .ok_or_else(|| format!("{word:?} is not a time; write 2026-11-01 or 2026-11-01T06:00:00Z"))
}

/// A verdict, from any spelling.
pub(crate) fn parse_verdict(word: &str) -> Result<Verdict, String> {
    let mut known = Verdict::ALL.into_iter();
    let verdict = known.find(|verdict| is_same_word(verdict.as_str(), word));
    verdict.ok_or_else(|| {
        let known = Verdict::ALL.map(Verdict::as_typed);
        format!("unknown verdict {}", describe_suggestion(word, &known))
    })
}

fn parse_severity<R>(
    column: &Column<R>,
    operator: Operator,
    word: &str,
) -> Result<Severity, String> {
    match Severity::from_word(word) {
        Some(Severity::Unrated) if operator.is_order() => Err(format!(
            "an unrated patch is neither above nor below a rated one; write {}=unrated",
            column.name
        )),
        Some(severity) => Ok(severity),
        None => Err(format!(
            "unknown severity {}",
            describe_suggestion(word, &["critical", "important", "medium", "low", "unrated"])
        )),
    }
}

/// A patch without a rating is neither above nor below one that has one, but `=unrated`
/// finds it.
pub(super) fn is_known(cell: &Cell<'_>) -> bool {
    !matches!(cell, Cell::Unknown | Cell::Severity(Severity::Unrated))
}

/// How a known cell compares with the value of its column.
pub(super) fn compare(cell: &Cell<'_>, value: &Value) -> Ordering {
    match (cell, value) {
        (Cell::Time(moment), Value::Day(start, _)) if moment < start => Ordering::Less,
        (Cell::Time(moment), Value::Day(_, end)) if moment >= end => Ordering::Greater,
        (Cell::Ratio(part, _), Value::Cell(value)) => compare_known(&Cell::Count(*part), value),
        (cell, Value::Cell(value)) => compare_known(cell, value),
        // Texts have no order here.
        (_, Value::Day(..) | Value::Text(_) | Value::Glob(_)) => Ordering::Equal,
    }
}

pub(super) fn is_equal(cell: &Cell<'_>, value: &Value) -> bool {
    match value {
        Value::Text(word) => has_text(cell, |text| is_same_text(text, word)),
        Value::Glob(glob) => has_text(cell, |text| glob.matches(text)),
        Value::Cell(_) | Value::Day(..) => compare(cell, value).is_eq(),
    }
}

/// Is the text of the cell, or one of its list, like this?
fn has_text(cell: &Cell<'_>, is_meant: impl Fn(&str) -> bool) -> bool {
    let mut is_found = false;
    cell.for_each_text(|text| is_found = is_found || is_meant(text));
    is_found
}

fn is_same_text(left: &str, right: &str) -> bool {
    let folded = |text: &'_ str| {
        text.chars()
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    left.eq_ignore_ascii_case(right) || (!left.is_ascii() && folded(left) == folded(right))
}
