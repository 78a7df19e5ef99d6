//! The columns of groups of nodes.
//!
//! Knows what each holds. Must not know formats, widths or colours.

use crate::columns::{Cell, Column, Percent, Row, count, text, time};
use crate::record::NodeInfo;
use crate::report::{GroupFooter, GroupKey, NodeGroup};

static NODE_GROUPS: &[Column<NodeGroup>] = columns! { @list NodeGroup:
    own "By" "By" Word None, |r| text(Some(&r.grouping_name)), "what nodes are grouped by";
    own "Group" "Group" Id Some(1), |r| Cell::Text(r.key.label()), "what the nodes of the group have in common; (none) is known to have none, (unknown) was not told, (unread) are places that could not be read; a value that looks like these, or is empty, stands in quotes";
    own "GroupValue" "Value" Id None, |r| text(r.key.value()), "the same as a plain value, nothing where there is none";
    own "GroupKind" "Kind" Word None, |r| text(Some(r.key.kind())), "NAMED, NONE, UNKNOWN or UNREAD, which tells a value from the lack of one; REST and TOTAL are groups added up";
    own "Nodes" "Nodes" Count Some(3), |r| Cell::Count(r.nodes), "how many nodes; always Compliant + NonCompliant + Stale + NoData + Unread";
    own "CompliantPercent" "Compliant" Percent Some(2), |r| r.compliant_tenths().map_or(Cell::Unknown, |tenths| Cell::Percent(Percent { tenths })), "the share of Compliant in Nodes, rounded down, so that 100 means all";
    own "Compliant" "Compliant" Count None, |r| Cell::Count(r.compliant), "nodes that are compliant by a scan that is young enough";
    own "NonCompliant" "Non-compliant" ViolationCount Some(6), |r| Cell::Count(r.non_compliant), "nodes that are not, whatever the age of their scan";
    own "Stale" "Stale" Count Some(9), |r| Cell::Count(r.stale), "nodes that were compliant when last scanned, which is too long ago";
    own "NoData" "No data" Count Some(10), |r| Cell::Count(r.no_data), "nodes with nothing to judge by";
    own "Unread" "Unread" ViolationCount Some(4), |r| Cell::Count(r.unread), "nodes that could not be read; in the table where there are any";
    own "UnreadScopes" "Places unread" ViolationCount Some(5), |r| Cell::Count(r.unread_scopes), "regions, accounts and profiles that could not be read, which are no nodes; in the table where there are any";
    own "AlsoStale" "Also stale" Count None, |r| Cell::Count(r.also_stale), "nodes of another verdict than STALE whose last scan is too old as well";
    own "MissingNodes" "Lack some" Count None, |r| count(r.missing.value().map(|_| r.missing_nodes)), "nodes that lack an approved patch; nothing where none reports it";
    own "MissingCount" "Missing" ViolationCount Some(7), |r| count(r.missing.value()), "approved patches that are not installed, added up over the nodes that report it; nothing where none does";
    own "MissingUnreported" "Missing ?" Count None, |r| Cell::Count(r.missing.unreported), "nodes with a record that does not report it";
    own "FailedCount" "Failed" ViolationCount Some(8), |r| count(r.failed.value()), "patches whose installation failed, added up likewise";
    own "FailedUnreported" "Failed ?" Count None, |r| Cell::Count(r.failed.unreported), "nodes with a record that does not report it";
    own "InstalledRejectedCount" "Rejected" ViolationCount None, |r| count(r.rejected.value()), "patches installed that the baseline rejects, added up likewise";
    own "InstalledRejectedUnreported" "Rejected ?" Count None, |r| Cell::Count(r.rejected.unreported), "nodes with a record that does not report it";
    own "InstalledPendingRebootCount" "Reboot" ViolationCount None, |r| count(r.pending_reboot.value()), "patches installed with the node not restarted since, added up likewise";
    own "InstalledPendingRebootUnreported" "Reboot ?" Count None, |r| Cell::Count(r.pending_reboot.unreported), "nodes with a record that does not report it";
    own "RebootNodes" "Restart" ViolationCount Some(12), |r| count(r.pending_reboot.value().map(|_| r.reboot_nodes)), "nodes on which patches wait for a restart; nothing where none reports it";
    own "AvailableSecurityUpdateCount" "Available" ViolationCount None, |r| count(r.unapproved.value()), "security updates that are available but not approved (Windows only), added up likewise";
    own "AvailableSecurityUpdateUnreported" "Available ?" Count None, |r| Cell::Count(r.unapproved.unreported), "nodes with a record that does not report it, as those of Linux and macOS";
    own "OldestScan" "Oldest scan" Time None, |r| time(r.oldest_scan), "the last scan of the node whose last scan is the oldest";
    own "OldestAge" "Oldest" Age Some(11), |r| r.oldest_age.map_or(Cell::Unknown, Cell::Age), "whole days since OldestScan";
    own "Undated" "Undated" Count None, |r| Cell::Count(r.undated), "nodes with a record that does not tell when they were scanned";
};

impl Row for NodeGroup {
    type Footer = GroupFooter;
    const JSON_KEY: &'static str = "Groups";
    const IS_PER_NODE: bool = false;
    fn columns() -> &'static [Column<Self>] {
        NODE_GROUPS
    }
    fn node_info(&self) -> Option<&NodeInfo> {
        None
    }
    fn status_counts(&self) -> Option<[u64; 4]> {
        Some(NodeGroup::status_counts(self))
    }
    fn is_in_json(&self) -> bool {
        self.key != GroupKey::Unread
    }
}
