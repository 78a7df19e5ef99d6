//! EC2's answers, as they are written, to what they tell.
//!
//! Knows the elements of the EC2 query protocol, and no other file does. Pure.
//! An element that is not known is passed over; an answer that lacks its list
//! is no answer.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aws_smithy_types::error::ErrorMetadata;

use super::xml::{self, Unreadable};
use crate::source::wire::{MOST_ROWS, Page};

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
/// When it is not one, is not whole, or an instance in it has no id.
pub fn instances(body: &[u8]) -> Result<Page<Instance>, Unreadable> {
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let mut draft = Draft::default();
    read(
        body,
        "DescribeInstancesResponse",
        "reservationSet",
        |path, text| {
            match path {
                ["nextToken"] => page.next = Some(text.into_owned()).filter(|it| !it.is_empty()),
                ["reservationSet", "item", "instancesSet", "item"] => {
                    if page.rows.len() == MOST_ROWS {
                        let what = format!("a page of more than {MOST_ROWS} instances");
                        return Err(Unreadable::new(what));
                    }
                    page.rows.push(std::mem::take(&mut draft).finished()?);
                }
                [
                    "reservationSet",
                    "item",
                    "instancesSet",
                    "item",
                    inside @ ..,
                ] => {
                    draft.read(inside, text);
                }
                _ => {}
            }
            Ok(())
        },
    )?;
    Ok(page)
}

/// Reads an answer to DescribeRegions; the regions come sorted.
///
/// # Errors
/// When it is not one, is not whole, or a region in it has no name.
pub fn regions(body: &[u8]) -> Result<Vec<RegionOf>, Unreadable> {
    let mut regions = Vec::new();
    let (mut name, mut is_out) = (Box::<str>::default(), false);
    read(
        body,
        "DescribeRegionsResponse",
        "regionInfo",
        |path, text| {
            match path {
                ["regionInfo", "item", "regionName"] => name = text.into(),
                // A status that is new takes no region away: to ask in vain is loud.
                ["regionInfo", "item", "optInStatus"] => is_out = text == "not-opted-in",
                ["regionInfo", "item"] => {
                    let name = std::mem::take(&mut name);
                    if name.is_empty() {
                        return Err(Unreadable::new("a region without a name"));
                    }
                    let enabled = !std::mem::take(&mut is_out);
                    regions.push(RegionOf { name, enabled });
                }
                _ => {}
            }
            Ok(())
        },
    )?;
    regions.sort_by(|one: &RegionOf, other| one.name.cmp(&other.name));
    Ok(regions)
}

/// Reads why a call was refused. One that does not say so in EC2's way, as a
/// proxy's does not, has no code.
pub fn refusal(status: u16, body: &[u8]) -> ErrorMetadata {
    let (mut code, mut message) = (None, None);
    // What was read before an answer broke off still tells more than nothing.
    let _ = xml::walk(body, |path, text| {
        match path {
            [.., "Error", "Code"] if code.is_none() => code = Some(text.into_owned()),
            [.., "Error", "Message"] if message.is_none() => message = Some(text.into_owned()),
            _ => {}
        }
        Ok(())
    });
    let said = ErrorMetadata::builder();
    match code.filter(|code| !code.is_empty()) {
        Some(code) => said.code(code).message(message.unwrap_or_default()),
        None => said.message(format!("HTTP {status}, and no error of EC2 in the answer")),
    }
    .build()
}

/// Walks an answer with this root, below which `list` has to be, and tells of
/// every element by its path below the root.
fn read<'a>(
    body: &'a [u8],
    root: &str,
    list: &str,
    mut closed: impl FnMut(&[&'a str], Cow<'a, str>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut has_list = false;
    xml::walk(body, |path, text| {
        let (first, below) = path.split_first().unwrap_or((&"", &[]));
        if *first != root {
            return Err(Unreadable::new(format!("a <{first}>, not a <{root}>")));
        }
        has_list |= *below == [list];
        closed(below, text)
    })?;
    if has_list {
        Ok(())
    } else {
        Err(Unreadable::new(format!("no <{list}> in it")))
    }
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
    fn read(&mut self, path: &[&str], text: Cow<'_, str>) {
        match path {
            ["instanceId"] => self.instance.id = text.into(),
            ["instanceState", "name"] => self.instance.state = text.into(),
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
