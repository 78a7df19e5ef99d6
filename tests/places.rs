//! Several regions, accounts and profiles in one output, and those that cannot
//! be read.

use serde_json::{Value, json};

use crate::support::{DEMO_NOW, DemoServer, RunOutput, demo, live, patchctl, run};

fn rows(ran: &RunOutput) -> Vec<Value> {
    ran.json()["InstancePatchStates"]
        .as_array()
        .unwrap()
        .clone()
}

/// "ACCOUNT/REGION" of each row, in order, each once.
fn scopes(ran: &RunOutput) -> Vec<String> {
    places_of(&rows(ran))
}

/// "ACCOUNT/REGION" of each region, account or profile that could not be read.
fn unread_scopes(ran: &RunOutput) -> Vec<String> {
    let mut unread = ran.json()["Unread"].as_array().unwrap().clone();
    unread.retain(|entry| entry["InstanceId"].is_null());
    places_of(&unread)
}

fn places_of(entries: &[Value]) -> Vec<String> {
    let mut scopes: Vec<String> = entries
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
            format!("{}/{}", text("AccountId"), text("Region"))
        })
        .collect();
    scopes.dedup();
    scopes
}

#[test]
fn several_regions_are_one_output_in_the_requested_order() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--region",
        "us-east-1",
        "--region",
        "eu-west-1,eu-central-1",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        scopes(&ran),
        [
            "111122223333/us-east-1",
            "111122223333/eu-west-1",
            "111122223333/eu-central-1"
        ]
    );
    assert_eq!(rows(&ran).len(), 6 + 50 + 3);
}

#[test]
fn the_table_shows_regions_and_accounts_only_if_there_are_several() {
    let head = |flags: &[&str]| {
        let ran = run(demo(&["states", "--all"]).args(flags));
        ran.out.lines().next().unwrap().to_owned()
    };
    let one = head(&[]);
    assert!(!one.contains("Region") && !one.contains("Account"), "{one}");
    let regions = head(&["--region", "eu-west-1,us-east-1"]);
    assert!(
        regions.contains("Region") && !regions.contains("Account"),
        "{regions}"
    );
    let accounts = head(&[
        "--account",
        "111122223333,444455556666",
        "--role-name",
        "reader",
    ]);
    assert!(
        !accounts.contains("Region") && accounts.contains("Account"),
        "{accounts}"
    );
}

#[test]
fn a_region_that_is_not_enabled_is_unread_with_its_remedy_and_the_others_are_complete() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--region",
        "me-central-1,eu-central-1",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 3);
    let json = ran.json();
    assert_eq!(json["Unread"].as_array().unwrap().len(), 1);
    let unread = &json["Unread"][0];
    assert_eq!(
        (
            &unread["InstanceId"],
            &unread["Region"],
            &unread["AccountId"]
        ),
        (&Value::Null, &json!("me-central-1"), &json!("111122223333"))
    );
    assert_eq!(unread["Code"], "UnrecognizedClientException");
    assert!(
        unread["Cause"]
            .as_str()
            .unwrap()
            .ends_with("check the access key, and that the region is enabled for the account")
    );
    assert_eq!(json["Summary"]["UnreadScopes"], 1);
    assert_eq!(json["Summary"]["Nodes"], 3);
    // The rows of the document are nodes only, as scripts for `aws ssm` expect.
    assert_eq!((rows(&ran).len(), &json["Summary"]["Rows"]), (3, &json!(3)));
    assert!(rows(&ran).iter().all(|row| row["InstanceId"].is_string()));
    // CSV and NDJSON have no other member for it, so the region has a row and
    // does not look empty.
    let ndjson = run(&mut demo(&[
        "states",
        "--all",
        "--region",
        "me-central-1,eu-central-1",
        "-o",
        "ndjson",
    ]));
    assert_eq!(ndjson.out.lines().count(), 4);
    let first: Value = serde_json::from_str(ndjson.out.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["Verdict"], &first["Region"], &first["InstanceId"]),
        (&json!("UNREAD"), &json!("me-central-1"), &Value::Null)
    );
    for format in ["csv", "table"] {
        let ran = run(&mut demo(&[
            "patches",
            "--all",
            "--state",
            "Missing",
            "--region",
            "me-central-1,eu-central-1",
            "-o",
            format,
        ]));
        assert_eq!(ran.code, 3);
        assert!(ran.out.contains("me-central-1"), "{format}: {}", ran.out);
        assert!(
            ran.err
                .contains("unread: account 111122223333, me-central-1: "),
            "{}",
            ran.err
        );
    }
}

