//! Who asks: the identity behind the caller's credentials, as STS reports it.

use std::sync::Arc;

use crate::record::Cause;

/// The account and the ARN of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    pub account: Arc<str>,
    pub arn: Arc<str>,
}

/// The caller with one set of credentials; roles that it assumes are no callers of their
/// own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerReport {
    /// The profile, where one was named.
    pub profile: Option<Arc<str>>,
    /// `Err`: STS did not tell it.
    pub identity: Result<CallerIdentity, Cause>,
}
