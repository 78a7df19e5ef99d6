//! The flags that say where to ask: region, account, role, endpoint.
//!
//! Knows how they are written. Must not know how any of them is reached.

use std::collections::HashSet;

use clap::Args;

use crate::cli::value_parsers::{
    ENDPOINT_PARSER, parse_account, parse_region, parse_role, parse_time_limit,
};
use crate::duration::TimeLimit;
use crate::source::{Accounts, ConnectOptions, EndpointOverride};

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connect")]
pub struct ConnectArgs {
    /// Ask the embedded demo region: no network, no credentials, the same answer each time
    #[arg(long, global = true)]
    pub demo: bool,
    /// The profiles of the AWS config files, each an account of its own [env: AWS_PROFILE]
    #[arg(
        long = "profile",
        value_name = "NAME,...",
        global = true,
        value_delimiter = ','
    )]
    pub profiles: Vec<String>,
    /// The AWS regions [env: PATCHCTL_REGION, else AWS_REGION]
    // Ids of their own: `demo serve` has flags of the fields' names, and these are everywhere.
    #[arg(id = "region", long, value_name = "REGION,...", global = true, value_delimiter = ',', value_parser = parse_region)]
    pub regions: Vec<String>,
    /// Every region that is enabled for the account
    #[arg(long, global = true, conflicts_with = "region")]
    pub all_regions: bool,
    /// These accounts, each through its role --role-name
    #[arg(id = "account", long, value_name = "ID,...", global = true, value_delimiter = ',', value_parser = parse_account, requires = "role_name")]
    pub accounts: Vec<String>,
    /// Every active account of the organization, each through its role --role-name
    #[arg(
        long,
        global = true,
        conflicts_with = "account",
        requires = "role_name"
    )]
    pub organization: bool,
    /// The role to assume in each account
    #[arg(long, value_name = "NAME", global = true, value_parser = parse_role)]
    pub role_name: Option<String>,
    /// The external id that the roles ask for
    #[arg(long, value_name = "ID", global = true)]
    pub external_id: Option<String>,
    /// Another endpoint, for all calls or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]
    #[arg(long = "endpoint-url", value_name = "[REGION=]URL", global = true, value_parser = ENDPOINT_PARSER)]
    pub endpoints: Vec<EndpointOverride>,
    /// Calls under way at once in each account and region, 1 to 256
    #[arg(long, value_name = "N", global = true, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// How long the run may take, such as 30s, 10m or 2h; then what was read is shown, and the rest is UNREAD
    #[arg(long, value_name = "DURATION", global = true, value_parser = parse_time_limit)]
    pub timeout: Option<TimeLimit>,
}

impl ConnectArgs {
    /// The same, without clap.
    #[must_use]
    pub fn to_connect(&self) -> ConnectOptions {
        ConnectOptions {
            demo: self.demo,
            profiles: distinct(&self.profiles),
            regions: distinct(&self.regions),
            all_regions: self.all_regions,
            accounts: match (&self.role_name, self.organization) {
                (Some(_), true) => Accounts::Organization,
                (Some(_), false) if !self.accounts.is_empty() => {
                    Accounts::Listed(distinct(&self.accounts))
                }
                _ => Accounts::Own,
            },
            role_name: self.role_name.clone(),
            external_id: self.external_id.clone(),
            endpoints: self.endpoints.clone(),
            concurrency: usize::from(self.concurrency),
            fail_fast: false,
        }
    }
}

/// Each value once, where it first stands.
fn distinct(values: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    values
        .iter()
        .filter(|value| seen.insert(value.as_str()))
        .cloned()
        .collect()
}
