//! The report as one JSON document, a finding a line; `null` is "unknown".
//!
//! What is printed is frozen apart from the domain's types. The schema comes from
//! these types and their comments.

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::gate::{
    ConfiguredKey, Finding, GateCounts, GateReport, PatchRef, RuleReport, WaivedFinding,
};
use crate::record::Subject;
use crate::render::RenderOptions;
use crate::render::SCHEMA_VERSION;
use crate::render::json::encode::{Each, write_document};
use crate::render::schema::words;
use crate::sanitize::sanitize;

pub(crate) fn write(
    report: &GateReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let document = GateDocument {
        schema_version: SCHEMA_VERSION,
        status: report.status.as_str(),
        rules: Each::new(&report.rules, RuleObject::new),
        waived: Each::new(&report.waived, WaivedObject::new),
        since: report.since.as_deref(),
        known: report
            .since
            .as_ref()
            .map(|_| KnownObject::from_report(report)),
        remarks: &report.remarks,
        max_age: report.max_age.0,
        configured: Each::new(&report.configured, ConfiguredObject::new),
        summary: GateCountsObject::new(&report.nodes),
    };
    write_document(out, &document, "Rules", options.width.is_some())?;
    out.flush()?;
    Ok(())
}

/// With -o ndjson each line is one Line.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GateDocument<'a> {
    #[schemars(schema_with = "words::version")]
    schema_version: u32,
    #[schemars(schema_with = "words::gate_status")]
    status: &'static str,
    rules: Each<'a, RuleReport, RuleObject<'a>>,
    waived: Each<'a, WaivedFinding, WaivedObject<'a>>,
    /// With --since: the dataset and moment that findings are compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    since: Option<&'a str>,
    /// With --since: the findings that stood then, too, and do not break the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<KnownObject<'a>>")]
    known: Option<Vec<KnownObject<'a>>>,
    /// Waivers that have expired or match nothing, and other remarks.
    remarks: &'a [String],
    /// How long a scan counts, in seconds; null: forever.
    #[schemars(range(min = 1))]
    max_age: Option<u64>,
    configured: Each<'a, ConfiguredKey, ConfiguredObject<'a>>,
    summary: GateCountsObject,
}

/// The rules that were given, with their status; null without any.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Gate")]
pub(crate) struct GateObject<'a> {
    #[schemars(schema_with = "words::gate_status")]
    status: &'static str,
    rules: Each<'a, RuleReport, RuleObject<'a>>,
}

