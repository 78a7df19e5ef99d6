//! `patchctl states`: every node asked for has a row, and a verdict one can trust.

use serde_json::{Value, json};

use crate::support::{
    DemoServer, ScriptedService, clean_state, demo, error_reply, live, run, states_reply,
};

fn rows(document: &Value) -> Vec<(String, String)> {
    document["InstancePatchStates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            (text("InstanceId"), text("Verdict"))
        })
        .collect()
}

#[test]
fn every_node_asked_for_has_a_row_in_the_order_asked_whatever_became_of_it() {
    let ran = run(&mut demo(&[
        "states",
        "i-456",
        "i-bogus",
        "i-0dead00000000beef",
        "i-123",
        "i-456",
        "i-0123456789abcdef0",
        "-o",
        "json",
    ]));
    let expected = [
        ("i-456", "COMPLIANT"),
        ("i-bogus", "UNREAD"),
        ("i-0dead00000000beef", "NO_DATA"),
        ("i-123", "NON_COMPLIANT"),
        ("i-0123456789abcdef0", "NO_DATA"),
    ]
    .map(|(id, verdict)| (id.to_owned(), verdict.to_owned()));
    let document = ran.json();
    assert_eq!(rows(&document), expected);
    assert_eq!(ran.code, 3);
    assert_eq!(document["Unread"][0]["InstanceId"], "i-bogus");
    assert_eq!(document["Unread"][0]["Code"], "ValidationException");
    assert_eq!(
        document["NoData"],
        json!(["i-0dead00000000beef", "i-0123456789abcdef0"])
    );
    let summary = &document["Summary"];
    assert_eq!(summary["Nodes"], 5);
    assert_eq!(summary["Answered"], 2);
    assert_eq!(summary["NoData"], 2);
    assert_eq!(summary["Unread"], 1);
    assert!(
        ran.err
            .starts_with("patchctl: unread: i-bogus: not a node id: ValidationException: "),
        "{}",
        ran.err
    );
}

#[test]
fn ids_are_read_from_stdin_with_remarks_commas_and_repetitions() {
    let ran = run(demo(&[
        "states",
        "i-456",
        "-",
        "-o",
        "csv",
        "--columns",
        "InstanceId",
    ])
    .write_stdin("# mine\ni-123, i-456\n\n  i-1f7c3a9b # old\r\n"));
    assert_eq!(ran.out, "InstanceId\r\ni-456\r\ni-123\r\ni-1f7c3a9b\r\n");
    assert_eq!(ran.code, 0);
}

#[test]
fn ids_that_cannot_be_right_reach_the_service_and_its_answer_is_told_id_by_id() {
    let served = DemoServer::start(&["--nodes", "3"]);
    let ran = run(&mut live(&served.url, &["states", "i-123", "i-456"]));
    assert_eq!(ran.code, 2, "nothing at all could be read");
    for id in ["i-123", "i-456"] {
        assert!(ran.out.contains(id), "{}", ran.out);
        assert!(
            ran.err
                .contains(&format!("unread: {id}: not a node id: ValidationException")),
            "{}",
            ran.err
        );
    }
    assert_eq!(served.call_count("DescribeInstancePatchStates"), 2);
}

#[test]
fn nodes_are_asked_for_in_batches_of_fifty_and_pages_of_fifty() {
    let service = ScriptedService::start(|asked| {
        let records: Vec<Value> = asked.ids().iter().map(|id| clean_state(id)).collect();
        states_reply(&records)
    });
    let ids: Vec<String> = (0..120).map(|n| format!("i-{n:017x}")).collect();
    let ran = run(live(&service.url, &["states", "-", "-o", "ndjson"]).write_stdin(ids.join(" ")));
    assert_eq!(ran.code, 0);
    assert_eq!(ran.out.lines().count(), 120);
    let mut sizes: Vec<usize> = service
        .requests()
        .iter()
        .map(|asked| asked.ids().len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [20, 50, 50]);
    assert!(
        service
            .requests()
            .iter()
            .all(|asked| asked.body["MaxResults"] == 50)
    );
}

