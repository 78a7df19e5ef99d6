//! The flags of `iam-policy`, which takes the command that is to be allowed.
//!
//! Knows how they are written. Must not know what they allow.

use clap::{Args, Subcommand};

use crate::cli::value_parsers::{format_parser, parse_account};
use crate::cli::{CheckArgs, DoctorArgs, PatchesArgs, StatesArgs, SummaryArgs};

#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// The command that is to be allowed, with its flags; without it, everything that can be asked
    #[command(subcommand)]
    pub command: Option<PolicyCommand>,
    /// Do without EC2: the inventory and patch groups tell of most stopped nodes, and names and tags of EC2 nodes stay empty
    #[arg(long, global = true)]
    pub without_ec2: bool,
    /// Print instead the trust policy of the role in a member account, that lets this account's people assume it
    #[arg(long, value_name = "ACCOUNT_ID", value_parser = parse_account, conflicts_with = "without_ec2")]
    pub trust: Option<String>,
}

/// The commands that call AWS.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// The least policy of `states` with these flags
    States(Box<StatesArgs>),
    /// The least policy of `patches` with these flags
    Patches(Box<PatchesArgs>),
    /// The least policy of `check` with these flags
    #[command(mut_arg("output", |arg| arg.value_parser(format_parser(|_| true))))]
    Check(Box<CheckArgs>),
    /// The least policy of `summary` with these flags
    Summary(Box<SummaryArgs>),
    /// The least policy with which `doctor` finds nothing amiss
    Doctor(Box<DoctorArgs>),
}
