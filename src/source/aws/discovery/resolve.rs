//! Resolves the selection to nodes in each account and region: combines the ids
//! that were given with those that discovery found.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::plan::fetch_plan::{FetchPlan, UnmanagedPlan};
use crate::plan::selection::Selector;
use crate::record::{
    AccountRegion, Cause, DiscoveryReport, InfoLevel, Node, NodeOrigin, NodeState, Outcome, Scope,
    is_well_formed_node_id,
};
use crate::source::aws::api::error::{CallError, ErrorKind};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::api::region_client::patch_calls::STATES_BATCH_SIZE;
use crate::source::aws::discovery::discover;
use crate::source::aws::discovery::discovered::{FoundNode, FoundNodes};
use crate::source::aws::discovery::enrich::enrich;
use crate::source::aws::discovery::vocabulary::read_vocabulary;
use crate::source::event::MissingColumns;

/// The selection, the same for every location.
pub(crate) struct Resolver {
    ids: Vec<Arc<str>>,
    /// Are nodes listed? Some may be excluded by their id.
    has_listed_ids: bool,
    excluded_ids: Vec<Arc<str>>,
    selector: Selector,
    info_level: Option<InfoLevel>,
    unmanaged: UnmanagedPlan,
    /// Is there more than one location in which a listed node can be?
    has_several_locations: bool,
    /// Concurrent calls in one location.
    concurrency: usize,
    lookups: Mutex<Lookups>,
}

/// What the locations reported about the listed nodes.
#[derive(Default)]
struct Lookups {
    found_ids: HashSet<Arc<str>>,
    uncertain_ids: HashMap<Arc<str>, Cause>,
    /// The locations that did not tell of a listed node whether it is there.
    uncertain_locations: HashSet<Arc<AccountRegion>>,
    /// Locations that could not be read at all.
    failed_scopes: Vec<(Scope, Cause)>,
    /// Was a node found to read, or may one be missing?
    has_nodes: bool,
    undecided: usize,
}

impl Lookups {
    fn add_uncertain(&mut self, location: &Arc<AccountRegion>, id: &Arc<str>, cause: Cause) {
        self.uncertain_ids.entry(id.clone()).or_insert(cause);
        self.uncertain_locations.insert(location.clone());
    }
}

/// A node found in a location.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub node: Node,
    /// Its patch state, if discovery read it.
    pub state: Option<Box<NodeState>>,
}

/// The nodes of one location, in the order of the output.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub targets: Vec<Target>,
    /// Instances that are not managed and have rows.
    pub unmanaged: Vec<Node>,
    pub discovery: Option<DiscoveryReport>,
    /// Why some of its nodes may be missing, unless a call was denied.
    pub failure: Option<Cause>,
    pub missing_columns: Vec<MissingColumns>,
}

/// The listed nodes that were found in no location.
#[derive(Debug, Default)]
pub(crate) struct Unresolved {
    pub nodes: Vec<(Node, Outcome<NodeState>)>,
    /// Listed nodes that do not match the selector.
    pub excluded: Vec<Arc<str>>,
}

impl Resolver {
    pub(crate) fn new(plan: &FetchPlan, has_several_locations: bool, concurrency: usize) -> Self {
        let ids = plan.node_ids.iter().map(|id| Arc::from(id.as_str()));
        let (excluded_ids, ids) = ids.partition(|id: &Arc<str>| plan.selector.excludes_id(id));
        Self {
            ids,
            has_listed_ids: !plan.node_ids.is_empty(),
            excluded_ids,
            selector: plan.selector.clone(),
            info_level: plan.node_info,
            unmanaged: plan.unmanaged,
            has_several_locations,
            concurrency,
            lookups: Mutex::default(),
        }
    }

    /// Adds what locations have told that are not read again.
    pub(crate) fn add_found(&self, ids: &[Arc<str>], has_nodes: bool) {
        let mut lookups = self.lock_lookups();
        lookups.found_ids.extend(ids.iter().cloned());
        lookups.has_nodes |= has_nodes;
    }

    /// May there be something to say once all locations have been searched: may a listed
    /// node be in none, or may no node be selected?
    pub(crate) fn may_have_unresolved(&self) -> bool {
        self.narrows()
            || !self.ids.is_empty()
                && (self.has_several_locations || self.selector.needs_discovery())
    }

