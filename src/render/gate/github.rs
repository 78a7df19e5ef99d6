//! Workflow commands of GitHub Actions: an annotation for each rule, and in the
//! log every finding.
//!
//! Knows what GitHub reads in a log, what it shows of it, and what it cuts.

use std::io::Write;

use anyhow::Result;

use crate::gate::{Finding, GateReport, GateStatus, RuleReport, WaivedFinding};
use crate::render::RenderOptions;
use crate::render::gate::wording::{
    describe_finding, describe_finding_count, describe_waiver, describe_wanted,
    findings_or_placeholder, full_subject_name, patch_lines, subject_name,
};
use crate::sanitize::sanitize;
use crate::text;

/// GitHub shows the first 10 errors, 10 warnings and 10 notices of a step.
/// Source: its documentation, "Workflow commands for GitHub Actions".
const MAX_ANNOTATIONS: usize = 10;
/// An annotation names so many nodes and counts the others.
const MAX_NODES: usize = 10;
/// So much of a line stands in an annotation, whose message GitHub's runner
/// cuts at 4,096 characters.
const MAX_LINE_CHARS: usize = 300;
/// More patches of a finding than this are counted.
const MAX_PATCHES: usize = 20;

/// Writes an annotation for each rule that did not pass, naming its first nodes;
/// then every finding, in a group of the log for each rule, as the log is the
/// only place where GitHub shows all of them.
///
/// # Errors
/// When the bytes cannot be written.
pub(super) fn write(
    report: &GateReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let of = |status: GateStatus| -> Vec<&RuleReport> {
        let rules = report.rules.iter();
        rules.filter(|rule| rule.status == status).collect()
    };
    write_annotations(out, "error", &of(GateStatus::Fail), MAX_ANNOTATIONS)?;
    let room = MAX_ANNOTATIONS - usize::from(!report.remarks.is_empty());
    write_annotations(out, "warning", &of(GateStatus::Unknown), room)?;
    if !report.remarks.is_empty() {
        let lines: Vec<String> = first_lines(&report.remarks, String::clone);
        write_command(out, "warning", "patchctl: remarks", &lines)?;
    }
    let mut told = vec![format!(
        "{}: {}",
        report.status.as_str(),
        report.describe_outcome()
    )];
    told.push(report.nodes.describe());
    // A line each, as long ones are cut.
    told.extend(
        report
            .configured
            .iter()
            .map(|set| format!("configured: {set}")),
    );
    write_command(out, "notice", "patchctl check", &told)?;
    for rule in report
        .rules
        .iter()
        .filter(|rule| rule.status != GateStatus::Pass)
    {
        begin_group(
            out,
            &format!(
                "{} {}: {}",
                rule.status.as_str(),
                rule.rule,
                describe_finding_count(rule)
            ),
        )?;
        for finding in &*findings_or_placeholder(rule) {
            write_finding(out, rule, finding)?;
        }
        writeln!(out, "::endgroup::")?;
    }
    if options.show_waived && !report.waived.is_empty() {
        begin_group(
            out,
            &format!("WAIVED: {}", text::count(report.waived.len(), "finding")),
        )?;
        for waived in &report.waived {
            write_waived(out, waived)?;
        }
        writeln!(out, "::endgroup::")?;
    }
    if !report.known.is_empty() {
        let known = text::count(report.known.len(), "finding");
        begin_group(out, &format!("KNOWN: {known}"))?;
        for known in &report.known {
            let name = full_subject_name(known.finding.subject.as_ref());
            let detail = &known.finding.detail;
            write_log_line(out, &format!("- {name}: {}: {detail}", known.rule))?;
        }
        writeln!(out, "::endgroup::")?;
    }
    out.flush()?;
    Ok(())
}

