//! `--from`: reads a dataset in place of AWS.

use clap::{Args, ValueHint};

use crate::cli::collect::parse_location;
use crate::source::{DatasetLocation, DatasetMoment, DatasetOptions};

/// Flags that a dataset has no use for: those of a connection, and `--estimate`.
pub(super) const CONFLICTS: [&str; 9] = [
    "estimate",
    "demo",
    "all_regions",
    "organization",
    "role_name",
    "external_id",
    "skip_region",
    "skip_account",
    "skip_ou",
];

/// Those of a connection.
pub(super) const CONNECTION_CONFLICTS: &[&str] = CONFLICTS.split_at(1).1;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Dataset")]
pub(crate) struct FromArgs {
    /// Read what `collect` or a Resource Data Sync wrote, in place of AWS: a folder, or s3://BUCKET/PREFIX; --region and --account read a part of it
    #[arg(long, value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath, conflicts_with_all = CONFLICTS)]
    pub from: Option<DatasetLocation>,
    /// Read the newest runs at or before this moment: latest, a day (its end), a time, a snapshot, a run, or an age such as 7d
    #[arg(long, value_name = "WHEN", value_parser = parse_moment, default_value = "latest", requires = "from")]
    pub at: DatasetMoment,
    /// Compute ages as of now, rather than as of the time of collection
    #[arg(long, requires = "from")]
    pub now: bool,
}

pub(super) fn parse_moment(text: &str) -> Result<DatasetMoment, String> {
    DatasetMoment::parse(text).map_err(|error| error.to_string())
}

impl FromArgs {
    /// The dataset to read, for nodes that these flags select.
    #[must_use]
    pub(crate) fn to_dataset(&self, criteria: Vec<String>) -> Option<DatasetOptions> {
        Some(DatasetOptions {
            location: self.from.clone()?,
            at: self.at.clone(),
            uses_clock: self.now,
            needs_patches: true,
            criteria,
        })
    }
}
