//! What a history says of runs.

use crate::aggregate::history::*;
use crate::compliance::due_date::SlaLimit;
use crate::record::{AccountRegion, Cves};

fn node() -> Node {
    let place = Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    });
    Node::requested("i-1", &place)
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
#[derive(Clone)]
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
    builder.finish().into_values().collect()
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
    let times = times_to_patch(&all.iter(), &sla, day(5));
    assert_eq!(times.len(), 1);
    assert_eq!((times[0].fixed, times[0].open), (1, 1));
    assert_eq!(times[0].median, Some(86_400));
    assert_eq!(
        times[0].within_limit,
        Some((1, 1)),
        "the other has time left"
    );
    let times = times_to_patch(&all.iter(), &sla, day(9));
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
    let one = all.values().next().unwrap();
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
