//! `patchctl patches`: the patches of each node that pass the filter.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, LayoutArgs, PatchLayout, PatchesArgs};
use crate::columns::ColumnCost;
use crate::command::collect;
use crate::command::collect::Collector;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::pivot;
use crate::command::progress::ProgressDisplay;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::record::InfoLevel;
use crate::report::PatchRow;
use crate::sink::Sink;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &PatchesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let is_help = match &args.layout {
        PatchLayout::Flat(layout) => output::print_column_help(layout, terminal)?,
        PatchLayout::Grouped(_, layout) => output::print_column_help(layout, terminal)?,
    };
    if is_help {
        return Ok(Exit::Success);
    }
    let question = PatchQuery::new(args)?;
    let plan = fetch_plan(args, &question);
    if args.select.estimate {
        return estimate::run(
            cli,
            (&args.select, &args.output),
            plan,
            terminal,
            now,
            interrupt,
        )
        .await;
    }
    let plan = collect::with_node_ids(plan, &args.select, terminal)?;
    match &args.layout {
        PatchLayout::Flat(layout) => {
            let asked = (args, layout, &question, &plan);
            run_list(cli, asked, terminal, now, interrupt).await
        }
        PatchLayout::Grouped(by, layout) => {
            let asked = (args, *by, layout, &question, &plan);
            pivot::run(cli, asked, terminal, now, interrupt).await
        }
    }
}

/// What the columns and the filter take.
pub fn fetch_plan(args: &PatchesArgs, query: &PatchQuery) -> FetchPlan {
    let format = args.output.output;
    let (of_columns, release_dates) = match &args.layout {
        PatchLayout::Flat(layout) => {
            let columns = ColumnSelection::new(layout, format);
            let has_dates = columns.has_extra(ColumnCost::ReleaseDates);
            (columns.info_level, has_dates)
        }
        PatchLayout::Grouped(by, layout) => {
            let columns = pivot::select_columns(layout, format, *by, &query.filter.states);
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
async fn run_list(
    cli: &Cli,
    (args, layout, question, plan): (&PatchesArgs, &LayoutArgs<PatchRow>, &PatchQuery, &FetchPlan),
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let chosen = ColumnSelection::new(layout, args.output.output);
    let source = collect::connect(cli, now, &interrupt).await?;
    let style = output::render_options(cli, &args.output, terminal, now);
    let progress = ProgressDisplay::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let chosen = chosen.with_location_columns(source.spans_regions_and_accounts());
    let mut answer = RowWriter::begin(&args.output, layout, chosen, style, &mut sink)?;

    let mut collector = Collector::default();
    let take = |read: PatchItem<'_>| match read {
        PatchItem::Patches(patches) => patches
            .into_iter()
            .try_for_each(|patch| answer.write_row(PatchRow::Patch(patch))),
        PatchItem::Unavailable(subject, note) => answer.write_row(PatchRow::Note { subject, note }),
        PatchItem::NodeEnd(..) => Ok(()),
    };
    let met = question
        .read_patches(&source, plan, &mut collector, take)
        .await?;
    progress.finish();
    collector.footer.totals.rows = met.patches;
    let footer = collector.finish();
    answer.finish(footer)?;
    let some = met.patches + footer.totals.hidden > 0;
    let exit = output::close_with_exit_code(sink, footer, some, &interrupt)?;
    output::report_unread(terminal, &args.output, footer, some);
    question.print_notes(terminal, args.output.output, &met, footer);
    collector.print_notes(&source, args.output.output, terminal);
    collector.report_missing_release_dates(terminal);
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}
