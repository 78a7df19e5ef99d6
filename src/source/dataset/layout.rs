//! Where the files of a dataset are: paths relative to its root, with `/`.
//!
//! ```text
//! runs/<run id>.json                                     the manifest of a complete run
//! unfinished/<run id>/run.json                           the head of a run that has not ended
//! unfinished/<run id>/attempt-<n>                        a process that goes on with it
//! unfinished/<run id>/complete/<account>.<region>.json   a location of it that is complete
//! nodes|patches|unread/snapshot=20261126T050000Z/account=111122223333/region=eu-west-1/<run id>-<n>.parquet
//! ```
//!
//! A run id is `<snapshot>-<8 hexadecimal digits>`, so that runs sort by time and two
//! that start in one second differ. The first three of the digits are the same in runs of
//! one request.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::source::dataset::schema::Table;

/// The folder of manifests.
pub(crate) const RUNS: &str = "runs";

/// The folder of what `collect --resume` needs.
pub(crate) const UNFINISHED: &str = "unfinished";

/// What stands in a path for an account or region that is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// So many digits of the id of a run are of its request.
const LINEAGE_DIGITS: usize = 3;

/// The format of the names of snapshots.
const SNAPSHOT_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// The name of the moment at which a run started. Engines read a time with `:` or `-` as
/// one of several types; this one is a text for all.
#[must_use]
pub(crate) fn snapshot_name(started: Timestamp) -> String {
    let time = started.to_zoned(TimeZone::UTC);
    time.strftime(SNAPSHOT_FORMAT).to_string()
}

/// The moment that a snapshot is named after.
#[must_use]
pub(crate) fn snapshot_time(name: &str) -> Option<Timestamp> {
    let time = DateTime::strptime(SNAPSHOT_FORMAT, name).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The path of a file of a table.
#[must_use]
pub(crate) fn table_file(
    table: Table,
    run_id: &str,
    account: &str,
    region: &str,
    number: u32,
) -> String {
    let known = |value: &str| match value {
        "" => UNKNOWN.to_owned(),
        value => value.to_owned(),
    };
    format!(
        "{}/account={}/region={}/{run_id}-{number}.parquet",
        snapshot_folder(table, run_id),
        known(account),
        known(region),
    )
}

/// The folder of the files of a table that runs of this second have written.
#[must_use]
pub(crate) fn snapshot_folder(table: Table, run_id: &str) -> String {
    format!("{}/snapshot={}", table.as_str(), snapshot_of(run_id))
}

/// The path of the manifest of a run.
#[must_use]
pub(crate) fn manifest_file(run_id: &str) -> String {
    format!("{RUNS}/{run_id}.json")
}

/// The snapshot of a run.
#[must_use]
pub(crate) fn snapshot_of(run_id: &str) -> &str {
    run_id.split('-').next().unwrap_or_default()
}

/// The id of a run that starts in this second, of a request with this SHA-256.
#[must_use]
pub(crate) fn new_run_id(snapshot: &str, request_sha256: &str) -> String {
    let lineage = request_sha256.get(..LINEAGE_DIGITS).unwrap_or_default();
    let digits = 8 - lineage.len();
    let random = fastrand::u32(..) >> (4 * lineage.len());
    format!("{snapshot}-{lineage}{random:0digits$x}")
}

/// What runs of one request have in common, and few others: their snapshot is left out.
#[must_use]
pub(crate) fn lineage_of(run_id: &str) -> Option<&str> {
    run_id.split_once('-')?.1.get(..LINEAGE_DIGITS)
}

/// Whether it is the id of a run: the name of its snapshot, and eight hexadecimal digits.
#[must_use]
pub(crate) fn is_run_id(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.split_once('-').is_some_and(|(snapshot, rest)| {
        snapshot_time(snapshot).is_some_and(|time| snapshot_name(time) == snapshot)
            && rest.len() == 8
            && rest.bytes().all(is_digit)
    })
}

/// The run whose manifest has this path.
#[must_use]
pub(crate) fn run_of_manifest(path: &str) -> Option<&str> {
    let name = path.strip_prefix(RUNS)?.strip_prefix('/')?;
    name.strip_suffix(".json").filter(|id| is_run_id(id))
}

/// The unfinished run that this file is kept for.
#[must_use]
pub(crate) fn run_of_unfinished(path: &str) -> Option<&str> {
    let rest = path.strip_prefix(UNFINISHED)?.strip_prefix('/')?;
    let (run_id, _) = rest.split_once('/')?;
    Some(run_id).filter(|id| is_run_id(id))
}

/// The run that wrote this file of a table, by its name and folders.
#[must_use]
pub(crate) fn run_of_table_file(path: &str) -> Option<&str> {
    let mut parts = path.split('/');
    let table = parts.next()?;
    let snapshot = parts.next()?.strip_prefix("snapshot=")?;
    parts.next()?.strip_prefix("account=")?;
    parts.next()?.strip_prefix("region=")?;
    let name = parts.next()?.strip_suffix(".parquet")?;
    let (run_id, number) = name.rsplit_once('-')?;
    let is_of_run = Table::ALL.iter().any(|known| known.as_str() == table)
        && parts.next().is_none()
        && number.parse::<u32>().is_ok()
        && is_run_id(run_id)
        && snapshot_of(run_id) == snapshot;
    is_of_run.then_some(run_id)
}

/// Whether a path from a manifest stays inside the dataset: names of letters, digits and
/// `= . _ -`, joined by `/`, none of them `.` or `..`.
#[must_use]
pub(crate) fn is_safe_path(path: &str) -> bool {
    let is_safe_name = |name: &str| {
        !name.is_empty()
            && name.bytes().any(|byte| byte != b'.')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"=._-".contains(&byte))
    };
    path.len() <= 512 && path.split('/').all(is_safe_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_dataset_is_not_safe() {
        let path = table_file(
            Table::Nodes,
            "20261126T050000Z-0a1b2c3d",
            "",
            "eu-west-1",
            0,
        );
        assert_eq!(
            path,
            "nodes/snapshot=20261126T050000Z/account=unknown/region=eu-west-1/20261126T050000Z-0a1b2c3d-0.parquet"
        );
        assert!(is_safe_path(&path));
        assert_eq!(run_of_table_file(&path), Some("20261126T050000Z-0a1b2c3d"));
        assert_eq!(run_of_table_file(&path.replace("0000Z-", "0001Z-")), None);
        assert_eq!(run_of_manifest("runs/20261126T050000Z.json"), None);
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/./b",
            "a\\b",
            "C:x",
            "a/b\0",
            "nodes/%2e%2e/x",
            "nodes/…/x",
        ] {
            assert!(!is_safe_path(path), "{path}");
        }
    }
}
