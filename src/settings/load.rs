//! Loads the configuration: finds, reads and parses the files, and resolves the layers.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::settings::file_locations::{ConfigCandidate, ConfigFileKind, candidate_files};
use crate::settings::{
    ConfigFile, HostEnv, Layer, Layers, SettingKey, Settings, UntypedFile, environment, file,
    resolve,
};

/// What the command line contributes to the configuration.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The only file to read.
    pub config: Option<PathBuf>,
    /// Read no file.
    pub no_config: bool,
    /// The commands that have columns.
    pub commands: Vec<String>,
    /// The typed flags.
    pub flags: Layer,
    /// The built-in defaults.
    pub defaults: Layer,
}

/// Loads and resolves the configuration. Also returns the layers, so that
/// overridden values can be checked.
///
/// # Errors
/// When a named file does not exist, a file cannot be read or is not trusted, or
/// its content is invalid; with the position.
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
            let file = UntypedFile {
                what: "the configuration file",
                path: &place.path,
                trusting_flag: "--config",
                omitting_flag: "--no-config",
            };
            file.check(host_env.file_system.distrust_reason(&place.path))?;
        }
        match (read_config(&place.path, &asked.commands, host_env)?, &named) {
            (Some(contents), _) => files.push(contents),
            (None, Some((path, by))) => bail!("{by}: file not found: {}", path.display()),
            // A dangling link, or deleted since the search.
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

/// The content of a file; `None` if it does not exist.
fn read_config(path: &Path, commands: &[String], host_env: &HostEnv) -> Result<Option<ConfigFile>> {
    let bytes = match host_env.file_system.read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(error)
                .with_context(|| format!("cannot read the configuration file {}", path.display()));
        }
    };
    file::parse(path, &bytes, commands).map(Some)
}
