//! Serves [`World`] over HTTP on a loopback port, with injected faults.

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

use crate::demo::call::{ApiCall, Service as Of};
use crate::demo::error::ServiceError;
use crate::demo::hash;
use crate::demo::mutate::{MutatedResponse, Mutator};
use crate::demo::server::stats::ServerStats;
use crate::demo::server::throttle::Throttle;
use crate::demo::world::{
    ApiRequest, ApiResponse, World, access_denied_response, internal_error_response,
};

pub use self::fault_injection::FaultInjection;
pub use crate::demo::mutate::MutationSettings;

mod fault_injection;
mod stats;
mod throttle;

/// More than any valid request.
const LARGEST_REQUEST: usize = 1 << 20;

/// A world with a listening socket.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<ServerState>,
}

/// Binds 127.0.0.1 at `port`; 0 picks a free one.
///
/// # Errors
/// When the port cannot be bound.
pub async fn bind(
    world: World,
    fault_injection: FaultInjection,
    port: u16,
) -> anyhow::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
    let address = listener.local_addr().context("cannot get the bound port")?;
    Ok(Server {
        listener,
        address,
        state: Arc::new(ServerState {
            world,
            throttle: Throttle::new(&fault_injection),
            mutator: fault_injection.mutate.map(Mutator::new),
            fault_injection,
            stats: ServerStats::default(),
        }),
    })
}

