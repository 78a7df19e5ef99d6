//! What many rows come to: the summary by groups, patches counted, exposure to CVEs,
//! what changed between two answers, and since when patches are missing.

pub mod diff;
pub mod exposure;
pub mod history;
pub mod pivot;
pub mod summary;
