//! What the same work costs without patchctl: the calls made by the SDK alone (`sdk`) and by a bare HTTP client
//! (`bare`), and rows a second through patchctl in one process (`throughput`). Knows public interfaces only.
//! Must not judge: it prints one line of JSON, and compare.py holds it against the rest.

mod folds;

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use aws_sdk_ssm::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_ssm::config::{
    BehaviorVersion, Credentials, Region, StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::Builder as HttpBuilder;
use aws_smithy_types::retry::RetrySpec;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use patchctl::demo;
use patchctl::exit::Exit;
use patchctl::settings::HostEnv;
use patchctl::terminal::Terminal;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Calls under way at once, as patchctl has it by default.
const IN_FLIGHT: usize = 16;
const PAGE: i32 = 50;

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            let told = writeln!(io::stdout(), "{line}");
            if told.is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            // Nobody is left to tell when stderr itself is gone.
            let _ = writeln!(io::stderr(), "floor: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<serde_json::Value> {
    // cargo bench adds --bench.
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let what = args.next().unwrap_or_default();
    match what.as_str() {
        "sdk" | "bare" => {
            let endpoint = args.next().context("which endpoint?")?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let started = Instant::now();
            let done = if what == "sdk" {
                runtime.block_on(sdk(endpoint, node_ids()?))
            } else {
                runtime.block_on(bare(&endpoint, node_ids()?))
            }?;
            Ok(serde_json::json!({
                "seconds": started.elapsed().as_secs_f64(), "calls": done.calls, "rows": done.rows, "bytes": done.bytes,
            }))
        }
        "throughput" | "parse" => throughput(Duration::from_secs(2)),
        // A plain `cargo bench` has no endpoint to measure against.
        "" => throughput(Duration::from_millis(500)),
        "fold" => {
            let args: Vec<String> = args.collect();
            let (what, rest) = args.split_first().context("which fold?")?;
            folds::run(what, rest)
        }
        other => bail!("{other:?} is none of sdk ENDPOINT, bare ENDPOINT, throughput, fold WHAT"),
    }
}

/// The ids on stdin, to be taken one by one by whoever is free.
fn node_ids() -> Result<Queue> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let ids = text.split_whitespace().map(ToOwned::to_owned).collect();
    Ok(Arc::new(Mutex::new(ids)))
}

type Queue = Arc<Mutex<VecDeque<String>>>;

fn next(queue: &Queue) -> Option<String> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

#[derive(Debug, Clone, Copy, Default)]
struct Done {
    calls: u64,
    /// Stays 0 where nothing is parsed.
    rows: u64,
    /// Stays 0 where the SDK has the bytes.
    bytes: u64,
}

async fn sum(mut workers: JoinSet<Result<Done>>) -> Result<Done> {
    let mut total = Done::default();
    while let Some(done) = workers.join_next().await {
        let done = done??;
        total.calls += done.calls;
        total.rows += done.rows;
        total.bytes += done.bytes;
    }
    Ok(total)
}

/// The loop one would write with the SDK: typed answers, counted and dropped. Set up as patchctl sets it up.
async fn sdk(endpoint: String, queue: Queue) -> Result<Done> {
    let credentials = Credentials::builder()
        .access_key_id("x")
        .secret_access_key("x")
        .provider_name("bench")
        .build();
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(demo::REGION))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .http_client(HttpBuilder::new().build_http())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .operation_attempt_timeout(Duration::from_secs(30))
                .build(),
        )
        .retry_config(
            RetryConfig::adaptive()
                .with_retry_spec(RetrySpec::v2_1())
                .with_max_attempts(10),
        )
        .retry_partition(
            RetryPartition::custom("floor")
                .token_bucket(TokenBucket::unlimited())
                .build(),
        )
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    let client = aws_sdk_ssm::Client::from_conf(config.build());
    let mut workers = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (client, queue) = (client.clone(), queue.clone());
        workers.spawn(async move {
            let mut done = Done::default();
            while let Some(id) = next(&queue) {
                let mut pages = client
                    .describe_instance_patches()
                    .instance_id(id)
                    .into_paginator()
                    .page_size(PAGE)
                    .send();
                while let Some(page) = pages.next().await {
                    done.calls += 1;
                    done.rows += page?.patches().len() as u64;
                }
            }
            Ok(done)
        });
    }
    sum(workers).await
}

