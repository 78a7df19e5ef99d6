//! A file of a dataset, as every storage reports it.

/// A file that exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StoredFile {
    /// Relative to the root, with `/`.
    pub path: String,
    pub bytes: u64,
}

/// A file that was not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemporaryFile {
    pub path: String,
    /// The path that it was to get.
    pub target: String,
}

/// Whether a file was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Created {
    Yes,
    /// Another one has this name; it is as it was.
    Exists,
}
