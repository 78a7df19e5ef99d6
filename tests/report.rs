//! `report`: the fleet as one document. Its figures are those of `states`, `summary`,
//! `patches` and `check`; it says who asked for what, and what is not known.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{DemoServer, RunOutput, demo, live, run};

/// A node whose patches have the worst texts that the demo has.
const NASTY: &str = "mi-0d8b1f5c3a7e96240";

const SLA: [&str; 2] = ["--sla", "critical=7d,important=30d"];

fn report(args: &[&str]) -> RunOutput {
    run(demo(&["report", "-o", "json"]).args(args))
}

fn list<'v>(value: &'v Value, name: &str) -> &'v Vec<Value> {
    value[name].as_array().unwrap_or_else(|| panic!("{name}"))
}

fn ids(rows: &[Value]) -> BTreeSet<&str> {
    rows.iter()
        .map(|row| row["InstanceId"].as_str().unwrap())
        .collect()
}

#[test]
fn the_head_says_who_asked_for_what_when_and_of_whom() {
    let ran = report(&["--all", "--exclude", "i-456", "--by", "region"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json = ran.json();
    let head = &json["Evidence"];
    assert_eq!(head["AskedAt"], "2026-11-20T12:00:00Z");
    assert_eq!(head["Clock"], "Demo");
    assert_eq!(head["Version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        head["CommandLine"],
        "patchctl --demo report -o json --all --exclude i-456 --by region"
    );
    let caller = &head["Callers"][0];
    assert_eq!(caller["AccountId"], "111122223333");
    assert_eq!(
        caller["Arn"],
        "arn:aws:sts::111122223333:assumed-role/demo/me"
    );
    assert_eq!(head["Accounts"][0]["AccountId"], "111122223333");
    assert_eq!(head["Regions"], serde_json::json!(["eu-west-1"]));
    let summary = &json["Summary"];
    let n = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!(n("Nodes"), n("Answered") + n("NoData") + n("Unread"));
    assert_eq!(
        n("Answered"),
        n("Compliant") + n("NonCompliant") + n("Stale")
    );
    assert_eq!((n("LeftOut"), n("Unmanaged")), (1, 1));
    assert_eq!(json["Gate"], Value::Null, "no rules were given");
}

#[test]
fn a_secret_of_the_command_line_is_masked() {
    let args = [
        "report",
        "i-123",
        "--account",
        "444455556666",
        "--role-name",
        "reader",
        "--external-id",
        "an-external-id-to-hide",
    ];
    for format in ["json", "markdown"] {
        let ran = run(demo(&args).args(["-o", format]));
        assert!(!ran.out.contains("to-hide"), "{}", ran.out);
        assert!(ran.out.contains("--external-id"), "{} {}", ran.out, ran.err);
    }
}

#[test]
fn a_caller_that_sts_does_not_tell_changes_nothing_but_the_head() {
    let served = DemoServer::start(&["--deny", "sts:GetCallerIdentity"]);
    let ran = run(&mut live(&served.url, &["report", "-o", "json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("the caller is not known: AccessDenied"),
        "{}",
        ran.err
    );
    let json = ran.json();
    let caller = &json["Evidence"]["Callers"][0];
    assert_eq!(caller["Arn"], Value::Null);
    assert!(
        caller["Cause"]
            .as_str()
            .unwrap()
            .contains("sts:GetCallerIdentity")
    );
    assert_eq!(json["Summary"]["Nodes"], 50);
    let remarks = json["Remarks"].to_string();
    assert!(remarks.contains("the caller is not known"), "{remarks}");
    let markdown = run(&mut live(&served.url, &["report"])).out;
    assert!(
        markdown.contains("- Asked by: not known: AccessDenied"),
        "{markdown}"
    );
}

#[test]
fn only_what_needs_the_caller_asks_for_it() {
    for (command, calls) in [
        ("states --all", 0),
        ("check --all", 0),
        ("patches --all --by kb", 0),
        ("report", 1),
        ("report --organization --role-name reader --all-regions", 1),
        ("doctor", 1),
    ] {
        let args: Vec<&str> = command.split(' ').chain(["-v"]).collect();
        let ran = run(&mut demo(&args));
        let told = format!("sts:GetCallerIdentity: {calls} call, 0 retries");
        let is_told = ran.err.contains("sts:GetCallerIdentity: ");
        assert_eq!(is_told, calls > 0, "{command}: {}", ran.err);
        assert!(
            calls == 0 || ran.err.contains(&told),
            "{command}: {}",
            ran.err
        );
    }
    let estimate = run(&mut demo(&["report", "--estimate", "-o", "json"])).json();
    let rows = list(&estimate, "Estimate");
    let of_sts = rows
        .iter()
        .find(|row| row["Operation"] == "sts:GetCallerIdentity");
    assert_eq!(of_sts.unwrap()["Calls"], 1);
}

#[test]
fn figures_are_those_of_the_other_commands() {
    let json = report(&["--by", "platform", "--by", "tag:Env"]).json();
    let summary = |by: &str| run(&mut demo(&["summary", "-o", "json", "--by", by])).json();
    for (at, by) in ["platform", "tag:Env"].into_iter().enumerate() {
        let other = summary(by);
        let grouping = &json["Groupings"][at];
        assert_eq!(grouping["By"], by);
        for (ours, theirs) in list(grouping, "Groups").iter().zip(list(&other, "Groups")) {
            for (name, value) in theirs.as_object().unwrap() {
                assert_eq!(ours[name], *value, "{by} {name}");
            }
        }
        for (name, value) in other["Total"].as_object().unwrap() {
            if !["By", "Group"].contains(&name.as_str()) {
                assert_eq!(json["Total"][name], *value, "{name}");
            }
        }
    }
    let states = run(&mut demo(&["states", "--all", "-o", "json"])).json();
    let rows = list(&states, "InstancePatchStates");
    assert_eq!(ids(list(&json, "Nodes")), ids(rows));
    for theirs in rows {
        let ours = list(&json, "Nodes").iter();
        let mut ours = ours.filter(|row| row["InstanceId"] == theirs["InstanceId"]);
        let ours = ours.next().unwrap();
        for (name, value) in theirs.as_object().unwrap() {
            assert_eq!(ours[name], *value, "{name} of {}", theirs["InstanceId"]);
        }
    }
    let states = "Missing,Failed,InstalledRejected,InstalledPendingReboot,AvailableSecurityUpdate";
    let patches = run(&mut demo(&[
        "patches", "--all", "--state", states, "-o", "json",
    ]))
    .json();
    assert_eq!(
        list(&json, "Patches").len(),
        list(&patches, "Patches").len()
    );
    for (by, name, id) in [
        ("kb", "MissingPatches", "KBId"),
        ("cve", "MissingCves", "CVEId"),
    ] {
        let groups = run(&mut demo(&["patches", "--all", "--by", by, "-o", "json"])).json();
        let groups = list(&groups, "Groups").iter();
        let lacking = |row: &&Value| !row[id].is_null() && row["NodesLacking"] != 0;
        let theirs: Vec<&Value> = groups.filter(lacking).collect();
        assert_eq!(json["Summary"][name], theirs.len(), "{name}");
        let ours: Vec<&Value> = list(&json, name).iter().collect();
        assert_eq!(ours, theirs[..10], "{name}");
    }
}

#[test]
fn rules_have_a_section_and_decide_the_exit_code_only_where_they_are_given() {
    let plain = report(&["--all"]);
    assert_eq!((plain.code, &plain.json()["Gate"]), (0, &Value::Null));
    let waived = "[[waiver]]\nkb = \"KB*\"\nexpires = 2026-12-31\nreason = \"known\"\nowner = \"ops\"\n\
                  [[waiver]]\nkb = \"KB50*\"\nexpires = 2026-01-31\nreason = \"old\"\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    std::fs::write(&path, waived).unwrap();
    let path = path.to_str().unwrap();
    let with_waivers = report(&["--all", "--waivers", path]);
    assert_eq!(with_waivers.code, 0, "{}", with_waivers.err);
    let json = with_waivers.json();
    assert_eq!(json["Total"], plain.json()["Total"], "accepted or not");
    let first = &list(&json, "Waived")[0];
    assert_eq!(
        (&first["Reason"], &first["Owner"]),
        (&"known".into(), &"ops".into())
    );
    assert_eq!(first["Expires"], "2026-12-31");
    let remark = &list(&json, "WaiverRemarks")[0];
    assert_eq!(
        (&remark["Kind"], &remark["Expires"]),
        (&"Expired".into(), &"2026-01-31".into())
    );

    let rules = ["--fail-on", "non-compliant,stale"];
    let ran = report(&[&["--all"], &rules[..]].concat());
    let check = run(demo(&["check", "--all", "-o", "json"]).args(rules));
    assert_eq!((ran.code, check.code), (1, 1));
    let (ours, theirs) = (ran.json(), check.json());
    assert_eq!(ours["Gate"]["Status"], theirs["Status"]);
    // A report has read the patches, and names those of each finding.
    let findings = |rules: &Value| -> Vec<String> {
        let rules = rules.as_array().unwrap().iter();
        let findings = rules.flat_map(|rule| {
            let findings = list(rule, "Findings").iter();
            findings.map(|of| {
                format!(
                    "{} {} {} {}",
                    rule["Rule"], of["InstanceId"], of["Status"], of["Detail"]
                )
            })
        });
        findings.collect()
    };
    assert_eq!(findings(&ours["Gate"]["Rules"]), findings(&theirs["Rules"]));
    assert!(
        ran.err.contains("gate failed: non-compliant ("),
        "{}",
        ran.err
    );
    let passed = report(&["i-456", "--fail-on", "failed>0"]);
    assert_eq!(
        (passed.code, &passed.json()["Gate"]["Status"]),
        (0, &"PASS".into())
    );
    let unknown = report(&["i-456", "i-bogus", "--fail-on", "failed>0"]);
    assert_eq!(unknown.code, 3, "{}", unknown.err);
    assert_eq!(unknown.json()["Gate"]["Status"], "UNKNOWN");

    // A policy without rules has the default ones.
    let config = folder.path().join("patchctl.toml");
    std::fs::write(&config, "[policies.prod]\nmax-age = \"3d\"\n").unwrap();
    let config = config.to_str().unwrap();
    let ran = report(&["--all", "--config", config, "--policy", "prod"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(list(&ran.json()["Gate"], "Rules").len(), 4);
    assert_eq!(ran.json()["Evidence"]["MaxAge"], 3 * 86_400);
}

#[test]
fn due_dates_count_what_is_within_its_time_overdue_and_unknown() {
    let json = report(&SLA).json();
    let due = &json["DueDates"];
    let total = &due["Total"];
    let n = |name: &str| total[name].as_u64().unwrap();
    assert_eq!(n("Patches"), n("Within") + n("Overdue") + n("Unknown"));
    let lacking: u64 = list(&json, "Severities")
        .iter()
        .map(|row| row["Patches"].as_u64().unwrap())
        .sum();
    assert_eq!(n("Patches") + due["Unlimited"].as_u64().unwrap(), lacking);
    let rows = list(&json, "Patches");
    let overdue = rows.iter().filter(|row| row["Overdue"] == true);
    assert_eq!(overdue.count() as u64, n("Overdue"));
    assert!(
        n("Overdue") > 0 && n("Within") > 0 && n("Unknown") > 0,
        "{total}"
    );
    assert_eq!(report(&[]).json()["DueDates"], Value::Null);
    let markdown = run(demo(&["report"]).args(SLA)).out;
    assert!(markdown.contains("\n## Due dates\n") && markdown.contains("\n## Longest overdue\n"));

    let columns = ["--columns", "InstanceId,KBId,Title,DueDate,Overdue"];
    let patches = run(
        demo(&["patches", "--all", "-o", "json", "--where", "Overdue=true"])
            .args(SLA)
            .args(columns),
    );
    assert_eq!(list(&patches.json(), "Patches").len() as u64, n("Overdue"));
    let gate = run(demo(&["check", "--all", "-o", "json", "--fail-on", "overdue>0"]).args(SLA));
    assert_eq!(gate.code, 1, "{}", gate.err);
    let gate = gate.json();
    let failed = list(&gate["Rules"][0], "Findings").iter();
    let failed = failed.filter(|finding| finding["Status"] == "FAIL");
    assert_eq!(failed.count() as u64, n("OverdueNodes"));
}

#[test]
fn limits_are_typed_configured_or_missing_with_an_explanation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("patchctl.toml");
    let text =
        "[sla]\ncritical = \"7d\"\nhigh = \"4w\"\n[policies.strict.sla]\ncritical = \"1d\"\n";
    std::fs::write(&path, text).unwrap();
    let config = ["--config", path.to_str().unwrap()];
    let limits = |args: &[&str]| -> Vec<u64> {
        let json = report(args).json();
        let rows = json["DueDates"]["Severities"].as_array().cloned();
        let rows = rows.unwrap_or_default().into_iter();
        rows.map(|row| row["Limit"].as_u64().unwrap() / 86_400)
            .collect()
    };
    assert_eq!(limits(&config), [7, 28]);
    assert_eq!(limits(&[&config[..], &["--sla", "low=90d"]].concat()), [90]);
    assert_eq!(limits(&[&config[..], &["--sla", "none"]].concat()), [0; 0]);
    let strict = ["--policy", "strict", "--fail-on", "failed>100"];
    assert_eq!(limits(&[&config[..], &strict].concat()), [1]);
    for (args, expected) in [
        (
            &["check", "--all", "--fail-on", "overdue>0"][..],
            "--fail-on overdue>0 requires time limits: give --sla critical=7d,important=30d, or [sla] in patchctl.toml",
        ),
        (
            &["patches", "i-123", "--columns", "+DueDate"],
            "the columns DueDate, DueFrom and Overdue require time limits: give --sla",
        ),
        (
            &["patches", "i-123", "--where", "Overdue=true"],
            "the columns DueDate, DueFrom and Overdue require time limits: give --sla",
        ),
        (
            &["report", "--sla", "crit=7d"],
            "unknown severity \"crit\"; did you mean critical?",
        ),
        (
            &["report", "--sla", "critical=7d,critical=8d"],
            "--sla: critical has two time limits; give one",
        ),
        (
            &["report", "--sla", "critical=7d,none"],
            "--sla: none cannot be combined with time limits",
        ),
        (
            &["report", "--where", "MissingCount>0"],
            "--where cannot filter report, whose figures are of all selected nodes",
        ),
        (
            &["report", "--non-compliant"],
            "--non-compliant cannot filter report",
        ),
        (&["report", "--top", "0"], "0 is not in 1..=1000"),
        (&["report", "-o", "csv"], "csv"),
    ] {
        let ran = run(&mut demo(args));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
}

#[test]
fn a_fleet_of_no_node_of_one_and_of_unread_nodes_has_a_whole_document() {
    let none = report(&["--name", "no-such-*", "--allow-empty"]);
    assert_eq!(none.code, 0, "{}", none.err);
    let json = none.json();
    assert_eq!(json["Summary"]["Nodes"], 0);
    assert_eq!(json["Total"]["CompliantPercent"], Value::Null);
    assert_eq!(list(&json, "Nodes").len(), 0);
    assert_eq!(list(&json, "Severities").len(), 5);

    let one = report(&["i-456"]);
    assert_eq!(one.code, 0, "{}", one.err);
    assert_eq!(one.json()["Total"]["CompliantPercent"], 100.0);
    assert_eq!(list(&one.json(), "Nodes").len(), 1);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.md");
    std::fs::write(&file, "the last one").unwrap();
    let unread = run(demo(&["report", "i-bogus", "--output-file"]).arg(&file));
    assert_eq!(unread.code, 2, "{}", unread.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "the last one");

    let some = report(&["i-456", "i-bogus"]);
    assert_eq!(some.code, 3, "{}", some.err);
    let json = some.json();
    assert_eq!(list(&json, "Unread")[0]["InstanceId"], "i-bogus");
    assert_eq!(
        ids(list(&json, "Nodes")),
        BTreeSet::from(["i-456", "i-bogus"])
    );
    assert_eq!(json["Total"]["CompliantPercent"], 50.0);
    let markdown = run(&mut demo(&["report", "i-456", "i-bogus"])).out;
    assert!(
        markdown.contains("\n| i-bogus | not a node id"),
        "{markdown}"
    );
}

#[test]
fn foreign_text_is_shown_as_it_is_in_markdown_and_is_valid_json() {
    let markdown = run(&mut demo(&["report", NASTY, "--top", "1000"])).out;
    let is_unsafe = |letter: char| letter.is_control() && letter != '\n';
    assert!(!markdown.contains(is_unsafe), "{markdown}");
    assert!(!markdown.contains(['\u{202e}', '\u{200b}']), "{markdown}");
    assert!(!markdown.contains("<script"), "{markdown}");
    // A row is a line, and has as many cells as its head.
    let mut width = None;
    for line in markdown.lines() {
        let cells = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') {
            assert_eq!(*width.get_or_insert(cells), cells, "{line}");
        } else {
            width = None;
        }
    }
    let json = report(&[NASTY]);
    let rows = json.json();
    let raw = run(&mut demo(&["patches", NASTY, "-o", "json"])).json();
    let titles = |document: &Value| -> BTreeSet<String> {
        let rows = list(document, "Patches").iter();
        rows.map(|row| row["Title"].to_string()).collect()
    };
    assert!(titles(&rows).is_subset(&titles(&raw)));
    assert!(json.out.bytes().all(|byte| byte >= b' ' || byte == b'\n'));
}

#[test]
fn the_same_answer_is_the_same_bytes() {
    for format in ["markdown", "json", "yaml", "html"] {
        let organization = [
            "report",
            "--all-regions",
            "--organization",
            "--role-name",
            "reader",
            "--by",
            "account",
            "--fail-on",
            "stale",
            "-o",
            format,
        ];
        let runs: BTreeSet<String> = (0..5)
            .map(|_| run(demo(&organization).args(SLA)).out)
            .collect();
        assert_eq!(runs.len(), 1, "{format}");
    }
}

#[test]
fn rows_of_several_accounts_and_regions_say_where_they_are() {
    let args = ["--all-regions", "--organization", "--role-name", "reader"];
    let ran = report(&args);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let json = ran.json();
    assert!(list(&json["Evidence"], "Accounts").len() > 1);
    assert!(list(&json["Evidence"], "Regions").len() > 1);
    assert!(!list(&json, "Unread").is_empty());
    let markdown = run(demo(&["report"]).args(args)).out;
    assert!(
        markdown.contains("\n| Node | Account | Account name | Region | Name |"),
        "{markdown}"
    );
}

#[cfg(unix)]
mod streams {
    use super::*;
    use crate::support::{in_shell, interrupted, wait_for_output};

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_told() {
        for format in ["markdown", "json"] {
            let script = format!("\"$@\" --demo report -o {format} | head -c 100 >/dev/null");
            let ran = in_shell(&script).output().unwrap();
            assert_eq!(String::from_utf8(ran.stderr).unwrap(), "", "{format}");
            let script = format!("\"$@\" --demo report -o {format} > /dev/full");
            let ran = in_shell(&script).output().unwrap();
            let err = String::from_utf8(ran.stderr).unwrap();
            assert!(err.contains("No space left on device"), "{format}: {err}");
            assert_eq!(ran.status.code(), Some(2), "{format}");
        }
    }

    #[test]
    fn an_interrupted_report_is_whole_and_says_what_was_not_read() {
        let (_served, child) =
            interrupted(&["report", "-o", "json", "--fail-on", "failed>1000"], 20);
        let ran = wait_for_output(child);
        assert_eq!(ran.code, 3, "{}", ran.err);
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            json["Evidence"]["Interruption"],
            "interrupted before the end"
        );
        assert_eq!(json["Gate"]["Status"], "UNKNOWN");
        assert_eq!(json["Evidence"]["Callers"][0]["AccountId"], "111122223333");
        assert!(!list(&json, "Unread").is_empty());
        let nodes = json["Summary"]["Nodes"].as_u64().unwrap();
        assert_eq!(list(&json, "Nodes").len() as u64, nodes);
    }
}

#[test]
fn patches_that_were_not_read_are_no_zero_and_an_unread_region_stands_in_the_headline() {
    let served = DemoServer::denying(&["ssm:DescribeInstancePatches"]);
    let report = ["report", "--all", "--sla", "critical=7d", "-o", "markdown"];
    let ran = run(&mut live(&served.url, &report));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let told = ran.out.matches("are not known, and not counted here.");
    assert_eq!(
        told.count(),
        2,
        "below severities and due dates: {}",
        ran.out
    );
    let metrics = [
        "check",
        "--all",
        "--fail-on",
        "missing>=critical",
        "-o",
        "openmetrics",
    ];
    let ran = run(&mut live(&served.url, &metrics));
    assert!(
        !ran.out.contains("patchctl_missing_patches{"),
        "{}",
        ran.out
    );
    let dead = "ap-south-1=http://127.0.0.1:1";
    let regions = [
        "report",
        "--all",
        "--region",
        "us-east-1,ap-south-1",
        "--endpoint-url",
        dead,
        "--timeout",
        "20s",
    ];
    let ran = run(&mut live(&served.url, &regions));
    assert!(
        ran.out.contains("1 region or account could not be read."),
        "{}",
        ran.out
    );
    assert!(
        ran.out
            .contains("- Running instances that are not managed: not known"),
        "{}",
        ran.out
    );
}
