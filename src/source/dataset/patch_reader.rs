//! The selected nodes of a location with their patches.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};

use crate::plan::fetch_plan::PatchPlan;
use crate::record::{Node, NodeState, Outcome, Unread};
use crate::source::dataset::decode::Rows;
use crate::source::dataset::event_channel::Closed;
use crate::source::dataset::node_batch::NodeBatch;
use crate::source::dataset::node_reader::{decode_groups, row_of, send_unread};
use crate::source::dataset::patch_filter::PatchFilter;
use crate::source::dataset::patch_job::{GroupKey, GroupRange, JobNode, PatchJob};
use crate::source::dataset::patch_rows::PatchParts;
use crate::source::dataset::producer::{DatasetItem, LocationReader, damaged};
use crate::source::dataset::schema::Table;
use crate::source::dataset::selected::{Entry, Order};
use crate::source::dataset::table_file::TableFile;
use crate::source::event::{NodeEnd, PatchEvent};

/// Nodes of one job, at most.
const NODES_AT_ONCE: usize = 8_192;

/// Rows of the patches of listed nodes of one job, unless one node has more.
const LISTED_ROWS_AT_ONCE: usize = 65_536;

impl DatasetItem for PatchEvent {
    type Context = ();

    const NODES_AT_ONCE: usize = NODES_AT_ONCE;

    fn add_node((): &(), items: &mut Vec<Self>, node: Node, state: Outcome<NodeState>) {
        let outcome = match &state {
            Outcome::Unread(cause) => Outcome::Unread(cause.clone()),
            Outcome::NoData | Outcome::Answered(_) => Outcome::NoData,
        };
        items.push(Self::End(NodeEnd {
            state: Some(Box::new(state)),
            ..NodeEnd::new(node, outcome)
        }));
    }

    async fn read_nodes(reader: LocationReader<'_, Self>, order: Order) -> Result<(), Closed> {
        let (files, failure) = match reader.open_patches().await {
            Ok(files) => (files, None),
            Err(error) => (Vec::new(), Some(reader.unread(&error))),
        };
        let patches = reader.plan.patches.clone().unwrap_or_default();
        let mut jobs = Jobs {
            groups: GroupStarts::new(&files),
            files: Arc::new(files),
            filter: Arc::new(PatchFilter::new(patches.filter.clone())),
            parts: Arc::new(PatchParts {
                has_release_dates: reader.plan.release_dates,
                unused: patches.unused_fields.clone(),
            }),
            patches,
            failure,
            reader,
            nodes: Vec::new(),
        };
        match order {
            Order::Files(files) => jobs.read_files(files).await,
            Order::Listed(entries) => jobs.read_listed(entries).await,
        }
    }
}

impl LocationReader<'_, PatchEvent> {
    async fn open_patches(&self) -> Result<Vec<TableFile>> {
        let mut files = Vec::new();
        for file in self.of.run.files(Table::Patches) {
            files.push(TableFile::open(self.storage, file).await?);
        }
        Ok(files)
    }
}

/// Where the row groups of several files start, counted in rows.
struct GroupStarts {
    starts: Vec<(usize, GroupKey)>,
    rows: usize,
}

impl GroupStarts {
    fn new(files: &[TableFile]) -> Self {
        let mut all = Self {
            starts: Vec::new(),
            rows: 0,
        };
        for (file_at, file) in files.iter().enumerate() {
            for group in 0..file.groups() {
                all.starts.push((all.rows, (file_at, group)));
                all.rows += file.group_rows(group).unwrap_or_default();
            }
        }
        all
    }

    /// The row groups that these rows are in.
    fn locate(&self, start: usize, rows: usize) -> Result<Vec<GroupRange>> {
        let end = start.checked_add(rows).filter(|end| *end <= self.rows);
        let end = end.context("the nodes have more rows of patches than there are")?;
        let mut found = Vec::new();
        let mut at = start;
        let mut group = self
            .starts
            .partition_point(|(first, _)| *first <= start)
            .saturating_sub(1);
        while at < end {
            let (first, key) = self.starts[group];
            let next = self
                .starts
                .get(group + 1)
                .map_or(self.rows, |(next, _)| *next);
            let until = end.min(next);
            if until > at {
                found.push((key, at - first..until - first));
            }
            at = until;
            group += 1;
        }
        Ok(found)
    }
}

