//! `check --since`: the findings that stood at an earlier moment, and whether a finding of
//! today is one of them. Pure. Only what is new breaks the gate.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use crate::gate::outcome::CandidatePatch;
use crate::gate::{Finding, GateReport, GateStatus, Rule, ShareThreshold};
use crate::record::{Scope, Subject};

/// The patches of a finding; `None` where not all of them are known.
type Patches = Option<Vec<u64>>;

/// What is compared of the findings of each node: the patches that each rule counts.
#[derive(Debug, Clone, Default)]
pub struct FindingPatches(HashMap<(usize, Key), Patches>);

/// A node: its region and id, and its account where that is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key(Arc<str>, Arc<str>);

impl Key {
    fn of(subject: &Subject) -> Option<Self> {
        let node = subject.node()?;
        Some(Self(node.location.region.clone(), node.id.clone()))
    }
}

impl FindingPatches {
    /// Records the patches for which a node breaks a rule. `is_listed`: are these all?
    pub(super) fn add(
        &mut self,
        rule: usize,
        subject: &Subject,
        rows: &[&CandidatePatch<'_>],
        is_listed: bool,
    ) {
        let Some(key) = Key::of(subject) else { return };
        let identity = |row: &&CandidatePatch<'_>| {
            let mut hasher = DefaultHasher::new();
            (row.identity(), row.patch.state.as_str()).hash(&mut hasher);
            hasher.finish()
        };
        let patches = rows.iter().map(identity).collect();
        self.0.insert((rule, key), is_listed.then_some(patches));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    fn get(&self, rule: usize, subject: &Subject) -> Option<&Patches> {
        self.0.get(&(rule, Key::of(subject)?))
    }
}

/// The findings of an earlier moment.
#[derive(Debug, Clone)]
pub struct FindingBaseline {
    /// How it is named in messages.
    pub name: String,
    report: GateReport,
    patches: FindingPatches,
    /// The nodes with findings, by rule; what was unread has `Rule::Unread`.
    known: HashMap<(String, Key), GateStatus>,
    /// The regions, accounts and profiles that were unread.
    unread: Vec<Scope>,
}

/// What a finding of today is, seen from an earlier moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Standing {
    New,
    Known,
    /// Why that is not known.
    Unknown(String),
}

impl FindingBaseline {
    /// The findings of a report of that moment, by the same rules.
    #[must_use]
    pub fn new(name: String, report: GateReport, patches: FindingPatches) -> Self {
        let findings = report.rules.iter().flat_map(|rule| {
            let of = rule.findings.iter();
            of.map(move |finding| (rule.rule.clone(), finding))
        });
        let mut known: HashMap<(String, Key), GateStatus> = HashMap::new();
        let mut unread = Vec::new();
        for (rule, finding) in findings {
            if let Some(Subject::Scope(scope)) = &finding.subject {
                unread.push(scope.clone());
            }
            if let Some(key) = finding.subject.as_ref().and_then(Key::of) {
                let status = known.entry((rule, key)).or_insert(finding.status);
                *status = finding.status.max(*status);
            }
        }
        Self {
            name,
            report,
            patches,
            known,
            unread,
        }
    }

    /// Is this finding of a rule, at this place of the rules, one of those? `patches` are
    /// those of today.
    pub(super) fn standing(
        &self,
        (at, rule): (usize, Rule),
        finding: &Finding,
        patches: &FindingPatches,
    ) -> Standing {
        // What is unknown stays so.
        if finding.status != GateStatus::Fail {
            return Standing::New;
        }
        let Some(subject) = &finding.subject else {
            return Standing::New;
        };
        let Some(key) = Key::of(subject) else {
            return Standing::New;
        };
        let status = |rule: Rule| self.known.get(&(rule.to_string(), key.clone()));
        if status(rule) != Some(&GateStatus::Fail) {
            let was_unread = status(Rule::Unread).is_some() || self.was_unread(subject);
            let was_unknown = status(rule) == Some(&GateStatus::Unknown);
            return if was_unread || was_unknown {
                Standing::Unknown(format!(
                    "it is not known whether it is new since {}",
                    self.name
                ))
            } else {
                Standing::New
            };
        }
        match (patches.get(at, subject), self.patches.get(at, subject)) {
            // Of a rule that counts no patches.
            (None, _) => Standing::Known,
            (Some(Some(now)), Some(Some(then))) => {
                if now.iter().all(|patch| then.contains(patch)) {
                    Standing::Known
                } else {
                    Standing::New
                }
            }
            _ => Standing::Unknown(format!(
                "not all its patches are listed, so it is not known whether one is new since {}",
                self.name
            )),
        }
    }

    /// Was its region or account unread?
    fn was_unread(&self, subject: &Subject) -> bool {
        let is_of = |of: Option<&str>, own: Option<&str>| match (of, own) {
            (Some(of), Some(own)) => of == own,
            _ => true,
        };
        self.unread.iter().any(|scope| {
            is_of(scope.region.as_deref(), subject.region())
                && is_of(scope.account.as_deref(), subject.account())
        })
    }

    /// Was the share of compliant nodes as low as this, or lower?
    pub(super) fn has_share(&self, least: ShareThreshold, share: (u64, u64), all: u64) -> bool {
        let rule = Rule::CompliantShare(least).to_string();
        let mut rules = self.report.rules.iter();
        let was_broken = rules.any(|of| of.rule == rule && of.status == GateStatus::Fail);
        let verdicts = self.report.nodes.verdicts;
        let (then, then_all) = (verdicts.compliant, self.report.nodes.asked);
        was_broken
            && u128::from(share.0) * u128::from(then_all) >= u128::from(then) * u128::from(all)
    }
}
