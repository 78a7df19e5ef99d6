//! Probes: each call of a region once, as small as the service allows.

use std::collections::BTreeSet;

use crate::record::Node;
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::inventory_calls::DESCRIBE_INSTANCES;
use crate::source::aws::api::region_client::patch_calls::ApiFilters;

/// Ids to use if no node is known: well formed, and assigned to no node.
pub(crate) const PROBE_NODE_ID: &str = "i-00000000000000000";
pub(crate) const PROBE_HYBRID_NODE_ID: &str = "mi-00000000000000000";
pub(crate) const PROBE_PATCH_GROUP: &str = "patchctl-doctor";
pub(crate) const PROBE_BASELINE_ID: &str = "pb-00000000000000000";

/// The patch in the examples of AWS's documentation of
/// DescribeAvailablePatches.
const PROBE_KB_ID: &str = "KB4480979";

impl RegionClient {
    pub(crate) async fn probe_managed(&self) -> Result<Vec<Box<str>>, CallError> {
        let page = self.list_managed_page(None, 5, None).await?;
        Ok(page.rows.into_iter().map(|node| node.id).collect())
    }

    pub(crate) async fn probe_patch_groups(&self) -> Result<Option<String>, CallError> {
        let page = self.patch_groups_page(10, None).await?;
        Ok(page.rows.into_iter().map(|group| group.0).next())
    }

    pub(crate) async fn probe_baselines(&self) -> Result<Option<String>, CallError> {
        let page = self.baselines_page(1, None).await?;
        let mut listed = page.rows.into_iter();
        Ok(listed.next().map(|listed| listed.arn_or_id.into()))
    }

    pub(crate) async fn probe_available_patches(&self) -> Result<(), CallError> {
        let only = BTreeSet::from([PROBE_KB_ID.into()]);
        self.available_patches_page(&only, None).await.map(drop)
    }

    pub(crate) async fn probe_instances(&self) -> Result<(), CallError> {
        self.call_stats.record_call("ec2", DESCRIBE_INSTANCES);
        // A filter, unlike a list of ids, may match nothing.
        let only = [("instance-id".to_owned(), vec![PROBE_NODE_ID.to_owned()])];
        self.unless_interrupted(self.ec2().instances_page(&only, None))
            .await
            .map(drop)
    }

    pub(crate) async fn probe_compliance_items(&self, id: &str) -> Result<(), CallError> {
        self.compliance_items_page(id, None).await.map(drop)
    }

    pub(crate) async fn probe_properties(&self) -> Result<(), CallError> {
        self.instance_properties_page(5, None).await.map(drop)
    }

    pub(crate) async fn probe_inventory(&self) -> Result<(), CallError> {
        self.inventory_page(None, 5, None).await.map(drop)
    }

    pub(crate) async fn probe_group_states(&self, group: &str) -> Result<(), CallError> {
        self.group_states_page(group, 10, None).await.map(drop)
    }

    pub(crate) async fn probe_state(&self, id: &str) -> Result<(), CallError> {
        self.states_page(&[id], None).await.map(drop)
    }

    pub(crate) async fn probe_patches(&self, id: &str) -> Result<(), CallError> {
        let node = Node::requested(id, &self.location);
        let page = self.patches_page(&node, &ApiFilters::new(), None).await;
        page.map(drop)
    }
}
