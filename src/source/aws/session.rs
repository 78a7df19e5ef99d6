//! An AWS session: credentials and endpoints, and the SDK clients made with
//! them. `profile` loads one from the user's settings.

mod aws_files;
mod body_limit;
mod ca_bundle;
mod checked_credentials;
mod cli_cache;
mod credential_source;
pub(in crate::source) mod credentials;
mod demo_http;
mod endpoint_settings;
mod environment;
pub(in crate::source) mod http;
mod metadata;
mod organization;
pub(in crate::source) mod profile;
mod providers;
mod regions;
mod s3;
mod sdk_settings;
mod sso;
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
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::record::CallerIdentity;
use crate::source::aws::api::ec2;
use crate::source::aws::api::ec2::Ec2Client;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::connect_options::EndpointOverride;
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::session::body_limit::{
    MAX_BODY_BYTES, MAX_EC2_BODY_BYTES, with_body_limit,
};
use crate::source::aws::session::credentials::CredentialsCache;
use crate::{demo, endpoint};

/// Attempts of one call, unless AWS_MAX_ATTEMPTS is set.
pub(crate) const DEFAULT_MAX_ATTEMPTS: u32 = 10;

/// The most attempts with `fail_fast`.
const FAIL_FAST_ATTEMPTS: u32 = 3;

/// The region for account-level calls if the user has configured none. It is
/// enabled in every account of the commercial partition.
pub(crate) const FALLBACK_REGION: &str = "us-east-1";

/// A caller: credentials, and what all clients made with them share.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) config: SdkConfig,
    /// The credentials that sign the calls.
    pub(crate) credentials_cache: CredentialsCache,
    /// Attempts of one call.
    pub(crate) max_attempts: u32,
    pub(crate) endpoints: Arc<[EndpointOverride]>,
    /// The account, if the credentials contain it.
    pub account: Option<Arc<str>>,
    /// Its name, where AWS Organizations tells it.
    pub account_name: Option<Arc<str>>,
    pub profile: Option<Arc<str>>,
    /// "profile prod", for error messages.
    pub label: Option<Arc<str>>,
    /// Where the credentials come from, for display.
    pub credentials_source: Option<Arc<str>>,
    /// What gives new credentials once these have expired.
    pub renewal: Option<Arc<str>>,
    /// The assumed role, if there is one.
    pub role_arn: Option<Arc<str>>,
    /// The caller, once STS was asked; clones share it.
    pub(crate) caller: Arc<OnceCell<Result<CallerIdentity, CallError>>>,
    /// Do calls go to the demo service inside this process?
    pub(crate) is_in_process: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The region for calls about the account itself.
    pub(crate) fn home_region(&self) -> &str {
        self.config.region().map_or(FALLBACK_REGION, AsRef::as_ref)
    }

    /// Settings of clients in one region.
    fn config_for_region(&self, region: &str) -> SdkConfig {
        self.config_with_body_limit(region, MAX_BODY_BYTES)
    }

    /// The same, with responses of at most so many bytes.
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
    pub(crate) fn fail_fast(mut self) -> Self {
        self.max_attempts = self.max_attempts.min(FAIL_FAST_ATTEMPTS);
        self
    }

    /// The endpoint of Systems Manager in a region; `None` if calls are handled
    /// inside this process.
    pub(crate) async fn ssm_endpoint(&self, region: &str) -> Option<String> {
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
    pub(crate) fn ssm_client(
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
    pub(crate) fn ec2_client(
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
        .with_session_label(self.label.as_deref(), self.renewal.as_deref())
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

    /// A client of Organizations, which is in one region of each partition.
    pub(crate) fn organizations_client(
        &self,
        call_stats: &CallStats,
    ) -> aws_sdk_organizations::Client {
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
            renewal: self.renewal.as_deref(),
        }
    }
}

/// The same settings, for calls that are signed with these credentials. The
/// SDK's cache would keep credentials that a service has refused.
pub(crate) fn with_credentials(config: &SdkConfig, cache: &CredentialsCache) -> SdkConfig {
    config
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(cache.clone()))
        .identity_cache(IdentityCache::no_cache())
        .build()
}

/// The time of the run. The demo has a fixed one, so that its output is the same each
/// time.
pub(crate) fn time(demo: bool, clock: fn() -> Timestamp) -> Timestamp {
    if demo { demo::NOW } else { clock() }
}

/// The caller of the demo service inside the process.
pub(crate) fn demo_session() -> Session {
    let credentials = Credentials::builder()
        .access_key_id("AKIADEMODEMODEMODEMO")
        .secret_access_key("demo")
        .provider_name("demo")
        .build();
    let cache = CredentialsCache::new(
        credentials.clone(),
        SharedCredentialsProvider::new(credentials),
    );
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        // Account-level calls are made in the region of the demo's own nodes.
        .region(Region::from_static(demo::REGION))
        .http_client(demo_http::in_process_client(demo::world::World::sample()))
        .build();
    Session {
        config: with_credentials(&config, &cache),
        credentials_cache: cache,
        max_attempts: DEFAULT_MAX_ATTEMPTS,
        endpoints: Arc::new([]),
        account: Some(demo::ACCOUNT.into()),
        account_name: None,
        profile: None,
        label: Some("the demo fleet".into()),
        credentials_source: Some("the demo's own".into()),
        renewal: None,
        role_arn: None,
        caller: Arc::default(),
        is_in_process: true,
    }
}

/// Retries for transient failures of one call.
fn retry_config(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_retry_spec(RetrySpec::v2_1())
        .with_max_attempts(attempts)
}

/// A retry budget for each client, as large as its calls need: a slow account
/// or region must not block another, nor must the role of one account block
/// that of the next.
fn retry_partition(of: &str) -> RetryPartition {
    RetryPartition::custom(of.to_owned())
        .token_bucket(TokenBucket::unlimited())
        .build()
}

/// Settings of every client: retries for transient failures of one call, and
/// call statistics. A throttled attempt is returned at once: `rate_limiter`
/// handles throttling for all calls together.
///
/// The SDK's defaults lose most of a throttled sweep: a shared bucket of
/// retries runs dry. Its adaptive mode loses none, but sends a burst before it
/// learns, and gives up a call after so many throttled attempts.
fn configure_retries(config: Builder, attempts: u32, of: &str, call_stats: &CallStats) -> Builder {
    config
        .retry_config(retry_config(attempts))
        .retry_partition(retry_partition(of))
        .retry_classifier(NoRetryWhenThrottled)
        // Responses are small and read whole; the attempt's time limit covers
        // them.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .interceptor(call_stats.clone())
}

/// Excludes from the SDK's retries what its own classifiers, which run before
/// this one, classify as throttled.
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
        // The service's error codes are read in the classifier before.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
