//! Credentials of a role of IAM Identity Center, with the token that `aws sso login`
//! has stored.

use std::time::{Duration, SystemTime};

use aws_config::sso::SsoTokenProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::token::ProvideToken as _;
use aws_sdk_ssm::config::{IdentityCache, Region};
use aws_types::SdkConfig;
use jiff::Timestamp;

use crate::bounded_read;
use crate::secrets;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::error_text::error_chain;
use crate::source::aws::session::aws_files::quoted;
use crate::source::aws::session::checked_credentials::remember_json_secrets;
use crate::source::aws::session::cli_cache::sha1_hex;
use crate::source::aws::session::credential_source::SsoSource;
use crate::source::aws::session::environment::home_dir;

/// Tokens have a few KB.
const MAX_TOKEN_BYTES: u64 = 64 << 10;

/// Fetches the credentials of a role of IAM Identity Center.
///
/// # Errors
/// If the user is not signed in, or has no such role; with the remedy.
pub(super) async fn sso_credentials(
    config: &SdkConfig,
    sso: &SsoSource,
) -> Result<Credentials, String> {
    let sign_in = format!("run aws sso login --profile {}", quoted(&sso.profile));
    let config = config
        .to_builder()
        .region(Region::new(sso.region.clone()))
        .identity_cache(IdentityCache::no_cache())
        .build();
    let token = match &sso.session {
        Some(session) => {
            let tokens = SsoTokenProvider::builder()
                .configure(&config)
                .start_url(&sso.start_url)
                .session_name(session)
                .region(Region::new(sso.region.clone()))
                .build()
                .await;
            let token = tokens.provide_token().await;
            let token = token.map_err(|error| {
                let cause = error_chain(&error);
                format!(
                    "profile {} is not signed in to IAM Identity Center ({cause}): {sign_in}",
                    sso.profile
                )
            })?;
            token.token().to_owned()
        }
        None => cached_token(&sso.start_url).map_err(|cause| {
            format!(
                "profile {} is not signed in to IAM Identity Center ({cause}): {sign_in}",
                sso.profile
            )
        })?,
    };
    secrets::register(&token);
    let call = aws_sdk_sso::Client::new(&config)
        .get_role_credentials()
        .role_name(&sso.role)
        .account_id(&sso.account)
        .access_token(token);
    let label = format!("profile {}", sso.profile);
    let about = CallContext {
        service: "sso",
        action: "GetRoleCredentials",
        region: &sso.region,
        session_label: Some(&label),
        renewal: Some(&sign_in),
    };
    let answer = call.send().await.map_err(|error| {
            let error = CallError::from_sdk(&error, about);
            let text = &error.cause.text;
            match &*error.cause.code {
                "UnauthorizedException" => format!("{text}; the session of IAM Identity Center has ended: {sign_in}"),
                "ForbiddenException" | "ResourceNotFoundException" => format!(
                    "{text}; the role {} of account {} is not assigned to this user: see sso_role_name and sso_account_id, or ask whoever administers IAM Identity Center",
                    sso.role, sso.account
                ),
                _ => text.to_string(),
            }
        })?;
    let keys = answer
        .role_credentials()
        .ok_or("the answer has no credentials")?;
    let (Some(id), Some(secret)) = (keys.access_key_id(), keys.secret_access_key()) else {
        return Err("the answer of IAM Identity Center has no keys".to_owned());
    };
    let until = u64::try_from(keys.expiration()).unwrap_or_default();
    let mut builder = Credentials::builder()
        .access_key_id(id)
        .secret_access_key(secret)
        .account_id(sso.account.as_str())
        .expiry(SystemTime::UNIX_EPOCH + Duration::from_millis(until))
        .provider_name("sso");
    builder.set_session_token(keys.session_token().map(ToOwned::to_owned));
    Ok(builder.build())
}

/// The token that `aws sso login` has stored for a start URL, as before there were
/// sso-session sections.
fn cached_token(start_url: &str) -> Result<String, String> {
    let folder = home_dir()
        .unwrap_or_default()
        .join(".aws")
        .join("sso")
        .join("cache");
    let path = folder.join(format!("{}.json", sha1_hex(start_url)));
    let read = bounded_read::read_if_exists(&path, MAX_TOKEN_BYTES);
    let bytes = read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let bytes = bytes.ok_or("there is no token")?;
    remember_json_secrets(&bytes);
    let document: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_| format!("{} is no JSON", path.display()))?;
    let until = document["expiresAt"]
        .as_str()
        .unwrap_or_default()
        .replace("UTC", "Z");
    let is_valid = until
        .parse::<Timestamp>()
        .is_ok_and(|until| SystemTime::from(until) > SystemTime::now());
    let token = document["accessToken"]
        .as_str()
        .filter(|token| !token.is_empty());
    match token {
        Some(token) if is_valid => Ok(token.to_owned()),
        Some(_) => Err("the token has expired".to_owned()),
        None => Err("there is no token".to_owned()),
    }
}
