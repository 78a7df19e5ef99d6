//! `patchctl check`: the nodes checked against rules.

use std::path::PathBuf;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{CheckArgs, OutputArgs};
use crate::command::collector::Collector;
use crate::command::connect::connect_and_run;
use crate::command::output::ColumnSelection;
use crate::command::read_states::{judge_nodes, read_states};
use crate::command::run::{Context, connect as connect_source};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::{Verdict, VerdictOptions};
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{FindingBaseline, GateEvaluator, RuleSet};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{FetchPlan, PatchPlan};
use crate::plan::iam::partition_of_region;
use crate::record::{Outcome, Patch, PatchState, Subject};
use crate::render::Format;
use crate::render::gate::asff::{FindingBatches, MAX_FINDINGS};
use crate::report::{CheckFooter, Coverage, FindingRow, NodeGroup, ReadNode, StateRow};
use crate::sink::Sink;
use crate::source::{ConnectOptions, DatasetOptions};
use crate::text::count;

pub(super) async fn run(context: Context<'_>, args: &CheckArgs) -> Result<Exit> {
    let (layout, settings) = (&args.layout, &context.cli.settings);
    let prints_rows = args.prints_rows(settings)?;
    let (mut rules, waivers) = args.gate.load(settings, &args.sla.to_sla()?)?;
    let baseline = args.baseline()?;
    rules.compares_patches = baseline.is_some();
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
            let connection = (connection, clock, &run.interrupt);
            let earlier = |options| GateEvaluator::new(rules.clone(), waivers.clone(), options);
            let known = read_baseline(baseline, connection, plan, args, earlier).await?;
            let mut gate = GateEvaluator::new(rules, waivers, options).with_baseline(known);
            let mut total = NodeGroup::default();
            let reads_missing = |plan: &PatchPlan| {
                plan.filter.states.is_empty() || plan.filter.states.contains(&PatchState::Missing)
            };
            let reads_missing = plan.patches.as_ref().is_some_and(reads_missing);
            let mut missing = reads_missing.then_some([0; Severity::ALL.len()]);
            let has_findings = args.output.output == Format::Asff;
            if has_findings && plan.node_ids.len() > MAX_FINDINGS {
                check_file_count(&args.output, plan.node_ids.len().div_ceil(MAX_FINDINGS))?;
            }
            let mut read_rows = Vec::new();
            let take = |row: StateRow, patches: &[Patch], end: &Outcome<()>| {
                total.add_row(&row);
                let is_read =
                    row.judgement.verdict != Verdict::Unread && !matches!(end, Outcome::Unread(_));
                if has_findings && is_read {
                    read_rows.push(row.clone());
                }
                // A sum without its patches would be too low.
                missing = missing.filter(|_| !matches!(end, Outcome::Unread(_)));
                if let Some(missing) = &mut missing {
                    count_missing(missing, patches);
                }
                gate.add_row(&row, patches, end);
                Ok(())
            };
            let states = read_states(&mut run, plan, &options, take).await?;
            if let Some(cause) = run.interrupt.cause() {
                gate.set_interruption(format!("{cause} before the end"));
            }
            let nodes = read_nodes(read_rows, &states.coverage);
            if has_findings {
                for remark in missing_findings(&states.coverage, nodes.len() as u64) {
                    gate.add_remark(remark);
                }
            }
            let configured = CheckArgs::configured_keys(settings);
            let mut footer = CheckFooter {
                total: total.clone(),
                missing_by_severity: missing,
                nodes,
                ..CheckFooter::new(gate, states, configured, total.no_data > 0)
            };
            if let Some(path) = left_file(&args.output, &footer).filter(|_| has_findings) {
                let path = path.display();
                let remark =
                    format!("{path} is left of an earlier run: remove it, or it is imported too");
                footer.report.remarks.push(remark);
            }
            FindingRow::from_report(&footer.report, args.gate.show_waived)
                .into_iter()
                .try_for_each(|row| rows.write_row(row))?;
            if !has_findings {
                return run.finish(rows, &footer);
            }
            let batches = FindingBatches::new(&footer);
            check_file_count(&args.output, batches.len())?;
            let (now, interrupt) = (run.options.now, run.interrupt.clone());
            // Before the end of the run: if one cannot be written, a gate that fails still exits with 1.
            run.finish_document(&footer, |below_rows, _| {
                let (sink, _) = rows.finish(&footer, below_rows)?;
                for at in 1..batches.len() {
                    let path = args.output.file(at + 1);
                    let mut unused = std::io::sink();
                    let mut file = Sink::open(path.as_deref(), &mut unused, &interrupt)?;
                    batches.write(at, now, &mut file)?;
                    file.commit()?;
                }
                Ok(sink)
            })
        },
    )
    .await
}

