//! Since when nodes lack patches, and when they got them: a fold over the runs of a
//! dataset, oldest first. Pure.
//!
//! A run that could not read a node, or did not collect it, says nothing of it: it neither
//! opens an exposure nor closes one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::sample::Sample;
use crate::compliance::due_date::Sla;
use crate::compliance::severity::Severity;
use crate::record::{Moment, Node, NodeState, Patch, PatchState, is_same_word};

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
    fn new(patch: &Patch, at: Timestamp) -> Self {
        Self {
            patch: patch.clone(),
            status: ExposureStatus::Open,
            first_seen: at,
            last_seen: at,
            closed: None,
            confirmation: None,
            reopened: 0,
            opened: at,
            exposed_before: 0,
        }
    }

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

    fn see_lacking(&mut self, patch: &Patch, at: Timestamp) {
        if let Some(closed) = self.closed.take() {
            self.exposed_before += seconds_between(self.opened, closed);
            self.opened = at;
            self.reopened += 1;
            self.confirmation = None;
        }
        self.status = ExposureStatus::Open;
        self.last_seen = at;
        let known = std::mem::replace(&mut self.patch, patch.clone());
        // A run may not have read release dates, and AWS lists CVE ids in some states only.
        self.patch.release_date = self.patch.release_date.or(known.release_date);
        if self.patch.cves.is_empty() {
            self.patch.cves = known.cves;
        }
    }

    fn close(
        &mut self,
        state: Option<&PatchState>,
        at: Timestamp,
        confirmation: &Arc<Confirmation>,
    ) {
        self.status = match state {
            Some(
                PatchState::Installed | PatchState::InstalledOther | PatchState::InstalledRejected,
            ) => ExposureStatus::Fixed,
            _ => ExposureStatus::NoLongerListed,
        };
        self.closed = Some(at);
        self.confirmation = Some(confirmation.clone());
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
    HistoryBuilder::key(&patch.node, kb, title)
}

/// The fold.
#[derive(Debug)]
pub struct HistoryBuilder {
    subject: HistorySubject,
    histories: BTreeMap<PatchKey, PatchHistory>,
}

impl HistoryBuilder {
    #[must_use]
    pub fn new(subject: HistorySubject) -> Self {
        Self {
            subject,
            histories: BTreeMap::new(),
        }
    }

    /// A node that a run read to the end, with its state. Nodes that were not read to the
    /// end are not added.
    pub fn add_node(&mut self, node: &Node, patches: &[Patch], run: &RunTime, state: &NodeState) {
        let mut states: BTreeMap<(&str, &str), &Patch> = BTreeMap::new();
        for patch in patches {
            let worst = states.entry(patch_identity(patch)).or_insert(patch);
            if is_lacking(patch) {
                *worst = patch;
            }
        }
        for ((kb, title), patch) in &states {
            if !is_lacking(patch) {
                continue;
            }
            let key = Self::key(node, kb, title);
            if let Some(known) = self.histories.get_mut(&key) {
                known.see_lacking(patch, run.at);
            } else if self.is_about(&key, patch) {
                self.histories.insert(key, PatchHistory::new(patch, run.at));
            }
        }
        let location = &node.location.region;
        let first = (
            location.clone(),
            node.id.clone(),
            Box::from(""),
            Box::from(""),
        );
        let of_node = self.histories.range_mut(first..);
        let of_node =
            of_node.take_while(|((region, id, ..), _)| *region == *location && *id == node.id);
        let confirmation = Arc::new(Confirmation::new(run, state));
        for ((_, _, kb, title), history) in of_node {
            if history.status != ExposureStatus::Open {
                continue;
            }
            let now = states.get(&(&**kb, &**title)).copied();
            match now.map(|patch| &patch.state) {
                // A state that this version does not know is no fix.
                Some(PatchState::Other(_)) => {}
                _ if now.is_some_and(is_lacking) => {}
                state => history.close(state, run.at, &confirmation),
            }
        }
    }

    fn key(node: &Node, kb: &str, title: &str) -> PatchKey {
        (
            node.location.region.clone(),
            node.id.clone(),
            kb.into(),
            title.into(),
        )
    }

    fn is_about(&self, key: &PatchKey, patch: &Patch) -> bool {
        match &self.subject {
            HistorySubject::Nodes | HistorySubject::Kb(_) => true,
            HistorySubject::Cve(cve) => patch.cves.iter().any(|id| is_same_word(id, cve)),
            HistorySubject::Sample(sample) => sample.names_patch(patch),
            HistorySubject::Patches(keys) => keys.contains(key),
        }
    }

    /// The histories, by region, node, id and title.
    #[must_use]
    pub fn finish(self) -> BTreeMap<PatchKey, PatchHistory> {
        self.histories
    }
}

/// What tells the patches of a node apart: the id and the title.
pub(super) fn patch_identity(patch: &Patch) -> (&str, &str) {
    (
        patch.kb_id.as_deref().unwrap_or_default(),
        patch.title.as_deref().unwrap_or_default(),
    )
}

fn is_lacking(patch: &Patch) -> bool {
    PatchState::LACKING.contains(&patch.state)
}

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

/// The times by severity, from the most severe down. The limit counts from the release of
/// a patch, or from the first run that saw it lacking where that is not known.
#[must_use]
pub fn times_to_patch<'a>(
    histories: &(impl Iterator<Item = &'a PatchHistory> + Clone),
    sla: &Sla,
    last_run: Timestamp,
) -> Vec<TimeToPatch> {
    let of_severity = |severity: Severity| {
        let all = histories.clone();
        all.filter(move |history| Severity::of_patch(&history.patch) == severity)
    };
    let times = Severity::ALL.into_iter().filter_map(|severity| {
        let fixed = of_severity(severity).filter(|one| one.status == ExposureStatus::Fixed);
        let mut seconds: Vec<u64> = fixed.map(|one| one.exposed_seconds(last_run)).collect();
        seconds.sort_unstable();
        let open = of_severity(severity).filter(|one| one.status == ExposureStatus::Open);
        let open = open.count() as u64;
        if seconds.is_empty() && open == 0 {
            return None;
        }
        let within_limit = sla.limit(severity).map(|_| {
            let judged = of_severity(severity).filter_map(|one| one.is_within(sla, last_run));
            judged.fold((0, 0), |(met, all), is_met| {
                (met + u64::from(is_met), all + 1)
            })
        });
        Some(TimeToPatch {
            severity,
            fixed: seconds.len() as u64,
            open,
            median: percentile(&seconds, 50),
            ninetieth_percentile: percentile(&seconds, 90),
            within_limit,
        })
    });
    times.collect()
}

/// The smallest value that so many percent of the values do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> Option<u64> {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied()
}

#[cfg(test)]
mod tests;
