//! The report as one JSON document, a row a line; `null` is "unknown".
//!
//! What is printed is frozen apart from the domain's types. The schema comes from these
//! types and their comments, and from the columns of rows.

mod evidence;
mod history;

use std::io::Write;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::evidence::EvidenceObject;
pub(crate) use self::history::FleetHistoryObject;
use crate::aggregate::trend::TrendRow;
use crate::columns::{Column, Row};
use crate::compliance::severity::Severity;
use crate::gate::waiver::{RemarkKind, WaiverRemark};
use crate::render::gate::json::{GateObject, WaivedObject};
use crate::render::json::encode::write_value;
use crate::render::json::{
    ConflictObject, DiscoveryObject, ObjectWriter, ScopeObject, UnreadObject, write_list,
    write_member,
};
use crate::render::report::columns;
use crate::render::schema::words;
use crate::render::{RenderOptions, SCHEMA_VERSION};
use crate::report::fleet::{
    AGE_CLASSES, Definition, DueCounts, DueDates, FleetReport, SeverityAges,
};
use crate::report::{NodeGroup, PatchAggregateRow};

pub(super) fn write(
    report: &FleetReport,
    options: RenderOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let to_terminal = options.width.is_some();
    write!(out, "{{\n\"SchemaVersion\":{SCHEMA_VERSION}")?;
    write_member(out, "Evidence", &EvidenceObject::new(report))?;
    write_member(out, "Summary", &FleetCountsObject::new(report))?;
    let groups = ObjectWriter::with_columns(&group_columns(), to_terminal);
    out.write_all(b",\n\"Total\":")?;
    groups.write(out, &report.total)?;
    let coverage = &report.coverage;
    write_list(out, "NoData", &coverage.no_data, |node| node.id.to_string())?;
    write_list(out, "Unread", &coverage.unread, UnreadObject::new)?;
    write_list(out, "Skipped", &coverage.skipped, ScopeObject::new)?;
    write_list(out, "Discovery", &coverage.discovery, DiscoveryObject::new)?;
    write_list(out, "Remarks", &report.remarks(), |note| {
        note.to_full_line()
    })?;
    out.write_all(b",\n\"Groupings\":[")?;
    for (at, grouping) in report.groupings.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        out.write_all(b"{\"By\":")?;
        write_value(out, &grouping.by, true)?;
        out.write_all(b",\"Groups\":")?;
        write_rows(out, grouping.groups.iter(), &groups)?;
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]")?;
    write_list(out, "Severities", &report.severities, SeverityObject::new)?;
    let due_dates = report.due_dates.as_ref().map(DueDatesObject::new);
    write_member(out, "DueDates", &due_dates)?;
    let history = report.history.as_ref().map(FleetHistoryObject::new);
    write_member(out, "History", &history)?;
    let trend = ObjectWriter::with_columns(&columns::of_trend(), to_terminal);
    let rows: Vec<TrendRow> = report.trend().collect();
    out.write_all(b",\n\"Trend\":")?;
    write_rows(out, rows.iter(), &trend)?;
    let (evidence, snapshots) = report.sample();
    let sample = ObjectWriter::with_columns(&columns::of_sample(), to_terminal);
    out.write_all(b",\n\"Sample\":")?;
    write_rows(out, evidence.iter(), &sample)?;
    let objects = ObjectWriter::with_columns(&columns::of_snapshots(), to_terminal);
    out.write_all(b",\n\"NodeSnapshots\":")?;
    write_rows(out, snapshots.iter(), &objects)?;
    for (name, top) in [
        ("MissingPatches", &report.missing_patches),
        ("MissingCves", &report.cves),
    ] {
        let columns = Column::<PatchAggregateRow>::default_columns();
        let objects = ObjectWriter::with_columns(&columns, to_terminal);
        write!(out, ",\n\"{name}\":")?;
        write_rows(out, top.rows.iter(), &objects)?;
    }
    write_list(
        out,
        "BaselineConflicts",
        &report.conflicts,
        ConflictObject::new,
    )?;
    let gate = report.gate.as_ref().map(GateObject::new);
    write_member(out, "Gate", &gate)?;
    write_list(out, "Waived", &report.waived, WaivedObject::new)?;
    write_list(
        out,
        "WaiverRemarks",
        &report.waiver_remarks,
        WaiverRemarkObject::new,
    )?;
    let definitions: Vec<&Definition> = report.definitions().collect();
    write_list(out, "Definitions", &definitions, |of| {
        DefinitionObject::new(of)
    })?;
    let nodes = ObjectWriter::with_columns(&columns::all_of_nodes(), to_terminal);
    out.write_all(b",\n\"Nodes\":")?;
    let is_node = |row: &&_| Row::is_in_json(*row);
    write_rows(out, report.nodes.iter().filter(is_node), &nodes)?;
    let patches = ObjectWriter::with_columns(&columns::all_of_patches(), to_terminal);
    out.write_all(b",\n\"Patches\":")?;
    write_rows(out, report.patches.iter(), &patches)?;
    out.write_all(b"\n}\n")?;
    Ok(())
}

