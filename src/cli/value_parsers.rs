//! The words that flags take: columns, sort keys, states, and plain checks.
//!
//! Knows how each is written and what to say when it is not. Which flags there
//! are is told in `cli`.

use std::marker::PhantomData;

use clap::builder::{PossibleValue, TypedValueParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command as Clap};

use crate::cli::LayoutArgs;
use crate::columns::{Column, Row};
use crate::compliance::severity::Severity;
use crate::duration::{MaxAge, TimeLimit};
use crate::endpoint;
use crate::plan::filter::cve_id;
use crate::plan::selection::{Tag, is_account, is_region};
use crate::record::PatchState;
use crate::source::Endpoint;
use crate::suggest::unknown;

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
        layout_args(
            cmd,
            ColumnWord::<R>(PhantomData).into(),
            SortWord::<R>(PhantomData).into(),
        )
    }

    fn augment_args_for_update(cmd: Clap) -> Clap {
        Self::augment_args(cmd)
    }
}

/// The two flags of a layout, whatever their words become.
pub fn layout_args(cmd: Clap, columns: ValueParser, sort_by: ValueParser) -> Clap {
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
pub fn column_choice<R: Row>(text: &str) -> Result<ColumnChoice<R>, clap::Error> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("help") {
        return Ok(ColumnChoice::Help);
    }
    match text.strip_prefix('+') {
        Some(name) => named("--columns", name).map(ColumnChoice::Also),
        None => named("--columns", text).map(ColumnChoice::Only),
    }
}

/// A word of `--sort-by`.
pub fn sort_key<R: Row>(text: &str) -> Result<SortKey<R>, clap::Error> {
    let text = text.trim();
    let name = text.strip_prefix('-');
    named("--sort-by", name.unwrap_or(text)).map(|column| SortKey {
        column,
        descending: name.is_some(),
    })
}

#[derive(Clone)]
struct ColumnWord<R>(PhantomData<fn() -> R>);

impl<R: Row> TypedValueParser for ColumnWord<R> {
    type Value = ColumnChoice<R>;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        column_choice(&value.to_string_lossy()).map_err(|error| error.with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names::<R>().chain([
            PossibleValue::new("help").help("list the columns"),
        ])))
    }
}

#[derive(Clone)]
struct SortWord<R>(PhantomData<fn() -> R>);

impl<R: Row> TypedValueParser for SortWord<R> {
    type Value = SortKey<R>;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        sort_key(&value.to_string_lossy()).map_err(|error| error.with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(names::<R>()))
    }
}

/// The columns, as completion offers them.
pub fn names<R: Row>() -> impl Iterator<Item = PossibleValue> {
    R::columns()
        .iter()
        .map(|column| PossibleValue::new(column.name).help(column.help))
}

fn named<R: Row>(flag: &str, name: &str) -> Result<&'static Column<R>, clap::Error> {
    Column::named(name).ok_or_else(|| {
        let all: Vec<&str> = R::columns().iter().map(|column| column.name).collect();
        refused(&format!("{flag} has no column"), name, &all)
    })
}

/// A value of a flag: how it is read, and what completion offers.
#[derive(Clone)]
pub struct Offered<T: 'static> {
    pub read: fn(&str) -> Result<T, String>,
    pub offers: fn() -> Vec<PossibleValue>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Offered<T> {
    type Value = T;

    fn parse_ref(
        &self,
        cmd: &Clap,
        _arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        (self.read)(&value.to_string_lossy())
            .map_err(|line| clap::Error::raw(ErrorKind::InvalidValue, line).with_cmd(cmd))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let offers = (self.offers)();
        // None at all means any text, and not that there is no right one.
        (!offers.is_empty()).then(|| Box::new(offers.into_iter()) as _)
    }
}

