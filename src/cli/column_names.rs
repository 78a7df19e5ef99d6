//! Column names as values of flags: how they are found, and what completion offers.

use clap::builder::{PossibleValue, ValueParser};

use crate::cli::value_parsers::CompletingParser;
use crate::columns::{Column, Row};
use crate::suggest::nearest;

pub(super) fn completing<T: Clone + Send + Sync + 'static>(
    parse: fn(&str) -> Result<T, String>,
    possible_values: fn() -> Vec<PossibleValue>,
) -> ValueParser {
    let parser = CompletingParser {
        parse,
        possible_values,
    };
    parser.into()
}

/// The columns that completion offers.
pub(super) fn column_values<R: Row>() -> impl Iterator<Item = PossibleValue> {
    R::columns()
        .iter()
        .map(|column| PossibleValue::new(column.name).help(column.help))
}

pub(super) fn find_column<R: Row>(flag: &str, name: &str) -> Result<&'static Column<R>, String> {
    Column::by_name(name).ok_or_else(|| unknown_column(flag, name, &column_spellings::<R>()))
}

/// The names and the headings of the columns, each with the name of its column.
pub(super) fn column_spellings<R: Row>() -> Vec<(&'static str, &'static str)> {
    let names = R::columns().iter().map(|column| (column.name, column.name));
    let headings = R::columns()
        .iter()
        .map(|column| (column.heading, column.name));
    names.chain(headings).collect()
}

/// The nearest of many columns, rather than all of them.
pub(super) fn unknown_column(flag: &str, name: &str, all: &[(&str, &str)]) -> String {
    let spellings: Vec<&str> = all.iter().map(|(spelling, _)| *spelling).collect();
    let guess = nearest(name, &spellings)
        .and_then(|nearest| all.iter().find(|(spelling, _)| *spelling == nearest))
        .map_or(String::new(), |(_, known)| {
            format!("; did you mean {known}?")
        });
    format!("{flag}: unknown column {name:?}{guess} (--columns help lists them)")
}
