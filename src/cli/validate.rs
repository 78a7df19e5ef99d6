//! Checks of flags that depend on each other and that clap cannot express.

use clap::error::ErrorKind;

use crate::cli::definition::{Cli, Command};

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
        return Ok(());
    };
    Err(clap::Error::raw(kind, line))
}
