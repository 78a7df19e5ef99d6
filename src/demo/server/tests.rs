//! Tests of the server on the wire, over loopback.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::demo::server::throttle::TokenBucket;
use crate::demo::server::{FaultInjection, MutationSettings, bind};
use crate::demo::world::{Action, World};

/// Runs `talk` against a server in another thread, then stops it.
fn served<T>(fault_injection: FaultInjection, talk: impl FnOnce(SocketAddr) -> T) -> T {
    let (tell, result) = std::sync::mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = bind(World::sample(), fault_injection, 0).await.unwrap();
            tell.send(server.address()).unwrap();
            server.run(async { drop(stopped.await) }).await.unwrap();
        });
    });
    let result = talk(result.recv().unwrap());
    stop.send(()).unwrap();
    serving.join().unwrap();
    result
}

fn raw(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let answer = raw_bytes(address, request)?;
    String::from_utf8(answer).map_err(|error| std::io::Error::new(ErrorKind::InvalidData, error))
}

fn raw_bytes(address: SocketAddr, request: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

fn request(method: &str, path: &str, target: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\nx-amz-target: {target}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

const CALL: &str = r#"{"InstanceIds":["i-123"]}"#;

fn call(address: SocketAddr) -> std::io::Result<String> {
    raw(
        address,
        &request("POST", "/", "AmazonSSM.DescribeInstancePatchStates", CALL),
    )
}

fn call_bytes(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    raw_bytes(
        address,
        &request("POST", "/", "AmazonSSM.DescribeInstancePatchStates", CALL),
    )
}

/// A call with a key, a region and a service in its signature.
fn signed(address: SocketAddr, scope: &str, target: &str, body: &str) -> String {
    let (key, rest) = scope.split_once('/').unwrap();
    let authorization = format!(
        "connection: close\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20261123/{rest}/aws4_request, Signature=0"
    );
    let request = request("POST", "/", target, body).replace("connection: close", &authorization);
    raw(address, &request).unwrap()
}

fn nodes_of(address: SocketAddr, scope: &str) -> String {
    signed(
        address,
        scope,
        "AmazonSSM.DescribeInstanceInformation",
        "{}",
    )
}

fn get(address: SocketAddr, path: &str) -> String {
    raw(address, &request("GET", path, "", "")).unwrap()
}

fn stats(address: SocketAddr) -> Value {
    let answer = get(address, "/stats");
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_response_has_the_form_of_the_services() {
    let answer = served(FaultInjection::default(), |address| call(address).unwrap());
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\r\ncontent-type: application/x-amz-json-1.1\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\nx-amzn-requestid: "), "{answer}");
    assert!(
        answer.contains(r#"{"InstancePatchStates":[{"InstanceId":"i-123""#),
        "{answer}"
    );
}

#[test]
fn calls_and_rows_are_counted_until_reset() {
    served(FaultInjection::default(), |address| {
        call(address).unwrap();
        let body = r#"{"InstanceId":"i-123","MaxResults":10}"#;
        raw(
            address,
            &request("POST", "/", "AmazonSSM.DescribeInstancePatches", body),
        )
        .unwrap();
        raw(address, &request("POST", "/", "AmazonSSM.Nonsense", "{}")).unwrap();
        let counted = stats(address);
        assert_eq!(counted["calls"]["DescribeInstancePatchStates"], 1);
        assert_eq!(counted["calls"]["DescribeInstancePatches"], 1);
        assert_eq!(counted["calls"]["Unknown"], 1);
        assert_eq!(
            (&counted["rows"], &counted["records"]),
            (&10.into(), &1.into())
        );
        raw(address, &request("POST", "/stats/reset", "", "")).unwrap();
        assert_eq!(stats(address)["calls"]["DescribeInstancePatches"], 0);
        call(address).unwrap();
        raw(address, &request("DELETE", "/stats", "", "")).unwrap();
        assert_eq!(stats(address)["records"], 0);
    });
}

#[test]
fn node_ids_are_listed_one_per_line_and_other_paths_are_not_found() {
    served(FaultInjection::default(), |address| {
        let nodes = get(address, "/nodes");
        assert!(nodes.contains("\r\n\r\ni-123\ni-456\n"), "{nodes}");
        for (method, path) in [("GET", "/"), ("POST", "/nodes"), ("GET", "/favicon.ico")] {
            let answer = raw(address, &request(method, path, "", "")).unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
        }
    });
}

#[test]
fn every_nth_call_fails_with_a_server_error() {
    let fault_injection = FaultInjection {
        fault_every: Some(2),
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        assert!(call(address).unwrap().starts_with("HTTP/1.1 200 "));
        let fault = call(address).unwrap();
        assert!(
            fault.starts_with("HTTP/1.1 500 ") && fault.contains("InternalServerError"),
            "{fault}"
        );
        assert!(call(address).unwrap().starts_with("HTTP/1.1 200 "));
        assert_eq!(stats(address)["faults"], 1);
    });
}

#[test]
fn every_nth_connection_is_reset_without_a_response() {
    let fault_injection = FaultInjection {
        reset_every: Some(2),
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        assert!(call(address).is_ok());
        assert_eq!(
            call(address).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert!(call(address).is_ok());
        let counted = stats(address);
        assert_eq!(counted["resets"], 1);
        assert_eq!(counted["calls"]["DescribeInstancePatchStates"], 3);
    });
}

#[test]
fn calls_above_the_rate_are_throttled_and_still_counted() {
    let fault_injection = FaultInjection {
        rate: Some(0.001),
        burst: 2,
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        for _ in 0..2 {
            assert!(call(address).unwrap().starts_with("HTTP/1.1 200 "));
        }
        let throttled = call(address).unwrap();
        assert!(throttled.starts_with("HTTP/1.1 400 "), "{throttled}");
        assert!(
            throttled.ends_with(r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#),
            "{throttled}"
        );
        let counted = stats(address);
        assert_eq!(counted["throttled"], 1);
        assert_eq!(counted["calls"]["DescribeInstancePatchStates"], 3);
    });
}

#[test]
fn the_rate_can_fall_after_n_calls() {
    let fault_injection = FaultInjection {
        rate: Some(1e9),
        burst: 1,
        rate_falls: Some((3, 0.001)),
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let through =
            |call: &std::io::Result<String>| call.as_ref().unwrap().starts_with("HTTP/1.1 200 ");
        let calls: Vec<bool> = (0..5).map(|_| through(&call(address))).collect();
        assert_eq!(calls[..3], [true, true, true]);
        assert!(!calls[4], "{calls:?}");
    });
}

#[test]
fn a_response_has_its_delay_and_calls_are_delayed_concurrently() {
    let fault_injection = FaultInjection {
        latency: Duration::from_millis(40),
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let start = Instant::now();
        let other = std::thread::spawn(move || call(address));
        assert!(call(address).is_ok() && other.join().unwrap().is_ok());
        assert!(start.elapsed() >= Duration::from_millis(40));
        assert_eq!(stats(address)["most_open"], 2);
    });
}

#[test]
fn every_account_and_region_is_throttled_separately_and_counted() {
    let fault_injection = FaultInjection {
        rate: Some(0.001),
        burst: 1,
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let scopes = [
            "x/eu-west-1/ssm",
            "x/us-east-1/ssm",
            "ASIADEMO444455556666/eu-west-1/ssm",
        ];
        for scope in scopes {
            assert!(nodes_of(address, scope).starts_with("HTTP/1.1 200 "));
        }
        assert!(nodes_of(address, scopes[1]).contains("ThrottlingException"));
        for _ in 0..3 {
            let identity = signed(address, "x/us-east-1/sts", "", "Action=GetCallerIdentity");
            assert!(identity.starts_with("HTTP/1.1 200 "), "{identity}");
            assert!(identity.contains("\r\ncontent-type: text/xml;charset=UTF-8\r\n"));
        }
        let counted = stats(address);
        assert_eq!(
            counted["by_region"],
            json!({
                "111122223333/eu-west-1": { "calls": 1, "throttled": 0 },
                "111122223333/us-east-1": { "calls": 2, "throttled": 1 },
                "444455556666/eu-west-1": { "calls": 1, "throttled": 0 },
            })
        );
        assert_eq!(counted["calls"]["DescribeInstanceInformation"], 4);
        assert_eq!(counted["calls"]["GetCallerIdentity"], 3);
        assert!(counted["calls"].get("GetInventory").is_none());
    });
}

