//! The answers that list nodes, patch groups and tags.

use std::collections::BTreeMap;

use crate::record::Facts;
use crate::source::aws::api::wire::strict::{FromBody, Object, Page, Unreadable, list};
use crate::source::aws::api::wire::{Text, owned, told};

/// A node of DescribeInstanceInformation.
#[derive(Debug, PartialEq)]
pub struct Managed {
    pub id: Box<str>,
    pub facts: Facts,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireManaged<'a> {
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
}

impl FromBody for Page<Managed> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "InstanceInformationList", |node: WireManaged<'_>| {
            Ok(Managed {
                id: named(Some(node.instance_id)).ok_or("a node with an empty InstanceId")?,
                facts: Facts {
                    name: told(node.name),
                    computer_name: told(node.computer_name),
                    platform_type: told(node.platform_type),
                    platform_name: told(node.platform_name),
                    platform_version: told(node.platform_version),
                    ping_status: told(node.ping_status),
                    agent_version: told(node.agent_version),
                    resource_type: told(node.resource_type),
                    ip_address: told(node.ip_address),
                    tags: BTreeMap::new(),
                    tags_told: false,
                },
            })
        })
    }
}

/// A node of GetInventory, by what its agent last reported of itself.
#[derive(Debug, PartialEq)]
pub struct Inventoried {
    pub id: Box<str>,
    /// `Active`, `Stopped`, `Terminated` or `ConnectionLost`, where it is told.
    pub status: Option<Box<str>>,
    pub facts: Facts,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireEntity<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    data: Option<Object<WireData<'a>>>,
}

/// By types of inventory, of which every agent reports this one.
#[derive(serde::Deserialize)]
struct WireData<'a> {
    #[serde(borrow, rename = "AWS:InstanceInformation")]
    information: Option<Object<WireItem<'a>>>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireItem<'a> {
    #[serde(borrow)]
    content: Option<Vec<Object<WireContent<'a>>>>,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireContent<'a> {
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

impl FromBody for Page<Inventoried> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "Entities", |entity: WireEntity<'_>| {
            let content = entity
                .data
                .and_then(|data| data.0.information)
                .and_then(|information| information.0.content)
                .and_then(|content| content.into_iter().next())
                .map(|content| content.0)
                .unwrap_or_default();
            let id = named(entity.id).or_else(|| named(content.instance_id));
            Ok(Inventoried {
                id: id.ok_or("an entity without an id")?,
                status: told(content.instance_status),
                facts: Facts {
                    computer_name: told(content.computer_name),
                    platform_type: told(content.platform_type),
                    platform_name: told(content.platform_name),
                    platform_version: told(content.platform_version),
                    agent_version: told(content.agent_version),
                    resource_type: told(content.resource_type),
                    ip_address: told(content.ip_address),
                    ..Facts::default()
                },
            })
        })
    }
}

/// A patch group of DescribePatchGroups, by its name.
#[derive(Debug, PartialEq)]
pub struct Group(pub String);

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireMapping<'a> {
    #[serde(borrow)]
    patch_group: Text<'a>,
}

impl FromBody for Page<Group> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "Mappings", |mapping: WireMapping<'_>| {
            let name = mapping.patch_group.0.into_owned();
            if name.is_empty() {
                return Err(Unreadable::new("a patch group with an empty name"));
            }
            Ok(Group(name))
        })
    }
}

/// A tag of ListTagsForResource.
#[derive(Debug, PartialEq)]
pub struct Tagged {
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

impl FromBody for Page<Tagged> {
    fn from_body(body: &[u8]) -> Result<Self, Unreadable> {
        list(body, "TagList", |tag: WireTag<'_>| {
            if tag.key.0.is_empty() {
                return Err(Unreadable::new("a tag with an empty Key"));
            }
            Ok(Tagged {
                key: tag.key.0.into(),
                value: tag.value.0.into(),
            })
        })
    }
}

/// An id that names something.
fn named(id: Option<Text<'_>>) -> Option<Box<str>> {
    owned(id).filter(|id| !id.trim().is_empty())
}
