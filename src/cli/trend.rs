//! Arguments of `trend`.

use clap::{Args, ValueHint};

use crate::aggregate::summary::NodeGroupings;
use crate::aggregate::trend::TrendRow;
use crate::cli::collect::parse_location;
use crate::cli::from::{CONFLICTS, parse_moment};
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::select::{SelectArgs, VerdictArgs};
use crate::cli::summary::NODE_GROUPING_PARSER;
use crate::duration::parse_seconds;
use crate::source::{DatasetLocation, DatasetMoment, SnapshotRange};

/// The end of the help.
pub(super) const HELP: &str = "\
Examples:
  patchctl trend --from fleet
  patchctl trend --from fleet --by platform --since 90d
  patchctl trend --from s3://bucket/fleet --by account --every 1d -o csv
  patchctl trend --from fleet --every 1d -o openmetrics > history.om
  patchctl trend --from fleet --tag Env=prod --since 2026-01-01 --every 7d -o json

One row for each snapshot, or for each of its groups. A snapshot combines the newest run of each
account and region, as --at does, and is judged as of its time. With one collector for each
account, --every 1d shows days. Without ids and criteria, every node is included, as with --all.

Exit codes: 0 complete; 2 could not start, or nothing could be read or written; 3 something
could not be read at one of the snapshots.";

#[derive(Debug, Args)]
pub(crate) struct TrendArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// The dataset: a folder or s3://BUCKET/PREFIX; --region and --account read a part of it
    #[arg(long, value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath, conflicts_with_all = CONFLICTS, required_unless_present = "columns", help_heading = "Dataset")]
    pub from: Option<DatasetLocation>,
    /// Only snapshots from this moment on: a day (its start), a time, a snapshot, a run, or an age such as 90d
    #[arg(long, value_name = "WHEN", value_parser = parse_since, help_heading = "Dataset")]
    since: Option<DatasetMoment>,
    /// Only snapshots up to this moment: latest, a day (its end), a time, a snapshot, a run, or an age
    #[arg(long, value_name = "WHEN", value_parser = parse_moment, default_value = "latest", help_heading = "Dataset")]
    until: DatasetMoment,
    /// Only the last snapshot in each span, such as 1d or 7d, counted from 1970 in UTC
    #[arg(long, value_name = "SPAN", value_parser = parse_span, help_heading = "Dataset")]
    every: Option<u64>,
    /// Group nodes by this, or by two such as account,region; `tag:KEY` is the value of a tag
    #[arg(long, value_name = "GROUP,...", value_parser = NODE_GROUPING_PARSER, help_heading = "Group")]
    pub by: Option<NodeGroupings>,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<TrendRow>,
}

fn parse_since(text: &str) -> Result<DatasetMoment, String> {
    DatasetMoment::parse_start(text).map_err(|error| error.to_string())
}

fn parse_span(text: &str) -> Result<u64, String> {
    parse_seconds(text).map_err(|cause| format!("--every: {cause}"))
}

impl TrendArgs {
    /// Which snapshots are read.
    #[must_use]
    pub(crate) fn range(&self) -> SnapshotRange {
        SnapshotRange {
            since: self.since.clone(),
            until: self.until.clone(),
            every: self.every,
        }
    }
}
