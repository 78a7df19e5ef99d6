//! `patchctl patches`: the rows that were asked for, from as few calls as they need.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{
    DemoServer, RecordedRequest, ScriptedService, clean_state, demo, error_reply, live, run,
    states_reply,
};

fn kbs(document: &Value) -> Vec<&str> {
    let rows = document["Patches"].as_array().unwrap();
    rows.iter()
        .map(|row| row["KBId"].as_str().unwrap())
        .collect()
}

fn with_missing(id: &str, missing: u64) -> Value {
    let mut record = clean_state(id);
    record["MissingCount"] = json!(missing);
    record
}

/// A service of nodes that each have one missing patch and one installed one.
fn two_each(asked: &RecordedRequest) -> (u16, String) {
    if asked.operation == "DescribeInstancePatchStates" {
        let records: Vec<Value> = asked.ids().iter().map(|id| with_missing(id, 1)).collect();
        return states_reply(&records);
    }
    let rows = [("KB1", "Missing"), ("KB2", "Installed")];
    let wanted = asked.body["Filters"]
        .as_array()
        .map(|filters| filters[0]["Values"].clone());
    let rows: Vec<Value> = rows
        .iter()
        .filter(|(_, state)| {
            wanted.as_ref().is_none_or(|wanted| wanted.as_array().unwrap().contains(&json!(state)))
        })
        .map(|(kb, state)| json!({"Title": "t", "KBId": kb, "Classification": "Security", "Severity": "Low", "State": state, "InstalledTime": 0.0}))
        .collect();
    (200, json!({"Patches": rows}).to_string())
}

