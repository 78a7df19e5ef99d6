//! Texts in one piece of memory, which nodes share where theirs are the same.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Texts in their order, with a separator between them.
pub type PackedTexts = Arc<[u8]>;

/// Stands between texts. No UTF-8 text contains this byte.
const SEPARATOR: u8 = 0xFF;

pub(crate) fn join(texts: &[&[u8]]) -> Vec<u8> {
    texts.join(&SEPARATOR)
}

/// The texts; of no bytes, one that is empty.
pub(crate) fn split(packed: &[u8]) -> impl Iterator<Item = &str> + Clone {
    let texts = packed.split(|byte| *byte == SEPARATOR);
    texts.map(|text| std::str::from_utf8(text).unwrap_or_default())
}

/// Takes the bytes that are known in place of the same here.
pub(crate) fn share(packed: &mut PackedTexts, known: &mut BTreeSet<PackedTexts>) {
    match known.get(packed) {
        Some(shared) => *packed = shared.clone(),
        None => _ = known.insert(packed.clone()),
    }
}
