//! AWS settings: how they are found, and the errors if they are missing.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use assert_cmd::Command;

use crate::support::{ScriptedService, clean_state, live, patchctl, run, states_reply};

/// A home with an AWS config file.
fn home(config: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    home
}

fn anyone() -> ScriptedService {
    ScriptedService::start(|asked| {
        states_reply(
            &asked
                .ids()
                .iter()
                .map(|id| clean_state(id))
                .collect::<Vec<_>>(),
        )
    })
}

/// The first bytes that a connection to this port brings.
fn first_bytes(listener: TcpListener) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 512];
        let read = stream.read(&mut bytes).unwrap();
        let _ =
            stream.write_all(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    })
}

fn with_keys(command: &mut Command) -> &mut Command {
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret-of-a-test")
        .env("AWS_MAX_ATTEMPTS", "1")
}

#[test]
fn a_missing_region_is_reported_with_how_to_set_one() {
    let ran = run(with_keys(patchctl().args(["states", "i-00000001"])));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("no AWS region: give --region"),
        "{}",
        ran.err
    );
    assert_eq!(ran.out, "");
}

#[test]
fn missing_credentials_are_reported_with_how_to_give_them() {
    let ran = run(patchctl().args(["states", "i-00000001", "--region", "eu-west-1"]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("no AWS credentials found: give --profile, or set AWS_ACCESS_KEY_ID"),
        "{}",
        ran.err
    );
}

#[test]
fn a_laptop_does_not_wait_for_a_metadata_service_that_never_answers() {
    // Accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    for args in [
        vec!["states", "i-00000001"],
        vec!["states", "i-00000001", "--region", "eu-west-1"],
    ] {
        let started = Instant::now();
        let ran = run(patchctl()
            .args(&args)
            .env_remove("AWS_EC2_METADATA_DISABLED")
            // A service that a setting names is waited for as on EC2; a laptop has none.
            .env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint));
        assert_eq!(ran.code, 2, "{}", ran.err);
        // The promise is two seconds; a busy machine gets some more.
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
    }
}

#[test]
fn on_ec2_the_metadata_service_gives_region_and_credentials() {
    let metadata = answering(&[
        ("PUT /latest/api/token", "token"),
        ("/placement/region", "eu-west-1"),
        (
            "/role ",
            r#"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAEC2","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z","LastUpdated":"2020-01-01T00:00:00Z"}"#,
        ),
        ("/iam/security-credentials", "role"),
    ]);
    is_answered(
        |command| {
            command
                .env_remove("AWS_EC2_METADATA_DISABLED")
                .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata)
        },
        "Region,Verdict",
        "eu-west-1,COMPLIANT\r\n",
    );
}

#[test]
fn a_profile_gives_region_account_and_credentials_from_a_process() {
    let service = anyone();
    let config = format!(
        "[profile audit]\nregion = ap-south-1\nendpoint_url = {}\ncredential_process = printf '{{\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"s\",\"AccountId\":\"444455556666\"}}'\n",
        service.url
    );
    let home = home(&config);
    // Keys in the environment do not outrank a profile that was named.
    let ran = run(with_keys(&mut patchctl())
        .env("HOME", home.path())
        .env("PATH", "/usr/bin:/bin")
        .args([
            "--profile",
            "audit",
            "states",
            "i-00000001",
            "-o",
            "csv",
            "--no-headers",
        ])
        .args(["--columns", "Region,AccountId,Verdict"]));
    assert_eq!(
        ran.out, "ap-south-1,444455556666,COMPLIANT\r\n",
        "{}",
        ran.err
    );
}

