//! Why a node cannot be judged on a CVE, and which reason outweighs which. Pure.

use crate::compliance::verdict::{VerdictOptions, judge};
use crate::duration::format_long;
use crate::record::{Count, InfoField, NoDataCause, Node, NodeInfo, NodeState, Outcome, Subject};
use crate::text;

/// A node, or a place, and why it cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    pub subject: Subject,
    pub reason: NotJudgedReason,
}

/// Why a node is not seen to lack a fix and may lack it all the same; the
/// strongest reason first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotJudgedReason {
    /// Its patches could not be read, or not all of them.
    Unread(Box<str>),
    /// The service has no record of it.
    NoData(NoDataCause),
    /// A field of its record is there and cannot be read: which, and its value.
    Unreadable(Box<str>),
    /// Its last scan is so many seconds old, which is too old; `None`: when it
    /// was is not known.
    Stale(Option<u64>),
    /// Its patches were read and its counters were not, so that it is unknown
    /// how old they are.
    UnknownScanAge,
    /// AWS never tells CVE ids on this operating system: on Debian, Ubuntu and
    /// macOS. Source: AWS Systems Manager user guide and agent.
    NoCveData(Box<str>),
    /// Whether its operating system is one of those is not known.
    UnknownPlatform,
    /// So many missing or failed patches name no CVE: some fix none, of others
    /// the agent dropped the ids because its report was too large.
    PatchesWithoutCves(u64),
    /// The service counted so many missing and failed patches more than it
    /// listed: what those fix is not known.
    UnlistedPatches(u64),
    /// So many security updates are available and not approved, of which AWS
    /// tells no CVE ids.
    UnapprovedUpdates(u64),
    /// So many patches wait for a reboot, of which AWS tells no CVE ids.
    PendingReboot(u64),
    /// Its record lacks this counter, so that such patches are unknown.
    MissingCounter(&'static str),
}

impl NotJudgedReason {
    /// A short word for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unread(_) => "Unread",
            Self::NoData(_) => "NoData",
            Self::Unreadable(_) => "Unreadable",
            Self::Stale(_) => "Stale",
            Self::UnknownScanAge => "UnknownScanAge",
            Self::NoCveData(_) => "NoCveData",
            Self::UnknownPlatform => "UnknownPlatform",
            Self::PatchesWithoutCves(_) => "PatchesWithoutCves",
            Self::UnlistedPatches(_) => "UnlistedPatches",
            Self::UnapprovedUpdates(_) => "UnapprovedUpdates",
            Self::PendingReboot(_) => "PendingReboot",
            Self::MissingCounter(_) => "MissingCounter",
        }
    }

    /// Every code there is.
    pub const CODES: [&'static str; 12] = [
        "Unread",
        "NoData",
        "Unreadable",
        "Stale",
        "UnknownScanAge",
        "NoCveData",
        "UnknownPlatform",
        "PatchesWithoutCves",
        "UnlistedPatches",
        "UnapprovedUpdates",
        "PendingReboot",
        "MissingCounter",
    ];

    /// The lower, the stronger.
    #[must_use]
    pub fn rank(&self) -> usize {
        Self::CODES
            .iter()
            .position(|code| *code == self.code())
            .unwrap_or(Self::CODES.len())
    }

    /// Do these share one line?
    #[must_use]
    pub fn is_same_kind(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NoCveData(left), Self::NoCveData(right)) => left == right,
            (Self::MissingCounter(left), Self::MissingCounter(right)) => left == right,
            _ => self.code() == other.code(),
        }
    }

    /// The sentence about one node.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Unread(cause) => format!("unread: {cause}"),
            Self::NoData(cause) => cause.as_str().to_owned(),
            Self::Unreadable(odd) => odd.to_string(),
            Self::Stale(Some(age)) => format!("last scanned {} ago", format_long(*age)),
            Self::Stale(None) => "when it was last scanned is not known".to_owned(),
            Self::UnknownScanAge => {
                "its patch state could not be read, so the age of its scan is not known".to_owned()
            }
            Self::NoCveData(platform) => format!("AWS gives no CVE ids on {platform}"),
            Self::UnknownPlatform => {
                "platform not known, and AWS gives no CVE ids on some platforms".to_owned()
            }
            Self::PatchesWithoutCves(n) => {
                format!("{} without CVE ids", text::count(*n, "missing patch"))
            }
            Self::UnlistedPatches(n) => format!(
                "{} counted but not listed",
                text::count(*n, "missing or failed patch")
            ),
            Self::UnapprovedUpdates(n) => format!(
                "{} available, for which AWS gives no CVE ids",
                text::count(*n, "security update")
            ),
            Self::PendingReboot(n) => format!(
                "{} pending reboot, for which AWS gives no CVE ids",
                text::count(*n, "patch")
            ),
            Self::MissingCounter(name) => format!("its record has no {name}"),
        }
    }

    /// What so many nodes, or places, have in common.
    pub fn describe_group(&self, count: &str) -> String {
        let what = match self {
            Self::Unread(_) => "unread".to_owned(),
            Self::NoData(_) => "without data".to_owned(),
            Self::Unreadable(_) => "with a record that cannot be read in part".to_owned(),
            Self::Stale(_) => "stale".to_owned(),
            Self::UnknownScanAge => "of unknown scan age".to_owned(),
            Self::NoCveData(platform) => format!("on {platform}, which has no CVE data"),
            Self::UnknownPlatform => "of unknown platform".to_owned(),
            Self::PatchesWithoutCves(_) => "with missing patches without CVE ids".to_owned(),
            Self::UnlistedPatches(_) => {
                "with missing or failed patches that are counted but not listed".to_owned()
            }
            Self::UnapprovedUpdates(_) => "with unapproved security updates".to_owned(),
            Self::PendingReboot(_) => "waiting for a reboot".to_owned(),
            Self::MissingCounter(name) => format!("of which the record has no {name}"),
        };
        format!("{count} {what}")
    }
}

