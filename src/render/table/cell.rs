//! One cell of the table: its text, what it means, and how narrow it may be.
//!
//! Pure. Knows the kinds of columns. Must not know widths of the whole, or
//! comfy-table.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::columns::{Cell, Column, Kind, Row};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::duration;
use crate::record::{Check, PatchState};
use crate::render::{Look, percent};
use crate::sanitize::shortened;

/// The most characters of a text, and of a list. A table gives each row the width
/// of its widest cell, so one cell of a megabyte would take as much in every row.
/// The CVE ids of a cumulative update take some 1,600; titles are shorter than 200.
/// Other formats shorten nothing.
const MOST_OF_TEXT: usize = 1_000;
const MOST_OF_LIST: usize = 2_000;

/// More names than this are counted.
const MOST_NAMED: usize = 3;

/// The width below which a cell of this kind says nothing; `None` where it must
/// not be shortened at all.
pub fn least(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Text | Kind::List => Some(14),
        Kind::Id | Kind::Call => Some(24),
        Kind::Prose => Some(32),
        // One id of a node, and a sign that there are more.
        Kind::Names => Some(20),
        Kind::Word
        | Kind::Count
        | Kind::Finding
        | Kind::Time
        | Kind::Verdict
        | Kind::State
        | Kind::Age
        | Kind::Percent
        | Kind::Flag
        | Kind::Severity
        | Kind::Check => None,
    }
}

/// What a cell means, which is what its colour repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Dim,
    Good,
    Bad,
    Doubtful,
}

/// What stands in a cell, and what it means.
pub fn cell<R: Row>(column: &Column<R>, row: &R, look: &Look<R>) -> (String, Tone) {
    match column.cell(row) {
        Cell::Unknown => ("-".to_owned(), Tone::Dim),
        Cell::Text(text) => (shown(&text, MOST_OF_TEXT), Tone::Plain),
        Cell::Count(0) => ("0".to_owned(), Tone::Dim),
        Cell::Count(n) => {
            let bad = column.kind == Kind::Finding;
            (n.to_string(), if bad { Tone::Bad } else { Tone::Plain })
        }
        Cell::Time(moment) => {
            let text = match look.width {
                Some(_) => ago(moment, look.now),
                None => moment.to_string(),
            };
            (text, Tone::Plain)
        }
        Cell::Verdict(verdict) => {
            let tone = match verdict {
                Verdict::Compliant => Tone::Good,
                Verdict::NonCompliant | Verdict::Unread => Tone::Bad,
                Verdict::NoData | Verdict::Stale => Tone::Doubtful,
            };
            (verdict.as_str().to_owned(), tone)
        }
        Cell::Check(check) => {
            let tone = match check {
                Check::Ok => Tone::Good,
                Check::Denied => Tone::Doubtful,
                Check::Failed | Check::Unread => Tone::Bad,
            };
            (check.as_str().to_owned(), tone)
        }
        Cell::State(state) => {
            let tone = match state {
                PatchState::Installed | PatchState::InstalledOther => Tone::Good,
                PatchState::NotApplicable => Tone::Dim,
                PatchState::AvailableSecurityUpdate | PatchState::Other(_) => Tone::Doubtful,
                _ => Tone::Bad,
            };
            (shown(state.as_str(), MOST_OF_TEXT), tone)
        }
        Cell::Age(seconds) => (duration::short(seconds), Tone::Plain),
        Cell::Percent(tenths) => (format!("{}%", percent(tenths)), Tone::Plain),
        Cell::Flag(true) => ("yes".to_owned(), Tone::Doubtful),
        Cell::Flag(false) => ("no".to_owned(), Tone::Dim),
        Cell::Severity(severity) => {
            let tone = match severity {
                Severity::Critical | Severity::Important => Tone::Bad,
                Severity::Medium => Tone::Doubtful,
                Severity::Low => Tone::Plain,
                Severity::Unrated => Tone::Dim,
            };
            (severity.as_str().to_owned(), tone)
        }
        Cell::Names(names) => (shown(&few(&names), MOST_OF_TEXT), Tone::Plain),
        Cell::Of(0, all) => (format!("0 of {all}"), Tone::Dim),
        Cell::Of(some, all) => (format!("{some} of {all}"), Tone::Bad),
        Cell::List(list) => {
            let ids: Vec<&str> = list.iter().collect();
            (shown(&ids.join(", "), MOST_OF_LIST), Tone::Plain)
        }
    }
}

/// Text from outside: harmless on a terminal, and of a bounded length.
fn shown(text: &str, most: usize) -> String {
    shortened(text, most).into_owned()
}

/// The first of a list, and how many more there are.
fn few(names: &[Cow<'_, str>]) -> String {
    let shown = &names[..names.len().min(MOST_NAMED)];
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// "3d ago", for people; a moment to come is shown as it is.
fn ago(moment: Timestamp, now: Timestamp) -> String {
    match u64::try_from(now.as_second() - moment.as_second()) {
        Err(_) => moment.to_string(),
        Ok(0..60) => "just now".to_owned(),
        Ok(seconds) => format!("{} ago", duration::short(seconds)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_megabyte_is_shortened_and_a_long_list_of_cves_is_not() {
        let long = shown(&"é".repeat(1 << 20), MOST_OF_TEXT);
        assert_eq!(long.chars().count(), MOST_OF_TEXT + 1);
        assert!(long.ends_with('…'));
        let cves = "CVE-2026-12345, ".repeat(100);
        assert_eq!(shown(&cves, MOST_OF_LIST), cves);
    }

    #[test]
    fn moments_are_told_in_the_largest_unit_that_still_says_something() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let at = |text: &str| ago(text.parse().unwrap(), now);
        assert_eq!(at("2026-11-20T11:59:30Z"), "just now");
        assert_eq!(at("2026-11-20T11:01:00Z"), "59m ago");
        assert_eq!(at("2026-11-19T11:00:00Z"), "25h ago");
        assert_eq!(at("2026-09-11T12:00:00Z"), "70d ago");
        assert_eq!(at("2026-11-20T13:00:00Z"), "2026-11-20T13:00:00Z");
    }
}
