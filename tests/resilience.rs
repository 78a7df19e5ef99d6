//! Sweeps through faults of the network and the service: they end complete.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use serde_json::Value;

use crate::support::{
    DEMO_NOW, DemoServer, ScriptedService, clean_state, default_reply, error_reply, live, run,
    states_reply,
};

/// Every node, every row, exit 0, against a server that injects faults.
fn ends_complete(faults: &[&str], nodes: &str) {
    // Two servers with the same time: otherwise ages would depend on their
    // start.
    let fleet = [&DEMO_NOW[..], &["--nodes", nodes, "--patches", "70"]].concat();
    let calm = DemoServer::start(&fleet);
    let ids = calm.node_list();
    let expected = run(live(&calm.url, &["patches", "-", "-o", "csv"]).write_stdin(ids.clone()));
    let rough = DemoServer::start(&[&fleet[..], faults].concat());
    let ran = run(live(&rough.url, &["patches", "-", "-o", "csv", "-v"]).write_stdin(ids));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out == expected.out, "the rows differ");
    let patches = ran
        .err
        .lines()
        .find(|line| line.contains("DescribeInstancePatches:"));
    assert!(
        patches.is_some_and(|line| !line.contains(", 0 retries")),
        "nothing was retried: {}",
        ran.err
    );
}

#[test]
fn a_server_error_on_every_fifth_call_is_retried() {
    ends_complete(&["--fault-every", "5"], "40");
}

#[test]
fn a_reset_on_every_seventh_call_is_retried() {
    ends_complete(&["--reset-every", "7"], "40");
}

#[test]
fn throttled_calls_are_retried() {
    ends_complete(&["--rate", "60", "--burst", "5"], "40");
}

#[test]
fn a_throttled_attempt_does_not_count_towards_the_attempts_of_a_call() {
    for (status, code) in [
        (400, "ThrottlingException"),
        (400, "RequestLimitExceeded"),
        (503, "SlowDown"),
        (429, ""),
    ] {
        let asked_before = AtomicBool::new(false);
        let service = ScriptedService::start(move |request| {
            if asked_before.swap(true, Relaxed) {
                states_reply(
                    &request
                        .ids()
                        .iter()
                        .map(|id| clean_state(id))
                        .collect::<Vec<_>>(),
                )
            } else if code.is_empty() {
                (status, "<html>too many</html>".to_owned())
            } else {
                error_reply(status, code, "Rate exceeded")
            }
        });
        let ran =
            run(live(&service.url, &["states", "i-00000001", "-v"]).env("AWS_MAX_ATTEMPTS", "1"));
        assert_eq!(ran.code, 0, "{status} {code}: {}", ran.err);
        assert!(ran.err.contains("1 call, 1 retry"), "{}", ran.err);
    }
}

#[test]
fn a_limit_is_found_with_few_throttled_calls_at_any_concurrency() {
    let served = DemoServer::start(&[
        "--nodes",
        "150",
        "--patches",
        "10",
        "--rate",
        "50",
        "--burst",
        "10",
    ]);
    let ids = served.node_list();
    let args = ["patches", "-", "--no-prefetch", "--concurrency", "128"];
    let ran = run(live(&served.url, &args).write_stdin(ids));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let tries = served.call_count("DescribeInstancePatches");
    // 128 at once would be throttled 118 times before the first throttled
    // response.
    assert!(tries < 150 + 40, "{tries} tries");
}

#[test]
fn a_node_that_fails_after_every_retry_is_unread_and_the_rest_is_printed() {
    let service = ScriptedService::start(|request| {
        if request.body["InstanceId"] == "i-00000002" {
            return error_reply(500, "InternalServerError", "");
        }
        default_reply(request)
    });
    let ran = run(live(
        &service.url,
        &[
            "patches",
            "i-00000001",
            "i-00000002",
            "i-00000003",
            "-o",
            "json",
        ],
    )
    .env("AWS_MAX_ATTEMPTS", "3"));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    assert_eq!(document["Unread"][0]["InstanceId"], "i-00000002");
    assert_eq!(document["Unread"][0]["Code"], "InternalServerError");
    let read: Vec<&Value> = document["Patches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["InstanceId"])
        .collect();
    assert_eq!(read, ["i-00000001", "i-00000003"]);
    let tries = service
        .requests()
        .iter()
        .filter(|request| request.body["InstanceId"] == "i-00000002")
        .count();
    assert_eq!(tries, 3);
}

#[test]
fn an_unreachable_endpoint_is_reported_with_a_remedy() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = run(live(&url, &["states", "i-00000001", "-o", "json"]).env("AWS_MAX_ATTEMPTS", "1"));
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["Unread"][0]["Code"], "Unreachable");
    assert!(
        ran.err.contains("check --region, --endpoint-url"),
        "{}",
        ran.err
    );
}

#[test]
fn rows_have_the_same_order_at_any_concurrency() {
    let served = DemoServer::start(&["--nodes", "60", "--patches", "120", "--latency", "2"]);
    let ids = served.node_list();
    let sweep = |concurrency: &str| {
        run(live(
            &served.url,
            &["patches", "-", "-o", "csv", "--concurrency", concurrency],
        )
        .write_stdin(ids.clone()))
        .out
    };
    let one = sweep("1");
    assert_eq!(one.lines().count(), 60 * 120 + 1);
    assert!(sweep("4") == one && sweep("64") == one, "the order differs");
}

#[test]
fn an_unreachable_endpoint_is_detected_once_and_not_for_every_node() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ids: Vec<String> = (0..400).map(|n| format!("i-{n:08x}")).collect();
    let ran = run(live(
        &url,
        &["patches", "-", "-o", "json", "-v", "--concurrency", "1"],
    )
    .env("AWS_MAX_ATTEMPTS", "2")
    .write_stdin(ids.join(" ")));
    assert_eq!(ran.code, 2);
    assert_eq!(ran.json()["Summary"]["Unread"], 400);
    assert!(
        ran.err
            .contains("ssm:DescribeInstancePatchStates: 1 call, 1 retry"),
        "{}",
        ran.err
    );
    assert!(
        !ran.err.contains("ssm:DescribeInstancePatches:"),
        "{}",
        ran.err
    );
}

#[test]
fn a_node_whose_responses_always_break_off_does_not_affect_others() {
    let service = ScriptedService::start(|request| {
        if request.body["InstanceId"] == "i-00000002" {
            return (0, String::new());
        }
        default_reply(request)
    });
    let ids = ["i-00000001", "i-00000002", "i-00000003", "i-00000004"];
    let ran = run(live(
        &service.url,
        &["patches", "-o", "json", "--concurrency", "1"],
    )
    .args(ids)
    .env("AWS_MAX_ATTEMPTS", "2"));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    assert_eq!(document["Summary"]["Answered"], 3, "{}", ran.err);
    assert_eq!(document["Unread"][0]["InstanceId"], "i-00000002");
}
