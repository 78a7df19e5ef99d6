//! The walls between the rooms: which file may name which crate. Reads the
//! sources; knows nothing of what they do.

use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The code of a file: its comments may name what they like.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or(""))
}

/// Does the line name it, other than as the end of a longer name?
fn names(line: &str, word: &str) -> bool {
    let starts_name = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| starts_name(at))
}

/// Every file whose code says one of `words`, except those in `rooms`.
fn trespassers(words: &[&str], rooms: &[&str]) -> Vec<String> {
    sources()
        .into_iter()
        .filter(|(name, _)| !rooms.iter().any(|room| name.starts_with(room)))
        .filter(|(_, text)| code(text).any(|line| words.iter().any(|word| names(line, word))))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn each_crate_is_named_only_in_its_room() {
    let walls: [(&[&str], &[&str]); 18] = [
        (&["aws_", "rustls::"], &["source/"]),
        (
            &["aws_config", "aws_credential_types"],
            &[
                "source/aws/session/profile.rs",
                "source/aws/session/checked_credentials.rs",
                "source/aws/session/credentials.rs",
                "source/aws/session.rs",
                "source/aws/session/sts.rs",
            ],
        ),
        (
            &["aws_smithy_http_client", "rustls::"],
            &["source/aws/session/http.rs"],
        ),
        (
            &["clap::", "clap_complete", "clap_mangen"],
            &["cli.rs", "cli/", "command/docs.rs"],
        ),
        (&["comfy_table"], &["render/table.rs"]),
        (&["crossterm"], &["render/table.rs", "render/gate/table.rs"]),
        (&["sha2::"], &["render/gate/sarif.rs"]),
        (&["quick_xml"], &["render/gate/junit.rs"]),
        (
            &["csv::"],
            &[
                "render/csv.rs",
                "demo/baselines.rs",
                "demo/catalogue.rs",
                "demo/machine.rs",
                "demo/sample.rs",
            ],
        ),
        (
            &["hyper::", "hyper_util", "http_body_util"],
            &[
                "demo/server",
                "endpoint.rs",
                "source/aws/session/body_limit.rs",
                "source/aws/session/checked_credentials.rs",
            ],
        ),
        (&["indicatif", "terminal_size"], &["terminal.rs"]),
        (&["xmlparser"], &["source/aws/api/wire/xml.rs"]),
        (&["toml::"], &["settings/file.rs", "gate/waiver/file.rs"]),
        (&["wildmatch"], &["gate/waiver/pattern.rs"]),
        (
            &["tempfile"],
            &["sink.rs", "source/ordered/spill_buffer.rs"],
        ),
        (
            &[
                "io::stdout",
                "io::stderr",
                "io::stdin",
                "println!",
                "eprintln!",
            ],
            &["terminal.rs", "stdout.rs"],
        ),
        (
            &["rustix::"],
            &[
                "stdout.rs",
                "fifo.rs",
                "command/signals.rs",
                "settings/trust.rs",
            ],
        ),
        (&["ctor_lite"], &["stdout.rs"]),
    ];
    for (words, rooms) in walls {
        // `crate::csv` and the like are this crate's own modules.
        let found = trespassers(words, rooms);
        let found: Vec<&String> = found
            .iter()
            .filter(|name| *name != "render.rs" || words != ["csv::"])
            .collect();
        assert!(found.is_empty(), "{words:?} in {found:?}");
    }
}

#[test]
fn data_flows_one_way() {
    let upstream: [(&[&str], &[&str]); 5] = [
        // The domain knows nothing above it.
        (
            &[
                "crate::source",
                "crate::columns",
                "crate::render",
                "crate::cli",
                "crate::terminal",
                "crate::command",
            ],
            &[
                "record.rs",
                "compliance/verdict.rs",
                "plan/filter.rs",
                "plan/selection.rs",
                "report.rs",
                "report/",
                "plan/iam.rs",
                "sanitize.rs",
                "columns/sort.rs",
                "gate.rs",
                "gate/",
                "aggregate/summary.rs",
                "suggest.rs",
                "gate/waiver.rs",
            ],
        ),
        (
            &[
                "crate::render",
                "crate::cli",
                "crate::terminal",
                "crate::command",
                "crate::columns",
                "crate::report",
            ],
            &["source.rs", "source/"],
        ),
        // What is configured is words, until an argument takes them.
        (
            &[
                "crate::source",
                "crate::cli",
                "crate::command",
                "crate::columns",
                "crate::render",
                "crate::record",
                "crate::terminal",
            ],
            &["settings.rs", "settings/", "suggest.rs"],
        ),
        (
            &[
                "crate::source",
                "crate::cli",
                "crate::command",
                "crate::terminal",
                "crate::selection",
                "crate::filter",
            ],
            &["render.rs", "render/", "columns.rs"],
        ),
        (
            &[
                "crate::source",
                "crate::cli",
                "crate::command",
                "crate::render",
                "crate::terminal",
                "crate::record",
            ],
            &["demo.rs", "demo/"],
        ),
    ];
    for (words, files) in upstream {
        for (name, text) in sources() {
            let is_meant = files.iter().any(|file| name.starts_with(file));
            // Sorting is the one pure file that is about columns.
            let words: Vec<&&str> = words
                .iter()
                .filter(|word| name != "columns/sort.rs" || **word != "crate::columns")
                .collect();
            if is_meant {
                for line in code(&text) {
                    assert!(
                        !words.iter().any(|word| line.contains(**word)),
                        "{name}: {line}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_file_says_what_it_knows_and_stays_small() {
    for (name, text) in sources() {
        assert!(text.starts_with("//!"), "{name} does not say what it knows");
        let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        let lines = text[..tests].lines().count();
        assert!(lines <= 420, "{name} has {lines} lines");
    }
}

#[test]
fn panics_unwind_in_every_profile_so_that_they_can_be_caught() {
    assert!(!include_str!("../Cargo.toml").contains("panic = "));
}
