//! How the tests run the program: a clean environment, a server of its own
//! where one is needed, and answers scripted by hand for what the demo region
//! never does.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene fails")]

pub(crate) mod datasets;
#[cfg(unix)]
pub(crate) mod picture;
#[cfg(unix)]
pub(crate) mod terminal;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};

use assert_cmd::Command as Assert;
use serde_json::Value;

/// A folder that no configuration is found from: the search ends there.
pub(crate) fn empty_dir() -> &'static Path {
    static NOWHERE: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere");
        std::fs::create_dir_all(folder.join(".git")).unwrap();
        folder
    });
    &NOWHERE
}

/// The program, with nothing of the developer's own environment: no profile,
/// no credentials, no proxy, no metadata service, and no configuration.
pub(crate) fn patchctl() -> Assert {
    Assert::from_std(program())
}

/// The same, for who starts it and does not wait.
pub(crate) fn program() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("patchctl"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("XDG_CONFIG_HOME", empty_dir())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .current_dir(empty_dir());
    command
}

/// The program on the embedded demo fleet.
pub(crate) fn demo(args: &[&str]) -> Assert {
    let mut command = patchctl();
    command.arg("--demo").args(args);
    command
}

/// The program against an endpoint, with credentials that anyone may read.
pub(crate) fn live(endpoint: &str, args: &[&str]) -> Assert {
    let mut command = patchctl();
    command.envs(live_env(endpoint)).args(args);
    command
}

/// The endpoint, a region and the credentials of [`live`].
pub(crate) fn live_env(endpoint: &str) -> [(&'static str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret-of-a-test"),
    ]
}

