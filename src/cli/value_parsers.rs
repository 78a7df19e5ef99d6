//! Parsers of single values, with what completion offers for them.

use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command as Clap};

use crate::compliance::severity::Severity;
use crate::duration::{MaxAge, TimeLimit, parse_seconds};
use crate::endpoint;
use crate::record::{
    PatchState, is_account_id, is_region_name, normalize_cve_id, normalize_windows_kb,
};
use crate::regions::check_region;
use crate::render::template::shipped::ShippedTemplate;
use crate::render::{Delimiter, Format, TimeFormat};
use crate::source::EndpointOverride;
use crate::suggest::unknown_word;

/// How a value is parsed, and what completion offers for it.
#[derive(Clone)]
pub(super) struct CompletingParser<T: 'static> {
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
        // No possible values means any text.
        (!offers.is_empty()).then(|| Box::new(offers.into_iter()) as _)
    }
}

/// A format that the command prints.
pub(super) fn format_parser(fits: fn(Format) -> bool) -> impl TypedValueParser<Value = Format> {
    let formats = Format::ALL.into_iter().filter(move |format| fits(*format));
    let words = formats.map(|format| PossibleValue::new(format.name()).help(format.help()));
    // clap has refused any other word.
    PossibleValuesParser::new(words).map(|word| {
        let named = |format: &Format| format.name().eq_ignore_ascii_case(&word);
        Format::ALL.into_iter().find(named).unwrap_or_default()
    })
}

/// A patch state, in any spelling.
pub(super) const STATE_PARSER: CompletingParser<PatchState> = CompletingParser {
    parse: |text| {
        PatchState::parse_documented(text).ok_or_else(|| {
            let all: Vec<&str> = PatchState::DOCUMENTED
                .iter()
                .map(PatchState::as_str)
                .collect();
            unknown_word("--state: unknown patch state", text, &all)
        })
    },
    possible_values: || {
        static KNOWN: [PatchState; 8] = PatchState::DOCUMENTED;
        let all = KNOWN.iter();
        all.map(|state| PossibleValue::new(state.as_str()))
            .collect()
    },
};

/// A template that is shipped.
pub(super) const TEMPLATE_PARSER: CompletingParser<ShippedTemplate> = CompletingParser {
    parse: |text| {
        ShippedTemplate::by_name(text).ok_or_else(|| {
            let names = ShippedTemplate::ALL.map(|shipped| shipped.name);
            unknown_word("unknown template", text, &names)
        })
    },
    possible_values: || {
        let shipped = ShippedTemplate::ALL.into_iter();
        let words = shipped.map(|one| PossibleValue::new(one.name).help(one.about));
        words.collect()
    },
};

/// The names of the delimiters of CSV; a tab cannot be typed.
const DELIMITERS: [(&str, Delimiter); 4] = [
    (",", Delimiter::Comma),
    (";", Delimiter::Semicolon),
    ("|", Delimiter::Pipe),
    ("tab", Delimiter::Tab),
];

/// What separates the cells of CSV.
pub(super) const DELIMITER_PARSER: CompletingParser<Delimiter> = CompletingParser {
    parse: |text| {
        let text = match text {
            "\t" | "\\t" => "tab",
            text => text,
        };
        let found = DELIMITERS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        let found = found.map(|(_, delimiter)| *delimiter);
        found.ok_or_else(|| {
            format!("--delimiter: unknown delimiter {text:?}; write ',' ';' '|' or tab")
        })
    },
    // Most have a meaning to the shell.
    possible_values: Vec::new,
};

const TIME_FORMATS: [(&str, TimeFormat); 2] = [
    ("rfc3339", TimeFormat::Rfc3339),
    ("spreadsheet", TimeFormat::Spreadsheet),
];

/// How CSV writes times.
pub(super) const TIME_FORMAT_PARSER: CompletingParser<TimeFormat> = CompletingParser {
    parse: |text| {
        let found = TIME_FORMATS
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map(|(_, format)| *format).ok_or_else(|| {
            unknown_word(
                "--time-format: unknown format",
                text,
                &TIME_FORMATS.map(|(name, _)| name),
            )
        })
    },
    possible_values: || {
        TIME_FORMATS
            .map(|(name, _)| PossibleValue::new(name))
            .to_vec()
    },
};

const SEVERITIES: [&str; 4] = ["critical", "important", "medium", "low"];

/// A severity of the scale; a patch without a rating has none.
pub(super) const SEVERITY_PARSER: CompletingParser<Severity> = CompletingParser {
    parse: |text| {
        Severity::from_word(text)
            .filter(|severity| *severity != Severity::Unrated)
            .ok_or_else(|| unknown_word("--min-severity: unknown severity", text, &SEVERITIES))
    },
    possible_values: || SEVERITIES.map(PossibleValue::new).to_vec(),
};

/// A time limit, such as `30s` or `10m`.
pub(super) fn parse_time_limit(text: &str) -> Result<TimeLimit, String> {
    text.parse()
}

