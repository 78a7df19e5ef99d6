//! The credentials of one identity: fetched once for all its clients, and anew
//! when they are about to expire or a service has refused them.
//!
//! It stands in for the SDK's identity cache, which cannot be told that what it
//! holds was refused.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};

/// Credentials are fetched anew so long before they expire, as by the SDK.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_secs(10);

/// Fetched ones count as good for so long, whatever the local clock makes of
/// their expiry: where it is wrong, they would be fetched for every attempt.
const MIN_LIFETIME: Duration = Duration::from_mins(1);

/// How long fetching them may take: a person may have to type a code for the
/// process that gives them.
const FETCH_TIMEOUT: Duration = Duration::from_mins(2);

/// Fetches credentials.
///
/// # Errors
/// When there are none, or none in time.
pub async fn fetch_credentials(provider: &SharedCredentialsProvider) -> provider::Result {
    tokio::time::timeout(FETCH_TIMEOUT, provider.provide_credentials())
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(FETCH_TIMEOUT)))
}

/// The credentials of one identity; clones share them.
#[derive(Debug, Clone)]
pub struct CredentialsCache(Arc<SharedCredentials>);

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
    /// How often they were fetched anew.
    generation: u64,
}

impl CredentialsCache {
    /// Those that were fetched already, and where others come from: who has
    /// signed in once is not asked to twice.
    pub fn new(first: Credentials, provider: SharedCredentialsProvider) -> Self {
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

    /// Which credentials a call that begins now is signed with.
    pub fn generation(&self) -> u64 {
        self.lock_current().generation
    }

    /// A service has refused those of this generation: the next call fetches
    /// others, unless another call has done so meanwhile.
    pub fn invalidate(&self, generation: u64) {
        let mut held = self.lock_current();
        if held.generation == generation {
            held.credentials = None;
        }
    }

    /// Makes a call, and once more with new credentials where it ends in an
    /// error that says that they are refused.
    pub async fn with_refresh<T, E, F>(
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

    fn valid_credentials(&self) -> Option<Credentials> {
        let held = self.lock_current();
        let soon = SystemTime::now() + REFRESH_BEFORE_EXPIRY;
        let is_good = |of: &Credentials| {
            of.expiry().is_none_or(|expiry| expiry > soon)
                || held.fetched_at.elapsed() < MIN_LIFETIME
        };
        held.credentials.clone().filter(is_good)
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
        let mut held = self.lock_current();
        held.credentials = Some(fetched.clone());
        held.fetched_at = Instant::now();
        held.generation += 1;
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
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// Counts how often it is asked; each answer has a key of its own.
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

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn all_whose_credentials_were_refused_share_one_fetch() {
        let (cache, count) = cache(None);
        wait(async {
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
        // Who was refused with old ones takes no new ones away.
        cache.invalidate(0);
        assert!(cache.valid_credentials().is_some());
    }

    #[test]
    fn a_call_is_repeated_once_and_other_errors_are_not_its_matter() {
        let (cache, count) = cache(None);
        let calls = AtomicU64::new(0);
        let refused = || async {
            calls.fetch_add(1, Relaxed);
            Err::<(), _>("refused")
        };
        wait(cache.with_refresh(refused, |_| true)).unwrap_err();
        assert_eq!(calls.load(Relaxed), 2);
        wait(cache.with_refresh(refused, |_| false)).unwrap_err();
        assert_eq!(calls.load(Relaxed), 3);
        // None of these calls asked for the credentials.
        assert_eq!(count.load(Relaxed), 0);
    }

    #[test]
    fn those_that_expire_soon_are_fetched_anew_but_not_for_every_attempt() {
        let soon = SystemTime::now() + Duration::from_secs(5);
        let (cache, count) = cache(Some(soon));
        wait(cache.provide_credentials()).unwrap();
        assert_eq!(count.load(Relaxed), 0, "just fetched");
        if let Some(earlier) = Instant::now().checked_sub(MIN_LIFETIME) {
            cache.lock_current().fetched_at = earlier;
            for _ in 0..9 {
                let credentials = wait(cache.provide_credentials()).unwrap();
                assert_eq!(credentials.access_key_id(), "AKIA1");
            }
            assert_eq!(count.load(Relaxed), 1);
        }
    }
}
