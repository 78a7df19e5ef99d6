//! The domain: what is known of a node and of its patches, as plain ordered values. It
//! does not depend on AWS's wire format, on columns, or on formats.

mod baseline;
mod caller;
mod cause;
mod check;
mod dataset_finding;
mod estimate;
mod ids;
mod no_data;
mod node;
mod node_info;
mod packed_texts;
mod tags;
mod unreadable_field;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

pub use self::baseline::{Baseline, BaselineComplianceStatus};
pub use self::caller::{CallerIdentity, CallerReport};
pub use self::cause::Cause;
pub use self::check::{CallCheck, CallStatus, Caller};
pub use self::dataset_finding::{DatasetFinding, FindingKind};
pub use self::estimate::{CallCost, Estimate};
pub use self::ids::{
    is_account_id, is_region_name, is_well_formed_node_id, normalize_cve_id, normalize_windows_kb,
};
pub use self::no_data::{AssociationScan, NoDataCause};
pub use self::node::{
    AccountRegion, DiscoveryReport, InfoLevel, Node, NodeOrigin, PATCH_GROUP_TAGS, Scope, Subject,
    Unread,
};
pub use self::node_info::{InfoField, NodeInfo};
pub use self::packed_texts::PackedTexts;
pub use self::tags::Tags;
pub use self::unreadable_field::UnreadableField;

/// A counter of the service. `None` is "not reported" and never a zero: old
/// records lack counters, and `-1` stands for one that could not be counted.
pub type Count = Option<u64>;

/// A moment of the service. `None` is "unknown": the service writes 0, or a
/// moment in year 1, where it has none.
pub type Moment = Option<Timestamp>;

/// What the last scan or installation left behind about one node: one record
/// of `DescribeInstancePatchStates`, field for field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeState {
    pub patch_group: Option<Box<str>>,
    pub baseline_id: Option<Box<str>>,
    pub snapshot_id: Option<Box<str>>,
    pub install_override_list: Option<Box<str>>,
    pub owner_information: Option<Box<str>>,
    pub installed: Count,
    pub installed_other: Count,
    pub installed_pending_reboot: Count,
    pub installed_rejected: Count,
    pub missing: Count,
    pub failed: Count,
    pub unreported_not_applicable: Count,
    pub not_applicable: Count,
    pub available_security_update: Count,
    pub operation_start: Moment,
    pub operation_end: Moment,
    pub operation: Option<Box<str>>,
    pub last_no_reboot_install: Moment,
    pub reboot_option: Option<Box<str>>,
    pub critical_non_compliant: Count,
    pub security_non_compliant: Count,
    pub other_non_compliant: Count,
    /// What its baseline specifies for available security updates; `None` if it was
    /// not fetched, because the verdict does not depend on it.
    pub baseline_status: Option<BaselineComplianceStatus>,
    /// The fields that a verdict, a rule or an exposure uses, that are there and
    /// cannot be read. Empty for almost every node.
    pub unreadable_fields: Box<[UnreadableField]>,
}

impl NodeState {
    /// AWS's name of the time when the last scan or installation ended.
    pub const OPERATION_END_FIELD: &str = "OperationEndTime";

    /// The value of this field, by AWS's name, where it is there and cannot be read.
    #[must_use]
    pub fn unreadable_field(&self, field: &str) -> Option<&UnreadableField> {
        self.unreadable_fields
            .iter()
            .find(|odd| *odd.field == *field)
    }

    /// The same of the counter of patches in this state.
    #[must_use]
    pub fn unreadable_counter(&self, of: &PatchState) -> Option<&UnreadableField> {
        self.unreadable_field(of.counter_name()?)
    }

    /// When the last scan or installation ended; when it started, where it has
    /// not ended or no end was told. An end that cannot be read is not taken for
    /// one that was not told.
    #[must_use]
    pub fn last_scan_time(&self) -> Moment {
        if self.unreadable_field(Self::OPERATION_END_FIELD).is_some() {
            return None;
        }
        self.operation_end.or(self.operation_start)
    }

    /// Does it take a reboot to make its patches work?
    #[must_use]
    pub fn is_reboot_pending(&self) -> Option<bool> {
        self.installed_pending_reboot.map(|n| n > 0)
    }
}

