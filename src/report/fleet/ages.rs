//! What nodes lack, by severity and by how long ago it was released.

use jiff::Timestamp;

use crate::compliance::severity::Severity;
use crate::record::{Patch, PatchState};

/// The seconds of a day.
const DAY: u64 = 86_400;

/// The classes of ages: the greatest age in days, and the name. The last is of those whose
/// release date is not known.
pub const AGE_CLASSES: [(Option<u64>, &str); 5] = [
    (Some(7), "up to 7 days"),
    (Some(30), "8 to 30 days"),
    (Some(90), "31 to 90 days"),
    (Some(u64::MAX), "over 90 days"),
    (None, "release date unknown"),
];

/// The patches of one severity that nodes lack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityAges {
    pub severity: Severity,
    /// Pairs of a node and a patch that it lacks.
    pub patches: u64,
    /// Nodes that lack one, each once.
    pub nodes: u64,
    /// Of these patches, those of each class of ages.
    pub by_age: [u64; AGE_CLASSES.len()],
}

/// The fold over nodes.
#[derive(Debug)]
pub(super) struct AgeCounter {
    rows: Vec<SeverityAges>,
    now: Timestamp,
}

impl AgeCounter {
    pub(super) fn new(now: Timestamp) -> Self {
        let row = |severity| SeverityAges {
            severity,
            patches: 0,
            nodes: 0,
            by_age: [0; AGE_CLASSES.len()],
        };
        Self {
            rows: Severity::ALL.map(row).to_vec(),
            now,
        }
    }

    /// The patches of one node.
    pub(super) fn add_node(&mut self, patches: &[Patch]) {
        for row in &mut self.rows {
            let lacking = patches.iter().filter(|patch| {
                PatchState::LACKING.contains(&patch.state)
                    && Severity::of_patch(patch) == row.severity
            });
            let before = row.patches;
            for patch in lacking {
                row.patches += 1;
                row.by_age[age_class(patch, self.now)] += 1;
            }
            row.nodes += u64::from(row.patches > before);
        }
    }

    pub(super) fn finish(self) -> Vec<SeverityAges> {
        self.rows
    }
}

/// Where the age of a patch is counted. A release date in the future is none.
fn age_class(patch: &Patch, now: Timestamp) -> usize {
    let released = patch.release_date.filter(|released| *released <= now);
    let days = released.and_then(|released| {
        let seconds = u64::try_from(now.as_second() - released.as_second()).ok()?;
        // Rounded up: what is a second older than 7 days is not "up to 7 days".
        Some(seconds.div_ceil(DAY))
    });
    let of_age = |(most, _): &(Option<u64>, &str)| days.is_some_and(|days| *most >= Some(days));
    let class = AGE_CLASSES.iter().position(of_age);
    class.unwrap_or(AGE_CLASSES.len() - 1)
}
