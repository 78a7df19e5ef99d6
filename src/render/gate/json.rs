//! The report as one JSON document, a finding a line; `null` is "unknown".
//!
//! Knows the document and its objects, which are frozen apart from the domain's
//! types. Its schema is in `schema/check.rs`.

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;

use crate::gate::{ConfiguredKey, Finding, GateCounts, GateReport, PatchRef, WaivedFinding};
use crate::record::Subject;
use crate::render::RenderOptions;
use crate::render::SCHEMA_VERSION;
use crate::render::json::write_value;
use crate::sanitize::sanitize;

pub fn write(report: &GateReport, options: RenderOptions, out: &mut dyn Write) -> Result<()> {
    let to_terminal = options.width.is_some();
    write!(
        out,
        "{{\n\"SchemaVersion\":{SCHEMA_VERSION},\n\"Status\":\"{}\",\n\"Rules\":[",
        report.status.as_str()
    )?;
    for (at, rule) in report.rules.iter().enumerate() {
        out.write_all(if at == 0 {
            b"\n{\"Rule\":"
        } else {
            b",\n{\"Rule\":"
        })?;
        write_value(out, &rule.rule, to_terminal)?;
        out.write_all(b",\"Description\":")?;
        write_value(out, &rule.description, to_terminal)?;
        write!(
            out,
            ",\"Status\":\"{}\",\"Findings\":[",
            rule.status.as_str()
        )?;
        write_lines(out, &rule.findings, FindingObject::new, to_terminal)?;
        out.write_all(b"]}")?;
    }
    out.write_all(if report.rules.is_empty() {
        b"],\n\"Waived\":["
    } else {
        b"\n],\n\"Waived\":["
    })?;
    write_lines(out, &report.waived, WaivedObject::new, to_terminal)?;
    out.write_all(b"],\n\"Remarks\":[")?;
    write_lines(out, &report.remarks, |remark| remark, to_terminal)?;
    out.write_all(b"],\n\"MaxAge\":")?;
    write_value(out, &report.max_age.0, to_terminal)?;
    out.write_all(b",\n\"Configured\":[")?;
    write_lines(out, &report.configured, ConfiguredObject::new, to_terminal)?;
    out.write_all(b"],\n\"Summary\":")?;
    write_value(out, &GateCountsObject::new(&report.nodes), to_terminal)?;
    out.write_all(b"\n}\n")?;
    out.flush()?;
    Ok(())
}

fn write_lines<'a, T, S: Serialize>(
    out: &mut dyn Write,
    items: &'a [T],
    object: impl Fn(&'a T) -> S,
    to_terminal: bool,
) -> Result<()> {
    for (at, item) in items.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        write_value(out, &object(item), to_terminal)?;
    }
    if !items.is_empty() {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// What it is about. A node has an id; a place has none; all `null`: the fleet.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct SubjectObject<'a> {
    instance_id: Option<Cow<'a, str>>,
    region: Option<Cow<'a, str>>,
    account_id: Option<Cow<'a, str>>,
    profile: Option<Cow<'a, str>>,
}

impl<'a> SubjectObject<'a> {
    pub fn new(subject: Option<&'a Subject>) -> Self {
        Self {
            instance_id: subject.and_then(Subject::id).map(Cow::Borrowed),
            region: subject.and_then(Subject::region).map(Cow::Borrowed),
            account_id: subject.and_then(Subject::account).map(Cow::Borrowed),
            profile: subject.and_then(Subject::profile).map(Cow::Borrowed),
        }
    }

    /// The same for viewers, which may act on what the text holds.
    pub fn into_sanitized(self) -> Self {
        Self {
            instance_id: self.instance_id.map(sanitize_cow),
            region: self.region.map(sanitize_cow),
            account_id: self.account_id.map(sanitize_cow),
            profile: self.profile.map(sanitize_cow),
        }
    }
}

fn sanitize_cow(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => sanitize(text),
        Cow::Owned(text) => Cow::Owned(sanitize(&text).into_owned()),
    }
}

/// A patch of a finding.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PatchObject<'a> {
    #[serde(rename = "KBId")]
    kb_id: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    state: Cow<'a, str>,
    severity_level: &'static str,
    #[serde(rename = "CVEIds")]
    cve_ids: Vec<Cow<'a, str>>,
}

impl<'a> PatchObject<'a> {
    pub fn from_refs(patches: &'a [PatchRef]) -> Vec<Self> {
        patches
            .iter()
            .map(|patch| Self {
                kb_id: patch.kb_id.as_deref().map(Cow::Borrowed),
                title: patch.title.as_deref().map(Cow::Borrowed),
                state: Cow::Borrowed(&*patch.state),
                severity_level: patch.severity.as_str(),
                cve_ids: patch.cves.iter().map(|cve| Cow::Borrowed(&**cve)).collect(),
            })
            .collect()
    }

    /// The same for viewers, which may act on what the text holds.
    pub fn into_sanitized(self) -> Self {
        Self {
            kb_id: self.kb_id.map(sanitize_cow),
            title: self.title.map(sanitize_cow),
            state: sanitize_cow(self.state),
            severity_level: self.severity_level,
            cve_ids: self.cve_ids.into_iter().map(sanitize_cow).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FindingObject<'a> {
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    status: &'static str,
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
    remedy: &'a str,
}

impl<'a> FindingObject<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            subject: SubjectObject::new(finding.subject.as_ref()),
            status: finding.status.as_str(),
            detail: &finding.detail,
            patches: PatchObject::from_refs(&finding.patches),
            remedy: &finding.remedy,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WaivedObject<'a> {
    rule: &'a str,
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
    waiver: &'a str,
    reason: &'a str,
    owner: Option<&'a str>,
    expires: &'a str,
}

impl<'a> WaivedObject<'a> {
    fn new(waived: &'a WaivedFinding) -> Self {
        Self {
            rule: &waived.rule,
            subject: SubjectObject::new(waived.subject.as_ref()),
            detail: &waived.detail,
            patches: PatchObject::from_refs(&waived.patches),
            waiver: &waived.waiver,
            reason: &waived.reason,
            owner: waived.owner.as_deref(),
            expires: &waived.expires,
        }
    }
}

/// A key that was not typed, and what sets it; every format for machines prints these names.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfiguredObject<'a> {
    key: &'a str,
    from: Cow<'a, str>,
}

impl<'a> ConfiguredObject<'a> {
    pub fn new(configured: &'a ConfiguredKey) -> Self {
        Self {
            key: &configured.key,
            from: Cow::Borrowed(&configured.origin),
        }
    }

    /// The same for viewers, which may act on what the text holds.
    pub fn into_sanitized(self) -> Self {
        Self {
            from: sanitize_cow(self.from),
            ..self
        }
    }

    pub fn from_report(report: &'a GateReport) -> Vec<Self> {
        report.configured.iter().map(Self::new).collect()
    }
}

/// The counts of nodes; every format for machines prints these names.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct GateCountsObject {
    nodes: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    unread_scopes: u64,
    compliant: u64,
    non_compliant: u64,
    stale: u64,
}

impl GateCountsObject {
    pub fn new(counts: &GateCounts) -> Self {
        Self {
            nodes: counts.asked,
            answered: counts.answered,
            no_data: counts.no_data,
            unread: counts.unread,
            unread_scopes: counts.unread_scopes,
            compliant: counts.verdicts.compliant,
            non_compliant: counts.verdicts.non_compliant,
            stale: counts.verdicts.stale,
        }
    }
}
