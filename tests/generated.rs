//! Files that the program wrote about itself are what it would write today.
//! `UPDATE_GENERATED=1 cargo test generated` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{patchctl, run};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

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
fn completions_are_fresh_and_offer_the_columns_and_states() {
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
        assert!(script.contains("no-prefetch"), "{shell}");
        if matches!(shell, "bash" | "zsh" | "fish") {
            assert!(
                script.contains("InstalledPendingRebootCount")
                    && script.contains("AvailableSecurityUpdate"),
                "{shell}"
            );
        }
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
        &["doctor"],
        &["iam-policy"],
        &["iam-policy", "states"],
        &["iam-policy", "patches"],
        &["iam-policy", "check"],
        &["iam-policy", "summary"],
        &["iam-policy", "doctor"],
        &["demo"],
        &["demo", "serve"],
        &["demo", "nodes"],
        &["config"],
        &["config", "show"],
        &["completions"],
        &["man"],
        &["schema"],
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
        "states", "patches", "pivot", "summary", "doctor", "check", "estimate", "config",
    ];
    for document in documents {
        is_fresh(
            &format!("schemas/{document}-v1.json"),
            &printed(&["schema", document]),
        );
    }
    holds_only(
        "schemas",
        &documents.map(|document| format!("{document}-v1.json")),
    );
}

/// The README's generated blocks: `<!-- generated: ARGS -->`, a fenced block,
/// `<!-- end -->`. What stands in the fence is what `patchctl ARGS` prints.
#[test]
fn what_the_readme_says_the_program_prints_is_what_it_prints() {
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let mut fresh = String::new();
    let mut rest = readme.as_str();
    let mut blocks = 0;
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (args, after) = after.split_once(" -->\n").unwrap();
        let (_, after) = after.split_once("<!-- end -->").unwrap();
        let args: Vec<&str> = args.split_whitespace().collect();
        let mut command = patchctl();
        if args.contains(&"--config") {
            // A file of the repository.
            command.current_dir(root());
        }
        let ran = run(command.args(&args));
        let shown = ran.out.trim_end_matches('\n');
        for part in [
            before,
            "<!-- generated: ",
            &args.join(" "),
            " -->\n```text\n",
            shown,
            "\n```\n<!-- end -->",
        ] {
            fresh.push_str(part);
        }
        rest = after;
        blocks += 1;
    }
    fresh += rest;
    if updating() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(blocks >= 4, "the README shows {blocks} generated blocks");
    assert!(
        fresh == readme || updating(),
        "README.md is stale: UPDATE_GENERATED=1 cargo test generated"
    );
}

#[test]
fn the_readme_names_every_column() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for command in [
        &["states"][..],
        &["patches"],
        &["patches", "--by", "kb"],
        &["summary"],
        &["doctor"],
    ] {
        for line in printed(&[command, &["--columns", "help"]].concat()).lines() {
            let name = line.split_whitespace().next().unwrap();
            assert!(readme.contains(name), "{name}");
        }
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
