//! The report as a workbook: the figures of all sections on the first sheet, and each list
//! of rows on one of its own.

use std::io::Write;

use anyhow::Result;

use crate::aggregate::trend::TrendRow;
use crate::columns::sample::MISSING_TIMES;
use crate::columns::{Column, Percent, Row};
use crate::duration;
use crate::render::RenderOptions;
use crate::render::report::columns;
use crate::render::xlsx::{
    SheetCell, SheetColumn, SheetValue, WorkbookWriter, start_definitions, write_definitions,
    write_rows, write_unread,
};
use crate::report::fleet::{AGE_CLASSES, DueCounts, FleetReport};
use crate::report::{FindingRow, NodeGroup, PatchAggregateRow};

/// Writes the whole workbook.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(
    report: &FleetReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let mut workbook = WorkbookWriter::new(options.now);
    let columns = [
        SheetColumn::general("Section"),
        SheetColumn::general("Figure"),
        SheetColumn::general("Value"),
        SheetColumn::wrapped("Text"),
    ];
    workbook.start_sheet("summary", columns)?;
    let mut summary = Summary { workbook };
    summary.write_evidence(report)?;
    summary.write_counts(report)?;
    summary.write_rules(report)?;
    summary.write_severities(report)?;
    summary.write_due_dates(report)?;
    summary.write_history(report)?;
    summary.write_missing("Most missing patches", &report.missing_patches.rows)?;
    summary.write_missing("Most missing CVEs", &report.cves.rows)?;
    summary.write_remarks(report)?;
    let mut workbook = summary.workbook;
    let nodes = columns::all_of_nodes();
    write_rows(&mut workbook, "nodes", &nodes, &report.nodes)?;
    let mut patches = columns::all_of_patches();
    if report.history.is_none() {
        patches.truncate(patches.len() - MISSING_TIMES.len());
    }
    write_rows(&mut workbook, "patches", &patches, &report.patches)?;
    let (trend, trend_columns): (Vec<TrendRow>, _) =
        (report.trend().collect(), columns::of_trend());
    if !trend.is_empty() {
        write_rows(&mut workbook, "trend", &trend_columns, &trend)?;
    }
    let (evidence, snapshots) = report.sample();
    let (sample_columns, snapshot_columns) = (columns::of_sample(), columns::of_snapshots());
    if !evidence.is_empty() {
        write_rows(&mut workbook, "sample", &sample_columns, evidence)?;
        write_rows(&mut workbook, "snapshots", &snapshot_columns, snapshots)?;
    }
    let groups: Vec<&Column<NodeGroup>> = NodeGroup::columns().iter().collect();
    let all_groups = report.groupings.iter().flat_map(|by| &by.groups);
    write_rows(&mut workbook, "groups", &groups, all_groups)?;
    let findings: Vec<&Column<FindingRow>> = Column::default_columns();
    if let Some(gate) = &report.gate {
        let rows = FindingRow::from_report(gate, true);
        write_rows(&mut workbook, "findings", &findings, &rows)?;
    }
    write_unread(&mut workbook, &report.coverage.unread)?;
    let limitations = workbook.limitations();
    start_definitions(&mut workbook)?;
    for line in limitations {
        workbook.write_row(["workbook", "limits", &*line].map(SheetCell::text))?;
    }
    let figures = report.definitions().map(|one| (one.figure, one.meaning));
    write_definitions(&mut workbook, "summary", figures)?;
    write_definitions(&mut workbook, "nodes", helps(&nodes))?;
    write_definitions(&mut workbook, "patches", helps(&patches))?;
    write_definitions(&mut workbook, "groups", helps(&groups))?;
    if !trend.is_empty() {
        write_definitions(&mut workbook, "trend", helps(&trend_columns))?;
    }
    if !evidence.is_empty() {
        write_definitions(&mut workbook, "sample", helps(&sample_columns))?;
        write_definitions(&mut workbook, "snapshots", helps(&snapshot_columns))?;
    }
    if report.gate.is_some() {
        write_definitions(&mut workbook, "findings", helps(&findings))?;
    }
    workbook.finish(out)
}

