//! The nodes found in one account and region, and what the search cannot see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::plan::iam;
use crate::plan::selection::NodeProperty;
use crate::record::{
    AccountRegion, Cause, DiscoveryReport, NoDataCause, Node, NodeInfo, NodeOrigin, NodeState,
    PackedTexts,
};
use crate::source::aws::api::error::{CallError, ErrorKind};

/// A node that was found.
#[derive(Debug)]
pub(crate) struct FoundNode {
    pub origin: NodeOrigin,
    pub info: Option<Arc<NodeInfo>>,
    /// Its patch state, if discovery read it.
    pub state: Option<Box<NodeState>>,
    pub no_data: NoDataCause,
}

impl FoundNode {
    pub(crate) fn new(origin: NodeOrigin, info: Option<&NodeInfo>) -> Self {
        Self {
            origin,
            info: None,
            state: None,
            no_data: origin.no_data_cause(info),
        }
    }

    /// Adds what was not known of it.
    pub(super) fn add_info(&mut self, facts: NodeInfo) {
        Arc::make_mut(self.info.get_or_insert_default()).fill_missing_from(facts);
    }

    /// Shares with other nodes the details they have in common.
    pub(super) fn share_info(&mut self, known: &mut BTreeSet<PackedTexts>) {
        if let Some(info) = &mut self.info {
            Arc::make_mut(info).share(known);
        }
    }

    /// The node of this id; its cause of no data may be known only now.
    pub(super) fn into_node(self, id: impl Into<Arc<str>>, location: &Arc<AccountRegion>) -> Node {
        let no_data = match self.no_data {
            NoDataCause::Unknown | NoDataCause::Managed => {
                self.origin.no_data_cause(self.info.as_deref())
            }
            known => known,
        };
        Node {
            id: id.into(),
            location: location.clone(),
            origin: self.origin,
            info: self.info,
            no_data,
            association: None,
        }
    }
}

/// The nodes by their ids.
pub(super) type FoundNodes = BTreeMap<Arc<str>, FoundNode>;

/// Adds a running instance that is not listed as managed.
pub(super) fn add_unmanaged(running: &mut FoundNodes, id: &str, facts: NodeInfo) {
    let found = FoundNode {
        info: Some(Arc::new(facts)),
        ..FoundNode::new(NodeOrigin::Unmanaged, None)
    };
    running.insert(id.into(), found);
}

/// Adds a managed node of which this is known.
pub(super) fn add_managed(nodes: &mut FoundNodes, id: Arc<str>, info: Arc<NodeInfo>) {
    let found = FoundNode::new(NodeOrigin::Managed, Some(&info));
    let info = Some(info);
    nodes.insert(id, FoundNode { info, ..found });
}

/// What was found in one account and region.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    pub nodes: FoundNodes,
    /// The running EC2 instances that Systems Manager does not manage, if EC2
    /// listed the running ones.
    pub unmanaged: Option<FoundNodes>,
    pub calls: BTreeSet<&'static str>,
    pub limitations: BTreeSet<String>,
    /// Calls that failed and only add to the others.
    pub tolerated_failures: BTreeSet<String>,
    /// Was a call denied, or did one fail, so that nodes may be missing?
    pub has_failed_calls: bool,
    /// A failed call that might have listed more nodes; it may succeed in a
    /// later run.
    pub failure: Option<Cause>,
    /// Why any node that was not found may still match the selector.
    pub general_uncertainty: Option<Cause>,
    /// Nodes that may match, and what of them is unknown.
    pub undecided_ids: BTreeMap<Arc<str>, NodeProperty>,
    /// Nodes that only the exclusions of the selector leave out.
    pub excluded_nodes: u64,
    /// Nodes for which groups returned different records; they are read by id.
    pub ambiguous_ids: BTreeSet<Arc<str>>,
}

impl Discovered {
    /// Why a node that was not found may still match the selector.
    pub(crate) fn uncertainty_of(&self, id: &str) -> Option<Cause> {
        let property = self.undecided_ids.get(id);
        let untold = property.map(|property| Cause {
            code: "Unknown".into(),
            text: format!("its {} is unknown", property.as_str()).into(),
        });
        untold.or_else(|| self.general_uncertainty.clone())
    }

    /// Records that nodes may be missing because a call failed. A denied call
    /// is a standing limitation; any other failure may be gone in the next run.
    pub(super) fn record_failure(&mut self, nodes: &str, error: &CallError) {
        if error.kind != ErrorKind::AccessDenied && self.failure.is_none() {
            self.failure = Some(Cause {
                code: error.cause.code.clone(),
                text: format!("{nodes} may be missing: {}", error.cause.text).into(),
            });
        }
    }

    /// The discovery report.
    pub(crate) fn report(&self) -> DiscoveryReport {
        DiscoveryReport {
            calls: self.calls.iter().map(ToString::to_string).collect(),
            limitations: self.limitations.iter().cloned().collect(),
            has_failed_calls: self.has_failed_calls,
            lists_stopped_instances: self.calls.contains(iam::INSTANCES.name),
            tolerated_failures: self.tolerated_failures.iter().cloned().collect(),
            has_undecided_nodes: !self.undecided_ids.is_empty(),
            ..DiscoveryReport::default()
        }
    }
}

/// Merges equal reports into one that names all their locations.
pub(crate) fn merge_reports(findings: Vec<DiscoveryReport>) -> Vec<DiscoveryReport> {
    let mut alike: BTreeMap<_, DiscoveryReport> = BTreeMap::new();
    for finding in findings {
        let key = (
            finding.calls.clone(),
            finding.limitations.clone(),
            finding.tolerated_failures.clone(),
            finding.unmanaged.is_some(),
        );
        match alike.get_mut(&key) {
            None => {
                alike.insert(key, finding);
            }
            Some(known) => {
                known.scopes.extend(finding.scopes);
                known.stopped_without_record += finding.stopped_without_record;
                if let (Some(known), Some(more)) = (&mut known.unmanaged, finding.unmanaged) {
                    known.extend(more);
                }
                if let (Some(known), Some(more)) =
                    (&mut known.excluded_nodes, finding.excluded_nodes)
                {
                    *known += more;
                }
            }
        }
    }
    alike.into_values().collect()
}
