//! The columns of nodes.

use crate::columns::{
    Cell, Column, Row, account, console_report, count, info_text, region, text, time,
};
use crate::compliance::verdict::Verdict;
use crate::record::{Count, Moment, Node, NodeState, Scope};
use crate::report::{StateFooter, StateRow};

static STATES: &[Column<StateRow>] = columns! { StateRow:
    own "Verdict" "Verdict" Verdict Some(2), |r| Cell::Verdict(r.judgement.verdict), "COMPLIANT, NON_COMPLIANT, STALE (compliant at the last scan, which is older than --max-age), NO_DATA (no patch data) or UNREAD (could not be read)";
    own "Reasons" "Reasons" Prose Some(3), |r| text(Some(&r.judgement.reasons)), "why, as in: 2 missing, 1 pending reboot";
    own "LastScan" "Last scan" Time Some(14), |r| state_time(r, NodeState::last_scan_time), "when the last scan or installation ended; when it started, where no end is reported";
    own "Age" "Age" Age None, |r| r.judgement.scan_age.map_or(Cell::Unknown, Cell::Age), "whole days since LastScan";
    own "Unapproved" "Unapproved" Count None, |r| state_count(r, |s| s.available_security_update), "security updates that are available and not approved yet (Windows only); the baseline decides whether they count";
    own "RebootPending" "Reboot pending" Flag None, |r| r.state().and_then(NodeState::is_reboot_pending).map_or(Cell::Unknown, Cell::Flag), "true where patches wait for a reboot";
    drilled "OldestMissing" "Oldest missing" Time None, |r| time(r.oldest_missing), "when the oldest missing patch was released (Windows only); reads the patches of nodes that lack some";
    whole "BaselineDiffers" "Baseline differs" Flag None, |r| r.baseline_differs.map_or(Cell::Unknown, Cell::Flag), "true where the node was scanned with another baseline than the rest of its patch group, so that results overwrite each other; holds all rows in memory";
    associated "AssociationScan" "Association" Text None, association_cell, "of a node without a patch record: what an association of Quick Setup that scans for patches reports; one call for each such node";
    aws "PatchGroup" "Group" Text Some(17), |r| state_text(r, |s| s.patch_group.as_deref()), "the patch group the node is in, empty when in none";
    aws "BaselineId" "Baseline" Word None, |r| state_text(r, |s| s.baseline_id.as_deref()), "the patch baseline the node was last scanned with";
    aws "SnapshotId" "Snapshot" Word None, |r| state_text(r, |s| s.snapshot_id.as_deref()), "the patch baseline snapshot used";
    aws "InstallOverrideList" "Override list" Text None, |r| state_text(r, |s| s.install_override_list.as_deref()), "the list of patches that overrode the baseline";
    aws "OwnerInformation" "Owner" Text None, |r| state_text(r, |s| s.owner_information.as_deref()), "an AWS placeholder, always empty";
    aws "InstalledCount" "Installed" Count Some(19), |r| state_count(r, |s| s.installed), "patches of the baseline that are installed";
    aws "InstalledOtherCount" "Other" Count None, |r| state_count(r, |s| s.installed_other), "installed patches that are not in the baseline";
    aws "InstalledPendingRebootCount" "Reboot" ViolationCount Some(18), |r| state_count(r, |s| s.installed_pending_reboot), "installed patches that wait for a reboot";
    aws "InstalledRejectedCount" "Rejected" ViolationCount None, |r| state_count(r, |s| s.installed_rejected), "installed patches that the baseline rejects";
    aws "MissingCount" "Missing" ViolationCount Some(15), |r| state_count(r, |s| s.missing), "approved patches that are not installed";
    aws "FailedCount" "Failed" ViolationCount Some(16), |r| state_count(r, |s| s.failed), "patches whose installation failed";
    aws "UnreportedNotApplicableCount" "Unreported" Count None, |r| state_count(r, |s| s.unreported_not_applicable), "patches that do not apply, beyond those reported by name";
    aws "NotApplicableCount" "Not applicable" Count None, |r| state_count(r, |s| s.not_applicable), "patches that do not apply to the node";
    aws "AvailableSecurityUpdateCount" "Available" ViolationCount None, |r| state_count(r, |s| s.available_security_update), "security updates that are available but not approved (Windows only)";
    aws "OperationStartTime" "Started" Time None, |r| state_time(r, |s| s.operation_start), "when the last scan or installation started";
    aws "OperationEndTime" "Ended" Time None, |r| state_time(r, |s| s.operation_end), "when the last scan or installation ended";
    aws "Operation" "Operation" Word None, |r| state_text(r, |s| s.operation.as_deref()), "Scan or Install";
    aws "LastNoRebootInstallOperationTime" "No-reboot install" Time None, |r| state_time(r, |s| s.last_no_reboot_install), "when patches were last installed with NoReboot";
    aws "RebootOption" "Reboot option" Word None, |r| state_text(r, |s| s.reboot_option.as_deref()), "RebootIfNeeded or NoReboot";
    aws "CriticalNonCompliantCount" "Critical" Count None, |r| state_count(r, |s| s.critical_non_compliant), "non-compliant patches of the baseline's compliance level CRITICAL (not the vendor's severity)";
    aws "SecurityNonCompliantCount" "Security" Count None, |r| state_count(r, |s| s.security_non_compliant), "non-compliant security patches; may count the same patch as the column before";
    aws "OtherNonCompliantCount" "Other nc." Count None, |r| state_count(r, |s| s.other_non_compliant), "non-compliant patches that are neither";
};

impl Row for StateRow {
    type Footer = StateFooter;
    const JSON_KEY: &'static str = "InstancePatchStates";
    const CONSOLE_COLUMNS: &'static [Column<Self>] = console_report::SUMMARY;
    const TITLE: &'static str = "Nodes";
    fn columns() -> &'static [Column<Self>] {
        STATES
    }
    fn is_in_json(&self) -> bool {
        self.subject.node().is_some()
    }
    fn node(&self) -> Option<&Node> {
        self.subject.node()
    }
    fn scope(&self) -> Option<&Scope> {
        self.subject.scope()
    }
    fn is_always_shown(&self) -> bool {
        self.judgement.verdict == Verdict::Unread
    }
    fn is_without_data(&self) -> bool {
        self.judgement.verdict == Verdict::NoData
    }
}

fn association_cell(row: &StateRow) -> Cell<'_> {
    let scan = row
        .subject
        .node()
        .and_then(|node| node.association.as_ref());
    scan.map_or(Cell::Unknown, |scan| Cell::Text(scan.to_string().into()))
}

fn state_text(row: &StateRow, get: fn(&NodeState) -> Option<&str>) -> Cell<'_> {
    text(row.state().and_then(get))
}

fn state_count(row: &StateRow, get: fn(&NodeState) -> Count) -> Cell<'_> {
    count(row.state().and_then(get))
}

fn state_time(row: &StateRow, get: fn(&NodeState) -> Moment) -> Cell<'_> {
    time(row.state().and_then(get))
}
