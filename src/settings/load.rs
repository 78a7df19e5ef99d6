//! From the surroundings to the settled configuration: which files, read, parsed,
//! and layered.
//!
//! Knows the order of the steps. Each of them lives in a file of its own.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::settings::file_locations::{ConfigCandidate, ConfigFileKind, candidate_files};
use crate::settings::{
    ConfigFile, HostEnv, Layer, Layers, SettingKey, Settings, environment, file, resolve,
};

/// What a command line has to do with its configuration.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
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
pub fn load(asked: LoadOptions, host_env: &HostEnv) -> Result<(Settings, Layers)> {
    let keys = SettingKey::all(&asked.commands);
    let (environment, remarks) = environment::read_layer(&host_env.variables, &keys)?;
    let named = match host_env.variable(environment::CONFIG_VARIABLE) {
        _ if asked.no_config => None,
        _ if asked.config.is_some() => asked.config.map(|path| (path, "--config")),
        Some(path) => Some((PathBuf::from(path), environment::CONFIG_VARIABLE)),
        None => None,
    };
    let mut files = Vec::new();
    let mut looked = match &named {
        _ if asked.no_config => Vec::new(),
        Some((path, _)) => vec![ConfigCandidate {
            kind: ConfigFileKind::Named,
            path: path.clone(),
            is_present: true,
        }],
        None => candidate_files(host_env),
    };
    for place in looked.iter_mut().filter(|place| place.is_present) {
        if named.is_none() {
            check_trusted(&place.path, host_env)?;
        }
        match (read_config(&place.path, &asked.commands, host_env)?, &named) {
            (Some(contents), _) => files.push(contents),
            (None, Some((path, by))) => bail!("{by}: there is no file {}", path.display()),
            // A link to nothing, or gone in between.
            (None, None) => place.is_present = false,
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
        notes: remarks,
        ..resolve(&keys, &layers)
    };
    Ok((settings, layers))
}

/// A file that was found decides nothing unless it is one's own.
fn check_trusted(path: &Path, host_env: &HostEnv) -> Result<()> {
    match host_env.file_system.distrust_reason(path) {
        None => Ok(()),
        Some(cause) => bail!(
            "the configuration {} is not used: {cause}; name it with --config if you trust it, leave it out with --no-config, or change its owner and mode",
            path.display()
        ),
    }
}

/// What a file says; `None` where it is not there.
fn read_config(path: &Path, commands: &[String], host_env: &HostEnv) -> Result<Option<ConfigFile>> {
    let bytes = match host_env.file_system.read(path) {
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
