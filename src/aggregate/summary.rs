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

pub use crate::report::{Group, Key};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compliance::verdict::{Verdict, Yardstick};
    use crate::duration::MaxAge;
    use crate::record::{Found as How, Node, NodeState, Outcome, Place, Scope, Why};
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    fn yardstick() -> Yardstick {
        Yardstick {
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
            max_age: MaxAge::default(),
            explains: true,
        }
    }

    fn why() -> Why {
        Why {
            code: "Denied".into(),
            text: "denied".into(),
        }
    }

    fn all_ways() -> Vec<By> {
        let mut all = By::PLAIN.to_vec();
        all.push(By::Tag("Team".into()));
        all
    }

    fn word() -> impl Strategy<Value = Option<Box<str>>> {
        proptest::option::of("|web|db|\\(none\\)").prop_map(|word| word.map(Into::into))
    }

    fn facts() -> impl Strategy<Value = Option<Facts>> {
        let facts = (word(), word(), word(), word(), any::<bool>());
        let facts = facts.prop_map(|(kind, name, version, team, told)| Facts {
            platform_type: kind,
            platform_name: name,
            platform_version: version,
            tags: team.into_iter().map(|team| ("Team".into(), team)).collect(),
            tags_told: told,
            ..Facts::default()
        });
        proptest::option::of(facts)
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
            operation_end: days.map(|days| yardstick().now - SignedDuration::from_hours(24 * days)),
            ..NodeState::default()
        });
        prop_oneof![
            6 => state.prop_map(Outcome::Answered),
            1 => Just(Outcome::NoData),
            1 => Just(Outcome::Unread(why())),
        ]
    }

    fn row() -> impl Strategy<Value = StateRow> {
        let account = || proptest::option::of("[12]");
        let node = ("|eu|us", account(), facts(), outcome());
        let node = node.prop_map(|(region, account, facts, outcome)| {
            let node = Node {
                id: "i-1".into(),
                place: Arc::new(Place {
                    region: region.into(),
                    account: account.map(Into::into),
                }),
                found: How::Managed,
                facts: facts.map(Arc::new),
            };
            StateRow::new(node, outcome, &yardstick())
        });
        let scope = (proptest::option::of("eu|us"), account());
        let scope = scope.prop_map(|(region, account)| {
            let scope = Scope {
                region: region.map(Into::into),
                account: account.map(Into::into),
                profile: None,
            };
            StateRow::unread(scope, why(), &yardstick())
        });
        prop_oneof![9 => node, 1 => scope]
    }

    fn summed(by: By, rows: &[StateRow]) -> Summary {
        let mut summary = Summary::new(by);
        for row in rows {
            summary.count(row);
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
                let groups = summary.groups();
                let sum = |get: fn(&Group) -> u64| groups.iter().map(get).sum::<u64>();
                let nodes: Vec<&StateRow> = rows.iter().filter(|row| row.id().is_some()).collect();
                let with = |verdict| nodes.iter().filter(|row| row.judgement.verdict == verdict).count() as u64;
                prop_assert_eq!(sum(|g| g.nodes), nodes.len() as u64);
                prop_assert_eq!(sum(|g| g.unread_scopes), (rows.len() - nodes.len()) as u64);
                prop_assert_eq!(sum(|g| g.compliant), with(Verdict::Compliant));
                prop_assert_eq!(sum(|g| g.non_compliant), with(Verdict::NonCompliant));
                prop_assert_eq!(sum(|g| g.stale), with(Verdict::Stale));
                prop_assert_eq!(sum(|g| g.no_data), with(Verdict::NoData));
                prop_assert_eq!(sum(|g| g.unread), with(Verdict::Unread));
                for group in groups.iter().chain([&total]) {
                    prop_assert_eq!(group.parts().iter().sum::<u64>(), group.nodes);
                }
                let too = nodes.iter().filter(|row| row.judgement.is_stale).count() as u64;
                prop_assert_eq!(total.stale + total.stale_too, too);
                for (sum, get) in [
                    (total.missing, (|s| s.missing) as fn(&NodeState) -> Option<u64>),
                    (total.failed, |s| s.failed),
                    (total.rejected, |s| s.installed_rejected),
                    (total.pending_reboot, |s| s.installed_pending_reboot),
                    (total.unapproved, |s| s.available_security_update),
                ] {
                    prop_assert_eq!((sum.known(), sum.unreported), flat(&rows, get));
                }
                let states = || rows.iter().filter_map(StateRow::state);
                prop_assert_eq!(total.missing_nodes, states().filter(|s| s.missing > Some(0)).count() as u64);
                prop_assert_eq!(total.reboot_nodes, states().filter(|s| s.installed_pending_reboot > Some(0)).count() as u64);
                prop_assert_eq!(total.oldest_scan, states().filter_map(|s| s.operation_end).min());
                prop_assert_eq!(total.oldest_age, rows.iter().filter_map(|row| row.judgement.age).max());
                prop_assert_eq!(total.undated, states().filter(|s| s.operation_end.is_none()).count() as u64);
            }
        }

        #[test]
        fn every_row_is_counted_where_it_belongs(rows in proptest::collection::vec(row(), 0..16)) {
            type Of = fn(&StateRow) -> Option<&str>;
            let ways: [(By, Of); 3] = [
                (By::Region, StateRow::region),
                (By::Account, StateRow::account),
                (By::Verdict, |row| row.id().map(|_| row.judgement.verdict.as_str())),
            ];
            for (by, of) in ways {
                let mut expected: std::collections::BTreeMap<Key, u64> = std::collections::BTreeMap::new();
                for row in &rows {
                    let nameless = if row.id().is_some() { Key::Unknown } else { Key::Unread };
                    let key = of(row).map_or(nameless, |value| Key::Named(value.into()));
                    *expected.entry(key).or_default() += 1;
                }
                let groups = summed(by, &rows).groups();
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
                prop_assert_eq!(one.groups(), other.groups());
            }
        }

        #[test]
        fn every_group_is_there_once_and_folding_loses_nothing(
            rows in proptest::collection::vec(row(), 0..16), most in 1usize..6,
        ) {
            for by in all_ways() {
                let summary = summed(by, &rows);
                let total = summary.total();
                let groups = summary.groups();
                let mut keys: Vec<&Key> = groups.iter().map(|group| &group.key).collect();
                keys.sort();
                keys.dedup();
                prop_assert_eq!(keys.len(), groups.len());
                let folded = folded(groups, most);
                prop_assert!(folded.len() <= most);
                prop_assert_eq!(added(&total.by, Key::Total, &folded), total);
            }
        }

        #[test]
        fn a_share_is_never_rounded_up_to_all(compliant in 0u64..u64::MAX / 2, more in 0u64..1_000_000) {
            let group = Group { nodes: compliant + more, compliant, ..Group::new(&"region".into(), Key::Total) };
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
            let mut keys = vec![Key::None, Key::Unknown, Key::Unread, Key::Total, Key::Rest(1), Key::Rest(2)];
            keys.extend([one.as_str(), other.as_str()].map(|value| Key::Named(value.into())));
            keys.sort();
            keys.dedup();
            let mut labels: Vec<String> = keys.iter().map(|key| key.label().into_owned()).collect();
            labels.sort();
            labels.dedup();
            prop_assert_eq!(labels.len(), keys.len());
        }

        #[test]
        fn what_nodes_are_grouped_by_is_read_as_it_is_told(key in "[A-Za-z:/ =]{1,12}[a-z]") {
            for by in By::PLAIN.into_iter().chain([By::Tag(key.into())]) {
                prop_assert_eq!(by.to_string().parse::<By>(), Ok(by));
            }
        }
    }

    /// The keys that a node with these facts and this patch group is found under.
    fn keys(facts: Option<Facts>, group: Option<&str>) -> Vec<Key> {
        let place = Arc::new(Place {
            region: "eu-west-1".into(),
            account: None,
        });
        let node = Node {
            facts: facts.map(Arc::new),
            ..Node::asked("i-1", &place)
        };
        let state = group.map(|group| NodeState {
            patch_group: Some(group.into()),
            ..NodeState::default()
        });
        let outcome = state.map_or(Outcome::NoData, Outcome::Answered);
        let row = StateRow::new(node, outcome, &yardstick());
        let ways = [By::PatchGroup, By::Platform, By::Tag("Team".into())];
        ways.map(|by| {
            summed(by, std::slice::from_ref(&row)).groups()[0]
                .key
                .clone()
        })
        .into()
    }

    fn named(value: &str) -> Key {
        Key::Named(value.into())
    }

    #[test]
    fn none_unknown_and_empty_are_three_groups() {
        let facts = |tags: &[(&str, &str)], tags_told| Facts {
            tags: tags
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            tags_told,
            ..Facts::default()
        };
        assert_eq!(
            keys(None, Some("")),
            [Key::None, Key::Unknown, Key::Unknown]
        );
        assert_eq!(
            keys(Some(facts(&[], false)), None),
            [Key::Unknown, Key::Unknown, Key::Unknown]
        );
        assert_eq!(
            keys(Some(facts(&[("team", "x")], true)), None),
            [Key::None, Key::Unknown, Key::None],
            "tags are told apart by case"
        );
        let tags = [("PatchGroup", "web"), ("Team", "")];
        assert_eq!(
            keys(Some(facts(&tags, true)), None),
            [named("web"), Key::Unknown, named("")]
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
            let text = |text: &str| (!text.is_empty()).then(|| text.into());
            let facts = Facts {
                platform_type: text(kind),
                platform_name: text(name),
                platform_version: text(version),
                ..Facts::default()
            };
            keys(Some(facts), None)[1].clone()
        };
        let windows = "Microsoft Windows Server 2022 Datacenter";
        let shown = named("Windows Server 2022 Datacenter");
        assert_eq!(platform("Windows", windows, "10.0.20348"), shown);
        assert_eq!(platform("", windows, "10.0.20348"), shown);
        assert_eq!(platform("Linux", "Ubuntu", "24.04"), named("Ubuntu 24.04"));
        assert_eq!(platform("Linux", "SLES", ""), named("SLES"));
        assert_eq!(platform("Linux", "", ""), named("Linux"));
        assert_eq!(platform("", "", ""), Key::Unknown);
    }

    #[test]
    fn the_worst_group_comes_first_and_what_nobody_could_read_before_it() {
        let group = |key: &str, nodes, compliant| Group {
            nodes,
            compliant,
            ..Group::new(&"region".into(), named(key))
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
        groups.sort_by(Group::worst_first);
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
        let place = Arc::new(Place {
            region: "eu-west-1".into(),
            account: None,
        });
        let state = NodeState {
            operation_end: Some(ahead),
            ..NodeState::default()
        };
        let outcome = Outcome::Answered(state);
        let row = StateRow::new(Node::asked("i-1", &place), outcome, &yardstick());
        let total = summed(By::Region, &[row]).total();
        assert_eq!((total.oldest_scan, total.oldest_age), (Some(ahead), None));
    }
}
