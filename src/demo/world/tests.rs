//! Tests of the world, by signed requests.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::demo::fleet::FleetShape;
use crate::demo::world::{Action, ApiRequest, ApiResponse, World, first_regions};
use crate::demo::{ACCOUNT, REGION};

mod others;
mod ssm;

const PRODUCTION: &str = "ASIADEMO444455556666";

/// A caller of the sample world: a key, and a region.
struct Caller<'a>(&'a World, &'a str, &'a str);

impl Caller<'_> {
    fn signed(&self, service: &str) -> String {
        let Self(_, key, region) = self;
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261123/{region}/{service}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature=0123"
        )
    }

    fn ask(&self, service: &str, target: &str, body: &str) -> ApiResponse {
        let authorization = self.signed(service);
        self.0.answer(&ApiRequest {
            authorization: &authorization,
            target,
            content_type: "",
            body: body.as_bytes(),
        })
    }

    fn ssm(&self, operation: &str, body: &Value) -> (u16, Value) {
        let target = format!("AmazonSSM.{operation}");
        let answer = self.ask("ssm", &target, &body.to_string());
        assert_eq!(answer.content_type, "application/x-amz-json-1.1");
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    /// All pages, by following the tokens.
    fn pages(&self, operation: &str, list: &str, request: &Value) -> Vec<Vec<Value>> {
        let (mut request, mut pages) = (request.clone(), vec![]);
        loop {
            let (status, page) = self.ssm(operation, &request);
            assert_eq!(status, 200, "{page}");
            pages.push(page[list].as_array().unwrap().clone());
            match page["NextToken"].as_str() {
                None | Some("") => return pages,
                Some(token) => request["NextToken"] = token.into(),
            }
        }
    }

    fn information(&self, request: &Value) -> Vec<Value> {
        self.pages(
            "DescribeInstanceInformation",
            "InstanceInformationList",
            request,
        )
        .concat()
    }

    fn information_by(&self, key: &str, values: &[&str]) -> Vec<Value> {
        self.information(&json!({ "Filters": [{ "Key": key, "Values": values }] }))
    }

    fn inventory(&self, filters: &Value) -> Vec<Value> {
        let request = json!({ "Filters": filters, "MaxResults": 7 });
        self.pages("GetInventory", "Entities", &request).concat()
    }

    fn xml(&self, service: &str, form: &str) -> (u16, String) {
        let answer = self.ask(service, "", form);
        assert_eq!(answer.content_type, "text/xml;charset=UTF-8");
        (
            answer.status,
            String::from_utf8(answer.body.to_vec()).unwrap(),
        )
    }

    fn accounts(&self, request: &Value) -> (u16, Value) {
        let target = "AWSOrganizationsV20161128.ListAccounts";
        let answer = self.ask("organizations", target, &request.to_string());
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }
}

fn home(world: &World) -> Caller<'_> {
    Caller(world, "AKIAEXAMPLE", REGION)
}

fn ids(nodes: &[Value]) -> BTreeSet<&str> {
    let id = |node: &'_ Value| node.get("InstanceId").is_some();
    let key = if nodes.iter().all(id) {
        "InstanceId"
    } else {
        "Id"
    };
    nodes
        .iter()
        .map(|node| node[key].as_str().unwrap())
        .collect()
}

/// The contents of all elements of this name.
fn texts<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    xml.split(&format!("<{name}>"))
        .skip(1)
        .map(|rest| rest.split(&format!("</{name}>")).next().unwrap())
        .collect()
}

#[test]
fn a_request_without_a_signature_goes_to_the_first_region_of_the_first_account() {
    let world = World::sample();
    let answer = world.answer(&ApiRequest {
        target: "AmazonSSM.DescribeInstancePatchStates",
        body: br#"{"InstanceIds":["i-123"]}"#,
        ..ApiRequest::default()
    });
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["InstancePatchStates"][0]["InstanceId"], "i-123");
}

#[test]
fn account_and_region_are_those_of_the_signature() {
    let world = World::sample();
    for (key, region, nodes) in [
        ("AKIAEXAMPLE", REGION, 46),
        ("anything", "us-east-1", 6),
        ("AKIAEXAMPLE", "eu-central-1", 3),
        ("AKIAEXAMPLE", "ap-south-1", 0),
        (PRODUCTION, REGION, 4),
        ("ASIADEMO444455556666XYZ", "us-east-1", 2),
        ("ASIADEMO123456789012", "us-east-1", 2),
        ("ASIADEMO123456789012", REGION, 0),
        ("ASIADEMO777788889999", REGION, 0),
    ] {
        let found = Caller(&world, key, region).information(&json!({}));
        assert_eq!(found.len(), nodes, "{key} in {region}");
    }
}

