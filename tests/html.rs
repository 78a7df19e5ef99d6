//! Pages of HTML: what they hold is what the other formats print, nothing in them acts that
//! is not ours, and they load nothing. A browser reads them in the continuous integration.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

#[cfg(unix)]
use crate::support::{RunOutput, interrupted, wait_for_output};
use crate::support::{ScriptedService, demo, error_reply, live, run};

const NASTY: &str = "mi-0d8b1f5c3a7e96240";

/// What stands between the first `start` and the next `end`.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start}"));
    rest.split_once(end).unwrap().0
}

fn page(args: &[&str]) -> String {
    let ran = run(demo(args).args(["-o", "html"]));
    assert!(ran.out.ends_with("</html>\n"), "{}", ran.err);
    ran.out
}

/// The data of the table: the cells of each row as text, empty where unknown.
fn rows(page: &str) -> Vec<Vec<String>> {
    rows_of(page, "rows")
}

fn rows_of(page: &str, table: &str) -> Vec<Vec<String>> {
    let json = between(page, &format!("data-table=\"{table}\">"), "</script>");
    let data: Value = serde_json::from_str(json).unwrap();
    let columns = data["columns"].as_array().unwrap();
    let cell = |value: &Value, column: &Value| match (value.as_i64(), &column["values"]) {
        (None, _) => String::new(),
        (Some(number), Value::Null) => number.to_string(),
        (Some(at), values) => {
            let text = values[usize::try_from(at).unwrap()].as_str().unwrap();
            assert_eq!(
                column["tones"].as_str().unwrap().len(),
                values.as_array().unwrap().len()
            );
            text.to_owned()
        }
    };
    let rows = data["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let values = row.as_array().unwrap().iter();
        values
            .zip(columns)
            .map(|(value, column)| cell(value, column))
            .collect()
    })
    .collect()
}

/// The markup without the style, the script and the data.
fn markup(page: &str) -> String {
    let mut rest = page;
    let mut markup = String::new();
    for (start, end) in [
        ("<style>", "</style>"),
        ("<script", "</script>"),
        ("<script", "</script>"),
    ] {
        let (before, after) = rest.split_once(start).unwrap();
        markup.push_str(before);
        rest = after.split_once(end).unwrap().1;
    }
    markup + rest
}

#[test]
fn the_rows_of_a_page_are_those_of_csv() {
    for args in [
        &[
            "states",
            "--all",
            "--columns",
            "InstanceId,Verdict,Reasons,MissingCount,RebootPending",
        ][..],
        &[
            "patches",
            "--all",
            "--exclude",
            NASTY,
            "--columns",
            "InstanceId,Title,KBId,Severity,State",
        ],
        &[
            "patches",
            "--all",
            "--by",
            "kb",
            "--columns",
            "KBId,Title,Nodes",
        ],
        &[
            "summary",
            "--by",
            "platform",
            "--columns",
            "Group,Nodes,Missing",
        ],
        &["check", "--all", "--columns", "InstanceId,Rule,Status"],
    ] {
        let csv = run(demo(args).args(["-o", "csv", "--no-headers"])).out;
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(csv.as_bytes());
        // Escapes protect CSV and pages alike; formulas act in spreadsheets only.
        let expected: Vec<Vec<String>> = csv
            .records()
            .map(|row| row.unwrap().iter().map(without_protection).collect())
            .collect();
        let found = rows(&page(args));
        let found: Vec<Vec<String>> = found
            .into_iter()
            .map(|row| row.iter().map(|cell| as_csv(cell)).collect())
            .collect();
        assert!(!found.is_empty());
        assert_eq!(found.len(), expected.len(), "{args:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{args:?}");
        }
    }
}

fn without_protection(cell: &str) -> String {
    cell.replace('\'', "").replace(", ", ",")
}

