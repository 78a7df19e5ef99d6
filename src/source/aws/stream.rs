//! The stream of an AWS source: the events of each account and region in order, those that
//! need all of its nodes, then those that need all locations.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::compliance::baseline_conflict::{BaselineUsage, OperatingSystem};
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
    systems: BTreeMap<Arc<AccountRegion>, BTreeMap<Box<str>, OperatingSystem>>,
    has_release_dates: bool,
    /// The location whose events are sent.
    location: Option<Arc<AccountRegion>>,
    /// What was read and follows the events that are ready.
    next: Next<T>,
    ready: VecDeque<Event<T>>,
}

enum Next<T> {
    ToRead,
    Event(Event<T>),
    /// No location has more events.
    LastEvents,
    End,
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
            systems: BTreeMap::new(),
            has_release_dates: plan.release_dates,
            location: None,
            next: Next::ToRead,
            ready: VecDeque::new(),
        }
    }

    /// The next event, or `None` at the end. Cancel-safe: may be dropped while
    /// it waits, and called again.
    ///
    /// # Panics
    /// When a task that reads nodes panicked.
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if matches!(self.next, Next::ToRead) {
                self.next = match self.merge.next().await {
                    Some(event) => Next::Event(event),
                    None => Next::LastEvents,
                };
            }
            let ends_location = matches!(
                self.next,
                Next::Event(Event::Location { .. } | Event::LocationEnd(_)) | Next::LastEvents
            );
            if ends_location && let Some(location) = self.location.clone() {
                self.end_location(&location).await;
                self.location = None;
                continue;
            }
            match std::mem::replace(&mut self.next, Next::ToRead) {
                Next::Event(event) => {
                    self.observe(&event);
                    return Some(event);
                }
                Next::LastEvents => self.ready.extend(self.conflicts()),
                Next::ToRead | Next::End => {
                    self.next = Next::End;
                    return None;
                }
            }
            self.next = Next::End;
        }
    }

    fn observe(&mut self, event: &Event<T>) {
        match event {
            Event::Location { location, .. } => self.location = Some(location.clone()),
            Event::Item(item) => {
                if let Some(usage) = &mut self.usage {
                    item.each_state(|node, state| usage.add_node(node, state));
                }
            }
            _ => {}
        }
    }

    /// Adds the events that follow the nodes of a location, all at once.
    async fn end_location(&mut self, location: &Arc<AccountRegion>) {
        let mut clients = self.clients.iter();
        let Some(client) = clients.find(|client| client.location == *location) else {
            return;
        };
        let mut events = Vec::new();
        if let Some(usage) = &self.usage {
            let mut systems = BTreeMap::new();
            for baseline_id in usage.ambiguous_baselines(location) {
                let system = client.baseline_operating_system(&baseline_id).await;
                systems.insert(baseline_id, system);
            }
            events.push(Event::BaselineSystems(location.clone(), systems.clone()));
            self.systems.insert(location.clone(), systems);
        }
        if self.has_release_dates {
            let cause = client.release_date_failure();
            events.extend(cause.map(|cause| Event::ReleaseDatesMissing(location.clone(), cause)));
        }
        self.ready.extend(events);
    }

    fn conflicts(&self) -> Option<Event<T>> {
        let system = |location: &Arc<AccountRegion>, id: &str| {
            let of_location = self.systems.get(location)?;
            of_location.get(id).cloned().flatten()
        };
        let usage = self.usage.as_ref()?;
        Some(Event::BaselineConflicts(usage.conflicts(system)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;
    use crate::plan::selection::Selector;
    use crate::source::aws::connect_options::ConnectOptions;
    use crate::source::aws::source::AwsSource;
    use crate::source::event::NodeStates;
    use crate::source::ordered::ordered_jobs::{JobLimits, OrderedJobs, PendingJobs};
    use crate::source::ordered::ordered_merge::MergeLimits;
    use crate::source::test_runtime::block_on;
    use jiff::Timestamp;

    fn name_of(event: &Event<NodeStates>) -> Option<String> {
        match event {
            Event::Location { location, .. } => Some(format!("start {}", location.region)),
            Event::LocationEnd(location) => Some(format!("end {}", location.region)),
            Event::Item(_) => Some("nodes".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn every_location_ends_after_its_nodes() {
        let connect = ConnectOptions {
            demo: true,
            regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
            concurrency: 4,
            ..ConnectOptions::default()
        };
        let plan = FetchPlan {
            selector: Selector {
                all: true,
                ..Selector::default()
            },
            ..FetchPlan::default()
        };
        let names: Vec<String> = block_on(async {
            let clock = || Timestamp::UNIX_EPOCH;
            let source = AwsSource::connect(&connect, clock, &Interrupt::default()).await;
            let mut stream = source.unwrap().stream_states(&plan);
            let mut names = Vec::new();
            while let Some(event) = stream.next().await {
                names.extend(name_of(&event));
            }
            names.dedup();
            names
        });
        let expected = ["eu-west-1", "us-east-1"].map(|region| {
            let (start, end) = (format!("start {region}"), format!("end {region}"));
            [start, "nodes".to_owned(), end]
        });
        assert_eq!(names, expected.concat());
    }

    #[test]
    fn a_location_ends_before_the_next_one_has_begun() {
        let limits = JobLimits {
            concurrent_jobs: 1,
            buffered_rows: 1,
        };
        let merge_limits = MergeLimits {
            concurrent_parts: 2,
            buffered_rows: 1,
        };
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        block_on(async {
            let start = Event::Location {
                location: location.clone(),
                has_uncertain_ids: false,
            };
            let end = PendingJobs::empty().followed_by(Event::LocationEnd(location));
            let first = async { (vec![start], end) };
            let stages: Vec<OrderedJobs<Event<NodeStates>>> = vec![
                OrderedJobs::with_preparation(limits, first),
                OrderedJobs::with_preparation(limits, std::future::pending()),
            ];
            let merge = OrderedMerge::new(stages, merge_limits);
            let mut stream = AwsStream::new(merge, Vec::new(), &FetchPlan::default());
            for expected in ["start eu-west-1", "end eu-west-1"] {
                let event = stream.next().await.unwrap();
                assert_eq!(name_of(&event).as_deref(), Some(expected));
            }
        });
    }
}
