//! What baselines rule, and when patches were released: each asked once a place.
//!
//! Knows the calls that tell. Must not know what comes of it.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::asker::Asker;
use crate::record::{Baseline, Why};

impl Asker {
    /// The baseline of this bare id; asked for once, however many nodes name it.
    pub async fn baseline(&self, id: &str) -> Result<Arc<Baseline>, Why> {
        let _ = (self, id);
        std::future::ready(Err(Why {
            code: "Unbuilt".into(),
            text: "not yet".into(),
        }))
        .await
    }

    /// When these patches were released, of those that the service knows. Each
    /// is asked about once.
    pub async fn released(&self, kb_ids: &[&str]) -> HashMap<Box<str>, Timestamp> {
        let _ = (self, kb_ids);
        std::future::ready(HashMap::new()).await
    }
}

impl super::Source {
    /// The baseline of this bare id, in this place.
    pub async fn baseline(
        &self,
        place: &crate::record::Place,
        id: &str,
    ) -> Result<Arc<Baseline>, Why> {
        let asker = self.askers.iter().find(|asker| *asker.place == *place);
        match asker {
            Some(asker) => asker.baseline(id).await,
            None => Err(Why {
                code: "Unbuilt".into(),
                text: "no such place".into(),
            }),
        }
    }
}
