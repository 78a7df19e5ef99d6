//! The order of tables: what to act on stands first.

use std::cmp::{Ordering, Reverse};

use crate::compliance::severity::Severity;
use crate::compliance::verdict::Verdict;
use crate::record::{NodeState, Patch, PatchState};
use crate::report::{PatchRow, StateRow};

/// By verdict, then the number of patches that make the node non-compliant, then its id.
#[must_use]
pub fn compare_states(left: &StateRow, right: &StateRow) -> Ordering {
    let key = |row: &StateRow| {
        let verdict = match row.judgement.verdict {
            Verdict::NonCompliant => 0,
            Verdict::Unread => 1,
            Verdict::NoData => 2,
            Verdict::Stale => 3,
            Verdict::Compliant => 4,
        };
        (verdict, Reverse(row.state().map_or(0, violation_count)))
    };
    let by_key = key(left).cmp(&key(right));
    by_key.then_with(|| left.subject.id().cmp(&right.subject.id()))
}

fn violation_count(state: &NodeState) -> u64 {
    let counts = [
        state.missing,
        state.failed,
        state.installed_rejected,
        state.installed_pending_reboot,
    ];
    counts.into_iter().flatten().fold(0, u64::saturating_add)
}

/// By whether the node lacks it, then severity; what does not apply stands last.
#[must_use]
pub fn compare_patches(left: &PatchRow, right: &PatchRow) -> Ordering {
    let key = |row: &PatchRow| {
        let of_patch = |patch: &Patch| (rank(&patch.state), Reverse(Severity::of_patch(patch)));
        // Notes have no severity, and no row in a table.
        row.patch()
            .map_or((u8::MAX, Reverse(Severity::Unrated)), of_patch)
    };
    key(left).cmp(&key(right))
}

/// The same, then by the node's id: for nodes that were found, and so have no order of
/// their own.
#[must_use]
pub fn compare_patches_of_fleet(left: &PatchRow, right: &PatchRow) -> Ordering {
    let by_patch = compare_patches(left, right);
    by_patch.then_with(|| id(left).cmp(&id(right)))
}

fn id(row: &PatchRow) -> Option<&str> {
    row.patch().map(|patch| &*patch.node.id)
}

fn rank(state: &PatchState) -> u8 {
    match state {
        _ if PatchState::NON_COMPLIANT.contains(state) => 0,
        PatchState::Installed | PatchState::InstalledOther => 2,
        PatchState::NotApplicable => 3,
        _ => 1,
    }
}
