//! The error of a failed call: its meaning for the nodes it was about, and its
//! one-line message.

use std::time::SystemTime;

use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};

use crate::interrupt::InterruptCause;
use crate::record::{Cause, Node, Scope, Subject, Unread, is_well_formed_node_id};
use crate::secrets;
pub(crate) use crate::source::aws::api::error_kind::{CallContext, ErrorKind};
use crate::source::aws::api::error_text::{
    MAX_CODE_CHARS, MAX_MESSAGE_CHARS, describe_read_error, error_chain, media_type, root_cause,
    sanitize_line,
};
use crate::source::aws::api::remedy::{clock_remedy, remedy};

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallError {
    pub kind: ErrorKind,
    pub cause: Cause,
}

/// EC2's prefix of a text of hundreds of characters that only AWS can decode.
const ENCODED_MESSAGE_PREFIX: &str = "Encoded authorization failure message:";

impl CallError {
    /// Interprets the SDK's error.
    pub(crate) fn from_sdk<E>(error: &SdkError<E, HttpResponse>, call: CallContext<'_>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let mut clock = None;
        let mut full_message = "";
        let (kind, code, said) = match error {
            SdkError::ServiceError(service) if service.err().code().is_some() => {
                let error = service.err();
                let code = sanitize_line(error.code().unwrap_or_default(), MAX_CODE_CHARS);
                full_message = error.message().unwrap_or_default();
                clock = clock_remedy(&code, full_message, service.raw(), SystemTime::now());
                let message = full_message
                    .split_once(ENCODED_MESSAGE_PREFIX)
                    .map_or(full_message, |(words, _)| words);
                let message = sanitize_line(message, MAX_MESSAGE_CHARS);
                let said = if message.is_empty() {
                    code.clone()
                } else {
                    format!("{code}: {message}")
                };
                // New credentials would be refused too.
                let kind = clock
                    .as_ref()
                    .map_or(ErrorKind::from_code(&code), |_| ErrorKind::Other);
                (kind, code, said)
            }
            SdkError::ServiceError(service) => classify_foreign_response(service.raw()),
            SdkError::ResponseError(response) if !response.raw().status().is_success() => {
                classify_foreign_response(response.raw())
            }
            SdkError::TimeoutError(_) => (
                ErrorKind::Unreachable,
                "Timeout".into(),
                "no answer in time".into(),
            ),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => (
                ErrorKind::Unreachable,
                "Timeout".into(),
                "no answer in time".into(),
            ),
            SdkError::DispatchFailure(failure) if failure.is_io() => (
                ErrorKind::Unreachable,
                "Unreachable".into(),
                format!("the endpoint cannot be reached: {}", root_cause(error)),
            ),
            // Also if the connection is closed before a response.
            SdkError::DispatchFailure(failure) if !failure.is_user() => (
                ErrorKind::Unreachable,
                "Unreachable".into(),
                format!("the endpoint gives no answer: {}", root_cause(error)),
            ),
            SdkError::ResponseError(_) => (
                ErrorKind::InvalidResponse,
                "Unreadable".into(),
                describe_read_error(error),
            ),
            _ => (
                ErrorKind::NotSent,
                "NotSent".into(),
                format!("the call could not be made: {}", error_chain(error)),
            ),
        };
        // A service, or a proxy, may echo what it was sent.
        let said = secrets::redact(&said);
        let mut text = format!("{said} ({call})");
        let message = if full_message.is_empty() {
            &said
        } else {
            full_message
        };
        if let Some(remedy) = clock.or_else(|| remedy(&code, message, call)) {
            text += "; ";
            text += &remedy;
        }
        Self {
            kind,
            cause: Cause {
                code: code.into(),
                text: text.into(),
            },
        }
    }

    /// Were the credentials refused?
    pub(crate) fn is_credentials_error(&self) -> bool {
        self.kind == ErrorKind::Credentials
    }

    /// An error that this program detected itself.
    pub(crate) fn client_side(code: &str, text: &str, call: CallContext<'_>) -> Self {
        Self {
            kind: ErrorKind::Other,
            cause: Cause {
                code: code.into(),
                text: format!("{text} ({call})").into(),
            },
        }
    }

    /// The pages of a list repeat.
    pub(crate) fn repeated_token(call: CallContext<'_>) -> Self {
        Self::client_side(
            "RepeatedToken",
            "the service gave the same page token twice, so its pages have no end",
            call,
        )
    }

    /// Ctrl-C or the end of the time limit came first.
    pub(crate) fn interrupted(cause: InterruptCause) -> Self {
        Self {
            kind: ErrorKind::Other,
            cause: Cause {
                code: cause.code().into(),
                text: format!("{cause} before it was read").into(),
            },
        }
    }

