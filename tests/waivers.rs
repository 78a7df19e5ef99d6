//! Files of waivers, as they lie on a disk.

use std::path::Path;

use patchctl::gate::waiver::Waivers;

const GOOD: &str = "[[waiver]]\r\nkb = \"KB1\"\r\nexpires = 2026-12-31\r\nreason = \"é\"\r\n";

/// Reads a file that holds this.
fn read(bytes: &[u8]) -> Result<Waivers, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waivers.toml");
    std::fs::write(&path, bytes).unwrap();
    Waivers::read(&path).map_err(|error| {
        let said = format!("{error:#}");
        said.replace(&path.display().to_string(), "FILE")
    })
}

#[test]
fn the_example_of_the_documentation_is_a_file_of_waivers() {
    let page = include_str!("../docs/gate-and-waivers.md");
    let block = page
        .split("<!-- tests/waivers.rs reads this block -->\n```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("the block is there");
    let waivers = Waivers::parse("gate-and-waivers.md", block).unwrap();
    assert!(waivers.has_patch_waivers() && waivers.needs_tags());
    assert_eq!(block.matches("[[waiver]]").count(), 2);
}

#[test]
fn a_file_is_read_with_and_without_a_mark_in_front() {
    assert!(!read(GOOD.as_bytes()).unwrap().is_empty());
    assert!(
        !read(format!("\u{feff}{GOOD}").as_bytes())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_no_text_is_refused_where_it_stops_being_some() {
    let mut bytes = format!("\u{feff}{GOOD}owner = \"é").into_bytes();
    bytes.extend(b"\xff\"\r\n");
    assert_eq!(read(&bytes).unwrap_err(), "FILE:5:11: not UTF-8 text");
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(GOOD.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        read(&utf16).unwrap_err(),
        "cannot be read as text: FILE is UTF-16; save it as UTF-8"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let said = |path: &Path| format!("{:#}", Waivers::read(path).unwrap_err());
    let folder = tempfile::tempdir().unwrap();
    let none = said(&folder.path().join("none.toml"));
    assert!(none.starts_with("cannot read the waivers in "), "{none}");
    assert!(none.contains("none.toml: "), "{none}");
    assert!(said(folder.path()).starts_with("cannot read the waivers in "));
}

#[test]
fn a_file_too_large_to_be_one_of_waivers_is_not_read_to_its_end() {
    let mut large = vec![b'#'; 16 * 1024 * 1024];
    assert!(read(&large).unwrap().is_empty());
    large.push(b'#');
    let said = read(&large).unwrap_err();
    assert_eq!(said, "cannot read the waivers in FILE: larger than 16 MiB");
}
