//! The views over the tables.

use crate::duration::MaxAge;
use crate::source::dataset::schema::{SCHEMA_VERSION, Table};
use crate::sql::engine::Engine;
use crate::sql::expression::Expression;
use crate::sql::tables::selected_columns;
use crate::sql::verdict_rule::{
    self, JUDGED_AT, LAST_SCAN, MAX_AGE, SECONDS_SINCE_SCAN, VERDICT_AT_SCAN,
};

/// The comment at the top.
#[must_use]
pub(super) fn introduction(engine: Engine) -> String {
    let mut lines = vec![
        "A dataset of patchctl; docs/dataset.md describes it. Tables raw_* are the files. Rows of runs without a manifest",
        "are in no other view. Replace the view settings to judge by another age or moment, or to select another day.",
    ];
    match engine {
        Engine::DuckDb => {}
        Engine::Spark => lines.push("Repeat MSCK REPAIR TABLE after new runs."),
        Engine::Athena => lines.extend([
            "Run the statements one by one. Name the snapshots in each query of nodes, patches and verdicts, as latest_runs",
            "lists them: SELECT * FROM latest_node_verdicts WHERE \"Snapshot\" IN ('20261126T050000Z').",
        ]),
        Engine::Trino => lines.push(
            "For a catalog of the Hive connector; repeat CALL system.sync_partition_metadata after new runs.",
        ),
    }
    format!("-- {}\n", lines.join("\n-- "))
}

/// The statements for the views.
#[must_use]
pub(super) fn statements(engine: Engine, max_age: MaxAge) -> Vec<String> {
    let mut views = vec![
        ("settings", settings(engine, max_age)),
        ("runs", runs(engine)),
        ("run_locations", run_locations(engine)),
    ];
    for table in Table::ALL {
        views.push((table.as_str(), committed(engine, table)));
    }
    views.extend([
        ("latest_runs", runs_as_of("At")),
        ("earlier_runs", runs_as_of("Since")),
        ("judged_nodes", judged_nodes(engine)),
        ("node_verdicts", node_verdicts(engine, Moment::OfEachRun)),
        (
            "latest_node_verdicts",
            node_verdicts(engine, Moment::Latest),
        ),
        ("latest_patches", latest("patches", "latest_runs")),
    ]);
    let statement = |(name, query): (&str, String)| {
        engine.requote(&format!("CREATE OR REPLACE VIEW {name} AS\n{query}"))
    };
    views.into_iter().map(statement).collect()
}

fn settings(engine: Engine, max_age: MaxAge) -> String {
    let seconds = max_age
        .0
        .map_or_else(|| "NULL".to_owned(), |seconds| seconds.to_string());
    let time = engine.time_type();
    format!(
        "SELECT\n  -- The greatest age of a scan; NULL: any.\n  CAST({seconds} AS BIGINT) AS \"{MAX_AGE}\",\n  \
         -- When ages are judged; NULL: when the run ended.\n  CAST(NULL AS {time}) AS \"Now\",\n  \
         -- latest_runs are those that had started by then; NULL: all.\n  CAST(NULL AS {time}) AS \"At\",\n  \
         -- The same of earlier_runs.\n  CAST(NULL AS {time}) AS \"Since\""
    )
}

fn runs(engine: Engine) -> String {
    let newer =
        engine.fail("a run has a newer schema than these views; print them with a newer patchctl");
    let started = engine.parse_time("m.\"StartedAt\"");
    let finished = engine.parse_time("m.\"FinishedAt\"");
    format!(
        "SELECT\n  CASE WHEN m.\"SchemaVersion\" <= {SCHEMA_VERSION} THEN m.\"RunId\" ELSE {newer} END AS \"RunId\",\n  \
         {started} AS \"StartedAt\",\n  {finished} AS \"FinishedAt\",\n  m.\"Tool\",\n  m.\"Selection\".\"IsComplete\" AS \"IsComplete\",\n  \
         m.\"Plan\".\"Patches\" AS \"HasPatches\",\n  m.\"Totals\".\"Asked\" AS \"Asked\",\n  m.\"Totals\".\"Answered\" AS \"Answered\",\n  \
         m.\"Totals\".\"NoData\" AS \"NoData\",\n  m.\"Totals\".\"Unread\" AS \"Unread\",\n  m.\"Totals\".\"Patches\" AS \"Patches\",\n  m.\"Locations\"\n\
         FROM raw_runs m"
    )
}

