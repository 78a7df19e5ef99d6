//! Why the service has no patch data of a node, as far as what was read tells.

use std::fmt;

/// The cause of `NO_DATA`, and no other than the data allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoDataCause {
    /// Only its id is known.
    #[default]
    Unknown,
    /// Systems Manager manages it, and no call told more.
    Managed,
    /// Its agent is connected.
    Online,
    /// Systems Manager manages it, and its agent is not connected.
    Offline,
    /// EC2 or the inventory lists it as stopped.
    Stopped,
    /// Systems Manager manages it, and Patch Manager has no patches for its platform.
    UnsupportedPlatform,
    /// It has a record, which lacks what a verdict needs.
    IncompleteRecord,
    /// An association of Quick Setup scans it, which leaves no patch record.
    AssociationScan,
    /// EC2 lists it as running, and Systems Manager does not manage it.
    NotManaged,
}

/// What a State Manager association that scans for patches reported of a node: it leaves no
/// patch record. Source: Systems Manager user guide, "SSM Command document for patching:
/// AWS-RunPatchBaselineAssociation".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssociationScan {
    /// AWS's word: `COMPLIANT`, `NON_COMPLIANT`.
    pub status: Box<str>,
    pub baseline_id: Option<Box<str>>,
    /// The counters that it reports, with their names, if it does.
    pub counters: Vec<(Box<str>, Box<str>)>,
}

impl fmt::Display for AssociationScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.status)?;
        if let Some(id) = &self.baseline_id {
            write!(f, " by {id}")?;
        }
        for (name, value) in &self.counters {
            write!(f, ", {name} {value}")?;
        }
        Ok(())
    }
}

impl NoDataCause {
    /// The cause in a few words, as every format prints it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "no patch data: never scanned, not managed, or unknown here",
            Self::Managed => "managed, no scan recorded",
            Self::Online => "managed and online, no scan recorded",
            Self::Offline => "managed, its agent is not connected, no scan recorded",
            Self::Stopped => "stopped, no scan recorded",
            Self::UnsupportedPlatform => "Patch Manager cannot patch its platform",
            Self::IncompleteRecord => "its record lacks what a verdict needs",
            Self::AssociationScan => "scanned only by an association (Quick Setup)",
            Self::NotManaged => "running, not managed by Systems Manager",
        }
    }
}
