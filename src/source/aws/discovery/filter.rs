//! Keeps the nodes that the selector matches, of those that were found.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::plan::selection::{NodeFacts, NodeProperty, Selector};
use crate::record::InfoLevel;
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::discovery::discovered::{Discovered, FoundNode, FoundNodes};
use crate::source::aws::discovery::enrich::{add_hybrid_tags, add_instance_info, add_managed_info};
use crate::text::first_n;

/// More undecided nodes than this are counted.
const MAX_UNDECIDED_IDS: usize = 20;

/// Removes the nodes that do not match, and those of which that is not known.
pub(super) async fn keep_matching(
    client: &RegionClient,
    selector: &Selector,
    discovered: &mut Discovered,
) -> Result<(), CallError> {
    if !selector.has_criteria() && selector.excludes.ids.is_empty() {
        return Ok(());
    }
    let failure = add_deciding_info(client, selector, &mut discovered.nodes).await?;
    let mut undecided: BTreeMap<NodeProperty, Vec<Arc<str>>> = BTreeMap::new();
    let mut excluded = 0;
    discovered.nodes.retain(|id, one| {
        let facts = node_facts(id, one);
        let is_selected = selector.matches(&facts);
        if let (None, Some(property)) = (is_selected, selector.undecided_property(&facts)) {
            undecided.entry(property).or_default().push(id.clone());
        }
        excluded += u64::from(is_selected == Some(false) && selector.fits(&facts) == Some(true));
        is_selected == Some(true)
    });
    discovered.excluded_nodes += excluded;
    for (property, ids) in &undecided {
        let property = property.as_str();
        discovered.limitations.insert(format!(
            "whether these are of the selected {property}, which is unknown: {}",
            first_n(ids, MAX_UNDECIDED_IDS)
        ));
        if let Some(error) = &failure {
            discovered.has_failed_calls = true;
            discovered.record_failure(&format!("nodes of the selected {property}"), error);
        }
    }
    for (property, ids) in undecided {
        let ids = ids.into_iter().map(|id| (id, property));
        discovered.undecided_ids.extend(ids);
    }
    Ok(())
}

/// Adds what decides about the nodes of which the lists do not say enough. The first
/// failure is returned: what these nodes lack then stays unknown.
async fn add_deciding_info(
    client: &RegionClient,
    selector: &Selector,
    nodes: &mut FoundNodes,
) -> Result<Option<CallError>, CallError> {
    let undecided = |nodes: &FoundNodes| -> Vec<Arc<str>> {
        let facts = nodes.iter().map(|(id, one)| (id, node_facts(id, one)));
        let open = facts.filter(|(_, facts)| selector.matches(facts).is_none());
        open.map(|(id, _)| id.clone()).collect()
    };
    let mut failure = None;
    let mut keep = |result: Result<(), CallError>| match result {
        Err(error) if error.is_interrupted() => Err(error),
        result => {
            failure = failure.take().or(result.err());
            Ok(())
        }
    };
    let mut ids = undecided(nodes);
    if selector.info_level().is_some() {
        // Nodes that only a patch group lists.
        ids.retain(|id| nodes.get(id).is_some_and(|one| one.info.is_none()));
        keep(add_managed_info(client, nodes, &ids).await)?;
        ids = undecided(nodes);
    }
    keep(add_instance_info(client, nodes, &ids).await)?;
    if selector.info_level() == Some(InfoLevel::Tags) {
        let ids = undecided(nodes);
        keep(add_hybrid_tags(client, nodes, &ids).await)?;
    }
    Ok(failure)
}

pub(super) fn node_facts<'a>(id: &'a str, one: &'a FoundNode) -> NodeFacts<'a> {
    NodeFacts {
        id,
        info: one.info.as_deref(),
        state: one.state.as_deref(),
    }
}

/// Keeps the nodes that both lists contain, with what both know of them.
pub(super) fn retain_common(nodes: &mut FoundNodes, mut others: FoundNodes) {
    nodes.retain(|id, one| {
        let Some(other) = others.remove(id) else {
            return false;
        };
        if let Some(info) = other.info {
            one.add_info(Arc::unwrap_or_clone(info));
        }
        true
    });
}
