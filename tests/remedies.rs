//! What an error says to do: its own cause, and only its remedy.

use std::path::Path;

use crate::support::{ScriptedService, error_reply, live, patchctl, run};

/// The last line on stderr of a run whose calls are all answered with this error.
fn refused(code: &'static str, message: &'static str) -> String {
    let service = ScriptedService::start(move |_| error_reply(400, code, message));
    let ran = run(live(&service.url, &["states", "i-00000001", "-q"]).env("AWS_MAX_ATTEMPTS", "1"));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    ran.err
}

#[test]
fn a_denial_names_the_policy_that_denies_and_what_can_be_done() {
    const USER: &str = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: ssm:DescribeInstancePatchStates on resource: arn:aws:ssm:eu-west-1:111122223333:*";
    for (reason, expected) in [
        (
            "with an explicit deny in a service control policy",
            "the organization denies it by a service control policy, which no IAM policy can override: leave the region out with --skip-region eu-west-1",
        ),
        (
            "with an explicit deny in a resource control policy",
            "the organization denies it by a resource control policy",
        ),
        (
            "because no permissions boundary allows the ssm:DescribeInstancePatchStates action",
            "allow ssm:DescribeInstancePatchStates in the permissions boundary of the caller",
        ),
        (
            "with an explicit deny in a session policy",
            "allow ssm:DescribeInstancePatchStates in the session policy",
        ),
        (
            "with an explicit deny in a VPC endpoint policy",
            "in the policy of the VPC endpoint that the call goes through",
        ),
        (
            "because no identity-based policy allows the ssm:DescribeInstancePatchStates action",
            "allow ssm:DescribeInstancePatchStates in the caller's IAM policy",
        ),
    ] {
        let message: &'static str = format!("{USER} {reason}").leak();
        let said = refused("AccessDeniedException", message);
        assert!(said.contains(expected), "{said}");
        let of_iam = said.contains("in the caller's IAM policy");
        assert_eq!(of_iam, reason.contains("identity-based"), "{said}");
    }
}

#[test]
fn a_role_that_the_organization_denies_is_not_blamed_on_its_trust_policy() {
    for (reason, expected) in [
        (
            "with an explicit deny in a service control policy",
            "the organization denies it by a service control policy, which no IAM policy can override: leave the account out with --skip-account",
        ),
        (
            "because no role trust policy allows the sts:AssumeRole action",
            "see whether the role exists there, trusts this caller, or wants an --external-id",
        ),
    ] {
        let sts = ScriptedService::start(move |asked| {
            let body = match asked.operation.as_str() {
                "GetCallerIdentity" => "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>".to_owned(),
                _ => format!("<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/r {reason}</Message></Error></ErrorResponse>"),
            };
            let status = if body.starts_with("<Error") { 403 } else { 200 };
            (status, body)
        });
        let args = [
            "states",
            "i-00000001",
            "--account",
            "444455556666",
            "--role-name",
            "r",
        ];
        let ran = run(live(&sts.url, &args).env("AWS_MAX_ATTEMPTS", "1"));
        assert!(ran.err.contains(expected), "{}", ran.err);
        assert_eq!(
            ran.err.contains("see whether the role"),
            expected.starts_with("see"),
            "{}",
            ran.err
        );
    }
}

#[test]
fn an_expired_session_is_renewed_where_it_comes_from() {
    let service = ScriptedService::start(|_| {
        error_reply(
            400,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        )
    });
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let keys = "aws_access_key_id = A\naws_secret_access_key = s\naws_session_token = t\n";
    let process = r#"credential_process = printf '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t"}'"#;
    std::fs::write(
        &config,
        format!("[profile keys]\n{keys}[profile process]\n{process}\n"),
    )
    .unwrap();
    for (profile, expected) in [
        (
            "",
            "the session has expired: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew",
        ),
        (
            "keys",
            "the session has expired: store new keys in the profile",
        ),
        (
            "process",
            "the session has expired: see why credential_process of profile process gives expired ones",
        ),
    ] {
        let mut command = live(&service.url, &["states", "i-00000001", "-q"]);
        command
            .env("AWS_CONFIG_FILE", &config)
            .env("PATH", "/usr/bin:/bin");
        if !profile.is_empty() {
            command.args(["--profile", profile]);
        }
        let ran = run(&mut command);
        assert!(ran.code == 2 && ran.err.contains(expected), "{}", ran.err);
        assert!(!ran.err.contains("sso"), "{}", ran.err);
    }
}

