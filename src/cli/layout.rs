//! Columns and sort order: `--columns`, `--sort-by`, and `--by` of `patches`.

use clap::builder::{PossibleValue, ValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command as Clap, FromArgMatches};

use crate::aggregate::pivot::PatchGrouping;
use crate::cli::column_names::{
    column_spellings, column_values, completing, find_column, unknown_column,
};
use crate::cli::row_filter::{FilteredRow, parse_condition, where_arg};
use crate::cli::value_parsers::CompletingParser;
use crate::columns::condition::Condition;
use crate::columns::{Column, Row};
use crate::record::is_same_word;
use crate::report::{PatchAggregateRow, PatchRow};
use crate::suggest::unknown_word;

/// Columns and sort order of one row type.
#[derive(Debug)]
pub(crate) struct LayoutArgs<R: Row> {
    pub columns: Vec<ColumnChoice<R>>,
    pub sort_by: Vec<SortKey<R>>,
    /// What a row has to meet to be shown.
    pub conditions: Vec<Condition<R>>,
}

impl<R: Row> Default for LayoutArgs<R> {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            sort_by: Vec::new(),
            conditions: Vec::new(),
        }
    }
}

/// A value of `--columns`.
#[derive(Debug, Clone)]
pub(crate) enum ColumnChoice<R: 'static> {
    /// `help`: list the columns.
    Help,
    /// `Name`: this column instead of the default ones.
    Only(&'static Column<R>),
    /// `+Name`: this column after the default ones.
    Also(&'static Column<R>),
}

/// A value of `--sort-by`.
#[derive(Debug, Clone)]
pub(crate) struct SortKey<R: 'static> {
    pub column: &'static Column<R>,
    /// `-Name`: greatest first.
    pub descending: bool,
}

impl<R: Row> LayoutArgs<R> {
    /// The list of columns, if `--columns help` was typed.
    #[must_use]
    pub(crate) fn column_help(&self) -> Option<String> {
        let mut choices = self.columns.iter();
        if !choices.any(|choice| matches!(choice, ColumnChoice::Help)) {
            return None;
        }
        let tag = R::IS_PER_NODE.then_some((
            "tag:KEY",
            "the value of the node's tag KEY; fetched on request only",
        ));
        let columns = R::columns().iter().map(|column| (column.name, column.help));
        let lines: Vec<(&str, &str)> = columns.chain(tag).collect();
        let widest = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let lines = lines.iter();
        let lines = lines.map(|(name, help)| format!("{name:widest$}  {help}"));
        Some(lines.collect::<Vec<_>>().join(
            "
",
        ))
    }

    /// The columns of `--sort-by`; `true` is descending.
    #[must_use]
    pub(crate) fn sort_keys(&self) -> Vec<(&'static Column<R>, bool)> {
        let keys = self.sort_by.iter();
        keys.map(|key| (key.column, key.descending)).collect()
    }
}

