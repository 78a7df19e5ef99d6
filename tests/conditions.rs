//! `--where` and its short forms: which rows are shown, and what is said of the others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{demo, patchctl, run};

fn rows(document: &Value, key: &str) -> Vec<Value> {
    document[key].as_array().unwrap().clone()
}

fn states(args: &[&str]) -> Value {
    run(&mut demo(
        &[&["states", "--all", "-o", "json"], args].concat(),
    ))
    .json()
}

#[test]
fn the_first_question_has_a_flag_and_figures_stay_those_of_the_fleet() {
    let ran = run(&mut demo(&["states", "--all", "--non-compliant"]));
    assert_eq!((ran.code, &*ran.err), (0, ""));
    let (table, below) = ran.out.split_once("\n\n").unwrap();
    let shown: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(shown.len(), 19);
    assert!(shown.iter().all(|line| line.contains(" NON_COMPLIANT ")));
    assert!(
        below.starts_with(
            "50 nodes found, 45 answered, 5 without data; 19 non-compliant, 1 stale\n\
             19 of 50 nodes shown: Verdict=non-compliant\n  \
             5 nodes without data hidden; --no-data shows them\n"
        ),
        "{below}"
    );

    let document = states(&["--non-compliant"]);
    let summary = &document["Summary"];
    assert_eq!(summary["Nodes"], 50);
    assert_eq!(
        (&summary["Rows"], &summary["Hidden"]),
        (&json!(19), &json!(31))
    );
    assert_eq!(summary["Compliant"], 25);
    assert_eq!(document["NoData"].as_array().unwrap().len(), 5);
    assert_eq!(
        document["RowFilter"],
        json!({"Conditions": ["Verdict=non-compliant"], "Shown": 19, "Hidden": 31, "HiddenNoData": 5, "HiddenUnknown": 0})
    );
    assert!(states(&[]).get("RowFilter").is_none());
}

#[test]
fn short_forms_are_written_in_the_grammar_of_where() {
    for (short, long) in [
        (&["--stale"][..], &["--where", "Verdict=stale"][..]),
        (&["--no-data"], &["--where", "verdict=NO_DATA"]),
        (
            &["--stale", "--non-compliant"],
            &["--verdict", "non-compliant,stale"],
        ),
        (
            &["--verdict", "no-data", "--stale"],
            &["--where", "Verdict=stale,no-data"],
        ),
        (
            &["--non-compliant", "--reboot-pending"],
            &[
                "--where",
                "Verdict=non-compliant",
                "--where",
                "RebootPending=true",
            ],
        ),
    ] {
        let shown = rows(&states(short), "InstancePatchStates");
        assert!(!shown.is_empty(), "{short:?}");
        assert_eq!(
            shown,
            rows(&states(long), "InstancePatchStates"),
            "{short:?}"
        );
    }
}

/// What a condition keeps of the rows of a document, worked out from the values it has.
type Keeps = fn(&Value) -> bool;

