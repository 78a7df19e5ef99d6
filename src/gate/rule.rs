//! The language of the gate: one rule, as it is written.
//!
//! Pure. Knows the words, what each rule asks for in a sentence, and what to
//! say to a word that is none. Must not know how nodes are judged.

use std::fmt;
use std::str::FromStr;

use crate::age::{self, words};
use crate::nearest;
use crate::record::{PatchState, same_word};
use crate::severity::Severity;

/// One thing that breaks the gate. Written as it is displayed; case and spaces
/// around operators do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A node is non-compliant by AWS's rule.
    NonCompliant,
    /// A node's last scan is too old to be believed, whatever its verdict.
    Stale,
    /// There is no patch data of a node, or not all that a verdict needs.
    NoData,
    /// A node, region or account could not be read.
    Unread,
    /// A node has so many such patches, by its counters.
    Count(Counted, Bound),
    /// A node has such a patch that is at least so severe.
    Severe(Counted, Severity),
    /// Of all nodes asked for, too small a share is compliant.
    Compliant(Share),
    /// A node lacks a patch that was released more than so many seconds ago.
    PatchOlder(u64),
    /// A node was scanned with another baseline than the rest of its patch group.
    BaselineDiffers,
}

/// The patches that a node's counters count, and a rule may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    Missing,
    Failed,
    Rejected,
    PendingReboot,
    /// Security updates that are available and not approved, whatever the
    /// baseline rules on them.
    Unapproved,
}

impl Counted {
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

    /// "2 missing", as reasons say it.
    #[must_use]
    pub fn told(self, n: u64) -> String {
        match (self, n) {
            (Self::Unapproved, 1) => "1 security update available".to_owned(),
            (Self::Unapproved, n) => format!("{n} security updates available"),
            (Self::PendingReboot, n) => format!("{n} pending reboot"),
            (of, n) => format!("{n} {}", of.as_str()),
        }
    }

    /// "pending reboot not reported", as reasons say it.
    #[must_use]
    pub fn not_reported(self) -> String {
        format!("{} not reported", self.as_str().replace('-', " "))
    }

    /// "missing patch", or "missing patches".
    const fn noun(self, many: bool) -> &'static str {
        match (self, many) {
            (Self::Missing, false) => "missing patch",
            (Self::Missing, true) => "missing patches",
            (Self::Failed, false) => "failed patch",
            (Self::Failed, true) => "failed patches",
            (Self::Rejected, false) => "installed patch that its baseline rejects",
            (Self::Rejected, true) => "installed patches that its baseline rejects",
            (Self::PendingReboot, false) => "patch that waits for a restart",
            (Self::PendingReboot, true) => "patches that wait for a restart",
            (Self::Unapproved, false) => "security update that is available and not approved",
            (Self::Unapproved, true) => "security updates that are available and not approved",
        }
    }
}

/// More than so many, or at least so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    Above(u64),
    AtLeast(u64),
}

impl Bound {
    /// Is this many too many?
    #[must_use]
    pub const fn is_met(self, n: u64) -> bool {
        match self {
            Self::Above(most) => n > most,
            Self::AtLeast(least) => n >= least,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Above(n) => write!(f, ">{n}"),
            Self::AtLeast(n) => write!(f, ">={n}"),
        }
    }
}

/// A share of the nodes, and whether it is itself too small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// In tenths of a percent.
    pub tenths: u64,
    /// `<=` rather than `<`.
    pub or_equal: bool,
}

impl Share {
    /// Is `part` of `whole` too small a share? `whole` is above zero.
    #[must_use]
    pub fn is_met(self, part: u64, whole: u64) -> bool {
        let (part, least) = (
            u128::from(part) * 1_000,
            u128::from(self.tenths) * u128::from(whole),
        );
        part < least || (self.or_equal && part == least)
    }

