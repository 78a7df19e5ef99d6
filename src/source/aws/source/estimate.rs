//! Estimates how many calls a command takes, from the nodes and their counters,
//! without making the calls for patches.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};

use crate::plan::fetch_plan::{FetchPlan, PatchPlan};
use crate::plan::iam;
use crate::record::{
    AccountRegion, CallCost, DiscoveryReport, Estimate, InfoLevel, Node, NodeState, Outcome, Scope,
    Subject, Unread,
};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::discovery::merge_reports;
use crate::source::aws::discovery::resolve::{Resolved, Resolver, Target};
use crate::source::aws::limits::call_stats::CallCounts;
use crate::source::aws::patch_reader;
use crate::source::aws::source::AwsSource;

/// Rows on a page of DescribeInstancePatches.
const ROWS_PER_PAGE: u64 = 50;

/// Locations that are searched concurrently.
const CONCURRENT_LOCATIONS: usize = 64;

impl AwsSource {
    /// Finds the nodes, and for patches reads their counters; counts the calls
    /// of the whole command.
    pub(crate) async fn estimate(&self, plan: &FetchPlan) -> Estimate {
        // Columns take few calls, and reading their values would make those
        // calls. The list of a found fleet tells platforms anyway, on which it
        // depends which counters nodes have.
        let is_listed = plan.selector.needs_discovery();
        let without_columns = FetchPlan {
            node_info: plan
                .node_info
                .filter(|_| is_listed)
                .min(Some(InfoLevel::Basic)),
            ..plan.clone()
        };
        let resolver = self.resolver(&without_columns);
        let mut locations = stream::iter(&self.clients)
            .map(|client| estimate_location(client, &resolver, plan.patches.as_ref()))
            .buffered(CONCURRENT_LOCATIONS);
        let mut estimate = Estimate {
            unread: self.unread.clone(),
            skipped: self.skipped.clone(),
            ..Estimate::default()
        };
        while let Some(location) = locations.next().await {
            match location {
                Err(unread) => estimate.unread.push(unread),
                Ok(looked) => {
                    estimate.nodes += looked.nodes;
                    estimate.discovery.extend(looked.discovery);
                    estimate.costs.extend(looked.costs);
                    estimate.unread.extend(looked.unread);
                }
            }
        }
        if plan.caller {
            estimate.costs.extend(self.caller_costs());
        }
        estimate.discovery = merge_reports(estimate.discovery);
        estimate
    }
}

impl AwsSource {
    /// One call for each of the user's sessions.
    fn caller_costs(&self) -> impl Iterator<Item = CallCost> {
        self.callers.iter().map(|session| CallCost {
            location: Arc::new(AccountRegion {
                region: session.home_region().into(),
                account: session.account.clone(),
                account_name: session.account_name.clone(),
            }),
            operation: iam::CALLER_IDENTITY.name.to_owned(),
            needed: 1,
            made: u64::from(session.has_asked_caller()),
        })
    }
}

struct LocationEstimate {
    nodes: u64,
    discovery: Option<DiscoveryReport>,
    costs: Vec<CallCost>,
    /// Nodes whose counters could not be read, and other gaps.
    unread: Vec<Unread>,
}

