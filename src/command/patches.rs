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
use crate::command::read_patches;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
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
    let question = PatchQuery::new(args, now)?;
    if args.select.estimate {
        let question = estimate::EstimateQuery {
            select: &args.select,
            output: &args.output,
            patches: Some((&question.source_filter, question.has_prefetch)),
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    match &args.layout {
        PatchLayout::Flat(layout) => {
            let asked = (args, layout, &question);
            run_list(cli, asked, terminal, now, interrupt).await
        }
        PatchLayout::Grouped(by, layout) => {
            let asked = (args, *by, layout, &question);
            pivot::run(cli, asked, terminal, now, interrupt).await
        }
    }
}

/// What has to be fetched beside patches.
#[must_use]
pub fn info_level(args: &PatchesArgs) -> Option<InfoLevel> {
    let format = args.output.output;
    let of_columns = match &args.layout {
        PatchLayout::Flat(layout) => ColumnSelection::new(layout, format).info_level,
        PatchLayout::Grouped(by, layout) => {
            pivot::select_columns(layout, format, *by, &[]).info_level
        }
    };
    of_columns.max(read_patches::info_level(&args.filter.cves))
}

/// Do the columns ask when patches were released?
#[must_use]
pub fn has_release_date_column(args: &PatchesArgs) -> bool {
    match &args.layout {
        PatchLayout::Flat(layout) => {
            ColumnSelection::new(layout, args.output.output).has_extra(ColumnCost::ReleaseDates)
        }
        PatchLayout::Grouped(..) => false,
    }
}

/// A row for each patch.
async fn run_list(
    cli: &Cli,
    (args, layout, question): (&PatchesArgs, &LayoutArgs<PatchRow>, &PatchQuery),
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let chosen = ColumnSelection::new(layout, args.output.output);
    let needs = chosen.info_level.max(question.info_level());
    let selection = collect::read_selection(&args.select, needs, terminal)?;
    let source = collect::connect(cli, &interrupt).await?;
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
        .read_patches(&source, selection, &mut collector, take)
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
    collect::report_missing_release_dates(&source, terminal);
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}
