//! What is asked: which nodes, which patches, and which permissions that takes.

pub mod bucket_access;
mod call_estimate;
pub mod fetch_plan;
pub mod filter;
pub mod iam;
pub mod selection;
