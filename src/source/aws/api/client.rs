//! One account in one region, ready to be asked: every call goes through here.
//!
//! Knows when a call may go, and when no other would fare better. Must not know
//! what any call is for.

use std::sync::{Arc, OnceLock};

use aws_sdk_ssm::Client;
use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};

use crate::interrupt::Interrupt;
use crate::record::Place;
use crate::source::aws::api::baselines::Book;
use crate::source::aws::api::ec2::{Ec2, Instance};
use crate::source::aws::api::error::{Call, Fault, Kind};
use crate::source::aws::api::wire::Page;
use crate::source::aws::limits::call_stats::Tally;
use crate::source::aws::limits::circuit_breaker::CircuitBreaker;
use crate::source::aws::limits::rate_limiter::{Next, Pace};
use crate::source::aws::session::Identity;

/// EC2 helps, and is not needed: where it does not answer, nobody waits for long.
const EC2_ATTEMPTS: u32 = 4;

/// Asks one account in one region.
pub struct Asker {
    pub(crate) client: Client,
    pub place: Arc<Place>,
    identity: Identity,
    /// The calls made here.
    pub tally: Tally,
    pace: Pace,
    /// Open once no other call would fare better.
    breaker: CircuitBreaker,
    interrupt: Interrupt,
    ec2: OnceLock<Ec2>,
    /// Set once EC2 could not be reached.
    no_ec2: OnceLock<Fault>,
    /// What was learnt here of baselines and patches, whichever node asked.
    pub(crate) book: Book,
}

impl Asker {
    pub fn new(identity: Identity, place: Place, width: usize, interrupt: Interrupt) -> Self {
        let tally = Tally::default();
        let breaker = CircuitBreaker::default();
        Self {
            client: identity.ssm(&place.region, &tally, &breaker),
            place: Arc::new(place),
            identity,
            tally,
            pace: Pace::new(width),
            breaker,
            interrupt,
            ec2: OnceLock::new(),
            no_ec2: OnceLock::new(),
            book: Book::default(),
        }
    }

    /// EC2 in the same place.
    pub(crate) fn ec2(&self) -> &Ec2 {
        self.ec2.get_or_init(|| {
            self.identity
                .ec2(&self.place.region, &self.tally, EC2_ATTEMPTS)
        })
    }

    /// Whose credentials it asks with.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// One page of EC2 instances. Nobody needs EC2 to answer, so one that does
    /// not is asked once, and not for long.
    pub(crate) async fn ask_ec2(
        &self,
        filters: &[(String, Vec<String>)],
        token: Option<&str>,
    ) -> Result<Page<Instance>, Fault> {
        if let Some(fault) = self.no_ec2.get() {
            return Err(fault.clone());
        }
        self.tally.call("ec2", "DescribeInstances");
        let page = self
            .unless_interrupted(self.ec2().instances(filters, token))
            .await;
        if let Err(fault) = &page
            && !fault.kind.is_answer()
        {
            self.no_ec2.get_or_init(|| fault.clone());
        }
        page
    }

