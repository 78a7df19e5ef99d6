//! Turns foreign error text into one short line: without secrets, control
//! characters, and the debug output of the SDK's types.

use aws_sdk_ssm::config::http::HttpResponse;

use crate::sanitize::sanitize_truncated;
use crate::secrets;

/// The most characters of a foreign message. AWS's refusals with two ARNs in
/// them are shorter; an HTML page is not.
pub(crate) const MAX_MESSAGE_CHARS: usize = 400;

/// The most characters of an error code.
pub(crate) const MAX_CODE_CHARS: usize = 80;

/// The media type of a response.
pub(crate) fn media_type(response: &HttpResponse) -> String {
    let header = response.headers().get("content-type").unwrap_or_default();
    let kind = header.split(';').next().unwrap_or_default().trim();
    if kind.is_empty() {
        "no content type".to_owned()
    } else {
        sanitize_line(kind, MAX_CODE_CHARS)
    }
}

/// A chain of errors on one line, outermost first. The SDK's own display would
/// add the debug form of everything, requests included.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = clean_message(&cause.to_string());
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

/// The message of an error, on one line, without secrets, and without the debug
/// form of a type, which some of the SDK's errors print: a request with the
/// token in its headers, a response with its body.
pub(crate) fn clean_message(text: &str) -> String {
    let text = sanitize_line(text, MAX_MESSAGE_CHARS);
    // The only debug form with useful information.
    let text = match text.split_once("provider: StatusCode(") {
        Some((before, after)) => format!("{before}provider: HTTP {}", after.trim_end_matches(')')),
        None => text,
    };
    let end = find_debug_form(&text).unwrap_or(text.len());
    let kept = &text[..end];
    // The words before it are no sentence without it.
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
fn find_debug_form(text: &str) -> Option<usize> {
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

/// The root of a chain of errors, which names the cause.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    clean_message(&cause.to_string())
}

/// Why a response could not be read: our own parser says so, the SDK's HTTP
/// client reports only what happened.
pub(crate) fn describe_read_error(error: &dyn std::error::Error) -> String {
    let cause = root_cause(error);
    if cause.starts_with("the answer could not be read") {
        cause
    } else {
        format!("the answer could not be read: {cause}")
    }
}

/// Foreign text on one line, without secrets and control characters, of at most
/// so many characters.
pub(crate) fn sanitize_line(text: &str, most: usize) -> String {
    // Before anything is cut: half a secret would not be recognised.
    let text = secrets::redact(text);
    // White space is collapsed below, so more than the limit is read.
    let cut: String = text.chars().take(8 * most).collect();
    let line = cut.split_whitespace().collect::<Vec<_>>().join(" ");
    sanitize_truncated(&line, most).into_owned()
}
