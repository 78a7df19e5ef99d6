//! The calls that list nodes, patch groups and tags, each read to its last
//! page.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::operation::describe_instance_information::DescribeInstanceInformationOutput;
use aws_sdk_ssm::operation::describe_instance_patch_states_for_patch_group::DescribeInstancePatchStatesForPatchGroupOutput;
use aws_sdk_ssm::operation::describe_instance_properties::DescribeInstancePropertiesOutput;
use aws_sdk_ssm::operation::describe_patch_groups::DescribePatchGroupsOutput;
use aws_sdk_ssm::operation::get_inventory::GetInventoryOutput;
use aws_sdk_ssm::operation::list_compliance_items::ListComplianceItemsOutput;
use aws_sdk_ssm::operation::list_tags_for_resource::ListTagsForResourceOutput;
use aws_sdk_ssm::types::{
    ComplianceQueryOperatorType, ComplianceStringFilter, InstanceInformationStringFilter,
    InventoryFilter, InventoryQueryOperatorType, ResourceTypeForTagging,
};

use crate::record::{AssociationScan, InfoField, NodeInfo, NodeState};
use crate::source::aws::api::ec2::Ec2Instance;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::pages::Paginator;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::PAGE_SIZE;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{
    ComplianceItem, InstanceProperty, InventoryNode, ManagedNode, Page, PatchGroupName,
    ResourceTag, StateRecord,
};

pub(crate) const DESCRIBE_INSTANCE_INFORMATION: &str = "DescribeInstanceInformation";
pub(crate) const DESCRIBE_INSTANCE_PROPERTIES: &str = "DescribeInstanceProperties";
pub(crate) const DESCRIBE_PATCH_GROUPS: &str = "DescribePatchGroups";
pub(crate) const DESCRIBE_GROUP_STATES: &str = "DescribeInstancePatchStatesForPatchGroup";
pub(crate) const GET_INVENTORY: &str = "GetInventory";
pub(crate) const DESCRIBE_INSTANCES: &str = "DescribeInstances";
pub(crate) const LIST_COMPLIANCE_ITEMS: &str = "ListComplianceItems";
pub(crate) const LIST_TAGS_FOR_RESOURCE: &str = "ListTagsForResource";

/// The most ids in one filter of DescribeInstanceInformation or
/// DescribeInstances; their own limits are 100 and 200.
pub(crate) const MAX_IDS_PER_FILTER: usize = 50;

/// The model's bound.
const PROPERTIES_PAGE_SIZE: i32 = 1_000;

/// The inventory's key for the status of a node.
const INSTANCE_STATUS_KEY: &str = "AWS:InstanceInformation.InstanceStatus";

/// The statuses that definitely differ from "Stopped".
const NOT_STOPPED_STATUSES: [&str; 2] = ["Active", "Terminated"];

/// A filter of a list call: its key, and the values of which one must match.
pub(crate) type ListFilter = (String, Vec<String>);

impl RegionClient {
    /// Every node that Systems Manager lists as managed, which excludes stopped
    /// EC2 nodes. One filter at most: a tag filter cannot be combined with
    /// others.
    pub(crate) async fn read_managed_nodes(
        &self,
        only: Option<&ListFilter>,
        mut each: impl FnMut(&str, NodeInfo),
    ) -> Result<(), CallError> {
        let page = |token| self.list_managed_page(only, PAGE_SIZE, token);
        Paginator::new(self.call_context(DESCRIBE_INSTANCE_INFORMATION))
            .for_each_row(page, |node: ManagedNode| each(&node.id, node.info))
            .await
    }

