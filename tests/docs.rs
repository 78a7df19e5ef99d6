//! README.md and the pages of `docs/`: their command lines run, their output is what the program prints, and their
//! links lead somewhere. CONTRIBUTING.md explains the marks of the blocks.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::terminal::{self, Screen};
use crate::support::{patchctl, program, run};

/// Columns of the terminal that `console` blocks are shown on: what fits README.md.
const WIDTH: u16 = 118;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and every page of `docs/`, by their path from the root.
pub(crate) fn pages() -> Vec<String> {
    let mut pages: Vec<String> = fs::read_dir(root().join("docs"))
        .unwrap()
        .map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|path| has_extension(path, "md"))
        .collect();
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

pub(crate) fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// A page's text, in order.
enum Part<'a> {
    Prose(&'a str),
    Block(Block<'a>),
}

struct Block<'a> {
    /// What stands behind the opening fence, such as `sh no-run`.
    info: &'a str,
    /// The lines between the fences.
    lines: Vec<&'a str>,
    /// The line number of the opening fence.
    line: usize,
}

impl Block<'_> {
    fn runs_as(&self, language: &str) -> bool {
        self.info == language
    }
}

/// Splits a page at its fences.
fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            parts.push(Part::Prose(line));
            continue;
        };
        let lines = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        parts.push(Part::Block(Block {
            info,
            lines,
            line: number + 1,
        }));
    }
    parts
}

/// One command of a block and, in a `console` block, what the page shows below it.
struct Shown {
    /// As typed, with its comment and the lines that continue it.
    text: String,
    output: String,
    line: usize,
}

impl Shown {
    /// The exit code that the comment names: `# exits 3`, or `# exits 1: why`. Without one it is 0.
    fn exit_code(&self) -> i32 {
        self.text.rsplit_once("# exits ").map_or(0, |(_, code)| {
            let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap()
        })
    }
}

/// Does this line go on in the next one?
fn continues(line: &str) -> bool {
    line.ends_with('\\') || line.ends_with('|')
}

/// The commands of a `sh` block: a line each, but for those that are continued.
fn commands(block: &Block) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    let mut open = false;
    for (number, line) in block.lines.iter().enumerate() {
        if open {
            let last = commands.last_mut().unwrap();
            last.text = format!("{}\n{line}", last.text);
        } else if !line.is_empty() && !line.starts_with('#') {
            commands.push(Shown {
                text: (*line).to_owned(),
                output: String::new(),
                line: block.line + number + 1,
            });
        } else {
            continue;
        }
        open = continues(line);
    }
    commands
}

/// The commands of a `console` block, each behind `$ `, with the output below it.
fn session(block: &Block) -> Vec<Shown> {
    let mut session: Vec<Shown> = Vec::new();
    let mut open = false;
    for (number, line) in block.lines.iter().enumerate() {
        let command = line.strip_prefix("$ ");
        if let Some(text) = command {
            session.push(Shown {
                text: text.to_owned(),
                output: String::new(),
                line: block.line + number + 1,
            });
        } else {
            let last = session
                .last_mut()
                .expect("a console block starts with `$ `");
            if open {
                last.text = format!("{}\n{line}", last.text);
            } else {
                last.output = format!("{}{line}\n", last.output);
            }
        }
        open = (command.is_some() || open) && continues(line);
    }
    session
}

/// Programs that are first in PATH: `patchctl` on the demo, and what README's two commands need of `cargo`.
const COMMANDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/commands");

/// What a reader has at hand: some ids, the files that the page shows, and those of `examples/`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // No configuration is looked for above it.
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(
            folder.path().join("nodes.txt"),
            "i-123\ni-456\ni-0d15e8b7c3f2946a0\ni-0dead00000000beef\n",
        )
        .unwrap();
        let examples = folder.path().join("examples");
        fs::create_dir(&examples).unwrap();
        for entry in fs::read_dir(root().join("examples")).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, examples.join(path.file_name().unwrap())).unwrap();
        }
        fs::copy(
            root().join("examples/waivers.toml"),
            folder.path().join("waivers.toml"),
        )
        .unwrap();
        Self(folder)
    }

    fn shell(&self, command: &str) -> Command {
        let program = program();
        let mut shell = Command::new("sh");
        let path = std::env::var("PATH").unwrap_or_default();
        shell
            .args(["-c", command])
            .env_clear()
            .envs(
                program
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .env("PATH", format!("{COMMANDS}:{path}"))
            .env("PROGRAM_UNDER_TEST", program.get_program())
            .env("NO_COLOR", "1")
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        shell
    }
}

/// Programs that a command line of a page may need beside a POSIX system, and that a machine may lack.
fn is_runnable(command: &str) -> bool {
    ["jq"].iter().all(|tool| {
        let needed = command.split_whitespace().any(|word| word == *tool);
        !needed || has_program(tool)
    })
}

fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Runs a page from its first command to its last. The page as it would be if each `console` block showed what was
/// printed, and what went otherwise than the page says.
fn walk(page: &str, text: &str) -> (String, Vec<String>) {
    let folder = Folder::new();
    let mut fresh = String::new();
    let mut faults = Vec::new();
    let mut parts = parts(text).into_iter();
    while let Some(part) = parts.next() {
        match part {
            Part::Prose(line) => {
                fresh = fresh + line + "\n";
                if let Some(args) = generated_table(line) {
                    fresh = fresh + &columns_table(args) + TABLE_END + "\n";
                    parts.find(|part| matches!(part, Part::Prose(line) if *line == TABLE_END));
                }
                for command in inline_commands(line) {
                    let output = folder.shell(command).output().unwrap();
                    if !matches!(output.status.code(), Some(0 | 1 | 3)) {
                        let said = String::from_utf8_lossy(&output.stderr).into_owned();
                        faults.push(format!("{page}: `{command}`: {said}"));
                    }
                }
            }
            Part::Block(block) => {
                fresh = fresh + "```" + block.info + "\n";
                if block.runs_as("console") {
                    for shown in session(&block) {
                        fresh = fresh + "$ " + &shown.text + "\n";
                        if is_runnable(&shown.text) {
                            let screen = terminal::run(&mut folder.shell(&shown.text), WIDTH);
                            faults.extend(wrong_exit(page, &shown, &screen));
                            fresh += &as_text(&screen);
                        } else {
                            fresh += &shown.output;
                        }
                    }
                } else {
                    for line in &block.lines {
                        fresh = fresh + line + "\n";
                    }
                    if block.runs_as("sh") {
                        for shown in commands(&block)
                            .into_iter()
                            .filter(|shown| is_runnable(&shown.text))
                        {
                            let screen = terminal::run(&mut folder.shell(&shown.text), WIDTH);
                            faults.extend(wrong_exit(page, &shown, &screen));
                        }
                    }
                }
                fresh += "```\n";
            }
        }
    }
    (fresh, faults)
}

/// What ends a table of columns, which starts with `<!-- generated: ARGS -->`.
const TABLE_END: &str = "<!-- end -->";

fn generated_table(line: &str) -> Option<&str> {
    line.strip_prefix("<!-- generated: ")?.strip_suffix(" -->")
}

/// What `--columns help` prints, as a table; or the columns of a table of datasets.
fn columns_table(args: &str) -> String {
    if let Some(table) = args.strip_prefix("schema dataset ") {
        return dataset_table(table);
    }
    let list = run(patchctl().args(args.split(' ')));
    assert_eq!(list.code, 0, "{}", list.err);
    let mut table = "| column | meaning |\n|---|---|\n".to_owned();
    for line in list.out.lines() {
        let (name, help) = line.split_once("  ").unwrap();
        let help = help
            .trim()
            .replace('|', "\\|")
            .replace('<', "&lt;")
            .replace('*', "\\*");
        table = format!("{table}| `{name}` | {help} |\n");
    }
    table
}

/// The columns of a table of datasets, as `schema dataset` lists them.
fn dataset_table(name: &str) -> String {
    let schema = run(patchctl().args(["schema", "dataset"])).json();
    let tables = schema["Tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["Name"] == name).unwrap();
    let mut page = "| column | type | NULL | meaning |\n|---|---|---|---|\n".to_owned();
    for column in table["Columns"].as_array().unwrap() {
        let text = |key: &str| column[key].as_str().unwrap().to_owned();
        let null = if column["Required"] == true {
            "never"
        } else {
            ""
        };
        page = format!(
            "{page}| `{}` | {} | {null} | {} |\n",
            text("Name"),
            text("Type"),
            text("Description")
        );
    }
    page
}

/// What a `console` block shows: stdout, then stderr, without the blanks that fill a line up.
fn as_text(screen: &Screen) -> String {
    let mut text = String::new();
    for line in screen.out.lines().chain(screen.err.lines()) {
        text = text + line.trim_end() + "\n";
    }
    text
}

fn wrong_exit(page: &str, shown: &Shown, screen: &Screen) -> Option<String> {
    let expected = shown.exit_code();
    (screen.code != expected).then(|| {
        format!(
            "{page}:{}: exit code {} and not {expected}: {}\n{}",
            shown.line, screen.code, shown.text, screen.err
        )
    })
}

/// Command lines in backticks that can be run as they stand: placeholders are in capitals or have an ellipsis, and
/// a server does not end.
fn inline_commands(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|code| {
        // `patchctl states` names a command.
        code.starts_with("patchctl ")
            && code.split_whitespace().count() > 2
            && !code.contains("demo serve")
            && !code.contains("...")
            && !code.contains('|')
            && !code.split_whitespace().any(is_placeholder)
    })
}

fn is_placeholder(word: &str) -> bool {
    word.len() > 1
        && word
            .chars()
            .all(|char| char.is_ascii_uppercase() || char == '_')
}

