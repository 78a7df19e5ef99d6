//! Remarks on waivers that have expired, match nothing, or cover a finding in part.

use std::fmt;
use std::sync::Arc;

use crate::gate::waiver::entry::Waiver;
use crate::text;

/// A waiver to look at again, and why. Displayed as one line, in which the
/// file's name is as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverRemark {
    pub waiver: Arc<Waiver>,
    pub kind: RemarkKind,
}

/// Why a waiver is to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// It has expired and waives nothing.
    Expired {
        /// The findings that count because it has; none where nothing matches
        /// it any more, or others waive what does. One for which several would
        /// have to hold is counted for each.
        findings: u64,
    },
    /// All that it matches also fixes CVEs that no active waiver names, and
    /// so stays a finding.
    Partial { findings: u64 },
    /// It matches no finding.
    Unmatched,
}

impl RemarkKind {
    /// One word for machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired { .. } => "Expired",
            Self::Partial { .. } => "InPart",
            Self::Unmatched => "Unmatched",
        }
    }
}

impl fmt::Display for WaiverRemark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Waiver { label, expires, .. } = &*self.waiver;
        match self.kind {
            RemarkKind::Expired { findings: 0 } => {
                write!(
                    f,
                    "{label}: expired ({expires}), and nothing counts for it; remove it"
                )
            }
            RemarkKind::Expired { findings } => write!(
                f,
                "{label}: expired ({expires}); it would waive {}; renew it or remove it",
                text::count(findings, "finding")
            ),
            RemarkKind::Partial { findings } => write!(
                f,
                "{label}: waives nothing; {} that it matches fix CVEs too that no active waiver names",
                text::count(findings, "finding")
            ),
            RemarkKind::Unmatched => write!(f, "{label}: matches no finding"),
        }
    }
}
