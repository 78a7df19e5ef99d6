//! Writes one run: takes the events of a source, location by location, and makes the files
//! visible with the manifest. A complete location has a checkpoint, so that a run that is
//! killed can be continued.

mod location_writer;
pub(crate) mod unfinished;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::record::{
    AccountRegion, CallerReport, Cause, Node, NodeState, Outcome, Patch, Scope, Subject,
    is_account_id,
};
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::source::CompleteLocations;
use crate::source::dataset::collect_request::CollectRequest;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{
    Manifest, ManifestCaller, ManifestCalls, ManifestCause, ManifestFile, ManifestScope,
    ManifestTotals, ManifestUnread,
};
use crate::source::dataset::manifest_file::read_manifest;
use crate::source::dataset::rows::{NodeRow, UnreadPart};
use crate::source::dataset::run_writer::location_writer::LocationWriter;
use crate::source::dataset::run_writer::unfinished::{Checkpoint, RunHead};
use crate::source::dataset::schema::{SCHEMA_VERSION, Table};
use crate::source::dataset::storage::{Created, Storage};
use crate::source::dataset::table_writer::{FilePlace, TableWriter, write_empty_tables};
use crate::source::event::{Event, MissingColumns};

/// Files of each attempt at a run have numbers of their own, so that two attempts at one
/// time write no file of each other.
const FILES_PER_ATTEMPT: u32 = 1_000_000;

/// How a node counts in the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeCount {
    Answered,
    NoData,
    Unread,
    /// A stopped instance without a record: it may not be managed.
    None,
}

/// A run that is being written.
pub(crate) struct RunWriter {
    storage: Storage,
    head: RunHead,
    /// 0 of a run that is not continued.
    attempt: u32,
    /// The ids that were given: those that a location has are known when it is complete.
    listed_ids: HashSet<String>,
    interrupt: Interrupt,
    clock: Box<dyn Fn() -> Timestamp>,
    current: Option<Box<LocationWriter>>,
    /// Listed nodes that are in no location.
    nowhere: Option<Box<LocationWriter>>,
    done: Vec<Checkpoint>,
    callers: Vec<ManifestCaller>,
    unread: Vec<(Scope, Cause)>,
    skipped: Vec<Scope>,
    excluded_ids: Vec<String>,
    nothing_selected: Option<String>,
}

/// How a run ended.
pub(crate) enum Committed {
    Yes(Box<Manifest>),
    /// Another process finished this run first.
    ByAnother,
}

impl RunWriter {
    /// A writer that has no run yet.
    pub(crate) fn new(
        storage: Storage,
        interrupt: Interrupt,
        clock: impl Fn() -> Timestamp + 'static,
    ) -> Self {
        Self {
            storage,
            head: RunHead::default(),
            attempt: 0,
            listed_ids: HashSet::new(),
            interrupt,
            clock: Box::new(clock),
            current: None,
            nowhere: None,
            done: Vec::new(),
            callers: Vec::new(),
            unread: Vec::new(),
            skipped: Vec::new(),
            excluded_ids: Vec::new(),
            nothing_selected: None,
        }
    }

    /// Starts a run.
    ///
    /// # Errors
    /// When the dataset cannot be written.
    pub(crate) async fn start(&mut self, request: &CollectRequest) -> Result<()> {
        let started_at = (self.clock)();
        let snapshot = layout::snapshot_name(started_at);
        self.head = RunHead {
            schema_version: SCHEMA_VERSION,
            run_id: format!("{snapshot}-{:08x}", fastrand::u32(..)),
            tool: concat!("patchctl ", env!("CARGO_PKG_VERSION")).to_owned(),
            started_at,
            clock: if request.is_demo { "demo" } else { "system" }.to_owned(),
            selection: request.selection.clone(),
            plan: request.plan.clone(),
            request_sha256: request.sha256.clone(),
        };
        self.listed_ids = request.node_ids.iter().cloned().collect();
        self.head.create(&self.storage).await
    }

    /// Goes on with an unfinished run of this request; `false` if there is none.
    ///
    /// # Errors
    /// When the dataset cannot be read or written.
    pub(crate) async fn resume(&mut self, request: &CollectRequest) -> Result<bool> {
        let now = (self.clock)();
        let Some(run) = unfinished::claim(&self.storage, &request.sha256, now).await? else {
            return Ok(false);
        };
        (self.head, self.attempt, self.done) = (run.head, run.attempt, run.done);
        self.listed_ids = request.node_ids.iter().cloned().collect();
        Ok(true)
    }

