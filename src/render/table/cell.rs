//! One cell of the table: its text, its tone, and how narrow it may be.

use jiff::Timestamp;

use crate::columns::{Cell, Column, ColumnKind, Row};
use crate::duration;
use crate::render::RenderOptions;
use crate::render::tone::Tone;
use crate::sanitize::sanitize_truncated;
use crate::text;

/// The most characters of a text, and of a list. A table gives each row the width
/// of its widest cell, so one cell of a megabyte would take as much in every row.
/// The CVE ids of a cumulative update take some 1,600; titles are shorter than 200.
/// Other formats shorten nothing.
const MAX_TEXT_CHARS: usize = 1_000;
const MAX_LIST_CHARS: usize = 2_000;

/// More names than this are counted.
const MAX_NAMED: usize = 3;

/// The width below which a cell of this kind says nothing; `None` where it must
/// not be shortened at all.
pub(super) fn min_width(kind: ColumnKind) -> Option<usize> {
    match kind {
        ColumnKind::Text | ColumnKind::CveList => Some(14),
        ColumnKind::Id | ColumnKind::Call => Some(24),
        ColumnKind::Prose => Some(26),
        // One id of a node, and a sign that there are more.
        ColumnKind::Names => Some(20),
        ColumnKind::Word
        | ColumnKind::Count
        | ColumnKind::ViolationCount
        | ColumnKind::Time
        | ColumnKind::Verdict
        | ColumnKind::State
        | ColumnKind::Age
        | ColumnKind::Percent
        | ColumnKind::Flag
        | ColumnKind::Severity
        | ColumnKind::Check => None,
    }
}

/// What stands in a cell, and what it means.
pub(super) fn render_cell<R: Row>(
    column: &Column<R>,
    row: &R,
    options: RenderOptions,
) -> (String, Tone) {
    let cell = column.cell(row);
    let tone = Tone::of_cell(&cell, column.kind);
    let text = match cell {
        Cell::Unknown => "-".to_owned(),
        Cell::Text(text) => sanitize_clipped(&text, MAX_TEXT_CHARS),
        Cell::Rating(word, _) => sanitize_clipped(word, MAX_TEXT_CHARS),
        Cell::Count(n) => n.to_string(),
        Cell::Time(moment) => match options.width {
            Some(_) => relative_time(moment, options.now),
            None => moment.to_string(),
        },
        Cell::Verdict(verdict) => verdict.as_str().to_owned(),
        Cell::Check(check) => check.as_str().to_owned(),
        Cell::State(state) => sanitize_clipped(state.as_str(), MAX_TEXT_CHARS),
        Cell::Age(seconds) => duration::format_short(seconds),
        Cell::Percent(percent) => format!("{percent}%"),
        Cell::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
        Cell::Severity(severity) => severity.as_str().to_owned(),
        Cell::Names(names) => sanitize_clipped(&text::first_n(&names, MAX_NAMED), MAX_TEXT_CHARS),
        Cell::Ratio(part, whole) => format!("{part} of {whole}"),
        Cell::CveList(list) => {
            let ids: Vec<&str> = list.iter().collect();
            sanitize_clipped(&ids.join(", "), MAX_LIST_CHARS)
        }
    };
    (text, tone)
}

/// Text from outside: harmless on a terminal, and of a bounded length.
fn sanitize_clipped(text: &str, most: usize) -> String {
    sanitize_truncated(text, most).into_owned()
}

/// "3d ago", for people; a moment to come is shown as it is.
fn relative_time(moment: Timestamp, now: Timestamp) -> String {
    match u64::try_from(now.as_second() - moment.as_second()) {
        Err(_) => moment.to_string(),
        Ok(0..60) => "just now".to_owned(),
        Ok(seconds) => format!("{} ago", duration::format_short(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_megabyte_is_shortened_and_a_long_list_of_cves_is_not() {
        let long = sanitize_clipped(&"é".repeat(1 << 20), MAX_TEXT_CHARS);
        assert_eq!(long.chars().count(), MAX_TEXT_CHARS + 1);
        assert!(long.ends_with('…'));
        let cves = "CVE-2026-12345, ".repeat(100);
        assert_eq!(sanitize_clipped(&cves, MAX_LIST_CHARS), cves);
    }

    #[test]
    fn relative_times_use_the_largest_unit_that_is_not_one() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let at = |text: &str| relative_time(text.parse().unwrap(), now);
        assert_eq!(at("2026-11-20T11:59:30Z"), "just now");
        assert_eq!(at("2026-11-20T11:01:00Z"), "59m ago");
        assert_eq!(at("2026-11-19T11:00:00Z"), "25h ago");
        assert_eq!(at("2026-09-11T12:00:00Z"), "70d ago");
        assert_eq!(at("2026-11-20T13:00:00Z"), "2026-11-20T13:00:00Z");
    }
}
