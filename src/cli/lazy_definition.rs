//! clap's definition of the command line: all of it, or what one line needs.

use std::ffi::OsString;

use clap::{Arg, Args as _, Command as Clap, CommandFactory as _, Subcommand as _};

use crate::cli::check::CheckArgs;
use crate::cli::collect::CollectArgs;
use crate::cli::connect::ConnectArgs;
use crate::cli::definition::{Cli, Command};
use crate::cli::diff;
use crate::cli::diff::DiffArgs;
use crate::cli::global::ConfigArgs;
use crate::cli::history::HistoryArgs;
use crate::cli::iam_policy::{PolicyArgs, PolicyCommand};
use crate::cli::report;
use crate::cli::report::ReportArgs;
use crate::cli::select;
use crate::cli::serve::ServeArgs;
use crate::cli::states::{DoctorArgs, PatchesArgs, StatesArgs};
use crate::cli::summary::SummaryArgs;
use crate::cli::trend::TrendArgs;
use crate::cli::value_parsers::format_parser;
use crate::cli::verify::VerifyArgs;
use crate::render::Format;

/// Takes other commands with their flags.
const IAM_POLICY: &str = "iam-policy";

/// The connection flags that `iam-policy` reads.
const POLICY_FLAGS: [&str; 8] = [
    "profiles",
    "region",
    "all_regions",
    "account",
    "organization",
    "skip_ou",
    "role_name",
    "external_id",
];

/// How much of the command line is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The commands that the line names. No other can run: enough for a valid line.
    Named,
    /// All commands, but only the arguments of those that the line names: enough for help
    /// and errors.
    Listed,
    Whole,
}

/// The whole command line.
#[must_use]
pub(crate) fn definition() -> Clap {
    definition_for(Extent::Whole, &[])
}

/// The command line as far as this line needs it. A word that is not a command, but is
/// written like one, adds what is not needed, and changes nothing.
#[must_use]
pub(super) fn definition_for(extent: Extent, args: &[OsString]) -> Clap {
    let is_named = |name: &str| args.iter().any(|word| word == name);
    let definition = LazyDefinition {
        is_present: &|name| extent != Extent::Named || is_named(name),
        has_arguments: &|name| extent == Extent::Whole || is_named(name),
    };
    definition.add(
        Cli::command(),
        Command::augment_subcommands(Clap::default()),
    )
}

struct LazyDefinition<'a> {
    is_present: &'a dyn Fn(&str) -> bool,
    has_arguments: &'a dyn Fn(&str) -> bool,
}

impl LazyDefinition<'_> {
    /// The subcommands of another definition, added to a command.
    fn add(&self, command: Clap, mut other: Clap) -> Clap {
        let present = other
            .get_subcommands_mut()
            .filter(|command| (self.is_present)(command.get_name()))
            .map(std::mem::take)
            .map(|command| {
                if (self.has_arguments)(command.get_name()) {
                    with_unused_flags(self.with_arguments(command))
                } else {
                    command
                }
            });
        command.subcommands(present)
    }

    /// The command with what `LazyArgs` and `LazyCommands` leave out.
    fn with_arguments(&self, command: Clap) -> Clap {
        let about = command.get_about().cloned().unwrap_or_default();
        let with_formats = |command: Clap, accepts: fn(Format) -> bool| {
            command.mut_arg("output", |arg| arg.value_parser(format_parser(accepts)))
        };
        let command = match command.get_name() {
            "states" => with_formats(StatesArgs::augment_args(command), Format::is_for_nodes),
            "patches" => with_formats(PatchesArgs::augment_args(command), Format::is_for_nodes)
                .mut_arg("max_age", |arg| arg.help(select::MAX_AGE_WITH_CVES_HELP)),
            "check" => with_formats(CheckArgs::augment_args(command), Format::is_for_check),
            "summary" => with_formats(SummaryArgs::augment_args(command), Format::is_for_summary),
            "report" => with_formats(ReportArgs::augment_args(command), Format::is_report)
                .mut_arg("output", |arg| arg.default_value("markdown"))
                .mut_arg("fail_on", report::without_default_rules)
                .mut_args(report::hide_unused),
            "collect" => CollectArgs::augment_args(command),
            "diff" => DiffArgs::augment_args(command).mut_args(diff::hide_unused),
            "verify" => VerifyArgs::augment_args(command),
            "history" => HistoryArgs::augment_args(command),
            "trend" => with_formats(TrendArgs::augment_args(command), Format::is_for_summary)
                .mut_args(diff::hide_unused),
            "doctor" => DoctorArgs::augment_args(command),
            "demo" => command.mut_subcommands(|below| self.with_arguments(below)),
            "serve" => ServeArgs::augment_args(command),
            IAM_POLICY => self.add(
                PolicyArgs::augment_args(command),
                PolicyCommand::augment_subcommands(Clap::default()),
            ),
            _ => return command,
        };
        command.about(about)
    }
}

/// A command that does not connect accepts the connection flags, as every command does,
/// and hides them.
fn with_unused_flags(command: Clap) -> Clap {
    let flags = |group: Clap| -> Vec<Arg> {
        let flags = group.get_arguments().cloned();
        flags.map(|flag| flag.hide(true)).collect()
    };
    let connect = || flags(ConnectArgs::augment_args(Clap::default()));
    let config = || flags(ConfigArgs::augment_args(Clap::default()));
    match command.get_name() {
        "completions" | "man" | "schema" | "template" | "version" => {
            command.args(connect()).args(config())
        }
        "config" => command
            .mut_subcommand("init", |init| init.args(config()))
            .args(connect()),
        "demo" => command.args(connect()),
        IAM_POLICY => {
            let is_unused = |flag: &Arg| !POLICY_FLAGS.contains(&flag.get_id().as_str());
            command.args(connect().into_iter().filter(is_unused))
        }
        _ => command,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path of each command below this one, and the ids of its arguments.
    fn arguments(command: &Clap, path: &[String]) -> Vec<(Vec<String>, Vec<String>)> {
        let ids = command.get_arguments().map(|arg| arg.get_id().to_string());
        let mut all = vec![(path.to_vec(), ids.collect())];
        for below in command.get_subcommands() {
            let path = [path, &[below.get_name().to_owned()]].concat();
            all.extend(arguments(below, &path));
        }
        all
    }

    #[test]
    fn a_line_that_names_a_command_defines_all_of_its_arguments() {
        let mut whole = definition();
        whole.build();
        for (path, ids) in arguments(&whole, &[]) {
            if path.iter().any(|name| name == "help") {
                continue;
            }
            let words: Vec<OsString> = path.iter().map(OsString::from).collect();
            for extent in [Extent::Named, Extent::Listed] {
                let mut part = definition_for(extent, &words);
                part.build();
                let found = arguments(&part, &[]).into_iter().find(|one| one.0 == path);
                assert_eq!(found.expect("defined").1, ids, "{path:?} {extent:?}");
            }
        }
    }

    #[test]
    fn what_is_not_named_is_listed_without_arguments() {
        let listed = definition_for(Extent::Listed, &[]);
        assert_eq!(
            listed.get_subcommands().count(),
            definition().get_subcommands().count()
        );
        let named = definition_for(Extent::Named, &["states".into()]);
        let found: Vec<&str> = named.get_subcommands().map(Clap::get_name).collect();
        assert_eq!(found, ["states"]);
        let states = listed.find_subcommand("states").expect("listed");
        assert_eq!(states.get_arguments().count(), 0);
    }
}
