//! Two answers about one fleet, compared: what changed of each node and of its patches.
//! Pure; holds one node of each side at a time.

mod change;
pub mod merge;
mod patches;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::compliance::verdict::{Judgement, Verdict, VerdictOptions, judge, unread_cause};
use crate::record::{Cause, Moment, Node, NodeState, Outcome, Patch, PatchState, Subject};

use crate::aggregate::diff::patches::{PatchPair, unequal_patches};

pub(crate) use self::change::rank;
pub use self::change::{Change, Direction, Side};

/// What one side says of a node.
#[derive(Debug, Clone)]
pub struct NodeSide {
    pub node: Node,
    pub state: Outcome<NodeState>,
    pub judgement: Judgement,
    /// Were all its patches read?
    pub end: Outcome<()>,
    pub patches: Vec<Patch>,
}

impl NodeSide {
    /// Judges the node by the time of its side.
    #[must_use]
    pub fn new(
        node: Node,
        state: Outcome<NodeState>,
        end: Outcome<()>,
        patches: Vec<Patch>,
        options: &VerdictOptions,
    ) -> Self {
        Self {
            judgement: judge(&state, node.no_data, options),
            node,
            state,
            end,
            patches,
        }
    }

    /// How the node counts: as read only where its state and its patches are, and its
    /// verdict depends on nothing unread.
    #[must_use]
    pub fn outcome(&self) -> Outcome<()> {
        let unread = unread_cause(&self.state, &self.judgement).or(self.unread_patches());
        match unread {
            Some(cause) => Outcome::Unread(cause.clone()),
            None if self.judgement.verdict == Verdict::NoData => Outcome::NoData,
            None => Outcome::Answered(()),
        }
    }

    /// Why nothing can be said of its patches, if that is so.
    fn unread_patches(&self) -> Option<&Cause> {
        match (&self.state, &self.end) {
            (Outcome::Unread(cause), _) | (_, Outcome::Unread(cause)) => Some(cause),
            _ => None,
        }
    }

    /// Has the service no record of it, so that it says nothing of its patches?
    fn is_without_data(&self) -> bool {
        !matches!(
            (&self.state, &self.end),
            (Outcome::Answered(_), Outcome::Answered(()))
        )
    }

    fn record(&self) -> Option<&NodeState> {
        match &self.state {
            Outcome::Answered(state) => Some(state),
            Outcome::NoData | Outcome::Unread(_) => None,
        }
    }

    fn last_scan(&self) -> Moment {
        self.record().and_then(NodeState::last_scan_time)
    }
}

/// A value before or after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffValue {
    Verdict(Verdict),
    State(PatchState),
    Text(Box<str>),
}

impl DiffValue {
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Verdict(verdict) => verdict.as_str(),
            Self::State(state) => state.as_str(),
            Self::Text(text) => text,
        }
    }
}

/// One thing that changed of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub change: Change,
    pub direction: Direction,
    /// The node as it is after, or as it was before where it vanished; or a region, account
    /// or profile that could not be compared.
    pub subject: Subject,
    /// The patch that the change is about: as it is after, or as it was before.
    pub patch: Option<Box<Patch>>,
    pub before: Option<DiffValue>,
    pub after: Option<DiffValue>,
    /// The last scan of the node on each side.
    pub scan_before: Option<Timestamp>,
    pub scan_after: Option<Timestamp>,
    pub note: Option<String>,
}

/// What there is of a node on both sides; at least one of them.
#[derive(Debug, Clone, Copy)]
pub struct NodePair<'a> {
    pub before: Option<&'a NodeSide>,
    pub after: Option<&'a NodeSide>,
}

