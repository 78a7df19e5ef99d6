//! JSON: one document that is a superset of the AWS CLI's, one row a line.
//!
//! Streams: rows first, then the members below them. `null` is "unknown".

pub(crate) mod collected;
pub(crate) mod diff;
pub(super) mod doctor;
pub(super) mod encode;
pub(super) mod exposure;
pub(super) mod history;
pub(crate) mod indented;
mod object_writer;
pub(super) mod tokens;
pub(super) mod trend;

use std::io::Write;

use anyhow::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::columns::Row;
use crate::compliance::baseline_conflict::BaselineConflict;
use crate::record::{DiscoveryReport, InfoField, Node, Scope, Unread};
use crate::render::json::encode::write_value;
use crate::render::{Columns, RenderFooter, RenderOptions, Renderer, SCHEMA_VERSION};
use crate::report::{Coverage, Note, RowFilterCounts, VerdictCounts};

pub(super) use self::object_writer::ObjectWriter;

pub(super) struct JsonRenderer<R: 'static> {
    objects: ObjectWriter<R>,
    /// The row that is written, in one piece: a member at a time takes longer.
    line: Vec<u8>,
    row_count: u64,
}

impl<R: Row> JsonRenderer<R> {
    pub(super) fn new(columns: &Columns<R>, options: RenderOptions) -> Self {
        Self {
            objects: ObjectWriter::new(columns, options),
            line: Vec::new(),
            row_count: 0,
        }
    }
}

impl<R: Row<Footer: RenderFooter>> Renderer<R> for JsonRenderer<R> {
    fn write_header(&mut self, out: &mut dyn Write) -> Result<()> {
        write!(
            out,
            "{{\n\"SchemaVersion\":{SCHEMA_VERSION},\n\"{}\":[",
            R::JSON_KEY
        )?;
        Ok(())
    }

    fn write_row(&mut self, row: &R, out: &mut dyn Write) -> Result<()> {
        // It is in `NoData` or `Unread`, below.
        if !row.is_in_json() {
            return Ok(());
        }
        let before: &[u8] = if self.row_count == 0 { b"\n" } else { b",\n" };
        self.row_count += 1;
        self.line.clear();
        self.line.extend_from_slice(before);
        self.objects.write(&mut self.line, row)?;
        out.write_all(&self.line)?;
        Ok(())
    }

    // The document has members for what the notes say.
    fn write_footer(&mut self, footer: &R::Footer, _: &[Note], out: &mut dyn Write) -> Result<()> {
        if self.row_count > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(b"]")?;
        footer.write_json(self.row_count, self.objects.to_terminal, out)?;
        out.write_all(b"\n}\n")?;
        Ok(())
    }
}

/// Writes a member of the document, after others.
pub(super) fn write_member(
    out: &mut dyn Write,
    name: &str,
    value: &(impl Serialize + ?Sized),
) -> Result<()> {
    write!(out, ",\n\"{name}\":")?;
    write_value(out, value, true)
}

pub(super) fn write_list<'t, T, S: Serialize>(
    out: &mut dyn Write,
    name: &str,
    items: &'t [T],
    object: impl Fn(&'t T) -> S,
) -> Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    for (at, item) in items.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        // Wherever it goes: there are few of these, and it is the same JSON.
        write_value(&mut *out, &object(item), true)?;
    }
    out.write_all(if items.is_empty() { b"]" } else { b"\n]" })?;
    Ok(())
}

/// Without an InstanceId: a region, account or profile of which nothing could be read.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Unread")]
pub(super) struct UnreadObject {
    instance_id: Option<String>,
    region: Option<String>,
    account_id: Option<String>,
    /// Where AWS Organizations tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    profile: Option<String>,
    /// AWS's error code, or Timeout, Unreachable, Unreadable, RepeatedToken, TooManyPages,
    /// Contradiction, Interrupted, TimeLimit, NotSent.
    code: String,
    cause: String,
}