#[test]
fn pages_are_followed_by_their_token_alone_through_short_and_empty_ones() {
    let ids = ["i-00000001", "i-00000002", "i-00000003"];
    let service = ScriptedService::start(move |asked| {
        let (records, next) = match asked.token() {
            None => (vec![clean_state(ids[0])], "one"),
            Some("one") => (vec![], "two"),
            Some("two") => (vec![clean_state(ids[2])], "three"),
            _ => (vec![clean_state(ids[1])], ""),
        };
        (
            200,
            json!({"InstancePatchStates": records, "NextToken": next}).to_string(),
        )
    });
    let ran = run(live(&service.url, &["states", "-o", "json"]).args(ids));
    assert_eq!(ran.code, 0);
    assert_eq!(
        rows(&ran.json()),
        ids.map(|id| (id.to_owned(), "COMPLIANT".to_owned()))
    );
    assert_eq!(service.requests().len(), 4);
}

#[test]
fn a_token_that_comes_twice_is_an_error_and_no_endless_loop() {
    let service = ScriptedService::start(|_| {
        (
            200,
            json!({"InstancePatchStates": [clean_state("i-00000001")], "NextToken": "again"})
                .to_string(),
        )
    });
    let args = ["states", "i-00000001", "i-00000002", "-o", "json"];
    let ran = run(&mut live(&service.url, &args));
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["Unread"][0]["Code"], "RepeatedToken");
    // Two calls for both nodes; the second token ends it, for the one still open.
    assert_eq!(service.requests().len(), 2);
}

#[test]
fn one_refused_node_costs_no_other_row() {
    let service = ScriptedService::start(|asked| {
        if asked.ids().iter().any(|id| id == "i-0000000d") {
            return error_reply(400, "InvalidInstanceId", "");
        }
        let records: Vec<Value> = asked.ids().iter().map(|id| clean_state(id)).collect();
        states_reply(&records)
    });
    let ids: Vec<String> = (0..30).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(live(&service.url, &["states", "-o", "json"]).args(&ids));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    let unread: Vec<String> = rows(&document)
        .into_iter()
        .filter(|(_, verdict)| verdict != "COMPLIANT")
        .map(|(id, _)| id)
        .collect();
    assert_eq!(unread, ["i-0000000d"]);
    assert!(
        service.requests().len() <= 11,
        "halving finds one in thirty: {}",
        service.requests().len()
    );
}

#[test]
fn a_policy_that_denies_some_nodes_costs_only_those() {
    let service = ScriptedService::start(|asked| {
        if asked.ids().iter().any(|id| id.ends_with('7')) {
            return error_reply(400, "AccessDeniedException", "User is not authorized");
        }
        let records: Vec<Value> = asked.ids().iter().map(|id| clean_state(id)).collect();
        states_reply(&records)
    });
    let ids: Vec<String> = (0..16).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(live(&service.url, &["states", "-o", "json"]).args(&ids));
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["Summary"]["Unread"], 1);
    assert!(
        ran.err
            .contains("allow ssm:DescribeInstancePatchStates in the caller's IAM policy"),
        "{}",
        ran.err
    );
}

#[test]
fn an_action_that_is_denied_altogether_is_told_once_for_all_nodes() {
    let service = ScriptedService::start(|_| error_reply(400, "AccessDeniedException", "no"));
    let ids: Vec<String> = (0..120).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(live(
        &service.url,
        &["states", "-", "-o", "json", "--concurrency", "1"],
    )
    .write_stdin(ids.join("\n")));
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["Summary"]["Unread"], 120);
    assert!(
        ran.err.contains("and 100 more: AccessDeniedException"),
        "{}",
        ran.err
    );
}

