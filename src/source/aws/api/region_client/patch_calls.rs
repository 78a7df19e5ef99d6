//! The calls that read patch states and patches: batches of 50, all pages, and
//! a retry of a batch without the node that makes it fail.

use std::collections::{HashMap, HashSet, VecDeque};

use aws_sdk_ssm::operation::describe_instance_patch_states::DescribeInstancePatchStatesOutput;
use aws_sdk_ssm::operation::describe_instance_patches::DescribeInstancePatchesOutput;
use aws_sdk_ssm::types::PatchOrchestratorFilter;

use crate::plan::filter::PushDown;
use crate::record::{Cause, Node, NodeState, Outcome, is_well_formed_node_id};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::pages::{PageStart, Paginator};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::response_capture::ResponseCapture;
use crate::source::aws::api::wire::{BodyError, Page, PatchRecord, StateRecord};

/// The most ids of one DescribeInstancePatchStates call. Source: the service
/// model.
pub(crate) const STATES_BATCH_SIZE: usize = 50;

/// The page size. The model says 100, the service refuses more than 50.
pub(crate) const PAGE_SIZE: i32 = 50;

const DESCRIBE_INSTANCE_PATCH_STATES: &str = "DescribeInstancePatchStates";
const DESCRIBE_INSTANCE_PATCHES: &str = "DescribeInstancePatches";

/// The error code of responses that contradict each other.
const CONTRADICTION_CODE: &str = "Contradiction";

/// The part of a filter that goes into a call.
pub(crate) type ApiFilters = Vec<PatchOrchestratorFilter>;

impl RegionClient {
    /// The state of each node, in order. A node that the service rejects, or
    /// that the caller may not read, does not affect the others: a refused
    /// batch is split into halves, down to the node that makes it fail.
    pub(crate) async fn patch_states(&self, nodes: &[Node]) -> Vec<Outcome<NodeState>> {
        // The service refuses a whole batch for one malformed id, so malformed
        // ids are sent alone.
        let (well_formed, malformed): (Vec<usize>, Vec<usize>) =
            (0..nodes.len()).partition(|&at| is_well_formed_node_id(&nodes[at].id));
        let mut parts: VecDeque<Vec<usize>> = well_formed
            .chunks(STATES_BATCH_SIZE)
            .map(<[usize]>::to_vec)
            .collect();
        parts.extend(malformed.into_iter().map(|at| vec![at]));
        let mut outcomes = vec![Outcome::NoData; nodes.len()];
        let mut asked_again: HashSet<usize> = HashSet::new();
        while let Some(part) = parts.pop_front() {
            let ids: Vec<&str> = part.iter().map(|&at| &*nodes[at].id).collect();
            let (mut records, failed) = self.states_batch(&ids).await;
            // The page that was not read may contain a second record of any
            // node. If a node is left without a record, that node reports the
            // error.
            if failed.is_some() && ids.iter().all(|id| records.contains_key(*id)) {
                records.clear();
            }
            let mut left = part;
            left.retain(|&at| match records.remove(&*nodes[at].id) {
                Some(Some(state)) => {
                    outcomes[at] = Outcome::Answered(state);
                    false
                }
                // A scan may have ended between two pages: the node is read
                // once more, alone.
                Some(None) if asked_again.insert(at) => {
                    parts.push_back(vec![at]);
                    false
                }
                Some(None) => {
                    let error = self.conflicting_records();
                    outcomes[at] = Outcome::Unread(error.into_node_cause(&nodes[at]));
                    false
                }
                None => true,
            });
            match failed {
                None => {}
                Some(error)
                    if left.len() > 1
                        && matches!(
                            error.kind,
                            ErrorKind::InvalidRequest | ErrorKind::AccessDenied
                        ) =>
                {
                    let right = left.split_off(left.len() / 2);
                    parts.push_front(right);
                    parts.push_front(left);
                }
                Some(error) => {
                    for at in left {
                        outcomes[at] = Outcome::Unread(error.clone().into_node_cause(&nodes[at]));
                    }
                }
            }
        }
        outcomes
    }