impl NodePair<'_> {
    /// Hands what changed to `take`: the node first, then its patches by id and title.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn compare<E>(self, mut take: impl FnMut(Difference) -> Result<(), E>) -> Result<(), E> {
        match (self.before, self.after) {
            (None, None) => Ok(()),
            (Some(before), Some(after)) => self.compare_both(before, after, &mut take),
            (None, Some(only)) => self.compare_one(only, Side::After, &mut take),
            (Some(only), None) => self.compare_one(only, Side::Before, &mut take),
        }
    }

    fn difference(&self, change: Change, direction: Direction) -> Option<Difference> {
        let side = self.after.or(self.before)?;
        Some(Difference {
            change,
            direction,
            subject: Subject::Node(side.node.clone()),
            patch: None,
            before: None,
            after: None,
            scan_before: self.before.and_then(NodeSide::last_scan),
            scan_after: self.after.and_then(NodeSide::last_scan),
            note: None,
        })
    }

    fn verdicts(&self) -> (Option<DiffValue>, Option<DiffValue>) {
        let verdict = |side: &NodeSide| DiffValue::Verdict(side.judgement.verdict);
        (self.before.map(verdict), self.after.map(verdict))
    }

    /// What cannot be compared.
    fn unknown(&self, note: String) -> Option<Difference> {
        let (before, after) = self.verdicts();
        Some(Difference {
            before,
            after,
            note: Some(note),
            ..self.difference(Change::Unknown, Direction::Unknown)?
        })
    }

    /// A node that the other side does not have, though it lists all of its location.
    fn compare_one<E>(
        self,
        only: &NodeSide,
        side: Side,
        take: &mut impl FnMut(Difference) -> Result<(), E>,
    ) -> Result<(), E> {
        let unread = only.unread_patches();
        let unread = unread.and_then(|cause| self.unknown(unread_note(side, &cause.text)));
        if let Outcome::Unread(_) = only.state {
            return unread.map_or(Ok(()), take);
        }
        let verdict = only.judgement.verdict;
        let (change, direction) = match side {
            Side::Before => (Change::NodeVanished, Direction::Neutral),
            Side::After => (Change::NodeAppeared, Direction::of_new_node(verdict)),
        };
        let (before, after) = self.verdicts();
        let reasons = Some(only.judgement.reasons.clone());
        let whole = self.difference(change, direction).map(|whole| Difference {
            before,
            after,
            note: reasons.filter(|reasons| !reasons.is_empty()),
            ..whole
        });
        whole.map_or(Ok(()), &mut *take)?;
        if let Some(unread) = unread {
            return take(unread);
        }
        for pair in unequal_patches(self.patches(Side::Before), self.patches(Side::After)) {
            let Some(mut one) = self.patch_difference(&pair) else {
                continue;
            };
            if side == Side::Before {
                // It is not known whether a node that is gone has been patched.
                one.direction = Direction::Neutral;
                one.note = Some("the node vanished".to_owned());
            } else {
                one.note = Some("the node appeared".to_owned());
            }
            take(one)?;
        }
        Ok(())
    }

    fn compare_both<E>(
        self,
        before: &NodeSide,
        after: &NodeSide,
        take: &mut impl FnMut(Difference) -> Result<(), E>,
    ) -> Result<(), E> {
        let unread = |side: &NodeSide, which| {
            let cause = unread_cause(&side.state, &side.judgement).or(side.unread_patches())?;
            Some(unread_note(which, &cause.text))
        };
        let notes = [unread(before, Side::Before), unread(after, Side::After)];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        if !notes.is_empty() {
            self.unknown(notes.join("; ")).map_or(Ok(()), &mut *take)?;
        }
        if let (Outcome::Unread(_), _) | (_, Outcome::Unread(_)) = (&before.state, &after.state) {
            return Ok(());
        }
        self.compare_verdicts(before, after, take)?;
        if let (Some(old), Some(new)) = (before.record(), after.record()) {
            self.compare_records(old, new, take)?;
        }
        if before.unread_patches().is_some() || after.unread_patches().is_some() {
            return Ok(());
        }
        match (before.is_without_data(), after.is_without_data()) {
            (_, false) => {}
            (true, true) => return Ok(()),
            (false, true) => {
                // What it lacked is neither fixed nor gone.
                let lacked = before.patches.iter();
                let lacked = lacked.filter(|patch| rank(&patch.state) != Some(0));
                return match lacked.count() {
                    0 => Ok(()),
                    _ => self.unknown(NO_DATA_AFTER.to_owned()).map_or(Ok(()), take),
                };
            }
        }
        let is_first = before.is_without_data();
        for pair in unequal_patches(self.patches(Side::Before), self.patches(Side::After)) {
            if let Some(mut one) = self.patch_difference(&pair) {
                if is_first {
                    one.note = Some("no data before".to_owned());
                }
                take(one)?;
            }
        }
        Ok(())
    }

    fn compare_verdicts<E>(
        &self,
        before: &NodeSide,
        after: &NodeSide,
        take: &mut impl FnMut(Difference) -> Result<(), E>,
    ) -> Result<(), E> {
        let (old, new) = (before.judgement.verdict, after.judgement.verdict);
        let is_read = old != Verdict::Unread && new != Verdict::Unread;
        if old != new && is_read {
            let (before, verdict) = self.verdicts();
            let changed = self.difference(
                Change::VerdictChanged,
                Direction::between_verdicts(old, new),
            );
            let reasons = Some(after.judgement.reasons.clone());
            let changed = changed.map(|changed| Difference {
                before,
                after: verdict,
                note: reasons.filter(|reasons| !reasons.is_empty()),
                ..changed
            });
            changed.map_or(Ok(()), &mut *take)?;
        }
        let (was_stale, is_stale) = (before.judgement.is_stale, after.judgement.is_stale);
        let both_scanned = before.record().is_some() && after.record().is_some();
        if was_stale != is_stale && both_scanned {
            let (change, direction) = if is_stale {
                (Change::NewlyStale, Direction::Worse)
            } else {
                (Change::NoLongerStale, Direction::Better)
            };
            let changed = self.difference(change, direction);
            changed.map_or(Ok(()), &mut *take)?;
        }
        Ok(())
    }

    fn compare_records<E>(
        &self,
        old: &NodeState,
        new: &NodeState,
        take: &mut impl FnMut(Difference) -> Result<(), E>,
    ) -> Result<(), E> {
        for (change, old, new) in [
            (Change::BaselineChanged, &old.baseline_id, &new.baseline_id),
            (
                Change::PatchGroupChanged,
                &old.patch_group,
                &new.patch_group,
            ),
        ] {
            // The service writes an empty text where there is none.
            let known =
                |text: &Option<Box<str>>| text.clone().filter(|text| !text.trim().is_empty());
            let (before, after) = (known(old), known(new));
            if before != after
                && let Some(changed) = self.difference(change, Direction::Neutral)
            {
                take(Difference {
                    before: before.map(DiffValue::Text),
                    after: after.map(DiffValue::Text),
                    ..changed
                })?;
            }
        }
        Ok(())
    }

    fn patches(&self, side: Side) -> &[Patch] {
        let side = match side {
            Side::Before => self.before,
            Side::After => self.after,
        };
        side.map_or(&[], |side| &side.patches)
    }

    fn patch_difference(&self, pair: &PatchPair<'_>) -> Option<Difference> {
        let state = |patch: Option<&Patch>| patch.map(|patch| patch.state.clone());
        let (before, after) = (state(pair.before), state(pair.after));
        let (change, direction) = Change::between_states(before.as_ref(), after.as_ref())?;
        Some(Difference {
            patch: pair.after.or(pair.before).cloned().map(Box::new),
            before: before.map(DiffValue::State),
            after: after.map(DiffValue::State),
            ..self.difference(change, direction)?
        })
    }
}

const NO_DATA_AFTER: &str = "no data after: what it lacked before is not known to be fixed";

fn unread_note(side: Side, cause: &str) -> String {
    format!("unread {side}: {cause}")
}
