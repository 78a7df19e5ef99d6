//! From the surroundings to the settled configuration: which files, read, parsed,
//! and layered.
//!
//! Knows the order of the steps. Each of them lives in a file of its own.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::settings::file_locations::{Kind, Looked, places};
use crate::settings::{
    Contents, Key, Layer, Layers, Settings, Surroundings, environment, file, resolve,
};

/// What a command line has to do with its configuration.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The file to read instead of all others.
    pub config: Option<PathBuf>,
    /// Read no file at all.
    pub no_config: bool,
    /// The commands that have columns.
    pub commands: Vec<String>,
    /// What was typed.
    pub flags: Layer,
    /// What holds where nothing is set.
    pub defaults: Layer,
}

/// Reads what is configured, and settles it. Also returns the layers, for who
/// checks the values that are hidden, too.
///
/// # Errors
/// When a file is named and not there, a file cannot be read, or says something
/// that no file may say; each with its place.
pub fn load(asked: Asked, around: &Surroundings) -> Result<(Settings, Layers)> {
    let keys = Key::all(&asked.commands);
    let (environment, remarks) = environment::layer(&around.variables, &keys)?;
    let named = match around.variable(environment::CONFIG) {
        _ if asked.no_config => None,
        _ if asked.config.is_some() => asked.config.map(|path| (path, "--config")),
        Some(path) => Some((PathBuf::from(path), environment::CONFIG)),
        None => None,
    };
    let mut files = Vec::new();
    let mut looked = match &named {
        _ if asked.no_config => Vec::new(),
        Some((path, _)) => vec![Looked {
            kind: Kind::Named,
            path: path.clone(),
            found: true,
        }],
        None => places(around),
    };
    for place in looked.iter_mut().filter(|place| place.found) {
        if named.is_none() {
            believed(&place.path, around)?;
        }
        match (contents(&place.path, &asked.commands, around)?, &named) {
            (Some(contents), _) => files.push(contents),
            (None, Some((path, by))) => bail!("{by}: there is no file {}", path.display()),
            // A link to nothing, or gone in between.
            (None, None) => place.found = false,
        }
    }
    let layers = Layers {
        flags: asked.flags,
        environment,
        files,
        defaults: asked.defaults,
    };
    let settings = Settings {
        files: looked,
        remarks,
        ..resolve(&keys, &layers)
    };
    Ok((settings, layers))
}

/// A file that was found decides nothing unless it is one's own.
fn believed(path: &Path, around: &Surroundings) -> Result<()> {
    match around.disk.distrust(path) {
        None => Ok(()),
        Some(why) => bail!(
            "the configuration {} is not used: {why}; name it with --config if you trust it, leave it out with --no-config, or change its owner and mode",
            path.display()
        ),
    }
}

/// What a file says; `None` where it is not there.
fn contents(path: &Path, commands: &[String], around: &Surroundings) -> Result<Option<Contents>> {
    let bytes = match around.disk.read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot read the configuration {}", path.display()));
        }
    };
    file::parse(path, &bytes, commands).map(Some)
}
