//! Time spans: parsing, greatest ages, time limits, and display. Pure.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use crate::text;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Greatest age of a scan, in seconds; `None`: unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxAge(pub Option<u64>);

impl Default for MaxAge {
    /// Seven days: AWS's patch policies scan daily, and weekly scans are common.
    fn default() -> Self {
        Self(Some(7 * DAY))
    }
}

impl MaxAge {
    /// Whether this age, in seconds, is too large.
    #[must_use]
    pub fn is_exceeded_by(self, age: u64) -> bool {
        self.0.is_some_and(|most| age > most)
    }
}

impl FromStr for MaxAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        parse_seconds(text).map(|seconds| Self(Some(seconds)))
    }
}

impl fmt::Display for MaxAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.pad("none"),
            Some(seconds) => f.pad(&format_short(seconds)),
        }
    }
}

/// Time limit of a run, in seconds; `None`: unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeLimit(pub Option<u64>);

impl TimeLimit {
    #[must_use]
    pub fn duration(self) -> Option<Duration> {
        self.0.map(Duration::from_secs)
    }

    /// A limit in whole seconds.
    #[must_use]
    pub fn from_duration(limit: Duration) -> Self {
        Self(Some(limit.as_secs()))
    }
}

impl FromStr for TimeLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Self(None));
        }
        let seconds = parse_span(text)
            .ok_or_else(|| format!("{text:?} is not a time limit; write 30s, 10m, 2h or none"))?;
        Ok(Self(Some(seconds)))
    }
}

/// In the largest unit without a remainder.
impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.pad("none"),
            Some(seconds) if seconds % HOUR == 0 => write!(f, "{}h", seconds / HOUR),
            Some(seconds) if seconds % MINUTE == 0 => write!(f, "{}m", seconds / MINUTE),
            Some(seconds) => write!(f, "{seconds}s"),
        }
    }
}

/// Parses a span such as `7d`, `36h` or `1w 2d`, in seconds. A day has 24 hours.
///
/// # Errors
/// When it is not a span, or not above zero.
pub fn parse_seconds(text: &str) -> Result<u64, String> {
    parse_span(text).ok_or_else(|| format!("{text:?} is not a time span; write 7d, 36h, 2w or 90m"))
}

/// The whole seconds of a span, above zero.
fn parse_span(text: &str) -> Option<u64> {
    let span: Span = text.trim().parse().ok()?;
    let span = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    u64::try_from(span.as_secs())
        .ok()
        .filter(|seconds| *seconds > 0)
}

/// `9d`: rounded down to the largest suitable unit.
#[must_use]
pub fn format_short(seconds: u64) -> String {
    match seconds {
        0..MINUTE => format!("{seconds}s"),
        MINUTE..HOUR => format!("{}m", seconds / MINUTE),
        HOUR..172_800 => format!("{}h", seconds / HOUR),
        _ => format!("{}d", seconds / DAY),
    }
}

/// `9d`, `36h`: exact, in the largest unit that is, so that it can be typed again.
#[must_use]
pub fn format_exact(seconds: u64) -> String {
    match seconds {
        s if s % DAY == 0 => format!("{}d", s / DAY),
        s if s % HOUR == 0 => format!("{}h", s / HOUR),
        s if s % MINUTE == 0 => format!("{}m", s / MINUTE),
        s => format!("{s}s"),
    }
}

/// `9d 4h`: rounded down to two units that stand beside each other.
#[must_use]
pub fn format_two_units(seconds: u64) -> String {
    let (first, second) = match seconds {
        0..HOUR => return format_short(seconds),
        HOUR..DAY => (HOUR, (MINUTE, 'm')),
        _ => (DAY, (HOUR, 'h')),
    };
    let unit = if first == DAY { 'd' } else { 'h' };
    match seconds % first / second.0 {
        0 => format!("{}{unit}", seconds / first),
        rest => format!("{}{unit} {rest}{}", seconds / first, second.1),
    }
}

/// Whole days, for output that is the same for all runs of a day.
#[must_use]
pub fn whole_days(seconds: u64) -> u64 {
    seconds / DAY
}

/// `9 days`, for a sentence.
#[must_use]
pub fn format_long(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..MINUTE => (seconds, "second"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..172_800 => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    text::count(count, unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spans_are_parsed_in_their_usual_forms() {
        let read = |text: &str| text.parse::<MaxAge>().unwrap().0;
        assert_eq!(read("7d"), Some(604_800));
        assert_eq!(read("36h"), Some(129_600));
        assert_eq!(read(" 1w 2d "), Some(777_600));
        assert_eq!(read("None"), None);
        for wrong in ["", "0d", "-3d", "7", "a week", "1mo", "2y"] {
            let error = wrong.parse::<MaxAge>().unwrap_err();
            assert!(error.contains("write 7d"), "{wrong}: {error}");
        }
    }

    #[test]
    fn ages_are_shown_in_the_largest_suitable_unit() {
        assert_eq!(
            (format_short(59), format_long(1)),
            ("59s".into(), "1 second".into())
        );
        assert_eq!(
            (format_short(3_599), format_long(3_599)),
            ("59m".into(), "59 minutes".into())
        );
        assert_eq!(
            (format_short(172_799), format_long(3_600)),
            ("47h".into(), "1 hour".into())
        );
        assert_eq!(
            (format_short(777_600), format_long(777_600)),
            ("9d".into(), "9 days".into())
        );
    }

    #[test]
    fn time_limits_are_parsed_in_their_usual_forms_and_shown_to_the_second() {
        for (typed, shown) in [
            ("30s", "30s"),
            ("90s", "90s"),
            ("10m", "10m"),
            ("1h 30m", "90m"),
            (" 2h ", "2h"),
            ("None", "none"),
        ] {
            assert_eq!(typed.parse::<TimeLimit>().unwrap().to_string(), shown);
        }
        for wrong in ["", "0", "0s", "10", "-3s", "500ms", "soon", "1mo"] {
            let error = wrong.parse::<TimeLimit>().unwrap_err();
            assert!(error.contains("write 30s, 10m, 2h or none"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_time_limit_is_shown_as_it_can_be_typed(seconds in 1u64..10_000_000) {
            let limit = TimeLimit(Some(seconds));
            prop_assert_eq!(limit.to_string().parse::<TimeLimit>(), Ok(limit));
        }

        #[test]
        fn a_greatest_age_of_whole_days_is_shown_as_it_was_typed(days in 2u64..5_000) {
            let typed = format!("{days}d");
            prop_assert_eq!(typed.parse::<MaxAge>().unwrap().to_string(), typed);
        }

        #[test]
        fn parsing_a_span_never_panics(text in "\\PC{0,20}|[0-9dhwmy. -]{0,12}") {
            let _ = text.parse::<MaxAge>();
        }
    }
}
