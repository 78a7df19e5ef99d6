//! `patchctl history`: since when nodes lack patches, over all runs of a dataset.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::aggregate::history::{HistorySubject, PatchTimes, PatchTimesBuilder};
use crate::cli::HistoryArgs;
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run};
use crate::command::run_history::RunHistory;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::report::{HistoryFooter, HistoryGap, HistoryRow};
use crate::source::{DatasetMoment, DatasetOptions};

pub(super) async fn run(context: Context<'_>, args: &HistoryArgs) -> Result<Exit> {
    let (layout, sla) = (&args.layout, args.sla.to_sla()?);
    let (subject, node) = args.subject()?;
    let Some(location) = args.from.clone() else {
        bail!("history reads a dataset: give --from DIR");
    };
    let plan = fetch_plan(args, &subject, node.clone());
    let (clock, interrupt) = (context.clock, context.interrupt.clone());
    let live = context.cli.connect.to_connect();
    let dataset = DatasetOptions::at_moment(location.clone(), DatasetMoment::Latest, Vec::new());
    let history = RunHistory::open(&dataset, &live, clock, &interrupt).await?;
    let runs = &history.runs.manifests;
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        bail!("{location} has no run; `patchctl collect --all --to DIR` makes one");
    };
    let (first_run, last_run) = (first.started_at, last.started_at);
    let (output_run, sink) = Run::start(context, &history.connection, &args.output).await?;
    let columns = output_run.select_columns(layout, false);
    let mut rows = output_run.write_rows(sink, layout, columns)?;
    let fold = history.read_histories(&plan, subject.clone()).await?;
    let histories = fold.builder.finish();
    let not_found = match (&node, &subject) {
        (Some(node), _) => (fold.read_nodes == 0).then(|| HistoryGap::Node(node.clone())),
        (None, HistorySubject::Kb(kb)) => {
            (fold.listed_patches == 0).then(|| HistoryGap::Kb(kb.clone()))
        }
        (None, HistorySubject::Cve(cve)) => {
            histories.is_empty().then(|| HistoryGap::Cve(cve.clone()))
        }
        _ => None,
    };
    let mut footer = HistoryFooter {
        runs: runs.len() as u64,
        first_run,
        last_run,
        unread: fold.unread,
        unread_in_last_run: fold.unread_in_last_run,
        unread_causes: fold.unread_causes,
        not_found,
        times: PatchTimes::default(),
        row_filter: None,
    };
    let mut times = PatchTimesBuilder::default();
    for history in histories.iter() {
        times.add(&history, &sla, last_run);
        rows.write_row(HistoryRow {
            exposed_seconds: history.exposed_seconds(last_run),
            history,
        })?;
    }
    footer.times = times.finish(&sla);
    footer.row_filter = rows.filter_counts();
    output_run.finish(rows, &footer)
}

/// Every state, so that a patch that is fixed is told from one that is no longer listed.
fn fetch_plan(args: &HistoryArgs, subject: &HistorySubject, node: Option<String>) -> FetchPlan {
    let columns = ColumnSelection::new(&args.layout, args.output.output, false);
    let kb_ids = match subject {
        HistorySubject::Kb(kb) => vec![kb.clone()],
        _ => Vec::new(),
    };
    FetchPlan {
        selector: Selector {
            all: node.is_none(),
            ..Selector::default()
        },
        node_ids: node.into_iter().collect(),
        node_info: columns.info_level,
        patches: Some(PatchPlan {
            filter: Arc::new(Filter {
                kb_ids,
                ..Filter::default()
            }),
            ..PatchPlan::default()
        }),
        baselines: BaselinePlan::ComplianceStatus,
        release_dates: !args.sla.is_empty(),
        ..FetchPlan::default()
    }
}
