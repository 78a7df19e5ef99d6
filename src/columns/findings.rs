//! The columns of the findings of `check`.

use std::borrow::Cow;

use crate::columns::{Cell, Column, Row, account, info_text, region, text};
use crate::gate::GateStatus;
use crate::gate::waiver::Waiver;
use crate::record::{Node, Scope, Subject};
use crate::report::{CheckFooter, FindingRow};

static FINDINGS: &[Column<FindingRow>] = columns! { FindingRow:
    own "Rule" "Rule" Word Some(3), |r| text(Some(&r.rule)), "the rule, as it is written in --fail-on";
    own "Status" "Status" Word Some(2), status_cell, "FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); KNOWN with --since; none where a waiver covers the finding";
    own "Profile" "Profile" Text None, |r| text(r.subject.as_ref().and_then(Subject::profile)), "the profile that could not be read";
    own "Detail" "Detail" Prose Some(13), |r| text(r.detail.as_deref()), "what is wrong, or what is missing";
    own "Patches" "Patches" Names Some(14), patches_cell, "the patches that the finding is about, the worst first: their KB number, or their title";
    own "Remedy" "Remedy" Prose None, |r| text(r.remedy.as_deref()), "what to do about it";
    own "Waiver" "Waiver" Text None, |r| waiver_text(r, |w| Some(&w.label)), "with --show-waived: the file and line of the waiver that covers the finding";
    own "Reason" "Reason" Prose None, |r| waiver_text(r, |w| Some(&w.reason)), "why it is waived";
    own "Owner" "Owner" Text None, |r| waiver_text(r, |w| w.owner.as_deref()), "the owner of the waiver";
    own "Expires" "Expires" Word None, expires_cell, "when the waiver expires";
    own "KnownSince" "Known since" Text None, |r| text(r.known_since.as_deref()), "with --since: the earlier moment, of a finding that stood then, too, and does not break the gate";
};

impl Row for FindingRow {
    type Footer = CheckFooter;
    const JSON_KEY: &'static str = "Findings";
    const TITLE: &'static str = "Findings";
    fn columns() -> &'static [Column<Self>] {
        FINDINGS
    }
    fn node(&self) -> Option<&Node> {
        self.subject.as_ref()?.node()
    }
    fn scope(&self) -> Option<&Scope> {
        self.subject.as_ref()?.scope()
    }
}

fn status_cell(row: &FindingRow) -> Cell<'_> {
    let known = row.known_since.as_ref().map(|_| "KNOWN");
    text(row.status.map(GateStatus::as_str).or(known))
}

fn patches_cell(row: &FindingRow) -> Cell<'_> {
    if row.patches.is_empty() {
        return Cell::Unknown;
    }
    let names = row.patches.iter().map(|patch| {
        let name = patch.kb_id.as_deref().or(patch.title.as_deref());
        Cow::Borrowed(name.unwrap_or("(unnamed)"))
    });
    Cell::Names(names.collect())
}

fn waiver_text(row: &FindingRow, get: fn(&Waiver) -> Option<&str>) -> Cell<'_> {
    text(row.waiver.as_deref().and_then(get))
}

fn expires_cell(row: &FindingRow) -> Cell<'_> {
    let waiver = row.waiver.as_ref();
    waiver.map_or(Cell::Unknown, |waiver| {
        Cell::Text(waiver.expires.to_string().into())
    })
}
