//! What is not managed, and why there is no data: machines of which no list of nodes knows
//! are counted and named, and `NO_DATA` names its cause.

use serde_json::{Value, json};

use crate::support::{
    DemoServer, RecordedRequest, RunOutput, ScriptedReply, ScriptedService, clean_state, demo,
    error_reply, live, run,
};

/// The running instance of the demo that Systems Manager does not manage, and its name.
const UNMANAGED: &str = "i-0e5c1a7d9f3b28640";
const NOTE: &str =
    "1 running EC2 instance is not managed by Systems Manager: forgotten-01 (i-0e5c1a7d9f3b28640)";
const REASON: &str = "running, not managed by Systems Manager";

#[test]
fn instances_that_are_not_managed_are_named_below_every_answer_about_a_fleet() {
    for command in [
        &["states", "--all"][..],
        &["states", "--all", "-o", "csv"],
        &["states", "--all", "--quiet", "-o", "csv"],
        &["states", "--tag", "Env=dev"],
        &["states", "--platform", "linux"],
        &["patches", "--all", "--state", "Failed"],
        &["patches", "--all", "--by", "kb"],
        &["patches", "--all", "--estimate"],
        &["summary"],
        &["check", "--all"],
    ] {
        let ran = run(&mut demo(command));
        let printed = format!("{}{}", ran.out, ran.err);
        assert!(printed.contains(NOTE), "{command:?}: {printed}");
    }
    for command in [
        &["states", "i-123"][..],
        &["states", "--tag", "Env=prod"],
        &["states", "--platform", "windows"],
        &["states", "--platform", "macos"],
        &["states", "--patch-group", "prod-web"],
    ] {
        let ran = run(&mut demo(command));
        let printed = format!("{}{}", ran.out, ran.err);
        assert!(
            !printed.contains("not managed by"),
            "{command:?}: {printed}"
        );
    }
    let document = run(&mut demo(&["states", "--all", "-o", "json"])).json();
    assert_eq!(
        document["Discovery"][0]["Unmanaged"],
        json!([{
            "InstanceId": UNMANAGED, "Name": "forgotten-01",
            "Region": "eu-west-1", "AccountId": "111122223333",
        }])
    );
}

#[test]
fn rows_of_instances_that_are_not_managed_are_added_on_request() {
    let row = |args: &[&str]| {
        let ran = run(&mut demo(args));
        let lines = ran.out.lines();
        let rows: Vec<String> = lines
            .filter(|line| line.starts_with(UNMANAGED))
            .map(ToOwned::to_owned)
            .collect();
        (rows, ran)
    };
    let states = [
        "states",
        "--all",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Verdict,Reasons,Name",
    ];
    assert!(row(&states).0.is_empty());
    let (rows, ran) = row(&[&states[..], &["--unmanaged"]].concat());
    let expected = format!("{UNMANAGED},NO_DATA,\"{REASON}\",forgotten-01");
    assert_eq!((rows, ran.code), (vec![expected], 0), "{}", ran.err);
    let patches = [
        "patches",
        "--all",
        "--unmanaged",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Note",
    ];
    assert_eq!(row(&patches).0, [format!("{UNMANAGED},\"{REASON}\"")]);
    // A node that is asked for has a row.
    for selection in ["--all", "--tag=Env=dev", "--platform=linux"] {
        let listed = ["states", UNMANAGED, selection, "-o", "csv"];
        let (rows, ran) = row(&listed);
        assert!(
            rows.len() == 1 && rows[0].contains(REASON),
            "{rows:?} {}",
            ran.err
        );
    }
    let summary = |args: &[&str]| run(&mut demo(args)).json()["Total"].clone();
    let all = summary(&["summary", "-o", "json"]);
    let more = summary(&["summary", "--unmanaged", "-o", "json"]);
    for (member, more_by) in [("Nodes", 1), ("NoData", 1), ("Compliant", 0)] {
        let counts = [&more, &all].map(|total| total[member].as_i64().unwrap());
        assert_eq!(counts[0] - counts[1], more_by, "{member}");
    }
}

