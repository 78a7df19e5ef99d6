//! Which nodes of a location are selected, and in which order they are read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::Result;

use crate::plan::fetch_plan::{FetchPlan, RecordPlan};
use crate::plan::selection::{NodeFacts, NodeVocabulary, Selector};
use crate::record::{
    Cause, InfoField, InfoLevel, NoDataCause, Node, NodeInfo, NodeOrigin, NodeState, Outcome,
};
use crate::source::dataset::decode::Rows;
use crate::source::dataset::node_batch::{NodeBatch, NodeIds, NodeParts};
use crate::source::dataset::selected::{Entry, NodeRow, Order, Selected};
use crate::source::dataset::source::SourceLocation;
use crate::source::dataset::table_file::TableFile;

/// The selection of a plan.
#[derive(Debug)]
pub(super) struct Selection {
    pub selector: Selector,
    /// The ids that were given and are not excluded, in their order.
    pub ids: Vec<Arc<str>>,
    pub listed: HashSet<Arc<str>>,
    /// Ids that were given and are excluded by id.
    pub excluded_ids: Vec<Arc<str>>,
    has_listed_ids: bool,
    /// Is there more than one location in which a listed node can be?
    pub has_several_locations: bool,
    info: Option<InfoLevel>,
}

impl Selection {
    pub(super) fn new(plan: &FetchPlan, has_several_locations: bool) -> Self {
        let ids = plan.node_ids.iter().map(|id| Arc::from(id.as_str()));
        let (excluded_ids, ids) = ids.partition(|id: &Arc<str>| plan.selector.excludes_id(id));
        let ids: Vec<Arc<str>> = ids;
        Self {
            selector: plan.selector.clone(),
            listed: ids.iter().cloned().collect(),
            ids,
            excluded_ids,
            has_listed_ids: !plan.node_ids.is_empty(),
            has_several_locations,
            info: plan.node_info,
        }
    }

    /// Are nodes searched for, rather than all listed?
    pub(super) fn discovers(&self) -> bool {
        self.selector.needs_discovery()
    }

    /// Does it leave nodes out?
    pub(super) fn narrows(&self) -> bool {
        self.selector.has_criteria() || !self.selector.excludes.ids.is_empty()
    }

    /// Do the criteria select from the listed nodes alone?
    pub(super) fn selects_from_listed(&self) -> bool {
        self.selector.has_criteria() && self.has_listed_ids && !self.selector.all
    }

    /// Is a listed node where the service has a record of it? Nothing else tells where it
    /// is.
    fn needs_record(&self) -> bool {
        !self.discovers() && self.has_several_locations
    }

    /// What has to be known of nodes to decide.
    fn parts(&self, of: &SourceLocation) -> NodeParts {
        let needs_tags = !self.selector.tags.is_empty() || !self.selector.excludes.tags.is_empty();
        let level = if needs_tags || of.has_tags() {
            InfoLevel::Tags
        } else {
            InfoLevel::Names
        };
        NodeParts {
            info: (self.discovers() && self.narrows()).then_some(level),
            ids: if self.ids.is_empty() && !self.narrows() {
                NodeIds::Unused
            } else {
                NodeIds::Read
            },
            has_tags: of.has_tags(),
            states: (self.needs_record() || !self.selector.patch_groups.is_empty())
                .then_some(RecordPlan::Verdict),
            ..NodeParts::default()
        }
    }

