//! The dataset: runs of `collect`, kept as Parquet files, a manifest for each. Written and
//! read only here.
//!
//! A run is visible when its manifest stands. Files of runs without a manifest are ignored.

pub(crate) mod checksum;
pub(crate) mod collect_request;
mod decode;
pub(crate) mod earlier_runs;
mod event_channel;
pub(crate) mod layout;
pub(crate) mod location;
pub(crate) mod manifest;
pub(crate) mod manifest_file;
mod manifest_records;
pub(crate) mod moment;
mod newer_runs;
mod node_batch;
pub(crate) mod node_fold;
mod node_reader;
pub(crate) mod options;
pub(crate) mod parquet_schema;
mod patch_filter;
mod patch_job;
mod patch_reader;
mod patch_rows;
pub(in crate::source) mod plan_gaps;
mod producer;
pub(crate) mod retention;
mod rows;
mod run_notes;
pub(crate) mod run_writer;
pub(crate) mod runs;
pub(crate) mod schema;
mod selected;
mod selection;
pub(crate) mod source;
pub(crate) mod storage;
pub(crate) mod stream;
pub(crate) mod streams;
mod superseding;
mod table_file;
mod table_writer;
#[cfg(test)]
mod tests;
pub(crate) mod timeline;
pub(crate) mod verify;
pub(crate) mod vocabulary;
