//! Reads files and streams up to a bound: they may be endless, blocking, or not a file.

use std::fmt::Display;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

/// Reads a file of at most `most` bytes. The user named it, so it may be a pipe.
///
/// # Errors
/// When it cannot be read, or is larger.
pub(crate) fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    // Room for all of it: a buffer that grows is copied each time. Of what is no regular file, the length is 0.
    let length = file.metadata()?.len().min(most);
    read_into(
        Vec::with_capacity(usize::try_from(length).unwrap_or(0)),
        &mut file,
        most,
    )
}

/// Reads a regular file, or the null device. A pipe is refused without opening it,
/// which would block.
///
/// # Errors
/// When it cannot be read, is larger, or is not a regular file.
pub(crate) fn read_regular_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    check_regular(path)?;
    read_file(path, most)
}

/// Opens a file that `read_regular_file` would read.
///
/// # Errors
/// When it cannot be opened, is larger, or is not a regular file.
pub(crate) fn open_regular_file(path: &Path, most: u64) -> io::Result<File> {
    let length = check_regular(path)?.len();
    if length > most {
        return Err(too_large(most));
    }
    File::open(path)
}

/// The same; `None` if the file does not exist.
///
/// # Errors
/// When it exists, and cannot be read.
pub(crate) fn read_if_exists(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    use io::ErrorKind::{NotADirectory, NotFound};
    match read_regular_file(path, most) {
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Ok(None),
        read => read.map(Some),
    }
}

/// Reads a stream of at most `most` bytes.
///
/// # Errors
/// When it cannot be read, or is larger.
pub(crate) fn read_stream(stream: &mut dyn Read, most: u64) -> io::Result<Vec<u8>> {
    read_into(Vec::new(), stream, most)
}

fn read_into(mut bytes: Vec<u8>, stream: &mut dyn Read, most: u64) -> io::Result<Vec<u8>> {
    stream.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large(most));
    }
    Ok(bytes)
}

fn too_large(most: u64) -> io::Error {
    io::Error::other(format!("larger than {}", format_size(most)))
}

/// Checks that the bytes of a file can be text in UTF-8. `name` is the file.
///
/// # Errors
/// When they are UTF-16, as Windows PowerShell 5 writes files, or no text at all.
pub(crate) fn check_text(name: impl Display, bytes: &[u8]) -> anyhow::Result<()> {
    let has_mark = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    // The first letter of Latin text in UTF-16 has a byte that is 0.
    let kind = match bytes.iter().position(|byte| *byte == 0) {
        _ if has_mark => "UTF-16",
        Some(0 | 1) => "UTF-16",
        Some(_) => "binary",
        None => return Ok(()),
    };
    anyhow::bail!("cannot be read as text: {name} is {kind}; save it as UTF-8")
}

/// Directories count as regular: reading one fails with a clear message.
fn check_regular(path: &Path) -> io::Result<Metadata> {
    let metadata = path.metadata()?;
    let is_null = || {
        path.canonicalize()
            .is_ok_and(|path| path == Path::new("/dev/null"))
    };
    // On Windows, names such as NUL are neither files nor pipes.
    if metadata.is_file() || metadata.is_dir() || !cfg!(unix) || is_null() {
        return Ok(metadata);
    }
    Err(io::Error::other("not a regular file"))
}

/// `128 KiB`, `16 MiB`
fn format_size(bytes: u64) -> String {
    match bytes {
        bytes if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_up_to_its_bound() {
        assert_eq!(read_stream(&mut &b"four"[..], 4).unwrap(), b"four");
        let error = read_stream(&mut io::repeat(0), 4 << 10).unwrap_err();
        assert_eq!(error.to_string(), "larger than 4 KiB");
        let error = read_stream(&mut io::repeat(0), 2 << 20).unwrap_err();
        assert_eq!(error.to_string(), "larger than 2 MiB");
        let error = read_stream(&mut &b"five!"[..], 4).unwrap_err();
        assert_eq!(error.to_string(), "larger than 4 bytes");
    }

    #[test]
    fn utf_16_and_binary_files_are_told_from_text() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, kind) in [
            (utf16("\u{feff}[default]\n"), Some("UTF-16")),
            (utf16("[default]\n"), Some("UTF-16")),
            (b"\xfe\xff\0[".to_vec(), Some("UTF-16")),
            (b"[default]\nregion = \0".to_vec(), Some("binary")),
            ("\u{feff}[default]\nü\n".into(), None),
            (vec![], None),
        ] {
            let said = check_text("FILE", &bytes)
                .err()
                .map(|error| error.to_string());
            let expected = kind
                .map(|kind| format!("cannot be read as text: FILE is {kind}; save it as UTF-8"));
            assert_eq!(said, expected);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_device_is_refused_where_a_regular_file_is_required() {
        let error = read_regular_file(Path::new("/dev/zero"), 10).unwrap_err();
        assert_eq!(error.to_string(), "not a regular file");
        assert_eq!(read_regular_file(Path::new("/dev/null"), 10).unwrap(), b"");
        assert!(read_regular_file(Path::new("/"), 10).is_err());
    }
}
