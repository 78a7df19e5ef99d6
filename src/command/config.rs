//! `patchctl config`: shows what is configured, and where, or writes a file to start
//! with; and the messages of every command about its configuration. Makes no AWS calls.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, bail};

use crate::cli::Cli;
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::render::yaml::YamlState;
use crate::render::{Format, config};
use crate::settings;
use crate::sink::Sink;
use crate::terminal::Terminal;

pub(super) fn show(cli: &Cli, shown_as: Format, terminal: &mut Terminal) -> Result<Exit> {
    let color = terminal.color(cli.messages.color.into());
    terminal.prepare_answer(shown_as, color, !cli.messages.no_pager);
    match shown_as {
        Format::Json => config::write_json(&cli.settings, &mut terminal.out)?,
        Format::Yaml => {
            let mut yaml = YamlState::default();
            config::write_json(&cli.settings, &mut yaml.writer(&mut terminal.out))?;
        }
        _ => config::write_table(&cli.settings, &mut terminal.out)?,
    }
    terminal.out.flush()?;
    if let Some(wrong) = &cli.settings.policy_error {
        terminal.warn(wrong);
    }
    Ok(Exit::Success)
}

/// Writes a file with every setting, commented out.
///
/// # Errors
/// When the file exists and is not to be replaced, or cannot be written.
pub(super) fn init(path: &Path, force: bool, terminal: &mut Terminal) -> Result<Exit> {
    if !force && path.as_os_str() != "-" && path.symlink_metadata().is_ok() {
        bail!("{} exists; --force replaces it", path.display());
    }
    let Terminal { out, messages, .. } = terminal;
    let mut sink = Sink::open(Some(path), &mut **out, &Interrupt::default())?;
    sink.write_all(settings::TEMPLATE.as_bytes())?;
    sink.commit()?;
    if path.as_os_str() != "-" {
        messages.note(&format!("wrote {}", path.display()));
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
