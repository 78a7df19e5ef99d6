//! The columns of patches counted by KB, CVE, node or severity, and which of them the table
//! of each view has.

use std::borrow::Cow;

use crate::aggregate::pivot::{DEFAULT_STATES, PatchAggregate, PatchGrouping};
use crate::columns::{Cell, Column, Row, account, count, info_text, region, text};
use crate::record::{Node, PatchState, Scope};
use crate::report::{PatchAggregateFooter, PatchAggregateRow};

static PATCH_AGGREGATES: &[Column<PatchAggregateRow>] = columns! { PatchAggregateRow:
    own "KBId" "KB" Id Some(2), |r| aggregate_cell(r, |g| text(g.id().filter(|_| g.grouping() == PatchGrouping::Kb))), "what was counted, with --by kb: the KB number on Windows, name.architecture of the package elsewhere";
    own "CVEId" "CVE" Id Some(3), |r| aggregate_cell(r, |g| text(g.id().filter(|_| g.grouping() == PatchGrouping::Cve))), "what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together";
    own "SeverityLevel" "Severity" Severity Some(9), |r| aggregate_cell(r, |g| g.severity().map_or(Cell::Unknown, Cell::Severity)), "the worst severity of the patches counted, on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    own "Classification" "Classification" Text Some(31), |r| aggregate_cell(r, |g| text(g.classification())), "the vendor's word, with --by kb and cve; the first by the alphabet where patches differ";
    own "NodesLacking" "Lacking" ViolationCount Some(10), |r| aggregate_cell(r, lacking_cell), "nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for; one with a rejected patch has it";
    own "NodesRead" "Read" Count None, |r| aggregate_cell(r, |g| Cell::Count(g.nodes_read())), "nodes whose patches were read, what NodesLacking is out of: of a KB or CVE, those of the operating systems (PlatformName) on which it was counted";
    own "NodesMissing" "On missing" ViolationCount Some(32), |r| nodes_cell(r, &PatchState::Missing), "nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for";
    own "NodesFailed" "On failed" ViolationCount Some(33), |r| nodes_cell(r, &PatchState::Failed), "the same for Failed";
    own "NodesInstalledRejected" "On rejected" ViolationCount Some(34), |r| nodes_cell(r, &PatchState::InstalledRejected), "the same for InstalledRejected";
    own "NodesInstalledPendingReboot" "On reboot" ViolationCount Some(35), |r| nodes_cell(r, &PatchState::InstalledPendingReboot), "the same for InstalledPendingReboot";
    own "NodesAvailableSecurityUpdate" "On available" Count Some(36), |r| nodes_cell(r, &PatchState::AvailableSecurityUpdate), "the same for AvailableSecurityUpdate";
    own "NodesInstalled" "On installed" Count Some(37), |r| nodes_cell(r, &PatchState::Installed), "the same for Installed";
    own "NodesInstalledOther" "On other" Count Some(38), |r| nodes_cell(r, &PatchState::InstalledOther), "the same for InstalledOther";
    own "NodesNotApplicable" "On not applicable" Count Some(39), |r| nodes_cell(r, &PatchState::NotApplicable), "the same for NotApplicable";
    own "NodesUnknownState" "On unknown" Count None, |r| nodes_cell(r, &PatchState::Other(Box::default())), "the same for states that this version does not know";
    own "MissingCount" "Missing" ViolationCount Some(11), |r| rows_cell(r, &PatchState::Missing), "patches in the state Missing; a node may list one several times";
    own "FailedCount" "Failed" ViolationCount Some(12), |r| rows_cell(r, &PatchState::Failed), "the same for Failed";
    own "InstalledRejectedCount" "Rejected" ViolationCount Some(14), |r| rows_cell(r, &PatchState::InstalledRejected), "the same for InstalledRejected";
    own "InstalledPendingRebootCount" "Reboot" ViolationCount Some(13), |r| rows_cell(r, &PatchState::InstalledPendingReboot), "the same for InstalledPendingReboot";
    own "AvailableSecurityUpdateCount" "Available" Count Some(40), |r| rows_cell(r, &PatchState::AvailableSecurityUpdate), "the same for AvailableSecurityUpdate";
    own "InstalledCount" "Installed" Count Some(41), |r| rows_cell(r, &PatchState::Installed), "the same for Installed";
    own "InstalledOtherCount" "Other" Count Some(42), |r| rows_cell(r, &PatchState::InstalledOther), "the same for InstalledOther";
    own "NotApplicableCount" "Not applicable" Count Some(43), |r| rows_cell(r, &PatchState::NotApplicable), "the same for NotApplicable";
    own "UnknownStateCount" "Unknown" Count None, |r| rows_cell(r, &PatchState::Other(Box::default())), "the same for states that this version does not know";
    own "PatchCount" "Patches" Count None, |r| aggregate_cell(r, |g| Cell::Count(g.patch_count())), "patches counted, in any state";
    own "Title" "Title" Text Some(16), |r| aggregate_cell(r, |g| text(g.title())), "the patch's title, with --by kb and cve; the first by the alphabet where patches differ";
    own "InstanceIds" "Nodes" Names Some(15), |r| aggregate_cell(r, node_ids_cell), "the nodes that lack it, by id: all of them, but in the table the first few";
    own "Note" "Note" Prose None, note_cell, "why this node is in no count: no data, or unread; on counts, what the patches do not tell";
};

