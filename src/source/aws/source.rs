//! AWS as a source: the clients of every account and region, and the streams of
//! their nodes.

mod doctor;
pub(in crate::source) mod estimate;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::plan::fetch_plan::FetchPlan;
use crate::plan::iam::Action;
use crate::record::{AccountRegion, Cause, Outcome, Scope, Subject, Unread};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::caller_reader::CallerReader;
use crate::source::aws::connect_options::{Accounts, ConnectOptions};
use crate::source::aws::discovery::resolve::{Resolver, Target};
use crate::source::aws::limits::call_stats::{CallCounts, CallStats};
use crate::source::aws::patch_reader;
use crate::source::aws::patch_reader::associations::AssociationReader;
use crate::source::aws::patch_reader::{Hint, HintKind, PatchReader, Prefetch, PreparedPlan};
use crate::source::aws::progress::{ProgressCounters, ProgressMonitor};
use crate::source::aws::read_stages::{Locations, ReadNodes, build_stages};
use crate::source::aws::session;
use crate::source::aws::session::Session;
use crate::source::aws::session::targets;
use crate::source::aws::stream::AwsStream;
use crate::source::event::{Event, NodeEnd, NodeStates, PatchEvent};
use crate::source::ordered::ordered_jobs::{JobSender, PendingJobs};

/// What rows of the locations that are read differ in, and so need a column for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocationSpans {
    /// More than one region.
    pub regions: bool,
    /// More than one account.
    pub accounts: bool,
    /// AWS Organizations tells the names of accounts.
    pub has_account_names: bool,
}

/// Every account and region that is read.
pub(crate) struct AwsSource {
    pub(crate) clients: Vec<Arc<RegionClient>>,
    /// What could not be reached at all.
    pub(crate) unread: Vec<Unread>,
    /// What is left out on purpose.
    pub(crate) skipped: Vec<Scope>,
    /// The calls that were denied for some of those.
    pub(crate) refused_calls: Vec<(Scope, &'static Action)>,
    /// The caller, one for each profile.
    pub(crate) callers: Vec<Session>,
    pub(crate) is_organization: bool,
    /// Are organizational units skipped?
    pub(crate) skips_units: bool,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// Calls made before any location was read.
    pub(crate) call_stats: CallStats,
    pub(crate) concurrency: usize,
    /// The progress of each client.
    pub(crate) counters: Vec<Arc<ProgressCounters>>,
    /// The locations that are complete already, where a run is continued.
    complete: CompleteLocations,
    now: Timestamp,
    pub(crate) is_demo: bool,
    interrupt: Interrupt,
}

/// Locations that an earlier attempt at a run has read to the end: none of them is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct CompleteLocations {
    pub locations: Vec<Arc<AccountRegion>>,
    /// Their nodes among those whose ids were given.
    pub found_ids: Vec<Arc<str>>,
    pub has_nodes: bool,
}

impl AwsSource {
    /// Finds regions and credentials, and assumes the requested roles. Reads no
    /// nodes.
    ///
    /// # Errors
    /// If there is no location to read, with the remedy.
    pub(crate) async fn connect(
        connect: &ConnectOptions,
        clock: fn() -> Timestamp,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let now = session::time(connect.demo, clock);
        let tally = CallStats::default();
        let mut reach = targets::resolve_targets(connect, now, interrupt, &tally).await?;
        if connect.is_ordered {
            reach.clients.sort_by_key(|client| client.location.clone());
        }
        let counts = reach.clients.iter().map(|_| Arc::default()).collect();
        Ok(Self {
            clients: reach.clients,
            unread: reach.unread,
            skipped: reach.skipped,
            refused_calls: reach.failed_actions,
            callers: reach.sessions,
            is_organization: connect.accounts == Accounts::Organization,
            skips_units: !connect.skipped_units.is_empty(),
            notes: reach.remarks,
            call_stats: tally,
            concurrency: connect.concurrency,
            counters: counts,
            complete: CompleteLocations::default(),
            now,
            is_demo: connect.demo,
            interrupt: interrupt.clone(),
        })
    }

    /// The time that ages are computed from.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The accounts and regions that are read, in their order.
    #[must_use]
    pub(crate) fn account_regions(&self) -> Vec<Arc<AccountRegion>> {
        let clients = self.clients.iter();
        clients.map(|client| client.location.clone()).collect()
    }

    /// Why the account of a location is not known, if neither the service nor STS tells it.
    pub(crate) async fn unknown_account(&self) -> Option<Cause> {
        let mut clients = self.clients.iter();
        if clients.all(|client| client.location.account.is_some()) {
            return None;
        }
        let callers = self.caller_reader().read().await.into_iter();
        let causes = callers.filter_map(|caller| caller.identity.err());
        causes.last().filter(|_| !self.interrupt.is_raised())
    }

    /// The accounts of the callers, as far as STS tells them.
    pub(crate) async fn caller_accounts(&self) -> Vec<String> {
        let callers = self.caller_reader().read().await.into_iter();
        let identities = callers.filter_map(|caller| caller.identity.ok());
        identities
            .map(|identity| identity.account.to_string())
            .collect()
    }

    /// Leaves out locations that are complete.
    pub(crate) fn leave_out(&mut self, complete: CompleteLocations) {
        let is_left = |client: &RegionClient| !complete.locations.contains(&client.location);
        let clients = self.clients.drain(..).zip(self.counters.drain(..));
        (self.clients, self.counters) = clients.filter(|(client, _)| is_left(client)).unzip();
        self.complete = complete;
    }

