//! Runs of all kinds, read with the parts of earlier snapshots and without them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt as _;
use proptest::prelude::*;
use proptest::sample::select;

use crate::aggregate::summary::NodeGrouping;
use crate::command::trend::*;
use crate::duration::MaxAge;
use crate::glob::Glob;
use crate::plan::selection::{Excludes, Selector};
use crate::record::{
    AccountRegion, CallerIdentity, CallerReport, Cause, DiscoveryReport, InfoLevel, Node, NodeInfo,
    NodeOrigin, NodeState, Outcome, Scope, Subject, Unread,
};
use crate::source::test_runtime::block_on;
use crate::source::{
    Accounts, CollectRequest, Committed, DatasetLocation, DatasetMoment, Event, MissingColumns,
    NodeCount, RunWriter, SnapshotRange,
};

const HOUR: i64 = 3_600;
const START: i64 = 1_764_000_000;
const ACCOUNTS: [&str; 6] = [
    "111122223333",
    "444455556666",
    "222233334444",
    "333344445555",
    "555566667777",
    "666677778888",
];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const GROUPS: [&str; 2] = ["web", "db"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunKind {
    Complete,
    /// Of the nodes `i-0` and `i-9`.
    Ids,
    /// Of the patch group `web`.
    Group,
}

#[derive(Debug, Clone)]
struct TestRun {
    kind: RunKind,
    /// Seconds after the start of the run before.
    gap: i64,
    /// Between two looks at the clock.
    seconds: i64,
    /// The account that asks; rows name it only where another one does, too.
    account: usize,
    places: Vec<(usize, TestPlace)>,
}

#[derive(Debug, Clone)]
struct TestPlace {
    nodes: Vec<TestNode>,
    /// Could not all of it be read?
    is_unread: bool,
    lacks_names: bool,
    limitation: bool,
}

#[derive(Debug, Clone)]
struct TestNode {
    state: TestState,
    is_stopped: bool,
}

#[derive(Debug, Clone)]
enum TestState {
    NoData,
    Unread,
    Record {
        missing: Option<u64>,
        group: Option<usize>,
        /// Hours before the run.
        age: Option<i64>,
    },
}

fn node() -> impl Strategy<Value = TestNode> {
    let missing = prop_oneof![3 => Just(Some(0)), 1 => Just(Some(2)), 1 => Just(None)];
    let age = prop_oneof![
        4 => (-30i64..60).prop_map(Some),
        2 => (-300i64..300).prop_map(Some),
        1 => Just(None),
    ];
    let group = proptest::option::of(0..GROUPS.len());
    let record = (missing, group, age).prop_map(|(missing, group, age)| TestState::Record {
        missing,
        group,
        age,
    });
    let state =
        prop_oneof![6 => record, 1 => Just(TestState::NoData), 1 => Just(TestState::Unread)];
    (state, proptest::bool::weighted(0.2))
        .prop_map(|(state, is_stopped)| TestNode { state, is_stopped })
}

fn place() -> impl Strategy<Value = TestPlace> {
    let rarely = || proptest::bool::weighted(0.15);
    let nodes = proptest::collection::vec(node(), 0..4);
    (nodes, rarely(), rarely(), rarely()).prop_map(|(nodes, is_unread, lacks_names, limitation)| {
        TestPlace {
            nodes,
            is_unread,
            lacks_names,
            limitation,
        }
    })
}

fn test_run() -> impl Strategy<Value = TestRun> {
    let kind = prop_oneof![
        5 => Just(RunKind::Complete),
        1 => Just(RunKind::Ids),
        1 => Just(RunKind::Group),
    ];
    let gap = prop_oneof![1..HOUR, 20 * HOUR..30 * HOUR, 1..200 * HOUR];
    let regions = prop_oneof![2 => Just(vec![0, 1]), 1 => Just(vec![0]), 1 => Just(vec![1])];
    let places = (regions, place(), place())
        .prop_map(|(regions, one, other)| regions.into_iter().zip([one, other]).collect());
    (kind, gap, 0..HOUR, 0..2usize, places).prop_map(|(kind, gap, seconds, account, places)| {
        TestRun {
            kind,
            gap,
            seconds,
            account,
            places,
        }
    })
}

/// What is asked.
#[derive(Debug, Clone)]
struct Question {
    by: Option<NodeGroupings>,
    verdict: VerdictArgs,
    plan: FetchPlan,
    criteria: Vec<String>,
    connect: ConnectOptions,
}

fn all_nodes() -> Selector {
    Selector {
        all: true,
        ..Selector::default()
    }
}

fn of_group() -> Selector {
    Selector {
        patch_groups: vec!["web".to_owned()],
        ..Selector::default()
    }
}

const GROUP_FLAGS: &str = "--patch-group web";

fn question() -> impl Strategy<Value = Question> {
    let by = prop_oneof![
        2 => Just(None),
        1 => select(NodeGrouping::BUILT_IN.to_vec()).prop_map(|by| Some(by.into())),
        1 => Just(Some(NodeGroupings {
            first: NodeGrouping::Account,
            second: Some(NodeGrouping::Verdict),
        })),
    ];
    let excluding = Selector {
        excludes: Excludes {
            ids: vec![Glob::new("i-1")],
            ..Excludes::default()
        },
        ..all_nodes()
    };
    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let selection = prop_oneof![
        4 => Just((all_nodes(), Vec::new(), Vec::new())),
        1 => Just((of_group(), Vec::new(), vec![GROUP_FLAGS.to_owned()])),
        1 => Just((excluding, Vec::new(), Vec::new())),
        1 => Just((Selector::default(), ids(&["i-0", "i-9"]), Vec::new())),
        1 => Just((all_nodes(), ids(&["i-9"]), Vec::new())),
    ];
    let max_age = prop_oneof![
        2 => Just(MaxAge::default()),
        1 => Just(MaxAge(None)),
        1 => (1u64..60).prop_map(|hours| MaxAge(Some(3_600 * hours))),
        1 => (1u64..600_000).prop_map(|seconds| MaxAge(Some(seconds))),
    ];
    let account = prop_oneof![4 => Just(None), 1 => select(&ACCOUNTS[..2]).prop_map(Some)];
    let region = prop_oneof![4 => Just(None), 1 => select(&REGIONS[..]).prop_map(Some)];
    let level = select(vec![None, Some(InfoLevel::Names), Some(InfoLevel::Tags)]);
    (by, selection, max_age, account, region, level).prop_map(
        |(by, (selector, node_ids, criteria), max_age, account, region, node_info)| Question {
            by,
            verdict: VerdictArgs { max_age },
            plan: FetchPlan {
                selector,
                node_ids,
                node_info,
                baselines: BaselinePlan::ComplianceStatus,
                ..FetchPlan::default()
            },
            criteria,
            connect: ConnectOptions {
                accounts: Accounts::Listed(account.into_iter().map(Into::into).collect()),
                regions: region.into_iter().map(Into::into).collect(),
                ..ConnectOptions::default()
            },
        },
    )
}

fn denied() -> Cause {
    Cause {
        code: "AccessDenied".into(),
        text: "denied".into(),
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

impl TestNode {
    fn outcome(&self, started: i64) -> Outcome<NodeState> {
        match &self.state {
            TestState::NoData => Outcome::NoData,
            TestState::Unread => Outcome::Unread(denied()),
            TestState::Record {
                missing,
                group,
                age,
            } => Outcome::Answered(NodeState {
                missing: *missing,
                failed: Some(0),
                installed_rejected: Some(0),
                installed_pending_reboot: Some(0),
                patch_group: group.map(|group| GROUPS[group].into()),
                operation_end: age.map(|hours| second(started - HOUR * hours)),
                ..NodeState::default()
            }),
        }
    }
}

impl TestRun {
    fn request(&self) -> CollectRequest {
        let (selector, node_ids, criteria) = match self.kind {
            RunKind::Complete => (all_nodes(), Vec::new(), Vec::new()),
            RunKind::Ids => (
                Selector::default(),
                vec!["i-0".to_owned(), "i-9".to_owned()],
                Vec::new(),
            ),
            RunKind::Group => (of_group(), Vec::new(), vec![GROUP_FLAGS.to_owned()]),
        };
        let plan = FetchPlan {
            selector,
            node_ids,
            node_info: Some(InfoLevel::Tags),
            baselines: BaselinePlan::ComplianceStatus,
            ..FetchPlan::default()
        };
        let request = CollectRequest::new(&ConnectOptions::default(), &plan, criteria);
        CollectRequest {
            accounts: vec![ACCOUNTS[self.account].to_owned()],
            ..request
        }
    }

    fn has_node(&self, node: &TestNode, index: usize) -> bool {
        match self.kind {
            RunKind::Complete => true,
            RunKind::Ids => index == 0,
            RunKind::Group => matches!(node.state, TestState::Record { group: Some(0), .. }),
        }
    }

    async fn write(&self, storage: &Storage, started: i64) {
        let clock = AtomicI64::new(started);
        let seconds = self.seconds;
        let mut run = RunWriter::new(storage.clone(), Interrupt::default(), move || {
            second(clock.fetch_add(seconds, Ordering::Relaxed))
        });
        run.start(&self.request()).await.unwrap();
        let identity = CallerIdentity {
            account: ACCOUNTS[self.account].into(),
            arn: "arn:aws:iam::111122223333:user/x".into(),
        };
        observe(
            &mut run,
            Event::Callers(vec![CallerReport {
                profile: None,
                identity: Ok(identity),
            }]),
        )
        .await;
        for (region, place) in &self.places {
            let location = Arc::new(AccountRegion {
                region: REGIONS[*region].into(),
                // The answers of the first account do not tell its id.
                account: (self.account > 0).then(|| ACCOUNTS[self.account].into()),
                account_name: None,
            });
            self.write_place(&mut run, place, &location, started).await;
        }
        let committed = run.commit(&[], BTreeMap::new()).await;
        assert!(matches!(committed, Ok(Committed::Yes(_))));
    }

    async fn write_place(
        &self,
        run: &mut RunWriter,
        place: &TestPlace,
        location: &Arc<AccountRegion>,
        started: i64,
    ) {
        let start = Event::Location {
            location: location.clone(),
            has_uncertain_ids: false,
        };
        observe(run, start).await;
        let report = DiscoveryReport {
            calls: vec!["ssm:DescribeInstanceInformation".to_owned()],
            limitations: place
                .limitation
                .then(|| "what EC2 alone lists".to_owned())
                .into_iter()
                .collect(),
            lists_stopped_instances: !place.limitation,
            scopes: vec![Scope::of(location)],
            ..DiscoveryReport::default()
        };
        observe(run, Event::Discovery(location.clone(), report)).await;
        if place.lacks_names {
            let missing = MissingColumns {
                columns: "Name and tags of EC2 nodes".into(),
                reason: "denied".to_owned(),
            };
            observe(run, Event::MissingColumns(missing)).await;
        }
        for (index, node) in place.nodes.iter().enumerate() {
            if !self.has_node(node, index) {
                continue;
            }
            let outcome = node.outcome(started);
            let count = match &outcome {
                Outcome::Answered(_) => NodeCount::Answered,
                Outcome::NoData => NodeCount::NoData,
                Outcome::Unread(_) => NodeCount::Unread,
            };
            let mut info = NodeInfo::of([]);
            info.has_all_tags = true;
            let node = Node {
                origin: if node.is_stopped {
                    NodeOrigin::Stopped
                } else {
                    NodeOrigin::Managed
                },
                info: Some(Arc::new(info)),
                ..Node::requested(&format!("i-{index}"), location)
            };
            run.end_node(&node, &outcome, None, count).await.unwrap();
        }
        if place.is_unread {
            let unread = Unread {
                subject: Subject::Scope(Scope::of(location)),
                cause: denied(),
            };
            observe(run, Event::Unread(unread)).await;
        }
        observe(run, Event::LocationEnd(location.clone())).await;
    }
}

async fn observe(run: &mut RunWriter, event: Event<()>) {
    run.observe(&event, BTreeMap::new).await.unwrap();
}

async fn write_all(runs: &[TestRun]) -> Storage {
    let storage = Storage::temporary().unwrap();
    let mut started = START;
    for run in runs {
        started += run.gap;
        run.write(&storage, started).await;
    }
    storage
}

impl Question {
    async fn ask(
        &self,
        storage: &Storage,
        range: SnapshotRange,
        take: impl FnMut(TrendRow) -> Result<()>,
    ) -> Result<TrendFooter> {
        let clock = || second(START);
        let location = DatasetLocation::parse("dataset")?;
        let timeline = open_timeline(storage.clone(), &location, &range, clock()).await?;
        let reader = TrendReader {
            by: self.by.as_ref(),
            verdict: &self.verdict,
            criteria: self.criteria.clone(),
            plan: self.plan.clone(),
            connect: self.connect.clone(),
            clock,
            interrupt: &Interrupt::default(),
        };
        reader.read(timeline, take).await
    }

    /// The rows and what stands below them.
    async fn rows(
        &self,
        storage: &Storage,
        range: SnapshotRange,
    ) -> Result<(Vec<TrendRow>, TrendFooter)> {
        let mut rows = Vec::new();
        let take = |row| {
            rows.push(row);
            Ok(())
        };
        let footer = self.ask(storage, range, take).await?;
        Ok((rows, footer))
    }
}

/// One snapshot alone: nothing was read before.
fn only(snapshot: Timestamp) -> SnapshotRange {
    SnapshotRange {
        since: Some(DatasetMoment::At(snapshot)),
        until: DatasetMoment::At(snapshot),
        every: None,
    }
}

/// What could not be read, by place and code: at how many snapshots, the first and the last,
/// and why.
type UnreadPlaces = BTreeMap<(Scope, Box<str>), (u64, Timestamp, Timestamp, Cause)>;

fn unread_places(trend: &Trend) -> UnreadPlaces {
    let places = trend.unread().map(|of| {
        let key = (of.scope.clone(), of.cause.code.clone());
        (key, (of.snapshots, of.first, of.last, of.cause.clone()))
    });
    places.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    #[test]
    fn a_trend_is_what_each_snapshot_says_that_is_read_alone(
        runs in proptest::collection::vec(test_run(), 1..9),
        questions in proptest::collection::vec(question(), 3),
    ) {
        block_on(async {
            let storage = write_all(&runs).await;
            for question in questions {
                compare(&storage, &question).await?;
            }
            Ok::<_, TestCaseError>(())
        })?;
    }
}

/// Asks of all snapshots at once, and of each alone.
async fn compare(storage: &Storage, question: &Question) -> Result<(), TestCaseError> {
    let mut allows_empty = question.clone();
    allows_empty.plan.selector.allows_empty = true;
    let all = allows_empty.rows(storage, SnapshotRange::default()).await;
    let (rows, footer) = all.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    let mut expected = Vec::new();
    let mut unread = UnreadPlaces::new();
    let mut missing_columns = BTreeMap::new();
    let mut newest = None;
    for snapshot in &footer.trend.snapshots {
        let started = snapshot.snapshot.started;
        let alone = allows_empty.rows(storage, only(started)).await;
        let (rows, footer) = alone.map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
        prop_assert_eq!(&footer.trend.snapshots[..], std::slice::from_ref(snapshot));
        expected.extend(rows);
        for (key, (times, first, last, cause)) in unread_places(&footer.trend) {
            let known = unread.entry(key).or_insert((0, first, last, cause.clone()));
            known.0 += times;
            (known.2, known.3) = (last, cause);
        }
        for (columns, times) in footer.missing_columns {
            *missing_columns.entry(columns).or_insert(0) += times;
        }
        newest = Some((footer.newest, started));
    }
    prop_assert_eq!(rows, expected);
    prop_assert_eq!(unread_places(&footer.trend), unread);
    prop_assert_eq!(&footer.missing_columns, &missing_columns);
    let Some((newest, last)) = newest else {
        return Ok(());
    };
    prop_assert_eq!(footer.newest.discovery_notes(), newest.discovery_notes());
    // Whether that no node is selected is an answer depends on the last snapshot.
    let has_nodes = footer.trend.snapshots.iter().any(|of| of.total.nodes > 0);
    let refusal = |read: Result<(Vec<TrendRow>, TrendFooter)>| read.err().map(|of| of.to_string());
    let alone = refusal(question.rows(storage, only(last)).await);
    let refused = refusal(question.rows(storage, SnapshotRange::default()).await);
    prop_assert_eq!(refused, alone.filter(|_| !has_nodes));
    Ok(())
}

/// Five accounts with a collector each, on four days.
fn daily_runs() -> Vec<TestRun> {
    let nodes = |ages: &[i64]| {
        let record = |age| TestNode {
            state: TestState::Record {
                missing: Some(0),
                group: None,
                age: Some(age),
            },
            is_stopped: false,
        };
        TestPlace {
            nodes: ages.iter().copied().map(record).collect(),
            is_unread: false,
            lacks_names: false,
            limitation: false,
        }
    };
    let runs = (0..4).flat_map(|_| 1..=5).map(|account| TestRun {
        kind: RunKind::Complete,
        gap: if account == 1 { 20 * HOUR } else { HOUR },
        seconds: 10,
        account,
        places: vec![(0, nodes(&[1, 3, 5, 7])), (1, nodes(&[2, 40]))],
    });
    runs.collect()
}

/// Deletes what the runs up to a snapshot have of nodes.
async fn delete_nodes(storage: &Storage, snapshot: &str) {
    for file in storage.list("nodes").await.unwrap() {
        let of = file.path.split(['=', '/']).nth(2).unwrap();
        if of <= snapshot {
            storage.delete(&file.path).await.unwrap();
        }
    }
}

#[test]
fn a_location_of_a_run_is_read_once_unless_more_nodes_of_it_become_stale_than_are_kept() {
    block_on(async {
        let ask = async |max_age| {
            let question = Question {
                by: None,
                verdict: VerdictArgs {
                    max_age: MaxAge(max_age),
                },
                plan: FetchPlan {
                    selector: all_nodes(),
                    baselines: BaselinePlan::ComplianceStatus,
                    ..FetchPlan::default()
                },
                criteria: Vec::new(),
                connect: ConnectOptions::default(),
            };
            let storage = write_all(&daily_runs()).await;
            let (expected, _) = question
                .rows(&storage, SnapshotRange::default())
                .await
                .unwrap();
            let mut rows = Vec::new();
            let take = |row: TrendRow| {
                // Nothing is left of a snapshot that was read.
                let deleted = delete_nodes(&storage, &row.snapshot.name);
                deleted.now_or_never().expect("a folder makes no one wait");
                rows.push(row);
                Ok(())
            };
            let range = SnapshotRange::default();
            question.ask(&storage, range, take).await.unwrap();
            let unread = rows.iter().filter(|row| row.group.unread_scopes > 0);
            let is_same = rows == expected;
            (rows.len(), unread.count(), is_same)
        };
        let hours = |hours: u64| Some(3_600 * hours);
        for max_age in [None, MaxAge::default().0, hours(28)] {
            // Of 28 hours, the two nodes of seven and five hours become stale within a day.
            assert_eq!(ask(max_age).await, (20, 0, true), "{max_age:?}");
        }
        // All four do over night: the accounts that no newer run has are read again, and gone.
        let (rows, unread, _) = ask(hours(8)).await;
        assert_eq!((rows, unread), (20, 12));
    });
}
