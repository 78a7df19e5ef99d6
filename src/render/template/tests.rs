//! Templates of users, and the shipped ones over documents of many nodes and of hostile text.

use serde_json::{Value as Json, json};

use super::*;

const DOCUMENT: &str =
    r#"{"Rows":[{"Id":"<b>|\"","N":0,"Name":null,"At":"2026-11-17T08:00:00Z"}],"By":"a"}"#;

fn filled(name: &str, source: &str) -> Result<String, String> {
    let template = Template {
        name: name.to_owned(),
        source: source.to_owned(),
    };
    let now = "2026-11-20T12:00:00Z".parse().unwrap();
    let mut out = Vec::new();
    let written = template.write(DOCUMENT.as_bytes(), now, &mut out);
    written.map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn text_is_escaped_by_the_ending_of_the_template_and_unknown_is_not_zero() {
    let source = "{% for row in Rows %}{{ row.Id }} {{ row.N }} {{ row.Name }}{% endfor %}";
    for (name, expected) in [
        ("a.html", "&lt;b&gt;|&quot; 0 -\n"),
        ("a.md", "&lt;b&gt;\\|\" 0 -\n"),
        ("a.json", "\"<b>|\\\"\" 0 null\n"),
        ("a.csv", "\"<b>|\"\"\" 0 \n"),
        ("a.jira", "&#60;b&#62;&#124;\" 0 -\n"),
        ("a.txt", "<b>|\" 0 -\n"),
    ] {
        assert_eq!(filled(name, source).as_deref(), Ok(expected), "{name}");
    }
    // A part that is safe makes no other part so.
    let joined = "{{ (\"<i>\"|safe) ~ Rows[0].Id }}";
    for (name, expected) in [
        ("a.html", "<i>&lt;b&gt;|&quot;\n"),
        ("a.jira", "<i>&#60;b&#62;&#124;\"\n"),
    ] {
        assert_eq!(filled(name, joined).as_deref(), Ok(expected), "{name}");
    }
}

#[test]
fn filters_make_ages_dates_cells_and_texts_of_other_programs() {
    for (source, expected) in [
        ("{{ Rows[0].At|age }}", "3d 4h\n"),
        (
            "{{ 273600|age }} {{ 90|age }} {{ 3661|age }} {{ 0|age }}",
            "3d 4h 1m 1h 1m 0s\n",
        ),
        ("{{ \"2026-11-21T13:00:00Z\"|age }}", "in 1d 1h\n"),
        ("{{ Rows[0].At|date }}", "2026-11-17\n"),
        (
            "{{ Rows[0].At|date(\"%d.%m.%Y %H:%M\") }}",
            "17.11.2026 08:00\n",
        ),
        (
            "{{ Rows[0].Name|date }}{{ Rows[0].Name|age }}{{ Rows[0].Name|slack }}",
            "---\n",
        ),
        ("{{ Rows[0].Id|csv }}", "\"<b>|\"\"\"\n"),
        ("{{ Rows[0].Id|md }}", "&lt;b&gt;\\|\"\n"),
        ("{{ Rows[0].Id|slack }}", "&lt;b&gt;|\"\n"),
        ("{{ Rows[0].Id|jira }}", "&#60;b&#62;&#124;\"\n"),
        ("{{ [1, \"a\"]|json }}", "[1, \"a\"]\n"),
        ("{{ \"abcdef\"|cut(4) }}", "abc…\n"),
        ("{{ now }}", "2026-11-20T12:00:00Z\n"),
    ] {
        assert_eq!(filled("a.txt", source).as_deref(), Ok(expected), "{source}");
    }
    // Once, and not twice, in a template of its kind.
    assert_eq!(
        filled("a.md", "{{ Rows[0].Id|md }}").unwrap(),
        "&lt;b&gt;\\|\"\n"
    );
}

#[test]
fn an_error_is_one_line_with_the_template_and_the_line() {
    for (source, expected) in [
        (
            "a\n{{ Nonesuch }}",
            "--template a.txt: undefined value: `Nonesuch` is undefined, in line 2: {{ Nonesuch }}",
        ),
        ("{{ Rows[0].Nonesuch }}", "undefined value: "),
        ("{{ Rows[0].Nonesuch.More }}", "undefined"),
        ("{% if Nonesuch %}x{% endif %}", "undefined"),
        ("{% for one in Nonesuch %}x{% endfor %}", "undefined"),
        ("{{ By|date }}", "date: \"a\" is no time, in line 1"),
        (
            "{{ Rows|age }}",
            "age takes seconds or a time, not sequence, in line 1",
        ),
        ("{{ now|date(\"%\") }}", "date: "),
        ("{{ By|nonesuch }}", "unknown filter"),
        ("\n{% if %}", "in line 2"),
        ("{{ By", "in line 1"),
        ("{% include \"/etc/passwd\" %}", "in line 1"),
        ("{% extends \"a.txt\" %}", "in line 1"),
    ] {
        let line = filled("a.txt", source).expect_err(source);
        assert!(
            line.starts_with("--template a.txt: ") && line.contains(expected),
            "{line}"
        );
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn no_template_runs_for_ever_overflows_the_stack_or_fills_the_memory() {
    let loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    let macros = "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}";
    let doubled = "{% set ns = namespace(x=\"xx\") %}{% for _ in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}";
    let repeated = "{{ \"x\" * 99999999999 }}";
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(1_000), ")".repeat(9_000));
    for source in [loops, macros, doubled, repeated, &deep] {
        let line = filled("a.txt", source).unwrap_err();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.len() < 300, "{line}");
    }
}

#[test]
fn every_shipped_template_is_valid() {
    for shipped in ShippedTemplate::ALL {
        for document in shipped.documents {
            Template::load(Path::new(shipped.name), document).unwrap();
        }
        let refused = Template::load(Path::new(shipped.name), "doctor").unwrap_err();
        let line = refused.to_string();
        assert!(
            line.contains("made for states, summary, check, not for doctor"),
            "{line}"
        );
    }
}

/// Text that wants to be markup of one of the programs that read what templates make.
const HOSTILE: [&str; 14] = [
    "",
    "</td></body><script>alert(1)</script>",
    "\" onload='x' &amp; <!-- ]]>",
    "a|b||c {code} [x|http://x] \\\\ {{ now }} {% raw %}",
    "h1. *b* _i_ -d- +u+ ^s^ ~t~ !x.png!",
    "<!channel> <@U1> <http://x|y> *b* `c` :fire: > q",
    "@everyone #1 https://x.example",
    "=HYPERLINK(\"http://x\")",
    "\u{1b}[2J\u{7}\r\n\t\0",
    "invoice\u{202e}fdp.exe\u{200b}",
    "\",\"blocks\":[]}",
    "更新プログラム é 😀",
    "|",
    "&&&&<<<<>>>>::::____",
];

/// The document of a command about so many nodes, whose texts are hostile and very long.
fn document(command: &str, nodes: usize) -> Json {
    let text = |at: usize| match at % (HOSTILE.len() + 1) {
        0 => "<&*|{".repeat(9_000),
        at => HOSTILE[at - 1].to_owned(),
    };
    let verdicts = ["NON_COMPLIANT", "STALE", "NO_DATA", "UNREAD", "COMPLIANT"];
    let unread: Vec<Json> = (0..nodes)
        .filter(|at| at % 5 == 3)
        .map(|at| json!({"InstanceId": text(at), "Region": null, "AccountId": text(at), "Profile": null, "Code": "X", "Cause": text(at)}))
        .collect();
    let counts = json!({
        "Nodes": nodes, "Answered": nodes, "NoData": 0, "Unread": unread.len(), "UnreadScopes": 1, "Rows": nodes, "Hidden": 0,
        "Compliant": 0, "NonCompliant": nodes, "Stale": 0,
    });
    let all = 0..nodes;
    match command {
        "states" => json!({
            "InstancePatchStates": all.map(|at| json!({
                "InstanceId": text(at), "Verdict": verdicts[at % 5], "Reasons": text(at + 1),
                "LastScan": if at % 2 == 0 { json!("2026-11-17T08:00:00Z") } else { Json::Null },
            })).collect::<Vec<_>>(),
            "Unread": unread, "Summary": counts,
        }),
        "summary" => json!({
            "Groups": all.map(|at| json!({
                "Group": text(at), "Nodes": 9, "Compliant": 1, "NonCompliant": 2, "Stale": 3, "NoData": 2, "Unread": 1, "MissingCount": null,
            })).collect::<Vec<_>>(),
            "By": "patch-group", "Unread": unread, "Summary": counts,
        }),
        _ => json!({
            "Status": "FAIL",
            "Rules": (0..40).map(|at| json!({
                "Rule": text(at), "Description": text(at), "Status": if at % 3 == 0 { "PASS" } else { "FAIL" },
                "Findings": (0..nodes.min(60)).map(|at| json!({
                    "InstanceId": text(at), "Region": text(at), "Profile": null, "Detail": text(at), "Remedy": text(at + 1),
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "Summary": counts,
        }),
    }
}

/// A shipped template over each document that it is made for.
fn shipped(name: &str, nodes: usize) -> Vec<(&'static str, String)> {
    let shipped = ShippedTemplate::by_name(name).unwrap();
    let fill = |command: &&'static str| {
        let template = Template::load(Path::new(name), command).unwrap();
        let document = document(command, nodes).to_string();
        let mut out = Vec::new();
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        template.write(document.as_bytes(), now, &mut out).unwrap();
        (*command, String::from_utf8(out).unwrap())
    };
    shipped.documents.iter().map(fill).collect()
}

/// Documents of none, one, some and many nodes.
const SIZES: [usize; 4] = [0, 1, 15, 5_000];

fn assert_at_most(text: &Json, most: usize) {
    let length = text.as_str().unwrap().chars().count();
    assert!(
        (1..=most).contains(&length),
        "{length} characters of at most {most}"
    );
}

/// Source: Slack, "Reference: blocks" and "Reference: composition objects".
#[test]
fn messages_of_slack_keep_its_limits_over_5_000_nodes_and_hostile_text() {
    for nodes in SIZES {
        for (command, text) in shipped("slack", nodes) {
            let message: Json =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{command}: {error}"));
            assert_at_most(&message["text"], 3_000);
            let blocks = message["blocks"].as_array().unwrap();
            assert!((3..=50).contains(&blocks.len()), "{}", blocks.len());
            for block in blocks {
                let object = &block["text"];
                match block["type"].as_str().unwrap() {
                    "header" => {
                        assert_eq!(object["type"], "plain_text");
                        assert_at_most(&object["text"], 150);
                    }
                    "section" if block.get("fields").is_some() => {
                        let fields = block["fields"].as_array().unwrap();
                        assert!((1..=10).contains(&fields.len()));
                        for field in fields {
                            assert_at_most(&field["text"], 2_000);
                        }
                    }
                    "section" => {
                        assert_eq!(
                            (&object["type"], &object["verbatim"]),
                            (&json!("mrkdwn"), &json!(true))
                        );
                        assert_at_most(&object["text"], 3_000);
                        // Nothing that mentions, links or notifies.
                        assert!(
                            !object["text"].as_str().unwrap().contains(['<', '>']),
                            "{object}"
                        );
                    }
                    "context" => {
                        let elements = block["elements"].as_array().unwrap();
                        assert!((1..=10).contains(&elements.len()));
                        assert_eq!(elements[0]["type"], "plain_text");
                        assert_at_most(&elements[0]["text"], 3_000);
                    }
                    other => panic!("{other}"),
                }
            }
        }
    }
}

#[test]
fn tables_of_jira_have_as_many_cells_as_headings_whatever_a_text_holds() {
    for nodes in [0, 15, 300] {
        for (command, text) in shipped("jira", nodes) {
            let mut headings = 0;
            for line in text.lines().filter(|line| line.starts_with('|')) {
                if line.starts_with("||") && line.ends_with("||") {
                    headings = line.matches("||").count() - 1;
                } else {
                    assert_eq!(line.matches('|').count() - 1, headings, "{command}: {line}");
                    assert!(
                        !line.contains("||") && !line.contains(['{', '[', '\\', '\u{1b}']),
                        "{command}: {line}"
                    );
                }
            }
            assert!(headings > 0, "{command}");
        }
    }
}

#[test]
fn mails_have_no_markup_and_no_control_character_of_others() {
    for (command, text) in shipped("mail-html", 300) {
        for part in ["<script", "onload='", "<!channel", "<&"] {
            assert!(!text.contains(part), "{command}: {part}");
        }
        assert!(text.contains("&lt;script&gt;"), "{command}");
    }
    for name in ["mail-html", "mail-text"] {
        for (command, text) in shipped(name, 300) {
            let acts = |letter: char| letter != '\n' && crate::sanitize::is_unsafe(letter);
            assert!(!text.contains(acts), "{name} {command}");
        }
    }
}
