//! The client against a scripted server on a loopback port, which records the
//! requests.

mod scripted_server;

use std::net::TcpListener;
use std::sync::Arc;

use aws_sdk_ssm::config::AppName;

use crate::source::aws::api::ec2::tests::scripted_server::*;
use crate::source::aws::api::ec2::*;
use crate::source::aws::api::error::ErrorKind;
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::session::http::plain_http_client;
use crate::source::test_runtime::block_on;

fn filters(of: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    of.iter()
        .map(|&(name, values)| {
            (
                name.to_owned(),
                values.iter().map(ToString::to_string).collect(),
            )
        })
        .collect()
}

#[test]
fn a_request_is_a_form_signed_for_ec2_in_the_region() {
    let service = ScriptedServer::start(vec![response(200, NO_INSTANCES)]);
    let call_stats = CallStats::default();
    let request = filters(&[
        ("instance-state-name", &["stopped", "stopping"]),
        ("tag:Cost center/€", &["a b&c=d+e%", "*~-._"]),
    ]);
    let page = block_on(
        service
            .client(&call_stats, 1)
            .instances_page(&request, None),
    )
    .unwrap();
    assert_eq!((page.rows.len(), page.next_token), (0, None));

    let request = service.requests().remove(0);
    assert_eq!(request.request_line, "POST / HTTP/1.1");
    assert_eq!(
        request.body,
        "Action=DescribeInstances&Version=2016-11-15\
         &Filter.1.Name=instance-state-name&Filter.1.Value.1=stopped&Filter.1.Value.2=stopping\
         &Filter.2.Name=tag%3ACost%20center%2F%E2%82%AC\
         &Filter.2.Value.1=a%20b%26c%3Dd%2Be%25&Filter.2.Value.2=%2A~-._\
         &MaxResults=1000"
    );
    assert_eq!(
        request.header("content-type"),
        "application/x-www-form-urlencoded"
    );
    let signed = request.header("authorization");
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{}/eu-west-3/ec2/aws4_request, ",
        &request.header("x-amz-date")[..8]
    );
    assert!(signed.starts_with(&scope), "{signed}");
    for name in ["host", "x-amz-date", "x-amz-security-token", "content-type"] {
        assert!(signed.contains(name), "{signed}");
        assert_ne!(request.header(name), "");
    }
    assert_eq!(request.header("x-amz-security-token"), "session-example");
    assert_ne!(request.header("amz-sdk-invocation-id"), "");
    assert_eq!(request.header("amz-sdk-request"), "attempt=1; max=1");
    assert!(request.header("x-amz-user-agent").contains("api/ec2/"));
    assert_eq!(
        call_stats.counts().into_iter().collect::<Vec<_>>(),
        [(
            format!("ec2:{DESCRIBE_INSTANCES}"),
            CallCounts {
                calls: 0,
                attempts: 1,
                throttled: 0,
            }
        )]
    );
}

#[test]
fn the_next_page_is_requested_with_the_token_of_the_last() {
    let service = ScriptedServer::start(vec![
        response(
            200,
            "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
             </item></instancesSet></item></reservationSet><nextToken>a+b/c==</nextToken></DescribeInstancesResponse>",
        ),
        response(200, NO_INSTANCES),
    ]);
    let call_stats = CallStats::default();
    let client = service.client(&call_stats, 1);
    let first = block_on(client.instances_page(&[], None)).unwrap();
    assert_eq!(&*first.rows[0].id, "i-1");
    let second = block_on(client.instances_page(&[], first.next_token.as_deref())).unwrap();
    assert_eq!(second.next_token, None);
    assert_eq!(
        service.requests()[1].body,
        "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000&NextToken=a%2Bb%2Fc%3D%3D"
    );
}

#[test]
fn all_regions_are_requested_including_disabled_ones() {
    let service = ScriptedServer::start(vec![response(
        200,
        "<DescribeRegionsResponse><regionInfo>\
         <item><regionName>eu-west-3</regionName><optInStatus>opt-in-not-required</optInStatus></item>\
         <item><regionName>ap-east-1</regionName><optInStatus>not-opted-in</optInStatus></item>\
         </regionInfo></DescribeRegionsResponse>",
    )]);
    let regions = block_on(service.client(&CallStats::default(), 1).regions()).unwrap();
    let expected = [("ap-east-1", false), ("eu-west-3", true)].map(|(name, enabled)| RegionInfo {
        name: name.into(),
        is_enabled: enabled,
    });
    assert_eq!(regions, expected);
    assert_eq!(
        service.requests()[0].body,
        "Action=DescribeRegions&Version=2016-11-15&AllRegions=true"
    );
}

#[test]
fn a_throttled_call_is_retried() {
    let service = ScriptedServer::start(vec![
        error_response(503, "RequestLimitExceeded", "Request limit exceeded."),
        // Not even a status that is always retried.
        error_response(400, "RequestLimitExceeded", "Request limit exceeded."),
        response(200, NO_INSTANCES),
    ]);
    let call_stats = CallStats::default();
    block_on(service.client(&call_stats, 5).instances_page(&[], None)).unwrap();
    let counts = call_stats.counts()[&format!("ec2:{DESCRIBE_INSTANCES}")];
    assert_eq!((counts.calls, counts.attempts), (0, 3));
    let requests = service.requests();
    assert_eq!(requests[2].header("amz-sdk-request"), "attempt=3; max=5");
    assert_eq!(requests[2].body, requests[0].body);
}

