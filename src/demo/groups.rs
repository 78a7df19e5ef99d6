//! `DescribePatchGroups` and `DescribeInstancePatchStatesForPatchGroup`.

use bytes::Bytes;
use serde::Serialize;

use crate::demo::baseline_catalogue::{MAPPINGS, find};
use crate::demo::baselines::BaselineIdentity;
use crate::demo::error::ServiceError;
use crate::demo::fleet::{Fleet, NodeIndex};
use crate::demo::pages::{collect_page, list_body, list_page, parse_token};
use crate::demo::request::groups::{GroupStatesRequest, groups_request};
use crate::demo::wire::InstancePatchState;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PatchGroupMapping<'a> {
    patch_group: &'a str,
    baseline_identity: BaselineIdentity<'a>,
}

/// `DescribePatchGroups`; a group has one row per system with a baseline.
pub(super) fn groups(fleet: &Fleet, region: &str, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked = groups_request(body)?;
    let existing = fleet.groups();
    list_page("Mappings", &asked.page, MAPPINGS.len(), |nth| {
        let (group, id) = MAPPINGS[nth];
        let baseline = find(id)?;
        let passes = asked.matches(|key, value| match key {
            "NAME_PREFIX" => group.starts_with(value),
            _ => baseline.system == value,
        });
        (existing.contains(group) && passes).then(|| PatchGroupMapping {
            patch_group: group,
            baseline_identity: BaselineIdentity::of(baseline, region),
        })
    })
}

/// `DescribeInstancePatchStatesForPatchGroup`; an unknown group has no nodes and is not an error.
pub(super) fn group_states(fleet: &Fleet, body: &[u8]) -> Result<(Bytes, usize), ServiceError> {
    let asked = GroupStatesRequest::read(body)?;
    let mark = parse_token(&asked.page)?;
    let (records, next) = collect_page(mark, fleet.node_count(), asked.page.max, |nth| {
        fleet
            .record(NodeIndex(nth))
            .filter(|record: &InstancePatchState| asked.passes(record))
    });
    let body = list_body("InstancePatchStates", &records, next, &asked.page);
    Ok((body, records.len()))
}
