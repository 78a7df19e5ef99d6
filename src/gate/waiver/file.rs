//! A file of waivers: TOML, read whole or refused whole, each refusal with its
//! line and column.
//!
//! Knows the keys of a waiver and what may stand there. Must not know what a
//! waiver comes to.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use jiff::Timestamp;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::bounded_read;
use crate::gate::waiver::pattern::{Cve, Kb, Pattern, Tagged, account, is_anything};
use crate::gate::waiver::{Entry, Expires, Named, Tally, Waiver, Waivers};
use crate::suggest::unknown;

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
const MOST_BYTES: u64 = 16 * 1024 * 1024;

const WAIVES_EVERYTHING: &str = "this waiver would waive everything: name what it is about, in kb, cve, node, tag, patch-group or account, by more than wildcards";

pub fn read(path: &Path) -> Result<Waivers> {
    let name = path.display().to_string();
    let bytes = bounded_read::read(path, MOST_BYTES)
        .with_context(|| format!("cannot read the waivers in {name}"))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(&name, text),
        Err(error) => {
            let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let good = without_mark(&good);
            Err(Source::new(&name, good).refuse(good.len(), "not UTF-8 text"))
        }
    }
}

pub fn parse(name: &str, text: &str) -> Result<Waivers> {
    let source = Source::new(name, without_mark(text));
    let document = DeTable::parse(source.text).map_err(|error| {
        let at = error.span().map_or(source.text.len(), |span| span.start);
        source.refuse(at, error.message())
    })?;
    let mut all = Vec::new();
    for (key, value) in in_order(document.get_ref()) {
        if key.get_ref() != "waiver" {
            let what = unknown("a file of waivers has no key", key.get_ref(), &["waiver"]);
            return Err(source.refuse(key.span().start, &what));
        }
        let DeValue::Array(tables) = value.get_ref() else {
            let what = "each waiver starts with [[waiver]], in double brackets";
            return Err(source.refuse(key.span().start, what));
        };
        for table in tables {
            all.push(source.waiver(table)?);
        }
    }
    Ok(Waivers { all })
}

/// What some editors write in front of UTF-8 text is no part of it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

type Key<'t> = &'t Spanned<std::borrow::Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

/// The keys of a table as they stand in the file: what is wrong first is told.
fn in_order<'t>(table: &'t DeTable<'t>) -> Vec<(Key<'t>, &'t Value<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The text of a file, and what to call it.
struct Source<'t> {
    name: &'t str,
    text: &'t str,
    /// Where each line starts, in bytes.
    lines: Vec<usize>,
}

impl<'t> Source<'t> {
    fn new(name: &'t str, text: &'t str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name,
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// The line and the column of a byte, from 1, the column in characters.
    fn place(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= byte);
        let before = &self.text.as_bytes()[self.lines[line - 1]..byte];
        let column = String::from_utf8_lossy(before).chars().count();
        (line, column + 1)
    }

    fn refuse(&self, byte: usize, what: &str) -> Error {
        let (line, column) = self.place(byte);
        // A message of the parser's may have several lines.
        let what = what.lines().collect::<Vec<_>>().join("; ");
        anyhow!("{}:{line}:{column}: {what}", self.name)
    }

    fn waiver(&self, value: &Value<'_>) -> Result<Entry> {
        let start = value.span().start;
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.refuse(start, &wrong("a waiver", "a table", value)));
        };
        let mut named = Named::default();
        let mut narrows = false;
        let (mut expires, mut reason, mut owner) = (None, None, None);
        for (key, value) in in_order(table) {
            let Some(known) = KEYS.into_iter().find(|known| *known == key.get_ref()) else {
                let what = unknown("a waiver has no key", key.get_ref(), &KEYS);
                return Err(self.refuse(key.span().start, &what));
            };
            match known {
                "expires" => expires = Some(self.expires(value)?),
                "reason" => reason = Some(self.text(known, value)?.to_owned()),
                "owner" => owner = Some(self.text(known, value)?.to_owned()),
                _ => narrows |= self.name(&mut named, known, value)?,
            }
        }
        if !narrows {
            return Err(self.refuse(start, WAIVES_EVERYTHING));
        }
        let expires = expires.ok_or_else(|| {
            self.refuse(
                start,
                "this waiver never ends: add expires, a date such as 2026-12-31",
            )
        })?;
        let reason = reason
            .ok_or_else(|| self.refuse(start, "this waiver has no reason: add reason = \"...\""))?;
        let label = format!("{}:{}", self.name, self.place(start).0);
        Ok(Entry {
            waiver: Arc::new(Waiver {
                label,
                reason,
                owner,
                expires,
            }),
            named,
            tally: Tally::default(),
        })
    }

    /// Takes up the values of one kind. Do they leave anything out?
    fn name(&self, named: &mut Named, key: &str, value: &Value<'_>) -> Result<bool> {
        let mut narrows = true;
        for one in self.several(key, value)? {
            let text = self.text(key, one)?;
            let taken = match key {
                "kb" => Kb::of(text).map(|kb| named.kbs.push(kb)),
                "cve" => Cve::of(text).map(|cve| named.cves.push(cve)),
                "tag" => Tagged::of(text).map(|tag| named.tags.push(tag)),
                "account" => account(text).map(|id| named.accounts.push(id)),
                "node" => Some(Pattern::of(text.trim())).map(|id| named.nodes.push(id)),
                _ => Some(Pattern::of(text)).map(|group| named.groups.push(group)),
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
                return Err(self.refuse(one.span().start, &format!("{key} has {text:?}; {form}")));
            }
            narrows &= !is_anything(text);
        }
        Ok(narrows)
    }

    /// A string, or the strings of a list.
    fn several<'v>(&self, key: &str, value: &'v Value<'v>) -> Result<Vec<&'v Value<'v>>> {
        match value.get_ref() {
            DeValue::Array(list) if list.is_empty() => {
                let what = format!(
                    "{key} is an empty list, which names nothing: leave {key} out, or name something"
                );
                Err(self.refuse(value.span().start, &what))
            }
            DeValue::Array(list) => Ok(list.iter().collect()),
            DeValue::String(_) => Ok(vec![value]),
            DeValue::Integer(_) => {
                let what = wrong(key, "a string or a list of strings", value);
                Err(self.refuse(value.span().start, &format!("{what}: put it in quotes")))
            }
            _ => {
                let what = wrong(key, "a string or a list of strings", value);
                Err(self.refuse(value.span().start, &what))
            }
        }
    }

    fn text<'v>(&self, key: &str, value: &'v Value<'v>) -> Result<&'v str> {
        let start = value.span().start;
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                Err(self.refuse(start, &format!("{key} is empty")))
            }
            DeValue::String(text) => Ok(text),
            _ => Err(self.refuse(start, &wrong(key, "a string", value))),
        }
    }

    fn expires(&self, value: &Value<'_>) -> Result<Expires> {
        let refuse = |what: &str| self.refuse(value.span().start, what);
        let DeValue::Datetime(written) = value.get_ref() else {
            let what = wrong("expires", "a date, such as 2026-12-31", value);
            return Err(refuse(&match value.get_ref() {
                DeValue::String(_) => format!("{what}: leave the quotes out"),
                _ => what,
            }));
        };
        let text = written.to_string();
        match (&written.date, &written.time, &written.offset) {
            (Some(_), None, None) => text.parse::<Date>().ok().map(Expires::EndOf),
            (Some(_), Some(_), Some(_)) => text.parse::<Timestamp>().ok().map(Expires::At),
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
fn wrong(key: &str, right: &str, value: &Value<'_>) -> String {
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
