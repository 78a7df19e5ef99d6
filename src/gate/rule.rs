//! The language of the gate: one rule, its syntax and its description.

mod parse;

use std::fmt;

use crate::compliance::severity::Severity;
use crate::duration;
use crate::duration::{format_exact, format_long};
use crate::gate::unknown_age::UnknownAge;
use crate::record::PatchState;
use crate::text;

/// A rule that the fleet has to satisfy. Displayed in its canonical spelling;
/// case and spaces around operators are ignored when parsing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A node is non-compliant by AWS's rule.
    NonCompliant,
    /// A node's last scan is too old, whatever its verdict.
    Stale,
    /// There is no patch data of a node, or less than a verdict needs.
    NoData,
    /// A node, region or account could not be read.
    Unread,
    /// A node has this many such patches, by its counters.
    Count(PatchKind, CountThreshold),
    /// A node has such a patch that meets these criteria.
    Patch(PatchKind, PatchCriteria),
    /// A node lacks this many patches that are past their due date.
    Overdue(CountThreshold),
    /// A node lacks a patch that is overdue or comes due within so many seconds.
    DueWithin(u64),
    /// Too small a share of all nodes is compliant.
    CompliantShare(ShareThreshold),
    /// A node was scanned with another baseline than the rest of its patch group.
    BaselineDiffers,
    /// Systems Manager does not manage a running EC2 instance.
    Unmanaged,
}

/// The patches that a node's counters count, and that a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatchKind {
    Missing,
    Failed,
    Rejected,
    PendingReboot,
    /// Security updates that are available and not approved, whatever the
    /// baseline specifies for them.
    Unapproved,
}

impl PatchKind {
    pub const ALL: [Self; 5] = [
        Self::Missing,
        Self::Failed,
        Self::Rejected,
        Self::PendingReboot,
        Self::Unapproved,
    ];

    /// The word in a rule.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::PendingReboot => "pending-reboot",
            Self::Unapproved => "unapproved",
        }
    }

    /// The state of the patches that are counted.
    #[must_use]
    pub const fn state(self) -> PatchState {
        match self {
            Self::Missing => PatchState::Missing,
            Self::Failed => PatchState::Failed,
            Self::Rejected => PatchState::InstalledRejected,
            Self::PendingReboot => PatchState::InstalledPendingReboot,
            Self::Unapproved => PatchState::AvailableSecurityUpdate,
        }
    }

    /// "2 missing", as in reasons.
    #[must_use]
    pub fn describe_count(self, n: u64) -> String {
        match self {
            Self::Unapproved => format!("{} available", text::count(n, "security update")),
            Self::PendingReboot => format!("{n} pending reboot"),
            of => format!("{n} {}", of.as_str()),
        }
    }

    /// "pending reboot not reported", as in reasons.
    #[must_use]
    pub fn describe_not_reported(self) -> String {
        format!("{} not reported", self.as_str().replace('-', " "))
    }

    /// "missing patch", or "missing patches".
    const fn noun(self, many: bool) -> &'static str {
        match (self, many) {
            (Self::Missing, false) => "missing patch",
            (Self::Missing, true) => "missing patches",
            (Self::Failed, false) => "failed patch",
            (Self::Failed, true) => "failed patches",
            (Self::Rejected, false) => "rejected patch that is installed",
            (Self::Rejected, true) => "rejected patches that are installed",
            (Self::PendingReboot, false) => "patch that waits for a reboot",
            (Self::PendingReboot, true) => "patches that wait for a reboot",
            (Self::Unapproved, false) => "security update that is available and not approved",
            (Self::Unapproved, true) => "security updates that are available and not approved",
        }
    }
}

/// The criteria of a rule on single patches: all that are given, and at least one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatchCriteria {
    /// At least this severity.
    pub min_severity: Option<Severity>,
    /// Released more than so many seconds ago.
    pub older_than: Option<u64>,
}

/// More than a number, or at least a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountThreshold {
    Above(u64),
    AtLeast(u64),
}

