//! Changed, cut and hostile datasets: no panic, and no answer that is not the one of the
//! whole dataset, unless its checksums were forged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::exit::Exit;
use crate::source::dataset::checksum::{CHUNK_CHECKSUMS_KEY, ChunkChecksums, sha256_of};
use crate::source::dataset::manifest::Manifest;
use crate::source::tests::run_command;

/// How many datasets are read; this variable sets another number, such as 10000.
const CASES: u64 = 100;
const CASES_VARIABLE: &str = "PATCHCTL_DATASET_MUTATIONS";

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

fn mutate(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    if bytes.is_empty() {
        return;
    }
    let at = random.usize(..bytes.len());
    let until = bytes.len().min(at + random.usize(1..64));
    match random.u8(..7) {
        0 => bytes[at] ^= 1 << random.u8(..8),
        1 => bytes.truncate(at),
        2 => bytes[at..until].fill(0),
        3 => bytes[at..until].fill(0xff),
        4 => bytes[at..until].fill_with(|| random.u8(..)),
        5 => drop(bytes.drain(at..until)),
        _ => {
            let copy = bytes[at..until].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}

/// A number of a manifest, replaced by one that is absurd.
fn mutate_manifest(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let absurd = [
        "0",
        "1",
        "4294967295",
        "18446744073709551615",
        "-1",
        "\"../../etc/passwd\"",
        "null",
        "[]",
    ];
    let starts: Vec<usize> = text.match_indices("\":").map(|(at, _)| at + 2).collect();
    let start = starts[random.usize(..starts.len())];
    let end = text[start..]
        .find([',', '}', '\n'])
        .map_or(text.len(), |end| start + end);
    let value = absurd[random.usize(..absurd.len())];
    *bytes = format!("{}{value}{}", &text[..start], &text[end..]).into_bytes();
}

/// Makes the checksums of a file those of its bytes.
fn forge_file(bytes: &mut [u8]) {
    let key = CHUNK_CHECKSUMS_KEY.as_bytes();
    let Some(at) = bytes.windows(key.len()).rposition(|window| window == key) else {
        return;
    };
    // Behind the key: the type and the length of the text, then the text.
    let is_text = |byte: &u8| byte.is_ascii_hexdigit() || b":;,".contains(byte);
    let from = at + key.len();
    let Some(skipped) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    for from in from + skipped..from + skipped + 3 {
        let length = bytes[from..]
            .iter()
            .take_while(|byte| is_text(byte))
            .count();
        let text = String::from_utf8_lossy(&bytes[from..from + length]).into_owned();
        let Some(mut checksums) = ChunkChecksums::parse(&text) else {
            continue;
        };
        for chunk in checksums.0.iter_mut().flatten() {
            let start = usize::try_from(chunk.offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(usize::try_from(chunk.length).unwrap_or(usize::MAX));
            if let Some(chunk_bytes) = bytes.get(start..end) {
                chunk.sha256 = sha256_of(chunk_bytes);
            }
        }
        let forged = checksums.to_text();
        if forged.len() == length {
            bytes[from..from + length].copy_from_slice(forged.as_bytes());
        }
        return;
    }
}

#[test]
fn a_changed_dataset_gives_the_same_answer_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("dataset");
    let dataset = to.to_str().unwrap();
    let (_, err, exit) = run(&[
        "--demo",
        "collect",
        "i-123",
        "i-456",
        "mi-0d8b1f5c3a7e96240",
        "--to",
        dataset,
    ]);
    assert_eq!(exit, Exit::Success, "{err}");
    let mut files = BTreeMap::new();
    files_below(&to, &mut files);
    files.retain(|path, _| {
        let path = path.to_str().unwrap();
        ["/nodes/", "/patches/", "/runs/"]
            .iter()
            .any(|part| path.contains(part))
    });
    let manifest_path = files
        .keys()
        .find(|path| path.extension().unwrap() == "json")
        .unwrap()
        .clone();
    let manifest: Manifest = serde_json::from_slice(&files[&manifest_path]).unwrap();
    let lines: [&[&str]; 2] = [
        &[
            "states",
            "i-123",
            "i-456",
            "--columns",
            "+Name,+tag:Env",
            "-o",
            "csv",
            "--from",
            dataset,
        ],
        &["patches", "i-456", "i-123", "-o", "csv", "--from", dataset],
    ];
    let whole: Vec<_> = lines.iter().map(|line| run(line)).collect();
    for (out, err, exit) in &whole {
        assert_eq!(*exit, Exit::Success, "{out}{err}");
    }
    let cases = std::env::var(CASES_VARIABLE)
        .ok()
        .and_then(|cases| cases.parse().ok());
    for seed in 0..cases.unwrap_or(CASES) {
        let mut random = fastrand::Rng::with_seed(seed);
        let (path, original) = files.iter().nth(random.usize(..files.len())).unwrap();
        let mut bytes = original.clone();
        let is_forged = random.bool();
        for _ in 0..=random.u8(..3) {
            if *path == manifest_path && random.bool() {
                mutate_manifest(&mut bytes, &mut random);
            } else {
                mutate(&mut bytes, &mut random);
            }
        }
        if is_forged && *path != manifest_path {
            let mut manifest = manifest.clone();
            let name = path.strip_prefix(&to).unwrap().to_str().unwrap();
            let file = manifest
                .files
                .iter_mut()
                .find(|file| file.path == name)
                .unwrap();
            forge_file(&mut bytes);
            let footer = bytes
                .len()
                .saturating_sub(usize::try_from(file.footer_bytes).unwrap());
            file.footer_sha256 = sha256_of(&bytes[footer..]);
            file.sha256 = sha256_of(&bytes);
            file.bytes = bytes.len() as u64;
            file.footer_bytes = file.footer_bytes.min(file.bytes);
            fs::write(&manifest_path, manifest.to_bytes().unwrap()).unwrap();
        }
        fs::write(path, &bytes).unwrap();
        for (line, (whole_out, _, _)) in lines.iter().zip(&whole) {
            let (out, err, exit) = run(line);
            let what = || format!("seed {seed}, {}, {line:?}\n{err}", path.display());
            assert!(
                !err.contains("internal error") && !err.contains("src/"),
                "{}",
                what()
            );
            if is_forged || exit == Exit::Success {
                assert!(is_forged || out == *whole_out, "{}", what());
                continue;
            }
            assert!(matches!(exit, Exit::Error | Exit::Partial), "{}", what());
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(err.contains(name) || out.contains(name), "{}", what());
        }
        fs::write(path, original).unwrap();
        fs::write(&manifest_path, &files[&manifest_path]).unwrap();
    }
}
