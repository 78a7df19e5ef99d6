//! Where a share and a moment stand in a plot of so many dots.

use jiff::Timestamp;

/// Distances of the lines of a scale, in tenths of a percent. With the last one, a scale from
/// 0 to 100 has four.
const STEPS: [u32; 6] = [10, 20, 50, 100, 200, 250];

/// The most distances that a scale has.
const MAX_STEPS: u32 = 5;

/// A range of shares between round ones, in tenths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scale {
    pub low: u32,
    pub high: u32,
    step: u32,
}

impl Scale {
    /// The smallest scale that has all these shares; `None` without any.
    #[must_use]
    pub(super) fn of(shares: impl IntoIterator<Item = u32>) -> Option<Self> {
        let ends = shares.into_iter().fold(None, |ends, share| {
            let (low, high) = ends.unwrap_or((share, share));
            Some((share.min(low), share.max(high)))
        });
        let (low, high) = ends?;
        let scales = STEPS.into_iter().map(|step| {
            let (low, high) = (low / step * step, high.div_ceil(step) * step);
            // One share alone stands on a line.
            let (low, high) = match low == high {
                true if high < 1000 => (low, high + step),
                true => (low - step, high),
                false => (low, high),
            };
            Self { low, high, step }
        });
        let mut fitting = scales.filter(|scale| (scale.high - scale.low) / scale.step <= MAX_STEPS);
        fitting.next()
    }

    /// The shares that have a line, from the highest down.
    pub(super) fn lines(self) -> impl Iterator<Item = u32> {
        let steps = (self.high - self.low) / self.step;
        (0..=steps).map(move |at| self.high - at * self.step)
    }

    /// The dot of a share, counted from the lowest one, of so many.
    #[must_use]
    pub(super) fn dot(self, share: u32, dots: usize) -> usize {
        let above = share.clamp(self.low, self.high) - self.low;
        nearest(u64::from(above), u64::from(self.high - self.low), dots)
    }
}

/// The time that a plot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeSpan {
    pub first: Timestamp,
    pub last: Timestamp,
}

impl TimeSpan {
    /// The dot of a moment, counted from the first one, of so many.
    #[must_use]
    pub(super) fn dot(self, at: Timestamp, dots: usize) -> usize {
        let seconds = |from: Timestamp, to: Timestamp| {
            u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
        };
        let whole = seconds(self.first, self.last);
        nearest(seconds(self.first, at).min(whole), whole, dots)
    }
}

/// The place of a part of a whole among so many.
fn nearest(part: u64, whole: u64, places: usize) -> usize {
    let last = places.saturating_sub(1);
    let place = u128::from(part) * last as u128 + u128::from(whole / 2);
    let place = place.checked_div(u128::from(whole));
    usize::try_from(place.unwrap_or(0))
        .unwrap_or(last)
        .min(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_scale_has_every_share_between_round_ends(
            shares in proptest::collection::vec(0u32..=1000, 1..20),
            dots in 2usize..400,
        ) {
            let scale = Scale::of(shares.iter().copied()).unwrap();
            prop_assert!(scale.low < scale.high && scale.high <= 1000);
            prop_assert!(shares.iter().all(|share| (scale.low..=scale.high).contains(share)));
            let lines: Vec<u32> = scale.lines().collect();
            prop_assert_eq!((lines[0], *lines.last().unwrap()), (scale.high, scale.low));
            prop_assert!(lines.len() <= 6 && lines.iter().all(|line| line % 10 == 0));
            prop_assert_eq!((scale.dot(scale.low, dots), scale.dot(scale.high, dots)), (0, dots - 1));
            let mut sorted = shares;
            sorted.sort_unstable();
            let places: Vec<usize> = sorted.iter().map(|share| scale.dot(*share, dots)).collect();
            prop_assert!(places.is_sorted() && places.iter().all(|place| *place < dots));
        }

        #[test]
        fn moments_stand_in_their_order_and_the_ends_at_the_ends(
            moments in proptest::collection::vec(0i64..4_000_000_000, 2..20),
            dots in 1usize..400,
        ) {
            let mut moments: Vec<Timestamp> =
                moments.into_iter().map(|at| Timestamp::from_second(at).unwrap()).collect();
            moments.sort_unstable();
            let span = TimeSpan { first: moments[0], last: *moments.last().unwrap() };
            let places: Vec<usize> = moments.iter().map(|at| span.dot(*at, dots)).collect();
            prop_assert!(places.is_sorted());
            prop_assert_eq!(places[0], 0);
            if span.first != span.last {
                prop_assert_eq!(*places.last().unwrap(), dots - 1);
            }
        }
    }
}
