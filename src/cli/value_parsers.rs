//! The words that flags take: columns, sort keys, states, and plain checks.
//!
//! Knows how each is written and what to say when it is not. Which flags there
//! are is told in `cli`.

use std::marker::PhantomData;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command as Clap};

use crate::cli::LayoutArgs;
use crate::columns::{Column, Row};
use crate::compliance::severity::Severity;
use crate::duration::{MaxAge, TimeLimit};
use crate::endpoint;
use crate::plan::filter::normalize_cve_id;
use crate::plan::selection::{TagFilter, is_account_id, is_region_name};
use crate::record::PatchState;
use crate::render::Format;
use crate::source::EndpointOverride;
use crate::suggest::unknown_word;

/// What `--columns` can hold.
#[derive(Debug, Clone)]
pub enum ColumnChoice<R: 'static> {
    /// `help`: list the columns.
    Help,
    /// `Name`: this one, instead of the usual ones.
    Only(&'static Column<R>),
    /// `+Name`: this one too.
    Also(&'static Column<R>),
}

/// One key of `--sort-by`.
#[derive(Debug, Clone)]
pub struct SortKey<R: 'static> {
    pub column: &'static Column<R>,
    /// `-Name`: the greatest first.
    pub descending: bool,
}

impl<R: Row> clap::FromArgMatches for LayoutArgs<R> {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self {
            columns: matches
                .get_many::<ColumnChoice<R>>("columns")
                .map(|all| all.cloned().collect())
                .unwrap_or_default(),
            sort_by: matches
                .get_many::<SortKey<R>>("sort_by")
                .map(|all| all.cloned().collect())
                .unwrap_or_default(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl<R: Row> Args for LayoutArgs<R> {
    fn augment_args(cmd: Clap) -> Clap {
        add_layout_args(
            cmd,
            ColumnParser::<R>(PhantomData).into(),
            SortKeyParser::<R>(PhantomData).into(),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

/// The two flags of a layout, whatever their words become.
pub fn add_layout_args(cmd: Clap, columns: ValueParser, sort_by: ValueParser) -> Clap {
    cmd.arg(
        Arg::new("columns")
            .long("columns")
            .value_name("NAME")
            .help("Only these columns (A,B), or the usual ones and more (+C); `help` lists them all")
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
            .help("Sort by these columns: A,-B, with - for the greatest first, words by the alphabet; holds all rows in memory")
            .help_heading("Output")
            .action(clap::ArgAction::Append)
            .value_delimiter(',')
            .allow_hyphen_values(true)
            .hide_possible_values(true)
            .value_parser(sort_by),
    )
}

/// A word of `--columns`.
pub fn parse_column_choice<R: Row>(text: &str) -> Result<ColumnChoice<R>, clap::Error> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("help") {
        return Ok(ColumnChoice::Help);
    }
    match text.strip_prefix('+') {
        Some(name) => find_column("--columns", name).map(ColumnChoice::Also),
        None => find_column("--columns", text).map(ColumnChoice::Only),
    }
}

/// A word of `--sort-by`.
pub fn parse_sort_key<R: Row>(text: &str) -> Result<SortKey<R>, clap::Error> {
    let text = text.trim();
    let name = text.strip_prefix('-');
    find_column("--sort-by", name.unwrap_or(text)).map(|column| SortKey {
        column,
        descending: name.is_some(),
    })
}

#[derive(Clone)]
struct ColumnParser<R>(PhantomData<fn() -> R>);

impl<R: Row> TypedValueParser for ColumnParser<R> {
    type Value = ColumnChoice<R>;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        parse_column_choice(&value.to_string_lossy()).map_err(|error| error.with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(column_values::<R>().chain([
            PossibleValue::new("help").help("list the columns"),
        ])))
    }
}

#[derive(Clone)]
struct SortKeyParser<R>(PhantomData<fn() -> R>);

impl<R: Row> TypedValueParser for SortKeyParser<R> {
    type Value = SortKey<R>;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        parse_sort_key(&value.to_string_lossy()).map_err(|error| error.with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(column_values::<R>()))
    }
}

/// The columns, as completion offers them.
pub fn column_values<R: Row>() -> impl Iterator<Item = PossibleValue> {
    R::columns()
        .iter()
        .map(|column| PossibleValue::new(column.name).help(column.help))
}

fn find_column<R: Row>(flag: &str, name: &str) -> Result<&'static Column<R>, clap::Error> {
    Column::by_name(name).ok_or_else(|| {
        let all: Vec<&str> = R::columns().iter().map(|column| column.name).collect();
        invalid_value(&format!("{flag} has no column"), name, &all)
    })
}

/// A value of a flag: how it is read, and what completion offers.
#[derive(Clone)]
pub struct CompletingParser<T: 'static> {
    pub parse: fn(&str) -> Result<T, String>,
    pub possible_values: fn() -> Vec<PossibleValue>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for CompletingParser<T> {
    type Value = T;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        (self.parse)(&value.to_string_lossy())
            .map_err(|line| clap::Error::raw(ErrorKind::InvalidValue, line).with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let offers = (self.possible_values)();
        // None at all means any text, and not that there is no right one.
        (!offers.is_empty()).then(|| Box::new(offers.into_iter()) as _)
    }
}

/// A format that the command prints.
pub fn format_parser(fits: fn(Format) -> bool) -> impl TypedValueParser<Value = Format> {
    let formats = Format::ALL.into_iter().filter(move |format| fits(*format));
    let words = formats.map(|format| PossibleValue::new(format.name()).help(format.help()));
    // clap has refused any other word.
    PossibleValuesParser::new(words).map(|word| {
        let named = |format: &Format| format.name().eq_ignore_ascii_case(&word);
        Format::ALL.into_iter().find(named).unwrap_or_default()
    })
}

/// A patch state, in any spelling.
pub const STATE_PARSER: CompletingParser<PatchState> = CompletingParser {
    parse: |text| {
        PatchState::parse_documented(text).ok_or_else(|| {
            let all: Vec<&str> = PatchState::DOCUMENTED
                .iter()
                .map(PatchState::as_str)
                .collect();
            unknown_word("--state has no patch state", text, &all)
        })
    },
    possible_values: || {
        static KNOWN: [PatchState; 8] = PatchState::DOCUMENTED;
        let all = KNOWN.iter();
        all.map(|state| PossibleValue::new(state.as_str()))
            .collect()
    },
};

const SEVERITIES: [&str; 4] = ["critical", "important", "medium", "low"];

/// A severity that somebody rated.
pub const SEVERITY_PARSER: CompletingParser<Severity> = CompletingParser {
    parse: |text| {
        Severity::from_word(text)
            .filter(|severity| *severity != Severity::Unrated)
            .ok_or_else(|| unknown_word("--min-severity has no severity", text, &SEVERITIES))
    },
    possible_values: || SEVERITIES.map(PossibleValue::new).to_vec(),
};

/// A time limit, such as `30s` or `10m`.
pub fn parse_time_limit(text: &str) -> Result<TimeLimit, String> {
    text.parse()
}

/// How old something may be.
pub fn parse_max_age(text: &str) -> Result<MaxAge, String> {
    text.parse()
}

/// "--state has no patch state 'Misssing'; did you mean Missing? (allowed: ...)"
pub fn invalid_value_with_cmd(cmd: &Clap, what: &str, word: &str, allowed: &[&str]) -> clap::Error {
    invalid_value(what, word, allowed).with_cmd(cmd)
}

/// The same, where no command is at hand.
pub fn invalid_value(what: &str, word: &str, allowed: &[&str]) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidValue, unknown_word(what, word, allowed))
}

