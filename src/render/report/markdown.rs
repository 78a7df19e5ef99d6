//! The report in Markdown, as GitHub renders it: a heading and a table for each section.
//! Text from outside is escaped, so that it is shown as it is.

use std::io::Write;

use anyhow::Result;

use crate::columns::{Column, Percent, Row};
use crate::compliance::verdict::Verdict;
use crate::duration;
use crate::gate::GateReport;
use crate::record::Unread;
use crate::render::markdown::{escape, write_table_head, write_table_row};
use crate::render::report::columns;
use crate::report::fleet::{AGE_CLASSES, DEFINITIONS, DueCounts, DueDates, FleetReport};
use crate::report::{PatchRow, StateRow};
use crate::text::count;

/// More findings of a rule than this are counted.
const MAX_FINDINGS: usize = 20;

pub(super) fn write(report: &FleetReport, out: &mut dyn Write) -> Result<()> {
    let mut page = Page { report, out };
    page.write_head()?;
    page.write_unread()?;
    page.write_rules()?;
    page.write_groups()?;
    page.write_severities()?;
    page.write_due_dates()?;
    page.write_worst()?;
    page.write_baselines()?;
    page.write_waivers()?;
    page.write_definitions()?;
    page.out.flush()?;
    Ok(())
}

struct Page<'a, 'o> {
    report: &'a FleetReport,
    out: &'o mut dyn Write,
}

impl Page<'_, '_> {
    fn heading(&mut self, text: &str) -> Result<()> {
        writeln!(self.out, "\n## {text}\n")?;
        Ok(())
    }

    /// A line of a list: a term, and a text from outside.
    fn item(&mut self, term: &str, text: &str) -> Result<()> {
        writeln!(self.out, "- {term}: {}", escape(text))?;
        Ok(())
    }

