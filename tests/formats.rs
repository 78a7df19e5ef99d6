//! The formats of `check`, from the real binary: what each is to whoever parses it.

use serde_json::Value;

use crate::support::{demo, run};

/// Nodes that break two rules, and one that keeps a third from being answered.
const ASKED: [&str; 5] = [
    "check",
    "i-123",
    "i-456",
    "i-0dead00000000beef",
    "mi-0d8b1f5c3a7e96240",
];

fn printed(format: &str, more: &[&str]) -> String {
    let ran = run(&mut demo(&[&ASKED[..], &["-o", format], more].concat()));
    assert_eq!(ran.code, 1, "{format}: {}", ran.err);
    ran.out
}

#[test]
fn every_format_of_the_gate_ends_alike_and_tells_of_the_same_findings() {
    let json: Value = serde_json::from_str(&printed("json", &[])).unwrap();
    let findings: usize = json["Rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["Findings"].as_array().unwrap().len())
        .sum();
    assert!(findings >= 3 && json["Status"] == "FAIL");
    assert_eq!(printed("ndjson", &[]).lines().count(), findings);
    let sarif: Value = serde_json::from_str(&printed("sarif", &[])).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), findings);
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let junit = printed("junit", &[]);
    let told = junit.matches("<failure ").count() + junit.matches("<error ").count();
    assert_eq!(told, findings);
    let github = printed("github", &[]);
    let logged = github.lines().filter(|line| line.starts_with("- ")).count();
    assert_eq!(logged, findings);
    let table = printed("table", &[]);
    assert!(
        table.starts_with("FAIL: ") && table.contains("  to do"),
        "{table}"
    );
}

#[test]
fn the_same_gate_is_the_same_bytes_in_every_format() {
    for format in ["table", "json", "ndjson", "junit", "sarif", "github"] {
        assert_eq!(printed(format, &[]), printed(format, &[]), "{format}");
    }
}

#[test]
fn a_report_is_written_to_its_file_also_when_the_gate_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.xml");
    let out = printed("junit", &["--output-file", path.to_str().unwrap()]);
    assert_eq!(out, "");
    let written = std::fs::read_to_string(path).unwrap();
    assert_eq!(written, printed("junit", &[]));
}
