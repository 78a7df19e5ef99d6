//! The client of one account and region: every call to it is sent here, through
//! the rate limiter, the circuit breaker and the credentials cache.

/// Makes one call of the SDK's client, and receives its response.
macro_rules! send_captured {
    ($client:expr, $action:expr, $output:ty, $call:expr) => {
        send_captured!($client, ResponseCapture::new(), $action, $output, $call)
    };
    ($client:expr, $slot:expr, $action:expr, $output:ty, $call:expr) => {
        $client
            .send_captured(
                $slot,
                $action,
                || <$output>::builder().build(),
                |reader| $call.clone().customize().interceptor(reader).send(),
            )
            .await
    };
}

// Below the macro that they use.
pub(in crate::source::aws) mod baseline_calls;
mod caches;
pub(in crate::source::aws) mod inventory_calls;
pub(in crate::source) mod patch_calls;
pub(in crate::source::aws) mod probe_calls;
pub(crate) mod release_date_calls;

use std::sync::{Arc, OnceLock};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
use jiff::Timestamp;

use crate::interrupt::Interrupt;
use crate::record::AccountRegion;
use crate::source::aws::api::ec2::{Ec2Client, Ec2Instance};
use crate::source::aws::api::error::{CallContext, CallError, ErrorKind};
use crate::source::aws::api::region_client::caches::{BaselineCache, ReleaseDateCache};
use crate::source::aws::api::response_capture::{
    CaptureInterceptor, OperationError, OperationOutput, ResponseCapture,
};
use crate::source::aws::api::wire::{FromBody, Page};
use crate::source::aws::limits::call_stats::CallStats;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::limits::rate_limiter::{RateLimiter, ThrottleAction};
use crate::source::aws::session::Session;

/// EC2 is optional: if it does not respond, it must not delay the run for long.
const MAX_EC2_ATTEMPTS: u32 = 4;

/// The client of one account and region.
pub(crate) struct RegionClient {
    pub(crate) ssm: Client,
    pub location: Arc<AccountRegion>,
    session: Session,
    /// The calls made by this client.
    pub call_stats: CallStats,
    rate_limiter: RateLimiter,
    /// Open once every other call would fail too.
    breaker: CircuitBreaker,
    interrupt: Interrupt,
    ec2: OnceLock<Ec2Client>,
    /// Set once EC2 could not be reached.
    ec2_error: OnceLock<CallError>,
    /// The baselines and patches read so far, for all nodes.
    pub(crate) baseline_cache: BaselineCache,
    pub(crate) release_dates_cache: ReleaseDateCache,
    /// When the run started: a release date after it is wrong.
    pub(crate) now: Timestamp,
}

impl RegionClient {
    pub(crate) fn new(
        session: Session,
        place: AccountRegion,
        width: usize,
        now: Timestamp,
        interrupt: Interrupt,
    ) -> Self {
        let call_stats = CallStats::default();
        let breaker = CircuitBreaker::default();
        Self {
            ssm: session.ssm_client(&place.region, &call_stats, &breaker),
            location: Arc::new(place),
            session,
            call_stats,
            rate_limiter: RateLimiter::new(width),
            breaker,
            interrupt,
            ec2: OnceLock::new(),
            ec2_error: OnceLock::new(),
            baseline_cache: BaselineCache::default(),
            release_dates_cache: ReleaseDateCache::default(),
            now,
        }
    }

    /// EC2 in the same account and region.
    pub(crate) fn ec2(&self) -> &Ec2Client {
        self.ec2.get_or_init(|| {
            self.session
                .ec2_client(&self.location.region, &self.call_stats, MAX_EC2_ATTEMPTS)
        })
    }

    /// The session that signs the calls.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// One page of EC2 instances. EC2 is optional, so if it cannot be reached,
    /// it is tried once and not for long.
    pub(crate) async fn ec2_instances_page(
        &self,
        filters: &[(String, Vec<String>)],
        token: Option<String>,
    ) -> Result<Page<Ec2Instance>, CallError> {
        if let Some(error) = self.ec2_error.get() {
            return Err(error.clone());
        }
        self.call_stats.record_call("ec2", "DescribeInstances");
        let page = self
            .unless_interrupted(self.ec2().instances_page(filters, token.as_deref()))
            .await;
        if let Err(error) = &page
            && !error.kind.is_service_response()
        {
            self.ec2_error.get_or_init(|| error.clone());
        }
        page
    }

    pub(crate) fn call_context(&self, action: &'static str) -> CallContext<'_> {
        CallContext {
            service: "ssm",
            action,
            region: &self.location.region,
            session_label: self.session.label.as_deref(),
            renewal: self.session.renewal.as_deref(),
        }
    }

    /// Makes one call, as fast as the rate limiter allows, unless every call
    /// would fail or the run is interrupted. A throttled attempt is repeated
    /// and does not count among those the SDK allows: it says nothing about the
    /// call. A call whose credentials were refused is repeated once with new
    /// ones.
    pub(crate) async fn send<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.ensure_callable()?;
        self.unless_interrupted(async {
            let _place = self.rate_limiter.acquire_call().await;
            let mut under_way = None;
            let mut refused: Option<CallError> = None;
            loop {
                let turn = self.rate_limiter.acquire_attempt().await;
                // Another call may have opened the breaker while this one
                // waited.
                self.ensure_callable()?;
                if under_way.is_none() {
                    under_way = Some(self.breaker.begin_call());
                    self.call_stats.record_call("ssm", action);
                }
                let credentials = &self.session.credentials_cache;
                let generation = credentials.generation();
                let fault = match attempt().await {
                    Ok(answer) => {
                        self.breaker.record_answer();
                        self.rate_limiter.record_answer(turn);
                        return Ok(answer);
                    }
                    Err(error) => self.classify_error(&error, action),
                };
                match fault.kind {
                    ErrorKind::Throttled => {
                        self.call_stats.record_throttle("ssm", action);
                        // The service has responded: not a failure.
                        self.breaker.record_answer();
                        if self.rate_limiter.record_throttle(turn) == ThrottleAction::Retry {
                            continue;
                        }
                    }
                    ErrorKind::Unreachable | ErrorKind::NotSent => {}
                    _ => self.rate_limiter.record_answer(turn),
                }
                let fault = match (fault.kind, refused.take()) {
                    (ErrorKind::Credentials, None) => {
                        credentials.invalidate(generation);
                        refused = Some(fault);
                        continue;
                    }
                    // New credentials could not be fetched.
                    (ErrorKind::NotSent, Some(refused)) => refused,
                    _ => fault,
                };
                return Err(self.breaker.record_failure(fault));
            }
        })
        .await
    }

