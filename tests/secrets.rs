//! No secret is printed, for each source of credentials, each kind of wrong
//! response, and wrong settings.
//!
//! Every secret here contains the word `hush`, so that a part of one is found, too.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use assert_cmd::Command;

use crate::support::{RunOutput, patchctl, run};

/// A server that is sent secrets. `answer` makes all of a reply from all of a request.
fn server(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let request = request(&mut stream);
            if let Some(reply) = answer(&request) {
                let _ = stream.write_all(reply.as_bytes());
            }
        }
    });
    url
}

/// The head and the body, as far as they come.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut some = [0; 4096];
        match stream.read(&mut some) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&some[..read]),
            _ => return text,
        }
    }
}

fn reply(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The kinds of wrong answer; most send back what they were sent.
const ANSWERS: [&str; 10] = [
    "garbage",
    "html",
    "status-500",
    "hang-up",
    "json-error",
    "json-code",
    "json-200",
    "xml-error",
    "redirect",
    "raw-200",
];

fn wrong(kind: &str, asked: &str) -> Option<String> {
    let json = serde_json::Value::from(asked).to_string();
    let xml = asked.replace('&', "&amp;").replace('<', "&lt;");
    Some(match kind {
        "garbage" => reply("200 OK", "application/json", &format!("\u{1}{{[{asked}")),
        "html" => reply("403 No", "text/html", &format!("<html>{xml}</html>")),
        "status-500" => reply(
            "500 No",
            "application/json",
            &format!("{{\"message\":{json}}}"),
        ),
        "hang-up" => return None,
        "json-error" => reply(
            "400 No",
            "application/json",
            &format!(
                "{{\"__type\":\"InvalidRequestException\",\"message\":{json},\"error\":{json},\"error_description\":{json},\"Code\":\"x\",\"Message\":{json}}}"
            ),
        ),
        "json-code" => reply(
            "200 OK",
            "application/json",
            &format!("{{\"Code\":{json},\"code\":{json},\"Message\":{json},\"message\":{json}}}"),
        ),
        "json-200" => reply(
            "200 OK",
            "application/json",
            &format!(
                "{{\"AccessKeyId\":{json},\"SecretAccessKey\":{json},\"Token\":{json},\"Expiration\":{json},\"roleCredentials\":{json},\"accessToken\":{json}}}"
            ),
        ),
        "xml-error" => reply(
            "403 No",
            "text/xml",
            &format!(
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>{xml}</Message></Error></ErrorResponse>"
            ),
        ),
        "redirect" => {
            let line = asked.replace(['\r', '\n'], " ");
            format!(
                "HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:9/{line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        }
        _ => reply("200 OK", "text/plain", asked),
    })
}

/// A home with these files below `.aws`.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".aws/sso/cache")).unwrap();
    for (name, text) in files {
        std::fs::write(home.path().join(".aws").join(name), text).unwrap();
    }
    home
}

const KEYS: &str = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hush/file+secret-key\naws_session_token = hush/file+session==\n";

const SSO: &str = "[profile sso]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 121212121212\nsso_role_name = auditor\n\
[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n\
[profile legacy]\nregion = eu-west-1\nsso_account_id = 121212121212\nsso_role_name = auditor\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n";

/// Named after the SHA-1 of the session's name, and of the start URL.
const CACHES: [&str; 2] = [
    "sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json",
    "sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json",
];

fn token(expires: &str) -> String {
    format!(
        r#"{{"accessToken":"hush/access+token","expiresAt":"{expires}","region":"eu-west-1","startUrl":"https://corp.awsapps.com/start","refreshToken":"hush/refresh+token","clientId":"client","clientSecret":"hush/client+secret","registrationExpiresAt":"2099-01-01T00:00:00Z"}}"#
    )
}

/// Each source of credentials that is reached over the network, and each place
/// that is sent secrets otherwise.
const SOURCES: [&str; 13] = [
    "environment",
    "shared-file",
    "assumed-role",
    "role-of-flag",
    "sso",
    "sso-refresh",
    "legacy-sso",
    "web-identity",
    "container",
    "container-token-file",
    "metadata",
    "proxy",
    "endpoint-password",
];

#[expect(clippy::too_many_lines, reason = "a table of thirteen sources")]
/// Sets up a run whose secrets go to a server of this kind of answer.
fn is_asked_by(source: &str, answer: &'static str, home: &Path, command: &mut Command) {
    let hostile = server(move |asked| wrong(answer, asked));
    let host = hostile.strip_prefix("http://").unwrap().to_owned();
    let fresh = token("2099-01-01T00:00:00Z");
    let write =
        |name: &str, text: &str| std::fs::write(home.join(".aws").join(name), text).unwrap();
    let keys = |command: &mut Command| {
        command
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "hush/secret+key")
            .env("AWS_SESSION_TOKEN", "hush/session+token==");
    };
    command
        .env("HOME", home)
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    match source {
        "environment" => {
            keys(command);
            command.env("AWS_ENDPOINT_URL", &hostile);
        }
        "shared-file" => {
            write("credentials", &format!("[files]\n{KEYS}"));
            command
                .env("AWS_ENDPOINT_URL", &hostile)
                .args(["--profile", "files"]);
        }
        "assumed-role" => {
            write("credentials", &format!("[files]\n{KEYS}"));
            write(
                "config",
                "[profile role]\nrole_arn = arn:aws:iam::777788889999:role/auditor\nsource_profile = files\n",
            );
            command
                .env("AWS_ENDPOINT_URL_STS", &hostile)
                .args(["--profile", "role"]);
        }
        "role-of-flag" => {
            keys(command);
            command.env("AWS_ENDPOINT_URL_STS", &hostile);
            command.args(["--account", "111122223333", "--role-name", "r"]);
        }
        "sso" => {
            write("config", SSO);
            write(CACHES[0], &fresh);
            command
                .env("AWS_ENDPOINT_URL_SSO", &hostile)
                .args(["--profile", "sso"]);
        }
        "sso-refresh" => {
            write("config", SSO);
            write(CACHES[0], &token("2020-01-01T00:00:00Z"));
            command
                .env("AWS_ENDPOINT_URL_SSO_OIDC", &hostile)
                .args(["--profile", "sso"]);
        }
        "legacy-sso" => {
            write("config", SSO);
            write(CACHES[1], &fresh);
            command
                .env("AWS_ENDPOINT_URL_SSO", &hostile)
                .args(["--profile", "legacy"]);
        }
        "web-identity" => {
            write("jwt", "hush.web.identity\n");
            command
                .env("AWS_WEB_IDENTITY_TOKEN_FILE", home.join(".aws/jwt"))
                .env("AWS_ROLE_ARN", "arn:aws:iam::777788889999:role/auditor")
                .env("AWS_ENDPOINT_URL_STS", &hostile);
        }
        "container" => {
            command
                .env(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    format!("{hostile}/role?id=hush-query"),
                )
                .env(
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                    "Bearer hush/container+token",
                );
        }
        "container-token-file" => {
            write("token", "hush/container+file");
            command
                .env(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    format!("{hostile}/role"),
                )
                .env(
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                    home.join(".aws/token"),
                );
        }
        "metadata" => {
            let metadata = server(move |asked| {
                if asked.starts_with("PUT") {
                    let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\nContent-Length:";
                    let token = reply("200 OK", "text/plain", "hush-metadata-token");
                    return Some(token.replace("Content-Length:", ttl));
                }
                wrong(answer, asked)
            });
            command
                .env_remove("AWS_EC2_METADATA_DISABLED")
                .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata);
        }
        "proxy" => {
            keys(command);
            command
                .env("AWS_ENDPOINT_URL", "https://ssm.eu-west-1.amazonaws.com")
                .env(
                    "HTTPS_PROXY",
                    format!("http://user:hush-proxy-password@{host}"),
                );
        }
        _ => {
            keys(command);
            command.env(
                "AWS_ENDPOINT_URL",
                format!("http://user:hush-endpoint-password@{host}/"),
            );
        }
    }
}

