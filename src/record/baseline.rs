//! What a patch baseline specifies, as far as verdicts depend on it.

use crate::record::Cause;

/// A patch baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The bare id (`pb-...`), as patch states give it.
    pub id: Box<str>,
    /// AWS's word: `WINDOWS`, `AMAZON_LINUX_2023` ...
    pub operating_system: Option<Box<str>>,
    pub compliance_status: BaselineComplianceStatus,
}

/// What a baseline says of a node that lacks security updates which are
/// available and not approved: its `AvailableSecurityUpdatesComplianceStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaselineComplianceStatus {
    Compliant,
    NonCompliant,
    /// The baseline was read and does not say.
    Unspecified,
    /// What it says cannot be read or is not known: the value, as it is shown.
    Unrecognized(Box<str>),
    /// The service no longer knows the baseline.
    Deleted,
    /// The baseline could not be read.
    Unreadable(Cause),
}
