//! A call that failed for good: what it means for the nodes it was about, and
//! the line a person reads.
//!
//! Knows the service's error codes and the SDK's error types. Must not know
//! what is done about a fault.

use std::fmt;

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};

use crate::record::Why;

/// What kind of failure it is, as far as that changes what is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One of the ids is refused: the others may be asked without it.
    Refused,
    /// The caller may not, for all nodes or for some.
    Denied,
    /// The credentials are no good: no other call will fare better.
    Credentials,
    /// Nobody answers at the endpoint, after every retry.
    Unreachable,
    /// Too many calls at once: this one may be made again.
    Throttled,
    /// The service answers, and only that something is wrong on its side.
    Broken,
    /// What came is no answer of the service: it breaks off, is too large, or
    /// is not what was asked for.
    Unreadable,
    /// The call could not be made at all.
    NotSent,
    /// Anything else, after retries.
    Other,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: Kind,
    pub why: Why,
}

/// Which call it was, for the line a person reads.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The service, as an IAM policy names it: `ssm`, `ec2`, `sts`, `organizations`.
    pub service: &'static str,
    /// The operation, as an IAM policy names it after the service.
    pub action: &'static str,
    pub region: &'a str,
    /// "profile prod" or "account 1111...", where one is known.
    pub identity: Option<&'a str>,
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} in {}", self.service, self.action, self.region)?;
        match self.identity {
            Some(identity) => write!(f, ", {identity}"),
            None => Ok(()),
        }
    }
}

/// Codes that say the caller is not, or no longer, who it claims to be.
const CREDENTIAL_CODES: [&str; 10] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
];

/// The code of an error that has none.
pub const UNKNOWN: &str = "UnknownError";

/// What EC2 puts before a blob of hundreds of characters that only AWS can read.
const BLOB: &str = "Encoded authorization failure message:";

impl Fault {
    /// Reads the SDK's error for what it means.
    pub fn new<E, R>(error: &SdkError<E, R>, call: Call<'_>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        R: fmt::Debug,
    {
        let (kind, code, said) = match error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or(UNKNOWN);
                let message = service.err().message().unwrap_or_default();
                let message = message
                    .split_once(BLOB)
                    .map_or(message, |(words, _)| words)
                    .trim();
                let said = if message.is_empty() {
                    code.to_owned()
                } else {
                    format!("{code}: {message}")
                };
                (kind_of(code), code.to_owned(), said)
            }
            SdkError::TimeoutError(_) => (
                Kind::Unreachable,
                "Timeout".into(),
                "no answer in time".into(),
            ),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => (
                Kind::Unreachable,
                "Timeout".into(),
                "no answer in time".into(),
            ),
            SdkError::DispatchFailure(failure) if failure.is_io() => (
                Kind::Unreachable,
                "Unreachable".into(),
                format!("the endpoint cannot be reached: {}", innermost(error)),
            ),
            // As where the connection is closed before an answer.
            SdkError::DispatchFailure(failure) if !failure.is_user() => (
                Kind::Unreachable,
                "Unreachable".into(),
                format!("the endpoint gives no answer: {}", innermost(error)),
            ),
            SdkError::ResponseError(_) => (Kind::Unreadable, "Unreadable".into(), innermost(error)),
            _ => (
                Kind::NotSent,
                "NotSent".into(),
                format!("the call could not be made: {}", causes(error)),
            ),
        };
        let mut text = format!("{said} ({call})");
        if let Some(remedy) = remedy(&code, call) {
            text += "; ";
            text += &remedy;
        }
        Self {
            kind,
            why: Why {
                code: code.into(),
                text: text.into(),
            },
        }
    }

    /// Were the credentials refused?
    pub fn is_for_credentials(&self) -> bool {
        self.kind == Kind::Credentials
    }

    /// A fault that this program found itself.
    pub fn own(code: &str, text: &str, call: Call<'_>) -> Self {
        Self {
            kind: Kind::Other,
            why: Why {
                code: code.into(),
                text: format!("{text} ({call})").into(),
            },
        }
    }
}

