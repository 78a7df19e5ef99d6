//! What many rows come to: the summary by groups, patches counted, and exposure to CVEs.

pub mod exposure;
pub mod pivot;
pub mod summary;
