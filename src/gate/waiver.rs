//! Waivers: findings that somebody answers for until a day, and why.
//!
//! Pure but for `Waivers::read`. Knows which waivers cover a finding, and what
//! each came to. Must not know how findings are judged or shown: it says who
//! waives one, and nothing else, so that a waiver can never add a finding.

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

pub use self::remark::{Remark, WaiverRemark};
use crate::record::{Node, Patch};

use crate::gate::waiver::pattern::{Cve, Kb, Pattern, Tagged};

/// The tags that put a node into a patch group. Source: Systems Manager user
/// guide, "Patch groups".
const GROUP_TAGS: [&str; 2] = ["Patch Group", "PatchGroup"];

/// The waivers of a file, in its order, and what each came to so far.
///
/// A finding is a node, or one patch on one node, that a gate would count. A
/// waiver has matched when it covered a finding: ask about findings alone, and
/// about each of them once. What is `UNREAD` is no finding that could be
/// waived, and must not be asked about: nobody knows what it would hide.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    all: Vec<Entry>,
}

/// One waiver, as people know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The file and the line it starts on: `waivers.toml:12`.
    pub label: String,
    pub reason: String,
    pub owner: Option<String>,
    pub expires: Expires,
}

/// The last moment at which a waiver holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    /// Through the end of this day in UTC.
    EndOf(Date),
    /// Through this moment.
    At(Timestamp),
}

impl Expires {
    /// Is that over?
    #[must_use]
    pub fn is_past(self, now: Timestamp) -> bool {
        match self {
            Self::EndOf(day) => Offset::UTC.to_datetime(now).date() > day,
            Self::At(moment) => now > moment,
        }
    }
}

impl fmt::Display for Expires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOf(day) => day.fmt(f),
            Self::At(moment) => moment.fmt(f),
        }
    }
}

/// A node that has a finding, or whose patch is one.
#[derive(Debug, Clone, Copy)]
pub struct Who<'a> {
    /// Its tags and its account are looked up here. Where they are not known,
    /// no waiver by `tag` or `account` covers it.
    pub node: &'a Node,
    /// The patch group of its last scan; where there is none, that of its tags
    /// counts.
    pub patch_group: Option<&'a str>,
}

impl<'a> Who<'a> {
    fn tag(&self, key: &str) -> Option<&'a str> {
        self.node
            .facts
            .as_ref()?
            .tags
            .get(key)
            .map(|value| &**value)
    }

    fn group(&self) -> Option<&'a str> {
        self.patch_group
            .filter(|group| !group.is_empty())
            .or_else(|| GROUP_TAGS.iter().find_map(|key| self.tag(key)))
    }
}

/// What a waiver names. Kinds are AND, the values of one kind OR; an empty kind
/// asks nothing.
#[derive(Debug, Clone, Default)]
struct Named {
    kbs: Vec<Kb>,
    cves: Vec<Cve>,
    nodes: Vec<Pattern>,
    tags: Vec<Tagged>,
    groups: Vec<Pattern>,
    accounts: Vec<Box<str>>,
}

impl Named {
    fn is_of_patches(&self) -> bool {
        !(self.kbs.is_empty() && self.cves.is_empty())
    }

    /// Does it name this node, by what it says of nodes?
    fn has_node(&self, who: &Who<'_>) -> bool {
        let any = |patterns: &[Pattern], text: Option<&str>| {
            patterns.is_empty()
                || text.is_some_and(|text| patterns.iter().any(|pattern| pattern.matches(text)))
        };
        let account = who.node.place.account.as_ref();
        any(&self.nodes, Some(&who.node.id))
            && (self.accounts.is_empty()
                || account.is_some_and(|id| self.accounts.iter().any(|named| **named == **id)))
            && (self.tags.is_empty()
                || self.tags.iter().any(|tag| {
                    who.tag(&tag.key)
                        .is_some_and(|value| tag.value.matches(value))
                }))
            && (self.groups.is_empty() || any(&self.groups, who.group()))
    }

    fn has_kb(&self, patch: &Patch) -> bool {
        let kb = patch.kb_id.as_deref();
        self.kbs.is_empty() || kb.is_some_and(|kb| self.kbs.iter().any(|named| named.matches(kb)))
    }
}

/// A waiver, what it names, and what it came to.
#[derive(Debug, Clone)]
struct Entry {
    waiver: Arc<Waiver>,
    named: Named,
    tally: Tally,
}

/// The findings that a waiver covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    /// Waived by it, alone or with others.
    waived: u64,
    /// Waived by nobody; they would be if what has expired still held.
    lapsed: u64,
    /// Waived by nobody: they fix CVEs too that no waiver names.
    in_part: u64,
}

/// How far a waiver covers one patch on one node.
enum Reach {
    Whole,
    /// The CVEs of the patch that it names, by their place in the list.
    Part(Vec<usize>),
}

