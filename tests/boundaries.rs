//! Which file may name which crate and which module, that no circle of files
//! exists, and that prose is plain. Reads the sources as text.

use std::fs;
use std::path::{Path, PathBuf};

use self::imports::{Modules, circles};

mod imports;

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files_below(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
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

/// Is the whole file about tests?
fn is_test(name: &str) -> bool {
    name.ends_with("/tests.rs") || name.contains("/tests/")
}

/// The code of a file: its comments may name what they like.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or(""))
}

/// Whether the line names it, other than as the end of a longer name.
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

/// Crates and system modules, with the only files that may name them.
const CRATE_ROOMS: &[(&[&str], &[&str])] = &[
    (&["aws_", "rustls::"], &["source/"]),
    (
        &["aws_config", "aws_credential_types"],
        &[
            "source/aws/session/profile.rs",
            "source/aws/session/checked_credentials.rs",
            "source/aws/session/cli_cache.rs",
            "source/aws/session/credential_source.rs",
            "source/aws/session/credentials.rs",
            "source/aws/session/metadata.rs",
            "source/aws/session/providers.rs",
            "source/aws/session/s3.rs",
            "source/dataset/storage/s3/tests/bucket_server.rs",
            "source/aws/session/sso.rs",
            "source/aws/session.rs",
            "source/aws/session/sts.rs",
        ],
    ),
    (&["aws_smithy_http_client"], &["source/aws/session/http.rs"]),
    (&["rustls::"], &["source/aws/session/ca_bundle.rs"]),
    (
        &["clap::", "clap_complete", "clap_mangen"],
        &["cli.rs", "cli/", "command/docs.rs"],
    ),
    (&["comfy_table"], &["render/table.rs"]),
    (&["crossterm"], &["render/table.rs", "render/tone.rs"]),
    (
        &["sha2::"],
        &[
            "render/gate/asff.rs",
            "render/gate/sarif.rs",
            "render/html/page.rs",
            "source/dataset/",
        ],
    ),
    (&["parquet::", "snap::"], &["source/dataset/"]),
    (&["object_store"], &["source/dataset/storage/"]),
    (&["askama"], &["render/html/"]),
    (&["sha1::"], &["source/aws/session/cli_cache.rs"]),
    (&["quick_xml"], &["render/gate/junit.rs"]),
    (
        &["csv::"],
        &[
            "render/csv.rs",
            "demo/baseline_catalogue.rs",
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
            "source/dataset/storage/s3/transport.rs",
        ],
    ),
    (&["indicatif", "terminal_size"], &["terminal.rs"]),
    (&["jmespath"], &["render/query.rs"]),
    (&["xmlparser"], &["source/aws/api/wire/xml.rs"]),
    (&["toml::"], &["settings/file.rs", "gate/waiver/file.rs"]),
    (&["wildmatch"], &["glob.rs"]),
    (
        &["tempfile"],
        &[
            "sink.rs",
            "source/dataset/storage/local.rs",
            "source/dataset/tests/mutations.rs",
            "source/dataset/verify/tests.rs",
            "source/ordered/spill_buffer.rs",
        ],
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
            "named_pipe.rs",
            "command/signals.rs",
            "settings/trust.rs",
            "source/dataset/tests/mutations/memory.rs",
        ],
    ),
    (
        &["process::Command"],
        &["pager.rs", "source/dataset/tests/mutations.rs"],
    ),
    (&["ctor_lite"], &["stdout.rs"]),
    (&["percent_encoding"], &["sanitize.rs", "demo/query.rs"]),
    (&["schemars"], &["render/"]),
    (&["minijinja"], &["render/template"]),
    (&["rust_xlsxwriter"], &["render/xlsx/"]),
];

#[test]
fn each_crate_is_named_only_in_its_files() {
    for (words, rooms) in CRATE_ROOMS {
        // `crate::csv` and the like are this crate's own modules.
        let found = trespassers(words, rooms);
        let found: Vec<&String> = found
            .iter()
            .filter(|name| *name != "render.rs" || *words != ["csv::"])
            .collect();
        assert!(found.is_empty(), "{words:?} in {found:?}");
    }
}

#[test]
fn data_flows_one_way() {
    let upstream: [(&[&str], &[&str]); 5] = [
        // The domain: pure values and rules.
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
                "record",
                "compliance",
                "plan",
                "report",
                "aggregate",
                "gate",
                "columns/sort.rs",
                "columns/condition",
                "columns/row_filter.rs",
                "duration.rs",
                "glob.rs",
                "sanitize.rs",
                "suggest.rs",
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
        // A setting is text until the argument that takes it parses it.
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
                "crate::plan",
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
            let is_meant = files.iter().any(|file| name.starts_with(file)) && !is_test(&name);
            // Sorting and filtering are pure, and about columns.
            let words: Vec<&&str> = words
                .iter()
                .filter(|word| !name.starts_with("columns/") || **word != "crate::columns")
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
fn no_two_files_use_names_of_each_other_directly_or_through_others() {
    let imports = Modules::parse(&sources()).imports();
    let found = circles(&imports);
    let mut message = Vec::new();
    for circle in &found {
        message.push(format!("a circle of files: {}", circle.join(", ")));
        for ((from, to), names) in &imports {
            if circle.contains(from) && circle.contains(to) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                message.push(format!("    {from} uses {to}: {}", names.join(", ")));
            }
        }
    }
    assert!(message.is_empty(), "{}", message.join("\n"));
}

/// Words of the old prose, which say nothing to a reader from outside.
const OLD_PROSE: [&str; 5] = ["nobody", "somebody", "anybody", "in vain", "must not know"];

#[test]
fn prose_is_plain_english() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests", "docs", "man", "completions"] {
        files_below(&root.join(folder), &mut files);
    }
    // The list of the words itself.
    files.retain(|path| !path.ends_with("tests/boundaries.rs"));
    for page in ["README.md", "CONTRIBUTING.md", "SECURITY.md"] {
        files.extend(Some(root.join(page)).filter(|page| page.exists()));
    }
    let mut found = Vec::new();
    for path in &files {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).to_lowercase();
        // A phrase may stand in a name, as a_call_in_vain, or over two lines of a comment.
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphabetic())
            .filter(|word| !word.is_empty())
            .collect();
        let text = words.join(" ");
        if OLD_PROSE.iter().any(|phrase| text.contains(phrase)) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.push(name.replace('\\', "/"));
        }
    }
    assert!(found.is_empty(), "one of {OLD_PROSE:?} is in {found:?}");
}

#[test]
fn every_file_says_what_it_is_for_and_stays_small() {
    for (name, text) in sources() {
        assert!(
            text.starts_with("//!"),
            "{name} does not start with its purpose"
        );
        let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        let lines = text[..tests].lines().count();
        assert!(lines <= 420 || is_test(&name), "{name} has {lines} lines");
    }
}

#[test]
fn panics_unwind_in_every_profile_so_that_they_can_be_caught() {
    assert!(!include_str!("../Cargo.toml").contains("panic = "));
}
