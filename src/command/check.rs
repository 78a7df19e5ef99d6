//! `patchctl check`: the nodes checked against rules.

use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::CheckArgs;
use crate::command::estimate;
use crate::command::output;
use crate::command::output::{ColumnSelection, RowWriter};
use crate::command::read_states::{NodeWithPatches, read_states, read_states_with_patches};
use crate::command::run::{Context, Run};
use crate::compliance::verdict::{Verdict, VerdictOptions};
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{ConfiguredKey, GateEvaluator, RuleSet};
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::record::{Outcome, Subject};
use crate::render::{Format, RenderOptions, gate};
use crate::report::{CheckFooter, Coverage, FindingRow, Footer as _, NoteLevel, StateRow, notes};
use crate::settings::{Origin, SettingKey, Settings, UntypedFile, distrust_reason};
use crate::sink::Sink;

pub(super) async fn run(mut context: Context<'_>, args: &CheckArgs) -> Result<Exit> {
    if output::print_column_help(&args.layout, context.terminal)? {
        return Ok(Exit::Success);
    }
    let cli = context.cli;
    let prints_rows = prints_rows(args, &cli.settings)?;
    let (rules, waivers) = load_rules_and_waivers(args, &cli.settings)?;
    let plan = fetch_plan(args, &rules, &waivers);
    if args.select.estimate {
        if !args.output.output.is_tabular() {
            bail!(
                "--estimate has no format {}; use {}",
                args.output.output,
                Format::names(Format::is_tabular)
            );
        }
        return estimate::run(context, &args.select, &args.output, plan).await;
    }
    let plan = context.with_node_ids(plan, &args.select)?;
    let (mut run, sink) = Run::start(context, &cli.connect.to_connect(), &args.output).await?;
    let columns = ColumnSelection::new(&args.layout, args.output.output)
        .with_location_columns(run.source.spans_regions_and_accounts());
    let output = if prints_rows {
        Output::Rows(run.write_rows(sink, &args.layout, columns)?)
    } else {
        Output::Report(sink)
    };
    let options = args.verdict.to_verdict_options(run.source.now());
    let gate = GateEvaluator::new(rules, waivers, options);
    let mut footer = evaluate(&mut run, &plan, gate, &options).await?;
    footer.report.configured = configured_settings(&cli.settings);
    match output {
        Output::Rows(mut rows) => {
            FindingRow::from_report(&footer.report, args.gate.show_waived)
                .into_iter()
                .try_for_each(|row| rows.write_row(row))?;
            run.finish(rows, &footer)
        }
        Output::Report(mut sink) => {
            let format = args.output.output;
            let options = RenderOptions {
                show_waived: args.gate.show_waived,
                ..run.options
            };
            let written = gate::write(format, &footer.report, options, &mut sink);
            let notes = footer.notes();
            run.end(
                written.map(|()| sink),
                &footer,
                &notes,
                format.prints_notes(),
            )
        }
    }
}

