//! Kinds of changes, and whether a change is for the worse.

use std::fmt;

use crate::compliance::verdict::Verdict;
use crate::record::PatchState;

/// One of the two sides that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The node is not in the first side, which lists every node of its location.
    NodeAppeared,
    /// The same of the second side.
    NodeVanished,
    VerdictChanged,
    /// Its last scan has become too old, whatever its verdict.
    NewlyStale,
    NoLongerStale,
    BaselineChanged,
    PatchGroupChanged,
    NewlyMissing,
    NewlyFailed,
    /// It waits for a restart.
    NewlyPendingReboot,
    NewlyRejected,
    NewlyAvailable,
    /// The node lacked it, and has it.
    Fixed,
    /// The node lacked it, and its list does not have it any longer: another patch
    /// supersedes it, or its baseline no longer approves it.
    NoLongerListed,
    /// From one state in which the node lacks it to another, none of those above; or from or
    /// to a state that this version does not know.
    StateChanged,
    /// It could not be read on one side, so it cannot be compared.
    Unknown,
}

impl Change {
    pub const ALL: [Self; 16] = [
        Self::NodeAppeared,
        Self::NodeVanished,
        Self::VerdictChanged,
        Self::NewlyStale,
        Self::NoLongerStale,
        Self::BaselineChanged,
        Self::PatchGroupChanged,
        Self::NewlyMissing,
        Self::NewlyFailed,
        Self::NewlyPendingReboot,
        Self::NewlyRejected,
        Self::NewlyAvailable,
        Self::Fixed,
        Self::NoLongerListed,
        Self::StateChanged,
        Self::Unknown,
    ];

    /// The word printed in every format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NodeAppeared => "NodeAppeared",
            Self::NodeVanished => "NodeVanished",
            Self::VerdictChanged => "VerdictChanged",
            Self::NewlyStale => "NewlyStale",
            Self::NoLongerStale => "NoLongerStale",
            Self::BaselineChanged => "BaselineChanged",
            Self::PatchGroupChanged => "PatchGroupChanged",
            Self::NewlyMissing => "NewlyMissing",
            Self::NewlyFailed => "NewlyFailed",
            Self::NewlyPendingReboot => "NewlyPendingReboot",
            Self::NewlyRejected => "NewlyRejected",
            Self::NewlyAvailable => "NewlyAvailable",
            Self::Fixed => "Fixed",
            Self::NoLongerListed => "NoLongerListed",
            Self::StateChanged => "StateChanged",
            Self::Unknown => "Unknown",
        }
    }

    /// What changed of a patch that went from one state to another; `None`: a side does not
    /// list it. `None` where there is nothing to say: the node lacked it on neither side.
    #[must_use]
    pub fn between_states(
        before: Option<&PatchState>,
        after: Option<&PatchState>,
    ) -> Option<(Self, Direction)> {
        if before == after {
            return None;
        }
        let rank = |state: Option<&PatchState>| state.map_or(Some(0), rank);
        let (Some(old), Some(new)) = (rank(before), rank(after)) else {
            return Some((Self::StateChanged, Direction::Unknown));
        };
        let newly = match after {
            Some(PatchState::Missing) => Self::NewlyMissing,
            Some(PatchState::Failed) => Self::NewlyFailed,
            Some(PatchState::InstalledPendingReboot) => Self::NewlyPendingReboot,
            Some(PatchState::InstalledRejected) => Self::NewlyRejected,
            Some(PatchState::AvailableSecurityUpdate) => Self::NewlyAvailable,
            _ => Self::StateChanged,
        };
        match (old, new) {
            (0, 0) => None,
            (old, new) if new > old => Some((newly, Direction::Worse)),
            (_, 0) => {
                let has_it = matches!(
                    after,
                    Some(PatchState::Installed | PatchState::InstalledOther)
                );
                let change = if has_it {
                    Self::Fixed
                } else {
                    Self::NoLongerListed
                };
                Some((change, Direction::Better))
            }
            _ if newly == Self::NewlyPendingReboot => Some((newly, Direction::Better)),
            _ => Some((Self::StateChanged, Direction::Better)),
        }
    }

    /// Is it about something that only the second side has?
    #[must_use]
    pub fn is_new(self, has_before: bool) -> bool {
        match self {
            Self::NodeAppeared => true,
            Self::NewlyMissing
            | Self::NewlyFailed
            | Self::NewlyPendingReboot
            | Self::NewlyRejected
            | Self::NewlyAvailable => !has_before,
            _ => false,
        }
    }

    /// Is it about something that only the first side has?
    #[must_use]
    pub fn is_gone(self) -> bool {
        matches!(self, Self::NodeVanished | Self::NoLongerListed)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How bad a state is for a node; 0: it does not lack the patch. `None`: not known.
#[must_use]
pub(crate) const fn rank(state: &PatchState) -> Option<u8> {
    Some(match state {
        PatchState::Installed | PatchState::InstalledOther | PatchState::NotApplicable => 0,
        PatchState::AvailableSecurityUpdate => 1,
        PatchState::InstalledPendingReboot => 2,
        PatchState::InstalledRejected => 3,
        PatchState::Missing => 4,
        PatchState::Failed => 5,
        PatchState::Other(_) => return None,
    })
}

/// Is a change for the worse?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Worse,
    Better,
    Neutral,
    /// What could not be read, or a state that this version does not know.
    Unknown,
}

impl Direction {
    pub const ALL: [Self; 4] = [Self::Worse, Self::Better, Self::Neutral, Self::Unknown];

    /// The word printed in every format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "Worse",
            Self::Better => "Better",
            Self::Neutral => "Neutral",
            Self::Unknown => "Unknown",
        }
    }

    /// Of a node that is new, with this verdict.
    #[must_use]
    pub(crate) const fn of_new_node(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Compliant => Self::Neutral,
            Verdict::NonCompliant | Verdict::Stale | Verdict::NoData => Self::Worse,
            Verdict::Unread => Self::Unknown,
        }
    }

    /// Of a node whose verdict changed. Missing data is never better than a verdict.
    #[must_use]
    pub(crate) fn between_verdicts(old: Verdict, new: Verdict) -> Self {
        const fn rank(verdict: Verdict) -> u8 {
            match verdict {
                Verdict::Compliant => 0,
                Verdict::Stale => 1,
                Verdict::NoData => 2,
                Verdict::NonCompliant => 3,
                Verdict::Unread => 4,
            }
        }
        match (old, new) {
            (Verdict::Unread, _)
            | (_, Verdict::Unread)
            | (Verdict::NonCompliant, Verdict::NoData) => Self::Unknown,
            _ if rank(new) > rank(old) => Self::Worse,
            _ if rank(new) < rank(old) => Self::Better,
            _ => Self::Neutral,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
