//! The formats of `check`, from the real binary: what each is to whoever parses it.

use std::collections::BTreeSet;

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
        "table",
        "wide",
        "json",
        "yaml",
        "ndjson",
        "csv",
        "markdown",
        "html",
        "openmetrics",
        "junit",
        "sarif",
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

const SUMMARY_OF_AWS: &str = "Index,Instance ID,Instance name,Instance IP,Platform name,\
    Platform version,SSM Agent version,Patch baseline,Patch group,Compliance status,\
    Compliance severity,Noncompliant Critical severity patch count,\
    Noncompliant High severity patch count,Noncompliant Medium severity patch count,\
    Noncompliant Low severity patch count,Noncompliant Informational severity patch count,\
    Noncompliant Unspecified severity patch count";
const DETAIL_OF_AWS: &str = "Index,Instance ID,Instance name,Patch name,KB ID/Patch ID,Patch state,\
    Last report time,Compliance level,Patch severity,Patch classification,CVE ID,Patch baseline,\
    Logs URL,Instance IP,Platform name,Platform version,SSM Agent version";

/// The header and the rows of CSV.
fn cells(text: &str) -> (String, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    (names.join(","), rows)
}

#[test]
fn aws_csv_has_the_columns_of_awss_reports_and_the_rows_of_csv() {
    for (args, header, columns) in [
        (
            &["states", "--all"][..],
            SUMMARY_OF_AWS,
            "InstanceId,Name,IPAddress,PlatformName,PlatformVersion,AgentVersion,BaselineId,\
             PatchGroup,Verdict",
        ),
        (
            &["patches", "i-123", "mi-0d8b1f5c3a7e96240"],
            DETAIL_OF_AWS,
            "InstanceId,Name,Title,KBId,State",
        ),
    ] {
        let ran = run(demo(args).args(["-o", "aws-csv"]));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let (names, rows) = cells(&ran.out);
        assert_eq!(names, header);
        let own = run(demo(args).args(["-o", "csv", "--columns", columns]));
        let (_, own) = cells(&own.out);
        let own: Vec<csv::StringRecord> = own
            .into_iter()
            .filter(|row| !row[4].is_empty() || args[0] == "states")
            .collect();
        assert!(own.len() > 40, "{args:?}");
        assert_eq!(rows.len(), own.len(), "{args:?}");
        let width = columns.split(',').count();
        for (at, (row, own)) in rows.iter().zip(&own).enumerate() {
            assert_eq!(row[0], (at + 1).to_string());
            let shown: Vec<&str> = row.iter().skip(1).take(width).collect();
            assert_eq!(shown, own.iter().collect::<Vec<_>>(), "{args:?}");
        }
    }
}

#[test]
fn aws_csv_says_when_and_with_which_baseline_each_patch_was_reported() {
    let rows = |args: &[&str]| cells(&run(&mut demo(args)).out).1;
    let states = rows(&[
        "states",
        "i-123",
        "-o",
        "csv",
        "--columns",
        "LastScan,BaselineId",
    ]);
    let patches = rows(&["patches", "i-123", "--state", "Missing", "-o", "aws-csv"]);
    assert_eq!(patches.len(), 6);
    for patch in &patches {
        assert_eq!((&patch[6], &patch[11]), (&states[0][0], &states[0][1]));
    }
    // The most severe of the baseline's levels is the one that AWS tells.
    let critical = rows(&["states", "--all", "-o", "aws-csv"]);
    for row in &critical {
        assert_eq!(row[10].is_empty(), matches!(&row[11], "" | "0"), "{row:?}");
        assert!(
            row.iter().skip(12).all(str::is_empty),
            "unknown is not 0: {row:?}"
        );
    }
}

#[test]
fn a_node_without_patches_has_its_reason_in_aws_csv() {
    let args = ["patches", "i-bogus", "i-0dead00000000beef", "-o", "aws-csv"];
    let ran = run(&mut demo(&args));
    assert_eq!(ran.code, 3);
    let (_, rows) = cells(&ran.out);
    assert_eq!(rows.len(), 2);
    assert!(rows[0][5].starts_with("unread: not a node id"), "{rows:?}");
    assert!(rows[1][5] == *"stopped, no scan recorded", "{rows:?}");
    let ran = run(&mut demo(&["states", "i-bogus", "-o", "aws-csv"]));
    assert_eq!(ran.code, 2);
    assert_eq!(cells(&ran.out).1[0][9], *"UNREAD");
    // Rows that meet no condition.
    let none = [
        "states",
        "--all",
        "--where",
        "MissingCount>99999",
        "-o",
        "aws-csv",
    ];
    assert_eq!(run(&mut demo(&none)).out, format!("{SUMMARY_OF_AWS}\r\n"));
}

