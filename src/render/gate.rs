//! The gate's report in each of its formats, and the words they share.
//!
//! Knows which formats there are, and how a report is said in plain text. Must
//! not know how a report comes about; each format lives in a file of its own.

mod github;
mod json;
mod junit;
mod ndjson;
mod sarif;
mod table;

use std::borrow::Cow;
use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;

use crate::gate::{Counts, Finding, Held, Patched, Report, Ruled};
use crate::record::Subject;

/// A format of the gate's report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GateFormat {
    /// For people: what is broken, what to do, what is waived.
    #[default]
    Table,
    /// One document: everything the report holds.
    Json,
    /// A finding a line.
    Ndjson,
    /// JUnit XML, which CI systems show as tests: a suite for each rule.
    Junit,
    /// SARIF 2.1.0, which code scanning shows as alerts.
    Sarif,
    /// Workflow commands of GitHub Actions, which it shows as annotations.
    Github,
}

/// How the report is to look, settled before it is written.
#[derive(Debug, Clone, Copy)]
pub struct GateLook {
    pub color: bool,
    /// Columns of the terminal; `None` when the report does not go to one.
    pub width: Option<usize>,
    /// When the gate was asked, which JUnit tells.
    pub now: Timestamp,
    /// Leave out of the table what stands below the rules that are not held.
    pub quiet: bool,
    /// Name what waivers cover, where it is otherwise only counted: in the table
    /// and as GitHub shows it; in NDJSON it has lines only then. JSON, JUnit and
    /// SARIF have words of their own for it and always name it.
    pub show_waived: bool,
}

/// Writes the whole report.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write(
    format: GateFormat,
    report: &Report,
    look: &GateLook,
    out: &mut dyn Write,
) -> Result<()> {
    match format {
        GateFormat::Table => table::write(report, look, out),
        GateFormat::Json => json::write(report, look, out),
        GateFormat::Ndjson => ndjson::write(report, look, out),
        GateFormat::Junit => junit::write(report, look, out),
        GateFormat::Sarif => sarif::write(report, out),
        GateFormat::Github => github::write(report, look, out),
    }
}

/// What a finding is about: a node's id, a place, or all of it. As AWS sent it.
fn name(subject: Option<&Subject>) -> String {
    subject.map_or_else(|| "the whole fleet".to_owned(), ToString::to_string)
}

/// The same, told apart from all others: `111122223333/eu-west-1/i-123`.
fn full_name(subject: Option<&Subject>) -> String {
    match parts(subject)[..] {
        [] => name(subject),
        ref parts => parts.join("/"),
    }
}

/// What is known of where it stands, from the largest down.
fn parts(subject: Option<&Subject>) -> Vec<&str> {
    let Some(subject) = subject else {
        return Vec::new();
    };
    let profile = match subject {
        Subject::Scope(scope) => scope.profile.as_deref(),
        Subject::Node(_) => None,
    };
    [profile, subject.account(), subject.region(), subject.id()]
        .into_iter()
        .flatten()
        .collect()
}

/// "1 rule", "3 rules"
fn count(n: impl TryInto<u64>, one: &str) -> String {
    match n.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        n => format!("{n} {one}s"),
    }
}

/// How many rules ended so.
fn ended(report: &Report, held: Held) -> usize {
    report.rules.iter().filter(|rule| rule.held == held).count()
}

/// "2 rules broken, 1 cannot be answered, 3 held; 4 findings waived"
fn outcome(report: &Report) -> String {
    let broken = ended(report, Held::Broken);
    let unsaid = ended(report, Held::CannotSay);
    let held = ended(report, Held::Held);
    let mut parts = Vec::new();
    for (n, word) in [
        (broken, "broken"),
        (unsaid, "cannot be answered"),
        (held, "held"),
    ] {
        if n > 0 {
            parts.push(if parts.is_empty() {
                format!("{} {word}", count(n, "rule"))
            } else {
                format!("{n} {word}")
            });
        }
    }
    if parts.is_empty() {
        parts.push("no rules".to_owned());
    }
    let waived = match report.waived.len() {
        0 => String::new(),
        n => format!("; {} waived", count(n, "finding")),
    };
    format!("{}{waived}", parts.join(", "))
}

