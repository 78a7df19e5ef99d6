//! How long patches took, by severity. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::aggregate::history::{ExposureStatus, PatchHistory};
use crate::compliance::due_date::Sla;
use crate::compliance::severity::Severity;

/// How long patches of a severity took, from the first run that saw them lacking to the one
/// that saw them installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeToPatch {
    pub severity: Severity,
    pub fixed: u64,
    pub open: u64,
    /// Seconds; `None` where none is fixed.
    pub median: Option<u64>,
    pub ninetieth_percentile: Option<u64>,
    /// How many met the time limit, of those that are fixed or have exceeded it; `None`
    /// without a limit.
    pub within_limit: Option<(u64, u64)>,
}

impl TimeToPatch {
    /// The share of those that met the time limit, in tenths of a percent, rounded down;
    /// `None` without a limit, and where there are none.
    #[must_use]
    pub fn within_tenths(&self) -> Option<u32> {
        let (met, all) = self.within_limit?;
        let tenths = (u128::from(met) * 1000).checked_div(u128::from(all))?;
        u32::try_from(tenths).ok()
    }
}

/// How the patches that nodes lacked at some time stand, and how long they took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchTimes {
    pub open: u64,
    pub fixed: u64,
    pub no_longer_listed: u64,
    /// From the most severe down.
    pub severities: Vec<TimeToPatch>,
}

/// The fold to these times. Holds the seconds of each patch that is fixed.
#[derive(Debug, Default)]
pub struct PatchTimesBuilder {
    counts: PatchTimes,
    severities: BTreeMap<Severity, SeverityTimes>,
}

#[derive(Debug, Default)]
struct SeverityTimes {
    open: u64,
    /// Seconds of those that are fixed.
    fixed: Vec<u64>,
    /// How many met the time limit, of how many that met or exceeded it.
    within_limit: (u64, u64),
}

impl PatchTimesBuilder {
    /// Adds a patch of a node. `now` is the last run, or the time that ages are computed from.
    /// The limit counts from the release of a patch, or from the first run that saw it lacking
    /// where that is not known.
    pub fn add(&mut self, history: &PatchHistory, sla: &Sla, now: Timestamp) {
        let severity = Severity::of_patch(&history.patch);
        let times = self.severities.entry(severity).or_default();
        match history.status {
            ExposureStatus::Open => {
                self.counts.open += 1;
                times.open += 1;
            }
            ExposureStatus::Fixed => {
                self.counts.fixed += 1;
                times.fixed.push(history.exposed_seconds(now));
            }
            ExposureStatus::NoLongerListed => self.counts.no_longer_listed += 1,
        }
        if let Some(is_met) = history.is_within(sla, now) {
            times.within_limit.0 += u64::from(is_met);
            times.within_limit.1 += 1;
        }
    }

    /// The times of all that were added with these limits.
    #[must_use]
    pub fn finish(self, sla: &Sla) -> PatchTimes {
        let times = self.severities.into_iter().rev();
        let times = times.filter(|(_, times)| times.open > 0 || !times.fixed.is_empty());
        let severities = times.map(|(severity, mut times)| {
            times.fixed.sort_unstable();
            TimeToPatch {
                severity,
                fixed: times.fixed.len() as u64,
                open: times.open,
                median: percentile(&times.fixed, 50),
                ninetieth_percentile: percentile(&times.fixed, 90),
                within_limit: sla.limit(severity).map(|_| times.within_limit),
            }
        });
        PatchTimes {
            severities: severities.collect(),
            ..self.counts
        }
    }
}

/// The smallest value that so many percent of the values do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied()
}