    /// Those of these locations that are complete.
    #[must_use]
    pub(crate) fn complete_locations(&self, all: &[Arc<AccountRegion>]) -> CompleteLocations {
        let is_complete = |location: &&Arc<AccountRegion>| {
            let mut done = self.done.iter();
            done.any(|done| done.location.is_of(location))
        };
        let found = self.done.iter().flat_map(|done| &done.listed_ids);
        CompleteLocations {
            locations: all.iter().filter(is_complete).cloned().collect(),
            found_ids: found.map(|id| Arc::from(id.as_str())).collect(),
            has_nodes: self.done.iter().any(|done| done.location.nodes > 0),
        }
    }

    /// Has an attempt at the run read a location to its end?
    #[must_use]
    pub(crate) fn has_complete_locations(&self) -> bool {
        !self.done.is_empty()
    }

    #[must_use]
    pub(crate) fn run_id(&self) -> &str {
        &self.head.run_id
    }

    /// Takes what an event says beside its item.
    ///
    /// # Errors
    /// When a file cannot be written, or the caller is not that of the run.
    pub(crate) async fn observe<T>(
        &mut self,
        event: &Event<T>,
        calls: impl Fn() -> BTreeMap<String, CallCounts>,
    ) -> Result<()> {
        match event {
            Event::Item(_) | Event::BaselineConflicts(_) => {}
            Event::Callers(callers) => self.set_callers(callers)?,
            Event::Skipped(scopes) => self.skipped.clone_from(scopes),
            Event::Excluded(ids) => {
                self.excluded_ids = ids.iter().map(ToString::to_string).collect();
            }
            Event::NothingSelected(cause) => self.nothing_selected = Some(cause.to_string()),
            Event::Location {
                location,
                has_uncertain_ids,
            } => {
                self.close_location(calls()).await?;
                let mut writer = self.open(location.clone());
                writer.is_complete = !has_uncertain_ids;
                self.current = Some(writer);
            }
            Event::Discovery(location, report) => {
                if let Some(writer) = self.writer_of(location) {
                    writer.set_discovery(report);
                }
            }
            Event::MissingColumns(MissingColumns { columns, reason }) => {
                if let Some(writer) = &mut self.current {
                    writer.add_missing_columns(columns, reason);
                }
            }
            Event::BaselineSystems(location, systems) => {
                if let Some(writer) = self.writer_of(location) {
                    writer.set_baselines(systems);
                }
            }
            Event::ReleaseDatesMissing(location, cause) => {
                if let Some(writer) = self.writer_of(location) {
                    writer.part.release_dates_missing = Some(cause.into());
                }
            }
            Event::Unread(unread) => match &unread.subject {
                Subject::Scope(scope) => {
                    if let Some(writer) = &mut self.current {
                        writer.is_complete &= *scope != Scope::of(&writer.location);
                    }
                    self.unread.push((scope.clone(), unread.cause.clone()));
                }
                Subject::Node(node) => {
                    let location = node.location.clone();
                    let writer = self.writer_or_nowhere(&location);
                    writer.push_unread(&unread.subject, UnreadPart::State, &unread.cause);
                }
            },
        }
        Ok(())
    }

