//! Tests of the operations of one region.

use serde_json::{Value, json};

use crate::demo::fleet::FleetShape;
use crate::demo::service::{Fleet, RegionService};

fn region() -> RegionService {
    RegionService::new(Fleet::sample())
}

fn ask(region: &RegionService, operation: &str, body: &Value) -> (u16, Value) {
    let answer = region.answer(
        &format!("AmazonSSM.{operation}"),
        body.to_string().as_bytes(),
    );
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

fn fine(region: &RegionService, operation: &str, body: &Value) -> Value {
    let (status, answer) = ask(region, operation, body);
    assert_eq!(status, 200, "{answer}");
    answer
}

fn refused(region: &RegionService, operation: &str, body: &Value) -> String {
    let (status, answer) = ask(region, operation, body);
    assert_eq!(status, 400, "{answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

fn states(ids: &[&str]) -> Vec<Value> {
    let answer = fine(
        &region(),
        "DescribeInstancePatchStates",
        &json!({ "InstanceIds": ids }),
    );
    answer["InstancePatchStates"].as_array().unwrap().clone()
}

/// All pages, by following the tokens.
fn pages(region: &RegionService, request: &Value) -> Vec<Value> {
    let (mut request, mut pages) = (request.clone(), vec![]);
    loop {
        let page = fine(region, "DescribeInstancePatches", &request);
        let token = page["NextToken"].as_str().unwrap_or_default().to_owned();
        pages.push(page);
        if token.is_empty() {
            return pages;
        }
        request["NextToken"] = token.into();
    }
}

fn length(page: &Value) -> usize {
    page["Patches"].as_array().unwrap().len()
}

#[test]
fn an_unknown_operation_is_refused() {
    for target in ["AmazonSSM.PutParameter", "DescribeInstancePatches", ""] {
        let answer = region().answer(target, b"{}");
        assert_eq!(answer.status, 400);
        assert_eq!(
            &answer.body[..],
            br#"{"__type":"UnknownOperationException"}"#
        );
    }
}

#[test]
fn unknown_and_never_scanned_ids_are_omitted_and_duplicates_listed_once() {
    let found = states(&[
        "i-456",
        "i-0ffffffffffffffff",
        "i-0dead00000000beef",
        "i-123",
        "i-456",
    ]);
    let ids: Vec<_> = found
        .iter()
        .map(|record| record["InstanceId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["i-456", "i-123"]);
    assert!(states(&["i-0dead00000000beef"]).is_empty());
}

#[test]
fn one_malformed_id_fails_the_whole_call() {
    let body = json!({ "InstanceIds": ["i-123", "web-server-1"] });
    assert_eq!(
        refused(&region(), "DescribeInstancePatchStates", &body),
        "ValidationException"
    );
    assert_eq!(
        refused(
            &region(),
            "DescribeInstancePatches",
            &json!({ "InstanceId": "i-12" })
        ),
        "ValidationException"
    );
}

#[test]
fn an_unknown_node_has_an_empty_list_of_patches() {
    for id in ["i-0ffffffffffffffff", "i-0dead00000000beef"] {
        let answer = fine(
            &region(),
            "DescribeInstancePatches",
            &json!({ "InstanceId": id }),
        );
        assert_eq!(answer, json!({ "Patches": [] }));
    }
}

#[test]
fn state_records_come_in_pages_on_request() {
    let region = region();
    let ids: Vec<_> = region.node_ids().into_iter().take(25).collect();
    let mut request = json!({ "InstanceIds": ids, "MaxResults": 10 });
    let mut lengths = vec![];
    loop {
        let page = fine(&region, "DescribeInstancePatchStates", &request);
        lengths.push(page["InstancePatchStates"].as_array().unwrap().len());
        match page.get("NextToken") {
            Some(token) => request["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(lengths, [10, 10, 5]);
    request["InstanceIds"] = json!(["i-123"]);
    assert_eq!(
        refused(&region, "DescribeInstancePatchStates", &request),
        "InvalidNextToken"
    );
}

#[test]
fn every_node_pages_to_its_end_whatever_the_page_size() {
    let region = region();
    for id in region.node_ids() {
        let rows = |max: usize| -> Vec<Value> {
            pages(&region, &json!({ "InstanceId": id, "MaxResults": max }))
                .iter()
                .flat_map(|page| page["Patches"].as_array().unwrap().clone())
                .collect()
        };
        assert_eq!(rows(50), rows(17), "{id}");
    }
}

#[test]
fn three_nodes_have_unusual_pages() {
    let region = region();
    let lengths = |id: &str| -> Vec<usize> {
        pages(&region, &json!({ "InstanceId": id }))
            .iter()
            .map(length)
            .collect()
    };
    assert_eq!(lengths("i-0c93a6f41be80d275")[..3], [50, 0, 50]);
    assert_eq!(lengths("i-0c8e5a1f7d3b92460")[..3], [50, 3, 50]);
    let last = |id: &str| pages(&region, &json!({ "InstanceId": id })).pop().unwrap();
    assert_eq!(last("i-07f3c9a5e1d8b2640")["NextToken"], "");
    assert!(last("i-456").get("NextToken").is_none());
}

#[test]
fn a_token_is_valid_for_its_node_and_filters_only() {
    let region = region();
    let first = fine(
        &region,
        "DescribeInstancePatches",
        &json!({ "InstanceId": "i-123" }),
    );
    let token = &first["NextToken"];
    let refusal = |body: Value| refused(&region, "DescribeInstancePatches", &body);
    assert_eq!(
        refusal(json!({ "InstanceId": "i-456", "NextToken": token })),
        "InvalidNextToken"
    );
    let filters = json!([{ "Key": "State", "Values": ["NotApplicable"] }]);
    assert_eq!(
        refusal(json!({ "InstanceId": "i-123", "NextToken": token, "Filters": filters })),
        "InvalidNextToken"
    );
    assert_eq!(
        refusal(json!({ "InstanceId": "i-123", "NextToken": "" })),
        "InvalidNextToken"
    );
    let again = fine(
        &region,
        "DescribeInstancePatches",
        &json!({ "InstanceId": "i-123", "NextToken": token }),
    );
    assert_eq!(
        again,
        fine(
            &region,
            "DescribeInstancePatches",
            &json!({ "InstanceId": "i-123", "NextToken": token })
        )
    );
}

#[test]
fn values_of_a_filter_are_alternatives_filters_all_apply_and_case_matters() {
    let region = region();
    let count = |filters: Value| -> usize {
        pages(
            &region,
            &json!({ "InstanceId": "i-123", "Filters": filters }),
        )
        .iter()
        .map(length)
        .sum()
    };
    let state = |values: &[&str]| json!({ "Key": "State", "Values": values });
    assert_eq!(count(json!([state(&["Missing"])])), 6);
    assert_eq!(count(json!([state(&["Missing", "Failed"])])), 7);
    assert_eq!(count(json!([state(&["missing"])])), 0);
    assert_eq!(count(json!([state(&["MISSING"])])), 0);
    let critical = count(
        json!([state(&["Missing", "Failed"]), { "Key": "Severity", "Values": ["Critical"] }]),
    );
    assert!((1..7).contains(&critical), "{critical}");
    assert_eq!(count(json!([state(&["Missing"]), state(&["Failed"])])), 0);
}

#[test]
fn filtered_pages_hold_the_same_rows_as_unfiltered_ones_filtered() {
    let region = region();
    let rows = |request: Value| -> Vec<Value> {
        pages(&region, &request)
            .iter()
            .flat_map(|page| page["Patches"].as_array().unwrap().clone())
            .collect()
    };
    for id in region.node_ids() {
        let all = rows(json!({ "InstanceId": id }));
        let kept: Vec<_> = all
            .into_iter()
            .filter(|row| row["State"] == "Missing")
            .collect();
        let filters = json!([{ "Key": "State", "Values": ["Missing"] }]);
        assert_eq!(
            rows(json!({ "InstanceId": id, "Filters": filters })),
            kept,
            "{id}"
        );
    }
}

#[test]
fn two_nodes_that_share_their_rows_do_not_share_tokens() {
    let shape = FleetShape {
        seed: 3,
        nodes: 512,
        patches: 120,
        missing_one_in: 0,
        ..FleetShape::default()
    };
    let region = RegionService::new(Fleet::generated(&shape));
    let ids = region.node_ids();
    let first = |id: &str| {
        fine(
            &region,
            "DescribeInstancePatches",
            &json!({ "InstanceId": id }),
        )
    };
    let one = first(&ids[0]);
    let other = ids[1..]
        .iter()
        .map(|id| first(id))
        .find(|page| page["Patches"] == one["Patches"]);
    assert_ne!(other.unwrap()["NextToken"], one["NextToken"]);
    for id in &ids[..20] {
        let lengths: Vec<_> = pages(&region, &json!({ "InstanceId": id }))
            .iter()
            .map(length)
            .collect();
        assert_eq!(lengths, [50, 50, 20]);
    }
}
