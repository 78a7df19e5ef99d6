//! Discovery of nodes that are not named: every managed node, stopped ones too,
//! and the limitations of the calls that find them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    DemoServer, RunOutput, ScriptedService, clean_state, demo, error_reply, live, run, states_reply,
};

/// The ids in a JSON output of `states`, in its order.
fn ids(ran: &RunOutput) -> Vec<String> {
    let rows = ran.json()["InstancePatchStates"]
        .as_array()
        .unwrap()
        .clone();
    rows.iter()
        .map(|row| row["InstanceId"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn row(ran: &RunOutput, id: &str) -> Value {
    let rows = ran.json()["InstancePatchStates"]
        .as_array()
        .unwrap()
        .clone();
    rows.into_iter()
        .find(|row| row["InstanceId"] == id)
        .unwrap_or_else(|| panic!("no row of {id}"))
}

/// Three are stopped and have records, one was never scanned.
const STOPPED: [&str; 4] = [
    "i-09c5a2f8e3b7d1460",
    "i-0d4b9f2c8e6a13750",
    "i-05e8a3f9b7c2d1460",
    "i-0dead00000000beef",
];

#[test]
fn every_node_has_a_row_including_stopped_ones_that_the_service_does_not_list() {
    let ran = run(&mut demo(&["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = ids(&ran);
    let nodes = run(&mut demo(&["demo", "nodes"])).out;
    let expected: BTreeSet<&str> = nodes.lines().collect();
    assert_eq!(
        found.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        expected
    );
    assert_eq!(found.len(), expected.len(), "each once");
    assert!(found.is_sorted());
    for id in STOPPED {
        assert!(found.iter().any(|found| found == id), "{id}");
    }
    assert_eq!(row(&ran, STOPPED[2])["Verdict"], "NON_COMPLIANT");
    assert_eq!(row(&ran, STOPPED[3])["Verdict"], "NO_DATA");
    // One instance is stopped and unknown to Systems Manager: no node, but it
    // is counted.
    let how = &ran.json()["Discovery"][0];
    assert_eq!(how["StoppedWithoutRecord"], 1);
    assert_eq!(how["Limitations"], json!([]));
    assert_eq!(
        how["Calls"],
        json!([
            "ec2:DescribeInstances",
            "ssm:DescribeInstanceInformation",
            "ssm:GetInventory"
        ])
    );
}

#[test]
fn every_format_reports_how_nodes_were_found() {
    let how = "found by ec2:DescribeInstances, ssm:DescribeInstanceInformation, ssm:DescribeInstanceProperties, ssm:GetInventory\n";
    let left_out =
        "left out: 1 stopped EC2 instance without a patch record: not managed, or never scanned\n";
    let left_out = &format!(
        "{left_out}1 running EC2 instance is not managed by Systems Manager: forgotten-01 (i-0e5c1a7d9f3b28640)\n"
    );
    let table = run(&mut demo(&["states", "--all", "-v"]));
    let lines = format!("{how}{left_out}");
    assert!(table.out.ends_with(&lines), "{}", table.out);
    // Only with -v; what was not seen or left out always.
    let table = run(&mut demo(&["states", "--all"]));
    assert!(!table.out.contains("found by"), "{}", table.out);
    assert!(table.out.ends_with(left_out), "{}", table.out);
    assert!(
        table
            .out
            .contains("50 nodes found, 45 answered, 5 without data")
    );
    for format in ["csv", "ndjson"] {
        let ran = run(&mut demo(&["states", "--all", "-v", "-o", format]));
        assert!(
            ran.err.contains("patchctl: found by ec2:DescribeInstances"),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("patchctl: left out: 1 stopped"),
            "{}",
            ran.err
        );
    }
    let patches = run(&mut demo(&["patches", "--all", "--state", "Failed"]));
    assert!(patches.out.ends_with(left_out), "{}", patches.out);
}

#[test]
fn without_ec2_the_inventory_and_the_patch_groups_list_stopped_nodes() {
    let all = run(&mut demo(&["states", "--all", "-o", "json"]));
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    let ran = run(&mut live(&served.url, &["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ids(&ran), ids(&all));
    let blind = ran.json()["Discovery"][0]["Limitations"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        blind,
        "stopped EC2 nodes that the inventory has forgotten (after 30 days) and whose patch group \
         is registered with no baseline: ec2:DescribeInstances failed (UnauthorizedOperation)"
    );
    // The states of a group's nodes are in its list and are not read again.
    assert!(served.call_count("DescribeInstancePatchStatesForPatchGroup") > 0);
    assert!(served.call_count("DescribeInstancePatchStates") <= 1);

    let blinder = [
        "--deny",
        "ec2:DescribeInstances",
        "--deny",
        "ssm:GetInventory",
        "--deny",
        "ssm:DescribeInstanceProperties",
    ];
    let served =
        DemoServer::start(&[&blinder[..], &["--deny", "ssm:DescribePatchGroups"]].concat());
    let ran = run(&mut live(&served.url, &["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ids(&ran).len(), ids(&all).len() - STOPPED.len());
    let blind = ran.json()["Discovery"][0]["Limitations"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        blind.contains("that only the inventory has (AccessDeniedException)")
            && blind.contains("that only patch groups have (AccessDeniedException)"),
        "{blind}"
    );
}

#[test]
fn quiet_still_prints_limitations_of_discovery() {
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    for format in ["csv", "ndjson", "table"] {
        let ran = run(&mut live(
            &served.url,
            &["states", "--all", "-q", "-o", format],
        ));
        assert_eq!(ran.code, 0);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(
            ran.err
                .starts_with("patchctl: cannot see: stopped EC2 nodes"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_denied_list_is_an_unread_region_and_not_an_empty_one() {
    let served = DemoServer::denying(&["ssm:DescribeInstanceInformation"]);
    let ran = run(&mut live(&served.url, &["states", "--all", "-o", "csv"]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("allow ssm:DescribeInstanceInformation in the caller's IAM policy"),
        "{}",
        ran.err
    );
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert!(
        ran.out
            .lines()
            .nth(1)
            .unwrap()
            .starts_with(",eu-west-1,,,UNREAD,"),
        "{}",
        ran.out
    );
}

#[test]
fn tags_patch_groups_and_platforms_each_select_nodes() {
    let of = |flags: &[&str]| {
        let ran = run(demo(&["states", "-o", "json"]).args(flags));
        assert_eq!(ran.code, 0, "{flags:?}: {}", ran.err);
        ids(&ran).into_iter().collect::<BTreeSet<_>>()
    };
    let all = of(&["--all"]);
    let prod = of(&["--tag", "Env=prod"]);
    let web = of(&["--tag", "Team=web"]);
    let both = of(&["--tag", "Env=prod", "--tag", "Team=web"]);
    assert!(!both.is_empty() && both.len() < prod.len() && prod.len() < all.len());
    assert_eq!(both, &prod & &web, "tags are AND");
    let group = of(&["--patch-group", "prod-web"]);
    let other = of(&["--patch-group", "legacy"]);
    assert_eq!(
        of(&["--patch-group", "prod-web", "--patch-group", "legacy"]),
        &group | &other
    );
    assert!(
        other.contains(STOPPED[2]),
        "a stopped member is one by its last scan"
    );
    assert_eq!(
        of(&["--patch-group", "prod-web", "--tag", "Team=web"]),
        &group & &web
    );
    let windows = of(&["--platform", "windows"]);
    let linux = of(&["--platform", "Linux"]);
    let mac = of(&["--platform", "macos"]);
    assert_eq!(&(&windows | &linux) | &mac, all);
    assert!(windows.is_disjoint(&linux) && windows.len() + linux.len() + mac.len() == all.len());
    assert_eq!(of(&["--platform", "windows,linux,macos"]), all);
    let ubuntu = of(&["--platform", "ubuntu"]);
    assert!(!ubuntu.is_empty() && ubuntu.is_subset(&linux));
    assert_eq!(
        of(&["--platform", "windows", "--patch-group", "prod-web"]),
        &windows & &group
    );
    assert!(of(&["--tag", "Env=nonesuch", "--allow-empty"]).is_empty());
}

#[test]
fn a_filter_applies_to_ids_and_excluded_ones_are_named() {
    let ran = run(demo(&[
        "states",
        "i-456",
        "-",
        "--platform",
        "windows",
        "-o",
        "json",
    ])
    .write_stdin("i-0a4c1f8e7d2b93605 # web-03\ni-123\n"));
    assert_eq!(ran.code, 0);
    assert_eq!(ids(&ran), ["i-0a4c1f8e7d2b93605", "i-123"]);
    assert!(
        ran.err.contains("left out by the criteria: i-456"),
        "{}",
        ran.err
    );
}

#[test]
fn all_with_ids_gives_unknown_ids_a_row() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "i-0ffffffffffffffff",
        "i-123",
        "-o",
        "json",
    ]));
    let found = ids(&ran);
    assert_eq!(found.len(), 51);
    assert_eq!(found.last().unwrap(), "i-0ffffffffffffffff");
    assert_eq!(row(&ran, "i-0ffffffffffffffff")["Verdict"], "NO_DATA");
}

#[test]
fn a_node_requested_by_id_has_a_row_even_if_it_is_not_managed() {
    // A stopped instance that Systems Manager does not know.
    let id = "i-0f4d2b8c6e1a97530";
    let ran = run(&mut demo(&["states", "--all", id, "-o", "json"]));
    assert_eq!(row(&ran, id)["Verdict"], "NO_DATA");
    assert_eq!(ran.json()["Discovery"][0]["StoppedWithoutRecord"], 0);
}

#[test]
fn a_node_that_may_match_a_selector_is_unread_or_named() {
    let stopped = STOPPED[0];
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    let ran = run(&mut live(
        &served.url,
        &["states", "--tag", "Env=dev", stopped, "-o", "json"],
    ));
    assert_eq!(row(&ran, stopped)["Verdict"], "UNREAD", "{}", ran.err);
    let served = DemoServer::denying(&["ssm:GetInventory", "ssm:DescribeInstanceProperties"]);
    let ran = run(&mut live(
        &served.url,
        &["states", "--platform", "Amazon Linux", "-o", "json"],
    ));
    let blind = ran.json()["Discovery"][0]["Limitations"].to_string();
    assert!(
        blind.contains("which is unknown: ") && blind.contains(stopped),
        "{blind}"
    );
}

#[test]
fn a_failed_list_of_stopped_nodes_is_reported_and_affects_no_other_node() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let served = DemoServer::start(&[]);
    let ran = run(live(&served.url, &["states", "--all", "-o", "json"])
        .env("AWS_ENDPOINT_URL_EC2", format!("http://{closed}")));
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.json()["Summary"]["Nodes"], 50);
    let why = ran.json()["Unread"][0]["Cause"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        why.starts_with("its stopped nodes may be missing: "),
        "{why}"
    );
}

#[test]
fn an_estimate_reports_unreadable_counters() {
    let served = DemoServer::start(&["--deny", "ssm:DescribeInstancePatchStates", "--nodes", "4"]);
    let ran = run(&mut live(
        &served.url,
        &["patches", "--all", "--estimate", "-o", "json"],
    ));
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["Unread"].as_array().unwrap().len(), 4);
}

#[test]
fn ids_are_read_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nodes.txt");
    std::fs::write(&path, "\u{feff}i-456, i-123 # two\r\n").unwrap();
    let path = path.to_str().unwrap();
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "--ids-file",
        path,
        "-o",
        "json",
    ]));
    assert_eq!(ids(&ran), ["i-123", "i-456"]);
    std::fs::write(path, "# none\n").unwrap();
    let ran = run(&mut demo(&["states", "--ids-file", path]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("no node ids in "), "{}", ran.err);
    // An empty list selects nothing; it does not select every node.
    let ran = run(&mut demo(&[
        "states",
        "--ids-file",
        path,
        "--tag",
        "Env=prod",
    ]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[test]
fn node_information_is_fetched_only_if_a_column_needs_it() {
    let served = DemoServer::start(&[]);
    let columns = "InstanceId,Name,ComputerName,PlatformType,PlatformName,PlatformVersion,PingStatus,AgentVersion,ResourceType,IPAddress,tag:Env,tag:Nonesuch";
    let ran = run(&mut live(
        &served.url,
        &["states", "--all", "-o", "json", "--columns", columns],
    ));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        row(&ran, "i-05e8a3f9b7c2d1460"),
        json!({
            "InstanceId": "i-05e8a3f9b7c2d1460", "Name": "wiki-old",
            "ComputerName": "ip-10-20-4-104.eu-west-1.compute.internal", "PlatformType": "Linux",
            "PlatformName": "Ubuntu", "PlatformVersion": "20.04", "PingStatus": "Stopped",
            "AgentVersion": "3.3.3598.0", "ResourceType": "EC2Instance", "IPAddress": "10.20.4.104",
            "tag:Env": row(&ran, "i-05e8a3f9b7c2d1460")["tag:Env"], "tag:Nonesuch": null,
        })
    );
    assert_eq!(row(&ran, "i-0a4c1f8e7d2b93605")["tag:Env"], "prod");
    let hybrid = row(&ran, "mi-0a9c3e7f5b1d82460");
    assert_eq!(hybrid["ResourceType"], "ManagedInstance");
    assert!(hybrid["Name"].is_string());
    // In bulk: pages, not a call for each of forty nodes.
    assert!(served.call_count("DescribeInstances") <= 3);
    assert!(served.call_count("DescribeInstanceInformation") <= 2);

    let plain = DemoServer::start(&[]);
    run(&mut live(&plain.url, &["states", "i-123", "i-456"]));
    assert_eq!(
        plain.call_count("DescribeInstances") + plain.call_count("DescribeInstanceInformation"),
        0
    );
    let ran = run(&mut live(
        &plain.url,
        &[
            "states",
            "i-123",
            "i-456",
            "-o",
            "json",
            "--columns",
            "+Name",
        ],
    ));
    assert_eq!(row(&ran, "i-123")["Name"], "web-01");
    // These two ids are malformed, and malformed ids are sent alone.
    assert_eq!(plain.call_count("DescribeInstanceInformation"), 2);
}

#[test]
fn a_denied_auxiliary_call_leaves_columns_empty_and_is_reported_once() {
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    let ran = run(&mut live(
        &served.url,
        &[
            "states",
            "i-123",
            "i-456",
            "-o",
            "csv",
            "--columns",
            "InstanceId,Name,PlatformType",
        ],
    ));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out,
        "InstanceId,Name,PlatformType\r\ni-123,,Windows\r\ni-456,,Linux\r\n"
    );
    let lines: Vec<&str> = ran
        .err
        .lines()
        .filter(|line| line.contains("left empty"))
        .collect();
    assert_eq!(lines.len(), 1, "{}", ran.err);
    assert!(
        lines[0].contains("left empty: Name of EC2 nodes: UnauthorizedOperation")
            && lines[0].contains("allow ec2:DescribeInstances in the caller's IAM policy"),
        "{lines:?}"
    );
}

#[test]
fn wide_is_the_table_with_names_and_platforms() {
    let ran = run(&mut demo(&["states", "i-456", "-o", "wide"]));
    let head = ran.out.lines().next().unwrap().to_owned();
    for heading in [
        "Name",
        "Computer",
        "Platform",
        "Version",
        "Ping",
        "Agent",
        "Type",
        "IP address",
        "Verdict",
    ] {
        assert!(head.contains(heading), "{head}");
    }
    assert!(ran.out.contains("Amazon Linux"));
}

/// A service whose list has unusual pages.
fn listing(token_of_third: &'static str) -> ScriptedService {
    ScriptedService::start(move |request| {
        let node =
            |id: &str| json!({"InstanceId": id, "PingStatus": "Online", "PlatformType": "Linux"});
        match (request.operation.as_str(), request.token()) {
            ("DescribeInstanceInformation", None) => {
                (200, json!({"InstanceInformationList": [node("i-00000001")], "NextToken": "two"}).to_string())
            }
            // An empty page has more pages after it.
            ("DescribeInstanceInformation", Some("two")) => {
                (200, json!({"InstanceInformationList": [], "NextToken": "three"}).to_string())
            }
            ("DescribeInstanceInformation", Some("three")) => (
                200,
                // A node that is listed twice is one node.
                json!({"InstanceInformationList": [node("i-00000002"), node("i-00000001")], "NextToken": token_of_third})
                    .to_string(),
            ),
            ("DescribeInstances", _) => (
                200,
                "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>".to_owned(),
            ),
            ("DescribeInstancePatchStates", _) => {
                let records: Vec<Value> = request.ids().iter().map(|id| clean_state(id)).collect();
                states_reply(&records)
            }
            _ => error_reply(400, "UnknownOperationException", &request.operation),
        }
    })
}

#[test]
fn the_list_is_read_to_its_last_page_whatever_the_pages_look_like() {
    let service = listing("");
    let ran = run(&mut live(&service.url, &["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ids(&ran), ["i-00000001", "i-00000002"]);
    let read: Vec<String> = service
        .requests()
        .into_iter()
        .map(|request| format!("{} {:?}", request.operation, request.token()))
        .collect();
    let distinct: BTreeSet<&String> = read.iter().collect();
    assert_eq!(
        distinct.len(),
        read.len(),
        "nothing is read twice: {read:?}"
    );
}

#[test]
fn a_list_with_repeating_pages_is_unread() {
    let service = listing("two");
    let ran = run(&mut live(&service.url, &["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 2);
    let unread = &ran.json()["Unread"][0];
    assert_eq!(unread["Code"], "RepeatedToken");
    assert_eq!(
        (&unread["InstanceId"], &unread["Region"]),
        (&Value::Null, &json!("eu-west-1"))
    );
}

#[test]
fn an_estimate_is_the_number_of_calls_of_the_run() {
    let fleet = [
        "--nodes",
        "120",
        "--patches",
        "130",
        "--missing-one-in",
        "4",
    ];
    for question in [
        &["states", "--all"][..],
        &["patches", "--all"],
        &["patches", "--all", "--state", "Missing"],
        &["patches", "--all", "--state", "Missing", "--no-prefetch"],
    ] {
        let served = DemoServer::start(&fleet);
        let ran =
            run(live(&served.url, question).args(["--estimate", "--rate", "20", "-o", "json"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(
            served.call_count("DescribeInstancePatches"),
            0,
            "no drill-down call"
        );
        let estimate = ran.json()["Estimate"].as_array().unwrap().clone();
        let served = DemoServer::start(&fleet);
        let took = run(live(&served.url, question).args(["-o", "ndjson"]));
        assert_eq!(took.code, 0, "{}", took.err);
        for cost in &estimate {
            let operation = cost["Operation"]
                .as_str()
                .unwrap()
                .split_once(':')
                .unwrap()
                .1
                .to_owned();
            assert_eq!(
                cost["Calls"],
                served.call_count(&operation),
                "{question:?}: {operation}"
            );
            assert_eq!(
                cost["Seconds"],
                cost["Calls"].as_u64().unwrap().div_ceil(20)
            );
        }
        assert!(estimate.len() >= 3, "{estimate:?}");
    }
}

#[test]
fn an_estimate_as_a_table_ends_with_its_duration() {
    let ran = run(&mut demo(&["patches", "i-123", "i-456", "--estimate"]));
    assert_eq!(ran.code, 0);
    let last = ran.out.lines().last().unwrap();
    assert_eq!(last, "8 calls for 2 nodes, about 1 s at 10 calls a second");
}

#[test]
fn every_format_has_the_same_nodes_where_a_call_is_denied() {
    let served = DemoServer::denying(&["ssm:GetInventory", "ec2:DescribeInstances"]);
    let ids = |format: &str| {
        let ran = run(&mut live(&served.url, &["states", "--all", "-o", format]));
        let mut found: Vec<String> = if format == "json" {
            let document = ran.json();
            let rows = document["InstancePatchStates"].as_array().unwrap();
            let id = |row: &Value| row["InstanceId"].as_str().unwrap().to_owned();
            rows.iter().map(id).collect()
        } else {
            let rows = ran.out.lines().skip(1);
            rows.map(|row| row.split(',').next().unwrap().to_owned())
                .collect()
        };
        found.sort();
        found
    };
    assert_eq!(ids("json"), ids("csv"));
    assert!(ids("json").len() > 40);
}
