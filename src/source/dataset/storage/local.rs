//! A dataset in a local folder. Files are written beside their place and renamed into it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use tempfile::{NamedTempFile, TempDir};

use crate::source::dataset::storage::stored_file::{Created, StoredFile};

/// A folder.
#[derive(Debug, Clone)]
pub(crate) struct LocalStorage {
    root: PathBuf,
    /// Deletes a temporary folder with the last clone.
    _temporary: Option<Arc<TempDir>>,
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct LocalFile {
    file: NamedTempFile,
    path: PathBuf,
}

/// How names of files begin that are being written.
const TEMPORARY_PREFIX: &str = ".patchctl-";

impl LocalStorage {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            _temporary: None,
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
        })
    }

    pub(super) fn list(&self, folder: &str) -> Result<Vec<StoredFile>> {
        let mut files = Vec::new();
        let mut folders = vec![(self.root.join(folder), folder.to_owned())];
        while let Some((path, name)) = folders.pop() {
            let cannot = || format!("{} cannot be listed", path.display());
            let entries = match fs::read_dir(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                entries => entries.with_context(cannot)?,
            };
            for entry in entries {
                let entry = entry.with_context(cannot)?;
                let Ok(file_name) = entry.file_name().into_string() else {
                    continue;
                };
                if file_name.starts_with(TEMPORARY_PREFIX) {
                    continue;
                }
                let path = if name.is_empty() {
                    file_name
                } else {
                    format!("{name}/{file_name}")
                };
                // A link is not followed: it may lead out of the dataset.
                let kind = entry.file_type().with_context(cannot)?;
                if kind.is_dir() {
                    folders.push((entry.path(), path));
                } else if kind.is_file() {
                    let bytes = entry.metadata().with_context(cannot)?.len();
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
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.with_context(cannot)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.with_context(cannot)?;
            if entry.file_type().with_context(cannot)?.is_dir() {
                names.extend(entry.file_name().into_string());
            }
        }
        names.sort();
        Ok(names)
    }

    fn open(&self, path: &str) -> Result<Option<File>> {
        let path = self.root.join(path);
        match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            file => file
                .map(Some)
                .with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    pub(super) fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>> {
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
        let mut content = Vec::new();
        file.take(size)
            .read_to_end(&mut content)
            .with_context(cannot)?;
        if content.len() as u64 != size {
            bail!("{path} ends before byte {}", range.end);
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
        let file = tempfile::Builder::new()
            .prefix(TEMPORARY_PREFIX)
            .tempfile_in(folder)
            .with_context(cannot)?;
        Ok(LocalFile { file, path })
    }

    pub(super) fn delete(&self, path: &str) -> Result<()> {
        match fs::remove_file(self.root.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            deleted => deleted.with_context(|| format!("{path} cannot be deleted")),
        }
    }
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
