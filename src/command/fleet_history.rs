//! What the runs of a dataset add to a report. With a sample, of the runs is read what the
//! sample names, and the patches that nodes lack now.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::aggregate::closure::{ClosureBuilder, ClosureEvidence};
use crate::aggregate::history::{
    Histories, HistorySubject, PatchKey, PatchTimesBuilder, patch_key,
};
use crate::aggregate::sample::Sample;
use crate::aggregate::trend::Trend;
use crate::cli::VerdictArgs;
use crate::command::read_states::split_end;
use crate::command::run_history::{RunEvent, RunHistory};
use crate::command::trend::TrendReader;
use crate::compliance::due_date::Sla;
use crate::compliance::verdict::VerdictOptions;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan};
use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::report::StateRow;
use crate::report::fleet::{FleetHistory, FleetReportBuilder};
use crate::source::{DatasetOptions, SnapshotRange, open_timeline};

/// What a history is read for.
pub(super) struct FleetHistoryReader<'a> {
    pub plan: &'a FetchPlan,
    pub dataset: &'a DatasetOptions,
    pub verdict: &'a VerdictArgs,
    pub sla: &'a Sla,
    pub now: Timestamp,
}

impl FleetHistoryReader<'_> {
    /// Reads the runs; `None` where there are none, as in a Resource Data Sync.
    ///
    /// # Errors
    /// When a run cannot be opened.
    pub(super) async fn read(
        &self,
        runs: &RunHistory,
        fleet: &FleetReportBuilder<'_>,
        sample: Option<Sample>,
    ) -> Result<Option<(FleetHistory, Histories)>> {
        let manifests = &runs.runs.manifests;
        let (Some(first), Some(last)) = (manifests.first(), manifests.last()) else {
            if sample.is_some() {
                bail!(
                    "--sample needs the runs of `patchctl collect`; {} has none",
                    self.dataset.location
                );
            }
            return Ok(None);
        };
        let mut history = FleetHistory {
            runs: manifests.len() as u64,
            first_run: first.started_at,
            last_run: last.started_at,
            damaged: runs.runs.damaged.clone(),
            unread: 0,
            times: None,
            sample: None,
            // A moment at or after a damaged run cannot be read: a remark says which it is.
            trend: if runs.runs.damaged.is_empty() {
                self.read_trend(runs).await?
            } else {
                Trend::default()
            },
        };
        if let Some(sample) = sample {
            history.sample = Some(self.read_sample(runs, sample).await?);
            let patches = fleet.patches();
            let keys: BTreeSet<PatchKey> = patches.iter().map(patch_key).collect();
            let kbs = patches.iter().filter_map(|patch| patch.kb_id.as_deref());
            let kbs: BTreeSet<&str> = kbs.collect();
            // A patch without an id cannot be filtered by it.
            let has_all_ids = patches.iter().all(|patch| patch.kb_id.is_some());
            let kbs = kbs.into_iter().filter(|_| has_all_ids);
            let plan = self.plan(self.listed_ids(), kbs.map(str::to_owned).collect());
            if keys.is_empty() {
                return Ok(Some((history, Histories::default())));
            }
            let subject = HistorySubject::Patches(keys);
            let fold = runs.read_histories(&plan, subject).await?;
            history.unread = fold.unread;
            return Ok(Some((history, fold.builder.finish())));
        }
        let plan = self.plan(self.listed_ids(), Vec::new());
        let fold = runs.read_histories(&plan, HistorySubject::Nodes).await?;
        history.unread = fold.unread;
        let mut histories = fold.builder.finish();
        if self.plan.selector.has_criteria() || self.plan.selector.has_exclusions() {
            // Whether a node had a tag before is another question.
            let nodes: HashSet<_> = fleet.node_ids().collect();
            histories.retain_nodes(|id| nodes.contains(id));
        }
        let mut times = PatchTimesBuilder::default();
        for history in histories.iter() {
            times.add(&history, self.sla, self.now);
        }
        history.times = Some(times.finish(self.sla));
        Ok(Some((history, histories)))
    }

    /// How the nodes of the report stood at each snapshot.
    async fn read_trend(&self, runs: &RunHistory) -> Result<Trend> {
        let range = SnapshotRange {
            until: self.dataset.at.clone(),
            ..SnapshotRange::default()
        };
        let location = &self.dataset.location;
        let now = (runs.clock)();
        let timeline = open_timeline(runs.storage.clone(), location, &range, now).await?;
        let reader = TrendReader {
            by: None,
            verdict: self.verdict,
            criteria: self.dataset.criteria.clone(),
            plan: FetchPlan {
                patches: None,
                baselines: BaselinePlan::ComplianceStatus,
                release_dates: false,
                caller: false,
                ..self.plan.clone()
            },
            connect: runs.connection.clone(),
            clock: runs.clock,
            interrupt: &runs.interrupt,
        };
        Ok(reader.read(timeline, |_| Ok(())).await?.trend)
    }

    async fn read_sample(&self, runs: &RunHistory, sample: Sample) -> Result<ClosureEvidence> {
        let plan = self.plan(sample.only_nodes(), sample.only_kbs().unwrap_or_default());
        let mut builder = ClosureBuilder::new(Arc::new(sample));
        let mut options = self.verdict.to_verdict_options(self.now);
        runs.read(&plan, |event| match event {
            RunEvent::Run {
                time,
                now,
                is_complete,
                locations,
            } => {
                options = VerdictOptions { now, ..options };
                builder.begin_run(time, is_complete, locations);
            }
            RunEvent::Unread(scope, cause) => builder.add_unread(scope, cause),
            RunEvent::Node(end, patches) => {
                let (node, state, end) = split_end(end);
                builder.add_node(&StateRow::new(node, state, &options), patches, &end);
            }
        })
        .await?;
        Ok(builder.finish(self.sla, self.now))
    }

    /// The typed ids, where nothing else selects nodes.
    fn listed_ids(&self) -> Option<Vec<String>> {
        (!self.plan.selector.needs_discovery()).then(|| self.plan.node_ids.clone())
    }

    /// Every state, so that a patch that is fixed is told from one that is no longer listed.
    fn plan(&self, node_ids: Option<Vec<String>>, kb_ids: Vec<String>) -> FetchPlan {
        FetchPlan {
            selector: Selector {
                all: node_ids.is_none(),
                ..Selector::default()
            },
            node_ids: node_ids.unwrap_or_default(),
            node_info: self.plan.node_info,
            patches: Some(PatchPlan {
                filter: Arc::new(Filter {
                    kb_ids,
                    ..Filter::default()
                }),
                ..PatchPlan::default()
            }),
            baselines: BaselinePlan::ComplianceStatus,
            release_dates: true,
            ..FetchPlan::default()
        }
    }
}