#[test]
fn all_regions_reads_the_enabled_regions_of_the_account() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--all-regions",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        scopes(&ran),
        [
            "111122223333/eu-central-1",
            "111122223333/eu-west-1",
            "111122223333/us-east-1"
        ]
    );
    let served = DemoServer::denying(&["ec2:DescribeRegions"]);
    let ran = run(&mut live(
        &served.url,
        &["states", "--all", "--all-regions"],
    ));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("its regions are not known: UnauthorizedOperation")
            && ran.err.contains(
                "allow ec2:DescribeRegions in the caller's IAM policy, or name them with --region"
            ),
        "{}",
        ran.err
    );
}

#[test]
fn accounts_are_read_through_their_role_and_one_whose_role_cannot_be_assumed_is_unread() {
    let flags = [
        "--account",
        "444455556666,777788889999,123456789012,111122223333",
        "--role-name",
        "reader",
        "--region",
        "us-east-1",
    ];
    let ran = run(demo(&["states", "--all", "-o", "json"]).args(flags));
    assert_eq!(ran.code, 3);
    let unread: Vec<String> = ran.json()["Unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| {
            format!(
                "{} {} {}",
                unread["AccountId"], unread["Region"], unread["Code"]
            )
        })
        .collect();
    assert_eq!(
        unread,
        [
            r#""777788889999" null "AccessDenied""#,
            r#""123456789012" null "AccessDenied""#
        ]
    );
    assert!(
        ran.err
            .contains("account 777788889999: the role reader cannot be assumed: AccessDenied: ")
            && ran.err.contains(
                "see whether the role exists there, trusts this caller, or wants an --external-id"
            ),
        "{}",
        ran.err
    );
    // The caller's own account needs no role.
    assert_eq!(
        scopes(&ran),
        ["444455556666/us-east-1", "111122223333/us-east-1"]
    );

    let ran = run(demo(&["states", "--all", "-o", "json", "--external-id", "demo"]).args(flags));
    assert_eq!(ran.json()["Unread"].as_array().unwrap().len(), 1);
    assert!(scopes(&ran).contains(&"123456789012/us-east-1".to_owned()));
}

#[test]
fn a_role_is_assumed_once_for_all_regions() {
    let served = DemoServer::start(&[]);
    let ran = run(&mut live(
        &served.url,
        &[
            "states",
            "--all",
            "--all-regions",
            "--account",
            "444455556666",
            "--role-name",
            "reader",
            "-o",
            "json",
        ],
    ));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        scopes(&ran),
        ["444455556666/eu-west-1", "444455556666/us-east-1"]
    );
    assert!(served.call_count("DescribeInstanceInformation") > 10);
    assert_eq!(served.call_count("AssumeRole"), 1);
}

#[test]
fn organization_reads_every_active_account_and_names_the_others() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--organization",
        "--role-name",
        "reader",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 3);
    let named = |id: &str| {
        let rows = ran.json()["InstancePatchStates"].clone();
        let mut rows = rows.as_array().unwrap().clone();
        rows.retain(|row| row["AccountId"] == id);
        rows.dedup_by_key(|row| row["AccountName"].clone());
        let names = rows.iter().map(|row| row["AccountName"].as_str().unwrap());
        names.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(named("111122223333").len(), 1);
    assert_eq!(named("444455556666").len(), 1);
    assert_ne!(named("111122223333"), named("444455556666"));
    assert_eq!(
        (unread_scopes(&ran), scopes(&ran)),
        (
            vec!["123456789012/-".to_owned(), "777788889999/-".to_owned()],
            vec![
                "111122223333/eu-west-1".to_owned(),
                "444455556666/eu-west-1".to_owned()
            ]
        )
    );
    assert!(
        ran.err.contains(
            "accounts of the organization that are not active and were skipped: 999900001111"
        ),
        "{}",
        ran.err
    );
    let served = DemoServer::denying(&["organizations:ListAccounts"]);
    let ran = run(&mut live(
        &served.url,
        &["states", "--all", "--organization", "--role-name", "reader"],
    ));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err
            .contains("allow organizations:ListAccounts in the caller's IAM policy"),
        "{}",
        ran.err
    );
}