/// Runs all pages side by side and says what is wrong with them; with `update` their output is written anew.
pub(crate) fn check(update: bool) {
    let pages = pages();
    let faults: Vec<String> = std::thread::scope(|scope| {
        let walks: Vec<_> = pages
            .iter()
            .map(|page| {
                scope.spawn(move || {
                    let text = read(page);
                    let (fresh, mut faults) = walk(page, &text);
                    if update {
                        fs::write(root().join(page), fresh).unwrap();
                    } else if let Some((found, expected)) =
                        text.lines().zip(fresh.lines()).find(|(found, expected)| found != expected)
                    {
                        faults.push(format!(
                            "{page} is stale: UPDATE_GENERATED=1 cargo test generated\n- {found}\n+ {expected}"
                        ));
                    } else if text.lines().count() != fresh.lines().count() {
                        faults.push(format!("{page} is stale: UPDATE_GENERATED=1 cargo test generated"));
                    }
                    faults
                })
            })
            .collect();
        walks
            .into_iter()
            .flat_map(|walk| walk.join().unwrap())
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A command line that is neither run nor marked would go stale unseen.
#[test]
fn each_block_with_a_command_line_runs_or_says_that_it_does_not() {
    for page in pages() {
        for part in parts(&read(&page)) {
            let Part::Block(block) = part else { continue };
            let language = block.info.split(' ').next().unwrap();
            let place = format!("{page}:{}", block.line);
            assert!(!language.is_empty(), "{place}: a block without a language");
            match language {
                "sh" | "console" => assert!(
                    block.info == language || block.info == format!("{language} no-run"),
                    "{place}: {}",
                    block.info
                ),
                "yaml" | "groovy" => {}
                _ => assert!(
                    !block
                        .lines
                        .iter()
                        .any(|line| line.trim_start_matches("$ ").starts_with("patchctl ")),
                    "{place}: a command line in a block of {language}"
                ),
            }
        }
    }
}

#[test]
fn the_readme_shows_both_commands_and_is_short_and_narrow() {
    let readme = read("README.md");
    assert!(readme.contains("\ncargo run --locked -- --demo states i-123 i-456\n"));
    assert!(readme.contains("\ncargo test --locked\n"));
    assert!(
        readme.lines().count() <= 250,
        "{} lines",
        readme.lines().count()
    );
    for line in readme.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}

#[test]
fn prose_of_the_pages_is_at_most_150_columns_wide() {
    for page in pages() {
        for part in parts(&read(&page)) {
            if let Part::Prose(line) = part {
                // A row of a table cannot be broken.
                assert!(
                    line.starts_with('|') || line.chars().count() <= 150,
                    "{page}: {line}"
                );
            }
        }
    }
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'))
        .map(|char| if char == ' ' { '-' } else { char })
        .collect()
}

fn anchors(page: &str) -> Vec<String> {
    parts(page)
        .iter()
        .filter_map(|part| match part {
            Part::Prose(line) if line.starts_with('#') => Some(anchor(line)),
            _ => None,
        })
        .collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let others = ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map(str::to_owned);
    for page in pages().iter().chain(&others) {
        let text = read(page);
        let folder = Path::new(page).parent().unwrap();
        for part in parts(&text) {
            let Part::Prose(line) = part else { continue };
            for link in line
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
            {
                if link.contains("://") {
                    continue;
                }
                let (file, heading) = link.split_once('#').unwrap_or((link, ""));
                let target = if file.is_empty() {
                    PathBuf::from(page)
                } else {
                    folder.join(file)
                };
                let target = root().join(target);
                let known = target.canonicalize().ok();
                assert!(known.is_some(), "{page}: {link}");
                if !heading.is_empty() {
                    let found = anchors(&fs::read_to_string(target).unwrap());
                    assert!(
                        found.iter().any(|anchor| anchor == heading),
                        "{page}: {link}: {found:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_readme_links_every_page() {
    let readme = read("README.md");
    for page in pages().iter().filter(|page| *page != "README.md") {
        assert!(readme.contains(&format!("]({page})")), "{page}");
    }
}

/// Options in backticks are options of some command.
#[test]
fn each_option_that_a_page_names_exists() {
    // The completion script of PowerShell has them all.
    let known = run(patchctl().args(["completions", "powershell"])).out;
    for page in pages() {
        for part in parts(&read(&page)) {
            let Part::Prose(line) = part else { continue };
            for code in line.split('`').skip(1).step_by(2) {
                if ["aws ", "cargo ", "python "]
                    .iter()
                    .any(|other| code.contains(other))
                {
                    continue;
                }
                for word in code
                    .split_whitespace()
                    .filter(|word| word.starts_with("--"))
                {
                    let option = word.split('=').next().unwrap();
                    assert!(known.contains(option), "{page}: {option}");
                }
            }
        }
    }
}
