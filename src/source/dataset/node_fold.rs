//! Nodes that are folded on the threads that read them, a part for each row group: none of
//! them is sent to another thread, which would have to free them, and no row group waits
//! for the one before.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::compliance::baseline_conflict::BaselineUsage;
use crate::record::{Node, NodeState, Outcome};
use crate::source::dataset::event_channel::{Closed, EventReceiver, Message};
use crate::source::dataset::node_reader::read_states;
use crate::source::dataset::producer::{DatasetItem, LocationReader};
use crate::source::dataset::selected::Order;
use crate::source::dataset::stream::{BaselineSystems, conflicts};
use crate::source::event::{Event, NodeFold};

/// What some nodes were turned into.
pub(crate) struct Folded<F: NodeFold> {
    part: F::Part,
    usage: BaselineUsage,
}

/// How nodes are folded.
pub(super) struct FoldContext<F> {
    pub fold: Arc<F>,
    /// Are the baselines of nodes wanted?
    pub has_usage: bool,
}

impl<F> Clone for FoldContext<F> {
    fn clone(&self) -> Self {
        Self {
            fold: self.fold.clone(),
            has_usage: self.has_usage,
        }
    }
}

impl<F: NodeFold> DatasetItem for Folded<F> {
    type Context = FoldContext<F>;

    const NODES_AT_ONCE: usize = usize::MAX;

    fn add_node(
        context: &FoldContext<F>,
        items: &mut Vec<Self>,
        node: Node,
        outcome: Outcome<NodeState>,
    ) {
        if items.is_empty() {
            items.push(Self {
                part: context.fold.start(),
                usage: BaselineUsage::default(),
            });
        }
        let Some(Self { part, usage }) = items.last_mut() else {
            return;
        };
        if let (true, Outcome::Answered(state)) = (context.has_usage, &outcome) {
            usage.add_node(&node, state);
        }
        context.fold.add_node(part, node, outcome);
    }

    async fn read_nodes(reader: LocationReader<'_, Self>, order: Order) -> Result<(), Closed> {
        read_states(&reader, order).await
    }
}

/// The events of a dataset with parts of an answer in the place of nodes.
pub(crate) struct FoldStream<F: NodeFold> {
    receiver: EventReceiver<Folded<F>>,
    ready: VecDeque<Event<Folded<F>>>,
    /// The baselines of the nodes, if their operating systems are wanted.
    usage: Option<(BaselineUsage, BaselineSystems)>,
}

impl<F: NodeFold> FoldStream<F> {
    pub(super) fn new(
        receiver: EventReceiver<Folded<F>>,
        systems: Option<BaselineSystems>,
    ) -> Self {
        Self {
            receiver,
            ready: VecDeque::new(),
            usage: systems.map(|systems| (BaselineUsage::default(), systems)),
        }
    }

    /// The next event, or `None` at the end. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<Event<F::Part>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event.map_item(|Folded { part, usage }| {
                    if let Some((all, _)) = &mut self.usage {
                        all.merge(usage);
                    }
                    part
                }));
            }
            match self.receiver.next().await {
                Some(Message::Events(events)) => self.ready.extend(events),
                // Nodes are sent whole.
                Some(Message::Lost(_)) => {}
                None => {
                    let (usage, systems) = self.usage.take()?;
                    return Some(Event::BaselineConflicts(conflicts(&usage, &systems)));
                }
            }
        }
    }
}
