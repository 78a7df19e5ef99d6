//! `--at`: the moment of which a dataset is read.

use std::fmt;

use anyhow::{Result, bail};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::duration::parse_seconds;
use crate::source::dataset::layout::{is_run_id, snapshot_time};

/// Seconds.
const DAY: i64 = 86_400;

/// A moment, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The newest runs.
    #[default]
    Latest,
    /// The newest runs at or before this time.
    At(Timestamp),
    /// The same, so long ago.
    Age(SignedDuration),
    /// This run alone.
    Run(String),
}

impl Moment {
    /// Reads `latest`, a date (its end), a time, the name of a snapshot, the id of a run,
    /// or an age such as `7d`.
    ///
    /// # Errors
    /// When it is none of these.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Self::parse_with(text, Time::MAX)
    }

    /// The same, but a date is its start.
    ///
    /// # Errors
    /// When it is none of these.
    pub(crate) fn parse_start(text: &str) -> Result<Self> {
        Self::parse_with(text, Time::midnight())
    }

    fn parse_with(text: &str, of_day: Time) -> Result<Self> {
        if text.eq_ignore_ascii_case("latest") {
            return Ok(Self::Latest);
        }
        if is_run_id(text) {
            return Ok(Self::Run(text.to_owned()));
        }
        if let Some(time) = snapshot_time(text) {
            return Ok(Self::At(time));
        }
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(Self::At(time));
        }
        if !text.contains([':', 'T', 't'])
            && let Ok(date) = text.parse::<Date>()
        {
            let time = date.to_datetime(of_day).to_zoned(TimeZone::UTC);
            // The end of the last day is beyond the calendar.
            let time = time.map_or(Timestamp::MAX, |time| time.timestamp());
            return Ok(Self::At(time));
        }
        if let Ok(seconds) = parse_seconds(text) {
            let age = SignedDuration::from_secs(i64::try_from(seconds)?);
            return Ok(Self::Age(age));
        }
        bail!(
            "{text:?} is no moment; write latest, a day such as 2026-11-26, a time such as \
             2026-11-26T05:00:00Z, the name of a snapshot or run, or an age such as 7d"
        )
    }

    /// Is it the newest runs, whenever they were?
    #[must_use]
    pub(crate) fn is_latest(&self) -> bool {
        *self == Self::Latest
    }

    /// Does it depend on the current time?
    #[must_use]
    pub(crate) fn is_relative(&self) -> bool {
        matches!(self, Self::Age(_))
    }

    /// The latest start of a run that is read; `None`: any.
    #[must_use]
    pub(crate) fn limit(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Latest | Self::Run(_) => None,
            Self::At(time) => Some(*time),
            Self::Age(age) => now.checked_sub(*age).ok(),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::At(time) => time.fmt(f),
            Self::Age(age) if age.as_secs() % DAY == 0 => write!(f, "{}d ago", age.as_secs() / DAY),
            Self::Age(age) => write!(f, "{age:#} ago"),
            Self::Run(id) => f.write_str(id),
        }
    }
}