#[test]
fn aws_csv_is_refused_on_one_line_where_aws_has_no_such_report() {
    for (args, part) in [
        (&["summary"][..], "invalid value 'aws-csv'"),
        (&["check", "i-123"], "invalid value 'aws-csv'"),
        (&["doctor"], "invalid value 'aws-csv'"),
        (&["states", "--all", "--estimate"], "has no format aws-csv"),
        (&["patches", "i-123", "--by", "kb"], "leave out --by kb"),
        (
            &["states", "i-123", "--columns", "Name"],
            "leave out --columns",
        ),
        (
            &["patches", "i-123", "--columns", "+Name"],
            "leave out --columns",
        ),
        (&["states", "i-123", "--query", "x"], "leave out -o aws-csv"),
        (&["states", "i-123", "--watch"], "--watch"),
    ] {
        let ran = run(demo(args).args(["-o", "aws-csv"]));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    // Configured columns are for the formats that have some.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patchctl.toml");
    std::fs::write(&path, "[columns]\nstates = [\"Name\"]\n").unwrap();
    let ran = run(demo(&["states", "i-123", "-o", "aws-csv", "--config"]).arg(&path));
    assert!(ran.out.starts_with(SUMMARY_OF_AWS), "{}", ran.err);
}

/// The names of metrics in a text.
fn metric_names(text: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter| !is_name(letter));
    words.filter(|word| word.starts_with("patchctl_")).collect()
}

#[test]
fn alerts_and_the_dashboard_use_the_names_of_metrics_that_are_printed() {
    let check = [
        "check",
        "--all",
        "--fail-on",
        "missing>=critical",
        "-o",
        "openmetrics",
    ];
    let printed =
        run(&mut demo(&["summary", "-o", "openmetrics"])).out + &run(&mut demo(&check)).out;
    let printed = metric_names(&printed);
    let pages = [
        include_str!("../contrib/prometheus-rules.yml"),
        include_str!("../contrib/grafana-dashboard.json"),
        include_str!("../docs/metrics.md"),
    ];
    for page in pages {
        let unknown: Vec<&str> = metric_names(page)
            .into_iter()
            .filter(|name| !printed.contains(name) && *name != "patchctl_group_")
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(metric_names(page).len() > 2);
    }
    let dashboard: Value = serde_json::from_str(pages[1]).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 10);
}

#[test]
fn every_verdict_state_severity_and_status_has_a_series_also_of_0() {
    let args = [
        "check",
        "i-456",
        "--fail-on",
        "missing>=critical,stale",
        "-o",
        "openmetrics",
    ];
    let ran = run(&mut demo(&args));
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in [
        "patchctl_nodes{verdict=\"COMPLIANT\"} 1",
        "patchctl_nodes{verdict=\"NON_COMPLIANT\"} 0",
        "patchctl_nodes{verdict=\"STALE\"} 0",
        "patchctl_nodes{verdict=\"NO_DATA\"} 0",
        "patchctl_nodes{verdict=\"UNREAD\"} 0",
        "patchctl_compliant_nodes_ratio 1.000",
        "patchctl_patches{state=\"Missing\"} 0",
        "patchctl_missing_patches{severity=\"Critical\"} 0",
        "patchctl_missing_patches{severity=\"Unrated\"} 0",
        "patchctl_gate_status{status=\"PASS\"} 1",
        "patchctl_gate_status{status=\"FAIL\"} 0",
        "patchctl_gate_rule_status{rule=\"stale\",status=\"PASS\"} 1",
        "patchctl_gate_rule_findings{rule=\"missing>=critical\"} 0",
        "patchctl_unread_scopes 0",
        "patchctl_answer_complete 1",
    ] {
        assert!(
            ran.out.lines().any(|known| known == line),
            "{line}: {}",
            ran.out
        );
    }
    assert!(ran.out.ends_with("\n# EOF\n"));
    // Unknown: which machines EC2 has, and, without a rule on them, patches by severity.
    assert!(!ran.out.contains("patchctl_unmanaged_instances"));
    let counters = run(&mut demo(&["check", "i-456", "-o", "openmetrics"])).out;
    assert!(!counters.contains("patchctl_missing_patches"));
    let args = [
        "summary",
        "--name",
        "nonesuch",
        "--allow-empty",
        "-o",
        "openmetrics",
    ];
    let empty = run(&mut demo(&args)).out;
    assert!(
        empty.contains("patchctl_nodes{verdict=\"UNREAD\"} 0\n"),
        "{empty}"
    );
    assert!(
        !empty.contains("_ratio") && !empty.contains("patchctl_patches{"),
        "{empty}"
    );
    for command in [&["states", "i-123"][..], &["patches", "i-123"], &["doctor"]] {
        let ran = run(demo(command).args(["-o", "openmetrics"]));
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    }
}

