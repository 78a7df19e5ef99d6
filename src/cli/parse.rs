//! Reads the command line, and turns what is wrong with it into one line.
//!
//! Knows clap's errors. Must not know any flag.

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::cli::defaults;
use crate::cli::defaults::CliError;
use crate::cli::{Cli, definition};
use crate::settings::HostEnv;

/// What was typed, or the text that is to be shown instead.
pub enum ParseOutcome {
    Run(Box<Cli>),
    /// Help or the version: goes to stdout, and is no error.
    Print(String),
    /// What is wrong, and what to type.
    Invalid(String),
}

/// Reads the command line, with what is configured for what was not typed.
pub fn parse(
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
    let (path, commands) = intended_command(&args);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ParseOutcome::Print(if color {
            text.ansi().to_string()
        } else {
            text.to_string()
        }),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            ParseOutcome::Invalid(format!(
                "which command? {}; try {path} --help",
                commands.join(", ")
            ))
        }
        _ => ParseOutcome::Invalid(format!(
            "{}; try {path} --help",
            clap_error_line(&text.to_string())
        )),
    }
}

/// The command that was meant, as far as its words are right, and the commands
/// below it.
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

/// clap's several paragraphs as the one line that matters.
pub(super) fn clap_error_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.lines().map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("Usage: ") || part.starts_with("For more information") {
            break;
        }
        let part = part.strip_prefix("error: ").unwrap_or(part);
        if line.is_empty() {
            line.push_str(part);
        } else if part.starts_with('[') || line.ends_with(':') {
            line = format!("{line} {part}");
        } else {
            line = format!("{line}; {}", part.strip_prefix("tip: ").unwrap_or(part));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::aggregate::pivot::PatchGrouping;
    use crate::cli::{ColumnChoice, Command, DemoCommand, PatchLayout, PatchesArgs};
    use crate::record::PatchState;

    fn wrong(args: &[&str]) -> String {
        let args = ["patchctl"].iter().chain(args).map(OsString::from);
        match parse(args, false, &HostEnv::empty()) {
            ParseOutcome::Invalid(line) => line,
            ParseOutcome::Run(_) | ParseOutcome::Print(_) => panic!("accepted"),
        }
    }

    fn patches(args: &[&str]) -> PatchesArgs {
        let args = ["patchctl", "patches", "i-123"]
            .iter()
            .chain(args)
            .map(OsString::from);
        match parse(args, false, &HostEnv::empty()) {
            ParseOutcome::Run(cli) => match cli.command {
                Command::Patches(args) => args,
                _ => panic!("not patches"),
            },
            ParseOutcome::Invalid(line) => panic!("{line}"),
            ParseOutcome::Print(_) => panic!("help"),
        }
    }

    #[test]
    fn clap_finds_no_fault_with_the_definition() {
        definition().debug_assert();
    }

    #[test]
    fn states_are_read_in_any_spelling_and_lists() {
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
    fn a_wrong_state_is_refused_on_one_line_with_the_nearest_right_one() {
        let line = wrong(&["patches", "i-123", "--state", "Misssing"]);
        assert!(
            line.contains("\"Misssing\"; did you mean Missing? (allowed: Installed, "),
            "{line}"
        );
        assert!(!line.contains('\n'));
    }

    #[test]
    fn a_wrong_flag_or_command_is_answered_with_the_right_one() {
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
    fn the_regions_and_accounts_that_the_demo_serves_are_not_those_that_are_asked() {
        let args = "patchctl demo serve --nodes 9 --regions 2 --accounts 3 --region eu-west-1";
        let cli = Cli::try_parse_from(args.split(' ')).unwrap();
        assert_eq!(cli.connect.to_connect().regions, ["eu-west-1"]);
        let Command::Demo(DemoCommand::Serve(serve)) = cli.command else {
            panic!("{args}")
        };
        assert_eq!(
            (serve.regions.unwrap().0.len(), serve.accounts),
            (2, Some(3))
        );
    }

    #[test]
    fn non_compliant_narrows_the_states_asked_for() {
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
    fn columns_and_sort_keys_are_read_with_their_signs() {
        let args = patches(&["--columns", "kbid,+Title", "--sort-by", "-State,KBId"]);
        let PatchLayout::Flat(layout) = args.layout else {
            panic!("counted")
        };
        assert!(
            matches!(&layout.columns[..], [ColumnChoice::Only(a), ColumnChoice::Also(b)] if a.name == "KBId" && b.name == "Title")
        );
        assert!(layout.sort_by[0].descending && !layout.sort_by[1].descending);
    }

    #[test]
    fn columns_are_those_of_the_rows_that_by_asks_for() {
        let args = [
            "--sort-by",
            "-NodesLacking",
            "--columns",
            "kbid",
            "--by",
            "KB",
        ];
        assert!(matches!(
            patches(&args).layout,
            PatchLayout::Grouped(PatchGrouping::Kb, layout) if layout.columns.len() == 1 && layout.sort_by[0].descending
        ));
        let line = wrong(&["patches", "i-123", "--columns", "NodesLacking"]);
        assert!(
            line.contains("--columns has no column \"NodesLacking\"")
                && line.ends_with("try patchctl patches --help"),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "kb", "--sort-by", "State"]);
        assert!(
            line.contains("did you mean InstalledCount?")
                || line.contains("(allowed: InstanceId, "),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "cve", "--columns", "+tag:Team"]);
        assert!(
            line.contains("tag:Team is about one node") && line.contains("use --by node"),
            "{line}"
        );
        let line = wrong(&["patches", "i-123", "--by", "kbs"]);
        assert!(
            line.contains(
                "--by has no view \"kbs\"; did you mean kb? (allowed: kb, cve, node, severity)"
            ),
            "{line}"
        );
    }
}
