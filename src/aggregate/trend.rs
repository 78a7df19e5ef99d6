//! The fleet over time: how groups of nodes stood at each snapshot of a dataset. Pure;
//! memory grows with snapshots and groups, not with nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::summary::{GroupKey, NodeGroup, NodeGrouping, NodeGroupings, Summary};
use crate::compliance::verdict::{VerdictOptions, age_of_scan, same_judgement_span};
use crate::record::{Cause, Outcome, Scope, Subject};
use crate::report::StateRow;

/// The nodes of one snapshot, or of a part of it, added up. The order they come in changes
/// nothing.
#[derive(Debug)]
pub struct SnapshotSummary {
    summary: Summary,
    is_grouped: bool,
    unread: BTreeSet<(Scope, Box<str>, Box<str>)>,
    /// The moments at which each node is judged the same, in seconds since 1970.
    span: Range<i64>,
}

/// A snapshot of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// As it can be typed.
    pub name: Arc<str>,
    /// When its newest run started, in whole seconds.
    pub started: Timestamp,
    /// The time that ages are computed from.
    pub time: Timestamp,
    /// The runs that are combined.
    pub runs: u64,
}

/// A snapshot, with all its nodes as one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendSnapshot {
    pub snapshot: Snapshot,
    pub total: NodeGroup,
}

/// One group of nodes at one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendRow {
    pub snapshot: Snapshot,
    pub group: NodeGroup,
}

/// How a group stood at a snapshot, as far as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendPoint {
    pub nodes: u64,
    /// The share of compliant nodes in tenths of a percent; `None` without nodes.
    pub compliant_tenths: Option<u32>,
    /// Could all its nodes be read, as far as is known?
    pub is_complete: bool,
}

impl TrendPoint {
    #[must_use]
    pub fn new(group: &NodeGroup) -> Self {
        Self {
            nodes: group.nodes,
            compliant_tenths: group.compliant_tenths(),
            is_complete: group.unread == 0 && group.unread_scopes == 0,
        }
    }
}

/// What the nodes of a series have in common: the values of one or two groupings.
pub type SeriesKey = (GroupKey, Option<GroupKey>);

/// A region, account or profile that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrendUnread {
    pub scope: Scope,
    /// At how many snapshots.
    pub snapshots: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// Why, at the last one.
    pub cause: Cause,
}

/// Snapshots, oldest first, and how each group stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trend {
    /// What nodes are grouped by, as it is typed; empty where all are one group.
    pub grouping_name: Arc<str>,
    pub snapshots: Vec<TrendSnapshot>,
    /// Of each group as many points as there are snapshots; `None` where it had no nodes
    /// and nothing unread. None where all nodes are one group.
    series: BTreeMap<SeriesKey, Vec<Option<TrendPoint>>>,
    unread: BTreeMap<(Scope, Box<str>), TrendUnread>,
}

impl SnapshotSummary {
    /// Without groupings, all nodes are one group.
    #[must_use]
    pub fn new(by: Option<&NodeGroupings>) -> Self {
        let groupings = by.cloned();
        Self {
            // Any one does to add up all.
            summary: Summary::new(groupings.unwrap_or_else(|| NodeGrouping::Region.into())),
            is_grouped: by.is_some(),
            unread: BTreeSet::new(),
            span: i64::MIN..i64::MAX,
        }
    }

    /// The rows of another one with the same groupings.
    pub fn merge(&mut self, other: &Self) {
        self.summary.merge(&other.summary);
        self.unread.extend(other.unread.iter().cloned());
        self.narrow(&other.span);
    }

    fn narrow(&mut self, span: &Range<i64>) {
        self.span.start = self.span.start.max(span.start);
        self.span.end = self.span.end.min(span.end);
    }

    /// Would the same rows add up to the same at this moment? Ages of scans are computed when
    /// it is added to a trend.
    #[must_use]
    pub fn holds_at(&self, moment: Timestamp) -> bool {
        self.span.contains(&moment.as_second())
    }

    /// One more node, judged with these options, or a region, account or profile that could
    /// not be read.
    pub fn add_row(&mut self, row: &StateRow, options: &VerdictOptions) {
        self.summary.add_row(row);
        if let Some(state) = row.state() {
            self.narrow(&same_judgement_span(state, options));
        }
        if let (Subject::Scope(scope), Outcome::Unread(cause)) = (&row.subject, &row.outcome) {
            let unread = (scope.clone(), cause.code.clone(), cause.text.clone());
            self.unread.insert(unread);
        }
    }
}

