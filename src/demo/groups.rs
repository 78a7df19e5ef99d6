//! `DescribePatchGroups` and `DescribeInstancePatchStatesForPatchGroup`: nodes by patch group.
//! Knows which groups are registered with a baseline, and that the others are not told.

use bytes::Bytes;
use serde::Serialize;

use super::fleet::{Fleet, Place};
use super::hash;
use super::nodes::list;
use super::pages::{resume, walk};
use super::request::Fault;
use super::request::groups::{GroupStates, Groups};
use super::shapes::Record;

/// Group, baseline, its name, the system it is for, and whether it is the default for that system.
type Mapping = (&'static str, &'static str, &'static str, &'static str, bool);

/// Groups registered with a baseline. `legacy`, `build` and others have nodes and no baseline, so they are not told.
const MAPPINGS: [Mapping; 6] = [
    (
        "factory",
        "pb-09ca3fb51f0412ec3",
        "AWS-DefaultPatchBaseline",
        "WINDOWS",
        true,
    ),
    (
        "prod-db",
        "pb-0c10e657807e31cf2",
        "prod-db-windows",
        "WINDOWS",
        false,
    ),
    (
        "prod-web",
        "pb-09ca3fb51f0412ec3",
        "AWS-DefaultPatchBaseline",
        "WINDOWS",
        true,
    ),
    (
        "prod-web",
        "pb-05c9c9bf778d4c4d0",
        "AWS-AmazonLinux2023DefaultPatchBaseline",
        "AMAZON_LINUX_2023",
        true,
    ),
    (
        "prod-web",
        "pb-0c7e89f711c3095f4",
        "AWS-UbuntuDefaultPatchBaseline",
        "UBUNTU",
        true,
    ),
    (
        "stage",
        "pb-0d2f6a91b83c47e05",
        "stage-amazon-2023",
        "AMAZON_LINUX_2023",
        false,
    ),
];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Group<'a> {
    patch_group: &'a str,
    baseline_identity: Identity<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Identity<'a> {
    baseline_id: String,
    baseline_name: &'a str,
    operating_system: &'a str,
    baseline_description: String,
    default_baseline: bool,
}

/// `DescribePatchGroups`: a group has one line for each system it has a baseline for.
pub fn groups(fleet: &Fleet, region: &str, body: &[u8]) -> Result<Bytes, Fault> {
    let asked = Groups::read(body)?;
    let request = hash::text(&asked.binding());
    let mark = resume(asked.token.as_deref(), request)?;
    let there = fleet.groups();
    let (found, next) = walk(mark, MAPPINGS.len(), asked.max, |nth| {
        let (group, .., system, _) = MAPPINGS[nth];
        (there.contains(group) && asked.passes(group, system)).then_some(MAPPINGS[nth])
    });
    let groups: Vec<Group> = found
        .into_iter()
        .map(|(group, id, name, system, managed)| Group {
            patch_group: group,
            baseline_identity: Identity {
                // AWS's own baselines are told as ARNs here, and as bare ids in the records.
                baseline_id: if managed {
                    format!("arn:aws:ssm:{region}:075727635805:patchbaseline/{id}")
                } else {
                    id.to_owned()
                },
                baseline_name: name,
                operating_system: system,
                baseline_description: format!("The patches of {group} on {system}"),
                default_baseline: managed,
            },
        })
        .collect();
    Ok(list("Mappings", &groups, next, request))
}

/// `DescribeInstancePatchStatesForPatchGroup`: an unknown group has no nodes, and that is no error.
pub fn group_states(fleet: &Fleet, body: &[u8]) -> Result<(Bytes, usize), Fault> {
    let asked = GroupStates::read(body)?;
    let request = hash::text(&asked.binding());
    let mark = resume(asked.token.as_deref(), request)?;
    let (records, next) = walk(mark, fleet.nodes(), asked.max, |nth| {
        fleet
            .record(Place(nth))
            .filter(|record: &Record| asked.passes(record))
    });
    let body = list("InstancePatchStates", &records, next, request);
    Ok((body, records.len()))
}
