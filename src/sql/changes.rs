//! The views that compare two moments as `diff` does: what changed of nodes, and of their
//! patches.

use std::fmt::Write as _;

use crate::aggregate::diff::{Change, Direction, rank};
use crate::compliance::verdict::Verdict;
use crate::record::PatchState;
use crate::source::dataset::schema::ColumnKind;
use crate::source::dataset::vocabulary;
use crate::sql::engine::Engine;

/// Stands for the state of a patch that a side does not list; no state of the service.
const ABSENT: &str = "-";

/// The views, in their order.
#[must_use]
pub(super) fn views(engine: Engine) -> Vec<(&'static str, String)> {
    vec![
        ("node_pairs", node_pairs()),
        ("node_changes", node_changes(engine)),
        ("patch_changes", patch_changes()),
    ]
}

/// Each node of one side or both, with what both say of it.
fn node_pairs() -> String {
    let key = |name: &str| format!("COALESCE(a.\"{name}\", b.\"{name}\") AS \"{name}\"");
    let keys = ["AccountId", "Region", "InstanceId"].map(key).join(", ");
    let of_sides = |column: &str, name: &str| {
        format!("  b.\"{column}\" AS \"{name}Before\", a.\"{column}\" AS \"{name}After\"")
    };
    let columns = [
        ("InstanceId", "Id"),
        ("Verdict", "Verdict"),
        ("IsStale", "IsStale"),
        ("LastScan", "Scan"),
        ("StateOutcome", "State"),
        ("PatchesOutcome", "Patches"),
        ("BaselineId", "Baseline"),
        ("PatchGroup", "PatchGroup"),
    ];
    let columns = columns
        .map(|(column, name)| of_sides(column, name))
        .join(",\n");
    let unread = vocabulary::UNREAD;
    let is_unread = |side: &str| {
        format!("({side}.\"Verdict\" = 'UNREAD' OR {side}.\"PatchesOutcome\" = '{unread}')")
    };
    // A location is listed where its run says so of each of its entries.
    let listed = |runs: &str, name: &str| {
        format!(
            "LEFT JOIN (\n  SELECT \"AccountId\", \"Region\", min(CASE WHEN \"ListsAllNodes\" THEN 1 ELSE 0 END) = 1 AS \"{name}\"\n  \
             FROM {runs} GROUP BY \"AccountId\", \"Region\"\n) {runs}\n  \
             ON {runs}.\"AccountId\" = p.\"AccountId\" AND {runs}.\"Region\" = p.\"Region\""
        )
    };
    format!(
        "SELECT p.*,\n  COALESCE(\"ListedBefore\", FALSE) AS \"IsListedBefore\", COALESCE(\"ListedAfter\", FALSE) AS \"IsListedAfter\"\n\
         FROM (\nSELECT {keys},\n{columns},\n  COALESCE({}, FALSE) AS \"IsUnreadBefore\", COALESCE({}, FALSE) AS \"IsUnreadAfter\"\n\
         FROM earlier_node_verdicts b\nFULL JOIN latest_node_verdicts a\n  \
         ON a.\"AccountId\" = b.\"AccountId\" AND a.\"Region\" = b.\"Region\" AND a.\"InstanceId\" = b.\"InstanceId\"\n) p\n{}\n{}",
        is_unread("b"),
        is_unread("a"),
        listed("earlier_runs", "ListedBefore"),
        listed("latest_runs", "ListedAfter"),
    )
}

/// Whether the node of a pair is certainly not on a side: the other side lists all nodes
/// there.
fn is_gone(from: &str, of: &str) -> String {
    let unread = vocabulary::UNREAD;
    format!("\"Id{from}\" IS NULL AND \"IsListed{from}\" AND \"State{of}\" <> '{unread}'")
}

