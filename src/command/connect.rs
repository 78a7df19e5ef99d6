//! The start that every answer about nodes has in common: the ids, the connection, and
//! `--estimate` in place of the answer.

use anyhow::{Result, bail};

use crate::cli::{OutputArgs, SelectArgs};
use crate::command::estimate;
use crate::command::run::{Context, Run};
use crate::exit::Exit;
use crate::plan::fetch_plan::FetchPlan;
use crate::render::Format;
use crate::sink::Sink;

/// Connects, and hands the run, its output and its plan with the selected nodes to `write`.
///
/// # Errors
/// When no node is selected, no account and region can be reached, or the output cannot
/// be written.
pub(super) async fn connect_and_run<'a>(
    mut context: Context<'a>,
    select: &SelectArgs,
    output: &'a OutputArgs,
    plan: FetchPlan,
    write: impl AsyncFnOnce(Run<'a>, Sink<'a>, &FetchPlan) -> Result<Exit>,
) -> Result<Exit> {
    let format = output.output;
    if select.estimate && !format.is_tabular() {
        let names = Format::names(Format::is_tabular);
        bail!("--estimate has no format {format}; use {names}");
    }
    let plan = context.with_node_ids(plan, select)?;
    let mut connect = context.cli.to_connect(select);
    if let Some(dataset) = &mut connect.from {
        dataset.needs_patches = plan.patches.is_some();
    }
    let (run, sink) = Run::start(context, &connect, output).await?;
    if select.estimate {
        return estimate::write(run, sink, &plan, select.rate).await;
    }
    write(run, sink, &plan).await
}
