//! The calls that a command takes, as the source estimates them.

use std::sync::Arc;

use crate::record::{AccountRegion, DiscoveryReport, Scope, Unread};

/// The calls of one operation in one location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCost {
    pub location: Arc<AccountRegion>,
    /// As an IAM policy names it.
    pub operation: String,
    /// Calls that were made for the estimate.
    pub made: u64,
    /// Calls that the whole command takes. The calls of the estimate are not
    /// reused.
    pub needed: u64,
}

/// The calls that a command takes.
#[derive(Debug, Default)]
pub struct Estimate {
    pub costs: Vec<CallCost>,
    pub nodes: u64,
    pub unread: Vec<Unread>,
    /// Regions and accounts that are left out on purpose.
    pub skipped: Vec<Scope>,
    pub discovery: Vec<DiscoveryReport>,
}
