//! What patches can be grouped by.

use std::fmt;

/// What patches are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatchGrouping {
    /// The KB number, or the package's name and architecture.
    Kb,
    /// The CVE id: a patch counts in each of those it names.
    Cve,
    Node,
    /// The severity on the one scale.
    Severity,
}

impl PatchGrouping {
    pub const ALL: [Self; 4] = [Self::Kb, Self::Cve, Self::Node, Self::Severity];

    /// The word that is typed for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kb => "kb",
            Self::Cve => "cve",
            Self::Node => "node",
            Self::Severity => "severity",
        }
    }
}

impl fmt::Display for PatchGrouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