/// The state of one patch on one node.
///
/// The eight that AWS documents, and whatever else it may send one day: an
/// unknown state is kept as it was sent and never taken for a good one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatchState {
    Installed,
    InstalledOther,
    InstalledPendingReboot,
    InstalledRejected,
    Missing,
    NotApplicable,
    Failed,
    AvailableSecurityUpdate,
    /// A state that this program does not know, as it was sent; empty when the
    /// service sent none.
    Other(Box<str>),
}

impl PatchState {
    /// The documented states, in the order AWS documents them.
    pub const DOCUMENTED: [Self; 8] = [
        Self::Installed,
        Self::InstalledOther,
        Self::InstalledPendingReboot,
        Self::InstalledRejected,
        Self::Missing,
        Self::NotApplicable,
        Self::Failed,
        Self::AvailableSecurityUpdate,
    ];

    /// The four that make a node non-compliant whatever its baseline says.
    /// Source: AWS Systems Manager user guide, "Patch compliance state values".
    pub const NON_COMPLIANT: [Self; 4] = [
        Self::Missing,
        Self::Failed,
        Self::InstalledRejected,
        Self::InstalledPendingReboot,
    ];

    /// The states in which a node lacks a patch. One in `InstalledRejected` has it,
    /// and makes its node non-compliant all the same.
    pub const LACKING: [Self; 4] = [
        Self::Missing,
        Self::Failed,
        Self::InstalledPendingReboot,
        Self::AvailableSecurityUpdate,
    ];

    /// AWS's name of the counter of patches in this state; `None` where there is none.
    #[must_use]
    pub const fn counter_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Installed => "InstalledCount",
            Self::InstalledOther => "InstalledOtherCount",
            Self::InstalledPendingReboot => "InstalledPendingRebootCount",
            Self::InstalledRejected => "InstalledRejectedCount",
            Self::Missing => "MissingCount",
            Self::NotApplicable => "NotApplicableCount",
            Self::Failed => "FailedCount",
            Self::AvailableSecurityUpdate => "AvailableSecurityUpdateCount",
            Self::Other(_) => return None,
        })
    }

    /// The name as AWS prints it, in `CamelCase`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Installed => "Installed",
            Self::InstalledOther => "InstalledOther",
            Self::InstalledPendingReboot => "InstalledPendingReboot",
            Self::InstalledRejected => "InstalledRejected",
            Self::Missing => "Missing",
            Self::NotApplicable => "NotApplicable",
            Self::Failed => "Failed",
            Self::AvailableSecurityUpdate => "AvailableSecurityUpdate",
            Self::Other(word) => word,
        }
    }

    /// Reads any spelling of a documented state (`Missing`, `MISSING`,
    /// `installed-pending-reboot`); `None` for every other word.
    #[must_use]
    pub fn parse_documented(word: &str) -> Option<Self> {
        Self::DOCUMENTED
            .into_iter()
            .find(|state| is_same_word(state.as_str(), word))
    }

    /// Reads a state in either spelling and keeps what it does not know.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        // Almost every word is one of these to the letter.
        Self::DOCUMENTED
            .into_iter()
            .find(|state| state.as_str() == word)
            .or_else(|| Self::parse_documented(word))
            .unwrap_or_else(|| Self::Other(word.into()))
    }
}

impl fmt::Display for PatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Are these two the same word, when case, `_`, `-` and white space do not
/// matter? The rule for every word that a person types as a filter.
#[must_use]
pub fn is_same_word(left: &str, right: &str) -> bool {
    // Almost every word; it is compared for each patch.
    if left.is_ascii() && right.is_ascii() {
        return ascii_letters(left).eq(ascii_letters(right));
    }
    letters(left).eq(letters(right))
}

fn ascii_letters(word: &str) -> impl Iterator<Item = u8> + '_ {
    let kept = |letter: &u8| !matches!(letter, b'_' | b'-' | b' ' | b'\t'..=b'\r');
    word.bytes()
        .filter(kept)
        .map(|letter| letter.to_ascii_lowercase())
}

fn letters(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars()
        .filter(|letter| !matches!(letter, '_' | '-') && !letter.is_whitespace())
        .flat_map(char::to_lowercase)
}

