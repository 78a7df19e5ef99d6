//! The names of the regions.

use crate::demo::REGION;

/// Regions that are enabled in every account.
pub(super) const DEFAULT_REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Regions that an account must enable.
pub(super) const OPT_IN_REGIONS: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// The first `count` regions: the demo's default, then those enabled by default, then opt-in regions.
///
/// # Errors
/// The largest count, if `count` is 0 or larger.
pub fn first_regions(count: usize) -> Result<Vec<String>, usize> {
    let others = DEFAULT_REGIONS.into_iter().filter(|name| *name != REGION);
    let all = [REGION].into_iter().chain(others).chain(OPT_IN_REGIONS);
    let most = DEFAULT_REGIONS.len() + OPT_IN_REGIONS.len();
    if (1..=most).contains(&count) {
        Ok(all.take(count).map(str::to_owned).collect())
    } else {
        Err(most)
    }
}
