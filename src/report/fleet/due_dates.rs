//! What nodes lack, by how much of its time limit is left.

use jiff::{SignedDuration, Timestamp};

use crate::compliance::due_date::{DueDate, Sla};
use crate::compliance::severity::Severity;
use crate::record::{Due, PatchState};
use crate::report::PatchRow;

/// The hours in which a patch comes due soon: a week.
const SOON_HOURS: i64 = 7 * 24;

/// What is due, where severities have time limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDates {
    /// Every severity with a limit, from the most severe down.
    pub severities: Vec<DueCounts>,
    /// The same added up.
    pub total: DueCounts,
    /// Patches that nodes lack whose severity has no limit.
    pub unlimited: u64,
}

/// Pairs of a node and a patch that it lacks, by when the patch is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueCounts {
    /// `None` of all of them.
    pub severity: Option<Severity>,
    /// The time limit in seconds; `None` of all of them.
    pub limit: Option<u64>,
    /// Always `within + overdue + unknown`.
    pub patches: u64,
    /// Not past their due date.
    pub within: u64,
    /// Of these, those that come due within a week.
    pub due_soon: u64,
    pub overdue: u64,
    /// Of unknown release date, where no dataset tells since when nodes lack them.
    pub unknown: u64,
    /// Those whose limit counts from when a dataset first saw nodes lack them.
    pub from_first_seen: u64,
    /// Nodes with an overdue patch, each once.
    pub overdue_nodes: u64,
    /// The oldest due date that is past.
    pub oldest_due: Option<Timestamp>,
}

impl DueCounts {
    /// The share of those within their time among those whose due date is known, in tenths
    /// of a percent, rounded down; `None` where there are none.
    #[must_use]
    pub fn within_tenths(&self) -> Option<u32> {
        let known = u128::from(self.within) + u128::from(self.overdue);
        let tenths = (u128::from(self.within) * 1000).checked_div(known)?;
        u32::try_from(tenths).ok()
    }

    fn add(&mut self, due: DueDate, now: Timestamp) {
        let known = match due {
            DueDate::None => return,
            DueDate::Unknown => None,
            DueDate::Known(due) => Some(due),
        };
        self.patches += 1;
        let Some(Due {
            date,
            is_overdue,
            is_from_first_seen,
        }) = known
        else {
            self.unknown += 1;
            return;
        };
        self.from_first_seen += u64::from(is_from_first_seen);
        if is_overdue {
            self.overdue += 1;
            self.oldest_due = Some(self.oldest_due.map_or(date, |oldest| oldest.min(date)));
        } else {
            self.within += 1;
            let soon = SignedDuration::from_hours(SOON_HOURS);
            self.due_soon += u64::from(date.duration_since(now) <= soon);
        }
    }
}

/// The fold over nodes.
#[derive(Debug)]
pub(super) struct DueCounter<'a> {
    sla: &'a Sla,
    now: Timestamp,
    dates: DueDates,
}

impl<'a> DueCounter<'a> {
    /// `None` where no severity has a limit.
    pub(super) fn new(sla: &'a Sla, now: Timestamp) -> Option<Self> {
        let row = |severity| DueCounts {
            severity: Some(severity),
            limit: sla.limit(severity),
            ..DueCounts::default()
        };
        let limits = sla.limits().iter();
        (!sla.is_empty()).then(|| Self {
            sla,
            now,
            dates: DueDates {
                severities: limits.map(|limit| row(limit.severity)).collect(),
                total: DueCounts::default(),
                unlimited: 0,
            },
        })
    }

    /// The patches of one node.
    pub(super) fn add_node(&mut self, rows: &[PatchRow]) {
        let overdue_before = self.dates.total.overdue;
        let dates = &mut self.dates;
        let before: Vec<u64> = dates.severities.iter().map(|row| row.overdue).collect();
        for row in rows {
            let Some(patch) = row.patch() else {
                continue;
            };
            let first_seen = row.missing().map(|missing| missing.first_seen);
            let due = self.sla.due_date_since(patch, first_seen, self.now);
            if due == DueDate::None {
                let is_lacking = PatchState::LACKING.contains(&patch.state);
                dates.unlimited += u64::from(is_lacking);
                continue;
            }
            dates.total.add(due, self.now);
            let severity = Some(Severity::of_patch(patch));
            let mut rows = dates.severities.iter_mut();
            if let Some(row) = rows.find(|row| row.severity == severity) {
                row.add(due, self.now);
            }
        }
        dates.total.overdue_nodes += u64::from(dates.total.overdue > overdue_before);
        for (row, before) in dates.severities.iter_mut().zip(before) {
            row.overdue_nodes += u64::from(row.overdue > before);
        }
    }

    pub(super) fn finish(self) -> DueDates {
        self.dates
    }
}
