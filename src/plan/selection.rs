//! The selection of nodes: criteria on names, tags, patch groups, platforms and ping
//! status, and their opposites. Pure.
//!
//! A source may let a service apply a part of it, which only saves calls: what it found
//! is decided here.

mod platform;
mod vocabulary;

use crate::glob::Glob;
use crate::record::{InfoField, InfoLevel, NodeInfo, NodeState, PATCH_GROUP_TAGS, is_same_word};

pub use self::platform::PlatformFilter;
pub use self::vocabulary::NodeVocabulary;

/// Criteria of nodes, in addition to listed ids. Values of one kind are OR, tags and
/// kinds are AND.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    /// Every managed node, listed or not.
    pub all: bool,
    /// Is a selection of no node an answer?
    pub allows_empty: bool,
    /// Only nodes with one of these names.
    pub names: Vec<Glob>,
    /// Only nodes with all of these.
    pub tags: Vec<TagFilter>,
    /// Only nodes of one of these.
    pub patch_groups: Vec<String>,
    /// Only nodes of one of these.
    pub platforms: Vec<PlatformFilter>,
    /// Only nodes with one of these.
    pub ping_statuses: Vec<PingStatus>,
    pub excludes: Excludes,
}

/// Criteria that leave a node out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excludes {
    pub ids: Vec<Glob>,
    pub names: Vec<Glob>,
    pub tags: Vec<TagFilter>,
    pub platforms: Vec<PlatformFilter>,
}

/// A tag of a node, to the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    pub key: String,
    /// One of these values; empty: the node has the tag.
    pub values: Vec<Glob>,
}

/// Whether the agent of a node responds, and the stopped EC2 instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingStatus {
    Online,
    ConnectionLost,
    Inactive,
    Stopped,
}

impl PingStatus {
    pub const ALL: [Self; 4] = [
        Self::Online,
        Self::ConnectionLost,
        Self::Inactive,
        Self::Stopped,
    ];

    /// The word that is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::ConnectionLost => "connection-lost",
            Self::Inactive => "inactive",
            Self::Stopped => "stopped",
        }
    }
}

/// What is known of one node.
#[derive(Debug, Clone, Copy)]
pub struct NodeFacts<'a> {
    pub id: &'a str,
    pub info: Option<&'a NodeInfo>,
    /// `None`: its record is not known. A node without a record has the default one.
    pub state: Option<&'a NodeState>,
}

/// A criterion of a selector, by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeProperty {
    Name,
    Tags,
    PatchGroup,
    Platform,
    PingStatus,
}

impl NodeProperty {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Tags => "tag",
            Self::PatchGroup => "patch group",
            Self::Platform => "platform",
            Self::PingStatus => "ping status",
        }
    }
}

impl Selector {
    /// Whether it narrows the selection by more than ids.
    #[must_use]
    pub fn has_criteria(&self) -> bool {
        self.has_positive_criteria()
            || !(self.excludes.names.is_empty()
                && self.excludes.tags.is_empty()
                && self.excludes.platforms.is_empty())
    }

    /// Whether it selects whole patch groups.
    #[must_use]
    pub fn selects_whole_groups(&self) -> bool {
        let without_groups = Self {
            patch_groups: Vec::new(),
            ..self.clone()
        };
        self.needs_discovery() && !without_groups.has_positive_criteria() && !self.has_exclusions()
    }

    /// Whether it leaves nodes out, by whatever.
    #[must_use]
    pub fn has_exclusions(&self) -> bool {
        self.excludes != Excludes::default()
    }

    /// Whether nodes must have something to be selected.
    #[must_use]
    pub fn has_positive_criteria(&self) -> bool {
        !(self.names.is_empty()
            && self.tags.is_empty()
            && self.patch_groups.is_empty()
            && self.platforms.is_empty()
            && self.ping_statuses.is_empty())
    }

    /// Whether it depends on tags which nodes are selected.
    #[must_use]
    pub fn uses_tags(&self) -> bool {
        !(self.tags.is_empty() && self.patch_groups.is_empty() && self.excludes.tags.is_empty())
    }

    /// Whether nodes or their properties must be discovered first.
    #[must_use]
    pub fn needs_discovery(&self) -> bool {
        self.all || self.has_criteria()
    }

    /// Whether the node is selected, the listed ids apart; `None` if what is known of it
    /// does not decide.
    #[must_use]
    pub fn matches(&self, node: &NodeFacts<'_>) -> Option<bool> {
        all_of([self.fits(node), not(self.excludes(node))])
    }

    /// Whether the node fits, whatever is excluded.
    #[must_use]
    pub fn fits(&self, node: &NodeFacts<'_>) -> Option<bool> {
        let tags = self.tags.iter().map(|tag| tag.matches(node.info));
        let others = [
            has_any(&self.names, |name| has_name(node, name)),
            self.has_patch_group(node),
            has_any(&self.platforms, |platform| platform.matches(node.info)),
            has_any(&self.ping_statuses, |ping| has_ping_status(node, *ping)),
        ];
        all_of(tags.chain(others))
    }

    /// Whether the node is excluded.
    #[must_use]
    pub fn excludes(&self, node: &NodeFacts<'_>) -> Option<bool> {
        let excludes = &self.excludes;
        let names = excludes.names.iter().map(|name| has_name(node, name));
        let tags = excludes.tags.iter().map(|tag| tag.matches(node.info));
        let platforms = excludes.platforms.iter();
        let platforms = platforms.map(|platform| platform.matches(node.info));
        any_of(
            [Some(self.excludes_id(node.id))]
                .into_iter()
                .chain(names)
                .chain(tags)
                .chain(platforms),
        )
    }