/// A patch state, in any spelling.
pub const STATE: Offered<PatchState> = Offered {
    read: |text| {
        PatchState::known(text).ok_or_else(|| {
            let all: Vec<&str> = PatchState::KNOWN.iter().map(PatchState::as_str).collect();
            unknown("--state has no patch state", text, &all)
        })
    },
    offers: || {
        static KNOWN: [PatchState; 8] = PatchState::KNOWN;
        let all = KNOWN.iter();
        all.map(|state| PossibleValue::new(state.as_str()))
            .collect()
    },
};

const SEVERITIES: [&str; 4] = ["critical", "important", "medium", "low"];

/// A severity that somebody rated.
pub const SEVERITY: Offered<Severity> = Offered {
    read: |text| {
        Severity::named(text)
            .filter(|severity| *severity != Severity::Unrated)
            .ok_or_else(|| unknown("--min-severity has no severity", text, &SEVERITIES))
    },
    offers: || SEVERITIES.map(PossibleValue::new).to_vec(),
};

/// A time limit, such as `30s` or `10m`.
pub fn time_limit(text: &str) -> Result<TimeLimit, String> {
    text.parse()
}

/// How old something may be.
pub fn age(text: &str) -> Result<MaxAge, String> {
    text.parse()
}

/// "--state has no patch state 'Misssing'; did you mean Missing? (allowed: ...)"
pub fn refuse(cmd: &Clap, what: &str, word: &str, allowed: &[&str]) -> clap::Error {
    refused(what, word, allowed).with_cmd(cmd)
}

/// The same, where no command is at hand.
pub fn refused(what: &str, word: &str, allowed: &[&str]) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidValue, unknown(what, word, allowed))
}

pub fn word(text: &str) -> Result<String, &'static str> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Err("an empty word matches nothing")
    } else {
        Ok(trimmed.to_owned())
    }
}

pub fn region(text: &str) -> Result<String, &'static str> {
    if is_region(text) {
        Ok(text.to_owned())
    } else {
        Err("a region is written like eu-west-1")
    }
}

/// A CVE id as it is written, from any spelling.
pub fn cve(text: &str) -> Result<String, &'static str> {
    cve_id(text).ok_or("a CVE id is written like CVE-2024-21338")
}

pub fn rate(text: &str) -> Result<f64, &'static str> {
    text.parse()
        .ok()
        .filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        .ok_or("a rate is a number of calls a second above 0, such as 40 or 0.5")
}

/// `URL`, or `REGION=URL` for the calls of one region. What is wrong is told
/// without the address: where it cannot be parsed, any part may be a password.
pub const ENDPOINT: Offered<Endpoint> = Offered {
    read: |text| {
        let (region, url) = match text.split_once('=') {
            Some((region, url)) if is_region(region) => (Some(region.to_owned()), url),
            _ => (None, text),
        };
        match endpoint::check(url) {
            Ok(()) => Ok(Endpoint {
                region,
                url: url.to_owned(),
            }),
            Err(why) => Err(format!(
                "--endpoint-url{}: {why}; an endpoint starts with http:// or https://, or with a region: eu-west-1=https://...",
                region.map_or_else(String::new, |region| format!(" of {region}"))
            )),
        }
    },
    offers: Vec::new,
};

pub fn account(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if is_account(text) {
        Ok(text.to_owned())
    } else {
        Err("an account id has twelve digits, such as 111122223333")
    }
}

/// The name of a role, with its path if it has one. Source: IAM user guide,
/// "IAM and AWS STS quotas", names of 64 letters of this set.
pub fn role(text: &str) -> Result<String, &'static str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b);
    if !name.is_empty() && name.len() <= 512 && name.bytes().all(is_of_name) {
        Ok(name.to_owned())
    } else {
        Err("a role is given by its name, the same in each account, such as patchctl-read")
    }
}

pub fn tag(text: &str) -> Result<Tag, &'static str> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok(Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        }),
        _ => Err(
            "a tag is written KEY=VALUE, such as Env=prod; the service cannot be asked for an empty value",
        ),
    }
}
