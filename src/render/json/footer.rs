//! The members of a JSON document after its rows, for each type of footer.

use std::io::Write;

use anyhow::Result;

use crate::render::json::encode::write_value;
use crate::render::json::exposure::ExposureObject;
use crate::render::json::{
    ConflictObject, DiscoveryObject, RowFilterObject, TotalsObject, UnreadObject, doctor, summary,
    write_list,
};
use crate::report::{
    Coverage, Diagnosis, EstimateFooter, GroupFooter, PatchAggregateFooter, PatchFooter,
    StateFooter,
};

pub(crate) fn write_states(out: &mut dyn Write, footer: &StateFooter, rows: u64) -> Result<()> {
    write_coverage(out, &footer.coverage)?;
    write_list(
        out,
        "BaselineConflicts",
        &footer.conflicts,
        ConflictObject::new,
    )?;
    let totals = TotalsObject::new(&footer.coverage, rows).with_verdicts(footer.verdicts);
    write_totals(out, &totals)
}

pub(crate) fn write_groups(
    out: &mut dyn Write,
    footer: &GroupFooter,
    rows: u64,
    to_terminal: bool,
) -> Result<()> {
    summary::write(out, &footer.total, to_terminal)?;
    write_states(out, &footer.states, rows)
}

pub(crate) fn write_patches(out: &mut dyn Write, footer: &PatchFooter, rows: u64) -> Result<()> {
    write_patch_lists(out, footer)?;
    write_totals(out, &TotalsObject::new(&footer.coverage, rows))
}

pub(crate) fn write_patch_aggregates(
    out: &mut dyn Write,
    footer: &PatchAggregateFooter,
    rows: u64,
) -> Result<()> {
    write_patch_lists(out, &footer.patches)?;
    write!(out, ",\n\"By\":\"{}\"", footer.grouping)?;
    let totals = TotalsObject {
        patches: Some(footer.patch_count),
        ..TotalsObject::new(&footer.patches.coverage, rows)
    };
    write_totals(out, &totals)
}

pub(crate) fn write_estimate(
    out: &mut dyn Write,
    footer: &EstimateFooter,
    rows: u64,
) -> Result<()> {
    write_coverage(out, &footer.coverage)?;
    write_totals(out, &TotalsObject::new(&footer.coverage, rows))
}

pub(crate) fn write_diagnosis(out: &mut dyn Write, diagnosis: &Diagnosis) -> Result<()> {
    doctor::write(out, diagnosis)
}

fn write_patch_lists(out: &mut dyn Write, footer: &PatchFooter) -> Result<()> {
    write_coverage(out, &footer.coverage)?;
    if !footer.exposures.is_empty() {
        write_list(out, "Exposure", &footer.exposures, ExposureObject::new)?;
    }
    Ok(())
}

fn write_coverage(out: &mut dyn Write, coverage: &Coverage) -> Result<()> {
    write_list(out, "NoData", &coverage.no_data, |node| node.id.to_string())?;
    write_list(out, "Unread", &coverage.unread, UnreadObject::new)?;
    write_list(out, "Discovery", &coverage.discovery, DiscoveryObject::new)?;
    if let Some(counts) = &coverage.row_filter {
        out.write_all(b",\n\"RowFilter\":")?;
        write_value(out, &RowFilterObject::new(counts), true)?;
    }
    Ok(())
}

fn write_totals(out: &mut dyn Write, totals: &TotalsObject) -> Result<()> {
    out.write_all(b",\n\"Summary\":")?;
    serde_json::to_writer(out, totals)?;
    Ok(())
}
