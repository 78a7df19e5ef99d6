//! Rows of the table of nodes as nodes, with only what is asked for.

mod columns;

use std::sync::Arc;

use anyhow::Result;

pub(in crate::source::dataset) use self::columns::{NodeIds, NodeParts, not_collected, to_moment};
use crate::record::{
    AccountRegion, AssociationScan, InfoField, InfoLevel, NoDataCause, Node, NodeInfo, NodeOrigin,
    NodeState, Outcome, PATCH_GROUP_TAGS,
};
use crate::source::dataset::decode::{Rows, TextColumn};
use crate::source::dataset::node_batch::columns::{
    AssociationColumns, InfoColumns, OutcomeColumns, PatchColumns, StateColumns, counts, values,
};
use crate::source::dataset::table_file::RowGroup;
use crate::source::dataset::vocabulary::{NO_DATA_CAUSES, ORIGINS};

/// Some rows of the table.
pub(super) struct NodeBatch {
    parts: NodeParts,
    location: Arc<AccountRegion>,
    ids: TextColumn,
    origins: Vec<NodeOrigin>,
    no_data: Vec<NoDataCause>,
    /// Ping status and platform, where they decide why a node has no data.
    deciding: Option<(TextColumn, TextColumn)>,
    info: Option<InfoColumns>,
    states: Option<StateColumns>,
    patches: Option<PatchColumns>,
    associations: Option<AssociationColumns>,
}

