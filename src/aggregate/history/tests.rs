//! What a history says of runs.

use crate::aggregate::history::*;
use crate::compliance::due_date::SlaLimit;
use crate::compliance::severity::Severity;
use crate::record::{AccountRegion, Cves, Node, PatchState};
use proptest::prelude::*;

fn node() -> Node {
    node_of("i-1")
}

fn node_of(id: &str) -> Node {
    let place = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    });
    Node::requested(id, &place)
}

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
}

fn patch(title: &str, state: PatchState) -> Patch {
    Patch {
        node: node(),
        title: Some(title.into()),
        kb_id: Some("KB1".into()),
        classification: None,
        severity: Some("Critical".into()),
        state,
        installed_time: None,
        cves: Cves::new(Some("CVE-2026-1")),
        release_date: None,
    }
}

/// What a run says of one patch.
#[derive(Debug, Clone)]
enum Read {
    State(PatchState),
    NotListed,
    Unread,
}

/// One patch on the days of a list.
fn history(days: &[Read]) -> Vec<PatchHistory> {
    let mut builder = HistoryBuilder::new(HistorySubject::Nodes);
    for (at, read) in days.iter().enumerate() {
        let at = day(i64::try_from(at).unwrap());
        let patches = match read {
            Read::State(state) => Some(vec![patch("a", state.clone())]),
            Read::NotListed => Some(Vec::new()),
            Read::Unread => None,
        };
        if let Some(patches) = patches {
            builder.add_node(&node(), &patches, &run(at), &state(at));
        }
    }
    builder.finish().iter().collect()
}

fn run(at: Timestamp) -> RunTime {
    let id = at.to_string().into();
    RunTime { id, at }
}

/// A scan that ended then.
fn state(at: Timestamp) -> NodeState {
    NodeState {
        operation: Some("Scan".into()),
        operation_end: Some(at),
        ..NodeState::default()
    }
}

#[test]
fn a_patch_that_was_fixed_has_its_days_and_the_scan_that_confirms_it() {
    let missing = || Read::State(PatchState::Missing);
    let all = history(&[missing(), missing(), Read::State(PatchState::Installed)]);
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!(one.status, ExposureStatus::Fixed);
    assert_eq!((one.first_seen, one.last_seen), (day(0), day(1)));
    assert_eq!(
        (one.closed, one.confirmed_by()),
        (Some(day(2)), Some(day(2)))
    );
    assert_eq!(one.exposed_seconds(day(9)), 2 * 86_400);
}

#[test]
fn a_run_that_did_not_read_the_node_closes_nothing() {
    let all = history(&[Read::State(PatchState::Missing), Read::Unread, Read::Unread]);
    assert_eq!(all[0].status, ExposureStatus::Open);
    assert_eq!(all[0].exposed_seconds(day(2)), 2 * 86_400);
}

#[test]
fn a_patch_that_is_missing_again_is_reopened_and_its_days_add_up() {
    let missing = || Read::State(PatchState::Missing);
    let all = history(&[
        missing(),
        Read::State(PatchState::Installed),
        missing(),
        Read::NotListed,
    ]);
    let one = &all[0];
    assert_eq!(one.reopened, 1);
    assert_eq!(one.status, ExposureStatus::NoLongerListed);
    assert_eq!(one.exposed_seconds(day(9)), 2 * 86_400);
}

#[test]
fn a_state_that_this_version_does_not_know_is_no_fix() {
    let all = history(&[
        Read::State(PatchState::Missing),
        Read::State(PatchState::Other("Superseded".into())),
    ]);
    assert_eq!(all[0].status, ExposureStatus::Open);
}

#[test]
fn times_to_patch_count_what_is_fixed_and_what_has_exceeded_the_limit() {
    let missing = || Read::State(PatchState::Missing);
    let fixed = history(&[missing(), Read::State(PatchState::Installed)]);
    let open = history(&[missing(), missing()]);
    let all = [fixed, open].concat();
    let limit = SlaLimit {
        severity: Severity::Critical,
        seconds: 7 * 86_400,
    };
    let sla = Sla::new(&[limit]).unwrap();
    let times_at = |day| {
        let mut times = PatchTimesBuilder::default();
        for one in &all {
            times.add(one, &sla, day);
        }
        times.finish(&sla).severities
    };
    let times = times_at(day(5));
    assert_eq!(times.len(), 1);
    assert_eq!((times[0].fixed, times[0].open), (1, 1));
    assert_eq!(times[0].median, Some(86_400));
    assert_eq!(
        times[0].within_limit,
        Some((1, 1)),
        "the other has time left"
    );
    let times = times_at(day(9));
    assert_eq!(times[0].within_limit, Some((1, 2)));
}

#[test]
fn what_a_later_run_did_not_read_of_a_patch_is_kept() {
    let mut builder = HistoryBuilder::new(HistorySubject::Nodes);
    let first = Patch {
        release_date: Some(day(-3)),
        ..patch("a", PatchState::Missing)
    };
    let later = Patch {
        cves: Cves::default(),
        ..patch("a", PatchState::InstalledPendingReboot)
    };
    for (at, patch) in [(0, first), (1, later)] {
        builder.add_node(&node(), &[patch], &run(day(at)), &state(day(at)));
    }
    let all = builder.finish();
    let one = all.iter().next().unwrap();
    assert_eq!(one.patch.release_date, Some(day(-3)));
    assert_eq!(one.patch.cves.iter().collect::<Vec<_>>(), ["CVE-2026-1"]);
    assert_eq!(one.opened, day(0));
}

