//! The columns of patches.

use std::borrow::Cow;

use crate::columns::{Cell, Column, Row, account, console_report, info_text, region, text, time};
use crate::compliance::severity::Severity;
use crate::record::{Node, Patch, Scope};
use crate::report::{PatchFooter, PatchRow};

static PATCHES: &[Column<PatchRow>] = columns! { PatchRow:
    aws "Title" "Title" Prose Some(15), |r| patch_text(r, |p| p.title.as_deref()), "the patch's title; empty for InstalledOther and NotApplicable";
    aws "KBId" "KB" Id Some(2), |r| patch_text(r, |p| p.kb_id.as_deref()), "the KB number on Windows, name.architecture of the package elsewhere";
    aws "Classification" "Classification" Text Some(16), |r| patch_text(r, |p| p.classification.as_deref()), "the vendor's word: SecurityUpdates, Security, Bugfix ...";
    aws "Severity" "Severity" Text Some(14), |r| r.patch().map_or(Cell::Unknown, rating_cell), "the vendor's word: Critical, Important, Medium ...";
    own "SeverityLevel" "Level" Severity None, |r| r.patch().map_or(Cell::Unknown, |p| Cell::Severity(Severity::of_patch(p))), "the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    aws "State" "State" State Some(3), |r| r.patch().map_or(Cell::Unknown, state_cell), "Installed, InstalledOther, InstalledPendingReboot, InstalledRejected, Missing, NotApplicable, Failed, AvailableSecurityUpdate, or a newer word as AWS sent it";
    aws "InstalledTime" "Installed" Time Some(17), |r| r.patch().map_or(Cell::Unknown, |p| time(p.installed_time)), "when it was installed, where that is known";
    aws "CVEIds" "CVEs" CveList Some(18), |r| r.patch().map_or(Cell::Unknown, cves_cell), "CVE ids it fixes; AWS lists them for missing and failed patches only, and never on Debian, Ubuntu or macOS";
    dated "ReleaseDate" "Released" Time None, |r| r.patch().map_or(Cell::Unknown, |p| time(p.release_date)), "when a patch that the node lacks was released (Windows only)";
    due "DueDate" "Due" Time None, |r| time(r.due().map(|due| due.date)), "when the time limit of its severity (--sla) ends for a patch that the node lacks; unknown without a limit, and without a release date unless --from reads a dataset";
    due "Overdue" "Overdue" Flag None, |r| r.due().map_or(Cell::Unknown, |due| Cell::Flag(due.is_overdue)), "true where DueDate has passed";
    due "DueFrom" "Due from" Word None, |r| r.due().map_or(Cell::Unknown, |due| due_from(due.is_from_first_seen)), "ReleaseDate, or FirstSeen where the release date is not known: what the time limit counts from; FirstSeen is the first run of the dataset of --from that saw the node lack it";
    own "Note" "Note" Prose None, note_cell, "why this node has no patch rows: no data, or unread; empty on patch rows";
};

impl Row for PatchRow {
    type Footer = PatchFooter;
    const JSON_KEY: &'static str = "Patches";
    const CONSOLE_COLUMNS: &'static [Column<Self>] = console_report::DETAIL;
    const TITLE: &'static str = "Patches";
    const NOTE_COLUMN: Option<&'static str> = Some("Note");
    fn columns() -> &'static [Column<Self>] {
        PATCHES
    }
    fn is_note(&self) -> bool {
        matches!(self, Self::Note { .. })
    }
    fn node(&self) -> Option<&Node> {
        match self {
            Self::Patch { patch, .. } => Some(&patch.node),
            Self::Note { subject, .. } => subject.node(),
        }
    }
    fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Patch { .. } => None,
            Self::Note { subject, .. } => subject.scope(),
        }
    }
}

fn patch_text(row: &PatchRow, get: fn(&Patch) -> Option<&str>) -> Cell<'_> {
    text(row.patch().and_then(get))
}

fn rating_cell(patch: &Patch) -> Cell<'_> {
    let rating = |word| Cell::Rating(word, Severity::of_patch(patch));
    patch.severity.as_deref().map_or(Cell::Unknown, rating)
}

/// A row that came without a state is unknown, not empty.
fn state_cell(patch: &Patch) -> Cell<'_> {
    if patch.state.as_str().is_empty() {
        Cell::Unknown
    } else {
        Cell::State(&patch.state)
    }
}

/// An empty list is not "none": the service leaves CVE ids out for most rows.
fn cves_cell(patch: &Patch) -> Cell<'_> {
    if patch.cves.is_empty() {
        Cell::Unknown
    } else {
        Cell::CveList(&patch.cves)
    }
}

fn note_cell(row: &PatchRow) -> Cell<'_> {
    match row {
        PatchRow::Patch { .. } => Cell::Unknown,
        PatchRow::Note { note, .. } => Cell::Text(Cow::Borrowed(note)),
    }
}

/// What a time limit counts from.
pub(super) fn due_from(is_first_seen: bool) -> Cell<'static> {
    Cell::Text(Cow::Borrowed(if is_first_seen {
        "FirstSeen"
    } else {
        "ReleaseDate"
    }))
}
