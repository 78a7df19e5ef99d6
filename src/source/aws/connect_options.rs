//! Which accounts and regions to read, and how to reach them.

/// How to reach the service, as the user said it.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// Ask the demo world inside the process.
    pub demo: bool,
    pub profiles: Vec<String>,
    pub regions: Vec<String>,
    /// Every region that is enabled, rather than `regions`.
    pub all_regions: bool,
    pub accounts: Accounts,
    /// The role to assume in each of the accounts.
    pub role_name: Option<String>,
    pub external_id: Option<String>,
    pub endpoints: Vec<EndpointOverride>,
    /// Calls under way at once, in each account and region.
    pub concurrency: usize,
    /// Give up early: whoever asks wants to know what is wrong, not to ride it out.
    pub fail_fast: bool,
}

/// Whose nodes are asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Accounts {
    /// The caller's own.
    #[default]
    Own,
    Listed(Vec<String>),
    /// Every active account of the caller's organization.
    Organization,
}

impl Accounts {
    /// Those that are known by their ids.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        match self {
            Self::Listed(ids) => ids,
            Self::Own | Self::Organization => &[],
        }
    }
}

/// Where to send calls instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointOverride {
    /// Only calls to this region.
    pub region: Option<String>,
    pub url: String,
}
