//! `patchctl check`: the nodes checked against rules.

use anyhow::Result;

use crate::cli::CheckArgs;
use crate::command::answer::answer;
use crate::command::output::ColumnSelection;
use crate::command::read_states::read_states;
use crate::command::run::Context;
use crate::compliance::severity::Severity;
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{GateEvaluator, RuleSet};
use crate::plan::fetch_plan::{FetchPlan, PatchPlan};
use crate::record::{Outcome, Patch, PatchState};
use crate::report::{CheckFooter, FindingRow, NodeGroup, StateRow};

pub(super) async fn run(context: Context<'_>, args: &CheckArgs) -> Result<Exit> {
    let (layout, settings) = (&args.layout, &context.cli.settings);
    let prints_rows = args.prints_rows(settings)?;
    let (rules, waivers) = args.gate.load(settings, &args.sla.to_sla()?)?;
    let plan = fetch_plan(args, &rules, &waivers);
    answer(
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
            let mut gate = GateEvaluator::new(rules, waivers, options);
            let mut total = NodeGroup::default();
            let reads_missing = |plan: &PatchPlan| {
                plan.filter.states.is_empty() || plan.filter.states.contains(&PatchState::Missing)
            };
            let reads_missing = plan.patches.as_ref().is_some_and(reads_missing);
            let mut missing = reads_missing.then_some([0; Severity::ALL.len()]);
            let take = |row: StateRow, patches: &[Patch], end: &Outcome<()>| {
                total.add_row(&row);
                if let Some(missing) = &mut missing {
                    let patches = patches.iter();
                    for patch in patches.filter(|patch| patch.state == PatchState::Missing) {
                        let severity = Severity::of_patch(patch);
                        let at = Severity::ALL.iter().position(|one| *one == severity);
                        missing[at.unwrap_or_default()] += 1;
                    }
                }
                gate.add_row(&row, patches, end);
                Ok(())
            };
            let states = read_states(&mut run, plan, &options, take).await?;
            if let Some(cause) = run.interrupt.cause() {
                gate.set_interruption(format!("{cause} before the end"));
            }
            let configured = CheckArgs::configured_keys(settings);
            let footer = CheckFooter {
                total: total.clone(),
                missing_by_severity: missing,
                ..CheckFooter::new(gate, states, configured, total.no_data > 0)
            };
            FindingRow::from_report(&footer.report, args.gate.show_waived)
                .into_iter()
                .try_for_each(|row| rows.write_row(row))?;
            run.finish(rows, &footer)
        },
    )
    .await
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
        ..plan
    }
}
