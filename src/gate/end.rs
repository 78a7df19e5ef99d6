//! What all findings come to: the end of the fold.
//!
//! Pure. Knows the order of the report, and the rules on the whole fleet. Must
//! not know how a node is judged.

use super::naming::{of_finding, of_waived};
use super::remedy;
use super::{Counts, Finding, Gate, Held, Report, Rule, Ruled, Share};

impl Gate {
    /// No more nodes.
    #[must_use]
    pub fn end(mut self) -> Report {
        if self.counts.asked == 0 && self.counts.unread_scopes == 0 {
            self.no_data.push(Finding {
                subject: None,
                held: Held::CannotSay,
                detail: "no managed node was found, and a gate over nothing is not held".to_owned(),
                patches: Vec::new(),
                remedy: "see --region, --all-regions and the filters".to_owned(),
            });
        }
        let mut rules = Vec::new();
        let question = self.question.clone();
        let given = question.rules().iter().copied();
        for ((rule, mut findings), share) in given.zip(self.found).zip(&self.shares) {
            match rule {
                Rule::Compliant(least) => findings.extend(of_share(least, *share, &self.counts)),
                Rule::Unread => findings.append(&mut self.unread),
                Rule::NoData => findings.append(&mut self.no_data),
                _ => {}
            }
            rules.push((rule, findings));
        }
        // Given or not: they keep the gate from saying anything.
        let rest = [(Rule::NoData, self.no_data), (Rule::Unread, self.unread)];
        rules.extend(
            rest.into_iter()
                .filter(|(_, findings)| !findings.is_empty()),
        );

        let (patches, nodes) = self.unrated;
        if patches > 0 {
            self.remarks.push(format!(
                "left out: {patches} {} on {nodes} {} that nobody rated, of which a least severity says nothing",
                if patches == 1 { "patch" } else { "patches" },
                if nodes == 1 { "node" } else { "nodes" },
            ));
        }
        let of_waivers = self.waivers.remarks(self.yardstick.now);
        self.remarks
            .extend(of_waivers.iter().map(ToString::to_string));
        let max_age = self.yardstick.max_age;
        let judged = rules.into_iter().map(|(rule, mut findings)| {
            findings.sort_by(|one, other| of_finding(one).cmp(&of_finding(other)));
            Ruled {
                rule: rule.to_string(),
                about: rule.about(max_age, question.min_severity),
                held: findings
                    .iter()
                    .map(|finding| finding.held)
                    .max()
                    .unwrap_or(Held::Held),
                findings,
            }
        });
        let rules: Vec<Ruled> = judged.collect();
        self.waived
            .sort_by(|one, other| (one.0, of_waived(&one.1)).cmp(&(other.0, of_waived(&other.1))));
        Report {
            held: rules
                .iter()
                .map(|ruled| ruled.held)
                .max()
                .unwrap_or(Held::Held),
            rules,
            waived: self.waived.into_iter().map(|(_, waived)| waived).collect(),
            remarks: self.remarks,
            nodes: self.counts,
            max_age,
        }
    }
}

/// What the share of compliant nodes comes to. It is broken only if it would be
/// were every node compliant of which that cannot be told.
fn of_share(least: Share, (compliant, unknown): (u64, u64), counts: &Counts) -> Option<Finding> {
    let all = counts.asked;
    if all == 0 || !least.is_met(compliant, all) {
        return None;
    }
    let held = if least.is_met(compliant + unknown, all) {
        Held::Broken
    } else {
        Held::CannotSay
    };
    // Rounded down, so that no node that is not compliant rounds away.
    let tenths = u128::from(compliant) * 1_000 / u128::from(all);
    let doubt = match unknown {
        0 => String::new(),
        n => format!("; of {n} it cannot be told"),
    };
    Some(Finding {
        subject: None,
        held,
        detail: format!(
            "{}.{}% are compliant: {compliant} of {all} nodes{doubt}",
            tenths / 10,
            tenths % 10
        ),
        patches: Vec::new(),
        remedy: remedy::of(Rule::Compliant(least), &[], None),
    })
}
