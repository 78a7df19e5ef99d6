//! Files that the program wrote about itself are what it would write today.
//! `UPDATE_GENERATED=1 cargo test generated` writes them anew.

#![cfg(unix)]

use std::fs;

use crate::docs::{self, root};
use crate::support::{patchctl, picture, program, run, terminal};

fn updating() -> bool {
    std::env::var_os("UPDATE_GENERATED").is_some()
}

/// What the program prints for these arguments.
fn printed(args: &[&str]) -> String {
    let ran = run(patchctl().args(args));
    assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    ran.out
}

fn is_fresh(path: &str, expected: &str) {
    let file = root().join(path);
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == expected,
        "{path} is stale: UPDATE_GENERATED=1 cargo test generated"
    );
}

/// No more files lie there than are generated.
fn holds_only(folder: &str, names: &[String]) {
    let mut found: Vec<String> = fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    let mut names = names.to_vec();
    names.sort();
    assert_eq!(found, names);
}

#[test]
fn completions_are_fresh() {
    let mut names = Vec::new();
    for (shell, name) in [
        ("bash", "patchctl.bash"),
        ("zsh", "_patchctl"),
        ("fish", "patchctl.fish"),
        ("powershell", "_patchctl.ps1"),
        ("elvish", "patchctl.elv"),
    ] {
        let script = printed(&["completions", shell]);
        is_fresh(&format!("completions/{name}"), &script);
        // The others ask the program.
        let has_flags = script.contains("no-prefetch");
        assert_eq!(has_flags, shell == "powershell", "{shell}");
        names.push(name.to_owned());
    }
    holds_only("completions", &names);
}

#[test]
fn man_pages_are_fresh() {
    let mut names = Vec::new();
    for command in [
        &[][..],
        &["states"],
        &["patches"],
        &["check"],
        &["summary"],
        &["report"],
        &["diff"],
        &["history"],
        &["trend"],
        &["collect"],
        &["verify"],
        &["doctor"],
        &["iam-policy"],
        &["iam-policy", "states"],
        &["iam-policy", "patches"],
        &["iam-policy", "check"],
        &["iam-policy", "summary"],
        &["iam-policy", "report"],
        &["iam-policy", "diff"],
        &["iam-policy", "trend"],
        &["iam-policy", "verify"],
        &["iam-policy", "history"],
        &["iam-policy", "collect"],
        &["iam-policy", "doctor"],
        &["demo"],
        &["demo", "serve"],
        &["demo", "nodes"],
        &["config"],
        &["config", "init"],
        &["config", "show"],
        &["template"],
        &["template", "list"],
        &["template", "show"],
        &["completions"],
        &["man"],
        &["schema"],
        &["version"],
    ] {
        let name = format!("{}.1", [&["patchctl"], command].concat().join("-"));
        is_fresh(
            &format!("man/{name}"),
            &printed(&[&["man"], command].concat()),
        );
        names.push(name);
    }
    holds_only("man", &names);
}

#[test]
fn schemas_are_fresh() {
    let documents = [
        "states", "patches", "pivot", "summary", "report", "collect", "verify", "diff", "history",
        "trend", "doctor", "check", "estimate", "config", "dataset",
    ];
    let engines = ["duckdb", "spark", "athena", "trino"];
    for document in documents {
        is_fresh(
            &format!("schemas/{document}-v1.json"),
            &printed(&["schema", document]),
        );
    }
    for engine in engines {
        is_fresh(
            &format!("schemas/dataset-v1.{engine}.sql"),
            &printed(&["schema", "--for", engine]),
        );
    }
    let schemas = documents.map(|document| format!("{document}-v1.json"));
    let ddl = engines.map(|engine| format!("dataset-v1.{engine}.sql"));
    holds_only("schemas", &[&schemas[..], &ddl].concat());
}

/// `console` blocks of README.md and `docs/`, and the exit codes of all commands that stand there.
#[test]
fn what_the_pages_show_is_what_the_program_prints() {
    docs::check(updating());
}

/// The picture in README.md is drawn from what a terminal shows.
#[test]
fn the_picture_in_the_readme_is_fresh() {
    const WIDTH: u16 = 104;
    const COMMANDS: [&str; 2] = [
        "patchctl --demo states i-123 i-456 i-0d15e8b7c3f2946a0 i-0f7c2a6e4d9b18350 i-0dead00000000beef",
        "patchctl --demo summary --quiet",
    ];
    let mut shown = String::new();
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        let screen = terminal::run(program().args(words).args(["--color", "always"]), WIDTH);
        assert_eq!(screen.code, 0, "{}", screen.err);
        shown = format!(
            "{shown}\u{1b}[32m$\u{1b}[0m \u{1b}[1m{command}\u{1b}[0m\n{}\n",
            screen.out
        );
    }
    is_fresh(
        "docs/demo.svg",
        &picture::draw(
            &shown,
            WIDTH.into(),
            &format!("A terminal that shows: {}", COMMANDS.join("; ")),
        ),
    );
}

#[test]
fn the_page_on_output_lists_the_columns_of_each_command() {
    let page = docs::read("docs/output.md");
    for command in [
        "states",
        "patches",
        "patches --by kb",
        "summary",
        "check",
        "doctor",
    ] {
        let list = format!("<!-- generated: {command} --columns help -->\n| column |");
        assert!(page.contains(&list), "{command}");
    }
}

/// What `docs/faults.md` promises is shown by the tests that it names.
#[test]
fn each_test_that_the_page_on_faults_names_exists() {
    let page = fs::read_to_string(root().join("docs/faults.md")).unwrap();
    let mut named = 0;
    // Every second part stands between backticks.
    for part in page.split('`').skip(1).step_by(2) {
        let Some((file, test)) = part.split_once("::") else {
            continue;
        };
        let source = fs::read_to_string(root().join(file)).unwrap_or_default();
        assert!(source.contains(&format!("fn {test}(")), "{part}");
        named += 1;
    }
    assert!(named > 50, "{named}");
}
