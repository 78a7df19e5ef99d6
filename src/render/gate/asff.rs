//! Findings in AWS's Security Finding Format, as Security Hub's BatchImportFindings takes them:
//! one for each node that was read. A node that could not be read has none, so that what
//! Security Hub knows of it stays as it is. What nodes are judged by is a part of each id:
//! that a node passes closes no finding that another gate made.
//!
//! Source: AWS Security Hub user guide, "AWS Security Finding Format", and the API reference of
//! BatchImportFindings. It takes findings of the caller's account and region alone, 100 at a
//! time, and does not change `CreatedAt` and `Workflow` of a finding that it has.

mod outcome;

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::gate::PatchRef;
use crate::record::{Count, Node, NodeState, Subject};
use crate::render::gate::asff::outcome::{Found, Outcome, rules_of};
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
    judged_by: &'a str,
    generator_id: String,
    /// Nodes without a finding of which it is not known whether they pass.
    pub undecided: u64,
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
        for known in &footer.report.known {
            if let Some(Subject::Node(node)) = &known.finding.subject {
                let found = found.entry(key(node)).or_default();
                found.findings.push((&known.rule, &known.finding));
            }
        }
        let rules = &footer.node_rules;
        let mut nodes: Vec<&ReadNode> = footer.nodes.iter().collect();
        nodes.retain(|read| {
            let none = Found::default();
            let found = found.get(&key(&read.node)).unwrap_or(&none);
            !(rules.lacks_others && Outcome::of(read, found) == Outcome::Passed)
        });
        let undecided = (footer.nodes.len() - nodes.len()) as u64;
        nodes.sort_by_key(|node| place(node));
        let places = nodes.chunk_by(|left, right| place(left) == place(right));
        let batches = places.flat_map(|nodes| nodes.chunks(MAX_FINDINGS));
        Self {
            found,
            batches: batches.map(<[_]>::to_vec).collect(),
            judged_by: &rules.text,
            generator_id: generator_id(&rules.text),
            undecided,
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
    pub(crate) fn write(&self, at: usize, out: &mut dyn Write) -> Result<()> {
        let nodes = self.batches.get(at).map_or(&[][..], Vec::as_slice);
        out.write_all(b"[")?;
        for (at, node) in nodes.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            let none = Found::default();
            let found = self.found.get(&key(&node.node)).unwrap_or(&none);
            write_value(&mut *out, &AsffFinding::new(self, node, found), true)?;
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

/// The same for every gate that judges nodes by the same: "patchctl/check/8f14e45fceea167a".
fn generator_id(judged_by: &str) -> String {
    let hash = Sha256::digest(judged_by.as_bytes());
    let digits = hash[..8].iter().map(|byte| format!("{byte:02x}"));
    format!("patchctl/check/{}", digits.collect::<String>())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AsffFinding<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    generator_id: &'a str,
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
    fn new(batches: &'a FindingBatches<'_>, read: &'a ReadNode, found: &Found<'_>) -> Self {
        let (id, region) = (&*read.node.id, &*read.node.location.region);
        let (account, partition) = (&*read.account, read.partition);
        let outcome = Outcome::of(read, found);
        let severity = AsffSeverity {
            label: outcome.severity(read, found),
        };
        let mut product_fields = BTreeMap::from([
            ("patchctl/Gate", limited(batches.judged_by, MAX_DESCRIPTION)),
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
        let (judged_by, generator_id) = (batches.judged_by, &*batches.generator_id);
        let scan = read.state.as_ref().and_then(NodeState::last_scan_time);
        Self {
            schema_version: "2018-10-08",
            id: format!("{generator_id}/{account}/{region}/{id}/patch-compliance"),
            product_arn: format!(
                "arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
            ),
            generator_id,
            account_id: account,
            types: [KIND],
            created_at: read.read_at.to_string(),
            updated_at: read.read_at.to_string(),
            last_observed_at: scan.map(|at| at.to_string()),
            severity,
            title: limited(&outcome.title(id, &rules, judged_by), MAX_TITLE),
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
