//! Sends the requests of `object_store` with the HTTP client of a session, one attempt
//! each, and turns every refusal into the error that the SDK would report.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpService};
use tokio::time::timeout;

use crate::source::aws::api::error::ErrorKind;
use crate::source::aws::api::wire::parse_service_error;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::{
    ATTEMPT_TIMEOUT, MAX_UNANSWERED_ATTEMPTS, MAX_UNANSWERED_TIMEOUTS,
};

/// The most bytes of a response that is no object: a page of 1,000 keys of 1,024 bytes
/// has 2 MB.
const MAX_RESPONSE_BYTES: u64 = 8 << 20;

/// Bytes a second that every connection is expected to send.
const MIN_BYTES_PER_SECOND: u64 = 32 << 10;

/// The most bytes of the object that a request asks for: an extension of the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimit(pub u64);

/// Why a request failed. A refusal of the service has the response, with its body.
pub(super) type RequestError = SdkError<ErrorMetadata, HttpResponse>;

/// The client of one bucket; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Transport(Arc<TransportState>);

#[derive(Debug)]
struct TransportState {
    connector: SharedHttpConnector,
    call_stats: CallStats,
    /// Has the endpoint ever responded, even with a refusal?
    has_answered: AtomicBool,
    failed_attempts: AtomicU32,
    timeouts: AtomicU32,
}

impl Transport {
    pub(super) fn new(connector: SharedHttpConnector, call_stats: CallStats) -> Self {
        Self(Arc::new(TransportState {
            connector,
            call_stats,
            has_answered: AtomicBool::new(false),
            failed_attempts: AtomicU32::new(0),
            timeouts: AtomicU32::new(0),
        }))
    }

    /// Sends a request, and reads the whole response.
    ///
    /// # Errors
    /// When there is no response, or it is a refusal or is larger than the limit.
    pub(super) async fn send(
        &self,
        mut request: HttpRequest,
        most_bytes: u64,
    ) -> Result<(HttpResponse, Bytes), RequestError> {
        let action = action(&request);
        self.0.call_stats.record_attempt("s3", action);
        let user_agent = concat!("patchctl/", env!("CARGO_PKG_VERSION"));
        request.headers_mut().insert("user-agent", user_agent);
        let sent = request.body().content_length().unwrap_or_default();
        let time_limit = ATTEMPT_TIMEOUT + Duration::from_secs(sent / MIN_BYTES_PER_SECOND);
        let response = match timeout(time_limit, self.0.connector.call(request)).await {
            Ok(response) => response.map_err(SdkError::dispatch_failure)?,
            Err(elapsed) => return Err(SdkError::timeout_error(elapsed)),
        };
        self.0.has_answered.store(true, Ordering::Relaxed);
        let is_success = response.status().is_success();
        let limit = if is_success {
            most_bytes
        } else {
            MAX_RESPONSE_BYTES
        };
        let (mut response, body) = read_body(response, limit).await?;
        if is_success {
            return Ok((response, body));
        }
        let header = response.headers().get("x-amzn-errortype");
        let error = parse_service_error(header, &body);
        *response.body_mut() = SdkBody::from(body);
        if error.code().map(ErrorKind::from_code) == Some(ErrorKind::Throttled) {
            self.0.call_stats.record_throttle("s3", action);
        }
        Err(SdkError::service_error(error, response))
    }

    /// Is it of use to try again?
    fn is_worth_retrying(&self, error: &RequestError) -> bool {
        let state = &*self.0;
        let is_timeout = match error {
            SdkError::ServiceError(refusal) => return is_transient(refusal.raw(), refusal.err()),
            // It broke off, unless it is too large.
            SdkError::ResponseError(_) => return !is_too_large(error),
            SdkError::TimeoutError(_) => true,
            SdkError::DispatchFailure(failure) => failure.is_timeout(),
            _ => return false,
        };
        let failed = state.failed_attempts.fetch_add(1, Ordering::Relaxed) + 1;
        let timeouts = state
            .timeouts
            .fetch_add(u32::from(is_timeout), Ordering::Relaxed)
            + u32::from(is_timeout);
        state.has_answered.load(Ordering::Relaxed)
            || (failed < MAX_UNANSWERED_ATTEMPTS && timeouts < MAX_UNANSWERED_TIMEOUTS)
    }
}

