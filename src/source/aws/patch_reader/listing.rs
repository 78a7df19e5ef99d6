//! Compares the patches that the service lists for one node with those that its
//! counters count. Pure: rows and counters in, a reason or nothing out.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use jiff::Timestamp;

use crate::plan::filter::{Filter, state_counter};
use crate::record::{NodeState, Patch, PatchState};
use crate::sanitize::sanitize;

/// The states whose patches are both counted and listed, with the words for a
/// number of them. The first five decide a node's compliance and are compared
/// exactly; for the other two only whether there are any. Not-applicable
/// patches are not compared: Windows lists them, other systems only count them.
static COMPARED_STATES: [(PatchState, &str); COMPARED_STATE_COUNT] = [
    (PatchState::Missing, "missing"),
    (PatchState::Failed, "failed"),
    (PatchState::InstalledRejected, "rejected"),
    (PatchState::InstalledPendingReboot, "pending reboot"),
    (
        PatchState::AvailableSecurityUpdate,
        "available security updates",
    ),
    (PatchState::Installed, "installed"),
    (PatchState::InstalledOther, "installed (other)"),
];

/// How many of these are compared exactly.
const EXACT_STATE_COUNT: usize = 5;
const COMPARED_STATE_COUNT: usize = 7;

/// The counters that a list can be compared with, given the filter.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ComparedCounters([bool; COMPARED_STATE_COUNT]);

impl ComparedCounters {
    /// For a KB id the service filters the list but not the counters; other
    /// filters are applied after counting.
    pub(crate) fn of(filter: &Filter) -> Self {
        if !filter.push_down().kb_ids.is_empty() {
            return Self::default();
        }
        let is_asked =
            |at: usize| filter.states.is_empty() || filter.states.contains(&COMPARED_STATES[at].0);
        Self(std::array::from_fn(is_asked))
    }

    /// Is there anything to compare?
    pub(crate) fn is_empty(self) -> bool {
        self.0 == [false; COMPARED_STATE_COUNT]
    }
}

/// The expected counts of a node's list. Kept for every node until the end of
/// the run, so it is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExpectedCounts {
    counts: [u32; COMPARED_STATE_COUNT],
    /// A bit for each counter that is present and cannot be read.
    unreadable_mask: u8,
}

impl ExpectedCounts {
    /// Stands for a counter that was not reported, or is not compared.
    const UNKNOWN_COUNT: u32 = u32::MAX;

    /// Nothing is known of the node.
    pub(crate) const ALL_UNKNOWN: Self = Self {
        counts: [Self::UNKNOWN_COUNT; COMPARED_STATE_COUNT],
        unreadable_mask: 0,
    };

    /// A counter that was not reported is not compared.
    pub(crate) fn of(scope: ComparedCounters, state: &NodeState) -> Self {
        let mut expected = Self::ALL_UNKNOWN;
        for (at, (of, _)) in COMPARED_STATES.iter().enumerate() {
            if scope.0[at] {
                if let Some(count) = state_counter(state, of) {
                    // No list comes near the largest value.
                    expected.counts[at] = u32::try_from(count).unwrap_or(Self::UNKNOWN_COUNT - 1);
                }
                expected.unreadable_mask |= u8::from(state.unreadable_counter(of).is_some()) << at;
            }
        }
        expected
    }

    fn count(&self, at: usize) -> Option<u32> {
        Some(self.counts[at]).filter(|count| *count != Self::UNKNOWN_COUNT)
    }
}

/// Appends a text and a terminator, with bytes that never occur in UTF-8.
fn append_field(to: &mut Vec<u8>, text: Option<&str>) {
    to.extend_from_slice(text.unwrap_or_default().as_bytes());
    to.push(if text.is_some() { 0xff } else { 0xfe });
}

/// The values are hashes already and are not hashed again.
type RowHashes = HashSet<u64, BuildHasherDefault<IdentityHasher>>;

#[derive(Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn write(&mut self, bytes: &[u8]) {
        // All bytes of an integer arrive in one call.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The rows of one node, page by page.
