//! The JSON Schema of each document: its rows from the list of columns, everything else
//! from the types that are printed and their comments.
//!
//! The files in `schemas/` are this program's own output, and a test proves them fresh.

mod report;
pub(crate) mod words;

pub(crate) use self::report::report;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::aggregate::diff::Difference;
use crate::aggregate::pivot::PatchGrouping;
use crate::aggregate::trend::TrendRow;
use crate::columns::{Column, ColumnKind, Row};
use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::record::{CallCheck, CallStatus, DatasetFinding};
use crate::render::SCHEMA_VERSION;
use crate::render::config::ConfigDocument;
use crate::render::gate::json::GateDocument;
use crate::render::gate::ndjson::NdjsonLine;
use crate::render::json::collected::{CollectedRunObject, VerifiedObject};
use crate::render::json::diff::{DiffSideObject, DiffSummaryObject};
use crate::render::json::doctor::{CallerObject, DoctorCountsObject, MissingActionsObject};
use crate::render::json::exposure::ExposureObject;
use crate::render::json::history::{HistorySummaryObject, TimeToPatchObject};
use crate::render::json::trend::{TrendSummaryObject, TrendUnreadObject};
use crate::render::json::{
    ConflictObject, DiscoveryObject, RowFilterObject, ScopeObject, TotalsObject, UnreadObject,
};
use crate::report::{
    CollectedRow, EstimateRow, HistoryRow, NodeGroup, PatchAggregateRow, PatchRow, StateRow,
};

const VERDICT_COUNTS: [&str; 3] = ["Compliant", "NonCompliant", "Stale"];

/// The schema of the document of `states`.
#[must_use]
pub(crate) fn states() -> Value {
    let mut document = Document::of_nodes::<StateRow>("states", &VERDICT_COUNTS);
    document.add_row_filter();
    document.add_conflicts();
    document.finish()
}

/// The schema of the document of `summary`.
#[must_use]
pub(crate) fn summary() -> Value {
    let mut document = Document::of_nodes::<NodeGroup>("summary", &VERDICT_COUNTS);
    document.add_conflicts();
    document.add(
        "By",
        json!({"description": "What nodes are grouped by.", "type": "string"}),
    );
    document.add(
        "Total",
        json!({"description": "All groups added up, with every column.", "$ref": "#/$defs/Row"}),
    );
    document.finish()
}

/// The schema of the document of `patches`.
#[must_use]
pub(crate) fn patches() -> Value {
    let mut document = Document::of_nodes::<PatchRow>("patches", &[]);
    document.add_exposure();
    document.add_row_filter();
    document.finish()
}

/// The schema of the document of `patches --by`.
#[must_use]
pub(crate) fn pivot() -> Value {
    let mut document = Document::of_nodes::<PatchAggregateRow>("pivot", &["Patches"]);
    document.argv = "patches --by VIEW";
    document.add_exposure();
    document.add_row_filter();
    let views = PatchGrouping::ALL.map(PatchGrouping::as_str);
    document.add(
        "By",
        json!({"description": "What patches were counted by.", "enum": views}),
    );
    document.finish()
}

/// The schema of the document of `--estimate`.
#[must_use]
pub(crate) fn estimate() -> Value {
    let mut document = Document::of_nodes::<EstimateRow>("estimate", &[]);
    document.add(
        "NotCounted",
        json!({"description": "Operations whose number of calls depends on the answers, so that they are not counted.", "type": "array", "items": {"type": "string"}}),
    );
    document.finish()
}

/// The schema of the document of `diff`.
#[must_use]
pub(crate) fn diff() -> Value {
    let mut document = Document::of_rows::<Difference>("diff");
    document.argv = "diff BEFORE AFTER";
    document.add_tags();
    for side in ["Before", "After"] {
        let schema = document.generator.subschema_for::<DiffSideObject>();
        document.add(side, schema.to_value());
    }
    document.add_row_filter();
    let summary = document.schema_of::<DiffSummaryObject>();
    document.add("Summary", summary);
    document.finish()
}

