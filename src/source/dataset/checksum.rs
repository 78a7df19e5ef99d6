//! SHA-256 of files, footers and column chunks, as text.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The key in the footer of a Parquet file under which the checksums of its column chunks
/// stand.
pub(crate) const CHUNK_CHECKSUMS_KEY: &str = "patchctl.chunk-checksums";

/// The checksum of one column chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkChecksum {
    /// The first byte of the chunk, from the start of the file.
    pub offset: u64,
    pub length: u64,
    pub sha256: String,
}

/// The checksums of a file: a list for each row group, in the order of its columns.
///
/// As text, `offset:length:sha256` of each chunk, with `,` between chunks and `;` between
/// row groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ChunkChecksums(pub Vec<Vec<ChunkChecksum>>);

impl ChunkChecksums {
    #[must_use]
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for (at, chunks) in self.0.iter().enumerate() {
            let separators = std::iter::once(if at == 0 { "" } else { ";" });
            let separators = separators.chain(std::iter::repeat(","));
            for (separator, chunk) in separators.zip(chunks) {
                let ChunkChecksum {
                    offset,
                    length,
                    sha256,
                } = chunk;
                let _ = write!(text, "{separator}{offset}:{length}:{sha256}");
            }
        }
        text
    }

    /// Reads the text; `None` if it is none.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let chunk = |text: &str| {
            let (offset, rest) = text.split_once(':')?;
            let (length, sha256) = rest.split_once(':')?;
            is_sha256(sha256).then_some(ChunkChecksum {
                offset: offset.parse().ok()?,
                length: length.parse().ok()?,
                sha256: sha256.to_owned(),
            })
        };
        let group = |text: &str| text.split(',').map(chunk).collect();
        let groups: Option<Vec<Vec<ChunkChecksum>>> = text.split(';').map(group).collect();
        groups.map(Self)
    }
}

/// Is it a SHA-256 as 64 lower-case hexadecimal digits?
#[must_use]
pub(crate) fn is_sha256(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 64 && text.bytes().all(is_digit)
}

/// The SHA-256 of these bytes, as hexadecimal digits.
#[must_use]
pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    let mut hash = RunningSha256::default();
    hash.update(bytes);
    hash.finish()
}

/// The SHA-256 of bytes that come in parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunningSha256(Sha256);

impl RunningSha256 {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    #[must_use]
    pub(crate) fn finish(self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_same_after_they_were_text() {
        let chunk = |offset| ChunkChecksum {
            offset,
            length: 7,
            sha256: sha256_of(&[1, 2]),
        };
        for checksums in [
            ChunkChecksums::default(),
            ChunkChecksums(vec![vec![chunk(4)]]),
            ChunkChecksums(vec![vec![chunk(4), chunk(11)], vec![chunk(18), chunk(25)]]),
        ] {
            let text = checksums.to_text();
            assert_eq!(ChunkChecksums::parse(&text), Some(checksums), "{text}");
        }
        for text in ["1:2:3", "x", "1:2", ";", "-1:2:"] {
            assert_eq!(ChunkChecksums::parse(text), None, "{text}");
        }
    }
}
