//! The files of a dataset as tables of each engine: `raw_nodes`, `raw_patches`,
//! `raw_unread` and `raw_runs`.

use crate::source::dataset::layout::{RUNS, UNKNOWN};
use crate::source::dataset::schema::{ColumnDefinition, ColumnKind, Table};
use crate::sql::engine::Engine;

/// The column of files that has the name of a partition.
const REGION: &str = "Region";

/// The columns of manifests that views use, with their types in JSON.
const RUN_COLUMNS: [(&str, JsonKind); 10] = [
    ("SchemaVersion", JsonKind::Integer),
    ("RunId", JsonKind::Text),
    ("Tool", JsonKind::Text),
    ("StartedAt", JsonKind::Text),
    ("FinishedAt", JsonKind::Text),
    (
        "Selection",
        JsonKind::Struct(&[("IsComplete", JsonKind::Bool)]),
    ),
    (
        "Plan",
        JsonKind::Struct(&[
            ("Patches", JsonKind::Bool),
            ("Baselines", JsonKind::Bool),
            ("ReleaseDates", JsonKind::Bool),
        ]),
    ),
    (
        "Totals",
        JsonKind::Struct(&[
            ("Asked", JsonKind::Integer),
            ("Answered", JsonKind::Integer),
            ("NoData", JsonKind::Integer),
            ("Unread", JsonKind::Integer),
            ("Patches", JsonKind::Integer),
        ]),
    ),
    (
        "Locations",
        JsonKind::List(&[
            ("AccountId", JsonKind::Text),
            ("Region", JsonKind::Text),
            (
                "Discovery",
                JsonKind::Struct(&[
                    ("HasFailedCalls", JsonKind::Bool),
                    ("HasUndecidedNodes", JsonKind::Bool),
                ]),
            ),
        ]),
    ),
    (
        "Unread",
        JsonKind::List(&[(
            "Scope",
            JsonKind::Struct(&[
                ("Account", JsonKind::Text),
                ("Region", JsonKind::Text),
                ("Profile", JsonKind::Text),
            ]),
        )]),
    ),
];

/// The type of a member of a manifest.
#[derive(Clone, Copy)]
enum JsonKind {
    Text,
    Integer,
    Bool,
    Struct(&'static [(&'static str, JsonKind)]),
    List(&'static [(&'static str, JsonKind)]),
}

impl JsonKind {
    fn render(self, engine: Engine) -> String {
        match self {
            Self::Text => match engine {
                Engine::DuckDb | Engine::Trino => "VARCHAR".to_owned(),
                Engine::Spark | Engine::Athena => "STRING".to_owned(),
            },
            Self::Integer => "BIGINT".to_owned(),
            Self::Bool => "BOOLEAN".to_owned(),
            Self::Struct(members) => {
                let (separator, open, close) = match engine {
                    Engine::DuckDb => (" ", "STRUCT(", ")"),
                    Engine::Trino => (" ", "ROW(", ")"),
                    Engine::Spark | Engine::Athena => (":", "STRUCT<", ">"),
                };
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, kind)| format!("{name}{separator}{}", kind.render(engine)))
                    .collect();
                format!("{open}{}{close}", members.join(", "))
            }
            Self::List(members) => {
                let row = Self::Struct(members).render(engine);
                match engine {
                    Engine::DuckDb => format!("{row}[]"),
                    Engine::Trino => format!("ARRAY({row})"),
                    Engine::Spark | Engine::Athena => format!("ARRAY<{row}>"),
                }
            }
        }
    }
}

/// The statements for the tables.
#[must_use]
pub(super) fn statements(engine: Engine, location: &str) -> Vec<String> {
    let mut statements = Vec::new();
    for table in Table::ALL {
        statements.push(files(engine, location, table));
        match engine {
            Engine::Spark => statements.push(format!("MSCK REPAIR TABLE raw_{}", table.as_str())),
            Engine::Trino => statements.push(format!(
                "CALL system.sync_partition_metadata(current_schema, 'raw_{}', 'FULL')",
                table.as_str()
            )),
            Engine::DuckDb | Engine::Athena => {}
        }
    }
    statements.push(manifests(engine, location));
    statements
}

/// The columns of the files that the table declares: not `Region`, where the engine
/// would take it for the partition `region`.
fn declared(engine: Engine, table: Table) -> impl Iterator<Item = &'static ColumnDefinition> {
    let columns = table.columns().iter();
    columns.filter(move |column| column.name != REGION || engine.projects_partitions())
}

