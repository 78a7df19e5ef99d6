//! The rows and the footer of `--estimate`.

use std::collections::{BTreeMap, BTreeSet};

use crate::record::{CallCost, Estimate, Subject};
use crate::report::{Coverage, Footer, Note, NoteKind, NoteLevel, Totals};
use crate::text::count;

/// The calls of one operation in one account and region, as `--estimate` prints them.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimateRow {
    pub region: String,
    pub account: Option<String>,
    pub operation: String,
    /// Calls of the whole answer.
    pub calls: u64,
    /// Calls that the estimate made.
    pub calls_made: u64,
    /// How long the calls take at the rate of `--rate`.
    pub seconds: u64,
}

impl EstimateRow {
    /// The row of one operation, at so many calls a second.
    #[must_use]
    pub fn new(cost: &CallCost, rate: f64) -> Self {
        Self {
            region: cost.location.region.to_string(),
            account: cost.location.account.as_deref().map(ToOwned::to_owned),
            operation: cost.operation.clone(),
            calls: cost.needed,
            calls_made: cost.made,
            seconds: estimated_seconds(cost.needed, rate),
        }
    }
}

/// Rounded up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of calls and a rate above zero"
)]
fn estimated_seconds(calls: u64, rate: f64) -> u64 {
    (calls as f64 / rate).ceil() as u64
}

/// The footer of `--estimate`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EstimateFooter {
    pub coverage: Coverage,
    /// Calls in all accounts and regions.
    pub calls: u64,
    /// How long the slowest account and region takes, as they are asked side by side.
    pub seconds: u64,
    /// Calls per second in each of them.
    pub rate: f64,
    pub has_several_locations: bool,
    /// Actions that are called as often as the answers of others make it, and are not counted.
    pub uncounted: BTreeSet<&'static str>,
}

impl EstimateFooter {
    /// The counts of all accounts and regions. They are asked side by side, so the slowest
    /// one decides how long it takes.
    #[must_use]
    pub fn new(
        estimate: Estimate,
        uncounted: BTreeSet<&'static str>,
        rate: f64,
        coverage: Coverage,
    ) -> Self {
        let mut locations: BTreeMap<_, u64> = BTreeMap::new();
        for cost in &estimate.costs {
            *locations.entry(&cost.location).or_default() += cost.needed;
        }
        let slowest = locations.values().max().copied().unwrap_or(0);
        let is_scope = |subject: &Subject| matches!(subject, Subject::Scope(_));
        let scopes = estimate.unread.iter();
        let scopes = scopes.filter(|unread| is_scope(&unread.subject)).count();
        Self {
            calls: locations.values().sum(),
            seconds: estimated_seconds(slowest, rate),
            rate,
            has_several_locations: locations.len() > 1,
            uncounted,
            coverage: Coverage {
                totals: Totals {
                    asked: estimate.nodes,
                    answered: estimate.nodes,
                    unread_scopes: scopes as u64,
                    rows: estimate.costs.len() as u64,
                    ..Totals::default()
                },
                unread: estimate.unread,
                skipped: estimate.skipped,
                discovery: estimate.discovery,
                ..coverage
            },
        }
    }

    /// "2,240 calls for 1,000 nodes, about 112 s at 20 calls a second"
    fn counts(&self) -> Note {
        let each = if self.has_several_locations {
            " in each account and region, side by side"
        } else {
            ""
        };
        Note::counts(format!(
            "{} for {}, about {} s at {} calls a second{each}",
            count(self.calls, "call"),
            count(self.coverage.totals.asked, "node"),
            self.seconds,
            self.rate
        ))
    }
}

impl Footer for EstimateFooter {
    fn is_complete(&self) -> bool {
        self.coverage.unread.is_empty()
    }

    fn is_nothing_read(&self) -> bool {
        self.coverage.totals.rows == 0 && self.coverage.is_nothing_read()
    }

    fn notes(&self) -> Vec<Note> {
        let mut all = Vec::new();
        if !self.uncounted.is_empty() {
            let actions: Vec<&str> = self.uncounted.iter().copied().collect();
            let actions = actions.join(", ");
            let text = format!("not counted, as it depends on the answers how often: {actions}");
            all.push(Note::new(NoteKind::Answer, NoteLevel::Info, text));
        }
        all.push(self.counts());
        all.extend(self.coverage.discovery_notes());
        all.extend(self.coverage.run_notes());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::AccountRegion;
    use std::sync::Arc;

    #[test]
    fn the_slowest_region_decides_how_long_it_takes() {
        let cost = |region: &str, needed| CallCost {
            location: Arc::new(AccountRegion {
                region: region.into(),
                account: None,
                account_name: None,
            }),
            operation: "ssm:DescribeInstancePatches".into(),
            made: 0,
            needed,
        };
        let costs = [cost("a", 100), cost("a", 1), cost("b", 30)];
        let total = |costs: &[CallCost], nodes, rate| {
            let estimate = Estimate {
                costs: costs.to_vec(),
                nodes,
                ..Estimate::default()
            };
            EstimateFooter::new(estimate, BTreeSet::new(), rate, Coverage::default()).notes()[0]
                .to_line()
        };
        assert_eq!(
            total(&costs, 40, 20.0),
            "131 calls for 40 nodes, about 6 s at 20 calls a second in each account and region, side by side"
        );
        assert_eq!(
            total(&costs[..1], 1, 0.5),
            "100 calls for 1 node, about 200 s at 0.5 calls a second"
        );
        assert_eq!(EstimateRow::new(&costs[1], 0.3).seconds, 4);
    }
}
