//! Which columns the tables of a report have.

use crate::aggregate::closure::{NodeSnapshot, SampleRow};
use crate::aggregate::trend::TrendRow;
use crate::columns::sample::MISSING_TIMES;
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
        .chain(MISSING_TIMES)
        .collect()
}

/// The columns of the evidence for a sample.
pub(crate) fn of_sample() -> Vec<&'static Column<SampleRow>> {
    named(&[
        "Line",
        "Sample",
        "InstanceId",
        "AccountId",
        "Region",
        "Name",
        "KBId",
        "SeverityLevel",
        "Status",
        "FirstSeen",
        "LastSeen",
        "ReleaseDate",
        "DueDate",
        "DueFrom",
        "Closed",
        "ConfirmedBy",
        "Operation",
        "SnapshotId",
        "RunId",
        "Exposed",
        "WithinLimit",
        "Reopened",
        "Title",
        "CVEIds",
        "Note",
    ])
}

/// The same for people: where there are time limits, with them.
pub(crate) fn of_evidence(report: &FleetReport) -> Vec<&'static Column<SampleRow>> {
    let limits: [&[&str]; 2] = if report.evidence.sla.is_empty() {
        [&[], &[]]
    } else {
        [&["ReleaseDate", "DueDate", "DueFrom"], &["WithinLimit"]]
    };
    let before = [
        "Line",
        "Sample",
        "InstanceId",
        "KBId",
        "SeverityLevel",
        "Status",
        "FirstSeen",
    ];
    let names = [
        &before[..],
        limits[0],
        &["Closed", "Exposed"],
        limits[1],
        &["Reopened"],
    ];
    named(&names.concat())
}

/// What is too long for that table.
pub(crate) fn of_evidence_notes() -> Vec<&'static Column<SampleRow>> {
    named(&["Line", "InstanceId", "KBId", "Status", "Title", "Note"])
}

/// What confirms that patches of a sample are closed.
pub(crate) fn of_confirmations() -> Vec<&'static Column<SampleRow>> {
    named(&[
        "Line",
        "InstanceId",
        "KBId",
        "Status",
        "Closed",
        "Operation",
        "ConfirmedBy",
        "SnapshotId",
        "RunId",
    ])
}

/// Of what runs say of nodes for people.
pub(crate) fn of_snapshots_for_people() -> Vec<&'static Column<NodeSnapshot>> {
    named(&["InstanceId", "RunStart", "Verdict", "Note", "RunId"])
}

/// How many nodes a group has, and with which verdicts.
const VERDICT_COUNTS: &[&str] = &[
    "Nodes",
    "CompliantPercent",
    "Compliant",
    "NonCompliant",
    "Stale",
    "NoData",
    "Unread",
];

/// Of all nodes at each snapshot.
pub(crate) fn of_trend() -> Vec<&'static Column<TrendRow>> {
    let all = TrendRow::columns().iter();
    all.filter(|column| !column.name.starts_with("Group") && column.name != "By")
        .collect()
}

/// The same for people.
pub(crate) fn of_trend_for_people() -> Vec<&'static Column<TrendRow>> {
    let names: &[&str] = &["UnreadScopes", "MissingCount", "FailedCount"];
    named(&[&["Snapshot"], VERDICT_COUNTS, names].concat())
}

/// Of what runs say of nodes that a sample names alone.
pub(crate) fn of_snapshots() -> Vec<&'static Column<NodeSnapshot>> {
    named(&[
        "InstanceId",
        "AccountId",
        "Region",
        "Name",
        "RunId",
        "RunStart",
        "Verdict",
        "Note",
    ])
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
    let mut columns = of_node_table(report, &[names, due, &["Title", "CVEIds"]].concat());
    if report.history.is_some() {
        // What the limit counts from stands beside the limit.
        let is_shown = |column: &&Column<PatchRow>| match column.name {
            // It differs from MissingSince only where the patch was installed in between.
            "FirstSeen" => false,
            "DueFrom" => report.due_dates.is_some(),
            _ => true,
        };
        let at = columns.iter().position(|column| column.name == "Title");
        let at = at.unwrap_or(columns.len());
        columns.splice(at..at, MISSING_TIMES.iter().filter(is_shown));
    }
    columns
}

/// The columns of a table of groups of nodes for people.
pub(crate) fn of_groups(has_second_key: bool) -> Vec<&'static Column<NodeGroup>> {
    let second: &[&str] = if has_second_key { &["Group2"] } else { &[] };
    let names: &[&str] = &["MissingCount", "FailedCount", "RebootNodes", "OldestAge"];
    named(&[&["Group"], second, VERDICT_COUNTS, names].concat())
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
        let patches = PatchRow::columns().len() - 1 + MISSING_TIMES.len();
        assert_eq!(all_of_patches().len(), patches);
        assert_eq!((of_sample().len(), of_snapshots().len()), (25, 8));
        assert_eq!(of_trend_for_people().len(), 11);
        assert_eq!(all_of_nodes().len(), StateRow::columns().len() - 1);
    }
}