    pub(crate) fn call(&self, action: &'static str) -> Call<'_> {
        Call {
            service: "ssm",
            action,
            region: &self.place.region,
            identity: self.identity.said.as_deref(),
        }
    }

    /// Makes one call, at the pace that the service allows, unless no call would
    /// fare better or the run is interrupted. A throttled try is made again and
    /// not counted among those the SDK allows: it says nothing about the call.
    /// One that is refused for its credentials is made once more, with new ones.
    pub(crate) async fn ask<T, E, F>(
        &self,
        action: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    {
        self.not_lost()?;
        self.unless_interrupted(async {
            let _place = self.pace.enter().await;
            let mut under_way = None;
            let mut refused: Option<Fault> = None;
            loop {
                let turn = self.pace.turn().await;
                // Found out by another one, perhaps, while this one waited.
                self.not_lost()?;
                if under_way.is_none() {
                    under_way = Some(self.breaker.enter());
                    self.tally.call("ssm", action);
                }
                let credentials = &self.identity.held;
                let generation = credentials.generation();
                let fault = match attempt().await {
                    Ok(answer) => {
                        self.breaker.answered();
                        self.pace.answered(turn);
                        return Ok(answer);
                    }
                    Err(error) => self.fault(&error, action),
                };
                match fault.kind {
                    Kind::Throttled => {
                        self.tally.throttled("ssm", action);
                        // The service is there: its silence is none.
                        self.breaker.answered();
                        if self.pace.throttled(turn) == Next::Again {
                            continue;
                        }
                    }
                    Kind::Unreachable | Kind::NotSent => {}
                    _ => self.pace.answered(turn),
                }
                let fault = match (fault.kind, refused.take()) {
                    (Kind::Credentials, None) => {
                        credentials.refuse(generation);
                        refused = Some(fault);
                        continue;
                    }
                    // There were no new ones to be had.
                    (Kind::NotSent, Some(refused)) => refused,
                    _ => fault,
                };
                return Err(self.breaker.failed(fault));
            }
        })
        .await
    }

    fn fault<E>(&self, error: &SdkError<E, HttpResponse>, action: &'static str) -> Fault
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fault = Fault::new(error, self.call(action));
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        // Said by something in front of the service, it carries no code.
        let kind = match (fault.kind, status) {
            (_, Some(429)) => Kind::Throttled,
            (Kind::Other, Some(500..)) => Kind::Broken,
            (kind, _) => kind,
        };
        Fault { kind, ..fault }
    }

    /// Waits for a call no longer than until the run is interrupted.
    pub(crate) async fn unless_interrupted<T>(
        &self,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        tokio::select! {
            biased;
            cause = self.interrupt.raised() => Err(Fault::interrupted(cause)),
            answer = call => answer,
        }
    }

    fn not_lost(&self) -> Result<(), Fault> {
        if let Some(cause) = self.interrupt.cause() {
            return Err(Fault::interrupted(cause));
        }
        self.breaker.check()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::Duration;

    use aws_sdk_ssm::config::timeout::TimeoutConfig;

    use super::*;
    use crate::demo;
    use crate::record::{Node, Outcome};
    use crate::source::aws::session;
    use crate::source::aws::session::http::plain_client;

    /// A service that answers so many requests, and of all others only the head.
    struct Heads {
        url: String,
        requests: Arc<AtomicUsize>,
    }

    impl Heads {
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

        /// Asks it with time limits that are 1/500 of the real ones.
        fn asker(&self) -> Asker {
            let demo = session::demo();
            let limits = TimeoutConfig::builder()
                .operation_attempt_timeout(Duration::from_millis(60))
                .operation_timeout(Duration::from_millis(200))
                .build();
            let config = demo.config.to_builder();
            let identity = Identity {
                config: config
                    .endpoint_url(&self.url)
                    .http_client(plain_client())
                    .timeout_config(limits)
                    .build(),
                is_inside: false,
                ..demo
            };
            let place = Place {
                region: demo::REGION.into(),
                account: Some(demo::ACCOUNT.into()),
            };
            Asker::new(identity, place, 4, Interrupt::default())
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

    fn states(asker: &Asker) -> Vec<Outcome<crate::record::NodeState>> {
        let node = Node::asked("i-00000001", &asker.place);
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(asker.states(&[node]))
    }

    fn code(outcomes: &[Outcome<crate::record::NodeState>]) -> &str {
        match outcomes {
            [Outcome::Unread(why)] => &why.code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_head_and_then_silence_is_no_answer() {
        let service = Heads::start(0);
        let asker = service.asker();
        assert_eq!(code(&states(&asker)), "Timeout");
        assert_eq!(service.requests.load(Relaxed), 2, "it never answered");
        assert_eq!(code(&states(&asker)), "Timeout");
        assert_eq!(service.requests.load(Relaxed), 2, "and is not asked again");
    }

    #[test]
    fn a_call_that_times_out_is_tried_three_times_and_not_ten() {
        let service = Heads::start(1);
        let asker = service.asker();
        assert!(matches!(states(&asker)[..], [Outcome::NoData]));
        assert_eq!(code(&states(&asker)), "Timeout");
        let requests = service.requests.load(Relaxed) - 1;
        assert!((2..=4).contains(&requests), "{requests}");
        assert!(asker.breaker.check().is_ok(), "one call alone");
    }
}
