//! The fleet by groups: what nodes have in common, and how each group stands. Pure;
//! memory grows with the groups, not with the nodes.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::record::{InfoLevel, NodeInfo, PATCH_GROUP_TAGS, Subject, is_same_word};
use crate::report::StateRow;

pub use crate::report::{GroupKey, NodeGroup};

/// What nodes are grouped by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NodeGrouping {
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
const TAG_PREFIX: &str = "tag:";

impl NodeGrouping {
    /// All but tags, of which there are as many as are typed.
    pub const BUILT_IN: [Self; 6] = [
        Self::PatchGroup,
        Self::Platform,
        Self::Region,
        Self::Account,
        Self::Baseline,
        Self::Verdict,
    ];

    /// What has to be fetched of nodes beside their patch states.
    #[must_use]
    pub const fn info_level(&self) -> Option<InfoLevel> {
        match self {
            Self::Platform => Some(InfoLevel::Basic),
            Self::Tag(_) => Some(InfoLevel::Tags),
            Self::PatchGroup | Self::Region | Self::Account | Self::Baseline | Self::Verdict => {
                None
            }
        }
    }

    /// What the row has in common with others. `scratch` is where a value is put
    /// together that no record holds as it is.
    fn group_value<'a>(&self, row: &'a StateRow, scratch: &'a mut String) -> GroupValue<'a> {
        let node = match &row.subject {
            Subject::Node(node) => node,
            // Its place is known, and no node in it.
            Subject::Scope(_) => return self.account_or_region(row).unwrap_or(GroupValue::Unread),
        };
        let info = node.info.as_deref();
        match self {
            Self::PatchGroup => match row.state().and_then(|state| state.patch_group.as_deref()) {
                Some("") => GroupValue::None,
                Some(group) => GroupValue::Named(group),
                None => tag_value(info, &PATCH_GROUP_TAGS),
            },
            Self::Platform => {
                info.map_or(GroupValue::Unknown, |info| platform_value(info, scratch))
            }
            Self::Baseline => {
                let id = row.state().and_then(|state| state.baseline_id.as_deref());
                id.filter(|id| !id.is_empty())
                    .map_or(GroupValue::Unknown, GroupValue::Named)
            }
            Self::Verdict => GroupValue::Named(row.judgement.verdict.as_str()),
            Self::Tag(key) => tag_value(info, &[&**key]),
            Self::Region | Self::Account => {
                self.account_or_region(row).unwrap_or(GroupValue::Unknown)
            }
        }
    }

    fn account_or_region<'a>(&self, row: &'a StateRow) -> Option<GroupValue<'a>> {
        match self {
            Self::Region => row.subject.region(),
            Self::Account => row.subject.account(),
            _ => None,
        }
        .map(GroupValue::Named)
    }
}

/// What a row has in common with others, where it stands.
#[derive(Clone, Copy)]
enum GroupValue<'a> {
    Named(&'a str),
    None,
    Unknown,
    Unread,
}

impl GroupValue<'_> {
    fn matches(self, key: &GroupKey) -> bool {
        match (self, key) {
            (Self::Named(value), GroupKey::Named(known)) => *value == **known,
            (Self::None, GroupKey::None)
            | (Self::Unknown, GroupKey::Unknown)
            | (Self::Unread, GroupKey::Unread) => true,
            _ => false,
        }
    }

    fn to_key(self) -> GroupKey {
        match self {
            Self::Named(value) => GroupKey::Named(value.into()),
            Self::None => GroupKey::None,
            Self::Unknown => GroupKey::Unknown,
            Self::Unread => GroupKey::Unread,
        }
    }
}

/// The value of the first of these tags; that there is none is known only where
/// the node's tags were told.
fn tag_value<'a>(info: Option<&'a NodeInfo>, keys: &[&str]) -> GroupValue<'a> {
    let Some(info) = info else {
        return GroupValue::Unknown;
    };
    let value = keys.iter().find_map(|key| info.tags.get(key));
    match value {
        Some(value) => GroupValue::Named(value),
        None if info.has_all_tags => GroupValue::None,
        None => GroupValue::Unknown,
    }
}