fn node_changes(engine: Engine) -> String {
    let text = engine.column_type(ColumnKind::Text);
    let word = |change: Change| format!("'{}' AS \"Change\"", change.as_str());
    let direction = |direction: Direction| format!("'{}'", direction.as_str());
    let row = |change: Change, direction: &str, value: Option<&str>, condition: &str| {
        let value = value.map_or_else(
            || format!("CAST(NULL AS {text}) AS \"Before\", CAST(NULL AS {text}) AS \"After\""),
            |value| format!("\"{value}Before\" AS \"Before\", \"{value}After\" AS \"After\""),
        );
        format!(
            "SELECT \"AccountId\", \"Region\", \"InstanceId\", {}, {direction} AS \"Direction\",\n  {value},\n  \
             \"ScanBefore\", \"ScanAfter\"\nFROM node_pairs\nWHERE {condition}",
            word(change)
        )
    };
    let answered = vocabulary::ANSWERED;
    let are_read = format!("\"StateBefore\" = '{answered}' AND \"StateAfter\" = '{answered}'");
    let differ = |column: &str| {
        format!(
            "{are_read}\n  AND COALESCE(trim(\"{column}Before\"), '') <> COALESCE(trim(\"{column}After\"), '')"
        )
    };
    let neutral = direction(Direction::Neutral);
    let rows = [
        row(
            Change::NodeAppeared,
            &of_new_node(),
            Some("Verdict"),
            &is_gone("Before", "After"),
        ),
        row(
            Change::NodeVanished,
            &neutral,
            Some("Verdict"),
            &is_gone("After", "Before"),
        ),
        row(
            Change::VerdictChanged,
            &between_verdicts(),
            Some("Verdict"),
            "\"VerdictBefore\" <> \"VerdictAfter\" AND \"VerdictBefore\" <> 'UNREAD' AND \"VerdictAfter\" <> 'UNREAD'",
        ),
        row(
            Change::NewlyStale,
            &direction(Direction::Worse),
            None,
            &format!("{are_read} AND NOT \"IsStaleBefore\" AND \"IsStaleAfter\""),
        ),
        row(
            Change::NoLongerStale,
            &direction(Direction::Better),
            None,
            &format!("{are_read} AND \"IsStaleBefore\" AND NOT \"IsStaleAfter\""),
        ),
        row(
            Change::BaselineChanged,
            &neutral,
            Some("Baseline"),
            &differ("Baseline"),
        ),
        row(
            Change::PatchGroupChanged,
            &neutral,
            Some("PatchGroup"),
            &differ("PatchGroup"),
        ),
        row(
            Change::Unknown,
            &direction(Direction::Unknown),
            Some("Verdict"),
            &format!(
                "\"IsUnreadBefore\" OR \"IsUnreadAfter\"\n  OR (\"IdBefore\" IS NULL AND NOT \"IsListedBefore\")\n  \
                 OR (\"IdAfter\" IS NULL AND NOT \"IsListedAfter\")\n  \
                 OR (\"IdBefore\" IS NOT NULL AND \"StateBefore\" = '{answered}' AND \"StateAfter\" = '{}')",
                vocabulary::NO_DATA
            ),
        ),
    ];
    rows.join("\nUNION ALL\n")
}

fn of_new_node() -> String {
    let arms = Verdict::ALL.map(|verdict| {
        let direction = Direction::of_new_node(verdict).as_str();
        format!(" WHEN '{verdict}' THEN '{direction}'")
    });
    format!("CASE \"VerdictAfter\"{} END", arms.concat())
}

fn between_verdicts() -> String {
    let mut sql = "CASE concat(\"VerdictBefore\", '>', \"VerdictAfter\")".to_owned();
    for (before, after) in pairs(&Verdict::ALL) {
        let direction = Direction::between_verdicts(before, after);
        if before != after && direction != Direction::Unknown {
            let _ = write!(
                sql,
                "\n    WHEN '{before}>{after}' THEN '{}'",
                direction.as_str()
            );
        }
    }
    format!("{sql}\n    ELSE '{}'\n  END", Direction::Unknown.as_str())
}

fn pairs<T: Copy>(all: &[T]) -> impl Iterator<Item = (T, T)> {
    all.iter()
        .flat_map(|one| all.iter().map(|other| (*one, *other)))
}