#[test]
fn a_denied_action_is_denied_everywhere_and_no_other_is() {
    let fault_injection = FaultInjection {
        deny: vec![Action::named("ssm:GetInventory").unwrap()],
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let denied = signed(address, "x/us-east-1/ssm", "AmazonSSM.GetInventory", "{}");
        assert!(
            denied.starts_with("HTTP/1.1 400 ") && denied.contains("AccessDeniedException"),
            "{denied}"
        );
        assert!(denied.contains("perform: ssm:GetInventory on resource: arn:aws:ssm:us-east-1:"));
        assert!(nodes_of(address, "x/us-east-1/ssm").starts_with("HTTP/1.1 200 "));
    });
}

#[test]
fn one_region_can_fail_or_be_slow() {
    let fault_injection = FaultInjection {
        fault_regions: vec!["us-east-1".to_owned()],
        slow_regions: vec![("eu-central-1".to_owned(), Duration::from_millis(60))],
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let fault = nodes_of(address, "x/us-east-1/ssm");
        assert!(
            fault.starts_with("HTTP/1.1 500 ") && fault.contains("InternalServerError"),
            "{fault}"
        );
        let regions = signed(address, "x/us-east-1/ec2", "", "Action=DescribeRegions");
        assert!(regions.starts_with("HTTP/1.1 200 "), "{regions}");
        let start = Instant::now();
        assert!(nodes_of(address, "x/eu-central-1/ssm").starts_with("HTTP/1.1 200 "));
        assert!(start.elapsed() >= Duration::from_millis(60));
        assert_eq!(stats(address)["faults"], 1);
    });
}

