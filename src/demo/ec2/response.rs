//! Responses of EC2: its XML, its errors, and the patterns of its filters.

use crate::demo::hash;
use crate::demo::query::{QueryXmlWriter, xml_response};
use crate::demo::service::ApiResponse;

const ATTRIBUTES: &str = r#" xmlns="http://ec2.amazonaws.com/doc/2016-11-15/""#;

/// A response, or status, code and message of an error.
pub(super) type Ec2Result<T> = Result<T, (u16, &'static str, String)>;

/// Matches a pattern with the wildcards `*` and `?` of EC2 filters.
pub(super) fn matches_pattern(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches_pattern(rest, text)
                || (!text.is_empty() && matches_pattern(pattern, &text[1..]))
        }
        ([b'?', rest @ ..], [_, text @ ..]) => matches_pattern(rest, text),
        ([p, rest @ ..], [t, text @ ..]) => p == t && matches_pattern(rest, text),
        _ => false,
    }
}

pub(super) fn respond(operation: &str, content: impl FnOnce(&mut QueryXmlWriter)) -> ApiResponse {
    let document = QueryXmlWriter::document(&format!("{operation}Response"), ATTRIBUTES, |xml| {
        xml.text("requestId", &hash::uuid(hash::text(operation)));
        content(xml);
    });
    xml_response(200, document)
}

pub(super) fn error_response(status: u16, code: &str, message: &str) -> ApiResponse {
    let document = QueryXmlWriter::document("Response", "", |xml| {
        xml.element("Errors", |xml| {
            xml.element("Error", |xml| {
                xml.text("Code", code);
                xml.text("Message", message);
            });
        });
        xml.text("RequestID", &hash::uuid(hash::text(message)));
    });
    xml_response(status, document)
}
