//! What the runs of a dataset add to the JSON document of `report`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::history::TimeToPatchObject;
use crate::report::fleet::FleetHistory;

/// The runs of the dataset up to the moment that is read.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "FleetHistory")]
pub(crate) struct FleetHistoryObject<'a> {
    runs: u64,
    #[schemars(extend("format" = "date-time"))]
    first_run: String,
    #[schemars(extend("format" = "date-time"))]
    last_run: String,
    /// Runs that cannot be used.
    damaged_runs: Vec<DamagedRunObject<'a>>,
    /// How often a node, region or account could not be read, in all runs: that closes
    /// nothing.
    unread: u64,
    /// Patches that nodes lacked at some time and lack still, one for each node; null with a
    /// sample.
    open: Option<u64>,
    /// Those that are installed; null with a sample.
    fixed: Option<u64>,
    /// Those that are superseded, not applicable or no longer approved; null with a sample.
    no_longer_listed: Option<u64>,
    /// By severity; empty with a sample.
    time_to_patch: Vec<TimeToPatchObject>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "DamagedRun")]
struct DamagedRunObject<'a> {
    run_id: &'a str,
    cause: &'a str,
}

impl<'a> FleetHistoryObject<'a> {
    pub(super) fn new(history: &'a FleetHistory) -> Self {
        let times = history.times.as_ref();
        let severities = times.map_or(&[][..], |times| &times.severities);
        let damaged = history.damaged.iter();
        Self {
            runs: history.runs,
            first_run: history.first_run.to_string(),
            last_run: history.last_run.to_string(),
            damaged_runs: damaged
                .map(|(run_id, cause)| DamagedRunObject { run_id, cause })
                .collect(),
            unread: history.unread,
            open: times.map(|times| times.open),
            fixed: times.map(|times| times.fixed),
            no_longer_listed: times.map(|times| times.no_longer_listed),
            time_to_patch: severities.iter().map(TimeToPatchObject::new).collect(),
        }
    }
}
