//! Which nodes a command is about: by name, tag, platform and ping status, and their
//! opposites; and what happens if there is none.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{DemoServer, RunOutput, demo, live, run};

fn ids(ran: &RunOutput) -> BTreeSet<String> {
    assert_eq!(ran.code, 0, "{}", ran.err);
    let states = ran.json()["InstancePatchStates"].clone();
    let rows = states.as_array().unwrap().iter();
    rows.map(|row| row["InstanceId"].as_str().unwrap().to_owned())
        .collect()
}

fn selected(flags: &[&str]) -> BTreeSet<String> {
    ids(&run(demo(&[
        "states",
        "--columns",
        "InstanceId",
        "-o",
        "json",
    ])
    .args(flags)))
}

#[test]
fn a_name_is_the_tag_the_computer_name_or_that_of_the_activation() {
    let web = selected(&["--name", "web-*"]);
    assert!(web.contains("i-123") && web.len() > 2, "{web:?}");
    assert_eq!(selected(&["--name", "web-0?"]), web);
    let two = selected(&["--name", "web-01,web-02"]);
    assert_eq!(two.len(), 2);
    assert_eq!(selected(&["--name", "web-01", "--name", "web-02"]), two);
    let computer = selected(&["--name", "KIOSK-01.*"]);
    assert_eq!(computer.len(), 1);
    assert!(!selected(&["--name", "*", "--exclude", "i-*"]).is_empty());
}

#[test]
fn every_criterion_and_its_opposite_share_out_all_nodes() {
    let all = selected(&["--all"]);
    for (criterion, value) in [
        ("tag", "Env=prod"),
        ("tag", "Env=prod,stage"),
        ("tag", "Team=w*"),
        ("tag", "Patch Group"),
        ("platform", "linux"),
    ] {
        let with = selected(&[&format!("--{criterion}"), value]);
        let without = selected(&["--all", &format!("--exclude-{criterion}"), value]);
        assert!(!with.is_empty() && with.is_disjoint(&without), "{value}");
        assert_eq!(&with | &without, all, "{criterion} {value}");
    }
    let named = selected(&["--name", "web-*"]);
    let others = selected(&["--all", "--exclude", "web-*"]);
    assert_eq!(&named | &others, all);
    let without = selected(&["--all", "--exclude", "i-123,mi-*"]);
    assert!(
        without
            .iter()
            .all(|id| id.starts_with("i-") && id != "i-123")
    );
    let statuses = ["online", "connection-lost", "inactive", "stopped"];
    let by_status: Vec<BTreeSet<String>> = statuses
        .iter()
        .map(|status| {
            ids(&run(&mut demo(&[
                "states",
                "--ping",
                status,
                "--allow-empty",
                "-o",
                "json",
            ])))
        })
        .collect();
    assert_eq!(
        by_status.iter().map(BTreeSet::len).sum::<usize>(),
        all.len()
    );
    assert_eq!(
        selected(&["--ping", "Online,Connection_Lost"]),
        &by_status[0] | &by_status[1]
    );
}

#[test]
fn a_platform_is_also_what_a_summary_by_platform_prints() {
    let summary = run(&mut demo(&["summary", "--by", "platform", "-o", "json"])).json();
    let groups = summary["Groups"].as_array().unwrap();
    assert!(groups.len() > 5);
    for group in groups.iter().filter(|group| group["GroupKind"] == "Named") {
        let name = group["Group"].as_str().unwrap();
        let nodes = selected(&["--platform", name]);
        // `Linux` is a group of nodes without a platform name, and a type.
        let is_type = ["Linux", "Windows", "MacOS"].contains(&name);
        let expected = group["Nodes"].as_u64().unwrap();
        assert!(
            is_type || nodes.len() as u64 == expected,
            "{name}: {nodes:?}"
        );
    }
}

#[test]
fn an_exclusion_that_leaves_no_node_out_is_told() {
    let told = "no node that was found matches --exclude, --exclude-tag or --exclude-platform";
    for exclusion in [
        ["--exclude", "wbe-*"],
        ["--exclude-tag", "Env=production"],
        ["--exclude-platform", "solaris"],
    ] {
        let ran = run(&mut demo(&[&["summary"], &exclusion[..]].concat()));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains(told), "{exclusion:?}: {}", ran.out);
    }
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--exclude",
        "web-*",
        "-o",
        "csv",
    ]));
    assert!(!ran.err.contains(told), "{}", ran.err);
}

