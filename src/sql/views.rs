//! The views over the tables.

use crate::duration::MaxAge;
use crate::record::NodeOrigin;
use crate::source::dataset::schema::{SCHEMA_VERSION, Table};
use crate::source::dataset::vocabulary;
use crate::sql::changes;
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
        ("node_verdicts", node_verdicts(engine, Judged::All)),
    ]);
    for (nodes, patches, runs) in [
        ("latest_node_verdicts", "latest_patches", "latest_runs"),
        ("earlier_node_verdicts", "earlier_patches", "earlier_runs"),
    ] {
        views.push((nodes, node_verdicts(engine, Judged::Runs(runs))));
        views.push((patches, latest("patches", runs)));
    }
    if !engine.projects_partitions() {
        views.extend(changes::views(engine));
    }
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
         m.\"Totals\".\"NoData\" AS \"NoData\",\n  m.\"Totals\".\"Unread\" AS \"Unread\",\n  m.\"Totals\".\"Patches\" AS \"Patches\",\n  m.\"Locations\",\n  m.\"Unread\" AS \"UnreadScopes\"\n\
         FROM raw_runs m"
    )
}

/// The accounts and regions of each run: those that it read, and those that it could not
/// read, where a `Region` of NULL is a whole account.
fn run_locations(engine: Engine) -> String {
    // The members of a list as rows of `u`, and one of their members.
    let (unnest, member): (fn(&str, &str) -> String, &str) = match engine {
        Engine::DuckDb => (
            |list, _| format!("runs r, UNNEST(r.\"{list}\") AS u(l)"),
            "l.",
        ),
        Engine::Spark => (
            |list, _| format!("runs r LATERAL VIEW explode(r.\"{list}\") u AS l"),
            "l.",
        ),
        Engine::Athena | Engine::Trino => (
            |list, members| format!("runs r CROSS JOIN UNNEST(r.\"{list}\") AS u({members})"),
            "u.",
        ),
    };
    let read = unnest("Locations", "\"AccountId\", \"Region\", \"Discovery\"");
    let unread = unnest("UnreadScopes", "\"Scope\"");
    let run = "r.\"RunId\", r.\"StartedAt\", r.\"FinishedAt\", r.\"IsComplete\", substr(r.\"RunId\", 1, 16) AS \"Snapshot\"";
    format!(
        "SELECT {run},\n  {member}\"AccountId\" AS \"AccountId\", {member}\"Region\" AS \"Region\", TRUE AS \"IsRead\",\n  \
         r.\"IsComplete\" AND NOT COALESCE({member}\"Discovery\".\"HasFailedCalls\" OR {member}\"Discovery\".\"HasUndecidedNodes\", TRUE) AS \"ListsAllNodes\"\n\
         FROM {read}\nUNION ALL\nSELECT {run},\n  COALESCE({member}\"Scope\".\"Account\", ''), {member}\"Scope\".\"Region\", FALSE, FALSE\n\
         FROM {unread}\nWHERE {member}\"Scope\".\"Region\" IS NOT NULL OR {member}\"Scope\".\"Profile\" IS NULL"
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
/// settings; one of every managed node before a narrower one. A run that could not read an
/// account or region counts as one that has it, as for `--from`.
fn runs_as_of(moment: &str) -> String {
    format!(
        "SELECT \"RunId\", \"StartedAt\", \"FinishedAt\", \"IsComplete\", \"Snapshot\", \"AccountId\", \"Region\", \"IsRead\", \"ListsAllNodes\"\nFROM (\n  \
         SELECT p.*,\n    min(\"Place\") OVER (PARTITION BY \"AccountId\", \"Region\") AS \"PlaceOfRegion\",\n    \
         min(\"Place\") OVER (PARTITION BY \"AccountId\") AS \"PlaceOfAny\",\n    \
         min(CASE WHEN \"Region\" IS NULL THEN \"Place\" END) OVER (PARTITION BY \"AccountId\") AS \"PlaceOfAccount\"\n  FROM (\n    \
         SELECT l.*, dense_rank() OVER (ORDER BY l.\"IsComplete\" DESC, l.\"StartedAt\" DESC, l.\"RunId\" DESC) AS \"Place\"\n    \
         FROM run_locations l CROSS JOIN settings s\n    WHERE s.\"{moment}\" IS NULL OR date_trunc('second', l.\"StartedAt\") <= s.\"{moment}\"\n  \
         ) p\n) q\nWHERE CASE\n    WHEN \"Region\" IS NULL THEN \"Place\" = \"PlaceOfAny\"\n    \
         ELSE \"Place\" = \"PlaceOfRegion\" AND \"Place\" <= COALESCE(\"PlaceOfAccount\", \"Place\")\n  END"
    )
}

fn latest(view: &str, runs: &str) -> String {
    format!(
        "SELECT v.*\nFROM {view} v\nJOIN {runs} l ON l.\"RunId\" = v.\"RunId\" AND l.\"AccountId\" = v.\"AccountId\" AND l.\"Region\" = v.\"Region\" AND l.\"IsRead\""
    )
}

fn judged_nodes(engine: Engine) -> String {
    let last_scan = verdict_rule::last_scan().render(engine);
    let verdict = verdict_rule::verdict_at_scan().render(engine);
    let origin = |origin| vocabulary::word_of(vocabulary::ORIGINS, &origin);
    let (unmanaged, stopped) = (origin(NodeOrigin::Unmanaged), origin(NodeOrigin::Stopped));
    let no_data = vocabulary::NO_DATA;
    format!(
        "SELECT n.*,\n  {last_scan} AS \"{LAST_SCAN}\",\n  {verdict} AS \"{VERDICT_AT_SCAN}\"\nFROM nodes n\n\
         -- Not those that `states` has no rows of: instances that are not managed, or may not be.\n\
         WHERE \"Origin\" <> '{unmanaged}' AND NOT (\"Origin\" = '{stopped}' AND \"StateOutcome\" = '{no_data}')"
    )
}

/// The runs whose nodes are judged, and when.
#[derive(Clone, Copy)]
enum Judged {
    /// Each run, when it ended.
    All,
    /// Those of a view, when the newest of them ended.
    Runs(&'static str),
}

fn node_verdicts(engine: Engine, judged: Judged) -> String {
    let column = |name: &str, rule: Expression| format!("  {} AS \"{name}\"", rule.render(engine));
    let columns = [
        column("ScanAgeSeconds", verdict_rule::scan_age()),
        column("IsStale", verdict_rule::is_stale()),
        column("Verdict", verdict_rule::verdict()),
    ];
    let seconds = verdict_rule::seconds_since_scan().render(engine);
    let (finished, runs) = match judged {
        Judged::All => (
            "r.\"FinishedAt\"".to_owned(),
            "JOIN runs r ON r.\"RunId\" = n.\"RunId\"".to_owned(),
        ),
        Judged::Runs(view) => (
            format!("(SELECT max(\"FinishedAt\") FROM {view})"),
            format!(
                "JOIN {view} r ON r.\"RunId\" = n.\"RunId\" AND r.\"AccountId\" = n.\"AccountId\" AND r.\"Region\" = n.\"Region\" AND r.\"IsRead\""
            ),
        ),
    };
    format!(
        "SELECT v.*,\n{}\nFROM (\n  SELECT m.*, {seconds} AS \"{SECONDS_SINCE_SCAN}\"\n  FROM (\n    \
         SELECT n.*, s.\"{MAX_AGE}\", COALESCE(s.\"Now\", {finished}) AS \"{JUDGED_AT}\"\n    \
         FROM judged_nodes n\n    {runs}\n    CROSS JOIN settings s\n  ) m\n) v",
        columns.join(",\n")
    )
}