/// Every column of groups, those of a second key too.
fn group_columns() -> Vec<&'static Column<NodeGroup>> {
    NodeGroup::columns().iter().collect()
}

/// Writes a list with a row a line.
fn write_rows<'r, R: Row>(
    out: &mut dyn Write,
    rows: impl Iterator<Item = &'r R>,
    objects: &ObjectWriter<R>,
) -> Result<()> {
    out.write_all(b"[")?;
    let mut is_empty = true;
    for row in rows {
        out.write_all(if is_empty { b"\n" } else { b",\n" })?;
        is_empty = false;
        objects.write(out, row)?;
    }
    out.write_all(if is_empty { b"]" } else { b"\n]" })?;
    Ok(())
}

/// Nodes is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and
/// profiles.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Summary")]
pub(crate) struct FleetCountsObject {
    nodes: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    unread_scopes: u64,
    /// Regions and accounts that are left out on purpose.
    skipped_scopes: u64,
    /// Running EC2 instances that Systems Manager does not manage; null where EC2 did not
    /// list them.
    unmanaged: Option<u64>,
    /// Nodes that the exclusions of the selection leave out, and listed ones that its
    /// criteria do not match.
    left_out: u64,
    compliant: u64,
    non_compliant: u64,
    stale: u64,
    /// Nodes on which patches wait for a reboot.
    pending_reboots: u64,
    /// Patches that a node lacks or should not have, one for each node: the length of
    /// Patches.
    patches: u64,
    /// Nodes whose patches are not known: no figure of patches counts them.
    unlisted_nodes: u64,
    /// Patches that at least one node lacks, of which MissingPatches lists the first.
    missing_patches: u64,
    /// CVEs that at least one node lacks the fix of, of which MissingCves lists the first.
    missing_cves: u64,
}

impl FleetCountsObject {
    fn new(report: &FleetReport) -> Self {
        let totals = &report.coverage.totals;
        Self {
            nodes: totals.asked,
            answered: totals.answered,
            no_data: totals.no_data,
            unread: totals.unread,
            unread_scopes: totals.unread_scopes,
            skipped_scopes: report.coverage.skipped.len() as u64,
            unmanaged: report.coverage.unmanaged(),
            left_out: report.left_out(),
            compliant: report.total.compliant,
            non_compliant: report.total.non_compliant,
            stale: report.total.stale,
            pending_reboots: report.pending_reboots().count() as u64,
            patches: report.patches.len() as u64,
            unlisted_nodes: report.unlisted_nodes,
            missing_patches: report.missing_patches.total,
            missing_cves: report.cves.total,
        }
    }
}

