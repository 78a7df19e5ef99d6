//! `verify`: compares every byte of a dataset with its manifests, and what the files say of
//! themselves with one another.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::interrupt::Interrupt;
use crate::record::{DatasetFinding, FindingKind};
use crate::source::dataset::checksum::RunningSha256;
use crate::source::dataset::decode::Rows;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{Manifest, ManifestFile};
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::newer_runs::Coverage;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_file::TableFile;

/// How many bytes of a file are in memory at once.
const PIECE: u64 = 4 << 20;

/// What was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct VerifiedCounts {
    pub runs: u64,
    pub files: u64,
    pub bytes: u64,
}

/// Compares the runs that `is_wanted` accepts by their ids, or all of them, and hands each
/// finding to `take`. Files that no run names are found where all runs are compared.
///
/// # Errors
/// When the dataset cannot be listed, or the run is interrupted.
pub(crate) async fn verify(
    storage: &Storage,
    wanted: Option<&BTreeSet<String>>,
    interrupt: &Interrupt,
    mut take: impl FnMut(DatasetFinding) -> Result<()>,
) -> Result<VerifiedCounts> {
    let mut verifier = Verifier::new(storage, interrupt);
    for table in Table::ALL {
        let files = storage.list(table.as_str()).await?;
        let files = files.into_iter().map(|file| (file.path, file.bytes));
        verifier.stored.extend(files);
    }
    let mut damaged = BTreeSet::new();
    for file in storage.list(layout::RUNS).await? {
        let run_id = layout::run_of_manifest(&file.path).map(str::to_owned);
        if let Some(wanted) = wanted
            && !run_id.as_ref().is_some_and(|id| wanted.contains(id))
        {
            continue;
        }
        verifier.counts.bytes += file.bytes;
        match (read_manifest(storage, &file.path).await, run_id) {
            (_, None) => take(finding(FindingKind::Unnamed, &file.path, None, UNNAMED))?,
            (Ok(None), Some(_)) => {}
            (Ok(Some(manifest)), Some(_)) => {
                verifier.compare_run(&manifest, &mut take).await?;
                let is_part = wanted.is_some();
                verifier
                    .compare_superseded(&manifest, is_part, &mut take)
                    .await?;
            }
            (Err(error), Some(id)) => {
                let detail = format!("{error:#}");
                take(finding(
                    FindingKind::Changed,
                    &file.path,
                    Some(&id),
                    &detail,
                ))?;
                damaged.insert(id);
            }
        }
    }
    if wanted.is_none() {
        verifier.find_unnamed(&damaged, &mut take).await?;
    }
    Ok(verifier.counts)
}

const UNNAMED: &str = "no manifest names it";
const TEMPORARY: &str =
    "it is being written, or was when its process was killed; collect --keep deletes it";

struct Verifier<'a> {
    storage: &'a Storage,
    interrupt: &'a Interrupt,
    counts: VerifiedCounts,
    /// The files of tables, with their sizes.
    stored: BTreeMap<String, u64>,
    named: BTreeSet<String>,
    /// What each run tells of; runs of the same locations share it.
    coverage: HashMap<String, Arc<Coverage>>,
    distinct: HashSet<Arc<Coverage>>,
}

fn finding(kind: FindingKind, path: &str, run_id: Option<&str>, detail: &str) -> DatasetFinding {
    DatasetFinding {
        kind,
        path: path.to_owned(),
        run_id: run_id.map(str::to_owned),
        detail: detail.to_owned(),
    }
}

impl<'a> Verifier<'a> {
    fn new(storage: &'a Storage, interrupt: &'a Interrupt) -> Self {
        Self {
            storage,
            interrupt,
            counts: VerifiedCounts::default(),
            stored: BTreeMap::new(),
            named: BTreeSet::new(),
            coverage: HashMap::new(),
            distinct: HashSet::new(),
        }
    }

    /// Is nothing lost by not reading the runs that this one supersedes? They are older, so
    /// their manifests were read before, unless only some runs are compared.
    async fn compare_superseded(
        &mut self,
        manifest: &Manifest,
        is_part: bool,
        take: &mut impl FnMut(DatasetFinding) -> Result<()>,
    ) -> Result<()> {
        let own = Coverage::of(manifest);
        for id in &manifest.supersedes {
            if is_part && !self.coverage.contains_key(id) {
                // One that cannot be used is a finding of its own, where its run is compared.
                let path = layout::manifest_file(id);
                if let Ok(Some(older)) = read_manifest(self.storage, &path).await {
                    self.add_coverage(id, Coverage::of(&older));
                }
            }
            // One that does not exist any more was deleted by --keep.
            let gap = self.coverage.get(id).and_then(|older| own.gap(older));
            if let Some(gap) = gap {
                let path = layout::manifest_file(&manifest.run_id);
                let detail = format!("it says that it supersedes the run {id}, but {gap}");
                let run_id = Some(&*manifest.run_id);
                take(finding(FindingKind::Changed, &path, run_id, &detail))?;
            }
        }
        self.add_coverage(&manifest.run_id, own);
        Ok(())
    }

