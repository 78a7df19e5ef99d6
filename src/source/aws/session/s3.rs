//! What a client of S3 needs of a session: the endpoint of a bucket, and the connector
//! through which every other client of the session connects.

use anyhow::{Context as _, Result};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_sdk_ssm::config::{IdentityCache, RuntimeComponents};
use aws_smithy_runtime::client::orchestrator::endpoints::StaticUriEndpointResolver;
use aws_smithy_runtime::client::retries::strategy::NeverRetryStrategy;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnectorSettings, SharedHttpConnector,
};
use aws_types::region::Region;

use crate::source::aws::api::ec2::endpoint::{configured_endpoint, domain_suffixes};
use crate::source::aws::limits::circuit_breaker::CONNECT_TIMEOUT;
use crate::source::aws::session::Session;

/// Where a bucket is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BucketEndpoint {
    /// Without the name of the bucket, unless it is a part of the host.
    pub url: String,
    pub is_virtual_hosted: bool,
}

impl Session {
    /// The endpoint of a bucket in a region: the configured one, or the public one.
    pub(crate) fn bucket_endpoint(&self, bucket: &str, region: &str) -> BucketEndpoint {
        let config = self.config_for_region(region);
        // Other services than AWS's, and proxies, have one host for all buckets.
        if let Some(url) = configured_endpoint(&config, "S3") {
            return BucketEndpoint {
                url,
                is_virtual_hosted: false,
            };
        }
        public_endpoint(
            bucket,
            region,
            config.use_fips().unwrap_or_default(),
            config.use_dual_stack().unwrap_or_default(),
        )
    }

    /// Connects as the SDK's clients of this session do: with its trusted certificates
    /// and its proxy. Signs nothing, repeats nothing, and has no time limit beyond that
    /// of the connection.
    ///
    /// # Errors
    /// When the session has no HTTP client.
    pub(crate) fn http_connector(&self) -> Result<SharedHttpConnector> {
        let client = self.config.http_client().context("no HTTP client")?;
        // The connector takes the time source and the sleep from these; the other parts
        // are required, and are not used.
        let components = RuntimeComponents::builder("s3")
            .with_http_client(Some(client.clone()))
            .with_sleep_impl(self.config.sleep_impl())
            .with_time_source(self.config.time_source())
            .with_identity_cache(Some(IdentityCache::no_cache()))
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
                SCHEME_ID,
            ])))
            .with_identity_resolver(
                SCHEME_ID,
                SharedCredentialsProvider::new(self.credentials_cache.clone()),
            )
            .with_endpoint_resolver(Some(StaticUriEndpointResolver::http_localhost(0)))
            .with_retry_strategy(Some(NeverRetryStrategy::new()))
            .build()?;
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .build();
        Ok(client.http_connector(&settings, &components))
    }

    /// The region of the settings, if a client is to find that of a bucket.
    pub(crate) fn configured_home_region(&self) -> Option<&str> {
        self.config.region().map(Region::as_ref)
    }
}

/// Source: the endpoint rules of S3's service model.
fn public_endpoint(bucket: &str, region: &str, fips: bool, dual_stack: bool) -> BucketEndpoint {
    let (suffix, _) = domain_suffixes(region);
    let service = match (fips, dual_stack) {
        (false, false) => "s3",
        (false, true) => "s3.dualstack",
        (true, false) => "s3-fips",
        (true, true) => "s3-fips.dualstack",
    };
    // The certificate is for one label before the service.
    let is_virtual_hosted = !bucket.contains(['.', '_']) && bucket == bucket.to_ascii_lowercase();
    let host = if is_virtual_hosted {
        format!("{bucket}.{service}")
    } else {
        service.to_owned()
    };
    BucketEndpoint {
        url: format!("https://{host}.{region}.{suffix}"),
        is_virtual_hosted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_a_host_of_its_own_where_a_certificate_covers_it() {
        for (bucket, region, fips, dual_stack, expected) in [
            (
                "data",
                "eu-west-1",
                false,
                false,
                "data.s3.eu-west-1.amazonaws.com",
            ),
            (
                "data",
                "eu-west-1",
                false,
                true,
                "data.s3.dualstack.eu-west-1.amazonaws.com",
            ),
            (
                "data",
                "us-east-1",
                true,
                false,
                "data.s3-fips.us-east-1.amazonaws.com",
            ),
            (
                "data",
                "us-gov-west-1",
                true,
                true,
                "data.s3-fips.dualstack.us-gov-west-1.amazonaws.com",
            ),
            (
                "data",
                "cn-north-1",
                false,
                false,
                "data.s3.cn-north-1.amazonaws.com.cn",
            ),
            (
                "my.data",
                "eu-west-1",
                false,
                false,
                "s3.eu-west-1.amazonaws.com",
            ),
            (
                "Old_Data",
                "us-east-1",
                false,
                false,
                "s3.us-east-1.amazonaws.com",
            ),
        ] {
            let endpoint = public_endpoint(bucket, region, fips, dual_stack);
            assert_eq!(endpoint.url, format!("https://{expected}"));
            assert_eq!(endpoint.is_virtual_hosted, expected.starts_with("data."));
        }
    }
}
