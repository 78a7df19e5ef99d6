//! Plots of small trends, drawn in text.

use std::sync::Arc;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::aggregate::summary::{NodeGrouping, NodeGroupings};
use crate::aggregate::trend::{Snapshot, SnapshotSummary};
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::record::{AccountRegion, Cause, Node, NodeState, Outcome, Scope};
use crate::report::StateRow;

const DAY: i64 = 86_400;

fn at(day: i64) -> Timestamp {
    let start: Timestamp = "2026-11-01T05:00:00Z".parse().unwrap();
    Timestamp::from_second(start.as_second() + day * DAY).unwrap()
}

fn options() -> VerdictOptions {
    VerdictOptions {
        now: at(0),
        max_age: MaxAge(None),
        wants_reasons: false,
    }
}

/// So many nodes of a region, the first of them compliant; without any, the region is unread.
type Region<'a> = (&'a str, usize, usize);

fn trend(days: &[(i64, &[Region<'_>])], by: Option<&NodeGroupings>) -> Trend {
    let mut trend = Trend::new(by);
    for (day, regions) in days {
        let mut summary = SnapshotSummary::new(by);
        for (region, compliant, nodes) in *regions {
            let location = Arc::new(AccountRegion {
                region: (*region).into(),
                account: None,
                account_name: None,
            });
            for node in 0..*nodes {
                let state = NodeState {
                    missing: Some(u64::from(node >= *compliant)),
                    failed: Some(0),
                    installed_rejected: Some(0),
                    installed_pending_reboot: Some(0),
                    operation_end: Some(at(-1)),
                    ..NodeState::default()
                };
                let node = Node::requested("i-1", &location);
                let row = StateRow::new(node, Outcome::Answered(state), &options());
                summary.add_row(&row, &options());
            }
            if *nodes == 0 {
                let cause = Cause {
                    code: "Denied".into(),
                    text: "denied".into(),
                };
                let scope = Scope::of(&location);
                let row = StateRow::for_unread_scope(scope, cause, &options());
                summary.add_row(&row, &options());
            }
        }
        let snapshot = Snapshot {
            name: at(*day).to_string().into(),
            started: at(*day),
            time: at(*day),
            runs: 1,
        };
        trend.add(snapshot, summary).for_each(drop);
    }
    trend
}

fn text(lines: &[Vec<TonedText>]) -> String {
    let lines = lines.iter().map(|line| {
        let line: String = line.iter().map(|(text, _)| text.as_str()).collect();
        line.trim_end().to_owned() + "\n"
    });
    lines.collect()
}

const DAYS: [(i64, &[Region<'_>]); 6] = [
    (0, &[("eu-west-1", 5, 10), ("us-east-1", 9, 10)]),
    (1, &[("eu-west-1", 6, 10), ("us-east-1", 9, 10)]),
    (2, &[("eu-west-1", 6, 10), ("us-east-1", 0, 0)]),
    (5, &[("eu-west-1", 7, 10), ("us-east-1", 10, 10)]),
    (6, &[("eu-west-1", 8, 10), ("ap-south-1", 1, 2)]),
    (9, &[("eu-west-1", 9, 10), ("ap-south-1", 2, 2)]),
];

#[test]
fn the_share_of_all_nodes_is_a_line_between_two_axes() {
    let trend = trend(&DAYS, None);
    assert_snapshot!(text(&head(&trend, Some(72), Charset::Unicode)));
    assert_snapshot!(text(&head(&trend, Some(72), Charset::Ascii)));
}

#[test]
fn each_group_has_a_line_and_its_gaps_and_what_was_unread_are_seen() {
    let trend = trend(&DAYS, Some(&NodeGrouping::Region.into()));
    assert_snapshot!(text(&head(&trend, Some(80), Charset::Unicode)));
    assert_snapshot!(text(&head(&trend, Some(80), Charset::Ascii)));
}

#[test]
fn without_a_terminal_or_with_one_snapshot_there_is_a_sentence() {
    let by: NodeGroupings = NodeGrouping::Region.into();
    let plain = text(&head(&trend(&DAYS, Some(&by)), None, Charset::Unicode));
    assert_eq!(
        plain,
        "91.6% of 12 nodes are compliant, up from 70.0% of 20 on 2026-11-01\n"
    );
    let narrow = text(&head(&trend(&DAYS, Some(&by)), Some(40), Charset::Unicode));
    assert_eq!(narrow, plain);
    let one = text(&head(&trend(&DAYS[..1], None), Some(80), Charset::Unicode));
    assert_eq!(one, "70.0% of 20 nodes are compliant\n");
    assert!(head(&Trend::new(None), Some(80), Charset::Unicode).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_line_is_wider_than_the_terminal(
        width in 1usize..240,
        days in proptest::collection::vec((0i64..400, 0usize..4, 0usize..4, 0usize..3), 1..30),
        is_ascii: bool,
        name in "[a-z更]{1,40}",
    ) {
        let mut days = days;
        days.sort_unstable();
        let regions: Vec<(i64, Vec<Region<'_>>)> = days
            .iter()
            .map(|(day, good, bad, other)| {
                (*day, vec![(name.as_str(), *good, good + bad), ("eu-west-1", 0, *other)])
            })
            .collect();
        let days: Vec<(i64, &[Region<'_>])> =
            regions.iter().map(|(day, regions)| (*day, &regions[..])).collect();
        let charset = if is_ascii { Charset::Ascii } else { Charset::Unicode };
        for by in [None, Some(NodeGroupings::from(NodeGrouping::Region))] {
            let lines = head(&trend(&days, by.as_ref()), Some(width), charset);
            for line in text(&lines[1..]).lines() {
                prop_assert!(line.width() <= width.max(29), "{}", line);
            }
        }
    }
}
