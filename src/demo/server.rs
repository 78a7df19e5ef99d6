//! The demo region on a loopback port: HTTP in front of [`Region`], and the bad manners a real endpoint can have.
//! Knows connections, counting, throttling, faults and cut lines. Must not know what the answers mean, and serves
//! nobody but this machine.

use std::future::{Future, poll_fn};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::hash;
use super::request::Fault;
use super::service::{Answer, Operation, Region};

/// No request of either operation comes near this.
const LARGEST_REQUEST: usize = 1 << 20;

/// How the endpoint behaves, apart from what it answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manners {
    /// How long every answer takes at least.
    pub latency: Duration,
    /// Calls a second before `ThrottlingException` (a token bucket); `None`: as many as come.
    pub rate: Option<f64>,
    /// How many calls the bucket holds.
    pub burst: u32,
    /// After so many calls let through, the rate is another for good.
    pub rate_falls: Option<(u64, f64)>,
    /// Every so many calls: HTTP 500, `InternalServerError`.
    pub fault_every: Option<u64>,
    /// Every so many calls: the connection is cut without an answer.
    pub reset_every: Option<u64>,
}

/// A region that listens.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<Desk>,
}

/// Binds 127.0.0.1 at `port`, or at any free port when it is 0.
///
/// # Errors
/// When the port is taken or may not be used.
pub async fn bind(region: Region, manners: Manners, port: u16) -> anyhow::Result<Server> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("could not listen on 127.0.0.1:{port}"))?;
    let address = listener
        .local_addr()
        .context("could not learn the bound port")?;
    Ok(Server {
        listener,
        address,
        desk: Arc::new(Desk::new(region, manners)),
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
    let mut connection =
        http1::Builder::new().serve_connection(TokioIo::new(stream), Connection(desk));
    if poll_fn(|cx| connection.poll_without_shutdown(cx))
        .await
        .is_err()
    {
        // Closing with zero linger sends RST instead of FIN: the line is cut, not ended.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

/// What all connections share.
struct Desk {
    region: Region,
    manners: Manners,
    bucket: Mutex<Bucket>,
    tally: Tally,
}

/// Counters since the start or the last reset.
#[derive(Default)]
struct Tally {
    calls: AtomicU64,
    states: AtomicU64,
    patches: AtomicU64,
    unknown: AtomicU64,
    throttled: AtomicU64,
    faults: AtomicU64,
    resets: AtomicU64,
    rows: AtomicU64,
    records: AtomicU64,
    open: AtomicU64,
    most_open: AtomicU64,
}

/// A token bucket: fills at the rate, holds the burst.
struct Bucket {
    tokens: f64,
    filled: Instant,
    admitted: u64,
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

struct Connection(Arc<Desk>);

type Reply = Response<Full<Bytes>>;

impl Service<Request<Incoming>> for Connection {
    type Response = Reply;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Cut>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let desk = Arc::clone(&self.0);
        Box::pin(async move { desk.reply(request).await })
    }
}

impl Desk {
    fn new(region: Region, manners: Manners) -> Self {
        let bucket = Bucket {
            tokens: f64::from(manners.burst.max(1)),
            filled: Instant::now(),
            admitted: 0,
        };
        Self {
            region,
            manners,
            bucket: Mutex::new(bucket),
            tally: Tally::default(),
        }
    }

    async fn reply(&self, request: Request<Incoming>) -> Result<Reply, Cut> {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/") => self.call(request).await,
            (&Method::GET, "/stats") => Ok(plain("application/json", self.tally.json())),
            (&Method::POST, "/stats/reset") | (&Method::DELETE, "/stats") => {
                self.tally.reset();
                Ok(plain("application/json", "{}".to_owned()))
            }
            (&Method::GET, "/nodes") => Ok(plain(
                "text/plain; charset=utf-8",
                lines(&self.region.node_ids()),
            )),
            _ => Ok(respond(
                StatusCode::NOT_FOUND,
                HeaderValue::from_static("text/plain; charset=utf-8"),
                Bytes::from_static(b"not found\n"),
            )),
        }
    }

    async fn call(&self, request: Request<Incoming>) -> Result<Reply, Cut> {
        let target = request.headers().get("x-amz-target").cloned();
        let target = target
            .as_ref()
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let number = self.tally.count(target);
        let _open = Open::new(&self.tally);
        let Ok(body) = Limited::new(request.into_body(), LARGEST_REQUEST)
            .collect()
            .await
        else {
            return Err(Cut);
        };
        if !self.manners.latency.is_zero() {
            tokio::time::sleep(self.manners.latency).await;
        }
        let due = |every: Option<u64>| {
            every.is_some_and(|every| every > 0 && number.is_multiple_of(every))
        };
        if due(self.manners.reset_every) {
            self.tally.resets.fetch_add(1, Relaxed);
            return Err(Cut);
        }
        let answer = if due(self.manners.fault_every) {
            self.tally.faults.fetch_add(1, Relaxed);
            Fault::internal().into()
        } else if !self.admitted() {
            self.tally.throttled.fetch_add(1, Relaxed);
            Fault::throttled().into()
        } else {
            let (answer, carried) = self.region.answer_counted(target, &body.to_bytes());
            self.tally.rows.fetch_add(carried.rows as u64, Relaxed);
            self.tally
                .records
                .fetch_add(carried.records as u64, Relaxed);
            answer
        };
        Ok(amazon(answer, number))
    }

    /// Takes a token from the bucket, if there is one.
    fn admitted(&self) -> bool {
        let Some(rate) = self.manners.rate else {
            return true;
        };
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = match self.manners.rate_falls {
            Some((after, falls_to)) if bucket.admitted >= after => falls_to,
            _ => rate,
        };
        bucket.take(Instant::now(), rate, self.manners.burst)
    }
}

impl Bucket {
    fn take(&mut self, now: Instant, rate: f64, burst: u32) -> bool {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min(f64::from(burst.max(1)));
        self.filled = now;
        let admitted = self.tokens >= 1.0;
        if admitted {
            self.tokens -= 1.0;
            self.admitted += 1;
        }
        admitted
    }
}

/// Counts a call as open for as long as it is held.
struct Open<'a>(&'a Tally);

impl<'a> Open<'a> {
    fn new(tally: &'a Tally) -> Self {
        let open = tally.open.fetch_add(1, Relaxed) + 1;
        tally.most_open.fetch_max(open, Relaxed);
        Self(tally)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

impl Tally {
    /// Counts a call when it arrives, whatever becomes of it; says which it was.
    fn count(&self, target: &str) -> u64 {
        let operation = match Operation::of(target) {
            Some(Operation::States) => &self.states,
            Some(Operation::Patches) => &self.patches,
            None => &self.unknown,
        };
        operation.fetch_add(1, Relaxed);
        self.calls.fetch_add(1, Relaxed) + 1
    }

    fn json(&self) -> String {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        let mut calls = serde_json::json!({
            "DescribeInstancePatchStates": read(&self.states),
            "DescribeInstancePatches": read(&self.patches),
        });
        if read(&self.unknown) > 0 {
            calls["Unknown"] = read(&self.unknown).into();
        }
        serde_json::json!({
            "calls": calls,
            "throttled": read(&self.throttled),
            "faults": read(&self.faults),
            "resets": read(&self.resets),
            "rows": read(&self.rows),
            "records": read(&self.records),
            "most_open": read(&self.most_open),
        })
        .to_string()
    }

    fn reset(&self) {
        let Self {
            calls,
            states,
            patches,
            unknown,
            throttled,
            faults,
            resets,
            rows,
            records,
            open: _,
            most_open,
        } = self;
        for counter in [
            calls, states, patches, unknown, throttled, faults, resets, rows, records, most_open,
        ] {
            counter.store(0, Relaxed);
        }
    }
}

fn lines(ids: &[String]) -> String {
    ids.iter().flat_map(|id| [id.as_str(), "\n"]).collect()
}

fn plain(kind: &'static str, body: String) -> Reply {
    respond(StatusCode::OK, HeaderValue::from_static(kind), body.into())
}

fn amazon(answer: Answer, number: u64) -> Reply {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut reply = respond(
        status,
        HeaderValue::from_static("application/x-amz-json-1.1"),
        answer.body,
    );
    if let Ok(id) = HeaderValue::from_str(&hash::uuid(number)) {
        reply.headers_mut().insert("x-amzn-requestid", id);
    }
    reply
}

fn respond(status: StatusCode, kind: HeaderValue, body: Bytes) -> Reply {
    let mut reply = Response::new(Full::<Bytes>::from(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}

#[cfg(test)]
mod tests;
