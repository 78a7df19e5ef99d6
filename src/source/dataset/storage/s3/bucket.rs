//! The files in a bucket, or below a prefix of one.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};
use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use object_store::{
    Extensions, GetOptions, GetRange, ListResult, ObjectStore as _, ObjectStoreExt as _, PutMode,
    PutPayload,
};
use tokio::task::JoinHandle;

use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::session::Session;
use crate::source::dataset::storage::s3::client::BucketClient;
use crate::source::dataset::storage::s3::failure::Failure;
use crate::source::dataset::storage::s3::transport::BodyLimit;
use crate::source::dataset::storage::stored_file::{Created, StoredFile};

/// A bucket, or a prefix of one. Clones share its clients.
#[derive(Debug, Clone)]
pub(crate) struct Bucket(Arc<BucketState>);

#[derive(Debug)]
struct BucketState {
    prefix: String,
    client: BucketClient,
    /// Uploads that are being aborted.
    aborts: Mutex<Vec<JoinHandle<()>>>,
}

impl Bucket {
    /// A bucket, reached as the session reaches AWS. Makes no request.
    ///
    /// # Errors
    /// When no request to it can be made.
    pub(in crate::source::dataset::storage) fn new(
        bucket: &str,
        prefix: &str,
        session: Session,
    ) -> Result<Self> {
        Ok(Self(Arc::new(BucketState {
            prefix: prefix.to_owned(),
            client: BucketClient::new(bucket, session)?,
            aborts: Mutex::default(),
        })))
    }

    /// The calls made so far, by operation.
    pub(in crate::source::dataset::storage) fn call_counts(&self) -> BTreeMap<String, CallCounts> {
        self.0.client.call_stats.counts()
    }

    pub(in crate::source::dataset::storage) async fn list(
        &self,
        folder: &str,
    ) -> Result<Vec<StoredFile>> {
        let prefix = self.folder_key(folder);
        let mut files = Vec::new();
        self.each_page(folder, false, |page| {
            files.extend(page.objects.into_iter().filter_map(|object| {
                let name = object.location.as_ref().strip_prefix(&prefix)?;
                let path = join(folder, name);
                let bytes = object.size;
                (!name.is_empty()).then_some(StoredFile { path, bytes })
            }));
        })
        .await?;
        files.sort();
        // Consoles make an empty object for each folder.
        let is_folder = |at: usize| {
            let file: &StoredFile = &files[at];
            let next = files.get(at + 1);
            file.bytes == 0
                && next.is_some_and(|next| {
                    let rest = next.path.strip_prefix(&*file.path);
                    rest.is_some_and(|rest| rest.starts_with('/'))
                })
        };
        let mut folders = (0..files.len())
            .map(is_folder)
            .collect::<Vec<_>>()
            .into_iter();
        files.retain(|_| folders.next() != Some(true));
        Ok(files)
    }

    pub(in crate::source::dataset::storage) async fn folders(
        &self,
        folder: &str,
    ) -> Result<Vec<String>> {
        let prefix = self.folder_key(folder);
        let mut names = Vec::new();
        self.each_page(folder, true, |page| {
            names.extend(page.common_prefixes.iter().filter_map(|found| {
                let name = found.as_ref().strip_prefix(&prefix)?;
                Some(name.to_owned())
            }));
        })
        .await?;
        names.sort();
        Ok(names)
    }

    /// Starts a task that aborts an upload, of which `close` waits for the end.
    pub(in crate::source::dataset::storage) fn keep_abort(&self, abort: JoinHandle<()>) {
        self.aborts().push(abort);
    }

