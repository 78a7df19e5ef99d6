//! Changes of the bytes of a file, and checksums that are made to fit them.

use crate::source::dataset::checksum::{CHUNK_CHECKSUMS_KEY, ChunkChecksums, sha256_of};

/// Changes, adds or takes away some bytes.
pub(super) fn mutate(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
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
pub(super) fn mutate_number(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
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
pub(super) fn forge_file(bytes: &mut [u8]) {
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
