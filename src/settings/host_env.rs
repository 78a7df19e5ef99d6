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
const MOST_BYTES: u64 = 128 << 10;

/// The files that a run can see.
pub trait Disk {
    /// The bytes of a file.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Is there anything of this name?
    fn holds(&self, path: &Path) -> bool;

    /// Why a file that was found, rather than typed, is not to be believed.
    fn distrust(&self, _path: &Path) -> Option<String> {
        None
    }
}

/// What surrounds a run.
pub struct Surroundings {
    pub variables: Vec<(OsString, OsString)>,
    /// The current directory, where it is known.
    pub directory: Option<PathBuf>,
    /// Other names of the home directory, where links lead to it.
    pub homes: Vec<PathBuf>,
    pub disk: Box<dyn Disk>,
}

impl Surroundings {
    /// The process's own.
    #[must_use]
    pub fn real() -> Self {
        let mut around = Self {
            variables: std::env::vars_os().collect(),
            directory: std::env::current_dir().ok(),
            homes: Vec::new(),
            disk: Box::new(Real),
        };
        // The current directory is told without links; so must the home be.
        let home = around.home().and_then(|home| home.canonicalize().ok());
        around.homes.extend(home);
        around
    }

    /// Nothing is set, and nothing is there.
    #[must_use]
    pub fn none() -> Self {
        Self {
            variables: Vec::new(),
            directory: None,
            homes: Vec::new(),
            disk: Box::new(Nothing),
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

struct Real;

impl Disk for Real {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        bounded_read::read(path, MOST_BYTES)
    }

    fn holds(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn distrust(&self, path: &Path) -> Option<String> {
        trust::distrust(path)
    }
}

struct Nothing;

impl Disk for Nothing {
    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn holds(&self, _path: &Path) -> bool {
        false
    }
}
