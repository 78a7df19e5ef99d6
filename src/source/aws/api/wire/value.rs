//! Values of a response that may have the wrong type: the actual value is kept,
//! so that it is not treated as absent.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::record::{Count, Moment};
use crate::sanitize::sanitize;
use crate::source::aws::api::wire::borrowed_text::Text;

/// A string of the response, or the value in its place.
pub(super) enum TextValue<'a> {
    Text(Text<'a>),
    Unexpected(Box<str>),
}

/// The text, if there is one.
///
/// # Errors
/// The value in its place, for display.
pub(super) fn parse_text(value: Option<TextValue<'_>>) -> Result<Option<Text<'_>>, Box<str>> {
    match value {
        None => Ok(None),
        Some(TextValue::Text(text)) => Ok(Some(text)),
        Some(TextValue::Unexpected(value)) => Err(value),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for TextValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(AnyValueVisitor)? {
            AnyValue::Text(text) => Self::Text(text),
            AnyValue::Number(number) => Self::Unexpected(format_number(number)),
            AnyValue::Other(value) => Self::Unexpected(value.into()),
        })
    }
}

/// A count; `Ok(None)` if none was sent.
///
/// # Errors
/// A value that cannot be a count, for display: also `-1`, which stands for a
/// count that could not be computed.
pub(super) fn parse_count(value: NumberValue) -> Result<Count, Box<str>> {
    let number = match value {
        NumberValue::Absent => return Ok(None),
        NumberValue::Value(number) => number,
        NumberValue::Unexpected(value) => return Err(value),
    };
    if !((0.0..=MAX_EXACT_INTEGER).contains(&number) && number.fract() == 0.0) {
        return Err(format_number(number));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in range, as checked above"
    )]
    Ok(Some(number as u64))
}

/// The largest integer up to which all are exact as a float: 2^53.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// A number of the response, or the value in its place: one unusual value must
/// not cost the page, nor be treated as absent.
#[derive(Default)]
pub(super) enum NumberValue {
    /// Not sent, or null.
    #[default]
    Absent,
    Value(f64),
    Unexpected(Box<str>),
}

impl<'de> Deserialize<'de> for NumberValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(AnyValueVisitor)? {
            AnyValue::Number(number) => Self::Value(number),
            AnyValue::Text(text) => Self::Unexpected(quote_text(&text.0)),
            AnyValue::Other("null") => Self::Absent,
            AnyValue::Other(value) => Self::Unexpected(value.into()),
        })
    }
}

/// Any value of a response.
enum AnyValue<'a> {
    Text(Text<'a>),
    Number(f64),
    /// Neither, for display.
    Other(&'static str),
}

struct AnyValueVisitor;

impl<'de> Visitor<'de> for AnyValueVisitor {
    type Value = AnyValue<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(AnyValue::Text(Text(Cow::Borrowed(text))))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(AnyValue::Text(Text(Cow::Owned(text.to_owned()))))
    }
    #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
    fn visit_i64<E: Error>(self, n: i64) -> Result<Self::Value, E> {
        Ok(AnyValue::Number(n as f64))
    }
    #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
    fn visit_u64<E: Error>(self, n: u64) -> Result<Self::Value, E> {
        Ok(AnyValue::Number(n as f64))
    }
    fn visit_f64<E: Error>(self, n: f64) -> Result<Self::Value, E> {
        Ok(AnyValue::Number(n))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(AnyValue::Other(if value { "true" } else { "false" }))
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(AnyValue::Other("null"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(AnyValue::Other("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(AnyValue::Other("an object"))
    }
}

/// Longer values are truncated for display.
const MAX_SHOWN_CHARS: usize = 40;

/// A text in quotes, truncated and sanitised: it is foreign input.
pub(super) fn quote_text(text: &str) -> Box<str> {
    let end = text.char_indices().nth(MAX_SHOWN_CHARS).map(|(at, _)| at);
    let (cut, more) = end.map_or((text, ""), |end| (&text[..end], "..."));
    format!("\"{}{more}\"", sanitize(cut)).into()
}

/// `-1`, `1.5` or `1e300`.
fn format_number(number: f64) -> Box<str> {
    if number.abs() <= MAX_EXACT_INTEGER {
        format!("{number}").into()
    } else {
        format!("{number:e}").into()
    }
}

/// Epoch seconds with an optional fraction. Zero, anything before it, and the
/// year 1 of .NET mean "not known". Kept to the microsecond, which is the
/// precision of such a number.
///
/// # Errors
/// A value that cannot be a time, for display.
pub(super) fn parse_timestamp(value: NumberValue) -> Result<Moment, Box<str>> {
    let seconds = match value {
        NumberValue::Absent => return Ok(None),
        NumberValue::Value(seconds) => seconds,
        NumberValue::Unexpected(value) => return Err(value),
    };
    if seconds <= 0.0 {
        return Ok(None);
    }
    // Until the end of the year 9999.
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return Err(format_number(seconds));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked above"
    )]
    let micros = (seconds * 1e6).round() as i64;
    Timestamp::from_microsecond(micros)
        .map(Some)
        .map_err(|_| format_number(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn placeholder_times_are_unknown() {
        for seconds in [0.0, -0.0, -1.0, -62_135_596_800.0, f64::NEG_INFINITY] {
            assert_eq!(
                parse_timestamp(NumberValue::Value(seconds)),
                Ok(None),
                "{seconds}"
            );
        }
        assert_eq!(parse_timestamp(NumberValue::Absent), Ok(None));
        assert_eq!(
            parse_timestamp(NumberValue::Value(1_559_250_178.25))
                .unwrap()
                .unwrap()
                .to_string(),
            "2019-05-30T21:02:58.25Z"
        );
    }

    #[test]
    fn a_value_that_is_no_time_is_kept_for_display() {
        for (seconds, shown) in [
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
            // Milliseconds, in a distant year.
            (1_559_250_178_250.0, "1559250178250"),
        ] {
            assert_eq!(
                parse_timestamp(NumberValue::Value(seconds)),
                Err(shown.into()),
                "{seconds}"
            );
        }
        let soon = NumberValue::Unexpected("\"soon\"".into());
        assert_eq!(parse_timestamp(soon), Err("\"soon\"".into()));
    }

    #[test]
    fn a_value_that_is_no_count_is_kept_for_display() {
        for (number, shown) in [
            (-1.0, "-1"),
            (1.5, "1.5"),
            (1e300, "1e300"),
            (-1e16, "-1e16"),
        ] {
            assert_eq!(parse_count(NumberValue::Value(number)), Err(shown.into()));
        }
        assert_eq!(parse_count(NumberValue::Value(3.0)), Ok(Some(3)));
        assert_eq!(parse_count(NumberValue::Absent), Ok(None));
    }

    proptest! {
        #[test]
        fn any_number_is_a_plausible_time_or_unknown_or_an_error(seconds in any::<f64>()) {
            if let Ok(Some(moment)) = parse_timestamp(NumberValue::Value(seconds)) {
                prop_assert!(moment.as_second() >= 0);
            }
        }

        #[test]
        fn a_value_is_displayed_short_and_sanitised(value in any::<String>()) {
            let json = serde_json::to_string(&value).unwrap();
            let NumberValue::Unexpected(shown) = serde_json::from_str(&json).unwrap() else {
                panic!("{json} is no number");
            };
            prop_assert!(!shown.chars().any(crate::sanitize::is_unsafe));
            prop_assert!(shown.chars().count() < 500, "{}", shown);
        }
    }
}