/// `Ubuntu 24.04`, `Windows Server 2022 Datacenter`; of a node that only EC2
/// tells of, no more than `Linux`.
fn platform_value<'a>(info: &'a NodeInfo, scratch: &'a mut String) -> GroupValue<'a> {
    match info.platform_label() {
        None => GroupValue::Unknown,
        Some((name, None)) => GroupValue::Named(name),
        Some((name, Some(version))) => {
            scratch.clear();
            scratch.extend([name, " ", version]);
            GroupValue::Named(scratch)
        }
    }
}

impl FromStr for NodeGrouping {
    type Err = String;

    /// Case, `_`, `-` and white space do not matter, except in the key of a tag.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some(by) = Self::BUILT_IN
            .into_iter()
            .find(|by| is_same_word(&by.to_string(), text))
        {
            return Ok(by);
        }
        let is_tag = |start: &str| start.eq_ignore_ascii_case(TAG_PREFIX);
        match text.get(..TAG_PREFIX.len()).filter(|start| is_tag(start)) {
            Some(_) if text.len() > TAG_PREFIX.len() => {
                Ok(Self::Tag(text[TAG_PREFIX.len()..].into()))
            }
            Some(_) => Err("which tag? write tag:KEY, such as tag:Team".to_owned()),
            None => Err(format!("nodes cannot be grouped by {text:?}")),
        }
    }
}

impl fmt::Display for NodeGrouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatchGroup => f.pad("patch-group"),
            Self::Platform => f.pad("platform"),
            Self::Region => f.pad("region"),
            Self::Account => f.pad("account"),
            Self::Baseline => f.pad("baseline"),
            Self::Verdict => f.pad("verdict"),
            Self::Tag(key) => write!(f, "{TAG_PREFIX}{key}"),
        }
    }
}

/// One or two groupings: the nodes of a group have both in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeGroupings {
    pub first: NodeGrouping,
    pub second: Option<NodeGrouping>,
}

impl NodeGroupings {
    /// What has to be fetched of nodes beside their patch states.
    #[must_use]
    pub fn info_level(&self) -> Option<InfoLevel> {
        let second = self.second.as_ref().and_then(NodeGrouping::info_level);
        self.first.info_level().max(second)
    }
}

impl From<NodeGrouping> for NodeGroupings {
    fn from(first: NodeGrouping) -> Self {
        Self {
            first,
            second: None,
        }
    }
}

impl fmt::Display for NodeGroupings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.second {
            Some(second) => write!(f, "{},{second}", self.first),
            None => self.first.fmt(f),
        }
    }
}

/// The values of one grouping, and where each is among them.
#[derive(Debug)]
struct KeyIndex {
    grouping: NodeGrouping,
    keys: Vec<GroupKey>,
    index_by_value: HashMap<Box<str>, usize>,
    /// Where the value of the last row is: the next one is often the same.
    last_index: usize,
    scratch: String,
}

impl KeyIndex {
    fn new(grouping: NodeGrouping) -> Self {
        Self {
            grouping,
            keys: Vec::new(),
            index_by_value: HashMap::new(),
            last_index: 0,
            scratch: String::new(),
        }
    }

    /// Where the row's value is. Allocates only for one that is new.
    fn index(&mut self, row: &StateRow) -> usize {
        let found = self.grouping.group_value(row, &mut self.scratch);
        let is_last = self.keys.get(self.last_index);
        if !is_last.is_some_and(|key| found.matches(key)) {
            let known = match found {
                GroupValue::Named(value) => self.index_by_value.get(value).copied(),
                // There are at most three of those.
                _ => self.keys.iter().position(|key| found.matches(key)),
            };
            self.last_index = if let Some(at) = known {
                at
            } else {
                let key = found.to_key();
                self.index_of_key(&key)
            };
        }
        self.last_index
    }

