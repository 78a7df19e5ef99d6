//! What `check` adds up of nodes. Those of a dataset are checked on the threads that read
//! them, where no rule takes their patches.

use anyhow::Result;

use crate::command::read_states::{RowFold, fold_nodes, read_states, state_footer};
use crate::command::run::Run;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::{Verdict, VerdictOptions};
use crate::gate::waiver::Waivers;
use crate::gate::{GateEvaluator, RuleSet};
use crate::plan::fetch_plan::FetchPlan;
use crate::record::{Outcome, Patch, PatchState};
use crate::report::{NodeGroup, StateFooter, StateRow};
use crate::source::Source;

/// Nodes that were checked, and regions and accounts that could not be read.
pub(super) struct CheckedNodes {
    pub gate: GateEvaluator,
    pub total: NodeGroup,
    /// Missing patches in the order of `Severity::ALL`; `None` where not all were read.
    pub missing: Option<[u64; Severity::ALL.len()]>,
    /// The nodes that were read, where each has a finding of its own.
    pub read_rows: Vec<StateRow>,
    keeps_rows: bool,
}

impl CheckedNodes {
    pub(super) fn new(gate: GateEvaluator, reads_missing: bool, keeps_rows: bool) -> Self {
        Self {
            gate,
            total: NodeGroup::default(),
            missing: reads_missing.then_some([0; Severity::ALL.len()]),
            read_rows: Vec::new(),
            keeps_rows,
        }
    }

    pub(super) fn add_row(&mut self, row: &StateRow, patches: &[Patch], end: &Outcome<()>) {
        self.total.add_row(row);
        let is_read =
            row.judgement.verdict != Verdict::Unread && !matches!(end, Outcome::Unread(_));
        if self.keeps_rows && is_read {
            self.read_rows.push(row.clone());
        }
        // A sum without its patches would be too low.
        self.missing = self.missing.filter(|_| !matches!(end, Outcome::Unread(_)));
        if let Some(missing) = &mut self.missing {
            count_missing(missing, patches);
        }
        self.gate.add_row(row, patches, end);
    }
}

/// Adds missing patches, in the order of `Severity::ALL`.
fn count_missing(counts: &mut [u64; Severity::ALL.len()], patches: &[Patch]) {
    for patch in patches
        .iter()
        .filter(|patch| patch.state == PatchState::Missing)
    {
        let severity = Severity::of_patch(patch);
        let at = Severity::ALL.iter().position(|one| *one == severity);
        counts[at.unwrap_or_default()] += 1;
    }
}

/// What nodes are checked against.
pub(super) struct CheckFold {
    pub rules: RuleSet,
    pub waivers: Waivers,
    pub options: VerdictOptions,
    pub keeps_rows: bool,
}

impl CheckFold {
    /// Checks every selected node.
    ///
    /// # Errors
    /// When no node is selected.
    pub(super) async fn check_nodes(
        self,
        run: &mut Run<'_>,
        plan: &FetchPlan,
        gate: GateEvaluator,
        reads_missing: bool,
    ) -> Result<(CheckedNodes, StateFooter)> {
        let options = self.options;
        let mut checked = CheckedNodes::new(gate, reads_missing, self.keeps_rows);
        let is_of_dataset = matches!(run.source, Source::Dataset(_));
        let states = if is_of_dataset && plan.patches.is_none() {
            let (source, collector) = (&run.source, &mut run.collector);
            let verdicts = fold_nodes(source, collector, plan, options, self, &mut checked).await;
            state_footer(run, verdicts)?
        } else {
            let take = |row: StateRow, patches: &[Patch], end: &Outcome<()>| {
                checked.add_row(&row, patches, end);
                Ok(())
            };
            read_states(run, plan, &options, take).await?
        };
        Ok((checked, states))
    }
}

impl RowFold for CheckFold {
    type Part = CheckedNodes;

    fn start(&self) -> CheckedNodes {
        let gate = GateEvaluator::new(self.rules.clone(), self.waivers.clone(), self.options);
        CheckedNodes::new(gate, false, self.keeps_rows)
    }

    fn add_row(&self, part: &mut CheckedNodes, row: &StateRow) {
        part.add_row(row, &[], &Outcome::Answered(()));
    }

    fn merge(&self, all: &mut CheckedNodes, part: CheckedNodes) {
        all.gate.merge(part.gate);
        all.total.merge(&part.total);
        all.read_rows.extend(part.read_rows);
    }
}
