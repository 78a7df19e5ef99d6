//! Parses EC2's responses, in the XML of the EC2 query protocol. Pure. Unknown
//! elements are ignored; a response without its list is an error.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::record::is_region_name;
use crate::source::aws::api::wire::xml::{set_once, walk_document};
use crate::source::aws::api::wire::{BodyError, MAX_PAGE_ROWS, Page};

/// One EC2 instance, with the fields that are used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ec2Instance {
    pub id: Box<str>,
    /// `running`, `stopped` and so on; empty if the response does not contain
    /// it.
    pub state: Box<str>,
    pub tags: BTreeMap<Box<str>, Box<str>>,
    /// As AWS writes it: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`.
    pub platform_details: Option<Box<str>>,
    /// Its private IPv4 address.
    pub private_ip: Option<Box<str>>,
    /// `m7i.large`, `mac2.metal`.
    pub instance_type: Option<Box<str>>,
}

/// A region, as returned for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegionInfo {
    pub name: Box<str>,
    /// False only if the account has explicitly not opted in.
    pub is_enabled: bool,
}

/// Parses a response of DescribeInstances.
///
/// # Errors
/// If it is another document, is incomplete, or a row of its lists cannot be
/// read.
pub(crate) fn parse_instances(body: &[u8]) -> Result<Page<Ec2Instance>, BodyError> {
    let (mut rows, mut draft) = (Vec::new(), InstanceBuilder::default());
    let (mut next, mut has_set) = (Box::default(), false);
    let root = "DescribeInstancesResponse";
    walk_document(body, root, "reservationSet", |path, text| match path {
        ["nextToken"] => set_once(&mut next, text, "nextToken"),
        [first, ..] if is_malformed_token(path) => Err(malformed_token(first)),
        ["reservationSet"] => require_blank(&text, "reservationSet"),
        ["reservationSet", "item"] if std::mem::take(&mut has_set) => Ok(()),
        ["reservationSet", "item"] => Err(BodyError::new("a reservation without <instancesSet>")),
        ["reservationSet", "item", "instancesSet"] => {
            has_set = true;
            require_blank(&text, "instancesSet")
        }
        ["reservationSet", "item", "instancesSet", "item"] => {
            if rows.len() == MAX_PAGE_ROWS {
                let what = format!("a page of more than {MAX_PAGE_ROWS} instances");
                return Err(BodyError::new(what));
            }
            rows.push(std::mem::take(&mut draft).build()?);
            Ok(())
        }
        [
            "reservationSet",
            "item",
            "instancesSet",
            "item",
            inside @ ..,
        ] => draft.set_element(inside, text),
        ["reservationSet", other] | ["reservationSet", "item", "instancesSet", other] => {
            Err(unexpected_list_element(other))
        }
        _ => Ok(()),
    })?;
    let next = Some(next.into_string()).filter(|token| !token.is_empty());
    Ok(Page {
        rows,
        next_token: next,
    })
}

/// Parses a response of DescribeRegions; the regions are sorted.
///
/// # Errors
/// If it is another document, is incomplete, has a row that cannot be read, or
/// no enabled region: every account has some. Source: AWS account management
/// reference guide, "Enable or disable AWS Regions".
pub(crate) fn parse_regions(body: &[u8]) -> Result<Vec<RegionInfo>, BodyError> {
    let mut regions = Vec::new();
    let (mut name, mut status) = (Box::default(), Box::default());
    let root = "DescribeRegionsResponse";
    walk_document(body, root, "regionInfo", |path, text| match path {
        [first, ..] if is_malformed_token(path) => Err(malformed_token(first)),
        ["regionInfo"] => require_blank(&text, "regionInfo"),
        ["regionInfo", "item", "regionName"] => set_once(&mut name, text, "regionName"),
        ["regionInfo", "item", "optInStatus"] => set_once(&mut status, text, "optInStatus"),
        ["regionInfo", "item"] => {
            let name = std::mem::take(&mut name);
            // It becomes part of the name of a host that credentials are sent
            // to.
            if !is_region_name(&name) {
                return Err(BodyError::new("a region without a name of one"));
            }
            // An unknown status does not remove a region: one that is not
            // enabled is reported.
            let enabled = *std::mem::take(&mut status) != *"not-opted-in";
            regions.push(RegionInfo {
                name,
                is_enabled: enabled,
            });
            Ok(())
        }
        ["regionInfo", other] => Err(unexpected_list_element(other)),
        _ => Ok(()),
    })?;
    if !regions.iter().any(|region| region.is_enabled) {
        return Err(BodyError::new("no region that is enabled"));
    }
    regions.sort_by(|one: &RegionInfo, other| one.name.cmp(&other.name));
    Ok(regions)
}

/// A list contains elements and no text.
fn require_blank(text: &str, name: &str) -> Result<(), BodyError> {
    if text.trim().is_empty() {
        Ok(())
    } else {
        Err(BodyError::new(format!("<{name}> is not a list")))
    }
}

/// Is it an element inside `nextToken`, or one whose name differs from that
/// only in case? Ignoring it would end a list that goes on.
fn is_malformed_token(path: &[&str]) -> bool {
    path.first().is_some_and(|first| {
        first.eq_ignore_ascii_case("nextToken") && (*first != "nextToken" || path.len() > 1)
    })
}

fn malformed_token(name: &str) -> BodyError {
    BodyError::new(format!("<{name}> is not a token of the next page"))
}

fn unexpected_list_element(name: &str) -> BodyError {
    BodyError::new(format!("a <{name}> in a list of <item>"))
}

/// An instance whose elements are still being read.
#[derive(Default)]
struct InstanceBuilder {
    instance: Ec2Instance,
    tag_key: Box<str>,
    tag_value: Box<str>,
}

impl InstanceBuilder {
    /// Sets the field of an element inside the instance. Its network
    /// interfaces, volumes and groups have elements of the same names, at a
    /// deeper level.
    fn set_element(&mut self, path: &[&str], text: Cow<'_, str>) -> Result<(), BodyError> {
        match path {
            ["instanceId"] => return set_once(&mut self.instance.id, text, "instanceId"),
            ["instanceState", "name"] => return set_once(&mut self.instance.state, text, "name"),
            ["platformDetails"] => self.instance.platform_details = non_empty(text),
            ["privateIpAddress"] => self.instance.private_ip = non_empty(text),
            ["instanceType"] => self.instance.instance_type = non_empty(text),
            ["tagSet", "item", "key"] => self.tag_key = text.into(),
            ["tagSet", "item", "value"] => self.tag_value = text.into(),
            ["tagSet", "item"] => {
                let key = std::mem::take(&mut self.tag_key);
                let value = std::mem::take(&mut self.tag_value);
                // Without a key it is no tag.
                if !key.is_empty() {
                    self.instance.tags.insert(key, value);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn build(self) -> Result<Ec2Instance, BodyError> {
        if self.instance.id.is_empty() {
            return Err(BodyError::new("an instance without an id"));
        }
        Ok(self.instance)
    }
}

fn non_empty(text: Cow<'_, str>) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests;
