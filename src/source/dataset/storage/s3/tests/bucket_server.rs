//! A bucket in memory, on a loopback port: the requests that a dataset makes, and the
//! failures of a real one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::source::aws::session::credentials::CredentialsCache;
use crate::source::aws::session::http::plain_http_client;
use crate::source::aws::session::{Session, demo_session};
use crate::source::dataset::storage::s3::bucket::Bucket;

/// A request, as it was received.
#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    pub method: String,
    /// The path without the bucket, decoded.
    pub key: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value)
    }
}

/// What is sent in place of the bucket's response.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// A refusal with this status, header and body.
    Refuse(u16, &'static str, String),
    /// The connection ends before a response, after the request took effect.
    LoseResponse,
    /// The connection ends in the middle of the body.
    CutBody,
}

/// Which fault a request meets, by its number.
pub(super) type Faults = fn(usize, &Request) -> Option<Fault>;

/// The bucket.
#[derive(Default)]
struct Contents {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    requests: Vec<Request>,
}

pub(super) struct BucketServer {
    pub url: String,
    contents: Arc<Mutex<Contents>>,
}

/// A body in S3's format of errors.
pub(super) fn error(code: &str, message: &str) -> String {
    format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

impl BucketServer {
    pub(super) fn start(faults: Faults) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let contents = Arc::new(Mutex::new(Contents::default()));
        let shared = contents.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let contents = shared.clone();
                std::thread::spawn(move || serve(stream, &contents, faults));
            }
        });
        Self { url, contents }
    }

    /// The folder `data` of the bucket, with two attempts for each call.
    pub(super) fn bucket(&self) -> Bucket {
        Bucket::new("fleet", "data", self.session()).unwrap()
    }

    pub(super) fn session(&self) -> Session {
        let keys = Credentials::new("AKIDEXAMPLE", "hush-hush", None, None, "test");
        let config = SdkConfig::builder()
            .endpoint_url(&self.url)
            .region(Region::from_static("eu-west-1"))
            .http_client(plain_http_client())
            .build();
        let provider = SharedCredentialsProvider::new(keys.clone());
        Session {
            config,
            credentials_cache: CredentialsCache::new(keys, provider),
            max_attempts: 2,
            label: Some("profile prod".into()),
            is_in_process: false,
            ..demo_session()
        }
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.contents.lock().unwrap().requests.clone()
    }

    pub(super) fn insert(&self, key: &str, content: &[u8]) {
        let mut contents = self.contents.lock().unwrap();
        contents.objects.insert(key.to_owned(), content.to_owned());
    }

    pub(super) fn object(&self, key: &str) -> Option<Vec<u8>> {
        self.contents.lock().unwrap().objects.get(key).cloned()
    }

    pub(super) fn open_uploads(&self) -> usize {
        self.contents.lock().unwrap().uploads.len()
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, later @ ..] = rest {
        rest = later;
        match (first, later) {
            (b'%', [high, low, later @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = later;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|size| *size > 0)?;
    let mut words = line.split(' ');
    let mut request = Request {
        method: words.next()?.to_owned(),
        ..Request::default()
    };
    let target = words.next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    request.key = decode(path.trim_start_matches("/fleet").trim_start_matches('/'));
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        request.query.insert(decode(name), decode(value));
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        let value = value.trim().to_owned();
        request.headers.insert(name.to_ascii_lowercase(), value);
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

fn serve(stream: TcpStream, contents: &Mutex<Contents>, faults: Faults) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let request = read_request(&mut reader)?;
        let (fault, (status, headers, body)) = {
            let mut contents = contents.lock().unwrap();
            contents.requests.push(request.clone());
            match faults(contents.requests.len(), &request) {
                Some(Fault::Refuse(status, header, body)) => {
                    (None, (status, header.to_owned(), body.into_bytes()))
                }
                fault => (fault, respond(&mut contents, &request)),
            }
        };
        if matches!(fault, Some(Fault::LoseResponse)) {
            return None;
        }
        let sent = match fault {
            Some(Fault::CutBody) => &body[..body.len() / 2],
            _ => &body,
        };
        let length = body.len();
        write!(
            writer,
            "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n"
        )
        .ok()?;
        writer.write_all(sent).ok()?;
        if sent.len() < body.len() {
            return None;
        }
    }
}

/// The response of the bucket: status, headers, body.
fn respond(contents: &mut Contents, request: &Request) -> (u16, String, Vec<u8>) {
    const MODIFIED: &str = "Last-Modified: Thu, 26 Nov 2026 12:00:00 GMT\r\nETag: \"1\"\r\n";
    let upload = request.query.get("uploadId");
    let missing = |code: &str| (404, String::new(), error(code, "None.").into_bytes());
    match (&*request.method, upload) {
        ("GET", _) if request.query.contains_key("list-type") => list(contents, request),
        ("GET", _) => {
            let Some(object) = contents.objects.get(&request.key) else {
                return missing("NoSuchKey");
            };
            let Some(range) = request.header("range").strip_prefix("bytes=") else {
                return (200, MODIFIED.to_owned(), object.clone());
            };
            let (start, end) = range.split_once('-').unwrap();
            let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
            if start >= object.len() {
                let body = error("InvalidRange", "The requested range is not satisfiable");
                return (416, String::new(), body.into_bytes());
            }
            let end = (end + 1).min(object.len());
            let header = format!(
                "{MODIFIED}Content-Range: bytes {start}-{}/{}\r\n",
                end - 1,
                object.len()
            );
            (206, header, object[start..end].to_vec())
        }
        ("PUT", Some(upload)) => {
            let number = request.query["partNumber"].parse().unwrap();
            match contents.uploads.get_mut(upload) {
                Some(parts) => {
                    parts.insert(number, request.body.clone());
                    (200, format!("ETag: \"{number}\"\r\n"), vec![])
                }
                None => missing("NoSuchUpload"),
            }
        }
        ("PUT", None) => {
            let is_taken = contents.objects.contains_key(&request.key);
            if is_taken && request.header("if-none-match") == "*" {
                let body = error("PreconditionFailed", "At least one does not hold");
                return (412, String::new(), body.into_bytes());
            }
            let (key, content) = (request.key.clone(), request.body.clone());
            contents.objects.insert(key, content);
            (200, MODIFIED.to_owned(), vec![])
        }
        ("POST", None) => {
            let id = format!("upload-{}", contents.requests.len());
            contents.uploads.insert(id.clone(), BTreeMap::new());
            let body = format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            (200, String::new(), body.into_bytes())
        }
        ("POST", Some(upload)) => {
            let Some(parts) = contents.uploads.remove(upload) else {
                return missing("NoSuchUpload");
            };
            let whole = parts.into_values().flatten().collect();
            contents.objects.insert(request.key.clone(), whole);
            let body =
                "<CompleteMultipartUploadResult><ETag>\"1\"</ETag></CompleteMultipartUploadResult>";
            (200, String::new(), body.as_bytes().to_vec())
        }
        ("DELETE", Some(upload)) => {
            contents.uploads.remove(upload);
            (204, String::new(), vec![])
        }
        ("DELETE", None) => {
            contents.objects.remove(&request.key);
            (204, String::new(), vec![])
        }
        _ => (405, String::new(), vec![]),
    }
}

/// A page of keys, of 1,000 at most.
fn list(contents: &Contents, request: &Request) -> (u16, String, Vec<u8>) {
    let prefix = request.query.get("prefix").map_or("", |prefix| prefix);
    let after = request
        .query
        .get("continuation-token")
        .map_or("", |token| token);
    let mut entries: Vec<(String, Option<usize>)> = Vec::new();
    for (key, content) in &contents.objects {
        let Some(rest) = key.strip_prefix(prefix) else {
            continue;
        };
        match rest.split_once('/') {
            Some((folder, _)) if request.query.contains_key("delimiter") => {
                entries.push((format!("{prefix}{folder}/"), None));
            }
            _ => entries.push((key.clone(), Some(content.len()))),
        }
    }
    entries.dedup();
    entries.retain(|(key, _)| &**key > after);
    let is_truncated = entries.len() > 1000;
    entries.truncate(1000);
    let mut body = String::from("<ListBucketResult>");
    for (key, size) in &entries {
        let _ = match size {
            Some(size) => write!(
                body,
                "<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>2026-11-26T12:00:00.000Z</LastModified><ETag>\"1\"</ETag></Contents>"
            ),
            None => write!(
                body,
                "<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>"
            ),
        };
    }
    if let Some((last, _)) = entries.last().filter(|_| is_truncated) {
        let _ = write!(
            body,
            "<NextContinuationToken>{last}</NextContinuationToken>"
        );
    }
    body += "</ListBucketResult>";
    (200, String::new(), body.into_bytes())
}
