//! The footer of `trend`.

use std::collections::BTreeMap;

use crate::aggregate::trend::{Trend, TrendUnread};
use crate::report::{Coverage, Footer, Note, NoteKind, NoteLevel};
use crate::text::count;

/// More places that could not be read are counted.
const MAX_UNREAD_NOTES: usize = 20;

/// The footer of `trend`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrendFooter {
    pub trend: Trend,
    pub manifests_read: u64,
    /// Snapshots at which nothing of what is asked for was read anew.
    pub unchanged: u64,
    /// Snapshots that were not read, as the run was interrupted.
    pub not_read: u64,
    /// Of the newest snapshot.
    pub newest: Coverage,
    /// Columns that a failed call leaves empty, the reason, and at how many snapshots.
    pub missing_columns: BTreeMap<(Box<str>, String), u64>,
}

impl TrendFooter {
    /// Snapshots at which a node, region, account or profile could not be read.
    #[must_use]
    pub fn incomplete_snapshots(&self) -> u64 {
        let snapshots = self.trend.snapshots.iter();
        let incomplete = snapshots.filter(|of| of.total.unread > 0 || of.total.unread_scopes > 0);
        incomplete.count() as u64
    }

    fn counts(&self) -> Note {
        let snapshots = &self.trend.snapshots;
        let span = match (snapshots.first(), snapshots.last()) {
            (Some(first), Some(last)) if first != last => {
                format!(
                    " from {} to {}",
                    first.snapshot.started, last.snapshot.started
                )
            }
            (Some(only), _) => format!(" of {}", only.snapshot.started),
            _ => String::new(),
        };
        Note::counts(format!(
            "{}{span}; {} read",
            count(snapshots.len() as u64, "snapshot"),
            count(self.manifests_read, "manifest")
        ))
    }

    /// What could not be read, and at how many snapshots.
    fn unread_notes(&self) -> Vec<Note> {
        let all: Vec<&TrendUnread> = self.trend.unread().collect();
        let shown = all.iter().take(MAX_UNREAD_NOTES).map(|unread| {
            let times = count(unread.snapshots, "snapshot");
            let text = format!("unread at {times}, the last of {}", unread.last);
            Note::new(NoteKind::Run, NoteLevel::Warning, text)
                .with_ids([&unread.scope])
                .with_reason(&*unread.cause.text)
        });
        let mut notes: Vec<Note> = shown.collect();
        if let Some(rest) = all.len().checked_sub(MAX_UNREAD_NOTES + 1) {
            let rest = rest as u64 + 1;
            let text = format!("unread: {} more", count(rest, "region or account"));
            notes.push(Note::new(NoteKind::Run, NoteLevel::Warning, text));
        }
        let snapshots = self.trend.snapshots.iter();
        let with_unread = snapshots.filter(|of| of.total.unread > 0).count() as u64;
        if with_unread > 0 {
            let times = count(with_unread, "snapshot");
            let text = format!("nodes could not be read at {times}: they are not compliant");
            notes.push(Note::new(NoteKind::Run, NoteLevel::Warning, text));
        }
        notes
    }
}

impl Footer for TrendFooter {
    fn is_complete(&self) -> bool {
        self.not_read == 0 && self.incomplete_snapshots() == 0
    }

    fn is_nothing_read(&self) -> bool {
        let mut snapshots = self.trend.snapshots.iter();
        snapshots.all(|of| {
            let total = &of.total;
            total.nodes == total.unread && total.unread + total.unread_scopes > 0
        })
    }

    fn notes(&self) -> Vec<Note> {
        let mut all = vec![self.counts()];
        if self.unchanged > 0 {
            let text = format!(
                "no row for {} that adds nothing: newer or wider runs have its locations",
                count(self.unchanged, "snapshot")
            );
            all.push(Note::info(text).into_detail());
        }
        if self.not_read > 0 {
            let text = format!("{} not read", count(self.not_read, "snapshot"));
            all.push(Note::warning(text));
        }
        all.extend(self.newest.discovery_notes());
        all.extend(self.unread_notes());
        let missing = self.missing_columns.iter();
        all.extend(missing.map(|((columns, reason), snapshots)| {
            let times = count(*snapshots, "snapshot");
            let text = format!("{columns} unknown at {times}: {reason}");
            Note::new(NoteKind::Run, NoteLevel::Warning, text)
        }));
        all
    }
}