impl<R: FilteredRow> FromArgMatches for LayoutArgs<R> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            columns: matches
                .get_many::<ColumnChoice<R>>("columns")
                .map(|all| all.cloned().collect())
                .unwrap_or_default(),
            sort_by: matches
                .get_many::<SortKey<R>>("sort_by")
                .map(|all| all.cloned().collect())
                .unwrap_or_default(),
            conditions: R::conditions(matches)?,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<R: FilteredRow> Args for LayoutArgs<R> {
    fn augment_args(cmd: Clap) -> Clap {
        add_layout_args(
            R::add_filter_args(cmd),
            completing(parse_column_choice::<R>, column_words::<R>),
            completing(parse_sort_key::<R>, || column_values::<R>().collect()),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

/// Adds the two flags with these value parsers.
fn add_layout_args(cmd: Clap, columns: ValueParser, sort_by: ValueParser) -> Clap {
    cmd.arg(
        Arg::new("columns")
            .long("columns")
            .value_name("NAME")
            .help("Columns to show (A,B), or to add to the default ones (+C); `help` lists them")
            .help_heading("Output")
            .action(clap::ArgAction::Append)
            .value_delimiter(',')
            .hide_possible_values(true)
            .value_parser(columns),
    )
    .arg(
        Arg::new("sort_by")
            .long("sort-by")
            .value_name("NAME")
            .help("Columns to sort by: A,-B; - sorts greatest first; holds all rows in memory")
            .help_heading("Output")
            .action(clap::ArgAction::Append)
            .value_delimiter(',')
            .allow_hyphen_values(true)
            .hide_possible_values(true)
            .value_parser(sort_by),
    )
}

fn parse_column_choice<R: Row>(text: &str) -> Result<ColumnChoice<R>, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("help") {
        return Ok(ColumnChoice::Help);
    }
    match text.strip_prefix('+') {
        Some(name) => find_column("--columns", name).map(ColumnChoice::Also),
        None => find_column("--columns", text).map(ColumnChoice::Only),
    }
}

fn parse_sort_key<R: Row>(text: &str) -> Result<SortKey<R>, String> {
    let text = text.trim();
    let name = text.strip_prefix('-');
    find_column("--sort-by", name.unwrap_or(text)).map(|column| SortKey {
        column,
        descending: name.is_some(),
    })
}

/// The words for `--columns`: those of the columns, and `help`.
fn column_words<R: Row>() -> Vec<PossibleValue> {
    let help = PossibleValue::new("help").help("list the columns");
    column_values::<R>().chain([help]).collect()
}

/// Row type of `patches` and its layout: names of columns are parsed once it is
/// known whether `--by` is given.
#[derive(Debug)]
pub(crate) enum PatchLayout {
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
        let conditions = typed("where");
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
                conditions: parse_all(&conditions, parse_condition)?,
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
            conditions: parse_all(&conditions, parse_condition)?,
        };
        let chosen = layout.columns.iter().filter_map(|choice| match choice {
            ColumnChoice::Only(column) | ColumnChoice::Also(column) => Some(*column),
            ColumnChoice::Help => None,
        });
        let keys = layout.sort_by.iter().map(|key| key.column);
        let keys = keys.chain(layout.conditions.iter().map(|condition| condition.column));
        let of_node = |column: &&Column<PatchAggregateRow>| column.info_level.is_some();
        match chosen.chain(keys).find(of_node) {
            Some(column) if by != PatchGrouping::Node => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                format!(
                    "--by {by}: the column {} describes one node; use --by node",
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

/// The configured columns that this row type has. A list with columns of the
/// other row type only does not apply to this one.
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

/// Checks that a configured name is a column of either row type.
///
/// # Errors
/// When it is none.
pub(super) fn check_column_of_any_view(word: &str) -> Result<(), clap::Error> {
    let name = word.trim();
    let name = name.strip_prefix('+').unwrap_or(name);
    let is_known = Column::<PatchRow>::by_name(name).is_some()
        || Column::<PatchAggregateRow>::by_name(name).is_some();
    if is_known {
        return Ok(());
    }
    let spellings = [
        column_spellings::<PatchRow>(),
        column_spellings::<PatchAggregateRow>(),
    ];
    let line = unknown_column("--columns", name, &spellings.concat());
    Err(clap::Error::raw(ErrorKind::InvalidValue, line))
}

fn parse_all<T>(
    words: &[String],
    parse: fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, clap::Error> {
    let parsed: Result<Vec<T>, String> = words.iter().map(|word| parse(word)).collect();
    parsed.map_err(|line| clap::Error::raw(ErrorKind::InvalidValue, line))
}

impl Args for PatchLayout {
    fn augment_args(cmd: Clap) -> Clap {
        let cmd = cmd.arg(
            Arg::new("by")
                .long("by")
                .value_name("GROUP")
                .help("Count patches by kb, cve, node or severity [default states: the four non-compliant ones and AvailableSecurityUpdate]")
                .help_heading("Output")
                .hide_possible_values(true)
                .value_parser(PATCH_GROUPING_PARSER),
        );
        add_layout_args(
            cmd.arg(where_arg(completing(any_text, || {
                values_of_any_view().collect()
            }))),
            completing(any_text, || {
                let help = PossibleValue::new("help").help("list the columns");
                values_of_any_view().chain([help]).collect()
            }),
            completing(any_text, || values_of_any_view().collect()),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

const PATCH_GROUPING_PARSER: CompletingParser<PatchGrouping> = CompletingParser {
    parse: |text| {
        if text.contains(',') {
            let words = PatchGrouping::ALL.map(PatchGrouping::as_str).join(", ");
            return Err(format!(
                "--by {text}: patches are grouped by one of {words}; summary --by takes two groups"
            ));
        }
        let known = PatchGrouping::ALL
            .into_iter()
            .find(|by| is_same_word(by.as_str(), text));
        known.ok_or_else(|| {
            unknown_word(
                "--by: unknown group",
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

/// The name of a column of either row type: `--by` may come later on the line.
#[expect(clippy::unnecessary_wraps, reason = "a value parser")]
fn any_text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn values_of_any_view() -> impl Iterator<Item = PossibleValue> {
    let is_new = |value: &PossibleValue| Column::<PatchRow>::by_name(value.get_name()).is_none();
    column_values::<PatchRow>().chain(column_values::<PatchAggregateRow>().filter(is_new))
}
