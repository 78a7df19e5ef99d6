//! Whether anybody answers at all: a region that is dead from the start must
//! not be tried ten times for every call, while one that falters must be.
//!
//! Knows the SDK's hook for judging an attempt. Must not know what a call is for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::ConnectorError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Failures with never an answer after which nothing is tried again.
const MOST_FAILURES: u32 = 6;

/// A wait that ends in nothing costs seconds where a refusal costs none.
const TIMEOUT: u32 = 3;

/// What is known of one endpoint; clones share it.
#[derive(Clone, Default)]
pub struct Hope(Arc<State>);

#[derive(Default)]
struct State {
    answered: AtomicBool,
    failures: AtomicU32,
}

impl Hope {
    /// Did the service ever answer anything, if only that it may not?
    pub fn was_answered(&self) -> bool {
        self.0.answered.load(Relaxed)
    }

    /// Takes note of an attempt that failed without a word of the service's own.
    /// Is there still hope?
    fn failed(&self, weight: u32) -> bool {
        let failures = self.0.failures.fetch_add(weight, Relaxed) + weight;
        self.was_answered() || failures < MOST_FAILURES
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
        let timed_out = matches!(
            attempt.output_or_error(),
            Some(Err(error)) if error.is_timeout_error()
                || error.as_connector_error().is_some_and(ConnectorError::is_timeout)
        );
        if failed && !self.failed(if timed_out { TIMEOUT } else { 1 }) {
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
        let hope = Hope::default();
        assert_eq!((1..=7).filter(|_| hope.failed(1)).count(), 5);
        let slow = Hope::default();
        assert!(slow.failed(TIMEOUT) && !slow.failed(TIMEOUT));
        let known = Hope::default();
        known.0.answered.store(true, Relaxed);
        assert!((0..100).all(|_| known.failed(TIMEOUT)));
    }
}
