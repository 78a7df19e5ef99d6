//! Checks of flags that depend on each other and that clap cannot express.

use clap::error::ErrorKind;

use crate::cli::definition::{Cli, Command};
use crate::cli::output::OutputArgs;
use crate::render::Format;

/// Checks a parsed command line.
///
/// # Errors
/// When flags cannot be combined, or one lacks another.
pub(super) fn validate(cli: &Cli) -> Result<(), clap::Error> {
    let connect = &cli.connect;
    let policy = match &cli.command {
        Command::IamPolicy(args) => Some(args),
        _ => None,
    };
    let trust = policy.is_some_and(|args| args.trust.is_some());
    let has_overrides = !(connect.profiles.is_empty() && connect.endpoints.is_empty());
    let (kind, line) = if connect.demo && has_overrides {
        (
            ErrorKind::ArgumentConflict,
            "--demo cannot be combined with --profile or --endpoint-url",
        )
    } else if connect.role_name.is_some() && connect.accounts.is_empty() && !connect.organization {
        (
            ErrorKind::MissingRequiredArgument,
            "--role-name requires --account or --organization",
        )
    } else if connect.external_id.is_some() && connect.role_name.is_none() && !trust {
        (
            ErrorKind::MissingRequiredArgument,
            "--external-id requires --role-name",
        )
    } else if trust && policy.is_some_and(|args| args.command.is_some()) {
        (
            ErrorKind::ArgumentConflict,
            "--trust cannot be combined with a command",
        )
    } else {
        return match &cli.command {
            Command::States(args) => validate_output(&args.output),
            Command::Patches(args) => validate_output(&args.output),
            Command::Check(args) => validate_output(&args.output),
            Command::Summary(args) => validate_output(&args.output),
            Command::Doctor(args) => validate_output(&args.output),
            _ => Ok(()),
        };
    };
    Err(clap::Error::raw(kind, line))
}

/// Checks the flags that only CSV has.
fn validate_output(output: &OutputArgs) -> Result<(), clap::Error> {
    let flags = [
        ("--delimiter", output.delimiter.is_some()),
        ("--time-format", output.time_format.is_some()),
    ];
    match flags.iter().find(|(_, is_typed)| *is_typed) {
        Some((flag, _)) if output.output != Format::Csv => Err(clap::Error::raw(
            ErrorKind::ArgumentConflict,
            format!("{flag} is for CSV; add -o csv"),
        )),
        _ => Ok(()),
    }
}
