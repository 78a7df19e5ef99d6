//! One group of a pivot: its key, its counts, and the nodes that lack it.
//!
//! Pure. Knows how a row is counted and how groups are ordered. Must not know
//! which rows belong to which group.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use crate::aggregate::pivot::{By, Numbers};
use crate::compliance::severity::Severity;
use crate::record::{Count, Node, Patch, PatchState};

/// The documented states, and one for all others.
pub const STATES: usize = PatchState::KNOWN.len() + 1;

/// Where a state is counted; in the order of `PatchState::KNOWN`.
pub const fn at(state: &PatchState) -> usize {
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

/// The states in which a node lacks a patch. One in `InstalledRejected` has it,
/// and makes its node non-compliant all the same; one that is available and not
/// approved counts where that state is asked for.
pub const LACKING: [PatchState; 4] = [
    PatchState::Missing,
    PatchState::Failed,
    PatchState::InstalledPendingReboot,
    PatchState::AvailableSecurityUpdate,
];

/// Is this one of them?
const LACKS: [bool; STATES] = {
    let mut lacks = [false; STATES];
    let mut next = 0;
    while next < LACKING.len() {
        lacks[at(&LACKING[next])] = true;
        next += 1;
    }
    lacks
};

/// What a group is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
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
pub struct Frame {
    pub by: By,
    /// The nodes that have rows, in the order they came.
    pub nodes: Vec<Node>,
    pub read: u64,
    pub asked: [bool; STATES],
}

/// What is counted of a group.
#[derive(Debug, Clone)]
pub struct Tally {
    pub key: Key,
    /// The row that was counted last, from 1.
    pub last_row: u64,
    title: Option<Box<str>>,
    classification: Option<Arc<str>>,
    severity: Severity,
    rows: [u64; STATES],
    nodes: [u32; STATES],
    /// The node that was counted last in each state.
    last: [u32; STATES],
    lacking: Numbers,
    lacks: u64,
}

impl Tally {
    pub fn new(key: Key) -> Self {
        Self {
            key,
            last_row: 0,
            title: None,
            classification: None,
            severity: Severity::Unrated,
            rows: [0; STATES],
            nodes: [0; STATES],
            last: [u32::MAX; STATES],
            lacking: Numbers::default(),
            lacks: 0,
        }
    }

    /// Counts a row of the node with this number, which is never less than the
    /// one before.
    pub fn count(&mut self, node: u32, severity: Severity, patch: &Patch, is_of_patch: bool) {
        let state = at(&patch.state);
        self.rows[state] += 1;
        if self.last[state] != node {
            self.last[state] = node;
            self.nodes[state] += 1;
        }
        if LACKS[state] {
            self.lacks += 1;
            self.lacking.push(node);
        }
        self.severity = self.severity.max(severity);
        if !is_of_patch {
            return;
        }
        // Vendors word one patch in several ways; the order of rows decides nothing.
        if let Some(title) = smaller(patch.title.as_deref(), self.title.as_deref()) {
            self.title = Some(title.into());
        }
        let word = patch.classification.as_deref();
        if smaller(word, self.classification.as_deref()).is_some() {
            self.classification.clone_from(&patch.classification);
        }
    }

    /// The worst of its rows, where it has any.
    fn severity(&self) -> Option<Severity> {
        (self.last_row > 0).then_some(self.severity)
    }

    /// Which of two stands first.
    pub fn order(&self, other: &Self, frame: &Frame) -> Ordering {
        let is_keyless = |tally: &Self| tally.key == Key::Unknown;
        let weight = |tally: &Self| match frame.by {
            By::Kb | By::Cve => Reverse((tally.lacking.count(), tally.severity(), 0)),
            By::Node => Reverse((tally.lacking.count(), tally.severity(), tally.lacks)),
            // The scale has an order of its own.
            By::Severity => Reverse((0, tally.severity(), 0)),
        };
        is_keyless(self)
            .cmp(&is_keyless(other))
            .then_with(|| weight(self).cmp(&weight(other)))
            .then_with(|| match (&self.key, &other.key) {
                (Key::Text(left), Key::Text(right)) => left.cmp(right),
                (Key::Node(left), Key::Node(right)) => frame.nodes[*left].cmp(&frame.nodes[*right]),
                // No two are alike otherwise, and a pivot has keys of one kind.
                _ => Ordering::Equal,
            })
    }
}

/// The text, where it says something and stands before the known one.
fn smaller<'a>(text: Option<&'a str>, known: Option<&str>) -> Option<&'a str> {
    text.filter(|text| !text.is_empty() && known.is_none_or(|known| *text < known))
}

