//! Which dataset is read, and of which moment.

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
