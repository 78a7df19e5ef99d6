//! `patchctl trend`: how groups of nodes stood at each snapshot of a dataset.

mod location_parts;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::aggregate::summary::NodeGroupings;
use crate::aggregate::trend::{Snapshot, Trend, TrendRow};
use crate::cli::{TrendArgs, VerdictArgs};
use crate::columns::trend::is_default_column;
use crate::command::collector::Collector;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::read_states::{RowFold, fold_nodes};
use crate::command::run::{Context, Run};
use crate::command::summary::group_plan;
use crate::command::trend::location_parts::{LocationParts, SnapshotFold, SnapshotPart};
use crate::compliance::verdict::VerdictOptions;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::render::Format;
use crate::render::openmetrics::trend::TrendMetrics;
use crate::report::{NodeGroup, TrendFooter};
use crate::source::{
    ConnectOptions, DatasetSource, SnapshotSource, Source, Storage, Timeline, open_timeline,
};

pub(super) async fn run(mut context: Context<'_>, args: &TrendArgs) -> Result<Exit> {
    let Some(location) = &args.from else {
        bail!("trend reads a dataset: give --from DIR");
    };
    let plan = context.with_node_ids(fetch_plan(args), &args.select.or_all())?;
    let connect = context.cli.connect.to_connect();
    let storage = Storage::open(location, &connect).await?;
    let (clock, interrupt) = (context.clock, context.interrupt.clone());
    let timeline = open_timeline(storage.clone(), location, &args.range(), clock()).await?;
    let source = Source::of_files(storage, location, clock, &interrupt);
    let (run, sink) = Run::start_with(context, &args.output, async { Ok(source) }).await?;
    let reader = TrendReader {
        by: args.by.as_ref(),
        verdict: &args.verdict,
        criteria: args.select.or_all().criteria(),
        plan,
        connect,
        clock,
        interrupt: &run.interrupt,
    };
    let format = args.output.output;
    let keys = args
        .by
        .as_ref()
        .map_or(0, |by| 1 + usize::from(by.second.is_some()));
    let columns = |total: &NodeGroup| {
        let is_usual = |column: &_, is_wide| is_default_column(column, is_wide, total, keys);
        let layout = &args.layout;
        let columns = ColumnSelection::with_default_columns(layout, format, false, is_usual);
        if keys > 1 {
            columns.with_second_key(format)
        } else {
            columns
        }
    };
    let (rows, footer) = if format.has_table_columns() {
        // Which columns a table has depends on all rows.
        let mut held: Vec<TrendRow> = Vec::new();
        let take = |row| {
            held.push(row);
            Ok(())
        };
        let footer = reader.read(timeline, take).await?;
        let mut total = NodeGroup::default();
        let snapshots = footer.trend.snapshots.iter();
        snapshots.for_each(|of| total.merge(&of.total));
        let mut rows = run.write_rows(sink, &args.layout, columns(&total))?;
        held.into_iter().try_for_each(|row| rows.write_row(row))?;
        (rows, footer)
    } else {
        let mut rows = if format == Format::OpenMetrics {
            RowWriter::with_renderer(sink, Box::new(TrendMetrics::default()))
        } else {
            run.write_rows(sink, &args.layout, columns(&NodeGroup::default()))?
        };
        let footer = reader.read(timeline, |row| rows.write_row(row)).await?;
        (rows, footer)
    };
    run.finish(rows, &footer)
}

/// What the groups take: verdicts need no operating systems of baselines.
pub(super) fn fetch_plan(args: &TrendArgs) -> FetchPlan {
    let node_info = args.by.as_ref().and_then(NodeGroupings::info_level);
    FetchPlan {
        baselines: BaselinePlan::ComplianceStatus,
        ..group_plan(&args.select.or_all(), node_info)
    }
}

/// Reads snapshots of a dataset.
pub(super) struct TrendReader<'a> {
    /// What nodes are grouped by, if by anything.
    pub by: Option<&'a NodeGroupings>,
    pub verdict: &'a VerdictArgs,
    /// The flags that select nodes.
    pub criteria: Vec<String>,
    pub plan: FetchPlan,
    pub connect: ConnectOptions,
    pub clock: fn() -> Timestamp,
    pub interrupt: &'a Interrupt,
}

impl TrendReader<'_> {
    /// Reads one snapshot after the other, and hands its rows to `take`.
    ///
    /// # Errors
    /// When a manifest is damaged, or no node is selected.
    pub(super) async fn read(
        self,
        mut timeline: Timeline,
        mut take: impl FnMut(TrendRow) -> Result<()>,
    ) -> Result<TrendFooter> {
        let (criteria, interrupt) = (&self.criteria, self.interrupt);
        let mut footer = TrendFooter {
            trend: Trend::new(self.by),
            ..TrendFooter::default()
        };
        let mut plan = self.plan.clone();
        // Why no node is selected is asked once, at the end.
        plan.selector.allows_empty = true;
        let mut parts = LocationParts::default();
        let mut last = None;
        while !interrupt.is_raised() {
            let next = timeline.next(criteria, &self.connect, self.clock, interrupt);
            let Some(next) = next.await? else {
                break;
            };
            let SnapshotSource {
                snapshot: started,
                name,
                runs,
                source,
            } = next;
            let time = source.now();
            let SnapshotPart { nodes, collector } =
                Box::pin(parts.read(&source, &plan, self.fold(time))).await;
            if interrupt.is_raised() {
                // It may be read in part.
                footer.not_read += 1;
                break;
            }
            last = Some(source);
            let snapshot = Snapshot {
                name: name.into(),
                started,
                time,
                runs,
            };
            footer.trend.add(snapshot, nodes).try_for_each(&mut take)?;
            footer.newest = collector.finish();
            for (columns, (reason, _)) in &footer.newest.missing_columns {
                let key = (columns.clone(), reason.clone());
                *footer.missing_columns.entry(key).or_default() += 1;
            }
        }
        footer.not_read += timeline.left() as u64;
        footer.unchanged = timeline.unchanged;
        footer.manifests_read = timeline.manifests_read;
        let has_nodes = footer.trend.snapshots.iter().any(|of| of.total.nodes > 0);
        if let Some(source) = last.filter(|_| !has_nodes && !interrupt.is_raised()) {
            Box::pin(self.explain_empty(source)).await?;
        }
        Ok(footer)
    }

    fn fold(&self, now: Timestamp) -> SnapshotFold {
        SnapshotFold {
            by: self.by.cloned(),
            options: VerdictOptions {
                // Groups are counts: no row prints the reasons.
                wants_reasons: false,
                ..self.verdict.to_verdict_options(now)
            },
        }
    }

    /// Fails if that no node is selected is not an answer.
    async fn explain_empty(&self, source: DatasetSource) -> Result<()> {
        let fold = self.fold(source.now());
        let (source, mut collector) = (Source::from(source), Collector::default());
        let (plan, options, mut nodes) = (&self.plan, fold.options, fold.start());
        fold_nodes(&source, &mut collector, plan, options, fold, &mut nodes).await;
        match collector.empty_selection {
            Some(cause) if !self.interrupt.is_raised() => bail!("{cause}"),
            _ => Ok(()),
        }
    }
}
