//! What else is known of a node than its patches, packed: a fleet has many nodes, and all
//! of them are held until their rows.

use std::collections::BTreeSet;

use crate::record::packed_texts::{PackedTexts, join, share, split};
use crate::record::tags::Tags;

/// A property of a node that AWS reports as a text. Those that differ from node to node
/// stand first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InfoField {
    /// The EC2 tag `Name`; the name of the activation for a hybrid node.
    Name,
    ComputerName,
    IpAddress,
    /// Where a node lives that is in another cloud: the id, kind and location it has there.
    SourceId,
    SourceType,
    SourceLocation,
    /// `Windows`, `Linux` or `MacOS`.
    PlatformType,
    PlatformName,
    PlatformVersion,
    /// `Online`, `ConnectionLost` or `Inactive`; `Stopped` where EC2 says so.
    PingStatus,
    AgentVersion,
    ResourceType,
    /// EC2's words, such as `running` and `m7i.large`.
    InstanceState,
    InstanceType,
}

const FIELDS: usize = InfoField::InstanceType as usize + 1;

/// The first field that many nodes have in common.
const SHARED: usize = InfoField::SourceType as usize;

/// The fields, each `None` where it is not known.
type Fields<'a> = [Option<&'a str>; FIELDS];

/// What is known of a node. A field that was not told is not known; none is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeInfo {
    own: Box<[u8]>,
    /// From `SHARED` on.
    shared: PackedTexts,
    pub tags: Tags,
    /// Are these all its tags? If they were not fetched, it is unknown whether there are any.
    pub has_all_tags: bool,
}

impl NodeInfo {
    /// Fields with what is known of them; an empty text is none.
    #[must_use]
    pub fn of<'a>(known: impl IntoIterator<Item = (InfoField, Option<&'a str>)>) -> Self {
        let mut fields = Fields::default();
        for (field, value) in known {
            fields[field as usize] = value.filter(|value| !value.is_empty());
        }
        let (own, shared) = pack(&fields);
        Self {
            own,
            shared,
            ..Self::default()
        }
    }

    fn unpack(&self) -> Fields<'_> {
        let mut fields = Fields::default();
        let (own, shared) = fields.split_at_mut(SHARED);
        for (fields, packed) in [(own, &*self.own), (shared, &*self.shared)] {
            for (field, text) in fields.iter_mut().zip(split(packed)) {
                *field = Some(text).filter(|text| !text.is_empty());
            }
        }
        fields
    }

    /// What is known of this field.
    #[must_use]
    pub fn get(&self, field: InfoField) -> Option<&str> {
        let at = field as usize;
        let text = match at.checked_sub(SHARED) {
            None => split(&self.own).nth(at),
            Some(at) => split(&self.shared).nth(at),
        };
        text.filter(|text| !text.is_empty())
    }

    /// This field has that value.
    #[must_use]
    pub fn with(self, field: InfoField, value: Option<&str>) -> Self {
        let mut fields = self.unpack();
        fields[field as usize] = value.filter(|value| !value.is_empty());
        let (own, shared) = pack(&fields);
        Self {
            own,
            shared,
            ..self
        }
    }

    /// These are all its tags.
    #[must_use]
    pub fn with_all_tags<K: AsRef<str>, V: AsRef<str>>(
        self,
        tags: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self {
            tags: tags.into_iter().collect(),
            has_all_tags: true,
            ..self
        }
    }

    /// Shares with other nodes what they have in common.
    pub fn share(&mut self, known: &mut BTreeSet<PackedTexts>) {
        share(&mut self.shared, known);
    }

    /// Is its operating system known, and not Windows?
    #[must_use]
    pub fn is_not_windows(&self) -> bool {
        let platform = self.get(InfoField::PlatformType);
        platform.is_some_and(|kind| !kind.eq_ignore_ascii_case("windows"))
    }

    /// The name of the platform without its vendor, and its version where the name does
    /// not contain it; without a name, the type.
    #[must_use]
    pub fn platform_label(&self) -> Option<(&str, Option<&str>)> {
        let kind = self.get(InfoField::PlatformType);
        let Some(name) = self.get(InfoField::PlatformName) else {
            return kind.map(|kind| (kind, None));
        };
        let bare = name.strip_prefix("Microsoft ").unwrap_or(name);
        let is_windows = kind.map_or(bare.starts_with("Windows"), |kind| kind == "Windows");
        let version = self.get(InfoField::PlatformVersion);
        Some((bare, version.filter(|_| !is_windows)))
    }

    /// Keeps of two descriptions of one node, in one answer, only what both say of
    /// that which a verdict, a rule or an exposure uses.
    pub fn keep_common(&mut self, other: &Self) {
        let (mut mine, theirs) = (self.unpack(), other.unpack());
        for field in [
            InfoField::PlatformType,
            InfoField::PlatformName,
            InfoField::PlatformVersion,
        ] {
            let field = field as usize;
            if mine[field] != theirs[field] {
                mine[field] = None;
            }
        }
        let (own, shared) = pack(&mine);
        (self.own, self.shared) = (own, shared);
        self.has_all_tags &= other.has_all_tags && self.tags == other.tags;
        self.tags
            .retain(|key, value| other.tags.get(key) == Some(value));
    }

    /// Takes from `other` what is not known here.
    pub fn fill_missing_from(&mut self, other: Self) {
        let missing = other.missing_in(self);
        if !missing.has_no_fields() {
            let mut fields = self.unpack();
            for (mine, theirs) in fields.iter_mut().zip(missing.unpack()) {
                *mine = mine.or(theirs);
            }
            let (own, shared) = pack(&fields);
            (self.own, self.shared) = (own, shared);
        }
        self.has_all_tags |= missing.has_all_tags;
        self.tags.fill_missing_from(&missing.tags);
    }

    /// Of this, what is not known of `other`.
    #[must_use]
    pub fn missing_in(self, other: &Self) -> Self {
        let mut fields = self.unpack();
        for (mine, theirs) in fields.iter_mut().zip(other.unpack()) {
            *mine = mine.filter(|_| theirs.is_none());
        }
        let (own, shared) = pack(&fields);
        Self {
            own,
            shared,
            ..self
        }
    }

    fn has_no_fields(&self) -> bool {
        self.own.is_empty() && self.shared.is_empty()
    }

    /// Is nothing known?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.has_no_fields() && self.tags.is_empty() && !self.has_all_tags
    }
}

