//! SARIF 2.1.0: an alert for each finding, for code scanning and its viewers.
//!
//! Knows the part of SARIF that is written here, and what GitHub makes of it.
//! What waivers cover is there, too, as a result that is suppressed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::compliance::severity::Severity;
use crate::gate::{Finding, GateReport, GateStatus, PatchRef, WaivedFinding};
use crate::record::Subject;
use crate::render::gate::json::{ConfiguredObject, GateCountsObject, PatchObject, SubjectObject};
use crate::render::gate::wording::{
    describe_finding, describe_waiver, findings_or_placeholder, full_subject_name, patch_lines,
    subject_name, subject_parts,
};
use crate::render::json::encode::write_value;
use crate::sanitize::{percent_encode, sanitize};
use crate::text;

const SARIF_SCHEMA_URI: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// More patches than this are counted in a message; all are in `properties`.
const MAX_PATCHES: usize = 20;
/// GitHub shows the first 5,000 results of a run and rejects a file with more
/// than 25,000, or of more than 10 MB when compressed.
/// Source: its documentation, "SARIF support for code scanning".
const GITHUB_SHOWN_RESULTS: usize = 5_000;

/// Writes one run: a rule for each of the gate's, a result for each finding.
///
/// Where is a node? GitHub rejects the whole file when one result has no
/// physical location, and a node is in no file. As scanners of images do it,
/// the artifact is a path of its own, `ssm/ACCOUNT/REGION/ID`: it names no file
/// of the repository, so GitHub shows the alert without a preview, and can
/// filter by it. The same stands in `logicalLocations`, for whoever reads those.
///
/// Which alert is it? The fingerprint is made of the rule, the node and the ids
/// of its patches: an alert that was dismissed comes back with another patch,
/// and not with another day. GitHub reads `primaryLocationLineHash` alone, and
/// would otherwise make one from a line of the file.
///
/// No text holds a control character, nor what else a viewer might act on: the
/// JSON formats have AWS's bytes.
///
/// # Errors
/// When the bytes cannot be written.
pub(super) fn write(report: &GateReport, out: &mut dyn Write) -> Result<()> {
    // Viewers act on what the texts hold as terminals do, wherever it goes.
    let to_terminal = true;
    let rules = RuleIndex::from_report(report);
    write!(
        out,
        "{{\n\"$schema\":\"{SARIF_SCHEMA_URI}\",\n\"version\":\"2.1.0\",\n\"runs\":[{{\n\"tool\":{{\"driver\":"
    )?;
    write_value(out, &rules.driver(), to_terminal)?;
    out.write_all(b"},\n\"invocations\":[")?;
    write_value(out, &invocation(report), to_terminal)?;
    out.write_all(b"],\n\"properties\":")?;
    let configured = report.configured.iter();
    let configured: Vec<ConfiguredObject<'_>> = configured
        .map(|configured| ConfiguredObject::new(configured).into_sanitized())
        .collect();
    let properties = json!({
        "Status": report.status.as_str(),
        "MaxAge": report.max_age.0,
        "Configured": configured,
        "Summary": GateCountsObject::new(&report.nodes),
    });
    write_value(out, &properties, to_terminal)?;
    out.write_all(b",\n\"results\":[")?;
    let mut before: &[u8] = b"\n";
    let is_compared = report.since.is_some();
    for rule in &report.rules {
        for finding in &*findings_or_placeholder(rule) {
            out.write_all(before)?;
            let detail = describe_finding(rule, finding);
            let mut result = finding_result(&rules, &rule.rule, finding, &detail);
            result.baseline_state = is_compared.then_some("new");
            write_value(out, &result, to_terminal)?;
            before = b",\n";
        }
    }
    // Code scanning closes the alerts that a later file does not have.
    for known in &report.known {
        let finding = &known.finding;
        let mut result = finding_result(&rules, &known.rule, finding, &finding.detail);
        result.baseline_state = Some("unchanged");
        out.write_all(before)?;
        write_value(out, &result, to_terminal)?;
        before = b",\n";
    }
    for waived in &report.waived {
        out.write_all(before)?;
        write_value(out, &suppressed_result(&rules, waived), to_terminal)?;
        before = b",\n";
    }
    out.write_all(if before == b"\n" {
        b"]}]\n}\n"
    } else {
        b"\n]}]\n}\n"
    })?;
    out.flush()?;
    Ok(())
}

