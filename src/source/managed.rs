//! Which nodes there are: the calls around patches that list them, each read to
//! its last page.
//!
//! Knows the operations and their limits. Must not know which of them answers
//! a question (`find` does).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::operation::describe_instance_patch_states_for_patch_group::DescribeInstancePatchStatesForPatchGroupOutput;
use aws_sdk_ssm::types::{
    InstanceInformation, InstanceInformationStringFilter, InventoryFilter,
    InventoryQueryOperatorType, PingStatus, PlatformType, ResourceType, ResourceTypeForTagging,
};
use aws_smithy_runtime_api::client::interceptors::context::Output;

use super::asker::Asker;
use super::aws::PAGE;
use super::ec2::Instance;
use super::fault::{Call, Fault};
use super::pages::{Pages, Start};
use super::reader::Slot;
use super::wire::{Named, Page};
use crate::record::{Facts, NodeState};

pub const INFORMATION: &str = "DescribeInstanceInformation";
pub const GROUPS: &str = "DescribePatchGroups";
pub const OF_GROUP: &str = "DescribeInstancePatchStatesForPatchGroup";
pub const INVENTORY: &str = "GetInventory";
pub const INSTANCES: &str = "DescribeInstances";
pub const TAGS: &str = "ListTagsForResource";

/// The most ids one filter of DescribeInstanceInformation or DescribeInstances
/// is given; their own limits are 100 and 200.
pub const IDS: usize = 50;

/// The type of inventory that every agent reports, and its status of a node.
const TYPE: &str = "AWS:InstanceInformation";
const STATUS: &str = "AWS:InstanceInformation.InstanceStatus";

/// A filter of a listing call: its key, and the values of which one must hold.
pub type Only = (String, Vec<String>);

impl Asker {
    /// Every node that Systems Manager lists as managed, which stopped EC2 nodes
    /// are not. One filter at most: a tag's goes alone.
    pub async fn managed(
        &self,
        only: Option<&Only>,
        mut each: impl FnMut(&str, Facts),
    ) -> Result<(), Fault> {
        let filter = only.map(|(key, values)| {
            InstanceInformationStringFilter::builder()
                .key(key)
                .set_values(Some(values.clone()))
                .build()
                .expect("key and values are given")
        });
        let mut pages = Pages::new(self.call(INFORMATION));
        while let Some(Start(token)) = pages.next()? {
            let call = self
                .client
                .describe_instance_information()
                .set_filters(filter.clone().map(|filter| vec![filter]))
                .max_results(PAGE)
                .set_next_token(token);
            let page = self.ask(INFORMATION, || call.clone().send()).await?;
            for node in page.instance_information_list() {
                if let Some(id) = node.instance_id() {
                    each(id, facts(node));
                }
            }
            pages.then(page.instance_information_list().len(), page.next_token);
        }
        Ok(())
    }

    /// Every node that the inventory calls stopped. It forgets after 30 days.
    pub async fn stopped_in_inventory(
        &self,
        mut each: impl FnMut(&str, Facts),
    ) -> Result<(), Fault> {
        let filter = InventoryFilter::builder()
            .key(STATUS)
            .values("Stopped")
            .r#type(InventoryQueryOperatorType::Equal)
            .build()
            .expect("key and values are given");
        let mut pages = Pages::new(self.call(INVENTORY));
        while let Some(Start(token)) = pages.next()? {
            let call = self
                .client
                .get_inventory()
                .filters(filter.clone())
                .max_results(PAGE)
                .set_next_token(token);
            let page = self.ask(INVENTORY, || call.clone().send()).await?;
            for entity in page.entities() {
                let content = entity
                    .data()
                    .and_then(|data| data.get(TYPE)?.content().first());
                let get = |key: &str| {
                    content
                        .and_then(|content| content.get(key))
                        .map(|text| &**text)
                };
                // Everything but the id may be missing, and the filter is only a wish.
                let is_stopped = get("InstanceStatus")
                    .is_none_or(|status| status.eq_ignore_ascii_case("stopped"));
                if let (Some(id), true) = (entity.id().or_else(|| get("InstanceId")), is_stopped) {
                    let text = |key: &str| told(get(key));
                    each(
                        id,
                        Facts {
                            computer_name: text("ComputerName"),
                            platform_type: text("PlatformType"),
                            platform_name: text("PlatformName"),
                            platform_version: text("PlatformVersion"),
                            ping_status: Some("Stopped".into()),
                            agent_version: text("AgentVersion"),
                            resource_type: text("ResourceType"),
                            ip_address: text("IpAddress"),
                            ..Facts::default()
                        },
                    );
                }
            }
            pages.then(page.entities().len(), page.next_token);
        }
        Ok(())
    }

