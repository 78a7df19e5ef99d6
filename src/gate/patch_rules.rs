//! The rules on single patches of a node: how severe they are, and how long ago
//! they were released.
//!
//! Pure. Knows counters, rows and how far they agree. What cannot be told is
//! never taken for the better.

use jiff::Timestamp;

use crate::compliance::severity::Severity;
use crate::duration::words;
use crate::gate::evaluate::{NOT_READ, Sight};
use crate::gate::outcome::{Answer, Seen, With};
use crate::gate::rule::at_least;
use crate::gate::{Counted, Rule};
use crate::record::Patch;

impl Sight<'_> {
    pub(super) fn severe(&self, of: Counted, least: Severity, with: With) -> Answer {
        let rule = Rule::Severe(of, least);
        let bad = self
            .rows
            .iter()
            .filter(|row| self.is_of(rule, row) && self.counts(row, with));
        let bad = Seen::distinct(bad);
        if bad > 0 {
            return Answer::Broken(format!("{} rated {}", of.told(bad), at_least(least)));
        }
        if self.state().is_none() {
            return self.absence();
        }
        let tally = self.tally(of, with);
        if tally.unlisted > 0 {
            let told = of.told(tally.unlisted);
            let why = if self.is_whole {
                "which the service counts and does not list"
            } else {
                NOT_READ
            };
            return Answer::Unknown(format!("{told} of unknown severity: {why}"));
        }
        // Without a counter, nothing says that the list is whole.
        if tally.most.is_none() {
            return Answer::Unknown(self.uncounted(of));
        }
        if !self.is_whole {
            return Answer::Unknown(NOT_READ.to_owned());
        }
        Answer::Fine
    }

    pub(super) fn older(&self, seconds: u64, with: With) -> Answer {
        let rule = Rule::PatchOlder(seconds);
        let now = self.yardstick.now;
        let rows = self
            .rows
            .iter()
            .filter(|row| self.is_of(rule, row) && self.counts(row, with));
        let (dated, undated): (Vec<_>, Vec<_>) =
            rows.partition(|row| age(row.patch, now).is_some());
        let old = Seen::distinct(dated.iter().copied());
        let ages = dated.iter().filter_map(|row| age(row.patch, now));
        let oldest = ages.max().unwrap_or(0);
        let (ahead, untold): (Vec<&Seen<'_>>, Vec<_>) = undated
            .into_iter()
            .partition(|row| row.patch.released.is_some());
        let (ahead, untold) = (
            Seen::distinct(ahead.into_iter()),
            Seen::distinct(untold.into_iter()),
        );
        let unknown = ahead + untold;
        let told = |n| Counted::Missing.told(n);
        let mut causes = Vec::new();
        if untold > 0 {
            causes.push(format!(
                "{} of unknown age: AWS tells release dates of Windows updates only",
                told(untold)
            ));
        }
        if ahead > 0 {
            causes.push(format!(
                "{} of unknown age: the release date is in the future",
                told(ahead)
            ));
        }
        let undated = causes.join("; ");
        if old > 0 {
            let mut detail = format!(
                "{} released more than {} ago, the oldest {} ago",
                told(old),
                words(seconds),
                words(oldest)
            );
            if unknown > 0 {
                detail = format!("{detail}; {undated}");
            }
            return Answer::Broken(detail);
        }
        if self.state().is_none() {
            return self.absence();
        }
        let tally = self.tally(Counted::Missing, with);
        if unknown > 0 {
            Answer::Unknown(undated)
        } else if tally.most.is_none() {
            Answer::Unknown(self.uncounted(Counted::Missing))
        } else if !self.is_whole {
            Answer::Unknown(NOT_READ.to_owned())
        } else if tally.unlisted > 0 {
            Answer::Unknown(format!(
                "{} of unknown age: the service counts them and does not list them",
                told(tally.unlisted)
            ))
        } else {
            Answer::Fine
        }
    }
}

/// How long ago a patch was released, in seconds. A moment to come is no age: a
/// date that cannot be true says nothing of how long the patch has waited.
pub fn age(patch: &Patch, now: Timestamp) -> Option<u64> {
    u64::try_from(now.as_second() - patch.released?.as_second()).ok()
}