    fn percent(self) -> String {
        match self.tenths % 10 {
            0 => format!("{}%", self.tenths / 10),
            tenth => format!("{}.{tenth}%", self.tenths / 10),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = if self.or_equal { "<=" } else { "<" };
        write!(f, "{operator}{}", self.percent())
    }
}

/// The rules that are a word and nothing else.
const WORDS: [(&str, Rule); 5] = [
    ("non-compliant", Rule::NonCompliant),
    ("stale", Rule::Stale),
    ("no-data", Rule::NoData),
    ("unread", Rule::Unread),
    ("baseline-differs", Rule::BaselineDiffers),
];

const COMPLIANT: &str = "compliant";
const OLDER: &str = "patch-older-than";

/// All that can be written, on one line.
pub const FORMS: &str = "non-compliant, stale, no-data, unread, baseline-differs, missing>N, missing>=N, \
     missing>=SEVERITY (also failed, rejected, pending-reboot, unapproved), compliant<N%, compliant<=N%, \
     patch-older-than AGE";

impl Rule {
    /// What is held against a fleet where nobody says what.
    pub const DEFAULT: [Self; 4] = [Self::NonCompliant, Self::Stale, Self::NoData, Self::Unread];

    /// What it asks for, in a sentence, where scans are believed for so long
    /// and patches less severe than this do not count.
    #[must_use]
    pub fn about(self, max_age: age::MaxAge, least: Option<Severity>) -> String {
        let mut about = match self {
            Self::NonCompliant => "No node is non-compliant by AWS's rule.".to_owned(),
            Self::Stale => match max_age.0 {
                Some(seconds) => format!("No node's last scan is older than {}.", words(seconds)),
                None => "Scans of any age are believed.".to_owned(),
            },
            Self::NoData => "There is patch data of every node.".to_owned(),
            Self::Unread => "Every node, region and account could be read.".to_owned(),
            Self::Count(of, Bound::Above(0) | Bound::AtLeast(1)) => {
                format!("No node has a {}.", of.noun(false))
            }
            Self::Count(of, Bound::Above(n)) => {
                format!("No node has more than {n} {}.", of.noun(n != 1))
            }
            Self::Count(of, Bound::AtLeast(n)) => {
                format!("No node has {n} or more {}.", of.noun(true))
            }
            Self::Severe(of, severity) => {
                format!(
                    "No node has a {} rated {}.",
                    of.noun(false),
                    at_least(severity)
                )
            }
            Self::Compliant(share) if share.or_equal => {
                format!("More than {} of the nodes are compliant.", share.percent())
            }
            Self::Compliant(share) => {
                format!("At least {} of the nodes are compliant.", share.percent())
            }
            Self::PatchOlder(seconds) => format!(
                "No node lacks a patch that was released more than {} ago.",
                words(seconds)
            ),
            Self::BaselineDiffers => {
                "The nodes of a patch group are scanned with the same baseline.".to_owned()
            }
        };
        if let Some(least) = least.filter(|_| self.is_of_patches()) {
            about.push_str(" Only patches count that are rated ");
            about.push_str(&at_least(least));
            about.push('.');
        }
        about
    }

    /// Does it hang on single patches, so that a least severity narrows it?
    #[must_use]
    pub const fn is_of_patches(self) -> bool {
        match self {
            Self::NonCompliant
            | Self::Count(..)
            | Self::Severe(..)
            | Self::Compliant(_)
            | Self::PatchOlder(_) => true,
            Self::Stale | Self::NoData | Self::Unread | Self::BaselineDiffers => false,
        }
    }
}

/// "Critical", or "Important or worse".
pub fn at_least(severity: Severity) -> String {
    match severity {
        Severity::Critical => severity.to_string(),
        other => format!("{other} or worse"),
    }
}

/// A span in the largest unit that tells it exactly.
fn exactly(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(of, bound) => write!(f, "{}{bound}", of.as_str()),
            Self::Severe(of, severity) => {
                let severity = severity.as_str().to_lowercase();
                write!(f, "{}>={severity}", of.as_str())
            }
            Self::Compliant(share) => write!(f, "{COMPLIANT}{share}"),
            Self::PatchOlder(seconds) => write!(f, "{OLDER} {}", exactly(*seconds)),
            word => WORDS
                .iter()
                .find(|(_, rule)| rule == word)
                .map_or(Ok(()), |(word, _)| f.write_str(word)),
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    /// What is wrong is said on one line, with the nearest rule and all there are.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let at = text.find(['<', '>', '=']).unwrap_or(text.len());
        let (word, rest) = text.split_at(at);
        let operands = rest.trim_start_matches(['<', '>', '=']);
        let operator = rest[..rest.len() - operands.len()].trim();
        let (word, value) = (word.trim(), operands.trim());
        if operator.is_empty() {
            return alone(text);
        }
        if let Some(of) = counted(word) {
            return counting(of, operator, value);
        }
        if same_word(word, COMPLIANT) {
            return share(operator, value);
        }
        if same_word(word, OLDER) {
            return match operator {
                "=" | ">" => older(value),
                _ => Err(format!("{OLDER} takes an age; write {OLDER} 30d")),
            };
        }
        if WORDS.iter().any(|(known, _)| same_word(known, word)) {
            let known = word.to_lowercase();
            return Err(format!("{known} takes no number; write {known}"));
        }
        let meant = nearest(word).map(|known| match known {
            COMPLIANT => format!("{COMPLIANT}<95%"),
            OLDER => format!("{OLDER} 30d"),
            known if WORDS.iter().any(|(word, _)| *word == known) => known.to_owned(),
            known => format!("{known}{operator}{value}"),
        });
        // What is offered has to be one.
        Err(none(
            text,
            meant.filter(|meant| Self::from_str(meant).is_ok()),
        ))
    }
}

