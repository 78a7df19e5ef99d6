//! What all findings come to: the end of the fold.
//!
//! Pure. Knows the order of the report, and the rules on the whole fleet. Must
//! not know how a node is judged.

use crate::gate::ordering::{of_finding, of_waived};
use crate::gate::remedy;
use crate::gate::{Finding, Gate, Held, Report, Rule, Ruled, Share};

/// More nodes than any place has.
const ANY_NUMBER: u64 = 1 << 40;
const NOTHING: &str = "see --region, --all-regions and the filters";

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
                remedy: NOTHING.to_owned(),
            });
        }
        let unseen = Unseen {
            places: self.counts.unread_scopes,
            cut_short: self.cut_short,
            is_empty: self.counts.asked == 0,
        };
        let mut rules = Vec::new();
        let question = self.question.clone();
        let given = question.rules().iter().copied();
        for ((rule, mut findings), share) in given.zip(self.found).zip(&self.shares) {
            match rule {
                Rule::Compliant(least) => {
                    findings.extend(of_share(least, *share, self.counts.asked, &unseen));
                }
                Rule::Unread => findings.append(&mut self.unread),
                Rule::NoData => findings.append(&mut self.no_data),
                _ => {}
            }
            // Nothing that is unread breaks it.
            let never = rule == Rule::Stale && self.yardstick.max_age.0.is_none();
            if findings.is_empty() && rule != Rule::Unread && !never {
                // A share that is met is met whatever the nodes are that were asked.
                let is_share = matches!(rule, Rule::Compliant(_));
                findings.extend(unseen.doubt(if is_share { 0 } else { share.1 }));
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
        if question.has(Rule::Stale) && self.yardstick.max_age.0.is_none() {
            let never = "stale cannot break: max-age is none";
            self.remarks.push(never.to_owned());
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
            configured: Vec::new(),
        }
    }
}

/// What was not seen beside the nodes that were.
struct Unseen {
    places: u64,
    cut_short: Option<String>,
    /// Was no node asked at all?
    is_empty: bool,
}

impl Unseen {
    /// May there be nodes that nobody asked?
    fn has_more(&self) -> bool {
        self.places > 0 || self.cut_short.is_some()
    }

    /// What keeps a rule that found nothing from being held, with this many
    /// nodes unread that may break it.
    fn doubt(&self, nodes: u64) -> Option<Finding> {
        let told = |n: u64, one: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {one}s")),
        };
        let parts = [told(nodes, "node"), told(self.places, "place")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let mut detail = match nodes + self.places {
            0 => String::new(),
            1 => format!("{} is unread and may break it", parts[0]),
            _ => format!(
                "{} are unread, any of which may break it",
                parts.join(" and ")
            ),
        };
        if let Some(why) = &self.cut_short {
            let before = if detail.is_empty() { "" } else { "; " };
            detail = format!("{detail}{before}{why}: what was not seen may break it");
        }
        let is_nothing = detail.is_empty() && self.is_empty;
        if is_nothing {
            "no managed node was found".clone_into(&mut detail);
        }
        (!detail.is_empty()).then(|| Finding {
            subject: None,
            held: Held::CannotSay,
            detail,
            patches: Vec::new(),
            remedy: if is_nothing {
                NOTHING.to_owned()
            } else {
                remedy::of(Rule::Unread, &[], None)
            },
        })
    }
}

/// What the share of compliant nodes comes to. It is broken only if it would be
/// were every node compliant of which that cannot be told, and every node of the
/// places that are unread, which may hold any number.
fn of_share(
    least: Share,
    (compliant, unknown): (u64, u64),
    all: u64,
    unseen: &Unseen,
) -> Option<Finding> {
    if all == 0 || !least.is_met(compliant, all) {
        return None;
    }
    let more = if unseen.has_more() { ANY_NUMBER } else { 0 };
    let held = if least.is_met(compliant + unknown + more, all + more) {
        Held::Broken
    } else {
        Held::CannotSay
    };
    // Rounded down, so that no node that is not compliant rounds away.
    let tenths = u128::from(compliant) * 1_000 / u128::from(all);
    let mut doubt = match unknown {
        0 => String::new(),
        n => format!("; of {n} it cannot be told"),
    };
    if more > 0 {
        doubt += "; not all nodes were seen";
    }
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