#[test]
fn a_limit_counts_from_the_release_or_from_the_first_run_where_that_is_not_known() {
    let limit = SlaLimit {
        severity: Severity::Critical,
        seconds: 7 * 86_400,
    };
    let sla = Sla::new(&[limit]).unwrap();
    let missing = patch("a", PatchState::Missing);
    let due = sla.due(&missing, Some(day(1)), day(9)).unwrap();
    assert_eq!((due.date, due.is_from_first_seen), (day(8), true));
    assert!(due.is_overdue);
    let released = Patch {
        release_date: Some(day(-4)),
        ..missing
    };
    let due = sla.due(&released, Some(day(1)), day(2)).unwrap();
    assert_eq!((due.date, due.is_from_first_seen), (day(3), false));
    // One in the future is not known.
    let due = sla.due(&released, Some(day(-6)), day(-5)).unwrap();
    assert_eq!((due.date, due.is_from_first_seen), (day(1), true));
}

/// What is expected of one patch of one node: the status, the first and the last sight, the
/// start of this time, the end, how often it was reopened, and the seconds of all times.
#[derive(Debug, PartialEq)]
struct Expected {
    status: ExposureStatus,
    first: Timestamp,
    last: Timestamp,
    opened: Timestamp,
    closed: Moment,
    reopened: u64,
    exposed: u64,
}

impl Expected {
    fn of(history: &PatchHistory, last_run: Timestamp) -> Self {
        Self {
            status: history.status,
            first: history.first_seen,
            last: history.last_seen,
            opened: history.opened,
            closed: history.closed,
            reopened: history.reopened,
            exposed: history.exposed_seconds(last_run),
        }
    }

    /// Of what each day says of the patch: spans of days on which it is lacking, one after
    /// the other.
    fn from_days(days: &[Read], last_run: Timestamp) -> Option<Self> {
        let mut spans: Vec<(Timestamp, Timestamp, Moment, ExposureStatus)> = Vec::new();
        for (at, read) in (0..).zip(days) {
            let at = day(at);
            let open = spans.last_mut().filter(|span| span.2.is_none());
            let end = match read {
                Read::Unread | Read::State(PatchState::Other(_)) => None,
                Read::State(state) if PatchState::LACKING.contains(state) => {
                    match open {
                        Some(span) => span.1 = at,
                        None => spans.push((at, at, None, ExposureStatus::Open)),
                    }
                    None
                }
                Read::State(PatchState::NotApplicable) | Read::NotListed => {
                    open.map(|span| (span, ExposureStatus::NoLongerListed))
                }
                Read::State(_) => open.map(|span| (span, ExposureStatus::Fixed)),
            };
            if let Some((span, status)) = end {
                (span.2, span.3) = (Some(at), status);
            }
        }
        let days = |span: &(Timestamp, Timestamp, Moment, ExposureStatus)| {
            seconds_between(span.0, span.2.unwrap_or(last_run))
        };
        let last = spans.last()?;
        Some(Self {
            status: last.3,
            first: spans[0].0,
            last: last.1,
            opened: last.0,
            closed: last.2,
            reopened: spans.len() as u64 - 1,
            exposed: spans.iter().map(days).sum(),
        })
    }
}

fn read() -> impl Strategy<Value = Read> {
    let state = proptest::sample::select(PatchState::DOCUMENTED.to_vec());
    prop_oneof![
        6 => state.prop_map(Read::State),
        1 => Just(Read::State(PatchState::Other("Superseded".into()))),
        2 => Just(Read::NotListed),
    ]
}

proptest! {
    /// Days of nodes: of each node, whether the day reads it, and what of each of its patches.
    #[test]
    fn each_patch_of_each_node_has_the_history_of_its_days(
        days in proptest::collection::vec(
            proptest::collection::vec(
                (proptest::bool::weighted(0.8), proptest::collection::vec(read(), 4)),
                3,
            ),
            1..9,
        ),
    ) {
        let ids = ["i-1", "i-2", "i-3"];
        let titles = ["a", "b", "c", "d"];
        let mut builder = HistoryBuilder::new(HistorySubject::Nodes);
        for (at, nodes) in (0..).zip(&days) {
            for (id, (is_read, reads)) in ids.iter().zip(nodes) {
                let patches = titles.iter().zip(reads).filter_map(|(title, read)| match read {
                    Read::State(state) => Some(Patch {
                        node: node_of(id),
                        ..patch(title, state.clone())
                    }),
                    _ => None,
                });
                // Whatever the order in which a node lists them.
                let patches: Vec<Patch> = patches.rev().collect();
                if *is_read {
                    builder.add_node(&node_of(id), &patches, &run(day(at)), &state(day(at)));
                }
            }
        }
        let last_run = day(20);
        let histories = builder.finish();
        let mut found = histories.iter();
        for (place, id) in ids.iter().enumerate() {
            for (at, title) in titles.iter().enumerate() {
                let reads = days.iter().map(|nodes| match &nodes[place] {
                    (true, reads) => reads[at].clone(),
                    (false, _) => Read::Unread,
                });
                let Some(expected) = Expected::from_days(&reads.collect::<Vec<_>>(), last_run) else {
                    continue;
                };
                let history = found.next().unwrap();
                prop_assert_eq!(&*history.patch.node.id, *id);
                prop_assert_eq!(history.patch.title.as_deref(), Some(*title));
                prop_assert_eq!(history.confirmed_by(), history.closed);
                prop_assert_eq!(&Expected::of(&history, last_run), &expected);
                prop_assert_eq!(histories.get(&history.patch), Some(history));
            }
        }
        prop_assert!(found.next().is_none());
    }
}
