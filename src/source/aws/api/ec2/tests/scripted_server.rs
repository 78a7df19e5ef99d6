//! A server on a loopback port that sends scripted responses and records the
//! requests.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use aws_sdk_ssm::config::{Credentials, SharedCredentialsProvider};

use crate::source::aws::api::ec2::*;
use crate::source::aws::session::http::plain_http_client;

/// One request, as it was received.
#[derive(Debug, Clone, Default)]
pub(super) struct RecordedRequest {
    pub request_line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl RecordedRequest {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }
}

/// A status and a body. With `cut`, the headers announce a longer body.
pub(super) struct ScriptedResponse {
    pub status: u16,
    pub body: String,
    pub is_truncated: bool,
}

pub(super) fn response(status: u16, body: impl Into<String>) -> ScriptedResponse {
    ScriptedResponse {
        status,
        body: body.into(),
        is_truncated: false,
    }
}

pub(super) fn error_response(status: u16, code: &str, message: &str) -> ScriptedResponse {
    response(
        status,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>1</RequestID></Response>"
        ),
    )
}

pub(super) const NO_INSTANCES: &str =
    "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";

/// Responds to each request with the next response, and repeats the last one.
pub(super) struct ScriptedServer {
    pub url: String,
    pub requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl ScriptedServer {
    pub(super) fn start(answers: Vec<ScriptedResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, answers) = (requests.clone(), Arc::new(answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answers) = (log.clone(), answers.clone());
                std::thread::spawn(move || serve(stream, &log, &answers));
            }
        });
        Self { url, requests }
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn config(&self) -> aws_types::sdk_config::Builder {
        let keys = Credentials::new(
            "AKIDEXAMPLE",
            "secret-example",
            Some("session-example".into()),
            None,
            "test",
        );
        SdkConfig::builder()
            .endpoint_url(&self.url)
            .http_client(plain_http_client())
            .credentials_provider(SharedCredentialsProvider::new(keys))
    }

    pub(super) fn client(&self, call_stats: &CallStats, attempts: u32) -> Ec2Client {
        Ec2Client::new(&self.config().build(), "eu-west-3", call_stats, attempts)
            .with_session_label(Some("profile prod"), None)
    }
}

pub(super) fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<RecordedRequest>>,
    answers: &[ScriptedResponse],
) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = RecordedRequest::default();
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        request.request_line = line.trim().to_owned();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(": ") else {
                break;
            };
            request
                .headers
                .push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut body = vec![0; request.header("content-length").parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        request.body = String::from_utf8(body).ok()?;
        let answer = {
            let mut log = log.lock().ok()?;
            log.push(request);
            answers.get(log.len() - 1).or(answers.last())?
        };
        let length = answer.body.len() + usize::from(answer.is_truncated);
        write!(
            writer,
            "HTTP/1.1 {} X\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Length: {length}\r\n\r\n{}",
            answer.status, answer.body,
        )
        .ok()?;
        if answer.is_truncated {
            return None;
        }
    }
}
