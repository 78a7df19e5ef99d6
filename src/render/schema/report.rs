//! The JSON Schema of the document of `report`.

use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::columns::{Column, Row};
use crate::render::SCHEMA_VERSION;
use crate::render::gate::json::{GateObject, WaivedObject};
use crate::render::json::{ConflictObject, DiscoveryObject, ScopeObject, UnreadObject};
use crate::render::report::columns;
use crate::render::report::json::{
    DefinitionObject, DueDatesObject, EvidenceObject, FleetCountsObject, FleetHistoryObject,
    SeverityObject, WaiverRemarkObject,
};
use crate::render::schema::{generator, make_strict, property};
use crate::report::{NodeGroup, PatchAggregateRow};

/// A member that is a list: its name, its entries, and what it is.
type ListMember = (
    &'static str,
    fn(&mut SchemaGenerator) -> Value,
    &'static str,
);

/// Members that are lists of objects or texts.
const LISTS: [ListMember; 12] = [
    (
        "NoData",
        text,
        "The nodes for which the service has no data to judge by.",
    ),
    (
        "Unread",
        schema_of::<UnreadObject>,
        "The nodes that could not be read, in whole or in part; without an InstanceId, a region, account or profile.",
    ),
    (
        "Skipped",
        schema_of::<ScopeObject>,
        "Regions and accounts that --skip-region and --skip-account leave out.",
    ),
    (
        "Discovery",
        schema_of::<DiscoveryObject>,
        "How nodes were found, where not all were named.",
    ),
    ("Remarks", text, "What else there is to say, a line each."),
    (
        "Groupings",
        grouping,
        "The nodes by what they have in common, one for each --by.",
    ),
    (
        "Severities",
        schema_of::<SeverityObject>,
        "What nodes lack, by severity and age, the most severe first.",
    ),
    (
        "BaselineConflicts",
        schema_of::<ConflictObject>,
        "Nodes scanned with another baseline than the rest of their patch group.",
    ),
    (
        "Waived",
        schema_of::<WaivedObject<'static>>,
        "Accepted findings, each with the waiver that covers it.",
    ),
    (
        "WaiverRemarks",
        schema_of::<WaiverRemarkObject<'static>>,
        "Waivers that have expired, match nothing, or cover a finding in part.",
    ),
    (
        "Definitions",
        schema_of::<DefinitionObject>,
        "What each figure means.",
    ),
    (
        "MissingPatches",
        |_| row_ref("PatchGroup"),
        "The patches that most nodes lack; --top of them.",
    ),
];

/// The same of rows that have columns.
const ROWS: [(&str, &str, &str); 6] = [
    (
        "Trend",
        "TrendRow",
        "With --from: all nodes as one group at each snapshot, the oldest first.",
    ),
    (
        "Sample",
        "SampleRow",
        "With --sample: a row for each patch of a node that a line names, or for the line.",
    ),
    (
        "NodeSnapshots",
        "NodeSnapshot",
        "With --sample: what each run says of the nodes that lines name alone.",
    ),
    (
        "MissingCves",
        "PatchGroup",
        "The CVEs that most nodes lack the fix of; --top of them.",
    ),
    ("Nodes", "Node", "Every node, what to act on first."),
    (
        "Patches",
        "Patch",
        "Every patch that a node lacks or should not have, the worst first.",
    ),
];

/// The schema of the document of `report`.
#[must_use]
pub(crate) fn report() -> Value {
    let mut generator = generator();
    let mut properties = Map::new();
    let mut add = |name: &str, schema: Value| properties.insert(name.to_owned(), schema);
    add("SchemaVersion", json!({"const": SCHEMA_VERSION}));
    add("Evidence", schema_of::<EvidenceObject<'_>>(&mut generator));
    add("Summary", schema_of::<FleetCountsObject>(&mut generator));
    add(
        "Total",
        json!({"description": "All nodes as one group.", "$ref": "#/$defs/Group"}),
    );
    for (name, item, about) in LISTS {
        add(name, list(&item(&mut generator), about));
    }
    for (name, row, about) in ROWS {
        add(name, list(&row_ref(row), about));
    }
    for (name, schema) in [
        ("DueDates", schema_of::<DueDatesObject>(&mut generator)),
        (
            "History",
            schema_of::<FleetHistoryObject<'_>>(&mut generator),
        ),
        ("Gate", schema_of::<GateObject<'_>>(&mut generator)),
    ] {
        add(name, json!({"anyOf": [schema, {"type": "null"}]}));
    }
    let required: Vec<String> = properties.keys().cloned().collect();
    let mut definitions = generator.take_definitions(true);
    let groups: Vec<&Column<NodeGroup>> = NodeGroup::columns().iter().collect();
    let patch_groups = Column::<PatchAggregateRow>::default_columns();
    for (name, row) in [
        ("Group", row_schema(&groups)),
        ("PatchGroup", row_schema(&patch_groups)),
        ("Node", row_schema(&columns::all_of_nodes())),
        ("Patch", row_schema(&columns::all_of_patches())),
        ("TrendRow", row_schema(&columns::of_trend())),
        ("SampleRow", row_schema(&columns::of_sample())),
        ("NodeSnapshot", row_schema(&columns::of_snapshots())),
    ] {
        definitions.insert(name.to_owned(), row);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:patchctl:report:v{SCHEMA_VERSION}"),
        "title": "patchctl report -o json",
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

fn list(item: &Value, about: &str) -> Value {
    json!({"description": about, "type": "array", "items": item})
}

fn row_ref(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn text(_: &mut SchemaGenerator) -> Value {
    json!({"type": "string"})
}

fn grouping(_: &mut SchemaGenerator) -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["By", "Groups"],
        "properties": {
            "By": {"description": "As --by was typed.", "type": "string"},
            "Groups": list(&row_ref("Group"), "The worst first."),
        },
    })
}

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = generator.subschema_for::<T>();
    RecursiveTransform(make_strict).transform(&mut schema);
    schema.to_value()
}

fn row_schema<R: Row>(columns: &[&'static Column<R>]) -> Value {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let columns = columns.iter();
    let columns = columns.map(|column| (column.name.to_owned(), property(column)));
    json!({
        "type": "object", "additionalProperties": false, "required": names,
        "properties": columns.collect::<Map<_, _>>(),
    })
}
