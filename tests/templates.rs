//! `--template`: templates of users and those that are shipped, with the real binary.

use std::fs;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::{DemoServer, ScriptedService, demo, live, patchctl, run};

const SHIPPED: [&str; 4] = ["slack", "mail-text", "mail-html", "jira"];

/// A template of one's own in a folder of its own, which lives as long as the first value.
fn template(name: &str, source: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, source).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_template_has_the_fields_of_each_commands_document() {
    for (args, source, expected) in [
        (
            &["states", "i-123"][..],
            "{% for node in InstancePatchStates %}{{ node.InstanceId }} {{ node.MissingCount }}{% endfor %}",
            "i-123 6\n",
        ),
        (
            &["patches", "i-123", "--state", "Missing"],
            "{{ Patches[0].KBId }}",
            "KB5086902\n",
        ),
        (
            &["patches", "--all", "--by", "kb"],
            "{{ By }}: {{ Groups[0].NodesLacking }}",
            "kb: 5\n",
        ),
        (&["check", "i-456"], "{{ Status }}", "PASS\n"),
        (
            &["summary"],
            "{{ Total.CompliantPercent }} of {{ Total.Nodes }}",
            "50.0 of 50\n",
        ),
        (
            &["doctor"],
            "{{ Summary.Ok }} of {{ Summary.Checks }}",
            "15 of 15\n",
        ),
        (
            &["states", "--all", "--estimate"],
            "{{ Summary.Nodes }}",
            "51\n",
        ),
        (
            &["states", "i-123"],
            "{{ InstancePatchStates[0].LastScan|age }} at {{ now|date }}",
            "6h 13m at 2026-11-20\n",
        ),
    ] {
        let (_folder, path) = template("a.txt", source);
        let ran = run(&mut demo(&[args, &["--template", &path]].concat()));
        assert_eq!(
            (ran.code, &*ran.out),
            (0, expected),
            "{args:?}: {}",
            ran.err
        );
    }
}

#[test]
fn an_error_of_syntax_is_found_before_any_call() {
    let served = DemoServer::start(&[]);
    for (source, part) in [
        ("a\n{% for %}", "in line 2"),
        ("{{ By", "in line 1"),
        ("{% include 'b.txt' %}", "in line 1"),
    ] {
        let (_folder, path) = template("a.txt", source);
        let ran = run(&mut live(
            &served.url,
            &["states", "--all", "--template", &path],
        ));
        assert_eq!((ran.code, &*ran.out), (2, ""));
        assert!(
            ran.err.starts_with("patchctl: --template a.txt: ") && ran.err.contains(part),
            "{}",
            ran.err
        );
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    }
    assert_eq!(served.call_count("DescribeInstanceInformation"), 0);
}

