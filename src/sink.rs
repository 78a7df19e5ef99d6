//! Where the data goes: stdout, or a file that is replaced only when the run
//! has ended well.
//!
//! Knows files. Must not know formats or what is written.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result, anyhow};
use tempfile::NamedTempFile;

/// The file beside its target, for whoever ends the process without a word.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Leaves no half-written file behind a process that ends at once.
pub fn abandon() {
    let path = UNFINISHED.lock().ok().and_then(|mut path| path.take());
    if let Some(path) = path {
        let _ = fs::remove_file(path);
    }
}

fn unfinished(path: Option<&Path>) {
    if let Ok(mut known) = UNFINISHED.lock() {
        *known = path.map(Path::to_path_buf);
    }
}

/// A place to write to.
pub enum Sink<'a> {
    Stdout(&'a mut dyn Write),
    /// Something that cannot be replaced by a rename, such as a pipe or a device.
    Direct {
        file: BufWriter<fs::File>,
        target: PathBuf,
    },
    /// Written beside the target and renamed over it at the end.
    Beside {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
}

impl<'a> Sink<'a> {
    /// Opens `path`, or stdout where there is none.
    ///
    /// # Errors
    /// When the file, or a new one beside it, cannot be created.
    pub fn open(path: Option<&Path>, stdout: &'a mut dyn Write) -> Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self::Stdout(stdout));
        };
        let cannot = || format!("cannot write {}", path.display());
        // A link is followed, so that the file behind it is replaced and the link stays.
        let target = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_path_buf(),
            Err(error) => return Err(error).with_context(cannot),
        };
        let existing = fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(cannot);
        }
        if existing.as_ref().is_some_and(|meta| !meta.is_file()) {
            let file = fs::OpenOptions::new()
                .write(true)
                .open(&target)
                .with_context(cannot)?;
            return Ok(Self::Direct {
                file: BufWriter::with_capacity(1 << 16, file),
                target,
            });
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(anyhow!("there is no folder {}", folder.display())).with_context(cannot);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".patchctl-");
        match existing {
            Some(meta) => builder.permissions(meta.permissions()),
            None => with_usual_permissions(&mut builder),
        };
        let file = builder.tempfile_in(folder).with_context(cannot)?;
        unfinished(Some(file.path()));
        Ok(Self::Beside {
            file: BufWriter::with_capacity(1 << 16, file),
            target,
        })
    }

    /// Ends the writing: flushes, and puts a file in its place.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the file not renamed; the old
    /// file is then as it was.
    pub fn commit(self) -> Result<()> {
        match self {
            Self::Stdout(out) => out.flush().context("cannot write to standard output"),
            Self::Direct { mut file, target } => file
                .flush()
                .with_context(|| format!("cannot write {}", target.display())),
            Self::Beside { file, target } => {
                let cannot = || format!("cannot write {}", target.display());
                let file = file
                    .into_inner()
                    .map_err(io::IntoInnerError::into_error)
                    .with_context(cannot)?;
                file.as_file().sync_all().with_context(cannot)?;
                file.persist(&target)
                    .map_err(|failed| failed.error)
                    .with_context(cannot)?;
                unfinished(None);
                Ok(())
            }
        }
    }

    /// Ends the writing of a run that failed: a file is left as it was.
    ///
    /// # Errors
    /// When the last bytes cannot be written to stdout.
    pub fn discard(self) -> Result<()> {
        match self {
            Self::Beside { file, .. } => {
                drop(file);
                Ok(())
            }
            other => other.commit(),
        }
    }
}

/// What a plainly created file would get: all may read and write, less the umask.
#[cfg(unix)]
fn with_usual_permissions<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn with_usual_permissions<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    builder
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Direct { file, .. } => file.write(bytes),
            Self::Beside { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Direct { file, .. } => file.flush(),
            Self::Beside { file, .. } => file.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_run_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut stdout = Vec::new();
        let mut sink = Sink::open(Some(&path), &mut stdout).unwrap();
        sink.write_all(b"half").unwrap();
        sink.discard().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_was_finished_takes_the_old_ones_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut stdout = Vec::new();
        let mut sink = Sink::open(Some(&path), &mut stdout).unwrap();
        sink.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        sink.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_is_written_directly() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.csv");
        let link = folder.path().join("link.csv");
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut stdout = Vec::new();
        let mut sink = Sink::open(Some(&link), &mut stdout).unwrap();
        sink.write_all(b"new").unwrap();
        sink.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        let sink = Sink::open(Some(Path::new("/dev/null")), &mut stdout).unwrap();
        assert!(matches!(sink, Sink::Direct { .. }));
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut stdout = Vec::new();
        assert!(Sink::open(Some(folder.path()), &mut stdout).is_err());
    }
}
