//! Arguments of `diff`.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Result, bail};
use clap::builder::PossibleValue;
use clap::{Arg, Args, ValueHint};

use crate::aggregate::diff::{Difference, Direction};
use crate::cli::collect::parse_location;
use crate::cli::layout::LayoutArgs;
use crate::cli::output::OutputArgs;
use crate::cli::select::{FilterArgs, SelectArgs, VerdictArgs};
use crate::cli::value_parsers::CompletingParser;
use crate::record::is_same_word;
use crate::source::{DatasetLocation, DatasetMoment, DatasetOptions};
use crate::suggest::unknown_word;

/// The end of the help.
pub(super) const HELP: &str = "\
BEFORE and AFTER are each one of:
  DIR, s3://BUCKET/PREFIX    a dataset at its latest moment
  DIR@WHEN                   the same at another: 2026-11-26, 2026-11-26T05:00:00Z, 7d (ago), a run id
  WHEN                       a moment of the dataset of --from
  live                       what AWS says now, with the connection flags

Examples:
  patchctl diff --from fleet 2026-11-24 latest
  patchctl diff fleet@7d fleet
  patchctl diff fleet live --all-regions --only worse
  patchctl diff monday tuesday --min-severity critical -o csv
  patchctl diff --from s3://bucket/fleet 1d latest --only worse --exit-code

Without ids, --tag, --patch-group or --platform, every node is compared, as with --all. What
could not be read on either side is Unknown, never gone or fixed. A patch is the same with one
KB id and one title on one node. With a filter of patches, only changes of patches are shown,
and what is Unknown.

Exit codes: 0 compared; 1 with --exit-code: something got worse; 2 could not start, or nothing
could be read or written; 3 something could not be compared.";

/// Flags that a comparison has no use for.
const UNUSED_FLAGS: [&str; 4] = ["estimate", "rate", "no_prefetch", "cves"];

/// Hides the flags that a comparison has no use for.
pub(super) fn hide_unused(arg: Arg) -> Arg {
    let is_unused = UNUSED_FLAGS.contains(&arg.get_id().as_str());
    if is_unused { arg.hide(true) } else { arg }
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The first side: a dataset, a moment of one, or `live`; see below
    #[arg(value_name = "BEFORE", required_unless_present = "columns")]
    before: Option<SideArg>,
    /// The second side
    #[arg(value_name = "AFTER", required_unless_present = "columns")]
    after: Option<SideArg>,
    /// The dataset that BEFORE and AFTER are moments of: a folder or s3://BUCKET/PREFIX
    #[arg(long, value_name = "LOCATION", value_parser = parse_location, value_hint = ValueHint::DirPath, help_heading = "Dataset")]
    from: Option<DatasetLocation>,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Only changes that are worse, better, new (only after) or gone (only before), and what is unknown
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', value_parser = ONLY_PARSER, hide_possible_values = true, help_heading = "Filter")]
    pub only: Vec<Only>,
    /// Exit with 1 if something got worse, and with 3 if it is unknown whether it did
    #[arg(long, help_heading = "Output")]
    pub exit_code: bool,
    #[command(flatten)]
    pub verdict: VerdictArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub layout: LayoutArgs<Difference>,
}

/// A side as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SideArg {
    Live,
    /// A dataset, a moment, or both joined by `@`.
    Text(String),
}

impl FromStr for SideArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("must not be empty".to_owned()),
            live if live.eq_ignore_ascii_case("live") => Ok(Self::Live),
            text => Ok(Self::Text(text.to_owned())),
        }
    }
}

/// One side, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DiffSource {
    Live,
    Dataset(DatasetOptions),
}

impl DiffArgs {
    /// Both sides, with their names.
    ///
    /// # Errors
    /// When one is missing or is no dataset and no moment, or both are live.
    pub(crate) fn sides(&self) -> Result<[(String, DiffSource); 2]> {
        if self.select.estimate {
            bail!("--estimate cannot be combined with diff");
        }
        let (Some(before), Some(after)) = (&self.before, &self.after) else {
            bail!("diff compares two sides: give BEFORE and AFTER, as in patchctl diff DIR live");
        };
        let sides = [self.side(before)?, self.side(after)?];
        if sides[0].1 == DiffSource::Live && sides[1].1 == DiffSource::Live {
            bail!("both sides are live; give a dataset for one, as in patchctl diff DIR live");
        }
        Ok(sides)
    }

    fn side(&self, side: &SideArg) -> Result<(String, DiffSource)> {
        let SideArg::Text(text) = side else {
            return Ok(("live".to_owned(), DiffSource::Live));
        };
        let (location, at) = match &self.from {
            Some(from) => (from.clone(), DatasetMoment::parse(text)?),
            None => parse_dataset(text)?,
        };
        let criteria = self.select.or_all().criteria();
        let dataset = DatasetOptions::at_moment(location, at, criteria);
        Ok((dataset.to_string(), DiffSource::Dataset(dataset)))
    }

    /// Is none of the sides live?
    #[must_use]
    pub(crate) fn is_offline(&self) -> bool {
        let is_live = |side: &Option<SideArg>| *side == Some(SideArg::Live);
        !is_live(&self.before) && !is_live(&self.after)
    }

    /// Does `--only` show this change?
    #[must_use]
    pub(crate) fn shows(&self, difference: &Difference) -> bool {
        let change = difference.change;
        self.only.is_empty()
            || difference.direction == Direction::Unknown
            || self.only.iter().any(|only| match only {
                Only::Worse => difference.direction == Direction::Worse,
                Only::Better => difference.direction == Direction::Better,
                Only::New => change.is_new(difference.before.is_some()),
                Only::Gone => change.is_gone(),
            })
    }
}

/// `LOCATION` or `LOCATION@WHEN`. A folder may have `@` in its name.
pub(super) fn parse_dataset(text: &str) -> Result<(DatasetLocation, DatasetMoment)> {
    let parts = text.rsplit_once('@').filter(|_| !Path::new(text).is_dir());
    match parts {
        Some((location, at)) if !location.is_empty() && !at.contains('/') => {
            Ok((DatasetLocation::parse(location)?, DatasetMoment::parse(at)?))
        }
        _ => Ok((DatasetLocation::parse(text)?, DatasetMoment::Latest)),
    }
}

/// A value of `--only`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    Worse,
    Better,
    New,
    Gone,
}

const ONLY_WORDS: [(&str, Only, &str); 4] = [
    ("worse", Only::Worse, "for the worse"),
    ("better", Only::Better, "for the better"),
    (
        "new",
        Only::New,
        "nodes and patches that only the second side has",
    ),
    (
        "gone",
        Only::Gone,
        "nodes and patches that only the first side has",
    ),
];

const ONLY_PARSER: CompletingParser<Only> = CompletingParser {
    parse: |text| {
        let known = ONLY_WORDS.iter();
        let mut known = known.filter(|(word, ..)| is_same_word(word, text));
        known.next().map(|(_, only, _)| *only).ok_or_else(|| {
            let words = ONLY_WORDS.map(|(word, ..)| word);
            unknown_word("--only: unknown kind", text, &words)
        })
    },
    possible_values: || {
        ONLY_WORDS
            .map(|(word, _, help)| PossibleValue::new(word).help(help))
            .to_vec()
    },
};