pub(super) struct PatchListing {
    hasher: RandomState,
    /// A hash of every row, as a node has thousands of them.
    row_hashes: RowHashes,
    /// A hash of the identity of each patch that is compared exactly.
    identity_hashes: RowHashes,
    listed_counts: [u32; COMPARED_STATE_COUNT],
    /// Further rows of listed patches, with different details.
    conflicting_counts: [u32; COMPARED_STATE_COUNT],
    /// One row, encoded for hashing.
    row_buffer: Vec<u8>,
    /// A patch that is listed twice with different details.
    duplicate: Option<Box<str>>,
}

impl PatchListing {
    pub(super) fn new() -> Self {
        Self {
            hasher: RandomState::new(),
            row_hashes: RowHashes::default(),
            identity_hashes: RowHashes::default(),
            listed_counts: [0; COMPARED_STATE_COUNT],
            conflicting_counts: [0; COMPARED_STATE_COUNT],
            row_buffer: Vec::new(),
            duplicate: None,
        }
    }

    /// Was no row listed?
    pub(super) fn is_empty(&self) -> bool {
        self.row_hashes.is_empty()
    }

    /// Counts more rows, and removes those that were listed before.
    pub(super) fn add_page(&mut self, rows: &mut Vec<Patch>) {
        rows.retain(|row| self.insert_row(row));
    }

    fn insert_row(&mut self, row: &Patch) -> bool {
        let session = self.encode_row(row);
        if !self
            .row_hashes
            .insert(self.hasher.hash_one(&self.row_buffer))
        {
            return false;
        }
        let at = COMPARED_STATES
            .iter()
            .position(|(state, _)| *state == row.state);
        let Some(at) = at else {
            return true;
        };
        // Installed packages of several versions have one name and no title.
        let session = self.hasher.hash_one(&self.row_buffer[..session]);
        if at >= EXACT_STATE_COUNT || self.identity_hashes.insert(session) {
            self.listed_counts[at] = self.listed_counts[at].saturating_add(1);
        } else {
            self.conflicting_counts[at] = self.conflicting_counts[at].saturating_add(1);
            let name = row.kb_id.as_deref().or(row.title.as_deref());
            self.duplicate
                .get_or_insert_with(|| name.unwrap_or("").into());
        }
        true
    }

    /// Encodes a row into one buffer, as hashing it field by field takes twice
    /// as long; returns where its identity ends.
    fn encode_row(&mut self, row: &Patch) -> usize {
        self.row_buffer.clear();
        let state = Some(row.state.as_str());
        for field in [row.kb_id.as_deref(), row.title.as_deref(), state] {
            append_field(&mut self.row_buffer, field);
        }
        let session = self.row_buffer.len();
        let (class, severity) = (row.classification.as_deref(), row.severity.as_deref());
        for field in [class, severity, row.cves.joined()] {
            append_field(&mut self.row_buffer, field);
        }
        let time = row.installed_time.map(Timestamp::as_microsecond);
        self.row_buffer
            .extend_from_slice(&time.unwrap_or(i64::MIN).to_ne_bytes());
        session
    }

    /// Why the list alone cannot be trusted.
    pub(super) fn ambiguity(&self) -> Option<String> {
        let twice = self.duplicate.as_deref()?;
        let name: String = twice.chars().take(40).collect();
        Some(format!(
            "the service lists a patch twice, with different details: {}",
            sanitize(&name)
        ))
    }

