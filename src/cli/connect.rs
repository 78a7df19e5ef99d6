//! Connection flags: profile, region, account, role, endpoint.

use std::collections::HashSet;

use clap::Args;

use crate::cli::value_parsers::{
    ENDPOINT_PARSER, parse_account, parse_region, parse_role, parse_time_limit, parse_unit,
};
use crate::duration::TimeLimit;
use crate::source::{Accounts, ConnectOptions, EndpointOverride};
use crate::terminal;

#[derive(Debug, Args)]
#[command(next_help_heading = "Connect")]
pub(crate) struct ConnectArgs {
    /// Use the embedded demo: no network, no credentials, the same output each time
    #[arg(long, global = true)]
    pub demo: bool,
    /// Profiles of the AWS config files, each a separate account [env: AWS_PROFILE]
    #[arg(
        long = "profile",
        value_name = "NAME,...",
        global = true,
        value_delimiter = ','
    )]
    pub profiles: Vec<String>,
    /// AWS regions [env: PATCHCTL_REGION, AWS_REGION]
    // The ids differ from those of the flags of `demo serve`, as these flags are global.
    #[arg(id = "region", long, value_name = "REGION,...", global = true, value_delimiter = ',', value_parser = parse_region)]
    pub regions: Vec<String>,
    /// Every region enabled for the account
    #[arg(long, global = true, conflicts_with = "region")]
    pub all_regions: bool,
    /// These accounts, through the role --role-name in each; with --from, these of the dataset
    #[arg(id = "account", long, value_name = "ID,...", global = true, value_delimiter = ',', value_parser = parse_account)]
    pub accounts: Vec<String>,
    /// Every active account of the organization, through the role --role-name in each
    // Requires --role-name: checked in `validate`, as clap wants both on one side of the command.
    #[arg(long, global = true, conflicts_with = "account")]
    pub organization: bool,
    /// Regions not to read, such as those that are denied; they are reported as skipped
    #[arg(id = "skip_region", long = "skip-region", value_name = "REGION,...", global = true, value_delimiter = ',', value_parser = parse_region)]
    pub skipped_regions: Vec<String>,
    /// Accounts of the organization not to read; they are reported as skipped
    #[arg(id = "skip_account", long = "skip-account", value_name = "ID,...", global = true, value_delimiter = ',', value_parser = parse_account)]
    pub skipped_accounts: Vec<String>,
    /// Organizational units not to read, with those below them; their accounts are reported as skipped
    #[arg(id = "skip_ou", long = "skip-ou", value_name = "OU,...", global = true, value_delimiter = ',', value_parser = parse_unit)]
    pub skipped_units: Vec<String>,
    /// Name of the role to assume in each account
    #[arg(long, value_name = "NAME", global = true, value_parser = parse_role)]
    pub role_name: Option<String>,
    /// External id that the roles require
    #[arg(long, value_name = "ID", global = true)]
    pub external_id: Option<String>,
    /// Endpoint for all calls, or for those of one region [env: AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM]
    #[arg(long = "endpoint-url", value_name = "[REGION=]URL", global = true, value_parser = ENDPOINT_PARSER)]
    pub endpoints: Vec<EndpointOverride>,
    /// Concurrent calls per account and region, 1 to 256
    #[arg(long, value_name = "N", global = true, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Time limit for the run, such as 30s, 10m or 2h; nodes not read by then are UNREAD
    #[arg(long, value_name = "DURATION", global = true, value_parser = parse_time_limit)]
    pub timeout: Option<TimeLimit>,
}

impl ConnectArgs {
    /// The options without clap.
    #[must_use]
    pub(crate) fn to_connect(&self) -> ConnectOptions {
        ConnectOptions {
            from: None,
            demo: self.demo,
            profiles: distinct(&self.profiles),
            regions: distinct(&self.regions),
            all_regions: self.all_regions,
            accounts: match (&self.role_name, self.organization) {
                (Some(_), true) => Accounts::Organization,
                (_, false) if !self.accounts.is_empty() => {
                    Accounts::Listed(distinct(&self.accounts))
                }
                _ => Accounts::Own,
            },
            skipped_regions: distinct(&self.skipped_regions),
            skipped_accounts: distinct(&self.skipped_accounts),
            skipped_units: distinct(&self.skipped_units),
            role_name: self.role_name.clone(),
            external_id: self.external_id.clone(),
            endpoints: self.endpoints.clone(),
            concurrency: usize::from(self.concurrency),
            is_ordered: false,
            fail_fast: false,
            ask_user: Some(terminal::ask),
        }
    }
}

/// Drops repeated values.
fn distinct(values: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    values
        .iter()
        .filter(|value| seen.insert(value.as_str()))
        .cloned()
        .collect()
}