fn files(engine: Engine, location: &str, table: Table) -> String {
    let name = table.as_str();
    let quote = |name: &str| match engine {
        Engine::Spark | Engine::Athena => format!("`{name}`"),
        Engine::DuckDb | Engine::Trino => format!("\"{name}\""),
    };
    let columns = |partitions: &[&str]| {
        let described = declared(engine, table).map(|column| {
            let kind = engine.column_type(column.kind);
            let comment = match column.description {
                "" => String::new(),
                text => format!(" COMMENT {}", engine.literal(text)),
            };
            format!("  {} {kind}{comment}", quote(column.name))
        });
        let kind = engine.column_type(ColumnKind::Text);
        let partitions = partitions
            .iter()
            .map(|name| format!("  {} {kind}", quote(name)));
        let columns: Vec<String> = described.chain(partitions).collect();
        columns.join(",\n")
    };
    match engine {
        Engine::DuckDb => format!(
            "CREATE OR REPLACE VIEW raw_{name} AS\nSELECT * FROM read_parquet('{location}/{name}/snapshot=*/account=*/region=*/*.parquet',\n  \
             hive_partitioning = true, hive_types_autocast = false)"
        ),
        Engine::Spark => format!(
            "CREATE TABLE raw_{name} (\n{}\n)\nUSING parquet\nPARTITIONED BY (`snapshot`, `account`, `region`)\nLOCATION '{location}/{name}'",
            columns(&["snapshot", "account", "region"])
        ),
        Engine::Athena => format!(
            "CREATE EXTERNAL TABLE raw_{name} (\n{}\n)\nPARTITIONED BY (`snapshot` STRING)\nSTORED AS PARQUET\nLOCATION '{location}/{name}/'\n\
             TBLPROPERTIES (\n  'projection.enabled' = 'true',\n  'projection.snapshot.type' = 'injected',\n  \
             'storage.location.template' = '{location}/{name}/snapshot=${{snapshot}}/'\n)",
            columns(&[])
        ),
        Engine::Trino => format!(
            "CREATE TABLE raw_{name} (\n{}\n)\nWITH (\n  format = 'PARQUET',\n  partitioned_by = ARRAY['snapshot', 'account', 'region'],\n  \
             external_location = '{location}/{name}'\n)",
            columns(&["snapshot", "account", "region"])
        ),
    }
}

fn manifests(engine: Engine, location: &str) -> String {
    let columns = |separator: &str, quote: &str| {
        let columns = RUN_COLUMNS.iter();
        let columns: Vec<String> = columns
            .map(|(name, kind)| format!("  {quote}{name}{quote}{separator}{}", kind.render(engine)))
            .collect();
        columns.join(",\n")
    };
    match engine {
        Engine::DuckDb => {
            let columns: Vec<String> = RUN_COLUMNS
                .iter()
                .map(|(name, kind)| format!("    {name}: '{}'", kind.render(engine)))
                .collect();
            format!(
                "CREATE OR REPLACE VIEW raw_runs AS\nSELECT * FROM read_json('{location}/{RUNS}/*.json', format = 'unstructured',\n  \
                 maximum_object_size = 268435456, columns = {{\n{}\n  }})",
                columns.join(",\n")
            )
        }
        Engine::Spark => format!(
            "CREATE TABLE raw_runs (\n{}\n)\nUSING json\nOPTIONS (multiLine = true)\nLOCATION '{location}/{RUNS}'",
            columns(" ", "`")
        ),
        Engine::Athena => format!(
            "CREATE EXTERNAL TABLE raw_runs (\n{}\n)\nROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\nLOCATION '{location}/{RUNS}/'",
            columns(" ", "`")
        ),
        Engine::Trino => format!(
            "CREATE TABLE raw_runs (\n{}\n)\nWITH (format = 'JSON', external_location = '{location}/{RUNS}')",
            columns(" ", "\"")
        ),
    }
}

/// The columns of a table as views have them, from `raw_…` under the name `f`.
#[must_use]
pub(super) fn selected_columns(engine: Engine, table: Table) -> String {
    let columns = table.columns().iter();
    let columns: Vec<String> = columns
        .map(|column| match column.name {
            REGION if !engine.projects_partitions() => format!(
                "CASE f.\"region\" WHEN '{UNKNOWN}' THEN '' ELSE f.\"region\" END AS \"Region\""
            ),
            name => format!("f.\"{name}\""),
        })
        .chain(["f.\"snapshot\" AS \"Snapshot\"".to_owned()])
        .map(|column| format!("  {column}"))
        .collect();
    columns.join(",\n")
}
