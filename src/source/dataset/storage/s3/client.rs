//! The client of one bucket: makes a call again where its credentials were refused, or
//! the bucket is in another region.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum};
use object_store::{BackoffConfig, RetryConfig};

use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CALL_TIMEOUT;
use crate::source::aws::session::{FALLBACK_REGION, Session};
use crate::source::dataset::storage::s3::credentials::SessionCredentials;
use crate::source::dataset::storage::s3::failure::{Failure, region_of_bucket};
use crate::source::dataset::storage::s3::transport::Transport;

/// The client of a bucket.
#[derive(Debug)]
pub(super) struct BucketClient {
    pub bucket: String,
    pub call_stats: CallStats,
    session: Session,
    transport: Transport,
    regional: Mutex<RegionalClient>,
}

/// The client of the region in which the bucket is, as far as it is known.
#[derive(Debug, Clone)]
struct RegionalClient {
    region: Arc<str>,
    store: Arc<AmazonS3>,
}

impl BucketClient {
    /// A client that reaches the bucket as the session reaches AWS. Makes no request.
    ///
    /// # Errors
    /// When no request to it can be made.
    pub(super) fn new(bucket: &str, session: Session) -> Result<Self> {
        let call_stats = CallStats::default();
        let transport = Transport::new(session.http_connector()?, call_stats.clone());
        let region = session.configured_home_region().unwrap_or(FALLBACK_REGION);
        let client = regional_client(bucket, region, &session, &transport)?;
        Ok(Self {
            bucket: bucket.to_owned(),
            call_stats,
            session,
            transport,
            regional: Mutex::new(client),
        })
    }

    fn regional(&self) -> MutexGuard<'_, RegionalClient> {
        self.regional.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call: with new credentials if those that sign it are refused, and in
    /// another region if the bucket is there.
    pub(super) async fn run<T, F>(
        &self,
        action: &'static str,
        call: impl Fn(Arc<AmazonS3>) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        self.call_stats.record_call("s3", action);
        let attempt = || async {
            let client = self.regional().clone();
            let called = call(client.store).await;
            called.map_err(|error| Failure::new(error, action, &self.session, &client.region))
        };
        let cache = &self.session.credentials_cache;
        let called = cache
            .with_refresh(attempt, Failure::is_credentials_error)
            .await;
        let Err(failure) = called else {
            return called;
        };
        match self.find_region(&failure).await {
            Some(region) => {
                let moved = regional_client(&self.bucket, &region, &self.session, &self.transport);
                let Ok(moved) = moved else {
                    return Err(failure);
                };
                *self.regional() = moved;
                attempt().await
            }
            None => Err(failure),
        }
    }

    /// The region of the bucket, if a call failed because it is in another one.
    async fn find_region(&self, failure: &Failure) -> Option<String> {
        let named = failure.other_region()?;
        if named.is_some() {
            return named;
        }
        // Told to every caller. Source: API reference, HeadBucket.
        let mut request = HttpRequest::empty();
        request.set_method("HEAD").ok()?;
        let endpoint = self.session.bucket_endpoint(&self.bucket, failure.region());
        let url = if endpoint.is_virtual_hosted {
            endpoint.url
        } else {
            format!("{}/{}", endpoint.url.trim_end_matches('/'), self.bucket)
        };
        request.set_uri(&*url).ok()?;
        let told = match self.transport.send(request, 0).await {
            Ok((response, _)) => region_of_bucket(&response),
            Err(error) => region_of_bucket(error.raw_response()?),
        };
        told.filter(|region| region != failure.region())
    }

    /// A call that cannot be made.
    pub(super) fn failure(&self, error: object_store::Error, action: &'static str) -> Failure {
        Failure::new(error, action, &self.session, &self.regional().region)
    }
}

/// The client of a bucket in a region.
fn regional_client(
    bucket: &str,
    region: &str,
    session: &Session,
    transport: &Transport,
) -> Result<RegionalClient> {
    let endpoint = session.bucket_endpoint(bucket, region);
    let store = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_endpoint(endpoint.url)
        .with_virtual_hosted_style_request(endpoint.is_virtual_hosted)
        .with_http_connector(transport.clone())
        .with_credentials(Arc::new(SessionCredentials(
            session.credentials_cache.clone(),
        )))
        // Files are deleted one by one; not every service can do more.
        .with_disable_bulk_delete(true)
        // Buckets with a retention period require one.
        .with_checksum_algorithm(Checksum::SHA256)
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: session.max_attempts.saturating_sub(1) as usize,
            retry_timeout: CALL_TIMEOUT,
        })
        .build()?;
    Ok(RegionalClient {
        region: region.into(),
        store: Arc::new(store),
    })
}
