//! JSON: one document that is a superset of the AWS CLI's, one row a line.
//!
//! Knows the document's frame and how a row becomes an object. Streams: rows
//! first, then what stands below them. `null` is "unknown".

mod doctor;
mod exposure;
mod summary;

use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::columns::{Cell, Column, Row};
use crate::compliance::baseline_conflict::Conflict;
use crate::duration::days;
use crate::record::{Finding, Scope, Unread};
use crate::render::{Look, Render, SCHEMA_VERSION, percent};
use crate::report::Tail;
use crate::sanitize::is_acting;

pub struct Json<'a, R: 'static> {
    objects: Objects<R>,
    out: &'a mut dyn Write,
    first: bool,
}

impl<'a, R: Row> Json<'a, R> {
    pub fn new(look: &Look<R>, out: &'a mut dyn Write) -> Self {
        Self {
            objects: Objects::new(look),
            out,
            first: true,
        }
    }
}

impl<R: Row> Render<R> for Json<'_, R> {
    fn begin(&mut self) -> Result<()> {
        write!(
            self.out,
            "{{\n\"SchemaVersion\":{SCHEMA_VERSION},\n\"{}\":[",
            R::DOCUMENT
        )?;
        Ok(())
    }

    fn row(&mut self, row: &R) -> Result<()> {
        // A remark on a node stands in `NoData` or `Unread`, below.
        if row.is_note() {
            return Ok(());
        }
        self.out
            .write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        self.objects.write(self.out, row)
    }

    fn end(&mut self, tail: &Tail) -> Result<()> {
        if !self.first {
            self.out.write_all(b"\n")?;
        }
        self.out.write_all(b"]")?;
        if let Some(diagnosis) = &tail.diagnosis {
            return doctor::write(self.out, diagnosis);
        }
        if let Some(total) = &tail.total {
            summary::write(self.out, total, self.objects.to_terminal)?;
        }
        list(self.out, "NoData", &tail.no_data, |node| {
            node.id.to_string()
        })?;
        list(self.out, "Unread", &tail.unread, UnreadObject::new)?;
        list(self.out, "Found", &tail.found, FindingObject::new)?;
        if tail.summary.verdicts.is_some() {
            list(
                self.out,
                "BaselineConflicts",
                &tail.conflicts,
                ConflictObject::new,
            )?;
        }
        if !tail.exposure.is_empty() {
            list(
                self.out,
                "Exposure",
                &tail.exposure,
                exposure::ExposureObject::new,
            )?;
        }
        if let Some(pivot) = tail.pivot {
            write!(self.out, ",\n\"By\":\"{}\"", pivot.by)?;
        }
        self.out.write_all(b",\n\"Summary\":")?;
        serde_json::to_writer(&mut *self.out, &SummaryObject::new(tail))?;
        self.out.write_all(b"\n}\n")?;
        Ok(())
    }
}

fn list<'t, T, S: Serialize>(
    out: &mut dyn Write,
    name: &str,
    items: &'t [T],
    object: impl Fn(&'t T) -> S,
) -> Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    for (at, item) in items.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        // Wherever it goes: there are few of these, and it is the same JSON.
        value(&mut *out, &object(item), true)?;
    }
    out.write_all(if items.is_empty() { b"]" } else { b"\n]" })?;
    Ok(())
}

/// `Unread` as it is printed: frozen apart from the domain's type.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UnreadObject {
    instance_id: Option<String>,
    region: Option<String>,
    account_id: Option<String>,
    code: String,
    why: String,
}

impl UnreadObject {
    fn new(unread: &Unread) -> Self {
        let subject = &unread.subject;
        Self {
            instance_id: subject.id().map(ToOwned::to_owned),
            region: subject.region().map(ToOwned::to_owned),
            account_id: subject.account().map(ToOwned::to_owned),
            code: unread.why.code.to_string(),
            why: unread.why.text.to_string(),
        }
    }
}

/// `Found` as it is printed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingObject {
    by: Vec<&'static str>,
    cannot_see: Vec<String>,
    stopped_without_record: u64,
    places: Vec<PlaceObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PlaceObject {
    region: Option<String>,
    account_id: Option<String>,
}

impl FindingObject {
    fn new(finding: &Finding) -> Self {
        let place = |scope: &Scope| PlaceObject {
            region: scope.region.as_deref().map(ToOwned::to_owned),
            account_id: scope.account.as_deref().map(ToOwned::to_owned),
        };
        Self {
            by: finding.by.clone(),
            cannot_see: finding.blind.clone(),
            stopped_without_record: finding.stopped_without_record,
            places: finding.places.iter().map(place).collect(),
        }
    }
}

/// A conflict of baselines as it is printed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConflictObject {
    region: String,
    account_id: Option<String>,
    patch_group: String,
    baseline_id: String,
    nodes: u64,
    /// The first of them.
    instance_ids: Vec<String>,
    others: Vec<UsersObject>,
    same_operating_system: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsersObject {
    baseline_id: String,
    nodes: u64,
}

