//! Enriches nodes with names, tags and platforms, by auxiliary calls in bulk.
//! Never fails: a denied call leaves columns empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::record::{InfoLevel, NodeInfo, is_well_formed_node_id};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::inventory_calls::MAX_IDS_PER_FILTER;
use crate::source::aws::discovery::discovered::{FoundNode, FoundNodes};
use crate::source::event::MissingColumns;

/// Above this many ids, listing all nodes takes fewer calls.
const LIST_ALL_THRESHOLD: usize = 1_000;

/// Concurrent calls for the tags of hybrid nodes.
const CONCURRENT_TAG_CALLS: usize = 16;

/// Adds the node information that the columns need. Columns of denied calls
/// stay empty and are reported.
pub(crate) async fn enrich(
    client: &RegionClient,
    nodes: &mut FoundNodes,
    needs: InfoLevel,
) -> Vec<MissingColumns> {
    let mut missing_columns = Vec::new();
    let mut lacking = |columns: &str, result: Result<(), CallError>| {
        if let Err(error) = result {
            missing_columns.push(MissingColumns {
                columns: columns.into(),
                reason: error.cause.text.into(),
            });
        }
    };
    let undescribed: Vec<Arc<str>> = nodes
        .iter()
        .filter(|(_, one)| one.info.is_none())
        .map(|(id, _)| id.clone())
        .collect();
    lacking(
        "node details from Systems Manager",
        add_managed_info(client, nodes, &undescribed).await,
    );
    let has_all_tags = |one: &FoundNode| one.info.as_ref().is_some_and(|info| info.has_all_tags);
    let ids: Vec<Arc<str>> = nodes
        .iter()
        .filter(|(_, one)| !has_all_tags(one))
        .map(|(id, _)| id.clone())
        .collect();
    let of_ec2 = match needs {
        InfoLevel::Basic => None,
        InfoLevel::Names => Some("Name of EC2 nodes"),
        InfoLevel::Tags => Some("Name and tags of EC2 nodes"),
    };
    if let Some(columns) = of_ec2 {
        lacking(columns, add_instance_info(client, nodes, &ids).await);
    }
    if needs == InfoLevel::Tags {
        lacking(
            "tags of hybrid nodes",
            add_hybrid_tags(client, nodes, &ids).await,
        );
    }
    missing_columns
}

/// Adds what Systems Manager lists of these nodes, if it does.
pub(super) async fn add_managed_info(
    client: &RegionClient,
    nodes: &mut FoundNodes,
    ids: &[Arc<str>],
) -> Result<(), CallError> {
    let (well_formed, malformed): (Vec<&Arc<str>>, Vec<&Arc<str>>) =
        ids.iter().partition(|id| is_well_formed_node_id(id));
    // A malformed id is sent alone: the service would reject the whole batch.
    for batch in well_formed
        .chunks(MAX_IDS_PER_FILTER)
        .chain(malformed.chunks(1))
    {
        let ids = batch.iter().map(ToString::to_string).collect();
        let only = ("InstanceIds".to_owned(), ids);
        let mut described: BTreeMap<Arc<str>, NodeInfo> = BTreeMap::new();
        let listed = client
            .read_managed_nodes(Some(&only), |id, info| {
                described
                    .entry(id.into())
                    .and_modify(|known| known.keep_common(&info))
                    .or_insert(info);
            })
            .await;
        for (id, info) in described {
            fill_info(nodes, &id, info);
        }
        match listed {
            Err(error) if error.kind == ErrorKind::InvalidRequest && batch.len() == 1 => {}
            other => other?,
        }
    }
    Ok(())
}

pub(super) async fn add_instance_info(
    client: &RegionClient,
    nodes: &mut FoundNodes,
    ids: &[Arc<str>],
) -> Result<(), CallError> {
    let of_ec2: Vec<&Arc<str>> = ids.iter().filter(|id| id.starts_with("i-")).collect();
    if of_ec2.len() > LIST_ALL_THRESHOLD {
        return client
            .list_instances(&[], |id, info| fill_info(nodes, id, info))
            .await;
    }
    for batch in of_ec2.chunks(MAX_IDS_PER_FILTER) {
        let ids = batch.iter().map(ToString::to_string).collect();
        let only = [("instance-id".to_owned(), ids)];
        client
            .list_instances(&only, |id, info| fill_info(nodes, id, info))
            .await?;
    }
    Ok(())
}

pub(super) async fn add_hybrid_tags(
    client: &RegionClient,
    nodes: &mut FoundNodes,
    ids: &[Arc<str>],
) -> Result<(), CallError> {
    let hybrid: Vec<&Arc<str>> = ids.iter().filter(|id| id.starts_with("mi-")).collect();
    for some in hybrid.chunks(CONCURRENT_TAG_CALLS) {
        let answers = join_all(some.iter().map(|id| client.hybrid_node_tags(id))).await;
        for (id, tags) in some.iter().zip(answers) {
            let tags = tags?;
            fill_info(nodes, id, NodeInfo::default().with_all_tags(tags));
        }
    }
    Ok(())
}

fn fill_info(nodes: &mut FoundNodes, id: &str, info: NodeInfo) {
    if let Some(one) = nodes.get_mut(id) {
        one.add_info(info);
    }
}