    /// Are there listed nodes of which this location did not tell whether they are there?
    pub(crate) fn has_uncertain_ids(&self, location: &Arc<AccountRegion>) -> bool {
        self.lock_lookups().uncertain_locations.contains(location)
    }

    fn narrows(&self) -> bool {
        self.selector.has_criteria() || !self.selector.excludes.ids.is_empty()
    }

    /// Do the criteria select from the listed nodes alone?
    fn selects_from_listed(&self) -> bool {
        self.selector.has_criteria() && self.has_listed_ids && !self.selector.all
    }

    /// If no node was selected although every location was read: what there is to select
    /// from.
    pub(crate) async fn explain_empty(&self, clients: &[Arc<RegionClient>]) -> Option<String> {
        let may_explain = {
            let lookups = self.lock_lookups();
            !lookups.has_nodes && lookups.failed_scopes.is_empty()
        };
        if !may_explain || !self.narrows() || self.selector.allows_empty {
            return None;
        }
        let all = read_vocabulary(clients, &self.selector).await;
        let undecided = self.lock_lookups().undecided;
        all.describe_empty(&self.selector, undecided)
    }

    fn lock_lookups(&self) -> MutexGuard<'_, Lookups> {
        self.lookups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves the nodes of one location. If that fails, none of them are
    /// known.
    pub(crate) async fn resolve(&self, client: &RegionClient) -> Result<Resolved, CallError> {
        let resolved = self.try_resolve(client).await;
        let mut lookups = self.lock_lookups();
        match &resolved {
            Err(error) => {
                let failed = (Scope::of(&client.location), error.cause.clone());
                lookups.failed_scopes.push(failed);
            }
            Ok(resolved) => {
                lookups.has_nodes |= !resolved.targets.is_empty()
                    || !resolved.unmanaged.is_empty()
                    || resolved.failure.is_some();
            }
        }
        drop(lookups);
        resolved
    }

    async fn try_resolve(&self, client: &RegionClient) -> Result<Resolved, CallError> {
        let (mut finding, mut failed) = (None, None);
        let (mut order, mut nodes): (Vec<Arc<str>>, FoundNodes) = (Vec::new(), FoundNodes::new());
        let narrows = self.selects_from_listed();
        let listed: HashSet<&str> = self.ids.iter().map(|id| &**id).collect();
        let mut unmanaged_rows = Vec::new();
        if self.selector.needs_discovery() {
            let mut catch = Box::pin(discover(
                client,
                &self.selector,
                self.info_level,
                self.unmanaged,
            ))
            .await?;
            let mut unmanaged = catch.unmanaged.take();
            if let Some(unmanaged) = unmanaged.as_mut().filter(|_| narrows) {
                unmanaged.retain(|id, _| listed.contains(&**id));
            }
            let unmanaged: Option<Vec<Node>> = unmanaged.map(|unmanaged| {
                let unmanaged = unmanaged.into_iter();
                unmanaged
                    .map(|(id, one)| one.into_node(id, &client.location))
                    .collect()
            });
            // One that was listed has a row like every other.
            let has_row =
                |node: &&Node| self.unmanaged == UnmanagedPlan::Rows || listed.contains(&*node.id);
            let rows = unmanaged.iter().flatten().filter(has_row);
            unmanaged_rows = rows.cloned().collect();
            finding = Some(DiscoveryReport {
                scopes: vec![Scope::of(&client.location)],
                unmanaged,
                // Listed nodes are named.
                excluded_nodes: (self.selector.has_exclusions() && !self.selects_from_listed())
                    .then_some(catch.excluded_nodes),
                ..catch.report()
            });
            let mut lookups = self.lock_lookups();
            let listed = unmanaged_rows.iter().map(|node| node.id.clone());
            lookups.found_ids.extend(listed);
            lookups.undecided += catch.undecided_ids.len();
            for id in self
                .ids
                .iter()
                .filter(|id| !catch.nodes.contains_key(&***id))
            {
                if let Some(cause) = catch.uncertainty_of(id) {
                    lookups.add_uncertain(&client.location, id, cause);
                }
            }
            failed = catch.failure;
            nodes = catch.nodes;
        }
        // A node that was requested by id has a row whatever is known of it.
        for id in &self.ids {
            if let Some(one) = nodes.get_mut(&**id) {
                one.origin = NodeOrigin::Requested;
            }
        }
        let found: Vec<Arc<str>> = self
            .ids
            .iter()
            .filter(|id| nodes.contains_key(&***id))
            .cloned()
            .collect();
        self.lock_lookups().found_ids.extend(found.iter().cloned());
        if narrows {
            // With ids and criteria, the order is that of the ids.
            let among: HashSet<&str> = found.iter().map(|id| &**id).collect();
            nodes.retain(|id, _| among.contains(&**id));
            order = found;
        } else {
            order.extend(nodes.keys().cloned());
            if !self.selector.has_criteria() {
                self.add_listed(client, &unmanaged_rows, &mut order, &mut nodes)
                    .await?;
            }
        }
        let missing_columns = match self.info_level {
            Some(needs) if !nodes.is_empty() => enrich(client, &mut nodes, needs).await,
            _ => Vec::new(),
        };
        // A fleet's worth of targets is not held in a vector of twice its size.
        let mut targets = Vec::with_capacity(order.len());
        targets.extend(order.into_iter().filter_map(|id| {
            let mut one = nodes.remove(&*id)?;
            Some(Target {
                state: one.state.take(),
                node: one.into_node(id, &client.location),
            })
        }));
        Ok(Resolved {
            targets,
            unmanaged: unmanaged_rows,
            discovery: finding,
            failure: failed,
            missing_columns,
        })
    }

