//! Parses the error of a refused call, in every protocol.

use aws_smithy_types::error::ErrorMetadata;

use crate::source::aws::api::wire::strict::read_object;
use crate::source::aws::api::wire::{Text, xml};

/// The error in a response with an error status: `header` is its
/// `x-amzn-errortype`. A response that is not in AWS's format, such as a
/// proxy's, has no code.
///
/// Sources: the Smithy specifications of awsJson1.1 ("Operation error
/// serialization"), awsQuery and ec2Query.
pub(crate) fn parse_service_error(header: Option<&str>, body: &[u8]) -> ErrorMetadata {
    let said = if body.trim_ascii_start().starts_with(b"<") {
        parse_xml_error(body)
    } else {
        parse_json_error(body)
    };
    let header = header.map(bare_error_code).filter(|code| !code.is_empty());
    let code = header.map(ToOwned::to_owned).or(said.code);
    let mut error = ErrorMetadata::builder().message(said.message.unwrap_or_default());
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        error = error.code(code);
    }
    error.build()
}

#[derive(Default)]
struct ErrorParts {
    code: Option<String>,
    message: Option<String>,
}

/// `com.amazon.coral.service#ThrottlingException:http://...` is a code after
/// its namespace and before its documentation.
fn bare_error_code(word: &str) -> &str {
    let word = word.split_once(':').map_or(word, |(code, _)| code);
    word.rsplit_once('#').map_or(word, |(_, code)| code).trim()
}

#[derive(serde::Deserialize)]
struct WireError<'a> {
    #[serde(borrow, rename = "__type")]
    type_code: Option<Text<'a>>,
    #[serde(borrow)]
    code: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Text<'a>>,
    /// Modelled errors of Systems Manager use a capital letter.
    #[serde(borrow, rename = "Message")]
    capitalized_message: Option<Text<'a>>,
}

fn parse_json_error(body: &[u8]) -> ErrorParts {
    let Ok(error) = read_object::<WireError<'_>>(body) else {
        return ErrorParts::default();
    };
    let code = error.type_code.or(error.code);
    ErrorParts {
        code: code.map(|code| bare_error_code(&code.0).to_owned()),
        message: error
            .message
            .or(error.capitalized_message)
            .map(|message| message.0.into_owned()),
    }
}

fn parse_xml_error(body: &[u8]) -> ErrorParts {
    let mut said = ErrorParts::default();
    // What was read before a response broke off is still useful.
    let _ = xml::walk_elements(body, |path, text| {
        match path {
            [.., "Error", "Code"] if said.code.is_none() => said.code = Some(text.into_owned()),
            [.., "Error", "Message"] if said.message.is_none() => {
                said.message = Some(text.into_owned());
            }
            _ => {}
        }
        Ok(())
    });
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(header: Option<&str>, body: &str) -> (Option<String>, Option<String>) {
        let said = parse_service_error(header, body.as_bytes());
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        (owned(said.code()), owned(said.message()))
    }

    fn error(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.to_owned()), Some(message.to_owned()))
    }

    #[test]
    fn an_error_in_json_is_parsed_in_every_spelling() {
        for (header, body) in [
            (
                None,
                r#"{"__type":"AccessDeniedException","message":"No."}"#,
            ),
            (
                None,
                r#"{"__type":"com.amazon.coral#AccessDeniedException","Message":"No."}"#,
            ),
            (
                None,
                r#"{"code":"AccessDeniedException:http://x/","message":"No.","Other":[1]}"#,
            ),
            (
                Some("AccessDeniedException:http://x/"),
                r#"{"message":"No."}"#,
            ),
            (
                Some("AccessDeniedException"),
                r#"{"__type":"Other","message":"No."}"#,
            ),
        ] {
            assert_eq!(
                read(header, body),
                error("AccessDeniedException", "No."),
                "{body}"
            );
        }
        assert_eq!(
            read(None, r#"{"__type":"InvalidInstanceId"}"#),
            error("InvalidInstanceId", "")
        );
    }

    #[test]
    fn an_error_in_xml_is_parsed_with_its_first_code() {
        assert_eq!(
            read(
                None,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors>\
                 <Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded &amp; so on.</Message></Error>\
                 <Error><Code>Other</Code><Message>Other</Message></Error></Errors><RequestID>1</RequestID></Response>",
            ),
            error("RequestLimitExceeded", "Request limit exceeded & so on.")
        );
        // As STS wraps it, and proxies of all services do.
        assert_eq!(
            read(
                None,
                "<ErrorResponse><Error><Message>No.</Message><Code>AuthFailure</Code></Error></ErrorResponse>",
            ),
            error("AuthFailure", "No.")
        );
        // Truncated after the code.
        let cut = "<Response><Errors><Error><Code>InvalidParameterValue</Code><Mess";
        assert_eq!(read(None, cut), error("InvalidParameterValue", ""));
    }

    #[test]
    fn an_error_that_is_not_from_aws_has_no_code() {
        for body in [
            "<html><h1>502 Bad Gateway</h1></html>",
            "",
            "null",
            "[]",
            r#"{"message":"Forbidden"}"#,
            r#"{"__type":null}"#,
            r#"{"__type":7}"#,
            r#"{"__type":""}"#,
            "<Response><Errors><Error><Code/></Error></Errors></Response>",
        ] {
            assert_eq!(read(None, body).0, None, "{body}");
        }
        assert_eq!(parse_service_error(None, b"\xff\xfe").code(), None);
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(header in proptest::option::of("\\PC{0,20}"), body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_service_error(header.as_deref(), &body);
        }
    }
}
