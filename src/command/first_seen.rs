//! Reads since when nodes lack patches over the runs of a dataset, for time limits that count
//! from then.

use anyhow::Result;
use jiff::Timestamp;

use crate::aggregate::first_seen::FirstSeen;
use crate::command::run_history::{RunEvent, RunHistory};
use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan, PatchField, PatchPlan};
use crate::plan::selection::Selector;
use crate::record::{Outcome, PatchState};
use crate::source::{ConnectOptions, DatasetOptions};

/// Reads the runs of `dataset` up to its moment; without one, nothing is known. `plan` is that
/// of the answer.
///
/// # Errors
/// When the dataset cannot be reached, or a run cannot be opened.
pub(super) async fn read_first_seen(
    dataset: Option<&DatasetOptions>,
    (connection, clock, interrupt): (&ConnectOptions, fn() -> Timestamp, &Interrupt),
    plan: &FetchPlan,
) -> Result<FirstSeen> {
    let mut first_seen = FirstSeen::default();
    let Some(dataset) = dataset else {
        return Ok(first_seen);
    };
    let runs = RunHistory::open(dataset, connection, clock, interrupt).await?;
    first_seen.damaged.clone_from(&runs.runs.damaged);
    let mut started = Timestamp::UNIX_EPOCH;
    let runs_plan = runs_plan(plan);
    let read = runs.read(&runs_plan, |event| match event {
        RunEvent::Run { time, .. } => started = time.at,
        RunEvent::Node(end, patches) => {
            let state = end.state.as_deref();
            if let (Outcome::Answered(()), Some(Outcome::Answered(_))) = (&end.outcome, state) {
                first_seen.add_node(&end.node, patches, started);
            }
        }
        RunEvent::Unread(..) => {}
    });
    // On the heap: as one type, the futures of its callers are too deep for the compiler.
    Box::pin(read).await?;
    Ok(first_seen)
}

/// What is read of each run: what the nodes lack. Whether a node had a tag then is another
/// question, so all are read unless they are named.
fn runs_plan(plan: &FetchPlan) -> FetchPlan {
    let is_found = plan.selector.needs_discovery();
    let unused_fields = vec![
        PatchField::Classification,
        PatchField::InstalledTime,
        PatchField::CveIds,
    ];
    FetchPlan {
        selector: Selector {
            all: is_found,
            ..Selector::default()
        },
        node_ids: if is_found {
            Vec::new()
        } else {
            plan.node_ids.clone()
        },
        patches: Some(PatchPlan {
            unused_fields,
            ..PatchPlan::of_states(PatchState::LACKING.to_vec())
        }),
        // Whether a node was read is known with its state.
        baselines: BaselinePlan::ComplianceStatus,
        ..FetchPlan::default()
    }
}
