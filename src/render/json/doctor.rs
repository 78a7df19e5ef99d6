//! What stands below the rows of `doctor` in its JSON document, frozen apart from the
//! domain's types.

use schemars::JsonSchema;
use serde::Serialize;

use crate::record::Caller;
use crate::report::{DoctorCounts, MissingActions};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Caller")]
pub(crate) struct CallerObject {
    region: String,
    account_id: Option<String>,
    arn: Option<String>,
    /// Where the credentials come from.
    credentials: Option<String>,
    /// Where the calls to Systems Manager go; null for the demo inside the process.
    endpoint: Option<String>,
}

impl CallerObject {
    pub(crate) fn new(caller: &Caller) -> Self {
        Self {
            region: caller.region.to_string(),
            account_id: caller.account.as_deref().map(ToOwned::to_owned),
            arn: caller.arn.as_deref().map(ToOwned::to_owned),
            credentials: caller.credentials.as_deref().map(ToOwned::to_owned),
            endpoint: caller.endpoint.as_deref().map(ToOwned::to_owned),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "MissingPermissions")]
pub(crate) struct MissingActionsObject {
    account_id: Option<String>,
    actions: Vec<&'static str>,
}

impl MissingActionsObject {
    pub(crate) fn new(missing: &MissingActions) -> Self {
        Self {
            account_id: missing.account.as_deref().map(ToOwned::to_owned),
            actions: missing.actions.clone(),
        }
    }
}

/// Checks is always Ok + Denied + Failed + Unread.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(inline)]
pub(crate) struct DoctorCountsObject {
    checks: u64,
    ok: u64,
    denied: u64,
    failed: u64,
    unread: u64,
}

impl DoctorCountsObject {
    pub(crate) fn new(counts: &DoctorCounts) -> Self {
        Self {
            checks: counts.total(),
            ok: counts.ok,
            denied: counts.denied,
            failed: counts.failed,
            unread: counts.unread,
        }
    }
}