/// The least that can be done over HTTP: nothing is signed, retried or parsed.
async fn bare(endpoint: &str, queue: Queue) -> Result<Done> {
    let address = endpoint
        .strip_prefix("http://")
        .context("the endpoint is not plain HTTP")?
        .trim_end_matches('/');
    let mut workers = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        workers.spawn(read_all(sender, address.to_owned(), queue.clone()));
    }
    sum(workers).await
}

async fn read_all(
    mut sender: http1::SendRequest<Full<Bytes>>,
    host: String,
    queue: Queue,
) -> Result<Done> {
    let mut done = Done::default();
    while let Some(id) = next(&queue) {
        let mut token = None;
        loop {
            let mut body = serde_json::json!({"InstanceId": id, "MaxResults": PAGE});
            if let Some(token) = token {
                body["NextToken"] = token;
            }
            let request = Request::post("/")
                .header("host", &host)
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", "AmazonSSM.DescribeInstancePatches")
                .body(Full::from(body.to_string()))?;
            sender.ready().await?;
            let answer = sender.send_request(request).await?;
            ensure!(answer.status().is_success(), "{} of {id}", answer.status());
            let bytes = answer.into_body().collect().await?.to_bytes();
            done.calls += 1;
            done.bytes += bytes.len() as u64;
            token = next_token(&bytes);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(done)
}

/// The token, which stands at the very end of a page and needs no unescaping.
fn next_token(page: &[u8]) -> Option<serde_json::Value> {
    const KEY: &[u8] = br#""NextToken":""#;
    let tail = &page[page.len().saturating_sub(256)..];
    let at = tail.windows(KEY.len()).rposition(|window| window == KEY)? + KEY.len();
    let end = at + tail[at..].iter().position(|byte| *byte == b'"')?;
    (end > at).then(|| String::from_utf8_lossy(&tail[at..end]).into())
}

/// Rows a second from the demo region's bytes to those of each format, all of it in this process: the SDK's path
/// without a network, parsing, judging and rendering.
fn throughput(time: Duration) -> Result<serde_json::Value> {
    let ids = demo::fleet::Fleet::sample().node_ids();
    let stdin = ids.join("\n").into_bytes();
    let rows = {
        let region = demo::service::RegionService::new(demo::fleet::Fleet::sample());
        ids.iter()
            .map(|id| rows_of(&region, id))
            .sum::<Result<usize>>()?
    };
    let mut rates = serde_json::Map::new();
    for format in ["csv", "json", "ndjson"] {
        answer(&stdin, format)?;
        let started = Instant::now();
        let mut runs = 0_u32;
        while started.elapsed() < time || runs < 3 {
            answer(&stdin, format)?;
            runs += 1;
        }
        let seconds = started.elapsed().as_secs_f64() / f64::from(runs);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate, of a few digits"
        )]
        let rate = (rows as f64 / seconds) as u64;
        rates.insert(format.to_owned(), rate.into());
    }
    Ok(serde_json::json!({"rows": rows, "rows_per_second": rates}))
}

fn answer(stdin: &[u8], format: &str) -> Result<()> {
    let args = [
        "patchctl", "--demo", "--quiet", "patches", "-", "-o", format,
    ]
    .map(OsString::from);
    let (out, err) = (Box::new(io::sink()), Box::new(io::sink()));
    let mut terminal = Terminal::for_test(stdin, out, err, None);
    let exit = patchctl::run(args, &HostEnv::empty(), &mut terminal, || demo::NOW);
    ensure!(exit == Exit::Success, "patches -o {format} failed");
    Ok(())
}

/// How many rows a node of the demo has, counted apart from patchctl's own reading.
fn rows_of(region: &demo::service::RegionService, id: &str) -> Result<usize> {
    let mut rows = 0;
    let mut token = serde_json::Value::Null;
    loop {
        let body = serde_json::json!({"InstanceId": id, "NextToken": token}).to_string();
        let page = region.answer("AmazonSSM.DescribeInstancePatches", body.as_bytes());
        let page: serde_json::Value = serde_json::from_slice(&page.body)?;
        rows += page["Patches"].as_array().map_or(0, Vec::len);
        token = page["NextToken"].clone();
        if token.as_str().is_none_or(str::is_empty) {
            return Ok(rows);
        }
    }
}
