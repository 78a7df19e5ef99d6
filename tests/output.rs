//! What people and their tools are given: snapshots of each format over the
//! nastiest nodes of the demo fleet, and what every format owes its readers.

use std::ffi::OsString;
use std::io::Write;
#[cfg(unix)]
use std::process::Command;
use std::sync::{Arc, Mutex};

use patchctl::settings::HostEnv;
use patchctl::terminal::Terminal;
use serde_json::Value;

#[cfg(unix)]
use crate::support::terminal;
use crate::support::{ScriptedService, demo, live, run};

/// The node whose titles are out to get the terminal, the spreadsheet or the page.
const NASTY: &str = "mi-0d8b1f5c3a7e96240";

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a person sees on a terminal of this width.
pub(crate) fn on_terminal(width: usize, args: &[&str]) -> String {
    let (out, err) = (Shared::default(), Shared::default());
    let mut terminal = Terminal::for_test(b"", Box::new(out.clone()), Box::new(err), Some(width));
    let args = ["patchctl", "--demo"]
        .iter()
        .chain(args)
        .map(OsString::from);
    patchctl::run(args, &HostEnv::empty(), &mut terminal, || {
        panic!("the demo has a clock of its own")
    });
    let bytes = out.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

const MIXED: [&str; 9] = [
    "states",
    "i-123",
    "i-456",
    "i-1f7c3a9b",
    "i-0b7e2d9150c4f8a36",
    "mi-07c2e5a8f1d4b6930",
    "i-01d9b5e3f7a28c640",
    "i-0dead00000000beef",
    "i-bogus",
];

#[test]
fn a_table_of_states_fits_80_120_and_200_columns() {
    for width in [80, 120, 200] {
        let table = on_terminal(width, &[&MIXED[..], &["--color", "never"]].concat());
        for line in table.lines() {
            assert!(
                unicode_width::UnicodeWidthStr::width(line) <= width,
                "{width}: {line}"
            );
        }
        insta::assert_snapshot!(format!("states_at_{width}"), table);
    }
}

#[test]
fn a_table_of_patches_fits_80_120_and_200_columns() {
    for width in [80, 120, 200] {
        let table = on_terminal(
            width,
            &[
                "patches",
                "i-123",
                "i-0d15e8b7c3f2946a0",
                "--non-compliant",
                "--color",
                "never",
            ],
        );
        for line in table.lines() {
            assert!(
                unicode_width::UnicodeWidthStr::width(line) <= width,
                "{width}: {line}"
            );
        }
        insta::assert_snapshot!(format!("patches_at_{width}"), table);
    }
}

#[test]
fn colour_repeats_what_the_words_say_and_nothing_else() {
    let coloured = on_terminal(120, &[&MIXED[..], &["--color", "always"]].concat());
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    let trimmed = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        trimmed(&plain),
        trimmed(&on_terminal(
            120,
            &[&MIXED[..], &["--color", "never"]].concat()
        ))
    );
    let red = coloured
        .lines()
        .find(|line| line.contains("NON_COMPLIANT"))
        .unwrap();
    assert!(
        red.contains("\u{1b}[38;5;1mNON_COMPLIANT") || red.contains("\u{1b}[31mNON_COMPLIANT"),
        "{red:?}"
    );
}

