//! The columns of the findings of `check`.

use std::borrow::Cow;

use crate::columns::{Cell, Column, Row, info_text, text};
use crate::gate::GateStatus;
use crate::record::{NodeInfo, Subject};
use crate::report::{CheckFooter, FindingRow, WaiverInfo};

static FINDINGS: &[Column<FindingRow>] = columns! { FindingRow:
    own "Rule" "Rule" Word Some(3), |r| text(Some(&r.rule)), "the rule, as it is written in --fail-on";
    own "Status" "Status" Word Some(2), |r| text(r.status.map(GateStatus::as_str)), "FAIL, UNKNOWN (data that decides is missing) or PASS (the rule has no finding); none where a waiver covers the finding";
    own "Profile" "Profile" Text None, |r| text(r.subject.as_ref().and_then(Subject::profile)), "the profile that could not be read";
    own "Detail" "Detail" Prose Some(13), |r| text(r.detail.as_deref()), "what is wrong, or what is missing";
    own "Patches" "Patches" Names Some(14), patches_cell, "the patches that the finding is about, the worst first: their KB number, or their title";
    own "Remedy" "Remedy" Prose None, |r| text(r.remedy.as_deref()), "what to do about it";
    own "Waiver" "Waiver" Text None, |r| waiver_text(r, |w| Some(&w.location)), "with --show-waived: the file and line of the waiver that covers the finding";
    own "Reason" "Reason" Prose None, |r| waiver_text(r, |w| Some(&w.reason)), "why it is waived";
    own "Owner" "Owner" Text None, |r| waiver_text(r, |w| w.owner.as_deref()), "the owner of the waiver";
    own "Expires" "Expires" Word None, |r| waiver_text(r, |w| Some(&w.expires)), "when the waiver expires";
};

impl Row for FindingRow {
    type Footer = CheckFooter;
    const JSON_KEY: &'static str = "Findings";
    fn columns() -> &'static [Column<Self>] {
        FINDINGS
    }
    fn node_info(&self) -> Option<&NodeInfo> {
        self.subject.as_ref().and_then(Subject::info)
    }
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

fn waiver_text(row: &FindingRow, get: fn(&WaiverInfo) -> Option<&str>) -> Cell<'_> {
    text(row.waiver.as_ref().and_then(get))
}
