//! Changed, cut and hostile datasets: no panic, bounded memory, and no answer that is not the
//! one of the whole dataset, unless its checksums were forged.
//!
//! The cases run in processes of their own: the test that other tests run beside has no peak
//! of memory of its own.

mod changes;
mod manifests;
mod memory;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::num::NonZero;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;

use crate::exit::Exit;
use crate::source::dataset::checksum::sha256_of;
use crate::source::dataset::manifest::Manifest;
use crate::source::dataset::tests::mutations::changes::{forge_file, mutate, mutate_number};
use crate::source::dataset::tests::mutations::manifests::{mutate_members, sign};
use crate::source::dataset::tests::mutations::memory::{limit_memory, peak, reset_peak};
use crate::source::tests::run_command;

/// How many datasets are read; this variable sets another number, such as 10000.
const CASES: u64 = 100;
const CASES_VARIABLE: &str = "PATCHCTL_DATASET_MUTATIONS";

/// The cases of a process, as `from..until`.
const PART_VARIABLE: &str = "PATCHCTL_DATASET_MUTATIONS_PART";

/// So many are run by one process: each command leaves threads to the process to end.
const CASES_OF_A_PROCESS: u64 = 250;

/// The test of this file, as the test program names it.
const TEST: &str =
    "source::dataset::tests::mutations::a_changed_dataset_gives_the_same_answer_or_an_error";

/// More memory than before it, a command on a dataset of a few nodes does not take.
const MAX_MORE_BYTES: u64 = 64 << 20;

/// So many cases that fail are shown.
const MAX_FAILURES: usize = 20;

fn run(args: &[&str]) -> (String, String, Exit) {
    run_command(args, || Timestamp::UNIX_EPOCH)
}

