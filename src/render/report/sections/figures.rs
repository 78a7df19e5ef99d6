//! The sections with figures: groups, severities, due dates, and the worst.

use anyhow::Result;

use crate::columns::Percent;
use crate::duration;
use crate::render::html::bar_chart::BarChart;
use crate::render::report::columns;
use crate::render::report::section_writer::SectionWriter;
use crate::render::report::sections::{STATUS_PARTS, Sections};
use crate::report::fleet::{AGE_CLASSES, DueCounts, DueDates};
use crate::report::{GroupKey, PatchRow, StateRow};
use crate::text::count;

/// More groups than this have no bar.
const MAX_BARS: usize = 25;

/// The parts of due patches.
const DUE_PARTS: [(&str, &str); 4] = [
    ("due later", "good"),
    ("due in 7 days", "stale"),
    ("release date unknown", "unknown"),
    ("overdue", "bad"),
];

const AGE_CLASS_COLORS: [&str; AGE_CLASSES.len()] = ["age-1", "age-2", "age-3", "age-4", "unknown"];

impl<W: SectionWriter> Sections<'_, W> {
    pub(super) fn write_groups(&mut self) -> Result<()> {
        for grouping in &self.report.groupings {
            self.writer.heading(&format!("By {}", grouping.by))?;
            let mut groups = grouping.groups.iter();
            let has_second = groups.any(|group| group.second_key.is_some());
            let columns = columns::of_groups(has_second);
            let bars = grouping.groups.iter().take(MAX_BARS);
            let bars = bars.map(|group| {
                let second = group.second_key.iter();
                let keys = [&group.key].into_iter().chain(second);
                let labels: Vec<_> = keys.map(GroupKey::label).collect();
                (labels.join(", "), group.status_counts().to_vec())
            });
            self.writer.bar_chart(&BarChart {
                title: &format!("Nodes by {}, and their verdicts", grouping.by),
                parts: &STATUS_PARTS,
                bars: bars.collect(),
                is_share: true,
            })?;
            self.table(&columns, &grouping.groups, "No node was found.")?;
        }
        Ok(())
    }

    pub(super) fn write_severities(&mut self) -> Result<()> {
        self.writer.heading("Lacking patches by severity and age")?;
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
        let parts = ages.into_iter().zip(AGE_CLASS_COLORS);
        let bars = self.report.severities.iter();
        self.writer.bar_chart(&BarChart {
            title: "Patches that nodes lack, by age",
            parts: &parts.collect::<Vec<_>>(),
            bars: bars
                .map(|row| (row.severity.to_string(), row.by_age.to_vec()))
                .collect(),
            is_share: false,
        })?;
        self.writer.texts(&head, 1, &rows)?;
        self.write_unlisted_nodes()
    }

    /// What the figures above do not count.
    fn write_unlisted_nodes(&mut self) -> Result<()> {
        match self.report.unlisted_nodes {
            0 => Ok(()),
            n => self.writer.sentence(&format!(
                "The patches of {} are not known, and not counted here.",
                count(n, "node")
            )),
        }
    }

    pub(super) fn write_due_dates(&mut self) -> Result<()> {
        let report = self.report;
        let Some(DueDates {
            severities,
            total,
            unlimited,
        }) = &report.due_dates
        else {
            return Ok(());
        };
        self.writer.heading("Due dates")?;
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
            let from_first_seen = report.history.is_some().then_some(counts.from_first_seen);
            let texts = [
                severity.unwrap_or("All".to_owned()),
                limit.unwrap_or("-".to_owned()),
                share.map_or("-".to_owned(), |share| format!("{share}%")),
            ];
            texts
                .into_iter()
                .chain(
                    numbers
                        .into_iter()
                        .chain(from_first_seen)
                        .map(|n| n.to_string()),
                )
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
        let from_first_seen: &[&str] = match report.history {
            Some(_) => &["Counted from first seen"],
            None => &[],
        };
        let head = [&head[..], from_first_seen].concat();
        let bar = |counts: &DueCounts| {
            let severity = counts.severity.map_or(String::new(), |of| of.to_string());
            let later = counts.within - counts.due_soon;
            let parts = [later, counts.due_soon, counts.unknown, counts.overdue];
            (severity, parts.to_vec())
        };
        self.writer.bar_chart(&BarChart {
            title: "Patches that nodes lack, by due date",
            parts: &DUE_PARTS,
            bars: severities.iter().map(bar).collect(),
            is_share: false,
        })?;
        self.writer.texts(&head, 2, &rows)?;
        self.write_unlisted_nodes()?;
        if *unlimited > 0 {
            let patches = count(*unlimited, "patch");
            let text = format!("{patches} of severities without a limit.");
            self.writer.sentence(&text)?;
        }
        let columns = columns::of_patches(report);
        self.writer.heading("Longest overdue")?;
        let rows: Vec<&PatchRow> = report.most_overdue();
        self.table(&columns, rows, "No patch is known to be overdue.")
    }

    pub(super) fn write_worst(&mut self) -> Result<()> {
        let report = self.report;
        let columns = columns::of_nodes(report);
        self.writer.heading("Worst nodes")?;
        self.table(&columns, report.worst_nodes(), "No node is non-compliant.")?;
        self.count_of(report.total.non_compliant)?;
        for (title, id, top) in [
            ("Most missing patches", "KBId", &report.missing_patches),
            ("Most missing CVEs", "CVEId", &report.cves),
        ] {
            self.writer.heading(title)?;
            self.table(&columns::of_missing(id), &top.rows, "None is known.")?;
            self.count_of(top.total)?;
        }
        self.writer.heading("Pending reboots")?;
        let pending: Vec<&StateRow> = report.pending_reboots().collect();
        self.table(&columns, pending, "No node is known to wait for a reboot.")
    }

    /// "The first 10 of 40.", where there are more.
    fn count_of(&mut self, all: u64) -> Result<()> {
        let top = self.report.top;
        if all > top as u64 {
            let text = format!("The first {top} of {all}.");
            self.writer.sentence(&text)?;
        }
        Ok(())
    }

    pub(super) fn write_baselines(&mut self) -> Result<()> {
        self.writer.heading("Differing baselines")?;
        if self.report.conflicts.is_empty() {
            let text = "No patch group is known to have several.";
            return self.writer.sentence(text);
        }
        let rows = self.report.conflicts.iter().map(|conflict| {
            let others = conflict.other_baselines.iter();
            let others = others.map(|(id, nodes)| format!("{id} ({nodes})"));
            vec![
                conflict.patch_group.to_string(),
                conflict.baseline_id.to_string(),
                conflict.node_ids.join(", "),
                others.collect::<Vec<_>>().join(", "),
                conflict.node_count.to_string(),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let head = [
            "Patch group",
            "Baseline",
            "Nodes",
            "Other baselines",
            "Count",
        ];
        self.writer.texts(&head, 4, &rows)
    }
}