#[test]
fn in_a_pipe_there_is_no_colour_no_shortening_and_no_relative_time() {
    let ran = run(&mut demo(&MIXED));
    assert!(
        !ran.out.contains('\u{1b}') && !ran.out.contains('…') && !ran.out.contains(" ago"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("2026-11-20T05:46:03Z"));
    let forced = run(demo(&["states", "i-123"]).args(["--color", "always"]));
    assert!(forced.out.contains('\u{1b}'));
}

#[test]
fn titles_cannot_act_on_a_terminal() {
    let json = on_terminal(200, &["patches", NASTY, "-o", "json", "--color", "never"]);
    assert!(
        json.contains("invoice\\u202efdp.exe") && !json.contains('\u{202e}'),
        "{json}"
    );
    let piped = run(&mut demo(&["patches", NASTY, "-o", "json"])).json();
    assert_eq!(
        serde_json::from_str::<Value>(&json).unwrap(),
        piped,
        "the same JSON"
    );
    for format in ["table", "csv"] {
        let shown = on_terminal(
            200,
            &[
                "patches",
                NASTY,
                "-o",
                format,
                "--columns",
                "Title,KBId",
                "--color",
                "never",
            ],
        );
        assert!(
            !shown.contains('\u{1b}') && !shown.contains('\u{202e}') && !shown.contains('\u{7}'),
            "{format}"
        );
        assert!(
            shown.contains("\\u{1b}[31mred alert") && shown.contains("invoice\\u{202e}fdp.exe"),
            "{shown}"
        );
    }
}

/// Rows are laid out in parts, and the widest cell of a column is in one of them.
#[test]
fn thousands_of_rows_stand_in_the_same_columns() {
    let columns = ["--columns", "KBId,State,InstanceId", "--color", "never"];
    let table = on_terminal(160, &[&["patches", "--all"][..], &columns].concat());
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut lines = table.lines();
    let headings = lines.next().unwrap();
    let [state, node] = ["State", "Node"].map(|heading| headings.find(heading).unwrap());
    assert!(lines.clone().count() > 5_000);
    for line in lines {
        let (kb, rest) = line.split_at(state);
        let (state, node) = rest.split_at(node - state);
        assert!(kb.ends_with("  ") && state.ends_with("  "), "{line}");
        let is_node = |id: &str| id.starts_with("i-") || id.starts_with("mi-");
        assert!(is_node(node) && !node.contains(' '), "{line}");
    }
}

#[test]
fn wide_letters_line_up() {
    let table = on_terminal(
        120,
        &[
            "patches",
            NASTY,
            "--columns",
            "Title,KBId",
            "--color",
            "never",
        ],
    );
    let column = |needle: &str| {
        let line = table.lines().find(|line| line.contains(needle)).unwrap();
        unicode_width::UnicodeWidthStr::width(line.split(needle).next().unwrap())
    };
    assert_eq!(column("aad-wide"), column("aae-comma"));
}

#[test]
fn csv_is_rfc_4180_with_formulas_neutralised_and_every_field_of_aws() {
    let ran = run(&mut demo(&[
        "patches",
        NASTY,
        "-o",
        "csv",
        "--columns",
        "KBId,Title",
    ]));
    let rows: Vec<String> = csv::Reader::from_reader(ran.out.as_bytes())
        .records()
        .map(|record| record.unwrap().get(1).unwrap().to_owned())
        .collect();
    assert!(
        rows.iter()
            .any(|title| title.starts_with("'=HYPERLINK(\"http")),
        "{rows:?}"
    );
    assert!(
        rows.iter()
            .any(|title| title.starts_with("first line\\nsecond line"))
    );
    assert!(
        rows.iter()
            .any(|title| title.starts_with("the \"quoted\" package"))
    );
    assert!(
        !rows
            .iter()
            .any(|title| title.starts_with(['=', '+', '-', '@', '\t', '\r']))
    );
    assert!(ran.out.starts_with("KBId,Title\r\n"));
    let with_mark = run(&mut demo(&["states", "i-123", "-o", "csv", "--bom"]));
    assert!(
        with_mark
            .out
            .starts_with("\u{feff}InstanceId,Region,AccountId,Verdict,Reasons,LastScan,")
    );
    let headless = run(&mut demo(&[
        "states",
        "i-123",
        "-o",
        "csv",
        "--bom",
        "--no-headers",
    ]));
    assert!(
        headless.out.starts_with("\u{feff}i-123,"),
        "{}",
        headless.out
    );
}

#[test]
fn csv_has_the_delimiter_and_the_times_that_a_spreadsheet_asks_for() {
    let csv = |args: &[&str]| {
        let flags = [
            "-o",
            "csv",
            "--columns",
            "InstanceId,Reasons,OperationEndTime",
        ];
        run(&mut demo(&[&["states", "i-123"], args, &flags].concat())).out
    };
    let usual = csv(&[]);
    let (head, row) = usual.split_once("\r\n").unwrap();
    assert_eq!(head, "InstanceId,Reasons,OperationEndTime");
    assert!(row.ends_with("Z\r\n") && row.contains('T'), "{row}");
    for (typed, delimiter) in [
        (",", ','),
        (";", ';'),
        ("|", '|'),
        ("tab", '\t'),
        ("\\t", '\t'),
        ("\t", '\t'),
    ] {
        let shown = csv(&["--delimiter", typed]);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter as u8)
            .from_reader(shown.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), 3, "{typed}: {shown}");
        let record = reader.records().next().unwrap().unwrap();
        let fields: Vec<&str> = record.iter().collect();
        let mut usual = csv::Reader::from_reader(usual.as_bytes());
        assert_eq!(usual.records().next().unwrap().unwrap(), fields, "{typed}");
    }
    let dated = csv(&["--time-format", "spreadsheet", "--delimiter", ";", "--bom"]);
    let time = dated.trim_end().rsplit(';').next().unwrap();
    let moment: jiff::civil::DateTime = time.parse().unwrap();
    assert_eq!(moment.strftime("%Y-%m-%d %H:%M:%S").to_string(), time);
    assert!(dated.starts_with("\u{feff}InstanceId;Reasons;"), "{dated}");
    // Where cells are separated by semicolons, numbers have a decimal comma.
    for (delimiter, share) in [(",", "50.0"), (";", "50,0")] {
        let args = [
            "summary",
            "i-123",
            "i-456",
            "-o",
            "csv",
            "--columns",
            "Nodes,CompliantPercent",
        ];
        let ran = run(demo(&args).args(["--by", "region", "--delimiter", delimiter]));
        let row = ran.out.lines().nth(1).unwrap();
        assert_eq!(row, format!("2{delimiter}{share}"));
    }
}

