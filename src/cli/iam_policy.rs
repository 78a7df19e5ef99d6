//! Arguments of `iam-policy`, which takes another command with its flags.

use clap::{ArgMatches, Args, Command as Clap, FromArgMatches, Subcommand};

use crate::cli::check::CheckArgs;
use crate::cli::collect::CollectArgs;
use crate::cli::diff;
use crate::cli::diff::DiffArgs;
use crate::cli::report::ReportArgs;
use crate::cli::states::{DoctorArgs, PatchesArgs, StatesArgs};
use crate::cli::summary::SummaryArgs;
use crate::cli::trend::TrendArgs;
use crate::cli::value_parsers::{format_parser, parse_account};
use crate::render::Format;

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// The command to allow, with its flags [default: every command]
    #[command(subcommand)]
    command: Option<AllowedCommand>,
    /// Leave out EC2: most stopped nodes are then found through inventory and patch groups, and EC2 nodes have no names or tags
    #[arg(long, global = true)]
    pub without_ec2: bool,
    /// Print the trust policy for the role in a member account instead, with this account as the caller's
    #[arg(long, value_name = "ACCOUNT_ID", value_parser = parse_account, conflicts_with = "without_ec2")]
    pub trust: Option<String>,
}

impl PolicyArgs {
    /// The command to allow; `None`: every command.
    #[must_use]
    pub(crate) fn command(&self) -> Option<&PolicyCommand> {
        self.command.as_ref().map(|allowed| &allowed.0)
    }
}

/// The command to allow. All flags of all commands stand in `PolicyCommand` once more, so
/// the definition of the command line has them only where `iam-policy` is typed: they were a
/// quarter of the instructions of every start.
#[derive(Debug)]
struct AllowedCommand(PolicyCommand);

impl Subcommand for AllowedCommand {
    fn augment_subcommands(command: Clap) -> Clap {
        command
    }

    fn augment_subcommands_for_update(command: Clap) -> Clap {
        command
    }

    fn has_subcommand(name: &str) -> bool {
        PolicyCommand::has_subcommand(name)
    }
}

impl FromArgMatches for AllowedCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        PolicyCommand::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// The commands that call AWS.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the least policy for `states` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_for_nodes))))]
    States(Box<StatesArgs>),
    /// Print the least policy for `patches` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_for_nodes))))]
    Patches(Box<PatchesArgs>),
    /// Print the least policy for `check` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_for_check))))]
    Check(Box<CheckArgs>),
    /// Print the least policy for `summary` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_for_summary))))]
    Summary(Box<SummaryArgs>),
    /// Print the least policy for `report` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_report)).default_value("markdown")), mut_arg("fail_on", |arg| arg.default_values(None::<&str>)))]
    Report(Box<ReportArgs>),
    /// Print the least policy for `diff` with these flags, for a side that is live
    #[command(mut_args(diff::hide_unused))]
    Diff(Box<DiffArgs>),
    /// Print the least policy for `trend` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(Format::is_for_summary))), mut_args(diff::hide_unused))]
    Trend(Box<TrendArgs>),
    /// Print the least policy for `collect` with these flags
    Collect(Box<CollectArgs>),
    /// Print the least policy with which `doctor` reports no denied call
    Doctor(Box<DoctorArgs>),
}
