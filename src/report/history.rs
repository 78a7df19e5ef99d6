//! The rows and the footer of `history`.

use jiff::Timestamp;

use crate::aggregate::history::{PatchHistory, PatchTimes, TimeToPatch};
use crate::duration::format_long;
use crate::record::Cause;
use crate::report::{Footer, Note, NoteKind, RowFilterCounts};
use crate::text::count;

/// One patch that a node lacked at some time.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    pub history: PatchHistory,
    pub exposed_seconds: u64,
}

/// What a history is about and no run tells of: that there are no rows then proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryGap {
    Node(String),
    Kb(String),
    Cve(String),
}

impl HistoryGap {
    fn describe(&self) -> String {
        match self {
            Self::Node(id) => format!("no run read the node {id}, so nothing is known of it"),
            Self::Kb(id) => format!("no node that was read lists {id}"),
            Self::Cve(id) => format!(
                "no node that was read lacked a patch that names {id}; AWS lists CVE ids of missing and failed \
                 patches only, so this is no proof"
            ),
        }
    }
}

/// The footer of `history`.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryFooter {
    pub runs: u64,
    pub first_run: Timestamp,
    pub last_run: Timestamp,
    /// How often a node, region or account could not be read, in all runs.
    pub unread: u64,
    /// The same of the last run.
    pub unread_in_last_run: u64,
    /// Why, of the first few that differ.
    pub unread_causes: Vec<Cause>,
    /// What it is about, if no run tells of it.
    pub not_found: Option<HistoryGap>,
    pub times: PatchTimes,
    pub row_filter: Option<RowFilterCounts>,
}

impl Footer for HistoryFooter {
    fn is_complete(&self) -> bool {
        self.unread_in_last_run == 0 && !matches!(self.not_found, Some(HistoryGap::Node(_)))
    }

    fn is_nothing_read(&self) -> bool {
        self.runs == 0
    }

    fn notes(&self) -> Vec<Note> {
        let mut all = vec![Note::counts(format!(
            "{} open, {} fixed, {} no longer listed; {}",
            self.times.open,
            self.times.fixed,
            self.times.no_longer_listed,
            describe_runs(self.runs, self.first_run, self.last_run)
        ))];
        all.extend(
            self.times
                .severities
                .iter()
                .map(|of| Note::counts(describe(of))),
        );
        if self.unread > 0 {
            let times = count(self.unread, "time");
            let causes = self.unread_causes.iter().map(|cause| &*cause.text);
            let causes = causes.collect::<Vec<_>>().join("; ");
            let text = format!(
                "a node, region or account could not be read {times}, which closes no exposure: {causes}"
            );
            all.push(Note::warning(text));
        }
        let gap = self.not_found.as_ref().map(HistoryGap::describe);
        all.extend(gap.map(|text| Note::warning(text).of_kind(NoteKind::Run)));
        all
    }
}

/// "1 run at 2026-11-26T05:00:00Z", "3 runs from 2026-11-01T05:00:00Z to ..."
pub(crate) fn describe_runs(runs: u64, first: Timestamp, last: Timestamp) -> String {
    if runs == 1 {
        format!("1 run at {first:.0}")
    } else {
        format!("{} from {first:.0} to {last:.0}", count(runs, "run"))
    }
}

/// "time to patch Critical: median 3 days, 90th percentile 9 days; 12 of 14 in time"
fn describe(of: &TimeToPatch) -> String {
    let mut parts = vec![format!("{} fixed, {} open", of.fixed, of.open)];
    if let (Some(median), Some(most)) = (of.median, of.ninetieth_percentile) {
        let (median, most) = (format_long(median), format_long(most));
        parts.push(format!("median {median}, 90th percentile {most}"));
    }
    if let Some((met, all)) = of.within_limit {
        parts.push(format!("{met} of {all} within the time limit"));
    }
    format!("time to patch {}: {}", of.severity, parts.join("; "))
}
