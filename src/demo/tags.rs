//! `ListTagsForResource`: the tags of hybrid nodes; those of EC2 instances are in EC2.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::demo::error::ServiceError;
use crate::demo::fleet::Fleet;
use crate::demo::request::parse;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTagsRequest {
    resource_type: Option<String>,
    resource_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListTagsResult<'a> {
    tag_list: Vec<Tag<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag<'a> {
    key: &'a str,
    value: &'a str,
}

/// `ListTagsForResource`, without pages.
pub(super) fn tags(fleet: &Fleet, body: &[u8]) -> Result<Bytes, ServiceError> {
    let asked: ListTagsRequest = parse(body)?;
    let (Some(kind), Some(id)) = (asked.resource_type, asked.resource_id) else {
        return Err(ServiceError::validation(
            "1 validation error detected: Value null at 'resourceId' failed to satisfy constraint: \
             Member must not be null",
        ));
    };
    if kind != "ManagedInstance" {
        return Err(ServiceError::new(400, "InvalidResourceType", ""));
    }
    let facts = fleet
        .find_machine(&id)
        .map(|at| fleet.machine(at))
        .filter(|facts| facts.is_hybrid())
        .ok_or_else(|| ServiceError::new(400, "InvalidResourceId", ""))?;
    let tag_list = facts.tags().into_iter();
    let result = ListTagsResult {
        tag_list: tag_list.map(|(key, value)| Tag { key, value }).collect(),
    };
    let body = serde_json::to_vec(&result).expect("a list always becomes JSON");
    Ok(body.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hybrid_nodes_have_tags_here_and_instances_have_none() {
        let fleet = Fleet::sample();
        let asked = |id: &str| {
            let body = serde_json::json!({"ResourceType": "ManagedInstance", "ResourceId": id});
            tags(&fleet, body.to_string().as_bytes())
        };
        let result = asked("mi-0a9c3e7f5b1d82460").unwrap();
        let result: serde_json::Value = serde_json::from_slice(&result).unwrap();
        assert_eq!(result["TagList"][0]["Key"], "Env");
        for id in ["i-0f82c7d3b61e4a950", "mi-00000000000000000"] {
            assert_eq!(asked(id).unwrap_err().status, 400, "{id}");
        }
        let body = br#"{"ResourceType":"Document","ResourceId":"d"}"#;
        assert!(tags(&fleet, body).is_err());
    }
}
