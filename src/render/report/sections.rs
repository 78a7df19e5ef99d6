//! The sections of a report in their order, for every format that people read.

mod figures;
mod history;

use anyhow::Result;

use crate::columns::{Column, Percent, Row};
use crate::compliance::verdict::Verdict;
use crate::gate::{GateReport, GateStatus};
use crate::record::Unread;
use crate::render::html::bar_chart::BarChart;
use crate::render::report::columns;
use crate::render::report::section_writer::SectionWriter;
use crate::render::tone::Tone;
use crate::report::fleet::FleetReport;
use crate::text::count;

/// More findings of a rule than this are counted.
const MAX_FINDINGS: usize = 20;
/// The parts of a group of nodes, as `NodeGroup::status_counts` has them.
const STATUS_PARTS: [(&str, &str); 4] = [
    ("compliant", "good"),
    ("stale", "stale"),
    ("not known", "unknown"),
    ("non-compliant", "bad"),
];

/// Writes all sections.
///
/// # Errors
/// When the bytes cannot be written.
pub(super) fn write_sections(report: &FleetReport, writer: &mut impl SectionWriter) -> Result<()> {
    let mut sections = Sections { report, writer };
    sections.write_head()?;
    sections.write_unread()?;
    sections.write_rules()?;
    sections.write_groups()?;
    sections.write_severities()?;
    sections.write_due_dates()?;
    sections.write_history()?;
    sections.write_worst()?;
    sections.write_baselines()?;
    sections.write_waivers()?;
    sections.write_all_rows()?;
    sections.write_definitions()
}

struct Sections<'a, W> {
    report: &'a FleetReport,
    writer: &'a mut W,
}

