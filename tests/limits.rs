//! Limits on endless responses, and on services that do not respond: each limit
//! reports a clear error and affects only its own node or region.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use serde_json::{Value, json};

use crate::support::{
    DemoServer, RecordedRequest, RunOutput, ScriptedService, default_reply, error_reply, json_head,
    live, patchctl, run,
};

const IDS: [&str; 4] = ["i-00000001", "i-00000002", "i-00000003", "i-00000004"];

fn send(writer: &mut TcpStream, (status, body): (u16, String)) -> Option<()> {
    let reply = format!("{}{body}", json_head(status, body.len()));
    writer.write_all(reply.as_bytes()).ok()
}

/// Reads the patches of four nodes, of which `fault` serves one. The rows of
/// the others are complete, and the cause of the unread one is reported.
fn costs_its_own_node(
    fault: impl Fn(&RecordedRequest, &mut TcpStream) -> Option<()> + Send + Sync + 'static,
    why: &str,
) -> ScriptedService {
    let service = ScriptedService::start_raw(move |request, writer| {
        if request.body["InstanceId"] == IDS[1] {
            fault(request, writer)
        } else {
            send(writer, default_reply(request))
        }
    });
    let ran = run(live(&service.url, &["patches", "-o", "json"])
        .args(IDS)
        .env("AWS_MAX_ATTEMPTS", "2"));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let document = ran.json();
    assert_eq!(document["Summary"]["Answered"], 3, "{}", ran.err);
    assert_eq!(document["Unread"][0]["InstanceId"], IDS[1]);
    let message = document["Unread"][0]["Cause"].to_string();
    assert!(message.contains(why), "{document}");
    service
}

fn requests(service: &ScriptedService) -> usize {
    service.requests().len()
}

#[test]
fn page_tokens_without_end_and_without_rows_cost_one_node_and_at_most_200_calls() {
    let calls = AtomicUsize::new(0);
    let service = costs_its_own_node(
        move |_, writer| {
            let token = format!("token {}", calls.fetch_add(1, Relaxed));
            let page = json!({"Patches": [], "NextToken": token});
            send(writer, (200, page.to_string()))
        },
        "200 pages in a row without a row",
    );
    assert!(requests(&service) <= 200 + 5, "{}", requests(&service));
}

#[test]
fn a_page_token_of_100_kb_costs_one_node() {
    costs_its_own_node(
        |request, writer| {
            assert_eq!(request.token(), None, "it is not sent back");
            let page = json!({"Patches": [], "NextToken": "x".repeat(100_000)});
            send(writer, (200, page.to_string()))
        },
        "a page token of 100000 bytes, more than the 64 KiB",
    );
}

#[test]
fn a_list_of_nodes_without_end_makes_its_region_unread_after_1000_calls() {
    let calls = AtomicUsize::new(0);
    let service = ScriptedService::start(move |_| {
        let token = format!("token {}", calls.fetch_add(1, Relaxed));
        let page = json!({"InstanceInformationList": [], "NextToken": token});
        (200, page.to_string())
    });
    let ran = run(&mut live(&service.url, &["states", "--all", "-o", "json"]));
    assert_eq!(ran.code, 2, "{}", ran.err);
    let unread = &ran.json()["Unread"][0];
    assert_eq!(unread["Region"], "eu-west-1");
    assert_eq!(unread["Code"], "TooManyPages");
    assert!(
        ran.err.contains("1000 pages in a row without a row")
            && ran.err.contains("ssm:DescribeInstanceInformation"),
        "{}",
        ran.err
    );
    assert_eq!(requests(&service), 1_000);
}

