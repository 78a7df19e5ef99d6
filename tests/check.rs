//! `patchctl check`: what breaks the gate, what waives it, and how it ends.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{
    DemoServer, RunOutput, ScriptedService, clean_state, demo, error_reply, live, patchctl, run,
    states_reply,
};

/// The gate over some nodes of the demo fleet.
fn check(args: &[&str]) -> RunOutput {
    run(&mut demo(&[&["check"][..], args].concat()))
}

/// The same, as the document.
fn document(args: &[&str]) -> (i32, Value) {
    let ran = check(&[args, &["-o", "json"]].concat());
    (ran.code, ran.json())
}

/// The findings under a rule: whom they are about, and the details.
fn findings(document: &Value, rule: &str) -> Vec<(String, String)> {
    let rules = document["Rules"].as_array().unwrap();
    let of = rules.iter().find(|ruled| ruled["Rule"] == rule);
    let all = of.map(|ruled| ruled["Findings"].as_array().unwrap().clone());
    all.unwrap_or_default()
        .iter()
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap_or("").to_owned();
            (text("InstanceId"), text("Detail"))
        })
        .collect()
}

/// A file of waivers that is gone when the folder is.
fn waivers(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

/// The gate over some nodes of the demo fleet, with these waivers.
fn waived(text: &str, args: &[&str]) -> (i32, Value) {
    let (_folder, path) = waivers(text);
    let path = path.to_str().unwrap();
    document(&[args, &["--waivers", path]].concat())
}

fn waiver(named: &str) -> String {
    format!("[[waiver]]\n{named}\nexpires = 2026-12-31\nreason = \"known\"\n")
}

#[test]
fn each_rule_of_the_language_breaks_the_gate_is_held_or_cannot_be_answered() {
    for (rule, nodes, code) in [
        ("non-compliant", "i-123", 1),
        ("non-compliant", "i-456", 0),
        ("Non Compliant", "i-0f7c2a6e4d9b18350", 0),
        ("stale", "i-0f7c2a6e4d9b18350", 1),
        ("stale", "mi-07c2e5a8f1d4b6930", 1),
        ("stale", "i-123", 0),
        ("no-data", "i-0dead00000000beef", 1),
        ("no-data", "i-1f7c3a9b", 1),
        ("no-data", "i-123", 0),
        ("unread", "i-456 i-bogus", 3),
        ("unread", "i-123", 0),
        ("missing>5", "i-123", 1),
        ("missing > 6", "i-123", 0),
        ("MISSING>=6", "i-123", 1),
        ("missing>0", "i-0dead00000000beef", 3),
        ("missing>0", "i-456 i-bogus", 3),
        ("missing>0", "i-123 i-bogus", 1),
        ("failed>0", "i-123", 1),
        ("failed>1", "i-123", 0),
        ("rejected>0", "i-0d15e8b7c3f2946a0", 1),
        ("rejected>0", "i-123", 0),
        ("rejected>0", "i-1f7c3a9b", 3),
        ("pending-reboot>1", "i-123", 1),
        ("pending reboot>2", "i-123", 0),
        ("unapproved>0", "i-123", 1),
        ("unapproved>0", "i-456", 0),
        // A record from before that counter was, of a Windows node.
        ("unapproved>0", "i-8e24d06c", 3),
        ("missing>=critical", "i-123", 1),
        ("missing>=critical", "i-03f7b2d8c6a4e1950", 0),
        ("failed>=critical", "i-123", 0),
        ("failed>=high", "i-123", 1),
        ("pending-reboot>=critical", "i-123", 1),
        ("rejected>=critical", "i-0d15e8b7c3f2946a0", 1),
        ("unapproved>=important", "i-123", 1),
        ("unapproved>=critical", "i-123", 0),
        ("compliant<50%", "i-123 i-456", 0),
        ("compliant<=50%", "i-123 i-456", 1),
        ("compliant<50.1%", "i-123 i-456", 1),
        ("compliant<50%", "i-456 i-bogus", 3),
        ("compliant<99%", "i-123 i-456 i-bogus", 1),
        ("patch-older-than 30d", "i-123", 1),
        ("patch-older-than=100d", "i-123", 0),
        ("patch-older-than 30d", "i-05a1f9d3c7b6e8240", 3),
        ("patch-older-than 30d", "i-456", 0),
        (
            "baseline-differs",
            "i-0e5b1f8d2c7a93640 i-0c1d7e4f9a3b58260 i-0d3a9c5e7f1b84620",
            1,
        ),
        ("baseline-differs", "i-0c1d7e4f9a3b58260 i-456", 0),
    ] {
        let args: Vec<&str> = nodes.split(' ').chain(["--fail-on", rule, "-q"]).collect();
        let ran = check(&args);
        assert_eq!(ran.code, code, "{rule} of {nodes}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn the_usual_rules_all_fail_and_the_verdict_is_one_line_on_stderr() {
    let ran = check(&["--all"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.ends_with(
            "patchctl: gate failed: non-compliant (19), stale (2), no-data (5); 50 nodes; 1 unmanaged instance not covered\n"
        ),
        "{}",
        ran.err
    );
    let quiet = check(&["i-123", "-q"]);
    assert_eq!((quiet.code, &*quiet.err), (1, ""));
    let passed = check(&["i-456"]);
    assert_eq!(passed.code, 0);
    assert_eq!(passed.err, "patchctl: gate passed; 1 node\n");
}

#[test]
fn rules_are_given_together_or_again_and_each_counts_once() {
    let (code, told) = document(&[
        "i-123",
        "--fail-on",
        "stale,failed>0",
        "--fail-on",
        "FAILED > 0,missing>9",
    ]);
    assert_eq!(code, 1);
    let rules: Vec<(&str, &str)> = told["Rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ruled| {
            (
                ruled["Rule"].as_str().unwrap(),
                ruled["Status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        rules,
        [
            ("stale", "PASS"),
            ("failed>0", "FAIL"),
            ("missing>9", "PASS")
        ]
    );
}

#[test]
fn what_is_no_rule_is_refused_on_one_line_with_the_nearest_one() {
    for (rule, told) in [
        ("mising>0", "did you mean missing>0?"),
        ("non-complaint", "did you mean non-compliant?"),
        ("compliant<95", "write compliant<95%"),
        ("missing<3", "write missing>0"),
        ("patch-older-than soon", "write 7d, 36h, 2w or 90m"),
        ("stale,,unread", "unknown rule \"\""),
    ] {
        let ran = check(&["i-123", "--fail-on", rule]);
        assert_eq!((ran.code, ran.err.lines().count()), (2, 1), "{}", ran.err);
        assert!(
            ran.err.starts_with("patchctl: --fail-on ") && ran.err.contains(told),
            "{}",
            ran.err
        );
    }
}

#[test]
fn the_help_tells_every_rule() {
    let ran = run(patchctl().args(["check", "--help"]));
    assert_eq!(ran.code, 0);
    let words = patchctl::gate::RULE_SYNTAX
        .split(|letter: char| !(letter.is_alphabetic() || letter == '-'));
    for word in words.filter(|word| word.len() > 3 && word.to_lowercase() == *word) {
        assert!(ran.out.contains(word), "{word}");
    }
}

#[test]
fn a_gate_without_nodes_does_not_pass() {
    let ran = check(&["--all", "--tag", "Env=nonesuch", "--allow-empty"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.out.contains("no managed node was found") && ran.out.starts_with("UNKNOWN: "),
        "{}",
        ran.out
    );
}

#[test]
fn a_node_is_found_under_every_rule_it_breaks_with_the_patches_and_the_remedy() {
    let (_, told) = document(&[
        "mi-07c2e5a8f1d4b6930",
        "--fail-on",
        "non-compliant,stale,missing>=critical",
    ]);
    let node = |detail: &str| ("mi-07c2e5a8f1d4b6930".to_owned(), detail.to_owned());
    assert_eq!(
        findings(&told, "non-compliant"),
        [node("5 missing, stale: last scanned 2026-09-11 11:50 UTC")]
    );
    assert_eq!(
        findings(&told, "stale"),
        [node("last scanned 2026-09-11 11:50 UTC")]
    );
    assert_eq!(
        findings(&told, "missing>=critical"),
        [node("1 missing rated Critical")]
    );
    let finding = &told["Rules"][2]["Findings"][0];
    assert_eq!(finding["Patches"][0]["KBId"], "KB5094122");
    assert_eq!(
        finding["Remedy"],
        "install, which may reboot (RebootOption=NoReboot does not): aws ssm send-command --region \
         eu-west-1 --document-name AWS-RunPatchBaseline --targets \
         Key=InstanceIds,Values=mi-07c2e5a8f1d4b6930 --parameters \
         Operation=Install,RebootOption=RebootIfNeeded"
    );
}

#[test]
fn a_minimum_severity_ignores_lesser_patches_and_counts_unrated_ones() {
    let ran = check(&["i-123", "--min-severity", "critical", "-o", "json"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        findings(&ran.json(), "non-compliant")[0].1,
        "1 missing (beside 5 less severe), 1 pending reboot (beside 1 less severe)"
    );
    // Ubuntu's missing patches have no severity: PASS, and the report says so.
    for quiet in [&[][..], &["-q"]] {
        let args = [&["i-03f7b2d8c6a4e1950", "--min-severity", "low"][..], quiet].concat();
        let ran = check(&args);
        assert_eq!(ran.code, 0);
        let told = "ignored: 6 unrated patches on 1 node (--min-severity)";
        assert!(
            format!("{}{}", ran.out, ran.err).contains(told),
            "{}",
            ran.out
        );
    }
    let ran = check(&["i-123", "--min-severity", "severe"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn waived_nodes_and_patches_stay_counted_and_are_told_with_who_answers_for_them() {
    let by_node = format!("{}owner = \"team-web\"\n", waiver("node = \"i-123\""));
    let (code, told) = waived(&by_node, &["i-123", "i-456"]);
    assert_eq!(code, 0);
    assert_eq!(told["Summary"]["NonCompliant"], 1);
    let one = &told["Waived"][0];
    assert_eq!(one["Rule"], "non-compliant");
    assert_eq!(one["InstanceId"], "i-123");
    assert_eq!(
        (&one["Reason"], &one["Owner"]),
        (&json!("known"), &json!("team-web"))
    );
    assert!(one["Waiver"].as_str().unwrap().ends_with("waivers.toml:1"));

    // One KB leaves the others; all of them leave nothing.
    let (code, told) = waived(&waiver("kb = \"kb5088215\""), &["i-123"]);
    assert_eq!(code, 1);
    assert_eq!(
        findings(&told, "non-compliant")[0].1,
        "5 missing (beside 1 waived), 1 failed, 2 pending reboot, 1 security update available"
    );
    let (code, told) = waived(&waiver("kb = \"KB*\""), &["i-123"]);
    assert_eq!(code, 0);
    assert_eq!(
        told["Waived"][0]["Detail"],
        "6 missing, 1 failed, 2 pending reboot, 1 security update available"
    );

    // A CVE covers a patch only if no other is fixed by it.
    let rule = ["i-123", "--fail-on", "missing>=important"];
    let one = waiver("cve = [\"CVE-2026-57020\", \"CVE-2026-50330\"]");
    let (code, told) = waived(&one, &rule);
    assert_eq!(code, 1);
    assert_eq!(
        findings(&told, "missing>=important")[0].1,
        "1 missing rated Important or worse"
    );
    let all = format!("{one}{}", waiver("cve = \"CVE-2026-57026\""));
    assert_eq!(waived(&all, &rule).0, 0);
}

#[test]
fn waived_findings_are_named_where_that_is_asked_for_and_counted_in_any_case() {
    let (_folder, path) = waivers(&waiver("node = \"i-123\""));
    let path = path.to_str().unwrap();
    let counted = check(&["i-123", "--waivers", path]);
    assert!(!counted.out.contains("known"), "{}", counted.out);
    assert!(
        counted.out.contains("1 finding waived") && counted.err.contains("1 waived"),
        "{}{}",
        counted.out,
        counted.err
    );
    let named = check(&["i-123", "--waivers", path, "--show-waived"]);
    assert!(named.out.contains("known"), "{}", named.out);
    let none = check(&["i-123", "--waivers", path, "--waivers", "none"]);
    assert_eq!(none.code, 1);
}

#[test]
fn a_waiver_that_has_expired_or_matches_nothing_waives_nothing_and_is_told() {
    let text = "[[waiver]]\nnode = \"i-123\"\nexpires = 2026-11-19\nreason = \"old\"\n\
                [[waiver]]\nkb = \"KB1\"\nexpires = 2026-12-31\nreason = \"none such\"\n";
    let (_folder, path) = waivers(text);
    let path = path.to_str().unwrap();
    for quiet in [&[][..], &["-q"]] {
        let args = [&["i-123", "--waivers", path][..], quiet].concat();
        let ran = check(&args);
        assert_eq!(ran.code, 1);
        let told = format!("{}{}", ran.out, ran.err);
        for line in [
            "waivers.toml:1: expired (2026-11-19); it would waive 1 finding",
            "waivers.toml:5: matches no finding",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}

#[test]
fn what_is_unread_is_never_waived() {
    // A malformed id, and a node whose baseline may not be read.
    let served = DemoServer::denying(&["ssm:GetPatchBaseline"]);
    let unread = ["i-bogus", "i-0b7e2d9150c4f8a36"];
    let text = format!(
        "{}{}",
        waiver(&format!("node = {unread:?}")),
        waiver("kb = \"KB*\"")
    );
    let (_folder, path) = waivers(&text);
    for node in unread {
        let args = [
            "check",
            "i-456",
            node,
            "--max-age",
            "none",
            "-o",
            "json",
            "--waivers",
        ];
        let ran = run(live(&served.url, &args).arg(&path));
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert_eq!(findings(&ran.json(), "unread")[0].0, node);
        assert_eq!(ran.json()["Waived"], json!([]));
    }
}

#[test]
fn a_bad_file_of_waivers_is_refused_before_any_call() {
    let served = DemoServer::start(&["--nodes", "3"]);
    let (_folder, path) = waivers("[[waiver]]\nnode = \"i-1\"\nreason = \"x\"\n");
    let path = path.to_str().unwrap();
    let ran = run(&mut live(
        &served.url,
        &["check", "--all", "--waivers", path],
    ));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(
        ran.err.contains("waivers.toml:1:1: ") && ran.err.lines().count() == 1,
        "{}",
        ran.err
    );
    assert_eq!(served.call_count("DescribeInstancePatchStates"), 0);
    let ran = check(&["--all", "--waivers", "/nonexistent/waivers.toml"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn patches_are_read_only_of_nodes_whose_counters_are_bad_and_only_where_a_rule_hangs_on_them() {
    let served = DemoServer::start(&[]);
    let all = live(&served.url, &["states", "--all", "-o", "json"])
        .output()
        .unwrap();
    let rows: Value = serde_json::from_slice(&all.stdout).unwrap();
    let rows = rows["InstancePatchStates"].as_array().unwrap();
    let lacking = rows.iter().filter(|row| row["MissingCount"] != json!(0));
    let lacking = lacking.filter(|row| row["Verdict"] != "NO_DATA").count() as u64;
    // A counter that was not reported does not say that there is none.
    let four = [
        "MissingCount",
        "FailedCount",
        "InstalledRejectedCount",
        "InstalledPendingRebootCount",
    ];
    let is_bad = |row: &&Value| {
        row["Verdict"] == "NON_COMPLIANT"
            || (!row["BaselineId"].is_null() && four.iter().any(|name| row[*name].is_null()))
    };
    let bad = rows.iter().filter(is_bad).count() as u64;
    assert!(lacking > 0 && bad > lacking && bad < rows.len() as u64);

    let pages = |args: &[&str]| {
        let before = served.call_count("DescribeInstancePatches");
        let ran = run(&mut live(
            &served.url,
            &[&["check", "--all", "-q"][..], args].concat(),
        ));
        assert_ne!(ran.code, 2, "{}", ran.err);
        served.call_count("DescribeInstancePatches") - before
    };
    assert_eq!(pages(&[]), 0);
    assert_eq!(pages(&["--fail-on", "missing>3,compliant<95%"]), 0);
    assert_eq!(pages(&["--fail-on", "missing>=critical"]), lacking);
    assert_eq!(pages(&["--min-severity", "critical"]), bad);
    let (_folder, path) = waivers(&waiver("node = \"i-1\""));
    assert_eq!(pages(&["--waivers", path.to_str().unwrap()]), 0);
    let (_folder, path) = waivers(&waiver("kb = \"KB1\""));
    assert_eq!(pages(&["--waivers", path.to_str().unwrap()]), bad);
}

#[test]
fn the_report_is_the_same_bytes_however_many_ask_at_once() {
    let served = DemoServer::start(&["--nodes", "60"]);
    let gate = |concurrency: &str| {
        let args = [
            "check",
            "--all",
            "--fail-on",
            "non-compliant,missing>=critical,compliant<95%,baseline-differs",
            "-o",
            "json",
            "--concurrency",
            concurrency,
        ];
        let ran = run(&mut live(&served.url, &args));
        assert_eq!(ran.code, 1, "{}", ran.err);
        ran.out
    };
    assert_eq!(gate("1"), gate("16"));
}

/// A service with one node that lacks two patches, and lists these rows.
fn of_two_missing(rows: Value) -> ScriptedService {
    ScriptedService::start(move |asked| match &*asked.operation {
        "DescribeInstancePatches" if rows.is_null() => {
            error_reply(400, "AccessDeniedException", "User is not authorized")
        }
        "DescribeInstancePatches" => (200, json!({"Patches": rows}).to_string()),
        _ => {
            let mut record = clean_state("i-00000001");
            record["MissingCount"] = json!(2);
            states_reply(&[record])
        }
    })
}

#[test]
fn rows_that_do_not_account_for_the_counters_waive_nothing_by_luck() {
    let row = |kb: &str| json!({"KBId": kb, "State": "Missing", "Severity": "Low", "Title": "\u{1b}[2J=1+1\n"});
    let (_folder, path) = waivers(&waiver("kb = \"KB1\""));
    let waivers = ["--waivers", path.to_str().unwrap()];
    for (rows, args, code) in [
        // A row that is repeated is no second patch: the other one is not listed.
        (json!([row("KB1"), row("KB1")]), &waivers[..], 3),
        (json!([row("KB1")]), &waivers, 3),
        (json!([row("KB1"), row("KB2")]), &waivers, 1),
        // None is listed, or the list is denied: what is waived is unknown.
        (json!([]), &waivers, 3),
        (Value::Null, &waivers, 3),
        // Without waivers the counters decide, and no list is asked for.
        (Value::Null, &[], 1),
        (Value::Null, &["--fail-on", "missing>=critical"], 3),
        (json!([row("KB1")]), &["--fail-on", "missing>=critical"], 3),
    ] {
        let service = of_two_missing(rows.clone());
        let ran = run(&mut live(
            &service.url,
            &[
                &["check", "i-00000001", "-o", "json", "--max-age", "none"][..],
                args,
            ]
            .concat(),
        ));
        assert_eq!(ran.code, code, "{rows} {args:?}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'));
    }
}

#[test]
fn where_nothing_could_be_read_it_has_not_started_and_an_old_report_stays() {
    let service = ScriptedService::start(|_| error_reply(400, "AccessDeniedException", "no"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.json");
    std::fs::write(&path, "old").unwrap();
    let args = ["check", "i-00000001", "-o", "json", "--output-file"];
    let ran = run(live(&service.url, &args).arg(&path));
    assert_eq!(ran.code, 2);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert!(ran.err.contains("is not written"), "{}", ran.err);
}

#[test]
fn a_gate_that_fails_by_patches_alone_fails_and_its_report_is_written() {
    let served = DemoServer::denying(&["ssm:DescribeInstancePatchStates"]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gate.json");
    let args = [
        "check",
        "i-123",
        "--fail-on",
        "missing>=critical",
        "-o",
        "json",
        "--output-file",
    ];
    let ran = run(live(&served.url, &args).arg(&path));
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(told["Status"], "FAIL");
}

#[test]
fn a_node_without_data_whose_patches_are_denied_is_told_as_unread_whatever_is_waived() {
    let service = ScriptedService::start(|asked| {
        if asked.operation == "DescribeInstancePatches" {
            return error_reply(400, "AccessDeniedException", "not authorized");
        }
        let mut record = clean_state("i-00000001");
        record.as_object_mut().unwrap().remove("MissingCount");
        states_reply(&[record])
    });
    let (_folder, path) = waivers(&waiver("node = \"i-00000001\""));
    let args = [
        "check",
        "i-00000001",
        "--fail-on",
        "missing>=critical",
        "-o",
        "json",
        "--waivers",
    ];
    let ran = run(live(&service.url, &args).arg(&path));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let told = ran.json();
    assert_eq!(told["Status"], "UNKNOWN");
    assert_eq!(findings(&told, "unread")[0].0, "i-00000001");
    assert_eq!(told["Summary"]["Unread"], 1);
}

#[test]
fn no_format_shows_a_rule_of_unknown_status_as_passed() {
    let served = DemoServer::denying(&["ssm:DescribeInstancePatches"]);
    let gate = |format: &str| {
        let rule = "missing>=critical";
        let args = ["check", "--all", "--fail-on", rule, "-o", format];
        let ran = run(&mut live(&served.url, &args));
        assert_eq!(ran.code, 3, "{}", ran.err);
        ran.out
    };
    let told = "nodes are unread, any of which may violate it";
    for format in ["table", "json", "ndjson", "junit", "sarif", "github"] {
        let out = gate(format);
        assert!(out.contains(told), "{format}: {out}");
        assert!(!out.contains("passed: missing"), "{out}");
    }
    let junit = gate("junit");
    assert!(
        junit.contains("name=\"the whole fleet\"") && !junit.contains("time=\"0\"/>"),
        "{junit}"
    );
    let json: Value = serde_json::from_str(&gate("json")).unwrap();
    assert_eq!(json["Rules"][0]["Status"], "UNKNOWN");
}

#[test]
fn a_listed_node_that_the_filters_leave_out_is_told_of_in_every_format() {
    let told = "left out by the criteria: i-456";
    let args = ["i-123", "i-456", "--platform", "windows", "-o"];
    for format in ["table", "json", "junit", "sarif", "github"] {
        let ran = check(&[&args[..], &[format]].concat());
        // GitHub's commands escape nothing of this line.
        assert!(ran.out.contains(told), "{format}: {}{}", ran.out, ran.err);
    }
    let quiet = check(&[&args[..], &["table", "-q"]].concat());
    assert_eq!(quiet.err.matches(told).count(), 1, "{}", quiet.err);
}

#[test]
fn a_region_that_is_denied_keeps_the_gate_from_passing() {
    let served = DemoServer::with_failing_region();
    let args = [
        "check",
        "--all",
        "--region",
        "eu-west-1,us-east-1",
        "--fail-on",
        "missing>99999",
        "-o",
        "json",
    ];
    let ran = run(live(&served.url, &args).env("AWS_MAX_ATTEMPTS", "1"));
    assert_eq!(ran.code, 3, "{}", ran.err);
    let told = ran.json();
    assert_eq!(told["Status"], "UNKNOWN");
    assert!(!findings(&told, "unread").is_empty());
}

#[test]
fn a_policy_is_taken_from_the_configuration_and_a_flag_outranks_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("w.toml"), waiver("node = \"i-456\"")).unwrap();
    let config = folder.path().join("patchctl.toml");
    let text = "fail-on = [\"stale\"]\n[policies.prod]\nfail-on = [\"failed>0\", \"missing>=critical\"]\n\
                waivers = \"w.toml\"\n";
    std::fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    let rules = |args: &[&str]| -> Vec<String> {
        let all = [&["i-123", "--config", config][..], args].concat();
        let (_, told) = document(&all);
        let rules = told["Rules"].as_array().unwrap();
        let names = rules
            .iter()
            .map(|ruled| ruled["Rule"].as_str().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(rules(&[]), ["stale"]);
    assert_eq!(
        rules(&["--policy", "prod"]),
        ["failed>0", "missing>=critical"]
    );
    assert_eq!(
        rules(&["--policy", "prod", "--fail-on", "no-data"]),
        ["no-data"]
    );
    let (_, told) = document(&["i-123", "--config", config, "--policy", "prod"]);
    let remarks = told["Remarks"].as_array().unwrap();
    let is_told = |remark: &Value| {
        let remark = remark.as_str().unwrap();
        remark.ends_with("w.toml:1: matches no finding")
    };
    assert!(remarks.iter().any(is_told), "{remarks:?}");
    let ran = check(&["i-123", "--config", config, "--policy", "prd"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("prod"), "{}", ran.err);
}

#[test]
fn the_least_policy_of_a_gate_follows_its_rules() {
    let policy = |args: &[&str]| {
        let all = [&["iam-policy", "check", "i-123"][..], args].concat();
        let ran = run(patchctl().args(all));
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    let usual = policy(&[]);
    assert!(usual.contains("ssm:DescribeInstancePatchStates"));
    assert!(usual.contains("ssm:GetPatchBaseline"));
    assert!(!usual.contains("\"ssm:DescribeInstancePatches\""));
    assert!(
        policy(&["--fail-on", "missing>=critical"]).contains("\"ssm:DescribeInstancePatches\"")
    );
    assert!(policy(&["--fail-on", "patch-older-than 9d"]).contains("ssm:DescribeAvailablePatches"));
    let (_folder, path) = waivers(&waiver("tag = \"Env=dev\""));
    assert!(policy(&["--waivers", path.to_str().unwrap()]).contains("ssm:ListTagsForResource"));
}

#[test]
fn an_estimate_counts_the_calls_of_the_rules_and_makes_none_of_them() {
    let ran = check(&[
        "--all",
        "--estimate",
        "--fail-on",
        "missing>=critical",
        "-o",
        "json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("ssm:DescribeInstancePatches"),
        "{}",
        ran.out
    );
    let ran = check(&["--all", "--estimate", "-o", "sarif"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("--estimate has no format sarif; use table"),
        "{}",
        ran.err
    );
}

#[test]
fn a_refused_call_that_hides_nodes_never_lets_the_gate_pass() {
    let fleet = [
        "--nodes",
        "60",
        "--missing-one-in",
        "1000000",
        "--stopped-one-in",
        "2",
        "--unscanned-one-in",
        "6",
    ];
    let check = |denied: &[&str], flags: &[&str]| {
        let deny = denied.iter().flat_map(|action| ["--deny", *action]);
        let flags_of_server: Vec<&str> = fleet.iter().copied().chain(deny).collect();
        let served = DemoServer::start(&flags_of_server);
        let args = [&["check", "--max-age", "none", "-o", "json"], flags].concat();
        let ran = run(&mut live(&served.url, &args));
        (ran.code, ran.json()["Status"].as_str().unwrap().to_owned())
    };
    let failed = (1, "FAIL".to_owned());
    let unknown = (3, "UNKNOWN".to_owned());
    let no_data = ["--all", "--fail-on", "no-data"];
    assert_eq!(check(&[], &no_data), failed);
    // The properties of nodes name those that the inventory would.
    assert_eq!(check(&["ssm:GetInventory"], &no_data), failed);
    let unlisted = ["ssm:GetInventory", "ssm:DescribeInstanceProperties"];
    assert_eq!(check(&unlisted, &no_data), unknown);
    let tagged = ["--tag", "Env=prod", "--fail-on", "missing>0,stale"];
    assert_eq!(check(&["ec2:DescribeInstances"], &tagged), unknown);
    let blind = [
        "ec2:DescribeInstances",
        "ssm:GetInventory",
        "ssm:DescribePatchGroups",
        "ssm:DescribeInstanceProperties",
    ];
    assert_eq!(check(&blind, &["--all", "--fail-on", "stale"]), unknown);
}

#[test]
fn what_an_unknown_age_means_is_a_choice_so_that_linux_nodes_can_have_a_gate() {
    let linux = "i-05a1f9d3c7b6e8240";
    for rule in ["patch-older-than 30d", "missing>=critical older-than 30d"] {
        let gate = |more: &[&str]| {
            let args = [&[linux, "--fail-on", rule, "-o", "json"], more].concat();
            let ran = check(&args);
            (ran.code, ran.out)
        };
        assert_eq!(gate(&[]).0, 3, "{rule}");
        assert_eq!(gate(&["--unknown-age", "unknown"]).0, 3, "{rule}");
        assert_eq!(gate(&["--unknown-age", "fail"]).0, 1, "{rule}");
        let (code, out) = gate(&["--unknown-age", "Ignore"]);
        assert_eq!(code, 0, "{rule}");
        assert!(
            out.contains("of unknown age on 1 node (--unknown-age ignore)"),
            "{out}"
        );
    }
    let ran = check(&[linux, "--unknown-age", "maybe"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("(allowed: fail, ignore, unknown)"),
        "{}",
        ran.err
    );
}

#[test]
fn one_rule_asks_for_a_severity_and_an_age() {
    // It lacks a critical patch of September, and others of November.
    let gate = |rule: &str| check(&["i-123", "--fail-on", rule]).code;
    assert_eq!(gate("missing>=critical older-than 30d"), 1);
    assert_eq!(gate("missing>=critical older-than 365d"), 0);
    assert_eq!(gate("Missing >= high older than 2w"), 1);
    let ran = check(&["i-123", "--fail-on", "missing>=critical older-than"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("older-than requires an age; write missing>=critical older-than 30d"),
        "{}",
        ran.err
    );
}

#[test]
fn a_remedy_names_several_nodes_in_one_command_and_warns_of_the_reboot() {
    let ran = check(&["i-123", "i-0d15e8b7c3f2946a0", "--fail-on", "missing>0"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains(
            "to do: install, which may reboot (RebootOption=NoReboot does not): aws ssm send-command \
             --region eu-west-1 --document-name AWS-RunPatchBaseline --targets \
             Key=InstanceIds,Values=i-0d15e8b7c3f2946a0,i-123 --parameters \
             Operation=Install,RebootOption=RebootIfNeeded\n"
        ),
        "{}",
        ran.out
    );
}
