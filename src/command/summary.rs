//! `patchctl summary`: the fleet by groups, on one screen.
//!
//! Joins the stages; every rule it applies lives in one of them.

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::summary::{Summary, limit_groups};
use crate::cli::{Cli, LayoutArgs, SummaryArgs};
use crate::columns::sort::sort_rows;
use crate::command::collect;
use crate::command::collect::Collector;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::progress::ProgressDisplay;
use crate::command::read_states;
use crate::compliance::verdict::VerdictOptions;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::render::Format;
use crate::report::NodeGroup;
use crate::sink::Sink;
use crate::terminal::Terminal;

/// More groups than this are no longer one screen.
const MAX_GROUPS: usize = 25;

pub async fn run(
    cli: &Cli,
    args: &SummaryArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    if output::print_column_help(&args.layout, terminal)? {
        return Ok(Exit::Success);
    }
    let select = args.select_or_all();
    let plan = fetch_plan(args);
    if select.estimate {
        return estimate::run(cli, (&select, &args.output), plan, terminal, now, interrupt).await;
    }
    let plan = collect::with_node_ids(plan, &select, terminal)?;
    let source = collect::connect(cli, now, &interrupt).await?;
    let style = output::render_options(cli, &args.output, terminal, now);
    let verdict_options = VerdictOptions {
        // Groups are counts: nobody reads why.
        wants_reasons: false,
        ..args.verdict.to_verdict_options(now)
    };
    let progress = ProgressDisplay::start(terminal, &source, &args.output);
    let mut sink = Sink::open(
        args.output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;

    let mut collector = Collector::default();
    let mut summary = Summary::new(args.by.clone());
    let take = |row| {
        summary.add_row(&row);
        Ok(())
    };
    let verdict_stats =
        read_states::read_states(&source, &plan, &verdict_options, &mut collector, take).await?;
    verdict_stats.finish(&mut collector);
    progress.finish();

    let total = summary.total();
    let mut groups = summary.into_groups();
    let keys = args.layout.sort_by.iter();
    let keys: Vec<_> = keys.map(|key| (key.column, key.descending)).collect();
    sort_rows(&mut groups, &keys);
    collector.footer.totals.rows = groups.len() as u64;
    let is_screen = args.output.output == Format::Table && style.width.is_some();
    let mut more_groups = 0;
    if is_screen {
        let all = groups.len();
        groups = limit_groups(groups, MAX_GROUPS);
        more_groups = all - groups.len();
    }
    let chosen = ColumnSelection::new(&args.layout, args.output.output);
    let chosen = without_empty_columns(chosen, args.output.output, &total);
    collector.footer.total_group = Some(Box::new(total));
    // The groups are sorted already, and the last one may stand for many.
    let layout = LayoutArgs::default();
    let mut answer = RowWriter::begin(&args.output, &layout, chosen, style, &mut sink)?;
    for group in groups {
        answer.write_row(group)?;
    }
    let footer = collector.finish();
    answer.finish(footer)?;
    let exit = output::close_with_exit_code(sink, footer, false, &interrupt)?;
    output::report_unread(terminal, &args.output, footer, false);
    collector.print_notes(&source, args.output.output, terminal);
    if more_groups > 0 {
        terminal.note("the last row is several groups added up; -o wide shows each");
    }
    output::report_calls(cli, terminal, &source.call_counts());
    Ok(exit)
}

/// What the grouping takes.
pub fn fetch_plan(args: &SummaryArgs) -> FetchPlan {
    FetchPlan {
        selector: args.select_or_all().to_selector(),
        node_info: args.by.info_level(),
        baselines: BaselinePlan::OperatingSystems,
        ..FetchPlan::default()
    }
}

/// The table spends no room on what is rare and not there.
fn without_empty_columns(
    chosen: ColumnSelection<NodeGroup>,
    format: Format,
    total: &NodeGroup,
) -> ColumnSelection<NodeGroup> {
    if !format.is_table() {
        return chosen;
    }
    let rare = [
        ("Unread", total.unread),
        ("UnreadScopes", total.unread_scopes),
    ];
    let zero = rare.into_iter().filter(|(_, count)| *count == 0);
    zero.fold(chosen, |chosen, (name, _)| chosen.without(name))
}
