//! What is kept of a run that has not ended: its head, and a checkpoint for each location
//! that is complete. Deleted when the run is visible.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::source::dataset::checksum::sha256_of;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    ManifestCaller, ManifestCalls, ManifestFile, ManifestLocation, ManifestPlan, ManifestSelection,
    ManifestTotals,
};
use crate::source::dataset::manifest_file::{MAX_MANIFEST_BYTES, check_file};
use crate::source::dataset::schema::{SCHEMA_VERSION, Table};
use crate::source::dataset::storage::{Created, Storage};

/// An older run is not continued: its first half would be of another day than the rest.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// The program that writes runs.
pub(super) const TOOL: &str = concat!("patchctl ", env!("CARGO_PKG_VERSION"));

/// The largest head or checkpoint that is read.
const MAX_BYTES: u64 = 64 << 20;

/// The folder of checkpoints in that of the run.
const CHECKPOINTS: &str = "complete";

/// How the names of files begin that claim a run for an attempt.
const ATTEMPT: &str = "attempt-";

/// More attempts at one run are not made.
const MAX_ATTEMPTS: u32 = 1_000;

/// A file is `{"Sha256":"<64 digits>","Content":<JSON>}`; the checksum is that of the
/// content as it stands there.
const SEAL_START: &str = "{\"Sha256\":\"";
const SEAL_MIDDLE: &str = "\",\"Content\":";
const SEAL_END: &str = "}";

/// What is known of a run when it starts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RunHead {
    pub schema_version: u32,
    pub run_id: String,
    pub tool: String,
    pub started_at: Timestamp,
    pub clock: String,
    pub selection: ManifestSelection,
    pub plan: ManifestPlan,
    /// The SHA-256 of all that decides which nodes are read, and how they are reached.
    pub request_sha256: String,
}

/// A location that is complete.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Checkpoint {
    /// The attempt that read it, from 0.
    pub attempt: u32,
    pub location: ManifestLocation,
    pub totals: ManifestTotals,
    pub files: Vec<ManifestFile>,
    /// Its nodes among those whose ids were given.
    pub listed_ids: Vec<String>,
    /// The calls of the attempt up to here.
    pub calls: BTreeMap<String, ManifestCalls>,
    pub callers: Vec<ManifestCaller>,
}

/// A run that can be continued.
pub(crate) struct UnfinishedRun {
    pub head: RunHead,
    pub attempt: u32,
    pub done: Vec<Checkpoint>,
}

impl RunHead {
    /// The folder of what is kept of the run.
    pub(super) fn folder(&self) -> String {
        format!("{}/{}", layout::UNFINISHED, self.run_id)
    }

    /// The file that this head stands in.
    pub(super) fn file(&self) -> String {
        format!("{}/run.json", self.folder())
    }

    /// Writes the head, before the first file of the run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn create(&self, storage: &Storage) -> Result<()> {
        storage.create(&self.file(), &seal(self)?).await?;
        Ok(())
    }

    /// Writes a checkpoint. If another process has completed the location first, its
    /// checkpoint counts, and the files of this one are deleted.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) async fn save(
        &self,
        storage: &Storage,
        checkpoint: Checkpoint,
    ) -> Result<Checkpoint> {
        let path = self.checkpoint_file(&checkpoint.location);
        match storage.create(&path, &seal(&checkpoint)?).await? {
            Created::Yes => Ok(checkpoint),
            Created::Exists => {
                let other = read::<Checkpoint>(storage, &path).await?;
                let Some(other) = other else {
                    return Ok(checkpoint);
                };
                for file in &checkpoint.files {
                    storage.delete(&file.path).await?;
                }
                Ok(other)
            }
        }
    }

    fn checkpoint_file(&self, location: &ManifestLocation) -> String {
        let known = |text: &str| match text {
            "" => layout::UNKNOWN.to_owned(),
            text => text.to_owned(),
        };
        let (account, region) = (known(&location.account_id), known(&location.region));
        format!("{}/{CHECKPOINTS}/{account}.{region}.json", self.folder())
    }

    /// Deletes what is kept of the run: the head first, as without it the rest is not read.
    ///
    /// # Errors
    /// When a file cannot be deleted.
    pub(crate) async fn forget(&self, storage: &Storage) -> Result<()> {
        storage.delete(&self.file()).await?;
        for file in storage.list(&self.folder()).await? {
            storage.delete(&file.path).await?;
        }
        Ok(())
    }

    /// Did this program write it, for a run of the same nodes within the last day?
    fn can_be_continued(&self, file: &str, request_sha256: &str, now: Timestamp) -> bool {
        layout::is_run_id(&self.run_id)
            && self.file() == file
            && self.schema_version == SCHEMA_VERSION
            && self.tool == TOOL
            && self.request_sha256 == request_sha256
            && now.duration_since(self.started_at) < MAX_AGE
    }

    /// Is it a checkpoint of this run, whose files are there?
    fn is_usable(&self, file: &str, done: &Checkpoint, there: &BTreeMap<String, u64>) -> bool {
        let location = &done.location;
        file == self.checkpoint_file(location)
            && done.files.iter().all(|file| {
                check_file(file, &self.run_id).is_ok()
                    && file.account_id == location.account_id
                    && file.region == location.region
                    && there.get(&file.path) == Some(&file.bytes)
            })
    }
}