    /// Calls `each` for every page of the keys in a folder.
    async fn each_page(
        &self,
        folder: &str,
        delimited: bool,
        mut each: impl FnMut(ListResult),
    ) -> Result<()> {
        let prefix = self.folder_key(folder);
        let mut token: Option<String> = None;
        loop {
            let options = PaginatedListOptions {
                delimiter: delimited.then_some("/".into()),
                page_token: token.clone(),
                ..PaginatedListOptions::default()
            };
            let listed = self
                .run("ListBucket", |store| {
                    let (prefix, options) = (prefix.clone(), options.clone());
                    async move {
                        let prefix = (!prefix.is_empty()).then_some(&*prefix);
                        store.list_paginated(prefix, options).await
                    }
                })
                .await;
            let page =
                listed.map_err(|failure| failure.describe("listed", &self.address(folder)))?;
            each(page.result);
            if page.page_token.is_some() && page.page_token == token {
                bail!(
                    "{}: the pages of the list have no end",
                    self.address(folder)
                );
            }
            token = page.page_token;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    pub(in crate::source::dataset::storage) async fn read(
        &self,
        path: &str,
        limit: u64,
    ) -> Result<Option<Bytes>> {
        match self.get(path, None, limit).await {
            Ok(content) => Ok(Some(content)),
            Err(failure) if failure.is_not_found() => Ok(None),
            Err(failure) => Err(failure.describe("read", &self.address(path))),
        }
    }

    pub(in crate::source::dataset::storage) async fn read_range(
        &self,
        path: &str,
        range: Range<u64>,
    ) -> Result<Bytes> {
        let size = range.end.saturating_sub(range.start);
        if size == 0 {
            return Ok(Bytes::new());
        }
        let end = range.end;
        let content = match self.get(path, Some(range), size).await {
            Ok(content) => content,
            Err(failure) if failure.is_not_found() => {
                bail!("{} does not exist", self.address(path))
            }
            Err(failure) if failure.is_behind_end() => Bytes::new(),
            Err(failure) => return Err(failure.describe("read", &self.address(path))),
        };
        if content.len() as u64 != size {
            bail!("{} ends before byte {end}", self.address(path));
        }
        Ok(content)
    }

    async fn get(
        &self,
        path: &str,
        range: Option<Range<u64>>,
        limit: u64,
    ) -> Result<Bytes, Failure> {
        let key = self.key(path, "GetObject")?;
        let mut extensions = Extensions::new();
        extensions.insert(BodyLimit(limit));
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            extensions,
            ..GetOptions::default()
        };
        self.run("GetObject", |store| {
            let (key, options) = (key.clone(), options.clone());
            async move { store.get_opts(&key, options).await?.bytes().await }
        })
        .await
    }

    pub(in crate::source::dataset::storage) async fn create(
        &self,
        path: &str,
        content: &[u8],
    ) -> Result<Created> {
        let content = Bytes::copy_from_slice(content);
        match self.put(path, content.clone(), PutMode::Create).await {
            Ok(()) => return Ok(Created::Yes),
            Err(failure) if failure.is_conflict() => {}
            Err(failure) => return Err(failure.describe("written", &self.address(path))),
        }
        // A request whose response was lost is repeated, and meets its own file.
        let limit = content.len() as u64;
        let is_own = match self.get(path, None, limit).await {
            Ok(existing) => existing == content,
            Err(_) => false,
        };
        Ok(if is_own {
            Created::Yes
        } else {
            Created::Exists
        })
    }

    async fn delete_object(&self, path: &str) -> Result<(), Failure> {
        let key = self.key(path, "DeleteObject")?;
        self.run("DeleteObject", |store| {
            let key = key.clone();
            async move { store.delete(&key).await }
        })
        .await
    }

    pub(super) async fn put(
        &self,
        path: &str,
        content: Bytes,
        mode: PutMode,
    ) -> Result<(), Failure> {
        let key = self.key(path, "PutObject")?;
        let put = self.run("PutObject", |store| {
            let (key, mode) = (key.clone(), mode.clone());
            let payload = PutPayload::from(content.clone());
            async move { store.put_opts(&key, payload, mode.into()).await }
        });
        put.await.map(|_| ())
    }

    pub(in crate::source::dataset::storage) async fn delete(&self, path: &str) -> Result<()> {
        match self.delete_object(path).await {
            Err(failure) if !failure.is_not_found() => {
                Err(failure.describe("deleted", &self.address(path)))
            }
            _ => Ok(()),
        }
    }

    fn aborts(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.aborts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until every upload that was given up is aborted.
    pub(in crate::source::dataset::storage) async fn close(&self) {
        let aborts = std::mem::take(&mut *self.aborts());
        for abort in aborts {
            // One that failed has nothing to tell: its parts are not visible.
            let _ = abort.await;
        }
    }

    pub(super) async fn run<T, F>(
        &self,
        action: &'static str,
        call: impl Fn(Arc<AmazonS3>) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        self.0.client.run(action, call).await
    }

    /// The key of a file.
    pub(super) fn key(&self, path: &str, action: &'static str) -> Result<Path, Failure> {
        let key = Path::parse(join(&self.0.prefix, path));
        key.map_err(|error| self.0.client.failure(error.into(), action))
    }

    /// What the keys of the files in a folder begin with.
    fn folder_key(&self, folder: &str) -> String {
        let key = join(&self.0.prefix, folder);
        if key.is_empty() { key } else { key + "/" }
    }

    /// The address of a file, for messages.
    pub(super) fn address(&self, path: &str) -> String {
        format!(
            "s3://{}/{}",
            self.0.client.bucket,
            join(&self.0.prefix, path)
        )
    }
}

/// A path below a folder; each may be empty.
fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) | (path, "") => path.to_owned(),
        (folder, path) => format!("{folder}/{path}"),
    }
}
