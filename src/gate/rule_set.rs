//! What the gate is asked, and what has to be read of nodes to answer it.
//!
//! Pure. Knows which rules hang on patches, and which counters make a node
//! worth its calls. Must not know how anything is read.

use crate::compliance::severity::Severity;
use crate::compliance::verdict::{Available, available};
use crate::gate::waiver::Waivers;
use crate::gate::{Counted, Rule};
use crate::plan::filter::Filter;
use crate::record::{Needs, NodeState, PatchState};

/// What is held against a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    rules: Vec<Rule>,
    /// Patches less severe than this do not count.
    pub min_severity: Option<Severity>,
}

/// What has to be read of nodes' patches.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Only states: how severe patches are is judged after they were read, so
    /// that those nobody rated can be told of.
    pub filter: Filter,
    /// The nodes whose patches matter.
    pub worth: fn(&NodeState) -> bool,
    pub release_dates: bool,
}

impl Question {
    /// Each rule once, in the order they were given.
    #[must_use]
    pub fn new(rules: &[Rule], min_severity: Option<Severity>) -> Self {
        let mut distinct: Vec<Rule> = Vec::with_capacity(rules.len());
        for rule in rules {
            if !distinct.contains(rule) {
                distinct.push(*rule);
            }
        }
        Self {
            rules: distinct,
            min_severity,
        }
    }

    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    #[must_use]
    pub fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Does a rule hang on security updates that are not approved, whatever
    /// baselines rule on them?
    fn counts_unapproved(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule,
                Rule::Count(Counted::Unapproved, _) | Rule::Severe(Counted::Unapproved, _)
            )
        })
    }

    /// The patches that have to be read; `None`: counters are enough.
    #[must_use]
    pub fn reading(&self, waivers: &Waivers) -> Option<Reading> {
        let narrows = self.min_severity.is_some() || waivers.of_patches();
        let has = |state: &PatchState| {
            self.rules.iter().any(|rule| match rule {
                Rule::NonCompliant | Rule::Compliant(_) => {
                    narrows
                        && (PatchState::NON_COMPLIANT.contains(state)
                            || *state == PatchState::AvailableSecurityUpdate)
                }
                Rule::Count(of, _) => narrows && of.state() == *state,
                Rule::Severe(of, _) => of.state() == *state,
                Rule::PatchOlder(_) => *state == PatchState::Missing,
                Rule::Stale | Rule::NoData | Rule::Unread | Rule::BaselineDiffers => false,
            })
        };
        let states: Vec<PatchState> = PatchState::KNOWN.into_iter().filter(has).collect();
        (!states.is_empty()).then(|| Reading {
            filter: Filter {
                states,
                ..Filter::default()
            },
            worth: if self.counts_unapproved() {
                is_bad_or_unapproved
            } else {
                is_bad
            },
            release_dates: self
                .rules
                .iter()
                .any(|rule| matches!(rule, Rule::PatchOlder(_))),
        })
    }

    /// What has to be known of nodes beside their records. Only Windows counts
    /// available security updates, so a record without that counter asks for
    /// the node's platform.
    #[must_use]
    pub fn needs(&self, waivers: &Waivers) -> Option<Needs> {
        if waivers.needs_tags() {
            Some(Needs::Tags)
        } else {
            self.counts_unapproved().then_some(Needs::Facts)
        }
    }
}

/// Could one of the node's patches count? A counter that was not reported does
/// not say no.
fn is_bad(state: &NodeState) -> bool {
    let four = [
        state.missing,
        state.failed,
        state.installed_rejected,
        state.installed_pending_reboot,
    ];
    four.iter().any(|count| *count != Some(0)) || matches!(available(state), Available::Counts(_))
}

fn is_bad_or_unapproved(state: &NodeState) -> bool {
    is_bad(state) || state.available_security_update.is_some_and(|n| n > 0)
}
