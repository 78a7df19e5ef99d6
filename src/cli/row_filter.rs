//! `--where` and its short forms: which rows of an answer are shown. They filter what is
//! found of nodes, and select none of them.

use clap::builder::{PossibleValue, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command as Clap, FromArgMatches};

use crate::aggregate::diff::Difference;
use crate::aggregate::trend::TrendRow;
use crate::cli::column_names::{column_values, completing, find_column};
use crate::columns::Row;
use crate::columns::condition::{Condition, parse_verdict};
use crate::compliance::verdict::Verdict;
use crate::record::{CallCheck, DatasetFinding};
use crate::report::{FindingRow, HistoryRow, NodeGroup, StateRow};

/// A row of a command, with the flags that filter its rows.
pub(crate) trait FilteredRow: Row {
    /// Adds the flags; there are none unless a command has them.
    fn add_filter_args(cmd: Clap) -> Clap {
        cmd
    }

    /// The conditions that were typed.
    ///
    /// # Errors
    /// When there are some, and rows of this type are not to be filtered.
    fn conditions(_matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        Ok(Vec::new())
    }
}

/// The verdicts that have a flag of their own.
const VERDICT_FLAGS: [Verdict; 3] = [Verdict::NonCompliant, Verdict::Stale, Verdict::NoData];

const REBOOT_PENDING: &str = "reboot-pending";

const HEADING: &str = "Filter";

/// `--where`, with this parser of its values.
pub(super) fn where_arg(parser: ValueParser) -> Arg {
    Arg::new("where")
        .long("where")
        .value_name("CONDITION")
        .help("Only rows whose COLUMN meets the condition, as in 'MissingCount>0', 'Age>30d', 'Name~web-*' or 'LastScan is unknown'; if repeated, all conditions")
        .help_heading(HEADING)
        .action(ArgAction::Append)
        .hide_possible_values(true)
        .value_parser(parser)
}

pub(super) fn parse_condition<R: Row>(text: &str) -> Result<Condition<R>, String> {
    Condition::parse(text, |name| find_column("--where", name)).map_err(|line| {
        // The line of an unknown column has the flag.
        if line.starts_with("--where") {
            line
        } else {
            format!("--where {line}")
        }
    })
}

fn flag(name: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue)
}

impl FilteredRow for StateRow {
    fn add_filter_args(cmd: Clap) -> Clap {
        let verdicts = completing(
            |text| parse_verdict(text).map_err(|cause| format!("--verdict: {cause}")),
            || {
                Verdict::ALL
                    .map(|verdict| PossibleValue::new(verdict.as_typed()))
                    .to_vec()
            },
        );
        let verdict = Arg::new("verdict")
            .long("verdict")
            .value_name("VERDICT,...")
            .help("Only nodes with one of these verdicts: compliant, non-compliant, stale, no-data, unread")
            .help_heading(HEADING)
            .action(ArgAction::Append)
            .value_delimiter(',')
            .hide_possible_values(true)
            .value_parser(verdicts);
        let short_forms = VERDICT_FLAGS.map(|verdict| {
            let help = format!("Only nodes with the verdict {verdict}; adds it to --verdict");
            flag(verdict.as_typed()).help(help).help_heading(HEADING)
        });
        let reboot = flag(REBOOT_PENDING)
            .help("Only nodes on which patches wait for a reboot: --where RebootPending=true")
            .help_heading(HEADING);
        add_where::<Self>(cmd.arg(verdict).args(short_forms).arg(reboot))
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        let flags = VERDICT_FLAGS.into_iter();
        let flags = flags.filter(|verdict| matches.get_flag(verdict.as_typed()));
        let mut verdicts: Vec<Verdict> = flags.collect();
        verdicts.extend(matches.get_many::<Verdict>("verdict").into_iter().flatten());
        verdicts.sort_unstable();
        verdicts.dedup();
        let words: Vec<&str> = verdicts.into_iter().map(Verdict::as_typed).collect();
        let verdict = (!words.is_empty()).then(|| format!("Verdict={}", words.join(",")));
        let reboot = matches.get_flag(REBOOT_PENDING);
        let reboot = reboot.then(|| "RebootPending=true".to_owned());
        let short_forms = verdict.into_iter().chain(reboot);
        let short_forms = short_forms.map(|text| {
            parse_condition(&text).map_err(|line| clap::Error::raw(ErrorKind::InvalidValue, line))
        });
        let typed = typed_conditions(matches).into_iter().map(Ok);
        short_forms.chain(typed).collect()
    }
}