    /// The patch groups that are registered with a baseline.
    pub async fn patch_groups(&self) -> Result<BTreeSet<String>, Fault> {
        let mut groups = BTreeSet::new();
        let mut pages = Pages::new(self.call(GROUPS));
        while let Some(Start(token)) = pages.next()? {
            let call = self
                .client
                .describe_patch_groups()
                .max_results(PAGE)
                .set_next_token(token);
            let page = self.ask(GROUPS, || call.clone().send()).await?;
            let named = page
                .mappings()
                .iter()
                .filter_map(|mapping| mapping.patch_group());
            groups.extend(named.map(ToOwned::to_owned));
            pages.then(page.mappings().len(), page.next_token);
        }
        Ok(groups)
    }

    /// The patch state of each node whose last scan was made in this group,
    /// stopped or not.
    pub async fn states_of_group(
        &self,
        group: &str,
        mut each: impl FnMut(Box<str>, NodeState),
    ) -> Result<(), Fault> {
        let mut pages = Pages::new(self.call(OF_GROUP));
        while let Some(Start(token)) = pages.next()? {
            let slot = Slot::<Page<Named>>::new();
            let call = self
                .client
                .describe_instance_patch_states_for_patch_group()
                .patch_group(group)
                .max_results(PAGE)
                .set_next_token(token);
            self.ask(OF_GROUP, || {
                let empty = || {
                    Output::erase(DescribeInstancePatchStatesForPatchGroupOutput::builder().build())
                };
                call.clone()
                    .customize()
                    .interceptor(slot.reader(empty))
                    .send()
            })
            .await?;
            let page = self.filled(&slot, OF_GROUP)?;
            pages.then(page.rows.len(), page.next);
            for (id, state) in page.rows {
                each(id, state);
            }
        }
        Ok(())
    }

    /// The EC2 instances that pass every filter.
    pub async fn instances(
        &self,
        filters: &[Only],
        mut each: impl FnMut(&str, Facts),
    ) -> Result<(), Fault> {
        let mut pages = Pages::new(Call {
            service: "ec2",
            ..self.call(INSTANCES)
        });
        while let Some(Start(token)) = pages.next()? {
            let page = self.ask_ec2(filters, token.as_deref()).await?;
            pages.then(page.rows.len(), page.next);
            for instance in page.rows {
                let id = instance.id.clone();
                each(&id, facts_of_instance(instance));
            }
        }
        Ok(())
    }

    /// The tags of one hybrid node. EC2 nodes have theirs in EC2.
    pub async fn tags_of_hybrid(&self, id: &str) -> Result<BTreeMap<Box<str>, Box<str>>, Fault> {
        let call = self
            .client
            .list_tags_for_resource()
            .resource_type(ResourceTypeForTagging::ManagedInstance)
            .resource_id(id);
        let answer = self.ask(TAGS, || call.clone().send()).await?;
        let tags = answer.tag_list().iter();
        Ok(tags
            .map(|tag| (tag.key().into(), tag.value().into()))
            .collect())
    }
}

/// A text that says something.
fn told(text: Option<&str>) -> Option<Box<str>> {
    text.filter(|text| !text.is_empty()).map(Into::into)
}

fn facts(node: &InstanceInformation) -> Facts {
    Facts {
        name: told(node.name()),
        computer_name: told(node.computer_name()),
        platform_type: told(node.platform_type().map(PlatformType::as_str)),
        platform_name: told(node.platform_name()),
        platform_version: told(node.platform_version()),
        ping_status: told(node.ping_status().map(PingStatus::as_str)),
        agent_version: told(node.agent_version()),
        resource_type: told(node.resource_type().map(ResourceType::as_str)),
        ip_address: told(node.ip_address()),
        tags: BTreeMap::new(),
        tags_told: false,
    }
}

fn facts_of_instance(instance: Instance) -> Facts {
    // "Windows", "Windows with SQL Server Standard", "Linux/UNIX", "Red Hat Enterprise Linux" ...
    let platform_type = instance.platform.as_deref().map(|details| {
        if details.to_ascii_lowercase().starts_with("windows") {
            "Windows"
        } else {
            "Linux"
        }
    });
    let stopped = matches!(&*instance.state, "stopped" | "stopping");
    Facts {
        name: told(instance.tags.get("Name").map(|name| &**name)),
        platform_type: platform_type.map(Into::into),
        ping_status: stopped.then(|| "Stopped".into()),
        resource_type: Some("EC2Instance".into()),
        ip_address: instance.ip,
        tags: instance.tags,
        tags_told: true,
        ..Facts::default()
    }
}
