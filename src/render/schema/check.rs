//! The JSON Schema of the document of `check`, which has no columns.
//!
//! Knows the objects of the gate's report, and a line of its NDJSON.

use serde_json::{Map, Value, json};

use crate::compliance::severity::Severity;
use crate::gate::Held;
use crate::render::SCHEMA_VERSION;

/// The schema of the document of `check`.
#[must_use]
pub fn check() -> Value {
    let counts = [
        "Asked",
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
        ("Held", words(&[Held::Held, Held::CannotSay, Held::Broken])),
        ("Rules", list("Rule")),
        ("Waived", list("Waived")),
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
        ("Configured", list("Configured")),
        (
            "Summary",
            described(
                object(counts),
                "Asked is always Answered + NoData + Unread; UnreadScopes counts regions, accounts and profiles.",
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
            told("The rule as it is written, such as missing>=critical."),
        ),
        ("About", told("What it asks for, in a sentence.")),
        ("Held", words(&[Held::Held, Held::CannotSay, Held::Broken])),
        ("Findings", list("Finding")),
    ]);
    let finding = [
        ("Held", words(&[Held::CannotSay, Held::Broken])),
        ("Detail", told("What is wrong.")),
        ("Patches", list("Patch")),
        (
            "Remedy",
            told("What to do about it; empty where nothing can be said."),
        ),
    ];
    let waived = [
        ("Detail", told("What would be wrong.")),
        ("Patches", list("Patch")),
        (
            "Waiver",
            told("Where the waiver stands, such as waivers.toml:12."),
        ),
        ("Reason", told("Why it is waived.")),
        ("Owner", or_null("Who answers for it.")),
        ("Expires", told("Until when, as it is written.")),
    ];
    let line = [
        (
            "Held",
            json!({"description": "null of what is waived.", "enum": ["CANNOT_SAY", "BROKEN", null]}),
        ),
        ("Detail", json!({"type": "string"})),
        ("Patches", list("Patch")),
        ("Remedy", or_null("null of what is waived.")),
        (
            "Waiver",
            or_null("null unless it is waived; such lines only with --show-waived."),
        ),
        ("Reason", or_null("Why it is waived.")),
        ("Owner", or_null("Who answers for the waiver.")),
        ("Expires", or_null("Until when it is waived.")),
        ("Configured", list("Configured")),
    ];
    let of_rule = || [("Rule", told("The rule as it is written."))];
    json!({
        "Rule": rule,
        "Finding": described(
            object(subject().into_iter().chain(finding)),
            "A node has an InstanceId; a region, account or profile has none; where all are null, it is about the whole fleet.",
        ),
        "Configured": described(
            object([
                ("Key", told("The key: fail-on, waivers, max-age or policy.")),
                ("From", told("The file and line that set it, or the variable of the environment.")),
            ]),
            "What decides about the gate and was configured rather than typed.",
        ),
        "Waived": object(of_rule().into_iter().chain(subject()).chain(waived)),
        "Patch": object([
            ("KBId", or_null("The patch's id.")),
            ("Title", or_null("Its title.")),
            ("State", json!({"type": "string"})),
            ("SeverityLevel", json!({"enum": Severity::ALL.map(Severity::as_str)})),
            ("CVEIds", json!({"type": "array", "items": {"type": "string"}})),
        ]),
        "Line": object(of_rule().into_iter().chain(subject()).chain(line)),
    })
}

fn subject() -> [(&'static str, Value); 4] {
    [
        ("InstanceId", or_null("The node's id.")),
        ("Region", or_null("Its region.")),
        ("AccountId", or_null("Its account.")),
        ("Profile", or_null("A profile that could not be read.")),
    ]
}

fn list(of: &str) -> Value {
    json!({"type": "array", "items": {"$ref": format!("#/$defs/{of}")}})
}

fn words(all: &[Held]) -> Value {
    let words: Vec<&str> = all.iter().map(|held| held.as_str()).collect();
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

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = description.into();
    schema
}

fn told(description: &str) -> Value {
    json!({"description": description, "type": "string"})
}

fn or_null(description: &str) -> Value {
    json!({"description": description, "type": ["string", "null"]})
}
