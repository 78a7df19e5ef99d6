//! Since when nodes lack patches, and when they got them: a fold over the runs of a
//! dataset, oldest first. Pure.
//!
//! A run that could not read a node, or did not collect it, says nothing of it: it neither
//! opens an exposure nor closes one.

mod builder;
mod time_to_patch;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::sample::Sample;
use crate::compliance::due_date::Sla;
use crate::record::{Moment, NodeState, Patch};

pub use self::builder::{Histories, HistoryBuilder};
pub use self::time_to_patch::{PatchTimes, PatchTimesBuilder, TimeToPatch};

/// How an exposure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExposureStatus {
    /// The node lacked the patch when it was last read.
    Open,
    /// It has it: Installed or InstalledOther.
    Fixed,
    /// It is not listed any longer, or not applicable: superseded, or no longer approved.
    NoLongerListed,
}

impl ExposureStatus {
    pub const ALL: [Self; 3] = [Self::Open, Self::Fixed, Self::NoLongerListed];

    /// The words for a sentence.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fixed => "fixed",
            Self::NoLongerListed => "no longer listed",
        }
    }

    /// The word printed in every format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Fixed => "Fixed",
            Self::NoLongerListed => "NoLongerListed",
        }
    }
}

/// One run of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTime {
    pub id: Arc<str>,
    /// Its start.
    pub at: Timestamp,
}

/// What confirms that a node no longer lacks a patch: the last scan or installation of the
/// node, as the run read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub run_id: Arc<str>,
    /// Scan or Install.
    pub operation: Option<Box<str>>,
    pub operation_end: Moment,
    /// AWS's id of the snapshot of the baseline that the operation used.
    pub snapshot_id: Option<Box<str>>,
}

impl Confirmation {
    fn new(run: &RunTime, state: &NodeState) -> Self {
        Self {
            run_id: run.id.clone(),
            operation: state.operation.clone(),
            operation_end: state.last_scan_time(),
            snapshot_id: state.snapshot_id.clone(),
        }
    }
}

/// A patch that a node lacked at some time.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchHistory {
    /// As it was last seen lacking, with its node.
    pub patch: Patch,
    pub status: ExposureStatus,
    /// The first run that saw it lacking.
    pub first_seen: Timestamp,
    /// The last one.
    pub last_seen: Timestamp,
    /// The first run after that which saw it otherwise; `None` while it is open.
    pub closed: Moment,
    /// What confirms it.
    pub confirmation: Option<Arc<Confirmation>>,
    /// How often the node lacked it again after it was closed.
    pub reopened: u64,
    /// The first run of this time, without an interruption since then.
    pub opened: Timestamp,
    /// Seconds of the times before this one.
    exposed_before: u64,
}

impl PatchHistory {
    /// For how many seconds the node lacked it, as far as runs tell: from the run that
    /// first saw it so to the one that saw it otherwise, or to the last one.
    #[must_use]
    pub fn exposed_seconds(&self, last_run: Timestamp) -> u64 {
        let end = self.closed.unwrap_or(last_run);
        let now = if self.status == ExposureStatus::Open || self.closed.is_some() {
            seconds_between(self.opened, end)
        } else {
            0
        };
        self.exposed_before + now
    }

    /// The end of the scan or installation that confirms that it is closed.
    #[must_use]
    pub fn confirmed_by(&self) -> Moment {
        self.confirmation.as_ref()?.operation_end
    }

    /// Was it fixed within its time limit? `None` without a limit, where that is still to
    /// be seen, and where it is no longer listed.
    #[must_use]
    pub fn is_within(&self, sla: &Sla, now: Timestamp) -> Option<bool> {
        let due = sla.due(&self.patch, Some(self.first_seen), now)?.date;
        match (self.status, self.closed) {
            (ExposureStatus::Fixed, Some(closed)) => Some(closed <= due),
            (ExposureStatus::Open, _) if now > due => Some(false),
            _ => None,
        }
    }
}

fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}

/// Which patches a history is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistorySubject {
    /// Those of the selected nodes.
    Nodes,
    /// Those of this id: the source filters them.
    Kb(String),
    /// Those that named this CVE while they were missing.
    Cve(String),
    /// Those that a sample names.
    Sample(Arc<Sample>),
    /// These.
    Patches(BTreeSet<PatchKey>),
}

/// A patch of a node: the region and the id of the node, the id and the title of the patch.
pub type PatchKey = (Arc<str>, Arc<str>, Box<str>, Box<str>);

/// The key of a patch of a node.
#[must_use]
pub fn patch_key(patch: &Patch) -> PatchKey {
    let (kb, title) = patch_identity(patch);
    let node = &patch.node;
    (
        node.location.region.clone(),
        node.id.clone(),
        kb.into(),
        title.into(),
    )
}

/// What tells the patches of a node apart: the id and the title.
pub(super) fn patch_identity(patch: &Patch) -> (&str, &str) {
    (
        patch.kb_id.as_deref().unwrap_or_default(),
        patch.title.as_deref().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests;
