//! The members of the document of `diff`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::aggregate::diff::{Change, Direction};
use crate::render::json::{TotalsObject, UnreadObject};
use crate::report::{DiffFooter, DiffSide};

/// One side of the comparison.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Side")]
pub(in crate::render) struct DiffSideObject {
    /// As it was typed.
    name: String,
    /// The time that ages are computed from, RFC 3339 in UTC.
    time: String,
    /// The nodes without data to judge by.
    no_data: Vec<String>,
    /// What could not be read on this side.
    unread: Vec<UnreadObject>,
    totals: TotalsObject,
}

impl DiffSideObject {
    pub(in crate::render) fn new(side: &DiffSide) -> Self {
        let no_data = side.coverage.no_data.iter();
        let totals = TotalsObject::new(&side.coverage, side.coverage.totals.asked);
        Self {
            name: side.name.clone(),
            time: side.time.to_string(),
            no_data: no_data.map(|node| node.id.to_string()).collect(),
            unread: side.coverage.unread.iter().map(UnreadObject::new).collect(),
            totals: totals.with_verdicts(side.verdicts),
        }
    }
}

/// Changes that pass the filter of patches, whether --only shows them or not.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(in crate::render) struct DiffSummaryObject {
    changes: u64,
    worse: u64,
    better: u64,
    neutral: u64,
    unknown: u64,
    /// By the word in Change; 0 where there are none.
    by_change: BTreeMap<&'static str, u64>,
    /// Rows of this document.
    rows: u64,
    /// Changes that --only leaves out.
    hidden: u64,
}

impl DiffSummaryObject {
    pub(in crate::render) fn new(footer: &DiffFooter, rows: u64) -> Self {
        let counts = &footer.counts;
        let by_change = Change::ALL.into_iter();
        Self {
            changes: counts.total(),
            worse: counts.in_direction(Direction::Worse),
            better: counts.in_direction(Direction::Better),
            neutral: counts.in_direction(Direction::Neutral),
            unknown: counts.in_direction(Direction::Unknown),
            by_change: by_change
                .map(|change| (change.as_str(), counts.of_change(change)))
                .collect(),
            rows,
            hidden: footer.hidden,
        }
    }
}
