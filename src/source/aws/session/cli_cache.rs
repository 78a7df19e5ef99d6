//! Sessions of roles that the AWS CLI has cached, in `~/.aws/cli/cache`. Read, and
//! never written.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha1::{Digest as _, Sha1};

use crate::bounded_read::read_if_exists;
use crate::secrets;
use crate::source::aws::session::credential_source::RoleSource;
use crate::source::aws::session::environment::home_dir;

/// A session has some 2 KB.
const MAX_BYTES: u64 = 64 << 10;

/// The session of a role that the AWS CLI has cached, if it is valid for so long.
pub(super) fn cached_session(role: &RoleSource, valid_for: Duration) -> Option<Credentials> {
    let bytes = read_if_exists(&path_of(role)?, MAX_BYTES).ok()??;
    let document: Value = serde_json::from_slice(&bytes).ok()?;
    let session = &document["Credentials"];
    let text = |name: &str| session[name].as_str();
    let (id, secret) = (text("AccessKeyId")?, text("SecretAccessKey")?);
    let token = text("SessionToken").filter(|token| !token.is_empty())?;
    secrets::register(secret);
    secrets::register(token);
    // The CLI writes the zone as `Z`, `UTC` or `+00:00`.
    let until = text("Expiration")?.replace("UTC", "Z");
    let until = SystemTime::from(until.parse::<Timestamp>().ok()?);
    if until < SystemTime::now() + valid_for {
        return None;
    }
    let mut builder = Credentials::builder()
        .access_key_id(id)
        .secret_access_key(secret)
        .session_token(token)
        .expiry(until)
        .provider_name("cli-cache");
    let of_arn = document["AssumedRoleUser"]["Arn"].as_str();
    let of_arn = of_arn.and_then(|arn| arn.split(':').nth(4));
    let account = text("AccountId").or(of_arn);
    builder.set_account_id(account.map(Into::into));
    Some(builder.build())
}

fn path_of(role: &RoleSource) -> Option<PathBuf> {
    let name = format!("{}.json", cache_key(role));
    Some(
        home_dir()?
            .join(".aws")
            .join("cli")
            .join("cache")
            .join(name),
    )
}

/// The name of the file: the SHA-1 of the parameters of AssumeRole as Python
/// prints them. Source: `BaseAssumeRoleCredentialFetcher` in botocore.
fn cache_key(role: &RoleSource) -> String {
    let mut parameters = Map::new();
    let texts = [
        ("RoleArn", Some(&role.role_arn)),
        ("RoleSessionName", role.session_name.as_ref()),
        ("ExternalId", role.external_id.as_ref()),
        ("SerialNumber", role.mfa_serial.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            parameters.insert(name.to_owned(), text.as_str().into());
        }
    }
    if let Some(seconds) = role.duration_seconds {
        parameters.insert("DurationSeconds".to_owned(), seconds.into());
    }
    let mut names: Vec<&String> = parameters.keys().collect();
    names.sort();
    let members = names.iter().map(|name| {
        let value = escape_non_ascii(&parameters[*name].to_string());
        format!("{}: {value}", Value::from(name.as_str()))
    });
    let text = format!("{{{}}}", members.collect::<Vec<_>>().join(", "));
    sha1_hex(&text)
}

/// The SHA-1 of a text, as the AWS CLI names its files by it.
pub(super) fn sha1_hex(text: &str) -> String {
    Sha1::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// JSON with every character outside of ASCII in its escaped form.
fn escape_non_ascii(json: &str) -> String {
    let mut escaped = String::new();
    for letter in json.chars() {
        if letter.is_ascii() {
            escaped.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws::session::credential_source::CredentialSource;

    #[test]
    fn the_name_of_the_file_is_that_of_botocore() {
        let role = |session: Option<&str>, external: Option<&str>, mfa: Option<&str>, seconds| {
            RoleSource {
                profile: "p".into(),
                role_arn: "arn:aws:iam::777788889999:role/auditor".into(),
                session_name: session.map(Into::into),
                external_id: external.map(Into::into),
                mfa_serial: mfa.map(Into::into),
                duration_seconds: seconds,
                source: CredentialSource::Metadata,
            }
        };
        let mfa = Some("arn:aws:iam::111122223333:mfa/me");
        for (role, expected) in [
            (
                role(None, None, mfa, None),
                "bc837e1d3c5944ed19f79d80d0581c18bf50b039",
            ),
            (
                role(Some("me"), Some("a/b \"ü😀\""), mfa, Some(900)),
                "c69316a06214521bf11d1ce59e6f84955240d12c",
            ),
            (
                role(None, None, None, None),
                "06863944a8d0359f9b6d08b010b46d89b6265090",
            ),
        ] {
            assert_eq!(cache_key(&role), expected);
        }
    }
}
