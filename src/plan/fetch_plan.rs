//! What has to be fetched for an answer: built once per command from its flags
//! and columns, and read by the source, `--estimate` and `iam-policy` alike.

use std::sync::Arc;

use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::record::{InfoLevel, NodeState};

/// Everything that an answer needs of a source.
#[derive(Debug, Clone, Default)]
pub struct FetchPlan {
    /// The nodes that are named, each once, in their order.
    pub node_ids: Vec<String>,
    /// Which other nodes, or which of these.
    pub selector: Selector,
    /// What has to be known of nodes beside their records.
    pub node_info: Option<InfoLevel>,
    /// `None`: the counters of nodes are enough.
    pub patches: Option<PatchPlan>,
    pub baselines: BaselinePlan,
    /// When patches were released, where AWS tells that.
    pub release_dates: bool,
}

/// Which patches of nodes are read.
#[derive(Debug, Clone, Default)]
pub struct PatchPlan {
    pub filter: Arc<Filter>,
    /// Read counters first: they spare the calls that can find nothing.
    pub uses_prefetch: bool,
    /// With prefetch, only nodes with such a record have a patch that matters,
    /// whatever else the filter would let pass.
    pub is_relevant: Option<fn(&NodeState) -> bool>,
}

/// What has to be known of the baselines that nodes were scanned with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum BaselinePlan {
    /// Nothing: nodes get no verdict.
    #[default]
    Unused,
    /// Whether available security updates make a node non-compliant, which verdicts depend on.
    ComplianceStatus,
    /// Also the operating system of each baseline of a patch group that has several.
    OperatingSystems,
}

impl FetchPlan {
    /// Are nodes judged, so that patches come with the state of their node?
    #[must_use]
    pub fn has_verdicts(&self) -> bool {
        self.baselines > BaselinePlan::Unused
    }
}
