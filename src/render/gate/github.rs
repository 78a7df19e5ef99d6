//! Workflow commands of GitHub Actions: an annotation for each rule, and in the
//! log every finding.
//!
//! Knows what GitHub reads in a log, what it shows of it, and what it cuts.

use std::io::Write;

use anyhow::Result;

use crate::gate::{Finding, Held, Report, Ruled, Waived};
use crate::render::gate::{
    GateLook, asked, count, detail, excuse, findings, found, full_name, name, outcome, patches,
    wanted,
};
use crate::sanitize::visible;

/// GitHub shows the first 10 errors, 10 warnings and 10 notices of a step.
/// Source: its documentation, "Workflow commands for GitHub Actions".
const ANNOTATIONS: usize = 10;
/// An annotation names so many nodes and counts the others.
const NODES: usize = 10;
/// So much of a line stands in an annotation, whose message GitHub's runner
/// cuts at 4,096 characters.
const LINE: usize = 300;
/// More patches of a finding than this are counted.
const PATCHES: usize = 20;

/// Writes an annotation for each rule that is not held, naming its first nodes;
/// then every finding, in a group of the log for each rule, as the log is the
/// only place where GitHub shows all of them.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write(report: &Report, look: &GateLook, out: &mut dyn Write) -> Result<()> {
    let of = |held: Held| -> Vec<&Ruled> {
        let rules = report.rules.iter();
        rules.filter(|rule| rule.held == held).collect()
    };
    annotate(out, "error", &of(Held::Broken), ANNOTATIONS)?;
    let room = ANNOTATIONS - usize::from(!report.remarks.is_empty());
    annotate(out, "warning", &of(Held::CannotSay), room)?;
    if !report.remarks.is_empty() {
        let lines: Vec<String> = some(&report.remarks, String::clone);
        command(out, "warning", "patchctl: remarks", &lines)?;
    }
    let mut told = vec![format!("{}: {}", report.held.as_str(), outcome(report))];
    told.push(asked(&report.nodes));
    // A line each, as long ones are cut.
    told.extend(
        report
            .configured
            .iter()
            .map(|set| format!("configured: {set}")),
    );
    command(out, "notice", "patchctl check", &told)?;
    for rule in report.rules.iter().filter(|rule| rule.held != Held::Held) {
        group(
            out,
            &format!("{} {}: {}", rule.held.as_str(), rule.rule, found(rule)),
        )?;
        for finding in &*findings(rule) {
            logged(out, rule, finding)?;
        }
        writeln!(out, "::endgroup::")?;
    }
    if look.show_waived && !report.waived.is_empty() {
        group(
            out,
            &format!("WAIVED: {}", count(report.waived.len(), "finding")),
        )?;
        for waived in &report.waived {
            excused(out, waived)?;
        }
        writeln!(out, "::endgroup::")?;
    }
    out.flush()?;
    Ok(())
}

/// An annotation for each rule; where GitHub would not show all of them, the
/// last one names the rules that are left.
fn annotate(out: &mut dyn Write, kind: &str, rules: &[&Ruled], most: usize) -> Result<()> {
    let shown = if rules.len() > most {
        most - 1
    } else {
        rules.len()
    };
    for rule in &rules[..shown] {
        let mut lines = vec![format!("{} ({})", wanted(rule), found(rule))];
        lines.extend(some(&findings(rule), |finding| {
            format!(
                "{}: {}",
                name(finding.subject.as_ref()),
                detail(rule, finding)
            )
        }));
        let title = format!("patchctl: {} {}", rule.held.as_str(), rule.rule);
        command(out, kind, &title, &lines)?;
    }
    let rest = &rules[shown..];
    if let Some(first) = rest.first() {
        let title = format!(
            "patchctl: {} {} more",
            first.held.as_str(),
            count(rest.len(), "rule")
        );
        let lines = some(rest, |rule| format!("{} ({})", rule.rule, found(rule)));
        command(out, kind, &title, &lines)?;
    }
    Ok(())
}

/// A line for each of the first, and one that counts the others.
fn some<T>(all: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(NODES).map(line).collect();
    if all.len() > NODES {
        lines.push(format!(
            "and {} more; the log names them all",
            all.len() - NODES
        ));
    }
    lines
}

fn logged(out: &mut dyn Write, rule: &Ruled, finding: &Finding) -> Result<()> {
    let name = full_name(finding.subject.as_ref());
    say(out, &format!("- {name}: {}", detail(rule, finding)))?;
    for patch in patches(&finding.patches, PATCHES) {
        say(out, &format!("  * {patch}"))?;
    }
    if !finding.remedy.is_empty() {
        say(out, &format!("    to do: {}", finding.remedy))?;
    }
    Ok(())
}

fn excused(out: &mut dyn Write, waived: &Waived) -> Result<()> {
    let name = full_name(waived.subject.as_ref());
    say(
        out,
        &format!("- {name}: {}: {}", waived.rule, waived.detail),
    )?;
    for patch in patches(&waived.patches, PATCHES) {
        say(out, &format!("  * {patch}"))?;
    }
    say(out, &format!("  * {}", excuse(waived)))
}

/// `::error title=...::line%0Aline`, escaped as GitHub's toolkit does it.
fn command(out: &mut dyn Write, kind: &str, title: &str, lines: &[String]) -> Result<()> {
    let title = escaped(&harmless(title))
        .replace(':', "%3A")
        .replace(',', "%2C");
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escaped(&cut(&harmless(line))))
        .collect();
    writeln!(out, "::{kind} title={title}::{}", lines.join("%0A"))?;
    Ok(())
}

fn group(out: &mut dyn Write, title: &str) -> Result<()> {
    writeln!(out, "::group::{}", escaped(&harmless(title)))?;
    Ok(())
}

/// The runner unescapes `%25` last.
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// At most [`LINE`] characters, with `…` where something was left out.
fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some(_) => line.chars().take(LINE - 1).chain(['…']).collect(),
        None => line.to_owned(),
    }
}

/// A line of the log, which is no command as it starts with something else than
/// blanks, which the runner takes off, and foreign text.
fn say(out: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(out, "{}", harmless(line))?;
    Ok(())
}

/// The runner looks for `::` where a line starts, blanks aside, and for its older `##[`
/// anywhere in it. Source: `ActionCommand.cs` of GitHub's runner.
fn harmless(text: &str) -> String {
    visible(text).replace("##[", "#\\u{23}[")
}
