//! The columns of groups of nodes.

use crate::columns::{Cell, Column, Percent, Row, count, text, time};
use crate::report::{GroupFooter, GroupKey, NodeGroup};

static NODE_GROUPS: &[Column<NodeGroup>] = columns! { @list NodeGroup:
    own "By" "By" Word None, |r| text(Some(&r.grouping_name)), "what nodes are grouped by, as --by was typed";
    own "Group" "Group" Id Some(1), |r| Cell::Text(r.key.label()), "the value that the nodes have in common; (none): they have none; (unknown): not known; (unread): regions and accounts that could not be read; a value that looks like these, or is blank, is quoted";
    own "GroupValue" "Value" Id None, |r| text(r.key.value()), "the same as a plain value, empty where there is none";
    own "GroupKind" "Kind" Word None, |r| text(Some(r.key.kind())), "NAMED, NONE, UNKNOWN or UNREAD, which distinguishes a value from the lack of one; REST and TOTAL are groups added up";
    second "Group2" "Group 2" Id Some(2), |r| r.second_key.as_ref().map_or(Cell::Unknown, |key| Cell::Text(key.label())), "the same as Group for the second key of --by, such as --by account,region; only with two keys";
    second "GroupValue2" "Value 2" Id None, |r| text(r.second_key.as_ref().and_then(GroupKey::value)), "the same as GroupValue for the second key";
    second "GroupKind2" "Kind 2" Word None, |r| text(r.second_key.as_ref().map(GroupKey::kind)), "the same as GroupKind for the second key";
    own "Nodes" "Nodes" Count Some(4), |r| Cell::Count(r.nodes), "the number of nodes; always Compliant + NonCompliant + Stale + NoData + Unread";
    own "CompliantPercent" "Compliant %" Percent Some(3), |r| r.compliant_tenths().map_or(Cell::Unknown, |tenths| Cell::Percent(Percent { tenths })), "the share of Compliant in Nodes, rounded down, so that 100 means all";
    own "Compliant" "Compliant" Count None, |r| Cell::Count(r.compliant), "compliant nodes whose scan is not older than --max-age";
    own "NonCompliant" "Non-compliant" ViolationCount Some(7), |r| Cell::Count(r.non_compliant), "non-compliant nodes, whatever the age of their scan";
    own "Stale" "Stale" Count Some(10), |r| Cell::Count(r.stale), "nodes that were compliant at their last scan, which is older than --max-age";
    own "NoData" "No data" Count Some(11), |r| Cell::Count(r.no_data), "nodes without patch data";
    own "Unread" "Unread" ViolationCount Some(5), |r| Cell::Count(r.unread), "nodes that could not be read; in the table where there are any";
    own "UnreadScopes" "Scopes unread" ViolationCount Some(6), |r| Cell::Count(r.unread_scopes), "regions, accounts and profiles that could not be read; in the table where there are any";
    own "AlsoStale" "Also stale" Count None, |r| Cell::Count(r.also_stale), "nodes with another verdict than STALE whose last scan is older than --max-age";
    own "MissingNodes" "Lack some" Count None, |r| count(r.missing.value().map(|_| r.missing_nodes)), "nodes that lack an approved patch; empty where no node reports it";
    own "MissingCount" "Missing" ViolationCount Some(8), |r| count(r.missing.value()), "approved patches that are not installed, summed over the nodes that report it; empty where none does";
    own "MissingUnreported" "Missing ?" Count None, |r| Cell::Count(r.missing.unreported), "nodes whose record does not report it";
    own "FailedCount" "Failed" ViolationCount Some(9), |r| count(r.failed.value()), "patches whose installation failed, summed likewise";
    own "FailedUnreported" "Failed ?" Count None, |r| Cell::Count(r.failed.unreported), "nodes whose record does not report it";
    own "InstalledRejectedCount" "Rejected" ViolationCount None, |r| count(r.rejected.value()), "patches installed that the baseline rejects, summed likewise";
    own "InstalledRejectedUnreported" "Rejected ?" Count None, |r| Cell::Count(r.rejected.unreported), "nodes whose record does not report it";
    own "InstalledPendingRebootCount" "Pending reboot" ViolationCount None, |r| count(r.pending_reboot.value()), "installed patches that wait for a reboot, summed likewise";
    own "InstalledPendingRebootUnreported" "Pending reboot ?" Count None, |r| Cell::Count(r.pending_reboot.unreported), "nodes whose record does not report it";
    own "RebootNodes" "Reboot" ViolationCount Some(13), |r| count(r.pending_reboot.value().map(|_| r.reboot_nodes)), "nodes on which patches wait for a reboot; empty where no node reports it";
    own "AvailableSecurityUpdateCount" "Available" ViolationCount None, |r| count(r.unapproved.value()), "security updates that are available but not approved (Windows only), summed likewise";
    own "AvailableSecurityUpdateUnreported" "Available ?" Count None, |r| Cell::Count(r.unapproved.unreported), "nodes whose record does not report it, as those of Linux and macOS";
    own "OldestScan" "Oldest scan" Time None, |r| time(r.oldest_scan), "the last scan of the node whose last scan is the oldest";
    own "OldestAge" "Oldest" Age Some(12), |r| r.oldest_age.map_or(Cell::Unknown, Cell::Age), "whole days since OldestScan";
    own "Undated" "Undated" Count None, |r| Cell::Count(r.undated), "nodes whose record has no time of a scan";
};

impl Row for NodeGroup {
    type Footer = GroupFooter;
    const JSON_KEY: &'static str = "Groups";
    const TITLE: &'static str = "Groups";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        NODE_GROUPS
    }
    fn status_counts(&self) -> Option<[u64; 4]> {
        Some(NodeGroup::status_counts(self))
    }
    fn is_in_json(&self) -> bool {
        self.key != GroupKey::Unread && self.second_key != Some(GroupKey::Unread)
    }
}

/// Does this column belong in the table of groups that add up to this? Two are rarely above
/// zero.
#[must_use]
pub(crate) fn is_default_column(column: &Column<NodeGroup>, total: &NodeGroup) -> bool {
    match column.name {
        "Unread" => total.unread > 0,
        "UnreadScopes" => total.unread_scopes > 0,
        _ => true,
    }
}
