//! Who am I, what may I call, and what would I have to be allowed: `doctor` and
//! `iam-policy`, against the demo and against what the program really calls.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{DemoServer, demo, live, patchctl, run};
#[cfg(unix)]
use crate::support::{live_env, program};

/// The actions of the policy that is printed for these arguments.
pub(crate) fn policy(args: &[&str]) -> Vec<String> {
    let ran = run(patchctl().arg("iam-policy").args(args));
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    let policy = ran.json();
    assert_eq!(policy["Version"], "2012-10-17");
    let mut actions = Vec::new();
    for statement in policy["Statement"].as_array().unwrap() {
        let named = statement["Action"].as_array().unwrap();
        assert!(!named.is_empty() && statement["Effect"] == "Allow");
        actions.extend(named.iter().map(|name| name.as_str().unwrap().to_owned()));
    }
    actions
}

/// The operations that a server was asked for, without those that need no permission.
fn called(served: &DemoServer) -> BTreeSet<String> {
    let stats: Value = serde_json::from_str(&served.get("/stats")).unwrap();
    let calls = stats["calls"].as_object().unwrap();
    calls
        .iter()
        .filter(|(name, calls)| calls.as_u64() != Some(0) && *name != "GetCallerIdentity")
        .map(|(name, _)| name.clone())
        .collect()
}

fn operations(actions: &[String]) -> BTreeSet<String> {
    let operation = |action: &String| action.split_once(':').unwrap().1.to_owned();
    actions.iter().map(operation).collect()
}

/// Region, action and result of each row.
fn results(document: &Value) -> Vec<(String, String)> {
    let checks = document["Checks"].as_array().unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    checks
        .iter()
        .map(|row| (text(row, "Action"), text(row, "Result")))
        .collect()
}

