//! Finishes the evaluation: sorts the findings, and evaluates the rules on the
//! whole fleet.

use std::borrow::Cow;

use crate::gate::finding_record::{new_findings, new_share_finding};
use crate::gate::ordering::{finding_sort_key, waived_sort_key};
use crate::gate::remedy;
use crate::gate::{
    Finding, GateEvaluator, GateReport, GateStatus, Remedy, Rule, RuleReport, ShareThreshold,
};
use crate::report::notes;
use crate::text;

/// More nodes than any location has.
const MAX_UNREAD_NODES: u64 = 1 << 40;
const NO_NODES_REMEDY: Remedy = Remedy {
    advice: Cow::Borrowed("see --region, --all-regions and the filters"),
    operation: None,
};

impl GateEvaluator {
    /// Finishes the report after the last node.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one step after the other")]
    pub fn finish(mut self) -> GateReport {
        if self.counts.asked == 0 && self.counts.unread_scopes == 0 {
            self.no_data_findings.push(Finding {
                subject: None,
                status: GateStatus::Unknown,
                detail: "no managed node was found, and a gate without nodes does not pass"
                    .to_owned(),
                patches: Vec::new(),
                remedy: NO_NODES_REMEDY,
            });
        }
        let unseen = CoverageGap {
            unread_scopes: self.counts.unread_scopes,
            interruption: self.interruption,
            is_without_nodes: self.counts.asked == 0,
        };
        let mut rules = Vec::new();
        let mut known = Vec::new();
        let baseline = self.baseline.take();
        let rule_set = self.rule_set.clone();
        let given = rule_set.rules().iter().copied();
        for (at, ((rule, mut findings), share)) in given
            .zip(self.findings_by_rule)
            .zip(&self.share_counts)
            .enumerate()
        {
            match rule {
                Rule::CompliantShare(least) => {
                    let all = self.counts.asked;
                    let finding = share_finding(least, *share, all, &unseen);
                    let share = (*share, all);
                    let baseline = baseline.as_ref();
                    findings.extend(new_share_finding(
                        baseline, finding, least, share, &mut known,
                    ));
                }
                Rule::Unread => findings.append(&mut self.unread_findings),
                Rule::NoData => findings.append(&mut self.no_data_findings),
                _ => {}
            }
            if let Some(baseline) = &baseline {
                findings.sort_by(|one, other| finding_sort_key(one).cmp(&finding_sort_key(other)));
                let patches = &self.finding_patches;
                findings = new_findings(baseline, (at, rule), findings, patches, &mut known);
            }
            // No unread node can violate it.
            let never = rule == Rule::Stale && self.options.max_age.0.is_none();
            if findings.is_empty() && rule != Rule::Unread && !never {
                // A satisfied share is satisfied whatever the unread nodes are.
                let is_share = matches!(rule, Rule::CompliantShare(_));
                findings.extend(unseen.unknown_finding(if is_share { 0 } else { share.1 }));
            }
            rules.push((rule, findings));
        }
        // Given or not: these findings keep the gate from passing.
        let rest = [
            (Rule::NoData, self.no_data_findings),
            (Rule::Unread, self.unread_findings),
        ];
        rules.extend(
            rest.into_iter()
                .filter(|(_, findings)| !findings.is_empty()),
        );

        let (patches, nodes) = self.unrated_counts;
        if patches > 0 {
            self.remarks
                .push(notes::unrated(patches, Some(nodes)).to_line());
        }
        let (patches, nodes) = self.undated_counts;
        if patches > 0 {
            self.remarks.push(notes::undated(patches, nodes).to_line());
        }
        if rule_set.contains(Rule::Stale) && self.options.max_age.0.is_none() {
            let never = "stale cannot fail: max-age is none";
            self.remarks.push(never.to_owned());
        }
        let since = baseline.map(|baseline| baseline.name);
        self.remarks.extend(since.as_ref().map(|since| {
            let known = text::count(known.len() as u64, "finding");
            format!("{known} known since {since}: only what is new breaks the gate")
        }));
        let of_waivers = self.waivers.remarks(self.options.now);
        self.remarks
            .extend(of_waivers.iter().map(ToString::to_string));
        let max_age = self.options.max_age;
        let judged = rules.into_iter().map(|(rule, mut findings)| {
            findings.sort_by(|one, other| finding_sort_key(one).cmp(&finding_sort_key(other)));
            RuleReport {
                rule: rule.to_string(),
                description: rule.describe(max_age, rule_set.min_severity, rule_set.unknown_age),
                status: findings
                    .iter()
                    .map(|finding| finding.status)
                    .max()
                    .unwrap_or(GateStatus::Pass),
                findings,
            }
        });
        let rules: Vec<RuleReport> = judged.collect();
        self.waived.sort_by(|one, other| {
            (one.0, waived_sort_key(&one.1)).cmp(&(other.0, waived_sort_key(&other.1)))
        });
        GateReport {
            status: rules
                .iter()
                .map(|rule_report| rule_report.status)
                .max()
                .unwrap_or(GateStatus::Pass),
            rules,
            waived: self.waived.into_iter().map(|(_, waived)| waived).collect(),
            known,
            since,
            remarks: self.remarks,
            waiver_remarks: of_waivers,
            nodes: self.counts,
            max_age,
            configured: Vec::new(),
        }
    }
}

