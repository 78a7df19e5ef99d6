//! What surrounds a run: its environment, the current directory, the disk.
//!
//! An input, made once in `main`: everything else about settings reads only
//! this, so that a test can hand in its own.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::bounded_read;
use crate::settings::trust;

/// More than any configuration needs; less than what a wrong path can hold.
const MAX_CONFIG_BYTES: u64 = 128 << 10;

/// The files that a run can see.
pub trait FileSystem {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Is there anything of this name?
    fn exists(&self, path: &Path) -> bool;

    /// Why a file that was found, rather than typed, is not to be believed.
    fn distrust_reason(&self, _path: &Path) -> Option<String> {
        None
    }
}

/// What surrounds a run.
pub struct HostEnv {
    pub variables: Vec<(OsString, OsString)>,
    /// The current directory, where it is known.
    pub current_dir: Option<PathBuf>,
    /// Other names of the home directory, where links lead to it.
    pub home_aliases: Vec<PathBuf>,
    pub file_system: Box<dyn FileSystem>,
}

impl HostEnv {
    /// The process's own.
    #[must_use]
    pub fn from_process() -> Self {
        let mut host_env = Self {
            variables: std::env::vars_os().collect(),
            current_dir: std::env::current_dir().ok(),
            home_aliases: Vec::new(),
            file_system: Box::new(RealFileSystem),
        };
        // The current directory is told without links; so must the home be.
        let home = host_env.home().and_then(|home| home.canonicalize().ok());
        host_env.home_aliases.extend(home);
        host_env
    }

    /// Nothing is set, and nothing is there.
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
        trust::distrust(path)
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
