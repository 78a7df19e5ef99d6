//! Where the files of a dataset are kept: a local folder, or a bucket. Paths are those of
//! `layout`, relative to the root.

mod local;
mod stored_file;

use std::ops::Range;

use anyhow::{Result, bail};
use bytes::Bytes;

use crate::source::aws::connect_options::ConnectOptions;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::storage::local::{LocalFile, LocalStorage};

pub(crate) use self::stored_file::{Created, StoredFile};

/// The files of a dataset.
#[derive(Debug, Clone)]
pub(crate) enum Storage {
    Local(LocalStorage),
}

/// A file that is being written; nothing is visible before `finish`.
#[derive(Debug)]
pub(crate) enum StoredFileWriter {
    Local(LocalFile),
}

impl Storage {
    /// The storage at an address. The options say how a bucket is reached; for a folder
    /// they are not used, and nothing is read or made.
    ///
    /// # Errors
    /// When there are no credentials for a bucket, or its settings cannot be used.
    pub(crate) async fn open(location: &DatasetLocation, options: &ConnectOptions) -> Result<Self> {
        match location {
            DatasetLocation::Folder(folder) => Ok(Self::Local(LocalStorage::new(folder.clone()))),
            DatasetLocation::S3 { .. } => {
                let _ = options;
                bail!("{location}: buckets are not supported yet")
            }
        }
    }

    /// The names of the folders directly in a folder of the dataset, sorted.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn folders(&self, folder: &str) -> Result<Vec<String>> {
        match self {
            Self::Local(local) => local.folders(folder),
        }
    }

    /// The files below a folder of the dataset, sorted by path; none if it does not exist.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<StoredFile>> {
        match self {
            Self::Local(local) => local.list(folder),
        }
    }

    /// A whole file; `None` if it does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than `limit`.
    pub(crate) async fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>> {
        match self {
            Self::Local(local) => local.read(path, limit),
        }
    }

    /// A part of a file.
    ///
    /// # Errors
    /// When it cannot be read, or ends before.
    pub(crate) async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Bytes> {
        match self {
            Self::Local(local) => local.read_range(path, range),
        }
    }

    /// Creates a file in one step, unless there is one of this name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn create(&self, path: &str, content: &[u8]) -> Result<Created> {
        match self {
            Self::Local(local) => local.create(path, content),
        }
    }

    /// Starts a file that is written in parts, in place of any of this name.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(crate) async fn writer(&self, path: &str) -> Result<StoredFileWriter> {
        match self {
            Self::Local(local) => local.writer(path).map(StoredFileWriter::Local),
        }
    }

    /// Deletes a file; it is no error if there is none.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub(crate) async fn delete(&self, path: &str) -> Result<()> {
        match self {
            Self::Local(local) => local.delete(path),
        }
    }
}

impl StoredFileWriter {
    /// Appends bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match self {
            Self::Local(file) => file.write(&bytes),
        }
    }

    /// Makes the file visible.
    ///
    /// # Errors
    /// When it cannot be completed.
    pub(crate) async fn finish(self) -> Result<()> {
        match self {
            Self::Local(file) => file.finish(),
        }
    }
}
