//! `--estimate`: how many calls an answer takes, and how long that is.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::{Cli, LayoutArgs, OutputArgs, SelectArgs};
use crate::command::collect;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::progress::ProgressDisplay;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::Subject;
use crate::render::RenderOptions;
use crate::report::{EstimateRow, Footer};
use crate::sink::Sink;
use crate::source::{CallCost, merge_reports};
use crate::terminal::Terminal;

pub async fn run(
    cli: &Cli,
    (select, output): (&SelectArgs, &OutputArgs),
    plan: FetchPlan,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let plan = collect::with_node_ids(plan, select, terminal)?;
    let source = collect::connect(cli, now, &interrupt).await?;
    let progress = ProgressDisplay::start(terminal, &source, output);
    let estimate = source.aws()?.estimate(&plan).await;
    progress.finish();

    let rate = select.rate;
    let layout = LayoutArgs::<EstimateRow>::default();
    // Its last line is its own.
    let style = RenderOptions {
        quiet: true,
        ..output::render_options(cli, output, terminal, now)
    };
    let quiet = terminal.quiet;
    let mut sink = Sink::open(
        output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;
    let chosen = ColumnSelection::new(&layout, output.output);
    let mut answer = RowWriter::begin(output, &layout, chosen, style, &mut sink)?;
    let mut footer = Footer {
        unread: estimate.unread,
        discovery: merge_reports(estimate.discoveries),
        ..Footer::default()
    };
    let scopes = footer
        .unread
        .iter()
        .filter(|unread| matches!(unread.subject, Subject::Scope(_)));
    footer.totals.unread_scopes = scopes.count() as u64;
    footer.totals.asked = estimate.nodes;
    footer.totals.answered = estimate.nodes;
    footer.totals.rows = estimate.costs.len() as u64;
    for cost in &estimate.costs {
        answer.write_row(to_row(cost, rate))?;
    }
    answer.finish(&footer)?;
    if output.output.is_table() && !quiet {
        use std::io::Write as _;
        writeln!(
            sink,
            "\n{}",
            format_total(&estimate.costs, estimate.nodes, rate)
        )?;
    }
    let exit = output::exit_code(&footer, !estimate.costs.is_empty(), &interrupt);
    output::close_sink(sink, exit, &footer, true)?;
    output::warn_unread(terminal, &footer.unread);
    Ok(exit)
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

/// Rounded up: whoever waits would rather be surprised by less.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of calls and a rate above zero"
)]
fn estimated_seconds(calls: u64, rate: f64) -> u64 {
    (calls as f64 / rate).ceil() as u64
}

/// "2,240 calls for 1,000 nodes, about 112 s at 20 calls a second": the places
/// are asked side by side, so the slowest of them counts.
fn format_total(costs: &[CallCost], nodes: u64, rate: f64) -> String {
    let mut locations: BTreeMap<_, u64> = BTreeMap::new();
    for cost in costs {
        *locations.entry(&cost.location).or_default() += cost.needed;
    }
    let calls: u64 = locations.values().sum();
    let slowest = locations.values().max().copied().unwrap_or(0);
    let each = if locations.len() > 1 {
        " in each account and region, side by side"
    } else {
        ""
    };
    let of = |n: u64, word: &str| match n {
        1 => format!("1 {word}"),
        n => format!("{n} {word}s"),
    };
    let (calls, nodes) = (of(calls, "call"), of(nodes, "node"));
    format!(
        "{calls} for {nodes}, about {} s at {rate} calls a second{each}",
        estimated_seconds(slowest, rate)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn the_slowest_place_is_how_long_it_takes() {
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
        assert_eq!(
            format_total(&costs, 40, 20.0),
            "131 calls for 40 nodes, about 6 s at 20 calls a second in each account and region, side by side"
        );
        assert_eq!(
            format_total(&costs[..1], 1, 0.5),
            "100 calls for 1 node, about 200 s at 0.5 calls a second"
        );
        assert_eq!(to_row(&costs[1], 0.3).seconds, 4);
    }
}
