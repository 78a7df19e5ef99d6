//! `patchctl states`: one row per node, with its verdict.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::StatesArgs;
use crate::columns::ColumnCost;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::ColumnSelection;
use crate::command::read_states::{NodeWithPatches, read_states, read_states_with_patches};
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::plan::filter::Filter;
use crate::record::{Moment, Outcome, Patch, PatchState, Subject};
use crate::report::{StateFooter, StateRow};

pub(super) async fn run(mut context: Context<'_>, args: &StatesArgs) -> Result<Exit> {
    if output::print_column_help(&args.layout, context.terminal)? {
        return Ok(Exit::Success);
    }
    let plan = fetch_plan(args);
    if args.select.estimate {
        return estimate::run(context, &args.select, &args.output, plan).await;
    }
    let plan = context.with_node_ids(plan, &args.select)?;
    let connect = context.cli.connect.to_connect();
    let (mut run, sink) = Run::start(context, &connect, &args.output).await?;
    let now = run.source.now();
    let options = args.verdict.to_verdict_options(now);
    let columns = ColumnSelection::new(&args.layout, args.output.output)
        .with_location_columns(run.source.spans_regions_and_accounts());
    // Whether a baseline differs is known only after the last node.
    let mut held = columns.has_extra(ColumnCost::AllRows).then(Vec::new);
    let mut rows = run.write_rows(sink, &args.layout, columns)?;
    let mut take = |row: StateRow| match &mut held {
        None => rows.write_row(row),
        Some(held) => {
            held.push(row);
            Ok(())
        }
    };
    let stats = if plan.patches.is_none() {
        read_states(&mut run, &plan, &options, take).await?
    } else {
        let take = |node: NodeWithPatches| {
            take(StateRow {
                oldest_missing: oldest_release(&node.patches, &node.patch_outcome, now),
                ..node.row
            })
        };
        read_states_with_patches(&mut run, &plan, &options, take).await?
    };
    let footer = stats.into_footer(&mut run);
    for row in held.into_iter().flatten() {
        rows.write_row(with_baseline_conflict(row, &footer))?;
    }
    run.finish(rows, &footer)
}

/// When the oldest of these was released. Unknown where not all were read, or one has no
/// date or one in the future: the oldest may be that one.
fn oldest_release(patches: &[Patch], end: &Outcome<()>, now: Timestamp) -> Moment {
    let is_dated = |patch: &Patch| patch.release_date.is_some_and(|at| at <= now);
    if matches!(end, Outcome::Unread(_)) || !patches.iter().all(is_dated) {
        return None;
    }
    patches.iter().filter_map(|patch| patch.release_date).min()
}

/// What the columns take.
pub(super) fn fetch_plan(args: &StatesArgs) -> FetchPlan {
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

/// What the column OldestMissing takes.
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
fn with_baseline_conflict(row: StateRow, footer: &StateFooter) -> StateRow {
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
