//! Why a call to a bucket failed, in one line: the file, the action, the region, the
//! caller, and what to do.

use std::error::Error;
use std::sync::Arc;

use anyhow::anyhow;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::regions::check_region;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::error_text::error_chain;
use crate::source::aws::api::wire::xml::walk_elements;
use crate::source::aws::session::Session;
use crate::source::dataset::storage::s3::transport::RequestError;

/// A failed call.
#[derive(Debug)]
pub(super) struct Failure {
    error: Box<object_store::Error>,
    action: &'static str,
    region: Box<str>,
    session_label: Option<Arc<str>>,
    renewal: Option<Arc<str>>,
}

/// Refusals of a request that went to another region than the bucket's. Source: API
/// reference, "Error responses".
const OTHER_REGION_CODES: [&str; 5] = [
    "PermanentRedirect",
    "TemporaryRedirect",
    "Redirect",
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
];

impl Failure {
    pub(super) fn new(
        error: object_store::Error,
        action: &'static str,
        session: &Session,
        region: &str,
    ) -> Self {
        Self {
            error: Box::new(error),
            action,
            region: region.into(),
            session_label: session.label.clone(),
            renewal: session.renewal.clone(),
        }
    }

    /// The error of the request, if there was one.
    fn request_error(&self) -> Option<&RequestError> {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&*self.error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<RequestError>() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }

    /// The status of the refusal, and its code.
    fn refusal(&self) -> Option<(u16, &str)> {
        let RequestError::ServiceError(refusal) = self.request_error()? else {
            return None;
        };
        let code = refusal.err().code().unwrap_or_default();
        Some((refusal.raw().status().as_u16(), code))
    }

    /// Does the object not exist? A bucket that does not is another error.
    pub(super) fn is_not_found(&self) -> bool {
        self.refusal()
            .is_some_and(|(status, code)| status == 404 && ["", "NoSuchKey"].contains(&code))
    }

    /// Is there an object of this name already?
    pub(super) fn is_conflict(&self) -> bool {
        self.refusal()
            .is_some_and(|(status, code)| status == 412 || code == "PreconditionFailed")
    }

    /// Does the object end before the range begins?
    pub(super) fn is_behind_end(&self) -> bool {
        self.refusal().is_some_and(|(status, _)| status == 416)
    }

    /// Is the upload not known, or no longer?
    pub(super) fn is_upload_gone(&self) -> bool {
        self.refusal()
            .is_some_and(|(_, code)| code == "NoSuchUpload")
    }

    /// Were the credentials refused?
    pub(super) fn is_credentials_error(&self) -> bool {
        self.other_region().is_none()
            && self
                .call_error()
                .is_some_and(|error| error.is_credentials_error())
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Is the bucket in another region, and in which one, if the response says so?
    #[expect(clippy::option_option, reason = "whether, and which")]
    pub(super) fn other_region(&self) -> Option<Option<String>> {
        let RequestError::ServiceError(refusal) = self.request_error()? else {
            return None;
        };
        let (status, code) = self.refusal()?;
        if !OTHER_REGION_CODES.contains(&code) && ![301, 307].contains(&status) {
            return None;
        }
        let named = region_of_bucket(refusal.raw());
        Some(named.filter(|region| **region != *self.region))
    }

    fn call_error(&self) -> Option<CallError> {
        let context = CallContext {
            service: "s3",
            action: self.action,
            region: &self.region,
            session_label: self.session_label.as_deref(),
            renewal: self.renewal.as_deref(),
        };
        Some(CallError::from_sdk(self.request_error()?, context))
    }

    /// The error of a file or folder that cannot be read, or written.
    pub(super) fn describe(&self, what: &str, address: &str) -> anyhow::Error {
        let cause = match self.call_error() {
            Some(error) => String::from(error.cause.text),
            None => error_chain(&*self.error),
        };
        let hint = match self.refusal() {
            Some((_, "NoSuchBucket")) => "; check the name of the bucket, and --endpoint-url",
            Some(_) if self.other_region().is_some() => {
                "; the bucket is in another region, which it does not tell: set AWS_REGION to it"
            }
            _ => "",
        };
        anyhow!("{address} cannot be {what}: {cause}{hint}")
    }
}

/// The region that a response of S3 names: in a header, or in the body of a refusal.
pub(super) fn region_of_bucket(response: &HttpResponse) -> Option<String> {
    let mut region = response
        .headers()
        .get("x-amz-bucket-region")
        .map(ToOwned::to_owned);
    let body = response.body().bytes().unwrap_or_default();
    let _ = walk_elements(body, |path, text| {
        if path == ["Error", "Region"] && region.is_none() {
            region = Some(text.into_owned());
        }
        Ok(())
    });
    // It becomes a part of the name of a host.
    region.filter(|region| check_region(region).is_ok())
}
