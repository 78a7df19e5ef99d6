//! Which calls answer a question: batches of 50, pages of 50 to the last, and
//! what is tried again without the node that spoiled it.
//!
//! Knows the two operations of the service and their limits. Must not know
//! credentials or endpoints (`clients` does), filters' meaning, or output.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ssm::operation::describe_instance_patch_states::DescribeInstancePatchStatesOutput;
use aws_sdk_ssm::operation::describe_instance_patches::DescribeInstancePatchesOutput;
use aws_sdk_ssm::types::PatchOrchestratorFilter;
use aws_smithy_runtime_api::client::interceptors::context::Output;

use super::ec2::Ec2;
use super::fault::{Call, Fault, Kind};
use super::hope::Hope;
use super::identity::Identity;
use super::pace::{Next, Pace};
use super::reader::Slot;
use super::tally::Tally;
use super::wire::{Named, Page, Row};
use crate::filter::PushDown;
use crate::interrupt::Interrupt;
use crate::record::{Node, NodeState, Outcome, Place, Why};
use crate::selection::is_well_formed;

/// The most ids one DescribeInstancePatchStates call takes. Source: the service model.
pub const BATCH: usize = 50;

/// The page size. The model says 100, the service refuses more than 50.
pub(super) const PAGE: i32 = 50;

/// An endpoint that answered once is given up after so many calls in a row that
/// used up all their tries: minutes, in which nobody was there.
const MOST_IN_VAIN: u32 = 32;

const STATES: &str = "DescribeInstancePatchStates";
const PATCHES: &str = "DescribeInstancePatches";

/// The part of a filter that goes into a call.
pub type Filters = Vec<PatchOrchestratorFilter>;

/// Asks one account in one region.
pub struct Asker {
    pub(super) client: Client,
    pub place: Arc<Place>,
    identity: Identity,
    /// The calls made here.
    pub tally: Tally,
    pace: Pace,
    /// Has the service answered anything?
    hope: Hope,
    interrupt: Interrupt,
    /// Calls in a row that used up their tries with nobody there.
    in_vain: AtomicU32,
    /// Set once no other call would fare better: the credentials have failed,
    /// nobody was there after every retry and nothing was ever answered, or not
    /// for minutes, or nothing was let through for minutes.
    lost: OnceLock<Fault>,
    ec2: OnceLock<Ec2>,
}

impl Asker {
    pub fn new(identity: Identity, place: Place, width: usize, interrupt: Interrupt) -> Self {
        let tally = Tally::default();
        let hope = Hope::default();
        Self {
            client: identity.ssm(&place.region, &tally, &hope),
            place: Arc::new(place),
            identity,
            tally,
            pace: Pace::new(width),
            hope,
            interrupt,
            in_vain: AtomicU32::new(0),
            lost: OnceLock::new(),
            ec2: OnceLock::new(),
        }
    }

    /// EC2 in the same place.
    pub(super) fn ec2(&self) -> &Ec2 {
        self.ec2
            .get_or_init(|| self.identity.ec2(&self.place.region, &self.tally))
    }

    /// Whose credentials it asks with.
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn call(&self, action: &'static str) -> Call<'_> {
        Call {
            service: "ssm",
            action,
            region: &self.place.region,
            identity: self.identity.said.as_deref(),
        }
    }

    /// Makes one call, at the pace that the service allows, unless no call would
    /// fare better or the run is interrupted. A throttled try is made again and
    /// not counted among those the SDK allows: it says nothing about the call.
    pub(super) async fn ask<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.not_lost()?;
        self.unless_interrupted(self.paced(action, attempt)).await
    }

