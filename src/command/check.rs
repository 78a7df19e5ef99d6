//! `patchctl check`: the nodes checked against rules.

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::CheckArgs;
use crate::command::check_fold::{CheckFold, CheckedNodes};
use crate::command::collector::Collector;
use crate::command::connect::connect_and_run;
use crate::command::first_seen::read_first_seen;
use crate::command::output::ColumnSelection;
use crate::command::read_states::judge_nodes;
use crate::command::run::{Context, connect as connect_source};
use crate::command::security_hub::{
    check_file_count, check_rules_of_findings, has_whole_groups, missing_findings, read_nodes,
    remarks_of_findings, write_further_files,
};
use crate::compliance::verdict::VerdictOptions;
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{FindingBaseline, GateEvaluator, Rule, RuleSet};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{FetchPlan, PatchPlan};
use crate::record::{AccountRegion, Outcome, Patch, PatchState};
use crate::render::Format;
use crate::render::gate::asff::{FindingBatches, MAX_FINDINGS};
use crate::report::{CheckFooter, FindingRow, NodeRules, StateRow};
use crate::source::{ConnectOptions, DatasetOptions};

pub(super) async fn run(context: Context<'_>, args: &CheckArgs) -> Result<Exit> {
    let (layout, settings) = (&args.layout, &context.cli.settings);
    let prints_rows = args.prints_rows(settings)?;
    let (mut rules, waivers) = args.gate.load(settings, &args.sla.to_sla()?)?;
    rules.compares_patches = args.baseline()?.is_some();
    check_rules_of_findings(&args.output, &rules)?;
    let plan = fetch_plan(args, &rules, &waivers);
    let (clock, connection) = (context.clock, context.cli.connect.to_connect());
    connect_and_run(
        context,
        &args.select,
        &args.output,
        plan,
        async |mut run, sink, plan| {
            let columns = run.select_columns(layout, plan.selector.needs_discovery());
            let mut rows = if prints_rows {
                run.write_rows(sink, layout, columns)?
            } else {
                run.write_gate_report(sink, args.gate.show_waived)
            };
            let options = args.verdict.to_verdict_options(run.source.now());
            let judged_by = rules.describe_node_rules(options.max_age);
            let compares_nodes = rules.contains(Rule::BaselineDiffers);
            let at = (&connection, clock, &run.interrupt);
            // On the heap: as one type, all these futures are too deep for the compiler.
            let gate = open_gate(args, (rules.clone(), waivers.clone()), options, at, plan);
            let gate = Box::pin(gate).await?;
            let reads_missing = |plan: &PatchPlan| {
                plan.filter.states.is_empty() || plan.filter.states.contains(&PatchState::Missing)
            };
            let reads_missing = plan.patches.as_ref().is_some_and(reads_missing);
            let has_findings = args.output.output == Format::Asff;
            if has_findings && plan.node_ids.len() > MAX_FINDINGS {
                check_file_count(&args.output, plan.node_ids.len().div_ceil(MAX_FINDINGS))?;
            }
            let fold = CheckFold {
                rules,
                waivers,
                options,
                keeps_rows: has_findings,
            };
            let checked = fold.check_nodes(&mut run, plan, gate, reads_missing);
            let (checked, states) = Box::pin(checked).await?;
            let CheckedNodes {
                mut gate,
                total,
                missing,
                read_rows,
                ..
            } = checked;
            if let Some(cause) = run.interrupt.cause() {
                gate.set_interruption(format!("{cause} before the end"));
            }
            let (times, now) = (run.source.read_times(), run.source.now());
            let read_at = |at: &AccountRegion| times.get(at).copied().unwrap_or(now);
            let nodes = read_nodes(read_rows, &states.coverage, read_at);
            let has_all = has_whole_groups(plan, &states.coverage) && !run.interrupt.is_raised();
            if has_findings {
                for remark in missing_findings(&states.coverage, nodes.len() as u64) {
                    gate.add_remark(remark);
                }
            }
            let configured = CheckArgs::configured_keys(settings);
            let has_nodes_without_data = total.no_data > 0;
            let mut footer = CheckFooter {
                total,
                missing_by_severity: missing,
                nodes,
                node_rules: NodeRules {
                    text: judged_by,
                    lacks_others: compares_nodes && !has_all,
                },
                ..CheckFooter::new(gate, states, configured, has_nodes_without_data)
            };
            if has_findings {
                let remarks = remarks_of_findings(&args.output, &footer);
                footer.report.remarks.extend(remarks);
            }
            FindingRow::from_report(&footer.report, args.gate.show_waived)
                .into_iter()
                .try_for_each(|row| rows.write_row(row))?;
            if !has_findings {
                return run.finish(rows, &footer);
            }
            let batches = FindingBatches::new(&footer);
            check_file_count(&args.output, batches.len())?;
            let interrupt = run.interrupt.clone();
            // Before the end of the run: if one cannot be written, a gate that fails still exits with 1.
            run.finish_document(&footer, |below_rows, _| {
                let (sink, _) = rows.finish(&footer, below_rows)?;
                write_further_files(&args.output, &batches, &interrupt)?;
                Ok(sink)
            })
        },
    )
    .await
}

