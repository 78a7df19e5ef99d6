//! Reads nodes and judges them, in their order.

use std::sync::Arc;

use anyhow::Result;

use crate::command::collector::{Collector, RowEvent};
use crate::command::run::Run;
use crate::compliance::verdict::VerdictOptions;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::{Node, NodeState, Outcome, Patch, Subject};
use crate::report::{StateFooter, StateRow, VerdictCounts};
use crate::source::{Event, NodeEnd, NodeFold, PatchEvent, Source};

/// Judges every selected node, and hands its row to `take`, with those of its patches
/// that the plan reads and how reading them ended. Regions and accounts that could not be
/// read have rows, too. Holds the patches of one node at a time.
pub(super) async fn read_states(
    run: &mut Run<'_>,
    plan: &FetchPlan,
    options: &VerdictOptions,
    take: impl FnMut(StateRow, &[Patch], &Outcome<()>) -> Result<()>,
) -> Result<StateFooter> {
    let verdicts = judge_nodes(&run.source, &mut run.collector, plan, options, take).await?;
    state_footer(run, verdicts)
}

/// The footer of nodes that were read.
///
/// # Errors
/// When no node is selected.
pub(super) fn state_footer(run: &mut Run<'_>, verdicts: VerdictCounts) -> Result<StateFooter> {
    Ok(StateFooter {
        conflicts: std::mem::take(&mut run.collector.conflicts),
        coverage: run.coverage()?,
        verdicts,
    })
}

/// The same of any source.
pub(super) async fn judge_nodes(
    source: &Source,
    collector: &mut Collector,
    plan: &FetchPlan,
    options: &VerdictOptions,
    take: impl FnMut(StateRow, &[Patch], &Outcome<()>) -> Result<()>,
) -> Result<VerdictCounts> {
    let mut judge = NodeJudge {
        options,
        take,
        verdicts: VerdictCounts::default(),
    };
    if plan.patches.is_none() {
        let mut stream = source.stream_states(plan);
        while let Some(event) = stream.next().await {
            let Some(nodes) = judge.collect(collector, event)? else {
                continue;
            };
            for (node, outcome) in nodes {
                if !collector.count_if_stopped_without_record(&node, &outcome) {
                    judge.add_node(collector, node, outcome, &[], &Outcome::Answered(()))?;
                }
            }
        }
    } else {
        let mut patches = Vec::new();
        let mut stream = source.stream_patches(plan);
        while let Some(event) = stream.next().await {
            match judge.collect(collector, event)? {
                None => {}
                Some(PatchEvent::Rows(filtered)) => patches.extend(filtered.kept),
                Some(PatchEvent::End(end)) => {
                    if !collector.count_if_stopped_without_record(&end.node, &end.outcome) {
                        let (node, state, end) = split_end(end);
                        judge.add_node(collector, node, state, &patches, &end)?;
                    }
                    patches.clear();
                }
            }
        }
    }
    Ok(judge.verdicts)
}

/// What rows are added up to, a part for some nodes each.
pub(super) trait RowFold: Send + Sync + 'static {
    type Part: Send + 'static;

    /// A part without rows.
    fn start(&self) -> Self::Part;

    fn add_row(&self, part: &mut Self::Part, row: &StateRow);

    /// Adds the rows of a part, which come after the others.
    fn merge(&self, all: &mut Self::Part, part: Self::Part);
}

/// Judges nodes where they are read, and adds their rows up there.
pub(super) struct JudgeFold<F> {
    pub options: VerdictOptions,
    pub fold: F,
}

/// Nodes that were judged, added up.
pub(super) struct JudgedNodes<P> {
    part: P,
    collector: Collector,
    verdicts: VerdictCounts,
}

impl<F: RowFold> NodeFold for JudgeFold<F> {
    type Part = JudgedNodes<F::Part>;