#[test]
fn nodes_of_every_region_have_rows_that_agree_with_their_records() {
    let world = World::sample();
    for (account, key) in [
        (ACCOUNT, "x"),
        ("444455556666", PRODUCTION),
        ("123456789012", "ASIADEMO123456789012"),
    ] {
        for region in [REGION, "us-east-1", "eu-central-1"] {
            let caller = Caller(&world, key, region);
            for id in world.node_ids(Some(account), Some(region)) {
                let (_, states) = caller.ssm(
                    "DescribeInstancePatchStates",
                    &json!({ "InstanceIds": [id] }),
                );
                let request = json!({ "InstanceId": id, "Filters": [{ "Key": "State", "Values": ["Missing"] }] });
                let rows = caller.pages("DescribeInstancePatches", "Patches", &request);
                let missing = states["InstancePatchStates"][0]["MissingCount"].as_u64();
                assert_eq!(missing.unwrap_or(0), rows.concat().len() as u64, "{id}");
            }
        }
    }
}

#[test]
fn a_region_that_is_not_enabled_refuses_all_keys() {
    let world = World::sample();
    for region in ["me-central-1", "af-south-1", "xx-nowhere-1", ""] {
        let caller = Caller(&world, "AKIAEXAMPLE", region);
        let (status, body) = caller.ssm("DescribeInstanceInformation", &json!({}));
        assert_eq!(status, 400);
        assert_eq!(
            body,
            json!({ "__type": "UnrecognizedClientException", "message": "The security token included in the request is invalid." })
        );
        let (status, body) = caller.xml("ec2", "Action=DescribeInstances");
        assert_eq!(
            (status, texts(&body, "Code")),
            (401, vec!["AuthFailure"]),
            "{body}"
        );
    }
    let unknown = Caller(&world, "ASIADEMO000000000000", REGION);
    assert_eq!(unknown.ssm("GetInventory", &json!({})).0, 400);
    let (status, body) = unknown.xml("sts", "Action=GetCallerIdentity");
    assert_eq!(
        (status, texts(&body, "Code")),
        (403, vec!["InvalidClientTokenId"])
    );
}

#[test]
fn actions_have_names_in_any_case() {
    let names: Vec<String> = Action::all().map(|action| action.to_string()).collect();
    assert_eq!(names.len(), 20);
    for name in names {
        assert_eq!(
            Action::named(&name.to_lowercase()).unwrap().to_string(),
            name
        );
    }
    assert_eq!(Action::named("ssm:PutParameter"), None);
    assert_eq!(Action::named("GetInventory"), None);
}

fn shape(nodes: usize) -> FleetShape {
    FleetShape {
        seed: 3,
        nodes,
        patches: 20,
        missing_one_in: 3,
        stopped_one_in: 20,
        unscanned_one_in: 0,
    }
}

#[test]
fn a_generated_world_without_regions_has_the_same_fleet_in_all_regions() {
    let world = World::generated(&shape(30), &[], None);
    let nodes = |region| Caller(&world, "x", region).information(&json!({}));
    assert_eq!(nodes(REGION).len(), 29);
    assert_eq!(nodes(REGION), nodes("xx-anywhere-1"));
    let (_, body) = home(&world).xml("ec2", "Action=DescribeRegions");
    assert_eq!(texts(&body, "regionName"), [REGION]);
    assert_eq!(world.node_ids(None, None).len(), 30);
}

#[test]
fn a_generated_world_has_other_nodes_in_every_account_and_region() {
    let regions = first_regions(3).unwrap();
    let world = World::generated(&shape(40), &regions, Some(25));
    let mut all = BTreeSet::new();
    for nth in [1, 2, 25] {
        let account = format!("1{nth:011}");
        let key = format!("ASIADEMO{account}");
        for region in &regions {
            let caller = Caller(&world, &key, region);
            let nodes = caller.information(&json!({ "MaxResults": 50 }));
            assert_eq!(nodes.len(), 38);
            all.extend(world.node_ids(Some(&account), Some(region)));
        }
    }
    assert_eq!(all.len(), 3 * 3 * 40);
    let (_, page) = home(&world).accounts(&json!({}));
    assert_eq!(page["Accounts"].as_array().unwrap().len(), 20);
    assert_eq!(page["Accounts"][0]["Id"], "100000000001");
    let elsewhere = Caller(&world, "x", "sa-east-1");
    assert_eq!(elsewhere.ssm("GetInventory", &json!({})).0, 400);
}

#[test]
fn the_fleet_of_a_seed_is_the_same_with_and_without_regions() {
    let ids = |regions: &[String], accounts| {
        World::generated(&shape(10), regions, accounts).node_ids(None, Some(REGION))
    };
    assert_eq!(ids(&[], None), ids(&first_regions(5).unwrap(), Some(3)));
}

#[test]
fn a_page_of_a_hundred_thousand_nodes_costs_what_a_page_costs() {
    let world = World::generated(&shape(100_000), &[], None);
    let mut request = json!({ "MaxResults": 50 });
    let started = std::time::Instant::now();
    for _ in 0..200 {
        let (status, page) = home(&world).ssm("DescribeInstanceInformation", &request);
        assert_eq!(status, 200, "{page}");
        assert_eq!(
            page["InstanceInformationList"].as_array().unwrap().len(),
            50
        );
        request["NextToken"] = page["NextToken"].clone();
    }
    // If a page cost as much as the whole fleet, this would take minutes.
    assert!(started.elapsed().as_secs() < 30);
}
