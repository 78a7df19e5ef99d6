//! `patchctl patches --by`, and what `--cve` says of the nodes that lack a fix
//! and of those that cannot be judged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::output::on_terminal;
use crate::support::{
    DemoServer, RecordedRequest, RunOutput, ScriptedService, clean_state, demo, error_reply, live,
    patchctl, run, states_reply,
};

/// In the demo fleet: open on two Windows nodes.
const OPEN: &str = "CVE-2026-57026";
const UNLISTED: &str = "CVE-1999-0001";

/// A few nodes of every kind: lacking, clean, without CVE data, without data, unreadable.
const MIXED: [&str; 8] = [
    "i-123",
    "i-456",
    "i-0d15e8b7c3f2946a0",
    "mi-07c2e5a8f1d4b6930",
    "i-05a1f9d3c7b6e8240",
    "i-03f7b2d8c6a4e1950",
    "i-0dead00000000beef",
    "i-bogus",
];

/// The states that are counted unless others are typed.
const COUNTED: &str =
    "Missing,Failed,InstalledRejected,InstalledPendingReboot,AvailableSecurityUpdate";

const VIEWS: [&str; 4] = ["kb", "cve", "node", "severity"];

fn by(view: &str, format: &str, more: &[&str]) -> RunOutput {
    run(demo(&["patches", "--by", view, "-o", format]).args(more))
}

fn groups(document: &Value) -> &Vec<Value> {
    document["Groups"].as_array().unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one["InstanceId"].as_str().unwrap())
        .collect()
}

#[test]
fn tables_of_counts_fit_80_and_120_columns() {
    for view in VIEWS {
        for width in [80, 120] {
            let args = [&["patches", "--by", view, "--color", "never"], &MIXED[..]].concat();
            let table = on_terminal(width, &args);
            let rows = table.lines().take_while(|line| !line.is_empty());
            for line in rows {
                assert!(
                    unicode_width::UnicodeWidthStr::width(line) <= width,
                    "{width}: {line}"
                );
            }
            insta::assert_snapshot!(format!("by_{view}_at_{width}"), table);
        }
    }
}

#[test]
fn counts_in_each_format() {
    let two = [
        "i-123",
        "i-0d15e8b7c3f2946a0",
        "i-0dead00000000beef",
        "i-bogus",
    ];
    let more = [&two[..], &["--min-severity", "critical"]].concat();
    for format in ["table", "json", "ndjson", "csv"] {
        let ran = by("kb", format, &more);
        assert_eq!(ran.code, 3);
        insta::assert_snapshot!(format!("by_kb_{format}"), ran.out);
    }
}

