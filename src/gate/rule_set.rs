//! The rules of a gate, and what has to be fetched to evaluate them.

use crate::compliance::due_date::Sla;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::{AvailableUpdates, available_updates};
use crate::duration::{MaxAge, format_exact};
use crate::gate::waiver::Waivers;
use crate::gate::{PatchKind, Rule, UnknownAge};
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchPlan, UnmanagedPlan};
use crate::plan::selection::Selector;
use crate::record::{InfoLevel, NodeState, PatchState};

/// The rules that the fleet is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// Patches less severe than this do not count.
    pub min_severity: Option<Severity>,
    pub unknown_age: UnknownAge,
    /// The time limits that rules on due dates count by.
    pub sla: Sla,
    /// Are the patches of findings compared with those of an earlier moment?
    pub compares_patches: bool,
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
            unknown_age: UnknownAge::default(),
            sla: Sla::default(),
            compares_patches: false,
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

    /// What each node is judged by, whatever the order in which rules were given:
    /// "non-compliant, stale; max-age 7d". A node that passes this has passed nothing else.
    #[must_use]
    pub fn describe_node_rules(&self, max_age: MaxAge) -> String {
        let of_nodes = || self.rules.iter().filter(|rule| rule.is_of_nodes());
        let mut rules: Vec<String> = of_nodes().map(ToString::to_string).collect();
        rules.sort();
        let mut parts = vec![rules.join(", ")];
        let any = |is_such: fn(Rule) -> bool| of_nodes().any(|rule| is_such(*rule));
        if any(|rule| rule == Rule::Stale) {
            let most = max_age.0.map_or_else(|| "none".to_owned(), format_exact);
            parts.push(format!("max-age {most}"));
        }
        if let Some(least) = self.min_severity.filter(|_| any(Rule::is_about_patches)) {
            parts.push(format!("min-severity {}", least.as_str().to_lowercase()));
        }
        if any(Rule::is_about_ages) {
            parts.push(format!("unknown-age {}", self.unknown_age.as_str()));
        }
        if any(Rule::is_about_due_dates) {
            let limits: Vec<String> = self.sla.limits().iter().map(ToString::to_string).collect();
            parts.push(format!("sla {}", limits.join(",")));
        }
        parts.join("; ")
    }

    /// Does a rule count by time limits?
    #[must_use]
    pub fn has_due_rules(&self) -> bool {
        self.rules.iter().any(|rule| rule.is_about_due_dates())
    }

    /// Does a rule depend on security updates that are not approved, whatever
    /// baselines specify for them?
    fn counts_unapproved(&self) -> bool {
        self.rules.iter().any(|rule| {
            matches!(
                rule,
                Rule::Count(PatchKind::Unapproved, _) | Rule::Patch(PatchKind::Unapproved, _)
            ) || rule.is_about_due_dates()
        })
    }

    /// What has to be fetched to evaluate the rules on these nodes.
    #[must_use]
    pub fn fetch_plan(&self, waivers: &Waivers, selector: Selector) -> FetchPlan {
        let states = self.states_to_read(waivers);
        // The filter has only states: severity is evaluated after patches were
        // read, so that unrated ones can be reported.
        let patches = (!states.is_empty()).then(|| PatchPlan {
            is_relevant: Some(if self.counts_unapproved() {
                may_have_counted_or_unapproved_patches
            } else {
                may_have_counted_patches
            }),
            ..PatchPlan::of_states(states)
        });
        FetchPlan {
            selector,
            node_info: self.info_level(waivers),
            release_dates: patches.is_some() && self.rules.iter().any(|rule| rule.is_about_ages()),
            patches,
            baselines: if self.contains(Rule::BaselineDiffers) {
                BaselinePlan::OperatingSystems
            } else {
                BaselinePlan::ComplianceStatus
            },
            unmanaged: if self.contains(Rule::Unmanaged) {
                UnmanagedPlan::Required
            } else {
                UnmanagedPlan::IfListed
            },
            ..FetchPlan::default()
        }
    }

    /// The states of the patches that have to be read; empty if counters are enough.
    fn states_to_read(&self, waivers: &Waivers) -> Vec<PatchState> {
        let narrows =
            self.min_severity.is_some() || waivers.has_patch_waivers() || self.compares_patches;
        let has = |state: &PatchState| {
            self.rules.iter().any(|rule| match rule {
                Rule::NonCompliant | Rule::CompliantShare(_) => {
                    narrows
                        && (PatchState::NON_COMPLIANT.contains(state)
                            || *state == PatchState::AvailableSecurityUpdate)
                }
                Rule::Count(of, _) => narrows && of.state() == *state,
                Rule::Patch(of, _) => of.state() == *state,
                Rule::Overdue(_) | Rule::DueWithin(_) => PatchState::LACKING.contains(state),
                Rule::Stale
                | Rule::NoData
                | Rule::Unread
                | Rule::BaselineDiffers
                | Rule::Unmanaged => false,
            })
        };
        PatchState::DOCUMENTED.into_iter().filter(has).collect()
    }

    /// The node information needed besides records. Only Windows counts
    /// available security updates, so a record without that counter requires
    /// the node's platform.
    fn info_level(&self, waivers: &Waivers) -> Option<InfoLevel> {
        if waivers.needs_tags() {
            Some(InfoLevel::Tags)
        } else {
            // A patch is released at different times for different operating systems.
            let is_dated = self.rules.iter().any(|rule| rule.is_about_ages());
            (is_dated || self.counts_unapproved()).then_some(InfoLevel::Basic)
        }
    }
}

/// May one of the node's patches count? A counter that was not reported may be
/// above zero.
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