/// The fastest pace of `--watch`: each answer takes calls, of which an account has a few
/// a second for all its callers.
const MIN_WATCH_SECONDS: u64 = 5;

/// The pace of `--watch`.
pub(super) fn parse_watch_pace(text: &str) -> Result<Duration, String> {
    match parse_seconds(text) {
        Err(_) => Err(format!(
            "{text:?} is not a pace; write 30s or 5m, and node ids before --watch"
        )),
        Ok(seconds) if seconds < MIN_WATCH_SECONDS => Err(format!(
            "faster than Systems Manager can be asked; write {MIN_WATCH_SECONDS}s or more"
        )),
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
    }
}

/// A greatest age, such as `7d`, or `none`.
pub(super) fn parse_max_age(text: &str) -> Result<MaxAge, String> {
    text.parse()
}

/// A word of an open vocabulary. Case and separators do not matter, so nothing else may
/// be in it that would be dropped, or that looks like a negation.
pub(super) fn parse_word(text: &str) -> Result<String, &'static str> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        Err("must not be empty")
    } else if !trimmed.contains(char::is_alphanumeric) {
        Err("must contain a letter or a digit")
    } else if trimmed.starts_with(['!', '=', '<', '>', '~', '^']) {
        Err("write the word alone; operators and negations are not supported")
    } else {
        Ok(trimmed.to_owned())
    }
}

/// A KB id, or a pattern of some.
pub(super) fn parse_kb(text: &str) -> Result<String, &'static str> {
    // Separators in KB numbers do not matter: two numbers would become one.
    let mut numbers = text.split_whitespace().map(normalize_windows_kb);
    if numbers.by_ref().flatten().nth(1).is_some() {
        return Err("several KB numbers; separate them by commas");
    }
    parse_word(text)
}

pub(super) fn parse_region(text: &str) -> Result<String, String> {
    check_region(text).map(|()| text.to_owned())
}

/// A CVE id, from any spelling: pasted text often has other characters in place of the
/// hyphens.
pub(super) fn parse_cve(text: &str) -> Result<String, &'static str> {
    let is_separator = |letter: char| !letter.is_ascii_punctuation() || "-_:.".contains(letter);
    let id = Some(text.trim()).filter(|text| text.chars().all(is_separator));
    id.and_then(normalize_cve_id)
        .ok_or("not a CVE id; write it like CVE-2024-21338")
}

pub(super) fn parse_rate(text: &str) -> Result<f64, &'static str> {
    text.parse()
        .ok()
        .filter(|rate: &f64| rate.is_finite() && *rate > 0.0)
        .ok_or("not a rate; write calls per second above 0, such as 40 or 0.5")
}

/// `URL`, or `REGION=URL` for the calls of one region. The error does not quote
/// the URL: if it cannot be parsed, any part of it may be a password.
pub(super) const ENDPOINT_PARSER: CompletingParser<EndpointOverride> = CompletingParser {
    parse: |text| {
        let (region, url) = match text.split_once('=') {
            Some((region, url)) if is_region_name(region) => (Some(region.to_owned()), url),
            _ => (None, text),
        };
        if let Some(region) = &region {
            check_region(region)
                .map_err(|cause| format!("--endpoint-url: {region:?} is {cause}"))?;
        }
        match endpoint::validate_url(url) {
            Ok(()) => Ok(EndpointOverride {
                region,
                url: url.to_owned(),
            }),
            Err(why) => Err(format!(
                "--endpoint-url{}: {why}; write https://HOST[:PORT] or REGION=https://HOST[:PORT]",
                region.map_or_else(String::new, |region| format!(" for {region}"))
            )),
        }
    },
    possible_values: Vec::new,
};

pub(super) fn parse_account(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if is_account_id(text) {
        Ok(text.to_owned())
    } else {
        Err("not an account id; write twelve digits, such as 111122223333")
    }
}

/// The id of an organizational unit. Source: AWS Organizations API reference,
/// OrganizationalUnit.
pub(super) fn parse_unit(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let is_part = |part: &str, least| {
        let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        (least..=32).contains(&part.len()) && part.bytes().all(is_letter)
    };
    let parts = text.strip_prefix("ou-").and_then(|id| id.split_once('-'));
    if parts.is_some_and(|(root, unit)| is_part(root, 4) && is_part(unit, 8)) {
        Ok(text.to_owned())
    } else {
        Err("not the id of an organizational unit; write it as in ou-ab12-34cd56ef")
    }
}

/// The name of a role, with its path if it has one. Source: IAM user guide,
/// "IAM and AWS STS quotas": at most 64 characters of this set, a path 512.
pub(super) fn parse_role(text: &str) -> Result<String, &'static str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b);
    if !name.is_empty() && name.len() <= 512 && name.bytes().all(is_of_name) {
        Ok(name.to_owned())
    } else {
        Err("not a role name; write the name without account, such as patchctl-read")
    }
}
