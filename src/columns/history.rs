//! The columns of `history`.

use std::borrow::Cow;

use crate::columns::{Cell, Column, Row, account, info_text, region, text, time};
use crate::compliance::severity::Severity;
use crate::record::Node;
use crate::report::{HistoryFooter, HistoryRow};

static HISTORIES: &[Column<HistoryRow>] = columns! { HistoryRow:
    aws "KBId" "KB" Id Some(2), |r| text(r.history.patch.kb_id.as_deref()), "the KB number on Windows, name.architecture of the package elsewhere";
    own "SeverityLevel" "Level" Severity Some(9), |r| Cell::Severity(Severity::of_patch(&r.history.patch)), "the severity on one scale: Critical, Important (or High), Medium (or Moderate), Low, Unrated";
    own "Status" "Status" Word Some(3), |r| Cell::Text(Cow::Borrowed(r.history.status.as_str())), "Open, Fixed, or NoLongerListed: superseded, not applicable or no longer approved";
    own "FirstSeen" "First seen" Time Some(10), |r| Cell::Time(r.history.first_seen), "the first run that saw the node lack it";
    own "LastSeen" "Last seen" Time Some(23), |r| Cell::Time(r.history.last_seen), "the last run that saw the node lack it";
    own "Closed" "Closed" Time Some(11), |r| time(r.history.closed), "the first run after that which read the node and saw it otherwise; empty while it is open";
    own "ConfirmedBy" "Confirmed by" Time Some(12), |r| time(r.history.confirmed_by()), "the end of the scan or installation (OperationEndTime) that this run read";
    own "Exposed" "Exposed" Age Some(13), |r| Cell::Age(r.exposed_seconds), "days from the run that saw it first to the one that saw it otherwise, or to the last run; the times before it was reopened included";
    own "Reopened" "Reopened" Count Some(14), |r| Cell::Count(r.history.reopened), "how often the node lacked it again";
    aws "State" "State" State None, |r| Cell::State(&r.history.patch.state), "the state in which the node lacked it last";
    aws "Title" "Title" Prose Some(15), |r| text(r.history.patch.title.as_deref()), "the patch's title, which tells reused ids apart";
    aws "CVEIds" "CVEs" CveList Some(24), |r| if r.history.patch.cves.is_empty() { Cell::Unknown } else { Cell::CveList(&r.history.patch.cves) }, "CVE ids it fixes, as AWS listed them while it was missing";
};

impl Row for HistoryRow {
    type Footer = HistoryFooter;
    const JSON_KEY: &'static str = "History";
    const TITLE: &'static str = "History of patches";
    fn columns() -> &'static [Column<Self>] {
        HISTORIES
    }
    fn node(&self) -> Option<&Node> {
        Some(&self.history.patch.node)
    }
}