#[test]
fn the_number_of_nodes_that_exclusions_leave_out_is_told() {
    let told = "left out: 8 nodes by --exclude, --exclude-tag or --exclude-platform";
    for format in ["table", "json", "junit", "sarif", "github"] {
        let ran = run(&mut demo(&[
            "check",
            "--all",
            "--exclude",
            "i-1*,mi-*",
            "-o",
            format,
        ]));
        assert!(ran.out.contains(told), "{format}: {}{}", ran.out, ran.err);
    }
    let ran = run(&mut demo(&["summary", "--exclude", "i-1*,mi-*"]));
    assert!(ran.out.contains(told), "{}", ran.out);
    let ran = run(&mut demo(&[
        "summary",
        "--exclude",
        "i-1*,mi-*",
        "-o",
        "json",
    ]));
    assert_eq!(ran.json()["Discovery"][0]["ExcludedNodes"], 8);
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "i-456",
        "--exclude",
        "i-4*",
    ]));
    assert!(
        ran.err.contains("left out by the criteria: i-456"),
        "{}",
        ran.err
    );
}

#[test]
fn criteria_that_select_no_node_are_an_error_with_what_there_is() {
    let commands = [&["states"][..], &["patches"], &["summary"], &["check"]];
    for (flags, expected) in [
        (
            &["--tag", "Env=production"][..],
            "no node has the tag Env=production; did you mean prod? (values of Env: prod, ",
        ),
        (
            &["--tag", "team=web"],
            "no node has the tag team; did you mean Team? (tags: Team, ",
        ),
        (
            &["--tag", "Team=WEB*"],
            "no node has the tag Team=WEB*; did you mean web? (values of Team: web, ",
        ),
        (
            &["--patch-group", "prod"],
            "no node is in --patch-group prod; did you mean prod-",
        ),
        (
            &["--platform", "win"],
            "no node is of --platform win; did you mean Windows? (platforms: Windows, ",
        ),
        (
            &["--name", "wbe-01"],
            "no node has a name that matches --name wbe-01; did you mean web-01? (names: web-01, ",
        ),
        (
            &["--tag", "Env=prod", "--name", "wbe-01"],
            "no node has a name that matches --name wbe-01; ",
        ),
        (
            &["--platform", "macos", "--name", "web-*"],
            "no node meets all criteria, of 5",
        ),
        (&["--all", "--exclude", "i-*,mi-*"], "leaves out 5"),
        (
            &["i-123", "--tag", "Env=nonesuch"],
            "no node has the tag Env=nonesuch",
        ),
        (&["i-123", "--exclude", "i-123"], "leaves out 1 node"),
    ] {
        for command in commands {
            for format in ["table", "json", "csv"] {
                let ran = run(demo(command).args(["-o", format]).args(flags));
                assert_eq!((ran.code, &*ran.out), (2, ""), "{command:?} {flags:?}");
                assert!(ran.err.contains(expected), "{flags:?}: {}", ran.err);
                assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
            }
        }
    }
}

#[test]
fn an_empty_selection_can_be_accepted_and_never_passes_a_gate() {
    let flags = ["--tag", "Env=production", "--allow-empty"];
    let ran = run(demo(&["states", "-o", "json"]).args(flags));
    assert_eq!(ids(&ran), BTreeSet::new());
    assert!(ran.err.contains("no managed node was found"), "{}", ran.err);
    let ran = run(demo(&["check"]).args(flags));
    assert_eq!(ran.code, 3);
    assert!(ran.out.starts_with("UNKNOWN: "), "{}", ran.out);
}

#[test]
fn with_an_unread_region_an_empty_selection_stays_a_partial_answer() {
    let served = DemoServer::with_failing_region();
    let args = [
        "states",
        "--tag",
        "Env=nonesuch",
        "--region",
        "eu-west-1,us-east-1",
    ];
    let ran = run(live(&served.url, &args).env("AWS_MAX_ATTEMPTS", "1"));
    assert_eq!(ran.code, 3, "{}", ran.err);
}

