//! What has to be fetched for an answer.

use std::sync::Arc;

use crate::plan::filter::Filter;
use crate::plan::selection::Selector;
use crate::record::{InfoLevel, NodeState};

/// Which nodes are asked for, and what else is wanted of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub node_ids: Vec<String>,
    pub selector: Selector,
    pub info_level: Option<InfoLevel>,
}

/// What is wanted of nodes' patches.
#[derive(Debug, Clone, Default)]
pub struct PatchPlan {
    pub filter: Arc<Filter>,
    /// Read counters first, which spare the calls that can find nothing.
    pub uses_prefetch: bool,
    /// Tell each node's state with its end, with what its baseline rules.
    pub wants_states: bool,
    /// Find out when patches were released, where that can be known.
    pub wants_release_dates: bool,
    /// With prefetch, only nodes whose record is like this have a patch that
    /// matters, whatever else the filter would let pass.
    pub is_relevant: Option<fn(&NodeState) -> bool>,
}