#[test]
fn no_delimiter_lets_a_formula_through() {
    let served = titled(&["a;=1+1", "a|@x", "=1", "a\t-1"]);
    for delimiter in [",", ";", "|", "tab"] {
        let args = [
            "patches",
            "i-00000001",
            "-o",
            "csv",
            "--columns",
            "Title",
            "--delimiter",
            delimiter,
        ];
        let ran = run(&mut live(&served.url, &args));
        let titles: Vec<&str> = ran.out.lines().skip(1).collect();
        assert_eq!(
            titles,
            ["\"a;'=1+1\"", "\"a|'@x\"", "'=1", "\"a\\t'-1\""],
            "{delimiter}"
        );
    }
}

#[test]
fn flags_of_csv_are_refused_for_other_formats_and_an_unknown_delimiter_with_those_there_are() {
    for (args, line) in [
        (
            &["--delimiter", ";"][..],
            "patchctl: --delimiter is for CSV; add -o csv; try patchctl states --help\n",
        ),
        (
            &["--time-format", "spreadsheet", "-o", "json"],
            "patchctl: --time-format is for CSV; add -o csv; try patchctl states --help\n",
        ),
        (
            &["--delimiter", "x", "-o", "csv"],
            "patchctl: --delimiter: unknown delimiter \"x\"; write ',' ';' '|' or tab; try patchctl states --help\n",
        ),
        (
            &["--time-format", "excel", "-o", "csv"],
            "patchctl: --time-format: unknown format \"excel\" (allowed: rfc3339, spreadsheet); try patchctl states --help\n",
        ),
    ] {
        let ran = run(demo(&["states", "i-123"]).args(args));
        assert_eq!((ran.code, &*ran.out, &*ran.err), (2, "", line), "{args:?}");
    }
}

