//! A small EC2 client with the two operations that are needed, made of the
//! SDK's own building blocks: signing, retries, timeouts and the headers of
//! every AWS client. aws-sdk-ec2 takes twice as long to build as everything
//! else in the crate.

pub(crate) mod endpoint;
mod response;
#[cfg(fuzzing)]
pub(crate) mod readers {
    pub(crate) use super::response::{parse_instances, parse_regions};
}

use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::recursion_detection::RecursionDetectionInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{
    DisableClockSkewCorrection, ServiceClockSkewClassifier, ServiceClockSkewInterceptor,
};
use aws_runtime::user_agent::{ApiMetadata, UserAgentInterceptor};
use aws_smithy_runtime::client::http::connection_poisoning::ConnectionPoisoningInterceptor;
use aws_smithy_runtime::client::orchestrator::endpoints::StaticUriEndpointResolver;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::endpoint::EndpointResolverParams;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::{SharedRuntimePlugin, StaticRuntimePlugin};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{FrozenLayer, Layer};
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::retry::{RetryConfig, RetrySpec};
use aws_types::region::{Region, SigningRegion};
use aws_types::{SdkConfig, SigningName};

use crate::sanitize::percent_encode;
use crate::source::aws::api::error::{CallContext, CallError};
use crate::source::aws::api::response_capture::{service_error, unreadable_response};
use crate::source::aws::api::wire::{BodyError, Page};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::session::credentials::CredentialsCache;

pub(crate) use self::response::{Ec2Instance, RegionInfo};

const DESCRIBE_INSTANCES: &str = "DescribeInstances";
const DESCRIBE_REGIONS: &str = "DescribeRegions";

/// The version of EC2's API, which every request names.
const API_VERSION: &str = "2016-11-15";

/// The most instances of a page. Source: the service model.
const PAGE_SIZE: &str = "1000";

/// A client of EC2 for one account and region.
#[derive(Debug, Clone)]
pub(crate) struct Ec2Client {
    instances: Operation<String, Page<Ec2Instance>, ErrorMetadata>,
    regions: Operation<String, Vec<RegionInfo>, ErrorMetadata>,
    region: Box<str>,
    session_label: Option<Box<str>>,
    renewal: Option<Box<str>>,
    /// The credentials that sign the calls, if they can be refreshed.
    credentials_cache: Option<CredentialsCache>,
}

impl Ec2Client {
    /// A client for the account whose credentials `config` holds, in `region`.
    /// It tries each call up to `attempts` times, and counts it in
    /// `call_stats`.
    pub(crate) fn new(
        config: &SdkConfig,
        region: &str,
        call_stats: &CallStats,
        attempts: u32,
    ) -> Self {
        // One plugin for both, so that they share its rate limits and its
        // clock.
        let plugin = SharedRuntimePlugin::new(
            StaticRuntimePlugin::new()
                .with_config(config_layer(config, region, attempts))
                .with_runtime_components(runtime_components(config, region, call_stats)),
        );
        Self {
            instances: build_operation(
                DESCRIBE_INSTANCES,
                plugin.clone(),
                response::parse_instances,
            ),
            regions: build_operation(DESCRIBE_REGIONS, plugin, response::parse_regions),
            region: region.into(),
            session_label: None,
            renewal: None,
            credentials_cache: None,
        }
    }

    /// The owner of the credentials, for error messages: "profile prod", and what
    /// renews them.
    #[must_use]
    pub(crate) fn with_session_label(
        mut self,
        session: Option<&str>,
        renewal: Option<&str>,
    ) -> Self {
        self.session_label = session.map(Into::into);
        self.renewal = renewal.map(Into::into);
        self
    }

    /// The cache that refreshes refused credentials.
    #[must_use]
    pub(crate) fn with_credentials_cache(mut self, cache: CredentialsCache) -> Self {
        self.credentials_cache = Some(cache);
        self
    }

    /// One page of the instances that pass every filter. A filter is a name and
    /// values of which one has to match, as in DescribeInstances:
    /// `("instance-state-name", ["stopped"])`, `("tag:Env", ["prod"])`. EC2
    /// accepts up to 200 values. The first page has no token.
    ///
    /// # Errors
    /// If there is no readable response after every retry.
    pub(crate) async fn instances_page(
        &self,
        filters: &[(String, Vec<String>)],
        token: Option<&str>,
    ) -> Result<Page<Ec2Instance>, CallError> {
        let mut form = FormBody::new(DESCRIBE_INSTANCES);
        for (at, (name, values)) in (1..).zip(filters) {
            form.add(&format!("Filter.{at}.Name"), name);
            for (nth, value) in (1..).zip(values) {
                form.add(&format!("Filter.{at}.Value.{nth}"), value);
            }
        }
        form.add("MaxResults", PAGE_SIZE);
        if let Some(token) = token {
            form.add("NextToken", token);
        }
        self.send(&self.instances, form, DESCRIBE_INSTANCES).await
    }

    /// Every region of the account, sorted, and whether it is enabled.
    ///
    /// # Errors
    /// If there is no readable response after every retry.
    pub(crate) async fn regions(&self) -> Result<Vec<RegionInfo>, CallError> {
        let mut form = FormBody::new(DESCRIBE_REGIONS);
        form.add("AllRegions", "true");
        self.send(&self.regions, form, DESCRIBE_REGIONS).await
    }

