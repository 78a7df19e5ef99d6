//! The stream of an AWS source: the events of each account and region in order,
//! then the events that need all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compliance::baseline_conflict::BaselineUsage;
use crate::plan::fetch_plan::{BaselinePlan, FetchPlan};
use crate::record::AccountRegion;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::event::{Event, Judged};
use crate::source::ordered::codec::Spillable;
use crate::source::ordered::ordered_merge::OrderedMerge;

/// Events in a fixed order, produced while they are read.
pub(crate) struct AwsStream<T> {
    merge: OrderedMerge<Event<T>>,
    clients: Vec<Arc<RegionClient>>,
    /// The baselines of the nodes, if their operating systems are wanted.
    usage: Option<BaselineUsage>,
    has_release_dates: bool,
    /// The last events, once all nodes have been read.
    trailing: Option<std::vec::IntoIter<Event<T>>>,
}

impl<T: Spillable + Judged> AwsStream<T> {
    pub(crate) fn new(
        merge: OrderedMerge<Event<T>>,
        clients: Vec<Arc<RegionClient>>,
        plan: &FetchPlan,
    ) -> Self {
        let has_systems = plan.baselines == BaselinePlan::OperatingSystems;
        Self {
            merge,
            clients,
            usage: has_systems.then(BaselineUsage::default),
            has_release_dates: plan.release_dates,
            trailing: None,
        }
    }

    /// The next event, or `None` at the end. Cancel-safe: may be dropped while
    /// it waits, and called again.
    ///
    /// # Panics
    /// When a task that reads nodes panicked.
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        if self.trailing.is_none() {
            if let Some(event) = self.merge.next().await {
                if let (Some(usage), Event::Item(item)) = (&mut self.usage, &event) {
                    item.each_state(|node, state| usage.add_node(node, state));
                }
                return Some(event);
            }
            self.trailing = Some(self.trailing_events().await.into_iter());
        }
        self.trailing.as_mut()?.next()
    }

    async fn trailing_events(&self) -> Vec<Event<T>> {
        let mut events = Vec::new();
        if let Some(usage) = &self.usage {
            let mut systems = BTreeMap::new();
            for (location, baseline_id) in usage.ambiguous_baselines() {
                let mut clients = self.clients.iter();
                if let Some(client) = clients.find(|client| client.location == location) {
                    let system = client.baseline_operating_system(&baseline_id).await;
                    systems.insert((location, baseline_id), system);
                }
            }
            let system = |location: &Arc<AccountRegion>, id: &str| {
                systems
                    .get(&(location.clone(), id.into()))
                    .cloned()
                    .flatten()
            };
            events.push(Event::BaselineConflicts(usage.conflicts(system)));
        }
        if self.has_release_dates {
            events.extend(self.clients.iter().filter_map(|client| {
                let cause = client.release_date_failure()?;
                Some(Event::ReleaseDatesMissing(client.location.clone(), cause))
            }));
        }
        events
    }
}