    /// Whether the node with this id is excluded by it.
    #[must_use]
    pub fn excludes_id(&self, id: &str) -> bool {
        self.excludes.ids.iter().any(|glob| glob.matches(id))
    }

    /// What has to be known of the node to decide, if anything.
    #[must_use]
    pub fn undecided_property(&self, node: &NodeFacts<'_>) -> Option<NodeProperty> {
        let excludes = &self.excludes;
        let tags = self.tags.iter().chain(&excludes.tags);
        let platforms = &excludes.platforms;
        let parts = [
            (
                NodeProperty::Name,
                has_any(&self.names, |name| has_name(node, name)),
            ),
            (
                NodeProperty::Name,
                any_of(excludes.names.iter().map(|name| has_name(node, name))),
            ),
            (
                NodeProperty::Tags,
                all_of(tags.map(|tag| tag.matches(node.info).map(|_| true))),
            ),
            (NodeProperty::PatchGroup, self.has_patch_group(node)),
            (
                NodeProperty::Platform,
                has_any(&self.platforms, |of| of.matches(node.info)),
            ),
            (
                NodeProperty::Platform,
                any_of(platforms.iter().map(|of| of.matches(node.info))),
            ),
            (
                NodeProperty::PingStatus,
                has_any(&self.ping_statuses, |ping| has_ping_status(node, *ping)),
            ),
        ];
        let unknown = parts.into_iter().find(|(_, part)| part.is_none());
        unknown.map(|(property, _)| property)
    }

    /// What must be known of nodes to decide, beyond what lists of nodes contain.
    #[must_use]
    pub fn info_level(&self) -> Option<InfoLevel> {
        let excludes = &self.excludes;
        let needs_tags = !excludes.tags.is_empty() || !self.tags.iter().all(TagFilter::is_exact);
        let needs_names = !(self.names.is_empty() && excludes.names.is_empty());
        // No list of the members of a patch group contains these.
        let is_about_info = !self.platforms.is_empty()
            || !self.ping_statuses.is_empty()
            || !excludes.platforms.is_empty();
        let needs_info = is_about_info && !self.patch_groups.is_empty();
        if needs_tags {
            Some(InfoLevel::Tags)
        } else {
            (needs_names || needs_info).then_some(InfoLevel::Names)
        }
    }

    /// The platform types for a filter of the service, if every requested platform
    /// is a type.
    #[must_use]
    pub fn platform_types(&self) -> Option<Vec<&'static str>> {
        if self.platforms.is_empty() {
            return None;
        }
        self.platforms
            .iter()
            .map(PlatformFilter::platform_type)
            .collect()
    }

    /// Whether a tag or the last scan puts the node into one of the patch groups.
    fn has_patch_group(&self, node: &NodeFacts<'_>) -> Option<bool> {
        if self.patch_groups.is_empty() {
            return Some(true);
        }
        let is_asked = |group: &str| self.patch_groups.iter().any(|asked| asked == group);
        let of_tags = PATCH_GROUP_TAGS.map(|key| has_tag(node.info, key, is_asked));
        let group = |state: &NodeState| state.patch_group.as_deref().is_some_and(is_asked);
        any_of(of_tags.into_iter().chain([node.state.map(group)]))
    }
}

impl TagFilter {
    /// Whether every value is one word, so that a filter of a service decides.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| value.as_exact().is_some())
    }

    fn matches(&self, info: Option<&NodeInfo>) -> Option<bool> {
        has_tag(info, &self.key, |value| {
            self.values.is_empty() || self.values.iter().any(|glob| glob.matches(value))
        })
    }
}

/// Whether the EC2 tag `Name`, the name of the activation or the computer name matches.
fn has_name(node: &NodeFacts<'_>, glob: &Glob) -> Option<bool> {
    let info = node.info?;
    let names = [InfoField::Name, InfoField::ComputerName].map(|field| info.get(field));
    if names.into_iter().flatten().any(|name| glob.matches(name)) {
        return Some(true);
    }
    // Systems Manager has the name of a hybrid node; only the tags that of an instance.
    let is_name_known =
        info.get(InfoField::Name).is_some() || info.has_all_tags || node.id.starts_with("mi-");
    is_name_known.then_some(false)
}

fn has_ping_status(node: &NodeFacts<'_>, ping: PingStatus) -> Option<bool> {
    let status = node.info?.get(InfoField::PingStatus)?;
    Some(is_same_word(status, ping.as_str()))
}

/// Whether the node has this tag with such a value; `None` if the tag is unknown.
fn has_tag(info: Option<&NodeInfo>, key: &str, fits: impl Fn(&str) -> bool) -> Option<bool> {
    let info = info?;
    match info.tags.get(key) {
        Some(value) => Some(fits(value)),
        None => info.has_all_tags.then_some(false),
    }
}

/// Whether one of the criteria holds, if there are any.
fn has_any<T>(criteria: &[T], holds: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    if criteria.is_empty() {
        return Some(true);
    }
    any_of(criteria.iter().map(holds))
}

fn not(part: Option<bool>) -> Option<bool> {
    part.map(|is| !is)
}

/// False if one is, else unknown if one is.
fn all_of(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    not(any_of(parts.into_iter().map(not)))
}

/// True if one is, else unknown if one is.
fn any_of(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut any = Some(false);
    for part in parts {
        match part {
            Some(true) => return part,
            Some(false) => {}
            None => any = None,
        }
    }
    any
}
