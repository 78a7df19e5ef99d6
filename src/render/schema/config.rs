//! The JSON Schema of the document of `config show`, which is about no node.
//!
//! Knows what stands in it.

use serde_json::{Value, json};

use crate::render::SCHEMA_VERSION;

/// The schema of the document of `config show`.
#[must_use]
pub fn config() -> Value {
    let text = || json!({"type": ["string", "null"]});
    let list = |of: &str| json!({"type": "array", "items": {"$ref": format!("#/$defs/{of}")}});
    let entry = || {
        json!({
            "Value": {
                "description": "A list where the key holds one; empty where it is switched off; null where nothing is set.",
                "type": ["string", "array", "null"], "items": {"type": "string"},
            },
            "Origin": {"enum": ["Flag", "Environment", "File", "Default"]},
            "From": {"description": "The flag, the variable, or the path of the file.", "type": ["string", "null"]},
            "Line": {"type": ["integer", "null"], "minimum": 1},
        })
    };
    let mut setting = entry();
    setting["Key"] = json!({"description": "As a file says it; columns.states is states in the table columns.", "type": "string"});
    setting["Overrides"] = list("Entry");
    setting["Overrides"]["description"] = "What it hides, the highest first.".into();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:patchctl:config:v{SCHEMA_VERSION}"),
        "title": "patchctl config show -o json",
        "type": "object",
        "required": ["SchemaVersion", "Settings", "Files", "Policy", "Policies"],
        "additionalProperties": false,
        "properties": {
            "SchemaVersion": {"const": SCHEMA_VERSION},
            "Settings": list("Setting"),
            "Files": {
                "description": "The files that were looked for, the one that outranks the others first.",
                "type": "array", "items": {
                    "type": "object", "required": ["Kind", "Path", "Found"], "additionalProperties": false,
                    "properties": {"Kind": {"enum": ["Named", "Project", "User"]}, "Path": {"type": "string"}, "Found": {"type": "boolean"}},
                },
            },
            "Policy": {"description": "The policy in use.", "type": text()["type"]},
            "Policies": {
                "type": "array", "items": {
                    "type": "object", "required": ["Name", "Settings"], "additionalProperties": false,
                    "properties": {"Name": {"type": "string"}, "Settings": list("Setting")},
                },
            },
        },
        "$defs": {
            "Setting": {
                "type": "object", "required": ["Key", "Value", "Origin", "From", "Line", "Overrides"],
                "additionalProperties": false, "properties": setting,
            },
            "Entry": {
                "type": "object", "required": ["Value", "Origin", "From", "Line"],
                "additionalProperties": false, "properties": entry(),
            },
        },
    })
}