    fn classify_error<E>(
        &self,
        error: &SdkError<E, HttpResponse>,
        action: &'static str,
    ) -> CallError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fault = CallError::from_sdk(error, self.call_context(action));
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        // The response of something in front of the service has no error code.
        let kind = match (fault.kind, status) {
            (_, Some(429)) => ErrorKind::Throttled,
            (ErrorKind::Other, Some(500..)) => ErrorKind::ServerError,
            (kind, _) => kind,
        };
        CallError { kind, ..fault }
    }

    /// Waits for a call, at most until the run is interrupted.
    pub(crate) async fn unless_interrupted<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        tokio::select! {
            biased;
            cause = self.interrupt.wait_until_raised() => Err(CallError::interrupted(cause)),
            answer = call => answer,
        }
    }

    fn ensure_callable(&self) -> Result<(), CallError> {
        if let Some(cause) = self.interrupt.cause() {
            return Err(CallError::interrupted(cause));
        }
        self.breaker.check()
    }

    /// Makes one call, like [`Self::send`], whose response the capture
    /// receives.
    pub(crate) async fn send_captured<T, O, E, F>(
        &self,
        slot: ResponseCapture<T>,
        action: &'static str,
        output: fn() -> O,
        attempt: impl Fn(CaptureInterceptor<T, O, E>) -> F,
    ) -> Result<T, CallError>
    where
        T: FromBody,
        O: OperationOutput,
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    {
        self.send(action, || attempt(slot.interceptor(output)))
            .await?;
        slot.take(self.call_context(action))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::Duration;

    use crate::demo::NOW;
    use aws_sdk_ssm::config::timeout::TimeoutConfig;

    use super::*;
    use crate::demo;
    use crate::record::{Node, Outcome};
    use crate::source::aws::session;
    use crate::source::aws::session::http::plain_http_client;

    /// A service that responds to so many requests, and sends only headers to
    /// all others.
    struct HeadOnlyServer {
        url: String,
        requests: Arc<AtomicUsize>,
    }

    impl HeadOnlyServer {
        fn start(answers: usize) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let requests = Arc::new(AtomicUsize::new(0));
            let count = requests.clone();
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let count = count.clone();
                    std::thread::spawn(move || serve(stream, &count, answers));
                }
            });
            Self { url, requests }
        }

        /// Calls it with time limits that are 1/500 of the real ones.
        fn region_client(&self) -> RegionClient {
            let demo = session::demo_session();
            let limits = TimeoutConfig::builder()
                .operation_attempt_timeout(Duration::from_millis(60))
                .operation_timeout(Duration::from_millis(200))
                .build();
            let config = demo.config.to_builder();
            let identity = Session {
                config: config
                    .endpoint_url(&self.url)
                    .http_client(plain_http_client())
                    .timeout_config(limits)
                    .build(),
                is_in_process: false,
                ..demo
            };
            let location = AccountRegion {
                region: demo::REGION.into(),
                account: Some(demo::ACCOUNT.into()),
                account_name: None,
            };
            RegionClient::new(identity, location, 4, NOW, Interrupt::default())
        }
    }

    fn serve(mut stream: TcpStream, count: &AtomicUsize, answers: usize) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().ok()?;
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            reader.read_exact(&mut vec![0; length]).ok()?;
            let body = r#"{"InstancePatchStates":[]}"#;
            let body = if count.fetch_add(1, Relaxed) < answers {
                body
            } else {
                ""
            };
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n";
            stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
        }
    }

    fn states(client: &RegionClient) -> Vec<Outcome<crate::record::NodeState>> {
        let node = Node::requested("i-00000001", &client.location);
        crate::source::test_runtime::block_on(client.patch_states(&[node]))
    }

    fn code(outcomes: &[Outcome<crate::record::NodeState>]) -> &str {
        match outcomes {
            [Outcome::Unread(cause)] => &cause.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn headers_without_a_body_are_no_response() {
        let service = HeadOnlyServer::start(0);
        let client = service.region_client();
        assert_eq!(code(&states(&client)), "Timeout");
        assert_eq!(service.requests.load(Relaxed), 2, "it never responded");
        assert_eq!(code(&states(&client)), "Timeout");
        assert_eq!(service.requests.load(Relaxed), 2, "and is not called again");
    }

    #[test]
    fn a_call_that_times_out_is_tried_three_times_not_ten() {
        let service = HeadOnlyServer::start(1);
        let client = service.region_client();
        assert!(matches!(states(&client)[..], [Outcome::NoData]));
        assert_eq!(code(&states(&client)), "Timeout");
        let requests = service.requests.load(Relaxed) - 1;
        assert!((2..=4).contains(&requests), "{requests}");
        assert!(client.breaker.check().is_ok(), "one call alone");
    }
}
