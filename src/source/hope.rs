//! Whether anybody answers at all: a region that is dead from the start must
//! not be tried ten times for every call, while one that falters must be.
//!
//! Knows the SDK's hook for judging an attempt. Must not know what a call is for.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aws_sdk_ssm::config::http::HttpResponse;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Nothing is tried again once there were so many failures, and never an answer,
/// for so long: about three tries of each call, be it one or many side by side.
const FAILURES: u32 = 3;
const PATIENCE: Duration = Duration::from_millis(150);

/// What is known of one endpoint; clones share it.
#[derive(Clone, Default)]
pub struct Hope(Arc<State>);

#[derive(Default)]
struct State {
    answered: AtomicBool,
    failures: AtomicU32,
    first: OnceLock<Instant>,
}

impl Hope {
    /// Did the service ever answer anything, if only that it may not?
    pub fn was_answered(&self) -> bool {
        self.0.answered.load(Relaxed)
    }

    /// Takes note of an attempt that failed without a word of the service's own.
    /// Is there still hope?
    fn failed(&self, now: Instant) -> bool {
        let first = *self.0.first.get_or_init(|| now);
        let failures = self.0.failures.fetch_add(1, Relaxed) + 1;
        let in_vain = failures >= FAILURES && now.duration_since(first) >= PATIENCE;
        self.was_answered() || !in_vain
    }
}

impl fmt::Debug for Hope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hope")
    }
}

impl ClassifyRetry for Hope {
    fn classify_retry(&self, attempt: &InterceptorContext) -> RetryAction {
        let status = attempt.response().map(HttpResponse::status);
        if status.is_some_and(|status| !status.is_server_error()) {
            self.0.answered.store(true, Relaxed);
            return RetryAction::NoActionIndicated;
        }
        let failed = matches!(attempt.output_or_error(), Some(Err(_)));
        if failed && !self.failed(Instant::now()) {
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "patchctl::Hope"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_never_answers_is_given_up_and_one_that_did_is_not() {
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let dead = Hope::default();
        assert!([0, 50, 149].iter().all(|&ms| dead.failed(after(ms))));
        assert!(!dead.failed(after(150)));

        // A blip that meets many calls at once is no end, nor are two slow ones.
        let blip = Hope::default();
        assert!((0..100).all(|_| blip.failed(start)));
        let slow = Hope::default();
        assert!(slow.failed(after(0)) && slow.failed(after(5_000)));

        let known = Hope::default();
        known.0.answered.store(true, Relaxed);
        assert!((0..100).all(|n| known.failed(after(n * 100))));
    }
}
