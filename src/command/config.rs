//! `patchctl config show`: what is configured, and where. Asks nobody.
//!
//! Also says on stderr what every command says of its configuration. Must not
//! know how values were found.

use anyhow::Result;

use crate::cli::{Cli, ShownAs};
use crate::exit::Exit;
use crate::render::config;
use crate::terminal::Terminal;

pub fn show(cli: &Cli, shown_as: ShownAs, terminal: &mut Terminal) -> Result<Exit> {
    match shown_as {
        ShownAs::Table => config::table(&cli.settings, &mut terminal.out)?,
        ShownAs::Json => config::json(&cli.settings, &mut terminal.out)?,
    }
    terminal.out.flush()?;
    if let Some(wrong) = &cli.settings.no_policy {
        terminal.complain(wrong);
    }
    Ok(Exit::Answered)
}

/// Variables that set nothing, and with `--verbose` the files that were read.
pub fn remark(cli: &Cli, terminal: &mut Terminal) {
    for remark in &cli.settings.remarks {
        terminal.remark(remark);
    }
    if cli.talk.verbose {
        for file in cli.settings.files.iter().filter(|file| file.found) {
            terminal.remark(&format!("configured by {}", file.path.display()));
        }
    }
}