#[test]
fn a_condition_keeps_the_rows_that_the_same_comparison_of_their_values_keeps() {
    let cases: &[(&str, &str, &[&str], Keeps)] = &[
        ("states", "MissingCount>4", &[], |row| {
            row["MissingCount"].as_u64() > Some(4)
        }),
        ("states", "InstalledRejectedCount is unknown", &[], |row| {
            row["InstalledRejectedCount"].is_null()
        }),
        ("states", "PatchGroup!=prod-db,prod-web", &[], |row| {
            let group = row["PatchGroup"].as_str();
            group.is_some_and(|group| !group.starts_with("prod-"))
        }),
        ("states", "Age>=2d", &[], |row| {
            row["Age"].as_u64() >= Some(2)
        }),
        ("states", "LastScan<2026-11-01", &[], |row| {
            let time = row["LastScan"].as_str();
            time.is_some_and(|time| time < "2026-11-01")
        }),
        ("states", "Name~web-*", &["+Name"], |row| {
            row["Name"]
                .as_str()
                .is_some_and(|name| name.starts_with("web-"))
        }),
        ("states", "tag:Env=prod", &["+tag:Env"], |row| {
            row["tag:Env"] == "prod"
        }),
        (
            "states",
            "BaselineDiffers=true",
            &["+BaselineDiffers"],
            |row| row["BaselineDiffers"] == true,
        ),
        (
            "states",
            "OldestMissing<2026-10-15",
            &["+OldestMissing"],
            |row| {
                let time = row["OldestMissing"].as_str();
                time.is_some_and(|time| time < "2026-10-15")
            },
        ),
        ("patches", "SeverityLevel>=important", &[], |row| {
            ["Important", "Critical"].contains(&row["SeverityLevel"].as_str().unwrap())
        }),
        ("patches", "CVEIds=CVE-2026-57026", &[], |row| {
            let cves = row["CVEIds"].as_array();
            cves.is_some_and(|cves| cves.contains(&json!("CVE-2026-57026")))
        }),
        (
            "patches",
            "ReleaseDate>=2026-11-01",
            &["+ReleaseDate"],
            |row| {
                let time = row["ReleaseDate"].as_str();
                time.is_some_and(|time| time >= "2026-11-01")
            },
        ),
        ("patches --by kb", "NodesLacking>=3", &[], |row| {
            row["NodesLacking"].as_u64() >= Some(3)
        }),
        ("patches --by node", "Name~web-*", &["+Name"], |row| {
            row["Name"]
                .as_str()
                .is_some_and(|name| name.starts_with("web-"))
        }),
    ];
    for (command, condition, columns, keeps) in cases {
        let mut args: Vec<&str> = command.split(' ').chain(["--all", "-o", "json"]).collect();
        args.extend(columns.iter().flat_map(|name| ["--columns", name]));
        let all = run(&mut demo(&args)).json();
        args.extend(["--where", condition]);
        let filtered = run(&mut demo(&args)).json();
        let key = match *command {
            "states" => "InstancePatchStates",
            "patches" => "Patches",
            _ => "Groups",
        };
        let (all, shown) = (rows(&all, key), rows(&filtered, key));
        let (total, filter) = (all.len(), &filtered["RowFilter"]);
        let expected: Vec<Value> = all.into_iter().filter(keeps).collect();
        assert!(
            !expected.is_empty() && expected.len() < total,
            "{condition}"
        );
        assert_eq!(shown, expected, "{command} {condition}");
        assert_eq!(filter["Shown"], expected.len(), "{condition}");
        assert_eq!(filter["Hidden"], total - expected.len(), "{condition}");
    }
}

#[test]
fn what_could_not_be_read_stays_in_the_answer_and_in_the_exit_code() {
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "i-bogus",
        "i-456",
        "--stale",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Verdict",
    ]));
    assert_eq!(ran.code, 3);
    assert_eq!(ran.out, "InstanceId,Verdict\r\ni-bogus,UNREAD\r\n");
    assert!(
        ran.err.contains("1 of 3 nodes shown: Verdict=stale"),
        "{}",
        ran.err
    );

    // An account that refuses.
    let fleet = [
        "--organization",
        "--role-name",
        "reader",
        "--stale",
        "-o",
        "csv",
    ];
    let ran = run(&mut demo(
        &[
            &[
                "states",
                "--all",
                "--columns",
                "InstanceId,AccountId,Verdict",
            ],
            &fleet[..],
        ]
        .concat(),
    ));
    assert_eq!(ran.code, 3);
    assert!(
        ran.out
            .lines()
            .any(|line| line.starts_with(',') && line.ends_with(",UNREAD")),
        "{}",
        ran.out
    );

    // Nodes without patches have a row that says why, whatever is asked of patches.
    let ran = run(&mut demo(&[
        "patches",
        "i-123",
        "i-bogus",
        "i-0dead00000000beef",
        "--where",
        "Title~*no such*",
        "-o",
        "csv",
        "--columns",
        "InstanceId,Title,Note",
    ]));
    assert_eq!(ran.code, 3);
    let ids: Vec<&str> = ran
        .out
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert_eq!(ids, ["i-bogus", "i-0dead00000000beef"]);
    assert!(
        !ran.err.contains("the nodes have no patches"),
        "{}",
        ran.err
    );
}

