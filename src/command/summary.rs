//! `patchctl summary`: nodes counted by group.

use anyhow::Result;

use crate::aggregate::summary::{Summary, limit_groups};
use crate::cli::{LayoutArgs, SummaryArgs};
use crate::columns::sort::sort_rows;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::ColumnSelection;
use crate::command::read_states::read_states;
use crate::command::run::{Context, Run};
use crate::compliance::verdict::VerdictOptions;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::render::Format;
use crate::report::{GroupFooter, NodeGroup};

/// More groups than this do not fit one screen.
const MAX_GROUPS: usize = 25;

pub(super) async fn run(mut context: Context<'_>, args: &SummaryArgs) -> Result<Exit> {
    if output::print_column_help(&args.layout, context.terminal)? {
        return Ok(Exit::Success);
    }
    let select = args.select_or_all();
    let plan = fetch_plan(args);
    if select.estimate {
        return estimate::run(context, &select, &args.output, plan).await;
    }
    let plan = context.with_node_ids(plan, &select)?;
    let connect = context.cli.connect.to_connect();
    let (mut run, sink) = Run::start(context, &connect, &args.output).await?;
    let options = VerdictOptions {
        // Groups are counts: no row prints the reasons.
        wants_reasons: false,
        ..args.verdict.to_verdict_options(run.source.now())
    };
    let mut summary = Summary::new(args.by.clone());
    let take = |row| {
        summary.add_row(&row);
        Ok(())
    };
    let judged = read_states(&mut run, &plan, &options, take).await?;
    let states = judged.into_footer(&mut run);

    let total = summary.total();
    let columns = ColumnSelection::new(&args.layout, args.output.output);
    let columns = without_empty_columns(columns, args.output.output, &total);
    let mut groups = summary.into_groups();
    let keys = args.layout.sort_by.iter();
    let keys: Vec<_> = keys.map(|key| (key.column, key.descending)).collect();
    sort_rows(&mut groups, &keys);
    let all = groups.len();
    if args.output.output == Format::Table && run.options.width.is_some() {
        groups = limit_groups(groups, MAX_GROUPS);
    }
    let footer = GroupFooter {
        states,
        total,
        has_merged_groups: groups.len() < all,
    };
    // Sorted already: the last one may stand for many.
    let mut rows = run.write_rows(sink, &LayoutArgs::default(), columns)?;
    groups
        .into_iter()
        .try_for_each(|group| rows.write_row(group))?;
    run.finish(rows, &footer)
}

/// What the grouping takes.
pub(super) fn fetch_plan(args: &SummaryArgs) -> FetchPlan {
    FetchPlan {
        selector: args.select_or_all().to_selector(),
        node_info: args.by.info_level(),
        baselines: BaselinePlan::OperatingSystems,
        ..FetchPlan::default()
    }
}

/// A table leaves out two columns that are rarely above zero.
fn without_empty_columns(
    columns: ColumnSelection<NodeGroup>,
    format: Format,
    total: &NodeGroup,
) -> ColumnSelection<NodeGroup> {
    if !format.has_table_columns() {
        return columns;
    }
    let rare = [
        ("Unread", total.unread),
        ("UnreadScopes", total.unread_scopes),
    ];
    let zero = rare.into_iter().filter(|(_, count)| *count == 0);
    zero.fold(columns, |columns, (name, _)| columns.without(name))
}