pub fn parse_word(text: &str) -> Result<String, &'static str> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Err("an empty word matches nothing")
    } else {
        Ok(trimmed.to_owned())
    }
}

pub fn parse_region(text: &str) -> Result<String, &'static str> {
    if is_region_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a region is written like eu-west-1")
    }
}

/// A CVE id as it is written, from any spelling.
pub fn parse_cve(text: &str) -> Result<String, &'static str> {
    normalize_cve_id(text).ok_or("a CVE id is written like CVE-2024-21338")
}

pub fn parse_rate(text: &str) -> Result<f64, &'static str> {
    text.parse()
        .ok()
        .filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        .ok_or("a rate is a number of calls a second above 0, such as 40 or 0.5")
}

/// `URL`, or `REGION=URL` for the calls of one region. What is wrong is told
/// without the address: where it cannot be parsed, any part may be a password.
pub const ENDPOINT_PARSER: CompletingParser<EndpointOverride> = CompletingParser {
    parse: |text| {
        let (region, url) = match text.split_once('=') {
            Some((region, url)) if is_region_name(region) => (Some(region.to_owned()), url),
            _ => (None, text),
        };
        match endpoint::validate_url(url) {
            Ok(()) => Ok(EndpointOverride {
                region,
                url: url.to_owned(),
            }),
            Err(why) => Err(format!(
                "--endpoint-url{}: {why}; an endpoint starts with http:// or https://, or with a region: eu-west-1=https://...",
                region.map_or_else(String::new, |region| format!(" of {region}"))
            )),
        }
    },
    possible_values: Vec::new,
};

pub fn parse_account(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if is_account_id(text) {
        Ok(text.to_owned())
    } else {
        Err("an account id has twelve digits, such as 111122223333")
    }
}

/// The name of a role, with its path if it has one. Source: IAM user guide,
/// "IAM and AWS STS quotas", names of 64 letters of this set.
pub fn parse_role(text: &str) -> Result<String, &'static str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b);
    if !name.is_empty() && name.len() <= 512 && name.bytes().all(is_of_name) {
        Ok(name.to_owned())
    } else {
        Err("a role is given by its name, the same in each account, such as patchctl-read")
    }
}

pub fn parse_tag(text: &str) -> Result<TagFilter, &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok(TagFilter {
            key: key.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err(
            "a tag is written KEY=VALUE, such as Env=prod; the service cannot be asked for an empty value",
        ),
    }
}
