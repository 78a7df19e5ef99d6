//! The JSON Schema of the document of `check`, which has no columns.
//!
//! Knows the objects of the gate's report, and a line of its NDJSON.

use serde_json::{Map, Value, json};

use crate::compliance::severity::Severity;
use crate::gate::GateStatus;
use crate::render::SCHEMA_VERSION;

/// The schema of the document of `check`.
#[must_use]
pub fn check() -> Value {
    let counts = [
        "Nodes",
        "Answered",
        "NoData",
        "Unread",
        "UnreadScopes",
        "Compliant",
        "NonCompliant",
        "Stale",
    ]
    .map(|name| (name, json!({"type": "integer", "minimum": 0})));
    let mut schema = object([
        ("SchemaVersion", json!({"const": SCHEMA_VERSION})),
        (
            "Status",
            status_enum(&[GateStatus::Pass, GateStatus::Unknown, GateStatus::Fail]),
        ),
        ("Rules", array_of("Rule")),
        ("Waived", array_of("Waived")),
        (
            "Remarks",
            json!({
                "description": "Waivers that have expired or match nothing, and whatever else is to be said.",
                "type": "array", "items": {"type": "string"},
            }),
        ),
        (
            "MaxAge",
            json!({
                "description": "How long a scan is believed, in seconds; null: for ever.",
                "type": ["integer", "null"], "minimum": 1,
            }),
        ),
        ("Configured", array_of("Configured")),
        (
            "Summary",
            with_description(
                object(counts),
                "Nodes is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and profiles.",
            ),
        ),
    ]);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["$id"] = format!("urn:patchctl:check:v{SCHEMA_VERSION}").into();
    schema["title"] = "patchctl check -o json".into();
    schema["description"] = "With -o ndjson each line is one Line.".into();
    schema["$defs"] = definitions();
    schema
}

/// What the document is made of, and a line of NDJSON.
fn definitions() -> Value {
    let rule = object([
        (
            "Rule",
            text_property("The rule as it is written, such as missing>=critical."),
        ),
        (
            "Description",
            text_property("What it asks for, in a sentence."),
        ),
        (
            "Status",
            status_enum(&[GateStatus::Pass, GateStatus::Unknown, GateStatus::Fail]),
        ),
        ("Findings", array_of("Finding")),
    ]);
    let finding = [
        (
            "Status",
            status_enum(&[GateStatus::Unknown, GateStatus::Fail]),
        ),
        ("Detail", text_property("What is wrong.")),
        ("Patches", array_of("Patch")),
        (
            "Remedy",
            text_property("What to do about it; empty where nothing can be said."),
        ),
    ];
    let waived = [
        ("Detail", text_property("What would be wrong.")),
        ("Patches", array_of("Patch")),
        (
            "Waiver",
            text_property("Where the waiver stands, such as waivers.toml:12."),
        ),
        ("Reason", text_property("Why it is waived.")),
        ("Owner", nullable_text("Who answers for it.")),
        ("Expires", text_property("Until when, as it is written.")),
    ];
    let line = [
        (
            "Status",
            json!({"description": "null for a waived finding.", "enum": [GateStatus::Unknown.as_str(), GateStatus::Fail.as_str(), null]}),
        ),
        ("Detail", json!({"type": "string"})),
        ("Patches", array_of("Patch")),
        ("Remedy", nullable_text("null of what is waived.")),
        (
            "Waiver",
            nullable_text("null unless it is waived; such lines only with --show-waived."),
        ),
        ("Reason", nullable_text("Why it is waived.")),
        ("Owner", nullable_text("Who answers for the waiver.")),
        ("Expires", nullable_text("Until when it is waived.")),
        ("Configured", array_of("Configured")),
    ];
    let of_rule = || [("Rule", text_property("The rule as it is written."))];
    json!({
        "Rule": rule,
        "Finding": with_description(
            object(subject().into_iter().chain(finding)),
            "A node has an InstanceId; a region, account or profile has none; where all are null, it is about the whole fleet.",
        ),
        "Configured": with_description(
            object([
                ("Key", text_property("The key: fail-on, waivers, max-age or policy.")),
                ("From", text_property("The file and line that set it, or the variable of the environment.")),
            ]),
            "What decides about the gate and was configured rather than typed.",
        ),
        "Waived": object(of_rule().into_iter().chain(subject()).chain(waived)),
        "Patch": object([
            ("KBId", nullable_text("The patch's id.")),
            ("Title", nullable_text("Its title.")),
            ("State", json!({"type": "string"})),
            ("SeverityLevel", json!({"enum": Severity::ALL.map(Severity::as_str)})),
            ("CVEIds", json!({"type": "array", "items": {"type": "string"}})),
        ]),
        "Line": object(of_rule().into_iter().chain(subject()).chain(line)),
    })
}

fn subject() -> [(&'static str, Value); 4] {
    [
        ("InstanceId", nullable_text("The node's id.")),
        ("Region", nullable_text("Its region.")),
        ("AccountId", nullable_text("Its account.")),
        (
            "Profile",
            nullable_text("A profile that could not be read."),
        ),
    ]
}

fn array_of(of: &str) -> Value {
    json!({"type": "array", "items": {"$ref": format!("#/$defs/{of}")}})
}

fn status_enum(all: &[GateStatus]) -> Value {
    let words: Vec<&str> = all.iter().map(|status| status.as_str()).collect();
    json!({"enum": words})
}

/// An object with exactly these properties.
fn object(properties: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(name, property)| (name.to_owned(), property))
        .collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "additionalProperties": false, "required": required, "properties": &properties})
}

fn with_description(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

fn text_property(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

fn nullable_text(description: &str) -> Value {
    json!({"description": description, "type": ["string", "null"]})
}
