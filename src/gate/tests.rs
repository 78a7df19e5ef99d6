//! How the fold is fed by its tests: nodes, patches, waivers, and what is found.

mod answers;
mod cases;
mod dates;
mod doubt;
mod laws;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::compliance::baseline_conflict::Baselines;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Yardstick;
use crate::duration::MaxAge;
use crate::gate::waiver::Waivers;
use crate::gate::*;
use crate::record::{
    Cves, Node, NodeState, Outcome, Patch, PatchState, Place, Ruling, Scope, Subject, Why,
};
use crate::report::StateRow;

fn yardstick() -> Yardstick {
    Yardstick {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        max_age: MaxAge::default(),
        explains: true,
    }
}

fn node(id: &str) -> Node {
    let place = Place {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
    };
    Node::asked(id, &Arc::new(place))
}

fn why() -> Why {
    Why {
        code: "AccessDeniedException".into(),
        text: "denied".into(),
    }
}

/// A record with nothing amiss.
fn clean() -> NodeState {
    NodeState {
        patch_group: Some("web".into()),
        baseline_id: Some("pb-1".into()),
        missing: Some(0),
        failed: Some(0),
        installed_rejected: Some(0),
        installed_pending_reboot: Some(0),
        available_security_update: Some(0),
        operation_end: "2026-11-20T06:00:00Z".parse().ok(),
        ..NodeState::default()
    }
}

/// What a node is fed with.
#[derive(Debug, Clone)]
struct Fed {
    id: String,
    outcome: Outcome<NodeState>,
    patches: Vec<Patch>,
    end: Outcome<()>,
}

impl Fed {
    fn new(id: &str, state: NodeState, patches: Vec<Patch>) -> Self {
        Self {
            id: id.to_owned(),
            outcome: Outcome::Answered(state),
            patches: patches
                .into_iter()
                .map(|patch| Patch {
                    node: node(id),
                    ..patch
                })
                .collect(),
            end: Outcome::Answered(()),
        }
    }

    fn row(&self) -> StateRow {
        StateRow::new(node(&self.id), self.outcome.clone(), &yardstick())
    }
}

fn patch(state: PatchState, kb: &str, severity: &str) -> Patch {
    Patch {
        node: node("i-0"),
        title: None,
        kb_id: Some(kb.into()),
        classification: None,
        severity: Some(severity.into()),
        state,
        installed_time: None,
        cves: Cves::default(),
        released: None,
    }
}

fn missing(kb: &str, severity: &str) -> Patch {
    patch(PatchState::Missing, kb, severity)
}

fn question(rules: &[&str], least: Option<Severity>) -> Question {
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    Question::new(&rules, least)
}

fn waivers(text: &str) -> Waivers {
    Waivers::parse("w.toml", text).unwrap()
}

/// A waiver of what these lines name.
fn waiver(named: &str) -> String {
    format!("[[waiver]]\n{named}\nexpires = 2026-12-31\nreason = \"known\"\n")
}

fn checked(question: Question, waivers: Waivers, nodes: &[Fed]) -> Report {
    let mut gate = Gate::new(question, waivers, yardstick());
    let mut baselines = Baselines::default();
    for fed in nodes {
        let row = fed.row();
        if let Some(state) = row.state() {
            baselines.count(&node(&fed.id), state);
        }
        gate.take(&row, &fed.patches, &fed.end);
    }
    gate.conflicts(&baselines.conflicts(|_, _| Some("WINDOWS".into())));
    gate.end()
}

fn check(rules: &[&str], text: &str, nodes: &[Fed]) -> Report {
    checked(question(rules, None), waivers(text), nodes)
}

/// The details of a rule's findings.
fn details<'r>(report: &'r Report, rule: &str) -> Vec<&'r str> {
    let of = report.rules.iter().find(|ruled| ruled.rule == rule);
    let findings = of.map(|ruled| &ruled.findings[..]).unwrap_or_default();
    findings.iter().map(|finding| &*finding.detail).collect()
}