/// "40 nodes asked, 37 answered, 2 unread; 30 compliant, 7 non-compliant"
fn asked(nodes: &Counts) -> String {
    let mut parts = vec![
        format!("{} asked", count(nodes.asked, "node")),
        format!("{} answered", nodes.answered),
    ];
    for (n, word) in [(nodes.no_data, "without data"), (nodes.unread, "unread")] {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    }
    if nodes.unread_scopes > 0 {
        parts.push(format!("{} unread", count(nodes.unread_scopes, "place")));
    }
    let verdicts = nodes.verdicts;
    let stale = match verdicts.stale {
        0 => String::new(),
        stale => format!(", {stale} stale"),
    };
    format!(
        "{}; {} compliant, {} non-compliant{stale}",
        parts.join(", "),
        verdicts.compliant,
        verdicts.non_compliant
    )
}

/// "configured: fail-on by /repo/patchctl.toml:3, max-age by PATCHCTL_MAX_AGE"
pub fn configured(report: &Report) -> Option<String> {
    let all = report.configured.iter();
    let all: Vec<String> = all.map(ToString::to_string).collect();
    (!all.is_empty()).then(|| format!("configured: {}", all.join(", ")))
}

/// What the rule asks for, said so that nobody takes it for what was found.
fn wanted(rule: &Ruled) -> String {
    format!("wanted: {}", rule.about)
}

/// What a rule found. One that is not held and names nothing has one finding
/// of the whole fleet: no format may look as if it had passed.
fn findings(rule: &Ruled) -> Cow<'_, [Finding]> {
    if rule.held == Held::Held || !rule.findings.is_empty() {
        return Cow::Borrowed(&rule.findings);
    }
    let detail = match rule.held {
        Held::CannotSay => "it cannot be answered",
        Held::Held | Held::Broken => "it is broken",
    };
    Cow::Owned(vec![Finding {
        subject: None,
        held: rule.held,
        detail: detail.to_owned(),
        patches: Vec::new(),
        remedy: String::new(),
    }])
}

/// What is wrong, and whether that is known: a rule that is broken may have
/// findings that nobody can tell, too.
fn detail(rule: &Ruled, finding: &Finding) -> String {
    if finding.held == Held::CannotSay && rule.held != Held::CannotSay {
        format!("cannot say: {}", finding.detail)
    } else {
        finding.detail.clone()
    }
}

/// "312 findings", and how many of them nobody can tell.
fn found(rule: &Ruled) -> String {
    let unsaid = |finding: &&Finding| finding.held == Held::CannotSay;
    let findings = findings(rule);
    let all = count(findings.len(), "finding");
    let unsaid = findings.iter().filter(unsaid).count();
    if unsaid == 0 || rule.held == Held::CannotSay {
        all
    } else {
        format!("{all}, {unsaid} of them cannot be told")
    }
}

/// "KB5088215 Critical Missing 2026-11 Cumulative Update". As AWS sent it.
fn patch(patch: &Patched) -> String {
    let words = [
        patch.kb_id.as_deref(),
        Some(patch.severity.as_str()),
        Some(&*patch.state),
        patch.title.as_deref(),
    ];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    words.join(" ")
}

/// A line for each of the first patches, and one that counts the others.
fn patches(all: &[Patched], most: usize) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(most).map(patch).collect();
    if all.len() > most {
        lines.push(format!("and {} more patches", all.len() - most));
    }
    lines
}

/// What a waiver says for itself: its reason, who answers for it, till when,
/// and where it stands.
fn excuse(waived: &crate::gate::Waived) -> String {
    let owner = match &waived.owner {
        Some(owner) => format!("owner {owner}, "),
        None => String::new(),
    };
    format!(
        "{} ({owner}expires {}, {})",
        waived.reason, waived.expires, waived.waiver
    )
}

#[cfg(test)]
mod tests;
