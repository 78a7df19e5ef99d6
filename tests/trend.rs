//! `trend`: how the fleet stood at each snapshot of a dataset. Each row is compared with what
//! `summary --from --at` says of that snapshot.

use std::fs;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{DEMO_NOW, DemoServer, RunOutput, demo, live, patchctl, run};

/// The digits in place of a checksum.
const NO_CHECKSUM: [u8; 64] = [b'0'; 64];

/// Moves the run of a dataset to another time, into a dataset with others. What it read stays
/// as it is.
fn add_run(from: &Path, to: &Path, when: &str) {
    let manifests: Vec<_> = fs::read_dir(from.join("runs")).unwrap().collect();
    assert_eq!(manifests.len(), 1);
    let path = manifests[0].as_ref().unwrap().path();
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let at: jiff::Timestamp = when.parse().unwrap();
    let old_id = manifest["RunId"].as_str().unwrap().to_owned();
    let (old, rest) = old_id.split_once('-').unwrap();
    let name = at.strftime("%Y%m%dT%H%M%SZ").to_string();
    manifest["RunId"] = format!("{name}-{rest}").into();
    manifest["StartedAt"] = at.to_string().into();
    manifest["FinishedAt"] = at.to_string().into();
    for file in manifest["Files"].as_array_mut().unwrap() {
        let path = file["Path"].as_str().unwrap().to_owned();
        let moved = path.replace(old, &name);
        fs::create_dir_all(to.join(&moved).parent().unwrap()).unwrap();
        fs::copy(from.join(&path), to.join(&moved)).unwrap();
        file["Path"] = moved.into();
    }
    manifest["Checksum"] = String::from_utf8_lossy(&NO_CHECKSUM).into();
    let mut bytes = serde_json::to_vec(&manifest).unwrap();
    let digest = Sha256::digest(&bytes);
    let digits = digest
        .iter()
        .fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    let at = bytes.windows(64).rposition(|digits| digits == NO_CHECKSUM);
    bytes.splice(at.unwrap()..at.unwrap() + 64, digits.into_bytes());
    fs::create_dir_all(to.join("runs")).unwrap();
    let id = manifest["RunId"].as_str().unwrap();
    fs::write(to.join(format!("runs/{id}.json")), bytes).unwrap();
}

/// Collects into the dataset `fleet` of a folder, as if it was then.
fn collect_at(folder: &Path, when: &str, command: &mut assert_cmd::Command) {
    let alone = tempfile::tempdir().unwrap();
    let to = alone.path().to_str().unwrap();
    let ran = run(command.args(["collect", "--all", "--to", to]));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    add_run(alone.path(), &folder.join("fleet"), when);
}

fn ask(folder: &Path, words: &str) -> RunOutput {
    run(patchctl().args(words.split(' ')).current_dir(folder))
}

/// Columns that a row of `trend` has and a row of `summary` has not, or not alike.
const OF_TREND: [&str; 4] = ["Snapshot", "Time", "Runs", "By"];

fn of_group(row: &Value) -> Value {
    let mut row = row.clone();
    let members = row.as_object_mut().unwrap();
    members.retain(|name, _| !OF_TREND.contains(&&**name));
    row
}

/// Compares each row of `trend` with these flags with what `summary` says at its snapshot;
/// returns the rows.
fn assert_rows_are_those_of_summary(folder: &Path, flags: &str) -> Vec<Value> {
    let rows = ask(folder, &format!("trend --from fleet{flags} -o ndjson")).json_rows();
    let all = ask(folder, &format!("trend --from fleet{flags} -o json")).json();
    assert_eq!(all["Trend"].as_array().unwrap(), &rows);
    let totals = all["Totals"].as_array().unwrap();
    assert!(!totals.is_empty());
    for total in totals {
        let at = total["Snapshot"].as_str().unwrap();
        let words = format!("--from fleet --at {at}{flags}");
        let summary = ask(folder, &format!("summary {words} -o json"));
        assert!(!summary.out.is_empty(), "{words}: {}", summary.err);
        let summary = summary.json();
        let mut expected = summary["Total"].clone();
        expected.as_object_mut().unwrap().remove("By");
        assert_eq!(of_group(total), expected, "{words}");
        if !flags.contains("--by") {
            continue;
        }
        let groups = ask(folder, &format!("summary {words} -o ndjson")).json_rows();
        let key = |row: &Value| (row["Group"].to_string(), row["Group2"].to_string());
        let mut groups: Vec<Value> = groups.iter().map(of_group).collect();
        groups.sort_by_key(key);
        let of_snapshot = rows.iter().filter(|row| row["Snapshot"] == *at);
        let mut found: Vec<Value> = of_snapshot.map(of_group).collect();
        found.sort_by_key(key);
        assert_eq!(found, groups, "{words}");
    }
    rows
}

