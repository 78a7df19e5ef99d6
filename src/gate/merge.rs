//! Joins the evaluations of some nodes each: their order changes nothing but that of
//! findings, which a report sorts.

use crate::gate::GateEvaluator;

impl GateEvaluator {
    /// The nodes of another one with the same rules and waivers, which come after these.
    pub fn merge(&mut self, other: Self) {
        self.counts.add(&other.counts);
        for (findings, more) in self.findings_by_rule.iter_mut().zip(other.findings_by_rule) {
            findings.extend(more);
        }
        self.unread_findings.extend(other.unread_findings);
        self.no_data_findings.extend(other.no_data_findings);
        self.waived.extend(other.waived);
        for (counts, more) in self.share_counts.iter_mut().zip(other.share_counts) {
            *counts = (counts.0 + more.0, counts.1 + more.1);
        }
        self.scanned_nodes.extend(other.scanned_nodes);
        for (counts, more) in [
            (&mut self.unrated_counts, other.unrated_counts),
            (&mut self.undated_counts, other.undated_counts),
        ] {
            *counts = (counts.0 + more.0, counts.1 + more.1);
        }
        self.finding_patches.merge(other.finding_patches);
        self.waivers.add_matches(&other.waivers);
    }
}