    /// One batch with all its pages: the records, and the error that ended it
    /// early. A node with different records has no reliable one: neither times
    /// nor counters show which of them is right.
    async fn states_batch(
        &self,
        ids: &[&str],
    ) -> (HashMap<Box<str>, Option<NodeState>>, Option<CallError>) {
        let mut records: HashMap<Box<str>, Option<NodeState>> = HashMap::with_capacity(ids.len());
        let mut pages = Paginator::for_node(self.call_context(DESCRIBE_INSTANCE_PATCH_STATES));
        loop {
            let token = match pages.next_start() {
                Ok(Some(PageStart(token))) => token,
                Ok(None) => return (records, None),
                Err(error) => return (records, Some(error)),
            };
            let page = match self.states_page(ids, token).await {
                Ok(page) => page,
                Err(error) => return (records, Some(error)),
            };
            pages.record_page(page.rows.len(), page.next_token);
            for (id, state) in page.rows {
                match records.get_mut(&id) {
                    None => {
                        records.insert(id, Some(state));
                    }
                    Some(known) if known.as_ref() != Some(&state) => *known = None,
                    Some(_) => {}
                }
            }
        }
    }

    /// One page of the states of these nodes. A page with a record of another
    /// node does not match the request.
    pub(crate) async fn states_page(
        &self,
        ids: &[&str],
        token: Option<String>,
    ) -> Result<Page<StateRecord>, CallError> {
        let requested: HashSet<Box<str>> = ids.iter().map(|id| Box::from(*id)).collect();
        let slot = ResponseCapture::<Page<StateRecord>>::with_check(move |page| {
            let mut rows = page.rows.iter();
            match rows.find(|(id, _)| !requested.contains(id)) {
                Some((id, _)) => Err(BodyError::new(format!(
                    "a record of {id}, which was not requested"
                ))),
                None => Ok(()),
            }
        });
        let call = self
            .ssm
            .describe_instance_patch_states()
            .set_instance_ids(Some(ids.iter().map(ToString::to_string).collect()))
            .max_results(PAGE_SIZE)
            .set_next_token(token);
        send_captured!(
            self,
            slot,
            DESCRIBE_INSTANCE_PATCH_STATES,
            DescribeInstancePatchStatesOutput,
            call
        )
    }

    /// One page of a node's patches. The first has no token.
    pub(crate) async fn patches_page(
        &self,
        node: &Node,
        filters: &ApiFilters,
        token: Option<&str>,
    ) -> Result<Page<PatchRecord>, CallError> {
        let call = self
            .ssm
            .describe_instance_patches()
            .instance_id(&*node.id)
            .set_filters((!filters.is_empty()).then(|| filters.clone()))
            .max_results(PAGE_SIZE)
            .set_next_token(token.map(ToOwned::to_owned));
        send_captured!(
            self,
            DESCRIBE_INSTANCE_PATCHES,
            DescribeInstancePatchesOutput,
            call
        )
    }

    /// The counters of a node and the list of its patches contradict each
    /// other.
    pub(crate) fn contradiction(&self, what: &str) -> CallError {
        CallError::client_side(
            CONTRADICTION_CODE,
            what,
            self.call_context(DESCRIBE_INSTANCE_PATCHES),
        )
    }

    /// A node occurs twice, with different records.
    fn conflicting_records(&self) -> CallError {
        CallError::client_side(
            CONTRADICTION_CODE,
            "the service gave two different records of this node",
            self.call_context(DESCRIBE_INSTANCE_PATCH_STATES),
        )
    }

    /// The pages of a node's patches.
    pub(crate) fn patches_paginator(&self) -> Paginator<'_> {
        Paginator::for_node(self.call_context(DESCRIBE_INSTANCE_PATCHES))
    }
}

/// The filters of a call, in the service's spelling.
pub(crate) fn to_api_filters(push_down: &PushDown) -> ApiFilters {
    [("State", &push_down.states), ("KBId", &push_down.kb_ids)]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(key, values)| {
            PatchOrchestratorFilter::builder()
                .key(key)
                .set_values(Some(values.clone()))
                .build()
        })
        .collect()
}

/// Why the list of a node is unreliable, given why its state could not be read.
pub(crate) fn prefix_cause(what: &str, cause: &Cause) -> Cause {
    Cause {
        code: cause.code.clone(),
        text: format!("{what}: {}", cause.text).into(),
    }
}
