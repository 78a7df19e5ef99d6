//! The dataset: runs of `collect`, kept as Parquet files, a manifest for each. Written and
//! read only here.
//!
//! A run is visible when its manifest stands. Files of runs without a manifest are ignored.

#![allow(
    dead_code,
    clippy::unused_async,
    reason = "the commands are being built"
)]

pub(crate) mod checksum;
pub(crate) mod collect_request;
pub(crate) mod layout;
pub(crate) mod location;
pub(crate) mod manifest;
pub(crate) mod manifest_file;
pub(crate) mod parquet_schema;
mod rows;
pub(crate) mod run_writer;
pub(crate) mod schema;
pub(crate) mod storage;
mod table_writer;
pub(crate) mod words;
