//! The calls that a command makes are those that its plan needs: `iam-policy` lists
//! exactly the calls that the command makes in the demo.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::doctor::policy;
use crate::support::{demo, patchctl, run};

/// The calls of a run, as `--verbose` counts them, without the one that every caller may make.
fn calls_made(args: &[&str]) -> BTreeSet<String> {
    let calls = count_calls(args);
    calls.into_keys().filter(|name| name != CALLER).collect()
}

const CALLER: &str = "sts:GetCallerIdentity";

/// How often each operation is called.
fn count_calls(args: &[&str]) -> BTreeMap<String, u64> {
    let ran = run(&mut demo(&[args, &["--verbose"]].concat()));
    assert!([0, 1, 3].contains(&ran.code), "{args:?}: {}", ran.err);
    let operations = ran.err.lines().filter_map(|line| {
        let line = line.strip_prefix("patchctl: ").unwrap_or(line);
        let (operation, counts) = line.split_once(": ")?;
        let calls = counts
            .contains(" retr")
            .then(|| counts.split(' ').next())??;
        Some((
            operation.to_owned(),
            calls.replace(',', "").parse().unwrap(),
        ))
    });
    operations.collect()
}

const INVENTORY: &str = "ssm:GetInventory";
const STATES: &str = "ssm:DescribeInstancePatchStates";
const BASELINE: &str = "ssm:GetPatchBaseline";

/// Commands, each with the calls that these nodes of the demo do not need.
const COMMANDS: &[(&str, &[&str])] = &[
    ("states i-123", &[]),
    ("states --all", &[]),
    ("states --all -o wide", &[]),
    ("states --all -o csv", &[]),
    ("states --tag Env=prod", &[]),
    ("states --all --unmanaged", &[]),
    ("states --all --columns +AssociationScan", &[]),
    // The members are listed with their states.
    ("states --patch-group prod-web --unmanaged", &[STATES]),
    // No Linux node counts available security updates.
    ("states --platform linux", &[BASELINE]),
    // The states of the members of a patch group come with them, and their platforms too.
    ("states --patch-group prod-web", &[STATES]),
    (
        "states --patch-group prod-web --platform windows",
        &[STATES],
    ),
    ("states --patch-group prod-web --tag Env=prod", &[STATES]),
    ("states --name web-*", &[]),
    ("states --tag Env=prod,stage", &[]),
    ("states --tag Env=p*", &[]),
    ("states --tag Team", &[]),
    ("states --ping online", &[]),
    ("states --all --exclude i-123", &[]),
    ("states --all --exclude web-*", &[]),
    ("states i-123 i-456 --exclude i-456", &[]),
    (
        "states --patch-group prod-web --exclude-platform macos",
        &[STATES],
    ),
    ("states --patch-group prod-web --name web-*", &[STATES]),
    ("patches --all --kb kernel*", &[]),
    ("summary --exclude-tag Env=prod", &[BASELINE]),
    ("check --tag Team=web,db --exclude-platform macos", &[]),
    ("states i-123 --columns +Name", &[]),
    ("states i-123 --columns +PlatformName", &[]),
    ("states i-123 mi-07c2e5a8f1d4b6930 --columns +tag:Env", &[]),
    ("states --all --columns +OldestMissing", &[]),
    ("states --all --sort-by OldestMissing", &[]),
    ("states --all --columns +BaselineDiffers", &[]),
    // A condition costs what its column costs, printed or not.
    ("states --all --non-compliant", &[]),
    ("states i-123 --where MissingCount>0", &[]),
    ("states i-123 --where Name~web-*", &[]),
    ("states i-123 --where PlatformName~Ubuntu*", &[]),
    (
        "states i-123 mi-07c2e5a8f1d4b6930 --where tag:Env=prod",
        &[],
    ),
    ("states --all --where OldestMissing<2026-10-15", &[]),
    ("states --all --where BaselineDiffers=true", &[]),
    ("patches i-123 --where Name~web-*", &[]),
    ("patches --all --where ReleaseDate<2026-10-15", &[]),
    ("patches --all --by kb --where NodesLacking>1", &[]),
    ("patches --all --by node --where tag:Env=prod", &[]),
    // That region has neither stopped instances nor available security updates.
    ("states --all --region us-east-1", &[INVENTORY, BASELINE]),
    ("states --all --all-regions", &[]),
    ("states --all --organization --role-name reader", &[]),
    // The root is asked for only to say which units there are.
    (
        "states --all --organization --role-name reader --skip-ou ou-demo-workload",
        &["organizations:ListRoots"],
    ),
    (
        "states --all --region us-east-1 --account 444455556666 --role-name reader",
        &[INVENTORY, BASELINE],
    ),
    ("patches i-123", &[]),
    ("patches i-123 --columns +Name", &[]),
    ("patches --all --state Missing", &[]),
    ("states i-123 -o aws-csv", &[]),
    ("patches i-123 -o aws-csv", &[]),
    ("patches --all --state Missing -o aws-csv", &[]),
    ("patches --all --no-prefetch --kb KB5088215", &[]),
    ("patches --all --columns +ReleaseDate", &[]),
    ("patches --all --cve CVE-2026-57026", &[]),
    ("patches --all --by kb", &[]),
    ("patches --all --by cve -o json", &[]),
    ("patches --all --by node -o wide", &[]),
    ("patches --all --by severity", &[]),
    ("summary", &[]),
    ("summary --by platform", &[]),
    ("summary --by account", &[]),
    ("summary --by tag:Env", &[]),
    ("summary --tag Env=prod", &[]),
    ("check i-123", &[]),
    ("check i-123 -o asff", &[]),
    ("summary -o openmetrics", &[]),
    ("check --all", &[]),
    ("check --all --fail-on stale", &[]),
    ("check --all --fail-on unmanaged", &[]),
    (
        "check --patch-group prod-web --fail-on unmanaged",
        &[STATES],
    ),
    ("check --all --fail-on baseline-differs", &[]),
    ("check --all --fail-on missing>=critical", &[]),
    ("check --all --fail-on unapproved>0", &[]),
    ("check --all --fail-on patch-older-than=30d", &[]),
    ("check --all --min-severity high", &[]),
    ("check --all --sla critical=7d --fail-on overdue>0", &[]),
    ("check --all --sla critical=7d --fail-on due-within=7d", &[]),
    ("patches --all --sla critical=7d --columns +DueDate", &[]),
    ("patches --all --sla critical=7d --where Overdue=true", &[]),
    ("report", &[]),
    ("report i-123", &[]),
    ("report --by tag:Env", &[]),
    ("report --tag Env=prod --fail-on missing>=critical", &[]),
];