impl UnreadObject {
    pub(super) fn new(unread: &Unread) -> Self {
        let subject = &unread.subject;
        Self {
            instance_id: subject.id().map(ToOwned::to_owned),
            region: subject.region().map(ToOwned::to_owned),
            account_id: subject.account().map(ToOwned::to_owned),
            account_name: subject.account_name().map(ToOwned::to_owned),
            profile: subject.profile().map(ToOwned::to_owned),
            code: unread.cause.code.to_string(),
            cause: unread.cause.text.to_string(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Discovery")]
pub(super) struct DiscoveryObject {
    /// The calls that found nodes.
    calls: Vec<String>,
    /// What these calls cannot find.
    limitations: Vec<String>,
    /// Stopped EC2 instances without a patch record: not managed, or never scanned. They
    /// have no row.
    stopped_without_record: u64,
    /// The running EC2 instances that Systems Manager does not manage; null where EC2 did not
    /// list them. They have rows with --unmanaged.
    unmanaged: Option<Vec<UnmanagedObject>>,
    /// Nodes that --exclude, --exclude-tag and --exclude-platform leave out.
    excluded_nodes: u64,
    scopes: Vec<ScopeObject>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Scope")]
pub(super) struct ScopeObject {
    region: Option<String>,
    account_id: Option<String>,
    /// Where AWS Organizations tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
}

/// A running EC2 instance that Systems Manager does not manage.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Unmanaged")]
struct UnmanagedObject {
    instance_id: String,
    /// The EC2 tag Name.
    name: Option<String>,
    region: String,
    account_id: Option<String>,
}

impl UnmanagedObject {
    fn new(node: &Node) -> Self {
        let name = node
            .info
            .as_ref()
            .and_then(|info| info.get(InfoField::Name));
        Self {
            instance_id: node.id.to_string(),
            name: name.map(ToOwned::to_owned),
            region: node.location.region.to_string(),
            account_id: node.location.account.as_deref().map(ToOwned::to_owned),
        }
    }
}

impl ScopeObject {
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            region: scope.region.as_deref().map(ToOwned::to_owned),
            account_id: scope.account.as_deref().map(ToOwned::to_owned),
            account_name: scope.account_name.as_deref().map(ToOwned::to_owned),
        }
    }
}

impl DiscoveryObject {
    pub(super) fn new(finding: &DiscoveryReport) -> Self {
        Self {
            calls: finding.calls.clone(),
            limitations: finding.limitations.clone(),
            stopped_without_record: finding.stopped_without_record,
            unmanaged: finding.unmanaged.as_ref().map(|nodes| {
                let nodes = nodes.iter();
                nodes.map(UnmanagedObject::new).collect()
            }),
            excluded_nodes: finding.excluded_nodes.unwrap_or_default(),
            scopes: finding.scopes.iter().map(ScopeObject::new).collect(),
        }
    }
}

/// With --where or a short form of it: how many rows are shown, and how many are not.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "RowFilter")]
pub(super) struct RowFilterObject {
    /// In the grammar of --where.
    conditions: Vec<String>,
    shown: u64,
    hidden: u64,
    /// Those of Hidden that are about nodes without data.
    hidden_no_data: u64,
    /// The others of Hidden for which a condition is neither met nor broken, as a value is
    /// not known.
    hidden_unknown: u64,
}

impl RowFilterObject {
    pub(super) fn new(counts: &RowFilterCounts) -> Self {
        Self {
            conditions: counts.conditions.clone(),
            shown: counts.shown,
            hidden: counts.hidden,
            hidden_no_data: counts.hidden_no_data,
            hidden_unknown: counts.hidden_unknown.values().sum(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "BaselineConflict")]
pub(super) struct ConflictObject {
    region: String,
    account_id: Option<String>,
    patch_group: String,
    /// The baseline of these nodes.
    baseline_id: String,
    #[schemars(range(min = 1))]
    nodes: u64,
    /// The first 20 of them.
    instance_ids: Vec<String>,
    /// The other baselines of the group.
    other_baselines: Vec<BaselineUsersObject>,
    /// null where the baselines' operating systems are not known.
    same_operating_system: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "BaselineUsers")]
struct BaselineUsersObject {
    baseline_id: String,
    #[schemars(range(min = 1))]
    nodes: u64,
}

impl ConflictObject {
    pub(super) fn new(conflict: &BaselineConflict) -> Self {
        let users = |(id, nodes): &(Box<str>, u64)| BaselineUsersObject {
            baseline_id: id.to_string(),
            nodes: *nodes,
        };
        Self {
            region: conflict.location.region.to_string(),
            account_id: conflict.location.account.as_deref().map(ToOwned::to_owned),
            patch_group: conflict.patch_group.to_string(),
            baseline_id: conflict.baseline_id.to_string(),
            nodes: conflict.node_count,
            instance_ids: conflict.node_ids.iter().map(ToString::to_string).collect(),
            other_baselines: conflict.other_baselines.iter().map(users).collect(),
            same_operating_system: conflict.is_certain.then_some(true),
        }
    }
}

/// Nodes is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and
/// profiles; Rows counts the rows of this document.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(super) struct TotalsObject {
    nodes: u64,
    answered: u64,
    no_data: u64,
    unread: u64,
    unread_scopes: u64,
    rows: u64,
    hidden: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    patches: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    compliant: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    non_compliant: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    stale: Option<u64>,
}

impl TotalsObject {
    pub(super) fn new(coverage: &Coverage, rows: u64) -> Self {
        let totals = &coverage.totals;
        Self {
            nodes: totals.asked,
            answered: totals.answered,
            no_data: totals.no_data,
            unread: totals.unread,
            unread_scopes: totals.unread_scopes,
            rows,
            hidden: totals.hidden,
            ..Self::default()
        }
    }

    pub(super) fn with_patches(self, patches: u64) -> Self {
        Self {
            patches: Some(patches),
            ..self
        }
    }

    pub(super) fn with_verdicts(self, verdicts: VerdictCounts) -> Self {
        Self {
            compliant: Some(verdicts.compliant),
            non_compliant: Some(verdicts.non_compliant),
            stale: Some(verdicts.stale),
            ..self
        }
    }
}
