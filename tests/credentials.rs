//! Credentials from each source: what the AWS CLI reads is read, empty is unset, and
//! each source has its own remedy.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use assert_cmd::Command;

use crate::support::{RunOutput, ScriptedService, clean_state, patchctl, run, states_reply};

const STATES: [&str; 5] = ["states", "i-00000001", "-o", "csv", "--no-headers"];

/// A home with these files below `.aws`.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(".aws").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    home
}

fn service() -> ScriptedService {
    ScriptedService::start(|asked| {
        let states: Vec<_> = asked.ids().iter().map(|id| clean_state(id)).collect();
        states_reply(&states)
    })
}

/// A server that answers each request for which `answer` has a body, on a thread of
/// its own.
fn serve(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                let mut bytes = [0; 8192];
                let read = stream.read(&mut bytes).unwrap_or(0);
                let request = String::from_utf8_lossy(&bytes[..read]).into_owned();
                // Without an answer, the connection stays open until the other side
                // gives up.
                let Some(body) = answer(&request) else {
                    let _ = stream.read(&mut bytes);
                    return;
                };
                let status = match &*body {
                    "" => "404 No",
                    "forbidden" => "403 No",
                    _ => "200 OK",
                };
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    url
}

fn failed(command: &mut Command) -> RunOutput {
    let ran = run(command);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    for debug in ["Some(", "Error {", "Builder", "Provider {"] {
        assert!(!ran.err.contains(debug), "{}", ran.err);
    }
    ran
}

#[test]
fn an_empty_session_token_is_none_wherever_it_stands() {
    let keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n";
    let json = r#""AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"s""#;
    let process = format!(r#"printf '{{"Version":1,{json},"SessionToken":""}}'"#);
    let home = home(&[
        (
            "credentials",
            &format!(
                "[empty]\n{keys}aws_session_token =\naws_security_token = \n[hides]\n{keys}aws_session_token=\n"
            ),
        ),
        (
            "config",
            &format!(
                "[profile hides]\naws_session_token = OLD\n[profile process]\ncredential_process = {process}\n"
            ),
        ),
    ]);
    let later = r#""Token":"","Expiration":"2099-01-01T00:00:00Z""#;
    let container = serve(move |_| Some(format!("{{{json},{later}}}")));
    let metadata = serve(move |asked| {
        Some(match asked.split(' ').nth(1).unwrap_or_default() {
            "/latest/api/token" => "token".to_owned(),
            "/latest/meta-data/iam/security-credentials/" => "role".to_owned(),
            _ => format!(r#"{{"Code":"Success",{json},{later}}}"#),
        })
    });
    let sources: [(&str, &[(&str, &str)]); 6] = [
        ("empty", &[]),
        ("hides", &[]),
        ("process", &[]),
        (
            "",
            &[
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "s"),
                ("AWS_SESSION_TOKEN", ""),
            ],
        ),
        ("", &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &container)]),
        (
            "",
            &[
                ("AWS_EC2_METADATA_DISABLED", ""),
                ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &metadata),
            ],
        ),
    ];
    for (profile, variables) in sources {
        let service = service();
        let ran = run(patchctl()
            .env("HOME", home.path())
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ENDPOINT_URL_SSM", &service.url)
            .env("AWS_PROFILE", profile)
            .envs(variables.iter().copied())
            .args(STATES));
        assert_eq!(ran.code, 0, "{profile} {variables:?}: {}", ran.err);
        let sent = service.requests().remove(0);
        assert_eq!(sent.session_token, None, "{profile} {variables:?}");
        assert_eq!(sent.access_key, "AKIDEXAMPLE");
    }
}

#[test]
fn every_other_empty_setting_is_unset_too() {
    let service = service();
    let home = home(&[(
        "config",
        "[default]\nregion = ap-south-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n\
         role_arn =\nsso_session =\nsso_account_id =\nmfa_serial =\ncredential_process =\nendpoint_url =\n\
         web_identity_token_file = \nservices =\nca_bundle =\nuse_fips_endpoint =\nmetadata_service_timeout =\n",
    )]);
    let ran = run(patchctl()
        .env("HOME", home.path())
        .env("AWS_ENDPOINT_URL", &service.url)
        .envs(
            [
                "AWS_PROFILE",
                "AWS_DEFAULT_PROFILE",
                "AWS_REGION",
                "AWS_DEFAULT_REGION",
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_SESSION_TOKEN",
                "AWS_CONFIG_FILE",
                "AWS_SHARED_CREDENTIALS_FILE",
                "AWS_CA_BUNDLE",
                "AWS_MAX_ATTEMPTS",
                "AWS_ROLE_ARN",
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "AWS_ENDPOINT_URL_SSM",
                "AWS_ENDPOINT_URL_STS",
                "AWS_ENDPOINT_URL_SSO",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "AWS_METADATA_SERVICE_TIMEOUT",
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                "AWS_USE_FIPS_ENDPOINT",
                "AWS_SDK_UA_APP_ID",
                "HTTPS_PROXY",
                "NO_PROXY",
            ]
            .map(|name| (name, "")),
        )
        .args(STATES)
        .args(["--columns", "Region,Verdict"]));
    assert_eq!(
        (ran.out.as_str(), ran.code),
        ("ap-south-1,COMPLIANT\r\n", 0),
        "{}",
        ran.err
    );
}

