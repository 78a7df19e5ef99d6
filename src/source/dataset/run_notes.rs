//! Notes about the runs of a dataset that are read: their times.

use std::collections::BTreeMap;
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

/// Newer runs of some nodes that are not read, as older ones of all nodes go before them: what
/// they say of these nodes may be otherwise.
pub(super) fn describe_newer<'a>(runs: impl Iterator<Item = &'a Manifest>) -> Option<String> {
    let by_start: BTreeMap<_, _> = runs
        .map(|run| ((run.started_at, &run.run_id), run))
        .collect();
    let (_, newest) = by_start.last_key_value()?;
    let (which, them) = match by_start.len() {
        1 => ("a newer run of some nodes is".to_owned(), "it"),
        several => (format!("{several} newer runs of some nodes are"), "them"),
    };
    Some(format!(
        "{which} not read, as runs of all nodes go before {them}: --at {} reads the newest, of {:.0}",
        newest.run_id, newest.started_at
    ))
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