#[test]
fn expired_credentials_are_fetched_anew_once_and_then_told_once() {
    let service = ScriptedService::start(|_| {
        error_reply(
            400,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )
    });
    let ids: Vec<String> = (0..120).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(
        live(&service.url, &["states", "-", "-q", "--concurrency", "1"])
            .write_stdin(ids.join("\n")),
    );
    assert_eq!(ran.code, 2);
    assert_eq!(service.requests().len(), 2, "one call, and once more");
    assert!(
        ran.err
            .contains("the session has expired: set AWS_ACCESS_KEY_ID")
            && ran.err.contains("in eu-west-1"),
        "{}",
        ran.err
    );
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn counters_that_are_absent_are_unknown_and_never_make_a_node_compliant() {
    let mut old = clean_state("i-00000001");
    old.as_object_mut()
        .unwrap()
        .remove("InstalledPendingRebootCount");
    old.as_object_mut().unwrap().remove("InstalledCount");
    old["UnreportedNotApplicableCount"] = json!(-1);
    old["OperationEndTime"] = json!(-62_135_596_800.0);
    let service = ScriptedService::start(move |_| states_reply(std::slice::from_ref(&old)));
    let ran = run(&mut live(
        &service.url,
        &["states", "i-00000001", "-o", "json"],
    ));
    let row = &ran.json()["InstancePatchStates"][0];
    assert_eq!(row["Verdict"], "NO_DATA");
    assert_eq!(row["Reasons"], "pending reboot not reported");
    for name in [
        "InstalledCount",
        "InstalledPendingRebootCount",
        "UnreportedNotApplicableCount",
        "OperationEndTime",
    ] {
        assert_eq!(row[name], Value::Null, "{name}");
    }
    assert_eq!(row["MissingCount"], 0);
    // Where no end was told, the start tells the age.
    assert_eq!(row["LastScan"], row["OperationStartTime"]);
    assert_eq!(row["Age"], 0);
}

#[test]
fn an_answer_that_is_not_json_is_tried_again_and_then_named() {
    let service = ScriptedService::start(|_| (200, "<html>a proxy was here</html>".to_owned()));
    let ran =
        run(live(&service.url, &["states", "i-00000001", "-o", "json"])
            .env("AWS_MAX_ATTEMPTS", "2"));
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["Unread"][0]["Code"], "Unreadable");
    assert_eq!(service.requests().len(), 2);
}

