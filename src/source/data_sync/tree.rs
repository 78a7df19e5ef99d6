//! Where the objects of a Resource Data Sync are.
//!
//! ```text
//! [prefix/]AWS:<Type>/accountid=111122223333/region=eu-west-1/resourcetype=ManagedInstanceInventory/<node id>.json
//! ```
//!
//! `=` and `:` may be percent-encoded, as some tools that copy buckets write them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::source::dataset::layout::RUNS;
use crate::source::dataset::storage::Storage;

/// A type of inventory that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SyncType {
    PatchSummary,
    ComplianceItem,
    InstanceInformation,
    Tag,
}

impl SyncType {
    pub(super) const ALL: [Self; 4] = [
        Self::PatchSummary,
        Self::ComplianceItem,
        Self::InstanceInformation,
        Self::Tag,
    ];

    /// AWS's name.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::PatchSummary => "AWS:PatchSummary",
            Self::ComplianceItem => "AWS:ComplianceItem",
            Self::InstanceInformation => "AWS:InstanceInformation",
            Self::Tag => "AWS:Tag",
        }
    }
}

/// How many folders are looked into for the prefix of a sync.
const MAX_PREFIXES: usize = 64;

/// How deep a prefix is, such as `AWSLogs/inventory`.
const MAX_PREFIX_DEPTH: usize = 3;

/// A Resource Data Sync.
#[derive(Debug)]
pub(crate) struct SyncTree {
    storage: Storage,
    /// The folders of each type, as they are written; more than one if there are several
    /// syncs, or spellings.
    folders: BTreeMap<SyncType, Vec<String>>,
}

/// An account and region: the folders of each type.
pub(super) type LocationFolders = BTreeMap<SyncType, Vec<String>>;

/// The objects of each node and type, by the node's id.
pub(super) type NodeObjects = BTreeMap<String, BTreeMap<SyncType, Vec<String>>>;

impl SyncTree {
    /// The sync at an address, or below a prefix there; `None` if there is none. A dataset
    /// is none, whatever else is beside it.
    ///
    /// # Errors
    /// When the folders cannot be listed.
    pub(crate) async fn find(storage: &Storage) -> Result<Option<Self>> {
        let mut level = vec![String::new()];
        for _ in 0..=MAX_PREFIX_DEPTH {
            let mut folders: BTreeMap<SyncType, Vec<String>> = BTreeMap::new();
            let mut below = Vec::new();
            for prefix in &level {
                for name in storage.folders(prefix).await? {
                    if prefix.is_empty() && name == RUNS {
                        return Ok(None);
                    }
                    let path = join(prefix, &name);
                    let decoded = decode(&name);
                    match SyncType::ALL.iter().find(|kind| kind.as_str() == decoded) {
                        Some(kind) => folders.entry(*kind).or_default().push(path),
                        None => below.push(path),
                    }
                }
            }
            if !folders.is_empty() {
                return Ok(Some(Self {
                    storage: storage.clone(),
                    folders,
                }));
            }
            below.retain(|path| !path.contains("AWS:") && !path.contains("AWS%3A"));
            below.truncate(MAX_PREFIXES);
            level = below;
        }
        Ok(None)
    }

    pub(super) fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Is there a folder of this type?
    pub(super) fn has(&self, kind: SyncType) -> bool {
        self.folders.contains_key(&kind)
    }

    /// The accounts and regions, in order, and the folders that are neither.
    ///
    /// # Errors
    /// When the folders of a type cannot be listed.
    pub(super) async fn locations(
        &self,
    ) -> Result<(
        BTreeMap<(String, String), LocationFolders>,
        BTreeSet<String>,
    )> {
        let mut locations: BTreeMap<(String, String), LocationFolders> = BTreeMap::new();
        let mut others = BTreeSet::new();
        for (kind, folders) in &self.folders {
            for folder in folders {
                for name in self.storage.folders(folder).await? {
                    let path = join(folder, &name);
                    let Some(account) = partition(&name, "accountid") else {
                        others.insert(path);
                        continue;
                    };
                    for name in self.storage.folders(&path).await? {
                        let path = join(&path, &name);
                        match partition(&name, "region") {
                            None => _ = others.insert(path),
                            Some(region) => {
                                let of = locations.entry((account.clone(), region)).or_default();
                                of.entry(*kind).or_default().push(path);
                            }
                        }
                    }
                }
            }
        }
        Ok((locations, others))
    }

    /// The objects of the nodes of a location.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub(super) async fn nodes(&self, of: &LocationFolders) -> Result<NodeObjects> {
        let mut nodes = NodeObjects::new();
        for (kind, folders) in of {
            for folder in folders {
                for file in self.storage.list(folder).await? {
                    let name = file
                        .path
                        .rsplit_once('/')
                        .map_or(&*file.path, |(_, name)| name);
                    if let Some(id) = name.strip_suffix(".json").filter(|id| !id.is_empty()) {
                        let objects = nodes.entry(decode(id)).or_default();
                        objects.entry(*kind).or_default().push(file.path);
                    }
                }
            }
        }
        Ok(nodes)
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// A name in which `=` and `:` may be percent-encoded.
fn decode(name: &str) -> String {
    let mut decoded = name.to_owned();
    for (code, letter) in [("%3D", "="), ("%3d", "="), ("%3A", ":"), ("%3a", ":")] {
        decoded = decoded.replace(code, letter);
    }
    decoded
}

/// The value of a folder such as `region=eu-west-1`.
fn partition(folder: &str, key: &str) -> Option<String> {
    let decoded = decode(folder);
    let (name, value) = decoded.split_once('=')?;
    (name == key && !value.is_empty()).then(|| value.to_owned())
}
