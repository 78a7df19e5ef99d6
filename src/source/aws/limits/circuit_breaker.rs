//! Circuit breaker of one account and region: stops calls to an endpoint that
//! does not respond. All limits on how long patchctl tries are in this file.
//!
//! A call has no response if its connection is refused, closed or reset, if
//! nothing or only the headers arrive in time, if the body breaks off, is too
//! large or cannot be read, and if there is only a server error (5xx). All
//! of these count alike:
//!
//! | What fails | When it is given up |
//! |---|---|
//! | one attempt | 5 s to connect, 30 s in total (`http`) |
//! | one call | after 10 attempts (`AWS_MAX_ATTEMPTS`), at the latest after 100 s: three that time out |
//! | an endpoint that never responded | after four attempts of one call, or two that timed out; after four calls whose responses cannot be read |
//! | an endpoint that has responded | after 32 calls in a row without a response, or after 2 minutes without one |
//! | the credentials | refused, then fetched again, and refused again |
//! | throttling | never counts; `rate_limiter` has its own limit |
//!
//! What is left is then `Unread`. The breaker stays open until the end of the
//! run; a later run tries again.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::config::interceptors::FinalizerInterceptorContextRef;
use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::{BoxError, ConnectorError};
use aws_smithy_runtime_api::client::interceptors::context::{Error, InterceptorContext};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

use crate::duration;
use crate::source::aws::api::error::{CallError, ErrorKind};

/// How long an attempt may take to connect, and in total.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may take with all its attempts: three that time out, and the
/// waits between them. Ten that fail at once wait 26 s in total.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(100);

/// Attempts of one call, without any response so far, after which nothing is
/// tried again. Counted per call, because many concurrent calls may fail at the
/// same moment.
pub(crate) const MAX_UNANSWERED_ATTEMPTS: u32 = 4;

/// The same for attempts that timed out: each takes seconds, a refused
/// connection takes none.
pub(crate) const MAX_UNANSWERED_TIMEOUTS: u32 = 2;

/// Calls whose responses could not be read, without any readable one so far:
/// one garbled operation says little about the others.
const MAX_UNREADABLE_CALLS: u32 = 4;

/// Calls in a row without a response.
const MAX_FAILED_CALLS: u32 = 32;

/// How long calls may be in flight without a response to any, and how many of
/// them must have failed: a single one may be specific to one node.
const MAX_SILENCE: Duration = Duration::from_mins(2);
const MIN_SILENT_CALLS: u32 = 2;

/// The breaker of one account and region; clones share it.
#[derive(Clone, Default)]
pub(crate) struct CircuitBreaker(Arc<BreakerState>);

#[derive(Default)]
struct BreakerState {
    /// Has the service ever responded, even with a refusal?
    has_answered: AtomicBool,
    /// Has one call used up the attempts for an endpoint that has never
    /// responded?
    is_exhausted: AtomicBool,
    streak: Mutex<FailureStreak>,
    /// Why no more calls are made.
    opened_by: OnceLock<CallError>,
}

/// Calls without a response since the last one with a response.
#[derive(Debug, Default)]
struct FailureStreak {
    failed_calls: u32,
    in_flight: usize,
    /// When the time began in which calls were in flight and none got a
    /// response; time without calls does not count.
    silent_since: Option<Instant>,
    idle_since: Option<Instant>,
}

impl FailureStreak {
    fn call_started(&mut self, now: Instant) {
        if self.in_flight == 0
            && let (Some(since), Some(idle)) = (&mut self.silent_since, self.idle_since.take())
        {
            *since += now.saturating_duration_since(idle);
        }
        self.in_flight += 1;
        self.silent_since.get_or_insert(now);
    }

    fn call_ended(&mut self, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if self.in_flight == 0 {
            self.idle_since = Some(now);
        }
    }

    fn record_answer(&mut self, now: Instant) {
        self.failed_calls = 0;
        self.silent_since = Some(now);
    }

    /// Counts a failed call; returns why the breaker opens, if it does.
    fn record_failure(&mut self, now: Instant) -> Option<String> {
        self.failed_calls = self.failed_calls.saturating_add(1);
        let silent = self
            .silent_since
            .map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        if self.failed_calls >= MAX_FAILED_CALLS {
            Some(format!(
                "after {MAX_FAILED_CALLS} calls in a row without an answer"
            ))
        } else if self.failed_calls >= MIN_SILENT_CALLS && silent >= MAX_SILENCE {
            let silent = duration::format_long(silent.as_secs());
            Some(format!("after {silent} without an answer"))
        } else {
            None
        }
    }
}

/// A call in flight.
pub(crate) struct InFlightCall<'a>(&'a CircuitBreaker);

impl Drop for InFlightCall<'_> {
    fn drop(&mut self) {
        self.0.lock_streak().call_ended(Instant::now());
    }
}

