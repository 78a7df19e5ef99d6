//! `patchctl collect`: writes what was read of the nodes into a dataset.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp};

use crate::cli::{CollectArgs, CollectPart, LayoutArgs};
use crate::command::collector::{Collector, RowEvent};
use crate::command::connect::connect_and_run;
use crate::command::read_states::{combined_outcome, split_end};
use crate::command::run::{Context, Run};
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::exit::Exit;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan, UnmanagedPlan};
use crate::record::{InfoLevel, Node, NodeState, Outcome};
use crate::report::{CollectEnd, CollectFooter, CollectedRow, Resumed, StateRow};
use crate::sink::Sink;
use crate::source::{
    CollectRequest, Committed, ConnectOptions, Manifest, ManifestFile, NodeCount, PatchEvent,
    RunWriter, Storage, delete_old_runs,
};

pub(super) async fn run(context: Context<'_>, args: &CollectArgs) -> Result<Exit> {
    let (cli, clock) = (context.cli, context.clock);
    connect_and_run(
        context,
        &args.select,
        &args.output,
        fetch_plan(args),
        async |run, sink, plan| {
            let connect = cli.connect.to_connect();
            let storage = run.source.open_storage(&args.to, &connect).await?;
            let collected = collect(run, sink, plan, args, &connect, &storage, clock).await;
            // However it ended: what was being uploaded is aborted.
            storage.close().await;
            collected
        },
    )
    .await
}

/// Reads everything into a run of the dataset.
async fn collect<'a>(
    mut run: Run<'a>,
    sink: Sink<'a>,
    plan: &FetchPlan,
    args: &CollectArgs,
    connect: &ConnectOptions,
    storage: &Storage,
    clock: fn() -> Timestamp,
) -> Result<Exit> {
    if let Some(cause) = run.source.aws()?.unknown_account().await {
        bail!(
            "files of a dataset are kept by account, and the account of the caller is not known; allow \
             sts:GetCallerIdentity (a policy of the organization or of a VPC endpoint denies it): {}",
            cause.text
        );
    }
    let mut request = CollectRequest::new(connect, plan, args.select.criteria());
    request.accounts = run.source.aws()?.caller_accounts().await;
    let now = run.source.now();
    let is_demo = connect.demo;
    let clock = move || if is_demo { now } else { clock() };
    let interrupt = run.interrupt.clone();
    let mut writer = RunWriter::new(storage.clone(), interrupt, clock);
    let locations = run.source.aws()?.account_regions();
    let mut resumed = args.resume.then_some(Resumed::Started);
    if args.resume && writer.resume(&request).await? {
        let complete = writer.complete_locations(&locations);
        resumed = Some(Resumed::WentOn(complete.locations.len() as u64));
        run.source.leave_out(complete);
    } else {
        writer.start(&request).await?;
    }
    let layout = LayoutArgs::default();
    let columns = run.select_columns(&layout, false);
    let mut rows = run.write_rows(sink, &layout, columns)?;
    read_all(&mut run, plan, &mut writer).await?;
    let mut footer = CollectFooter::new(args.to.to_string(), writer.run_id());
    footer.resumed = resumed;
    if run.interrupt.is_raised() {
        footer.coverage = run.coverage()?;
        return run.finish(rows, &footer);
    }
    footer.coverage = match run.coverage() {
        Ok(coverage) => coverage,
        Err(error) => {
            writer.abandon().await?;
            return Err(error);
        }
    };
    // A location that was searched and has no node is an answer.
    if footer.coverage.is_nothing_read() && !writer.has_complete_locations() {
        writer.abandon().await?;
        footer.end = CollectEnd::Abandoned;
        return run.finish(rows, &footer);
    }
    let committed = Box::pin(writer.commit(&locations, run.source.call_counts())).await?;
    let (manifest, end) = match committed {
        Committed::Yes(manifest) => (manifest, CollectEnd::Written),
        Committed::ByAnother(manifest) => (manifest, CollectEnd::WrittenByAnother),
    };
    for row in collected_rows(&manifest) {
        rows.write_row(row)?;
    }
    add_manifest(&mut footer, &manifest);
    footer.end = end;
    if let Some(MaxAge(Some(seconds))) = args.keep {
        let age = SignedDuration::from_secs(i64::try_from(seconds)?);
        let (now, run_id) = (manifest.finished_at, &*manifest.run_id);
        let deleted = delete_old_runs(storage, age, now, run_id).await;
        footer.deleted_runs = deleted.run_ids;
        footer.keep_failure = deleted.failure.map(|error| format!("{error:#}"));
    }
    run.finish(rows, &footer)
}

