//! Throttling: a token bucket per account and region, as Systems Manager has.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::demo::call::ApiCall;
use crate::demo::server::fault_injection::FaultInjection;

/// The buckets, each created at the first call.
pub(super) struct Throttle {
    rate: Option<f64>,
    burst: u32,
    rate_falls: Option<(u64, f64)>,
    buckets: Mutex<HashMap<(String, String), TokenBucket>>,
}

impl Throttle {
    pub(super) fn new(fault_injection: &FaultInjection) -> Self {
        Self {
            rate: fault_injection.rate,
            burst: fault_injection.burst,
            rate_falls: fault_injection.rate_falls,
            buckets: Mutex::default(),
        }
    }

    /// Takes a token from the bucket of the call, if it has one.
    pub(super) fn try_admit(&self, called: &ApiCall) -> bool {
        let Some(rate) = self.rate else {
            return true;
        };
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry((called.account.clone(), called.region.clone()))
            .or_insert_with(|| TokenBucket::full(now, self.burst));
        let rate = match self.rate_falls {
            Some((after, falls_to)) if bucket.admitted >= after => falls_to,
            _ => rate,
        };
        bucket.take(now, rate, self.burst)
    }
}

/// A token bucket: fills at the rate up to the burst.
pub(super) struct TokenBucket {
    tokens: f64,
    filled: Instant,
    admitted: u64,
}

impl TokenBucket {
    pub(super) fn full(now: Instant, burst: u32) -> Self {
        Self {
            tokens: f64::from(burst.max(1)),
            filled: now,
            admitted: 0,
        }
    }

    pub(super) fn take(&mut self, now: Instant, rate: f64, burst: u32) -> bool {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min(f64::from(burst.max(1)));
        self.filled = now;
        let admitted = self.tokens >= 1.0;
        if admitted {
            self.tokens -= 1.0;
            self.admitted += 1;
        }
        admitted
    }
}