    async fn paced<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        let _place = self.pace.enter().await;
        let mut is_counted = false;
        loop {
            let turn = self.pace.turn().await;
            // Found out by another one, perhaps, while this one waited.
            self.not_lost()?;
            if !is_counted {
                self.tally.call("ssm", action);
                is_counted = true;
            }
            let ended = attempt().await.map_err(|error| self.fault(&error, action));
            match &ended {
                Err(fault) if fault.kind == Kind::Throttled => {
                    self.tally.throttled("ssm", action);
                    if self.pace.throttled(turn) == Next::Again {
                        continue;
                    }
                }
                Err(fault) if fault.kind == Kind::Unreachable => {}
                Err(fault) if fault.kind == Kind::Broken => self.pace.answered(turn),
                Ok(_) | Err(_) => {
                    self.in_vain.store(0, Relaxed);
                    self.pace.answered(turn);
                }
            }
            return ended.map_err(|fault| self.failed(fault));
        }
    }

    fn fault<E>(&self, error: &SdkError<E, HttpResponse>, action: &'static str) -> Fault
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fault = Fault::new(error, self.call(action));
        // Said by something in front of the service, it carries no code.
        let is_too_many = error
            .raw_response()
            .is_some_and(|raw| raw.status().as_u16() == 429);
        Fault {
            kind: if is_too_many {
                Kind::Throttled
            } else {
                fault.kind
            },
            ..fault
        }
    }

    /// Waits for a call no longer than until the run is interrupted.
    pub(super) async fn unless_interrupted<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        tokio::select! {
            biased;
            () = self.interrupt.raised() => Err(Fault::interrupted()),
            answer = call => answer,
        }
    }

    /// The state of each node, in their order. Nodes that the service refuses
    /// to hear of, or that the caller may not see, cost nobody else's answer:
    /// a refused call is asked again in halves, down to the node that spoils it.
    pub async fn states(&self, nodes: &[Node]) -> Vec<Outcome<NodeState>> {
        // The service refuses a whole call for one malformed id, so those are
        // asked for alone, and the rest together.
        let (well_formed, odd): (Vec<usize>, Vec<usize>) =
            (0..nodes.len()).partition(|&at| is_well_formed(&nodes[at].id));
        let mut parts: VecDeque<Vec<usize>> =
            well_formed.chunks(BATCH).map(<[usize]>::to_vec).collect();
        parts.extend(odd.into_iter().map(|at| vec![at]));
        let mut outcomes = vec![Outcome::NoData; nodes.len()];
        while let Some(part) = parts.pop_front() {
            let ids: Vec<&str> = part.iter().map(|&at| &*nodes[at].id).collect();
            let (mut records, failed) = self.batch(&ids).await;
            let mut left = part;
            left.retain(|&at| match records.remove(&*nodes[at].id) {
                Some(state) => {
                    outcomes[at] = Outcome::Answered(state);
                    false
                }
                None => true,
            });
            match failed {
                None => {}
                Some(fault)
                    if left.len() > 1 && matches!(fault.kind, Kind::Refused | Kind::Denied) =>
                {
                    let right = left.split_off(left.len() / 2);
                    parts.push_front(right);
                    parts.push_front(left);
                }
                Some(fault) => {
                    for at in left {
                        outcomes[at] = Outcome::Unread(fault.clone().about(&nodes[at]));
                    }
                }
            }
        }
        outcomes
    }

    /// One call and its further pages: what was read, and what ended it early.
    async fn batch(&self, ids: &[&str]) -> (HashMap<Box<str>, NodeState>, Option<Fault>) {
        let mut records: HashMap<Box<str>, NodeState> = HashMap::with_capacity(ids.len());
        let mut tokens = HashSet::new();
        let mut token = None;
        loop {
            let page = match self.states_page(ids, token.clone()).await {
                Ok(page) => page,
                Err(fault) => return (records, Some(fault)),
            };
            for (id, state) in page.rows {
                // Should a node come twice, its later scan counts.
                let known = records.get(&id).map(|known| known.operation_end);
                if known.is_none_or(|known| known < state.operation_end) {
                    records.insert(id, state);
                }
            }
            match page.next {
                None => return (records, None),
                Some(next) if !tokens.insert(next.clone()) => {
                    return (records, Some(self.repeated(STATES)));
                }
                next => token = next,
            }
        }
    }

    pub(super) async fn states_page(
        &self,
        ids: &[&str],
        token: Option<String>,
    ) -> Result<Page<Named>, Fault> {
        let slot = Slot::<Page<Named>>::new();
        let call = self
            .client
            .describe_instance_patch_states()
            .set_instance_ids(Some(ids.iter().map(ToString::to_string).collect()))
            .max_results(PAGE)
            .set_next_token(token);
        self.ask(STATES, || {
            let empty = || Output::erase(DescribeInstancePatchStatesOutput::builder().build());
            call.clone()
                .customize()
                .interceptor(slot.reader(empty))
                .send()
        })
        .await?;
        self.filled(&slot, STATES)
    }

    /// One page of a node's patches. The first is asked for without a token.
    pub async fn patches_page(
        &self,
        node: &Node,
        filters: &Filters,
        token: Option<&str>,
    ) -> Result<Page<Row>, Fault> {
        let slot = Slot::<Page<Row>>::new();
        let call = self
            .client
            .describe_instance_patches()
            .instance_id(&*node.id)
            .set_filters((!filters.is_empty()).then(|| filters.clone()))
            .max_results(PAGE)
            .set_next_token(token.map(ToOwned::to_owned));
        self.ask(PATCHES, || {
            let empty = || Output::erase(DescribeInstancePatchesOutput::builder().build());
            call.clone()
                .customize()
                .interceptor(slot.reader(empty))
                .send()
        })
        .await?;
        self.filled(&slot, PATCHES)
    }

    pub(super) fn filled<T: super::wire::FromBody>(
        &self,
        slot: &Slot<T>,
        action: &'static str,
    ) -> Result<T, Fault> {
        slot.take()
            .ok_or_else(|| Fault::own("Unreadable", "the answer was not read", self.call(action)))
    }

    /// Counters above zero, and no row of the states that they count.
    pub fn contradiction(&self) -> Fault {
        Fault::own(
            "Contradiction",
            "its counters say that it has such patches, and the service lists none",
            self.call(PATCHES),
        )
    }

    /// The pages of a node's patches come round again.
    pub fn endless(&self) -> Fault {
        self.repeated(PATCHES)
    }

    fn not_lost(&self) -> Result<(), Fault> {
        if self.interrupt.is_raised() {
            return Err(Fault::interrupted());
        }
        self.lost.get().map_or(Ok(()), |fault| Err(fault.clone()))
    }

    fn failed(&self, fault: Fault) -> Fault {
        let is_lost = match fault.kind {
            // Given up only when nobody was let through for long.
            Kind::Credentials | Kind::Throttled => true,
            Kind::Unreachable | Kind::Broken => {
                let in_vain = self.in_vain.fetch_add(1, Relaxed) + 1;
                !self.hope.was_answered() || in_vain >= MOST_IN_VAIN
            }
            Kind::Refused | Kind::Denied | Kind::Other => false,
        };
        if is_lost {
            self.lost.get_or_init(|| fault.clone());
        }
        fault
    }

    pub(super) fn repeated(&self, action: &'static str) -> Fault {
        Fault::repeated(self.call(action))
    }
}

