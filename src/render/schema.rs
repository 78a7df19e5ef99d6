//! The JSON Schema of each document, made from the list of columns.
//!
//! Knows what a kind of column is in JSON. The files in `schemas/` are this
//! program's own output, and a test holds them to it.

pub(super) mod check;
mod config;
mod doctor;

use serde_json::{Map, Value, json};

use crate::aggregate::exposure::NotJudgedReason;
use crate::aggregate::pivot::PatchGrouping;
use crate::columns::{Column, ColumnKind, Row};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::record::CallStatus;
use crate::render::SCHEMA_VERSION;
use crate::report::{EstimateRow, NodeGroup, PatchAggregateRow, PatchRow, StateRow};

pub use self::check::check;
pub use self::config::config;
pub use self::doctor::doctor;

/// The schema of the document of `states`.
#[must_use]
pub fn states() -> Value {
    verdict_document::<StateRow>("states")
}

/// The schema of the document of `summary`.
#[must_use]
pub fn summary() -> Value {
    let mut document = verdict_document::<NodeGroup>("summary");
    if let Some(required) = document["required"].as_array_mut() {
        required.extend(["By".into(), "Total".into()]);
    }
    let properties = &mut document["properties"];
    properties["By"] = json!({"description": "What nodes are grouped by.", "type": "string"});
    properties["Total"] = json!({
        "description": "All groups added up, with every column.", "$ref": "#/$defs/Row",
    });
    document
}

/// The schema of a document that tells what verdicts come to.
fn verdict_document<R: Row>(command: &str) -> Value {
    let mut document = document::<R>(command, &["Compliant", "NonCompliant", "Stale"]);
    if let Some(required) = document["required"].as_array_mut() {
        required.push("BaselineConflicts".into());
    }
    document["properties"]["BaselineConflicts"] = conflicts();
    document
}

/// Nodes that were scanned with another baseline than the rest of their group.
fn conflicts() -> Value {
    json!({
        "description": "Nodes scanned with another baseline than the rest of their patch group: each scan overwrites the one before.",
        "type": "array",
        "items": {
            "type": "object", "additionalProperties": false,
            "required": ["Region", "AccountId", "PatchGroup", "BaselineId", "Nodes", "InstanceIds", "OtherBaselines", "SameOperatingSystem"],
            "properties": {
                "Region": {"type": "string"},
                "AccountId": {"type": ["string", "null"]},
                "PatchGroup": {"type": "string"},
                "BaselineId": {"description": "The baseline of these nodes.", "type": "string"},
                "Nodes": {"type": "integer", "minimum": 1},
                "InstanceIds": {"description": "The first 20 of them.", "type": "array", "items": {"type": "string"}},
                "OtherBaselines": {
                    "description": "The other baselines of the group.", "type": "array",
                    "items": {
                        "type": "object", "required": ["BaselineId", "Nodes"], "additionalProperties": false,
                        "properties": {"BaselineId": {"type": "string"}, "Nodes": {"type": "integer", "minimum": 1}},
                    },
                },
                "SameOperatingSystem": {"description": "null where the baselines' operating systems are not known.", "type": ["boolean", "null"]},
            },
        },
    })
}

/// The schema of the document of `patches`.
#[must_use]
pub fn patches() -> Value {
    let mut document = document::<PatchRow>("patches", &[]);
    document["properties"]["Exposure"] = exposure();
    document
}

/// The schema of the document of `patches --by`.
#[must_use]
pub fn pivot() -> Value {
    let mut document = document::<PatchAggregateRow>("pivot", &["Patches"]);
    document["title"] = "patchctl patches --by VIEW -o json".into();
    document["properties"]["Exposure"] = exposure();
    document["properties"]["By"] = json!({
        "description": "What patches were counted by.",
        "enum": PatchGrouping::ALL.map(PatchGrouping::as_str),
    });
    if let Some(required) = document["required"].as_array_mut() {
        required.push("By".into());
    }
    document
}

/// What is known of each CVE that was asked for.
fn exposure() -> Value {
    let place = || {
        json!({
            "InstanceId": {"type": ["string", "null"]},
            "Region": {"type": ["string", "null"]},
            "AccountId": {"type": ["string", "null"]},
        })
    };
    let mut doubted = place();
    doubted["Code"] = json!({"enum": NotJudgedReason::CODES});
    doubted["Profile"] = json!({"type": ["string", "null"]});
    doubted["Cause"] = json!({"type": "string"});
    json!({
        "description": "With --cve: which nodes lack its fix, and which cannot be judged. A CVE can be seen open, never proven closed.",
        "type": "array",
        "items": {
            "type": "object", "additionalProperties": false,
            "required": ["CVEId", "Open", "NotJudged", "NotSeen"],
            "properties": {
                "CVEId": {"type": "string"},
                "Open": {
                    "description": "The nodes that lack its fix: a missing or failed patch names it.",
                    "type": "array",
                    "items": {
                        "type": "object", "additionalProperties": false,
                        "required": ["InstanceId", "Region", "AccountId"], "properties": place(),
                    },
                },
                "NotJudged": {
                    "description": "The other nodes of which nothing can be said, each once, with the strongest reason; without an InstanceId, a region, account or profile that could not be read.",
                    "type": "array",
                    "items": {
                        "type": "object", "additionalProperties": false,
                        "required": ["InstanceId", "Region", "AccountId", "Profile", "Code", "Cause"], "properties": doubted,
                    },
                },
                "NotSeen": {"description": "How many nodes were judged and are not seen to lack it, which is no proof.", "type": "integer", "minimum": 0},
            },
        },
    })
}