impl CircuitBreaker {
    fn lock_streak(&self) -> MutexGuard<'_, FailureStreak> {
        self.0.streak.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins.
    pub(crate) fn begin_call(&self) -> InFlightCall<'_> {
        self.lock_streak().call_started(Instant::now());
        InFlightCall(self)
    }

    /// Checks that a call may be made.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn check(&self) -> Result<(), CallError> {
        self.0
            .opened_by
            .get()
            .map_or(Ok(()), |error| Err(error.clone()))
    }

    /// A call got a response, if only a refusal.
    pub(crate) fn record_answer(&self) {
        self.0.has_answered.store(true, Relaxed);
        self.lock_streak().record_answer(Instant::now());
    }

    /// Makes one of many calls to an endpoint that are signed for different
    /// accounts, unless the breaker is open: refused credentials then concern
    /// one account only.
    ///
    /// # Errors
    /// Those of the call, or why it is not made.
    pub(crate) async fn guard<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        self.check()?;
        let _under_way = self.begin_call();
        match call.await {
            Err(error) if !error.kind.is_service_response() => Err(self.record_failure(error)),
            ended => {
                self.record_answer();
                ended
            }
        }
    }

    /// Records that a call has failed after all its attempts. Returns the error
    /// to report for its node.
    pub(crate) fn record_failure(&self, error: CallError) -> CallError {
        self.record_failure_at(error, Instant::now())
    }

    fn record_failure_at(&self, error: CallError, now: Instant) -> CallError {
        let cause = match error.kind {
            // The rate limiter gives up only after a long time without any
            // response.
            ErrorKind::Credentials | ErrorKind::Throttled => error.clone(),
            kind if kind.is_service_response() => {
                self.lock_streak().record_answer(now);
                return error;
            }
            kind => {
                let (given_up, calls) = {
                    let mut streak = self.lock_streak();
                    (streak.record_failure(now), streak.failed_calls)
                };
                let is_reached = kind == ErrorKind::InvalidResponse && calls < MAX_UNREADABLE_CALLS;
                match given_up {
                    _ if !self.0.has_answered.load(Relaxed) && !is_reached => error.clone(),
                    Some(after) => error.clone().with_given_up(&after),
                    None => return error,
                }
            }
        };
        self.0.opened_by.get_or_init(|| cause);
        error
    }

    /// Records a failed attempt of a call, and how many attempts it has had.
    fn record_failed_attempt(&self, attempts: u32, timed_out: bool) {
        let most = if timed_out {
            MAX_UNANSWERED_TIMEOUTS
        } else {
            MAX_UNANSWERED_ATTEMPTS
        };
        if attempts >= most {
            self.0.is_exhausted.store(true, Relaxed);
        }
    }

    fn forbids_retries(&self) -> bool {
        let never_answered = !self.0.has_answered.load(Relaxed);
        (self.0.is_exhausted.load(Relaxed) && never_answered) || self.0.opened_by.get().is_some()
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CircuitBreaker")
    }
}

fn is_timeout(error: &OrchestratorError<Error>) -> bool {
    let connector = error.as_connector_error();
    error.is_timeout_error() || connector.is_some_and(ConnectorError::is_timeout)
}

#[dyn_dispatch_hint]
impl Intercept for CircuitBreaker {
    fn name(&self) -> &'static str {
        "patchctl::CircuitBreaker"
    }

    fn read_after_attempt(
        &self,
        attempt: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = attempt.response().map(HttpResponse::status);
        match attempt.output_or_error() {
            None => {}
            Some(Ok(_)) => self.0.has_answered.store(true, Relaxed),
            // Headers alone, or an unreadable body, are no response.
            Some(Err(error))
                if error.is_operation_error()
                    && status.is_some_and(|status| !status.is_server_error()) =>
            {
                self.0.has_answered.store(true, Relaxed);
            }
            Some(Err(error)) => {
                let attempts = cfg
                    .load::<RequestAttempts>()
                    .map_or(1, RequestAttempts::attempts);
                self.record_failed_attempt(attempts, is_timeout(error));
            }
        }
        Ok(())
    }
}

