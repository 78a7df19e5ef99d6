//! The columns of `diff`.

use std::borrow::Cow;

use crate::aggregate::diff::{Change, DiffValue, Difference};
use crate::columns::{Cell, Column, Row, account, info_text, region, text, time};
use crate::compliance::severity::Severity;
use crate::record::{Node, Patch, Scope};
use crate::report::DiffFooter;

static DIFFERENCES: &[Column<Difference>] = columns! { Difference:
    own "Change" "Change" Word Some(2), |r| Cell::Text(Cow::Borrowed(r.change.as_str())), "what changed: NodeAppeared, NodeVanished, VerdictChanged, NewlyStale, NoLongerStale, BaselineChanged, PatchGroupChanged, NewlyMissing, NewlyFailed, NewlyPendingReboot, NewlyRejected, NewlyAvailable, Fixed, NoLongerListed, StateChanged, or Unknown where a side could not be read";
    own "Direction" "Direction" Word Some(3), |r| Cell::Text(Cow::Borrowed(r.direction.as_str())), "Worse, Better, Neutral or Unknown";
    aws "KBId" "KB" Id Some(9), |r| patch_text(r, |p| p.kb_id.as_deref()), "the KB number on Windows, name.architecture of the package elsewhere; empty where the change is about the node";
    own "SeverityLevel" "Level" Severity Some(12), |r| r.patch.as_ref().map_or(Cell::Unknown, |p| Cell::Severity(Severity::of_patch(p))), "the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    aws "Severity" "Severity" Text None, |r| patch_text(r, |p| p.severity.as_deref()), "the vendor's word: Critical, Important, Medium ...";
    aws "Classification" "Classification" Text Some(23), |r| patch_text(r, |p| p.classification.as_deref()), "the vendor's word: SecurityUpdates, Security, Bugfix ...";
    own "Before" "Before" Word Some(10), |r| value(r.before.as_ref()), "the verdict, patch state, baseline or patch group on the first side; empty where it has none";
    own "After" "After" Word Some(11), |r| value(r.after.as_ref()), "the same on the second side";
    own "ScanBefore" "Scan before" Time Some(24), |r| time(r.scan_before), "the last scan or installation on the first side";
    own "ScanAfter" "Scan after" Time Some(25), |r| time(r.scan_after), "the same on the second side";
    aws "Title" "Title" Prose Some(14), |r| patch_text(r, |p| p.title.as_deref()), "the patch's title, which tells reused ids apart";
    own "Note" "Note" Prose Some(13), |r| text(r.note.as_deref()), "the reasons for a verdict; why a side cannot be compared";
};

impl Row for Difference {
    type Footer = DiffFooter;
    const JSON_KEY: &'static str = "Changes";
    const TITLE: &'static str = "Changes";
    fn columns() -> &'static [Column<Self>] {
        DIFFERENCES
    }
    fn node(&self) -> Option<&Node> {
        self.subject.node()
    }
    fn scope(&self) -> Option<&Scope> {
        self.subject.scope()
    }
    fn is_always_shown(&self) -> bool {
        self.change == Change::Unknown
    }
}

fn patch_text(row: &Difference, get: fn(&Patch) -> Option<&str>) -> Cell<'_> {
    text(row.patch.as_deref().and_then(get))
}

fn value(value: Option<&DiffValue>) -> Cell<'_> {
    text(value.map(DiffValue::as_str))
}
