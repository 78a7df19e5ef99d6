//! The report for people: what is broken, on which nodes, and what to do.
//!
//! Knows how much of a long list is shown; what is folded is counted. Says in
//! words what it colours.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use crossterm::style::{Attribute, Color, ContentStyle, Stylize as _};
use unicode_width::UnicodeWidthStr as _;

use crate::compliance::severity::Severity;
use crate::gate::{Finding, Held, Patched, Report, Ruled, Waived};
use crate::record::Subject;
use crate::render::column_widths::{shorten, wrap};
use crate::render::gate::{
    GateLook, asked, configured, count, detail, excuse, findings, name, outcome, wanted,
};
use crate::sanitize::visible;

/// More findings of a rule than this are counted.
const FINDINGS: usize = 20;
/// More patches of a finding than this are counted.
const PATCHES: usize = 5;
/// A node's id is no wider; a region's or account's name may be.
const WIDEST_NAME: usize = 32;
/// The width of `Important`.
const SEVERITY: usize = 9;

pub fn write(report: &Report, look: &GateLook, out: &mut dyn Write) -> Result<()> {
    if look.color {
        // Whether NO_COLOR counts was settled where --color was read.
        crossterm::style::force_color_output(true);
    }
    let mut page = Page {
        look,
        places: Places::of(report),
        out,
    };
    let head = page.paint(tone(report.held), word(report.held));
    page.line(&format!("{head}: {}", outcome(report)))?;
    for rule in report.rules.iter().filter(|rule| rule.held != Held::Held) {
        page.rule(rule)?;
    }
    if look.show_waived {
        page.waived(&report.waived)?;
    }
    if !look.quiet {
        page.foot(report)?;
    }
    page.out.flush()?;
    Ok(())
}

fn word(held: Held) -> &'static str {
    match held {
        Held::CannotSay => "CANNOT SAY",
        Held::Held | Held::Broken => held.as_str(),
    }
}

fn tone(held: Held) -> Color {
    match held {
        Held::Held => Color::DarkGreen,
        Held::CannotSay => Color::DarkYellow,
        Held::Broken => Color::DarkRed,
    }
}

/// Whether regions and accounts have to be told apart.
struct Places {
    regions: bool,
    accounts: bool,
}

impl Places {
    fn of(report: &Report) -> Self {
        let mut regions = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        let found = report.rules.iter().flat_map(|rule| &rule.findings);
        let found = found.map(|finding| &finding.subject);
        let waived = report.waived.iter().map(|waived| &waived.subject);
        for subject in found.chain(waived).flatten() {
            regions.extend(subject.region());
            accounts.extend(subject.account());
        }
        Self {
            regions: regions.len() > 1,
            accounts: accounts.len() > 1,
        }
    }

