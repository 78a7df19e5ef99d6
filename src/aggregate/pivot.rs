//! Patches counted by KB, CVE, node or severity: who lacks what.
//!
//! Pure. Knows rows of patches, one node's after the other's. Must not know
//! where they come from, how nodes without rows are told of, or any layout.

mod group;
mod numbers;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::aggregate::pivot::group::{Frame, Key, STATES, Tally, at};
use crate::compliance::severity::Severity;
use crate::record::{Node, Patch, PatchState, same_word};

pub use self::group::Group;
pub use self::numbers::Numbers;

/// What patches are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// The KB number, or the package's name and architecture.
    Kb,
    /// The CVE id: a patch counts in each of those it names.
    Cve,
    Node,
    /// The severity on the one scale.
    Severity,
}

impl By {
    pub const ALL: [Self; 4] = [Self::Kb, Self::Cve, Self::Node, Self::Severity];

    /// The word that is typed for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kb => "kb",
            Self::Cve => "cve",
            Self::Node => "node",
            Self::Severity => "severity",
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The fold. Its memory is that of its groups, of the nodes that have rows, and
/// about a byte for each node that lacks what a group is about. A row whose
/// group is known allocates nothing, unless its title is a smaller one.
#[derive(Debug)]
pub struct Pivot {
    by: By,
    /// The CVEs that are groups; empty: all of them.
    among: Vec<String>,
    /// The states that were asked for: of the others, nothing is known.
    asked: [bool; STATES],
    nodes: Vec<Node>,
    /// Are rows of the last of the nodes still to come?
    is_open: bool,
    read: u64,
    patches: u64,
    groups: Vec<Tally>,
    /// Where the group of a key is; `None`: it is not wanted.
    keys: HashMap<Box<str>, Option<usize>>,
    /// The group of what has no key.
    keyless: Option<usize>,
    ratings: Ratings,
}

impl Pivot {
    #[must_use]
    pub fn new(by: By) -> Self {
        Self {
            by,
            among: Vec::new(),
            asked: [true; STATES],
            nodes: Vec::new(),
            is_open: false,
            read: 0,
            patches: 0,
            groups: Vec::new(),
            keys: HashMap::new(),
            keyless: None,
            ratings: Ratings::default(),
        }
    }

    /// Only rows in these states are put in, so that nothing is known of the
    /// others; none means all.
    #[must_use]
    pub fn of_states(mut self, states: &[PatchState]) -> Self {
        if !states.is_empty() {
            self.asked = [false; STATES];
            for state in states {
                self.asked[at(state)] = true;
            }
        }
        self
    }

    /// Of all CVEs, only these are groups; none means all. What others a patch
    /// fixes is left out, because rows that name only those are not put in.
    #[must_use]
    pub fn among_cves(mut self, cves: &[String]) -> Self {
        self.among = cves.to_vec();
        self
    }

    /// Counts some rows. Those of one node come one after the other, closed by
    /// [`Pivot::node`].
    pub fn rows(&mut self, rows: &[Patch]) {
        for row in rows {
            self.row(row);
        }
    }

    /// A node's end: `is_read` where all there is to know of it is known. One
    /// that was read in part and has rows counts as read, so that no more nodes
    /// lack a patch than were read.
    pub fn node(&mut self, node: &Node, is_read: bool) {
        let has_rows = self.is_open && self.nodes.last().is_some_and(|last| is_same(last, node));
        self.is_open = false;
        if !is_read && !has_rows {
            return;
        }
        self.read += 1;
        // One without rows has its place all the same where nodes are the answer.
        if self.by == By::Node && !has_rows {
            self.begin(node);
            self.is_open = false;
        }
    }

    /// How many rows were put in.
    #[must_use]
    pub fn patches(&self) -> u64 {
        self.patches
    }

    /// How many groups there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.groups.len() as u64
    }

    /// The groups: what most nodes lack first, then the most severe, then by
    /// key. Of nodes, those that lack something first, by the most severe of
    /// their patches, then by how many they lack; severities from the worst down. What has no key is
    /// last.
    #[must_use]
    pub fn groups(self) -> impl ExactSizeIterator<Item = Group> {
        let frame = Arc::new(Frame {
            by: self.by,
            nodes: self.nodes,
            read: self.read,
            asked: self.asked,
        });
        let mut groups = self.groups;
        groups.sort_by(|left, right| left.order(right, &frame));
        groups
            .into_iter()
            .map(move |tally| Group::new(tally, frame.clone()))
    }

