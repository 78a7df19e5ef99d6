//! What a run is asked for: what its manifest says of it, and whether an unfinished run is
//! the same.

use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, UnmanagedPlan};
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::dataset::checksum::sha256_of;
use crate::source::dataset::manifest::{ManifestPlan, ManifestSelection};
use crate::source::dataset::vocabulary::{INFO_LEVELS, word_of};

#[derive(Debug, Clone)]
pub(crate) struct CollectRequest {
    pub selection: ManifestSelection,
    pub plan: ManifestPlan,
    /// The ids that were given.
    pub node_ids: Vec<String>,
    /// The SHA-256 of all that decides which nodes are read, and how they are reached.
    pub sha256: String,
    /// The accounts of the callers.
    pub accounts: Vec<String>,
    pub is_demo: bool,
}

impl CollectRequest {
    /// `criteria` are the flags that select nodes, as they can be typed.
    #[must_use]
    pub(crate) fn new(connect: &ConnectOptions, plan: &FetchPlan, criteria: Vec<String>) -> Self {
        let connect = ConnectOptions {
            concurrency: 0,
            fail_fast: false,
            ask_user: None,
            ..connect.clone()
        };
        let selector = &plan.selector;
        let selection = ManifestSelection {
            is_complete: selector.all && !selector.has_criteria() && !selector.has_exclusions(),
            node_ids: plan.node_ids.len() as u64,
            criteria,
        };
        let parts = ManifestPlan {
            node_info: plan
                .node_info
                .map(|level| word_of(INFO_LEVELS, &level).to_owned()),
            patches: plan.patches.is_some(),
            baselines: plan.baselines > BaselinePlan::Unused,
            release_dates: plan.release_dates,
            associations: plan.associations,
            unmanaged: plan.unmanaged == UnmanagedPlan::Rows,
        };
        let all = format!("{connect:?} {:?} {selector:?} {parts:?}", plan.node_ids);
        Self {
            selection,
            plan: parts,
            node_ids: plan.node_ids.clone(),
            accounts: Vec::new(),
            sha256: sha256_of(all.as_bytes()),
            is_demo: connect.demo,
        }
    }

    /// The SHA-256 of what the next run of this collector has in common with this one: of
    /// many accounts, each has a collector with the same flags.
    #[must_use]
    pub(crate) fn lineage_sha256(&self) -> String {
        sha256_of(format!("{} {:?}", self.sha256, self.accounts).as_bytes())
    }
}
