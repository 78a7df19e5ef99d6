//! The laws of counting, over random fleets.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::aggregate::pivot::*;
use crate::record::{AccountRegion, Cves};

fn place() -> Arc<AccountRegion> {
    Arc::new(AccountRegion {
        region: "eu-west-1".into(),
        account: None,
        account_name: None,
    })
}

/// What a row tells, without its node.
type PatchSpec = (
    PatchState,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    &'static str,
);

fn patch(node: &Node, told: &PatchSpec) -> Patch {
    let (state, kb_id, title, severity, cves) = told.clone();
    Patch {
        node: node.clone(),
        title: title.map(Into::into),
        kb_id: kb_id.map(Into::into),
        classification: title.map(Into::into),
        severity: severity.map(Into::into),
        state,
        installed_time: None,
        cves: Cves::new(Some(cves)),
        release_date: None,
    }
}

/// A node with its rows, and whether it was read to the end.
type Fleet = Vec<(Node, Vec<Patch>, bool)>;

fn patch_spec() -> impl Strategy<Value = PatchSpec> {
    let state = prop_oneof![
        proptest::sample::select(PatchState::DOCUMENTED.to_vec()),
        Just(PatchState::Missing),
        Just(PatchState::Other("Superseded".into())),
    ];
    (
        state,
        proptest::sample::select(vec![
            Some("KB1"),
            Some("kb1"),
            Some("bind.amd64"),
            Some(""),
            None,
        ]),
        proptest::sample::select(vec![
            Some("b"),
            Some("=a()"),
            Some("\u{1b}[31mc"),
            Some(""),
            None,
        ]),
        proptest::sample::select(vec![
            Some("Critical"),
            Some("important"),
            Some("Low"),
            Some("?"),
            None,
        ]),
        proptest::sample::select(vec![
            "",
            "CVE-1-1",
            "CVE-1-1,CVE-1-2",
            "CVE-1-1, cve-1-1,CVE-1-1",
            " , ",
        ]),
    )
}

fn fleet() -> impl Strategy<Value = Fleet> {
    let node = (proptest::collection::vec(patch_spec(), 0..8), any::<bool>());
    proptest::collection::vec(node, 0..8).prop_map(|nodes| {
        let place = place();
        let nodes = nodes.into_iter().enumerate();
        nodes
            .map(|(at, (rows, is_read))| {
                // Their order by id is not the order they come in.
                let node = Node::requested(&format!("i-{}", (at * 5) % 8), &place);
                let rows = rows.iter().map(|told| patch(&node, told)).collect();
                (node, rows, is_read)
            })
            .collect()
    })
}

fn folded(by: PatchGrouping, fleet: &Fleet) -> Pivot {
    let mut pivot = Pivot::new(by);
    for (node, rows, is_read) in fleet {
        pivot.add_rows(rows);
        pivot.finish_node(node, *is_read);
    }
    pivot
}

fn groups(by: PatchGrouping, fleet: &Fleet) -> Vec<PatchAggregate> {
    folded(by, fleet).into_groups().collect()
}

/// The groups that a row counts in, said in the plainest way.
fn keys(by: PatchGrouping, patch: &Patch) -> BTreeSet<Option<String>> {
    let own = match by {
        PatchGrouping::Kb => patch.kb_id.as_deref().filter(|kb| !kb.is_empty()),
        PatchGrouping::Node => Some(&*patch.node.id),
        PatchGrouping::Severity => Some(Severity::of_patch(patch).as_str()),
        PatchGrouping::Cve if patch.cves.is_empty() => None,
        PatchGrouping::Cve => {
            return patch
                .cves
                .iter()
                .map(|id| Some(id.to_uppercase()))
                .collect();
        }
    };
    [own.map(ToOwned::to_owned)].into()
}

fn key(group: &PatchAggregate) -> Option<String> {
    let text = match group.grouping() {
        PatchGrouping::Kb | PatchGrouping::Cve => group.id(),
        PatchGrouping::Node => group.node().map(|node| &*node.id),
        PatchGrouping::Severity => group.severity().map(Severity::as_str),
    };
    text.map(ToOwned::to_owned)
}

