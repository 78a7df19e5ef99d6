//! Credentials cache of one session: fetched once for all its clients, and
//! again when they are about to expire or a service has refused them. Replaces
//! the SDK's identity cache, which has no way to invalidate refused
//! credentials.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};

/// Credentials are refreshed so long before they expire, as by the SDK.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_secs(10);

/// Fetched credentials are valid for at least this long, whatever the local
/// clock makes of their expiry: with a wrong clock they would be fetched for
/// every attempt.
const MIN_LIFETIME: Duration = Duration::from_mins(1);

/// How long fetching may take: the user may have to enter a code for a
/// credential process.
const FETCH_TIMEOUT: Duration = Duration::from_mins(2);

/// Fetches credentials.
///
/// # Errors
/// If there are none, or none in time.
pub(crate) async fn fetch_credentials(provider: &SharedCredentialsProvider) -> provider::Result {
    tokio::time::timeout(FETCH_TIMEOUT, provider.provide_credentials())
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(FETCH_TIMEOUT)))
}

/// The credentials of one session; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct CredentialsCache(Arc<SharedCredentials>);

#[derive(Debug)]
struct SharedCredentials {
    provider: SharedCredentialsProvider,
    current: Mutex<CachedCredentials>,
    /// Held by the caller that fetches them; the others wait for its result.
    fetch_lock: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct CachedCredentials {
    credentials: Option<Credentials>,
    fetched_at: Instant,
    /// How often they were fetched.
    generation: u64,
}

impl CredentialsCache {
    /// With credentials that were fetched already, and the provider of later
    /// ones: a user who has signed in is not asked to sign in twice.
    pub(crate) fn new(first: Credentials, provider: SharedCredentialsProvider) -> Self {
        Self(Arc::new(SharedCredentials {
            provider,
            current: Mutex::new(CachedCredentials {
                credentials: Some(first),
                fetched_at: Instant::now(),
                generation: 0,
            }),
            fetch_lock: tokio::sync::Mutex::default(),
        }))
    }

    fn lock_current(&self) -> MutexGuard<'_, CachedCredentials> {
        self.0
            .current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The generation of the credentials that sign a call that begins now.
    pub(crate) fn generation(&self) -> u64 {
        self.lock_current().generation
    }

    /// Invalidates the credentials of this generation, which a service has
    /// refused: the next call fetches others, unless another call has done so
    /// meanwhile.
    pub(crate) fn invalidate(&self, generation: u64) {
        let mut current = self.lock_current();
        if current.generation == generation {
            current.credentials = None;
        }
    }

    /// Makes a call, and repeats it with new credentials if they were refused.
    pub(crate) async fn with_refresh<T, E, F>(
        &self,
        call: impl Fn() -> F,
        is_refused: impl Fn(&E) -> bool,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let generation = self.generation();
        match call().await {
            Err(error) if is_refused(&error) => {
                self.invalidate(generation);
                call().await
            }
            ended => ended,
        }
    }

    /// The credentials that sign a call.
    ///
    /// # Errors
    /// If there are none, or none in time.
    pub(crate) async fn credentials(&self) -> provider::Result {
        self.get_or_fetch().await
    }

    fn valid_credentials(&self) -> Option<Credentials> {
        let current = self.lock_current();
        let soon = SystemTime::now() + REFRESH_BEFORE_EXPIRY;
        let is_good = |of: &Credentials| {
            of.expiry().is_none_or(|expiry| expiry > soon)
                || current.fetched_at.elapsed() < MIN_LIFETIME
        };
        current.credentials.clone().filter(is_good)
    }

    async fn get_or_fetch(&self) -> provider::Result {
        if let Some(credentials) = self.valid_credentials() {
            return Ok(credentials);
        }
        let _turn = self.0.fetch_lock.lock().await;
        if let Some(credentials) = self.valid_credentials() {
            return Ok(credentials);
        }
        let fetched = fetch_credentials(&self.0.provider).await?;
        let mut current = self.lock_current();
        current.credentials = Some(fetched.clone());
        current.fetched_at = Instant::now();
        current.generation += 1;
        Ok(fetched)
    }
}

impl ProvideCredentials for CredentialsCache {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.valid_credentials() {
            Some(credentials) => future::ProvideCredentials::ready(Ok(credentials)),
            None => future::ProvideCredentials::new(self.get_or_fetch()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::test_runtime::block_on;

    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// Counts its calls; each result has a key of its own.
    #[derive(Debug, Default)]
    struct CountingProvider(Arc<AtomicU64>);

    impl ProvideCredentials for CountingProvider {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::new(async {
                tokio::task::yield_now().await;
                Ok(key(self.0.fetch_add(1, Relaxed) + 1, None))
            })
        }
    }

    fn key(number: u64, expiry: Option<SystemTime>) -> Credentials {
        Credentials::new(format!("AKIA{number}"), "secret", None, expiry, "test")
    }

    fn cache(expiry: Option<SystemTime>) -> (CredentialsCache, Arc<AtomicU64>) {
        let counting = CountingProvider::default();
        let count = counting.0.clone();
        let provider = SharedCredentialsProvider::new(counting);
        (CredentialsCache::new(key(0, expiry), provider), count)
    }

    #[test]
    fn calls_whose_credentials_were_refused_share_one_fetch() {
        let (cache, count) = cache(None);
        block_on(async {
            // Each is refused with the first key, and repeats its call once.
            let calls = (0..50).map(|_| {
                let key = || async {
                    let credentials = cache.provide_credentials().await.unwrap();
                    tokio::task::yield_now().await;
                    match credentials.access_key_id() {
                        "AKIA0" => Err("refused"),
                        id => Ok(id.to_owned()),
                    }
                };
                cache.with_refresh(key, |_| true)
            });
            for ended in join_all(calls).await {
                assert_eq!(ended.unwrap(), "AKIA1");
            }
        });
        assert_eq!((count.load(Relaxed), cache.generation()), (1, 1));
        // A call that was refused with old credentials does not invalidate the
        // new ones.
        cache.invalidate(0);
        assert!(cache.valid_credentials().is_some());
    }

    #[test]
    fn a_call_is_repeated_once_and_only_for_refused_credentials() {
        let (cache, count) = cache(None);
        let calls = AtomicU64::new(0);
        let refused = || async {
            calls.fetch_add(1, Relaxed);
            Err::<(), _>("refused")
        };
        block_on(cache.with_refresh(refused, |_| true)).unwrap_err();
        assert_eq!(calls.load(Relaxed), 2);
        block_on(cache.with_refresh(refused, |_| false)).unwrap_err();
        assert_eq!(calls.load(Relaxed), 3);
        // None of these calls fetched credentials.
        assert_eq!(count.load(Relaxed), 0);
    }

    #[test]
    fn credentials_that_expire_soon_are_refreshed_but_not_for_every_attempt() {
        let soon = SystemTime::now() + Duration::from_secs(5);
        let (cache, count) = cache(Some(soon));
        block_on(cache.provide_credentials()).unwrap();
        assert_eq!(count.load(Relaxed), 0, "just fetched");
        if let Some(earlier) = Instant::now().checked_sub(MIN_LIFETIME) {
            cache.lock_current().fetched_at = earlier;
            for _ in 0..9 {
                let credentials = block_on(cache.provide_credentials()).unwrap();
                assert_eq!(credentials.access_key_id(), "AKIA1");
            }
            assert_eq!(count.load(Relaxed), 1);
        }
    }
}