#[test]
fn a_filter_shows_the_rows_that_pass_and_no_others() {
    let ran = run(&mut demo(&[
        "patches",
        "i-123",
        "--state",
        "missing",
        "--severity",
        "critical,important",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 0);
    let document = ran.json();
    assert_eq!(kbs(&document), ["KB5088215", "KB5092964"]);
    for row in document["Patches"].as_array().unwrap() {
        assert_eq!(row["InstanceId"], "i-123");
        assert_eq!(row["State"], "Missing");
        assert_eq!(row["InstalledTime"], Value::Null);
    }
    assert_eq!(
        document["Patches"][1]["CVEIds"],
        json!(["CVE-2026-57020", "CVE-2026-57026"])
    );
    assert_eq!(
        document["Summary"]["Hidden"], 4,
        "the other four that are missing"
    );
}

#[test]
fn kb_and_cve_are_found_in_any_spelling() {
    for (flag, value) in [
        ("--kb", "kb5092964"),
        ("--kb", "5092964"),
        ("--cve", "cve_2026_57026"),
    ] {
        let ran = run(&mut demo(&[
            "patches", "i-123", "i-456", flag, value, "-o", "json",
        ]));
        assert_eq!(kbs(&ran.json()), ["KB5092964"], "{flag} {value}");
    }
    let ran = run(&mut demo(&[
        "patches",
        "i-456",
        "--kb",
        "OPENSSL.x86-64",
        "-o",
        "json",
    ]));
    assert_eq!(kbs(&ran.json()), ["openssl.x86_64"]);
}

#[test]
fn the_service_is_asked_for_states_in_camel_case_and_for_kb_numbers() {
    let service = ScriptedService::start(two_each);
    let args = [
        "patches",
        "i-00000001",
        "--state",
        "missing,INSTALLED_OTHER",
        "--kb",
        "kb1",
        "-o",
        "json",
    ];
    let ran = run(&mut live(&service.url, &args));
    assert_eq!(kbs(&ran.json()), ["KB1"]);
    assert_eq!(
        service.requests()[0].body["Filters"],
        json!([{"Key": "State", "Values": ["InstalledOther", "Missing"]}, {"Key": "KBId", "Values": ["KB1"]}])
    );
}

#[test]
fn what_the_service_sends_is_filtered_again() {
    // This one ignores every filter, as a service is free to.
    let service = ScriptedService::start(|asked| {
        let mut deaf = asked.clone();
        deaf.body.as_object_mut().unwrap().remove("Filters");
        two_each(&deaf)
    });
    let ran = run(&mut live(
        &service.url,
        &["patches", "i-00000001", "--state", "Missing", "-o", "json"],
    ));
    assert_eq!(kbs(&ran.json()), ["KB1"]);
    assert_eq!(ran.json()["Summary"]["Hidden"], 1);
}

#[test]
fn only_nodes_whose_counters_allow_a_match_are_drilled_into() {
    let served = DemoServer::start(&["--nodes", "100", "--patches", "60", "--missing-one-in", "5"]);
    let ran = run(live(
        &served.url,
        &["patches", "-", "--state", "Missing", "-o", "ndjson"],
    )
    .write_stdin(served.node_list()));
    assert_eq!(ran.code, 0);
    let nodes: BTreeSet<String> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["InstanceId"].to_string())
        .collect();
    assert_eq!(served.call_count("DescribeInstancePatchStates"), 2);
    assert_eq!(
        served.call_count("DescribeInstancePatches"),
        nodes.len() as u64
    );
    assert!((1..40).contains(&nodes.len()), "{}", nodes.len());
}

#[test]
fn the_counters_of_a_single_node_are_read_once_and_only_where_they_can_be_compared() {
    let operations = |args: &[&str]| {
        let service = ScriptedService::start(|asked| {
            if asked.body["Filters"].is_null() {
                return two_each(asked);
            }
            (
                200,
                json!({"Patches": [{"KBId": "KB1", "State": "Missing"}]}).to_string(),
            )
        });
        let ran = run(live(&service.url, &["patches", "i-00000001"]).args(args));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let mut asked: Vec<String> = service
            .requests()
            .into_iter()
            .map(|a| a.operation)
            .collect();
        asked.sort_unstable();
        asked
    };
    let both = ["DescribeInstancePatchStates", "DescribeInstancePatches"];
    assert_eq!(operations(&[]), both);
    assert_eq!(operations(&["--no-prefetch"]), both);
    // What the service filters by KB number, no counter counts.
    assert_eq!(operations(&["--kb", "KB1"]), both[1..]);
}

#[test]
fn counters_are_read_fifty_nodes_a_call_also_where_no_call_hangs_on_them() {
    let service = ScriptedService::start(two_each);
    let ids: Vec<String> = (0..120).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(live(
        &service.url,
        &["patches", "-", "--no-prefetch", "-o", "csv"],
    )
    .write_stdin(ids.join("\n")));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = service.requests();
    let of = |operation: &str| asked.iter().filter(|a| a.operation == operation).count();
    assert_eq!(of("DescribeInstancePatches"), 120);
    assert_eq!(of("DescribeInstancePatchStates"), 3);
}

#[test]
fn a_node_without_rows_is_clean_only_if_the_service_knows_it() {
    let service = ScriptedService::start(|asked| match asked.operation.as_str() {
        "DescribeInstancePatchStates" => {
            let known = asked.ids().into_iter().filter(|id| id != "i-00000002");
            states_reply(&known.map(|id| clean_state(&id)).collect::<Vec<_>>())
        }
        _ => (200, r#"{"Patches":[]}"#.to_owned()),
    });
    for id in ["i-00000001", "i-00000002"] {
        let ran = run(&mut live(
            &service.url,
            &["patches", id, "--state", "Missing", "-o", "json"],
        ));
        let expected = if id == "i-00000001" {
            json!([])
        } else {
            json!([id])
        };
        assert_eq!(ran.json()["NoData"], expected);
        assert_eq!(ran.code, 0);
    }
}

#[test]
fn nodes_that_could_not_be_judged_have_a_row_of_their_own_in_csv_and_ndjson() {
    let args = [
        "patches",
        "i-123",
        "i-0dead00000000beef",
        "i-bogus",
        "--kb",
        "KB5092964",
    ];
    let ran = run(demo(&args).args(["-o", "csv", "--columns", "InstanceId,KBId,Note"]));
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1], "i-123,KB5092964,");
    assert_eq!(
        lines[2],
        "i-0dead00000000beef,,\"no patch data: never scanned, not managed, or unknown here\""
    );
    assert!(
        lines[3].starts_with("i-bogus,,")
            && lines[3].contains("unread: not a node id: ValidationException"),
        "{}",
        lines[3]
    );
    assert_eq!(ran.code, 3);
    let ran = run(demo(&args).args(["-o", "ndjson"]));
    let notes: Vec<bool> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["Note"].is_string())
        .collect();
    assert_eq!(notes, [false, true, true]);
}

