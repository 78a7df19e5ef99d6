//! `patchctl check`: the gate over the nodes asked for.
//!
//! Joins the stages; every rule it applies lives in one of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::cli::{CheckArgs, Cli, FormatArg, GateFormatArg};
use crate::command::collect;
use crate::command::collect::Gathered;
use crate::command::estimate;
use crate::command::estimate::Question as Estimate;
use crate::command::output;
use crate::command::output::Style;
use crate::command::progress::Progress;
use crate::command::read_states;
use crate::command::read_states::Drilled;
use crate::compliance::verdict::Verdict;
use crate::exit::Exit;
use crate::gate::waiver::Waivers;
use crate::gate::{Configured, Gate, Held, Question, Reading, Report, Rule};
use crate::interrupt::Interrupt;
use crate::record::{Outcome, Scope, Subject};
use crate::render::gate;
use crate::render::gate::{GateLook, write};
use crate::report::{StateRow, Tail};
use crate::settings::{Key, Origin, Settings, distrust};
use crate::sink::Sink;
use crate::source::{Drilling, Source};
use crate::terminal::Terminal;

/// What no way of finding nodes shows; stderr tells it, too.
const BLIND: &str = "cannot see: ";

pub async fn run(
    cli: &Cli,
    args: &CheckArgs,
    terminal: &mut Terminal,
    now: Timestamp,
    interrupt: Interrupt,
) -> Result<Exit> {
    let (question, waivers) = asked(args, &cli.settings)?;
    let output = args.output.to_output();
    let reading = question.reading(&waivers);
    if args.select.estimate {
        if !matches!(
            args.output.output,
            GateFormatArg::Table | GateFormatArg::Json | GateFormatArg::Ndjson
        ) {
            bail!("--estimate is told as table, json or ndjson; choose one with -o");
        }
        let question = Estimate {
            select: &args.select,
            output: &output,
            patches: reading.as_ref().map(|reading| (&reading.filter, true)),
        };
        return estimate::run(cli, &question, terminal, now, interrupt).await;
    }
    let selection = collect::selection(&args.select, question.needs(&waivers), terminal)?;
    let source = collect::connect(cli, &interrupt).await?;
    let style = Style::new(cli, &output, terminal, now);
    let yardstick = args.judge.to_yardstick(now);
    let progress = Progress::start(terminal, &source, &output);
    let mut sink = Sink::open(
        output.output_file.as_deref(),
        &mut *terminal.out,
        &interrupt,
    )?;

    let has_baselines = question.has(Rule::BaselineDiffers);
    let mut gate = Gate::new(question, waivers, yardstick);
    let mut gathered = Gathered::default();
    // Was a node without data told of? Its patches may be unread.
    let mut is_bare = false;
    let judged = match reading.map(drilling) {
        None => {
            let take = |row: StateRow| {
                gate.take(&row, &[], &Outcome::Answered(()));
                Ok(())
            };
            read_states::states(&source, selection, &yardstick, &mut gathered, take).await?
        }
        Some(drilling) => {
            let take = |Drilled { row, patches, end }| {
                is_bare |= row.judgement.verdict == Verdict::NoData;
                gate.take(&row, &patches, &end);
                Ok(())
            };
            read_states::drilled(
                &source,
                selection,
                &drilling,
                &yardstick,
                &mut gathered,
                take,
            )
            .await?
        }
    };
    // Which baseline is for which system takes calls that only this rule is worth.
    if has_baselines {
        judged.end(&source, &mut gathered).await;
    }
    progress.finish();
    gathered.end();
    // The findings tell of them.
    gate.conflicts(&std::mem::take(&mut gathered.tail.conflicts));
    let tail = &gathered.tail;
    unseen(&mut gate, tail);
    if let Some(left_out) = gathered.left_out() {
        gate.remark(format!("{left_out}, and nothing is said of them"));
    }
    for undated in undated(&source) {
        gate.remark(undated);
    }
    if let Some(cause) = interrupt.cause() {
        gate.cut_short(format!("{cause} before the end"));
    }
    let mut report = gate.end();
    report.configured = configured(&cli.settings);
    let look = GateLook {
        color: style.color,
        width: style.width,
        now: style.now,
        quiet: style.quiet,
        show_waived: args.gate.show_waived,
    };
    let written = write(args.output.output.into(), &report, &look, &mut sink);
    // Nodes whose patches are unread have counters all the same.
    let verdicts = report.nodes.verdicts;
    let some = verdicts.compliant + verdicts.non_compliant + verdicts.stale > 0;
    // What is broken was read, be it patches of nodes whose states are unread.
    let some = some || is_bare || report.held == Held::Broken;
    let exit = match output::exit(tail, some, &interrupt) {
        Exit::CouldNotStart => Exit::CouldNotStart,
        Exit::Answered | Exit::Broken | Exit::InPart => report.held.exit(),
    };
    let written = written.and_then(|()| output::close(sink, exit, tail, some));
    output::tell_kept(terminal, &output, tail, some);
    tell(terminal, &source, args.output.output, &report, &gathered);
    output::tell_calls(cli, terminal, &source.calls());
    output::settled(exit, written, terminal)
}

