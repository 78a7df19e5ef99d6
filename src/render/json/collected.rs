//! The run of `collect`, and the counts of `verify`, as members of their JSON documents.

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::{CollectEnd, CollectFooter, VerifyFooter};

/// Nodes is always Answered + NoData + Unread.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(crate) struct CollectedRunObject<'a> {
    run_id: &'a str,
    dataset: &'a str,
    /// Written, WrittenByAnother, Unfinished or Abandoned.
    end: &'static str,
    nodes: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    patches: u64,
    files: u64,
    bytes: u64,
    calls: u64,
    /// Older runs that --keep has deleted.
    deleted_runs: &'a [String],
}

impl<'a> CollectedRunObject<'a> {
    pub(crate) fn new(footer: &'a CollectFooter) -> Self {
        let totals = &footer.totals;
        Self {
            run_id: &footer.run_id,
            dataset: &footer.dataset,
            end: match footer.end {
                CollectEnd::Written => "Written",
                CollectEnd::WrittenByAnother => "WrittenByAnother",
                CollectEnd::Unfinished => "Unfinished",
                CollectEnd::Abandoned => "Abandoned",
            },
            nodes: totals.asked,
            answered: totals.answered,
            no_data: totals.no_data,
            unread: totals.unread,
            patches: footer.patches,
            files: footer.files,
            bytes: footer.bytes,
            calls: footer.calls,
            deleted_runs: &footer.deleted_runs,
        }
    }
}

/// What `verify` has compared, and how many files are not as they should be.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(crate) struct VerifiedObject<'a> {
    dataset: &'a str,
    runs: u64,
    files: u64,
    bytes: u64,
    changed: u64,
    missing: u64,
    unnamed: u64,
    unfinished: u64,
}

impl<'a> VerifiedObject<'a> {
    pub(crate) fn new(footer: &'a VerifyFooter) -> Self {
        Self {
            dataset: &footer.dataset,
            runs: footer.runs,
            files: footer.files,
            bytes: footer.bytes,
            changed: footer.changed,
            missing: footer.missing,
            unnamed: footer.unnamed,
            unfinished: footer.unfinished,
        }
    }
}
