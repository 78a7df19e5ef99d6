//! A file of waivers: TOML, accepted whole or refused whole, each refusal with its
//! line and column.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use jiff::Timestamp;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::bounded_read;
use crate::gate::waiver::entry::{Expiry, Waiver, WaiverEntry, WaiverMatchCounts, WaiverMatcher};
use crate::gate::waiver::pattern::{
    CvePattern, KbPattern, TagPattern, is_catch_all, parse_account_id,
};
use crate::glob::Glob;
use crate::suggest::unknown_word;

/// The keys of a waiver. Those before `expires` say what it is about.
const KEYS: [&str; 9] = [
    "kb",
    "cve",
    "node",
    "tag",
    "patch-group",
    "account",
    "expires",
    "reason",
    "owner",
];

/// More than this is no file of waivers, and is not read to its end.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

const WAIVES_EVERYTHING: &str = "this waiver would waive everything: name what it is about, in kb, cve, node, tag, patch-group or account, by more than wildcards";

pub(super) fn read(path: &Path) -> Result<Vec<WaiverEntry>> {
    let name = path.display().to_string();
    let bytes = bounded_read::read_file(path, MAX_FILE_BYTES)
        .with_context(|| format!("cannot read the waivers in {name}"))?;
    bounded_read::check_text(&name, &bytes)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(&name, text),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let good = strip_byte_order_mark(&good);
            Err(WaiverSource::new(&name, good).error_at(good.len(), "not UTF-8 text"))
        }
    }
}

pub(super) fn parse(name: &str, text: &str) -> Result<Vec<WaiverEntry>> {
    let source = WaiverSource::new(name, strip_byte_order_mark(text));
    let document = DeTable::parse(source.text).map_err(|error| {
        let at = error.span().map_or(source.text.len(), |span| span.start);
        source.error_at(at, error.message())
    })?;
    let mut all = Vec::new();
    for (key, value) in in_file_order(document.get_ref()) {
        if key.get_ref() != "waiver" {
            let what = unknown_word("a file of waivers has no key", key.get_ref(), &["waiver"]);
            return Err(source.error_at(key.span().start, &what));
        }
        let DeValue::Array(tables) = value.get_ref() else {
            let what = "each waiver starts with [[waiver]], in double brackets";
            return Err(source.error_at(key.span().start, what));
        };
        for table in tables {
            all.push(source.parse_waiver(table)?);
        }
    }
    Ok(all)
}

/// What some editors write in front of UTF-8 text is no part of it.
fn strip_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

type TableKey<'t> = &'t Spanned<std::borrow::Cow<'t, str>>;
type TableValue<'t> = Spanned<DeValue<'t>>;

/// The keys of a table as they stand in the file: what is wrong first is told.
fn in_file_order<'t>(table: &'t DeTable<'t>) -> Vec<(TableKey<'t>, &'t TableValue<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The text of a file, and what to call it.
struct WaiverSource<'t> {
    name: &'t str,
    text: &'t str,
    /// Where each line starts, in bytes.
    line_starts: Vec<usize>,
}

impl<'t> WaiverSource<'t> {
    fn new(name: &'t str, text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name,
            text,
            line_starts: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The line and the column of a byte, from 1, the column in characters.
    fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let before = &self.text.as_bytes()[self.line_starts[line - 1]..byte];
        let column = String::from_utf8_lossy(before).chars().count();
        (line, column + 1)
    }

    fn error_at(&self, byte: usize, what: &str) -> Error {
        let (line, column) = self.line_and_column(byte);
        // A message of the parser's may have several lines.
        let what = what.lines().collect::<Vec<_>>().join("; ");
        anyhow!("{}:{line}:{column}: {what}", self.name)
    }

