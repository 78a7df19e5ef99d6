//! The columns of patches counted by KB, CVE, node or severity.
//!
//! Knows what each holds, and which belong in the table of each view. Must not
//! know formats, widths or colours.

use std::borrow::Cow;

use crate::aggregate::pivot::{By, Group};
use crate::columns::{Cell, Column, Row, count, fact, text};
use crate::record::{Facts, PatchState};
use crate::report::GroupRow;

static GROUPS: &[Column<GroupRow>] = columns! { GroupRow:
    own "KBId" "KB" Id Some(2), |r| of(r, |g| text(g.id().filter(|_| g.by() == By::Kb))), "what was counted, with --by kb: the KB number on Windows, name.architecture of the package elsewhere";
    own "CVEId" "CVE" Id Some(3), |r| of(r, |g| text(g.id().filter(|_| g.by() == By::Cve))), "what was counted, with --by cve; a patch counts in each CVE that it names, and those that name none count together";
    own "SeverityLevel" "Severity" Severity Some(9), |r| of(r, |g| g.severity().map_or(Cell::Unknown, Cell::Severity)), "the worst severity of the patches counted, on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    own "Classification" "Classification" Text Some(31), |r| of(r, |g| text(g.classification())), "the vendor's word, with --by kb and cve; the first by the alphabet where patches differ";
    own "NodesLacking" "Lacking" Finding Some(10), |r| of(r, lacking), "nodes that lack it, each once: Missing, Failed, InstalledPendingReboot or AvailableSecurityUpdate, as far as these states were asked for (the last is not, unless --state names it); one with a rejected patch has it";
    own "NodesRead" "Read" Count None, |r| of(r, |g| Cell::Count(g.read())), "nodes whose patches were read: what NodesLacking is out of";
    own "NodesMissing" "On missing" Finding Some(32), |r| nodes(r, &PatchState::Missing), "nodes with such patches in the state Missing, each once; unknown, as with all that follow, where the state was not asked for";
    own "NodesFailed" "On failed" Finding Some(33), |r| nodes(r, &PatchState::Failed), "the same for Failed";
    own "NodesInstalledRejected" "On rejected" Finding Some(34), |r| nodes(r, &PatchState::InstalledRejected), "the same for InstalledRejected";
    own "NodesInstalledPendingReboot" "On reboot" Finding Some(35), |r| nodes(r, &PatchState::InstalledPendingReboot), "the same for InstalledPendingReboot";
    own "NodesAvailableSecurityUpdate" "On available" Count Some(36), |r| nodes(r, &PatchState::AvailableSecurityUpdate), "the same for AvailableSecurityUpdate";
    own "NodesInstalled" "On installed" Count Some(37), |r| nodes(r, &PatchState::Installed), "the same for Installed";
    own "NodesInstalledOther" "On other" Count Some(38), |r| nodes(r, &PatchState::InstalledOther), "the same for InstalledOther";
    own "NodesNotApplicable" "On not applicable" Count Some(39), |r| nodes(r, &PatchState::NotApplicable), "the same for NotApplicable";
    own "NodesUnknownState" "On unknown" Count None, |r| nodes(r, &PatchState::Other(Box::default())), "the same for states that this version does not know";
    own "MissingCount" "Missing" Finding Some(11), |r| rows(r, &PatchState::Missing), "patches in the state Missing; a node may list one several times";
    own "FailedCount" "Failed" Finding Some(12), |r| rows(r, &PatchState::Failed), "the same for Failed";
    own "InstalledRejectedCount" "Rejected" Finding Some(14), |r| rows(r, &PatchState::InstalledRejected), "the same for InstalledRejected";
    own "InstalledPendingRebootCount" "Reboot" Finding Some(13), |r| rows(r, &PatchState::InstalledPendingReboot), "the same for InstalledPendingReboot";
    own "AvailableSecurityUpdateCount" "Available" Count Some(40), |r| rows(r, &PatchState::AvailableSecurityUpdate), "the same for AvailableSecurityUpdate";
    own "InstalledCount" "Installed" Count Some(41), |r| rows(r, &PatchState::Installed), "the same for Installed";
    own "InstalledOtherCount" "Other" Count Some(42), |r| rows(r, &PatchState::InstalledOther), "the same for InstalledOther";
    own "NotApplicableCount" "Not applicable" Count Some(43), |r| rows(r, &PatchState::NotApplicable), "the same for NotApplicable";
    own "UnknownStateCount" "Unknown" Count None, |r| rows(r, &PatchState::Other(Box::default())), "the same for states that this version does not know";
    own "PatchCount" "Patches" Count None, |r| of(r, |g| Cell::Count(g.patches())), "patches counted, in any state";
    own "Title" "Title" Text Some(16), |r| of(r, |g| text(g.title())), "the patch's title, with --by kb and cve; the first by the alphabet where patches differ";
    own "InstanceIds" "Nodes" Names Some(15), |r| of(r, ids), "the nodes that lack it, by id: all of them, but in the table the first few";
    own "Note" "Note" Prose None, note, "why this node is in no count: no data, or unread; on counts, what the patches do not tell";
};

