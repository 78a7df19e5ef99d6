//! The fleet by groups: who has what in common, and how each group stands.
//!
//! Pure, and holds one entry for each group, however many nodes pass through.
//! Must not know where rows come from, nor how groups are printed.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::record::{Facts, Needs, Subject, same_word};
use crate::report::StateRow;

pub use crate::report::{Group, Key, Sum};

/// What nodes are grouped by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum By {
    /// The patch group of the last scan; of a node without a record, that of its
    /// tag where its tags are known.
    #[default]
    PatchGroup,
    /// The operating system: of Windows its name, which holds the version; of
    /// others name and version.
    Platform,
    Region,
    Account,
    /// The patch baseline of the last scan.
    Baseline,
    Verdict,
    /// The value of the tag with this key.
    Tag(Box<str>),
}

/// How a tag is written; the rest is its key.
const TAG: &str = "tag:";

/// The two tags that put a node into a patch group. Source: Systems Manager
/// user guide, "Patch groups".
const GROUP_TAGS: [&str; 2] = ["Patch Group", "PatchGroup"];

/// What the names of Windows start with; in a column of them, it says nothing.
const VENDOR: &str = "Microsoft ";

impl By {
    /// All but tags, of which there are as many as are typed.
    pub const PLAIN: [Self; 6] = [
        Self::PatchGroup,
        Self::Platform,
        Self::Region,
        Self::Account,
        Self::Baseline,
        Self::Verdict,
    ];

    /// What has to be fetched of nodes beside their patch states.
    #[must_use]
    pub const fn needs(&self) -> Option<Needs> {
        match self {
            Self::Platform => Some(Needs::Facts),
            Self::Tag(_) => Some(Needs::Tags),
            Self::PatchGroup | Self::Region | Self::Account | Self::Baseline | Self::Verdict => {
                None
            }
        }
    }

    /// What the row has in common with others. `scratch` is where a value is put
    /// together that no record holds as it is.
    fn key<'a>(&self, row: &'a StateRow, scratch: &'a mut String) -> Found<'a> {
        let node = match &row.subject {
            Subject::Node(node) => node,
            // Its place is known, and no node in it.
            Subject::Scope(_) => return self.of_place(row).unwrap_or(Found::Unread),
        };
        let facts = node.facts.as_deref();
        match self {
            Self::PatchGroup => match row.state().and_then(|state| state.patch_group.as_deref()) {
                Some("") => Found::None,
                Some(group) => Found::Named(group),
                None => tagged(facts, &GROUP_TAGS),
            },
            Self::Platform => facts.map_or(Found::Unknown, |facts| platform(facts, scratch)),
            Self::Baseline => {
                let id = row.state().and_then(|state| state.baseline_id.as_deref());
                id.filter(|id| !id.is_empty())
                    .map_or(Found::Unknown, Found::Named)
            }
            Self::Verdict => Found::Named(row.judgement.verdict.as_str()),
            Self::Tag(key) => tagged(facts, &[&**key]),
            Self::Region | Self::Account => self.of_place(row).unwrap_or(Found::Unknown),
        }
    }

    fn of_place<'a>(&self, row: &'a StateRow) -> Option<Found<'a>> {
        match self {
            Self::Region => row.region(),
            Self::Account => row.account(),
            _ => None,
        }
        .map(Found::Named)
    }
}

/// What a row has in common with others, where it stands.
#[derive(Clone, Copy)]
enum Found<'a> {
    Named(&'a str),
    None,
    Unknown,
    Unread,
}

impl Found<'_> {
    fn is(self, key: &Key) -> bool {
        match (self, key) {
            (Self::Named(value), Key::Named(known)) => *value == **known,
            (Self::None, Key::None)
            | (Self::Unknown, Key::Unknown)
            | (Self::Unread, Key::Unread) => true,
            _ => false,
        }
    }

    fn to_key(self) -> Key {
        match self {
            Self::Named(value) => Key::Named(value.into()),
            Self::None => Key::None,
            Self::Unknown => Key::Unknown,
            Self::Unread => Key::Unread,
        }
    }
}

/// The value of the first of these tags; that there is none is known only where
/// the node's tags were told.
fn tagged<'a>(facts: Option<&'a Facts>, keys: &[&str]) -> Found<'a> {
    let Some(facts) = facts else {
        return Found::Unknown;
    };
    let value = keys.iter().find_map(|key| facts.tags.get(*key));
    match value {
        Some(value) => Found::Named(value),
        None if facts.tags_told => Found::None,
        None => Found::Unknown,
    }
}

