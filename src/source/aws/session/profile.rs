//! Loads a [`Session`] from a profile or the environment. The only user of
//! aws-config.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use aws_config::BehaviorVersion;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds::{self, credentials::ImdsCredentialsProvider, region::ImdsRegionProvider};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_ssm::config::Region;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::timeout::TimeoutConfig;
use aws_types::origin::Origin;
use aws_types::os_shim_internal::{Env, Fs};

use crate::regions::check_region;
use crate::source::aws::api::error_text::error_chain;
use crate::source::aws::connect_options::{ConnectOptions, EndpointOverride};
use crate::source::aws::limits::circuit_breaker;
use crate::source::aws::session::body_limit::{MAX_BODY_BYTES, with_body_limit};
use crate::source::aws::session::checked_credentials::{CheckedProvider, SecretTrackingClient};
use crate::source::aws::session::credentials::{CredentialsCache, fetch_credentials};
use crate::source::aws::session::http::{
    SchemeRoutingClient, https_client, load_ca_bundle, plain_http_client,
};
use crate::source::aws::session::sdk_settings;
use crate::source::aws::session::{
    DEFAULT_MAX_ATTEMPTS, FALLBACK_REGION, Session, with_credentials,
};

/// How long the metadata service of an EC2 instance may take to respond, once.
/// It responds within milliseconds if there is one; on a laptop there is none,
/// and both timeouts together (region, then credentials) must stay under two
/// seconds.
const METADATA_TIMEOUT: Duration = Duration::from_millis(700);

/// Loads the session of the named profile, or of the environment, for AWS or a
/// custom endpoint.
///
/// # Errors
/// If the profile, the region, the credentials or the CA bundle cannot be found
/// or read; each with the remedy.
pub(super) async fn load_session(connect: &ConnectOptions, named: Option<&str>) -> Result<Session> {
    sdk_settings::check_environment(std::env::vars_os())?;
    sdk_settings::check_files()?;
    for endpoint in &connect.endpoints {
        sdk_settings::check_url("--endpoint-url", &endpoint.url)?;
    }
    let attempts = max_attempts()?;
    let profiles = aws_config::profile::load(
        &Fs::default(),
        &Env::default(),
        &EnvConfigFiles::default(),
        named.map(|name| name.to_owned().into()),
    )
    .await
    .map_err(|error| {
        anyhow!(
            "the AWS config files cannot be read: {}",
            error_chain(&error)
        )
    })?;
    let profile = find_profile(named, &profiles)?;
    sdk_settings::check_profiles(&profiles)?;
    let https = https_client(load_ca_bundle(profiles.get("ca_bundle"))?)?;
    let metadata = metadata_client();
    let of_credentials = SecretTrackingClient(with_body_limit(https.clone(), MAX_BODY_BYTES));
    let provider_config = ProviderConfig::default().with_http_client(of_credentials);

    let region = home_region(connect, named, &provider_config, &metadata).await?;
    if let Err(cause) = check_region(region.as_ref()) {
        bail!("the region {:?} is {cause}", region.as_ref());
    }
    let provider_config = provider_config.with_region(Some(region.clone()));
    let provider =
        credentials_provider(named, &provider_config, &region, metadata, &profiles).await;
    let provider = SharedCredentialsProvider::new(CheckedProvider::new(provider));
    let first = fetch_credentials(&provider)
        .await
        .map_err(|error| credentials_error(&error, profile.as_deref()))?;
    let account: Option<Arc<str>> = first.account_id().map(|id| id.as_str().into());
    let credentials = credentials_kind(&first);
    // Keys in the environment take precedence over a profile that only
    // AWS_PROFILE names.
    let by_keys = named.is_none() && std::env::var_os("AWS_ACCESS_KEY_ID").is_some();
    let said = match (&profile, &account) {
        (Some(profile), _) if !by_keys => Some(format!("profile {profile}")),
        (_, Some(account)) => Some(format!("account {account}")),
        (_, None) => None,
    };

    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(with_body_limit(https.clone(), MAX_BODY_BYTES))
        // Set here, because aws-config panics on an invalid AWS_MAX_ATTEMPTS.
        .retry_config(RetryConfig::standard())
        .region(region)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(circuit_breaker::CONNECT_TIMEOUT)
                .operation_attempt_timeout(circuit_breaker::ATTEMPT_TIMEOUT)
                .operation_timeout(circuit_breaker::CALL_TIMEOUT)
                .build(),
        )
        .credentials_provider(provider.clone());
    let cache = CredentialsCache::new(first, provider);
    if let Some(name) = named {
        loader = loader.profile_name(name);
    }
    let shared = loader.load().await;
    // Only for the clients of services: credentials are fetched with other
    // settings.
    let mut config = shared
        .to_builder()
        .http_client(SchemeRoutingClient::new(https));
    let of_all = |endpoint: &&EndpointOverride| endpoint.region.is_none();
    if let Some(endpoint) = connect.endpoints.iter().rfind(of_all) {
        config.set_endpoint_url(Some(endpoint.url.clone()));
        config.insert_origin("endpoint_url", Origin::shared_config());
    }
    Ok(Session {
        config: with_credentials(&config.build(), &cache),
        credentials_cache: cache,
        max_attempts: attempts,
        endpoints: connect.endpoints.clone().into(),
        account,
        profile: named.map(Into::into),
        credentials_source: match (&said, credentials) {
            (Some(said), Some(kind)) if said.starts_with("profile ") => {
                Some(format!("{said}, {kind}").into())
            }
            (_, Some(kind)) => Some(kind.into()),
            (said, None) => said.as_deref().map(Into::into),
        },
        role_arn: None,
        is_in_process: false,
        label: said.map(Into::into),
    })
}

