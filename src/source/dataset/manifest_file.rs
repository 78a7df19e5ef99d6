//! Manifests as files: written with their checksum, and read with every part of them
//! checked, as a manifest decides which files are opened and how much is read.

use std::collections::{BTreeMap, HashSet};

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::source::dataset::checksum::{is_sha256, sha256_of};
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{Manifest, ManifestFile};
use crate::source::dataset::schema::{SCHEMA_VERSION, Table};
use crate::source::dataset::storage::Storage;

/// The largest manifest that is read. One of 1,000 accounts in 20 regions has about 30 MB.
pub(crate) const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// The largest footer of a Parquet file that is read.
const MAX_FOOTER_BYTES: u64 = 64 << 20;

/// The largest file and the most rows of one that are taken for real.
const MAX_FILE_BYTES: u64 = 1 << 40;
const MAX_ROWS: u64 = 1 << 40;

/// The smallest Parquet file: magic bytes, an empty footer, its length, magic bytes.
const MIN_FILE_BYTES: u64 = 12;

/// What stands in place of the checksum while it is computed.
const NO_CHECKSUM: [u8; 64] = [b'0'; 64];

/// What every version has.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    schema_version: u32,
}

impl Manifest {
    /// The file, with its checksum.
    ///
    /// # Errors
    /// When it is too large to be read again.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let checksum = String::from_utf8_lossy(&NO_CHECKSUM).into_owned();
        let unsigned = Self {
            checksum,
            ..self.clone()
        };
        // On one line: Athena and Trino read a JSON document a line.
        let mut bytes = serde_json::to_vec(&unsigned)?;
        let checksum = sha256_of(&bytes);
        // It is the last member.
        let at = find_last(&bytes, &NO_CHECKSUM).context("the manifest has no checksum")?;
        bytes[at..at + NO_CHECKSUM.len()].copy_from_slice(checksum.as_bytes());
        ensure!(
            bytes.len() as u64 <= MAX_MANIFEST_BYTES,
            "the manifest is larger than {MAX_MANIFEST_BYTES} bytes"
        );
        Ok(bytes)
    }

    /// Reads a manifest at `path`, and checks it.
    ///
    /// # Errors
    /// When it is of a newer version, was changed, or names what it must not.
    pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Self> {
        let version: Version =
            serde_json::from_slice(bytes).with_context(|| format!("{path} is not a manifest"))?;
        if version.schema_version > SCHEMA_VERSION {
            bail!(
                "{path}: schema version {} is newer than this patchctl, which reads up to {SCHEMA_VERSION}; use a newer patchctl",
                version.schema_version
            );
        }
        let manifest: Self =
            serde_json::from_slice(bytes).with_context(|| format!("{path} is not a manifest"))?;
        manifest
            .check_checksum(bytes)
            .and_then(|()| manifest.check(path))
            .with_context(|| format!("{path} cannot be used"))?;
        Ok(manifest)
    }

    fn check_checksum(&self, bytes: &[u8]) -> Result<()> {
        let mut unsigned = bytes.to_vec();
        let at = find_last(bytes, self.checksum.as_bytes());
        let at = at.filter(|_| is_sha256(&self.checksum));
        let at = at.context("it has no checksum")?;
        unsigned[at..at + NO_CHECKSUM.len()].copy_from_slice(&NO_CHECKSUM);
        ensure!(
            sha256_of(&unsigned) == self.checksum,
            "it was changed: its checksum does not match"
        );
        Ok(())
    }

    /// Checks what others may have written.
    fn check(&self, path: &str) -> Result<()> {
        ensure!(self.schema_version > 0, "it has no schema version");
        ensure!(
            layout::manifest_file(&self.run_id) == path && layout::is_safe_path(path),
            "its run has another name"
        );
        let is_older = |id: &String| {
            layout::is_run_id(id) && layout::snapshot_of(id) < layout::snapshot_of(&self.run_id)
        };
        ensure!(
            self.supersedes.iter().all(is_older),
            "it supersedes what is no older run"
        );
        let mut paths = HashSet::new();
        // The rows of nodes and patches of each account and region.
        let mut rows: BTreeMap<(&str, &str), [u64; 2]> = BTreeMap::new();
        for file in &self.files {
            let of_file = || format!("file {}", file.path);
            let table = check_file(file, &self.run_id).with_context(of_file)?;
            ensure!(paths.insert(&file.path), "file {} stands twice", file.path);
            let [nodes, patches] = rows.entry((&*file.account_id, &*file.region)).or_default();
            match table {
                Table::Nodes => *nodes += file.rows,
                Table::Patches => *patches += file.rows,
                Table::Unread => {}
            }
        }
        for location in &self.locations {
            ensure!(
                location.nodes <= MAX_ROWS && location.patches <= MAX_ROWS,
                "the counts of {} are too large",
                location.region
            );
            let (account, region) = (&*location.account_id, &*location.region);
            let in_files = rows.remove(&(account, region)).unwrap_or_default();
            ensure!(
                in_files == [location.nodes, location.patches],
                "the location {account} {region} and its files have different counts of rows"
            );
        }
        // Files of what could not be read, and empty ones, may be of no location.
        if let Some(((account, region), _)) = rows.into_iter().find(|(_, rows)| *rows != [0, 0]) {
            bail!("it has rows of {account} {region}, which is none of its locations");
        }
        Ok(())
    }
}

/// The table of a file of this run, whose path and sizes are possible.
///
/// # Errors
/// When they are not.
pub(super) fn check_file(file: &ManifestFile, run_id: &str) -> Result<Table> {
    let mut tables = Table::ALL.into_iter();
    let table = tables
        .find(|table| table.as_str() == file.table)
        .context("its table is not known")?;
    ensure!(
        layout::is_safe_path(&file.path) && layout::run_of_table_file(&file.path) == Some(run_id),
        "its path is not that of a file of the run"
    );
    let known = |value: &str| match value {
        "" => layout::UNKNOWN.to_owned(),
        value => value.to_owned(),
    };
    let folder = format!(
        "{}/snapshot={}/account={}/region={}/",
        table.as_str(),
        layout::snapshot_of(run_id),
        known(&file.account_id),
        known(&file.region)
    );
    ensure!(
        file.path.starts_with(&folder),
        "its path is not that of its table, account and region"
    );
    let is_size_plausible = (MIN_FILE_BYTES..=MAX_FILE_BYTES).contains(&file.bytes)
        && file.footer_bytes <= file.bytes.min(MAX_FOOTER_BYTES)
        && file.rows <= MAX_ROWS;
    ensure!(is_size_plausible, "its sizes are not possible");
    ensure!(
        is_sha256(&file.sha256) && is_sha256(&file.footer_sha256),
        "it has no checksum"
    );
    Ok(table)
}

/// The manifest of a run; `None` if there is none.
///
/// # Errors
/// When it cannot be read or used.
pub(crate) async fn read_manifest(storage: &Storage, path: &str) -> Result<Option<Manifest>> {
    let bytes = storage.read(path, MAX_MANIFEST_BYTES).await?;
    bytes.map(|bytes| Manifest::parse(path, &bytes)).transpose()
}

/// Where the last occurrence of these bytes starts.
fn find_last(bytes: &[u8], searched: &[u8]) -> Option<usize> {
    let mut windows = bytes.windows(searched.len().max(1));
    windows.rposition(|window| window == searched)
}