#[test]
fn nodes_of_which_the_tags_are_unknown_are_reported_and_not_taken() {
    let served = DemoServer::denying(&["ec2:DescribeInstances", "ssm:DescribeInstanceProperties"]);
    let states = ["states", "--tag", "Env=p*", "-o", "json"];
    let ran = run(&mut live(&served.url, &states));
    let limitations = ran.json()["Discovery"][0]["Limitations"].to_string();
    let told = "whether these are of the selected tag, which is unknown: ";
    assert!(limitations.contains(told), "{limitations}");
    let ran = run(&mut live(&served.url, &["states", "--name", "wbe*"]));
    assert_eq!((ran.code, &*ran.out), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("too little is known"), "{}", ran.err);
    let gate = [
        "check",
        "--exclude-tag",
        "Env=dev",
        "--fail-on",
        "missing>9999",
    ];
    let ran = run(&mut live(&served.url, &gate));
    assert_eq!(ran.code, 3, "{}", ran.out);
}

#[test]
fn a_value_that_would_mean_something_else_is_refused() {
    for (args, expected) in [
        (
            &["states", "--platform", "!ubuntu"][..],
            "--exclude-platform \"ubuntu\"",
        ),
        (
            &["states", "--tag", "!Team=web"],
            "--exclude-tag \"Team=web\"",
        ),
        (
            &["states", "--tag", "Team!=web"],
            "--exclude-tag \"Team=web\"",
        ),
        (&["states", "--tag", "tag:Team=web"], "without \"tag:\""),
        (&["states", "--tag", "Env=prod,Team=web"], "repeat the flag"),
        (
            &["states", "--patch-group", "!web"],
            "--exclude-tag \"PatchGroup=web\"",
        ),
        (
            &["states", "--patch-group", "web-*"],
            "--tag \"PatchGroup=web-*\"",
        ),
        (&["states", "--ping", "onlin"], "did you mean online?"),
        (&["states", "i-123 456"], "contains white space"),
        (&["states", "web-01"], "write --name \"web-01\""),
        (&["states", "I-123"], "did you mean i-123?"),
        (&["states", "!i-123"], "--exclude \"i-123\""),
        (
            &["patches", "--all", "--kb", "KB5094122 KB5088215"],
            "separate them by commas",
        ),
        (
            &["patches", "--all", "--kb", "!KB5094122"],
            "write the word alone",
        ),
        (
            &["patches", "--all", "--cve", "!CVE-2024-21338"],
            "not a CVE id",
        ),
        (
            &["patches", "--all", "--severity", "!low"],
            "write the word alone",
        ),
    ] {
        let ran = run(&mut demo(args));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
    }
}

