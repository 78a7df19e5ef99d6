//! What the evidence for a sample says.

use std::sync::Arc;

use jiff::Timestamp;

use crate::aggregate::closure::*;
use crate::aggregate::sample::{Sample, SampledPatch};
use crate::compliance::due_date::{Sla, SlaLimit};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::VerdictOptions;
use crate::duration::MaxAge;
use crate::record::{
    BaselineComplianceStatus, Cause, Cves, NodeState, Outcome, Patch, PatchState, Scope,
};
use crate::report::StateRow;

fn place(region: &str) -> Arc<AccountRegion> {
    Arc::new(AccountRegion {
        region: region.into(),
        account: Some("111122223333".into()),
        account_name: None,
    })
}

fn node(id: &str) -> Node {
    Node::requested(id, &place("eu-west-1"))
}

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
}

fn patch(id: &str, state: PatchState) -> Patch {
    let is_missing = state == PatchState::Missing;
    Patch {
        node: node(id),
        title: Some("2026-11 Update (KB1)".into()),
        kb_id: Some("KB1".into()),
        classification: None,
        severity: Some("Critical".into()),
        state,
        installed_time: None,
        cves: Cves::new(Some("CVE-2026-1000").filter(|_| is_missing)),
        release_date: None,
    }
}

/// What a run says of `i-1`.
enum Read {
    State(PatchState),
    NotListed,
    Unread,
    /// Its region could not be read.
    RegionUnread,
    /// The run lists every node, and not this one.
    Gone,
    /// The run is of another region.
    Elsewhere,
    /// The run was for other nodes.
    NotAsked,
    /// The run read states, and the patches of no node.
    WithoutPatches,
}

fn unread(code: &str) -> Cause {
    Cause {
        code: code.into(),
        text: "no answer".into(),
    }
}

fn sample(lines: &[(Option<&str>, Option<SampledPatch>)]) -> Sample {
    let items = lines
        .iter()
        .enumerate()
        .map(|(at, (node, patch))| SampleItem {
            line: at as u64 + 1,
            text: String::new(),
            node: node.map(Into::into),
            patch: patch.clone(),
        });
    Sample::new(items.collect())
}

fn kb(id: &str) -> SampledPatch {
    SampledPatch::Kb(id.to_owned())
}

/// One run a day, and what is told on the last of them, under a limit of seven days.
fn evidence(sample: Sample, days: &[Read]) -> ClosureEvidence {
    let mut builder = ClosureBuilder::new(Arc::new(sample));
    for (at, read) in days.iter().enumerate() {
        let at = day(i64::try_from(at).unwrap());
        let region = if matches!(read, Read::Elsewhere) {
            "us-east-1"
        } else {
            "eu-west-1"
        };
        let time = RunTime {
            id: at.to_string().into(),
            at,
        };
        let locations = match read {
            Read::RegionUnread => Vec::new(),
            _ => vec![place(region)],
        };
        builder.begin_run(time, !matches!(read, Read::NotAsked), locations);
        let state = NodeState {
            installed: Some(1),
            missing: Some(0),
            failed: Some(0),
            installed_rejected: Some(0),
            installed_pending_reboot: Some(0),
            operation: Some("Scan".into()),
            operation_end: Some(at),
            snapshot_id: Some("a-snapshot".into()),
            baseline_status: Some(BaselineComplianceStatus::Compliant),
            ..NodeState::default()
        };
        let options = VerdictOptions {
            now: at,
            max_age: MaxAge::default(),
            wants_reasons: true,
        };
        let end = match read {
            Read::WithoutPatches => Outcome::Unread(unread("NotCollected")),
            _ => Outcome::Answered(()),
        };
        let mut add = |outcome, patches: &[Patch]| {
            let row = StateRow::new(node("i-1"), outcome, &options);
            builder.add_node(&row, patches, &end);
        };
        match read {
            Read::State(of) => add(Outcome::Answered(state), &[patch("i-1", of.clone())]),
            Read::NotListed | Read::WithoutPatches => add(Outcome::Answered(state), &[]),
            Read::Unread => add(Outcome::Unread(unread("Timeout")), &[]),
            Read::RegionUnread => {
                builder.add_unread(Scope::of(&place("eu-west-1")), unread("Unreachable"));
            }
            Read::NotAsked => add(Outcome::Unread(unread("NotCollected")), &[]),
            Read::Gone | Read::Elsewhere => {}
        }
    }
    let limit = SlaLimit {
        severity: Severity::Critical,
        seconds: 7 * 86_400,
    };
    let now = day(i64::try_from(days.len()).unwrap() - 1);
    builder.finish(&Sla::new(&[limit]).unwrap(), now)
}

