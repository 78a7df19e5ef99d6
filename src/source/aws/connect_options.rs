//! Which accounts and regions to read, and how to reach them.

use crate::source::dataset::options::DatasetOptions;

/// Asks the user a question on the terminal; `None` if there is no terminal.
pub(crate) type AskUser = fn(&str) -> std::io::Result<Option<String>>;

/// How to reach the service, as configured by the user.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct ConnectOptions {
    /// Read this dataset, in place of AWS.
    pub from: Option<DatasetOptions>,
    /// Use the demo service inside the process.
    pub demo: bool,
    pub profiles: Vec<String>,
    pub regions: Vec<String>,
    /// Every enabled region, instead of `regions`.
    pub all_regions: bool,
    pub accounts: Accounts,
    /// Regions and accounts that are left out on purpose.
    pub skipped_regions: Vec<String>,
    pub skipped_accounts: Vec<String>,
    /// Organizational units whose accounts are left out, too.
    pub skipped_units: Vec<String>,
    /// The role to assume in each of the accounts.
    pub role_name: Option<String>,
    pub external_id: Option<String>,
    pub endpoints: Vec<EndpointOverride>,
    /// Concurrent calls in each account and region.
    pub concurrency: usize,
    /// Read locations in the order of accounts and regions, to compare them with others.
    pub is_ordered: bool,
    /// Give up early, to diagnose a failure instead of waiting it out.
    pub fail_fast: bool,
    /// Asks for the code of an MFA device.
    pub ask_user: Option<AskUser>,
}

/// The accounts whose nodes are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Accounts {
    /// The caller's own account.
    #[default]
    Own,
    Listed(Vec<String>),
    /// Every active account of the caller's organization.
    Organization,
}

impl Accounts {
    /// The accounts that are given by id.
    #[must_use]
    pub(crate) fn ids(&self) -> &[String] {
        match self {
            Self::Listed(ids) => ids,
            Self::Own | Self::Organization => &[],
        }
    }
}

/// Where to send calls instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndpointOverride {
    /// Only for calls to this region.
    pub region: Option<String>,
    pub url: String,
}
