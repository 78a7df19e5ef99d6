//! The calls to AWS services, and the readers of their responses.

pub(super) mod baselines;
pub(in crate::source) mod client;
pub(super) mod ec2;
pub(super) mod error;
pub(super) mod inventory_calls;
pub(super) mod pages;
pub(in crate::source) mod patch_calls;
pub(super) mod response_capture;
pub(super) mod wire;