/// The schema of the document of `--estimate`.
#[must_use]
pub fn estimate() -> Value {
    document::<EstimateRow>("estimate", &[])
}

fn document<R: Row>(command: &str, more_counts: &[&str]) -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    let counts: Map<String, Value> = [
        "Nodes",
        "Answered",
        "NoData",
        "Unread",
        "UnreadScopes",
        "Rows",
        "Hidden",
    ]
    .iter()
    .chain(more_counts)
    .map(|name| ((*name).to_owned(), count()))
    .collect();
    let required: Vec<&String> = counts.keys().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:patchctl:{command}:v{SCHEMA_VERSION}"),
        "title": format!("patchctl {command} -o json"),
        "description": "Rows hold every column unless --columns chose some. With -o ndjson each line is one row.",
        "type": "object",
        "required": ["SchemaVersion", R::JSON_KEY, "NoData", "Unread", "Discovery", "Summary"],
        "additionalProperties": false,
        "properties": {
            "SchemaVersion": {"const": SCHEMA_VERSION},
            R::JSON_KEY: {"type": "array", "items": {"$ref": "#/$defs/Row"}},
            "NoData": {
                "description": "The nodes that the service has no data of to judge by.",
                "type": "array", "items": {"type": "string"},
            },
            "Unread": {
                "description": "The nodes that could not be read, in whole or in part; without an InstanceId, a region, account or profile of which nothing could be read.",
                "type": "array", "items": {"$ref": "#/$defs/Unread"},
            },
            "Discovery": {
                "description": "How nodes were found, where not all were named.",
                "type": "array", "items": {"$ref": "#/$defs/Discovery"},
            },
            "Summary": {
                "description": "Nodes is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and profiles; Rows counts the rows of this document.",
                "type": "object", "required": required, "additionalProperties": false,
                "properties": &counts,
            },
        },
        "$defs": {
            "Row": {
                "type": "object", "additionalProperties": false,
                "properties": R::columns().iter().map(|column| (column.name.to_owned(), property(column))).collect::<Map<_, _>>(),
                "patternProperties": {"^tag:": {"description": "The value of a tag, with --columns +tag:KEY.", "type": ["string", "null"]}},
            },
            "Discovery": {
                "type": "object",
                "required": ["Calls", "Limitations", "StoppedWithoutRecord", "Scopes"],
                "additionalProperties": false,
                "properties": {
                    "Calls": {"description": "The calls that found them.", "type": "array", "items": {"type": "string"}},
                    "Limitations": {"description": "What these calls cannot find.", "type": "array", "items": {"type": "string"}},
                    "StoppedWithoutRecord": {"description": "Stopped EC2 instances without a patch record: not managed, or never scanned. They have no row.", "type": "integer", "minimum": 0},
                    "Scopes": {"type": "array", "items": {
                        "type": "object", "required": ["Region", "AccountId"], "additionalProperties": false,
                        "properties": {"Region": {"type": ["string", "null"]}, "AccountId": {"type": ["string", "null"]}},
                    }},
                },
            },
            "Unread": {
                "type": "object",
                "required": ["InstanceId", "Region", "AccountId", "Profile", "Code", "Cause"],
                "additionalProperties": false,
                "properties": {
                    "InstanceId": {"type": ["string", "null"]},
                    "Region": {"type": ["string", "null"]},
                    "AccountId": {"type": ["string", "null"]},
                    "Profile": {"type": ["string", "null"]},
                    "Code": {"description": "AWS's error code, or Timeout, Unreachable, Unreadable, RepeatedToken, TooManyPages, Contradiction, Interrupted, TimeLimit, NotSent.", "type": "string"},
                    "Cause": {"type": "string"},
                },
            },
        },
    })
}

fn property<R>(column: &Column<R>) -> Value {
    let mut property = match column.kind {
        ColumnKind::Word
        | ColumnKind::Id
        | ColumnKind::Call
        | ColumnKind::Text
        | ColumnKind::Prose
        | ColumnKind::State => {
            json!({"type": ["string", "null"]})
        }
        ColumnKind::Count | ColumnKind::ViolationCount | ColumnKind::Age => {
            json!({"type": ["integer", "null"], "minimum": 0})
        }
        ColumnKind::Time => json!({"type": ["string", "null"], "format": "date-time"}),
        ColumnKind::Verdict => json!({"enum": Verdict::ALL.map(Verdict::as_str)}),
        ColumnKind::Check => json!({"enum": CallStatus::ALL.map(CallStatus::as_str)}),
        ColumnKind::Percent => json!({"type": ["number", "null"], "minimum": 0, "maximum": 100}),
        ColumnKind::Flag => json!({"type": ["boolean", "null"]}),
        ColumnKind::Severity => {
            let mut words = json!(Severity::ALL.map(Severity::as_str));
            if let Some(words) = words.as_array_mut() {
                words.push(Value::Null);
            }
            json!({"enum": words})
        }
        ColumnKind::Names | ColumnKind::CveList => {
            json!({"type": ["array", "null"], "items": {"type": "string"}})
        }
    };
    property["description"] = column.help.into();
    property
}
