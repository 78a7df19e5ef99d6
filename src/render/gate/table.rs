//! The report for people: what is broken, on which nodes, and what to do.
//!
//! Knows how much of a long list is shown; what is folded is counted. Says in
//! words what it colours.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use unicode_width::UnicodeWidthStr as _;

use crate::gate::{
    Finding, GateReport, GateStatus, KnownFinding, PatchRef, Remedy, RuleReport, WaivedFinding,
};
use crate::record::Subject;
use crate::render::RenderOptions;
use crate::render::column_widths::{shorten, wrap};
use crate::render::console_link::{console_url, link};
use crate::render::gate::wording::{
    describe_finding, describe_waiver, describe_wanted, findings_or_placeholder, subject_name,
};
use crate::render::tone::Tone;
use crate::sanitize::sanitize;
use crate::text;

/// More findings of a rule than this are counted.
const MAX_FINDINGS: usize = 20;
/// More patches of a finding than this are counted.
const MAX_PATCHES: usize = 5;
/// A node's id is no wider; a region's or account's name may be.
const MAX_NAME_WIDTH: usize = 32;
/// The width of `Important`.
const SEVERITY_WIDTH: usize = 9;

pub(super) fn write(report: &GateReport, look: RenderOptions, out: &mut dyn Write) -> Result<()> {
    let mut page = GateTableWriter {
        options: look,
        location_columns: LocationColumns::from_report(report),
        out,
    };
    let head = page.paint_status(report.status);
    page.write_line(&format!("{head}: {}", report.describe_outcome()))?;
    for rule in report
        .rules
        .iter()
        .filter(|rule| rule.status != GateStatus::Pass)
    {
        page.write_rule(rule)?;
    }
    if look.show_waived {
        page.write_waived(&report.waived)?;
    }
    page.write_known(report)?;
    if !look.quiet {
        page.write_footer(report)?;
    }
    page.out.flush()?;
    Ok(())
}

/// Whether regions and accounts have to be told apart.
struct LocationColumns {
    show_regions: bool,
    show_accounts: bool,
}

impl LocationColumns {
    fn from_report(report: &GateReport) -> Self {
        let mut regions = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        let found = report.rules.iter().flat_map(|rule| &rule.findings);
        let found = found.map(|finding| &finding.subject);
        let waived = report.waived.iter().map(|waived| &waived.subject);
        let known = report.known.iter().map(|known| &known.finding.subject);
        for subject in found.chain(waived).chain(known).flatten() {
            regions.extend(subject.region());
            accounts.extend(subject.account());
        }
        Self {
            show_regions: regions.len() > 1,
            show_accounts: accounts.len() > 1,
        }
    }

    /// Empty where there is one place, or where the name says it already.
    fn label(&self, subject: Option<&Subject>) -> String {
        let Some(subject @ Subject::Node(_)) = subject else {
            return String::new();
        };
        let parts = [
            subject.account().filter(|_| self.show_accounts),
            subject.region().filter(|_| self.show_regions),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        sanitize(&parts.join(" ")).into_owned()
    }
}

struct GateTableWriter<'a> {
    options: RenderOptions,
    location_columns: LocationColumns,
    out: &'a mut dyn Write,
}