#[test]
fn a_call_throttled_to_the_end_reports_it() {
    let service = ScriptedServer::start(vec![error_response(
        503,
        "RequestLimitExceeded",
        "Slow down.",
    )]);
    let error = block_on(
        service
            .client(&CallStats::default(), 2)
            .instances_page(&[], None),
    )
    .unwrap_err();
    assert_eq!(service.requests().len(), 2);
    assert_eq!(
        &*error.cause.text,
        "RequestLimitExceeded: Slow down. (ec2:DescribeInstances in eu-west-3, profile prod); \
         gave up after continuous throttling: other callers use the account's quota; try again later"
    );
}

#[test]
fn a_refusal_is_reported_at_once_with_its_remedy() {
    let service = ScriptedServer::start(vec![
        error_response(
            403,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. Encoded authorization failure message: AAAA",
        ),
        error_response(
            401,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        ),
        response(403, "<html>no</html>"),
    ]);
    let client = service.client(&CallStats::default(), 5);
    let error = block_on(client.regions()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::AccessDenied);
    assert_eq!(
        &*error.cause.text,
        "UnauthorizedOperation: You are not authorized to perform this operation. \
         (ec2:DescribeRegions in eu-west-3, profile prod); \
         allow ec2:DescribeRegions in the caller's IAM policy"
    );
    let error = block_on(client.regions()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(&*error.cause.code, "AuthFailure");
    let error = block_on(client.regions()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::InvalidResponse);
    assert!(
        error.cause.text.contains("HTTP 403"),
        "{}",
        error.cause.text
    );
    assert_eq!(service.requests().len(), 3);
}

#[test]
fn an_incomplete_response_is_requested_again_and_never_read_as_an_empty_one() {
    let half = &NO_INSTANCES[..NO_INSTANCES.len() - 10];
    let service = ScriptedServer::start(vec![
        // The document ends before its root element does.
        response(200, half),
        // The connection ends before the body does, whether the document is
        // complete or not.
        ScriptedResponse {
            is_truncated: true,
            ..response(200, NO_INSTANCES)
        },
        response(200, ""),
        response(200, NO_INSTANCES),
    ]);
    let call_stats = CallStats::default();
    block_on(service.client(&call_stats, 4).instances_page(&[], None)).unwrap();
    assert_eq!(
        call_stats.counts()[&format!("ec2:{DESCRIBE_INSTANCES}")].attempts,
        4
    );

    let service = ScriptedServer::start(vec![response(200, half)]);
    let error = block_on(
        service
            .client(&CallStats::default(), 2)
            .instances_page(&[], None),
    )
    .unwrap_err();
    assert_eq!(&*error.cause.code, "Unreadable");
    assert!(
        error
            .cause
            .text
            .starts_with("the answer could not be read: "),
        "{}",
        error.cause.text
    );
    assert_eq!(service.requests().len(), 2);
}

#[test]
fn an_endpoint_that_refuses_connections_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let service = ScriptedServer {
        url,
        requests: Arc::default(),
    };
    let error = block_on(service.client(&CallStats::default(), 2).regions()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
}

#[test]
fn without_credentials_nothing_is_sent() {
    let service = ScriptedServer::start(vec![response(200, NO_INSTANCES)]);
    let config = SdkConfig::builder()
        .endpoint_url(&service.url)
        .http_client(plain_http_client())
        .build();
    let error = block_on(Ec2Client::new(&config, "eu-west-3", &CallStats::default(), 2).regions())
        .unwrap_err();
    assert_eq!(&*error.cause.code, "NotSent");
    assert!(service.requests().is_empty());
}

#[test]
fn time_limits_and_the_user_agent_come_from_the_configuration() {
    // The system accepts connections, and there is no response.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = ScriptedServer {
        url: format!("http://{}", silent.local_addr().unwrap()),
        requests: Arc::default(),
    };
    let config = config
        .config()
        .app_name(AppName::new("fleet-report").unwrap())
        .timeout_config(
            aws_sdk_ssm::config::timeout::TimeoutConfig::builder()
                .operation_timeout(std::time::Duration::from_millis(20))
                .build(),
        )
        .build();
    let client = Ec2Client::new(&config, "eu-west-3", &CallStats::default(), 1);
    let error = block_on(client.instances_page(&[], None)).unwrap_err();
    assert_eq!(&*error.cause.code, "Timeout");

    let service = ScriptedServer::start(vec![response(200, NO_INSTANCES)]);
    let config = service
        .config()
        .app_name(AppName::new("fleet-report").unwrap())
        .timeout_config(aws_sdk_ssm::config::timeout::TimeoutConfig::disabled())
        .build();
    let client = Ec2Client::new(&config, "eu-west-3", &CallStats::default(), 1);
    block_on(client.instances_page(&[], None)).unwrap();
    let request = service.requests().pop().unwrap();
    assert!(
        request
            .header("x-amz-user-agent")
            .contains("app/fleet-report"),
        "{request:?}"
    );
}
