//! What the gate is asked, and what has to be read of nodes to answer it.
//!
//! Pure. Knows which rules hang on patches, and which counters make a node
//! worth its calls. Must not know how anything is read.

use crate::compliance::severity::Severity;
use crate::compliance::verdict::{AvailableUpdates, available_updates};
use crate::gate::waiver::Waivers;
use crate::gate::{PatchKind, Rule};
use crate::plan::filter::Filter;
use crate::record::{InfoLevel, NodeState, PatchState};

/// What is held against a fleet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// Patches less severe than this do not count.
    pub min_severity: Option<Severity>,
}

/// What has to be read of nodes' patches.
#[derive(Debug, Clone)]
pub struct PatchNeeds {
    /// Only states: how severe patches are is judged after they were read, so
    /// that those nobody rated can be told of.
    pub filter: Filter,
    /// The nodes whose patches matter.
    pub needs_patches: fn(&NodeState) -> bool,
    pub release_dates: bool,
}

impl RuleSet {
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
    pub fn contains(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Does a rule hang on security updates that are not approved, whatever
    /// baselines rule on them?
    fn counts_unapproved(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule,
                Rule::Count(PatchKind::Unapproved, _)
                    | Rule::SeverityAtLeast(PatchKind::Unapproved, _)
            )
        })
    }

    /// The patches that have to be read; `None`: counters are enough.
    #[must_use]
    pub fn patch_needs(&self, waivers: &Waivers) -> Option<PatchNeeds> {
        let narrows = self.min_severity.is_some() || waivers.has_patch_waivers();
        let has = |state: &PatchState| {
            self.rules.iter().any(|rule| match rule {
                Rule::NonCompliant | Rule::CompliantShare(_) => {
                    narrows
                        && (PatchState::NON_COMPLIANT.contains(state)
                            || *state == PatchState::AvailableSecurityUpdate)
                }
                Rule::Count(of, _) => narrows && of.state() == *state,
                Rule::SeverityAtLeast(of, _) => of.state() == *state,
                Rule::PatchOlderThan(_) => *state == PatchState::Missing,
                Rule::Stale | Rule::NoData | Rule::Unread | Rule::BaselineDiffers => false,
            })
        };
        let states: Vec<PatchState> = PatchState::DOCUMENTED.into_iter().filter(has).collect();
        (!states.is_empty()).then(|| PatchNeeds {
            filter: Filter {
                states,
                ..Filter::default()
            },
            needs_patches: if self.counts_unapproved() {
                may_have_counted_or_unapproved_patches
            } else {
                may_have_counted_patches
            },
            release_dates: self
                .rules
                .iter()
                .any(|rule| matches!(rule, Rule::PatchOlderThan(_))),
        })
    }

    /// What has to be known of nodes beside their records. Only Windows counts
    /// available security updates, so a record without that counter asks for
    /// the node's platform.
    #[must_use]
    pub fn info_level(&self, waivers: &Waivers) -> Option<InfoLevel> {
        if waivers.needs_tags() {
            Some(InfoLevel::Tags)
        } else {
            self.counts_unapproved().then_some(InfoLevel::Basic)
        }
    }
}

/// Could one of the node's patches count? A counter that was not reported does
/// not say no.
fn may_have_counted_patches(state: &NodeState) -> bool {
    let four = [
        state.missing,
        state.failed,
        state.installed_rejected,
        state.installed_pending_reboot,
    ];
    four.iter().any(|count| *count != Some(0))
        || matches!(available_updates(state), AvailableUpdates::NonCompliant(_))
}

fn may_have_counted_or_unapproved_patches(state: &NodeState) -> bool {
    may_have_counted_patches(state) || state.available_security_update.is_some_and(|n| n > 0)
}