/// Attempts of one call. `AWS_MAX_ATTEMPTS` is respected, as by every AWS tool.
fn max_attempts() -> Result<u32> {
    let Some(text) = std::env::var("AWS_MAX_ATTEMPTS")
        .ok()
        .filter(|text| !text.is_empty())
    else {
        return Ok(DEFAULT_MAX_ATTEMPTS);
    };
    match text.trim().parse() {
        Ok(attempts) if attempts > 0 => Ok(attempts),
        _ => bail!("AWS_MAX_ATTEMPTS {text:?} is not a whole number of 1 or more"),
    }
}

/// The profile that was requested by name, which must then exist.
fn find_profile(named: Option<&str>, profiles: &ProfileSet) -> Result<Option<String>> {
    let from_environment = || {
        std::env::var("AWS_PROFILE")
            .ok()
            .filter(|name| !name.is_empty())
    };
    let Some(name) = named.map(ToOwned::to_owned).or_else(from_environment) else {
        return Ok(None);
    };
    if profiles.get_profile(&name).is_some() || (name == "default" && named.is_none()) {
        return Ok(Some(name));
    }
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let hint = if known.is_empty() {
        "there are none: run aws configure sso, or aws configure".to_owned()
    } else {
        format!("there are: {}", known.join(", "))
    };
    bail!("no profile {name:?} in the AWS config files; {hint}")
}

/// The metadata service of an EC2 instance, tried once with a short timeout.
fn metadata_client() -> imds::Client {
    imds::Client::builder()
        .configure(
            &ProviderConfig::default().with_http_client(SecretTrackingClient(with_body_limit(
                plain_http_client(),
                MAX_BODY_BYTES,
            ))),
        )
        .max_attempts(1)
        .connect_timeout(METADATA_TIMEOUT)
        .read_timeout(METADATA_TIMEOUT)
        .operation_timeout(METADATA_TIMEOUT)
        .build()
}

