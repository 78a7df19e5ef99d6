//! The sections of a report that the runs of a dataset fill: how long patches took, and the
//! evidence for a sample.

use anyhow::Result;

use crate::aggregate::closure::{NodeSnapshot, SampleRow};
use crate::aggregate::history::TimeToPatch;
use crate::aggregate::trend::{Trend, TrendPoint, TrendRow};
use crate::columns::Percent;
use crate::duration::format_long;
use crate::render::html::line_chart::{LineChart, SharePoint};
use crate::render::report::columns;
use crate::render::report::section_writer::SectionWriter;
use crate::render::report::sections::Sections;
use crate::report::describe_runs;
use crate::text::count;

/// More snapshots than this are in the picture, and in formats for programs.
const MAX_SNAPSHOTS: usize = 60;

impl<W: SectionWriter> Sections<'_, W> {
    pub(super) fn write_history(&mut self) -> Result<()> {
        let report = self.report;
        let Some(history) = &report.history else {
            return Ok(());
        };
        self.write_trend(&history.trend)?;
        if let Some(times) = &history.times {
            self.writer.heading("Time to patch")?;
            let text = format!(
                "{}: {} open, {} fixed, {} no longer listed.",
                describe_runs(history.runs, history.first_run, history.last_run),
                times.open,
                times.fixed,
                times.no_longer_listed
            );
            self.writer.sentence(&text)?;
            if !times.severities.is_empty() {
                let rows: Vec<Vec<String>> = times.severities.iter().map(time_row).collect();
                let head = [
                    "Severity",
                    "Median",
                    "90th percentile",
                    "Within limit",
                    "In time",
                    "Judged",
                    "Fixed",
                    "Open",
                ];
                self.writer.texts(&head, 1, &rows)?;
            }
        }
        if let Some(evidence) = &history.sample {
            self.writer.heading("Closure evidence")?;
            let text = format!(
                "Evidence of {} for each line of the sample.",
                describe_runs(history.runs, history.first_run, history.last_run)
            );
            self.writer.sentence(&text)?;
            let rows: Vec<&SampleRow> = evidence.rows.iter().collect();
            let columns = columns::of_evidence(report);
            self.writer.rows(&columns, &rows)?;
            self.writer.subheading("Titles and notes")?;
            self.writer.rows(&columns::of_evidence_notes(), &rows)?;
            let is_closed = |row: &&SampleRow| {
                let history = row.history.as_ref();
                history.is_some_and(|history| history.confirmation.is_some())
            };
            let closed: Vec<&SampleRow> = evidence.rows.iter().filter(is_closed).collect();
            if !closed.is_empty() {
                self.writer.subheading("What confirms that it is closed")?;
                self.writer.rows(&columns::of_confirmations(), &closed)?;
            }
            if !evidence.snapshots.is_empty() {
                self.writer.subheading("Verdicts by snapshot")?;
                let rows: Vec<&NodeSnapshot> = evidence.snapshots.iter().collect();
                self.writer
                    .rows(&columns::of_snapshots_for_people(), &rows)?;
            }
        }
        Ok(())
    }
}

impl<W: SectionWriter> Sections<'_, W> {
    fn write_trend(&mut self, trend: &Trend) -> Result<()> {
        let rows: Vec<TrendRow> = trend.totals().collect();
        self.writer.heading("Trend")?;
        let points = trend.snapshots.iter().map(|of| {
            let point = TrendPoint::new(&of.total);
            SharePoint {
                at: of.snapshot.started,
                tenths: point.compliant_tenths,
                is_complete: point.is_complete,
            }
        });
        self.writer.line_chart(&LineChart {
            title: "Share of compliant nodes at each snapshot",
            points: points.collect(),
        })?;
        let newest: Vec<&TrendRow> = rows.iter().rev().take(MAX_SNAPSHOTS).rev().collect();
        let columns = columns::of_trend_for_people();
        self.table(&columns, newest, "No snapshot was read.")?;
        if rows.len() > MAX_SNAPSHOTS {
            let all = count(rows.len() as u64, "snapshot");
            let text = format!("The newest {MAX_SNAPSHOTS} of {all}.");
            self.writer.sentence(&text)?;
        }
        Ok(())
    }
}

fn time_row(of: &TimeToPatch) -> Vec<String> {
    let span = |seconds: Option<u64>| seconds.map_or("-".to_owned(), format_long);
    let number = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
    let share = of.within_tenths().map(|tenths| Percent { tenths });
    vec![
        of.severity.to_string(),
        span(of.median),
        span(of.ninetieth_percentile),
        share.map_or("-".to_owned(), |share| format!("{share}%")),
        number(of.within_limit.map(|(met, _)| met)),
        number(of.within_limit.map(|(_, all)| all)),
        of.fixed.to_string(),
        of.open.to_string(),
    ]
}
