//! Loads a [`Session`] from a profile or the environment.

use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use aws_config::BehaviorVersion;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::config::timeout::TimeoutConfig;
use aws_sdk_ssm::config::{AppName, Region, SharedHttpClient};
use aws_types::SdkConfig;
use aws_types::origin::Origin;
use aws_types::sdk_config::SharedTimeSource;

use crate::regions::check_region;
use crate::source::aws::connect_options::{ConnectOptions, EndpointOverride};
use crate::source::aws::limits::circuit_breaker;
use crate::source::aws::session::aws_files::{AwsFiles, Section, quoted};
use crate::source::aws::session::body_limit::{MAX_BODY_BYTES, with_body_limit};
use crate::source::aws::session::ca_bundle::CaBundle;
use crate::source::aws::session::checked_credentials::{CheckedProvider, SecretTrackingClient};
use crate::source::aws::session::credential_source::{CredentialSource, Lookup};
use crate::source::aws::session::credentials::{CredentialsCache, fetch_credentials};
use crate::source::aws::session::endpoint_settings::EndpointSettings;
use crate::source::aws::session::environment::variable;
use crate::source::aws::session::http::SessionClient;
use crate::source::aws::session::metadata::Metadata;
use crate::source::aws::session::providers::{Fetching, SourceProvider, error_text};
use crate::source::aws::session::sdk_settings;
use crate::source::aws::session::{
    DEFAULT_MAX_ATTEMPTS, FALLBACK_REGION, Session, with_credentials,
};

/// The most attempts of a call that fetches credentials.
const CREDENTIALS_ATTEMPTS: u32 = 3;

/// The profile in use, and the files it is in.
struct Profile {
    files: AwsFiles,
    name: String,
    /// Did `--profile` name it?
    is_named: bool,
    /// Did `--profile` or a variable name it?
    is_chosen: bool,
    section: Section,
}

impl Profile {
    /// The profile that was requested by name, which must then exist.
    fn load(named: Option<&str>) -> Result<Self> {
        let files = AwsFiles::load()?;
        let chosen = named.map(ToOwned::to_owned).or_else(|| {
            // In the order of the AWS CLI.
            variable("AWS_DEFAULT_PROFILE").or_else(|| variable("AWS_PROFILE"))
        });
        let name = chosen.clone().unwrap_or_else(|| "default".to_owned());
        let section = match files.profile(&name) {
            Some(section) => section.clone(),
            None if named.is_none() && name == "default" => Section::default(),
            None => bail!(files.missing_profile(&name)),
        };
        sdk_settings::check_profiles(&files, &name)?;
        Ok(Self {
            files,
            name,
            is_named: named.is_some(),
            is_chosen: chosen.is_some(),
            section,
        })
    }

    /// A setting of a variable, else of the profile.
    fn setting(&self, name: &str, key: &str) -> Option<String> {
        variable(name).or_else(|| self.section.get(key).map(ToOwned::to_owned))
    }

    fn is_true(&self, name: &str, key: &str) -> Option<bool> {
        let value = self.setting(name, key)?;
        Some(value.eq_ignore_ascii_case("true"))
    }

    /// The default region, and the one for account-level calls: preferably one
    /// that the user works in rather than one of many that were named for this
    /// run, which may not be enabled. `None` if only EC2 metadata can tell.
    fn region(&self, connect: &ConnectOptions) -> Option<String> {
        let asked = || connect.regions.first().cloned();
        asked()
            .filter(|_| connect.regions.len() == 1)
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| self.section.get("region").map(ToOwned::to_owned))
            .or_else(asked)
    }
}

/// The region that decides about the partition, as a run would find it; `None` if
/// there is none. Waits for EC2 metadata only on an EC2 instance.
///
/// # Errors
/// If the settings that decide about it cannot be used.
pub(crate) async fn configured_region(connect: &ConnectOptions) -> Result<Option<String>> {
    if let Some(region) = connect.regions.first() {
        return Ok(Some(region.clone()));
    }
    sdk_settings::check_environment(std::env::vars_os())?;
    let profile = Profile::load(connect.profiles.first().map(String::as_str))?;
    let metadata = Metadata::new(Some(&profile.section))?;
    let region = match profile.region(connect) {
        None if metadata.is_expected() => metadata.region().await,
        region => region,
    };
    if let Some(region) = &region {
        check_home_region(region)?;
    }
    Ok(region)
}

