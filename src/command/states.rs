//! `patchctl states`: one row per node that was asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, StatesArgs};
use crate::columns::ColumnCost;
use crate::command::collect;
use crate::command::collect::Collector;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::progress::ProgressDisplay;
use crate::command::read_states;
use crate::command::read_states::NodeWithPatches;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::plan::filter::Filter;
use crate::record::{Moment, Outcome, Patch, PatchState, Subject};
use crate::report::{Footer, StateRow};
use crate::sink::Sink;
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    args: &StatesArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::print_column_help(&args.layout, terminal)? {
        return Ok(Exit::Success);
    }
    let chosen = ColumnSelection::new(&args.layout, args.output.output);
    let plan = fetch_plan(args);
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
    let source = collect::connect(cli, now, &interrupt).await?;
    let style = output::render_options(cli, &args.output, terminal, now);
    let verdict_options = args.verdict.to_verdict_options(now);
    let progress = ProgressDisplay::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let chosen = chosen.with_location_columns(source.spans_regions_and_accounts());
    let mut held = chosen.has_extra(ColumnCost::AllRows).then(Vec::new);
    let mut answer = RowWriter::begin(&args.output, &args.layout, chosen, style, &mut sink)?;

    let mut collector = Collector::default();
    let mut take = |row: StateRow| match &mut held {
        None => answer.write_row(row),
        Some(held) => {
            held.push(row);
            Ok(())
        }
    };
    let verdict_stats = if plan.patches.is_none() {
        read_states::read_states(&source, &plan, &verdict_options, &mut collector, take).await?
    } else {
        let take = |node: NodeWithPatches| {
            take(StateRow {
                oldest_missing: oldest_release(&node.patches, &node.patch_outcome, now),
                ..node.row
            })
        };
        read_states::read_states_with_patches(
            &source,
            &plan,
            &verdict_options,
            &mut collector,
            take,
        )
        .await?
    };
    verdict_stats.finish(&mut collector);
    progress.finish();
    let footer = collector.finish();
    for row in held.into_iter().flatten() {
        answer.write_row(with_baseline_conflict(row, footer))?;
    }
    answer.finish(footer)?;
    let exit = output::close_with_exit_code(sink, footer, false, &interrupt)?;
    output::report_unread(terminal, &args.output, footer, false);
    collector.print_notes(&source, args.output.output, terminal);
    collector.report_missing_release_dates(terminal);
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}

/// When the oldest of these was released; unknown where one of them has no date,
/// or one in the future, or not all were read: the oldest may be that one.
fn oldest_release(patches: &[Patch], end: &Outcome<()>, now: Timestamp) -> Moment {
    let is_dated = |patch: &Patch| patch.release_date.is_some_and(|at| at <= now);
    if matches!(end, Outcome::Unread(_)) || !patches.iter().all(is_dated) {
        return None;
    }
    patches.iter().filter_map(|patch| patch.release_date).min()
}

/// What the columns take.
pub fn fetch_plan(args: &StatesArgs) -> FetchPlan {
    let columns = ColumnSelection::new(&args.layout, args.output.output);
    let has_patches = columns.has_extra(ColumnCost::Patches);
    FetchPlan {
        selector: args.select.to_selector(),
        node_info: columns.info_level,
        patches: has_patches.then(missing_patches),
        baselines: BaselinePlan::OperatingSystems,
        release_dates: has_patches,
        ..FetchPlan::default()
    }
}

/// What the age of the oldest missing patch takes.
fn missing_patches() -> PatchPlan {
    let filter = Filter {
        states: vec![PatchState::Missing],
        ..Filter::default()
    };
    PatchPlan {
        filter: Arc::new(filter),
        uses_prefetch: true,
        is_relevant: None,
    }
}

/// The row, with whether its node differs from the rest of its patch group.
fn with_baseline_conflict(row: StateRow, footer: &Footer) -> StateRow {
    let differs = match (&row.subject, row.state()) {
        (Subject::Node(node), Some(state)) => Some(
            footer
                .conflicts
                .iter()
                .any(|conflict| conflict.contains(node, state)),
        ),
        _ => None,
    };
    StateRow {
        baseline_differs: differs,
        ..row
    }
}
