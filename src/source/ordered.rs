//! Runs jobs concurrently, with results in order and bounded memory. No AWS in it.

pub(super) mod codec;
pub(super) mod ordered_jobs;
pub(super) mod ordered_merge;
mod spill_buffer;