/// A response is larger than so many bytes.
#[derive(Debug)]
struct TooLarge(u64);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is larger than {} bytes, and was not read", self.0)
    }
}

impl Error for TooLarge {}

/// Is the response larger than the limit?
fn is_too_large(error: &RequestError) -> bool {
    error.source().is_some_and(<dyn Error>::is::<TooLarge>)
}

/// Reads the body within the limit. Each piece of it must come in time.
async fn read_body(
    mut response: HttpResponse,
    most_bytes: u64,
) -> Result<(HttpResponse, Bytes), RequestError> {
    let mut body = response.take_body();
    let announced = body.content_length().unwrap_or_default();
    if announced > most_bytes {
        return Err(SdkError::response_error(TooLarge(most_bytes), response));
    }
    let mut content = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    loop {
        match timeout(ATTEMPT_TIMEOUT, body.frame()).await {
            Err(elapsed) => return Err(SdkError::timeout_error(elapsed)),
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(SdkError::response_error(error, response)),
            Ok(Some(Ok(frame))) => {
                let data = frame.into_data().unwrap_or_default();
                if (content.len() + data.len()) as u64 > most_bytes {
                    return Err(SdkError::response_error(TooLarge(most_bytes), response));
                }
                content.extend_from_slice(&data);
            }
        }
    }
    Ok((response, content.into()))
}

/// Refusals that end by themselves. Every request may be repeated: parts and deletions
/// have the same effect twice, and whoever creates a file or completes an upload looks at
/// what is there when that is refused.
fn is_transient(response: &HttpResponse, error: &ErrorMetadata) -> bool {
    let status = response.status();
    let code = error.code().unwrap_or_default();
    status.is_server_error() && status.as_u16() != 501
        || [408, 429].contains(&status.as_u16())
        || code == "ConditionalRequestConflict"
        || ErrorKind::from_code(code) == ErrorKind::Throttled
}

/// The action that allows a request. Source: service authorization reference, "Actions,
/// resources, and condition keys for Amazon S3".
fn action(request: &HttpRequest) -> &'static str {
    let (_, query) = request.uri().split_once('?').unwrap_or_default();
    let has = |name: &str| {
        query
            .split('&')
            .any(|pair| pair.split('=').next() == Some(name))
    };
    match request.method() {
        "GET" if has("list-type") => "ListBucket",
        "GET" => "GetObject",
        "HEAD" => "HeadBucket",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "DELETE" => "DeleteObject",
        _ => "PutObject",
    }
}

#[async_trait]
impl HttpService for Transport {
    async fn call(
        &self,
        request: object_store::client::HttpRequest,
    ) -> Result<object_store::client::HttpResponse, HttpError> {
        let not_sent = |error| HttpError::new_boxed(HttpErrorKind::Unknown, error);
        let limit = request.extensions().get::<BodyLimit>().copied();
        let most_bytes = limit.map_or(MAX_RESPONSE_BYTES, |limit| limit.0);
        let (head, body) = request.into_parts();
        // One piece, which is not copied.
        let body = body.collect().await?.to_bytes();
        let request = hyper::Request::from_parts(head, SdkBody::from(body));
        let request = HttpRequest::try_from(request).map_err(|error| not_sent(error.into()))?;
        let (response, body) = match self.send(request, most_bytes).await {
            Ok(response) => response,
            Err(error) if self.is_worth_retrying(&error) => {
                return Err(HttpError::new(HttpErrorKind::Request, error));
            }
            Err(error) => return Err(HttpError::new(HttpErrorKind::Unknown, error)),
        };
        let response = response.try_into_http1x();
        let response = response.map_err(|error| not_sent(error.into()))?;
        let (head, _) = response.into_parts();
        Ok(hyper::Response::from_parts(head, body.into()))
    }
}

impl HttpConnector for Transport {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}