fn states() -> impl Iterator<Item = PatchState> {
    PatchState::DOCUMENTED
        .into_iter()
        .chain([PatchState::Other("Superseded".into())])
}

proptest! {
    #[test]
    fn views_add_up_to_the_flat_rows(fleet in fleet()) {
        let rows: Vec<&Patch> = fleet.iter().flat_map(|(_, rows, _)| rows).collect();
        for by in PatchGrouping::ALL {
            prop_assert_eq!(folded(by, &fleet).patch_count(), rows.len() as u64);
            let groups = groups(by, &fleet);
            for state in states() {
                let counted: u64 = groups.iter().filter_map(|group| group.rows_in(&state)).sum();
                let flat = rows.iter().filter(|row| row.state == state);
                let expected: usize = flat.map(|row| keys(by, row).len()).sum();
                prop_assert_eq!(counted, expected as u64, "{} {}", by, state);
            }
        }
    }

    #[test]
    fn every_group_counts_what_plain_sets_count(fleet in fleet()) {
        let read = fleet.iter().filter(|(_, rows, is_read)| *is_read || !rows.is_empty()).count();
        for by in PatchGrouping::ALL {
            let mut plain: BTreeMap<Option<String>, Vec<&Patch>> = BTreeMap::new();
            for row in fleet.iter().flat_map(|(_, rows, _)| rows) {
                for key in keys(by, row) {
                    plain.entry(key).or_default().push(row);
                }
            }
            let groups = groups(by, &fleet);
            let with_rows = groups.iter().filter(|group| group.patch_count() > 0);
            prop_assert_eq!(with_rows.count(), plain.len());
            for group in &groups {
                let none = Vec::new();
                let rows = plain.get(&key(group)).unwrap_or(&none);
                let of = |wanted: &dyn Fn(&Patch) -> bool| -> BTreeSet<&str> {
                    rows.iter().filter(|row| wanted(row)).map(|row| &*row.node.id).collect()
                };
                for state in states() {
                    let nodes = of(&|row| row.state == state).len() as u64;
                    prop_assert_eq!(group.nodes_in(&state), Some(nodes));
                }
                let lacking = of(&|row| PatchState::LACKING.contains(&row.state));
                prop_assert_eq!(group.lacking_count(), Some(lacking.len() as u64));
                let named: Vec<&str> = group.lacking_nodes().iter().map(|node| &*node.id).collect();
                prop_assert_eq!(named, lacking.into_iter().collect::<Vec<_>>());
                prop_assert_eq!(group.severity(), rows.iter().map(|row| Severity::of_patch(row)).max());
                let titles = rows.iter().filter_map(|row| row.title.as_deref());
                let title = titles.filter(|title| !title.is_empty()).min();
                prop_assert_eq!(group.title(), title.filter(|_| matches!(by, PatchGrouping::Kb | PatchGrouping::Cve)));
                prop_assert_eq!(group.nodes_read(), read as u64);
            }
        }
    }

    #[test]
    fn the_order_of_input_and_its_pieces_change_nothing(
        fleet in fleet(), seed in any::<u64>(), piece in 1usize..4,
    ) {
        for by in PatchGrouping::ALL {
            let expected = groups(by, &fleet);
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut shuffled = fleet.clone();
            rng.shuffle(&mut shuffled);
            let mut pivot = Pivot::new(by);
            for (node, rows, is_read) in &mut shuffled {
                rng.shuffle(rows);
                for rows in rows.chunks(piece) {
                    pivot.add_rows(rows);
                }
                pivot.finish_node(node, *is_read);
            }
            prop_assert_eq!(pivot.into_groups().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_most_nodes_lack_stands_first_and_what_has_no_key_last(fleet in fleet()) {
        for by in [PatchGrouping::Kb, PatchGrouping::Cve, PatchGrouping::Node] {
            let order: Vec<_> = groups(by, &fleet)
                .iter()
                .map(|group| {
                    let weight = std::cmp::Reverse((group.lacking_count(), group.severity()));
                    (group.is_unkeyed(), weight)
                })
                .collect();
            prop_assert!(order.is_sorted(), "{by}: {order:?}");
        }
        let severities: Vec<_> = groups(PatchGrouping::Severity, &fleet).iter().map(PatchAggregate::severity).collect();
        prop_assert!(severities.is_sorted_by(|worse, better| worse > better));
    }

    #[test]
    fn a_node_that_was_read_is_in_its_view_whether_it_has_rows_or_not(fleet in fleet()) {
        let named: BTreeSet<String> = groups(PatchGrouping::Node, &fleet).iter().filter_map(key).collect();
        let told = fleet.iter().filter(|(_, rows, is_read)| *is_read || !rows.is_empty());
        let expected: BTreeSet<String> = told.map(|(node, ..)| node.id.to_string()).collect();
        prop_assert_eq!(named, expected);
    }
}

fn of(rows: &[PatchSpec]) -> Fleet {
    let node = Node::requested("i-1", &place());
    let rows = rows.iter().map(|told| patch(&node, told)).collect();
    vec![(node, rows, true)]
}

#[test]
fn a_node_that_lists_a_patch_twice_is_one_node_and_two_rows() {
    let row = (
        PatchState::Missing,
        Some("kernel.x86_64"),
        Some("b"),
        None,
        "",
    );
    let older = (
        PatchState::Missing,
        Some("kernel.x86_64"),
        Some("a"),
        None,
        "",
    );
    let groups = groups(PatchGrouping::Kb, &of(&[row, older]));
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].rows_in(&PatchState::Missing), Some(2));
    assert_eq!(groups[0].nodes_in(&PatchState::Missing), Some(1));
    assert_eq!(
        (groups[0].lacking_count(), groups[0].title()),
        (Some(1), Some("a"))
    );
}

#[test]
fn who_has_a_rejected_patch_does_not_lack_it_and_who_lacks_an_available_one_does() {
    let row = |state| (state, Some("KB1"), None, None, "");
    let group = |state: PatchState, asked: &[PatchState]| {
        let mut pivot = Pivot::new(PatchGrouping::Kb).with_states(asked);
        pivot.add_rows(&of(&[row(state)])[0].1);
        pivot.into_groups().next().unwrap()
    };
    let rejected = PatchState::InstalledRejected;
    let usual = group(rejected.clone(), &PatchState::NON_COMPLIANT);
    assert_eq!(
        (usual.lacking_count(), usual.nodes_in(&rejected)),
        (Some(0), Some(1))
    );
    assert!(usual.lacking_nodes().is_empty());
    assert_eq!(group(rejected.clone(), &[rejected]).lacking_count(), None);
    let available = PatchState::AvailableSecurityUpdate;
    let group = group(available.clone(), &[available]);
    assert_eq!(
        (group.lacking_count(), group.lacking_nodes().len()),
        (Some(1), 1)
    );
}

#[test]
fn states_that_were_not_selected_are_unknown_and_not_zero() {
    let fleet = of(&[(PatchState::Missing, Some("KB1"), None, None, "")]);
    let asked = |states: &[PatchState]| {
        let mut pivot = Pivot::new(PatchGrouping::Kb).with_states(states);
        pivot.add_rows(&fleet[0].1);
        pivot.into_groups().next().unwrap()
    };
    let group = asked(&[PatchState::Missing]);
    assert_eq!(group.rows_in(&PatchState::Missing), Some(1));
    assert_eq!(group.rows_in(&PatchState::Installed), None);
    assert_eq!(group.nodes_in(&PatchState::Other("x".into())), None);
    assert_eq!(asked(&[PatchState::Installed]).lacking_count(), None);
    assert_eq!(asked(&[]).nodes_in(&PatchState::Installed), Some(0));
}

#[test]
fn of_cves_that_were_asked_for_no_others_are_groups() {
    let fleet = of(&[(
        PatchState::Missing,
        Some("KB1"),
        None,
        None,
        "CVE-1-1,CVE-1-2",
    )]);
    let mut pivot = Pivot::new(PatchGrouping::Cve).with_cves(&["cve_1_2".to_owned()]);
    pivot.add_rows(&fleet[0].1);
    assert_eq!(pivot.group_count(), 1);
    let ids: Vec<_> = pivot
        .into_groups()
        .filter_map(|group| key(&group))
        .collect();
    assert_eq!(ids, ["CVE-1-2"]);
}
