//! What the program tells about itself: completions, man pages, schemas.
//!
//! All of it is generated from the command line's definition and the columns.

use anyhow::{Result, bail};
use clap::Command as Clap;

use crate::cli::{SchemaDocument, definition};
use crate::exit::Exit;
use crate::render::schema;
use crate::terminal::Terminal;

pub fn completions(shell: clap_complete::Shell, terminal: &mut Terminal) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition(), "patchctl", &mut script);
    terminal.out.write_all(&script)?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}

pub fn man(path: &[String], terminal: &mut Terminal) -> Result<Exit> {
    let page = man_page(path)?;
    terminal.out.write_all(&page)?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}

/// The man page of a command, such as `["demo", "serve"]`; of patchctl itself
/// where the path is empty.
///
/// # Errors
/// When there is no such command.
pub fn man_page(path: &[String]) -> Result<Vec<u8>> {
    let mut root = definition();
    // Propagates the global flags into the subcommands.
    root.build();
    let mut command: &Clap = &root;
    let mut name = "patchctl".to_owned();
    for word in path {
        command = match command.find_subcommand(word) {
            Some(found) => found,
            None => bail!("no command {word:?} in {name}; try patchctl --help"),
        };
        name = format!("{name}-{}", command.get_name());
    }
    let mut roff = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(name)
        .render(&mut roff)?;
    Ok(with_examples(&String::from_utf8_lossy(&roff)).into_bytes())
}

/// Examples are copied, so they must be neither filled nor hyphenated.
fn with_examples(roff: &str) -> String {
    let Some((before, extra)) = roff.split_once(".SH EXTRA\n") else {
        return roff.to_owned();
    };
    let extra = extra.replacen("Examples:\n", "", 1);
    let (examples, after) = match extra.split_once("\n.SH ") {
        Some((examples, after)) => (examples.to_owned(), format!("\n.SH {after}")),
        None => (extra, "\n".to_owned()),
    };
    format!(
        "{before}.SH EXAMPLES\n.nf\n{}\n.fi{after}",
        examples.trim_end()
    )
}

pub fn schema(document: SchemaDocument, terminal: &mut Terminal) -> Result<Exit> {
    let schema = match document {
        SchemaDocument::States => schema::states(),
        SchemaDocument::Summary => schema::summary(),
        SchemaDocument::Doctor => schema::doctor(),
        SchemaDocument::Check => schema::check(),
        SchemaDocument::Config => schema::config(),
        SchemaDocument::Estimate => schema::estimate(),
        SchemaDocument::Patches => schema::patches(),
        SchemaDocument::Pivot => schema::pivot(),
    };
    writeln!(terminal.out, "{schema:#}")?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}
