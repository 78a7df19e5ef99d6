//! Adaptive rate limiter of one account and region: concurrency grows with each
//! response, and the first throttled one switches to sending attempts one by
//! one, at a rate learned from what the service admits. Depends on time and
//! outcomes only, not on AWS.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as Turnstile, Semaphore, SemaphorePermit};

/// Concurrent calls before the first response. Each response allows one more,
/// so they double with every round trip; hundreds at once would all be
/// throttled before the first response arrives.
const INITIAL_WINDOW: usize = 8;

/// The first guess after a throttled response, in calls per second, if next to
/// nothing was admitted before it.
const INITIAL_RATE: f64 = 5.0;

/// The lowest rate, however little is admitted, in calls per second.
const MIN_RATE: f64 = 0.5;

/// A throttled response lowers the rate by this at least, and to this at most.
/// The unused difference refills the service's bucket, and pays for the next
/// probe above the limit.
const SMALLEST_DECREASE: f64 = 0.95;
const LARGEST_DECREASE: f64 = 0.5;

/// The most that each response adds.
const LARGEST_INCREASE: f64 = 0.1;

/// A rate at which next to nothing was admitted may still be near the limit:
/// return to this part of it in long steps, beyond it in small ones.
const SEARCH_RESUME_FACTOR: f64 = 0.75;

/// How long the rate takes to grow by a factor of e while the limit is
/// searched, in seconds; two round trips if those take longer.
const SEARCH_TIME_CONSTANT: f64 = 0.3;

/// What each response adds once the limit is known, times the responses since
/// the last throttled one: flat near the limit and ever steeper above it,
/// because then the limit has risen. Divided by the calls in flight, which are
/// all sent before the first throttled response arrives. One call in about 45
/// is throttled.
const PROBE_GAIN: f64 = 0.000_04;

/// The same by time, one second for each second since the last throttled
/// response. At a low rate, responses are too rare to detect that the limit has
/// risen, or that another program that shared it has ended; and of several
/// programs that share a limit the slowest catches up, because it is throttled
/// least often.
const RECOVERY_GAIN: f64 = 0.01;

/// A call that is sent later than its turn by no more than this was delayed by
/// the limiter; the next may make up for it. Timers are no finer.
const MAX_CATCH_UP: Duration = Duration::from_millis(20);

/// After this time without any admitted call, and so many throttled in a row, a
/// call is given up. While the service admits any call, none is.
const GIVE_UP_SILENCE: Duration = Duration::from_mins(2);
const GIVE_UP_THROTTLES: u32 = 10;

/// What to do with a throttled call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThrottleAction {
    Retry,
    GiveUp,
}

/// One attempt in flight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permit {
    sent_at: Instant,
    /// Would it have been sent earlier without the limiter?
    was_delayed: bool,
}

/// The rate limiter of one account and region.
pub(crate) struct RateLimiter {
    state: Mutex<LimiterState>,
    call_permits: Semaphore,
    /// Only its holder waits for the clock, so that waiting attempts are sent
    /// in order and do not wake together.
    queue: Turnstile<()>,
}

impl RateLimiter {
    /// With at most `bound` concurrent calls.
    pub(crate) fn new(bound: usize) -> Self {
        let state = LimiterState::new(bound, Instant::now());
        Self {
            call_permits: Semaphore::new(state.window),
            state: Mutex::new(state),
            queue: Turnstile::new(()),
        }
    }

