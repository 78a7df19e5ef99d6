//! The finished report of `check`, which every format renders.

use std::fmt;
use std::sync::Arc;

use crate::duration::MaxAge;
use crate::exit::Exit;
use crate::gate::remedy::Remedy;
use crate::gate::waiver::{Waiver, WaiverRemark};
use crate::record::Subject;
use crate::report::VerdictCounts;
use crate::text::count;

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
    /// What stood at the earlier moment of `--since`, too.
    pub known: Vec<KnownFinding>,
    /// That moment.
    pub since: Option<String>,
    /// Waivers that have expired or match nothing, and whatever else is to be
    /// said, a line each.
    pub remarks: Vec<String>,
    /// The waivers among them.
    pub waiver_remarks: Vec<WaiverRemark>,
    pub nodes: GateCounts,
    pub max_age: MaxAge,
    /// What was configured rather than typed.
    pub configured: Vec<ConfiguredKey>,
}

impl GateReport {
    /// "2 rules failed, 1 unknown, 3 passed; 4 findings waived"
    #[must_use]
    pub fn describe_outcome(&self) -> String {
        let mut parts = Vec::new();
        for (status, word) in [
            (GateStatus::Fail, "failed"),
            (GateStatus::Unknown, "unknown"),
            (GateStatus::Pass, "passed"),
        ] {
            let rules = self.rules.iter().filter(|rule| rule.status == status);
            let n = rules.count();
            if n > 0 {
                parts.push(if parts.is_empty() {
                    format!("{} {word}", count(n, "rule"))
                } else {
                    format!("{n} {word}")
                });
            }
        }
        if parts.is_empty() {
            parts.push("no rules".to_owned());
        }
        let mut text = parts.join(", ");
        for (n, word) in [(self.waived.len(), "waived"), (self.known.len(), "known")] {
            if n > 0 {
                text = format!("{text}; {} {word}", count(n, "finding"));
            }
        }
        text
    }

    /// "gate failed: non-compliant (18), stale (2); 44 nodes"
    #[must_use]
    pub fn describe_status(&self) -> String {
        let rules_with = |status: GateStatus| {
            let rules = self.rules.iter().filter_map(|rule| {
                let findings = rule.findings.iter();
                let n = findings.filter(|finding| finding.status == status).count();
                (n > 0).then(|| format!("{} ({n})", rule.rule))
            });
            rules.collect::<Vec<_>>().join(", ")
        };
        let is_unknown = |rule: &RuleReport| rule.status == GateStatus::Unknown;
        let mut parts = Vec::new();
        match self.status {
            GateStatus::Pass => parts.push("gate passed".to_owned()),
            GateStatus::Unknown => {
                parts.push(format!("gate unknown: {}", rules_with(GateStatus::Unknown)));
            }
            GateStatus::Fail => {
                parts.push(format!("gate failed: {}", rules_with(GateStatus::Fail)));
                if self.rules.iter().any(is_unknown) {
                    parts.push(format!("unknown: {}", rules_with(GateStatus::Unknown)));
                }
            }
        }
        if !self.waived.is_empty() {
            parts.push(format!("{} waived", self.waived.len()));
        }
        if !self.known.is_empty() {
            parts.push(format!("{} known", self.known.len()));
        }
        parts.push(count(self.nodes.asked, "node"));
        if self.nodes.listed_unmanaged > 0 {
            let machines = count(self.nodes.listed_unmanaged, "unmanaged instance");
            parts.push(format!("{machines} not covered"));
        }
        parts.join("; ")
    }

    /// "configured: fail-on by /repo/patchctl.toml:3, max-age by PATCHCTL_MAX_AGE"
    #[must_use]
    pub fn describe_configured(&self) -> Option<String> {
        let all = self.configured.iter();
        let all: Vec<String> = all.map(ToString::to_string).collect();
        (!all.is_empty()).then(|| format!("configured: {}", all.join(", ")))
    }

    /// "known since fleet@latest": why a known finding breaks nothing.
    #[must_use]
    pub fn describe_known(&self) -> String {
        let since = self.since.as_deref().unwrap_or_default();
        format!("known since {since}: only what is new breaks the gate")
    }

    /// "passed: stale, unread (2 known)"
    #[must_use]
    pub fn describe_passed(&self) -> Option<String> {
        let rules = self.rules.iter();
        let passed = rules.filter(|rule| rule.status == GateStatus::Pass);
        let known = |rule: &RuleReport| {
            let known = self.known.iter();
            known.filter(|known| known.rule == rule.rule).count()
        };
        let passed: Vec<String> = passed
            .map(|rule| match known(rule) {
                0 => rule.rule.clone(),
                known => format!("{} ({known} known)", rule.rule),
            })
            .collect();
        (!passed.is_empty()).then(|| format!("passed: {}", passed.join(", ")))
    }
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
    /// Running EC2 instances that Systems Manager does not manage; `None` where EC2 did not
    /// list them everywhere.
    pub unmanaged: Option<u64>,
    /// Those of them that EC2 listed.
    pub listed_unmanaged: u64,
    pub verdicts: VerdictCounts,
}

impl GateCounts {
    pub(super) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.no_data += other.no_data;
        self.unread += other.unread;
        self.unread_scopes += other.unread_scopes;
        self.verdicts.add(other.verdicts);
    }

    /// "40 nodes, 37 answered, 2 unread; 30 compliant, 7 non-compliant"
    #[must_use]
    pub fn describe(&self) -> String {
        let mut parts = vec![
            count(self.asked, "node"),
            format!("{} answered", self.answered),
        ];
        for (n, word) in [(self.no_data, "without data"), (self.unread, "unread")] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        if self.unread_scopes > 0 {
            let scopes = count(self.unread_scopes, "region or account");
            parts.push(format!("{scopes} unread"));
        }
        let verdicts = self.verdicts;
        let stale = match verdicts.stale {
            0 => String::new(),
            stale => format!(", {stale} stale"),
        };
        format!(
            "{}; {} compliant, {} non-compliant{stale}",
            parts.join(", "),
            verdicts.compliant,
            verdicts.non_compliant
        )
    }
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
    pub remedy: Remedy,
}

impl Finding {
    /// What to do about it, in a line.
    #[must_use]
    pub fn remedy_line(&self) -> String {
        let subjects: Vec<&Subject> = self.subject.iter().collect();
        self.remedy.to_lines(&subjects).join("; ")
    }
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
    pub waiver: Arc<Waiver>,
}

/// A finding that stood at the moment of `--since`, too.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownFinding {
    /// The rule that it would break.
    pub rule: String,
    pub finding: Finding,
}
