//! `patchctl summary`: nodes counted by group.

use anyhow::Result;

use crate::aggregate::summary::{NodeGroupings, Summary, limit_groups};
use crate::cli::{LayoutArgs, SelectArgs, SummaryArgs};
use crate::columns::groups::is_default_column;
use crate::columns::sort::sort_rows;
use crate::command::connect::connect_and_run;
use crate::command::output::ColumnSelection;
use crate::command::read_states::{RowFold, fold_nodes, state_footer};
use crate::command::run::{Context, Run};
use crate::compliance::verdict::VerdictOptions;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, RecordPlan};
use crate::record::InfoLevel;
use crate::render::Format;
use crate::report::{GroupFooter, StateFooter, StateRow};

/// More groups than this do not fit one screen.
const MAX_GROUPS: usize = 25;

pub(super) async fn run(context: Context<'_>, args: &SummaryArgs) -> Result<Exit> {
    let (select, plan, format) = (args.select_or_all(), fetch_plan(args), args.output.output);
    connect_and_run(
        context,
        &select,
        &args.output,
        plan,
        async |mut run, sink, plan| {
            let options = VerdictOptions {
                // Groups are counts: no row prints the reasons.
                wants_reasons: false,
                ..args.verdict.to_verdict_options(run.source.now())
            };
            let groupings = args.by.clone();
            let (summary, states) = summarize(&mut run, plan, options, groupings).await?;
            let total = summary.total();
            let is_usual = |column: &_, _| is_default_column(column, &total);
            let mut columns =
                ColumnSelection::with_default_columns(&args.layout, format, false, is_usual);
            if args.by.second.is_some() {
                columns = columns.with_second_key(format);
            }
            let mut groups = summary.into_groups();
            sort_rows(&mut groups, &args.layout.sort_keys());
            let all = groups.len();
            if format == Format::Table && run.options.width.is_some() {
                groups = limit_groups(groups, MAX_GROUPS);
            }
            let footer = GroupFooter {
                states,
                total,
                has_merged_groups: groups.len() < all,
            };
            // Sorted already: the last one may stand for many.
            let mut rows = if format == Format::OpenMetrics {
                run.write_summary_metrics(sink)
            } else {
                run.write_rows(sink, &LayoutArgs::default(), columns)?
            };
            groups
                .into_iter()
                .try_for_each(|group| rows.write_row(group))?;
            run.finish(rows, &footer)
        },
    )
    .await
}

/// Counts nodes where they are read.
struct SummaryFold(NodeGroupings);

impl RowFold for SummaryFold {
    type Part = Summary;

    fn start(&self) -> Summary {
        Summary::new(self.0.clone())
    }

    fn add_row(&self, part: &mut Summary, row: &StateRow) {
        part.add_row(row);
    }

    fn merge(&self, all: &mut Summary, part: Summary) {
        all.merge(&part);
    }
}

/// Judges and counts every selected node, and the regions and accounts that could not be
/// read.
async fn summarize(
    run: &mut Run<'_>,
    plan: &FetchPlan,
    options: VerdictOptions,
    groupings: NodeGroupings,
) -> Result<(Summary, StateFooter)> {
    let mut summary = Summary::new(groupings.clone());
    let (source, collector) = (&run.source, &mut run.collector);
    let fold = SummaryFold(groupings);
    let verdicts = fold_nodes(source, collector, plan, options, fold, &mut summary).await;
    Ok((summary, state_footer(run, verdicts)?))
}

/// What the grouping takes.
pub(super) fn fetch_plan(args: &SummaryArgs) -> FetchPlan {
    group_plan(&args.select_or_all(), args.by.info_level())
}

/// What groups of nodes take, with what has to be known of nodes for their keys.
pub(super) fn group_plan(select: &SelectArgs, node_info: Option<InfoLevel>) -> FetchPlan {
    FetchPlan {
        selector: select.to_selector(),
        unmanaged: select.unmanaged_plan(),
        node_info,
        baselines: BaselinePlan::OperatingSystems,
        records: RecordPlan::Verdict,
        ..FetchPlan::default()
    }
}
