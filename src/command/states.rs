//! `patchctl states`: one row per node, with its verdict.

use anyhow::Result;

use crate::cli::StatesArgs;
use crate::columns::ColumnCost;
use crate::command::connect::connect_and_run;
use crate::command::output::{ColumnSelection, RowOrder};
use crate::command::read_states::read_states;
use crate::command::run::Context;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::record::{InfoLevel, Outcome, Patch, PatchState};
use crate::report::{StateRow, worst_first};

pub(super) async fn run(context: Context<'_>, args: &StatesArgs) -> Result<Exit> {
    let (layout, plan) = (&args.layout, fetch_plan(args));
    connect_and_run(
        context,
        &args.select,
        &args.output,
        plan,
        async |mut run, sink, plan| {
            let options = args.verdict.to_verdict_options(run.source.now());
            let is_found = plan.selector.needs_discovery();
            let columns = run.select_columns(layout, is_found);
            // Whether a baseline differs is known only after the last node.
            let mut held = columns.has_extra(ColumnCost::AllRows).then(Vec::new);
            let mut rows = run.write_rows(sink, layout, columns)?;
            if is_found {
                rows = rows.with_order(RowOrder::Overall(worst_first::compare_states));
            }
            let take = |mut row: StateRow, patches: &[Patch], end: &Outcome<()>| {
                if plan.release_dates {
                    row.set_oldest_missing(patches, end, options.now);
                }
                match &mut held {
                    None => rows.write_row(row),
                    Some(held) => {
                        held.push(row);
                        Ok(())
                    }
                }
            };
            let mut footer = read_states(&mut run, plan, &options, take).await?;
            for mut row in held.into_iter().flatten() {
                row.set_baseline_differs(&footer.conflicts);
                rows.write_row(row)?;
            }
            footer.coverage.count_filtered(rows.filter_counts());
            run.finish(rows, &footer)
        },
    )
    .await
}

/// What the columns take.
pub(super) fn fetch_plan(args: &StatesArgs) -> FetchPlan {
    let selector = args.select.to_selector();
    let is_found = selector.needs_discovery();
    let columns = ColumnSelection::new(&args.layout, args.output.output, is_found);
    let has_patches = columns.has_extra(ColumnCost::Patches);
    FetchPlan {
        selector,
        unmanaged: args.select.unmanaged_plan(),
        // Release dates hang on the operating system.
        node_info: columns
            .info_level
            .max(has_patches.then_some(InfoLevel::Basic)),
        patches: has_patches.then(|| PatchPlan::of_states(vec![PatchState::Missing])),
        baselines: BaselinePlan::OperatingSystems,
        release_dates: has_patches,
        associations: columns.has_extra(ColumnCost::Associations),
        ..FetchPlan::default()
    }
}
