//! The selected nodes of a location with their states, row group by row group.

use std::collections::{BTreeMap, btree_map};
use std::sync::Arc;

use anyhow::Result;
use tokio::runtime::Handle;

use crate::record::{AccountRegion, Node, NodeOrigin, NodeState, Outcome, Scope, Subject, Unread};
use crate::source::dataset::decode::Rows;
use crate::source::dataset::event_channel::{Closed, JobEventSender, Message};
use crate::source::dataset::node_batch::{NodeBatch, NodeIds, NodeParts};
use crate::source::dataset::producer::{DatasetItem, LocationReader, damaged};
use crate::source::dataset::selected::{Entry, NodeRow, Order};
use crate::source::dataset::selection::Selection;
use crate::source::dataset::table_file::RowGroup;
use crate::source::event::{Event, NodeStates};

/// Rows of a row group that are decoded at once: those of one page that `collect` writes,
/// which has 20 times the 1,024 rows that the Parquet writer looks at together.
const ROWS_AT_ONCE: usize = 20_480;

/// Listed nodes that are read at once.
const LISTED_AT_ONCE: usize = 8_192;

impl DatasetItem for NodeStates {
    type Context = ();

    const NODES_AT_ONCE: usize = 256;

    fn add_node((): &(), items: &mut Vec<Self>, node: Node, outcome: Outcome<NodeState>) {
        match items.last_mut() {
            Some(nodes) => nodes.push((node, outcome)),
            None => items.push(vec![(node, outcome)]),
        }
    }

    async fn read_nodes(reader: LocationReader<'_, Self>, order: Order) -> Result<(), Closed> {
        read_states(&reader, order).await
    }
}

/// Reads the nodes with their states.
pub(super) async fn read_states<T: DatasetItem>(
    reader: &LocationReader<'_, T>,
    order: Order,
) -> Result<(), Closed> {
    match order {
        Order::Files(files) => {
            for (file, groups) in files.into_iter().enumerate() {
                for (group, rows) in groups.into_iter().enumerate() {
                    if !rows.is_empty() {
                        reader.start_group(file, group, rows).await?;
                    }
                }
            }
        }
        Order::Listed(entries) => {
            for some in entries.chunks(LISTED_AT_ONCE) {
                reader.start_listed(some).await?;
            }
        }
    }
    Ok(())
}

impl<T: DatasetItem> LocationReader<'_, T> {
    /// What is read of each node.
    pub(super) fn parts(&self, patches: bool) -> NodeParts {
        NodeParts {
            info: self.plan.node_info,
            has_tags: self.of.has_tags(),
            ids: if self.selection.discovers() {
                NodeIds::Read
            } else {
                NodeIds::Listed
            },
            states: (!patches || self.plan.has_verdicts()).then_some(self.plan.records),
            patches,
            associations: self.plan.associations,
        }
    }

    /// The rows of the location may be incomplete.
    pub(super) fn unread(&self, error: &anyhow::Error) -> Unread {
        Unread {
            subject: Subject::Scope(Scope::of(&self.of.location)),
            cause: damaged(error),
        }
    }
}

impl Selection {
    /// The node of a row, as it comes into the answer.
    pub(super) fn node(&self, batch: &NodeBatch, row: usize) -> Node {
        if !self.discovers() {
            return batch.requested_node(row);
        }
        let mut node = batch.node(row);
        if self.listed.contains(&node.id) {
            node.origin = NodeOrigin::Requested;
        }
        node
    }
}

impl<T: DatasetItem> LocationReader<'_, T> {
    async fn start_group(&self, file: usize, group: usize, rows: Rows) -> Result<(), Closed> {
        let job = self.sender.start_job().await?;
        let parts = self.parts(false);
        let file = self.files[file].clone();
        let (of, selection) = (self.of.clone(), self.selection.clone());
        let context = self.context.clone();
        let scope = self.unread(&anyhow::anyhow!("it is damaged"));
        let is_local = file.is_local();
        let read = async move || file.read_group(group, &parts.columns()).await;
        let send = move |group: Result<RowGroup>| {
            let mut items = ItemBatch::new(&context, &job);
            let read = group.and_then(|group| {
                for some in rows.chunks(ROWS_AT_ONCE) {
                    let batch = NodeBatch::decode(&group, parts, &some, &of.location)?;
                    for row in 0..batch.len() {
                        let (node, outcome) = node_state(&selection, &batch, row)?;
                        if items.add_node(node, outcome).is_err() {
                            return Ok(());
                        }
                    }
                }
                Ok(())
            });
            let unread = read.err().map(|error| Unread {
                cause: damaged(&error),
                ..scope
            });
            let _ = items.finish(unread);
        };
        if is_local {
            // No thread but this one has to wait for a file of a folder.
            let runtime = Handle::current();
            tokio::task::spawn_blocking(move || send(runtime.block_on(read())));
        } else {
            let group = read().await;
            tokio::task::spawn_blocking(move || send(group));
        }
        Ok(())
    }

    /// Reads some listed nodes: row groups in their order, nodes in theirs.
    async fn start_listed(&self, entries: &[Entry]) -> Result<(), Closed> {
        let job = self.sender.start_job().await?;
        let parts = self.parts(false);
        let groups = match self.read_groups(entries, parts).await {
            Ok(groups) => groups,
            Err(error) => return send_unread(&job, self.unread(&error)).await,
        };
        let (of, selection) = (self.of.clone(), self.selection.clone());
        let context = self.context.clone();
        let (entries, unread) = (
            entries.to_vec(),
            self.unread(&anyhow::anyhow!("it is damaged")),
        );
        tokio::task::spawn_blocking(move || {
            let mut items = ItemBatch::new(&context, &job);
            let mut read = || -> Result<()> {
                let batches = decode_groups(&groups, parts, &of.location)?;
                for entry in &entries {
                    let (node, outcome) = match entry {
                        Entry::Absent(node) => (**node).clone(),
                        Entry::Row(at) => {
                            let (batch, row) = row_of(&batches, *at);
                            node_state(&selection, batch, row)?
                        }
                    };
                    if items.add_node(node, outcome).is_err() {
                        break;
                    }
                }
                Ok(())
            };
            let unread = read().err().map(|error| Unread {
                cause: damaged(&error),
                ..unread
            });
            let _ = items.finish(unread);
        });
        Ok(())
    }
}

