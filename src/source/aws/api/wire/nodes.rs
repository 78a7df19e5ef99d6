//! Parses the responses that list nodes, patch groups and tags.

use crate::record::{InfoField, NodeInfo};
use crate::source::aws::api::wire::borrowed_text::Text;
use crate::source::aws::api::wire::strict::{BodyError, FromBody, JsonObject, Page, read_list};
use crate::source::aws::api::wire::{into_boxed, non_empty};

/// A node of DescribeInstanceInformation.
#[derive(Debug, PartialEq)]
pub(crate) struct ManagedNode {
    pub id: Box<str>,
    pub info: NodeInfo,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireManagedNode<'a> {
    #[serde(borrow)]
    instance_id: Text<'a>,
    name: Option<Text<'a>>,
    computer_name: Option<Text<'a>>,
    platform_type: Option<Text<'a>>,
    platform_name: Option<Text<'a>>,
    platform_version: Option<Text<'a>>,
    ping_status: Option<Text<'a>>,
    agent_version: Option<Text<'a>>,
    resource_type: Option<Text<'a>>,
    #[serde(rename = "IPAddress")]
    ip_address: Option<Text<'a>>,
    source_id: Option<Text<'a>>,
    source_type: Option<Text<'a>>,
    source_location: Option<Text<'a>>,
    instance_state: Option<Text<'a>>,
    instance_type: Option<Text<'a>>,
}

impl FromBody for Page<ManagedNode> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "InstanceInformationList", WireManagedNode::into_node)
    }
}

/// A node of DescribeInstanceProperties.
#[derive(Debug, PartialEq)]
pub(crate) struct InstanceProperty(pub ManagedNode);

impl FromBody for Page<InstanceProperty> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "InstanceProperties", |node: WireManagedNode<'_>| {
            node.into_node().map(InstanceProperty)
        })
    }
}

impl WireManagedNode<'_> {
    fn into_node(self) -> Result<ManagedNode, BodyError> {
        let node = self;
        Ok(ManagedNode {
            id: non_blank(Some(node.instance_id)).ok_or("a node with an empty InstanceId")?,
            info: NodeInfo::of([
                (InfoField::Name, node.name.as_deref()),
                (InfoField::ComputerName, node.computer_name.as_deref()),
                (InfoField::PlatformType, node.platform_type.as_deref()),
                (InfoField::PlatformName, node.platform_name.as_deref()),
                (InfoField::PlatformVersion, node.platform_version.as_deref()),
                (InfoField::PingStatus, node.ping_status.as_deref()),
                (InfoField::AgentVersion, node.agent_version.as_deref()),
                (InfoField::ResourceType, node.resource_type.as_deref()),
                (InfoField::IpAddress, node.ip_address.as_deref()),
                (InfoField::SourceId, node.source_id.as_deref()),
                (InfoField::SourceType, node.source_type.as_deref()),
                (InfoField::SourceLocation, node.source_location.as_deref()),
                (InfoField::InstanceState, node.instance_state.as_deref()),
                (InfoField::InstanceType, node.instance_type.as_deref()),
            ]),
        })
    }
}

/// A node of GetInventory, as its agent last reported it.
#[derive(Debug, PartialEq)]
pub(crate) struct InventoryNode {
    pub id: Box<str>,
    /// `Active`, `Stopped`, `Terminated` or `ConnectionLost`, if reported.
    pub status: Option<Box<str>>,
    pub info: NodeInfo,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireInventoryEntity<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    data: Option<JsonObject<WireInventoryData<'a>>>,
}

/// By inventory type; every agent reports this one.
#[derive(serde::Deserialize)]
struct WireInventoryData<'a> {
    #[serde(borrow, rename = "AWS:InstanceInformation")]
    information: Option<JsonObject<WireInventoryItem<'a>>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireInventoryItem<'a> {
    #[serde(borrow)]
    content: Option<Vec<JsonObject<WireInventoryContent<'a>>>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireInventoryContent<'a> {
    #[serde(borrow)]
    instance_id: Option<Text<'a>>,
    instance_status: Option<Text<'a>>,
    computer_name: Option<Text<'a>>,
    platform_type: Option<Text<'a>>,
    platform_name: Option<Text<'a>>,
    platform_version: Option<Text<'a>>,
    agent_version: Option<Text<'a>>,
    resource_type: Option<Text<'a>>,
    ip_address: Option<Text<'a>>,
}

impl FromBody for Page<InventoryNode> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "Entities", |entity: WireInventoryEntity<'_>| {
            let content = entity
                .data
                .and_then(|data| data.0.information)
                .and_then(|information| information.0.content)
                .and_then(|content| content.into_iter().next())
                .map(|content| content.0)
                .unwrap_or_default();
            let id = non_blank(entity.id).or_else(|| non_blank(content.instance_id));
            Ok(InventoryNode {
                id: id.ok_or("an entity without an id")?,
                status: non_empty(content.instance_status),
                info: NodeInfo::of([
                    (InfoField::ComputerName, content.computer_name.as_deref()),
                    (InfoField::PlatformType, content.platform_type.as_deref()),
                    (InfoField::PlatformName, content.platform_name.as_deref()),
                    (
                        InfoField::PlatformVersion,
                        content.platform_version.as_deref(),
                    ),
                    (InfoField::AgentVersion, content.agent_version.as_deref()),
                    (InfoField::ResourceType, content.resource_type.as_deref()),
                    (InfoField::IpAddress, content.ip_address.as_deref()),
                ]),
            })
        })
    }
}

/// A patch group of DescribePatchGroups, by its name.
#[derive(Debug, PartialEq)]
pub(crate) struct PatchGroupName(pub String);

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WirePatchGroupMapping<'a> {
    #[serde(borrow)]
    patch_group: Text<'a>,
}

impl FromBody for Page<PatchGroupName> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "Mappings", |mapping: WirePatchGroupMapping<'_>| {
            let name = mapping.patch_group.0.into_owned();
            if name.is_empty() {
                return Err(BodyError::new("a patch group with an empty name"));
            }
            Ok(PatchGroupName(name))
        })
    }
}

/// A tag of ListTagsForResource.
#[derive(Debug, PartialEq)]
pub(crate) struct ResourceTag {
    pub key: Box<str>,
    pub value: Box<str>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireTag<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    value: Text<'a>,
}

impl FromBody for Page<ResourceTag> {
    fn from_body(body: &[u8]) -> Result<Self, BodyError> {
        read_list(body, "TagList", |tag: WireTag<'_>| {
            if tag.key.0.is_empty() {
                return Err(BodyError::new("a tag with an empty Key"));
            }
            Ok(ResourceTag {
                key: tag.key.0.into(),
                value: tag.value.0.into(),
            })
        })
    }
}

/// An id that is not blank.
fn non_blank(id: Option<Text<'_>>) -> Option<Box<str>> {
    into_boxed(id).filter(|id| !id.trim().is_empty())
}
