//! Counts the calls that really go out, for `--verbose`.
//!
//! Knows the SDK's hook for an attempt. Must not know what a call is for, and
//! keeps nothing of its contents.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::Metadata;

/// How often one operation was called, and how often that took another try.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calls {
    pub calls: u64,
    pub attempts: u64,
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

    fn count(&self, cfg: &ConfigBag, add: fn(&mut Calls)) {
        let name = cfg.load::<Metadata>().map_or("?", Metadata::name);
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

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.count(cfg, |calls| calls.calls += 1);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.count(cfg, |calls| calls.attempts += 1);
        Ok(())
    }
}
