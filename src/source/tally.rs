//! Counts the calls that really go out, for `--verbose`.
//!
//! Knows the SDK's hook for an attempt; calls and throttled answers it is
//! told. Must not know what a call is for, and keeps nothing of its contents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// How often one operation was called, how many tries that took, and how many
/// of those were throttled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    pub calls: u64,
    pub attempts: u64,
    pub throttled: u64,
}

impl Calls {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.attempts += other.attempts;
        self.throttled += other.throttled;
    }
}

/// Counts by operation, shared with the SDK's client.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<String, Calls>>>);

impl Tally {
    /// The counts so far, by operation.
    pub fn counts(&self) -> BTreeMap<String, Calls> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The counts so far, of all operations.
    pub fn sum(&self) -> Calls {
        let mut sum = Calls::default();
        for calls in self.counts().values() {
            sum.add(*calls);
        }
        sum
    }

    /// A call is made, however many tries it takes.
    pub fn call(&self, name: &str) {
        self.count(name, |calls| calls.calls += 1);
    }

    /// One of the tries was throttled.
    pub fn throttled(&self, name: &str) {
        self.count(name, |calls| calls.throttled += 1);
    }

    fn count(&self, name: &str, add: fn(&mut Calls)) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(name) {
            Some(calls) => add(calls),
            None => add(counts.entry(name.to_owned()).or_default()),
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for Tally {
    fn name(&self) -> &'static str {
        "patchctl::Tally"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let name = cfg.load::<Metadata>().map_or("?", Metadata::name);
        self.count(name, |calls| calls.attempts += 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_counted_once_and_each_throttled_try_of_it_too() {
        let tally = Tally::default();
        tally.call("DescribeInstancePatches");
        tally.throttled("DescribeInstancePatches");
        tally.throttled("DescribeInstancePatches");
        let counts = tally.counts();
        let calls = counts["DescribeInstancePatches"];
        assert_eq!((calls.calls, calls.throttled), (1, 2));
    }
}
