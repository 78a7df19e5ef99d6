//! The rows and the footer of `--estimate`.

use crate::report::{Coverage, Footer, Note};
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
}

impl EstimateFooter {
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
        let mut all = vec![self.counts()];
        all.extend(self.coverage.discovery_notes());
        all.extend(self.coverage.run_notes());
        all
    }
}