#[test]
fn the_gate_has_a_rule_for_them_and_says_how_many_it_does_not_cover() {
    let ran = run(&mut demo(&[
        "check",
        "--all",
        "--fail-on",
        "unmanaged",
        "-o",
        "json",
    ]));
    let report = ran.json();
    let rule = &report["Rules"][0];
    assert_eq!((ran.code, &rule["Status"]), (1, &json!("FAIL")));
    assert_eq!(rule["Findings"][0]["InstanceId"], UNMANAGED);
    assert_eq!(rule["Findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["Summary"]["Unmanaged"], 1, "{report}");

    let ran = run(&mut demo(&["check", "--all", "--fail-on", "unread"]));
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains(NOTE), "{}", ran.out);
    assert!(
        ran.err
            .contains("gate passed; 50 nodes; 1 unmanaged instance not covered"),
        "{}",
        ran.err
    );
    // It holds where all are managed, and is not known where EC2 does not answer.
    let held = ["check", "--tag", "Env=prod", "--fail-on", "unmanaged"];
    assert_eq!(run(&mut demo(&held)).code, 0);
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    for selection in [&["--tag", "Env=prod"][..], &["--patch-group", "prod-web"]] {
        let command = [&["check", "--fail-on", "unmanaged"], selection].concat();
        let ran = run(&mut live(&served.url, &command));
        assert_eq!(ran.code, 3, "{}", ran.err);
        for words in [
            "the instances that are not managed could not be listed",
            "to do: allow ec2:DescribeInstances and ssm:DescribeInstanceInformation",
        ] {
            assert!(ran.out.contains(words), "{}", ran.out);
        }
    }
    let document = run(&mut live(&served.url, &["states", "--all", "-o", "json"])).json();
    assert_eq!(document["Discovery"][0]["Unmanaged"], Value::Null);
    let document = run(&mut live(&served.url, &["check", "--all", "-o", "json"])).json();
    assert_eq!(document["Summary"]["Unmanaged"], Value::Null);
}

#[test]
fn listed_ids_alone_are_compared_with_no_list() {
    for (command, words) in [
        (
            &["states", "i-123", "--unmanaged"][..],
            "--unmanaged requires --all, --tag, --patch-group or --platform",
        ),
        (
            &["check", "i-123", "--fail-on", "unmanaged"],
            "the rule unmanaged requires --all, --tag, --patch-group or --platform",
        ),
    ] {
        let ran = run(&mut demo(command));
        assert_eq!((ran.code, ran.err), (2, format!("patchctl: {words}\n")));
    }
}

/// A fleet of one managed node that runs Bottlerocket, one that was scanned and one that is
/// stopped; and of two running instances that are not managed, of which the group tag names one.
fn small_fleet(request: &RecordedRequest) -> ScriptedReply {
    let node = |id: &str, platform: &str| json!({"InstanceId": id, "PingStatus": "Online", "PlatformType": "Linux", "PlatformName": platform});
    let body = match &*request.operation {
        "DescribeInstanceInformation" if request.body["Filters"][0]["Key"] == "InstanceIds" => {
            json!({"InstanceInformationList": []})
        }
        "DescribeInstanceInformation" => json!({"InstanceInformationList": [
            node("i-00000001", "Amazon Linux"),
            node("i-00000002", "Bottlerocket"),
        ]}),
        "DescribeInstanceProperties" => json!({"InstanceProperties": [
            {"InstanceId": "i-00000001", "Name": "of-properties", "PlatformType": "Linux", "InstanceState": "running",
             "InstanceType": "m7i.large", "SourceId": "i-00000001", "SourceType": "AWS::EC2::Instance"},
            {"InstanceId": "i-00000003", "PingStatus": "ConnectionLost", "InstanceState": "stopped"},
            {"InstanceId": "i-00000006", "Name": "only-here", "PingStatus": "Online", "InstanceState": "running"},
            {"InstanceId": "i-00000007", "Name": "gone", "InstanceState": "terminated"},
        ]}),
        "GetInventory" => json!({"Entities": []}),
        "DescribeInstancePatchStates" => {
            let known = request.ids().into_iter().filter(|id| id == "i-00000001");
            json!({"InstancePatchStates": known.map(|id| clean_state(&id)).collect::<Vec<_>>()})
        }
        "DescribeInstances" => return xml_reply(&instances()),
        other => panic!("{other} is not scripted"),
    };
    (200, body.to_string()).into()
}

fn instances() -> String {
    let item = |id: &str, state: &str, name: &str| {
        format!(
            "<item><instancesSet><item><instanceId>{id}</instanceId><instanceState><name>{state}</name></instanceState>\
             <platformDetails>Linux/UNIX</platformDetails><tagSet><item><key>Name</key><value>{name}</value></item></tagSet>\
             </item></instancesSet></item>"
        )
    };
    let all = [
        item("i-00000001", "running", "one"),
        item("i-00000003", "stopped", "three"),
        item("i-00000004", "running", "four"),
        item("i-00000005", "running", "five"),
    ];
    format!(
        "<DescribeInstancesResponse><reservationSet>{}</reservationSet></DescribeInstancesResponse>",
        all.concat()
    )
}

fn xml_reply(body: &str) -> ScriptedReply {
    ScriptedReply {
        status: 200,
        media_type: "text/xml",
        body: body.into(),
    }
}

fn rows(ran: &RunOutput) -> Vec<String> {
    ran.out.lines().skip(1).map(ToOwned::to_owned).collect()
}

#[test]
fn no_data_names_the_cause_that_the_data_allows() {
    let service = ScriptedService::start(small_fleet);
    let columns = ["-o", "csv", "--columns", "InstanceId,Verdict,Reasons"];
    let command = [&["states", "--all", "--unmanaged"][..], &columns].concat();
    let ran = run(&mut live(&service.url, &command));
    let mut found = rows(&ran);
    found.sort();
    assert_eq!(
        found,
        [
            "i-00000001,COMPLIANT,",
            "i-00000002,NO_DATA,Patch Manager cannot patch its platform",
            "i-00000004,NO_DATA,\"running, not managed by Systems Manager\"",
            "i-00000005,NO_DATA,\"running, not managed by Systems Manager\"",
        ]
    );
    assert!(
        ran.err.contains("2 running EC2 instances are not managed by Systems Manager: four (i-00000004), five (i-00000005)"),
        "{}",
        ran.err
    );
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Reasons",
    ]));
    for row in [
        "i-0dead00000000beef,\"stopped, no scan recorded\"",
        "mi-0dead00000000f00d,\"managed and online, no scan recorded\"",
    ] {
        assert!(rows(&ran).iter().any(|known| known == row), "{}", ran.out);
    }
    // Of an id alone, nothing more is known.
    let ran = run(&mut demo(&[
        "states",
        "mi-0dead00000000f00d",
        "-v",
        "-o",
        "csv",
    ]));
    assert!(
        ran.out
            .contains("never scanned, not managed, or unknown here"),
        "{}",
        ran.out
    );
    assert_eq!(
        ran.err,
        "patchctl: ssm:DescribeInstancePatchStates: 1 call, 0 retries\n"
    );
}