#[test]
fn the_nodes_of_other_accounts_and_regions_are_listed_on_request() {
    served(FaultInjection::default(), |address| {
        let lines = |path| {
            get(address, path)
                .lines()
                .filter(|l| l.starts_with("i-"))
                .count()
        };
        assert_eq!(lines("/nodes?region=us-east-1"), 6);
        assert_eq!(lines("/nodes?region=us-east-1&account=444455556666"), 2);
        assert_eq!(lines("/nodes?account=444455556666"), 5);
        assert_eq!(lines("/nodes?region=nowhere"), 0);
    });
}

#[test]
fn a_bucket_fills_at_its_rate_and_no_higher_than_its_burst() {
    let start = Instant::now();
    let mut bucket = TokenBucket::full(start, 2);
    let mut take = |seconds| bucket.take(start + Duration::from_secs(seconds), 1.0, 2);
    assert!(take(0) && take(0) && !take(0));
    assert!(take(1) && !take(1));
    assert!(take(60) && take(60) && !take(60));
}

#[test]
fn many_requests_share_one_connection() {
    served(FaultInjection::default(), |address| {
        let body = r#"{"InstanceId":"i-456"}"#;
        let request = request("POST", "/", "AmazonSSM.DescribeInstancePatches", body)
            .replace("connection: close\r\n", "");
        let mut stream = TcpStream::connect(address).unwrap();
        for _ in 0..3 {
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = vec![];
            while !answer.ends_with(b"\"}") {
                let mut part = [0; 4_096];
                let length = stream.read(&mut part).unwrap();
                assert_ne!(length, 0);
                answer.extend_from_slice(&part[..length]);
            }
            assert!(answer.starts_with(b"HTTP/1.1 200 "));
        }
    });
}

#[test]
fn mutated_responses_are_counted_by_kind_and_lengths_are_wrong_on_the_wire() {
    let fault_injection = FaultInjection {
        mutate: Some(MutationSettings { one_in: 1, seed: 1 }),
        ..FaultInjection::default()
    };
    served(fault_injection, |address| {
        let (mut more, mut less) = (0, 0);
        for _ in 0..300 {
            let answer = call_bytes(address).unwrap();
            let end = answer.windows(4).position(|part| part == b"\r\n\r\n");
            let (head, body) = answer.split_at(end.unwrap() + 4);
            let head = String::from_utf8_lossy(head);
            let length = head.lines().find_map(|line| {
                let value = line.strip_prefix("content-length: ")?;
                value.parse::<usize>().ok()
            });
            match length {
                Some(length) if length > body.len() => more += 1,
                Some(length) if length < body.len() => less += 1,
                _ => {}
            }
        }
        let counted = stats(address);
        let mutated = counted["mutated"].as_object().unwrap();
        let sum: u64 = mutated.values().filter_map(Value::as_u64).sum();
        assert_eq!(sum, 300);
        assert_eq!(
            (&mutated["length-too-long"], &mutated["length-too-short"]),
            (&more.into(), &less.into())
        );
        assert!(more > 0 && less > 0);
    });
}

#[test]
fn no_response_is_mutated_by_default() {
    served(FaultInjection::default(), |address| {
        let first = call_bytes(address).unwrap();
        let body = |answer: &[u8]| {
            let text = String::from_utf8(answer.to_vec()).unwrap();
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        };
        for _ in 0..50 {
            assert_eq!(body(&call_bytes(address).unwrap()), body(&first));
        }
        assert_eq!(stats(address)["mutated"], json!({}));
    });
}