/// The schema of the document of `collect`.
#[must_use]
pub(crate) fn collect() -> Value {
    let mut document = Document::of_nodes::<CollectedRow>("collect", &[]);
    let run = document.schema_of::<CollectedRunObject<'_>>();
    document.add("Run", run);
    document.finish()
}

/// The schema of the document of `verify`.
#[must_use]
pub(crate) fn verify() -> Value {
    let mut document = Document::of_rows::<DatasetFinding>("verify");
    document.argv = "verify LOCATION";
    let summary = document.schema_of::<VerifiedObject<'_>>();
    document.add("Summary", summary);
    document.finish()
}

/// The schema of the document of `history`.
#[must_use]
pub(crate) fn history() -> Value {
    let mut document = Document::of_rows::<HistoryRow>("history");
    document.add_tags();
    document.add_list::<TimeToPatchObject>(
        "TimeToPatch",
        "By severity: how long patches took, and how many met the time limit.",
    );
    document.add_row_filter();
    let summary = document.schema_of::<HistorySummaryObject>();
    document.add("Summary", summary);
    document.finish()
}

/// The schema of the document of `trend`.
#[must_use]
pub(crate) fn trend() -> Value {
    let mut document = Document::of_rows::<TrendRow>("trend");
    document.add(
        "By",
        json!({"description": "What nodes are grouped by; null where all are one group.", "type": ["string", "null"]}),
    );
    document.add(
        "Totals",
        json!({"description": "All nodes of each snapshot, with every column.", "type": "array", "items": {"$ref": "#/$defs/Row"}}),
    );
    document.add_list::<TrendUnreadObject>(
        "Unread",
        "The regions, accounts and profiles that could not be read at some snapshot.",
    );
    let summary = document.schema_of::<TrendSummaryObject>();
    document.add("Summary", summary);
    document.finish()
}

/// The schema of the document of `doctor`.
#[must_use]
pub(crate) fn doctor() -> Value {
    let mut document = Document::of_rows::<CallCheck>("doctor");
    document.add_list::<CallerObject>(
        "Callers",
        "The identity that made the calls, in each account and region.",
    );
    document.add_list::<MissingActionsObject>(
        "MissingPermissions",
        "The actions that were denied, by account.",
    );
    let summary = document.schema_of::<DoctorCountsObject>();
    document.add("Summary", summary);
    document.finish()
}

/// The schema of the document of `check`.
#[must_use]
pub(crate) fn check() -> Value {
    let mut generator = generator();
    generator.subschema_for::<NdjsonLine<'_>>();
    with_header(
        generator.into_root_schema_for::<GateDocument<'_>>(),
        "check",
        "patchctl check -o json",
    )
}

/// The schema of the document of `config show`.
#[must_use]
pub(crate) fn config() -> Value {
    with_header(
        generator().into_root_schema_for::<ConfigDocument<'_>>(),
        "config",
        "patchctl config show -o json",
    )
}

fn with_header(schema: Schema, command: &str, title: &str) -> Value {
    let mut schema = schema.to_value();
    schema["$id"] = format!("urn:patchctl:{command}:v{SCHEMA_VERSION}").into();
    schema["title"] = title.into();
    schema
}

/// Of what is printed: no other member than those of the types, all of them there.
fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(make_strict))
        .into_generator()
}

