//! When a dataset first saw each node lack each patch: what a time limit counts from where
//! no release date is known. A fold over runs, oldest first. Pure.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use jiff::Timestamp;

use crate::aggregate::history::patch_identity;
use crate::record::{Moment, Node, Patch, PatchState};

/// The first run that saw each patch lacking. Holds 24 bytes of each, whatever its name: an
/// organization can lack millions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstSeen {
    /// Nanoseconds since 1970.
    runs: HashMap<[u64; 2], i64>,
    /// Runs that cannot be used, and why: they may have seen patches earlier.
    pub damaged: Vec<(String, String)>,
}

impl FirstSeen {
    /// Adds a node that the run of this start read, with patches of it.
    pub fn add_node(&mut self, node: &Node, patches: &[Patch], run: Timestamp) {
        let Ok(run) = i64::try_from(run.as_nanosecond()) else {
            return;
        };
        for patch in patches {
            if PatchState::LACKING.contains(&patch.state) {
                self.runs.entry(key(node, patch)).or_insert(run);
            }
        }
    }

    /// The start of the first run that saw the node of this patch lack it.
    #[must_use]
    pub fn get(&self, patch: &Patch) -> Moment {
        if self.runs.is_empty() {
            return None;
        }
        let run = self.runs.get(&key(&patch.node, patch))?;
        Timestamp::from_nanosecond(i128::from(*run)).ok()
    }

    /// What keeps it from more.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        self.damaged.iter().map(|(id, cause)| {
            format!(
                "patches may have been missing for longer: the run {id} cannot be used: {cause}"
            )
        })
    }
}

/// A hash of the region and the id of the node, and of the id and the title of the patch: of
/// 128 bits, so that no two of a billion patches have the same.
fn key(node: &Node, patch: &Patch) -> [u64; 2] {
    [0_u8, 1].map(|seed| {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        (&node.location.region, &node.id).hash(&mut hasher);
        patch_identity(patch).hash(&mut hasher);
        hasher.finish()
    })
}