#[test]
fn rows_read_before_a_page_failed_are_printed_and_the_node_is_named() {
    let service = ScriptedService::start(|asked| match asked.token() {
        None => (
            200,
            json!({"Patches": [{"KBId": "KB1", "State": "Missing"}], "NextToken": "2"}).to_string(),
        ),
        Some(_) => error_reply(400, "InvalidNextToken", "gone"),
    });
    let ran = run(&mut live(
        &service.url,
        &["patches", "i-00000001", "-o", "json"],
    ));
    assert_eq!(ran.code, 3);
    assert_eq!(kbs(&ran.json()), ["KB1"]);
    assert_eq!(ran.json()["Unread"][0]["Code"], "InvalidNextToken");
}

#[test]
fn states_that_may_not_be_read_do_not_keep_patches_from_being_read() {
    let service = ScriptedService::start(|asked| {
        if asked.operation == "DescribeInstancePatchStates" {
            return error_reply(
                400,
                "AccessDeniedException",
                "states are none of your business",
            );
        }
        two_each(asked)
    });
    let ran = run(&mut live(
        &service.url,
        &[
            "patches",
            "i-00000001",
            "i-00000002",
            "--state",
            "Missing",
            "-o",
            "json",
        ],
    ));
    assert_eq!(ran.code, 0);
    assert_eq!(kbs(&ran.json()), ["KB1", "KB1"]);
}

#[test]
fn a_word_that_no_patch_has_is_told_with_those_that_were_seen() {
    let ran = run(&mut demo(&[
        "patches",
        "i-123",
        "--severity",
        "Hgih",
        "-o",
        "csv",
    ]));
    assert_eq!(ran.code, 0);
    assert!(
        ran.err.contains(
            "no patch read has --severity \"Hgih\"; seen: (empty), Critical, Important, Low"
        ),
        "{}",
        ran.err
    );
    let ran = run(&mut demo(&[
        "patches",
        "i-123",
        "--severity",
        "Hgih",
        "-o",
        "csv",
        "-q",
    ]));
    assert_eq!(ran.err, "");
}

