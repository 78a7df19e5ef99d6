//! The JSON Schemas of closed lists of words that the documents share.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::compliance::severity::Severity;
use crate::gate::GateStatus;
use crate::render::SCHEMA_VERSION;

/// `SchemaVersion`.
pub(crate) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"const": SCHEMA_VERSION})
}

/// The status of a gate or a rule.
pub(crate) fn gate_status(_: &mut SchemaGenerator) -> Schema {
    let all = [GateStatus::Pass, GateStatus::Unknown, GateStatus::Fail];
    json_schema!({"enum": all.map(GateStatus::as_str)})
}

/// The status of a finding, which did not pass.
pub(crate) fn finding_status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": [GateStatus::Unknown.as_str(), GateStatus::Fail.as_str()]})
}

/// The status of a line of NDJSON, which may be about a waived finding.
pub(crate) fn line_status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": [GateStatus::Unknown.as_str(), GateStatus::Fail.as_str(), Value::Null]})
}

/// A severity.
pub(crate) fn severity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": Severity::ALL.map(Severity::as_str)})
}
