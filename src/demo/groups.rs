//! `DescribePatchGroups` and `DescribeInstancePatchStatesForPatchGroup`.

use bytes::Bytes;
use serde::Serialize;

use crate::demo::baseline_catalogue::{MAPPINGS, find};
use crate::demo::error::ServiceError;
use crate::demo::fleet::{Fleet, NodeIndex};
use crate::demo::hash;
use crate::demo::pages::{collect_page, list_body, parse_token};
use crate::demo::request::groups::{GroupStatesRequest, GroupsRequest};
use crate::demo::wire::InstancePatchState;

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

/// `DescribePatchGroups`; a group has one row per system with a baseline.
pub(super) fn groups(fleet: &Fleet, region: &str, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = GroupsRequest::read(body)?;
    let request = hash::text(&asked.binding());
    let mark = parse_token(asked.token.as_deref(), request)?;
    let existing = fleet.groups();
    let (found, next) = collect_page(mark, MAPPINGS.len(), asked.max, |nth| {
        let (group, id) = MAPPINGS[nth];
        let baseline = find(id)?;
        (existing.contains(group) && asked.passes(group, &baseline.system))
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

/// `DescribeInstancePatchStatesForPatchGroup`; an unknown group has no nodes and is not an error.
pub(super) fn group_states(fleet: &Fleet, body: &[u8]) -> Result<(Bytes, usize), ServiceError> {
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
