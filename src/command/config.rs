//! `patchctl config show`: what is configured, and where; and the messages of every
//! command about its configuration. Makes no AWS calls.

use anyhow::Result;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::render::{Format, config};
use crate::terminal::Terminal;

pub(super) fn show(cli: &Cli, shown_as: Format, terminal: &mut Terminal) -> Result<Exit> {
    match shown_as {
        Format::Json => config::write_json(&cli.settings, &mut terminal.out)?,
        _ => config::write_table(&cli.settings, &mut terminal.out)?,
    }
    terminal.out.flush()?;
    if let Some(wrong) = &cli.settings.policy_error {
        terminal.warn(wrong);
    }
    Ok(Exit::Success)
}

/// Prints variables that set nothing, and with `--verbose` the files that were read.
pub(super) fn print_notes(cli: &Cli, terminal: &mut Terminal) {
    for remark in &cli.settings.notes {
        terminal.note(remark);
    }
    if cli.messages.verbose {
        for file in cli.settings.files.iter().filter(|file| file.is_present) {
            terminal.note(&format!("configured by {}", file.path.display()));
        }
    }
}
