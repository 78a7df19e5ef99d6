//! `patchctl history`: since when nodes lack patches, over all runs of a dataset.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::aggregate::history::{HistoryBuilder, HistorySubject, times_to_patch};
use crate::cli::HistoryArgs;
use crate::command::collector::{Collector, RowEvent};
use crate::command::output::ColumnSelection;
use crate::command::run::{Context, Run, connect};
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::record::{Cause, Outcome, Patch};
use crate::report::{HistoryFooter, HistoryRow};
use crate::source::{
    ConnectOptions, DatasetMoment, DatasetOptions, DatasetRuns, NodeEnd, PatchEvent, Source,
    Storage,
};

pub(super) async fn run(context: Context<'_>, args: &HistoryArgs) -> Result<Exit> {
    let (layout, sla) = (&args.layout, args.sla.to_sla()?);
    let (subject, node) = args.subject();
    let Some(location) = args.from.clone() else {
        bail!("history reads a dataset: give --from DIR");
    };
    let plan = fetch_plan(args, &subject, node);
    let live = context.cli.connect.to_connect();
    let options = |at| ConnectOptions {
        from: Some(DatasetOptions::at_moment(
            location.clone(),
            at,
            vec!["--all".to_owned()],
        )),
        is_ordered: true,
        ..live.clone()
    };
    let storage = Storage::open(&location, &live).await?;
    let mut runs = DatasetRuns::read(&storage).await?.manifests;
    runs.sort_by_key(|run| (run.started_at, run.run_id.clone()));
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        bail!("{location} has no run; `patchctl collect --all --to DIR` makes one");
    };
    let (first_run, last_run) = (first.started_at, last.started_at);
    let (clock, interrupt) = (context.clock, context.interrupt.clone());
    let (output_run, sink) =
        Run::start(context, &options(DatasetMoment::Latest), &args.output).await?;
    let columns = output_run.select_columns(layout, false);
    let mut rows = output_run.write_rows(sink, layout, columns)?;
    let mut builder = HistoryBuilder::new(subject);
    let mut unread = UnreadCounts::default();
    for run in &runs {
        if interrupt.is_raised() {
            break;
        }
        let options = options(DatasetMoment::Run(run.run_id.clone()));
        let source = connect(&options, clock, &interrupt).await?;
        unread.of_run = 0;
        read_run(&source, &plan, run.started_at, &mut builder, &mut unread).await;
    }
    let histories = builder.finish();
    let mut footer = HistoryFooter {
        runs: runs.len() as u64,
        first_run,
        last_run,
        open: 0,
        fixed: 0,
        no_longer_listed: 0,
        unread: unread.all,
        unread_in_last_run: unread.of_run,
        unread_causes: unread.causes,
        times: times_to_patch(&histories, &sla, last_run),
        row_filter: None,
    };
    for history in histories {
        footer.count(history.status);
        rows.write_row(HistoryRow {
            exposed_seconds: history.exposed_seconds(last_run),
            history,
        })?;
    }
    footer.row_filter = rows.filter_counts();
    output_run.finish(rows, &footer)
}

/// So many different causes are shown.
const MAX_CAUSES: usize = 5;

/// How many nodes and scopes could not be read.
#[derive(Default)]
struct UnreadCounts {
    all: u64,
    of_run: u64,
    /// Why, each once.
    causes: Vec<Cause>,
}

impl UnreadCounts {
    fn add(&mut self, cause: &Cause) {
        self.all += 1;
        self.of_run += 1;
        if self.causes.len() < MAX_CAUSES && !self.causes.contains(cause) {
            self.causes.push(cause.clone());
        }
    }
}

/// Adds the nodes of one run.
async fn read_run(
    source: &Source,
    plan: &FetchPlan,
    at: jiff::Timestamp,
    builder: &mut HistoryBuilder,
    unread: &mut UnreadCounts,
) {
    let mut stream = source.stream_patches(plan);
    let mut collector = Collector::default();
    let mut patches: Vec<Patch> = Vec::new();
    while let Some(event) = stream.next().await {
        match collector.collect(event) {
            None => {}
            Some(RowEvent::Unread(_, cause)) => unread.add(&cause),
            Some(RowEvent::Item(PatchEvent::Rows(filtered))) => patches.extend(filtered.kept),
            Some(RowEvent::Item(PatchEvent::End(NodeEnd {
                node,
                outcome,
                state,
            }))) => {
                let patches = std::mem::take(&mut patches);
                match (&outcome, state.as_deref()) {
                    (Outcome::Answered(()), Some(Outcome::Answered(state))) => {
                        builder.add_node(&node, &patches, at, state.last_scan_time());
                    }
                    (Outcome::Unread(cause), _) | (_, Some(Outcome::Unread(cause))) => {
                        unread.add(cause);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Every state, so that a patch that is fixed is told from one that is no longer listed.
fn fetch_plan(args: &HistoryArgs, subject: &HistorySubject, node: Option<String>) -> FetchPlan {
    let columns = ColumnSelection::new(&args.layout, args.output.output, false);
    let kb_ids = match subject {
        HistorySubject::Kb(kb) => vec![kb.clone()],
        HistorySubject::Nodes | HistorySubject::Cve(_) => Vec::new(),
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
