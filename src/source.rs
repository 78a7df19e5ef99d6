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
use crate::plan::filter::{Filter, Filtered};
use crate::plan::iam::Action;
use crate::plan::selection::Selector;
use crate::record::{
    AccountRegion, DiscoveryReport, InfoLevel, Node, NodeState, Outcome, Scope, Subject, Unread,
};
use crate::source::aws::api::client::RegionClient;
use crate::source::aws::api::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::discovery::resolve::Target;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::patch_reader;
use crate::source::aws::patch_reader::{Hint, HintKind, PatchReader, Prefetch, PreparedPlan};
use crate::source::aws::session::Session;
use crate::source::aws::session::targets;
use crate::source::aws::stages::ReadNodes;
use crate::source::ordered::ordered_jobs::{JobSender, PendingJobs};

pub use self::aws::discovery::enrich::MissingColumns;
pub use self::aws::discovery::resolve::merge_reports;
pub use self::aws::estimate::{CallCost, Estimate};
pub use self::aws::limits::call_stats::CallCounts;
pub use self::ordered::ordered_merge::OrderedMerge as Stream;

/// How to reach the service, as the user said it.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
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
    pub endpoints: Vec<EndpointOverride>,
    /// Calls under way at once, in each account and region.
    pub concurrency: usize,
    /// Give up early: whoever asks wants to know what is wrong, not to ride it out.
    pub fail_fast: bool,
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
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Listed(ids) => ids,
            Self::Own | Self::Organization => &[],
        }
    }
}

/// Where to send calls instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointOverride {
    /// Only calls to this region.
    pub region: Option<String>,
    pub url: String,
}

/// Every account and region that is asked.
pub struct Source {
    clients: Vec<Arc<RegionClient>>,
    /// What could not be reached at all.
    unread: Vec<Unread>,
    /// Which call it was that some of those were refused.
    refused_calls: Vec<(Scope, &'static Action)>,
    /// The user, under each profile.
    callers: Vec<Session>,
    is_organization: bool,
    /// What the user may wonder about.
    pub notes: Vec<String>,
    /// Calls made before any place was asked.
    call_stats: CallStats,
    concurrency: usize,
    /// For each asker, how far it has come.
    counters: Vec<Arc<ProgressCounters>>,
}

/// How far one place has come.
#[derive(Debug, Default)]
pub(crate) struct ProgressCounters {
    nodes: AtomicU64,
    finished: AtomicU64,
    rows: AtomicU64,
}

impl ProgressCounters {
    /// So many more nodes have ended.
    fn add_finished(&self, more: usize) {
        self.finished.fetch_add(more as u64, Relaxed);
    }

    /// So many more rows were read.
    fn add_rows(&self, more: usize) {
        self.rows.fetch_add(more as u64, Relaxed);
    }
}

/// How far one place has come, for a progress line.
#[derive(Debug, Clone)]
pub struct LocationProgress {
    pub location: Arc<AccountRegion>,
    /// Nodes known so far.
    pub nodes: u64,
    pub finished: u64,
    pub rows: u64,
    pub call_counts: CallCounts,
}

/// Looks at a source from beside its stream.
pub struct ProgressMonitor {
    clients: Vec<Arc<RegionClient>>,
    counters: Vec<Arc<ProgressCounters>>,
}

impl ProgressMonitor {
    /// How far each place has come.
    #[must_use]
    pub fn progress(&self) -> Vec<LocationProgress> {
        self.clients
            .iter()
            .zip(self.counters.iter())
            .map(|(client, counts)| LocationProgress {
                location: client.location.clone(),
                nodes: counts.nodes.load(Relaxed),
                finished: counts.finished.load(Relaxed),
                rows: counts.rows.load(Relaxed),
                call_counts: client.call_stats.total(),
            })
            .collect()
    }
}

/// What a stream tells beside its items.
#[derive(Debug)]
pub enum Event<T> {
    Item(T),
    /// How the nodes of a place were found. Sent once for each place that looks for nodes.
    Discovery(Arc<AccountRegion>, DiscoveryReport),
    /// A place, account or profile of which nothing can be read.
    Unread(Unread),
    /// A helper call failed, and some columns stay empty.
    MissingColumns(MissingColumns),
    /// Nodes that were listed, and are not what the selector asks for.
    Excluded(Vec<Arc<str>>),
}

/// Which nodes are asked for, and what else is wanted of them.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub node_ids: Vec<String>,
    pub selector: Selector,
    pub info_level: Option<InfoLevel>,
}

/// What comes of one node's patches.
#[derive(Debug)]
pub enum PatchEvent {
    /// Some of its rows, filtered.
    Rows(Filtered),
    /// There are no more, and this is how it ended. Sent once for every node.
    End(NodeEnd),
}

/// How the reading of one node's patches ended.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeEnd {
    pub node: Node,
    pub outcome: Outcome<()>,
    /// Its state, where that was wanted too.
    pub state: Option<Box<Outcome<NodeState>>>,
}

impl NodeEnd {
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
pub struct PatchPlan {
    pub filter: Arc<Filter>,
    /// Read counters first, which spare the calls that can find nothing.
    pub uses_prefetch: bool,
    /// Tell each node's state with its end, with what its baseline rules.
    pub wants_states: bool,
    /// Find out when patches were released, where that can be known.
    pub wants_release_dates: bool,
    /// With prefetch, only nodes whose record is like this have a patch that
    /// matters, whatever else the filter would let pass.
    pub is_relevant: Option<fn(&NodeState) -> bool>,
}

/// Some nodes, and what came back for each.
pub type NodeStates = Vec<(Node, Outcome<NodeState>)>;

impl Source {
    /// Finds regions and credentials, and assumes the roles asked for; asks
    /// about no node.
    ///
    /// # Errors
    /// When nowhere can be asked, with the remedy.
    pub async fn connect(connect: &ConnectOptions, interrupt: &Interrupt) -> Result<Self> {
        let tally = CallStats::default();
        let reach = targets::resolve_targets(connect, interrupt, &tally).await?;
        let counts = reach.clients.iter().map(|_| Arc::default()).collect();
        Ok(Self {
            clients: reach.clients,
            unread: reach.unread,
            refused_calls: reach.failed_actions,
            callers: reach.sessions,
            is_organization: connect.accounts == Accounts::Organization,
            notes: reach.remarks,
            call_stats: tally,
            concurrency: connect.concurrency,
            counters: counts,
        })
    }

