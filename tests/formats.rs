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
    for format in [
        "table", "wide", "json", "yaml", "ndjson", "csv", "markdown", "html", "junit", "sarif",
        "github",
    ] {
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

#[test]
fn findings_are_rows_with_columns_in_an_order_of_choice() {
    let csv = printed("csv", &[]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names = reader.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|known| known == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // As many findings as in the document, and a row for each rule that passes.
    let findings = rows.iter().filter(|row| &row[at("Status")] != "PASS");
    assert_eq!(findings.count(), printed("ndjson", &[]).lines().count());
    let of = |rule: &str| rows.iter().filter(|row| &row[at("Rule")] == rule).count();
    for rule in ["non-compliant", "stale", "no-data", "unread"] {
        assert!(of(rule) > 0, "{rule}: {csv}");
    }
    assert!(
        rows.iter()
            .any(|row| &row[at("InstanceId")] == "i-123" && &row[at("Status")] == "FAIL")
    );
    let more = [
        "--columns",
        "Status,InstanceId,Rule",
        "--sort-by",
        "-Status,InstanceId",
    ];
    let sorted = printed("csv", &more);
    let statuses: Vec<&str> = sorted
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert!(sorted.starts_with("Status,InstanceId,Rule\r\n"));
    assert!(
        statuses.is_sorted_by(|left, right| left >= right),
        "{sorted}"
    );
    let table = printed("table", &["--columns", "Rule,Status,Name"]);
    assert!(
        table.starts_with("Rule ") && table.contains("web-01") && table.contains("\nFAIL: "),
        "{table}"
    );
    let line = printed("ndjson", &["--columns", "Rule,Status"]);
    assert!(line.starts_with("{\"Rule\":\"non-compliant\",\"Status\":\"FAIL\"}\n"));
}

#[test]
fn waived_findings_are_rows_without_a_status_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    let waiver = "[[waiver]]\nnode = \"i-123\"\nreason = \"moves in May\"\nexpires = 2099-01-01\n";
    std::fs::write(&path, waiver).unwrap();
    let args = [
        "check",
        "i-123",
        "-o",
        "csv",
        "--columns",
        "Status,Rule,InstanceId,Reason",
    ];
    let ran = run(demo(&args).args(["--show-waived", "--waivers"]).arg(&path));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out
            .contains("\r\n,non-compliant,i-123,moves in May\r\n"),
        "{}",
        ran.out
    );
    let without = run(demo(&args).arg("--waivers").arg(&path));
    assert!(!without.out.contains("i-123"), "{}", without.out);
    assert!(without.err.contains("1 waived"), "{}", without.err);
}

#[test]
fn a_report_that_is_not_made_of_columns_refuses_them_on_one_line() {
    for format in ["json", "yaml", "junit", "sarif", "github"] {
        for flag in ["--columns", "--sort-by"] {
            let ran = run(&mut demo(&["check", "i-123", "-o", format, flag, "Rule"]));
            assert_eq!((ran.code, ran.out.as_str()), (2, ""));
            assert_eq!(
                ran.err,
                format!(
                    "patchctl: -o {format} of check has no columns; --columns and --sort-by require \
                     -o table, wide, ndjson, csv, markdown, html, xlsx\n"
                )
            );
        }
    }
    // Configured columns are for the formats that have some.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patchctl.toml");
    std::fs::write(&path, "[columns]\ncheck = [\"Rule\", \"Status\"]\n").unwrap();
    let configured = |format: &str| {
        let mut command = demo(&["check", "i-123", "-o", format, "--config"]);
        run(command.arg(&path))
    };
    let json = configured("json");
    assert_eq!(json.code, 1, "{}", json.err);
    assert_eq!(json.json()["Status"], "FAIL");
    assert!(configured("csv").out.starts_with("Rule,Status\r\n"));
}

#[test]
fn every_command_ends_with_its_calls_where_they_are_asked_for() {
    for args in [
        &["states", "i-123"][..],
        &["states", "--all", "--estimate"],
        &["patches", "i-123"],
        &["patches", "i-123", "--by", "kb"],
        &["summary"],
        &["check", "i-123"],
        &["check", "i-123", "-o", "junit"],
        &["check", "i-123", "-o", "csv"],
        &["doctor"],
    ] {
        let ran = run(demo(args).arg("-v"));
        assert!(ran.err.contains(", 0 retries\n"), "{args:?}: {}", ran.err);
        let csv = run(demo(args).args(["-o", "csv", "-v"]));
        let finds = args.contains(&"--all") || args == ["summary"];
        assert_eq!(
            csv.err.contains("found by "),
            finds,
            "{args:?}: {}",
            csv.err
        );
    }
}

#[test]
fn yaml_is_the_json_document_for_every_command_and_ends_as_it_does() {
    for args in [
        &["states", "--all"][..],
        &["states", "i-bogus"],
        &["patches", "i-456", "i-bogus"],
        &["patches", "--all", "--by", "severity"],
        &["summary"],
        &["check", "i-123", "i-bogus"],
        &["doctor"],
        &["states", "--all", "--estimate"],
        &["config", "show"],
    ] {
        let printed = |format| run(demo(args).args(["-o", format]));
        let (json, yaml) = (printed("json"), printed("yaml"));
        assert_eq!((json.code, &json.err), (yaml.code, &yaml.err), "{args:?}");
        assert_eq!(yaml.out, printed("yaml").out, "{args:?}");
        // The same members at the top, in the same order; .ci/yaml_document.py compares the rest.
        let top = |line: &&str| line.starts_with(|letter: char| letter.is_ascii_alphabetic());
        let names = yaml.out.lines().filter(top);
        let names: Vec<&str> = names.filter_map(|line| line.split(':').next()).collect();
        let members = json.out.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix('"')?.split_once("\":")?;
            Some(name)
        });
        assert_eq!(names, members.collect::<Vec<_>>(), "{args:?}: {}", yaml.out);
    }
}
