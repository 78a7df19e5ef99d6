//! Parses the body of a response in place of the SDK's own parser. Why: the
//! SDK's types do not distinguish an absent counter from a zero or an absent
//! list from an empty one, drop rows that are null, and refuse a page for one
//! malformed row; and its errors show what they could not parse.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ssm::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ssm::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut as Context, Error, Output,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::CreateUnhandledError;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::error::ErrorMetadata;

use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::error_text::media_type;
use crate::source::aws::api::wire::{BodyError, FromBody, parse_service_error};

/// The output of an operation, which the SDK expects.
pub(crate) trait OperationOutput: fmt::Debug + Send + Sync + 'static {}
impl<O: fmt::Debug + Send + Sync + 'static> OperationOutput for O {}

/// The error of an operation.
pub(crate) trait OperationError:
    std::error::Error + ProvideErrorMetadata + CreateUnhandledError + Send + Sync + 'static
{
}
impl<E> OperationError for E where
    E: std::error::Error + ProvideErrorMetadata + CreateUnhandledError + Send + Sync + 'static
{
}

/// Checks that a well-formed response matches the request.
type ResponseCheck<T> = dyn Fn(&T) -> Result<(), BodyError> + Send + Sync;

/// Receives the response of one call, to be taken once it has succeeded.
pub(crate) struct ResponseCapture<T> {
    value: Arc<Mutex<Option<T>>>,
    check: Arc<ResponseCheck<T>>,
}

impl<T: FromBody> ResponseCapture<T> {
    pub(crate) fn new() -> Self {
        Self::with_check(|_| Ok(()))
    }

    /// With a check that the response must pass. A call whose response does not
    /// is repeated, as if it could not be read.
    pub(crate) fn with_check(
        check: impl Fn(&T) -> Result<(), BodyError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            value: Arc::default(),
            check: Arc::new(check),
        }
    }

    /// The interceptor that fills this slot. `output` makes the operation's own
    /// output, which stays empty.
    pub(crate) fn interceptor<O: OperationOutput, E: OperationError>(
        &self,
        output: fn() -> O,
    ) -> CaptureInterceptor<T, O, E> {
        CaptureInterceptor(Arc::new(CaptureState {
            value: self.value.clone(),
            check: self.check.clone(),
            make_output: output,
            make_error: |cause, meta| E::create_unhandled_error(cause, Some(meta)),
        }))
    }

    /// Makes a call outside of a [`RegionClient`] and takes its response.
    pub(crate) async fn send<O, E, F>(
        &self,
        call: CallContext<'_>,
        output: fn() -> O,
        attempt: impl FnOnce(CaptureInterceptor<T, O, E>) -> F,
    ) -> Result<T, CallError>
    where
        O: OperationOutput,
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let ended = attempt(self.interceptor(output)).await;
        ended.map_err(|error| CallError::from_sdk(&error, call))?;
        self.take(call)
    }

    pub(crate) fn take(&self, call: CallContext<'_>) -> Result<T, CallError> {
        let mut filled = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let read = filled.take();
        read.ok_or_else(|| CallError::client_side("Unreadable", "the answer was not read", call))
    }
}

/// Replaces the SDK's parser by ours.
pub(crate) struct CaptureInterceptor<T, O, E>(Arc<CaptureState<T, O, E>>);

impl<T, O, E> fmt::Debug for CaptureInterceptor<T, O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaptureInterceptor")
    }
}

#[dyn_dispatch_hint]
impl<T: FromBody, O: OperationOutput, E: OperationError> Intercept for CaptureInterceptor<T, O, E> {
    fn name(&self) -> &'static str {
        "patchctl::ResponseCapture"
    }

    fn modify_before_deserialization(
        &self,
        _context: &mut Context<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let ours = SharedResponseDeserializer::new(CaptureDeserializer(self.0.clone()));
        cfg.interceptor_state().store_put(ours);
        Ok(())
    }
}

struct CaptureState<T, O, E> {
    value: Arc<Mutex<Option<T>>>,
    check: Arc<ResponseCheck<T>>,
    make_output: fn() -> O,
    make_error: fn(BoxError, ErrorMetadata) -> E,
}

struct CaptureDeserializer<T, O, E>(Arc<CaptureState<T, O, E>>);

impl<T, O, E> fmt::Debug for CaptureDeserializer<T, O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl<T: FromBody, O: OperationOutput, E: OperationError> DeserializeResponse
    for CaptureDeserializer<T, O, E>
{
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let body = response.body().bytes().unwrap_or_default();
        if !response.status().is_success() {
            return Err(service_error(response, |error| {
                Error::erase((self.0.make_error)("refused".into(), error))
            }));
        }
        let read = T::from_body(body)
            .and_then(|read| (self.0.check)(&read).map(|()| read))
            .map_err(|error| unreadable_response(response, &error))?;
        let mut filled = self.0.value.lock().unwrap_or_else(PoisonError::into_inner);
        *filled = Some(read);
        Ok(Output::erase((self.0.make_output)()))
    }
}

/// Why a service refused a call. A response without an AWS error is not one of
/// the service, whatever its status.
pub(crate) fn service_error<E>(
    response: &HttpResponse,
    error: impl FnOnce(ErrorMetadata) -> E,
) -> OrchestratorError<E> {
    let body = response.body().bytes().unwrap_or_default();
    let said = parse_service_error(response.headers().get("x-amzn-errortype"), body);
    if said.code().is_some() {
        OrchestratorError::operation(error(said))
    } else {
        OrchestratorError::other("no error of the service")
    }
}

/// An error of the response, not of the operation: the SDK retries those.
pub(crate) fn unreadable_response<E>(
    response: &HttpResponse,
    error: &BodyError,
) -> OrchestratorError<E> {
    let status = response.status().as_u16();
    let kind = media_type(response);
    OrchestratorError::response(
        format!("the answer could not be read: {error} (HTTP {status}, {kind})").into(),
    )
}
