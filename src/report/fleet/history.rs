//! What the runs of a dataset add to a report: since when nodes lack patches, how long
//! patches took, and the evidence for a sample.

use jiff::Timestamp;

use crate::aggregate::closure::ClosureEvidence;
use crate::aggregate::history::{Histories, PatchTimes};
use crate::aggregate::trend::{Trend, TrendPoint};
use crate::record::Patch;
use crate::report::{MissingTime, Note};
use crate::text::count;

/// What the runs tell.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetHistory {
    pub runs: u64,
    pub first_run: Timestamp,
    pub last_run: Timestamp,
    /// Runs that cannot be used, and why.
    pub damaged: Vec<(String, String)>,
    /// How often a node, region or account could not be read, in all runs.
    pub unread: u64,
    /// Without a sample: how long the patches of the nodes took.
    pub times: Option<PatchTimes>,
    pub sample: Option<ClosureEvidence>,
    /// How the nodes stood at each snapshot.
    pub trend: Trend,
}

impl FleetHistory {
    /// What kept it from more.
    pub(super) fn remarks(&self) -> Vec<Note> {
        let damaged = self.damaged.iter();
        let damaged = damaged.map(|(id, cause)| {
            Note::warning(format!("the run {id} is not in the history: {cause}"))
        });
        let unread = (self.unread > 0).then(|| {
            let times = count(self.unread, "time");
            Note::warning(format!(
                "in all runs, a node, region or account was not read or not collected {times}, which closes nothing"
            ))
        });
        let snapshots = self
            .trend
            .snapshots
            .iter()
            .map(|of| TrendPoint::new(&of.total));
        let incomplete = snapshots.filter(|point| !point.is_complete).count() as u64;
        let incomplete = (incomplete > 0).then(|| {
            let snapshots = count(incomplete, "snapshot");
            Note::warning(format!(
                "at {snapshots} of the trend, something could not be read: its nodes are not compliant"
            ))
        });
        damaged.chain(unread).chain(incomplete).collect()
    }
}

/// Since when a node lacks the patch.
pub(super) fn missing_time(
    patch: &Patch,
    histories: &Histories,
    now: Timestamp,
) -> Option<MissingTime> {
    let history = histories.get(patch)?;
    let seconds = now.as_second() - history.opened.as_second();
    Some(MissingTime {
        since: history.opened,
        seconds: u64::try_from(seconds).unwrap_or(0),
        first_seen: history.first_seen,
    })
}
