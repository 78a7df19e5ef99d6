//! `--estimate`: how many calls an answer takes, and how long that is.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::cli::{LayoutArgs, OutputArgs, SelectArgs};
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::Subject;
use crate::report::{Coverage, EstimateFooter, EstimateRow, Totals};
use crate::source::{CallCost, Estimate, merge_reports};

pub(super) async fn run(
    mut context: Context<'_>,
    select: &SelectArgs,
    output: &OutputArgs,
    plan: FetchPlan,
) -> Result<Exit> {
    let plan = context.with_node_ids(plan, select)?;
    let connect = context.cli.connect.to_connect();
    let (mut run, sink) = Run::start(context, &connect, output).await?;
    let layout = LayoutArgs::<EstimateRow>::default();
    let columns = ColumnSelection::new(&layout, output.output);
    let mut rows = run.write_rows(sink, &layout, columns)?;
    let estimate = run.source.aws()?.estimate(&plan).await;
    let rate = select.rate;
    let costs = estimate.costs.iter();
    costs
        .map(|cost| to_row(cost, rate))
        .try_for_each(|row| rows.write_row(row))?;
    let footer = footer(estimate, rate, run.coverage());
    run.finish(rows, &footer)
}

fn to_row(cost: &CallCost, rate: f64) -> EstimateRow {
    EstimateRow {
        region: cost.location.region.to_string(),
        account: cost.location.account.as_deref().map(ToOwned::to_owned),
        operation: cost.operation.clone(),
        calls: cost.needed,
        calls_made: cost.made,
        seconds: estimated_seconds(cost.needed, rate),
    }
}

/// Rounded up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of calls and a rate above zero"
)]
fn estimated_seconds(calls: u64, rate: f64) -> u64 {
    (calls as f64 / rate).ceil() as u64
}

/// The counts of all accounts and regions. They are asked side by side, so the slowest
/// one decides how long it takes.
fn footer(estimate: Estimate, rate: f64, coverage: Coverage) -> EstimateFooter {
    let mut locations: BTreeMap<_, u64> = BTreeMap::new();
    for cost in &estimate.costs {
        *locations.entry(&cost.location).or_default() += cost.needed;
    }
    let slowest = locations.values().max().copied().unwrap_or(0);
    let is_scope = |subject: &Subject| matches!(subject, Subject::Scope(_));
    let scopes = estimate.unread.iter();
    let scopes = scopes.filter(|unread| is_scope(&unread.subject)).count();
    EstimateFooter {
        calls: locations.values().sum(),
        seconds: estimated_seconds(slowest, rate),
        rate,
        has_several_locations: locations.len() > 1,
        coverage: Coverage {
            totals: Totals {
                asked: estimate.nodes,
                answered: estimate.nodes,
                unread_scopes: scopes as u64,
                rows: estimate.costs.len() as u64,
                ..Totals::default()
            },
            unread: estimate.unread,
            discovery: merge_reports(estimate.discoveries),
            ..coverage
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Footer as _;
    use std::sync::Arc;

    #[test]
    fn the_slowest_region_decides_how_long_it_takes() {
        let cost = |region: &str, needed| CallCost {
            location: Arc::new(crate::record::AccountRegion {
                region: region.into(),
                account: None,
            }),
            operation: "ssm:DescribeInstancePatches".into(),
            made: 0,
            needed,
        };
        let costs = [cost("a", 100), cost("a", 1), cost("b", 30)];
        let total = |costs: &[CallCost], nodes, rate| {
            let estimate = Estimate {
                costs: costs.to_vec(),
                nodes,
                ..Estimate::default()
            };
            footer(estimate, rate, Coverage::default()).notes()[0].to_line()
        };
        assert_eq!(
            total(&costs, 40, 20.0),
            "131 calls for 40 nodes, about 6 s at 20 calls a second in each account and region, side by side"
        );
        assert_eq!(
            total(&costs[..1], 1, 0.5),
            "100 calls for 1 node, about 200 s at 0.5 calls a second"
        );
        assert_eq!(to_row(&costs[1], 0.3).seconds, 4);
    }
}
