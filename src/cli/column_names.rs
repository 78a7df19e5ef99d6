//! Column names as values of flags: how they are found, and what completion offers.

use clap::builder::{PossibleValue, ValueParser};

use crate::cli::value_parsers::CompletingParser;
use crate::columns::{Column, Row};
use crate::suggest::unknown_word;

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
    Column::by_name(name).ok_or_else(|| {
        let all: Vec<&str> = R::columns().iter().map(|column| column.name).collect();
        unknown_word(&format!("{flag}: unknown column"), name, &all)
    })
}
