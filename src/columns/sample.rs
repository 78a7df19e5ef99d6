//! The columns of the evidence for a sample, and of what runs say of its nodes.

use std::borrow::Cow;

use crate::aggregate::closure::{NodeSnapshot, SampleRow};
use crate::aggregate::history::{Confirmation, PatchHistory};
use crate::columns::patches::due_from;
use crate::columns::{Cell, Column, Row, account, info_text, region, text, time};
use crate::compliance::severity::Severity;
use crate::record::{Node, Patch};
use crate::report::{HistoryFooter, PatchRow};

static SAMPLES: &[Column<SampleRow>] = columns! { SampleRow:
    own "Line" "Line" Count Some(24), |r| Cell::Count(r.item.line), "the line of the sample";
    own "Sample" "Sample" Text Some(25), |r| text(Some(&r.item.text)), "what that line says";
    aws "KBId" "KB" Id Some(2), |r| text(patch(r).and_then(|p| p.kb_id.as_deref())), "the KB number on Windows, name.architecture of the package elsewhere";
    own "SeverityLevel" "Level" Severity Some(9), |r| patch(r).map_or(Cell::Unknown, |p| Cell::Severity(Severity::of_patch(p))), "the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    own "Status" "Status" Word Some(3), |r| Cell::Text(Cow::Borrowed(r.status.as_str())), "Open; Fixed; NoLongerListed: superseded, not applicable or no longer approved; Unknown: open when it was last read; NeverMissing; NotFound; of a node alone its last verdict";
    own "FirstSeen" "First seen" Time Some(10), |r| time(history(r).map(|h| h.first_seen)), "the first run that saw the node lack it";
    own "LastSeen" "Last seen" Time Some(23), |r| time(history(r).map(|h| h.last_seen)), "the last run that saw the node lack it";
    dated "ReleaseDate" "Released" Time None, |r| time(patch(r).and_then(|p| p.release_date)), "when the patch was released (Windows only)";
    own "DueDate" "Due" Time None, |r| time(r.due.map(|due| due.date)), "when the time limit of its severity (--sla) ends or ended";
    own "DueFrom" "Due from" Word None, |r| r.due.map_or(Cell::Unknown, |due| due_from(due.is_from_first_seen)), "ReleaseDate, or FirstSeen where the release date is not known: what the time limit counts from";
    own "Closed" "Closed" Time Some(11), |r| time(history(r).and_then(|h| h.closed)), "the first run after that which read the node and saw it otherwise; empty while it is open";
    own "ConfirmedBy" "Confirmed by" Time Some(12), |r| time(confirmation(r).and_then(|c| c.operation_end)), "the end of the scan or installation (OperationEndTime) that this run read";
    aws "Operation" "Operation" Word None, |r| text(confirmation(r).and_then(|c| c.operation.as_deref())), "Scan or Install: what confirms that it is closed";
    aws "SnapshotId" "Snapshot" Word None, |r| text(confirmation(r).and_then(|c| c.snapshot_id.as_deref())), "AWS's id of the snapshot of the baseline that this operation used";
    own "RunId" "Run" Word None, |r| text(confirmation(r).map(|c| &*c.run_id)), "the run of the dataset that read this operation";
    own "Exposed" "Exposed" Age Some(13), |r| r.exposed_seconds.map_or(Cell::Unknown, Cell::Age), "days from the run that saw it first to the one that saw it otherwise, or until now; the times before it was reopened included";
    own "WithinLimit" "In time" Flag None, |r| r.is_within.map_or(Cell::Unknown, Cell::Flag), "true where it was fixed within its time limit, false where it was not, or is open and overdue";
    own "Reopened" "Reopened" Count Some(14), |r| history(r).map_or(Cell::Unknown, |h| Cell::Count(h.reopened)), "how often the node lacked it again";
    aws "Title" "Title" Prose Some(15), |r| text(patch(r).and_then(|p| p.title.as_deref())), "the patch's title, which tells reused ids apart";
    aws "CVEIds" "CVEs" CveList Some(26), |r| patch(r).filter(|p| !p.cves.is_empty()).map_or(Cell::Unknown, |p| Cell::CveList(&p.cves)), "CVE ids it fixes, as AWS listed them while it was missing";
    own "Note" "Note" Prose None, |r| text(Some(&*r.note).filter(|note| !note.is_empty())), "causes of what is not known, and the counts of a node alone";
};

/// Beside those of patches, where a dataset tells since when nodes lack them.
pub(crate) static MISSING_TIMES: &[Column<PatchRow>] = columns! { @list PatchRow:
    own "FirstSeen" "First seen" Time None, |r| time(r.missing().map(|of| of.first_seen)), "with --from: the first run of the dataset that saw the node lack it";
    own "MissingSince" "Missing since" Time None, |r| time(r.missing().map(|of| of.since)), "with --from: the first run of the dataset that saw the node lack it, without an interruption since then";
    own "MissingFor" "Missing for" Age None, |r| r.missing().map_or(Cell::Unknown, |of| Cell::Age(of.seconds)), "with --from: the days since then";
};

static SNAPSHOTS: &[Column<NodeSnapshot>] = columns! { NodeSnapshot:
    own "RunId" "Run" Word Some(3), |r| text(Some(&r.run.id)), "the run of the dataset";
    own "RunStart" "Start" Time Some(9), |r| Cell::Time(r.run.at), "when it started";
    own "Verdict" "Verdict" Verdict Some(2), |r| r.verdict.map_or(Cell::Unknown, Cell::Verdict), "COMPLIANT, NON_COMPLIANT, STALE, NO_DATA or UNREAD at that time; empty where the run does not list the node";
    own "Note" "Note" Prose Some(10), |r| text(Some(&*r.note).filter(|note| !note.is_empty())), "the reasons for the verdict, or why there is none";
};

impl Row for SampleRow {
    type Footer = HistoryFooter;
    const JSON_KEY: &'static str = "Sample";
    const TITLE: &'static str = "Closure evidence";
    fn columns() -> &'static [Column<Self>] {
        SAMPLES
    }
    fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }
}

impl Row for NodeSnapshot {
    type Footer = HistoryFooter;
    const JSON_KEY: &'static str = "NodeSnapshots";
    const TITLE: &'static str = "Verdicts by snapshot";
    fn columns() -> &'static [Column<Self>] {
        SNAPSHOTS
    }
    fn node(&self) -> Option<&Node> {
        Some(&self.node)
    }
}

fn history(row: &SampleRow) -> Option<&PatchHistory> {
    row.history.as_ref()
}

fn patch(row: &SampleRow) -> Option<&Patch> {
    Some(&row.history.as_ref()?.patch)
}

fn confirmation(row: &SampleRow) -> Option<&Confirmation> {
    row.history.as_ref()?.confirmation.as_deref()
}
