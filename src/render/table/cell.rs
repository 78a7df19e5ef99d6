//! One cell of the table: its text, its tone, and how narrow it may be.

use jiff::Timestamp;

use crate::columns::{Cell, Column, ColumnKind, Row};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::duration;
use crate::record::{CallStatus, PatchState};
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
    match column.cell(row) {
        Cell::Unknown => ("-".to_owned(), Tone::Dim),
        Cell::Text(text) => (sanitize_clipped(&text, MAX_TEXT_CHARS), Tone::Plain),
        Cell::Rating(word, severity) => {
            let tone = match severity {
                // What this program does not rate is said as plainly as the rest.
                Severity::Unrated => Tone::Plain,
                rated => rated.into(),
            };
            (sanitize_clipped(word, MAX_TEXT_CHARS), tone)
        }
        Cell::Count(0) => ("0".to_owned(), Tone::Dim),
        Cell::Count(n) => {
            let bad = column.kind == ColumnKind::ViolationCount;
            (n.to_string(), if bad { Tone::Bad } else { Tone::Plain })
        }
        Cell::Time(moment) => {
            let text = match options.width {
                Some(_) => relative_time(moment, options.now),
                None => moment.to_string(),
            };
            (text, Tone::Plain)
        }
        Cell::Verdict(verdict) => {
            let tone = match verdict {
                Verdict::Compliant => Tone::Good,
                Verdict::NonCompliant | Verdict::Unread => Tone::Bad,
                Verdict::NoData | Verdict::Stale => Tone::Warning,
            };
            (verdict.as_str().to_owned(), tone)
        }
        Cell::Check(check) => {
            let tone = match check {
                CallStatus::Ok => Tone::Good,
                CallStatus::Denied => Tone::Warning,
                CallStatus::Failed | CallStatus::Unread => Tone::Bad,
            };
            (check.as_str().to_owned(), tone)
        }
        Cell::State(state) => {
            let tone = match state {
                PatchState::Installed | PatchState::InstalledOther => Tone::Good,
                PatchState::NotApplicable => Tone::Dim,
                PatchState::AvailableSecurityUpdate | PatchState::Other(_) => Tone::Warning,
                _ => Tone::Bad,
            };
            (sanitize_clipped(state.as_str(), MAX_TEXT_CHARS), tone)
        }
        Cell::Age(seconds) => (duration::format_short(seconds), Tone::Plain),
        Cell::Percent(percent) => (format!("{percent}%"), Tone::Plain),
        Cell::Flag(true) => ("yes".to_owned(), Tone::Warning),
        Cell::Flag(false) => ("no".to_owned(), Tone::Dim),
        Cell::Severity(severity) => (severity.as_str().to_owned(), severity.into()),
        Cell::Names(names) => (
            sanitize_clipped(&text::first_n(&names, MAX_NAMED), MAX_TEXT_CHARS),
            Tone::Plain,
        ),
        Cell::Ratio(0, all) => (format!("0 of {all}"), Tone::Dim),
        Cell::Ratio(some, all) => (format!("{some} of {all}"), Tone::Bad),
        Cell::CveList(list) => {
            let ids: Vec<&str> = list.iter().collect();
            (
                sanitize_clipped(&ids.join(", "), MAX_LIST_CHARS),
                Tone::Plain,
            )
        }
    }
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