fn run_locations(engine: Engine) -> String {
    let (from, member) = match engine {
        Engine::DuckDb => ("runs r, UNNEST(r.\"Locations\") AS u(l)", "l."),
        Engine::Spark => ("runs r LATERAL VIEW explode(r.\"Locations\") u AS l", "l."),
        Engine::Athena | Engine::Trino => (
            "runs r CROSS JOIN UNNEST(r.\"Locations\") AS l(\"AccountId\", \"Region\", \"LocationFinishedAt\", \"Nodes\", \"Patches\")",
            "l.",
        ),
    };
    format!(
        "SELECT\n  r.\"RunId\",\n  r.\"StartedAt\",\n  r.\"FinishedAt\",\n  r.\"IsComplete\",\n  {member}\"AccountId\",\n  {member}\"Region\",\n  \
         substr(r.\"RunId\", 1, 16) AS \"Snapshot\"\nFROM {from}"
    )
}

fn committed(engine: Engine, table: Table) -> String {
    format!(
        "SELECT\n{}\nFROM raw_{} f\nJOIN runs r ON r.\"RunId\" = f.\"RunId\"",
        selected_columns(engine, table),
        table.as_str()
    )
}

/// For each account and region the newest run that had started by a moment of the
/// settings; one of every managed node before a narrower one.
fn runs_as_of(moment: &str) -> String {
    format!(
        "SELECT \"RunId\", \"StartedAt\", \"FinishedAt\", \"IsComplete\", \"AccountId\", \"Region\", \"Snapshot\"\nFROM (\n  \
         SELECT l.*, row_number() OVER (\n    PARTITION BY l.\"AccountId\", l.\"Region\"\n    ORDER BY l.\"IsComplete\" DESC, l.\"StartedAt\" DESC, l.\"RunId\" DESC\n  ) AS \"Place\"\n  \
         FROM run_locations l CROSS JOIN settings s\n  WHERE s.\"{moment}\" IS NULL OR l.\"StartedAt\" <= s.\"{moment}\"\n) ranked\nWHERE \"Place\" = 1"
    )
}

fn latest(view: &str, runs: &str) -> String {
    format!(
        "SELECT v.*\nFROM {view} v\nJOIN {runs} l ON l.\"RunId\" = v.\"RunId\" AND l.\"AccountId\" = v.\"AccountId\" AND l.\"Region\" = v.\"Region\""
    )
}

fn judged_nodes(engine: Engine) -> String {
    let last_scan = verdict_rule::last_scan().render(engine);
    let verdict = verdict_rule::verdict_at_scan().render(engine);
    format!(
        "SELECT n.*,\n  {last_scan} AS \"{LAST_SCAN}\",\n  {verdict} AS \"{VERDICT_AT_SCAN}\"\nFROM nodes n"
    )
}

/// When ages are judged, unless the settings say.
#[derive(Clone, Copy)]
enum Moment {
    /// When the run of the row ended.
    OfEachRun,
    /// When the newest of the latest runs ended.
    Latest,
}

fn node_verdicts(engine: Engine, moment: Moment) -> String {
    let column = |name: &str, rule: Expression| format!("  {} AS \"{name}\"", rule.render(engine));
    let columns = [
        column("ScanAgeSeconds", verdict_rule::scan_age()),
        column("IsStale", verdict_rule::is_stale()),
        column("Verdict", verdict_rule::verdict()),
    ];
    let seconds = verdict_rule::seconds_since_scan().render(engine);
    let (finished, runs) = match moment {
        Moment::OfEachRun => (
            "r.\"FinishedAt\"",
            "JOIN runs r ON r.\"RunId\" = n.\"RunId\"",
        ),
        Moment::Latest => (
            "(SELECT max(\"FinishedAt\") FROM latest_runs)",
            "JOIN latest_runs r ON r.\"RunId\" = n.\"RunId\" AND r.\"AccountId\" = n.\"AccountId\" AND r.\"Region\" = n.\"Region\"",
        ),
    };
    format!(
        "SELECT v.*,\n{}\nFROM (\n  SELECT m.*, {seconds} AS \"{SECONDS_SINCE_SCAN}\"\n  FROM (\n    \
         SELECT n.*, s.\"{MAX_AGE}\", COALESCE(s.\"Now\", {finished}) AS \"{JUDGED_AT}\"\n    \
         FROM judged_nodes n\n    {runs}\n    CROSS JOIN settings s\n  ) m\n) v",
        columns.join(",\n")
    )
}
