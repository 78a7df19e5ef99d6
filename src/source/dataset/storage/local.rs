//! A dataset in a local folder. Files are written beside their place and renamed into it.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use tempfile::{NamedTempFile, TempDir};

use crate::source::dataset::storage::stored_file::{Created, StoredFile, TemporaryFile};

/// A folder.
#[derive(Debug, Clone)]
pub(crate) struct LocalStorage {
    root: PathBuf,
    /// Deletes a temporary folder with the last clone.
    _temporary: Option<Arc<TempDir>>,
    /// How many whole files were read.
    #[cfg(test)]
    pub(in crate::source::dataset) reads: Arc<std::sync::atomic::AtomicUsize>,
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct LocalFile {
    file: NamedTempFile,
    path: PathBuf,
}

/// How names of files begin that are being written; the name that the file gets follows, so
/// that what a killed process leaves can be told by its run.
const TEMPORARY_PREFIX: &str = ".patchctl-";

impl LocalStorage {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            _temporary: None,
            #[cfg(test)]
            reads: Arc::default(),
        }
    }

    /// A folder that is deleted when it is no longer used.
    pub(super) fn temporary() -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .tempdir()
            .context("no temporary folder can be made; TMPDIR says where")?;
        Ok(Self {
            root: folder.path().to_owned(),
            _temporary: Some(Arc::new(folder)),
            #[cfg(test)]
            reads: Arc::default(),
        })
    }

    pub(super) fn list(&self, folder: &str) -> Result<Vec<StoredFile>> {
        let mut files = self.walk(folder)?;
        files.retain(|file| temporary_target(&file.path).is_none());
        Ok(files)
    }

    /// The files of the dataset that were never finished, or are being written.
    pub(super) fn list_temporary(&self) -> Result<Vec<TemporaryFile>> {
        let files = self.walk("")?.into_iter();
        let temporary = files.filter_map(|file| {
            let target = temporary_target(&file.path)?;
            Some(TemporaryFile {
                target,
                path: file.path,
            })
        });
        Ok(temporary.collect())
    }

    fn walk(&self, folder: &str) -> Result<Vec<StoredFile>> {
        let mut files = Vec::new();
        let mut folders = vec![(self.root.join(folder), folder.to_owned())];
        while let Some((path, name)) = folders.pop() {
            let cannot = || format!("{} cannot be listed", path.display());
            let Some(entries) = unless_deleted(fs::read_dir(&path)).with_context(cannot)? else {
                continue;
            };
            for entry in entries {
                let entry = entry.with_context(cannot)?;
                let Ok(file_name) = entry.file_name().into_string() else {
                    continue;
                };
                let path = if name.is_empty() {
                    file_name
                } else {
                    format!("{name}/{file_name}")
                };
                // A link is not followed: it may lead out of the dataset.
                let kind = unless_deleted(entry.file_type()).with_context(cannot)?;
                if kind.is_some_and(|kind| kind.is_dir()) {
                    folders.push((entry.path(), path));
                } else if kind.is_some_and(|kind| kind.is_file())
                    && let Some(known) = unless_deleted(entry.metadata()).with_context(cannot)?
                {
                    let bytes = known.len();
                    files.push(StoredFile { path, bytes });
                }
            }
        }
        files.sort();
        Ok(files)
    }

    pub(super) fn folders(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.root.join(folder);
        let cannot = || format!("{} cannot be listed", path.display());
        let Some(entries) = unless_deleted(fs::read_dir(&path)).with_context(cannot)? else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.with_context(cannot)?;
            let kind = unless_deleted(entry.file_type()).with_context(cannot)?;
            if kind.is_some_and(|kind| kind.is_dir()) {
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort();
        Ok(names)
    }

    fn open(&self, path: &str) -> Result<Option<File>> {
        let path = self.root.join(path);
        let file = unless_deleted(File::open(&path));
        file.with_context(|| format!("{} cannot be read", path.display()))
    }

    pub(super) fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>> {
        #[cfg(test)]
        self.reads
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let Some(file) = self.open(path)? else {
            return Ok(None);
        };
        let mut content = Vec::new();
        file.take(limit + 1)
            .read_to_end(&mut content)
            .with_context(|| format!("{path} cannot be read"))?;
        if content.len() as u64 > limit {
            bail!("{path} is larger than {limit} bytes");
        }
        Ok(Some(content.into()))
    }

    pub(super) fn read_range(&self, path: &str, range: Range<u64>) -> Result<Bytes> {
        let Some(mut file) = self.open(path)? else {
            bail!("{path} does not exist");
        };
        let cannot = || format!("{path} cannot be read");
        file.seek(SeekFrom::Start(range.start))
            .with_context(cannot)?;
        let size = range.end.saturating_sub(range.start);
        let ends_before = || format!("{path} ends before byte {}", range.end);
        // The memory of a range is taken at once, so the range must be one of the file.
        if file.metadata().with_context(cannot)?.len() < range.end {
            bail!(ends_before());
        }
        let mut content = Vec::with_capacity(usize::try_from(size)?);
        file.take(size)
            .read_to_end(&mut content)
            .with_context(cannot)?;
        if content.len() as u64 != size {
            bail!(ends_before());
        }
        Ok(content.into())
    }

    pub(super) fn create(&self, path: &str, content: &[u8]) -> Result<Created> {
        let mut file = self.writer(path)?;
        file.write(content)?;
        file.sync()?;
        match file.file.persist_noclobber(&file.path) {
            Ok(_) => Ok(Created::Yes),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(Created::Exists),
            Err(error) => Err(error.error).with_context(|| format!("{path} cannot be written")),
        }
    }

    pub(super) fn writer(&self, path: &str) -> Result<LocalFile> {
        let path = self.root.join(path);
        let folder = path.parent().unwrap_or(Path::new("."));
        let cannot = || format!("{} cannot be written", path.display());
        fs::create_dir_all(folder).with_context(cannot)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!("{TEMPORARY_PREFIX}{name}-");
        let mut builder = tempfile::Builder::new();
        // Others may read it as far as the umask says, as they read any file.
        #[cfg(unix)]
        builder.permissions(fs::Permissions::from_mode(0o666));
        let file = builder.prefix(&prefix).tempfile_in(folder);
        let file = file.with_context(cannot)?;
        Ok(LocalFile { file, path })
    }

    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let deleted = unless_deleted(fs::remove_file(self.root.join(path)));
        deleted.with_context(|| format!("{path} cannot be deleted"))?;
        Ok(())
    }
}