/// Where a dataset is reached.
type Connection<'a> = (&'a ConnectOptions, fn() -> Timestamp, &'a Interrupt);

/// The gate, with what it needs of earlier moments.
async fn open_gate(
    args: &CheckArgs,
    (rules, waivers): (RuleSet, Waivers),
    options: VerdictOptions,
    connection: Connection<'_>,
    plan: &FetchPlan,
) -> Result<GateEvaluator> {
    let earlier = |options| GateEvaluator::new(rules.clone(), waivers.clone(), options);
    let known = match args.baseline()? {
        Some(baseline) => Some(read_baseline(baseline, connection, plan, args, earlier).await?),
        None => None,
    };
    let dataset = args.from.to_dataset(args.select.criteria());
    let dataset = dataset.as_ref().filter(|_| rules.has_due_rules());
    let first_seen = read_first_seen(dataset, connection, plan).await?;
    let gate = GateEvaluator::new(rules, waivers, options).with_baseline(known);
    Ok(gate.with_first_seen(first_seen))
}

/// With `--since`: the findings of an earlier moment, by the same rules and waivers.
async fn read_baseline(
    (name, dataset): (String, DatasetOptions),
    (connection, clock, interrupt): Connection<'_>,
    plan: &FetchPlan,
    args: &CheckArgs,
    gate: impl FnOnce(VerdictOptions) -> GateEvaluator,
) -> Result<FindingBaseline> {
    let own = ConnectOptions {
        from: Some(dataset.clone()),
        ..connection.clone()
    };
    let source = connect_source(&own, clock, interrupt).await?;
    let options = args.verdict.to_verdict_options(source.now());
    let gate = gate(options);
    let dataset = Some(&dataset).filter(|_| gate.has_due_rules());
    let first_seen = read_first_seen(dataset, (connection, clock, interrupt), plan).await?;
    let mut gate = gate.with_first_seen(first_seen);
    let mut collector = Collector::default();
    let take = |row: StateRow, patches: &[Patch], end: &Outcome<()>| {
        gate.add_row(&row, patches, end);
        Ok(())
    };
    judge_nodes(&source, &mut collector, plan, &options, take).await?;
    gate.add_conflicts(&std::mem::take(&mut collector.conflicts));
    let coverage = collector.finish();
    for (scope, cause) in coverage.incomplete_scopes() {
        gate.add_partly_unread_scope(scope, cause);
    }
    gate.add_unmanaged(&coverage.discovery, coverage.unmanaged());
    Ok(gate.into_baseline(name))
}

/// What the rules, the waivers and the columns take.
pub(super) fn fetch_plan(args: &CheckArgs, rules: &RuleSet, waivers: &Waivers) -> FetchPlan {
    let plan = rules.fetch_plan(waivers, args.select.to_selector());
    let format = args.output.output;
    let is_found = plan.selector.needs_discovery() && !format.has_gate_report();
    let columns = ColumnSelection::new(&args.layout, format, is_found);
    FetchPlan {
        node_info: plan.node_info.max(columns.info_level),
        unmanaged: plan.unmanaged.max(args.select.unmanaged_plan()),
        // Findings are of an account.
        caller: plan.caller || format == Format::Asff,
        ..plan
    }
}