/// The service of one node whose patches have these titles.
fn titled(titles: &'static [&'static str]) -> ScriptedService {
    ScriptedService::start(move |asked| {
        let patches = match asked.operation.as_str() {
            "DescribeInstancePatches" => titles,
            _ => &[],
        };
        let patches = patches.iter().enumerate().map(|(at, title)| {
            serde_json::json!({
                "Title": title, "KBId": format!("KB{at}"), "Classification": "Security",
                "Severity": "Critical", "State": "Missing", "InstalledTime": 0.0,
            })
        });
        let body = serde_json::json!({"Patches": patches.collect::<Vec<_>>()});
        (200, body.to_string())
    })
}

const ACTING: [&str; 8] = [
    "a;=1+1",
    "a\t=1+1",
    "\0=1+1",
    "a|@x",
    "\u{b}+1\u{85}-1\u{7f}",
    "a =1+1",
    "KB123 - Update; second part",
    "a\r\n=1",
];

#[test]
fn csv_in_a_pipe_has_no_control_character_and_no_formula_behind_any_separator() {
    let served = titled(&ACTING);
    let args = [
        "patches",
        "i-0123456789abcdef0",
        "-o",
        "csv",
        "--columns",
        "Title",
        "--no-headers",
    ];
    let ran = run(&mut live(&served.url, &args));
    assert_eq!(
        ran.out.split("\r\n").collect::<Vec<_>>(),
        [
            "\"a;'=1+1\"",
            "\"a\\t'=1+1\"",
            "\"\\u{0}'=1+1\"",
            "\"a|'@x\"",
            "\"\\u{b}'+1\\u{85}'-1\\u{7f}\"",
            "a '=1+1",
            "\"KB123 - Update; second part\"",
            "\"a\\r\\n'=1\"",
            "",
        ],
        "{}",
        ran.err
    );
}

#[test]
fn json_in_a_pipe_keeps_control_characters_and_has_none_as_it_is() {
    let served = titled(&ACTING);
    for format in ["json", "ndjson"] {
        let args = [
            "patches",
            "i-0123456789abcdef0",
            "-o",
            format,
            "--columns",
            "Title",
        ];
        let ran = run(&mut live(&served.url, &args));
        assert!(
            !ran.out
                .contains(|letter: char| letter.is_control() && letter != '\n')
        );
        let titles: Vec<Value> = match format {
            "json" => ran.json()["Patches"].as_array().unwrap().clone(),
            _ => ran
                .out
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        };
        let titles: Vec<&str> = titles
            .iter()
            .map(|row| row["Title"].as_str().unwrap())
            .collect();
        assert_eq!(titles, ACTING, "{format}");
    }
}

#[test]
fn json_keeps_the_bytes_and_ndjson_says_the_same() {
    let document = run(&mut demo(&["patches", NASTY, "i-123", "-o", "json"])).json();
    let titles: Vec<&str> = document["Patches"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["Title"].as_str())
        .collect();
    assert!(
        titles
            .iter()
            .any(|title| title.starts_with("\u{1b}[31mred alert\u{1b}[0m"))
    );
    assert!(
        titles
            .iter()
            .any(|title| title.contains("invoice\u{202e}fdp.exe"))
    );
    let lines = run(&mut demo(&["patches", NASTY, "i-123", "-o", "ndjson"]));
    let rows: Vec<Value> = lines
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(&Value::Array(rows), &document["Patches"]);
}

#[test]
fn each_format_over_the_nastiest_node() {
    let args = [
        "patches",
        NASTY,
        "i-0dead00000000beef",
        "--classification",
        "brew,brew-cask",
        "--kb",
        "aaa-escape,aab-bidi,aac-formula,aad-wide,aae-comma,aaf-quote,aag-newline,aah-markup",
    ];
    for format in ["table", "json", "yaml", "ndjson", "csv", "markdown"] {
        let ran = run(demo(&args).args(["-o", format]));
        insta::assert_snapshot!(format!("nasty_{format}"), ran.out);
    }
}