/// Makes jobs of nodes.
struct Jobs<'a> {
    reader: LocationReader<'a, PatchEvent>,
    files: Arc<Vec<TableFile>>,
    groups: GroupStarts,
    filter: Arc<PatchFilter>,
    parts: Arc<PatchParts>,
    patches: PatchPlan,
    /// Why the files of patches cannot be read.
    failure: Option<Unread>,
    /// Those of the next job.
    nodes: Vec<JobNode>,
}

impl Jobs<'_> {
    /// Reads the nodes in the order of their rows.
    async fn read_files(&mut self, files: Vec<Vec<Rows>>) -> Result<(), Closed> {
        let mut start = 0;
        for (file, groups) in files.into_iter().enumerate() {
            for (group, rows) in groups.into_iter().enumerate() {
                let batch = match self.read_batch(file, group).await {
                    Ok(batch) => batch,
                    Err(error) => {
                        // Where the rows of the nodes after it begin is not known.
                        self.start_job().await?;
                        let job = self.reader.sender.start_job().await?;
                        return send_unread(&job, self.reader.unread(&error)).await;
                    }
                };
                for row in 0..batch.len() {
                    let count = batch.patch_rows(row).unwrap_or_default();
                    let is_selected = rows.contains(row);
                    if is_selected {
                        self.add_node(&batch, row, start, count).await?;
                    }
                    start = start.saturating_add(count);
                }
            }
        }
        self.start_job().await?;
        if start != self.groups.rows && self.failure.is_none() {
            let error = anyhow::anyhow!(
                "the nodes have {start} rows of patches, and their files have {}",
                self.groups.rows
            );
            let job = self.reader.sender.start_job().await?;
            return send_unread(&job, self.reader.unread(&error)).await;
        }
        Ok(())
    }

    async fn read_batch(&self, file: usize, group: usize) -> Result<NodeBatch> {
        let parts = self.reader.parts(true);
        let group = self.reader.files[file]
            .read_group(group, &parts.columns())
            .await?;
        let of = self.reader.of.clone();
        let decode = move || NodeBatch::decode(&group, parts, &Rows::all(group.rows), &of.location);
        tokio::task::spawn_blocking(decode).await?
    }

    /// Adds a node to the next job; a job ends with its row group.
    async fn add_node(
        &mut self,
        batch: &NodeBatch,
        row: usize,
        start: usize,
        count: usize,
    ) -> Result<(), Closed> {
        let (end, rows) = self.job_node(batch, row, start, count);
        let last = |nodes: &[JobNode]| {
            let rows = nodes.iter().rev().find_map(|node| node.rows.last());
            rows.map(|(key, _)| *key)
        };
        let parts = rows.len();
        if parts == 0 {
            self.nodes.push(JobNode {
                end,
                rows,
                is_end: true,
            });
        } else {
            let end_clone = end;
            for (at, part) in rows.into_iter().enumerate() {
                if last(&self.nodes).is_some_and(|key| key != part.0) {
                    self.start_job().await?;
                }
                self.nodes.push(JobNode {
                    end: end_clone.clone(),
                    rows: vec![part],
                    is_end: at + 1 == parts,
                });
            }
        }
        if self.nodes.len() >= NODES_AT_ONCE {
            self.start_job().await?;
        }
        Ok(())
    }

    /// The end of a node, and the rows of its patches that are read. One whose row is
    /// damaged is unread.
    fn job_node(
        &self,
        batch: &NodeBatch,
        row: usize,
        start: usize,
        count: usize,
    ) -> (NodeEnd, Vec<GroupRange>) {
        self.decode_job_node(batch, row, start, count)
            .unwrap_or_else(|error| {
                let node = self.reader.selection.node(batch, row);
                let unread = Outcome::Unread(damaged(&error));
                (NodeEnd::new(node, unread), Vec::new())
            })
    }

    fn decode_job_node(
        &self,
        batch: &NodeBatch,
        row: usize,
        start: usize,
        count: usize,
    ) -> Result<(NodeEnd, Vec<GroupRange>)> {
        let node = self.reader.selection.node(batch, row);
        let state = batch.state(row)?;
        let mut outcome = batch.patches(row).unwrap_or(Outcome::NoData);
        let record = match &state {
            Some(Outcome::Answered(record)) if self.patches.uses_prefetch => Some(record),
            _ => None,
        };
        let is_relevant = |record: &NodeState| self.patches.is_relevant.is_none_or(|is| is(record));
        let mut is_read = true;
        if let Some(record) = record {
            if !is_relevant(record) {
                // No answer depends on its patches.
                (outcome, is_read) = (Outcome::Answered(()), false);
            } else if !self.filter.filter.may_match(record, node.info.as_deref()) {
                is_read = false;
            }
        }
        if let (Some(failure), true) = (&self.failure, is_read)
            && !matches!(outcome, Outcome::Unread(_) | Outcome::NoData)
        {
            outcome = Outcome::Unread(failure.cause.clone());
            is_read = false;
        }
        let rows = if is_read && self.failure.is_none() {
            self.groups.locate(start, count)?
        } else {
            Vec::new()
        };
        let end = NodeEnd {
            node,
            outcome,
            state: state.map(Box::new),
        };
        Ok((end, rows))
    }

    /// Reads the nodes in the order of the ids that were given.
    async fn read_listed(&mut self, entries: Vec<Entry>) -> Result<(), Closed> {
        let starts = match self.patch_starts().await {
            Ok(starts) => starts,
            Err(error) => {
                let job = self.reader.sender.start_job().await?;
                return send_unread(&job, self.reader.unread(&error)).await;
            }
        };
        for some in entries.chunks(NODES_AT_ONCE) {
            let parts = self.reader.parts(true);
            let batches = match self.reader.read_groups(some, parts).await {
                Ok(groups) => decode_groups(&groups, parts, &self.reader.of.location),
                Err(error) => Err(error),
            };
            let batches = match batches {
                Ok(batches) => batches,
                Err(error) => {
                    let job = self.reader.sender.start_job().await?;
                    send_unread(&job, self.reader.unread(&error)).await?;
                    continue;
                }
            };
            let mut rows_of_job = 0;
            for entry in some {
                match entry {
                    Entry::Absent(node) => {
                        for event in PatchEvent::of_nodes(&(), vec![(**node).clone()]) {
                            if let PatchEvent::End(end) = event {
                                self.nodes.push(JobNode {
                                    end,
                                    rows: Vec::new(),
                                    is_end: true,
                                });
                            }
                        }
                    }
                    Entry::Row(at) => {
                        let (batch, row) = row_of(&batches, *at);
                        let count = batch.patch_rows(row).unwrap_or_default();
                        let start = starts[at.file][at.group][at.row];
                        if rows_of_job > 0 && rows_of_job + count > LISTED_ROWS_AT_ONCE {
                            self.start_job().await?;
                            rows_of_job = 0;
                        }
                        rows_of_job += count;
                        let (end, rows) = self.job_node(batch, row, start, count);
                        self.nodes.push(JobNode {
                            end,
                            rows,
                            is_end: true,
                        });
                    }
                }
            }
            self.start_job().await?;
        }
        Ok(())
    }

    /// Where the rows of the patches of each node start.
    async fn patch_starts(&self) -> Result<Vec<Vec<Vec<usize>>>> {
        let mut start = 0usize;
        let mut all = Vec::new();
        for file in self.reader.files {
            let mut groups = Vec::new();
            for group in 0..file.groups() {
                let group = file.read_group(group, &["PatchRows"]).await?;
                let counts = group.integers("PatchRows", &Rows::all(group.rows))?;
                let mut starts = Vec::with_capacity(counts.len());
                for count in counts {
                    starts.push(start);
                    start = start.saturating_add(usize::try_from(count).unwrap_or_default());
                }
                groups.push(starts);
            }
            all.push(groups);
        }
        if start != self.groups.rows && self.failure.is_none() {
            bail!(
                "the nodes have {start} rows of patches, and their files have {}",
                self.groups.rows
            );
        }
        Ok(all)
    }

    /// Starts the job of the nodes that were added.
    async fn start_job(&mut self) -> Result<(), Closed> {
        let nodes = std::mem::take(&mut self.nodes);
        if nodes.is_empty() {
            return Ok(());
        }
        let sender = self.reader.sender.start_job().await?;
        let job = PatchJob {
            files: self.files.clone(),
            filter: self.filter.clone(),
            parts: self.parts.clone(),
            nodes,
        };
        job.start(sender);
        Ok(())
    }
}