#[test]
fn a_response_of_gigabytes_costs_one_node_with_or_without_a_content_length() {
    costs_its_own_node(
        |_, writer| {
            let head = json_head(200, 1_500_000_000);
            writer.write_all(head.as_bytes()).ok()?;
            pour(writer, TcpStream::write_all)
        },
        "the answer is larger than 8 MiB",
    );
    costs_its_own_node(
        |_, writer| {
            writer
                .write_all(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
                .ok()?;
            pour(writer, |writer, block| {
                write!(writer, "{:x}\r\n", block.len())?;
                writer.write_all(block)?;
                writer.write_all(b"\r\n")
            })
        },
        "the answer is larger than 8 MiB",
    );
}

/// Sends until the peer closes the connection.
fn pour(
    writer: &mut TcpStream,
    send: impl Fn(&mut TcpStream, &[u8]) -> std::io::Result<()>,
) -> Option<()> {
    let block = vec![b' '; 1 << 16];
    while send(writer, &block).is_ok() {}
    None
}

/// The ways in which a service fails to respond.
const NO_ANSWERS: [(&str, &str); 8] = [
    ("closed", ""),
    ("cut", ""),
    ("head without end", ""),
    ("garbage", "not JSON at all"),
    ("HTML", "<html><h1>Sign in</h1></html>"),
    ("HTML 403", "<html><h1>Forbidden</h1></html>"),
    ("HTML 502", "<html><h1>Bad gateway</h1></html>"),
    ("500", r#"{"__type":"InternalServerError"}"#),
];

fn no_answer(way: &str, body: &str, writer: &mut TcpStream) -> Option<()> {
    match way {
        "closed" => None,
        "cut" => {
            let head = json_head(200, 1_000);
            writer
                .write_all(format!("{head}{{\"Patches\":[").as_bytes())
                .ok()?;
            None
        }
        "head without end" => {
            writer.write_all(b"HTTP/1.1 200 X\r\n").ok()?;
            pour(writer, |writer, block| {
                write!(writer, "x: ")?;
                writer.write_all(block)?;
                write!(writer, "\r\n")
            })
        }
        _ => {
            let status = way.rsplit(' ').next().and_then(|word| word.parse().ok());
            send(writer, (status.unwrap_or(200), body.to_owned()))
        }
    }
}

#[test]
fn a_service_that_stops_responding_is_given_up_after_32_calls_however_it_fails() {
    for (way, body) in NO_ANSWERS {
        let service = ScriptedService::start_raw(move |request, writer| {
            if request.operation == "DescribeInstancePatchStates" {
                send(writer, default_reply(request))
            } else {
                no_answer(way, body, writer)
            }
        });
        // One page of states: its answer comes before the first call for patches.
        // A later answer would, rightly, start the count of failures again.
        let ids: Vec<String> = (0..50).map(|n| format!("i-{n:08x}")).collect();
        let ran = run(live(
            &service.url,
            &["patches", "-", "-o", "json", "--concurrency", "4"],
        )
        .env("AWS_MAX_ATTEMPTS", "2")
        .write_stdin(ids.join(" ")));
        assert_eq!(ran.json()["Summary"]["Unread"], 50, "{way}");
        let unread = ran.json()["Unread"].to_string();
        assert!(
            unread.contains("given up after 32 calls in a row without an answer; the last: "),
            "{way}: {unread}"
        );
        // 32 calls, and those in flight by then, each with two attempts.
        let requests = service.requests();
        let patches = requests
            .iter()
            .filter(|request| request.operation == "DescribeInstancePatches")
            .count();
        assert!(patches <= 2 * (32 + 4), "{way}: {patches}");
        assert_eq!(requests.len(), patches + 1, "{way}");
    }
}

#[test]
fn a_service_that_never_responds_is_given_up_after_four_attempts_however_it_fails() {
    for (way, body) in NO_ANSWERS {
        let service = ScriptedService::start_raw(move |_, writer| no_answer(way, body, writer));
        let ran = run(live(
            &service.url,
            &["patches", "-o", "json", "--concurrency", "1"],
        )
        .args(IDS));
        assert_eq!(ran.code, 2, "{way}: {}", ran.err);
        assert_eq!(ran.json()["Summary"]["Unread"], 4, "{way}");
        // If responses arrive and cannot be read, three more calls are made
        // once each.
        let most = match way {
            "cut" | "garbage" | "HTML" | "HTML 403" => 4 + 3,
            _ => 4,
        };
        assert!(requests(&service) <= most, "{way}: {}", requests(&service));
    }
}

#[test]
fn one_refused_credential_among_many_calls_is_refreshed_and_nothing_is_unread() {
    for code in [
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
    ] {
        let calls = AtomicUsize::new(0);
        let service = ScriptedService::start(move |request| {
            if calls.fetch_add(1, Relaxed) == 40 {
                error_reply(400, code, "The token is expired")
            } else {
                default_reply(request)
            }
        });
        let ids: Vec<String> = (0..100).map(|n| format!("i-{n:08x}")).collect();
        let ran =
            run(live(&service.url, &["patches", "-", "-o", "json"]).write_stdin(ids.join(" ")));
        assert_eq!(ran.code, 0, "{code}: {}", ran.err);
        assert_eq!(ran.json()["Summary"]["Answered"], 100, "{code}");
        assert_eq!(requests(&service), 2 + 100 + 1, "{code}");
    }
}

/// Runs with keys `AKID1`, `AKID2` and so on, a new one for each fetch; also
/// returns the number of fetches.
fn with_a_process(service: &ScriptedService, args: &[&str]) -> (RunOutput, usize) {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count");
    let script = folder.path().join("keys.sh");
    std::fs::write(
        &script,
        format!(
            "echo x >> {count}\nn=$(wc -l < {count})\n\
             printf '{{\"Version\":1,\"AccessKeyId\":\"AKID%d\",\"SecretAccessKey\":\"s\"}}' \"$n\"\n",
            count = count.display()
        ),
    )
    .unwrap();
    let config = folder.path().join("config");
    std::fs::write(
        &config,
        format!(
            "[default]\nregion = eu-west-1\ncredential_process = /bin/sh {}\n",
            script.display()
        ),
    )
    .unwrap();
    let ran = run(patchctl()
        .env("PATH", "/usr/bin:/bin")
        .env("AWS_CONFIG_FILE", &config)
        .env("AWS_ENDPOINT_URL", &service.url)
        .args(args));
    let fetched = std::fs::read_to_string(&count).unwrap();
    (ran, fetched.lines().count())
}

#[test]
fn all_calls_whose_key_has_expired_share_one_new_key() {
    let calls = AtomicUsize::new(0);
    let service = ScriptedService::start(move |request| {
        // The first key is valid for 20 calls.
        if calls.fetch_add(1, Relaxed) >= 20 && request.access_key == "AKID1" {
            error_reply(400, "ExpiredTokenException", "The token is expired")
        } else {
            default_reply(request)
        }
    });
    let ids: Vec<String> = (0..100).map(|n| format!("i-{n:08x}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let args = [&["patches", "-o", "json"], &ids[..]].concat();
    let (ran, fetched) = with_a_process(&service, &args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.json()["Summary"]["Answered"], 100);
    assert_eq!(fetched, 2);

    // If the new key is refused too, the rest is unread, and no third key is
    // fetched.
    let calls = AtomicUsize::new(0);
    let service = ScriptedService::start(move |request| {
        if calls.fetch_add(1, Relaxed) >= 20 {
            error_reply(400, "ExpiredTokenException", "The token is expired")
        } else {
            default_reply(request)
        }
    });
    let (ran, fetched) = with_a_process(&service, &args);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let summary = &ran.json()["Summary"];
    let of = |name: &str| summary[name].as_u64().unwrap();
    assert!(of("Answered") > 0 && of("Unread") > 50, "{summary}");
    assert_eq!(of("Answered") + of("Unread"), 100);
    assert!(fetched <= 3, "{fetched} fetched");
}

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
     <Arn>arn:aws:iam::111122223333:user/a</Arn><Account>111122223333</Account>\
     </GetCallerIdentityResult></GetCallerIdentityResponse>";

#[test]
fn ec2_sts_and_organizations_get_a_new_credential_too() {
    for action in [
        "DescribeInstances",
        "GetCallerIdentity",
        "ListAccounts",
        "AssumeRole",
    ] {
        let refused = AtomicUsize::new(0);
        let service = ScriptedService::start(move |request| {
            let operation = request.operation.rsplit('.').next().unwrap();
            if operation == action && refused.fetch_add(1, Relaxed) == 0 {
                return if action == "ListAccounts" {
                    error_reply(400, "ExpiredTokenException", "expired")
                } else {
                    let error = "<Code>ExpiredToken</Code><Message>expired</Message>";
                    (
                        403,
                        format!(
                            "<ErrorResponse><Errors><Error>{error}</Error></Errors><Error>{error}</Error></ErrorResponse>"
                        ),
                    )
                };
            }
            let answer = match operation {
                "GetCallerIdentity" => CALLER.to_owned(),
                "AssumeRole" => "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser>\
                     <Arn>arn:aws:sts::444455556666:assumed-role/read/patchctl</Arn></AssumedRoleUser><Credentials>\
                     <AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                     <SessionToken>t</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration>\
                     </Credentials></AssumeRoleResult></AssumeRoleResponse>"
                    .to_owned(),
                "DescribeInstances" => {
                    "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"
                        .to_owned()
                }
                "ListAccounts" => {
                    let account = |id: &str| json!({"Id": id, "Status": "ACTIVE"});
                    let accounts = [account("111122223333"), account("444455556666")];
                    json!({"Accounts": accounts}).to_string()
                }
                "DescribeInstanceInformation" => {
                    json!({"InstanceInformationList": [{"InstanceId": "i-00000001"}]}).to_string()
                }
                _ => return default_reply(request),
            };
            (200, answer)
        });
        let (ran, _) = with_a_process(
            &service,
            &[
                "states",
                "--all",
                "--organization",
                "--role-name",
                "read",
                "-o",
                "json",
            ],
        );
        assert_eq!(ran.code, 0, "{action}: {}", ran.err);
        let rows: Vec<Value> = ran.json()["InstancePatchStates"]
            .as_array()
            .unwrap()
            .clone();
        assert_eq!(rows.len(), 2, "{action}");
        let requests = service.requests();
        let times = requests
            .iter()
            .filter(|request| request.operation.ends_with(action));
        // EC2 is called in both accounts; the others once for all of them.
        let once = if action == "DescribeInstances" { 2 } else { 1 };
        assert_eq!(times.count(), once + 1, "{action}");
    }
}

/// A fleet that a throttled server cannot return completely in time.
const SLOW: [&str; 8] = [
    "--nodes",
    "400",
    "--patches",
    "3",
    "--rate",
    "10",
    "--burst",
    "60",
];

#[test]
fn after_the_time_limit_the_rows_read_so_far_are_shown_and_the_rest_is_unread() {
    let served = DemoServer::start(&SLOW);
    let args = [
        "patches",
        "--all",
        "--no-prefetch",
        "-o",
        "json",
        "--timeout",
        "3s",
    ];
    let ran = run(&mut live(&served.url, &args));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let summary = &ran.json()["Summary"];
    let of = |name: &str| summary[name].as_u64().unwrap();
    assert!(of("Answered") > 0 && of("Unread") > 0, "{summary}");
    assert_eq!(of("Answered") + of("Unread"), 400);
    assert_eq!(of("Rows"), 3 * of("Answered"));
    for unread in ran.json()["Unread"].as_array().unwrap() {
        assert_eq!(unread["Code"], "TimeLimit");
        assert_eq!(
            unread["Cause"],
            "the time limit of 3s (--timeout) ended before it was read"
        );
    }
    assert!(
        ran.err.starts_with(
            "patchctl: the time limit of 3s (--timeout) ended: showing what was read\n"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn a_gate_whose_time_limit_ends_never_passes() {
    let served = DemoServer::start(&["--nodes", "800", "--rate", "2", "--burst", "6"]);
    let rules = ["--fail-on", "missing>99999"];
    let args = ["check", "--all", "-o", "json", "--timeout", "2s"];
    let ran = run(live(&served.url, &args).args(rules));
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.json()["Status"], "UNKNOWN");
    assert!(
        ran.out
            .contains("the time limit of 2s (--timeout) ended before the end"),
        "{}",
        ran.out
    );
}

/// Accepts connections and never responds.
fn silent() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn the_time_limit_includes_fetching_credentials_before_the_first_call() {
    let (_listener, url) = silent();
    for variable in ["AWS_ENDPOINT_URL", "PATCHCTL_TIMEOUT"] {
        let mut command = live(&url, &["states", "--all", "--organization"]);
        command.args(["--role-name", "read"]);
        if variable == "PATCHCTL_TIMEOUT" {
            command.env(variable, "1s");
        } else {
            command.args(["--timeout", "1s"]);
        }
        let ran = run(&mut command);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(
            ran.err.ends_with(
                "patchctl: the time limit of 1s (--timeout) ended before any node was read\n"
            ),
            "{}",
            ran.err
        );
        assert_eq!(ran.out, "");
    }
    // A service that is called for nodes and does not respond: every node has
    // its row.
    let ran = run(live(&url, &["states", "-o", "json", "--timeout", "1s"]).args(IDS));
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.json()["Summary"]["Unread"], 4);
}

#[cfg(unix)]
#[test]
fn a_reader_that_reads_nothing_does_not_delay_the_end_of_the_time_limit() {
    use std::process::Stdio;
    let mut child = crate::support::program()
        .args(["--demo", "patches", "--all", "-o", "ndjson"])
        .args(["--columns", "+Name", "--timeout", "1s"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Its pipe is full, and stays full until it has ended.
    let code = child.wait().unwrap().code();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(code, Some(3), "{err}");
    assert!(output.stdout.len() > 60_000);
    assert!(err.ends_with("the output is not whole\n"), "{err}");
}

#[test]
fn an_invalid_time_limit_is_refused_with_an_example() {
    for wrong in ["0s", "500ms", "soon", "10"] {
        let ran = run(patchctl().args(["--demo", "states", "i-123", "--timeout", wrong]));
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.lines().count() == 1 && ran.err.contains("write 30s, 10m, 2h or none"),
            "{}",
            ran.err
        );
    }
    let ran = run(patchctl()
        .args(["--demo", "states", "i-123", "--timeout", "none"])
        .env("PATCHCTL_TIMEOUT", "1s"));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn an_sts_that_never_responds_is_not_called_for_each_account_of_an_organization() {
    let service = ScriptedService::start(|request| match request.operation.rsplit('.').next() {
        Some("GetCallerIdentity") => (200, CALLER.to_owned()),
        Some("ListAccounts") => {
            let others = (1..200).map(|n| format!("{n:012}"));
            let accounts: Vec<Value> = std::iter::once("111122223333".to_owned())
                .chain(others)
                .map(|id| json!({"Id": id, "Status": "ACTIVE"}))
                .collect();
            (200, json!({"Accounts": accounts}).to_string())
        }
        _ => (0, String::new()),
    });
    let args = ["states", "--all", "--organization", "--role-name", "read"];
    let ran = run(live(&service.url, &args)
        .args(["-o", "json"])
        .env("AWS_MAX_ATTEMPTS", "2"));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(ran.json()["Unread"].as_array().unwrap().len(), 200);
    let requests = service.requests();
    let roles = requests
        .iter()
        .filter(|request| request.operation == "AssumeRole");
    assert!(roles.count() <= 2 * 16, "those under way at once");
}

#[test]
fn responses_of_every_service_and_credential_provider_have_a_size_limit() {
    let endless = || {
        ScriptedService::start_raw(|_, writer| {
            writer
                .write_all(json_head(200, 1_500_000_000).as_bytes())
                .ok()?;
            pour(writer, TcpStream::write_all)
        })
    };
    let larger = |ran: &RunOutput, most: &str| {
        let message = format!("the answer is larger than {most} MiB");
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(&message), "{}", ran.err);
    };
    let service = endless();
    for (args, most) in [
        (vec!["--organization", "--role-name", "read"], "8"),
        (vec!["--all-regions"], "64"),
    ] {
        let ran = run(live(&service.url, &["states", "--all"])
            .args(args)
            .env("AWS_MAX_ATTEMPTS", "1"));
        larger(&ran, most);
    }
    let ran = run(patchctl()
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &service.url)
        .args(["states", "--all"]));
    larger(&ran, "8");
}