fn check_home_region(region: &str) -> Result<()> {
    check_region(region).map_err(|cause| anyhow!("the region {region:?} is {cause}"))
}

/// Loads the session of the named profile, or of the environment, for AWS or a
/// custom endpoint.
///
/// # Errors
/// If the profile, the region, the credentials or the CA bundle cannot be found
/// or read; each with the remedy.
pub(in crate::source) async fn load_session(
    connect: &ConnectOptions,
    named: Option<&str>,
) -> Result<Session> {
    sdk_settings::check_environment(std::env::vars_os())?;
    for endpoint in &connect.endpoints {
        sdk_settings::check_url("--endpoint-url", &endpoint.url)?;
    }
    let attempts = max_attempts()?;
    let profile = Profile::load(named)?;
    let client = SessionClient::new(CaBundle::find(profile.section.get("ca_bundle"))?)?;
    let endpoints =
        EndpointSettings::new(variable, &profile.files, &profile.name, &profile.section)?;
    if !is_plain(connect, &endpoints) {
        client.check_certificates(circuit_breaker::CONNECT_TIMEOUT)?;
    }
    let metadata = Arc::new(Metadata::new(Some(&profile.section))?);
    let region = home_region(connect, &profile, &metadata).await?;
    let config = sdk_config(&profile, &region, endpoints);

    let limited = SharedHttpClient::new(client.clone());
    let limited = with_body_limit(limited, MAX_BODY_BYTES);
    let plain = ProviderConfig::empty().with_http_client(SecretTrackingClient(limited.clone()));
    let fetching = Fetching {
        config: config
            .to_builder()
            .http_client(SecretTrackingClient(limited))
            .retry_config(
                RetryConfig::standard().with_max_attempts(attempts.min(CREDENTIALS_ATTEMPTS)),
            )
            .build(),
        plain,
        metadata: metadata.clone(),
        ask: connect.ask_user,
    };
    let lookup = Lookup {
        files: &profile.files,
        variable: &variable,
    };
    let source = lookup
        .source_of(&profile.name, profile.is_named)
        .map_err(|problem| anyhow!(problem))?;
    let (kind, renewal) = (source.kind(), source.renewal());
    let by_keys = matches!(source, CredentialSource::Environment(_));
    let is_last = matches!(source, CredentialSource::Metadata);
    let provider = SharedCredentialsProvider::new(SourceProvider::new(source, &fetching));
    let provider = SharedCredentialsProvider::new(CheckedProvider::new(provider));
    let first = fetch_credentials(&provider).await.map_err(|error| {
        if is_last && !metadata.has_answered() {
            nothing_found(&profile, &metadata)
        } else {
            credentials_error(&error, &profile)
        }
    })?;
    let account: Option<Arc<str>> = first.account_id().map(|id| id.as_str().into());
    // Keys in the environment take precedence over a profile that only
    // AWS_PROFILE names.
    let said = match &account {
        _ if profile.is_chosen && !by_keys => Some(format!("profile {}", profile.name)),
        Some(account) => Some(format!("account {account}")),
        None => None,
    };
    let cache = CredentialsCache::new(first, provider);
    // Only for the clients of services: credentials are fetched with other
    // settings.
    let mut config = config.to_builder().http_client(client);
    if let Some(url) = general_endpoint(connect) {
        config.set_endpoint_url(Some(url.to_owned()));
        config.insert_origin("endpoint_url", Origin::shared_config());
    }
    Ok(Session {
        config: with_credentials(&config.build(), &cache),
        credentials_cache: cache,
        max_attempts: attempts,
        endpoints: connect.endpoints.clone().into(),
        account,
        account_name: None,
        profile: named.map(Into::into),
        credentials_source: match &said {
            Some(said) if said.starts_with("profile ") => Some(format!("{said}, {kind}").into()),
            _ => Some(kind.into()),
        },
        renewal: Some(renewal.into()),
        role_arn: None,
        caller: Arc::default(),
        is_in_process: false,
        label: said.map(Into::into),
    })
}

