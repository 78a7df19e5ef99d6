//! Laws of comparing, over random fleets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use futures_util::FutureExt as _;
use proptest::prelude::*;

use crate::aggregate::diff::merge::*;
use crate::aggregate::diff::*;
use crate::duration::MaxAge;
use crate::record::{AccountRegion, Cves, NodeOrigin, Scope};

fn place(region: &str) -> Arc<AccountRegion> {
    Arc::new(AccountRegion {
        region: region.into(),
        account: Some("111122223333".into()),
        account_name: None,
    })
}

const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];

fn cause() -> Cause {
    Cause {
        code: "Timeout".into(),
        text: "no answer".into(),
    }
}

fn options() -> VerdictOptions {
    VerdictOptions {
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        max_age: MaxAge::default(),
        wants_reasons: true,
    }
}

/// What a test says of a patch: its id, its title, its state.
type PatchSpec = (&'static str, &'static str, PatchState);

fn patch(node: &Node, spec: &PatchSpec) -> Patch {
    Patch {
        node: node.clone(),
        title: (!spec.1.is_empty()).then(|| spec.1.into()),
        kb_id: Some(spec.0.into()),
        classification: None,
        severity: Some("Critical".into()),
        state: spec.2.clone(),
        installed_time: None,
        cves: Cves::default(),
        release_date: None,
    }
}

/// How a node was read.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Read {
    Whole,
    NoData,
    Unread,
    PatchesUnread,
}

#[derive(Debug, Clone)]
struct NodeSpec {
    region: usize,
    read: Read,
    origin: NodeOrigin,
    baseline: &'static str,
    scanned: i64,
    patches: Vec<PatchSpec>,
}

fn side(id: &str, spec: &NodeSpec) -> NodeSide {
    let mut node = Node::requested(id, &place(REGIONS[spec.region]));
    node.origin = spec.origin;
    let lists = |state: &PatchState| {
        let of = spec.patches.iter().filter(|patch| patch.2 == *state);
        Some(of.count() as u64)
    };
    let state = match spec.read {
        Read::NoData => Outcome::NoData,
        Read::Unread => Outcome::Unread(cause()),
        Read::Whole | Read::PatchesUnread => Outcome::Answered(NodeState {
            baseline_id: Some(spec.baseline.into()),
            missing: lists(&PatchState::Missing),
            failed: lists(&PatchState::Failed),
            installed_rejected: lists(&PatchState::InstalledRejected),
            installed_pending_reboot: lists(&PatchState::InstalledPendingReboot),
            operation_end: Timestamp::from_second(1_795_000_000 + spec.scanned * 86_400).ok(),
            ..NodeState::default()
        }),
    };
    let end = match spec.read {
        Read::Whole => Outcome::Answered(()),
        Read::NoData => Outcome::NoData,
        Read::Unread | Read::PatchesUnread => Outcome::Unread(cause()),
    };
    let patches = spec.patches.iter().map(|spec| patch(&node, spec)).collect();
    let patches = if spec.read == Read::Whole {
        patches
    } else {
        Vec::new()
    };
    NodeSide::new(node, state, end, patches, &options())
}

#[derive(Debug, Clone)]
struct FleetSpec {
    nodes: BTreeMap<usize, NodeSpec>,
    /// Regions that are not listed to the end.
    doubted: BTreeSet<usize>,
}

struct Fleet {
    nodes: std::vec::IntoIter<NodeSide>,
    doubted: BTreeSet<LocationKey>,
}

impl Fleet {
    fn new(spec: &FleetSpec) -> Self {
        let nodes = spec.nodes.iter();
        let mut nodes: Vec<NodeSide> = nodes
            .map(|(id, spec)| side(&format!("i-{id}"), spec))
            .collect();
        nodes.sort_by_key(|side| {
            let is_managed = side.node.origin != NodeOrigin::Unmanaged;
            (side.node.location.clone(), is_managed, side.node.id.clone())
        });
        let doubted = spec.doubted.iter();
        Self {
            nodes: nodes.into_iter(),
            doubted: doubted
                .map(|region| LocationKey::new(&place(REGIONS[*region]), true))
                .collect(),
        }
    }
}

impl NodeReader for Fleet {
    async fn next_node(&mut self) -> Result<Option<NodeSide>> {
        Ok(self.nodes.next())
    }

    fn doubt(&self, location: &LocationKey) -> Option<String> {
        self.doubted.contains(location).then(|| "unread".to_owned())
    }

    fn unread_scopes(&self) -> Vec<(Scope, String)> {
        Vec::new()
    }
}

