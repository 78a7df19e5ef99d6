//! Findings in AWS's Security Finding Format, as Security Hub's BatchImportFindings takes them:
//! one for each node that was read. A node that could not be read has none, so that what
//! Security Hub knows of it stays as it is.
//!
//! Source: AWS Security Hub user guide, "AWS Security Finding Format", and the API reference of
//! BatchImportFindings. It takes findings of the caller's account and region alone, 100 at a
//! time, and does not change `CreatedAt` and `Workflow` of a finding that it has.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::gate::{Finding, GateStatus, PatchRef, WaivedFinding};
use crate::record::{Count, Node, NodeState, Subject};
use crate::render::gate::wording::{describe_waiver, patch_lines};
use crate::render::json::encode::write_value;
use crate::report::{CheckFooter, ReadNode};
use crate::sanitize::sanitize;

/// More are refused in one call.
pub(crate) const MAX_FINDINGS: usize = 100;
/// More patches than this are counted.
const MAX_PATCHES: usize = 20;
const MAX_TITLE: usize = 256;
const MAX_DESCRIPTION: usize = 1024;
const MAX_REMEDY: usize = 512;
const KIND: &str = "Software and Configuration Checks/Patch Management/Compliance";

/// The findings of an answer in pieces that can be imported: of one account and region each.
pub(crate) struct FindingBatches<'a> {
    found: BTreeMap<NodeKey<'a>, Found<'a>>,
    batches: Vec<Vec<&'a ReadNode>>,
}

/// What the gate found of a node.
#[derive(Default)]
struct Found<'a> {
    findings: Vec<(&'a str, &'a Finding)>,
    waived: Vec<&'a WaivedFinding>,
}

impl<'a> FindingBatches<'a> {
    pub(crate) fn new(footer: &'a CheckFooter) -> Self {
        let mut found: BTreeMap<_, Found<'a>> = BTreeMap::new();
        for rule in &footer.report.rules {
            for finding in &rule.findings {
                if let Some(Subject::Node(node)) = &finding.subject {
                    let found = found.entry(key(node)).or_default();
                    found.findings.push((&rule.rule, finding));
                }
            }
        }
        for waived in &footer.report.waived {
            if let Some(Subject::Node(node)) = &waived.subject {
                found.entry(key(node)).or_default().waived.push(waived);
            }
        }
        let mut nodes: Vec<&ReadNode> = footer.nodes.iter().collect();
        nodes.sort_by_key(|node| place(node));
        let places = nodes.chunk_by(|left, right| place(left) == place(right));
        let batches = places.flat_map(|nodes| nodes.chunks(MAX_FINDINGS));
        Self {
            found,
            batches: batches.map(<[_]>::to_vec).collect(),
        }
    }

    /// How many pieces there are.
    pub(crate) fn len(&self) -> usize {
        self.batches.len()
    }

    /// Writes one of them, or an empty list where there is none.
    ///
    /// # Errors
    /// When the bytes cannot be written.
    pub(crate) fn write(&self, at: usize, now: Timestamp, out: &mut dyn Write) -> Result<()> {
        let nodes = self.batches.get(at).map_or(&[][..], Vec::as_slice);
        out.write_all(b"[")?;
        for (at, node) in nodes.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            let none = Found::default();
            let found = self.found.get(&key(&node.node)).unwrap_or(&none);
            write_value(&mut *out, &AsffFinding::new(node, found, now), true)?;
        }
        out.write_all(if nodes.is_empty() { b"]\n" } else { b"\n]\n" })?;
        out.flush()?;
        Ok(())
    }
}

/// The account, where it was read, the region and the id.
type NodeKey<'a> = (Option<&'a str>, &'a str, &'a str);

fn key(node: &Node) -> NodeKey<'_> {
    let at = &node.location;
    (at.account.as_deref(), &at.region, &node.id)
}

