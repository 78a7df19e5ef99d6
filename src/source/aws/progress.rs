//! Progress of each account and region, for display during the run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::record::AccountRegion;
use crate::source::aws::api::region_client::RegionClient;
use crate::source::aws::limits::call_stats::CallCounts;

/// Progress of one location.
#[derive(Debug, Default)]
pub(crate) struct ProgressCounters {
    pub(crate) nodes: AtomicU64,
    finished: AtomicU64,
    rows: AtomicU64,
}

impl ProgressCounters {
    /// Counts more finished nodes.
    pub(crate) fn add_finished(&self, more: usize) {
        self.finished.fetch_add(more as u64, Relaxed);
    }

    /// Counts more rows.
    pub(crate) fn add_rows(&self, more: usize) {
        self.rows.fetch_add(more as u64, Relaxed);
    }
}

/// Progress of one location, for a progress line.
#[derive(Debug, Clone)]
pub(crate) struct LocationProgress {
    pub location: Arc<AccountRegion>,
    /// Nodes known so far.
    pub nodes: u64,
    pub finished: u64,
    pub rows: u64,
    pub call_counts: CallCounts,
}

/// Reads the progress of a source, independent of its stream.
#[derive(Default)]
pub(crate) struct ProgressMonitor {
    pub(crate) clients: Vec<Arc<RegionClient>>,
    pub(crate) counters: Vec<Arc<ProgressCounters>>,
}

impl ProgressMonitor {
    /// The progress of each location.
    #[must_use]
    pub(crate) fn progress(&self) -> Vec<LocationProgress> {
        self.clients
            .iter()
            .zip(self.counters.iter())
            .map(|(client, counts)| LocationProgress {
                location: client.location.clone(),
                nodes: counts.nodes.load(Relaxed),
                finished: counts.finished.load(Relaxed),
                rows: counts.rows.load(Relaxed),
                call_counts: client.call_stats.total(),
            })
            .collect()
    }
}