/// The same of `collect`, which writes to a folder.
const COLLECTIONS: &[(&str, &[&str])] = &[
    ("collect --all", &[]),
    ("collect --all --without patches", &[]),
    ("collect --all --without release-dates,associations", &[]),
    ("collect --all --all-regions --without tags,patches", &[]),
    // It has data, so that no association is asked for, and is no hybrid node.
    (
        "collect i-123",
        &["ssm:ListComplianceItems", "ssm:ListTagsForResource"],
    ),
];

#[test]
fn each_command_makes_the_calls_that_its_policy_lists_and_no_other() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("permissions");
    let folder = folder.to_str().unwrap();
    for (command, unneeded) in COLLECTIONS {
        let args = command.split(' ').chain(["--to", folder]);
        assert_calls_are_those_of_the_policy(&args.collect::<Vec<&str>>(), unneeded);
    }
    for (command, unneeded) in COMMANDS {
        assert_calls_are_those_of_the_policy(&command.split(' ').collect::<Vec<&str>>(), unneeded);
    }
}

/// What is not counted is named.
#[test]
fn an_estimate_knows_every_call_of_the_run() {
    let commands = COMMANDS.iter().chain(COLLECTIONS);
    // The format decides which columns there are.
    let is_fit = |command: &str| {
        let of_several = ["--all-regions", "--organization", "--account", " -o "];
        !of_several.iter().any(|flag| command.contains(flag))
    };
    let commands = commands.filter(|(command, _)| is_fit(command));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("estimates");
    let mut uncounted = 0;
    for (command, _) in commands {
        let mut args: Vec<&str> = command.split(' ').chain(["-o", "json"]).collect();
        if args[0] == "collect" {
            args.extend(["--to", folder.to_str().unwrap()]);
        }
        let estimate = [&args[..], &["--estimate"]].concat();
        let ran = run(&mut demo(&estimate));
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
        let json = ran.json();
        let rows = json["Estimate"].as_array().unwrap();
        let counted = |operation: &str| {
            let rows = rows.iter().filter(|row| row["Operation"] == operation);
            rows.map(|row| row["Calls"].as_u64().unwrap()).sum::<u64>()
        };
        let named = json["NotCounted"].as_array().unwrap();
        for (operation, calls) in count_calls(&args) {
            if named.contains(&json!(operation)) {
                uncounted += 1;
            } else {
                assert!(counted(&operation) > 0, "{command}: {operation}");
            }
            // Some nodes of the demo have more pages than their counters need.
            assert!(counted(&operation) <= calls, "{command}: {operation}");
        }
    }
    assert!(uncounted > 20, "{uncounted}");
}