#[test]
fn a_profile_that_does_not_exist_is_refused_with_those_that_do() {
    let home = home("[profile prod]\nregion = eu-west-1\n[profile audit]\nregion = eu-west-1\n");
    for (args, variable) in [(vec!["--profile", "pord"], ""), (vec![], "pord")] {
        let ran = run(with_keys(&mut patchctl())
            .env("HOME", home.path())
            .env("AWS_PROFILE", variable)
            .args(args)
            .args(["states", "i-00000001"]));
        assert_eq!(ran.code, 2);
        assert!(
            ran.err
                .contains("no profile \"pord\" in the AWS config files; did you mean prod? There are: audit, prod"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn errors_name_the_action_the_region_the_profile_and_the_permission() {
    let service = ScriptedService::start(|_| {
        crate::support::error_reply(400, "AccessDeniedException", "User is not authorized")
    });
    let home = home(
        "[profile prod]\nregion = eu-central-1\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret-of-prod\n",
    );
    let ran = run(patchctl().env("HOME", home.path()).args([
        "--profile",
        "prod",
        "--endpoint-url",
        &service.url,
        "states",
        "i-00000001",
    ]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("AccessDeniedException: User is not authorized (ssm:DescribeInstancePatchStates in eu-central-1, profile prod); allow ssm:DescribeInstancePatchStates"),
        "{}",
        ran.err
    );
    assert!(
        !ran.err.contains("secret-of-prod") && !ran.err.contains("AKIDPROFILE"),
        "{}",
        ran.err
    );
}

#[test]
fn the_flag_outranks_both_endpoint_variables_and_the_services_own_outranks_the_general_one() {
    let wanted = anyone();
    let unreachable = "http://127.0.0.1:9";
    for (flag, own, general) in [
        (Some(wanted.url.as_str()), unreachable, unreachable),
        (None, wanted.url.as_str(), unreachable),
    ] {
        let mut command = live(general, &["states", "i-00000001", "-o", "csv"]);
        command
            .env("AWS_ENDPOINT_URL_SSM", own)
            .env("AWS_MAX_ATTEMPTS", "1");
        if let Some(url) = flag {
            command.args(["--endpoint-url", url]);
        }
        assert_eq!(run(&mut command).code, 0);
    }
    assert_eq!(wanted.requests().len(), 2);
}

#[test]
fn calls_go_through_the_proxy_to_the_endpoint_of_the_region_fips_or_dual_stack() {
    for (variable, host) in [
        ("NOTHING", "ssm.eu-west-1.amazonaws.com:443"),
        (
            "AWS_USE_FIPS_ENDPOINT",
            "ssm-fips.us-east-1.amazonaws.com:443",
        ),
        ("AWS_USE_DUALSTACK_ENDPOINT", "ssm.eu-west-1.api.aws:443"),
    ] {
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = proxy.local_addr().unwrap();
        let first = first_bytes(proxy);
        let region = if host.contains("us-east-1") {
            "us-east-1"
        } else {
            "eu-west-1"
        };
        let ran = run(with_keys(&mut patchctl())
            .env("HTTPS_PROXY", format!("http://{address}"))
            .env(variable, "true")
            .args(["--region", region, "states", "i-00000001"]));
        assert_eq!(ran.code, 2);
        let first = first.join().unwrap();
        assert!(first.starts_with(&format!("CONNECT {host} ")), "{first}");
    }
}

#[test]
fn hosts_of_no_proxy_are_reached_directly_and_by_tls() {
    let endpoint = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", endpoint.local_addr().unwrap());
    let first = first_bytes(endpoint);
    let ran = run(with_keys(&mut patchctl())
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("NO_PROXY", "127.0.0.1")
        .args([
            "--region",
            "eu-west-1",
            "--endpoint-url",
            &url,
            "states",
            "i-00000001",
        ]));
    assert_eq!(ran.code, 2);
    assert!(
        first.join().unwrap().starts_with('\u{16}'),
        "the first byte of a TLS handshake"
    );
}

#[test]
fn a_ca_bundle_that_cannot_be_used_is_refused_before_any_call() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let broken = folder.path().join("broken.pem");
    std::fs::write(
        &broken,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for path in [folder.path().join("absent.pem"), empty, broken] {
        let ran = run(with_keys(&mut patchctl())
            .env("AWS_CA_BUNDLE", &path)
            .args(["--region", "eu-west-1", "states", "i-00000001"]));
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains("AWS_CA_BUNDLE") && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_ca_bundle_is_decoded_for_the_first_call_over_https() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.pem");
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&broken, text).unwrap();
    let home = home(
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n\
         [profile audit]\nregion = eu-west-1\nrole_arn = arn:aws:iam::777788889999:role/auditor\nsource_profile = base\n",
    );
    let service = anyone();
    let mut plain = live(&service.url, &["states", "i-00000001"]);
    assert_eq!(run(plain.env("AWS_CA_BUNDLE", &broken)).code, 0);
    let mut mixed = live(
        &service.url,
        &["states", "i-00000001", "--profile", "audit"],
    );
    let ran = run(mixed
        .env("HOME", home.path())
        .env("AWS_CA_BUNDLE", &broken)
        .env("AWS_ENDPOINT_URL_STS", "https://127.0.0.1:9"));
    assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    let expected = format!("AWS_CA_BUNDLE {} cannot be used", broken.display());
    assert!(ran.err.contains(&expected), "{}", ran.err);
    assert_eq!(service.requests().len(), 1);
}

/// A server of small plain answers: what a path holds, and what is answered.
fn answering(answers: &'static [(&'static str, &'static str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 8192];
            let read = stream.read(&mut bytes).unwrap();
            let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
            let answer = answers.iter().find(|(needle, _)| request.contains(needle));
            let (status, body) = answer.map_or(("404 No", ""), |(_, body)| ("200 OK", *body));
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

/// Asks for one node with these settings and expects it to be answered.
fn is_answered(configure: impl Fn(&mut Command) -> &mut Command, columns: &str, expected: &str) {
    let service = anyone();
    let mut command = patchctl();
    command.env("AWS_ENDPOINT_URL_SSM", &service.url).args([
        "states",
        "i-00000001",
        "-o",
        "csv",
        "--no-headers",
        "--columns",
        columns,
    ]);
    let ran = run(configure(&mut command));
    assert_eq!((ran.out.as_str(), ran.code), (expected, 0), "{}", ran.err);
}

const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
<AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::777788889999:assumed-role/auditor/s</Arn></AssumedRoleUser><Credentials>\
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
</Credentials></AssumeRoleResult></AssumeRoleResponse>";

#[test]
fn a_role_is_assumed_and_its_account_known() {
    let sts = answering(&[("Action=AssumeRole", ROLE)]);
    let home = home(
        "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n\
         [profile audit]\nregion = eu-west-1\nrole_arn = arn:aws:iam::777788889999:role/auditor\nsource_profile = base\n",
    );
    is_answered(
        |command| {
            command
                .env("HOME", home.path())
                .env("AWS_ENDPOINT_URL_STS", &sts)
                .args(["--profile", "audit"])
        },
        "AccountId,Verdict",
        "777788889999,COMPLIANT\r\n",
    );
}

#[test]
fn a_container_gives_its_credentials() {
    let container = answering(&[(
        "GET /role",
        r#"{"AccessKeyId":"ASIAECS","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}"#,
    )]);
    is_answered(
        |command| {
            command.env("AWS_REGION", "eu-west-1").env(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                format!("{container}/role"),
            )
        },
        "Region,Verdict",
        "eu-west-1,COMPLIANT\r\n",
    );
}

#[test]
fn a_session_of_iam_identity_center_is_used_and_an_expired_one_reported() {
    let portal = answering(&[(
        "GET /federation/credentials?role_name=auditor",
        r#"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}"#,
    )]);
    let home = home(
        "[profile sso]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 121212121212\nsso_role_name = auditor\n\
         [sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n",
    );
    let cache = home.path().join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).unwrap();
    // The file is named after the SHA-1 of the session's name.
    let file = cache.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
    let token = |expires: &str| {
        format!(
            r#"{{"accessToken":"sso-token-of-a-test","expiresAt":"{expires}","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}}"#
        )
    };
    std::fs::write(&file, token("2099-01-01T00:00:00Z")).unwrap();
    let signed_in = |command: &mut Command| {
        command
            .env("HOME", home.path())
            .env("AWS_ENDPOINT_URL_SSO", &portal)
            .args(["--profile", "sso"]);
    };
    is_answered(
        |command| {
            signed_in(command);
            command
        },
        "AccountId,Verdict",
        "121212121212,COMPLIANT\r\n",
    );
    std::fs::write(&file, token("2020-01-01T00:00:00Z")).unwrap();
    let mut command = patchctl();
    command.args(["states", "i-00000001"]);
    signed_in(&mut command);
    let ran = run(&mut command);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("run aws sso login --profile sso"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("sso-token-of-a-test"), "{}", ran.err);
}

#[test]
fn invalid_settings_are_refused_before_any_call() {
    for (variable, value, expected) in [
        (
            "AWS_MAX_ATTEMPTS",
            "abc",
            "AWS_MAX_ATTEMPTS \"abc\" is not a whole number of 1 or more",
        ),
        (
            "AWS_MAX_ATTEMPTS",
            "0",
            "is not a whole number of 1 or more",
        ),
        (
            "AWS_REGION",
            "eu west",
            "the region \"eu west\" is not the name of an AWS region; did you mean eu-west-1?",
        ),
    ] {
        let mut command = live("http://127.0.0.1:9", &["states", "i-00000001"]);
        let ran = run(command.env(variable, value));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(
            ran.err.contains(expected) && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_and_one_without_a_scheme_is_http() {
    let ran = run(with_keys(&mut patchctl())
        .env("HTTPS_PROXY", "socks5://user:hidden@127.0.0.1:9")
        .args(["--region", "eu-west-1", "states", "i-00000001"]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("not the address of an HTTP proxy") && !ran.err.contains("hidden"),
        "{}",
        ran.err
    );
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap().to_string();
    let first = first_bytes(proxy);
    run(with_keys(&mut patchctl())
        .env("HTTPS_PROXY", address)
        .args(["--region", "eu-west-1", "states", "i-00000001"]));
    assert!(
        first
            .join()
            .unwrap()
            .starts_with("CONNECT ssm.eu-west-1.amazonaws.com:443 ")
    );
}

#[test]
fn the_demo_refuses_flags_that_it_would_ignore() {
    let ran = run(patchctl().args(["--demo", "states", "i-123", "--profile", "prod"]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("--demo cannot be combined with --profile or --endpoint-url"),
        "{}",
        ran.err
    );
}
