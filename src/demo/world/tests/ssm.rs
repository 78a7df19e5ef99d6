//! Tests of Systems Manager about nodes and patch groups.

use serde_json::{Value, json};

use crate::demo::world::tests::{World, home, ids};

#[test]
fn node_information_omits_stopped_terminated_and_unmanaged_machines() {
    let world = World::sample();
    let nodes = home(&world).information(&json!({ "MaxResults": 50 }));
    let ids = ids(&nodes);
    assert_eq!((nodes.len(), ids.len()), (46, 46));
    for left_out in [
        "i-05e8a3f9b7c2d1460",
        "i-0dead00000000beef",
        "i-0e5c1a7d9f3b28640",
        "i-0a9e8d7c6b5f41230",
    ] {
        assert!(!ids.contains(left_out), "{left_out}");
    }
    assert!(ids.contains("mi-0dead00000000f00d"));
}

#[test]
fn a_node_has_the_json_of_the_service() {
    let world = World::sample();
    let node = |id| home(&world).information_by("InstanceIds", &[id]).remove(0);
    assert_eq!(
        node("i-123"),
        json!({
            "InstanceId": "i-123", "PingStatus": "Online", "LastPingDateTime": 1_795_175_760.0,
            "AgentVersion": "3.3.3598.0", "IsLatestVersion": true, "PlatformType": "Windows",
            "PlatformName": "Microsoft Windows Server 2022 Datacenter", "PlatformVersion": "10.0.20348",
            "ResourceType": "EC2Instance", "IPAddress": "10.20.1.11", "ComputerName": "web-01.corp.example.com",
            "AssociationStatus": "Failed", "SourceId": "i-123", "SourceType": "AWS::EC2::Instance",
        })
    );
    let hybrid = node("mi-0c4a6e9d1f7b38250");
    assert_eq!(hybrid["ResourceType"], "ManagedInstance");
    assert_eq!(hybrid["Name"], "press\u{1b}[31m-07\u{1b}[0m\u{7}");
    assert_eq!(hybrid["IamRole"], "demo-hybrid-nodes");
    assert_eq!(hybrid["ActivationId"].as_str().unwrap().len(), 36);
    assert!(hybrid["RegistrationDate"].is_f64());
}

#[test]
fn pages_list_each_node_once() {
    let world = World::sample();
    let all = home(&world).information(&json!({ "MaxResults": 50 }));
    for size in [5, 7, 10, 45, 46] {
        let request = json!({ "MaxResults": size });
        assert_eq!(home(&world).information(&request), all, "{size}");
    }
    let (_, page) = home(&world).ssm("DescribeInstanceInformation", &json!({}));
    let token = &page["NextToken"];
    for wrong in [
        json!({ "NextToken": "nonsense" }),
        json!({ "NextToken": token, "Filters": [{ "Key": "PingStatus", "Values": ["Online"] }] }),
    ] {
        let (status, body) = home(&world).ssm("DescribeInstanceInformation", &wrong);
        assert_eq!(
            (status, &body["__type"]),
            (400, &Value::from("InvalidNextToken"))
        );
    }
}

#[test]
fn a_platform_filter_first_gets_an_empty_page() {
    let world = World::sample();
    let request =
        json!({ "Filters": [{ "Key": "PlatformTypes", "Values": ["Linux"] }], "MaxResults": 10 });
    let pages = home(&world).pages(
        "DescribeInstanceInformation",
        "InstanceInformationList",
        &request,
    );
    assert!(pages[0].is_empty() && pages.len() > 2);
    assert_eq!(pages.concat().len(), 25);
}

#[test]
fn filters_select_nodes() {
    let world = World::sample();
    let home = home(&world);
    let count = |key: &str, values: &[&str]| home.information_by(key, values).len();
    let all = 46;
    assert_eq!(count("PlatformTypes", &["Windows", "Linux", "MacOS"]), all);
    assert_eq!(
        count("ResourceType", &["EC2Instance"]) + count("ResourceType", &["ManagedInstance"]),
        all
    );
    assert_eq!(
        count("PingStatus", &["Online"]) + count("PingStatus", &["ConnectionLost", "Inactive"]),
        all
    );
    assert_eq!(count("IamRole", &["demo-hybrid-nodes"]), 6);
    assert_eq!(count("AssociationStatus", &["Failed"]), 3);
    assert_eq!(count("AgentVersion", &["9.9.9.9"]), 0);
    assert_eq!(
        count("tag:Env", &["prod", "stage"]),
        count("tag:Env", &["prod"]) + count("tag:Env", &["stage"])
    );
    assert_eq!(count("tag:Patch Group", &["prod-db"]), 10);
    assert_eq!(count("tag-key", &["Name"]), all - 6);
    assert_eq!(count("tag:Name", &["web-01"]), 1);
    assert_eq!(
        count(
            "InstanceIds",
            &["i-456", "i-123", "i-0ffffffffffffffff", "i-123"]
        ),
        2
    );
    let both = json!({ "Filters": [
        { "Key": "PingStatus", "Values": ["Online"] },
        { "Key": "ResourceType", "Values": ["ManagedInstance"] },
    ] });
    assert_eq!(home.information(&both).len(), 4);
}

