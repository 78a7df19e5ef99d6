//! Reads the runs of a dataset one after the other, the oldest first.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use jiff::Timestamp;

use crate::aggregate::history::{HistoryBuilder, HistorySubject, RunTime};
use crate::command::collector::{Collector, RowEvent};
use crate::command::run::connect;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::{AccountRegion, Cause, Outcome, Patch, Scope};
use crate::source::{
    ConnectOptions, DatasetMoment, DatasetOptions, EarlierRuns, Manifest, NodeEnd, PatchEvent,
    Storage,
};

/// So many different causes are shown.
const MAX_CAUSES: usize = 5;

/// The runs of a dataset up to a moment.
pub(super) struct RunHistory {
    pub connection: ConnectOptions,
    pub clock: fn() -> Timestamp,
    pub interrupt: Interrupt,
    pub storage: Storage,
    pub runs: EarlierRuns,
}

/// What a run says, in its order.
pub(super) enum RunEvent<'a> {
    /// Its beginning.
    Run {
        time: RunTime,
        /// The time that ages are computed from.
        now: Timestamp,
        /// Does it list every node of its locations?
        is_complete: bool,
        locations: Vec<Arc<AccountRegion>>,
    },
    /// A node, with those of its patches that the plan reads.
    Node(NodeEnd, &'a [Patch]),
    Unread(Scope, Cause),
}

impl RunHistory {
    /// Reads the manifests.
    ///
    /// # Errors
    /// When the dataset cannot be reached.
    pub(super) async fn open(
        dataset: &DatasetOptions,
        connection: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let storage = Storage::open(&dataset.location, connection).await?;
        let runs = EarlierRuns::read(&storage, &dataset.at, clock()).await;
        Ok(Self {
            runs: runs.with_context(|| dataset.location.to_string())?,
            connection: ConnectOptions {
                from: Some(DatasetOptions::at_moment(
                    dataset.location.clone(),
                    DatasetMoment::Latest,
                    vec!["--all".to_owned()],
                )),
                is_ordered: true,
                ..connection.clone()
            },
            clock,
            interrupt: interrupt.clone(),
            storage,
        })
    }

    /// Where one run is read.
    fn options(&self, run: &Manifest) -> ConnectOptions {
        let mut options = self.connection.clone();
        if let Some(dataset) = &mut options.from {
            dataset.at = DatasetMoment::Run(run.run_id.clone());
        }
        options
    }

    /// Reads every run, until it is interrupted. Holds the patches of one node at a time.
    ///
    /// # Errors
    /// When a run cannot be opened.
    pub(super) async fn read(
        &self,
        plan: &FetchPlan,
        mut take: impl FnMut(RunEvent<'_>),
    ) -> Result<()> {
        for run in &self.runs.manifests {
            if self.interrupt.is_raised() {
                break;
            }
            let source = connect(&self.options(run), self.clock, &self.interrupt).await;
            if self.interrupt.is_raised() {
                break;
            }
            let source = source?;
            take(RunEvent::Run {
                time: RunTime {
                    id: run.run_id.as_str().into(),
                    at: run.started_at,
                },
                now: source.now(),
                is_complete: run.selection.is_complete,
                locations: source.account_regions(),
            });
            let mut stream = source.stream_patches(plan);
            let mut collector = Collector::default();
            let mut patches: Vec<Patch> = Vec::new();
            while let Some(event) = stream.next().await {
                match collector.collect(event) {
                    None => {}
                    Some(RowEvent::Unread(scope, cause)) => take(RunEvent::Unread(scope, cause)),
                    Some(RowEvent::Item(PatchEvent::Rows(filtered))) => {
                        patches.extend(filtered.kept);
                    }
                    Some(RowEvent::Item(PatchEvent::End(end))) => {
                        take(RunEvent::Node(end, &patches));
                        patches.clear();
                    }
                }
            }
        }
        Ok(())
    }

    /// The histories of patches over every run.
    ///
    /// # Errors
    /// When a run cannot be opened.
    pub(super) async fn read_histories(
        &self,
        plan: &FetchPlan,
        subject: HistorySubject,
    ) -> Result<HistoryFold> {
        let mut fold = HistoryFold::new(subject);
        self.read(plan, |event| fold.add(event)).await?;
        Ok(fold)
    }
}

/// The histories, and what could not be read.
pub(super) struct HistoryFold {
    pub builder: HistoryBuilder,
    /// How often a node was read to the end, and how many rows of patches these had.
    pub read_nodes: u64,
    pub listed_patches: u64,
    run: Option<RunTime>,
    /// How many nodes and scopes.
    pub unread: u64,
    pub unread_in_last_run: u64,
    /// Why, each once.
    pub unread_causes: Vec<Cause>,
}

impl HistoryFold {
    fn new(subject: HistorySubject) -> Self {
        Self {
            builder: HistoryBuilder::new(subject),
            read_nodes: 0,
            listed_patches: 0,
            run: None,
            unread: 0,
            unread_in_last_run: 0,
            unread_causes: Vec::new(),
        }
    }

    fn add(&mut self, event: RunEvent<'_>) {
        match event {
            RunEvent::Run { time, .. } => {
                self.run = Some(time);
                self.unread_in_last_run = 0;
            }
            RunEvent::Unread(_, cause) => self.add_unread(&cause),
            RunEvent::Node(end, patches) => match (&end.outcome, end.state.as_deref(), &self.run) {
                (Outcome::Answered(()), Some(Outcome::Answered(state)), Some(run)) => {
                    self.read_nodes += 1;
                    self.listed_patches += patches.len() as u64;
                    self.builder.add_node(&end.node, patches, run, state);
                }
                (Outcome::Unread(cause), ..) | (_, Some(Outcome::Unread(cause)), _) => {
                    self.add_unread(cause);
                }
                _ => {}
            },
        }
    }

    fn add_unread(&mut self, cause: &Cause) {
        self.unread += 1;
        self.unread_in_last_run += 1;
        if self.unread_causes.len() < MAX_CAUSES && !self.unread_causes.contains(cause) {
            self.unread_causes.push(cause.clone());
        }
    }
}
