//! The columns of AWS's own reports of patch compliance, in their order.
//!
//! Source: AWS Systems Manager user guide, "Generating .csv patch compliance reports", "What's
//! in a generated patch compliance report?". It names the columns; a file of AWS's own was not
//! seen. `Index` is the number of the row, which the renderer writes.

use std::borrow::Cow;

use crate::columns::{Cell, Column, Row, count, info_text, text, time};
use crate::record::{InfoField, NodeState};
use crate::report::{NodeScan, PatchRow, StateRow};

/// "Summary information": a row for each node.
pub(super) const SUMMARY: &[Column<StateRow>] = columns! { @list StateRow:
    own "Instance ID" "" Word None, |r| text(r.node().map(|node| &*node.id)), "";
    name "Instance name" "" Text None, |r| info_text(r, InfoField::Name), "";
    fact "Instance IP" "" Word None, |r| info_text(r, InfoField::IpAddress), "";
    fact "Platform name" "" Text None, |r| info_text(r, InfoField::PlatformName), "";
    fact "Platform version" "" Text None, |r| info_text(r, InfoField::PlatformVersion), "";
    fact "SSM Agent version" "" Word None, |r| info_text(r, InfoField::AgentVersion), "";
    own "Patch baseline" "" Word None, |r| text(state(r).and_then(|s| s.baseline_id.as_deref())), "";
    own "Patch group" "" Text None, |r| text(state(r).and_then(|s| s.patch_group.as_deref())), "";
    // AWS has COMPLIANT and NON_COMPLIANT; a node without a recent scan is neither here.
    own "Compliance status" "" Verdict None, |r| Cell::Verdict(r.judgement.verdict), "";
    own "Compliance severity" "" Word None, overall_severity, "";
    own "Noncompliant Critical severity patch count" "" Count None, |r| count(state(r).and_then(|s| s.critical_non_compliant)), "";
    // The baselines' other compliance levels are in no answer that is read: not known.
    own "Noncompliant High severity patch count" "" Count None, |_| Cell::Unknown, "";
    own "Noncompliant Medium severity patch count" "" Count None, |_| Cell::Unknown, "";
    own "Noncompliant Low severity patch count" "" Count None, |_| Cell::Unknown, "";
    own "Noncompliant Informational severity patch count" "" Count None, |_| Cell::Unknown, "";
    own "Noncompliant Unspecified severity patch count" "" Count None, |_| Cell::Unknown, "";
};

/// "Detailed information": a row for each patch.
pub(super) const DETAIL: &[Column<PatchRow>] = columns! { @list PatchRow:
    own "Instance ID" "" Word None, |r| text(r.node().map(|node| &*node.id)), "";
    name "Instance name" "" Text None, |r| info_text(r, InfoField::Name), "";
    own "Patch name" "" Prose None, |r| text(r.patch().and_then(|p| p.title.as_deref())), "";
    own "KB ID/Patch ID" "" Id None, |r| text(r.patch().and_then(|p| p.kb_id.as_deref())), "";
    own "Patch state" "" Text None, patch_state, "";
    own "Last report time" "" Time None, |r| time(scan(r).and_then(|scan| scan.time)), "";
    // Of the baseline's rule; no answer that is read tells it of a patch.
    own "Compliance level" "" Word None, |_| Cell::Unknown, "";
    own "Patch severity" "" Text None, |r| text(r.patch().and_then(|p| p.severity.as_deref())), "";
    own "Patch classification" "" Text None, |r| text(r.patch().and_then(|p| p.classification.as_deref())), "";
    own "CVE ID" "" CveList None, |r| r.patch().filter(|p| !p.cves.is_empty()).map_or(Cell::Unknown, |p| Cell::CveList(&p.cves)), "";
    own "Patch baseline" "" Word None, |r| text(scan(r).and_then(|scan| scan.baseline_id.as_deref())), "";
    // Of the command that patched; it is in no answer that is read.
    own "Logs URL" "" Word None, |_| Cell::Unknown, "";
    fact "Instance IP" "" Word None, |r| info_text(r, InfoField::IpAddress), "";
    fact "Platform name" "" Text None, |r| info_text(r, InfoField::PlatformName), "";
    fact "Platform version" "" Text None, |r| info_text(r, InfoField::PlatformVersion), "";
    fact "SSM Agent version" "" Word None, |r| info_text(r, InfoField::AgentVersion), "";
};

fn scan(row: &PatchRow) -> Option<&NodeScan> {
    match row {
        PatchRow::Patch { scan, .. } => scan.as_deref(),
        PatchRow::Note { .. } => None,
    }
}

fn state(row: &StateRow) -> Option<&NodeState> {
    row.state()
}

/// The greatest compliance level of a patch that makes the node non-compliant: it is known
/// where it is the greatest there is.
fn overall_severity(row: &StateRow) -> Cell<'_> {
    match row.state().and_then(|state| state.critical_non_compliant) {
        Some(1..) => Cell::Text(Cow::Borrowed("CRITICAL")),
        _ => Cell::Unknown,
    }
}

/// The state, or why the node has no patches: without it, it would look compliant.
fn patch_state(row: &PatchRow) -> Cell<'_> {
    match row {
        PatchRow::Patch { patch, .. } => Cell::State(&patch.state),
        PatchRow::Note { note, .. } => Cell::Text(Cow::Borrowed(note)),
    }
}
