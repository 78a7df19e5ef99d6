//! Wording that several reports of the gate share.

use std::borrow::Cow;

use crate::gate::waiver::Waiver;
use crate::gate::{Finding, GateStatus, PatchRef, Remedy, RuleReport};
use crate::record::Subject;
use crate::text;

/// What a finding is about: a node's id, a place, or all of it. As AWS sent it.
pub(super) fn subject_name(subject: Option<&Subject>) -> String {
    subject.map_or_else(|| "the whole fleet".to_owned(), ToString::to_string)
}

/// The same, told apart from all others: `111122223333/eu-west-1/i-123`.
pub(super) fn full_subject_name(subject: Option<&Subject>) -> String {
    match subject_parts(subject)[..] {
        [] => subject_name(subject),
        ref parts => parts.join("/"),
    }
}

/// What is known of where it stands, from the largest down.
pub(super) fn subject_parts(subject: Option<&Subject>) -> Vec<&str> {
    let Some(subject) = subject else {
        return Vec::new();
    };
    [
        subject.profile(),
        subject.account(),
        subject.region(),
        subject.id(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the rule asks for, worded so that it is not taken for what was found.
pub(super) fn describe_wanted(rule: &RuleReport) -> String {
    format!("wanted: {}", rule.description)
}

/// What a rule found. One that did not pass and names nothing has one finding
/// about the whole fleet, so that no format looks as if it had passed.
pub(super) fn findings_or_placeholder(rule: &RuleReport) -> Cow<'_, [Finding]> {
    if rule.status == GateStatus::Pass || !rule.findings.is_empty() {
        return Cow::Borrowed(&rule.findings);
    }
    let detail = match rule.status {
        GateStatus::Unknown => "its status is unknown",
        GateStatus::Pass | GateStatus::Fail => "it failed",
    };
    Cow::Owned(vec![Finding {
        subject: None,
        status: rule.status,
        detail: detail.to_owned(),
        patches: Vec::new(),
        remedy: Remedy::default(),
    }])
}

/// What is wrong, and whether that is known: a rule that fails may also have
/// findings whose status is unknown.
pub(super) fn describe_finding(rule: &RuleReport, finding: &Finding) -> String {
    if finding.status == GateStatus::Unknown && rule.status != GateStatus::Unknown {
        format!("unknown: {}", finding.detail)
    } else {
        finding.detail.clone()
    }
}

/// "312 findings", and how many of them are unknown.
pub(super) fn describe_finding_count(rule: &RuleReport) -> String {
    let unsaid = |finding: &&Finding| finding.status == GateStatus::Unknown;
    let findings = findings_or_placeholder(rule);
    let all = text::count(findings.len(), "finding");
    let unsaid = findings.iter().filter(unsaid).count();
    if unsaid == 0 || rule.status == GateStatus::Unknown {
        all
    } else {
        format!("{all}, {unsaid} of them unknown")
    }
}

/// "KB5088215 Critical Missing 2026-11 Cumulative Update". As AWS sent it.
pub(super) fn describe_patch(patch: &PatchRef) -> String {
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
pub(super) fn patch_lines(all: &[PatchRef], most: usize) -> Vec<String> {
    text::first_lines(all, most, describe_patch, |more| {
        format!("and {}", text::count(more, "more patch"))
    })
}

/// What a waiver says for itself: its reason, who answers for it, till when,
/// and where it stands.
pub(super) fn describe_waiver(waiver: &Waiver) -> String {
    let owner = match &waiver.owner {
        Some(owner) => format!("owner {owner}, "),
        None => String::new(),
    };
    format!(
        "{} ({owner}expires {}, {})",
        waiver.reason, waiver.expires, waiver.label
    )
}
