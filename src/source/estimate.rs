//! How many calls an answer takes, before the many of them are made.
//!
//! Knows which calls follow from which nodes. Must not make the calls it counts.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use super::aws::{Asker, BATCH};
use super::drill;
use super::roll::{Here, Pick, Roll};
use super::{Calls, Selection, Source};
use crate::filter::Filter;
use crate::record::{Finding, Node, Outcome, Place, Scope, Unread};

/// Rows on a page of DescribeInstancePatches.
const PAGE: u64 = 50;

/// Places that are looked at side by side.
const AT_ONCE: usize = 64;

/// What one operation takes in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    pub place: Arc<Place>,
    /// As an IAM policy names it.
    pub operation: String,
    /// Calls that were made to find this out.
    pub made: u64,
    /// Calls that the answer takes beyond those; what was made is made again.
    pub needed: u64,
}

/// What an answer takes.
#[derive(Debug, Default)]
pub struct Estimate {
    pub costs: Vec<Cost>,
    pub nodes: u64,
    pub unread: Vec<Unread>,
    pub found: Vec<Finding>,
}

impl Source {
    /// Finds the nodes, and for patches reads their counters; counts the calls
    /// of the whole answer. `filter` is that of `patches`, none is `states`.
    pub async fn estimate(
        &self,
        selection: Selection,
        filter: Option<&Filter>,
        prefetch: bool,
    ) -> Estimate {
        let roll = self.roll(selection);
        let mut places = stream::iter(&self.askers)
            .map(|asker| look(asker, &roll, filter, prefetch))
            .buffered(AT_ONCE);
        let mut estimate = Estimate {
            unread: self.unread.clone(),
            ..Estimate::default()
        };
        while let Some(place) = places.next().await {
            match place {
                Err(unread) => estimate.unread.push(unread),
                Ok(looked) => {
                    estimate.nodes += looked.nodes;
                    estimate.found.extend(looked.finding);
                    estimate.costs.extend(looked.costs);
                }
            }
        }
        estimate
    }
}

struct Looked {
    nodes: u64,
    finding: Option<Finding>,
    costs: Vec<Cost>,
}

async fn look(
    asker: &Arc<Asker>,
    roll: &Roll,
    filter: Option<&Filter>,
    prefetch: bool,
) -> Result<Looked, Unread> {
    let here = roll.here(asker).await;
    let Here { picks, finding, .. } = here.map_err(|fault| fault.of(Scope::of(&asker.place)))?;
    let nodes = picks.len() as u64;
    let untold = picks.iter().filter(|pick| pick.state.is_none()).count() as u64;
    let batches = untold.div_ceil(BATCH as u64);
    // What finding took, the answer takes again.
    let mut costs: Vec<Cost> = asker
        .tally
        .counts()
        .into_iter()
        .map(|(operation, Calls { calls, .. })| Cost {
            place: asker.place.clone(),
            operation,
            made: calls,
            needed: calls,
        })
        .collect();
    let mut add = |operation: &str, made, needed| {
        let operation = format!("ssm:{operation}");
        match costs.iter_mut().find(|cost| cost.operation == operation) {
            Some(cost) => {
                cost.made += made;
                cost.needed += needed;
            }
            None => costs.push(Cost {
                place: asker.place.clone(),
                operation,
                made,
                needed,
            }),
        }
    };
    match filter {
        None => add("DescribeInstancePatchStates", 0, batches),
        Some(filter) => {
            let reads_counters = prefetch && nodes > 1;
            let pages = pages(asker, picks, filter, prefetch).await;
            add(
                "DescribeInstancePatchStates",
                batches,
                if reads_counters { batches } else { 0 },
            );
            add("DescribeInstancePatches", 0, pages);
        }
    }
    Ok(Looked {
        nodes,
        finding,
        costs,
    })
}

/// How many pages of patches there are to read. A node that nothing is known of
/// takes one.
async fn pages(asker: &Asker, picks: Vec<Pick>, filter: &Filter, prefetch: bool) -> u64 {
    let mut batches = Vec::with_capacity(picks.len().div_ceil(BATCH));
    let mut picks = picks.into_iter().peekable();
    while picks.peek().is_some() {
        let batch: Vec<Pick> = picks.by_ref().take(BATCH).collect();
        batches.push(drill::states(asker, batch));
    }
    stream::iter(batches)
        .buffered(16)
        .map(|states| {
            let of_nodes = states.iter().map(|state| pages_of(state, filter, prefetch));
            of_nodes.sum::<u64>()
        })
        .fold(0, |sum, pages| async move { sum + pages })
        .await
}

fn pages_of<S>((_, outcome): &(Node, Outcome<S>), filter: &Filter, prefetch: bool) -> u64
where
    S: std::borrow::Borrow<crate::record::NodeState>,
{
    match outcome {
        Outcome::Answered(state) if prefetch && !filter.may_match(state.borrow()) => 0,
        Outcome::Answered(state) => filter.rows_of(state.borrow()).div_ceil(PAGE).max(1),
        Outcome::NoData if prefetch => 0,
        Outcome::NoData | Outcome::Unread(_) => 1,
    }
}
