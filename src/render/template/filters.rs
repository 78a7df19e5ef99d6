//! The filters that templates have beside those of the engine.

use jiff::Timestamp;
use jiff::fmt::strtime;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State};

use crate::duration::format_two_units;
use crate::render::template::escape::{OutputKind, escape_slack};

/// Adds the filters. `now` is what ages are counted from.
pub(super) fn add_filters(environment: &mut Environment<'_>, now: Timestamp) {
    environment.add_filter("age", move |value: &Value| age(value, now));
    environment.add_filter("date", date);
    environment.add_filter("cut", cut);
    environment.add_filter("slack", |value: &Value| map_text(value, escape_slack));
    for kind in [OutputKind::Csv, OutputKind::Markdown, OutputKind::Jira] {
        environment.add_filter(kind.name(), move |state: &State, value: &Value| {
            // In a template of this kind, it is not escaped once more.
            let is_final = *state.auto_escape() == AutoEscape::Custom(kind.name().into());
            let escaped = map_text(value, |text| kind.escape(text));
            match escaped.as_str() {
                Some(text) if is_final => Value::from_safe_string(text.to_owned()),
                _ => escaped,
            }
        });
    }
    let to_json = minijinja::filters::tojson;
    environment.add_filter("json", to_json);
    // They would escape HTML in a template of anything else.
    for name in ["escape", "e"] {
        environment.remove_filter(name);
    }
}

/// What is unknown stays so.
fn map_text(value: &Value, change: impl FnOnce(&str) -> String) -> Value {
    match value.as_str() {
        _ if value.is_none() || value.is_undefined() => value.clone(),
        Some(text) => change(text).into(),
        None => change(&value.to_string()).into(),
    }
}

/// `3d 4h`, of seconds, or since a moment.
fn age(value: &Value, now: Timestamp) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(value.clone());
    }
    let seconds = match value.as_str() {
        Some(text) => now.as_second() - moment("age", text)?.as_second(),
        None => value
            .as_i64()
            .ok_or_else(|| invalid(format!("age takes seconds or a time, not {}", value.kind())))?,
    };
    let text = format_two_units(seconds.unsigned_abs());
    Ok(if seconds < 0 {
        format!("in {text}")
    } else {
        text
    }
    .into())
}

/// The moment in UTC, as a date or by a format of strftime.
fn date(value: &Value, format: Option<&str>) -> Result<Value, Error> {
    if value.is_none() {
        return Ok(value.clone());
    }
    let text = value.as_str();
    let text = text.ok_or_else(|| invalid(format!("date takes a time, not {}", value.kind())))?;
    let moment = moment("date", text)?;
    let written = strtime::format(format.unwrap_or("%Y-%m-%d"), moment);
    written
        .map(Value::from)
        .map_err(|error| invalid(format!("date: {error}")))
}

fn moment(filter: &str, text: &str) -> Result<Timestamp, Error> {
    let parsed = text.parse();
    parsed.map_err(|_| invalid(format!("{filter}: {text:?} is no time")))
}

/// The first characters, and a mark where there were more.
fn cut(value: &Value, most: usize) -> Value {
    map_text(value, |text| {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let kept = text.chars().take(most.saturating_sub(1));
        kept.chain(['…']).collect()
    })
}

fn invalid(detail: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, detail)
}
