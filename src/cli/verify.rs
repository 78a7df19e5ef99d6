//! Arguments of `verify`.

use clap::{Args, ValueHint};

use crate::cli::collect::parse_location;
use crate::cli::from::parse_moment;
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::record::DatasetFinding;
use crate::source::{DatasetLocation, DatasetMoment};

pub(super) const HELP: &str = "\
Examples:
  patchctl verify fleet
  patchctl verify s3://my-bucket/fleet --at 2026-11-26
  patchctl verify fleet -o json

Compares manifests, files, footers and column chunks with their checksums, and counts of rows with
one another. CHANGED: not the bytes that were written. MISSING: a manifest names it. UNNAMED: no
manifest names it. UNFINISHED: of a run that has not ended, which is no error.

Exit codes: 0 every byte is as its manifest says; 1 something is changed, missing or unnamed; 2 the
dataset could not be read.";

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The dataset: a folder, or s3://BUCKET/PREFIX
    #[arg(value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath)]
    pub dataset: DatasetLocation,
    /// Only the runs that --from reads at this moment: latest, a day, a time, a snapshot, a run, or an age such as 7d [default: all runs]
    #[arg(long, value_name = "WHEN", value_parser = parse_moment, help_heading = "Dataset")]
    pub at: Option<DatasetMoment>,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<DatasetFinding>,
}
