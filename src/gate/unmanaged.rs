//! The rule `unmanaged`: running EC2 instances that Systems Manager does not manage, of
//! which no other rule knows anything.

use crate::gate::remedy;
use crate::gate::waiver::WaiverSubject;
use crate::gate::{Finding, GateEvaluator, GateStatus, Rule, WaivedFinding};
use crate::record::{DiscoveryReport, NoDataCause, Subject};

impl GateEvaluator {
    /// Adds the running instances that are not managed. `count` is their number, if EC2
    /// listed them everywhere.
    pub fn add_unmanaged(&mut self, reports: &[DiscoveryReport], count: Option<u64>) {
        let listed = reports.iter().flat_map(|report| &report.unmanaged);
        self.counts.listed_unmanaged = listed.map(|nodes| nodes.len() as u64).sum();
        self.counts.unmanaged = count;
        let rule = Rule::Unmanaged;
        let Some(at) = self.rule_set.rules().iter().position(|of| *of == rule) else {
            return;
        };
        let finding = |subject, status, detail: &str, remedy| Finding {
            subject: Some(subject),
            status,
            detail: detail.to_owned(),
            patches: Vec::new(),
            remedy,
        };
        for report in reports {
            let Some(nodes) = &report.unmanaged else {
                let detail = "the instances that are not managed could not be listed";
                let remedy = remedy::for_unknown(rule);
                let scopes = report.scopes.iter().cloned().map(Subject::Scope);
                self.findings_by_rule[at].extend(
                    scopes.map(|of| finding(of, GateStatus::Unknown, detail, remedy.clone())),
                );
                continue;
            };
            for node in nodes {
                let waiver_subject = WaiverSubject {
                    node,
                    patch_group: None,
                };
                let detail = NoDataCause::NotManaged.as_str();
                let subject = Subject::Node(node.clone());
                if let Some(waiver) = self.waivers.waive_node(&waiver_subject, self.options.now) {
                    let waived = WaivedFinding {
                        rule: rule.to_string(),
                        subject: Some(subject),
                        detail: detail.to_owned(),
                        patches: Vec::new(),
                        waiver,
                    };
                    self.waived.push((at, waived));
                    continue;
                }
                let remedy = remedy::for_rule(rule, &[]);
                self.findings_by_rule[at].push(finding(subject, GateStatus::Fail, detail, remedy));
            }
        }
    }
}
