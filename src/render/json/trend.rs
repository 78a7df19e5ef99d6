//! The members of the document of `trend`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::aggregate::trend::{TrendSnapshot, TrendUnread};
use crate::report::TrendFooter;

/// A region, account or profile that could not be read at some snapshot.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "TrendUnread")]
pub(in crate::render) struct TrendUnreadObject {
    region: Option<String>,
    account_id: Option<String>,
    /// Where AWS Organizations tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    profile: Option<String>,
    /// At how many snapshots.
    #[schemars(range(min = 1))]
    snapshots: u64,
    /// The first of them: when its newest run started, RFC 3339 in UTC.
    first_snapshot: String,
    last_snapshot: String,
    /// AWS's error code, or a word such as Timeout, NotCollected or Damaged.
    code: String,
    /// Why, at the last of them.
    cause: String,
}

impl TrendUnreadObject {
    pub(in crate::render) fn new(unread: &TrendUnread) -> Self {
        let scope = &unread.scope;
        let owned = |text: &Option<Arc<str>>| text.as_deref().map(ToOwned::to_owned);
        Self {
            region: owned(&scope.region),
            account_id: owned(&scope.account),
            account_name: owned(&scope.account_name),
            profile: owned(&scope.profile),
            snapshots: unread.snapshots,
            first_snapshot: unread.first.to_string(),
            last_snapshot: unread.last.to_string(),
            code: unread.cause.code.to_string(),
            cause: unread.cause.text.to_string(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(in crate::render) struct TrendSummaryObject {
    snapshots: u64,
    /// When the newest run of the oldest snapshot started, RFC 3339 in UTC; null without any.
    first_snapshot: Option<String>,
    last_snapshot: Option<String>,
    /// Snapshots at which a node, region, account or profile could not be read.
    incomplete_snapshots: u64,
    /// Snapshots at which nothing of what is asked for was read anew: they have no row.
    unchanged_snapshots: u64,
    /// Snapshots that were not read, as the run was interrupted.
    not_read_snapshots: u64,
    manifests_read: u64,
    /// Rows of this document.
    rows: u64,
}

impl TrendSummaryObject {
    pub(in crate::render) fn new(footer: &TrendFooter, rows: u64) -> Self {
        let snapshots = &footer.trend.snapshots;
        let started = |of: &TrendSnapshot| of.snapshot.started.to_string();
        Self {
            snapshots: snapshots.len() as u64,
            first_snapshot: snapshots.first().map(started),
            last_snapshot: snapshots.last().map(started),
            incomplete_snapshots: footer.incomplete_snapshots(),
            unchanged_snapshots: footer.unchanged,
            not_read_snapshots: footer.not_read,
            manifests_read: footer.manifests_read,
            rows,
        }
    }
}