#[test]
fn an_unknown_field_is_an_error_with_its_line_and_keeps_the_old_file() {
    let (folder, path) = template("a.txt", "{{ By }}\n{{ Nonesuch }}\n");
    let out = folder.path().join("out.txt");
    fs::write(&out, "old").unwrap();
    let args = [
        "summary",
        "--template",
        &path,
        "--output-file",
        out.to_str().unwrap(),
    ];
    let ran = run(&mut demo(&args));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    let line = "patchctl: --template a.txt: undefined value: `Nonesuch` is undefined, in line 2: {{ Nonesuch }}\n";
    assert_eq!(ran.err, line);
    assert_eq!(fs::read_to_string(&out).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    let to_stdout = run(&mut demo(&args[..3]));
    assert_eq!(
        (to_stdout.code, &*to_stdout.out),
        (2, ""),
        "not the first line alone"
    );
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let source = "{% macro m(n) %}{% for i in range(1000) %}{{ m(n + 1) }}{% endfor %}{% endmacro %}{{ m(0) }}";
    let (_folder, path) = template("a.txt", source);
    let ran = run(&mut demo(&["summary", "--template", &path]));
    assert_eq!(
        (ran.code, &*ran.out, ran.err.lines().count()),
        (2, "", 1),
        "{}",
        ran.err
    );
}

#[test]
fn what_cannot_be_combined_is_one_line() {
    for (args, line) in [
        (
            &["--query", "By"][..],
            "--query cannot be combined with --template",
        ),
        (
            &["-o", "csv"],
            "--template needs the JSON document: leave out -o csv",
        ),
        (
            &["-o", "yaml"],
            "--template needs the JSON document: leave out -o yaml",
        ),
    ] {
        let ran = run(&mut demo(
            &[&["summary", "--template", "slack"], args].concat(),
        ));
        assert_eq!((ran.code, &*ran.out), (2, ""));
        assert!(
            ran.err.contains(line) && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
    for (name, part) in [
        (
            "nonesuch",
            "--template nonesuch: cannot read it; templates of patchctl are slack, mail-text, mail-html, jira",
        ),
        ("/", "--template /: cannot read it"),
    ] {
        let ran = run(&mut demo(&["summary", "--template", name]));
        assert_eq!(ran.code, 2);
        assert!(
            ran.err.contains(part) && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
    let ran = run(&mut demo(&["doctor", "--template", "jira"]));
    let line = "patchctl: --template jira: made for states, summary, check, not for doctor; patchctl template show jira prints it as a start\n";
    assert_eq!((ran.code, &*ran.err), (2, line));
}

#[test]
fn the_shipped_templates_are_listed_printed_and_the_same_from_a_file() {
    let list = run(patchctl().args(["template", "list"])).out;
    let names: Vec<&str> = list
        .lines()
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(names, SHIPPED, "{list}");
    for (name, ending) in [
        ("slack", "json"),
        ("mail-text", "txt"),
        ("mail-html", "html"),
        ("jira", "jira"),
    ] {
        let shown = run(patchctl().args(["template", "show", name]));
        assert_eq!(shown.code, 0, "{}", shown.err);
        let (_folder, path) = template(&format!("own.{ending}"), &shown.out);
        for command in [&["states", "--all"][..], &["check", "--all"], &["summary"]] {
            let with =
                |template: &str| run(&mut demo(&[command, &["--template", template]].concat()));
            let (ours, theirs) = (with(name), with(&path));
            assert!(
                !ours.out.is_empty() && ours.out == theirs.out,
                "{name} {command:?}: {}",
                ours.err
            );
            assert_eq!(ours.out, with(name).out);
        }
    }
    let unknown = run(patchctl().args(["template", "show", "slak"]));
    assert!(
        unknown.code == 2 && unknown.err.contains("slack"),
        "{}",
        unknown.err
    );
}

fn assert_well_formed(html: &str, what: &str) {
    let mut reader = Reader::from_str(html.trim_start_matches("<!DOCTYPE html>"));
    let mut depth = 0;
    loop {
        match reader
            .read_event()
            .unwrap_or_else(|error| panic!("{what}: {error}"))
        {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{what}");
}

#[test]
fn mail_in_html_is_well_formed_also_with_hostile_groups_and_errors() {
    for command in [
        &["states", "--all"][..],
        &["check", "--all"],
        &["summary"],
        &["states", "i-123", "i-bogus"],
    ] {
        let ran = run(&mut demo(&[command, &["--template", "mail-html"]].concat()));
        assert_well_formed(&ran.out, &format!("{command:?}"));
    }
    let hostile = "</td><script>x</script>|{code}<!channel>\u{1b}[2J\"'&";
    let served = ScriptedService::start(move |asked| {
        let ids = asked.body["InstanceIds"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let states: Vec<Value> = ids
            .iter()
            .map(|id| serde_json::json!({
                "InstanceId": id, "PatchGroup": hostile, "BaselineId": hostile, "Operation": "Scan", "OperationStartTime": 1.0,
                "OperationEndTime": 2.0, "InstalledCount": 1, "MissingCount": 2, "FailedCount": 0,
            }))
            .collect();
        (
            200,
            serde_json::json!({"InstancePatchStates": states}).to_string(),
        )
    });
    let ids = ["i-0123456789abcdef0", "i-0123456789abcdef1"];
    for name in SHIPPED {
        let ran = run(&mut live(
            &served.url,
            &[&["summary"], &ids[..], &["--template", name]].concat(),
        ));
        let acting: &[&str] = match name {
            "mail-text" => &["\u{1b}"],
            _ => &["<script", "<!channel", "\u{1b}"],
        };
        for acting in acting {
            assert!(!ran.out.contains(acting), "{name}: {}", ran.out);
        }
        match name {
            "mail-html" => assert_well_formed(&ran.out, name),
            "slack" => assert!(
                serde_json::from_str::<Value>(&ran.out).is_ok(),
                "{}",
                ran.out
            ),
            _ => assert!(ran.out.contains("script"), "{}", ran.out),
        }
    }
}