#[test]
fn inventory_includes_stopped_and_terminated_machines() {
    let world = World::sample();
    let home = home(&world);
    let by = |how: &str, value: &str| {
        home.inventory(&json!([{ "Key": "AWS:InstanceInformation.InstanceStatus", "Values": [value], "Type": how }]))
    };
    let all = home.inventory(&json!([]));
    assert_eq!(all.len(), 52);
    assert_eq!(
        ids(&by("Equal", "stopped")),
        [
            "i-05e8a3f9b7c2d1460",
            "i-09c5a2f8e3b7d1460",
            "i-0d4b9f2c8e6a13750",
            "i-0dead00000000beef"
        ]
        .into()
    );
    assert_eq!(by("Equal", "Terminated").len(), 2);
    assert_eq!(by("NotEqual", "Terminated").len(), 50);
    assert_eq!(
        all[0],
        json!({ "Id": "i-123", "Data": { "AWS:InstanceInformation": {
            "TypeName": "AWS:InstanceInformation", "SchemaVersion": "1.0", "CaptureTime": "2026-11-20T11:56:00Z",
            "Content": [{
                "AgentType": "amazon-ssm-agent", "AgentVersion": "3.3.3598.0", "ComputerName": "web-01.corp.example.com",
                "InstanceId": "i-123", "InstanceStatus": "Active", "IpAddress": "10.20.1.11",
                "PlatformName": "Microsoft Windows Server 2022 Datacenter", "PlatformType": "Windows",
                "PlatformVersion": "10.0.20348", "ResourceType": "EC2Instance",
            }],
        } } })
    );
}

#[test]
fn patch_groups_are_those_with_a_baseline() {
    let world = World::sample();
    let groups = |request: &Value| {
        home(&world)
            .pages("DescribePatchGroups", "Mappings", request)
            .concat()
    };
    let all = groups(&json!({ "MaxResults": 1 }));
    assert_eq!(all.len(), 7);
    assert!(all.iter().all(|mapping| mapping["PatchGroup"] != "legacy"));
    let mapping = &all[1];
    assert_eq!(mapping["PatchGroup"], "prod-db");
    let baseline = &mapping["BaselineIdentity"];
    assert_eq!(baseline["BaselineId"], "pb-0c10e657807e31cf2");
    assert_eq!(baseline["OperatingSystem"], "WINDOWS");
    assert_eq!(baseline["DefaultBaseline"], false);
    let prod = json!({ "Filters": [{ "Key": "NAME_PREFIX", "Values": ["prod-"] }] });
    assert_eq!(groups(&prod).len(), 4);
}

#[test]
fn the_records_of_a_patch_group_are_those_of_its_nodes() {
    let world = World::sample();
    let records = |request: Value| {
        home(&world)
            .pages(
                "DescribeInstancePatchStatesForPatchGroup",
                "InstancePatchStates",
                &request,
            )
            .concat()
    };
    let web = records(json!({ "PatchGroup": "prod-web", "MaxResults": 10 }));
    assert_eq!(web.len(), 11);
    assert!(web.iter().all(|record| record["PatchGroup"] == "prod-web"));
    assert!(records(json!({ "PatchGroup": "nonesuch" })).is_empty());
    // Never scanned: no record, though the node is in the group.
    let factory = records(json!({ "PatchGroup": "factory" }));
    assert!(!ids(&factory).contains("mi-0dead00000000f00d"));
    let missing = |how: &str, value: &str| {
        records(
            json!({ "PatchGroup": "prod-web", "Filters": [{ "Key": "MissingCount", "Values": [value], "Type": how }] }),
        )
    };
    assert_eq!(
        missing("GreaterThan", "0").len() + missing("Equal", "0").len(),
        11
    );
    let (status, body) = home(&world).ssm(
        "DescribeInstancePatchStatesForPatchGroup",
        &json!({ "PatchGroup": "x", "Filters": [{ "Key": "Colour", "Values": ["1"], "Type": "Equal" }] }),
    );
    assert_eq!((status, &body["__type"]), (400, &"InvalidFilter".into()));
}
