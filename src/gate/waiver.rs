//! Waivers: accepted findings, each with a reason and an expiry date.
//!
//! Pure but for `Waivers::read`, and independent of how findings are made or shown:
//! it says which waiver covers a finding, so that a waiver can never add one.

mod entry;
mod file;
mod pattern;
mod waiver_notes;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

pub use self::entry::{Expiry, Waiver, WaiverSubject};
pub use self::waiver_notes::{RemarkKind, WaiverRemark};
use crate::record::Patch;

use crate::gate::waiver::entry::{WaiverCoverage, WaiverEntry, WaiverMatchCounts, is_covered};

/// The waivers of a file, in its order, and what each came to so far.
///
/// A finding is a node, or one patch on one node, that a gate would count. A
/// waiver has matched when it covered a finding: ask about findings alone, and
/// about each of them once. What is `UNREAD` is no finding that could be
/// waived, and is never asked about: what it would hide is not known.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    entries: Vec<WaiverEntry>,
}

impl Waivers {
    /// Reads a file of waivers, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be read, or for the first thing in it that is wrong, with
    /// its file, line and column.
    pub fn read(path: &Path) -> Result<Self> {
        file::read(path).map(|entries| Self { entries })
    }

    /// Reads the text of a file of this name.
    ///
    /// # Errors
    /// For the first thing in it that is wrong, with its file, line and column
    /// (from 1, in characters).
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        file::parse(name, text).map(|entries| Self { entries })
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Does any name patches, so that their rows have to be read?
    #[must_use]
    pub fn has_patch_waivers(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.matcher.names_patches())
    }

    /// Does any hang on tags? Also one by patch group does: a node that was
    /// never scanned has its group from a tag alone.
    #[must_use]
    pub fn needs_tags(&self) -> bool {
        self.entries.iter().any(|entry| {
            !(entry.matcher.tag_patterns.is_empty()
                && entry.matcher.patch_group_patterns.is_empty())
        })
    }

    /// The first active waiver that covers the whole node; none with `kb` or
    /// `cve` does. Notes which waivers matched, also expired ones.
    ///
    /// Rows of a node that is waived may still be asked about, so that waivers
    /// of patches are seen to match.
    pub fn waive_node(&mut self, who: &WaiverSubject<'_>, now: Timestamp) -> Option<Arc<Waiver>> {
        let matching =
            |entry: &WaiverEntry| !entry.matcher.names_patches() && entry.matcher.matches_node(who);
        let waiver = self
            .entries
            .iter()
            .filter(|entry| !entry.is_expired(now))
            .find(|entry| matching(entry))
            .map(|entry| entry.waiver.clone());
        for entry in &mut self.entries {
            if !matching(entry) {
                continue;
            }
            if !entry.is_expired(now) {
                entry.match_counts.waived += 1;
            } else if waiver.is_none() {
                entry.match_counts.expired += 1;
            }
        }
        waiver
    }

    /// The active waiver that covers this patch on the node: the first that
    /// does so alone, or else the first of those that do together. None that
    /// names neither `kb` nor `cve` is looked at: `node` tells of those.
    ///
    /// By `cve` a patch is covered only if it has CVE ids and each is named: one
    /// that fixes another CVE too stays a finding. An empty list is no list of
    /// all CVEs, since the service leaves it out at times.
    pub fn waive_patch(
        &mut self,
        who: &WaiverSubject<'_>,
        patch: &Patch,
        now: Timestamp,
    ) -> Option<Arc<Waiver>> {
        let cves: Vec<&str> = patch.cves.iter().collect();
        let reaching: Vec<(usize, WaiverCoverage)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, entry.coverage(who, patch, &cves)?)))
            .collect();
        let is_with_expired = is_covered(reaching.iter().map(|(_, reach)| reach), cves.len());
        let active: Vec<&(usize, WaiverCoverage)> = reaching
            .iter()
            .filter(|(at, _)| !self.entries[*at].is_expired(now))
            .collect();
        let is_waived = is_covered(active.iter().map(|(_, reach)| reach), cves.len());
        let first = active
            .iter()
            .find(|(_, reach)| matches!(reach, WaiverCoverage::Full))
            .or(active.first())
            .filter(|_| is_waived);
        let waiver = first.map(|(at, _)| self.entries[*at].waiver.clone());
        for (at, _) in &reaching {
            let is_past = self.entries[*at].is_expired(now);
            let tally = &mut self.entries[*at].match_counts;
            match (is_waived, is_past) {
                (true, false) => tally.waived += 1,
                (true, true) => {}
                (false, true) if is_with_expired => tally.expired += 1,
                (false, _) => tally.partial += 1,
            }
        }
        waiver
    }

    /// What the same waivers came to for other findings.
    pub(super) fn add_matches(&mut self, other: &Self) {
        for (entry, more) in self.entries.iter_mut().zip(&other.entries) {
            entry.match_counts.waived += more.match_counts.waived;
            entry.match_counts.expired += more.match_counts.expired;
            entry.match_counts.partial += more.match_counts.partial;
        }
    }

    /// What to say of waivers that did not do what they were written for, in
    /// the order of the file. To be asked when all findings were.
    #[must_use]
    pub fn remarks(&self, now: Timestamp) -> Vec<WaiverRemark> {
        self.entries
            .iter()
            .filter_map(|entry| {
                Some(WaiverRemark {
                    waiver: entry.waiver.clone(),
                    kind: entry.remark(now)?,
                })
            })
            .collect()
    }
}

impl WaiverEntry {
    fn is_expired(&self, now: Timestamp) -> bool {
        self.waiver.expires.is_expired(now)
    }

    /// How far it covers this patch; `None`: not at all.
    fn coverage(
        &self,
        who: &WaiverSubject<'_>,
        patch: &Patch,
        cves: &[&str],
    ) -> Option<WaiverCoverage> {
        let named = &self.matcher;
        if !(named.names_patches() && named.matches_kb(patch)) {
            return None;
        }
        let of: Vec<usize> = (0..cves.len())
            .filter(|at| {
                named
                    .cve_patterns
                    .iter()
                    .any(|pattern| pattern.matches(cves[*at]))
            })
            .collect();
        let is_whole =
            named.cve_patterns.is_empty() || (!cves.is_empty() && of.len() == cves.len());
        if (!is_whole && of.is_empty()) || !named.matches_node(who) {
            return None;
        }
        Some(if is_whole {
            WaiverCoverage::Full
        } else {
            WaiverCoverage::Partial(of)
        })
    }

    fn remark(&self, now: Timestamp) -> Option<RemarkKind> {
        if self.is_expired(now) {
            return Some(RemarkKind::Expired {
                findings: self.match_counts.expired,
            });
        }
        match self.match_counts {
            WaiverMatchCounts { waived: 1.., .. } => None,
            WaiverMatchCounts {
                partial: findings @ 1..,
                ..
            } => Some(RemarkKind::Partial { findings }),
            WaiverMatchCounts { .. } => Some(RemarkKind::Unmatched),
        }
    }
}

#[cfg(test)]
mod tests;