impl Server {
    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` resolves, then closes open connections.
    ///
    /// # Errors
    /// When the socket fails; a failed connection does not end the server.
    pub async fn run(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut stop = pin!(stop);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                Some(_) = connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => { connections.spawn(serve(stream, Arc::clone(&self.state))); }
                    // Out of file handles, or the client is gone.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                },
            }
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<ServerState>) {
    // Responses are single writes; Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let last: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let service = Connection {
        state,
        raw_reply: Arc::clone(&last),
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
            // Zero linger sends RST in place of FIN.
            let _ = stream.set_zero_linger();
        }
    }
}

/// Writes all bytes, unless the client is gone.
async fn write_all(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() && stream.writable().await.is_ok() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// State of all connections.
struct ServerState {
    world: World,
    fault_injection: FaultInjection,
    throttle: Throttle,
    mutator: Option<Mutator>,
    stats: ServerStats,
}

/// The connection is to be reset.
#[derive(Debug)]
struct ConnectionCut;

impl std::fmt::Display for ConnectionCut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("reset by fault injection")
    }
}

impl std::error::Error for ConnectionCut {}

struct Connection {
    state: Arc<ServerState>,
    /// Bytes to write before the connection ends: hyper does not write a wrong length.
    raw_reply: Arc<Mutex<Option<Vec<u8>>>>,
}

type HttpResponse = Response<Full<Bytes>>;

/// A reply.
enum ServerReply {
    Http(HttpResponse),
    /// A raw response, after which the connection ends.
    Raw(Vec<u8>),
}

impl Service<Request<Incoming>> for Connection {
    type Response = HttpResponse;
    type Error = ConnectionCut;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ConnectionCut>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (state, last) = (Arc::clone(&self.state), Arc::clone(&self.raw_reply));
        Box::pin(async move {
            match state.reply(request).await? {
                ServerReply::Http(reply) => Ok(reply),
                ServerReply::Raw(bytes) => {
                    *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
                    Err(ConnectionCut)
                }
            }
        })
    }
}

impl ServerState {
    async fn reply(&self, request: Request<Incoming>) -> Result<ServerReply, ConnectionCut> {
        let reply = match (request.method(), request.uri().path()) {
            (&Method::POST, "/") => return self.call(request).await,
            (&Method::GET, "/stats") => ok_response("application/json", self.stats.to_json()),
            (&Method::POST, "/stats/reset") | (&Method::DELETE, "/stats") => {
                self.stats.reset();
                ok_response("application/json", "{}".to_owned())
            }
            (&Method::GET, "/nodes") => {
                let query = request.uri().query().unwrap_or_default();
                let ids = self
                    .world
                    .node_ids(query_field(query, "account"), query_field(query, "region"));
                ok_response("text/plain; charset=utf-8", lines(&ids))
            }
            _ => respond(
                StatusCode::NOT_FOUND,
                HeaderValue::from_static("text/plain; charset=utf-8"),
                Bytes::from_static(b"not found\n"),
            ),
        };
        Ok(ServerReply::Http(reply))
    }

    async fn call(&self, request: Request<Incoming>) -> Result<ServerReply, ConnectionCut> {
        let _open = self.stats.open_call();
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
            return Err(ConnectionCut);
        };
        let body = body.to_bytes();
        let asked = ApiRequest {
            authorization: header_text(&head.headers, &AUTHORIZATION),
            target: header_text(&head.headers, &HeaderName::from_static("x-amz-target")),
            content_type: header_text(&head.headers, &CONTENT_TYPE),
            body: &body,
        };
        let called = self.world.parse_call(&asked);
        let number = self.stats.count_call(&called);
        let delay = self.delay(&called);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if is_due(self.fault_injection.reset_every, number) {
            self.stats.count_reset();
            return Err(ConnectionCut);
        }
        let answer = self.answer(&called, &asked, number);
        let mutator = self.mutator.as_ref();
        let Some(mutated) = mutator.and_then(|mutator| mutator.mutate(&called, &asked, &answer))
        else {
            return Ok(ServerReply::Http(with_aws_headers(answer, number)));
        };
        self.stats.count_mutated(mutated.kind);
        Ok(mutated_response(mutated, number))
    }

    fn delay(&self, called: &ApiCall) -> Duration {
        let slow = self.fault_injection.slow_regions.iter();
        let here = |(name, _): &&(String, Duration)| is_regional(called) && *name == called.region;
        self.fault_injection.latency + slow.filter(here).map(|(_, delay)| *delay).sum::<Duration>()
    }

    fn answer(&self, called: &ApiCall, asked: &ApiRequest<'_>, number: u64) -> ApiResponse {
        let fault_injection = &self.fault_injection;
        let ssm = called.service == Of::Ssm;
        let faulty = ssm && fault_injection.fault_regions.contains(&called.region);
        if faulty || is_due(fault_injection.fault_every, number) {
            self.stats.count_fault();
            return internal_error_response(called);
        }
        if fault_injection
            .deny
            .iter()
            .any(|action| called.is_action(*action))
        {
            return access_denied_response(called, asked.body);
        }
        if ssm && !self.throttle.try_admit(called) {
            self.stats.count_throttled(called);
            return ServiceError::throttled().into();
        }
        let (answer, carried) = self.world.answer_counted(called, asked);
        self.stats.count_rows(carried);
        answer
    }
}

fn is_due(every: Option<u64>, number: u64) -> bool {
    every.is_some_and(|every| every > 0 && number.is_multiple_of(every))
}

/// STS and Organizations are global.
fn is_regional(called: &ApiCall) -> bool {
    matches!(called.service, Of::Ssm | Of::Ec2)
}

fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// A field of a query string without escapes.
fn query_field<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = query.split('&').filter_map(|field| field.split_once('='));
    fields.find(|(n, _)| *n == name).map(|(_, value)| value)
}

fn lines(ids: &[String]) -> String {
    ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect()
}

fn ok_response(kind: &'static str, body: String) -> HttpResponse {
    respond(StatusCode::OK, HeaderValue::from_static(kind), body.into())
}

fn with_aws_headers(answer: ApiResponse, number: u64) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static(answer.content_type);
    let mut reply = respond(status, kind, answer.body);
    if let Ok(id) = HeaderValue::from_str(&hash::uuid(number)) {
        reply.headers_mut().insert("x-amzn-requestid", id);
    }
    reply
}

/// hyper writes the response unless its length is wrong.
fn mutated_response(mutated: MutatedResponse, number: u64) -> ServerReply {
    let Some(length) = mutated.length else {
        return ServerReply::Http(with_aws_headers(mutated.answer, number));
    };
    let ApiResponse {
        status,
        content_type,
        body,
    } = &mutated.answer;
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\nx-amzn-requestid: {}\r\ncontent-length: {length}\r\n\r\n",
        hash::uuid(number)
    );
    ServerReply::Raw([head.as_bytes(), body].concat())
}

fn respond(status: StatusCode, kind: HeaderValue, body: Bytes) -> HttpResponse {
    let mut reply = Response::new(Full::<Bytes>::from(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

#[cfg(test)]
mod tests;
