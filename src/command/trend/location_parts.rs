//! What was read of the locations of a dataset, for later snapshots at which it is the newest:
//! what a run has of a location is read once. Of its nodes only those are kept that the passage
//! of time changes next; it is read again where more of them changed.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use crate::aggregate::summary::NodeGroupings;
use crate::aggregate::trend::SnapshotSummary;
use crate::command::collector::Collector;
use crate::command::read_states::{JudgeFold, RowFold};
use crate::compliance::verdict::{VerdictOptions, judge, same_judgement_span};
use crate::plan::fetch_plan::FetchPlan;
use crate::report::StateRow;
use crate::source::{DAMAGED, DatasetSource, Event, LocationKey};

/// So many nodes of a location are kept that change next: half a kilobyte each. In tests, some
/// have more.
const MAX_CHANGING: usize = if cfg!(test) { 2 } else { 256 };

/// Counts nodes where they are read.
pub(super) struct SnapshotFold {
    pub by: Option<NodeGroupings>,
    pub options: VerdictOptions,
}

/// Nodes that are counted, and those that are not yet.
pub(super) struct CountedNodes {
    counted: SnapshotSummary,
    changing: BinaryHeap<ChangingRow>,
}

/// A node that is judged otherwise from a moment on, in seconds since 1970. The last one to
/// change is the greatest.
struct ChangingRow {
    moment: i64,
    row: Box<StateRow>,
}

impl PartialEq for ChangingRow {
    fn eq(&self, other: &Self) -> bool {
        self.moment == other.moment
    }
}

impl Eq for ChangingRow {}

impl PartialOrd for ChangingRow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ChangingRow {
    fn cmp(&self, other: &Self) -> Ordering {
        self.moment.cmp(&other.moment)
    }
}

impl CountedNodes {
    fn add_changing(&mut self, changing: ChangingRow, options: &VerdictOptions) {
        self.changing.push(changing);
        if self.changing.len() > MAX_CHANGING
            && let Some(last) = self.changing.pop()
        {
            self.counted.add_row(&last.row, options);
        }
    }

    /// All of them as they are judged with these options, at which those that are counted are
    /// the same.
    fn total(&mut self, fold: &SnapshotFold) -> SnapshotSummary {
        let mut all = SnapshotSummary::new(fold.by.as_ref());
        all.merge(&self.counted);
        let mut changing = std::mem::take(&mut self.changing).into_vec();
        for ChangingRow { row, .. } in &mut changing {
            row.judgement = judge(&row.outcome, row.no_data(), &fold.options);
            all.add_row(row, &fold.options);
        }
        self.changing = changing.into();
        all
    }
}

impl RowFold for SnapshotFold {
    type Part = CountedNodes;

    fn start(&self) -> CountedNodes {
        CountedNodes {
            counted: SnapshotSummary::new(self.by.as_ref()),
            changing: BinaryHeap::new(),
        }
    }

    fn add_row(&self, part: &mut CountedNodes, row: &StateRow) {
        let span = (row.state()).map(|state| same_judgement_span(state, &self.options));
        let moment = span.map_or(i64::MAX, |span| span.end);
        let last = part.changing.peek().map_or(i64::MAX, |last| last.moment);
        if moment == i64::MAX || part.changing.len() == MAX_CHANGING && moment >= last {
            part.counted.add_row(row, &self.options);
        } else {
            let row = Box::new(row.clone());
            part.add_changing(ChangingRow { moment, row }, &self.options);
        }
    }

    fn merge(&self, all: &mut CountedNodes, part: CountedNodes) {
        all.counted.merge(&part.counted);
        for changing in part.changing {
            all.add_changing(changing, &self.options);
        }
    }
}

/// What a snapshot has.
pub(super) struct SnapshotPart {
    pub nodes: SnapshotSummary,
    pub collector: Collector,
}

/// What a run has of a location.
struct LocationPart {
    nodes: CountedNodes,
    /// As they were judged last.
    total: SnapshotSummary,
    collector: Collector,
}

impl LocationPart {
    /// The same at the moment of these options, unless it has to be read again.
    fn judged(mut self, fold: &SnapshotFold) -> Option<Self> {
        let now = fold.options.now;
        if !self.total.holds_at(now) {
            if !self.nodes.counted.holds_at(now) {
                return None;
            }
            self.total = self.nodes.total(fold);
        }
        Some(self)
    }
}

/// The locations of the last snapshot that was read.
#[derive(Default)]
pub(super) struct LocationParts(HashMap<LocationKey, LocationPart>);

impl LocationParts {
    /// Reads a snapshot, but for the locations of which what was read is enough.
    pub(super) async fn read(
        &mut self,
        source: &DatasetSource,
        plan: &FetchPlan,
        fold: SnapshotFold,
    ) -> SnapshotPart {
        let mut locations = Vec::new();
        for key in source.location_keys() {
            let part = self.0.remove(&key);
            locations.push((key, part.and_then(|part| part.judged(&fold))));
        }
        // Newer runs have these.
        self.0.clear();
        let is_kept = locations.iter().map(|(_, part)| part.is_some()).collect();
        let mut locations = locations.into_iter();
        let options = fold.options;
        let judge = Arc::new(JudgeFold { options, fold });
        let fold = &judge.fold;
        let mut total = SnapshotSummary::new(fold.by.as_ref());
        let mut collector = Collector::default();
        // What belongs to no location, and what is read of one.
        let mut outside = fold.start();
        let mut current = None;
        let mut stream = source.fold_locations(plan, judge.clone(), is_kept);
        while let Some(event) = stream.next().await {
            match event {
                Event::Location { .. } => {
                    current = locations
                        .next()
                        .map(|(key, part)| (key, part, fold.start(), Collector::default()));
                }
                Event::LocationEnd(_) => {
                    let Some((key, kept, mut nodes, mut of)) = current.take() else {
                        continue;
                    };
                    let unread = std::mem::take(&mut of.coverage.unread);
                    // No row and no note names nodes.
                    of.coverage.no_data = Vec::new();
                    let part = kept.unwrap_or_else(|| LocationPart {
                        total: nodes.total(fold),
                        nodes,
                        collector: of,
                    });
                    total.merge(&part.total);
                    collector.add(part.collector.clone());
                    // What was lost may be read the next time, and a node that is asked for by
                    // its id may be in another location then.
                    let is_whole = unread.iter().all(|of| *of.cause.code != *DAMAGED);
                    if is_whole && plan.node_ids.is_empty() {
                        self.0.insert(key, part);
                    }
                }
                event => {
                    let (nodes, collector) = match &mut current {
                        Some((_, _, nodes, of)) => (nodes, of),
                        None => (&mut outside, &mut collector),
                    };
                    judge.add_event(event, collector, nodes);
                }
            }
        }
        total.merge(&outside.total(fold));
        SnapshotPart {
            nodes: total,
            collector,
        }
    }
}
