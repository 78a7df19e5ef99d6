//! Whether anybody answers at all: a region that is dead from the start must
//! not be tried ten times for every call, while one that falters must be.
//!
//! Knows the SDK's hook for judging an attempt. Must not know what a call is for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::{BoxError, ConnectorError};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Tries of one call, with never an answer to anybody, after which nothing is
/// tried again. Of one call, as many at once may all meet the same moment.
const MOST_TRIES: u32 = 4;

/// The same for waits that ended in nothing: each costs seconds where a refusal costs none.
const MOST_WAITS: u32 = 2;

/// What is known of one endpoint; clones share it.
#[derive(Clone, Default)]
pub struct Hope(Arc<State>);

#[derive(Default)]
struct State {
    answered: AtomicBool,
    given_up: AtomicBool,
}

impl Hope {
    /// Did the service ever answer anything, if only that it may not?
    pub fn was_answered(&self) -> bool {
        self.0.answered.load(Relaxed)
    }

    /// Takes note of a try, one of so many of its call, that failed without a
    /// word of the service's own.
    fn failed(&self, tries: u32, timed_out: bool) {
        let most = if timed_out { MOST_WAITS } else { MOST_TRIES };
        if tries >= most {
            self.0.given_up.store(true, Relaxed);
        }
    }

    fn is_lost(&self) -> bool {
        self.0.given_up.load(Relaxed) && !self.was_answered()
    }
}

impl fmt::Debug for Hope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hope")
    }
}

#[dyn_dispatch_hint]
impl Intercept for Hope {
    fn name(&self) -> &'static str {
        "patchctl::Hope"
    }

    fn read_after_attempt(
        &self,
        attempt: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = attempt.response().map(HttpResponse::status);
        if status.is_some_and(|status| !status.is_server_error()) {
            self.0.answered.store(true, Relaxed);
        } else if let Some(Err(error)) = attempt.output_or_error() {
            let timed_out = error.is_timeout_error()
                || error
                    .as_connector_error()
                    .is_some_and(ConnectorError::is_timeout);
            let tries = cfg
                .load::<RequestAttempts>()
                .map_or(1, RequestAttempts::attempts);
            self.failed(tries, timed_out);
        }
        Ok(())
    }
}

/// Only looks: the SDK asks more than once about the same try.
impl ClassifyRetry for Hope {
    fn classify_retry(&self, _attempt: &InterceptorContext) -> RetryAction {
        if self.is_lost() {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
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
        // Many calls at once that each failed a little are no reason to give up.
        (0..100).for_each(|_| hope.failed(MOST_TRIES - 1, false));
        assert!(!hope.is_lost());
        hope.failed(MOST_TRIES, false);
        assert!(hope.is_lost());
        let slow = Hope::default();
        slow.failed(MOST_WAITS, true);
        assert!(slow.is_lost());
        slow.0.answered.store(true, Relaxed);
        assert!(!slow.is_lost());
    }
}