fn diff_with(before: &FleetSpec, after: &FleetSpec, is_sorted: bool) -> Vec<Difference> {
    let (mut before, mut after) = (Fleet::new(before), Fleet::new(after));
    let mut all = Vec::new();
    let options = MergeOptions {
        is_sorted,
        has_accounts: true,
    };
    let merged = merge_nodes(&mut before, &mut after, options, |one| {
        all.push(one);
        Ok(())
    });
    merged.now_or_never().expect("nothing waits").unwrap();
    all
}

fn diff(before: &FleetSpec, after: &FleetSpec) -> Vec<Difference> {
    diff_with(before, after, true)
}

fn patches() -> impl Strategy<Value = Vec<PatchSpec>> {
    let states = PatchState::DOCUMENTED.into_iter();
    let states: Vec<PatchState> = states
        .chain([PatchState::Other("Superseded".into())])
        .collect();
    let one = (
        proptest::sample::select(vec!["KB1", "KB2", "bash.x86_64"]),
        proptest::sample::select(vec!["", "a", "b"]),
        proptest::sample::select(states),
    );
    proptest::collection::vec(one, 0..7)
}

fn node() -> impl Strategy<Value = NodeSpec> {
    (
        0..REGIONS.len(),
        prop_oneof![
            6 => Just(Read::Whole),
            1 => Just(Read::NoData),
            1 => Just(Read::Unread),
            1 => Just(Read::PatchesUnread),
        ],
        prop_oneof![9 => Just(NodeOrigin::Managed), 1 => Just(NodeOrigin::Unmanaged)],
        proptest::sample::select(vec!["pb-1", "pb-2"]),
        0i64..12,
        patches(),
    )
        .prop_map(|(region, read, origin, baseline, scanned, patches)| {
            let is_unmanaged = origin == NodeOrigin::Unmanaged;
            NodeSpec {
                region,
                read: if is_unmanaged { Read::NoData } else { read },
                origin,
                baseline,
                scanned,
                patches,
            }
        })
}

fn fleet() -> impl Strategy<Value = FleetSpec> {
    let nodes = proptest::collection::btree_map(0usize..6, node(), 0..6);
    let doubted = proptest::collection::btree_set(0..REGIONS.len(), 0..2);
    (nodes, doubted).prop_map(|(nodes, doubted)| FleetSpec { nodes, doubted })
}

/// The second fleet has its nodes in the regions of the first, and much in common with it.
fn two_fleets() -> impl Strategy<Value = (FleetSpec, FleetSpec)> {
    let kept = proptest::collection::vec(any::<bool>(), 6);
    (fleet(), fleet(), kept).prop_map(|(before, mut after, kept)| {
        for (id, old) in &before.nodes {
            if let Some(new) = after.nodes.get_mut(id) {
                new.region = old.region;
                if kept[*id] {
                    new.patches.clone_from(&old.patches);
                    new.patches.truncate(5);
                }
            }
        }
        (before, after)
    })
}

fn id(difference: &Difference) -> Option<String> {
    difference.subject.id().map(ToOwned::to_owned)
}

/// The kind of a change seen from the other side.
fn mirrored(change: Change) -> &'static str {
    match change {
        Change::NodeAppeared => "NodeVanished",
        Change::NodeVanished => "NodeAppeared",
        Change::NewlyStale => "NoLongerStale",
        Change::NoLongerStale => "NewlyStale",
        other if is_of_patch(other) => "patch",
        other => other.as_str(),
    }
}

fn is_of_patch(change: Change) -> bool {
    matches!(
        change,
        Change::NewlyMissing
            | Change::NewlyFailed
            | Change::NewlyPendingReboot
            | Change::NewlyRejected
            | Change::NewlyAvailable
            | Change::Fixed
            | Change::NoLongerListed
            | Change::StateChanged
    )
}

type Seen = (
    Option<String>,
    &'static str,
    String,
    Option<String>,
    Option<String>,
);

fn seen(difference: &Difference, is_mirrored: bool) -> Seen {
    let change = difference.change;
    let word = match (is_mirrored, is_of_patch(change)) {
        (_, true) => "patch",
        (true, false) => mirrored(change),
        (false, false) => change.as_str(),
    };
    let key = difference.patch.as_ref().map_or(String::new(), |patch| {
        format!("{:?} {:?}", patch.kb_id, patch.title)
    });
    let text = |value: &Option<DiffValue>| value.as_ref().map(|value| value.as_str().to_owned());
    let (before, after) = (text(&difference.before), text(&difference.after));
    let (before, after) = if is_mirrored {
        (after, before)
    } else {
        (before, after)
    };
    (id(difference), word, key, before, after)
}

/// The nodes of which one side has no data: what they lack is known in one direction only.
fn without_data(before: &FleetSpec, after: &FleetSpec) -> BTreeSet<String> {
    let sides = before.nodes.iter().chain(&after.nodes);
    let of = sides.filter(|(_, node)| node.read == Read::NoData);
    of.map(|(id, _)| format!("i-{id}")).collect()
}

