//! Concurrent jobs whose results come out in order, within a bound of memory. Free of AWS.

pub(super) mod codec;
pub(super) mod ordered_jobs;
pub(super) mod ordered_merge;
mod spill_buffer;