/// Files as the AWS CLI writes them, in which a session has a name of several words.
const MY_CORP: &str = "[profile 'My Corp']\nsso_session = My Corp Ltd\nsso_account_id = 121212121212\nsso_role_name = auditor\nregion = eu-west-1\n\
[sso-session 'My Corp Ltd']\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";

#[test]
fn a_session_whose_name_has_blanks_is_used_as_aws_configure_sso_writes_it() {
    let portal = serve(|asked| {
        asked.starts_with("GET /federation/credentials?role_name=auditor").then(|| {
            r#"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}"#.to_owned()
        })
    });
    // Named after the SHA-1 of `My Corp Ltd`.
    let cache = "sso/cache/f4139c8382aab83f0e7aa489ffdab67031060fba.json";
    let token = r#"{"accessToken":"t","expiresAt":"2099-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start"}"#;
    for config in [
        MY_CORP.to_owned(),
        MY_CORP.replace('\'', "\""),
        MY_CORP.replace('\n', "\r\n"),
        format!("\u{feff}{}", MY_CORP.replace("\n[", "\n\n; a comment\n[")),
    ] {
        let (home, service) = (home(&[("config", &config), (cache, token)]), service());
        let ran = run(patchctl()
            .env("HOME", home.path())
            .env("AWS_ENDPOINT_URL_SSO", &portal)
            .env("AWS_ENDPOINT_URL_SSM", &service.url)
            .args(["--profile", "My Corp"])
            .args(STATES)
            .args(["--columns", "AccountId,Verdict"]));
        assert_eq!(
            (ran.out.as_str(), ran.code),
            ("121212121212,COMPLIANT\r\n", 0),
            "{config}: {}",
            ran.err
        );
    }
    // Without a token: only this source says to sign in.
    let home = home(&[("config", MY_CORP)]);
    let ran = failed(
        patchctl()
            .env("HOME", home.path())
            .args(["--profile", "My Corp"])
            .args(STATES),
    );
    assert!(
        ran.err.contains("run aws sso login --profile 'My Corp'"),
        "{}",
        ran.err
    );
}

