//! The columns and the order of `patches`, whose rows are patches or, with
//! `--by`, counts of them.
//!
//! Knows that names are read once it is known what the rows are. Must not know
//! the columns themselves.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command as Clap, FromArgMatches};

use crate::aggregate::pivot::PatchGrouping;
use crate::cli::LayoutArgs;
use crate::cli::value_parsers::{
    ColumnChoice, CompletingParser, add_layout_args, column_values, invalid_value,
    parse_column_choice, parse_sort_key,
};
use crate::columns::{Column, Row};
use crate::record::is_same_word;
use crate::report::{PatchAggregateRow, PatchRow};
use crate::suggest::unknown_word;

/// What the rows of `patches` are, and how they are laid out.
#[derive(Debug)]
pub enum PatchLayout {
    Flat(LayoutArgs<PatchRow>),
    Grouped(PatchGrouping, LayoutArgs<PatchAggregateRow>),
}

impl FromArgMatches for PatchLayout {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = |id: &str| -> Vec<String> {
            let all = matches.get_many::<String>(id);
            all.map(|all| all.cloned().collect()).unwrap_or_default()
        };
        let (columns, sort_by) = (typed("columns"), typed("sort_by"));
        let is_configured = matches.value_source("columns") == Some(ValueSource::DefaultValue);
        let Some(by) = matches.get_one::<PatchGrouping>("by").copied() else {
            let columns = if is_configured {
                columns_of_view::<PatchRow, PatchAggregateRow>(columns, |_| true)
            } else {
                columns
            };
            return Ok(Self::Flat(LayoutArgs {
                columns: parse_all(&columns, parse_column_choice)?,
                sort_by: parse_all(&sort_by, parse_sort_key)?,
            }));
        };
        let columns = if is_configured {
            columns_of_view::<PatchAggregateRow, PatchRow>(columns, |column| {
                by == PatchGrouping::Node || column.info_level.is_none()
            })
        } else {
            columns
        };
        let layout = LayoutArgs {
            columns: parse_all(&columns, parse_column_choice)?,
            sort_by: parse_all(&sort_by, parse_sort_key)?,
        };
        let chosen = layout.columns.iter().filter_map(|choice| match choice {
            ColumnChoice::Only(column) | ColumnChoice::Also(column) => Some(*column),
            ColumnChoice::Help => None,
        });
        let keys = layout.sort_by.iter().map(|key| key.column);
        let of_node = |column: &&Column<PatchAggregateRow>| column.info_level.is_some();
        match chosen.chain(keys).find(of_node) {
            Some(column) if by != PatchGrouping::Node => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                format!(
                    "the column {} is about one node, and the rows of --by {by} are not; use --by node",
                    column.name
                ),
            )),
            _ => Ok(Self::Grouped(by, layout)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Of configured columns, those that this view has. A list that is of the other
/// view alone says nothing of this one.
fn columns_of_view<R: Row, O: Row>(
    words: Vec<String>,
    fits: impl Fn(&Column<R>) -> bool,
) -> Vec<String> {
    let bare = |word: &String| word.trim().trim_start_matches('+').to_owned();
    let own = |word: &String| Column::<R>::by_name(&bare(word)).filter(|column| fits(column));
    let other = |word: &String| Column::<O>::by_name(&bare(word)).is_some();
    let is_of_other = words.iter().any(|word| own(word).is_none());
    if is_of_other && !words.iter().any(|word| own(word).is_some() && !other(word)) {
        return Vec::new();
    }
    words
        .into_iter()
        .filter(|word| own(word).is_some())
        .collect()
}

/// Is this a column of either view, as the configuration names it?
///
/// # Errors
/// When neither has it.
pub fn check_column_of_any_view(word: &str) -> Result<(), clap::Error> {
    let name = word.trim();
    let name = name.strip_prefix('+').unwrap_or(name);
    let is_known = Column::<PatchRow>::by_name(name).is_some()
        || Column::<PatchAggregateRow>::by_name(name).is_some();
    if is_known {
        return Ok(());
    }
    let flat = PatchRow::columns().iter().map(|column| column.name);
    let mut names: Vec<&str> = flat.collect();
    let counted = PatchAggregateRow::columns()
        .iter()
        .map(|column| column.name);
    for column in counted {
        if !names.contains(&column) {
            names.push(column);
        }
    }
    Err(invalid_value("--columns has no column", name, &names))
}

fn parse_all<T>(
    words: &[String],
    read: fn(&str) -> Result<T, clap::Error>,
) -> Result<Vec<T>, clap::Error> {
    words.iter().map(|word| read(word)).collect()
}

impl Args for PatchLayout {
    fn augment_args(cmd: Clap) -> Clap {
        let cmd = cmd.arg(
            Arg::new("by")
                .long("by")
                .value_name("VIEW")
                .help("Count patches by kb, cve, node or severity, and name the nodes that lack them; only in the four non-compliant states, unless --state or --cve say otherwise")
                .help_heading("Output")
                .hide_possible_values(true)
                .value_parser(PATCH_GROUPING_PARSER),
        );
        add_layout_args(
            cmd,
            AnyColumnParser { is_sort: false }.into(),
            AnyColumnParser { is_sort: true }.into(),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

const PATCH_GROUPING_PARSER: CompletingParser<PatchGrouping> = CompletingParser {
    parse: |text| {
        let known = PatchGrouping::ALL
            .into_iter()
            .find(|by| is_same_word(by.as_str(), text));
        known.ok_or_else(|| {
            unknown_word(
                "--by has no view",
                text,
                &PatchGrouping::ALL.map(PatchGrouping::as_str),
            )
        })
    },
    possible_values: || {
        PatchGrouping::ALL
            .map(|by| PossibleValue::new(by.as_str()))
            .to_vec()
    },
};

/// The name of a column of either kind of row; which it must be is not known
/// before the whole line is read.
#[derive(Clone)]
struct AnyColumnParser {
    is_sort: bool,
}

impl TypedValueParser for AnyColumnParser {
    type Value = String;

    fn parse_ref(
        &self,
        _cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        Ok(value.to_string_lossy().into_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let is_new =
            |value: &PossibleValue| Column::<PatchRow>::by_name(value.get_name()).is_none();
        let names =
            column_values::<PatchRow>().chain(column_values::<PatchAggregateRow>().filter(is_new));
        let help = (!self.is_sort).then(|| PossibleValue::new("help").help("list the columns"));
        Some(Box::new(names.chain(help)))
    }
}
