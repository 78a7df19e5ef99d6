//! Writes one run: takes the events of a source, location by location, and makes the files
//! visible with the manifest. A complete location has a checkpoint, so that a run that is
//! killed can be continued.

mod commit;
mod location_writer;
#[cfg(test)]
mod tests;
pub(crate) mod unfinished;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::record::{
    AccountRegion, CallerReport, Cause, InfoLevel, Node, NodeState, Outcome, Patch, Scope, Subject,
    is_account_id,
};
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::source::CompleteLocations;
use crate::source::dataset::collect_request::CollectRequest;
use crate::source::dataset::layout;
use crate::source::dataset::manifest::{ManifestCaller, ManifestCalls, ManifestCause};
use crate::source::dataset::rows::{NodeRow, UnreadPart};
use crate::source::dataset::run_writer::location_writer::LocationWriter;
use crate::source::dataset::run_writer::unfinished::{Checkpoint, RunHead, TOOL};
use crate::source::dataset::schema::SCHEMA_VERSION;
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_writer::FilePlace;
use crate::source::dataset::vocabulary::{INFO_LEVELS, word_of};
use crate::source::event::{Event, MissingColumns};

pub(crate) use self::commit::Committed;
pub(crate) use self::location_writer::NodeCount;

/// Files of each attempt at a run have numbers of their own, so that two attempts at one
/// time write no file of each other.
const FILES_PER_ATTEMPT: u32 = 1_000_000;

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
            run_id: layout::new_run_id(&snapshot, &request.lineage_sha256()),
            tool: TOOL.to_owned(),
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
            Event::LocationEnd(location) => {
                if self.writer_of(location).is_some() {
                    self.close_location(calls()).await?;
                }
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
            has_tags: self.head.plan.node_info.as_deref()
                == Some(word_of(INFO_LEVELS, &InfoLevel::Tags)),
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