/// What changed of patches, and whether it is worse: two expressions of the states before
/// and after, made of `Change::between_states` of each pair.
fn between_states() -> (String, String) {
    let states: Vec<Option<&PatchState>> = PatchState::DOCUMENTED
        .iter()
        .map(Some)
        .chain([None])
        .collect();
    let word = |state: Option<&PatchState>| state.map_or(ABSENT, PatchState::as_str).to_owned();
    let mut changes = "CASE concat(\"Before\", '>', \"After\")".to_owned();
    let mut directions = changes.clone();
    for (before, after) in pairs(&states) {
        let pair = format!("\n    WHEN '{}>{}' THEN", word(before), word(after));
        let found = Change::between_states(before, after);
        let (change, direction) = found.map_or_else(
            || ("NULL".to_owned(), "NULL".to_owned()),
            |(change, direction)| (format!("'{change}'"), format!("'{}'", direction.as_str())),
        );
        let _ = write!(changes, "{pair} {change}");
        let _ = write!(directions, "{pair} {direction}");
    }
    // States that are not documented.
    let (change, direction) = (Change::StateChanged, Direction::Unknown.as_str());
    (
        format!("{changes}\n    ELSE '{change}'\n  END"),
        format!("{directions}\n    ELSE '{direction}'\n  END"),
    )
}

fn patch_changes() -> String {
    const KEY: &str = "\"AccountId\", \"Region\", \"InstanceId\", \"KBId\", \"Title\"";
    let ranks: Vec<String> = PatchState::DOCUMENTED
        .iter()
        .filter_map(|state| Some(format!("WHEN '{state}' THEN {}", rank(state)?)))
        .collect();
    // The worst pair up, and a state that is not known is the worst.
    let rank = format!("CASE \"State\" {} ELSE {} END", ranks.join(" "), u8::MAX);
    let side = |from: &str, without: &str| {
        format!(
            "SELECT {KEY}, \"State\", row_number() OVER (PARTITION BY {KEY} ORDER BY {rank} DESC, \"State\") AS \"Place\"\n  \
             FROM (SELECT {KEY}, \"State\" FROM {from} EXCEPT ALL SELECT {KEY}, \"State\" FROM {without}) d"
        )
    };
    let (change, direction) = between_states();
    let unread = vocabulary::UNREAD;
    let answered = vocabulary::ANSWERED;
    let listed_before = is_gone("After", "Before");
    let listed_after = is_gone("Before", "After");
    format!(
        "SELECT * FROM (\nSELECT {KEY}, \"Before\", \"After\",\n  {change} AS \"Change\",\n  \
         CASE WHEN \"HasVanished\" THEN '{neutral}' ELSE {direction} END AS \"Direction\"\n\
         FROM (\n  SELECT {coalesced},\n    COALESCE(b.\"State\", '{ABSENT}') AS \"Before\", COALESCE(a.\"State\", '{ABSENT}') AS \"After\"\n  \
         FROM (\n  {before}\n  ) b\n  FULL JOIN (\n  {after}\n  ) a\n    ON {equal}\n) c\n\
         JOIN (\n  SELECT \"AccountId\" AS \"NodeAccountId\", \"Region\" AS \"NodeRegion\", \"InstanceId\" AS \"NodeId\", \"IdAfter\" IS NULL AS \"HasVanished\"\n  \
         FROM node_pairs\n  WHERE COALESCE(\"PatchesBefore\", '') <> '{unread}' AND COALESCE(\"PatchesAfter\", '') <> '{unread}'\n    \
         AND COALESCE(\"StateBefore\", '') <> '{unread}' AND COALESCE(\"StateAfter\", '') <> '{unread}'\n    \
         AND ((\"IdBefore\" IS NOT NULL AND \"StateAfter\" = '{answered}' AND \"PatchesAfter\" = '{answered}')\n      \
         OR ({listed_before})\n      OR ({listed_after}))\n) n\n  \
         ON \"NodeAccountId\" = \"AccountId\" AND \"NodeRegion\" = \"Region\" AND \"NodeId\" = \"InstanceId\"\n) e\n\
         WHERE \"Change\" IS NOT NULL",
        neutral = Direction::Neutral.as_str(),
        coalesced = KEY
            .split(", ")
            .map(|name| format!("COALESCE(a.{name}, b.{name}) AS {name}"))
            .collect::<Vec<_>>()
            .join(", "),
        before = side("earlier_patches", "latest_patches"),
        after = side("latest_patches", "earlier_patches"),
        equal = KEY
            .split(", ")
            .chain(["\"Place\""])
            .map(|name| format!("a.{name} = b.{name}"))
            .collect::<Vec<_>>()
            .join(" AND "),
    )
}
