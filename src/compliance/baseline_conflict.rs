//! Nodes that were scanned with another baseline than the rest of their patch
//! group: each scan overwrites the one before, whatever baseline it used.
//!
//! Pure. Knows how to tell the one from the rest. Must not know how baselines
//! are fetched; a group of several operating systems has a baseline for each,
//! so it wants to be told which baseline is for which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::record::{Node, NodeState, Place};

/// More nodes than this are counted, not named.
const MOST_NAMED: usize = 20;

/// One patch group in one place.
type Group = (Arc<Place>, Box<str>);

/// Which baselines the nodes of each patch group were scanned with.
#[derive(Debug, Default)]
pub struct Baselines {
    groups: BTreeMap<Group, BTreeMap<Box<str>, Users>>,
}

#[derive(Debug, Default)]
struct Users {
    count: u64,
    first: Vec<Arc<str>>,
}

/// Nodes of one patch group whose baseline is not that of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub place: Arc<Place>,
    pub patch_group: Box<str>,
    /// The baseline of these nodes.
    pub baseline: Box<str>,
    /// How many they are, and the ids of the first of them.
    pub count: u64,
    pub nodes: Vec<Arc<str>>,
    /// The other baselines of the group, with how many nodes each.
    pub others: Vec<(Box<str>, u64)>,
    /// Is it known that the baselines are for one operating system?
    pub is_certain: bool,
}

/// The operating system that a baseline is for, where that is known.
pub type System = Option<Box<str>>;

impl Baselines {
    /// One more node that answered.
    pub fn count(&mut self, node: &Node, state: &NodeState) {
        let (Some(group), Some(baseline)) = (&state.patch_group, &state.baseline_id) else {
            return;
        };
        // A node in no group has an empty one; patch policies use none at all.
        // An empty baseline is none that a node was scanned with.
        if group.is_empty() || baseline.is_empty() {
            return;
        }
        let group = (node.place.clone(), group.clone());
        let users = self.groups.entry(group).or_default();
        let users = users.entry(baseline.clone()).or_default();
        users.count += 1;
        if users.first.len() < MOST_NAMED {
            users.first.push(node.id.clone());
        }
    }

    /// The baselines whose operating systems decide: those of groups that have several.
    #[must_use]
    pub fn in_doubt(&self) -> BTreeSet<(Arc<Place>, Box<str>)> {
        let several = self.groups.iter().filter(|(_, users)| users.len() > 1);
        several
            .flat_map(|((place, _), users)| users.keys().map(|id| (place.clone(), id.clone())))
            .collect()
    }

    /// The nodes that differ from the rest. Where no baseline has more nodes
    /// than each other one, all differ.
    #[must_use]
    pub fn conflicts(&self, system: impl Fn(&Arc<Place>, &str) -> System) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for ((place, group), users) in &self.groups {
            let mut systems: BTreeMap<System, Vec<(&Box<str>, &Users)>> = BTreeMap::new();
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
                let most = users.iter().map(|(_, users)| users.count).max();
                let is_usual = |users: &Users| Some(users.count) == most;
                let alone = users.iter().filter(|(_, users)| is_usual(users)).count() == 1;
                for (id, differing) in &users {
                    if alone && is_usual(differing) {
                        continue;
                    }
                    let others = users.iter().filter(|(other, _)| other != id);
                    conflicts.push(Conflict {
                        place: place.clone(),
                        patch_group: group.clone(),
                        baseline: (*id).clone(),
                        count: differing.count,
                        nodes: differing.first.clone(),
                        others: others
                            .map(|(id, users)| ((*id).clone(), users.count))
                            .collect(),
                        is_certain,
                    });
                }
            }
        }
        conflicts
    }
}

impl Conflict {
    /// Is this node one of those that differ?
    #[must_use]
    pub fn has(&self, node: &Node, state: &NodeState) -> bool {
        node.place == self.place
            && state.patch_group.as_ref() == Some(&self.patch_group)
            && state.baseline_id.as_ref() == Some(&self.baseline)
    }