/// The newest unfinished run of this request, claimed for this process.
///
/// # Errors
/// When the dataset cannot be read.
pub(crate) async fn claim(
    storage: &Storage,
    request_sha256: &str,
    now: Timestamp,
) -> Result<Option<UnfinishedRun>> {
    let mut heads = Vec::new();
    let files = storage.list(layout::UNFINISHED).await?;
    for file in files.iter().filter(|file| file.path.ends_with("/run.json")) {
        let head = read::<RunHead>(storage, &file.path).await?;
        heads.extend(head.filter(|head| head.can_be_continued(&file.path, request_sha256, now)));
    }
    heads.sort_by(|one, other| other.run_id.cmp(&one.run_id));
    for head in heads {
        let Some(attempt) = claim_attempt(storage, &head).await? else {
            continue;
        };
        let manifest = layout::manifest_file(&head.run_id);
        if storage.read(&manifest, MAX_MANIFEST_BYTES).await?.is_some() {
            // It is visible; the process that wrote it ended before it had deleted this.
            head.forget(storage).await?;
            continue;
        }
        let done = read_checkpoints(storage, &head).await?;
        return Ok(Some(UnfinishedRun {
            head,
            attempt,
            done,
        }));
    }
    Ok(None)
}

/// The number of an attempt that is now that of this process.
async fn claim_attempt(storage: &Storage, head: &RunHead) -> Result<Option<u32>> {
    for attempt in 1..MAX_ATTEMPTS {
        let claim = format!("{}/{ATTEMPT}{attempt}", head.folder());
        if storage.create(&claim, b"").await? == Created::Yes {
            return Ok(Some(attempt));
        }
    }
    Ok(None)
}

/// The attempt that this file claims a run for.
pub(super) fn attempt_number(path: &str) -> Option<u32> {
    let (_, name) = path.rsplit_once('/')?;
    name.strip_prefix(ATTEMPT)?.parse().ok()
}

/// The checkpoints of a run. One that cannot be used is deleted, so that the location gets
/// another one when it has been read again.
async fn read_checkpoints(storage: &Storage, head: &RunHead) -> Result<Vec<Checkpoint>> {
    let there = files_of_run(storage, &head.run_id).await?;
    let mut usable = Vec::new();
    for file in storage
        .list(&format!("{}/{CHECKPOINTS}", head.folder()))
        .await?
    {
        let done = read::<Checkpoint>(storage, &file.path).await?;
        match done.filter(|done| head.is_usable(&file.path, done, &there)) {
            Some(done) => usable.push(done),
            None => storage.delete(&file.path).await?,
        }
    }
    Ok(usable)
}

/// The files of tables that a run has, with their sizes.
///
/// # Errors
/// When they cannot be listed.
pub(super) async fn files_of_run(storage: &Storage, run_id: &str) -> Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    for table in Table::ALL {
        let folder = layout::snapshot_folder(table, run_id);
        let files = storage.list(&folder).await?.into_iter();
        let files = files.filter(|file| layout::run_of_table_file(&file.path) == Some(run_id));
        found.extend(files.map(|file| (file.path, file.bytes)));
    }
    Ok(found)
}

/// The bytes of a file, with their checksum.
fn seal(content: &impl Serialize) -> Result<Vec<u8>> {
    let content = serde_json::to_string(content)?;
    let sha256 = sha256_of(content.as_bytes());
    let sealed = [SEAL_START, &sha256, SEAL_MIDDLE, &content, SEAL_END];
    Ok(sealed.concat().into_bytes())
}

/// The content, if it is as it was written.
fn unseal(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(SEAL_START.as_bytes())?;
    let (sha256, rest) = rest.split_at_checked(64)?;
    let content = rest.strip_prefix(SEAL_MIDDLE.as_bytes())?;
    let content = content.strip_suffix(SEAL_END.as_bytes())?;
    (sha256_of(content).as_bytes() == sha256).then_some(content)
}

/// A file of these; `None` if there is none, or it is not as it was written.
async fn read<T: for<'de> Deserialize<'de>>(storage: &Storage, path: &str) -> Result<Option<T>> {
    let bytes = storage.read(path, MAX_BYTES).await;
    let bytes = bytes.with_context(|| format!("{path} cannot be read"))?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(unseal(&bytes)?).ok()))
}
