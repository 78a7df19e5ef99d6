//! A call that failed for good: what it means for the nodes it was about, and
//! the line a person reads.
//!
//! Knows the service's error codes and the SDK's error types. Must not know
//! what is done about a fault.

use std::fmt;

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};

use crate::interrupt::Cause;
use crate::record::Why;
use crate::sanitize::shortened;
use crate::secrets;

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

/// What EC2 puts before a blob of hundreds of characters that only AWS can read.
const BLOB: &str = "Encoded authorization failure message:";

/// The most characters of a message that came from outside. AWS's refusals
/// with two ARNs in them are shorter; a page of HTML is not.
const MOST_SAID: usize = 400;

/// The most characters of an error code.
const MOST_CODE: usize = 80;

impl Fault {
    /// Reads the SDK's error for what it means.
    pub fn new<E>(error: &SdkError<E, HttpResponse>, call: Call<'_>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let (kind, code, said) = match error {
            SdkError::ServiceError(service) if service.err().code().is_some() => {
                let error = service.err();
                let code = brief(error.code().unwrap_or_default(), MOST_CODE);
                let message = error.message().unwrap_or_default();
                let message = message.split_once(BLOB).map_or(message, |(words, _)| words);
                let message = brief(message, MOST_SAID);
                let said = if message.is_empty() {
                    code.clone()
                } else {
                    format!("{code}: {message}")
                };
                (kind_of(&code), code, said)
            }
            SdkError::ServiceError(service) => no_error_of_aws(service.raw()),
            SdkError::ResponseError(response) if !response.raw().status().is_success() => {
                no_error_of_aws(response.raw())
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
            SdkError::ResponseError(_) => {
                (Kind::Unreadable, "Unreadable".into(), broken_off(error))
            }
            _ => (
                Kind::NotSent,
                "NotSent".into(),
                format!("the call could not be made: {}", causes(error)),
            ),
        };
        // A service, or what stands for it, may send back what it was sent.
        let said = secrets::redacted(&said);
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

    /// Did Ctrl-C or the end of the time limit come first?
    pub fn is_interrupted(&self) -> bool {
        Cause::is_code(&self.why.code)
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

/// What the status of an error means that is not one of AWS's: a proxy, a load
/// balancer or a web server answered, and its page says no more than its status.
fn no_error_of_aws(response: &HttpResponse) -> (Kind, String, String) {
    let status = response.status();
    let said = format!(
        "HTTP {} from the endpoint, not an answer of the service ({})",
        status.as_u16(),
        media_type(response)
    );
    let kind = if status.is_server_error() {
        Kind::Broken
    } else {
        Kind::Unreadable
    };
    (kind, "Unreadable".into(), said)
}

/// What an answer says it is written in.
pub fn media_type(response: &HttpResponse) -> String {
    let header = response.headers().get("content-type").unwrap_or_default();
    let kind = header.split(';').next().unwrap_or_default().trim();
    if kind.is_empty() {
        "no content type".to_owned()
    } else {
        brief(kind, MOST_CODE)
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
        let text = plain(&cause.to_string());
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

/// What an error says, on one line, without secrets, and without the debug form
/// of a type, which some of the SDK's errors print: a request with the token in
/// its headers, a response with its body.
fn plain(text: &str) -> String {
    let text = brief(text, MOST_SAID);
    // The one debug form that tells something.
    let text = match text.split_once("provider: StatusCode(") {
        Some((before, after)) => format!("{before}provider: HTTP {}", after.trim_end_matches(')')),
        None => text,
    };
    let end = debug_form(&text).unwrap_or(text.len());
    let kept = &text[..end];
    // What led up to it is no sentence without it.
    let kept = if end < text.len() {
        kept.trim_end_matches(" to request `")
    } else {
        kept
    };
    let kept = kept.trim_end_matches([' ', '`', ':', ',', '.']);
    if end < text.len() {
        kept.to_owned()
    } else {
        text
    }
}

/// Where the debug form of a type starts: `Request { body: ...`, `Some("...`,
/// `StatusCode(500)`.
fn debug_form(text: &str) -> Option<usize> {
    text.match_indices(['{', '(']).find_map(|(at, bracket)| {
        let before = text[..at].strip_suffix(' ');
        let before = match bracket {
            "{" => before?,
            _ => &text[..at],
        };
        let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let name = before.trim_end_matches(is_of_name).len();
        let starts_type = before[name..].starts_with(|letter: char| letter.is_uppercase());
        let inner = text[at + 1..].trim_start();
        // `Parameter(s)` and `(Connect)` are words.
        let is_value = inner.starts_with(|letter: char| {
            letter.is_uppercase() || letter.is_ascii_digit() || "\"[{&".contains(letter)
        }) || inner.starts_with("b\"");
        (starts_type && (bracket == "{" || is_value)).then_some(name)
    })
}

/// The root of a chain of errors, which is where the cause stands.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    plain(&cause.to_string())
}

/// Why an answer could not be read: a reader of our own says so, the SDK's HTTP
/// client only what happened.
fn broken_off(error: &dyn std::error::Error) -> String {
    let cause = innermost(error);
    if cause.starts_with("the answer could not be read") {
        cause
    } else {
        format!("the answer could not be read: {cause}")
    }
}

/// Text from outside on one line, without secrets, of at most so many characters,
/// with nothing in it that a terminal acts on.
fn brief(text: &str, most: usize) -> String {
    // Before anything is cut: half a secret is not known for one.
    let text = secrets::redacted(text);
    // White space is folded below, so more than is shown is looked at.
    let cut: String = text.chars().take(8 * most).collect();
    let line = cut.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&line, most).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;
    use proptest::prelude::*;

    fn answer(status: u16, kind: &str) -> HttpResponse {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        if !kind.is_empty() {
            response
                .headers_mut()
                .insert("content-type", kind.to_owned());
        }
        response
    }

    const CALL: Call<'_> = Call {
        service: "ssm",
        action: "DescribeInstancePatches",
        region: "eu-west-1",
        identity: None,
    };

    fn fault(service: &'static str, action: &'static str, code: &str, message: &str) -> Fault {
        let said = ErrorMetadata::builder().code(code).message(message).build();
        Fault::new(
            &SdkError::service_error(said, answer(400, "")),
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

    #[derive(Debug)]
    struct Says(&'static str);

    impl fmt::Display for Says {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Says {}

    #[test]
    fn no_type_of_the_sdk_is_shown_in_its_debug_form() {
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
            assert_eq!(causes(&Says(said)), shown);
            assert_eq!(innermost(&Says(said)), shown);
        }
        let long: &str = "long ".repeat(200).leak();
        assert_eq!(causes(&Says(long)).chars().count(), MOST_SAID + 1);
    }

    #[test]
    fn what_a_service_sends_back_of_a_secret_is_not_shown() {
        secrets::remember("wJalrXUtnFEMI-in-a-fault");
        let echo = "You sent wJalrXUtnFEMI-in-a-fault.";
        let denied = fault("ssm", "DescribeInstancePatches", "AccessDenied", echo);
        assert!(
            denied
                .why
                .text
                .starts_with("AccessDenied: You sent ***. (ssm:")
        );
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

    #[test]
    fn an_error_that_is_not_awss_is_told_by_its_status_and_never_by_its_page() {
        for (status, kind, expected, meant) in [
            (
                503,
                "text/html; charset=utf-8",
                "HTTP 503 from the endpoint, not an answer of the service (text/html)",
                Kind::Broken,
            ),
            (
                403,
                "text/html",
                "HTTP 403 from the endpoint, not an answer of the service (text/html)",
                Kind::Unreadable,
            ),
            (
                302,
                "",
                "HTTP 302 from the endpoint, not an answer of the service (no content type)",
                Kind::Unreadable,
            ),
        ] {
            let unnamed = ErrorMetadata::builder().message("<html>").build();
            for error in [
                SdkError::service_error(unnamed.clone(), answer(status, kind)),
                SdkError::response_error("Error { message: \"<html>\" }", answer(status, kind)),
            ] {
                let fault = Fault::new(&error, CALL);
                assert_eq!(
                    &*fault.why.text,
                    format!("{expected} (ssm:DescribeInstancePatches in eu-west-1)")
                );
                assert_eq!((fault.kind, &*fault.why.code), (meant, "Unreadable"));
            }
        }
    }

    #[test]
    fn an_answer_that_broke_off_is_one_that_could_not_be_read() {
        for cause in ["end of file", "the answer could not be read: end of file"] {
            let error = SdkError::<ErrorMetadata, _>::response_error(cause, answer(200, ""));
            let fault = Fault::new(&error, CALL);
            let expected = "the answer could not be read: end of file (ssm:";
            assert!(fault.why.text.starts_with(expected), "{}", fault.why.text);
        }
    }

    proptest! {
        #[test]
        fn what_comes_from_outside_is_one_short_line_that_no_terminal_acts_on(
            code in "\\PC{0,200}|[\\x00-\\x1f\\x7f-\\x9f]{1,9}", message in any::<String>(), times in 1usize..300,
        ) {
            let said = ErrorMetadata::builder().code(code).message(message.repeat(times)).build();
            let error = SdkError::service_error(said, answer(400, ""));
            let fault = Fault::new(&error, CALL);
            for text in [&fault.why.text, &fault.why.code] {
                prop_assert!(!text.chars().any(crate::sanitize::is_acting), "{}", text);
                prop_assert!(text.chars().count() < MOST_SAID + MOST_CODE + 250, "{}", text);
            }
            let kind: String = message.chars().filter(|c| !c.is_control() && c.is_ascii()).collect();
            prop_assert!(media_type(&answer(200, &kind)).chars().count() <= MOST_CODE + 1);
        }
    }
}
