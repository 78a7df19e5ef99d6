//! Calls to AWS services, and the parsers of their responses.

pub(super) mod ec2;
pub(in crate::source) mod error;
mod error_kind;
pub(in crate::source) mod error_text;
pub(super) mod pages;
pub(in crate::source) mod region_client;
pub(super) mod remedy;
pub(super) mod response_capture;
pub(in crate::source) mod wire;
