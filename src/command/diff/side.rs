//! One side of a comparison: the events of its source as nodes with their patches.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use jiff::Timestamp;

use crate::aggregate::diff::NodeSide;
use crate::aggregate::diff::merge::{LocationKey, MergeOptions, NodeReader};
use crate::command::collector::{Collector, RowEvent};
use crate::compliance::verdict::VerdictOptions;
use crate::plan::fetch_plan::FetchPlan;
use crate::record::{NodeState, Outcome, Patch, Scope};
use crate::report::{DiffSide, VerdictCounts};
use crate::source::{Event, NodeEnd, PatchEvent, Source, Stream};

/// Reads one side.
pub(super) struct SideReader {
    name: String,
    time: Timestamp,
    stream: Stream<PatchEvent>,
    collector: Collector,
    verdict: VerdictOptions,
    options: MergeOptions,
    /// Does it list nodes, rather than only those whose ids were typed?
    lists_nodes: bool,
    /// The locations that it lists, and whether nodes of them may be missing.
    listed: BTreeMap<LocationKey, bool>,
    unread: Vec<(Scope, String)>,
    verdicts: VerdictCounts,
    /// Those of the node whose end is still to come.
    patches: Vec<Patch>,
}

impl SideReader {
    pub(super) fn new(
        name: String,
        source: &Source,
        plan: &FetchPlan,
        verdict: VerdictOptions,
        options: MergeOptions,
    ) -> Self {
        Self {
            name,
            time: source.now(),
            stream: source.stream_patches(plan),
            collector: Collector::default(),
            verdict,
            options,
            lists_nodes: plan.selector.needs_discovery(),
            listed: BTreeMap::new(),
            unread: Vec::new(),
            verdicts: VerdictCounts::default(),
            patches: Vec::new(),
        }
    }

    /// What was read, after the last node.
    ///
    /// # Errors
    /// When the criteria select no node, and that is not an answer.
    pub(super) fn finish(self) -> Result<DiffSide> {
        if let Some(cause) = &self.collector.empty_selection {
            bail!("{}: {cause}", self.name);
        }
        Ok(DiffSide {
            name: self.name,
            time: self.time,
            coverage: self.collector.finish(),
            verdicts: self.verdicts,
        })
    }

    fn take_end(&mut self, end: NodeEnd) -> NodeSide {
        let NodeEnd {
            node,
            outcome,
            state,
        } = end;
        let state: Outcome<NodeState> = match (state, &outcome) {
            (Some(state), _) => *state,
            // A node whose events were lost has no state.
            (None, Outcome::Unread(cause)) => Outcome::Unread(cause.clone()),
            (None, Outcome::Answered(()) | Outcome::NoData) => Outcome::NoData,
        };
        let patches = std::mem::take(&mut self.patches);
        let side = NodeSide::new(node, state, outcome, patches, &self.verdict);
        let collector = &mut self.collector;
        if !collector.count_if_stopped_without_record(&side.node, &side.state) {
            collector.count_node(&side.node, &side.outcome());
            self.verdicts.count(side.judgement.verdict);
        }
        side
    }
}

impl NodeReader for SideReader {
    async fn next_node(&mut self) -> Result<Option<NodeSide>> {
        while let Some(event) = self.stream.next().await {
            if let Event::Discovery(location, report) = &event {
                let key = LocationKey::new(location, self.options.has_accounts);
                self.listed.insert(key, report.may_be_incomplete());
            }
            match self.collector.collect(event) {
                None => {}
                Some(RowEvent::Unread(scope, cause)) => {
                    self.unread.push((scope, cause.text.into()));
                }
                Some(RowEvent::Item(PatchEvent::Rows(filtered))) => {
                    self.patches.extend(filtered.kept);
                }
                Some(RowEvent::Item(PatchEvent::End(end))) => {
                    return Ok(Some(self.take_end(end)));
                }
            }
        }
        Ok(None)
    }

    fn doubt(&self, location: &LocationKey) -> Option<String> {
        let mut unread = self.unread.iter();
        if unread.any(|(scope, _)| location.may_be_in(scope)) {
            return Some("unread".to_owned());
        }
        if !self.lists_nodes {
            return None;
        }
        match self.listed.get(location) {
            None => Some("not selected or not collected".to_owned()),
            Some(true) => Some("nodes may be missing".to_owned()),
            Some(false) => None,
        }
    }

    fn unread_scopes(&self) -> Vec<(Scope, String)> {
        self.unread.clone()
    }
}
