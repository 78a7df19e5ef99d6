//! Reads nodes and judges them, in their order.

use std::sync::Arc;

use anyhow::Result;

use crate::command::collect::RowEvent;
use crate::command::run::Run;
use crate::compliance::baseline_conflict::BaselineUsage;
use crate::compliance::verdict::VerdictOptions;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::filter::SeenWords;
use crate::record::{AccountRegion, Node, NodeState, Outcome, Patch, Subject};
use crate::report::{StateFooter, StateRow, VerdictCounts};
use crate::source::{NodeEnd, PatchEvent};

/// What was counted while nodes were judged.
#[derive(Default)]
pub(super) struct VerdictStats {
    verdicts: VerdictCounts,
    baselines: BaselineUsage,
    pub seen_words: SeenWords,
}

impl VerdictStats {
    fn count(&mut self, row: &StateRow) {
        self.verdicts.count(row.judgement.verdict);
        if let (Subject::Node(node), Some(state)) = (&row.subject, row.state()) {
            self.baselines.add_node(node, state);
        }
    }

    /// The footer, after the last event.
    pub(super) fn into_footer(self, run: &mut Run<'_>) -> StateFooter {
        let systems = std::mem::take(&mut run.collector.baseline_systems);
        let system = |location: &Arc<AccountRegion>, id: &str| {
            systems.get(&(location.clone(), id.into())).cloned()
        };
        StateFooter {
            conflicts: self.baselines.conflicts(system),
            coverage: run.coverage(),
            verdicts: self.verdicts,
        }
    }
}

/// Judges every selected node, and hands each row to `take`: also those of regions and
/// accounts that could not be read.
pub(super) async fn read_states(
    run: &mut Run<'_>,
    plan: &FetchPlan,
    options: &VerdictOptions,
    mut take: impl FnMut(StateRow) -> Result<()>,
) -> Result<VerdictStats> {
    let mut stats = VerdictStats::default();
    let mut stream = run.source.stream_states(plan);
    let collector = &mut run.collector;
    while let Some(event) = stream.next().await {
        match collector.collect(event) {
            None => {}
            Some(RowEvent::Unread(scope, cause)) => {
                take(StateRow::for_unread_scope(scope, cause, options))?;
            }
            Some(RowEvent::Item(batch)) => {
                for (node, outcome) in batch {
                    if collector.count_if_stopped_without_record(&node, &outcome) {
                        continue;
                    }
                    let row = StateRow::new(node.clone(), outcome, options);
                    collector.count_node(&node, &row.effective_outcome());
                    stats.count(&row);
                    take(row)?;
                }
            }
        }
    }
    Ok(stats)
}

/// A node with its verdict and those of its patches that pass the filter.
pub(super) struct NodeWithPatches {
    pub row: StateRow,
    pub patches: Vec<Patch>,
    /// How reading the patches ended.
    pub patch_outcome: Outcome<()>,
}

/// The same with patches. Holds those of one node at a time.
pub(super) async fn read_states_with_patches(
    run: &mut Run<'_>,
    plan: &FetchPlan,
    options: &VerdictOptions,
    mut take: impl FnMut(NodeWithPatches) -> Result<()>,
) -> Result<VerdictStats> {
    let mut judged = VerdictStats::default();
    let mut patches = Vec::new();
    let mut stream = run.source.stream_patches(plan);
    let collector = &mut run.collector;
    while let Some(event) = stream.next().await {
        match collector.collect(event) {
            None => {}
            Some(RowEvent::Unread(scope, cause)) => take(NodeWithPatches {
                row: StateRow::for_unread_scope(scope, cause.clone(), options),
                patches: Vec::new(),
                patch_outcome: Outcome::Unread(cause),
            })?,
            Some(RowEvent::Item(PatchEvent::Rows(filtered))) => {
                judged.seen_words.merge(filtered.seen_words);
                patches.extend(filtered.kept);
            }
            Some(RowEvent::Item(PatchEvent::End(end))) => {
                let patches = std::mem::take(&mut patches);
                if collector.count_if_stopped_without_record(&end.node, &end.outcome) {
                    continue;
                }
                let (node, state, end) = split_end(end);
                let row = StateRow::new(node.clone(), state, options);
                collector.count_node(&node, &combined_outcome(&row, &end));
                judged.count(&row);
                take(NodeWithPatches {
                    row,
                    patches,
                    patch_outcome: end,
                })?;
            }
        }
    }
    Ok(judged)
}

/// The node, its state and how its patches ended.
fn split_end(end: NodeEnd) -> (Node, Outcome<NodeState>, Outcome<()>) {
    let state = end.state.map(|state| *state);
    // A node whose events were lost has no state, but an outcome with the cause.
    let state = state.unwrap_or_else(|| match &end.outcome {
        Outcome::Unread(cause) => Outcome::Unread(cause.clone()),
        Outcome::Answered(()) | Outcome::NoData => Outcome::NoData,
    });
    (end.node, state, end.outcome)
}

/// A node is read when its state and its patches are. One without data is unread if its
/// patches are.
fn combined_outcome(row: &StateRow, end: &Outcome<()>) -> Outcome<()> {
    match (row.effective_outcome(), end) {
        (Outcome::Answered(()) | Outcome::NoData, Outcome::Unread(cause)) => {
            Outcome::Unread(cause.clone())
        }
        (counted, _) => counted,
    }
}
