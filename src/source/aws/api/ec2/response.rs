//! EC2's answers, as they are written, to what they tell.
//!
//! Knows the elements of the EC2 query protocol, and no other file does. Pure.
//! An element that is not known is passed over; an answer that lacks its list
//! is no answer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::plan::selection::is_region;
use crate::source::aws::api::wire::xml::{document, set};
use crate::source::aws::api::wire::{MOST_ROWS, Page, Unreadable};

/// One EC2 instance, as far as it matters here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    pub id: Box<str>,
    /// `running`, `stopped` and so on; empty where the answer does not say.
    pub state: Box<str>,
    pub tags: BTreeMap<Box<str>, Box<str>>,
    /// In AWS's words: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`.
    pub platform: Option<Box<str>>,
    /// Its private IPv4 address.
    pub ip: Option<Box<str>>,
}

/// A region, as an account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionOf {
    pub name: Box<str>,
    /// False only where the account is said not to have opted in.
    pub enabled: bool,
}

/// Reads an answer to DescribeInstances.
///
/// # Errors
/// When it is not one, is not whole, or a row of its lists cannot be read.
pub fn instances(body: &[u8]) -> Result<Page<Instance>, Unreadable> {
    let (mut rows, mut draft) = (Vec::new(), Draft::default());
    let (mut next, mut has_set) = (Box::default(), false);
    let root = "DescribeInstancesResponse";
    document(body, root, "reservationSet", |path, text| match path {
        ["nextToken"] => set(&mut next, text, "nextToken"),
        [first, ..] if is_odd_token(path) => Err(odd_token(first)),
        ["reservationSet"] => blank(&text, "reservationSet"),
        ["reservationSet", "item"] if std::mem::take(&mut has_set) => Ok(()),
        ["reservationSet", "item"] => Err(Unreadable::new("a reservation without <instancesSet>")),
        ["reservationSet", "item", "instancesSet"] => {
            has_set = true;
            blank(&text, "instancesSet")
        }
        ["reservationSet", "item", "instancesSet", "item"] => {
            if rows.len() == MOST_ROWS {
                let what = format!("a page of more than {MOST_ROWS} instances");
                return Err(Unreadable::new(what));
            }
            rows.push(std::mem::take(&mut draft).finished()?);
            Ok(())
        }
        [
            "reservationSet",
            "item",
            "instancesSet",
            "item",
            inside @ ..,
        ] => draft.read(inside, text),
        ["reservationSet", other] | ["reservationSet", "item", "instancesSet", other] => {
            Err(no_item(other))
        }
        _ => Ok(()),
    })?;
    let next = Some(next.into_string()).filter(|token| !token.is_empty());
    Ok(Page { rows, next })
}

/// Reads an answer to DescribeRegions; the regions come sorted.
///
/// # Errors
/// When it is not one, is not whole, has a row that cannot be read, or none of
/// an enabled region: every account has some. Source: AWS account management
/// reference guide, "Enable or disable AWS Regions".
pub fn regions(body: &[u8]) -> Result<Vec<RegionOf>, Unreadable> {
    let mut regions = Vec::new();
    let (mut name, mut status) = (Box::default(), Box::default());
    let root = "DescribeRegionsResponse";
    document(body, root, "regionInfo", |path, text| match path {
        [first, ..] if is_odd_token(path) => Err(odd_token(first)),
        ["regionInfo"] => blank(&text, "regionInfo"),
        ["regionInfo", "item", "regionName"] => set(&mut name, text, "regionName"),
        ["regionInfo", "item", "optInStatus"] => set(&mut status, text, "optInStatus"),
        ["regionInfo", "item"] => {
            let name = std::mem::take(&mut name);
            // It becomes part of the name of a host that credentials are sent to.
            if !is_region(&name) {
                return Err(Unreadable::new("a region without a name of one"));
            }
            // A status that is new takes no region away: one that is not enabled is reported.
            let enabled = *std::mem::take(&mut status) != *"not-opted-in";
            regions.push(RegionOf { name, enabled });
            Ok(())
        }
        ["regionInfo", other] => Err(no_item(other)),
        _ => Ok(()),
    })?;
    if !regions.iter().any(|region| region.enabled) {
        return Err(Unreadable::new("no region that is enabled"));
    }
    regions.sort_by(|one: &RegionOf, other| one.name.cmp(&other.name));
    Ok(regions)
}

/// A list holds elements and no words.
fn blank(text: &str, name: &str) -> Result<(), Unreadable> {
    if text.trim().is_empty() {
        Ok(())
    } else {
        Err(Unreadable::new(format!("<{name}> is not a list")))
    }
}

/// Is it an element inside of `nextToken`, or one whose name differs from that
/// only in case? Taken for no token, it would end a list that goes on.
fn is_odd_token(path: &[&str]) -> bool {
    path.first().is_some_and(|first| {
        first.eq_ignore_ascii_case("nextToken") && (*first != "nextToken" || path.len() > 1)
    })
}

fn odd_token(name: &str) -> Unreadable {
    Unreadable::new(format!("<{name}> is not a token of the next page"))
}

fn no_item(name: &str) -> Unreadable {
    Unreadable::new(format!("a <{name}> in a list of <item>"))
}

/// An instance while its elements are still coming in.
#[derive(Default)]
struct Draft {
    instance: Instance,
    key: Box<str>,
    value: Box<str>,
}

impl Draft {
    /// Takes an element inside the instance. Its network interfaces, volumes
    /// and groups have elements of the same names, further down.
    fn read(&mut self, path: &[&str], text: Cow<'_, str>) -> Result<(), Unreadable> {
        match path {
            ["instanceId"] => return set(&mut self.instance.id, text, "instanceId"),
            ["instanceState", "name"] => return set(&mut self.instance.state, text, "name"),
            ["platformDetails"] => self.instance.platform = some(text),
            ["privateIpAddress"] => self.instance.ip = some(text),
            ["tagSet", "item", "key"] => self.key = text.into(),
            ["tagSet", "item", "value"] => self.value = text.into(),
            ["tagSet", "item"] => {
                let key = std::mem::take(&mut self.key);
                let value = std::mem::take(&mut self.value);
                // Without a key it tags nothing.
                if !key.is_empty() {
                    self.instance.tags.insert(key, value);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finished(self) -> Result<Instance, Unreadable> {
        if self.instance.id.is_empty() {
            return Err(Unreadable::new("an instance without an id"));
        }
        Ok(self.instance)
    }
}

fn some(text: Cow<'_, str>) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests;