/// Starts the program at work on a server, its streams in pipes.
pub(crate) fn start_live(served: &DemoServer, args: &[&str]) -> Child {
    program()
        .args(args)
        .envs(live_env(&served.url))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a run printed and how it ended.
pub(crate) struct RunOutput {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl RunOutput {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The rows of NDJSON.
    pub(crate) fn json_rows(&self) -> Vec<Value> {
        let lines = self.out.lines();
        let rows = lines.map(|line| serde_json::from_str(line).unwrap());
        rows.collect()
    }
}

/// Runs it to the end.
pub(crate) fn run(command: &mut Assert) -> RunOutput {
    let output = command.output().unwrap();
    RunOutput {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The program as a shell starts it: `script` has it and its arguments as `"$@"`.
#[cfg(unix)]
pub(crate) fn in_shell(script: &str) -> Command {
    let program = program();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(program.get_program())
        .env_clear()
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(program.get_current_dir().unwrap());
    shell
}

/// Waits for the end of something whose streams are pipes.
pub(crate) fn wait_for_output(child: Child) -> RunOutput {
    let output = child.wait_with_output().unwrap();
    RunOutput {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Sends a signal, such as `-INT`.
#[cfg(unix)]
pub(crate) fn send_signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let status = kill.args([name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

/// 400 nodes of which a throttled server lets only some through. What is read of them until
/// a signal comes has room in a pipe that is not read.
#[cfg(unix)]
const SLOW_FLEET: [&str; 10] = [
    "--nodes",
    "400",
    "--patches",
    "3",
    "--rate",
    "20",
    "--burst",
    "30",
    "--latency",
    "2",
];

/// Waits for the server to have been asked so often.
#[cfg(unix)]
pub(crate) fn wait_for_calls(served: &DemoServer, operation: &str, calls: u64) {
    while served.call_count(operation) < calls {
        std::thread::yield_now();
    }
}

/// A run on that fleet that Ctrl-C reaches after so many calls for patches, and its server.
#[cfg(unix)]
pub(crate) fn interrupted(args: &[&str], calls: u64) -> (DemoServer, Child) {
    let served = DemoServer::start(&SLOW_FLEET);
    let child = start_live(&served, args);
    wait_for_calls(&served, "DescribeInstancePatches", calls);
    send_signal(&child, "-INT");
    (served, child)
}

/// Has a server's scans at the dates of `--demo`, so that its bytes can be compared.
pub(crate) const DEMO_NOW: [&str; 2] = ["--now", "2026-11-20T12:00:00Z"];

/// `patchctl demo serve` with some flags, stopped when dropped.
pub(crate) struct DemoServer {
    child: Child,
    pub url: String,
}

impl DemoServer {
    pub(crate) fn start(flags: &[&str]) -> Self {
        let mut child = program()
            .args(["--quiet", "demo", "serve"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        Self {
            child,
            url: url.trim().to_owned(),
        }
    }

    /// With the sample fleet, where these calls are denied.
    pub(crate) fn denying(actions: &[&str]) -> Self {
        let flags = actions.iter().flat_map(|action| ["--deny", *action]);
        Self::start(&flags.collect::<Vec<&str>>())
    }

    /// Four nodes in eu-west-1, and us-east-1, which answers with errors.
    pub(crate) fn with_failing_region() -> Self {
        Self::start(&[
            "--nodes",
            "4",
            "--regions",
            "2",
            "--fault-region",
            "us-east-1",
        ])
    }

    /// A GET, as plain as it gets.
    pub(crate) fn get(&self, path: &str) -> String {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// How often the server was asked for this operation.
    pub(crate) fn call_count(&self, operation: &str) -> u64 {
        let stats: Value = serde_json::from_str(&self.get("/stats")).unwrap();
        stats["calls"][operation].as_u64().unwrap_or(0)
    }

    pub(crate) fn node_list(&self) -> String {
        self.get("/nodes")
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request that a scripted service was sent.
#[derive(Debug, Clone)]
pub(crate) struct RecordedRequest {
    /// The operation, without the name of its service.
    pub operation: String,
    /// The body; that of a form is null.
    pub body: Value,
    /// Was the call for a page behind the first?
    pub is_next_page: bool,
    /// The id of the access key that it is signed with.
    pub access_key: String,
    /// The token of the session, if one is sent.
    pub session_token: Option<String>,
}

impl RecordedRequest {
    pub(crate) fn ids(&self) -> Vec<String> {
        self.body["InstanceIds"]
            .as_array()
            .map(|ids| {
                ids.iter()
                    .map(|id| id.as_str().unwrap().to_owned())
                    .collect()
            })
            .unwrap_or_default()
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.body["NextToken"].as_str()
    }
}

/// What a scripted service answers, byte for byte.
#[derive(Debug, Clone)]
pub(crate) struct ScriptedReply {
    /// Of the answer; 0 hangs up.
    pub status: u16,
    pub media_type: &'static str,
    pub body: Vec<u8>,
}

impl From<(u16, String)> for ScriptedReply {
    fn from((status, body): (u16, String)) -> Self {
        Self {
            status,
            media_type: "application/x-amz-json-1.1",
            body: body.into_bytes(),
        }
    }
}

/// A service that answers as the test says, on a port of its own.
pub(crate) struct ScriptedService {
    pub url: String,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl ScriptedService {
    /// `answer` makes the status and body of each answer; status 0 hangs up.
    pub(crate) fn start<R: Into<ScriptedReply>>(
        answer: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
    ) -> Self {
        Self::start_raw(move |asked, writer| {
            let reply: ScriptedReply = answer(asked).into();
            if reply.status == 0 {
                return None;
            }
            // In one piece: small ones would wait for one another's receipt.
            let head = response_head(reply.status, reply.media_type, reply.body.len());
            let bytes = [head.as_bytes(), &reply.body].concat();
            writer.write_all(&bytes).ok()
        })
    }

    /// `answer` writes each answer itself; `None` hangs up.
    pub(crate) fn start_raw(
        answer: impl Fn(&RecordedRequest, &mut TcpStream) -> Option<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (requests.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (log.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Self { url, requests }
    }

    /// Everything it was asked so far.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<RecordedRequest>>,
    answer: &dyn Fn(&RecordedRequest, &mut TcpStream) -> Option<()>,
) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let (mut operation, mut key, mut length) = (String::new(), String::new(), 0);
        let mut session_token = None;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                match name.to_ascii_lowercase().as_str() {
                    "x-amz-target" => {
                        let target = value.trim();
                        let name = target.rsplit('.').next().unwrap_or(target);
                        name.clone_into(&mut operation);
                    }
                    "authorization" => key = access_key_of(value),
                    "x-amz-security-token" => session_token = Some(value.trim().to_owned()),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let form = String::from_utf8_lossy(&body);
        // EC2 and STS are asked by forms.
        if operation.is_empty() {
            let action = form
                .split('&')
                .find_map(|part| part.strip_prefix("Action="));
            action.unwrap_or_default().clone_into(&mut operation);
        }
        let asked = RecordedRequest {
            operation,
            access_key: key,
            session_token,
            is_next_page: form.contains("NextToken"),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        };
        log.lock().ok()?.push(asked.clone());
        answer(&asked, &mut writer)?;
    }
}

/// The id of the access key in a signature: `Credential=AKIA.../20261126/...`.
fn access_key_of(signature: &str) -> String {
    let key = signature.split_once("Credential=").map(|(_, rest)| rest);
    let key = key.and_then(|rest| rest.split('/').next());
    key.unwrap_or_default().to_owned()
}

/// The head of an answer whose body has so many bytes.
pub(crate) fn json_head(status: u16, length: usize) -> String {
    response_head(status, "application/x-amz-json-1.1", length)
}

fn response_head(status: u16, media_type: &str, length: usize) -> String {
    // 204 has no body, and says so by its status alone.
    let length = match status {
        204 => String::new(),
        _ => format!("Content-Length: {length}\r\n"),
    };
    format!("HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n{length}\r\n")
}

/// An answer with these records.
pub(crate) fn states_reply(records: &[Value]) -> (u16, String) {
    (
        200,
        serde_json::json!({"InstancePatchStates": records}).to_string(),
    )
}

/// The usual answers: each node has a clean record and one patch.
pub(crate) fn default_reply(asked: &RecordedRequest) -> (u16, String) {
    if asked.operation == "DescribeInstancePatchStates" {
        return states_reply(
            &asked
                .ids()
                .iter()
                .map(|id| clean_state(id))
                .collect::<Vec<_>>(),
        );
    }
    let body = r#"{"Patches":[{"KBId":"KB1","State":"Installed"}]}"#;
    (200, body.to_owned())
}

/// An error of the service.
pub(crate) fn error_reply(status: u16, code: &str, message: &str) -> (u16, String) {
    (
        status,
        serde_json::json!({"__type": code, "message": message}).to_string(),
    )
}

/// A record of a node with nothing amiss, scanned an hour ago: the program under
/// test has the real clock.
pub(crate) fn clean_state(id: &str) -> Value {
    static END: LazyLock<i64> = LazyLock::new(|| jiff::Timestamp::now().as_second() - 3_600);
    let end = *END;
    serde_json::json!({
        "InstanceId": id, "PatchGroup": "", "BaselineId": "pb-0123456789abcdef0", "Operation": "Scan",
        "InstalledCount": 3, "InstalledOtherCount": 0, "InstalledPendingRebootCount": 0, "InstalledRejectedCount": 0,
        "MissingCount": 0, "FailedCount": 0, "NotApplicableCount": 0, "OperationStartTime": end - 60, "OperationEndTime": end,
    })
}