#[test]
fn kb_ids_have_wildcards() {
    let patches = |kb: &str| -> Vec<Value> {
        let ran = run(&mut demo(&["patches", "--all", "--kb", kb, "-o", "json"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()["Patches"].as_array().unwrap().clone()
    };
    let kernel = patches("kernel*");
    let is = |row: &Value, id: &str, state: &str| row["KBId"] == id && row["State"] == state;
    assert!(
        kernel
            .iter()
            .any(|row| is(row, "kernel.x86_64", "InstalledPendingReboot"))
    );
    assert_eq!(patches("Kernel*"), kernel);
    let numbers = patches("kb-508*");
    assert!(!numbers.is_empty());
    assert!(
        numbers
            .iter()
            .all(|row| row["KBId"].as_str().unwrap().starts_with("KB508"))
    );
}

#[test]
fn what_is_skipped_on_purpose_is_told_and_changes_no_exit_code() {
    let regions = [
        "--region",
        "eu-west-1,us-east-1",
        "--skip-region",
        "us-east-1",
    ];
    let told = "skipped by --skip-region, --skip-account or --skip-ou: us-east-1";
    for command in ["states", "summary", "patches", "check", "doctor"] {
        let all: &[&str] = if command == "doctor" { &[] } else { &["--all"] };
        let one = run(demo(&[command, "--region", "eu-west-1"]).args(all));
        let ran = run(demo(&[command]).args(all).args(regions));
        assert_eq!(ran.code, one.code, "{command}: {}", ran.err);
        assert!(
            format!("{}{}", ran.out, ran.err).contains(told),
            "{command}: {}",
            ran.out
        );
    }
    let ran = run(demo(&["states", "--all", "-o", "json"]).args(regions));
    assert_eq!(ran.code, 0);
    let skipped = &ran.json()["Skipped"];
    assert_eq!(skipped[0]["Region"], "us-east-1");
    assert_eq!(ran.json()["Unread"], serde_json::json!([]));
    let csv = run(demo(&["states", "--all", "-o", "csv"]).args(regions));
    assert!(
        csv.err.contains(told) && !csv.out.contains("us-east-1"),
        "{}",
        csv.err
    );

    let organization = [
        "--all",
        "--organization",
        "--role-name",
        "reader",
        "-o",
        "json",
    ];
    let unread = run(demo(&["states"]).args(organization)).json()["Unread"].clone();
    let denied: Vec<&str> = unread
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| scope["AccountId"].as_str().unwrap())
        .collect();
    assert!(!denied.is_empty());
    let ran = run(demo(&["states", "--skip-account", &denied.join(",")]).args(organization));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let skipped = ran.json()["Skipped"].clone();
    let accounts: Vec<&Value> = skipped
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["AccountId"])
        .collect();
    assert_eq!(accounts, denied);
}

#[test]
fn the_accounts_of_a_skipped_unit_and_of_those_below_it_are_not_read() {
    let organization = |unit: &str| {
        let mut command = demo(&["states", "--all", "--organization", "--role-name", "reader"]);
        command.args(["-o", "json", "--skip-ou", unit]);
        run(&mut command)
    };
    let accounts = |list: &Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let scopes = list.as_array().unwrap().iter();
        scopes
            .map(|scope| (text(&scope["AccountId"]), text(&scope["AccountName"])))
            .collect()
    };
    let named = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    let sandbox = named("777788889999", "demo-sandbox");
    let partner = named("123456789012", "demo-partner");
    let production = named("444455556666", "demo-production");

    let ran = organization("ou-demo-workload");
    assert_eq!(
        accounts(&ran.json()["Skipped"]),
        [partner.clone(), production]
    );
    assert_eq!(
        accounts(&ran.json()["Unread"]),
        std::slice::from_ref(&sandbox)
    );
    let rows = ran.json()["InstancePatchStates"].clone();
    let of = rows.as_array().unwrap().iter().map(|row| &row["AccountId"]);
    assert!(of.into_iter().all(|id| id == "111122223333"), "{rows}");
    assert_eq!(ran.code, 3);

    let both = "ou-demo-sandbox1,ou-demo-partners";
    let ran = organization(both);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(accounts(&ran.json()["Skipped"]), [partner, sandbox]);

    let ran = organization("ou-demo-sandbox2");
    assert_eq!((ran.code, &*ran.out), (2, ""));
    let expected = "--skip-ou ou-demo-sandbox2: the organization has no such unit; did you mean \
                    ou-demo-sandbox1?; it has: ou-demo-sandbox1 (Sandbox), ou-demo-workload \
                    (Workloads), ou-demo-partners (Partners)";
    assert!(ran.err.contains(expected), "{}", ran.err);
    let ran = organization("Sandbox");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("write it as in ou-ab12-34cd56ef"),
        "{}",
        ran.err
    );

    // A skipped account that is none is named.
    let flags = ["states", "--all", "--organization", "--role-name", "reader"];
    let ran = run(demo(&flags).args(["--skip-account", "444455556667"]));
    let expected =
        "--skip-account 444455556667 skips nothing: it is not read; did you mean 444455556666?";
    assert!(ran.err.contains(expected), "{}", ran.err);

    let denied = DemoServer::denying(&["organizations:ListAccountsForParent"]);
    let flags = ["--organization", "--role-name", "reader", "--skip-ou", both];
    let ran = run(live(&denied.url, &["states", "--all"]).args(flags));
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err
            .contains("allow organizations:ListAccountsForParent"),
        "{}",
        ran.err
    );
}

#[test]
fn a_region_that_cannot_be_skipped_is_refused() {
    for (args, expected) in [
        (&["--skip-region", "ireland"][..], "eu-west-1"),
        (
            &["--all-regions", "--skip-region", "eu-wset-1"],
            "did you mean eu-west-1?",
        ),
        (
            &["--skip-region", "eu-west-1"],
            "every region and account is skipped",
        ),
        (&["--skip-account", "123"], "not an account id"),
    ] {
        let ran = run(demo(&["states", "--all"]).args(args));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_filter_that_no_patch_passes_names_the_words_that_were_seen() {
    for (args, expected) in [
        (
            &["--severity", "crit"][..],
            "no patch read has --severity \"crit\"; did you mean critical?; seen: ",
        ),
        (
            &["--kb", "kernl.x86_64"],
            "no patch read has --kb kernl.x86_64; did you mean kernel.x86_64?; seen: ",
        ),
        (&["--kb", "kernl*"], "did you mean kernel"),
        (&["--cve", "CVE-2026-57027"], "did you mean CVE-2026-5702"),
    ] {
        let ran = run(demo(&["patches", "--all"]).args(args));
        assert!(ran.code == 0 || args[0] == "--cve", "{args:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
    }
}
