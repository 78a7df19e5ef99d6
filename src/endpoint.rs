//! The address of an endpoint or proxy: checked before it is used, and shown
//! without what may be secret in it. Pure.

use hyper::Uri;

/// What keeps this from being the address of an HTTP endpoint. The parser is the
/// one of the AWS SDK, which fails late, and with the whole request in its
/// message, on what it cannot parse.
///
/// # Errors
/// The cause, without the address.
pub fn validate_url(url: &str) -> Result<(), String> {
    if url.trim() != url {
        return Err("there is white space around it".to_owned());
    }
    let uri: Uri = url.parse().map_err(|error| format!("{error}"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err("it does not start with http:// or https://".to_owned());
    }
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.host().is_empty() {
        return Err("it names no host".to_owned());
    }
    let after_user = authority.as_str().rsplit('@').next().unwrap_or_default();
    // The parser takes any digits for a port, and the client then uses another.
    if let Some(port) = after_user.strip_prefix(authority.host())
        && !port.is_empty()
        && !port[1..].parse::<u16>().is_ok_and(|port| port > 0)
    {
        return Err("its port is no number from 1 to 65535".to_owned());
    }
    Ok(())
}

/// The address without user, password, query and fragment. Only for one that
/// `check` accepts: in another, a password may stand without an `@` after it.
#[must_use]
pub fn redact_url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    if !scheme.is_empty() && scheme.chars().all(is_scheme) {
        format!("{scheme}://{rest}")
    } else {
        rest.to_owned()
    }
}

/// The user and the password in an address, as they are written there.
#[must_use]
pub fn userinfo(url: &str) -> Option<(&str, &str)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (user, _) = rest.rsplit_once('@')?;
    Some(user.split_once(':').unwrap_or((user, "")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_that_the_client_could_not_use_is_refused_with_its_cause() {
        for (url, cause) in [
            ("", "empty string"),
            ("http://127.0.0.1:1 ", "white space around it"),
            ("\thttp://127.0.0.1:1", "white space around it"),
            ("http://127.0.0.1:1\r", "white space around it"),
            ("http://a b/", "invalid uri character"),
            ("http://ä.example", "invalid uri character"),
            ("http://", "empty string"),
            ("http:///path", "invalid format"),
            ("https://:443", "it names no host"),
            ("http://[::1", "invalid authority"),
            ("http://user:pass/word@host", "its port is no number"),
            ("ftp://host", "it does not start with http"),
            ("host:443", "it does not start with http"),
            ("host", "it does not start with http"),
            ("/path", "it does not start with http"),
            ("http://127.0.0.1:99999", "its port is no number"),
            ("http://127.0.0.1:0", "its port is no number"),
            ("http://127.0.0.1:", "its port is no number"),
            ("http://[::1]:70000", "its port is no number"),
            ("http://u:p@127.0.0.1:x", "its port is no number"),
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
    fn an_address_is_shown_without_what_may_be_secret() {
        for (url, expected) in [
            ("http://127.0.0.1:1 ", "http://127.0.0.1:1 "),
            (
                "https://u:p@host:443/path?key=value#x",
                "https://host:443/path",
            ),
            ("https://u:p/a?s@s@host", "https://host"),
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
        fn no_password_is_shown_however_it_is_written(password in "[ -~]{1,20}", host in "[a-z]{1,8}") {
            let secret = format!("<{password}>");
            let url = format!("http://user:{secret}@{host}");
            prop_assert_eq!(redact_url(&url), format!("http://{host}"));
            prop_assert_eq!(userinfo(&url), Some(("user", &*secret)));
        }

        #[test]
        fn whatever_is_written_is_checked_and_shown(url in "\\PC{0,40}") {
            let _ = validate_url(&url);
            let _ = redact_url(&url);
        }
    }
}
