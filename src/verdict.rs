//! AWS's compliance rule: from a node's counters to a verdict and its reasons.
//!
//! Knows the rule and nothing else. Must not know where counters come from,
//! and never guesses: a counter that was not reported is not a zero.

use std::fmt;

use crate::record::{Count, NodeState, Outcome};

/// Is this node compliant?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Compliant,
    NonCompliant,
    /// Nothing to judge by: no record of the node, or one that lacks a counter
    /// the rule needs.
    NoData,
    /// The node could not be read, so nothing is said about it.
    Unread,
}

impl Verdict {
    pub const ALL: [Self; 4] = [
        Self::Compliant,
        Self::NonCompliant,
        Self::NoData,
        Self::Unread,
    ];

    /// The word printed in every format.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::NoData => "NO_DATA",
            Self::Unread => "UNREAD",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A verdict and why: "2 missing, 1 pending reboot".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Empty for a compliant node.
    pub reasons: String,
}

/// The counters that make a node non-compliant when above zero, as people name
/// them. Source: AWS Systems Manager user guide, "Patch compliance state
/// values": Missing, Failed, InstalledRejected, InstalledPendingReboot.
fn deciding(state: &NodeState) -> [(Count, &'static str); 4] {
    [
        (state.missing, "missing"),
        (state.failed, "failed"),
        (state.installed_rejected, "rejected"),
        (state.installed_pending_reboot, "pending reboot"),
    ]
}

/// AWS's own counts of non-compliant patches, where above zero. One patch may
/// stand in several, so they are never added up.
fn counted(state: &NodeState) -> impl Iterator<Item = String> {
    [
        (state.critical_non_compliant, "critical"),
        (state.security_non_compliant, "security"),
        (state.other_non_compliant, "other"),
    ]
    .into_iter()
    .filter_map(|(count, word)| count.filter(|n| *n > 0).map(|n| (n, word)))
    .map(|(n, word)| format!("{n} {word} non-compliant by AWS's count"))
}

/// Judges one node by AWS's rule.
///
/// An available security update counts against the node, as every AWS-managed
/// Windows baseline rules it; a custom baseline may say otherwise, and reading
/// baselines is not this function's business.
#[must_use]
pub fn judge(outcome: &Outcome<NodeState>) -> Judgement {
    let absent = |verdict| Judgement {
        verdict,
        reasons: outcome.absence().unwrap_or_default(),
    };
    let state = match outcome {
        Outcome::Answered(state) => state,
        Outcome::NoData => return absent(Verdict::NoData),
        Outcome::Unread(_) => return absent(Verdict::Unread),
    };
    let mut reasons: Vec<String> = deciding(state)
        .iter()
        .filter_map(|(count, word)| count.filter(|n| *n > 0).map(|n| format!("{n} {word}")))
        .collect();
    if let Some(n) = state.available_security_update.filter(|n| *n > 0) {
        let plural = if n == 1 { "" } else { "s" };
        reasons.push(format!("{n} security update{plural} available"));
    }
    if reasons.is_empty() {
        // The record contradicts itself; the reassuring half is not believed.
        reasons.extend(counted(state));
    }
    let broken = !reasons.is_empty();
    let unknown = deciding(state)
        .into_iter()
        .filter(|(count, _)| count.is_none());
    reasons.extend(unknown.map(|(_, word)| format!("{word} not reported")));
    let verdict = match (broken, reasons.is_empty()) {
        (true, _) => Verdict::NonCompliant,
        (false, true) => Verdict::Compliant,
        (false, false) => Verdict::NoData,
    };
    Judgement {
        verdict,
        reasons: reasons.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Why;
    use proptest::prelude::*;

    fn clean() -> NodeState {
        NodeState {
            missing: Some(0),
            failed: Some(0),
            installed_rejected: Some(0),
            installed_pending_reboot: Some(0),
            ..NodeState::default()
        }
    }

    #[test]
    fn reasons_read_like_a_sentence() {
        let state = NodeState {
            missing: Some(2),
            installed_pending_reboot: Some(1),
            ..clean()
        };
        let judged = judge(&Outcome::Answered(state));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(judged.reasons, "2 missing, 1 pending reboot");
    }

    #[test]
    fn a_node_left_out_has_no_data_and_an_unread_one_no_verdict() {
        assert_eq!(judge(&Outcome::NoData).verdict, Verdict::NoData);
        let why = Why {
            code: "Timeout".into(),
            text: "no answer".into(),
        };
        let judged = judge(&Outcome::Unread(why));
        assert_eq!(judged.verdict, Verdict::Unread);
        assert_eq!(judged.reasons, "unread: no answer");
    }

    #[test]
    fn available_security_updates_alone_are_not_compliant() {
        let state = NodeState {
            available_security_update: Some(1),
            ..clean()
        };
        let judged = judge(&Outcome::Answered(state));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(judged.reasons, "1 security update available");
    }

    #[test]
    fn not_applicable_and_installed_other_do_not_matter() {
        let state = NodeState {
            not_applicable: Some(3000),
            installed_other: Some(40),
            unreported_not_applicable: None,
            ..clean()
        };
        assert_eq!(judge(&Outcome::Answered(state)).verdict, Verdict::Compliant);
    }

    #[test]
    fn a_record_that_contradicts_itself_is_not_compliant() {
        let state = NodeState {
            security_non_compliant: Some(4),
            ..clean()
        };
        let judged = judge(&Outcome::Answered(state));
        assert_eq!(judged.verdict, Verdict::NonCompliant);
        assert_eq!(judged.reasons, "4 security non-compliant by AWS's count");
    }

    fn count() -> impl Strategy<Value = Count> {
        prop_oneof![Just(None), Just(Some(0)), (1u64..5000).prop_map(Some)]
    }

    proptest! {
        #[test]
        fn compliant_means_all_four_were_reported_as_zero(
            missing in count(), failed in count(), rejected in count(), reboot in count(), available in count(),
        ) {
            let four = [missing, failed, rejected, reboot];
            let state = NodeState {
                missing, failed, installed_rejected: rejected, installed_pending_reboot: reboot,
                available_security_update: available, ..NodeState::default()
            };
            let judged = judge(&Outcome::Answered(state));
            let bad = four.iter().chain([&available]).any(|c| c.is_some_and(|n| n > 0));
            prop_assert_eq!(judged.verdict == Verdict::NonCompliant, bad);
            prop_assert_eq!(judged.verdict == Verdict::Compliant, !bad && four.iter().all(|c| *c == Some(0)));
            prop_assert_eq!(judged.reasons.is_empty(), judged.verdict == Verdict::Compliant);
        }
    }
}