impl NodeBatch {
    /// Decodes these rows.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub(super) fn decode(
        group: &RowGroup,
        parts: NodeParts,
        rows: &Rows,
        location: &Arc<AccountRegion>,
    ) -> Result<Self> {
        let texts = |name: &str| group.texts(name, rows);
        let ids = texts("InstanceId")?;
        if parts.ids != NodeIds::Unused && ids.has_nulls() {
            return Err(group.wrong("InstanceId", "NULL, or no such column"));
        }
        let origins = values(group, rows, "Origin", ORIGINS)?;
        let no_data = values(group, rows, "NoDataCause", NO_DATA_CAUSES)?;
        let info = parts
            .info
            .map(|level| InfoColumns::decode(group, rows, level));
        let states = parts
            .states
            .map(|records| StateColumns::decode(group, rows, records));
        let patches = parts.patches.then(|| {
            Ok::<_, anyhow::Error>(PatchColumns {
                outcomes: OutcomeColumns::decode(
                    group,
                    rows,
                    ["PatchesOutcome", "PatchesCauseCode", "PatchesCause"],
                )?,
                rows: counts(group, rows, "PatchRows")?,
            })
        });
        let associations = parts.associations.then(|| {
            Ok::<_, anyhow::Error>(AssociationColumns {
                statuses: texts("AssociationStatus")?,
                baselines: texts("AssociationBaselineId")?,
                counters: group.text_maps("AssociationCounters", rows)?,
            })
        });
        let is_replaced = |cause: &NoDataCause| *cause == NoDataCause::AssociationScan;
        let deciding = (parts.ids == NodeIds::Listed
            || !parts.associations && no_data.iter().any(is_replaced))
        .then(|| Ok::<_, anyhow::Error>((texts("PingStatus")?, texts("PlatformName")?)));
        Ok(Self {
            parts,
            location: location.clone(),
            ids,
            origins,
            no_data,
            deciding: deciding.transpose()?,
            info: info.transpose()?,
            states: states.transpose()?,
            patches: patches.transpose()?,
            associations: associations.transpose()?,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.origins.len()
    }

    pub(super) fn id(&self, row: usize) -> &str {
        self.ids.get(row).unwrap_or_default()
    }

    pub(super) fn origin(&self, row: usize) -> NodeOrigin {
        self.origins[row]
    }

    pub(super) fn no_data(&self, row: usize) -> NoDataCause {
        self.no_data[row]
    }

    /// How many rows of the table of patches are of the node; `None`: NULL.
    pub(super) fn patch_rows(&self, row: usize) -> Option<usize> {
        let rows = self.patches.as_ref()?.rows.get(row)?;
        usize::try_from(*rows).ok()
    }

    /// The node as it was found.
    pub(super) fn node(&self, row: usize) -> Node {
        let origin = self.origins[row];
        let association = self.association(row);
        let no_data = match self.no_data[row] {
            NoDataCause::AssociationScan if association.is_none() => {
                origin.no_data_cause(Some(&self.deciding_info(row)))
            }
            known => known,
        };
        Node {
            id: self.id(row).into(),
            location: self.location.clone(),
            origin,
            info: self.info(row).map(Arc::new),
            no_data,
            association,
        }
    }

    /// The node as it is found by its id alone: of one that Systems Manager does not list,
    /// its lists tell nothing.
    pub(super) fn requested_node(&self, row: usize) -> Node {
        let mut node = Node {
            origin: NodeOrigin::Requested,
            ..self.node(row)
        };
        let is_listed = self.origins[row] != NodeOrigin::Stopped
            && self.origins[row] != NodeOrigin::Unmanaged
            && self.ping(row) != Some("Stopped");
        if self.parts.info == Some(InfoLevel::Basic) && !is_listed {
            node.info = None;
        }
        if node.association.is_none() {
            node.no_data = NodeOrigin::Requested.no_data_cause(node.info.as_deref());
        }
        node
    }

    fn ping(&self, row: usize) -> Option<&str> {
        self.deciding.as_ref()?.0.get(row)
    }

    fn platform(&self, row: usize) -> Option<&str> {
        self.deciding.as_ref()?.1.get(row)
    }

    /// What decides why a node has no data.
    fn deciding_info(&self, row: usize) -> NodeInfo {
        NodeInfo::of([
            (InfoField::PingStatus, self.ping(row)),
            (InfoField::PlatformName, self.platform(row)),
        ])
    }

    /// What else is known of the node, if it was asked for.
    pub(super) fn info(&self, row: usize) -> Option<NodeInfo> {
        let columns = self.info.as_ref()?;
        if columns.has_info[row] != Some(true) {
            return None;
        }
        let texts = columns.texts.iter();
        let mut info = NodeInfo::of(texts.map(|(field, texts)| (*field, texts.get(row))));
        // EC2 tells the tags of its nodes with their names, of which groups are kept.
        let has_all = self.parts.info == Some(InfoLevel::Tags);
        if !has_all && !self.id(row).starts_with("i-") {
            return Some(info);
        }
        let tags = columns.tags.iter().flat_map(|tags| tags.get(row));
        let tags = tags.filter(|(key, _)| has_all || PATCH_GROUP_TAGS.contains(key));
        info.tags = tags.collect();
        let has_told_tags = self.parts.has_tags || !has_all;
        info.has_all_tags = has_told_tags && columns.has_all_tags.get(row) == Some(&Some(true));
        Some(info)
    }

    fn association(&self, row: usize) -> Option<Arc<AssociationScan>> {
        let columns = self.associations.as_ref()?;
        let counters = columns
            .counters
            .iter()
            .flat_map(|counters| counters.get(row));
        Some(Arc::new(AssociationScan {
            status: columns.statuses.get(row)?.into(),
            baseline_id: columns.baselines.get(row).map(Into::into),
            counters: counters
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }))
    }

    /// The patch state of the node, if it was asked for.
    ///
    /// # Errors
    /// When a time is no time.
    pub(super) fn state(&self, row: usize) -> Result<Option<Outcome<NodeState>>> {
        let Some(columns) = &self.states else {
            return Ok(None);
        };
        let outcome = columns.outcomes.get(row);
        Ok(Some(match outcome {
            Outcome::Answered(()) => Outcome::Answered(columns.state(row)?),
            Outcome::NoData => Outcome::NoData,
            Outcome::Unread(cause) => Outcome::Unread(cause),
        }))
    }

    /// How reading its patches ended.
    pub(super) fn patches(&self, row: usize) -> Option<Outcome<()>> {
        self.patches
            .as_ref()
            .map(|columns| columns.outcomes.get(row))
    }
}
