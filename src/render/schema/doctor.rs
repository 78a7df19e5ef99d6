//! The JSON Schema of the document of `doctor`, whose rows are about calls.
//!
//! Knows what stands around those rows.

use serde_json::{Map, Value, json};

use crate::columns::Row;
use crate::record::CallCheck;
use crate::render::SCHEMA_VERSION;
use crate::render::schema::property;

/// The schema of the document of `doctor`.
#[must_use]
pub fn doctor() -> Value {
    let text = || json!({"type": ["string", "null"]});
    let counts: Map<String, Value> = ["Checks", "Ok", "Denied", "Failed", "Unread"]
        .iter()
        .map(|name| ((*name).to_owned(), json!({"type": "integer", "minimum": 0})))
        .collect();
    let required: Vec<&String> = counts.keys().collect();
    let columns = CallCheck::columns().iter();
    let columns = columns.map(|column| (column.name.to_owned(), property(column)));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:patchctl:doctor:v{SCHEMA_VERSION}"),
        "title": "patchctl doctor -o json",
        "description": "Rows hold every column unless --columns chose some. With -o ndjson each line is one row.",
        "type": "object",
        "required": ["SchemaVersion", CallCheck::JSON_KEY, "Callers", "MissingPermissions", "Summary"],
        "additionalProperties": false,
        "properties": {
            "SchemaVersion": {"const": SCHEMA_VERSION},
            CallCheck::JSON_KEY: {"type": "array", "items": {"$ref": "#/$defs/Row"}},
            "Callers": {
                "description": "Who was asking, in each account and region.",
                "type": "array", "items": {
                    "type": "object", "additionalProperties": false,
                    "required": ["Region", "AccountId", "Arn", "Credentials", "Endpoint"],
                    "properties": {
                        "Region": {"type": "string"}, "AccountId": text(), "Arn": text(),
                        "Credentials": {"description": "Where the credentials come from.", "type": ["string", "null"]},
                        "Endpoint": {"description": "Where the calls to Systems Manager go; null for the demo inside the process.", "type": ["string", "null"]},
                    },
                },
            },
            "MissingPermissions": {
                "description": "What was denied, by account.",
                "type": "array", "items": {
                    "type": "object", "required": ["AccountId", "Actions"], "additionalProperties": false,
                    "properties": {"AccountId": text(), "Actions": {"type": "array", "items": {"type": "string"}}},
                },
            },
            "Summary": {
                "description": "Checks is always Ok + Denied + Failed + Unread.",
                "type": "object", "required": required, "additionalProperties": false, "properties": &counts,
            },
        },
        "$defs": {
            "Row": {"type": "object", "additionalProperties": false, "properties": columns.collect::<Map<_, _>>()},
        },
    })
}