#[test]
fn an_id_has_one_row_whichever_region_has_it() {
    let ids = ["i-123", "i-0f4eeb3b56edcaded", "i-0ffffffffffffffff"];
    let regions = ["--region", "us-east-1,eu-west-1,eu-central-1"];
    let ran = run(demo(&["states", "-o", "json"]).args(ids).args(regions));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found: Vec<String> = rows(&ran)
        .iter()
        .map(|row| format!("{} {} {}", row["InstanceId"], row["Region"], row["Verdict"]))
        .collect();
    assert_eq!(
        found,
        [
            r#""i-0f4eeb3b56edcaded" "us-east-1" "COMPLIANT""#,
            r#""i-123" "eu-west-1" "NON_COMPLIANT""#,
            r#""i-0ffffffffffffffff" null "NO_DATA""#,
        ]
    );
    let ran = run(demo(&["patches", "-o", "ndjson", "--state", "Missing"])
        .args(ids)
        .args(regions));
    assert_eq!(
        ran.out
            .lines()
            .filter(|line| line.contains("i-123"))
            .count(),
        6
    );
    assert!(
        ran.out.lines().last().unwrap().contains("no patch data"),
        "{}",
        ran.out
    );
}

#[test]
fn an_id_that_may_be_in_an_unread_region_is_unread_not_no_data() {
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "i-0ffffffffffffffff",
        "--region",
        "eu-west-1,me-central-1",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 3);
    let json = ran.json();
    assert_eq!(json["Summary"]["NoData"], 0);
    let lost = json["Unread"]
        .as_array()
        .unwrap()
        .iter()
        .find(|unread| unread["InstanceId"] == "i-0ffffffffffffffff")
        .unwrap()
        .clone();
    assert!(
        lost["Cause"].as_str().unwrap().contains("me-central-1"),
        "{lost}"
    );
}

#[test]
fn an_invalid_id_makes_no_region_unread() {
    let regions = ["--region", "eu-west-1,us-east-1", "-o", "json"];
    let ran = run(demo(&["states", "--all", "i-typo"]).args(regions));
    assert_eq!(ran.code, 3);
    let json = ran.json();
    assert_eq!(json["Summary"]["Nodes"], 50 + 6 + 1);
    assert_eq!(json["Summary"]["UnreadScopes"], 0);
    let unread = json["Unread"].as_array().unwrap();
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0]["InstanceId"], "i-typo");
    assert!(
        unread[0]["Cause"]
            .as_str()
            .unwrap()
            .starts_with("not a node id"),
        "{unread:?}"
    );
    // It does not make a region unread, either.
    let ran = run(demo(&["states", "i-typo"]).args(regions));
    assert_eq!(rows(&ran).len(), 1, "{}", ran.out);
}

#[test]
fn a_listed_node_has_its_row_if_states_are_denied() {
    let served = DemoServer::denying(&["ssm:DescribeInstancePatchStates"]);
    let known = "i-0a4c1f8e7d2b93605";
    let ran = run(&mut live(
        &served.url,
        &[
            "states",
            "--all",
            known,
            "i-00000000000000001",
            "--region",
            "eu-west-1,us-east-1",
            "-o",
            "json",
        ],
    ));
    let ids: Vec<Value> = rows(&ran)
        .iter()
        .map(|row| row["InstanceId"].clone())
        .collect();
    for id in [known, "i-00000000000000001"] {
        assert_eq!(ids.iter().filter(|found| **found == id).count(), 1, "{id}");
    }
}

#[test]
fn each_profile_is_an_account_and_a_broken_one_is_unread() {
    let folder = tempfile::tempdir().unwrap();
    let (config, credentials) = (
        folder.path().join("config"),
        folder.path().join("credentials"),
    );
    std::fs::write(
        &config,
        "[profile good]\nregion = eu-central-1\n[profile broken]\nregion = eu-west-1\n",
    )
    .unwrap();
    std::fs::write(
        &credentials,
        "[good]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n[broken]\naws_access_key_id = AKIDEXAMPLE\n",
    )
    .unwrap();
    let served = DemoServer::start(&[]);
    let ran = run(live(
        &served.url,
        &["states", "--all", "--profile", "good,broken", "-o", "json"],
    )
    .env_remove("AWS_REGION")
    .env_remove("AWS_ACCESS_KEY_ID")
    .env_remove("AWS_SECRET_ACCESS_KEY")
    .env("AWS_CONFIG_FILE", &config)
    .env("AWS_SHARED_CREDENTIALS_FILE", &credentials));
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(scopes(&ran), ["111122223333/eu-central-1"]);
    assert_eq!(ran.json()["Unread"][0]["Profile"], "broken");
    assert!(ran.err.contains("unread: profile broken: "), "{}", ran.err);
}

