//! Who asks: credentials and endpoints, and the clients made with them.
//!
//! A person's settings are found in `clients`.

mod body_limit;
mod checked_credentials;
pub(super) mod credentials;
mod demo_http;
pub(super) mod http;
mod profile;
mod sdk_settings;
mod sts;
pub(in crate::source) mod targets;

use std::sync::Arc;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_ssm::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_ssm::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_ssm::config::{
    BehaviorVersion, Builder, Credentials, IdentityCache, Region, StalledStreamProtectionConfig,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason,
};
use aws_smithy_types::retry::{ErrorKind, RetrySpec};
use aws_types::SdkConfig;
use aws_types::origin::Origin;

use crate::source::aws::api::ec2;
use crate::source::aws::api::ec2::Ec2Client;
use crate::source::aws::api::error::CallContext;
use crate::source::aws::connect_options::EndpointOverride;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session::body_limit::{
    MAX_BODY_BYTES, MAX_EC2_BODY_BYTES, with_body_limit,
};
use crate::source::aws::session::credentials::CredentialsCache;
use crate::{demo, endpoint};

/// How often a call is tried in all where nobody says otherwise.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 10;

/// How often at most where the answer is only whether it works.
const FAIL_FAST_ATTEMPTS: u32 = 3;

/// Where to look for regions when the user has none of their own. It is
/// enabled in every account of the commercial partition.
pub const FALLBACK_REGION: &str = "us-east-1";

/// Who asks: credentials, and all that clients made with them share.
#[derive(Clone)]
pub struct Session {
    pub(crate) config: SdkConfig,
    /// What the calls are signed with.
    pub(crate) credentials_cache: CredentialsCache,
    /// How often a call is tried in all.
    pub(crate) max_attempts: u32,
    pub(crate) endpoints: Arc<[EndpointOverride]>,
    /// The account, where the credentials tell it.
    pub account: Option<Arc<str>>,
    pub profile: Option<Arc<str>>,
    /// "profile prod", for error messages.
    pub label: Option<Arc<str>>,
    /// Where the credentials come from, for people.
    pub credentials_source: Option<Arc<str>>,
    /// The role that was assumed, where one was.
    pub role_arn: Option<Arc<str>>,
    /// Is all of it answered inside this process?
    pub(crate) is_in_process: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("said", &self.label)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The region that calls about the account itself are made in.
    pub fn home_region(&self) -> &str {
        self.config.region().map_or(FALLBACK_REGION, AsRef::as_ref)
    }

    /// Settings of clients in one region.
    fn config_for_region(&self, region: &str) -> SdkConfig {
        self.config_with_body_limit(region, MAX_BODY_BYTES)
    }

    /// The same, with answers of at most so many bytes.
    fn config_with_body_limit(&self, region: &str, most_bytes: usize) -> SdkConfig {
        let mut config = self
            .config
            .to_builder()
            .region(Region::new(region.to_owned()));
        let of_region = |endpoint: &&EndpointOverride| endpoint.region.as_deref() == Some(region);
        if let Some(endpoint) = self.endpoints.iter().rfind(of_region) {
            config.set_endpoint_url(Some(endpoint.url.clone()));
            config.insert_origin("endpoint_url", Origin::shared_config());
        }
        if let Some(client) = self.config.http_client().filter(|_| !self.is_in_process) {
            config.set_http_client(Some(with_body_limit(client, most_bytes)));
        }
        config.build()
    }

    /// The same, giving up early.
    #[must_use]
    pub fn fail_fast(mut self) -> Self {
        self.max_attempts = self.max_attempts.min(FAIL_FAST_ATTEMPTS);
        self
    }

    /// Where calls to Systems Manager go in a region; `None`: nowhere, they are
    /// answered inside this process.
    pub async fn ssm_endpoint(&self, region: &str) -> Option<String> {
        if self.is_in_process {
            return None;
        }
        let config = self.config_for_region(region);
        let set = ec2::endpoint::configured_endpoint(&config, "SSM");
        let params = Params::builder()
            .region(region)
            .set_use_fips(config.use_fips())
            .set_use_dual_stack(config.use_dual_stack())
            .build()
            .ok()?;
        let public = DefaultResolver::new().resolve_endpoint(&params).await;
        set.or_else(|| Some(public.ok()?.url().to_owned()))
            .map(|url| endpoint::redact_url(&url))
    }

    /// A client of Systems Manager in one region.
    pub fn ssm_client(
        &self,
        region: &str,
        call_stats: &CallStats,
        breaker: &CircuitBreaker,
    ) -> aws_sdk_ssm::Client {
        let account = self.account.as_deref().unwrap_or_default();
        let config = configure_retries(
            Builder::from(&self.config_for_region(region)),
            self.max_attempts,
            &format!("{account}/{region}"),
            call_stats,
        )
        .interceptor(breaker.clone())
        .retry_classifier(breaker.clone());
        aws_sdk_ssm::Client::from_conf(config.build())
    }

