//! The age of a patch.

use jiff::Timestamp;

use crate::record::Patch;

/// Seconds since a patch was released. A date in the future is invalid and
/// gives no age.
pub(super) fn patch_age(patch: &Patch, now: Timestamp) -> Option<u64> {
    u64::try_from(now.as_second() - patch.release_date?.as_second()).ok()
}
