//! Where records come from: an ordered stream of what each node answered.
//!
//! Knows how questions become jobs that run side by side, place by place. Must
//! not know columns, formats or the terminal. Only the files below it name the SDK.

pub(crate) mod aws;
mod ordered;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::Result;

use crate::interrupt::Interrupt;
use crate::plan::filter::{Filter, Sifted};
use crate::plan::iam::Action;
use crate::plan::selection::Selector;
use crate::record::{Finding, Needs, Node, NodeState, Outcome, Place, Scope, Subject, Unread};
use crate::source::aws::api::client::Asker;
use crate::source::aws::api::patch_calls::BATCH;
use crate::source::aws::discovery::resolve::Pick;
use crate::source::aws::limits::call_stats::Tally;
use crate::source::aws::patch_reader;
use crate::source::aws::patch_reader::{Ahead, Drill, Foreknown, Known, Wanted};
use crate::source::aws::session::Identity;
use crate::source::aws::session::targets;
use crate::source::aws::stages::Read;
use crate::source::ordered::ordered_jobs::{Jobs, Lane};

pub use self::aws::discovery::enrich::Lack;
pub use self::aws::discovery::resolve::merged;
pub use self::aws::estimate::{Cost, Estimate};
pub use self::aws::limits::call_stats::Calls;
pub use self::ordered::ordered_merge::Places as Stream;

/// How to reach the service, as the user said it.
#[derive(Debug, Clone, Default)]
pub struct Connect {
    /// Ask the demo world inside the process.
    pub demo: bool,
    pub profiles: Vec<String>,
    pub regions: Vec<String>,
    /// Every region that is enabled, rather than `regions`.
    pub all_regions: bool,
    pub accounts: Accounts,
    /// The role to assume in each of the accounts.
    pub role_name: Option<String>,
    pub external_id: Option<String>,
    pub endpoints: Vec<Endpoint>,
    /// Calls under way at once, in each account and region.
    pub concurrency: usize,
    /// Give up early: whoever asks wants to know what is wrong, not to ride it out.
    pub brief: bool,
}

/// Whose nodes are asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Accounts {
    /// The caller's own.
    #[default]
    Own,
    Listed(Vec<String>),
    /// Every active account of the caller's organization.
    Organization,
}

impl Accounts {
    /// Those that are known by their ids.
    #[must_use]
    pub fn listed(&self) -> &[String] {
        match self {
            Self::Listed(ids) => ids,
            Self::Own | Self::Organization => &[],
        }
    }
}

/// Where to send calls instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Only calls to this region.
    pub region: Option<String>,
    pub url: String,
}

/// Every account and region that is asked.
pub struct Source {
    askers: Vec<Arc<Asker>>,
    /// What could not be reached at all.
    unread: Vec<Unread>,
    /// Which call it was that some of those were refused.
    refused: Vec<(Scope, &'static Action)>,
    /// The user, under each profile.
    callers: Vec<Identity>,
    is_organization: bool,
    /// What the user may wonder about.
    pub remarks: Vec<String>,
    /// Calls made before any place was asked.
    tally: Tally,
    width: usize,
    /// For each asker, how far it has come.
    counts: Vec<Arc<Counts>>,
}

/// How far one place has come.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    nodes: AtomicU64,
    done: AtomicU64,
    rows: AtomicU64,
}

impl Counts {
    /// So many more nodes have ended.
    fn done(&self, more: usize) {
        self.done.fetch_add(more as u64, Relaxed);
    }

    /// So many more rows were read.
    fn rows(&self, more: usize) {
        self.rows.fetch_add(more as u64, Relaxed);
    }
}

/// How far one place has come, for a progress line.
#[derive(Debug, Clone)]
pub struct Progress {
    pub place: Arc<Place>,
    /// Nodes known so far.
    pub nodes: u64,
    pub done: u64,
    pub rows: u64,
    pub calls: Calls,
}

