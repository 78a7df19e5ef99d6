//! The words that stand in tables and manifests for values of the domain.

use crate::record::{InfoLevel, NoDataCause, NodeOrigin};

/// Values with their words.
pub(crate) type Words<T> = [(T, &'static str)];

pub(crate) const ORIGINS: &Words<NodeOrigin> = &[
    (NodeOrigin::Requested, "Requested"),
    (NodeOrigin::Managed, "Managed"),
    (NodeOrigin::Stopped, "Stopped"),
    (NodeOrigin::Unmanaged, "Unmanaged"),
];

pub(crate) const NO_DATA_CAUSES: &Words<NoDataCause> = &[
    (NoDataCause::Unknown, "Unknown"),
    (NoDataCause::Managed, "Managed"),
    (NoDataCause::Online, "Online"),
    (NoDataCause::Offline, "Offline"),
    (NoDataCause::Stopped, "Stopped"),
    (NoDataCause::UnsupportedPlatform, "UnsupportedPlatform"),
    (NoDataCause::IncompleteRecord, "IncompleteRecord"),
    (NoDataCause::AssociationScan, "AssociationScan"),
    (NoDataCause::NotManaged, "NotManaged"),
];

/// `ManifestPlan::node_info`.
pub(crate) const INFO_LEVELS: &Words<InfoLevel> = &[
    (InfoLevel::Basic, "Basic"),
    (InfoLevel::Names, "Names"),
    (InfoLevel::Tags, "Tags"),
];

/// `StateOutcome` and `PatchesOutcome`.
pub(crate) const ANSWERED: &str = "Answered";
pub(crate) const NO_DATA: &str = "NoData";
pub(crate) const UNREAD: &str = "Unread";
pub(crate) const NOT_COLLECTED: &str = "NotCollected";

/// `BaselineStatus`.
pub(crate) const COMPLIANT: &str = "Compliant";
pub(crate) const NON_COMPLIANT: &str = "NonCompliant";
pub(crate) const UNSPECIFIED: &str = "Unspecified";
pub(crate) const UNRECOGNIZED: &str = "Unrecognized";
pub(crate) const DELETED: &str = "Deleted";
pub(crate) const UNREADABLE: &str = "Unreadable";

/// The word of a value.
#[must_use]
pub(crate) fn word_of<T: PartialEq>(words: &Words<T>, value: &T) -> &'static str {
    let mut words = words.iter();
    words
        .find(|(known, _)| known == value)
        .map_or("", |(_, word)| word)
}

/// The value of a word.
#[must_use]
pub(crate) fn value_of<T: Copy>(words: &Words<T>, word: &str) -> Option<T> {
    let mut words = words.iter();
    words
        .find(|(_, known)| *known == word)
        .map(|(value, _)| *value)
}