/// Findings as rows, or a report in a format of the gate.
enum Output<'a> {
    Rows(RowWriter<'a, FindingRow>),
    Report(Sink<'a>),
}

/// Does the output consist of rows?
///
/// # Errors
/// When columns are typed for a format that has none.
fn prints_rows(args: &CheckArgs, settings: &Settings) -> Result<bool> {
    let format = args.output.output;
    let has_layout = !(args.layout.columns.is_empty() && args.layout.sort_by.is_empty());
    if !format.has_gate_report() || (format.has_columns() && has_layout) {
        return Ok(true);
    }
    // Configured columns are for the formats that have some.
    let columns = SettingKey::Columns("check".to_owned());
    let is_configured = settings
        .get(&columns, true)
        .is_some_and(|entry| !matches!(entry.origin, Origin::Flag(_)));
    if has_layout && !(is_configured && args.layout.sort_by.is_empty()) {
        bail!(
            "-o {format} of check has no columns; --columns and --sort-by require -o {}",
            Format::names(Format::has_columns)
        );
    }
    Ok(false)
}

/// What the rules, the waivers and the columns take.
pub(super) fn fetch_plan(args: &CheckArgs, rules: &RuleSet, waivers: &Waivers) -> FetchPlan {
    let plan = rules.fetch_plan(waivers, args.select.to_selector());
    let format = args.output.output;
    let columns = ColumnSelection::new(&args.layout, format);
    FetchPlan {
        node_info: plan.node_info.max(columns.info_level),
        ..plan
    }
}

/// Reads the nodes, and evaluates the rules.
async fn evaluate(
    run: &mut Run<'_>,
    plan: &FetchPlan,
    mut gate: GateEvaluator,
    options: &VerdictOptions,
) -> Result<CheckFooter> {
    let mut has_nodes_without_data = false;
    let judged = if plan.patches.is_none() {
        let take = |row: StateRow| {
            gate.add_row(&row, &[], &Outcome::Answered(()));
            Ok(())
        };
        read_states(run, plan, options, take).await?
    } else {
        let take = |node: NodeWithPatches| {
            has_nodes_without_data |= node.row.judgement.verdict == Verdict::NoData;
            gate.add_row(&node.row, &node.patches, &node.patch_outcome);
            Ok(())
        };
        read_states_with_patches(run, plan, options, take).await?
    };
    let states = judged.into_footer(run);
    if plan.baselines == BaselinePlan::OperatingSystems {
        gate.add_conflicts(&states.conflicts);
    }
    let coverage = states.coverage;
    add_incomplete_scopes(&mut gate, &coverage);
    let coverage_remarks = coverage_remarks(&coverage);
    for remark in &coverage_remarks {
        gate.add_remark(remark.clone());
    }
    if let Some(cause) = run.interrupt.cause() {
        gate.set_interruption(format!("{cause} before the end"));
    }
    Ok(CheckFooter {
        report: gate.finish(),
        coverage,
        coverage_remarks,
        has_nodes_without_data,
    })
}

/// Marks as partly unread where nodes may be missing because a call was refused.
fn add_incomplete_scopes(gate: &mut GateEvaluator, coverage: &Coverage) {
    let reports = coverage.discovery.iter();
    for report in reports.filter(|report| report.may_be_incomplete()) {
        let cause = format!("nodes may be missing: {}", report.limitations.join("; "));
        for scope in &report.scopes {
            let is_scope = |subject: &Subject| matches!(subject, Subject::Scope(of) if of == scope);
            // One that was not read to the end is unread already.
            if !coverage
                .unread
                .iter()
                .any(|unread| is_scope(&unread.subject))
            {
                gate.add_partly_unread_scope(scope.clone(), cause.clone());
            }
        }
    }
}

/// The notes about the coverage that are remarks of the report, too.
fn coverage_remarks(coverage: &Coverage) -> Vec<String> {
    let limitations = coverage.discovery_notes().into_iter();
    let limitations = limitations.filter(|note| note.level == NoteLevel::Warning);
    limitations
        .chain(notes::unmatched(&coverage.unmatched_ids))
        .chain(notes::missing_release_dates(
            &coverage.missing_release_dates,
        ))
        .map(|note| note.to_line())
        .collect()
}

/// The rules of the gate, and the waivers.
///
/// # Errors
/// When the waivers cannot be read, or are named by a file and are not trusted.
pub(super) fn load_rules_and_waivers(
    args: &CheckArgs,
    settings: &Settings,
) -> Result<(RuleSet, Waivers)> {
    let waivers = match args.gate.waivers_path() {
        Some(path) => {
            check_trusted(path, settings)?;
            Waivers::read(path)?
        }
        None => Waivers::default(),
    };
    Ok((args.gate.to_rule_set(), waivers))
}

/// A file of waivers that a configuration file names must be trusted, too.
fn check_trusted(path: &Path, settings: &Settings) -> Result<()> {
    let entry = settings.get(&SettingKey::Waivers, true);
    let Some(at @ Origin::File { .. }) = entry.map(|entry| &entry.origin) else {
        return Ok(());
    };
    let file = UntypedFile {
        what: &format!("{at}: the file of waivers"),
        path,
        trusting_flag: "--waivers",
        omitting_flag: "--waivers none",
    };
    file.check(distrust_reason(path))
}

/// The keys that decide about the gate and are configured, and where.
fn configured_settings(settings: &Settings) -> Vec<ConfiguredKey> {
    let keys = [
        SettingKey::Policy,
        SettingKey::FailOn,
        SettingKey::Waivers,
        SettingKey::MaxAge,
    ];
    let set = keys.iter().filter_map(|key| {
        let entry = settings.get(key, true)?;
        match &entry.origin {
            Origin::Flag(_) | Origin::Default => None,
            from @ (Origin::Variable(_) | Origin::File { .. }) => Some(ConfiguredKey {
                key: key.name(),
                origin: from.to_string(),
            }),
        }
    });
    set.collect()
}