#[test]
fn who_lacks_a_patch_is_told_with_every_node_by_name() {
    let document = by("kb", "json", &["--all"]).json();
    let flat = run(&mut demo(&[
        "patches", "--all", "--state", COUNTED, "-o", "json",
    ]))
    .json();
    let columns = "InstanceId,Verdict,PlatformName";
    let states = run(&mut demo(&[
        "states",
        "--all",
        "--columns",
        columns,
        "-o",
        "json",
    ]))
    .json();
    let platforms: BTreeMap<&str, &Value> = states["InstancePatchStates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["InstanceId"].as_str().unwrap(), &row["PlatformName"]))
        .collect();
    let without_data = document["NoData"].as_array().unwrap();
    let mut expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in flat["Patches"].as_array().unwrap() {
        let kb = row["KBId"].as_str().unwrap();
        let node = row["InstanceId"].as_str().unwrap();
        let nodes = expected.entry(kb).or_default();
        // Who has a rejected patch has it.
        if row["State"] != "InstalledRejected" {
            nodes.insert(node);
        }
    }
    let found = groups(&document).iter().map(|group| {
        let named: BTreeSet<&str> = group["InstanceIds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap())
            .collect();
        assert_eq!(group["NodesLacking"], named.len());
        // Out of the nodes of the operating systems that list it.
        let of_kb = |row: &&Value| row["KBId"] == group["KBId"];
        let listing = flat["Patches"].as_array().unwrap().iter().filter(of_kb);
        let systems: Vec<&Value> = listing
            .map(|row| platforms[row["InstanceId"].as_str().unwrap()])
            .collect();
        let read = platforms.iter().filter(|(id, system)| {
            systems.contains(system) && !without_data.iter().any(|node| node == *id)
        });
        assert_eq!(group["NodesRead"], read.count());
        (group["KBId"].as_str().unwrap(), named)
    });
    assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
    let lacking: Vec<u64> = groups(&document)
        .iter()
        .map(|group| group["NodesLacking"].as_u64().unwrap())
        .collect();
    assert!(
        lacking.is_sorted_by(|more, fewer| more >= fewer),
        "{lacking:?}"
    );
}

#[test]
fn who_lacks_an_available_security_update_is_named_where_that_state_is_asked_for() {
    let states = &["--all", "--state", "AvailableSecurityUpdate"];
    let document = by("kb", "json", states).json();
    assert!(!groups(&document).is_empty());
    for group in groups(&document) {
        let named = group["InstanceIds"].as_array().unwrap().len();
        assert!(named > 0, "{group}");
        assert_eq!(group["NodesLacking"], named);
    }
}

#[test]
fn every_view_adds_up_to_the_flat_rows() {
    for more in [
        &["--all"][..],
        &["--all", "--state", "Missing,Installed"],
        &["--all", "--severity", "low,critical"],
    ] {
        let states = if more.contains(&"--state") {
            &[][..]
        } else {
            &["--state", COUNTED]
        };
        let flat = run(demo(&["patches", "-o", "json"]).args(more).args(states)).json();
        let rows = flat["Patches"].as_array().unwrap();
        for view in VIEWS {
            let document = by(view, "json", more).json();
            assert_eq!(document["By"], view);
            assert_eq!(document["Summary"]["Patches"], rows.len(), "{view}");
            assert_eq!(document["Summary"]["Rows"], groups(&document).len());
            assert_eq!(document["Summary"]["Hidden"], flat["Summary"]["Hidden"]);
            let of_rows: usize = rows
                .iter()
                .map(|row| match &row["CVEIds"] {
                    Value::Array(cves) if view == "cve" => cves.len(),
                    _ => 1,
                })
                .sum();
            let counted: u64 = groups(&document)
                .iter()
                .map(|group| group["PatchCount"].as_u64().unwrap())
                .sum();
            assert_eq!(counted, of_rows as u64, "{view} {more:?}");
        }
    }
}

#[test]
fn counting_reads_only_the_nodes_that_lack_something_and_says_which_states_it_counts() {
    let served = DemoServer::start(&["--nodes", "100", "--patches", "60", "--missing-one-in", "5"]);
    let ran = run(
        live(&served.url, &["patches", "-", "--by", "kb", "-o", "json"])
            .write_stdin(served.node_list()),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err
            .contains("counted: Missing, Failed, InstalledRejected, InstalledPendingReboot and AvailableSecurityUpdate"),
        "{}",
        ran.err
    );
    assert!((1..60).contains(&served.call_count("DescribeInstancePatches")));
    // Out of the nodes of one operating system; those of all are what a severity is out of.
    let read = groups(&ran.json())[0]["NodesRead"].as_u64().unwrap();
    assert!((1..100).contains(&read), "{read}");
    let all = ["patches", "-", "--by", "severity", "-o", "json"];
    let all = run(live(&served.url, &all).write_stdin(served.node_list()));
    assert_eq!(groups(&all.json())[0]["NodesRead"], 100);
    assert_eq!(
        groups(&ran.json())[0]["InstalledCount"],
        Value::Null,
        "not in the filter"
    );
    let ran = by("kb", "json", &["i-456", "--state", "installed"]);
    assert!(!ran.err.contains("counted:"), "{}", ran.err);
    let document = ran.json();
    assert_eq!(groups(&document)[0]["NodesInstalled"], 1);
    assert_eq!(
        groups(&document)[0]["NodesLacking"],
        Value::Null,
        "not in the filter"
    );
}

#[test]
fn nodes_that_no_count_holds_stand_in_every_format() {
    let nodes = ["i-123", "i-0dead00000000beef", "i-bogus"];
    for view in VIEWS {
        let document = by(view, "json", &nodes).json();
        assert_eq!(document["NoData"], json!(["i-0dead00000000beef"]));
        assert_eq!(document["Unread"][0]["InstanceId"], "i-bogus");
        let table = by(view, "table", &nodes).out;
        assert!(
            table.contains("no patch data: i-0dead00000000beef")
                && table.contains("unread: i-bogus"),
            "{table}"
        );
        for format in ["csv", "ndjson"] {
            let ran = by(view, format, &nodes);
            assert_eq!(ran.code, 3);
            let last: Vec<&str> = ran.out.lines().rev().take(2).collect();
            assert!(
                last[0].contains("i-bogus") && last[0].contains("unread: not a node id"),
                "{}",
                last[0]
            );
            assert!(
                last[1].contains("i-0dead00000000beef") && last[1].contains("no patch data"),
                "{}",
                last[1]
            );
        }
    }
}

#[test]
fn a_clean_node_has_a_row_of_its_own_by_node_and_is_read_in_the_others() {
    let document = by("node", "json", &["i-123", "i-456"]).json();
    assert_eq!(groups(&document)[0]["InstanceId"], "i-123");
    assert_eq!(groups(&document)[0]["MissingCount"], 6);
    let clean = &groups(&document)[1];
    assert_eq!(clean["InstanceId"], "i-456");
    assert_eq!(
        (&clean["MissingCount"], &clean["SeverityLevel"]),
        (&json!(0), &Value::Null)
    );
    let document = by("severity", "json", &["i-123", "i-456"]).json();
    assert_eq!(groups(&document)[0]["SeverityLevel"], "Critical");
    assert_eq!(groups(&document)[0]["NodesRead"], 2);
}

#[test]
fn columns_and_order_are_those_of_the_counts() {
    let ran = by(
        "kb",
        "csv",
        &[
            "i-123",
            "--columns",
            "KBId,MissingCount",
            "--sort-by",
            "-KBId",
        ],
    );
    assert_eq!(
        ran.out.lines().take(2).collect::<Vec<_>>(),
        ["KBId,MissingCount", "KB890830,1"]
    );
    let help = run(patchctl().args(["patches", "--by", "kb", "--columns", "help"])).out;
    assert!(
        help.contains("NodesLacking") && !help.contains("ReleaseDate"),
        "{help}"
    );
    let ran = by(
        "node",
        "csv",
        &["i-123", "--columns", "InstanceId,Name,MissingCount"],
    );
    assert_eq!(ran.out.lines().nth(1), Some("i-123,web-01,6"));
}

#[test]
fn wrong_views_and_columns_are_refused_on_one_line() {
    for (args, expected) in [
        (
            &["--by", "host"][..],
            "--by: unknown group \"host\" (allowed: kb, cve, node, severity)",
        ),
        (
            &["--by", "kb", "--columns", "State"],
            "--columns: unknown column \"State\"",
        ),
        (
            &["--columns", "NodesLacking"],
            "--columns: unknown column \"NodesLacking\"",
        ),
        (
            &["--by", "kb", "--columns", "+Name"],
            "--by kb: the column Name describes one node; use --by node",
        ),
        (
            &["--cve", "2026-57026"],
            "not a CVE id; write it like CVE-2024-21338",
        ),
    ] {
        let ran = run(patchctl().args(["patches", "i-1"]).args(args));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
}

/// A service of two nodes, each of which lists one KB twice, with a title that
/// would rather be something else.
fn doubled(asked: &RecordedRequest) -> (u16, String) {
    if asked.operation == "DescribeInstancePatchStates" {
        let records = asked.ids().into_iter().map(|id| {
            let mut record = clean_state(&id);
            record["MissingCount"] = json!(2);
            record
        });
        return states_reply(&records.collect::<Vec<_>>());
    }
    let row = |title: &str| json!({"Title": title, "KBId": "-1+1.x86_64", "Classification": "=Security", "Severity": "High", "State": "Missing", "InstalledTime": 0.0, "CVEIds": "CVE-2026-1000,=CVE-2026-1000"});
    let rows = [
        row("=HYPERLINK(\"x\")"),
        row("\u{1b}[31m<b>a\"\u{202e}b\"</b>\n更新"),
    ];
    (200, json!({"Patches": rows}).to_string())
}

#[test]
fn a_node_that_lists_a_patch_twice_lacks_it_once_and_titles_do_no_harm() {
    let service = ScriptedService::start(doubled);
    let seen = |view: &str, format: &str| {
        let args = [
            "patches",
            "i-00000001",
            "i-00000002",
            "--by",
            view,
            "-o",
            format,
        ];
        run(&mut live(&service.url, &args))
    };
    let document = seen("kb", "json").json();
    let group = &groups(&document)[0];
    assert_eq!(groups(&document).len(), 1);
    assert_eq!(
        (&group["NodesLacking"], &group["MissingCount"]),
        (&json!(2), &json!(4))
    );
    assert_eq!(group["InstanceIds"], json!(["i-00000001", "i-00000002"]));
    assert_eq!(
        group["Title"], "\u{1b}[31m<b>a\"\u{202e}b\"</b>\n更新",
        "the first by the alphabet, byte for byte"
    );
    let table = seen("kb", "table").out;
    assert!(
        table.contains("\\u{1b}[31m<b>a\"\\u{202e}b\"</b>\\n更新") && table.contains("2 of 2"),
        "{table}"
    );
    let csv = seen("kb", "csv").out;
    assert!(
        csv.contains(",'-1+1.x86_64,") && csv.contains(",'=Security,"),
        "{csv}"
    );
    let csv = seen("cve", "csv").out;
    assert!(csv.contains(",'=CVE-2026-1000,"), "{csv}");
    for view in VIEWS {
        insta::assert_snapshot!(format!("by_{view}_nasty_ndjson"), seen(view, "ndjson").out);
    }
}

#[test]
fn a_cve_is_open_on_some_not_judged_on_others_and_proven_closed_on_none() {
    let ran = run(&mut demo(&[
        "patches", "--all", "--cve", OPEN, "-o", "json",
    ]));
    assert_eq!(ran.code, 0);
    let document = ran.json();
    let exposure = &document["Exposure"][0];
    assert_eq!(exposure["CVEId"], OPEN);
    assert_eq!(ids(&exposure["Open"]), ["i-0d15e8b7c3f2946a0", "i-123"]);
    let why: BTreeMap<&str, &str> = exposure["NotJudged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["InstanceId"].as_str().unwrap(),
                one["Code"].as_str().unwrap(),
            )
        })
        .collect();
    for (id, code) in [
        ("i-01c8f4a6d2e9b7530", "NoCveData"),
        ("i-06b1c9e4d7f8a2350", "NoCveData"),
        ("i-0cd4f6b2a8e1957c3", "NoCveData"),
        ("mi-07c2e5a8f1d4b6930", "Stale"),
        ("i-0dead00000000beef", "NoData"),
        ("i-0b7e2d9150c4f8a36", "UnapprovedUpdates"),
        ("i-0e6b4f20a9d7c1385", "PendingReboot"),
        ("i-05a1f9d3c7b6e8240", "PatchesWithoutCves"),
    ] {
        assert_eq!(why.get(id), Some(&code), "{id}");
    }
    assert!(!why.contains_key("i-123") && !why.contains_key("i-456"));
    let counted = 2 + why.len() as u64 + exposure["NotSeen"].as_u64().unwrap();
    assert_eq!(document["Summary"]["Nodes"], counted, "each node once");
    // A scan of any age, where that was asked for.
    let any = run(&mut demo(&[
        "patches",
        "mi-07c2e5a8f1d4b6930",
        "--cve",
        OPEN,
        "--max-age",
        "none",
        "-o",
        "json",
    ]))
    .json();
    assert_eq!(
        any["Exposure"][0]["NotJudged"][0]["Code"],
        "PatchesWithoutCves"
    );
}

#[test]
fn the_exposure_stands_below_the_table_and_on_stderr_for_rows_alone() {
    let nodes = [
        "i-123",
        "i-456",
        "i-03f7b2d8c6a4e1950",
        "mi-07c2e5a8f1d4b6930",
        "i-0dead00000000beef",
    ];
    let args = [&["patches", "--cve", OPEN, "--cve", UNLISTED], &nodes[..]].concat();
    let table = run(&mut demo(&args));
    insta::assert_snapshot!("exposure_table", table.out);
    for format in ["csv", "ndjson"] {
        let ran = run(demo(&args).args(["-o", format]));
        assert!(!ran.out.contains("judged"), "{}", ran.out);
        for line in [
            "CVE-2026-57026: 1 node lacks its fix: i-123; 3 cannot be judged, 1 not seen to lack it",
            "CVE-1999-0001: no node is seen to lack its fix; 4 cannot be judged, 1 not seen to lack it",
            "a CVE can be seen open, never proven closed",
        ] {
            assert!(ran.err.contains(line), "{}", ran.err);
        }
        let quiet = run(demo(&args).args(["-o", format, "-q"]));
        assert!(
            quiet
                .err
                .contains("CVE-1999-0001: no node is seen to lack its fix; 4 cannot be judged"),
            "{}",
            quiet.err
        );
    }
    let pivoted = run(demo(&args).args(["--by", "node"]));
    assert!(
        pivoted.out.contains("CVE-1999-0001: no node is seen"),
        "{}",
        pivoted.out
    );
    let without =
        run(demo(&["patches", "i-123", "-o", "json"]).args(["--state", "Missing"])).json();
    assert_eq!(without.get("Exposure"), None);
}

#[test]
fn other_filters_narrow_the_rows_and_never_what_is_said_of_a_cve() {
    let whole = run(&mut demo(&[
        "patches", "--all", "--cve", OPEN, "-o", "json",
    ]))
    .json();
    for more in [
        &["--kb", "KB1"][..],
        &["--state", "Installed"],
        &["--severity", "low"],
        &["--min-severity", "critical"],
        &["--non-compliant"],
        &["--no-prefetch"],
        &["--by", "cve"],
    ] {
        let document =
            run(demo(&["patches", "--all", "--cve", OPEN, "-o", "json"]).args(more)).json();
        assert_eq!(document["Exposure"], whole["Exposure"], "{more:?}");
        if document.get("Patches").is_some() && !more[0].starts_with("--no") {
            assert_eq!(document["Patches"], json!([]), "{more:?}");
        }
    }
    // Of the views, only the CVE asked for is one.
    let document = by("cve", "json", &["--all", "--cve", OPEN]).json();
    let cves: Vec<&Value> = groups(&document)
        .iter()
        .map(|group| &group["CVEId"])
        .collect();
    assert_eq!(cves, [&json!(OPEN)]);
}

#[test]
fn a_node_whose_patches_are_denied_is_unread_in_counts_and_cannot_be_judged() {
    let service = ScriptedService::start(|asked| {
        match asked.operation.as_str() {
        "DescribeInstanceInformation" => (
            200,
            json!({"InstanceInformationList": asked.body["Filters"][0]["Values"].as_array().unwrap().iter().map(|id| json!({"InstanceId": id, "PlatformType": "Windows", "PlatformName": "Microsoft Windows Server 2022"})).collect::<Vec<_>>()}).to_string(),
        ),
        "DescribeInstancePatches" if asked.body["InstanceId"] == "i-00000002" => {
            error_reply(400, "AccessDeniedException", "not this one")
        }
        _ => doubled(asked),
    }
    });
    let args = [
        "patches",
        "i-00000001",
        "i-00000002",
        "--cve",
        "CVE-2026-1000",
        "--by",
        "kb",
        "--max-age",
        "none",
        "-o",
        "json",
    ];
    let ran = run(&mut live(&service.url, &args));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let document = ran.json();
    assert_eq!(groups(&document)[0]["InstanceIds"], json!(["i-00000001"]));
    assert_eq!(groups(&document)[0]["NodesRead"], 1);
    assert_eq!(document["Unread"][0]["InstanceId"], "i-00000002");
    let exposure = &document["Exposure"][0];
    assert_eq!(ids(&exposure["Open"]), ["i-00000001"]);
    assert_eq!(ids(&exposure["NotJudged"]), ["i-00000002"]);
    assert_eq!(exposure["NotJudged"][0]["Code"], "Unread");
    assert_eq!(exposure["NotSeen"], 0);
}

#[test]
fn without_platforms_and_with_a_region_down_nothing_is_taken_for_judged() {
    let served = DemoServer::start(&[
        "--nodes",
        "6",
        "--patches",
        "30",
        "--deny",
        "ssm:DescribeInstanceInformation",
    ]);
    let args = ["patches", "-", "--cve", UNLISTED, "-o", "json"];
    let document = run(live(&served.url, &args).write_stdin(served.node_list())).json();
    let exposure = &document["Exposure"][0];
    assert_eq!(exposure["NotSeen"], 0, "{exposure}");
    for one in exposure["NotJudged"].as_array().unwrap() {
        assert!(
            one["Code"] == "UnknownPlatform" || one["Code"] == "Stale",
            "{one}"
        );
    }
    let served = DemoServer::with_failing_region();
    let args = [
        "patches",
        "--all",
        "--region",
        "eu-west-1,us-east-1",
        "--cve",
        UNLISTED,
        "--by",
        "cve",
        "-o",
        "json",
    ];
    let ran = run(&mut live(&served.url, &args));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let document = ran.json();
    let place = document["Exposure"][0]["NotJudged"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["InstanceId"].is_null());
    assert_eq!(place.unwrap()["Region"], "us-east-1");
}

#[test]
fn the_least_policy_of_a_cve_or_of_counts_asks_for_platforms() {
    let policy = |args: &[&str]| {
        run(patchctl()
            .args(["iam-policy", "patches", "i-123"])
            .args(args))
        .out
    };
    assert!(policy(&["--cve", OPEN]).contains("ssm:DescribeInstanceInformation"));
    // Who could lack a patch depends on the operating system.
    assert!(policy(&["--by", "kb"]).contains("ssm:DescribeInstanceInformation"));
    assert!(!policy(&["--state", "Missing"]).contains("ssm:DescribeInstanceInformation"));
    assert!(policy(&["--by", "node", "-o", "wide"]).contains("ec2:DescribeInstances"));
}

#[test]
fn the_help_of_patches_says_what_the_age_of_a_scan_is_for_there() {
    for (command, start) in [
        ("patches", "With --cve: greatest age"),
        ("states", "Greatest age"),
    ] {
        let ran = run(patchctl().args([command, "--help"]));
        let words: Vec<&str> = ran.out.split_whitespace().collect();
        let expected = format!("--max-age <AGE> {start}");
        assert!(words.join(" ").contains(&expected), "{}", ran.out);
    }
}

#[test]
fn a_node_on_which_an_update_is_available_and_not_approved_lacks_it_out_of_its_operating_system() {
    let ran = by("kb", "json", &["--all", "--kb", "5094122"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let [group] = &groups(&document)[..] else {
        panic!("{}", ran.out)
    };
    assert_eq!(
        (&group["NodesLacking"], &group["NodesRead"]),
        (&json!(2), &json!(4))
    );
    assert_eq!(
        (
            &group["NodesMissing"],
            &group["NodesAvailableSecurityUpdate"]
        ),
        (&json!(1), &json!(1))
    );
    // The states that were typed are the only ones that count.
    let ran = by(
        "kb",
        "json",
        &["--all", "--kb", "5094122", "--non-compliant"],
    );
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(groups(&document)[0]["NodesLacking"], 1);
}

#[test]
fn patches_are_grouped_by_one_key_and_say_so() {
    let ran = by("kb,node", "json", &["--all"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("patches are grouped by one of kb, cve, node, severity"),
        "{}",
        ran.err
    );
}