    fn add_coverage(&mut self, run_id: &str, coverage: Coverage) {
        let coverage = self.distinct.get(&coverage).cloned().unwrap_or_else(|| {
            let coverage = Arc::new(coverage);
            self.distinct.insert(coverage.clone());
            coverage
        });
        self.coverage.insert(run_id.to_owned(), coverage);
    }

    async fn compare_run(
        &mut self,
        manifest: &Manifest,
        take: &mut impl FnMut(DatasetFinding) -> Result<()>,
    ) -> Result<()> {
        self.counts.runs += 1;
        let mut patch_rows: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut is_whole = true;
        for file in &manifest.files {
            if let Some(cause) = self.interrupt.cause() {
                anyhow::bail!("{cause} before every file was compared");
            }
            self.counts.files += 1;
            self.counts.bytes += file.bytes;
            self.named.insert(file.path.clone());
            match self.compare_file(file).await {
                Ok(rows) => {
                    let place = (&*file.account_id, &*file.region);
                    *patch_rows.entry(place).or_default() += rows;
                }
                Err((kind, error)) => {
                    is_whole = false;
                    // Its path stands in a column of its own.
                    let detail = format!("{error:#}");
                    let detail = detail.trim_start_matches(&format!("{}: ", file.path));
                    take(finding(kind, &file.path, Some(&manifest.run_id), detail))?;
                }
            }
        }
        for location in manifest.locations.iter().filter(|_| is_whole) {
            let place = (&*location.account_id, &*location.region);
            let rows = patch_rows.get(&place).copied().unwrap_or_default();
            if rows != location.patches {
                let detail = format!(
                    "the nodes of {} {} have {rows} patches, and the manifest says {}",
                    location.account_id, location.region, location.patches
                );
                let path = layout::manifest_file(&manifest.run_id);
                let run_id = Some(&*manifest.run_id);
                take(finding(FindingKind::Changed, &path, run_id, &detail))?;
            }
        }
        Ok(())
    }

    /// Compares a file; returns the sum of its column PatchRows, which only nodes have.
    async fn compare_file(&self, file: &ManifestFile) -> Result<u64, (FindingKind, anyhow::Error)> {
        let Some(bytes) = self.stored.get(&file.path) else {
            let error = anyhow::anyhow!("it does not exist");
            return Err((FindingKind::Missing, error));
        };
        self.compare_bytes(file, *bytes)
            .await
            .map_err(|error| (FindingKind::Changed, error))
    }

    async fn compare_bytes(&self, file: &ManifestFile, bytes: u64) -> Result<u64> {
        ensure!(
            bytes == file.bytes,
            "it has {bytes} bytes, and its manifest says {}",
            file.bytes
        );
        let is_changed = self.sha256(file).await? != file.sha256;
        // What is changed is named as closely as possible.
        let table = TableFile::open(self.storage, file).await?;
        table.check_checksums().await?;
        ensure!(!is_changed, "it was changed: its checksum does not match");
        let mut patch_rows = 0u64;
        for group in (0..table.groups()).filter(|_| file.table == Table::Nodes.as_str()) {
            let rows = table.read_group(group, &["PatchRows"]).await?;
            let counts = rows.integers("PatchRows", &Rows::all(rows.rows));
            for count in counts? {
                let count = u64::try_from(count).context("PatchRows is below 0")?;
                patch_rows = patch_rows.saturating_add(count);
            }
        }
        Ok(patch_rows)
    }

    async fn sha256(&self, file: &ManifestFile) -> Result<String> {
        let mut hash = RunningSha256::default();
        let mut start = 0;
        while start < file.bytes {
            let end = file.bytes.min(start + PIECE);
            let piece = self.storage.read_range(&file.path, start..end).await?;
            hash.update(&piece);
            start = end;
        }
        Ok(hash.finish())
    }

    /// Finds the files of tables that no manifest names.
    async fn find_unnamed(
        &self,
        damaged: &BTreeSet<String>,
        take: &mut impl FnMut(DatasetFinding) -> Result<()>,
    ) -> Result<()> {
        let unfinished = self.storage.list(layout::UNFINISHED).await?;
        let unfinished = unfinished.iter();
        let unfinished: BTreeSet<&str> = unfinished
            .filter_map(|file| layout::run_of_unfinished(&file.path))
            .collect();
        for path in self
            .stored
            .keys()
            .filter(|path| !self.named.contains(*path))
        {
            let run_id = layout::run_of_table_file(path);
            // It is told of its manifest.
            if run_id.is_some_and(|id| damaged.contains(id)) {
                continue;
            }
            let is_unfinished = run_id.is_some_and(|id| unfinished.contains(id));
            let (kind, detail) = if is_unfinished {
                (FindingKind::Unfinished, "its run has not ended")
            } else {
                (FindingKind::Unnamed, UNNAMED)
            };
            take(finding(kind, path, run_id, detail))?;
        }
        for file in self.storage.list_temporary().await? {
            let run_id = layout::run_of_table_file(&file.target)
                .or_else(|| layout::run_of_unfinished(&file.target))
                .or_else(|| layout::run_of_manifest(&file.target));
            take(finding(
                FindingKind::Unfinished,
                &file.path,
                run_id,
                TEMPORARY,
            ))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
