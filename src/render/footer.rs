//! What renderers take from each footer beside its notes: lines above the rows, and the
//! members of a JSON document after them.

use std::io::Write;

use anyhow::Result;

use crate::aggregate::trend::{TrendRow, TrendUnread};
use crate::columns::Column;
use crate::render::gate::json::GateCountsObject;
use crate::render::json::collected::{CollectedRunObject, VerifiedObject};
use crate::render::json::diff::{DiffSideObject, DiffSummaryObject};
use crate::render::json::doctor::{CallerObject, DoctorCountsObject, MissingActionsObject};
use crate::render::json::exposure::ExposureObject;
use crate::render::json::history::{HistorySummaryObject, TimeToPatchObject};
use crate::render::json::trend::{TrendSummaryObject, TrendUnreadObject};
use crate::render::json::{
    ConflictObject, DiscoveryObject, ObjectWriter, RowFilterObject, ScopeObject, TotalsObject,
    UnreadObject, write_list, write_member,
};
use crate::render::tone::{Tone, TonedText};
use crate::render::{Charset, RenderFooter, doctor_header, summary_header, trend_plot};
use crate::report::{
    CheckFooter, CollectFooter, Coverage, Diagnosis, DiffFooter, EstimateFooter, GroupFooter,
    HistoryFooter, NodeGroup, PatchAggregateFooter, PatchFooter, StateFooter, TrendFooter,
    VerifyFooter,
};

impl RenderFooter for StateFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.coverage)
    }

    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_coverage(out, &self.coverage)?;
        write_list(
            out,
            "BaselineConflicts",
            &self.conflicts,
            ConflictObject::new,
        )?;
        let totals = TotalsObject::new(&self.coverage, rows).with_verdicts(self.verdicts);
        write_member(out, "Summary", &totals)
    }
}

impl RenderFooter for GroupFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.states.coverage)
    }

    fn head(&self, width: Option<usize>, charset: Charset) -> Vec<Vec<TonedText>> {
        summary_header::headline(&self.total, width, charset)
    }

    fn write_json(&self, rows: u64, to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        let columns = Column::<NodeGroup>::default_columns();
        let objects = ObjectWriter::with_columns(&columns, to_terminal);
        out.write_all(b",\n\"By\":")?;
        objects.write_string(out, &self.total.grouping_name)?;
        out.write_all(b",\n\"Total\":")?;
        objects.write(out, &self.total)?;
        self.states.write_json(rows, to_terminal, out)
    }
}

impl RenderFooter for PatchFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.coverage)
    }

    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_patch_lists(out, self)?;
        write_member(out, "Summary", &TotalsObject::new(&self.coverage, rows))
    }
}

impl RenderFooter for PatchAggregateFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.patches.coverage)
    }

    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_patch_lists(out, &self.patches)?;
        write_member(out, "By", self.grouping.as_str())?;
        let totals = TotalsObject::new(&self.patches.coverage, rows);
        write_member(out, "Summary", &totals.with_patches(self.patch_count))
    }
}

impl RenderFooter for EstimateFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.coverage)
    }

    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_coverage(out, &self.coverage)?;
        write_member(out, "NotCounted", &self.uncounted)?;
        write_member(out, "Summary", &TotalsObject::new(&self.coverage, rows))
    }
}

impl RenderFooter for CollectFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.coverage)
    }

    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_coverage(out, &self.coverage)?;
        write_member(out, "Run", &CollectedRunObject::new(self))?;
        write_member(out, "Summary", &TotalsObject::new(&self.coverage, rows))
    }
}

impl RenderFooter for DiffFooter {
    fn write_json(&self, rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_member(out, "Before", &DiffSideObject::new(&self.before))?;
        write_member(out, "After", &DiffSideObject::new(&self.after))?;
        if let Some(counts) = &self.row_filter {
            write_member(out, "RowFilter", &RowFilterObject::new(counts))?;
        }
        write_member(out, "Summary", &DiffSummaryObject::new(self, rows))
    }
}

impl RenderFooter for VerifyFooter {
    fn write_json(&self, _rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_member(out, "Summary", &VerifiedObject::new(self))
    }
}

impl RenderFooter for HistoryFooter {
    fn write_json(&self, _rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_list(
            out,
            "TimeToPatch",
            &self.times.severities,
            TimeToPatchObject::new,
        )?;
        if let Some(counts) = &self.row_filter {
            write_member(out, "RowFilter", &RowFilterObject::new(counts))?;
        }
        write_member(out, "Summary", &HistorySummaryObject::new(self))
    }
}

impl RenderFooter for TrendFooter {
    fn head(&self, width: Option<usize>, charset: Charset) -> Vec<Vec<TonedText>> {
        trend_plot::head(&self.trend, width, charset)
    }

    fn write_json(&self, rows: u64, to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        let by = &*self.trend.grouping_name;
        write_member(out, "By", &Some(by).filter(|by| !by.is_empty()))?;
        let columns = Column::<TrendRow>::default_columns();
        let objects = ObjectWriter::with_columns(&columns, to_terminal);
        objects.write_list(out, "Totals", self.trend.totals())?;
        let unread: Vec<&TrendUnread> = self.trend.unread().collect();
        write_list(out, "Unread", &unread, |unread| {
            TrendUnreadObject::new(unread)
        })?;
        write_member(out, "Summary", &TrendSummaryObject::new(self, rows))
    }
}

impl RenderFooter for Diagnosis {
    fn head(&self, _width: Option<usize>, _charset: Charset) -> Vec<Vec<TonedText>> {
        let lines = doctor_header::caller_lines(&self.callers);
        let lines = lines.into_iter().map(|line| vec![(line, Tone::Plain)]);
        lines.collect()
    }

    fn write_json(&self, _rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_list(out, "Callers", &self.callers, CallerObject::new)?;
        let missing = &self.missing_actions;
        write_list(
            out,
            "MissingPermissions",
            missing,
            MissingActionsObject::new,
        )?;
        write_member(out, "Summary", &DoctorCountsObject::new(&self.counts))
    }
}

impl RenderFooter for CheckFooter {
    fn coverage(&self) -> Option<&Coverage> {
        Some(&self.coverage)
    }

    // The document of `check` is not made of columns: `render/gate/json.rs` writes it. A
    // workbook of its rows has these counts.
    fn write_json(&self, _rows: u64, _to_terminal: bool, out: &mut dyn Write) -> Result<()> {
        write_member(out, "Summary", &GateCountsObject::new(&self.report.nodes))
    }
}

fn write_patch_lists(out: &mut dyn Write, footer: &PatchFooter) -> Result<()> {
    write_coverage(out, &footer.coverage)?;
    if footer.exposures.is_empty() {
        return Ok(());
    }
    write_list(out, "Exposure", &footer.exposures, ExposureObject::new)
}

fn write_coverage(out: &mut dyn Write, coverage: &Coverage) -> Result<()> {
    write_list(out, "NoData", &coverage.no_data, |node| node.id.to_string())?;
    write_list(out, "Unread", &coverage.unread, UnreadObject::new)?;
    write_list(out, "Skipped", &coverage.skipped, ScopeObject::new)?;
    write_list(out, "Discovery", &coverage.discovery, DiscoveryObject::new)?;
    match &coverage.row_filter {
        Some(counts) => write_member(out, "RowFilter", &RowFilterObject::new(counts)),
        None => Ok(()),
    }
}
