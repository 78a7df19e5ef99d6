//! The states of nodes, with what their baselines specify.

use crate::record::{BaselineComplianceStatus, Node, NodeState, Outcome};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::baseline_calls;
use crate::source::aws::discovery::resolve::Target;

/// The states of some nodes, in their order, with the compliance status of
/// their baselines. States that discovery has read are not read again.
pub(crate) async fn read_states(
    client: &RegionClient,
    batch: Vec<Target>,
) -> Vec<(Node, Outcome<NodeState>)> {
    let mut rest = Vec::with_capacity(batch.len());
    let known: Vec<Option<(Node, Outcome<NodeState>)>> = batch
        .into_iter()
        .map(|target| {
            if let Some(state) = target.state {
                return Some((target.node, Outcome::Answered(*state)));
            }
            rest.push(target.node);
            None
        })
        .collect();
    let outcomes = if rest.is_empty() {
        Vec::new()
    } else {
        client.patch_states(&rest).await
    };
    let mut others = rest.into_iter().zip(outcomes);
    let mut rows: Vec<(Node, Outcome<NodeState>)> = known
        .into_iter()
        .filter_map(|known| known.or_else(|| others.next()))
        .collect();
    add_baseline_status(client, rows.iter_mut().map(|(_, outcome)| outcome)).await;
    rows
}

/// Adds the compliance status of baselines to nodes whose verdict may depend on
/// it.
pub(super) async fn add_baseline_status(
    client: &RegionClient,
    outcomes: impl Iterator<Item = &mut Outcome<NodeState>>,
) {
    for outcome in outcomes {
        if let Outcome::Answered(state) = outcome
            && state.available_security_update.is_some_and(|n| n > 0)
            && let Some(id) = &state.baseline_id
        {
            state.baseline_status = Some(match client.baseline(id).await {
                Ok(baseline) => baseline.compliance_status.clone(),
                Err(cause) if baseline_calls::is_baseline_deleted(&cause) => {
                    BaselineComplianceStatus::Deleted
                }
                Err(cause) => BaselineComplianceStatus::Unreadable(cause),
            });
        }
    }
}
