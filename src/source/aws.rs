//! AWS as the source: sessions, calls, limits, discovery, and the reading of patches.

pub(super) mod api;
mod caller_reader;
pub(super) mod connect_options;
pub(super) mod discovery;
#[cfg(fuzzing)]
pub mod fuzzing;
pub(super) mod limits;
pub(super) mod patch_reader;
pub(super) mod progress;
mod read_stages;
pub(super) mod session;
pub(super) mod source;
pub(super) mod stream;
