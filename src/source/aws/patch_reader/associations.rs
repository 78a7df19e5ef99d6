//! What associations reported of nodes without a patch record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::record::{NoDataCause, Node};
use crate::source::aws::api::region_client::RegionClient;
use crate::source::event::MissingColumns;

/// Asks once for each node, and reports a failed call once in each location.
pub(crate) struct AssociationReader {
    pub is_wanted: bool,
    has_failed: AtomicBool,
}

impl AssociationReader {
    pub(crate) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            has_failed: AtomicBool::new(false),
        }
    }

    /// Adds the scan of a node that has no record to it.
    pub(crate) async fn add_scan(
        &self,
        client: &RegionClient,
        node: &mut Node,
    ) -> Option<MissingColumns> {
        if !self.is_wanted || self.has_failed.load(Ordering::Relaxed) {
            return None;
        }
        match client.association_scan(&node.id).await {
            Ok(None) => None,
            Ok(Some(scan)) => {
                node.no_data = NoDataCause::AssociationScan;
                node.association = Some(Arc::new(scan));
                None
            }
            // An id that is not well formed is none of a node.
            Err(error) if error.is_invalid_id() => None,
            Err(error) => {
                let is_first = !self.has_failed.swap(true, Ordering::Relaxed);
                is_first.then(|| MissingColumns {
                    columns: "AssociationScan".into(),
                    reason: error.cause.text.into(),
                })
            }
        }
    }
}
