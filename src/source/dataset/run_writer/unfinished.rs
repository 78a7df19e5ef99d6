//! What is kept of a run that has not ended: its head, and a checkpoint for each location
//! that is complete. Deleted when the run is visible.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    ManifestCaller, ManifestCalls, ManifestFile, ManifestLocation, ManifestPlan, ManifestSelection,
    ManifestTotals,
};
use crate::source::dataset::storage::{Created, Storage};

/// An older run is not continued: its first half would be of another day than the rest.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// The largest head or checkpoint that is read.
const MAX_BYTES: u64 = 64 << 20;

/// The folder of checkpoints in that of the run.
const CHECKPOINTS: &str = "complete";

/// More attempts at one run are not made.
const MAX_ATTEMPTS: u32 = 1_000;

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
    fn folder(&self) -> String {
        format!("{}/{}", layout::UNFINISHED, self.run_id)
    }

    /// Writes the head, before the first file of the run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn create(&self, storage: &Storage) -> Result<()> {
        let path = format!("{}/run.json", self.folder());
        storage
            .create(&path, &serde_json::to_vec_pretty(self)?)
            .await?;
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
        match storage
            .create(&path, &serde_json::to_vec_pretty(&checkpoint)?)
            .await?
        {
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

    /// Deletes what is kept of the run, the head last.
    ///
    /// # Errors
    /// When a file cannot be deleted.
    pub(crate) async fn forget(&self, storage: &Storage) -> Result<()> {
        let folder = self.folder();
        let head = format!("{folder}/run.json");
        for file in storage.list(&folder).await? {
            if file.path != head {
                storage.delete(&file.path).await?;
            }
        }
        storage.delete(&head).await
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
    let mut newest: Option<RunHead> = None;
    let files = storage.list(layout::UNFINISHED).await?;
    for file in files.iter().filter(|file| file.path.ends_with("/run.json")) {
        let Some(head) = read::<RunHead>(storage, &file.path).await? else {
            continue;
        };
        let is_of_path = format!("{}/run.json", head.folder()) == file.path;
        let is_same = is_of_path && head.request_sha256 == request_sha256;
        let is_fresh = now.duration_since(head.started_at) < MAX_AGE;
        let is_newer = newest
            .as_ref()
            .is_none_or(|newest| newest.run_id < head.run_id);
        if is_same && is_fresh && is_newer {
            newest = Some(head);
        }
    }
    let Some(head) = newest else {
        return Ok(None);
    };
    let folder = head.folder();
    for attempt in 1..MAX_ATTEMPTS {
        let claim = format!("{folder}/attempt-{attempt}");
        if storage.create(&claim, b"").await? == Created::Exists {
            continue;
        }
        let mut done = Vec::new();
        for file in storage.list(&folder).await? {
            if file.path.starts_with(&format!("{folder}/{CHECKPOINTS}/")) {
                done.extend(read::<Checkpoint>(storage, &file.path).await?);
            }
        }
        return Ok(Some(UnfinishedRun {
            head,
            attempt,
            done,
        }));
    }
    Ok(None)
}

/// A file of these; `None` if there is none, or it is not one that can be read.
async fn read<T: for<'de> Deserialize<'de>>(storage: &Storage, path: &str) -> Result<Option<T>> {
    let bytes = storage.read(path, MAX_BYTES).await;
    let bytes = bytes.with_context(|| format!("{path} cannot be read"))?;
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