impl CountThreshold {
    /// Does this number violate the threshold?
    #[must_use]
    pub const fn is_violated(self, n: u64) -> bool {
        match self {
            Self::Above(most) => n > most,
            Self::AtLeast(least) => n >= least,
        }
    }
}

impl fmt::Display for CountThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Above(n) => write!(f, ">{n}"),
            Self::AtLeast(n) => write!(f, ">={n}"),
        }
    }
}

/// The least share of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareThreshold {
    /// In tenths of a percent.
    pub tenths: u64,
    /// `<=` rather than `<`.
    pub or_equal: bool,
}

impl ShareThreshold {
    /// Does `part` of `whole` violate the threshold? `whole` is above zero.
    #[must_use]
    pub fn is_violated(self, part: u64, whole: u64) -> bool {
        let (part, least) = (
            u128::from(part) * 1_000,
            u128::from(self.tenths) * u128::from(whole),
        );
        part < least || (self.or_equal && part == least)
    }

    fn format_percent(self) -> String {
        match self.tenths % 10 {
            0 => format!("{}%", self.tenths / 10),
            tenth => format!("{}.{tenth}%", self.tenths / 10),
        }
    }
}

impl fmt::Display for ShareThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = if self.or_equal { "<=" } else { "<" };
        write!(f, "{operator}{}", self.format_percent())
    }
}

/// The rules that consist of a keyword only.
const KEYWORD_RULES: [(&str, Rule); 6] = [
    ("non-compliant", Rule::NonCompliant),
    ("stale", Rule::Stale),
    ("no-data", Rule::NoData),
    ("unread", Rule::Unread),
    ("baseline-differs", Rule::BaselineDiffers),
    ("unmanaged", Rule::Unmanaged),
];

const COMPLIANT: &str = "compliant";
const PATCH_OLDER_THAN: &str = "patch-older-than";
const OLDER_THAN: &str = "older-than";
const OVERDUE: &str = "overdue";
const DUE_WITHIN: &str = "due-within";

/// The syntax of all rules, on one line.
pub const RULE_SYNTAX: &str = "non-compliant, stale, no-data, unread, baseline-differs, unmanaged, missing>N, missing>=N, \
     missing>=SEVERITY (also failed, rejected, pending-reboot, unapproved), \
     missing>=SEVERITY older-than AGE, compliant<N%, compliant<=N%, patch-older-than AGE, overdue>N, overdue>=N, due-within TIME";

impl Rule {
    /// The default rules.
    pub const DEFAULT: [Self; 4] = [Self::NonCompliant, Self::Stale, Self::NoData, Self::Unread];