fn make_strict(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if schema.contains_key("properties") {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    // Comments have lines.
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    // The names of Rust's types say nothing here.
    schema.retain(|key, value| match key.as_str() {
        "title" => !value.is_string(),
        "format" => !value.as_str().is_some_and(|name| name.starts_with("uint")),
        _ => true,
    });
}

/// A document of rows that have columns.
struct Document {
    generator: SchemaGenerator,
    command: &'static str,
    argv: &'static str,
    row: Value,
    properties: Map<String, Value>,
    optional: Vec<&'static str>,
}

impl Document {
    fn of_rows<R: Row>(command: &'static str) -> Self {
        let columns = R::columns().iter();
        let columns = columns.map(|column| (column.name.to_owned(), property(column)));
        let row = json!({
            "type": "object", "additionalProperties": false,
            "properties": columns.collect::<Map<_, _>>(),
        });
        let mut document = Self {
            generator: generator(),
            command,
            argv: command,
            row,
            properties: Map::new(),
            optional: Vec::new(),
        };
        document.add("SchemaVersion", json!({"const": SCHEMA_VERSION}));
        document.add(
            R::JSON_KEY,
            json!({"type": "array", "items": {"$ref": "#/$defs/Row"}}),
        );
        document
    }

    /// `more_counts`: what its counts have beside those of nodes and rows.
    fn of_nodes<R: Row>(command: &'static str, more_counts: &[&str]) -> Self {
        let mut document = Self::of_rows::<R>(command);
        document.add_tags();
        document.add(
            "NoData",
            json!({
                "description": "The nodes for which the service has no data to judge by.",
                "type": "array", "items": {"type": "string"},
            }),
        );
        document.add_list::<UnreadObject>(
            "Unread",
            "The nodes that could not be read, in whole or in part; without an InstanceId, a region, account or profile.",
        );
        document.add_list::<ScopeObject>(
            "Skipped",
            "Regions and accounts that --skip-region, --skip-account and --skip-ou leave out.",
        );
        document.add_list::<DiscoveryObject>(
            "Discovery",
            "How nodes were found, where not all were named.",
        );
        let mut totals = document.schema_of::<TotalsObject>();
        let Some(Value::Array(required)) = totals.get_mut("required") else {
            unreachable!("counts of nodes are always there");
        };
        required.extend(more_counts.iter().map(|name| (*name).into()));
        let required = required.clone();
        if let Some(counts) = totals["properties"].as_object_mut() {
            counts.retain(|name, _| required.iter().any(|known| *known == **name));
        }
        document.add("Summary", totals);
        document
    }

    fn add(&mut self, name: &'static str, schema: Value) {
        self.properties.insert(name.to_owned(), schema);
    }

    fn add_list<T: JsonSchema>(&mut self, name: &'static str, description: &str) {
        let items = self.generator.subschema_for::<T>();
        self.add(
            name,
            json!({"description": description, "type": "array", "items": items}),
        );
    }

    fn add_tags(&mut self) {
        self.row["patternProperties"] = json!({
            "^tag:": {"description": "The value of a tag, with --columns +tag:KEY.", "type": ["string", "null"]},
        });
    }

    fn add_conflicts(&mut self) {
        self.add_list::<ConflictObject>(
            "BaselineConflicts",
            "Nodes scanned with another baseline than the rest of their patch group: each scan overwrites the one before.",
        );
    }

    fn add_row_filter(&mut self) {
        let filter = self.generator.subschema_for::<RowFilterObject>().to_value();
        self.add("RowFilter", filter);
        self.optional.push("RowFilter");
    }

    fn add_exposure(&mut self) {
        self.add_list::<ExposureObject<'_>>(
            "Exposure",
            "With --cve: which nodes lack its fix, and for which that is unknown. A CVE can be seen open, never proven closed.",
        );
        self.optional.push("Exposure");
    }

    fn schema_of<T: JsonSchema>(&mut self) -> Value {
        let mut schema = self.generator.subschema_for::<T>();
        RecursiveTransform(make_strict).transform(&mut schema);
        schema.to_value()
    }

    fn finish(mut self) -> Value {
        let names = self.properties.keys().map(String::as_str);
        let required: Vec<&str> = names.filter(|name| !self.optional.contains(name)).collect();
        let mut definitions = self.generator.take_definitions(true);
        definitions.insert("Row".to_owned(), self.row);
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:patchctl:{}:v{SCHEMA_VERSION}", self.command),
            "title": format!("patchctl {} -o json", self.argv),
            "description": "Rows hold every column unless --columns chose some. With -o ndjson each line is one row.",
            "type": "object",
            "required": required,
            "additionalProperties": false,
            "properties": &self.properties,
            "$defs": definitions,
        })
    }
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