    /// Finds the selected nodes of a location.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) async fn select(
        &self,
        of: &SourceLocation,
        files: &[TableFile],
    ) -> Result<Selected> {
        let mut selected = Selected {
            order: Order::Listed(Vec::new()),
            listed: HashMap::new(),
            known: HashSet::new(),
            uncertain: Vec::new(),
            unanswered: None,
            unmanaged: None,
            excluded: 0,
            undecided: BTreeMap::new(),
        };
        let is_complete = of.run.run.selection.is_complete;
        let discovery = of.manifest().discovery.as_ref();
        let lists_unmanaged = discovery.is_some_and(|discovery| discovery.lists_unmanaged);
        let parts = self.parts(of);
        let columns = parts.columns();
        let mut unmanaged_rows = Vec::new();
        let mut rows_by_file = Vec::with_capacity(files.len());
        for (file_at, file) in files.iter().enumerate() {
            let mut rows_by_group = Vec::with_capacity(file.groups());
            for group_at in 0..file.groups() {
                let group = file.read_group(group_at, &columns).await?;
                let batch = NodeBatch::decode(&group, parts, &Rows::all(group.rows), &of.location)?;
                let mut rows = Rows::default();
                for row in 0..batch.len() {
                    let at = NodeRow {
                        file: file_at,
                        group: group_at,
                        row,
                    };
                    let id = batch.id(row);
                    let listed = self.listed.get(id);
                    if let Some(id) = listed {
                        self.look_up(id, &batch, at, &mut selected)?;
                    }
                    if !self.discovers() {
                        continue;
                    }
                    if batch.origin(row) == NodeOrigin::Unmanaged {
                        if lists_unmanaged && self.may_be_selected(&batch, row)? {
                            unmanaged_rows.push(at);
                        }
                        continue;
                    }
                    // One that was only asked for by its id is none that was found.
                    let is_told = batch.origin(row) != NodeOrigin::Requested
                        || batch.no_data(row) != NoDataCause::Unknown;
                    if !is_told && is_complete && listed.is_none() {
                        continue;
                    }
                    if self.is_selected(&batch, row, &mut selected)? == Some(true) {
                        rows.push(row..row + 1);
                    }
                }
                rows_by_group.push(rows);
            }
            rows_by_file.push(rows_by_group);
        }
        if lists_unmanaged {
            let mut nodes = Vec::with_capacity(unmanaged_rows.len());
            for at in unmanaged_rows {
                nodes.push(self.unmanaged_node(of, files, at).await?);
            }
            if self.selects_from_listed() {
                nodes.retain(|node| self.listed.contains(&node.id));
            }
            selected.unmanaged = Some(nodes);
        }
        selected.order = if self.discovers() && !self.selects_from_listed() {
            Order::Files(rows_by_file)
        } else {
            let is_selected = |at: &NodeRow| {
                !self.discovers() || rows_by_file[at.file][at.group].contains(at.row)
            };
            let found = self.ids.iter().filter_map(|id| selected.listed.get(id));
            Order::Listed(found.copied().filter(is_selected).map(Entry::Row).collect())
        };
        Ok(selected)
    }

    /// Records what a row says of a listed node.
    fn look_up(
        &self,
        id: &Arc<str>,
        batch: &NodeBatch,
        at: NodeRow,
        selected: &mut Selected,
    ) -> Result<()> {
        selected.known.insert(id.clone());
        let outcome = if self.needs_record() {
            batch.state(at.row)?
        } else {
            None
        };
        match outcome {
            None | Some(Outcome::Answered(_)) => _ = selected.listed.insert(id.clone(), at),
            Some(Outcome::NoData) => {}
            Some(Outcome::Unread(cause)) => selected.uncertain.push((id.clone(), cause)),
        }
        Ok(())
    }

    fn is_selected(
        &self,
        batch: &NodeBatch,
        row: usize,
        selected: &mut Selected,
    ) -> Result<Option<bool>> {
        if !self.narrows() {
            return Ok(Some(true));
        }
        let (info, state) = facts(batch, row)?;
        let facts = NodeFacts {
            id: batch.id(row),
            info: info.as_ref(),
            state: state.as_ref(),
        };
        let matches = self.selector.matches(&facts);
        if let (None, Some(property)) = (matches, self.selector.undecided_property(&facts)) {
            let ids = selected.undecided.entry(property).or_default();
            ids.push(batch.id(row).into());
        }
        let is_excluded = matches == Some(false) && self.selector.fits(&facts) == Some(true);
        selected.excluded += u64::from(is_excluded);
        Ok(matches)
    }

    fn may_be_selected(&self, batch: &NodeBatch, row: usize) -> Result<bool> {
        if !self.narrows() {
            return Ok(true);
        }
        let (info, state) = facts(batch, row)?;
        let matches = self.selector.matches(&NodeFacts {
            id: batch.id(row),
            info: info.as_ref(),
            state: state.as_ref(),
        });
        Ok(matches != Some(false))
    }

    async fn unmanaged_node(
        &self,
        of: &SourceLocation,
        files: &[TableFile],
        at: NodeRow,
    ) -> Result<Node> {
        let parts = NodeParts {
            ids: NodeIds::Read,
            info: self.info.max(Some(InfoLevel::Names)),
            has_tags: of.has_tags(),
            ..NodeParts::default()
        };
        let group = files[at.file]
            .read_group(at.group, &parts.columns())
            .await?;
        let batch = NodeBatch::decode(&group, parts, &Rows::one(at.row), &of.location)?;
        let mut node = batch.node(0);
        if self.info.is_none() {
            // The notes name them.
            let name = node
                .info
                .as_ref()
                .and_then(|info| info.get(InfoField::Name));
            node.info = Some(Arc::new(NodeInfo::of([(InfoField::Name, name)])));
        }
        Ok(node)
    }

    /// Adds how reading the listed nodes ended that are here.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) async fn add_outcomes(
        &self,
        of: &SourceLocation,
        files: &[TableFile],
        outcomes: &mut HashMap<Arc<str>, Outcome<NodeState>>,
    ) -> Result<()> {
        let parts = NodeParts {
            ids: NodeIds::Read,
            states: Some(RecordPlan::Full),
            ..NodeParts::default()
        };
        for file in files {
            for group in 0..file.groups() {
                let group = file.read_group(group, &parts.columns()).await?;
                let batch = NodeBatch::decode(&group, parts, &Rows::all(group.rows), &of.location)?;
                for row in 0..batch.len() {
                    if let (Some(id), Some(outcome)) =
                        (self.listed.get(batch.id(row)), batch.state(row)?)
                    {
                        outcomes.insert(id.clone(), outcome);
                    }
                }
            }
        }
        Ok(())
    }

    /// Why no record of any node of a location could be read, if none could.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) async fn unanswered(
        &self,
        of: &SourceLocation,
        files: &[TableFile],
    ) -> Result<Option<Cause>> {
        let parts = NodeParts {
            states: Some(RecordPlan::Verdict),
            ..NodeParts::default()
        };
        let mut first = None;
        for file in files {
            for group in 0..file.groups() {
                let group = file.read_group(group, &parts.columns()).await?;
                let batch = NodeBatch::decode(&group, parts, &Rows::all(group.rows), &of.location)?;
                for row in 0..batch.len() {
                    match batch.state(row)? {
                        Some(Outcome::Unread(cause)) => _ = first.get_or_insert(cause),
                        _ => return Ok(None),
                    }
                }
            }
        }
        Ok(first)
    }

    /// Adds what there is to select nodes by.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) async fn add_words(
        &self,
        of: &SourceLocation,
        files: &[TableFile],
        words: &mut NodeVocabulary,
    ) -> Result<()> {
        let parts = NodeParts {
            ids: NodeIds::Read,
            info: Some(InfoLevel::Tags),
            has_tags: of.has_tags(),
            states: Some(RecordPlan::Verdict),
            ..NodeParts::default()
        };
        let columns = parts.columns();
        for file in files {
            for group in 0..file.groups() {
                let group = file.read_group(group, &columns).await?;
                let batch = NodeBatch::decode(&group, parts, &Rows::all(group.rows), &of.location)?;
                for row in 0..batch.len() {
                    if batch.origin(row) == NodeOrigin::Unmanaged {
                        continue;
                    }
                    let (info, state) = facts(&batch, row)?;
                    words.add(
                        &self.selector,
                        &NodeFacts {
                            id: batch.id(row),
                            info: info.as_ref(),
                            state: state.as_ref(),
                        },
                    );
                }
            }
        }
        Ok(())
    }
}

/// What decides about a node.
fn facts(batch: &NodeBatch, row: usize) -> Result<(Option<NodeInfo>, Option<NodeState>)> {
    let state = match batch.state(row)? {
        Some(Outcome::Answered(state)) => Some(state),
        // A node without a record has the default one.
        Some(Outcome::NoData) => Some(NodeState::default()),
        Some(Outcome::Unread(_)) | None => None,
    };
    Ok((batch.info(row), state))
}