    /// The rule in a sentence, with this maximum age of scans, this least severity of
    /// patches that count, and what an unknown age of a patch means.
    #[must_use]
    pub fn describe(
        self,
        max_age: duration::MaxAge,
        least: Option<Severity>,
        unknown_age: UnknownAge,
    ) -> String {
        let mut about = match self {
            Self::NonCompliant => "No node is non-compliant by AWS's rule.".to_owned(),
            Self::Stale => match max_age.0 {
                Some(seconds) => format!(
                    "No node's last scan is older than {}.",
                    format_long(seconds)
                ),
                None => "Scans of any age are accepted.".to_owned(),
            },
            Self::NoData => "There is patch data of every node.".to_owned(),
            Self::Unread => "Every node, region and account could be read.".to_owned(),
            Self::Count(of, CountThreshold::Above(0) | CountThreshold::AtLeast(1)) => {
                format!("No node has a {}.", of.noun(false))
            }
            Self::Count(of, CountThreshold::Above(n)) => {
                format!("No node has more than {n} {}.", of.noun(n != 1))
            }
            Self::Count(of, CountThreshold::AtLeast(n)) => {
                format!("No node has {n} or more {}.", of.noun(true))
            }
            Self::Patch(
                of,
                PatchCriteria {
                    min_severity,
                    older_than,
                },
            ) => {
                let rated = min_severity.map_or(String::new(), |severity| {
                    format!(" rated {}", severity_or_worse(severity))
                });
                let released = older_than.map_or(String::new(), |seconds| {
                    format!(" that was released more than {} ago", format_long(seconds))
                });
                if (of, min_severity) == (PatchKind::Missing, None) {
                    format!("No node lacks a patch{released}.")
                } else {
                    format!("No node has a {}{rated}{released}.", of.noun(false))
                }
            }
            Self::Overdue(CountThreshold::Above(0) | CountThreshold::AtLeast(1)) => {
                "No node has an overdue patch.".to_owned()
            }
            Self::Overdue(CountThreshold::Above(n)) => {
                format!("No node has more than {}.", text::count(n, "overdue patch"))
            }
            Self::Overdue(CountThreshold::AtLeast(n)) => {
                format!("No node has {n} or more overdue patches.")
            }
            Self::DueWithin(seconds) => format!(
                "No node lacks a patch that is overdue or due within {}.",
                format_long(seconds)
            ),
            Self::CompliantShare(share) if share.or_equal => {
                format!(
                    "More than {} of the nodes are compliant.",
                    share.format_percent()
                )
            }
            Self::CompliantShare(share) => {
                format!(
                    "At least {} of the nodes are compliant.",
                    share.format_percent()
                )
            }
            Self::BaselineDiffers => {
                "The nodes of a patch group are scanned with the same baseline.".to_owned()
            }
            Self::Unmanaged => {
                "Systems Manager manages every running EC2 instance that is selected.".to_owned()
            }
        };
        if let Some(least) = least.filter(|_| self.is_about_patches()) {
            about.push_str(" Only patches count that are rated ");
            about.push_str(&severity_or_worse(least));
            about.push('.');
        }
        match unknown_age {
            UnknownAge::Fail if self.is_about_ages() => {
                about.push_str(" A patch of unknown age fails the rule.");
            }
            UnknownAge::Ignore if self.is_about_ages() => {
                about.push_str(" Patches of unknown age do not count.");
            }
            _ => {}
        }
        about
    }

    /// Does it depend on single patches, so that a least severity restricts it?
    #[must_use]
    pub const fn is_about_patches(self) -> bool {
        match self {
            Self::NonCompliant
            | Self::Count(..)
            | Self::Patch(..)
            | Self::Overdue(_)
            | Self::DueWithin(_)
            | Self::CompliantShare(_) => true,
            Self::Stale | Self::NoData | Self::Unread | Self::BaselineDiffers | Self::Unmanaged => {
                false
            }
        }
    }
}

impl Rule {
    /// Does it depend on when patches were released?
    #[must_use]
    pub const fn is_about_ages(self) -> bool {
        matches!(self, Self::Patch(_, criteria) if criteria.older_than.is_some())
            || self.is_about_due_dates()
    }

    /// Does it judge each node, rather than the fleet and what could be read of it?
    #[must_use]
    pub const fn is_of_nodes(self) -> bool {
        !matches!(
            self,
            Self::CompliantShare(_) | Self::Unmanaged | Self::Unread
        )
    }

    /// Does it depend on the time limits of severities?
    #[must_use]
    pub const fn is_about_due_dates(self) -> bool {
        matches!(self, Self::Overdue(_) | Self::DueWithin(_))
    }
}

