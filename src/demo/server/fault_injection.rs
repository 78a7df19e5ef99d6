//! Faults that the server injects, and the delays and limits of its answers.

use std::time::Duration;

use crate::demo::call::Action;
use crate::demo::mutate::MutationSettings;

/// Faults, delays and limits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FaultInjection {
    /// Delay of each response.
    pub latency: Duration,
    /// Calls to Systems Manager per second, account and region above which the server throttles (a token bucket);
    /// `None`: no limit.
    pub rate: Option<f64>,
    /// Capacity of the bucket.
    pub burst: u32,
    /// After this number of admitted calls, the rate is the second value.
    pub rate_falls: Option<(u64, f64)>,
    /// Every Nth call gets HTTP 500, `InternalServerError`.
    pub fault_every: Option<u64>,
    /// Every Nth call has its connection closed without a response.
    pub reset_every: Option<u64>,
    /// Denied actions.
    pub deny: Vec<Action>,
    /// Regions where every call to Systems Manager gets HTTP 500.
    pub fault_regions: Vec<String>,
    /// Additional delays by region.
    pub slow_regions: Vec<(String, Duration)>,
    /// Mutations of responses.
    pub mutate: Option<MutationSettings>,
}
