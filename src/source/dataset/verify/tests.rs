//! Changed bytes of a small dataset.

use std::fs;
use std::path::{Path, PathBuf};

use crate::record::FindingKind;
use crate::settings::HostEnv;
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::verify::*;
use crate::source::test_runtime::block_on;
use crate::terminal::Terminal;

/// How many mutations are tried.
const MUTATIONS: usize = 10_000;

/// A dataset of one node of the demo.
fn small_dataset(to: &Path) {
    let sink = || Box::new(std::io::sink());
    let mut terminal = Terminal::for_test(b"", sink(), sink(), None);
    let args = ["patchctl", "--demo", "collect", "i-123", "--to"];
    let args = args.map(std::ffi::OsString::from).into_iter();
    let args = args.chain([to.as_os_str().to_owned()]);
    let exit = crate::run(args, &HostEnv::empty(), &mut terminal, || {
        panic!("the demo has a clock of its own")
    });
    assert_eq!(exit, crate::exit::Exit::Success);
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn findings(storage: &Storage) -> Vec<DatasetFinding> {
    let mut found = Vec::new();
    let interrupt = Interrupt::default();
    let take = |finding| {
        found.push(finding);
        Ok(())
    };
    block_on(verify(storage, None, &interrupt, take)).unwrap();
    found
}

/// A flipped bit, a cut, an insertion, a removal, or a run of other bytes.
fn mutated(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = random.usize(..bytes.len());
    match random.u8(..5) {
        0 => bytes[at] ^= 1 << random.u8(..8),
        1 => bytes.truncate(at),
        2 => bytes.insert(at, random.u8(..)),
        3 => _ = bytes.remove(at),
        _ => {
            let end = bytes.len().min(at + random.usize(1..64));
            bytes[at..end].fill_with(|| random.u8(..));
        }
    }
    bytes
}

#[test]
fn verify_finds_each_of_10_000_mutations() {
    let folder = tempfile::tempdir().unwrap();
    small_dataset(folder.path());
    let location = DatasetLocation::Folder(folder.path().into());
    let storage = block_on(Storage::open(&location, &ConnectOptions::default())).unwrap();
    assert_eq!(findings(&storage), []);
    let files = files_below(folder.path());
    let files: Vec<(PathBuf, Vec<u8>)> = files
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert_eq!(files.len(), 4, "a file of each table, and the manifest");
    let listed = block_on(storage.list(layout::RUNS)).unwrap();
    let manifest = block_on(read_manifest(&storage, &listed[0].path));
    let manifest = manifest.unwrap().unwrap();
    let interrupt = Interrupt::default();
    let mut random = fastrand::Rng::with_seed(13);
    for round in 0..MUTATIONS {
        let (path, bytes) = &files[random.usize(..files.len())];
        let changed = mutated(bytes, &mut random);
        if changed == *bytes {
            continue;
        }
        fs::write(path, &changed).unwrap();
        // Only the file, to be quick: all are compared in every tenth round.
        let file = manifest
            .files
            .iter()
            .find(|file| path.ends_with(&file.path));
        if let Some(file) = file.filter(|_| round % 10 > 0) {
            let mut verifier = Verifier::new(&storage, &interrupt);
            let stored = (file.path.clone(), changed.len() as u64);
            verifier.stored.extend([stored]);
            assert!(
                block_on(verifier.compare_file(file)).is_err(),
                "round {round}"
            );
        } else {
            let found = findings(&storage);
            let [finding] = &found[..] else {
                panic!("round {round}, {}: {found:?}", path.display());
            };
            assert_eq!(finding.kind, FindingKind::Changed, "round {round}");
            assert!(path.ends_with(&finding.path), "round {round}: {finding:?}");
        }
        fs::write(path, bytes).unwrap();
    }
    let (path, bytes) = &files[0];
    fs::remove_file(path).unwrap();
    assert_eq!(findings(&storage)[0].kind, FindingKind::Missing);
    fs::write(path, bytes).unwrap();
    fs::write(path.with_file_name("other.parquet"), bytes).unwrap();
    assert_eq!(findings(&storage)[0].kind, FindingKind::Unnamed);
}

#[test]
fn verify_names_a_file_that_was_not_finished() {
    let storage = Storage::temporary().unwrap();
    let run_id = "20261126T050000Z-0a1b2c3d";
    let path = layout::table_file(Table::Nodes, run_id, "111122223333", "eu-west-1", 0);
    let writer = block_on(storage.writer(&path)).unwrap();
    let found = findings(&storage);
    let [finding] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(finding.kind, FindingKind::Unfinished);
    assert_eq!(finding.run_id.as_deref(), Some(run_id));
    drop(writer);
    assert_eq!(findings(&storage), []);
}