/// Tells the gate what finding the nodes could not see, and where that may be
/// nodes that a refused call keeps back.
fn unseen(gate: &mut Gate, tail: &Tail) {
    for finding in &tail.found {
        for blind in &finding.blind {
            gate.remark(format!("{BLIND}{blind}"));
        }
        if finding.may_lack_nodes() {
            let why = finding.blind.join("; ");
            // A place that broke off is unread already.
            for place in finding
                .places
                .iter()
                .filter(|place| !is_unread(tail, place))
            {
                gate.unseen(place.clone(), format!("nodes may be missing: {why}"));
            }
        }
    }
}

/// Is this place among those that could not be read?
fn is_unread(tail: &Tail, place: &Scope) -> bool {
    let mut unread = tail.unread.iter();
    unread.any(|unread| matches!(&unread.subject, Subject::Scope(scope) if scope == place))
}

/// What is held against the fleet, and what is waived of it.
///
/// # Errors
/// When the waivers cannot be read, or are named by a file and not to be believed.
pub fn asked(args: &CheckArgs, settings: &Settings) -> Result<(Question, Waivers)> {
    let waivers = match args.gate.waivers() {
        Some(path) => {
            believed(path, settings)?;
            Waivers::read(path)?
        }
        None => Waivers::default(),
    };
    Ok((args.gate.to_question(), waivers))
}

/// What a file names is as good as the file only if it is one's own, too. What is
/// typed is trusted.
fn believed(path: &Path, settings: &Settings) -> Result<()> {
    let entry = settings.get(&Key::Waivers, true);
    let named_by = entry.map(|entry| &entry.origin);
    if let Some(at @ Origin::File { .. }) = named_by
        && let Some(why) = distrust(path)
    {
        let path = path.display();
        bail!(
            "{at}: the waivers {path} are not used: {why}; name them with --waivers if you trust them, leave them out with --waivers none, or change their owner and mode"
        );
    }
    Ok(())
}

/// What decides about the gate and was not typed, and where it stands.
fn configured(settings: &Settings) -> Vec<Configured> {
    let keys = [Key::Policy, Key::FailOn, Key::Waivers, Key::MaxAge];
    let set = keys.iter().filter_map(|key| {
        let entry = settings.get(key, true)?;
        match &entry.origin {
            Origin::Flag(_) | Origin::Default => None,
            from @ (Origin::Variable(_) | Origin::File { .. }) => Some(Configured {
                key: key.name(),
                from: from.to_string(),
            }),
        }
    });
    set.collect()
}

/// Why release dates are not known, a line for each cause.
fn undated(source: &Source) -> Vec<String> {
    let mut causes: BTreeMap<Box<str>, Vec<String>> = BTreeMap::new();
    for (place, why) in source.undated() {
        let place = Scope::of(&place).to_string();
        causes.entry(why.text).or_default().push(place);
    }
    let told = causes.into_iter().map(|(why, places)| {
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        let places = output::some_of(&places);
        format!("when patches were released is not known in {places}: {why}")
    });
    told.collect()
}

fn drilling(reading: Reading) -> Drilling {
    Drilling {
        filter: Arc::new(reading.filter),
        prefetch: true,
        states: true,
        release_dates: reading.release_dates,
        worth: Some(reading.worth),
    }
}

/// Says on stderr what came of it, and what the report does not tell.
fn tell(
    terminal: &mut Terminal,
    source: &Source,
    format: GateFormatArg,
    report: &Report,
    gathered: &Gathered,
) {
    output::complain(terminal, &gathered.tail.unread);
    // The form that tells all: no format of the gate has a summary of its nodes.
    gathered.remark(source, FormatArg::Csv, terminal);
    // Who is quiet has no foot of the table to read it in, and must know all the same.
    let hears = terminal.quiet && format == GateFormatArg::Table;
    let remarks = report.remarks.iter().filter(|_| hears);
    let is_told = |remark: &str| remark.starts_with(BLIND) || remark.starts_with(collect::LEFT_OUT);
    for remark in remarks.filter(|remark| !is_told(remark)) {
        terminal.complain(remark);
    }
    // A document that has no lines, or no foot, does not name it.
    if (hears || format == GateFormatArg::Ndjson)
        && let Some(configured) = gate::configured(report)
    {
        terminal.complain(&configured);
    }
    terminal.remark(&verdict(report));
}

/// "gate broken: non-compliant (18), stale (2); 44 nodes asked"
fn verdict(report: &Report) -> String {
    let of = |held: Held| {
        let told = report.rules.iter().filter_map(|ruled| {
            let findings = ruled.findings.iter().filter(|finding| finding.held == held);
            match findings.count() {
                0 => None,
                n => Some(format!("{} ({n})", ruled.rule)),
            }
        });
        told.collect::<Vec<_>>().join(", ")
    };
    let mut parts = Vec::new();
    match report.held {
        Held::Held => parts.push("gate held".to_owned()),
        Held::CannotSay => parts.push(format!("gate cannot say: {}", of(Held::CannotSay))),
        Held::Broken => {
            parts.push(format!("gate broken: {}", of(Held::Broken)));
            if report
                .rules
                .iter()
                .any(|ruled| ruled.held == Held::CannotSay)
            {
                parts.push(format!("cannot say: {}", of(Held::CannotSay)));
            }
        }
    }
    if !report.waived.is_empty() {
        parts.push(format!("{} waived", report.waived.len()));
    }
    parts.push(match report.nodes.asked {
        1 => "1 node asked".to_owned(),
        n => format!("{n} nodes asked"),
    });
    parts.join("; ")
}
