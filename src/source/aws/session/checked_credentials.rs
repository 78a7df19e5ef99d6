//! Checks credentials as they are fetched: remembers them as secrets before
//! anything is printed, and refuses those that no request can carry, on which
//! the SDK panics.

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_ssm::config::http::HttpRequest;
use aws_sdk_ssm::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};

use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};

use crate::secrets;

/// Returns the credentials of another provider, if they can be used.
#[derive(Debug)]
pub(super) struct CheckedProvider(SharedCredentialsProvider);

impl CheckedProvider {
    pub(super) fn new(provider: SharedCredentialsProvider) -> Self {
        Self(provider)
    }
}

impl ProvideCredentials for CheckedProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = without_empty_token(self.0.provide_credentials().await?);
            match check_usable(&credentials) {
                Ok(()) => Ok(credentials),
                Err(cause) => Err(CredentialsError::invalid_configuration(cause)),
            }
        })
    }
}

/// The credentials without a token that is empty, which is none: helpers print it,
/// and AWS refuses a request with an empty one.
fn without_empty_token(credentials: Credentials) -> Credentials {
    if credentials.session_token() != Some("") {
        return credentials;
    }
    let mut builder = Credentials::builder()
        .access_key_id(credentials.access_key_id())
        .secret_access_key(credentials.secret_access_key())
        .provider_name("checked");
    builder.set_expiry(credentials.expiry());
    builder.set_account_id(credentials.account_id().cloned());
    builder.build()
}

/// Checks that requests can be signed with these, and remembers their secrets.
///
/// # Errors
/// What is wrong with which part, without its value.
pub(super) fn check_usable(credentials: &Credentials) -> Result<(), String> {
    let parts = [
        ("the access key id", credentials.access_key_id()),
        ("the secret access key", credentials.secret_access_key()),
        (
            "the session token",
            credentials.session_token().unwrap_or("-"),
        ),
    ];
    secrets::register(parts[1].1);
    secrets::register(parts[2].1);
    for (name, value) in parts {
        if value.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if let Some(cause) = header_problem(value) {
            return Err(format!("{name} cannot be used: {cause}"));
        }
    }
    Ok(())
}

/// Why an HTTP header cannot carry this value. The secret key is in no header,
/// but has the same characters.
#[must_use]
pub(super) fn header_problem(value: &str) -> Option<&'static str> {
    if value.trim() != value {
        Some("there is white space around it, such as the end of a line")
    } else if value.chars().any(char::is_control) {
        Some("there is a control character in it, such as the end of a line")
    } else if !value.is_ascii() {
        Some("there is a character in it that is not ASCII")
    } else {
        None
    }
}

/// An HTTP client for credential providers: remembers the tokens in its
/// requests as secrets. The SDK reads or fetches such tokens itself.
#[derive(Debug)]
pub(super) struct SecretTrackingClient(pub SharedHttpClient);

impl HttpClient for SecretTrackingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.0.http_connector(settings, components);
        SharedHttpConnector::new(SecretTrackingConnector(connector))
    }
}

#[derive(Debug)]
struct SecretTrackingConnector(SharedHttpConnector);

/// Headers that carry a secret. That of a signed request holds only a
/// signature.
const SECRET_HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
];

/// Where the EC2 metadata service names the role of an instance, which becomes
/// part of the next request; the SDK panics on an invalid name. Source: IAM
/// user guide, "IAM and AWS STS quotas", for the characters of a name.
const INSTANCE_ROLE_PATH: &str = "/iam/security-credentials/";

/// The response is a name of up to 64 characters, or an error page.
const MAX_ROLE_NAME_BYTES: usize = 64 << 10;

/// Members of a request to IAM Identity Center, and of its cached tokens.
const SECRET_MEMBERS: [&str; 3] = ["accessToken", "refreshToken", "clientSecret"];

impl HttpConnector for SecretTrackingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        for value in SECRET_HEADERS
            .iter()
            .filter_map(|name| request.headers().get(name))
        {
            if !value.starts_with("AWS4-") {
                secrets::register(value);
                secrets::register(value.split_once(' ').map_or("", |(_, token)| token));
            }
        }
        remember_json_secrets(request.body().bytes().unwrap_or_default());
        if !request.uri().ends_with(INSTANCE_ROLE_PATH) {
            return self.0.call(request);
        }
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async {
            let mut response = answer.await?;
            let body = Limited::new(response.take_body(), MAX_ROLE_NAME_BYTES)
                .collect()
                .await;
            let body = body.map_err(ConnectorError::io)?.to_bytes();
            let body = body.trim_ascii();
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(byte);
            if response.status().is_success() && !body.iter().all(is_name) {
                let what = "the metadata service names no role of the instance";
                return Err(ConnectorError::other(what.into(), None));
            }
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

/// Remembers the tokens in a JSON object as secrets.
pub(super) fn remember_json_secrets(json: &[u8]) {
    if json.first() != Some(&b'{') {
        return;
    }
    let object: serde_json::Value = serde_json::from_slice(json).unwrap_or_default();
    for token in SECRET_MEMBERS
        .iter()
        .filter_map(|name| object[name].as_str())
    {
        secrets::register(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_credentials_are_refused_without_showing_them() {
        let right = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let with = |key: &str, secret: &str, token: Option<&str>| {
            check_usable(&Credentials::new(
                key,
                secret,
                token.map(Into::into),
                None,
                "test",
            ))
        };
        assert_eq!(with("AKIDEXAMPLE", right, None), Ok(()));
        assert_eq!(with("AKIDEXAMPLE", right, Some("token==")), Ok(()));
        for wrong in [
            "value\r", "\nvalue", "va\nlue", "va\0lue", "välue", " value", "",
        ] {
            for cause in [
                with(wrong, right, None),
                with("AKIDEXAMPLE", wrong, None),
                with("AKIDEXAMPLE", right, Some(wrong)),
            ] {
                let cause = cause.unwrap_err();
                assert!(
                    !cause.contains("value") && cause.starts_with("the "),
                    "{cause}"
                );
            }
        }
    }

    #[test]
    fn tokens_in_token_requests_are_remembered_as_secrets() {
        remember_json_secrets(br#"{"refreshToken":"refresh-9f2e","grantType":"refresh_token","clientSecret":"client-77aa"}"#);
        remember_json_secrets(b"{");
        assert_eq!(
            secrets::redact("refresh-9f2e client-77aa refresh_token"),
            "*** *** refresh_token"
        );
    }
}
