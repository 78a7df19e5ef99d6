//! What else is known of nodes: the helper calls that fill columns, in bulk.
//!
//! Knows which call tells what. Must not know how nodes were found, and never
//! fails: what may not be asked leaves a column empty.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::plan::selection::is_well_formed;
use crate::record::{Facts, Needs};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Fault, Kind};
use crate::source::aws::api::inventory_calls::IDS;
use crate::source::aws::discovery::Nodes;

/// More ids than this are cheaper to pick from a list of everything.
const FEW: usize = 1_000;

/// Hybrid nodes whose tags are asked for side by side.
const AT_ONCE: usize = 16;

/// A helper call that failed: some columns stay empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    pub columns: &'static str,
    pub why: String,
}

/// Completes the facts of nodes for the columns that need them. What may not be
/// asked leaves them empty, and is told.
pub async fn describe(asker: &Asker, nodes: &mut Nodes, needs: Needs) -> Vec<Lack> {
    let mut lacks = Vec::new();
    let mut lacking = |columns, result: Result<(), Fault>| {
        if let Err(fault) = result {
            lacks.push(Lack {
                columns,
                why: fault.why.text.into(),
            });
        }
    };
    let undescribed: Vec<Box<str>> = nodes
        .iter()
        .filter(|(_, one)| one.facts.is_none())
        .map(|(id, _)| id.clone())
        .collect();
    lacking(
        "what Systems Manager knows of the node",
        join_managed(asker, nodes, &undescribed).await,
    );
    let ids: Vec<Box<str>> = nodes.keys().cloned().collect();
    let of_ec2 = match needs {
        Needs::Facts => None,
        Needs::Names => Some("Name of EC2 nodes"),
        Needs::Tags => Some("Name and tags of EC2 nodes"),
    };
    if let Some(columns) = of_ec2 {
        lacking(columns, join_instances(asker, nodes, &ids).await);
    }
    if needs == Needs::Tags {
        lacking("tags of hybrid nodes", join_tags(asker, nodes, &ids).await);
    }
    lacks
}

async fn join_managed(asker: &Asker, nodes: &mut Nodes, ids: &[Box<str>]) -> Result<(), Fault> {
    let (well_formed, odd): (Vec<&Box<str>>, Vec<&Box<str>>) =
        ids.iter().partition(|id| is_well_formed(id));
    // One id that the service refuses would take the others along.
    for batch in well_formed.chunks(IDS).chain(odd.chunks(1)) {
        let ids = batch.iter().map(ToString::to_string).collect();
        let only = ("InstanceIds".to_owned(), ids);
        let mut described: BTreeMap<Box<str>, Facts> = BTreeMap::new();
        let listed = asker
            .managed(Some(&only), |id, facts| {
                described
                    .entry(id.into())
                    .and_modify(|known| known.keep_common(&facts))
                    .or_insert(facts);
            })
            .await;
        for (id, facts) in described {
            complete(nodes, &id, facts);
        }
        match listed {
            Err(fault) if fault.kind == Kind::Refused && batch.len() == 1 => {}
            other => other?,
        }
    }
    Ok(())
}

pub async fn join_instances(
    asker: &Asker,
    nodes: &mut Nodes,
    ids: &[Box<str>],
) -> Result<(), Fault> {
    let of_ec2: Vec<&Box<str>> = ids.iter().filter(|id| id.starts_with("i-")).collect();
    if of_ec2.len() > FEW {
        return asker
            .instances(&[], |id, facts| complete(nodes, id, facts))
            .await;
    }
    for batch in of_ec2.chunks(IDS) {
        let ids = batch.iter().map(ToString::to_string).collect();
        let only = [("instance-id".to_owned(), ids)];
        asker
            .instances(&only, |id, facts| complete(nodes, id, facts))
            .await?;
    }
    Ok(())
}

async fn join_tags(asker: &Asker, nodes: &mut Nodes, ids: &[Box<str>]) -> Result<(), Fault> {
    let hybrid: Vec<&Box<str>> = ids.iter().filter(|id| id.starts_with("mi-")).collect();
    for some in hybrid.chunks(AT_ONCE) {
        let answers = join_all(some.iter().map(|id| asker.tags_of_hybrid(id))).await;
        for (id, tags) in some.iter().zip(answers) {
            let tags = tags?;
            complete(
                nodes,
                id,
                Facts {
                    tags,
                    tags_told: true,
                    ..Facts::default()
                },
            );
        }
    }
    Ok(())
}

fn complete(nodes: &mut Nodes, id: &str, facts: Facts) {
    if let Some(one) = nodes.get_mut(id) {
        one.facts.get_or_insert_default().complete(facts);
    }
}
