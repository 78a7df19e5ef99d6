//! The search for configuration files: from the current directory upwards, and in
//! the user's configuration directory.
//!
//! Source: XDG Base Directory Specification 0.8; a relative path in
//! `XDG_CONFIG_HOME` is invalid and ignored.

use std::path::{Path, PathBuf};

use crate::settings::HostEnv;

/// The name of every configuration file.
const FILE_NAME: &str = "patchctl.toml";

/// Why a file was searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFileKind {
    /// Named by a flag or variable.
    Named,
    /// In the current directory or one above it.
    Project,
    /// In the user's configuration directory.
    User,
}

impl ConfigFileKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Project => "project",
            Self::User => "user",
        }
    }
}

/// A file that was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigCandidate {
    pub kind: ConfigFileKind,
    pub path: PathBuf,
    /// Whether it exists, and so was read.
    pub is_present: bool,
}

/// The files to search for if none is named, highest precedence first. Of the
/// project files at most the last one exists.
pub(super) fn candidate_files(host_env: &HostEnv) -> Vec<ConfigCandidate> {
    let user = user_config_path(host_env);
    let mut places = Vec::new();
    for folder in host_env
        .current_dir
        .iter()
        .flat_map(|here| here.ancestors())
    {
        let path = folder.join(FILE_NAME);
        let is_users = user.as_ref() == Some(&path);
        let found = !is_users && host_env.file_system.exists(&path);
        if !is_users {
            places.push(ConfigCandidate {
                kind: ConfigFileKind::Project,
                path,
                is_present: found,
            });
        }
        if found || is_search_end(folder, host_env) {
            break;
        }
    }
    places.extend(user.map(|path| ConfigCandidate {
        kind: ConfigFileKind::User,
        is_present: host_env.file_system.exists(&path),
        path,
    }));
    places
}

/// Whether the search for a project file ends at this folder.
fn is_search_end(folder: &Path, host_env: &HostEnv) -> bool {
    host_env.file_system.exists(&folder.join(".git"))
        || host_env.home().is_some_and(|home| home == folder)
        || host_env.home_aliases.iter().any(|home| home == folder)
}

fn user_config_path(host_env: &HostEnv) -> Option<PathBuf> {
    let absolute = |name: &str| {
        host_env
            .variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let folder = if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| Some(host_env.home()?.join(".config")))
    };
    Some(folder?.join("patchctl").join(FILE_NAME))
}