#[test]
fn in_the_demo_every_call_is_ok_and_the_caller_is_told() {
    let ran = run(&mut demo(&["doctor"]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(
        ran.out
            .contains("arn:aws:sts::111122223333:assumed-role/demo/me"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("\n15 checks: 15 OK\n"), "{}", ran.out);
    let ran = run(&mut demo(&["doctor", "-o", "json"]));
    let document = ran.json();
    assert!(results(&document).iter().all(|(_, result)| result == "OK"));
    assert_eq!(document["Callers"][0]["AccountId"], "111122223333");
    assert_eq!(document["MissingPermissions"], serde_json::json!([]));
}

#[test]
fn each_denied_action_is_named_with_its_remedy_and_an_optional_one_is_no_failure() {
    let served = DemoServer::denying(&["ssm:GetInventory", "ec2:DescribeInstances"]);
    let ran = run(&mut live(&served.url, &["doctor", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.err,
        "patchctl: account 111122223333: denied: ec2:DescribeInstances, ssm:GetInventory; \
         patchctl iam-policy prints a policy\n"
    );
    let document = ran.json();
    for row in document["Checks"].as_array().unwrap() {
        let action = row["Action"].as_str().unwrap();
        let denied = ["ssm:GetInventory", "ec2:DescribeInstances"].contains(&action);
        assert_eq!(row["Result"] == "DENIED", denied, "{row}");
        let remedy = format!("allow {action} in the caller's IAM policy");
        let detail = row["Detail"].as_str().unwrap();
        assert_eq!(detail.contains(&remedy), denied, "{detail}");
    }
    assert_eq!(
        document["MissingPermissions"][0]["Actions"],
        serde_json::json!(["ec2:DescribeInstances", "ssm:GetInventory"])
    );
    assert_eq!(document["Callers"][0]["Endpoint"], served.url.as_str());
}

#[test]
fn a_required_call_that_is_denied_is_an_answer_in_part() {
    let served = DemoServer::denying(&["ssm:DescribeInstancePatches"]);
    let ran = run(&mut live(&served.url, &["doctor"]));
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("14 OK, 1 denied"), "{}", ran.out);
}

#[test]
fn a_dead_region_is_one_failing_place_among_others() {
    let served = DemoServer::start(&[]);
    let ran = run(&mut live(
        &served.url,
        &[
            "doctor",
            "--region",
            "eu-west-1,us-east-1",
            "--endpoint-url",
            "us-east-1=http://127.0.0.1:1",
            "-o",
            "json",
        ],
    ));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    for row in document["Checks"].as_array().unwrap() {
        assert_eq!(row["Result"] == "OK", row["Region"] == "eu-west-1", "{row}");
    }
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(
        ran.err
            .contains("us-east-1: 13 calls, one of them: the endpoint cannot be reached"),
        "{}",
        ran.err
    );
}

#[test]
fn without_any_answer_it_could_not_start_and_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checks.json");
    std::fs::write(&path, "old").unwrap();
    let file = path.to_str().unwrap();
    let args = ["doctor", "-o", "json", "--output-file", file];
    let ran = run(&mut live("http://127.0.0.1:1", &args));
    assert_eq!(ran.code, 2);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    let ran = run(patchctl().args(["doctor", "--region", "eu-west-1"]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("no AWS credentials found"), "{}", ran.err);
}

#[test]
fn nothing_that_is_secret_is_printed() {
    let served = DemoServer::denying(&["ssm:GetInventory"]);
    let url = served.url.replace("http://", "http://user:hidden@");
    let ran = run(live(&url, &["doctor", "-v"]).env("AWS_SESSION_TOKEN", "token-of-a-test"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    for secret in [
        "secret-of-a-test",
        "AKIDEXAMPLE",
        "token-of-a-test",
        "hidden",
    ] {
        assert!(
            !ran.out.contains(secret) && !ran.err.contains(secret),
            "{secret}"
        );
    }
}

#[test]
fn a_role_that_cannot_be_assumed_is_denied_and_named_with_what_may_be_wrong() {
    let args = [
        "doctor",
        "--account",
        "444455556666,777788889999",
        "--role-name",
        "r",
        "-o",
        "json",
    ];
    let ran = run(&mut demo(&args));
    assert_eq!(ran.code, 3);
    let document = ran.json();
    let roles: Vec<(&Value, &Value)> = document["Checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["Action"] == "sts:AssumeRole")
        .map(|row| (&row["AccountId"], &row["Result"]))
        .collect();
    let expected = [("777788889999", "DENIED"), ("444455556666", "OK")];
    assert_eq!(roles.len(), expected.len());
    for (found, (account, result)) in roles.into_iter().zip(expected) {
        assert_eq!(found, (&account.into(), &result.into()));
    }
    assert!(
        ran.err.contains("see whether the role exists there"),
        "{}",
        ran.err
    );
}

#[test]
fn every_format_has_every_check() {
    let ran = run(&mut demo(&["doctor", "-o", "csv"]));
    assert!(
        ran.out
            .starts_with("Region,AccountId,Action,Result,NeededFor,Required,Detail\r\n")
    );
    assert_eq!(ran.out.lines().count(), 16);
    let ran = run(&mut demo(&[
        "doctor",
        "-o",
        "ndjson",
        "--columns",
        "Action",
    ]));
    assert_eq!(ran.out.lines().count(), 15);
    let ran = run(&mut demo(&[
        "doctor",
        "-q",
        "--no-headers",
        "--sort-by",
        "-Action",
    ]));
    assert_eq!(ran.out.lines().count(), 15, "{}", ran.out);
    assert!(ran.out.starts_with("sts:GetCallerIdentity"));
}

#[test]
fn the_policy_of_a_plain_states_is_its_counters_and_what_baselines_rule() {
    assert_eq!(
        policy(&["states", "i-1"]),
        [
            "ssm:DescribeInstancePatchStates",
            "ssm:GetPatchBaseline",
            "ssm:DescribePatchBaselines"
        ]
    );
    assert_eq!(
        policy(&["patches", "i-1"]),
        [
            "ssm:DescribeInstancePatchStates",
            "ssm:DescribeInstancePatches"
        ]
    );
}

#[test]
fn the_policy_is_what_the_calls_really_need() {
    for (denied, args) in [
        (vec![], vec!["states", "i-123"]),
        (vec![], vec!["patches", "i-123", "i-456"]),
        (vec![], vec!["patches", "i-0dead00000000beef"]),
        (vec![], vec!["states", "--all"]),
        (vec![], vec!["patches", "--all", "--columns", "+Name"]),
        (vec![], vec!["states", "--all", "-o", "wide"]),
        (vec![], vec!["states", "--all", "--columns", "+tag:Team"]),
        (
            vec![],
            vec![
                "states",
                // Like all of these, with a security update that waits: then baselines are read.
                "i-0b7e2d9150c4f8a36",
                "--columns",
                "+PlatformName",
            ],
        ),
        (vec![], vec!["states", "--patch-group", "factory"]),
        (vec![], vec!["states", "--tag", "Env=prod"]),
        (
            vec![],
            vec![
                "states",
                "--all",
                "--all-regions",
                "--organization",
                "--role-name",
                "r",
            ],
        ),
        (
            vec![],
            vec![
                "states",
                "--all",
                "--account",
                "444455556666",
                "--role-name",
                "r",
            ],
        ),
        (
            vec!["--deny", "ec2:DescribeInstances"],
            vec!["states", "--all", "--without-ec2"],
        ),
        (vec![], vec!["doctor", "--all-regions"]),
    ] {
        let served = DemoServer::start(&denied);
        let real: Vec<&str> = args
            .iter()
            .copied()
            .filter(|arg| *arg != "--without-ec2")
            .collect();
        run(&mut live(&served.url, &real));
        let mut called = called(&served);
        if !denied.is_empty() {
            assert!(
                called.remove("DescribeInstances"),
                "it is asked, and denied"
            );
        }
        if args.contains(&"factory") {
            // None of its nodes is of EC2, which would be asked for their names.
            called.insert("DescribeInstances".to_owned());
        }
        let allowed = operations(&policy(&args));
        if args[0] == "patches" && args.len() < 4 {
            // A state is asked for only where there are several nodes, or no patches.
            assert!(
                called.is_subset(&allowed),
                "{args:?}: {called:?} {allowed:?}"
            );
        } else {
            assert_eq!(called, allowed, "{args:?}");
        }
    }
}

#[test]
fn a_trust_policy_names_the_account_and_the_external_id() {
    let ran = run(patchctl().args([
        "iam-policy",
        "--trust",
        "111122223333",
        "--external-id",
        "of-mine",
    ]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let statement = &ran.json()["Statement"][0];
    assert_eq!(
        statement["Principal"]["AWS"],
        "arn:aws:iam::111122223333:root"
    );
    assert_eq!(
        statement["Condition"]["StringEquals"]["sts:ExternalId"],
        "of-mine"
    );
    let ran = run(patchctl().args(["states", "i-1", "--external-id", "x"]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("--external-id requires --role-name"),
        "{}",
        ran.err
    );
}

#[test]
fn roles_are_narrowed_to_the_accounts_that_are_named() {
    let resource = |args: &[&str]| {
        let ran = run(patchctl()
            .args(["iam-policy", "states", "i-1", "--role-name", "r"])
            .args(args));
        let policy = ran.json();
        let statements = policy["Statement"].as_array().unwrap();
        statements.last().unwrap()["Resource"].to_string()
    };
    assert_eq!(
        resource(&["--organization"]),
        r#"["arn:aws:iam::*:role/r"]"#
    );
    assert_eq!(
        resource(&["--account", "444455556666", "--region", "cn-north-1"]),
        r#"["arn:aws-cn:iam::444455556666:role/r"]"#
    );
}

/// Every operation named in the code below `source/`, as the SDK's method or in
/// a string of its own.
fn in_the_source() -> BTreeSet<String> {
    fn walk(folder: &std::path::Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, names);
            } else if !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                let code = code.lines().map(|line| line.split("//").next().unwrap());
                code.for_each(|line| of_line(line, names));
            }
        }
    }
    fn of_line(line: &str, names: &mut BTreeSet<String>) {
        const VERBS: [&str; 4] = ["describe", "get", "list", "assume"];
        // `.describe_patch_groups()` is the SDK's; ours end otherwise.
        for call in line.split('.').filter_map(|part| part.split_once("()")) {
            let words: Vec<&str> = call.0.split('_').collect();
            if words.len() > 1
                && VERBS.contains(&words[0])
                && words[1] != "or"
                && call.0.bytes().all(|b| b == b'_' || b.is_ascii_alphabetic())
            {
                let capital = |word: &&str| word[..1].to_uppercase() + &word[1..];
                names.insert(words.iter().map(capital).collect());
            }
        }
        for word in line.split('"').skip(1).step_by(2) {
            if word.ends_with("Response") || word.ends_with("Result") {
                continue;
            }
            let name = word.split_once(':').map_or(word, |(_, name)| name);
            let verb = |verb: &&str| {
                let verb = verb[..1].to_uppercase() + &verb[1..];
                name.strip_prefix(&*verb)
                    .is_some_and(|rest| rest.starts_with(char::is_uppercase))
            };
            if VERBS.iter().any(verb) && name.bytes().all(|b| b.is_ascii_alphabetic()) {
                names.insert(name.to_owned());
            }
        }
    }
    let mut names = BTreeSet::new();
    walk(
        &std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/source/aws"),
        &mut names,
    );
    names
}

#[test]
fn every_call_that_the_source_can_make_is_on_the_list_and_no_other() {
    let listed: BTreeSet<String> = patchctl::plan::iam::ACTIONS
        .iter()
        .map(|action| action.name.split_once(':').unwrap().1.to_owned())
        .collect();
    // They fetch the caller's own credentials, and no IAM policy allows them: they
    // are signed with no credentials.
    let unsigned = ["AssumeRoleWithWebIdentity", "GetRoleCredentials"];
    let made: BTreeSet<String> = in_the_source()
        .into_iter()
        .filter(|name| !unsigned.contains(&&**name))
        .collect();
    assert_eq!(made, listed);
}

#[cfg(unix)]
#[test]
fn an_interrupted_doctor_shows_what_it_has_learnt() {
    let served = DemoServer::start(&["--slow-region", "us-east-1=60000"]);
    let mut child = program()
        .args(["doctor", "--region", "eu-west-1,us-east-1", "-o", "csv"])
        .envs(live_env(&served.url))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The quick region has answered its last calls; the slow one holds its first.
    while served.call_count("ListTagsForResource") == 0 {
        std::thread::yield_now();
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let mut out = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().unwrap(), &mut out).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(out.matches(",OK,").count(), 15, "{out}");
    assert_eq!(out.matches(",UNREAD,").count(), 13, "{out}");
}
