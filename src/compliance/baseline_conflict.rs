//! Nodes that were scanned with another baseline than the rest of their patch
//! group: each scan overwrites the one before, whatever baseline it used. Pure.
//!
//! A patch group of several operating systems has a baseline for each, so the
//! operating system of each baseline is an input.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::record::{AccountRegion, Node, NodeState};

/// More nodes than this are counted, not named.
const MAX_NAMED: usize = 20;

/// The baselines that nodes were scanned with, and which nodes.
type UsersByBaseline = BTreeMap<Box<str>, BaselineUsers>;

/// Which baselines the nodes of each patch group were scanned with.
#[derive(Debug, Default)]
pub struct BaselineUsage {
    /// By location, then by patch group.
    locations: BTreeMap<Arc<AccountRegion>, BTreeMap<Box<str>, UsersByBaseline>>,
}

#[derive(Debug, Default)]
struct BaselineUsers {
    node_count: u64,
    first_node_ids: Vec<Arc<str>>,
}

/// Nodes of one patch group whose baseline is not that of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineConflict {
    pub location: Arc<AccountRegion>,
    pub patch_group: Box<str>,
    /// The baseline of these nodes.
    pub baseline_id: Box<str>,
    /// How many they are, and the ids of the first of them.
    pub node_count: u64,
    pub node_ids: Vec<Arc<str>>,
    /// The other baselines of the group, with how many nodes each.
    pub other_baselines: Vec<(Box<str>, u64)>,
    /// Is it known that the baselines are for one operating system?
    pub is_certain: bool,
}

/// The operating system that a baseline is for, where that is known.
pub type OperatingSystem = Option<Box<str>>;

impl BaselineUsage {
    /// One more node that answered. Allocates only for a group or baseline that is new, and
    /// for the first nodes.
    pub fn add_node(&mut self, node: &Node, state: &NodeState) {
        let (Some(group), Some(baseline)) = (&state.patch_group, &state.baseline_id) else {
            return;
        };
        // A node in no group has an empty one; patch policies use none at all.
        // An empty baseline is none that a node was scanned with.
        if group.is_empty() || baseline.is_empty() {
            return;
        }
        let groups = self.locations.get_mut(&*node.location);
        let known = groups
            .and_then(|groups| groups.get_mut(&**group))
            .and_then(|users| users.get_mut(&**baseline));
        if let Some(users) = known {
            users.add_node(node);
            return;
        }
        let groups = self.locations.entry(node.location.clone()).or_default();
        let users = groups.entry(group.clone()).or_default();
        users.entry(baseline.clone()).or_default().add_node(node);
    }

    /// The nodes of another one, which come after these.
    pub fn merge(&mut self, other: Self) {
        for (location, groups) in other.locations {
            let known = self.locations.entry(location).or_default();
            for (group, baselines) in groups {
                let known = known.entry(group).or_default();
                for (baseline, users) in baselines {
                    let known = known.entry(baseline).or_default();
                    known.node_count += users.node_count;
                    let room = MAX_NAMED - known.first_node_ids.len();
                    let more = users.first_node_ids.into_iter().take(room);
                    known.first_node_ids.extend(more);
                }
            }
        }
    }

    /// The baselines of a location whose operating systems decide: those of groups that
    /// have several.
    #[must_use]
    pub fn ambiguous_baselines(&self, location: &Arc<AccountRegion>) -> BTreeSet<Box<str>> {
        let groups = self.locations.get(location).into_iter().flatten();
        groups
            .filter(|(_, users)| users.len() > 1)
            .flat_map(|(_, users)| users.keys().cloned())
            .collect()
    }

    /// The nodes that differ from the rest. Where no baseline has more nodes
    /// than each other one, all differ.
    #[must_use]
    pub fn conflicts(
        &self,
        system: impl Fn(&Arc<AccountRegion>, &str) -> OperatingSystem,
    ) -> Vec<BaselineConflict> {
        let mut conflicts = Vec::new();
        let groups = self.locations.iter().flat_map(|(place, groups)| {
            let groups = groups.iter();
            groups.map(move |(group, users)| (place, group, users))
        });
        for (place, group, users) in groups {
            let mut systems: BTreeMap<OperatingSystem, Vec<(&Box<str>, &BaselineUsers)>> =
                BTreeMap::new();
            for user in users {
                let of = if users.len() > 1 {
                    system(place, user.0)
                } else {
                    None
                };
                systems.entry(of).or_default().push(user);
            }
            // A baseline of unknown system may be for the same as any other.
            let unknown = systems.contains_key(&None) && systems.len() > 1;
            let sets: Vec<(bool, Vec<_>)> = if unknown {
                vec![(false, users.iter().collect())]
            } else {
                let sets = systems.into_iter();
                sets.map(|(of, users)| (of.is_some(), users)).collect()
            };
            for (is_certain, users) in sets.into_iter().filter(|(_, users)| users.len() > 1) {
                let most = users.iter().map(|(_, users)| users.node_count).max();
                let is_usual = |users: &BaselineUsers| Some(users.node_count) == most;
                let alone = users.iter().filter(|(_, users)| is_usual(users)).count() == 1;
                for (id, differing) in &users {
                    if alone && is_usual(differing) {
                        continue;
                    }
                    let others = users.iter().filter(|(other, _)| other != id);
                    conflicts.push(BaselineConflict {
                        location: place.clone(),
                        patch_group: group.clone(),
                        baseline_id: (*id).clone(),
                        node_count: differing.node_count,
                        node_ids: differing.first_node_ids.clone(),
                        other_baselines: others
                            .map(|(id, users)| ((*id).clone(), users.node_count))
                            .collect(),
                        is_certain,
                    });
                }
            }
        }
        conflicts
    }
}