    /// The calls made so far, by operation.
    #[must_use]
    pub fn call_counts(&self) -> BTreeMap<String, CallCounts> {
        let mut all = self.call_stats.counts();
        for client in &self.clients {
            for (operation, calls) in client.call_stats.counts() {
                all.entry(operation).or_default().add(calls);
            }
        }
        all
    }

    /// A look at how far each place has come, from beside the stream.
    #[must_use]
    pub fn progress_monitor(&self) -> ProgressMonitor {
        ProgressMonitor {
            clients: self.clients.clone(),
            counters: self.counters.clone(),
        }
    }

    /// Is more than one region asked, and more than one account? Rows are then
    /// told apart by them.
    #[must_use]
    pub fn spans_regions_and_accounts(&self) -> (bool, bool) {
        let distinct = |mut names: Vec<Option<Arc<str>>>| {
            names.sort_unstable();
            names.dedup();
            names.len() > 1
        };
        let places = || self.clients.iter().map(|client| &client.location);
        let scopes = || {
            self.unread
                .iter()
                .filter_map(|unread| match &unread.subject {
                    Subject::Scope(scope) => Some(scope),
                    Subject::Node(_) => None,
                })
        };
        let regions = places().map(|location| Some(location.region.clone()));
        let accounts = places()
            .map(|location| location.account.clone())
            .chain(scopes().map(|scope| scope.account.clone()));
        (distinct(regions.collect()), distinct(accounts.collect()))
    }

    /// The state of each node asked for, a batch at a time, place by place.
    #[must_use]
    pub fn stream_states(&self, selection: Selection) -> Stream<Event<NodeStates>> {
        let read: ReadNodes<NodeStates> = Arc::new(
            move |client: Arc<RegionClient>, picks: Vec<Target>, counts| {
                let mut picks = picks.into_iter();
                let batches = std::iter::from_fn(move || {
                    let batch: Vec<Target> = picks.by_ref().take(STATES_BATCH_SIZE).collect();
                    (!batch.is_empty()).then_some(batch)
                });
                PendingJobs::new(
                    batches,
                    move |batch, mut sender: JobSender<Event<NodeStates>>| {
                        let (client, counts) = (client.clone(), Arc::clone(&counts));
                        async move {
                            let rows = patch_reader::read_states(&client, batch).await;
                            let weight = rows.len();
                            counts.add_rows(weight);
                            counts.add_finished(weight);
                            sender.send(Event::Item(rows), weight).await;
                        }
                    },
                )
            },
        );
        self.build_stages(selection, &read, |nodes| {
            (!nodes.is_empty()).then_some(nodes)
        })
    }

    /// The patches of each node asked for that pass the filter, page by page,
    /// place by place; a [`PatchEvent::End`] closes each node.
    #[must_use]
    pub fn stream_patches(
        &self,
        selection: Selection,
        patch_plan: &PatchPlan,
    ) -> Stream<Event<PatchEvent>> {
        let width = self.concurrency;
        let wanted = Arc::new(PreparedPlan::new(patch_plan));
        let read: ReadNodes<PatchEvent> = Arc::new(
            move |asker: Arc<RegionClient>, picks: Vec<Target>, counts| {
                let ahead = Arc::new(Prefetch::new(asker.clone(), wanted.clone(), picks, width));
                let wanted = wanted.clone();
                PendingJobs::new(
                    0..ahead.len(),
                    move |at, mut lane: JobSender<Event<PatchEvent>>| {
                        let (asker, ahead) = (asker.clone(), ahead.clone());
                        let (wanted, counts) = (wanted.clone(), Arc::clone(&counts));
                        async move {
                            let Hint {
                                node,
                                kind: known,
                                state,
                            } = ahead.hint(at).await;
                            let (outcome, fresh) = match known {
                                HintKind::NoRecord => (Outcome::NoData, None),
                                HintKind::CannotMatch => (Outcome::Answered(()), None),
                                HintKind::Unknown | HintKind::HasRecord => {
                                    let mut drill = PatchReader {
                                        client: &asker,
                                        plan: &wanted,
                                        prefetch: &ahead,
                                        counters: &counts,
                                        sender: &mut lane,
                                    };
                                    drill.read_patches(&node, at).await
                                }
                            };
                            counts.add_finished(1);
                            let state = fresh.map(Box::new).or(state);
                            let end = PatchEvent::End(NodeEnd {
                                node,
                                outcome,
                                state,
                            });
                            lane.send(Event::Item(end), 1).await;
                        }
                    },
                )
            },
        );
        self.build_stages(selection, &read, |nodes: NodeStates| {
            let ends = nodes.into_iter().map(|(node, state)| {
                let outcome = match &state {
                    Outcome::Unread(cause) => Outcome::Unread(cause.clone()),
                    Outcome::NoData | Outcome::Answered(_) => Outcome::NoData,
                };
                PatchEvent::End(NodeEnd {
                    state: Some(Box::new(state)),
                    ..NodeEnd::new(node, outcome)
                })
            });
            ends.collect::<Vec<_>>()
        })
    }
}