fn findings(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_finding_for_security_hub_has_the_state_of_its_node() {
    let folder = tempfile::tempdir().unwrap();
    let waivers = folder.path().join("waivers.toml");
    let waiver = "[[waiver]]\nnode = \"mi-*\"\nreason = \"moves\"\nexpires = 2099-01-01\n";
    std::fs::write(&waivers, waiver).unwrap();
    let args = [
        "check",
        "i-123",
        "i-456",
        "i-bogus",
        "i-0dead00000000beef",
        "mi-0d8b1f5c3a7e96240",
        "--fail-on",
        "non-compliant",
        "-o",
        "asff",
        "--waivers",
    ];
    let ran = run(demo(&args).arg(&waivers));
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("no finding for 1 node unread"),
        "{}",
        ran.err
    );
    let states: Vec<[String; 4]> = findings(&ran.out)
        .iter()
        .map(|one| {
            let id = one["Id"].as_str().unwrap();
            let node = id.split('/').nth(5).unwrap().to_owned();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            [
                node,
                text(&one["Compliance"]["Status"]),
                text(&one["RecordState"]),
                text(&one["Workflow"]["Status"]),
            ]
        })
        .collect();
    assert_eq!(
        states,
        [
            ["i-123", "FAILED", "ACTIVE", "NEW"],
            ["i-456", "PASSED", "ARCHIVED", "RESOLVED"],
            ["i-0dead00000000beef", "NOT_AVAILABLE", "ACTIVE", "NEW"],
            ["mi-0d8b1f5c3a7e96240", "FAILED", "ACTIVE", "SUPPRESSED"],
        ]
    );
    let first = &findings(&ran.out)[0];
    assert_eq!(
        first["ProductArn"],
        "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"
    );
    assert_eq!(first["PatchSummary"]["MissingCount"], 6);
}

#[test]
fn findings_of_several_accounts_and_regions_go_to_numbered_files() {
    let folder = tempfile::tempdir().unwrap();
    let pattern = folder.path().join("f-{n}.json");
    let args = ["check", "--all", "--all-regions", "-o", "asff"];
    std::fs::write(folder.path().join("f-0004.json"), "old").unwrap();
    let ran = run(demo(&args).arg("--output-file").arg(&pattern));
    assert_eq!((ran.code, &*ran.out), (1, ""), "{}", ran.err);
    assert!(
        ran.err.contains("f-0004.json is left of an earlier run"),
        "{}",
        ran.err
    );
    let mut all = 0;
    for number in 1..=3 {
        let path = folder.path().join(format!("f-000{number}.json"));
        let found = findings(&std::fs::read_to_string(path).unwrap());
        let places = found.iter().map(|one| one["ProductArn"].to_string());
        assert_eq!(places.collect::<BTreeSet<_>>().len(), 1);
        all += found.len();
    }
    assert!(all > 50);
    // A gate that fails does so, too, where a later file cannot be written.
    let second = folder.path().join("f-0002.json");
    std::fs::remove_file(&second).unwrap();
    std::fs::create_dir(&second).unwrap();
    let ran = run(demo(&args).arg("--output-file").arg(&pattern));
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("f-0002.json"), "{}", ran.err);
    // One document cannot hold them, and more ids than one file holds are known before any call.
    let ran = run(&mut demo(&args));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("use --output-file 'findings-{n}.json'"),
        "{}",
        ran.err
    );
    let ids: Vec<String> = (0..101).map(|at| format!("i-{at:017x}")).collect();
    let ran = run(demo(&["check", "-o", "asff", "-v"]).args(&ids));
    assert_eq!(
        (ran.code, &*ran.out, ran.err.lines().count()),
        (2, "", 1),
        "{}",
        ran.err
    );
    for command in [&["states", "i-123"][..], &["summary"], &["doctor"]] {
        let ran = run(demo(command).args(["-o", "asff"]));
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
    }
}

