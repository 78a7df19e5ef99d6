//! `--from`: what a dataset answers is what the live run answered at that moment.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::support::{DEMO_NOW, DemoServer, RunOutput, demo, live, patchctl, run};

/// An empty folder for a dataset.
fn folder(name: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("dataset")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    folder.to_str().unwrap().to_owned()
}

const ORGANIZATION: [&str; 4] = ["--all-regions", "--organization", "--role-name", "reader"];

/// Known, unknown and malformed ids, in no order.
const IDS: &str = "mi-0d8b1f5c3a7e96240,i-456,i-0dead00000000beef,i-bogus,i-123";

const LINES: &[&str] = &[
    "states --all",
    "states --all -o json",
    "states --all -o csv --columns +Name,+OldestMissing,+BaselineDiffers,+tag:Env,+AssociationScan",
    "states --all --unmanaged -o yaml",
    "states IDS -o json",
    "states --all IDS -o csv",
    "states --tag Env=prod IDS -o csv",
    "states --all --tag Env=prod --exclude-platform windows -o json",
    "states --all --patch-group web -o csv",
    "states --all --name web-*,*01 --ping online,stopped -o ndjson",
    "states --all --exclude i-123,db-* --where MissingCount>0 -o markdown",
    "states --all --query Nodes[].InstanceId -o json",
    "patches --all -o ndjson",
    "patches --all --state Missing --min-severity critical -o json",
    "patches IDS --non-compliant -o csv",
    "patches --all --kb KB5* --where State=Missing -o json",
    "patches --all --severity nonesuch -o json",
    "patches --all --cve CVE-2026-57026 -o json",
    // Without a release date, a dataset counts from when a run first saw the patch.
    "patches --all --where ReleaseDate>2000-01-01 --columns +ReleaseDate,+DueDate --sla critical=7d -o csv",
    "patches --all --state Missing -o aws-csv",
    "patches --all --by kb -o json",
    "patches --all --by cve -o csv",
    "patches IDS --by node",
    "check --all --fail-on non-compliant,missing>=critical,stale,no-data,unread,unmanaged,baseline-differs -o json",
    "check --all --fail-on overdue --sla critical=7d,important=30d --min-severity important",
    "check --all -o asff",
    "summary -o json",
    "summary --by platform,tag:Env -o csv",
    "summary -o openmetrics",
    "report -o json",
    "report -o markdown --fail-on non-compliant",
];

fn words(line: &str) -> Vec<String> {
    let line = line.replace("IDS", &IDS.replace(',', " "));
    line.split(' ').map(ToOwned::to_owned).collect()
}

/// Figures that the runs of a dataset add to a report.
const FIGURES_OF_RUNS: [&str; 5] = [
    "Trend",
    "Missing since",
    "Counted from first seen",
    "Time to patch",
    "Closure evidence",
];

/// A report without what only the runs of a dataset tell.
fn without_history(report: &str) -> String {
    let mut lines = Vec::new();
    // The line that ends what is left out.
    let mut end = None;
    for line in report.lines() {
        let line = line.trim_end_matches(',');
        if end.is_some_and(|end| line != end) {
            continue;
        }
        end = match line {
            "## Trend" => Some("## Worst nodes"),
            "\"Trend\":[" => Some("]"),
            _ => None,
        };
        let is_definition = FIGURES_OF_RUNS.iter().any(|figure| {
            line.starts_with(&format!("- {figure}: "))
                || line.starts_with(&format!("{{\"Figure\":\"{figure}\""))
        });
        let is_remark = ["in all runs, ", " of the trend, "];
        let is_remark = is_remark.iter().any(|text| line.contains(text));
        let is_member = line.starts_with("\"History\":") || line.starts_with("\"Trend\":");
        // A list that has only remarks on runs is empty.
        let is_end = line == "]";
        if end.is_some() || is_definition || is_remark || is_member || is_end {
            continue;
        }
        let times = line.find(",\"FirstSeen\":");
        let line = times.map_or(line, |at| &line[..at]);
        lines.push(line.replace("\"Remarks\":[]", "\"Remarks\":["));
    }
    lines.join("\n")
}