/// Read-only: the SDK classifies the same attempt more than once.
impl ClassifyRetry for CircuitBreaker {
    fn classify_retry(&self, _attempt: &InterceptorContext) -> RetryAction {
        if self.forbids_retries() {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "patchctl::CircuitBreaker"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws::api::error::CallContext;
    use proptest::prelude::*;

    fn fault(kind: ErrorKind) -> CallError {
        let call = CallContext {
            service: "ssm",
            action: "DescribeInstancePatches",
            region: "eu-west-1",
            session_label: None,
            renewal: None,
        };
        CallError {
            kind,
            ..CallError::client_side("Other", "other", call)
        }
    }

    /// A breaker that has seen a response.
    fn breaker_with_answer() -> CircuitBreaker {
        let breaker = CircuitBreaker::default();
        breaker.0.has_answered.store(true, Relaxed);
        breaker
    }

    const NO_ANSWER: [ErrorKind; 4] = [
        ErrorKind::Unreachable,
        ErrorKind::ServerError,
        ErrorKind::InvalidResponse,
        ErrorKind::NotSent,
    ];

    #[test]
    fn an_endpoint_that_never_responded_is_given_up_and_one_that_did_is_not() {
        let breaker = CircuitBreaker::default();
        // Many concurrent calls that each failed a little do not open it.
        (0..100).for_each(|_| breaker.record_failed_attempt(MAX_UNANSWERED_ATTEMPTS - 1, false));
        assert!(!breaker.forbids_retries());
        breaker.record_failed_attempt(MAX_UNANSWERED_ATTEMPTS, false);
        assert!(breaker.forbids_retries());
        let slow = CircuitBreaker::default();
        slow.record_failed_attempt(MAX_UNANSWERED_TIMEOUTS, true);
        assert!(slow.forbids_retries());
        slow.0.has_answered.store(true, Relaxed);
        assert!(!slow.forbids_retries());
        for kind in NO_ANSWER {
            let breaker = CircuitBreaker::default();
            if kind == ErrorKind::InvalidResponse {
                (1..MAX_UNREADABLE_CALLS).for_each(|_| drop(breaker.record_failure(fault(kind))));
                assert!(breaker.check().is_ok(), "others may be readable");
            }
            breaker.record_failure(fault(kind));
            assert!(breaker.check().is_err(), "{kind:?}, and it never responded");
        }
    }

    #[test]
    fn no_call_for_any_account_is_made_after_the_endpoint_is_given_up() {
        // Whether the call was made, and how it ended.
        let guard = |breaker: &CircuitBreaker, kind| {
            let mut made = false;
            let call = breaker.guard(async {
                made = true;
                Err::<(), _>(fault(kind))
            });
            let ended = futures_util::FutureExt::now_or_never(call).unwrap();
            (made, ended.unwrap_err().kind)
        };
        for kind in NO_ANSWER {
            let breaker = CircuitBreaker::default();
            if kind == ErrorKind::InvalidResponse {
                (1..MAX_UNREADABLE_CALLS)
                    .for_each(|_| assert_eq!(guard(&breaker, kind), (true, kind)));
            }
            assert_eq!(guard(&breaker, kind), (true, kind));
            assert_eq!(guard(&breaker, ErrorKind::AccessDenied), (false, kind));
        }
        // A refusal concerns one account.
        let breaker = CircuitBreaker::default();
        for kind in [
            ErrorKind::Credentials,
            ErrorKind::AccessDenied,
            ErrorKind::Throttled,
        ] {
            assert_eq!(guard(&breaker, kind), (true, kind));
        }
        assert!(breaker.check().is_ok());
    }

    #[test]
    fn thirty_two_calls_in_a_row_without_a_response_open_it_however_they_fail() {
        let breaker = breaker_with_answer();
        for at in 1..MAX_FAILED_CALLS {
            breaker.record_failure(fault(NO_ANSWER[at as usize % 4]));
        }
        assert!(breaker.check().is_ok() && !breaker.forbids_retries());
        breaker.record_failure(fault(ErrorKind::Unreachable));
        let cause = breaker.check().unwrap_err().cause.text;
        assert!(
            cause
                .starts_with("given up after 32 calls in a row without an answer; the last: other"),
            "{cause}"
        );
        assert!(breaker.forbids_retries(), "calls under way end, too");
    }

    #[test]
    fn two_minutes_without_a_response_open_it_and_time_without_calls_does_not_count() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let breaker = breaker_with_answer();
        breaker.lock_streak().call_started(at(0));
        breaker.record_failure_at(fault(ErrorKind::Unreachable), at(100));
        breaker.lock_streak().call_ended(at(100));
        breaker.lock_streak().call_started(at(5_000));
        breaker.record_failure_at(fault(ErrorKind::Unreachable), at(5_019));
        assert!(breaker.check().is_ok(), "100 s and 19 s");
        breaker.record_failure_at(fault(ErrorKind::Unreachable), at(5_020));
        let cause = breaker.check().unwrap_err().cause.text;
        assert!(
            cause.starts_with("given up after 2 minutes without"),
            "{cause}"
        );

        let breaker = breaker_with_answer();
        breaker.lock_streak().call_started(at(0));
        breaker.record_failure_at(fault(ErrorKind::Unreachable), at(500));
        assert!(
            breaker.check().is_ok(),
            "one call alone may be about one node"
        );
    }

    proptest! {
        #[test]
        fn it_stays_closed_while_every_other_call_succeeds(
            calls in proptest::collection::vec((0usize..4, 0u64..119), 1..200),
        ) {
            let breaker = breaker_with_answer();
            let mut now = Instant::now();
            for (kind, seconds) in calls {
                breaker.lock_streak().call_started(now);
                breaker.lock_streak().call_started(now);
                now += Duration::from_secs(seconds);
                breaker.record_failure_at(fault(NO_ANSWER[kind]), now);
                breaker.record_failure_at(fault(ErrorKind::AccessDenied), now);
                breaker.lock_streak().call_ended(now);
                breaker.lock_streak().call_ended(now);
                prop_assert!(breaker.check().is_ok());
            }
        }
    }
}