    /// Where a value is, which may be one of another index.
    fn index_of_key(&mut self, key: &GroupKey) -> usize {
        let known = match key {
            GroupKey::Named(value) => self.index_by_value.get(value).copied(),
            _ => self.keys.iter().position(|known| known == key),
        };
        known.unwrap_or_else(|| {
            let at = self.keys.len();
            if let GroupKey::Named(value) = key {
                self.index_by_value.insert(value.clone(), at);
            }
            self.keys.push(key.clone());
            at
        })
    }
}

/// Rows added up by group. The order they come in changes nothing.
#[derive(Debug)]
pub struct Summary {
    grouping_name: Arc<str>,
    first: KeyIndex,
    second: Option<KeyIndex>,
    groups: Vec<NodeGroup>,
    /// Where the group of two values is.
    index_by_pair: HashMap<(usize, usize), usize>,
}

impl Summary {
    #[must_use]
    pub fn new(groupings: NodeGroupings) -> Self {
        Self {
            grouping_name: groupings.to_string().into(),
            first: KeyIndex::new(groupings.first),
            second: groupings.second.map(KeyIndex::new),
            groups: Vec::new(),
            index_by_pair: HashMap::new(),
        }
    }

    /// One more row. Allocates only for a group that is new.
    pub fn add_row(&mut self, row: &StateRow) {
        let first = self.first.index(row);
        let second = self.second.as_mut().map(|keys| keys.index(row));
        let at = self.group_index(first, second);
        self.groups[at].add_row(row);
    }

    /// The rows of another one with the same groupings, which come after these.
    pub fn merge(&mut self, other: &Self) {
        for group in &other.groups {
            let first = self.first.index_of_key(&group.key);
            let second = self.second.as_mut().zip(group.second_key.as_ref());
            let second = second.map(|(keys, key)| keys.index_of_key(key));
            let at = self.group_index(first, second);
            self.groups[at].merge(group);
        }
    }

    /// Where the group of these values is; it may be new.
    fn group_index(&mut self, first: usize, second: Option<usize>) -> usize {
        let at = match second {
            None => first,
            Some(second) => {
                let new = self.groups.len();
                *self.index_by_pair.entry((first, second)).or_insert(new)
            }
        };
        if at == self.groups.len() {
            let second_key = self.second.as_ref().zip(second);
            self.groups.push(NodeGroup {
                second_key: second_key.map(|(keys, at)| keys.keys[at].clone()),
                ..NodeGroup::new(&self.grouping_name, self.first.keys[first].clone())
            });
        }
        at
    }

    /// Everything that was counted, as one group.
    #[must_use]
    pub fn total(&self) -> NodeGroup {
        merge_groups(&self.grouping_name, GroupKey::Total, &self.groups)
    }

    /// The groups, the worst first.
    #[must_use]
    pub fn into_groups(self) -> Vec<NodeGroup> {
        let mut groups = self.groups;
        groups.sort_by(NodeGroup::cmp_worst_first);
        groups
    }
}

/// At most so many groups: where there are more, the last ones as one, so that
/// they still add up to all.
#[must_use]
pub fn limit_groups(mut groups: Vec<NodeGroup>, most: usize) -> Vec<NodeGroup> {
    if groups.len() <= most || most == 0 {
        return groups;
    }
    let rest = groups.split_off(most - 1);
    let key = GroupKey::Rest(rest.len() as u64);
    let rest = merge_groups(&rest[0].grouping_name, key, &rest);
    groups.push(rest);
    groups
}

