//! Parses the command line; an error is one line.

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::cli::defaults;
use crate::cli::definition::Cli;
use crate::cli::error::{CliError, clap_error_line};
use crate::cli::lazy_definition::definition;
use crate::settings::HostEnv;

/// The command to run, or the text to print instead.
pub(crate) enum ParseOutcome {
    Run(Box<Cli>),
    /// Help or the version, for stdout.
    Print(String),
    /// An error message.
    Invalid(String),
}

/// Parses the command line, with the configuration as defaults.
pub(crate) fn parse(
    args: impl IntoIterator<Item = OsString>,
    color: bool,
    host_env: &HostEnv,
) -> ParseOutcome {
    let args: Vec<OsString> = args.into_iter().collect();
    let error = match defaults::parse_with_settings(&args, host_env) {
        Ok(cli) => return ParseOutcome::Run(Box::new(cli)),
        Err(CliError::Settings(line)) => return ParseOutcome::Invalid(line),
        Err(CliError::Usage(error)) => error,
    };
    let text = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ParseOutcome::Print(if color {
            text.ansi().to_string()
        } else {
            text.to_string()
        }),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let (path, commands) = intended_command(&args);
            ParseOutcome::Invalid(format!(
                "a command is required: {}; try {path} --help",
                commands.join(", ")
            ))
        }
        _ => ParseOutcome::Invalid(format!(
            "{}; try {} --help",
            clap_error_line(&text.to_string()),
            intended_command(&args).0
        )),
    }
}

/// The path of the innermost valid command on the line, and its subcommands.
fn intended_command(args: &[OsString]) -> (String, Vec<String>) {
    let root = definition();
    let mut command = &root;
    let mut path = vec!["patchctl"];
    for word in args.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(found) = command.find_subcommand(word) {
            path.push(found.get_name());
            command = found;
        }
    }
    let below = command
        .get_subcommands()
        .map(|below| below.get_name().to_owned())
        .collect();
    (path.join(" "), below)
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;
    use crate::aggregate::pivot::PatchGrouping;
    use crate::cli::lazy_args::LazyArgs;
    use crate::cli::{ColumnChoice, Command, DemoCommand, PatchLayout, PatchesArgs};
    use crate::record::PatchState;

    fn wrong(args: &[&str]) -> String {
        let args = ["patchctl"].iter().chain(args).map(OsString::from);
        match parse(args, false, &HostEnv::empty()) {
            ParseOutcome::Invalid(line) => line,
            ParseOutcome::Run(_) | ParseOutcome::Print(_) => panic!("accepted"),
        }
    }

    fn patches(args: &[&str]) -> LazyArgs<PatchesArgs> {
        let args = ["patchctl", "patches", "i-123"]
            .iter()
            .chain(args)
            .map(OsString::from);
        match parse(args, false, &HostEnv::empty()) {
            ParseOutcome::Run(cli) => match cli.command.into_inner() {
                Command::Patches(args) => args,
                _ => panic!("not patches"),
            },
            ParseOutcome::Invalid(line) => panic!("{line}"),
            ParseOutcome::Print(_) => panic!("help"),
        }
    }

    #[test]
    fn the_definition_passes_the_checks_of_clap() {
        definition().debug_assert();
    }

    #[test]
    fn states_are_parsed_in_any_spelling_and_from_lists() {
        let args = patches(&[
            "--state",
            "missing,installed-pending-reboot",
            "--state",
            "INSTALLED_OTHER",
        ]);
        assert_eq!(
            args.filter.to_filter().unwrap().states,
            [
                PatchState::InstalledOther,
                PatchState::InstalledPendingReboot,
                PatchState::Missing
            ]
        );
    }

    #[test]
    fn an_unknown_state_is_one_line_with_the_nearest_valid_one() {
        let line = wrong(&["patches", "i-123", "--state", "Misssing"]);
        assert!(
            line.contains("\"Misssing\"; did you mean Missing? (allowed: Installed, "),
            "{line}"
        );
        assert!(!line.contains('\n'));
    }

    #[test]
    fn a_mistyped_flag_or_command_gets_a_suggestion() {
        let line = wrong(&["states", "--regoin", "x", "i-1"]);
        assert!(
            line.contains("--region") && line.ends_with("try patchctl states --help"),
            "{line}"
        );
        let line = wrong(&["patchs"]);
        assert!(line.contains("'patches'"), "{line}");
        let line = wrong(&["states", "i-1", "--columns", "MissngCount"]);
        assert!(line.contains("did you mean MissingCount?"), "{line}");
    }

    #[test]
    fn the_regions_and_accounts_that_the_demo_serves_are_not_the_connection_flags() {
        let args = "patchctl demo serve --nodes 9 --regions 2 --accounts 3 --region eu-west-1";
        let matches = definition().try_get_matches_from(args.split(' ')).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        assert_eq!(cli.connect.to_connect().regions, ["eu-west-1"]);
        let Command::Demo(DemoCommand::Serve(serve)) = &*cli.command else {
            panic!("{args}")
        };
        assert_eq!(
            (serve.regions.as_ref().unwrap().0.len(), serve.accounts),
            (2, Some(3))
        );
    }

    #[test]
    fn non_compliant_narrows_the_requested_states() {
        let filter = |args: &[&str]| patches(args).filter.to_filter();
        assert_eq!(
            filter(&["--non-compliant"]).unwrap().states,
            PatchState::NON_COMPLIANT
        );
        assert_eq!(
            filter(&["--non-compliant", "--state", "Installed,Failed"])
                .unwrap()
                .states,
            [PatchState::Failed]
        );
        assert!(filter(&["--non-compliant", "--state", "Installed"]).is_err());
    }

    #[test]
    fn columns_and_sort_keys_are_parsed_with_their_signs() {
        let args = patches(&["--columns", "kbid,+Title", "--sort-by", "-State,KBId"]);
        let PatchLayout::Flat(layout) = &args.layout else {
            panic!("grouped")
        };
        assert!(
            matches!(&layout.columns[..], [ColumnChoice::Only(a), ColumnChoice::Also(b)] if a.name == "KBId" && b.name == "Title")
        );
        assert!(layout.sort_by[0].descending && !layout.sort_by[1].descending);
    }

    #[test]
    fn columns_are_those_of_the_row_type_that_by_selects() {
        let args = [
            "--sort-by",
            "-NodesLacking",
            "--columns",
            "kbid",
            "--by",
            "KB",
        ];
        assert!(matches!(
            &patches(&args).layout,
            PatchLayout::Grouped(PatchGrouping::Kb, layout) if layout.columns.len() == 1 && layout.sort_by[0].descending
        ));
        let line = wrong(&["patches", "i-123", "--columns", "NodesLacking"]);
        assert!(
            line.contains("--columns: unknown column \"NodesLacking\"")
                && line.ends_with("try patchctl patches --help"),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "kb", "--sort-by", "State"]);
        assert!(
            line.contains(
                "unknown column \"State\"; did you mean InstanceState? (--columns help lists them)"
            ),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "cve", "--columns", "+tag:Team"]);
        assert!(
            line.contains("tag:Team describes one node") && line.contains("use --by node"),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "kbs"]);
        assert!(
            line.contains(
                "--by: unknown group \"kbs\"; did you mean kb? (allowed: kb, cve, node, severity)"
            ),
            "{line}"
        );
    }
}