fn missing() -> Read {
    Read::State(PatchState::Missing)
}

fn installed() -> Read {
    Read::State(PatchState::Installed)
}

/// The one row of a KB on a node.
fn row(days: &[Read]) -> SampleRow {
    let mut evidence = evidence(sample(&[(Some("i-1"), Some(kb("KB1")))]), days);
    assert_eq!(evidence.rows.len(), 1);
    evidence.rows.remove(0)
}

#[test]
fn a_fix_names_the_run_and_the_scan_that_confirm_it() {
    let row = row(&[missing(), missing(), installed()]);
    assert_eq!(row.status.as_str(), "Fixed");
    let history = row.history.unwrap();
    assert_eq!((history.first_seen, history.closed), (day(0), Some(day(2))));
    let confirmation = history.confirmation.unwrap();
    assert_eq!(&*confirmation.run_id, day(2).to_string());
    assert_eq!(confirmation.operation.as_deref(), Some("Scan"));
    assert_eq!(confirmation.operation_end, Some(day(2)));
    assert_eq!(confirmation.snapshot_id.as_deref(), Some("a-snapshot"));
    assert_eq!(row.due.map(|due| due.date), Some(day(7)));
    assert!(row.due.unwrap().is_from_first_seen);
    assert_eq!(row.is_within, Some(true));
    assert_eq!(row.exposed_seconds, Some(2 * 86_400));
    assert_eq!(row.note, "");
}

#[test]
fn a_run_that_does_not_tell_of_the_node_makes_open_unknown_and_never_fixed() {
    for (read, cause) in [
        (Read::Unread, "no answer"),
        (Read::RegionUnread, "eu-west-1"),
        (Read::Gone, "not among its nodes"),
        (Read::WithoutPatches, "its patches were not collected"),
    ] {
        let row = row(&[missing(), read]);
        assert_eq!(row.status, SampleStatus::Unknown, "{}", row.note);
        assert!(row.note.contains(cause), "{}", row.note);
        assert_eq!(row.exposed_seconds, Some(0), "as far as it is known");
        assert_eq!(row.is_within, None);
    }
    // A run of other nodes or another region says nothing.
    for read in [Read::Elsewhere, Read::NotAsked] {
        let row = row(&[missing(), read]);
        assert_eq!(row.status.as_str(), "Open", "{}", row.note);
    }
    // What was fixed before stays so, and is told apart from what is read today.
    let row = row(&[missing(), installed(), Read::Unread]);
    assert_eq!(row.status.as_str(), "Fixed");
    assert!(row.note.starts_with("not read since: "), "{}", row.note);
}

#[test]
fn a_patch_that_is_missing_again_is_open_and_reopened_and_keeps_its_first_day() {
    let row = row(&[missing(), installed(), Read::Unread, missing(), missing()]);
    assert_eq!(row.status.as_str(), "Open");
    let history = row.history.unwrap();
    assert_eq!((history.reopened, history.opened), (1, day(3)));
    assert_eq!(history.first_seen, day(0));
    assert_eq!(row.exposed_seconds, Some(2 * 86_400));
}

