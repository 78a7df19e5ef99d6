//! The head of the JSON document of `report`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::record::CallerReport;
use crate::render::gate::json::ConfiguredObject;
use crate::report::fleet::{Evidence, FleetReport};

/// Who asked for what, when and of whom.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Evidence")]
pub(crate) struct EvidenceObject<'a> {
    /// The time that ages and due dates are counted from.
    #[schemars(extend("format" = "date-time"))]
    asked_at: String,
    /// Host: of the machine that ran patchctl. Demo: fixed.
    clock: &'static str,
    /// The version of patchctl.
    version: &'static str,
    /// As typed, with secrets masked.
    command_line: &'a str,
    configured: Vec<ConfiguredObject<'a>>,
    /// The identity behind the credentials, one for each profile.
    callers: Vec<CallerIdentityObject<'a>>,
    accounts: Vec<AccountObject<'a>>,
    regions: Vec<&'a str>,
    /// How long a scan counts, in seconds; null: forever.
    #[schemars(range(min = 1))]
    max_age: Option<u64>,
    /// Why the run ended before everything was read; null if it did not.
    interruption: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "CallerIdentity")]
struct CallerIdentityObject<'a> {
    profile: Option<&'a str>,
    account_id: Option<&'a str>,
    arn: Option<&'a str>,
    /// Why STS did not tell it; null where it did.
    cause: Option<&'a str>,
}

impl<'a> CallerIdentityObject<'a> {
    fn new(caller: &'a CallerReport) -> Self {
        let identity = caller.identity.as_ref();
        Self {
            profile: caller.profile.as_deref(),
            account_id: identity.ok().map(|caller| &*caller.account),
            arn: identity.ok().map(|caller| &*caller.arn),
            cause: identity.err().map(|cause| &*cause.text),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Account")]
struct AccountObject<'a> {
    account_id: &'a str,
    /// Where AWS Organizations tells it.
    account_name: Option<&'a str>,
}

impl<'a> EvidenceObject<'a> {
    pub(super) fn new(report: &'a FleetReport) -> Self {
        let Evidence {
            asked_at,
            clock,
            version,
            command_line,
            configured,
            max_age,
            interruption,
            accounts,
            regions,
            ..
        } = &report.evidence;
        let accounts = accounts.iter().map(|account| AccountObject {
            account_id: &account.id,
            account_name: account.name.as_deref(),
        });
        let callers = report.coverage.callers.iter();
        Self {
            asked_at: asked_at.to_string(),
            clock: clock.as_str(),
            version,
            command_line,
            configured: configured.iter().map(ConfiguredObject::new).collect(),
            callers: callers.map(CallerIdentityObject::new).collect(),
            accounts: accounts.collect(),
            regions: regions.iter().map(|region| &**region).collect(),
            max_age: max_age.0,
            interruption: interruption.as_deref(),
        }
    }
}
