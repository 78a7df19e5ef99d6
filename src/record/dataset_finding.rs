//! What `verify` finds in a dataset.

/// A file of a dataset that is not as its manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetFinding {
    pub kind: FindingKind,
    /// Relative to the root of the dataset.
    pub path: String,
    /// The run that the file belongs to, where it is known.
    pub run_id: Option<String>,
    pub detail: String,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Its bytes or its contents are not those that were written.
    Changed,
    /// It does not exist.
    Missing,
    /// No manifest names it.
    Unnamed,
    /// It belongs to a run that has not ended. That is no error.
    Unfinished,
}

impl FindingKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "CHANGED",
            Self::Missing => "MISSING",
            Self::Unnamed => "UNNAMED",
            Self::Unfinished => "UNFINISHED",
        }
    }
}
