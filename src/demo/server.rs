//! The demo's world on a loopback port: HTTP in front of [`World`], and the bad manners a real endpoint can have.
//! Knows connections, delays, faults and cut lines. Must not know what the answers mean, and serves nobody but this
//! machine.

use std::future::{Future, poll_fn};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::demo::hash;
use crate::demo::mutate::{Mutated, Mutator};
use crate::demo::request::Fault;
use crate::demo::server::stats::Tally;
use crate::demo::server::throttle::Throttle;
use crate::demo::world::{Action, Answer, Asked, Called, Service as Of, World, denied, internal};

pub use crate::demo::mutate::Mutate;

mod stats;
mod throttle;

/// No request of any operation comes near this.
const LARGEST_REQUEST: usize = 1 << 20;

/// How the endpoint behaves, apart from what it answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manners {
    /// How long every answer takes at least.
    pub latency: Duration,
    /// Calls to Systems Manager a second, in each account and region, before `ThrottlingException` (a token bucket);
    /// `None`: as many as come.
    pub rate: Option<f64>,
    /// How many calls the bucket holds.
    pub burst: u32,
    /// After so many calls let through, the rate is another for good.
    pub rate_falls: Option<(u64, f64)>,
    /// Every so many calls: HTTP 500, `InternalServerError`.
    pub fault_every: Option<u64>,
    /// Every so many calls: the connection is cut without an answer.
    pub reset_every: Option<u64>,
    /// What nobody is authorized to call.
    pub deny: Vec<Action>,
    /// Where every call to Systems Manager gets HTTP 500.
    pub fault_regions: Vec<String>,
    /// Where every answer takes that much longer.
    pub slow_regions: Vec<(String, Duration)>,
    /// Which answers are mutated; `None`: none.
    pub mutate: Option<Mutate>,
}

/// A world that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<Desk>,
}

/// Binds 127.0.0.1 at `port`, or at any free port when it is 0.
///
/// # Errors
/// When the port is taken or may not be used.
pub async fn bind(world: World, manners: Manners, port: u16) -> anyhow::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("could not listen on 127.0.0.1:{port}"))?;
    let address = listener
        .local_addr()
        .context("could not learn the bound port")?;
    Ok(Server {
        listener,
        address,
        desk: Arc::new(Desk {
            world,
            throttle: Throttle::new(&manners),
            mutator: manners.mutate.map(Mutator::new),
            manners,
            tally: Tally::default(),
        }),
    })
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves; connections still open then are closed.
    ///
    /// # Errors
    /// When the socket fails for good; a connection that fails ends alone.
    pub async fn run(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut stop = pin!(stop);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => { connections.spawn(serve(stream, Arc::clone(&self.desk))); }
                    // Out of file handles, or a client gone before it was met: neither ends the service.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    // Answers are single writes; waiting to fill a packet would only add delay.
    let _ = stream.set_nodelay(true);
    let last: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let service = Connection {
        desk,
        last: Arc::clone(&last),
    };
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if poll_fn(|cx| connection.poll_without_shutdown(cx))
        .await
        .is_err()
    {
        let stream = connection.into_parts().io.into_inner();
        let bytes = last.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bytes) = bytes {
            write_all(&stream, &bytes).await;
        } else {
            // Closing with zero linger sends RST instead of FIN: the line is cut, not ended.
            let _ = stream.set_zero_linger();
        }
    }
}

/// Writes until all is written, or the client is gone.
async fn write_all(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() && stream.writable().await.is_ok() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// What all connections share.
struct Desk {
    world: World,
    manners: Manners,
    throttle: Throttle,
    mutator: Option<Mutator>,
    tally: Tally,
}

/// The line is to be cut.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut on purpose")
    }
}

impl std::error::Error for Cut {}

struct Connection {
    desk: Arc<Desk>,
    /// What is written as it is before the connection ends: hyper writes no length that is wrong.
    last: Arc<Mutex<Option<Vec<u8>>>>,
}

type Reply = Response<Full<Bytes>>;

/// What goes back.
enum Sent {
    Reply(Reply),
    /// A whole answer as it is to stand on the wire, after which the connection ends.
    Raw(Vec<u8>),
}

impl Service<Request<Incoming>> for Connection {
    type Response = Reply;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Cut>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (desk, last) = (Arc::clone(&self.desk), Arc::clone(&self.last));
        Box::pin(async move {
            match desk.reply(request).await? {
                Sent::Reply(reply) => Ok(reply),
                Sent::Raw(bytes) => {
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
                    Err(Cut)
                }
            }
        })
    }
}