/// The gate's rules, each once, and the worst patch that any of their findings
/// has: GitHub ranks alerts by a score of their rule, not by one of their own.
struct RuleIndex<'a> {
    rules: Vec<(&'a str, &'a str, Severity)>,
    index_by_rule: BTreeMap<&'a str, usize>,
}

impl<'a> RuleIndex<'a> {
    fn from_report(report: &'a GateReport) -> Self {
        let mut rules = Self {
            rules: Vec::new(),
            index_by_rule: BTreeMap::new(),
        };
        for rule in &report.rules {
            let found = rule.findings.iter().flat_map(|finding| &finding.patches);
            rules.add(&rule.rule, &rule.description, worst_severity(found));
        }
        for known in &report.known {
            let patches = &known.finding.patches;
            rules.add(&known.rule, &known.rule, worst_severity(patches));
        }
        for waived in &report.waived {
            rules.add(&waived.rule, &waived.rule, worst_severity(&waived.patches));
        }
        rules
    }

    fn add(&mut self, rule: &'a str, about: &'a str, severity: Severity) {
        let at = *self.index_by_rule.entry(rule).or_insert_with(|| {
            self.rules.push((rule, about, severity));
            self.rules.len() - 1
        });
        let known = &mut self.rules[at].2;
        *known = severity.max(*known);
    }

    fn driver(&self) -> Value {
        let rules: Vec<Value> = self
            .rules
            .iter()
            .map(|(rule, about, severity)| {
                let mut properties = json!({"tags": ["security", "patch"], "precision": "very-high"});
                if let Some(score) = security_score(*severity) {
                    properties["security-severity"] = score.into();
                }
                json!({
                    "id": rule,
                    // GitHub makes it the title of each alert.
                    "shortDescription": {"text": escape_message(&format!("Patch gate: {rule}"))},
                    "fullDescription": {"text": escape_message(&format!("Wanted: {about}"))},
                    "help": {"text": escape_message(&format!("patchctl check --fail-on '{rule}'. Each finding says what is wrong, and what to do about it."))},
                    "defaultConfiguration": {"level": "error"},
                    "properties": properties,
                })
            })
            .collect();
        let mut driver = json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        });
        let home = env!("CARGO_PKG_HOMEPAGE");
        if !home.is_empty() {
            driver["informationUri"] = home.into();
        }
        driver
    }
}

fn worst_severity<'a>(patches: impl IntoIterator<Item = &'a PatchRef>) -> Severity {
    let severities = patches.into_iter().map(|patch| patch.severity);
    severities.max().unwrap_or_default()
}

/// The middle of what GitHub calls critical, high, medium and low; `None`: not
/// rated, which is not the same as harmless.
fn security_score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::Important => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Unrated => None,
    }
}

/// Whether all nodes could be asked, and whatever else is to be said.
fn invocation(report: &GateReport) -> Value {
    let nodes = &report.nodes;
    let is_whole = nodes.unread == 0 && nodes.unread_scopes == 0;
    let mut told = Vec::new();
    let mut note = |level: &str, text: &str| {
        told.push(json!({"level": level, "message": {"text": escape_message(text)}}));
    };
    if !is_whole {
        note(
            "error",
            &format!("not all nodes could be read: {}", nodes.describe()),
        );
    }
    for remark in &report.remarks {
        note("warning", remark);
    }
    let found = report
        .rules
        .iter()
        .map(|rule| findings_or_placeholder(rule).len());
    let results = found.sum::<usize>() + report.known.len() + report.waived.len();
    if results > GITHUB_SHOWN_RESULTS {
        note(
            "warning",
            &format!(
                "{}: GitHub shows 5000 of a run, and rejects a file with more than 25000",
                text::count(results, "result")
            ),
        );
    }
    json!({
        "executionSuccessful": is_whole && report.status != GateStatus::Unknown,
        "exitCode": report.status.exit() as u8,
        "exitCodeDescription": report.status.as_str(),
        "toolExecutionNotifications": told,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    /// With `--since`: `new` or `unchanged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: Value,
    /// Never left out: without it, a viewer knows nothing of waivers.
    suppressions: Vec<Value>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResultProperties<'a> {
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    patches: Vec<PatchObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    score: Option<&'static str>,
}

fn finding_result<'a>(
    rules: &RuleIndex<'_>,
    rule: &'a str,
    finding: &'a Finding,
    detail: &str,
) -> ResultObject<'a> {
    let subject = finding.subject.as_ref();
    let mut lines = vec![format!("{}: {detail}", subject_name(subject))];
    lines.extend(patch_lines(&finding.patches, MAX_PATCHES));
    if !finding.remedy.is_empty() {
        lines.push(format!("To do: {}", finding.remedy_line()));
    }
    ResultObject {
        rule_id: rule,
        rule_index: rules.index_by_rule[rule],
        baseline_state: None,
        level: match finding.status {
            GateStatus::Fail | GateStatus::Pass => "error",
            GateStatus::Unknown => "warning",
        },
        message: message_object(&lines),
        locations: [location(subject)],
        partial_fingerprints: fingerprint(rule, finding.status, subject, &finding.patches),
        suppressions: Vec::new(),
        properties: ResultProperties {
            subject: SubjectObject::new(subject).into_sanitized(),
            status: Some(finding.status.as_str()),
            patches: patch_objects(&finding.patches),
            remedy: Some(sanitize(&finding.remedy_line()).into_owned()),
            score: security_score(worst_severity(&finding.patches)),
        },
    }
}

