//! The output: stdout, or a file that is replaced only when the run has ended well.

use std::fs;
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context as _, Result, anyhow};
use tempfile::NamedTempFile;

use crate::interrupt::Interrupt;
#[cfg(unix)]
use crate::named_pipe::Fifo;
use crate::panics;

/// The file beside its target, for code that ends the process at once.
static TEMPORARY_FILE: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Leaves no half-written file behind a process that ends at once.
pub(crate) fn remove_temporary_file() {
    let path = TEMPORARY_FILE.lock().ok().and_then(|mut path| path.take());
    if let Some(path) = path {
        let _ = fs::remove_file(path);
    }
}

fn set_temporary_file(path: Option<&Path>) {
    if let Ok(mut known) = TEMPORARY_FILE.lock() {
        *known = path.map(Path::to_path_buf);
    }
}

/// A place to write to.
pub(crate) enum Sink<'a> {
    Stdout(&'a mut dyn Write),
    /// Something that cannot be replaced by a rename, such as a pipe or a device.
    Direct {
        file: BufWriter<Box<dyn Write>>,
        target: PathBuf,
    },
    /// Written beside the target and renamed over it at the end.
    TempFile {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
        /// The old file, where a new one cannot be given its owner and mode: it is
        /// then written over at the end.
        original: Option<fs::File>,
    },
    /// Held in memory until the end, which writes something made of it.
    Rewritten {
        held: Vec<u8>,
        rewrite: Rewrite<'a>,
        sink: Box<Self>,
    },
}

/// Writes what is made of the whole output.
type Rewrite<'a> = Box<dyn FnOnce(&[u8], &mut dyn Write) -> Result<()> + 'a>;

impl<'a> Sink<'a> {
    /// Opens `path`, or stdout where there is none. Waits for the reader of a named
    /// pipe, but not past an interruption.
    ///
    /// # Errors
    /// When the file, or a new one beside it, cannot be created.
    pub(crate) fn open(
        path: Option<&Path>,
        stdout: &'a mut dyn Write,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self::Stdout(stdout));
        };
        let cannot = || format!("cannot write {}", path.display());
        let target = resolve_links(path).with_context(cannot)?;
        let existing = fs::metadata(&target).ok();
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::Error::from(io::ErrorKind::IsADirectory)).with_context(cannot);
        }
        if let Some(meta) = existing.as_ref().filter(|meta| !meta.is_file()) {
            let file = open_direct(&target, meta, interrupt).with_context(cannot)?;
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
        if existing.is_none() {
            with_default_permissions(&mut builder);
        }
        let file = builder.tempfile_in(folder).with_context(cannot)?;
        set_temporary_file(Some(file.path()));
        let kept = match existing {
            Some(old) if !copy_owner_and_mode(file.as_file(), &old) => {
                let old = fs::OpenOptions::new().write(true).open(&target);
                Some(old.with_context(cannot)?)
            }
            _ => None,
        };
        Ok(Self::TempFile {
            file: BufWriter::with_capacity(1 << 16, file),
            target,
            original: kept,
        })
    }

    /// The same, where `rewrite` makes what is written of the whole output.
    pub(crate) fn rewritten(
        self,
        rewrite: impl FnOnce(&[u8], &mut dyn Write) -> Result<()> + 'a,
    ) -> Self {
        Self::Rewritten {
            held: Vec::new(),
            rewrite: Box::new(rewrite),
            sink: Box::new(self),
        }
    }

    /// Ends the writing: flushes, and puts a file in its place.
    ///
    /// # Errors
    /// When the last bytes cannot be written or the file not renamed; the old
    /// file is then as it was, unless it had to be written over. Also after a panic: something may be missing.
    pub(crate) fn commit(mut self) -> Result<()> {
        if let Self::Rewritten {
            held,
            rewrite,
            mut sink,
        } = self
        {
            rewrite(&held, &mut *sink)?;
            return sink.commit();
        }
        self.flush()?;
        let Self::TempFile {
            file,
            target,
            original: kept,
        } = self
        else {
            return Ok(());
        };
        let cannot = || format!("cannot write {}", target.display());
        if panics::has_panicked() {
            return Err(anyhow!("the run has failed")).with_context(cannot);
        }
        let mut file = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .with_context(cannot)?;
        if let Some(old) = kept {
            // From here on it is the only whole copy: a signal must not remove it.
            set_temporary_file(None);
            if let Err(error) = overwrite(&old, &mut file) {
                let copy = file.into_temp_path().keep().with_context(cannot)?;
                let (target, copy) = (target.display(), copy.display());
                return Err(error).with_context(|| {
                    format!("cannot write all of {target}; the whole output is in {copy}")
                });
            }
        } else {
            file.as_file().sync_all().with_context(cannot)?;
            file.persist(&target)
                .map_err(|failed| failed.error)
                .with_context(cannot)?;
        }
        set_temporary_file(None);
        Ok(())
    }

    /// Ends the writing of a run that failed: a file is left as it was.
    ///
    /// # Errors
    /// When the last bytes cannot be written to stdout.
    pub(crate) fn discard(self) -> Result<()> {
        match self {
            Self::TempFile { file, .. } => {
                drop(file);
                set_temporary_file(None);
                Ok(())
            }
            Self::Rewritten { sink, .. } if matches!(*sink, Self::TempFile { .. }) => {
                sink.discard()
            }
            other => other.commit(),
        }
    }
}