/// One group, finished.
#[derive(Debug, Clone)]
pub struct Group {
    tally: Tally,
    frame: Arc<Frame>,
}

impl Group {
    pub fn new(tally: Tally, frame: Arc<Frame>) -> Self {
        Self { tally, frame }
    }

    /// What patches were counted by.
    #[must_use]
    pub fn by(&self) -> By {
        self.frame.by
    }

    /// The KB or CVE id; `None` where it is about something else, or its
    /// patches tell none.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match &self.tally.key {
            Key::Text(id) => Some(id),
            Key::Node(_) | Key::Severity(_) | Key::Unknown => None,
        }
    }

    /// The node, where it is about one.
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self.tally.key {
            Key::Node(at) => self.frame.nodes.get(at),
            Key::Text(_) | Key::Severity(_) | Key::Unknown => None,
        }
    }

    /// Are these the patches that do not tell what is counted by?
    #[must_use]
    pub fn is_keyless(&self) -> bool {
        self.tally.key == Key::Unknown
    }

    /// The title of its patches, the first by the alphabet where they differ.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.tally.title.as_deref()
    }

    /// The vendor's word, chosen in the same way.
    #[must_use]
    pub fn classification(&self) -> Option<&str> {
        self.tally.classification.as_deref()
    }

    /// The worst of its patches; `None` where it has none.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.tally.severity()
    }

    /// How many rows are in this state; `None` where nobody asked for it. All
    /// states that are not documented are counted as one.
    #[must_use]
    pub fn rows_in(&self, state: &PatchState) -> Count {
        self.frame.asked[at(state)].then_some(self.tally.rows[at(state)])
    }

    /// On how many nodes there are such rows, each counted once.
    #[must_use]
    pub fn nodes_in(&self, state: &PatchState) -> Count {
        self.frame.asked[at(state)].then_some(u64::from(self.tally.nodes[at(state)]))
    }

    /// How many rows there are.
    #[must_use]
    pub fn patches(&self) -> u64 {
        self.tally.rows.iter().sum()
    }

    /// How many nodes lack it: it is missing, failed, waits for a restart, or is
    /// available. `None` where nobody asked for any of these states.
    #[must_use]
    pub fn lacking(&self) -> Count {
        let asked = LACKING.iter().any(|state| self.frame.asked[at(state)]);
        asked.then_some(self.tally.lacking.count())
    }

    /// How many nodes were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.frame.read
    }

    /// The nodes that lack it, by id.
    #[must_use]
    pub fn lacking_nodes(&self) -> Vec<&Node> {
        let numbers = self.tally.lacking.iter();
        let mut nodes: Vec<&Node> = numbers
            .filter_map(|at| self.frame.nodes.get(usize::try_from(at).ok()?))
            .collect();
        nodes.sort_unstable();
        nodes
    }
}

impl PartialEq for Group {
    /// The same answer, whatever order the rows came in.
    fn eq(&self, other: &Self) -> bool {
        let states = PatchState::KNOWN
            .into_iter()
            .chain([PatchState::Other(Box::default())]);
        let counts = |group: &Self| -> Vec<(Count, Count)> {
            let both = |state| (group.rows_in(&state), group.nodes_in(&state));
            states.clone().map(both).collect()
        };
        (self.by(), self.id(), self.node(), self.is_keyless())
            == (other.by(), other.id(), other.node(), other.is_keyless())
            && (self.title(), self.classification(), self.severity())
                == (other.title(), other.classification(), other.severity())
            && (self.lacking(), self.read()) == (other.lacking(), other.read())
            && counts(self) == counts(other)
            && self.lacking_nodes() == other.lacking_nodes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_place_of_its_own() {
        for (place, state) in PatchState::KNOWN.iter().enumerate() {
            assert_eq!(at(state), place);
            assert_eq!(LACKS[place], LACKING.contains(state));
        }
        assert_eq!(at(&PatchState::Other("New".into())), STATES - 1);
    }
}
