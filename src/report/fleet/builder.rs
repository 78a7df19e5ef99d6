//! The fold of `report`: nodes with their patches, one node after the other, into the
//! document. Pure.

use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::history::Histories;
use crate::aggregate::pivot::{DEFAULT_STATES, PatchGrouping, Pivot};
use crate::aggregate::summary::{NodeGroupings, Summary};
use crate::compliance::due_date::Sla;
use crate::gate::GateEvaluator;
use crate::record::{Outcome, Patch, Subject};
use crate::report::fleet::ages::AgeCounter;
use crate::report::fleet::due_dates::DueCounter;
use crate::report::fleet::evidence::Evidence;
use crate::report::fleet::history::{FleetHistory, missing_time};
use crate::report::fleet::{FleetReport, Grouping, TopRows};
use crate::report::{
    CheckFooter, GroupKey, NodeGroup, PatchAggregateRow, PatchRow, StateFooter, StateRow,
    worst_first,
};

/// What a report is asked for.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    pub by: Vec<NodeGroupings>,
    /// Sections of the worst show as many rows.
    pub top: usize,
    pub sla: Sla,
    pub now: Timestamp,
    /// Were rules given, so that their status is a section?
    pub has_rules: bool,
}

/// The fold. Holds every node, and every patch that a node lacks or should not have.
pub struct FleetReportBuilder<'a> {
    options: &'a FleetOptions,
    summaries: Vec<Summary>,
    total: NodeGroup,
    ages: AgeCounter,
    due: Option<DueCounter<'a>>,
    by_kb: Pivot,
    by_cve: Pivot,
    gate: GateEvaluator,
    nodes: Vec<StateRow>,
    unlisted_nodes: u64,
    /// Node by node.
    patches: Vec<Patch>,
}

impl<'a> FleetReportBuilder<'a> {
    #[must_use]
    pub fn new(options: &'a FleetOptions, gate: GateEvaluator) -> Self {
        let by = options.by.iter();
        let pivot = |grouping| Pivot::new(grouping).with_states(&DEFAULT_STATES);
        Self {
            options,
            summaries: by.map(|by| Summary::new(by.clone())).collect(),
            total: NodeGroup::new(&"fleet".into(), GroupKey::Total),
            ages: AgeCounter::new(options.now),
            due: DueCounter::new(&options.sla, options.now),
            by_kb: pivot(PatchGrouping::Kb),
            by_cve: pivot(PatchGrouping::Cve),
            gate,
            nodes: Vec::new(),
            unlisted_nodes: 0,
            patches: Vec::new(),
        }
    }

    /// One more node, with those of its patches that it lacks or should not have, and how
    /// reading them ended; or a region or account that could not be read.
    pub fn add_row(&mut self, mut row: StateRow, patches: &[Patch], end: &Outcome<()>) {
        let now = self.options.now;
        row.set_oldest_missing(patches, end, now);
        self.summaries
            .iter_mut()
            .for_each(|summary| summary.add_row(&row));
        self.total.add_row(&row);
        self.gate.add_row(&row, patches, end);
        if let Subject::Node(node) = &row.subject {
            let is_read = matches!(end, Outcome::Answered(()));
            self.unlisted_nodes += u64::from(!is_read);
            for pivot in [&mut self.by_kb, &mut self.by_cve] {
                pivot.add_rows(patches);
                pivot.finish_node(node, is_read);
            }
            self.ages.add_node(patches);
            self.patches.extend_from_slice(patches);
        }
        self.nodes.push(row);
    }

    /// The patches that nodes lack or should not have, so far.
    #[must_use]
    pub fn patches(&self) -> &[Patch] {
        &self.patches
    }

    /// The ids of the nodes so far.
    pub fn node_ids(&self) -> impl Iterator<Item = &Arc<str>> {
        let nodes = self.nodes.iter().filter_map(|row| row.subject.node());
        nodes.map(|node| &node.id)
    }

    /// The document, of nodes that were read so far as `states` says. `histories` are those
    /// of the patches, where a dataset has them.
    #[must_use]
    pub fn finish(
        mut self,
        states: StateFooter,
        mut evidence: Evidence,
        history: Option<FleetHistory>,
        histories: &Histories,
    ) -> FleetReport {
        let (sla, now) = (&self.options.sla, self.options.now);
        let rows = std::mem::take(&mut self.patches).into_iter();
        let rows = rows.map(|patch| {
            let missing = missing_time(&patch, histories, now);
            PatchRow::with_missing_time(patch, missing, sla, now)
        });
        let mut rows: Vec<PatchRow> = rows.collect();
        if let Some(due) = &mut self.due {
            rows.chunk_by(is_of_same_node)
                .for_each(|of_node| due.add_node(of_node));
        }
        for row in &mut self.nodes {
            row.set_baseline_differs(&states.conflicts);
        }
        // Stable, and the order of the nodes is fixed.
        self.nodes.sort_by(worst_first::compare_states);
        rows.sort_by(|left, right| {
            let by_patch = worst_first::compare_patches_of_fleet(left, right);
            by_patch.then_with(|| identity(left).cmp(&identity(right)))
        });
        evidence.add_locations(&self.nodes, &states.coverage);
        if let Some(cause) = &evidence.interruption {
            self.gate.set_interruption(cause.clone());
        }
        let conflicts = states.conflicts.clone();
        let configured = evidence.configured.clone();
        let CheckFooter {
            coverage, report, ..
        } = CheckFooter::new(self.gate, states, configured, false);
        let top = self.options.top;
        let summaries = self.summaries.into_iter().zip(&self.options.by);
        FleetReport {
            evidence,
            coverage,
            total: self.total,
            groupings: summaries
                .map(|(summary, by)| Grouping {
                    by: by.to_string(),
                    groups: summary.into_groups(),
                })
                .collect(),
            severities: self.ages.finish(),
            due_dates: self.due.map(DueCounter::finish),
            unlisted_nodes: self.unlisted_nodes,
            missing_patches: top_rows(self.by_kb, top),
            cves: top_rows(self.by_cve, top),
            conflicts,
            waived: report.waived.clone(),
            waiver_remarks: report.waiver_remarks.clone(),
            gate: self.options.has_rules.then_some(report),
            nodes: self.nodes,
            patches: rows,
            history,
            top,
        }
    }
}

fn is_of_same_node(one: &PatchRow, other: &PatchRow) -> bool {
    match (one.patch(), other.patch()) {
        (Some(one), Some(other)) => {
            one.node.id == other.node.id && one.node.location == other.node.location
        }
        _ => false,
    }
}

/// What tells apart patches of one state, severity and node.
fn identity(row: &PatchRow) -> Option<[&str; 4]> {
    let patch = row.patch()?;
    let location = &patch.node.location;
    let texts = [
        location.account.as_deref(),
        patch.kb_id.as_deref(),
        patch.title.as_deref(),
    ];
    let [account, kb_id, title] = texts.map(Option::unwrap_or_default);
    Some([&location.region, account, kb_id, title])
}

/// The first groups that a node lacks, without what came without an id.
fn top_rows(pivot: Pivot, top: usize) -> TopRows {
    let groups = pivot.into_groups();
    let lacking = groups.filter(|group| group.lacking_count() > Some(0) && !group.is_unkeyed());
    let mut total = 0;
    let mut rows = Vec::new();
    for group in lacking {
        total += 1;
        if rows.len() < top {
            rows.push(PatchAggregateRow::Aggregate(Box::new(group)));
        }
    }
    TopRows { rows, total }
}