#[test]
fn states_this_version_does_not_know_are_shown_and_told() {
    let ran = run(&mut demo(&[
        "patches",
        "i-04c1d6a8f2e7b9350",
        "i-08f9c4b6e1a7d2530",
        "-o",
        "json",
    ]));
    let document = ran.json();
    let odd: Vec<&Value> = document["Patches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["State"])
        .filter(|state| **state == "InstalledSuperseded" || state.is_null())
        .collect();
    assert_eq!(odd, [&json!("InstalledSuperseded"), &Value::Null]);
    assert!(
        ran.err.contains("(none), InstalledSuperseded"),
        "{}",
        ran.err
    );
}

fn some(words: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(words, 0..=words.len().min(2))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// The counters, the filters of the service and the filter here: whoever
    /// leaves rows out, the answer is the same to the byte.
    #[test]
    fn filtered_by_the_service_and_by_counters_is_the_same_as_read_whole_and_filtered(
        states in some(&["Missing", "Installed", "NotApplicable", "Failed", "InstalledRejected", "AvailableSecurityUpdate", "InstalledPendingReboot"]),
        severities in some(&["critical", "Low", "important"]),
        kbs in some(&["KB5092964", "openssl.x86_64", "890830"]),
        non_compliant: bool,
    ) {
        let ids = ["i-123", "i-456", "i-0c8e5a1f7d3b92460", "i-0dead00000000beef", "i-0d15e8b7c3f2946a0", "i-0c93a6f41be80d275", "i-07f3c9a5e1d8b2640"];
        let mut args = vec!["patches", "-o", "json"];
        args.extend(ids);
        let pairs = states.iter().map(|v| ("--state", v)).chain(severities.iter().map(|v| ("--severity", v))).chain(kbs.iter().map(|v| ("--kb", v)));
        for (flag, value) in pairs {
            args.extend([flag, value]);
        }
        if non_compliant && states.is_empty() {
            args.push("--non-compliant");
        }
        let usual = run(&mut demo(&args));
        args.push("--no-prefetch");
        let whole = run(&mut demo(&args));
        prop_assert_eq!(&usual.out, &whole.out);
        prop_assert_eq!(usual.code, whole.code);

        // And against every row, filtered here by the plain words.
        let all = run(demo(&["patches", "-o", "json", "-q"]).args(ids)).json();
        let same = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
        let mut wanted = states.clone();
        if non_compliant && states.is_empty() {
            wanted.extend(["Missing", "Failed", "InstalledRejected", "InstalledPendingReboot"]);
        }
        let expected: Vec<&Value> = all["Patches"].as_array().unwrap().iter().filter(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or("").to_owned();
            (wanted.is_empty() || wanted.iter().any(|word| *word == text("State")))
                && (severities.is_empty() || severities.iter().any(|word| same(word, &text("Severity"))))
                && (kbs.is_empty() || kbs.iter().any(|word| same(word, &text("KBId")) || text("KBId") == format!("KB{word}")))
        }).collect();
        let document = usual.json();
        prop_assert_eq!(document["Patches"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn counters_that_promise_rows_which_are_not_listed_are_no_clean_answer() {
    let service = ScriptedService::start(|asked| match asked.operation.as_str() {
        "DescribeInstancePatchStates" => states_reply(
            &asked
                .ids()
                .iter()
                .map(|id| with_missing(id, 5))
                .collect::<Vec<_>>(),
        ),
        _ => (200, r#"{"Patches":[]}"#.to_owned()),
    });
    for more in [&["i-00000002"][..], &[], &["i-00000002", "--no-prefetch"]] {
        let ran = run(live(
            &service.url,
            &["patches", "i-00000001", "--state", "Missing", "-o", "json"],
        )
        .args(more));
        assert_eq!(ran.json()["Unread"][0]["Code"], "Contradiction");
        assert_eq!(ran.code, 2);
    }
}

#[test]
fn numbers_of_other_systems_are_found_as_typed_and_pasted_cves_too() {
    let service = ScriptedService::start(|asked| {
        let by_kb = asked.body["Filters"].to_string().contains("KBId");
        let rows = json!([{"KBId": "041-88823", "State": "Missing", "CVEIds": "CVE-2026-57026"}]);
        let rows = if by_kb { json!([]) } else { rows };
        (
            200,
            json!({"Patches": rows, "InstancePatchStates": [with_missing("i-00000001", 1)], "InstanceInformationList": []})
                .to_string(),
        )
    });
    for (flag, value) in [
        ("--kb", "041-88823"),
        ("--cve", "CVE\u{2011}2026\u{2011}57026"),
        ("--cve", "CVE.2026.57026"),
    ] {
        let ran = run(&mut live(
            &service.url,
            &["patches", "i-00000001", flag, value, "-o", "json"],
        ));
        assert_eq!(kbs(&ran.json()), ["041-88823"], "{flag} {value}");
    }
}

#[test]
fn quiet_still_names_the_nodes_that_nothing_is_known_of() {
    let ran = run(&mut demo(&["patches", "i-0dead00000000beef", "-q"]));
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "patchctl: no patch data: i-0dead00000000beef\n");
}

#[test]
fn a_remark_on_a_node_never_looks_like_a_finding() {
    let args = [
        "patches",
        "i-123",
        "i-0dead00000000beef",
        "--kb",
        "KB5092964",
        "-o",
        "csv",
        "--columns",
        "InstanceId,KBId,State",
    ];
    let ran = run(&mut demo(&args));
    assert_eq!(
        ran.out,
        "InstanceId,KBId,State\r\ni-123,KB5092964,Missing\r\n"
    );
    assert!(
        ran.err.contains("no patch data: i-0dead00000000beef"),
        "{}",
        ran.err
    );
}