async fn estimate_location(
    client: &Arc<RegionClient>,
    resolver: &Resolver,
    patches: Option<&PatchPlan>,
) -> Result<LocationEstimate, Unread> {
    let resolution = resolver.resolve(client).await;
    let Resolved {
        targets,
        unmanaged,
        discovery: finding,
        failure: failed,
        ..
    } = resolution.map_err(|error| error.into_unread(Scope::of(&client.location)))?;
    let nodes = (targets.len() + unmanaged.len()) as u64;
    let unknown = targets
        .iter()
        .filter(|target| target.state.is_none())
        .count() as u64;
    let batches = unknown.div_ceil(STATES_BATCH_SIZE as u64);
    let mut unread: Vec<Unread> = failed
        .map(|why| Unread {
            subject: Subject::Scope(Scope::of(&client.location)),
            cause: why,
        })
        .into_iter()
        .collect();
    // The command repeats the calls that found the nodes.
    let mut needed: BTreeMap<String, u64> = client
        .call_stats
        .counts()
        .into_iter()
        .map(|(operation, CallCounts { calls, .. })| (operation, calls))
        .collect();
    let mut add = |operation: &str, calls| {
        *needed.entry(format!("ssm:{operation}")).or_default() += calls;
    };
    match patches {
        None => add("DescribeInstancePatchStates", batches),
        Some(patches) => {
            let filter = &*patches.filter;
            let prefetch = patches.uses_prefetch && nodes > 1;
            let ahead = count_pages(client, targets, patches, prefetch).await;
            let counters = if prefetch || patch_reader::needs_counters(filter) {
                batches
            } else {
                ahead.without_rows
            };
            add("DescribeInstancePatchStates", counters);
            add("DescribeInstancePatches", ahead.pages);
            unread.extend(ahead.unread);
        }
    }
    let made = client.call_stats.counts();
    let costs = needed
        .into_iter()
        .map(|(operation, needed)| CallCost {
            location: client.location.clone(),
            made: made.get(&operation).map_or(0, |calls| calls.calls),
            operation,
            needed,
        })
        .collect();
    Ok(LocationEstimate {
        nodes,
        discovery: finding,
        costs,
        unread,
    })
}

/// What there is to read of some nodes.
#[derive(Default)]
struct PatchReads {
    pages: u64,
    /// Nodes without rows, whose counters must be read separately.
    without_rows: u64,
    unread: Vec<Unread>,
}

/// The counters of some nodes. States that discovery has read are not read
/// again, and no baseline is read: no call depends on its status.
async fn read_counters(
    client: &RegionClient,
    targets: Vec<Target>,
) -> Vec<(Node, Outcome<NodeState>)> {
    let (mut known, mut rest) = (Vec::new(), Vec::new());
    for Target { node, state } in targets {
        match state {
            Some(state) => known.push((node, Outcome::Answered(*state))),
            None => rest.push(node),
        }
    }
    if !rest.is_empty() {
        let outcomes = client.patch_states(&rest).await;
        known.extend(rest.into_iter().zip(outcomes));
    }
    known
}

/// The number of pages of patches, from the counters.
async fn count_pages(
    client: &RegionClient,
    targets: Vec<Target>,
    patches: &PatchPlan,
    prefetch: bool,
) -> PatchReads {
    let filter = &*patches.filter;
    let is_relevant = |state: &NodeState| patches.is_relevant.is_none_or(|is| is(state));
    let mut batches = Vec::with_capacity(targets.len().div_ceil(STATES_BATCH_SIZE));
    let mut targets = targets.into_iter().peekable();
    while targets.peek().is_some() {
        let batch: Vec<Target> = targets.by_ref().take(STATES_BATCH_SIZE).collect();
        batches.push(read_counters(client, batch));
    }
    let mut states = stream::iter(batches).buffered(16);
    let mut ahead = PatchReads::default();
    while let Some(batch) = states.next().await {
        for (node, outcome) in batch {
            let rows = match outcome {
                Outcome::Answered(state)
                    if prefetch
                        && !(is_relevant(&state)
                            && filter.may_match(&state, node.info.as_deref())) =>
                {
                    continue;
                }
                Outcome::Answered(state) => filter.estimated_rows(&state),
                Outcome::NoData if prefetch => continue,
                Outcome::NoData => 0,
                Outcome::Unread(why) => {
                    let subject = Subject::Node(node);
                    ahead.unread.push(Unread {
                        subject,
                        cause: why,
                    });
                    0
                }
            };
            ahead.pages += rows.div_ceil(ROWS_PER_PAGE).max(1);
            ahead.without_rows += u64::from(rows == 0);
        }
    }
    ahead
}
