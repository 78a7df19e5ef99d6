//! Arguments of `iam-policy`, which takes another command with its flags.

use clap::{Args, Subcommand};

use crate::cli::check::CheckArgs;
use crate::cli::collect::CollectArgs;
use crate::cli::diff::DiffArgs;
use crate::cli::history::HistoryArgs;
use crate::cli::lazy_args::{LazyArgs, LazyCommands};
use crate::cli::report::ReportArgs;
use crate::cli::states::{DoctorArgs, PatchesArgs, StatesArgs};
use crate::cli::summary::SummaryArgs;
use crate::cli::trend::TrendArgs;
use crate::cli::value_parsers::parse_account;
use crate::cli::verify::VerifyArgs;

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// The command to allow, with its flags [default: every command]
    #[command(subcommand)]
    command: Option<LazyCommands<PolicyCommand>>,
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
        self.command.as_deref()
    }
}

/// The commands that call AWS.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Print the least policy for `states` with these flags
    States(LazyArgs<StatesArgs>),
    /// Print the least policy for `patches` with these flags
    Patches(LazyArgs<PatchesArgs>),
    /// Print the least policy for `check` with these flags
    Check(LazyArgs<CheckArgs>),
    /// Print the least policy for `summary` with these flags
    Summary(LazyArgs<SummaryArgs>),
    /// Print the least policy for `report` with these flags
    Report(LazyArgs<ReportArgs>),
    /// Print the least policy for `diff` with these flags
    Diff(LazyArgs<DiffArgs>),
    /// Print the least policy for `verify` of a dataset in a bucket
    Verify(LazyArgs<VerifyArgs>),
    /// Print the least policy for `history` of a dataset in a bucket
    History(LazyArgs<HistoryArgs>),
    /// Print the least policy for `trend` with these flags
    Trend(LazyArgs<TrendArgs>),
    /// Print the least policy for `collect` with these flags
    Collect(LazyArgs<CollectArgs>),
    /// Print the least policy with which `doctor` reports no denied call
    Doctor(LazyArgs<DoctorArgs>),
}