    /// A table of rows, or a sentence where there are none.
    fn table<'r, R: Row>(
        &mut self,
        columns: &[&'static Column<R>],
        rows: impl IntoIterator<Item = &'r R>,
        none: &str,
    ) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            writeln!(self.out, "{none}")?;
            return Ok(());
        }
        write_table_head(columns, self.out)?;
        for row in rows {
            write_table_row(columns, row, self.out)?;
        }
        Ok(())
    }

    /// A table of texts that need no escape but what `escape` did.
    fn text_table(
        &mut self,
        head: &[&str],
        numbers_from: usize,
        rows: &[Vec<String>],
    ) -> Result<()> {
        writeln!(self.out, "| {} |", head.join(" | "))?;
        let rules = (0..head.len()).map(|at| if at < numbers_from { "---" } else { "---:" });
        writeln!(self.out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        for row in rows {
            writeln!(self.out, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }

    fn write_head(&mut self) -> Result<()> {
        let (report, evidence) = (self.report, &self.report.evidence);
        let (total, totals) = (&report.total, &report.coverage.totals);
        writeln!(self.out, "# Patch compliance report\n")?;
        match total.compliant_tenths() {
            Some(tenths) => {
                let share = Percent { tenths };
                let (compliant, nodes) = (total.compliant, count(total.nodes, "node"));
                writeln!(
                    self.out,
                    "**{share}% of {nodes} are compliant ({compliant}).**\n"
                )?;
            }
            None => writeln!(self.out, "**No node was found.**\n")?,
        }
        let counts = [
            ("Nodes asked", totals.asked),
            ("Answered", totals.answered),
            ("No data", totals.no_data),
            ("Unread", totals.unread),
            ("Compliant", total.compliant),
            ("Non-compliant", total.non_compliant),
            ("Stale", total.stale),
        ];
        let row = counts.map(|(_, n)| n.to_string()).to_vec();
        self.text_table(&counts.map(|(name, _)| name), 0, &[row])?;
        self.heading("Evidence")?;
        for caller in &report.coverage.callers {
            let of = caller.profile.as_deref();
            let of = of.map_or(String::new(), |name| format!(" (profile {name})"));
            let who = match &caller.identity {
                Ok(identity) => format!("{}, account {}{of}", identity.arn, identity.account),
                Err(cause) => format!("not known{of}: {}", cause.text),
            };
            self.item("Asked by", &who)?;
        }
        let at = format!("{}, {}", evidence.asked_at, evidence.clock.describe());
        self.item("Asked at", &at)?;
        self.item("Tool", &format!("patchctl {}", evidence.version))?;
        self.item("Command", &evidence.command_line)?;
        if !evidence.configured.is_empty() {
            let configured = evidence.configured.iter().map(ToString::to_string);
            self.item("Configured", &configured.collect::<Vec<_>>().join(", "))?;
        }
        let accounts = evidence.accounts.iter().map(|account| match &account.name {
            Some(name) => format!("{} ({name})", account.id),
            None => account.id.to_string(),
        });
        let accounts: Vec<String> = accounts.collect();
        self.item("Accounts", &or_none(&accounts.join(", ")))?;
        self.item("Regions", &or_none(&evidence.regions.join(", ")))?;
        let skipped = report.coverage.skipped.iter().map(ToString::to_string);
        let skipped: Vec<String> = skipped.collect();
        self.item("Skipped", &or_none(&skipped.join(", ")))?;
        let unmanaged = report.unmanaged();
        let unmanaged = unmanaged.map_or("not known".to_owned(), |n| n.to_string());
        self.item("Running instances that are not managed", &unmanaged)?;
        self.item("Left out by the selection", &report.left_out().to_string())?;
        self.item("Greatest age of a scan", &evidence.max_age.to_string())?;
        for remark in report.remarks() {
            writeln!(self.out, "- {}", escape(&remark.to_full_line()))?;
        }
        Ok(())
    }

    /// What is not known, and what is known and too old.
    fn write_unread(&mut self) -> Result<()> {
        let report = self.report;
        self.heading("Unread")?;
        if report.coverage.unread.is_empty() {
            writeln!(self.out, "Everything was read.")?;
        } else {
            let row = |unread: &Unread| {
                let subject = unread.subject.to_string();
                vec![escape(&subject), escape(&unread.cause.text)]
            };
            let rows: Vec<Vec<String>> = report.coverage.unread.iter().map(row).collect();
            self.text_table(&["Node, region or account", "Cause"], 2, &rows)?;
        }
        let columns = columns::of_nodes(report);
        self.heading("Stale")?;
        let stale = report.nodes_with(Verdict::Stale);
        self.table(&columns, stale, "No node is stale.")?;
        self.heading("No data")?;
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
        self.heading("Rules")?;
        let status = gate.status.as_str();
        writeln!(self.out, "**{status}**: {}\n", gate.describe_outcome())?;
        let rows = gate.rules.iter().map(|rule| {
            let findings = rule.findings.len().to_string();
            let texts = [rule.status.as_str(), &rule.rule, &rule.description];
            let texts = texts.iter().map(|text| escape(text));
            texts.chain([findings]).collect()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        self.text_table(&["Status", "Rule", "Asks for", "Findings"], 3, &rows)?;
        self.write_findings(gate)
    }

    fn write_findings(&mut self, gate: &GateReport) -> Result<()> {
        for rule in gate.rules.iter().filter(|rule| !rule.findings.is_empty()) {
            writeln!(self.out, "\n### {}\n", escape(&rule.rule))?;
            for finding in rule.findings.iter().take(MAX_FINDINGS) {
                let subject = finding.subject.as_ref();
                let subject = subject.map_or("all nodes".to_owned(), ToString::to_string);
                self.item(&escape(&subject), &finding.detail)?;
            }
            let more = rule.findings.len().saturating_sub(MAX_FINDINGS);
            if more > 0 {
                writeln!(self.out, "- {more} more")?;
            }
        }
        Ok(())
    }

    fn write_groups(&mut self) -> Result<()> {
        for grouping in &self.report.groupings {
            self.heading(&format!("By {}", escape(&grouping.by)))?;
            let mut groups = grouping.groups.iter();
            let has_second = groups.any(|group| group.second_key.is_some());
            let columns = columns::of_groups(has_second);
            self.table(&columns, &grouping.groups, "No node was found.")?;
        }
        Ok(())
    }

    fn write_severities(&mut self) -> Result<()> {
        self.heading("Lacking patches by severity and age")?;
        let rows = self.report.severities.iter().map(|row| {
            let counts = [row.patches, row.nodes].into_iter().chain(row.by_age);
            let counts = counts.map(|n| n.to_string());
            [row.severity.to_string()]
                .into_iter()
                .chain(counts)
                .collect()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let ages = AGE_CLASSES.map(|(_, name)| name);
        let head = [&["Severity", "Patches", "Nodes"], &ages[..]].concat();
        self.text_table(&head, 1, &rows)
    }

    fn write_due_dates(&mut self) -> Result<()> {
        let report = self.report;
        let Some(DueDates {
            severities,
            total,
            unlimited,
        }) = &report.due_dates
        else {
            return Ok(());
        };
        self.heading("Due dates")?;
        let row = |counts: &DueCounts| {
            let severity = counts.severity.map(|severity| severity.to_string());
            let limit = counts.limit.map(duration::format_exact);
            let share = counts.within_tenths().map(|tenths| Percent { tenths });
            let numbers = [
                counts.patches,
                counts.within,
                counts.due_soon,
                counts.overdue,
                counts.unknown,
                counts.overdue_nodes,
            ];
            let texts = [
                severity.unwrap_or("All".to_owned()),
                limit.unwrap_or("-".to_owned()),
                share.map_or("-".to_owned(), |share| format!("{share}%")),
            ];
            texts
                .into_iter()
                .chain(numbers.map(|n| n.to_string()))
                .collect()
        };
        let rows: Vec<Vec<String>> = severities.iter().chain([total]).map(row).collect();
        let head = [
            "Severity",
            "Limit",
            "Within time",
            "Patches",
            "Within",
            "Due in 7 days",
            "Overdue",
            "Release date unknown",
            "Nodes overdue",
        ];
        self.text_table(&head, 2, &rows)?;
        if *unlimited > 0 {
            let patches = count(*unlimited, "patch");
            writeln!(self.out, "\n{patches} of severities without a limit.")?;
        }
        let columns = columns::of_patches(report);
        self.heading("Longest overdue")?;
        let rows: Vec<&PatchRow> = report.most_overdue();
        self.table(&columns, rows, "No patch is known to be overdue.")
    }

    fn write_worst(&mut self) -> Result<()> {
        let report = self.report;
        let columns = columns::of_nodes(report);
        self.heading("Worst nodes")?;
        self.table(&columns, report.worst_nodes(), "No node is non-compliant.")?;
        self.count_of(report.total.non_compliant)?;
        for (title, id, top) in [
            ("Most missing patches", "KBId", &report.missing_patches),
            ("Most missing CVEs", "CVEId", &report.cves),
        ] {
            self.heading(title)?;
            self.table(&columns::of_missing(id), &top.rows, "None is known.")?;
            self.count_of(top.total)?;
        }
        self.heading("Pending restarts")?;
        let pending: Vec<&StateRow> = report.pending_reboots().collect();
        self.table(&columns, pending, "No patch waits for a reboot.")
    }

    /// "The first 10 of 40.", where there are more.
    fn count_of(&mut self, all: u64) -> Result<()> {
        let top = self.report.top;
        if all > top as u64 {
            writeln!(self.out, "\nThe first {top} of {all}.")?;
        }
        Ok(())
    }

    fn write_baselines(&mut self) -> Result<()> {
        self.heading("Differing baselines")?;
        if self.report.conflicts.is_empty() {
            writeln!(self.out, "No patch group is known to have several.")?;
            return Ok(());
        }
        let rows = self.report.conflicts.iter().map(|conflict| {
            let others = conflict.other_baselines.iter();
            let others = others.map(|(id, nodes)| format!("{id} ({nodes})"));
            let texts = [
                conflict.patch_group.to_string(),
                conflict.baseline_id.to_string(),
                conflict.node_ids.join(", "),
                others.collect::<Vec<_>>().join(", "),
            ];
            let texts = texts.iter().map(|text| escape(text));
            texts.chain([conflict.node_count.to_string()]).collect()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let head = [
            "Patch group",
            "Baseline",
            "Nodes",
            "Other baselines",
            "Count",
        ];
        self.text_table(&head, 4, &rows)
    }

    fn write_waivers(&mut self) -> Result<()> {
        let report = self.report;
        self.heading("Accepted findings")?;
        if report.waived.is_empty() {
            writeln!(self.out, "No finding is accepted.")?;
        } else {
            let rows = report.waived.iter().map(|waived| {
                let (subject, waiver) = (waived.subject.as_ref(), &*waived.waiver);
                let texts = [
                    subject.map_or("all nodes".to_owned(), ToString::to_string),
                    waived.rule.clone(),
                    waived.detail.clone(),
                    waiver.reason.clone(),
                    waiver.owner.clone().unwrap_or("-".to_owned()),
                    waiver.expires.to_string(),
                    waiver.label.clone(),
                ];
                texts.iter().map(|text| escape(text)).collect()
            });
            let rows: Vec<Vec<String>> = rows.collect();
            let head = [
                "Node", "Rule", "Detail", "Reason", "Owner", "Expires", "Waiver",
            ];
            self.text_table(&head, 7, &rows)?;
        }
        if !report.waiver_remarks.is_empty() {
            writeln!(self.out, "\n### Waivers to look at again\n")?;
            for remark in &report.waiver_remarks {
                writeln!(self.out, "- {}", escape(&remark.to_string()))?;
            }
        }
        Ok(())
    }

    fn write_definitions(&mut self) -> Result<()> {
        self.heading("Definitions")?;
        for definition in DEFINITIONS {
            self.item(definition.figure, definition.meaning)?;
        }
        Ok(())
    }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none" } else { text }.to_owned()
}