#[test]
fn states_in_each_format() {
    for format in ["table", "json", "yaml", "ndjson", "csv", "markdown"] {
        let ran = run(demo(&MIXED).args(["-o", format]));
        assert_eq!(ran.code, 3);
        insta::assert_snapshot!(format!("states_{format}"), ran.out);
    }
}

#[test]
fn every_command_prints_a_markdown_table_and_its_notes_as_a_list() {
    let commands: [(&str, &[&str]); 6] = [
        (
            "patches_by_kb",
            &["patches", "--by", "kb", "i-123", "i-bogus"],
        ),
        ("summary", &["summary"]),
        ("doctor", &["doctor"]),
        ("check", &["check", "i-123", "i-456", "i-bogus"]),
        ("estimate", &["patches", "i-123", "--estimate"]),
        (
            "exposure",
            &[
                "patches",
                "--cve",
                "CVE-2026-57026",
                "i-123",
                "i-0dead00000000beef",
            ],
        ),
    ];
    for (name, args) in commands {
        let ran = run(demo(args).args(["-o", "markdown"]));
        let mut lines = ran.out.lines();
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let width = cells(lines.next().unwrap());
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            assert_eq!(cells(line), width, "{line}");
        }
        assert!(
            lines.all(|line| line.trim_start().starts_with("- ")),
            "{name}"
        );
        insta::assert_snapshot!(format!("markdown_{name}"), ran.out);
        let quiet = run(demo(args).args(["-o", "markdown", "-q"]));
        assert!(
            quiet.out.lines().all(|line| line.starts_with("| ")),
            "{name}"
        );
    }
}

#[test]
fn zero_and_unknown_look_different_in_every_format() {
    // No pending-reboot counter, nothing missing.
    let columns = [
        "states",
        "i-1f7c3a9b",
        "--columns",
        "MissingCount,InstalledPendingRebootCount",
        "--no-headers",
        "-q",
    ];
    let seen = |format| run(demo(&columns).args(["-o", format])).out;
    assert_eq!(seen("csv"), "0,\r\n");
    assert_eq!(
        seen("ndjson"),
        "{\"MissingCount\":0,\"InstalledPendingRebootCount\":null}\n"
    );
    assert_eq!(seen("table"), "0  -\n");
    assert!(seen("markdown").ends_with("\n| 0 | - |\n"));
}

#[test]
fn columns_are_chosen_added_and_sorted_by() {
    let ids = [
        "i-123",
        "i-456",
        "i-05a1f9d3c7b6e8240",
        "i-0dead00000000beef",
    ];
    let ran = run(demo(&[
        "states",
        "-o",
        "csv",
        "--columns",
        "InstanceId,MissingCount",
        "--sort-by",
        "-MissingCount",
    ])
    .args(ids));
    assert_eq!(
        ran.out,
        "InstanceId,MissingCount\r\ni-05a1f9d3c7b6e8240,9\r\ni-123,6\r\ni-456,0\r\ni-0dead00000000beef,\r\n"
    );
    let ran = run(demo(&["states", "--columns", "+BaselineId"]).args(ids));
    assert!(
        ran.out
            .lines()
            .next()
            .unwrap()
            .ends_with("Failed  Baseline"),
        "{}",
        ran.out
    );
    let help = run(&mut demo(&["patches", "--columns", "help"]));
    assert_eq!(help.code, 0);
    assert_eq!(help.out.lines().count(), 32);
}

#[test]
fn a_terminal_too_narrow_for_the_columns_asked_for_is_told_which_are_left_out() {
    let table = on_terminal(
        60,
        &[
            "states",
            "i-123",
            "--columns",
            "InstanceId,SnapshotId,OperationStartTime,BaselineId",
            "--color",
            "never",
        ],
    );
    assert!(
        table.contains("no room for BaselineId; widen the terminal, name fewer --columns"),
        "{table}"
    );
}