/// Looks at a source from beside its stream.
pub struct Watch {
    askers: Vec<Arc<Asker>>,
    counts: Vec<Arc<Counts>>,
}

impl Watch {
    /// How far each place has come.
    #[must_use]
    pub fn progress(&self) -> Vec<Progress> {
        self.askers
            .iter()
            .zip(self.counts.iter())
            .map(|(asker, counts)| Progress {
                place: asker.place.clone(),
                nodes: counts.nodes.load(Relaxed),
                done: counts.done.load(Relaxed),
                rows: counts.rows.load(Relaxed),
                calls: asker.tally.sum(),
            })
            .collect()
    }
}

/// What a stream tells beside its items.
#[derive(Debug)]
pub enum Event<T> {
    Item(T),
    /// How the nodes of a place were found. Sent once for each place that looks for nodes.
    Found(Arc<Place>, Finding),
    /// A place, account or profile of which nothing can be read.
    Unread(Unread),
    /// A helper call failed, and some columns stay empty.
    Lack(Lack),
    /// Nodes that were listed, and are not what the selector asks for.
    LeftOut(Vec<Arc<str>>),
}

/// Which nodes are asked for, and what else is wanted of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub listed: Vec<String>,
    pub selector: Selector,
    pub needs: Option<Needs>,
}

/// What comes of one node's patches.
#[derive(Debug)]
pub enum PatchEvent {
    /// Some of its rows, filtered.
    Rows(Sifted),
    /// There are no more, and this is how it ended. Sent once for every node.
    End(End),
}

/// How the reading of one node's patches ended.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    pub node: Node,
    pub outcome: Outcome<()>,
    /// Its state, where that was wanted too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

impl End {
    /// The end of a node whose state nobody wants.
    #[must_use]
    pub fn new(node: Node, outcome: Outcome<()>) -> Self {
        Self {
            node,
            outcome,
            state: None,
        }
    }
}

/// What is wanted of nodes' patches.
#[derive(Debug, Clone, Default)]
pub struct Drilling {
    pub filter: Arc<Filter>,
    /// Read counters first, which spare the calls that can find nothing.
    pub prefetch: bool,
    /// Tell each node's state with its end, with what its baseline rules.
    pub states: bool,
    /// Find out when patches were released, where that can be known.
    pub release_dates: bool,
    /// With prefetch, only nodes whose record is like this have a patch that
    /// matters, whatever else the filter would let pass.
    pub worth: Option<fn(&NodeState) -> bool>,
}

/// Some nodes, and what came back for each.
pub type States = Vec<(Node, Outcome<NodeState>)>;

impl Source {
    /// Finds regions and credentials, and assumes the roles asked for; asks
    /// about no node.
    ///
    /// # Errors
    /// When nowhere can be asked, with the remedy.
    pub async fn connect(connect: &Connect, interrupt: &Interrupt) -> Result<Self> {
        let tally = Tally::default();
        let reach = targets::reach(connect, interrupt, &tally).await?;
        let counts = reach.askers.iter().map(|_| Arc::default()).collect();
        Ok(Self {
            askers: reach.askers,
            unread: reach.unread,
            refused: reach.refused,
            callers: reach.callers,
            is_organization: connect.accounts == Accounts::Organization,
            remarks: reach.remarks,
            tally,
            width: connect.concurrency,
            counts,
        })
    }