    fn start(&self) -> Self::Part {
        JudgedNodes {
            part: self.fold.start(),
            collector: Collector::default(),
            verdicts: VerdictCounts::default(),
        }
    }

    fn add_node(&self, nodes: &mut Self::Part, node: Node, outcome: Outcome<NodeState>) {
        if (nodes.collector).count_if_stopped_without_record(&node, &outcome) {
            return;
        }
        let row = StateRow::new(node, outcome, &self.options);
        if let Subject::Node(node) = &row.subject {
            nodes.collector.count_node(node, &row.effective_outcome());
        }
        nodes.verdicts.count(row.judgement.verdict);
        self.fold.add_row(&mut nodes.part, &row);
    }
}

impl<F: RowFold> JudgeFold<F> {
    /// Adds what an event says; returns the verdicts of its nodes.
    pub(super) fn add_event(
        &self,
        event: Event<JudgedNodes<F::Part>>,
        collector: &mut Collector,
        all: &mut F::Part,
    ) -> VerdictCounts {
        match collector.collect(event) {
            None => VerdictCounts::default(),
            Some(RowEvent::Item(nodes)) => {
                self.fold.merge(all, nodes.part);
                collector.add(nodes.collector);
                nodes.verdicts
            }
            Some(RowEvent::Unread(scope, cause)) => {
                let row = StateRow::for_unread_scope(scope, cause, &self.options);
                self.fold.add_row(all, &row);
                VerdictCounts::default()
            }
        }
    }
}

/// Judges every selected node without its patches, and adds all rows to `all`: those of a
/// dataset on the threads that read it.
pub(super) async fn fold_nodes<F: RowFold>(
    source: &Source,
    collector: &mut Collector,
    plan: &FetchPlan,
    options: VerdictOptions,
    fold: F,
    all: &mut F::Part,
) -> VerdictCounts {
    let mut verdicts = VerdictCounts::default();
    let fold = Arc::new(JudgeFold { options, fold });
    let mut stream = source.fold_states(plan, fold.clone());
    while let Some(event) = stream.next().await {
        verdicts.add(fold.add_event(event, collector, all));
    }
    verdicts
}

/// Judges nodes, and counts them.
struct NodeJudge<'a, T> {
    options: &'a VerdictOptions,
    take: T,
    verdicts: VerdictCounts,
}

impl<T: FnMut(StateRow, &[Patch], &Outcome<()>) -> Result<()>> NodeJudge<'_, T> {
    /// What the event says of nodes.
    fn collect<E>(&mut self, collector: &mut Collector, event: Event<E>) -> Result<Option<E>> {
        match collector.collect(event) {
            None => Ok(None),
            Some(RowEvent::Item(item)) => Ok(Some(item)),
            Some(RowEvent::Unread(scope, cause)) => {
                let row = StateRow::for_unread_scope(scope, cause.clone(), self.options);
                (self.take)(row, &[], &Outcome::Unread(cause))?;
                Ok(None)
            }
        }
    }

    fn add_node(
        &mut self,
        collector: &mut Collector,
        node: Node,
        state: Outcome<NodeState>,
        patches: &[Patch],
        end: &Outcome<()>,
    ) -> Result<()> {
        let row = StateRow::new(node, state, self.options);
        if let Subject::Node(node) = &row.subject {
            collector.count_node(node, &combined_outcome(&row, end));
        }
        self.verdicts.count(row.judgement.verdict);
        (self.take)(row, patches, end)
    }
}

/// The node, its state and how its patches ended.
pub(super) fn split_end(end: NodeEnd) -> (Node, Outcome<NodeState>, Outcome<()>) {
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
pub(super) fn combined_outcome(row: &StateRow, end: &Outcome<()>) -> Outcome<()> {
    match (row.effective_outcome(), end) {
        (Outcome::Answered(()) | Outcome::NoData, Outcome::Unread(cause)) => {
            Outcome::Unread(cause.clone())
        }
        (counted, _) => counted,
    }
}
