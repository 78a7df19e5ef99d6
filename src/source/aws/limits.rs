//! Limits on calls: the rate limiter, the circuit breaker, and call statistics.

pub(in crate::source) mod call_stats;
pub(in crate::source) mod circuit_breaker;
pub(super) mod rate_limiter;
