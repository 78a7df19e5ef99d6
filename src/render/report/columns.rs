//! Which columns the tables of a report have.

use crate::columns::{Column, ColumnCost, Row};
use crate::report::fleet::FleetReport;
use crate::report::{NodeGroup, PatchAggregateRow, PatchRow, StateRow};

/// The columns of this row type with these names, in this order.
fn named<R: Row>(names: &[&str]) -> Vec<&'static Column<R>> {
    let columns = names.iter().filter_map(|name| Column::by_name(name));
    columns.collect()
}

/// Every column of nodes whose value a report knows.
pub(crate) fn all_of_nodes() -> Vec<&'static Column<StateRow>> {
    let all = StateRow::columns().iter();
    all.filter(|column| column.cost != Some(ColumnCost::Associations))
        .collect()
}

/// Every column of patches whose value a report knows.
pub(crate) fn all_of_patches() -> Vec<&'static Column<PatchRow>> {
    let all = PatchRow::columns().iter();
    all.filter(|column| PatchRow::NOTE_COLUMN != Some(column.name))
        .collect()
}

/// The columns that tell where a node is, where nodes are in several places.
fn location_names(report: &FleetReport) -> Vec<&'static str> {
    let evidence = &report.evidence;
    let has_names = evidence
        .accounts
        .iter()
        .any(|account| account.name.is_some());
    let several = [
        (evidence.accounts.len() > 1, "AccountId"),
        (evidence.accounts.len() > 1 && has_names, "AccountName"),
        (evidence.regions.len() > 1, "Region"),
    ];
    let names = several.into_iter();
    names.filter_map(|(is, name)| is.then_some(name)).collect()
}

fn of_node_table<R: Row>(report: &FleetReport, names: &[&'static str]) -> Vec<&'static Column<R>> {
    let locations = location_names(report);
    named(&[&["InstanceId"], &*locations, &["Name"], names].concat())
}

/// The columns of a table of nodes for people.
pub(crate) fn of_nodes(report: &FleetReport) -> Vec<&'static Column<StateRow>> {
    of_node_table(
        report,
        &[
            "PlatformName",
            "PatchGroup",
            "Verdict",
            "Reasons",
            "LastScan",
            "Age",
        ],
    )
}

/// The columns of a table of patches for people.
pub(crate) fn of_patches(report: &FleetReport) -> Vec<&'static Column<PatchRow>> {
    let due: &[&str] = match report.due_dates {
        Some(_) => &["ReleaseDate", "DueDate", "Overdue"],
        None => &["ReleaseDate"],
    };
    let names: &[&str] = &["KBId", "State", "SeverityLevel"];
    of_node_table(report, &[names, due, &["Title", "CVEIds"]].concat())
}

/// The columns of a table of groups of nodes for people.
pub(crate) fn of_groups(has_second_key: bool) -> Vec<&'static Column<NodeGroup>> {
    let second: &[&str] = if has_second_key { &["Group2"] } else { &[] };
    let names: &[&str] = &[
        "Nodes",
        "CompliantPercent",
        "Compliant",
        "NonCompliant",
        "Stale",
        "NoData",
        "Unread",
        "MissingCount",
        "FailedCount",
        "RebootNodes",
        "OldestAge",
    ];
    named(&[&["Group"], second, names].concat())
}

/// The columns of a table of patches that most nodes lack; `id` is that of the first.
pub(crate) fn of_missing(id: &'static str) -> Vec<&'static Column<PatchAggregateRow>> {
    named(&[id, "SeverityLevel", "NodesLacking", "Title"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_these_tables_exists() {
        assert_eq!(of_missing("KBId").len(), 4);
        assert_eq!(of_groups(true).len(), 13);
        assert_eq!(all_of_patches().len(), PatchRow::columns().len() - 1);
        assert_eq!(all_of_nodes().len(), StateRow::columns().len() - 1);
    }
}
