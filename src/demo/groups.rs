//! `DescribePatchGroups` and `DescribeInstancePatchStatesForPatchGroup`: nodes by patch group.
//! Knows which groups are registered with a baseline, and that the others are not told.

use bytes::Bytes;
use serde::Serialize;

use crate::demo::baselines;
use crate::demo::fleet::{Fleet, NodeIndex};
use crate::demo::hash;
use crate::demo::nodes::list_body;
use crate::demo::pages::{collect_page, parse_token};
use crate::demo::request::ServiceError;
use crate::demo::request::groups::{GroupStatesRequest, GroupsRequest};
use crate::demo::wire::InstancePatchState;

/// Groups registered with a baseline: the group, and the baseline's bare id. `legacy`, `build` and others have nodes
/// and no baseline, so they are not told.
const MAPPINGS: [(&str, &str); 7] = [
    ("factory", "pb-09ca3fb51f0412ec3"),
    ("prod-db", baselines::STRICT),
    ("prod-web", "pb-09ca3fb51f0412ec3"),
    ("prod-web", "pb-05c9c9bf778d4c4d0"),
    ("prod-web", "pb-0c7e89f711c3095f4"),
    ("stage", "pb-0d2f6a91b83c47e05"),
    ("web", baselines::LENIENT),
];

/// The groups that are registered with a baseline, by its bare id.
pub fn of_baseline(id: &str) -> Vec<&'static str> {
    let of = MAPPINGS.iter().filter(|(_, baseline)| *baseline == id);
    of.map(|(group, _)| *group).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PatchGroupMapping<'a> {
    patch_group: &'a str,
    baseline_identity: MappingBaseline<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MappingBaseline<'a> {
    baseline_id: String,
    baseline_name: &'a str,
    operating_system: &'a str,
    baseline_description: &'a str,
    default_baseline: bool,
}

/// `DescribePatchGroups`: a group has one line for each system it has a baseline for.
pub fn groups(fleet: &Fleet, region: &str, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = GroupsRequest::read(body)?;
    let request = hash::text(&asked.binding());
    let mark = parse_token(asked.token.as_deref(), request)?;
    let there = fleet.groups();
    let (found, next) = collect_page(mark, MAPPINGS.len(), asked.max, |nth| {
        let (group, id) = MAPPINGS[nth];
        let baseline = baselines::find(id)?;
        (there.contains(group) && asked.passes(group, &baseline.system))
            .then_some((group, baseline))
    });
    let groups: Vec<PatchGroupMapping> = found
        .into_iter()
        .map(|(group, baseline)| PatchGroupMapping {
            patch_group: group,
            baseline_identity: MappingBaseline {
                baseline_id: baseline.identity(region),
                baseline_name: &baseline.name,
                operating_system: &baseline.system,
                baseline_description: &baseline.about,
                default_baseline: baseline.is_default(),
            },
        })
        .collect();
    Ok(list_body("Mappings", &groups, next, request))
}

/// `DescribeInstancePatchStatesForPatchGroup`: an unknown group has no nodes, and that is no error.
pub fn group_states(fleet: &Fleet, body: &[u8]) -> Result<(Bytes, usize), ServiceError> {
    let asked = GroupStatesRequest::read(body)?;
    let request = hash::text(&asked.binding());
    let mark = parse_token(asked.token.as_deref(), request)?;
    let (records, next) = collect_page(mark, fleet.node_count(), asked.max, |nth| {
        fleet
            .record(NodeIndex(nth))
            .filter(|record: &InstancePatchState| asked.passes(record))
    });
    let body = list_body("InstancePatchStates", &records, next, request);
    Ok((body, records.len()))
}