#[test]
fn a_clock_that_is_off_is_named_with_its_minutes_and_keys_are_not_blamed() {
    for (code, message, expected) in [
        (
            "InvalidSignatureException",
            "Signature expired: 20261126T114300Z is now earlier than 20261126T115500Z (20261126T120000Z - 5 min.)",
            "this machine's clock is off by 17 minutes (behind)",
        ),
        (
            "InvalidSignatureException",
            "Signature not yet current: 20261126T121200Z is still later than 20261126T120500Z (20261126T120000Z + 5 min.)",
            "this machine's clock is off by 12 minutes (ahead)",
        ),
        (
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            "this machine's clock is off: set it",
        ),
    ] {
        let said = refused(code, message);
        assert!(
            said.contains(expected) && !said.contains("access key"),
            "{said}"
        );
    }
    let said = refused(
        "InvalidSignatureException",
        "The signature we calculated does not match",
    );
    assert!(said.contains("check the access key"), "{said}");
}

#[test]
fn a_place_in_place_of_a_region_names_the_region() {
    for (word, region) in [
        ("ireland", "eu-west-1"),
        ("N. Virginia", "us-east-1"),
        ("frankfurt", "eu-central-1"),
        ("eu-west-1a", "eu-west-1"),
        ("EU-WEST-1", "eu-west-1"),
    ] {
        let ran = run(patchctl().args(["states", "i-00000001", "--region", word]));
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
        let hint = format!("not the name of an AWS region; did you mean {region}?");
        assert!(ran.err.contains(&hint), "{}", ran.err);
        for variable in ["AWS_REGION", "PATCHCTL_REGION"] {
            let ran =
                run(live("http://127.0.0.1:9", &["states", "i-00000001"]).env(variable, word));
            assert!(ran.code == 2 && ran.err.contains(&hint), "{}", ran.err);
        }
    }
    // A list is checked value by value, and so is the region of an endpoint.
    let ran = run(patchctl().args(["states", "i-00000001", "--region", "eu-west-1,ohio"]));
    assert!(ran.err.contains("did you mean us-east-2?"), "{}", ran.err);
    let endpoint = ["--endpoint-url", "ireland=http://127.0.0.1:9"];
    let ran = run(patchctl().args(["states", "i-00000001"]).args(endpoint));
    assert!(ran.err.contains("did you mean eu-west-1?"), "{}", ran.err);
    // A name of that form may be a new region: it is called, and the doubt named.
    let ran = run(live("http://127.0.0.1:9", &["states", "i-00000001"])
        .env("AWS_MAX_ATTEMPTS", "1")
        .args(["--region", "eu-wset-1"]));
    assert!(ran.err.contains("did you mean eu-west-1?"), "{}", ran.err);
}

/// Writes a file in UTF-16, as Windows PowerShell 5 does.
fn write_utf16(path: &Path, text: &str, has_mark: bool) {
    let text = if has_mark {
        format!("\u{feff}{text}")
    } else {
        text.to_owned()
    };
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_file_in_utf_16_cannot_be_read_as_text_whichever_file_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.toml");
    let name = path.to_str().unwrap();
    for has_mark in [true, false] {
        let says_so = |command: &mut assert_cmd::Command| {
            let ran = run(command);
            assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
            assert!(ran.err.contains("cannot be read as text: "), "{}", ran.err);
            assert!(
                ran.err
                    .contains(&format!("{name} is UTF-16; save it as UTF-8")),
                "{}",
                ran.err
            );
        };
        let states = ["states", "i-00000001"];
        let keys =
            "[default]\r\naws_access_key_id = AKIDEXAMPLE\r\naws_secret_access_key = secret\r\n";
        write_utf16(&path, keys, has_mark);
        for variable in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
            says_so(patchctl().args(states).env(variable, name));
        }
        write_utf16(&path, "region = \"eu-west-1\"\r\n", has_mark);
        says_so(patchctl().args(["--demo", "--config", name]).args(states));
        write_utf16(&path, "[[waiver]]\r\n", has_mark);
        says_so(patchctl().args(["--demo", "check", "i-456", "--waivers", name]));
        write_utf16(&path, "i-123\r\n", has_mark);
        says_so(patchctl().args(["--demo", "states", "--ids-file", name]));
        write_utf16(&path, "header.payload.signature", has_mark);
        says_so(live("http://127.0.0.1:9", &states).env("AWS_WEB_IDENTITY_TOKEN_FILE", name));
        if has_mark {
            write_utf16(&path, "-----BEGIN CERTIFICATE-----\r\n", has_mark);
            says_so(live("http://127.0.0.1:9", &states).env("AWS_CA_BUNDLE", name));
        }
    }
}
