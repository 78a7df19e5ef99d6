//! What a plan needs and a run did not collect: said as for a call that was denied.

use crate::plan::fetch_plan::FetchPlan;
use crate::record::{Cause, InfoLevel};
use crate::source::dataset::manifest_records::to_cause;
use crate::source::dataset::node_batch::not_collected;
use crate::source::dataset::source::SourceLocation;
use crate::source::dataset::vocabulary::{INFO_LEVELS, value_of};
use crate::source::event::MissingColumns;

/// The columns of each level that nodes lack without the calls for it.
pub(in crate::source) const DETAILS: &str = "node details from Systems Manager";
const NAMES: &str = "Name of EC2 nodes";
pub(in crate::source) const NAMES_AND_TAGS: &str = "Name and tags of EC2 nodes";
pub(in crate::source) const HYBRID_TAGS: &str = "tags of hybrid nodes";
const ASSOCIATIONS: &str = "AssociationScan";

/// The columns that stay empty of a location.
pub(super) fn missing_columns(of: &SourceLocation, plan: &FetchPlan) -> Vec<MissingColumns> {
    let run = &of.run.run;
    let mut missing = Vec::new();
    let mut add = |columns: &str, reason: &str| {
        missing.push(MissingColumns {
            columns: columns.into(),
            reason: reason.to_owned(),
        });
    };
    for known in &of.manifest().missing_columns {
        let columns = match (&*known.columns, plan.node_info) {
            (DETAILS, None) | (NAMES | NAMES_AND_TAGS, None | Some(InfoLevel::Basic)) => continue,
            (NAMES_AND_TAGS, Some(InfoLevel::Names)) => NAMES,
            (HYBRID_TAGS, level) if level < Some(InfoLevel::Tags) => continue,
            (ASSOCIATIONS, _) if !plan.associations => continue,
            (columns, _) => columns,
        };
        add(columns, &known.reason);
    }
    let reason = format!("the run {} did not collect them", run.run_id);
    let collected = run.plan.node_info.as_deref();
    let collected = collected.and_then(|level| value_of(INFO_LEVELS, level));
    if plan.node_info > collected {
        if collected.is_none() {
            add(DETAILS, &reason);
        }
        match plan.node_info {
            None | Some(InfoLevel::Basic) => {}
            Some(InfoLevel::Names) => add(NAMES, &reason),
            Some(InfoLevel::Tags) => {
                add(NAMES_AND_TAGS, &reason);
                add(HYBRID_TAGS, &reason);
            }
        }
    }
    if plan.associations && !run.plan.associations {
        add(ASSOCIATIONS, &reason);
    }
    missing
}

/// Why release dates of a location are missing, if they are.
pub(super) fn release_dates_gap(of: &SourceLocation) -> Option<Cause> {
    let known = of.manifest().release_dates_missing.as_ref().map(to_cause);
    let run = &of.run.run;
    known.or_else(|| {
        let gap = || {
            not_collected(
                "they",
                &format!("were not collected by the run {}", run.run_id),
            )
        };
        (!run.plan.release_dates).then(gap)
    })
}