    /// Adds the listed nodes that discovery did not find: all of them if there
    /// is only one location, otherwise those with a patch record in this
    /// location.
    async fn add_listed(
        &self,
        client: &RegionClient,
        unmanaged: &[Node],
        order: &mut Vec<Arc<str>>,
        nodes: &mut FoundNodes,
    ) -> Result<(), CallError> {
        let rest: Vec<Arc<str>> = self
            .ids
            .iter()
            .filter(|id| !nodes.contains_key(&***id))
            .filter(|id| !unmanaged.iter().any(|node| node.id == **id))
            .cloned()
            .collect();
        let mut add = |id: Arc<str>, state| {
            let one = FoundNode {
                state,
                ..FoundNode::new(NodeOrigin::Requested, None)
            };
            nodes.insert(id.clone(), one);
            order.push(id);
        };
        if self.has_several_locations {
            let located = match self.locate(client, rest).await {
                // Nodes found in this location stay found; each undetermined id
                // keeps its own cause.
                Err(_) if self.selector.needs_discovery() => Vec::new(),
                located => located?,
            };
            for (id, state) in located {
                self.lock_lookups().found_ids.insert(id.clone());
                add(id, Some(Box::new(state)));
            }
        } else {
            for id in rest {
                self.lock_lookups().found_ids.insert(id.clone());
                add(id, None);
            }
        }
        Ok(())
    }

    /// The ids that have a patch record in this location.
    async fn locate(
        &self,
        client: &RegionClient,
        ids: Vec<Arc<str>>,
    ) -> Result<Vec<(Arc<str>, NodeState)>, CallError> {
        let batches: Vec<Vec<Node>> = ids
            .chunks(STATES_BATCH_SIZE)
            .map(|ids| {
                ids.iter()
                    .map(|id| Node::requested(id, &client.location))
                    .collect()
            })
            .collect();
        let mut answers = stream::iter(batches)
            .map(|batch| async move {
                let outcomes = client.patch_states(&batch).await;
                (batch, outcomes)
            })
            .buffered(self.concurrency.max(1));
        let (mut found, mut first, mut answered) = (Vec::new(), None, ids.is_empty());
        while let Some((batch, outcomes)) = answers.next().await {
            for (node, outcome) in batch.into_iter().zip(outcomes) {
                match outcome {
                    Outcome::Answered(state) => {
                        answered = true;
                        found.push((node.id, state));
                    }
                    Outcome::NoData => answered = true,
                    // An invalid id says nothing about the location.
                    Outcome::Unread(why)
                        if !is_well_formed_node_id(&node.id)
                            && why.code.starts_with("Validation") =>
                    {
                        answered = true;
                        self.lock_lookups()
                            .add_uncertain(&client.location, &node.id, why);
                    }
                    Outcome::Unread(why) => {
                        first.get_or_insert_with(|| why.clone());
                        self.lock_lookups()
                            .add_uncertain(&client.location, &node.id, why);
                    }
                }
            }
        }
        match first {
            // No call succeeded: the failure is about the location.
            Some(why) if !answered => Err(CallError {
                kind: ErrorKind::Other,
                cause: why,
            }),
            _ => Ok(found),
        }
    }

