//! Where the files of a dataset are kept: a local folder, or a bucket. Paths are those of
//! `layout`, relative to the root.

mod local;
mod s3;
mod stored_file;

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Result, ensure};
use bytes::Bytes;

use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::session::Session;
use crate::source::aws::session::profile::load_session;
use crate::source::dataset::layout;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::storage::local::{LocalFile, LocalStorage};
use crate::source::dataset::storage::s3::bucket::Bucket;
use crate::source::dataset::storage::s3::upload::S3File;

pub(crate) use self::stored_file::{Created, StoredFile, TemporaryFile};

/// The files of a dataset.
#[derive(Debug, Clone)]
pub(crate) enum Storage {
    Local(LocalStorage),
    S3(Bucket),
}

/// A file that is being written; nothing is visible before `finish`.
#[derive(Debug)]
pub(crate) enum StoredFileWriter {
    Local(LocalFile),
    S3(S3File),
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
                // The region of a bucket is found; any other will do to ask for it.
                let options = ConnectOptions {
                    all_regions: true,
                    ..options.clone()
                };
                let named = options.profiles.first().map(String::as_str);
                let session = load_session(&options, named).await?;
                Self::with_session(location, session)
            }
        }
    }

    /// A folder that is deleted when it is no longer used.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn temporary() -> Result<Self> {
        LocalStorage::temporary().map(Self::Local)
    }

    /// The storage at an address that this caller reaches.
    ///
    /// # Errors
    /// When no request to a bucket can be made.
    pub(crate) fn with_session(location: &DatasetLocation, session: Session) -> Result<Self> {
        match location {
            DatasetLocation::Folder(folder) => Ok(Self::Local(LocalStorage::new(folder.clone()))),
            DatasetLocation::S3 { bucket, prefix } => {
                Bucket::new(bucket, prefix, session).map(Self::S3)
            }
        }
    }

    /// Is it read without waiting for the network?
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }

    /// The calls made so far, by operation; none to a folder.
    pub(crate) fn call_counts(&self) -> BTreeMap<String, CallCounts> {
        match self {
            Self::Local(_) => BTreeMap::new(),
            Self::S3(s3) => s3.call_counts(),
        }
    }

    /// Waits until every upload that was given up is aborted, before the program ends.
    pub(crate) async fn close(&self) {
        match self {
            Self::Local(_) => {}
            Self::S3(s3) => s3.close().await,
        }
    }

    /// The names of the folders directly in a folder of the dataset, sorted.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn folders(&self, folder: &str) -> Result<Vec<String>> {
        match self {
            Self::Local(local) => local.folders(folder),
            Self::S3(s3) => s3.folders(folder).await,
        }
    }

    /// The files below a folder of the dataset, sorted by path; none if it does not exist.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<StoredFile>> {
        match self {
            Self::Local(local) => local.list(folder),
            Self::S3(s3) => s3.list(folder).await,
        }
    }

    /// The files that are being written, or were when their process was killed. An upload
    /// to a bucket is none: a lifecycle rule of the bucket ends it.
    ///
    /// # Errors
    /// When they cannot be listed.
    #[expect(clippy::unused_async, reason = "as all calls of a storage")]
    pub(crate) async fn list_temporary(&self) -> Result<Vec<TemporaryFile>> {
        match self {
            Self::Local(local) => local.list_temporary(),
            Self::S3(_) => Ok(Vec::new()),
        }
    }

    /// A whole file; `None` if it does not exist.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than `limit`.
    pub(crate) async fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>> {
        match self {
            Self::Local(local) => local.read(path, limit),
            Self::S3(s3) => s3.read(path, limit).await,
        }
    }

    /// A part of a file.
    ///
    /// # Errors
    /// When it cannot be read, or ends before.
    pub(crate) async fn read_range(&self, path: &str, range: Range<u64>) -> Result<Bytes> {
        match self {
            Self::Local(local) => local.read_range(path, range),
            Self::S3(s3) => s3.read_range(path, range).await,
        }
    }

    /// Creates a file in one step, unless there is one of this name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn create(&self, path: &str, content: &[u8]) -> Result<Created> {
        ensure_inside(path)?;
        match self {
            Self::Local(local) => local.create(path, content),
            Self::S3(s3) => s3.create(path, content).await,
        }
    }

    /// Starts a file that is written in parts, in place of any of this name.
    ///
    /// # Errors
    /// When it cannot be created.
    #[expect(clippy::unused_async, reason = "as all calls of a storage")]
    pub(crate) async fn writer(&self, path: &str) -> Result<StoredFileWriter> {
        ensure_inside(path)?;
        match self {
            Self::Local(local) => local.writer(path).map(StoredFileWriter::Local),
            Self::S3(s3) => S3File::new(s3.clone(), path).map(StoredFileWriter::S3),
        }
    }

    /// Deletes a file; it is no error if there is none.
    ///
    /// # Errors
    /// When it cannot be deleted.
    pub(crate) async fn delete(&self, path: &str) -> Result<()> {
        ensure_inside(path)?;
        match self {
            Self::Local(local) => local.delete(path),
            Self::S3(s3) => s3.delete(path).await,
        }
    }
}

/// Nothing outside of the dataset is written or deleted, whatever a file of it says.
fn ensure_inside(path: &str) -> Result<()> {
    ensure!(
        layout::is_safe_path(path),
        "{path:?} is no path of a file of a dataset"
    );
    Ok(())
}

impl StoredFileWriter {
    /// Appends bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match self {
            Self::Local(file) => file.write(&bytes),
            Self::S3(file) => file.write(&bytes).await,
        }
    }

    /// Makes the file visible.
    ///
    /// # Errors
    /// When it cannot be completed.
    pub(crate) async fn finish(self) -> Result<()> {
        match self {
            Self::Local(file) => file.finish(),
            Self::S3(file) => file.finish().await,
        }
    }
}