impl Desk {
    async fn reply(&self, request: Request<Incoming>) -> Result<Sent, Cut> {
        let reply = match (request.method(), request.uri().path()) {
            (&Method::POST, "/") => return self.call(request).await,
            (&Method::GET, "/stats") => plain("application/json", self.tally.json()),
            (&Method::POST, "/stats/reset") | (&Method::DELETE, "/stats") => {
                self.tally.reset();
                plain("application/json", "{}".to_owned())
            }
            (&Method::GET, "/nodes") => {
                let query = request.uri().query().unwrap_or_default();
                let ids = self
                    .world
                    .node_ids(field(query, "account"), field(query, "region"));
                plain("text/plain; charset=utf-8", lines(&ids))
            }
            _ => respond(
                StatusCode::NOT_FOUND,
                HeaderValue::from_static("text/plain; charset=utf-8"),
                Bytes::from_static(b"not found\n"),
            ),
        };
        Ok(Sent::Reply(reply))
    }

    async fn call(&self, request: Request<Incoming>) -> Result<Sent, Cut> {
        let _open = self.tally.open();
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
            return Err(Cut);
        };
        let body = body.to_bytes();
        let asked = Asked {
            authorization: text(&head.headers, &AUTHORIZATION),
            target: text(&head.headers, &HeaderName::from_static("x-amz-target")),
            content_type: text(&head.headers, &CONTENT_TYPE),
            body: &body,
        };
        let called = self.world.called(&asked);
        let number = self.tally.count(&called);
        let delay = self.delay(&called);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if due(self.manners.reset_every, number) {
            self.tally.cut();
            return Err(Cut);
        }
        let answer = self.answer(&called, &asked, number);
        let mutator = self.mutator.as_ref();
        let Some(mutated) = mutator.and_then(|mutator| mutator.fate(&called, &asked, &answer))
        else {
            return Ok(Sent::Reply(amazon(answer, number)));
        };
        self.tally.mutated(mutated.kind);
        Ok(spoilt(mutated, number))
    }

    fn delay(&self, called: &Called) -> Duration {
        let slow = self.manners.slow_regions.iter();
        let here = |(name, _): &&(String, Duration)| regional(called) && *name == called.region;
        self.manners.latency + slow.filter(here).map(|(_, delay)| *delay).sum::<Duration>()
    }

    fn answer(&self, called: &Called, asked: &Asked<'_>, number: u64) -> Answer {
        let manners = &self.manners;
        let ssm = called.service == Of::Ssm;
        let faulty = ssm && manners.fault_regions.contains(&called.region);
        if faulty || due(manners.fault_every, number) {
            self.tally.fault();
            return internal(called);
        }
        if manners.deny.iter().any(|action| called.is(*action)) {
            return denied(called, asked.body);
        }
        if ssm && !self.throttle.admits(called) {
            self.tally.throttled(called);
            return Fault::throttled().into();
        }
        let (answer, carried) = self.world.answer_counted(called, asked);
        self.tally.carried(carried);
        answer
    }
}

fn due(every: Option<u64>, number: u64) -> bool {
    every.is_some_and(|every| every > 0 && number.is_multiple_of(every))
}

/// Token and organization services are the same everywhere, whatever region they are called by.
fn regional(called: &Called) -> bool {
    matches!(called.service, Of::Ssm | Of::Ec2)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// A field of a query that needs no escapes.
fn field<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = query.split('&').filter_map(|field| field.split_once('='));
    fields.find(|(n, _)| *n == name).map(|(_, value)| value)
}

fn lines(ids: &[String]) -> String {
    ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect()
}

fn plain(kind: &'static str, body: String) -> Reply {
    respond(StatusCode::OK, HeaderValue::from_static(kind), body.into())
}

fn amazon(answer: Answer, number: u64) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static(answer.content_type);
    let mut reply = respond(status, kind, answer.body);
    if let Ok(id) = HeaderValue::from_str(&hash::uuid(number)) {
        reply.headers_mut().insert("x-amzn-requestid", id);
    }
    reply
}

/// Hyper writes a mutated answer, unless its length is a lie.
fn spoilt(mutated: Mutated, number: u64) -> Sent {
    let Some(length) = mutated.length else {
        return Sent::Reply(amazon(mutated.answer, number));
    };
    let Answer {
        status,
        content_type,
        body,
    } = &mutated.answer;
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\nx-amzn-requestid: {}\r\ncontent-length: {length}\r\n\r\n",
        hash::uuid(number)
    );
    Sent::Raw([head.as_bytes(), body].concat())
}

fn respond(status: StatusCode, kind: HeaderValue, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::<Bytes>::from(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

#[cfg(test)]
mod tests;