/// The accounts of the demo, each with a collector of its own, on three days; one is not read
/// on the second day.
fn several_accounts() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let collect = |when: &str, account: &str| {
        let flags = [
            "--account",
            account,
            "--role-name",
            "reader",
            "--all-regions",
        ];
        collect_at(folder.path(), when, &mut demo(&flags));
    };
    for (when, accounts) in [
        (
            "2026-11-20T05:00:00Z",
            &["111122223333", "444455556666"][..],
        ),
        ("2026-11-21T05:00:00Z", &["111122223333"]),
        ("2026-11-27T05:00:00Z", &["111122223333", "444455556666"]),
    ] {
        for (account, minute) in accounts.iter().zip(["00", "07"]) {
            collect(&when.replace(":00:00Z", &format!(":{minute}:00Z")), account);
        }
    }
    folder
}

#[test]
fn each_row_is_what_summary_says_at_that_moment() {
    let folder = several_accounts();
    let folder = folder.path();
    let rows = assert_rows_are_those_of_summary(folder, "");
    let snapshots: Vec<&str> = rows
        .iter()
        .map(|row| row["Snapshot"].as_str().unwrap())
        .collect();
    assert_eq!(
        snapshots,
        [
            "20261120T050000Z",
            "20261120T050700Z",
            "20261121T050000Z",
            "20261127T050000Z",
            "20261127T050700Z"
        ]
    );
    let runs: Vec<u64> = rows
        .iter()
        .map(|row| row["Runs"].as_u64().unwrap())
        .collect();
    assert_eq!(
        runs,
        [1, 2, 2, 2, 2],
        "the other account keeps its newest run"
    );
    // The same scans are a week older at the last snapshot.
    let stale = |at: usize| rows[at]["Stale"].as_u64().unwrap();
    assert!(stale(4) > stale(1), "{rows:?}");
    for flags in [
        " --by account",
        " --by platform",
        " --by patch-group",
        " --by baseline",
        " --by verdict",
        " --by tag:Env",
        " --by account,region --every 1d",
        " --by region --tag Env=prod",
        " --by account --max-age none",
        " --account 444455556666 --by region",
        " --region eu-west-1 --by account",
        " i-123 i-456 i-0dead00000000beef",
    ] {
        let rows = assert_rows_are_those_of_summary_at(folder, flags);
        assert!(!rows.is_empty(), "{flags}");
    }
}

/// Complete runs of two accounts, and between them those of one region, of two nodes and of a
/// fleet that could not be read whole, in the days before and after the scans.
fn mixed_runs() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let of_account = |account| ["--account", account, "--role-name", "reader"];
    let (first, second) = (of_account("111122223333"), of_account("444455556666"));
    let collect = |name: &str, command: &mut assert_cmd::Command, words: &[&str]| {
        let to = folder.path().join(name);
        let ran = run(command
            .args(["collect", "--to", to.to_str().unwrap()])
            .args(words));
        assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    };
    collect("a", &mut demo(&first), &["--all", "--all-regions"]);
    collect("b", &mut demo(&second), &["--all", "--all-regions"]);
    let region = ["--all", "--region", "us-east-1"];
    collect("a-region", &mut demo(&first), &region);
    collect("b-ids", &mut demo(&second), &["i-123", "i-456"]);
    let broken = [&DEMO_NOW[..], &["--fault-region", "eu-north-1"]].concat();
    let served = DemoServer::start(&broken);
    let command = &mut live(&served.url, &["--all-regions"]);
    collect("broken", command, &["--all"]);
    for (name, when) in [
        ("b-ids", "2026-11-18T05:00:00Z"),
        ("a", "2026-11-18T06:00:00Z"),
        ("b", "2026-11-18T23:00:00Z"),
        ("a-region", "2026-11-19T13:00:00Z"),
        ("broken", "2026-11-20T13:00:00Z"),
        ("a-region", "2026-11-20T14:00:00Z"),
        ("b-ids", "2026-11-21T06:00:00Z"),
        ("a", "2026-11-21T07:30:00Z"),
        ("b", "2026-11-26T20:00:00Z"),
        ("a-region", "2026-11-27T09:00:00Z"),
    ] {
        add_run(
            &folder.path().join(name),
            &folder.path().join("fleet"),
            when,
        );
    }
    folder
}