#[test]
fn a_row_whose_value_is_unknown_is_counted_as_such() {
    // Old records lack the counter.
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--where",
        "InstalledRejectedCount=0",
        "--where",
        "Verdict is known",
    ]));
    assert!(
        ran.out
            .contains("nodes without data hidden; --no-data shows them"),
        "{}",
        ran.out
    );
    let ran = run(&mut demo(&[
        "patches",
        "i-123",
        "--where",
        "CVEIds~CVE-2026-*",
        "-o",
        "ndjson",
    ]));
    assert!(
        ran.err.contains(
            "patches hidden because CVEIds is unknown; --where 'CVEIds is unknown' shows them"
        ),
        "{}",
        ran.err
    );
}

#[test]
fn a_condition_that_no_row_meets_names_the_values_that_there_are() {
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--where",
        "PatchGroup=prod-wbe",
    ]));
    assert_eq!(ran.code, 0);
    assert!(
        ran.out.contains(
            "  no node has PatchGroup=prod-wbe; did you mean prod-web? (seen: , build, factory, \
             kiosk, legacy, prod-db, prod-web, stage and 1 more)\n"
        ),
        "{}",
        ran.out
    );
    // A condition that some row meets is none of them.
    let ran = run(&mut demo(&[
        "states",
        "--all",
        "--where",
        "PatchGroup=web",
        "--where",
        "MissingCount>900",
    ]));
    assert!(
        ran.out.contains("0 of 50 nodes shown") && !ran.out.contains("no node has"),
        "{}",
        ran.out
    );
}

#[test]
fn a_wrong_condition_is_one_line_and_exit_2() {
    for (args, part) in [
        ("states --all --where MissingCount", "'MissingCount>0'"),
        (
            "states --all --where Misssing>0",
            "did you mean MissingCount?",
        ),
        ("states --all --where Verdict=stael", "did you mean stale?"),
        ("states --all --verdict stael", "did you mean stale?"),
        (
            "patches --all --where NodesLacking>1",
            "unknown column \"NodesLacking\"",
        ),
        (
            "patches --all --by kb --where Age>1d",
            "unknown column \"Age\"",
        ),
        (
            "patches --all --by kb --where Name~x*",
            "the column Name describes one node; use --by node",
        ),
        ("summary --stale", "--stale cannot filter summary"),
        ("summary --where Nodes>1", "filter rows with states"),
        ("check --all --non-compliant", "choose rules with --fail-on"),
        (
            "check --all --verdict stale",
            "--verdict cannot filter check",
        ),
        (
            "iam-policy check --all --where Rule=stale",
            "--where cannot filter check",
        ),
        ("doctor --where Result=denied", "--where"),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let ran = run(&mut demo(&args));
        assert_eq!(ran.code, 2, "{args:?}");
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
        assert!(ran.out.is_empty());
    }
}

#[test]
fn completion_offers_the_columns_of_conditions_and_the_verdicts() {
    for (line, expected) in [
        ("states --where MissingC", "MissingCount"),
        ("patches --by kb --where NodesL", "NodesLacking"),
        ("patches --where SeverityL", "SeverityLevel"),
        ("states --verdict non-compliant,st", "non-compliant,stale"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let ran = run(patchctl()
            .env("_PATCHCTL_COMPLETE", "zsh")
            .args(["--", "patchctl"])
            .args(&words));
        assert_eq!(
            ran.out.split(':').next(),
            Some(expected),
            "{line}: {}",
            ran.err
        );
    }
}

#[test]
fn a_pattern_meets_every_column_that_is_text() {
    let severities = |condition: &str| {
        let args = ["patches", "i-123", "--where", condition, "-o", "json"];
        let patches = run(&mut demo(&args)).json()["Patches"].clone();
        let words = patches.as_array().unwrap().clone().into_iter();
        let words: BTreeSet<String> = words
            .map(|patch| patch["Severity"].as_str().unwrap_or_default().to_owned())
            .collect();
        Vec::from_iter(words)
    };
    assert_eq!(severities("Severity~*rit*"), ["Critical"]);
    assert_eq!(severities("Severity=critical"), ["Critical"]);
    assert!(!severities("Severity!~*rit*").contains(&"Critical".to_owned()));
}