impl Kind {
    /// Does the service answer the call, if only to refuse it?
    pub fn is_answer(self) -> bool {
        match self {
            Self::Refused | Self::Denied | Self::Credentials | Self::Throttled | Self::Other => {
                true
            }
            Self::Unreachable | Self::Broken | Self::Unreadable | Self::NotSent => false,
        }
    }

    /// What a code of the service means.
    pub fn of(code: &str) -> Self {
        kind_of(code)
    }
}

fn kind_of(code: &str) -> Kind {
    match code {
        "ValidationException" | "InvalidInstanceId" => Kind::Refused,
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => Kind::Denied,
        code if CREDENTIAL_CODES.contains(&code) => Kind::Credentials,
        code if THROTTLING_ERRORS.contains(&code) => Kind::Throttled,
        "InternalServerError"
        | "InternalFailure"
        | "InternalError"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Kind::Broken,
        _ => Kind::Other,
    }
}

fn remedy(code: &str, call: Call<'_>) -> Option<String> {
    match (kind_of(code), code) {
        (Kind::Denied, _) => Some(format!(
            "allow {}:{} in the caller's IAM policy",
            call.service, call.action
        )),
        (_, "ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => {
            Some("the session has expired: sign in again, as with aws sso login".into())
        }
        (Kind::Credentials, _) => {
            Some("check the access key, and that the region is enabled for the account".into())
        }
        // Told only when it was given up, which nothing but others' calls can cause.
        (Kind::Throttled, _) => Some(
            "throttled for as long as was sensible to wait: others use up the account's limit; try again later"
                .into(),
        ),
        (_, "Unreachable" | "Timeout") => Some(
            "check --region, --endpoint-url, the network, HTTPS_PROXY and AWS_CA_BUNDLE".into(),
        ),
        _ => None,
    }
}

/// A chain of errors on one line, outermost first. Not the SDK's own way of
/// showing it, which adds the debug form of everything, requests included.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = cause.to_string();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // Wrappers repeat what they wrap, or themselves.
        match parts.last() {
            Some(last) if last.contains(&text) => {}
            Some(last) if text.contains(last.as_str()) => {
                parts.pop();
                parts.push(text);
            }
            _ => parts.push(text),
        }
        next = cause.source();
    }
    parts.join(": ")
}

/// The root of a chain of errors, which is where the cause stands.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::error::ErrorMetadata;

    fn fault(service: &'static str, action: &'static str, code: &str, message: &str) -> Fault {
        let said = ErrorMetadata::builder().code(code).message(message).build();
        Fault::new(
            &SdkError::service_error(said, ()),
            Call {
                service,
                action,
                region: "eu-west-1",
                identity: Some("profile prod"),
            },
        )
    }

    #[test]
    fn the_service_is_named_in_the_call_and_in_the_remedy() {
        let denied = fault("ssm", "DescribeInstancePatches", "AccessDenied", "No.");
        assert_eq!(denied.kind, Kind::Denied);
        assert_eq!(
            &*denied.why.text,
            "AccessDenied: No. (ssm:DescribeInstancePatches in eu-west-1, profile prod); \
             allow ssm:DescribeInstancePatches in the caller's IAM policy"
        );
        let denied = fault("organizations", "ListAccounts", "AccessDenied", "No.");
        assert!(denied.why.text.contains("allow organizations:ListAccounts"));
    }

    #[test]
    fn the_blob_that_only_aws_can_read_is_cut_off() {
        let denied = fault(
            "ec2",
            "DescribeInstances",
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. \
             Encoded authorization failure message: c2VjcmV0c2VjcmV0",
        );
        assert_eq!(denied.kind, Kind::Denied);
        assert_eq!(
            &*denied.why.text,
            "UnauthorizedOperation: You are not authorized to perform this operation. \
             (ec2:DescribeInstances in eu-west-1, profile prod); \
             allow ec2:DescribeInstances in the caller's IAM policy"
        );
    }

    #[test]
    fn a_key_that_a_region_does_not_know_is_a_matter_of_credentials() {
        let refused = fault(
            "ec2",
            "DescribeRegions",
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        );
        assert_eq!(refused.kind, Kind::Credentials);
        assert!(
            refused.why.text.ends_with(
                "; check the access key, and that the region is enabled for the account"
            )
        );
    }
}