impl ConflictObject {
    fn new(conflict: &Conflict) -> Self {
        let users = |(id, nodes): &(Box<str>, u64)| UsersObject {
            baseline_id: id.to_string(),
            nodes: *nodes,
        };
        Self {
            region: conflict.place.region.to_string(),
            account_id: conflict.place.account.as_deref().map(ToOwned::to_owned),
            patch_group: conflict.patch_group.to_string(),
            baseline_id: conflict.baseline.to_string(),
            nodes: conflict.count,
            instance_ids: conflict.nodes.iter().map(ToString::to_string).collect(),
            others: conflict.others.iter().map(users).collect(),
            same_operating_system: conflict.is_certain.then_some(true),
        }
    }
}

/// `Summary` as it is printed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SummaryObject {
    asked: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    unread_scopes: u64,
    rows: u64,
    hidden: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    patches: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compliant: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    non_compliant: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<u64>,
}

impl SummaryObject {
    fn new(tail: &Tail) -> Self {
        let summary = &tail.summary;
        Self {
            asked: summary.asked,
            answered: summary.answered,
            no_data: summary.no_data,
            unread: summary.unread,
            unread_scopes: summary.unread_scopes,
            rows: summary.rows,
            hidden: summary.hidden,
            patches: tail.pivot.map(|pivot| pivot.patches),
            compliant: summary.verdicts.map(|v| v.compliant),
            non_compliant: summary.verdicts.map(|v| v.non_compliant),
            stale: summary.verdicts.map(|v| v.stale),
        }
    }
}

/// Writes any value on one line: AWS's text, with control characters escaped, and
/// for a terminal with all that it would act on written as `\u202e`. It is the same
/// JSON.
pub(super) fn value(
    out: &mut dyn Write,
    value: &(impl Serialize + ?Sized),
    to_terminal: bool,
) -> Result<()> {
    if to_terminal {
        value.serialize(&mut Serializer::with_formatter(out, Visible))?;
    } else {
        value.serialize(&mut Serializer::with_formatter(out, Controls))?;
    }
    Ok(())
}

/// Escapes DEL and the C1 controls, which JSON allows as they are, as it demands of
/// the others.
struct Controls;

impl Formatter for Controls {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // 0xc2 starts U+0080 to U+00BF. Never left early, so that it takes many bytes
        // at a time.
        let may_hold_some = |found, byte| found | matches!(byte, 0x7f | 0xc2);
        if fragment.bytes().fold(false, may_hold_some) {
            write_escaped(writer, fragment, char::is_control)
        } else {
            writer.write_all(fragment.as_bytes())
        }
    }
}

/// Escapes what a terminal would act on; the value stays the same.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_escaped(writer, fragment, is_acting)
    }
}

/// Writes each letter, those that are to be escaped as `\u202e`.
fn write_escaped<W: Write + ?Sized>(
    writer: &mut W,
    text: &str,
    is_escaped: impl Fn(char) -> bool,
) -> io::Result<()> {
    for letter in text.chars() {
        if is_escaped(letter) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        } else {
            writer.write_all(letter.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
    }
    Ok(())
}

/// Writes rows as JSON objects, the keys in the order of the columns.
pub struct Objects<R: 'static> {
    /// `{"Name":` or `,"Name":` before each value, made once.
    columns: Vec<(String, &'static Column<R>)>,
    /// Does this go to a terminal, which would act on some characters?
    to_terminal: bool,
}

impl<R: Row> Objects<R> {
    pub fn new(look: &Look<R>) -> Self {
        Self::of(&look.columns, look.width.is_some())
    }

    fn of(columns: &[&'static Column<R>], to_terminal: bool) -> Self {
        let columns = columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let before = if at == 0 { '{' } else { ',' };
                (format!("{before}\"{}\":", column.name), *column)
            })
            .collect();
        Self {
            columns,
            to_terminal,
        }
    }

    fn string(&self, out: &mut dyn Write, text: &str) -> Result<()> {
        value(out, text, self.to_terminal)
    }

    /// Writes one object, on one line, without a line end.
    pub fn write(&self, out: &mut dyn Write, row: &R) -> Result<()> {
        for (key, column) in &self.columns {
            out.write_all(key.as_bytes())?;
            match column.cell(row) {
                Cell::Unknown => out.write_all(b"null")?,
                Cell::Text(text) => self.string(out, &text)?,
                Cell::Count(n) | Cell::Of(n, _) => write!(out, "{n}")?,
                Cell::Time(moment) => write!(out, "\"{moment}\"")?,
                Cell::Verdict(verdict) => write!(out, "\"{verdict}\"")?,
                Cell::Check(check) => write!(out, "\"{check}\"")?,
                Cell::Severity(severity) => write!(out, "\"{severity}\"")?,
                Cell::Age(seconds) => write!(out, "{}", days(seconds))?,
                Cell::Percent(tenths) => write!(out, "{}", percent(tenths))?,
                Cell::Flag(flag) => write!(out, "{flag}")?,
                Cell::Names(names) => {
                    out.write_all(b"[")?;
                    for (at, name) in names.iter().enumerate() {
                        if at > 0 {
                            out.write_all(b",")?;
                        }
                        self.string(out, name)?;
                    }
                    out.write_all(b"]")?;
                }
                Cell::State(state) => self.string(out, state.as_str())?,
                Cell::List(list) => {
                    out.write_all(b"[")?;
                    for (at, id) in list.iter().enumerate() {
                        if at > 0 {
                            out.write_all(b",")?;
                        }
                        self.string(out, id)?;
                    }
                    out.write_all(b"]")?;
                }
            }
        }
        out.write_all(b"}")?;
        Ok(())
    }
}