    /// A slot for one call, for all its attempts.
    pub(crate) async fn acquire_call(&self) -> Option<SemaphorePermit<'_>> {
        // Fails only if closed, which never happens.
        self.call_permits.acquire().await.ok()
    }

    /// Waits until an attempt may be sent.
    pub(crate) async fn acquire_attempt(&self) -> Permit {
        let _first = if self.lock_state().rate.is_some() {
            Some(self.queue.lock().await)
        } else {
            None
        };
        loop {
            // Computed again after each wait: the rate may have changed
            // meanwhile.
            let wait = {
                let mut state = self.lock_state();
                let now = Instant::now();
                let wait = state.wait_time(now);
                if wait.is_zero() {
                    return state.issue_permit(now);
                }
                wait
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Records that the service admitted this attempt, whatever it responded.
    pub(crate) fn record_answer(&self, permit: Permit) {
        if self.lock_state().record_answer(permit, Instant::now()) {
            self.call_permits.add_permits(1);
        }
    }

    /// Records that the service throttled this attempt.
    pub(crate) fn record_throttle(&self, permit: Permit) -> ThrottleAction {
        self.lock_state()
            .record_throttle(permit, Instant::now(), fastrand::f64())
    }

    fn lock_state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The decisions: a function of events, instants and random numbers.
#[derive(Debug)]
struct LimiterState {
    /// The number of calls that may be in flight, and its maximum.
    window: usize,
    max_window: usize,
    /// Attempts per second; `None` before the first throttled response.
    rate: Option<f64>,
    /// When the next attempt may be sent.
    next_at: Instant,
    /// When the rate was last lowered: attempts sent before say nothing about
    /// the new rate.
    lowered_at: Instant,
    /// Responses to attempts that were sent since then.
    answers_since_lowered: u32,
    /// Up to this rate the limit is searched in long steps.
    search_limit: f64,
    started_at: Instant,
    answer_count: u32,
    last_answer_at: Instant,
    /// Throttled responses since then.
    throttled_in_a_row: u32,
}

impl LimiterState {
    fn new(bound: usize, now: Instant) -> Self {
        let max_window = bound.max(1);
        Self {
            window: INITIAL_WINDOW.min(max_window),
            max_window,
            rate: None,
            next_at: now,
            lowered_at: now,
            answers_since_lowered: 0,
            search_limit: f64::INFINITY,
            started_at: now,
            answer_count: 0,
            last_answer_at: now,
            throttled_in_a_row: 0,
        }
    }

    /// How long the next attempt has to wait.
    fn wait_time(&self, now: Instant) -> Duration {
        match self.rate {
            None => Duration::ZERO,
            Some(_) => self.next_at.saturating_duration_since(now),
        }
    }

    /// An attempt is sent.
    fn issue_permit(&mut self, now: Instant) -> Permit {
        let Some(rate) = self.rate else {
            return Permit {
                sent_at: now,
                was_delayed: false,
            };
        };
        let late = now.saturating_duration_since(self.next_at);
        let due = now.checked_sub(late.min(MAX_CATCH_UP)).unwrap_or(now);
        self.next_at = due + Duration::from_secs_f64(1.0 / rate);
        Permit {
            sent_at: now,
            was_delayed: late <= MAX_CATCH_UP,
        }
    }

    /// Records a response; returns whether one more call may be in flight.
    fn record_answer(&mut self, permit: Permit, now: Instant) -> bool {
        self.answer_count = self.answer_count.wrapping_add(1);
        self.last_answer_at = now;
        self.throttled_in_a_row = 0;
        if permit.sent_at > self.lowered_at {
            self.answers_since_lowered = self.answers_since_lowered.saturating_add(1);
            // If something else is slower than the limiter, nothing is learned
            // about the limit.
            if let (Some(rate), true) = (&mut self.rate, permit.was_delayed) {
                let trip = now.saturating_duration_since(permit.sent_at).as_secs_f64();
                let growth = if *rate < self.search_limit {
                    1.0 / (*rate * SEARCH_TIME_CONSTANT.max(2.0 * trip))
                } else {
                    let calm = now.saturating_duration_since(self.lowered_at).as_secs_f64();
                    let by_answers = PROBE_GAIN * f64::from(self.answers_since_lowered)
                        / (*rate * trip).max(1.0);
                    by_answers.max(RECOVERY_GAIN * calm / *rate)
                };
                *rate *= 1.0 + growth.min(LARGEST_INCREASE);
            }
        }
        let grows = self.window < self.max_window;
        self.window += usize::from(grows);
        grows
    }

    /// `chance`, of 0 to 1, desynchronises programs that share a limit.
    fn record_throttle(&mut self, permit: Permit, now: Instant, chance: f64) -> ThrottleAction {
        self.throttled_in_a_row = self.throttled_in_a_row.saturating_add(1);
        // Attempts that were in flight together count once.
        if self.rate.is_none() || permit.sent_at > self.lowered_at {
            self.lower_rate(now, chance);
        }
        let silent = now.saturating_duration_since(self.last_answer_at);
        if self.throttled_in_a_row >= GIVE_UP_THROTTLES && silent >= GIVE_UP_SILENCE {
            ThrottleAction::GiveUp
        } else {
            ThrottleAction::Retry
        }
    }

    fn lower_rate(&mut self, now: Instant, chance: f64) {
        // Many admitted: the limit is just below. Hardly any: it may be far
        // below.
        self.search_limit = match self.rate {
            None => f64::INFINITY,
            Some(rate) if self.answers_since_lowered < 2 => rate * SEARCH_RESUME_FACTOR,
            Some(_) => 0.0,
        };
        let rate = match self.rate {
            // A full bucket has been emptied: only a guess.
            None => {
                let seconds = now.saturating_duration_since(self.started_at).as_secs_f64();
                (f64::from(self.answer_count) / seconds.max(1.0)).max(INITIAL_RATE)
            }
            // The bucket was empty at the last throttled response, too. The
            // ratio of the admitted attempts since to all attempts is that of
            // the limit to the rate.
            Some(rate) => {
                let through = f64::from(self.answers_since_lowered);
                rate * (through / (through + 1.0)).clamp(LARGEST_DECREASE, SMALLEST_DECREASE)
            }
        }
        .max(MIN_RATE);
        self.rate = Some(rate);
        self.lowered_at = now;
        self.answers_since_lowered = 0;
        let pause = Duration::from_secs_f64((1.0 + chance) / rate);
        self.next_at = self.next_at.max(now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    /// A service with a token bucket that refills at a rate, and may change the
    /// rate once.
    #[derive(Debug, Clone, Copy)]
    struct SimulatedService {
        rate: f64,
        burst: f64,
        latency: f64,
        /// After so many admitted calls, another rate.
        changes: Option<(u32, f64)>,
    }

    /// The outcome of a simulation.
    #[derive(Debug, Clone, Copy, Default)]
    struct SimulationStats {
        seconds: f64,
        throttled: u32,
        given_up: u32,
        most_under_way: usize,
    }

    struct SimulatedProgram {
        state: LimiterState,
        unstarted: u32,
        waiting: usize,
        under_way: usize,
        sweep: SimulationStats,
    }

    /// Makes so many calls to a service, in simulated time.
    fn simulate(service: SimulatedService, bound: usize, calls: u32, seed: u64) -> SimulationStats {
        simulate_many(1, service, bound, calls, seed)[0]
    }

    /// The same by several programs at once that do not know of each other.
    fn simulate_many(
        many: usize,
        service: SimulatedService,
        bound: usize,
        calls: u32,
        seed: u64,
    ) -> Vec<SimulationStats> {
        let start = Instant::now();
        let at = |seconds: f64| after(start, seconds);
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut programs: Vec<SimulatedProgram> = (0..many)
            .map(|_| SimulatedProgram {
                state: LimiterState::new(bound, start),
                unstarted: calls,
                waiting: 0,
                under_way: 0,
                sweep: SimulationStats::default(),
            })
            .collect();
        let (mut now, mut tokens, mut filled, mut let_through) = (0.0_f64, service.burst, 0.0, 0);
        // Nanoseconds: the heap needs integers.
        let mut arrivals: BinaryHeap<Reverse<(u128, usize, usize, bool)>> = BinaryHeap::new();
        let mut turns = Vec::new();
        loop {
            let mut departs = f64::INFINITY;
            for (index, program) in programs.iter_mut().enumerate() {
                let state = &mut program.state;
                let locations = state.window - program.waiting - program.under_way;
                let started = locations.min(program.unstarted as usize);
                program.unstarted -= u32::try_from(started).unwrap();
                program.waiting += started;
                while program.waiting > 0 && state.wait_time(at(now)).is_zero() {
                    let rate = match service.changes {
                        Some((after, rate)) if let_through >= after => rate,
                        _ => service.rate,
                    };
                    tokens = (tokens + (now - filled) * rate).min(service.burst);
                    filled = now;
                    let admitted = tokens >= 1.0;
                    if admitted {
                        tokens -= 1.0;
                        let_through += 1;
                    }
                    let back = Duration::from_secs_f64(now + service.latency).as_nanos();
                    arrivals.push(Reverse((back, turns.len(), index, admitted)));
                    turns.push(state.issue_permit(at(now)));
                    program.waiting -= 1;
                    program.under_way += 1;
                    let most = &mut program.sweep.most_under_way;
                    *most = program.under_way.max(*most);
                }
                if program.waiting > 0 {
                    departs = departs.min(now + state.wait_time(at(now)).as_secs_f64() + 1e-9);
                }
            }
            let arrives = arrivals.peek().map_or(f64::INFINITY, |Reverse(first)| {
                Duration::from_nanos(u64::try_from(first.0).unwrap()).as_secs_f64()
            });
            if departs < arrives {
                now = departs;
                continue;
            }
            let Some(Reverse((_, permit, index, admitted))) = arrivals.pop() else {
                return programs.iter().map(|program| program.sweep).collect();
            };
            now = now.max(arrives);
            let program = &mut programs[index];
            program.under_way -= 1;
            program.sweep.seconds = now;
            if admitted {
                program.state.record_answer(turns[permit], at(now));
            } else {
                program.sweep.throttled += 1;
                match program
                    .state
                    .record_throttle(turns[permit], at(now), chance.f64())
                {
                    ThrottleAction::Retry => program.waiting += 1,
                    ThrottleAction::GiveUp => program.sweep.given_up += 1,
                }
            }
        }
    }

    const FIFTY_PER_SECOND: SimulatedService = SimulatedService {
        rate: 50.0,
        burst: 10.0,
        latency: 0.0005,
        changes: None,
    };

    fn after(start: Instant, seconds: f64) -> Instant {
        start + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn an_unknown_limit_is_found_and_kept_with_any_number_of_concurrent_calls() {
        for (bound, latency) in [(1, 0.0005), (16, 0.0005), (128, 0.0005), (128, 0.1)] {
            for seed in 0..20 {
                let swept = simulate(
                    SimulatedService {
                        latency,
                        ..FIFTY_PER_SECOND
                    },
                    bound,
                    2_000,
                    seed,
                );
                assert!(swept.seconds <= 1.05 * 2_000.0 / 50.0, "{bound}: {swept:?}");
                assert!(swept.throttled <= 80, "{bound}: {swept:?}");
                assert_eq!(swept.given_up, 0);
            }
        }
    }

    #[test]
    fn a_changing_limit_is_followed() {
        // At 1/s the limit is probed every six seconds, which is then a larger
        // part of the calls.
        for (from, to, over, most) in [
            (50.0, 10.0, 1.03, 100),
            (10.0, 50.0, 1.15, 100),
            (1.0, 50.0, 1.03, 300),
            (50.0, 1.0, 1.03, 300),
        ] {
            for seed in 0..20 {
                let service = SimulatedService {
                    rate: from,
                    changes: Some((1_000, to)),
                    ..FIFTY_PER_SECOND
                };
                let swept = simulate(service, 128, 2_000, seed);
                let ideal = 1_000.0 / from + 1_000.0 / to;
                assert!(swept.seconds <= over * ideal, "{from} to {to}: {swept:?}");
                assert!(swept.throttled <= most, "{from} to {to}: {swept:?}");
                assert_eq!(swept.given_up, 0);
            }
        }
    }

    #[test]
    fn without_throttling_nothing_waits_and_full_concurrency_is_reached_in_a_few_round_trips() {
        let service = SimulatedService {
            rate: 1e9,
            burst: 1e9,
            latency: 0.02,
            changes: None,
        };
        let swept = simulate(service, 16, 500, 0);
        assert_eq!((swept.throttled, swept.most_under_way), (0, 16));
        // 8, then 16 at once: 8 calls fewer in the first trip, and so one more.
        assert!(swept.seconds <= 0.02 * 32.5, "{swept:?}");
    }

    #[test]
    fn programs_that_share_a_limit_all_finish_and_none_is_delayed_for_long() {
        for (many, latency) in [(2, 0.0005), (3, 0.0005), (3, 0.1), (8, 0.02)] {
            for seed in 0..10 {
                let service = SimulatedService {
                    latency,
                    ..FIFTY_PER_SECOND
                };
                let swept = simulate_many(many, service, 16, 1_000, seed);
                let ideal = f64::from(u32::try_from(many).unwrap()) * 1_000.0 / 50.0;
                for one in &swept {
                    assert!(one.seconds <= 1.6 * ideal, "{many}: {swept:?}");
                    assert!(one.throttled <= 100 && one.given_up == 0, "{swept:?}");
                }
            }
        }
    }

    #[test]
    fn calls_throttled_together_lower_the_rate_once() {
        let start = Instant::now();
        let mut state = LimiterState::new(16, start);
        let turns: Vec<Permit> = (0..16).map(|_| state.issue_permit(start)).collect();
        for permit in &turns {
            state.record_throttle(*permit, after(start, 0.1), 0.5);
        }
        assert_eq!(state.rate, Some(INITIAL_RATE));
        assert!(state.wait_time(after(start, 0.1)) >= Duration::from_secs_f64(1.0 / INITIAL_RATE));
    }

    #[test]
    fn a_call_is_given_up_only_after_minutes_without_any_admitted_call() {
        let start = Instant::now();
        let mut state = LimiterState::new(16, start);
        let mut throttled = |seconds: f64| {
            let permit = state.issue_permit(after(start, seconds));
            state.record_throttle(permit, after(start, seconds), 0.5)
        };
        for second in 0..120 {
            assert_eq!(throttled(f64::from(second)), ThrottleAction::Retry);
        }
        assert_eq!(throttled(120.0), ThrottleAction::GiveUp);
        assert_eq!(state.rate, Some(MIN_RATE));

        let permit = state.issue_permit(after(start, 121.0));
        state.record_answer(permit, after(start, 121.0));
        let mut throttled = |seconds: f64| {
            let permit = state.issue_permit(after(start, seconds));
            state.record_throttle(permit, after(start, seconds), 0.5)
        };
        // One attempt after a long pause, as after a laptop's sleep, proves
        // nothing.
        assert_eq!(throttled(999.0), ThrottleAction::Retry);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_call_completes_in_time_whatever_the_limit(
            rate in 1.0..200.0_f64, burst in 1.0..60.0_f64, latency in 0.0..0.3_f64,
            bound in 1..200_usize, calls in 1..1_500_u32, seed in any::<u64>(),
        ) {
            let swept = simulate(SimulatedService { rate, burst, latency, changes: None }, bound, calls, seed);
            let bound_by_latency = f64::from(calls) * latency / f64::from(u32::try_from(bound).unwrap());
            let ideal = (f64::from(calls) / rate).max(bound_by_latency);
            prop_assert_eq!(swept.given_up, 0);
            prop_assert!(swept.most_under_way <= bound);
            prop_assert!(swept.seconds <= 1.25 * ideal + 6.0, "{swept:?}, ideal {ideal}");
            // A burst before the first response, another where the search ends,
            // then one call in about twenty, and at a low rate one every three
            // seconds.
            let herds = 40.0 + f64::from(u32::try_from(bound).unwrap()) + 4.0 * rate * latency;
            prop_assert!(f64::from(swept.throttled) <= herds + 0.06 * f64::from(calls) + swept.seconds / 3.0, "{swept:?}");
        }

        #[test]
        fn a_response_never_lowers_the_rate_and_a_throttled_one_never_raises_it(
            events in proptest::collection::vec((any::<bool>(), 0.0..3.0_f64, 0.0..1.0_f64, 0.0..2.0_f64), 0..300),
            bound in 1..300_usize,
        ) {
            let start = Instant::now();
            let mut state = LimiterState::new(bound, start);
            let mut seconds = 0.0;
            for (is_answered, pause, chance, trip) in events {
                seconds += pause;
                let permit = state.issue_permit(after(start, seconds));
                let before = state.rate.unwrap_or(f64::INFINITY);
                seconds += trip;
                let now = after(start, seconds);
                if is_answered {
                    let grew = state.record_answer(permit, now);
                    prop_assert!(state.rate.unwrap_or(f64::INFINITY) >= before);
                    prop_assert!(!grew || state.window <= bound);
                } else {
                    state.record_throttle(permit, now, chance);
                    let after = state.rate.unwrap();
                    prop_assert!(after <= before.max(MIN_RATE) && after >= MIN_RATE);
                    // At most two intervals: no call waits for long.
                    prop_assert!(state.wait_time(now).as_secs_f64() <= 2.0 / after + 1e-6);
                }
                prop_assert!((1..=bound).contains(&state.window));
            }
        }
    }
}