/// What nodes lack, of one severity.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "SeverityAges")]
pub(crate) struct SeverityObject {
    #[schemars(schema_with = "words::severity")]
    severity_level: &'static str,
    /// Pairs of a node and a patch that it lacks.
    patches: u64,
    /// Nodes that lack one, each once.
    nodes: u64,
    ages: Vec<AgeObject>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Age")]
struct AgeObject {
    /// The class of ages, such as 8 to 30 days.
    age: &'static str,
    patches: u64,
}

impl SeverityObject {
    fn new(row: &SeverityAges) -> Self {
        let ages = AGE_CLASSES.iter().zip(row.by_age);
        Self {
            severity_level: row.severity.as_str(),
            patches: row.patches,
            nodes: row.nodes,
            ages: ages
                .map(|((_, age), patches)| AgeObject { age, patches })
                .collect(),
        }
    }
}

/// null where no severity has a time limit.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "DueDates")]
pub(crate) struct DueDatesObject {
    severities: Vec<DueObject>,
    total: DueObject,
    /// Patches that nodes lack whose severity has no limit.
    unlimited: u64,
}

/// Pairs of a node and a patch that it lacks. Patches is always Within + Overdue + Unknown.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Due")]
struct DueObject {
    /// null of all of them.
    severity_level: Option<&'static str>,
    /// The time limit in seconds; null of all of them.
    limit: Option<u64>,
    patches: u64,
    within: u64,
    /// Of Within, those that come due within 7 days.
    due_soon: u64,
    overdue: u64,
    /// Of unknown release date, where no dataset tells since when nodes lack them.
    unknown: u64,
    /// Those whose limit counts from when a dataset first saw nodes lack them, as their
    /// release date is not known.
    from_first_seen: u64,
    /// The share of Within in Within + Overdue, rounded down; null where there are none.
    within_percent: Option<f64>,
    /// Nodes with an overdue patch, each once.
    overdue_nodes: u64,
    /// The oldest due date that is past.
    oldest_due: Option<String>,
}

impl DueDatesObject {
    fn new(dates: &DueDates) -> Self {
        Self {
            severities: dates.severities.iter().map(DueObject::new).collect(),
            total: DueObject::new(&dates.total),
            unlimited: dates.unlimited,
        }
    }
}

impl DueObject {
    fn new(counts: &DueCounts) -> Self {
        Self {
            severity_level: counts.severity.map(Severity::as_str),
            limit: counts.limit,
            patches: counts.patches,
            within: counts.within,
            due_soon: counts.due_soon,
            overdue: counts.overdue,
            unknown: counts.unknown,
            from_first_seen: counts.from_first_seen,
            within_percent: counts
                .within_tenths()
                .map(|tenths| f64::from(tenths) / 10.0),
            overdue_nodes: counts.overdue_nodes,
            oldest_due: counts.oldest_due.map(|date| date.to_string()),
        }
    }
}

/// A waiver to look at again.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "WaiverRemark")]
pub(crate) struct WaiverRemarkObject<'a> {
    /// Its file and line, such as waivers.toml:12.
    waiver: &'a str,
    /// Why it was accepted.
    reason: &'a str,
    owner: Option<&'a str>,
    /// Until when, as it is written.
    expires: String,
    /// Expired, Unmatched (it matches no finding) or InPart (what it matches fixes CVEs too
    /// that no waiver names).
    kind: &'static str,
    /// The findings that count because it has expired, or covers them in part.
    findings: u64,
}

impl<'a> WaiverRemarkObject<'a> {
    fn new(remark: &'a WaiverRemark) -> Self {
        let waiver = &*remark.waiver;
        Self {
            waiver: &waiver.label,
            reason: &waiver.reason,
            owner: waiver.owner.as_deref(),
            expires: waiver.expires.to_string(),
            kind: remark.kind.as_str(),
            findings: match remark.kind {
                RemarkKind::Expired { findings } | RemarkKind::Partial { findings } => findings,
                RemarkKind::Unmatched => 0,
            },
        }
    }
}

/// A figure, and what it means.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Definition")]
pub(crate) struct DefinitionObject {
    figure: &'static str,
    meaning: &'static str,
}

impl DefinitionObject {
    fn new(definition: &Definition) -> Self {
        Self {
            figure: definition.figure,
            meaning: definition.meaning,
        }
    }
}
