//! The columns and the order of `patches`, whose rows are patches or, with
//! `--by`, counts of them.
//!
//! Knows that names are read once it is known what the rows are. Must not know
//! the columns themselves.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command as Clap, FromArgMatches};

use crate::aggregate::pivot::By;
use crate::cli::LayoutArgs;
use crate::cli::value_parsers::{
    ColumnChoice, Offered, column_choice, layout_args, names, refused, sort_key,
};
use crate::columns::{Column, Row};
use crate::record::same_word;
use crate::report::{GroupRow, PatchRow};
use crate::suggest::unknown;

/// What the rows of `patches` are, and how they are laid out.
#[derive(Debug)]
pub enum PatchLayout {
    Flat(LayoutArgs<PatchRow>),
    By(By, LayoutArgs<GroupRow>),
}

impl FromArgMatches for PatchLayout {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let typed = |id: &str| -> Vec<String> {
            let all = matches.get_many::<String>(id);
            all.map(|all| all.cloned().collect()).unwrap_or_default()
        };
        let (columns, sort_by) = (typed("columns"), typed("sort_by"));
        let is_configured = matches.value_source("columns") == Some(ValueSource::DefaultValue);
        let Some(by) = matches.get_one::<By>("by").copied() else {
            let columns = if is_configured {
                of_view::<PatchRow, GroupRow>(columns, |_| true)
            } else {
                columns
            };
            return Ok(Self::Flat(LayoutArgs {
                columns: all(&columns, column_choice)?,
                sort_by: all(&sort_by, sort_key)?,
            }));
        };
        let columns = if is_configured {
            of_view::<GroupRow, PatchRow>(columns, |column| {
                by == By::Node || column.needs.is_none()
            })
        } else {
            columns
        };
        let layout = LayoutArgs {
            columns: all(&columns, column_choice)?,
            sort_by: all(&sort_by, sort_key)?,
        };
        let chosen = layout.columns.iter().filter_map(|choice| match choice {
            ColumnChoice::Only(column) | ColumnChoice::Also(column) => Some(*column),
            ColumnChoice::Help => None,
        });
        let keys = layout.sort_by.iter().map(|key| key.column);
        let of_node = |column: &&Column<GroupRow>| column.needs.is_some();
        match chosen.chain(keys).find(of_node) {
            Some(column) if by != By::Node => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                format!(
                    "the column {} is about one node, and the rows of --by {by} are not; use --by node",
                    column.name
                ),
            )),
            _ => Ok(Self::By(by, layout)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Of configured columns, those that this view has. A list that is of the other
/// view alone says nothing of this one.
fn of_view<R: Row, O: Row>(words: Vec<String>, fits: impl Fn(&Column<R>) -> bool) -> Vec<String> {
    let bare = |word: &String| word.trim().trim_start_matches('+').to_owned();
    let own = |word: &String| Column::<R>::named(&bare(word)).filter(|column| fits(column));
    let other = |word: &String| Column::<O>::named(&bare(word)).is_some();
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
pub fn of_either_view(word: &str) -> Result<(), clap::Error> {
    let name = word.trim();
    let name = name.strip_prefix('+').unwrap_or(name);
    let is_known =
        Column::<PatchRow>::named(name).is_some() || Column::<GroupRow>::named(name).is_some();
    if is_known {
        return Ok(());
    }
    let flat = PatchRow::columns().iter().map(|column| column.name);
    let mut names: Vec<&str> = flat.collect();
    let counted = GroupRow::columns().iter().map(|column| column.name);
    for column in counted {
        if !names.contains(&column) {
            names.push(column);
        }
    }
    Err(refused("--columns has no column", name, &names))
}

fn all<T>(
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
                .value_parser(BY),
        );
        layout_args(
            cmd,
            EitherWord { is_sort: false }.into(),
            EitherWord { is_sort: true }.into(),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

const BY: Offered<By> = Offered {
    read: |text| {
        let known = By::ALL.into_iter().find(|by| same_word(by.as_str(), text));
        known.ok_or_else(|| unknown("--by has no view", text, &By::ALL.map(By::as_str)))
    },
    offers: || By::ALL.map(|by| PossibleValue::new(by.as_str())).to_vec(),
};

/// The name of a column of either kind of row; which it must be is not known
/// before the whole line is read.
#[derive(Clone)]
struct EitherWord {
    is_sort: bool,
}

impl TypedValueParser for EitherWord {
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
        let is_new = |value: &PossibleValue| Column::<PatchRow>::named(value.get_name()).is_none();
        let names = names::<PatchRow>().chain(names::<GroupRow>().filter(is_new));
        let help = (!self.is_sort).then(|| PossibleValue::new("help").help("list the columns"));
        Some(Box::new(names.chain(help)))
    }
}