/// The output without what a dataset cannot know: the words of the service about an id that
/// is none, and the typed line, which a report quotes.
fn comparable(output: &RunOutput) -> String {
    let mut lines = Vec::new();
    let is_report =
        output.out.contains("Patch compliance report") || output.out.contains("\"History\":");
    let out = if is_report {
        without_history(&output.out)
    } else {
        output.out.clone()
    };
    for line in out.lines() {
        let mut line = line.to_owned();
        while let Some(start) = line.find("not a node id: ValidationException") {
            let end = start + line[start..].find("demo fleet)").unwrap() + "demo fleet)".len();
            line.replace_range(start..end, "not a node id");
        }
        if let Some(start) = line.find("\"CommandLine\":\"") {
            let end = line[start..].find("\",\"Configured\"").unwrap();
            line.replace_range(start..start + end, "");
        }
        if !line.starts_with("- Command: ") {
            lines.push(line.replace("\"unread: not a node id\"", "unread: not a node id"));
        }
    }
    lines.join("\n")
}

fn collect(command: &mut assert_cmd::Command, to: &str) {
    let collected = run(command.args(["collect", "--all", "--to", to]));
    assert!(matches!(collected.code, 0 | 3), "{}", collected.err);
}

fn from(line: &[String], to: &str) -> RunOutput {
    run(patchctl().args(line).args(["--from", to]))
}

fn assert_same(live: &RunOutput, dataset: &RunOutput, typed: &str) {
    assert_eq!(
        comparable(live),
        comparable(dataset),
        "{typed}\n{}",
        dataset.err
    );
    assert_eq!(
        live.code, dataset.code,
        "{typed}\n{}\n{}",
        live.err, dataset.err
    );
}

#[test]
fn a_dataset_prints_the_bytes_of_the_live_run() {
    let to = folder("demo");
    collect(&mut demo(&[]), &to);
    for line in LINES {
        let args = words(line);
        let live = run(demo(&[]).args(&args));
        assert_same(&live, &from(&args, &to), line);
    }
}

/// Columns that are not shown are not read, so each is asked for alone, in all places that
/// show it.
#[test]
fn each_column_of_patches_is_that_of_the_live_run() {
    let to = folder("columns");
    collect(&mut demo(&[]), &to);
    let mut lines = Vec::new();
    for column in [
        "Title",
        "KBId",
        "Classification",
        "Severity",
        "SeverityLevel",
        "State",
        "InstalledTime",
        "CVEIds",
        "ReleaseDate",
        "Note",
        "Name",
    ] {
        lines.push(format!("patches --all --columns {column} -o csv"));
        lines.push(format!(
            "patches --all --columns State --sort-by {column} -o csv"
        ));
        lines.push(format!(
            "patches --all --columns KBId --where {column}!=x -o csv"
        ));
    }
    for by in ["kb", "cve", "node", "severity"] {
        for column in ["Title", "Classification", "SeverityLevel", "InstanceIds"] {
            lines.push(format!(
                "patches --all --by {by} --columns {column},PatchCount -o csv"
            ));
        }
        lines.push(format!("patches --all --by {by} --where Title!=x -o json"));
    }
    for format in ["table", "wide", "markdown", "html", "json", "aws-csv"] {
        lines.push(format!("patches --all -o {format}"));
    }
    lines.push("patches --all --cve CVE-2026-57026 --columns KBId -o csv".to_owned());
    lines.push("patches --all --classification security --columns KBId -o csv".to_owned());
    for line in &lines {
        let args = words(line);
        let live = run(demo(&[]).args(&args));
        assert_same(&live, &from(&args, &to), line);
    }
}