/// The files of a small dataset, by their paths.
fn files_below(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

/// A dataset of two runs, of which the first is changed.
struct Dataset {
    root: PathBuf,
    /// The files that are changed, by their paths.
    files: BTreeMap<PathBuf, Vec<u8>>,
    manifest_path: PathBuf,
    manifest: Manifest,
    /// The commands, and what they answer of the whole dataset.
    commands: Vec<(Vec<String>, (String, Exit))>,
}

/// What was done to a dataset.
struct Mutation {
    path: PathBuf,
    /// Were the checksums made to fit?
    is_forged: bool,
    is_changed: bool,
}

impl Dataset {
    fn new(root: &Path) -> Self {
        let to = root.to_str().unwrap();
        let collect = ["--demo", "collect", "--to", to];
        let collected = run(&[&collect[..], &["i-123", "i-456", "mi-0d8b1f5c3a7e96240"]].concat());
        assert_eq!(collected.2, Exit::Success, "{}", collected.1);
        let mut files = BTreeMap::new();
        files_below(root, &mut files);
        files.retain(|path, _| {
            let mut folders = path.strip_prefix(root).unwrap().iter();
            let folder = folders.next().and_then(OsStr::to_str);
            matches!(folder, Some("nodes" | "patches" | "runs"))
        });
        let mut paths = files.keys();
        let manifest_path = paths.find(|path| path.extension().unwrap() == "json");
        let manifest_path = manifest_path.unwrap().clone();
        let manifest: Manifest = serde_json::from_slice(&files[&manifest_path]).unwrap();
        let collected = run(&[&collect[..], &["i-456"]].concat());
        assert_eq!(collected.2, Exit::Success, "{}", collected.1);
        let lines = [
            "states i-123 i-456 --columns +Name,+tag:Env -o csv --from TO --at RUN",
            "patches i-456 i-123 -o csv --from TO --at RUN",
            "verify TO -o csv",
            "patches i-123 i-456 --by kb -o csv --from TO --at RUN",
            "check i-123 i-456 --fail-on missing>=critical -o json --from TO --at RUN",
            "summary -o json --from TO --at RUN",
            "diff --from TO RUN RUN --all -o csv",
            "history i-123 --from TO -o csv",
            "patches i-456 --state Missing --min-severity critical -o csv --from TO --at RUN",
        ];
        let commands = lines.iter().map(|line| {
            let words = line.split(' ').map(|word| match word {
                "TO" => to.to_owned(),
                "RUN" => manifest.run_id.clone(),
                word => word.to_owned(),
            });
            let words: Vec<String> = words.collect();
            let (out, err, exit) = run_words(&words);
            assert!(exit != Exit::Error, "{out}{err}");
            (words, (out, exit))
        });
        Self {
            commands: commands.collect(),
            root: root.to_owned(),
            files,
            manifest_path,
            manifest,
        }
    }

    /// Changes a file; the checksums fit in half of the cases.
    fn mutate(&self, random: &mut fastrand::Rng) -> Mutation {
        let (path, original) = self
            .files
            .iter()
            .nth(random.usize(..self.files.len()))
            .unwrap();
        let mut bytes = original.clone();
        let is_forged = random.bool();
        let is_manifest = *path == self.manifest_path;
        for _ in 0..=random.u8(..3) {
            if is_manifest && is_forged {
                bytes = mutate_members(&bytes, random);
            } else if is_manifest && random.bool() {
                mutate_number(&mut bytes, random);
            } else {
                mutate(&mut bytes, random);
            }
        }
        if is_manifest && is_forged {
            sign(&mut bytes);
        } else if is_forged {
            let mut manifest = self.manifest.clone();
            let name = path.strip_prefix(&self.root).unwrap().to_str().unwrap();
            let mut files = manifest.files.iter_mut();
            let file = files.find(|file| file.path == name).unwrap();
            forge_file(&mut bytes);
            let footer = usize::try_from(file.footer_bytes).unwrap();
            let footer = bytes.len().saturating_sub(footer);
            file.footer_sha256 = sha256_of(&bytes[footer..]);
            file.sha256 = sha256_of(&bytes);
            file.bytes = bytes.len() as u64;
            file.footer_bytes = file.footer_bytes.min(file.bytes);
            fs::write(&self.manifest_path, manifest.to_bytes().unwrap()).unwrap();
        }
        fs::write(path, &bytes).unwrap();
        Mutation {
            path: path.clone(),
            is_forged,
            is_changed: bytes != *original,
        }
    }

    fn restore(&self, mutation: &Mutation) {
        for path in [&mutation.path, &self.manifest_path] {
            fs::write(path, &self.files[path]).unwrap();
        }
    }

    /// Runs one case.
    fn check(&self, seed: u64) -> Result<()> {
        let mut random = fastrand::Rng::with_seed(seed);
        let mutation = self.mutate(&mut random);
        // Two of the commands, each as often.
        let first = usize::try_from(seed)? % self.commands.len();
        let ats = [first, (first + 1) % self.commands.len()];
        let checked = ats.into_iter().try_for_each(|at| {
            let (line, whole) = &self.commands[at];
            check_answer(line, whole, &mutation).with_context(|| {
                let path = mutation.path.display();
                format!(
                    "seed {seed}, forged {}, {path}, {line:?}",
                    mutation.is_forged
                )
            })
        });
        self.restore(&mutation);
        checked
    }
}

/// What a command may answer of a changed dataset, whose `whole` answer is this.
fn check_answer(line: &[String], whole: &(String, Exit), mutation: &Mutation) -> Result<()> {
    let before = reset_peak();
    let (out, err, exit) = run_words(line);
    if let (Some(before), Some(peak)) = (before, peak()) {
        let more = peak.saturating_sub(before);
        ensure!(more <= MAX_MORE_BYTES, "{more} bytes more: {err}");
    }
    let is_panic = err.contains("internal error") || err.contains("src/");
    ensure!(!is_panic, "{err}");
    let name = mutation.path.file_name().unwrap().to_str().unwrap();
    let is_named = |text: &str| text.contains(name);
    if mutation.is_forged {
        // The file, another one that it led to, or the run that has other nodes now.
        let words = ["runs/", ".parquet", "asked for by the run"];
        let is_named = is_named(&err) || words.iter().any(|word| err.contains(word));
        ensure!(exit != Exit::Error || is_named, "no file is named: {err}");
        return Ok(());
    }
    if (&out, exit) == (&whole.0, whole.1) {
        let is_unseen = line[0] == "verify" && mutation.is_changed;
        ensure!(!is_unseen, "a changed byte was not seen");
        return Ok(());
    }
    let is_failure = matches!(exit, Exit::Error | Exit::Partial);
    ensure!(
        is_failure || line[0] == "verify",
        "a wrong answer ({exit:?}): {out}{err}"
    );
    ensure!(
        is_named(&err) || is_named(&out),
        "no file is named: {out}{err}"
    );
    Ok(())
}

fn run_words(line: &[String]) -> (String, String, Exit) {
    let line: Vec<&str> = line.iter().map(String::as_str).collect();
    run(&line)
}

/// Runs a part of the cases in this process.
fn run_cases(seeds: Range<u64>) {
    let folder = tempfile::tempdir().unwrap();
    let dataset = Dataset::new(&folder.path().join("dataset"));
    let failures = seeds.filter_map(|seed| dataset.check(seed).err());
    let failures = failures
        .take(MAX_FAILURES)
        .map(|error| format!("{error:#}\n"));
    let failures: String = failures.collect();
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_changed_dataset_gives_the_same_answer_or_an_error() {
    let variable = |name: &str| std::env::var(name).ok();
    if let Some(part) = variable(PART_VARIABLE) {
        let (from, until) = part.split_once("..").unwrap();
        limit_memory();
        return run_cases(from.parse().unwrap()..until.parse().unwrap());
    }
    let cases = variable(CASES_VARIABLE).and_then(|cases| cases.parse().ok());
    let cases = cases.unwrap_or(CASES);
    let starts = (0..cases).step_by(usize::try_from(CASES_OF_A_PROCESS).unwrap());
    let parts: Vec<String> = starts
        .map(|from| format!("{from}..{}", cases.min(from + CASES_OF_A_PROCESS)))
        .collect();
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    run_part(part);
                }
            });
        }
    });
}

/// Runs a part of the cases in a process of its own.
fn run_part(part: &str) {
    let ended = Command::new(std::env::current_exe().unwrap())
        .args([TEST, "--exact", "--nocapture"])
        .env(PART_VARIABLE, part)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&ended.stdout), text(&ended.stderr));
    let is_passed = ended.status.success() && out.contains("1 passed");
    assert!(is_passed, "{part}: {out}{err}");
}
