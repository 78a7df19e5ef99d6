//! The runs of a dataset up to a moment: each is read on its own where a history is asked
//! for.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;

use crate::source::dataset::layout;
use crate::source::dataset::manifest::Manifest;
use crate::source::dataset::moment::Moment;
use crate::source::dataset::runs::Runs;
use crate::source::dataset::storage::Storage;

/// The runs up to a moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct EarlierRuns {
    /// The oldest first.
    pub manifests: Vec<Arc<Manifest>>,
    /// Those whose manifest cannot be used, and why.
    pub damaged: Vec<(String, String)>,
}

impl EarlierRuns {
    /// Reads the manifests.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(crate) async fn read(storage: &Storage, moment: &Moment, now: Timestamp) -> Result<Self> {
        let Runs {
            mut manifests,
            mut damaged,
        } = Runs::read(storage).await?;
        manifests.sort_by_key(|run| (run.started_at, run.run_id.clone()));
        let limit = match moment {
            Moment::Run(id) => {
                let last = manifests.iter().find(|run| run.run_id == *id);
                last.map(|run| (run.started_at, Some(id)))
            }
            _ => moment.limit(now).map(|limit| (limit, None)),
        };
        if let Some((limit, last)) = limit {
            manifests.retain(|run| {
                run.started_at < limit
                    || match last {
                        Some(id) => run.started_at == limit && run.run_id <= *id,
                        None => run.started_at.as_second() <= limit.as_second(),
                    }
            });
            // The name of a snapshot sorts as its time does.
            let limit = layout::snapshot_name(limit);
            damaged.retain(|(id, _)| layout::snapshot_of(id) <= &*limit);
        }
        Ok(Self { manifests, damaged })
    }
}