fn place(node: &ReadNode) -> (&str, &str) {
    (&node.account, &node.node.location.region)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AsffFinding<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    generator_id: &'static str,
    #[serde(rename = "AwsAccountId")]
    account_id: &'a str,
    types: [&'static str; 1],
    created_at: String,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_observed_at: Option<String>,
    severity: AsffSeverity,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Value>,
    product_fields: BTreeMap<&'static str, String>,
    resources: [Resource<'a>; 1],
    compliance: Status,
    workflow: Status,
    record_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_summary: Option<PatchSummary<'a>>,
    /// What Security Hub takes over the members of the same names when a finding comes again.
    finding_provider_fields: ProviderFields,
}

#[derive(Serialize, Clone, Copy)]
#[serde(rename_all = "PascalCase")]
struct AsffSeverity {
    label: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resource<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<&'static str>,
    region: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ProviderFields {
    severity: AsffSeverity,
    types: [&'static str; 1],
}

/// A counter that was not reported is left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PatchSummary<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_count: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_count: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_count: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_other_count: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_rejected_count: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    installed_pending_reboot: Count,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reboot_option: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
}

impl<'a> PatchSummary<'a> {
    fn new(state: &'a NodeState) -> Option<Self> {
        let known = |text: &'a Option<Box<str>>| text.as_deref().filter(|text| !text.is_empty());
        Some(Self {
            id: known(&state.baseline_id)?,
            installed_count: state.installed,
            missing_count: state.missing,
            failed_count: state.failed,
            installed_other_count: state.installed_other,
            installed_rejected_count: state.installed_rejected,
            installed_pending_reboot: state.installed_pending_reboot,
            operation_start_time: state.operation_start.map(|at| at.to_string()),
            operation_end_time: state.operation_end.map(|at| at.to_string()),
            reboot_option: known(&state.reboot_option),
            operation: known(&state.operation),
        })
    }
}

impl<'a> AsffFinding<'a> {
    fn new(read: &'a ReadNode, found: &Found<'_>, now: Timestamp) -> Self {
        let (id, region) = (&*read.node.id, &*read.node.location.region);
        let (account, partition) = (&*read.account, read.partition);
        let outcome = Outcome::of(read, found);
        let severity = AsffSeverity {
            label: outcome.severity(read, found),
        };
        let mut product_fields = BTreeMap::from([
            ("patchctl/Verdict", read.verdict.as_str().to_owned()),
            ("patchctl/Version", env!("CARGO_PKG_VERSION").to_owned()),
        ]);
        let rules = rules_of(found);
        if !rules.is_empty() {
            product_fields.insert("patchctl/Rules", limited(&rules, MAX_DESCRIPTION));
        }
        let remedies = found
            .findings
            .iter()
            .map(|(_, finding)| finding.remedy_line());
        let mut remedies: Vec<String> = remedies.filter(|line| !line.is_empty()).collect();
        remedies.dedup();
        let is_hybrid = id.starts_with("mi-");
        let resource = if is_hybrid {
            format!("ssm:{region}:{account}:managed-instance/{id}")
        } else {
            format!("ec2:{region}:{account}:instance/{id}")
        };
        let scan = read.state.as_ref().and_then(NodeState::last_scan_time);
        Self {
            schema_version: "2018-10-08",
            id: format!("patchctl/{account}/{region}/{id}/patch-compliance"),
            product_arn: format!(
                "arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
            ),
            generator_id: "patchctl/check",
            account_id: account,
            types: [KIND],
            created_at: now.to_string(),
            updated_at: now.to_string(),
            last_observed_at: scan.map(|at| at.to_string()),
            severity,
            title: limited(&outcome.title(id, &rules), MAX_TITLE),
            description: limited(&description(read, found), MAX_DESCRIPTION),
            remediation: (!remedies.is_empty()).then(|| {
                let text = limited(&remedies.join("; "), MAX_REMEDY);
                json!({"Recommendation": {"Text": text}})
            }),
            product_fields,
            resources: [Resource {
                kind: if is_hybrid { "Other" } else { "AwsEc2Instance" },
                id: format!("arn:{partition}:{resource}"),
                // The names that the format has for the others are not those of ARNs.
                partition: ["aws", "aws-cn", "aws-us-gov"]
                    .contains(&partition)
                    .then_some(partition),
                region,
            }],
            compliance: Status {
                status: outcome.compliance(),
            },
            workflow: Status {
                status: outcome.workflow(),
            },
            record_state: match outcome {
                Outcome::Passed => "ARCHIVED",
                _ => "ACTIVE",
            },
            patch_summary: read.state.as_ref().and_then(PatchSummary::new),
            finding_provider_fields: ProviderFields {
                severity,
                types: [KIND],
            },
        }
    }
}

/// What the gate makes of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Failed,
    /// Data that a rule needs is missing.
    Unknown,
    /// There is no patch data at all.
    NoData,
    /// All that was found is accepted.
    Waived,
    Passed,
}

impl Outcome {
    fn of(read: &ReadNode, found: &Found<'_>) -> Self {
        let has = |status| {
            let mut findings = found.findings.iter();
            findings.any(|(_, finding)| finding.status == status)
        };
        if has(GateStatus::Fail) {
            Self::Failed
        } else if has(GateStatus::Unknown) && read.verdict == Verdict::NoData {
            Self::NoData
        } else if has(GateStatus::Unknown) {
            Self::Unknown
        } else if !found.waived.is_empty() {
            Self::Waived
        } else if read.verdict == Verdict::NoData {
            Self::NoData
        } else {
            Self::Passed
        }
    }

    fn compliance(self) -> &'static str {
        match self {
            Self::Failed | Self::Waived => "FAILED",
            Self::Unknown => "WARNING",
            Self::NoData => "NOT_AVAILABLE",
            Self::Passed => "PASSED",
        }
    }

    fn workflow(self) -> &'static str {
        match self {
            Self::Failed | Self::Unknown | Self::NoData => "NEW",
            Self::Waived => "SUPPRESSED",
            Self::Passed => "RESOLVED",
        }
    }

    /// The worst patch that was found. Without patches, what AWS counts as critical is, and
    /// the rest is in the middle: not rated is not harmless.
    fn severity(self, read: &ReadNode, found: &Found<'_>) -> &'static str {
        let findings = found.findings.iter();
        let patches = findings.flat_map(|(_, finding)| &finding.patches);
        let patches = patches.chain(found.waived.iter().flat_map(|waived| &waived.patches));
        let worst = patches.map(|patch| patch.severity).max();
        let state = read.state.as_ref();
        let critical = state.and_then(|state| state.critical_non_compliant);
        match (self, worst) {
            (Self::Passed, _) => "INFORMATIONAL",
            (_, Some(Severity::Critical)) => "CRITICAL",
            (_, Some(Severity::Important)) => "HIGH",
            (_, Some(Severity::Medium)) => "MEDIUM",
            (_, Some(Severity::Low)) => "LOW",
            _ if critical.is_some_and(|n| n > 0) => "CRITICAL",
            _ => "MEDIUM",
        }
    }

    fn title(self, id: &str, rules: &str) -> String {
        match self {
            Self::Failed => format!("{id} fails the patch gate: {rules}"),
            Self::Unknown => format!("{id}: data for the patch gate is missing: {rules}"),
            Self::NoData => format!("{id} has no patch data"),
            Self::Waived => format!("{id} has waived findings of the patch gate: {rules}"),
            Self::Passed => format!("{id} passes the patch gate"),
        }
    }
}

/// "non-compliant, stale"
fn rules_of(found: &Found<'_>) -> String {
    let rules = found.findings.iter().map(|(rule, _)| *rule);
    let mut rules: Vec<&str> = rules
        .chain(found.waived.iter().map(|waived| &*waived.rule))
        .collect();
    rules.dedup();
    rules.join(", ")
}

fn description(read: &ReadNode, found: &Found<'_>) -> String {
    let with_patches = |line: String, patches: &[PatchRef]| {
        let patches = patch_lines(patches, MAX_PATCHES);
        [line]
            .into_iter()
            .chain(patches)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let findings = found.findings.iter().map(|(rule, finding)| {
        let line = format!("{rule}: {}", finding.detail);
        with_patches(line, &finding.patches)
    });
    let waived = found.waived.iter().map(|waived| {
        let excuse = describe_waiver(&waived.waiver);
        let line = format!("waived: {}: {}: {excuse}", waived.rule, waived.detail);
        with_patches(line, &waived.patches)
    });
    let lines: Vec<String> = findings.chain(waived).collect();
    match (&lines[..], &*read.reasons) {
        ([], "") => "No rule of the patch gate has a finding.".to_owned(),
        ([], reasons) => format!("No rule of the patch gate has a finding: {reasons}"),
        (lines, _) => lines.join(". "),
    }
}

/// At most this many bytes, without what a viewer acts on.
fn limited(text: &str, most: usize) -> String {
    let text = sanitize(text);
    if text.len() <= most {
        return text.into_owned();
    }
    let end = text.floor_char_boundary(most - '…'.len_utf8());
    format!("{}…", &text[..end])
}
