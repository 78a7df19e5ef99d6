//! The footer of `diff`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::aggregate::diff::{Change, Difference, Direction, Side};
use crate::exit::Exit;
use crate::report::{Coverage, Footer, Note, NoteKind, RowFilterCounts, VerdictCounts};
use crate::text::count;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffSide {
    /// As it was typed.
    pub name: String,
    /// The time that ages are computed from.
    pub time: Timestamp,
    pub coverage: Coverage,
    pub verdicts: VerdictCounts,
}

/// How much changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiffCounts {
    by_change: BTreeMap<Change, u64>,
    by_direction: BTreeMap<Direction, u64>,
}

impl DiffCounts {
    pub fn add(&mut self, difference: &Difference) {
        *self.by_change.entry(difference.change).or_default() += 1;
        *self.by_direction.entry(difference.direction).or_default() += 1;
    }

    #[must_use]
    pub fn of_change(&self, change: Change) -> u64 {
        self.by_change.get(&change).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn in_direction(&self, direction: Direction) -> u64 {
        self.by_direction.get(&direction).copied().unwrap_or(0)
    }

    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_change.values().sum()
    }

    /// "7 changes: 4 worse, 3 better"
    fn describe(&self) -> String {
        let parts = Direction::ALL.into_iter().filter_map(|direction| {
            let n = self.in_direction(direction);
            (n > 0).then(|| format!("{n} {}", direction.as_str().to_lowercase()))
        });
        let parts: Vec<String> = parts.collect();
        let changes = match self.total() {
            0 => "no changes".to_owned(),
            n => count(n, "change"),
        };
        if parts.is_empty() {
            changes
        } else {
            format!("{changes}: {}", parts.join(", "))
        }
    }
}

/// The footer of `diff`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffFooter {
    pub before: DiffSide,
    pub after: DiffSide,
    /// Of the changes that pass the filter of patches, whether --only shows them or not.
    pub counts: DiffCounts,
    /// Those that --only leaves out.
    pub hidden: u64,
    /// Does a change for the worse decide the exit code?
    pub is_gate: bool,
    pub row_filter: Option<RowFilterCounts>,
}

impl DiffFooter {
    fn sides(&self) -> [(Side, &DiffSide); 2] {
        [(Side::Before, &self.before), (Side::After, &self.after)]
    }
}

impl Footer for DiffFooter {
    fn is_complete(&self) -> bool {
        let mut sides = self.sides().into_iter();
        self.counts.of_change(Change::Unknown) == 0
            && sides.all(|(_, side)| side.coverage.unread.is_empty())
    }

    fn is_nothing_read(&self) -> bool {
        let mut sides = self.sides().into_iter();
        sides.any(|(_, side)| side.coverage.is_nothing_read())
    }

    fn notes(&self) -> Vec<Note> {
        let mut counts = self.counts.describe();
        if self.hidden > 0 {
            counts = format!("{counts}; {} hidden by --only", self.hidden);
        }
        let mut all = vec![Note::counts(counts)];
        let kinds = Change::ALL.into_iter();
        let kinds = kinds.map(|change| (change, self.counts.of_change(change)));
        let kinds = kinds.filter(|(_, n)| *n > 0);
        let kinds: Vec<String> = kinds.map(|(change, n)| format!("{change} {n}")).collect();
        if !kinds.is_empty() {
            all.push(Note::counts("by kind").with_ids(kinds).into_detail());
        }
        for (side, of) in self.sides() {
            let verdicts = format!(
                "{} compliant, {} non-compliant, {} stale",
                of.verdicts.compliant, of.verdicts.non_compliant, of.verdicts.stale
            );
            let counts = of.coverage.describe_counts(&verdicts);
            all.push(Note::counts(format!(
                "{side}: {}, {:.0}, {counts}",
                of.name, of.time
            )));
        }
        let filter = Coverage {
            row_filter: self.row_filter.clone(),
            ..Coverage::default()
        };
        all.extend(filter.row_filter_notes("change"));
        let notes = |of: &DiffSide| -> Vec<Note> {
            let own = of.coverage.discovery_notes().into_iter();
            let own = own.chain(of.coverage.run_notes());
            own.map(|note| note.of_kind(NoteKind::Run)).collect()
        };
        let (before, after) = (notes(&self.before), notes(&self.after));
        let of_side = |side: Side, own: &[Note], other: &[Note]| -> Vec<Note> {
            let own = own.iter().filter(|note| !other.contains(note)).cloned();
            let own = own.map(|note| Note {
                text: format!("{side}: {}", note.text),
                ..note
            });
            own.collect()
        };
        // What both sides say is said once.
        all.extend(before.iter().filter(|note| after.contains(note)).cloned());
        all.extend(of_side(Side::Before, &before, &after));
        all.extend(of_side(Side::After, &after, &before));
        all
    }

    fn is_gate(&self) -> bool {
        self.is_gate
    }

    fn exit_code(&self, is_interrupted: bool) -> Exit {
        if self.is_gate && self.counts.in_direction(Direction::Worse) > 0 {
            Exit::GateFailed
        } else if is_interrupted {
            Exit::Partial
        } else if self.is_complete() {
            Exit::Success
        } else if self.is_nothing_read() {
            Exit::Error
        } else {
            Exit::Partial
        }
    }
}
