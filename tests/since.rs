//! `check --since`: only what is new since an earlier moment breaks the gate.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::datasets::collect_two_days;
use crate::support::{RunOutput, demo, patchctl, run};

fn collect_demo(folder: &Path, select: &str, to: &str) {
    let ran = run(demo(&["collect", select, "--to", to]).current_dir(folder));
    assert!(matches!(ran.code, 0 | 3), "{}", ran.err);
}

fn check_demo(folder: &Path, args: &[&str]) -> RunOutput {
    run(demo(&[&["check", "--all"], args].concat()).current_dir(folder))
}

#[test]
fn what_stood_before_is_known_and_does_not_break_the_gate() {
    let folder = tempfile::tempdir().unwrap();
    collect_demo(folder.path(), "--all", "fleet");
    let rules = "non-compliant,stale,no-data,missing>=critical,compliant<95%,missing>0";
    let ran = check_demo(folder.path(), &["--fail-on", rules, "-o", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let before: usize = findings(&ran);
    let since = ["--fail-on", rules, "--since", "fleet"];
    let ran = check_demo(folder.path(), &[&since[..], &["-o", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.out);
    let json = ran.json();
    assert_eq!(json["Since"], "fleet@latest");
    assert_eq!(json["Known"].as_array().unwrap().len(), before);
    let ran = check_demo(folder.path(), &since);
    assert!(ran.out.contains("known since fleet@latest"), "{}", ran.out);
}

#[test]
fn what_is_known_is_not_closed_where_findings_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    collect_demo(folder.path(), "--all", "fleet");
    let since = ["check", "i-123", "i-456", "--since", "fleet"];
    let check = |format| run(demo(&since).args(["-o", format]).current_dir(folder.path()));
    let (before, after) = (
        run(&mut demo(&["check", "i-123", "i-456", "-o", "asff"])),
        check("asff"),
    );
    assert_eq!(after.code, 0, "{}", after.err);
    for at in 0..2 {
        for member in ["Id", "Compliance", "RecordState", "Workflow"] {
            assert_eq!(before.json()[at][member], after.json()[at][member]);
        }
    }
    assert_eq!(after.json()[0]["RecordState"], "ACTIVE");
    let sarif = check("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["baselineState"], "unchanged");
    assert_eq!(results[0]["level"], "error");
    let sarif = run(&mut demo(&["check", "i-123", "-o", "sarif"])).json();
    let result = &sarif["runs"][0]["results"][0];
    assert!(result.get("baselineState").is_none());
}

#[test]
fn findings_of_a_dataset_are_of_the_time_of_collection() {
    let folder = tempfile::tempdir().unwrap();
    collect_demo(folder.path(), "--all", "fleet");
    for now in [&["--now"][..], &[]] {
        let args = ["check", "i-123", "--from", "fleet", "-o", "asff"];
        let ran = run(patchctl().args(args).args(now).current_dir(folder.path()));
        assert_eq!(ran.json()[0]["UpdatedAt"], "2026-11-20T12:00:00Z");
    }
}

fn findings(ran: &RunOutput) -> usize {
    let json = ran.json();
    let rules = json["Rules"].as_array().unwrap();
    let findings = rules
        .iter()
        .map(|rule| rule["Findings"].as_array().unwrap().len());
    findings.sum()
}

#[test]
fn a_new_finding_breaks_the_gate_and_names_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    collect_two_days(folder.path());
    let check = |from: &str, since: &str| {
        let args = [
            "check", "--all", "--from", from, "--since", since, "-o", "json",
        ];
        let rules = ["--fail-on", "non-compliant", "--max-age", "none"];
        run(patchctl()
            .args([&args[..], &rules].concat())
            .current_dir(&folder))
    };
    let ran = check("tuesday", "monday");
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(findings(&ran) > 0);
    let ran = check("tuesday", "tuesday@latest");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = check("tuesday", "latest");
    assert_eq!(
        ran.code, 0,
        "a moment of the dataset of --from: {}",
        ran.err
    );
}

#[test]
fn what_was_not_collected_then_is_neither_known_nor_new() {
    let folder = tempfile::tempdir().unwrap();
    collect_demo(folder.path(), "i-456", "one");
    let args = ["--fail-on", "missing>0", "--since", "one"];
    let ran = check_demo(folder.path(), &args);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(
        ran.out
            .contains("not known whether it is new since one@latest"),
        "{}",
        ran.out
    );
}

#[test]
fn a_baseline_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = check_demo(folder.path(), &["--since", "nowhere"]);
    assert_eq!((ran.code, &*ran.out), (2, ""), "{}", ran.err);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
}

#[test]
fn what_is_known_is_shown_in_every_format_and_is_no_absence_of_findings() {
    let folder = tempfile::tempdir().unwrap();
    collect_demo(folder.path(), "--all", "fleet");
    let check = |format: &str| {
        let rules = [
            "--fail-on",
            "non-compliant,stale,no-data,missing>0",
            "--since",
            "fleet",
        ];
        let ran = check_demo(folder.path(), &[&rules[..], &["-o", format]].concat());
        assert_eq!(ran.code, 0, "{format}: {}{}", ran.out, ran.err);
        ran
    };
    let json = check("json").json();
    let known = json["Known"].as_array().unwrap().len();
    let of_rule = |rule: &str| {
        let all = json["Known"].as_array().unwrap().iter();
        all.filter(|known| known["Rule"] == rule).count()
    };
    let (broken, lacking) = (of_rule("non-compliant"), of_rule("missing>0"));
    assert!(broken > 0 && lacking > 0 && broken + lacking < known);

    let table = check("table").out;
    let head = format!("KNOWN  {known} findings since fleet@latest");
    assert!(table.contains(&head), "{table}");
    let passed = format!("passed: non-compliant ({broken} known), stale (");
    assert!(table.contains(&passed), "{table}");

    let rows = check("ndjson").json_rows();
    let is_known = |row: &&serde_json::Value| row["KnownSince"] == "fleet@latest";
    assert_eq!(rows.iter().filter(is_known).count(), known);
    assert!(
        rows.iter()
            .filter(is_known)
            .all(|row| row["Status"].is_null())
    );
    for format in ["csv", "wide", "markdown", "html"] {
        let text = check(format).out;
        assert!(text.matches("KNOWN").count() >= known, "{format}: {text}");
    }

    let junit = check("junit").out;
    assert_eq!(junit.matches("type=\"KNOWN\"").count(), known, "{junit}");
    assert!(junit.contains(&format!("skipped=\"{broken}\"")), "{junit}");
    let sarif = check("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let is_unchanged = |result: &&serde_json::Value| result["baselineState"] == "unchanged";
    assert_eq!(results.iter().filter(is_unchanged).count(), known);
    let github = check("github").out;
    assert!(
        github.contains(&format!("::group::KNOWN: {known} findings")),
        "{github}"
    );
    assert!(!github.contains("::error"), "{github}");
    let metrics = check("openmetrics").out;
    let metric = format!("patchctl_gate_known_findings {known}");
    assert!(metrics.contains(&metric), "{metrics}");

    // A node with a known finding does not pass.
    let asff = check("asff").json();
    let findings = asff.as_array().unwrap();
    let of_all = json["Known"].as_array().unwrap().iter();
    let of_all = of_all.filter(|known| known["Rule"] != "no-data");
    let ids: BTreeSet<&str> = of_all
        .filter_map(|known| known["InstanceId"].as_str())
        .collect();
    for id in ids {
        let of_node = |finding: &&serde_json::Value| {
            let name = finding["Id"].as_str().unwrap();
            name.contains(&format!("/{id}/"))
        };
        let finding = findings.iter().find(of_node).unwrap();
        assert_eq!(finding["Compliance"]["Status"], "FAILED", "{finding}");
    }
}