    /// Takes some patches of one node.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) async fn add_patches(&mut self, patches: &[Patch]) -> Result<()> {
        let Some(first) = patches.first() else {
            return Ok(());
        };
        let location = first.node.location.clone();
        self.writer_or_nowhere(&location).add_patches(patches).await
    }

    /// Takes the end of a node; `patches` is `None` where they were not to be read.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) async fn end_node(
        &mut self,
        node: &Node,
        state: &Outcome<NodeState>,
        patches: Option<&Outcome<()>>,
        count: NodeCount,
    ) -> Result<()> {
        let is_listed = self.listed_ids.contains(&*node.id);
        let row = NodeRow {
            node,
            state,
            patches,
            patch_rows: 0,
        };
        let writer = self.writer_or_nowhere(&node.location);
        if is_listed {
            writer.listed_ids.push(node.id.to_string());
        }
        writer.end_node(row, count).await
    }

    fn set_callers(&mut self, callers: &[CallerReport]) -> Result<()> {
        let callers = callers.iter().map(|caller| {
            let identity = caller.identity.as_ref();
            ManifestCaller {
                profile: caller.profile.as_deref().map(str::to_owned),
                account: identity.ok().map(|known| known.account.to_string()),
                arn: identity.ok().map(|known| known.arn.to_string()),
                cause: identity.err().map(ManifestCause::from),
            }
        });
        self.callers = callers.collect();
        let accounts = |callers: &[ManifestCaller]| -> Vec<Option<String>> {
            callers
                .iter()
                .map(|caller| caller.account.clone())
                .collect()
        };
        let other = self
            .done
            .iter()
            .find(|done| accounts(&done.callers) != accounts(&self.callers));
        if other.is_some() {
            let id = &self.head.run_id;
            bail!("the unfinished run {id} was started by another caller; leave out --resume");
        }
        Ok(())
    }

    /// The account of a location: that of the only caller where the location names none.
    fn account_of(&self, location: &AccountRegion) -> String {
        let of_caller = match &self.callers[..] {
            [only] => only.account.as_deref(),
            _ => None,
        };
        let account = location.account.as_deref().or(of_caller);
        let account = account.filter(|id| is_account_id(id));
        account.unwrap_or_default().to_owned()
    }

    fn open(&self, location: Arc<AccountRegion>) -> Box<LocationWriter> {
        let place = FilePlace {
            run_id: self.head.run_id.clone(),
            account_id: self.account_of(&location),
            region: location.region.to_string(),
            first_number: self.attempt * FILES_PER_ATTEMPT,
        };
        Box::new(LocationWriter::new(
            &self.storage,
            location,
            place,
            self.attempt,
        ))
    }

    fn writer_of(&mut self, location: &Arc<AccountRegion>) -> Option<&mut LocationWriter> {
        let current = self.current.as_deref_mut();
        current.filter(|writer| writer.location == *location)
    }

    /// The writer of a node: one for all that are in no location.
    fn writer_or_nowhere(&mut self, location: &Arc<AccountRegion>) -> &mut LocationWriter {
        if self
            .current
            .as_ref()
            .is_some_and(|writer| writer.location == *location)
        {
            return self.current.as_mut().expect("it is there");
        }
        if self.nowhere.is_none() {
            self.nowhere = Some(self.open(location.clone()));
        }
        self.nowhere.as_mut().expect("it is there")
    }

    /// Ends the location that is being written, and makes its checkpoint.
    async fn close_location(&mut self, calls: BTreeMap<String, CallCounts>) -> Result<()> {
        let Some(writer) = self.current.take() else {
            return Ok(());
        };
        let is_complete = writer.is_complete && !self.interrupt.is_raised();
        let mut checkpoint = writer.finish((self.clock)()).await?;
        checkpoint.callers.clone_from(&self.callers);
        checkpoint.calls = manifest_calls(calls);
        if is_complete {
            checkpoint = self.head.save(&self.storage, checkpoint).await?;
        }
        self.done.push(checkpoint);
        Ok(())
    }

    /// Makes the run visible. `order` is that of the locations of the source.
    ///
    /// # Errors
    /// When a file cannot be written.
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
        let manifest = Manifest {
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
            checksum: String::new(),
        };
        let (path, bytes) = (
            layout::manifest_file(&manifest.run_id),
            manifest.to_bytes()?,
        );
        let created = self.storage.create(&path, &bytes).await?;
        if created == Created::Exists {
            let other = read_manifest(&self.storage, &path).await?;
            let other: Vec<ManifestFile> = other.into_iter().flat_map(|run| run.files).collect();
            for file in manifest.files.iter().filter(|file| !other.contains(file)) {
                self.storage.delete(&file.path).await?;
            }
        } else if self.attempt > 0 {
            self.delete_unnamed(&manifest).await?;
        }
        self.head.forget(&self.storage).await?;
        Ok(match created {
            Created::Yes => Committed::Yes(Box::new(manifest)),
            Created::Exists => Committed::ByAnother,
        })
    }

    /// Deletes what earlier attempts have written of locations that they did not complete.
    async fn delete_unnamed(&self, manifest: &Manifest) -> Result<()> {
        let named: HashSet<&str> = manifest.files.iter().map(|file| &*file.path).collect();
        for table in Table::ALL {
            let folder = layout::snapshot_folder(table, &manifest.run_id);
            for file in self.storage.list(&folder).await? {
                let is_of_run = layout::run_of_table_file(&file.path) == Some(&*manifest.run_id);
                if is_of_run && !named.contains(&*file.path) {
                    self.storage.delete(&file.path).await?;
                }
            }
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

fn manifest_calls(calls: BTreeMap<String, CallCounts>) -> BTreeMap<String, ManifestCalls> {
    let calls = calls.into_iter();
    let counts = calls.map(|(operation, counts)| {
        let counts = ManifestCalls {
            calls: counts.calls,
            attempts: counts.attempts,
            throttled: counts.throttled,
        };
        (operation, counts)
    });
    counts.collect()
}
