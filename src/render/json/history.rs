//! The members of the document of `history`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::aggregate::history::TimeToPatch;
use crate::render::schema::words;
use crate::report::HistoryFooter;

/// How long patches of a severity took, in seconds, from the first run that saw them lacking.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "TimeToPatch")]
pub(in crate::render) struct TimeToPatchObject {
    #[schemars(schema_with = "words::severity")]
    severity: &'static str,
    fixed: u64,
    open: u64,
    /// null where none is fixed.
    median: Option<u64>,
    /// null where none is fixed.
    ninetieth_percentile: Option<u64>,
    /// How many met the time limit; null without a limit.
    within_limit: Option<u64>,
    /// Of so many that are fixed or have exceeded it; null without a limit.
    judged: Option<u64>,
}

impl TimeToPatchObject {
    pub(in crate::render) fn new(of: &TimeToPatch) -> Self {
        Self {
            severity: of.severity.as_str(),
            fixed: of.fixed,
            open: of.open,
            median: of.median,
            ninetieth_percentile: of.ninetieth_percentile,
            within_limit: of.within_limit.map(|(met, _)| met),
            judged: of.within_limit.map(|(_, all)| all),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(in crate::render) struct HistorySummaryObject {
    runs: u64,
    /// RFC 3339 in UTC.
    first_run: String,
    last_run: String,
    open: u64,
    fixed: u64,
    no_longer_listed: u64,
    /// How often a node, region or account could not be read, in all runs.
    unread: u64,
    unread_in_last_run: u64,
}

impl HistorySummaryObject {
    pub(in crate::render) fn new(footer: &HistoryFooter) -> Self {
        Self {
            runs: footer.runs,
            first_run: footer.first_run.to_string(),
            last_run: footer.last_run.to_string(),
            open: footer.times.open,
            fixed: footer.times.fixed,
            no_longer_listed: footer.times.no_longer_listed,
            unread: footer.unread,
            unread_in_last_run: footer.unread_in_last_run,
        }
    }
}
