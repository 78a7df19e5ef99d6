//! The compliance items of one node: its patches, and what an association of Quick Setup
//! reported.

use std::collections::HashSet;

use crate::plan::filter::state_counter;
use crate::record::{AssociationScan, Cause, Cves, Node, NodeState, Patch, PatchState};
use crate::source::data_sync::line::{Line, lines};
use crate::source::data_sync::node_object::unreadable;
use crate::source::data_sync::tree::SyncType;

/// The document that Quick Setup's associations scan with.
const SCAN_DOCUMENT: &str = "AWS-RunPatchBaselineAssociation";

/// What a list of items says.
#[derive(Debug, Default)]
pub(super) struct PatchItems {
    pub patches: Vec<Patch>,
    pub association: Option<AssociationScan>,
    /// The id of another scan than the last one, of which an item is.
    other_scan: Option<String>,
    /// The first line that cannot be read, and how many there are.
    unreadable: Option<(String, usize)>,
}

impl PatchItems {
    /// Reads the items of a node whose last scan has this id.
    pub(super) fn parse(content: &[u8], node: &Node, snapshot_id: Option<&str>) -> Self {
        let mut items = Self::default();
        let mut seen: HashSet<&[u8]> = HashSet::new();
        for text in lines(content) {
            if !seen.insert(text) {
                continue;
            }
            if let Err(what) = items.add(text, node, snapshot_id) {
                let (_, count) = items.unreadable.get_or_insert((what, 0));
                *count += 1;
            }
        }
        items
    }

    fn add(&mut self, text: &[u8], node: &Node, snapshot_id: Option<&str>) -> Result<(), String> {
        let line = Line::parse(text, &node.id)?;
        let kind = line.text("ComplianceType");
        match kind.map_err(|value| format!("ComplianceType is {value}"))? {
            Some("Patch") => {}
            Some("Association") if line.text_or_none("DocumentName") == Some(SCAN_DOCUMENT) => {
                let counters = line.ending_with("Count").filter(|(_, value)| *value != "0");
                self.association = Some(AssociationScan {
                    status: line.text_or_none("Status").unwrap_or_default().into(),
                    baseline_id: line.text_or_none("PatchBaselineId").map(Into::into),
                    counters: counters
                        .map(|(name, value)| (name.into(), value.into()))
                        .collect(),
                });
                return Ok(());
            }
            Some(_) => return Ok(()),
            None => return Err("an item without a ComplianceType".to_owned()),
        }
        let scan = line
            .text("ExecutionId")
            .map_err(|value| format!("ExecutionId is {value}"))?;
        if let (Some(scan), Some(last)) = (scan, snapshot_id)
            && scan != last
        {
            self.other_scan.get_or_insert_with(|| scan.to_owned());
            return Ok(());
        }
        let state = line.text("PatchState");
        let state = state.map_err(|value| format!("PatchState is {value}"))?;
        let word = |name: &str| -> Result<Option<&str>, String> {
            line.text(name)
                .map_err(|value| format!("{name} is {value}"))
        };
        self.patches.push(Patch {
            node: node.clone(),
            title: word("Title")?.map(Into::into),
            kb_id: word("Id")?.map(Into::into),
            classification: word("Classification")?.map(Into::into),
            severity: word("PatchSeverity")?.map(Into::into),
            state: PatchState::parse(state.unwrap_or_default()),
            installed_time: line.time("InstalledTime").unwrap_or_default(),
            cves: Cves::new(word("CVEIds")?),
            release_date: None,
        });
        Ok(())
    }

    /// Why these are not all patches of the last scan, if they are not.
    pub(super) fn incomplete(&self, state: &NodeState) -> Option<Cause> {
        if let Some((what, count)) = &self.unreadable {
            let lines = crate::text::count(*count as u64, "line");
            return Some(unreadable(
                SyncType::ComplianceItem,
                &format!("{lines}, of which the first: {what}"),
            ));
        }
        if let Some(scan) = &self.other_scan {
            let last = state.snapshot_id.as_deref().unwrap_or_default();
            return Some(Cause {
                code: "StaleItems".into(),
                text: format!(
                    "its {} is of the scan {}, and its last scan is {}: a sync does not write a list again that has not changed, so this one may be of an older scan",
                    SyncType::ComplianceItem.as_str(),
                    shown(scan),
                    shown(last),
                )
                .into(),
            });
        }
        // The counters are of the same scan, which listed what they count.
        for of in PatchState::NON_COMPLIANT
            .iter()
            .chain([&PatchState::Installed])
        {
            let listed = self
                .patches
                .iter()
                .filter(|patch| patch.state == *of)
                .count() as u64;
            if let Some(counted) = state_counter(state, of)
                && listed < counted
            {
                return Some(Cause {
                    code: "Incomplete".into(),
                    text: format!(
                        "its {} lists {listed} of the {counted} patches in {of} that its {} counts",
                        SyncType::ComplianceItem.as_str(),
                        SyncType::PatchSummary.as_str(),
                    )
                    .into(),
                });
            }
        }
        None
    }
}

fn shown(id: &str) -> std::borrow::Cow<'_, str> {
    crate::sanitize::sanitize_truncated(id, 64)
}