fn merge_groups(by: &Arc<str>, key: GroupKey, groups: &[NodeGroup]) -> NodeGroup {
    let mut all = NodeGroup::new(by, key);
    for group in groups {
        all.merge(group);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::verdict::{Verdict, VerdictOptions};
    use crate::duration::MaxAge;
    use crate::record::{
        AccountRegion, Cause, InfoField, Node, NodeOrigin as How, NodeState, Outcome, Scope,
    };
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    fn verdict_options() -> VerdictOptions {
        VerdictOptions {
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            max_age: MaxAge::default(),
            wants_reasons: true,
        }
    }

    fn cause() -> Cause {
        Cause {
            code: "Denied".into(),
            text: "denied".into(),
        }
    }

    fn all_ways() -> Vec<NodeGrouping> {
        let mut all = NodeGrouping::BUILT_IN.to_vec();
        all.push(NodeGrouping::Tag("Team".into()));
        all
    }

    fn word() -> impl Strategy<Value = Option<Box<str>>> {
        proptest::option::of("|web|db|\\(none\\)").prop_map(|word| word.map(Into::into))
    }

    fn facts() -> impl Strategy<Value = Option<NodeInfo>> {
        let info = (word(), word(), word(), word(), any::<bool>());
        let info = info.prop_map(|(kind, name, version, team, told)| {
            let mut info = NodeInfo::of([
                (InfoField::PlatformType, kind.as_deref()),
                (InfoField::PlatformName, name.as_deref()),
                (InfoField::PlatformVersion, version.as_deref()),
            ]);
            info.tags = team.into_iter().map(|team| ("Team", team)).collect();
            info.has_all_tags = told;
            info
        });
        proptest::option::of(info)
    }

    fn outcome() -> impl Strategy<Value = Outcome<NodeState>> {
        let count = || proptest::option::of(prop_oneof![3 => Just(0u64), 1 => 0u64..9]);
        let counts = (count(), count(), count(), count(), count());
        let days = proptest::option::of(0i64..15);
        let state = (word(), word(), counts, days);
        let state = state.prop_map(|(group, baseline, counts, days)| NodeState {
            patch_group: group,
            baseline_id: baseline,
            missing: counts.0,
            failed: counts.1,
            installed_rejected: counts.2,
            installed_pending_reboot: counts.3,
            available_security_update: counts.4,
            operation_end: days
                .map(|days| verdict_options().now - SignedDuration::from_hours(24 * days)),
            ..NodeState::default()
        });
        prop_oneof![
            6 => state.prop_map(Outcome::Answered),
            1 => Just(Outcome::NoData),
            1 => Just(Outcome::Unread(cause())),
        ]
    }

    fn row() -> impl Strategy<Value = StateRow> {
        let account = || proptest::option::of("[12]");
        let node = ("|eu|us", account(), facts(), outcome());
        let node = node.prop_map(|(region, account, facts, outcome)| {
            let node = Node {
                id: "i-1".into(),
                location: Arc::new(AccountRegion {
                    region: region.into(),
                    account: account.map(Into::into),
                    account_name: None,
                }),
                origin: How::Managed,
                no_data: crate::record::NoDataCause::Managed,
                association: None,
                info: facts.map(Arc::new),
            };
            StateRow::new(node, outcome, &verdict_options())
        });
        let scope = (proptest::option::of("eu|us"), account());
        let scope = scope.prop_map(|(region, account)| {
            let scope = Scope {
                region: region.map(Into::into),
                account: account.map(Into::into),
                ..Scope::default()
            };
            StateRow::for_unread_scope(scope, cause(), &verdict_options())
        });
        prop_oneof![9 => node, 1 => scope]
    }

    fn summed(by: NodeGrouping, rows: &[StateRow]) -> Summary {
        let mut summary = Summary::new(by.into());
        for row in rows {
            summary.add_row(row);
        }
        summary
    }

    /// Adds up one counter of the rows, apart from how groups do it.
    fn flat(rows: &[StateRow], get: fn(&NodeState) -> Option<u64>) -> (Option<u64>, u64) {
        let told: Vec<Option<u64>> = rows.iter().filter_map(StateRow::state).map(get).collect();
        let known: Vec<u64> = told.iter().copied().flatten().collect();
        let sum = (!known.is_empty()).then(|| known.iter().sum());
        (sum, (told.len() - known.len()) as u64)
    }

    proptest! {
        #[test]
        fn every_view_adds_up_to_the_flat_rows(rows in proptest::collection::vec(row(), 0..16)) {
            for by in all_ways() {
                let summary = summed(by, &rows);
                let total = summary.total();
                let groups = summary.into_groups();
                let sum = |get: fn(&NodeGroup) -> u64| groups.iter().map(get).sum::<u64>();
                let nodes: Vec<&StateRow> = rows.iter().filter(|row| row.subject.id().is_some()).collect();
                let with = |verdict| nodes.iter().filter(|row| row.judgement.verdict == verdict).count() as u64;
                prop_assert_eq!(sum(|g| g.nodes), nodes.len() as u64);
                prop_assert_eq!(sum(|g| g.unread_scopes), (rows.len() - nodes.len()) as u64);
                prop_assert_eq!(sum(|g| g.compliant), with(Verdict::Compliant));
                prop_assert_eq!(sum(|g| g.non_compliant), with(Verdict::NonCompliant));
                prop_assert_eq!(sum(|g| g.stale), with(Verdict::Stale));
                prop_assert_eq!(sum(|g| g.no_data), with(Verdict::NoData));
                prop_assert_eq!(sum(|g| g.unread), with(Verdict::Unread));
                for group in groups.iter().chain([&total]) {
                    prop_assert_eq!(group.status_counts().iter().sum::<u64>(), group.nodes);
                }
                let too = nodes.iter().filter(|row| row.judgement.is_stale).count() as u64;
                prop_assert_eq!(total.stale + total.also_stale, too);
                for (sum, get) in [
                    (total.missing, (|s| s.missing) as fn(&NodeState) -> Option<u64>),
                    (total.failed, |s| s.failed),
                    (total.rejected, |s| s.installed_rejected),
                    (total.pending_reboot, |s| s.installed_pending_reboot),
                    (total.unapproved, |s| s.available_security_update),
                ] {
                    prop_assert_eq!((sum.value(), sum.unreported), flat(&rows, get));
                }
                let states = || rows.iter().filter_map(StateRow::state);
                prop_assert_eq!(total.missing_nodes, states().filter(|s| s.missing > Some(0)).count() as u64);
                prop_assert_eq!(total.reboot_nodes, states().filter(|s| s.installed_pending_reboot > Some(0)).count() as u64);
                prop_assert_eq!(total.oldest_scan, states().filter_map(|s| s.operation_end).min());
                prop_assert_eq!(total.oldest_age, rows.iter().filter_map(|row| row.judgement.scan_age).max());
                prop_assert_eq!(total.undated, states().filter(|s| s.operation_end.is_none()).count() as u64);
            }
        }

        #[test]
        fn every_row_is_counted_where_it_belongs(rows in proptest::collection::vec(row(), 0..16)) {
            type Of = fn(&StateRow) -> Option<&str>;
            let ways: [(NodeGrouping, Of); 3] = [
                (NodeGrouping::Region, |row| row.subject.region()),
                (NodeGrouping::Account, |row| row.subject.account()),
                (NodeGrouping::Verdict, |row| row.subject.id().map(|_| row.judgement.verdict.as_str())),
            ];
            for (by, of) in ways {
                let mut expected: std::collections::BTreeMap<GroupKey, u64> = std::collections::BTreeMap::new();
                for row in &rows {
                    let nameless = if row.subject.id().is_some() { GroupKey::Unknown } else { GroupKey::Unread };
                    let key = of(row).map_or(nameless, |value| GroupKey::Named(value.into()));
                    *expected.entry(key).or_default() += 1;
                }
                let groups = summed(by, &rows).into_groups();
                let found = groups.into_iter().map(|group| (group.key, group.nodes + group.unread_scopes));
                prop_assert_eq!(found.collect::<std::collections::BTreeMap<_, _>>(), expected);
            }
        }

        #[test]
        fn the_order_of_rows_changes_nothing(rows in proptest::collection::vec(row(), 0..16), at in 0usize..16) {
            let mut turned = rows.clone();
            turned.reverse();
            turned.rotate_left(at.min(rows.len()));
            for by in all_ways() {
                let (one, other) = (summed(by.clone(), &rows), summed(by, &turned));
                prop_assert_eq!(one.total(), other.total());
                prop_assert_eq!(one.into_groups(), other.into_groups());
            }
        }

        #[test]
        fn every_group_is_there_once_and_folding_loses_nothing(
            rows in proptest::collection::vec(row(), 0..16), most in 1usize..6,
        ) {
            for by in all_ways() {
                let summary = summed(by, &rows);
                let total = summary.total();
                let groups = summary.into_groups();
                let mut keys: Vec<&GroupKey> = groups.iter().map(|group| &group.key).collect();
                keys.sort();
                keys.dedup();
                prop_assert_eq!(keys.len(), groups.len());
                let folded = limit_groups(groups, most);
                prop_assert!(folded.len() <= most);
                prop_assert_eq!(merge_groups(&total.grouping_name, GroupKey::Total, &folded), total);
            }
        }

        #[test]
        fn a_share_is_never_rounded_up_to_all(compliant in 0u64..u64::MAX / 2, more in 0u64..1_000_000) {
            let group = NodeGroup { nodes: compliant + more, compliant, ..NodeGroup::new(&"region".into(), GroupKey::Total) };
            match group.compliant_tenths() {
                None => prop_assert_eq!(compliant + more, 0),
                Some(tenths) => {
                    prop_assert_eq!(tenths == 1000, more == 0);
                    prop_assert!(u128::from(tenths) * u128::from(group.nodes) <= u128::from(compliant) * 1000);
                }
            }
        }

        #[test]
        fn groups_that_differ_are_shown_differently(one in "[()\"a ]{0,5}|\\(none\\)", other in "[()\"a ]{0,5}|\\(unknown\\)") {
            let mut keys = vec![GroupKey::None, GroupKey::Unknown, GroupKey::Unread, GroupKey::Total, GroupKey::Rest(1), GroupKey::Rest(2)];
            keys.extend([one.as_str(), other.as_str()].map(|value| GroupKey::Named(value.into())));
            keys.sort();
            keys.dedup();
            let mut labels: Vec<String> = keys.iter().map(|key| key.label().into_owned()).collect();
            labels.sort();
            labels.dedup();
            prop_assert_eq!(labels.len(), keys.len());
        }

        #[test]
        fn what_nodes_are_grouped_by_is_read_as_it_is_told(key in "[A-Za-z:/ =]{1,12}[a-z]") {
            for by in NodeGrouping::BUILT_IN.into_iter().chain([NodeGrouping::Tag(key.into())]) {
                prop_assert_eq!(by.to_string().parse::<NodeGrouping>(), Ok(by));
            }
        }
    }

    /// The keys that a node with these facts and this patch group is found under.
    fn keys(facts: Option<NodeInfo>, group: Option<&str>) -> Vec<GroupKey> {
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        let node = Node {
            info: facts.map(Arc::new),
            ..Node::requested("i-1", &location)
        };
        let state = group.map(|group| NodeState {
            patch_group: Some(group.into()),
            ..NodeState::default()
        });
        let outcome = state.map_or(Outcome::NoData, Outcome::Answered);
        let row = StateRow::new(node, outcome, &verdict_options());
        let ways = [
            NodeGrouping::PatchGroup,
            NodeGrouping::Platform,
            NodeGrouping::Tag("Team".into()),
        ];
        ways.map(|by| {
            summed(by, std::slice::from_ref(&row)).into_groups()[0]
                .key
                .clone()
        })
        .into()
    }

    fn named(value: &str) -> GroupKey {
        GroupKey::Named(value.into())
    }

    #[test]
    fn none_unknown_and_empty_are_three_groups() {
        let facts = |tags: &[(&str, &str)], tags_told| {
            let mut info = NodeInfo::default().with_all_tags(tags.iter().copied());
            info.has_all_tags = tags_told;
            info
        };
        assert_eq!(
            keys(None, Some("")),
            [GroupKey::None, GroupKey::Unknown, GroupKey::Unknown]
        );
        assert_eq!(
            keys(Some(facts(&[], false)), None),
            [GroupKey::Unknown, GroupKey::Unknown, GroupKey::Unknown]
        );
        assert_eq!(
            keys(Some(facts(&[("team", "x")], true)), None),
            [GroupKey::None, GroupKey::Unknown, GroupKey::None],
            "tags are told apart by case"
        );
        let tags = [("PatchGroup", "web"), ("Team", "")];
        assert_eq!(
            keys(Some(facts(&tags, true)), None),
            [named("web"), GroupKey::Unknown, named("")]
        );
        assert_eq!(
            keys(Some(facts(&tags, true)), Some("db"))[0],
            named("db"),
            "the last scan outranks the tag"
        );
    }

    #[test]
    fn platforms_have_their_version_in_one_name() {
        let platform = |kind: &str, name: &str, version: &str| {
            let info = NodeInfo::of([
                (InfoField::PlatformType, Some(kind)),
                (InfoField::PlatformName, Some(name)),
                (InfoField::PlatformVersion, Some(version)),
            ]);
            keys(Some(info), None)[1].clone()
        };
        let windows = "Microsoft Windows Server 2022 Datacenter";
        let shown = named("Windows Server 2022 Datacenter");
        assert_eq!(platform("Windows", windows, "10.0.20348"), shown);
        assert_eq!(platform("", windows, "10.0.20348"), shown);
        assert_eq!(platform("Linux", "Ubuntu", "24.04"), named("Ubuntu 24.04"));
        assert_eq!(platform("Linux", "SLES", ""), named("SLES"));
        assert_eq!(platform("Linux", "", ""), named("Linux"));
        assert_eq!(platform("", "", ""), GroupKey::Unknown);
    }

    #[test]
    fn the_worst_group_comes_first_and_what_could_not_be_read_before_it() {
        let group = |key: &str, nodes, compliant| NodeGroup {
            nodes,
            compliant,
            ..NodeGroup::new(&"region".into(), named(key))
        };
        let mut groups = [
            group("good", 9, 9),
            group("b", 2, 1),
            group("a", 2, 1),
            group("half of many", 40, 20),
            group("unread", 0, 0),
            group("nearly", 1_000_000, 999_999),
            group("worst", 3, 0),
        ];
        groups.sort_by(NodeGroup::cmp_worst_first);
        let order: Vec<&str> = groups
            .iter()
            .filter_map(|group| group.key.value())
            .collect();
        assert_eq!(
            order,
            [
                "unread",
                "worst",
                "half of many",
                "a",
                "b",
                "nearly",
                "good"
            ]
        );
        assert_eq!(groups[5].compliant_tenths(), Some(999), "not 100.0");
    }

    #[test]
    fn a_scan_dated_in_the_future_has_no_age_and_is_not_hidden() {
        let ahead: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        let state = NodeState {
            operation_end: Some(ahead),
            ..NodeState::default()
        };
        let outcome = Outcome::Answered(state);
        let row = StateRow::new(
            Node::requested("i-1", &location),
            outcome,
            &verdict_options(),
        );
        let total = summed(NodeGrouping::Region, &[row]).total();
        assert_eq!((total.oldest_scan, total.oldest_age), (Some(ahead), None));
    }
}