/// The file that a path names, through all links, also where it does not exist.
fn resolve_links(path: &Path) -> io::Result<PathBuf> {
    // Asked first, as the system may refuse to follow the links of others in /tmp.
    match fs::metadata(path) {
        // The links in /proc lead to pipes that have no path.
        Ok(_) => {
            return match fs::canonicalize(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.to_path_buf()),
                real => real,
            };
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    // It leads to nothing yet, and not in a circle: that is another error.
    let mut target = path.to_path_buf();
    while let Ok(next) = fs::read_link(&target) {
        target = match target.parent() {
            Some(folder) => folder.join(next),
            None => next,
        };
    }
    Ok(target)
}

#[cfg(unix)]
fn open_direct(
    target: &Path,
    meta: &fs::Metadata,
    interrupt: &Interrupt,
) -> io::Result<Box<dyn Write>> {
    use std::os::unix::fs::FileTypeExt as _;

    if meta.file_type().is_fifo() {
        return Ok(Box::new(Fifo::open(target, interrupt)?));
    }
    let file = fs::OpenOptions::new().write(true).open(target)?;
    Ok(Box::new(file))
}

#[cfg(not(unix))]
fn open_direct(
    target: &Path,
    _meta: &fs::Metadata,
    _interrupt: &Interrupt,
) -> io::Result<Box<dyn Write>> {
    let file = fs::OpenOptions::new().write(true).open(target)?;
    Ok(Box::new(file))
}

/// Gives a file the owner, group and mode of the one it is to replace. `false`
/// where that is not allowed: only root may give files away.
#[cfg(unix)]
fn copy_owner_and_mode(new: &fs::File, old: &fs::Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    let Ok(own) = new.metadata() else {
        return false;
    };
    let is_same = (own.uid(), own.gid()) == (old.uid(), old.gid());
    // After the owner, which is an end to some bits of the mode.
    let mode = fs::Permissions::from_mode(old.mode() & 0o777);
    (is_same || fchown(new, Some(old.uid()), Some(old.gid())).is_ok())
        && new.set_permissions(mode).is_ok()
}

#[cfg(not(unix))]
fn copy_owner_and_mode(new: &fs::File, old: &fs::Metadata) -> bool {
    // Fails for none but read-only files, which a rename does not replace either.
    new.set_permissions(old.permissions()).is_ok()
}

/// Puts the new bytes in the place of the old.
fn overwrite(mut old: &fs::File, new: &mut NamedTempFile) -> io::Result<()> {
    new.rewind()?;
    old.set_len(0)?;
    io::copy(new, &mut old)?;
    old.sync_all()
}

/// What a plainly created file would get: all may read and write, less the umask.
#[cfg(unix)]
fn with_default_permissions<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn with_default_permissions<'b>(
    builder: &'b mut tempfile::Builder<'static, 'static>,
) -> &'b mut tempfile::Builder<'static, 'static> {
    builder
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_to_target(|out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Rewritten { sink, .. } => sink.flush(),
            _ => self.write_to_target(|out| out.flush()),
        }
    }
}

impl Sink<'_> {
    /// Writes to whatever it is; an error names the file.
    fn write_to_target<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> io::Result<T> {
        let (done, target) = match self {
            // Its errors name it.
            Self::Stdout(out) => return write(out),
            Self::Direct { file, target } => (write(file), target),
            Self::TempFile { file, target, .. } => (write(file), target),
            Self::Rewritten { held, .. } => return write(held),
        };
        done.map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => {
                let target = target.display();
                io::Error::new(kind, format!("cannot write {target}: {error}"))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_failed_run_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut stdout = Vec::new();
        let mut sink = Sink::open(Some(&path), &mut stdout, &Interrupt::default()).unwrap();
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
        let mut sink = Sink::open(Some(&path), &mut stdout, &Interrupt::default()).unwrap();
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
        let mut sink = Sink::open(Some(&link), &mut stdout, &Interrupt::default()).unwrap();
        sink.write_all(b"new").unwrap();
        sink.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        let sink = Sink::open(
            Some(Path::new("/dev/null")),
            &mut stdout,
            &Interrupt::default(),
        )
        .unwrap();
        assert!(matches!(sink, Sink::Direct { .. }));
    }

    #[test]
    fn after_a_panic_the_old_file_stays_however_the_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let exit = panics::PanicMonitor::default().guard(|| {
            let mut stdout = Vec::new();
            let mut sink = Sink::open(Some(&path), &mut stdout, &Interrupt::default()).unwrap();
            sink.write_all(b"new").unwrap();
            let _ = std::panic::catch_unwind(|| panic!("in a task"));
            assert!(sink.commit().is_err());
            Exit::Success
        });
        assert_eq!(exit, Exit::Error);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut stdout = Vec::new();
        assert!(Sink::open(Some(folder.path()), &mut stdout, &Interrupt::default()).is_err());
    }
}
