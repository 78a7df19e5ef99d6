//! `patchctl summary`: groups that add up to the nodes, on one screen, with
//! nothing hidden that could not be read.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::output::on_terminal;
use crate::support::{DemoServer, RunOutput, demo, live, run};

const WAYS: [&str; 8] = [
    "patch-group",
    "platform",
    "region",
    "account",
    "baseline",
    "verdict",
    "tag:Team",
    "tag:No such tag",
];

/// The whole demo organization, with two accounts that cannot be read.
const EVERYWHERE: [&str; 4] = ["--all-regions", "--organization", "--role-name", "reader"];

fn groups(ran: &RunOutput) -> Vec<Value> {
    ran.json()["Groups"].as_array().unwrap().clone()
}

fn group(ran: &RunOutput, name: &str) -> Value {
    let found = groups(ran).into_iter().find(|group| group["Group"] == name);
    found.unwrap_or_else(|| panic!("no group {name}: {}", ran.out))
}

/// How many nodes the demo's first region has.
fn all_nodes() -> u64 {
    run(&mut demo(&["demo", "nodes"])).out.lines().count() as u64
}

fn sum(groups: &[Value], column: &str) -> u64 {
    groups
        .iter()
        .filter_map(|group| group[column].as_u64())
        .sum()
}

#[test]
fn every_view_adds_up_to_the_rows_of_states_in_every_format() {
    let rows = run(demo(&["states", "--all", "-o", "json"]).args(EVERYWHERE)).json();
    let rows = rows["InstancePatchStates"].as_array().unwrap();
    for by in WAYS {
        let ran = run(demo(&["summary", "--by", by, "-o", "json"]).args(EVERYWHERE));
        assert_eq!(ran.code, 3, "two accounts are unread");
        let document = ran.json();
        let groups = groups(&ran);
        let of = |verdict: &str| {
            let nodes = rows.iter();
            nodes.filter(|row| row["Verdict"] == verdict).count() as u64
        };
        for (column, verdict) in [
            ("Compliant", "COMPLIANT"),
            ("NonCompliant", "NON_COMPLIANT"),
            ("Stale", "STALE"),
            ("NoData", "NO_DATA"),
            ("Unread", "UNREAD"),
        ] {
            assert_eq!(sum(&groups, column), of(verdict), "{by} {column}");
            assert_eq!(document["Total"][column], sum(&groups, column));
        }
        for column in ["MissingCount", "FailedCount", "InstalledPendingRebootCount"] {
            assert_eq!(sum(&groups, column), sum(rows, column), "{by} {column}");
        }
        assert_eq!(sum(&groups, "Nodes"), rows.len() as u64);
        assert_eq!(document["Summary"]["Rows"], groups.len());
        assert_eq!(document["By"], by);

        let lines = run(demo(&["summary", "--by", by, "-o", "ndjson"]).args(EVERYWHERE)).out;
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // JSON has what is in no group in `Unread` alone.
        let of_groups = lines.iter().filter(|line| line["GroupKind"] != "UNREAD");
        assert_eq!(
            of_groups.collect::<Vec<_>>(),
            groups.iter().collect::<Vec<_>>()
        );
        let unread: Vec<&Value> = document["Unread"].as_array().unwrap().iter().collect();
        let scopes = unread.iter().filter(|entry| entry["InstanceId"].is_null());
        assert_eq!(sum(&lines, "UnreadScopes"), scopes.count() as u64, "{by}");
        assert_eq!(
            document["Total"]["UnreadScopes"],
            sum(&lines, "UnreadScopes")
        );
        let csv = run(demo(&["summary", "--by", by, "-o", "csv"]).args(EVERYWHERE)).out;
        let nodes: Vec<u64> = csv::Reader::from_reader(csv.as_bytes())
            .records()
            .map(|row| row.unwrap()[4].parse().unwrap())
            .collect();
        assert_eq!(
            nodes,
            lines
                .iter()
                .map(|g| g["Nodes"].as_u64().unwrap())
                .collect::<Vec<_>>()
        );
        let table = run(demo(&["summary", "--by", by]).args(EVERYWHERE)).out;
        for group in &lines {
            let name = group["Group"].as_str().unwrap();
            assert!(
                table.lines().any(|line| line.starts_with(name)),
                "{name}: {table}"
            );
        }
    }
}

