//! Values of an answer that may be of the wrong type: what stands there is kept,
//! so that it does not pass for a value that was not sent.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::record::{Count, Moment};
use crate::sanitize::sanitize;
use crate::source::aws::api::wire::Text;

/// A string of the answer, or what stands in its place.
pub enum TextValue<'a> {
    Text(Text<'a>),
    Unexpected(Box<str>),
}

/// The text, where there is one.
///
/// # Errors
/// What stands in its place, as it is shown.
pub fn parse_text(value: Option<TextValue<'_>>) -> Result<Option<Text<'_>>, Box<str>> {
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

/// A count of the service; `Ok(None)` where none was sent.
///
/// # Errors
/// What cannot be a count, as it is shown: `-1`, too, which stands for a count
/// that could not be made.
pub fn parse_count(value: NumberValue) -> Result<Count, Box<str>> {
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

/// The greatest whole number up to which all are exact as a float: 2^53.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// A number of the answer, or what stands in its place: one odd value must not
/// cost the page, nor pass for one that was not sent.
#[derive(Default)]
pub enum NumberValue {
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

/// Any value of an answer.
enum AnyValue<'a> {
    Text(Text<'a>),
    Number(f64),
    /// Neither, as it is shown.
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

/// Longer values are cut where they are shown.
const MAX_SHOWN_CHARS: usize = 40;

/// A text in quotes, cut and harmless: it comes from outside.
pub fn quote_text(text: &str) -> Box<str> {
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
/// year 1 of .NET mean "not known". Kept to the microsecond, which is what the
/// fraction of such a number can hold.
///
/// # Errors
/// What cannot be a time, as it is shown.
pub fn parse_timestamp(value: NumberValue) -> Result<Moment, Box<str>> {
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
    fn times_that_mean_nothing_are_unknown() {
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
    fn what_can_be_no_time_is_kept_as_it_is_shown() {
        for (seconds, shown) in [
            (1e300, "1e300"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
            // Milliseconds, in a year far away.
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
    fn what_can_be_no_count_is_kept_as_it_is_shown() {
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
        fn any_number_is_a_time_of_this_era_or_unknown_or_none(seconds in any::<f64>()) {
            if let Ok(Some(moment)) = parse_timestamp(NumberValue::Value(seconds)) {
                prop_assert!(moment.as_second() >= 0);
            }
        }

        #[test]
        fn a_value_is_shown_short_and_harmless(value in any::<String>()) {
            let json = serde_json::to_string(&value).unwrap();
            let NumberValue::Unexpected(shown) = serde_json::from_str(&json).unwrap() else {
                panic!("{json} is no number");
            };
            prop_assert!(!shown.chars().any(crate::sanitize::is_unsafe));
            prop_assert!(shown.chars().count() < 500, "{}", shown);
        }
    }
}
