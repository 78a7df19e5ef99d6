//! Arguments of `collect`.

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::output::OutputArgs;
use crate::cli::select::SelectArgs;
use crate::cli::value_parsers::parse_max_age;
use crate::duration::MaxAge;
use crate::glob::Glob;
use crate::plan::selection::{PlatformFilter, TagFilter};
use crate::source::DatasetLocation;

pub(super) const HELP: &str = "\
Examples:
  patchctl collect --all --to fleet
  patchctl collect --all --all-regions --organization --role-name patchctl-read --to s3://my-bucket/fleet
  patchctl collect --tag Env=prod --to fleet --without patches
  patchctl collect --all --to fleet --resume --keep 400d
  patchctl --demo collect --all --to fleet

Writes what states, patches, check, summary and report read, as Parquet files and one manifest for
the run. The run is visible when all of it is written; docs/dataset.md describes the files. A run
that was stopped is continued by the same command with --resume.

Exit codes: 0 complete; 3 some node, region or account is unread, or the run was stopped; 2 could
not start, or nothing was read: then no run is written.";

#[derive(Debug, Args)]
#[command(mut_arg("unmanaged", |arg| arg.hide(true)))]
pub(crate) struct CollectArgs {
    #[command(flatten)]
    pub select: SelectArgs,
    /// The dataset to write to: a folder, or s3://BUCKET/PREFIX
    #[arg(long, value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath, help_heading = "Dataset")]
    pub to: DatasetLocation,
    /// Go on with the newest unfinished run of the same nodes, if one was started in the last 24 hours; what it has read is not read again
    #[arg(long, help_heading = "Dataset")]
    pub resume: bool,
    /// Delete the runs that are older than this, such as 400d, once the new one is written; the newest complete run of each account and region stays
    #[arg(long, value_name = "AGE", value_parser = parse_max_age, help_heading = "Dataset")]
    pub keep: Option<MaxAge>,
    /// Leave out parts, which saves calls
    #[arg(
        long,
        value_name = "PART,...",
        value_delimiter = ',',
        value_enum,
        ignore_case = true,
        help_heading = "Dataset"
    )]
    pub without: Vec<CollectPart>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A part of a dataset that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CollectPart {
    Patches,
    Tags,
    ReleaseDates,
    Associations,
}

impl CollectArgs {
    /// Is this part to be read?
    #[must_use]
    pub(crate) fn has(&self, part: CollectPart) -> bool {
        !self.without.contains(&part)
    }
}

/// An address of a dataset.
pub(super) fn parse_location(text: &str) -> Result<DatasetLocation, String> {
    DatasetLocation::parse(text).map_err(|error| error.to_string())
}

impl SelectArgs {
    /// The flags that select nodes, as they can be typed.
    #[must_use]
    pub(crate) fn criteria(&self) -> Vec<String> {
        let tag = |tag: &TagFilter| match &tag.values[..] {
            [] => tag.key.clone(),
            values => format!("{}={}", tag.key, joined(values)),
        };
        let one =
            |flag: &str, value: String| (!value.is_empty()).then(|| format!("{flag} {value}"));
        let tags = self
            .tags
            .iter()
            .map(|filter| Some(format!("--tag {}", tag(filter))));
        let excluded = self.excluded_tags.iter();
        let excluded = excluded.map(|filter| Some(format!("--exclude-tag {}", tag(filter))));
        let platforms = |platforms: &[PlatformFilter]| {
            let names: Vec<&str> = platforms.iter().map(PlatformFilter::as_str).collect();
            names.join(",")
        };
        let ping: Vec<&str> = self
            .ping_statuses
            .iter()
            .map(|ping| ping.as_str())
            .collect();
        [
            self.all.then(|| "--all".to_owned()),
            one("--name", joined(&self.names)),
        ]
        .into_iter()
        .chain(tags)
        .chain([
            one("--patch-group", self.patch_groups.join(",")),
            one("--platform", platforms(&self.platforms)),
            one("--ping", ping.join(",")),
            one("--exclude", joined(&self.excludes)),
        ])
        .chain(excluded)
        .chain([one(
            "--exclude-platform",
            platforms(&self.excluded_platforms),
        )])
        .flatten()
        .collect()
    }
}

fn joined(globs: &[Glob]) -> String {
    let texts: Vec<&str> = globs.iter().map(Glob::as_str).collect();
    texts.join(",")
}