#[test]
fn an_account_or_region_that_could_not_be_read_is_a_row_and_never_absent() {
    let ran = run(demo(&["summary", "--by", "account", "-o", "json"]).args(EVERYWHERE));
    let sandbox = group(&ran, "777788889999");
    assert_eq!(
        (&sandbox["Nodes"], &sandbox["UnreadScopes"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        sandbox["CompliantPercent"],
        Value::Null,
        "no nodes are no zero percent"
    );
    assert_eq!(groups(&ran)[0]["UnreadScopes"], 1, "they stand first");
    // Neither is of any patch group: JSON has them in `Unread` alone.
    let ran = run(demo(&["summary", "-o", "ndjson"]).args(EVERYWHERE));
    let line = ran.out.lines().find(|line| line.contains("\"(unread)\""));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(
        (&line["UnreadScopes"], &line["GroupKind"]),
        (&json!(2), &json!("UNREAD"))
    );
    let document = run(demo(&["summary", "-o", "json"]).args(EVERYWHERE)).json();
    let groups = document["Groups"].as_array().unwrap();
    assert!(groups.iter().all(|group| group["GroupKind"] != "UNREAD"));
    assert_eq!(document["Unread"].as_array().unwrap().len(), 2);
    let table = run(demo(&["summary"]).args(EVERYWHERE)).out;
    assert!(
        table
            .lines()
            .next()
            .unwrap()
            .ends_with("by patch-group; 2 regions or accounts could not be read"),
        "{table}"
    );
    assert!(table.contains("Scopes unread"));

    let served = DemoServer::denying(&["ssm:DescribeInstanceInformation"]);
    let ran = run(&mut live(
        &served.url,
        &["summary", "--by", "region", "-o", "csv"],
    ));
    assert_eq!(ran.code, 2, "nothing at all could be read");
    assert!(
        ran.out.contains("\r\nregion,eu-west-1,eu-west-1,NAMED,0,,"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("patchctl: unread: eu-west-1: "),
        "{}",
        ran.err
    );
}

#[test]
fn where_nothing_is_said_it_is_about_every_node() {
    let all = run(&mut demo(&["summary", "--all", "-o", "json"]));
    let said = run(&mut demo(&["summary", "-o", "json"]));
    assert_eq!(said.out, all.out);
    let two = run(&mut demo(&["summary", "i-123", "i-456", "-o", "json"]));
    assert_eq!(two.json()["Total"]["Nodes"], 2);
    assert_eq!(two.json()["Total"]["CompliantPercent"], 50.0);
    let web = run(&mut demo(&["summary", "--tag", "Team=web", "-o", "json"]));
    let web = web.json()["Total"]["Nodes"].as_u64().unwrap();
    assert!(web > 2 && web < all_nodes(), "{web}");
    let none = run(demo(&["summary", "-"]).write_stdin("# no ids\n"));
    assert_eq!(none.code, 2, "an empty list does not mean all");
    assert!(
        none.err.contains("no node ids on standard input"),
        "{}",
        none.err
    );
    let estimate = run(&mut demo(&["summary", "--estimate", "-o", "csv"]));
    assert_eq!(estimate.code, 0);
    assert!(
        estimate.out.contains("ssm:DescribeInstancePatchStates,"),
        "{}",
        estimate.out
    );
}

#[test]
fn what_nodes_cannot_be_grouped_by_is_refused_on_one_line() {
    let ran = run(&mut demo(&["summary", "--by", "patchgrup"]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert_eq!(
        ran.err,
        "patchctl: --by: unknown group \"patchgrup\"; did you mean patch-group? (allowed: patch-group, platform, \
         region, account, baseline, verdict, tag:KEY); try patchctl summary --help\n"
    );
    assert_eq!(
        run(&mut demo(&["summary", "--by", "PatchGroup"])).code,
        run(&mut demo(&["summary"])).code
    );
}

#[test]
fn tags_that_may_not_be_read_are_unknown_and_not_none() {
    let ran = run(&mut demo(&["summary", "--by", "tag:Env", "-o", "json"]));
    assert!(
        groups(&ran)
            .iter()
            .all(|group| group["GroupKind"] == "NAMED"),
        "{}",
        ran.out
    );
    let served = DemoServer::denying(&["ec2:DescribeInstances"]);
    let ran = run(&mut live(
        &served.url,
        &["summary", "--by", "tag:Env", "-o", "json"],
    ));
    let unknown = group(&ran, "(unknown)");
    assert!(unknown["Nodes"].as_u64() > Some(30), "{unknown}");
    assert_eq!(unknown["GroupValue"], Value::Null);
    assert!(
        !groups(&ran)
            .iter()
            .any(|group| group["GroupKind"] == "NONE"),
        "{}",
        ran.out
    );
    assert!(
        ran.err.contains("left empty: Name and tags of EC2 nodes"),
        "{}",
        ran.err
    );
    let ran = run(&mut demo(&[
        "summary",
        "--by",
        "tag:No such tag",
        "-o",
        "json",
    ]));
    assert_eq!(group(&ran, "(none)")["Nodes"], all_nodes());
}

#[test]
fn old_scans_are_stale_and_the_limit_is_the_users() {
    let total = |age: &str| {
        run(&mut demo(&["summary", "--max-age", age, "-o", "json"])).json()["Total"].clone()
    };
    let (never, short) = (total("none"), total("1h"));
    assert_eq!(
        (&never["Stale"], &never["AlsoStale"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(short["Compliant"], 0);
    assert_eq!(short["Stale"], never["Compliant"]);
    assert_eq!(
        short["NonCompliant"], never["NonCompliant"],
        "old and due is due"
    );
    assert!(short["AlsoStale"].as_u64() > Some(0));
    assert_eq!(short["OldestScan"], "2026-09-11T11:50:50.125Z");
}

#[test]
fn a_sum_that_no_node_reported_is_no_zero() {
    let ran = run(&mut demo(&["summary", "i-1f7c3a9b", "-o", "json"]));
    let total = &ran.json()["Total"];
    assert_eq!(total["MissingCount"], 0);
    assert_eq!(total["InstalledPendingRebootCount"], Value::Null);
    assert_eq!(total["InstalledPendingRebootUnreported"], 1);
    let table = run(&mut demo(&["summary", "i-1f7c3a9b"])).out;
    assert!(
        table.contains(
            "\nnot reported, and so not in the sums: rejected of 1, pending reboot of 1\n"
        ),
        "{table}"
    );
}

#[test]
fn a_table_of_groups_fits_80_120_and_200_columns() {
    for by in ["patch-group", "platform"] {
        for width in [80, 120, 200] {
            let args = ["summary", "--by", by, "--color", "never"];
            let table = on_terminal(width, &args);
            let (screen, below) = table.rsplit_once("\n\n").unwrap();
            for line in screen.lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
            // What stands below is as in `states`.
            let told = below.lines().next().unwrap();
            insta::assert_snapshot!(
                format!("summary_by_{by}_at_{width}"),
                format!("{screen}\n\n{told}\n")
            );
        }
    }
}

#[test]
fn bars_are_drawn_on_a_terminal_and_numbers_everywhere() {
    let seen = on_terminal(120, &["summary", "--color", "always"]);
    assert!(seen.contains('█') && seen.contains('░') && seen.contains('\u{1b}'));
    assert!(
        seen.contains(&format!(
            "% of {} nodes are compliant, by patch-group",
            all_nodes()
        )),
        "{seen}"
    );
    let piped = run(&mut demo(&["summary"])).out;
    assert!(!piped.contains(['█', '▓', '▒', '░', '\u{1b}']), "{piped}");
    let quiet = on_terminal(120, &["summary", "-q", "--color", "never"]);
    assert!(quiet.starts_with("Group "), "{quiet}");
    // Without colours, what is drawn is the same.
    let plain = on_terminal(120, &["summary", "--color", "never"]);
    let count = |text: &str, sign: char| text.matches(sign).count();
    for sign in ['█', '▓', '▒', '░'] {
        assert_eq!(count(&seen, sign), count(&plain, sign));
    }
}

#[test]
fn more_groups_than_a_screen_holds_are_added_up_on_a_terminal_only() {
    let args = [
        "summary",
        "--by",
        "tag:Name",
        "--columns",
        "Group,Nodes",
        "-q",
        "--color",
        "never",
    ];
    let nodes = |table: &str| -> Vec<u64> {
        let rows = table.lines().skip(1);
        rows.map(|line| {
            line.split_whitespace()
                .rev()
                .find_map(|word| word.parse().ok())
                .unwrap()
        })
        .collect()
    };
    let screen = on_terminal(80, &args);
    let all = run(&mut demo(&args)).out;
    let wide = on_terminal(80, &[&args[..], &["-o", "wide"]].concat());
    let rest = format!("({} more groups)", nodes(&all).len() - 24);
    assert_eq!(nodes(&screen).len(), 25);
    assert!(
        screen.lines().last().unwrap().starts_with(&rest[..]),
        "{screen}"
    );
    assert_eq!(nodes(&wide).len(), nodes(&all).len());
    for table in [screen, all, wide] {
        assert_eq!(nodes(&table).iter().sum::<u64>(), all_nodes(), "{table}");
    }
    // Sorted otherwise, the rest is still the last row.
    let sorted = on_terminal(80, &[&args[..], &["--sort-by", "Group"]].concat());
    assert!(
        sorted.lines().last().unwrap().starts_with(&rest[..]),
        "{sorted}"
    );
}

#[test]
fn values_of_tags_act_on_no_terminal_and_no_spreadsheet() {
    let args = ["summary", "--by", "tag:Name", "-o"];
    let csv = run(demo(&args).arg("csv")).out;
    let labels: Vec<String> = csv::Reader::from_reader(csv.as_bytes())
        .records()
        .flat_map(|row| [1, 2].map(|at| row.as_ref().unwrap()[at].to_owned()))
        .collect();
    assert!(
        labels
            .iter()
            .any(|label| label.starts_with("'=HYPERLINK(\"http")),
        "{labels:?}"
    );
    assert!(
        !labels
            .iter()
            .any(|label| label.starts_with(['=', '+', '-', '@']))
    );
    let document = run(demo(&args).arg("json")).json();
    let names: Vec<&str> = document["Groups"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|group| group["GroupValue"].as_str())
        .collect();
    assert!(
        names.iter().any(|name| name.starts_with("=HYPERLINK(")),
        "JSON keeps what AWS sent"
    );
    let acts =
        |text: &str| text.contains(|c: char| c != '\n' && (c.is_control() || c == '\u{202e}'));
    assert!(
        names.iter().any(|name| acts(name)),
        "the demo is nasty enough: {names:?}"
    );
    for format in ["wide", "csv", "json", "ndjson"] {
        let seen = on_terminal(200, &[&args[..], &[format, "--color", "never"]].concat());
        assert!(!acts(&seen.replace("\r\n", "\n")), "{format}: {seen:?}");
    }
}

#[test]
fn groups_are_sorted_and_their_columns_chosen() {
    let ran = run(&mut demo(&[
        "summary",
        "--by",
        "verdict",
        "--sort-by",
        "-Nodes",
        "--columns",
        "Group,Nodes,Unread",
        "--no-headers",
        "-q",
    ]));
    let nodes: Vec<u64> = ran
        .out
        .lines()
        .map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap())
        .collect();
    assert!(
        nodes.is_sorted_by(|a, b| a >= b) && nodes.iter().sum::<u64>() == all_nodes(),
        "{}",
        ran.out
    );
    // What is rare is shown where it was asked for, though there is none.
    let ran = run(&mut demo(&[
        "summary",
        "i-456",
        "--columns",
        "Group,Unread",
        "-q",
    ]));
    assert_eq!(ran.out, "Group     Unread\nprod-web       0\n");
    let help = run(&mut demo(&["summary", "--columns", "help"])).out;
    assert!(
        help.contains("CompliantPercent ") && !help.contains("tag:KEY "),
        "{help}"
    );
}

#[test]
fn the_policy_holds_what_the_groups_take() {
    let policy = |by: &str| run(&mut demo(&["iam-policy", "summary", "--by", by])).out;
    let plain = policy("region");
    assert!(
        plain.contains("ssm:DescribeInstancePatchStates\"") && plain.contains("\"FindNodes\""),
        "{plain}"
    );
    assert!(!plain.contains("\"NamesAndTags\""), "{plain}");
    assert!(
        plain.contains("ssm:GetPatchBaseline\""),
        "verdicts hang on it: {plain}"
    );
    assert!(policy("platform").contains("\"NamesAndTags\""));
    assert!(policy("tag:Team").contains("ssm:ListTagsForResource"));
    let named = run(&mut demo(&["iam-policy", "summary", "i-123"])).out;
    assert!(!named.contains("\"FindNodes\""), "{named}");
}

#[test]
fn the_schema_describes_the_document() {
    let schema = run(&mut demo(&["schema", "summary"])).json();
    let document = run(&mut demo(&["summary", "-o", "json"])).json();
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let mut required: Vec<String> = serde_json::from_value(schema["required"].clone()).unwrap();
    required.sort();
    assert_eq!(keys(&document), required);
    assert_eq!(keys(&schema["properties"]), required);
    // The columns of a second key are there only with two keys.
    let two_keys = run(&mut demo(&[
        "summary",
        "--by",
        "region,verdict",
        "-o",
        "json",
    ]))
    .json();
    let described = keys(&schema["$defs"]["Row"]["properties"]);
    assert_eq!(keys(&two_keys["Groups"][0]), described);
    let of_one: Vec<String> = described
        .into_iter()
        .filter(|key| !key.ends_with('2'))
        .collect();
    for row in [&document["Total"], &document["Groups"][0]] {
        assert_eq!(keys(row), of_one);
    }
}

#[test]
fn what_no_node_of_a_group_reported_is_unknown_and_not_zero() {
    let ran = run(&mut demo(&["summary", "-o", "json"]));
    let unscanned = group(&ran, "(unknown)");
    let scanned = group(&ran, "web");
    for column in ["MissingNodes", "RebootNodes"] {
        assert_eq!(unscanned[column], Value::Null, "{unscanned}");
        assert_eq!(scanned[column], 0, "{scanned}");
    }
}

#[test]
fn the_table_names_nodes_without_data_and_what_is_unread_below_itself() {
    let ran = run(demo(&["summary"]).args(EVERYWHERE));
    // Nodes without data have a line for each cause.
    let below = |start: &str| -> Vec<String> {
        let lines = ran.out.lines().filter(|line| line.starts_with(start));
        let ids = lines.filter_map(|line| line.split_once(": "));
        ids.flat_map(|(_, ids)| ids.split(", "))
            .map(ToOwned::to_owned)
            .collect()
    };
    let document = run(demo(&["summary", "-o", "json"]).args(EVERYWHERE)).json();
    for (start, list) in [("no patch data", "NoData"), ("unread: ", "Unread")] {
        assert_eq!(
            below(start).len(),
            document[list].as_array().unwrap().len(),
            "{start}"
        );
    }
}

#[test]
fn at_80_columns_what_was_found_stays_and_the_rest_gives_way() {
    let table = on_terminal(80, &["summary", "--color", "never"]);
    for heading in ["Non-compliant", "Missing", "Failed"] {
        assert!(table.contains(heading), "{heading}: {table}");
    }
    assert!(!table.contains("Restart"), "{table}");
}

#[test]
fn two_keys_group_nodes_that_have_both_values_in_common() {
    for by in ["account,region", "tag:Team,tag:Env", "verdict,platform"] {
        let ran = run(&mut demo(&["summary", "--by", by, "-o", "json"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(document["By"], by);
        let groups = groups(&ran);
        assert_eq!(sum(&groups, "Nodes"), all_nodes(), "{by}");
        let keys: Vec<(&Value, &Value)> = groups
            .iter()
            .map(|group| (&group["GroupValue"], &group["GroupValue2"]))
            .collect();
        let distinct: std::collections::BTreeSet<String> =
            keys.iter().map(|key| format!("{key:?}")).collect();
        assert_eq!(distinct.len(), keys.len(), "{by}: {keys:?}");
        assert!(
            groups.iter().all(|group| group["GroupKind2"].is_string()),
            "{by}"
        );
    }
    // With one key, the columns of the second are not there.
    let ran = run(&mut demo(&["summary", "--by", "region", "-o", "json"]));
    assert!(!ran.out.contains("Group2"), "{}", ran.out);
}

#[test]
fn more_than_two_keys_and_unknown_ones_are_refused_on_one_line() {
    for (by, cause) in [
        (
            "account,region,platform",
            "--by takes one or two groups, not 3",
        ),
        ("region,region", "--by names region twice"),
        (
            "region,regoin",
            "--by: unknown group \"regoin\"; did you mean region?",
        ),
        ("tag:Team,tag", "did you mean tag:KEY?"),
        ("region,", "--by: unknown group \"\""),
    ] {
        let ran = run(&mut demo(&["summary", "--by", by]));
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
        assert!(ran.err.contains(cause), "{by}: {}", ran.err);
    }
}