/// What is left out of the reading by a filter would not have passed it.
#[test]
fn filters_of_patches_let_pass_what_they_do_in_the_live_run() {
    let to = folder("filters");
    collect(&mut demo(&[]), &to);
    let states = [
        "",
        "--state Missing",
        "--state Failed",
        "--state Installed,NotApplicable",
        "--non-compliant",
    ];
    let kbs = [
        "",
        "--kb KB5*",
        "--kb KB5034441,KB2267602",
        "--kb KB0",
        "--kb openssl*",
    ];
    let ratings = [
        "",
        "--min-severity high",
        "--severity critical,low",
        "--classification security-updates",
    ];
    let formats = ["-o csv", "-o json", "--by kb -o csv"];
    let mut combined = Vec::new();
    for state in states {
        for kb in kbs {
            for rating in ratings {
                combined.push(format!("{state} {kb} {rating}"));
            }
        }
    }
    for (number, filter) in combined.iter().enumerate() {
        let typed = format!("patches --all {filter} {}", formats[number % 3]);
        let args = words(&typed.split_whitespace().collect::<Vec<_>>().join(" "));
        let live = run(demo(&[]).args(&args));
        assert_same(&live, &from(&args, &to), &typed);
    }
}

#[test]
fn a_dataset_of_an_organization_prints_the_bytes_of_the_live_run() {
    let to = folder("organization");
    collect(demo(&[]).args(ORGANIZATION), &to);
    let some = LINES.iter().step_by(3);
    for line in some.chain(&["states --tag Env=prod IDS -o csv", "patches IDS -o csv"]) {
        let args = words(line);
        let live = run(demo(&[]).args(&args).args(ORGANIZATION));
        assert_same(&live, &from(&args, &to), line);
    }
}

const FLEET_LINES: &[&str] = &[
    "states --all --max-age none -o json",
    "states --all --columns InstanceId,Name,Verdict,Reasons,tag:Team,MissingCount --max-age none -o csv",
    "states SOME --max-age none --columns InstanceId,Region,Verdict -o csv",
    "states --all --platform windows --max-age none --columns InstanceId,Verdict -o csv",
    "states --all --where MissingCount>0 --max-age none --columns InstanceId,MissingCount -o markdown",
    "patches --all --state Missing,Failed -o csv",
    "patches SOME --min-severity important -o ndjson",
    "patches --all --kb KB5* -o csv",
    "patches --all --by kb -o csv",
    "patches --all --by cve -o csv",
    "check --all --fail-on missing>=critical --max-age none -o csv",
    "check SOME --fail-on non-compliant,no-data,unread --max-age none -o csv",
    "summary --by patch-group --max-age none --columns Group,Nodes,Compliant,NonCompliant,NoData,Unread -o csv",
    "summary --by platform --max-age none --columns Group,Nodes,Compliant,NonCompliant,NoData,Unread -o csv",
];

/// So many generated fleets are served; this variable sets another number.
const FLEETS: u32 = 3;
const FLEETS_VARIABLE: &str = "PATCHCTL_DATASET_FLEETS";

/// Flags of a generated fleet: its size, its nodes, and what fails.
fn fleet() -> impl Strategy<Value = Vec<String>> {
    let number = |flag: &'static str, range: Range<u32>| {
        range.prop_map(move |number| vec![flag.to_owned(), number.to_string()])
    };
    let maybe = |flag, range| prop_oneof![Just(Vec::new()), number(flag, range)];
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let fault = prop_oneof![
        3 => Just(Vec::new()),
        2 => number("--fault-every", 5..20),
        1 => number("--reset-every", 5..20),
        1 => number("--rate", 40..90),
    ];
    // Of the calls that help, each may be denied.
    let helpers = &[
        "ec2:DescribeInstances",
        "ssm:ListTagsForResource",
        "ssm:GetInventory",
        "ssm:DescribePatchGroups",
        "ssm:GetPatchBaseline",
        "ssm:DescribePatchBaselines",
        "ssm:DescribeAvailablePatches",
        "ssm:ListComplianceItems",
    ];
    let denied = proptest::sample::subsequence(helpers, 0..=2);
    let denied = denied.prop_map(|denied| {
        let denied = denied.into_iter();
        let flags = denied.flat_map(|action| ["--deny".to_owned(), action.to_owned()]);
        flags.collect::<Vec<String>>()
    });
    let regions: Vec<Vec<String>> = vec![
        Vec::new(),
        words(&["--regions", "2"]),
        words(&["--regions", "3", "--fault-region", "us-east-1"]),
    ];
    (
        number("--seed", 1..100_000),
        number("--nodes", 1..50),
        number("--patches", 1..60),
        maybe("--missing-one-in", 1..6),
        maybe("--stopped-one-in", 2..9),
        maybe("--unscanned-one-in", 2..9),
        fault,
        denied,
        proptest::sample::select(regions),
    )
        .prop_map(|flags| {
            let (seed, nodes, patches, missing, stopped, unscanned, fault, denied, regions) = flags;
            let all = [
                seed, nodes, patches, missing, stopped, unscanned, fault, denied, regions,
            ];
            all.concat()
        })
}

