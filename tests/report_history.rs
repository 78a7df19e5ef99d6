//! `report --from`: since when nodes lack patches, how long patches took, and the evidence
//! for a sample, over all runs of a dataset.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{DEMO_NOW, DemoServer, RunOutput, demo, live, patchctl, run};

const SLA: [&str; 2] = ["--sla", "critical=7d,important=30d"];
const FLEET: [&str; 4] = ["--nodes", "12", "--patches", "30"];
/// The starts of runs.
const STARTS: [&str; 3] = [
    "2026-10-21T05:00:00Z",
    "2026-11-10T05:00:00Z",
    "2026-11-20T13:00:00Z",
];

/// Collects a fleet of the demo, and gives the run this start.
fn collect(folder: &Path, start: &str, flags: &[&str], args: &[&str]) {
    let before = manifests(folder);
    let served = DemoServer::start(&[&DEMO_NOW, &FLEET[..], flags].concat());
    let args = [&["collect", "--all", "--to", "fleet"], args].concat();
    let ran = run(live(&served.url, &args).current_dir(folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    let mut after = manifests(folder);
    after.retain(|path| !before.contains(path));
    assert_eq!(after.len(), 1);
    set_start(&after[0], start);
}

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let Ok(runs) = fs::read_dir(folder.join("fleet/runs")) else {
        return Vec::new();
    };
    runs.map(|entry| entry.unwrap().path()).collect()
}

/// Changes the time of a run, and its checksum.
fn set_start(manifest: &Path, start: &str) {
    let mut text = fs::read_to_string(manifest).unwrap();
    for name in ["StartedAt", "FinishedAt"] {
        let key = format!("\"{name}\":\"");
        let at = text.find(&key).unwrap() + key.len();
        let end = at + text[at..].find('"').unwrap();
        text.replace_range(at..end, start);
    }
    let key = "\"Checksum\":\"";
    let at = text.rfind(key).unwrap() + key.len();
    text.replace_range(at..at + 64, &"0".repeat(64));
    let digest = Sha256::digest(text.as_bytes());
    for (nth, byte) in digest.iter().enumerate() {
        let at = at + 2 * nth;
        text.replace_range(at..at + 2, &format!("{byte:02x}"));
    }
    fs::write(manifest, text).unwrap();
}

/// Every node lacks patches, then one in four, then every node again.
fn three_runs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (start, one_in) in STARTS.into_iter().zip(["1", "4", "1"]) {
        let flags = ["--missing-one-in", one_in];
        collect(folder.path(), start, &flags, &[]);
    }
    folder
}

fn report(folder: &Path, args: &[&str]) -> RunOutput {
    let report = [&["report", "--from", "fleet"], args].concat();
    run(patchctl().args(report).current_dir(folder))
}

/// The report as JSON, for a sample on standard input.
fn report_of_sample(folder: &Path, sample: &str) -> Value {
    let args = ["--sample", "-", "-o", "json", SLA[0], SLA[1]];
    let ran = run(patchctl()
        .args(["report", "--from", "fleet"])
        .args(args)
        .write_stdin(sample)
        .current_dir(folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
    ran.json()
}

fn list<'v>(value: &'v Value, name: &str) -> &'v Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name}"))
}

/// Patches that a run of `patchctl history` has in this status.
fn history(folder: &Path, status: &str) -> Vec<Value> {
    let args = ["history", "--from", "fleet", "-o", "ndjson", "--where"];
    let ran = run(patchctl()
        .args(args)
        .arg(format!("Status={status}"))
        .current_dir(folder));
    ran.json_rows()
}

