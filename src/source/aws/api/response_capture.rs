//! Reads the body of an answer in place of the SDK's own parser.
//!
//! Knows the SDK's orchestrator and nothing of what is read (`wire` does). Why:
//! the SDK's types cannot tell an absent counter from a zero or an absent list
//! from an empty one, drop rows that are null, and refuse a page for one odd
//! row; and its errors show what they could not parse.

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

use crate::source::aws::api::client::Asker;
use crate::source::aws::api::error::{Call, Fault, media_type};
use crate::source::aws::api::wire::{FromBody, Unreadable, refusal};

/// The output of an operation, which the SDK wants to hand out.
pub trait OperationOutput: fmt::Debug + Send + Sync + 'static {}
impl<O: fmt::Debug + Send + Sync + 'static> OperationOutput for O {}

/// The error of an operation.
pub trait OperationError:
    std::error::Error + ProvideErrorMetadata + CreateUnhandledError + Send + Sync + 'static
{
}
impl<E> OperationError for E where
    E: std::error::Error + ProvideErrorMetadata + CreateUnhandledError + Send + Sync + 'static
{
}

/// Says why an answer, though well formed, cannot be the one asked for.
type Check<T> = dyn Fn(&T) -> Result<(), Unreadable> + Send + Sync;

/// Where the answer of one call is put, to be fetched once it has succeeded.
pub struct Slot<T> {
    filled: Arc<Mutex<Option<T>>>,
    check: Arc<Check<T>>,
}

impl<T: FromBody> Slot<T> {
    pub fn new() -> Self {
        Self::checked(|_| Ok(()))
    }

    /// A slot for an answer that also passes this check. One that does not is
    /// asked for again, like one that cannot be read.
    pub fn checked(check: impl Fn(&T) -> Result<(), Unreadable> + Send + Sync + 'static) -> Self {
        Self {
            filled: Arc::default(),
            check: Arc::new(check),
        }
    }

    /// The hook that fills this slot. `output` makes the operation's own
    /// output, which stays empty.
    pub fn reader<O: OperationOutput, E: OperationError>(
        &self,
        output: fn() -> O,
    ) -> Reader<T, O, E> {
        Reader(Arc::new(Body {
            filled: self.filled.clone(),
            check: self.check.clone(),
            output,
            refused: |why, meta| E::create_unhandled_error(why, Some(meta)),
        }))
    }

    /// Makes a call that no asker makes, which is to fill this slot.
    pub async fn call<O, E, F>(
        &self,
        call: Call<'_>,
        output: fn() -> O,
        attempt: impl FnOnce(Reader<T, O, E>) -> F,
    ) -> Result<T, Fault>
    where
        O: OperationOutput,
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        let ended = attempt(self.reader(output)).await;
        ended.map_err(|error| Fault::new(&error, call))?;
        self.take(call)
    }

    fn take(&self, call: Call<'_>) -> Result<T, Fault> {
        let mut filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        let read = filled.take();
        read.ok_or_else(|| Fault::own("Unreadable", "the answer was not read", call))
    }
}

impl Asker {
    /// Makes one call, as [`Asker::ask`] does, whose answer is to fill the slot.
    pub(crate) async fn read<T, O, E, F>(
        &self,
        slot: Slot<T>,
        action: &'static str,
        output: fn() -> O,
        attempt: impl Fn(Reader<T, O, E>) -> F,
    ) -> Result<T, Fault>
    where
        T: FromBody,
        O: OperationOutput,
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        self.ask(action, || attempt(slot.reader(output))).await?;
        slot.take(self.call(action))
    }
}

/// Puts our parser in the place of the SDK's.
pub struct Reader<T, O, E>(Arc<Body<T, O, E>>);

impl<T, O, E> fmt::Debug for Reader<T, O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

#[dyn_dispatch_hint]
impl<T: FromBody, O: OperationOutput, E: OperationError> Intercept for Reader<T, O, E> {
    fn name(&self) -> &'static str {
        "patchctl::Reader"
    }

    fn modify_before_deserialization(
        &self,
        _context: &mut Context<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let ours = SharedResponseDeserializer::new(Shared(self.0.clone()));
        cfg.interceptor_state().store_put(ours);
        Ok(())
    }
}

struct Body<T, O, E> {
    filled: Arc<Mutex<Option<T>>>,
    check: Arc<Check<T>>,
    output: fn() -> O,
    refused: fn(BoxError, ErrorMetadata) -> E,
}

struct Shared<T, O, E>(Arc<Body<T, O, E>>);

impl<T, O, E> fmt::Debug for Shared<T, O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl<T: FromBody, O: OperationOutput, E: OperationError> DeserializeResponse for Shared<T, O, E> {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _cfg: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let body = response.body().bytes().unwrap_or_default();
        if !response.status().is_success() {
            return Err(refused(response, |error| {
                Error::erase((self.0.refused)("refused".into(), error))
            }));
        }
        let read = T::from_body(body)
            .and_then(|read| (self.0.check)(&read).map(|()| read))
            .map_err(|error| unreadable(response, &error))?;
        let mut filled = self.0.filled.lock().unwrap_or_else(PoisonError::into_inner);
        *filled = Some(read);
        Ok(Output::erase((self.0.output)()))
    }
}

/// Why a service refused a call. What holds no error of AWS is no answer of the
/// service, whatever its status.
pub fn refused<E>(
    response: &HttpResponse,
    error: impl FnOnce(ErrorMetadata) -> E,
) -> OrchestratorError<E> {
    let body = response.body().bytes().unwrap_or_default();
    let said = refusal(response.headers().get("x-amzn-errortype"), body);
    if said.code().is_some() {
        OrchestratorError::operation(error(said))
    } else {
        OrchestratorError::other("no error of the service")
    }
}

/// An error of the response, not of the operation: those are tried again.
pub fn unreadable<E>(response: &HttpResponse, error: &Unreadable) -> OrchestratorError<E> {
    let status = response.status().as_u16();
    let kind = media_type(response);
    OrchestratorError::response(
        format!("the answer could not be read: {error} (HTTP {status}, {kind})").into(),
    )
}