/// `None` if there is no such file or folder, perhaps since a moment ago.
fn unless_deleted<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// The path that a temporary file is to be renamed to; `None` of a file that is none.
fn temporary_target(path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.strip_prefix(TEMPORARY_PREFIX)?;
    let (name, _random) = name.rsplit_once('-').unwrap_or((name, ""));
    Some(format!("{folder}/{name}"))
}

impl LocalFile {
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.file.as_file_mut().write_all(bytes);
        written.with_context(|| format!("{} cannot be written", self.path.display()))
    }

    fn sync(&self) -> Result<()> {
        let synced = self.file.as_file().sync_all();
        synced.with_context(|| format!("{} cannot be written", self.path.display()))
    }

    pub(super) fn finish(self) -> Result<()> {
        self.sync()?;
        let Self { file, path } = self;
        let persisted = file.persist(&path).map_err(|error| error.error);
        persisted.with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn files_that_another_process_deletes_meanwhile_are_not_listed() {
        let storage = LocalStorage::temporary().unwrap();
        let folder = storage.root.join("runs");
        fs::create_dir(&folder).unwrap();
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    for number in 0..200 {
                        fs::write(folder.join(number.to_string()), "").unwrap();
                    }
                    for number in 0..200 {
                        fs::remove_file(folder.join(number.to_string())).unwrap();
                    }
                }
            });
            let listed: Result<Vec<_>> = (0..200).map(|_| storage.list("")).collect();
            is_done.store(true, Ordering::Relaxed);
            listed.unwrap();
        });
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_a_file_as_far_as_the_umask_says() {
        let storage = LocalStorage::temporary().unwrap();
        storage.create("runs/a.json", b"{}").unwrap();
        let plain = storage.root.join("plain");
        fs::write(&plain, "").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&storage.root.join("runs/a.json")), mode(&plain));
    }

    #[test]
    fn a_file_that_is_being_written_is_listed_with_the_name_that_it_gets() {
        let storage = LocalStorage::temporary().unwrap();
        let file = storage.writer("nodes/a-0.parquet").unwrap();
        assert_eq!(storage.list("").unwrap(), []);
        let temporary = storage.list_temporary().unwrap();
        let targets: Vec<&str> = temporary.iter().map(|file| &*file.target).collect();
        assert_eq!(targets, ["nodes/a-0.parquet"]);
        file.finish().unwrap();
        assert!(storage.list_temporary().unwrap().is_empty());
        assert_eq!(storage.list("").unwrap()[0].path, "nodes/a-0.parquet");
    }
}
