//! Where configuration files may lie.
//!
//! Pure, given the surroundings. Knows the way up from the current directory,
//! and the XDG Base Directory Specification (0.8): a relative path in
//! `XDG_CONFIG_HOME` is invalid and to be ignored.

use std::path::{Path, PathBuf};

use crate::settings::HostEnv;

/// The name of every configuration file.
const FILE_NAME: &str = "patchctl.toml";

/// Why a file was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFileKind {
    /// It was named, by flag or variable.
    Named,
    /// The current directory's, or that of one above it.
    Project,
    /// The user's own.
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

/// A file that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigCandidate {
    pub kind: ConfigFileKind,
    pub path: PathBuf,
    /// Was it there? Then it was read.
    pub is_present: bool,
}

/// The files to look for where none is named, the one that outranks the others
/// first; of the project at most the last one is there.
pub fn candidate_files(host_env: &HostEnv) -> Vec<ConfigCandidate> {
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

/// Does a project go no further up than this?
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