/// Adds missing patches, in the order of `Severity::ALL`.
fn count_missing(counts: &mut [u64; Severity::ALL.len()], patches: &[Patch]) {
    for patch in patches
        .iter()
        .filter(|patch| patch.state == PatchState::Missing)
    {
        let severity = Severity::of_patch(patch);
        let at = Severity::ALL.iter().position(|one| *one == severity);
        counts[at.unwrap_or_default()] += 1;
    }
}

/// With `--since`: the findings of an earlier moment, by the same rules and waivers.
async fn read_baseline(
    baseline: Option<(String, DatasetOptions)>,
    (connection, clock, interrupt): (ConnectOptions, fn() -> Timestamp, &Interrupt),
    plan: &FetchPlan,
    args: &CheckArgs,
    gate: impl FnOnce(VerdictOptions) -> GateEvaluator,
) -> Result<Option<FindingBaseline>> {
    let Some((name, dataset)) = baseline else {
        return Ok(None);
    };
    let connection = ConnectOptions {
        from: Some(dataset),
        ..connection
    };
    let source = connect_source(&connection, clock, interrupt).await?;
    let options = args.verdict.to_verdict_options(source.now());
    let mut gate = gate(options);
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
    gate.add_unmanaged(&coverage.discovery);
    Ok(Some(gate.into_baseline(name)))
}

/// Checks that findings are about rules that judge each node.
fn check_rules_of_findings(output: &OutputArgs, rules: &RuleSet) -> Result<()> {
    if output.output == Format::Asff && !rules.rules().iter().any(|rule| rule.is_of_nodes()) {
        bail!(
            "-o asff needs a rule that judges each node, such as non-compliant or missing>=critical: \
             without one, every node would pass"
        );
    }
    Ok(())
}

/// Which nodes have no finding, where these many have one.
fn missing_findings(coverage: &Coverage, nodes: u64) -> impl Iterator<Item = String> {
    let unread = coverage.totals.unread;
    let missing = coverage.totals.asked - unread - nodes;
    let causes = [(unread, "unread"), (missing, "of an unknown account")];
    causes.into_iter().filter(|(n, _)| *n > 0).map(|(n, why)| {
        let nodes = count(n, "node");
        format!("no finding for {nodes} {why}: Security Hub keeps what it has of them")
    })
}

/// Checks that findings that need this many files have a pattern for their names.
fn check_file_count(output: &OutputArgs, files: usize) -> Result<()> {
    if files > 1 && !output.has_numbered_files() {
        bail!(
            "-o asff needs {files} files here, as one holds {MAX_FINDINGS} findings of one account and region: use \
             --output-file 'findings-{{n}}.json'"
        );
    }
    Ok(())
}

/// The file that would be the next to be written, if it exists.
fn left_file(output: &OutputArgs, footer: &CheckFooter) -> Option<PathBuf> {
    let files = FindingBatches::new(footer).len().max(1);
    let path = output.file(files + 1);
    path.filter(|path| output.has_numbered_files() && path.exists())
}

/// The nodes of rows, where their account and region are known.
fn read_nodes(rows: Vec<StateRow>, coverage: &Coverage) -> Vec<ReadNode> {
    let known = rows.into_iter().filter_map(|row| {
        let Subject::Node(node) = row.subject else {
            return None;
        };
        let location = &node.location;
        let account = coverage.account_of(location)?.into();
        let partition = partition_of_region(&location.region);
        let state = match row.outcome {
            Outcome::Answered(state) => Some(state),
            Outcome::NoData | Outcome::Unread(_) => None,
        };
        (!location.region.is_empty()).then_some(ReadNode {
            node,
            account,
            partition,
            verdict: row.judgement.verdict,
            reasons: row.judgement.reasons,
            state,
        })
    });
    known.collect()
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
