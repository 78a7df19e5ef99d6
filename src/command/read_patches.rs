//! Reads the patches of nodes, filtered and in their order.

use std::sync::Arc;

use anyhow::Result;

use crate::aggregate::exposure::{ExposureAggregator, STATES_WITH_CVE_IDS};
use crate::aggregate::pivot::DEFAULT_STATES;
use crate::cli::{PatchLayout, PatchesArgs, VerdictArgs};
use crate::command::collector::RowEvent;
use crate::command::run::Run;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::filter::Filter;
use crate::record::{NoDataCause, Node, NodeState, Outcome, Patch, Subject};
use crate::report::{PatchFooter, PatchStats};
use crate::source::{NodeEnd, PatchEvent};

/// What is asked of the patches of nodes.
pub(super) struct PatchQuery {
    pub filter: Arc<Filter>,
    /// The filter of the source, which lets more pass where CVEs are judged.
    pub source_filter: Arc<Filter>,
    pub verdict: VerdictArgs,
    /// Are the states those of `--by`, rather than typed ones?
    pub has_default_states: bool,
}

/// What is read, in the order of the nodes.
pub(super) enum PatchItem<'a> {
    /// Some patches of one node that pass the filter.
    Patches(Vec<Patch>),
    /// A node, region or account without patches, and why.
    Unavailable(Subject, String),
    /// The end of a node: were all its patches read? With its state, where it was read.
    NodeEnd(&'a Node, bool, Option<&'a NodeState>),
}

impl PatchQuery {
    /// The query of the flags.
    ///
    /// # Errors
    /// When they contradict one another.
    pub(super) fn new(args: &PatchesArgs) -> Result<Self> {
        let mut filter = args.filter.to_filter()?;
        // Counts are of patches that nodes lack or should not have, unless states are typed.
        let is_counted = matches!(args.layout, PatchLayout::Grouped(..));
        let has_default_states = is_counted && filter.states.is_empty();
        if has_default_states {
            filter.states = DEFAULT_STATES.to_vec();
        }
        let filter = Arc::new(filter);
        let source_filter = if filter.cves.is_empty() {
            filter.clone()
        } else {
            Arc::new(filter.widened_to_states(&STATES_WITH_CVE_IDS))
        };
        Ok(Self {
            filter,
            source_filter,
            verdict: args.verdict.clone(),
            has_default_states,
        })
    }

    /// Reads the patches of every selected node, and hands them to `take`.
    pub(super) async fn read_patches(
        &self,
        run: &mut Run<'_>,
        plan: &FetchPlan,
        mut take: impl FnMut(PatchItem<'_>) -> Result<()>,
    ) -> Result<PatchFooter> {
        let mut stats = PatchStats::default();
        let cves = &self.filter.cves;
        let options = self.verdict.to_verdict_options(run.source.now());
        let mut exposures = (!cves.is_empty()).then(|| ExposureAggregator::new(cves, options));
        let mut stream = run.source.stream_patches(plan);
        let collector = &mut run.collector;
        while let Some(event) = stream.next().await {
            match collector.collect(event) {
                None => {}
                Some(RowEvent::Unread(scope, cause)) => {
                    if let Some(exposures) = &mut exposures {
                        exposures.add_unread_scope(scope.clone(), &cause);
                    }
                    if let Some(note) =
                        Outcome::<()>::Unread(cause).describe_absence(NoDataCause::Unknown)
                    {
                        take(PatchItem::Unavailable(Subject::Scope(scope), note))?;
                    }
                }
                Some(RowEvent::Item(PatchEvent::Rows(mut filtered))) => {
                    let totals = &mut collector.coverage.totals;
                    totals.hidden += filtered.hidden;
                    stats.unrated += filtered.unrated;
                    stats.seen_words.merge(filtered.seen_words);
                    if let Some(exposures) = &mut exposures {
                        for patch in &filtered.kept {
                            exposures.add_patch(patch);
                        }
                        filtered = self.filter.apply(filtered.kept);
                        totals.hidden += filtered.hidden;
                        stats.unrated += filtered.unrated;
                        stats.seen_words.merge(filtered.seen_words);
                    }
                    stats.patches += filtered.kept.len() as u64;
                    take(PatchItem::Patches(filtered.kept))?;
                }
                Some(RowEvent::Item(PatchEvent::End(NodeEnd {
                    node,
                    outcome,
                    state,
                }))) => {
                    if collector.count_if_stopped_without_record(&node, &outcome) {
                        continue;
                    }
                    collector.count_node(&node, &outcome);
                    if let Some(exposures) = &mut exposures {
                        exposures.finish_node(&node, &outcome, state.as_deref());
                    }
                    // Without it, a node without rows would look compliant.
                    if let Some(note) = outcome.describe_absence(node.no_data) {
                        take(PatchItem::Unavailable(Subject::Node(node.clone()), note))?;
                    }
                    let is_read = matches!(outcome, Outcome::Answered(()));
                    let record = match state.as_deref() {
                        Some(Outcome::Answered(record)) => Some(record),
                        _ => None,
                    };
                    take(PatchItem::NodeEnd(&node, is_read, record))?;
                }
            }
        }
        Ok(PatchFooter {
            coverage: run.coverage()?,
            exposures: exposures
                .map(ExposureAggregator::finish)
                .unwrap_or_default(),
            stats,
            filter: self.filter.clone(),
            has_default_states: self.has_default_states,
        })
    }
}