fn as_csv(cell: &str) -> String {
    let cell = match cell {
        "yes" => "true",
        "no" => "false",
        other => other,
    };
    // "5 of 14" is a count for programs, and lists have no spaces there.
    let count = cell.split_once(" of ").filter(|(part, whole)| {
        [part, whole]
            .iter()
            .all(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let cell = count.map_or(cell, |(part, _)| part);
    without_protection(cell)
}

#[test]
fn text_from_outside_stays_text_in_the_markup_and_in_the_data() {
    let titles = [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>\"'`&amp;&lt;",
        "{{ 7*7 }}${7*7}",
        "javascript:alert(1)",
        "a\u{202e}b\u{1b}[31m\u{0}",
        "",
    ];
    let served = ScriptedService::start(move |asked| {
        let titles = if asked.operation == "DescribeInstancePatches" {
            &titles[..]
        } else {
            &[]
        };
        let patches = titles.iter().enumerate().map(|(at, title)| {
            serde_json::json!({
                "Title": title, "KBId": format!("KB{at}"), "Classification": "Security",
                "Severity": "Critical", "State": "Missing", "InstalledTime": 0.0,
            })
        });
        let body = serde_json::json!({"Patches": patches.collect::<Vec<_>>()});
        (200, body.to_string())
    });
    let args = [
        "patches",
        "i-0123456789abcdef0",
        "-o",
        "html",
        "--columns",
        "KBId,Title",
    ];
    let page = run(&mut live(&served.url, &args)).out;
    // One script of ours and one element of data, whatever the titles say.
    assert_eq!(page.matches("<script").count(), 2, "{page}");
    assert_eq!(page.matches("</script").count(), 2);
    let markup = markup(&page);
    assert!(!markup.contains("<img") && !markup.contains("<!--"));
    assert!(!between(&page, "data-table=\"rows\">", "</script>").contains('<'));
    let shown: Vec<String> = rows(&page).into_iter().map(|row| row[1].clone()).collect();
    let expected = titles.map(|title| {
        title
            .replace('\u{202e}', "\\u{202e}")
            .replace('\u{1b}', "\\u{1b}")
            .replace('\0', "\\u{0}")
    });
    assert_eq!(shown, expected);
}

#[test]
fn a_page_allows_its_own_style_and_script_only_and_asks_for_nothing() {
    let page = page(&["states", NASTY, "i-123"]);
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = between(
        &page,
        "http-equiv=\"Content-Security-Policy\" content=\"",
        "\"",
    );
    let style = between(&page, "<style>", "</style>");
    let script = page.rsplit_once("<script>").unwrap().1;
    let script = script.split_once("</script>").unwrap().0;
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; img-src data:; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
            hash(style),
            hash(script)
        )
    );
    // Neither would run: they are not in the policy.
    let markup = markup(&page);
    for attribute in [
        " style=",
        " onclick=",
        " onload=",
        " onerror=",
        " src=",
        "@import",
        "url(",
    ] {
        assert!(!markup.contains(attribute), "{attribute}");
    }
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert_eq!(
        markup.matches(" href=").count(),
        1,
        "the icon, which is empty"
    );
    assert!(markup.contains("<link rel=\"icon\" href=\"data:,\">"));
}

#[test]
fn without_scripts_the_first_rows_are_there_and_the_page_says_how_many_are_not() {
    let page = page(&["patches", "--all"]);
    let all = rows(&page).len();
    assert!(all > 200);
    let body = between(&page, "<tbody>", "</tbody>");
    assert_eq!(body.matches("<tr>").count(), 200);
    assert!(page.contains(&format!("The first 200 of {all} rows.")));
    // All are in the markup where they are few.
    let few = self::page(&["states", "i-123", "i-456"]);
    assert_eq!(
        between(&few, "<tbody>", "</tbody>").matches("<tr>").count(),
        2
    );
    assert!(!few.contains("The first"));
}

#[test]
fn no_row_one_row_and_only_unread_nodes_make_a_whole_page() {
    let none = page(&["patches", "i-123", "--kb", "KB1"]);
    assert_eq!(rows(&none).len(), 0);
    assert!(none.contains("<p class=\"empty\">No rows.</p>"));
    assert_eq!(rows(&page(&["states", "i-123"])).len(), 1);
    let unread = run(demo(&["states", "i-bogus"]).args(["-o", "html"]));
    assert_eq!(unread.code, 2);
    assert_eq!(
        rows(&unread.out),
        [["i-bogus", "UNREAD"].map(String::from)].map(|row| {
            let mut row = row.to_vec();
            row.extend(rows(&unread.out)[0][2..].iter().cloned());
            row
        })
    );
    // What could not be read has no patch rows: a note names it.
    let service = ScriptedService::start(|_| error_reply(400, "AccessDeniedException", "no"));
    let args = ["patches", "i-0123456789abcdef0", "-o", "html"];
    let ran = run(&mut live(&service.url, &args));
    assert_eq!((ran.code, rows(&ran.out).len()), (2, 0));
    assert!(
        markup(&ran.out).contains("unread: i-0123456789abcdef0"),
        "{}",
        ran.out
    );
}

#[test]
fn notes_stand_below_the_rows_and_quiet_leaves_them_out() {
    let loud = page(&["patches", "i-123", "i-0dead00000000beef"]);
    assert!(loud.contains("<h2 id=\"notes-title\">Notes</h2>"));
    assert!(loud.contains("<li data-level=\"warning\">no patch data"));
    let quiet = page(&["patches", "i-123", "i-0dead00000000beef", "--quiet"]);
    assert!(!quiet.contains("notes-title"));
}

#[test]
fn a_node_without_patches_keeps_its_row_where_quiet_leaves_out_the_notes() {
    for format in ["html", "markdown"] {
        let args = ["patches", "i-123", "i-0dead00000000beef", "--quiet"];
        let ran = run(demo(&args).args(["-o", format]));
        assert!(ran.out.contains("i-0dead00000000beef"), "{format}");
    }
}

#[test]
fn five_runs_give_the_same_page() {
    let args = ["patches", "--all", "--state", "Missing"];
    let first = page(&args);
    (0..4).for_each(|_| assert_eq!(page(&args), first));
}

/// What every report below is asked for.
const REPORT: [&str; 11] = [
    "report",
    "--all",
    "--by",
    "platform",
    "--by",
    "patch-group",
    "--sla",
    "critical=7d,important=30d",
    "--fail-on",
    "missing>=critical",
    "--no-config",
];

#[test]
fn a_report_has_the_sections_of_markdown_and_all_nodes_and_patches_of_json() {
    let page = page(&REPORT);
    let markdown = run(demo(&REPORT).args(["-o", "markdown"])).out;
    let headings = markdown.lines().filter_map(|line| line.strip_prefix("## "));
    let headings: Vec<&str> = headings.collect();
    assert!(headings.len() > 15, "{headings:?}");
    let mut rest = page.as_str();
    for heading in headings {
        let found = rest.split_once(&format!("\">{heading}</h2>"));
        rest = found
            .unwrap_or_else(|| panic!("no section {heading} in its place"))
            .1;
    }
    let json = run(demo(&REPORT).args(["-o", "json"])).json();
    for (table, key) in [("nodes", "Nodes"), ("patches", "Patches")] {
        let ids = json[key].as_array().unwrap().iter();
        let ids: Vec<&str> = ids.map(|row| row["InstanceId"].as_str().unwrap()).collect();
        let shown = rows_of(&page, table);
        let shown: Vec<&str> = shown.iter().map(|row| row[0].as_str()).collect();
        assert!(!shown.is_empty());
        assert_eq!(shown, ids, "{table}");
    }
}

#[test]
fn each_bar_of_a_report_says_what_it_shows_as_text() {
    let page = page(&REPORT);
    let bars = page.matches("<svg class=\"bar\"").count();
    assert!(bars > 20, "{bars}");
    assert_eq!(page.matches("role=\"img\" aria-label=\"").count(), bars);
    let fleet =
        "aria-label=\"All nodes: compliant: 25, stale: 1, not known: 5, non-compliant: 19\"";
    assert!(page.contains(fleet));
}

#[test]
fn a_report_of_nothing_that_was_read_is_whole_and_says_so() {
    let ran = run(demo(&["report", "i-bogus"]).args(["-o", "html"]));
    assert_eq!(ran.code, 2);
    assert!(ran.out.ends_with("</html>\n"));
    assert_eq!(rows_of(&ran.out, "nodes").len(), 1);
    assert_eq!(rows_of(&ran.out, "patches").len(), 0);
    let nasty = page(&["report", NASTY]);
    assert!(!nasty.contains("<b>bold"));
    assert_eq!(page(&["report", NASTY]), nasty, "the same bytes");
}

#[cfg(unix)]
#[test]
fn an_interrupted_page_is_whole_and_names_what_is_unread() {
    let (_served, child) = interrupted(&["patches", "--all", "--no-prefetch", "-o", "html"], 40);
    let RunOutput { code, out, err } = wait_for_output(child);
    assert_eq!(code, 3, "{err}");
    assert!(out.ends_with("</html>\n"));
    assert!(!rows(&out).is_empty());
    assert!(markup(&out).contains("<li>unread: "), "{err}");
}
