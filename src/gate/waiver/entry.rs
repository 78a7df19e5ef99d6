//! One waiver: what it names, until when it is valid, and what it came to.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::gate::waiver::pattern::{CvePattern, KbPattern, TagPattern};
use crate::glob::Glob;
use crate::record::{Node, PATCH_GROUP_TAGS, Patch};

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
    pub(super) fn tag(&self, key: &str) -> Option<&'a str> {
        self.node.info.as_ref()?.tags.get(key)
    }

    pub(super) fn effective_patch_group(&self) -> Option<&'a str> {
        self.patch_group
            .filter(|group| !group.is_empty())
            .or_else(|| PATCH_GROUP_TAGS.iter().find_map(|key| self.tag(key)))
    }
}

/// What a waiver names. Kinds are AND, the values of one kind OR; an empty kind
/// asks nothing.
#[derive(Debug, Clone, Default)]
pub(super) struct WaiverMatcher {
    pub(super) kb_patterns: Vec<KbPattern>,
    pub(super) cve_patterns: Vec<CvePattern>,
    pub(super) node_patterns: Vec<Glob>,
    pub(super) tag_patterns: Vec<TagPattern>,
    pub(super) patch_group_patterns: Vec<Glob>,
    pub(super) account_ids: Vec<Box<str>>,
}

impl WaiverMatcher {
    pub(super) fn names_patches(&self) -> bool {
        !(self.kb_patterns.is_empty() && self.cve_patterns.is_empty())
    }

    /// Does it name this node, by what it says of nodes?
    pub(super) fn matches_node(&self, who: &WaiverSubject<'_>) -> bool {
        let any = |patterns: &[Glob], text: Option<&str>| {
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

    pub(super) fn matches_kb(&self, patch: &Patch) -> bool {
        let kb = patch.kb_id.as_deref();
        self.kb_patterns.is_empty()
            || kb.is_some_and(|kb| self.kb_patterns.iter().any(|named| named.matches(kb)))
    }
}

/// A waiver, what it names, and what it came to.
#[derive(Debug, Clone)]
pub(super) struct WaiverEntry {
    pub(super) waiver: Arc<Waiver>,
    pub(super) matcher: WaiverMatcher,
    pub(super) match_counts: WaiverMatchCounts,
}

/// The findings that a waiver covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WaiverMatchCounts {
    /// Waived by it, alone or with others.
    pub(super) waived: u64,
    /// Not waived, but they would be if what has expired were still valid.
    pub(super) expired: u64,
    /// Not waived: they fix CVEs too that no waiver names.
    pub(super) partial: u64,
}

/// How far a waiver covers one patch on one node.
pub(super) enum WaiverCoverage {
    Full,
    /// The CVEs of the patch that it names, by their place in the list.
    Partial(Vec<usize>),
}

/// Do these cover a patch with so many CVE ids together?
pub(super) fn is_covered<'a>(
    reaches: impl Iterator<Item = &'a WaiverCoverage>,
    cves: usize,
) -> bool {
    let mut named = vec![false; cves];
    for reach in reaches {
        match reach {
            WaiverCoverage::Full => return true,
            WaiverCoverage::Partial(of) => of.iter().for_each(|at| named[*at] = true),
        }
    }
    cves > 0 && !named.contains(&false)
}
