//! The man pages in `man/`, and which commands show connection flags.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{patchctl, run};

fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn every_man_page_has_the_usual_sections_and_a_short_synopsis() {
    for (name, text) in pages() {
        let mut rest = text.as_str();
        for section in [
            ".SH NAME\n",
            ".SH SYNOPSIS\n",
            ".SH DESCRIPTION\n",
            ".SH OPTIONS\n",
            ".SH \"EXIT STATUS\"\n",
            ".SH ENVIRONMENT\n",
            ".SH FILES\n",
            ".SH \"SEE ALSO\"\n",
        ] {
            let (_, after) = rest
                .split_once(section)
                .unwrap_or_else(|| panic!("{name} has no {section}"));
            rest = after;
        }
        let (_, synopsis) = text.split_once(".SH SYNOPSIS\n").unwrap();
        let line = synopsis.lines().next().unwrap();
        let command = name.replace('-', " ").replace("iam policy", "iam\\-policy");
        assert!(
            line.starts_with(&format!("\\fB{command}\\fR [OPTIONS]")),
            "{name}: {line}"
        );
        assert!(line.len() < 80, "{name}: {line}");
    }
}

#[test]
fn man_pages_name_only_pages_that_are_shipped() {
    let pages = pages();
    for (name, text) in &pages {
        let (_, related) = text.split_once(".SH \"SEE ALSO\"\n").unwrap();
        let mut named = 0;
        for line in related.lines() {
            let other = line.trim_start_matches("\\fB");
            let (other, _) = other.split_once("\\fR(1)").unwrap();
            let other = other.replace("\\-", "-");
            assert!(
                pages.iter().any(|(page, _)| *page == other),
                "{name}: {line}"
            );
            named += 1;
        }
        assert!(named > 0, "{name}");
        assert_eq!(text.matches("(1)").count(), named, "{name}");
    }
}

/// Debian's `mandoc`, where it is installed.
#[test]
fn man_pages_pass_the_linter() {
    for (name, _) in pages() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("man/{name}.1"));
        let lint = Command::new("mandoc")
            .args(["-T", "lint", "-W", "warning"])
            .arg(page)
            .stderr(Stdio::null())
            .output();
        let Ok(lint) = lint else {
            return;
        };
        let said = String::from_utf8(lint.stdout).unwrap();
        // A date would differ between two builds of one commit.
        let wrong = said.lines().filter(|line| !line.contains("missing date"));
        assert_eq!(wrong.collect::<Vec<_>>(), [""; 0], "{name}");
    }
}

#[test]
fn commands_that_do_not_connect_hide_the_connection_flags() {
    let printed = |args: &[&str]| run(patchctl().args(args)).out.replace("\\-", "-");
    for command in [
        &["completions"][..],
        &["man"],
        &["schema"],
        &["version"],
        &["config", "show"],
        &["config", "init"],
        &["demo", "nodes"],
        &["demo", "serve"],
    ] {
        let help = printed(&[command, &["--help"]].concat());
        let page = printed(&[&["man"], command].concat());
        for flag in ["--profile", "--role-name", "--all-regions", "--timeout"] {
            assert!(!help.contains(flag) && !page.contains(flag), "{command:?}");
        }
    }
    let policy = printed(&["iam-policy", "states", "--help"]);
    assert!(policy.contains("--role-name") && policy.contains("--region"));
    assert!(policy.contains("--profile") && !policy.contains("--concurrency"));
    assert!(printed(&["states", "--help"]).contains("--profile"));
    // They are accepted all the same, as on every command.
    assert_eq!(
        run(patchctl().args(["schema", "states", "--region", "eu-west-1"])).code,
        0
    );
}
