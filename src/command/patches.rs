//! `patchctl patches`: the patches of each node that pass the filter. Counts of them are
//! in `patch_counts.rs`.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::aggregate::first_seen::FirstSeen;
use crate::aggregate::pivot::PatchGrouping;
use crate::cli::{LayoutArgs, PatchLayout, PatchesArgs};
use crate::columns::ColumnCost;
use crate::command::connect::connect_and_run;
use crate::command::first_seen::read_first_seen;
use crate::command::output::{ColumnSelection, RowOrder};
use crate::command::patch_counts;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::command::run::{Context, Run};
use crate::compliance::due_date::Sla;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchField, PatchPlan};
use crate::record::InfoLevel;
use crate::render::Format;
use crate::report::{NodeScan, PatchRow, worst_first};
use crate::sink::Sink;

pub(super) async fn run(context: Context<'_>, args: &PatchesArgs) -> Result<Exit> {
    let query = PatchQuery::new(args)?;
    let (plan, sla) = (fetch_plan(args, &query), args.sla.to_sla()?);
    let (clock, connection) = (context.clock, context.cli.connect.to_connect());
    let mut dataset = None;
    if let PatchLayout::Flat(layout) = &args.layout {
        let is_found = plan.selector.needs_discovery();
        let columns = ColumnSelection::new(layout, args.output.output, is_found);
        if columns.has_extra(ColumnCost::DueDates) {
            if sla.is_empty() {
                bail!(
                    "the columns DueDate, DueFrom and Overdue require time limits: give --sla \
                     critical=7d,important=30d, or [sla] in patchctl.toml"
                );
            }
            dataset = args.from.to_dataset(args.select.criteria());
        }
    }
    connect_and_run(
        context,
        &args.select,
        &args.output,
        plan,
        async |mut run, sink, plan| match &args.layout {
            PatchLayout::Flat(layout) => {
                let at = (&connection, clock, &run.interrupt);
                let first_seen = read_first_seen(dataset.as_ref(), at, plan).await?;
                run.remarks.extend(first_seen.remarks());
                let due = (&sla, &first_seen);
                write(run, sink, plan, &query, (layout, due)).await
            }
            PatchLayout::Grouped(by, layout) => {
                patch_counts::write(run, sink, plan, &query, (*by, layout)).await
            }
        },
    )
    .await
}

/// A row for each patch.
async fn write<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    plan: &FetchPlan,
    query: &PatchQuery,
    (layout, (sla, first_seen)): (&LayoutArgs<PatchRow>, (&Sla, &FirstSeen)),
) -> Result<Exit> {
    let now = run.source.now();
    let is_found = plan.selector.needs_discovery();
    let columns = run.select_columns(layout, is_found);
    let order = if is_found {
        RowOrder::Overall(worst_first::compare_patches_of_fleet)
    } else {
        RowOrder::PerNode(worst_first::compare_patches)
    };
    let mut rows = run.write_rows(sink, layout, columns)?.with_order(order);
    // Its columns about the last scan are known at the end of each node.
    let mut held = (run.output.output == Format::AwsCsv).then(Vec::new);
    let take = |item: PatchItem<'_>| {
        let row = |patch| {
            let seen = first_seen.get(&patch);
            PatchRow::new(patch, seen, sla, now)
        };
        let Some(held) = &mut held else {
            return match item {
                PatchItem::Patches(patches) => patches
                    .into_iter()
                    .try_for_each(|patch| rows.write_row(row(patch))),
                PatchItem::Unavailable(subject, note) => {
                    rows.write_row(PatchRow::Note { subject, note })
                }
                PatchItem::NodeEnd(..) => Ok(()),
            };
        };
        match item {
            PatchItem::Patches(patches) => held.extend(patches.into_iter().map(row)),
            PatchItem::Unavailable(subject, note) => held.push(PatchRow::Note { subject, note }),
            PatchItem::NodeEnd(_, _, state) => {
                let known = state.map(|state| Arc::new(NodeScan::new(state)));
                for mut row in held.drain(..) {
                    if let PatchRow::Patch { scan, .. } = &mut row {
                        scan.clone_from(&known);
                    }
                    rows.write_row(row)?;
                }
            }
        }
        Ok(())
    };
    let mut footer = query.read_patches(&mut run, plan, take).await?;
    let mut rest = held.into_iter().flatten();
    rest.try_for_each(|row| rows.write_row(row))?;
    footer.count_filtered(rows.filter_counts());
    run.finish(rows, &footer)
}

/// What the columns and the filter take.
pub(super) fn fetch_plan(args: &PatchesArgs, query: &PatchQuery) -> FetchPlan {
    let format = args.output.output;
    let selector = args.select.to_selector();
    let is_found = selector.needs_discovery();
    let (of_columns, release_dates, mut unused_fields) = match &args.layout {
        PatchLayout::Flat(layout) => {
            let columns = ColumnSelection::new(layout, format, is_found);
            let has_due_dates = columns.has_extra(ColumnCost::DueDates);
            let has_dates = columns.has_extra(ColumnCost::ReleaseDates) || has_due_dates;
            let mut unused = columns.unused_patch_fields;
            // When a patch was first seen is looked up by its title, too.
            unused.retain(|field| !has_due_dates || *field != PatchField::Title);
            (columns.info_level, has_dates, unused)
        }
        PatchLayout::Grouped(by, layout) => {
            let states = &query.filter.states;
            let columns = patch_counts::select_columns(layout, format, is_found, (*by, states));
            let mut unused = columns.unused_patch_fields;
            unused.retain(|field| *by != PatchGrouping::Cve || *field != PatchField::CveIds);
            (columns.info_level, false, unused)
        }
    };
    let has_cves = !query.filter.cves.is_empty();
    if has_cves {
        // Patches are filtered once more, after exposure was judged.
        unused_fields.clear();
    }
    // Release dates hang on the operating system, too. Of counts, it says which nodes could lack a patch, and which have
    // no counter of available updates.
    let needs_platforms =
        has_cves || release_dates || matches!(args.layout, PatchLayout::Grouped(..));
    FetchPlan {
        selector,
        unmanaged: args.select.unmanaged_plan(),
        // AWS reports CVE ids only on some platforms.
        node_info: of_columns.max(needs_platforms.then_some(InfoLevel::Basic)),
        patches: Some(PatchPlan {
            filter: query.source_filter.clone(),
            uses_prefetch: !args.filter.no_prefetch,
            is_relevant: None,
            unused_fields,
        }),
        // A scan that is too old proves nothing about a CVE; and a report has columns for it.
        baselines: if has_cves || format == Format::AwsCsv {
            BaselinePlan::ComplianceStatus
        } else {
            BaselinePlan::Unused
        },
        release_dates,
        ..FetchPlan::default()
    }
}
