//! `--estimate`: how many calls an answer takes, and how long that is.

use anyhow::Result;

use crate::cli::LayoutArgs;
use crate::command::run::Run;
use crate::exit::Exit;
use crate::plan::fetch_plan::FetchPlan;
use crate::report::{EstimateFooter, EstimateRow};
use crate::sink::Sink;

/// Writes a row for each operation in each account and region.
pub(super) async fn write<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    plan: &FetchPlan,
    rate: f64,
) -> Result<Exit> {
    let layout = LayoutArgs::default();
    let columns = run.select_columns(&layout, false);
    let mut rows = run.write_rows(sink, &layout, columns)?;
    let estimate = run.source.aws()?.estimate(plan).await;
    let costs = estimate.costs.iter();
    costs
        .map(|cost| EstimateRow::new(cost, rate))
        .try_for_each(|row| rows.write_row(row))?;
    let uncounted = plan.actions_that_depend_on_answers();
    let footer = EstimateFooter::new(estimate, uncounted, rate, run.coverage()?);
    run.finish(rows, &footer)
}