    /// The cause for this node. The service's message for an invalid id is
    /// long; the error itself comes first.
    pub(crate) fn into_node_cause(self, node: &Node) -> Cause {
        if self.kind == ErrorKind::InvalidRequest && !is_well_formed_node_id(&node.id) {
            Cause {
                text: format!("not a node id: {}", self.cause.text).into(),
                ..self.cause
            }
        } else {
            self.cause
        }
    }

    /// Does the id not exist, or is it invalid? Source: API reference,
    /// GetPatchBaseline, Errors; validation comes before all of them.
    pub(crate) fn is_not_found(&self) -> bool {
        let codes = ["DoesNotExistException", "InvalidResourceId"];
        self.kind == ErrorKind::InvalidRequest || codes.contains(&&*self.cause.code)
    }

    /// The `Unread` of everything that this error makes unreadable.
    pub(crate) fn into_unread(self, scope: Scope) -> Unread {
        Unread {
            subject: Subject::Scope(scope),
            cause: self.cause,
        }
    }

    pub(crate) fn is_invalid_id(&self) -> bool {
        self.kind == ErrorKind::InvalidRequest || *self.cause.code == *"InvalidResourceId"
    }

    /// The error of calls that are no longer made.
    pub(crate) fn with_given_up(mut self, after: &str) -> Self {
        let text = format!("given up {after}; the last: {}", self.cause.text);
        self.cause.text = text.into();
        self
    }

    /// Did Ctrl-C or the end of the time limit come first?
    pub(crate) fn is_interrupted(&self) -> bool {
        InterruptCause::is_code(&self.cause.code)
    }
}