#[test]
fn every_generated_fleet_is_answered_as_live() {
    let cases = std::env::var(FLEETS_VARIABLE).ok();
    let config = ProptestConfig {
        cases: cases.map_or(FLEETS, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    // The same fleets each time.
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let tested = runner.run(&fleet(), |flags| {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        assert_answered_as_live(&flags, "fleet");
        Ok(())
    });
    tested.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn generated_fleets_with_faults_are_answered_as_live() {
    let fleets: [&[&str]; 5] = [
        &[
            "--seed",
            "7",
            "--fault-every",
            "9",
            "--unscanned-one-in",
            "5",
        ],
        &[
            "--seed",
            "11",
            "--rate",
            "60",
            "--burst",
            "5",
            "--stopped-one-in",
            "3",
        ],
        &[
            "--seed",
            "23",
            "--deny",
            "ec2:DescribeInstances",
            "--deny",
            "ssm:ListTagsForResource",
        ],
        &["--seed", "42", "--deny", "ssm:DescribeInstancePatchStates"],
        &[
            "--seed",
            "99",
            "--regions",
            "3",
            "--fault-region",
            "us-east-1",
            "--deny",
            "ssm:GetInventory",
        ],
    ];
    for (number, flags) in fleets.into_iter().enumerate() {
        let size = ["--nodes", "37", "--patches", "30"];
        assert_answered_as_live(&[&size[..], flags].concat(), &format!("generated-{number}"));
    }
}

/// Every class of command line answers of a fleet, served with these flags, what its dataset
/// answers.
fn assert_answered_as_live(flags: &[&str], name: &str) {
    let served = DemoServer::start(&[&DEMO_NOW[..], flags].concat());
    let places = if flags.contains(&"--regions") {
        "--all-regions"
    } else {
        "--region=eu-west-1"
    };
    let to = folder(name);
    collect(live(&served.url, &[]).arg(places), &to);
    let ids: Vec<String> = served
        .node_list()
        .split_whitespace()
        .map(ToOwned::to_owned)
        .collect();
    // Where not every node could be listed, a dataset does not know of others.
    let absent = if flags.contains(&"--deny") {
        ""
    } else {
        "i-0dead00000000beef "
    };
    let some = [ids.len() * 4 / 5, ids.len() / 20, ids.len() / 2].map(|at| &*ids[at]);
    let some = format!("{} {absent}{} {}", some[0], some[1], some[2]);
    for line in FLEET_LINES {
        let args = words(&line.replace("SOME", &some));
        let mut asked = live(&served.url, &[]);
        let live = run(asked.args(&args).arg(places));
        let dataset = from(&args, &to);
        let name = format!("{flags:?} {line}");
        // A run has the whole list of each node: that one has data is known where the
        // filtered list is empty and no counter tells.
        if flags.contains(&"ssm:DescribeInstancePatchStates") && line.starts_with("patches") {
            if line.contains("--by") {
                continue;
            }
            let is_live = |row: &str| live.out.lines().any(|one| one == row);
            let is_known = |row: &str| row.contains("no patch rows, and whether it has data");
            assert!(dataset.out.lines().all(is_live), "{name}");
            let more = live.out.lines().filter(|row| !dataset.out.contains(row));
            assert!(more.into_iter().all(is_known), "{name}");
            continue;
        }
        assert_eq!(
            without_ages(&live.out),
            without_ages(&dataset.out),
            "{name}\n{}",
            dataset.err
        );
        assert_eq!(
            live.code, dataset.code,
            "{name}\n{}\n{}",
            live.err, dataset.err
        );
    }
}

/// The ages of a scan as of two moments of one test.
fn without_ages(text: &str) -> String {
    let mut parts = text.split("\"Age\":");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let end = part.find(',').unwrap_or(0);
        text + &part[end..]
    })
}

/// The files of a table.
fn files_of(dataset: &str, table: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(dataset).join(table)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_damaged_file_of_a_location_does_not_lose_the_others() {
    let to = folder("damaged");
    collect(demo(&[]).arg("--all-regions"), &to);
    let whole = run(patchctl().args(["states", "--all", "-o", "csv", "--from", &to]));
    assert_eq!(whole.code, 0, "{}", whole.err);
    let nodes = files_of(&to, "nodes");
    let damaged = nodes
        .iter()
        .find(|path| path.to_str().unwrap().contains("eu-west-1"));
    let damaged = damaged.unwrap();
    let mut bytes = fs::read(damaged).unwrap();
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    fs::write(damaged, bytes).unwrap();
    let rest = run(patchctl().args(["states", "--all", "-o", "csv", "--from", &to]));
    assert_eq!(rest.code, 3, "{}", rest.err);
    let name = damaged.file_name().unwrap().to_str().unwrap();
    assert!(
        rest.err.contains(name) && rest.err.contains("checksum"),
        "{}",
        rest.err
    );
    let kept = whole
        .out
        .lines()
        .filter(|line| !line.contains(",eu-west-1,"));
    assert!(kept.clone().count() > 1);
    for line in kept {
        assert!(rest.out.contains(line), "{line}");
    }
}

#[test]
fn damaged_patches_leave_their_nodes_unread() {
    let to = folder("damaged-patches");
    collect(&mut demo(&[]), &to);
    let damaged = &files_of(&to, "patches")[0];
    let bytes = fs::read(damaged).unwrap();
    fs::write(damaged, &bytes[..bytes.len() / 2]).unwrap();
    let listed = run(patchctl().args(["patches", "i-123", "-o", "csv", "--from", &to]));
    assert_eq!(listed.code, 2, "{}", listed.err);
    assert!(listed.out.contains("unread"), "{}", listed.out);
    // The states stand in another file.
    let states = run(patchctl().args(["states", "i-123", "-o", "csv", "--from", &to]));
    assert!(states.out.contains("i-123,"), "{}", states.err);
    assert!(!states.out.contains("UNREAD"), "{}", states.out);
}

#[test]
fn what_a_run_did_not_collect_is_said() {
    let to = folder("narrow");
    let args = ["collect", "i-123", "--to", &to, "--without", "tags,patches"];
    let collected = run(&mut demo(&args));
    assert_eq!(collected.code, 0, "{}", collected.err);
    let unread = |args: &[&str]| {
        let answer = run(patchctl().args(args).args(["--from", &to]));
        assert!(matches!(answer.code, 2 | 3), "{args:?} {}", answer.err);
        assert!(!answer.out.contains(",COMPLIANT"), "{}", answer.out);
        format!("{}{}", answer.out, answer.err)
    };
    assert!(unread(&["states", "i-456", "-o", "csv"]).contains("was not asked for by the run"));
    assert!(unread(&["states", "--all", "-o", "csv"]).contains("were not collected"));
    assert!(unread(&["patches", "i-123", "-o", "csv"]).contains("was not collected"));
    let tags = [
        "states",
        "i-123",
        "--columns",
        "+tag:Env",
        "-o",
        "csv",
        "--from",
        &to,
    ];
    let tags = run(patchctl().args(tags));
    assert!(tags.err.contains("did not collect them"), "{}", tags.err);
}

#[test]
fn a_moment_is_that_of_a_run() {
    let to = folder("moments");
    collect(&mut demo(&[]), &to);
    let states = |at: &str| {
        run(patchctl().args(["states", "i-123", "-o", "csv", "--from", &to, "--at", at]))
    };
    let latest = states("latest");
    assert_eq!(latest.code, 0, "{}", latest.err);
    for at in [
        "2026-11-20",
        "2026-11-20T12:00:00Z",
        "20261120T120000Z",
        "2026-11-21",
        "9999-12-31",
    ] {
        assert_eq!(states(at).out, latest.out, "{at}");
    }
    let too_early = states("2026-11-19");
    assert_eq!(too_early.code, 2);
    assert!(
        too_early.err.contains("no run at or before 2026-11-19"),
        "{}",
        too_early.err
    );
    let too_old = states("99999d");
    assert_eq!(too_old.code, 2);
    let said = "no run at or before 99999d ago; the oldest is of 2026-11-20T12:00:00Z";
    assert!(too_old.err.contains(said), "{}", too_old.err);
    let nonsense = states("yesterday");
    assert_eq!(nonsense.code, 2);
    assert!(nonsense.err.contains("is no moment"), "{}", nonsense.err);
    // Ages are those of the time of collection, unless the clock is asked for.
    let now = run(patchctl().args(["states", "i-123", "-o", "csv", "--from", &to, "--now"]));
    assert_ne!(now.out, latest.out);
}

/// A dataset of every past version is kept. This one is of the demo.
#[test]
fn a_dataset_of_schema_version_1_stays_readable() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/datasets");
    let from = kept.join("v1");
    let from = from.to_str().unwrap();
    let ids = [
        "i-0dead00000000beef",
        "mi-0d8b1f5c3a7e96240",
        "i-03f7b2d8c6a4e1950",
    ];
    let states = ["states", "--columns", "+Name,+tag:Env"];
    let patches = ["patches", "--non-compliant", "--columns", "+ReleaseDate"];
    let orders = [[ids[0], ids[1], ids[2]], [ids[2], ids[0], ids[1]]];
    for (line, ids, expected) in [
        (&states[..], &orders[0], "v1-states.csv"),
        (&patches[..], &orders[1], "v1-patches.csv"),
    ] {
        let read = run(patchctl()
            .args(line)
            .args(ids)
            .args(["-o", "csv", "--from", from]));
        assert_eq!(read.code, 0, "{}", read.err);
        assert_eq!(read.out, fs::read_to_string(kept.join(expected)).unwrap());
    }
}

#[test]
fn a_dataset_of_a_newer_version_is_refused_in_one_line() {
    let to = folder("newer");
    collect(&mut demo(&[]), &to);
    let manifest = &files_of(&to, "runs")[0];
    let text = fs::read_to_string(manifest).unwrap();
    fs::write(
        manifest,
        text.replace("\"SchemaVersion\":1", "\"SchemaVersion\":2"),
    )
    .unwrap();
    let refused = run(patchctl().args(["states", "--all", "--from", &to]));
    assert_eq!(refused.code, 2);
    assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    assert!(
        refused.err.contains("use a newer patchctl"),
        "{}",
        refused.err
    );
}

#[test]
fn flags_that_a_dataset_has_no_use_for_are_refused() {
    let to = folder("flags");
    for args in [
        &["--demo"][..],
        &["--organization", "--role-name", "reader"],
        &["--all-regions"],
        &["--profile", "prod"],
        &["--endpoint-url", "http://127.0.0.1:1"],
        &["--estimate"],
    ] {
        let refused = run(patchctl()
            .args(["states", "--all", "--from", &to])
            .args(args));
        assert_eq!(refused.code, 2, "{args:?}");
        assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    }
    let nothing = run(patchctl().args(["states", "--all", "--from", &to]));
    assert_eq!(nothing.code, 2);
    assert!(nothing.err.contains("there is no run"), "{}", nothing.err);
}
