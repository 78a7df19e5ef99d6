//! What many rows come to: the summary by groups, patches counted, exposure to CVEs,
//! what changed between two answers, since when patches are missing, and the fleet over time.

pub mod closure;
pub mod diff;
pub mod exposure;
pub mod first_seen;
pub mod history;
pub mod pivot;
pub mod sample;
pub mod summary;
pub mod trend;
