//! How fast one account in one region is asked: calls under way grow while
//! answers come, and the first throttled answer starts a clock that lets calls
//! go one by one, at a rate learned from what the service lets through.
//!
//! Knows instants and what became of a call. Must not know AWS, what a call
//! asks, or any other account and region: each has a pace of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex as Turnstile, Semaphore, SemaphorePermit};

/// Calls under way before the first answer. Each answer allows one more, so
/// they double with every round trip; a herd of hundreds would be throttled
/// together before the first of them is heard of.
const INITIAL_WINDOW: usize = 8;

/// The first guess after a throttled answer, in calls a second, where next to
/// nothing was let through before it.
const INITIAL_RATE: f64 = 5.0;

/// However little is let through, the service is asked this often, in calls a second.
const MIN_RATE: f64 = 0.5;

/// A throttled answer lowers the rate by this at least, and to this at most.
/// What is then left unused fills the service's bucket again, and pays for the
/// next look above the limit.
const SMALLEST_DECREASE: f64 = 0.95;
const LARGEST_DECREASE: f64 = 0.5;

/// What each answer adds at most.
const LARGEST_INCREASE: f64 = 0.1;

/// A rate at which next to nothing was let through may still be near the
/// limit: back up to this part of it in long steps, beyond it in small ones.
const SEARCH_RESUME_FACTOR: f64 = 0.75;

/// How long the rate takes to grow by a factor of e while the limit is looked
/// for, in seconds; two round trips where those take longer.
const SEARCH_TIME_CONSTANT: f64 = 0.3;

/// What each answer adds when the limit is known, times the answers since the
/// last throttled one: flat near the limit, ever steeper above it, because
/// then the limit has risen. Divided by the calls under way, which all go
/// before the first throttled one is heard of. A call in some 45 is throttled.
const PROBE_GAIN: f64 = 0.000_04;

/// The same by time, a second for each second since the last throttled answer.
/// At a low rate answers are too rare to find out that the limit has risen, or
/// that another program that shared it is gone; and of several that share one
/// the slowest catches up, being throttled the least often.
const RECOVERY_GAIN: f64 = 0.01;

/// A call that comes later than its turn by no more than this was held by the
/// pace; the next may make up for it. Timers are no finer.
const MAX_CATCH_UP: Duration = Duration::from_millis(20);

/// With nobody answered for so long, and so many throttled in a row, a call is
/// given up. While the service answers anybody, none is.
const GIVE_UP_SILENCE: Duration = Duration::from_mins(2);
const GIVE_UP_THROTTLES: u32 = 10;

/// What to do with a throttled call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleAction {
    Retry,
    GiveUp,
}

/// One attempt on its way.
#[derive(Debug, Clone, Copy)]
pub struct Permit {
    sent_at: Instant,
    /// It would have gone earlier, had the pace allowed it.
    was_delayed: bool,
}

/// The pace of one account in one region.
pub struct RateLimiter {
    state: Mutex<LimiterState>,
    call_permits: Semaphore,
    /// Only its holder watches the clock: nobody wakes in a herd, and all go
    /// in the order in which they came.
    queue: Turnstile<()>,
}

impl RateLimiter {
    /// With at most `bound` calls under way.
    pub fn new(bound: usize) -> Self {
        let state = LimiterState::new(bound, Instant::now());
        Self {
            call_permits: Semaphore::new(state.window),
            state: Mutex::new(state),
            queue: Turnstile::new(()),
        }
    }