/// Did it fail as it has to, and say nothing secret?
fn is_silent(what: &str, ran: &RunOutput) {
    let all = format!("{}{}", ran.out, ran.err);
    // The user and the password of the proxy, as a header holds them.
    for secret in ["hush", "dXNlcjpodXNoLXByb3h5LXBhc3N3b3Jk"] {
        assert!(!all.contains(secret), "{what}: {all}");
    }
    assert!([2, 3].contains(&ran.code), "{what}: {} {all}", ran.code);
    assert!(!ran.err.is_empty(), "{what}");
    // No type of the SDK in its debug form.
    for debug in ["Request {", "Response {", "SdkBody", "Some(", "StatusCode("] {
        assert!(!all.contains(debug), "{what}: {all}");
    }
}

#[test]
fn no_answer_makes_any_source_of_credentials_print_a_secret() {
    let cases: Vec<(&str, &'static str)> = SOURCES
        .iter()
        .flat_map(|source| ANSWERS.map(|answer| (*source, answer)))
        .collect();
    side_by_side(&cases, |(source, answer)| {
        let home = home(&[]);
        let mut command = patchctl();
        is_asked_by(source, answer, home.path(), &mut command);
        command.args(["-v", "states", "i-00000001", "-o", "json"]);
        is_silent(&format!("{source}, {answer}"), &run(&mut command));
    });
}

/// Tries each case, several at once: most of the time is spent between attempts.
fn side_by_side<T: Sync>(cases: &[T], of: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    of(case);
                }
            });
        }
    });
}

