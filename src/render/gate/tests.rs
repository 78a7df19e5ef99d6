//! One report that is nasty for every format, and what each makes of it.
//!
//! With `PATCHCTL_GATE_SAMPLES=DIR` the samples are written there, too, for
//! validators of other people's making.

mod samples;

use std::sync::Arc;

use insta::assert_snapshot;
use serde_json::Value;

use crate::render::CsvOptions;
use crate::render::gate::tests::samples::{many, nasty, pass, samples, unknown, waived};
use crate::render::gate::*;

const ALL: [(Format, &str); 7] = [
    (Format::Table, "txt"),
    (Format::Json, "json"),
    (Format::Yaml, "yaml"),
    (Format::Ndjson, "ndjson"),
    (Format::Junit, "xml"),
    (Format::Sarif, "sarif"),
    (Format::Github, "log"),
];
fn render_options(width: Option<usize>) -> RenderOptions {
    RenderOptions {
        color: false,
        width,
        now: "2026-11-23T15:00:00.5Z".parse().unwrap(),
        quiet: false,
        show_waived: true,
        headers: true,
        csv: CsvOptions::default(),
        charset: crate::render::Charset::Unicode,
        links: false,
    }
}

fn written(format: Format, report: &GateReport, options: RenderOptions) -> String {
    let mut out = Vec::new();
    write(format, report, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn piped(format: Format, report: &GateReport) -> String {
    written(format, report, render_options(None))
}

fn parsed(format: Format, report: &GateReport) -> Value {
    serde_json::from_str(&piped(format, report)).unwrap()
}

#[test]
fn samples_are_written_for_other_peoples_validators() {
    for (name, report) in samples() {
        for (format, ending) in ALL {
            let text = piped(format, &report);
            assert!(text.is_empty() || text.ends_with('\n'), "{name}.{ending}");
            if let Some(folder) = std::env::var_os("PATCHCTL_GATE_SAMPLES") {
                let path = std::path::Path::new(&folder).join(format!("{name}.{ending}"));
                std::fs::write(path, text).unwrap();
            }
        }
    }
}

#[test]
fn the_nasty_report_is_harmless_in_every_format() {
    let report = nasty();
    assert_snapshot!("json", piped(Format::Json, &report));
    assert_snapshot!("yaml", piped(Format::Yaml, &report));
    assert_snapshot!("ndjson", piped(Format::Ndjson, &report));
    assert_snapshot!("junit", piped(Format::Junit, &report));
    assert_snapshot!("sarif", piped(Format::Sarif, &report));
    assert_snapshot!("github", piped(Format::Github, &report));
    for width in [80, 120, 200] {
        let table = written(Format::Table, &report, render_options(Some(width)));
        for line in table.lines().filter(|line| !line.contains("to do")) {
            let wide = unicode_width::UnicodeWidthStr::width(line);
            assert!(wide <= width, "{wide} in {width}: {line}");
        }
        assert_snapshot!(format!("table_at_{width}"), table);
    }
}

#[test]
fn nothing_a_terminal_acts_on_reaches_one() {
    for (format, ending) in ALL {
        let shown = written(format, &nasty(), render_options(Some(100)));
        let acting = |letter: char| letter != '\n' && crate::sanitize::is_unsafe(letter);
        assert!(!shown.contains(acting), "{ending}");
    }
}

#[test]
fn no_text_of_sarif_holds_what_a_viewer_acts_on_once_it_is_read() {
    fn strings(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| strings(field, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut found = Vec::new();
    strings(&parsed(Format::Sarif, &nasty()), &mut found);
    // The lines of a message are lines.
    let acting = |letter: char| letter != '\n' && crate::sanitize::is_unsafe(letter);
    let acting: Vec<&String> = found.iter().filter(|text| text.contains(acting)).collect();
    assert!(found.len() > 50 && acting.is_empty(), "{acting:?}");
}

#[test]
fn colour_repeats_the_words_and_changes_none_of_them() {
    let colourful = RenderOptions {
        color: true,
        ..render_options(Some(120))
    };
    let mut shown = written(Format::Table, &nasty(), colourful);
    assert!(shown.contains("\u{1b}["));
    while let Some(start) = shown.find('\u{1b}') {
        let end = start + shown[start..].find('m').unwrap();
        shown.replace_range(start..=end, "");
    }
    assert_eq!(
        shown,
        written(Format::Table, &nasty(), render_options(Some(120)))
    );
}

#[test]
fn a_gate_that_passes_says_so_and_names_no_node() {
    let report = pass();
    assert_snapshot!("pass_table", piped(Format::Table, &report));
    assert_snapshot!("pass_junit", piped(Format::Junit, &report));
    assert_snapshot!("pass_github", piped(Format::Github, &report));
    assert_eq!(piped(Format::Ndjson, &report), "");
    let sarif = parsed(Format::Sarif, &report);
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(
        (&invocation["executionSuccessful"], &invocation["exitCode"]),
        (&true.into(), &0.into())
    );
}

#[test]
fn an_unknown_status_is_never_shown_as_passed() {
    let report = unknown();
    assert_snapshot!("unknown_table", piped(Format::Table, &report));
    assert_snapshot!("unknown_junit", piped(Format::Junit, &report));
    assert_snapshot!("unknown_github", piped(Format::Github, &report));
    let sarif = parsed(Format::Sarif, &report);
    let run = &sarif["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["results"][0]["level"], "warning");
}

#[test]
fn long_lists_are_folded_and_counted_and_json_has_them_all() {
    let report = many();
    assert_snapshot!(
        "many_table",
        written(Format::Table, &report, render_options(Some(120)))
    );
    let json = parsed(Format::Json, &report);
    assert_eq!(json["Rules"][0]["Findings"].as_array().unwrap().len(), 332);
    let github = piped(Format::Github, &report);
    for (kind, most) in [("::error ", 10), ("::warning ", 10), ("::notice ", 10)] {
        let lines: Vec<&str> = github
            .lines()
            .filter(|line| line.starts_with(kind))
            .collect();
        assert!(
            lines.len() <= most && lines.iter().all(|line| line.len() < 4096),
            "{kind}"
        );
    }
    assert!(github.contains("(332 findings, 8 of them unknown)"));
    assert!(github.contains("::error title=patchctl%3A FAIL 6 rules more::age<8d (1 finding)"));
    for n in 0..332 {
        assert!(
            github.contains(&format!("\n- 111122223333/eu-west-1/i-{n:017x}: ")),
            "{n}"
        );
    }
}

#[test]
fn waived_findings_are_counted_always_and_named_where_asked() {
    let report = waived();
    let silent = RenderOptions {
        show_waived: false,
        ..render_options(None)
    };
    for format in [Format::Table, Format::Github] {
        let shown = written(format, &report, silent);
        assert!(
            shown.contains("1 finding waived") && !shown.contains("team-web"),
            "{shown}"
        );
        assert!(piped(format, &report).contains("team-web"));
    }
    assert_eq!(written(Format::Ndjson, &report, silent), "");
    let line: Value = parsed(Format::Ndjson, &report);
    assert_eq!(
        (&line["Waiver"], &line["Status"]),
        (&"waivers.toml:12".into(), &Value::Null)
    );
    let quiet = RenderOptions {
        quiet: true,
        ..silent
    };
    assert_eq!(
        written(Format::Table, &report, quiet),
        "PASS: 1 rule passed; 1 finding waived\n"
    );
    assert!(
        piped(Format::Junit, &report)
            .contains("<skipped type=\"WAIVED\" message=\"vendor says no: ")
    );
}

#[test]
fn no_line_of_the_log_is_a_command_that_was_not_meant() {
    let mut report = nasty();
    report.rules[0].findings[0].patches[0].kb_id = Some("::error title=x::pwned".into());
    "::error title=y::pwned".clone_into(&mut Arc::make_mut(&mut report.waived[0].waiver).reason);
    let log = piped(Format::Github, &report);
    assert!(log.contains("title=x::pwned") && log.contains("title=y::pwned"));
    for line in log.lines() {
        let meant = [
            "::error title=",
            "::warning title=",
            "::notice title=",
            "::group::",
            "::endgroup::",
            "- ",
            "  * ",
            "    to do: ",
        ];
        assert!(meant.iter().any(|start| line.starts_with(start)), "{line}");
        // The runner tries `::` first, and `##[` on lines that are no such command.
        assert!(line.starts_with("::") || !line.contains("##["), "{line}");
        assert!(
            !line.trim_start().starts_with("::") || line.starts_with("::"),
            "{line}"
        );
    }
}

#[test]
fn a_remedy_for_many_nodes_redirects_nothing_in_a_shell() {
    let table = piped(Format::Table, &many());
    let remedies = table.lines().filter(|line| line.contains("to do"));
    let remedies: Vec<&str> = remedies.collect();
    assert!(
        remedies.iter().all(|line| !line.contains(['<', '>'])),
        "{table}"
    );
    // Four commands of 50 nodes for the first rule, and one for each of the others.
    let named: usize = remedies.iter().map(|line| line.matches("i-").count()).sum();
    assert_eq!(named, 4 * 50 + 14);
    assert!(table.contains("to do: 3 more commands; -o json"), "{table}");
}

#[test]
fn an_alert_is_the_same_until_its_patches_change() {
    let print = |report: &GateReport| {
        parsed(Format::Sarif, report)["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let report = nasty();
    let mut later = nasty();
    later.rules[0].findings[0].detail = "2 missing, last scanned 10 days ago".to_owned();
    later.rules[0].findings[0].patches.reverse();
    assert_eq!(print(&report), print(&later));
    later.rules[0].findings[0].patches.pop();
    assert_ne!(print(&report), print(&later));
    let all = parsed(Format::Sarif, &many());
    let all = all["runs"][0]["results"].as_array().unwrap();
    let prints: std::collections::BTreeSet<String> = all
        .iter()
        .map(|result| result["partialFingerprints"].to_string())
        .collect();
    assert_eq!(prints.len(), all.len());
}

/// Whether a value is what a schema allows, in the words that our own use.
fn allows(root: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(path) = schema["$ref"].as_str() {
        let target = root.pointer(&path[1..]).unwrap();
        return allows(root, target, value, at);
    }
    let known = [
        "description",
        "type",
        "enum",
        "const",
        "minimum",
        "items",
        "properties",
        "required",
        "additionalProperties",
    ];
    for key in schema.as_object().unwrap().keys() {
        let is_head = key.starts_with('$') || key == "title";
        assert!(known.contains(&&**key) || is_head, "{key} is not looked at");
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match &schema["type"] {
        Value::String(one) => assert_eq!(one, kind, "{at}"),
        Value::Array(some) => assert!(some.contains(&kind.into()), "{at} is {kind}"),
        _ => {}
    }
    assert!(
        schema["const"].is_null() || schema["const"] == *value,
        "{at}"
    );
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value}");
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        allows(root, &schema["items"], item, &format!("{at}/{n}"));
    }
    if let Some(fields) = value.as_object() {
        let names: std::collections::BTreeSet<&str> = fields.keys().map(|key| &**key).collect();
        let required = schema["required"].as_array().unwrap().iter();
        assert_eq!(
            names,
            required.map(|name| name.as_str().unwrap()).collect(),
            "{at}"
        );
        for (key, field) in fields {
            allows(
                root,
                &schema["properties"][key],
                field,
                &format!("{at}/{key}"),
            );
        }
    }
}

#[test]
fn json_and_every_line_of_ndjson_are_what_the_schema_says() {
    let schema = crate::render::schema::check();
    for (name, report) in samples() {
        allows(&schema, &schema, &parsed(Format::Json, &report), name);
        for line in piped(Format::Ndjson, &report).lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            allows(&schema, &schema["$defs"]["Line"], &line, name);
        }
    }
}