#[test]
fn the_answer_of_nothing_is_a_whole_document() {
    let ran = run(&mut demo(&[
        "patches", "i-456", "--state", "Failed", "-o", "json",
    ]));
    assert_eq!(ran.json()["Patches"], serde_json::json!([]));
    assert!(ran.err.contains("no patch matches"));
    let ran = run(&mut demo(&[
        "patches", "i-456", "--state", "Failed", "-o", "csv",
    ]));
    assert_eq!(
        ran.out,
        "InstanceId,Region,AccountId,Title,KBId,Classification,Severity,SeverityLevel,State,InstalledTime,CVEIds,Note\r\n"
    );
}

#[test]
fn columns_that_were_asked_for_outlast_the_usual_ones() {
    let table = on_terminal(
        80,
        &[
            "states",
            "i-0d15e8b7c3f2946a0",
            "--columns",
            "+BaselineId",
            "--sort-by",
            "-MissingCount",
            "--color",
            "never",
        ],
    );
    let header = table.lines().next().unwrap();
    assert!(
        header.contains("Baseline") && header.contains("Missing"),
        "{header}"
    );
    assert!(!table.contains("no room"), "{table}");
}

#[test]
fn color_always_outranks_no_color() {
    let forced = run(demo(&["states", "i-123", "--color", "always"]).env("NO_COLOR", "1"));
    assert!(forced.out.contains("1mNON_COMPLIANT"), "{:?}", forced.out);
}

#[cfg(unix)]
#[test]
fn what_is_longer_than_the_screen_goes_to_the_pager_which_changes_nothing_else() {
    let shown = |pager: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchctl"));
        command.args(["--demo", "--color", "never"]).args(args);
        let screen = terminal::run(command.env("PAGER", pager), 120);
        assert_eq!((screen.code, &*screen.err), (0, ""), "{pager}");
        screen.out
    };
    let fleet = ["states", "--all"];
    let all = shown("cat", &fleet);
    assert!(all.lines().count() > 50);
    // It quits early; it needs a shell; it is missing; it is not wanted.
    let first: Vec<&str> = all.lines().take(2).collect();
    assert_eq!(shown("head -2", &fleet).lines().collect::<Vec<_>>(), first);
    let counted = shown("wc -l | tr -d ' '", &fleet);
    assert_eq!(counted.trim(), all.lines().count().to_string());
    assert_eq!(shown("nonesuch --flag", &fleet), all);
    assert_eq!(shown("head -2", &["--no-pager", "states", "--all"]), all);
    // One screen needs none.
    let one = ["states", "i-123"];
    assert_eq!(shown("wc -l", &one), shown("cat", &one));
}

#[cfg(unix)]
#[test]
fn an_error_is_said_once_in_the_row_or_where_that_cuts_it_on_stderr() {
    let shown = |width: u16| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchctl"));
        command.args(["--demo", "--color", "never", "states", "i-123", "i-bogus"]);
        let screen = terminal::run(&mut command, width);
        assert_eq!(screen.code, 3);
        let cause = "ValidationException: ";
        (
            screen.out.matches(cause).count(),
            screen.err.matches(cause).count(),
            screen,
        )
    };
    let (rows, messages, screen) = shown(800);
    assert_eq!((rows, messages), (1, 0), "{}{}", screen.out, screen.err);
    let (_, messages, screen) = shown(80);
    assert_eq!(messages, 1, "{}{}", screen.out, screen.err);
    assert!(screen.out.contains('\u{2026}'), "{}", screen.out);
}