#[test]
fn a_policy_that_denies_most_nodes_costs_the_others_nothing_however_many_ask_at_once() {
    let service = ScriptedService::start(|asked| {
        if asked.ids().iter().any(|id| !id.ends_with("ff")) {
            return error_reply(400, "AccessDeniedException", "no");
        }
        let records: Vec<Value> = asked.ids().iter().map(|id| clean_state(id)).collect();
        states_reply(&records)
    });
    let ids: Vec<String> = (0..256).map(|n| format!("i-{n:08x}")).collect();
    let mut outputs = Vec::new();
    for concurrency in ["1", "16"] {
        let mut command = live(
            &service.url,
            &["states", "-", "-o", "json", "--concurrency", concurrency],
        );
        let ran = run(command.write_stdin(ids.join("\n")));
        assert_eq!(ran.code, 3);
        assert_eq!(ran.json()["Summary"]["Compliant"], 1);
        outputs.push(ran.out);
    }
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn records_read_before_a_later_page_failed_are_kept() {
    let service = ScriptedService::start(|asked| match asked.token() {
        None => (
            200,
            json!({"InstancePatchStates": [clean_state("i-00000001")], "NextToken": "2"})
                .to_string(),
        ),
        Some(_) => error_reply(400, "InvalidNextToken", "gone"),
    });
    let ran = run(&mut live(
        &service.url,
        &["states", "i-00000001", "i-00000002", "-o", "json"],
    ));
    assert_eq!(ran.code, 3);
    let expected = [("i-00000001", "COMPLIANT"), ("i-00000002", "UNREAD")];
    assert_eq!(
        rows(&ran.json()),
        expected.map(|(id, verdict)| (id.to_owned(), verdict.to_owned()))
    );
}

#[test]
fn tokens_that_go_round_in_circles_end() {
    let service = ScriptedService::start(|asked| {
        let next = if asked.token() == Some("a") { "b" } else { "a" };
        (
            200,
            json!({"InstancePatchStates": [], "Patches": [], "NextToken": next}).to_string(),
        )
    });
    for command in ["states", "patches"] {
        let ran = run(&mut live(
            &service.url,
            &[command, "i-00000001", "-o", "json"],
        ));
        assert_eq!(
            ran.json()["Unread"][0]["Code"],
            "RepeatedToken",
            "{command}"
        );
        assert_eq!(ran.code, 2);
    }
}

#[test]
fn a_node_with_two_different_records_is_unread_whichever_is_later_or_worse() {
    let mut later = clean_state("i-00000001");
    later["MissingCount"] = json!(9);
    later["OperationEndTime"] = json!(later["OperationEndTime"].as_i64().unwrap() + 60);
    for order in [
        [clean_state("i-00000001"), later.clone()],
        [later.clone(), clean_state("i-00000001")],
    ] {
        let service = ScriptedService::start(move |_| states_reply(&order));
        let ran = run(&mut live(
            &service.url,
            &["states", "i-00000001", "-o", "json"],
        ));
        assert_eq!(ran.code, 2);
        let document = ran.json();
        assert_eq!(document["InstancePatchStates"][0]["Verdict"], "UNREAD");
        let unread = &document["Unread"][0];
        assert_eq!(unread["Code"], "Contradiction");
        let why = unread["Cause"].as_str().unwrap();
        assert!(
            why.starts_with("the service gave two different records"),
            "{why}"
        );
    }
}

#[test]
fn two_records_that_are_alike_are_one_and_one_that_changed_between_pages_is_asked_for_again() {
    let service = ScriptedService::start(|_| {
        states_reply(&[clean_state("i-00000001"), clean_state("i-00000001")])
    });
    let ran = run(&mut live(
        &service.url,
        &["states", "i-00000001", "-o", "json"],
    ));
    assert_eq!(ran.json()["InstancePatchStates"][0]["Verdict"], "COMPLIANT");
    assert_eq!((ran.code, service.requests().len()), (0, 1));

    // A scan that ends between two pages.
    let service = ScriptedService::start(|asked| {
        let mut later = clean_state("i-00000001");
        later["MissingCount"] = json!(9);
        if asked.ids().len() == 1 {
            return states_reply(&[later]);
        }
        let (record, next) = match asked.token() {
            None => (json!([clean_state("i-00000001")]), json!("2")),
            Some(_) => (json!([later, clean_state("i-00000002")]), json!("")),
        };
        let page = json!({"InstancePatchStates": record, "NextToken": next});
        (200, page.to_string())
    });
    let nodes = ["states", "i-00000001", "i-00000002", "-o", "json"];
    let ran = run(&mut live(&service.url, &nodes));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = ran.json()["InstancePatchStates"].clone();
    assert_eq!(rows[0]["Reasons"], "9 missing");
    assert_eq!(rows[1]["Verdict"], "COMPLIANT");
    assert_eq!(service.requests().len(), 3);
}

#[test]
fn each_baseline_is_read_once_in_a_region_however_many_nodes_have_it() {
    let generated = ["--nodes", "500", "--patches", "20"];
    for (fleet, baselines) in [(&[][..], 5), (&generated, 3)] {
        let served = DemoServer::start(fleet);
        let ran = run(&mut live(&served.url, &["states", "--all", "-o", "csv"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert_eq!(
            served.call_count("GetPatchBaseline"),
            baselines,
            "{fleet:?}"
        );
        assert_eq!(served.call_count("DescribePatchBaselines"), 1, "{fleet:?}");
    }
    // Nothing hangs on a baseline where no security update waits, or no verdict is asked for.
    let served = DemoServer::start(&[]);
    for args in [
        &["states", "i-0f82c7d3b61e4a950", "i-456"][..],
        &["patches", "i-123", "i-456"],
        &["patches", "i-123", "i-456", "--estimate"],
    ] {
        assert_eq!(run(&mut live(&served.url, args)).code, 0);
        assert_eq!(served.call_count("DescribePatchBaselines"), 0, "{args:?}");
    }
}
