//! Patches counted by KB, CVE, node or severity. Pure: rows come one node after the
//! other.

mod group;
mod grouping;
mod numbers;

use std::collections::HashMap;
use std::sync::Arc;

use crate::aggregate::pivot::group::{
    AggregateCounts, AggregateKey, PivotContext, STATE_COUNT, state_index,
};
use crate::compliance::severity::Severity;
use crate::record::{InfoField, Node, Patch, PatchState, is_same_word};

pub use self::group::{DEFAULT_STATES, PatchAggregate};
pub use self::grouping::PatchGrouping;
pub use self::numbers::CompactNumberSet;

/// The fold. Its memory is that of its groups, of the nodes that have rows, and
/// about a byte for each node that lacks what a group is about. A row whose
/// group is known allocates nothing, unless its title is a smaller one.
#[derive(Debug)]
pub struct Pivot {
    grouping: PatchGrouping,
    /// The CVEs that are groups; empty: all of them.
    cve_filter: Vec<String>,
    /// The states that were asked for: of the others, nothing is known.
    requested_states: [bool; STATE_COUNT],
    nodes: Vec<Node>,
    /// Are rows of the last of the nodes still to come?
    is_node_open: bool,
    nodes_read: u64,
    /// The operating systems of nodes, and how many nodes of each were read. Most fleets
    /// have a few.
    platforms: Vec<(Option<Box<str>>, u64)>,
    /// Where that of the last of the nodes is.
    current_platform: usize,
    patch_count: u64,
    groups: Vec<AggregateCounts>,
    /// Where the group of a key is; `None`: it is not wanted.
    group_index_by_key: HashMap<Box<str>, Option<usize>>,
    /// The group of what has no key.
    unkeyed_group_index: Option<usize>,
    severity_cache: SeverityCache,
}

impl Pivot {
    #[must_use]
    pub fn new(grouping: PatchGrouping) -> Self {
        Self {
            grouping,
            cve_filter: Vec::new(),
            requested_states: [true; STATE_COUNT],
            nodes: Vec::new(),
            is_node_open: false,
            nodes_read: 0,
            platforms: Vec::new(),
            current_platform: 0,
            patch_count: 0,
            groups: Vec::new(),
            group_index_by_key: HashMap::new(),
            unkeyed_group_index: None,
            severity_cache: SeverityCache::default(),
        }
    }

    /// Only rows in these states are put in, so that nothing is known of the
    /// others; none means all.
    #[must_use]
    pub fn with_states(mut self, states: &[PatchState]) -> Self {
        if !states.is_empty() {
            self.requested_states = [false; STATE_COUNT];
            for state in states {
                self.requested_states[state_index(state)] = true;
            }
        }
        self
    }

    /// Of all CVEs, only these are groups; none means all. What others a patch
    /// fixes is left out, because rows that name only those are not put in.
    #[must_use]
    pub fn with_cves(mut self, cves: &[String]) -> Self {
        self.cve_filter = cves.to_vec();
        self
    }

    /// Counts some rows. Those of one node come one after the other, closed by
    /// [`Pivot::node`].
    pub fn add_rows(&mut self, rows: &[Patch]) {
        for row in rows {
            self.add_row(row);
        }
    }

    /// A node's end: `is_read` where all there is to know of it is known. One
    /// that was read in part and has rows counts as read, so that no more nodes
    /// lack a patch than were read.
    pub fn finish_node(&mut self, node: &Node, is_read: bool) {
        let has_rows = self.is_node_open
            && self
                .nodes
                .last()
                .is_some_and(|last| is_same_node(last, node));
        self.is_node_open = false;
        if !is_read && !has_rows {
            return;
        }
        self.nodes_read += 1;
        if !has_rows {
            self.set_platform(node);
        }
        self.platforms[self.current_platform].1 += 1;
        // One without rows has its place all the same where nodes are the answer.
        if self.grouping == PatchGrouping::Node && !has_rows {
            self.begin_node(node);
            self.is_node_open = false;
        }
    }

    /// What is counted by.
    #[must_use]
    pub fn grouping(&self) -> PatchGrouping {
        self.grouping
    }

    /// How many rows were put in.
    #[must_use]
    pub fn patch_count(&self) -> u64 {
        self.patch_count
    }

    /// How many groups there are.
    #[must_use]
    pub fn group_count(&self) -> u64 {
        self.groups.len() as u64
    }

    /// The groups: what most nodes lack first, then the most severe, then by
    /// key. Of nodes, those that lack something first, by the most severe of
    /// their patches, then by how many they lack; severities from the worst down. What has no key is
    /// last.
    #[must_use]
    pub fn into_groups(self) -> impl ExactSizeIterator<Item = PatchAggregate> {
        let frame = Arc::new(PivotContext {
            grouping: self.grouping,
            nodes: self.nodes,
            nodes_read: self.nodes_read,
            nodes_read_by_platform: self.platforms.into_iter().map(|(_, read)| read).collect(),
            requested_states: self.requested_states,
        });
        let mut groups = self.groups;
        groups.sort_by(|left, right| left.compare(right, &frame));
        groups
            .into_iter()
            .map(move |tally| PatchAggregate::new(tally, frame.clone()))
    }