fn suppressed_result<'a>(rules: &RuleIndex<'_>, waived: &'a WaivedFinding) -> ResultObject<'a> {
    let subject = waived.subject.as_ref();
    let mut lines = vec![format!(
        "{}: waived: {}",
        subject_name(subject),
        waived.detail
    )];
    lines.extend(patch_lines(&waived.patches, MAX_PATCHES));
    let excuse = escape_message(&describe_waiver(&waived.waiver));
    ResultObject {
        rule_id: &waived.rule,
        rule_index: rules.index_by_rule[&*waived.rule],
        baseline_state: None,
        // GitHub heeds no suppressions: an alert of a waived finding is a note.
        level: "note",
        message: message_object(&lines),
        locations: [location(subject)],
        partial_fingerprints: fingerprint(&waived.rule, GateStatus::Fail, subject, &waived.patches),
        suppressions: vec![
            json!({"kind": "external", "status": "accepted", "justification": excuse}),
        ],
        properties: ResultProperties {
            subject: SubjectObject::new(subject).into_sanitized(),
            status: None,
            patches: patch_objects(&waived.patches),
            remedy: None,
            score: security_score(worst_severity(&waived.patches)),
        },
    }
}

fn patch_objects(patches: &[PatchRef]) -> Vec<PatchObject<'_>> {
    let patches = PatchObject::from_refs(patches);
    patches
        .into_iter()
        .map(PatchObject::into_sanitized)
        .collect()
}

fn message_object(lines: &[String]) -> Value {
    let lines: Vec<String> = lines.iter().map(|line| escape_message(line)).collect();
    json!({"text": lines.join("\n")})
}

/// Text of a message: `{` and `}` are doubled, as a message has placeholders,
/// and what would be a link is none. Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
fn escape_message(text: &str) -> String {
    sanitize(text)
        .replace("](", "] (")
        .replace('{', "{{")
        .replace('}', "}}")
}

fn location(subject: Option<&Subject>) -> Value {
    let kind = match subject {
        Some(Subject::Node(_)) => "resource",
        Some(Subject::Scope(_)) | None => "namespace",
    };
    let mut uri = "ssm".to_owned();
    for part in subject_parts(subject) {
        uri.push('/');
        push_encoded(&mut uri, part);
    }
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        },
        "logicalLocations": [{
            "name": sanitize(&subject_name(subject)),
            "fullyQualifiedName": sanitize(&full_subject_name(subject)),
            "kind": kind,
        }],
    })
}

fn push_encoded(uri: &mut String, segment: &str) {
    if segment.chars().all(|letter| letter == '.') {
        // It would be taken for a step up.
        uri.push_str(&"%2E".repeat(segment.len()));
    } else {
        uri.extend(percent_encode(segment));
    }
}

/// The same on every day and in every order of the patches.
fn fingerprint(
    rule: &str,
    status: GateStatus,
    subject: Option<&Subject>,
    patches: &[PatchRef],
) -> Value {
    let mut ids: Vec<&str> = patches
        .iter()
        .filter_map(|patch| patch.kb_id.as_deref().or(patch.title.as_deref()))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut hash = Sha256::new();
    let name = full_subject_name(subject);
    for part in [rule, status.as_str(), &name].into_iter().chain(ids) {
        // The length keeps two texts from running into one.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut hex = String::new();
    for byte in &hash.finalize()[..16] {
        write!(hex, "{byte:02x}").expect("writing to a string cannot fail");
    }
    json!({"primaryLocationLineHash": hex, "patchctl/v1": hex})
}