    /// Why the counters and the list contradict each other, or why a compared
    /// counter cannot be read.
    pub(super) fn mismatch(&self, expected: &ExpectedCounts) -> Option<String> {
        let is_odd = |at: &usize| expected.unreadable_mask >> at & 1 == 1;
        if let Some(at) = (0..COMPARED_STATE_COUNT).find(is_odd) {
            let name = COMPARED_STATES[at].0.counter_name().unwrap_or_default();
            return Some(format!(
                "its {name} cannot be read, so the list cannot be verified"
            ));
        }
        let mut differing: Vec<usize> = (0..EXACT_STATE_COUNT)
            .filter(|&at| {
                // `ambiguity` reports patches that are listed twice.
                let most = self.listed_counts[at].saturating_add(self.conflicting_counts[at]);
                expected
                    .count(at)
                    .is_some_and(|count| !(self.listed_counts[at]..=most).contains(&count))
            })
            .collect();
        if self.listed_counts == [0; COMPARED_STATE_COUNT] {
            let installed = EXACT_STATE_COUNT..COMPARED_STATE_COUNT;
            differing.extend(installed.filter(|&at| expected.count(at).is_some_and(|n| n > 0)));
        }
        if differing.is_empty() {
            return None;
        }
        let describe = |count: &dyn Fn(usize) -> u32| {
            let parts = differing
                .iter()
                .map(|&at| format!("{} {}", count(at), COMPARED_STATES[at].1));
            parts.collect::<Vec<_>>().join(", ")
        };
        Some(format!(
            "its counters say {}, the service lists {}",
            describe(&|at| expected.counts[at]),
            describe(&|at| self.listed_counts[at]),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AccountRegion, Cves, Node, UnreadableField};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn row(state: PatchState, kb: &str, title: &str, severity: &str) -> Patch {
        let location = Arc::new(AccountRegion {
            region: "eu-west-1".into(),
            account: None,
            account_name: None,
        });
        Patch {
            node: Node::requested("i-1", &location),
            title: (!title.is_empty()).then(|| title.into()),
            kb_id: Some(kb.into()),
            classification: None,
            severity: Some(severity.into()),
            state,
            installed_time: None,
            cves: Cves::default(),
            release_date: None,
        }
    }

    fn missing(kb: &str) -> Patch {
        row(PatchState::Missing, kb, "t", "Low")
    }

    fn listing(rows: &[Patch]) -> (PatchListing, Vec<Patch>) {
        let mut listing = PatchListing::new();
        let mut kept = Vec::new();
        // Page by page.
        for page in rows.chunks(2) {
            let mut page = page.to_vec();
            listing.add_page(&mut page);
            kept.append(&mut page);
        }
        (listing, kept)
    }

    /// The record of a node with exactly these patches.
    fn record(rows: &[Patch]) -> NodeState {
        let of = |state: PatchState| {
            let of = rows.iter().filter(|row| row.state == state);
            let mut sessions: Vec<_> = of.map(|row| (&row.kb_id, &row.title)).collect();
            sessions.sort();
            sessions.dedup();
            Some(sessions.len() as u64)
        };
        NodeState {
            installed: of(PatchState::Installed),
            installed_other: of(PatchState::InstalledOther),
            installed_pending_reboot: of(PatchState::InstalledPendingReboot),
            installed_rejected: of(PatchState::InstalledRejected),
            missing: of(PatchState::Missing),
            failed: of(PatchState::Failed),
            available_security_update: of(PatchState::AvailableSecurityUpdate),
            ..NodeState::default()
        }
    }

    fn all() -> ComparedCounters {
        ComparedCounters::of(&Filter::default())
    }

    fn doubt(rows: &[Patch], state: &NodeState) -> Option<String> {
        listing(rows).0.mismatch(&ExpectedCounts::of(all(), state))
    }

    #[test]
    fn a_repeated_row_is_dropped() {
        let rows = [missing("KB1"), missing("KB1"), missing("KB1")];
        let (listing, kept) = listing(&rows);
        assert_eq!(kept.len(), 1);
        assert_eq!(listing.ambiguity(), None);
        let two = NodeState {
            missing: Some(2),
            ..NodeState::default()
        };
        assert_eq!(
            doubt(&rows, &two).unwrap(),
            "its counters say 2 missing, the service lists 1 missing"
        );
    }

    #[test]
    fn a_patch_listed_twice_with_different_details_is_counted_once_and_reported() {
        let rows = [
            missing("KB1"),
            row(PatchState::Missing, "KB1", "t", "Critical"),
        ];
        let (listing, kept) = listing(&rows);
        assert_eq!(kept.len(), 2, "both rows are shown");
        assert_eq!(
            listing.ambiguity().unwrap(),
            "the service lists a patch twice, with different details: KB1"
        );
        assert_eq!(doubt(&rows, &record(&rows)), None);
        // Several versions of an installed package have one name and no title.
        let other = |second| Patch {
            installed_time: Timestamp::from_second(second).ok(),
            ..row(PatchState::InstalledOther, "kernel.x86_64", "", "")
        };
        let (listing, kept) = self::listing(&[other(1), other(2), other(1)]);
        assert_eq!((kept.len(), listing.ambiguity()), (2, None));
    }

    #[test]
    fn more_rows_than_counted_are_also_a_contradiction() {
        let none = NodeState {
            missing: Some(0),
            failed: Some(1),
            ..NodeState::default()
        };
        assert_eq!(
            doubt(&[missing("KB1")], &none).unwrap(),
            "its counters say 0 missing, 1 failed, the service lists 1 missing, 0 failed"
        );
    }

    #[test]
    fn patches_without_a_counter_are_not_compared() {
        let absent = NodeState::default();
        assert_eq!(doubt(&[missing("KB1")], &absent), None);
        let not_applicable = NodeState {
            not_applicable: Some(900),
            ..NodeState::default()
        };
        assert_eq!(doubt(&[], &not_applicable), None);
        // For installed patches, only that there are none at all.
        let installed = NodeState {
            installed: Some(9),
            ..record(&[missing("KB1")])
        };
        assert_eq!(doubt(&[missing("KB1")], &installed), None);
        let installed = NodeState {
            missing: Some(0),
            ..installed
        };
        assert_eq!(
            doubt(&[], &installed).unwrap(),
            "its counters say 9 installed, the service lists 0 installed"
        );
    }

    #[test]
    fn an_unreadable_counter_is_a_mismatch() {
        let unreadable = NodeState {
            unreadable_fields: [UnreadableField {
                field: "FailedCount".into(),
                value: "true".into(),
            }]
            .into(),
            ..record(&[])
        };
        let mismatch = doubt(&[], &unreadable).unwrap();
        assert!(
            mismatch.starts_with("its FailedCount cannot be read"),
            "{mismatch}"
        );
        let only_missing = Filter {
            states: vec![PatchState::Missing],
            ..Filter::default()
        };
        let scope = ComparedCounters::of(&only_missing);
        assert_eq!(
            listing(&[])
                .0
                .mismatch(&ExpectedCounts::of(scope, &unreadable)),
            None
        );
    }

    #[test]
    fn a_list_filtered_by_kb_is_not_compared() {
        let by_kb = |kb: &str| Filter {
            kb_ids: vec![kb.into()],
            ..Filter::default()
        };
        assert!(ComparedCounters::of(&by_kb("KB1")).is_empty());
        // The service does not filter this one, so all rows are listed.
        assert!(!ComparedCounters::of(&by_kb("bash.x86_64")).is_empty());
    }

    fn some_row() -> impl Strategy<Value = Patch> {
        (
            proptest::sample::select(PatchState::DOCUMENTED.to_vec()),
            "KB[1-4]",
            "[ab]?",
        )
            .prop_map(|(state, kb, title)| row(state, &kb, &title, "Low"))
    }

    proptest! {
        #[test]
        fn a_correct_list_is_accepted_with_repeated_rows_and_a_short_one_is_not(
            rows in proptest::collection::vec(some_row(), 0..12), lost in any::<prop::sample::Index>(),
        ) {
            let state = record(&rows);
            prop_assert_eq!(doubt(&rows, &state), None);
            let (listing, kept) = listing(&rows);
            prop_assert_eq!(listing.ambiguity(), None);
            let mut distinct = kept.clone();
            distinct.dedup();
            prop_assert_eq!(&distinct, &kept);
            let repeated: Vec<Patch> = kept.iter().chain(&kept).cloned().collect();
            prop_assert_eq!(doubt(&repeated, &state), None);
            if kept.is_empty() {
                return Ok(());
            }
            // One row is lost, and another takes its place.
            let at = lost.index(kept.len());
            let mut shorter = kept.clone();
            let gone = shorter.remove(at);
            if let Some(other) = shorter.first().cloned() {
                shorter.push(other);
            }
            let is_due = COMPARED_STATES[..EXACT_STATE_COUNT].iter().any(|(state, _)| *state == gone.state);
            prop_assert!(!is_due || doubt(&shorter, &state).is_some());
            prop_assert!(!is_due || doubt(&[], &state).is_some());
        }
    }
}