    /// One page of them, of at most so many, which is 5 or more.
    pub(crate) async fn list_managed_page(
        &self,
        only: Option<&ListFilter>,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<ManagedNode>, CallError> {
        let filter = only.map(|(key, values)| {
            InstanceInformationStringFilter::builder()
                .key(key)
                .set_values(Some(values.clone()))
                .build()
                .expect("key and values are given")
        });
        let call = self
            .ssm
            .describe_instance_information()
            .set_filters(filter.map(|filter| vec![filter]))
            .max_results(most)
            .set_next_token(token);
        send_captured!(
            self,
            DESCRIBE_INSTANCE_INFORMATION,
            DescribeInstanceInformationOutput,
            call
        )
    }

    /// Every node that Systems Manager manages, stopped or not, with what EC2
    /// knows of it.
    pub(crate) async fn list_instance_properties(
        &self,
        mut each: impl FnMut(&str, NodeInfo),
    ) -> Result<(), CallError> {
        let page = |token| self.instance_properties_page(PROPERTIES_PAGE_SIZE, token);
        Paginator::new(self.call_context(DESCRIBE_INSTANCE_PROPERTIES))
            .for_each_row(page, |InstanceProperty(node)| {
                let state = node.info.get(InfoField::InstanceState);
                let info = if matches!(state, Some("stopped" | "stopping")) {
                    node.info.with(InfoField::PingStatus, Some("Stopped"))
                } else {
                    node.info
                };
                each(&node.id, info);
            })
            .await
    }

    /// One page of them, of at most so many, which is 5 or more.
    pub(crate) async fn instance_properties_page(
        &self,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<InstanceProperty>, CallError> {
        let call = self
            .ssm
            .describe_instance_properties()
            .max_results(most)
            .set_next_token(token);
        send_captured!(
            self,
            DESCRIBE_INSTANCE_PROPERTIES,
            DescribeInstancePropertiesOutput,
            call
        )
    }

    /// Every node that is stopped according to the inventory, which deletes its
    /// data after 30 days.
    pub(crate) async fn list_stopped_in_inventory(
        &self,
        mut each: impl FnMut(&str, NodeInfo),
    ) -> Result<(), CallError> {
        let filter = InventoryFilter::builder()
            .key(INSTANCE_STATUS_KEY)
            .values("Stopped")
            .r#type(InventoryQueryOperatorType::Equal)
            .build()
            .expect("key and values are given");
        let page = |token| self.inventory_page(Some(&filter), PAGE_SIZE, token);
        Paginator::new(self.call_context(GET_INVENTORY))
            .for_each_row(page, |node: InventoryNode| {
                // The filter may not have been applied, and an unknown status
                // does not exclude a node.
                let status = node.status.as_deref().unwrap_or_default();
                let is_other = |known: &&str| status.eq_ignore_ascii_case(known);
                if !NOT_STOPPED_STATUSES.iter().any(is_other) {
                    let info = node.info.with(InfoField::PingStatus, Some("Stopped"));
                    each(&node.id, info);
                }
            })
            .await
    }

    /// One page of the inventory's nodes, of at most so many.
    pub(crate) async fn inventory_page(
        &self,
        filter: Option<&InventoryFilter>,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<InventoryNode>, CallError> {
        let call = self
            .ssm
            .get_inventory()
            .set_filters(filter.map(|filter| vec![filter.clone()]))
            .max_results(most)
            .set_next_token(token);
        send_captured!(self, GET_INVENTORY, GetInventoryOutput, call)
    }

    /// The patch groups that are registered with a baseline.
    pub(crate) async fn read_patch_groups(&self) -> Result<BTreeSet<String>, CallError> {
        let mut groups = BTreeSet::new();
        let page = |token| self.patch_groups_page(PAGE_SIZE, token);
        Paginator::new(self.call_context(DESCRIBE_PATCH_GROUPS))
            .for_each_row(page, |PatchGroupName(name)| {
                groups.insert(name);
            })
            .await?;
        Ok(groups)
    }

    /// One page of them, of at most so many.
    pub(crate) async fn patch_groups_page(
        &self,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<PatchGroupName>, CallError> {
        let call = self
            .ssm
            .describe_patch_groups()
            .max_results(most)
            .set_next_token(token);
        send_captured!(self, DESCRIBE_PATCH_GROUPS, DescribePatchGroupsOutput, call)
    }

    /// The patch state of each node whose last scan was made in this group,
    /// running or stopped.
    pub(crate) async fn list_group_states(
        &self,
        group: &str,
        mut each: impl FnMut(Box<str>, NodeState),
    ) -> Result<(), CallError> {
        let page = |token| self.group_states_page(group, PAGE_SIZE, token);
        Paginator::new(self.call_context(DESCRIBE_GROUP_STATES))
            .for_each_row(page, |(id, state)| each(id, state))
            .await
    }

    /// One page of them, of at most so many, which is 10 or more.
    pub(crate) async fn group_states_page(
        &self,
        group: &str,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<StateRecord>, CallError> {
        let call = self
            .ssm
            .describe_instance_patch_states_for_patch_group()
            .patch_group(group)
            .max_results(most)
            .set_next_token(token);
        send_captured!(
            self,
            DESCRIBE_GROUP_STATES,
            DescribeInstancePatchStatesForPatchGroupOutput,
            call
        )
    }

    /// The EC2 instances that pass every filter.
    pub(crate) async fn list_instances(
        &self,
        filters: &[ListFilter],
        mut each: impl FnMut(&str, NodeInfo),
    ) -> Result<(), CallError> {
        let call = CallContext {
            service: "ec2",
            ..self.call_context(DESCRIBE_INSTANCES)
        };
        let page = |token| self.ec2_instances_page(filters, token);
        Paginator::new(call)
            .for_each_row(page, |instance: Ec2Instance| {
                let id = instance.id.clone();
                each(&id, instance_info(instance));
            })
            .await
    }

    /// What an association that scans for patches reported of a node.
    pub(crate) async fn association_scan(
        &self,
        id: &str,
    ) -> Result<Option<AssociationScan>, CallError> {
        let mut found = None;
        let page = |token| self.compliance_items_page(id, token);
        Paginator::for_node(self.call_context(LIST_COMPLIANCE_ITEMS))
            .for_each_row(page, |ComplianceItem(scan)| {
                found = found.take().or(scan);
            })
            .await?;
        Ok(found)
    }

    /// One page of the items about a node's associations.
    pub(crate) async fn compliance_items_page(
        &self,
        id: &str,
        token: Option<String>,
    ) -> Result<Page<ComplianceItem>, CallError> {
        let of_associations = ComplianceStringFilter::builder()
            .key("ComplianceType")
            .values("Association")
            .r#type(ComplianceQueryOperatorType::Equal)
            .build();
        let call = self
            .ssm
            .list_compliance_items()
            .filters(of_associations)
            .resource_ids(id)
            .resource_types("ManagedInstance")
            .max_results(PAGE_SIZE)
            .set_next_token(token);
        send_captured!(self, LIST_COMPLIANCE_ITEMS, ListComplianceItemsOutput, call)
    }

    /// The tags of one hybrid node. The tags of EC2 nodes are read from EC2.
    pub(crate) async fn hybrid_node_tags(
        &self,
        id: &str,
    ) -> Result<BTreeMap<Box<str>, Box<str>>, CallError> {
        let call = self
            .ssm
            .list_tags_for_resource()
            .resource_type(ResourceTypeForTagging::ManagedInstance)
            .resource_id(id);
        let answer: Page<ResourceTag> = send_captured!(
            self,
            LIST_TAGS_FOR_RESOURCE,
            ListTagsForResourceOutput,
            call
        )?;
        let tags = answer.rows.into_iter();
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
    }
}

fn instance_info(instance: Ec2Instance) -> NodeInfo {
    // "Windows", "Windows with SQL Server Standard", "Linux/UNIX", "Red Hat Enterprise Linux" ...
    // A Mac is "Linux/UNIX", too; only macOS runs on instances of these types.
    let is_mac = instance.instance_type.as_deref();
    let is_mac = is_mac.is_some_and(|kind| kind.starts_with("mac"));
    let platform_type = instance.platform_details.as_deref().map(|details| {
        if is_mac {
            "MacOS"
        } else if details.to_ascii_lowercase().starts_with("windows") {
            "Windows"
        } else {
            "Linux"
        }
    });
    let stopped = matches!(&*instance.state, "stopped" | "stopping");
    let info = NodeInfo::of([
        (
            InfoField::Name,
            instance.tags.get("Name").map(|name| &**name),
        ),
        (InfoField::PlatformType, platform_type),
        (InfoField::PingStatus, stopped.then_some("Stopped")),
        (InfoField::ResourceType, Some("EC2Instance")),
        (InfoField::IpAddress, instance.private_ip.as_deref()),
        (InfoField::InstanceState, Some(&*instance.state)),
        (InfoField::InstanceType, instance.instance_type.as_deref()),
    ]);
    info.with_all_tags(instance.tags)
}
