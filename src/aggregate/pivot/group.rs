//! One group of a pivot: its key, its counts, the nodes that lack it, and the order of
//! groups. Pure.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use crate::aggregate::pivot::{CompactNumberSet, PatchGrouping};
use crate::compliance::severity::Severity;
use crate::record::{Count, Node, Patch, PatchState};

/// The documented states, and one for all others.
pub(super) const STATE_COUNT: usize = PatchState::DOCUMENTED.len() + 1;

/// Where a state is counted; in the order of `PatchState::KNOWN`.
pub(super) const fn state_index(state: &PatchState) -> usize {
    match state {
        PatchState::Installed => 0,
        PatchState::InstalledOther => 1,
        PatchState::InstalledPendingReboot => 2,
        PatchState::InstalledRejected => 3,
        PatchState::Missing => 4,
        PatchState::NotApplicable => 5,
        PatchState::Failed => 6,
        PatchState::AvailableSecurityUpdate => 7,
        PatchState::Other(_) => 8,
    }
}

/// Is this one of them?
const IS_LACKING: [bool; STATE_COUNT] = {
    let mut lacks = [false; STATE_COUNT];
    let mut next = 0;
    while next < PatchState::LACKING.len() {
        lacks[state_index(&PatchState::LACKING[next])] = true;
        next += 1;
    }
    lacks
};

/// The states that are counted unless others are asked for: those that make a node
/// non-compliant, and updates that are available and not approved.
pub const DEFAULT_STATES: [PatchState; 5] = [
    PatchState::InstalledPendingReboot,
    PatchState::InstalledRejected,
    PatchState::Missing,
    PatchState::Failed,
    PatchState::AvailableSecurityUpdate,
];

/// What a group is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AggregateKey {
    /// A KB or CVE id.
    Text(Box<str>),
    /// The place of a node in the frame.
    Node(usize),
    Severity(Severity),
    /// What its patches do not tell.
    Unknown,
}

/// What all groups share.
#[derive(Debug)]
pub struct PivotContext {
    pub grouping: PatchGrouping,
    /// The nodes that have rows, in the order they came.
    pub nodes: Vec<Node>,
    pub nodes_read: u64,
    /// Of each operating system.
    pub nodes_read_by_platform: Vec<u64>,
    pub requested_states: [bool; STATE_COUNT],
}

/// What is counted of a group.
#[derive(Debug, Clone)]
pub struct AggregateCounts {
    pub key: AggregateKey,
    /// The row that was counted last, from 1.
    pub last_row: u64,
    title: Option<Box<str>>,
    classification: Option<Arc<str>>,
    severity: Severity,
    rows_by_state: [u64; STATE_COUNT],
    nodes_by_state: [u32; STATE_COUNT],
    /// The node that was counted last in each state.
    last_node_by_state: [u32; STATE_COUNT],
    lacking_nodes: CompactNumberSet,
    lacking_rows: u64,
    /// The operating systems of the nodes that list it.
    platforms: Vec<usize>,
}

impl AggregateCounts {
    pub fn new(key: AggregateKey) -> Self {
        Self {
            key,
            last_row: 0,
            title: None,
            classification: None,
            severity: Severity::Unrated,
            rows_by_state: [0; STATE_COUNT],
            nodes_by_state: [0; STATE_COUNT],
            last_node_by_state: [u32::MAX; STATE_COUNT],
            lacking_nodes: CompactNumberSet::default(),
            lacking_rows: 0,
            platforms: Vec::new(),
        }
    }

    /// Counts a row of the node with this number, which is never less than the
    /// one before.
    pub fn count_row(
        &mut self,
        node: u32,
        platform: usize,
        severity: Severity,
        patch: &Patch,
        is_of_patch: bool,
    ) {
        let state = state_index(&patch.state);
        self.rows_by_state[state] += 1;
        if self.last_node_by_state[state] != node {
            self.last_node_by_state[state] = node;
            self.nodes_by_state[state] += 1;
            if !self.platforms.contains(&platform) {
                self.platforms.push(platform);
            }
        }
        if IS_LACKING[state] {
            self.lacking_rows += 1;
            self.lacking_nodes.push(node);
        }
        self.severity = self.severity.max(severity);
        if !is_of_patch {
            return;
        }
        // Vendors word one patch in several ways; the order of rows decides nothing.
        if let Some(title) = smaller_text(patch.title.as_deref(), self.title.as_deref()) {
            self.title = Some(title.into());
        }
        let word = patch.classification.as_deref();
        if smaller_text(word, self.classification.as_deref()).is_some() {
            self.classification.clone_from(&patch.classification);
        }
    }

    /// The worst of its rows, where it has any.
    fn severity(&self) -> Option<Severity> {
        (self.last_row > 0).then_some(self.severity)
    }

    /// Which of two stands first.
    pub fn compare(&self, other: &Self, frame: &PivotContext) -> Ordering {
        let is_keyless = |tally: &Self| tally.key == AggregateKey::Unknown;
        let weight = |tally: &Self| match frame.grouping {
            PatchGrouping::Kb | PatchGrouping::Cve => {
                Reverse((tally.lacking_nodes.count(), tally.severity(), 0))
            }
            PatchGrouping::Node => Reverse((
                tally.lacking_nodes.count(),
                tally.severity(),
                tally.lacking_rows,
            )),
            // The scale has an order of its own.
            PatchGrouping::Severity => Reverse((0, tally.severity(), 0)),
        };
        is_keyless(self)
            .cmp(&is_keyless(other))
            .then_with(|| weight(self).cmp(&weight(other)))
            .then_with(|| match (&self.key, &other.key) {
                (AggregateKey::Text(left), AggregateKey::Text(right)) => left.cmp(right),
                (AggregateKey::Node(left), AggregateKey::Node(right)) => {
                    frame.nodes[*left].cmp(&frame.nodes[*right])
                }
                // No two are alike otherwise, and a pivot has keys of one kind.
                _ => Ordering::Equal,
            })
    }
}