impl<W: SectionWriter> Sections<'_, W> {
    /// A table of rows, or a sentence where there are none.
    fn table<'r, R: Row>(
        &mut self,
        columns: &[&'static Column<R>],
        rows: impl IntoIterator<Item = &'r R>,
        none: &str,
    ) -> Result<()> {
        let rows: Vec<&R> = rows.into_iter().collect();
        if rows.is_empty() {
            self.writer.sentence(none)
        } else {
            self.writer.rows(columns, &rows)
        }
    }

    fn write_head(&mut self) -> Result<()> {
        let report = self.report;
        let (total, totals) = (&report.total, &report.coverage.totals);
        self.writer.title("Patch compliance report")?;
        let headline = match total.compliant_tenths() {
            Some(tenths) => format!(
                "{}% compliant: {} of {}.",
                Percent { tenths },
                total.compliant,
                count(total.nodes, "node")
            ),
            None if totals.unread_scopes > 0 => "No node was read.".to_owned(),
            None => "No node was found.".to_owned(),
        };
        let unread = match totals.unread_scopes {
            0 => String::new(),
            n => format!(" {} could not be read.", count(n, "region or account")),
        };
        self.writer.headline(&format!("{headline}{unread}"))?;
        let mut figures = vec![
            ("Nodes asked", totals.asked, Tone::Plain),
            ("Answered", totals.answered, Tone::Plain),
            ("No data", totals.no_data, Tone::Warning),
            ("Unread", totals.unread, Tone::Bad),
            ("Compliant", total.compliant, Tone::Good),
            ("Non-compliant", total.non_compliant, Tone::Bad),
            ("Stale", total.stale, Tone::Warning),
        ];
        if totals.unread_scopes > 0 {
            let name = "Regions and accounts unread";
            figures.push((name, totals.unread_scopes, Tone::Bad));
        }
        self.writer.figures(&figures)?;
        self.writer.bar_chart(&BarChart {
            title: "Nodes by verdict",
            parts: &STATUS_PARTS,
            bars: vec![("All nodes".to_owned(), total.status_counts().to_vec())],
            is_share: true,
        })?;
        self.write_evidence()
    }

    fn write_evidence(&mut self) -> Result<()> {
        let (report, evidence) = (self.report, &self.report.evidence);
        self.writer.heading("Evidence")?;
        for caller in &report.coverage.callers {
            let of = caller.profile.as_deref();
            let of = of.map_or(String::new(), |name| format!(" (profile {name})"));
            let who = match &caller.identity {
                Ok(identity) => format!("{}, account {}{of}", identity.arn, identity.account),
                Err(cause) => format!("not known{of}: {}", cause.text),
            };
            self.writer.item("Asked by", &who)?;
        }
        let at = format!("{}, {}", evidence.asked_at, evidence.clock.describe());
        self.writer.item("Asked at", &at)?;
        self.writer
            .item("Tool", &format!("patchctl {}", evidence.version))?;
        self.writer.item("Command", &evidence.command_line)?;
        if !evidence.configured.is_empty() {
            let configured = evidence.configured.iter().map(ToString::to_string);
            self.writer
                .item("Configured", &configured.collect::<Vec<_>>().join(", "))?;
        }
        let accounts = evidence.accounts.iter().map(|account| match &account.name {
            Some(name) => format!("{} ({name})", account.id),
            None => account.id.to_string(),
        });
        let accounts: Vec<String> = accounts.collect();
        self.writer
            .item("Accounts", &or_none(&accounts.join(", ")))?;
        self.writer
            .item("Regions", &or_none(&evidence.regions.join(", ")))?;
        let skipped = report.coverage.skipped.iter().map(ToString::to_string);
        let skipped: Vec<String> = skipped.collect();
        self.writer.item("Skipped", &or_none(&skipped.join(", ")))?;
        let unmanaged = report.coverage.unmanaged();
        let unmanaged = unmanaged.map_or("not known".to_owned(), |n| n.to_string());
        self.writer
            .item("Running instances that are not managed", &unmanaged)?;
        self.writer
            .item("Left out by the selection", &report.left_out().to_string())?;
        self.writer
            .item("Greatest age of a scan", &evidence.max_age.to_string())?;
        for remark in report.remarks() {
            self.writer.remark(&remark.to_full_line())?;
        }
        Ok(())
    }

    /// What is not known, and what is known and too old.
    fn write_unread(&mut self) -> Result<()> {
        let report = self.report;
        self.writer.heading("Unread")?;
        if report.coverage.unread.is_empty() {
            self.writer.sentence("Everything was read.")?;
        } else {
            let row = |unread: &Unread| {
                let subject = unread.subject.to_string();
                vec![subject, unread.cause.text.to_string()]
            };
            let rows: Vec<Vec<String>> = report.coverage.unread.iter().map(row).collect();
            self.writer
                .texts(&["Node, region or account", "Cause"], 2, &rows)?;
        }
        let columns = columns::of_nodes(report);
        self.writer.heading("Stale")?;
        let stale = report.nodes_with(Verdict::Stale);
        self.table(&columns, stale, "No node is stale.")?;
        self.writer.heading("No data")?;
        let no_data = report.nodes_with(Verdict::NoData);
        self.table(
            &columns,
            no_data,
            "There is data of every node that was read.",
        )
    }

    fn write_rules(&mut self) -> Result<()> {
        let Some(gate) = &self.report.gate else {
            return Ok(());
        };
        self.writer.heading("Rules")?;
        let tone = match gate.status {
            GateStatus::Pass => Tone::Good,
            GateStatus::Unknown => Tone::Warning,
            GateStatus::Fail => Tone::Bad,
        };
        let outcome = gate.describe_outcome();
        self.writer.status(gate.status.as_str(), tone, &outcome)?;
        let rows = gate.rules.iter().map(|rule| {
            let findings = rule.findings.len().to_string();
            vec![
                rule.status.as_str().to_owned(),
                rule.rule.clone(),
                rule.description.clone(),
                findings,
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        self.writer
            .texts(&["Status", "Rule", "Asks for", "Findings"], 3, &rows)?;
        self.write_findings(gate)
    }

    fn write_findings(&mut self, gate: &GateReport) -> Result<()> {
        for rule in gate.rules.iter().filter(|rule| !rule.findings.is_empty()) {
            self.writer.subheading(&rule.rule)?;
            for finding in rule.findings.iter().take(MAX_FINDINGS) {
                let subject = finding.subject.as_ref();
                let subject = subject.map_or("all nodes".to_owned(), ToString::to_string);
                self.writer.item(&subject, &finding.detail)?;
            }
            let more = rule.findings.len().saturating_sub(MAX_FINDINGS);
            if more > 0 {
                self.writer.remark(&format!("{more} more"))?;
            }
        }
        Ok(())
    }

    fn write_waivers(&mut self) -> Result<()> {
        let report = self.report;
        self.writer.heading("Accepted findings")?;
        if report.waived.is_empty() {
            self.writer.sentence("No finding is accepted.")?;
        } else {
            let rows = report.waived.iter().map(|waived| {
                let (subject, waiver) = (waived.subject.as_ref(), &*waived.waiver);
                vec![
                    subject.map_or("all nodes".to_owned(), ToString::to_string),
                    waived.rule.clone(),
                    waived.detail.clone(),
                    waiver.reason.clone(),
                    waiver.owner.clone().unwrap_or("-".to_owned()),
                    waiver.expires.to_string(),
                    waiver.label.clone(),
                ]
            });
            let rows: Vec<Vec<String>> = rows.collect();
            let head = [
                "Node", "Rule", "Detail", "Reason", "Owner", "Expires", "Waiver",
            ];
            self.writer.texts(&head, 7, &rows)?;
        }
        if !report.waiver_remarks.is_empty() {
            self.writer.subheading("Waivers to look at again")?;
            for remark in &report.waiver_remarks {
                self.writer.remark(&remark.to_string())?;
            }
        }
        Ok(())
    }

    /// Every node, and every patch to act on.
    fn write_all_rows(&mut self) -> Result<()> {
        let report = self.report;
        let nodes = columns::of_nodes(report);
        self.writer
            .all_rows("nodes", "All nodes", nodes, &report.nodes)?;
        let patches = columns::of_patches(report);
        self.writer
            .all_rows("patches", "All patches to act on", patches, &report.patches)
    }

    fn write_definitions(&mut self) -> Result<()> {
        self.writer.heading("Definitions")?;
        for definition in self.report.definitions() {
            self.writer.item(definition.figure, definition.meaning)?;
        }
        Ok(())
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none" } else { text }.to_owned()
}