    /// A place among the calls under way, for all attempts of one call.
    pub async fn acquire_call(&self) -> Option<SemaphorePermit<'_>> {
        // Fails only when closed, which it never is.
        self.call_permits.acquire().await.ok()
    }

    /// Waits until an attempt may go.
    pub async fn acquire_attempt(&self) -> Permit {
        let _first = if self.lock_state().rate.is_some() {
            Some(self.queue.lock().await)
        } else {
            None
        };
        loop {
            // Asked anew after each wait: the pace may have changed meanwhile.
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

    /// The service answered this attempt, with whatever it was.
    pub fn record_answer(&self, permit: Permit) {
        if self.lock_state().record_answer(permit, Instant::now()) {
            self.call_permits.add_permits(1);
        }
    }

    /// The service let this attempt wait outside.
    pub fn record_throttle(&self, permit: Permit) -> ThrottleAction {
        self.lock_state()
            .record_throttle(permit, Instant::now(), fastrand::f64())
    }

    fn lock_state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part that decides: a function of events, instants and chances.
#[derive(Debug)]
struct LimiterState {
    /// Calls that may be under way, and the most that ever may.
    window: usize,
    max_window: usize,
    /// Attempts a second; none before the first throttled answer.
    rate: Option<f64>,
    /// When the next attempt may go.
    next_at: Instant,
    /// When the rate was last lowered: attempts that went before say nothing
    /// of the new one.
    lowered_at: Instant,
    /// Answers to attempts that went since then.
    answers_since_lowered: u32,
    /// Up to this rate the limit is looked for in long steps.
    search_limit: f64,
    started_at: Instant,
    answer_count: u32,
    last_answer_at: Instant,
    /// Throttled answers since then.
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

    /// An attempt goes.
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

    /// Whether one more call may now be under way.
    fn record_answer(&mut self, permit: Permit, now: Instant) -> bool {
        self.answer_count = self.answer_count.wrapping_add(1);
        self.last_answer_at = now;
        self.throttled_in_a_row = 0;
        if permit.sent_at > self.lowered_at {
            self.answers_since_lowered = self.answers_since_lowered.saturating_add(1);
            // Where something else is slower than the pace, nothing is learned about it.
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

    /// `chance`, of 0 to 1, keeps several programs that share a limit out of step.
    fn record_throttle(&mut self, permit: Permit, now: Instant, chance: f64) -> ThrottleAction {
        self.throttled_in_a_row = self.throttled_in_a_row.saturating_add(1);
        // Those that were under way together are one piece of news.
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
        // Many let through: the limit is just below. Hardly any: it may be far below.
        self.search_limit = match self.rate {
            None => f64::INFINITY,
            Some(rate) if self.answers_since_lowered < 2 => rate * SEARCH_RESUME_FACTOR,
            Some(_) => 0.0,
        };
        let rate = match self.rate {
            // A bucket that was full has been emptied: no more than a guess.
            None => {
                let seconds = now.saturating_duration_since(self.started_at).as_secs_f64();
                (f64::from(self.answer_count) / seconds.max(1.0)).max(INITIAL_RATE)
            }
            // The bucket was empty at the last throttled answer, too. So many
            // let through since, and one not, is how the limit is to the rate.
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

    /// A service with a bucket of calls that fills at a rate, and may change it once.
    #[derive(Debug, Clone, Copy)]
    struct SimulatedService {
        rate: f64,
        burst: f64,
        latency: f64,
        /// After so many let through, another rate.
        changes: Option<(u32, f64)>,
    }

    /// What became of a sweep.
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

    /// Makes so many calls of a service, in time that is only counted.
    fn simulate(service: SimulatedService, bound: usize, calls: u32, seed: u64) -> SimulationStats {
        simulate_many(1, service, bound, calls, seed)[0]
    }

    /// The same by several programs at once, that know nothing of one another.
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
        // Nanoseconds: heaps want whole numbers.
        let mut arrivals: BinaryHeap<Reverse<(u128, usize, usize, bool)>> = BinaryHeap::new();
        let mut turns = Vec::new();
        loop {
            let mut departs = f64::INFINITY;
            for (who, program) in programs.iter_mut().enumerate() {
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
                    arrivals.push(Reverse((back, turns.len(), who, admitted)));
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
            let Some(Reverse((_, permit, who, admitted))) = arrivals.pop() else {
                return programs.iter().map(|program| program.sweep).collect();
            };
            now = now.max(arrives);
            let program = &mut programs[who];
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
    fn an_unknown_limit_is_found_and_held_however_many_calls_may_be_under_way() {
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
    fn a_limit_that_falls_or_rises_midway_is_followed() {
        // At 1/s the limit is tried every six seconds, which is then a greater part of the calls.
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
    fn without_a_throttled_answer_nothing_waits_and_the_bound_is_reached_in_a_few_round_trips() {
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
    fn programs_that_share_a_limit_all_come_to_an_end_and_none_is_held_back_for_long() {
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
    fn calls_throttled_together_are_one_piece_of_news() {
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
    fn a_call_is_given_up_only_when_nobody_was_answered_for_minutes() {
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
        // One try after a long silence, as after a laptop's sleep, is no proof.
        assert_eq!(throttled(999.0), ThrottleAction::Retry);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn every_call_is_answered_in_good_time_whatever_the_limit(
            rate in 1.0..200.0_f64, burst in 1.0..60.0_f64, latency in 0.0..0.3_f64,
            bound in 1..200_usize, calls in 1..1_500_u32, seed in any::<u64>(),
        ) {
            let swept = simulate(SimulatedService { rate, burst, latency, changes: None }, bound, calls, seed);
            let bound_by_latency = f64::from(calls) * latency / f64::from(u32::try_from(bound).unwrap());
            let ideal = (f64::from(calls) / rate).max(bound_by_latency);
            prop_assert_eq!(swept.given_up, 0);
            prop_assert!(swept.most_under_way <= bound);
            prop_assert!(swept.seconds <= 1.25 * ideal + 6.0, "{swept:?}, ideal {ideal}");
            // A herd before the first of it is heard of, another where the search ends, then a call in
            // some twenty, and at a low rate one every three seconds.
            let herds = 40.0 + f64::from(u32::try_from(bound).unwrap()) + 4.0 * rate * latency;
            prop_assert!(f64::from(swept.throttled) <= herds + 0.06 * f64::from(calls) + swept.seconds / 3.0, "{swept:?}");
        }

        #[test]
        fn an_answer_never_lowers_the_rate_and_a_throttled_one_never_raises_it(
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
                    // At most two intervals: nobody waits for long.
                    prop_assert!(state.wait_time(now).as_secs_f64() <= 2.0 / after + 1e-6);
                }
                prop_assert!((1..=bound).contains(&state.window));
            }
        }
    }
}