#[cfg(unix)]
#[test]
fn notes_of_the_fewest_lines_stand_first_on_a_terminal() {
    let all = run(&mut demo(&["states", "--all"]));
    let notes: Vec<&str> = all
        .out
        .lines()
        .rev()
        .take_while(|line| !line.is_empty())
        .collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchctl"));
    command.args(["--demo", "--color", "never", "states", "--all"]);
    let screen = terminal::run(&mut command, 60).out;
    let below: Vec<&str> = screen
        .lines()
        .rev()
        .take_while(|line| !line.is_empty())
        .collect();
    let mut lines_of_notes: Vec<usize> = Vec::new();
    for line in below.iter().rev() {
        if notes.iter().any(|note| note.starts_with(line)) {
            lines_of_notes.push(0);
        }
        *lines_of_notes.last_mut().unwrap() += 1;
    }
    assert_eq!(lines_of_notes.len(), notes.len(), "{screen}");
    // The counts stand before all.
    assert!(
        lines_of_notes[1..].is_sorted(),
        "{lines_of_notes:?} {screen}"
    );
    assert!(lines_of_notes.last() > lines_of_notes.get(1), "{screen}");
}

#[test]
fn json_on_a_terminal_is_indented_and_the_same_document() {
    let args = ["states", "i-123", "mi-0dead00000000f00d", "-o", "json"];
    let shown = on_terminal(120, &[&args[..], &["--color", "never"]].concat());
    assert!(shown.starts_with("{\n  \"SchemaVersion\": 1,\n"), "{shown}");
    let piped = run(&mut demo(&args));
    assert!(
        piped.out.starts_with("{\n\"SchemaVersion\":1,\n"),
        "{}",
        piped.out
    );
    assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), piped.json());
    assert!(on_terminal(120, &args).contains("\u{1b}[2mnull"));
}

#[cfg(unix)]
#[test]
fn bars_and_shortened_text_are_ascii_where_the_locale_is() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_patchctl"));
    command.args(["--demo", "--color", "never", "summary", "--by", "platform"]);
    let screen = terminal::run(command.env("LC_ALL", "C"), 80);
    assert!(
        screen.out.is_ascii() && screen.out.contains("..####"),
        "{}",
        screen.out
    );
}

#[test]
fn a_found_fleet_has_names_and_is_sorted_by_what_to_do_first() {
    let table = run(&mut demo(&["states", "--all"])).out;
    assert!(table.starts_with("Node                  Name "), "{table}");
    let verdicts: Vec<&str> = ["NON_COMPLIANT", "NO_DATA", "STALE", " COMPLIANT"]
        .into_iter()
        .filter(|verdict| table.contains(verdict))
        .collect();
    let at = |verdict: &&str| table.find(*verdict).unwrap();
    assert!(verdicts.iter().map(at).is_sorted(), "{table}");
    // The order of ids that are given, and of formats for programs, stays.
    let given = run(&mut demo(&["states", "i-456", "i-123"])).out;
    assert!(given.find("i-456") < given.find("i-123"), "{given}");
    let csv = run(&mut demo(&["states", "--all", "-o", "csv"])).out;
    let ids: Vec<&str> = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap())
        .collect();
    assert!(
        ids.is_sorted() && csv.starts_with("InstanceId,Region,AccountId,Name,"),
        "{csv}"
    );
    let patches = run(&mut demo(&["patches", "i-123"])).out;
    let (lacking, last) = (patches.rfind("Missing"), patches.find("NotApplicable"));
    assert!(
        lacking < patches.find("InstalledOther") && last > lacking,
        "{patches}"
    );
}

#[test]
fn the_wide_table_has_every_column_of_the_usual_one_on_any_terminal() {
    for width in [60, 80, 100, 120, 160, 200] {
        let headings = |args: &[&str]| -> Vec<String> {
            let shown = on_terminal(width, &[args, &["--color", "never"]].concat());
            let line = shown.lines().next().unwrap();
            line.split("  ")
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .map(ToOwned::to_owned)
                .collect()
        };
        for command in [
            ["states", "i-123"],
            ["states", "--all"],
            ["patches", "i-123"],
        ] {
            let wide = headings(&[&command[..], &["-o", "wide"]].concat());
            let usual = headings(&command);
            assert!(
                usual.iter().all(|name| wide.contains(name)),
                "{width}: {usual:?} {wide:?}"
            );
        }
    }
}