impl GateTableWriter<'_> {
    fn paint_status(&self, status: GateStatus) -> String {
        let tone = match status {
            GateStatus::Pass => Tone::Good,
            GateStatus::Unknown => Tone::Warning,
            GateStatus::Fail => Tone::Bad,
        };
        tone.paint(status.as_str(), self.options.color)
    }

    fn write_line(&mut self, line: &str) -> Result<()> {
        writeln!(self.out, "{}", line.trim_end())?;
        Ok(())
    }

    /// Text after `indent` blanks, wrapped where there is a width to wrap to.
    fn write_text(&mut self, indent: usize, text: &str) -> Result<()> {
        for line in self.wrap_text(text, indent) {
            self.write_line(&format!("{:indent$}{line}", ""))?;
        }
        Ok(())
    }

    fn wrap_text(&self, text: &str, indent: usize) -> Vec<String> {
        match self.options.width {
            Some(width) => wrap(text, width.saturating_sub(indent).max(20)),
            None => vec![text.to_owned()],
        }
    }

    fn write_rule(&mut self, rule: &RuleReport) -> Result<()> {
        self.write_line("")?;
        let head = self.paint_status(rule.status);
        self.write_line(&format!("{head}  {}", sanitize(&rule.rule)))?;
        self.write_text(2, &sanitize(&describe_wanted(rule)))?;
        let all = findings_or_placeholder(rule);
        let shown = &all[..all.len().min(MAX_FINDINGS)];
        let names: Vec<String> = shown
            .iter()
            .map(|finding| sanitize(&subject_name(finding.subject.as_ref())).into_owned())
            .collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let widest = widest.min(MAX_NAME_WIDTH);
        let remedies = Remedies::new(&all);
        for (at, (finding, name)) in shown.iter().zip(&names).enumerate() {
            let told = format!("{}{}", describe_finding(rule, finding), remedies.marker(at));
            self.write_subject(finding.subject.as_ref(), name, widest, &told)?;
            self.write_patches(&finding.patches)?;
        }
        self.write_folded(&all[shown.len()..], rule)?;
        for line in remedies.to_lines() {
            self.write_line(&format!("  {}", sanitize(&line)))?;
        }
        Ok(())
    }

    /// A node, and what is wrong with it.
    fn write_subject(
        &mut self,
        subject: Option<&Subject>,
        name: &str,
        widest: usize,
        told: &str,
    ) -> Result<()> {
        let mut start = format!("  {name}{}", padding(name, widest));
        let location = self.location_columns.label(subject);
        if !location.is_empty() {
            start.push_str("  ");
            start.push_str(&location);
        }
        start.push_str("  ");
        let node = subject.and_then(Subject::node);
        let url = node.filter(|_| self.options.links).and_then(console_url);
        let linked = match url {
            Some(url) => start.replacen(name, &link(name, &url), 1),
            None => start.clone(),
        };
        let told = sanitize(told);
        let room = self.options.width.unwrap_or(usize::MAX);
        if start.width().saturating_add(told.width()) <= room {
            return self.write_line(&format!("{linked}{told}"));
        }
        // Beside the name as long as that leaves a readable column.
        if start.width() + 40 <= room {
            let indent = start.width();
            for (at, line) in self.wrap_text(&told, indent).iter().enumerate() {
                let before = if at == 0 { &*linked } else { "" };
                self.write_line(&format!("{before:indent$}{line}"))?;
            }
            return Ok(());
        }
        self.write_line(&linked)?;
        self.write_text(4, &told)
    }

    fn write_patches(&mut self, all: &[PatchRef]) -> Result<()> {
        let shown = &all[..all.len().min(MAX_PATCHES)];
        let ids: Vec<String> = shown
            .iter()
            .map(|patch| match &patch.kb_id {
                Some(id) => sanitize(id).into_owned(),
                None => "-".to_owned(),
            })
            .collect();
        let states: Vec<String> = shown
            .iter()
            .map(|patch| sanitize(&patch.state).into_owned())
            .collect();
        let widest = |cells: &[String]| cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let (ids_wide, states_wide) = (widest(&ids).min(MAX_NAME_WIDTH), widest(&states));
        for ((patch, id), state) in shown.iter().zip(&ids).zip(&states) {
            let severity = patch.severity.as_str();
            let start = format!("    {id}{}  ", padding(id, ids_wide));
            let middle = format!(
                "{}  {state}{}  ",
                padding(severity, SEVERITY_WIDTH),
                padding(state, states_wide)
            );
            let title = sanitize(patch.title.as_deref().unwrap_or("-"));
            let used = start.width() + severity.len() + middle.width();
            let title = match self.options.width {
                Some(width) => shorten(&title, width.saturating_sub(used), self.options.charset),
                None => title.into_owned(),
            };
            let severity = Tone::from(patch.severity).paint(severity, self.options.color);
            self.write_line(&format!("{start}{severity}{middle}{title}"))?;
        }
        if all.len() > shown.len() {
            let more = all.len() - shown.len();
            self.write_line(&format!("    and {more} more of its patches"))?;
        }
        Ok(())
    }

    fn write_folded(&mut self, folded: &[Finding], rule: &RuleReport) -> Result<()> {
        if folded.is_empty() {
            return Ok(());
        }
        let unsaid = |finding: &&Finding| finding.status == GateStatus::Unknown;
        let unsaid = match folded.iter().filter(unsaid).count() {
            n if n > 0 && rule.status == GateStatus::Fail => {
                format!(", {n} of which unknown")
            }
            _ => String::new(),
        };
        self.write_text(
            2,
            &format!("and {} more{unsaid}; -o json names them all", folded.len()),
        )
    }

    fn write_waived(&mut self, all: &[WaivedFinding]) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        self.write_line("")?;
        self.write_line(&format!("WAIVED  {}", text::count(all.len(), "finding")))?;
        let shown = &all[..all.len().min(MAX_FINDINGS)];
        let name =
            |waived: &WaivedFinding| sanitize(&subject_name(waived.subject.as_ref())).into_owned();
        let widest = shown.iter().map(|waived| name(waived).width()).max();
        let widest = widest.unwrap_or(0).min(MAX_NAME_WIDTH);
        for waived in shown {
            let told = format!("{}: {}", waived.rule, waived.detail);
            self.write_subject(waived.subject.as_ref(), &name(waived), widest, &told)?;
            self.write_patches(&waived.patches)?;
            self.write_text(4, &sanitize(&describe_waiver(&waived.waiver)))?;
        }
        if all.len() > shown.len() {
            let more = all.len() - shown.len();
            self.write_line(&format!("  and {more} more; -o json names them all"))?;
        }
        Ok(())
    }

    /// What stood before, a line each.
    fn write_known(&mut self, report: &GateReport) -> Result<()> {
        let all = &report.known;
        if all.is_empty() {
            return Ok(());
        }
        let since = report.since.as_deref().unwrap_or_default();
        let findings = text::count(all.len(), "finding");
        self.write_line("")?;
        self.write_line(&format!("KNOWN  {findings} since {}", sanitize(since)))?;
        let shown = &all[..all.len().min(MAX_FINDINGS)];
        let name = |known: &KnownFinding| {
            sanitize(&subject_name(known.finding.subject.as_ref())).into_owned()
        };
        let widest = shown.iter().map(|known| name(known).width()).max();
        let widest = widest.unwrap_or(0).min(MAX_NAME_WIDTH);
        for known in shown {
            let told = format!("{}: {}", known.rule, known.finding.detail);
            let subject = known.finding.subject.as_ref();
            self.write_subject(subject, &name(known), widest, &told)?;
        }
        if all.len() > shown.len() {
            let more = all.len() - shown.len();
            self.write_line(&format!("  and {more} more; -o json names them all"))?;
        }
        Ok(())
    }

    /// What is waived, the remarks, the rules that passed, and the counts of nodes.
    fn write_footer(&mut self, report: &GateReport) -> Result<()> {
        self.write_line("")?;
        if !report.waived.is_empty() && !self.options.show_waived {
            let findings = text::count(report.waived.len(), "finding");
            self.write_text(0, &format!("waived: {findings}; --show-waived names them"))?;
        }
        for remark in &report.remarks {
            self.write_text(0, &sanitize(remark))?;
        }
        if let Some(passed) = report.describe_passed() {
            self.write_text(0, &sanitize(&passed))?;
        }
        if let Some(configured) = report.describe_configured() {
            self.write_text(0, &sanitize(&configured))?;
        }
        self.write_text(0, &report.nodes.describe())
    }
}

