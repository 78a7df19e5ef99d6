//! The end of a run: its files are compared with what is to be named, then its manifest is
//! created.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail, ensure};

use crate::record::{AccountRegion, Cause, Scope, Subject};
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    Manifest, ManifestCalls, ManifestFile, ManifestScope, ManifestTotals, ManifestUnread,
};
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::rows::UnreadPart;
use crate::source::dataset::run_writer::unfinished::{RunHead, attempt_number, files_of_run};
use crate::source::dataset::run_writer::{FILES_PER_ATTEMPT, RunWriter, manifest_calls};
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Created;
use crate::source::dataset::superseding::superseded_by;
use crate::source::dataset::table_writer::{FilePlace, TableWriter, write_empty_tables};

/// How a run ended.
pub(crate) enum Committed {
    Yes(Box<Manifest>),
    /// Another process finished this run first, with this manifest.
    ByAnother(Box<Manifest>),
}

impl RunWriter {
    /// Makes the run visible. `order` is that of the locations of the source.
    ///
    /// # Errors
    /// When a file cannot be written, or one of the run is no longer there.
    pub(crate) async fn commit(
        mut self,
        order: &[Arc<AccountRegion>],
        calls: BTreeMap<String, CallCounts>,
    ) -> Result<Committed> {
        self.close_location(calls.clone()).await?;
        // Complete locations of earlier attempts come first, and are not first of all.
        self.done.sort_by_cached_key(|done| {
            let is_it = |location: &Arc<AccountRegion>| done.location.is_of(location);
            order.iter().position(is_it)
        });
        self.close_nowhere().await?;
        let unread_files = self.write_unread_scopes().await?;
        let mut totals = ManifestTotals::default();
        let mut all_calls: BTreeMap<u32, BTreeMap<String, ManifestCalls>> = BTreeMap::new();
        for done in &self.done {
            totals.add(&done.totals);
            // Each has those of its attempt up to its end.
            all_calls.insert(done.attempt, done.calls.clone());
        }
        all_calls.insert(self.attempt, manifest_calls(calls));
        let mut calls: BTreeMap<String, ManifestCalls> = BTreeMap::new();
        for (operation, counts) in all_calls.into_values().flatten() {
            let sum = calls.entry(operation).or_default();
            sum.calls += counts.calls;
            sum.attempts += counts.attempts;
            sum.throttled += counts.throttled;
        }
        let RunHead {
            schema_version,
            run_id,
            tool,
            started_at,
            clock,
            selection,
            plan,
            ..
        } = self.head.clone();
        let mut files = Vec::new();
        let mut locations = Vec::new();
        for done in std::mem::take(&mut self.done) {
            files.extend(done.files);
            locations.push(done.location);
        }
        files.extend(unread_files);
        let place = FilePlace {
            run_id: run_id.clone(),
            account_id: String::new(),
            region: String::new(),
            first_number: self.attempt * FILES_PER_ATTEMPT + FILES_PER_ATTEMPT / 2,
        };
        write_empty_tables(&self.storage, &place, &mut files).await?;
        let mut manifest = Manifest {
            schema_version,
            run_id,
            tool,
            started_at,
            finished_at: (self.clock)(),
            clock,
            callers: std::mem::take(&mut self.callers),
            selection,
            plan,
            calls,
            totals,
            locations,
            unread: self
                .unread
                .iter()
                .map(|(scope, cause)| ManifestUnread {
                    scope: scope.into(),
                    cause: cause.into(),
                })
                .collect(),
            skipped: self.skipped.iter().map(ManifestScope::from).collect(),
            excluded_ids: std::mem::take(&mut self.excluded_ids),
            nothing_selected: self.nothing_selected.take(),
            files,
            supersedes: Vec::new(),
            checksum: String::new(),
        };
        manifest.supersedes = superseded_by(&self.storage, &manifest).await?;
        let path = layout::manifest_file(&manifest.run_id);
        let bytes = manifest.to_bytes()?;
        // A part of it may come from a file that was changed.
        Manifest::parse(&path, &bytes)?;
        let mut other = read_manifest(&self.storage, &path).await?;
        if other.is_none() {
            self.check_files(&manifest).await?;
            if self.storage.create(&path, &bytes).await? == Created::Exists {
                other = read_manifest(&self.storage, &path).await?;
            }
        }
        if let Some(other) = &other {
            let is_other = |file: &&ManifestFile| !other.files.contains(file);
            for file in manifest.files.iter().filter(is_other) {
                self.storage.delete(&file.path).await?;
            }
        }
        self.head.forget(&self.storage).await?;
        Ok(match other {
            None => Committed::Yes(Box::new(manifest)),
            Some(other) => Committed::ByAnother(Box::new(other)),
        })
    }

    /// Checks that another process took nothing away of the run, as `--keep` and `--resume`
    /// do, and deletes what earlier attempts left of locations that they did not complete:
    /// engines that look at the run of a row only would count it twice.
    async fn check_files(&self, manifest: &Manifest) -> Result<()> {
        let run_id = &manifest.run_id;
        let kept = self.storage.list(&self.head.folder()).await?;
        ensure!(
            kept.iter().any(|file| file.path == self.head.file()),
            "run {run_id} is not written: another process deleted what was kept of it; collect again"
        );
        let attempts = kept.iter().filter_map(|file| attempt_number(&file.path));
        if attempts.max().unwrap_or_default() > self.attempt {
            bail!("run {run_id} is left to another process, which goes on with it (--resume)");
        }
        let mut there = files_of_run(&self.storage, run_id).await?;
        for file in &manifest.files {
            ensure!(
                there.remove(&file.path) == Some(file.bytes),
                "run {run_id} is not written: another process deleted or changed {}; collect again",
                file.path
            );
        }
        for path in there.keys() {
            self.storage.delete(path).await?;
        }
        Ok(())
    }

    /// Deletes the files of a run that has nothing to show.
    ///
    /// # Errors
    /// When a file cannot be deleted.
    pub(crate) async fn abandon(mut self) -> Result<()> {
        self.close_location(BTreeMap::new()).await?;
        self.close_nowhere().await?;
        for file in self.done.iter().flat_map(|done| &done.files) {
            self.storage.delete(&file.path).await?;
        }
        self.head.forget(&self.storage).await
    }

    async fn close_nowhere(&mut self) -> Result<()> {
        if let Some(writer) = self.nowhere.take() {
            let nowhere = writer.finish((self.clock)()).await?;
            self.done.push(nowhere);
        }
        Ok(())
    }

    /// Writes the rows of regions, accounts and profiles that could not be read: a file in
    /// the partition of each.
    async fn write_unread_scopes(&mut self) -> Result<Vec<ManifestFile>> {
        let mut by_place: BTreeMap<(String, String), Vec<&(Scope, Cause)>> = BTreeMap::new();
        for unread in &self.unread {
            let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
            let place = (text(&unread.0.account), text(&unread.0.region));
            by_place.entry(place).or_default().push(unread);
        }
        let mut files = Vec::new();
        for ((account_id, region), unread) in by_place {
            let place = FilePlace {
                run_id: self.head.run_id.clone(),
                account_id,
                region,
                // Those of nodes come first.
                first_number: self.attempt * FILES_PER_ATTEMPT + FILES_PER_ATTEMPT / 2,
            };
            let mut writer = TableWriter::new(self.storage.clone(), Table::Unread, place);
            for (scope, cause) in unread {
                let subject = Subject::Scope(scope.clone());
                writer.push_unread(&subject, UnreadPart::Scope, cause);
                writer.flush_if_full().await?;
            }
            files.extend(writer.finish().await?);
        }
        Ok(files)
    }
}