/// An annotation for each rule; where GitHub would not show all of them, the
/// last one names the rules that are left.
fn write_annotations(
    out: &mut dyn Write,
    kind: &str,
    rules: &[&RuleReport],
    most: usize,
) -> Result<()> {
    let shown = if rules.len() > most {
        most - 1
    } else {
        rules.len()
    };
    for rule in &rules[..shown] {
        let mut lines = vec![format!(
            "{} ({})",
            describe_wanted(rule),
            describe_finding_count(rule)
        )];
        lines.extend(first_lines(&findings_or_placeholder(rule), |finding| {
            format!(
                "{}: {}",
                subject_name(finding.subject.as_ref()),
                describe_finding(rule, finding)
            )
        }));
        let title = format!("patchctl: {} {}", rule.status.as_str(), rule.rule);
        write_command(out, kind, &title, &lines)?;
    }
    let rest = &rules[shown..];
    if let Some(first) = rest.first() {
        let title = format!(
            "patchctl: {} {} more",
            first.status.as_str(),
            text::count(rest.len(), "rule")
        );
        let lines = first_lines(rest, |rule| {
            format!("{} ({})", rule.rule, describe_finding_count(rule))
        });
        write_command(out, kind, &title, &lines)?;
    }
    Ok(())
}

/// A line for each of the first, and one that counts the others.
fn first_lines<T>(all: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    text::first_lines(all, MAX_NODES, line, |more| {
        format!("and {more} more; the log names them all")
    })
}

fn write_finding(out: &mut dyn Write, rule: &RuleReport, finding: &Finding) -> Result<()> {
    let name = full_subject_name(finding.subject.as_ref());
    write_log_line(
        out,
        &format!("- {name}: {}", describe_finding(rule, finding)),
    )?;
    for patch in patch_lines(&finding.patches, MAX_PATCHES) {
        write_log_line(out, &format!("  * {patch}"))?;
    }
    if !finding.remedy.is_empty() {
        write_log_line(out, &format!("    to do: {}", finding.remedy_line()))?;
    }
    Ok(())
}

fn write_waived(out: &mut dyn Write, waived: &WaivedFinding) -> Result<()> {
    let name = full_subject_name(waived.subject.as_ref());
    write_log_line(
        out,
        &format!("- {name}: {}: {}", waived.rule, waived.detail),
    )?;
    for patch in patch_lines(&waived.patches, MAX_PATCHES) {
        write_log_line(out, &format!("  * {patch}"))?;
    }
    write_log_line(out, &format!("  * {}", describe_waiver(&waived.waiver)))
}

/// `::error title=...::line%0Aline`, escaped as GitHub's toolkit does it.
fn write_command(out: &mut dyn Write, kind: &str, title: &str, lines: &[String]) -> Result<()> {
    let title = escape(&sanitize_command(title))
        .replace(':', "%3A")
        .replace(',', "%2C");
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escape(&truncate(&sanitize_command(line))))
        .collect();
    writeln!(out, "::{kind} title={title}::{}", lines.join("%0A"))?;
    Ok(())
}

fn begin_group(out: &mut dyn Write, title: &str) -> Result<()> {
    writeln!(out, "::group::{}", escape(&sanitize_command(title)))?;
    Ok(())
}

/// The runner unescapes `%25` last.
fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// At most [`LINE`] characters, with `…` where something was left out.
fn truncate(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE_CHARS) {
        Some(_) => line.chars().take(MAX_LINE_CHARS - 1).chain(['…']).collect(),
        None => line.to_owned(),
    }
}

/// A line of the log, which is no command as it starts with something else than
/// blanks, which the runner takes off, and foreign text.
fn write_log_line(out: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(out, "{}", sanitize_command(line))?;
    Ok(())
}

/// The runner looks for `::` where a line starts, blanks aside, and for its older `##[`
/// anywhere in it. Source: `ActionCommand.cs` of GitHub's runner.
fn sanitize_command(text: &str) -> String {
    sanitize(text).replace("##[", "#\\u{23}[")
}
