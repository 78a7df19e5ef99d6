//! Caches of baselines and release dates of one account and region: each is
//! read once, however many nodes need it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::OnceCell;

use crate::record::{Baseline, Cause, Moment};
use crate::source::aws::api::error::CallError;
use crate::source::aws::api::wire::ListedBaseline;

/// The baselines of one location. Its size depends on the number of baselines,
/// not of nodes.
#[derive(Default)]
pub(crate) struct BaselineCache {
    /// All baselines, or why they are not known.
    pub index: OnceCell<Result<BaselineIndex, CallError>>,
    pub baselines: Mutex<HashMap<Box<str>, BaselineEntry>>,
}

/// Baselines by their bare ids.
pub(super) type BaselineIndex = HashMap<Box<str>, ListedBaseline>;

/// A baseline, or why it could not be read; empty until it is requested.
pub(super) type BaselineEntry = Arc<OnceCell<Result<Arc<Baseline>, Cause>>>;

/// KB numbers in one call. The model sets no limit to the values of this
/// filter; its sibling with the same keys in baselines, PatchFilter, takes 20,
/// and so many patches have a page or two of rows, one for each product.
const IDS_PER_CALL: usize = 20;

/// Release dates of patches in one location.
#[derive(Default)]
pub(crate) struct ReleaseDateCache {
    pub state: Mutex<ReleaseDateState>,
    /// Held during a call; other callers wait for its result.
    pub fetch_lock: tokio::sync::Mutex<()>,
    /// Set once a call failed: none is made after it.
    pub failure: OnceLock<Cause>,
    /// The first date that could not be read.
    pub first_unreadable: OnceLock<Cause>,
}

/// The release of a patch with this title for one product.
#[derive(Debug)]
pub(crate) struct Release {
    pub title: Box<str>,
    pub product: Box<str>,
    /// `None`: the date cannot be read, or lies in the future and is thus wrong.
    pub at: Moment,
}

#[derive(Default)]
pub(crate) struct ReleaseDateState {
    /// By KB number; none if the service does not know it.
    pub releases: HashMap<Box<str>, Arc<[Release]>>,
    /// KB numbers that a caller waits for, so that one call requests all of
    /// them.
    pub pending: BTreeSet<Box<str>>,
}

impl ReleaseDateCache {
    pub(crate) fn lock_state(&self) -> MutexGuard<'_, ReleaseDateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReleaseDateState {
    pub(crate) fn unknown_ids<'a>(&self, kb_ids: &[&'a str]) -> Vec<&'a str> {
        let unknown = kb_ids.iter().filter(|id| !self.releases.contains_key(**id));
        unknown.copied().collect()
    }

    /// The next batch: these first, then those that other callers wait for.
    pub(crate) fn next_batch(&self, kb_ids: &[&str]) -> BTreeSet<Box<str>> {
        let others = self.pending.iter().map(|id| &**id);
        let mut next = BTreeSet::new();
        for id in kb_ids.iter().copied().chain(others) {
            if next.len() == IDS_PER_CALL {
                break;
            }
            next.insert(id.into());
        }
        next
    }
}
