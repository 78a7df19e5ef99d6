//! `--query`: JMESPath on the JSON document, as in the AWS CLI.

use serde_json::json;

use crate::support::{demo, empty_dir, run};

#[test]
fn a_query_of_the_aws_cli_prints_its_result_and_implies_json() {
    let ids = ["-o", "json", "--query", "InstancePatchStates[].InstanceId"];
    for format in [&ids[..], &ids[2..]] {
        let ran = run(&mut demo(&[&["states", "i-123", "i-456"], format].concat()));
        assert_eq!((ran.code, &*ran.err), (0, ""));
        assert_eq!(ran.out, "[\n\"i-123\",\n\"i-456\"\n]\n");
    }
    for (args, expression, expected) in [
        (
            &["states", "i-123"][..],
            "InstancePatchStates[?MissingCount > `0`].{Node: InstanceId, Missing: MissingCount}",
            json!([{"Missing": 6, "Node": "i-123"}]),
        ),
        (
            &["states", "--all", "--stale"],
            "length(InstancePatchStates)",
            json!(1),
        ),
        (
            &["states", "--all", "--stale"],
            "RowFilter.Hidden",
            json!(49),
        ),
        (
            &["patches", "i-123", "--state", "Missing"],
            "Patches[0].KBId",
            json!("KB5086902"),
        ),
        (
            &["patches", "--all", "--by", "kb"],
            "Groups[0].NodesLacking",
            json!(5),
        ),
        (&["summary"], "Total.Nodes", json!(50)),
        (&["doctor"], "MissingPermissions", json!([])),
        (
            &["states", "--all", "--estimate"],
            "Summary.Nodes",
            json!(51),
        ),
        (&["states", "i-123"], "Nonesuch", json!(null)),
    ] {
        let ran = run(&mut demo(&[args, &["--query", expression]].concat()));
        assert_eq!(ran.json(), expected, "{args:?} {expression}: {}", ran.err);
    }
    // As YAML, whether its entries are one or several.
    let yaml = |args: &[&str]| run(&mut demo(&[args, &["-o", "yaml"]].concat())).out;
    let query = "InstancePatchStates[].{Node: InstanceId, Missing: MissingCount}";
    assert_eq!(
        yaml(&["states", "i-123", "i-456", "--query", query]),
        "- Missing: 6\n  Node: i-123\n- Missing: 0\n  Node: i-456\n"
    );
    assert_eq!(yaml(&["check", "i-123", "--query", "Status"]), "\"FAIL\"\n");
    // The gate's document, and its exit code.
    let ran = run(&mut demo(&["check", "i-123", "--query", "Status"]));
    assert_eq!((ran.code, &*ran.out), (1, "\"FAIL\"\n"));
}

#[test]
fn a_flag_that_needs_a_format_has_it_whatever_is_configured() {
    let configured = [
        "table",
        "wide",
        "json",
        "yaml",
        "YAML",
        "ndjson",
        "csv",
        "aws-csv",
        "markdown",
        "html",
        "xlsx",
        "openmetrics",
        "junit",
        "sarif",
        "github",
        "asff",
    ];
    for format in configured {
        let asked = |args: &[&str]| run(demo(args).env("PATCHCTL_OUTPUT", format));
        let ran = asked(&[
            "states",
            "i-456",
            "--query",
            "[InstancePatchStates[0].InstanceId]",
        ]);
        let yaml = format.eq_ignore_ascii_case("yaml");
        let expected = if yaml {
            "- i-456\n"
        } else {
            "[\n\"i-456\"\n]\n"
        };
        assert_eq!(
            (ran.code, &*ran.out),
            (0, expected),
            "{format}: {}",
            ran.err
        );
        let ran = asked(&["summary", "--template", "slack"]);
        assert_eq!(ran.code, 0, "{format}: {}", ran.err);
        assert!(ran.out.starts_with('{'), "{format}: {}", ran.out);
        // It is the terminal that is missing, and not a table.
        let ran = asked(&["states", "i-456", "--watch", "5s"]);
        assert_eq!(ran.code, 2);
        assert!(!ran.err.contains("-o "), "{format}: {}", ran.err);
    }
    for (flags, expected) in [(&[][..], "50\n"), (&["-o", "yaml"], "50\n")] {
        let args = ["report", "--all", "--query", "Total.Nodes"];
        let ran = run(demo(&args).args(flags));
        assert_eq!((ran.code, &*ran.out), (0, expected), "{}", ran.err);
    }
}

#[test]
fn what_could_not_be_read_keeps_the_exit_code() {
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "i-bogus",
        "--query",
        "length(InstancePatchStates)",
    ]));
    assert_eq!((ran.code, &*ran.out), (3, "2\n"));
    assert!(ran.err.contains("unread: i-bogus"), "{}", ran.err);
}

#[test]
fn a_wrong_query_is_one_line_with_its_position_before_any_call() {
    for (args, part) in [
        (&["--query", "InstancePatchStates["][..], "at character "),
        (
            &["--query", "lenght(InstancePatchStates)"],
            "did you mean length?",
        ),
        (&["--query", ""], "at character 1"),
        (&["--query", "Summary", "-o", "csv"], "leave out -o csv"),
        (&["--query", "Summary", "-o", "table"], "leave out -o table"),
    ] {
        let ran = run(&mut demo(
            &[&["states", "i-123", "--verbose"], args].concat(),
        ));
        assert_eq!((ran.code, &*ran.out), (2, ""), "{args:?}");
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    // What only the values tell is known after the calls.
    let ran = run(&mut demo(&[
        "states",
        "i-123",
        "--query",
        "sum(InstancePatchStates[].InstanceId)",
    ]));
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("--query \"sum("), "{}", ran.err);
}

#[test]
fn a_file_gets_the_result_or_stays_as_it_was() {
    let path = empty_dir().join("query-result.json");
    std::fs::write(&path, "old").unwrap();
    let to = path.to_str().unwrap();
    let args = ["states", "i-123", "--output-file", to, "--query"];
    let ran = run(&mut demo(
        &[&args[..], &["sum(InstancePatchStates[].InstanceId)"]].concat(),
    ));
    assert_eq!(ran.code, 2);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    let ran = run(&mut demo(
        &[&args[..], &["InstancePatchStates[0].MissingCount"]].concat(),
    ));
    assert_eq!((ran.code, &*ran.out), (0, ""));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "6\n");
    std::fs::remove_file(&path).unwrap();
}