impl<'a> GateObject<'a> {
    pub(crate) fn new(report: &'a GateReport) -> Self {
        Self {
            status: report.status.as_str(),
            rules: Each::new(&report.rules, RuleObject::new),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Rule")]
struct RuleObject<'a> {
    /// The rule as it is written, such as missing>=critical.
    rule: &'a str,
    /// What it asks for, in a sentence.
    description: &'a str,
    #[schemars(schema_with = "words::gate_status")]
    status: &'static str,
    findings: Each<'a, Finding, FindingObject<'a>>,
}

impl<'a> RuleObject<'a> {
    fn new(rule: &'a RuleReport) -> Self {
        Self {
            rule: &rule.rule,
            description: &rule.description,
            status: rule.status.as_str(),
            findings: Each::new(&rule.findings, FindingObject::new),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SubjectObject<'a> {
    /// The node's id.
    instance_id: Option<Cow<'a, str>>,
    /// Its region.
    region: Option<Cow<'a, str>>,
    /// Its account.
    account_id: Option<Cow<'a, str>>,
    /// A profile that could not be read.
    profile: Option<Cow<'a, str>>,
}

impl<'a> SubjectObject<'a> {
    pub(crate) fn new(subject: Option<&'a Subject>) -> Self {
        Self {
            instance_id: subject.and_then(Subject::id).map(Cow::Borrowed),
            region: subject.and_then(Subject::region).map(Cow::Borrowed),
            account_id: subject.and_then(Subject::account).map(Cow::Borrowed),
            profile: subject.and_then(Subject::profile).map(Cow::Borrowed),
        }
    }

    /// The same for viewers, which may act on what the text holds.
    pub(crate) fn into_sanitized(self) -> Self {
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

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Patch")]
pub(crate) struct PatchObject<'a> {
    /// The patch's id.
    #[serde(rename = "KBId")]
    kb_id: Option<Cow<'a, str>>,
    /// Its title.
    title: Option<Cow<'a, str>>,
    state: Cow<'a, str>,
    #[schemars(schema_with = "words::severity")]
    severity_level: &'static str,
    #[serde(rename = "CVEIds")]
    cve_ids: Vec<Cow<'a, str>>,
}

impl<'a> PatchObject<'a> {
    pub(crate) fn from_refs(patches: &'a [PatchRef]) -> Vec<Self> {
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
    pub(crate) fn into_sanitized(self) -> Self {
        Self {
            kb_id: self.kb_id.map(sanitize_cow),
            title: self.title.map(sanitize_cow),
            state: sanitize_cow(self.state),
            severity_level: self.severity_level,
            cve_ids: self.cve_ids.into_iter().map(sanitize_cow).collect(),
        }
    }
}

/// A node has an InstanceId; a region, account or profile has none; where all are
/// null, it is about the whole fleet.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Finding")]
struct FindingObject<'a> {
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    #[schemars(schema_with = "words::finding_status")]
    status: &'static str,
    /// What is wrong.
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
    /// What to do about it; empty where nothing can be said.
    remedy: String,
}

impl<'a> FindingObject<'a> {
    fn new(finding: &'a Finding) -> Self {
        Self {
            subject: SubjectObject::new(finding.subject.as_ref()),
            status: finding.status.as_str(),
            detail: &finding.detail,
            patches: PatchObject::from_refs(&finding.patches),
            remedy: finding.remedy_line(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Waived")]
pub(crate) struct WaivedObject<'a> {
    /// The rule as it is written.
    rule: &'a str,
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    /// What would be wrong.
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
    /// The file and line of the waiver, such as waivers.toml:12.
    waiver: &'a str,
    /// Why it is waived.
    reason: &'a str,
    /// Who is responsible for it.
    owner: Option<&'a str>,
    /// Until when, as it is written.
    expires: String,
}

impl<'a> WaivedObject<'a> {
    pub(crate) fn new(waived: &'a WaivedFinding) -> Self {
        Self {
            rule: &waived.rule,
            subject: SubjectObject::new(waived.subject.as_ref()),
            detail: &waived.detail,
            patches: PatchObject::from_refs(&waived.patches),
            waiver: &waived.waiver.label,
            reason: &waived.waiver.reason,
            owner: waived.waiver.owner.as_deref(),
            expires: waived.waiver.expires.to_string(),
        }
    }
}

/// A finding that stood at the moment of --since, too.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Known")]
pub(crate) struct KnownObject<'a> {
    /// The rule as it is written.
    rule: &'a str,
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    /// What is wrong.
    detail: &'a str,
    patches: Vec<PatchObject<'a>>,
}

impl<'a> KnownObject<'a> {
    fn from_report(report: &'a GateReport) -> Vec<Self> {
        let known = report.known.iter().map(|known| Self {
            rule: &known.rule,
            subject: SubjectObject::new(known.finding.subject.as_ref()),
            detail: &known.finding.detail,
            patches: PatchObject::from_refs(&known.finding.patches),
        });
        known.collect()
    }
}

/// A setting of the gate that was configured rather than typed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Configured")]
pub(crate) struct ConfiguredObject<'a> {
    /// The key: fail-on, waivers, max-age or policy.
    key: &'a str,
    /// The file and line that set it, or the environment variable.
    from: Cow<'a, str>,
}

impl<'a> ConfiguredObject<'a> {
    pub(crate) fn new(configured: &'a ConfiguredKey) -> Self {
        Self {
            key: &configured.key,
            from: Cow::Borrowed(&configured.origin),
        }
    }

    /// The same for viewers, which may act on what the text holds.
    pub(crate) fn into_sanitized(self) -> Self {
        Self {
            from: sanitize_cow(self.from),
            ..self
        }
    }

    pub(crate) fn from_report(report: &'a GateReport) -> Vec<Self> {
        report.configured.iter().map(Self::new).collect()
    }
}

/// Nodes is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and
/// profiles. Unmanaged counts running EC2 instances that Systems Manager does not manage; null
/// where EC2 did not list them.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(crate) struct GateCountsObject {
    nodes: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    unread_scopes: u64,
    unmanaged: Option<u64>,
    compliant: u64,
    non_compliant: u64,
    stale: u64,
}

impl GateCountsObject {
    pub(crate) fn new(counts: &GateCounts) -> Self {
        Self {
            nodes: counts.asked,
            answered: counts.answered,
            no_data: counts.no_data,
            unread: counts.unread,
            unread_scopes: counts.unread_scopes,
            unmanaged: counts.unmanaged,
            compliant: counts.verdicts.compliant,
            non_compliant: counts.verdicts.non_compliant,
            stale: counts.verdicts.stale,
        }
    }
}