    fn parse_waiver(&self, value: &TableValue<'_>) -> Result<WaiverEntry> {
        let start = value.span().start;
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.error_at(start, &type_error("a waiver", "a table", value)));
        };
        let mut named = WaiverMatcher::default();
        let mut narrows = false;
        let (mut expires, mut reason, mut owner) = (None, None, None);
        for (key, value) in in_file_order(table) {
            let Some(known) = KEYS.into_iter().find(|known| *known == key.get_ref()) else {
                let what = unknown_word("a waiver has no key", key.get_ref(), &KEYS);
                return Err(self.error_at(key.span().start, &what));
            };
            match known {
                "expires" => expires = Some(self.parse_expiry(value)?),
                "reason" => reason = Some(self.parse_text(known, value)?.to_owned()),
                "owner" => owner = Some(self.parse_text(known, value)?.to_owned()),
                _ => narrows |= self.parse_match_key(&mut named, known, value)?,
            }
        }
        if !narrows {
            return Err(self.error_at(start, WAIVES_EVERYTHING));
        }
        let expires = expires.ok_or_else(|| {
            self.error_at(
                start,
                "this waiver never ends: add expires, a date such as 2026-12-31",
            )
        })?;
        let reason = reason.ok_or_else(|| {
            self.error_at(start, "this waiver has no reason: add reason = \"...\"")
        })?;
        let label = format!("{}:{}", self.name, self.line_and_column(start).0);
        Ok(WaiverEntry {
            waiver: Arc::new(Waiver {
                label,
                reason,
                owner,
                expires,
            }),
            matcher: named,
            match_counts: WaiverMatchCounts::default(),
        })
    }

    /// Takes up the values of one kind. Do they leave anything out?
    fn parse_match_key(
        &self,
        named: &mut WaiverMatcher,
        key: &str,
        value: &TableValue<'_>,
    ) -> Result<bool> {
        let mut narrows = true;
        for one in self.string_or_list(key, value)? {
            let text = self.parse_text(key, one)?;
            let taken = match key {
                "kb" => KbPattern::parse(text).map(|kb| named.kb_patterns.push(kb)),
                "cve" => CvePattern::parse(text).map(|cve| named.cve_patterns.push(cve)),
                "tag" => TagPattern::parse(text).map(|tag| named.tag_patterns.push(tag)),
                "account" => parse_account_id(text).map(|id| named.account_ids.push(id)),
                "node" => Some(Glob::new(text.trim())).map(|id| named.node_patterns.push(id)),
                _ => Some(Glob::new(text)).map(|group| named.patch_group_patterns.push(group)),
            };
            if taken.is_none() {
                let form = match key {
                    "kb" => "a KB id is written like KB5023702, or as the name of a package",
                    "cve" => {
                        "a CVE id is written like CVE-2024-21338, or with * and ? for digits: CVE-2024-*"
                    }
                    "tag" => {
                        "a tag is written KEY=VALUE, such as Env=dev, with * and ? in the value alone"
                    }
                    _ => "an account id has twelve digits, such as 111122223333",
                };
                return Err(self.error_at(one.span().start, &format!("{key} has {text:?}; {form}")));
            }
            narrows &= !is_catch_all(text);
        }
        Ok(narrows)
    }

    /// A string, or the strings of a list.
    fn string_or_list<'v>(
        &self,
        key: &str,
        value: &'v TableValue<'v>,
    ) -> Result<Vec<&'v TableValue<'v>>> {
        match value.get_ref() {
            DeValue::Array(list) if list.is_empty() => {
                let what = format!(
                    "{key} is an empty list, which names nothing: leave {key} out, or name something"
                );
                Err(self.error_at(value.span().start, &what))
            }
            DeValue::Array(list) => Ok(list.iter().collect()),
            DeValue::String(_) => Ok(vec![value]),
            DeValue::Integer(_) => {
                let what = type_error(key, "a string or a list of strings", value);
                Err(self.error_at(value.span().start, &format!("{what}: put it in quotes")))
            }
            _ => {
                let what = type_error(key, "a string or a list of strings", value);
                Err(self.error_at(value.span().start, &what))
            }
        }
    }

    fn parse_text<'v>(&self, key: &str, value: &'v TableValue<'v>) -> Result<&'v str> {
        let start = value.span().start;
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                Err(self.error_at(start, &format!("{key} is empty")))
            }
            DeValue::String(text) => Ok(text),
            _ => Err(self.error_at(start, &type_error(key, "a string", value))),
        }
    }

    fn parse_expiry(&self, value: &TableValue<'_>) -> Result<Expiry> {
        let refuse = |what: &str| self.error_at(value.span().start, what);
        let DeValue::Datetime(written) = value.get_ref() else {
            let what = type_error("expires", "a date, such as 2026-12-31", value);
            return Err(refuse(&match value.get_ref() {
                DeValue::String(_) => format!("{what}: leave the quotes out"),
                _ => what,
            }));
        };
        let text = written.to_string();
        match (&written.date, &written.time, &written.offset) {
            (Some(_), None, None) => text.parse::<Date>().ok().map(Expiry::EndOfDay),
            (Some(_), Some(_), Some(_)) => text.parse::<Timestamp>().ok().map(Expiry::At),
            (None, ..) => return Err(refuse("expires is a time without a date")),
            _ => {
                return Err(refuse(
                    "expires is a time of an untold zone: write a date alone, or add the offset from UTC, as in 2026-12-31T18:00:00Z",
                ));
            }
        }
        .ok_or_else(|| refuse(&format!("expires is too far off: {text}")))
    }
}

/// "kb is a string or a list of strings, not an integer"
fn type_error(key: &str, right: &str, value: &TableValue<'_>) -> String {
    let kind = match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    format!("{key} is {right}, not {kind}")
}

#[cfg(test)]
mod tests;