    /// A client of EC2 in one region.
    pub fn ec2_client(
        &self,
        region: &str,
        call_stats: &CallStats,
        most_attempts: u32,
    ) -> Ec2Client {
        let attempts = self.max_attempts.min(most_attempts);
        Ec2Client::new(
            &self.config_with_body_limit(region, MAX_EC2_BODY_BYTES),
            region,
            call_stats,
            attempts,
        )
        .with_session_label(self.label.as_deref())
        .with_credentials_cache(self.credentials_cache.clone())
    }

    /// A client of the Security Token Service.
    pub(crate) fn sts_client(&self, call_stats: &CallStats) -> aws_sdk_sts::Client {
        let config =
            aws_sdk_sts::config::Builder::from(&self.config_for_region(self.home_region()))
                .retry_config(retry_config(self.max_attempts))
                .retry_partition(retry_partition("sts"))
                .interceptor(call_stats.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// A client of Organizations, which lives in one region of each partition.
    pub fn organizations_client(&self, call_stats: &CallStats) -> aws_sdk_organizations::Client {
        let config = aws_sdk_organizations::config::Builder::from(
            &self.config_for_region(self.home_region()),
        )
        .retry_config(retry_config(self.max_attempts))
        .retry_partition(retry_partition("organizations"))
        .interceptor(call_stats.clone());
        aws_sdk_organizations::Client::from_conf(config.build())
    }

    pub(crate) fn call_context(
        &self,
        service: &'static str,
        action: &'static str,
    ) -> CallContext<'_> {
        CallContext {
            service,
            action,
            region: self.home_region(),
            session_label: self.label.as_deref(),
        }
    }
}

/// The same settings, for calls that are signed with these credentials. The
/// cache of the SDK would hold on to what a service has refused.
pub(crate) fn with_credentials(config: &SdkConfig, held: &CredentialsCache) -> SdkConfig {
    config
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(held.clone()))
        .identity_cache(IdentityCache::no_cache())
        .build()
}

/// Who asks in the demo world inside the process.
pub fn demo_session() -> Session {
    let credentials = Credentials::builder()
        .access_key_id("AKIADEMODEMODEMODEMO")
        .secret_access_key("demo")
        .provider_name("demo")
        .build();
    let held = CredentialsCache::new(
        credentials.clone(),
        SharedCredentialsProvider::new(credentials),
    );
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        // What is about the account is asked where the demo's own nodes are.
        .region(Region::from_static(demo::REGION))
        .http_client(demo_http::in_process_client(demo::world::World::sample()))
        .build();
    Session {
        config: with_credentials(&config, &held),
        credentials_cache: held,
        max_attempts: DEFAULT_MAX_ATTEMPTS,
        endpoints: Arc::new([]),
        account: Some(demo::ACCOUNT.into()),
        profile: None,
        label: Some("the demo fleet".into()),
        credentials_source: Some("the demo's own".into()),
        role_arn: None,
        is_in_process: true,
    }
}

/// Retries that ride out what befalls one call.
fn retry_config(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_retry_spec(RetrySpec::v2_1())
        .with_max_attempts(attempts)
}

/// Retries of one client alone, as many as its calls take: a slow account or
/// region must not hold back another, nor a role that of the next account.
fn retry_partition(of: &str) -> RetryPartition {
    RetryPartition::custom(of.to_owned())
        .token_bucket(TokenBucket::unlimited())
        .build()
}

/// What every client gets: retries that ride out what befalls one call, and the
/// count of calls. What is throttled comes back at once: `pace` rides that out
/// for all calls together.
///
/// The SDK's defaults lose most of a throttled sweep: a shared bucket of
/// retries runs dry. Its adaptive mode loses none, but sends a herd before it
/// learns, and gives up a call after so many throttled tries.
fn configure_retries(config: Builder, attempts: u32, of: &str, call_stats: &CallStats) -> Builder {
    config
        .retry_config(retry_config(attempts))
        .retry_partition(retry_partition(of))
        .retry_classifier(NoRetryWhenThrottled)
        // Answers are small and read whole; the attempt's time limit covers them.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(call_stats.clone())
}

/// Takes what the SDK's own classifiers, which run before it, call throttled
/// out of the SDK's retries.
#[derive(Debug)]
struct NoRetryWhenThrottled;

impl ClassifyRetry for NoRetryWhenThrottled {
    fn classify_retry(&self, _context: &InterceptorContext) -> RetryAction {
        RetryAction::NoActionIndicated
    }

    fn classify_retry_v2(
        &self,
        _context: &InterceptorContext,
        before: &RetryAction,
    ) -> RetryAction {
        match before {
            RetryAction::RetryIndicated(RetryReason::RetryableError {
                kind: ErrorKind::ThrottlingError,
                ..
            }) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "patchctl::NotWhenThrottled"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // The service's error codes are read in the one before.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