#[test]
fn each_row_is_what_summary_says_where_runs_of_all_kinds_are_mixed() {
    let folder = mixed_runs();
    for flags in [
        " --by region",
        " --by account,verdict --max-age 30h",
        " --by verdict --max-age 6h",
        " --by patch-group --max-age none --tag Env=prod --allow-empty",
        " --region us-east-1 --by account",
        " i-123 i-0dead00000000beef",
    ] {
        let rows = assert_rows_are_those_of_summary(folder.path(), flags);
        let names = rows.iter().map(|row| row["Snapshot"].as_str().unwrap());
        let snapshots: std::collections::BTreeSet<&str> = names.collect();
        assert!(snapshots.len() > 4, "{flags}: {snapshots:?}");
    }
}

/// The same, with a flag that `summary` has not.
fn assert_rows_are_those_of_summary_at(folder: &Path, flags: &str) -> Vec<Value> {
    let Some(flags) = flags.strip_suffix(" --every 1d") else {
        return assert_rows_are_those_of_summary(folder, flags);
    };
    let all = assert_rows_are_those_of_summary(folder, flags);
    let rows = ask(
        folder,
        &format!("trend --from fleet{flags} --every 1d -o ndjson"),
    )
    .json_rows();
    let is_last_of_day = |row: &&Value| {
        let last = ["20261120T050700Z", "20261121T050000Z", "20261127T050700Z"];
        last.contains(&row["Snapshot"].as_str().unwrap())
    };
    let expected: Vec<&Value> = all.iter().filter(is_last_of_day).collect();
    assert_eq!(rows.iter().collect::<Vec<_>>(), expected);
    rows
}

#[test]
fn a_snapshot_at_which_nothing_was_read_anew_has_no_row() {
    let folder = several_accounts();
    let ran = ask(
        folder.path(),
        "trend --from fleet --account 444455556666 -o json",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["Trend"].as_array().unwrap().len(), 2, "{}", ran.out);
    assert_eq!(json["Summary"]["UnchangedSnapshots"], 3);
    assert_eq!(json["Summary"]["ManifestsRead"], 5, "each once");
    let table = ask(folder.path(), "trend --from fleet --account 444455556666");
    assert!(
        table.out.contains("no row for 3 snapshots"),
        "{}",
        table.out
    );
}

#[test]
fn a_location_that_was_not_read_is_shown_and_changes_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = ["--nodes", "4", "--regions", "eu-west-1,us-east-1"];
    let collect = |when: &str, flags: &[&str]| {
        let served = DemoServer::start(&[&fleet, &DEMO_NOW[..], flags].concat());
        let mut command = live(&served.url, &["--all-regions"]);
        collect_at(folder.path(), when, &mut command);
    };
    collect("2026-11-20T05:00:00Z", &[]);
    collect("2026-11-21T05:00:00Z", &["--fault-region", "us-east-1"]);
    let rows = assert_rows_are_those_of_summary(folder.path(), " --by region");
    let us = |row: &&Value| row["Group"] == "us-east-1";
    let us: Vec<&Value> = rows.iter().filter(us).collect();
    assert_eq!(
        (&us[0]["Nodes"], &us[0]["UnreadScopes"]),
        (&4.into(), &0.into())
    );
    assert_eq!(
        (&us[1]["Nodes"], &us[1]["UnreadScopes"]),
        (&0.into(), &1.into())
    );
    assert_eq!(us[1]["CompliantPercent"], Value::Null);
    let ran = ask(folder.path(), "trend --from fleet -o json");
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("unread at 1 snapshot"), "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["Summary"]["IncompleteSnapshots"], 1);
    let unread = &json["Unread"][0];
    assert_eq!(
        (
            &unread["Region"],
            &unread["Snapshots"],
            &unread["LastSnapshot"]
        ),
        (
            &"us-east-1".into(),
            &1.into(),
            &"2026-11-21T05:00:00Z".into()
        )
    );
    let before = ask(folder.path(), "trend --from fleet --until 2026-11-20");
    assert_eq!(before.code, 0, "{}", before.err);
    assert!(!before.out.contains("Scopes unread"), "{}", before.out);
}