/// What was not read in addition to unread nodes.
struct CoverageGap {
    unread_scopes: u64,
    interruption: Option<String>,
    /// Were there no nodes at all?
    is_without_nodes: bool,
}

impl CoverageGap {
    /// May there be nodes that were not read?
    fn may_have_more_nodes(&self) -> bool {
        self.unread_scopes > 0 || self.interruption.is_some()
    }

    /// Why a rule without findings does not pass, with this many unread nodes
    /// that may violate it.
    fn unknown_finding(&self, nodes: u64) -> Option<Finding> {
        let counts = [(nodes, "node"), (self.unread_scopes, "region or account")];
        let counts = counts.into_iter().filter(|(n, _)| *n > 0);
        let parts: Vec<String> = counts.map(|(n, noun)| text::count(n, noun)).collect();
        let mut detail = match nodes + self.unread_scopes {
            0 => String::new(),
            1 => format!("{} is unread and may violate it", parts[0]),
            _ => format!(
                "{} are unread, any of which may violate it",
                parts.join(" and ")
            ),
        };
        if let Some(cause) = &self.interruption {
            let before = if detail.is_empty() { "" } else { "; " };
            detail = format!("{detail}{before}{cause}: what was not read may violate it");
        }
        let is_nothing = detail.is_empty() && self.is_without_nodes;
        if is_nothing {
            "no managed node was found".clone_into(&mut detail);
        }
        (!detail.is_empty()).then(|| Finding {
            subject: None,
            status: GateStatus::Unknown,
            detail,
            patches: Vec::new(),
            remedy: if is_nothing {
                NO_NODES_REMEDY
            } else {
                remedy::for_rule(Rule::Unread, &[])
            },
        })
    }
}

/// The finding about the share of compliant nodes. It fails only if it would
/// also fail with every unknown node compliant, and with any number of
/// compliant nodes in the regions and accounts that are unread.
fn share_finding(
    least: ShareThreshold,
    (compliant, unknown): (u64, u64),
    all: u64,
    unseen: &CoverageGap,
) -> Option<Finding> {
    if all == 0 || !least.is_violated(compliant, all) {
        return None;
    }
    let more = if unseen.may_have_more_nodes() {
        MAX_UNREAD_NODES
    } else {
        0
    };
    let status = if least.is_violated(compliant + unknown + more, all + more) {
        GateStatus::Fail
    } else {
        GateStatus::Unknown
    };
    // Rounded down, so that a single non-compliant node stays visible.
    let tenths = u128::from(compliant) * 1_000 / u128::from(all);
    let mut doubt = match unknown {
        0 => String::new(),
        n => format!("; unknown for {n}"),
    };
    if more > 0 {
        doubt += "; not all nodes were read";
    }
    Some(Finding {
        subject: None,
        status,
        detail: format!(
            "{}.{}% are compliant: {compliant} of {all} nodes{doubt}",
            tenths / 10,
            tenths % 10
        ),
        patches: Vec::new(),
        remedy: remedy::for_rule(Rule::CompliantShare(least), &[]),
    })
}