#[test]
fn a_credential_process_that_fails_is_reported_without_its_output() {
    for printed in [
        "hush",
        "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"hush-process\"",
        "{\"Version\":2,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"hush-process\"}",
        "{\"Version\":1,\"SecretAccessKey\":\"hush-process\"}",
        "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"hush-process\",\"Expiration\":\"hush\"}",
        "{\"Version\":1,\"AccessKeyId\":\"AK\\nID\",\"SecretAccessKey\":\"hush-process\"}",
        "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"hush-process\\r\"}",
        "{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"hush-process\",\"SessionToken\":\"hush-\\u00e4\"}",
    ] {
        let home = home(&[("printed", printed)]);
        let path = home.path().join(".aws/printed");
        let config = format!(
            "[profile p]\nregion = eu-west-1\ncredential_process = cat {}\n",
            path.display()
        );
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        let ran = run(patchctl()
            .env("HOME", home.path())
            .env("PATH", "/usr/bin:/bin")
            .args(["-v", "--profile", "p", "states", "i-00000001"]));
        is_silent(printed, &ran);
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
        assert!(ran.err.contains("profile p"), "{}", ran.err);
    }
}

#[test]
fn settings_that_cannot_be_used_are_named_without_their_secrets() {
    let home = home(&[("config", SSO), (CACHES[0], &token("2099-01-01T00:00:00Z"))]);
    for (variable, value) in [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1 "),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1\r"),
        (
            "AWS_ENDPOINT_URL",
            "http://user:hush-endpoint@127.0.0.1:99999",
        ),
        ("AWS_ENDPOINT_URL", "http://user:hush endpoint@127.0.0.1"),
        ("AWS_ENDPOINT_URL", "user:hush-endpoint@127.0.0.1"),
        ("AWS_ENDPOINT_URL", "http://user:hush%40127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "http://user:hush＠127.0.0.1:1"),
        ("AWS_ENDPOINT_URL", "http:user:hush"),
        ("AWS_ENDPOINT_URL", "user:hush"),
        ("AWS_ENDPOINT_URL", "http://hush%40127.0.0.1"),
        ("AWS_ENDPOINT_URL_SSM", "http://user:hush%40127.0.0.1:1"),
        ("AWS_ENDPOINT_URL_STS", "http:user:hush"),
        ("AWS_ENDPOINT_URL_SSO", "http://user:hush＠127.0.0.1:1"),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "http://user:hush%40127.0.0.1",
        ),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://user:hush%40127.0.0.1",
        ),
        ("HTTPS_PROXY", "http://user:hush%40127.0.0.1:1"),
        ("ALL_PROXY", "http:user:hush"),
        ("AWS_ENDPOINT_URL_SSO", "http://["),
        ("AWS_ENDPOINT_URL_SSO_OIDC", "http://?hush-query"),
        ("AWS_ENDPOINT_URL_SSM", "https://"),
        ("AWS_ENDPOINT_URL_STS", "sts"),
        ("AWS_ENDPOINT_URL_EC2", "http://a b"),
        ("AWS_ENDPOINT_URL_ORGANIZATIONS", "\thttp://127.0.0.1:1"),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://127.0.0.1:x/?hush",
        ),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "hush"),
        (
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            "hush:hush@169.254.169.254",
        ),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE\r"),
        ("AWS_SECRET_ACCESS_KEY", "hush-secret\r"),
        ("AWS_SECRET_ACCESS_KEY", " hush-secret"),
        ("AWS_SESSION_TOKEN", "hush\nsession"),
        ("AWS_SESSION_TOKEN", "hush-sessiön"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush-token\n"),
        ("AWS_ACCOUNT_ID", "hush"),
        ("AWS_USE_FIPS_ENDPOINT", "maybe"),
        ("AWS_PROFILE", "sso\r"),
        ("AWS_REGION", "eu-west-1\n"),
        ("AWS_SDK_UA_APP_ID", "app\u{7}"),
        ("HTTPS_PROXY", "http://user:hush-proxy@127.0.0.1:99999"),
        ("HTTPS_PROXY", "http://user:hush proxy@127.0.0.1 "),
        ("ALL_PROXY", "socks5://user:hush-proxy@127.0.0.1"),
    ] {
        let ran = run(patchctl()
            .env("HOME", home.path())
            .env(variable, value)
            .args(["-v", "--profile", "sso", "states", "i-00000001"]));
        let what = format!("{variable}={value:?}");
        is_silent(&what, &ran);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{what}");
        assert!(
            ran.err.contains(variable) && ran.err.lines().count() == 1,
            "{what}: {}",
            ran.err
        );
    }
    for url in [
        "http://user:hush-flag@127.0.0.1:99999",
        "eu-west-1=http://user:hush-flag@127.0.0.1 ",
        "user:hush-flag@host",
        "http://user:hush%40127.0.0.1:1",
        "eu-west-1=http://user:hush＠127.0.0.1:1",
        "eu-west-1=http:user:hush",
        "http:user:hush",
        "Nowhere=http://user:hush%40127.0.0.1:1",
    ] {
        let ran = run(patchctl().args(["states", "i-00000001", "--endpoint-url", url]));
        is_silent(url, &ran);
        assert!(
            ran.err.contains("--endpoint-url") && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_profile_that_cannot_be_used_is_named_with_its_setting_and_without_secrets() {
    let keys = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hush-secret\n";
    for (profile, expected) in [
        (format!("{keys}endpoint_url = http://user:hush-url@127.0.0.1:99999\n"), "endpoint_url of profile p "),
        (format!("{keys}services = s\n[services s]\nssm =\n  endpoint_url = http://user:hush-url@[\n"), "endpoint_url of profile p for SSM "),
        (format!("{keys}services = s\n[services s]\nsso-oidc =\n  endpoint_url = x\n"), "endpoint_url of profile p for SSO OIDC "),
        (format!("{keys}ec2_metadata_service_endpoint = metadata\n"), "ec2_metadata_service_endpoint of profile p "),
        (format!("{keys}use_fips_endpoint = maybe\n"), "use_fips_endpoint of profile p "),
        (format!("{keys}aws_session_token = hush-t\u{7}ken\n"), "aws_session_token of profile p "),
        ("aws_access_key_id = ÄKID\naws_secret_access_key = hush-secret\n".to_owned(), "aws_access_key_id of profile p "),
        ("role_arn = arn:aws:iam::777788889999:role/r\nsource_profile = q\n[profile q]\naws_access_key_id = A\u{1}\naws_secret_access_key = hush-secret\n".to_owned(), "aws_access_key_id of profile q "),
        ("sso_session = s\nsso_account_id = 121212121212\nsso_role_name = r\n[sso-session s]\nsso_region = eu west\nsso_start_url = https://x\n".to_owned(), "sso_region of sso-session s "),
    ] {
        let home = home(&[("config", &format!("[profile p]\nregion = eu-west-1\n{profile}"))]);
        let ran = run(patchctl()
            .env("HOME", home.path())
            .args(["-v", "--profile", "p", "states", "i-00000001"]));
        is_silent(expected, &ran);
        assert!(
            ran.code == 2 && ran.err.contains(expected) && ran.err.lines().count() == 1,
            "{expected}: {}",
            ran.err
        );
    }
}

#[test]
fn tokens_that_no_request_can_carry_are_reported_in_one_line() {
    let mut cases = Vec::new();
    for wrong in [
        "hush\\u0007token",
        "hush-tökén",
        "hush\\ntoken",
        "",
        " hush token ",
    ] {
        cases.extend(["sso", "web-identity", "container"].map(|source| (source, wrong)));
    }
    side_by_side(&cases, |(source, wrong)| {
        let home = home(&[("config", SSO), ("token", &wrong.replace("\\n", "\n"))]);
        let cached = token("2099-01-01T00:00:00Z").replace("hush/access+token", wrong);
        std::fs::write(home.path().join(".aws").join(CACHES[0]), cached).unwrap();
        let closed = "http://127.0.0.1:9";
        let file = home.path().join(".aws/token");
        let mut command = patchctl();
        command
            .env("HOME", home.path())
            .env("AWS_REGION", "eu-west-1");
        match *source {
            "sso" => command
                .env("AWS_ENDPOINT_URL_SSO", closed)
                .args(["--profile", "sso"]),
            "web-identity" => command
                .env("AWS_WEB_IDENTITY_TOKEN_FILE", &file)
                .env("AWS_ROLE_ARN", "arn:aws:iam::777788889999:role/auditor")
                .env("AWS_ENDPOINT_URL_STS", closed),
            _ => command
                .env(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    format!("{closed}/role"),
                )
                .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &file),
        };
        let ran = run(command.args(["-v", "states", "i-00000001"]));
        is_silent(&format!("{source} {wrong:?}"), &ran);
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    });
}

#[test]
fn an_error_in_a_row_contains_no_secret_that_a_service_sent_back() {
    let is_token = |line: &&str| {
        line.to_ascii_lowercase()
            .starts_with("x-amz-security-token")
    };
    let service = server(move |asked| {
        let sent: Vec<&str> = asked.lines().filter(is_token).collect();
        wrong("json-error", &sent.join(" "))
    });
    for format in ["table", "csv", "json", "ndjson"] {
        let ran = run(patchctl()
            .env("AWS_ENDPOINT_URL", &service)
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "hush/secret+key")
            .env("AWS_SESSION_TOKEN", "hush/session+token==")
            .env("AWS_MAX_ATTEMPTS", "1")
            .args(["states", "i-00000001", "-o", format]));
        is_silent(format, &ran);
        // The token was sent, and sent back.
        assert!(ran.err.contains("x-amz-security-token: ***"), "{}", ran.err);
    }
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_text_is_refused_by_its_name_where_it_would_be_ignored() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let value = OsStr::from_bytes(b"http://127.0.0.1:9/\xff");
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SSM",
        "AWS_PROFILE",
        "AWS_CONFIG_FILE",
        "HTTPS_PROXY",
        "HOME",
    ] {
        let ran = run(patchctl().env(name, value).args([
            "--region",
            "eu-west-1",
            "states",
            "i-00000001",
        ]));
        assert_eq!(
            (ran.code, ran.out.as_str(), ran.err),
            (
                2,
                "",
                format!("patchctl: {name} is not UTF-8 text: set it anew, or unset it\n")
            )
        );
        // Nothing is asked, so nothing is wrong.
        for args in [
            &["--demo", "states", "i-456"][..],
            &["completions", "bash"],
            &["demo", "nodes"],
        ] {
            assert_eq!(
                run(patchctl().env(name, value).args(args)).code,
                0,
                "{name} {args:?}"
            );
        }
    }
}
