//! The kinds of failed calls, and the call that an error message names.

use std::fmt;

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;

/// The kind of failure, as far as it changes what is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// One of the ids is invalid: the others may be read without it.
    InvalidRequest,
    /// The caller is not allowed to make the call, for all nodes or for some.
    AccessDenied,
    /// The credentials were refused: every other call would fail too.
    Credentials,
    /// No response from the endpoint, after every retry.
    Unreachable,
    /// Too many concurrent calls: this one may be repeated.
    Throttled,
    /// The service responded with an error on its side.
    ServerError,
    /// The response is not one of the service: it breaks off, is too large, or
    /// does not match the request.
    InvalidResponse,
    /// The call could not be sent.
    NotSent,
    /// Anything else, after retries.
    Other,
}

impl ErrorKind {
    /// Is this a response of the service, if only a refusal?
    pub(crate) fn is_service_response(self) -> bool {
        match self {
            Self::InvalidRequest
            | Self::AccessDenied
            | Self::Credentials
            | Self::Throttled
            | Self::Other => true,
            Self::Unreachable | Self::ServerError | Self::InvalidResponse | Self::NotSent => false,
        }
    }

    /// The meaning of an error code of the service.
    pub(crate) fn from_code(code: &str) -> Self {
        match code {
            "ValidationException" | "InvalidInstanceId" => ErrorKind::InvalidRequest,
            "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
                ErrorKind::AccessDenied
            }
            code if CREDENTIAL_CODES.contains(&code) => ErrorKind::Credentials,
            code if THROTTLING_ERRORS.contains(&code) => ErrorKind::Throttled,
            "InternalServerError"
            | "InternalFailure"
            | "InternalError"
            | "ServiceUnavailable"
            | "ServiceUnavailableException" => ErrorKind::ServerError,
            _ => ErrorKind::Other,
        }
    }
}

/// Codes of credentials that are invalid or have expired.
const CREDENTIAL_CODES: [&str; 12] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidToken",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
];

/// The call, for the error message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallContext<'a> {
    /// The service, as an IAM policy names it: `ssm`, `ec2`, `sts`, `organizations`.
    pub service: &'static str,
    /// The operation, as an IAM policy names it after the service.
    pub action: &'static str,
    pub region: &'a str,
    /// "profile prod" or "account 1111...", if known.
    pub session_label: Option<&'a str>,
    /// What gives new credentials once these have expired.
    pub renewal: Option<&'a str>,
}

impl fmt::Display for CallContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} in {}", self.service, self.action, self.region)?;
        match self.session_label {
            Some(session) => write!(f, ", {session}"),
            None => Ok(()),
        }
    }
}