#[test]
fn a_file_that_is_not_read_is_refused_with_its_line_and_the_difference() {
    let unquoted = MY_CORP.replace('\'', "");
    for (config, profile, expected) in [
        (
            &*unquoted,
            "My Corp",
            "config:1: [profile My Corp] is not read: write [profile 'My Corp']",
        ),
        (
            &*MY_CORP.replace("'My Corp Ltd'", "My Corp Ltd"),
            "My Corp",
            "config:6: [sso-session My Corp Ltd] is not read: write [sso-session 'My Corp Ltd']",
        ),
        (
            "[prod]\nregion = eu-west-1\n",
            "prod",
            "config:1: [prod] is no profile: in this file, write [profile prod]",
        ),
        (
            "[profile prod]\nregion\n",
            "prod",
            "config:2: a setting has no =, as in KEY = VALUE",
        ),
        (
            "[profile prod]\nservices = x\naws_access_key_id = A\naws_secret_access_key = s\nregion = eu-west-1\n",
            "prod",
            "no services \"x\" in the AWS config files",
        ),
        (
            "[profile prod]\nsource_profile = bsae\nrole_arn = r\nregion = eu-west-1\n[profile base]\n",
            "prod",
            "no profile \"bsae\" in the AWS config files; did you mean base?",
        ),
    ] {
        let home = home(&[("config", config)]);
        let ran = failed(
            patchctl()
                .env("HOME", home.path())
                .args(["--profile", profile])
                .args(STATES),
        );
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
}

const KEYS_AND_ROLE: &str = "[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s\n\
[profile mfa]\nregion = eu-west-1\nrole_arn = arn:aws:iam::777788889999:role/auditor\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n";

#[cfg(unix)]
const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>\
<AssumedRoleId>AROA:s</AssumedRoleId><Arn>arn:aws:sts::777788889999:assumed-role/auditor/s</Arn></AssumedRoleUser><Credentials>\
<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>\
</Credentials></AssumeRoleResult></AssumeRoleResponse>";

#[test]
fn a_role_that_needs_a_code_says_what_to_run_where_there_is_no_terminal() {
    let home = home(&[("config", KEYS_AND_ROLE)]);
    let ran = failed(
        patchctl()
            .env("HOME", home.path())
            .args(["--profile", "mfa"])
            .args(STATES),
    );
    assert!(
        ran.err.contains("needs a code of the MFA device arn:aws:iam::111122223333:mfa/me, and there is no terminal to ask for it: run aws sts get-caller-identity --profile mfa"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("sso"), "{}", ran.err);
}

#[test]
fn the_session_of_a_role_that_the_aws_cli_has_cached_is_used() {
    // Named as botocore names it, from the parameters of AssumeRole.
    let cache = "cli/cache/bc837e1d3c5944ed19f79d80d0581c18bf50b039.json";
    for (until, is_used) in [
        ("2099-01-01T00:00:00Z", true),
        ("2099-01-01T00:00:00UTC", true),
        ("2099-01-01T00:00:00+00:00", true),
        ("2020-01-01T00:00:00Z", false),
    ] {
        let session = format!(
            r#"{{"Credentials":{{"AccessKeyId":"ASIACACHED","SecretAccessKey":"s","SessionToken":"cached","Expiration":"{until}"}},"AssumedRoleUser":{{"AssumedRoleId":"A:b","Arn":"arn:aws:sts::777788889999:assumed-role/auditor/b"}}}}"#
        );
        let home = home(&[("config", KEYS_AND_ROLE), (cache, &session)]);
        let service = service();
        let ran = run(patchctl()
            .env("HOME", home.path())
            .env("AWS_ENDPOINT_URL", &service.url)
            .args(["--profile", "mfa"])
            .args(STATES)
            .args(["--columns", "AccountId,Verdict"]));
        let expected = if is_used {
            ("777788889999,COMPLIANT\r\n", 0)
        } else {
            ("", 2)
        };
        assert_eq!(
            (ran.out.as_str(), ran.code),
            expected,
            "{until}: {}",
            ran.err
        );
        let keys: Vec<String> = service
            .requests()
            .into_iter()
            .map(|asked| asked.access_key)
            .collect();
        assert_eq!(keys, if is_used { vec!["ASIACACHED"] } else { vec![] });
    }
}

#[test]
#[cfg(unix)]
fn a_role_that_needs_a_code_asks_for_it_on_a_terminal() {
    use crate::support::{program, terminal};
    let sts = serve(|asked| asked.contains("TokenCode=123456").then(|| ROLE.to_owned()));
    let (home, service) = (home(&[("config", KEYS_AND_ROLE)]), service());
    let mut command = program();
    command
        .env("HOME", home.path())
        .env("AWS_ENDPOINT_URL_STS", &sts)
        .env("AWS_ENDPOINT_URL_SSM", &service.url)
        .args(["--profile", "mfa"])
        .args(STATES)
        .args(["--columns", "AccountId,Verdict"]);
    let screen = terminal::run_and_type(&mut command, "123456\n");
    assert_eq!(
        (screen.out.as_str(), screen.code),
        ("777788889999,COMPLIANT\r\n", 0),
        "{}",
        screen.err
    );
    assert!(
        screen
            .err
            .contains("MFA code for arn:aws:iam::111122223333:mfa/me (profile mfa): "),
        "{}",
        screen.err
    );
    let screen = terminal::run_and_type(&mut command, "12345\n");
    assert!(
        screen.code == 2 && screen.err.contains("an MFA code has six digits"),
        "{}",
        screen.err
    );
    // CI may have a terminal, and has no user.
    let screen = terminal::run_and_type(command.env("CI", "true"), "123456\n");
    assert!(
        screen.code == 2 && screen.err.contains("there is no terminal to ask"),
        "{}",
        screen.err
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of fifteen sources")]
fn each_source_of_credentials_has_its_own_remedy() {
    let home = home(&[(
        "config",
        "[profile process]\nregion = eu-west-1\ncredential_process = sh -c 'echo no vault >&2; exit 3'\n\
             [profile half]\nregion = eu-west-1\naws_access_key_id = AKIDHALF\n\
             [profile none]\nregion = eu-west-1\n\
             [profile loop]\nregion = eu-west-1\nrole_arn = r\nsource_profile = pool\n\
             [profile pool]\nrole_arn = r\nsource_profile = loop\n\
             [profile bare]\nregion = eu-west-1\nrole_arn = r\n\
             [profile both]\nregion = eu-west-1\nrole_arn = r\nsource_profile = half\ncredential_source = Environment\n\
             [profile outside]\nregion = eu-west-1\nrole_arn = r\ncredential_source = EcsContainer\n\
             [profile unset]\nregion = eu-west-1\nrole_arn = r\ncredential_source = Environment\n\
             [profile odd]\nregion = eu-west-1\nrole_arn = r\ncredential_source = Vault\n\
             [profile login]\nregion = eu-west-1\nlogin_session = arn:aws:iam::111122223333:user/me\n\
             [profile web]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/r\nweb_identity_token_file = /nonexistent/jwt\n",
    )]);
    for (profile, variables, expected) in [
        (
            "process",
            &[][..],
            "credential_process of profile process failed: Error retrieving credentials: external process exited with code exit status: 3. Stderr: no vault; run its command by itself",
        ),
        (
            "half",
            &[],
            "profile half has aws_access_key_id, and no aws_secret_access_key: run aws configure --profile half",
        ),
        (
            "none",
            &[],
            "no AWS credentials found for profile none: add keys with aws configure --profile none",
        ),
        (
            "loop",
            &[],
            "the profiles loop -> pool -> loop take their credentials from one another",
        ),
        (
            "bare",
            &[],
            "profile bare has role_arn, and neither source_profile nor credential_source",
        ),
        (
            "both",
            &[],
            "profile both has source_profile and credential_source: remove one of them",
        ),
        (
            "outside",
            &[],
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set, as outside of a container",
        ),
        (
            "unset",
            &[],
            "profile unset has credential_source = Environment, and AWS_ACCESS_KEY_ID is not set",
        ),
        (
            "odd",
            &[],
            "credential_source = Vault, which is none of Environment, EcsContainer, Ec2InstanceMetadata",
        ),
        (
            "login",
            &[],
            "the profile login signs in with aws login, which patchctl does not read: set credential_process",
        ),
        (
            "web",
            &[],
            "the token file /nonexistent/jwt (web_identity_token_file of profile web) cannot be read",
        ),
        (
            "",
            &[("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")],
            "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not",
        ),
        (
            "",
            &[(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                "http://127.0.0.1:9/role",
            )],
            "the credentials of the container cannot be fetched",
        ),
        (
            "",
            &[("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/jwt")],
            "AWS_WEB_IDENTITY_TOKEN_FILE is set, and no role",
        ),
        (
            "",
            &[],
            "no AWS credentials found: give --profile (there are: bare, both, half, login, loop, none, odd, outside, pool, process, unset, web), or set AWS_ACCESS_KEY_ID",
        ),
    ] {
        let ran = failed(
            patchctl()
                .env("HOME", home.path())
                .env("PATH", "/usr/bin:/bin")
                .env("AWS_REGION", "eu-west-1")
                .env("AWS_MAX_ATTEMPTS", "1")
                .env("AWS_PROFILE", profile)
                .envs(variables.iter().copied())
                .args(STATES),
        );
        assert!(ran.err.contains(expected), "{profile}: {}", ran.err);
        assert!(!ran.err.contains("aws sso login"), "{profile}: {}", ran.err);
    }
}

/// A metadata service whose answers take so long, and which loses so many requests
/// first.
fn metadata(delay: Duration, lost: usize) -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let asked_before = count.clone();
    let url = serve(move |asked| {
        if asked_before.fetch_add(1, Ordering::Relaxed) < lost {
            return None;
        }
        std::thread::sleep(delay);
        Some(
            match asked.split(' ').nth(1).unwrap_or_default() {
                "/latest/api/token" => "token",
                "/latest/meta-data/placement/region" => "eu-west-1",
                "/latest/meta-data/iam/security-credentials/" => "role",
                _ => r#"{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAEC2","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z","LastUpdated":"2020-01-01T00:00:00Z"}"#,
            }
            .to_owned(),
        )
    });
    (url, count)
}

fn with_metadata(url: &str) -> Command {
    let mut command = patchctl();
    command
        .env("AWS_EC2_METADATA_DISABLED", "")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url)
        .args(STATES)
        .args(["--columns", "Region,Verdict"]);
    command
}

#[test]
fn a_slow_metadata_service_and_one_that_loses_a_request_give_region_and_credentials() {
    for (delay, lost) in [(400, 0), (0, 1)] {
        let service = service();
        let (url, _) = metadata(Duration::from_millis(delay), lost);
        let ran = run(with_metadata(&url).env("AWS_ENDPOINT_URL_SSM", &service.url));
        assert_eq!(
            (ran.out.as_str(), ran.code),
            ("eu-west-1,COMPLIANT\r\n", 0),
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_metadata_service_that_hangs_is_named_after_as_long_as_the_settings_say() {
    let (url, count) = metadata(Duration::ZERO, usize::MAX);
    let started = Instant::now();
    let ran = failed(
        with_metadata(&url)
            .env("AWS_METADATA_SERVICE_TIMEOUT", "0.2")
            .env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2"),
    );
    assert!(
        ran.err.contains("no AWS region")
            && ran.err.contains(&format!(
                "the EC2 metadata service at {url} does not answer within 200ms, tried 2 times"
            )),
        "{}",
        ran.err
    );
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(count.load(Ordering::Relaxed), 2);
    // The settings of the profile are the same, and those of credentials too.
    let home = home(&[(
        "config",
        "[default]\nmetadata_service_timeout = 0.3\nmetadata_service_num_attempts = 1\n",
    )]);
    let ran = failed(
        with_metadata(&url)
            .env("HOME", home.path())
            .env("AWS_REGION", "eu-west-1"),
    );
    assert!(
        ran.err
            .contains("does not answer within 300ms, tried 1 time"),
        "{}",
        ran.err
    );
    for (name, value) in [
        ("AWS_METADATA_SERVICE_TIMEOUT", "soon"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "0"),
    ] {
        let ran = failed(with_metadata(&url).env(name, value));
        assert!(
            ran.err.contains(&format!("{name} {value:?} is not")),
            "{}",
            ran.err
        );
    }
}

#[test]
fn an_address_of_the_metadata_service_that_forbids_requests_is_no_source() {
    let url = serve(|_| Some("forbidden".to_owned()));
    let ran = failed(with_metadata(&url).env("AWS_REGION", "eu-west-1"));
    assert!(
        ran.err
            .contains("no AWS credentials found: give --profile, or set AWS_ACCESS_KEY_ID"),
        "{}",
        ran.err
    );
    let ran = failed(&mut with_metadata(&url));
    assert!(
        ran.err.contains("no AWS region: give --region"),
        "{}",
        ran.err
    );
}

#[test]
fn an_instance_without_a_role_is_told_so() {
    let url = serve(|asked| {
        Some(match asked.split(' ').nth(1).unwrap_or_default() {
            "/latest/api/token" => "token".to_owned(),
            _ => String::new(),
        })
    });
    let ran = failed(with_metadata(&url).env("AWS_REGION", "eu-west-1"));
    assert!(
        ran.err
            .contains("the EC2 instance has no role: attach an instance profile"),
        "{}",
        ran.err
    );
}

#[test]
fn one_region_decides_about_the_partition_of_a_policy_whatever_sets_it() {
    let home = home(&[(
        "config",
        "[profile iso]\nregion = us-iso-east-1\n[profile gov]\nregion = us-gov-west-1\n",
    )]);
    for (args, variables, partition) in [
        (vec![], &[("AWS_REGION", "cn-north-1")][..], "aws-cn"),
        (
            vec![],
            &[("AWS_DEFAULT_REGION", "us-gov-east-1")],
            "aws-us-gov",
        ),
        (
            vec![],
            &[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-isob-east-1")],
            "aws-iso-b",
        ),
        (vec![], &[("AWS_PROFILE", "iso")], "aws-iso"),
        (vec!["--profile", "gov"], &[], "aws-us-gov"),
        (
            vec!["--profile", "gov"],
            &[("AWS_REGION", "cn-northwest-1")],
            "aws-cn",
        ),
        (
            vec!["--region", "eusc-de-east-1"],
            &[("AWS_REGION", "cn-north-1")],
            "aws-eusc",
        ),
        (vec![], &[("PATCHCTL_REGION", "cn-north-1")], "aws-cn"),
        (vec![], &[], "aws"),
        (vec!["--demo"], &[("AWS_REGION", "cn-north-1")], "aws"),
    ] {
        for command in [
            &["iam-policy", "states", "i-00000001"][..],
            &["iam-policy", "--trust", "111122223333"],
        ] {
            let ran = run(patchctl()
                .env("HOME", home.path())
                .envs(variables.iter().copied())
                .args(&args)
                .args(command));
            assert_eq!(ran.code, 0, "{}", ran.err);
            assert!(
                ran.out.contains(&format!("\"arn:{partition}:")),
                "{args:?} {variables:?}: {}",
                ran.out
            );
        }
    }
    let ran = failed(patchctl().env("AWS_REGION", "ireland").args([
        "iam-policy",
        "states",
        "i-00000001",
    ]));
    assert!(ran.err.contains("did you mean eu-west-1?"), "{}", ran.err);
}