    async fn send<T: std::fmt::Debug + Send + Sync + 'static>(
        &self,
        operation: &Operation<String, T, ErrorMetadata>,
        form: FormBody,
        action: &'static str,
    ) -> Result<T, CallError> {
        let ask = || async {
            let answer = operation.invoke(form.0.clone()).await;
            answer.map_err(|error| CallError::from_sdk(&error, self.call_context(action)))
        };
        match &self.credentials_cache {
            Some(cache) => {
                cache
                    .with_refresh(ask, CallError::is_credentials_error)
                    .await
            }
            None => ask().await,
        }
    }

    fn call_context(&self, action: &'static str) -> CallContext<'_> {
        CallContext {
            service: "ec2",
            action,
            region: &self.region,
            session_label: self.session_label.as_deref(),
            renewal: self.renewal.as_deref(),
        }
    }
}

/// The fields of a request, encoded like those of an HTML form.
struct FormBody(String);

impl FormBody {
    fn new(action: &str) -> Self {
        let mut form = Self(String::new());
        form.add("Action", action);
        form.add("Version", API_VERSION);
        form
    }

    fn add(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.extend(percent_encode(value));
    }
}

/// An operation: sends a form, and parses the response with `read`.
fn build_operation<T: std::fmt::Debug + Send + Sync + 'static>(
    name: &'static str,
    plugin: SharedRuntimePlugin,
    read: fn(&[u8]) -> Result<T, BodyError>,
) -> Operation<String, T, ErrorMetadata> {
    Operation::builder()
        .service_name("EC2")
        .operation_name(name)
        .serializer(build_request)
        .deserializer(move |response| read_response(response, read))
        .runtime_plugin(plugin)
        .build()
}

fn build_request(form: String) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(form));
    request.set_method("POST")?;
    request
        .headers_mut()
        .insert("content-type", "application/x-www-form-urlencoded");
    Ok(request)
}

fn read_response<T>(
    response: &HttpResponse,
    read: fn(&[u8]) -> Result<T, BodyError>,
) -> Result<T, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        return Err(service_error(response, |error| error));
    }
    read(body).map_err(|error| unreadable_response(response, &error))
}

/// The settings that the parts of the client look up. It has no rate limiter,
/// so the SDK's adaptive retries handle throttling.
fn config_layer(config: &SdkConfig, region: &str, attempts: u32) -> FrozenLayer {
    let region = Region::new(region.to_owned());
    let mut layer = Layer::new("ec2");
    layer.store_put(SigningName::from_static("ec2"));
    layer.store_put(SigningRegion::from(region.clone()));
    layer.store_put(region);
    layer.store_put(SigV4OperationSigningConfig::default());
    layer.store_put(ApiMetadata::new("ec2", env!("CARGO_PKG_VERSION")));
    // There is one auth scheme and one endpoint: neither needs parameters.
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(EndpointResolverParams::new(()));
    layer.store_put(
        RetryConfig::adaptive()
            .with_retry_spec(RetrySpec::v2_1())
            .with_max_attempts(attempts),
    );
    layer.store_put(
        RetryPartition::custom("patchctl-ec2")
            .token_bucket(TokenBucket::unlimited())
            .build(),
    );
    layer.store_put(StalledStreamProtectionConfig::disabled());
    if let Some(limits) = config.timeout_config() {
        layer.store_put(limits.clone());
    }
    if let Some(disabled) = config.disable_clock_skew_correction() {
        layer.store_put(DisableClockSkewCorrection::from(disabled));
    }
    if let Some(app) = config.app_name() {
        layer.store_put(app.clone());
    }
    for metadata in config.framework_metadata() {
        layer.store_append(metadata.clone());
    }
    layer.freeze()
}

/// The parts, in the order in which the SDK's clients have them.
fn runtime_components(
    config: &SdkConfig,
    region: &str,
    call_stats: &CallStats,
) -> RuntimeComponentsBuilder {
    // Without a sleep, time source or cache in the configuration, the SDK's
    // default applies.
    let parts = RuntimeComponentsBuilder::new("ec2")
        .with_http_client(config.http_client())
        .with_sleep_impl(config.sleep_impl())
        .with_time_source(config.time_source())
        .with_identity_cache(config.identity_cache())
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
            SCHEME_ID,
        ])))
        .with_endpoint_resolver(Some(StaticUriEndpointResolver::uri(
            endpoint::endpoint_url(config, region),
        )))
        .with_retry_classifier(HttpStatusCodeClassifier::default())
        .with_retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
        .with_retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
        .with_retry_classifier(ServiceClockSkewClassifier::<ErrorMetadata>::new())
        .with_interceptor(ConnectionPoisoningInterceptor::new())
        .with_interceptor(ServiceClockSkewInterceptor::new())
        .with_interceptor(RequestInfoInterceptor::new())
        .with_interceptor(UserAgentInterceptor::new())
        .with_interceptor(InvocationIdInterceptor::new())
        .with_interceptor(RecursionDetectionInterceptor::new())
        .with_interceptor(call_stats.clone());
    match config.credentials_provider() {
        Some(credentials) => parts.with_identity_resolver(SCHEME_ID, credentials),
        None => parts,
    }
}

#[cfg(test)]
mod tests;