impl Fault {
    /// The pages of a list come round again.
    pub fn repeated(call: Call<'_>) -> Self {
        Self::own(
            "RepeatedToken",
            "the service gave the same page token twice, so its pages have no end",
            call,
        )
    }

    /// Ctrl-C came first.
    pub fn interrupted() -> Self {
        Self {
            kind: Kind::Other,
            why: Why {
                code: "Interrupted".into(),
                text: "interrupted before it was read".into(),
            },
        }
    }

    /// Why this node could not be read. The service's words for an id it
    /// refuses are long; what is wrong comes first.
    pub fn about(self, node: &Node) -> Why {
        if self.kind == Kind::Refused && !is_well_formed(&node.id) {
            Why {
                text: format!("not a node id: {}", self.why.text).into(),
                ..self.why
            }
        } else {
            self.why
        }
    }
}

/// The filters of a call, in the service's spelling.
pub fn filters(push_down: &PushDown) -> Filters {
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

/// Why a node without rows cannot be called a node without patches.
pub fn doubtful(why: &Why) -> Why {
    Why {
        code: why.code.clone(),
        text: format!(
            "no patch rows, and whether it has data is unknown: {}",
            why.text
        )
        .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::source::identity;

    fn in_demo() -> Asker {
        let place = Place {
            region: demo::REGION.into(),
            account: Some(demo::ACCOUNT.into()),
        };
        Asker::new(identity::demo(&[]), place, 4, Interrupt::default())
    }

    fn unreachable(asker: &Asker) -> Fault {
        Fault {
            kind: Kind::Unreachable,
            ..Fault::own("Unreachable", "nobody there", asker.call(STATES))
        }
    }

    #[test]
    fn nobody_there_ends_the_asking_only_while_nothing_was_ever_answered() {
        let asker = in_demo();
        asker.failed(unreachable(&asker));
        assert!(asker.not_lost().is_err());

        let asker = in_demo();
        let node = Node::asked("i-123", &asker.place);
        let outcomes = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(asker.states(&[node]));
        assert!(matches!(outcomes[..], [Outcome::Answered(_)]));
        for _ in 1..MOST_IN_VAIN {
            asker.failed(unreachable(&asker));
        }
        assert!(asker.not_lost().is_ok());
        asker.failed(unreachable(&asker));
        assert!(
            asker.not_lost().is_err(),
            "it answered once, and is gone for good"
        );
    }
}
