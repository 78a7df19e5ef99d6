//! Where configuration files may lie.
//!
//! Pure, given the surroundings. Knows the way up from the current directory,
//! and the XDG Base Directory Specification (0.8): a relative path in
//! `XDG_CONFIG_HOME` is invalid and to be ignored.

use std::path::{Path, PathBuf};

use crate::settings::Surroundings;

/// The name of every configuration file.
const NAME: &str = "patchctl.toml";

/// Why a file was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was named, by flag or variable.
    Named,
    /// The current directory's, or that of one above it.
    Project,
    /// The user's own.
    User,
}

impl Kind {
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
pub struct Looked {
    pub kind: Kind,
    pub path: PathBuf,
    /// Was it there? Then it was read.
    pub found: bool,
}

/// The files to look for where none is named, the one that outranks the others
/// first; of the project at most the last one is there.
pub fn places(around: &Surroundings) -> Vec<Looked> {
    let user = user(around);
    let mut places = Vec::new();
    for folder in around.directory.iter().flat_map(|here| here.ancestors()) {
        let path = folder.join(NAME);
        let is_users = user.as_ref() == Some(&path);
        let found = !is_users && around.disk.holds(&path);
        if !is_users {
            places.push(Looked {
                kind: Kind::Project,
                path,
                found,
            });
        }
        if found || is_end(folder, around) {
            break;
        }
    }
    places.extend(user.map(|path| Looked {
        kind: Kind::User,
        found: around.disk.holds(&path),
        path,
    }));
    places
}

/// Does a project go no further up than this?
fn is_end(folder: &Path, around: &Surroundings) -> bool {
    around.disk.holds(&folder.join(".git"))
        || around.home().is_some_and(|home| home == folder)
        || around.homes.iter().any(|home| home == folder)
}

fn user(around: &Surroundings) -> Option<PathBuf> {
    let absolute = |name: &str| {
        around
            .variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let folder = if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| Some(around.home()?.join(".config")))
    };
    Some(folder?.join("patchctl").join(NAME))
}