fn helps<R: Row>(
    columns: &[&'static Column<R>],
) -> impl Iterator<Item = (&'static str, &'static str)> {
    columns.iter().map(|column| (column.name, column.help))
}

struct Summary {
    workbook: WorkbookWriter,
}

impl Summary {
    fn line(
        &mut self,
        section: &str,
        figure: &str,
        value: SheetValue<'_>,
        text: &str,
    ) -> Result<()> {
        let text = match text {
            "" => SheetValue::Unknown.into(),
            text => SheetCell::text(text),
        };
        let cells = [SheetCell::text(section), SheetCell::text(figure)];
        self.workbook
            .write_row(cells.into_iter().chain([value.into(), text]))
    }

    fn text(&mut self, section: &str, figure: &str, text: &str) -> Result<()> {
        self.line(section, figure, SheetValue::Unknown, text)
    }

    fn count(&mut self, section: &str, figure: &str, count: u64) -> Result<()> {
        self.line(section, figure, SheetValue::Count(count), "")
    }

    fn write_evidence(&mut self, report: &FleetReport) -> Result<()> {
        let (evidence, section) = (&report.evidence, "Evidence");
        for caller in &report.coverage.callers {
            let of = caller.profile.as_deref();
            let of = of.map_or(String::new(), |name| format!(" (profile {name})"));
            let who = match &caller.identity {
                Ok(identity) => format!("{}, account {}{of}", identity.arn, identity.account),
                Err(cause) => format!("not known{of}: {}", cause.text),
            };
            self.text(section, "Asked by", &who)?;
        }
        let at = SheetValue::Time(evidence.asked_at);
        self.line(section, "Asked at (UTC)", at, evidence.clock.describe())?;
        self.text(section, "Tool", &format!("patchctl {}", evidence.version))?;
        self.text(section, "Command", &evidence.command_line)?;
        for configured in &evidence.configured {
            self.text(section, "Configured", &configured.to_string())?;
        }
        for account in &evidence.accounts {
            let name = account.name.as_ref();
            let name = name.map_or(String::new(), |name| format!(" ({name})"));
            self.text(section, "Account", &format!("{}{name}", account.id))?;
        }
        for region in &evidence.regions {
            self.text(section, "Region", region)?;
        }
        for skipped in &report.coverage.skipped {
            self.text(section, "Skipped", &skipped.to_string())?;
        }
        self.text(
            section,
            "Greatest age of a scan",
            &evidence.max_age.to_string(),
        )
    }

    fn write_counts(&mut self, report: &FleetReport) -> Result<()> {
        let (section, total, totals) = ("Fleet", &report.total, &report.coverage.totals);
        let share = total.compliant_tenths();
        let share = share.map_or(SheetValue::Unknown, |tenths| {
            SheetValue::Percent(Percent { tenths })
        });
        self.line(section, "Compliant share", share, "")?;
        for (figure, count) in [
            ("Nodes asked", totals.asked),
            ("Answered", totals.answered),
            ("No data", totals.no_data),
            ("Unread", totals.unread),
            ("Regions or accounts unread", totals.unread_scopes),
            ("Compliant", total.compliant),
            ("Non-compliant", total.non_compliant),
            ("Stale", total.stale),
            ("Left out", report.left_out()),
        ] {
            self.count(section, figure, count)?;
        }
        let unmanaged = report.coverage.unmanaged();
        let unmanaged = unmanaged.map_or(SheetValue::Unknown, SheetValue::Count);
        self.line(section, "Not managed", unmanaged, "")
    }

    fn write_rules(&mut self, report: &FleetReport) -> Result<()> {
        let Some(gate) = &report.gate else {
            return Ok(());
        };
        let outcome = format!("{}: {}", gate.status.as_str(), gate.describe_outcome());
        self.text("Rules", "Status", &outcome)?;
        for rule in &gate.rules {
            let findings = SheetValue::Count(rule.findings.len() as u64);
            let text = format!("{}: {}", rule.status.as_str(), rule.description);
            self.line("Rules", &rule.rule, findings, &text)?;
        }
        for waived in &report.waived {
            let subject = waived.subject.as_ref();
            let subject = subject.map_or("all nodes".to_owned(), ToString::to_string);
            let waiver = &waived.waiver;
            let owner = waiver.owner.as_deref().unwrap_or("no owner");
            let text = format!(
                "{}: {}; {owner}, until {}: {}",
                waived.rule, waived.detail, waiver.expires, waiver.reason
            );
            self.text("Accepted findings", &subject, &text)?;
        }
        for remark in &report.waiver_remarks {
            self.text(
                "Accepted findings",
                "Waiver to look at again",
                &remark.to_string(),
            )?;
        }
        Ok(())
    }

    fn write_severities(&mut self, report: &FleetReport) -> Result<()> {
        let section = "Lacking patches";
        for row in &report.severities {
            let severity = row.severity.as_str();
            self.count(section, &format!("{severity}: patches"), row.patches)?;
            self.count(section, &format!("{severity}: nodes"), row.nodes)?;
            for ((_, age), patches) in AGE_CLASSES.iter().zip(row.by_age) {
                self.count(section, &format!("{severity}: {age}"), patches)?;
            }
        }
        Ok(())
    }

    fn write_due_dates(&mut self, report: &FleetReport) -> Result<()> {
        let Some(due) = &report.due_dates else {
            return Ok(());
        };
        for counts in due.severities.iter().chain([&due.total]) {
            let severity = counts.severity.map(|severity| severity.to_string());
            self.write_due_counts(&severity.unwrap_or("All".to_owned()), counts)?;
        }
        self.count(
            "Due dates",
            "Severities without a limit: patches",
            due.unlimited,
        )
    }

    fn write_history(&mut self, report: &FleetReport) -> Result<()> {
        let Some(times) = report.history.as_ref().and_then(|of| of.times.as_ref()) else {
            return Ok(());
        };
        let section = "Time to patch";
        for (figure, count) in [
            ("open", times.open),
            ("fixed", times.fixed),
            ("no longer listed", times.no_longer_listed),
        ] {
            self.count(section, figure, count)?;
        }
        for of in &times.severities {
            let severity = of.severity.as_str();
            for (figure, seconds) in [
                ("median", of.median),
                ("90th percentile", of.ninetieth_percentile),
            ] {
                let figure = format!("{severity}: {figure} (days)");
                let days = seconds.map(duration::whole_days);
                let days = days.map_or(SheetValue::Unknown, SheetValue::Count);
                let exact = seconds.map_or(String::new(), duration::format_long);
                self.line(section, &figure, days, &exact)?;
            }
            let share = of.within_tenths();
            let share = share.map_or(SheetValue::Unknown, |tenths| {
                SheetValue::Percent(Percent { tenths })
            });
            let judged = of.within_limit;
            let judged = judged.map_or(String::new(), |(met, all)| format!("{met} of {all}"));
            let figure = format!("{severity}: share within the limit");
            self.line(section, &figure, share, &judged)?;
            self.count(section, &format!("{severity}: fixed"), of.fixed)?;
            self.count(section, &format!("{severity}: open"), of.open)?;
        }
        Ok(())
    }

    fn write_due_counts(&mut self, severity: &str, counts: &DueCounts) -> Result<()> {
        let section = "Due dates";
        let limit = counts.limit.map(duration::format_exact);
        let limit = limit.map_or(String::new(), |limit| format!("limit {limit}"));
        let share = counts.within_tenths();
        let share = share.map_or(SheetValue::Unknown, |tenths| {
            SheetValue::Percent(Percent { tenths })
        });
        self.line(
            section,
            &format!("{severity}: share within time"),
            share,
            &limit,
        )?;
        for (figure, count) in [
            ("patches", counts.patches),
            ("within time", counts.within),
            ("due in 7 days", counts.due_soon),
            ("overdue", counts.overdue),
            ("release date unknown", counts.unknown),
            ("nodes overdue", counts.overdue_nodes),
        ] {
            self.count(section, &format!("{severity}: {figure}"), count)?;
        }
        Ok(())
    }

    fn write_missing(&mut self, section: &str, rows: &[PatchAggregateRow]) -> Result<()> {
        let cell = |row, name| {
            let column = Column::<PatchAggregateRow>::by_name(name);
            // Without its colour, which would be that of all numbers of this sheet.
            column.map_or(SheetValue::Unknown.into(), |column| {
                SheetCell::from(SheetCell::new(column.cell(row), column.kind).value)
            })
        };
        let id = if section.ends_with("CVEs") {
            "CVEId"
        } else {
            "KBId"
        };
        for row in rows {
            let figures = [id, "NodesLacking", "Title"].map(|name| cell(row, name));
            self.workbook
                .write_row([SheetCell::text(section)].into_iter().chain(figures))?;
        }
        Ok(())
    }

    fn write_remarks(&mut self, report: &FleetReport) -> Result<()> {
        for conflict in &report.conflicts {
            let nodes = conflict.node_ids.join(", ");
            let text = format!("{}: {nodes}", conflict.baseline_id);
            let count = SheetValue::Count(conflict.node_count);
            self.line("Differing baselines", &conflict.patch_group, count, &text)?;
        }
        for remark in report.remarks() {
            self.text("Remarks", "", &remark.to_full_line())?;
        }
        Ok(())
    }
}
