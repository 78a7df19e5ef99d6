//! Call statistics: counts the calls that are sent, for `--verbose`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// How often one operation was called, how many attempts that took, and how
/// many of those were throttled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CallCounts {
    pub calls: u64,
    pub attempts: u64,
    pub throttled: u64,
}

impl CallCounts {
    /// Adds the other's counts.
    pub(crate) fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.attempts += other.attempts;
        self.throttled += other.throttled;
    }
}

/// Counts by operation, shared with the SDK's client.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallStats(Arc<Mutex<BTreeMap<String, CallCounts>>>);

impl CallStats {
    /// The counts so far, by operation.
    pub(crate) fn counts(&self) -> BTreeMap<String, CallCounts> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The counts so far, of all operations.
    pub(crate) fn total(&self) -> CallCounts {
        let mut sum = CallCounts::default();
        for calls in self.counts().values() {
            sum.add(*calls);
        }
        sum
    }

    /// Counts a call, whatever number of attempts it takes.
    pub(crate) fn record_call(&self, service: &str, name: &str) {
        self.update(service, name, |calls| calls.calls += 1);
    }

    /// Counts an attempt of a call that no client of the SDK makes.
    pub(crate) fn record_attempt(&self, service: &str, name: &str) {
        self.update(service, name, |calls| calls.attempts += 1);
    }

    /// Counts a throttled attempt.
    pub(crate) fn record_throttle(&self, service: &str, name: &str) {
        self.update(service, name, |calls| calls.throttled += 1);
    }

    fn update(&self, service: &str, name: &str, add: fn(&mut CallCounts)) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counts.iter_mut().find(|(operation, _)| {
            operation
                .split_once(':')
                .is_some_and(|known| known.0.eq_ignore_ascii_case(service) && known.1 == name)
        });
        if let Some((_, calls)) = known {
            return add(calls);
        }
        let operation = format!("{}:{name}", service.to_ascii_lowercase());
        add(counts.entry(operation).or_default());
    }
}

#[dyn_dispatch_hint]
impl Intercept for CallStats {
    fn name(&self) -> &'static str {
        "patchctl::CallStats"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(of) = cfg.load::<Metadata>() {
            self.update(of.service(), of.name(), |calls| calls.attempts += 1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_once_and_each_throttled_attempt_separately() {
        let call_stats = CallStats::default();
        call_stats.record_call("ssm", "DescribeInstancePatches");
        call_stats.record_throttle("ssm", "DescribeInstancePatches");
        call_stats.record_throttle("ssm", "DescribeInstancePatches");
        let counts = call_stats.counts();
        let calls = counts["ssm:DescribeInstancePatches"];
        assert_eq!((calls.calls, calls.throttled), (1, 2));
    }
}
