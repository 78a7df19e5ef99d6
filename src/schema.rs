//! The JSON Schema of each document, made from the list of columns.
//!
//! Knows what a kind of column is in JSON. The files in `schemas/` are this
//! program's own output, and a test holds them to it.

use serde_json::{Map, Value, json};

use crate::columns::{Column, Kind, Row};
use crate::render::SCHEMA_VERSION;
use crate::report::{PatchRow, StateRow};
use crate::verdict::Verdict;

/// The schema of the document of `states`.
#[must_use]
pub fn states() -> Value {
    document::<StateRow>("states", &["Compliant", "NonCompliant"])
}

/// The schema of the document of `patches`.
#[must_use]
pub fn patches() -> Value {
    document::<PatchRow>("patches", &[])
}

fn document<R: Row>(command: &str, more_counts: &[&str]) -> Value {
    let count = || json!({"type": "integer", "minimum": 0});
    let counts: Map<String, Value> = ["Asked", "Answered", "NoData", "Unread", "Rows", "Hidden"]
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
        "required": ["SchemaVersion", R::DOCUMENT, "NoData", "Unread", "Summary"],
        "additionalProperties": false,
        "properties": {
            "SchemaVersion": {"const": SCHEMA_VERSION},
            R::DOCUMENT: {"type": "array", "items": {"$ref": "#/$defs/Row"}},
            "NoData": {
                "description": "The nodes that the service has no data of to judge by.",
                "type": "array", "items": {"type": "string"},
            },
            "Unread": {
                "description": "The nodes that could not be read, in whole or in part.",
                "type": "array", "items": {"$ref": "#/$defs/Unread"},
            },
            "Summary": {
                "description": "Asked is always Answered + NoData + Unread.",
                "type": "object", "required": required, "additionalProperties": false,
                "properties": &counts,
            },
        },
        "$defs": {
            "Row": {
                "type": "object", "additionalProperties": false,
                "properties": R::columns().iter().map(|column| (column.name.to_owned(), property(column))).collect::<Map<_, _>>(),
            },
            "Unread": {
                "type": "object",
                "required": ["InstanceId", "Region", "AccountId", "Code", "Why"],
                "additionalProperties": false,
                "properties": {
                    "InstanceId": {"type": "string"},
                    "Region": {"type": "string"},
                    "AccountId": {"type": ["string", "null"]},
                    "Code": {"description": "AWS's error code, or Timeout, Unreachable, Unreadable, RepeatedToken, Contradiction, NotSent.", "type": "string"},
                    "Why": {"type": "string"},
                },
            },
        },
    })
}

fn property<R>(column: &Column<R>) -> Value {
    let mut property = match column.kind {
        Kind::Word | Kind::Id | Kind::Text | Kind::Prose | Kind::State => {
            json!({"type": ["string", "null"]})
        }
        Kind::Count | Kind::Finding => json!({"type": ["integer", "null"], "minimum": 0}),
        Kind::Time => json!({"type": ["string", "null"], "format": "date-time"}),
        Kind::Verdict => json!({"enum": Verdict::ALL.map(Verdict::as_str)}),
        Kind::List => json!({"type": ["array", "null"], "items": {"type": "string"}}),
    };
    property["description"] = column.help.into();
    property
}