    /// The calls made so far, by operation.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        let mut all = self.tally.counts();
        for asker in &self.askers {
            for (operation, calls) in asker.tally.counts() {
                all.entry(operation).or_default().add(calls);
            }
        }
        all
    }

    /// A look at how far each place has come, from beside the stream.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch {
            askers: self.askers.clone(),
            counts: self.counts.clone(),
        }
    }

    /// Is more than one region asked, and more than one account? Rows are then
    /// told apart by them.
    #[must_use]
    pub fn several(&self) -> (bool, bool) {
        let distinct = |mut names: Vec<Option<Arc<str>>>| {
            names.sort_unstable();
            names.dedup();
            names.len() > 1
        };
        let places = || self.askers.iter().map(|asker| &asker.place);
        let scopes = || {
            self.unread
                .iter()
                .filter_map(|unread| match &unread.subject {
                    Subject::Scope(scope) => Some(scope),
                    Subject::Node(_) => None,
                })
        };
        let regions = places().map(|place| Some(place.region.clone()));
        let accounts = places()
            .map(|place| place.account.clone())
            .chain(scopes().map(|scope| scope.account.clone()));
        (distinct(regions.collect()), distinct(accounts.collect()))
    }

    /// The state of each node asked for, a batch at a time, place by place.
    #[must_use]
    pub fn states(&self, selection: Selection) -> Stream<Event<States>> {
        let read: Read<States> = Arc::new(move |asker: Arc<Asker>, picks: Vec<Pick>, counts| {
            let mut picks = picks.into_iter();
            let batches = std::iter::from_fn(move || {
                let batch: Vec<Pick> = picks.by_ref().take(BATCH).collect();
                (!batch.is_empty()).then_some(batch)
            });
            Jobs::new(batches, move |batch, mut lane: Lane<Event<States>>| {
                let (asker, counts) = (asker.clone(), Arc::clone(&counts));
                async move {
                    let rows = patch_reader::states(&asker, batch).await;
                    let weight = rows.len();
                    counts.rows(weight);
                    counts.done(weight);
                    lane.send(Event::Item(rows), weight).await;
                }
            })
        });
        self.stages(selection, &read, |nodes| {
            (!nodes.is_empty()).then_some(nodes)
        })
    }

    /// The patches of each node asked for that pass the filter, page by page,
    /// place by place; a [`PatchEvent::End`] closes each node.
    #[must_use]
    pub fn patches(&self, selection: Selection, drilling: &Drilling) -> Stream<Event<PatchEvent>> {
        let width = self.width;
        let wanted = Arc::new(Wanted::new(drilling));
        let read: Read<PatchEvent> =
            Arc::new(move |asker: Arc<Asker>, picks: Vec<Pick>, counts| {
                let ahead = Arc::new(Ahead::new(asker.clone(), wanted.clone(), picks, width));
                let wanted = wanted.clone();
                Jobs::new(
                    0..ahead.len(),
                    move |at, mut lane: Lane<Event<PatchEvent>>| {
                        let (asker, ahead) = (asker.clone(), ahead.clone());
                        let (wanted, counts) = (wanted.clone(), Arc::clone(&counts));
                        async move {
                            let Foreknown { node, known, state } = ahead.known(at).await;
                            let (outcome, fresh) = match known {
                                Known::NoRecord => (Outcome::NoData, None),
                                Known::CannotMatch => (Outcome::Answered(()), None),
                                Known::Nothing | Known::HasRecord => {
                                    let mut drill = Drill {
                                        asker: &asker,
                                        wanted: &wanted,
                                        ahead: &ahead,
                                        counts: &counts,
                                        lane: &mut lane,
                                    };
                                    drill.patches(&node, at).await
                                }
                            };
                            counts.done(1);
                            let state = fresh.map(Box::new).or(state);
                            let end = PatchEvent::End(End {
                                node,
                                outcome,
                                state,
                            });
                            lane.send(Event::Item(end), 1).await;
                        }
                    },
                )
            });
        self.stages(selection, &read, |nodes: States| {
            let ends = nodes.into_iter().map(|(node, state)| {
                let outcome = match &state {
                    Outcome::Unread(why) => Outcome::Unread(why.clone()),
                    Outcome::NoData | Outcome::Answered(_) => Outcome::NoData,
                };
                PatchEvent::End(End {
                    state: Some(Box::new(state)),
                    ..End::new(node, outcome)
                })
            });
            ends.collect::<Vec<_>>()
        })
    }
}