    /// "pb-0123456789abcdef0: i-123, i-456 and 3 more"
    fn nodes(&self) -> String {
        let mut nodes = self.nodes.join(", ");
        let more = self.count - self.nodes.len() as u64;
        if more > 0 {
            nodes = format!("{nodes} and {more} more");
        }
        format!("{}: {nodes}", self.baseline)
    }
}

/// More patch groups than this are told in one line.
const MOST_TOLD: usize = 3;

/// The sentences for people: one for each patch group, or for all of them where
/// there are many.
#[must_use]
pub fn told(conflicts: &[Conflict]) -> Vec<String> {
    let of_one_group = |left: &Conflict, right: &Conflict| {
        (&left.place, &left.patch_group) == (&right.place, &right.patch_group)
    };
    let groups: Vec<&[Conflict]> = conflicts.chunk_by(of_one_group).collect();
    if groups.len() > MOST_TOLD {
        let named = groups.iter().take(MOST_NAMED);
        let named: Vec<&str> = named.map(|group| &*group[0].patch_group).collect();
        let more = match groups.len() - named.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        return vec![format!(
            "baselines differ in {} patch groups, and results overwrite each other: {}{more}; states --columns +BaselineDiffers names the nodes",
            groups.len(),
            named.join(", "),
        )];
    }
    groups
        .into_iter()
        .map(|group| {
            let named: Vec<&Box<str>> = group.iter().map(|conflict| &conflict.baseline).collect();
            let mut parts: Vec<String> = group.iter().map(Conflict::nodes).collect();
            let rest = group[0]
                .others
                .iter()
                .filter(|(id, _)| !named.contains(&id));
            parts.extend(rest.map(|(id, count)| match count {
                1 => format!("1 node with {id}"),
                n => format!("{n} nodes with {id}"),
            }));
            let doubt = if group.iter().all(|conflict| conflict.is_certain) {
                ""
            } else {
                ", if these are for one operating system"
            };
            format!(
                "baselines differ in patch group {}, and results overwrite each other{doubt}: {}",
                group[0].patch_group,
                parts.join("; "),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Arc<Place> {
        Arc::new(Place {
            region: "eu-west-1".into(),
            account: None,
        })
    }

    fn counted(nodes: &[(&str, &str, &str)]) -> Baselines {
        let mut baselines = Baselines::default();
        for (id, group, baseline) in nodes {
            let state = NodeState {
                patch_group: Some((*group).into()),
                baseline_id: Some((*baseline).into()),
                ..NodeState::default()
            };
            baselines.count(&Node::asked(id, &place()), &state);
        }
        baselines
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
            told(&conflicts),
            [
                "baselines differ in patch group web, and results overwrite each other: pb-b: i-2; 2 nodes with pb-a"
            ]
        );
        assert_eq!(baselines.in_doubt().len(), 2);
    }

    #[test]
    fn baselines_of_different_systems_are_no_conflict() {
        let baselines = counted(&[("i-1", "web", "pb-win"), ("i-2", "web", "pb-lin")]);
        let by_name = |_: &Arc<Place>, id: &str| Some(id.into());
        assert_eq!(baselines.conflicts(by_name), []);
        // Where nobody knows, it is said with the doubt.
        let conflicts = baselines.conflicts(|_, _| None);
        assert_eq!(conflicts.len(), 2, "neither is the usual one");
        assert_eq!(
            told(&conflicts),
            [
                "baselines differ in patch group web, and results overwrite each other, if these are for one operating system: pb-lin: i-2; pb-win: i-1"
            ]
        );
        let half = |_: &Arc<Place>, id: &str| (id == "pb-win").then(|| "WINDOWS".into());
        assert!(!baselines.conflicts(half)[0].is_certain);
    }

    #[test]
    fn groups_without_doubt_cost_no_question() {
        let baselines = counted(&[("i-1", "web", "pb-a"), ("i-2", "db", "pb-b")]);
        assert!(baselines.in_doubt().is_empty());
        assert_eq!(baselines.conflicts(|_, _| panic!("asked")), []);
    }
}
