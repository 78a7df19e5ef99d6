//! Reads what nodes there are, to answer a selection that selects none. Only the calls
//! that the selection takes are made; what one that fails would have told is left out.

use std::sync::Arc;

use futures_util::future::join_all;

use crate::plan::fetch_plan::UnmanagedPlan;
use crate::plan::selection::{NodeVocabulary, Selector};
use crate::record::{InfoLevel, Node, NodeOrigin, Outcome};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::discovery::discover;
use crate::source::aws::discovery::discovered::{FoundNode, FoundNodes};
use crate::source::aws::discovery::enrich::enrich;
use crate::source::aws::discovery::filter::node_facts;

/// Nodes whose patch groups are read.
const MAX_STATES: usize = 1_000;

/// Locations that are read concurrently.
const CONCURRENT_LOCATIONS: usize = 16;

/// The words of the nodes of all locations.
pub(super) async fn read_vocabulary(
    clients: &[Arc<RegionClient>],
    selector: &Selector,
) -> NodeVocabulary {
    let mut all = NodeVocabulary::default();
    for some in clients.chunks(CONCURRENT_LOCATIONS) {
        let found = some.iter().map(|client| read_location(client, selector));
        for found in join_all(found).await {
            all.merge(found);
        }
    }
    all
}

/// The words of the nodes of one location.
async fn read_location(client: &RegionClient, selector: &Selector) -> NodeVocabulary {
    let is_about_groups = !selector.patch_groups.is_empty() && selector.tags.is_empty();
    let nodes = if is_about_groups {
        read_nodes_with_groups(client).await
    } else {
        read_nodes(client, selector).await
    };
    let mut words = NodeVocabulary::default();
    for (id, one) in &nodes {
        words.add(selector, &node_facts(id, one));
    }
    words
}

async fn read_nodes(client: &RegionClient, selector: &Selector) -> FoundNodes {
    let all = Selector {
        all: true,
        ..Selector::default()
    };
    let Ok(found) = discover(
        client,
        &all,
        Some(InfoLevel::Basic),
        UnmanagedPlan::default(),
    )
    .await
    else {
        return FoundNodes::new();
    };
    let mut nodes = found.nodes;
    // EC2 has the tags of its nodes in one list.
    let level = selector.info_level().max(Some(InfoLevel::Names));
    enrich(client, &mut nodes, level.unwrap_or(InfoLevel::Names)).await;
    nodes
}

/// The nodes that Systems Manager lists, with the patch groups of some.
async fn read_nodes_with_groups(client: &RegionClient) -> FoundNodes {
    let mut nodes = FoundNodes::new();
    // What was listed before a failure are nodes, too.
    let _ = client
        .read_managed_nodes(None, |id, info| {
            let one = FoundNode {
                info: Some(Arc::new(info)),
                ..FoundNode::new(NodeOrigin::Managed, None)
            };
            nodes.insert(id.into(), one);
        })
        .await;
    let some: Vec<Node> = nodes
        .keys()
        .take(MAX_STATES)
        .map(|id| Node::requested(id, &client.location))
        .collect();
    for batch in some.chunks(STATES_BATCH_SIZE) {
        let outcomes = client.patch_states(batch).await;
        for (node, outcome) in batch.iter().zip(outcomes) {
            if let (Outcome::Answered(state), Some(one)) = (outcome, nodes.get_mut(&*node.id)) {
                one.state = Some(Box::new(state));
            }
        }
    }
    nodes
}
