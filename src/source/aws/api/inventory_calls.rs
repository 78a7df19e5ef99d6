//! Which nodes there are: the calls around patches that list them, each read to
//! its last page.
//!
//! Knows the operations and their limits. Must not know which of them answers
//! a question (`find` does).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::operation::describe_instance_information::DescribeInstanceInformationOutput;
use aws_sdk_ssm::operation::describe_instance_patch_states_for_patch_group::DescribeInstancePatchStatesForPatchGroupOutput;
use aws_sdk_ssm::operation::describe_patch_groups::DescribePatchGroupsOutput;
use aws_sdk_ssm::operation::get_inventory::GetInventoryOutput;
use aws_sdk_ssm::operation::list_tags_for_resource::ListTagsForResourceOutput;
use aws_sdk_ssm::types::{
    InstanceInformationStringFilter, InventoryFilter, InventoryQueryOperatorType,
    ResourceTypeForTagging,
};

use crate::record::{Facts, NodeState};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::ec2::Instance;
use crate::source::aws::api::error::{Call, Fault};
use crate::source::aws::api::pages::{Pages, Start};
use crate::source::aws::api::patch_calls::PAGE;
use crate::source::aws::api::response_capture::Slot;
use crate::source::aws::api::wire::{Group, Inventoried, Managed, Named, Page, Tagged};

pub const INFORMATION: &str = "DescribeInstanceInformation";
pub const GROUPS: &str = "DescribePatchGroups";
pub const OF_GROUP: &str = "DescribeInstancePatchStatesForPatchGroup";
pub const INVENTORY: &str = "GetInventory";
pub const INSTANCES: &str = "DescribeInstances";
pub const TAGS: &str = "ListTagsForResource";

/// The most ids one filter of DescribeInstanceInformation or DescribeInstances
/// is given; their own limits are 100 and 200.
pub const IDS: usize = 50;

/// What the inventory calls the status of a node.
const STATUS: &str = "AWS:InstanceInformation.InstanceStatus";

/// The statuses that surely differ from "Stopped".
const NOT_STOPPED: [&str; 2] = ["Active", "Terminated"];

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
        let mut pages = Pages::new(self.call(INFORMATION));
        while let Some(Start(token)) = pages.next()? {
            let page = self.managed_page(only, PAGE, token).await?;
            pages.then(page.rows.len(), page.next);
            for node in page.rows {
                each(&node.id, node.facts);
            }
        }
        Ok(())
    }

    /// One page of them, of at most so many, which is 5 or more.
    pub(crate) async fn managed_page(
        &self,
        only: Option<&Only>,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<Managed>, Fault> {
        let filter = only.map(|(key, values)| {
            InstanceInformationStringFilter::builder()
                .key(key)
                .set_values(Some(values.clone()))
                .build()
                .expect("key and values are given")
        });
        let call = self
            .client
            .describe_instance_information()
            .set_filters(filter.map(|filter| vec![filter]))
            .max_results(most)
            .set_next_token(token);
        let output = || DescribeInstanceInformationOutput::builder().build();
        self.read(Slot::new(), INFORMATION, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
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
            let page = self.inventory_page(Some(&filter), PAGE, token).await?;
            pages.then(page.rows.len(), page.next);
            for node in page.rows {
                // The filter may not have been applied, and a word that is not
                // known takes no node away.
                let status = node.status.as_deref().unwrap_or_default();
                let is_other = |known: &&str| status.eq_ignore_ascii_case(known);
                if !NOT_STOPPED.iter().any(is_other) {
                    let facts = Facts {
                        ping_status: Some("Stopped".into()),
                        ..node.facts
                    };
                    each(&node.id, facts);
                }
            }
        }
        Ok(())
    }

    /// One page of what the inventory tells of nodes, of at most so many.
    pub(crate) async fn inventory_page(
        &self,
        filter: Option<&InventoryFilter>,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<Inventoried>, Fault> {
        let call = self
            .client
            .get_inventory()
            .set_filters(filter.map(|filter| vec![filter.clone()]))
            .max_results(most)
            .set_next_token(token);
        let output = || GetInventoryOutput::builder().build();
        self.read(Slot::new(), INVENTORY, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
    }

    /// The patch groups that are registered with a baseline.
    pub async fn patch_groups(&self) -> Result<BTreeSet<String>, Fault> {
        let mut groups = BTreeSet::new();
        let mut pages = Pages::new(self.call(GROUPS));
        while let Some(Start(token)) = pages.next()? {
            let page = self.groups_page(PAGE, token).await?;
            pages.then(page.rows.len(), page.next);
            groups.extend(page.rows.into_iter().map(|Group(name)| name));
        }
        Ok(groups)
    }

    /// One page of them, of at most so many.
    pub(crate) async fn groups_page(
        &self,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<Group>, Fault> {
        let call = self
            .client
            .describe_patch_groups()
            .max_results(most)
            .set_next_token(token);
        let output = || DescribePatchGroupsOutput::builder().build();
        self.read(Slot::new(), GROUPS, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
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
            let page = self.group_page(group, PAGE, token).await?;
            pages.then(page.rows.len(), page.next);
            for (id, state) in page.rows {
                each(id, state);
            }
        }
        Ok(())
    }

    /// One page of them, of at most so many, which is 10 or more.
    pub(crate) async fn group_page(
        &self,
        group: &str,
        most: i32,
        token: Option<String>,
    ) -> Result<Page<Named>, Fault> {
        let call = self
            .client
            .describe_instance_patch_states_for_patch_group()
            .patch_group(group)
            .max_results(most)
            .set_next_token(token);
        let output = || DescribeInstancePatchStatesForPatchGroupOutput::builder().build();
        self.read(Slot::new(), OF_GROUP, output, |reader| {
            call.clone().customize().interceptor(reader).send()
        })
        .await
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
        let output = || ListTagsForResourceOutput::builder().build();
        let answer: Page<Tagged> = self
            .read(Slot::new(), TAGS, output, |reader| {
                call.clone().customize().interceptor(reader).send()
            })
            .await?;
        let tags = answer.rows.into_iter();
        Ok(tags.map(|tag| (tag.key, tag.value)).collect())
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
        name: instance
            .tags
            .get("Name")
            .filter(|name| !name.is_empty())
            .cloned(),
        platform_type: platform_type.map(Into::into),
        ping_status: stopped.then(|| "Stopped".into()),
        resource_type: Some("EC2Instance".into()),
        ip_address: instance.ip,
        tags: instance.tags,
        tags_told: true,
        ..Facts::default()
    }
}