/// Those of one node, and those that it has in common with others.
fn pack(fields: &Fields<'_>) -> (Box<[u8]>, PackedTexts) {
    let (own, shared) = fields.split_at(SHARED);
    (join_known(own).into(), join_known(shared).into())
}

/// Without separators at the end.
fn join_known(fields: &[Option<&str>]) -> Vec<u8> {
    let used = fields.iter().rposition(Option::is_some);
    let used = &fields[..used.map_or(0, |last| last + 1)];
    let texts = used.iter().map(|value| value.unwrap_or_default());
    let texts: Vec<&[u8]> = texts.map(str::as_bytes).collect();
    join(&texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [InfoField; FIELDS] = [
        InfoField::Name,
        InfoField::ComputerName,
        InfoField::IpAddress,
        InfoField::SourceId,
        InfoField::SourceType,
        InfoField::SourceLocation,
        InfoField::PlatformType,
        InfoField::PlatformName,
        InfoField::PlatformVersion,
        InfoField::PingStatus,
        InfoField::AgentVersion,
        InfoField::ResourceType,
        InfoField::InstanceState,
        InfoField::InstanceType,
    ];

    fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
        let text = prop_oneof![Just(None), any::<String>().prop_map(Some)];
        proptest::collection::vec(text, FIELDS)
    }

    fn info_of(texts: &[Option<String>]) -> NodeInfo {
        NodeInfo::of(ALL.into_iter().zip(texts.iter().map(Option::as_deref)))
    }

    fn known(text: Option<&String>) -> Option<&str> {
        text.map(String::as_str).filter(|text| !text.is_empty())
    }

    proptest! {
        #[test]
        fn every_field_is_what_it_was_and_an_empty_one_is_not_known(texts in texts(), other in texts()) {
            let (info, mut filled) = (info_of(&texts), info_of(&texts));
            filled.fill_missing_from(info_of(&other));
            let missing = info_of(&other).missing_in(&info);
            for (at, field) in ALL.into_iter().enumerate() {
                let (mine, theirs) = (known(texts[at].as_ref()), known(other[at].as_ref()));
                prop_assert_eq!(info.get(field), mine);
                prop_assert_eq!(filled.get(field), mine.or(theirs));
                prop_assert_eq!(missing.get(field), theirs.filter(|_| mine.is_none()));
                let changed = info.clone().with(field, theirs);
                prop_assert_eq!(changed.get(field), theirs);
            }
            prop_assert_eq!(missing.is_empty(), filled == info);
        }
    }
}
