//! Nodes with their verdicts, in their order: what every command that judges
//! does alike.
//!
//! Knows the source and the rows of `states`. Must not know what becomes of them.

use anyhow::Result;

use crate::command::collect::{Collector, RowEvent};
use crate::compliance::baseline_conflict::BaselineUsage;
use crate::compliance::verdict::VerdictOptions;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::filter::SeenWords;
use crate::record::{Node, NodeState, Outcome, Patch, Subject};
use crate::report::{StateRow, VerdictCounts};
use crate::source::{NodeEnd, PatchEvent, Source};

/// What verdicts come to, beside the rows.
#[derive(Default)]
pub struct VerdictStats {
    pub verdicts: VerdictCounts,
    pub baselines: BaselineUsage,
    /// The words met in patches.
    pub seen_words: SeenWords,
}

impl VerdictStats {
    fn count(&mut self, row: &StateRow) {
        self.verdicts.count(row.judgement.verdict);
        if let (Subject::Node(node), Some(state)) = (&row.subject, row.state()) {
            self.baselines.add_node(node, state);
        }
    }

    /// Closes the tail: how many rows there were, what the verdicts come to, and
    /// which nodes differ from the rest of their patch group.
    pub fn finish(self, collector: &mut Collector) {
        let summary = &mut collector.footer.totals;
        summary.rows = summary.asked + summary.unread_scopes;
        summary.verdicts = Some(self.verdicts);
        let systems = &collector.baseline_systems;
        collector.footer.conflicts = self
            .baselines
            .conflicts(|location, id| systems.get(&(location.clone(), id.into())).cloned());
    }
}

/// Judges every node asked for, and hands each row to `take`: also those of
/// regions and accounts that could not be read.
pub async fn read_states(
    source: &Source,
    plan: &FetchPlan,
    verdict_options: &VerdictOptions,
    collector: &mut Collector,
    mut take: impl FnMut(StateRow) -> Result<()>,
) -> Result<VerdictStats> {
    let mut verdict_stats = VerdictStats::default();
    let mut stream = source.stream_states(plan);
    while let Some(event) = stream.next().await {
        match collector.collect(event) {
            None => {}
            Some(RowEvent::Unread(scope, cause)) => {
                take(StateRow::for_unread_scope(scope, cause, verdict_options))?;
            }
            Some(RowEvent::Item(batch)) => {
                for (node, outcome) in batch {
                    if collector.count_if_stopped_without_record(&node, &outcome) {
                        continue;
                    }
                    let row = StateRow::new(node.clone(), outcome, verdict_options);
                    collector.count_node(&node, &row.effective_outcome());
                    verdict_stats.count(&row);
                    take(row)?;
                }
            }
        }
    }
    Ok(verdict_stats)
}

/// A node with its verdict and those of its patches that were asked for.
pub struct NodeWithPatches {
    pub row: StateRow,
    pub patches: Vec<Patch>,
    /// How reading the patches ended.
    pub patch_outcome: Outcome<()>,
}

/// The same, with the patches of each node that pass the filter. Holds those of
/// one node at a time.
pub async fn read_states_with_patches(
    source: &Source,
    plan: &FetchPlan,
    verdict_options: &VerdictOptions,
    collector: &mut Collector,
    mut take: impl FnMut(NodeWithPatches) -> Result<()>,
) -> Result<VerdictStats> {
    let mut verdict_stats = VerdictStats::default();
    let mut patches = Vec::new();
    let mut stream = source.stream_patches(plan);
    while let Some(event) = stream.next().await {
        match collector.collect(event) {
            None => {}
            Some(RowEvent::Unread(scope, cause)) => take(NodeWithPatches {
                row: StateRow::for_unread_scope(scope, cause.clone(), verdict_options),
                patches: Vec::new(),
                patch_outcome: Outcome::Unread(cause),
            })?,
            Some(RowEvent::Item(PatchEvent::Rows(filtered))) => {
                verdict_stats.seen_words.merge(filtered.seen_words);
                patches.extend(filtered.kept);
            }
            Some(RowEvent::Item(PatchEvent::End(end))) => {
                let patches = std::mem::take(&mut patches);
                if collector.count_if_stopped_without_record(&end.node, &end.outcome) {
                    continue;
                }
                let (node, state, end) = split_end(end);
                let row = StateRow::new(node.clone(), state, verdict_options);
                collector.count_node(&node, &combined_outcome(&row, &end));
                verdict_stats.count(&row);
                take(NodeWithPatches {
                    row,
                    patches,
                    patch_outcome: end,
                })?;
            }
        }
    }
    Ok(verdict_stats)
}

/// The node, its state and how its patches ended.
fn split_end(end: NodeEnd) -> (Node, Outcome<NodeState>, Outcome<()>) {
    let state = end.state.map(|state| *state);
    // A node whose events were lost has no state, and an end that says why.
    let state = state.unwrap_or_else(|| match &end.outcome {
        Outcome::Unread(cause) => Outcome::Unread(cause.clone()),
        Outcome::Answered(()) | Outcome::NoData => Outcome::NoData,
    });
    (end.node, state, end.outcome)
}

/// A node is read when both its state and its patches are; one without data whose
/// patches are unread is unread.
fn combined_outcome(row: &StateRow, end: &Outcome<()>) -> Outcome<()> {
    match (row.effective_outcome(), end) {
        (Outcome::Answered(()) | Outcome::NoData, Outcome::Unread(cause)) => {
            Outcome::Unread(cause.clone())
        }
        (counted, _) => counted,
    }
}