fn counted(word: &str) -> Option<Counted> {
    Counted::ALL
        .into_iter()
        .find(|of| same_word(of.as_str(), word))
}

/// A rule without an operator.
fn alone(text: &str) -> Result<Rule, String> {
    if let Some((_, rule)) = WORDS.iter().find(|(known, _)| same_word(known, text)) {
        return Ok(*rule);
    }
    // The age follows the word, after white space.
    let starts = text
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, _)| at);
    for at in starts {
        if same_word(&text[..at], OLDER) {
            return older(text[at..].trim());
        }
    }
    if same_word(text, OLDER) {
        return Err(format!("{OLDER} which age? write {OLDER} 30d"));
    }
    if same_word(text, COMPLIANT) {
        return Err(format!("{COMPLIANT} to which share? write {COMPLIANT}<95%"));
    }
    if let Some(of) = counted(text) {
        let of = of.as_str();
        return Err(format!(
            "{of} how many, or how severe? write {of}>0, or {of}>=critical"
        ));
    }
    let meant = nearest(text).map(|known| match known {
        COMPLIANT => format!("{COMPLIANT}<95%"),
        OLDER => format!("{OLDER} 30d"),
        known if counted(known).is_some() => format!("{known}>0"),
        known => known.to_owned(),
    });
    Err(none(text, meant))
}

fn counting(of: Counted, operator: &str, value: &str) -> Result<Rule, String> {
    let word = of.as_str();
    if !matches!(operator, ">" | ">=") {
        return Err(format!(
            "{word}{operator}{value}: {word} takes > or >=; write {word}>0, or {word}>=critical"
        ));
    }
    if value.starts_with(|first: char| first.is_ascii_digit()) {
        let n: u64 = value
            .parse()
            .map_err(|_| format!("{word}{operator}{value}: {value:?} is no whole number"))?;
        return match (operator, n) {
            (">=", 0) => Err(format!("{word}>=0 is always so; write {word}>0")),
            (">=", n) => Ok(Rule::Count(of, Bound::AtLeast(n))),
            (_, n) => Ok(Rule::Count(of, Bound::Above(n))),
        };
    }
    let severity = Severity::named(value).filter(|severity| *severity != Severity::Unrated);
    match severity {
        Some(severity) if operator == ">=" => Ok(Rule::Severe(of, severity)),
        Some(severity) => {
            let severity = severity.as_str().to_lowercase();
            Err(format!("a severity takes >=; write {word}>={severity}"))
        }
        None => Err(format!(
            "{word}{operator}{value}: {value:?} is neither a number nor a severity \
             (allowed: critical, important, medium, low)"
        )),
    }
}