/// The error of a response that does not come from AWS: a proxy, a load
/// balancer or a web server sent it, and its page says no more than its status.
fn classify_foreign_response(response: &HttpResponse) -> (ErrorKind, String, String) {
    let status = response.status();
    let said = format!(
        "HTTP {} from the endpoint, not an answer of the service ({})",
        status.as_u16(),
        media_type(response)
    );
    let kind = if status.is_server_error() {
        ErrorKind::ServerError
    } else {
        ErrorKind::InvalidResponse
    };
    (kind, "Unreadable".into(), said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;
    use proptest::prelude::*;
    use std::fmt;

    fn answer(status: u16, kind: &str) -> HttpResponse {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        if !kind.is_empty() {
            response
                .headers_mut()
                .insert("content-type", kind.to_owned());
        }
        response
    }

    const CALL: CallContext<'_> = CallContext {
        service: "ssm",
        action: "DescribeInstancePatches",
        region: "eu-west-1",
        session_label: None,
        renewal: None,
    };

    fn fault(service: &'static str, action: &'static str, code: &str, message: &str) -> CallError {
        let said = ErrorMetadata::builder().code(code).message(message).build();
        CallError::from_sdk(
            &SdkError::service_error(said, answer(400, "")),
            CallContext {
                service,
                action,
                region: "eu-west-1",
                session_label: Some("profile prod"),
                renewal: None,
            },
        )
    }

    #[test]
    fn the_call_and_the_remedy_name_the_service() {
        let denied = fault("ssm", "DescribeInstancePatches", "AccessDenied", "No.");
        assert_eq!(denied.kind, ErrorKind::AccessDenied);
        assert_eq!(
            &*denied.cause.text,
            "AccessDenied: No. (ssm:DescribeInstancePatches in eu-west-1, profile prod); \
             allow ssm:DescribeInstancePatches in the caller's IAM policy"
        );
        let denied = fault("organizations", "ListAccounts", "AccessDenied", "No.");
        assert!(
            denied
                .cause
                .text
                .contains("allow organizations:ListAccounts")
        );
    }

    #[derive(Debug)]
    struct TextError(&'static str);

    impl fmt::Display for TextError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for TextError {}

    #[test]
    fn no_sdk_type_is_shown_in_its_debug_form() {
        for (said, shown) in [
            (
                "failed to apply endpoint `http://x` to request `Request { body: SdkBody { inner: Once(Some(b\"\")) }, headers: {\"x-amz-sso_bearer_token\": \"hush\"} }`: endpoint is not a valid URI",
                "failed to apply endpoint `http://x",
            ),
            (
                "error response from IMDS (code: 404). Response { status: StatusCode(404), body: SdkBody { inner: Once(Some(b\"hush\")) } }",
                "error response from IMDS (code: 404)",
            ),
            (
                "expected a string, found Some(\"hush\")",
                "expected a string, found",
            ),
            (
                "Non-success status from HTTP credential provider: StatusCode(500)",
                "Non-success status from HTTP credential provider: HTTP 500",
            ),
            (
                "the Parameter(s) {a} and client error (Connect)",
                "the Parameter(s) {a} and client error (Connect)",
            ),
            (
                "Token has expired (Service: Sts, Status Code: 400)",
                "Token has expired (Service: Sts, Status Code: 400)",
            ),
            ("a\n  b", "a b"),
        ] {
            assert_eq!(error_chain(&TextError(said)), shown);
            assert_eq!(root_cause(&TextError(said)), shown);
        }
        let long: &str = "long ".repeat(200).leak();
        assert_eq!(
            error_chain(&TextError(long)).chars().count(),
            MAX_MESSAGE_CHARS + 1
        );
    }

    #[test]
    fn a_secret_that_a_service_echoes_is_not_shown() {
        secrets::register("wJalrXUtnFEMI-in-a-fault");
        let echo = "You sent wJalrXUtnFEMI-in-a-fault.";
        let denied = fault("ssm", "DescribeInstancePatches", "AccessDenied", echo);
        assert!(
            denied
                .cause
                .text
                .starts_with("AccessDenied: You sent ***. (ssm:")
        );
    }

    #[test]
    fn the_encoded_authorization_message_is_removed() {
        let denied = fault(
            "ec2",
            "DescribeInstances",
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. \
             Encoded authorization failure message: c2VjcmV0c2VjcmV0",
        );
        assert_eq!(denied.kind, ErrorKind::AccessDenied);
        assert_eq!(
            &*denied.cause.text,
            "UnauthorizedOperation: You are not authorized to perform this operation. \
             (ec2:DescribeInstances in eu-west-1, profile prod); \
             allow ec2:DescribeInstances in the caller's IAM policy"
        );
    }

    #[test]
    fn a_key_that_a_region_does_not_know_is_a_credentials_error() {
        let refused = fault(
            "ec2",
            "DescribeRegions",
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
        );
        assert_eq!(refused.kind, ErrorKind::Credentials);
        assert!(
            refused.cause.text.ends_with(
                "; check the access key, and that the region is enabled for the account"
            )
        );
    }

    #[test]
    fn an_error_page_is_reported_by_its_status_and_never_by_its_content() {
        for (status, kind, expected, meant) in [
            (
                503,
                "text/html; charset=utf-8",
                "HTTP 503 from the endpoint, not an answer of the service (text/html)",
                ErrorKind::ServerError,
            ),
            (
                403,
                "text/html",
                "HTTP 403 from the endpoint, not an answer of the service (text/html)",
                ErrorKind::InvalidResponse,
            ),
            (
                302,
                "",
                "HTTP 302 from the endpoint, not an answer of the service (no content type)",
                ErrorKind::InvalidResponse,
            ),
        ] {
            let unnamed = ErrorMetadata::builder().message("<html>").build();
            for error in [
                SdkError::service_error(unnamed.clone(), answer(status, kind)),
                SdkError::response_error("Error { message: \"<html>\" }", answer(status, kind)),
            ] {
                let fault = CallError::from_sdk(&error, CALL);
                assert_eq!(
                    &*fault.cause.text,
                    format!("{expected} (ssm:DescribeInstancePatches in eu-west-1)")
                );
                assert_eq!((fault.kind, &*fault.cause.code), (meant, "Unreadable"));
            }
        }
    }

    #[test]
    fn a_response_that_breaks_off_is_reported_as_unreadable() {
        for cause in ["end of file", "the answer could not be read: end of file"] {
            let error = SdkError::<ErrorMetadata, _>::response_error(cause, answer(200, ""));
            let fault = CallError::from_sdk(&error, CALL);
            let expected = "the answer could not be read: end of file (ssm:";
            assert!(
                fault.cause.text.starts_with(expected),
                "{}",
                fault.cause.text
            );
        }
    }

    proptest! {
        #[test]
        fn foreign_text_is_one_short_line_without_control_characters(
            code in "\\PC{0,200}|[\\x00-\\x1f\\x7f-\\x9f]{1,9}", message in any::<String>(), times in 1usize..300,
        ) {
            let said = ErrorMetadata::builder().code(code).message(message.repeat(times)).build();
            let error = SdkError::service_error(said, answer(400, ""));
            let fault = CallError::from_sdk(&error, CALL);
            for text in [&fault.cause.text, &fault.cause.code] {
                prop_assert!(!text.chars().any(crate::sanitize::is_unsafe), "{}", text);
                prop_assert!(text.chars().count() < MAX_MESSAGE_CHARS + MAX_CODE_CHARS + 250, "{}", text);
            }
            let kind: String = message.chars().filter(|c| !c.is_control() && c.is_ascii()).collect();
            prop_assert!(media_type(&answer(200, &kind)).chars().count() <= MAX_CODE_CHARS + 1);
        }
    }
}
