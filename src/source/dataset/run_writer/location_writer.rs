//! Writes the tables of one account and region, and gathers what the manifest says of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::compliance::baseline_conflict::OperatingSystem;
use crate::record::{
    AccountRegion, BaselineComplianceStatus, Cause, DiscoveryReport, Outcome, Patch, Subject,
};
use crate::source::dataset::manifest::{
    ManifestDiscovery, ManifestLocation, ManifestMissingColumns, ManifestTotals,
};
use crate::source::dataset::rows::{NodeRow, UnreadPart};
use crate::source::dataset::run_writer::unfinished::Checkpoint;
use crate::source::dataset::schema::Table;
use crate::source::dataset::storage::Storage;
use crate::source::dataset::table_writer::{FilePlace, TableWriter};

/// How a node counts in the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeCount {
    Answered,
    NoData,
    Unread,
    /// A stopped instance without a record: it may not be managed.
    None,
}

pub(super) struct LocationWriter {
    pub location: Arc<AccountRegion>,
    /// Was everything read, up to now?
    pub is_complete: bool,
    /// What the manifest says of it.
    pub part: ManifestLocation,
    /// Its nodes among those whose ids were given.
    pub listed_ids: Vec<String>,
    nodes: TableWriter,
    patches: TableWriter,
    unread: TableWriter,
    totals: ManifestTotals,
    /// Rows of the node whose end has not come.
    patch_rows: u64,
    attempt: u32,
}

impl LocationWriter {
    pub(super) fn new(
        storage: &Storage,
        location: Arc<AccountRegion>,
        place: FilePlace,
        attempt: u32,
    ) -> Self {
        let table = |table| TableWriter::new(storage.clone(), table, place.clone());
        Self {
            nodes: table(Table::Nodes),
            patches: table(Table::Patches),
            unread: table(Table::Unread),
            part: ManifestLocation {
                is_account_known: location.account.is_some(),
                account_name: location.account_name.as_deref().map(str::to_owned),
                account_id: place.account_id,
                region: place.region,
                finished_at: Timestamp::default(),
                nodes: 0,
                patches: 0,
                discovery: None,
                missing_columns: Vec::new(),
                release_dates_missing: None,
                baselines: BTreeMap::new(),
            },
            location,
            is_complete: true,
            listed_ids: Vec::new(),
            totals: ManifestTotals::default(),
            patch_rows: 0,
            attempt,
        }
    }

    pub(super) fn set_discovery(&mut self, report: &DiscoveryReport) {
        self.part.discovery = Some(ManifestDiscovery {
            calls: report.calls.clone(),
            limitations: report.limitations.clone(),
            tolerated_failures: report.tolerated_failures.clone(),
            has_failed_calls: report.has_failed_calls,
            lists_stopped_instances: report.lists_stopped_instances,
            has_undecided_nodes: report.has_undecided_nodes,
            excluded_nodes: report.excluded_nodes,
            lists_unmanaged: report.unmanaged.is_some(),
        });
    }

    pub(super) fn add_missing_columns(&mut self, columns: &str, reason: &str) {
        self.part.missing_columns.push(ManifestMissingColumns {
            columns: columns.to_owned(),
            reason: reason.to_owned(),
        });
    }

    pub(super) fn set_baselines(&mut self, systems: &BTreeMap<Box<str>, OperatingSystem>) {
        let systems = systems.iter();
        let systems = systems.map(|(id, system)| {
            let system = system.as_deref().map(str::to_owned);
            (id.to_string(), system)
        });
        self.part.baselines = systems.collect();
    }

    pub(super) fn push_unread(&mut self, subject: &Subject, part: UnreadPart, cause: &Cause) {
        self.unread.push_unread(subject, part, cause);
    }

    pub(super) async fn add_patches(&mut self, patches: &[Patch]) -> Result<()> {
        for patch in patches {
            self.patches.push_patch(patch);
            self.patches.flush_if_full().await?;
        }
        self.patch_rows += patches.len() as u64;
        Ok(())
    }

    pub(super) async fn end_node(&mut self, row: NodeRow<'_>, count: NodeCount) -> Result<()> {
        let patch_rows = std::mem::take(&mut self.patch_rows);
        self.part.nodes += 1;
        self.part.patches += patch_rows;
        self.totals.patches += patch_rows;
        match count {
            NodeCount::Answered => self.totals.answered += 1,
            NodeCount::NoData => self.totals.no_data += 1,
            NodeCount::Unread => self.totals.unread += 1,
            NodeCount::None => {}
        }
        self.totals.asked += u64::from(count != NodeCount::None);
        self.push_causes(&row);
        self.nodes.push_node(&NodeRow { patch_rows, ..row });
        self.nodes.flush_if_full().await?;
        self.unread.flush_if_full().await
    }

    /// Adds a row for each part of the node that could not be read.
    fn push_causes(&mut self, row: &NodeRow<'_>) {
        let mut causes = Vec::new();
        match row.state {
            Outcome::Unread(cause) => causes.push((UnreadPart::State, cause)),
            Outcome::Answered(state) => {
                if let Some(BaselineComplianceStatus::Unreadable(cause)) = &state.baseline_status {
                    causes.push((UnreadPart::Baseline, cause));
                }
            }
            Outcome::NoData => {}
        }
        if let Some(Outcome::Unread(cause)) = row.patches {
            causes.push((UnreadPart::Patches, cause));
        }
        if causes.is_empty() {
            return;
        }
        let subject = Subject::Node(row.node.clone());
        for (part, cause) in causes {
            self.unread.push_unread(&subject, part, cause);
        }
    }

    /// Ends its files.
    pub(super) async fn finish(self: Box<Self>, now: Timestamp) -> Result<Checkpoint> {
        let mut files = self.nodes.finish().await?;
        files.extend(self.patches.finish().await?);
        files.extend(self.unread.finish().await?);
        Ok(Checkpoint {
            attempt: self.attempt,
            location: ManifestLocation {
                finished_at: now,
                ..self.part
            },
            totals: self.totals,
            files,
            listed_ids: self.listed_ids,
            calls: BTreeMap::new(),
            callers: Vec::new(),
        })
    }
}
