//! The domain: what is known of a node and of its patches.
//!
//! Knows plain ordered values and the words of the field. Must not know AWS's
//! wire spelling, the names of columns, or how anything is printed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// Where nodes live: one account in one region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The region's code, such as `eu-west-1`; empty for a node that was asked
    /// for in several and is in none of them.
    pub region: Arc<str>,
    /// The account's id, where the credentials tell it.
    pub account: Option<Arc<str>>,
}

/// One managed node that was asked for: `i-...` (EC2) or `mi-...` (hybrid).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The id as it was typed.
    pub id: Arc<str>,
    /// The account and region it was looked for in.
    pub place: Arc<Place>,
    /// How it came into the answer.
    pub found: Found,
    /// What else is known of it, where somebody asked for that.
    pub facts: Option<Arc<Facts>>,
}

impl Node {
    /// A node whose id somebody typed.
    #[must_use]
    pub fn asked(id: &str, place: &Arc<Place>) -> Self {
        Self {
            id: id.into(),
            place: place.clone(),
            found: Found::Asked,
            facts: None,
        }
    }
}

/// How a node came into the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// Its id was given.
    Asked,
    /// Systems Manager lists it as managed, or has a patch record of it.
    Managed,
    /// EC2 says that it is stopped. Systems Manager leaves stopped nodes out of
    /// its list, so only a patch record tells that it is managed at all.
    Stopped,
}

/// What else is known of a node than its patches. `None` is "not told".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts {
    /// The EC2 tag `Name`; the name of the activation for a hybrid node.
    pub name: Option<Box<str>>,
    pub computer_name: Option<Box<str>>,
    /// `Windows`, `Linux` or `MacOS`.
    pub platform_type: Option<Box<str>>,
    pub platform_name: Option<Box<str>>,
    pub platform_version: Option<Box<str>>,
    /// `Online`, `ConnectionLost` or `Inactive`; `Stopped` where EC2 says so.
    pub ping_status: Option<Box<str>>,
    pub agent_version: Option<Box<str>>,
    pub resource_type: Option<Box<str>>,
    pub ip_address: Option<Box<str>>,
    pub tags: BTreeMap<Box<str>, Box<str>>,
}

impl Facts {
    /// Takes from `other` what is not known here.
    pub fn complete(&mut self, other: Self) {
        let fill = |mine: &mut Option<Box<str>>, theirs| {
            if mine.is_none() {
                *mine = theirs;
            }
        };
        fill(&mut self.name, other.name);
        fill(&mut self.computer_name, other.computer_name);
        fill(&mut self.platform_type, other.platform_type);
        fill(&mut self.platform_name, other.platform_name);
        fill(&mut self.platform_version, other.platform_version);
        fill(&mut self.ping_status, other.ping_status);
        fill(&mut self.agent_version, other.agent_version);
        fill(&mut self.resource_type, other.resource_type);
        fill(&mut self.ip_address, other.ip_address);
        for (key, value) in other.tags {
            self.tags.entry(key).or_insert(value);
        }
    }
}

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
    pub const KNOWN: [Self; 8] = [
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
    pub fn known(word: &str) -> Option<Self> {
        Self::KNOWN
            .into_iter()
            .find(|state| same_word(state.as_str(), word))
    }

    /// Reads a state in either spelling and keeps what it does not know.
    #[must_use]
    pub fn read(word: &str) -> Self {
        // Almost every word is one of these to the letter.
        Self::KNOWN
            .into_iter()
            .find(|state| state.as_str() == word)
            .or_else(|| Self::known(word))
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
pub fn same_word(left: &str, right: &str) -> bool {
    fn folded(word: &str) -> impl Iterator<Item = char> + '_ {
        word.chars()
            .filter(|letter| !matches!(letter, '_' | '-') && !letter.is_whitespace())
            .flat_map(char::to_lowercase)
    }
    folded(left).eq(folded(right))
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
}

/// The CVE ids of a patch, as the service joins them with commas.
///
/// Empty does not mean "no CVE": the service fills the field only for missing
/// and failed patches, and never on Debian, Ubuntu or macOS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cves(Option<Box<str>>);

impl Cves {
    /// Takes the service's comma-joined list; blank entries are dropped when it is read.
    #[must_use]
    pub fn new(joined: Option<&str>) -> Self {
        Self(joined.filter(|text| !text.trim().is_empty()).map(Box::from))
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

/// Why a node, or the rest of it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Why {
    /// A short name for machines: AWS's error code, or one of this program's
    /// (`Timeout`, `Unreachable`, `Unreadable`).
    pub code: Box<str>,
    /// One line for people, with the remedy where there is one.
    pub text: Box<str>,
}

/// What is wanted of nodes beyond their patch records; more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// What Systems Manager knows of a managed node.
    Facts,
    /// That, and the EC2 tag `Name`.
    Names,
    /// All tags.
    Tags,
}

/// A node, or a whole region, account or profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Node(Node),
    Scope(Scope),
}

