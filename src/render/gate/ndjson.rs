//! NDJSON: each finding an object on a line of its own, with its rule.
//!
//! Knows the one kind of line there is: every line has every field, so that a
//! table can be made of them. What is waived has lines only where asked for.

use std::io::Write;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::gate::GateReport;
use crate::render::RenderOptions;
use crate::render::gate::json::{ConfiguredObject, PatchObject, SubjectObject};
use crate::render::gate::wording::findings_or_placeholder;
use crate::render::json::encode::write_value;
use crate::render::schema::words;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Line")]
pub(crate) struct NdjsonLine<'a> {
    /// The rule as it is written.
    rule: &'a str,
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    /// null for a waived finding, and a known one.
    #[schemars(schema_with = "words::line_status")]
    status: Option<&'static str>,
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
    /// null for a waived finding, and a known one.
    remedy: Option<String>,
    /// null unless it is waived; such lines only with --show-waived.
    waiver: Option<&'a str>,
    /// Why it is waived.
    reason: Option<&'a str>,
    /// Who is responsible for the waiver.
    owner: Option<&'a str>,
    /// Until when it is waived.
    expires: Option<String>,
    /// With --since: the earlier moment, of a finding that stood then, too.
    known_since: Option<&'a str>,
    configured: Vec<ConfiguredObject<'a>>,
}

pub(crate) fn write(
    report: &GateReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let mut put = |line: &NdjsonLine<'_>| -> Result<()> {
        write_value(out, line, options.width.is_some())?;
        out.write_all(b"\n")?;
        Ok(())
    };
    for rule in &report.rules {
        for finding in &*findings_or_placeholder(rule) {
            put(&NdjsonLine {
                rule: &rule.rule,
                subject: SubjectObject::new(finding.subject.as_ref()),
                status: Some(finding.status.as_str()),
                detail: &finding.detail,
                patches: PatchObject::from_refs(&finding.patches),
                remedy: Some(finding.remedy_line()),
                waiver: None,
                reason: None,
                owner: None,
                expires: None,
                known_since: None,
                configured: ConfiguredObject::from_report(report),
            })?;
        }
    }
    for waived in report.waived.iter().filter(|_| options.show_waived) {
        put(&NdjsonLine {
            rule: &waived.rule,
            subject: SubjectObject::new(waived.subject.as_ref()),
            status: None,
            detail: &waived.detail,
            patches: PatchObject::from_refs(&waived.patches),
            remedy: None,
            waiver: Some(&waived.waiver.label),
            reason: Some(&waived.waiver.reason),
            owner: waived.waiver.owner.as_deref(),
            expires: Some(waived.waiver.expires.to_string()),
            known_since: None,
            configured: ConfiguredObject::from_report(report),
        })?;
    }
    for known in &report.known {
        put(&NdjsonLine {
            rule: &known.rule,
            subject: SubjectObject::new(known.finding.subject.as_ref()),
            status: None,
            detail: &known.finding.detail,
            patches: PatchObject::from_refs(&known.finding.patches),
            remedy: None,
            waiver: None,
            reason: None,
            owner: None,
            expires: None,
            known_since: report.since.as_deref(),
            configured: ConfiguredObject::from_report(report),
        })?;
    }
    out.flush()?;
    Ok(())
}
