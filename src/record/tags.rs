//! The tags of a node, packed: a map of one tag would take the memory of eleven.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use crate::record::packed_texts::{PackedTexts, join, share, split};

/// Tags by key, in the order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tags {
    /// Each key and its value.
    packed: PackedTexts,
}

impl Tags {
    /// The value of this tag.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.iter().find(|(known, _)| *known == key);
        found.map(|(_, value)| value)
    }

    /// Each key and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        let mut texts = split(&self.packed);
        iter::from_fn(move || Some((texts.next()?, texts.next()?)))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Keeps those for which this holds.
    pub fn retain(&mut self, holds: impl Fn(&str, &str) -> bool) {
        if !self.iter().all(|(key, value)| holds(key, value)) {
            *self = self
                .iter()
                .filter(|(key, value)| holds(key, value))
                .collect();
        }
    }

    /// Adds tags; of those with the same key, it keeps the one that it has.
    pub fn fill_missing_from(&mut self, other: &Self) {
        if self.is_empty() {
            // They stay shared.
            self.clone_from(other);
        } else if !other.is_empty() {
            *self = other.iter().chain(self.iter()).collect();
        }
    }

    /// Shares them with other nodes that have the same.
    pub fn share(&mut self, known: &mut BTreeSet<PackedTexts>) {
        share(&mut self.packed, known);
    }
}

/// Of tags with the same key, the last counts.
impl<K: AsRef<str>, V: AsRef<str>> FromIterator<(K, V)> for Tags {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(tags: I) -> Self {
        let tags: Vec<(K, V)> = tags.into_iter().collect();
        let tags: BTreeMap<&str, &str> = tags
            .iter()
            .map(|(key, value)| (key.as_ref(), value.as_ref()))
            .collect();
        let texts: Vec<&[u8]> = tags
            .iter()
            .flat_map(|(key, value)| [key.as_bytes(), value.as_bytes()])
            .collect();
        Self {
            packed: join(&texts).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packed_tags_are_a_map(
            tags in prop::collection::btree_map("[a-c]{0,2}|\\PC{0,3}", "\\PC{0,3}", 0..5),
            others in prop::collection::btree_map("[a-c]{0,2}", "\\PC{0,3}", 0..5),
        ) {
            let packed: Tags = tags.iter().collect();
            let unpacked: Vec<(&str, &str)> = packed.iter().collect();
            let expected: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (&**key, &**value)).collect();
            prop_assert_eq!(unpacked, expected);
            prop_assert_eq!(packed.is_empty(), tags.is_empty());
            for key in tags.keys().chain(others.keys()) {
                prop_assert_eq!(packed.get(key), tags.get(key).map(|value| &**value));
            }

            let mut kept = packed.clone();
            kept.retain(|key, _| others.contains_key(key));
            let expected: Tags = tags.iter().filter(|(key, _)| others.contains_key(*key)).collect();
            prop_assert_eq!(kept, expected);

            let mut filled = packed;
            let other: Tags = others.iter().collect();
            filled.fill_missing_from(&other);
            let expected: Tags = others.iter().chain(&tags).collect();
            prop_assert_eq!(filled, expected);
        }
    }
}
