//! How many calls an answer takes, before the many of them are made.
//!
//! Knows which calls follow from which nodes. Must not make the calls it counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use crate::plan::filter::Filter;
use crate::record::{Finding, Node, NodeState, Outcome, Place, Scope, Subject, Unread};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::patch_calls::BATCH;
use crate::source::aws::discovery::resolve::{Here, Pick, Roll};
use crate::source::aws::patch_reader;
use crate::source::{Calls, Selection, Source};

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
    /// Calls that the whole answer takes. What was made for this is not kept.
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
                    estimate.unread.extend(looked.unread);
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
    /// Nodes whose counters could not be read, and what else may be missing.
    unread: Vec<Unread>,
}

async fn look(
    asker: &Arc<Asker>,
    roll: &Roll,
    filter: Option<&Filter>,
    prefetch: bool,
) -> Result<Looked, Unread> {
    let here = roll.here(asker).await;
    let Here {
        picks,
        finding,
        failed,
        ..
    } = here.map_err(|fault| fault.of(Scope::of(&asker.place)))?;
    let nodes = picks.len() as u64;
    let untold = picks.iter().filter(|pick| pick.state.is_none()).count() as u64;
    let batches = untold.div_ceil(BATCH as u64);
    let mut unread: Vec<Unread> = failed
        .map(|why| Unread {
            subject: Subject::Scope(Scope::of(&asker.place)),
            why,
        })
        .into_iter()
        .collect();
    // What finding the nodes took, the answer takes too.
    let mut needed: BTreeMap<String, u64> = asker
        .tally
        .counts()
        .into_iter()
        .map(|(operation, Calls { calls, .. })| (operation, calls))
        .collect();
    let mut add = |operation: &str, calls| {
        *needed.entry(format!("ssm:{operation}")).or_default() += calls;
    };
    match filter {
        None => add("DescribeInstancePatchStates", batches),
        Some(filter) => {
            let prefetch = prefetch && nodes > 1;
            let ahead = pages(asker, picks, filter, prefetch).await;
            let counters = if prefetch || patch_reader::compares(filter) {
                batches
            } else {
                ahead.alone
            };
            add("DescribeInstancePatchStates", counters);
            add("DescribeInstancePatches", ahead.pages);
            unread.extend(ahead.unread);
        }
    }
    let made = asker.tally.counts();
    let costs = needed
        .into_iter()
        .map(|(operation, needed)| Cost {
            place: asker.place.clone(),
            made: made.get(&operation).map_or(0, |calls| calls.calls),
            operation,
            needed,
        })
        .collect();
    Ok(Looked {
        nodes,
        finding,
        costs,
        unread,
    })
}

/// What there is to read of some nodes.
#[derive(Default)]
struct Reading {
    pages: u64,
    /// Nodes without any rows, which must be asked for their counters alone.
    alone: u64,
    unread: Vec<Unread>,
}

/// The counters of some nodes. Those that finding the nodes told are not asked
/// for again, and no baseline is read: no call hangs on what it rules.
async fn counters(asker: &Asker, picks: Vec<Pick>) -> Vec<(Node, Outcome<NodeState>)> {
    let (mut known, mut rest) = (Vec::new(), Vec::new());
    for Pick { node, state } in picks {
        match state {
            Some(state) => known.push((node, Outcome::Answered(*state))),
            None => rest.push(node),
        }
    }
    if !rest.is_empty() {
        let outcomes = asker.states(&rest).await;
        known.extend(rest.into_iter().zip(outcomes));
    }
    known
}

/// How many pages of patches there are to read, as the counters tell.
async fn pages(asker: &Asker, picks: Vec<Pick>, filter: &Filter, prefetch: bool) -> Reading {
    let mut batches = Vec::with_capacity(picks.len().div_ceil(BATCH));
    let mut picks = picks.into_iter().peekable();
    while picks.peek().is_some() {
        let batch: Vec<Pick> = picks.by_ref().take(BATCH).collect();
        batches.push(counters(asker, batch));
    }
    let mut states = stream::iter(batches).buffered(16);
    let mut ahead = Reading::default();
    while let Some(batch) = states.next().await {
        for (node, outcome) in batch {
            let rows = match outcome {
                Outcome::Answered(state) if prefetch && !filter.may_match(&state) => continue,
                Outcome::Answered(state) => filter.rows_of(&state),
                Outcome::NoData if prefetch => continue,
                Outcome::NoData => 0,
                Outcome::Unread(why) => {
                    let subject = Subject::Node(node);
                    ahead.unread.push(Unread { subject, why });
                    0
                }
            };
            ahead.pages += rows.div_ceil(PAGE).max(1);
            ahead.alone += u64::from(rows == 0);
        }
    }
    ahead
}
