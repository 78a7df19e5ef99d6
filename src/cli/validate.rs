//! Checks of flags that depend on each other and that clap cannot express.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command as Clap};

use crate::aggregate::pivot::PatchGrouping;
use crate::cli::definition::{Cli, Command};
use crate::cli::layout::PatchLayout;
use crate::cli::output::OutputArgs;
use crate::settings::SettingKey;
use crate::source::DatasetLocation;

/// Refuses typed flags that are declared to conflict, on whichever side of the command each
/// stands. clap compares only flags on one side of it.
///
/// # Errors
/// When two of them conflict.
pub(super) fn validate_conflicts(leaf: &Clap, typed: &ArgMatches) -> Result<(), clap::Error> {
    let is_typed =
        |arg: &Arg| typed.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    for arg in leaf.get_arguments().filter(|arg| is_typed(arg)) {
        let conflicts = leaf.get_arg_conflicts_with(arg);
        if let Some(other) = conflicts.into_iter().find(|other| is_typed(other)) {
            let line = format!("the argument '{arg}' cannot be used with '{other}'");
            return Err(clap::Error::raw(ErrorKind::ArgumentConflict, line));
        }
    }
    Ok(())
}

/// Checks a parsed command line.
///
/// # Errors
/// When flags cannot be combined, or one lacks another.
pub(super) fn validate(cli: &Cli) -> Result<(), clap::Error> {
    let connect = &cli.connect;
    let policy = match &*cli.command {
        Command::IamPolicy(args) => Some(&**args),
        _ => None,
    };
    let trust = policy.is_some_and(|args| args.trust.is_some());
    let from = cli.command.dataset();
    let from = match &*cli.command {
        Command::Trend(args) => args.from.as_ref(),
        _ => from.and_then(|args| args.from.as_ref()),
    };
    let is_folder = matches!(from, Some(DatasetLocation::Folder(_)));
    let is_offline = from.is_some()
        || matches!(&*cli.command, Command::Diff(args) if args.is_offline())
        || matches!(&*cli.command, Command::History(_) | Command::Trend(_));
    let has_overrides = !(connect.profiles.is_empty() && connect.endpoints.is_empty());
    let (kind, line) = if connect.demo && has_overrides {
        (
            ErrorKind::ArgumentConflict,
            "--demo cannot be combined with --profile or --endpoint-url",
        )
    } else if has_overrides && is_folder {
        (
            ErrorKind::ArgumentConflict,
            "--profile and --endpoint-url reach s3://BUCKET/PREFIX; leave them out where --from is a folder",
        )
    } else if !connect.accounts.is_empty() && connect.role_name.is_none() && !is_offline {
        (
            ErrorKind::MissingRequiredArgument,
            "--account requires --role-name",
        )
    } else if connect.role_name.is_some() && connect.accounts.is_empty() && !connect.organization {
        (
            ErrorKind::MissingRequiredArgument,
            "--role-name requires --account or --organization",
        )
    } else if connect.organization && connect.role_name.is_none() {
        (
            ErrorKind::MissingRequiredArgument,
            "--organization requires --role-name",
        )
    } else if connect.external_id.is_some() && connect.role_name.is_none() && !trust {
        (
            ErrorKind::MissingRequiredArgument,
            "--external-id requires --role-name",
        )
    } else if trust && policy.is_some_and(|args| args.command().is_some()) {
        (
            ErrorKind::ArgumentConflict,
            "--trust cannot be combined with a command",
        )
    } else {
        return match &*cli.command {
            Command::States(args) => {
                validate_output(&args.output, args.watch.is_some())?;
                validate_columns(cli, "states", &args.output, !args.layout.columns.is_empty())
            }
            Command::Patches(args) => {
                validate_output(&args.output, false)?;
                match &args.layout {
                    PatchLayout::Flat(layout) => {
                        let has_columns = !layout.columns.is_empty();
                        validate_columns(cli, "patches", &args.output, has_columns)
                    }
                    PatchLayout::Grouped(by, _) => validate_counts(&args.output, *by),
                }
            }
            Command::Check(args) => validate_output(&args.output, false),
            Command::Summary(args) => {
                validate_output(&args.output, args.watch.is_some())?;
                validate_columns(
                    cli,
                    "summary",
                    &args.output,
                    !args.layout.columns.is_empty(),
                )
            }
            Command::Report(args) => validate_output(&args.output, false),
            Command::Diff(args) => validate_output(&args.output, false),
            Command::Collect(args) => validate_output(&args.output, false),
            Command::Verify(args) => validate_output(&args.output, false),
            Command::History(args) => validate_output(&args.output, false),
            Command::Trend(args) => {
                validate_output(&args.output, false)?;
                validate_columns(cli, "trend", &args.output, !args.layout.columns.is_empty())
            }
            Command::Doctor(args) => validate_output(&args.output, false),
            _ => Ok(()),
        };
    };
    Err(clap::Error::raw(kind, line))
}

