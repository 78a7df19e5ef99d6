//! Waivers: accepted findings, each with a reason and an expiry date.
//!
//! Pure but for `Waivers::read`, and independent of how findings are made or shown:
//! it says which waiver covers a finding, so that a waiver can never add one.

mod file;
mod pattern;
mod remark;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

pub use self::remark::{RemarkKind, WaiverRemark};
use crate::record::{Node, PATCH_GROUP_TAGS, Patch};

use crate::gate::waiver::pattern::{CvePattern, KbPattern, Pattern, TagPattern};

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

/// One waiver, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The file and the line it starts on: `waivers.toml:12`.
    pub label: String,
    pub reason: String,
    pub owner: Option<String>,
    pub expires: Expiry,
}

/// The last moment at which a waiver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Through the end of this day in UTC.
    EndOfDay(Date),
    /// Through this moment.
    At(Timestamp),
}

impl Expiry {
    /// Is that over?
    #[must_use]
    pub fn is_expired(self, now: Timestamp) -> bool {
        match self {
            Self::EndOfDay(day) => Offset::UTC.to_datetime(now).date() > day,
            Self::At(moment) => now > moment,
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfDay(day) => day.fmt(f),
            Self::At(moment) => moment.fmt(f),
        }
    }
}

/// A node that has a finding, or whose patch is one.
#[derive(Debug, Clone, Copy)]
pub struct WaiverSubject<'a> {
    /// Its tags and its account are looked up here. Where they are not known,
    /// no waiver by `tag` or `account` covers it.
    pub node: &'a Node,
    /// The patch group of its last scan; where there is none, that of its tags
    /// counts.
    pub patch_group: Option<&'a str>,
}

impl<'a> WaiverSubject<'a> {
    fn tag(&self, key: &str) -> Option<&'a str> {
        self.node.info.as_ref()?.tags.get(key).map(|value| &**value)
    }

    fn effective_patch_group(&self) -> Option<&'a str> {
        self.patch_group
            .filter(|group| !group.is_empty())
            .or_else(|| PATCH_GROUP_TAGS.iter().find_map(|key| self.tag(key)))
    }
}

/// What a waiver names. Kinds are AND, the values of one kind OR; an empty kind
/// asks nothing.
#[derive(Debug, Clone, Default)]
struct WaiverMatcher {
    kb_patterns: Vec<KbPattern>,
    cve_patterns: Vec<CvePattern>,
    node_patterns: Vec<Pattern>,
    tag_patterns: Vec<TagPattern>,
    patch_group_patterns: Vec<Pattern>,
    account_ids: Vec<Box<str>>,
}

impl WaiverMatcher {
    fn names_patches(&self) -> bool {
        !(self.kb_patterns.is_empty() && self.cve_patterns.is_empty())
    }

    /// Does it name this node, by what it says of nodes?
    fn matches_node(&self, who: &WaiverSubject<'_>) -> bool {
        let any = |patterns: &[Pattern], text: Option<&str>| {
            patterns.is_empty()
                || text.is_some_and(|text| patterns.iter().any(|pattern| pattern.matches(text)))
        };
        let account = who.node.location.account.as_ref();
        any(&self.node_patterns, Some(&who.node.id))
            && (self.account_ids.is_empty()
                || account.is_some_and(|id| self.account_ids.iter().any(|named| **named == **id)))
            && (self.tag_patterns.is_empty()
                || self.tag_patterns.iter().any(|tag| {
                    who.tag(&tag.key)
                        .is_some_and(|value| tag.value.matches(value))
                }))
            && (self.patch_group_patterns.is_empty()
                || any(&self.patch_group_patterns, who.effective_patch_group()))
    }

    fn matches_kb(&self, patch: &Patch) -> bool {
        let kb = patch.kb_id.as_deref();
        self.kb_patterns.is_empty()
            || kb.is_some_and(|kb| self.kb_patterns.iter().any(|named| named.matches(kb)))
    }
}

/// A waiver, what it names, and what it came to.
#[derive(Debug, Clone)]
struct WaiverEntry {
    waiver: Arc<Waiver>,
    matcher: WaiverMatcher,
    match_counts: WaiverMatchCounts,
}

/// The findings that a waiver covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct WaiverMatchCounts {
    /// Waived by it, alone or with others.
    waived: u64,
    /// Not waived, but they would be if what has expired were still valid.
    expired: u64,
    /// Not waived: they fix CVEs too that no waiver names.
    partial: u64,
}

/// How far a waiver covers one patch on one node.
enum WaiverCoverage {
    Full,
    /// The CVEs of the patch that it names, by their place in the list.
    Partial(Vec<usize>),
}

/// Do these cover a patch with so many CVE ids together?
fn is_covered<'a>(reaches: impl Iterator<Item = &'a WaiverCoverage>, cves: usize) -> bool {
    let mut named = vec![false; cves];
    for reach in reaches {
        match reach {
            WaiverCoverage::Full => return true,
            WaiverCoverage::Partial(of) => of.iter().for_each(|at| named[*at] = true),
        }
    }
    cves > 0 && !named.contains(&false)
}

impl Waivers {
    /// Reads a file of waivers, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be read, or for the first thing in it that is wrong, with
    /// its file, line and column.
    pub fn read(path: &Path) -> Result<Self> {
        file::read(path)
    }

    /// Reads the text of a file of this name.
    ///
    /// # Errors
    /// For the first thing in it that is wrong, with its file, line and column
    /// (from 1, in characters).
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        file::parse(name, text)
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