#[test]
fn a_dataset_in_a_bucket_takes_its_prefix_and_no_call_to_systems_manager() {
    let statements = |line: &str| -> Vec<(String, Value, Value, Value)> {
        let args: Vec<&str> = line.split(' ').collect();
        let policy = run(patchctl().arg("iam-policy").args(args)).json();
        let statements = policy["Statement"].as_array().unwrap();
        statements
            .iter()
            .map(|one| {
                let sid = one["Sid"].as_str().unwrap().to_owned();
                let [actions, resources, condition] =
                    ["Action", "Resource", "Condition"].map(|name| one[name].clone());
                (sid, actions, resources, condition)
            })
            .collect()
    };
    let list = (
        "ListDataset".to_owned(),
        json!(["s3:ListBucket"]),
        json!(["arn:aws:s3:::data"]),
        json!({"StringLike": {"s3:prefix": "a/b/*"}}),
    );
    let objects =
        |sid: &str, actions: Value, keys: Value| (sid.to_owned(), actions, keys, Value::Null);
    let below = json!(["arn:aws:s3:::data/a/b/*"]);
    let read = objects("ReadDataset", json!(["s3:GetObject"]), below.clone());
    let write = json!(["s3:PutObject", "s3:AbortMultipartUpload"]);
    let write = objects("WriteDataset", write, below.clone());
    for command in ["states", "patches", "check", "summary", "report"] {
        let from = statements(&format!("{command} --from s3://data/a/b"));
        assert_eq!(from, [list.clone(), read.clone()], "{command}");
        assert_eq!(statements(&format!("{command} --from folder")), []);
    }
    let bucket = "s3://data/a/b";
    for line in [
        "trend --from BUCKET",
        "history --from BUCKET",
        "history KB5088215 --from BUCKET",
        "verify BUCKET",
        "diff --from BUCKET 1d latest",
        "diff BUCKET@1d BUCKET",
        "diff BUCKET folder",
        "check --all --from BUCKET --since 7d",
        "check --all --from folder --since BUCKET",
    ] {
        let read_only = statements(&line.replace("BUCKET", bucket));
        assert_eq!(read_only, [list.clone(), read.clone()], "{line}");
        assert_eq!(statements(&line.replace("BUCKET", "fleet")), [], "{line}");
    }
    // A side that is live takes its calls, too.
    for line in ["diff BUCKET live", "check --all --since BUCKET"] {
        let mut both = statements(&line.replace("BUCKET", bucket));
        let of_bucket = both.split_off(both.len() - 2);
        assert_eq!(of_bucket, [list.clone(), read.clone()], "{line}");
        let of_aws = statements(&line.replace("BUCKET", "fleet"));
        assert!(!of_aws.is_empty(), "{line}");
        assert_eq!(both, of_aws, "{line}");
    }
    let two = statements("diff s3://data/a/b s3://others");
    let sids: Vec<&str> = two.iter().map(|one| &*one.0).collect();
    let expected = ["ListDataset", "ReadDataset", "ListDataset2", "ReadDataset2"];
    assert_eq!(sids, expected);
    assert_eq!(two[3].2, json!(["arn:aws:s3:::others/*"]));
    let of_bucket = |line: &str| {
        let mut all = statements(line);
        all.retain(|one| one.1.to_string().contains("\"s3:"));
        all
    };
    let collect = of_bucket("collect --all --to s3://data/a/b");
    let runs = json!([
        "arn:aws:s3:::data/a/b/runs/*",
        "arn:aws:s3:::data/a/b/unfinished/*"
    ]);
    let unfinished = json!(["arn:aws:s3:::data/a/b/unfinished/*"]);
    let expected = [
        list.clone(),
        objects("ReadDataset", json!(["s3:GetObject"]), runs),
        write.clone(),
        objects("DeleteFiles", json!(["s3:DeleteObject"]), unfinished),
    ];
    assert_eq!(collect, expected);
    let delete = objects("DeleteFiles", json!(["s3:DeleteObject"]), below);
    for flags in ["--resume", "--keep 400d"] {
        let collect = of_bucket(&format!("collect --all --to s3://data/a/b {flags}"));
        assert_eq!(
            collect,
            [list.clone(), read.clone(), write.clone(), delete.clone()]
        );
    }
    // Without a prefix, every key is one of the dataset.
    let whole = statements("states --from s3://data");
    assert_eq!(whole[0].3, Value::Null);
    assert_eq!(whole[1].2, json!(["arn:aws:s3:::data/*"]));
}

fn assert_calls_are_those_of_the_policy(args: &[&str], unneeded: &[&str]) {
    let listed: BTreeSet<String> = policy(args).into_iter().collect();
    let mut made = calls_made(args);
    for call in unneeded {
        assert!(made.insert((*call).to_owned()), "{args:?} make {call}");
    }
    assert_eq!(made, listed, "{args:?}");
}