/// The settings of every client, apart from how it connects.
fn sdk_config(profile: &Profile, region: &str, endpoints: EndpointSettings) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .retry_config(RetryConfig::standard())
        .time_source(SharedTimeSource::default())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(circuit_breaker::CONNECT_TIMEOUT)
                .operation_attempt_timeout(circuit_breaker::ATTEMPT_TIMEOUT)
                .operation_timeout(circuit_breaker::CALL_TIMEOUT)
                .build(),
        )
        .service_config(endpoints);
    config.set_use_fips(profile.is_true("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    let dual_stack = profile.is_true("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
    config.set_use_dual_stack(dual_stack);
    let app = profile.setting("AWS_SDK_UA_APP_ID", "sdk_ua_app_id");
    // As with the SDK, a name that cannot be used is left out of the header.
    config.set_app_name(app.and_then(|name| AppName::new(name).ok()));
    config.build()
}

/// Does Systems Manager have endpoints of plain HTTP only, as in tests? Other calls may
/// then still go over HTTPS.
fn is_plain(connect: &ConnectOptions, configured: &EndpointSettings) -> bool {
    let is_plain = |url: &str| url.starts_with("http://");
    let general = general_endpoint(connect).or_else(|| configured.of("SSM"));
    let of_regions = || connect.endpoints.iter().map(|endpoint| &*endpoint.url);
    general.is_some_and(is_plain) && of_regions().all(is_plain)
}

/// The endpoint that flags set for all regions.
fn general_endpoint(connect: &ConnectOptions) -> Option<&str> {
    let of_all = |endpoint: &&EndpointOverride| endpoint.region.is_none();
    let endpoint = connect.endpoints.iter().rfind(of_all)?;
    Some(&endpoint.url)
}

/// Attempts of one call. `AWS_MAX_ATTEMPTS` is respected, as by every AWS tool.
fn max_attempts() -> Result<u32> {
    let Some(text) = variable("AWS_MAX_ATTEMPTS") else {
        return Ok(DEFAULT_MAX_ATTEMPTS);
    };
    match text.trim().parse() {
        Ok(attempts) if attempts > 0 => Ok(attempts),
        _ => bail!("AWS_MAX_ATTEMPTS {text:?} is not a whole number of 1 or more"),
    }
}

async fn home_region(
    connect: &ConnectOptions,
    profile: &Profile,
    metadata: &Metadata,
) -> Result<String> {
    let region = match profile.region(connect) {
        Some(region) => Some(region),
        None => metadata.region().await,
    };
    let fallback = || connect.all_regions.then(|| FALLBACK_REGION.to_owned());
    let Some(region) = region.or_else(fallback) else {
        let cause = metadata.failure().map(|cause| format!("; {cause}"));
        bail!(
            "no AWS region: give --region eu-west-1 (or yours), set AWS_REGION, \
             or a region in the profile; --demo needs none{}",
            cause.unwrap_or_default()
        );
    };
    check_home_region(&region)?;
    Ok(region)
}

fn credentials_error(error: &CredentialsError, profile: &Profile) -> anyhow::Error {
    let text = error_text(error);
    let name = &profile.name;
    let is_of_profile = profile.is_chosen && !text.contains(&format!("profile {name}"));
    let of = if is_of_profile {
        format!(" for profile {name}")
    } else {
        String::new()
    };
    anyhow!("the AWS credentials{of} cannot be used: {text}")
}

/// The error if EC2 metadata, which is asked last, gives none: nothing says that it
/// was meant to. Networks outside of EC2 have services of their own at its address.
fn nothing_found(profile: &Profile, metadata: &Metadata) -> anyhow::Error {
    let cause = metadata.failure().map(|cause| format!("; {cause}"));
    let cause = cause.unwrap_or_default();
    if profile.is_chosen {
        let name = quoted(&profile.name);
        return anyhow!(
            "no AWS credentials found for profile {name}: add keys with aws configure --profile {name}, or a sign-in with aws configure sso --profile {name}{cause}"
        );
    }
    let known = profile.files.profile_names();
    let choice = if known.is_empty() {
        "give --profile".to_owned()
    } else {
        format!("give --profile (there are: {})", known.join(", "))
    };
    anyhow!(
        "no AWS credentials found: {choice}, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY; --demo needs none{cause}"
    )
}
