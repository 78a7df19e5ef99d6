//! A Resource Data Sync as a source: what Systems Manager writes into a bucket of an
//! organization. Its objects become a run of a dataset in a temporary folder, which is
//! read as every other one.

pub(crate) mod import;
mod line;
mod node_object;
mod patch_items;
mod tree;

pub(crate) use self::tree::SyncTree;