/// What was listed of one node's missing and failed patches.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ListedCounts {
    pub missing: u64,
    pub failed: u64,
    /// Of both, those that name no CVE.
    pub without_cves: u64,
}

/// The strongest reason not to judge a node of which these patches were listed; `None`: it can be judged, as far as a CVE can.
pub(super) fn reason_not_judged(
    node: &Node,
    outcome: &Outcome<()>,
    state: Option<&Outcome<NodeState>>,
    listed: ListedCounts,
    options: &VerdictOptions,
) -> Option<NotJudgedReason> {
    match outcome {
        Outcome::Unread(cause) => return Some(NotJudgedReason::Unread(cause.text.clone())),
        Outcome::NoData => return Some(NotJudgedReason::NoData(node.no_data)),
        Outcome::Answered(()) => {}
    }
    let Some(outcome @ Outcome::Answered(state)) = state else {
        return Some(NotJudgedReason::UnknownScanAge);
    };
    if let Some(odd) = state.unreadable_fields.first() {
        return Some(NotJudgedReason::Unreadable(odd.to_string().into()));
    }
    let judgement = judge(outcome, NoDataCause::Unknown, options);
    if judgement.is_stale {
        return Some(NotJudgedReason::Stale(judgement.scan_age));
    }
    let some = |count: Count| count.filter(|n| *n > 0);
    let beyond = |count: Count, seen: u64| count.unwrap_or(0).saturating_sub(seen);
    let unlisted = beyond(state.missing, listed.missing) + beyond(state.failed, listed.failed);
    let info = node.info.as_deref();
    platform_reason(info)
        .or_else(|| {
            (listed.without_cves > 0)
                .then_some(NotJudgedReason::PatchesWithoutCves(listed.without_cves))
        })
        .or_else(|| (unlisted > 0).then_some(NotJudgedReason::UnlistedPatches(unlisted)))
        .or_else(|| some(state.available_security_update).map(NotJudgedReason::UnapprovedUpdates))
        .or_else(|| some(state.installed_pending_reboot).map(NotJudgedReason::PendingReboot))
        .or_else(|| missing_counter(state, info).map(NotJudgedReason::MissingCounter))
}

/// The first counter without which nothing can be said of a node's patches.
fn missing_counter(state: &NodeState, info: Option<&NodeInfo>) -> Option<&'static str> {
    // Only Windows has security updates that are available and not approved.
    // Source: AWS Systems Manager user guide, "Patch compliance state values".
    let is_windows = info.is_some_and(|info| {
        let words = [InfoField::PlatformType, InfoField::PlatformName];
        let mut words = words.into_iter().filter_map(|field| info.get(field));
        words.any(|word| word.to_lowercase().contains("windows"))
    });
    [
        ("MissingCount", state.missing),
        ("FailedCount", state.failed),
        (
            "InstalledPendingRebootCount",
            state.installed_pending_reboot,
        ),
        (
            "AvailableSecurityUpdateCount",
            state
                .available_security_update
                .or((!is_windows).then_some(0)),
        ),
    ]
    .into_iter()
    .find_map(|(name, count)| count.is_none().then_some(name))
}

/// Does AWS tell CVE ids on this operating system?
fn platform_reason(info: Option<&NodeInfo>) -> Option<NotJudgedReason> {
    /// Systems of apt, and those that take names of their own.
    const PLATFORMS_WITHOUT_CVE_IDS: [&str; 5] =
        ["ubuntu", "debian", "raspbian", "macos", "mac os"];
    let platform = info.and_then(|info| info.get(InfoField::PlatformType));
    let name = info.and_then(|info| info.get(InfoField::PlatformName));
    let is = |word: &str| platform.is_some_and(|platform| platform.eq_ignore_ascii_case(word));
    if is("macos") {
        return Some(NotJudgedReason::NoCveData("macOS".into()));
    }
    let Some(name) = name.filter(|name| !name.trim().is_empty()) else {
        return (!is("windows")).then_some(NotJudgedReason::UnknownPlatform);
    };
    let folded = name.trim_start().to_lowercase();
    let is_silent = PLATFORMS_WITHOUT_CVE_IDS
        .iter()
        .any(|silent| folded.starts_with(silent));
    is_silent.then(|| NotJudgedReason::NoCveData(name.into()))
}
