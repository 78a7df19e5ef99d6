//! Reads a successful answer's body in place of the SDK's own parser.
//!
//! Knows the SDK's orchestrator and nothing of what is read (`wire` does).
//! Errors of the service still go through the SDK's parser, so retries,
//! throttling and error codes are its business. Why: the SDK's types cannot
//! tell an absent counter from a zero, and refuse a page for one odd row.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut as Context, Error, Output,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};

use super::wire::FromBody;

/// Where the answer of one call is put, to be fetched once it has succeeded.
pub struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T: FromBody> Slot<T> {
    pub fn new() -> Self {
        Self(Arc::default())
    }

    /// The hook that fills this slot. `empty` makes the operation's own output,
    /// which the SDK wants to hand out and which stays empty.
    pub fn reader(&self, empty: fn() -> Output) -> Reader<T> {
        Reader(Arc::new(Body {
            slot: self.0.clone(),
            empty,
        }))
    }

    /// What was read, if anything was.
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Puts our parser in the place of the SDK's, for answers that are a success.
pub struct Reader<T>(Arc<Body<T>>);

impl<T> fmt::Debug for Reader<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

#[dyn_dispatch_hint]
impl<T: FromBody> Intercept for Reader<T> {
    fn name(&self) -> &'static str {
        "patchctl::Reader"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut Context<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if context.response().status().is_success() {
            cfg.interceptor_state()
                .store_put(SharedResponseDeserializer::new(Shared(self.0.clone())));
        }
        Ok(())
    }
}

struct Body<T> {
    slot: Arc<Mutex<Option<T>>>,
    empty: fn() -> Output,
}

struct Shared<T>(Arc<Body<T>>);

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl<T: FromBody> DeserializeResponse for Shared<T> {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let status = response.status();
        if !status.is_success() {
            // Only after a success that could not be read: then this is a retry.
            return Err(OrchestratorError::response(
                format!(
                    "HTTP {} after an answer that could not be read",
                    status.as_u16()
                )
                .into(),
            ));
        }
        let body = response.body().bytes().unwrap_or_default();
        let read = T::from_body(body).map_err(|error| {
            OrchestratorError::response(format!("the answer could not be read: {error}").into())
        })?;
        *self.0.slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
        Ok((self.0.empty)())
    }
}