    fn row(&mut self, patch: &Patch) {
        let is_known = self.is_open
            && self
                .nodes
                .last()
                .is_some_and(|last| is_same(last, &patch.node));
        if !is_known {
            self.begin(&patch.node);
        }
        self.patches += 1;
        match self.by {
            By::Kb => {
                let kb = patch.kb_id.as_deref().unwrap_or_default();
                let group = self.keyed(kb, false);
                self.count_in(group, patch);
            }
            By::Cve => {
                let mut is_told = false;
                for id in patch.cves.iter() {
                    is_told = true;
                    let group = self.keyed(id, true);
                    self.count_in(group, patch);
                }
                if !is_told {
                    let group = self.keyed("", true);
                    self.count_in(group, patch);
                }
            }
            By::Node => self.count_in(Some(self.groups.len() - 1), patch),
            By::Severity => {
                let key = Key::Severity(self.ratings.of(patch));
                let known = self.groups.iter().position(|group| group.key == key);
                let group = known.unwrap_or_else(|| self.add(key));
                self.count_in(Some(group), patch);
            }
        }
    }

    /// The first that is told of a node.
    fn begin(&mut self, node: &Node) {
        self.nodes.push(node.clone());
        self.is_open = true;
        if self.by == By::Node {
            self.add(Key::Node(self.nodes.len() - 1));
        }
    }

    fn add(&mut self, key: Key) -> usize {
        self.groups.push(Tally::new(key));
        self.groups.len() - 1
    }

    /// The group of a key, where that is wanted; an empty one is none at all.
    fn keyed(&mut self, key: &str, is_cve: bool) -> Option<usize> {
        if key.is_empty() {
            if self.keyless.is_none() {
                self.keyless = Some(self.add(Key::Unknown));
            }
            return self.keyless;
        }
        if let Some(group) = self.keys.get(key) {
            return *group;
        }
        let group = if is_cve {
            self.of_new_cve(key)
        } else {
            Some(self.add(Key::Text(key.into())))
        };
        self.keys.insert(key.into(), group);
        group
    }

    /// CVE ids are the same in any spelling, and are told in capitals.
    fn of_new_cve(&mut self, id: &str) -> Option<usize> {
        let is_wanted = self.among.is_empty() || self.among.iter().any(|cve| same_word(cve, id));
        if !is_wanted {
            return None;
        }
        let usual = id.to_ascii_uppercase();
        if usual == id {
            return Some(self.add(Key::Text(usual.into())));
        }
        self.keyed(&usual, true)
    }

    fn count_in(&mut self, group: Option<usize>, patch: &Patch) {
        let Some(group) = group else { return };
        let severity = self.ratings.of(patch);
        let node = u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX);
        let is_of_patch = matches!(self.by, By::Kb | By::Cve);
        let tally = &mut self.groups[group];
        // A patch that names a CVE twice is one row of it.
        if tally.last_row != self.patches {
            tally.last_row = self.patches;
            tally.count(node, severity, patch, is_of_patch);
        }
    }
}

/// The same node? Rows that arrive together share its id.
fn is_same(left: &Node, right: &Node) -> bool {
    let same = Arc::ptr_eq(&left.id, &right.id) || left.id == right.id;
    same && (Arc::ptr_eq(&left.place, &right.place) || left.place == right.place)
}

/// What the few words of severity mean, each looked up once.
#[derive(Debug, Default)]
struct Ratings(Vec<(Arc<str>, Severity)>);

impl Ratings {
    /// Words are foreign input, of which there may be any number.
    const MOST: usize = 32;

    fn of(&mut self, patch: &Patch) -> Severity {
        let Some(word) = &patch.severity else {
            return Severity::Unrated;
        };
        let known = self
            .0
            .iter()
            .find(|(known, _)| Arc::ptr_eq(known, word) || known == word);
        if let Some((_, severity)) = known {
            return *severity;
        }
        let severity = Severity::of(patch);
        // The one whose meaning hangs on the patch, too.
        let is_own = severity == Severity::rated(Some(word), None) && **word != *"important";
        if is_own && self.0.len() < Self::MOST {
            self.0.push((word.clone(), severity));
        }
        severity
    }
}

#[cfg(test)]
mod tests;