/// The default region, and the one for account-level calls: preferably one that
/// the user works in rather than one of many that were named for this run,
/// which may not be enabled.
async fn home_region(
    connect: &ConnectOptions,
    named: Option<&str>,
    config: &ProviderConfig,
    metadata: &imds::Client,
) -> Result<Region> {
    let asked = connect.regions.first().cloned().map(Region::new);
    let only = asked.clone().filter(|_| connect.regions.len() == 1);
    let mut profile = ProfileFileRegionProvider::builder().configure(config);
    if let Some(name) = named {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(only)
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .or_else(asked)
        .or_else(
            ImdsRegionProvider::builder()
                .configure(config)
                .imds_client(metadata.clone())
                .build(),
        )
        .or_else(
            connect
                .all_regions
                .then(|| Region::from_static(FALLBACK_REGION)),
        )
        .region()
        .await
        .ok_or_else(|| {
            anyhow!(
                "no AWS region: give --region eu-west-1 (or yours), set AWS_REGION, \
                 or a region in the profile; --demo needs none"
            )
        })
}

/// The profile keys that define where its credentials come from. Source: the
/// AWS SDKs and Tools reference guide, "Shared config and credentials files".
const CREDENTIAL_KEYS: [&str; 8] = [
    "aws_access_key_id",
    "credential_process",
    "credential_source",
    "role_arn",
    "source_profile",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// The source of credentials. A profile named by `--profile` takes precedence
/// over keys in the environment, as with the AWS CLI; the SDK's own chain has
/// the opposite order.
async fn credentials_provider(
    named: Option<&str>,
    config: &ProviderConfig,
    region: &Region,
    metadata: imds::Client,
    profiles: &ProfileSet,
) -> SharedCredentialsProvider {
    let Some(name) = named else {
        return SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder()
                .configure(config.clone())
                .region(region.clone())
                .imds_client(metadata)
                .build()
                .await,
        );
    };
    let profile = ProfileFileCredentialsProvider::builder()
        .configure(config)
        .profile_name(name)
        .build();
    let says_where = profiles
        .get_profile(name)
        .is_some_and(|profile| CREDENTIAL_KEYS.iter().any(|key| profile.get(key).is_some()));
    if says_where {
        // An error in the profile must not be hidden by another source.
        return SharedCredentialsProvider::new(profile);
    }
    SharedCredentialsProvider::new(
        CredentialsProviderChain::first_try("Profile", profile)
            .or_else(
                "EcsContainer",
                EcsCredentialsProvider::builder().configure(config).build(),
            )
            .or_else(
                "Ec2InstanceMetadata",
                ImdsCredentialsProvider::builder()
                    .configure(config)
                    .imds_client(metadata)
                    .build(),
            ),
    )
}

/// The kind of credentials, for display, if it is known.
fn credentials_kind(credentials: &Credentials) -> Option<&'static str> {
    use AwsCredentialFeature as Feature;
    let features = credentials.get_property::<Vec<Feature>>()?;
    // The last step provides the credentials that sign the calls.
    features.iter().rev().find_map(|feature| {
        Some(match feature {
            Feature::CredentialsEnvVars => "keys in the environment",
            Feature::CredentialsProfile => "keys of the profile",
            Feature::CredentialsSso | Feature::CredentialsProfileSso => "IAM Identity Center",
            Feature::CredentialsProcess | Feature::CredentialsProfileProcess => {
                "credential_process"
            }
            Feature::CredentialsHttp => "container credentials",
            Feature::CredentialsImds => "EC2 instance metadata",
            Feature::CredentialsStsAssumeRole
            | Feature::CredentialsProfileSourceProfile
            | Feature::CredentialsProfileNamedProvider => "an assumed role",
            Feature::CredentialsStsAssumeRoleWebId
            | Feature::CredentialsEnvVarsStsWebIdToken
            | Feature::CredentialsProfileStsWebIdToken => "web identity",
            _ => return None,
        })
    })
}

fn credentials_error(error: &CredentialsError, profile: Option<&str>) -> anyhow::Error {
    let of = profile.map_or(String::new(), |name| format!(" for profile {name}"));
    let sign_in = profile.map_or_else(
        || "aws sso login".to_owned(),
        |name| format!("aws sso login --profile {name}"),
    );
    let cause = error_chain(error);
    let cause = cause.trim_start_matches("an error occurred while loading credentials: ");
    // The metadata service is tried last, if no other source had credentials:
    // hosts that forbid it respond with an error of their own.
    let none_found =
        matches!(error, CredentialsError::CredentialsNotLoaded(_)) || cause.contains("IMDS");
    // The rest of that text lists the SDK's providers.
    if profile.is_some() && cause.starts_with("no credentials found in chain") {
        return anyhow!(
            "no AWS credentials found{of}: run {sign_in}, or add credentials to the profile"
        );
    }
    if profile.is_none() && none_found {
        return anyhow!(
            "no AWS credentials found: run {sign_in}, give --profile, or set \
             AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; --demo needs none"
        );
    }
    anyhow!(
        "the AWS credentials{of} cannot be used: {}; if the session has expired, run {sign_in}",
        cause.trim_end_matches('.')
    )
}