/// Where nodes may be that nobody could be asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub region: Option<Arc<str>>,
    pub account: Option<Arc<str>>,
    pub profile: Option<Arc<str>>,
}

impl Scope {
    /// One account in one region.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        Self {
            region: Some(place.region.clone()),
            account: place.account.clone(),
            profile: None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.profile.as_ref().map(|name| format!("profile {name}")),
            self.account.as_ref().map(|id| format!("account {id}")),
            self.region.as_ref().map(ToString::to_string),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(", "))
    }
}

impl Subject {
    #[must_use]
    pub fn node(&self) -> Option<&Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Scope(_) => None,
        }
    }

    /// The node's id, where it is one node.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.node().map(|node| &*node.id)
    }

    #[must_use]
    pub fn region(&self) -> Option<&str> {
        match self {
            Self::Node(node) => Some(&node.place.region)
                .filter(|region| !region.is_empty())
                .map(|region| &**region),
            Self::Scope(scope) => scope.region.as_deref(),
        }
    }

    #[must_use]
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Node(node) => node.place.account.as_deref(),
            Self::Scope(scope) => scope.account.as_deref(),
        }
    }

    /// What else is known of the node.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        self.node()?.facts.as_deref()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => f.write_str(&node.id),
            Self::Scope(scope) => scope.fmt(f),
        }
    }
}

/// A node that could not be read, in whole or in part, or a region or account
/// whose nodes are not even known. Failure is data: it travels with what was
/// read into every format and changes the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub subject: Subject,
    pub why: Why,
}

/// How nodes were found where none, or not all, were named.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The calls that nodes were found by, as an IAM policy names them.
    pub by: Vec<&'static str>,
    /// What this way cannot see, a line for each reason.
    pub blind: Vec<String>,
    /// The places where it was this way.
    pub places: Vec<Scope>,
    /// Stopped EC2 instances that have no patch record: not managed, or never scanned.
    pub stopped_without_record: u64,
}

impl Finding {
    /// How nodes were found, and what that cannot see, for people.
    #[must_use]
    pub fn told(&self, of_several: bool) -> Vec<String> {
        let places: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        let of = match (of_several, &places[..]) {
            (false, _) | (_, []) => String::new(),
            (true, [one]) => format!(" ({one})"),
            (true, [first, more @ ..]) => format!(" ({first} and {} more)", more.len()),
        };
        let mut lines = vec![format!("found by {}{of}", self.by.join(", "))];
        if self.stopped_without_record > 0 {
            lines.push(format!(
                "  left out: {} without a patch record: not managed, or never scanned",
                match self.stopped_without_record {
                    1 => "1 stopped EC2 instance".to_owned(),
                    n => format!("{n} stopped EC2 instances"),
                }
            ));
        }
        lines.extend(
            self.blind
                .iter()
                .map(|blind| format!("  cannot see: {blind}")),
        );
        lines
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
    Unread(Why),
}

impl<T> Outcome<T> {
    /// Why there is nothing to show of the node; `None` where it answered.
    #[must_use]
    pub fn absence(&self) -> Option<String> {
        match self {
            Self::Answered(_) => None,
            Self::NoData => {
                Some("no patch data: never scanned, not managed, or unknown here".to_owned())
            }
            Self::Unread(why) => Some(format!("unread: {}", why.text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
        for (state, upper) in PatchState::KNOWN.into_iter().zip(model) {
            assert_eq!(PatchState::read(upper), state);
            assert_eq!(PatchState::read(state.as_str()), state);
        }
    }

    #[test]
    fn an_unknown_state_is_kept_as_it_was_sent() {
        let state = PatchState::read("InstalledSuperseded");
        assert_eq!(state, PatchState::Other("InstalledSuperseded".into()));
        assert_eq!(state.as_str(), "InstalledSuperseded");
        assert_eq!(PatchState::read("").as_str(), "");
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
            let state = PatchState::read(&word);
            if PatchState::known(&word).is_none() {
                prop_assert_eq!(state.as_str(), word);
            }
        }

        #[test]
        fn same_word_ignores_case_and_separators(word in "[A-Za-z]{1,12}", at in 0usize..12) {
            let at = at.min(word.len());
            let spelled = format!("{}-_ {}", word[..at].to_uppercase(), &word[at..]);
            prop_assert!(same_word(&word, &spelled));
        }
    }
}
