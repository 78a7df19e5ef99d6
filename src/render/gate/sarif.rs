//! SARIF 2.1.0: an alert for each finding, for code scanning and its viewers.
//!
//! Knows the part of SARIF that is written here, and what GitHub makes of it.
//! What waivers cover is there, too, as a result that is suppressed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::compliance::severity::Severity;
use crate::gate::{Finding, Held, Patched, Report, Ruled, Waived};
use crate::record::Subject;
use crate::render::gate::json::{ConfiguredObject, PatchObject, SubjectObject, SummaryObject};
use crate::render::gate::{
    asked, count, detail, excuse, findings, full_name, name, parts, patches,
};
use crate::render::json::value;
use crate::sanitize::visible;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// More patches than this are counted in a message; all are in `properties`.
const PATCHES: usize = 20;
/// GitHub shows the first 5,000 results of a run and rejects a file with more
/// than 25,000, or of more than 10 MB when compressed.
/// Source: its documentation, "SARIF support for code scanning".
const SHOWN_BY_GITHUB: usize = 5_000;

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
pub fn write(report: &Report, out: &mut dyn Write) -> Result<()> {
    // Viewers act on what the texts hold as terminals do, wherever it goes.
    let to_terminal = true;
    let rules = Rules::of(report);
    write!(
        out,
        "{{\n\"$schema\":\"{SCHEMA}\",\n\"version\":\"2.1.0\",\n\"runs\":[{{\n\"tool\":{{\"driver\":"
    )?;
    value(out, &rules.driver(), to_terminal)?;
    out.write_all(b"},\n\"invocations\":[")?;
    value(out, &invocation(report), to_terminal)?;
    out.write_all(b"],\n\"properties\":")?;
    let configured = report.configured.iter();
    let configured: Vec<ConfiguredObject<'_>> = configured
        .map(|configured| ConfiguredObject::new(configured).visible())
        .collect();
    let properties = json!({
        "Held": report.held.as_str(),
        "MaxAge": report.max_age.0,
        "Configured": configured,
        "Summary": SummaryObject::new(&report.nodes),
    });
    value(out, &properties, to_terminal)?;
    out.write_all(b",\n\"results\":[")?;
    let mut before: &[u8] = b"\n";
    for rule in &report.rules {
        for finding in &*findings(rule) {
            out.write_all(before)?;
            value(out, &result_of(&rules, rule, finding), to_terminal)?;
            before = b",\n";
        }
    }
    for waived in &report.waived {
        out.write_all(before)?;
        value(out, &suppressed(&rules, waived), to_terminal)?;
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
struct Rules<'a> {
    all: Vec<(&'a str, &'a str, Severity)>,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn of(report: &'a Report) -> Self {
        let mut rules = Self {
            all: Vec::new(),
            index: BTreeMap::new(),
        };
        for rule in &report.rules {
            let found = rule.findings.iter().flat_map(|finding| &finding.patches);
            rules.add(&rule.rule, &rule.about, worst(found));
        }
        for waived in &report.waived {
            rules.add(&waived.rule, &waived.rule, worst(&waived.patches));
        }
        rules
    }

    fn add(&mut self, rule: &'a str, about: &'a str, severity: Severity) {
        let at = *self.index.entry(rule).or_insert_with(|| {
            self.all.push((rule, about, severity));
            self.all.len() - 1
        });
        let known = &mut self.all[at].2;
        *known = severity.max(*known);
    }

    fn driver(&self) -> Value {
        let rules: Vec<Value> = self
            .all
            .iter()
            .map(|(rule, about, severity)| {
                let mut properties = json!({"tags": ["security", "patch"], "precision": "very-high"});
                if let Some(score) = score(*severity) {
                    properties["security-severity"] = score.into();
                }
                json!({
                    "id": rule,
                    // GitHub makes it the title of each alert.
                    "shortDescription": {"text": message(&format!("Patch gate: {rule}"))},
                    "fullDescription": {"text": message(&format!("Wanted: {about}"))},
                    "help": {"text": message(&format!("patchctl check --fail-on '{rule}'. Each finding says what is wrong, and what to do about it."))},
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

fn worst<'a>(patches: impl IntoIterator<Item = &'a Patched>) -> Severity {
    let severities = patches.into_iter().map(|patch| patch.severity);
    severities.max().unwrap_or_default()
}

/// The middle of what GitHub calls critical, high, medium and low; `None`: not
/// rated, which is not the same as harmless.
fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.5"),
        Severity::Important => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Unrated => None,
    }
}

/// Whether all nodes could be asked, and whatever else is to be said.
fn invocation(report: &Report) -> Value {
    let nodes = &report.nodes;
    let is_whole = nodes.unread == 0 && nodes.unread_scopes == 0;
    let mut told = Vec::new();
    let mut note = |level: &str, text: &str| {
        told.push(json!({"level": level, "message": {"text": message(text)}}));
    };
    if !is_whole {
        note(
            "error",
            &format!("not all nodes could be read: {}", asked(nodes)),
        );
    }
    for remark in &report.remarks {
        note("warning", remark);
    }
    let found = report.rules.iter().map(|rule| findings(rule).len());
    let results = found.sum::<usize>() + report.waived.len();
    if results > SHOWN_BY_GITHUB {
        note(
            "warning",
            &format!(
                "{}: GitHub shows 5000 of a run, and rejects a file with more than 25000",
                count(results, "result")
            ),
        );
    }
    json!({
        "executionSuccessful": is_whole && report.held != Held::CannotSay,
        "exitCode": report.held.exit() as u8,
        "exitCodeDescription": report.held.as_str(),
        "toolExecutionNotifications": told,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: Value,
    /// Never left out: without it, a viewer knows nothing of waivers.
    suppressions: Vec<Value>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Properties<'a> {
    #[serde(flatten)]
    subject: SubjectObject<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'static str>,
    patches: Vec<PatchObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<Cow<'a, str>>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    score: Option<&'static str>,
}

fn result_of<'a>(rules: &Rules<'_>, rule: &'a Ruled, finding: &'a Finding) -> ResultObject<'a> {
    let subject = finding.subject.as_ref();
    let mut lines = vec![format!("{}: {}", name(subject), detail(rule, finding))];
    lines.extend(patches(&finding.patches, PATCHES));
    if !finding.remedy.is_empty() {
        lines.push(format!("To do: {}", finding.remedy));
    }
    ResultObject {
        rule_id: &rule.rule,
        rule_index: rules.index[&*rule.rule],
        level: match finding.held {
            Held::Broken | Held::Held => "error",
            Held::CannotSay => "warning",
        },
        message: told(&lines),
        locations: [location(subject)],
        partial_fingerprints: fingerprint(&rule.rule, finding.held, subject, &finding.patches),
        suppressions: Vec::new(),
        properties: Properties {
            subject: SubjectObject::new(subject).visible(),
            held: Some(finding.held.as_str()),
            patches: patches_of(&finding.patches),
            remedy: Some(visible(&finding.remedy)),
            score: score(worst(&finding.patches)),
        },
    }
}

fn suppressed<'a>(rules: &Rules<'_>, waived: &'a Waived) -> ResultObject<'a> {
    let subject = waived.subject.as_ref();
    let mut lines = vec![format!("{}: waived: {}", name(subject), waived.detail)];
    lines.extend(patches(&waived.patches, PATCHES));
    let excuse = message(&excuse(waived));
    ResultObject {
        rule_id: &waived.rule,
        rule_index: rules.index[&*waived.rule],
        // GitHub heeds no suppressions: an alert of a waived finding is a note.
        level: "note",
        message: told(&lines),
        locations: [location(subject)],
        partial_fingerprints: fingerprint(&waived.rule, Held::Broken, subject, &waived.patches),
        suppressions: vec![
            json!({"kind": "external", "status": "accepted", "justification": excuse}),
        ],
        properties: Properties {
            subject: SubjectObject::new(subject).visible(),
            held: None,
            patches: patches_of(&waived.patches),
            remedy: None,
            score: score(worst(&waived.patches)),
        },
    }
}

fn patches_of(patches: &[Patched]) -> Vec<PatchObject<'_>> {
    let patches = PatchObject::of(patches);
    patches.into_iter().map(PatchObject::visible).collect()
}

fn told(lines: &[String]) -> Value {
    let lines: Vec<String> = lines.iter().map(|line| message(line)).collect();
    json!({"text": lines.join("\n")})
}

/// Text of a message: `{` and `}` are doubled, as a message has placeholders,
/// and what would be a link is none. Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
fn message(text: &str) -> String {
    visible(text)
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
    for part in parts(subject) {
        uri.push('/');
        push_encoded(&mut uri, part);
    }
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        },
        "logicalLocations": [{
            "name": visible(&name(subject)),
            "fullyQualifiedName": visible(&full_name(subject)),
            "kind": kind,
        }],
    })
}

/// A segment of a path. Source: RFC 3986, 2.3.
fn push_encoded(uri: &mut String, segment: &str) {
    // A segment of dots alone would be taken for a step up.
    let is_dots = segment.chars().all(|letter| letter == '.');
    for byte in segment.bytes() {
        match byte {
            b'.' if is_dots => uri.push_str("%2E"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => write!(uri, "%{byte:02X}").expect("writing to a string cannot fail"),
        }
    }
}

/// The same on every day and in every order of the patches.
fn fingerprint(rule: &str, held: Held, subject: Option<&Subject>, patches: &[Patched]) -> Value {
    let mut ids: Vec<&str> = patches
        .iter()
        .filter_map(|patch| patch.kb_id.as_deref().or(patch.title.as_deref()))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let mut hash = Sha256::new();
    let name = full_name(subject);
    for part in [rule, held.as_str(), &name].into_iter().chain(ids) {
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