/// Everything that other commands read, without the parts that are left out.
pub(super) fn fetch_plan(args: &CollectArgs) -> FetchPlan {
    let selector = args.select.to_selector();
    FetchPlan {
        node_info: Some(if args.has(CollectPart::Tags) {
            InfoLevel::Tags
        } else {
            InfoLevel::Names
        }),
        patches: args.has(CollectPart::Patches).then(|| PatchPlan {
            uses_prefetch: true,
            ..PatchPlan::default()
        }),
        baselines: BaselinePlan::OperatingSystems,
        release_dates: args.has(CollectPart::Patches) && args.has(CollectPart::ReleaseDates),
        unmanaged: if selector.needs_discovery() {
            UnmanagedPlan::Rows
        } else {
            UnmanagedPlan::IfListed
        },
        associations: args.has(CollectPart::Associations),
        caller: true,
        selector,
        ..FetchPlan::default()
    }
}

/// Hands every event to the writer.
async fn read_all(run: &mut Run<'_>, plan: &FetchPlan, writer: &mut RunWriter) -> Result<()> {
    let options = VerdictOptions {
        now: run.source.now(),
        max_age: MaxAge(None),
        wants_reasons: false,
    };
    let (source, collector) = (&run.source, &mut run.collector);
    let calls = || source.call_counts();
    if plan.patches.is_none() {
        let mut stream = source.stream_states(plan);
        while let Some(event) = stream.next().await {
            writer.observe(&event, calls).await?;
            if let Some(RowEvent::Item(nodes)) = collector.collect(event) {
                for (node, state) in nodes {
                    let is_stopped = collector.count_if_stopped_without_record(&node, &state);
                    let end = Outcome::Answered(());
                    let counted = count_node(collector, is_stopped, &node, &state, &end, &options);
                    writer.end_node(&node, &state, None, counted).await?;
                }
            }
        }
        return Ok(());
    }
    let mut stream = source.stream_patches(plan);
    while let Some(event) = stream.next().await {
        writer.observe(&event, calls).await?;
        match collector.collect(event) {
            Some(RowEvent::Item(PatchEvent::Rows(filtered))) => {
                writer.add_patches(&filtered.kept).await?;
            }
            Some(RowEvent::Item(PatchEvent::End(end))) => {
                let is_stopped = collector.count_if_stopped_without_record(&end.node, &end.outcome);
                let (node, state, end) = split_end(end);
                let counted = count_node(collector, is_stopped, &node, &state, &end, &options);
                writer.end_node(&node, &state, Some(&end), counted).await?;
            }
            Some(RowEvent::Unread(..)) | None => {}
        }
    }
    Ok(())
}

/// Counts a node as `states` and `patches` together would.
fn count_node(
    collector: &mut Collector,
    is_stopped_without_record: bool,
    node: &Node,
    state: &Outcome<NodeState>,
    patches: &Outcome<()>,
    options: &VerdictOptions,
) -> NodeCount {
    if is_stopped_without_record {
        return NodeCount::None;
    }
    let row = StateRow::new(node.clone(), state.clone(), options);
    let outcome = combined_outcome(&row, patches);
    collector.count_node(node, &outcome);
    match outcome {
        Outcome::Answered(()) => NodeCount::Answered,
        Outcome::NoData => NodeCount::NoData,
        Outcome::Unread(_) => NodeCount::Unread,
    }
}

/// A row for each account and region that has nodes, in the order of the manifest.
fn collected_rows(manifest: &Manifest) -> Vec<CollectedRow> {
    let mut files: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for file in &manifest.files {
        let sum = files.entry((&file.account_id, &file.region)).or_default();
        *sum = (sum.0 + 1, sum.1 + file.bytes);
    }
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let locations = manifest.locations.iter();
    let locations = locations.filter(|location| location.nodes > 0);
    let rows = locations.map(|location| {
        let key = (&*location.account_id, &*location.region);
        let (count, bytes) = files.get(&key).copied().unwrap_or_default();
        CollectedRow {
            region: known(&location.region),
            account: known(&location.account_id),
            nodes: location.nodes,
            patches: location.patches,
            files: count,
            bytes,
        }
    });
    rows.collect()
}

/// What the run has in total.
fn add_manifest(footer: &mut CollectFooter, manifest: &Manifest) {
    footer.locations = manifest.locations.len() as u64;
    let totals = &manifest.totals;
    footer.totals.asked = totals.asked;
    footer.totals.answered = totals.answered;
    footer.totals.no_data = totals.no_data;
    footer.totals.unread = totals.unread;
    footer.patches = totals.patches;
    footer.files = manifest.files.len() as u64;
    footer.bytes = manifest
        .files
        .iter()
        .map(|file: &ManifestFile| file.bytes)
        .sum();
    footer.calls = manifest.calls.values().map(|counts| counts.calls).sum();
}
