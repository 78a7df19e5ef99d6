//! The law of the selection, against the demo: nodes found with a selector are those of
//! all nodes that match it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::demo::{NOW, REGION};
use crate::glob::Glob;
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::selection::{
    Excludes, NodeFacts, PingStatus, PlatformFilter, Selector, TagFilter,
};
use crate::record::{InfoLevel, Node, NodeState, Outcome};
use crate::source::aws::connect_options::ConnectOptions;
use crate::source::aws::source::AwsSource;
use crate::source::event::{Event, NodeStates};

/// The nodes that a selector finds in two regions, with their states, and what the search
/// cannot decide.
fn found(selector: &Selector, node_info: Option<InfoLevel>) -> (NodeStates, Vec<String>) {
    let connect = ConnectOptions {
        demo: true,
        regions: vec![REGION.to_owned(), "us-east-1".to_owned()],
        concurrency: 8,
        ..ConnectOptions::default()
    };
    let plan = FetchPlan {
        selector: selector.clone(),
        node_info,
        ..FetchPlan::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let source = AwsSource::connect(&connect, || NOW, &Interrupt::default()).await;
        let mut stream = source.unwrap().stream_states(&plan);
        let (mut nodes, mut limitations) = (NodeStates::new(), Vec::new());
        while let Some(event) = stream.next().await {
            match event {
                Event::Location { .. } | Event::LocationEnd(_) => {}
                Event::Item(batch) => nodes.extend(batch),
                Event::Discovery(_, report) => limitations.extend(report.limitations),
                Event::NothingSelected(cause) => limitations.push(cause.into()),
                other => panic!("{other:?}"),
            }
        }
        (nodes, limitations)
    })
}

/// A node without a record has the default one.
fn record(outcome: &Outcome<NodeState>) -> Option<NodeState> {
    match outcome {
        Outcome::Answered(state) => Some(state.clone()),
        Outcome::NoData => Some(NodeState::default()),
        Outcome::Unread(_) => None,
    }
}

fn ids<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> BTreeSet<String> {
    let of = |node: &Node| format!("{} {}", node.location.region, node.id);
    nodes.into_iter().map(of).collect()
}

/// All nodes, with all that is known of them.
fn all_nodes() -> &'static NodeStates {
    static ALL: std::sync::OnceLock<NodeStates> = std::sync::OnceLock::new();
    ALL.get_or_init(|| {
        let all = Selector {
            all: true,
            ..Selector::default()
        };
        found(&all, Some(InfoLevel::Tags)).0
    })
}

fn words(some: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let word = proptest::sample::select(some).prop_map(ToOwned::to_owned);
    proptest::collection::vec(word, 0..3)
}

fn globs(some: &'static [&'static str]) -> impl Strategy<Value = Vec<Glob>> {
    words(some).prop_map(|words| words.iter().map(|word| Glob::new(word)).collect())
}

fn platforms() -> impl Strategy<Value = Vec<PlatformFilter>> {
    let some = words(&[
        "windows",
        "linux",
        "macos",
        "ubuntu",
        "Amazon Linux 2",
        "Windows Server 2022 Datacenter",
        "*server*",
        "nonesuch",
    ]);
    some.prop_map(|words| words.iter().map(|word| PlatformFilter::new(word)).collect())
}

fn tags() -> impl Strategy<Value = Vec<TagFilter>> {
    const TAGS: &[(&str, &[&str])] = &[
        ("Env", &["prod"]),
        ("Env", &["Prod"]),
        ("env", &["prod"]),
        ("Env", &["prod", "stage"]),
        ("Env", &["p*"]),
        ("Team", &["web", "d?"]),
        ("Team", &[]),
        ("Patch Group", &["prod-*"]),
        ("Nonesuch", &["x"]),
        ("Nonesuch", &[]),
    ];
    let tag = proptest::sample::select(TAGS).prop_map(|(key, values)| TagFilter {
        key: (*key).to_owned(),
        values: values.iter().map(|value| Glob::new(value)).collect(),
    });
    proptest::collection::vec(tag, 0..3)
}

prop_compose! {
    fn excludes()(
        ids in globs(&["i-0*", "mi-*", "i-123"]),
        names in globs(&["web-*", "*db*", "nonesuch"]),
        tags in tags(),
        platforms in platforms(),
    ) -> Excludes {
        Excludes { ids, names, tags, platforms }
    }
}

prop_compose! {
    fn selectors()(
        names in globs(&["web-*", "*", "*-0?", "nonesuch"]),
        tags in tags(),
        patch_groups in words(&["prod-web", "prod-db", "stage", "factory", "prod", "legacy"]),
        platforms in platforms(),
        ping_statuses in proptest::collection::vec(proptest::sample::select(&PingStatus::ALL[..]), 0..3),
        excludes in proptest::option::of(excludes()),
        kinds in proptest::array::uniform4(any::<bool>()),
    ) -> Selector {
        // Few kinds at a time: with all of them, hardly any node is selected.
        let [by_name, by_tag, by_group, by_platform] = kinds;
        Selector {
            all: true,
            allows_empty: true,
            names: if by_name { names } else { Vec::new() },
            tags: if by_tag { tags } else { Vec::new() },
            patch_groups: if by_group { patch_groups } else { Vec::new() },
            platforms: if by_platform { platforms } else { Vec::new() },
            ping_statuses,
            excludes: excludes.unwrap_or_default(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn nodes_found_with_a_selector_are_those_of_all_nodes_that_match_it(selector in selectors()) {
        let (nodes, limitations) = found(&selector, None);
        let matching = all_nodes().iter().filter(|(node, outcome)| {
            let state = record(outcome);
            let facts = NodeFacts {
                id: &node.id,
                info: node.info.as_deref(),
                state: state.as_ref(),
            };
            selector.matches(&facts) == Some(true)
        });
        // A call for a patch group tells less of some nodes, which are then reported.
        let is_reported = |node: &Node| limitations.iter().any(|line| line.contains(&*node.id));
        let matching = matching.map(|(node, _)| node).filter(|node| !is_reported(node));
        let matching = ids(matching);
        let nodes = ids(nodes.iter().map(|(node, _)| node));
        prop_assert_eq!(nodes, matching, "{:?}", limitations);
    }
}