/// One patch on one node: one row of `DescribeInstancePatches`.
///
/// (node, KB id) is not a key everywhere; (node, KB id, title) is the best
/// there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    pub node: Node,
    pub title: Option<Box<str>>,
    pub kb_id: Option<Box<str>>,
    pub classification: Option<Arc<str>>,
    pub severity: Option<Arc<str>>,
    pub state: PatchState,
    pub installed_time: Moment,
    pub cves: Cves,
    /// When its vendor released it; `None` also if it was not fetched.
    pub release_date: Moment,
}

/// When a patch that a node lacks has to be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub date: Timestamp,
    /// Is that over?
    pub is_overdue: bool,
    /// Does the limit count from when a dataset first saw the node lack it, as its release
    /// date is not known?
    pub is_from_first_seen: bool,
}

/// The CVE ids of a patch, as the service joins them with commas.
///
/// Empty does not mean "no CVE": the service fills the field only for missing
/// and failed patches, and never on Debian, Ubuntu or macOS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Cves(Option<Box<str>>);

impl Cves {
    /// Takes the service's comma-joined list; blank entries are dropped when it is read.
    #[must_use]
    pub fn new(joined: Option<&str>) -> Self {
        Self(joined.filter(|text| !text.trim().is_empty()).map(Box::from))
    }

    /// The list as the service joined it.
    #[must_use]
    pub fn joined(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Each CVE id, in the order the service gave them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0
            .as_deref()
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
    }

    /// Was no CVE id given?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// What came back for one node that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    /// The service answered.
    Answered(T),
    /// The service left the node out: never scanned, not managed, or unknown.
    NoData,
    /// It could not be asked, or did not answer.
    Unread(Cause),
}

impl<T> Outcome<T> {
    /// Why there is nothing to show of the node, which has no data for this
    /// cause; `None` where it answered.
    #[must_use]
    pub fn describe_absence(&self, no_data: NoDataCause) -> Option<String> {
        match self {
            Self::Answered(_) => None,
            Self::NoData => Some(no_data.as_str().to_owned()),
            Self::Unread(cause) => Some(format!("unread: {}", cause.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_of_ascii_are_compared_as_all_others_are(left in "[aAbB\t\x0b _-]{0,4}", right in "[aAbB\n\x0c _-]{0,4}") {
            prop_assert_eq!(is_same_word(&left, &right), letters(&left).eq(letters(&right)));
        }
    }

    #[test]
    fn every_known_state_is_read_in_both_spellings_of_the_service() {
        let model = [
            "INSTALLED",
            "INSTALLED_OTHER",
            "INSTALLED_PENDING_REBOOT",
            "INSTALLED_REJECTED",
            "MISSING",
            "NOT_APPLICABLE",
            "FAILED",
            "AVAILABLE_SECURITY_UPDATE",
        ];
        for (state, upper) in PatchState::DOCUMENTED.into_iter().zip(model) {
            assert_eq!(PatchState::parse(upper), state);
            assert_eq!(PatchState::parse(state.as_str()), state);
        }
    }

    #[test]
    fn an_unknown_state_is_kept_as_it_was_sent() {
        let state = PatchState::parse("InstalledSuperseded");
        assert_eq!(state, PatchState::Other("InstalledSuperseded".into()));
        assert_eq!(state.as_str(), "InstalledSuperseded");
        assert_eq!(PatchState::parse("").as_str(), "");
    }

    #[test]
    fn cves_are_split_and_blanks_dropped() {
        let cves = Cves::new(Some("CVE-2024-1,CVE-2024-2, ,"));
        assert_eq!(
            cves.iter().collect::<Vec<_>>(),
            ["CVE-2024-1", "CVE-2024-2"]
        );
        assert!(Cves::new(Some(" ")).is_empty());
        assert!(Cves::new(None).is_empty());
    }

    proptest! {
        #[test]
        fn reading_a_state_never_loses_a_word_it_does_not_know(word in "\\PC{0,30}") {
            let state = PatchState::parse(&word);
            if PatchState::parse_documented(&word).is_none() {
                prop_assert_eq!(state.as_str(), word);
            }
        }

        #[test]
        fn same_word_ignores_case_and_separators(word in "[A-Za-z]{1,12}", at in 0usize..12) {
            let at = at.min(word.len());
            let spelled = format!("{}-_ {}", word[..at].to_uppercase(), &word[at..]);
            prop_assert!(is_same_word(&word, &spelled));
        }
    }
}
