//! URLs of endpoints and proxies: validation, and display without secrets.

use hyper::Uri;

/// Checks the URL of an HTTP endpoint, with the parser of the AWS SDK. The SDK
/// itself fails late, with the whole request in its message.
///
/// # Errors
/// The cause, without the URL.
pub(crate) fn validate_url(url: &str) -> Result<(), String> {
    if url.trim() != url {
        return Err("white space around the URL".to_owned());
    }
    let uri: Uri = url.parse().map_err(|error| format!("{error}"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("the URL does not start with http:// or https://".to_owned());
    }
    let authority = uri.authority().ok_or("the URL has no host")?;
    if authority.host().is_empty() {
        return Err("the URL has no host".to_owned());
    }
    let after_user = authority.as_str().rsplit('@').next().unwrap_or_default();
    // The parser accepts any digits as a port, and the client then uses another.
    if let Some(port) = after_user.strip_prefix(authority.host())
        && !port.is_empty()
        && !port[1..].parse::<u16>().is_ok_and(|port| port > 0)
    {
        return Err("the port is not a number from 1 to 65535".to_owned());
    }
    Ok(())
}

/// The URL without user, password, query and fragment. Only for a URL that
/// `validate_url` accepts: in others, a password may have no `@` after it.
#[must_use]
pub(crate) fn redact_url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = tail.split(['?', '#']).next().unwrap_or_default();
    // Behind the host, it may end a password that has such signs, or stand in a query.
    let rest = if tail.contains('@') {
        "***".to_owned()
    } else {
        format!("{host}{path}")
    };
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    if !scheme.is_empty() && scheme.chars().all(is_scheme) {
        format!("{scheme}://{rest}")
    } else {
        rest
    }
}

/// The user and the password of a URL, as written.
#[must_use]
pub(crate) fn userinfo(url: &str) -> Option<(&str, &str)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (user, _) = rest.rsplit_once('@')?;
    Some(user.split_once(':').unwrap_or((user, "")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_url_that_the_client_cannot_use_is_refused_with_the_cause() {
        for (url, cause) in [
            ("", "empty string"),
            ("http://127.0.0.1:1 ", "white space around the URL"),
            ("\thttp://127.0.0.1:1", "white space around the URL"),
            ("http://127.0.0.1:1\r", "white space around the URL"),
            ("http://a b/", "invalid uri character"),
            ("http://ä.example", "invalid uri character"),
            ("http://", "empty string"),
            ("http:///path", "invalid format"),
            ("https://:443", "the URL has no host"),
            ("http://[::1", "invalid authority"),
            ("http://user:pass/word@host", "the port is not a number"),
            ("ftp://host", "the URL does not start with http"),
            ("host:443", "the URL does not start with http"),
            ("host", "the URL does not start with http"),
            ("/path", "the URL does not start with http"),
            ("http://127.0.0.1:99999", "the port is not a number"),
            ("http://127.0.0.1:0", "the port is not a number"),
            ("http://127.0.0.1:", "the port is not a number"),
            ("http://[::1]:70000", "the port is not a number"),
            ("http://u:p@127.0.0.1:x", "the port is not a number"),
        ] {
            let why = validate_url(url).expect_err(url);
            assert!(why.contains(cause), "{url}: {why}");
        }
        for url in [
            "http://127.0.0.1:1",
            "https://ssm.eu-west-1.amazonaws.com",
            "https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com/path",
            "http://[::1]:8000",
            "http://[::1]",
            "HTTP://localhost:65535/",
            "http://user:password@127.0.0.1:8000/?key=value",
        ] {
            assert_eq!(validate_url(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_url_is_shown_without_secrets() {
        for (url, expected) in [
            ("http://127.0.0.1:1 ", "http://127.0.0.1:1 "),
            (
                "https://u:p@host:443/path?key=value#x",
                "https://host:443/path",
            ),
            ("https://u:p/a?s@s@host", "https://***"),
            ("http://127.0.0.1:1/?sig=a@b", "http://***"),
            ("u:p@host", "host"),
            ("u:p://w@host", "host"),
            ("host?key=value", "host"),
            ("", ""),
        ] {
            assert_eq!(redact_url(url), expected, "{url}");
        }
    }

    proptest! {
        #[test]
        fn no_password_is_shown_in_any_spelling(password in "[ -~]{1,20}", host in "[a-z]{1,8}") {
            let secret = format!("<{password}>");
            let url = format!("http://user:{secret}@{host}");
            // Such a sign ends the host, unless a password holds it: nothing is shown then.
            let shown = if secret.contains(['/', '?', '#']) { "***" } else { &host };
            prop_assert_eq!(redact_url(&url), format!("http://{shown}"));
            prop_assert_eq!(userinfo(&url), Some(("user", &*secret)));
        }

        #[test]
        fn any_text_is_validated_and_redacted_without_a_panic(url in "\\PC{0,40}") {
            let _ = validate_url(&url);
            let _ = redact_url(&url);
        }
    }
}
