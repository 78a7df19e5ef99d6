//! `patchctl patches --by`: patches counted, and the nodes that lack them.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::pivot::{PatchGrouping, Pivot};
use crate::cli::{Cli, LayoutArgs, PatchesArgs};
use crate::columns::pivot::is_default_column;
use crate::command::collect;
use crate::command::collect::Collector;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::progress::ProgressDisplay;
use crate::command::read_patches::{PatchItem, PatchQuery};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::PatchState;
use crate::render::Format;
use crate::report::{PatchAggregateRow, PivotTotals};
use crate::sink::Sink;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    (args, by, layout, question, plan): (
        &PatchesArgs,
        PatchGrouping,
        &LayoutArgs<PatchAggregateRow>,
        &PatchQuery,
        &FetchPlan,
    ),
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let filter = &question.filter;
    let chosen = select_columns(layout, args.output.output, by, &filter.states);
    let source = collect::connect(cli, now, &interrupt).await?;
    let style = output::render_options(cli, &args.output, terminal, now);
    let progress = ProgressDisplay::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    // Other rows are of no one region or account.
    let chosen = if by == PatchGrouping::Node {
        chosen.with_location_columns(source.spans_regions_and_accounts())
    } else {
        chosen
    };
    let mut answer = RowWriter::begin(&args.output, layout, chosen, style, &mut sink)?;

    let mut collector = Collector::default();
    let mut pivot = Pivot::new(by)
        .with_states(&filter.states)
        .with_cves(&filter.cves);
    let mut notes = Vec::new();
    let take = |read: PatchItem<'_>| {
        match read {
            PatchItem::Patches(patches) => pivot.add_rows(&patches),
            PatchItem::Unavailable(subject, note) => {
                notes.push(PatchAggregateRow::Note { subject, note });
            }
            PatchItem::NodeEnd(node, is_read) => pivot.finish_node(node, is_read),
        }
        Ok(())
    };
    let met = question
        .read_patches(&source, plan, &mut collector, take)
        .await?;
    progress.finish();
    collector.footer.totals.rows = pivot.group_count();
    collector.footer.pivot_totals = Some(PivotTotals {
        grouping: by,
        patch_count: pivot.patch_count(),
    });
    let footer = collector.finish();
    for group in pivot.into_groups() {
        answer.write_row(PatchAggregateRow::Aggregate(group))?;
    }
    // What is in no count stands below the counts.
    for note in notes {
        answer.write_row(note)?;
    }
    answer.finish(footer)?;
    let some = met.patches + footer.totals.hidden > 0;
    let exit = output::close_with_exit_code(sink, footer, some, &interrupt)?;
    output::report_unread(terminal, &args.output, footer, some);
    question.print_notes(terminal, args.output.output, &met, footer);
    collector.print_notes(&source, args.output.output, terminal);
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}

/// The columns of this view, of patches in these states.
pub fn select_columns(
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
