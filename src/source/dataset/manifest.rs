//! The manifest of a run: who collected what, when, and in which files. It is the only
//! thing that makes a run visible.
//!
//! A manifest is untrusted until it is validated: sizes are limited, and paths stay inside
//! the dataset.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{AccountRegion, Cause, Scope};

/// The description of one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Manifest {
    pub schema_version: u32,
    pub run_id: String,
    /// The program that wrote it, with its version.
    pub tool: String,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    /// Whose clock these times are of: `system`, or `demo`.
    pub clock: String,
    pub callers: Vec<ManifestCaller>,
    pub selection: ManifestSelection,
    pub plan: ManifestPlan,
    /// Calls by operation, as `ssm:DescribeInstancePatches`.
    pub calls: BTreeMap<String, ManifestCalls>,
    pub totals: ManifestTotals,
    /// In the order in which they were read.
    pub locations: Vec<ManifestLocation>,
    /// Regions, accounts and profiles that could not be read.
    pub unread: Vec<ManifestUnread>,
    /// Those that were left out on purpose.
    pub skipped: Vec<ManifestScope>,
    /// Ids that were given and do not match the criteria.
    pub excluded_ids: Vec<String>,
    /// Why no node was selected, if none was.
    pub nothing_selected: Option<String>,
    pub files: Vec<ManifestFile>,
    /// Ids of older runs of which nothing is read any more: this one tells of each account
    /// and region that they tell of, and goes before them. Not all of them: readers do not
    /// read the manifests of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<String>,
    /// The SHA-256 of the manifest with these 64 digits as zeros.
    pub checksum: String,
}

/// An identity that made calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestCaller {
    pub profile: Option<String>,
    pub account: Option<String>,
    pub arn: Option<String>,
    pub cause: Option<ManifestCause>,
}

/// Which nodes were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestSelection {
    /// Every managed node, without criteria: a node that is not in the run is not managed
    /// there.
    pub is_complete: bool,
    /// How many ids were given.
    pub node_ids: u64,
    /// The flags that selected nodes, as typed: `--tag Team=web`.
    pub criteria: Vec<String>,
}

/// What was read of the nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a part of its own")]
pub(crate) struct ManifestPlan {
    /// `Basic`, `Names` or `Tags`; `None`: nothing but patches.
    pub node_info: Option<String>,
    pub patches: bool,
    pub baselines: bool,
    pub release_dates: bool,
    pub associations: bool,
    pub unmanaged: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestCalls {
    pub calls: u64,
    pub attempts: u64,
    pub throttled: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestTotals {
    pub asked: u64,
    pub answered: u64,
    pub no_data: u64,
    pub unread: u64,
    pub patches: u64,
}

/// One account and region that was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestLocation {
    /// Empty where it is not known.
    pub account_id: String,
    /// Was the id told by the service that was asked, as rows show it? Otherwise it is that of the caller.
    pub is_account_known: bool,
    pub account_name: Option<String>,
    pub region: String,
    pub finished_at: Timestamp,
    pub nodes: u64,
    pub patches: u64,
    pub discovery: Option<ManifestDiscovery>,
    pub missing_columns: Vec<ManifestMissingColumns>,
    pub release_dates_missing: Option<ManifestCause>,
    /// The baselines that a patch group has several of, with their operating systems where
    /// they are known: they decide whether nodes conflict.
    pub baselines: BTreeMap<String, Option<String>>,
}

/// How nodes were found: `record::DiscoveryReport`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct ManifestDiscovery {
    pub calls: Vec<String>,
    pub limitations: Vec<String>,
    pub tolerated_failures: Vec<String>,
    pub has_failed_calls: bool,
    pub lists_stopped_instances: bool,
    pub has_undecided_nodes: bool,
    pub excluded_nodes: Option<u64>,
    pub lists_unmanaged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestMissingColumns {
    pub columns: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestCause {
    pub code: String,
    pub text: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestScope {
    pub region: Option<String>,
    pub account: Option<String>,
    pub account_name: Option<String>,
    pub profile: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestUnread {
    pub scope: ManifestScope,
    pub cause: ManifestCause,
}

/// A file of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ManifestFile {
    /// Relative to the root of the dataset.
    pub path: String,
    pub table: String,
    pub account_id: String,
    pub region: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
    /// The Parquet footer with its length and magic bytes: the last bytes of the file. It
    /// contains the checksum of each column chunk, in its key-value metadata.
    pub footer_bytes: u64,
    pub footer_sha256: String,
}

impl Manifest {
    /// The runs that it supersedes, as far as that is taken as said: other programs may not
    /// know when a run supersedes another one, and what they name is compared instead.
    pub(crate) fn trusted_supersedes(&self) -> &[String] {
        let is_own = self.tool.split(' ').next() == Some(env!("CARGO_PKG_NAME"));
        if is_own { &self.supersedes } else { &[] }
    }

    /// What could not be read of single regions.
    pub(crate) fn unread_by_region(&self) -> HashMap<&str, Vec<&ManifestUnread>> {
        let mut by_region: HashMap<&str, Vec<&ManifestUnread>> = HashMap::new();
        for unread in &self.unread {
            if let Some(region) = &unread.scope.region {
                by_region.entry(region).or_default().push(unread);
            }
        }
        by_region
    }
}

impl ManifestLocation {
    /// Is it this account and region?
    #[must_use]
    pub(crate) fn is_of(&self, location: &AccountRegion) -> bool {
        let account = Some(&*self.account_id).filter(|_| self.is_account_known);
        account == location.account.as_deref() && *self.region == *location.region
    }
}

impl ManifestTotals {
    pub(crate) fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.no_data += other.no_data;
        self.unread += other.unread;
        self.patches += other.patches;
    }
}

impl From<&Cause> for ManifestCause {
    fn from(cause: &Cause) -> Self {
        Self {
            code: cause.code.to_string(),
            text: cause.text.to_string(),
        }
    }
}

impl From<&Scope> for ManifestScope {
    fn from(scope: &Scope) -> Self {
        Self {
            region: scope.region.as_deref().map(str::to_owned),
            account: scope.account.as_deref().map(str::to_owned),
            account_name: scope.account_name.as_deref().map(str::to_owned),
            profile: scope.profile.as_deref().map(str::to_owned),
        }
    }
}