impl Row for GroupRow {
    const DOCUMENT: &'static str = "Groups";
    const NOUN: &'static str = "groups";
    const NOTE: Option<&'static str> = Some("Note");
    fn columns() -> &'static [Column<Self>] {
        GROUPS
    }
    fn is_note(&self) -> bool {
        matches!(self, Self::Note { .. })
    }
    fn facts(&self) -> Option<&Facts> {
        self.node()?.facts.as_deref()
    }
}

/// Does this column belong in the table of this view, or in its wide one, of
/// patches in these states (none: all)?
#[must_use]
pub fn is_usual(column: &Column<GroupRow>, by: By, states: &[PatchState], is_wide: bool) -> bool {
    let of_view: &[&str] = match by {
        By::Kb => &[
            "KBId",
            "SeverityLevel",
            "NodesLacking",
            "Title",
            "InstanceIds",
        ],
        By::Cve => &[
            "CVEId",
            "SeverityLevel",
            "NodesLacking",
            "Title",
            "InstanceIds",
        ],
        By::Severity => &["SeverityLevel", "NodesLacking", "InstanceIds"],
        By::Node => &["InstanceId", "SeverityLevel"],
    };
    let is_of_patch = matches!(by, By::Kb | By::Cve);
    if of_view.contains(&column.name)
        || (by == By::Node && column.needs.is_some())
        || (is_wide && is_of_patch && column.name == "Classification")
    {
        return true;
    }
    let of_state = if is_of_patch {
        column.name.strip_prefix("Nodes")
    } else {
        column.name.strip_suffix("Count")
    };
    of_state.and_then(PatchState::known).is_some_and(|state| {
        if PatchState::NON_COMPLIANT.contains(&state) {
            // Of one patch, NodesLacking says it in short.
            (is_wide || !is_of_patch) && (states.is_empty() || states.contains(&state))
        } else {
            states.contains(&state)
        }
    })
}

fn of<'a>(row: &'a GroupRow, cell: fn(&'a Group) -> Cell<'a>) -> Cell<'a> {
    row.group().map_or(Cell::Unknown, cell)
}

fn lacking(group: &Group) -> Cell<'_> {
    let of = |nodes| Cell::Of(nodes, group.read());
    group.lacking().map_or(Cell::Unknown, of)
}

fn nodes<'a>(row: &'a GroupRow, state: &PatchState) -> Cell<'a> {
    row.group()
        .map_or(Cell::Unknown, |group| count(group.nodes_in(state)))
}

fn rows<'a>(row: &'a GroupRow, state: &PatchState) -> Cell<'a> {
    row.group()
        .map_or(Cell::Unknown, |group| count(group.rows_in(state)))
}

fn ids(group: &Group) -> Cell<'_> {
    if group.lacking().is_none() {
        return Cell::Unknown;
    }
    let nodes = group.lacking_nodes().into_iter();
    Cell::Names(nodes.map(|node| Cow::Borrowed(&*node.id)).collect())
}

fn note(row: &GroupRow) -> Cell<'_> {
    match row {
        GroupRow::Note { note, .. } => Cell::Text(Cow::Borrowed(note)),
        GroupRow::Group(group) if group.is_keyless() => {
            Cell::Text(Cow::Borrowed(match group.by() {
                By::Cve => "patches that name no CVE: which they fix is not told",
                By::Kb | By::Node | By::Severity => "patches that came without an id",
            }))
        }
        GroupRow::Group(_) => Cell::Unknown,
    }
}