    /// The listed nodes that no location has, once every location has been
    /// searched. `unreachable` are locations that could not be searched.
    pub(crate) fn unresolved(&self, unreachable: &[(Scope, Cause)]) -> Unresolved {
        let lookups = self.lock_lookups();
        let no_location: Arc<AccountRegion> = Arc::new(AccountRegion {
            region: "".into(),
            account: None,
            account_name: None,
        });
        let unread = unreachable.iter().chain(&lookups.failed_scopes).next();
        let mut nowhere = Unresolved {
            excluded: self.excluded_ids.clone(),
            ..Unresolved::default()
        };
        for id in self
            .ids
            .iter()
            .filter(|id| !lookups.found_ids.contains(*id))
        {
            let doubt = lookups
                .uncertain_ids
                .get(id)
                .cloned()
                .or_else(|| unread.map(|(scope, cause)| scope.may_have_node(cause)));
            match doubt {
                Some(cause) => nowhere
                    .nodes
                    .push((Node::requested(id, &no_location), Outcome::Unread(cause))),
                None if self.selector.has_criteria() => nowhere.excluded.push(id.clone()),
                None => nowhere
                    .nodes
                    .push((Node::requested(id, &no_location), Outcome::NoData)),
            }
        }
        nowhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws::discovery::discovered::merge_reports;
    use proptest::prelude::*;

    fn why() -> Cause {
        Cause {
            code: "Unreachable".into(),
            text: "connection refused".into(),
        }
    }

    fn region(name: &str) -> Scope {
        Scope {
            region: Some(name.into()),
            ..Scope::default()
        }
    }

    proptest! {
        /// Some listed ids are found and some undetermined, with or without an
        /// unreachable location, and with or without criteria.
        #[test]
        fn every_listed_node_is_either_found_or_unresolved(
            listed in proptest::collection::btree_set("i-[0-9]{1,3}", 0..20),
            fates in proptest::collection::vec(0u8..3, 20),
            dark in any::<bool>(),
            narrows in any::<bool>(),
        ) {
            let listed: Vec<String> = listed.into_iter().collect();
            let selector = Selector {
                patch_groups: if narrows { vec!["web".into()] } else { vec![] },
                ..Selector::default()
            };
            let plan = FetchPlan {
                node_ids: listed.clone(),
                selector,
                ..FetchPlan::default()
            };
            let resolver = Resolver::new(&plan, true, 4);
            let mut found = Vec::new();
            for (id, fate) in listed.iter().zip(&fates) {
                match fate {
                    0 => {
                        resolver.lock_lookups().found_ids.insert(id.as_str().into());
                        found.push(id.clone());
                    }
                    1 => {
                        resolver.lock_lookups().uncertain_ids.insert(id.as_str().into(), why());
                    }
                    _ => {}
                }
            }
            let unreachable = if dark { vec![(region("eu-west-1"), why())] } else { vec![] };
            let nowhere = resolver.unresolved(&unreachable);
            let mut reported: Vec<String> = nowhere.nodes.iter().map(|(node, _)| node.id.to_string()).collect();
            reported.extend(nowhere.excluded.iter().map(ToString::to_string));
            reported.extend(found);
            reported.sort_unstable();
            prop_assert_eq!(&reported, &listed);
            for (_, outcome) in &nowhere.nodes {
                // A node that may be in an unreachable location is not reported
                // as NO_DATA.
                prop_assert!(!dark || matches!(outcome, Outcome::Unread(_)));
            }
            prop_assert!(nowhere.excluded.is_empty() || (narrows && !dark));
        }
    }

    #[test]
    fn equal_reports_are_merged_with_all_their_locations() {
        let finding = |by: &str, location: &str, stopped| DiscoveryReport {
            calls: vec![by.to_owned()],
            limitations: vec![],
            scopes: vec![region(location)],
            stopped_without_record: stopped,
            ..DiscoveryReport::default()
        };
        let merged = merge_reports(vec![
            finding("a", "eu-west-1", 1),
            finding("b", "us-east-1", 2),
            finding("a", "ap-south-1", 4),
        ]);
        assert_eq!(merged.len(), 2);
        assert_eq!(
            merged[0].scopes,
            [region("eu-west-1"), region("ap-south-1")]
        );
        assert_eq!(merged[0].stopped_without_record, 5);
    }
}