#[test]
fn overdue_is_late_whether_it_is_open_or_fixed_later() {
    let days = |last| {
        let first = (0..9).map(|_| missing());
        first.chain([last]).collect::<Vec<_>>()
    };
    assert_eq!(row(&days(missing())).is_within, Some(false));
    assert_eq!(row(&days(installed())).is_within, Some(false));
    assert_eq!(
        row(&days(Read::NotListed)).status.as_str(),
        "NoLongerListed"
    );
    assert_eq!(row(&days(Read::NotListed)).is_within, None);
}

#[test]
fn what_was_never_missing_and_what_is_nowhere_have_a_row() {
    let text = |text: &str| Some(SampledPatch::Text(text.to_owned()));
    let cve = Some(SampledPatch::Cve("CVE-2026-9999".to_owned()));
    let lines = [
        (Some("i-1"), Some(kb("KB1"))),
        (None, text(" 2026-11 update (kb1)")),
        (Some("i-1"), Some(kb("KB2"))),
        (None, Some(kb("KB2"))),
        (None, cve),
        (Some("i-2"), Some(kb("KB1"))),
        (Some("i-2"), None),
    ];
    let evidence = evidence(sample(&lines), &[installed(), installed()]);
    let rows = evidence.rows.iter();
    let said: Vec<(&str, &str)> = rows
        .map(|row| (row.status.as_str(), row.note.as_str()))
        .collect();
    assert_eq!(said.len(), lines.len());
    assert_eq!(said[0].0, "NeverMissing");
    assert!(
        said[0].1.starts_with("Installed in the run of "),
        "{}",
        said[0].1
    );
    assert!(said[1].1.contains("Installed on i-1"), "{}", said[1].1);
    assert_eq!(
        said[2],
        ("NotFound", "2 runs read the node, and none lists it")
    );
    assert_eq!(said[3], ("NotFound", "no node that was read lists it"));
    assert!(said[4].1.contains("no proof"), "{}", said[4].1);
    assert_eq!(said[5], ("NotFound", "no run has this node"));
    assert_eq!(said[6], ("NotFound", "no run has this node"));
    assert_eq!(evidence.snapshots, [], "of no node that was read");
}

#[test]
fn a_node_that_no_run_read_is_unknown_where_something_was_unread() {
    for read in [Read::Unread, Read::RegionUnread] {
        let row = row(&[read]);
        assert_eq!(row.status, SampleStatus::Unknown);
        assert!(row.note.contains("no answer"), "{}", row.note);
    }
}

#[test]
fn a_node_of_a_run_without_patches_is_not_one_that_no_run_has() {
    let row = row(&[Read::WithoutPatches]);
    assert_eq!(row.status, SampleStatus::Unknown);
    assert!(
        row.note.contains("its patches were not collected"),
        "{}",
        row.note
    );
    let evidence = evidence(sample(&[(Some("i-1"), None)]), &[Read::WithoutPatches]);
    assert_eq!(evidence.snapshots[0].verdict, Some(Verdict::Compliant));
}

#[test]
fn a_node_alone_has_its_verdict_of_each_run_that_covers_it() {
    let days = [
        installed(),
        Read::Elsewhere,
        Read::Unread,
        Read::RegionUnread,
        Read::Gone,
        Read::NotAsked,
        missing(),
    ];
    let evidence = evidence(sample(&[(Some("i-1"), None)]), &days);
    let told = evidence.snapshots.iter();
    let told: Vec<_> = told.map(|of| (of.run.at, of.verdict)).collect();
    assert_eq!(
        told,
        [
            (day(0), Some(Verdict::Compliant)),
            (day(2), Some(Verdict::Unread)),
            (day(3), Some(Verdict::Unread)),
            (day(4), None),
            (day(6), Some(Verdict::Compliant)),
        ]
    );
    let row = &evidence.rows[0];
    assert_eq!(row.status, SampleStatus::Verdict(Verdict::Compliant));
    let counts = "patches that it lacked: 1 open, 0 fixed, 0 no longer listed";
    assert!(row.note.starts_with(counts), "{}", row.note);
}