    /// Empty where there is one place, or where the name says it already.
    fn tell(&self, subject: Option<&Subject>) -> String {
        let Some(subject @ Subject::Node(_)) = subject else {
            return String::new();
        };
        let parts = [
            subject.account().filter(|_| self.accounts),
            subject.region().filter(|_| self.regions),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        visible(&parts.join(" ")).into_owned()
    }
}

struct Page<'a> {
    look: &'a GateLook,
    places: Places,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn paint(&self, color: Color, text: &str) -> String {
        if self.look.color {
            let style = ContentStyle::new().with(color).attribute(Attribute::Bold);
            style.apply(text).to_string()
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, line: &str) -> Result<()> {
        writeln!(self.out, "{}", line.trim_end())?;
        Ok(())
    }

    /// Text after `indent` blanks, wrapped where there is a width to wrap to.
    fn text(&mut self, indent: usize, text: &str) -> Result<()> {
        for line in self.wrapped(text, indent) {
            self.line(&format!("{:indent$}{line}", ""))?;
        }
        Ok(())
    }

    fn wrapped(&self, text: &str, indent: usize) -> Vec<String> {
        match self.look.width {
            Some(width) => wrap(text, width.saturating_sub(indent).max(20)),
            None => vec![text.to_owned()],
        }
    }

    fn rule(&mut self, rule: &Ruled) -> Result<()> {
        self.line("")?;
        let head = self.paint(tone(rule.held), word(rule.held));
        self.line(&format!("{head}  {}", visible(&rule.rule)))?;
        self.text(2, &visible(&wanted(rule)))?;
        let all = findings(rule);
        let shown = &all[..all.len().min(FINDINGS)];
        let names: Vec<String> = shown
            .iter()
            .map(|finding| visible(&name(finding.subject.as_ref())).into_owned())
            .collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let widest = widest.min(WIDEST_NAME);
        let remedies = Remedies::of(shown, &all);
        for (at, (finding, name)) in shown.iter().zip(&names).enumerate() {
            let told = format!("{}{}", detail(rule, finding), remedies.mark(at));
            self.subject(finding.subject.as_ref(), name, widest, &told)?;
            self.patches(&finding.patches)?;
        }
        self.folded(&all[shown.len()..], rule)?;
        for line in remedies.lines() {
            self.line(&format!("  {}", visible(&line)))?;
        }
        Ok(())
    }

    /// A node, and what is wrong with it.
    fn subject(
        &mut self,
        subject: Option<&Subject>,
        name: &str,
        widest: usize,
        told: &str,
    ) -> Result<()> {
        let mut start = format!("  {name}{}", blanks(name, widest));
        let place = self.places.tell(subject);
        if !place.is_empty() {
            start.push_str("  ");
            start.push_str(&place);
        }
        start.push_str("  ");
        let told = visible(told);
        let room = self.look.width.unwrap_or(usize::MAX);
        if start.width().saturating_add(told.width()) <= room {
            return self.line(&format!("{start}{told}"));
        }
        // Beside the name as long as that leaves a readable column.
        if start.width() + 40 <= room {
            let indent = start.width();
            for (at, line) in self.wrapped(&told, indent).iter().enumerate() {
                let before = if at == 0 { &*start } else { "" };
                self.line(&format!("{before:indent$}{line}"))?;
            }
            return Ok(());
        }
        self.line(&start)?;
        self.text(4, &told)
    }

    fn patches(&mut self, all: &[Patched]) -> Result<()> {
        let shown = &all[..all.len().min(PATCHES)];
        let ids: Vec<String> = shown
            .iter()
            .map(|patch| match &patch.kb_id {
                Some(id) => visible(id).into_owned(),
                None => "-".to_owned(),
            })
            .collect();
        let states: Vec<String> = shown
            .iter()
            .map(|patch| visible(&patch.state).into_owned())
            .collect();
        let widest = |cells: &[String]| cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let (ids_wide, states_wide) = (widest(&ids).min(WIDEST_NAME), widest(&states));
        for ((patch, id), state) in shown.iter().zip(&ids).zip(&states) {
            let severity = patch.severity.as_str();
            let start = format!("    {id}{}  ", blanks(id, ids_wide));
            let middle = format!(
                "{}  {state}{}  ",
                blanks(severity, SEVERITY),
                blanks(state, states_wide)
            );
            let title = visible(patch.title.as_deref().unwrap_or("-"));
            let used = start.width() + severity.len() + middle.width();
            let title = match self.look.width {
                Some(width) => shorten(&title, width.saturating_sub(used)),
                None => title.into_owned(),
            };
            let severity = self.severity(patch.severity);
            self.line(&format!("{start}{severity}{middle}{title}"))?;
        }
        if all.len() > shown.len() {
            let more = all.len() - shown.len();
            self.line(&format!("    and {more} more of its patches"))?;
        }
        Ok(())
    }

    fn severity(&self, severity: Severity) -> String {
        match severity {
            Severity::Critical | Severity::Important => {
                self.paint(Color::DarkRed, severity.as_str())
            }
            Severity::Medium => self.paint(Color::DarkYellow, severity.as_str()),
            Severity::Low | Severity::Unrated => severity.as_str().to_owned(),
        }
    }

    fn folded(&mut self, folded: &[Finding], rule: &Ruled) -> Result<()> {
        if folded.is_empty() {
            return Ok(());
        }
        let unsaid = |finding: &&Finding| finding.held == Held::CannotSay;
        let unsaid = match folded.iter().filter(unsaid).count() {
            n if n > 0 && rule.held == Held::Broken => format!(", {n} of which cannot be told"),
            _ => String::new(),
        };
        self.text(
            2,
            &format!("and {} more{unsaid}; -o json names them all", folded.len()),
        )
    }

    fn waived(&mut self, all: &[Waived]) -> Result<()> {
        if all.is_empty() {
            return Ok(());
        }
        self.line("")?;
        self.line(&format!("WAIVED  {}", count(all.len(), "finding")))?;
        let shown = &all[..all.len().min(FINDINGS)];
        let name = |waived: &Waived| visible(&name(waived.subject.as_ref())).into_owned();
        let widest = shown.iter().map(|waived| name(waived).width()).max();
        let widest = widest.unwrap_or(0).min(WIDEST_NAME);
        for waived in shown {
            let told = format!("{}: {}", waived.rule, waived.detail);
            self.subject(waived.subject.as_ref(), &name(waived), widest, &told)?;
            self.patches(&waived.patches)?;
            self.text(4, &visible(&excuse(waived)))?;
        }
        if all.len() > shown.len() {
            let more = all.len() - shown.len();
            self.line(&format!("  and {more} more; -o json names them all"))?;
        }
        Ok(())
    }

    /// What is waived, what else is to be said, what is held, and the nodes.
    fn foot(&mut self, report: &Report) -> Result<()> {
        self.line("")?;
        if !report.waived.is_empty() && !self.look.show_waived {
            let findings = count(report.waived.len(), "finding");
            self.text(0, &format!("waived: {findings}; --show-waived names them"))?;
        }
        for remark in &report.remarks {
            self.text(0, &visible(remark))?;
        }
        let held: Vec<&str> = report
            .rules
            .iter()
            .filter(|rule| rule.held == Held::Held)
            .map(|rule| &*rule.rule)
            .collect();
        if !held.is_empty() {
            self.text(0, &visible(&format!("held: {}", held.join(", "))))?;
        }
        if let Some(configured) = configured(report) {
            self.text(0, &visible(&configured))?;
        }
        self.text(0, &asked(&report.nodes))
    }
}

/// What fills the text up to this width.
fn blanks(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

/// What to do about findings, each thing told once: `NODE_ID` stands for
/// the id where it is the same for several nodes. No `<id>`, which a shell takes
/// for a redirection.
struct Remedies {
    texts: Vec<String>,
    /// Which of them, for each finding that is shown.
    of: Vec<Option<usize>>,
    /// Is there but one, for the findings that are not shown, too?
    is_shared: bool,
}

impl Remedies {
    fn of(shown: &[Finding], all: &[Finding]) -> Self {
        let mut generals: Vec<(String, usize)> = Vec::new();
        let mut of = Vec::new();
        for finding in shown {
            let general = general(finding);
            let known = generals.iter().position(|(known, _)| *known == general);
            let at = known.unwrap_or_else(|| {
                generals.push((general, 0));
                generals.len() - 1
            });
            generals[at].1 += 1;
            of.push(Some(at).filter(|_| !finding.remedy.is_empty()));
        }
        let is_shared = generals.len() == 1 && all.iter().all(|one| general(one) == generals[0].0);
        let mut texts: Vec<String> = generals.iter().map(|(text, _)| text.clone()).collect();
        // With one node alone, the command can be copied as it is.
        for (finding, at) in shown.iter().zip(&of) {
            if let Some(at) = at.filter(|&at| generals[at].1 == 1 && all.len() == shown.len()) {
                texts[at].clone_from(&finding.remedy);
            }
        }
        Self {
            texts,
            of,
            is_shared,
        }
    }

    /// ` [2]` after a finding, where they differ.
    fn mark(&self, at: usize) -> String {
        match self.of[at] {
            Some(at) if !self.is_shared => format!(" [{}]", at + 1),
            _ => String::new(),
        }
    }

    fn lines(&self) -> Vec<String> {
        let texts = self.texts.iter().enumerate();
        texts
            .filter(|(_, text)| !text.is_empty())
            .map(|(at, text)| {
                if self.is_shared {
                    format!("to do: {text}")
                } else {
                    format!("to do [{}]: {text}", at + 1)
                }
            })
            .collect()
    }
}

/// What to do about any node like this one.
fn general(finding: &Finding) -> String {
    match finding.subject.as_ref().and_then(Subject::id) {
        Some(id) if !id.is_empty() => finding.remedy.replace(id, "NODE_ID"),
        _ => finding.remedy.clone(),
    }
}