impl Trend {
    #[must_use]
    pub fn new(by: Option<&NodeGroupings>) -> Self {
        Self {
            grouping_name: by.map(ToString::to_string).unwrap_or_default().into(),
            ..Self::default()
        }
    }

    /// Adds a snapshot, later than all before. Returns its rows: one for each group, by its
    /// key, or one of all nodes.
    pub fn add(
        &mut self,
        snapshot: Snapshot,
        nodes: SnapshotSummary,
    ) -> impl Iterator<Item = TrendRow> {
        // Its nodes may have been judged at another moment.
        let with_age = move |group: NodeGroup| NodeGroup {
            oldest_age: group
                .oldest_scan
                .and_then(|last| age_of_scan(last, snapshot.time)),
            ..group
        };
        let total = with_age(NodeGroup {
            grouping_name: self.grouping_name.clone(),
            ..nodes.summary.total()
        });
        for (scope, code, text) in nodes.unread {
            let cause = Cause { code, text };
            let key = (scope.clone(), cause.code.clone());
            let unread = self.unread.entry(key).or_insert_with(|| TrendUnread {
                scope,
                snapshots: 0,
                first: snapshot.started,
                last: snapshot.started,
                cause: cause.clone(),
            });
            // Two causes of one code are one.
            let is_new = unread.snapshots == 0 || unread.last != snapshot.started;
            unread.snapshots += u64::from(is_new);
            (unread.last, unread.cause) = (snapshot.started, cause);
        }
        let groups = if nodes.is_grouped {
            let groups = nodes.summary.into_groups().into_iter();
            let mut groups: Vec<NodeGroup> = groups.map(with_age).collect();
            groups.sort_by_cached_key(key_of);
            self.add_points(&groups);
            groups
        } else {
            vec![total.clone()]
        };
        self.snapshots.push(TrendSnapshot {
            snapshot: snapshot.clone(),
            total,
        });
        groups.into_iter().map(move |group| TrendRow {
            snapshot: snapshot.clone(),
            group,
        })
    }

    fn add_points(&mut self, groups: &[NodeGroup]) {
        let before = self.snapshots.len();
        for group in groups {
            let series = self.series.entry(key_of(group));
            let points = series.or_insert_with(|| vec![None; before]);
            points.push(Some(TrendPoint::new(group)));
        }
        for points in self.series.values_mut() {
            points.resize(before + 1, None);
        }
    }

    /// All nodes as one group, at each snapshot.
    pub fn totals(&self) -> impl Iterator<Item = TrendRow> {
        self.snapshots.iter().map(|of| TrendRow {
            snapshot: of.snapshot.clone(),
            group: of.total.clone(),
        })
    }

    /// How all nodes stood, at each snapshot.
    #[must_use]
    pub fn total_points(&self) -> Vec<Option<TrendPoint>> {
        let totals = self.snapshots.iter().map(|of| &of.total);
        totals.map(|total| Some(TrendPoint::new(total))).collect()
    }

    /// How each group stood, at each snapshot; by the key of the group.
    pub fn series(&self) -> impl Iterator<Item = (&SeriesKey, &[Option<TrendPoint>])> {
        self.series.iter().map(|(key, points)| (key, &points[..]))
    }

    /// What could not be read at some snapshot, each with the code of its cause; by place.
    pub fn unread(&self) -> impl Iterator<Item = &TrendUnread> {
        self.unread.values()
    }
}

