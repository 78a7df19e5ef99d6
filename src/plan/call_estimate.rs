//! Which calls of a plan `--estimate` cannot count, without making those that they depend on.

use std::collections::BTreeSet;

use crate::plan::fetch_plan::FetchPlan;
use crate::plan::iam::{Access, Ec2Access, OrganizationAccess};
use crate::record::InfoLevel;

impl FetchPlan {
    /// The actions that it takes beside finding nodes and reading their states and patches:
    /// how often each is called depends on what those say.
    #[must_use]
    pub fn actions_that_depend_on_answers(&self) -> BTreeSet<&'static str> {
        let actions = |plan: &Self| {
            let access = Access {
                plans: std::slice::from_ref(plan),
                all_regions: false,
                organization: OrganizationAccess::None,
                assumes_roles: false,
                ec2: Ec2Access::Allowed,
            };
            access.actions()
        };
        let counted = Self {
            selector: self.selector.clone(),
            node_ids: Vec::new(),
            node_info: self.node_info.filter(|_| self.selector.needs_discovery()),
            patches: self.patches.clone(),
            unmanaged: self.unmanaged,
            caller: self.caller,
            ..Self::default()
        };
        let counted = Self {
            node_info: counted.node_info.min(Some(InfoLevel::Basic)),
            ..counted
        };
        &actions(self) - &actions(&counted)
    }
}
