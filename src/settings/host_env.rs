//! The environment of a run: variables, current directory, files.
//!
//! Made once in `main` and passed down, so that a test can pass its own.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::bounded_read;
use crate::settings::trust;

/// Enough for any configuration; a bound for a path that is wrong.
const MAX_CONFIG_BYTES: u64 = 128 << 10;

/// The files that a run can see.
pub trait FileSystem {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it does not exist, or cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Whether anything of this name exists.
    fn exists(&self, path: &Path) -> bool;

    /// Why a file that was found, not named by the user, is not to be trusted.
    fn distrust_reason(&self, _path: &Path) -> Option<String> {
        None
    }
}

/// The environment of a run.
pub struct HostEnv {
    pub variables: Vec<(OsString, OsString)>,
    /// The current directory, if known.
    pub current_dir: Option<PathBuf>,
    /// Other paths of the home directory, through links.
    pub home_aliases: Vec<PathBuf>,
    pub file_system: Box<dyn FileSystem>,
}

impl HostEnv {
    /// The environment of the process.
    #[must_use]
    pub fn from_process() -> Self {
        let mut host_env = Self {
            variables: std::env::vars_os().collect(),
            current_dir: std::env::current_dir().ok(),
            home_aliases: Vec::new(),
            file_system: Box::new(RealFileSystem),
        };
        // The path of the current directory has its links resolved.
        let home = host_env.home().and_then(|home| home.canonicalize().ok());
        host_env.home_aliases.extend(home);
        host_env
    }

    /// No variables and no files.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            variables: Vec::new(),
            current_dir: None,
            home_aliases: Vec::new(),
            file_system: Box::new(EmptyFileSystem),
        }
    }

    /// A variable; an empty one counts as unset.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| &**value)
            .filter(|value| !value.is_empty())
    }

    /// The home directory.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.variable(name)
            .map(PathBuf::from)
            .filter(|home| home.is_absolute())
    }
}

struct RealFileSystem;

impl FileSystem for RealFileSystem {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        bounded_read::read_file(path, MAX_CONFIG_BYTES)
    }

    fn exists(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn distrust_reason(&self, path: &Path) -> Option<String> {
        trust::distrust_reason(path)
    }
}

struct EmptyFileSystem;

impl FileSystem for EmptyFileSystem {
    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn exists(&self, _path: &Path) -> bool {
        false
    }
}