fn share(operator: &str, value: &str) -> Result<Rule, String> {
    let wrong = |why: &str| {
        Err(format!(
            "{COMPLIANT}{operator}{value}: {why}; write {COMPLIANT}<95%"
        ))
    };
    if !matches!(operator, "<" | "<=") {
        return wrong("compliant takes < or <=");
    }
    let Some(number) = value.strip_suffix('%').map(str::trim_end) else {
        return wrong("a share ends with %");
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    if !is_digits(whole) || !is_digits(tenth) || tenth.len() > 1 {
        return wrong("a share is a number with at most one decimal");
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let tenths = whole
        .saturating_mul(10)
        .saturating_add(tenth.parse().unwrap_or(0));
    match (tenths, operator) {
        (1_001.., _) => wrong("there is no more than 100%"),
        (0, "<") => wrong("no share is below 0%, so it never breaks"),
        (1_000, "<=") => wrong("every share is at most 100%, so it always breaks"),
        (tenths, operator) => Ok(Rule::Compliant(Share {
            tenths,
            or_equal: operator == "<=",
        })),
    }
}

fn older(value: &str) -> Result<Rule, String> {
    age::seconds(value)
        .map(Rule::PatchOlder)
        .map_err(|why| format!("{OLDER}: {why}"))
}

/// The word of a rule that was most likely meant, if any is near.
fn nearest(word: &str) -> Option<&'static str> {
    let words = WORDS.iter().map(|(word, _)| *word);
    let counted = Counted::ALL.into_iter().map(Counted::as_str);
    let all: Vec<&str> = words.chain(counted).chain([COMPLIANT, OLDER]).collect();
    nearest::nearest(word, &all)
}

fn none(text: &str, meant: Option<String>) -> String {
    let guess = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
    format!("no rule {text:?}{guess} (allowed: {FORMS})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Rule {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_rule_is_read_in_any_spelling_and_told_in_one() {
        for (typed, told) in [
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
            ("compliant < 95 %", "compliant<95%"),
            ("compliant<=99.5%", "compliant<=99.5%"),
            ("patch-older-than 30d", "patch-older-than 30d"),
            ("Patch older than 1w 2d", "patch-older-than 9d"),
            ("patch-older-than=36h", "patch-older-than 36h"),
            ("patch_older_than > 90m", "patch-older-than 90m"),
        ] {
            assert_eq!(read(typed).to_string(), told, "{typed}");
            assert_eq!(read(told), read(typed), "{typed}");
        }
    }

    #[test]
    fn what_is_no_rule_is_answered_on_one_line_with_what_is() {
        let told: Vec<String> = [
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
            "patch-older-than",
            "patch-older-than a month",
            "patch-older-than>=3d",
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
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn each_says_what_it_asks_for_in_a_sentence() {
        let max_age = age::MaxAge::default();
        let told: Vec<String> = [
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
            "baseline-differs",
        ]
        .iter()
        .map(|rule| format!("{rule}: {}", read(rule).about(max_age, None)))
        .collect();
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!(
            read("missing>0").about(max_age, Some(Severity::Important)),
            "No node has a missing patch. Only patches count that are rated Important or worse."
        );
        assert_eq!(
            read("stale").about(age::MaxAge(None), Some(Severity::Important)),
            "Scans of any age are believed."
        );
    }

    fn rule() -> impl Strategy<Value = Rule> {
        let of = || proptest::sample::select(Counted::ALL.to_vec());
        let severity = proptest::sample::select(Severity::ALL[..4].to_vec());
        prop_oneof![
            proptest::sample::select(WORDS.map(|(_, rule)| rule).to_vec()),
            (of(), any::<u64>()).prop_map(|(of, n)| Rule::Count(of, Bound::Above(n))),
            (of(), 1u64..).prop_map(|(of, n)| Rule::Count(of, Bound::AtLeast(n))),
            (of(), severity).prop_map(|(of, severity)| Rule::Severe(of, severity)),
            (1u64..1_000, any::<bool>())
                .prop_map(|(tenths, or_equal)| Rule::Compliant(Share { tenths, or_equal })),
            (1u64..100_000_000).prop_map(Rule::PatchOlder),
        ]
    }

    proptest! {
        #[test]
        fn a_rule_is_read_as_it_is_told(rule in rule()) {
            prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        }

        #[test]
        fn reading_a_rule_never_panics(text in "\\PC{0,24}|[a-z-]{0,14}[<>= ]{0,3}[0-9.%a-z]{0,6}") {
            let _ = text.parse::<Rule>();
        }

        #[test]
        fn a_share_is_compared_exactly(part in 0u64..2_000, more in 1u64..2_000, tenths in 1u64..1_000) {
            let (whole, share) = (part + more, Share { tenths, or_equal: false });
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let is_below = (part * 1_000) as f64 / (whole as f64) < tenths as f64 - 1e-9;
            prop_assert_eq!(share.is_met(part, whole), is_below);
        }
    }
}