#[test]
fn an_unreachable_region_and_a_failing_one_do_not_affect_the_others() {
    // Nothing listens on this port once the listener is dropped.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let served = DemoServer::start(&[
        "--nodes",
        "60",
        "--regions",
        "eu-west-1,us-east-1,eu-central-1,us-west-2,ap-south-1,eu-north-1,sa-east-1,ca-central-1",
        "--fault-region",
        "us-east-1",
    ]);
    let dead = format!("eu-central-1=http://{closed}");
    let ran = run(&mut live(
        &served.url,
        &[
            "states",
            "--all",
            "--all-regions",
            "-o",
            "json",
            "--endpoint-url",
            &served.url,
            "--endpoint-url",
            &dead,
        ],
    ));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let json = ran.json();
    let mut unread: Vec<String> = json["Unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| format!("{} {}", unread["Region"], unread["Code"]))
        .collect();
    unread.sort_unstable();
    assert_eq!(
        unread,
        [
            r#""eu-central-1" "Unreachable""#,
            r#""us-east-1" "InternalServerError""#
        ]
    );
    assert_eq!(json["Summary"]["Nodes"], 6 * 60);
    assert_eq!(json["Summary"]["Unread"], 0);
}

#[test]
fn the_same_command_prints_the_same_bytes_however_fast_each_region_is() {
    // Several servers with the same time: otherwise ages would depend on their
    // start.
    let fleet = [
        "--now",
        DEMO_NOW[1],
        "--nodes",
        "70",
        "--patches",
        "60",
        "--regions",
        "eu-west-1,us-east-1,ap-south-1",
    ];
    let question = [
        "patches",
        "--all",
        "--region",
        "us-east-1,eu-west-1,ap-south-1",
        "-o",
        "csv",
    ];
    let fast = DemoServer::start(&fleet);
    let expected = run(&mut live(&fast.url, &question));
    assert_eq!(expected.code, 0, "{}", expected.err);
    assert_eq!(expected.out.lines().count(), 1 + 3 * 70 * 60);
    for slow in ["us-east-1=30", "ap-south-1=30"] {
        let served = DemoServer::start(&[&fleet[..], &["--slow-region", slow]].concat());
        let ran = run(&mut live(&served.url, &question));
        assert!(ran.out == expected.out, "{slow}");
    }
}

#[test]
fn conflicting_flags_are_refused_with_a_remedy() {
    for (flags, expected) in [
        (
            &["--account", "123"][..],
            "not an account id; write twelve digits",
        ),
        (&["--account", "111122223333"], "--role-name"),
        (&["--organization"], "--role-name"),
        (
            &["--role-name", "reader"],
            "--role-name requires --account or --organization",
        ),
        (&["--all-regions", "--region", "eu-west-1"], "--all-regions"),
        (&["--tag", "=x"], "not a tag; write KEY=VALUE"),
        (
            &["--endpoint-url", "eu-west-1"],
            "write https://HOST[:PORT] or REGION=https://HOST[:PORT]",
        ),
        (&["--rate", "5"], "--estimate"),
    ] {
        let ran = run(demo(&["states", "--all"]).args(flags));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{flags:?}");
        assert!(ran.err.contains(expected), "{flags:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{flags:?}: {}", ran.err);
    }
}

#[test]
fn a_flag_before_the_command_conflicts_or_completes_as_behind_it() {
    let refused = [
        &["--demo", "summary", "--from", "fleet"][..],
        &["--demo", "history", "--from", "fleet"],
        &["--demo", "trend", "--from", "fleet"],
        &["--all-regions", "states", "--all", "--region", "eu-west-1"],
        &["--quiet", "states", "--all", "--verbose"],
        &[
            "--no-config",
            "states",
            "--all",
            "--config",
            "patchctl.toml",
        ],
        &[
            "--skip-ou",
            "ou-ab12-cdef3456",
            "check",
            "--all",
            "--from",
            "fleet",
        ],
    ];
    for line in refused {
        let ran = run(patchctl().args(line));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line:?}");
        assert!(
            ran.err.contains("cannot be used with"),
            "{line:?}: {}",
            ran.err
        );
        assert_eq!(ran.err.lines().count(), 1, "{line:?}: {}", ran.err);
    }
    let (all, role) = (["--organization"], ["--role-name", "reader"]);
    let behind = run(demo(&["states", "--all"]).args(all).args(role));
    for (before, after) in [(&all[..], &role[..]), (&role, &all)] {
        let ran = run(&mut demo(&[before, &["states", "--all"], after].concat()));
        assert_eq!(
            (ran.code, &ran.out),
            (behind.code, &behind.out),
            "{}",
            ran.err
        );
    }
}