impl FilteredRow for CallCheck {}

impl FilteredRow for DatasetFinding {}

impl FilteredRow for Difference {
    fn add_filter_args(cmd: Clap) -> Clap {
        add_where::<Self>(cmd)
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        Ok(typed_conditions(matches))
    }
}

impl FilteredRow for HistoryRow {
    fn add_filter_args(cmd: Clap) -> Clap {
        add_where::<Self>(cmd)
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        Ok(typed_conditions(matches))
    }
}

/// Adds `--where` alone.
fn add_where<R: Row>(cmd: Clap) -> Clap {
    cmd.arg(where_arg(completing(parse_condition::<R>, || {
        column_values::<R>().collect()
    })))
}

fn typed_conditions<R: Row>(matches: &ArgMatches) -> Vec<Condition<R>> {
    let typed = matches.get_many::<Condition<R>>("where");
    typed.into_iter().flatten().cloned().collect()
}

impl FilteredRow for NodeGroup {
    fn add_filter_args(cmd: Clap) -> Clap {
        add_refused_args(cmd)
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        refuse(
            matches,
            "summary, whose figures are of all selected nodes; filter rows with states, or \
             select nodes with --tag, --patch-group or --platform",
        )
    }
}

impl FilteredRow for TrendRow {
    fn add_filter_args(cmd: Clap) -> Clap {
        add_refused_args(cmd)
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        refuse(
            matches,
            "trend, whose figures are of all selected nodes; select nodes with --tag, \
             --patch-group or --platform",
        )
    }
}

/// For a command whose figures are of all selected nodes: the flags that filter rows are
/// refused.
#[derive(Debug)]
pub(crate) struct NoRowFilter;

impl FromArgMatches for NoRowFilter {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        refuse::<StateRow>(
            matches,
            "report, whose figures are of all selected nodes; filter rows with states, or \
             select nodes with --tag, --patch-group or --platform",
        )?;
        Ok(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for NoRowFilter {
    fn augment_args(cmd: Clap) -> Clap {
        add_refused_args(cmd)
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

impl FilteredRow for FindingRow {
    fn add_filter_args(cmd: Clap) -> Clap {
        add_refused_args(cmd)
    }

    fn conditions(matches: &ArgMatches) -> Result<Vec<Condition<Self>>, clap::Error> {
        refuse(
            matches,
            "check, which judges all selected nodes; choose rules with --fail-on, or select \
             nodes with --tag, --patch-group or --platform",
        )
    }
}

/// The flags of `states`, hidden, so that using them gets a better answer than that they
/// do not exist.
fn add_refused_args(cmd: Clap) -> Clap {
    let lists = ["where", "verdict"].map(|name| {
        let arg = Arg::new(name).long(name).action(ArgAction::Append);
        arg.hide(true)
    });
    let flags = VERDICT_FLAGS.map(|verdict| flag(verdict.as_typed()).hide(true));
    cmd.args(lists)
        .args(flags)
        .arg(flag(REBOOT_PENDING).hide(true))
}

fn refuse<R>(matches: &ArgMatches, cause: &str) -> Result<Vec<Condition<R>>, clap::Error> {
    let lists = ["where", "verdict"].into_iter();
    let lists = lists.filter(|name| matches.contains_id(name));
    let flags = VERDICT_FLAGS.into_iter().map(Verdict::as_typed);
    let flags = flags.chain([REBOOT_PENDING]);
    match lists
        .chain(flags.filter(|name| matches.get_flag(name)))
        .next()
    {
        None => Ok(Vec::new()),
        Some(name) => Err(clap::Error::raw(
            ErrorKind::ArgumentConflict,
            format!("--{name} cannot filter {cause}"),
        )),
    }
}