proptest! {
    #[test]
    fn a_fleet_does_not_differ_from_itself_but_in_what_is_unread(fleet in fleet()) {
        for one in diff(&fleet, &fleet) {
            prop_assert_eq!(one.change, Change::Unknown);
            let id: usize = one.subject.id().unwrap()[2..].parse().unwrap();
            let read = fleet.nodes[&id].read;
            prop_assert!(matches!(read, Read::Unread | Read::PatchesUnread));
        }
    }

    #[test]
    fn seen_from_the_other_side_each_change_is_reversed((before, after) in two_fleets()) {
        let excepted = without_data(&before, &after);
        let is_meant = |seen: &Seen| !seen.0.as_ref().is_some_and(|id| excepted.contains(id));
        let mut there: Vec<Seen> = diff(&before, &after).iter().map(|one| seen(one, false)).filter(is_meant).collect();
        let mut back: Vec<Seen> = diff(&after, &before).iter().map(|one| seen(one, true)).filter(is_meant).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn worse_is_better_from_the_other_side_for_nodes_that_both_sides_read((before, after) in two_fleets()) {
        let excepted = without_data(&before, &after);
        let count = |all: &[Difference], direction| {
            let both = all.iter().filter(|one| id(one).is_some_and(|id| {
                let of: usize = id[2..].parse().unwrap();
                !excepted.contains(&id) && before.nodes.contains_key(&of) && after.nodes.contains_key(&of)
            }));
            both.filter(|one| one.direction == direction).count()
        };
        let (there, back) = (diff(&before, &after), diff(&after, &before));
        prop_assert_eq!(count(&there, Direction::Worse), count(&back, Direction::Better));
        prop_assert_eq!(count(&there, Direction::Better), count(&back, Direction::Worse));
    }

    #[test]
    fn what_a_node_lacks_after_is_what_it_lacked_before_with_the_changes((before, after) in two_fleets()) {
        let all = diff(&before, &after);
        for (of, old) in &before.nodes {
            let Some(new) = after.nodes.get(of) else { continue };
            if old.read != Read::Whole || new.read != Read::Whole {
                continue;
            }
            for state in PatchState::LACKING.iter().chain([&PatchState::InstalledRejected]) {
                let count = |node: &NodeSpec| node.patches.iter().filter(|patch| patch.2 == *state).count();
                let id = format!("i-{of}");
                let changes = || all.iter().filter(|one| one.patch.is_some() && one.subject.id() == Some(&id));
                let is_state = |value: &Option<DiffValue>| *value == Some(DiffValue::State(state.clone()));
                let came = changes().filter(|one| is_state(&one.after)).count();
                let went = changes().filter(|one| is_state(&one.before)).count();
                prop_assert_eq!(count(old) + came, count(new) + went, "{}", state);
            }
        }
    }

    #[test]
    fn what_is_unread_is_unknown_and_never_gone_or_fixed((before, after) in two_fleets()) {
        for one in diff(&before, &after) {
            let Some(of) = one.subject.id() else { continue };
            let of: usize = of[2..].parse().unwrap();
            let reads = [&before, &after].map(|fleet| fleet.nodes.get(&of).map(|node| (node.read, node.region)));
            let is_unread = reads.iter().flatten().any(|(read, _)| *read == Read::Unread);
            let are_patches_unread = reads.iter().flatten().any(|(read, _)| *read == Read::PatchesUnread);
            if is_unread {
                prop_assert_eq!(one.change, Change::Unknown);
            }
            if are_patches_unread {
                prop_assert!(one.patch.is_none());
            }
            let is_gone = matches!(one.change, Change::Fixed | Change::NoLongerListed | Change::NodeVanished);
            if is_gone {
                prop_assert!(!matches!(reads[1], Some((Read::NoData, _))), "no data is no fix");
            }
            if let (Some((_, region)), None) = (&reads[0], &reads[1]) {
                prop_assert!(!after.doubted.contains(region), "a region that was not read to the end");
            }
        }
    }

    #[test]
    fn nodes_whose_ids_were_typed_differ_as_those_that_were_found((before, after) in two_fleets()) {
        let sorted = |mut all: Vec<Difference>| {
            all.sort_by_key(|one| seen(one, false));
            all.iter().map(|one| (seen(one, false), one.direction, one.note.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(
            sorted(diff_with(&before, &after, true)),
            sorted(diff_with(&before, &after, false))
        );
    }

    #[test]
    fn the_order_of_patches_does_not_matter((before, after) in two_fleets(), seed in any::<u64>()) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let (mut old, mut new) = (before.clone(), after.clone());
        for node in old.nodes.values_mut().chain(new.nodes.values_mut()) {
            rng.shuffle(&mut node.patches);
        }
        let all = |all: &[Difference]| all.iter().map(|one| seen(one, false)).collect::<Vec<_>>();
        prop_assert_eq!(all(&diff(&before, &after)), all(&diff(&old, &new)));
    }
}

/// Two fleets of one node with these patches.
fn changes(before: &[PatchSpec], after: &[PatchSpec]) -> Vec<(Change, Direction, String)> {
    let fleet = |patches: &[PatchSpec]| FleetSpec {
        nodes: BTreeMap::from([(
            1,
            NodeSpec {
                region: 0,
                read: Read::Whole,
                origin: NodeOrigin::Managed,
                baseline: "pb-1",
                scanned: 11,
                patches: patches.to_vec(),
            },
        )]),
        doubted: BTreeSet::new(),
    };
    let all = diff(&fleet(before), &fleet(after)).into_iter();
    let of_patches = all.filter_map(|one| {
        let title = one.patch.as_ref()?.title.as_deref().unwrap_or("");
        Some((one.change, one.direction, title.to_owned()))
    });
    of_patches.collect()
}

#[test]
fn a_reused_id_is_told_apart_by_its_title() {
    assert_eq!(
        changes(
            &[("KB1", "October", PatchState::Missing)],
            &[("KB1", "November", PatchState::Missing)]
        ),
        [
            (
                Change::NewlyMissing,
                Direction::Worse,
                "November".to_owned()
            ),
            (
                Change::NoLongerListed,
                Direction::Better,
                "October".to_owned()
            ),
        ]
    );
}

/// The state before, the state after, and how the change is told.
type Told = (Option<PatchState>, Option<PatchState>, Change, Direction);

#[rustfmt::skip]
fn told() -> Vec<Told> {
    use Direction::{Better, Worse};
    use PatchState::{
        AvailableSecurityUpdate, Failed, Installed, InstalledOther, InstalledPendingReboot,
        InstalledRejected, Missing, NotApplicable,
    };
    let other = || PatchState::Other("Superseded".into());
    vec![
        (None, Some(Missing), Change::NewlyMissing, Worse),
        (Some(NotApplicable), Some(Missing), Change::NewlyMissing, Worse),
        (Some(AvailableSecurityUpdate), Some(Missing), Change::NewlyMissing, Worse),
        (Some(Missing), Some(Failed), Change::NewlyFailed, Worse),
        (Some(Failed), Some(Missing), Change::StateChanged, Better),
        (Some(Missing), Some(Installed), Change::Fixed, Better),
        (Some(Missing), Some(InstalledOther), Change::Fixed, Better),
        (Some(Missing), Some(NotApplicable), Change::NoLongerListed, Better),
        (Some(Missing), None, Change::NoLongerListed, Better),
        (Some(Missing), Some(InstalledPendingReboot), Change::NewlyPendingReboot, Better),
        (Some(Installed), Some(InstalledPendingReboot), Change::NewlyPendingReboot, Worse),
        (Some(InstalledPendingReboot), Some(Installed), Change::Fixed, Better),
        (Some(Installed), Some(InstalledRejected), Change::NewlyRejected, Worse),
        (None, Some(AvailableSecurityUpdate), Change::NewlyAvailable, Worse),
        (Some(Missing), Some(other()), Change::StateChanged, Direction::Unknown),
        (Some(other()), None, Change::StateChanged, Direction::Unknown),
    ]
}

#[test]
fn each_kind_of_change_has_its_word() {
    for (before, after, change, direction) in told() {
        let list = |state: Option<PatchState>| -> Vec<PatchSpec> {
            state.into_iter().map(|state| ("KB1", "a", state)).collect()
        };
        let (before, after) = (list(before), list(after));
        assert_eq!(
            changes(&before, &after),
            [(change, direction, "a".to_owned())],
            "{before:?} {after:?}"
        );
    }
    let (installed, other) = (PatchState::Installed, PatchState::InstalledOther);
    for (before, after) in [
        (None, Some(&installed)),
        (Some(&installed), None),
        (Some(&other), Some(&installed)),
    ] {
        assert_eq!(Change::between_states(before, after), None);
    }
}

#[test]
fn a_patch_that_is_listed_twice_is_counted_twice() {
    let missing = ("KB1", "a", PatchState::Missing);
    let installed = ("KB1", "a", PatchState::Installed);
    let fixed = (Change::Fixed, Direction::Better, "a".to_owned());
    assert_eq!(
        changes(
            &[missing.clone(), missing.clone()],
            &[missing.clone(), installed.clone()]
        ),
        [fixed]
    );
    assert!(changes(&[missing.clone(), installed.clone()], &[installed, missing]).is_empty());
}
