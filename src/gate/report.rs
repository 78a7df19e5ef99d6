//! The finished report of `check`, which every format renders.

use std::fmt;

use crate::duration::MaxAge;
use crate::exit::Exit;
use crate::record::Subject;
use crate::report::VerdictCounts;

/// The status of the gate, of a rule or of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateStatus {
    Pass,
    /// Data that decides is missing, and no rule fails.
    Unknown,
    Fail,
}

impl GateStatus {
    /// The word that every format prints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Unknown => "UNKNOWN",
            Self::Fail => "FAIL",
        }
    }

    /// The exit code that stands for it.
    #[must_use]
    pub const fn exit(self) -> Exit {
        match self {
            Self::Pass => Exit::Success,
            Self::Unknown => Exit::Partial,
            Self::Fail => Exit::GateFailed,
        }
    }
}

/// The whole answer of `check`.
#[derive(Debug, Clone, PartialEq)]
pub struct GateReport {
    pub status: GateStatus,
    /// One for each rule, in the order they were given.
    pub rules: Vec<RuleReport>,
    /// What waivers kept from being findings.
    pub waived: Vec<WaivedFinding>,
    /// Waivers that have expired or match nothing, and whatever else is to be
    /// said, a line each.
    pub remarks: Vec<String>,
    pub nodes: GateCounts,
    pub max_age: MaxAge,
    /// What was configured rather than typed.
    pub configured: Vec<ConfiguredKey>,
}

/// A key that decides what the gate lets pass, and what sets it: every format
/// names it, as a file may have been found in an unexpected place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfiguredKey {
    /// As the configuration spells it: `fail-on`, `waivers`, `max-age`, `policy`.
    pub key: String,
    /// The file and line, or the variable of the environment.
    pub origin: String,
}

impl fmt::Display for ConfiguredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.key, self.origin)
    }
}

/// The nodes behind it. `asked` is always `answered + no_data + unread`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GateCounts {
    pub asked: u64,
    pub answered: u64,
    pub no_data: u64,
    pub unread: u64,
    /// Regions, accounts and profiles that could not be read.
    pub unread_scopes: u64,
    pub verdicts: VerdictCounts,
}

/// One rule, and what it found.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleReport {
    /// The rule as it is written: `missing>=critical`.
    pub rule: String,
    /// What it asks for, in a sentence.
    pub description: String,
    pub status: GateStatus,
    /// In the order of the nodes; findings of rules on the whole fleet have no
    /// subject. What waivers cover is not among them.
    pub findings: Vec<Finding>,
}

/// One thing that fails a rule, or that keeps its status unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// A node, a region or account that could not be read, or (`None`) all of it.
    pub subject: Option<Subject>,
    /// `Unknown` or `Fail`.
    pub status: GateStatus,
    /// What is wrong: "2 missing, last scanned 9 days ago".
    pub detail: String,
    /// The patches that make it so, the worst first, where they are known.
    pub patches: Vec<PatchRef>,
    /// What to do about it, in a line.
    pub remedy: String,
}

/// A patch of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchRef {
    pub kb_id: Option<Box<str>>,
    pub title: Option<Box<str>>,
    /// `Missing`, `Failed` ...
    pub state: Box<str>,
    /// On the one scale.
    pub severity: crate::compliance::severity::Severity,
    pub cves: Vec<Box<str>>,
}

/// One finding that a waiver covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaivedFinding {
    /// The rule that it would break.
    pub rule: String,
    pub subject: Option<Subject>,
    pub detail: String,
    pub patches: Vec<PatchRef>,
    /// Where the waiver stands: `waivers.toml:12`.
    pub waiver: String,
    pub reason: String,
    pub owner: Option<String>,
    /// As it is written in the file.
    pub expires: String,
}
