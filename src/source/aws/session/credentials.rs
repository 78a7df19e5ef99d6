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
const AHEAD: Duration = Duration::from_secs(10);

/// Fetched ones count as good for so long, whatever the local clock makes of
/// their expiry: where it is wrong, they would be fetched for every attempt.
const AT_LEAST: Duration = Duration::from_mins(1);

/// How long fetching them may take: a person may have to type a code for the
/// process that gives them.
const FETCH: Duration = Duration::from_mins(2);

/// Fetches credentials.
///
/// # Errors
/// When there are none, or none in time.
pub async fn fetch(provider: &SharedCredentialsProvider) -> provider::Result {
    tokio::time::timeout(FETCH, provider.provide_credentials())
        .await
        .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(FETCH)))
}

/// The credentials of one identity; clones share them.
#[derive(Debug, Clone)]
pub struct CredentialsCache(Arc<Cache>);

#[derive(Debug)]
struct Cache {
    provider: SharedCredentialsProvider,
    held: Mutex<Held>,
    /// Held by the caller that fetches them; the others wait for its result.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Held {
    credentials: Option<Credentials>,
    fetched: Instant,
    /// How often they were fetched anew.
    generation: u64,
}

impl CredentialsCache {
    /// Those that were fetched already, and where others come from: who has
    /// signed in once is not asked to twice.
    pub fn new(first: Credentials, provider: SharedCredentialsProvider) -> Self {
        Self(Arc::new(Cache {
            provider,
            held: Mutex::new(Held {
                credentials: Some(first),
                fetched: Instant::now(),
                generation: 0,
            }),
            fetching: tokio::sync::Mutex::default(),
        }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which credentials a call that begins now is signed with.
    pub fn generation(&self) -> u64 {
        self.held().generation
    }

    /// A service has refused those of this generation: the next call fetches
    /// others, unless another call has done so meanwhile.
    pub fn refuse(&self, generation: u64) {
        let mut held = self.held();
        if held.generation == generation {
            held.credentials = None;
        }
    }

    /// Makes a call, and once more with new credentials where it ends in an
    /// error that says that they are refused.
    pub async fn renewing<T, E, F>(
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
                self.refuse(generation);
                call().await
            }
            ended => ended,
        }
    }

    fn good(&self) -> Option<Credentials> {
        let held = self.held();
        let soon = SystemTime::now() + AHEAD;
        let is_good = |of: &Credentials| {
            of.expiry().is_none_or(|expiry| expiry > soon) || held.fetched.elapsed() < AT_LEAST
        };
        held.credentials.clone().filter(is_good)
    }

    async fn get(&self) -> provider::Result {
        if let Some(credentials) = self.good() {
            return Ok(credentials);
        }
        let _turn = self.0.fetching.lock().await;
        if let Some(credentials) = self.good() {
            return Ok(credentials);
        }
        let fetched = fetch(&self.0.provider).await?;
        let mut held = self.held();
        held.credentials = Some(fetched.clone());
        held.fetched = Instant::now();
        held.generation += 1;
        Ok(fetched)
    }
}

impl ProvideCredentials for CredentialsCache {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        match self.good() {
            Some(credentials) => future::ProvideCredentials::ready(Ok(credentials)),
            None => future::ProvideCredentials::new(self.get()),
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
    struct Counting(Arc<AtomicU64>);

    impl ProvideCredentials for Counting {
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
        let counting = Counting::default();
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
                cache.renewing(key, |_| true)
            });
            for ended in join_all(calls).await {
                assert_eq!(ended.unwrap(), "AKIA1");
            }
        });
        assert_eq!((count.load(Relaxed), cache.generation()), (1, 1));
        // Who was refused with old ones takes no new ones away.
        cache.refuse(0);
        assert!(cache.good().is_some());
    }

    #[test]
    fn a_call_is_repeated_once_and_other_errors_are_not_its_matter() {
        let (cache, count) = cache(None);
        let calls = AtomicU64::new(0);
        let refused = || async {
            calls.fetch_add(1, Relaxed);
            Err::<(), _>("refused")
        };
        wait(cache.renewing(refused, |_| true)).unwrap_err();
        assert_eq!(calls.load(Relaxed), 2);
        wait(cache.renewing(refused, |_| false)).unwrap_err();
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
        if let Some(earlier) = Instant::now().checked_sub(AT_LEAST) {
            cache.held().fetched = earlier;
            for _ in 0..9 {
                let credentials = wait(cache.provide_credentials()).unwrap();
                assert_eq!(credentials.access_key_id(), "AKIA1");
            }
            assert_eq!(count.load(Relaxed), 1);
        }
    }
}