/// The text, where it says something and stands before the known one.
fn smaller_text<'a>(text: Option<&'a str>, known: Option<&str>) -> Option<&'a str> {
    text.filter(|text| !text.is_empty() && known.is_none_or(|known| *text < known))
}

/// One group, finished.
#[derive(Debug, Clone)]
pub struct PatchAggregate {
    counts: AggregateCounts,
    context: Arc<PivotContext>,
}

impl PatchAggregate {
    pub fn new(counts: AggregateCounts, context: Arc<PivotContext>) -> Self {
        Self { counts, context }
    }

    /// What patches were counted by.
    #[must_use]
    pub fn grouping(&self) -> PatchGrouping {
        self.context.grouping
    }

    /// The KB or CVE id; `None` where it is about something else, or its
    /// patches tell none.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.counts.key {
            AggregateKey::Text(id) => Some(id),
            AggregateKey::Node(_) | AggregateKey::Severity(_) | AggregateKey::Unknown => None,
        }
    }

    /// The node, where it is about one.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self.counts.key {
            AggregateKey::Node(at) => self.context.nodes.get(at),
            AggregateKey::Text(_) | AggregateKey::Severity(_) | AggregateKey::Unknown => None,
        }
    }

    /// Are these the patches that do not tell what is counted by?
    #[must_use]
    pub fn is_unkeyed(&self) -> bool {
        self.counts.key == AggregateKey::Unknown
    }

    /// The title of its patches, the first by the alphabet where they differ.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.counts.title.as_deref()
    }

    /// The vendor's word, chosen in the same way.
    #[must_use]
    pub fn classification(&self) -> Option<&str> {
        self.counts.classification.as_deref()
    }

    /// The worst of its patches; `None` where it has none.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.counts.severity()
    }

    /// How many rows are in this state; `None` if it was not selected. All
    /// states that are not documented are counted as one.
    #[must_use]
    pub fn rows_in(&self, state: &PatchState) -> Count {
        self.context.requested_states[state_index(state)]
            .then_some(self.counts.rows_by_state[state_index(state)])
    }

    /// On how many nodes there are such rows, each counted once.
    #[must_use]
    pub fn nodes_in(&self, state: &PatchState) -> Count {
        self.context.requested_states[state_index(state)]
            .then_some(u64::from(self.counts.nodes_by_state[state_index(state)]))
    }

    /// How many rows there are.
    #[must_use]
    pub fn patch_count(&self) -> u64 {
        self.counts.rows_by_state.iter().sum()
    }

    /// How many nodes lack it: it is missing, failed, waits for a reboot, or is
    /// available. `None` if none of these states was selected.
    #[must_use]
    pub fn lacking_count(&self) -> Count {
        let asked = PatchState::LACKING
            .iter()
            .any(|state| self.context.requested_states[state_index(state)]);
        asked.then_some(self.counts.lacking_nodes.count())
    }

    /// How many nodes were read that could lack it: of one patch or CVE, those of the
    /// operating systems on which it was counted.
    #[must_use]
    pub fn nodes_read(&self) -> u64 {
        match self.grouping() {
            PatchGrouping::Kb | PatchGrouping::Cve => {
                let platforms = self.counts.platforms.iter();
                platforms
                    .map(|at| self.context.nodes_read_by_platform[*at])
                    .sum()
            }
            PatchGrouping::Node | PatchGrouping::Severity => self.context.nodes_read,
        }
    }

    /// The nodes that lack it, by id.
    #[must_use]
    pub fn lacking_nodes(&self) -> Vec<&Node> {
        let numbers = self.counts.lacking_nodes.iter();
        let mut nodes: Vec<&Node> = numbers
            .filter_map(|at| self.context.nodes.get(usize::try_from(at).ok()?))
            .collect();
        nodes.sort_unstable();
        nodes
    }
}

impl PartialEq for PatchAggregate {
    /// The same answer, whatever order the rows came in.
    fn eq(&self, other: &Self) -> bool {
        let states = PatchState::DOCUMENTED
            .into_iter()
            .chain([PatchState::Other(Box::default())]);
        let counts = |group: &Self| -> Vec<(Count, Count)> {
            let both = |state| (group.rows_in(&state), group.nodes_in(&state));
            states.clone().map(both).collect()
        };
        (self.grouping(), self.id(), self.node(), self.is_unkeyed())
            == (
                other.grouping(),
                other.id(),
                other.node(),
                other.is_unkeyed(),
            )
            && (self.title(), self.classification(), self.severity())
                == (other.title(), other.classification(), other.severity())
            && (self.lacking_count(), self.nodes_read())
                == (other.lacking_count(), other.nodes_read())
            && counts(self) == counts(other)
            && self.lacking_nodes() == other.lacking_nodes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_place_of_its_own() {
        for (location, state) in PatchState::DOCUMENTED.iter().enumerate() {
            assert_eq!(state_index(state), location);
            assert_eq!(IS_LACKING[location], PatchState::LACKING.contains(state));
        }
        assert!(DEFAULT_STATES.is_sorted());
        assert!(
            PatchState::LACKING
                .iter()
                .all(|state| DEFAULT_STATES.contains(state))
        );
        assert_eq!(
            state_index(&PatchState::Other("New".into())),
            STATE_COUNT - 1
        );
    }
}