/// Items of a job that are sent together.
struct ItemBatch<'a, T: DatasetItem> {
    context: &'a T::Context,
    job: &'a JobEventSender<T>,
    items: Vec<T>,
    nodes: usize,
}

impl<'a, T: DatasetItem> ItemBatch<'a, T> {
    fn new(context: &'a T::Context, job: &'a JobEventSender<T>) -> Self {
        Self {
            context,
            job,
            items: Vec::new(),
            nodes: 0,
        }
    }

    fn add_node(&mut self, node: Node, outcome: Outcome<NodeState>) -> Result<(), Closed> {
        T::add_node(self.context, &mut self.items, node, outcome);
        self.nodes += 1;
        if self.nodes < T::NODES_AT_ONCE {
            return Ok(());
        }
        self.nodes = 0;
        let items = std::mem::take(&mut self.items).into_iter();
        self.job
            .send(Message::Events(items.map(Event::Item).collect()))
    }

    /// Sends the last items, and what could not be read after them.
    fn finish(self, unread: Option<Unread>) -> Result<(), Closed> {
        let items = self.items.into_iter().map(Event::Item);
        let events: Vec<_> = items.chain(unread.map(Event::Unread)).collect();
        if events.is_empty() {
            return Ok(());
        }
        self.job.send(Message::Events(events))
    }
}

/// Row groups with the rows of them that are read.
pub(super) type GroupRows = BTreeMap<(usize, usize), (RowGroup, Rows)>;

impl<T: DatasetItem> LocationReader<'_, T> {
    /// Reads the row groups of some entries.
    pub(super) async fn read_groups(
        &self,
        entries: &[Entry],
        parts: NodeParts,
    ) -> Result<GroupRows> {
        let mut rows: Vec<NodeRow> = entries.iter().filter_map(Entry::row).collect();
        rows.sort_unstable();
        let mut groups = GroupRows::new();
        let columns = parts.columns();
        for at in rows {
            let key = (at.file, at.group);
            let (_, rows) = match groups.entry(key) {
                btree_map::Entry::Occupied(known) => known.into_mut(),
                btree_map::Entry::Vacant(new) => {
                    let group = self.files[at.file].read_group(at.group, &columns).await?;
                    new.insert((group, Rows::default()))
                }
            };
            rows.push(at.row..at.row + 1);
        }
        Ok(groups)
    }
}

pub(super) type Batches = BTreeMap<(usize, usize), (NodeBatch, Rows)>;

pub(super) fn decode_groups(
    groups: &GroupRows,
    parts: NodeParts,
    location: &Arc<AccountRegion>,
) -> Result<Batches> {
    let decode = |(key, (group, rows)): (&(usize, usize), &(RowGroup, Rows))| {
        let batch = NodeBatch::decode(group, parts, rows, location)?;
        Ok((*key, (batch, rows.clone())))
    };
    groups.iter().map(decode).collect()
}

/// The batch and the row in it of a row that was read.
pub(super) fn row_of(batches: &Batches, at: NodeRow) -> (&NodeBatch, usize) {
    let (batch, rows) = &batches[&(at.file, at.group)];
    (batch, rows.rank(at.row))
}

fn node_state(
    selection: &Selection,
    batch: &NodeBatch,
    row: usize,
) -> Result<(Node, Outcome<NodeState>)> {
    let state = batch.state(row)?;
    let node = selection.node(batch, row);
    Ok((node, state.unwrap_or(Outcome::NoData)))
}

pub(super) async fn send_unread<T: Send>(
    job: &JobEventSender<T>,
    unread: Unread,
) -> Result<(), Closed> {
    job.send_later(Message::Events(vec![Event::Unread(unread)]))
        .await
}
