//! What is asked: which nodes, which patches, and which permissions that takes.

pub mod filter;
pub mod iam;
pub mod selection;