    fn add_row(&mut self, patch: &Patch) {
        let is_known = self.is_node_open
            && self
                .nodes
                .last()
                .is_some_and(|last| is_same_node(last, &patch.node));
        if !is_known {
            self.begin_node(&patch.node);
        }
        self.patch_count += 1;
        match self.grouping {
            PatchGrouping::Kb => {
                let kb = patch.kb_id.as_deref().unwrap_or_default();
                let group = self.group_for_key(kb, false);
                self.count_patch(group, patch);
            }
            PatchGrouping::Cve => {
                let mut is_told = false;
                for id in patch.cves.iter() {
                    is_told = true;
                    let group = self.group_for_key(id, true);
                    self.count_patch(group, patch);
                }
                if !is_told {
                    let group = self.group_for_key("", true);
                    self.count_patch(group, patch);
                }
            }
            PatchGrouping::Node => self.count_patch(Some(self.groups.len() - 1), patch),
            PatchGrouping::Severity => {
                let key = AggregateKey::Severity(self.severity_cache.severity_of(patch));
                let known = self.groups.iter().position(|group| group.key == key);
                let group = known.unwrap_or_else(|| self.add_group(key));
                self.count_patch(Some(group), patch);
            }
        }
    }

    /// The first that is told of a node.
    fn begin_node(&mut self, node: &Node) {
        self.nodes.push(node.clone());
        self.is_node_open = true;
        self.set_platform(node);
        if self.grouping == PatchGrouping::Node {
            self.add_group(AggregateKey::Node(self.nodes.len() - 1));
        }
    }

    /// Nodes of unknown systems count as those of one.
    fn set_platform(&mut self, node: &Node) {
        let name = node
            .info
            .as_ref()
            .and_then(|info| info.get(InfoField::PlatformName));
        let is_it = |(known, _): &(Option<Box<str>>, u64)| known.as_deref() == name;
        if self.platforms.get(self.current_platform).is_some_and(is_it) {
            return;
        }
        self.current_platform = self.platforms.iter().position(is_it).unwrap_or_else(|| {
            self.platforms.push((name.map(Into::into), 0));
            self.platforms.len() - 1
        });
    }

    fn add_group(&mut self, key: AggregateKey) -> usize {
        self.groups.push(AggregateCounts::new(key));
        self.groups.len() - 1
    }

    /// The group of a key, where that is wanted; an empty one is none at all.
    fn group_for_key(&mut self, key: &str, is_cve: bool) -> Option<usize> {
        if key.is_empty() {
            if self.unkeyed_group_index.is_none() {
                self.unkeyed_group_index = Some(self.add_group(AggregateKey::Unknown));
            }
            return self.unkeyed_group_index;
        }
        if let Some(group) = self.group_index_by_key.get(key) {
            return *group;
        }
        let group = if is_cve {
            self.group_for_new_cve(key)
        } else {
            Some(self.add_group(AggregateKey::Text(key.into())))
        };
        self.group_index_by_key.insert(key.into(), group);
        group
    }

    /// CVE ids are the same in any spelling, and are told in capitals.
    fn group_for_new_cve(&mut self, id: &str) -> Option<usize> {
        let is_wanted =
            self.cve_filter.is_empty() || self.cve_filter.iter().any(|cve| is_same_word(cve, id));
        if !is_wanted {
            return None;
        }
        let usual = id.to_ascii_uppercase();
        if usual == id {
            return Some(self.add_group(AggregateKey::Text(usual.into())));
        }
        self.group_for_key(&usual, true)
    }

    fn count_patch(&mut self, group: Option<usize>, patch: &Patch) {
        let Some(group) = group else { return };
        let severity = self.severity_cache.severity_of(patch);
        let node = u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX);
        let is_of_patch = matches!(self.grouping, PatchGrouping::Kb | PatchGrouping::Cve);
        let tally = &mut self.groups[group];
        // A patch that names a CVE twice is one row of it.
        if tally.last_row != self.patch_count {
            tally.last_row = self.patch_count;
            tally.count_row(node, self.current_platform, severity, patch, is_of_patch);
        }
    }
}

/// The same node? Rows that arrive together share its id.
fn is_same_node(left: &Node, right: &Node) -> bool {
    let same = Arc::ptr_eq(&left.id, &right.id) || left.id == right.id;
    same && (Arc::ptr_eq(&left.location, &right.location) || left.location == right.location)
}

/// What the few words of severity mean, each looked up once.
#[derive(Debug, Default)]
struct SeverityCache(Vec<(Arc<str>, Severity)>);

impl SeverityCache {
    /// Words are foreign input, of which there may be any number.
    const MAX_WORDS: usize = 32;

    fn severity_of(&mut self, patch: &Patch) -> Severity {
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
        let severity = Severity::of_patch(patch);
        // The one whose meaning hangs on the patch, too.
        let is_own =
            severity == Severity::from_vendor_word(Some(word), None) && **word != *"important";
        if is_own && self.0.len() < Self::MAX_WORDS {
            self.0.push((word.clone(), severity));
        }
        severity
    }
}

#[cfg(test)]
mod tests;
