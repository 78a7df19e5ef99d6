//! Circuit breaker: when one account and region is no longer asked. The one
//! place that says how long patchctl tries.
//!
//! A call has no answer when its connection is refused, closed or reset, when
//! nothing or only a head comes in time, when the body breaks off, is too large
//! or cannot be read, and when there is only an error of the server (5xx). All
//! of these count alike:
//!
//! | What fails | When it is given up |
//! |---|---|
//! | one attempt | 5 s to connect, 30 s in all (`clients`) |
//! | one call | after 10 attempts (`AWS_MAX_ATTEMPTS`), at the latest after 100 s: three that time out |
//! | an endpoint that never answered | after four attempts of one call, or two that timed out; after four calls where answers come and cannot be read |
//! | an endpoint that has answered | after 32 calls in a row without an answer, or when there was none for 2 minutes |
//! | the credentials | refused, then fetched anew, and refused again |
//! | throttling | never counts; `pace` has a bound of its own |
//!
//! What is then left is `Unread`. The breaker never closes again in one run:
//! a later run asks again.

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

/// How long an attempt may take to connect, and in all.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call may take with all its attempts: three that time out, and the
/// waits between them. Ten that fail at once wait 26 s in all.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(100);

/// Attempts of one call, with never an answer to any, after which nothing is
/// tried again. Of one call, as many at once may all meet the same moment.
const MAX_UNANSWERED_ATTEMPTS: u32 = 4;

/// The same for attempts that timed out: each costs seconds where a refusal costs none.
const MAX_UNANSWERED_TIMEOUTS: u32 = 2;

/// Calls whose answers came and could not be read, with never an answer to any:
/// one operation that is garbled says little of the others.
const MAX_UNREADABLE_CALLS: u32 = 4;

/// Calls in a row without an answer.
const MAX_FAILED_CALLS: u32 = 32;

/// How long calls may be under way without an answer to any, and how many of
/// them have to have failed: one alone may be about one odd node.
const MAX_SILENCE: Duration = Duration::from_mins(2);
const MIN_SILENT_CALLS: u32 = 2;

/// The breaker of one account and region; clones share it.
#[derive(Clone, Default)]
pub struct CircuitBreaker(Arc<BreakerState>);

#[derive(Default)]
struct BreakerState {
    /// Did the service ever answer anything, if only that it may not?
    has_answered: AtomicBool,
    /// Has one call used up the attempts that an endpoint has which never answered?
    is_exhausted: AtomicBool,
    streak: Mutex<FailureStreak>,
    /// Why nothing more is asked.
    opened_by: OnceLock<CallError>,
}

/// Calls without an answer since the last one with an answer.
#[derive(Debug, Default)]
struct FailureStreak {
    failed_calls: u32,
    in_flight: usize,
    /// When the time began in which calls were under way and none was answered;
    /// time in which there were none does not count.
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

    /// One more has failed: why that is the last one, if it is.
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

/// A call that is under way.
pub struct InFlightCall<'a>(&'a CircuitBreaker);

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
    pub fn begin_call(&self) -> InFlightCall<'_> {
        self.lock_streak().call_started(Instant::now());
        InFlightCall(self)
    }

    /// Whether a call may be made.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), CallError> {
        self.0
            .opened_by
            .get()
            .map_or(Ok(()), |error| Err(error.clone()))
    }

    /// A call was answered, if only by a refusal.
    pub fn record_answer(&self) {
        self.0.has_answered.store(true, Relaxed);
        self.lock_streak().record_answer(Instant::now());
    }

    /// Makes one of many calls to an endpoint that are signed for different
    /// accounts, unless it is given up: what credentials are refused is then a
    /// matter of one account.
    ///
    /// # Errors
    /// Those of the call, or why it is not made.
    pub async fn guard<T>(
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

    /// A call has ended with this fault, after every attempt that it had.
    /// Returns what there is to say about its node.
    pub fn record_failure(&self, error: CallError) -> CallError {
        self.record_failure_at(error, Instant::now())
    }

    fn record_failure_at(&self, error: CallError, now: Instant) -> CallError {
        let cause = match error.kind {
            // Given up only when nothing was let through for long.
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

    /// Takes note of an attempt, one of so many of its call, that had no answer.
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
            // A head alone, or a body that cannot be read, is no answer.
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

/// Only looks: the SDK asks more than once about the same attempt.
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
        };
        CallError {
            kind,
            ..CallError::client_side("Odd", "odd", call)
        }
    }

    /// One that has answered before.
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
    fn an_endpoint_that_never_answers_is_given_up_and_one_that_did_is_not() {
        let breaker = CircuitBreaker::default();
        // Many calls at once that each failed a little are no reason to give up.
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
            assert!(breaker.check().is_err(), "{kind:?}, and it never answered");
        }
    }

    #[test]
    fn of_calls_for_many_accounts_none_is_made_once_the_endpoint_is_given_up() {
        // Whether the call was made at all, and how it ended.
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
        // A refusal is about one account.
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
    fn thirty_two_calls_in_a_row_without_an_answer_open_it_whatever_way_they_fail() {
        let breaker = breaker_with_answer();
        for at in 1..MAX_FAILED_CALLS {
            breaker.record_failure(fault(NO_ANSWER[at as usize % 4]));
        }
        assert!(breaker.check().is_ok() && !breaker.forbids_retries());
        breaker.record_failure(fault(ErrorKind::Unreachable));
        let cause = breaker.check().unwrap_err().cause.text;
        assert!(
            cause.starts_with("given up after 32 calls in a row without an answer; the last: odd"),
            "{cause}"
        );
        assert!(breaker.forbids_retries(), "calls under way end, too");
    }

    #[test]
    fn two_minutes_without_an_answer_open_it_and_time_without_calls_does_not_count() {
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
        fn as_long_as_every_other_call_is_answered_it_stays_closed(
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
