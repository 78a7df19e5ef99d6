//! `patchctl check`: the gate over the nodes asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{CheckArgs, Cli};
use crate::command::collect;
use crate::command::collect::Collector;
use crate::command::estimate;
use crate::command::output;
use crate::command::progress::ProgressDisplay;
use crate::command::read_states;
use crate::command::read_states::NodeWithPatches;
use crate::compliance::verdict::Verdict;
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{ConfiguredKey, GateEvaluator, GateReport, GateStatus, RuleSet};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::BaselinePlan;
use crate::record::{Outcome, Scope, Subject};
use crate::render::gate;
use crate::render::gate::write;
use crate::render::{Format, RenderOptions};
use crate::report::{Footer, StateRow};
use crate::settings::{Origin, SettingKey, Settings, distrust};
use crate::sink::Sink;
use crate::source::Source;
use crate::terminal::Terminal;

/// What no way of finding nodes shows; stderr tells it, too.
const LIMITATION_PREFIX: &str = "cannot see: ";

pub async fn run(
    cli: &Cli,
    args: &CheckArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let (question, waivers) = load_rules_and_waivers(args, &cli.settings)?;
    let output = args.output.to_output();
    let plan = question.fetch_plan(&waivers, args.select.to_selector());
    if args.select.estimate {
        if !args.output.output.is_tabular() {
            bail!("--estimate is told as table, json or ndjson; choose one with -o");
        }
        return estimate::run(cli, (&args.select, &output), plan, terminal, now, interrupt).await;
    }
    let plan = collect::with_node_ids(plan, &args.select, terminal)?;
    let source = collect::connect(cli, now, &interrupt).await?;
    let style = output::render_options(cli, &output, terminal, now);
    let verdict_options = args.verdict.to_verdict_options(now);
    let progress = ProgressDisplay::start(terminal, &source, &output);
    let mut sink = Sink::open(
        output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;

    let mut gate = GateEvaluator::new(question, waivers, verdict_options);
    let mut collector = Collector::default();
    // Was a node without data told of? Its patches may be unread.
    let mut is_bare = false;
    let verdict_stats = if plan.patches.is_none() {
        let take = |row: StateRow| {
            gate.add_row(&row, &[], &Outcome::Answered(()));
            Ok(())
        };
        read_states::read_states(&source, &plan, &verdict_options, &mut collector, take).await?
    } else {
        let take = |node: NodeWithPatches| {
            is_bare |= node.row.judgement.verdict == Verdict::NoData;
            gate.add_row(&node.row, &node.patches, &node.patch_outcome);
            Ok(())
        };
        read_states::read_states_with_patches(
            &source,
            &plan,
            &verdict_options,
            &mut collector,
            take,
        )
        .await?
    };
    if plan.baselines == BaselinePlan::OperatingSystems {
        verdict_stats.finish(&mut collector);
    }
    progress.finish();
    collector.finish();
    // The findings tell of them.
    gate.add_conflicts(&std::mem::take(&mut collector.footer.conflicts));
    let footer = &collector.footer;
    record_limitations(&mut gate, footer);
    if let Some(left_out) = collector.unmatched_message() {
        gate.add_remark(format!("{left_out}, and nothing is said of them"));
    }
    for failures in missing_release_date_lines(&collector) {
        gate.add_remark(failures);
    }
    if let Some(cause) = interrupt.cause() {
        gate.set_interruption(format!("{cause} before the end"));
    }
    let mut report = gate.finish();
    report.configured = configured_settings(&cli.settings);
    let options = RenderOptions {
        show_waived: args.gate.show_waived,
        ..style
    };
    let written = write(args.output.output, &report, options, &mut sink);
    // Nodes whose patches are unread have counters all the same.
    let verdicts = report.nodes.verdicts;
    let some = verdicts.compliant + verdicts.non_compliant + verdicts.stale > 0;
    // What is broken was read, be it patches of nodes whose states are unread.
    let some = some || is_bare || report.status == GateStatus::Fail;
    let exit = match output::exit_code(footer, some, &interrupt) {
        Exit::Error => Exit::Error,
        Exit::Success | Exit::GateFailed | Exit::Partial => report.status.exit(),
    };
    let written = written.and_then(|()| output::close_sink(sink, exit, footer, some));
    output::warn_file_unchanged(terminal, &output, footer, some);
    report_result(terminal, &source, args.output.output, &report, &collector);
    output::report_calls(cli, terminal, &source.call_counts());
    output::exit_after_write(exit, written, terminal)
}

/// Tells the gate what finding the nodes could not see, and where that may be
/// nodes that a refused call keeps back.
fn record_limitations(gate: &mut GateEvaluator, footer: &Footer) {
    for finding in &footer.discovery {
        for blind in &finding.limitations {
            gate.add_remark(format!("{LIMITATION_PREFIX}{blind}"));
        }
        if finding.may_be_incomplete() {
            let cause = finding.limitations.join("; ");
            // A place that broke off is unread already.
            for location in finding
                .scopes
                .iter()
                .filter(|location| !is_unread(footer, location))
            {
                gate.add_partly_unread_scope(
                    location.clone(),
                    format!("nodes may be missing: {cause}"),
                );
            }
        }
    }
}

/// Is this place among those that could not be read?
fn is_unread(footer: &Footer, location: &Scope) -> bool {
    let mut unread = footer.unread.iter();
    unread.any(|unread| matches!(&unread.subject, Subject::Scope(scope) if scope == location))
}

/// What is held against the fleet, and what is waived of it.
///
/// # Errors
/// When the waivers cannot be read, or are named by a file and not to be believed.
pub fn load_rules_and_waivers(args: &CheckArgs, settings: &Settings) -> Result<(RuleSet, Waivers)> {
    let waivers = match args.gate.waivers_path() {
        Some(path) => {
            check_trusted(path, settings)?;
            Waivers::read(path)?
        }
        None => Waivers::default(),
    };
    Ok((args.gate.to_rule_set(), waivers))
}

/// What a file names is as good as the file only if it is one's own, too. What is
/// typed is trusted.
fn check_trusted(path: &Path, settings: &Settings) -> Result<()> {
    let entry = settings.get(&SettingKey::Waivers, true);
    let named_by = entry.map(|entry| &entry.origin);
    if let Some(at @ Origin::File { .. }) = named_by
        && let Some(cause) = distrust(path)
    {
        let path = path.display();
        bail!(
            "{at}: the waivers {path} are not used: {cause}; name them with --waivers if you trust them, leave them out with --waivers none, or change their owner and mode"
        );
    }
    Ok(())
}

/// What decides about the gate and was not typed, and where it stands.
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

/// Why release dates are not known, a line for each cause.
fn missing_release_date_lines(collector: &Collector) -> Vec<String> {
    let mut causes: BTreeMap<Box<str>, Vec<String>> = BTreeMap::new();
    for (location, cause) in &collector.missing_release_dates {
        let location = Scope::of(location).to_string();
        causes.entry(cause.text.clone()).or_default().push(location);
    }
    let told = causes.into_iter().map(|(cause, locations)| {
        let locations: Vec<&str> = locations.iter().map(String::as_str).collect();
        let locations = output::format_ids(&locations);
        format!("when patches were released is not known in {locations}: {cause}")
    });
    told.collect()
}

/// Says on stderr what came of it, and what the report does not tell.
fn report_result(
    terminal: &mut Terminal,
    source: &Source,
    format: Format,
    report: &GateReport,
    collector: &Collector,
) {
    output::warn_unread(terminal, &collector.footer.unread);
    // The form that tells all: no format of the gate has a summary of its nodes.
    collector.print_notes(source, Format::Csv, terminal);
    // Who is quiet has no foot of the table to read it in, and must know all the same.
    let hears = terminal.quiet && format == Format::Table;
    let remarks = report.remarks.iter().filter(|_| hears);
    let is_told = |remark: &str| {
        remark.starts_with(LIMITATION_PREFIX) || remark.starts_with(collect::UNMATCHED_PREFIX)
    };
    for remark in remarks.filter(|remark| !is_told(remark)) {
        terminal.warn(remark);
    }
    // A document that has no lines, or no foot, does not name it.
    if (hears || format == Format::Ndjson)
        && let Some(configured) = gate::describe_configured(report)
    {
        terminal.warn(&configured);
    }
    terminal.note(&format_status(report));
}

/// "gate failed: non-compliant (18), stale (2); 44 nodes"
fn format_status(report: &GateReport) -> String {
    let of = |status: GateStatus| {
        let told = report.rules.iter().filter_map(|rule_report| {
            let findings = rule_report
                .findings
                .iter()
                .filter(|finding| finding.status == status);
            match findings.count() {
                0 => None,
                n => Some(format!("{} ({n})", rule_report.rule)),
            }
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let mut parts = Vec::new();
    match report.status {
        GateStatus::Pass => parts.push("gate passed".to_owned()),
        GateStatus::Unknown => parts.push(format!("gate unknown: {}", of(GateStatus::Unknown))),
        GateStatus::Fail => {
            parts.push(format!("gate failed: {}", of(GateStatus::Fail)));
            if report
                .rules
                .iter()
                .any(|rule_report| rule_report.status == GateStatus::Unknown)
            {
                parts.push(format!("unknown: {}", of(GateStatus::Unknown)));
            }
        }
    }
    if !report.waived.is_empty() {
        parts.push(format!("{} waived", report.waived.len()));
    }
    parts.push(match report.nodes.asked {
        1 => "1 node".to_owned(),
        n => format!("{n} nodes"),
    });
    parts.join("; ")
}
