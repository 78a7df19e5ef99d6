//! Which dataset is read, and of which moment.

use std::fmt;

use crate::source::dataset::location::DatasetLocation;
use crate::source::dataset::moment::Moment;

/// `--from`, `--at` and `--now`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatasetOptions {
    pub location: DatasetLocation,
    pub at: Moment,
    /// Are ages those of today, rather than those of the time of collection?
    pub uses_clock: bool,
    /// Are patches read, and not only states? A Resource Data Sync is read as far as it is
    /// needed.
    pub needs_patches: bool,
    /// The flags that select nodes, as they can be typed.
    pub criteria: Vec<String>,
}

impl DatasetOptions {
    /// A moment of a dataset, with its patches and judged by its own time.
    #[must_use]
    pub(crate) fn at_moment(location: DatasetLocation, at: Moment, criteria: Vec<String>) -> Self {
        Self {
            location,
            at,
            uses_clock: false,
            needs_patches: true,
            criteria,
        }
    }
}

/// As it can be typed for `diff`: `fleet@latest`.
impl fmt::Display for DatasetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.location, self.at)
    }
}