impl BaselineUsers {
    fn add_node(&mut self, node: &Node) {
        self.node_count += 1;
        if self.first_node_ids.len() < MAX_NAMED {
            self.first_node_ids.push(node.id.clone());
        }
    }
}

impl BaselineConflict {
    /// Is this node one of those that differ?
    #[must_use]
    pub fn contains(&self, node: &Node, state: &NodeState) -> bool {
        node.location == self.location
            && state.patch_group.as_ref() == Some(&self.patch_group)
            && state.baseline_id.as_ref() == Some(&self.baseline_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Note, notes};

    fn place() -> Arc<AccountRegion> {
        place_in("eu-west-1")
    }

    fn place_in(region: &str) -> Arc<AccountRegion> {
        Arc::new(AccountRegion {
            region: region.into(),
            account: None,
            account_name: None,
        })
    }

    fn counted(nodes: &[(&str, &str, &str)]) -> BaselineUsage {
        let mut baselines = BaselineUsage::default();
        for (id, group, baseline) in nodes {
            let state = NodeState {
                patch_group: Some((*group).into()),
                baseline_id: Some((*baseline).into()),
                ..NodeState::default()
            };
            baselines.add_node(&Node::requested(id, &place()), &state);
        }
        baselines
    }

    fn lines(conflicts: &[BaselineConflict]) -> Vec<String> {
        let notes = notes::conflicts(conflicts);
        notes.iter().map(Note::to_line).collect()
    }

    #[test]
    fn the_one_that_differs_is_named_and_the_rest_is_not() {
        let baselines = counted(&[
            ("i-1", "web", "pb-a"),
            ("i-2", "web", "pb-b"),
            ("i-3", "web", "pb-a"),
            ("i-4", "", "pb-c"),
            ("i-5", "", "pb-d"),
        ]);
        let conflicts = baselines.conflicts(|_, _| Some("WINDOWS".into()));
        assert_eq!(conflicts.len(), 1);
        assert_eq!(
            lines(&conflicts),
            [
                "baselines differ in patch group web, and results overwrite each other: pb-b: i-2; 2 nodes with pb-a"
            ]
        );
        assert_eq!(baselines.ambiguous_baselines(&place()).len(), 2);
    }

    #[test]
    fn baselines_of_different_systems_are_no_conflict() {
        let baselines = counted(&[("i-1", "web", "pb-win"), ("i-2", "web", "pb-lin")]);
        let by_name = |_: &Arc<AccountRegion>, id: &str| Some(id.into());
        assert_eq!(baselines.conflicts(by_name), []);
        // If the operating systems are unknown, the conflict is uncertain.
        let conflicts = baselines.conflicts(|_, _| None);
        assert_eq!(conflicts.len(), 2, "neither is the usual one");
        assert_eq!(
            lines(&conflicts),
            [
                "baselines differ in patch group web, and results overwrite each other, if these are for one operating system: pb-lin: i-2; pb-win: i-1"
            ]
        );
        let half = |_: &Arc<AccountRegion>, id: &str| (id == "pb-win").then(|| "WINDOWS".into());
        assert!(!baselines.conflicts(half)[0].is_certain);
    }

    #[test]
    fn groups_of_several_locations_are_told_apart_and_a_name_is_listed_once() {
        let in_regions = |regions: &[&str], groups: &[&str]| {
            let mut baselines = BaselineUsage::default();
            for (region, group) in regions
                .iter()
                .flat_map(|region| groups.iter().map(move |group| (region, group)))
            {
                for (id, baseline) in [("i-1", "pb-a"), ("i-2", "pb-b"), ("i-3", "pb-a")] {
                    let state = NodeState {
                        patch_group: Some((*group).into()),
                        baseline_id: Some(baseline.into()),
                        ..NodeState::default()
                    };
                    baselines.add_node(&Node::requested(id, &place_in(region)), &state);
                }
            }
            lines(&baselines.conflicts(|_, _| Some("WINDOWS".into())))
        };
        assert_eq!(
            in_regions(&["eu-west-1", "us-east-1"], &["web"]),
            [
                "baselines differ in patch group web (eu-west-1), and results overwrite each other: pb-b: i-2; 2 nodes with pb-a",
                "baselines differ in patch group web (us-east-1), and results overwrite each other: pb-b: i-2; 2 nodes with pb-a",
            ]
        );
        assert_eq!(
            in_regions(&["eu-west-1", "us-east-1"], &["db", "web"]),
            [
                "baselines differ in 4 patch groups, and results overwrite each other: db (in 2 regions or accounts), \
                 web (in 2 regions or accounts); states --columns +BaselineDiffers names the nodes"
            ]
        );
    }

    #[test]
    fn groups_without_doubt_cost_no_question() {
        let baselines = counted(&[("i-1", "web", "pb-a"), ("i-2", "db", "pb-b")]);
        assert!(baselines.ambiguous_baselines(&place()).is_empty());
        assert_eq!(baselines.conflicts(|_, _| panic!("asked")), []);
    }
}