#[test]
fn the_flags_of_time_select_snapshots() {
    let folder = several_accounts();
    let snapshots = |flags: &str| -> Vec<String> {
        let ran = ask(
            folder.path(),
            &format!("trend --from fleet {flags} -o ndjson"),
        );
        assert_eq!(ran.code, 0, "{flags}: {}", ran.err);
        let rows = ran.json_rows();
        let names = rows
            .iter()
            .map(|row| row["Snapshot"].as_str().unwrap().to_owned());
        names.collect()
    };
    let all = snapshots("--since 2026-11-20");
    assert_eq!(all.len(), 5);
    for (flags, expected) in [
        ("--since 2026-11-21", &all[2..]),
        ("--since 20261120T050700Z", &all[1..]),
        ("--since latest", &all[4..]),
        ("--until 2026-11-20", &all[..2]),
        ("--until 20261120T050000Z", &all[..1]),
        (
            "--since 2026-11-21 --until 2026-11-21T05:00:00Z",
            &all[2..3],
        ),
        ("--every 52w", &all[4..]),
    ] {
        assert_eq!(snapshots(flags), expected, "{flags}");
    }
    let until = ask(
        folder.path(),
        "trend --from fleet --until 2026-11-20 -o json",
    )
    .json();
    assert_eq!(
        until["Summary"]["ManifestsRead"], 2,
        "later ones are not read"
    );
}

#[test]
fn what_cannot_be_shown_is_refused_on_one_line() {
    let folder = several_accounts();
    for (words, expected) in [
        ("trend --from nowhere", "there is no run"),
        ("trend", "--from"),
        ("trend --from fleet --by color", "--by: unknown group"),
        ("trend --from fleet --since yesterday", "is no moment"),
        ("trend --from fleet --every day", "write 7d, 36h"),
        (
            "trend --from fleet --since 2026-12-01",
            "the newest of 2026-11-27T05:07:00Z",
        ),
        (
            "trend --from fleet --where Nodes>1",
            "--where cannot filter trend",
        ),
        ("trend --from fleet --estimate", "--estimate"),
        (
            "trend --from fleet --profile x",
            "--profile and --endpoint-url",
        ),
        ("trend --demo --from fleet", "--demo"),
        ("trend --from fleet --tag Env=nonesuch", "no node"),
        ("trend --from fleet --columns Nope", "unknown column"),
        ("trend --from fleet -o aws-csv", "aws-csv"),
        (
            "trend --from fleet -o openmetrics --columns Nodes",
            "fixed columns",
        ),
    ] {
        let ran = ask(folder.path(), words);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{words}: {}", ran.err);
        assert!(ran.err.contains(expected), "{words}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{words}: {}", ran.err);
    }
    fs::write(
        folder
            .path()
            .join("fleet/runs/20261121T050000Z-00000000.json"),
        "{}",
    )
    .unwrap();
    let ran = ask(folder.path(), "trend --from fleet");
    assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    assert!(ran.err.contains("restore it"), "{}", ran.err);
}

