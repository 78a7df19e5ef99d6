//! The rule on baselines that differ within a patch group: it is evaluated once all nodes are
//! known. Pure.

use crate::compliance::baseline_conflict::BaselineConflict;
use crate::gate::gate_evaluator::GateEvaluator;
use crate::gate::node_case::ScannedNode;
use crate::gate::remedy;
use crate::gate::waiver::WaiverSubject;
use crate::gate::{Finding, GateStatus, Rule, WaivedFinding};
use crate::record::Subject;

impl GateEvaluator {
    /// Adds the nodes that were scanned with another baseline than the rest of
    /// their patch group; known once all nodes are.
    pub fn add_conflicts(&mut self, conflicts: &[BaselineConflict]) {
        let rule_set = self.rule_set.clone();
        let is_it = |rule: &Rule| *rule == Rule::BaselineDiffers;
        let Some(at) = rule_set.rules().iter().position(is_it) else {
            return;
        };
        for scanned in std::mem::take(&mut self.scanned_nodes) {
            let ScannedNode {
                node,
                patch_group: group,
                baseline_id: baseline,
                waiver,
            } = scanned;
            let conflict = conflicts.iter().find(|conflict| {
                conflict.location == node.location
                    && conflict.patch_group == group
                    && conflict.baseline_id == baseline
            });
            let Some(conflict) = conflict else { continue };
            let others: Vec<&str> = conflict
                .other_baselines
                .iter()
                .map(|(id, _)| &**id)
                .collect();
            let doubt = if conflict.is_certain {
                ""
            } else {
                ", unless these are for different operating systems"
            };
            let detail = format!(
                "scanned with {baseline}, others of patch group {group} with {}{doubt}",
                others.join(", ")
            );
            let waiver_subject = WaiverSubject {
                node: &node,
                patch_group: Some(&group),
            };
            let look_up = || self.waivers.waive_node(&waiver_subject, self.options.now);
            let rule = Rule::BaselineDiffers;
            if let Some(waiver) = waiver.get_or_init(look_up) {
                let waived = WaivedFinding {
                    rule: rule.to_string(),
                    subject: Some(Subject::Node(node.clone())),
                    detail,
                    patches: Vec::new(),
                    waiver: waiver.clone(),
                };
                self.waived.push((at, waived));
                continue;
            }
            let (status, remedy) = if conflict.is_certain {
                (GateStatus::Fail, remedy::for_rule(rule, &[]))
            } else {
                (GateStatus::Unknown, remedy::for_unknown(rule))
            };
            self.findings_by_rule[at].push(Finding {
                subject: Some(Subject::Node(node)),
                status,
                detail,
                patches: Vec::new(),
                remedy,
            });
        }
    }
}
