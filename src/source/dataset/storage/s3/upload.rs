//! A file that is uploaded in parts. It is visible once all are there; what is given up
//! is aborted.

use std::mem;

use anyhow::{Result, anyhow};
use bytes::Bytes;
use object_store::multipart::{MultipartStore as _, PartId};
use object_store::path::Path;
use object_store::{MultipartId, PutMode, PutPayload};
use tokio::task::JoinHandle;

use crate::source::dataset::storage::s3::bucket::Bucket;
use crate::source::dataset::storage::s3::failure::Failure;

/// The size of a part. S3 takes 10,000 parts of at least 5 MiB, so that a file may have
/// 80 GB. Two parts of a file are in memory: one that is sent, and one that is filled.
const PART_BYTES: usize = 8 << 20;

/// A file that is being uploaded.
#[derive(Debug)]
pub(crate) struct S3File {
    bucket: Bucket,
    path: String,
    key: Path,
    buffer: Vec<u8>,
    bytes: u64,
    upload: Option<Upload>,
}

#[derive(Debug)]
struct Upload {
    id: MultipartId,
    parts: Vec<PartId>,
    /// The part that is being sent.
    sending: Option<JoinHandle<Result<PartId, Failure>>>,
}

impl S3File {
    pub(in crate::source::dataset::storage) fn new(bucket: Bucket, path: &str) -> Result<Self> {
        let key = bucket.key(path, "PutObject");
        let key = key.map_err(|failure| failure.describe("written", &bucket.address(path)))?;
        Ok(Self {
            key,
            bucket,
            path: path.to_owned(),
            buffer: Vec::new(),
            bytes: 0,
            upload: None,
        })
    }

    fn describe(&self, failure: &Failure) -> anyhow::Error {
        failure.describe("written", &self.bucket.address(&self.path))
    }

    /// Appends bytes; waits while two parts are full.
    pub(in crate::source::dataset::storage) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = PART_BYTES - self.buffer.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.buffer.extend_from_slice(now);
            self.bytes += now.len() as u64;
            rest = later;
            if self.buffer.len() == PART_BYTES {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    /// Makes the file visible: in one request if it is small.
    pub(in crate::source::dataset::storage) async fn finish(mut self) -> Result<()> {
        if self.upload.is_none() {
            let content = Bytes::from(mem::take(&mut self.buffer));
            let put = self.bucket.put(&self.path, content, PutMode::Overwrite);
            return put.await.map_err(|failure| self.describe(&failure));
        }
        if !self.buffer.is_empty() {
            self.send_part().await?;
        }
        self.join_part().await?;
        self.complete().await?;
        self.upload = None;
        Ok(())
    }

    /// Sends the buffer as the next part, once the one before it is there.
    async fn send_part(&mut self) -> Result<()> {
        self.join_part().await?;
        let content = Bytes::from(mem::take(&mut self.buffer));
        let key = self.key.clone();
        if self.upload.is_none() {
            let created = self.bucket.run("PutObject", |store| {
                let key = key.clone();
                async move { store.create_multipart(&key).await }
            });
            let id = created.await.map_err(|failure| self.describe(&failure))?;
            self.upload = Some(Upload {
                id,
                parts: Vec::new(),
                sending: None,
            });
        }
        let bucket = self.bucket.clone();
        if let Some(upload) = &mut self.upload {
            let (id, number) = (upload.id.clone(), upload.parts.len());
            upload.sending = Some(tokio::spawn(async move {
                let sent = bucket.run("PutObject", |store| {
                    let (key, id) = (key.clone(), id.clone());
                    let payload = PutPayload::from(content.clone());
                    async move { store.put_part(&key, &id, number, payload).await }
                });
                sent.await
            }));
        }
        Ok(())
    }

    /// Waits for the part that is being sent.
    async fn join_part(&mut self) -> Result<()> {
        let Some(upload) = &mut self.upload else {
            return Ok(());
        };
        let Some(sending) = &mut upload.sending else {
            return Ok(());
        };
        let sent = sending.await;
        upload.sending = None;
        let sent = sent.map_err(|_| anyhow!("{} was not sent", self.path))?;
        match sent {
            Ok(part) => upload.parts.push(part),
            Err(failure) => return Err(self.describe(&failure)),
        }
        Ok(())
    }

    async fn complete(&self) -> Result<()> {
        let Some(upload) = &self.upload else {
            return Ok(());
        };
        let key = self.key.clone();
        let completed = self.bucket.run("PutObject", |store| {
            let (key, id) = (key.clone(), upload.id.clone());
            let parts = upload.parts.clone();
            async move { store.complete_multipart(&key, &id, parts).await }
        });
        match completed.await {
            Ok(_) => Ok(()),
            // A request whose response was lost is repeated, and has completed it.
            Err(failure) if failure.is_upload_gone() && self.is_there().await => Ok(()),
            Err(failure) => Err(self.describe(&failure)),
        }
    }

    /// Is a file of this name and size there?
    async fn is_there(&self) -> bool {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let files = self.bucket.list(folder).await.unwrap_or_default();
        files
            .iter()
            .any(|file| file.path == self.path && file.bytes == self.bytes)
    }
}

impl Drop for S3File {
    /// Aborts an upload that is not finished; `Bucket::close` waits for it.
    fn drop(&mut self) {
        let (Some(upload), Ok(runtime)) =
            (self.upload.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let abort = runtime.spawn(async move {
            if let Some(sending) = upload.sending {
                sending.abort();
                let _ = sending.await;
            }
            let aborted = bucket.run("AbortMultipartUpload", |store| {
                let (key, id) = (key.clone(), upload.id.clone());
                async move { store.abort_multipart(&key, &id).await }
            });
            // Its parts are not visible; a lifecycle rule of the bucket deletes them.
            let _ = aborted.await;
        });
        self.bucket.keep_abort(abort);
    }
}
