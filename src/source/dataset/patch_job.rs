//! Reads the patches of some nodes: first the columns that the filter is about, then the
//! others of the rows that may pass.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;

use crate::plan::filter::{Filtered, SeenWords};
use crate::record::{Cause, Outcome, Patch};
use crate::source::dataset::decode::Rows;
use crate::source::dataset::event_channel::{Closed, JobEventSender, Message};
use crate::source::dataset::patch_filter::{FilteredRows, PatchFilter};
use crate::source::dataset::patch_rows;
use crate::source::dataset::patch_rows::PatchRows;
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
    pub has_release_dates: bool,
    pub nodes: Vec<JobNode>,
}

/// What was read of a row group.
enum Group {
    Read(Box<(RowGroup, FilteredRows)>),
    Failed(Cause),
}

impl PatchJob {
    /// Reads the nodes, and sends their events in order.
    pub(super) async fn run(self, sender: JobEventSender<PatchEvent>) {
        let mut rows: BTreeMap<GroupKey, Vec<NodeRange>> = BTreeMap::new();
        for node in &self.nodes {
            for (key, range) in &node.rows {
                rows.entry(*key)
                    .or_default()
                    .push((range.clone(), node.end.node.id.clone()));
            }
        }
        let mut groups = BTreeMap::new();
        for (key, mut ranges) in rows {
            ranges.sort_by_key(|(range, _)| range.start);
            let group = self.read_group(key, ranges).await;
            let group = group.unwrap_or_else(|error| Group::Failed(damaged(&error)));
            groups.insert(key, group);
        }
        let send = move || {
            let _ = self.send(groups, &sender);
        };
        let _ = tokio::task::spawn_blocking(send).await;
    }

    async fn read_group(&self, (file, group): GroupKey, ranges: Vec<NodeRange>) -> Result<Group> {
        let file = &self.files[file];
        let mut columns = self.filter.columns();
        columns.push("InstanceId");
        let first = file.read_group(group, &columns).await?;
        let filter = self.filter.clone();
        let (first, found) = tokio::task::spawn_blocking(move || {
            let found = judge(&first, &ranges, &filter);
            (first, found)
        })
        .await?;
        let found = found?;
        let mut others = patch_rows::columns(self.has_release_dates);
        others.retain(|name| !columns.contains(name));
        let others = if found.rows.is_empty() {
            Vec::new()
        } else {
            others
        };
        let rest = file.read_group(group, &others).await?;
        Ok(Group::Read(Box::new((first.with(rest), found))))
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
            decoded.insert(
                key,
                DecodedGroup::new(group, self.has_release_dates, &mut counts),
            );
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
    fn new(group: Group, has_release_dates: bool, counts: &mut Filtered) -> Self {
        let (group, found) = match group {
            Group::Failed(cause) => return Self::Failed(cause),
            Group::Read(read) => *read,
        };
        match PatchRows::decode(&group, &found.rows, has_release_dates) {
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

/// Checks that the rows are of the nodes, and judges them.
fn judge(group: &RowGroup, ranges: &[NodeRange], filter: &PatchFilter) -> Result<FilteredRows> {
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
    filter.judge(group, &rows)
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
