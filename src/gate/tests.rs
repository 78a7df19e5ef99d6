//! How the fold is fed by its tests: nodes, patches, waivers, and what is found.

mod answers;
mod cases;
mod dates;
mod doubt;
mod due;
mod laws;

use std::sync::Arc;

use jiff::SignedDuration;

use crate::aggregate::first_seen::FirstSeen;
use crate::compliance::baseline_conflict::BaselineUsage;
use crate::compliance::due_date::Sla;
use crate::compliance::severity::Severity;
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::gate::waiver::Waivers;
use crate::gate::*;
use crate::record::{
    AccountRegion, BaselineComplianceStatus, Cause, Cves, Node, NodeState, Outcome, Patch,
    PatchState, Scope, Subject,
};
use crate::report::StateRow;

fn verdict_options() -> VerdictOptions {
    VerdictOptions {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        max_age: MaxAge::default(),
        wants_reasons: true,
    }
}

fn node(id: &str) -> Node {
    let location = AccountRegion {
        region: "eu-west-1".into(),
        account: Some("111122223333".into()),
        account_name: None,
    };
    Node::requested(id, &Arc::new(location))
}

fn cause() -> Cause {
    Cause {
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
struct NodeInput {
    id: String,
    outcome: Outcome<NodeState>,
    patches: Vec<Patch>,
    end: Outcome<()>,
}

impl NodeInput {
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
        StateRow::new(node(&self.id), self.outcome.clone(), &verdict_options())
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
        release_date: None,
    }
}

fn missing(kb: &str, severity: &str) -> Patch {
    patch(PatchState::Missing, kb, severity)
}

fn rule_set(rules: &[&str], least: Option<Severity>) -> RuleSet {
    let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let limits = ["critical=7d", "important=30d"].map(|limit| limit.parse().unwrap());
    let mut set = RuleSet::new(&rules, least);
    set.sla = Sla::new(&limits).unwrap();
    set
}

fn waivers(text: &str) -> Waivers {
    Waivers::parse("w.toml", text).unwrap()
}

/// A waiver of what these lines name.
fn waiver(named: &str) -> String {
    format!("[[waiver]]\n{named}\nexpires = 2026-12-31\nreason = \"known\"\n")
}

fn checked(question: RuleSet, waivers: Waivers, nodes: &[NodeInput]) -> GateReport {
    checked_in_parts(question, waivers, [nodes])
}

fn checked_since(
    question: RuleSet,
    waivers: Waivers,
    nodes: &[NodeInput],
    first_seen: FirstSeen,
) -> GateReport {
    let gate = GateEvaluator::new(question, waivers, verdict_options());
    let mut gate = gate.with_first_seen(first_seen);
    let mut baselines = BaselineUsage::default();
    add_nodes(&mut gate, &mut baselines, nodes);
    finished(gate, &baselines)
}

/// The report of parts that are merged in their order.
fn checked_in_parts<const N: usize>(
    question: RuleSet,
    waivers: Waivers,
    parts: [&[NodeInput]; N],
) -> GateReport {
    let mut baselines = BaselineUsage::default();
    let parts = parts.map(|part| {
        let mut gate = GateEvaluator::new(question.clone(), waivers.clone(), verdict_options());
        add_nodes(&mut gate, &mut baselines, part);
        gate
    });
    let mut gate = GateEvaluator::new(question, waivers, verdict_options());
    for part in parts {
        gate.merge(part);
    }
    finished(gate, &baselines)
}

fn add_nodes(gate: &mut GateEvaluator, baselines: &mut BaselineUsage, nodes: &[NodeInput]) {
    for fed in nodes {
        let row = fed.row();
        if let Some(state) = row.state() {
            baselines.add_node(&node(&fed.id), state);
        }
        gate.add_row(&row, &fed.patches, &fed.end);
    }
}

fn finished(mut gate: GateEvaluator, baselines: &BaselineUsage) -> GateReport {
    gate.add_conflicts(&baselines.conflicts(|_, _| Some("WINDOWS".into())));
    gate.finish()
}

fn check(rules: &[&str], text: &str, nodes: &[NodeInput]) -> GateReport {
    checked(rule_set(rules, None), waivers(text), nodes)
}

/// The details of a rule's findings.
fn details<'r>(report: &'r GateReport, rule: &str) -> Vec<&'r str> {
    let of = report
        .rules
        .iter()
        .find(|rule_report| rule_report.rule == rule);
    let findings = of
        .map(|rule_report| &rule_report.findings[..])
        .unwrap_or_default();
    findings.iter().map(|finding| &*finding.detail).collect()
}