impl Row for PatchAggregateRow {
    type Footer = PatchAggregateFooter;
    const JSON_KEY: &'static str = "Groups";
    const TITLE: &'static str = "Patches by group";
    const NOTE_COLUMN: Option<&'static str> = Some("Note");
    fn columns() -> &'static [Column<Self>] {
        PATCH_AGGREGATES
    }
    fn is_note(&self) -> bool {
        matches!(self, Self::Note { .. })
    }
    fn node(&self) -> Option<&Node> {
        match self {
            Self::Aggregate(group) => group.node(),
            Self::Note { subject, .. } => subject.node(),
        }
    }
    fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Aggregate(_) => None,
            Self::Note { subject, .. } => subject.scope(),
        }
    }
}

/// Does this column belong in the table of this view, or in its wide one, of
/// patches in these states (none: all)?
#[must_use]
pub(crate) fn is_default_column(
    column: &Column<PatchAggregateRow>,
    by: PatchGrouping,
    states: &[PatchState],
    is_wide: bool,
) -> bool {
    let of_view: &[&str] = match by {
        PatchGrouping::Kb => &[
            "KBId",
            "SeverityLevel",
            "NodesLacking",
            "Title",
            "InstanceIds",
        ],
        PatchGrouping::Cve => &[
            "CVEId",
            "SeverityLevel",
            "NodesLacking",
            "Title",
            "InstanceIds",
        ],
        PatchGrouping::Severity => &["SeverityLevel", "NodesLacking", "InstanceIds"],
        PatchGrouping::Node => &["InstanceId", "SeverityLevel"],
    };
    let is_of_patch = matches!(by, PatchGrouping::Kb | PatchGrouping::Cve);
    if of_view.contains(&column.name)
        || (by == PatchGrouping::Node && column.info_level.is_some())
        || (is_wide && is_of_patch && column.name == "Classification")
    {
        return true;
    }
    let of_state = if is_of_patch {
        column.name.strip_prefix("Nodes")
    } else {
        column.name.strip_suffix("Count")
    };
    of_state
        .and_then(PatchState::parse_documented)
        .is_some_and(|state| {
            if DEFAULT_STATES.contains(&state) {
                // Of one patch, NodesLacking says it in short.
                (is_wide || !is_of_patch) && (states.is_empty() || states.contains(&state))
            } else {
                states.contains(&state)
            }
        })
}

fn aggregate_cell<'a>(
    row: &'a PatchAggregateRow,
    cell: fn(&'a PatchAggregate) -> Cell<'a>,
) -> Cell<'a> {
    row.aggregate().map_or(Cell::Unknown, cell)
}

fn lacking_cell(group: &PatchAggregate) -> Cell<'_> {
    let of = |nodes| Cell::Ratio(nodes, group.nodes_read());
    group.lacking_count().map_or(Cell::Unknown, of)
}

fn nodes_cell<'a>(row: &'a PatchAggregateRow, state: &PatchState) -> Cell<'a> {
    row.aggregate()
        .map_or(Cell::Unknown, |group| count(group.nodes_in(state)))
}

fn rows_cell<'a>(row: &'a PatchAggregateRow, state: &PatchState) -> Cell<'a> {
    row.aggregate()
        .map_or(Cell::Unknown, |group| count(group.rows_in(state)))
}

fn node_ids_cell(group: &PatchAggregate) -> Cell<'_> {
    if group.lacking_count().is_none() {
        return Cell::Unknown;
    }
    let nodes = group.lacking_nodes().into_iter();
    Cell::Names(nodes.map(|node| Cow::Borrowed(&*node.id)).collect())
}

fn note_cell(row: &PatchAggregateRow) -> Cell<'_> {
    match row {
        PatchAggregateRow::Note { note, .. } => Cell::Text(Cow::Borrowed(note)),
        PatchAggregateRow::Aggregate(group) if group.is_unkeyed() => {
            Cell::Text(Cow::Borrowed(match group.grouping() {
                PatchGrouping::Cve => "patches without CVE ids",
                PatchGrouping::Kb | PatchGrouping::Node | PatchGrouping::Severity => {
                    "patches that came without an id"
                }
            }))
        }
        PatchAggregateRow::Aggregate(_) => Cell::Unknown,
    }
}