#[test]
fn a_gate_of_one_managed_node_among_three_machines_says_so() {
    let service = ScriptedService::start(|request: &RecordedRequest| {
        let body = match &*request.operation {
            "DescribeInstanceInformation" => json!({"InstanceInformationList": [
                {"InstanceId": "i-00000001", "PingStatus": "Online", "PlatformType": "Linux"},
            ]}),
            _ => return small_fleet(request),
        };
        (200, body.to_string()).into()
    });
    let ran = run(&mut live(&service.url, &["check", "--all"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("2 running EC2 instances are not managed"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("2 unmanaged instances not covered"),
        "{}",
        ran.err
    );
    let ran = run(&mut live(
        &service.url,
        &["check", "--all", "--fail-on", "unmanaged"],
    ));
    assert_eq!(ran.code, 1, "{}", ran.err);
    let ran = run(&mut live(&service.url, &["summary", "--unmanaged"]));
    assert!(
        ran.out.contains("33.3% of 3 nodes are compliant"),
        "{}",
        ran.out
    );
}

#[test]
fn a_managed_node_that_a_filtered_list_leaves_out_has_a_row_and_is_not_called_unmanaged() {
    // The list by platform leaves out i-00000004, which the list by id has.
    let service = ScriptedService::start(|request: &RecordedRequest| {
        let body = match &*request.operation {
            "DescribeInstanceInformation" if request.body["Filters"][0]["Key"] == "InstanceIds" => {
                json!({"InstanceInformationList": [
                    {"InstanceId": "i-00000004", "PingStatus": "ConnectionLost", "PlatformType": "Linux"},
                ]})
            }
            _ => return small_fleet(request),
        };
        (200, body.to_string()).into()
    });
    for (selection, has_row) in [("--platform=linux", true), ("--tag=Env=prod", false)] {
        let ran = run(&mut live(
            &service.url,
            &["states", selection, "-o", "json"],
        ));
        let document = ran.json();
        let unmanaged = &document["Discovery"][0]["Unmanaged"];
        assert_eq!(unmanaged.as_array().unwrap().len(), 1, "{unmanaged}");
        assert_eq!(unmanaged[0]["InstanceId"], "i-00000005");
        // The service answers any filter: the instance has no such tag.
        let is_named = document["NoData"].to_string().contains("i-00000004");
        assert_eq!(is_named, has_row, "{selection}: {document}");
    }
}

#[test]
fn instances_of_which_it_is_unknown_whether_they_are_managed_are_not_none() {
    let service = ScriptedService::start(|request: &RecordedRequest| {
        if request.body["Filters"][0]["Key"] == "InstanceIds" {
            let (status, body) = error_reply(400, "InvalidFilterValue", "no such filter");
            return (status, body).into();
        }
        small_fleet(request)
    });
    let unknown = "running EC2 instances that are not managed: \
        ssm:DescribeInstanceInformation failed (InvalidFilterValue)";
    for command in [
        &["states", "--platform", "linux", "-o", "json"][..],
        &["check", "--platform", "linux", "-o", "json"],
    ] {
        let ran = run(&mut live(&service.url, command));
        assert!(ran.out.contains(unknown), "{command:?}: {}", ran.out);
        let document = ran.json();
        let told = [
            &document["Discovery"][0]["Unmanaged"],
            &document["Summary"]["Unmanaged"],
        ];
        assert_eq!(told, [&Value::Null; 2], "{command:?}: {document}");
    }
}

#[test]
fn an_instance_that_is_managed_under_an_id_of_its_own_is_not_called_unmanaged() {
    let hybrid = json!({"InstanceId": "mi-00000000000000004", "Name": "four", "PingStatus": "Online",
        "SourceId": "i-00000004", "SourceType": "AWS::EC2::Instance"});
    for call in ["DescribeInstanceInformation", "DescribeInstanceProperties"] {
        let node = hybrid.clone();
        let service = ScriptedService::start(move |request| match &*request.operation {
            "DescribeInstanceInformation" | "DescribeInstanceProperties" => {
                let nodes = if request.operation == call {
                    vec![&node]
                } else {
                    vec![]
                };
                let list = call_list(&request.operation);
                (200, json!({list: nodes}).to_string()).into()
            }
            _ => small_fleet(request),
        });
        let ran = run(&mut live(&service.url, &["states", "--all", "-o", "csv"]));
        assert!(!ran.err.contains("four"), "{call}: {}", ran.err);
        assert!(
            ran.err.contains("not managed by Systems Manager: "),
            "{call}: {}",
            ran.err
        );
    }
}

fn call_list(operation: &str) -> &'static str {
    if operation == "DescribeInstanceInformation" {
        "InstanceInformationList"
    } else {
        "InstanceProperties"
    }
}

#[test]
fn properties_add_nodes_and_facts_and_take_the_place_of_no_other_call() {
    let command = [
        "states",
        "--all",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Name,InstanceType,SourceType",
    ];
    let service = ScriptedService::start(small_fleet);
    let ran = run(&mut live(&service.url, &command));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut found = rows(&ran);
    found.sort();
    // The second node is not among the properties, and the sixth only there; the stopped
    // third has no record, and only they tell that it is managed.
    assert_eq!(
        found,
        [
            "i-00000001,one,m7i.large,AWS::EC2::Instance",
            "i-00000002,,,",
            "i-00000003,three,,",
            "i-00000006,only-here,,",
        ]
    );
    for (status, code) in [(400, "AccessDeniedException"), (400, "ValidationException")] {
        let service =
            ScriptedService::start(move |request: &RecordedRequest| match &*request.operation {
                "DescribeInstanceProperties" => error_reply(status, code, "no").into(),
                _ => small_fleet(request),
            });
        let ran = run(&mut live(&service.url, &command));
        assert_eq!((ran.code, rows(&ran).len()), (0, 2), "{}", ran.err);
        assert!(!ran.err.contains("Properties"), "{}", ran.err);
        let ran = run(&mut live(&service.url, &[&command[..], &["-v"]].concat()));
        let note = format!("ssm:DescribeInstanceProperties failed ({code})");
        assert!(ran.err.contains(&note), "{}", ran.err);
    }
}

#[test]
fn a_node_that_only_an_association_scans_says_so_on_request() {
    let row = |args: &[&str]| {
        let ran = run(&mut demo(args));
        let row = rows(&ran)
            .into_iter()
            .find(|row| row.starts_with("i-0dead00000000beef"));
        row.unwrap_or_else(|| panic!("{}{}", ran.out, ran.err))
    };
    let command = ["states", "--all", "-o", "csv", "--columns"];
    let scan = "NON_COMPLIANT by pb-09ca3fb51f0412ec3";
    let reason = format!("scanned only by an association (Quick Setup): {scan}");
    for columns in [
        "InstanceId,Reasons,AssociationScan",
        // With patches, nodes are read another way.
        "InstanceId,Reasons,AssociationScan,OldestMissing",
    ] {
        let row = row(&[&command[..], &[columns]].concat());
        assert!(
            row.contains(&reason) && row.contains(&format!(",{scan}")),
            "{row}"
        );
    }
    let row = row(&[&command[..], &["InstanceId,Reasons"]].concat());
    assert!(!row.contains("Quick Setup"), "{row}");

    let served = DemoServer::denying(&["ssm:ListComplianceItems"]);
    let command = [&command[..], &["InstanceId,Reasons,AssociationScan"]].concat();
    let ran = run(&mut live(&served.url, &command));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.err.matches("left empty: AssociationScan").count(),
        1,
        "{}",
        ran.err
    );
}

#[test]
fn a_node_of_another_cloud_shows_where_it_lives() {
    let columns = "InstanceId,SourceId,SourceType,SourceLocation";
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "-o",
        "csv",
        "--columns",
        columns,
    ]));
    let azure = "mi-0b5f8d2a7c9e14360,3f6c1b52-8d0e-4a7b-9c15-2e7a4d90b861,Microsoft.Compute/virtualMachines,westeurope";
    assert!(rows(&ran).iter().any(|row| row == azure), "{}", ran.out);
}