#[test]
fn each_open_patch_has_its_age_and_a_due_date_that_says_what_it_counts_from() {
    let folder = three_runs();
    let ran = report(folder.path(), &["-o", "json", SLA[0], SLA[1]]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    assert_eq!(json["History"]["Runs"], 3);
    assert_eq!(json["History"]["FirstRun"], STARTS[0]);
    let rows = list(&json, "Patches");
    let first_and_since = |row: &Value| (row["FirstSeen"].clone(), row["MissingSince"].clone());
    let has = |first: &str, since: &str| {
        let is = |row: &&Value| first_and_since(row) == (first.into(), since.into());
        rows.iter().filter(is).count()
    };
    // Lacking in all three runs, and again in the last.
    let (always, again) = (has(STARTS[0], STARTS[0]), has(STARTS[0], STARTS[2]));
    assert!(always > 0 && again > 0, "{always} {again}");
    let lacking = rows
        .iter()
        .filter(|row| row["State"] != "InstalledRejected");
    for row in lacking {
        let days = if row["MissingSince"] == STARTS[0] {
            30
        } else {
            0
        };
        assert_eq!(row["MissingFor"], days, "{row}");
        let from = &row["DueFrom"];
        match (&row["ReleaseDate"], row["SeverityLevel"].as_str().unwrap()) {
            (_, "Medium" | "Low" | "Unrated") => assert!(from.is_null(), "{row}"),
            (Value::Null, _) => assert_eq!(*from, "FirstSeen", "{row}"),
            _ => assert_eq!(*from, "ReleaseDate", "{row}"),
        }
        if *from == "FirstSeen" && row["SeverityLevel"] == "Critical" {
            assert_eq!(row["DueDate"], "2026-10-28T05:00:00Z", "{row}");
            assert_eq!(row["Overdue"], true, "{row}");
        }
    }
    let total = &json["DueDates"]["Total"];
    let from_first_seen = rows.iter().filter(|row| row["DueFrom"] == "FirstSeen");
    assert_eq!(total["FromFirstSeen"], from_first_seen.count());
    assert_eq!(total["Unknown"], 0, "{total}");
    // Live, all this is as before.
    let live = run(demo(&["report", "-o", "json"]).args(SLA)).json();
    assert_eq!(live["History"], Value::Null);
    assert_eq!(live["DueDates"]["Total"]["FromFirstSeen"], 0);
    for row in list(&live, "Patches") {
        assert_eq!(row["MissingSince"], Value::Null);
        assert_eq!(row["DueDate"].is_null(), row["DueFrom"].is_null(), "{row}");
    }
}

#[test]
fn the_trend_is_that_of_trend_in_every_format() {
    let folder = three_runs();
    let json = report(folder.path(), &["-o", "json"]).json();
    let args = ["trend", "--from", "fleet", "-o", "json"];
    let trend = run(patchctl().args(args).current_dir(&folder)).json();
    let (ours, theirs) = (list(&json, "Trend"), list(&trend, "Trend"));
    // Runs that start in one second are one snapshot.
    assert_eq!(ours.len(), theirs.len());
    assert!(!ours.is_empty());
    for (ours, theirs) in ours.iter().zip(theirs) {
        for name in ["Snapshot", "Nodes", "CompliantPercent", "Unread"] {
            assert_eq!(ours[name], theirs[name], "{name}");
        }
    }
    let markdown = report(folder.path(), &[]).out;
    let table = markdown.split("\n## Trend\n").nth(1).unwrap();
    assert!(table.contains(ours[0]["Snapshot"].as_str().unwrap()));
    let html = report(folder.path(), &["-o", "html"]).out;
    let dots = if ours.len() > 1 { ours.len() } else { 0 };
    assert_eq!(html.matches("class=\"trend-dot").count(), dots);
    let demo = run(&mut demo(&["report", "-o", "html"])).out;
    assert!(!demo.contains("<figure class=\"trend\">"), "live");
}

#[test]
fn time_to_patch_is_that_of_history_and_about_the_nodes_of_the_report() {
    let folder = tempfile::tempdir().unwrap();
    for (start, one_in) in STARTS.into_iter().zip(["1", "4"]) {
        collect(folder.path(), start, &["--missing-one-in", one_in], &[]);
    }
    let json = report(folder.path(), &["-o", "json", SLA[0], SLA[1]]).json();
    let args = ["history", "--from", "fleet", "-o", "json", SLA[0], SLA[1]];
    let history = run(patchctl().args(args).current_dir(&folder)).json();
    assert_eq!(json["History"]["TimeToPatch"], history["TimeToPatch"]);
    for name in ["Open", "Fixed", "NoLongerListed"] {
        assert_eq!(json["History"][name], history["Summary"][name], "{name}");
    }
    assert!(json["History"]["Fixed"].as_u64().unwrap() > 0);
    let node = list(&history, "History")[0]["InstanceId"].as_str().unwrap();
    let of_one = |row: &&Value| row["InstanceId"] == node;
    let of_one = list(&history, "History").iter().filter(of_one).count();
    let counted = |json: &Value| -> u64 {
        let names = ["Open", "Fixed", "NoLongerListed"];
        let counts = names.map(|name| json["History"][name].as_u64().unwrap());
        counts.iter().sum()
    };
    let json = report(folder.path(), &[node, "-o", "json"]).json();
    assert_eq!(counted(&json), of_one as u64);
    let markdown = report(folder.path(), &SLA).out;
    assert!(markdown.contains("\n## Time to patch\n\n2 runs from 2026-10-21T05:00:00Z"));
}

#[test]
fn a_sample_has_a_row_for_each_line_and_names_what_confirms_a_fix() {
    let folder = tempfile::tempdir().unwrap();
    for (start, one_in) in STARTS.into_iter().zip(["1", "4"]) {
        collect(folder.path(), start, &["--missing-one-in", one_in], &[]);
    }
    let fixed = history(folder.path(), "Fixed");
    let open = history(folder.path(), "Open");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let (node, kb) = (text(&fixed[0], "InstanceId"), text(&fixed[0], "KBId"));
    let (open_node, title) = (text(&open[0], "InstanceId"), text(&open[0], "Title"));
    let sample = format!(
        "# the auditor's\nInstanceId,KBId\n{node},{kb}\n{open_node},\"{title}\"\n{node}\n\
         KB1\n=HYPERLINK(\"http://x\")|<script>alert(1)</script>\ni-0dead00000000beef {kb}\n"
    );
    let json = report_of_sample(folder.path(), &sample);
    let rows = list(&json, "Sample");
    let lines: Vec<u64> = rows
        .iter()
        .map(|row| row["Line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    let closed = &rows[0];
    assert_eq!(closed["Status"], "Fixed", "{closed}");
    for name in [
        "FirstSeen",
        "LastSeen",
        "Closed",
        "ConfirmedBy",
        "Exposed",
        "Title",
    ] {
        assert_eq!(closed[name], fixed[0][name], "{name}");
    }
    let runs = manifests(folder.path());
    let run = closed["RunId"].as_str().unwrap();
    let of_run = |path: &PathBuf| path.ends_with(format!("{run}.json"));
    let manifest = fs::read_to_string(runs.iter().find(|path| of_run(path)).unwrap()).unwrap();
    assert!(manifest.contains(STARTS[1]), "the second run confirms it");
    assert!(closed["Operation"].is_string() && closed["SnapshotId"].is_string());
    assert_eq!(rows[1]["Status"], "Open");
    assert_eq!(rows[1]["Closed"], Value::Null);
    assert_eq!(rows[1]["Title"], title.as_str());
    let alone = &rows[2];
    assert!(["STALE", "COMPLIANT", "NON_COMPLIANT"].contains(&alone["Status"].as_str().unwrap()));
    assert!(
        alone["Note"].as_str().unwrap().contains(" fixed"),
        "{alone}"
    );
    let snapshots = list(&json, "NodeSnapshots");
    let starts: Vec<&Value> = snapshots.iter().map(|row| &row["RunStart"]).collect();
    assert_eq!(starts, [STARTS[0], STARTS[1]]);
    assert_eq!(snapshots[0]["Verdict"], "NON_COMPLIANT");
    for row in &rows[3..] {
        assert_eq!(row["Status"], "NotFound", "{row}");
        assert!(row["Note"].is_string() && row["KBId"].is_null(), "{row}");
    }
    assert_eq!(json["History"]["TimeToPatch"], serde_json::json!([]));
    // Foreign text is shown as it is, and does nothing.
    fs::write(folder.path().join("sample.csv"), &sample).unwrap();
    for format in ["markdown", "html"] {
        let ran = report(folder.path(), &["--sample", "sample.csv", "-o", format]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains("<script>alert"), "{format}");
        assert!(ran.out.contains("HYPERLINK"), "{format}");
    }
    let xlsx = [
        "--sample",
        "sample.csv",
        "-o",
        "xlsx",
        "--output-file",
        "a.xlsx",
    ];
    assert_eq!(report(folder.path(), &xlsx).code, 0);
}

#[test]
fn what_a_later_run_could_not_read_is_unknown_and_never_closed() {
    let folder = tempfile::tempdir().unwrap();
    let two = ["--regions", "eu-west-1,us-east-1", "--missing-one-in", "1"];
    let all = ["--all-regions", "--timeout", "20s"];
    collect(folder.path(), STARTS[0], &two, &all);
    let fault = [&two[..], &["--fault-region", "us-east-1"]].concat();
    collect(folder.path(), STARTS[1], &fault, &all);
    let open = history(folder.path(), "Open");
    let of = |region: &str| {
        let row = open.iter().find(|row| row["Region"] == region).unwrap();
        let text = |name: &str| row[name].as_str().unwrap();
        format!("{} {}\n", text("InstanceId"), text("KBId"))
    };
    let sample = format!("{}{}", of("eu-west-1"), of("us-east-1"));
    let json = report_of_sample(folder.path(), &sample);
    let rows = list(&json, "Sample");
    assert_eq!((rows.len(), &rows[0]["Status"]), (2, &"Open".into()));
    let unread = &rows[1];
    assert_eq!(unread["Status"], "Unknown", "{unread}");
    assert_eq!(unread["Closed"], Value::Null);
    let note = unread["Note"].as_str().unwrap();
    assert!(
        note.contains("us-east-1") && note.contains(STARTS[1]),
        "{note}"
    );
}

#[test]
fn a_damaged_file_closes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let missing = ["--missing-one-in", "1"];
    collect(folder.path(), STARTS[0], &missing, &[]);
    collect(folder.path(), STARTS[1], &["--missing-one-in", "1000"], &[]);
    let fixed = history(folder.path(), "Fixed");
    let text = |name: &str| fixed[0][name].as_str().unwrap();
    let sample = format!("{} {}\n", text("InstanceId"), text("KBId"));
    let status = || report_of_sample(folder.path(), &sample)["Sample"][0].clone();
    assert_eq!(status()["Status"], "Fixed");
    let run = status()["RunId"].as_str().unwrap().to_owned();
    let manifest = folder.path().join(format!("fleet/runs/{run}.json"));
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    let files = list(&manifest, "Files").iter();
    let mut patches = files.filter(|file| file["Table"] == "patches");
    let path = patches.next().unwrap()["Path"].as_str().unwrap().to_owned();
    let path = folder.path().join("fleet").join(path);
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(8).step_by(16) {
        *byte ^= 1;
    }
    fs::write(&path, bytes).unwrap();
    let row = status();
    assert_eq!(row["Status"], "Unknown", "{row}");
    assert!(
        row["Note"].as_str().unwrap().contains("was changed"),
        "{row}"
    );
}

#[test]
fn a_sample_that_cannot_be_read_ends_the_command_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sample.csv"), "KB1\n\na,b,c\n").unwrap();
    fs::write(folder.path().join("report.md"), "the last one").unwrap();
    let args = ["--sample", "sample.csv", "--output-file", "report.md"];
    let ran = report(folder.path(), &args);
    assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    assert!(
        ran.err.contains("sample.csv: line 3: 3 fields; write"),
        "{}",
        ran.err
    );
    let kept = fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert_eq!(kept, "the last one");
    for (args, cause) in [
        (&["report", "--sample", "sample.csv"][..], "--from"),
        (
            &["report", "--from", "fleet", "--sample", "/dev/null"],
            "has no line",
        ),
        (
            &["report", "--from", "fleet", "--sample", "none.csv"],
            "none.csv",
        ),
        (
            &["report", "-", "--from", "fleet", "--sample", "-"],
            "standard input",
        ),
    ] {
        let ran = run(patchctl().args(args).current_dir(&folder));
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
        assert!(ran.err.contains(cause), "{}", ran.err);
    }
}

#[test]
fn the_sections_of_a_history_as_markdown() {
    let folder = tempfile::tempdir().unwrap();
    for (start, one_in) in STARTS.into_iter().zip(["1", "4"]) {
        collect(folder.path(), start, &["--missing-one-in", one_in], &[]);
    }
    let section = |args: &[&str], from: &str| {
        let ran = report(folder.path(), &[args, &SLA].concat());
        let start = ran.out.find(from).unwrap();
        let end = start + ran.out[start..].find("\n## Worst nodes").unwrap();
        let mut text = ran.out[start..end].to_owned();
        for path in manifests(folder.path()) {
            let id = path.file_stem().unwrap().to_str().unwrap();
            text = text.replace(id, "RUN");
        }
        text
    };
    let mut shown = section(&[], "## Time to patch");
    let sample = "i-0c28e79fea18f6c40\nopenssl.x86_64\nCVE-2026-58310\nKB1\n";
    fs::write(folder.path().join("sample.csv"), sample).unwrap();
    shown.push_str(&section(&["--sample", "sample.csv"], "## Closure evidence"));
    insta::assert_snapshot!(shown);
}

#[test]
fn patches_check_and_report_count_due_dates_from_the_same_moment() {
    let folder = three_runs();
    let dataset = |args: &[&str]| run(patchctl().args(args).current_dir(folder.path()));
    let columns = "InstanceId,KBId,Title,State,DueDate,Overdue,DueFrom";
    let states = "Missing,Failed,InstalledPendingReboot,AvailableSecurityUpdate";
    let patches = ["patches", "--all", "--from", "fleet", "--state", states];
    let layout = ["--columns", columns, "-o", "json"];
    let ran = dataset(&[&patches[..], &layout, &SLA].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let shown = |rows: &[Value]| {
        let row = |row: &Value| {
            let cells = columns.split(',').map(|name| row[name].to_string());
            cells.collect::<Vec<_>>().join(" ")
        };
        let mut rows: Vec<String> = rows.iter().map(row).collect();
        rows.sort();
        rows
    };
    let rows = list(&ran.json(), "Patches").clone();
    let overdue: Vec<&Value> = rows.iter().filter(|row| row["Overdue"] == true).collect();
    let counted_from = |word: &str| overdue.iter().filter(|row| row["DueFrom"] == word).count();
    assert!(counted_from("FirstSeen") > 0 && counted_from("ReleaseDate") > 0);
    let report = report(folder.path(), &["-o", "json", SLA[0], SLA[1]]);
    assert_eq!(report.code, 0, "{}", report.err);
    let mut of_report = list(&report.json(), "Patches").clone();
    of_report.retain(|row| row["State"] != "InstalledRejected");
    assert_eq!(shown(&rows), shown(&of_report));

    // The rule fails the nodes of these rows, and says what it counts from.
    let gate = [
        "check",
        "--all",
        "--from",
        "fleet",
        "--fail-on",
        "overdue>0",
    ];
    let gate = [&gate[..], &SLA].concat();
    let ran = dataset(&[&gate[..], &["-o", "json"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let check = ran.json();
    let findings = list(&check["Rules"][0], "Findings");
    let node_ids = |rows: &mut dyn Iterator<Item = &Value>| {
        let mut ids: Vec<String> = rows.map(|row| row["InstanceId"].to_string()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let expected = node_ids(&mut overdue.into_iter());
    assert_eq!(node_ids(&mut findings.iter()), expected);
    assert!(findings.iter().all(|finding| finding["Status"] == "FAIL"));
    let details = findings.iter().map(|finding| finding["Detail"].to_string());
    let details: Vec<String> = details.collect();
    let says = |words: &str| details.iter().any(|detail| detail.contains(words));
    assert!(says("(first seen 2026-10-21)"), "{details:?}");
    assert!(says("(released "), "{details:?}");
    let rules = ["--fail-on", "overdue>0", "-o", "json"];
    let ran = self::report(folder.path(), &[&rules[..], &SLA].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let gate_of_report = &ran.json()["Gate"]["Rules"][0]["Findings"];
    assert_eq!(gate_of_report, &check["Rules"][0]["Findings"]);

    // In the first run, the patches without release dates are new.
    let first = tempfile::tempdir().unwrap();
    collect(first.path(), STARTS[0], &["--missing-one-in", "1"], &[]);
    let of_first = patchctl()
        .args(&gate)
        .args(["-o", "json"])
        .current_dir(first.path())
        .output();
    let of_first = String::from_utf8(of_first.unwrap().stdout).unwrap();
    assert!(of_first.contains("\"Status\"") && !of_first.contains("first seen"));
    // What has come due since then is new, and a baseline counts from its own runs.
    let since = first.path().join("fleet");
    let ran = dataset(
        &[
            &gate[..],
            &["--since", since.to_str().unwrap(), "-o", "json"],
        ]
        .concat(),
    );
    assert_eq!(ran.code, 1, "{}", ran.err);
    let findings = ran.json()["Rules"][0]["Findings"].to_string();
    assert!(findings.contains("(first seen 2026-10-21)"), "{findings}");
}