/// Do these cover a patch with so many CVE ids together?
fn is_covered<'a>(reaches: impl Iterator<Item = &'a Reach>, cves: usize) -> bool {
    let mut named = vec![false; cves];
    for reach in reaches {
        match reach {
            Reach::Whole => return true,
            Reach::Part(of) => of.iter().for_each(|at| named[*at] = true),
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
        self.all.is_empty()
    }

    /// Does any name patches, so that their rows have to be read?
    #[must_use]
    pub fn of_patches(&self) -> bool {
        self.all.iter().any(|entry| entry.named.is_of_patches())
    }

    /// Does any hang on tags? Also one by patch group does: a node that was
    /// never scanned has its group from a tag alone.
    #[must_use]
    pub fn needs_tags(&self) -> bool {
        self.all
            .iter()
            .any(|entry| !(entry.named.tags.is_empty() && entry.named.groups.is_empty()))
    }

    /// The first active waiver that covers the whole node; none with `kb` or
    /// `cve` does. Notes which waivers matched, also expired ones.
    ///
    /// Rows of a node that is waived may still be asked about, so that waivers
    /// of patches are seen to match.
    pub fn node(&mut self, who: &Who<'_>, now: Timestamp) -> Option<Arc<Waiver>> {
        let matching = |entry: &Entry| !entry.named.is_of_patches() && entry.named.has_node(who);
        let waiver = self
            .all
            .iter()
            .filter(|entry| !entry.is_past(now))
            .find(|entry| matching(entry))
            .map(|entry| entry.waiver.clone());
        for entry in &mut self.all {
            if !matching(entry) {
                continue;
            }
            if !entry.is_past(now) {
                entry.tally.waived += 1;
            } else if waiver.is_none() {
                entry.tally.lapsed += 1;
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
    pub fn patch(&mut self, who: &Who<'_>, patch: &Patch, now: Timestamp) -> Option<Arc<Waiver>> {
        let cves: Vec<&str> = patch.cves.iter().collect();
        let reaching: Vec<(usize, Reach)> = self
            .all
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, entry.reach(who, patch, &cves)?)))
            .collect();
        let is_with_expired = is_covered(reaching.iter().map(|(_, reach)| reach), cves.len());
        let active: Vec<&(usize, Reach)> = reaching
            .iter()
            .filter(|(at, _)| !self.all[*at].is_past(now))
            .collect();
        let is_waived = is_covered(active.iter().map(|(_, reach)| reach), cves.len());
        let first = active
            .iter()
            .find(|(_, reach)| matches!(reach, Reach::Whole))
            .or(active.first())
            .filter(|_| is_waived);
        let waiver = first.map(|(at, _)| self.all[*at].waiver.clone());
        for (at, _) in &reaching {
            let is_past = self.all[*at].is_past(now);
            let tally = &mut self.all[*at].tally;
            match (is_waived, is_past) {
                (true, false) => tally.waived += 1,
                (true, true) => {}
                (false, true) if is_with_expired => tally.lapsed += 1,
                (false, _) => tally.in_part += 1,
            }
        }
        waiver
    }

    /// What to say of waivers that did not do what they were written for, in
    /// the order of the file. To be asked when all findings were.
    #[must_use]
    pub fn remarks(&self, now: Timestamp) -> Vec<WaiverRemark> {
        self.all
            .iter()
            .filter_map(|entry| {
                Some(WaiverRemark {
                    waiver: entry.waiver.clone(),
                    remark: entry.remark(now)?,
                })
            })
            .collect()
    }
}

impl Entry {
    fn is_past(&self, now: Timestamp) -> bool {
        self.waiver.expires.is_past(now)
    }

    /// How far it covers this patch; `None`: not at all.
    fn reach(&self, who: &Who<'_>, patch: &Patch, cves: &[&str]) -> Option<Reach> {
        let named = &self.named;
        if !(named.is_of_patches() && named.has_kb(patch)) {
            return None;
        }
        let of: Vec<usize> = (0..cves.len())
            .filter(|at| named.cves.iter().any(|pattern| pattern.matches(cves[*at])))
            .collect();
        let is_whole = named.cves.is_empty() || (!cves.is_empty() && of.len() == cves.len());
        if (!is_whole && of.is_empty()) || !named.has_node(who) {
            return None;
        }
        Some(if is_whole {
            Reach::Whole
        } else {
            Reach::Part(of)
        })
    }

    fn remark(&self, now: Timestamp) -> Option<Remark> {
        if self.is_past(now) {
            return Some(Remark::Expired {
                findings: self.tally.lapsed,
            });
        }
        match self.tally {
            Tally { waived: 1.., .. } => None,
            Tally {
                in_part: findings @ 1..,
                ..
            } => Some(Remark::InPart { findings }),
            Tally { .. } => Some(Remark::Unmatched),
        }
    }
}

#[cfg(test)]
mod tests;