#[test]
fn every_format_and_what_is_made_of_the_document_has_the_rows() {
    let folder = several_accounts();
    let folder = folder.path();
    let csv = ask(folder, "trend --from fleet --by account -o csv");
    let rows = ask(folder, "trend --from fleet --by account -o ndjson").json_rows();
    assert_eq!(csv.out.lines().count(), rows.len() + 1);
    for format in ["table", "wide", "markdown", "html", "yaml"] {
        let ran = ask(
            folder,
            &format!("trend --from fleet --by account -o {format}"),
        );
        assert_eq!(ran.code, 0, "{format}: {}", ran.err);
        for text in ["20261120T050700Z", "444455556666", "compliant"] {
            assert!(
                ran.out.to_lowercase().contains(&text.to_lowercase()),
                "{format}: {text}"
            );
        }
        assert!(!ran.out.contains('┤'), "{format}: a plot is for a terminal");
    }
    let xlsx = ask(
        folder,
        "trend --from fleet -o xlsx --output-file trend.xlsx",
    );
    assert_eq!(xlsx.code, 0, "{}", xlsx.err);
    let columns = ask(
        folder,
        "trend --from fleet --columns Snapshot,CompliantPercent --sort-by -Snapshot -o csv",
    );
    let lines: Vec<&str> = columns.out.lines().collect();
    assert_eq!(lines[0], "Snapshot,CompliantPercent");
    assert!(lines[1].starts_with("20261127T050700Z,"), "{}", columns.out);
    let query = run(patchctl()
        .args(["trend", "--from", "fleet", "--query", "Totals[-1].Snapshot"])
        .current_dir(folder));
    assert_eq!(query.out, "\"20261127T050700Z\"\n");
    let template = folder.join("shares");
    fs::write(
        &template,
        "{% for row in Trend %}{{ row.CompliantPercent }} {% endfor %}",
    )
    .unwrap();
    let made = ask(folder, "trend --from fleet --template shares");
    assert_eq!(
        made.out.split_whitespace().count(),
        5,
        "{}{}",
        made.out,
        made.err
    );
}

#[test]
fn metrics_of_a_trend_are_those_of_summary_with_the_time_of_each_snapshot() {
    let folder = several_accounts();
    let ran = ask(
        folder.path(),
        "trend --from fleet --by account -o openmetrics",
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.ends_with("# EOF\n"));
    for (snapshot, seconds) in [
        ("20261120T050700Z", 1_795_151_220),
        ("20261127T050700Z", 1_795_756_020),
    ] {
        let words = format!("summary --from fleet --by account --at {snapshot} -o openmetrics");
        let summary = ask(folder.path(), &words).out;
        let is_of_nodes = |line: &&str| {
            let starts = [
                "patchctl_nodes",
                "patchctl_group_",
                "patchctl_patches",
                "patchctl_unread",
            ];
            starts.iter().any(|start| line.starts_with(start))
        };
        let mut expected: Vec<String> = summary
            .lines()
            .filter(is_of_nodes)
            .map(|line| format!("{line} {seconds}"))
            .collect();
        expected.sort();
        let time = format!(" {seconds}");
        let found = ran
            .out
            .lines()
            .filter(|line| line.ends_with(&time))
            .filter(is_of_nodes);
        let mut found: Vec<&str> = found.collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{snapshot}");
    }
}

#[test]
fn the_policy_of_a_trend_reads_the_bucket_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let ran = ask(
        folder.path(),
        "iam-policy trend --from s3://bucket/fleet --by platform",
    );
    let summary = ask(folder.path(), "iam-policy summary --from s3://bucket/fleet");
    assert_eq!(ran.out, summary.out);
    assert!(
        ran.out.contains("s3:GetObject") && !ran.out.contains("ssm:"),
        "{}",
        ran.out
    );
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_a_trend_without_a_message() {
    use crate::support::{in_shell, wait_for_output};
    use std::process::Stdio;
    let folder = several_accounts();
    let words = "trend --from fleet --by verdict -o csv";
    let whole = ask(folder.path(), words);
    // Its reader is gone before the first row.
    let mut shell = in_shell("{ \"$@\"; echo $? >&2; } | :");
    let shell = shell.args(words.split(' ')).current_dir(folder.path());
    let child = shell
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(wait_for_output(child).err, format!("{}0\n", whole.err));
}

#[cfg(unix)]
#[test]
fn a_terminal_shows_a_plot_above_the_table() {
    use crate::support::{program, terminal};
    let folder = several_accounts();
    let screen = |width: u16, flags: &str, locale: &str| {
        let words = format!("trend --from fleet --color never {flags}");
        let mut command = program();
        command
            .args(words.trim().split(' '))
            .current_dir(folder.path())
            .env("LC_ALL", locale);
        let screen = terminal::run(&mut command, width);
        assert_eq!(screen.code, 0, "{}", screen.err);
        let widest = screen.out.lines().map(|line| line.chars().count()).max();
        assert!(widest.unwrap() <= usize::from(width), "{}", screen.out);
        screen.out
    };
    insta::assert_snapshot!(screen(80, "", "C.UTF-8"));
    insta::assert_snapshot!(screen(80, "--by account", "C"));
    insta::assert_snapshot!(screen(120, "--by region --max-age none", "C.UTF-8"));
}
