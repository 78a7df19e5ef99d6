//! Notes about the runs of a dataset that are read: their times.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::source::dataset::manifest::Manifest;

/// The clock of a manifest of the demo.
pub(super) const DEMO_CLOCK: &str = "demo";

/// How far clocks may differ.
const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_hours(24);

/// From when to when the runs are, if they are of different times.
pub(super) fn describe_runs(runs: &[Arc<Manifest>]) -> Vec<String> {
    let times = || runs.iter().map(|run| run.started_at);
    match (times().min(), times().max()) {
        (Some(first), Some(last)) if first != last => {
            let runs = runs.len();
            vec![format!(
                "read from {runs} runs, from {first:.0} to {last:.0}"
            )]
        }
        _ => Vec::new(),
    }
}

/// A run of a clock that was ahead stands before all later ones until that time.
pub(super) fn describe_future(runs: &[Arc<Manifest>], now: Timestamp) -> Option<String> {
    let limit = now.checked_add(MAX_CLOCK_SKEW).ok()?;
    let newest = runs.iter().max_by_key(|run| run.started_at)?;
    (newest.clock != DEMO_CLOCK && newest.started_at > limit).then(|| {
        format!(
            "the run {} started in the future of this clock, at {:.0}: it hides later runs, \
             and ages are as of then; --at reads earlier ones",
            newest.run_id, newest.started_at
        )
    })
}
