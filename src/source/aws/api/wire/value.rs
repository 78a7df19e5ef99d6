//! Values of an answer that may be of the wrong type: what stands there is kept,
//! so that it does not pass for a value that was not sent.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::record::{Count, Moment};
use crate::sanitize::visible;
use crate::source::aws::api::wire::Text;

/// A string of the answer, or what stands in its place.
pub enum Word<'a> {
    Text(Text<'a>),
    Odd(Box<str>),
}

/// The text, where there is one.
///
/// # Errors
/// What stands in its place, as it is shown.
pub fn word(value: Option<Word<'_>>) -> Result<Option<Text<'_>>, Box<str>> {
    match value {
        None => Ok(None),
        Some(Word::Text(text)) => Ok(Some(text)),
        Some(Word::Odd(value)) => Err(value),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(AnyValue)? {
            Any::Text(text) => Self::Text(text),
            Any::Number(number) => Self::Odd(shown_number(number)),
            Any::Odd(value) => Self::Odd(value.into()),
        })
    }
}

/// A count of the service; `Ok(None)` where none was sent.
///
/// # Errors
/// What cannot be a count, as it is shown: `-1`, too, which stands for a count
/// that could not be made.
pub fn count(value: Number) -> Result<Count, Box<str>> {
    let number = match value {
        Number::Absent => return Ok(None),
        Number::Of(number) => number,
        Number::Odd(value) => return Err(value),
    };
    if !((0.0..=MOST_EXACT).contains(&number) && number.fract() == 0.0) {
        return Err(shown_number(number));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in range, as checked above"
    )]
    Ok(Some(number as u64))
}

/// The greatest whole number up to which all are exact as a float: 2^53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A number of the answer, or what stands in its place: one odd value must not
/// cost the page, nor pass for one that was not sent.
#[derive(Default)]
pub enum Number {
    /// Not sent, or null.
    #[default]
    Absent,
    Of(f64),
    Odd(Box<str>),
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match deserializer.deserialize_any(AnyValue)? {
            Any::Number(number) => Self::Of(number),
            Any::Text(text) => Self::Odd(shown_text(&text.0)),
            Any::Odd("null") => Self::Absent,
            Any::Odd(value) => Self::Odd(value.into()),
        })
    }
}

/// Any value of an answer.
enum Any<'a> {
    Text(Text<'a>),
    Number(f64),
    /// Neither, as it is shown.
    Odd(&'static str),
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Any<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Any::Text(Text(Cow::Borrowed(text))))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Any::Text(Text(Cow::Owned(text.to_owned()))))
    }
    #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
    fn visit_i64<E: Error>(self, n: i64) -> Result<Self::Value, E> {
        Ok(Any::Number(n as f64))
    }
    #[expect(clippy::cast_precision_loss, reason = "no count or time is that large")]
    fn visit_u64<E: Error>(self, n: u64) -> Result<Self::Value, E> {
        Ok(Any::Number(n as f64))
    }
    fn visit_f64<E: Error>(self, n: f64) -> Result<Self::Value, E> {
        Ok(Any::Number(n))
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Any::Odd(if value { "true" } else { "false" }))
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Any::Odd("null"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Any::Odd("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Any::Odd("an object"))
    }
}

/// Longer values are cut where they are shown.
const MOST_SHOWN: usize = 40;

/// A text in quotes, cut and harmless: it comes from outside.
pub fn shown_text(text: &str) -> Box<str> {
    let end = text.char_indices().nth(MOST_SHOWN).map(|(at, _)| at);
    let (cut, more) = end.map_or((text, ""), |end| (&text[..end], "..."));
    format!("\"{}{more}\"", visible(cut)).into()
}

/// `-1`, `1.5` or `1e300`.
fn shown_number(number: f64) -> Box<str> {
    if number.abs() <= MOST_EXACT {
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
pub fn moment(value: Number) -> Result<Moment, Box<str>> {
    let seconds = match value {
        Number::Absent => return Ok(None),
        Number::Of(seconds) => seconds,
        Number::Odd(value) => return Err(value),
    };
    if seconds <= 0.0 {
        return Ok(None);
    }
    // Until the end of the year 9999.
    if !(0.0..253_402_300_800.0).contains(&seconds) {
        return Err(shown_number(seconds));
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked above"
    )]
    let micros = (seconds * 1e6).round() as i64;
    Timestamp::from_microsecond(micros)
        .map(Some)
        .map_err(|_| shown_number(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_that_mean_nothing_are_unknown() {
        for seconds in [0.0, -0.0, -1.0, -62_135_596_800.0, f64::NEG_INFINITY] {
            assert_eq!(moment(Number::Of(seconds)), Ok(None), "{seconds}");
        }
        assert_eq!(moment(Number::Absent), Ok(None));
        assert_eq!(
            moment(Number::Of(1_559_250_178.25))
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
            assert_eq!(moment(Number::Of(seconds)), Err(shown.into()), "{seconds}");
        }
        let soon = Number::Odd("\"soon\"".into());
        assert_eq!(moment(soon), Err("\"soon\"".into()));
    }

    #[test]
    fn what_can_be_no_count_is_kept_as_it_is_shown() {
        for (number, shown) in [
            (-1.0, "-1"),
            (1.5, "1.5"),
            (1e300, "1e300"),
            (-1e16, "-1e16"),
        ] {
            assert_eq!(count(Number::Of(number)), Err(shown.into()));
        }
        assert_eq!(count(Number::Of(3.0)), Ok(Some(3)));
        assert_eq!(count(Number::Absent), Ok(None));
    }

    proptest! {
        #[test]
        fn any_number_is_a_time_of_this_era_or_unknown_or_none(seconds in any::<f64>()) {
            if let Ok(Some(moment)) = moment(Number::Of(seconds)) {
                prop_assert!(moment.as_second() >= 0);
            }
        }

        #[test]
        fn a_value_is_shown_short_and_harmless(value in any::<String>()) {
            let json = serde_json::to_string(&value).unwrap();
            let Number::Odd(shown) = serde_json::from_str(&json).unwrap() else {
                panic!("{json} is no number");
            };
            prop_assert!(!shown.chars().any(crate::sanitize::is_acting));
            prop_assert!(shown.chars().count() < 500, "{}", shown);
        }
    }
}