    /// The calls made so far, by operation.
    #[must_use]
    pub(crate) fn call_counts(&self) -> BTreeMap<String, CallCounts> {
        let mut all = self.call_stats.counts();
        for client in &self.clients {
            for (operation, calls) in client.call_stats.counts() {
                all.entry(operation).or_default().add(calls);
            }
        }
        all
    }

    /// A monitor of each location's progress, independent of the stream.
    #[must_use]
    pub(crate) fn progress_monitor(&self) -> ProgressMonitor {
        ProgressMonitor {
            clients: self.clients.clone(),
            counters: self.counters.clone(),
        }
    }

    /// What the locations that are read differ in.
    #[must_use]
    pub(crate) fn location_spans(&self) -> LocationSpans {
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
        LocationSpans {
            regions: distinct(regions.collect()),
            accounts: distinct(accounts.collect()),
            has_account_names: places().any(|location| location.account_name.is_some()),
        }
    }

    /// The states of the selected nodes, in batches, location by location.
    #[must_use]
    pub(crate) fn stream_states(&self, plan: &FetchPlan) -> AwsStream<NodeStates> {
        let is_wanted = plan.associations;
        let read: ReadNodes<NodeStates> = Arc::new(
            move |client: Arc<RegionClient>, nodes: Vec<Target>, counts| {
                let associations = Arc::new(AssociationReader::new(is_wanted));
                let mut nodes = nodes.into_iter();
                let batches = std::iter::from_fn(move || {
                    let batch: Vec<Target> = nodes.by_ref().take(STATES_BATCH_SIZE).collect();
                    (!batch.is_empty()).then_some(batch)
                });
                PendingJobs::new(
                    batches,
                    move |batch, mut sender: JobSender<Event<NodeStates>>| {
                        let (client, counts) = (client.clone(), Arc::clone(&counts));
                        let associations = associations.clone();
                        async move {
                            let mut rows = patch_reader::states::read_states(&client, batch).await;
                            for (node, _) in rows.iter_mut().filter(|(_, outcome)| {
                                associations.is_wanted && *outcome == Outcome::NoData
                            }) {
                                if let Some(missing) = associations.add_scan(&client, node).await {
                                    sender.send(Event::MissingColumns(missing), 0).await;
                                }
                            }
                            let weight = rows.len();
                            counts.add_rows(weight);
                            counts.add_finished(weight);
                            sender.send(Event::Item(rows), weight).await;
                        }
                    },
                )
            },
        );
        let merge = build_stages(self.locations(plan), self.resolver(plan), &read, |nodes| {
            (!nodes.is_empty()).then_some(nodes)
        });
        AwsStream::new(merge, self.clients.clone(), plan)
    }

    /// The patches of the selected nodes that pass the filter, page by page,
    /// location by location; a [`PatchEvent::End`] ends each node.
    #[must_use]
    pub(crate) fn stream_patches(&self, plan: &FetchPlan) -> AwsStream<PatchEvent> {
        let width = self.concurrency;
        let wanted = Arc::new(PreparedPlan::new(plan));
        let is_wanted = plan.associations;
        let read: ReadNodes<PatchEvent> = Arc::new(
            move |client: Arc<RegionClient>, nodes: Vec<Target>, counts| {
                let associations = Arc::new(AssociationReader::new(is_wanted));
                let ahead = Arc::new(Prefetch::new(client.clone(), wanted.clone(), nodes, width));
                let wanted = wanted.clone();
                PendingJobs::new(
                    0..ahead.len(),
                    move |at, mut lane: JobSender<Event<PatchEvent>>| {
                        let (client, ahead) = (client.clone(), ahead.clone());
                        let (wanted, counts) = (wanted.clone(), Arc::clone(&counts));
                        let associations = associations.clone();
                        async move {
                            let Hint {
                                mut node,
                                kind: known,
                                state,
                            } = ahead.hint(at).await;
                            let (outcome, fresh) = match known {
                                HintKind::NoRecord => (Outcome::NoData, None),
                                HintKind::CannotMatch => (Outcome::Answered(()), None),
                                HintKind::Unknown | HintKind::HasRecord => {
                                    let mut drill = PatchReader {
                                        client: &client,
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
                            if outcome == Outcome::NoData
                                && let Some(missing) =
                                    associations.add_scan(&client, &mut node).await
                            {
                                lane.send(Event::MissingColumns(missing), 0).await;
                            }
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
        let merge = build_stages(
            self.locations(plan),
            self.resolver(plan),
            &read,
            |nodes: NodeStates| {
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
            },
        );
        AwsStream::new(merge, self.clients.clone(), plan)
    }

    /// The resolver of the plan's selection, for every location.
    pub(crate) fn resolver(&self, plan: &FetchPlan) -> Resolver {
        let complete = &self.complete;
        let locations = self.clients.len() + complete.locations.len();
        let several = locations > 1 || !self.unread.is_empty();
        let resolver = Resolver::new(plan, several, self.concurrency);
        resolver.add_found(&complete.found_ids, complete.has_nodes);
        resolver
    }

    fn caller_reader(&self) -> CallerReader {
        CallerReader {
            sessions: self.callers.clone(),
            call_stats: self.call_stats.clone(),
            interrupt: self.interrupt.clone(),
        }
    }

    fn locations(&self, plan: &FetchPlan) -> Locations<'_> {
        Locations {
            callers: plan.caller.then(|| self.caller_reader()),
            clients: &self.clients,
            counters: &self.counters,
            unread: &self.unread,
            skipped: &self.skipped,
            concurrency: self.concurrency,
        }
    }
}