fn key_of(group: &NodeGroup) -> SeriesKey {
    (group.key.clone(), group.second_key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::MaxAge;
    use crate::record::{AccountRegion, Node, NodeState};
    use proptest::prelude::*;

    fn options() -> VerdictOptions {
        VerdictOptions {
            now: at(9),
            max_age: MaxAge(None),
            wants_reasons: false,
        }
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn snapshot(day: i64) -> Snapshot {
        Snapshot {
            name: at(day).to_string().into(),
            started: at(day),
            time: at(day),
            runs: 1,
        }
    }

    fn location(region: &str) -> Arc<AccountRegion> {
        Arc::new(AccountRegion {
            region: region.into(),
            account: None,
            account_name: None,
        })
    }

    fn node(region: &str, missing: Option<u64>) -> StateRow {
        let state = missing.map_or(Outcome::NoData, |missing| {
            Outcome::Answered(NodeState {
                missing: Some(missing),
                failed: Some(0),
                installed_rejected: Some(0),
                installed_pending_reboot: Some(0),
                operation_end: Some(at(8)),
                ..NodeState::default()
            })
        });
        StateRow::new(Node::requested("i-1", &location(region)), state, &options())
    }

    fn unread(region: &str) -> StateRow {
        let cause = Cause {
            code: "Denied".into(),
            text: "denied".into(),
        };
        StateRow::for_unread_scope(Scope::of(&location(region)), cause, &options())
    }

    fn summed(by: Option<&NodeGroupings>, rows: &[StateRow]) -> SnapshotSummary {
        let mut summary = SnapshotSummary::new(by);
        for row in rows {
            summary.add_row(row, &options());
        }
        summary
    }

    fn row() -> impl Strategy<Value = StateRow> {
        let region = || prop_oneof![Just("eu"), Just("us"), Just("ap")];
        let missing = proptest::option::of(0u64..3);
        prop_oneof![
            4 => (region(), missing).prop_map(|(region, missing)| node(region, missing)),
            1 => region().prop_map(unread),
        ]
    }

    proptest! {
        #[test]
        fn groups_of_each_snapshot_add_up_to_all_and_no_point_is_lost(
            days in proptest::collection::vec(proptest::collection::vec(row(), 0..9), 1..6),
        ) {
            let by: NodeGroupings = NodeGrouping::Region.into();
            let (mut grouped, mut whole) = (Trend::new(Some(&by)), Trend::new(None));
            for (day, rows) in (0..).zip(&days) {
                let groups: Vec<TrendRow> =
                    grouped.add(snapshot(day), summed(Some(&by), rows)).collect();
                let all: Vec<TrendRow> = whole.add(snapshot(day), summed(None, rows)).collect();
                prop_assert_eq!(all.len(), 1);
                let sum = |count: fn(&NodeGroup) -> u64| -> u64 {
                    groups.iter().map(|row| count(&row.group)).sum()
                };
                let counts: [fn(&NodeGroup) -> u64; 4] =
                    [|of| of.nodes, |of| of.compliant, |of| of.no_data, |of| of.unread_scopes];
                for count in counts {
                    prop_assert_eq!(count(&all[0].group), sum(count));
                }
                prop_assert!(groups.is_sorted_by_key(|row| key_of(&row.group)));
            }
            let places: u64 = grouped.unread().map(|unread| unread.snapshots).sum();
            let is_scope = |row: &&StateRow| row.subject.node().is_none();
            let expected: usize = days
                .iter()
                .map(|rows| rows.iter().filter(is_scope).map(|row| row.subject.region()).collect::<BTreeSet<_>>().len())
                .sum();
            prop_assert_eq!(places, expected as u64);
            for (_, points) in grouped.series() {
                prop_assert_eq!(points.len(), days.len());
            }
            for day in 0..days.len() {
                let nodes = grouped.series().filter_map(|(_, points)| points[day]);
                let nodes: u64 = nodes.map(|point| point.nodes).sum();
                prop_assert_eq!(grouped.total_points()[day].unwrap().nodes, nodes);
            }
        }
    }

    #[test]
    fn a_group_that_is_not_there_has_no_point_and_one_that_is_unread_has_no_share() {
        let by: NodeGroupings = NodeGrouping::Region.into();
        let mut trend = Trend::new(Some(&by));
        let days = [
            vec![node("eu", Some(0))],
            vec![node("eu", Some(1)), node("us", Some(0))],
            vec![unread("us"), node("eu", None)],
        ];
        for (day, rows) in (0..).zip(&days) {
            trend
                .add(snapshot(day), summed(Some(&by), rows))
                .for_each(drop);
        }
        let shares = |name: &str| -> Vec<Option<(u64, Option<u32>, bool)>> {
            let (_, points) = trend
                .series()
                .find(|((key, _), _)| key.value() == Some(name))
                .unwrap();
            let values = points.iter();
            values
                .map(|point| point.map(|of| (of.nodes, of.compliant_tenths, of.is_complete)))
                .collect()
        };
        let point = |nodes, tenths, is_complete| Some((nodes, tenths, is_complete));
        assert_eq!(
            shares("eu"),
            [
                point(1, Some(1000), true),
                point(1, Some(0), true),
                point(1, Some(0), true)
            ]
        );
        assert_eq!(
            shares("us"),
            [None, point(1, Some(1000), true), point(0, None, false)]
        );
        let unread: Vec<&TrendUnread> = trend.unread().collect();
        assert_eq!((unread.len(), unread[0].first), (1, at(2)));
    }
}