/// The only finding of a check.
fn finding_of(args: &[&str]) -> Value {
    let ran = run(demo(&["check"]).args(args).args(["-o", "asff"]));
    let mut found = findings(&ran.out);
    assert_eq!(found.len(), 1, "{}", ran.err);
    found.remove(0)
}

#[test]
fn a_narrower_gate_closes_no_finding_of_a_wider_one() {
    let wide = finding_of(&["i-123"]);
    assert_eq!(wide["RecordState"], "ACTIVE");
    let narrower: [&[&str]; 4] = [
        &["--fail-on", "stale"],
        &["--fail-on", "missing>=100,stale"],
        &["--fail-on", "stale,no-data", "--max-age", "none"],
        &["--fail-on", "no-data"],
    ];
    for flags in narrower {
        let narrow = finding_of(&[&["i-123"], flags].concat());
        assert_eq!(narrow["RecordState"], "ARCHIVED", "{flags:?}");
        assert_ne!(narrow["Id"], wide["Id"], "{flags:?}");
        assert_ne!(narrow["GeneratorId"], wide["GeneratorId"], "{flags:?}");
    }
    // What rules are restricted by restricts what they close.
    let rules = ["i-123", "--fail-on", "non-compliant,patch-older-than 1d"];
    let restrictions: [&[&str]; 2] = [
        &["--min-severity", "critical"],
        &["--unknown-age", "ignore"],
    ];
    for flags in restrictions {
        let (all, some) = (
            finding_of(&rules),
            finding_of(&[&rules[..], flags].concat()),
        );
        assert_ne!(all["Id"], some["Id"], "{flags:?}");
    }
    // The same gate, however it is written, closes its own.
    for flags in [
        &["--fail-on", "unread,no-data,stale,non-compliant"][..],
        &["--fail-on", "Stale, compliant<95%, no data, NonCompliant"],
        &["--max-age", "168h"],
        &["--unknown-age", "ignore"],
    ] {
        let same = finding_of(&[&["i-123"], flags].concat());
        assert_eq!(same["Id"], wide["Id"], "{flags:?}");
    }
    assert_eq!(
        wide["ProductFields"]["patchctl/Gate"],
        "no-data, non-compliant, stale; max-age 7d"
    );
}

#[test]
fn a_rule_that_compares_nodes_closes_nothing_where_others_are_not_read() {
    let args = ["check", "i-456", "i-123", "--fail-on", "baseline-differs"];
    let ran = run(demo(&args).args(["-o", "asff"]));
    assert_eq!((ran.code, &*ran.out), (0, "[]\n"));
    assert!(
        ran.err
            .contains("left out: 2 nodes that no rule finds fault with"),
        "{}",
        ran.err
    );
    let fleet = ["check", "--all", "--fail-on", "baseline-differs"];
    let ran = run(demo(&fleet).args(["-o", "asff"]));
    let found = findings(&ran.out);
    let closed = |one: &&Value| one["RecordState"] == "ARCHIVED";
    assert!(found.iter().any(|one| !closed(&one)), "{}", ran.out);
    assert!(found.iter().any(|one| closed(&one)), "{}", ran.out);
}

#[test]
fn findings_for_security_hub_close_nothing_that_was_not_judged() {
    let fleet = ["check", "--all", "--fail-on", "compliant<95%", "-o", "asff"];
    let ran = run(&mut demo(&fleet));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err
            .contains("-o asff needs a rule that judges each node"),
        "{}",
        ran.err
    );
    // No data is no pass, whatever the rule asks for.
    let stale = ["check", "i-1f7c3a9b", "--fail-on", "stale", "-o", "asff"];
    let finding = &run(&mut demo(&stale)).json()[0];
    assert_eq!(finding["Compliance"]["Status"], "NOT_AVAILABLE");
    assert_eq!(finding["RecordState"], "ACTIVE");
}
