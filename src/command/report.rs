//! `patchctl report`: the fleet as one document.

use anyhow::Result;

use crate::aggregate::pivot::DEFAULT_STATES;
use crate::aggregate::summary::NodeGroupings;
use crate::cli::{CheckArgs, ReportArgs};
use crate::command::connect::connect_and_run;
use crate::command::first_seen::read_first_seen;
use crate::command::fleet_history::FleetHistoryReader;
use crate::command::read_states::read_states;
use crate::command::run::Context;
use crate::command::run_history::RunHistory;
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{GateEvaluator, RuleSet};
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::record::{InfoLevel, Outcome, Patch};
use crate::render::report::write_report;
use crate::report::StateRow;
use crate::report::fleet::{Clock, Evidence, FleetOptions, FleetReportBuilder};

pub(super) async fn run(context: Context<'_>, args: &ReportArgs) -> Result<Exit> {
    let (cli, select) = (context.cli, args.select.or_all());
    let sample = args.read_sample(&mut *context.terminal.stdin)?;
    let (connection, clock) = (cli.to_connect(&select), context.clock);
    let sla = args.sla.to_sla()?;
    let (rules, waivers) = args.gate_or_default().load(&cli.settings, &sla)?;
    let plan = fetch_plan(args, &rules, &waivers);
    connect_and_run(
        context,
        &select,
        &args.output,
        plan,
        async |mut run, mut sink, plan| {
            // An output that cannot be written fails here, before any call.
            std::io::Write::flush(&mut sink)?;
            let verdict = args.verdict.to_verdict_options(run.source.now());
            let options = FleetOptions {
                by: args.by.clone(),
                top: usize::from(args.top),
                sla,
                now: verdict.now,
                has_rules: args.has_rules(),
            };
            let dataset = connection.from.as_ref().filter(|_| rules.has_due_rules());
            let at = (&connection, clock, &run.interrupt);
            let first_seen = read_first_seen(dataset, at, plan).await?;
            let gate = GateEvaluator::new(rules, waivers, verdict).with_first_seen(first_seen);
            let mut fleet = FleetReportBuilder::new(&options, gate);
            let take = |row: StateRow, patches: &[Patch], end: &Outcome<()>| {
                fleet.add_row(row, patches, end);
                Ok(())
            };
            let states = read_states(&mut run, plan, &verdict, take).await?;
            let history = match &connection.from {
                Some(dataset) => {
                    let interrupt = &run.interrupt;
                    let reader = FleetHistoryReader {
                        plan,
                        dataset,
                        verdict: &args.verdict,
                        sla: &options.sla,
                        now: verdict.now,
                    };
                    let runs = RunHistory::open(dataset, &connection, clock, interrupt).await?;
                    reader.read(&runs, &fleet, sample).await?
                }
                None => None,
            };
            let interruption = run.interrupt.cause();
            // A part of a history would tell too short times.
            let (history, histories) = history.filter(|_| interruption.is_none()).unzip();
            let evidence = Evidence {
                asked_at: verdict.now,
                clock: if run.source.is_demo() {
                    Clock::Demo
                } else {
                    Clock::Host
                },
                version: env!("CARGO_PKG_VERSION"),
                command_line: cli.typed_line.clone(),
                configured: CheckArgs::configured_keys(&cli.settings),
                max_age: verdict.max_age,
                sla: options.sla.clone(),
                interruption: interruption.map(|cause| format!("{cause} before the end")),
                accounts: Vec::new(),
                regions: Vec::new(),
            };
            let report = fleet.finish(states, evidence, history, &histories.unwrap_or_default());
            let (format, options) = (run.output.answer_format(), run.options);
            run.finish_document(&report, |_, notes| {
                notes.extend(write_report(format, &report, options, &mut sink)?);
                Ok(sink)
            })
        },
    )
    .await
}

/// What the sections, the rules, the waivers and the groups take.
pub(super) fn fetch_plan(args: &ReportArgs, rules: &RuleSet, waivers: &Waivers) -> FetchPlan {
    let select = args.select.or_all();
    let plan = rules.fetch_plan(waivers, select.to_selector());
    let by = args.by.iter().filter_map(NodeGroupings::info_level).max();
    FetchPlan {
        // Release dates hang on the operating system, and people know nodes by name.
        node_info: plan.node_info.max(by).max(Some(InfoLevel::Names)),
        patches: Some(PatchPlan::of_states(DEFAULT_STATES.to_vec())),
        baselines: BaselinePlan::OperatingSystems,
        release_dates: true,
        unmanaged: plan.unmanaged.max(select.unmanaged_plan()),
        caller: true,
        ..plan
    }
}
