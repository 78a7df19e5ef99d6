//! Fleets, each of one account and region: those of the sample world, and generated ones of any size.
//! Knows which nodes and other machines there are, their facts, records and rows.
//! Must not know requests, pages or the network.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::facts::{self, Facts};
use super::generate::Generated;
use super::sample::{self, Odd};
use super::shapes::{Patch, Record};
use super::{ACCOUNT, REGION};

pub use super::generate::Shape;

/// Nodes by id, in a stable order.
pub struct Fleet {
    kind: Kind,
}

enum Kind {
    Sample(Sample),
    Generated(Box<Generated>),
}

/// The facts are those of the nodes, in the same order, then those of machines that are no nodes.
struct Sample {
    nodes: Vec<sample::Node>,
    machines: Vec<Facts>,
}

/// A node's place in its fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) usize);

/// A list of patch rows. Nodes of a generated fleet share lists; rows do not say whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct List(usize);

/// The ways in which a node's pages are awkward on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trap {
    EmptyPage,
    BlankToken,
    ShortPage,
}

impl Fleet {
    /// The fleet that ships with the program: some fifty nodes, worth looking at.
    #[must_use]
    pub fn sample() -> Self {
        Self::sample_of(ACCOUNT, REGION)
    }

    /// The nodes of the sample world in an account and region; of most there are none.
    pub(super) fn sample_of(account: &str, region: &str) -> Self {
        let nodes = sample::nodes(account, region);
        let mut machines = facts::machines(account, region);
        for (facts, node) in machines.iter_mut().zip(&nodes) {
            node.group().clone_into(&mut facts.group);
        }
        Self {
            kind: Kind::Sample(Sample { nodes, machines }),
        }
    }

    /// A fleet without nodes.
    pub(super) fn empty() -> Self {
        Self {
            kind: Kind::Sample(Sample {
                nodes: vec![],
                machines: vec![],
            }),
        }
    }

    /// A fleet out of a seed. Costs the same whatever its size: rows are made when they are asked for.
    #[must_use]
    pub fn generated(shape: &Shape) -> Self {
        Self {
            kind: Kind::Generated(Box::new(Generated::new(shape))),
        }
    }

    /// All ids, always in the same order.
    #[must_use]
    pub fn node_ids(&self) -> Vec<String> {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => {
                nodes.iter().map(|node| node.id().to_owned()).collect()
            }
            Kind::Generated(fleet) => (0..fleet.nodes()).map(|index| fleet.id(index)).collect(),
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<Place> {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => nodes.iter().position(|node| node.id() == id),
            Kind::Generated(fleet) => fleet.find(id),
        }
        .map(Place)
    }

    /// What `DescribeInstancePatchStates` knows; nothing about a node that was never scanned.
    pub(super) fn record(&self, Place(index): Place) -> Option<Record> {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => nodes[index].record(),
            Kind::Generated(fleet) => fleet.record(index),
        }
    }

    /// How many nodes there are; their places come first among those of all machines.
    pub(super) fn nodes(&self) -> usize {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => nodes.len(),
            Kind::Generated(fleet) => fleet.nodes(),
        }
    }

    /// How many machines there are, nodes and others.
    pub(super) fn machines(&self) -> usize {
        match &self.kind {
            Kind::Sample(Sample { machines, .. }) => machines.len(),
            Kind::Generated(fleet) => fleet.nodes(),
        }
    }

    pub(super) fn machine(&self, index: usize) -> Cow<'_, Facts> {
        match &self.kind {
            Kind::Sample(Sample { machines, .. }) => Cow::Borrowed(&machines[index]),
            Kind::Generated(fleet) => Cow::Owned(fleet.facts(index)),
        }
    }

    /// The place of the machine with this id among all machines.
    pub(super) fn find_machine(&self, id: &str) -> Option<usize> {
        match &self.kind {
            Kind::Sample(Sample { machines, .. }) => machines.iter().position(|m| m.id == id),
            Kind::Generated(fleet) => fleet.find(id),
        }
    }

    /// The patch groups of the nodes, in order, each once.
    pub(super) fn groups(&self) -> BTreeSet<&str> {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => nodes.iter().map(sample::Node::group).collect(),
            Kind::Generated(_) => Generated::groups().collect(),
        }
    }

    /// Is this one of the fleets whose pages are awkward on purpose?
    pub(super) fn awkward(&self) -> bool {
        matches!(self.kind, Kind::Sample(_))
    }

    pub(super) fn list(&self, Place(index): Place) -> List {
        List(match &self.kind {
            Kind::Sample(_) => index,
            Kind::Generated(fleet) => fleet.list(index),
        })
    }

    /// How many rows a list has.
    pub(super) fn rows(&self, List(list): List) -> usize {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => nodes[list].rows().len(),
            Kind::Generated(fleet) => fleet.rows(list),
        }
    }

    pub(super) fn row(&self, List(list): List, nth: usize) -> Cow<'_, Patch> {
        match &self.kind {
            Kind::Sample(Sample { nodes, .. }) => Cow::Borrowed(&nodes[list].rows()[nth]),
            Kind::Generated(fleet) => Cow::Owned(fleet.row(list, nth)),
        }
    }

    pub(super) fn trap(&self, Place(index): Place) -> Option<Trap> {
        let Kind::Sample(Sample { nodes, .. }) = &self.kind else {
            return None;
        };
        match nodes[index].odd()? {
            Odd::EmptyPage => Some(Trap::EmptyPage),
            Odd::BlankToken => Some(Trap::BlankToken),
            Odd::ShortPage => Some(Trap::ShortPage),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Fleet, Shape};

    #[test]
    fn every_id_is_there_once_and_leads_to_its_node() {
        let shape = Shape {
            seed: 1,
            nodes: 300,
            patches: 10,
            missing_one_in: 5,
            ..Shape::default()
        };
        for fleet in [Fleet::sample(), Fleet::generated(&shape)] {
            let ids = fleet.node_ids();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            assert!(ids.iter().all(|id| fleet.find(id).is_some()));
            assert!(fleet.find("i-0ffffffffffffffff").is_none());
        }
    }

    #[test]
    fn a_hundred_thousand_nodes_cost_nothing_until_asked_about() {
        let shape = Shape {
            seed: 1,
            nodes: 100_000,
            patches: 3_000,
            missing_one_in: 5,
            ..Shape::default()
        };
        let fleet = Fleet::generated(&shape);
        let last = fleet.node_ids().pop().unwrap();
        let place = fleet.find(&last).unwrap();
        assert_eq!(fleet.rows(fleet.list(place)), 3_000);
        assert!(fleet.record(place).is_some());
    }
}