/// Checks the flags that only CSV has, or only a table on the terminal.
fn validate_output(output: &OutputArgs, is_watched: bool) -> Result<(), clap::Error> {
    let format = output.output;
    let conflict = |line: String| Err(clap::Error::raw(ErrorKind::ArgumentConflict, line));
    let of_csv = [
        ("--delimiter", output.delimiter.is_some()),
        ("--time-format", output.time_format.is_some()),
    ];
    match of_csv.iter().find(|(_, is_typed)| *is_typed) {
        Some((flag, _)) if !format.is_csv() => conflict(format!("{flag} is for CSV; add -o csv")),
        _ if is_watched && !format.is_table() => conflict(format!(
            "--watch redraws a table; it cannot be combined with -o {format}"
        )),
        _ if is_watched && output.is_to_file() => {
            conflict("--watch redraws a table; it cannot be combined with --output-file".to_owned())
        }
        _ => Ok(()),
    }
}

/// Refuses columns that are typed for a format that has its own.
fn validate_columns(
    cli: &Cli,
    command: &str,
    output: &OutputArgs,
    has_columns: bool,
) -> Result<(), clap::Error> {
    let columns = SettingKey::Columns(command.to_owned());
    let is_configured = cli.settings.configured_origin(&columns).is_some();
    if !output.output.has_fixed_columns() || !has_columns || is_configured {
        return Ok(());
    }
    let line = format!(
        "-o {} has fixed columns; leave out --columns, or use -o csv",
        output.output
    );
    Err(clap::Error::raw(ErrorKind::ArgumentConflict, line))
}

/// Refuses counts of patches in a format that has none.
fn validate_counts(output: &OutputArgs, by: PatchGrouping) -> Result<(), clap::Error> {
    if !output.output.has_fixed_columns() {
        return Ok(());
    }
    let line = format!(
        "-o {} is a report of patches, and AWS has none of their counts: leave out --by {by}, or use -o csv",
        output.output
    );
    Err(clap::Error::raw(ErrorKind::ArgumentConflict, line))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::cli::lazy_definition::definition;
    use crate::cli::parse::{ParseOutcome, parse};
    use crate::settings::HostEnv;

    /// A flag of the program as it is typed, with a value that it accepts.
    fn typed(arg: &Arg) -> Vec<String> {
        let flag = format!("--{}", arg.get_long().expect("a flag"));
        if !arg.get_action().takes_values() {
            return vec![flag];
        }
        let value = match arg.get_id().as_str() {
            "account" | "skip_account" | "trust" => "111122223333",
            "region" | "skip_region" => "eu-west-1",
            "skip_ou" => "ou-ab12-cdef3456",
            "watch" => return vec![format!("{flag}=30s")],
            "engine" => "duckdb",
            _ => "fleet",
        };
        vec![flag, value.to_owned()]
    }

    /// The commands that run, with the words that name them.
    fn leaves<'c>(command: &'c Clap, path: &[String]) -> Vec<(Vec<String>, &'c Clap)> {
        let below: Vec<_> = command
            .get_subcommands()
            .flat_map(|below| leaves(below, &[path, &[below.get_name().to_owned()]].concat()))
            .collect();
        if below.is_empty() {
            vec![(path.to_vec(), command)]
        } else {
            below
        }
    }

    #[test]
    fn declared_conflicts_are_refused_wherever_each_flag_stands() {
        let mut root = definition();
        root.build();
        let mut checked = 0;
        for (path, leaf) in leaves(&root, &[]) {
            for arg in leaf.get_arguments() {
                for other in leaf.get_arg_conflicts_with(arg) {
                    if arg.get_long().is_none() || other.get_long().is_none() {
                        continue;
                    }
                    // A flag of the command can stand behind it only.
                    for (first, second) in
                        [(false, false), (true, false), (false, true), (true, true)]
                    {
                        if (first && !arg.is_global_set()) || (second && !other.is_global_set()) {
                            continue;
                        }
                        let mut line = vec!["patchctl".to_owned()];
                        let place = |is_before: bool, line: &mut Vec<String>| {
                            for (flag, before) in [(arg, first), (other, second)] {
                                if before == is_before {
                                    line.extend(typed(flag));
                                }
                            }
                        };
                        place(true, &mut line);
                        line.extend(path.clone());
                        place(false, &mut line);
                        let outcome =
                            parse(line.iter().map(OsString::from), false, &HostEnv::empty());
                        let ParseOutcome::Invalid(error) = outcome else {
                            panic!("accepted: {}", line.join(" "))
                        };
                        assert!(
                            error.contains("cannot be used with"),
                            "{}: {error}",
                            line.join(" ")
                        );
                        checked += 1;
                    }
                }
            }
        }
        assert!(checked > 500, "{checked}");
    }
}
