//! Which patches of one node differ between two lists. Lists are multisets: a node may list
//! a patch twice. Patches are the same with one id and one title.

use std::cmp::Ordering;

use crate::aggregate::diff::change;
use crate::record::{Patch, PatchState};

/// A patch that differs: in its state, or because one list lacks it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PatchPair<'a> {
    pub before: Option<&'a Patch>,
    pub after: Option<&'a Patch>,
}

/// How far ahead an equal patch is looked for where two lists differ. The service lists
/// patches in the same order each time, so most differences are a few rows long.
const LOOK_AHEAD: usize = 16;

/// The pairs of patches that differ, in the order of id and title. Equal patches of lists
/// in the same order cost one comparison each.
pub(super) fn unequal_patches<'a>(
    before: &'a [Patch],
    after: &'a [Patch],
) -> impl Iterator<Item = PatchPair<'a>> {
    let (mut left, mut right) = remove_equal_in_step(before, after);
    let by_key_and_state = |one: &&Patch, other: &&Patch| {
        compare_keys(one, other).then_with(|| compare_states(&one.state, &other.state))
    };
    left.sort_by(by_key_and_state);
    right.sort_by(by_key_and_state);
    let mut pairs = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (&left[..], &right[..]);
    while !(left.is_empty() && right.is_empty()) {
        let of_key = |list: &[&Patch], key: &Patch| {
            let same = |patch: &&&Patch| compare_keys(patch, key).is_eq();
            list.iter().take_while(same).count()
        };
        let key = match (left.first(), right.first()) {
            (Some(one), Some(other)) if compare_keys(one, other).is_le() => one,
            (_, Some(other)) => other,
            (Some(one), None) => one,
            (None, None) => break,
        };
        let (old, rest) = left.split_at(of_key(left, key));
        left = rest;
        let (new, rest) = right.split_at(of_key(right, key));
        right = rest;
        pair_states(old, new, &mut pairs);
    }
    pairs.into_iter()
}

/// Drops patches that are equal, and keeps the others of both lists.
fn remove_equal_in_step<'a>(
    before: &'a [Patch],
    after: &'a [Patch],
) -> (Vec<&'a Patch>, Vec<&'a Patch>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut at, mut of) = (0, 0);
    while at < before.len() && of < after.len() {
        let (old, new) = (&before[at], &after[of]);
        if is_equal(old, new) {
            at += 1;
            of += 1;
            continue;
        }
        let skipped_after = position_of(old, &after[of..]);
        let skipped_before = position_of(new, &before[at..]);
        match (skipped_before, skipped_after) {
            (Some(skipped), after) if after.is_none_or(|of| skipped <= of) => {
                left.extend(&before[at..at + skipped]);
                at += skipped;
            }
            (_, Some(skipped)) => {
                right.extend(&after[of..of + skipped]);
                of += skipped;
            }
            _ => {
                left.push(old);
                right.push(new);
                at += 1;
                of += 1;
            }
        }
    }
    left.extend(&before[at..]);
    right.extend(&after[of..]);
    (left, right)
}

fn position_of(patch: &Patch, list: &[Patch]) -> Option<usize> {
    let mut near = list.iter().take(LOOK_AHEAD);
    near.position(|other| is_equal(patch, other))
}

fn is_equal(one: &Patch, other: &Patch) -> bool {
    one.state == other.state && compare_keys(one, other).is_eq()
}

/// Pairs the patches of one key: equal states drop out, then the worst pair up.
fn pair_states<'a>(old: &[&'a Patch], new: &[&'a Patch], pairs: &mut Vec<PatchPair<'a>>) {
    let subtract = |from: &[&'a Patch], other: &[&'a Patch]| -> Vec<&'a Patch> {
        let mut rest: Vec<&Patch> = other.to_vec();
        let kept = from.iter().filter(|patch| {
            let equal = rest.iter().position(|other| other.state == patch.state);
            equal.map(|at| rest.remove(at)).is_none()
        });
        kept.copied().collect()
    };
    let (old, new) = (subtract(old, new), subtract(new, old));
    for at in 0..old.len().max(new.len()) {
        pairs.push(PatchPair {
            before: old.get(at).copied(),
            after: new.get(at).copied(),
        });
    }
}

/// By id and title; an empty one is none.
fn compare_keys(one: &Patch, other: &Patch) -> Ordering {
    key(one).cmp(&key(other))
}

fn key(patch: &Patch) -> (&str, &str) {
    (
        patch.kb_id.as_deref().unwrap_or_default(),
        patch.title.as_deref().unwrap_or_default(),
    )
}

/// The worst first, so that what is left over is the least bad.
fn compare_states(one: &PatchState, other: &PatchState) -> Ordering {
    let rank = |state| change::rank(state).unwrap_or(u8::MAX);
    rank(other)
        .cmp(&rank(one))
        .then_with(|| one.as_str().cmp(other.as_str()))
}
