//! Reads the patches of some nodes: first the columns that the filter is about, then the
//! others of the rows that may pass.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;
use tokio::runtime::Handle;

use crate::plan::filter::{Filtered, SeenWords};
use crate::record::{Cause, Outcome, Patch};
use crate::source::dataset::decode::Rows;
use crate::source::dataset::event_channel::{Closed, JobEventSender, Message};
use crate::source::dataset::patch_filter::{FilteredRows, PatchFilter};
use crate::source::dataset::patch_rows::{PatchParts, PatchRows};
use crate::source::dataset::producer::damaged;
use crate::source::dataset::table_file::{RowGroup, TableFile};
use crate::source::event::{Event, NodeEnd, PatchEvent};

/// Patches that are sent at once.
const BATCH_SIZE: usize = 1_024;

/// A row group of the patches of a location: its file and number.
pub(super) type GroupKey = (usize, usize);

/// Some rows of a row group.
pub(super) type GroupRange = (GroupKey, Range<usize>);

/// The rows of a node in a row group, and its id.
type NodeRange = (Range<usize>, Arc<str>);

/// A node, with the rows of its patches.
#[derive(Debug)]
pub(super) struct JobNode {
    pub end: NodeEnd,
    pub rows: Vec<GroupRange>,
    /// Are these its last rows?
    pub is_end: bool,
}

/// Some nodes in their order.
#[derive(Debug)]
pub(super) struct PatchJob {
    pub files: Arc<Vec<TableFile>>,
    pub filter: Arc<PatchFilter>,
    pub parts: Arc<PatchParts>,
    pub nodes: Vec<JobNode>,
}

/// What was read of a row group.
enum Group {
    Read(Box<(RowGroup, FilteredRows)>),
    Failed(Cause),
}

impl PatchJob {
    /// Starts to read the nodes, and to send their events in order.
    pub(super) fn start(self, sender: JobEventSender<PatchEvent>) {
        let is_local = self.files.iter().all(TableFile::is_local);
        let run = async move || {
            let groups = self.read_groups().await;
            move || {
                let _ = self.send(groups, &sender);
            }
        };
        if is_local {
            // No thread but this one has to wait for a file of a folder.
            let runtime = Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(run())());
        } else {
            tokio::spawn(async move { tokio::task::spawn_blocking(run().await).await });
        }
    }

    async fn read_groups(&self) -> BTreeMap<GroupKey, Group> {
        let mut rows: BTreeMap<GroupKey, Vec<NodeRange>> = BTreeMap::new();
        for node in &self.nodes {
            for (key, range) in &node.rows {
                rows.entry(*key)
                    .or_default()
                    .push((range.clone(), node.end.node.id.clone()));
            }
        }
        let mut groups = BTreeMap::new();
        for ((file, group), mut ranges) in rows {
            if !self.filter.may_serve(&self.files[file], group) {
                continue;
            }
            ranges.sort_by_key(|(range, _)| range.start);
            let read = self.read_group((file, group), ranges).await;
            let read = read.unwrap_or_else(|error| Group::Failed(damaged(&error)));
            groups.insert((file, group), read);
        }
        groups
    }

    /// Reads a row group: first what tells which rows AWS would send, then what the filter
    /// is about, then the rest.
    async fn read_group(&self, (file, number): GroupKey, ranges: Vec<NodeRange>) -> Result<Group> {
        let file = &self.files[file];
        let mut columns = self.filter.pushed_columns();
        columns.push("InstanceId");
        let group = file.read_group(number, &columns).await?;
        let filter = self.filter.clone();
        let serve = move || {
            let rows = rows_of_nodes(&group, &ranges)?;
            let served = filter.served(&group, &rows)?;
            Ok((group, served))
        };
        let (mut group, served) = file.run_work(serve).await?;
        let mut found = FilteredRows::default();
        if !served.is_empty() {
            group = file.read_more(group, &self.filter.columns()).await?;
            let filter = self.filter.clone();
            let judge = move || {
                let found = filter.judge(&group, &served)?;
                Ok((group, found))
            };
            (group, found) = file.run_work(judge).await?;
        }
        if !found.rows.is_empty() {
            group = file.read_more(group, &self.parts.columns()).await?;
        }
        Ok(Group::Read(Box::new((group, found))))
    }

    /// Builds the patches and sends them.
    fn send(
        self,
        groups: BTreeMap<GroupKey, Group>,
        sender: &JobEventSender<PatchEvent>,
    ) -> Result<(), Closed> {
        let mut decoded = BTreeMap::new();
        let mut counts = Filtered::default();
        for (key, group) in groups {
            decoded.insert(key, DecodedGroup::new(group, &self.parts, &mut counts));
        }
        let mut batch = Batch {
            sender,
            events: Vec::new(),
            patches: 0,
            counts,
        };
        for JobNode {
            mut end,
            rows,
            is_end,
        } in self.nodes
        {
            let mut lost = None;
            for (key, range) in rows {
                let Some(group) = decoded.get_mut(&key) else {
                    continue;
                };
                match group {
                    DecodedGroup::Failed(cause) => _ = lost.get_or_insert_with(|| cause.clone()),
                    DecodedGroup::Read { positions, rows } => {
                        let from = positions.partition_point(|at| *at < range.start);
                        let until = positions.partition_point(|at| *at < range.end);
                        for row in from..until {
                            match rows.patch(row, &end.node) {
                                Ok(patch) if self.filter.filter.matches(&patch) => {
                                    batch.add_patch(patch)?;
                                }
                                Ok(_) => {}
                                Err(error) => {
                                    lost.get_or_insert_with(|| damaged(&error));
                                    break;
                                }
                            }
                        }
                    }
                }
            }
            if is_end {
                if let Some(cause) = lost {
                    end.outcome = Outcome::Unread(cause);
                }
                batch.add_end(end)?;
            } else if let Some(cause) = lost {
                batch.flush()?;
                sender.send(Message::Lost(cause))?;
            }
        }
        batch.finish()
    }
}