/// What fills the text up to this width.
fn padding(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

/// More commands than this are not printed.
const MAX_COMMANDS: usize = 4;

/// What to do about findings, each thing told once, with all nodes of one account and region
/// in one command.
struct Remedies<'a> {
    groups: Vec<RemedyGroup<'a>>,
    /// Which of them, for each finding.
    index_by_finding: Vec<Option<usize>>,
}

struct RemedyGroup<'a> {
    remedy: &'a Remedy,
    location: Option<(Option<&'a str>, Option<&'a str>)>,
    subjects: Vec<&'a Subject>,
}

impl<'a> Remedies<'a> {
    fn new(all: &'a [Finding]) -> Self {
        let mut groups: Vec<RemedyGroup<'a>> = Vec::new();
        let mut index_by_finding = Vec::new();
        for Finding {
            remedy, subject, ..
        } in all
        {
            // Advice alone is the same everywhere.
            let subject = subject.as_ref();
            let of_command = subject.filter(|_| remedy.operation.is_some());
            let location = of_command.map(|of| (of.account(), of.region()));
            let is_same =
                |group: &RemedyGroup<'_>| group.remedy == remedy && group.location == location;
            let at = groups.iter().position(is_same).unwrap_or_else(|| {
                groups.push(RemedyGroup {
                    remedy,
                    location,
                    subjects: Vec::new(),
                });
                groups.len() - 1
            });
            groups[at].subjects.extend(subject);
            index_by_finding.push(Some(at).filter(|_| !remedy.is_empty()));
        }
        Self {
            groups,
            index_by_finding,
        }
    }

    /// ` [2]` after a finding, where they differ.
    fn marker(&self, at: usize) -> String {
        match self.index_by_finding[at] {
            Some(at) if self.groups.len() > 1 => format!(" [{}]", at + 1),
            _ => String::new(),
        }
    }

    fn to_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (at, group) in self.groups.iter().enumerate() {
            let commands = group.remedy.to_lines(&group.subjects);
            let label = if self.groups.len() > 1 {
                format!("to do [{}]", at + 1)
            } else {
                "to do".to_owned()
            };
            let shown = commands.iter().take(MAX_COMMANDS);
            lines.extend(
                shown
                    .filter(|line| !line.is_empty())
                    .map(|line| format!("{label}: {line}")),
            );
            if commands.len() > MAX_COMMANDS {
                let more = text::count(commands.len() - MAX_COMMANDS, "more command");
                lines.push(format!(
                    "{label}: {more}; -o json has the remedy of each node"
                ));
            }
        }
        lines
    }
}