/// "Critical", or "Important or worse".
pub(super) fn severity_or_worse(severity: Severity) -> String {
    match severity {
        Severity::Critical => severity.to_string(),
        other => format!("{other} or worse"),
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(of, bound) => write!(f, "{}{bound}", of.as_str()),
            Self::Patch(
                of,
                PatchCriteria {
                    min_severity,
                    older_than,
                },
            ) => {
                match min_severity {
                    Some(severity) => {
                        let severity = severity.as_str().to_lowercase();
                        write!(f, "{}>={severity}", of.as_str())?;
                    }
                    None if *of == PatchKind::Missing => f.write_str("patch-")?,
                    None => write!(f, "{}>0 ", of.as_str())?,
                }
                match older_than {
                    Some(seconds) => {
                        let before = if min_severity.is_some() { " " } else { "" };
                        write!(f, "{before}{OLDER_THAN} {}", format_exact(*seconds))
                    }
                    None => Ok(()),
                }
            }
            Self::Overdue(bound) => write!(f, "{OVERDUE}{bound}"),
            Self::DueWithin(seconds) => write!(f, "{DUE_WITHIN} {}", format_exact(*seconds)),
            Self::CompliantShare(share) => write!(f, "{COMPLIANT}{share}"),
            word => KEYWORD_RULES
                .iter()
                .find(|(_, rule)| rule == word)
                .map_or(Ok(()), |(word, _)| f.write_str(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Rule {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_rule_is_parsed_in_any_spelling_and_displayed_in_one() {
        for (typed, expected) in [
            (" Non_Compliant ", "non-compliant"),
            ("STALE", "stale"),
            ("no data", "no-data"),
            ("unread", "unread"),
            ("BaselineDiffers", "baseline-differs"),
            ("missing > 0", "missing>0"),
            ("Failed>=3", "failed>=3"),
            ("rejected >1", "rejected>1"),
            ("Pending Reboot > 3", "pending-reboot>3"),
            ("unapproved>0", "unapproved>0"),
            ("missing >= Critical", "missing>=critical"),
            ("unapproved>=HIGH", "unapproved>=important"),
            ("failed>=moderate", "failed>=medium"),
            ("Overdue > 0", "overdue>0"),
            ("overdue>=3", "overdue>=3"),
            ("Due within 1w", "due-within 7d"),
            ("due_within = 36h", "due-within 36h"),
            ("compliant < 95 %", "compliant<95%"),
            ("compliant<=99.5%", "compliant<=99.5%"),
            ("patch-older-than 30d", "patch-older-than 30d"),
            ("Patch older than 1w 2d", "patch-older-than 9d"),
            ("patch-older-than=36h", "patch-older-than 36h"),
            ("patch_older_than > 90m", "patch-older-than 90m"),
            ("missing>0 older-than 30d", "patch-older-than 30d"),
            ("failed >= 1 older than 2w", "failed>0 older-than 14d"),
            (
                "Missing >= HIGH  Older_Than 1w 2d",
                "missing>=important older-than 9d",
            ),
            (
                "unapproved>=critical older-than=36h",
                "unapproved>=critical older-than 36h",
            ),
        ] {
            assert_eq!(read(typed).to_string(), expected, "{typed}");
            assert_eq!(read(expected), read(typed), "{typed}");
        }
    }

    #[test]
    fn an_invalid_rule_is_reported_on_one_line_with_valid_ones() {
        let expected: Vec<String> = [
            "",
            "mising>0",
            "non-complaint",
            "missing",
            "missing<3",
            "missing=0",
            "missing>>1",
            "missing>critical",
            "missing>=0",
            "missing>=unrated",
            "missing>-1",
            "missing>1.5",
            "missing>99999999999999999999",
            "stale>3",
            "compliant",
            "compliant>95%",
            "compliant<95",
            "compliant<95.25%",
            "compliant<101%",
            "compliant<0%",
            "compliant<=100%",
            "complaint<9%",
            "overdue",
            "overdue<3",
            "overdue>=critical",
            "overdue>=0",
            "overdu>0",
            "due-within",
            "due-within soon",
            "due-within>3d",
            "patch-older-than",
            "patch-older-than a month",
            "patch-older-than>=3d",
            "missing>=critical older-than",
            "missing>=critical older-than a month",
            "missing>=critical younger-than 3d",
            "missing>=critical 3d",
            "missing>3 older-than 3d",
            "stale older-than 3d",
            "compliant<95% older-than 3d",
            "zzz",
            "\u{1b}[2J\n",
        ]
        .iter()
        .map(|text| {
            let error = text.parse::<Rule>().unwrap_err();
            assert!(!error.contains('\n'), "{error}");
            format!("{text:?}: {error}")
        })
        .collect();
        insta::assert_snapshot!(expected.join("\n"));
    }

    #[test]
    fn each_rule_is_described_in_a_sentence() {
        let describe = |rule: &str, least, unknown_age| {
            read(rule).describe(duration::MaxAge::default(), least, unknown_age)
        };
        let expected: Vec<String> = [
            "non-compliant",
            "stale",
            "no-data",
            "unread",
            "missing>0",
            "failed>=2",
            "pending-reboot>3",
            "missing>=critical",
            "unapproved>=low",
            "compliant<95%",
            "compliant<=99.5%",
            "patch-older-than 30d",
            "failed>0 older-than 30d",
            "missing>=critical older-than 30d",
            "baseline-differs",
            "overdue>0",
            "overdue>3",
            "overdue>=3",
            "due-within 7d",
        ]
        .iter()
        .map(|rule| format!("{rule}: {}", describe(rule, None, UnknownAge::Unknown)))
        .collect();
        insta::assert_snapshot!(expected.join("\n"));
        assert_eq!(
            describe("missing>0", Some(Severity::Important), UnknownAge::Fail),
            "No node has a missing patch. Only patches count that are rated Important or worse."
        );
        assert_eq!(
            read("stale").describe(
                duration::MaxAge(None),
                Some(Severity::Important),
                UnknownAge::Ignore
            ),
            "Scans of any age are accepted."
        );
        assert_eq!(
            describe("patch-older-than 1d", None, UnknownAge::Ignore),
            "No node lacks a patch that was released more than 24 hours ago. Patches of unknown age do not count."
        );
        assert_eq!(
            describe("missing>=critical older-than 1d", None, UnknownAge::Fail),
            "No node has a missing patch rated Critical that was released more than 24 hours ago. A patch of unknown age fails the rule."
        );
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let of = || proptest::sample::select(PatchKind::ALL.to_vec());
        let severity = proptest::sample::select(Severity::ALL[..4].to_vec());
        prop_oneof![
            proptest::sample::select(KEYWORD_RULES.map(|(_, rule)| rule).to_vec()),
            (of(), any::<u64>()).prop_map(|(of, n)| Rule::Count(of, CountThreshold::Above(n))),
            (of(), 1u64..).prop_map(|(of, n)| Rule::Count(of, CountThreshold::AtLeast(n))),
            (of(), severity, proptest::option::of(1u64..100_000_000)).prop_map(
                |(of, severity, older_than)| Rule::Patch(
                    of,
                    PatchCriteria {
                        min_severity: Some(severity),
                        older_than
                    }
                )
            ),
            (of(), 1u64..100_000_000).prop_map(|(of, age)| Rule::Patch(
                of,
                PatchCriteria {
                    min_severity: None,
                    older_than: Some(age)
                }
            )),
            any::<u64>().prop_map(|n| Rule::Overdue(CountThreshold::Above(n))),
            (1u64..).prop_map(|n| Rule::Overdue(CountThreshold::AtLeast(n))),
            (1u64..100_000_000).prop_map(Rule::DueWithin),
            (1u64..1_000, any::<bool>()).prop_map(|(tenths, or_equal)| Rule::CompliantShare(
                ShareThreshold { tenths, or_equal }
            )),
        ]
    }

    proptest! {
        #[test]
        fn a_displayed_rule_is_parsed_unchanged(rule in rule()) {
            prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        }

        #[test]
        fn parsing_a_rule_never_panics(text in "\\PC{0,24}|[a-z-]{0,14}[<>= ]{0,3}[0-9.%a-z]{0,6}") {
            let _ = text.parse::<Rule>();
        }

        #[test]
        fn an_invalid_rule_is_reported_on_one_line(text in "(compliant|missing|foo)[<>=]{1,2}[0-9\\s\\x00-\\x1f\\x7f-\\x9f.%a-z]{0,12}") {
            if let Err(line) = text.parse::<Rule>() {
                prop_assert!(!line.contains(char::is_control), "{:?}", line);
            }
        }

        #[test]
        fn a_share_is_compared_exactly(part in 0u64..2_000, more in 1u64..2_000, tenths in 1u64..1_000) {
            let (whole, share) = (part + more, ShareThreshold { tenths, or_equal: false });
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let is_below = (part * 1_000) as f64 / (whole as f64) < tenths as f64 - 1e-9;
            prop_assert_eq!(share.is_violated(part, whole), is_below);
        }
    }
}