/// A row group of which the patches that may pass are decoded.
enum DecodedGroup {
    /// The rows, and the row of the group that each is.
    Read {
        positions: Vec<usize>,
        rows: Box<PatchRows>,
    },
    Failed(Cause),
}

impl DecodedGroup {
    fn new(group: Group, parts: &PatchParts, counts: &mut Filtered) -> Self {
        let (group, found) = match group {
            Group::Failed(cause) => return Self::Failed(cause),
            Group::Read(read) => *read,
        };
        match PatchRows::decode(&group, &found.rows, parts) {
            Err(error) => Self::Failed(damaged(&error)),
            Ok(rows) => {
                counts.hidden += found.served;
                counts.unrated += found.unrated;
                counts.seen_words.merge(found.seen_words);
                Self::Read {
                    positions: found.rows.iter().collect(),
                    rows: Box::new(rows),
                }
            }
        }
    }
}

/// The rows, after they were found to be those of the nodes.
fn rows_of_nodes(group: &RowGroup, ranges: &[NodeRange]) -> Result<Rows> {
    let mut rows = Rows::default();
    for (range, _) in ranges {
        rows.push(range.clone());
    }
    let ids = group.texts("InstanceId", &rows)?;
    let mut at = 0;
    for (range, id) in ranges {
        let indices = ids.indices().get(at..at + range.len()).unwrap_or_default();
        let is_node = match indices.first() {
            None => range.is_empty(),
            Some(first) => ids.get(at) == Some(&**id) && indices.iter().all(|index| index == first),
        };
        if !is_node {
            return Err(group.wrong(
                "InstanceId",
                &format!("rows that are not those of the node {id}"),
            ));
        }
        at += range.len();
    }
    Ok(rows)
}

/// Events on their way.
struct Batch<'a> {
    sender: &'a JobEventSender<PatchEvent>,
    events: Vec<Event<PatchEvent>>,
    /// How many patches they have.
    patches: usize,
    /// What is hidden: the rows that were served, without those that were sent.
    counts: Filtered,
}

impl Batch<'_> {
    fn add_patch(&mut self, patch: Patch) -> Result<(), Closed> {
        self.counts.hidden = self.counts.hidden.saturating_sub(1);
        match self.events.last_mut() {
            Some(Event::Item(PatchEvent::Rows(rows))) => rows.kept.push(patch),
            _ => self.events.push(Event::Item(PatchEvent::Rows(Filtered {
                kept: vec![patch],
                ..Filtered::default()
            }))),
        }
        self.patches += 1;
        self.flush_if_full()
    }

    fn add_end(&mut self, end: NodeEnd) -> Result<(), Closed> {
        self.events.push(Event::Item(PatchEvent::End(end)));
        self.flush_if_full()
    }

    fn flush_if_full(&mut self) -> Result<(), Closed> {
        if self.patches >= BATCH_SIZE || self.events.len() >= BATCH_SIZE {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Closed> {
        self.patches = 0;
        let events = std::mem::take(&mut self.events);
        if events.is_empty() {
            return Ok(());
        }
        self.sender.send(Message::Events(events))
    }

    /// The counts are of no node, so they come last.
    fn finish(mut self) -> Result<(), Closed> {
        let counts = std::mem::take(&mut self.counts);
        if counts.hidden > 0 || counts.unrated > 0 || !counts.seen_words.eq(&SeenWords::default()) {
            self.events.push(Event::Item(PatchEvent::Rows(counts)));
        }
        self.flush()
    }
}
