//! What many rows come to: the summary by groups, patches counted, exposure to CVEs, and
//! what changed between two answers.

pub mod diff;
pub mod exposure;
pub mod pivot;
pub mod summary;