/// `Ubuntu 24.04`, `Windows Server 2022 Datacenter`; of a node that only EC2
/// tells of, no more than `Linux`.
fn platform<'a>(facts: &'a Facts, scratch: &'a mut String) -> Found<'a> {
    let kind = facts.platform_type.as_deref();
    let Some(name) = facts.platform_name.as_deref() else {
        return kind.map_or(Found::Unknown, Found::Named);
    };
    let bare = name.strip_prefix(VENDOR).unwrap_or(name);
    let is_windows = kind.map_or(bare.starts_with("Windows"), |kind| kind == "Windows");
    match facts.platform_version.as_deref() {
        Some(version) if !is_windows => {
            scratch.clear();
            scratch.extend([bare, " ", version]);
            Found::Named(scratch)
        }
        _ => Found::Named(bare),
    }
}

impl FromStr for By {
    type Err = String;

    /// Case, `_`, `-` and white space do not matter, except in the key of a tag.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(by) = Self::PLAIN
            .into_iter()
            .find(|by| same_word(&by.to_string(), text))
        {
            return Ok(by);
        }
        let is_tag = |start: &str| start.eq_ignore_ascii_case(TAG);
        match text.get(..TAG.len()).filter(|start| is_tag(start)) {
            Some(_) if text.len() > TAG.len() => Ok(Self::Tag(text[TAG.len()..].into())),
            Some(_) => Err("which tag? write tag:KEY, such as tag:Team".to_owned()),
            None => Err(format!("nodes cannot be grouped by {text:?}")),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatchGroup => f.pad("patch-group"),
            Self::Platform => f.pad("platform"),
            Self::Region => f.pad("region"),
            Self::Account => f.pad("account"),
            Self::Baseline => f.pad("baseline"),
            Self::Verdict => f.pad("verdict"),
            Self::Tag(key) => write!(f, "{TAG}{key}"),
        }
    }
}

/// Rows added up by group. The order they come in changes nothing.
#[derive(Debug)]
pub struct Summary {
    by: By,
    name: Arc<str>,
    groups: Vec<Group>,
    /// Where the group of each value stands.
    named: HashMap<Box<str>, usize>,
    /// Where those stand that have no value: none, unknown, unread.
    nameless: [Option<usize>; 3],
    /// Where the group of the last row stands: the next one is often of it, too.
    last: usize,
    scratch: String,
}

impl Summary {
    #[must_use]
    pub fn new(by: By) -> Self {
        Self {
            name: by.to_string().into(),
            by,
            groups: Vec::new(),
            named: HashMap::new(),
            nameless: [None; 3],
            last: 0,
            scratch: String::new(),
        }
    }

    /// One more row. Allocates only for a group that is new.
    pub fn count(&mut self, row: &StateRow) {
        let found = self.by.key(row, &mut self.scratch);
        let is_last = self.groups.get(self.last);
        if !is_last.is_some_and(|group| found.is(&group.key)) {
            let known = match found {
                Found::Named(value) => self.named.get(value).copied(),
                Found::None => self.nameless[0],
                Found::Unknown => self.nameless[1],
                Found::Unread => self.nameless[2],
            };
            self.last = known.unwrap_or_else(|| {
                let at = self.groups.len();
                match found {
                    Found::Named(value) => {
                        self.named.insert(value.into(), at);
                    }
                    Found::None => self.nameless[0] = Some(at),
                    Found::Unknown => self.nameless[1] = Some(at),
                    Found::Unread => self.nameless[2] = Some(at),
                }
                self.groups.push(Group::new(&self.name, found.to_key()));
                at
            });
        }
        self.groups[self.last].count(row);
    }

    /// Everything that was counted, as one group.
    #[must_use]
    pub fn total(&self) -> Group {
        added(&self.name, Key::Total, &self.groups)
    }

    /// The groups, the worst first.
    #[must_use]
    pub fn groups(self) -> Vec<Group> {
        let mut groups = self.groups;
        groups.sort_by(Group::worst_first);
        groups
    }
}

/// At most so many groups: where there are more, the last ones as one, so that
/// they still add up to all.
#[must_use]
pub fn folded(mut groups: Vec<Group>, most: usize) -> Vec<Group> {
    if groups.len() <= most || most == 0 {
        return groups;
    }
    let rest = groups.split_off(most - 1);
    let key = Key::Rest(rest.len() as u64);
    let rest = added(&rest[0].by, key, &rest);
    groups.push(rest);
    groups
}

fn added(by: &Arc<str>, key: Key, groups: &[Group]) -> Group {
    let mut all = Group::new(by, key);
    for group in groups {
        all.add(group);
    }
    all
}
