//! The stream of a dataset: the events of its locations in order, then those that need all
//! of them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::compliance::baseline_conflict::{BaselineConflict, BaselineUsage};
use crate::record::{AccountRegion, Cause};
use crate::source::dataset::event_channel::{EventReceiver, Message};
use crate::source::event::{Event, Judged};
use crate::source::ordered::codec::Spillable;

/// The operating systems of the baselines of each location, where they are known.
pub(super) type BaselineSystems = BTreeMap<Arc<AccountRegion>, BTreeMap<String, Option<String>>>;

/// Events in a fixed order, produced while files are read.
pub(crate) struct DatasetStream<T> {
    receiver: EventReceiver<T>,
    ready: VecDeque<Event<T>>,
    /// Rows before the next end of a node were lost.
    lost: Option<Cause>,
    /// The baselines of the nodes, if their operating systems are wanted.
    usage: Option<(BaselineUsage, BaselineSystems)>,
}

impl<T: Spillable + Judged> DatasetStream<T> {
    pub(super) fn new(receiver: EventReceiver<T>, systems: Option<BaselineSystems>) -> Self {
        Self {
            receiver,
            ready: VecDeque::new(),
            lost: None,
            usage: systems.map(|systems| (BaselineUsage::default(), systems)),
        }
    }

    /// The next event, or `None` at the end. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<Event<T>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(self.observe(event));
            }
            match self.receiver.next().await {
                Some(Message::Events(events)) => self.ready.extend(events),
                Some(Message::Lost(cause)) => self.lost = Some(cause),
                None => return self.conflicts(),
            }
        }
    }

    fn observe(&mut self, mut event: Event<T>) -> Event<T> {
        if event.is_final()
            && let Some(cause) = self.lost.take()
        {
            event.mark_incomplete(&cause);
        }
        if let (Some((usage, _)), Event::Item(item)) = (&mut self.usage, &event) {
            item.each_state(|node, state| usage.add_node(node, state));
        }
        event
    }

    /// The last event, if the plan asks for it.
    fn conflicts(&mut self) -> Option<Event<T>> {
        let (usage, systems) = self.usage.take()?;
        Some(Event::BaselineConflicts(conflicts(&usage, &systems)))
    }
}

/// The conflicts of baselines, by the systems that the runs recorded.
pub(super) fn conflicts(usage: &BaselineUsage, systems: &BaselineSystems) -> Vec<BaselineConflict> {
    usage.conflicts(|location, id| systems.get(location)?.get(id)?.as_deref().map(Box::from))
}
