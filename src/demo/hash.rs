//! Deterministic pseudo-random numbers: the same input gives the same number on every machine. Not for untrusted input.

/// Mixes all 64 bits (the finaliser of splitmix64).
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Combines two numbers; the order matters.
pub(super) fn join(left: u64, right: u64) -> u64 {
    mix(mix(left) ^ right)
}

/// Hashes a text (FNV-1a, then mixed).
pub(super) fn text(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(folded)
}

/// A UUID from a number, for snapshot and request ids.
pub(super) fn uuid(value: u64) -> String {
    let (high, low) = (mix(value), join(value, 1));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::{join, text, uuid};

    #[test]
    fn the_same_text_gives_the_same_number_and_another_text_another() {
        assert_eq!(text("i-123"), text("i-123"));
        assert_ne!(text("i-123"), text("i-124"));
        assert_ne!(join(1, 2), join(2, 1));
    }

    #[test]
    fn a_uuid_has_the_shape_of_version_four() {
        let uuid = uuid(7);
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }
}
