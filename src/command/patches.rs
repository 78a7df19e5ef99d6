//! `patchctl patches`: the patches of each node that pass the filter, or with `--by`
//! counts of them.

use anyhow::Result;

use crate::aggregate::pivot::{PatchGrouping, Pivot};
use crate::cli::{LayoutArgs, PatchLayout, PatchesArgs};
use crate::columns::ColumnCost;
use crate::columns::pivot::is_default_column;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::ColumnSelection;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::record::{InfoLevel, PatchState};
use crate::render::Format;
use crate::report::{PatchAggregateFooter, PatchAggregateRow, PatchRow};
use crate::sink::Sink;

pub(super) async fn run(mut context: Context<'_>, args: &PatchesArgs) -> Result<Exit> {
    let is_help = match &args.layout {
        PatchLayout::Flat(layout) => output::print_column_help(layout, context.terminal)?,
        PatchLayout::Grouped(_, layout) => output::print_column_help(layout, context.terminal)?,
    };
    if is_help {
        return Ok(Exit::Success);
    }
    let query = PatchQuery::new(args)?;
    let plan = fetch_plan(args, &query);
    if args.select.estimate {
        return estimate::run(context, &args.select, &args.output, plan).await;
    }
    let plan = context.with_node_ids(plan, &args.select)?;
    let connect = context.cli.connect.to_connect();
    let (run, sink) = Run::start(context, &connect, &args.output).await?;
    match &args.layout {
        PatchLayout::Flat(layout) => write_list(run, sink, args, layout, &query, &plan).await,
        PatchLayout::Grouped(by, layout) => {
            write_counts(run, sink, args, (*by, layout), &query, &plan).await
        }
    }
}

/// What the columns and the filter take.
pub(super) fn fetch_plan(args: &PatchesArgs, query: &PatchQuery) -> FetchPlan {
    let format = args.output.output;
    let (of_columns, release_dates) = match &args.layout {
        PatchLayout::Flat(layout) => {
            let columns = ColumnSelection::new(layout, format);
            let has_dates = columns.has_extra(ColumnCost::ReleaseDates);
            (columns.info_level, has_dates)
        }
        PatchLayout::Grouped(by, layout) => {
            let columns = select_columns(layout, format, *by, &query.filter.states);
            (columns.info_level, false)
        }
    };
    let has_cves = !query.filter.cves.is_empty();
    FetchPlan {
        selector: args.select.to_selector(),
        // AWS reports CVE ids only on some platforms.
        node_info: of_columns.max(has_cves.then_some(InfoLevel::Basic)),
        patches: Some(PatchPlan {
            filter: query.source_filter.clone(),
            uses_prefetch: !args.filter.no_prefetch,
            is_relevant: None,
        }),
        // A scan that is too old proves nothing about a CVE.
        baselines: if has_cves {
            BaselinePlan::ComplianceStatus
        } else {
            BaselinePlan::Unused
        },
        release_dates,
        ..FetchPlan::default()
    }
}

/// A row for each patch.
async fn write_list<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    args: &PatchesArgs,
    layout: &LayoutArgs<PatchRow>,
    query: &PatchQuery,
    plan: &FetchPlan,
) -> Result<Exit> {
    let columns = ColumnSelection::new(layout, args.output.output)
        .with_location_columns(run.source.spans_regions_and_accounts());
    let mut rows = run.write_rows(sink, layout, columns)?;
    let take = |item: PatchItem<'_>| match item {
        PatchItem::Patches(patches) => patches
            .into_iter()
            .try_for_each(|patch| rows.write_row(PatchRow::Patch(patch))),
        PatchItem::Unavailable(subject, note) => rows.write_row(PatchRow::Note { subject, note }),
        PatchItem::NodeEnd(..) => Ok(()),
    };
    let footer = query.read_patches(&mut run, plan, take).await?;
    run.finish(rows, &footer)
}

/// A row for each KB, CVE, node or severity.
async fn write_counts<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    args: &PatchesArgs,
    (by, layout): (PatchGrouping, &LayoutArgs<PatchAggregateRow>),
    query: &PatchQuery,
    plan: &FetchPlan,
) -> Result<Exit> {
    let filter = &query.filter;
    let mut columns = select_columns(layout, args.output.output, by, &filter.states);
    if by == PatchGrouping::Node {
        columns = columns.with_location_columns(run.source.spans_regions_and_accounts());
    }
    let mut rows = run.write_rows(sink, layout, columns)?;
    let mut pivot = Pivot::new(by)
        .with_states(&filter.states)
        .with_cves(&filter.cves);
    let mut notes = Vec::new();
    let take = |item: PatchItem<'_>| {
        match item {
            PatchItem::Patches(patches) => pivot.add_rows(&patches),
            PatchItem::Unavailable(subject, note) => {
                notes.push(PatchAggregateRow::Note { subject, note });
            }
            PatchItem::NodeEnd(node, is_read) => pivot.finish_node(node, is_read),
        }
        Ok(())
    };
    let mut patches = query.read_patches(&mut run, plan, take).await?;
    patches.coverage.totals.rows = pivot.group_count();
    let footer = PatchAggregateFooter {
        patches,
        grouping: by,
        patch_count: pivot.patch_count(),
    };
    let groups = pivot.into_groups();
    // Nodes that are in no count stand below the counts.
    groups
        .map(PatchAggregateRow::Aggregate)
        .chain(notes)
        .try_for_each(|row| rows.write_row(row))?;
    run.finish(rows, &footer)
}

/// The columns of a view of patches in these states.
fn select_columns(
    layout: &LayoutArgs<PatchAggregateRow>,
    format: Format,
    by: PatchGrouping,
    states: &[PatchState],
) -> ColumnSelection<PatchAggregateRow> {
    let is_wide = format == Format::Wide;
    ColumnSelection::with_default_columns(layout, format, |column| {
        is_default_column(column, by, states, is_wide)
    })
}
