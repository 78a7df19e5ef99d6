//! The nodes found in one account and region, and what the search cannot see.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{Cause, DiscoveryReport, NodeInfo, NodeOrigin, NodeState};

/// The call that lists EC2 instances, stopped ones included.
pub const INSTANCES_CALL: &str = "ec2:DescribeInstances";

/// A node that was found.
#[derive(Debug)]
pub struct FoundNode {
    pub origin: NodeOrigin,
    pub info: Option<Box<NodeInfo>>,
    /// Its patch state, where finding it told.
    pub state: Option<Box<NodeState>>,
}

/// The nodes by their ids.
pub type FoundNodes = BTreeMap<Box<str>, FoundNode>;

/// What was found in one place.
#[derive(Debug, Default)]
pub struct Discovered {
    pub nodes: FoundNodes,
    pub calls: BTreeSet<&'static str>,
    pub limitations: BTreeSet<String>,
    /// Is it blind for want of a call that was refused or failed?
    pub has_failed_calls: bool,
    /// A call broke off that might have told of more nodes: asked again, it may.
    pub failure: Option<Cause>,
    /// Why nobody can say of any other node that it is not meant.
    pub general_uncertainty: Option<Cause>,
    /// Nodes that may be of the platform asked for.
    pub unknown_platform_ids: BTreeSet<Box<str>>,
    /// Nodes of which groups gave different records: they are asked for by id.
    pub ambiguous_ids: BTreeSet<Box<str>>,
}

impl Discovered {
    /// Why a node that was not found may yet be what the selector asks for.
    pub fn uncertainty_of(&self, id: &str) -> Option<Cause> {
        let untold = self.unknown_platform_ids.contains(id).then(|| Cause {
            code: "Unknown".into(),
            text: "nobody tells whether it is of the platform asked for".into(),
        });
        untold.or_else(|| self.general_uncertainty.clone())
    }

    /// How it was found, for the reader.
    pub fn report(&self) -> DiscoveryReport {
        DiscoveryReport {
            calls: self.calls.iter().copied().collect(),
            limitations: self.limitations.iter().cloned().collect(),
            has_failed_calls: self.has_failed_calls,
            lists_stopped_instances: self.calls.contains(INSTANCES_CALL),
            has_undecided_nodes: !self.unknown_platform_ids.is_empty(),
            ..DiscoveryReport::default()
        }
    }
}
